package session

import (
	"cmp"
	"math"
	"slices"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/lean/sorts"
	"zoneaxis/internal/link"
	"zoneaxis/internal/orientation"
	"zoneaxis/internal/protocol"
	"zoneaxis/internal/scene"
	"zoneaxis/internal/zones"
)

// Default limits of a double-tilt holder, degrees.
const (
	defaultLimitA = 30
	defaultLimitB = 20
)

// holderNow returns the readings and limits, defaults if none are set.
func (s *moment) holderNow() link.Holder {
	if s.holder != nil {
		return *s.holder
	}
	return link.Holder{LimitAlpha: defaultLimitA, LimitBeta: defaultLimitB}
}

// goniometer returns the holder as the diffraction package knows it, and its
// present readings.
func (s *moment) goniometer() (orientation.Holder, orientation.Tilt) {
	n := s.holderNow()
	la, lb := geom.Radians(n.LimitAlpha), geom.Radians(n.LimitBeta)
	h := orientation.Holder{
		Axis: geom.Radians(s.axis), FlipAlpha: s.flipA, FlipBeta: s.flipB,
		Alpha: orientation.Range{Min: -la, Max: la}, Beta: orientation.Range{Min: -lb, Max: lb},
	}
	return h, orientation.Tilt{Alpha: geom.Radians(n.Alpha), Beta: geom.Radians(n.Beta)}
}

// plan answers how to bring a zone axis onto the beam: the nearest of its
// equivalents within the limits.
func (s planning) plan(zone crystal.UVW) *protocol.Plan {
	p := s.specimen
	l := p.structure.Lattice
	h, now := s.goniometer()
	mount := h.Mount(s.orient, now)
	targets := h.Equivalents(l, p.group, mount, now, zone)
	out := &protocol.Plan{Nearest: []protocol.PlanZone{}}
	zones := p.zones.Zones()
	for _, t := range h.Nearest(l, mount, now, zones, 10) {
		out.Nearest = append(out.Nearest, protocol.PlanZone{
			UVW: t.Zone, Text: protocol.Zone(t.Zone, p.four), Label: "zone axis " + t.Zone.Spoken(p.four),
			Alpha: degrees1(t.Tilt.Alpha), Beta: degrees1(t.Tilt.Beta), Travel: degrees1(t.Travel),
		})
	}
	if len(targets) == 0 {
		return out
	}
	t := targets[0]
	out.Target = protocol.Zone(t.Zone, p.four)
	out.Alpha, out.Beta, out.Travel = degrees1(t.Tilt.Alpha), degrees1(t.Tilt.Beta), degrees1(t.Travel)
	out.Reachable = t.Reachable
	if t.Reachable {
		out.Message = out.Target.Plus(protocol.Says(" is at α " + out.Alpha + ", β " + out.Beta + ", " + out.Travel + " from here."))
		if t.Zone != zone {
			out.Message = out.Message.Plus(protocol.Says(" It is equivalent to "), protocol.Zone(zone, p.four), protocol.Says(" and nearer."))
		}
	} else {
		out.Message = s.unreachable(h, mount, now, t, zones)
	}
	out.Check = s.testTilt(h, now)
	return out
}

// unreachable words a target beyond the limits, with the nearest zone that can
// be reached.
func (s planning) unreachable(h orientation.Holder, mount geom.Rotation, now orientation.Tilt, t orientation.Target, zones []crystal.UVW) protocol.Text {
	p := s.specimen
	n := s.holderNow()
	why := h.Explain(p.structure.Lattice, mount, now, t, zones)
	var limit string
	switch {
	case n.LimitAlpha == n.LimitBeta:
		limit = "Your limit is ±" + link.Trimmed(n.LimitAlpha, 1) + "°."
	case why.AlphaBeyond > 0 && why.BetaBeyond > 0:
		limit = "Your limits are ±" + link.Trimmed(n.LimitAlpha, 1) + "° and ±" + link.Trimmed(n.LimitBeta, 1) + "°."
	case why.AlphaBeyond > 0:
		limit = "Your limit of α is ±" + link.Trimmed(n.LimitAlpha, 1) + "°."
	default:
		limit = "Your limit of β is ±" + link.Trimmed(n.LimitBeta, 1) + "°."
	}
	text := protocol.Zone(t.Zone, p.four).Plus(protocol.Says(" needs α " + degrees1(t.Tilt.Alpha) + ", β " + degrees1(t.Tilt.Beta) + ". " + limit))
	if why.OK {
		text = text.Plus(protocol.Says(" Nearest you can reach: "), protocol.Zone(why.Nearest.Zone, p.four),
			protocol.Says(" at α "+degrees1(why.Nearest.Tilt.Alpha)+", β "+degrees1(why.Nearest.Tilt.Beta)+"."))
	}
	return text
}

