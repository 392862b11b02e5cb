package atom_test

import (
	"encoding/json"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"zoneaxis/internal/atom"
	_ "zoneaxis/internal/atom/models"
)

func TestElements(t *testing.T) {
	tests := []struct {
		z            atom.Z
		symbol, name string
		mass         float64
	}{
		{1, "H", "Hydrogen", 1.008},
		{13, "Al", "Aluminium", 26.9815},
		{26, "Fe", "Iron", 55.845},
		{79, "Au", "Gold", 196.967},
		{103, "Lr", "Lawrencium", 262.11},
	}
	for _, tt := range tests {
		if tt.z.Symbol() != tt.symbol || tt.z.Name() != tt.name || tt.z.Mass() != tt.mass {
			t.Errorf("Z = %d: got %s, %s, %g; want %s, %s, %g", tt.z, tt.z.Symbol(), tt.z.Name(), tt.z.Mass(), tt.symbol, tt.name, tt.mass)
		}
	}
	for z := atom.Z(1); z <= atom.MaxZ; z++ {
		if got, ok := atom.Lookup(z.Symbol()); !ok || got != z {
			t.Errorf("Lookup(%q) = %d, want %d", z.Symbol(), got, z)
		}
		// Four pairs (Ar/K, Co/Ni, Te/I, Th/Pa and some beyond U) are out of order
		// in mass, by less than 2 u.
		if z > 1 && z.Mass() < (z-1).Mass()-2 {
			t.Errorf("mass of %s = %g u, below %s", z, z.Mass(), z-1)
		}
		if c := z.ColorHex(); len(c) != 7 || c[0] != '#' {
			t.Errorf("colour of %s = %q", z, c)
		} else if _, err := strconv.ParseUint(c[1:], 16, 32); err != nil {
			t.Errorf("colour of %s = %q", z, c)
		}
		if r := z.CovalentRadius(); z <= 96 && (r < 0.25 || r > 2.7) {
			t.Errorf("covalent radius of %s = %g Å", z, r)
		}
	}
	for _, z := range []atom.Z{0, 104, 255} {
		if z.Symbol() != "" || z.Name() != "" || z.Mass() != 0 || z.ColorHex() != "" || z.CovalentRadius() != 0 {
			t.Errorf("Z = %d is not empty", uint8(z))
		}
	}
}

func TestParse(t *testing.T) {
	tests := []struct {
		label  string
		z      atom.Z
		charge int8
	}{
		{"Fe", 26, 0}, {"FE", 26, 0}, {"Fe3+", 26, 3}, {"Fe+3", 26, 3}, {"Fe1A", 26, 0}, {"FeA", 26, 0},
		{"Fe12", 26, 0}, {"Na+", 11, 1}, {"Cl-", 17, -1}, {"O2-", 8, -2}, {"O", 8, 0}, {"O1", 8, 0},
		{"Os1", 76, 0}, {"OH1", 8, 0}, {"Ow", 8, 0}, {"Oa1", 8, 0}, {"OBm", 8, 0}, {"D", 1, 0}, {"D2", 1, 0},
		{"Si_1", 14, 0}, {" Ti4+ ", 22, 4}, {"Co", 27, 0}, {"CA1", 20, 0}, {"C13", 6, 0}, {"O-12", 8, 0},
		{"W", 74, 0}, {"U6+", 92, 6}, {"H1-", 1, -1}, {"K0+", 19, 0}, {"SiT1", 14, 0}, {"Fe1+2", 26, 0},
	}
	for _, tt := range tests {
		z, charge, err := atom.Parse(tt.label)
		if err != nil || z != tt.z || charge != tt.charge {
			t.Errorf("Parse(%q) = %v, %d, %v; want %v, %d", tt.label, z, charge, err, tt.z, tt.charge)
		}
	}
	for _, label := range []string{"", "Wat", "Xx", "M1", "T2", "fe", "1Fe", "+", "Va", "Iron", "Q", "Å", "Fel"} {
		if z, _, err := atom.Parse(label); err == nil {
			t.Errorf("Parse(%q) = %v, want an error", label, z)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"Fe3+", "O2-", "Wat", "", "Å+"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, label string) {
		z, charge, err := atom.Parse(label)
		if (err == nil) != (z >= 1 && z <= atom.MaxZ) {
			t.Errorf("Parse(%q) = %d, %v", label, uint8(z), err)
		}
		if charge < -8 || charge > 8 {
			t.Errorf("Parse(%q): charge %d", label, charge)
		}
	})
}

