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

func TestStereographicInverse(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		v := textbook.Unit(r)
		p, upper := diffraction.Stereographic(v)
		if !upper {
			v = v.Neg()
		}
		if d := p.Direction().Sub(v).Norm(); d > tolRound {
			t.Fatalf("%v comes back as %v, off by %g", v, p.Direction(), d)
		}
		if math.Hypot(p.X, p.Y) > 1+tolRound {
			t.Fatalf("%v is drawn outside the disc at %v", v, p)
		}
	}
}

func TestCubicStandardTriangle(t *testing.T) {
	// [011] at tan 22.5° and [111] at tan(54.7356°/2) of the disc.
	l := textbook.Cubic(t, 4)
	poles := diffraction.AppendZonePoles(nil, l, geom.NoRotation(), []crystal.UVW{{0, 0, 1}, {0, 1, 1}, {1, 1, 1}, {}})
	planes := diffraction.AppendPlanePoles(nil, l, geom.NoRotation(), []crystal.HKL{{0, 0, 1}, {0, 1, 1}, {1, 1, 1}, {}})
	if len(poles) != 3 || len(planes) != 3 {
		t.Fatalf("got %d and %d poles, want 3 without the zero index", len(poles), len(planes))
	}
	want := []float64{0, math.Tan(math.Pi / 8), math.Tan(math.Acos(1/math.Sqrt(3)) / 2)}
	for i, p := range poles {
		if got := math.Hypot(p.Point.X, p.Point.Y); math.Abs(got-want[i]) > tolRound {
			t.Errorf("%v at radius %.6f, want %.6f", p.Zone, got, want[i])
		}
		if planes[i].Point != p.Point {
			t.Errorf("cubic %v and its plane normal differ: %v, %v", p.Zone, p.Point, planes[i].Point)
		}
	}
}

func TestMonoclinicNormalIsNotDirection(t *testing.T) {
	// m-ZrO2: β − 90° = 9.23° between [001] and the normal of (001).
	l := textbook.Lattice(t, crystal.Cell{A: 5.1505, B: 5.2116, C: 5.3173, Alpha: 90, Beta: 99.230, Gamma: 90})
	d := diffraction.AppendZonePoles(nil, l, geom.NoRotation(), []crystal.UVW{{0, 0, 1}})[0]
	n := diffraction.AppendPlanePoles(nil, l, geom.NoRotation(), []crystal.HKL{{0, 0, 1}})[0]
	if got := geom.Degrees(geom.Angle(d.Dir, n.Dir)); math.Abs(got-9.230) > 1e-9 {
		t.Errorf("angle [001] to (001) = %.6f°, want 9.230°", got)
	}
}

func TestNearestPole(t *testing.T) {
	l := textbook.Cubic(t, 4)
	zones := []crystal.UVW{{0, 0, 1}, {0, 1, 1}, {1, 1, 1}, {0, -1, -1}, {0, 1, -1}}
	poles := diffraction.AppendZonePoles(nil, l, geom.NoRotation(), zones)
	for _, c := range []struct {
		name  string
		p     diffraction.Point
		want  int
		angle float64 // degrees
	}{
		{"centre", diffraction.Point{}, 0, 0},
		{"30 degrees up", diffraction.Point{Y: math.Tan(math.Pi / 12)}, 1, 15},
		{"45 degrees down, by the antipode of [01-1]", diffraction.Point{Y: -math.Tan(math.Pi / 8)}, 4, 0},
	} {
		i, a := diffraction.NearestPole(poles, c.p)
		if i != c.want || math.Abs(geom.Degrees(a)-c.angle) > 1e-9 { // atan2 of roundings
			t.Errorf("%s: pole %d at %.6f°, want %d at %g°", c.name, i, geom.Degrees(a), c.want, c.angle)
		}
	}
	if i, _ := diffraction.NearestPole(nil, diffraction.Point{}); i != -1 {
		t.Errorf("without poles: index %d, want -1", i)
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
			d := p.Direction()
			if math.Abs(d.Dot(c.Axis)-c.Cos) > tolRound || d.Z < -tolRound {
				t.Fatalf("%+v: point %v gives n·p = %g, z = %g", c, p, d.Dot(c.Axis), d.Z)
			}
			if j > 0 {
				if step := geom.Angle(points[j-1].Direction(), d); step > 0.05+tolRound {
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

func TestBandEdges(t *testing.T) {
	// Si 220 at 200 kV: 2θ = 13.0612 mrad (physics check), centred on the plane.
	b, err := diffraction.NewBeam(200e3)
	if err != nil {
		t.Fatal(err)
	}
	l := textbook.Cubic(t, 5.43102)
	g := l.G(crystal.HKL{2, 2, 0})
	e := diffraction.BandEdges(g, b)
	width := math.Acos(e[1].Cos) - math.Acos(e[0].Cos)
	if math.Abs(width-13.0612e-3) > 5e-8 { // the check has six digits
		t.Errorf("width %.4f mrad, want 13.0612", 1e3*width)
	}
	if e[0].Cos != -e[1].Cos || e[0].Axis != e[1].Axis {
		t.Errorf("edges %+v are not antipodes", e)
	}
	far := diffraction.BandEdges(g.Unit().Scale(2.1*b.K()), b)
	if n := len(far[0].AppendPoints(nil, 0.1)); n != 0 {
		t.Errorf("beyond the limiting sphere: %d points", n)
	}
}
