package library

import (
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"zoneaxis/internal/artefact"
	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/protocol"
	"zoneaxis/internal/session"
	"zoneaxis/internal/site"
	"zoneaxis/internal/source"
	"zoneaxis/internal/zones"
)

var update = flag.Bool("update", false, "write the golden files anew")

// few is a small library with one crystal of each kind of axes.
var few = []string{"al", "fe", "mg", "si", "gaas", "rutile", "corundum", "quartz", "forsterite", "zro2-m", "albite", "nial"}

func loaded(t testing.TB, ids ...string) []*Crystal {
	t.Helper()
	list, err := Load(ids...)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func one(t testing.TB, id string) *Crystal {
	t.Helper()
	return loaded(t, id)[0]
}

// zoneOf returns the zone of a crystal that stands for u.
func (c *Crystal) zoneOf(t testing.TB, u crystal.UVW) *Zone {
	t.Helper()
	rep := zones.Representative(c.group, u)
	for i := range c.Zones {
		if zones.Representative(c.group, c.Zones[i].Basis.Zone) == rep {
			return &c.Zones[i]
		}
	}
	t.Fatalf("%s has no zone %v", c.Entry.ID, u)
	return nil
}

// TestZoneTables compares ratios, angles and lengths as the pages print them
// with an independent computation (see "about" in testdata/zones.json), and for
// cubic crystals with the indices themselves.
func TestZoneTables(t *testing.T) {
	data, err := os.ReadFile("testdata/zones.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Zones map[string][]struct {
			Zone   crystal.UVW
			G1, G2 crystal.HKL
			Len1   float64 `json:"g1_len"`
			Len2   float64 `json:"g2_len"`
			Ratio  float64
			Angle  float64 `json:"angle_deg"`
		}
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	// Printed to three and two decimals: half of the last place, and what the
	// table has rounded away itself.
	const tolRatio, tolAngle, tolD = 0.0005 + 0.00006, 0.005 + 0.0006, 0.0005 + 0.0001
	n := 0
	for id, rows := range file.Zones {
		c := one(t, id)
		for _, want := range rows {
			if max(want.Zone[0], want.Zone[1], want.Zone[2]) > 3 && !c.Four {
				continue // [114] is beyond what the pages show
			}
			n++
			z := c.zoneOf(t, want.Zone)
			s := c.section(z)
			check := func(what, printed string, want, tol float64) {
				got, err := strconv.ParseFloat(printed, 64)
				if err != nil || math.Abs(got-want) > tol {
					t.Errorf("%s %v: %s is printed as %s, want %.4f", id, want, what, printed, want)
				}
			}
			check("ratio", s.Rows[1].Ratio, want.Ratio, tolRatio)
			check("angle", s.Rows[1].Angle, want.Angle, tolAngle)
			check("d1", s.Rows[0].D, 1/want.Len1, tolD)
			check("d2", s.Rows[1].D, 1/want.Len2, tolD)
			if z.Basis.Zone == want.Zone && (z.Basis.G1 != want.G1 || z.Basis.G2 != want.G2) {
				t.Errorf("%s %v: %v and %v, want %v and %v", id, want.Zone, z.Basis.G1, z.Basis.G2, want.G1, want.G2)
			}
			if c.Entry.System == "cubic" {
				g, h := z.Basis.G1, z.Basis.G2
				dot := func(a, b crystal.HKL) float64 { return float64(a[0]*b[0] + a[1]*b[1] + a[2]*b[2]) }
				check("ratio of the indices", s.Rows[1].Ratio, math.Sqrt(dot(h, h)/dot(g, g)), tolRatio)
				check("angle of the indices", s.Rows[1].Angle, math.Acos(dot(g, h)/math.Sqrt(dot(g, g)*dot(h, h)))*180/math.Pi, tolAngle)
			}
		}
	}
	if n < 30 {
		t.Errorf("%d zones compared, want at least 30", n)
	}
}

// TestZones looks at properties that hold for every zone of every crystal.
func TestZones(t *testing.T) {
	for _, c := range loaded(t, few...) {
		if len(c.Zones) < 9 || len(c.Zones) > 24 {
			t.Errorf("%s: %d zones", c.Entry.ID, len(c.Zones))
		}
		seen := map[crystal.UVW]bool{}
		for i := range c.Zones {
			z := &c.Zones[i]
			u := z.Basis.Zone
			if rep := zones.Representative(c.group, u); seen[rep] {
				t.Errorf("%s: %v is there twice", c.Entry.ID, u)
			} else {
				seen[rep] = true
			}
			if !slices.IsSorted(z.FOLZ) || z.FOLZ[0] <= 0 {
				t.Errorf("%s %v: radii of the first ring %v do not grow with the voltage", c.Entry.ID, u, z.FOLZ)
			}
			for _, n := range z.Neighbours {
				if a := c.structure.Lattice.AngleDirections(u, n.Zone); math.Abs(a-n.Angle) > 1e-12 {
					t.Errorf("%s %v: %v is at %g rad, not %g", c.Entry.ID, u, n.Zone, a, n.Angle)
				}
				if n.Band.Dot(u) != 0 || n.Band.Dot(n.Zone) != 0 {
					t.Errorf("%s %v to %v: %v does not hold both", c.Entry.ID, u, n.Zone, n.Band)
				}
				for _, w := range crystal.DirectionFamily(c.group, n.Of) {
					if w != u && w != u.Neg() && c.structure.Lattice.AngleDirections(u, w) < n.Angle-1e-9 {
						t.Errorf("%s %v: %v is nearer than %v", c.Entry.ID, u, w, n.Zone)
					}
				}
			}
		}
	}
}

// TestFirstRing compares with G = √(2kH − H²) for the spacing of a textbook.
func TestFirstRing(t *testing.T) {
	// Silicon along [111]: H = 1/(a√3), a = 5.43102 Å; 200 kV: k = 39.87346 Å⁻¹.
	z := one(t, "si").zoneOf(t, crystal.UVW{1, 1, 1})
	h, k := 1/(5.43102*math.Sqrt(3)), 1/0.02507934
	if want := math.Sqrt(2*k*h - h*h); math.Abs(z.FOLZ[1]-want) > 1e-4 || math.Abs(z.Spacing-h) > 1e-6 {
		t.Errorf("radius %.5f Å⁻¹, layers %.6f Å⁻¹ apart; want %.5f and %.6f", z.FOLZ[1], z.Spacing, want, h)
	}
}

// TestPolytypes: what the article "Beyond single scattering" says of stacks of
// layers seen along the stack: which show the same hexagon, and their first rings.
func TestPolytypes(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "assets", "posts", "beyond-single-scattering.md"))
	if err != nil {
		t.Fatal(err)
	}
	says := func(format string, args ...any) {
		t.Helper()
		if words := fmt.Sprintf(format, args...); !strings.Contains(string(text), words) {
			t.Errorf("the article does not say %q", words)
		}
	}
	seen := func(id string, u crystal.UVW) (d, period, spacing, ring float64) {
		c := one(t, id)
		z := c.zoneOf(t, u)
		l := c.structure.Lattice
		return l.D(z.Basis.G1), 1 / z.Spacing, z.Spacing, z.FOLZ[1]
	}
	d3, p3, h3, r3 := seen("sic-3c", crystal.UVW{1, 1, 1})
	d6, p6, h6, r6 := seen("sic-6h", crystal.UVW{0, 0, 1})
	if math.Abs(d3-d6) > 0.005 {
		t.Errorf("the hexagons are of %.3f and %.3f Å", d3, d6)
	}
	says("repeats every %.2f Å along [111], in the form called 6H every %.2f Å along [0001]", p3, p6)
	says("the same hexagon of spots, %.2f Å", d3)
	says("$H$ is %.4f Å⁻¹ for 3C and %.4f Å⁻¹ for 6H", h3, h6)
	says("the radius is %.2f Å⁻¹ for 3C and %.2f Å⁻¹ for 6H", r3, r6)
	if share := 1 - r6/r3; share < 0.25 || share > 0.35 {
		t.Errorf("the ring of 6H is smaller by %.2f, which is not three tenths", share)
	}
	for id, near := range map[string]bool{"sic-4h": true, "mos2-2h": true, "graphite-3r": false, "sic-6h": false} {
		c := one(t, id)
		l := c.structure.Lattice
		d, _, _, _ := seen(id, crystal.UVW{0, 0, 1})
		if first := l.D(crystal.HKL{1, 0, 0}); (math.Abs(d-first) < 0.005) != near {
			t.Errorf("%s along the stack: the shortest spot is %.3f Å, 100 would be %.3f Å", id, d, first)
		}
	}
}

