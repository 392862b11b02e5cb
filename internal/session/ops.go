package session

import (
	"errors"
	"math"
	"slices"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/link"
	"zoneaxis/internal/protocol"
	"zoneaxis/internal/zones"
)

func (s *Session) doOpen(r *protocol.Request, payload []byte, out *protocol.Reply) error {
	if err := s.take(payload); err != nil {
		return err
	}
	l, problems := link.Parse(r.Link)
	more, err := s.apply(l, true)
	if errors.Is(err, errNoCrystal) || err != nil && !errors.Is(err, ErrNeed) {
		// As Open does: the rest of the link still counts.
		more = append(more, crystalProblem(l.Crystal, err))
		l.Crystal, l.Doc, l.Second, l.Measured = link.Default().Crystal, "", "", nil
		var last []link.Problem
		last, err = s.apply(l, false)
		more = append(more, last...)
	}
	if err != nil {
		return err
	}
	out.Problems = append(problems, more...)
	return nil
}

func (s *Session) doCrystal(r *protocol.Request, payload []byte, out *protocol.Reply) error {
	if err := s.take(payload); err != nil {
		return err
	}
	id, ok := resolveID(r.ID)
	if !ok || id == "cif" {
		return errors.New("There is no crystal called “" + r.ID + "”.")
	}
	l := s.Link()
	l.Crystal, l.Doc, l.Measured, l.Between, l.Cell = id, "", nil, false, ""
	l.AtX, l.AtY = 0, 0
	if l.Second == "twin" {
		l.Second, l.Relation = "", ""
	}
	_, err := s.apply(l, true)
	return err
}

func (s *Session) doRestore(r *protocol.Request, payload []byte, _ *protocol.Reply) error {
	if err := s.take(payload); err != nil {
		return err
	}
	s.selected = nil
	return s.restore(r.Snapshot)
}

// parse reads the text of the zone field.
func (s words) parse(text string) (crystal.ZoneInput, *protocol.ZoneReply) {
	p := s.specimen
	in := crystal.ParseZone(text, p.four, p.name(), p.system())
	reply := &protocol.ZoneReply{OK: in.OK, Message: protocol.Says(in.Message)}
	if in.Message == "" {
		reply.Message = protocol.Text{}
	}
	if in.OK {
		uvw := [3]int(in.UVW)
		reply.UVW = &uvw
	}
	switch in.Action {
	case crystal.UseNormal:
		reply.Message = reply.Message.Plus(protocol.Says(" " + s.normalText(in.Plane)))
		hkl := [3]int(in.Plane)
		reply.Action = &protocol.Action{Label: in.Button, Request: &protocol.Request{Op: "go", HKL: &hkl}}
	case crystal.OpenMP:
		reply.Action = &protocol.Action{Label: in.Button, Request: &protocol.Request{Op: "crystal", ID: in.MP}}
	}
	return in, reply
}

// normalText says which direction is the normal of a plane, or how far from it
// the nearest one is.
func (s words) normalText(h crystal.HKL) string {
	u, off := s.specimen.structure.Lattice.NormalDirection(h)
	zone := protocol.PlainZone(u, s.specimen.four)
	if off < onAxis {
		return "That is " + zone + "."
	}
	return "No direction of small whole indices is: " + zone + ", the nearest, is " + link.Fixed(geom.Degrees(off), 2) + "° off."
}

func (s *Session) doParse(r *protocol.Request, _ []byte, out *protocol.Reply) error {
	_, out.Zone = s.words().parse(r.Text)
	return nil
}

func (s *Session) doZone(r *protocol.Request, _ []byte, out *protocol.Reply) error {
	in, reply := s.words().parse(r.Text)
	out.Zone = reply
	if !in.OK {
		return nil
	}
	return s.goTo(in.UVW, r.Short)
}

