package library

import (
	"cmp"
	"encoding/json"
	"fmt"
	"html/template"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/session"
	"zoneaxis/internal/site"
	"zoneaxis/internal/zones"
)

// URL returns the address of the crystal's page.
func (c *Crystal) URL() string { return "/library/" + c.Entry.ID + "/" }

// crystalPage is the data of the template library-crystal.
type crystalPage struct {
	site.Head
	*Crystal
	TypeURL  string
	Sections []section
	Defs     template.HTML
}

// section is a zone axis on the page of its crystal.
type section struct {
	ID         string
	Zone       crystal.UVW
	Link       string
	SVG        template.HTML
	Rows       [3]row
	Spacing    string
	FOLZ       []ring
	Neighbours []neighbour
	Forbidden  []ForbiddenRow
	Fits       []fit
	FitsMore   int
	Same       int
	SearchURL  string
}

// row is one of g1, g2, g3.
type row struct {
	Name            string // 1, 2, 3
	HKL             crystal.HKL
	D, InvD         string // Å, nm⁻¹
	Ratio, Angle    string // to g1
	Absent, IsFirst bool
	Clockwise       bool // of g1, with the zone axis towards the viewer
}

type ring struct {
	KV           int
	Radius, Mrad string // nm⁻¹, mrad
}

type neighbour struct {
	zones.Neighbour
	URL, Degrees string
}

// ForbiddenRow tells of the absent reflections of one class.
type ForbiddenRow struct {
	ForbiddenClass
	Symbol, Words string
	Why           template.HTML
}

type fit struct {
	Fit
	Name template.HTML
	URL  string
}

// classWords says what becomes of an absent reflection.
var classWords = map[diffraction.ForbiddenClass]string{
	diffraction.DoubleDiffraction: "double diffraction can light it up",
	diffraction.ExtinctOnAxis:     "dark exactly on the axis, lit up by double diffraction when tilted",
	diffraction.OnlyHOLZ:          "only by way of other Laue zones",
	diffraction.Never:             "stays dark",
}

// number writes a number with a fixed count of decimals.
func number(v float64, decimals int) string {
	unit := math.Pow(10, float64(decimals))
	return strconv.FormatFloat(math.Floor(v*unit+0.5+1e-7)/unit, 'f', decimals, 64)
}

func (c *Crystal) section(z *Zone) section {
	b := z.Basis
	s := section{ID: session.SheetAnchor(b.Zone), Zone: b.Zone, Link: z.Link, SVG: template.HTML(z.picture.svg()), Spacing: number(10*z.Spacing, 3),
		Same: z.Same, FitsMore: z.FitsMore}
	d := b.D()
	for i, h := range []crystal.HKL{b.G1, b.G2, b.G3} {
		r := row{Name: strconv.Itoa(i + 1), HKL: h, D: number(d[i], 3), InvD: number(10*b.Len[i], 3), IsFirst: i == 0, Absent: i == 2 && b.Absent3, Clockwise: i == 1 && b.Clockwise}
		switch i {
		case 1:
			r.Ratio, r.Angle = number(b.Ratio21(), 3), number(geom.Degrees(b.Angle12), 2)
		case 2:
			r.Ratio, r.Angle = number(b.Ratio31(), 3), number(geom.Degrees(b.Angle13), 2)
		}
		s.Rows[i] = r
	}
	for i, kv := range Voltages {
		layers, err := c.reflections.Layers(b.Zone)
		if err != nil {
			panic(err) // Load has made the same layers
		}
		angle, _ := layers.Angle(1, mustBeam(kv))
		s.FOLZ = append(s.FOLZ, ring{kv, number(10*z.FOLZ[i], 1), number(1000*angle, 0)})
	}
	for _, n := range z.Neighbours {
		s.Neighbours = append(s.Neighbours, neighbour{n, "#" + session.SheetAnchor(n.Of), number(geom.Degrees(n.Angle), 2)})
	}
	for _, k := range z.Forbidden {
		s.Forbidden = append(s.Forbidden, ForbiddenRow{k, symbolOf[k.Class], classWords[k.Class], lowered(k.Reason)})
	}
	for _, f := range z.Fits {
		v := fit{Fit: f, Name: template.HTML(template.HTMLEscapeString(f.Crystal.View.Name)), URL: f.Crystal.URL() + "#" + session.SheetAnchor(f.Zone)}
		if f.Type != "" {
			v.Name, v.URL = typeHTML(f.Type), "/library/#"+session.TypeAnchor(f.Type)
		}
		if f.Crystal == c {
			v.URL = "#" + session.SheetAnchor(f.Zone)
		}
		s.Fits = append(s.Fits, v)
	}
	s.SearchURL = "/library/ratio/?ratio=" + number(b.Ratio21(), 3) + "&angle=" + number(geom.Degrees(b.Angle12), 2)
	return s
}

