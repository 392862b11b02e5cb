package session_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"zoneaxis/internal/protocol"
	"zoneaxis/internal/session"
)

// A table as the build writes it, minified: aluminium, iron and magnesium, each
// with the three pairs of [111] or [0001], which all measure 1 and 60°.
const ratios = `{"crystals":[["al","Aluminium",0,[[1,1,1,1e3,6e3,1432,2,0,-2,0,2,-2]]],` +
	`["fe","Iron, \"alpha\" [bcc] 2",0,[[1,1,1,1e3,6e3,2027,1,0,-1,0,1,-1]]],["mg","Magnesium",1,[[0,0,1,1e3,6e3,2779,1,0,0,0,1,0]]]]}`

func sheetOf(t testing.TB, link string, payload string) *protocol.Sheet {
	t.Helper()
	s := open(t, link)
	r := s.Do(&protocol.Request{Op: "sheet"}, []byte(payload))
	if !r.OK || r.Sheet == nil {
		t.Fatalf("%s: %q", link, r.Error)
	}
	return r.Sheet
}

func cells(row protocol.SheetRow) string {
	var words []string
	for _, c := range row.Cells {
		words = append(words, plain(c))
	}
	return strings.Join(words, " ")
}

// The numbers that every textbook has for zone axes of fcc, bcc and hcp
// crystals, from indices and lattice parameters alone.
func TestSheetNumbers(t *testing.T) {
	for _, c := range []struct {
		link string
		rows [3]string // hkl, ratio, angle
		a    float64   // Å
	}{
		{"/sim?c=lib-al&z=0,1,1", [3]string{"11-1 1 –", "-11-1 1.000 70.53°", "0 0 0"}, 4.0495},
		{"/sim?c=lib-al&z=1,1,2", [3]string{"11-1 1 –", "-220 1.633 90.00°", "0 0 0"}, 4.0495},
		{"/sim?c=lib-fe&z=1,1,3", [3]string{"1-10 1 –", "21-1 1.732 73.22°", "0 0 0"}, 2.8665},
		{"/sim?c=lib-mg&z=0,0,1", [3]string{"10-10 1 –", "01-10 1.000 60.00°", "0 0 0"}, 0},
		{"/sim?c=lib-mg&z=1,0,0", [3]string{"01-10 1 –", "0002 1.067 90.00°", "0 0 0"}, 0},
	} {
		sheet := sheetOf(t, c.link, "")
		basis := sheet.Tables[0]
		for i, row := range basis.Rows[:2] {
			got := strings.Join([]string{plain(row.Cells[1]), plain(row.Cells[4]), plain(row.Cells[5])}, " ")
			if got != c.rows[i] {
				t.Errorf("%s: g%d is %q, want %q", c.link, i+1, got, c.rows[i])
			}
			if c.a == 0 {
				continue
			}
			var d, inverse float64
			if _, err := fmt.Sscan(plain(row.Cells[2])+" "+plain(row.Cells[3]), &d, &inverse); err != nil || math.Abs(d*inverse-10) > 0.005 {
				t.Errorf("%s: d %v Å and 1/d %v nm⁻¹", c.link, d, inverse)
			}
			n := map[string]float64{"11-1": 3, "-11-1": 3, "-220": 8, "1-10": 2, "21-1": 6}[plain(row.Cells[1])] // h² + k² + l²
			if want := c.a / math.Sqrt(n); math.Abs(d-want) > 0.0015 {
				t.Errorf("%s: d is %v, want %.4f", c.link, d, want)
			}
		}
	}
}

// Radii of the first Laue zone at the usual voltages and at that of the page.
// H = 1/(a√2/2) for fcc [110], R = √(2kH − H²), in nm⁻¹.
func TestSheetRings(t *testing.T) {
	table := sheetOf(t, "/sim?c=lib-al&z=1,1,0&kv=80", "").Tables[1]
	if len(table.Rows) != 4 || plain(table.Rows[0].Cells[0]) != "80 (now)" || plain(table.Rows[3].Cells[0]) != "300" {
		t.Fatalf("rows %+v", table.Rows)
	}
	h := math.Sqrt2 / 4.0495
	for i, lambda := range []float64{0.041757, 0.037014, 0.025079, 0.019687} { // Å, at 80, 100, 200, 300 kV
		want := 10 * math.Sqrt(2*h/lambda-h*h)
		var got float64
		if _, err := fmt.Sscan(plain(table.Rows[i].Cells[1]), &got); err != nil || math.Abs(got-want) > 0.06 {
			t.Errorf("%s kV: radius %v, want %.2f nm⁻¹", plain(table.Rows[i].Cells[0]), got, want)
		}
	}
	if got := sheetOf(t, "/sim?c=lib-al&z=1,1,0", "").Tables[1]; len(got.Rows) != 3 || plain(got.Rows[1].Cells[0]) != "200 (now)" {
		t.Errorf("at 200 kV: %+v", got.Rows)
	}
}

// The table is of the nearest zone axis, in its own indices, with neighbours
// around it; the library has a sheet of an equivalent one.
func TestSheetOfAnyZone(t *testing.T) {
	sheet := sheetOf(t, "/sim?c=lib-al&z=-1,1,0&d=1,0.5,20", "")
	if plain(sheet.Title) != "Zone axis [-110]" || sheet.Link != "/library/al/#z0_1_1" || plain(sheet.LinkText) != "Printable sheet of [011]" {
		t.Errorf("%q, %q, %q", plain(sheet.Title), sheet.Link, plain(sheet.LinkText))
	}
	if sheet.Load != session.RatioFile {
		t.Errorf("load %q", sheet.Load)
	}
	near := sheet.Tables[2].Rows
	if len(near) != 6 {
		t.Fatalf("%d neighbours", len(near))
	}
	for i, row := range near {
		u := *row.UVW
		cos := float64(u[1]-u[0]) / math.Sqrt(2*float64(u[0]*u[0]+u[1]*u[1]+u[2]*u[2]))
		want := math.Acos(cos) * 180 / math.Pi
		var got float64
		if _, err := fmt.Sscanf(plain(row.Cells[1]), "%f°", &got); err != nil || math.Abs(got-want) > 0.006 {
			t.Errorf("%v: %v°, want %.3f", u, got, want)
		}
		if i > 0 && plain(near[i-1].Cells[1]) > plain(row.Cells[1]) && got < 10 {
			t.Errorf("neighbours are not in order: %v", near)
		}
	}
}

