package scene

import (
	"math"
	"strconv"

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
	place       placer
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
}

// View returns the view-box position of a point of the unit disc.
func (Stereogram) View(p diffraction.Point) (x, y float64) {
	return StereoRadius * p.X, -StereoRadius * p.Y
}

// AppendSVG appends the stereogram to dst:
//
//	svg.stereo
//	  title, desc
//	  circle.pr                      the equator
//	  path.band .b0 .b1 .b2          traces of planes by strength
//	  path.lim, path.way             reach of the holder, path to a target
//	  path.pole.n0 .n1 .n2           zone axes by importance (round line ends make the dots)
//	  path.pole2                     zone axes of the second phase
//	  g.plab > g > text, path.b      labels
//	  path.beam, circle.beam         the beam
//
// Colours are left to the style sheet.
func (s *Stereogram) AppendSVG(dst []byte) []byte {
	w := writer{b: dst}
	w.str(`<svg xmlns="http://www.w3.org/2000/svg" class="stereo" viewBox="-134 -134 268 268" role="img"><title>`)
	w.text(s.Title)
	w.str(`</title><desc>`)
	w.text(s.Desc)
	w.str(`</desc><circle class="pr" r="120"/>`)
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
	for level := 2; level >= 0; level-- {
		w.outline("pole n"+string(rune('0'+level)), func() { w.poles(s, s.Poles, level) })
	}
	w.outline("pole2", func() {
		for level := range 3 {
			w.poles(s, s.Second, level)
		}
	})
	w.group("plab", func() { w.poleLabels(s) })
	w.str(`<path class="beam" d="M-7 0h14M0-7v14"/><circle class="beam" r="6"/></svg>`)
	return w.b
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
			w.str("M")
			w.b = pair(w.b, tenth(x), tenth(y))
			w.str("h0")
		}
	}
}

// poleScale is the size of the stereogram's letters, 12.5, over that of the
// pattern's; polesApart is the air between them.
const (
	poleScale  = 12.5 / LabelSize
	polesApart = 5
)

func (w *writer) poleLabels(s *Stereogram) {
	p := &s.place
	p.reset()
	p.put(rect{-8, -8, 8, 8}) // the beam
	for level := range 2 {
		for i := range s.Poles {
			pole := &s.Poles[i]
			if pole.Level != level {
				continue
			}
			l := Label{Text: crystal.FormatUVW(pole.UVW, pole.Four)}
			x, y := s.View(pole.Point)
			x, y = tenth(x), tenth(y)-6
			if y < -stereoHalf+12 {
				y += 6 + 6 + capHeight*poleScale + 4
			}
			wide := l.width() * poleScale
			x = tenth(min(max(x, -stereoHalf+wide/2+1), stereoHalf-wide/2-1))
			box := rect{x - wide/2 - polesApart, y - l.top()*poleScale - polesApart, x + wide/2 + polesApart, y + polesApart}
			if !p.free(box) {
				continue
			}
			p.put(box)
			w.str(`<g`)
			w.translate(x, y)
			w.str(`>`)
			w.digits(l.Text, poleScale)
			w.bars(l.Text, poleScale)
			w.str(`</g>`)
		}
	}
}

// itoa writes a whole number.
func itoa(n int) string { return strconv.Itoa(n) }
