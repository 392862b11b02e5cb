package bloch_test

import (
	"math"
	"math/cmplx"
	"math/rand/v2"
	"runtime"
	"testing"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/diffraction/bloch"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/textbook"
)

// TestRoutes: the chain and one straight run of the series agree in double
// precision, and with absorption the run from checkpoints with the straight one.
func TestRoutes(t *testing.T) {
	const tol, kn = 1e-8, 40.0
	rng := rand.New(rand.NewPCG(7, 8))
	for n := 1; n < 90; n += 11 {
		for _, complexU := range []bool{false, true} {
			for _, absorbs := range []bool{false, true} {
				_, diagonal, u, loss, loss0 := randomProblem(n, rng, complexU, absorbs)
				s, err := bloch.FromMatrix(diagonal, u, loss, loss0, kn)
				if err != nil {
					t.Fatal(err)
				}
				for range 4 {
					thickness := math.Exp(8 * rng.Float64()) // 1 to 3000 Å
					want, err := s.Straight(math.Pi * thickness / kn)
					if err != nil {
						t.Fatal(err)
					}
					for i, got := range s.Amplitudes(nil, thickness) {
						if d := cmplx.Abs(got - want[i]); !(d <= tol) {
							t.Errorf("%d beams, complex %v, absorbing %v, %g Å: amplitude %d is %v, want %v", n, complexU, absorbs, thickness, i, got, want[i])
						}
					}
				}
			}
		}
	}
}

// TestSeriesOfMatrices: single precision against double, for matrices without
// any order, at thicknesses in no order.
func TestSeriesOfMatrices(t *testing.T) {
	const tol, kn = 1e-5, 40.0
	rng := rand.New(rand.NewPCG(9, 8))
	worst := 0.0
	for n := 1; n < 90; n += 11 {
		for _, complexU := range []bool{false, true} {
			for _, absorbs := range []bool{false, true} {
				_, diagonal, u, loss, loss0 := randomProblem(n, rng, complexU, absorbs)
				s, err := bloch.FromMatrix(diagonal, u, loss, loss0, kn)
				if err != nil {
					t.Fatal(err)
				}
				q, err := bloch.SeriesFromMatrix(diagonal, u, loss, loss0, kn)
				if err != nil {
					t.Fatal(err)
				}
				for range 4 {
					thickness := math.Exp(8 * rng.Float64())
					want, got := s.Intensities(nil, thickness), q.Intensities(nil, thickness)
					for i := range want {
						d := math.Abs(got[i] - want[i])
						if worst = max(worst, d); !(d <= tol) {
							t.Errorf("%d beams, complex %v, absorbing %v, %g Å: I%d is %g, want %g", n, complexU, absorbs, thickness, i, got[i], want[i])
						}
					}
				}
			}
		}
	}
	t.Logf("largest difference %.1e", worst)
}

// quickCrystals are those of TestQuick.
var quickCrystals = []string{
	"si", "ge", "diamond", "al", "cu", "ag", "au", "pt", "w", "mo", "fe", "ti", "mg", "zn", "graphite",
	"halite", "mgo", "gaas", "inp", "zno", "gan", "quartz", "corundum", "rutile", "srtio3", "yag", "pbtio3", "calcite", "spinel", "mos2-2h",
}

// TestQuick: what Quick changes, for library crystals on and off axis, at
// several voltages and thicknesses, with each absorption.
func TestQuick(t *testing.T) {
	const tol, tolSum = 1e-5, 1e-6
	rng := rand.New(rand.NewPCG(18, 4))
	zones := []crystal.UVW{{0, 0, 1}, {1, 1, 0}, {1, 1, 1}, {2, 1, 3}}
	worst, worstSum, many := 0.0, 0.0, 0
	for i, id := range quickCrystals {
		if runtime.GOOS == "js" && i%3 != 0 {
			continue // WebAssembly does the same operations, and takes longer
		}
		s := textbook.Open(t, id)
		r := textbook.Reflections(t, s, diffraction.Options{GMax: 2.2})
		volts := []float64{80e3, 120e3, 200e3, 300e3}[i%4]
		beam := textbook.Beam(t, volts)
		tilt := float64(i%3) * 0.004
		o := geom.AxisAngle(geom.Vec{X: 1, Y: 0.4}, tilt).Mul(textbook.Frame(t, s.Lattice, zones[(i+i/4)%4]))
		for _, absorption := range []bloch.Absorption{bloch.None, bloch.Proportional, bloch.Thermal} {
			opt := bloch.Standard(beam)
			opt.Quick, opt.GMax, opt.MaxStrong, opt.MaxWeak = false, 2.2, 60+rng.IntN(60), 100
			if i%4 == 0 {
				opt.MaxStrong += 100
			}
			opt.Absorption, opt.Ratio = absorption, 0.1
			want, err := bloch.Solve(r, beam, o, opt)
			if err != nil {
				t.Fatal(err)
			}
			got, err := bloch.Solve(r, beam, o, opt)
			if err == nil {
				err = got.ForceSeries()
			}
			if err != nil {
				t.Fatal(err)
			}
			if many = max(many, got.Strong); i%5 == 0 && (absorption != bloch.None) != (got.Waves() == nil) {
				t.Errorf("%s: waves with absorption %d", id, absorption)
			}
			for _, thickness := range []float64{2000, 100, 500} {
				a, b := want.Intensities(nil, thickness), got.Intensities(nil, thickness)
				for j := range a {
					d := math.Abs(a[j] - b[j])
					if worst = max(worst, d); !(d <= tol) {
						t.Errorf("%s, %g kV, absorption %d, %g Å: I%v is %g, want %g", id, volts/1e3, absorption, thickness, r.HKL[got.Beams[j].Ref], b[j], a[j])
						break
					}
				}
				total := sum(b[:got.Strong])
				if absorption == bloch.None {
					d := math.Abs(total - 1)
					if worstSum = max(worstSum, d); !(d <= tolSum) {
						t.Errorf("%s, %g kV, %g Å: sum %.8f", id, volts/1e3, thickness, total)
					}
				} else if !(total <= 1) {
					t.Errorf("%s, %g kV, absorption %d, %g Å: sum %g", id, volts/1e3, absorption, thickness, total)
				}
			}
		}
	}
	t.Logf("up to %d beams: largest difference %.1e, sum off by %.1e", many, worst, worstSum)
	if many < 100 {
		t.Errorf("%d beams at most", many)
	}
}

