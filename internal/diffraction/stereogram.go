package diffraction

import (
	"math"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/geom"
)

// Point is a point of a stereogram: the unit disc, x right and y up, the
// projection pole (+z) at the centre and the equator at radius 1.
type Point struct{ X, Y float64 }

// Stereographic projects a direction of any length:
//
//	(X, Y) = (nx, ny)/(1 + |nz|), n = v/|v|
//
// A direction of the lower hemisphere is replaced by its antipode and upper is
// false, so the point always lies in the unit disc; such poles are drawn as
// open symbols. The equator counts as upper. The zero vector gives the centre.
func Stereographic(v geom.Vec) (p Point, upper bool) {
	n := v.Norm()
	if n == 0 {
		return Point{}, true
	}
	if v.Z < 0 {
		return Point{-v.X / (n - v.Z), -v.Y / (n - v.Z)}, false
	}
	return Point{v.X / (n + v.Z), v.Y / (n + v.Z)}, true
}

// Direction returns the unit vector whose projection is p, the inverse of
// Stereographic:
//
//	n = (2X, 2Y, 1 − X² − Y²)/(1 + X² + Y²)
//
// Points outside the unit disc give directions of the lower hemisphere.
func (p Point) Direction() geom.Vec {
	q := p.X*p.X + p.Y*p.Y
	return geom.Vec{X: 2 * p.X, Y: 2 * p.Y, Z: 1 - q}.Scale(1 / (1 + q))
}

// Pole is a plane normal or a lattice direction on a stereogram. Exactly one of
// Plane and Zone is set.
type Pole struct {
	Plane crystal.HKL
	Zone  crystal.UVW
	Dir   geom.Vec // unit vector in the frame of the stereogram
	Point Point
	Upper bool // false: Point is that of −Dir
}

// AppendPlanePoles appends the poles of plane normals to dst. o turns the
// crystal's Cartesian frame into that of the stereogram; with the orientation
// of a pattern the beam is at the centre. 000 is left out.
func AppendPlanePoles(dst []Pole, l crystal.Lattice, o geom.Rotation, planes []crystal.HKL) []Pole {
	m := o.Mat()
	for _, h := range planes {
		if h == (crystal.HKL{}) {
			continue
		}
		d := m.Apply(l.G(h)).Unit()
		p, upper := Stereographic(d)
		dst = append(dst, Pole{Plane: h, Dir: d, Point: p, Upper: upper})
	}
	return dst
}

// AppendZonePoles appends the poles of lattice directions to dst; o as in
// AppendPlanePoles. The zero direction is left out.
func AppendZonePoles(dst []Pole, l crystal.Lattice, o geom.Rotation, zones []crystal.UVW) []Pole {
	m := o.Mat()
	for _, u := range zones {
		if u == (crystal.UVW{}) {
			continue
		}
		d := m.Apply(l.R(u)).Unit()
		p, upper := Stereographic(d)
		dst = append(dst, Pole{Zone: u, Dir: d, Point: p, Upper: upper})
	}
	return dst
}

// NearestPole returns the index of the pole whose axis is closest in angle to
// the direction drawn at p, and that angle in rad, 0 … π/2. A pole and its
// antipode are the same axis. Without poles the index is −1.
func NearestPole(poles []Pole, p Point) (index int, angle float64) {
	d := p.Direction()
	index, best := -1, -1.0
	for i := range poles {
		if c := math.Abs(d.Dot(poles[i].Dir)); c > best {
			index, best = i, c
		}
	}
	if index < 0 {
		return -1, 0
	}
	a := geom.Angle(d, poles[index].Dir)
	return index, min(a, math.Pi-a)
}

// Circle is a circle on the sphere, the directions n with n·Axis = Cos. Cos = 0
// is a great circle: with a plane normal as axis it is the trace of the plane,
// with a zone axis the zone circle that carries all its plane normals.
type Circle struct {
	Axis geom.Vec // unit vector in the frame of the stereogram
	Cos  float64  // −1 … 1
}

// GreatCircle returns the directions normal to axis, which may have any length.
func GreatCircle(axis geom.Vec) Circle { return Circle{Axis: axis.Unit()} }

// BandEdges returns the two Kikuchi lines of a reflection on the sphere, the
// directions with n·ĝ = ± sin θ = ± λ|g|/2. g is in Å⁻¹ in the frame of the
// stereogram. The circles are each other's antipodes: together their parts on
// the upper hemisphere show the whole band. The edge on the side of +g is
// first. A reflection beyond the limiting sphere (|g| > 2/λ) has no lines and
// gives circles without points.
func BandEdges(g geom.Vec, b Beam) [2]Circle {
	s := b.Wavelength() * g.Norm() / 2
	return [2]Circle{{g.Unit(), s}, {g.Unit(), -s}}
}

