package diffraction_test

import (
	"math"
	"testing"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/textbook"
)

// Al 220 at 200 kV, precessed by 1.5°, in a foil of 400 Å: numbers of an
// independent program.
func TestPrecessionAl220(t *testing.T) {
	const (
		thickness = 400.0
		numeric   = 0.03326
		formula   = 0.03324
		dynamical = 0.02608
		// The numbers have 4 digits, and were computed with s = g_z − λg²/2 − gp cos w,
		// which leaves out terms of order p²/3 = 2e-4.
		tol = 5e-4
	)
	angle := geom.Radians(1.5)
	s := textbook.Cell(t, "al")
	beam := textbook.Beam(t, 200e3)
	r := textbook.Reflections(t, s, diffraction.Options{GMax: 0.8})
	o := textbook.Frame(t, s.Lattice, crystal.UVW{0, 0, 1})
	ref, _ := r.Index(crystal.HKL{2, 2, 0})
	xi := beam.ExtinctionDistance(real(r.F[ref]), s.Lattice.Volume(), r.Len[ref])
	find := func(spots []diffraction.Spot) diffraction.Spot {
		for _, p := range spots {
			if int(p.Ref) == ref {
				return p
			}
		}
		t.Fatal("220 is missing")
		return diffraction.Spot{}
	}
	k := diffraction.Kinematic{Shape: diffraction.Slab, Thickness: thickness}
	p := diffraction.Precession{Kinematic: k, Angle: angle}
	spot := find(p.AppendSpots(nil, r, beam, o))
	f := real(r.F[ref])
	within(t, "kinematic", spot.I/(f*f)*math.Pow(math.Pi*thickness/xi, 2), numeric, tol)
	if spot.S != 0 {
		t.Errorf("220 crosses the sphere but s = %g", spot.S)
	}
	if g := o.Apply(r.G[ref]); math.Abs(spot.X-g.X) > 1e-15 || math.Abs(spot.Y-g.Y) > 1e-15 {
		t.Errorf("220 at (%g, %g), want (%g, %g)", spot.X, spot.Y, g.X, g.Y)
	}
	p.TwoBeam = true
	within(t, "two-beam", find(p.AppendSpots(nil, r, beam, o)).I, dynamical, tol)
	within(t, "kinematic formula", beam.SweptKinematic(xi, thickness, r.Len[ref], angle), formula, tol)
	within(t, "Blackman formula", beam.SweptTwoBeam(xi, thickness, r.Len[ref], angle), dynamical, tol)
	if got := beam.SweptKinematic(xi, thickness, 0.8, 0.01); got != 0 {
		t.Errorf("a reflection that is not swept has %g", got)
	}
}

// Without an angle precession is the still pattern, whatever the options.
func TestPrecessionWithoutAngle(t *testing.T) {
	s := textbook.Cell(t, "zro2-m")
	beam := textbook.Beam(t, 200e3)
	r := textbook.Reflections(t, s, diffraction.Options{GMax: 1.2})
	o := geom.AxisAngle(geom.Vec{X: 0.3, Y: 1}, 0.02).Mul(textbook.Frame(t, s.Lattice, crystal.UVW{1, 0, 1}))
	for _, k := range []diffraction.Kinematic{
		{Sigma: 0.01, Cut: 1e-5},
		{Shape: diffraction.Slab, Thickness: 300, Exact: true, SMax: 0.02},
		{Shape: diffraction.Lorentzian, Sigma: 0.005, Cut: 1e-4, Absent: true, SMax: 0.03},
		{Sigma: 0.01, Normal: geom.Vec{X: 0.2, Y: -0.1, Z: 1}, Exact: true},
	} {
		want := map[int32]diffraction.Spot{}
		for _, p := range k.AppendSpots(nil, r, beam, o) {
			want[p.Ref] = p
		}
		got := diffraction.Precession{Kinematic: k}.AppendSpots(nil, r, beam, o)
		if len(got) != len(want) {
			t.Errorf("%+v: %d spots, want %d", k, len(got), len(want))
		}
		for _, p := range got {
			w := want[p.Ref]
			if math.Abs(p.S-w.S) > 1e-13 || math.Abs(p.I-w.I) > 1e-10*r.Max*r.Max {
				t.Errorf("%v: %+v, want %+v", r.HKL[p.Ref], p, w)
			}
		}
	}
}

// A flat screen shows directions: a spot at the transverse g and the height g_z
// lies at k g/(k − g_z), farther out for higher Laue zones.
func TestPrecessionOnFlatScreen(t *testing.T) {
	s := textbook.Cell(t, "si")
	beam := textbook.Beam(t, 200e3)
	r := textbook.Reflections(t, s, diffraction.Options{GMax: 3.7})
	o := textbook.Frame(t, s.Lattice, crystal.UVW{1, 1, 2})
	flat := diffraction.Precession{Kinematic: diffraction.Kinematic{Sigma: 0.01, SMax: 0.02, Gnomonic: true}, Angle: 0.02}
	higher := 0
	for _, p := range flat.AppendSpots(nil, r, beam, o) {
		g := o.Apply(r.G[p.Ref])
		if g.Z > 0.1 {
			higher++
		}
		scale := beam.K() / (beam.K() - g.Z)
		if math.Abs(p.X-scale*g.X) > 1e-12 || math.Abs(p.Y-scale*g.Y) > 1e-12 {
			t.Fatalf("%v at %g, %g, want %g, %g", r.HKL[p.Ref], p.X, p.Y, scale*g.X, scale*g.Y)
		}
	}
	if higher < 10 {
		t.Errorf("%d spots of higher Laue zones", higher)
	}
}