// testTilt says what a small tilt must show if the signs are right.
func (s planning) testTilt(h orientation.Holder, now orientation.Tilt) string {
	const step = 2 // degrees
	way := func(to orientation.Tilt) string {
		turn := h.Rotation(to).Mul(h.Rotation(now).Inverse())
		// Where the Kikuchi pattern goes: the transmitted direction of what
		// points up now.
		d := turn.Apply(geom.Vec{Z: -1})
		if s.scene.MirrorX {
			d.X = -d.X
		}
		if s.scene.MirrorY {
			d.Y = -d.Y
		}
		return compass(d.X, d.Y)
	}
	s.draw()
	a, b := now, now
	a.Alpha += geom.Radians(step)
	b.Beta += geom.Radians(step)
	return "Test: with α + 2° the Kikuchi lines must move " + way(a) + " on the screen, with β + 2° " + way(b) +
		". If they go the other way, change that sign."
}

// compass names a direction on the screen, y up.
func compass(x, y float64) string {
	names := []string{"to the right", "up and to the right", "up", "up and to the left", "to the left", "down and to the left", "down", "down and to the right"}
	i := int(math.Floor(math.Atan2(y, x)/(math.Pi/4)+0.5+1e-9)) + 8
	return names[i%8]
}

func degrees1(rad float64) string { return link.Signed(geom.Degrees(rad), 1) + "°" }

// holderView words the holder.
func (s planning) holderView() protocol.HolderView {
	n := s.holderNow()
	v := protocol.HolderView{
		On: s.holder != nil, Alpha: link.Trimmed(n.Alpha, 2), Beta: link.Trimmed(n.Beta, 2),
		LimitAlpha: link.Trimmed(n.LimitAlpha, 2), LimitBeta: link.Trimmed(n.LimitBeta, 2),
		Axis: link.Trimmed(s.axis, 1), FlipAlpha: s.flipA, FlipBeta: s.flipB,
	}
	v.Note = "holder ±" + v.LimitAlpha + "°"
	if v.LimitAlpha != v.LimitBeta {
		v.Note += ", ±" + v.LimitBeta + "°"
	}
	return v
}

// stereoBands is the largest number of planes whose traces the stereogram shows.
const stereoBands = 16

// stereogram draws the zone axes around the beam. target, if not zero, is the
// end of a path of the holder.
func (s planning) stereogram(target crystal.UVW) (svg string, poles []protocol.Pole) {
	g := scene.Stereogram{Title: "Stereogram of zone axes"}
	poles = s.fill(&g, target, linkedPoles)
	return string(g.AppendSVG(nil)), poles
}

// linkedPoles is how many poles beside the common ones the small stereogram has.
const linkedPoles = 90

// onScreen turns a point of the stereogram of directions towards the source into
// one of the screen, and back. The screen shows the pattern from below what the
// axes are: the Kikuchi pattern of an axis that leans to the left is on the right.
// The stereogram shows where to find an axis in the Kikuchi pattern.
func (s planning) onScreen(pt diffraction.Point) diffraction.Point {
	x, y := -pt.X, -pt.Y
	if s.scene.MirrorX {
		x = -x
	}
	if s.scene.MirrorY {
		y = -y
	}
	return diffraction.Point{X: x, Y: y}
}

// trace returns the points of a circle on the screen, at most step (rad) apart.
func (s planning) trace(c diffraction.Circle, step float64) []diffraction.Point {
	points := c.AppendPoints(nil, step)
	for j := range points {
		points[j] = s.onScreen(points[j])
	}
	return points
}

// traceStep is how far apart points of a trace are in the small stereogram, rad.
const traceStep = 0.09

// fill puts planes, poles and the reach of the holder into a stereogram, with the
// way to a target if that is not zero. Beside the common poles it has at most
// most others.
func (s planning) fill(g *scene.Stereogram, target crystal.UVW, most int) (poles []protocol.Pole) {
	s.draw()
	p := s.specimen
	l := p.structure.Lattice
	planes, firsts := s.strongPlanes()
	level := 3
	for i, h := range planes {
		if slices.Contains(firsts, i) {
			level = max(level-1, 0)
		}
		circle := diffraction.GreatCircle(s.orient.Apply(l.G(h)))
		g.Bands = append(g.Bands, scene.StereoBand{Points: s.trace(circle, traceStep/max(g.Zoom, 1)), Level: 2 - level})
	}
	poles = s.addPoles(g, most)
	hold, now := s.goniometer()
	mount := hold.Mount(s.orient, now)
	back := hold.Rotation(now)
	for _, v := range hold.AppendReach(nil, 0.05) {
		d := back.Apply(v)
		if pt, upper := diffraction.Stereographic(d); upper {
			g.Reach = append(g.Reach, s.onScreen(pt))
		}
	}
	if target != (crystal.UVW{}) {
		if t := hold.Equivalents(l, p.group, mount, now, target); len(t) > 0 {
			for _, tilt := range hold.AppendPath(nil, now, t[0].Tilt, 24) {
				if pt, upper := diffraction.Stereographic(back.Apply(hold.Up(tilt))); upper {
					g.Path = append(g.Path, s.onScreen(pt))
				}
			}
		}
	}
	g.Desc = "The beam is near zone axis " + s.zone.Spoken(p.four) + ". The holder reaches ±" +
		link.Trimmed(s.holderNow().LimitAlpha, 1) + " degrees in alpha and ±" + link.Trimmed(s.holderNow().LimitBeta, 1) + " degrees in beta."
	return poles
}

