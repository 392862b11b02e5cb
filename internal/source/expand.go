package source

import (
	"math"
	"slices"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/lean/say"
	"zoneaxis/internal/symmetry"
)

// Two images of an atom are one atom if all coordinates agree to mergeFrac,
// which covers positions rounded to three digits, unless they are farther
// apart than mergeFar; and in any case if they are closer than mergeNear.
const (
	mergeFrac = 2e-3
	mergeFar  = 0.1  // Å
	mergeNear = 0.02 // Å
)

// expanded is the result of expand.
type expanded struct {
	sites   []crystal.Site
	owner   []int    // of each site, the index of its atom in the asymmetric unit
	again   []int    // indices of atoms left out: symmetry makes them from an earlier one
	added   bool     // images of atoms listed apart share a position and add up
	halves  []string // pairs of atoms that would, but for the room they have
	close   float64  // how near the images of one of those are, Å
	whole   bool     // one of the atoms left out fills its position: the file lists the whole cell
	snapped []string // labels of atoms moved onto special positions farther than same allows
	moved   float64  // by how much at most, Å
}

// asymmetric is what a file lists: atoms, and for each coordinate one unit of
// the last digit that it is written with, 0 for a fraction or few digits. slack
// may be nil.
type asymmetric struct {
	atoms []crystal.Site
	slack []crystal.Frac
}

// adding says which atoms of one element that are listed apart, on images of one
// position, add up there.
type adding uint8

const (
	addAll   adding = iota // all of them
	addRoomy               // those whose images have room beside each other
	addNone                // none
)

// expand applies the operations to every atom of an asymmetric unit. Images of
// one atom that coincide are one site, at the mean position and with the mean
// displacement tensor, so that a site on 0.3333, 0.6667 comes to lie exactly
// on the axis. Coordinates of the result lie in [0, 1).
//
// Occupancies on one position add up: two species of one element listed there
// (Fe2+ and Fe3+) both stay, and so do half atoms that are listed on both sides
// of a symmetry element, if how says so. Two halves so near the element that
// their sums would be atoms inside each other are the two places of one atom.
// What would fill the position more than once, or stands a lattice vector away,
// is the image of an earlier atom and is left out, so that files which list the
// whole cell and its symmetry come out right.
func expand(l crystal.Lattice, ops []symmetry.Op, in asymmetric, how adding) (expanded, error) {
	var out expanded
	g := newGrid(l)
	for i, listed := range in.atoms {
		var slack crystal.Frac
		if in.slack != nil {
			slack = in.slack[i]
		}
		a, far := settle(l, ops, listed, slack)
		if far > 0 {
			addOnce(&out.snapped, siteName(a))
			out.moved = max(out.moved, far)
		}
		own, all := a.Occ, a.Occ // on this position: of this element listed there, of all elements
		together, elsewhere, first := true, false, -1
		g.near(a.Frac, func(j int) bool {
			s := out.sites[j]
			if !same(l, s.Frac, a.Frac) {
				return false
			}
			all += s.Occ
			if s.Z == a.Z {
				own += s.Occ
				at := in.atoms[out.owner[j]].Frac
				if !listedTogether(at, listed.Frac) && (together || out.owner[j] < first) {
					together, first = false, out.owner[j]
				}
				elsewhere = elsewhere || latticeApart(at, listed.Frac)
			}
			return false
		})
		if own > a.Occ && (own > 1.01 || !together && (how == addNone || elsewhere || all > 1.01)) {
			out.again = append(out.again, i)
			out.whole = out.whole || a.Occ > 0.51
			continue
		}
		if own > a.Occ && !together && how == addRoomy {
			if n, d := crowd(l, ops, a); float64(n)*own > 1.02 && n > 1 {
				for _, k := range []int{first, i} {
					addOnce(&out.halves, siteName(in.atoms[k]))
				}
				if out.close == 0 || d < out.close {
					out.close = d
				}
				continue
			}
		}
		out.added = out.added || own > a.Occ && !together
		start := len(out.sites)
		for _, op := range ops {
			x := wrapFrac(applyOp(op, a.Frac))
			if slices.ContainsFunc(out.sites[start:], func(s crystal.Site) bool {
				if 2*a.Occ <= 1.02 && slack != (crystal.Frac{}) {
					return exactly(s.Frac, x) // settle has decided
				}
				return same(l, s.Frac, x)
			}) {
				continue
			}
			if len(out.sites) == MaxSites {
				return out, say.Errorf("expected at most %s atoms in the cell, found more", count(MaxSites))
			}
			s := a
			s.Frac = x
			if a.Aniso {
				s.U = turnU(l, op, a.U)
			}
			out.sites = append(out.sites, s)
			out.owner = append(out.owner, i)
		}
		for j := start; j < len(out.sites); j++ {
			g.add(j, out.sites[j].Frac)
		}
	}
	return out, nil
}

