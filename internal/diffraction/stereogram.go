package diffraction

import (
	"math"

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

// Circle is a circle on the sphere, the directions n with n·Axis = Cos. Cos = 0
// is a great circle: with a plane normal as axis it is the trace of the plane,
// with a zone axis the zone circle that carries all its plane normals.
type Circle struct {
	Axis geom.Vec // unit vector in the frame of the stereogram
	Cos  float64  // −1 … 1
}

// GreatCircle returns the directions normal to axis, which may have any length.
func GreatCircle(axis geom.Vec) Circle { return Circle{Axis: axis.Unit()} }

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
