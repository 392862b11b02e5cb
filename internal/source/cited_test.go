package source_test

import (
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/source"
)

// cited is an entry of testdata/cited.txt, whose head describes it.
type cited struct {
	id, from        string
	group           int
	cell            [6]float64
	absent, present []crystal.HKL
	spacings        map[crystal.HKL]float64
	density         float64
	shortest        float64
}

func citedCrystals(t *testing.T) []cited {
	t.Helper()
	text, err := os.ReadFile("testdata/cited.txt")
	if err != nil {
		t.Fatal(err)
	}
	var all []cited
	for record := range strings.SplitSeq(string(text), "\n\n") {
		var c cited
		for line := range strings.Lines(strings.TrimSpace(record)) {
			key, value, _ := strings.Cut(strings.TrimSpace(line), " ")
			value, source, _ := strings.Cut(value, " | ")
			switch key {
			case "id":
				c.id = value
			case "group":
				c.group = int(numbers(t, value)[0])
			case "cell":
				copy(c.cell[:], numbers(t, value))
			case "absent":
				c.absent = indices(t, value)
			case "present":
				c.present = indices(t, value)
			case "d":
				c.from, c.spacings = source, map[crystal.HKL]float64{}
				for part := range strings.SplitSeq(value, ";") {
					f := numbers(t, part)
					c.spacings[crystal.HKL{int(f[0]), int(f[1]), int(f[2])}] = f[3]
				}
			case "density":
				c.density = numbers(t, value)[0]
			case "shortest":
				c.shortest = numbers(t, value)[0]
			}
		}
		if c.id != "" {
			all = append(all, c)
		}
	}
	return all
}

func numbers(t *testing.T, s string) []float64 {
	t.Helper()
	var list []float64
	for f := range strings.FieldsSeq(s) {
		v, err := strconv.ParseFloat(f, 64)
		if err != nil {
			t.Fatalf("testdata/cited.txt: %v", err)
		}
		list = append(list, v)
	}
	return list
}

func indices(t *testing.T, s string) []crystal.HKL {
	t.Helper()
	var list []crystal.HKL
	for part := range strings.SplitSeq(s, ";") {
		f := numbers(t, part)
		list = append(list, crystal.HKL{int(f[0]), int(f[1]), int(f[2])})
	}
	return list
}

// The crystals of the library are those of their sources: the cell, the group
// found again from the atoms, reflections that are there and are not, spacings,
// density, and the shortest distance.
func TestCited(t *testing.T) {
	for _, want := range citedCrystals(t) {
		t.Run(want.id, func(t *testing.T) {
			s, err := source.Open(want.id)
			if err != nil {
				t.Fatal(err)
			}
			cell := s.Lattice.Cell()
			for k, got := range []float64{cell.A, cell.B, cell.C, cell.Alpha, cell.Beta, cell.Gamma} {
				if math.Abs(got-want.cell[k]) > 1e-9 {
					t.Errorf("cell %v, want %v", cell, want.cell)
				}
			}
			a, err := s.Analyze(0)
			if err != nil {
				t.Fatal(err)
			}
			if a.Setting.Number != want.group || s.Given.Number != want.group {
				t.Errorf("space group %d given, %d found, want %d", s.Given.Number, a.Setting.Number, want.group)
			}
			// The cell of an entry is the conventional one, but for the choice of
			// axes and the centring of triclinic ones: the search, which knows nothing
			// of it, arrives there too.
			conventional := a.Conventional.Lattice
			if got, want := conventional.Volume(), s.Lattice.Volume(); s.Given.Reference && math.Abs(got-want) > 1e-3*want {
				t.Errorf("the conventional cell has %.2f Å³, that of the entry %.2f", got, want)
			}
			const orthorhombic = 16
			if a.Setting.Number >= orthorhombic {
				got, want := edges(conventional), edges(s.Lattice)
				for k := range want {
					if math.Abs(got[k]-want[k]) > 1e-3*want[k] {
						t.Errorf("edges of the conventional cell %v, want %v", got, want)
					}
				}
			}
			reflections(t, s, want)
			for h, d := range want.spacings {
				if got := s.Lattice.D(h); math.Abs(got-d) > 2.5e-3*d {
					t.Errorf("d(%v) = %.4f Å, %s has %g", h, got, want.from, d)
				}
			}
			if got := s.Density(); math.Abs(got-want.density) > 0.02*want.density {
				t.Errorf("density %.3f g/cm³, want %g", got, want.density)
			}
			if got := shortest(s); math.Abs(got-want.shortest) > 6e-3 {
				t.Errorf("shortest distance %.4f Å, want %g", got, want.shortest)
			}
		})
	}
}

func reflections(t *testing.T, s *crystal.Structure, want cited) {
	reach := 0.0
	for _, h := range append(append([]crystal.HKL{}, want.absent...), want.present...) {
		reach = max(reach, s.Lattice.G(h).Norm()+1e-6)
	}
	r, err := diffraction.NewReflections(s, diffraction.Options{GMax: reach})
	if err != nil {
		t.Fatal(err)
	}
	there := func(h crystal.HKL) bool {
		i, ok := r.Index(h)
		if !ok {
			t.Fatalf("%v is not within reach", h)
		}
		return r.F[i] != 0
	}
	for _, h := range want.absent {
		if there(h) {
			t.Errorf("%v is there, and must be absent", h)
		}
	}
	for _, h := range want.present {
		if !there(h) {
			t.Errorf("%v is absent", h)
		}
	}
}

// edges returns the lengths of the edges of a cell, the shortest first.
func edges(l crystal.Lattice) []float64 {
	c := l.Cell()
	list := []float64{c.A, c.B, c.C}
	slices.Sort(list)
	return list
}

// shortest returns the shortest distance between two atoms that can be there at
// once: those of one mixed position, and of positions filled by half or less,
// do not count.
func shortest(s *crystal.Structure) float64 {
	short := math.Inf(1)
	for i, a := range s.Sites {
		for _, b := range s.Sites[i:] {
			for u := -1.0; u <= 1; u++ {
				for v := -1.0; v <= 1; v++ {
					for w := -1.0; w <= 1; w++ {
						d := s.Lattice.Cart(crystal.Frac{a.Frac[0] - b.Frac[0] + u, a.Frac[1] - b.Frac[1] + v, a.Frac[2] - b.Frac[2] + w}).Norm()
						if d > 0.03 && (a.Occ+b.Occ > 1.001 || d > 1) {
							short = min(short, d)
						}
					}
				}
			}
		}
	}
	return short
}
