package session

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/lean/sorts"
	"zoneaxis/internal/link"
	"zoneaxis/internal/protocol"
	"zoneaxis/internal/scene"
	"zoneaxis/internal/symmetry"
	"zoneaxis/internal/wire"
	"zoneaxis/internal/zones"
)

// onAxis is the angle in rad below which the distance to a zone axis is shown
// as zero.
const onAxis = 0.005 * math.Pi / 180

// capitalName returns the name of the crystal for the start of a sentence.
func (s words) capitalName() string {
	name := s.specimen.name()
	return strings.ToUpper(name[:1]) + name[1:]
}

// sentenceName returns the name for use inside a sentence: a word begins small,
// a formula stays as it is.
func (s words) sentenceName() string {
	name := s.specimen.name()
	for i, r := range name {
		if i > 0 && r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return name // a formula, or more than a common word
		}
	}
	return strings.ToLower(name[:1]) + name[1:]
}

func offAxisText(angle float64) string {
	if angle < onAxis {
		return "on axis"
	}
	return link.Fixed(geom.Degrees(angle), 2) + "° off axis"
}

// offAxisWords says where the beam is from a zone axis: "on", "0.42 degrees from".
func offAxisWords(angle float64) string {
	if angle < onAxis {
		return "on"
	}
	return link.Fixed(geom.Degrees(angle), 2) + " degrees from"
}

// heading returns the text of the page's h1.
func (s words) heading() string {
	if s.Rings {
		return s.capitalName() + ", powder rings, " + link.Trimmed(s.KV, 1) + " kV"
	}
	return s.capitalName() + ", zone axis " + s.zone.Spoken(s.specimen.four) + ", " + link.Trimmed(s.KV, 1) + " kV"
}

// brief describes the picture in one sentence.
func (s words) brief() string {
	if s.Rings {
		return plural(s.drawn.inView, "ring") + " of a powder."
	}
	text := plural(s.drawn.inView, "reflection")
	if s.offAxis >= onAxis {
		text += ", " + link.Fixed(geom.Degrees(s.offAxis), 2) + "° off the zone axis"
	}
	return text + "."
}

// title returns the title of the document.
func (s words) title() string {
	if s.Rings {
		return s.capitalName() + " powder, " + link.Trimmed(s.KV, 1) + " kV"
	}
	return s.capitalName() + " " + protocol.PlainZone(s.zone, s.specimen.four) + ", " + link.Trimmed(s.KV, 1) + " kV"
}

// frameView words what changes at every step of a gesture.
func (s words) frameView() *protocol.Frame {
	s.draw()
	p := s.specimen
	_, _, r := decompose(p.structure.Lattice, s.zone, s.orient)
	zone := protocol.Zone(s.zone, p.four)
	f := &protocol.Frame{
		Zone: zone, OffAxis: offAxisText(s.offAxis), Distance: link.Fixed(geom.Degrees(s.offAxis), 2) + "°",
		On: s.offAxis < onAxis, UVW: s.zone, Rotation: link.Signed(r, 1) + "°", CL: link.Trimmed(s.CL, 1),
		Zoom: link.Trimmed(100*s.CL/link.Default().CL, 0) + thin + "%", InView: s.drawn.inView,
		Empty: s.drawn.inView == 0,
	}
	if f.On {
		f.NearText = protocol.Says("On ").Plus(zone)
	} else {
		f.NearText = protocol.Says(f.Distance + " from ").Plus(zone)
	}
	if s.Rings {
		f.Zone, f.OffAxis, f.On = protocol.Says("Powder rings"), link.Count(s.drawn.inView)+" in view", true
		f.NearText = protocol.Says("Powder: all orientations at once, so nothing here turns it")
	}
	f.Bar, f.Hud, f.Count, f.Of = s.bar(), s.hud(), link.Count(s.drawn.inView)+" in view"+s.modelSuffix(), s.share()
	d := &s.drag
	if f.Detent = d.settle; d.kind == dragSpot || d.kind == dragBand || d.kind == dragRow {
		f.Grabbed = protocol.HKL(d.hkl, p.four)
	}
	return f
}