// crowd returns how many images of an atom, itself among them, are so near to
// it that two whole atoms could not be there, and how far the nearest is, Å. The
// shortest bonds, of nitrogen and carbon, are 0.77 of two covalent radii.
func crowd(l crystal.Lattice, ops []symmetry.Op, a crystal.Site) (n int, nearby float64) {
	var places []crystal.Frac
	for _, op := range ops {
		y := applyOp(op, a.Frac)
		d := crystal.Frac{nearest(y[0] - a.Frac[0]), nearest(y[1] - a.Frac[1]), nearest(y[2] - a.Frac[2])}
		r := l.Cart(d).Norm()
		if r > 0.75*2*a.Z.CovalentRadius() || slices.ContainsFunc(places, func(x crystal.Frac) bool { return same(l, x, y) }) {
			continue
		}
		places = append(places, y)
		if !same(l, y, a.Frac) && (nearby == 0 || r < nearby) {
			nearby = r
		}
	}
	return len(places), nearby
}

// listedTogether tells whether two atoms are listed at one position, not at
// equivalent ones.
func listedTogether(x, y crystal.Frac) bool {
	return math.Abs(x[0]-y[0]) <= mergeFrac && math.Abs(x[1]-y[1]) <= mergeFrac && math.Abs(x[2]-y[2]) <= mergeFrac
}

// exactly tells whether two positions are one but for rounding errors.
func exactly(x, y crystal.Frac) bool {
	return math.Abs(nearest(x[0]-y[0])) < 1e-6 && math.Abs(nearest(x[1]-y[1])) < 1e-6 && math.Abs(nearest(x[2]-y[2])) < 1e-6
}

// latticeApart tells whether two atoms are listed a lattice vector apart.
func latticeApart(x, y crystal.Frac) bool {
	far := 0.0
	for k := range 3 {
		if math.Abs(nearest(x[k]-y[k])) > mergeFrac {
			return false
		}
		far = max(far, math.Abs(x[k]-y[k]))
	}
	return far > 0.5
}

// settle moves an atom onto the special position it is meant to be on: the
// mean of its images that coincide with it. Its tensor becomes the mean of
// their tensors.
//
// Images coincide if same says so, or if the digits explain the distance: 0.33,
// 0.67 is as near to the threefold axis as two digits can say, however large
// the cell; the distance moved is returned then. An atom whose images may all
// be there, since their occupancies add up to no more than one, is moved only
// where the digits explain it: half atoms beside a symmetry element are the
// two places of a disordered atom.
func settle(l crystal.Lattice, ops []symmetry.Op, a crystal.Site, slack crystal.Frac) (crystal.Site, float64) {
	x := a.Frac
	crowd := a.Z.CovalentRadius()
	partial := 2*a.Occ <= 1.02 && slack != crystal.Frac{}
	reach := func(op symmetry.Op, k int) float64 {
		sum := slack[k]
		for j := range 3 {
			sum += math.Abs(float64(op.R[k][j])) * slack[j]
		}
		return 0.7*sum + 1e-9
	}
	// joins tells whether op carries the atom as listed to itself, and whether
	// that takes the digits to see.
	joins := func(op symmetry.Op) (ok, far bool) {
		y := applyOp(op, x)
		d := crystal.Frac{nearest(y[0] - x[0]), nearest(y[1] - x[1]), nearest(y[2] - x[2])}
		if d[0]*d[0]+d[1]*d[1]+d[2]*d[2] > 0.02 {
			return false, false
		}
		near, explained := same(l, x, y), true
		for k := range 3 {
			explained = explained && math.Abs(d[k]) <= reach(op, k)
		}
		if explained && !near {
			explained = l.Cart(d).Norm() < crowd
		}
		return near && (explained || !partial) || explained, explained && !near
	}
	held := make([]symmetry.Op, 0, 48)
	snap := false
	for _, op := range ops {
		if ok, far := joins(op); ok {
			held = append(held, op)
			snap = snap || far
		}
	}
	centre := func(ops []symmetry.Op, x crystal.Frac) crystal.Frac {
		for range 4 {
			var sum crystal.Frac
			for _, op := range ops {
				y := applyOp(op, x)
				for k := range 3 {
					sum[k] += nearest(y[k] - x[k])
				}
			}
			moved := 0.0
			for k := range 3 {
				if n := float64(len(ops)); n > 0 {
					x[k] += sum[k] / n
					moved = max(moved, math.Abs(sum[k]/n))
				}
			}
			if moved < 1e-14 {
				break
			}
		}
		return x
	}
	distance := 0.0
	if snap {
		y := centre(held, x)
		d := crystal.Frac{y[0] - x[0], y[1] - x[1], y[2] - x[2]}
		fits := true
		for k := range 3 {
			fits = fits && math.Abs(d[k]) <= 0.7*slack[k]+mergeFrac/2
		}
		for _, op := range held {
			fits = fits && same(l, y, applyOp(op, y))
		}
		if fits {
			distance = l.Cart(d).Norm()
			x = y
		} else {
			held = slices.DeleteFunc(held, func(op symmetry.Op) bool { return !same(l, x, applyOp(op, x)) })
		}
	}
	x = centre(held, x)
	a.Frac = x
	if a.Aniso && len(held) > 0 {
		var sum [6]float64
		for _, op := range held {
			for k, u := range turnU(l, op, a.U) {
				sum[k] += u
			}
		}
		for k := range sum {
			a.U[k] = sum[k] / float64(len(held))
		}
	}
	return a, distance
}

