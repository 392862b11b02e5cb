// Package link is the text form of a state of the page: its address. It reads
// and writes links, and the numbers that links, fields and texts are made of.
package link

import (
	"slices"
	"strconv"
	"strings"

	"zoneaxis/internal/crystal"
)

// Version is the version of the link format that this program writes.
const Version = 1

// Path is the page that links point to.
const Path = "/sim"

// Link is the content of a link, one field for each part. ParseLink makes it
// from text, String writes the one canonical form of it:
//
//	v   format version                                       1
//	c   crystal: lib-si, mp-149, or cif with #x= behind      lib-si
//	z   zone axis u,v,w that the tilt counts from            0,0,1
//	d   tilt x, tilt y, rotation in the plane, degrees       0,0,0
//	kv, cl, t   voltage (kV), camera length (mm), thickness (nm)   200 520 50
//	m   k kinematic, d dynamical                             k
//	o   overlays, letters of ikhdgs                          is
//	p   pattern style: film, screen, phosphor                by theme
//	ms  up to two measured points: h,k,l, or px,y (Å⁻¹) for a free one; "b" at the end measures between them
//	f   flags, letters of hvrnd                              none
//	h   holder: α, β, limit of α, limit of β, degrees        none
//	at  middle of the picture, Å⁻¹                           0,0
//	w   r shows powder rings instead of spots                spots
//	c2, or   second phase and its orientation relationship   none
//	u   which cell: c conventional, g as given               by the source
//
// Defaults are left out and the order is this one, so that one state has one
// link. Unknown keys are kept, after the known ones.
type Link struct {
	Crystal          string
	Doc              string // text of the fragment's x, for Crystal "cif"
	Zone             crystal.UVW
	ZoneText         string // a zone as typed into a form, resolved when the crystal is known; "" if Zone holds it
	TiltX, TiltY     float64
	Rotation         float64
	KV, CL           float64
	Thickness        float64
	Model            string
	Overlays         string
	Style            string
	Measured         []Point
	Between          bool
	Flags            string
	Holder           *Holder
	AtX, AtY         float64
	Rings            bool
	Second, Relation string
	Cell             string
	Newer            int      // version of a link from a newer program, kept for it; else 0
	Unknown          []string // "key=value", as they came
}

// Point is a measured reflection, or a free point in Å⁻¹.
type Point struct {
	HKL  crystal.HKL
	Free bool
	X, Y float64
}

// Holder holds the readings and limits of a double-tilt holder, degrees.
type Holder struct{ Alpha, Beta, LimitAlpha, LimitBeta float64 }

// Limits of the settings.
const (
	MinKV, MaxKV               = 20, 1000
	MinCL, MaxCL               = 50, 5000
	MinThickness, MaxThickness = 1, 500
	OverlayLetters             = "ikhdgs"
	FlagLetters                = "hvrnd"
)

// Default returns what the parameters of a link mean that it leaves out.
func Default() Link {
	return Link{
		Crystal: "lib-si", Zone: crystal.UVW{0, 0, 1},
		KV: 200, CL: 520, Thickness: 50, Model: "k", Overlays: "is",
	}
}

// Welcome returns what the page shows to somebody who asks for nothing: an
// address without parameters.
func Welcome() Link {
	l := Default()
	l.Zone, l.Overlays = crystal.UVW{1, 1, 0}, "ikds"
	return l
}

// maxLink bounds the text of a link, bytes.
const maxLink = 64 << 10

// Parse reads a link: a whole address, its part from the "?" on, or just
// the parameters, with or without a fragment. It never fails: a part that
// cannot be read keeps its default and is told in problems, with the text that
// the page shows. Whether the crystal exists is not looked at here.
func Parse(text string) (Link, []Problem) {
	l, problems := ParseSaved(text)
	if l.Crystal == "cif" && l.Doc == "" {
		problems = append(problems, Problem{Key: "c", Text: Damaged("crystal", "silicon")})
		l.Crystal = Default().Crystal
	}
	return l, problems
}

