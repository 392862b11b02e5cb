package scene

import (
	"cmp"
	"math"
	"slices"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/wire"
)

// Label is a set of indices beside its spot. The digits are drawn one by one at
// a fixed pitch, so bars sit over their digits in any font.
type Label struct {
	X, Y  float64 // view-box position of the middle of the baseline
	Text  []crystal.IndexDigit
	Class wire.Class
	HKL   crystal.HKL
}

// Sizes of labels in view-box units. The pitch is the width of a tabular digit
// of Inter, 0.648 of the font size.
const (
	LabelSize  = 13
	digitPitch = 8.4
	indexGap   = 3.2 // extra room between indices when one has two digits or there are four
	capHeight  = 9.5
	barRise    = 4.5 // top of the bar above the digits
	labelGap   = 6   // between a disc's edge and the label
	// Discs of plainLabelR and more get a label, smaller ones only while there
	// are fewer than fewLabels, and none below minLabelR. Marks of absent
	// reflections, all alike, get maxMarkLabels.
	maxLabels     = 40
	plainLabelR   = 5.4
	fewLabels     = 9
	minLabelR     = 1.6
	maxMarkLabels = 4
)

// width returns the width of a label in view-box units.
func (l *Label) width() float64 {
	digits, gaps := 0, 0.0
	loose := looseIndices(l.Text)
	for i, d := range l.Text {
		digits += digitsOf(d.Value)
		if i > 0 && loose {
			gaps += indexGap
		}
	}
	return float64(digits)*digitPitch + gaps
}

// top returns the height of a label above its baseline in view-box units.
func (l *Label) top() float64 {
	for _, d := range l.Text {
		if d.Bar {
			return capHeight + barRise
		}
	}
	return capHeight
}

// looseIndices reports whether indices need room between them to be read: one
// of them has two digits.
func looseIndices(t []crystal.IndexDigit) bool {
	for _, d := range t {
		if d.Value > 9 {
			return true
		}
	}
	return false
}

func digitsOf(v int) int {
	switch {
	case v > 99:
		return 3
	case v > 9:
		return 2
	}
	return 1
}

type rect struct{ x0, y0, x1, y1 float64 }

func (r rect) meets(s rect) bool { return r.x0 < s.x1 && s.x0 < r.x1 && r.y0 < s.y1 && s.y0 < r.y1 }

// placer finds free room for labels. It divides the picture into square cells
// and keeps what stands in each.
type placer struct {
	order []int32
	cells [gridSide * gridSide][]rect
}

const (
	cellSize = 42.0
	gridSide = 22 // one cell of margin on each side
)

func (p *placer) reset() {
	p.order = p.order[:0]
	for i := range p.cells {
		p.cells[i] = p.cells[i][:0]
	}
}

func cellOf(v float64) int {
	return min(max(int(math.Floor((v+Half)/cellSize))+1, 0), gridSide-1)
}

func (p *placer) put(r rect) {
	for y := cellOf(r.y0); y <= cellOf(r.y1); y++ {
		for x := cellOf(r.x0); x <= cellOf(r.x1); x++ {
			p.cells[y*gridSide+x] = append(p.cells[y*gridSide+x], r)
		}
	}
}

func (p *placer) free(r rect) bool {
	if r.x0 < -Half || r.x1 > Half || r.y0 < -Half || r.y1 > Half {
		return false
	}
	for y := cellOf(r.y0); y <= cellOf(r.y1); y++ {
		for x := cellOf(r.x0); x <= cellOf(r.x1); x++ {
			for _, other := range p.cells[y*gridSide+x] {
				if r.meets(other) {
					return false
				}
			}
		}
	}
	return true
}

