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
	sites []crystal.Site
	owner []int // of each site, the index of its atom in the asymmetric unit
	again []int // indices of atoms left out: symmetry makes them from an earlier one
}

// expand applies the operations to every atom of an asymmetric unit. Images of
// one atom that coincide are one site, at the mean position and with the mean
// displacement tensor, so that a site on 0.3333, 0.6667 comes to lie exactly
// on the axis. Coordinates of the result lie in [0, 1).
//
// An atom that is the image of an earlier atom of the same element is left out,
// so that files which list the whole cell and its symmetry come out right. Two
// species of one element listed at one position (Fe2+ and Fe3+) both stay, as
// long as their occupancies do not exceed one.
func expand(l crystal.Lattice, ops []symmetry.Op, atoms []crystal.Site) (expanded, error) {
	var out expanded
	g := newGrid(l)
	for i, listed := range atoms {
		a := settle(l, ops, listed)
		occ := a.Occ // of this element where it is listed
		repeats := g.near(a.Frac, func(j int) bool {
			if s := out.sites[j]; s.Z != a.Z || !same(l, s.Frac, a.Frac) {
				return false
			}
			earlier := atoms[out.owner[j]]
			occ += earlier.Occ
			return occ > 1.01 || !listedTogether(earlier.Frac, listed.Frac)
		})
		if repeats {
			out.again = append(out.again, i)
			continue
		}
		start := len(out.sites)
		for _, op := range ops {
			x := wrapFrac(applyOp(op, a.Frac))
			if slices.ContainsFunc(out.sites[start:], func(s crystal.Site) bool { return same(l, s.Frac, x) }) {
				continue
			}
			if len(out.sites) == MaxSites {
				return out, say.Errorf("expected at most %d atoms in the cell", MaxSites)
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

// listedTogether tells whether two atoms are listed at one position, not at
// equivalent ones.
func listedTogether(x, y crystal.Frac) bool {
	return math.Abs(x[0]-y[0]) <= mergeFrac && math.Abs(x[1]-y[1]) <= mergeFrac && math.Abs(x[2]-y[2]) <= mergeFrac
}

// settle moves an atom onto the special position it is meant to be on: the
// mean of its images that coincide with it. Its tensor becomes the mean of
// their tensors.
func settle(l crystal.Lattice, ops []symmetry.Op, a crystal.Site) crystal.Site {
	x := a.Frac
	for range 3 {
		var sum crystal.Frac
		n := 0.0
		for _, op := range ops {
			y := applyOp(op, x)
			if !same(l, x, y) {
				continue
			}
			n++
			for k := range 3 {
				sum[k] += nearest(y[k] - x[k])
			}
		}
		moved := 0.0
		for k := range 3 {
			if n > 0 {
				x[k] += sum[k] / n
				moved = max(moved, math.Abs(sum[k]/n))
			}
		}
		if moved < 1e-14 {
			break
		}
	}
	a.Frac = x
	if a.Aniso {
		var sum [6]float64
		n := 0.0
		for _, op := range ops {
			if same(l, x, applyOp(op, x)) {
				n++
				for k, u := range turnU(l, op, a.U) {
					sum[k] += u
				}
			}
		}
		for k := range sum {
			if n > 0 {
				a.U[k] = sum[k] / n
			}
		}
	}
	return a
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