// hud returns the lines in the corner of the picture.
func (s words) hud() []protocol.Text {
	lines := []protocol.Text{
		protocol.Says(s.beamText()),
		protocol.Says("λ = " + link.Fixed(100*s.beam.Wavelength(), 3) + thin + "pm"),
	}
	if s.isDynamical() {
		if s.drawn.dynamics != nil {
			lines = append(lines, protocol.Says(s.absorptionText()))
		}
		if text := s.convergenceText(); text != "" {
			lines = append(lines, protocol.Says(text))
		}
		lines = append(lines, protocol.Says(s.modelText()))
	}
	return lines
}

// beamText returns the voltage and, where it has a part in the picture, the
// thickness.
func (s words) beamText() string {
	text := link.Trimmed(s.KV, 1) + thin + "kV"
	if s.isDynamical() {
		text += " · " + link.Trimmed(s.Thickness, 1) + thin + "nm"
	}
	return text
}

// The scale bar is a little under this part of the picture's half width.
const barMost = 0.45 * scene.Half

// bar returns the scale bar.
func (s words) bar() protocol.Bar {
	k := 2 * scene.Half / s.side()            // view-box units per Å⁻¹
	n := scene.NiceLength(barMost / (k / 10)) // nm⁻¹
	units := n * k / 10
	text := link.Trimmed(n, 3) + thin + "nm"
	return protocol.Bar{Units: round2(units), Label: protocol.Text{{T: text}, {T: "−1", Sup: true}}}
}

// View returns everything that the page shows in words.
func (s *Session) View() *protocol.View { return s.words().view() }

// Links returns the addresses of the states that the buttons lead to.
func (s *Session) Links() Links { return s.words().links() }

func (s words) view() *protocol.View {
	s.draw()
	p := s.specimen
	group := s.groupSymbol()
	line := protocol.Says(CellText(p.structure.Lattice.Cell(), p.system()))
	phone := protocol.Says(s.beamText())
	if len(group) > 0 {
		line = group.Plus(protocol.Says(" · "), line)
		phone = group.Plus(protocol.Says(" · "), phone)
	}
	v := &protocol.View{
		Frame: *s.frameView(), Heading: s.heading(), Title: s.title(), Summary: s.summary(), Description: s.describe(),
		Phone: phone, Crystal: s.crystalInfo(group, line), Input: protocol.PlainZone(s.zone, p.four),
		Hint: "Zone axis: 110, [1−10], 1,−1,0 or 2 −1 −1 0", Chips: s.chips(),
		Values: s.Values(), Scale: 10 * s.side() / (2 * scene.Half), Waiting: s.waiting(), Refining: s.refining(),
		FlagsText: flagsText(s.Flags), Legend: s.legend(),
		Counts:  protocol.Counts{InView: s.drawn.inView, Double: s.drawn.double, Kikuchi: s.drawn.bands},
		Measure: s.measuring().measureView(), Holder: s.planning().holderView(), Second: s.secondView(), Rows: []protocol.Row{},
	}
	if s.drawn.inView == 0 {
		v.Empty = "No reflections in view. Zoom out, or tilt back to the zone axis."
		if s.Rings {
			v.Empty = "No rings in view. Zoom out, or go back to the middle."
		}
	}
	v.Notes = s.notes()
	v.Off, v.Still, v.Holz = s.off(), s.Rings, s.holzOutside()
	if s.selected != nil {
		v.Detail = s.detail(*s.selected)
	}
	rows := s.rowsOf()
	for i := range rows[:min(len(rows), 20)] {
		v.Rows = append(v.Rows, s.listing().tableRow(&rows[i]))
	}
	return v
}

