package scene

import (
	"math"
	"strconv"
	"strings"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
)

// StereoRadius is the radius of the stereogram's circle in the units of its
// view box, which runs from −134 to 134 both ways.
const StereoRadius = 120

const stereoHalf = 134

// Stereogram is the linked stereogram of zone axes: the beam is in the middle,
// x and y are those of the pattern's screen.
type Stereogram struct {
	Bands []StereoBand
	Poles []StereoPole
	// Reach is the outline of what the holder can bring onto the beam, points
	// of the unit disc; empty for none. Path leads from here to a target.
	Reach, Path []diffraction.Point
	// Second holds poles of the second phase.
	Second      []StereoPole
	Title, Desc string

	// What only the large stereogram has. Zoom enlarges what is around Centre, a
	// point of the unit disc; 0 counts as 1. Net are the lines of a Wulff net,
	// Circles the great and small circles that were asked for, Family the poles
	// that look the same, Marks the directions that are measured. Dense gives
	// every pole a label that has room, those of the second phase too.
	Zoom         float64
	Centre       diffraction.Point
	Net, Circles [][]diffraction.Point
	Family       []StereoPole
	Marks        []StereoMark
	Dense        bool
	Letters      float64 // size of the letters, view-box units; 0 is 12.5

	place placer
}

// StereoMark is a direction with a letter beside it.
type StereoMark struct {
	Point  diffraction.Point
	Letter string
}

// StereoBand is the trace of a plane as points of the unit disc. Level 0 … 2
// is its strength.
type StereoBand struct {
	Points []diffraction.Point
	Level  int
}

// StereoPole is a zone axis in the stereogram. Level 0 is the most important
// one; poles of level 0 and 1 may get a label.
type StereoPole struct {
	Point diffraction.Point
	UVW   crystal.UVW
	Four  bool
	Level int
	Plane bool // UVW are the indices of a plane, of which this is the normal
}

// label returns the indices with their bars.
func (p *StereoPole) label() Label {
	if p.Plane {
		return Label{Text: crystal.FormatHKL(crystal.HKL(p.UVW), p.Four)}
	}
	return Label{Text: crystal.FormatUVW(p.UVW, p.Four)}
}

// scale returns view-box units per unit of the disc.
func (s *Stereogram) scale() float64 {
	if s.Zoom > 0 {
		return StereoRadius * s.Zoom
	}
	return StereoRadius
}

// View returns the view-box position of a point of the unit disc.
func (s *Stereogram) View(p diffraction.Point) (x, y float64) {
	k := s.scale()
	return k * (p.X - s.Centre.X), -k * (p.Y - s.Centre.Y)
}

// Disc returns the point of the unit disc's plane at a view-box position, the
// inverse of View.
func (s *Stereogram) Disc(x, y float64) diffraction.Point {
	k := s.scale()
	return diffraction.Point{X: s.Centre.X + x/k, Y: s.Centre.Y - y/k}
}

