package scene

import (
	"math"
	"strconv"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/wire"
)

// Layer selects what a drawing holds.
type Layer uint8

const (
	// Full is the whole picture.
	Full Layer = iota
	// Overlay leaves out the lines and discs that the canvas draws.
	Overlay
)

// AppendSVG appends the pattern as an SVG element for the page to dst:
//
//	svg.zap                      viewBox "-420 -420 840 840", sliced
//	  title, desc
//	  g.kik > path.k1 … k4       Kikuchi lines, four strengths
//	  g.rings > circle           powder rings
//	  g.spots > circle           spots, 000 last
//	  g.second > path            spots of the second phase: diamonds
//	  g.holz > path              triangles
//	  g.dd > path.ddr, path.ddc  double diffraction: rings, dots (no dot: not exactly on the axis)
//	  g.forb > path              crosses
//	  g.via > path               arrows along a path of double diffraction
//	  g.sel > circle             the highlighted spot
//	  g.meas > path.m1 .m2 .ma, circle.ring, g.mt > g.l > text
//	  g.labels > g.lab (.lab-dd .lab-holz .lab-forb .lab-second) > g.l > text (tspan.mac: a macron), path.b (bars)
//
// Empty groups are left out. There are no style attributes and no colours: the
// style sheet of the page gives every class its colour and font. Each g.l has
// its origin at the letters, so a style sheet can scale letters against the
// picture; data-size on the svg says for which scale they were placed, if not 1.
func (s *Scene) AppendSVG(dst []byte, layer Layer) []byte {
	w := writer{b: dst}
	w.str(`<svg xmlns="http://www.w3.org/2000/svg" class="zap" viewBox="-420 -420 840 840" preserveAspectRatio="xMidYMid slice" role="img"`)
	if s.size() > 1 {
		w.attr("data-size", s.size())
	}
	w.str(`><title>`)
	w.text(s.Title)
	w.str(`</title><desc>`)
	w.text(s.Desc)
	w.str(`</desc>`)
	w.marks(s, layer)
	w.str(`</svg>`)
	return w.b
}

// writer appends SVG. Without a look it names classes only; with one it adds
// the colours and fonts of a stand-alone file as attributes.
type writer struct {
	b    []byte
	look *look
}

// str is called in some 160 places, which would hold a copy of it each, 15 kB of
// the engine.
//
//go:noinline
func (w *writer) str(s string)  { w.b = append(w.b, s...) }
func (w *writer) text(s string) { w.b = escape(w.b, s) }

// open appends `<tag class="names"`, without the closing bracket. The look
// goes by the last name.
func (w *writer) open(tag, names string) {
	w.str("<")
	w.str(tag)
	w.str(` class="`)
	w.str(names)
	w.str(`"`)
	if w.look != nil {
		w.str(w.look.attributes(names))
	}
}

// attr is not inlined for the same reason as str.
//
//go:noinline
func (w *writer) attr(name string, v float64) { w.b = attr(w.b, name, v) }

func (w *writer) translate(x, y float64) {
	w.str(` transform="translate(`)
	w.b = pair(w.b, x, y)
	w.str(`)"`)
}

// group appends a group around what body appends; nothing if that is nothing.
func (w *writer) group(names string, body func()) {
	at := len(w.b)
	w.open("g", names)
	w.str(">")
	start := len(w.b)
	body()
	if len(w.b) == start {
		w.b = w.b[:at]
		return
	}
	w.str("</g>")
}

// marks appends all groups of marks in drawing order.
func (w *writer) marks(s *Scene, layer Layer) {
	if layer == Full {
		w.group("kik", func() { w.lines(s) })
		w.group("rings", func() { w.rings(s) })
		w.group("spots", func() { w.discs(s) })
	}
	w.group("second", func() { w.glyphs(s, "", wire.SecondPhase, diamond) })
	w.group("holz", func() { w.glyphs(s, "", wire.HOLZ, triangle) })
	w.group("dd", func() {
		w.glyphs(s, "ddr", wire.Double, ringPath)
		w.glyphs(s, "ddc", wire.Double, dot)
	})
	w.group("forb", func() { w.glyphs(s, "", wire.Forbidden, cross) })
	w.group("via", func() { w.arrows(s) })
	w.group("sel", func() { w.selected(s) })
	w.group("meas", func() { w.measure(s) })
	w.group("labels", func() { w.labels(s) })
}