func (s *Session) doGo(r *protocol.Request, _ []byte, out *protocol.Reply) error {
	if r.HKL != nil && *r.HKL != [3]int{} {
		return s.goNormal(crystal.HKL(*r.HKL))
	}
	if r.UVW == nil || *r.UVW == [3]int{} {
		return errors.New("[000] has no direction.")
	}
	for _, n := range r.UVW {
		if max(n, -n) > 99 {
			return errors.New("Indices up to 99, please.")
		}
	}
	return s.goTo(crystal.UVW(*r.UVW).Reduced(), r.Short)
}

// goTo brings a zone axis onto the beam: in its standard orientation, or by the
// shortest way.
func (s *Session) goTo(u crystal.UVW, short bool) error {
	l := s.specimen.structure.Lattice
	from := s.orient
	o, err := compose(l, u, 0, 0, 0)
	if err != nil {
		return err
	}
	if short {
		o = snapped(l, u, s.orient)
	}
	s.orient, s.reference = o, u
	s.glide = &glide{from, s.orient}
	return s.refresh()
}

// goNormal brings the normal of a plane onto the beam, exactly: in a lattice that
// is not cubic it need not be a zone axis. The nearest one gives the picture its
// direction.
func (s *Session) goNormal(h crystal.HKL) error {
	for _, n := range h {
		if max(n, -n) > 99 {
			return errors.New("Indices up to 99, please.")
		}
	}
	l := s.specimen.structure.Lattice
	u, off := l.NormalDirection(h)
	if err := s.goTo(u, false); err != nil || off < onAxis {
		return err
	}
	s.orient = geom.Between(s.orient.Apply(l.G(h)), geom.Vec{Z: 1}).Mul(s.orient).Normalise()
	s.glide.to = s.orient
	return s.refresh()
}

func (s *Session) doSnap(r *protocol.Request, _ []byte, out *protocol.Reply) error {
	from := s.orient
	s.orient = snapped(s.specimen.structure.Lattice, s.zone, s.orient)
	s.reference = s.zone
	s.glide = &glide{from, s.orient}
	out.Toast = "Snapped to " + protocol.PlainZone(s.zone, s.specimen.four) + "."
	return s.refresh()
}

func (s *Session) doCommon(r *protocol.Request, _ []byte, out *protocol.Reply) error {
	common := s.specimen.common
	if len(common) == 0 {
		return nil
	}
	now := slices.Index(common, s.zone)
	if now < 0 {
		family := zones.Equivalent(s.specimen.group, s.zone)
		now = slices.IndexFunc(common, func(u crystal.UVW) bool { return slices.Contains(family, u) })
	}
	next := 0
	switch {
	case now >= 0:
		next = ((now+r.Step%len(common))%len(common) + len(common)) % len(common)
	case r.Step < 0:
		next = len(common) - 1
	}
	return s.goTo(common[next], false)
}

func (s *Session) doTilt(r *protocol.Request, _ []byte, out *protocol.Reply) error {
	if !finite(r.X, r.Y) || math.Hypot(r.X, r.Y) > 180 {
		return errors.New("A tilt of up to 180°, please.")
	}
	x, y := r.X, r.Y
	if s.mirrorX() {
		x = -x
	}
	if s.mirrorY() {
		y = -y
	}
	x, y = geom.Radians(x), geom.Radians(y)
	if r.HKL != nil {
		g := s.orient.Apply(s.specimen.structure.Lattice.G(*r.HKL))
		s.orient = tiltedAbout(s.orient, g, x, y)
	} else {
		s.orient = tilted(s.orient, x, y)
	}
	return s.refresh()
}

func (s *Session) doRotate(r *protocol.Request, _ []byte, out *protocol.Reply) error {
	deg := r.Deg
	if s.mirrorX() != s.mirrorY() {
		deg = -deg // counter-clockwise as seen
	}
	if r.Text != "" {
		to, fault := link.Rotation.Take(r.Text)
		if fault != "" {
			out.Fields = faults{link.Rotation.Name: fault}
			return nil
		}
		_, _, now := decompose(s.specimen.structure.Lattice, s.zone, s.orient)
		deg = to - now
	}
	if !finite(deg) {
		return errors.New("A rotation in degrees, please.")
	}
	s.orient = turned(s.orient, geom.Radians(deg))
	return s.refresh()
}

