package scene

import (
	"math"
)

// measureRing returns the radius of the ring around a measured spot.
func (s *Scene) measureRing(r float64) float64 { return max(r+3.5*s.size(), 10*s.size()) }

// Sizes of a measurement in view-box units.
const (
	letterSize = 15
	arcRadius  = 58.0
)

// measureDrawing holds the view-box positions of a measurement.
type measureDrawing struct {
	ox, oy float64 // 000
	p      [2]measurePlace
	n      int
	// The angle, if there are two directions: its arc about 000 and its text.
	arc          bool
	ax, ay, r    float64
	bx, by       float64
	sweep        int // 1 clockwise on the screen
	textX, textY float64
}

type measurePlace struct {
	x, y, ring       float64
	letterX, letterY float64
}

// drawMeasure lays out the measurement. Letters stand outside the ring, on the
// far side of 000.
func (s *Scene) drawMeasure() (d measureDrawing) {
	m, k := &s.Measure, s.size()
	d.ox, d.oy = s.ToView(0, 0)
	d.n = min(len(m.Points), 2)
	for i := range d.n {
		p := &d.p[i]
		p.x, p.y = s.ToView(m.Points[i].X, m.Points[i].Y)
		if !s.Powder {
			p.ring = s.measureRing(m.Points[i].R)
		}
		dx, dy := p.x-d.ox, p.y-d.oy
		length := math.Hypot(dx, dy)
		if length < 1e-6 {
			dx, dy, length = -1, 0, 1
		}
		p.letterX = p.x + dx/length*(p.ring+10*k)
		p.letterY = p.y + dy/length*(p.ring+10*k) + 5*k
	}
	if d.n < 2 || m.Angle == "" {
		return d
	}
	a := math.Atan2(d.p[0].y-d.oy, d.p[0].x-d.ox)
	b := math.Atan2(d.p[1].y-d.oy, d.p[1].x-d.ox)
	la := math.Hypot(d.p[0].x-d.ox, d.p[0].y-d.oy)
	lb := math.Hypot(d.p[1].x-d.ox, d.p[1].y-d.oy)
	turn := math.Mod(b-a+3*math.Pi, 2*math.Pi) - math.Pi // −π … π
	d.r = min(k*arcRadius, 0.6*la, 0.6*lb)
	mid := a + turn/2
	text := d.r + k*(34-8*math.Abs(math.Sin(mid)))
	d.textX, d.textY = d.ox+text*math.Cos(mid), d.oy+text*math.Sin(mid)+5*k
	if m.Between {
		d.textX, d.textY = (d.p[0].x+d.p[1].x)/2, (d.p[0].y+d.p[1].y)/2-8*k
		return d
	}
	if d.r < 8 {
		return d
	}
	d.arc = true
	d.ax, d.ay = d.ox+d.r*math.Cos(a), d.oy+d.r*math.Sin(a)
	d.bx, d.by = d.ox+d.r*math.Cos(b), d.oy+d.r*math.Sin(b)
	if turn > 0 {
		d.sweep = 1
	}
	return d
}

// reserveMeasure keeps labels off the letters and the angle.
func (s *Scene) reserveMeasure(p *placer) {
	if len(s.Measure.Points) == 0 {
		return
	}
	d, k := s.drawMeasure(), s.size()
	for i := range d.n {
		l := d.p[i]
		p.put(rect{l.letterX - 7*k, l.letterY - 12*k, l.letterX + 7*k, l.letterY + 2*k})
	}
	if !s.Measure.Between && !s.Powder {
		for i := range d.n {
			p.putLine(d.ox, d.oy, d.p[i].x, d.p[i].y)
		}
	}
	if s.Measure.Angle != "" {
		p.put(rect{d.textX - 28*k, d.textY - 13*k, d.textX + 28*k, d.textY + 2*k})
	}
}

// putLine reserves the room along a line.
func (p *placer) putLine(x1, y1, x2, y2 float64) {
	n := math.Ceil(math.Hypot(x2-x1, y2-y1) / 8)
	for i := 0.0; i <= n && n < 1000; i++ {
		x, y := x1+(x2-x1)*i/max(n, 1), y1+(y2-y1)*i/max(n, 1)
		p.put(rect{x - 3, y - 3, x + 3, y + 3})
	}
}

func (w *writer) measure(s *Scene) {
	if len(s.Measure.Points) == 0 {
		return
	}
	d := s.drawMeasure()
	if s.Powder {
		for i := range d.n {
			w.open("circle", mark(i))
			w.attr("cx", d.ox)
			w.attr("cy", d.oy)
			w.attr("r", math.Hypot(d.p[i].x-d.ox, d.p[i].y-d.oy))
			w.str(`/>`)
		}
	} else if s.Measure.Between && d.n == 2 {
		w.stroke("m1", d.p[0].x, d.p[0].y, d.p[1].x, d.p[1].y)
	} else {
		for i := range d.n {
			w.stroke(mark(i), d.ox, d.oy, d.p[i].x, d.p[i].y)
		}
	}
	if d.arc {
		w.open("path", "ma")
		w.str(` d="M`)
		w.b = pair(w.b, d.ax, d.ay)
		w.str("A")
		w.b = pair(w.b, d.r, d.r)
		w.str(" 0 0 ")
		w.b = append(w.b, byte('0'+d.sweep))
		w.b = next(w.b, d.bx)
		w.b = next(w.b, d.by)
		w.str(`"/>`)
	}
	for i := range d.n {
		if s.Powder {
			break
		}
		w.open("circle", "ring "+mark(i))
		w.attr("cx", d.p[i].x)
		w.attr("cy", d.p[i].y)
		w.attr("r", d.p[i].ring)
		w.str(`/>`)
	}
	for i := range d.n {
		w.letters("mt mt"+string(rune('1'+i)), d.p[i].letterX, d.p[i].letterY, string(rune('A'+i)))
	}
	if s.Measure.Angle != "" {
		w.letters("mt mang", d.textX, d.textY, s.Measure.Angle)
	}
}

func mark(i int) string {
	if i == 0 {
		return "m1"
	}
	return "m2"
}

func (w *writer) stroke(class string, x1, y1, x2, y2 float64) {
	w.open("path", class)
	w.str(` d="M`)
	w.b = pair(w.b, x1, y1)
	w.str("L")
	w.b = pair(w.b, x2, y2)
	w.str(`"/>`)
}

func (w *writer) letters(class string, x, y float64, text string) {
	w.open("g", class)
	w.translate(x, y)
	w.str(`><g class="l">`)
	if w.look != nil && w.look.outlines {
		w.strokeText(text, letterSize, 0.12, 0)
	} else {
		w.str(`<text>`)
		w.text(text)
		w.str(`</text>`)
	}
	w.str(`</g></g>`)
}