// AppendSVG appends the stereogram to dst:
//
//	svg.stereo
//	  title, desc
//	  circle.pr                      the equator
//	  path.net                       a Wulff net
//	  path.band .b0 .b1 .b2          traces of planes by strength
//	  path.lim, path.way             reach of the holder, path to a target
//	  path.pole.n0 .n1 .n2           zone axes by importance (round line ends make the dots)
//	  path.circ                      great and small circles that were asked for
//	  path.fam                       poles that look the same as the first direction
//	  path.pole2                     zone axes of the second phase
//	  g.plab, g.plab2 > g > text     labels, with path.b for bars; of the second phase
//	  g.mark > circle, text          directions that are measured
//	  path.beam, circle.beam         the beam
//
// Colours are left to the style sheet.
func (s *Stereogram) AppendSVG(dst []byte) []byte {
	w := writer{b: dst}
	w.str(`<svg xmlns="http://www.w3.org/2000/svg" class="stereo" viewBox="-134 -134 268 268" role="img"><title>`)
	w.text(s.Title)
	w.str(`</title><desc>`)
	w.text(s.Desc)
	w.str(`</desc><circle class="pr"`)
	if x, y := s.View(diffraction.Point{}); x != 0 || y != 0 {
		w.attr("cx", tenth(x))
		w.attr("cy", tenth(y))
	}
	w.attr("r", s.scale())
	w.str(`/>`)
	w.outline("net", func() {
		for _, points := range s.Net {
			w.polyline(s, points)
		}
	})
	for level := range 3 {
		w.outline("band b"+string(rune('0'+level)), func() {
			for i := range s.Bands {
				if s.Bands[i].Level == level {
					w.polyline(s, s.Bands[i].Points)
				}
			}
		})
	}
	w.outline("lim", func() {
		if len(s.Reach) > 0 {
			w.polyline(s, s.Reach)
			w.str("z")
		}
	})
	w.outline("way", func() { w.polyline(s, s.Path) })
	w.outline("circ", func() {
		for _, points := range s.Circles {
			w.polyline(s, points)
		}
	})
	for level := 2; level >= 0; level-- {
		w.outline("pole n"+string(rune('0'+level)), func() { w.poles(s, s.Poles, level) })
	}
	w.outline("fam", func() {
		for level := range 3 {
			w.poles(s, s.Family, level)
		}
	})
	w.outline("pole2", func() {
		for level := range 3 {
			w.poles(s, s.Second, level)
		}
	})
	s.place.reset()
	x, y := s.View(diffraction.Point{})
	s.place.put(rect{x - 8, y - 8, x + 8, y + 8}) // the beam
	for _, m := range s.Marks {
		x, y := s.View(m.Point)
		s.place.put(rect{x - 7, y - 7, x + 18, y + 7})
	}
	most := 2
	if s.Dense {
		most = 3
	}
	w.group("plab", func() {
		w.poleLabels(s, s.Family, most)
		w.poleLabels(s, s.Poles, most)
	})
	if s.Dense {
		w.group("plab plab2", func() { w.poleLabels(s, s.Second, most) })
	}
	w.group("mark", func() {
		for _, m := range s.Marks {
			x, y := s.View(m.Point)
			w.circle(tenth(x), tenth(y), 6)
			w.str(`/><text`)
			w.attr("x", tenth(x)+9)
			w.attr("y", tenth(y)+4)
			w.str(`>`)
			w.text(m.Letter)
			w.str(`</text>`)
		}
	})
	beam := `<path class="beam" d="M-7 0h14M0-7v14"/><circle class="beam" r="6"/>`
	if x != 0 || y != 0 {
		w.str(`<g`)
		w.translate(tenth(x), tenth(y))
		w.str(`>` + beam + `</g></svg>`)
	} else {
		w.str(beam + `</svg>`)
	}
	return w.b
}

// stereoStyle gives a stereogram in a file of its own the colours that a page has
// in its style sheet.
const stereoStyle = `<style>` +
	`.stereo{background:#fff;font-family:Inter,'Helvetica Neue',Arial,sans-serif}` +
	`.pr,.band,.way,.lim,.net,.circ{fill:none;stroke:#0A0C0F;stroke-width:.8}` +
	`.net{stroke-width:.25;opacity:.5}.circ{stroke:#B4500A;stroke-width:1.2}.lim{stroke:#8F2A00;stroke-dasharray:5 3}` +
	`.band{stroke:#0072B2;stroke-width:.5;opacity:.45}.b1{stroke-width:.7;opacity:.7}.b0{stroke-width:.9;opacity:1}` +
	`.pole{fill:none;stroke:#0A0C0F;stroke-linecap:round;stroke-width:6.8}.n1{stroke-width:4.8}.n2{stroke-width:2.8}` +
	`.fam{fill:none;stroke:#B4500A;stroke-linecap:round;stroke-width:7}` +
	`.pole2{fill:none;stroke:#9600F0;stroke-linecap:round;stroke-width:3.2}` +
	`.plab{fill:#3A424D;text-anchor:middle;paint-order:stroke;stroke:#fff;stroke-width:2}.plab2{fill:#9600F0}` +
	`.mark circle{fill:none;stroke:#B4500A;stroke-width:1.6}.mark text{font-weight:600;fill:#B4500A;paint-order:stroke;stroke:#fff;stroke-width:2}` +
	`circle.beam{fill:none;stroke:#8F2A00}path.beam{stroke:#8F2A00}` +
	`</style>`