// notes returns what a person should know about the crystal and the picture.
func (s words) notes() []string {
	notes := slices.Clone(s.specimen.notes)
	if s.specimen.empty {
		notes = append(notes, "The CIF has a cell but no atoms. Positions of the spots are right, intensities are not shown.")
	}
	if text := s.atRest(); text != "" {
		notes = append(notes, text)
	}
	if s.specimen.capped {
		notes = append(notes, "Spots beyond "+link.Trimmed(10*s.specimen.refl.GMax, 1)+" per nanometre are left out: the cell is large, and there would be too many.")
	}
	if s.large {
		notes = append(notes, "This crystal is too large for a link. Send the file, or an exported SVG, along with it.")
	}
	if s.other != nil && s.Rings {
		notes = append(notes, "The rings are those of "+s.sentenceName()+" alone, without the second phase.")
	}
	return notes
}

// off returns the settings that the picture does not depend on.
func (s words) off() []protocol.Off {
	switch {
	case s.Rings:
		return append(undynamical("Powder rings"), protocol.Off{
			Key: "o", Codes: "kdhg", Why: "Powder rings hold all orientations, by single scattering: Kikuchi lines, double diffraction, HOLZ and forbidden spots have no part in them.",
		})
	case s.specimen.empty:
		return append(undynamical("Spots without atoms"),
			protocol.Off{Key: "m", Codes: "d", Why: "The dynamical model needs atoms."},
			protocol.Off{Key: "o", Codes: "dhg", Why: "Without atoms it is not known which spots are HOLZ, forbidden or lit by double diffraction."})
	case s.Model != "d":
		return undynamical("Kinematic spots")
	case s.Absorption != "p":
		return []protocol.Off{{Key: "ar", Why: "It counts when the absorption is by ratio."}}
	}
	return nil
}

// undynamical are the settings that only the dynamical model knows. One of them
// says why for all.
func undynamical(what string) []protocol.Off {
	var off []protocol.Off
	for i := range link.Table {
		if r := &link.Table[i]; r.Model == "d" {
			off = append(off, protocol.Off{Key: r.Key})
		}
	}
	off[0].Why = what + " depend on neither thickness nor absorption."
	return off
}

// holzOutside tells of the ring of the first Laue zone, if it is wanted and the
// picture has nothing of any; nil otherwise. With the zone axis along the unit
// vector v, the sphere about k·z cuts the layer at a height H in a circle of the
// radius √(k² − (H − k v_z)²) whose middle lies at (H − k v_z)(v_x, v_y).
func (s words) holzOutside() *protocol.Outside {
	if !s.has('h') || s.Rings || s.specimen.empty {
		return nil
	}
	for i := range s.scene.Spots {
		spot := &s.scene.Spots[i]
		if spot.Class == wire.HOLZ && s.inPicture(spot.X, spot.Y, 0) {
			return nil
		}
	}
	p := s.specimen
	layers, err := p.refl.Layers(s.zone)
	if err != nil {
		return nil
	}
	radius, ok := layers.Radius(1, s.beam)
	if !ok {
		return &protocol.Outside{Text: protocol.Says("The Ewald sphere reaches no higher Laue zone of this zone axis.")}
	}
	v := s.orient.Apply(p.structure.Lattice.R(s.zone)).Unit()
	height := layers.Spacing - s.beam.K()*v.Z
	x, y := height*v.X-s.atX, height*v.Y-s.atY
	half := s.side() / 2
	near, far := math.Hypot(max(math.Abs(x)-half, 0), max(math.Abs(y)-half, 0)), math.Hypot(math.Abs(x)+half, math.Abs(y)+half)
	out := &protocol.Outside{Text: protocol.Says("The first HOLZ ring has a radius of " + link.Fixed(10*radius, 1) + thin).Plus(perNM)}
	if radius >= near && radius <= far {
		out.Text = out.Text.Plus(protocol.Says(", but none of its spots is bright enough to be seen here."))
		return out
	}
	out.Text = out.Text.Plus(protocol.Says(" and lies outside the picture."))
	// A little more than the circle in the shorter direction of the window.
	if factor := half / (1.05 * (radius + math.Hypot(x, y))); s.CL*factor >= link.Of("cl").Min {
		out.Action = &protocol.Action{Label: "Zoom out to it", Request: &protocol.Request{Op: "zoom", Factor: factor}}
	}
	return out
}

