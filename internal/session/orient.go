package session

import (
	"math"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/geom"
)

// An orientation is written in a link as a zone axis z and three angles in
// degrees: O = Rot((tx, ty, 0), |(tx, ty)|) · Rz(r) · O_z, where O_z is the
// standard orientation of the zone (diffraction.ZoneFrame).

// compose returns the orientation of zone and angles (degrees).
func compose(l crystal.Lattice, zone crystal.UVW, tx, ty, r float64) (geom.Rotation, error) {
	frame, err := diffraction.ZoneFrame(l, zone)
	if err != nil {
		return geom.Rotation{}, err
	}
	axis := geom.Vec{X: geom.Radians(tx), Y: geom.Radians(ty)}
	turn := geom.AxisAngle(geom.Vec{Z: 1}, geom.Radians(r))
	return geom.AxisAngle(axis, axis.Norm()).Mul(turn).Mul(frame).Normalise(), nil
}

// decompose returns the angles (degrees) that compose o from the zone. r is in
// (−180, 180].
func decompose(l crystal.Lattice, zone crystal.UVW, o geom.Rotation) (tx, ty, r float64) {
	frame, err := diffraction.ZoneFrame(l, zone)
	if err != nil {
		return 0, 0, 0
	}
	z := geom.Vec{Z: 1}
	v := o.Apply(l.R(zone))
	tilt := tiltTo(z, v)
	rest := tilt.Inverse().Mul(o).Mul(frame.Inverse())
	r = geom.Degrees(2 * math.Atan2(rest.Z, rest.W))
	r = math.Remainder(r, 360)
	if r <= -180+1e-9 {
		r += 360
	}
	axis := z.Cross(v).Unit().Scale(geom.Degrees(geom.Angle(z, v)))
	return axis.X, axis.Y, r
}

// tiltTo returns the rotation about an axis in the screen that turns z into v.
func tiltTo(z, v geom.Vec) geom.Rotation {
	return geom.AxisAngle(z.Cross(v), geom.Angle(z, v))
}

// snapped returns o turned by the smallest angle that brings the zone onto the
// beam. The picture keeps its direction.
func snapped(l crystal.Lattice, zone crystal.UVW, o geom.Rotation) geom.Rotation {
	v := o.Apply(l.R(zone))
	return geom.Between(v, geom.Vec{Z: 1}).Mul(o).Normalise()
}

// tilted returns o after a tilt that moves the Kikuchi lines, which belong to
// the crystal, by x to the right and y upwards (rad). A zone axis that leans to
// the left is seen on the right: the beam goes down, and the screen is below.
func tilted(o geom.Rotation, x, y float64) geom.Rotation {
	axis := geom.Vec{X: y, Y: -x}
	return geom.AxisAngle(axis, axis.Norm()).Mul(o).Normalise()
}

// tiltedAbout returns o after the part of a tilt (see tilted) that is a turn
// about g, a vector of the laboratory: what lies along g stays as it is, the
// systematic row of a spot for instance. Along the beam there is no such part.
func tiltedAbout(o geom.Rotation, g geom.Vec, x, y float64) geom.Rotation {
	across := geom.Vec{X: -g.Y, Y: g.X}
	if across.Norm() < 1e-9*g.Norm() || g.Norm() == 0 {
		return o
	}
	return geom.AxisAngle(g.Unit(), geom.Vec{X: x, Y: y}.Dot(across.Unit())).Mul(o).Normalise()
}

// turned returns o after a turn in the plane of the screen, counter-clockwise,
// rad.
func turned(o geom.Rotation, angle float64) geom.Rotation {
	return geom.AxisAngle(geom.Vec{Z: 1}, angle).Mul(o).Normalise()
}

// between returns the orientation a fraction t of the way from p to q.
func between(p, q geom.Rotation, t float64) geom.Rotation {
	step := q.Mul(p.Inverse()).Normalise()
	if step.W < 0 {
		step = geom.Rotation{W: -step.W, X: -step.X, Y: -step.Y, Z: -step.Z}
	}
	return geom.AxisAngle(geom.Vec{X: step.X, Y: step.Y, Z: step.Z}, t*step.Angle()).Mul(p).Normalise()
}

// beamDirection returns the crystal direction (Cartesian) that points to the
// source.
func beamDirection(o geom.Rotation) geom.Vec {
	_, _, z := o.Mat().Rows()
	return z
}
