package diffraction_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/textbook"
)

func TestZoneFrame(t *testing.T) {
	si := textbook.Cell(t, "si").Lattice
	tests := []struct {
		name  string
		l     crystal.Lattice
		zone  crystal.UVW
		right crystal.HKL // must point along +x, or up along +y; zero if not said
		up    crystal.HKL
	}{
		{"Si [001]", si, crystal.UVW{0, 0, 1}, crystal.HKL{1, 0, 0}, crystal.HKL{0, 1, 0}},
		{"Si [110]", si, crystal.UVW{1, 1, 0}, crystal.HKL{-2, 2, 0}, crystal.HKL{0, 0, 2}},
		{"Si [00-1]", si, crystal.UVW{0, 0, -1}, crystal.HKL{-1, 0, 0}, crystal.HKL{0, 1, 0}},
		{"Si [111]", si, crystal.UVW{1, 1, 1}, crystal.HKL{-2, 2, 0}, crystal.HKL{-1, -1, 2}},
		{"quartz [100]", textbook.Cell(t, "quartz").Lattice, crystal.UVW{1, 0, 0}, crystal.HKL{0, 1, 0}, crystal.HKL{0, 0, 1}},
		{"albite [010]", textbook.Cell(t, "albite").Lattice, crystal.UVW{0, 1, 0}, crystal.HKL{}, crystal.HKL{}},
	}
	const tol = 1e-12 // rad
	for _, tt := range tests {
		o := textbook.Frame(t, tt.l, tt.zone)
		if d := geom.Angle(o.Apply(tt.l.R(tt.zone)), geom.Vec{Z: 1}); d > tol {
			t.Errorf("%s: the zone axis is %g rad off z", tt.name, d)
		}
		if tt.right != (crystal.HKL{}) {
			if d := geom.Angle(o.Apply(tt.l.G(tt.right)), geom.Vec{X: 1}); d > tol {
				t.Errorf("%s: %v is %g rad off x", tt.name, tt.right, d)
			}
		}
		if tt.up != (crystal.HKL{}) {
			if d := geom.Angle(o.Apply(tt.l.G(tt.up)), geom.Vec{Y: 1}); d > tol {
				t.Errorf("%s: %v is %g rad off y", tt.name, tt.up, d)
			}
		}
		// c* lies in the plane of y and z, on the side of y, or b does.
		c := o.Apply(geom.Vec{Z: 1})
		if math.Hypot(c.X, c.Y) > 1e-6 && (math.Abs(c.X) > tol || c.Y <= 0) {
			t.Errorf("%s: c* points to %v", tt.name, c)
		}
	}
	if _, err := diffraction.ZoneFrame(si, crystal.UVW{}); err == nil || err.Error() != "diffraction: zone axis [0 0 0] has no direction" {
		t.Errorf("zone 000: %v", err)
	}
}