// ParseSaved is ParseLink, but for links of files that are too large for one:
// those lack the fragment.
func ParseSaved(text string) (Link, []Problem) {
	l := Default()
	if len(text) > maxLink {
		return l, []Problem{{Key: "v", Text: Damaged("all of it", "silicon [001]")}}
	}
	address, fragment, _ := strings.Cut(text, "#")
	query := address
	if before, after, ok := strings.Cut(address, "?"); ok {
		query = after
	} else if strings.ContainsAny(before, "/:") {
		query = ""
	}
	if query == "" && fragment == "" {
		return Welcome(), nil
	}
	values := splitQuery(query)
	var problems []Problem
	version, ok := 1, true
	if v, given := values.take("v"); given {
		version, ok = wholeNumber(v)
		if !ok || version < 1 {
			problems = append(problems, Problem{Key: "v", Text: Damaged("version", "version "+strconv.Itoa(Version))})
			version = Version
		}
	}
	if version > Version {
		l.Newer = version
		problems = append(problems, Problem{Key: "v", Text: "This link was made with a newer version. Reload to open it fully.", Reload: true})
	}
	migrate(&values, version, migrations)
	bad := map[string]bool{}
	for _, part := range linkParts {
		v, given := values.take(part.key)
		if !given || v == "" && part.key != "o" {
			continue // an empty field of a form says nothing; no overlays at all is "o="
		}
		if part.key == "m" && v == "rings" { // as the page's form sends it without scripts; we write w=r
			l.Rings = true
			continue
		}
		if !part.read(&l, v) {
			bad[part.key] = true
			problems = append(problems, Problem{Key: part.key, Text: Damaged(part.name, part.fallback)})
		}
	}
	if bad["z"] {
		// A tilt counts from its zone: without one it means nothing.
		l.TiltX, l.TiltY, l.Rotation = 0, 0, 0
	}
	for pair := range strings.SplitSeq(fragment, "&") {
		if doc, ok := strings.CutPrefix(pair, "x="); ok {
			l.Doc = doc
		}
	}
	l.Unknown = values.rest()
	return l, problems
}

// migrations lead from each old version to the next: migrations[i] turns the
// keys of version i+1 into those of version i+2. Version 1 is the first.
var migrations []func(*queryValues)

func migrate(values *queryValues, version int, table []func(*queryValues)) {
	for i := version - 1; i < len(table); i++ {
		table[i](values)
	}
}

// linkPart reads one key of a link. read reports false, and leaves the link
// alone, if it cannot use the text.
type linkPart struct {
	key, name, fallback string
	read                func(*Link, string) bool
}

var linkParts = []linkPart{
	{"c", "crystal", "silicon", func(l *Link, v string) bool {
		v = strings.TrimSpace(v)
		if v == "" || len(v) > 100 {
			return false
		}
		l.Crystal = v
		return true
	}},
	{"z", "orientation", "[001]", readZone},
	{"d", "tilt", "none", func(l *Link, v string) bool {
		n, ok := numberList(v, 3, -360, 360)
		if ok {
			l.TiltX, l.TiltY, l.Rotation = n[0], n[1], n[2]
		}
		return ok
	}},
	{"kv", "voltage", "200 kV", readNumber(MinKV, MaxKV, func(l *Link) *float64 { return &l.KV })},
	{"cl", "camera length", "520 mm", readNumber(MinCL, MaxCL, func(l *Link) *float64 { return &l.CL })},
	{"t", "thickness", "50 nm", readNumber(MinThickness, MaxThickness, func(l *Link) *float64 { return &l.Thickness })},
	{"m", "model", "the kinematic one", readWord([]string{"k", "d"}, func(l *Link) *string { return &l.Model })},
	{"o", "overlays", "indices and scale bar", readLetters(OverlayLetters, func(l *Link) *string { return &l.Overlays })},
	{"p", "pattern style", "the one of the theme", readWord([]string{"", "film", "screen", "phosphor"}, func(l *Link) *string { return &l.Style })},
	{"ms", "measurement", "none", readMeasured},
	{"f", "mirror and rotation", "none", readLetters(FlagLetters, func(l *Link) *string { return &l.Flags })},
	{"h", "holder", "none", readHolder},
	{"at", "position", "the centre", func(l *Link, v string) bool {
		n, ok := numberList(v, 2, -20, 20)
		if ok {
			l.AtX, l.AtY = n[0], n[1]
		}
		return ok
	}},
	{"w", "view", "spots", func(l *Link, v string) bool {
		l.Rings = v == "r"
		return v == "r" || v == ""
	}},
	{"c2", "second phase", "none", func(l *Link, v string) bool {
		l.Second = v
		return len(v) <= 100
	}},
	{"or", "orientation relationship", "none", func(l *Link, v string) bool {
		l.Relation = v
		return len(v) <= 200
	}},
	{"u", "cell", "the one of the source", readWord([]string{"", "c", "g"}, func(l *Link) *string { return &l.Cell })},
}

// readZone takes u,v,w; any other text is kept for the grammar of the zone
// field, which needs to know the crystal.
func readZone(l *Link, v string) bool {
	if n, ok := integerList(v, 3, crystal.MaxTypedIndex); ok {
		u := crystal.UVW(n).Reduced()
		if u == (crystal.UVW{}) {
			return false
		}
		l.Zone, l.ZoneText = u, ""
		return true
	}
	if strings.TrimSpace(v) == "" || len(v) > 100 {
		return false
	}
	if n, ok := integerList(v, 3, 999); ok && n == [3]int{} {
		return false
	}
	l.ZoneText = v
	return true
}

func readNumber(low, high float64, field func(*Link) *float64) func(*Link, string) bool {
	return func(l *Link, v string) bool {
		n, ok := numberList(v, 1, low, high)
		if ok {
			*field(l) = n[0]
		}
		return ok
	}
}