func TestFactors(t *testing.T) {
	var file struct {
		Factors map[string]map[string]map[string]float64
	}
	data, err := os.ReadFile("testdata/factors.json")
	if err == nil {
		err = json.Unmarshal(data, &file)
	}
	if err != nil {
		t.Fatal(err)
	}
	models := map[string]atom.Model{"lobato": atom.Lobato, "kirkland": atom.Kirkland, "peng_s2": atom.Peng}
	const tol = 1e-12 // both sides work in float64; He cancels 60 to 0.4
	n := 0
	for symbol, byG := range file.Factors {
		z, _ := atom.Lookup(symbol)
		for gText, byModel := range byG {
			g, err := strconv.ParseFloat(gText, 64)
			if err != nil {
				t.Fatal(err)
			}
			for name, want := range byModel {
				n++
				if got := models[name].Factor(z, g); math.Abs(got-want) > tol {
					t.Errorf("%s, %s at %g Å⁻¹: got %.15g, want %.15g", name, symbol, g, got, want)
				}
			}
		}
	}
	if n != 12*5*3 {
		t.Errorf("%d numbers compared, want %d", n, 12*5*3)
	}
}

// The X-ray factor that belongs to a Lobato row counts the electrons at g = 0:
// 2π² a₀ Σ a_i/b_i = Z. By the Mott–Bethe relation the same sum is the limit of
// g² f_e(g) at large g, so Factor alone shows it. A swapped row fails.
func TestLobatoCountsElectrons(t *testing.T) {
	const (
		far = 1e4  // Å⁻¹, where terms of order 1/(b g²)² are gone
		tol = 2e-7 // the published coefficients meet the rule to 3e-8
	)
	for z := atom.Z(1); z <= atom.MaxZ; z++ {
		got := atom.Lobato.Factor(z, far) * far * far / atom.MottBethe
		if math.Abs(got-float64(z)) > tol*float64(z) {
			t.Errorf("%s: %.9g electrons, want %d", z, got, uint8(z))
		}
	}
}

// Tables made by different people must describe the same atoms. Between the
// range where valence configurations matter and the ends of the Gaussian fits
// they agree within a few per cent.
func TestModelsAgree(t *testing.T) {
	const tol = 0.025 // the widest gap is Ce at 0.6 Å⁻¹, 2.3 %
	for z := atom.Z(1); z <= atom.MaxZ; z++ {
		for _, g := range []float64{0.6, 0.7, 0.8, 0.9, 1} {
			want := atom.Lobato.Factor(z, g)
			for _, m := range []atom.Model{atom.Kirkland, atom.Peng, atom.PengWide} {
				if !m.Has(z) {
					continue
				}
				if got := m.Factor(z, g); math.Abs(got/want-1) > tol {
					t.Errorf("%s at %g Å⁻¹: %s %.5f, lobato %.5f (%+.1f %%)", z, g, m, got, want, 100*(got/want-1))
				}
			}
		}
	}
}

// Rows of the factor tables are found by their position.
func TestTablesAreInOrder(t *testing.T) {
	tables := map[string]string{"lobato2014": atom.LobatoText}
	for _, name := range []string{"kirkland2010", "peng1996", "peng1996wide"} {
		data, err := os.ReadFile("models/" + name + ".txt")
		if err != nil {
			t.Fatal(err)
		}
		tables[name] = string(data)
	}
	for name, text := range tables {
		z := atom.Z(0)
		for line := range strings.Lines(text) {
			if strings.HasPrefix(line, "#") {
				continue
			}
			z++
			if symbol, _, _ := strings.Cut(line, " "); symbol != z.Symbol() {
				t.Errorf("%s: row %d is %s, want %s", name, z, symbol, z.Symbol())
			}
		}
		if z < 98 {
			t.Errorf("%s: %d rows", name, z)
		}
	}
}

