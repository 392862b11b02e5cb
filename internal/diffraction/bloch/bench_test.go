package bloch_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/diffraction/bloch"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/textbook"
)

// BenchmarkMatrix is the work that the number of beams decides: reduction and
// one thickness of 500 Å.
func BenchmarkMatrix(b *testing.B) {
	for _, c := range []struct {
		name              string
		complexU, absorbs bool
	}{{"real", false, false}, {"complex", true, false}, {"absorbing", true, true}} {
		for _, n := range []int{50, 100, 200, 400, 800} {
			if n > 400 && c.name != "real" {
				continue
			}
			_, diagonal, u, loss, loss0 := randomProblem(n, rand.New(rand.NewPCG(3, 4)), c.complexU, c.absorbs)
			b.Run(fmt.Sprintf("%s-%d", c.name, n), func(b *testing.B) {
				b.ReportAllocs()
				var intensities []float64
				for b.Loop() {
					s, err := bloch.FromMatrix(diagonal, u, loss, loss0, 40)
					if err != nil {
						b.Fatal(err)
					}
					intensities = s.Intensities(intensities, 500)
				}
			})
		}
	}
}

// BenchmarkThickness is one more thickness of a system that is solved.
func BenchmarkThickness(b *testing.B) {
	_, diagonal, u, _, _ := randomProblem(200, rand.New(rand.NewPCG(3, 4)), false, false)
	s, err := bloch.FromMatrix(diagonal, u, nil, 0, 40)
	if err != nil {
		b.Fatal(err)
	}
	for _, t := range []float64{100, 500, 5000} {
		b.Run(fmt.Sprintf("200-beams-%gA", t), func(b *testing.B) {
			b.ReportAllocs()
			var intensities []float64
			for b.Loop() {
				intensities = s.Intensities(intensities, t)
			}
		})
	}
}

// BenchmarkSolve is a whole pattern: selection, couplings, solution, 500 Å.
func BenchmarkSolve(b *testing.B) {
	beam := textbook.Beam(b, 200e3)
	for _, c := range []struct {
		name, id string
		zone     crystal.UVW
		tilt     float64
	}{
		{"si-001", "si", crystal.UVW{0, 0, 1}, 0},
		{"si-110", "si", crystal.UVW{1, 1, 0}, 0},
		{"si-110-tilted", "si", crystal.UVW{1, 1, 0}, 0.007},
		{"gaas-110-tilted", "gaas", crystal.UVW{1, 1, 0}, 0.007},
		{"quartz-001-tilted", "quartz", crystal.UVW{0, 0, 1}, 0.007},
		{"srtio3-001-tilted", "srtio3", crystal.UVW{0, 0, 1}, 0.007},
	} {
		s := textbook.Open(b, c.id)
		r := textbook.Reflections(b, s, diffraction.Options{GMax: 2})
		o := geom.AxisAngle(geom.Vec{X: 1, Y: 0.4}, c.tilt).Mul(textbook.Frame(b, s.Lattice, c.zone))
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			var intensities []float64
			n := 0
			for b.Loop() {
				system, err := bloch.Solve(r, beam, o, bloch.Options{SMax: 0.06})
				if err != nil {
					b.Fatal(err)
				}
				intensities = system.Intensities(intensities, 500)
				n = len(system.Beams)
			}
			b.ReportMetric(float64(n), "beams")
		})
	}
}

// BenchmarkBethe is Solve with many weak beams.
func BenchmarkBethe(b *testing.B) {
	beam := textbook.Beam(b, 200e3)
	s := textbook.Open(b, "si")
	r := textbook.Reflections(b, s, diffraction.Options{GMax: 4})
	o := geom.AxisAngle(geom.Vec{X: 1, Y: 0.4}, 0.007).Mul(textbook.Frame(b, s.Lattice, crystal.UVW{1, 1, 0}))
	b.ReportAllocs()
	n, weak := 0, 0
	for b.Loop() {
		system, err := bloch.Solve(r, beam, o, bloch.Options{SMax: 0.2, Strong: 0.05})
		if err != nil {
			b.Fatal(err)
		}
		n, weak = system.Strong, len(system.Beams)-system.Strong
	}
	b.ReportMetric(float64(n), "beams")
	b.ReportMetric(float64(weak), "weak")
}

// withBeams returns options for silicon that take about n strong beams at once.
func withBeams(b testing.TB, r *diffraction.Reflections, beam diffraction.Beam, o geom.Rotation, n int) bloch.Options {
	low, high := 0.0, 0.3
	for range 30 {
		middle := (low + high) / 2
		s, err := bloch.Solve(r, beam, o, bloch.Options{SMax: middle, MaxBeams: n, Quick: true})
		if err == nil && s.Strong <= n {
			low = middle
		} else {
			high = middle
		}
	}
	return bloch.Options{SMax: low}
}