func TestForbidden(t *testing.T) {
	for _, c := range []struct {
		id    string
		zone  crystal.UVW
		hkl   crystal.HKL
		class diffraction.ForbiddenClass
		none  bool
	}{
		{"si", crystal.UVW{0, 1, 1}, crystal.HKL{2, 0, 0}, diffraction.DoubleDiffraction, false},
		{"si", crystal.UVW{0, 0, 1}, crystal.HKL{2, 0, 0}, diffraction.OnlyHOLZ, false},
		{"mg", crystal.UVW{1, 0, 0}, crystal.HKL{0, 0, 1}, diffraction.ExtinctOnAxis, false},
		{"al", crystal.UVW{0, 1, 1}, crystal.HKL{}, 0, true},   // centring is not listed
		{"gaas", crystal.UVW{0, 1, 1}, crystal.HKL{}, 0, true}, // 200 is weak, not absent
		{"nial", crystal.UVW{0, 0, 1}, crystal.HKL{}, 0, true},
	} {
		z := one(t, c.id).zoneOf(t, c.zone)
		if c.none {
			if len(z.Forbidden) != 0 {
				t.Errorf("%s %v: %+v, want nothing", c.id, c.zone, z.Forbidden)
			}
			continue
		}
		if len(z.Forbidden) == 0 || z.Forbidden[0].HKL != c.hkl || z.Forbidden[0].Class != c.class {
			t.Errorf("%s %v: %+v, want %v as %v first", c.id, c.zone, z.Forbidden, c.hkl, c.class)
			continue
		}
		if f := z.Forbidden[0]; f.HasPath {
			if f.A.Add(f.B) != f.HKL {
				t.Errorf("%s %v: %v and %v are no way to %v", c.id, c.zone, f.A, f.B, f.HKL)
			}
		}
	}
}

