package bloch_test

import (
	"math"
	"math/cmplx"
	"testing"

	"zoneaxis/internal/atom"
	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/diffraction/bloch"
	"zoneaxis/internal/textbook"
)

// TestThermalFactor compares V'_g with numbers from a published integral that
// an independent program computed on a grid of its own, 200 kV.
func TestThermalFactor(t *testing.T) {
	beam := textbook.Beam(t, 200e3)
	for _, c := range []struct {
		name, id string
		b        float64
		h        crystal.HKL
		want     float64 // V
		digits   float64
	}{
		{"Au 000", "au", 0.6376, crystal.HKL{}, 2.354, 1e-3},
		{"Au 111", "au", 0.6376, crystal.HKL{1, 1, 1}, 2.201, 1e-3},
		{"Cu 000", "cu", 0.5755, crystal.HKL{}, 0.600, 1e-3},
		{"Cu 111", "cu", 0.5755, crystal.HKL{1, 1, 1}, 0.549, 1e-3},
		{"W 110", "w", 0.168, crystal.HKL{1, 1, 0}, 1.075, 1e-3},
		{"Fe 110", "fe", 0.349, crystal.HKL{1, 1, 0}, 0.356, 1e-3},
		{"Ag 111", "ag", 0.760, crystal.HKL{1, 1, 1}, 1.009, 1e-3},
		{"Si 000", "si", 0.5155, crystal.HKL{}, 0.0940, 1e-4},
		{"Si 111", "si", 0.5155, crystal.HKL{1, 1, 1}, 0.0628, 1e-4},
		{"Si 220", "si", 0.5155, crystal.HKL{2, 2, 0}, 0.0817, 1e-4},
	} {
		s := textbook.Open(t, c.id)
		var f complex128
		for _, site := range s.Sites {
			turns := float64(c.h[0])*site.Frac[0] + float64(c.h[1])*site.Frac[1] + float64(c.h[2])*site.Frac[2]
			f += complex(bloch.ThermalFactor(atom.Lobato, site.Z, c.b, beam, s.Lattice.G(c.h).Norm()), 0) * cmplx.Exp(complex(0, -2*math.Pi*turns))
		}
		v := diffraction.VoltPerF * cmplx.Abs(f) / s.Lattice.Volume()
		// One unit of the last digit, and as much for lattice parameters.
		near(t, c.name, v, c.want, 1.5*c.digits)
	}
	if f := bloch.ThermalFactor(atom.Lobato, 79, 0, beam, 0.3); f != 0 {
		t.Errorf("an atom at rest absorbs %g Å", f)
	}
}

// TestThermalIntegral integrates the definition on a plain square grid.
func TestThermalIntegral(t *testing.T) {
	const (
		b    = 0.5
		z    = 29
		step = 0.05
		end  = 20.0
	)
	beam := textbook.Beam(t, 120e3)
	for _, g := range []float64{0, 0.4, 1.3, 3} {
		// Midpoint rule; q runs from the middle between the two atoms' centres, and
		// the integrand is even in both components.
		sum := 0.0
		for x := step / 2; x < end; x += step {
			for y := step / 2; y < end; y += step {
				q1, q2 := math.Hypot(x+g/2, y), math.Hypot(x-g/2, y)
				sum += atom.Lobato.Factor(z, q1) * atom.Lobato.Factor(z, q2) * (math.Exp(-b*g*g/4) - math.Exp(-b*(q1*q1+q2*q2)/4))
			}
		}
		want := beam.Gamma() * beam.Wavelength() / 2 * 4 * sum * step * step
		// Outside the square, where f = 0.0957 Z/q² and nothing is left of the second
		// term, ∫ q⁻⁴ d²q = (π/2 + 1)/20².
		tail := 0.0957346 * z / end
		want += beam.Gamma() * beam.Wavelength() / 2 * tail * tail * (math.Pi/2 + 1) * math.Exp(-b*g*g/4)
		near(t, "f'", bloch.ThermalFactor(atom.Lobato, z, b, beam, g), want, 1e-3*bloch.ThermalFactor(atom.Lobato, z, b, beam, 0))
	}
}

// TestAbsorption: where nothing but 000 is excited the beam fades as
// exp(−2π U'_0 t/K).
func TestAbsorption(t *testing.T) {
	s := textbook.Open(t, "au")
	beam := textbook.Beam(t, 200e3)
	r := textbook.Reflections(t, s, diffraction.Options{GMax: 0.6})
	o := textbook.Frame(t, s.Lattice, crystal.UVW{1, 7, 23})
	f := 0.0
	for _, a := range r.Atoms() {
		f += bloch.ThermalFactor(atom.Lobato, a.Z, a.B, beam, 0)
	}
	volume := s.Lattice.Volume()
	for _, c := range []struct {
		name string
		opt  bloch.Options
		want float64 // U'_0
	}{
		{"none", bloch.Options{}, 0},
		{"proportional", bloch.Options{Absorption: bloch.Proportional, Ratio: 0.1}, 0.1 * real(beam.U(r.F[0], volume))},
		{"thermal", bloch.Options{Absorption: bloch.Thermal}, real(beam.U(complex(f, 0), volume))},
	} {
		c.opt.SMax = 1e-5
		system, err := bloch.Solve(r, beam, o, c.opt)
		if err != nil {
			t.Fatal(err)
		}
		if len(system.Beams) != 1 {
			t.Fatalf("%d beams", len(system.Beams))
		}
		for _, thickness := range []float64{0, 10, 1000} {
			near(t, c.name, system.Intensities(nil, thickness)[0], math.Exp(-2*math.Pi*c.want*thickness/system.Kn), 1e-9)
		}
	}
	if r.Atoms()[0].B == 0 {
		t.Error("gold without vibration")
	}
	// In a zone the intensities fade, and those of the wave between the atoms
	// least: there is more than the mean absorption leaves.
	z := textbook.Frame(t, s.Lattice, crystal.UVW{0, 0, 1})
	r = textbook.Reflections(t, s, diffraction.Options{GMax: 2})
	system, err := bloch.Solve(r, beam, z, bloch.Options{Absorption: bloch.Thermal})
	if err != nil {
		t.Fatal(err)
	}
	mean := 2 * math.Pi * real(beam.U(complex(f, 0), volume)) / system.Kn
	before := 1.0
	for _, thickness := range []float64{100, 200, 400, 800, 1600} {
		total := sum(system.Intensities(nil, thickness))
		if total >= before {
			t.Errorf("%g Å: %g of the electrons, %g before", thickness, total, before)
		}
		before = total
	}
	if least := math.Exp(-mean * 1600); before < 2*least {
		t.Errorf("1600 Å: %g of the electrons, mean absorption leaves %g", before, least)
	}
}