// lowered writes subscript digits as HTML, since the font has none of them.
func lowered(text string) template.HTML {
	var b strings.Builder
	for _, r := range template.HTMLEscapeString(text) {
		if r >= '₀' && r <= '₉' {
			fmt.Fprintf(&b, "<sub>%d</sub>", r-'₀')
		} else {
			b.WriteRune(r)
		}
	}
	return template.HTML(b.String())
}

// typeHTML writes the name of a structure type.
func typeHTML(name string) template.HTML { return site.Text(session.TypeText(name)) }

// indexPage is the data of the template library-index.
type indexPage struct {
	site.Head
	Groups []group
	Count  int
	Zones  int
}

// group is the crystals of one structure type, or those of a category that have
// none in common.
type group struct {
	ID       string
	Type     string // of all of them; "" for a group of others
	Name     template.HTML
	Crystals []*Crystal
}

// TypeName returns the structure type as HTML.
func (c *Crystal) TypeName() template.HTML { return typeHTML(c.Type) }

// spacingPage is the data of the template library-d.
type spacingPage struct {
	site.Head
	Lines []spacing
	Count int
}

type spacing struct {
	*Crystal
	Line
}

// Dd returns the spacing in Å as text.
func (s spacing) Dd() string { return number(s.D, 3) }

// Percent returns the intensity of the ring, the strongest of the crystal 100.
func (s spacing) Percent() string { return number(100*s.Intensity, 0) }

// ratioPage is the data of the template library-ratio.
type ratioPage struct {
	site.Head
	Cubic   []latticeTable
	Entries string // how many there are
	Count   int
}

// latticeTable holds the ratios and angles that all cubic crystals of one kind
// share.
type latticeTable struct {
	Name string
	Of   *Crystal
	Rows []latticeRow
}

type latticeRow struct {
	Zone         crystal.UVW
	G1, G2       crystal.HKL
	Ratio, Angle string
	URL          string
}

// Render renders the page of every crystal, the three indexes and the table
// that the ratio index searches in the browser.
func Render(crystals []*Crystal, table *zones.RatioTable, r *site.Renderer) ([]site.Page, error) {
	var pages []site.Page
	zones := 0
	for _, c := range crystals {
		zones += len(c.Zones)
		data := crystalPage{Crystal: c, Defs: Defs, Head: site.Head{
			Title:       c.View.Name + ": diffraction patterns",
			Description: fmt.Sprintf("%d indexed electron diffraction patterns of %s with spacings, ratios, angles and forbidden reflections, to print or to turn.", len(c.Zones), sentence(c.View.Name)),
			Section:     "library", Style: "css/pages/library.css",
		}}
		if c.Type != "" {
			data.TypeURL = "/library/#" + session.TypeAnchor(c.Type)
		}
		for i := range c.Zones {
			data.Sections = append(data.Sections, c.section(&c.Zones[i]))
		}
		page, err := r.Render("library/"+c.Entry.ID+"/index.html", "library-crystal", &data)
		if err != nil {
			return nil, err
		}
		pages = append(pages, page)
	}
	index, err := r.Render("library/index.html", "library-index", &indexPage{Groups: groups(crystals), Count: len(crystals), Zones: zones, Head: site.Head{
		Title:       "Pattern library",
		Description: fmt.Sprintf("%s indexed zone-axis patterns of %d crystals, by structure type, by ratio and angle, and by spacing.", thousands(zones), len(crystals)),
		Section:     "library", Style: "css/pages/library.css", Scripts: []string{"js/site/library-index.js"},
	}})
	if err != nil {
		return nil, err
	}
	ratio, err := r.Render("library/ratio/index.html", "library-ratio", &ratioPage{Cubic: cubicTables(crystals), Entries: thousands(len(table.Entries)), Count: len(crystals), Head: site.Head{
		Title:       "Index by ratio and angle",
		Description: "Type the ratio of two distances and the angle between them, and get every zone axis of the library that fits.",
		Section:     "library", Style: "css/pages/library.css", Scripts: []string{"js/site/library-ratio.js"},
	}})
	if err != nil {
		return nil, err
	}
	var lines []spacing
	for _, c := range crystals {
		for _, l := range c.Lines {
			lines = append(lines, spacing{c, l})
		}
	}
	slices.SortStableFunc(lines, func(a, b spacing) int { return cmp.Compare(b.D, a.D) })
	byD, err := r.Render("library/d/index.html", "library-d", &spacingPage{Lines: lines, Count: len(crystals), Head: site.Head{
		Title:       "Index by spacing",
		Description: "The largest spacings of every crystal of the library in one list. Type some that you have measured, and get the crystals that have them all.",
		Section:     "library", Style: "css/pages/library.css", Scripts: []string{"js/site/library-d.js"},
	}})
	if err != nil {
		return nil, err
	}
	data, err := Table(crystals, table)
	if err != nil {
		return nil, err
	}
	return append(pages, index, ratio, byD, site.Page{Path: "library/ratio/table.json", Data: data}), nil
}

