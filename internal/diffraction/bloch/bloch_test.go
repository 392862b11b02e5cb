package bloch_test

import (
	"encoding/json"
	"errors"
	"math"
	"os"
	"strconv"
	"testing"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/diffraction/bloch"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/textbook"
)

// solve is Solve on a zone axis for a library crystal with its own B.
func solve(t testing.TB, id string, u crystal.UVW, gmax, volts float64, opt bloch.Options) (*diffraction.Reflections, *bloch.System) {
	t.Helper()
	s := textbook.Open(t, id)
	r := textbook.Reflections(t, s, diffraction.Options{GMax: gmax})
	system, err := bloch.Solve(r, textbook.Beam(t, volts), textbook.Frame(t, s.Lattice, u), opt)
	if err != nil {
		t.Fatal(err)
	}
	return r, system
}

// intensity returns that of one beam, NaN if it is not among them.
func intensity(r *diffraction.Reflections, s *bloch.System, h crystal.HKL, thickness float64) float64 {
	for i, b := range s.Beams {
		if r.HKL[b.Ref] == h {
			return s.Intensities(nil, thickness)[i]
		}
	}
	return math.NaN()
}

// TestChecks compares with numbers that an independent program computed from
// the published formulas.
func TestChecks(t *testing.T) {
	const tol = 5.1e-6 // five decimals are given
	data, err := os.ReadFile("testdata/checks.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Bloch []struct {
			Structure  string
			Zone       crystal.UVW
			KV, GMax   float64
			Absorption float64
			U0, K      float64
			HKL        []crystal.HKL
			T          map[string][]float64
			Sum500     float64 `json:"sum_500"`
		}
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	compared := 0
	for _, c := range file.Bloch {
		opt := bloch.Options{SMax: 0.1}
		if c.Absorption != 0 {
			opt.Absorption, opt.Ratio = bloch.Proportional, c.Absorption
		}
		r, s := solve(t, c.Structure, c.Zone, c.GMax, c.KV*1e3, opt)
		for _, b := range s.Beams {
			if dot(r.HKL[b.Ref], c.Zone) != 0 {
				t.Fatalf("%s %v: %v is not of the zero-order zone", c.Structure, c.Zone, r.HKL[b.Ref])
			}
		}
		if c.K != 0 {
			near(t, c.Structure+" K", s.K, c.K, 5e-7)
		}
		for text, want := range c.T {
			thickness, err := strconv.ParseFloat(text, 64)
			if err != nil {
				t.Fatal(err)
			}
			for i, h := range c.HKL {
				near(t, c.Structure+" "+text+" Å", intensity(r, s, h, thickness), want[i], tol)
				compared++
			}
			total := sum(s.Intensities(nil, thickness))
			switch {
			case c.Absorption == 0:
				near(t, "sum", total, 1, 1e-12)
			case thickness == 500:
				near(t, "sum", total, c.Sum500, 5.1e-7)
			}
		}
	}
	if compared < 47 {
		t.Errorf("only %d numbers compared", compared)
	}
}

func dot(h crystal.HKL, u crystal.UVW) int { return h[0]*u[0] + h[1]*u[1] + h[2]*u[2] }

func TestBeamsAndWaves(t *testing.T) {
	_, s := solve(t, "si", crystal.UVW{0, 0, 1}, 2, 200e3, bloch.Options{})
	if len(s.Beams) != 45 || !s.Real() {
		t.Errorf("%d beams, real couplings %v", len(s.Beams), s.Real())
	}
	// Under 4mm the 45 spots n(220) + m(2-20) are the orbits of 00 10 11 20 21 22 30 31 32.
	if s.Chain() != 9 {
		t.Errorf("%d states, want 9", s.Chain())
	}
	waves := s.Waves()
	near(t, "largest γ", waves[0].Gamma, 0.000592787, 5.1e-10)
	total, mean, square := 0.0, 0.0, 0.0
	for i, w := range waves {
		total += w.Excitation
		mean += w.Excitation * w.Gamma
		square += w.Excitation * w.Gamma * w.Gamma
		if i > 0 && w.Gamma > waves[i-1].Gamma {
			t.Errorf("waves out of order at %d", i)
		}
	}
	near(t, "excitations", total, 1, 1e-12)
	near(t, "⟨M⟩", mean, 0, 1e-15) // M_00 = 0
	// ⟨M²⟩ is the sum of the squares of the couplings of 000.
	r := textbook.Reflections(t, textbook.Open(t, "si"), diffraction.Options{GMax: 2})
	beam := textbook.Beam(t, 200e3)
	want := 0.0
	for _, b := range s.Beams[1:] {
		u := real(beam.U(r.F[b.Ref], r.Lattice.Volume()))
		want += u * u
	}
	near(t, "⟨M²⟩", square, want/(4*s.Kn*s.Kn), 1e-16)

	_, s = solve(t, "si", crystal.UVW{0, 0, 1}, 2, 200e3, bloch.Options{Absorption: bloch.Thermal})
	if s.Waves() != nil {
		t.Error("waves with absorption")
	}
}

