package session

import (
	"cmp"
	"math"
	"math/cmplx"
	"slices"
	"strings"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/lean/sorts"
	"zoneaxis/internal/link"
	"zoneaxis/internal/protocol"
	"zoneaxis/internal/scene"
	"zoneaxis/internal/symmetry"
	"zoneaxis/internal/wire"
)

// nearestSpot returns the mark nearest to a point of the view box: a spot or,
// with absent set, a drawn forbidden reflection, not farther than reach (or the
// radius of its disc) from the point.
func (s *picture) nearestSpot(vx, vy, reach float64, absent bool) (h crystal.HKL, dist float64, ok bool) {
	s.draw()
	best := math.Inf(1)
	for i := range s.scene.Spots {
		m := &s.scene.Spots[i]
		switch m.Class {
		case wire.Spot, wire.HOLZ:
		case wire.Double, wire.Forbidden:
			if !absent {
				continue
			}
		default:
			continue
		}
		x, y := s.scene.ToView(m.X, m.Y)
		d := math.Hypot(x-vx, y-vy)
		if d <= max(reach, m.R) && d < best-1e-9 {
			best, h, ok = d, m.HKL, true
		}
	}
	return h, best, ok
}

// detail describes a reflection.
func (s words) detail(h crystal.HKL) *protocol.Detail {
	s.draw()
	if s.Rings && h != (crystal.HKL{}) {
		return s.ringDetail(h)
	}
	p := s.specimen
	spot, _ := s.spotAt(h)
	g := p.structure.Lattice.G(h).Norm()
	hkl := [3]int(h)
	d := &protocol.Detail{HKL: &hkl, Label: protocol.HKL(h, p.four), Spoken: h.Spoken(p.four)}
	d.X, d.Y = s.scene.ToView(spot.X, spot.Y)
	d.X, d.Y = round2(d.X), round2(d.Y)
	if h == (crystal.HKL{}) {
		d.Spoken = "the direct beam, 0 0 0"
		return d
	}
	s.lengths(d, g)
	d.Family = s.family(h)
	if layers, err := p.refl.Layers(s.zone); err == nil {
		d.Laue = layers.Order(h)
	}
	if !math.IsNaN(spot.S) {
		d.S = link.Signed(spot.S, 4)
	}
	i, ok := p.refl.Index(h)
	if !ok || p.empty {
		return d
	}
	f := p.refl.F[i]
	d.F = link.Fixed(cmplx.Abs(f), 2)
	if dyn := s.drawn.dynamics; dyn != nil {
		if intensity, ok := dyn.of(h); ok {
			d.I = s.intensityText(intensity)
		}
	} else if f == 0 {
		d.I = "0"
	} else if s.drawn.bright > 0 {
		d.I = s.intensityText(spot.I / s.drawn.bright)
	}
	if d.I != "" {
		d.Of = s.share()
	}
	if f == 0 {
		d.Forbidden, d.Path = s.forbidden(h)
		return d
	}
	d.Phase = link.Signed(geom.Degrees(cmplx.Phase(f)), 0)
	d.Xi = link.Fixed(s.beam.ExtinctionDistance(cmplx.Abs(f), p.structure.Lattice.Volume(), g)/10, 1)
	return d
}

// lengths fills in what follows from |g| alone.
func (s words) lengths(d *protocol.Detail, g float64) {
	if !(g > 1e-9) {
		return
	}
	d.D, d.InvD = link.Fixed(1/g, 3), link.Fixed(10*g, 2)
	if sin := s.beam.Wavelength() * g / 2; sin < 1 {
		d.Angle = link.Fixed(2000*math.Asin(sin), 2)
	}
}

func round2(v float64) float64 { return math.Floor(v*100+0.5000001) / 100 }

// family returns the planes equivalent to h, {111}, by their handiest name.
func (s words) family(h crystal.HKL) protocol.Text {
	best := h
	for _, k := range crystal.PlaneFamily(s.specimen.group, h) {
		if crystal.Handier(k, best) {
			best = k
		}
	}
	return protocol.Says("{").Plus(protocol.HKL(best, s.specimen.four), protocol.Says("}"))
}