// PlaceLabels chooses the spots that get their indices written beside them and
// fills Labels: the strongest first, each above, below, right or left of its
// spot, wherever nothing else stands; a label without room is left out.
func (s *Scene) PlaceLabels() {
	s.Labels = s.Labels[:0]
	p := &s.place
	p.reset()
	for i := range s.Spots {
		spot := &s.Spots[i]
		vx, vy := s.ToView(spot.X, spot.Y)
		if !inside(vx, vy, spot.R) {
			continue
		}
		// Specks do not hide digits, and there may be thousands of them.
		if spot.R >= 1.6 {
			r := s.reach(spot) - 1
			p.put(rect{vx - r, vy - r, vx + r, vy + r})
		}
		if spot.Rank > 0 && (spot.R >= minLabelR*s.size() || spot.Class == wire.Background) {
			p.order = append(p.order, int32(i))
		}
	}
	s.reserveMeasure(p)
	for i := 1; i < len(s.Way); i++ {
		ax, ay := s.ToView(s.Way[i-1].X, s.Way[i-1].Y)
		bx, by := s.ToView(s.Way[i].X, s.Way[i].Y)
		p.putLine(ax, ay, bx, by)
	}
	slices.SortFunc(p.order, func(i, j int32) int {
		a, b := &s.Spots[i], &s.Spots[j]
		return cmp.Or(cmp.Compare(quantum(b.Rank), quantum(a.Rank)),
			cmp.Compare(b.HKL[0], a.HKL[0]), cmp.Compare(b.HKL[1], a.HKL[1]), cmp.Compare(b.HKL[2], a.HKL[2]),
			cmp.Compare(a.Class, b.Class))
	})
	// Beyond some number of tries the picture is full.
	marks := 0
	for _, i := range p.order[:min(len(p.order), 6*maxLabels)] {
		if len(s.Labels) == maxLabels {
			break
		}
		spot := &s.Spots[i]
		switch spot.Class {
		case wire.Double, wire.Forbidden:
			if marks == maxMarkLabels {
				continue
			}
			if s.placeOne(p, spot) {
				marks++
			}
			continue
		case wire.Spot, wire.HOLZ, wire.SecondPhase:
			if spot.R < plainLabelR*s.size() && len(s.Labels)-marks >= fewLabels {
				continue
			}
		}
		s.placeOne(p, spot)
	}
}

// reach returns the radius that keeps labels away from a spot: its own, or that
// of the ring drawn around it.
func (s *Scene) reach(spot *Spot) float64 {
	r := spot.R
	for _, m := range s.Measure.Points {
		if math.Abs(m.X-spot.X)+math.Abs(m.Y-spot.Y) < 1e-6 {
			r = max(r, s.measureRing(m.R))
		}
	}
	if s.Selected != nil && math.Abs(s.Selected.X-spot.X)+math.Abs(s.Selected.Y-spot.Y) < 1e-6 {
		r = max(r, s.selectRing(spot.R))
	}
	return r
}

// placeOne places the label of one spot, if there is room for it.
func (s *Scene) placeOne(p *placer, spot *Spot) bool {
	l := Label{Text: crystal.FormatHKL(spot.HKL, spot.Four), Class: spot.Class, HKL: spot.HKL}
	vx, vy := s.ToView(spot.X, spot.Y)
	k := s.size()
	r, w := s.reach(spot), k*l.width()
	top, gap, half := k*l.top(), k*labelGap, k*capHeight/2
	candidates := [4]Point{
		{vx, vy - r - gap},
		{vx, vy + r + gap + top - 1},
		{vx + r + gap - 1 + w/2, vy + half},
		{vx - r - gap + 1 - w/2, vy + half},
	}
	if spot.HKL == (crystal.HKL{}) {
		// 000 keeps out of the rows of spots: right and below first.
		candidates[0] = Point{vx + r + 6.5*k, vy + r + 13.5*k}
	}
	if spot.Class == wire.Background {
		// On its powder ring: where the spot is, or a little further round.
		ox, oy := s.ToView(0, 0)
		dx, dy := vx-ox, vy-oy
		for i, sin := range [4]float64{0, 0.17, -0.17, 0.34} {
			cos := math.Sqrt(1 - sin*sin)
			candidates[i] = Point{ox + cos*dx - sin*dy, oy + sin*dx + cos*dy + half}
		}
	}
	for _, c := range candidates {
		box := rect{c.X - w/2 - 1.5, c.Y - top - 1, c.X + w/2 + 1.5, c.Y + 1.5}
		if p.free(box) {
			p.put(box)
			l.X, l.Y = tenth(c.X), tenth(c.Y)
			s.Labels = append(s.Labels, l)
			return true
		}
	}
	return false
}
