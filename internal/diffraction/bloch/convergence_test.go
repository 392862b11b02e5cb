//go:build !js

package bloch_test

import (
	"cmp"
	"flag"
	"math"
	"slices"
	"testing"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/diffraction/bloch"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/textbook"
)

var sweep = flag.Bool("sweep", false, "go through more crystals and zone axes, for some minutes")

// TestConvergence compares what Convergence says with the true distance from a set
// of beams four times as large. It may say too much, but not less than half.
func TestConvergence(t *testing.T) {
	beam := textbook.Beam(t, 200e3)
	thicknesses := []float64{100, 300, 1000} // Å
	zones := []crystal.UVW{{0, 0, 1}, {1, 1, 0}, {1, 1, 1}}
	for _, tt := range []struct {
		id    string
		zones []crystal.UVW
		tilts []float64 // rad
		long  bool
	}{
		{"si", zones, []float64{0, 0.005}, false},
		{"gaas", zones[1:2], []float64{0, 0.005}, false},
		{"srtio3", zones[:1], []float64{0}, false},
		{"pbtio3", zones[:1], []float64{0.005}, false},
		{"au", zones, []float64{0, 0.005}, false},
		{"w", zones, []float64{0, 0.005}, false},
		{"yag", zones[:1], []float64{0}, true},
		{"gaas", []crystal.UVW{{0, 0, 1}, {1, 1, 1}}, []float64{0, 0.005}, true},
		{"srtio3", zones, []float64{0.005}, true},
		{"pbtio3", zones, []float64{0}, true},
	} {
		if tt.long && !*sweep || testing.Short() && tt.id != "si" {
			continue
		}
		s := textbook.Open(t, tt.id)
		here, there := textbook.Reflections(t, s, diffraction.Options{GMax: bloch.StandardGMax}), textbook.Reflections(t, s, diffraction.Options{GMax: 6})
		var kept, keptThere bloch.Couplings
		for _, zone := range tt.zones {
			for _, tilt := range tt.tilts {
				o := geom.AxisAngle(geom.Vec{X: 1, Y: 0.4}, tilt).Mul(textbook.Frame(t, s.Lattice, zone))
				opt := bloch.Standard(beam)
				opt.Couplings, opt.Thickness = &kept, 300
				system, err := bloch.Solve(here, beam, o, opt)
				if err != nil {
					t.Fatal(err)
				}
				said, err := bloch.Convergence(here, beam, o, opt, system, thicknesses)
				if err != nil {
					t.Fatal(err)
				}
				large := opt
				large.Couplings = &keptThere
				large.GMax, large.Strong, large.SMax = 6, 4*opt.Strong, 2*opt.SMax
				large.MaxStrong, large.MaxWeak = 4*system.Strong, 4*(len(system.Beams)-system.Strong)
				far, err := bloch.Solve(there, beam, o, large)
				if err != nil {
					t.Fatal(err)
				}
				if far.Strong < 3*system.Strong {
					t.Errorf("%s %v: %d and %d strong beams", tt.id, zone, system.Strong, far.Strong)
				}
				for i, thickness := range thicknesses {
					distance := spotDistance(here, system, there, far, thickness)
					t.Logf("%s %v, %g mrad, %g nm: %.2f %% said, %.2f %% from %d + %d beams", tt.id, zone, 1e3*tilt, thickness/10, 100*said[i], 100*distance, far.Strong, len(far.Beams)-far.Strong)
					if said[i] < distance/2 {
						t.Errorf("%s %v, %g mrad, %g nm: %.2f %% said, but a larger set is %.2f %% away", tt.id, zone, 1e3*tilt, thickness/10, 100*said[i], 100*distance)
					}
					if got := bloch.Distance(here, system, there, far, thickness); math.Abs(got-distance) > 1e-9*distance {
						t.Errorf("%s %v: Distance is %g, want %g", tt.id, zone, got, distance)
					}
				}
			}
		}
	}
}

// spotDistance is Σ|ΔI|/ΣI of the eight strongest spots of a.
func spotDistance(ra *diffraction.Reflections, a *bloch.System, rb *diffraction.Reflections, b *bloch.System, thickness float64) float64 {
	ia, ib := a.Intensities(nil, thickness), b.Intensities(nil, thickness)
	other := map[crystal.HKL]float64{}
	for i, s := range b.Beams {
		other[rb.HKL[s.Ref]] = ib[i]
	}
	var order []int
	for i := range ia[1:] {
		order = append(order, i+1)
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Compare(ia[j], ia[i]) })
	change, all := 0.0, 0.0
	for _, i := range order[:min(8, len(order))] {
		change += math.Abs(ia[i] - other[ra.HKL[a.Beams[i].Ref]])
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
