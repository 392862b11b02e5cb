package zones_test

import (
	"math"
	"slices"
	"testing"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/textbook"
	"zoneaxis/internal/zones"
)

// tableOf enters the zone axes up to index 3 of some textbook cells.
func tableOf(t testing.TB, ids ...string) *zones.RatioTable {
	t.Helper()
	table := new(zones.RatioTable)
	for _, id := range ids {
		s := textbook.Cell(t, id)
		r := textbook.Reflections(t, s, diffraction.Options{GMax: 2.5, Thermal: diffraction.NoThermal})
		var bases []zones.Basis
		for _, u := range zones.NewSet(s.Lattice, r.Translations, 3).Zones() {
			if u[0] < 0 || u[1] < u[0] || u[2] < u[1] { // one of each set, cubic axes
				continue
			}
			b, err := zones.NewBasis(r, u)
			if err != nil {
				t.Fatal(err)
			}
			bases = append(bases, b)
		}
		table.Add(id, r, bases)
	}
	return table
}

func zonesOf(table *zones.RatioTable, list []zones.RatioMatch, name string) []crystal.UVW {
	var found []crystal.UVW
	for _, m := range list {
		if table.Names[m.Crystal] == name {
			found = append(found, m.Zone)
		}
	}
	return found
}

func TestMatch(t *testing.T) {
	table := tableOf(t, "al", "cu", "fe")
	for _, c := range []struct {
		name     string
		q        zones.RatioQuery
		in       string
		has, not []crystal.UVW
	}{
		{"the fcc [011] rectangle of rhombs", zones.RatioQuery{Ratio: 1, Angle: geom.Radians(70.53)}, "al",
			[]crystal.UVW{{0, 1, 1}}, []crystal.UVW{{0, 0, 1}, {1, 1, 1}, {1, 1, 2}}},
		{"its supplement", zones.RatioQuery{Ratio: 1, Angle: geom.Radians(109.47)}, "al",
			[]crystal.UVW{{0, 1, 1}}, nil},
		{"200 and 111 of the same zone", zones.RatioQuery{Ratio: math.Sqrt(3) / 2, Angle: geom.Radians(54.74)}, "al",
			[]crystal.UVW{{0, 1, 1}}, nil},
		{"the bcc [011] rectangle", zones.RatioQuery{Ratio: math.Sqrt2, Angle: math.Pi / 2}, "fe",
			[]crystal.UVW{{0, 1, 1}}, []crystal.UVW{{1, 1, 1}, {1, 1, 2}}},
		{"[133] of fcc", zones.RatioQuery{Ratio: math.Sqrt(5), Angle: geom.Radians(77.08)}, "al", []crystal.UVW{{1, 3, 3}}, nil},
		{"and of bcc", zones.RatioQuery{Ratio: math.Sqrt(5), Angle: geom.Radians(77.08)}, "fe", []crystal.UVW{{1, 3, 3}}, nil},
		{"camera constant: aluminium", zones.RatioQuery{Ratio: 1, Angle: math.Pi / 3, D: 1.4317}, "al", []crystal.UVW{{1, 1, 1}}, nil},
		{"camera constant: not copper", zones.RatioQuery{Ratio: 1, Angle: math.Pi / 3, D: 1.4317}, "cu", nil, []crystal.UVW{{1, 1, 1}}},
		{"a ratio off by 4 %", zones.RatioQuery{Ratio: 1.04 * math.Sqrt(5), Angle: geom.Radians(77.08)}, "al", nil, []crystal.UVW{{1, 3, 3}}},
		{"a wider tolerance", zones.RatioQuery{Ratio: 1.04 * math.Sqrt(5), Angle: geom.Radians(77.08), RatioTol: 0.05}, "al", []crystal.UVW{{1, 3, 3}}, nil},
		{"an angle off by 2°", zones.RatioQuery{Ratio: math.Sqrt(5), Angle: geom.Radians(75)}, "al", nil, []crystal.UVW{{1, 3, 3}}},
		{"nothing measured", zones.RatioQuery{}, "al", nil, []crystal.UVW{{0, 1, 1}, {0, 0, 1}}},
	} {
		list := table.Match(c.q)
		zones := zonesOf(table, list, c.in)
		for _, u := range c.has {
			if !slices.Contains(zones, u) {
				t.Errorf("%s: %v of %s not found among %v", c.name, u, c.in, zones)
			}
		}
		for _, u := range c.not {
			if slices.Contains(zones, u) {
				t.Errorf("%s: %v of %s found", c.name, u, c.in)
			}
		}
		for i, m := range list {
			if m.Misfit > 1 || i > 0 && m.Misfit < list[i-1].Misfit-1e-3 {
				t.Errorf("%s: misfit %g after %g", c.name, m.Misfit, list[max(i-1, 0)].Misfit)
			}
		}
	}
}