func TestSheetFits(t *testing.T) {
	last := func(link string) protocol.SheetTable {
		sheet := sheetOf(t, link, ratios)
		if sheet.Load != "" || len(sheet.Tables) != 4 {
			t.Fatalf("%s: %+v", link, sheet)
		}
		return sheet.Tables[3]
	}
	table := last("/sim?c=lib-al&z=1,-1,1")
	if len(table.Rows) != 2 || cells(table.Rows[0]) != "Magnesium [0001]" || !strings.HasSuffix(cells(table.Rows[1]), " [111]") {
		t.Errorf("like [1−11] of aluminium: %v", table.Rows)
	}
	if table.Rows[0].Link != "/library/mg/#z0_0_1" {
		t.Errorf("link %q", table.Rows[0].Link)
	}
	if table := last("/sim?c=lib-al&z=0,1,3"); len(table.Rows) != 0 || !strings.HasPrefix(plain(table.Note), "Nothing else") {
		t.Errorf("like [013]: %+v", table)
	}
	// The page's crystal is not one of the table: all of them fit.
	if table := last("/sim?c=lib-si&z=1,1,1"); len(table.Rows) != 3 {
		t.Errorf("like [111] of silicon: %v", table.Rows)
	}
}

// A crystal from a file has no sheet in the library; its table is complete
// otherwise.
func TestSheetOfFile(t *testing.T) {
	s := open(t, "/sim")
	r := s.Do(&protocol.Request{Op: "read", Name: "cu.poscar"}, []byte("copper\n1\n3.615 0 0\n0 3.615 0\n0 0 3.615\nCu\n4\ndirect\n0 0 0\n0 .5 .5\n.5 0 .5\n.5 .5 0\n"))
	if !r.OK {
		t.Fatal(r.Error)
	}
	must(t, s, protocol.Request{Op: "zone", Text: "111"})
	r = s.Do(&protocol.Request{Op: "sheet"}, []byte(ratios))
	if !r.OK || r.Sheet.Link != "" || len(r.Sheet.Tables) != 4 || len(r.Sheet.Tables[3].Rows) != 3 {
		t.Fatalf("%q %+v", r.Error, r.Sheet)
	}
	if got := cells(r.Sheet.Tables[0].Rows[1]); got != "g2 02-2 1.278 7.824 1.000 60.00°" {
		t.Errorf("g2 is %q", got)
	}
}

func TestSheetDamagedTable(t *testing.T) {
	for _, text := range []string{"x", "{}", "[[[[1", ratios[:len(ratios)-3], strings.Replace(ratios, "2,0,-2,", "2,0,", 1), strings.Replace(ratios, `"al"`, `"nowhere"`, 1),
		strings.Replace(ratios, `1e3`, `1e-+3`, 1), strings.Replace(ratios, `"Magnesium",1,`, `"Magnesium",`, 1), "]]]]"} {
		s := open(t, "/sim")
		if r := s.Do(&protocol.Request{Op: "sheet"}, []byte(text)); r.OK || r.Error != "The library's table of ratios cannot be read." {
			t.Errorf("%q: %+v", text, r)
		}
		if r := s.Do(&protocol.Request{Op: "sheet"}, nil); !r.OK || r.Sheet.Load == "" {
			t.Errorf("%q is kept", text)
		}
	}
}

// FuzzRatios feeds anything for the library's table of ratios. A table that is
// refused leaves the session as it was, so one session serves until one is taken:
// opening another takes 5 ms.
func FuzzRatios(f *testing.F) {
	f.Add(ratios)
	f.Add(`{"crystals":[["al","",0,[]]]}`)
	f.Add(`[["al"0[[0,0,0,1,1,1,0,0,0,0,0,0]]]]`)
	var s *session.Session
	f.Fuzz(func(t *testing.T, text string) {
		if s == nil {
			s = open(t, "/sim?c=lib-al&z=1,1,1")
		}
		r := s.Do(&protocol.Request{Op: "sheet"}, []byte(text))
		if !r.OK && strings.HasPrefix(r.Error, "Something went wrong inside") {
			t.Fatal(r.Error)
		}
		if r.OK {
			s = nil
		}
	})
}

func TestTypeText(t *testing.T) {
	for name, want := range map[string]string{
		"A1, Cu": "A1, Cu", "D0_19, Ni3Sn": "D0<19>, Ni<3>Sn", "D8_4, Cr23C6": "D8<4>, Cr<23>C<6>", "G1_1, CaMg(CO3)2": "G1<1>, CaMg(CO<3>)<2>",
		"C8a, SiO2 (alpha quartz)": "C8a, SiO<2> (alpha quartz)", "GdFeO3": "GdFeO<3>", "ice Ih": "ice Ih",
	} {
		got := ""
		for _, r := range session.TypeText(name) {
			if r.Sub {
				got += "<" + r.T + ">"
			} else {
				got += r.T
			}
		}
		if got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	if got := session.TypeAnchor("D0_19, Ni3Sn"); got != "t-d0-19-ni3sn" {
		t.Errorf("anchor %q", got)
	}
}