var point = regexp.MustCompile(`M(-?[\d.]+)[ ]?(-?[\d.]+)h0`)

// TestPictures reads the drawn spots back: they are where the reflections are,
// come in opposite pairs, and none is missing.
func TestPictures(t *testing.T) {
	for _, c := range loaded(t, few...) {
		for i := range c.Zones {
			z := &c.Zones[i]
			svg := z.picture.svg()
			k := half / z.picture.reach
			frame, err := diffraction.ZoneFrame(c.structure.Lattice, z.Basis.Zone)
			if err != nil {
				t.Fatal(err)
			}
			m := frame.Mat()
			mx, my, _ := m.Rows()
			type pixel struct{ x, y float64 }
			drawn := map[pixel]bool{}
			for _, p := range point.FindAllStringSubmatch(svg, -1) {
				x, errX := strconv.ParseFloat(p[1], 64)
				y, errY := strconv.ParseFloat(p[2], 64)
				if errX != nil || errY != nil {
					t.Fatalf("%s %v: a spot at %q", c.Entry.ID, z.Basis.Zone, p[0])
				}
				drawn[pixel{x, y}] = true
			}
			r, err := diffraction.NewReflections(c.structure, diffraction.Options{GMax: 1.5 * z.picture.reach})
			if err != nil {
				t.Fatal(err)
			}
			near := func(x, y float64) bool {
				for d := range drawn {
					if math.Abs(d.x-x) <= 0.051 && math.Abs(d.y-y) <= 0.051 { // one decimal
						return true
					}
				}
				return false
			}
			strong := 0
			for i, h := range r.HKL {
				if h.Dot(z.Basis.Zone) != 0 {
					continue
				}
				x, y := k*mx.Dot(r.G[i]), -k*my.Dot(r.G[i])
				if max(math.Abs(x), math.Abs(y)) > half-0.1 {
					continue
				}
				switch f2 := norm2(r.F[i]); {
				case f2 == 0 && near(x, y):
					t.Errorf("%s %v: %v is absent and drawn", c.Entry.ID, z.Basis.Zone, h)
				case f2 > 0.01*r.Max*r.Max:
					strong++
					if !near(x, y) {
						t.Errorf("%s %v: %v at (%.1f, %.1f) is not drawn", c.Entry.ID, z.Basis.Zone, h, x, y)
					}
				}
			}
			if strong < 5 {
				t.Errorf("%s %v: only %d strong reflections in the picture", c.Entry.ID, z.Basis.Zone, strong)
			}
			for d := range drawn {
				if !near(-d.x, -d.y) && max(math.Abs(d.x), math.Abs(d.y)) < half-0.2 {
					t.Errorf("%s %v: the spot at (%g, %g) has no opposite", c.Entry.ID, z.Basis.Zone, d.x, d.y)
				}
			}
			if !strings.Contains(svg, `class="g1"`) || strings.Count(svg, "<text") < 4 {
				t.Errorf("%s %v: vectors or indices are missing", c.Entry.ID, z.Basis.Zone)
			}
		}
	}
}