func (s *Session) doDrag(r *protocol.Request, _ []byte, out *protocol.Reply) error {
	if !finite(r.X, r.Y) {
		return errors.New("A drag needs a position.")
	}
	switch r.Stage {
	case "start":
		s.dragging().startDrag(r)
		return nil
	case "move":
		return s.dragging().moveDrag(r)
	case "end", "cancel":
		d := s.drag
		s.drag = drag{}
		if d.kind == noDrag {
			return nil
		}
		if r.Stage == "cancel" {
			s.orient, s.atX, s.atY = d.from, d.at.X, d.at.Y
		} else if d.moved {
			s.reference = s.zone
		}
		return s.refresh()
	}
	return errors.New("A drag is start, move, end or cancel.")
}

func (s *Session) doGlide(r *protocol.Request, _ []byte, out *protocol.Reply) error {
	g := s.glide
	if g == nil || !r.Light {
		return nil
	}
	// The frame shows a step of the turn; the state stays where it goes to.
	final := s.orient
	s.orient = g.at(r.X)
	if err := s.refresh(); err != nil {
		return err
	}
	s.Draw(r.Draw, r.Seq, out)
	out.Frame = s.words().frameView()
	s.orient = final
	return s.refresh()
}

// mirrorX and mirrorY report how the picture is turned over.
func (s *picture) mirrorX() bool { s.draw(); return s.scene.MirrorX }
func (s *picture) mirrorY() bool { s.draw(); return s.scene.MirrorY }

func (s *Session) doZoom(r *protocol.Request, _ []byte, out *protocol.Reply) error {
	if r.Fit {
		s.CL, s.atX, s.atY = link.Default().CL, 0, 0
		return s.refresh()
	}
	if !finite(r.Factor, r.X, r.Y) || !(r.Factor > 0) {
		return errors.New("Zoom by a factor above zero, please.")
	}
	s.draw()
	cl := link.Of("cl").Clamped(s.CL * r.Factor)
	x, y := s.scene.FromView(r.X, r.Y)
	// What lies under the pointer stays there.
	f := s.CL / cl
	s.atX, s.atY = s.bounded(x+(s.atX-x)*f, y+(s.atY-y)*f)
	s.CL = cl
	return s.refresh()
}

// bounded keeps the middle of the picture within reach of the reflections, and
// takes it to 000 if it is there but for rounding.
func (s *moment) bounded(x, y float64) (float64, float64) {
	const most = 3 // Å⁻¹
	if r := math.Hypot(x, y); r > most {
		x, y = x*most/r, y*most/r
	}
	if math.Hypot(x, y) < 1e-3 {
		return 0, 0
	}
	return x, y
}

func (s *Session) doCentre(r *protocol.Request, _ []byte, out *protocol.Reply) error {
	s.atX, s.atY = 0, 0
	if r.HKL != nil {
		h := crystal.HKL(*r.HKL)
		spot, _ := s.spotAt(h)
		if s.Rings {
			spot.X, spot.Y = 0, 0
		}
		if !finite(spot.X, spot.Y) {
			return errors.New("That reflection cannot be reached at this voltage.")
		}
		s.atX, s.atY = s.bounded(spot.X, spot.Y)
		s.selected = &h
	}
	return s.refresh()
}

func (s *Session) doMeasure(r *protocol.Request, _ []byte, out *protocol.Reply) error {
	switch {
	case r.Clear:
		s.measured = nil
	case r.Between != nil:
		s.between = *r.Between
	case r.HKL != nil:
		h := crystal.HKL(*r.HKL)
		if h == (crystal.HKL{}) {
			return errors.New("Distances count from 000: pick another spot.")
		}
		s.measuring().measure(link.Point{HKL: h})
		out.Detail = s.words().detail(h)
	default:
		if !finite(r.X, r.Y) {
			return errors.New("A measurement needs a position.")
		}
		d, p := s.measuring().pick(r.X, r.Y, r.Radius)
		if p.Free && !within(link.MaxFree, p.X, p.Y) {
			return errors.New("That point is too far away to be measured.")
		}
		if !p.Free && p.HKL == (crystal.HKL{}) || p.Free && p.X == 0 && p.Y == 0 {
			out.Detail = d
			out.Toast = "Distances count from 000: pick another spot."
			return nil
		}
		s.measuring().measure(p)
		out.Detail = d
	}
	if n := len(s.measured); out.Detail != nil && n > 0 {
		out.Detail.Letter = string(rune('A' + n - 1))
	}
	s.drawn.stale = true
	return nil
}

