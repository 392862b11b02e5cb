package crystal_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"zoneaxis/internal/atom"
	"zoneaxis/internal/crystal"
	"zoneaxis/internal/geom"
)

// Crystals made by chance, full of accidental and almost fulfilled symmetry:
// the search always ends with a structure that it then finds unchanged.
func TestAnalyzeChance(t *testing.T) {
	rng := rand.New(rand.NewPCG(77, 77))
	cells := niggliCells(t)
	names := slices.Sorted(maps.Keys(cells))
	for i := range 300 {
		l := cells[names[rng.IntN(len(names))]]
		grid := []int{2, 3, 4, 5, 6, 8, 12}[rng.IntN(7)]
		slop := []float64{0, 0, 1e-4, 0.004, 0.012, 0.05, 0.2}[rng.IntN(7)]
		s := &crystal.Structure{ID: fmt.Sprintf("%d: grid %d, noise %g", i, grid, slop), Lattice: l}
		taken := map[[3]int]bool{}
		for range 1 + rng.IntN(7) {
			p := [3]int{rng.IntN(grid), rng.IntN(grid), rng.IntN(grid)}
			if taken[p] {
				continue
			}
			taken[p] = true
			x := crystal.Frac{float64(p[0]) / float64(grid), float64(p[1]) / float64(grid), float64(p[2]) / float64(grid)}
			v := l.Cart(x).Add(geom.Vec{X: slop * (rng.Float64() - 0.5), Y: slop * (rng.Float64() - 0.5), Z: slop * (rng.Float64() - 0.5)})
			s.Sites = append(s.Sites, crystal.Site{Z: atom.Z(13 + rng.IntN(2)), Occ: []float64{1, 1, 0.5}[rng.IntN(3)], Frac: l.Frac(v)})
		}
		if s.Validate() != nil {
			continue
		}
		if rng.IntN(2) == 0 {
			s = disturbed(t, s, rng, 0, rng.IntN(3) == 0)
		}
		for _, tol := range []float64{0, 0.001, 0.2} {
			a, err := s.Analyze(tol)
			if err != nil {
				t.Errorf("%s, tolerance %g: %v; %v", s.ID, tol, err, s.Sites)
				continue
			}
			b, err := a.Conventional.Analyze(0)
			if err != nil {
				t.Errorf("%s, tolerance %g, again: %v", s.ID, tol, err)
				continue
			}
			// A higher symmetry within the usual tolerance may come out only now.
			if b.Setting.Number < a.Setting.Number && tol == 0 {
				t.Errorf("%s: %s first, then %s", s.ID, a.Setting.HM, b.Setting.HM)
			}
			if tol == 0 && b.Setting == a.Setting && (b.P != identity || b.Shift != (crystal.Frac{})) {
				t.Errorf("%s: %s again by %v %v, cell %v", s.ID, a.Setting.HM, b.P, b.Shift, a.Conventional.Lattice.Cell())
			}
		}
	}
}
