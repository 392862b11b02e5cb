package orientation_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/orientation"
	"zoneaxis/internal/source"
	"zoneaxis/internal/textbook"
)

// In each of the eleven Laue classes any direction is, up to a rotation of the class,
// within a step of one that was sampled, and no more are sampled than the part of the
// sphere needs, but for its border.
func TestDirectionsCover(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 4))
	const step = 3
	seen := map[string]bool{}
	for _, e := range source.Library() {
		s, err := e.Open()
		if err != nil {
			t.Fatal(err)
		}
		a, err := s.Analyze(0)
		if err != nil {
			t.Fatal(err)
		}
		g, l := a.Setting.Group(), a.Conventional.Lattice
		if seen[g.Laue()] {
			continue
		}
		seen[g.Laue()] = true
		list := orientation.Directions(l, g, deg(step))
		order := 0
		cell := geom.FromRows(l.R(crystal.UVW{1, 0, 0}), l.R(crystal.UVW{0, 1, 0}), l.R(crystal.UVW{0, 0, 1})).Transpose()
		var turns []geom.Mat3
		for _, w := range g.LaueRotations() {
			var rows [3]geom.Vec
			for i := range rows {
				rows[i] = geom.Vec{X: float64(w[i][0]), Y: float64(w[i][1]), Z: float64(w[i][2])}
			}
			if m := geom.FromRows(rows[0], rows[1], rows[2]); m.Det() > 0 {
				order++
				turns = append(turns, cell.Mul(m).Mul(cell.Inverse()))
			}
		}
		for range 400 {
			v := textbook.Unit(random)
			near := math.Inf(1)
			for _, r := range turns {
				w := r.Apply(v)
				for _, p := range list {
					near = min(near, geom.Angle(w, p))
				}
			}
			if near > deg(step) {
				t.Errorf("%s: a direction is %.2f° from all that were sampled", g.Laue(), geom.Degrees(near))
				break
			}
		}
		whole := 4 * math.Pi / deg(step) / deg(step) / float64(order)
		if n := float64(len(list)); n < whole || n > 1.2*whole+2.5*180/step {
			t.Errorf("%s: %d directions, the %dth part of the sphere has room for %.0f", g.Laue(), len(list), order, whole)
		}
	}
	if len(seen) != 11 {
		t.Errorf("%d Laue classes in the library: %v", len(seen), seen)
	}
}

func TestNoDirections(t *testing.T) {
	if list := orientation.Directions(textbook.Cubic(t, 4), nil, 0); list != nil {
		t.Errorf("%d directions without a step", len(list))
	}
}