// lineLevels is the number of strengths of Kikuchi lines.
const lineLevels = 4

// lineLevel returns the strength 0 … 3 of a line of the given weight.
func lineLevel(weight float64) int {
	return min(max(int(math.Floor(weight*lineLevels+1e-6)), 0), lineLevels-1)
}

// lineLook returns the width in view-box units and the opacity of a strength.
func lineLook(level int) (width, alpha float64) {
	return 0.8 + 0.17*float64(level), 0.36 + 0.1*float64(level)
}

func (w *writer) lines(s *Scene) {
	for level := range lineLevels {
		started := false
		for i := range s.Lines {
			l := &s.Lines[i]
			if lineLevel(l.Weight) != level {
				continue
			}
			if !started {
				width, alpha := lineLook(level)
				w.open("path", "k"+string(rune('1'+level)))
				w.attr("stroke-width", width)
				w.attr("opacity", alpha)
				w.str(` d="`)
				started = true
			}
			x1, y1 := s.ToView(l.X1, l.Y1)
			x2, y2 := s.ToView(l.X2, l.Y2)
			w.str("M")
			w.b = pair(w.b, x1, y1)
			w.str("L")
			w.b = pair(w.b, x2, y2)
		}
		if started {
			w.str(`"/>`)
		}
	}
}

func (w *writer) rings(s *Scene) {
	cx, cy := s.ToView(0, 0)
	for i := range s.Rings {
		r := &s.Rings[i]
		width, alpha := ringLook(r.Weight)
		w.circle(cx, cy, r.R*s.Scale())
		w.attr("stroke-width", width)
		w.attr("opacity", alpha)
		w.str(`/>`)
	}
}

// ringLook returns the width and opacity of a powder ring.
func ringLook(weight float64) (width, alpha float64) {
	r := math.Pow(min(max(weight, 0), 1), radiusPower)
	return 0.6 + 3.4*r, 0.12 + 0.83*r
}

// circle appends an unclosed circle element.
func (w *writer) circle(x, y, r float64) {
	w.str(`<circle`)
	w.attr("cx", x)
	w.attr("cy", y)
	w.attr("r", r)
}

func (w *writer) discs(s *Scene) {
	for i := range s.Spots {
		spot := &s.Spots[i]
		if spot.Class != wire.Spot || !(spot.R > 0) {
			continue
		}
		if vx, vy := s.ToView(spot.X, spot.Y); inside(vx, vy, spot.R) {
			w.circle(vx, vy, spot.R)
			w.str(`/>`)
		}
	}
}

// glyphs appends one path with a glyph for every spot of a class; nothing if
// there is none.
func (w *writer) glyphs(s *Scene, name string, class wire.Class, glyph func([]byte, float64, float64, float64) []byte) {
	started := false
	for i := range s.Spots {
		spot := &s.Spots[i]
		if spot.Class != class || spot.Hollow && name == "ddc" {
			continue
		}
		vx, vy := s.ToView(spot.X, spot.Y)
		if !inside(vx, vy, spot.R) {
			continue
		}
		if !started {
			if name != "" {
				w.open("path", name)
				w.str(` d="`)
			} else {
				w.str(`<path d="`)
			}
			started = true
		}
		w.b = glyph(w.b, vx, vy, spot.R)
	}
	if started {
		w.str(`"/>`)
	}
}

// triangle appends the outline of a triangle of radius r, point upwards.
func triangle(b []byte, x, y, r float64) []byte {
	b = pair(append(b, 'M'), x, y-r)
	b = pair(append(b, 'l'), 0.866*r, 1.5*r)
	b = num(append(b, 'h'), -1.732*r)
	return append(b, 'z')
}

// diamond appends the outline of a square standing on its corner.
func diamond(b []byte, x, y, r float64) []byte {
	b = pair(append(b, 'M'), x, y-r)
	b = pair(append(b, 'l'), r, r)
	b = next(next(b, -r), r)
	b = next(next(b, -r), -r)
	return append(b, 'z')
}