// TestDoubleDiffraction: 200 of silicon has no structure factor, but along [011]
// it is reached by way of 11-1 and 1-11.
func TestDoubleDiffraction(t *testing.T) {
	r, s := solve(t, "si", crystal.UVW{0, 1, 1}, 2, 200e3, bloch.Options{})
	i, _ := r.Index(crystal.HKL{2, 0, 0})
	if r.F[i] != 0 {
		t.Fatal("F(200) is not 0")
	}
	if v := intensity(r, s, crystal.HKL{2, 0, 0}, 300); v < 0.04 {
		t.Errorf("I(200) = %g", v)
	}
	// Thin foils need two scatterings for it: intensity as t⁴.
	ratio := intensity(r, s, crystal.HKL{2, 0, 0}, 4) / intensity(r, s, crystal.HKL{2, 0, 0}, 2)
	near(t, "I(200) at 4 Å over 2 Å", ratio, 16, 0.1)
	// 110 is no point of the lattice at all.
	r, s = solve(t, "si", crystal.UVW{0, 0, 1}, 2, 200e3, bloch.Options{})
	if v := intensity(r, s, crystal.HKL{1, 1, 0}, 300); !math.IsNaN(v) {
		t.Errorf("I(110) = %g", v)
	}
}

func TestNoElectronIsLost(t *testing.T) {
	const tol = 1e-12 // ε times a hundred steps
	for _, id := range []string{"si", "au", "gaas", "quartz", "srtio3", "ti"} {
		s := textbook.Open(t, id)
		r := textbook.Reflections(t, s, diffraction.Options{GMax: 1.6})
		for _, u := range []crystal.UVW{{0, 0, 1}, {1, 1, 0}, {1, 2, 3}} {
			for _, tilt := range []float64{0, 0.013} {
				o := geom.AxisAngle(geom.Vec{X: 1, Y: 0.3}, tilt).Mul(textbook.Frame(t, s.Lattice, u))
				system, err := bloch.Solve(r, textbook.Beam(t, 200e3), o, bloch.Options{Normal: geom.Vec{X: 0.1, Z: 1}})
				if err != nil {
					t.Fatal(err)
				}
				for _, thickness := range []float64{1, 500, 5000} {
					near(t, id+" sum", sum(system.Intensities(nil, thickness)), 1, tol)
				}
			}
		}
	}
}

// TestThinFoil: to first order in the thickness every beam is the kinematic
// one.
func TestThinFoil(t *testing.T) {
	s := textbook.Open(t, "gaas")
	beam := textbook.Beam(t, 200e3)
	r := textbook.Reflections(t, s, diffraction.Options{GMax: 1.5})
	o := geom.AxisAngle(geom.Vec{X: 1, Y: 0.2}, 0.02).Mul(textbook.Frame(t, s.Lattice, crystal.UVW{1, 1, 0}))
	system, err := bloch.Solve(r, beam, o, bloch.Options{})
	if err != nil {
		t.Fatal(err)
	}
	slab := diffraction.Kinematic{Shape: diffraction.Slab, Exact: true}
	volume := r.Lattice.Volume()
	strongest := beam.ExtinctionDistance(r.Max, volume, 0)
	slab.Thickness = strongest / 800 // two scatterings change an amplitude in proportion to t
	compared := 0
	for i, got := range system.Intensities(nil, slab.Thickness) {
		b := system.Beams[i]
		f := r.F[b.Ref]
		size := math.Hypot(real(f), imag(f))
		if i == 0 || size < 0.3*r.Max {
			continue // weak ones owe as much to two scatterings
		}
		want := math.Pi * slab.Thickness * beam.Gamma() * beam.Wavelength() * size / (math.Pi * volume)
		want *= want * slab.At(b.S)
		compared++
		near(t, "I over kinematic", got/want, 1, 0.015)
	}
	if compared < 15 {
		t.Errorf("%d beams compared", compared)
	}
	// With ever thinner foils the difference falls with the thickness.
	h := crystal.HKL{2, -2, 0}
	at, _ := r.Index(h)
	size := math.Hypot(real(r.F[at]), imag(r.F[at]))
	for _, thickness := range []float64{2, 1, 0.5} {
		want := math.Pow(thickness*beam.Gamma()*beam.Wavelength()*size/volume, 2)
		near(t, "220", intensity(r, system, h, thickness)/want, 1, 2e-2*thickness)
	}
}

