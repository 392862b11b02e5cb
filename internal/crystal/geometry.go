package crystal

import (
	"cmp"
	"math"

	"zoneaxis/internal/geom"
	"zoneaxis/internal/symmetry"
)

// AnglePlanes returns the angle between the normals of two planes, rad, 0 … π;
// 0 if one of them is 000.
func (l Lattice) AnglePlanes(h, k HKL) float64 { return geom.Angle(l.G(h), l.G(k)) }

// AngleDirections returns the angle between two directions, rad, 0 … π; 0 if
// one of them is zero.
func (l Lattice) AngleDirections(u, v UVW) float64 { return geom.Angle(l.R(u), l.R(v)) }

// AngleNormal returns the angle between the normal of the plane h and the
// direction u, rad, 0 … π; 0 if one of them is zero. For a zone axis and a
// plane of its zone it is π/2.
func (l Lattice) AngleNormal(h HKL, u UVW) float64 { return geom.Angle(l.G(h), l.R(u)) }

// closeEnough is the angle (rad) below which a direction with smaller indices
// is preferred to a closer one: too little to see in a pattern.
const closeEnough = 0.1 * math.Pi / 180

// sameAngle is the angle (rad) below which two directions are the same but for
// rounding.
const sameAngle = 1e-7

// NearestDirection returns the lattice direction closest to the Cartesian
// vector v (frame of Lattice, any length) with no index above limit, and its
// angle from v in rad. The indices have no common factor. For a zero v or limit
// below 1 it returns the zero direction.
func (l Lattice) NearestDirection(v geom.Vec, limit int) (UVW, float64) {
	n, a := nearest(l.direct, v, limit)
	return UVW(n), a
}

// NearestPlane returns the plane whose normal is closest to the Cartesian
// vector v with no index above limit, and its angle from v in rad; otherwise like
// NearestDirection.
func (l Lattice) NearestPlane(v geom.Vec, limit int) (HKL, float64) {
	n, a := nearest(l.recip, v, limit)
	return HKL(n), a
}

// NormalDirection returns the direction along the normal of the plane h and its
// angle from the normal in rad. In a cubic lattice that is [hkl] exactly. In
// other lattices the normal is in general no lattice direction; then the result
// is the direction with the smallest indices that is within 0.1° of the normal,
// or, if there is none up to MaxTypedIndex, the closest one. For 000 it is zero.
func (l Lattice) NormalDirection(h HKL) (UVW, float64) {
	n, a := simplest(l.direct, l.G(h))
	return UVW(n), a
}

// NormalPlane returns the plane whose normal is along the direction u, with the
// rules of NormalDirection.
func (l Lattice) NormalPlane(u UVW) (HKL, float64) {
	n, a := simplest(l.recip, l.R(u))
	return HKL(n), a
}

func simplest(basis geom.Mat3, v geom.Vec) (n [3]int, angle float64) {
	for m := 1; m <= MaxTypedIndex; m++ {
		if n, angle = nearest(basis, v, m); angle < closeEnough {
			break
		}
	}
	return n, angle
}

// nearest searches all whole combinations of the columns of basis with
// coefficients up to limit. A plain search: in a skew basis rounding the exact
// coefficients can miss the closest direction.
func nearest(basis geom.Mat3, v geom.Vec, limit int) (best [3]int, angle float64) {
	v = v.Unit()
	if v == (geom.Vec{}) || limit < 1 {
		return best, 0
	}
	a, b, c := basis.Transpose().Rows()
	bestSin2 := math.Inf(1)
	for i := -limit; i <= limit; i++ {
		for j := -limit; j <= limit; j++ {
			r := a.Scale(float64(i)).Add(b.Scale(float64(j))).Add(c.Scale(float64(-limit)))
			for k := -limit; k <= limit; k++ {
				if r.Dot(v) > 0 {
					x := r.Cross(v)
					sin2 := x.Dot(x) / r.Dot(r)
					if sin2 < bestSin2+sameAngle*sameAngle && gcd(gcd(i, j), k) == 1 &&
						(sin2 < bestSin2-sameAngle*sameAngle || simpler([3]int{i, j, k}, best)) {
						bestSin2, best = sin2, [3]int{i, j, k}
					}
				}
				r = r.Add(c)
			}
		}
	}
	r := a.Scale(float64(best[0])).Add(b.Scale(float64(best[1]))).Add(c.Scale(float64(best[2])))
	return best, geom.Angle(r, v)
}

// simpler orders equally good indices: the smaller sum of squares first, then
// the larger first index, and so on.
func simpler(n, m [3]int) bool {
	sn, sm := 0, 0
	for i := range 3 {
		sn += n[i] * n[i]
		sm += m[i] * m[i]
	}
	if sn != sm {
		return sn < sm
	}
	for i := range 3 {
		if n[i] != m[i] {
			return n[i] > m[i]
		}
	}
	return false
}

// PlaneFamily returns {hkl}: the planes that the Laue class of g makes
// equivalent to h, h first, the rest from large to small indices. Without a
// group they are h and −h.
func PlaneFamily(g *symmetry.Group, h HKL) []HKL {
	if g == nil {
		return []HKL{h, h.Neg()}
	}
	return named[HKL](g.Equivalents(h))
}

// DirectionFamily returns ⟨uvw⟩: the directions that the Laue class of g makes
// equivalent to u, u first, the rest from large to small indices. Without a
// group they are u and −u.
func DirectionFamily(g *symmetry.Group, u UVW) []UVW {
	if g == nil {
		return []UVW{u, u.Neg()}
	}
	return named[UVW](g.EquivalentDirections(u))
}

func named[V ~[3]int](list [][3]int) []V {
	out := make([]V, len(list))
	for i, v := range list {
		out[i] = v
	}
	return out
}

// Handier reports whether a is the nicer name of a family than b: it has fewer
// negative indices or, with as many, larger ones in front.
func Handier[V ~[3]int](a, b V) bool {
	negative := func(v V) (n int) {
		for _, i := range v {
			if i < 0 {
				n++
			}
		}
		return n
	}
	return cmp.Or(cmp.Compare(negative(a), negative(b)), Compare(b, a)) < 0
}