// cross appends the two strokes of a small ×.
func cross(b []byte, x, y, r float64) []byte {
	b = pair(append(b, 'M'), x-r, y-r)
	b = pair(append(b, 'l'), 2*r, 2*r)
	b = pair(append(b, 'm'), 0, -2*r)
	return pair(append(b, 'l'), -2*r, 2*r)
}

// ringPath appends a circle as part of a path; dashes start anew in each.
func ringPath(b []byte, x, y, r float64) []byte {
	b = pair(append(b, 'M'), x-r, y)
	b = pair(append(b, 'a'), r, r)
	b = pair(append(b, " 0 1 0 "...), 2*r, 0)
	b = pair(append(b, 'a'), r, r)
	b = append(b, " 0 1 0"...)
	b = next(b, -2*r)
	return next(b, 0)
}

// dot appends a point that a round line end turns into a dot.
func dot(b []byte, x, y, _ float64) []byte {
	b = pair(append(b, 'M'), x, y)
	return append(b, "h0"...)
}

// selectRing returns the radius of the ring around a highlighted spot.
func (s *Scene) selectRing(r float64) float64 { return max(r+4*s.size(), 9*s.size()) }

func (w *writer) selected(s *Scene) {
	if s.Selected == nil {
		return
	}
	vx, vy := s.ToView(s.Selected.X, s.Selected.Y)
	if s.Powder && (s.Selected.X != 0 || s.Selected.Y != 0) {
		// Both sides of a powder ring.
		ox, oy := s.ToView(0, 0)
		for _, off := range [2]float64{-5 * s.size(), 5 * s.size()} {
			if r := math.Hypot(vx-ox, vy-oy) + off; r > 0 {
				w.circle(ox, oy, r)
				w.str(`/>`)
			}
		}
		return
	}
	w.circle(vx, vy, s.selectRing(s.markAt(*s.Selected)))
	w.str(`/>`)
}

// Sizes of the arrows of a path, in view-box units.
const (
	arrowGap  = 3.0 // between the tip and the mark that it points at
	arrowHead = 9.0
)

// arrows appends the arrows along Way. Each ends at the edge of the mark that
// lies at its end; one that is too short for that is left out.
func (w *writer) arrows(s *Scene) {
	started := false
	for i := 1; i < len(s.Way); i++ {
		ax, ay := s.ToView(s.Way[i-1].X, s.Way[i-1].Y)
		bx, by := s.ToView(s.Way[i].X, s.Way[i].Y)
		length := math.Hypot(bx-ax, by-ay)
		head := arrowHead * s.size()
		tip := length - s.markAt(s.Way[i]) - arrowGap
		if tip < head {
			continue
		}
		ux, uy := (bx-ax)/length, (by-ay)/length
		x, y := ax+tip*ux, ay+tip*uy
		if !started {
			w.str(`<path d="`)
			started = true
		}
		w.str("M")
		w.b = pair(w.b, ax, ay)
		w.str("L")
		w.b = pair(w.b, x, y)
		// The head: two strokes that meet in the tip.
		back, side := 0.9*head, 0.42*head
		w.str("M")
		w.b = pair(w.b, x-back*ux-side*uy, y-back*uy+side*ux)
		w.str("L")
		w.b = pair(w.b, x, y)
		w.str("L")
		w.b = pair(w.b, x-back*ux+side*uy, y-back*uy-side*ux)
	}
	if started {
		w.str(`"/>`)
	}
}

// markAt returns the radius of the largest mark at a point, view-box units.
func (s *Scene) markAt(p Point) float64 {
	r := 0.0
	for i := range s.Spots {
		if spot := &s.Spots[i]; math.Abs(spot.X-p.X)+math.Abs(spot.Y-p.Y) < 1e-6 {
			r = max(r, spot.R)
		}
	}
	return r
}

// labelClass returns the classes of a label.
func labelClass(c wire.Class) string {
	switch c {
	case wire.Double:
		return "lab lab-dd"
	case wire.HOLZ:
		return "lab lab-holz"
	case wire.Forbidden:
		return "lab lab-forb"
	case wire.SecondPhase:
		return "lab lab-second"
	}
	return "lab"
}