// Seen from the source the pattern is right-handed: counter-clockwise from g1 to
// g2 means g1 × g2 along +[uvw], and [−u −v −w] shows the mirror image.
func TestHandedness(t *testing.T) {
	beam := textbook.Beam(t, 200e3)
	k := diffraction.Kinematic{Shape: diffraction.Positions, Sigma: 0.05}
	for _, id := range []string{"si", "mg", "zro2-m", "albite", "quartz"} {
		s := textbook.Cell(t, id)
		r := textbook.Reflections(t, s, diffraction.Options{GMax: 1.4})
		for _, u := range []crystal.UVW{{0, 0, 1}, {1, 1, 0}, {1, 2, 3}, {-1, 0, 2}} {
			spots := k.AppendSpots(nil, r, beam, textbook.Frame(t, s.Lattice, u))
			back := map[crystal.HKL]diffraction.Spot{}
			for _, p := range k.AppendSpots(nil, r, beam, textbook.Frame(t, s.Lattice, u.Neg())) {
				back[r.HKL[p.Ref]] = p
			}
			checked := 0
			for _, p := range spots {
				for _, q := range spots {
					h1, h2 := r.HKL[p.Ref], r.HKL[q.Ref]
					area := p.X*q.Y - p.Y*q.X
					if h1.Dot(u) != 0 || h2.Dot(u) != 0 || math.Abs(area) < 1e-6 {
						continue
					}
					checked++
					z := h1.Zone(h2)
					if z != u.Reduced() && z != u.Neg().Reduced() {
						t.Fatalf("%s %v: zone of %v and %v is %v", id, u, h1, h2, z)
					}
					if (z == u.Reduced()) != (area > 0) {
						t.Fatalf("%s %v: %v to %v turn the wrong way", id, u, h1, h2)
					}
					p2, ok1 := back[h1]
					q2, ok2 := back[h2]
					if ok1 && ok2 && (p2.X*q2.Y-p2.Y*q2.X > 0) == (area > 0) {
						t.Fatalf("%s %v: the opposite zone is not the mirror image", id, u)
					}
				}
			}
			if checked < 6 {
				t.Errorf("%s %v: %d pairs checked", id, u, checked)
			}
		}
	}
	// Friedel pairs of a zone axis are equal for a beam on it; off it they differ
	// in s. Tilting the crystal about +x by a positive angle turns +y towards the
	// viewer: reflections up the screen move to the inside of the sphere.
	s := textbook.Cell(t, "si")
	o := geom.AxisAngle(geom.Vec{X: 1}, geom.Radians(1)).Mul(textbook.Frame(t, s.Lattice, crystal.UVW{0, 0, 1}))
	up, down := s.Lattice.G(crystal.HKL{0, 2, 0}), s.Lattice.G(crystal.HKL{0, -2, 0})
	if a, b := k.ExcitationError(up, beam, o), k.ExcitationError(down, beam, o); !(a > 0 && b < 0) {
		t.Errorf("s(020) = %g, s(0-20) = %g after tilting +y to the viewer", a, b)
	}
}

func TestExcitationError(t *testing.T) {
	s := textbook.Cell(t, "si")
	beam := textbook.Beam(t, 200e3)
	o := textbook.Frame(t, s.Lattice, crystal.UVW{0, 0, 1})
	g := s.Lattice.G(crystal.HKL{4, 0, 0})
	want := mustChecks(t).Excitation
	exact := diffraction.Kinematic{Exact: true}.ExcitationError(g, beam, o)
	first := diffraction.Kinematic{}.ExcitationError(g, beam, o)
	within(t, "exact", exact, want.Exact, 1e-8) // 8 digits
	within(t, "first order", first, want.FirstOrder, 1e-9)
	k := beam.K()
	within(t, "radial", k-geom.Vec{X: g.X, Y: g.Y, Z: g.Z - k}.Norm(), want.Radial, 1e-8)
	within(t, "first order, formula", first, -beam.Wavelength()*g.Dot(g)/2, 1e-12)

	// The definition, at any orientation, normal and tilt: k₀ + g + s n ends on
	// the sphere, on the side of the transmitted beam; and the first order is the
	// exact value to order s².
	rng := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		o := textbook.Rotation(rng)
		g := geom.Vec{X: rng.NormFloat64(), Y: rng.NormFloat64(), Z: rng.NormFloat64()}
		m := diffraction.Kinematic{Exact: true, TiltX: rng.NormFloat64(), TiltY: rng.NormFloat64()}
		if rng.IntN(2) == 0 {
			m.Normal = geom.Vec{X: 0.3 * rng.NormFloat64(), Y: 0.3 * rng.NormFloat64(), Z: 1}
		}
		k0 := geom.Vec{X: m.TiltX, Y: m.TiltY, Z: -math.Sqrt(k*k - m.TiltX*m.TiltX - m.TiltY*m.TiltY)}
		n := m.Normal.Neg().Unit()
		if m.Normal == (geom.Vec{}) {
			n = k0.Unit()
		}
		s := m.ExcitationError(g, beam, o)
		out := k0.Add(o.Apply(g)).Add(n.Scale(s))
		if math.Abs(out.Norm()-k) > 1e-12*k || out.Z >= 0 {
			t.Fatalf("g %v: |k₀ + g + s n| = %.15g, want %.15g", g, out.Norm(), k)
		}
		m.Exact = false
		// s_exact = −q + √(q² − p) and s_first = −p/2q differ by s²/2q.
		if first := m.ExcitationError(g, beam, o); math.Abs(first-s) > s*s/k {
			t.Fatalf("g %v: exact %g, first order %g", g, s, first)
		}
	}

	// The textbook form for a beam along the normal.
	for range 100 {
		o := geom.AxisAngle(geom.Vec{X: rng.NormFloat64(), Y: rng.NormFloat64()}, 0.05)
		l := o.Apply(g)
		want := (l.Z - beam.Wavelength()*l.Dot(l)/2) / (1 - beam.Wavelength()*l.Z)
		got := diffraction.Kinematic{}.ExcitationError(g, beam, o)
		if math.Abs(got-want) > 1e-14 {
			t.Errorf("s = %.15g, want %.15g", got, want)
		}
	}
	// A rod beside the sphere never meets it.
	if s := (diffraction.Kinematic{Exact: true}).ExcitationError(geom.Vec{X: 1.1 * k}, beam, geom.NoRotation()); !math.IsNaN(s) {
		t.Errorf("a rod beside the sphere has s = %g", s)
	}
}

