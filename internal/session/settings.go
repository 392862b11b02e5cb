package session

import (
	"errors"
	"slices"
	"strings"

	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/link"
	"zoneaxis/internal/protocol"
	"zoneaxis/internal/scene"
)

// doSet changes settings, all that the patch holds or, if some of it cannot be
// read, none: Fields then tells every fault.
func (s *Session) doSet(r *protocol.Request, payload []byte, out *protocol.Reply) error {
	if r.Set == nil {
		return nil
	}
	if err := s.take(payload); err != nil {
		return err
	}
	p := r.Set
	fields := map[string]string{}
	number := func(name string, text *string, low, high float64, message string, to *float64) {
		if text == nil {
			return
		}
		v, ok := link.Number(strings.TrimRight(strings.TrimSpace(*text), " kVmn°"+thin))
		if !ok || v < low || v > high {
			fields[name] = message
			return
		}
		*to = v
	}
	thickness := s.thickness
	number("kv", p.KV, link.MinKV, link.MaxKV, "Between 20 and 1000 kV.", &s.kv)
	number("cl", p.CL, link.MinCL, link.MaxCL, "Between 50 and 5000 mm.", &s.cl)
	number("thickness", p.Thickness, link.MinThickness, link.MaxThickness, "Between 1 and 500 nm.", &s.thickness)
	s.setScale(p, fields)
	if p.Model != nil {
		if slices.Contains(models, *p.Model) {
			s.model = *p.Model
		} else {
			fields["model"] = "A model is k, kinematic, or d, dynamical."
		}
	}
	var ok bool
	if s.overlays, ok = switched(s.overlays, p.Overlays, link.OverlayLetters); !ok {
		fields["overlays"] = "Overlays are letters of " + link.OverlayLetters + "."
	}
	if s.flags, ok = switched(s.flags, p.Flags, link.FlagLetters); !ok {
		fields["flags"] = "Mirror and rotation are letters of " + link.FlagLetters + "."
	}
	if p.Style != nil {
		if s.style = *p.Style; s.style != "" && !slices.Contains(scene.Styles, s.style) {
			fields["style"] = "A pattern style is " + strings.Join(scene.Styles, ", ") + ", or none for that of the theme."
		}
	}
	if p.Rings != nil {
		s.rings = *p.Rings
	}
	s.setHolder(p.Holder, fields)
	if err := s.refresh(); err != nil {
		return err
	}
	if err := s.setCell(p.Cell, fields); err != nil {
		return err
	}
	err := s.patchSecond(p.Second, fields)
	if len(fields) > 0 { // before a crystal is fetched for nothing
		out.Fields = fields
		return nil
	}
	if err != nil {
		return err
	}
	if s.thickness != thickness && s.model == "k" && !r.Light {
		out.Toast = "The kinematic pattern is the same at every thickness. The dynamical one is not."
	}
	return nil
}

// setScale takes nm⁻¹ per screen pixel instead of a camera length. Unit is the
// number of screen pixels per view-box unit.
func (s *Session) setScale(p *protocol.Patch, fields map[string]string) {
	if p.Scale == nil {
		return
	}
	const message = "That scale needs a camera length outside 50 to 5000 mm."
	v, ok := link.Number(*p.Scale)
	if !ok || !(v > 0) {
		fields["scale"] = "A number above zero, please: nm⁻¹ per pixel."
		return
	}
	if !finite(p.Unit) || !(p.Unit > 0) {
		fields["scale"] = message
		return
	}
	beam, err := diffraction.NewBeam(s.kv * 1e3) // the voltage may come with it
	if err != nil {
		fields["scale"] = sentence(err)
		return
	}
	side := v * p.Unit * 2 * scene.Half / 10 // Å⁻¹
	cl := detector / (beam.Wavelength() * side)
	if !(cl >= link.MinCL && cl <= link.MaxCL) {
		fields["scale"] = message
		return
	}
	s.cl = cl
}

// switched returns a set of letters after turning some of them on or off, and
// false if one of them is unknown.
func switched(set string, letters map[string]bool, all string) (string, bool) {
	for l, on := range letters {
		if len(l) != 1 || !strings.Contains(all, l) {
			return set, false
		}
		set = strings.ReplaceAll(set, l, "")
		if on {
			set += l
		}
	}
	return link.OrderLetters(set, all), true
}

func (s *Session) setHolder(p *protocol.HolderPatch, fields map[string]string) {
	if p == nil {
		return
	}
	if p.Off {
		s.holder = nil
	}
	h := s.holderNow()
	changed := false
	for _, f := range []struct {
		name      string
		text      *string
		low, high float64
		message   string
		to        *float64
	}{
		{"alpha", p.Alpha, -90, 90, "Between −90 and 90°.", &h.Alpha},
		{"beta", p.Beta, -90, 90, "Between −90 and 90°.", &h.Beta},
		{"limitAlpha", p.LimitAlpha, 0, 90, "Between 0 and 90°.", &h.LimitAlpha},
		{"limitBeta", p.LimitBeta, 0, 90, "Between 0 and 90°.", &h.LimitBeta},
	} {
		if f.text == nil {
			continue
		}
		v, ok := link.Number(strings.TrimRight(*f.text, " °"))
		if !ok || v < f.low || v > f.high {
			fields[f.name] = f.message
			continue
		}
		*f.to, changed = v, true
	}
	if changed {
		s.holder = &h
	}
	if p.Axis != nil {
		v, ok := link.Number(strings.TrimRight(*p.Axis, " °"))
		if ok && v >= -360 && v <= 360 {
			s.axis = v
		} else {
			fields["axis"] = "Between −360 and 360°."
		}
	}
	if p.FlipAlpha != nil {
		s.flipA = *p.FlipAlpha
	}
	if p.FlipBeta != nil {
		s.flipB = *p.FlipBeta
	}
}

// setCell shows the crystal in another cell. The orientation in space stays if
// the cell is the same, else the picture starts at its [001].
func (s *Session) setCell(cell *string, fields map[string]string) error {
	if cell == nil {
		return nil
	}
	code, ok := map[string]string{"auto": cellAuto, "": cellAuto, "conventional": cellConventional, "asgiven": cellAsGiven, "c": cellConventional, "g": cellAsGiven}[*cell]
	if !ok {
		fields["cell"] = "The cell is auto, conventional or asgiven."
		return nil
	}
	if code == s.cell {
		return nil
	}
	l := s.Link()
	l.Cell, l.Measured = code, nil
	l.Zone, l.TiltX, l.TiltY, l.Rotation = link.Default().Zone, 0, 0, 0
	if s.crystal == "cif" && s.doc == "" {
		return s.applyFile(l, s.key)
	}
	_, err := s.apply(l, true)
	return err
}

func (s *Session) patchSecond(p *protocol.SecondPatch, fields map[string]string) error {
	if p == nil {
		return nil
	}
	id, relation, variant := s.second, s.relation, s.variant
	if p.ID != nil {
		if *p.ID != id {
			variant = 1
			if p.Relation == nil {
				relation = ""
			}
		}
		id = *p.ID
	}
	if p.Relation != nil {
		relation, variant = *p.Relation, 1
	}
	if p.Variant > 0 {
		variant = p.Variant
	}
	err := s.setSecond(id, relation, variant)
	var need needError
	if err != nil && !errors.As(err, &need) {
		fields["second"] = sentence(err)
		return nil
	}
	return err
}
