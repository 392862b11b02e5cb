package diffraction_test

import (
	"math"
	"math/cmplx"
	"testing"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/textbook"
)

// Subsets hold exactly what they say, in the order of the whole, and are
// Reflections like any other: Index finds each of them and nothing else.
func TestSubsets(t *testing.T) {
	for _, id := range []string{"si", "fe", "albite", "yag"} {
		r := textbook.Reflections(t, textbook.Cell(t, id), diffraction.Options{GMax: 1.2})
		size := func(i int) float64 { return real(r.F[i])*real(r.F[i]) + imag(r.F[i])*imag(r.F[i]) }
		above := func(cut float64) func(int) bool {
			return func(i int) bool { return size(i) >= cut*r.Max*r.Max }
		}
		for _, c := range []struct {
			name string
			part *diffraction.Reflections
			want func(i int) bool
		}{
			{"all", r.Above(0), above(0)},
			{"above 1 %", r.Above(0.01), above(0.01)},
			{"above 1 % of above 0.01 %", r.Above(1e-4).Above(0.01), above(0.01)},
			{"none", r.Above(1.01), func(int) bool { return false }},
			{"absent", r.Absent(), func(i int) bool { return r.F[i] == 0 && r.Centred(r.HKL[i]) }},
		} {
			n := 0
			for i, h := range r.HKL {
				j, ok := c.part.Index(h)
				if want := i == 0 || c.want(i); ok != want {
					t.Fatalf("%s, %s: %v is among them: %v, want %v", id, c.name, h, ok, want)
				}
				if !ok {
					continue
				}
				if j != n || c.part.HKL[j] != h || c.part.G[j] != r.G[i] || c.part.Len[j] != r.Len[i] || c.part.F[j] != r.F[i] {
					t.Fatalf("%s, %s: %v is number %d, want %d, with its values", id, c.name, h, j, n)
				}
				n++
			}
			if n != len(c.part.HKL) || n != len(c.part.G) || n != len(c.part.Len) || n != len(c.part.F) {
				t.Errorf("%s, %s: %d reflections, want %d", id, c.name, len(c.part.HKL), n)
			}
			if _, ok := c.part.Index(crystal.HKL{50, 50, 50}); ok {
				t.Errorf("%s, %s: the subset has 50 50 50", id, c.name)
			}
			// What a subset lacks it can still compute.
			if h := r.HKL[len(r.HKL)/2]; cmplx.Abs(c.part.At(h)-r.At(h)) > 1e-13*real(r.F[0]) || c.part.Max != r.Max || c.part.GMax != r.GMax {
				t.Errorf("%s, %s: F of %v is %v, want %v", id, c.name, h, c.part.At(h), r.At(h))
			}
		}
	}
}

// The spots of a subset are those of the whole that belong to it.
func TestSpotsOfSubset(t *testing.T) {
	s := textbook.Cell(t, "si")
	r := textbook.Reflections(t, s, diffraction.Options{GMax: 1.5})
	part := r.Above(0.05)
	k := diffraction.Kinematic{Sigma: 0.01, SMax: 0.03}
	beam, o := textbook.Beam(t, 200e3), textbook.Frame(t, s.Lattice, crystal.UVW{1, 1, 0})
	spots, n := k.AppendSpots(nil, part, beam, o), 0
	for _, whole := range k.AppendSpots(nil, r, beam, o) {
		j, ok := part.Index(r.HKL[whole.Ref])
		if !ok {
			continue
		}
		whole.Ref = int32(j)
		if n == len(spots) || spots[n] != whole {
			t.Fatalf("%v: spot %+v is not number %d of the subset", part.HKL[j], whole, n)
		}
		n++
	}
	if n != len(spots) || n < 10 {
		t.Errorf("%d of %d spots found", n, len(spots))
	}
}

// Paths of double diffraction against all pairs of spots of the pattern.
func TestExcited(t *testing.T) {
	beam := textbook.Beam(t, 200e3)
	var e diffraction.Excited // one for all, so that what a pattern leaves behind must not count
	paths := 0
	for _, c := range []struct {
		id   string
		zone crystal.UVW
	}{{"si", crystal.UVW{1, 1, 0}}, {"si", crystal.UVW{0, 0, 1}}, {"fe", crystal.UVW{1, 1, 1}}, {"yag", crystal.UVW{1, 2, 3}}, {"si", crystal.UVW{1, 1, 0}}} {
		s := textbook.Cell(t, c.id)
		r := textbook.Reflections(t, s, diffraction.Options{GMax: 1.2})
		spots := diffraction.Kinematic{Sigma: 0.01, SMax: 0.03}.AppendSpots(nil, r, beam, textbook.Frame(t, s.Lattice, c.zone))
		floor := 1e-3 * r.Max * r.Max
		e.Set(r, spots, floor)
		strongest := map[crystal.HKL]float64{}
		for _, a := range spots {
			for _, b := range spots {
				if a.Ref != 0 && b.Ref != 0 && a.I >= floor && b.I >= floor {
					h := r.HKL[a.Ref].Add(r.HKL[b.Ref])
					strongest[h] = max(strongest[h], min(a.I, b.I))
				}
			}
		}
		for _, h := range r.HKL {
			best := strongest[h]
			if e.Reaches(h) != (best > 0) {
				t.Fatalf("%s %v: %v reached: %v, want %v", c.id, c.zone, h, e.Reaches(h), best > 0)
			}
			a, b, ok := e.Path(h)
			if ok != (best > 0) {
				t.Fatalf("%s %v: path to %v: %v, want %v", c.id, c.zone, h, ok, best > 0)
			}
			if !ok {
				continue
			}
			paths++
			weaker := math.Inf(1)
			for _, g := range []crystal.HKL{a, b} {
				found := false
				for _, spot := range spots {
					if r.HKL[spot.Ref] == g && g != (crystal.HKL{}) {
						found, weaker = true, min(weaker, spot.I)
					}
				}
				if !found {
					t.Errorf("%s %v: %v is no spot of the pattern", c.id, c.zone, g)
				}
			}
			if a.Add(b) != h || weaker < best*(1-2e-6) {
				t.Errorf("%s %v: %v = %v + %v with %g, want %g", c.id, c.zone, h, a, b, weaker, best)
			}
		}
	}
	if paths < 100 {
		t.Errorf("%d paths", paths)
	}

	// The case of every textbook: 002 of silicon by −1 1 1 and 1 −1 1.
	s := textbook.Cell(t, "si")
	r := textbook.Reflections(t, s, diffraction.Options{GMax: 1.2})
	e.Set(r, diffraction.Kinematic{Sigma: 0.01, SMax: 0.03}.AppendSpots(nil, r, beam, textbook.Frame(t, s.Lattice, crystal.UVW{1, 1, 0})), 1e-3*r.Max*r.Max)
	if a, b, ok := e.Path(crystal.HKL{0, 0, 2}); !ok || a != (crystal.HKL{1, -1, 1}) || b != (crystal.HKL{-1, 1, 1}) {
		t.Errorf("silicon [110]: 002 = %v + %v, %v", a, b, ok)
	}
	e.Set(r, nil, 0)
	if e.Reaches(crystal.HKL{0, 0, 2}) {
		t.Error("a pattern without spots reaches 002")
	}
	if (&diffraction.Excited{}).Reaches(crystal.HKL{0, 0, 2}) {
		t.Error("the zero value reaches 002")
	}
}