// Tilting the beam is the same as turning crystal and foil the other way.
func TestTiltedBeam(t *testing.T) {
	s := textbook.Cell(t, "zro2-m")
	beam := textbook.Beam(t, 200e3)
	r := textbook.Reflections(t, s, diffraction.Options{GMax: 1.2})
	o := textbook.Frame(t, s.Lattice, crystal.UVW{1, 0, 1})
	const tilt = 0.012 // rad
	k := diffraction.Kinematic{Sigma: 0.02, Exact: true, TiltX: beam.K() * math.Sin(tilt)}
	a := k.AppendSpots(nil, r, beam, o)
	k.TiltX = 0
	// The tilted beam (sin, 0, −cos) becomes (0, 0, −1).
	turn := geom.Between(geom.Vec{X: math.Sin(tilt), Z: -math.Cos(tilt)}, geom.Vec{Z: -1})
	b := k.AppendSpots(nil, r, beam, turn.Mul(o))
	if len(a) != len(b) || len(a) < 100 {
		t.Fatalf("%d and %d spots", len(a), len(b))
	}
	for i := range a {
		if a[i].Ref != b[i].Ref || math.Abs(a[i].S-b[i].S) > 1e-12 || math.Abs(a[i].I-b[i].I) > 1e-9*r.Max*r.Max {
			t.Fatalf("%v: %v with the tilted beam, %v with the turned crystal", r.HKL[a[i].Ref], a[i], b[i])
		}
	}
	// The Laue circle: the spots with s = 0 lie on the circle through 000 with its
	// centre at minus the transverse part of k₀.
	centre := -beam.K() * math.Sin(tilt)
	layers, _ := r.Layers(crystal.UVW{1, 0, 1})
	n := 0
	k.TiltX = -centre
	for _, p := range k.AppendSpots(nil, r, beam, o) {
		if layers.Order(r.HKL[p.Ref]) != 0 || p.Ref == 0 {
			continue
		}
		n++
		inside := math.Hypot(p.X-centre, p.Y) < -centre
		if math.Abs(p.S) > 1e-4 && inside != (p.S > 0) {
			t.Errorf("%v at (%.3f, %.3f) has s = %.5f", r.HKL[p.Ref], p.X, p.Y, p.S)
		}
	}
	if n < 30 {
		t.Errorf("%d spots about the Laue circle", n)
	}
}