// Arc is the part of a circle on the upper hemisphere as it is drawn in the
// unit disc: an arc of a circle, a straight chord, or nothing.
type Arc struct {
	// From and To are the ends on the equator, going counter-clockwise about
	// Centre; the chord of a straight arc runs from From to To. For a full
	// circle they coincide at some point of it.
	From, To Point
	Centre   Point   // of the drawn circle; undefined if Straight
	Radius   float64 // of the drawn circle; +Inf if Straight
	Sweep    float64 // rad, angle From → To about Centre, 0 … 2π; 0 if Straight
	Full     bool    // the whole circle lies on the upper hemisphere
	Straight bool
}

// Arc returns how c looks on the stereogram; ok is false if no part of it, or
// only a touching point, is on the upper hemisphere. The image of n·p = c is
// the circle with
//
//	centre (px, py)/(pz + c), radius √(1 − c²)/|pz + c|
//
// and the straight line px X + py Y = c if pz + c = 0.
func (c Circle) Arc() (a Arc, ok bool) {
	half, ok := c.half()
	if !ok {
		return Arc{}, false
	}
	a.Full = half == math.Pi
	a.From, a.To = c.at(half), c.at(-half)
	d := c.Axis.Z + c.Cos
	// Within 1e-9 the drawn radius exceeds 1e9 discs: a straight line.
	if math.Abs(d) < 1e-9 {
		a.Straight, a.Radius = true, math.Inf(1)
		return a, true
	}
	a.Centre = Point{c.Axis.X / d, c.Axis.Y / d}
	a.Radius = math.Sqrt(1-c.Cos*c.Cos) / math.Abs(d)
	if a.Full {
		a.Sweep = 2 * math.Pi
		return a, true
	}
	// The arc passes through its highest point; walk From → top → To the
	// counter-clockwise way.
	top := c.at(0)
	first, whole := a.turn(a.From, top), a.turn(a.From, a.To)
	if first > whole {
		a.From, a.To = a.To, a.From
		whole = 2*math.Pi - whole
	}
	a.Sweep = whole
	return a, true
}

// turn returns the counter-clockwise angle from p to q about the centre, 0 … 2π.
func (a Arc) turn(p, q Point) float64 {
	t := math.Atan2(q.Y-a.Centre.Y, q.X-a.Centre.X) - math.Atan2(p.Y-a.Centre.Y, p.X-a.Centre.X)
	if t < 0 {
		t += 2 * math.Pi
	}
	return t
}

// AppendPoints appends points along the part of c on the upper hemisphere to
// dst, from one end to the other, at most step (rad on the circle itself)
// apart. A full circle ends where it began. Nothing is appended for a circle
// of the lower hemisphere or a step that is not above zero.
func (c Circle) AppendPoints(dst []Point, step float64) []Point {
	half, ok := c.half()
	if !ok || !(step > 0) {
		return dst
	}
	n := int(math.Ceil(2*half/step)) + 1
	for i := range n + 1 {
		dst = append(dst, c.at(half*(2*float64(i)/float64(n)-1)))
	}
	return dst
}

// half returns the half-angle, about the axis and measured from the highest
// point, of the part of c on the upper hemisphere: π for all of it.
func (c Circle) half() (float64, bool) {
	if !(math.Abs(c.Cos) < 1) {
		return 0, false
	}
	low := c.Axis.Z * c.Cos
	swing := math.Sqrt(1-c.Cos*c.Cos) * math.Hypot(c.Axis.X, c.Axis.Y)
	switch {
	case low-swing >= 0:
		return math.Pi, true
	case low+swing <= 0:
		return 0, false
	}
	return math.Acos(-low / swing), true
}

// at returns the projected point of c at the angle t about the axis from the
// highest point.
func (c Circle) at(t float64) Point {
	h := math.Hypot(c.Axis.X, c.Axis.Y)
	up, side := geom.Vec{X: 1}, geom.Vec{Y: 1}
	if h > 0 {
		up = geom.Vec{X: -c.Axis.X * c.Axis.Z / h, Y: -c.Axis.Y * c.Axis.Z / h, Z: h}
		side = c.Axis.Cross(up)
	}
	s := math.Sqrt(1 - c.Cos*c.Cos)
	sin, cos := math.Sincos(t)
	n := c.Axis.Scale(c.Cos).Add(up.Scale(s * cos)).Add(side.Scale(s * sin))
	// Points of the equator may sink below it by rounding: no antipode here.
	d := 1 + max(n.Z, 0)
	return Point{n.X / d, n.Y / d}
}