// BenchmarkFrame is a frame of a gesture: selection, matrix, solution and one
// thickness, at an orientation of its own each time. "exact" is double precision,
// "quick" the shorter way.
func BenchmarkFrame(b *testing.B) {
	beam := textbook.Beam(b, 200e3)
	for _, c := range []struct {
		name, id   string
		beams      int // 0 for Standard
		absorption bloch.Absorption
		thickness  float64 // Å
	}{
		{"si-100", "si", 100, bloch.None, 300},
		{"si-200", "si", 200, bloch.None, 300},
		{"si-290", "si", 290, bloch.None, 300},
		{"si-1000", "si", 1000, bloch.None, 300},
		{"si-100-absorbing", "si", 100, bloch.Thermal, 500},
		{"yag", "yag", 0, bloch.None, 300},
		{"yag-absorbing", "yag", 0, bloch.Thermal, 300},
	} {
		s := textbook.Open(b, c.id)
		r := textbook.Reflections(b, s, diffraction.Options{GMax: 4})
		frame := textbook.Frame(b, s.Lattice, crystal.UVW{1, 1, 0})
		at := func(tilt float64) geom.Rotation { return geom.AxisAngle(geom.Vec{X: 1, Y: 0.4}, tilt).Mul(frame) }
		opt := bloch.Standard(beam)
		if c.beams > 0 {
			opt = withBeams(b, r, beam, at(0.005), c.beams)
		}
		opt.Absorption = c.absorption
		for _, quick := range []bool{false, true} {
			name := c.name + "-exact"
			if quick {
				name = c.name + "-quick"
			}
			b.Run(name, func(b *testing.B) {
				b.ReportAllocs()
				opt := opt
				if opt.Quick = quick; quick {
					opt.Couplings = new(bloch.Couplings)
				}
				var intensities []float64
				n, tilt := 0, 0.005
				for b.Loop() {
					tilt += 1e-9
					system, err := bloch.Solve(r, beam, at(tilt), opt)
					if err != nil {
						b.Fatal(err)
					}
					intensities = system.Intensities(intensities, c.thickness)
					n = system.Strong
				}
				b.ReportMetric(float64(n), "beams")
			})
		}
	}
}

// BenchmarkAnother is one more thickness with absorption.
func BenchmarkAnother(b *testing.B) {
	beam := textbook.Beam(b, 200e3)
	s := textbook.Open(b, "si")
	r := textbook.Reflections(b, s, diffraction.Options{GMax: 4})
	o := geom.AxisAngle(geom.Vec{X: 1, Y: 0.4}, 0.005).Mul(textbook.Frame(b, s.Lattice, crystal.UVW{1, 1, 0}))
	opt := withBeams(b, r, beam, o, 100)
	opt.Absorption = bloch.Thermal
	for _, quick := range []bool{false, true} {
		opt.Quick = quick
		system, err := bloch.Solve(r, beam, o, opt)
		if err != nil {
			b.Fatal(err)
		}
		name := "exact"
		if quick {
			name = "quick"
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			var intensities []float64
			for i := 0; b.Loop(); i++ {
				intensities = system.Intensities(intensities, float64(10+7*i%190*10)) // up to 190 nm, in no order
			}
		})
	}
}

// BenchmarkCBED is a direction of a convergent-beam pattern.
func BenchmarkCBED(b *testing.B) {
	const pixels = 12
	beam := textbook.Beam(b, 200e3)
	s := textbook.Open(b, "si")
	r := textbook.Reflections(b, s, diffraction.Options{GMax: 4})
	o := geom.AxisAngle(geom.Vec{X: 1, Y: 0.4}, 0.005).Mul(textbook.Frame(b, s.Lattice, crystal.UVW{1, 1, 0}))
	opt := withBeams(b, r, beam, o, 100)
	for _, thickness := range []float64{300, 1000} {
		for _, quick := range []bool{false, true} {
			name := fmt.Sprintf("100-beams-%gA-exact", thickness)
			if quick {
				name = fmt.Sprintf("100-beams-%gA-quick", thickness)
			}
			b.Run(name, func(b *testing.B) {
				b.ReportAllocs()
				opt := opt
				opt.Quick = quick
				for b.Loop() {
					if _, err := bloch.CBED(r, beam, o, 0.005, pixels, []float64{thickness}, opt); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(bloch.Rays(pixels)), "µs/direction")
			})
		}
	}
}