// addPoles puts the zone axes of the upper hemisphere into a stereogram.
func (s planning) addPoles(g *scene.Stereogram, most int) (poles []protocol.Pole) {
	p := s.specimen
	axes := p.zones.Zones()
	common := map[crystal.UVW]int{}
	for i, u := range p.common {
		for _, v := range zones.Equivalent(p.group, u) {
			if _, seen := common[v]; !seen {
				common[v] = i
				common[v.Neg()] = i
			}
		}
	}
	shown := 0
	for _, u := range axes {
		rank, ok := common[u]
		level := 2
		switch {
		case ok && rank < 2:
			level = 0
		case ok && rank < 4:
			level = 1
		case !ok && shown >= most:
			continue
		}
		shown++
		d := s.orient.Apply(p.structure.Lattice.R(u))
		// On the rim both ends of an axis are seen.
		ends := []crystal.UVW{u}
		if d.Z < 0 {
			d, ends[0] = d.Neg(), u.Neg()
		}
		if d.Z < 0.02*d.Norm() {
			ends = append(ends, ends[0].Neg())
		}
		for i, e := range ends {
			v := d
			if i == 1 {
				v = geom.Vec{X: -d.X, Y: -d.Y, Z: d.Z}
			}
			pt, _ := diffraction.Stereographic(v)
			pt = s.onScreen(pt)
			g.Poles = append(g.Poles, scene.StereoPole{Point: pt, UVW: e, Four: p.four, Level: level})
			x, y := g.View(pt)
			poles = append(poles, protocol.Pole{UVW: e, Text: protocol.Zone(e, p.four), Label: "zone axis " + e.Spoken(p.four), X: round2(x), Y: round2(y)})
		}
	}
	if s.other == nil {
		return poles
	}
	q := s.other.specimen
	o := s.orientation2()
	for _, u := range q.zones.Zones()[:min(40, len(q.zones.Zones()))] {
		d := o.Apply(q.structure.Lattice.R(u))
		if d.Z < 0 {
			d = d.Neg()
		}
		pt, _ := diffraction.Stereographic(d)
		g.Second = append(g.Second, scene.StereoPole{Point: s.onScreen(pt), UVW: u, Four: q.four, Level: 2})
	}
	return poles
}

// strongPlanes returns the planes with the widest and strongest bands, whole
// families, one order of each plane; firsts are where the families begin.
func (s planning) strongPlanes() (planes []crystal.HKL, firsts []int) {
	p := s.specimen
	type plane struct {
		h crystal.HKL
		w int64
	}
	var all []plane
	for i, h := range p.visible.HKL {
		if i == 0 || leading(h) != h || p.visible.Len[i] > 1.5 {
			continue
		}
		f := p.visible.F[i]
		// Long spacings make the bands that are seen first.
		all = append(all, plane{h, weightStep(math.Hypot(real(f), imag(f)) / p.visible.Len[i] / p.refl.Max)})
	}
	sorts.Func(all, func(a, b plane) int { return cmp.Or(cmp.Compare(b.w, a.w), compareHKL(a.h, b.h)) })
	for i := 0; i < len(all); {
		start := len(planes)
		j := i
		for ; j < len(all) && all[j].w == all[i].w; j++ {
			h := all[j].h
			if !slices.ContainsFunc(planes, func(k crystal.HKL) bool { return k.Zone(h) == crystal.UVW{} }) {
				planes = append(planes, h)
			}
		}
		if len(planes) > stereoBands {
			return planes[:start], firsts
		}
		if len(planes) > start {
			firsts = append(firsts, start)
		}
		i = j
	}
	return planes, firsts
}

// crystalView draws the crystal along the beam.
func (s planning) crystalView() (svg, alt string) {
	p := s.specimen
	alt = s.words().capitalName() + " along the beam, " + offAxisWords(s.offAxis) + " zone axis " + s.zone.Spoken(p.four) + ". One cell is outlined."
	v := scene.CellView{Structure: p.structure, Orientation: s.orient, Title: "Crystal along the beam", Desc: alt}
	if p.empty {
		none := *p.structure
		none.Sites = nil
		v.Structure = &none
		alt = "The cell along the beam; the file holds no atoms."
		v.Desc = alt
	}
	period := zones.RepeatLength(p.structure.Lattice, p.refl.Translations, s.zone)
	v.Depth = min(max(period, 3), 12)
	return string(v.AppendSVG(nil)), alt
}
