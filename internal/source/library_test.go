package source_test

import (
	"encoding/csv"
	"math"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"zoneaxis/internal/atom"
	"zoneaxis/internal/source"
	"zoneaxis/internal/source/records"
)

// libraryRow is a row of testdata/library.csv: what independent programs
// computed from the same crystals.
type libraryRow struct {
	id, formula            string
	number, atoms, units   int
	density, densityMeasur float64
}

func libraryTable(t *testing.T) []libraryRow {
	t.Helper()
	f, err := os.Open("testdata/library.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var list []libraryRow
	for _, r := range rows[1:] {
		integer := func(s string) int {
			n, err := strconv.Atoi(s)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		number := func(s string) float64 {
			v, err := strconv.ParseFloat(s, 64)
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		list = append(list, libraryRow{r[0], r[1], integer(r[2]), integer(r[3]), integer(r[4]), number(r[5]), number(r[6])})
	}
	return list
}

func TestLibrary(t *testing.T) {
	table := libraryTable(t)
	entries := source.Library()
	if len(entries) != len(table) || len(table) < 173 {
		t.Fatalf("library has %d entries, table %d", len(entries), len(table))
	}
	for i, want := range table {
		e := entries[i]
		t.Run(want.id, func(t *testing.T) {
			if e.ID != want.id || e.Formula != want.formula || e.Number != want.number || e.FormulaUnits != want.units {
				t.Fatalf("entry %s %s %d Z=%d, want %+v", e.ID, e.Formula, e.Number, e.FormulaUnits, want)
			}
			s, err := source.Open(want.id)
			if err != nil {
				t.Fatal(err)
			}
			if s.Given == nil || s.Given.Number != want.number || s.Given.Hall != e.Hall || s.Given.System != e.System {
				t.Errorf("given setting %+v, want number %d, Hall %q, %s", s.Given, want.number, e.Hall, e.System)
			}
			if s.ID != "lib-"+want.id || s.Name != e.Name || s.Reference == "" || s.BSource == "" {
				t.Errorf("id %q, name %q, reference %q, B from %q", s.ID, s.Name, s.Reference, s.BSource)
			}
			// Positions, counting a mixed position once.
			positions := map[[3]int]bool{}
			mass, content := 0.0, map[atom.Z]float64{}
			for _, a := range s.Sites {
				var key [3]int
				for k, x := range a.Frac {
					if !(x >= 0 && x < 1) {
						t.Errorf("%s at %v outside the cell", a.Label, a.Frac)
					}
					key[k] = int(math.Round(x*1e4)) % 1e4
				}
				positions[key] = true
				mass += a.Occ * a.Z.Mass()
				content[a.Z] += a.Occ
				if !(a.B > 0 && a.B < 8) || !(a.Occ > 0 && a.Occ <= 1) {
					t.Errorf("%s: B = %g, occupancy %g", a.Label, a.B, a.Occ)
				}
			}
			if len(positions) != want.atoms {
				t.Errorf("%d positions in the cell, want %d", len(positions), want.atoms)
			}
			// The table counts the hydrogen of formulas whose sites have none, because
			// it was not located.
			composition := source.Composition(e.Formula)
			hydrogen := content[1] > 0
			if !hydrogen {
				mass += composition[1] * float64(e.FormulaUnits) * atom.Z(1).Mass()
			}
			// The table has four decimals; 1.6605390666 g/cm3 is one u/Å3.
			if got := 1.6605390666 * mass / s.Lattice.Volume(); math.Abs(got-want.density) > 2e-4*want.density+5e-5 {
				t.Errorf("density %.4f, want %.4f g/cm3", got, want.density)
			}
			// The cell holds the formula units the entry names, but for hydrogen
			// that was not located and statistical occupancies.
			for z, n := range composition {
				if z == 1 && !hydrogen {
					continue
				}
				if got := content[z] / float64(e.FormulaUnits); math.Abs(got-n) > 0.01*n {
					t.Errorf("%s: %g in a formula unit, want %g", z.Symbol(), got, n)
				}
			}
		})
	}
}

func TestLibraryText(t *testing.T) {
	if strings.Contains(records.Text, "\r") || !strings.HasSuffix(records.Text, "\n") {
		t.Error("library.txt: lines must end in LF")
	}
	ids := map[string]bool{}
	for _, e := range source.Library() {
		if ids[e.ID] || e.Name == "" || e.Category == "" || e.Reference == "" || e.BSource == "" || e.Prototype == "" {
			t.Errorf("entry %+v: id twice or a field empty", e)
		}
		ids[e.ID] = true
		if e.MP != "" {
			n, err := source.ParseMP(e.MP)
			if err != nil || source.FormatMP(n) != e.MP {
				t.Errorf("%s: %q is not an id in its usual form", e.ID, e.MP)
			}
		}
		if !slices.Contains([]string{"", "confirmed", "formula", "recalled", "mentioned", "related"}, e.MPStatus) || (e.MP == "") != (e.MPStatus == "") {
			t.Errorf("%s: status %q of %q", e.ID, e.MPStatus, e.MP)
		}
	}
}

// A program that has not loaded the library knows silicon, and says what it
// could not answer.
func TestLoadLibrary(t *testing.T) {
	if !strings.Contains(records.Text, "\n\n"+source.SiliconText+"\n") {
		t.Error("the record of silicon is not that of the library")
	}
	whole, _ := source.Lookup("si")
	source.Alone(func() {
		for _, id := range []string{"si", "lib-si", "mp-149"} {
			if e, ok := source.Lookup(id); !ok || e.Reference != whole.Reference || source.Missed() {
				t.Errorf("%s: %+v, %t, missed", id, e, ok)
			}
		}
		for what, ask := range map[string]func() int{
			"lookup":  func() int { e, _ := source.Lookup("al"); return len(e.ID) },
			"named":   func() int { e, _ := source.Named("rutile"); return len(e.ID) },
			"library": func() int { return len(source.Library()) - 1 },
		} {
			if n := ask(); n != 0 || !source.Missed() || source.Missed() {
				t.Errorf("%s: %d found, and missed must be told once", what, n)
			}
		}
		for _, bad := range []string{"", "<html>", source.SiliconText, records.Text[:len(records.Text)-30], strings.TrimSuffix(records.Text, "\n") + "\natom", strings.Replace(records.Text, "id si\n", "id sx\n", 1)} {
			if err := source.LoadLibrary(bad); err == nil {
				t.Errorf("%.20q… of %d bytes is taken for the library", bad, len(bad))
			}
			if _, ok := source.Lookup("al"); ok || !source.Missed() {
				t.Error("a bad library has been loaded")
			}
		}
		if err := source.LoadLibrary(records.Text); err != nil || len(source.Library()) != len(libraryTable(t)) || source.Missed() {
			t.Errorf("the library: %v, %d entries", err, len(source.Library()))
		}
	})
}

func TestNamed(t *testing.T) {
	for text, want := range map[string]string{
		"TiN": "tin", "tin": "tin", "Silicon": "si", "rock SALT": "halite", "AL": "al", "al": "al", "gaas": "gaas", "SRTIO3": "srtio3", "silico": "", "": "", "AsGa": "",
	} {
		if e, ok := source.Named(text); e.ID != want || ok != (want != "") {
			t.Errorf("%q names %q, want %q", text, e.ID, want)
		}
	}
}

func TestOpen(t *testing.T) {
	for _, tt := range []struct{ id, want string }{
		{"si", "lib-si"}, {"lib-si", "lib-si"}, {" LIB-Si ", "lib-si"}, {"mp-149", "lib-si"}, {"mp-aaaaaaft", "lib-si"},
		{"bn-hex", "lib-bn-hex"}, {"mp-1565", ""}, {"149", ""}, {"lib-", ""}, {"", ""}, {"mp-999999", ""}, {"mvc-149", ""},
	} {
		s, err := source.Open(tt.id)
		got := ""
		if err == nil {
			got = s.ID
		}
		if got != tt.want {
			t.Errorf("Open(%q) = %q, %v, want %q", tt.id, got, err, tt.want)
		}
	}
	s, err := source.Open("mp-149")
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Notes) != 1 || !strings.Contains(s.Notes[0], "from measurements") {
		t.Errorf("notes of mp-149: %q", s.Notes)
	}
}

func BenchmarkOpen(b *testing.B) {
	for _, id := range []string{"si", "yag"} {
		b.Run(id, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := source.Open(id); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// The library may come in two parts. With the first, crystals are known and
// cannot be opened yet; with the second they are those of the whole text, but
// for what only the search needs.
func TestLoadLibraryInParts(t *testing.T) {
	names, structures := records.Parts()
	if strings.Contains(names+structures, "#\t") || len(names)+len(structures) > len(records.Text)+len(structures)/4 {
		t.Errorf("parts of %d and %d bytes of %d", len(names), len(structures), len(records.Text))
	}
	whole := source.Library()
	source.Alone(func() {
		if err := source.LoadLibrary(structures); err == nil {
			t.Error("structures are taken without names")
		}
		if err := source.LoadLibrary(names); err != nil {
			t.Fatal(err)
		}
		if e, ok := source.Lookup("mp-2657"); !ok || e.ID != "rutile" || len(source.Library()) != len(whole) || source.Missed() {
			t.Errorf("%d of %d crystals, rutile %v", len(source.Library()), len(whole), e)
		}
		if _, err := source.Open("si"); err != nil || source.Missed() {
			t.Errorf("silicon: %v", err)
		}
		if _, err := source.Open("al"); err == nil || !source.Missed() {
			t.Errorf("aluminium without its structure: %v, and it must be missed", err)
		}
		first, rest, _ := strings.Cut(structures, "\n\n")
		for _, bad := range []string{first, rest, "id unobtainium\natom A1 Al 1a 0 0 0 1 1\n\n" + structures, structures[:len(structures)-30]} {
			if err := source.LoadLibrary(bad); err == nil {
				t.Errorf("%.30q… of %d bytes is taken for the structures", bad, len(bad))
			}
			if _, err := source.Open("al"); err == nil || !source.Missed() {
				t.Error("bad structures have been loaded")
			}
		}
		if err := source.LoadLibrary(structures); err != nil {
			t.Fatal(err)
		}
		for i, e := range source.Library() {
			want := whole[i]
			want.Also, want.Category = nil, ""
			if !reflect.DeepEqual(e, want) {
				t.Errorf("in parts %+v\nwhole    %+v", e, want)
			}
		}
		if _, err := source.Open("al"); err != nil || source.Missed() {
			t.Errorf("aluminium: %v", err)
		}
	})
}
