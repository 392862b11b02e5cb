package diffraction_test

import (
	"math"
	"slices"
	"testing"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/symmetry"
	"zoneaxis/internal/textbook"
)

func TestRingsOfAluminium(t *testing.T) {
	const tol = 1.2e-4 // relative intensities have two decimals
	s := textbook.Cell(t, "al")
	beam := textbook.Beam(t, 200e3)
	r := textbook.Reflections(t, s, diffraction.Options{GMax: 1.4})
	want := mustChecks(t).Rings
	d := []float64{2.3380, 2.0247, 1.4317, 1.2210, 1.1690, 1.0124, 0.9290}
	m := []int{8, 6, 12, 24, 8, 6, 24}
	for _, group := range []*symmetry.Group{textbook.SpaceGroup(t, "F m -3 m"), nil} {
		rings := diffraction.Powder{R: r, Group: group}.Rings(beam)
		for i, name := range want.HKL {
			ring := rings[i]
			if len(ring.Families) != 1 || ring.Families[0].HKL.String() != name || ring.Families[0].Multiplicity != m[i] {
				t.Errorf("ring %d: %+v, want %s ×%d", i, ring.Families, name, m[i])
			}
			within(t, name, 100*ring.Intensity/rings[0].Intensity, want.Rel[i], tol*max(1, 50/want.Rel[i]))
			within(t, name+" d", ring.D(), d[i], 5e-5)
			within(t, name+" mean", ring.Mean(), ring.Intensity*ring.D(), 1e-12)
		}
	}
	// 333 and 511 share a ring; only the group tells them apart.
	rings := diffraction.Powder{R: r, Group: textbook.SpaceGroup(t, "F m -3 m")}.Rings(beam)
	last := rings[slices.IndexFunc(rings, func(r diffraction.Ring) bool { return math.Abs(r.G*s.Lattice.Cell().A-math.Sqrt(27)) < 1e-6 })]
	if len(last.Families) != 2 || last.Families[0].HKL != (crystal.HKL{5, 1, 1}) || last.Families[0].Multiplicity != 24 ||
		last.Families[1].HKL != (crystal.HKL{3, 3, 3}) || last.Families[1].Multiplicity != 8 {
		t.Errorf("families of the ring 333/511: %+v", last.Families)
	}
}

// Every reflection that is not absent belongs to one family of one ring, with
// the |F|² of the family.
func TestRingsCountAllReflections(t *testing.T) {
	beam := textbook.Beam(t, 200e3)
	for _, s := range textbook.Cells(t) {
		r := textbook.Reflections(t, s, diffraction.Options{GMax: 0.9})
		present, total := 0, 0.0
		for i, f := range r.F {
			if i > 0 && f != 0 {
				present++
				total += (real(f)*real(f) + imag(f)*imag(f)) / r.Len[i]
			}
		}
		volume := s.Lattice.Volume()
		for _, group := range []*symmetry.Group{textbook.SpaceGroup(t, s.Name), nil} {
			rings := diffraction.Powder{R: r, Group: group, Fraction: 0.25}.Rings(beam)
			count, sum := 0, 0.0
			for i, ring := range rings {
				for _, f := range ring.Families {
					count += f.Multiplicity
				}
				sum += ring.Intensity
				if i > 0 && ring.G <= rings[i-1].G {
					t.Errorf("%s: ring %d is out of order", s.ID, i)
				}
			}
			if count != present {
				t.Errorf("%s: %d reflections in rings, want %d", s.ID, count, present)
			}
			within(t, s.ID+" sum", sum, 0.25*total/(volume*volume), 1e-5) // 1e-6 of |g| within a ring
		}
	}
}

func TestRingWidths(t *testing.T) {
	s := textbook.Cell(t, "au")
	beam := textbook.Beam(t, 200e3)
	r := textbook.Reflections(t, s, diffraction.Options{GMax: 1})
	sharp := diffraction.Powder{R: r}.Rings(beam)
	fine := diffraction.Powder{R: r, Grain: 50}.Rings(beam)
	if sharp[0].Width != 0 {
		t.Errorf("width %g without a grain size", sharp[0].Width)
	}
	within(t, "width", fine[0].Width, 0.018, 1e-12)
	// The area under the profile times its circumference is the ring.
	const step = 1e-4
	profile := make([]float64, 10001)
	diffraction.AddProfile(profile, step, fine[:1], 0)
	sum, top, at := 0.0, 0.0, 0
	for i, v := range profile {
		sum += v * step
		if v > top {
			top, at = v, i
		}
	}
	within(t, "profile area", sum*2*math.Pi*fine[0].G, fine[0].Intensity, 1e-6)
	if math.Abs(float64(at)*step-fine[0].G) > step {
		t.Errorf("profile peaks at %g, want %g", float64(at)*step, fine[0].G)
	}
	half := 0
	for _, v := range profile {
		if v > top/2 {
			half++
		}
	}
	within(t, "profile width", float64(half)*step, 0.018, 0.01)
	// The instrument adds in quadrature, sharp rings keep two steps.
	wide := make([]float64, 10001)
	diffraction.AddProfile(wide, step, fine[:1], 0.024)
	within(t, "height", slices.Max(wide)/top, 0.018/0.030, 1e-4)
	narrow := make([]float64, 10001)
	diffraction.AddProfile(narrow, step, sharp[:1], 0)
	sum = 0
	for _, v := range narrow {
		sum += v * step
	}
	within(t, "sharp profile area", sum*2*math.Pi*sharp[0].G, sharp[0].Intensity, 1e-5)
}

func TestDynamicalRings(t *testing.T) {
	s := textbook.Cell(t, "au")
	beam := textbook.Beam(t, 100e3)
	r := textbook.Reflections(t, s, diffraction.Options{GMax: 0.8})
	p := diffraction.Powder{R: r, Grain: 150}
	kinematic := p.Rings(beam)
	p.Dynamical = true
	dynamical := p.Rings(beam)
	for i, k := range kinematic {
		xi := beam.ExtinctionDistance(math.Sqrt(k.Families[0].F2), s.Lattice.Volume(), k.G)
		within(t, k.Families[0].HKL.String(), dynamical[i].Intensity/k.Intensity, diffraction.Blackman(150/xi), 1e-12)
	}
	if !(dynamical[0].Intensity/kinematic[0].Intensity < 0.8) {
		t.Error("strong rings of gold are not weakened")
	}
}
