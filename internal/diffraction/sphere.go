package diffraction

import (
	"math"
	"slices"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/lean/say"
	"zoneaxis/internal/lean/sorts"
)

const (
	// maxReflections bounds the memory of one set of reflections to some 200 MB.
	maxReflections = 2_000_000
	// lengthTol is the relative difference of |g|² within which two points count
	// as equally long: rounding, never a difference between cells that a person
	// could have meant.
	lengthTol = 2e-9
)

// sphere enumerates the reciprocal-lattice points with |g| ≤ gmax. Points are
// numbered in descending order of h, k, l; 000 is number half, point e and
// point 2·half − e are opposite. Only the first half and 000 are kept. A run is
// a line of points with equal h and k.
type sphere struct {
	runs           []run
	first          []int32 // by h ≥ 0: index of the run with the largest k
	kmax           []int32 // by h ≥ 0: k of that run
	half           int
	krange, lrange int       // largest |k| and |l|
	norm2          []float64 // |g|² by number, first half only, Å⁻²
}

type run struct {
	h, k       int32
	lmin, lmax int32 // lmax < lmin if the line misses all points
	first      int32 // number of the point with l = lmax
}

// newSphere finds all points. With a along x and b in the xy plane, g_x depends
// on h only and g_y on h and k only, so the three loops have exact bounds in
// any lattice: |h| ≤ gmax |a| and so on inwards.
func newSphere(l crystal.Lattice, gmax float64) (*sphere, error) {
	if !(gmax > 0) || math.IsInf(gmax, 0) {
		return nil, say.Errorf("diffraction: largest |g| %g Å⁻¹: must be above zero", gmax)
	}
	if n := 4 * math.Pi / 3 * gmax * gmax * gmax * l.Volume(); n > maxReflections {
		return nil, say.Errorf("diffraction: about %.3g reflections up to %g Å⁻¹ are more than %d: choose a smaller limit", n, gmax, maxReflections)
	}
	m := l.Recip()
	ax, ay, by := m[0][0], m[1][0], m[1][1]
	az, bz, cz := m[2][0], m[2][1], m[2][2]
	limit := gmax * gmax * (1 + lengthTol)
	const slack = 1e-6 // of an index; the length decides

	s := new(sphere)
	hmax := int(math.Floor(gmax/ax + slack))
	s.first = make([]int32, hmax+1)
	s.kmax = make([]int32, hmax+1)
	s.norm2 = make([]float64, 0, int(2.2*gmax*gmax*gmax*l.Volume())+8)
	for h := hmax; h >= 0; h-- {
		s.first[h] = int32(len(s.runs))
		x, y0 := float64(h)*ax, float64(h)*ay
		ry := math.Sqrt(max(0, limit-x*x))
		kmax := int(math.Floor((ry-y0)/by + slack))
		kmin := int(math.Ceil((-ry-y0)/by - slack))
		if h == 0 {
			kmin = 0
		}
		s.kmax[h] = int32(kmax)
		// There may be no k at all for the largest h.
		s.krange = max(s.krange, kmax, -kmin)
		for k := kmax; k >= kmin; k-- {
			y, z0 := y0+float64(k)*by, float64(h)*az+float64(k)*bz
			xy := x*x + y*y
			rz := math.Sqrt(max(0, limit-xy))
			length := func(l int) float64 { z := z0 + float64(l)*cz; return xy + z*z }
			lmax := int(math.Floor((rz-z0)/cz + slack))
			lmin := int(math.Ceil((-rz-z0)/cz - slack))
			if h == 0 && k == 0 {
				lmin = 0
			}
			for lmax >= lmin && length(lmax) > limit {
				lmax--
			}
			for lmax >= lmin && length(lmin) > limit {
				lmin++
			}
			s.runs = append(s.runs, run{int32(h), int32(k), int32(lmin), int32(lmax), int32(len(s.norm2))})
			for l := lmax; l >= lmin; l-- {
				s.norm2 = append(s.norm2, length(l))
			}
			s.lrange = max(s.lrange, lmax, -lmin)
		}
	}
	s.half = len(s.norm2) - 1 // 000 came last
	s.norm2 = s.norm2[:s.half]
	return s, nil
}

