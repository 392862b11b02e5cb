package zones

import (
	"cmp"
	"errors"
	"math"
	"math/cmplx"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/lean/sorts"
)

// Net is the plane of reflections of one zone axis: what its pattern is a part of.
// It holds all lattice points, and knows of those near 000 which are forbidden.
type Net struct {
	Crystal int // the number that whoever asks has given it
	Zone    crystal.UVW

	basis  [2]crystal.HKL // the shortest two, which span the net
	at     [2]complex128  // their places, Å⁻¹, the zone axis towards the viewer
	first  []complex128   // places within the reach of the labelled basis, one of ±g
	absent map[[2]int]bool
}

// NewNet returns the net of a labelled basis, seen with the zone axis towards the
// viewer and G1 to the right. r must be of the same crystal and hold all
// reflections within b.Reach().
func NewNet(number int, r *diffraction.Reflections, b Basis) (Net, error) {
	net := Net{Crystal: number, Zone: b.Zone, absent: map[[2]int]bool{}}
	axis := r.Lattice.R(b.Zone).Unit()
	x := r.Lattice.G(b.G1).Unit()
	y := axis.Cross(x)
	place := func(h crystal.HKL) complex128 {
		g := r.Lattice.G(h)
		return complex(g.Dot(x), g.Dot(y))
	}
	// r is sorted by length: its first two independent points span the net.
	reach := b.Reach() + tieLength
	found := 0
	var inside []int
	for i, h := range r.HKL {
		if h == (crystal.HKL{}) || h.Dot(b.Zone) != 0 {
			continue
		}
		switch {
		case found == 0:
			net.basis[0], found = h, 1
		case found == 1 && h.Zone(net.basis[0]) != (crystal.UVW{}):
			net.basis[1], found = h, 2
		}
		if r.Len[i] <= reach {
			inside = append(inside, i)
		} else if found == 2 {
			break
		}
	}
	if found < 2 {
		return net, &SphereError{b.Zone, r.GMax}
	}
	net.at = [2]complex128{place(net.basis[0]), place(net.basis[1])}
	for _, i := range inside {
		g := place(r.HKL[i])
		n, _ := net.index(g)
		if r.F[i] == 0 {
			net.absent[n] = true
		}
		if n[0] > 0 || n[0] == 0 && n[1] > 0 {
			net.first = append(net.first, g)
		}
	}
	return net, nil
}

// index returns the numbers of the point of the net that is nearest to g in
// coordinates of its basis, and the place of that point.
func (n *Net) index(g complex128) ([2]int, complex128) {
	a, b := n.at[0], n.at[1]
	area := real(a)*imag(b) - imag(a)*real(b)
	u := (real(g)*imag(b) - imag(g)*real(b)) / area
	v := (real(a)*imag(g) - imag(a)*real(g)) / area
	i, j := math.Round(u), math.Round(v)
	return [2]int{int(i), int(j)}, complex(i, 0)*a + complex(j, 0)*b
}

// hkl returns the indices of a point of the net.
func (n *Net) hkl(at [2]int) (h crystal.HKL) {
	for i := range h {
		h[i] = at[0]*n.basis[0][i] + at[1]*n.basis[1][i]
	}
	return h
}

// SpotQuery is a measurement of two or more spots of one pattern.
type SpotQuery struct {
	// Spots are measured from 000, x right and y up on the screen, in any unit.
	Spots [][2]float64
	// InvA is one unit of Spots in Å⁻¹; 0 if that is not known.
	InvA float64
	// Tolerances of a spot: relative for its distance, rad for its direction, and
	// relative for the scale. Zero means 3 %, 1.5° and 3 %.
	LengthTol, AngleTol, ScaleTol float64
}

// MaxSpots is how many spots a query may have.
const MaxSpots = 200