// TestTwoBeams: with one row of the matrix for 000 and one for g, the textbook
// formula comes out.
func TestTwoBeams(t *testing.T) {
	s := textbook.Open(t, "al")
	beam := textbook.Beam(t, 100e3)
	r := textbook.Reflections(t, s, diffraction.Options{GMax: 0.6})
	h := crystal.HKL{2, 0, 0}
	g := s.Lattice.G(h).Norm()
	// Far from any zone, 200 to the right and tilted about the axis to it.
	u := crystal.UVW{0, 7, 23}
	zone := textbook.Frame(t, s.Lattice, u)
	at, _ := r.Index(h)
	for _, offset := range []float64{0, 0.0012, -0.003} { // excitation error, Å⁻¹
		bragg := beam.BraggAngle(g) + offset/g
		// Turn the point up until it meets the sphere.
		v := zone.Apply(s.Lattice.G(h))
		o := geom.AxisAngle(v.Cross(geom.Vec{Z: 1}), bragg).Mul(zone)
		system, err := bloch.Solve(r, beam, o, bloch.Options{SMax: 0.004})
		if err != nil {
			t.Fatal(err)
		}
		if len(system.Beams) != 2 || int(system.Beams[1].Ref) != at {
			t.Fatalf("%d beams", len(system.Beams))
		}
		// The flux factor and refraction: the formula with ξ and s along the
		// normal inside the crystal.
		gn := -o.Apply(s.Lattice.G(h)).Z
		size := math.Hypot(real(r.F[at]), imag(r.F[at]))
		xi := system.Kn / real(beam.U(complex(size, 0), r.Lattice.Volume())) * math.Sqrt(1+gn/system.Kn)
		d := -2*system.Kn*gn - g*g
		sg := d / (2 * (system.Kn + gn))
		near(t, "s", sg, system.Beams[1].S, 1e-6) // refraction moves the sphere by that much
		for _, thickness := range []float64{50, 333, 1000, 4000} {
			got := system.Intensities(nil, thickness)
			want := diffraction.TwoBeam(xi, sg, thickness)
			near(t, "I(200)", got[1], want, 1e-12)
			near(t, "I(000)", got[0], 1-want, 1e-12)
		}
		// The usual ξ, without refraction, is the same within 1e-4.
		near(t, "ξ", xi/beam.ExtinctionDistance(size, r.Lattice.Volume(), g), 1, 2e-4)
	}
}

// TestPolarity: turning GaAs [110] by 180° exchanges gallium and arsenic along
// the beam. Single scattering cannot see it, dynamical scattering does, and
// where the atoms are mirrored the intensities are too.
func TestPolarity(t *testing.T) {
	r, s := solve(t, "gaas", crystal.UVW{1, 1, 0}, 2, 200e3, bloch.Options{})
	up, down := intensity(r, s, crystal.HKL{0, 0, 2}, 400), intensity(r, s, crystal.HKL{0, 0, -2}, 400)
	if math.Abs(up-down) < 1e-3 {
		t.Errorf("002 %g and 00-2 %g alike", up, down)
	}
	inverted := textbook.Open(t, "gaas")
	for i := range inverted.Sites {
		for j := range 3 {
			inverted.Sites[i].Frac[j] *= -1
		}
	}
	ri := textbook.Reflections(t, inverted, diffraction.Options{GMax: 2})
	si, err := bloch.Solve(ri, textbook.Beam(t, 200e3), textbook.Frame(t, inverted.Lattice, crystal.UVW{1, 1, 0}), bloch.Options{})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "00-2 of the inverted crystal", intensity(ri, si, crystal.HKL{0, 0, -2}, 400), up, 1e-12)
	near(t, "002 of the inverted crystal", intensity(ri, si, crystal.HKL{0, 0, 2}, 400), down, 1e-12)
}