func (s *Session) doPick(r *protocol.Request, _ []byte, out *protocol.Reply) error {
	if !finite(r.X, r.Y) {
		return errors.New("A position is missing.")
	}
	out.Detail, _ = s.measuring().pick(r.X, r.Y, r.Radius)
	return nil
}

func (s *Session) doInspect(r *protocol.Request, _ []byte, out *protocol.Reply) error {
	if r.HKL == nil {
		return errors.New("Indices are missing.")
	}
	out.Detail = s.words().detail(crystal.HKL(*r.HKL))
	return nil
}

func (s *Session) doSelect(r *protocol.Request, _ []byte, out *protocol.Reply) error {
	s.selected = nil
	if r.HKL != nil {
		h := crystal.HKL(*r.HKL)
		s.selected = &h
		out.Detail = s.words().detail(h)
		out.Status = s.words().spotStatus(out.Detail)
	}
	s.drawn.stale = true
	return nil
}

func (s *Session) doWalk(r *protocol.Request, _ []byte, out *protocol.Reply) error {
	s.listing().walk(r.Dir)
	s.drawn.stale = true
	if s.selected != nil {
		out.Detail = s.words().detail(*s.selected)
		out.Status = s.words().spotStatus(out.Detail)
	}
	return nil
}

// spotStatus says a spot for assistive technology.
func (s words) spotStatus(d *protocol.Detail) string {
	text := "Spot " + d.Spoken
	if d.D != "" {
		text += ", d " + d.D + " ångström"
	}
	if len(d.Forbidden) > 0 {
		text += ", forbidden"
	}
	// By single scattering a forbidden one has none; by many beams it may have.
	if d.I != "" && (len(d.Forbidden) == 0 || s.drawn.dynamics != nil) {
		text += ", intensity " + d.I + " percent " + d.Of
	}
	return text + "."
}

func (s *Session) doTable(r *protocol.Request, _ []byte, out *protocol.Reply) error {
	out.Table = s.listing().table(r)
	return nil
}

func (s *Session) doPlan(r *protocol.Request, _ []byte, out *protocol.Reply) error {
	target, err := s.target(r)
	if err != nil {
		return err
	}
	if r.Text != "" {
		in, reply := s.words().parse(r.Text)
		out.Zone = reply
		if !in.OK {
			return nil
		}
	}
	out.Plan = s.planning().plan(target)
	out.SVG, out.Poles = s.planning().stereogram(target)
	return nil
}

// target returns the zone axis that a request names, none by default.
func (s *Session) target(r *protocol.Request) (crystal.UVW, error) {
	if r.UVW != nil {
		return crystal.UVW(*r.UVW).Reduced(), nil
	}
	if r.Text != "" {
		in, _ := s.words().parse(r.Text)
		return in.UVW, nil
	}
	return crystal.UVW{}, nil
}

func (s *Session) doStereogram(r *protocol.Request, _ []byte, out *protocol.Reply) error {
	target, err := s.target(r)
	if err != nil {
		return err
	}
	out.SVG, out.Poles = s.planning().stereogram(target)
	out.Alt = "Stereogram of zone axes. Beam " + offAxisWords(s.offAxis) + " " + s.zone.Spoken(s.specimen.four) +
		". Holder limits plus or minus " + link.Trimmed(s.holderNow().LimitAlpha, 1) + " and " + link.Trimmed(s.holderNow().LimitBeta, 1) + " degrees."
	return nil
}

func (s *Session) doCrystalView(r *protocol.Request, _ []byte, out *protocol.Reply) error {
	out.SVG, out.Alt = s.planning().crystalView()
	return nil
}
