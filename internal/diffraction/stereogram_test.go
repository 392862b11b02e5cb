package diffraction_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/textbook"
)

// A handful of roundings of numbers of order 1.
const tolRound = 1e-12

func TestStereographic(t *testing.T) {
	r2 := math.Sqrt2 - 1 // tan 22.5°: a pole at 45°
	for _, c := range []struct {
		name  string
		v     geom.Vec
		p     diffraction.Point
		upper bool
	}{
		{"pole", geom.Vec{Z: 3}, diffraction.Point{}, true},
		{"equator", geom.Vec{X: 2}, diffraction.Point{X: 1}, true},
		{"45 degrees", geom.Vec{Y: 1, Z: 1}, diffraction.Point{Y: r2}, true},
		{"60 degrees", geom.Vec{X: math.Sqrt(3), Z: 1}, diffraction.Point{X: math.Tan(math.Pi / 6)}, true},
		{"below by its antipode", geom.Vec{Y: 1, Z: -1}, diffraction.Point{Y: -r2}, false},
		{"straight down", geom.Vec{Z: -1}, diffraction.Point{}, false},
		{"no direction", geom.Vec{}, diffraction.Point{}, true},
	} {
		p, upper := diffraction.Stereographic(c.v)
		if math.Hypot(p.X-c.p.X, p.Y-c.p.Y) > tolRound || upper != c.upper {
			t.Errorf("%s: got %v %v, want %v %v", c.name, p, upper, c.p, c.upper)
		}
	}
}

// unprojected is the inverse of Stereographic for points of the unit disc.
func unprojected(p diffraction.Point) geom.Vec {
	q := p.X*p.X + p.Y*p.Y
	return geom.Vec{X: 2 * p.X, Y: 2 * p.Y, Z: 1 - q}.Scale(1 / (1 + q))
}

func TestStereographicInverse(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		v := textbook.Unit(r)
		p, upper := diffraction.Stereographic(v)
		if !upper {
			v = v.Neg()
		}
		if d := unprojected(p).Sub(v).Norm(); d > tolRound {
			t.Fatalf("%v comes back as %v, off by %g", v, unprojected(p), d)
		}
		if math.Hypot(p.X, p.Y) > 1+tolRound {
			t.Fatalf("%v is drawn outside the disc at %v", v, p)
		}
	}
}

func TestCubicStandardTriangle(t *testing.T) {
	// [011] at tan 22.5° and [111] at tan(54.7356°/2) of the disc.
	l := textbook.Cubic(t, 4)
	for _, c := range []struct {
		u    crystal.UVW
		want float64
	}{{crystal.UVW{0, 0, 1}, 0}, {crystal.UVW{0, 1, 1}, math.Tan(math.Pi / 8)}, {crystal.UVW{1, 1, 1}, math.Tan(math.Acos(1/math.Sqrt(3)) / 2)}} {
		p, upper := diffraction.Stereographic(l.R(c.u))
		if got := math.Hypot(p.X, p.Y); math.Abs(got-c.want) > tolRound || !upper {
			t.Errorf("%v at radius %.6f, want %.6f", c.u, got, c.want)
		}
		if plane, _ := diffraction.Stereographic(l.G(crystal.HKL(c.u))); math.Hypot(plane.X-p.X, plane.Y-p.Y) > tolRound {
			t.Errorf("cubic %v and its plane normal differ: %v, %v", c.u, p, plane)
		}
		if below, upper := diffraction.Stereographic(l.R(c.u).Neg()); below != p || upper {
			t.Errorf("%v: the antipode is at %v, upper %v", c.u, below, upper)
		}
	}
}