// Validate says what is wrong with a query: fewer than two spots off one line, a
// spot on 000, numbers that are none.
func (q *SpotQuery) Validate() error {
	if len(q.Spots) < 2 {
		return errors.New("zones: expected two or more spots, measured from 000")
	}
	if len(q.Spots) > MaxSpots {
		return errors.New("zones: expected at most 200 spots")
	}
	for _, s := range q.Spots {
		if r := math.Hypot(s[0], s[1]); !(r > 0) || math.IsInf(r, 0) {
			return errors.New("zones: a spot lies on 000, from which the others are measured")
		}
	}
	if i, j := q.pair(); i == j {
		return errors.New("zones: all spots lie on one line through 000: at least one must be off it")
	}
	return nil
}

// offLine is the sine below which two spots count as one row.
const offLine = 0.1

// pair returns the shortest spot and the shortest one off its row; the same twice
// if all are on one row.
func (q *SpotQuery) pair() (i, j int) {
	length := func(k int) float64 { return math.Hypot(q.Spots[k][0], q.Spots[k][1]) }
	for k := range q.Spots {
		if length(k) < length(i) {
			i = k
		}
	}
	j = i
	for k, s := range q.Spots {
		sine := math.Abs(s[0]*q.Spots[i][1]-s[1]*q.Spots[i][0]) / length(k) / length(i)
		if sine > offLine && (j == i || length(k) < length(j)) {
			j = k
		}
	}
	return i, j
}

// SpotMatch is a zone axis whose pattern has a spot at each measured place.
type SpotMatch struct {
	Crystal int
	// Zone is the axis towards the viewer, with the sign for which the indices
	// stand as they are seen: the net and its mirror image are [uvw] and [−u−v−w].
	Zone crystal.UVW
	HKL  []crystal.HKL // of the spots, in their order; all signs may be turned
	// InvA is one unit of the measured places in Å⁻¹, and Rotation (rad) how far
	// counter-clockwise the labelled basis' g1 lies from screen x.
	InvA, Rotation float64
	// Misfit is the root mean square, over all spots, of the deviations of
	// distance and direction in units of their tolerances, with that of the scale
	// if it is known: 0 is a perfect fit. A spot that the crystal forbids counts
	// as one that is off by a whole tolerance, since double diffraction may
	// show it.
	Misfit    float64
	Forbidden int // how many of the spots are forbidden
}

// MatchSpots returns the nets in which all spots lie within their tolerances, by
// their misfit, at most one match for each; equal ones (within 1e-6) with the
// smallest indices first. Errors: those of SpotQuery.Validate.
func MatchSpots(nets []Net, q SpotQuery) ([]SpotMatch, error) {
	if err := q.Validate(); err != nil {
		return nil, err
	}
	lt, at, st := orDefault(q.LengthTol, 0.03), orDefault(q.AngleTol, geom.Radians(1.5)), orDefault(q.ScaleTol, 0.03)
	spots := make([]complex128, len(q.Spots))
	for i, s := range q.Spots {
		spots[i] = complex(s[0], s[1])
	}
	i, j := q.pair()
	tol := spotTolerances{lt, at, st}
	type sized struct {
		SpotMatch
		size int
	}
	var out []sized
	for k := range nets {
		net := &nets[k]
		best := sized{SpotMatch: SpotMatch{Misfit: math.Inf(1)}}
		for _, mirrored := range [2]bool{false, true} {
			seen := spots
			if mirrored {
				seen = make([]complex128, len(spots))
				for n, m := range spots {
					seen[n] = cmplx.Conj(m)
				}
			}
			// The pair fits if both are off by up to their tolerances the other way.
			ratio, angle := seen[j]/seen[i], cmplx.Phase(seen[j]/seen[i])
			for _, a := range net.first {
				if q.InvA > 0 && math.Abs(math.Log(cmplx.Abs(a)/(q.InvA*cmplx.Abs(seen[i])))) > math.Log1p(st)+2*math.Log1p(lt) {
					continue
				}
				n, b := net.index(a * ratio)
				if n == [2]int{} {
					continue
				}
				is := b / a
				if math.Abs(math.Log(cmplx.Abs(is)/cmplx.Abs(ratio))) > 2*math.Log1p(lt)+1e-9 || math.Abs(math.Remainder(cmplx.Phase(is)-angle, 2*math.Pi)) > 2*at+1e-9 {
					continue
				}
				m, ok := net.fit(seen, [2]int{i, j}, [2]complex128{a, b}, q.InvA, tol)
				if !ok {
					continue
				}
				size := absSum(net.Zone)
				for _, h := range m.HKL {
					size += absSum(crystal.UVW(h))
				}
				if m.Misfit > best.Misfit+1e-6 || m.Misfit > best.Misfit-1e-6 && size >= best.size {
					continue
				}
				if mirrored {
					m.Zone, m.Rotation = m.Zone.Neg(), -m.Rotation
				}
				best = sized{m, size}
			}
		}
		if !math.IsInf(best.Misfit, 1) {
			out = append(out, best)
		}
	}
	sorts.Stable(out, func(a, b sized) int {
		// Compared on a grid, so that rounding does not decide.
		return cmp.Or(cmp.Compare(math.Round(a.Misfit*1e5), math.Round(b.Misfit*1e5)), cmp.Compare(a.size, b.size), cmp.Compare(a.Crystal, b.Crystal), compareTextbook(a.Zone, b.Zone))
	})
	list := make([]SpotMatch, len(out))
	for i := range out {
		list[i] = out[i].SpotMatch
	}
	return list, nil
}