// Every entry must be found by its own numbers, whichever way round and on
// whichever side of 90° they are measured.
// The spacing counts like ratio and angle: beyond its tolerance nothing fits, and
// within it the misfit is the root mean square of the three deviations.
func TestMatchSpacing(t *testing.T) {
	table := tableOf(t, "al")
	d := 4.04958 / math.Sqrt(3) // of 111; the cell of the tables is a little larger or smaller
	for _, e := range table.Entries {
		if e.Zone == [3]int8{0, 1, 1} && math.Abs(1/float64(e.Length)-d) < 0.01 && e.Ratio < 1.001 {
			d = 1 / float64(e.Length)
		}
	}
	misfit := func(spacing float64) float64 {
		for _, m := range table.Match(zones.RatioQuery{Ratio: 1, Angle: math.Acos(1.0 / 3), D: spacing}) {
			if m.Zone == (crystal.UVW{0, 1, 1}) {
				return m.Misfit
			}
		}
		return math.NaN()
	}
	// The deviation is that of the crystal's spacing from the measured one.
	for _, part := range []float64{-0.0305, -0.029, -0.02, 0, 0.01, 0.029, 0.0305} {
		got, want := misfit(d/(1+part)), math.Abs(part)/0.03/math.Sqrt(3)
		if math.Abs(part) > 0.03 {
			want = math.NaN()
		}
		if math.IsNaN(got) != math.IsNaN(want) || math.Abs(got-want) > 1e-4 { // the table is in single precision
			t.Errorf("%+.2f %%: misfit %g, want %g", 100*part, got, want)
		}
	}
}

func TestMatchFindsEveryEntry(t *testing.T) {
	table := tableOf(t, "al", "fe", "srtio3")
	for _, e := range table.Entries {
		s := textbook.Cell(t, table.Names[e.Crystal])
		a := crystal.HKL{int(e.A[0]), int(e.A[1]), int(e.A[2])}
		b := crystal.HKL{int(e.B[0]), int(e.B[1]), int(e.B[2])}
		ga, gb := s.Lattice.G(a), s.Lattice.G(b)
		for _, q := range []zones.RatioQuery{
			{Ratio: gb.Norm() / ga.Norm(), Angle: geom.Angle(ga, gb), D: 1 / ga.Norm()},
			{Ratio: ga.Norm() / gb.Norm(), Angle: geom.Angle(ga, gb.Neg())},
		} {
			found := slices.ContainsFunc(table.Match(q), func(m zones.RatioMatch) bool {
				return m.Crystal == int(e.Crystal) && m.Zone == crystal.UVW{int(e.Zone[0]), int(e.Zone[1]), int(e.Zone[2])} && m.Misfit < 1e-3
			})
			if !found {
				t.Fatalf("%s [%v] %v %v is not found by %+v", s.ID, e.Zone, a, b, q)
			}
		}
	}
	if n := len(table.Entries); n < 100 {
		t.Errorf("only %d entries", n)
	}
}

func TestAlsoFits(t *testing.T) {
	table := tableOf(t, "al", "au", "fe")
	r := textbook.Reflections(t, textbook.Cell(t, "al"), diffraction.Options{GMax: 2})
	b, err := zones.NewBasis(r, crystal.UVW{1, 3, 3})
	if err != nil {
		t.Fatal(err)
	}
	list := table.AlsoFits(0, b, 0.001, geom.Radians(0.1))
	if slices.Contains(zonesOf(table, list, "al"), b.Zone) {
		t.Error("the zone itself is among the others")
	}
	for _, name := range []string{"au", "fe"} { // the same ratio and angle in all cubic F and I lattices
		if !slices.Contains(zonesOf(table, list, name), b.Zone) {
			t.Errorf("[133] of %s is missing from %v", name, list)
		}
	}
}

