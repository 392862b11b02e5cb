package session

import (
	"math"
	"testing"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/geom"
)

func monoclinic(t *testing.T) crystal.Lattice {
	t.Helper()
	l, err := crystal.NewLattice(crystal.Cell{A: 5.15, B: 5.21, C: 5.32, Alpha: 90, Beta: 99.2, Gamma: 90})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// tolAngle is in degrees: rounding of a dozen products of rotations.
const tolAngle = 1e-9

func TestComposeDecompose(t *testing.T) {
	l := monoclinic(t)
	for _, zone := range []crystal.UVW{{0, 0, 1}, {1, 1, 0}, {-1, 2, 3}, {0, 0, -1}, {0, 1, 0}} {
		for _, d := range [][3]float64{{0, 0, 0}, {0.3, -0.3, 0}, {5, 0, 30}, {-2, 7, -179}, {0, 0, 180}, {0.01, 0.02, 90}} {
			o, err := compose(l, zone, d[0], d[1], d[2])
			if err != nil {
				t.Fatal(err)
			}
			tx, ty, r := decompose(l, zone, o)
			if math.Abs(tx-d[0]) > tolAngle || math.Abs(ty-d[1]) > tolAngle || math.Abs(math.Remainder(r-d[2], 360)) > tolAngle {
				t.Errorf("%v %v: got %v %v %v", zone, d, tx, ty, r)
			}
			// The angle to the zone is the length of the tilt.
			angle := geom.Degrees(geom.Angle(o.Apply(l.R(zone)), geom.Vec{Z: 1}))
			if math.Abs(angle-math.Hypot(d[0], d[1])) > 1e-7 { // acos-like near 0
				t.Errorf("%v %v: %v degrees off axis", zone, d, angle)
			}
		}
	}
}

func TestSnapped(t *testing.T) {
	l := monoclinic(t)
	o, err := compose(l, crystal.UVW{1, 1, 0}, 3, -4, 20)
	if err != nil {
		t.Fatal(err)
	}
	s := snapped(l, crystal.UVW{1, 1, 0}, o)
	if a := geom.Degrees(geom.Angle(s.Apply(l.R(crystal.UVW{1, 1, 0})), geom.Vec{Z: 1})); a > tolAngle {
		t.Errorf("%v degrees off axis after snapping", a)
	}
	if a := geom.Degrees(s.Mul(o.Inverse()).Angle()); math.Abs(a-5) > 1e-9 {
		t.Errorf("turned by %v degrees, expected the 5 of the tilt", a)
	}
}

// A tilt by x must move the Kikuchi pattern to the right: the transmitted
// direction along the zone axis, which goes down, gets a positive x.
func TestTiltedMovesMarks(t *testing.T) {
	o := geom.NoRotation()
	for _, test := range []struct {
		name string
		x, y float64
	}{{"right", 0.01, 0}, {"up", 0, 0.01}, {"both", -0.02, 0.01}} {
		t.Run(test.name, func(t *testing.T) {
			d := tilted(o, test.x, test.y).Apply(geom.Vec{Z: -1})
			// sin θ against θ: third order.
			if math.Abs(d.X-test.x) > 1e-5 || math.Abs(d.Y-test.y) > 1e-5 {
				t.Errorf("transmitted zone axis at %v", d)
			}
		})
	}
}

func TestBetween(t *testing.T) {
	p := geom.AxisAngle(geom.Vec{X: 1, Y: 2}, 0.3)
	q := geom.AxisAngle(geom.Vec{Z: 1}, 2.9)
	for _, f := range []float64{0, 0.25, 1} {
		got := between(p, q, f)
		if a := got.Mul(p.Inverse()).Angle(); math.Abs(a-f*q.Mul(p.Inverse()).Angle()) > 1e-9 {
			t.Errorf("at %v: %v from the start", f, a)
		}
	}
	if a := between(p, q, 1).Mul(q.Inverse()).Angle(); a > 1e-7 { // acos-like near 0
		t.Errorf("ends %v from the goal", a)
	}
}