type spotTolerances struct{ length, angle, scale float64 }

// fit lays all spots on the net, of which two are known: the turn and the scale
// that bring them nearest by least squares, again with the others.
func (n *Net) fit(spots []complex128, pair [2]int, known [2]complex128, invA float64, tol spotTolerances) (SpotMatch, bool) {
	to := make([]complex128, len(spots))
	at := make([][2]int, len(spots))
	turn := similarity([]complex128{spots[pair[0]], spots[pair[1]]}, known[:])
	for range 2 {
		for i, s := range spots {
			at[i], to[i] = n.index(s * turn)
			if at[i] == [2]int{} {
				return SpotMatch{}, false
			}
		}
		turn = similarity(spots, to)
	}
	m := SpotMatch{Crystal: n.Crystal, Zone: n.Zone, InvA: cmplx.Abs(turn), Rotation: -cmplx.Phase(turn)}
	sum, terms := 0.0, 0
	for i, s := range spots {
		is := s * turn / to[i]
		length, angle := math.Log(cmplx.Abs(is))/math.Log1p(tol.length), cmplx.Phase(is)/tol.angle
		if math.Abs(length) > 1+1e-6 || math.Abs(angle) > 1+1e-6 {
			return SpotMatch{}, false
		}
		sum, terms = sum+length*length+angle*angle, terms+2
		if n.absent[at[i]] {
			m.Forbidden++
			sum++
		}
		m.HKL = append(m.HKL, n.hkl(at[i]))
	}
	if invA > 0 {
		scale := math.Log(m.InvA/invA) / math.Log1p(tol.scale)
		if math.Abs(scale) > 1+1e-6 {
			return SpotMatch{}, false
		}
		sum, terms = sum+scale*scale, terms+1
	}
	m.Misfit = math.Sqrt(sum / float64(terms))
	return m, true
}

// similarity returns the factor t, a turn and a scale, for which Σ|t·from − to|²
// over |to|² is least: each spot counts by its direction, not by how far out it is.
func similarity(from, to []complex128) complex128 {
	var up complex128
	down := 0.0
	for i, f := range from {
		w := 1 / (real(to[i])*real(to[i]) + imag(to[i])*imag(to[i]))
		up += cmplx.Conj(f) * to[i] * complex(w, 0)
		down += (real(f)*real(f) + imag(f)*imag(f)) * w
	}
	return up / complex(down, 0)
}