// What Add finds, AddPairs enters again from the indices alone, to the last bit.
func TestAddPairs(t *testing.T) {
	ids := []string{"al", "fe", "spinel", "srtio3"}
	table := tableOf(t, ids...)
	lattices := make([]crystal.Lattice, len(ids))
	pairs := make([][]zones.RatioPair, len(ids))
	for i, id := range ids {
		lattices[i] = textbook.Cell(t, id).Lattice
	}
	for _, e := range table.Entries {
		pairs[e.Crystal] = append(pairs[e.Crystal], zones.RatioPair{Zone: e.Zone, A: e.A, B: e.B})
	}
	var back zones.RatioTable
	back.AddPairs(ids, lattices, pairs)
	if !slices.Equal(back.Names, table.Names) || !slices.Equal(back.Entries, table.Entries) {
		t.Error("the table changed on the way")
	}
	if len(back.Entries) < 100 {
		t.Errorf("only %d entries compared", len(back.Entries))
	}
}

// A kind with several crystals is one fit; the crystals of the own kind along
// the same zone axis are counted apart; the pattern itself is no fit.
func TestFits(t *testing.T) {
	ids := []string{"al", "cu", "au", "fe", "w", "si"}
	kinds := []string{"A1, Cu", "A1, Cu", "A1, Cu", "A2, W", "A2, W", ""}
	table := tableOf(t, ids...)
	bases, err := zones.Bases(textbook.Cell(t, "al"), diffraction.Options{}, []crystal.UVW{{1, 1, 1}})
	if err != nil {
		t.Fatal(err)
	}
	fits, same := table.Fits(0, bases[0], kinds)
	want := []zones.Fit{{Crystal: 3, Zone: crystal.UVW{1, 1, 1}, Count: 2}, {Crystal: 5, Zone: crystal.UVW{1, 1, 1}, Count: 1}}
	if same != 2 || !slices.Equal(fits, want) {
		t.Errorf("[111] of Al: %d of its kind and %v, want 2 and %v", same, fits, want)
	}
	// A crystal outside the table has no kind there.
	fits, same = table.Fits(-1, bases[0], kinds)
	want = slices.Insert(want, 1, zones.Fit{Crystal: 0, Zone: crystal.UVW{1, 1, 1}, Count: 3})
	if same != 0 || !slices.Equal(fits, want) {
		t.Errorf("[111] of a crystal like Al: %d of its kind and %v, want none and %v", same, fits, want)
	}
}

func BenchmarkMatch(b *testing.B) {
	table := tableOf(b, "al", "au", "cu", "fe", "ni", "si", "spinel", "srtio3", "w")
	b.ReportAllocs()
	for b.Loop() {
		if n := len(table.Match(zones.RatioQuery{Ratio: 1.633, Angle: math.Pi / 2})); n < 5 {
			b.Fatalf("%d matches", n)
		}
	}
}

// Where the third reflection is absent people measure the next spot: 111 and
// 022 in diamond's [011].
func TestPairsBesideAbsentSpot(t *testing.T) {
	table := tableOf(t, "si")
	list := table.Match(zones.RatioQuery{Ratio: math.Sqrt(8.0 / 3), Angle: math.Acos(math.Sqrt(2.0 / 3))})
	if zones := zonesOf(table, list, "si"); !slices.Contains(zones, crystal.UVW{0, 1, 1}) {
		t.Errorf("111 and 022, 1.633 at 35.26°: %v, want [011] among them", zones)
	}
	bases, err := zones.Bases(textbook.Cell(t, "si"), diffraction.Options{}, []crystal.UVW{{0, 1, 1}, {1, 1, 1}})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{math.Sqrt(8), math.Sqrt(8)} { // |022|, |202| times a
		if got := bases[i].Reach() / bases[i].Len[0] * []float64{math.Sqrt(3), math.Sqrt(8)}[i]; math.Abs(got-want) > 1e-9 {
			t.Errorf("%v: reach %v, want %v", bases[i].Zone, got, want)
		}
	}
}