// TestCheckpoints: thicknesses in any order, from checkpoints, are those of a
// straight run, in single and in double precision; and the series of
// thicknesses falls.
func TestCheckpoints(t *testing.T) {
	const tol = 1e-6
	beam := textbook.Beam(t, 200e3)
	s := textbook.Open(t, "au")
	r := textbook.Reflections(t, s, diffraction.Options{GMax: 1.5})
	o := geom.AxisAngle(geom.Vec{X: 1, Y: 0.4}, 0.004).Mul(textbook.Frame(t, s.Lattice, crystal.UVW{1, 1, 0}))
	opt := bloch.Options{SMax: 0.03, Absorption: bloch.Thermal}
	exact, err := bloch.Solve(r, beam, o, opt)
	if err != nil {
		t.Fatal(err)
	}
	opt.Quick = true
	quick, err := bloch.Solve(r, beam, o, opt)
	if err != nil {
		t.Fatal(err)
	}
	if !quick.IsSeries() || exact.IsSeries() {
		t.Error("Quick decides with absorption")
	}
	before := 1.0
	for _, thickness := range []float64{30, 200, 800, 1600, 3100} {
		total := sum(exact.Intensities(nil, thickness))
		if !(total < before) {
			t.Errorf("%g Å: %g, %g before", thickness, total, before)
		}
		before = total
	}
	for _, thickness := range []float64{2900, 40, 2900, 777, 3000, 1500, 0} {
		want, err := exact.Straight(math.Pi * thickness / exact.Kn)
		if err != nil {
			t.Fatal(err)
		}
		for name, system := range map[string]*bloch.System{"double": exact, "single": quick} {
			got := system.Intensities(nil, thickness)
			for i, x := range want {
				if v := real(x)*real(x) + imag(x)*imag(x); math.Abs(got[i]-v) > tol {
					t.Errorf("%s, %g Å: I%d is %g, want %g", name, thickness, i, got[i], v)
				}
			}
		}
	}
	if exact.Stretches() < 3 || quick.Stretches() < 5 {
		t.Errorf("%d and %d checkpoints", exact.Stretches(), quick.Stretches())
	}
	// Far more checkpoints than are kept.
	far, again := quick.Intensities(nil, 90_000), quick.Intensities(nil, 2900)
	if sum(far) > 1e-3 || math.IsNaN(sum(far)) {
		t.Errorf("%g of the electrons behind 9 µm", sum(far))
	}
	for i, v := range exact.Intensities(nil, 2900) {
		near(t, "afterwards", again[i], v, tol)
	}
}

// TestVibrationsCease: thermal absorption goes with the vibration.
func TestVibrationsCease(t *testing.T) {
	beam := textbook.Beam(t, 200e3)
	before := math.Inf(1)
	for _, b := range []float64{0.5, 0.05, 0.005, 0} {
		s := textbook.Open(t, "gaas")
		for i := range s.Sites {
			s.Sites[i].B, s.Sites[i].Aniso = b, false
		}
		r := textbook.Reflections(t, s, diffraction.Options{GMax: 1.5})
		o := textbook.Frame(t, s.Lattice, crystal.UVW{1, 1, 0})
		var both [2][]float64
		for i, absorption := range []bloch.Absorption{bloch.None, bloch.Thermal} {
			system, err := bloch.Solve(r, beam, o, bloch.Options{SMax: 0.04, Absorption: absorption, Quick: true})
			if err != nil {
				t.Fatal(err)
			}
			both[i] = system.Intensities(nil, 500)
		}
		worst := 0.0
		for i, v := range both[0] {
			worst = max(worst, math.Abs(v-both[1][i]))
		}
		if !(worst < before) || b == 0 && worst > 1e-5 {
			t.Errorf("B = %g: absorption changes intensities by %g, with more vibration by %g", b, worst, before)
		}
		before = worst
	}
}