// The mean over the azimuths of still patterns with tilted beams is the
// precession pattern: the definition.
func TestPrecessionIsTheMeanOfTilts(t *testing.T) {
	s := textbook.Cell(t, "zro2-m")
	beam := textbook.Beam(t, 200e3)
	r := textbook.Reflections(t, s, diffraction.Options{GMax: 0.9})
	o := geom.AxisAngle(geom.Vec{X: 1, Y: 0.2}, 0.004).Mul(textbook.Frame(t, s.Lattice, crystal.UVW{0, 0, 1}))
	const angle, n = 0.02, 360
	for _, k := range []diffraction.Kinematic{
		{Sigma: 0.01, Exact: true, Normal: geom.Vec{Z: 1}},
		{Shape: diffraction.Slab, Thickness: 150, Normal: geom.Vec{Z: 1}},
		{Sigma: 0.01, Normal: geom.Vec{X: 0.3, Y: 0.1, Z: 1}},
	} {
		sum := map[int32]float64{}
		for i := range n {
			tilted := k
			sin, cos := math.Sincos(2 * math.Pi * float64(i) / n)
			tilted.TiltX, tilted.TiltY = beam.K()*math.Sin(angle)*cos, beam.K()*math.Sin(angle)*sin
			for _, p := range tilted.AppendSpots(nil, r, beam, o) {
				sum[p.Ref] += p.I / n
			}
		}
		spots := diffraction.Precession{Kinematic: k, Angle: angle, Azimuths: n}.AppendSpots(nil, r, beam, o)
		if len(spots) < 100 {
			t.Fatalf("%d spots", len(spots))
		}
		for _, p := range spots {
			// 360 azimuths converge for these widths; the two start at different ones.
			if want := sum[p.Ref]; math.Abs(p.I-want) > 1e-8*r.Max*r.Max {
				t.Errorf("I(%v) = %.9g, want %.9g", r.HKL[p.Ref], p.I, want)
			}
		}
	}
}

// A HOLZ layer is swept between the radii R − k sin p and R + k sin p.
func TestPrecessionSweepsAnnulus(t *testing.T) {
	s := textbook.Cell(t, "zro2-m")
	beam := textbook.Beam(t, 200e3)
	r := textbook.Reflections(t, s, diffraction.Options{GMax: 4, Thermal: diffraction.NoThermal})
	u := crystal.UVW{0, 0, 1}
	o := textbook.Frame(t, s.Lattice, u)
	layers, _ := r.Layers(u)
	angle := geom.Radians(0.5)
	k, h := beam.K(), layers.Spacing
	offset := k * math.Sin(angle)
	ring := math.Sqrt(offset*offset + 2*k*math.Cos(angle)*h - h*h)
	n := 0
	spots := diffraction.Precession{Kinematic: diffraction.Kinematic{Shape: diffraction.Positions, Sigma: 0.02, Exact: true}, Angle: angle}.AppendSpots(nil, r, beam, o)
	for _, p := range spots {
		if layers.Order(r.HKL[p.Ref]) != 1 {
			continue
		}
		g := math.Hypot(p.X, p.Y)
		if swept := g > ring-offset && g < ring+offset; swept != (p.S == 0) {
			t.Errorf("%v at %.5f Å⁻¹ has s = %g; the annulus is %.5f to %.5f", r.HKL[p.Ref], g, p.S, ring-offset, ring+offset)
		}
		n++
	}
	if n < 100 {
		t.Errorf("%d reflections of the first layer", n)
	}
}

func TestBlackman(t *testing.T) {
	// ∫₀^a J₀ by Simpson's rule.
	integral := func(a float64) float64 {
		n := 2 * int(100+40*a)
		sum := 0.0
		for i := 0; i <= n; i++ {
			w := 2.0
			if i == 0 || i == n {
				w = 1
			} else if i%2 == 1 {
				w = 4
			}
			sum += w * math.J0(a*float64(i)/float64(n))
		}
		return sum * a / float64(n) / 3
	}
	for _, x := range []float64{1e-6, 1e-3, 0.02, 0.1, 0.5, 1, 3, 10, 40, 63.6, 63.7, 100} {
		a := 2 * math.Pi * x
		within(t, "Blackman", diffraction.Blackman(x), integral(a)/a, 1e-6)
	}
	if got := diffraction.Blackman(0); got != 1 {
		t.Errorf("Blackman(0) = %g", got)
	}
}