// groupSymbol returns the space group in print.
func (s words) groupSymbol() protocol.Text {
	if s.specimen.setting == nil {
		return nil
	}
	return protocol.Group(s.specimen.setting.Short())
}

func (s words) crystalInfo(group, line protocol.Text) protocol.CrystalView {
	p := s.specimen
	c := protocol.CrystalView{
		ID: s.crystal, Name: p.name(), Formula: protocol.Formula(p.structure.Formula()), Group: group, Line: line,
		Source: p.source, Badge: p.badge, System: p.system(), FourIndex: p.four,
		Reference: p.structure.Reference, Notes: p.notes, Shareable: s.crystal != "cif" || s.doc != "",
	}
	if p.empty {
		c.Formula = nil
	} else if d := p.structure.Density(); d > 0 && !math.IsInf(d, 0) {
		c.Density = link.Fixed(d, 2) + thin + "g/cm³"
	}
	return c
}

// chips returns the common zone axes, each with a link that works without
// scripts.
func (s words) chips() []protocol.Chip {
	p := s.specimen
	on := zones.Representative(p.group, s.zone)
	chips := []protocol.Chip{}
	for _, u := range p.common {
		chips = append(chips, protocol.Chip{
			UVW: u, Text: protocol.Zone(u, p.four), Label: "zone axis " + u.Spoken(p.four),
			Pressed: zones.Representative(p.group, u) == on, Link: s.linkTo(u),
		})
	}
	return chips
}

// linkTo returns the address of the state with a zone axis on the beam.
func (s words) linkTo(u crystal.UVW) string {
	l := s.Link()
	l.Zone, l.TiltX, l.TiltY, l.Rotation = u, 0, 0, 0
	return l.String()
}

// Linked are the linked views for a page without scripts: the stereogram of zone
// axes and the crystal along the beam.
type Linked struct {
	Stereogram, Crystal string // SVG
	Poles               []PoleLink
}

// PoleLink is a zone axis in the stereogram, at X and Y of its view box, and the
// address of the state that has it on the beam.
type PoleLink struct {
	Label, Link string
	X, Y        float64
}

// Linked draws the linked views. Powder has no poles to go to.
func (s *Session) Linked() Linked {
	var v Linked
	var poles []protocol.Pole
	v.Stereogram, poles = s.planning().stereogram(crystal.UVW{})
	v.Crystal, _ = s.planning().crystalView()
	words := s.words()
	if s.Rings {
		return v
	}
	for _, p := range poles {
		v.Poles = append(v.Poles, PoleLink{p.Label, words.linkTo(p.UVW), p.X, p.Y})
	}
	return v
}

// Links are addresses of neighbouring states, for a page without scripts.
type Links struct {
	Up, Down, Left, Right string // tilts by half a degree
	Clockwise, Counter    string // turns by five degrees
	Snap                  string
	ZoomIn, ZoomOut       string
	Holz                  string // zooms out to the HOLZ ring; "" if that is not wanted
}

func (s words) links() Links {
	with := func(o geom.Rotation) string {
		l := s.Link()
		zone, _ := s.specimen.zones.Nearest(o, s.reference)
		l.Zone = zone
		l.TiltX, l.TiltY, l.Rotation = decompose(s.specimen.structure.Lattice, zone, o)
		return l.String()
	}
	tilt := func(x, y float64) string { return with(tilted(s.orient, geom.Radians(x), geom.Radians(y))) }
	zoom := func(f float64) string {
		l := s.Link()
		l.CL = link.Of("cl").Clamped(s.CL * f)
		return l.String()
	}
	holz := ""
	if h := s.holzOutside(); h != nil && h.Action != nil {
		holz = zoom(h.Action.Request.Factor)
	}
	return Links{
		Holz: holz,
		Up:   tilt(0, 0.5), Down: tilt(0, -0.5), Left: tilt(-0.5, 0), Right: tilt(0.5, 0),
		Clockwise: with(turned(s.orient, geom.Radians(-5))), Counter: with(turned(s.orient, geom.Radians(5))),
		Snap:   with(snapped(s.specimen.structure.Lattice, s.zone, s.orient)),
		ZoomIn: zoom(1.25), ZoomOut: zoom(0.8),
	}
}

