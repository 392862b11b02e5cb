package orientation

import (
	"math"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/symmetry"
)

// Directions samples the directions of the beam over the fundamental zone of a Laue
// class: no two of them are the same for the crystal's rotations, and any other
// direction is, up to those, within step (rad) of one. They are unit vectors in the
// crystal's Cartesian frame, from the sphere in rings of latitude step apart, of which
// those stay that lie nearer to a middle direction than to any of its equivalents, and
// a rim of 0.71 step around them, so that the border has its neighbours.
//
// The rotations are the proper ones of the class (432 of m-3m, 1/24 of the sphere; 1
// of -1, all of it): a mirror would also turn the picture over. g must describe the
// cell of l; without a group there is no symmetry. Nothing is returned for a step that
// is not above zero.
func Directions(l crystal.Lattice, g *symmetry.Group, step float64) (out []geom.Vec) {
	if !(step > 0) {
		return nil
	}
	turns := properRotations(l, g)
	middle := geom.Vec{X: 1, Z: 1}
	if len(turns) >= 12 && isCubic(turns) {
		// In 432 its zone is [001], [101], [111], [011].
		middle = geom.Vec{X: 1, Y: 1, Z: 2}
	}
	middle = middle.Unit()
	var walls []geom.Vec // towards the inside
	for _, r := range turns {
		if n := middle.Sub(r.Apply(middle)); n.Norm() > 1e-6 {
			walls = append(walls, n.Unit())
		}
	}
	rim := -math.Sin(min(0.71*step, math.Pi/2))
	if len(walls) == 0 {
		rim = 0
	}
	rings := int(math.Ceil(math.Pi/step - 1e-9))
	for i := range rings + 1 {
		sin, cos := math.Sincos(math.Pi * float64(i) / float64(rings))
		around := max(1, int(math.Ceil(2*math.Pi*sin/step-1e-9)))
		if i == 0 || i == rings {
			around, sin = 1, 0
		}
		for j := range around {
			y, x := math.Sincos(2 * math.Pi * float64(j) / float64(around))
			v := geom.Vec{X: sin * x, Y: sin * y, Z: cos}
			inside := true
			for _, w := range walls {
				inside = inside && v.Dot(w) >= rim-1e-9
			}
			if inside {
				out = append(out, v)
			}
		}
	}
	return out
}

// properRotations returns the rotations without reflection of the Laue class, as
// matrices of the Cartesian frame.
func properRotations(l crystal.Lattice, g *symmetry.Group) []geom.Mat3 {
	if g == nil {
		return []geom.Mat3{geom.NoRotation().Mat()}
	}
	a, b, c := l.R(crystal.UVW{1, 0, 0}), l.R(crystal.UVW{0, 1, 0}), l.R(crystal.UVW{0, 0, 1})
	cell := geom.FromRows(a, b, c).Transpose()
	back := cell.Inverse()
	var out []geom.Mat3
	for _, w := range g.LaueRotations() {
		m := geom.FromRows(
			geom.Vec{X: float64(w[0][0]), Y: float64(w[0][1]), Z: float64(w[0][2])},
			geom.Vec{X: float64(w[1][0]), Y: float64(w[1][1]), Z: float64(w[1][2])},
			geom.Vec{X: float64(w[2][0]), Y: float64(w[2][1]), Z: float64(w[2][2])})
		if m.Det() > 0 {
			out = append(out, cell.Mul(m).Mul(back))
		}
	}
	return out
}

// isCubic reports whether a rotation takes z to x: a threefold axis along a diagonal.
func isCubic(turns []geom.Mat3) bool {
	for _, r := range turns {
		if r.Apply(geom.Vec{Z: 1}).Sub(geom.Vec{X: 1}).Norm() < 1e-3 {
			return true
		}
	}
	return false
}