func TestShapes(t *testing.T) {
	const tol = 1e-12
	tests := []struct {
		name string
		k    diffraction.Kinematic
		s    float64
		want float64
	}{
		{"Gaussian", diffraction.Kinematic{Sigma: 0.01}, 0.01, math.Exp(-0.5)},
		{"Gaussian, other side", diffraction.Kinematic{Sigma: 0.01}, -0.02, math.Exp(-2)},
		{"slab", diffraction.Kinematic{Shape: diffraction.Slab, Thickness: 100}, 0.005, 4 / (math.Pi * math.Pi)},
		{"slab, first side maximum", diffraction.Kinematic{Shape: diffraction.Slab, Thickness: 100}, -0.015, 4 / (9 * math.Pi * math.Pi)},
		{"slab of no thickness", diffraction.Kinematic{Shape: diffraction.Slab}, 0.3, 1},
		{"linear", diffraction.Kinematic{Shape: diffraction.Linear, Sigma: 0.02}, -0.005, 0.75},
		{"linear, outside", diffraction.Kinematic{Shape: diffraction.Linear, Sigma: 0.02}, 0.021, 0},
		{"Lorentzian", diffraction.Kinematic{Shape: diffraction.Lorentzian, Sigma: 0.01}, 0.02, 0.2},
		{"positions", diffraction.Kinematic{Shape: diffraction.Positions, Sigma: 0.01}, 0.01, 1},
		{"positions, outside", diffraction.Kinematic{Shape: diffraction.Positions, Sigma: 0.01}, -0.0101, 0},
		{"no width", diffraction.Kinematic{}, 1e-9, 0},
	}
	for _, tt := range tests {
		within(t, tt.name, tt.k.At(tt.s), tt.want, tol)
		if got := tt.k.At(0); got != 1 {
			t.Errorf("%s: %g at s = 0", tt.name, got)
		}
	}
	if got := (diffraction.Kinematic{Shape: diffraction.Slab, Thickness: 100}).At(0.01); got > 1e-30 {
		t.Errorf("slab at its first zero: %g", got)
	}
	if got := (diffraction.Kinematic{Shape: diffraction.Slab, Thickness: 500, Spread: 50}).At(1e-12); math.Abs(got-1) > tol {
		t.Errorf("slab next to s = 0: %g", got)
	}

	// A spread of thicknesses: the mean of t² sinc² over a normal distribution,
	// relative to that at s = 0.
	k := diffraction.Kinematic{Shape: diffraction.Slab, Thickness: 300, Spread: 40}
	for _, s := range []float64{1e-5, 0.001, 1. / 300, 0.005, -0.013} {
		var top, bottom float64
		for i := -4000; i <= 4000; i++ {
			u := float64(i) / 500 // standard deviations
			w := math.Exp(-u * u / 2)
			d := 300 + 40*u
			sinc := math.Sin(math.Pi*d*s) / (math.Pi * s)
			top += w * sinc * sinc
			bottom += w * d * d
		}
		within(t, fmt.Sprintf("spread, s = %g", s), k.At(s), top/bottom, 1e-9)
	}
}

