package symmetry_test

import (
	"compress/gzip"
	"io"
	"os"
	"strconv"
	"strings"
	"testing"

	"zoneaxis/internal/symmetry"
)

// tabulated is a row of testdata/settings.txt.gz.
type tabulated struct {
	number                               int
	symbol, hall, point, laue, system    string
	centrosymmetric                      bool
	lattice                              string
	order                                int
	fromReference, centrings, operations string
}

func readTable(t *testing.T) (rows []tabulated) {
	t.Helper()
	file, err := os.Open("testdata/settings.txt.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(unpacked)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(strings.TrimSpace(line), "|")
		number, err := strconv.Atoi(f[0])
		if err != nil {
			t.Fatal(err)
		}
		order, err := strconv.Atoi(f[8])
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, tabulated{number, f[1], f[2], f[3], f[4], f[5], f[6] == "1", f[7], order, f[9], f[10], f[11]})
	}
	return rows
}

// TestSettingsAgainstTables compares the operations that every Hall symbol
// generates, and what follows from them, with the International Tables.
func TestSettingsAgainstTables(t *testing.T) {
	rows := readTable(t)
	settings := symmetry.Settings()
	if len(rows) != 559 || len(settings) != len(rows) {
		t.Fatalf("%d settings, %d rows, want 559", len(settings), len(rows))
	}
	for i, row := range rows {
		s := settings[i]
		if s.Number != row.number || s.Extended != row.symbol || s.Hall != row.hall {
			t.Fatalf("row %d is %d %s %s, want %d %s %s", i, s.Number, s.Extended, s.Hall, row.number, row.symbol, row.hall)
		}
		if s.PointGroup != row.point || s.Laue != row.laue || s.System != row.system {
			t.Errorf("%s: %s %s %s, want %s %s %s", s.Extended, s.PointGroup, s.Laue, s.System, row.point, row.laue, row.system)
		}
		g := s.Group()
		if g.PointGroup() != row.point || g.Laue() != row.laue || g.System() != row.system {
			t.Errorf("%s: the operations are those of %s %s %s, want %s %s %s", s.Extended, g.PointGroup(), g.Laue(), g.System(), row.point, row.laue, row.system)
		}
		if g.Order() != row.order || g.Centrosymmetric() != row.centrosymmetric {
			t.Errorf("%s: order %d, centrosymmetric %t, want %d, %t", s.Extended, g.Order(), g.Centrosymmetric(), row.order, row.centrosymmetric)
		}
		lattice := row.lattice
		if s.Choice == "R" {
			lattice = "P" // the cell of the rhombohedral axes is primitive
		}
		if g.Lattice() != lattice {
			t.Errorf("%s: lattice %s, want %s", s.Extended, g.Lattice(), lattice)
		}
		found := map[symmetry.Op]bool{}
		for _, op := range g.Ops() {
			found[op] = true
		}
		if len(found) != row.order {
			t.Errorf("%s: %d different operations, want %d", s.Extended, len(found), row.order)
		}
		for _, c := range strings.Split(row.centrings, ";") {
			shift := strings.Fields(c)
			for _, text := range strings.Split(row.operations, ";") {
				parts := strings.Split(text, ",")
				for i := range parts {
					parts[i] += "+" + shift[i]
				}
				op, err := symmetry.ParseOp(strings.Join(parts, ","))
				if err != nil {
					t.Fatal(err)
				}
				if !found[op] {
					t.Errorf("%s: %v is missing", s.Extended, op)
				}
			}
		}
	}
}

// TestTablesFromReference carries every reference setting to the others by the
// change of coordinates that the tables give.
func TestTablesFromReference(t *testing.T) {
	for i, row := range readTable(t) {
		s := symmetry.Settings()[i]
		change, err := symmetry.ParseChange(row.fromReference)
		if err != nil {
			t.Fatalf("%s: %v", row.symbol, err)
		}
		g, err := symmetry.ReferenceSetting(s.Number).Group().Transform(change)
		if err != nil {
			t.Errorf("%s: %v", row.symbol, err)
			continue
		}
		if !g.Equal(s.Group()) {
			t.Errorf("%s: %s does not lead there", row.symbol, row.fromReference)
		}
	}
}

func TestReferenceSettings(t *testing.T) {
	count := map[int]int{}
	for _, s := range symmetry.Settings() {
		if s.Reference {
			count[s.Number]++
			if symmetry.ReferenceSetting(s.Number) != s {
				t.Errorf("%d: ReferenceSetting gives %v", s.Number, symmetry.ReferenceSetting(s.Number))
			}
		}
	}
	for n := 1; n <= 230; n++ {
		if count[n] != 1 {
			t.Errorf("%d has %d reference settings, want 1", n, count[n])
		}
	}
	for _, n := range []int{-1, 0, 231} {
		if s := symmetry.ReferenceSetting(n); s != nil {
			t.Errorf("%d: %s, want none", n, s.Extended)
		}
	}
}

func TestShortSymbols(t *testing.T) {
	for _, c := range []struct {
		number    int
		short     string
		hexagonal bool
	}{
		{1, "P1", false}, {4, "P2_1", false}, {12, "C2/m", false}, {14, "P2_1/c", false}, {15, "C2/c", false},
		{19, "P2_12_12_1", false}, {62, "Pnma", false}, {136, "P4_2/mnm", false}, {141, "I4_1/amd", false},
		{144, "P3_1", true}, {152, "P3_121", true}, {160, "R3m", true}, {166, "R-3m", true}, {186, "P6_3mc", true},
		{194, "P6_3/mmc", true}, {205, "Pa-3", false}, {213, "P4_132", false}, {216, "F-43m", false}, {227, "Fd-3m", false},
	} {
		s := symmetry.ReferenceSetting(c.number)
		if s.Short() != c.short || s.Hexagonal() != c.hexagonal {
			t.Errorf("%d: %s %t, want %s %t", c.number, s.Short(), s.Hexagonal(), c.short, c.hexagonal)
		}
	}
	if s, err := symmetry.Lookup("R-3m:R"); err != nil || s.Hexagonal() {
		t.Errorf("R-3m:R: %v %v, want rhombohedral axes", s, err)
	}
}