// TestOriginDoesNotMatter: silicon has its inversion centre between atoms; from
// any origin the couplings become real and the intensities stay.
func TestOriginDoesNotMatter(t *testing.T) {
	r, s := solve(t, "si", crystal.UVW{1, 1, 0}, 1.6, 200e3, bloch.Options{})
	want := s.Intensities(nil, 700)
	moved := textbook.Open(t, "si")
	for i := range moved.Sites {
		for j, d := range [3]float64{0.137, 0.219, 0.401} {
			moved.Sites[i].Frac[j] += d
		}
	}
	rm := textbook.Reflections(t, moved, diffraction.Options{GMax: 1.6})
	sm, err := bloch.Solve(rm, textbook.Beam(t, 200e3), textbook.Frame(t, moved.Lattice, crystal.UVW{1, 1, 0}), bloch.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !s.Real() || !sm.Real() {
		t.Errorf("real couplings: %v and %v", s.Real(), sm.Real())
	}
	for i, got := range sm.Intensities(nil, 700) {
		near(t, "I", got, want[i], 1e-10)
	}
	// The amplitude of g has the phase exp(−2πi g·d) more.
	a, b := s.Amplitudes(nil, 700), sm.Amplitudes(nil, 700)
	for i, x := range b {
		h := r.HKL[s.Beams[i].Ref]
		turns := 0.137*float64(h[0]) + 0.219*float64(h[1]) + 0.401*float64(h[2])
		sin, cos := math.Sincos(-2 * math.Pi * turns)
		d := x - a[i]*complex(cos, sin)
		if math.Hypot(real(d), imag(d)) > 1e-10 {
			t.Errorf("amplitude of %v: %v, want %v turned by %g", h, x, a[i], turns)
		}
	}
}

func TestErrors(t *testing.T) {
	s := textbook.Open(t, "si")
	r := textbook.Reflections(t, s, diffraction.Options{GMax: 2})
	beam, o := textbook.Beam(t, 200e3), textbook.Frame(t, s.Lattice, crystal.UVW{0, 0, 1})
	_, err := bloch.Solve(r, beam, o, bloch.Options{MaxBeams: 44})
	var limit *bloch.LimitError
	if !errors.As(err, &limit) || *limit != (bloch.LimitError{Beams: 45, Limit: 44}) || err.Error() != "bloch: 45 beams are more than 44" {
		t.Errorf("error %v", err)
	}
	if _, err := bloch.Solve(r, beam, o, bloch.Options{MaxBeams: 45}); err != nil {
		t.Error(err)
	}
	for _, c := range []struct {
		name   string
		angle  float64
		pixels int
	}{{"no cone", 0, 8}, {"wide", 0.7, 8}, {"NaN", math.NaN(), 8}, {"no pixels", 0.01, 0}} {
		if _, err := bloch.CBED(r, beam, o, c.angle, c.pixels, []float64{100}, bloch.Options{}); err == nil {
			t.Errorf("%s: no error", c.name)
		}
	}
	if _, err := bloch.CBED(r, beam, o, 0.01, 8, []float64{100}, bloch.Options{MaxBeams: 1}); !errors.As(err, &limit) {
		t.Errorf("error %v", err)
	}
}

// TestCancel stops at every call of Yield in turn.
func TestCancel(t *testing.T) {
	s := textbook.Open(t, "quartz")
	r := textbook.Reflections(t, s, diffraction.Options{GMax: 2})
	beam := textbook.Beam(t, 200e3)
	o := geom.AxisAngle(geom.Vec{X: 1}, 0.004).Mul(textbook.Frame(t, s.Lattice, crystal.UVW{1, 2, 1}))
	run := func(stop int) (int, error) {
		calls := 0
		_, err := bloch.Solve(r, beam, o, bloch.Options{SMax: 0.3, Yield: func() bool {
			calls++
			return calls != stop
		}})
		return calls, err
	}
	calls, err := run(0)
	if err != nil || calls < 10 {
		t.Fatalf("%d calls, error %v", calls, err)
	}
	for _, stop := range []int{1, calls / 2, calls} {
		if got, err := run(stop); !errors.Is(err, bloch.ErrCancelled) || got != stop {
			t.Errorf("stopped at call %d: %d calls, error %v", stop, got, err)
		}
	}
	n := 0
	_, err = bloch.CBED(r, beam, o, 0.003, 9, []float64{100}, bloch.Options{SMax: 0.01, Yield: func() bool { n++; return n < 20 }})
	if !errors.Is(err, bloch.ErrCancelled) || n != 20 {
		t.Errorf("CBED: %d calls, error %v", n, err)
	}
}