func TestAppendSpots(t *testing.T) {
	s := textbook.Cell(t, "si")
	beam := textbook.Beam(t, 200e3)
	r := textbook.Reflections(t, s, diffraction.Options{GMax: 1.5})
	o := textbook.Frame(t, s.Lattice, crystal.UVW{1, 1, 0})
	f0 := real(r.F[0])
	allowed := 0
	for _, f := range r.F {
		if f != 0 {
			allowed++
		}
	}

	all := diffraction.Kinematic{Sigma: 0.01}.AppendSpots(nil, r, beam, o)
	if len(all) != allowed {
		t.Errorf("%d spots without limits, want %d", len(all), allowed)
	}
	if p := all[0]; p != (diffraction.Spot{I: f0 * f0}) {
		t.Errorf("direct beam %+v", p)
	}

	for _, shape := range []diffraction.Shape{diffraction.Gaussian, diffraction.Slab, diffraction.Linear, diffraction.Lorentzian} {
		k := diffraction.Kinematic{Shape: shape, Sigma: 0.01, Thickness: 200, Spread: 3}
		all := k.AppendSpots(nil, r, beam, o)
		k.Cut = 1e-4
		rng := rand.New(rand.NewPCG(13, 14))
		for range 300 { // until strong reflections come near the cut
			o := textbook.Rotation(rng)
			cut := k.AppendSpots(nil, r, beam, o)
			k.Cut = 0
			want := slices.DeleteFunc(k.AppendSpots(nil, r, beam, o), func(p diffraction.Spot) bool { return p.I < 1e-4*f0*f0 })
			k.Cut = 1e-4
			if !slices.Equal(cut, want) {
				t.Fatalf("shape %d: %d spots above the cut, want %d", shape, len(cut), len(want))
			}
		}
		// Near the largest intensity the reach of a shape has to be exact.
		for _, part := range []float64{0.1, 0.3, 0.6, 0.9} {
			k.Cut = part * r.Max * r.Max / (f0 * f0)
			for range 100 {
				o := geom.AxisAngle(textbook.Unit(rng), 0.03*rng.Float64()).Mul(o)
				cut := k.AppendSpots(nil, r, beam, o)
				all := k
				all.Cut = 0
				want := slices.DeleteFunc(all.AppendSpots(nil, r, beam, o), func(p diffraction.Spot) bool { return p.I < k.Cut*f0*f0 })
				if !slices.Equal(cut, want) {
					t.Fatalf("shape %d, cut at %g of the strongest: %d spots, want %d", shape, part, len(cut), len(want))
				}
			}
		}
		k.Cut, k.SMax = 0, 0.004
		near := k.AppendSpots(nil, r, beam, o)
		want := slices.DeleteFunc(slices.Clone(all), func(p diffraction.Spot) bool { return math.Abs(p.S) > 0.004 })
		if !slices.Equal(near, want) {
			t.Errorf("shape %d: %d spots within SMax, want %d", shape, len(near), len(want))
		}
		for _, p := range all {
			f := r.F[p.Ref]
			within(t, fmt.Sprintf("shape %d, I(%v)", shape, r.HKL[p.Ref]), p.I, (real(f)*real(f)+imag(f)*imag(f))*k.At(p.S), 1e-12)
		}
	}

	positions := diffraction.Kinematic{Shape: diffraction.Positions, Sigma: 0.01, Cut: 0.5}.AppendSpots(nil, r, beam, o)
	want := slices.DeleteFunc(slices.Clone(all), func(p diffraction.Spot) bool { return math.Abs(p.S) > 0.01 })
	for i := range want {
		want[i].I = 1
	}
	if !slices.Equal(positions, want) || len(want) < 10 {
		t.Errorf("%d positions, want %d", len(positions), len(want))
	}

	absent := diffraction.Kinematic{Sigma: 0.01, Cut: 1e-4, SMax: 0.004, Absent: true}.AppendSpots(nil, r, beam, o)
	var forbidden []crystal.HKL
	for _, p := range absent {
		if h := r.HKL[p.Ref]; r.F[p.Ref] == 0 && r.Centred(h) && r.Len[p.Ref] < 0.4 {
			forbidden = append(forbidden, h)
			if p.I != 0 {
				t.Errorf("absent %v has I = %g", h, p.I)
			}
		}
	}
	if !slices.Equal(forbidden, []crystal.HKL{{0, 0, 2}, {0, 0, -2}}) {
		t.Errorf("absent reflections near 000: %v, want 002 and 00-2", forbidden)
	}
}

