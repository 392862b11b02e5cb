package geom

import "math"

// Rotation is a unit quaternion W + Xi + Yj + Zk, an active rotation. The zero
// value is not a rotation: use NoRotation, AxisAngle or FromMat.
type Rotation struct{ W, X, Y, Z float64 }

// NoRotation returns the identity.
func NoRotation() Rotation { return Rotation{W: 1} }

// AxisAngle returns the right-handed rotation by angle (rad) about axis, which
// need not be of unit length. A zero axis gives the identity.
func AxisAngle(axis Vec, angle float64) Rotation {
	u := axis.Unit()
	if u == (Vec{}) {
		return NoRotation()
	}
	s, c := math.Sincos(angle / 2)
	return Rotation{c, s * u.X, s * u.Y, s * u.Z}
}

// Between returns the shortest rotation that turns the direction of v into the
// direction of w. For opposite directions it turns about some axis normal to v.
func Between(v, w Vec) Rotation {
	axis := v.Cross(w)
	if axis.Norm() > 1e-15*v.Norm()*w.Norm() {
		return AxisAngle(axis, Angle(v, w))
	}
	if v.Dot(w) >= 0 {
		return NoRotation()
	}
	normal := v.Cross(Vec{X: 1})
	if normal.Norm() < 0.5*v.Norm() {
		normal = v.Cross(Vec{Y: 1})
	}
	return AxisAngle(normal, math.Pi)
}

// Mul returns r s: first s, then r.
func (r Rotation) Mul(s Rotation) Rotation {
	return Rotation{
		r.W*s.W - r.X*s.X - r.Y*s.Y - r.Z*s.Z,
		r.W*s.X + r.X*s.W + r.Y*s.Z - r.Z*s.Y,
		r.W*s.Y - r.X*s.Z + r.Y*s.W + r.Z*s.X,
		r.W*s.Z + r.X*s.Y - r.Y*s.X + r.Z*s.W,
	}
}

// Inverse returns the opposite rotation.
func (r Rotation) Inverse() Rotation { return Rotation{r.W, -r.X, -r.Y, -r.Z} }

// Normalise returns r scaled to unit length, so that products of thousands of
// small rotations do not drift.
func (r Rotation) Normalise() Rotation {
	n := math.Sqrt(r.W*r.W + r.X*r.X + r.Y*r.Y + r.Z*r.Z)
	if n == 0 {
		return NoRotation()
	}
	return Rotation{r.W / n, r.X / n, r.Y / n, r.Z / n}
}

// Apply returns v turned by r.
func (r Rotation) Apply(v Vec) Vec { return r.Mat().Apply(v) }

// Mat returns the matrix M with M v = r.Apply(v).
func (r Rotation) Mat() Mat3 {
	w, x, y, z := r.W, r.X, r.Y, r.Z
	return Mat3{
		{1 - 2*(y*y+z*z), 2 * (x*y - w*z), 2 * (x*z + w*y)},
		{2 * (x*y + w*z), 1 - 2*(x*x+z*z), 2 * (y*z - w*x)},
		{2 * (x*z - w*y), 2 * (y*z + w*x), 1 - 2*(x*x+y*y)},
	}
}

// FromMat returns the rotation of an orthonormal right-handed matrix m. The
// largest of the four components is found first, so no case divides by a small
// number (S. W. Shepperd, J. Guidance and Control 1 (1978) 223,
// doi:10.2514/3.55767b).
func FromMat(m Mat3) Rotation {
	t := m[0][0] + m[1][1] + m[2][2]
	var r Rotation
	switch {
	case t >= m[0][0] && t >= m[1][1] && t >= m[2][2]:
		r = Rotation{1 + t, m[2][1] - m[1][2], m[0][2] - m[2][0], m[1][0] - m[0][1]}
	case m[0][0] >= m[1][1] && m[0][0] >= m[2][2]:
		r = Rotation{m[2][1] - m[1][2], 1 + 2*m[0][0] - t, m[0][1] + m[1][0], m[0][2] + m[2][0]}
	case m[1][1] >= m[2][2]:
		r = Rotation{m[0][2] - m[2][0], m[0][1] + m[1][0], 1 + 2*m[1][1] - t, m[1][2] + m[2][1]}
	default:
		r = Rotation{m[1][0] - m[0][1], m[0][2] + m[2][0], m[1][2] + m[2][1], 1 + 2*m[2][2] - t}
	}
	return r.Normalise()
}

// Angle returns the rotation angle in rad, 0 … π.
func (r Rotation) Angle() float64 {
	return 2 * math.Atan2(math.Sqrt(r.X*r.X+r.Y*r.Y+r.Z*r.Z), math.Abs(r.W))
}