// AppendFile appends the stereogram as a file that needs nothing else: 804 units
// wide, with its colours and its letters as text.
func (s *Stereogram) AppendFile(dst []byte) []byte {
	svg := string(s.AppendSVG(nil))
	svg = strings.Replace(svg, `<svg `, `<svg width="804" height="804" font-size="`+string(num(nil, s.letters()))+`" `, 1)
	return append(dst, strings.Replace(svg, `</desc>`, `</desc>`+stereoStyle, 1)...)
}

// outline appends a path with the data that body appends; nothing if that is
// nothing.
func (w *writer) outline(class string, body func()) {
	at := len(w.b)
	w.str(`<path class="` + class + `" d="`)
	start := len(w.b)
	body()
	if len(w.b) == start {
		w.b = w.b[:at]
		return
	}
	w.str(`"/>`)
}

// polyline appends points of the unit disc as one line of a path. One decimal
// is a twentieth of a pixel at the size of this view.
func (w *writer) polyline(s *Stereogram, points []diffraction.Point) {
	for i, p := range points {
		x, y := s.View(p)
		if i == 0 {
			w.str("M")
		} else if i == 1 {
			w.str("L")
		}
		x, y = tenth(x), tenth(y)
		if i > 1 {
			w.b = next(w.b, x)
		} else {
			w.b = num(w.b, x)
		}
		w.b = next(w.b, y)
	}
}

// tenth rounds to one decimal.
func tenth(v float64) float64 { return math.Floor(v*10+0.5000001) / 10 }

func (w *writer) poles(s *Stereogram, poles []StereoPole, level int) {
	for i := range poles {
		if p := &poles[i]; p.Level == level {
			x, y := s.View(p.Point)
			if s.Zoom > 1 && max(math.Abs(x), math.Abs(y)) > stereoHalf+10 {
				continue
			}
			w.str("M")
			w.b = pair(w.b, tenth(x), tenth(y))
			w.str("h0")
		}
	}
}

// stereoLetters is the size of the small stereogram's letters; the air between
// two labels is two fifths of it.
const stereoLetters = 12.5

func (s *Stereogram) letters() float64 {
	if s.Letters > 0 {
		return s.Letters
	}
	return stereoLetters
}

// poleLabels writes the labels of poles below a level, the most important first,
// where they have room.
func (w *writer) poleLabels(s *Stereogram, poles []StereoPole, most int) {
	p := &s.place
	letters := s.letters()
	k, apart := letters/LabelSize, 0.4*letters
	for level := range most {
		for i := range poles {
			pole := &poles[i]
			if pole.Level != level {
				continue
			}
			x, y := s.View(pole.Point)
			if s.Zoom > 1 && max(math.Abs(x), math.Abs(y)) > stereoHalf {
				continue
			}
			l := pole.label()
			x, y = tenth(x), tenth(y)-apart-1
			if y < -stereoHalf+letters {
				y += 2*(apart+1) + capHeight*k + 4
			}
			wide := l.width() * k
			x = tenth(min(max(x, -stereoHalf+wide/2+1), stereoHalf-wide/2-1))
			box := rect{x - wide/2 - apart, y - l.top()*k - apart, x + wide/2 + apart, y + apart}
			if !p.free(box) {
				continue
			}
			p.put(box)
			w.str(`<g`)
			w.translate(x, y)
			w.str(`>`)
			w.digits(l.Text, k)
			w.bars(l.Text, k)
			w.str(`</g>`)
		}
	}
}

// itoa writes a whole number.
func itoa(n int) string { return strconv.Itoa(n) }
