package source_test

import (
	"math"
	"strings"
	"testing"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/source"
)

func TestEncodeCIF(t *testing.T) {
	for _, e := range source.Library() {
		t.Run(e.ID, func(t *testing.T) {
			s, err := e.Open()
			if err != nil {
				t.Fatal(err)
			}
			text := source.EncodeCIF(s)
			back := decodeOne(t, "x.cif", string(text))
			sameCrystal(t, back, s)
			if back.Given == nil || back.Given.Hall != s.Given.Hall || back.Name != s.Name || len(back.Notes) != 0 {
				t.Errorf("given %v, name %q, notes %q, want %q, %q", back.Given, back.Name, back.Notes, s.Given.Hall, s.Name)
			}
			a, b := back.Lattice.Cell(), s.Lattice.Cell()
			for _, d := range []float64{a.A - b.A, a.B - b.B, a.C - b.C, a.Alpha - b.Alpha, a.Beta - b.Beta, a.Gamma - b.Gamma} {
				if math.Abs(d) > 1e-6 {
					t.Errorf("cell %v, want %v", a, b)
				}
			}
			again := source.EncodeCIF(back)
			if string(again) != string(text) {
				t.Errorf("second writing differs\n%s\n%s", text, again)
			}
			share := 3 // of the cell
			if e.System == "triclinic" {
				share = 2
			}
			if n := strings.Count(string(text), "\n"); n > 20+len(s.Sites) || len(s.Sites) > 30 && n > 18+len(s.Sites)/share {
				t.Errorf("%d lines for %d sites: not an asymmetric unit", n, len(s.Sites))
			}
		})
	}
}

func TestEncodeCIFWithoutSymmetry(t *testing.T) {
	s, err := source.Open("spinel")
	if err != nil {
		t.Fatal(err)
	}
	// Moved atoms, no setting, tensors and a name with quotes.
	s.Sites[0].Frac = crystal.Frac{0.13, 0.12, 0.125}
	s.Name = "it's \"new\"\nhere"
	s.Sites[3].Aniso, s.Sites[3].U = true, [6]float64{0.01, 0.02, 0.03, 0.001, 0.002, 0.003}
	s.Sites[4].B = math.NaN()
	back := decodeOne(t, "x.cif", string(source.EncodeCIF(s)))
	sameCrystal(t, back, s)
	if back.Given.Number != 1 || back.Name != "it′s \"new\" here" {
		t.Errorf("given %v, name %q", back.Given, back.Name)
	}
	if !back.Sites[3].Aniso || back.Sites[3].U != s.Sites[3].U || !math.IsNaN(back.Sites[4].B) {
		t.Errorf("displacements %+v, %+v", back.Sites[3], back.Sites[4])
	}
	s.Given = nil
	sameCrystal(t, decodeOne(t, "x.cif", string(source.EncodeCIF(s))), s)
}