// forbidden says why a reflection has no structure factor, and how double
// diffraction reaches it in the present pattern.
func (s words) forbidden(h crystal.HKL) (reason, path protocol.Text) {
	p := s.specimen
	reason = protocol.Says("The atoms of the cell cancel each other: F = 0.")
	if p.group != nil {
		if all := p.group.Absences(h); len(all) > 0 {
			reason = protocol.Says("Forbidden by ")
			for i, why := range all[:min(len(all), 2)] {
				if i > 0 {
					reason = reason.Plus(protocol.Says(" and "))
				}
				reason = reason.Plus(absenceText(why, p.four))
			}
			reason = reason.Plus(protocol.Says("."))
		} else {
			reason = protocol.Says("The space group allows it, but the atoms sit on special positions that cancel each other: F = 0.")
		}
	}
	if !p.refl.Centred(h) {
		return reason.Plus(protocol.Says(" Nothing can be seen there: it is no point of the reciprocal lattice.")), nil
	}
	a, b, ok := s.drawn.excited.Path(h)
	if !ok {
		return reason.Plus(protocol.Says(" No two excited reflections of this picture add up to it.")), nil
	}
	path = protocol.HKL(h, p.four).Plus(protocol.Says(" = "), protocol.HKL(a, p.four), protocol.Says(" + "), protocol.HKL(b, p.four))
	if s.extinctOnAxis(h) {
		return reason.Plus(protocol.Says(" On this axis the paths of double diffraction cancel in pairs; it appears when the crystal is tilted.")), path
	}
	return reason.Plus(protocol.Says(" Double diffraction can reach it.")), path
}

// absenceText words a symmetry element: "the screw axis 4₁ along [001]".
func absenceText(r symmetry.AbsenceReason, four bool) protocol.Text {
	switch r.Kind {
	case symmetry.ScrewAbsence:
		t := protocol.Says("the screw axis ")
		for _, c := range r.Symbol {
			if c >= '₀' && c <= '₉' {
				t = append(t, protocol.Run{T: string('0' + c - '₀'), Sub: true})
			} else {
				t = t.Plus(protocol.Says(string(c)))
			}
		}
		return t.Plus(protocol.Says(" along "), protocol.Zone(crystal.UVW(r.Indices), four))
	case symmetry.GlideAbsence:
		return protocol.Says("the glide plane "+r.Symbol+" on (").Plus(protocol.HKL(crystal.HKL(r.Indices), four), protocol.Says(")"))
	}
	return protocol.Says("the " + r.Symbol + " centring")
}

// rowsOf returns all spots in the picture but 000, or the families of all rings,
// strongest first.
func (s *picture) rowsOf() []scene.Reflection {
	if s.Rings {
		return s.ringRows()
	}
	s.draw()
	p := s.specimen
	var rows []scene.Reflection
	kinematic := s.drawn.spots
	if d := s.drawn.dynamics; d != nil {
		rows, kinematic = s.beamRows(d), nil
	}
	for _, spot := range kinematic {
		if spot.Ref == 0 {
			continue
		}
		g := p.visible.Len[spot.Ref]
		r := scene.Reflection{HKL: p.visible.HKL[spot.Ref], D: 1 / g, G: g, X: spot.X, Y: spot.Y, S: spot.S, F: p.visible.F[spot.Ref]}
		if p.empty {
			r.F, r.Unknown = 0, true
		}
		if s.drawn.bright > 0 {
			r.Intensity = spot.I / s.drawn.bright
		}
		rows = append(rows, r)
	}
	sorts.Func(rows, func(a, b scene.Reflection) int {
		return cmp.Or(cmp.Compare(weightStep(b.Intensity), weightStep(a.Intensity)), compareHKL(a.HKL, b.HKL))
	})
	return rows
}

// compareHKL puts larger indices first.
func compareHKL(a, b crystal.HKL) int {
	return cmp.Or(cmp.Compare(b[0], a[0]), cmp.Compare(b[1], a[1]), cmp.Compare(b[2], a[2]))
}

func (s listing) tableRow(r *scene.Reflection) protocol.Row {
	if s.Rings {
		row := protocol.Row{HKL: r.HKL, Label: s.words().family(r.HKL), D: link.Fixed(r.D, 3), InvD: link.Fixed(10*r.G, 2), Multiplicity: link.Trimmed(float64(r.Multiplicity), 0)}
		if !r.Unknown {
			row.F, row.I = link.Fixed(cmplx.Abs(r.F), 2), link.Fixed(100*r.Intensity, 1)
		}
		return row
	}
	row := protocol.Row{
		HKL: r.HKL, Label: protocol.HKL(r.HKL, s.specimen.four), D: link.Fixed(r.D, 3), InvD: link.Fixed(10*r.G, 2),
		F: link.Fixed(cmplx.Abs(r.F), 2), I: s.words().intensityText(r.Intensity), S: link.Signed(r.S, 4),
	}
	if r.Unknown {
		row.F, row.I = "", ""
	}
	return row
}

