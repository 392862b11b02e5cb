//go:build !js

package bloch_test

import (
	"math"
	"slices"
	"testing"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/diffraction/bloch"
	"zoneaxis/internal/textbook"
)

// TestConvergence compares what Convergence says with the true distance from a set
// of beams four times as large. It may say too much, but not less than half.
func TestConvergence(t *testing.T) {
	beam := textbook.Beam(t, 200e3)
	thicknesses := []float64{100, 300, 1000} // Å
	for _, tt := range []struct {
		id   string
		zone crystal.UVW
	}{
		{"si", crystal.UVW{1, 1, 0}}, {"gaas", crystal.UVW{1, 1, 0}}, {"srtio3", crystal.UVW{0, 0, 1}},
		{"pbtio3", crystal.UVW{0, 0, 1}}, {"au", crystal.UVW{1, 1, 0}}, {"w", crystal.UVW{1, 1, 0}},
	} {
		s := textbook.Open(t, tt.id)
		r := textbook.Reflections(t, s, diffraction.Options{GMax: 6})
		o := textbook.Frame(t, s.Lattice, tt.zone)
		opt := bloch.Standard(beam)
		here, err := bloch.Solve(r, beam, o, opt)
		if err != nil {
			t.Fatal(err)
		}
		said, err := bloch.Convergence(r, beam, o, opt, here, thicknesses)
		if err != nil {
			t.Fatal(err)
		}
		large := opt
		large.GMax, large.Strong, large.SMax = 6, 4*opt.Strong, 4*opt.SMax
		large.MaxStrong, large.MaxWeak = 4*here.Strong, 4*(len(here.Beams)-here.Strong)
		far, err := bloch.Solve(r, beam, o, large)
		if err != nil {
			t.Fatal(err)
		}
		for i, thickness := range thicknesses {
			distance := spotDistance(here, here.Intensities(nil, thickness), far, far.Intensities(nil, thickness))
			t.Logf("%s %v, %g nm: %.2f %% said, %.2f %% from %d + %d beams", tt.id, tt.zone, thickness/10, 100*said[i], 100*distance, far.Strong, len(far.Beams)-far.Strong)
			if said[i] < distance/2 {
				t.Errorf("%s %v, %g nm: %.2f %% said, but a larger set is %.2f %% away", tt.id, tt.zone, thickness/10, 100*said[i], 100*distance)
			}
		}
	}
}

// spotDistance is Σ|ΔI|/ΣI of the eight strongest spots of a.
func spotDistance(a *bloch.System, ia []float64, b *bloch.System, ib []float64) float64 {
	other := map[int32]float64{}
	for i, s := range b.Beams {
		other[s.Ref] = ib[i]
	}
	var order []int
	for i := range ia[1:] {
		order = append(order, i+1)
	}
	slices.SortFunc(order, func(i, j int) int {
		if ia[i] > ia[j] {
			return -1
		}
		return 1
	})
	change, all := 0.0, 0.0
	for _, i := range order[:min(8, len(order))] {
		change += math.Abs(ia[i] - other[a.Beams[i].Ref])
		all += ia[i]
	}
	return change / all
}

// TestConvergenceOfLists: a list that is far too short says so, and one beam has
// nothing to be far from.
func TestConvergenceOfLists(t *testing.T) {
	beam := textbook.Beam(t, 200e3)
	s := textbook.Open(t, "au")
	r := textbook.Reflections(t, s, diffraction.Options{GMax: 3})
	o := textbook.Frame(t, s.Lattice, crystal.UVW{0, 0, 1})
	for _, tt := range []struct {
		list []crystal.HKL
		low  float64
		high float64
	}{
		{[]crystal.HKL{{}}, 0, 0},
		{[]crystal.HKL{{}, {2, 0, 0}, {-2, 0, 0}, {0, 2, 0}, {0, -2, 0}, {2, 2, 0}, {-2, -2, 0}}, 0.1, 10},
	} {
		opt := bloch.Options{List: tt.list}
		here, err := bloch.Solve(r, beam, o, opt)
		if err != nil {
			t.Fatal(err)
		}
		said, err := bloch.Convergence(r, beam, o, opt, here, []float64{300})
		if err != nil {
			t.Fatal(err)
		}
		if !(said[0] >= tt.low && said[0] <= tt.high) {
			t.Errorf("%d beams: %g, want %g to %g", len(tt.list), said[0], tt.low, tt.high)
		}
	}
}
