package symmetry

import (
	"cmp"
	"math"
	"slices"

	"zoneaxis/internal/lean/sorts"
)

// Orbit returns the distinct points that the group makes of x, fractional
// coordinates in [0, 1), the image of x itself first. Two images are the same
// point if each of their coordinates agrees within tol modulo whole cells.
func (g *Group) Orbit(x [3]float64, tol float64) [][3]float64 {
	var points [][3]float64
	for _, o := range g.reps {
		y := o.Apply(x)
		for _, c := range g.centrings {
			p := wrapped([3]float64{y[0] + float64(c[0])/Den, y[1] + float64(c[1])/Den, y[2] + float64(c[2])/Den})
			if !slices.ContainsFunc(points, func(q [3]float64) bool { return samePoint(p, q, tol) }) {
				points = append(points, p)
			}
		}
	}
	return points
}

// wrapped returns x in [0, 1).
func wrapped(x [3]float64) [3]float64 {
	for i := range x {
		x[i] -= math.Floor(x[i])
		if x[i] >= 1 { // a tiny negative number
			x[i] = 0
		}
	}
	return x
}

// samePoint tells whether two points agree modulo whole cells.
func samePoint(a, b [3]float64, tol float64) bool {
	for i := range a {
		d := a[i] - b[i]
		if math.Abs(d-math.Round(d)) > tol {
			return false
		}
	}
	return true
}

// SiteSymmetry returns the operations that leave the point x where it is modulo
// whole cells, within tol for each coordinate: its site-symmetry group, to
// translations of the cell. The identity is first.
func (g *Group) SiteSymmetry(x [3]float64, tol float64) []Op {
	var site []Op
	for _, o := range g.reps {
		y := o.Apply(x)
		for _, c := range g.centrings {
			p := [3]float64{y[0] + float64(c[0])/Den, y[1] + float64(c[1])/Den, y[2] + float64(c[2])/Den}
			if samePoint(p, x, tol) {
				site = append(site, Op{o.R, sum(o.T, c)})
				break
			}
		}
	}
	return site
}

// Multiplicity returns the number of points equivalent to x in the cell, the
// multiplicity of its Wyckoff position: Order over the number of operations of
// SiteSymmetry.
func (g *Group) Multiplicity(x [3]float64, tol float64) int {
	return g.Order() / len(g.SiteSymmetry(x, tol))
}

// SiteSymbol returns the symbol of the crystal class of the site symmetry of x,
// "4mm", without the orientation of its elements.
func (g *Group) SiteSymbol(x [3]float64, tol float64) string {
	return PointGroup(g.SiteSymmetry(x, tol))
}

// Equivalents returns the distinct reflections of the same kinematic intensity:
// h R for the rotations R of the Laue class, which is the point group with the
// inversion added. h is first, the rest from large to small indices.
func (g *Group) Equivalents(hkl [3]int) [][3]int {
	return g.family(hkl, Op.ApplyHKL)
}

// EquivalentDirections returns the distinct directions R u that the Laue class
// makes of [u], u first, the rest from large to small indices.
func (g *Group) EquivalentDirections(uvw [3]int) [][3]int {
	return g.family(uvw, Op.ApplyUVW)
}

func (g *Group) family(v [3]int, apply func(Op, [3]int) [3]int) [][3]int {
	list := make([][3]int, 0, 2*len(g.reps))
	for _, o := range g.reps {
		w := apply(o, v)
		list = append(list, w, negate(w))
	}
	sorts.Func(list, func(a, b [3]int) int {
		if (a == v) != (b == v) {
			if a == v {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(b[0], a[0]), cmp.Compare(b[1], a[1]), cmp.Compare(b[2], a[2]))
	})
	return slices.Compact(list)
}

// LaueRotations returns the rotations of the Laue class in the basis of the
// group, identity first: the point group with the inversion added.
func (g *Group) LaueRotations() [][3][3]int8 {
	list := make([][3][3]int8, 0, 48)
	for _, o := range g.reps {
		list = append(list, o.R)
	}
	if !g.Centrosymmetric() {
		for _, o := range g.reps {
			m, _ := mulR(&inversionR, &o.R)
			list = append(list, m)
		}
	}
	return list
}

// PointGroup returns the symbol of the crystal class, "m-3m".
func (g *Group) PointGroup() string { return PointGroup(g.reps) }

// Laue returns the symbol of the Laue class, "m-3m".
func (g *Group) Laue() string { return classOf(g.PointGroup()).laue }

// System returns the crystal system, "cubic"; trigonal for rhombohedral groups.
func (g *Group) System() string { return classOf(g.PointGroup()).system }

// PointGroup returns the symbol of the crystal class that the rotations of the
// operations form, "" if they are those of none. Equal rotations count once.
// -62m also stands for -6m2 and -42m for -4m2: a class has no orientation.
func PointGroup(ops []Op) string {
	var seen [][3][3]int8
	var count [13]int // index 6 + type
	for _, o := range ops {
		if !slices.Contains(seen, o.R) {
			seen = append(seen, o.R)
			count[6+o.Type()]++
		}
	}
	for _, c := range classes {
		if c.count == count {
			return c.point
		}
	}
	return ""
}

func classOf(point string) *class {
	for i := range classes {
		if classes[i].point == point {
			return &classes[i]
		}
	}
	return &class{}
}