// Every point of a circle's polyline must lie on the circle, on the upper
// hemisphere, on the drawn arc, and inside the swept angle.
func TestCircleAgreesWithItsArc(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for i := range 500 {
		c := diffraction.Circle{Axis: textbook.Unit(r), Cos: 0.999 * (2*r.Float64() - 1)}
		switch i % 5 {
		case 0:
			c.Cos = 0
		case 1:
			c.Axis.Z = 0
			c.Axis = c.Axis.Unit()
			c.Cos = 0
		}
		a, ok := c.Arc()
		points := c.AppendPoints(nil, 0.05)
		if ok != (len(points) > 0) {
			t.Fatalf("%+v: arc %v but %d points", c, ok, len(points))
		}
		if !ok {
			if c.Axis.Z*c.Cos+math.Sqrt(1-c.Cos*c.Cos)*math.Hypot(c.Axis.X, c.Axis.Y) > tolRound {
				t.Fatalf("%+v reaches the upper hemisphere but has no arc", c)
			}
			continue
		}
		if (i%5 == 1) != a.Straight {
			t.Fatalf("%+v: straight = %v", c, a.Straight)
		}
		// The drawn circle grows without bound near a straight line.
		tol := tolRound * (1 + a.Radius*a.Radius)
		for j, p := range points {
			d := unprojected(p)
			if math.Abs(d.Dot(c.Axis)-c.Cos) > tolRound || d.Z < -tolRound {
				t.Fatalf("%+v: point %v gives n·p = %g, z = %g", c, p, d.Dot(c.Axis), d.Z)
			}
			if j > 0 {
				if step := geom.Angle(unprojected(points[j-1]), d); step > 0.05+tolRound {
					t.Fatalf("%+v: step %g", c, step)
				}
			}
			if a.Straight {
				continue
			}
			if got := math.Hypot(p.X-a.Centre.X, p.Y-a.Centre.Y); math.Abs(got-a.Radius) > tol {
				t.Fatalf("%+v: point %v is %g from the centre, radius %g", c, p, got, a.Radius)
			}
			turn := math.Mod(math.Atan2(p.Y-a.Centre.Y, p.X-a.Centre.X)-math.Atan2(a.From.Y-a.Centre.Y, a.From.X-a.Centre.X)+4*math.Pi, 2*math.Pi)
			if turn > a.Sweep+tol && turn < 2*math.Pi-tol {
				t.Fatalf("%+v: point %v at %g rad of a sweep of %g", c, p, turn, a.Sweep)
			}
		}
		ends := []diffraction.Point{a.From, a.To}
		for _, e := range ends {
			if !a.Full && math.Abs(math.Hypot(e.X, e.Y)-1) > 1e-7 { // z = 0 within rounding of a square root
				t.Fatalf("%+v: end %v is not on the equator", c, e)
			}
		}
	}
}

func TestBandCircles(t *testing.T) {
	// Si 220 at 200 kV: 2θ = 13.0612 mrad (physics check), centred on the plane.
	r := textbook.Reflections(t, textbook.Cell(t, "si"), diffraction.Options{GMax: 0.6})
	n := 0
	for _, b := range (diffraction.Kikuchi{}).AppendBands(nil, r, textbook.Beam(t, 200e3), geom.NoRotation()) {
		e := b.Circles()
		if e[0].Cos != -e[1].Cos || e[0].Axis != e[1].Axis || e[0].Axis.Dot(b.G) < 0 || e[0].Cos < 0 {
			t.Errorf("%v: edges %+v are not antipodes with that of +g first", r.HKL[b.Ref], e)
		}
		width := math.Acos(e[1].Cos) - math.Acos(e[0].Cos)
		if math.Abs(width-b.Width()) > tolRound {
			t.Errorf("%v: %g rad between the edges, width %g", r.HKL[b.Ref], width, b.Width())
		}
		if h := r.HKL[b.Ref]; h[0]*h[0]+h[1]*h[1]+h[2]*h[2] == 8 {
			n++
			if math.Abs(width-13.0612e-3) > 5e-8 { // the check has six digits, for a = 5.43102 Å
				t.Errorf("%v: width %.4f mrad, want 13.0612", h, 1e3*width)
			}
		}
	}
	if n != 6 {
		t.Errorf("%d bands of {220}, want 6", n)
	}
}
