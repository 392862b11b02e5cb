package session

import (
	"math"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/protocol"
	"zoneaxis/internal/scene"
	"zoneaxis/internal/wire"
)

// A drag turns the crystal from where it was at the start, by what lies between
// the start and the pointer: the way back leads back exactly.
type drag struct {
	kind   dragKind
	from   geom.Rotation
	start  geom.Vec // Å⁻¹ on the screen
	at     geom.Vec // middle of the picture at the start, Å⁻¹
	g      geom.Vec // lab, Å⁻¹: of the grabbed spot or band
	hkl    crystal.HKL
	moved  bool
	settle bool // at a detent just now
}

type dragKind uint8

const (
	noDrag    dragKind = iota
	dragTilt           // trackball
	dragTwist          // turn in the plane
	dragSpot           // a spot stays under the pointer
	dragBand           // a Kikuchi line stays under the pointer
	dragRow            // a trackball that keeps the row of a spot
	dragPan            // the picture moves along: powder rings know no orientation
)

// The feel of a drag.
const (
	// freeTilt is the tilt in degrees of a drag across the whole picture at the
	// default camera length.
	freeTilt = 30.0
	// Within detentHold degrees of a low-index zone axis a drag rests on it;
	// from there to detentFree it catches up, so that nothing ever jumps.
	detentHold, detentFree = 0.2, 0.6
	grabBand               = 7.0 // view-box units to a line that count as a hit
)

// startDrag begins a drag at a point of the view box.
func (s dragging) startDrag(r *protocol.Request) {
	s.draw()
	x, y := s.scene.FromView(r.X, r.Y)
	d := drag{kind: dragTilt, from: s.orient, start: geom.Vec{X: x, Y: y}, at: geom.Vec{X: s.atX, Y: s.atY}}
	reach := r.Radius
	if !(reach > 0) {
		reach = 12
	}
	switch {
	case s.Rings:
		d.kind = dragPan
	case r.HKL != nil:
		d.kind, d.hkl = dragRow, *r.HKL
		d.g = s.orient.Apply(s.specimen.structure.Lattice.G(d.hkl))
	case r.Twist:
		d.kind = dragTwist
	case s.grabSpot(&d, r.X, r.Y, reach):
		d.kind = dragSpot
	case s.grabLine(&d, r.X, r.Y):
		d.kind = dragBand
	case r.Shift:
		d.kind = dragTwist
	}
	s.drag = d
}

// grabSpot looks for a spot other than 000 under the pointer.
func (s dragging) grabSpot(d *drag, vx, vy, reach float64) bool {
	h, _, ok := s.nearestSpot(vx, vy, min(reach, 16), false)
	if !ok || h == (crystal.HKL{}) {
		return false
	}
	d.hkl, d.g = h, s.orient.Apply(s.specimen.structure.Lattice.G(h))
	return true
}

// grabLine looks for a Kikuchi line under the pointer.
func (s dragging) grabLine(d *drag, vx, vy float64) bool {
	if !s.has('k') || s.Rings {
		return false
	}
	best := grabBand
	p := s.specimen
	half := s.side()/2 + max(math.Abs(s.atX), math.Abs(s.atY))
	for i := range s.memory.bands {
		b := &s.memory.bands[i]
		for _, line := range [...]diffraction.Line{diffraction.Excess, diffraction.Deficiency} {
			s.memory.line = b.Polyline(s.memory.line[:0], line, half, 2)
			if len(s.memory.line) < 2 || !s.lineDrawn(s.memory.line) {
				continue
			}
			ax, ay := s.scene.ToView(s.memory.line[0].X, s.memory.line[0].Y)
			bx, by := s.scene.ToView(s.memory.line[1].X, s.memory.line[1].Y)
			length := math.Hypot(bx-ax, by-ay)
			if dist := math.Abs((bx-ax)*(vy-ay)-(by-ay)*(vx-ax)) / length; length > 0 && dist < best {
				best = dist
				d.hkl, d.g = p.refl.HKL[b.Ref], b.G
			}
		}
	}
	return best < grabBand
}

// lineDrawn reports whether the line through two points is among those drawn:
// not every band is.
func (s dragging) lineDrawn(line []diffraction.Point) bool {
	for i := range s.scene.Lines {
		l := &s.scene.Lines[i]
		// Its first point lies on the line.
		dx, dy := line[1].X-line[0].X, line[1].Y-line[0].Y
		off := func(x, y float64) float64 {
			return math.Abs(dx*(y-line[0].Y)-dy*(x-line[0].X)) / math.Hypot(dx, dy)
		}
		if l.Class == wire.Kikuchi && off(l.X1, l.Y1) < 1e-3 && off(l.X2, l.Y2) < 1e-3 {
			return true
		}
	}
	return false
}