func TestModelDomains(t *testing.T) {
	tests := []struct {
		m    atom.Model
		last atom.Z
		gmax float64
	}{
		{atom.Lobato, 103, math.Inf(1)}, {atom.Kirkland, 103, math.Inf(1)}, {atom.Peng, 98, 4}, {atom.PengWide, 98, 12},
	}
	for _, tt := range tests {
		if !tt.m.Has(tt.last) || tt.m.Has(tt.last+1) || tt.m.Has(0) {
			t.Errorf("%s: last element is not %s", tt.m, tt.last)
		}
		if got := tt.m.GMax(); got != tt.gmax {
			t.Errorf("%s: GMax = %g, want %g", tt.m, got, tt.gmax)
		}
		if got, ok := atom.ParseModel(tt.m.String()); !ok || got != tt.m {
			t.Errorf("ParseModel(%q) = %v", tt.m.String(), got)
		}
		if f := tt.m.Factor(tt.last+1, 0.5); f != 0 {
			t.Errorf("%s: factor of a missing element = %g", tt.m, f)
		}
	}
	bad := atom.Model(9)
	if bad.Has(14) || bad.Factor(14, 0) != 0 || bad.GMax() != 0 {
		t.Error("an unknown model scatters")
	}
	if _, ok := atom.ParseModel("doyle"); ok {
		t.Error("ParseModel reads an unknown name")
	}
}

func TestBElement(t *testing.T) {
	tests := []struct {
		symbol string
		kelvin float64
		want   float64
	}{
		{"Al", 293, 0.8158}, {"Si", 293, 0.5155}, {"Cu", 293, 0.5621}, {"Fe", 293, 0.3409}, {"Au", 293, 0.6227},
		{"W", 293, 0.1641}, {"Ca", 293, 2.0127}, {"Ta", 293, 0.3250},
		{"Si", 0, 0.19284}, {"Au", 0, 0.08767},
	}
	const tol = 2e-4 // the coefficients carry 4 significant digits
	for _, tt := range tests {
		z, _ := atom.Lookup(tt.symbol)
		got, ok := atom.BElement(z, tt.kelvin)
		if !ok || math.Abs(got-tt.want) > tol {
			t.Errorf("%s at %g K: got %.5f Å², want %.5f", tt.symbol, tt.kelvin, got, tt.want)
		}
	}
	// The two fits meet at 80 K, and atoms vibrate more when it is warmer.
	const join = 0.03 // their published errors add up to 2 %, and a few rows to 3 %
	n := 0
	for z := atom.Z(1); z <= atom.MaxZ; z++ {
		high, ok := atom.BElement(z, 80)
		if !ok {
			continue
		}
		n++
		low, _ := atom.BElement(z, math.Nextafter(80, 0))
		if math.Abs(low/high-1) > join {
			t.Errorf("%s at 80 K: %.4f Å² from below, %.4f from above", z, low, high)
		}
		room, _ := atom.BElement(z, 293)
		cold, _ := atom.BElement(z, 0)
		if !(cold > 0 && cold < high && high < room) {
			t.Errorf("%s: B = %.4f, %.4f, %.4f Å² at 0, 80 and 293 K", z, cold, high, room)
		}
	}
	if n < 60 {
		t.Errorf("%d elements have a fit above 80 K", n)
	}
	for _, tt := range []struct {
		z      atom.Z
		kelvin float64
	}{{8, 293}, {0, 293}, {14, -1}, {14, 1001}, {14, math.NaN()}, {18, 293}, {200, 20}} {
		if b, ok := atom.BElement(tt.z, tt.kelvin); ok {
			t.Errorf("Z = %d at %g K has B = %g", uint8(tt.z), tt.kelvin, b)
		}
	}
}

func BenchmarkFactor(b *testing.B) {
	for _, m := range atom.Models() {
		b.Run(m.String(), func(b *testing.B) {
			b.ReportAllocs()
			g := 0.1
			sum := 0.0
			for b.Loop() {
				sum += m.Factor(14, g)
				g += 1e-6
			}
			if sum == 0 {
				b.Fatal("no factor")
			}
		})
	}
}
