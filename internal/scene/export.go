package scene

import (
	"math"
	"strings"
)

// Sheet says what a stand-alone file shows beside the pattern.
type Sheet struct {
	Style    string // film, screen, phosphor
	Labels   bool
	Bar      *SheetBar // nil for none
	Legend   []LegendEntry
	Caption  []string // lines under the picture
	Clear    bool     // no background
	Outlines bool     // letters as strokes, so that no font is needed
	// Link and State go into the metadata: dropping the file on the page brings
	// the session back. State is the snapshot of the session.
	Link, State string
}

// SheetBar is the scale bar: Units view-box units long.
type SheetBar struct {
	Units float64
	Label string // "5 nm⁻¹" is written "5 nm" with a raised "−1": Label "5 nm", Raised "−1"
	Power string
}

// LegendEntry is one line of the legend. Class is a class of the drawing: kik,
// holz, dd, forb or second.
type LegendEntry struct{ Class, Text string }

// stateTag opens the metadata of our own files.
const stateTag = `<session xmlns="urn:zoneaxis:session"`

// AppendFile appends the pattern as a stand-alone SVG document to dst: all
// colours and fonts are attributes, the text is text (or strokes with
// Outlines), nothing is fetched from elsewhere.
func (s *Scene) AppendFile(dst []byte, sheet Sheet) []byte {
	l := &look{Palette: PaletteOf(sheet.Style), outlines: sheet.Outlines}
	if !sheet.Clear {
		l.halo = l.Class[0]
	}
	w := writer{b: dst, look: l}
	height := 2.0 * Half
	if len(sheet.Caption) > 0 {
		height += 18 + 20*float64(len(sheet.Caption))
	}
	w.str(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="-420 -420 840 `)
	w.b = num(w.b, height)
	w.str(`" width="840"`)
	w.attr("height", height)
	w.str(` role="img"><title>`)
	w.text(s.Title)
	w.str(`</title><desc>`)
	w.text(s.Desc)
	w.str(`</desc><metadata>` + stateTag + ` link="`)
	w.text(sheet.Link)
	w.str(`">`)
	w.text(sheet.State)
	w.str(`</session></metadata>`)
	if !sheet.Clear {
		w.str(`<path fill="` + l.Class[0] + `" d="M-420-420h840v`)
		w.b = num(w.b, height)
		w.str(`h-840z"/>`)
	}
	w.str(`<clipPath id="frame"><path d="M-420-420h840v840h-840z"/></clipPath><g clip-path="url(#frame)">`)
	labels, selected := s.Labels, s.Selected
	s.Selected = nil
	if !sheet.Labels {
		s.Labels = nil
	}
	w.marks(s, Full)
	s.Labels, s.Selected = labels, selected
	w.str(`</g>`)
	w.legend(sheet.Legend)
	w.bar(sheet.Bar)
	for i, line := range sheet.Caption {
		w.line(line, -400, Half+26+20*float64(i), 14, -1)
	}
	w.str(`</svg>`)
	return w.b
}

// line appends one line of plain text.
func (w *writer) line(text string, x, y, size float64, align int) {
	w.str(`<g`)
	w.str(w.look.ink(w.look.Label))
	w.translate(x, y)
	w.str(`>`)
	if w.look.outlines {
		w.strokeText(text, size, 0.09, align)
	} else {
		w.str(`<text font-family="` + fontFamily + `"`)
		w.attr("font-size", size)
		if align == 0 {
			w.str(` text-anchor="middle"`)
		}
		w.str(`>`)
		w.text(text)
		w.str(`</text>`)
	}
	w.str(`</g>`)
}

// textWidth estimates the width of a line of Inter in em of its size.
func textWidth(text string) float64 {
	width := 0.0
	for _, r := range text {
		switch {
		case strings.ContainsRune("ijl.,:;'|![]()ftr I", r):
			width += 0.36
		case r == 'm' || r == 'w' || r == 'M' || r == 'W' || r == '%':
			width += 0.86
		default:
			width += 0.62
		}
	}
	return width
}

func (w *writer) box(x, y, width, height float64) {
	if w.look.halo == "" {
		return
	}
	w.ground(`fill-opacity=".8" `, x, y, width, height)
}

// legend appends the legend at the lower left.
func (w *writer) legend(entries []LegendEntry) {
	if len(entries) == 0 {
		return
	}
	wide := 0.0
	for _, e := range entries {
		wide = max(wide, textWidth(e.Text))
	}
	n := float64(len(entries))
	w.box(-412, Half-12-20*n, 44+13*wide, 20*n+4)
	for i, e := range entries {
		y := Half - 20*(n-float64(i)) + 2
		w.open("g", e.Class)
		w.str(`>`)
		const x = -392
		switch e.Class {
		case "kik":
			w.str(`<path stroke-width="1.6" d="M`)
			w.b = pair(w.b, x-10, y)
			w.str(`h20"/>`)
		case "dd":
			w.open("path", "ddr")
			w.str(` d="`)
			w.b = ringPath(w.b, x, y, RingRadius)
			w.str(`"/>`)
			w.open("path", "ddc")
			w.str(` d="`)
			w.b = dot(w.b, x, y, 0)
			w.str(`"/>`)
		default:
			w.str(`<path d="`)
			switch e.Class {
			case "holz":
				w.b = triangle(w.b, x, y+1, 5)
			case "forb":
				w.b = cross(w.b, x, y, CrossRadius)
			case "second":
				w.b = diamond(w.b, x, y, 6)
			}
			w.str(`"/>`)
		}
		w.str(`</g>`)
		w.line(e.Text, x+18, y+4.5, 13, -1)
	}
}

// bar appends the scale bar at the lower right.
func (w *writer) bar(bar *SheetBar) {
	if bar == nil || !(bar.Units > 0) {
		return
	}
	const right, y = Half - 24, Half - 24.0
	w.box(right-bar.Units-8, y-26, bar.Units+16, 36)
	w.str(`<path fill="none" stroke="` + w.look.Label + `" stroke-width="3" d="M`)
	w.b = pair(w.b, right-bar.Units, y)
	w.str("h")
	w.b = num(w.b, bar.Units)
	w.str(`"/>`)
	middle := right - bar.Units/2
	if w.look.outlines {
		w.line(bar.Label, middle-5, y-9, 14, 0)
		w.line(bar.Power, middle+7*textWidth(bar.Label)-3, y-15, 10, -1)
		return
	}
	w.str(`<text`)
	w.str(w.look.ink(w.look.Label))
	w.str(` font-family="` + fontFamily + `" font-size="14" text-anchor="middle"`)
	w.attr("x", middle)
	w.attr("y", y-9)
	w.str(`>`)
	w.text(bar.Label)
	if bar.Power != "" {
		w.str(`<tspan dy="-5" font-size="10">`)
		w.text(bar.Power)
		w.str(`</tspan>`)
	}
	w.str(`</text>`)
}

// FileState returns the link and the state that AppendFile put into a file; ok
// is false if the file is not one of ours.
func FileState(data []byte) (link, state string, ok bool) {
	head := string(data[:min(len(data), 1<<20)])
	_, rest, ok := strings.Cut(head, stateTag)
	if !ok {
		return "", "", false
	}
	tag, rest, ok := strings.Cut(rest, ">")
	if !ok {
		return "", "", false
	}
	state, _, ok = strings.Cut(rest, "</session>")
	if !ok {
		return "", "", false
	}
	if _, value, found := strings.Cut(tag, `link="`); found {
		link, _, _ = strings.Cut(value, `"`)
	}
	plain := strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">", "&quot;", `"`)
	return plain.Replace(link), plain.Replace(state), true
}

// NiceLength returns the length of a scale bar: 1, 2 or 5 times a power of ten,
// not longer than most, in the same unit.
func NiceLength(most float64) float64 {
	if !(most > 0) || math.IsInf(most, 0) {
		return 0
	}
	p := math.Pow(10, math.Floor(math.Log10(most)+1e-9))
	for _, f := range []float64{5, 2, 1} {
		if f*p <= most*(1+1e-9) {
			return f * p
		}
	}
	return p
}
