package session

import (
	"errors"
	"math"
	"strconv"
	"strings"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/link"
	"zoneaxis/internal/protocol"
	"zoneaxis/internal/scene"
	"zoneaxis/internal/zones"
)

// Bounds of the large stereogram.
const (
	netSmall  = 4 // letters, view-box units
	netLarge  = 12
	netPoles  = 400 // beside the common ones, times the zoom
	netZoom   = 12
	netSum    = 6  // of the indices of a direction that is read, if none is asked for
	netMaxSum = 20 // a search through 9,261 directions
	netCoarse = 10 // degrees between the lines of the net
	netFine   = 2  // from netNear on
	netNear   = 4  // times enlarged
)

// direction is what a person's text means on a stereogram: a zone axis, or a plane
// by its normal.
type direction struct {
	given bool
	plane bool
	index crystal.UVW   // of the zone axis, or of the plane
	v     geom.Vec      // in the frame of the crystal, not of unit length
	same  []crystal.UVW // what the Laue class makes equivalent, itself first
}

// direction reads a text; fault says why it cannot be used, "" if it can. An
// empty text is no direction, and no fault.
func (s planning) direction(text string) (d direction, fault string) {
	if strings.TrimSpace(text) == "" {
		return direction{}, ""
	}
	group := s.specimen.group
	in, reply := s.words().parse(text)
	switch {
	case in.OK:
		d = direction{given: true, index: in.UVW, same: zones.Equivalent(group, in.UVW)}
	case in.Action == crystal.UseNormal:
		d = direction{given: true, plane: true, index: crystal.UVW(in.Plane)}
		d.same = []crystal.UVW{d.index}
		if group != nil {
			d.same = d.same[:0]
			for _, h := range group.Equivalents(in.Plane) {
				d.same = append(d.same, crystal.UVW(h))
			}
		}
	default:
		return direction{}, reply.Message.Plain()
	}
	d.v = s.vector(d, d.index)
	return d, ""
}

// vector returns the direction of indices of the kind that d has.
func (s planning) vector(d direction, index crystal.UVW) geom.Vec {
	if d.plane {
		return s.specimen.structure.Lattice.G(crystal.HKL(index))
	}
	return s.specimen.structure.Lattice.R(index)
}

// name returns the direction's indices in their brackets.
func (s planning) name(d direction) protocol.Text {
	if d.plane {
		return protocol.Says("(").Plus(protocol.HKL(crystal.HKL(d.index), s.specimen.four), protocol.Says(")"))
	}
	return protocol.Zone(d.index, s.specimen.four)
}

// doStereonet draws the large stereogram with all that was asked of it, and says
// what that means. A text that cannot be used is a fault of its field; the rest
// is drawn.
func (s *Session) doStereonet(r *protocol.Request, _ []byte, out *protocol.Reply) error {
	n := r.Net
	if n == nil {
		n = &protocol.NetRequest{}
	}
	for _, v := range []float64{n.Zoom, n.CX, n.CY, n.Letters} {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return errors.New("That is no part of the stereogram.")
		}
	}
	return s.planning().net(r.Kind, n, out)
}