// table returns a part of the reflections table.
func (s listing) table(r *protocol.Request) *protocol.Table {
	rows := s.rowsOf()
	t := &protocol.Table{All: len(rows), Rows: []protocol.Row{}, Caption: plural(len(rows), "reflection") + " of " + s.words().sentenceName() + " in view" + s.words().modelSuffix()}
	if s.drawn.dynamics != nil {
		t.Caption += ", " + s.words().dynamicalText()
	}
	if s.Rings {
		t.Caption = plural(len(rows), "set") + " of planes of " + s.words().sentenceName() + ", " + plural(s.drawn.inView, "ring") + " in view"
	}
	rows = slices.DeleteFunc(rows, func(row scene.Reflection) bool { return !s.matches(row.HKL, r.Filter) })
	t.Total = len(rows)
	key := func(row *scene.Reflection) float64 {
		switch r.Sort {
		case "d":
			return row.D
		case "g":
			return row.G
		case "f":
			return cmplx.Abs(row.F)
		case "s":
			return row.S
		case "m":
			return float64(row.Multiplicity)
		}
		return row.Intensity
	}
	if r.Sort != "" {
		sorts.Stable(rows, func(a, b scene.Reflection) int {
			var c int
			if r.Sort == "hkl" {
				c = -compareHKL(a.HKL, b.HKL)
			} else {
				c = cmp.Compare(weightStep(key(&a)), weightStep(key(&b)))
			}
			if r.Desc {
				c = -c
			}
			return c
		})
	}
	from := min(max(r.Offset, 0), len(rows))
	to := len(rows)
	if r.Limit > 0 {
		to = min(to, from+r.Limit)
	}
	for i := range rows[from:to] {
		t.Rows = append(t.Rows, s.tableRow(&rows[from+i]))
	}
	return t
}

// matches reports whether a reflection passes the filter of the table: {111}
// takes the family, (111) or 111 this plane and its multiples (of a ring: any of
// its planes), anything else
// must be part of the indices as written.
func (s listing) matches(h crystal.HKL, filter string) bool {
	filter = strings.TrimSpace(filter)
	if filter == "" {
		return true
	}
	in := crystal.ParsePlane(filter, s.specimen.four, s.specimen.name(), s.specimen.system())
	if in.OK {
		if in.Family {
			return slices.Contains(crystal.PlaneFamily(s.specimen.group, in.HKL), h)
		}
		same := func(k crystal.HKL) bool { return k.Zone(in.HKL) == crystal.UVW{} && k != crystal.HKL{} }
		if s.Rings {
			return slices.ContainsFunc(crystal.PlaneFamily(s.specimen.group, h), same)
		}
		return same(h)
	}
	plainText := strings.ReplaceAll(strings.ReplaceAll(filter, "−", "-"), " ", "")
	text := strings.ReplaceAll(strings.ReplaceAll(h.Text(s.specimen.four), "−", "-"), " ", "")
	return strings.Contains(text, plainText)
}

// walk selects the next spot in some direction from the selected one: also a
// forbidden one that has a mark, which cannot be found in the table.
func (s listing) walk(dir string) bool {
	if s.Rings {
		return s.walkRings(dir)
	}
	rows := s.rowsOf()
	for _, a := range s.drawn.absent {
		if a.double && s.has('d') || !a.double && s.has('g') {
			rows = append(rows, scene.Reflection{HKL: a.hkl, X: a.X, Y: a.Y, G: math.Hypot(a.X, a.Y)})
		}
	}
	if len(rows) == 0 {
		return false
	}
	if s.selected == nil {
		h := rows[0].HKL
		s.selected = &h
		return true
	}
	from, _ := s.spotAt(*s.selected)
	if dir == "next" || dir == "previous" {
		// Outwards by |g|, around by angle.
		sorts.Func(rows, func(a, b scene.Reflection) int {
			return cmp.Or(cmp.Compare(weightStep(a.G), weightStep(b.G)), cmp.Compare(weightStep(angleOf(a)), weightStep(angleOf(b))))
		})
		at := slices.IndexFunc(rows, func(r scene.Reflection) bool { return r.HKL == *s.selected })
		step := 1
		if dir == "previous" {
			step = len(rows) - 1
		}
		h := rows[(at+step+len(rows))%len(rows)].HKL
		s.selected = &h
		return true
	}
	way, ok := map[string]geom.Vec{"left": {X: -1}, "right": {X: 1}, "up": {Y: 1}, "down": {Y: -1}}[dir]
	if !ok {
		return false
	}
	fx, fy := s.scene.ToView(from.X, from.Y)
	best, found := math.Inf(1), false
	for _, r := range rows {
		x, y := s.scene.ToView(r.X, r.Y)
		d := geom.Vec{X: x - fx, Y: fy - y}
		length := d.Norm()
		along := d.Dot(way)
		if length < 1e-6 || along < 0.5*length { // within 60° of the way
			continue
		}
		if cost := length * (2 - along/length); cost < best-1e-6 {
			best, found = cost, true
			h := r.HKL
			s.selected = &h
		}
	}
	return found
}

func angleOf(r scene.Reflection) float64 {
	a := math.Atan2(r.Y, r.X)
	if a < -1e-9 {
		a += 2 * math.Pi
	}
	return a
}
