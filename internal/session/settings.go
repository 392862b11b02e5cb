package session

import (
	"errors"
	"math"
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
	before, p := s.Settings, r.Set
	fields := faults{}
	s.setValues(p.Values, fields)
	s.setScale(p, fields)
	s.setHolder(p.Holder, fields)
	cell := s.Cell
	s.Cell = before.Cell
	if err := s.refresh(); err != nil {
		return err
	}
	if cell != s.Cell {
		if err := s.setCell(cell); err != nil {
			return err
		}
	}
	err := s.patchSecond(p.Second, fields)
	if len(fields) > 0 { // before a crystal is fetched for nothing
		out.Fields = fields
		return nil
	}
	if err != nil {
		return err
	}
	if !r.Light {
		out.Toast = s.unseen(&before)
	}
	return nil
}

// faults are texts by the name of a field.
type faults map[string]string

// note keeps a fault unless it is empty.
func (f faults) note(field, fault string) {
	if fault != "" {
		f[field] = fault
	}
}

// setValues takes the settings of a patch.
func (s *Session) setValues(values map[string]string, fields faults) {
	for key := range values {
		if link.Of(key) == nil {
			fields[key] = "There is no setting “" + key + "”."
		}
	}
	for i := range link.Table {
		row := &link.Table[i]
		if text, ok := values[row.Key]; ok {
			fields.note(row.Key, row.Take(&s.Settings, text))
		}
	}
}

// unseen says why a setting has been changed to no effect: the model of the
// picture does not know it.
func (s *Session) unseen(before *link.Settings) string {
	for i := range link.Table {
		row := &link.Table[i]
		if row.Model != "" && row.Model != s.Model && !row.Same(before, &s.Settings) {
			return "The kinematic pattern does not depend on the " + row.Name + ". The dynamical one does."
		}
	}
	return ""
}

// perPixel takes "per pixel" from the end of a scale, and its like.
func perPixel(text string) string {
	text = strings.TrimRight(text, " .")
	for _, end := range []string{"pixel", "px"} {
		if n := len(text) - len(end); n > 0 && strings.EqualFold(text[n:], end) {
			text = strings.TrimRight(text[:n], " ")
			if short := strings.TrimSuffix(text, "per"); short != text {
				return short
			}
			return strings.TrimSuffix(text, "/")
		}
	}
	return text
}

// setScale takes nm⁻¹ per screen pixel, or Å⁻¹, instead of a camera length. Unit
// is the number of screen pixels per view-box unit.
func (s *Session) setScale(p *protocol.Patch, fields faults) {
	if p.Scale == nil {
		return
	}
	length := link.Of("cl")
	message := "That scale needs a camera length outside " + link.Trimmed(length.Min, 0) + " to " + link.Trimmed(length.Max, 0) + " mm."
	v, ok := link.Quantity(perPixel(*p.Scale), "nm⁻¹", 0, math.MaxFloat64)
	if !ok || !(v > 0) {
		fields["scale"] = "A number above zero, please: nm⁻¹ per pixel."
		return
	}
	if !finite(p.Unit) || !(p.Unit > 0) {
		fields["scale"] = message
		return
	}
	beam, err := diffraction.NewBeam(s.KV * 1e3) // the voltage may come with it
	if err != nil {
		fields["scale"] = sentence(err)
		return
	}
	side := v * p.Unit * 2 * scene.Half / 10 // Å⁻¹
	cl := detector / (beam.Wavelength() * side)
	if !length.Allows(cl) {
		fields["scale"] = message
		return
	}
	s.CL = cl
}

func (s *Session) setHolder(p *protocol.HolderPatch, fields faults) {
	if p == nil {
		return
	}
	if p.Off {
		s.holder = nil
	}
	h := s.holderNow()
	changed := false
	for i, text := range []*string{p.Alpha, p.Beta, p.LimitAlpha, p.LimitBeta} {
		if text == nil {
			continue
		}
		angle := &link.Angles[i]
		v, fault := angle.Take(*text)
		fields.note(angle.Name, fault)
		*angle.Of(&h), changed = v, true
	}
	if changed {
		s.holder = &h
	}
	if p.Axis != nil {
		var fault string
		s.axis, fault = link.Axis.Take(*p.Axis)
		fields.note(link.Axis.Name, fault)
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
func (s *Session) setCell(cell string) error {
	l := s.Link()
	l.Cell, l.Measured = cell, nil
	l.Zone, l.TiltX, l.TiltY, l.Rotation = link.Default().Zone, 0, 0, 0
	_, err := s.applyFile(l, s.key, true)
	return err
}

func (s *Session) patchSecond(p *protocol.SecondPatch, fields faults) error {
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
		field := "second"
		if errors.As(err, new(relationFault)) {
			field = "relation"
		}
		fields[field] = sentence(err)
		return nil
	}
	return err
}

// sheetStyle returns the pattern style of an exported file: never the theme.
func (s exporting) sheetStyle(style string) string {
	if style == "" {
		style = s.Style
	}
	if style == "" {
		style = "film"
	}
	if containsRune(s.Flags, 'n') {
		style = scene.Negative(style)
	}
	return style
}