// moveDrag turns the crystal to where the pointer is.
func (s dragging) moveDrag(r *protocol.Request) error {
	d := &s.drag
	if d.kind == noDrag {
		return nil
	}
	s.draw()
	// The scene's frame has not changed since the start: a drag keeps side and
	// centre, but for rings.
	x, y := s.scene.FromView(r.X, r.Y)
	x, y = x-s.scene.CX+d.at.X, y-s.scene.CY+d.at.Y
	move := geom.Vec{X: x - d.start.X, Y: y - d.start.Y}
	d.moved, d.settle = true, false
	lambda := s.beam.Wavelength()
	switch d.kind {
	case dragPan:
		s.atX, s.atY = s.bounded(d.at.X-move.X, d.at.Y-move.Y)
	case dragTwist:
		s.orient = turned(d.from, azimuth(d.start, geom.Vec{X: x, Y: y}))
	case dragSpot:
		s.orient = d.pullSpot(geom.Vec{X: x, Y: y}, move, lambda, r.Shift)
	case dragBand:
		s.orient = d.pullBand(move, lambda, r.Shift)
	case dragRow:
		gain := s.trackball()
		s.orient = tiltedAbout(d.from, d.g, gain*move.X, gain*move.Y)
	default:
		// Shift that is pressed while dragging does not change what a drag does.
		gain := s.trackball()
		s.orient = tilted(d.from, gain*move.X, gain*move.Y)
		if r.Detent {
			s.rest(d)
		}
	}
	return s.refresh()
}

// trackball returns the tilt of a free drag, rad for each Å⁻¹ on the screen.
func (s dragging) trackball() float64 {
	return geom.Radians(freeTilt) / (2 * scene.Half) * s.scene.Scale() * min(max(520/s.CL, 0.1), 2)
}

// azimuth returns the angle at 000 from one point to another, rad,
// counter-clockwise. Near the centre it is 0.
func azimuth(from, to geom.Vec) float64 {
	if math.Hypot(from.X, from.Y) < 1e-6 || math.Hypot(to.X, to.Y) < 1e-6 {
		return 0
	}
	a := math.Atan2(to.Y, to.X) - math.Atan2(from.Y, from.X)
	return math.Remainder(a, 2*math.Pi)
}

// pullSpot keeps a spot under the pointer: around 000 by a turn in the plane.
// Towards and away from 000 the spot itself cannot go; its Kikuchi line goes
// instead, at the pace of the pointer, and with it the spot's excitation error.
// With lock the crystal turns about g alone: the systematic row stays as it is.
func (d *drag) pullSpot(to, move geom.Vec, lambda float64, lock bool) geom.Rotation {
	radial := geom.Vec{X: d.g.X, Y: d.g.Y}.Unit()
	if lock {
		return tiltedAbout(d.from, d.g, lambda*move.X, lambda*move.Y)
	}
	out := lambda * (math.Hypot(to.X, to.Y) - math.Hypot(d.start.X, d.start.Y))
	tiltedOut := tilted(d.from, out*radial.X, out*radial.Y)
	return turned(tiltedOut, azimuth(d.start, to))
}

// pullBand keeps the point of the Kikuchi pattern under the pointer.
func (d *drag) pullBand(move geom.Vec, lambda float64, lock bool) geom.Rotation {
	if lock {
		return tiltedAbout(d.from, d.g, lambda*move.X, lambda*move.Y)
	}
	return tilted(d.from, lambda*move.X, lambda*move.Y)
}

// rest lets the crystal rest on low-index zone axes that it comes close to.
func (s dragging) rest(d *drag) {
	p := s.specimen
	zone, angle := p.zones.Nearest(s.orient, crystal.UVW{})
	if !lowIndex(zone) {
		return
	}
	deg := geom.Degrees(angle)
	hold := detentHold * min(1, 520/s.CL)
	free := detentFree * min(1, 520/s.CL)
	if deg >= free {
		return
	}
	goal := snapped(p.structure.Lattice, zone, s.orient)
	if deg <= hold {
		s.orient, d.settle = goal, true
		return
	}
	keep := (deg - hold) * free / (free - hold) / deg
	d.settle = keep*angle < onAxis
	s.orient = between(goal, s.orient, keep)
}

// lowIndex reports whether a drag may rest on a zone.
func lowIndex(u crystal.UVW) bool {
	sum := 0
	for _, n := range u {
		sum += n * n
	}
	return sum <= 6
}

// glide leads from one orientation to another, for the turn after Go and Snap.
type glide struct{ from, to geom.Rotation }

// at sets the orientation that a frame of the turn shows; the state is to.
func (g *glide) at(t float64) geom.Rotation {
	t = min(max(t, 0), 1)
	if t == 1 {
		return g.to
	}
	t = t * t * (3 - 2*t) // starts and ends at rest
	return between(g.from, g.to, t)
}
