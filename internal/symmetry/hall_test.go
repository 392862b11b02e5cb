package symmetry_test

import (
	"strings"
	"testing"

	"zoneaxis/internal/symmetry"
)

// TestHall reads symbols that are not in the table. Those of the table are
// compared in TestSettingsAgainstTables.
func TestHall(t *testing.T) {
	for _, c := range []struct{ hall, same string }{
		{"-P 2ybc", "P21/c"},
		{"  -P   2ybc ", "P21/c"},
		{"-P_2ybc", "P21/c"},
		{"P 2ac 2ab", "P212121"},
		{"-R 3 2=", "R-3m"},
		{"-P 3* 2", "R-3m:R"},
		{"-P 3* 2 (2/3x-1/3y-1/3z,1/3x+1/3y-2/3z,1/3x+1/3y+1/3z)", "R-3m"},
		{"F 4d 2 3 -1d (-1/8+x,-1/8+y,-1/8+z)", "Fd-3m:2"},
		{"F 4d 2 3 -1d (0 0 0)", "Fd-3m:1"},
		{"P 31 2 (0 0 4)", "P3112"},
		{"-P 2yb (z,x,y)", "P1121/m"},
		{"-F 4 2 (x-y,x+y,z)", "I4/mmm"},
		{"-R 3 2\" (x+z,-x+y+z,-y+z)", "R-3m:R"},
	} {
		g, err := symmetry.FromHall(c.hall)
		if err != nil {
			t.Errorf("%q: %v", c.hall, err)
			continue
		}
		s, err := symmetry.Lookup(c.same)
		if err != nil {
			t.Fatal(err)
		}
		if !g.Equal(s.Group()) {
			got, _, _ := g.Identify()
			t.Errorf("%q: %v of order %d, want %s", c.hall, got, g.Order(), c.same)
		}
	}
}

func TestHallErrors(t *testing.T) {
	for _, c := range []struct{ hall, want string }{
		{"", "empty"},
		{"P", "no rotation"},
		{"Q 2", "not a lattice letter"},
		{"--P 2", "not a lattice letter"},
		{"P 5", "no rotation; expected"},
		{"P -", "no rotation; expected"},
		{"P 2q", "translation 'q'"},
		{"P 22", "translation '2'"},
		{"P 41'", "translation '\\''"},
		{"P 4'", "two-fold"},
		{"P 4*", "three-fold"},
		{"P 4 6", "do not form a space group"},
		{"P 2 (0 0)", "twelfths"},
		{"P 2 (0 0 1", "brackets"},
		{"P 2 (0 0 1) 2", "brackets"},
		{"P 2 (0 0 99)", "twelfths"},
		{"P 2 (x,x,z)", "singular"},
		{"P 4 (x,2y,z)", "does not fit"},
		{"P 2 2 2 2 2", "more than four"},
		{"P 2 " + strings.Repeat("a", 300), "too long"},
	} {
		g, err := symmetry.FromHall(c.hall)
		if err == nil {
			t.Errorf("%q: order %d, want an error", c.hall, g.Order())
		} else if !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want %q", c.hall, err, c.want)
		}
	}
}

func FuzzFromHall(f *testing.F) {
	for _, s := range []string{"-F 4vw 2vw 3", "P 31 2 (0 0 4)", "-P 3* 2 (x-y,y-z,1/3x+1/3y+1/3z)", "-R 3 2\"", "P 2yac", "-I 4bd 2c 3", "P 2 (x,y,z+1/24)", "H 6", "P 2' 3x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, symbol string) {
		g, err := symmetry.FromHall(symbol)
		if err != nil {
			return
		}
		if g.PointGroup() == "" || g.Order()%len(g.Representatives()) != 0 {
			t.Fatalf("%q: order %d, point group %q", symbol, g.Order(), g.PointGroup())
		}
		if again, err := symmetry.FromOps(g.Ops()); err != nil || !again.Equal(g) {
			t.Fatalf("%q: its operations make another group (%v)", symbol, err)
		}
		s, change, err := g.Identify()
		if err != nil {
			t.Fatalf("%q: %v", symbol, err)
		}
		if back, err := g.Transform(change); err != nil || !back.Equal(s.Group()) {
			t.Fatalf("%q: %+v does not lead to %s (%v)", symbol, change, s.Extended, err)
		}
	})
}

func BenchmarkFromHall(b *testing.B) {
	for _, hall := range []string{"-P 2ybc", "-P 2ac 2n", "-P 6c 2c", "-F 4vw 2vw 3", "-I 4bd 2c 3"} {
		b.Run(strings.ReplaceAll(hall, " ", "_"), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := symmetry.FromHall(hall); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