func (s planning) net(kind string, n *protocol.NetRequest, out *protocol.Reply) error {
	p := s.specimen
	g := scene.Stereogram{Title: "Stereogram of " + s.words().capitalName(), Dense: true, Zoom: min(max(n.Zoom, 1), netZoom), Letters: min(max(n.Letters, netSmall), netLarge)}
	if g.Zoom > 1 {
		// What is looked at stays inside the circle.
		g.Centre = diffraction.Point{X: n.CX, Y: n.CY}
		if far := math.Hypot(n.CX, n.CY); far > 1 {
			g.Centre = diffraction.Point{X: n.CX / far, Y: n.CY / far}
		}
	}
	if kind == "read" {
		out.Net = &protocol.NetReply{}
		if n.At != nil {
			s.read(&g, *n.At, n.Sum, out.Net)
		}
		return nil
	}
	step := traceStep / g.Zoom
	out.Poles = s.fill(&g, crystal.UVW{}, netPoles)
	out.Net = &protocol.NetReply{Faults: map[string]string{}}
	if n.Lines {
		g.Net = wulff(g.Zoom, step)
	}
	first, fault := s.direction(n.First)
	if fault != "" {
		out.Net.Faults["first"] = fault
	}
	second, fault := s.direction(n.Second)
	if fault != "" {
		out.Net.Faults["second"] = fault
	}
	s.mark(&g, first, "A")
	s.mark(&g, second, "B")
	if first.given && second.given {
		out.Net.Angle = s.between(first, second)
		if axis := first.v.Cross(second.v); n.Great && axis.Norm() > 1e-9*first.v.Norm()*second.v.Norm() {
			g.Circles = append(g.Circles, s.trace(diffraction.GreatCircle(s.orient.Apply(axis)), step))
		}
	}
	if n.Radius != "" {
		if fault := s.smallCircle(&g, first, n.Radius, step, out.Net); fault != "" {
			out.Net.Faults["radius"] = fault
		}
	}
	if n.Family && first.given {
		s.family(&g, first, out.Net)
	}
	out.Alt = "Stereogram of zone axes, " + strconv.Itoa(len(out.Poles)) + " poles. Beam " + offAxisWords(s.offAxis) + " " + s.zone.Spoken(p.four) + "."
	if out.Net.Angle != nil {
		out.Alt += " " + out.Net.Angle.Plain()
	}
	g.Desc = out.Alt
	if kind == "svg" {
		name := s.exporting().fileName() + "_stereogram.svg"
		out.File = &protocol.File{Name: name, Type: "image/svg+xml", Text: string(g.AppendFile(nil)), Toast: "Saved " + name + "."}
		return nil
	}
	out.SVG = string(g.AppendSVG(nil))
	return nil
}

// upper returns where a direction of the crystal is seen: of its two ends the one
// towards the source.
func (s planning) upper(v geom.Vec) diffraction.Point {
	pt, _ := diffraction.Stereographic(s.orient.Apply(v))
	return s.onScreen(pt)
}

func (s planning) mark(g *scene.Stereogram, d direction, letter string) {
	if d.given {
		g.Marks = append(g.Marks, scene.StereoMark{Point: s.upper(d.v), Letter: letter})
	}
}

// between words the angle of two directions and what they have in common.
func (s planning) between(a, b direction) protocol.Text {
	four := s.specimen.four
	angle := geom.Degrees(geom.Angle(a.v, b.v))
	text := s.name(a).Plus(protocol.Says(" to "), s.name(b), protocol.Says(": "+link.Fixed(angle, 2)+"°"))
	if angle > 90.005 {
		text = text.Plus(protocol.Says(", " + link.Fixed(180-angle, 2) + "° between the lines"))
	}
	text = text.Plus(protocol.Says("."))
	if angle < 0.005 || angle > 179.995 || a.plane != b.plane {
		return text
	}
	if a.plane {
		return text.Plus(protocol.Says(" Both planes hold the zone axis "), protocol.Zone(crystal.HKL(a.index).Zone(crystal.HKL(b.index)), four), protocol.Says("."))
	}
	return text.Plus(protocol.Says(" Both lie in the plane ("), protocol.HKL(a.index.Plane(b.index), four), protocol.Says(")."))
}

// smallCircle draws the directions at an angle from the first one; fault says what
// is wrong with the angle.
func (s planning) smallCircle(g *scene.Stereogram, first direction, typed string, step float64, out *protocol.NetReply) (fault string) {
	deg, ok := link.Quantity(typed, "°", 0.1, 179.9)
	if !ok {
		return "A circle has a radius of 0.1° to 179.9°."
	}
	if !first.given {
		return "A circle needs the first direction, about which it is drawn."
	}
	axis := s.orient.Apply(first.v).Unit()
	// The circle about the other end is the same line on the lower hemisphere.
	for _, c := range []diffraction.Circle{{Axis: axis, Cos: math.Cos(geom.Radians(deg))}, {Axis: axis.Neg(), Cos: math.Cos(geom.Radians(deg))}} {
		if points := s.trace(c, step); len(points) > 0 {
			g.Circles = append(g.Circles, points)
		}
	}
	out.Circle = protocol.Says("The circle is "+link.Trimmed(deg, 2)+"° from ").Plus(s.name(first), protocol.Says("."))
	return ""
}