// end returns the index behind the last run of h ≥ 0.
func (s *sphere) end(h int) int {
	if h == 0 {
		return len(s.runs)
	}
	return int(s.first[h-1])
}

// number returns the number of a point, or false if it lies outside.
func (s *sphere) number(h crystal.HKL) (int, bool) {
	if h[0] < 0 || h[0] == 0 && (h[1] < 0 || h[1] == 0 && h[2] < 0) {
		e, ok := s.number(h.Neg())
		return 2*s.half - e, ok
	}
	if h[0] >= len(s.first) {
		return 0, false
	}
	i := int(s.first[h[0]]) + int(s.kmax[h[0]]) - h[1]
	if i < int(s.first[h[0]]) || i >= s.end(h[0]) {
		return 0, false
	}
	r := &s.runs[i]
	if h[2] > int(r.lmax) || h[2] < int(r.lmin) {
		return 0, false
	}
	return int(r.first) + int(r.lmax) - h[2], true
}

// sorted returns the numbers of the first half in order of length and, within a
// shell of equal length, ascending. shells holds the start of every shell in
// that order, and the total at its end. The time is linear in the number of
// points: lengths are spread evenly enough for a bucket sort.
func (s *sphere) sorted(gmax float64) (order, shells []int32) {
	n := s.half
	order = make([]int32, n)
	start := make([]int32, n+2)
	scale := float64(n) / (gmax * gmax * (1 + 2*lengthTol))
	for _, q := range s.norm2 {
		start[int(q*scale)+1]++
	}
	for i := 1; i <= n; i++ {
		start[i] += start[i-1]
	}
	for e, q := range s.norm2 {
		b := int(q * scale)
		order[start[b]] = int32(e)
		start[b]++
	}
	// Insertion sort: only within buckets do points move far. Equal lengths keep
	// their order.
	for i := 1; i < n; i++ {
		e := order[i]
		q := s.norm2[e] * (1 + lengthTol)
		j := i
		for j > 0 && s.norm2[order[j-1]] > q {
			order[j] = order[j-1]
			j--
		}
		order[j] = e
	}
	shells = make([]int32, 1, n/2+2)
	for i := 1; i <= n; i++ {
		from := shells[len(shells)-1]
		if i < n && s.norm2[order[i]] <= s.norm2[order[from]]*(1+lengthTol) {
			continue
		}
		// A shell on the border of two buckets may be out of order.
		if shell := order[from:i]; !slices.IsSorted(shell) {
			sorts.Values(shell)
		}
		shells = append(shells, int32(i))
	}
	return order, shells
}

// fill writes the indices and vectors of all points and returns the rank of
// every number: its place in the sorted list.
func (s *sphere) fill(r *Reflections, order, shells []int32) {
	n := 2*s.half + 1
	r.HKL = make([]crystal.HKL, n)
	r.G = make([]geom.Vec, n)
	r.Len = make([]float64, n)
	r.rank = make([]int32, n)
	for i := 0; i+1 < len(shells); i++ {
		from, to := int(shells[i]), int(shells[i+1])
		for j := from; j < to; j++ {
			up, down := 1+from+j, 2*to+from-j
			r.rank[order[j]] = int32(up)
			r.rank[n-1-int(order[j])] = int32(down)
		}
	}
	for _, run := range s.runs {
		for l, e := int(run.lmax), int(run.first); l >= int(run.lmin); l, e = l-1, e+1 {
			h := crystal.HKL{int(run.h), int(run.k), l}
			up, down := r.rank[e], r.rank[n-1-e]
			g := r.Lattice.G(h)
			length := g.Norm()
			r.HKL[down], r.HKL[up] = h.Neg(), h // 000 is both, and must not become −0
			r.G[down], r.G[up] = g.Neg(), g
			r.Len[down], r.Len[up] = length, length
		}
	}
	r.sphere = s
	s.norm2 = nil
}
