// Package link is the text form of a state of the page: its address. It reads
// and writes links, and the numbers that links, fields and texts are made of.
package link

import (
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
//	kv … u   the settings of Table
//	ms  up to two measured points: h,k,l, or px,y (Å⁻¹) for a free one; "b" at the end measures between them
//	h   holder: α, β, limit of α, limit of β, degrees        none
//	at  middle of the picture, Å⁻¹                           0,0
//	c2, or   second phase and its orientation relationship   none
//
// Defaults are left out (of ab too: without it a link with m=d means none, as it did
// before there was absorption, and any other one t) and the order is this one, so that one state has one
// link. Unknown keys are kept, after the known ones, but for those that track
// readers; what the text around a link leaves at its end is no part of it.
type Link struct {
	Crystal      string
	Doc          string // text of the fragment's x, for Crystal "cif"
	Zone         crystal.UVW
	ZoneText     string // a zone as typed into a form, resolved when the crystal is known; "" if Zone holds it
	TiltX, TiltY float64
	Rotation     float64
	Settings
	Measured         []Point
	Between          bool
	Holder           *Holder
	AtX, AtY         float64
	Second, Relation string
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

// Default returns what the parameters of a link mean that it leaves out.
func Default() Link {
	l := Link{Crystal: "lib-si", Zone: crystal.UVW{0, 0, 1}}
	for i := range Table {
		if r := &Table[i]; r.Default != "" && !r.Read(&l.Settings, r.Default) {
			panic("link: the default of " + r.Key + " is not allowed")
		}
	}
	return l
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
	for pair := range strings.SplitSeq(fragment, "&") {
		if doc, ok := strings.CutPrefix(pair, "x="); ok {
			l.Doc = packed(doc)
		}
	}
	values := splitQuery(query)
	values.onlyOurs()
	if len(values) == 0 && l.Doc == "" {
		return Welcome(), nil
	}
	var problems []Problem
	version, ok := 1, true
	if v, given := values.take("v"); given {
		version, ok = wholeNumber(Meant(v))
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
	bad, said := map[string]bool{}, map[string]bool{}
	for i := range parts {
		p := &parts[i]
		v, given := values.take(p.key)
		v = Meant(v)
		if !given || v == "" && !p.many() {
			continue // an empty field of a form says nothing; no overlays at all is "o="
		}
		if p.key == "m" && v == "rings" { // as the page's form sends it without scripts; we write w=r
			l.Rings = true
			continue
		}
		if !p.parse(&l, v) {
			if p.key == "d" && readShortTilt(&l, v) {
				problems = append(problems, Problem{Key: "d", Text: "The end of this link is missing (tilt). What is not there counts as 0."})
				continue
			}
			bad[p.key] = true
			problems = append(problems, p.problem())
		}
		said[p.key] = true
	}
	for i := range Table {
		if r := &Table[i]; r.Older != "" && !said[r.Key] {
			r.Read(&l.Settings, r.usual(&l.Settings))
		}
	}
	if bad["z"] {
		// A tilt counts from its zone: without one it means nothing.
		l.TiltX, l.TiltY, l.Rotation = 0, 0, 0
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

// part is one key of a link: a setting of Table, or what has functions of its own.
type part struct {
	key            string
	name, fallback string
	// read reports false, and leaves the link alone, if it cannot use the text.
	read func(*Link, string) bool
	// write returns the text, "" for the default.
	write func(*Link) string
}

// parts are the keys in the order of a link.
var parts = arranged()

// arranged puts those of Table between the others.
func arranged() []part {
	all := []part{
		{"c", "crystal", "silicon", readCrystal, func(l *Link) string { return unless(l.Crystal, "lib-si") }},
		{"z", "orientation", "[001]", readZone, writeZone},
		{"d", "tilt", "none", readTilt, func(l *Link) string {
			return unless(fixed2(l.TiltX)+","+fixed2(l.TiltY)+","+fixed2(l.Rotation), "0.00,0.00,0.00")
		}},
	}
	between := map[string][]part{ // those before a setting
		"f": {{"ms", "measurement", "none", readMeasured, writeMeasured}},
		"w": {{"h", "holder", "none", readHolder, writeHolder}, {"at", "position", "the centre", readAt, func(l *Link) string {
			return unless(Trimmed(l.AtX, 3)+","+Trimmed(l.AtY, 3), "0,0")
		}}},
		"u": {{"c2", "second phase", "none", readSecond, func(l *Link) string { return l.Second }}, {"or", "orientation relationship", "none", readRelation, writeRelation}},
	}
	for i := range Table {
		all = append(append(all, between[Table[i].Key]...), part{key: Table[i].Key})
	}
	return all
}

// unless returns "" for the default.
func unless(text, usual string) string {
	if text == usual {
		return ""
	}
	return text
}

// many reports whether an empty text says something: no letter at all.
func (p *part) many() bool { return p.read == nil && Of(p.key).Many }

func (p *part) parse(l *Link, text string) bool {
	if p.read != nil {
		return p.read(l, text)
	}
	return Of(p.key).Read(&l.Settings, text)
}

// text returns what a link says, and whether it is not the default.
func (p *part) text(l *Link) (string, bool) {
	if p.write != nil {
		text := p.write(l)
		return text, text != ""
	}
	r := Of(p.key)
	text := r.Text(&l.Settings)
	return text, text != r.usual(&l.Settings)
}

func (p *part) problem() Problem {
	if r := Of(p.key); r != nil {
		return Problem{Key: p.key, Text: Damaged(r.Name, r.instead())}
	}
	return Problem{Key: p.key, Text: Damaged(p.name, p.fallback)}
}

func readCrystal(l *Link, v string) bool {
	v = strings.TrimSpace(v)
	if v == "" || len(v) > 100 {
		return false
	}
	l.Crystal = v
	return true
}

func readTilt(l *Link, v string) bool {
	n, ok := numberList(v, 3, -360, 360)
	if ok {
		l.TiltX, l.TiltY, l.Rotation = n[0], n[1], n[2]
	}
	return ok
}

// readShortTilt reads the one or two numbers that a cut has left.
func readShortTilt(l *Link, v string) bool {
	missing := 2 - strings.Count(v, ",")
	return missing > 0 && readTilt(l, v+strings.Repeat(",0", missing))
}

func readAt(l *Link, v string) bool {
	n, ok := numberList(v, 2, -MaxAt, MaxAt)
	if ok {
		l.AtX, l.AtY = n[0], n[1]
	}
	return ok
}

func readSecond(l *Link, v string) bool {
	l.Second = v
	return len(v) <= 100
}

func readRelation(l *Link, v string) bool {
	l.Relation = v
	return len(v) <= 200
}

func writeRelation(l *Link) string {
	if l.Second == "" {
		return ""
	}
	return l.Relation
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
	if n, ok := integerList(v, 3, MaxIndex); ok && n == [3]int{} {
		return false
	}
	l.ZoneText = v
	return true
}

func writeZone(l *Link) string {
	if l.ZoneText != "" {
		return l.ZoneText
	}
	return unless(JoinInts(l.Zone), "0,0,1")
}

// What a link can say of spots and points; whoever keeps one in a state that
// becomes a link has to keep to it.
const (
	MaxIndex = 999 // of a spot, in size
	MaxFree  = 200 // coordinates of a measured point, Å⁻¹
	MaxAt    = 20  // coordinates of what is in the middle of the picture, Å⁻¹
)

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
				n, ok := numberList(free, 2, -MaxFree, MaxFree)
				if !ok {
					return false
				}
				points = append(points, Point{Free: true, X: n[0], Y: n[1]})
				continue
			}
			n, ok := integerList(p, 3, MaxIndex)
			if !ok || n == [3]int{} {
				return false
			}
			points = append(points, Point{HKL: n})
		}
	}
	l.Measured, l.Between = points, between
	return true
}

func writeMeasured(l *Link) string {
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
	return strings.Join(ms, ";")
}

func readHolder(l *Link, v string) bool {
	if v == "" {
		l.Holder = nil
		return true
	}
	n, ok := numberList(v, len(Angles), -90, 90)
	if !ok {
		return false
	}
	var h Holder
	for i := range Angles {
		if a := &Angles[i]; n[i] < a.Min || n[i] > a.Max {
			return false
		} else {
			*a.Of(&h) = n[i]
		}
	}
	l.Holder = &h
	return true
}

func writeHolder(l *Link) string {
	if l.Holder == nil {
		return ""
	}
	var text []string
	for i := range Angles {
		text = append(text, Trimmed(*Angles[i].Of(l.Holder), 2))
	}
	return strings.Join(text, ",")
}

// String returns the canonical link with the path of the page.
func (l Link) String() string {
	var all []string
	add := func(key, value string) { all = append(all, key+"="+value) }
	if l.Newer > Version {
		add("v", strconv.Itoa(l.Newer))
	}
	for i := range parts {
		if text, ok := parts[i].text(&l); ok {
			add(parts[i].key, escapeQuery(text))
		}
	}
	all = append(all, l.Unknown...)
	if len(all) == 0 {
		// An address without parameters means the welcome.
		add("v", strconv.Itoa(Version))
	}
	text := Path + "?" + strings.Join(all, "&")
	if l.Crystal == "cif" && l.Doc != "" {
		text += "#x=" + l.Doc
	}
	return text
}
