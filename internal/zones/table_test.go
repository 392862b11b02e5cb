package zones_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/textbook"
	"zoneaxis/internal/zones"
)

// Point symmetry of the lattices that the tables of zones are about.
const (
	hallFcc = "-F 4 2 3"
	hallBcc = "-I 4 2 3"
	hallHcp = "-P 6c 2c"
)

func TestDistinctZones(t *testing.T) {
	for _, c := range []struct {
		name, hall string
		max        int
		want       []crystal.UVW
	}{
		{"m-3m", hallFcc, 3, []crystal.UVW{{0, 0, 1}, {0, 1, 1}, {1, 1, 1}, {0, 1, 2}, {1, 1, 2}, {1, 2, 2},
			{0, 1, 3}, {1, 1, 3}, {0, 2, 3}, {1, 2, 3}, {2, 2, 3}, {1, 3, 3}, {2, 3, 3}}},
		// No fourfold axis: [012] and [021] differ.
		{"m-3", "-P 2 2 3", 2, []crystal.UVW{{0, 0, 1}, {0, 1, 1}, {1, 1, 1}, {0, 1, 2}, {0, 2, 1}, {1, 1, 2}, {1, 2, 2}}},
		{"4/mmm", "-P 4 2", 2, []crystal.UVW{{0, 0, 1}, {1, 0, 0}, {1, 0, 1}, {1, 1, 0}, {1, 1, 1},
			{1, 0, 2}, {2, 0, 1}, {2, 1, 0}, {1, 1, 2}, {2, 1, 1}, {2, 1, 2}, {2, 2, 1}}},
		// [210] and [1−10] are equivalent; only the latter has no index above 1.
		{"6/mmm", "-P 6 2", 1, []crystal.UVW{{0, 0, 1}, {1, 0, 0}, {1, 0, 1}, {1, -1, 0}, {1, -1, 1}}},
		{"6/mmm", "-P 6 2", 2, []crystal.UVW{{0, 0, 1}, {1, 0, 0}, {1, 0, 1}, {2, 1, 0}, {2, 1, 1}, {1, 0, 2}, {2, 0, 1}, {2, 1, 2},
			{2, -1, 0}, {2, -1, 1}, {2, -1, 2}, {2, -2, 1}}},
		{"-1", "-P 1", 1, []crystal.UVW{{0, 0, 1}, {0, 1, 0}, {1, 0, 0}, {0, 1, 1}, {1, 0, 1}, {1, 1, 0},
			{0, 1, -1}, {1, -1, 0}, {1, 0, -1}, {1, 1, 1}, {1, -1, 1}, {1, 1, -1}, {-1, 1, 1}}},
	} {
		got := zones.Distinct(textbook.Group(t, c.hall), c.max)
		want := slices.Clone(c.want)
		sortZones := func(a, b crystal.UVW) int { return slices.Compare(a[:], b[:]) }
		sorted := slices.Clone(got)
		slices.SortFunc(sorted, sortZones)
		slices.SortFunc(want, sortZones)
		if !slices.Equal(sorted, want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
	if got := zones.Distinct(textbook.Group(t, hallFcc), 2); !slices.Equal(got, []crystal.UVW{{0, 0, 1}, {0, 1, 1}, {1, 1, 1}, {0, 1, 2}, {1, 1, 2}, {1, 2, 2}}) {
		t.Errorf("textbook order: %v", got)
	}
}

// Every axis has exactly one representative among the distinct ones, and
// equivalent axes have the same.
func TestRepresentatives(t *testing.T) {
	for _, hall := range []string{"-P 1", "-P 2yc", "-P 2 2", "-I 4", "-P 4n 2n", "-R 3", "-R 3 2\"c", "-P 6", hallHcp, "-P 2 2 3", hallBcc} {
		g := textbook.Group(t, hall)
		distinct := zones.Distinct(g, 8) // no set with a member up to 2 is represented beyond
		for _, u := range zones.Distinct(nil, 2) {
			rep := zones.Representative(g, u)
			if !slices.Contains(distinct, rep) {
				t.Errorf("%s: %v stands for %v but isn't listed", hall, rep, u)
			}
			for _, op := range g.Representatives() {
				v := crystal.UVW(op.ApplyUVW(u))
				if zones.Representative(g, v) != rep || zones.Representative(g, v.Neg()) != rep {
					t.Errorf("%s: %v is equivalent to %v but has another representative", hall, v, u)
				}
			}
		}
		for i, u := range distinct {
			if slices.Contains(distinct[:i], u) || slices.Contains(distinct, u.Neg()) {
				t.Errorf("%s: %v is listed twice", hall, u)
			}
		}
	}
}

func TestCommonZones(t *testing.T) {
	for _, c := range []struct {
		id, hall string
		n        int
		want     string
	}{
		{"si", hallFcc, 5, "[001] [110] [111] [112] [013]"},
		{"si", hallFcc, 8, "[001] [110] [111] [012] [112] [013] [123] [114]"},
		{"fe", hallBcc, 7, "[001] [110] [111] [012] [112] [113] [133]"},
		{"mg", hallHcp, 6, "[001] [100] [101] [201] [210] [211]"},
		{"corundum", "-R 3 2\"c", 2, "[001] [100]"}, // its c axis is long, but it is an axis
		{"al", hallFcc, 0, ""},
	} {
		s := textbook.Cell(t, c.id)
		r := textbook.Reflections(t, s, diffraction.Options{GMax: 1})
		var got string
		list := zones.Common(s.Lattice, r.Translations, textbook.Group(t, c.hall), c.n)
		for i, u := range list {
			if i > 0 {
				got += " "
			}
			got += fmt.Sprintf("[%d%d%d]", u[0], u[1], u[2])
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.id, got, c.want)
		}
	}
}

// The bases of a table are those of one zone axis after another, and a sphere
// that is too small for some of them grows.
func TestBases(t *testing.T) {
	s := textbook.Cell(t, "al")
	r := textbook.Reflections(t, s, diffraction.Options{GMax: 2, Thermal: diffraction.NoThermal})
	axes := zones.Distinct(textbook.Group(t, hallFcc), 3)
	list, err := zones.Bases(s, diffraction.Options{GMax: 0.8}, axes)
	if err != nil || len(list) != 13 {
		t.Fatalf("%d bases, %v, want 13", len(list), err)
	}
	short := 0
	for i, b := range list {
		if again, err := zones.NewBasis(r, axes[i]); err != nil || again != b {
			t.Errorf("%v: %+v, %v, want %+v", axes[i], b, err, again)
		}
		if b.Len[1] > 0.8 {
			short++
		}
	}
	if short == 0 {
		t.Error("the first sphere was large enough for all")
	}
}

// A neighbour is not farther than 45°, however few there are.
func TestFarNeighbours(t *testing.T) {
	l := textbook.Lattice(t, crystal.Cell{A: 4, B: 4, C: 3.9, Alpha: 90, Beta: 90, Gamma: 90})
	axes := []crystal.UVW{{0, 0, 1}, {1, 0, 0}, {1, 0, 1}, {1, 1, 0}, {1, 1, 1}}
	for _, n := range zones.Neighbours(l, textbook.Group(t, "-P 4 2"), crystal.UVW{0, 0, 1}, axes) {
		t.Errorf("[001] has a neighbour at %.2f°: %v", geom.Degrees(n.Angle), n.Zone) // [101] is at 45.7°
	}
}

// The neighbours of [001] in a cubic crystal, from the indices alone, and what
// holds for all.
func TestNeighbours(t *testing.T) {
	l, g := textbook.Cell(t, "al").Lattice, textbook.Group(t, hallFcc)
	axes := zones.OfSheets(g, false)
	if len(axes) != 13 || axes[0] != (crystal.UVW{0, 0, 1}) {
		t.Fatalf("sheets of an fcc crystal: %v", axes)
	}
	want := []zones.Neighbour{
		{Zone: crystal.UVW{1, 0, 3}, Of: crystal.UVW{0, 1, 3}, Angle: math.Atan(1.0 / 3), Band: crystal.HKL{0, 1, 0}},
		{Zone: crystal.UVW{1, 1, 3}, Of: crystal.UVW{1, 1, 3}, Angle: math.Atan(math.Sqrt2 / 3), Band: crystal.HKL{1, -1, 0}},
		{Zone: crystal.UVW{1, 0, 2}, Of: crystal.UVW{0, 1, 2}, Angle: math.Atan(0.5), Band: crystal.HKL{0, 1, 0}},
		{Zone: crystal.UVW{2, 0, 3}, Of: crystal.UVW{0, 2, 3}, Angle: math.Atan(2.0 / 3), Band: crystal.HKL{0, 1, 0}},
		{Zone: crystal.UVW{1, 1, 2}, Of: crystal.UVW{1, 1, 2}, Angle: math.Atan(math.Sqrt2 / 2), Band: crystal.HKL{1, -1, 0}},
		{Zone: crystal.UVW{2, 1, 3}, Of: crystal.UVW{1, 2, 3}, Angle: math.Atan(math.Sqrt(5) / 3), Band: crystal.HKL{1, -2, 0}},
	}
	got := zones.Neighbours(l, g, crystal.UVW{0, 0, 1}, axes)
	if len(got) != len(want) {
		t.Fatalf("%v", got)
	}
	for i := range want {
		a, b := got[i], want[i]
		if a.Zone != b.Zone || a.Of != b.Of || a.Band != b.Band || math.Abs(a.Angle-b.Angle) > 1e-12 {
			t.Errorf("neighbour %d: %v, want %v", i, a, b)
		}
	}
	for _, u := range []crystal.UVW{{1, 1, 1}, {-3, 1, 2}, {7, 5, 1}} {
		last := 0.0
		for _, n := range zones.Neighbours(l, g, u, axes) {
			if n.Band.Dot(u) != 0 || n.Band.Dot(n.Zone) != 0 || n.Zone == u || n.Zone == u.Neg() || n.Angle < last-1e-6 || n.Angle > math.Pi/4+1e-9 ||
				zones.Representative(g, n.Zone) != zones.Representative(g, n.Of) || math.Abs(l.AngleDirections(u, n.Zone)-n.Angle) > 1e-12 {
				t.Errorf("%v: %+v", u, n)
			}
			last = n.Angle
		}
	}
	// Without symmetry every axis stands for itself and its opposite.
	for _, n := range zones.Neighbours(l, nil, crystal.UVW{0, 0, 1}, zones.OfSheets(nil, false)) {
		if n.Zone != n.Of && n.Zone != n.Of.Neg() {
			t.Errorf("without symmetry: %+v", n)
		}
	}
}