func TestDetectors(t *testing.T) {
	s := textbook.Cell(t, "au")
	beam := textbook.Beam(t, 20e3) // a short radius shows the difference
	r := textbook.Reflections(t, s, diffraction.Options{GMax: 2})
	o := geom.AxisAngle(geom.Vec{X: 1, Y: 0.4}, 0.07).Mul(textbook.Frame(t, s.Lattice, crystal.UVW{0, 0, 1}))
	for _, tilt := range []float64{0, 0.6} {
		k := diffraction.Kinematic{Shape: diffraction.Lorentzian, Sigma: 0.1, Exact: true, TiltX: tilt, TiltY: -tilt / 2, Normal: geom.Vec{X: 0.2, Z: 1}}
		flat := k
		flat.Gnomonic = true
		a, b := k.AppendSpots(nil, r, beam, o), flat.AppendSpots(nil, r, beam, o)
		if len(a) != len(b) || len(a) < 100 {
			t.Fatalf("%d and %d spots", len(a), len(b))
		}
		k0z := -math.Sqrt(beam.K()*beam.K() - k.TiltX*k.TiltX - k.TiltY*k.TiltY)
		for i := range a {
			// The orthographic position and |q| = k give the direction, which is
			// seen on a screen at the distance k.
			qx, qy := a[i].X+k.TiltX, a[i].Y+k.TiltY
			qz := math.Sqrt(beam.K()*beam.K() - qx*qx - qy*qy)
			x := beam.K() * (qx/qz - k.TiltX/-k0z)
			y := beam.K() * (qy/qz - k.TiltY/-k0z)
			if math.Abs(b[i].X-x) > 1e-12 || math.Abs(b[i].Y-y) > 1e-12 {
				t.Fatalf("%v at (%.9f, %.9f), want (%.9f, %.9f)", r.HKL[b[i].Ref], b[i].X, b[i].Y, x, y)
			}
		}
	}
}

func TestRotationKeepsLengths(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	beam := textbook.Beam(t, 200e3)
	for _, s := range textbook.Cells(t) {
		r := textbook.Reflections(t, s, diffraction.Options{GMax: 0.9})
		for range 5 {
			o := textbook.Rotation(rng)
			for _, p := range (diffraction.Kinematic{Shape: diffraction.Slab, Exact: true, SMax: 0.1}).AppendSpots(nil, r, beam, o) {
				g := o.Apply(r.G[p.Ref])
				if math.Abs(g.Norm()-r.Len[p.Ref]) > 1e-13 || math.Hypot(p.X, p.Y) > r.Len[p.Ref]+1e-13 {
					t.Fatalf("%s: %v moved from %g to %g Å⁻¹", s.ID, r.HKL[p.Ref], r.Len[p.Ref], g.Norm())
				}
			}
		}
	}
}

func TestSpotsDoNotAllocate(t *testing.T) {
	s := textbook.Cell(t, "albite")
	beam := textbook.Beam(t, 200e3)
	r := textbook.Reflections(t, s, diffraction.Options{GMax: 1.2})
	o := textbook.Frame(t, s.Lattice, crystal.UVW{0, 1, 0})
	spots := make([]diffraction.Spot, 0, len(r.HKL))
	bands := make([]diffraction.Band, 0, len(r.HKL))
	line := make([]diffraction.Point, 0, 64)
	for name, frame := range map[string]func(){
		"kinematic": func() {
			spots = diffraction.Kinematic{Sigma: 0.01, Cut: 1e-4}.AppendSpots(spots[:0], r, beam, o)
		},
		"slab, exact, gnomonic": func() {
			spots = diffraction.Kinematic{Shape: diffraction.Slab, Thickness: 500, Spread: 50, Exact: true, Gnomonic: true, Cut: 1e-4}.AppendSpots(spots[:0], r, beam, o)
		},
		"precession": func() {
			spots = diffraction.Precession{Kinematic: diffraction.Kinematic{Sigma: 0.01, Cut: 1e-3}, Angle: 0.02}.AppendSpots(spots[:0], r, beam, o)
		},
		"bands": func() {
			bands = diffraction.Kikuchi{MinWeight: 0.2}.AppendBands(bands[:0], r, beam, o)
			for _, b := range bands {
				line = b.Polyline(line[:0], diffraction.Excess, 1.4, 64)
			}
		},
	} {
		if n := testing.AllocsPerRun(5, frame); n != 0 {
			t.Errorf("%s: %g allocations a frame", name, n)
		}
	}
}