func applyOp(op symmetry.Op, x crystal.Frac) crystal.Frac { return op.Apply(x) }

// nearest returns the representative of x modulo 1 in [−½, ½].
func nearest(x float64) float64 { return x - math.Round(x) }

// wrap returns the representative of x modulo 1 in [0, 1). Rounding errors
// below an integer go to 0, and so does −0.
func wrap(x float64) float64 {
	x -= math.Floor(x)
	if 1-x < 1e-10 {
		return 0
	}
	return x + 0
}

func wrapFrac(x crystal.Frac) crystal.Frac {
	return crystal.Frac{wrap(x[0]), wrap(x[1]), wrap(x[2])}
}

// same tells whether two positions are one; see mergeFrac.
func same(l crystal.Lattice, x, y crystal.Frac) bool {
	d := crystal.Frac{nearest(x[0] - y[0]), nearest(x[1] - y[1]), nearest(x[2] - y[2])}
	far := max(math.Abs(d[0]), math.Abs(d[1]), math.Abs(d[2]))
	if far > 0.25 {
		return false
	}
	r := l.Cart(d).Norm()
	return r <= mergeNear || far <= mergeFrac && r <= mergeFar
}

// turnU returns the tensor of the image of an atom under op. The dimensionless
// β_ij = 2π² a*_i a*_j U_ij transforms like products of coordinates,
// β' = R β Rᵀ.
func turnU(l crystal.Lattice, op symmetry.Op, u [6]float64) [6]float64 {
	star, r := l.StarLengths(), rotation(op)
	return crystal.FromContravariant(r.Mul(crystal.Contravariant(u, star)).Mul(r.Transpose()), star)
}

// rotation returns the matrix R of an operation x' = R x + t.
func rotation(op symmetry.Op) (r geom.Mat3) {
	for i := range 3 {
		for j := range 3 {
			r[i][j] = float64(op.R[i][j])
		}
	}
	return r
}

// uEquivalent returns U_eq = ⅓ Σ U_ij a*_i a*_j a_i·a_j, Å².
func uEquivalent(l crystal.Lattice, u [6]float64) float64 {
	m, metric := crystal.Contravariant(u, l.StarLengths()), l.Metric()
	sum := 0.0
	for i := range 3 {
		for j := range 3 {
			sum += m[i][j] * metric[i][j]
		}
	}
	return sum / 3
}

// positive tells whether the tensor is positive definite, as the mean square
// displacement of an atom must be.
func positive(l crystal.Lattice, u [6]float64) bool {
	m := crystal.Contravariant(u, l.StarLengths())
	return m[0][0] > 0 && m[0][0]*m[1][1]-m[0][1]*m[0][1] > 0 && m.Det() > 0
}

// grid finds sites near a position without looking at all of them.
type grid struct {
	n     [3]int
	cells map[[3]int][]int
}

func newGrid(l crystal.Lattice) *grid {
	g := &grid{cells: map[[3]int][]int{}}
	star := l.StarLengths()
	for k := range 3 {
		// Planes of cells at least 0.5 Å apart, far above mergeFar.
		g.n[k] = min(200, max(1, int(1/(0.5*star[k]))))
	}
	return g
}

func (g *grid) cell(x crystal.Frac) (c [3]int) {
	for k := range 3 {
		c[k] = min(int(wrap(x[k])*float64(g.n[k])), g.n[k]-1)
	}
	return c
}

func (g *grid) add(i int, x crystal.Frac) {
	c := g.cell(x)
	g.cells[c] = append(g.cells[c], i)
}

// near calls f with every added site that may be within 0.1 Å of x until f
// returns true.
func (g *grid) near(x crystal.Frac, f func(i int) bool) bool {
	c := g.cell(x)
	span := func(k int) (lo, hi int) {
		if g.n[k] < 3 {
			return 0, g.n[k] - 1
		}
		return c[k] - 1, c[k] + 1
	}
	a0, a1 := span(0)
	b0, b1 := span(1)
	c0, c1 := span(2)
	for i := a0; i <= a1; i++ {
		for j := b0; j <= b1; j++ {
			for k := c0; k <= c1; k++ {
				for _, s := range g.cells[[3]int{mod(i, g.n[0]), mod(j, g.n[1]), mod(k, g.n[2])}] {
					if f(s) {
						return true
					}
				}
			}
		}
	}
	return false
}

func mod(a, n int) int { return ((a % n) + n) % n }