// TestChoice: on an axis of high symmetry the chain is shorter, off it the
// series, and a few beams are no matter.
func TestChoice(t *testing.T) {
	beam := textbook.Beam(t, 200e3)
	for _, c := range []struct {
		id   string
		zone crystal.UVW
		tilt float64
		gmax float64
		want bool
	}{
		{"si", crystal.UVW{0, 0, 1}, 0, 2, false},
		{"si", crystal.UVW{1, 1, 0}, 0.005, 4, true},
		{"gaas", crystal.UVW{1, 1, 0}, 0.005, 4, true},
		{"si", crystal.UVW{1, 1, 0}, 0.005, 0.4, false},
	} {
		s := textbook.Open(t, c.id)
		r := textbook.Reflections(t, s, diffraction.Options{GMax: c.gmax})
		o := geom.AxisAngle(geom.Vec{X: 1, Y: 0.4}, c.tilt).Mul(textbook.Frame(t, s.Lattice, c.zone))
		system, err := bloch.Solve(r, beam, o, bloch.Options{GMax: c.gmax, SMax: 0.06, Quick: true})
		if err != nil {
			t.Fatal(err)
		}
		if system.IsSeries() != c.want {
			t.Errorf("%s %v, tilted by %g, %d beams: series %v", c.id, c.zone, c.tilt, system.Strong, !c.want)
		}
	}
}

// TestQuickCancel stops the series where it is at work.
func TestQuickCancel(t *testing.T) {
	beam := textbook.Beam(t, 200e3)
	s := textbook.Open(t, "quartz")
	r := textbook.Reflections(t, s, diffraction.Options{GMax: 3})
	o := geom.AxisAngle(geom.Vec{X: 1}, 0.004).Mul(textbook.Frame(t, s.Lattice, crystal.UVW{1, 2, 1}))
	run := func(stop int) (int, error) {
		opt := bloch.Standard(beam)
		opt.MaxStrong, opt.MaxWeak, opt.Thickness, opt.Absorption = 300, 200, 1000, bloch.Proportional
		opt.Ratio = 0.05
		calls := 0
		opt.Yield = func() bool { calls++; return calls != stop }
		_, err := bloch.Solve(r, beam, o, opt)
		return calls, err
	}
	calls, err := run(0)
	if err != nil || calls < 10 {
		t.Fatalf("%d calls, %v", calls, err)
	}
	for _, stop := range []int{1, calls / 2, calls} {
		if got, err := run(stop); err != bloch.ErrCancelled || got != stop {
			t.Errorf("stopped at call %d of %d: %d, %v", stop, calls, got, err)
		}
	}
}

// TestKeptCouplings: what is kept from solution to solution changes nothing, and
// is not taken for another crystal, beam or absorption.
func TestKeptCouplings(t *testing.T) {
	var kept bloch.Couplings
	for _, c := range []struct {
		id         string
		volts      float64
		absorption bloch.Absorption
		ratio      float64
		tilt       float64
	}{
		{"gaas", 200e3, bloch.None, 0, 0.001}, {"gaas", 200e3, bloch.None, 0, 0.006}, {"gaas", 200e3, bloch.Thermal, 0, 0.006},
		{"gaas", 200e3, bloch.Proportional, 0.1, 0.006}, {"gaas", 200e3, bloch.Proportional, 0.2, 0.002},
		{"gaas", 80e3, bloch.Proportional, 0.2, 0.002}, {"si", 80e3, bloch.Proportional, 0.2, 0.002}, {"si", 80e3, bloch.None, 0.2, 0},
	} {
		s := textbook.Open(t, c.id)
		r := textbook.Reflections(t, s, diffraction.Options{GMax: 1.5})
		beam := textbook.Beam(t, c.volts)
		o := geom.AxisAngle(geom.Vec{X: 1, Y: 0.4}, c.tilt).Mul(textbook.Frame(t, s.Lattice, crystal.UVW{1, 1, 0}))
		opt := bloch.Options{SMax: 0.03, Absorption: c.absorption, Ratio: c.ratio, Quick: true}
		fresh, err := bloch.Solve(r, beam, o, opt)
		if err != nil {
			t.Fatal(err)
		}
		opt.Couplings = &kept
		again, err := bloch.Solve(r, beam, o, opt)
		if err != nil {
			t.Fatal(err)
		}
		same(t, c.id, fresh, again)
	}
}
