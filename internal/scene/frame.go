package scene

import "zoneaxis/internal/wire"

// Frame fills f with the marks that the canvas draws: Kikuchi lines, powder
// rings and spots. Everything else is in the Overlay drawing. The
// slices of f are reused.
func (s *Scene) Frame(f *wire.Frame) {
	f.Discs, f.Lines = f.Discs[:0], f.Lines[:0]
	for i := range s.Lines {
		l := &s.Lines[i]
		x1, y1 := s.ToView(l.X1, l.Y1)
		x2, y2 := s.ToView(l.X2, l.Y2)
		width, alpha := lineLook(lineLevel(l.Weight))
		f.Lines = append(f.Lines, wire.Line{
			X1: float32(x1), Y1: float32(y1), X2: float32(x2), Y2: float32(y2),
			Width: float32(width), Alpha: float32(alpha), Class: l.Class,
		})
	}
	s.frameRings(f)
	for i := range s.Spots {
		spot := &s.Spots[i]
		if spot.Class != wire.Spot || !(spot.R > 0) {
			continue
		}
		if vx, vy := s.ToView(spot.X, spot.Y); inside(vx, vy, spot.R) {
			f.Discs = append(f.Discs, wire.Disc{X: float32(vx), Y: float32(vy), R: float32(spot.R), Alpha: 1, Class: wire.Spot})
		}
	}
}

// ringSides is the number of straight pieces of a powder ring on the canvas: at
// the edge of the picture a chord then departs from the circle by less than a
// tenth of a view-box unit.
const ringSides = 144

func (s *Scene) frameRings(f *wire.Frame) {
	for i := range s.Rings {
		ring := &s.Rings[i]
		width, alpha := ringLook(ring.Weight)
		x0, y0 := s.ToView(ring.R, 0)
		for n := 1; n <= ringSides; n++ {
			sin, cos := sincosTurn(n, ringSides)
			x1, y1 := s.ToView(ring.R*cos, ring.R*sin)
			f.Lines = append(f.Lines, wire.Line{
				X1: float32(x0), Y1: float32(y0), X2: float32(x1), Y2: float32(y1),
				Width: float32(width), Alpha: float32(alpha), Class: wire.Spot,
			})
			x0, y0 = x1, y1
		}
	}
}