func readWord(words []string, field func(*Link) *string) func(*Link, string) bool {
	return func(l *Link, v string) bool {
		if !slices.Contains(words, v) {
			return false
		}
		*field(l) = v
		return true
	}
}

// readLetters takes a set of letters in any order; commas come from the
// repeated keys of a form.
func readLetters(letters string, field func(*Link) *string) func(*Link, string) bool {
	return func(l *Link, v string) bool {
		v = strings.ReplaceAll(v, ",", "")
		if strings.Trim(v, letters) != "" {
			return false
		}
		*field(l) = OrderLetters(v, letters)
		return true
	}
}

// OrderLetters returns the letters of set in the order of all, each once.
func OrderLetters(set, all string) string {
	var b strings.Builder
	for _, c := range all {
		if strings.ContainsRune(set, c) {
			b.WriteRune(c)
		}
	}
	return b.String()
}

func readMeasured(l *Link, v string) bool {
	var points []Point
	between := false
	if v != "" {
		parts := strings.Split(v, ";")
		if len(parts) == 3 && parts[2] == "b" {
			between, parts = true, parts[:2]
		}
		if len(parts) > 2 {
			return false
		}
		for _, p := range parts {
			if free, ok := strings.CutPrefix(p, "p"); ok {
				n, ok := numberList(free, 2, -200, 200)
				if !ok {
					return false
				}
				points = append(points, Point{Free: true, X: n[0], Y: n[1]})
				continue
			}
			n, ok := integerList(p, 3, 999)
			if !ok || n == [3]int{} {
				return false
			}
			points = append(points, Point{HKL: n})
		}
	}
	l.Measured, l.Between = points, between
	return true
}

func readHolder(l *Link, v string) bool {
	if v == "" {
		l.Holder = nil
		return true
	}
	n, ok := numberList(v, 4, -90, 90)
	if !ok || n[2] < 0 || n[3] < 0 {
		return false
	}
	l.Holder = &Holder{n[0], n[1], n[2], n[3]}
	return true
}

// String returns the canonical link with the path of the page.
func (l Link) String() string {
	def := Default()
	var parts []string
	add := func(key, value string) { parts = append(parts, key+"="+value) }
	if l.Newer > Version {
		add("v", strconv.Itoa(l.Newer))
	}
	if l.Crystal != def.Crystal {
		add("c", escapeQuery(l.Crystal))
	}
	if l.ZoneText != "" {
		add("z", escapeQuery(l.ZoneText))
	} else if l.Zone != def.Zone {
		add("z", JoinInts(l.Zone))
	}
	if d := fixed2(l.TiltX) + "," + fixed2(l.TiltY) + "," + fixed2(l.Rotation); d != "0.00,0.00,0.00" {
		add("d", d)
	}
	for _, n := range []struct {
		key         string
		value, deft float64
	}{{"kv", l.KV, def.KV}, {"cl", l.CL, def.CL}, {"t", l.Thickness, def.Thickness}} {
		if text := Trimmed(n.value, 1); text != Trimmed(n.deft, 1) {
			add(n.key, text)
		}
	}
	if l.Model != def.Model {
		add("m", l.Model)
	}
	if l.Overlays != def.Overlays {
		add("o", l.Overlays)
	}
	if l.Style != "" {
		add("p", l.Style)
	}
	if len(l.Measured) > 0 {
		var ms []string
		for _, p := range l.Measured {
			if p.Free {
				ms = append(ms, "p"+Trimmed(p.X, 4)+","+Trimmed(p.Y, 4))
			} else {
				ms = append(ms, JoinInts(p.HKL))
			}
		}
		if l.Between && len(ms) == 2 {
			ms = append(ms, "b")
		}
		add("ms", strings.Join(ms, ";"))
	}
	if l.Flags != "" {
		add("f", l.Flags)
	}
	if h := l.Holder; h != nil {
		add("h", Trimmed(h.Alpha, 2)+","+Trimmed(h.Beta, 2)+","+Trimmed(h.LimitAlpha, 2)+","+Trimmed(h.LimitBeta, 2))
	}
	if at := Trimmed(l.AtX, 3) + "," + Trimmed(l.AtY, 3); at != "0,0" {
		add("at", at)
	}
	if l.Rings {
		add("w", "r")
	}
	if l.Second != "" {
		add("c2", escapeQuery(l.Second))
	}
	if l.Relation != "" && l.Second != "" {
		add("or", escapeQuery(l.Relation))
	}
	if l.Cell != "" {
		add("u", l.Cell)
	}
	parts = append(parts, l.Unknown...)
	if len(parts) == 0 {
		// An address without parameters means the welcome.
		add("v", strconv.Itoa(Version))
	}
	text := Path + "?" + strings.Join(parts, "&")
	if l.Crystal == "cif" && l.Doc != "" {
		text += "#x=" + l.Doc
	}
	return text
}
