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