// TestAlsoFits: what is said to fit does so, and of its own type every crystal.
func TestAlsoFits(t *testing.T) {
	list := loaded(t, "al", "cu", "au", "fe", "si", "mg", "srtio3", "cementite")
	table := Compare(list)
	al := list[slices.IndexFunc(list, func(c *Crystal) bool { return c.Entry.ID == "al" })]
	z := al.zoneOf(t, crystal.UVW{1, 1, 2})
	if z.Same != 2 {
		t.Errorf("[112] of aluminium: %d others of its type, want copper and gold", z.Same)
	}
	found := false
	for _, f := range z.Fits {
		found = found || f.Crystal.Entry.ID == "cementite" && f.Zone == crystal.UVW{2, 0, 1}
	}
	if !found {
		t.Errorf("[112] of aluminium: %+v, want [201] of cementite among them", z.Fits)
	}
	for _, c := range list {
		for i := range c.Zones {
			for _, f := range c.Zones[i].Fits {
				b := c.Zones[i].Basis
				q := zones.RatioQuery{Ratio: b.Ratio21(), Angle: b.Angle12, RatioTol: zones.SameRatio, AngleTol: zones.SameAngle}
				if !slices.ContainsFunc(table.Match(q), func(m zones.RatioMatch) bool { return list[m.Crystal] == f.Crystal && m.Zone == f.Zone }) {
					t.Errorf("%s %v: %s %v does not fit", c.Entry.ID, b.Zone, f.Crystal.Entry.ID, f.Zone)
				}
			}
		}
	}
}

// TestLines: the spacings of aluminium are those of its reflections in order.
func TestLines(t *testing.T) {
	c := one(t, "al")
	const a = 4.0495
	want := []struct {
		hkl crystal.HKL
		n   float64 // h² + k² + l²
	}{{crystal.HKL{1, 1, 1}, 3}, {crystal.HKL{2, 0, 0}, 4}, {crystal.HKL{2, 2, 0}, 8}, {crystal.HKL{3, 1, 1}, 11}, {crystal.HKL{2, 2, 2}, 12}}
	for i, w := range want {
		if l := c.Lines[i]; l.HKL != w.hkl || math.Abs(l.D-a/math.Sqrt(w.n)) > 1e-9 {
			t.Errorf("line %d: %v at %.5f Å, want %v at %.5f", i, l.HKL, l.D, w.hkl, a/math.Sqrt(w.n))
		}
	}
	if c.Lines[0].Intensity != 1 {
		t.Errorf("111 has the intensity %g, want 1", c.Lines[0].Intensity)
	}
}