// flagsText says how the picture differs from the usual one.
func flagsText(flags string) string {
	var words []string
	for _, f := range flags {
		switch f {
		case 'h':
			words = append(words, "mirrored left-right")
		case 'v':
			words = append(words, "mirrored up-down")
		case 'r':
			words = append(words, "rotated 180°")
		case 'n':
			words = append(words, "negative")
		case 'd':
			words = append(words, "seen from the detector")
		}
	}
	text := strings.Join(words, ", ")
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// legend lists the marks that are on the picture.
func (s words) legend() []protocol.Legend {
	l := []protocol.Legend{}
	if s.drawn.bands > 0 {
		l = append(l, protocol.Legend{Class: "kik", Text: "Kikuchi line"})
	}
	var has [256]bool
	for i := range s.scene.Spots {
		has[s.scene.Spots[i].Class] = true
	}
	for _, e := range classLegend {
		if has[e.class] {
			l = append(l, e.Legend)
		}
	}
	if s.other != nil && !s.Rings {
		l = append(l, protocol.Legend{Class: "second", Text: s.secondName()})
	}
	return l
}

func (s words) secondName() string {
	if s.other.twin {
		return "twin"
	}
	return s.other.specimen.name()
}

// summary is one sentence for link previews.
func (s words) summary() string {
	p := s.specimen
	if s.Rings {
		return "Simulated powder electron diffraction of " + s.sentenceName() + " at " + link.Trimmed(s.KV, 1) + " kV."
	}
	where := "along " + protocol.PlainZone(s.zone, p.four)
	if s.offAxis >= onAxis {
		where = link.Fixed(geom.Degrees(s.offAxis), 2) + "° from " + protocol.PlainZone(s.zone, p.four)
	}
	return "Simulated electron diffraction pattern of " + s.sentenceName() + " " + where + " at " + link.Trimmed(s.KV, 1) + " kV. Tilt it, measure it, plan a tilt."
}

// describe writes the state description for assistive technology: facts, units
// as words, every sentence true on its own.
func (s words) describe() string {
	p := s.specimen
	var b strings.Builder
	say := func(parts ...string) {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		for _, part := range parts {
			b.WriteString(part)
		}
	}
	if s.Rings {
		say(s.capitalName(), ", powder rings, ", link.Trimmed(s.KV, 1), " kilovolts.")
		say(plural(s.drawn.inView, "ring"), " in view.")
		for i, r := range s.ringRows() {
			if i == 3 || s.specimen.empty {
				break
			}
			say([]string{"The strongest is ", "The second is ", "The third is "}[i], r.HKL.Spoken(p.four), ", d ", link.Fixed(r.D, 3), " ångström.")
		}
		return b.String()
	}
	say(s.capitalName(), ", ", link.Trimmed(s.KV, 1), " kilovolts, ", offAxisWords(s.offAxis), " zone axis ", s.zone.Spoken(p.four), ".")
	if s.offAxis < onAxis {
		say("The pattern has ", foldWord(s.foldOf(s.zone)), " symmetry.")
	} else {
		say("Along this zone axis the pattern has ", foldWord(s.foldOf(s.zone)), " symmetry.")
	}
	if text := s.brightest(); text != "" {
		say(text)
	}
	if basis, err := zones.NewBasis(p.refl, s.zone); err == nil && !p.empty {
		say("The shortest spacings make an angle of ", link.Trimmed(geom.Degrees(basis.Angle12), 1), " degrees.")
	}
	if s.drawn.inView == 0 {
		say("No reflections in view.")
		return b.String()
	}
	text := plural(s.drawn.inView, "reflection") + " in view"
	if s.drawn.dynamics != nil {
		text += ", with dynamical intensities at " + link.Trimmed(s.Thickness, 1) + " nanometres, " + s.absorptionText()
		if convergence := s.convergenceText(); convergence != "" {
			text += ", " + convergence
		}
	}
	if s.isDraft() {
		text += ", " + s.modelText()
	}
	if n := s.drawn.double; n > 0 {
		text += "; " + link.Count(n) + " can appear by double diffraction"
	}
	say(text, ".")
	if s.drawn.bands > 0 {
		say("Kikuchi lines shown: ", plural(s.drawn.bands, "pair"), ".")
	}
	if text := flagsText(s.Flags); text != "" {
		say(text, ".")
	}
	if s.other != nil {
		say("A second phase is shown: ", s.secondName(), ".")
	}
	return b.String()
}

// foldOf returns the order of the rotation symmetry of the zone-axis pattern of
// u: that of the crystal about u, and at least two, as opposite spots of the
// zeroth zone are equally bright.
func (s words) foldOf(u crystal.UVW) int {
	n := 1
	if g := s.specimen.group; g != nil {
		seen := map[[3][3]int8]bool{}
		for _, op := range g.Representatives() {
			r := op.R
			if op.Det() < 0 {
				for i := range 3 {
					for j := range 3 {
						r[i][j] = -r[i][j]
					}
				}
			}
			if v := (symmetry.Op{R: r}).ApplyUVW(u); crystal.UVW(v) == u {
				seen[r] = true
			}
		}
		n = max(1, len(seen))
	}
	if n%2 == 1 {
		n *= 2
	}
	return n
}

func foldWord(n int) string { return numeral(n) + "-fold" }

// brightest describes the brightest family of spots, unless there is none.
func (s words) brightest() string {
	p := s.specimen
	rows := s.rowsOf()
	if len(rows) == 0 || p.empty {
		return ""
	}
	top := rows[0]
	family := crystal.PlaneFamily(p.group, top.HKL)
	var angles []float64
	for _, r := range rows {
		if r.Intensity >= top.Intensity/2 && slices.Contains(family, r.HKL) {
			// As seen, on a screen that may be turned over.
			if s.scene.MirrorX {
				r.X = -r.X
			}
			if s.scene.MirrorY {
				r.Y = -r.Y
			}
			angles = append(angles, math.Floor(geom.Degrees(angleOf(r))+0.5+1e-7))
		}
	}
	sorts.Func(angles, func(a, b float64) int { return cmp.Compare(a, b) })
	name := crystal.HKL{}
	for _, k := range family {
		if name == (crystal.HKL{}) || crystal.Handier(k, name) {
			name = k
		}
	}
	distance := link.Fixed(10*top.G, 2) + " per nanometre from the centre"
	if len(angles) == 1 {
		return "The brightest spot is " + top.HKL.Spoken(p.four) + ", " + distance + ", at " + link.Trimmed(angles[0], 0) + " degrees."
	}
	var words []string
	for _, a := range angles[:min(len(angles), 12)] {
		words = append(words, link.Trimmed(math.Mod(a, 360), 0))
	}
	return "The brightest spots are the " + numeral(len(angles)) + " " + name.Spoken(p.four) + " reflections, " + distance +
		", at " + list(words) + " degrees."
}

// plural writes a number with its noun.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return link.Count(n) + " " + noun + "s"
}

// list joins words as people do: "a, b and c".
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// numeral writes small numbers as words.
func numeral(n int) string {
	words := []string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"}
	if n < len(words) {
		return words[n]
	}
	return link.Count(n)
}

// thin is the space between a number and its unit.
const thin = "\u2009"
