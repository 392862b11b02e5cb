package bloch_test

import (
	"math"
	"testing"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/diffraction/bloch"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/textbook"
)

// TestForemost: of more candidates than a frame has time for those stay that
// count, in whole families, and those of the frame before have an advantage.
func TestForemost(t *testing.T) {
	beam := textbook.Beam(t, 200e3)
	lambda := beam.Wavelength()
	for _, c := range []struct {
		id     string
		zone   crystal.UVW
		inside []crystal.HKL // strong beams of the zone
		ops    []func(crystal.HKL) crystal.HKL
	}{
		{"gaas", crystal.UVW{0, 0, 1}, []crystal.HKL{{2, 2, 0}, {4, 0, 0}, {6, 2, 0}, {4, 4, 0}}, []func(crystal.HKL) crystal.HKL{
			func(h crystal.HKL) crystal.HKL { return crystal.HKL{h[1], h[0], h[2]} }, // the mirror (1−10)
			func(h crystal.HKL) crystal.HKL { return crystal.HKL{-h[0], -h[1], h[2]} },
		}},
		{"mos2-2h", crystal.UVW{0, 0, 1}, []crystal.HKL{{1, 0, 0}, {1, 1, 0}, {2, 2, 0}, {3, 0, 0}}, []func(crystal.HKL) crystal.HKL{
			func(h crystal.HKL) crystal.HKL { return crystal.HKL{h[1], -h[0] - h[1], h[2]} }, // threefold
		}},
		{"yag", crystal.UVW{1, 1, 1}, []crystal.HKL{{2, -1, -1}, {2, -2, 0}, {4, -4, 0}}, []func(crystal.HKL) crystal.HKL{
			func(h crystal.HKL) crystal.HKL { return crystal.HKL{h[1], h[2], h[0]} },
		}},
	} {
		s := textbook.Open(t, c.id)
		r := textbook.Reflections(t, s, diffraction.Options{GMax: 2.5})
		frame := textbook.Frame(t, s.Lattice, c.zone)
		opt := bloch.Options{GMax: 2.5, SMax: 1.2 * lambda, Strong: 1.2 * lambda, Foremost: 100, Quick: true, Couplings: new(bloch.Couplings)}
		list := func(o geom.Rotation) []crystal.HKL {
			t.Helper()
			system, err := bloch.Solve(r, beam, o, opt)
			if err != nil {
				t.Fatal(err)
			}
			if system.Strong != len(system.Beams) || system.Strong > 100 {
				t.Errorf("%s: %d strong beams of %d", c.id, system.Strong, len(system.Beams))
			}
			var hkl []crystal.HKL
			for _, b := range system.Beams {
				hkl = append(hkl, r.HKL[b.Ref])
			}
			return hkl
		}
		set := func(list []crystal.HKL) map[crystal.HKL]bool {
			m := map[crystal.HKL]bool{}
			for _, h := range list {
				m[h] = true
			}
			return m
		}
		have := set(list(frame))
		if len(have) < 60 {
			t.Errorf("%s: %d beams", c.id, len(have))
		}
		for _, h := range c.inside {
			if !have[h] {
				t.Errorf("%s: %v was pushed out", c.id, h)
			}
		}
		for h := range have {
			for _, op := range c.ops {
				if !have[op(h)] {
					t.Errorf("%s: %v without %v", c.id, h, op(h))
				}
			}
		}
		// Along a straight path beams come and go one after the other, and fewer do
		// if those that were there have an advantage.
		changes := func(before bool) int {
			n := 0
			var last map[crystal.HKL]bool
			opt.Before = nil
			for step := range 60 {
				now := list(geom.AxisAngle(geom.Vec{X: 1, Y: 0.4}, 0.004+float64(step)*1e-4).Mul(frame))
				if before {
					opt.Before = now
				}
				for h := range last {
					if !set(now)[h] {
						n++
					}
				}
				last = set(now)
			}
			return n
		}
		free, held := changes(false), changes(true)
		t.Logf("%s: %d beams leave on the way, %d with those of the frame before held", c.id, free, held)
		if free > 10 && held > free*2/3 {
			t.Errorf("%s: %d beams leave, %d without the frame before", c.id, held, free)
		}
	}
}

// TestReciprocity: the electrons that an incident beam sends into g are those that
// a beam against g sends against the incident one: the same reflection of the
// crystal turned over. That holds with absorption and without a centre, up to the
// square of wave vectors along the normal that is left out, here 1e-4.
func TestReciprocity(t *testing.T) {
	const tol = 2e-4
	beam := textbook.Beam(t, 200e3)
	over := geom.AxisAngle(geom.Vec{X: 1}, math.Pi)
	for _, c := range []struct {
		id   string
		zone crystal.UVW
		g    crystal.HKL
	}{{"gaas", crystal.UVW{1, 1, 0}, crystal.HKL{0, 0, 2}}, {"gaas", crystal.UVW{1, 1, 0}, crystal.HKL{1, -1, 1}}, {"quartz", crystal.UVW{0, 0, 1}, crystal.HKL{1, 0, 0}}, {"au", crystal.UVW{0, 0, 1}, crystal.HKL{2, 2, 0}}} {
		s := textbook.Open(t, c.id)
		r := textbook.Reflections(t, s, diffraction.Options{GMax: 3})
		o := geom.AxisAngle(geom.Vec{X: 1, Y: 0.4}, 0.004).Mul(textbook.Frame(t, s.Lattice, c.zone))
		for _, absorption := range []bloch.Absorption{bloch.None, bloch.Thermal} {
			opt := bloch.Options{GMax: 1.5, SMax: 0.03, Normal: geom.Vec{Z: 1}, Absorption: absorption, TiltX: 0.03, TiltY: -0.05}
			there, err := bloch.Solve(r, beam, o, opt)
			if err != nil {
				t.Fatal(err)
			}
			at := -1
			back := opt
			for i, b := range there.Beams {
				h := r.HKL[b.Ref]
				back.List = append(back.List, crystal.HKL{c.g[0] - h[0], c.g[1] - h[1], c.g[2] - h[2]})
				if h == c.g {
					at = i
					back.TiltX, back.TiltY = -(opt.TiltX + b.X), opt.TiltY+b.Y
				}
			}
			if at < 0 {
				t.Fatalf("%s: no %v", c.id, c.g)
			}
			again, err := bloch.Solve(r, beam, over.Mul(o), back)
			if err != nil {
				t.Fatal(err)
			}
			for _, thickness := range []float64{100, 400} {
				want := there.Intensities(nil, thickness)[at]
				for i, b := range again.Beams {
					if r.HKL[b.Ref] == c.g {
						if got := again.Intensities(nil, thickness)[i]; math.Abs(got-want) > tol {
							t.Errorf("%s %v, absorption %d, %g Å: %.6f, the other way %.6f", c.id, c.g, absorption, thickness, want, got)
						}
					}
				}
			}
		}
	}
}