// family draws the poles that the symmetry makes the same as the first direction,
// of each line the end that is seen.
func (s planning) family(g *scene.Stereogram, first direction, out *protocol.NetReply) {
	seen := map[crystal.UVW]bool{}
	for _, u := range first.same {
		if seen[u.Neg()] {
			continue
		}
		seen[u] = true
		v := s.vector(first, u)
		if s.orient.Apply(v).Z < 0 {
			u = u.Neg()
		}
		g.Family = append(g.Family, scene.StereoPole{Point: s.upper(v), UVW: u, Four: s.specimen.four, Plane: first.plane})
	}
	if len(out.Circle) > 0 {
		out.Circle = out.Circle.Plus(protocol.Says(" "))
	}
	if len(seen) == 1 {
		out.Circle = out.Circle.Plus(protocol.Says("No other direction is equivalent to "), s.name(first), protocol.Says("."))
		return
	}
	out.Circle = out.Circle.Plus(protocol.Says(strconv.Itoa(len(seen))+" directions are equivalent to "), s.name(first), protocol.Says(", itself among them."))
}

// read names the direction at a point of the view box: of all with |u|+|v|+|w| up
// to sum the nearest one.
func (s planning) read(g *scene.Stereogram, at [2]float64, sum int, out *protocol.NetReply) {
	pt := g.Disc(at[0], at[1])
	q := pt.X*pt.X + pt.Y*pt.Y
	if !(q <= 1) {
		return
	}
	if sum < 1 {
		sum = netSum
	}
	p := s.specimen
	pt = s.onScreen(pt)
	lab := geom.Vec{X: 2 * pt.X, Y: 2 * pt.Y, Z: 1 - q}
	u, off := nearestDirection(p.structure.Lattice, s.orient.Inverse().Apply(lab), min(sum, netMaxSum))
	beam := link.Fixed(geom.Degrees(geom.Angle(lab, geom.Vec{Z: 1})), 1)
	away := link.Fixed(geom.Degrees(off), 1)
	out.UVW = (*[3]int)(&u)
	out.Typed = protocol.PlainZone(u, p.four)
	out.Reading = protocol.Zone(u, p.four).Plus(protocol.Says(", " + away + "° off; " + beam + "° from the beam"))
	out.Spoken = "Direction " + u.Spoken(p.four) + ", " + away + " degrees off, " + beam + " degrees from the beam."
}

// nearestDirection returns the direction of whole indices, |u|+|v|+|w| up to sum,
// that makes the smallest angle (rad) with v, which must not be zero. Of several
// as near, the one with the smaller sum.
func nearestDirection(l crystal.Lattice, v geom.Vec, sum int) (best crystal.UVW, angle float64) {
	v = v.Unit()
	most := -2.0
	for n := 1; n <= sum; n++ {
		for a := -n; a <= n; a++ {
			rest := n - max(a, -a)
			for b := -rest; b <= rest; b++ {
				c := rest - max(b, -b)
				for _, u := range [2]crystal.UVW{{a, b, c}, {a, b, -c}} {
					if cos := l.R(u).Unit().Dot(v); cos > most+1e-12 {
						most, best = cos, u
					}
				}
			}
		}
	}
	return best, geom.Angle(l.R(best), v)
}

// wulff returns the lines of a Wulff net with its poles at the top and the bottom
// of the screen, every 10°, and every 2° where it is much enlarged.
func wulff(zoom, step float64) (lines [][]diffraction.Point) {
	every := netCoarse
	if zoom >= netNear {
		every = netFine
	}
	for deg := every; deg < 180; deg += every {
		sin, cos := math.Sincos(geom.Radians(float64(deg)))
		lines = append(lines,
			diffraction.GreatCircle(geom.Vec{X: sin, Z: cos}).AppendPoints(nil, step),
			diffraction.Circle{Axis: geom.Vec{Y: 1}, Cos: cos}.AppendPoints(nil, step))
	}
	return lines
}