// sentence returns a name for use inside a sentence.
func sentence(name string) string {
	for i, r := range name {
		if i > 0 && r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return name
		}
	}
	return strings.ToLower(name[:1]) + name[1:]
}

func thousands(n int) string {
	if n < 1000 {
		return strconv.Itoa(n)
	}
	return fmt.Sprintf("%d,%03d", n/1000, n%1000)
}

// groups sorts crystals by structure type. Types with one crystal stand
// together, by category.
func groups(crystals []*Crystal) []group {
	count := map[string]int{}
	for _, c := range crystals {
		count[c.Type]++
	}
	byType := map[string]*group{}
	var list []*group
	for _, single := range []bool{false, true} {
		for _, c := range crystals {
			if (count[c.Type] < 2 || c.Type == "") != single {
				continue
			}
			of := group{ID: session.TypeAnchor(c.Type), Type: c.Type, Name: typeHTML(c.Type)}
			if single {
				of = group{ID: "c-" + site.Slug(c.Entry.Category), Name: template.HTML("Others: " + template.HTMLEscapeString(c.Entry.Category))}
			}
			g := byType[of.ID]
			if g == nil {
				g = &of
				byType[of.ID] = g
				list = append(list, g)
			}
			g.Crystals = append(g.Crystals, c)
		}
	}
	out := make([]group, len(list))
	for i, g := range list {
		out[i] = *g
	}
	return out
}

// TypeAnchor returns the id of a crystal's type if it stands alone in a group
// of others, so that links to the type find it.
func (c *Crystal) TypeAnchor() string {
	if c.Type == "" {
		return ""
	}
	return session.TypeAnchor(c.Type)
}

// cubicTables returns the tables that hold for all cubic crystals of a kind,
// each made from one crystal of it.
func cubicTables(crystals []*Crystal) []latticeTable {
	var tables []latticeTable
	for _, k := range []struct{ id, name string }{
		{"al", "Face-centred cubic: fcc metals, and with more or fewer absences rocksalt, fluorite, zincblende"},
		{"fe", "Body-centred cubic: bcc metals"},
		{"si", "Diamond: silicon, germanium, diamond"},
		{"nial", "Primitive cubic: CsCl and L1₂ types, perovskite"},
	} {
		at := slices.IndexFunc(crystals, func(c *Crystal) bool { return c.Entry.ID == k.id })
		if at < 0 {
			continue
		}
		c := crystals[at]
		t := latticeTable{Name: k.name, Of: c}
		for i := range c.Zones {
			b := c.Zones[i].Basis
			t.Rows = append(t.Rows, latticeRow{b.Zone, b.G1, b.G2, number(b.Ratio21(), 3), number(geom.Degrees(b.Angle12), 2), c.URL() + "#" + session.SheetAnchor(b.Zone)})
		}
		tables = append(tables, t)
	}
	return tables
}

// Table returns the table of ratios as JSON for assets/js/site/library-ratio.js:
//
//	{"crystals": [[id, name, 1 if indices are in fours, [[u, v, w, pair…] …], structure type] …]}
//
// each pair being ratio·1000, angle·100 (degrees), d·1000 (Å, of the shorter
// reflection), and three indices each of the shorter and the longer one.
func Table(crystals []*Crystal, table *zones.RatioTable) ([]byte, error) {
	type key struct {
		crystal uint16
		zone    [3]int8
	}
	byZone := map[key][]int{}
	for _, e := range table.Entries {
		k := key{e.Crystal, e.Zone}
		byZone[k] = append(byZone[k], round(1000*float64(e.Ratio)), round(100*geom.Degrees(float64(e.Angle))), round(1000/float64(e.Length)),
			int(e.A[0]), int(e.A[1]), int(e.A[2]), int(e.B[0]), int(e.B[1]), int(e.B[2]))
	}
	keys := slices.SortedFunc(maps.Keys(byZone), func(a, b key) int {
		return cmp.Or(cmp.Compare(a.crystal, b.crystal), slices.Compare(a.zone[:], b.zone[:]))
	})
	list := make([][]any, len(crystals))
	zones := make([][][]int, len(crystals))
	for _, k := range keys {
		row := append([]int{int(k.zone[0]), int(k.zone[1]), int(k.zone[2])}, byZone[k]...)
		zones[k.crystal] = append(zones[k.crystal], row)
	}
	for i, c := range crystals {
		four := 0
		if c.Four {
			four = 1
		}
		list[i] = []any{c.Entry.ID, c.View.Name, four, zones[i], c.Entry.Type()}
	}
	return json.Marshal(map[string]any{"crystals": list})
}

func round(v float64) int { return int(math.Floor(v + 0.5)) }