func TestTypeHTML(t *testing.T) {
	for name, want := range map[string]string{
		"A1, Cu":             "A1, Cu",
		"L1_2, AuCu3":        "L1<sub>2</sub>, AuCu<sub>3</sub>",
		"B6, SiC-6H":         "B6, SiC-6H",
		"H1_1, MgAl2O4":      "H1<sub>1</sub>, MgAl<sub>2</sub>O<sub>4</sub>",
		"B_h, WC":            "B<sub>h</sub>, WC",
		"LiNbO3":             "LiNbO<sub>3</sub>",
		"ZnS (wurtzite) & x": "ZnS (wurtzite) &amp; x",
	} {
		if got := string(typeHTML(name)); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

// TestAnchors: no two zones of a crystal share an id, and all are names.
func TestAnchors(t *testing.T) {
	form := regexp.MustCompile(`^z[0-9m_]+$`)
	seen := map[string]crystal.UVW{}
	for u := -3; u <= 3; u++ {
		for v := -3; v <= 3; v++ {
			for w := -12; w <= 12; w++ {
				z := crystal.UVW{u, v, w}
				id := session.SheetAnchor(z)
				if o, twice := seen[id]; twice || !form.MatchString(id) {
					t.Fatalf("%v and %v: %s", o, z, id)
				}
				seen[id] = z
			}
		}
	}
}

// TestGolden keeps the drawing of a few patterns: -update writes it anew.
func TestGolden(t *testing.T) {
	for _, c := range []struct {
		id   string
		zone crystal.UVW
	}{{"si", crystal.UVW{0, 1, 1}}, {"mg", crystal.UVW{1, 0, 0}}, {"albite", crystal.UVW{0, 0, 1}}} {
		name := filepath.Join("testdata", c.id+"_"+session.SheetAnchor(c.zone)+".svg")
		got := one(t, c.id).zoneOf(t, c.zone).picture.svg() + "\n"
		if *update {
			if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s has changed: see %s; go test -update ./internal/site/library writes it anew", name, artefact.Keep(t, "library/"+filepath.Base(name), []byte(got)))
		}
	}
}

func TestUnknownCrystal(t *testing.T) {
	if _, err := Load("si", "unobtainium"); err == nil {
		t.Error("no error for a crystal that the library does not have")
	}
}

// TestAll: every crystal of the library can be shown.
func TestAll(t *testing.T) {
	list := loaded(t)
	if want := len(source.Library()); len(list) != want || want < 40 {
		t.Fatalf("%d crystals, want the %d of the library, 40 at least", len(list), want)
	}
	for _, c := range list {
		if len(c.Lines) < 3 {
			t.Errorf("%s: %d spacings", c.Entry.ID, len(c.Lines))
		}
	}
}

// TestSimulatorSheets: the simulator says of a zone axis what the page of the
// crystal says, found anew from the table that the page's search has.
func TestSimulatorSheets(t *testing.T) {
	list := loaded(t, few...)
	data, err := Table(list, Compare(list))
	if err != nil {
		t.Fatal(err)
	}
	plain := func(t protocol.Text) string {
		return regexp.MustCompile("<[^>]*>").ReplaceAllString(string(site.Text(t)), "")
	}
	// indices are compared without brackets and spaces.
	tight := strings.NewReplacer(" ", "", "\u2009", "", "[", "", "]", "")
	indices := func(t protocol.Text) string {
		text := ""
		for _, r := range t {
			if r.Bar {
				text += "−"
			}
			text += r.T
		}
		return tight.Replace(text)
	}
	hkl := func(h crystal.HKL, four bool) string { return tight.Replace(h.Text(four)) }
	uvw := func(u crystal.UVW, four bool) string { return tight.Replace(u.Text(four)) }
	for _, c := range list {
		for i := range c.Zones {
			z := &c.Zones[i]
			s, problems := session.Open(z.Link, nil)
			if len(problems) > 0 {
				t.Fatalf("%s: %v", z.Link, problems)
			}
			name := c.Entry.ID + " " + z.Basis.Zone.String()
			if first := s.Do(&protocol.Request{Op: "sheet"}, nil); !first.OK || first.Sheet.Load != "/library/ratio/table.json" || len(first.Sheet.Tables) != 4 || len(first.Sheet.Tables[3].Rows) != 0 {
				t.Fatalf("%s: without the table: %+v", name, first)
			}
			reply := s.Do(&protocol.Request{Op: "sheet"}, data)
			if !reply.OK || reply.Sheet.Load != "" || len(reply.Sheet.Tables) != 4 {
				t.Fatalf("%s: %+v", name, reply)
			}
			page, tables := c.section(z), reply.Sheet.Tables
			if want := c.URL() + "#" + page.ID; reply.Sheet.Link != want {
				t.Errorf("%s: the link is %s, want %s", name, reply.Sheet.Link, want)
			}
			for j, want := range page.Rows {
				cells := tables[0].Rows[j].Cells
				if j == 0 {
					want.Ratio, want.Angle = "1", "–"
				} else {
					want.Angle += "°"
				}
				got := []string{indices(cells[1]), plain(cells[2]), plain(cells[3]), plain(cells[4]), plain(cells[5])}
				if !slices.Equal(got, []string{hkl(want.HKL, c.Four), want.D, want.InvD, want.Ratio, want.Angle}) {
					t.Errorf("%s: g%d is %v, want %+v", name, j+1, got, want)
				}
				if note := tables[0].Note.Plain(); strings.Contains(note, "g3 is absent.") != page.Rows[2].Absent || strings.Contains(note, "g2 lies clockwise of g1.") != page.Rows[1].Clockwise {
					t.Errorf("%s: %q, absent is %v, clockwise %v", name, note, page.Rows[2].Absent, page.Rows[1].Clockwise)
				}
			}
			for j, want := range page.FOLZ {
				cells := tables[1].Rows[j].Cells
				if plain(cells[1]) != want.Radius || plain(cells[2]) != want.Mrad || !strings.HasPrefix(plain(cells[0]), strconv.Itoa(want.KV)) {
					t.Errorf("%s: ring %v, want %+v", name, cells, want)
				}
			}
			if note := plain(tables[1].Note); !strings.Contains(note, page.Spacing) {
				t.Errorf("%s: %q, want %s", name, note, page.Spacing)
			}
			if len(tables[2].Rows) != len(page.Neighbours) {
				t.Fatalf("%s: %d neighbours, want %d", name, len(tables[2].Rows), len(page.Neighbours))
			}
			for j, want := range page.Neighbours {
				row := tables[2].Rows[j]
				if *row.UVW != [3]int(want.Zone) || indices(row.Cells[0]) != uvw(want.Zone, c.Four) ||
					plain(row.Cells[1]) != want.Degrees+"°" || indices(row.Cells[2]) != hkl(want.Band, c.Four) {
					t.Errorf("%s: neighbour %+v, want %+v", name, row, want)
				}
			}
			rows := tables[3].Rows
			if page.Same > 0 {
				if got, want := plain(rows[0].Cells[0]), "All of type "+plain(session.TypeText(c.Type)); got != want || rows[0].Link != "/library/#"+session.TypeAnchor(c.Type) {
					t.Errorf("%s: %q", name, got)
				}
				rows = rows[1:]
			}
			// The simulator names more of them.
			if len(rows) < len(page.Fits) || page.FitsMore == 0 && len(rows) != len(page.Fits) {
				t.Fatalf("%s: %d fits, want %d and %d more", name, len(rows), len(page.Fits), page.FitsMore)
			}
			for j, f := range page.Fits {
				want := f.Crystal.View.Name
				if f.Count > 1 {
					want = plain(session.TypeText(f.Type)) + " (" + strconv.Itoa(f.Count) + ")"
				}
				if plain(rows[j].Cells[0]) != want || indices(rows[j].Cells[1]) != uvw(f.Zone, f.Crystal.Four) ||
					rows[j].Link != f.Crystal.URL()+"#"+session.SheetAnchor(f.Zone) {
					t.Errorf("%s: fit %+v, want %s %v", name, rows[j], want, f.Zone)
				}
			}
		}
	}
}

// TestPublishedAngles compares with printed tables: every angle between two
// families of planes with the ratio of their distances from 000, and what the
// pages print of the zone axes whose shortest two reflections they are.
func TestPublishedAngles(t *testing.T) {
	data, err := os.ReadFile("testdata/published.json")
	if err != nil {
		t.Fatal(err)
	}
	var tables []publishedTable
	if err := json.Unmarshal(data, &tables); err != nil {
		t.Fatal(err)
	}
	angles, pages := 0, 0
	for i := range tables {
		a, p := tables[i].compare(t)
		angles, pages = angles+a, pages+p
	}
	if angles != 30 || pages < 6 {
		t.Errorf("%d angles compared, on %d pages", angles, pages)
	}
}

// publishedTable is a printed table of angles between families of planes.
type publishedTable struct {
	Crystal  string
	Distance map[string]float64 `json:"distance_mm"`
	Angles   [][3]any           `json:"angles_deg"`
}

// Printed to 0.1° and 0.01 mm; the cells of the books and ours differ in the
// fourth digit.
const tolAngle, tolDistance, tolRatio = 0.05 + 0.03, 0.005 + 0.01, 0.002

// compare returns how many angles it has found, and on how many pages.
func (table *publishedTable) compare(t *testing.T) (angles, pages int) {
	t.Helper()
	c := one(t, table.Crystal)
	l := c.structure.Lattice
	family := func(name string) []crystal.HKL {
		var h crystal.HKL
		for i, n := range strings.Split(name, ",") {
			h[i], _ = strconv.Atoi(n)
		}
		return crystal.PlaneFamily(c.group, h)
	}
	perMM := 1 / (mustBeam(200).Wavelength() * 1490)
	for name, mm := range table.Distance {
		if got := l.G(family(name)[0]).Norm() / perMM; math.Abs(got-mm) > tolDistance {
			t.Errorf("{%s} lies %.3f mm from 000, the table has %.2f", name, got, mm)
		}
	}
	seen := map[crystal.UVW]bool{}
	for _, row := range table.Angles {
		a, b := family(row[0].(string)), family(row[1].(string))
		ratio := 1.0 // within a family
		if row[0] != row[1] {
			ratio = table.Distance[row[1].(string)] / table.Distance[row[0].(string)]
		}
		if got := l.G(b[0]).Norm() / l.G(a[0]).Norm(); math.Abs(got-ratio) > tolRatio {
			t.Errorf("{%v} lies %.4f times as far from 000 as {%v}, the table has %.4f", row[1], got, row[0], ratio)
		}
		for _, angle := range row[2].([]any) {
			angles++
			found := false
			for _, h := range a {
				for _, k := range b {
					got := l.AnglePlanes(h, k) * 180 / math.Pi
					if math.Abs(min(got, 180-got)-angle.(float64)) > tolAngle || h.Zone(k) == (crystal.UVW{}) {
						continue
					}
					found = true
					for i := range c.Zones {
						z := &c.Zones[i]
						if z.Basis.Zone != zones.Representative(c.group, h.Zone(k)) || seen[z.Basis.Zone] || !slices.Contains(a, z.Basis.G1) || !slices.Contains(b, z.Basis.G2) {
							continue
						}
						seen[z.Basis.Zone] = true
						s := c.section(z)
						onPage, err1 := strconv.ParseFloat(s.Rows[1].Ratio, 64)
						printed, err2 := strconv.ParseFloat(s.Rows[1].Angle, 64)
						if err1 != nil || err2 != nil || math.Abs(onPage-ratio) > tolRatio || math.Abs(printed-angle.(float64)) > tolAngle {
							t.Errorf("%v: the page prints %s and %s°, the table has %.3f and %v°", z.Basis.Zone, s.Rows[1].Ratio, s.Rows[1].Angle, ratio, angle)
						}
					}
				}
			}
			if !found {
				t.Errorf("no {%v} and {%v} make %v°", row[0], row[1], angle)
			}
		}
	}
	return angles, len(seen)
}

// The texts that say how many crystals the library has say the right number.
func TestNumberOfCrystals(t *testing.T) {
	n := strconv.Itoa(len(source.Library()))
	for path, words := range map[string]string{
		"README.md": "a library of " + n + ";",
		"assets/posts/one-binary-for-two-architectures.md": "The pattern library alone has " + n + " crystals.",
	} {
		text, err := os.ReadFile(filepath.Join("..", "..", "..", filepath.FromSlash(path)))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), words) {
			t.Errorf("%s does not say %q", path, words)
		}
	}
}