func (w *writer) labels(s *Scene) {
	for i := range s.Labels {
		l := &s.Labels[i]
		w.open("g", labelClass(l.Class))
		w.translate(l.X, l.Y)
		w.str(`><g class="l">`)
		if w.look != nil && w.look.halo != "" {
			w.halo(-l.width()/2-1, -l.top(), l.width()+2, l.top()+1.5)
		}
		if w.look != nil && w.look.outlines {
			w.strokeDigits(l.Text)
		} else {
			w.digits(l.Text, 1)
		}
		w.bars(l.Text, 1)
		w.str(`</g></g>`)
	}
}

// halo appends a box in the colour of the background: stand-alone files cannot
// count on outlined letters being drawn in the right order.
func (w *writer) halo(x, y, width, height float64) { w.ground("", x, y, width, height) }

// ground appends a box in the colour of the background with more attributes.
func (w *writer) ground(more string, x, y, width, height float64) {
	w.str(`<path fill="`)
	w.str(w.look.halo)
	w.str(`" `)
	w.str(more)
	w.str(`d="M`)
	w.b = pair(w.b, x, y)
	w.str("h")
	w.b = num(w.b, width)
	w.str("v")
	w.b = num(w.b, height)
	w.str("h")
	w.b = num(w.b, -width)
	w.str(`z"/>`)
}

// Macron is the sign of a bar in the text of a drawing for the page, which draws
// the bar as a line.
const Macron = `<tspan class="mac">` + "\u0304</tspan>"

// digits appends indices as text, centred on the origin, at k times the size of
// pattern labels. Every digit has its own place, and with it the macron after a
// digit under a bar: it is not to be seen, since bars draws the bar, but whoever
// copies, prints or reads the text has the sign.
func (w *writer) digits(text []crystal.IndexDigit, k float64) {
	var room [12]float64
	places := digitPlaces(room[:0], text)
	w.str(`<text x="`)
	at := 0
	for _, d := range text {
		for range digitsOf(d.Value) {
			if at > 0 {
				w.str(" ") // unlike path data, a list of lengths needs it before a minus too
			}
			w.b = num(w.b, k*places[at])
			if d.Bar {
				w.str(" ")
				w.b = num(w.b, k*places[at])
			}
			at++
		}
	}
	w.str(`">`)
	for _, d := range text {
		if !d.Bar {
			w.b = strconv.AppendInt(w.b, int64(d.Value), 10)
			continue
		}
		for _, digit := range strconv.Itoa(d.Value) {
			w.b = append(w.b, byte(digit))
			w.open("tspan", "mac")
			w.str(">\u0304</tspan>")
		}
	}
	w.str(`</text>`)
}

// bars appends one path with the overbars, thin boxes that can be filled and
// given a halo like the digits.
func (w *writer) bars(text []crystal.IndexDigit, k float64) {
	var room [12]float64
	places := digitPlaces(room[:0], text)
	open := false
	at := 0
	for _, d := range text {
		n := digitsOf(d.Value)
		first, last := places[at], places[at+n-1]
		at += n
		if !d.Bar {
			continue
		}
		if !open {
			w.str(`<path class="b" d="`)
			open = true
		}
		const half, thick = digitPitch/2 - 0.9, 1.1
		w.str("M")
		w.b = pair(w.b, k*(first-half), k*(-capHeight-3.2))
		w.str("h")
		w.b = num(w.b, k*(last-first+2*half))
		w.str("v")
		w.b = num(w.b, k*thick)
		w.str("H")
		w.b = num(w.b, k*(first-half))
		w.str("z")
	}
	if open {
		w.str(`"/>`)
	}
}

// digitPlaces appends the middles of all digits of a label centred on 0.
func digitPlaces(dst []float64, text []crystal.IndexDigit) []float64 {
	l := Label{Text: text}
	x := -l.width()/2 + digitPitch/2
	loose := looseIndices(text)
	for i, d := range text {
		if i > 0 && loose {
			x += indexGap
		}
		for range digitsOf(d.Value) {
			dst = append(dst, x)
			x += digitPitch
		}
	}
	return dst
}
