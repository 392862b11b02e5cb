package session

import (
	"errors"
	"math"
	"strconv"
	"strings"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/lean/sorts"
	"zoneaxis/internal/link"
	"zoneaxis/internal/orientation"
	"zoneaxis/internal/protocol"
	"zoneaxis/internal/scene"
	"zoneaxis/internal/wire"
)

// companion is a second crystal, or a twin of the first, in a fixed
// orientation to it.
type companion struct {
	specimen *specimen
	twin     bool
	text     protocol.Text   // the relation in words
	variants []geom.Rotation // crystal 2 → crystal 1
	spots    []diffraction.Spot
	misfit   float64 // rad
}

// misfitAllowed is how far a direction may be out of its plane, rad.
const misfitAllowed = 10 * math.Pi / 180

// errRelation is shown for a relation that cannot be read.
var errRelation = errors.New("That is not an orientation relationship. Try (111)||(110) [1−10]||[1−11], a twin plane such as (111), 60° [111], or a name: " + strings.Join(orientation.Names(), ", ") + ".")

// relationFault is what is wrong with the text of a relation.
type relationFault struct{ error }

// setSecond shows a second crystal. id "" removes it; "twin" is the first crystal
// again. variant counts from 1. On an error nothing changes.
func (s *Session) setSecond(id, relation string, variant int) error {
	id, relation = strings.TrimSpace(id), strings.TrimSpace(relation)
	if id == "" {
		s.second, s.relation, s.variant, s.other = "", "", 1, nil
		s.drawn.stale = true
		return nil
	}
	next := &companion{}
	if id == "twin" {
		next.twin, next.specimen = true, s.specimen
	} else {
		canonical, ok := resolveID(id)
		if !ok || canonical == "cif" {
			return errors.New("There is no crystal called “" + id + "”.")
		}
		id = canonical
		structure, err := structureOf(id, s.find)
		if errors.Is(err, ErrNeed) {
			return needError{id}
		}
		if err != nil {
			return err
		}
		if next.specimen, err = newSpecimen(id, structure, cellAuto); err != nil {
			return err
		}
	}
	if err := next.specimen.reach(s.gmax()); err != nil {
		return err
	}
	if err := next.relate(s.specimen, relation); err != nil {
		return relationFault{err}
	}
	s.second, s.relation, s.other = id, relation, next
	s.variant = min(max(variant, 1), len(next.variants))
	s.drawn.stale = true
	return nil
}

// relate works out the orientations that a relation allows.
func (n *companion) relate(first *specimen, relation string) error {
	rot, err := n.rotation(first, relation)
	if err != nil {
		var misfit *orientation.MisfitError
		if errors.As(err, &misfit) {
			which := "first"
			four := first.four
			if misfit.Crystal == 2 {
				which, four = "second", n.specimen.four
			}
			return errors.New("The direction [" + misfit.Dir.Text(four) + "] does not lie in the plane (" + misfit.Plane.Text(four) +
				") of the " + which + " crystal: it is " + link.Fixed(geom.Degrees(misfit.Angle), 1) + "° out of it.")
		}
		return err
	}
	n.variants = orientation.Variants(rot, first.structure.Lattice, first.group, n.specimen.structure.Lattice, n.specimen.group)
	return nil
}

func (n *companion) rotation(first *specimen, relation string) (geom.Rotation, error) {
	relation = crystal.HalfWidth(relation)
	l1, l2 := first.structure.Lattice, n.specimen.structure.Lattice
	if relation == "" && !n.twin {
		n.text = protocol.Says("axes parallel: a to a, c* to c*")
		return geom.NoRotation(), nil
	}
	if r, ok := orientation.Named(relation); ok {
		// The names tell fcc, bcc and hcp apart, not first and second.
		if latticeKind(first) == r.Phase2 && latticeKind(n.specimen) == r.Phase1 {
			r = r.Swapped()
		}
		n.text = protocol.Says(r.Name + ": ").Plus(n.parallels(r, first))
		rot, misfit, err := r.Rotation(l1, l2, misfitAllowed)
		n.misfit = misfit
		return rot, err
	}
	t, ok := orientation.NamedTwin(relation)
	if relation == "" && first.system() == "cubic" {
		t, ok = orientation.NamedTwin("Σ3")
	}
	if ok {
		n.text = protocol.Says("twin: " + t.Name)
		return n.turn(t, l1)
	}
	if strings.Contains(normalRelation(relation), "||") {
		r, err := parseRelation(relation, first, n.specimen)
		if err != nil {
			return geom.Rotation{}, err
		}
		n.text = n.parallels(r, first)
		rot, misfit, err := r.Rotation(l1, l2, misfitAllowed)
		n.misfit = misfit
		return rot, err
	}
	if t, ok := parseTwin(relation, first); ok {
		switch {
		case t.Mirror:
			n.text = protocol.Says("twin on (").Plus(protocol.HKL(t.Plane, first.four), protocol.Says(")"))
		default:
			n.text = protocol.Says(link.Trimmed(geom.Degrees(t.Angle), 2) + "° about ").Plus(protocol.Zone(t.Dir, first.four))
		}
		return n.turn(t, l1)
	}
	return geom.Rotation{}, errRelation
}

// parallels words a relation: "(111) ∥ (011), [-101] ∥ [-1-11]".
func (n *companion) parallels(r orientation.Relation, first *specimen) protocol.Text {
	return protocol.Says("(").Plus(protocol.HKL(r.Plane1, first.four), protocol.Says(") ∥ ("), protocol.HKL(r.Plane2, n.specimen.four), protocol.Says("), ["),
		protocol.Digits(crystal.FormatUVW(r.Dir1, first.four)), protocol.Says("] ∥ ["), protocol.Digits(crystal.FormatUVW(r.Dir2, n.specimen.four)), protocol.Says("]"))
}

// latticeKind returns what named relations call a lattice: "fcc" and "bcc" for
// cubic ones with that centring, "hcp" for hexagonal ones, "" for others.
func latticeKind(p *specimen) string {
	if p.setting == nil {
		return ""
	}
	switch centring := p.setting.Short()[:1]; {
	case p.system() == "cubic" && centring == "F":
		return "fcc"
	case p.system() == "cubic" && centring == "I":
		return "bcc"
	case p.system() == "hexagonal":
		return "hcp"
	}
	return ""
}

// turn returns the rotation of a twin law. Where the crystal has no inversion
// centre the mirror twin is no rotated copy; single scattering cannot tell the
// half-turn about the plane normal from it.
func (n *companion) turn(t orientation.Twin, l crystal.Lattice) (geom.Rotation, error) {
	rot, err := t.Rotation(l, true)
	return rot, err
}

// normalRelation writes all signs of parallelism as "||".
func normalRelation(text string) string {
	return strings.NewReplacer("∥", "||", "‖", "||", "//", "||").Replace(text)
}

// parseRelation reads "(111)||(110) [1-10]||[1-11]".
func parseRelation(text string, first, second *specimen) (orientation.Relation, error) {
	var r orientation.Relation
	text = strings.ReplaceAll(normalRelation(text), ",", " ")
	closing := strings.LastIndexByte(text, ')')
	opening := strings.IndexByte(text, '[')
	if closing < 0 || opening < closing {
		return r, errRelation
	}
	planes := strings.Split(text[:closing+1], "||")
	dirs := strings.Split(text[opening:], "||")
	if len(planes) != 2 || len(dirs) != 2 {
		return r, errRelation
	}
	for i, p := range []*specimen{first, second} {
		plane := crystal.ParsePlane(strings.TrimSpace(planes[i]), p.four, p.name(), p.system())
		dir := crystal.ParseZone(strings.TrimSpace(dirs[i]), p.four, p.name(), p.system())
		if !plane.OK {
			return r, relationError(plane.Message)
		}
		if !dir.OK {
			return r, relationError(dir.Message)
		}
		if i == 0 {
			r.Plane1, r.Dir1 = plane.HKL, dir.UVW
		} else {
			r.Plane2, r.Dir2 = plane.HKL, dir.UVW
		}
	}
	return r, nil
}

func relationError(message string) error {
	if message == "" {
		return errRelation
	}
	return errors.New(message)
}

// parseTwin reads a twin plane, "(111)", or a turn, "60 [111]".
func parseTwin(text string, p *specimen) (orientation.Twin, bool) {
	if opening := strings.IndexByte(text, '['); opening > 0 {
		angle, ok := link.Quantity(text[:opening], "°", -360, 360)
		dir := crystal.ParseZone(text[opening:], p.four, p.name(), p.system())
		return orientation.Twin{Dir: dir.UVW, Angle: geom.Radians(angle)}, ok && dir.OK
	}
	plane := crystal.ParsePlane(text, p.four, p.name(), p.system())
	return orientation.Twin{Plane: plane.HKL, Mirror: true}, plane.OK && strings.ContainsAny(text, "({")
}

// orientation2 returns the orientation of the second crystal.
func (s *moment) orientation2() geom.Rotation {
	return s.orient.Mul(s.other.variants[s.variant-1]).Normalise()
}

func (s *picture) drawSecond() {
	n := s.other
	p := n.specimen
	n.spots = s.kinematic(p).AppendSpots(n.spots[:0], p.visible, s.beam, s.orientation2())
	top := p.refl.Max * p.refl.Max
	kept := n.spots[:0]
	size := min(s.crowding(s.specimen), s.crowding(p))
	for _, spot := range n.spots {
		if spot.Ref == 0 {
			continue
		}
		i := spot.I / top
		if p.empty {
			i = 0.25
		}
		r := scene.Radius(i)
		if r == 0 || !s.inPicture(spot.X, spot.Y, r) {
			continue
		}
		kept = append(kept, spot)
		s.scene.Spots = append(s.scene.Spots, scene.Spot{
			X: spot.X, Y: spot.Y, R: 0.85 * size * max(r, 2.5), Class: wire.SecondPhase,
			HKL: p.visible.HKL[spot.Ref], Four: p.four, Rank: 0.5 * i,
		})
	}
	n.spots = kept
}

// secondView words the second crystal.
func (s words) secondView() *protocol.SecondView {
	if s.other == nil {
		return nil
	}
	n := s.other
	p := n.specimen
	v := &protocol.SecondView{ID: s.second, Name: p.name(), Relation: s.relation, Text: n.text, Variant: s.variant, Variants: len(n.variants)}
	if n.twin {
		v.Name = "Twin of " + s.sentenceName()
	}
	zone, off := p.zones.Nearest(s.orientation2(), crystal.UVW{})
	v.Zone, v.OffAxis = protocol.Zone(zone, p.four), offAxisText(off)
	v.Common = s.common()
	return v
}

// common lists pairs of reflections of the two crystals that fall on each other,
// shortest first.
func (s words) common() []string {
	const near = 2.5 // view-box units
	type pair struct {
		a, b crystal.HKL
		g    float64
	}
	var pairs []pair
	for _, spot2 := range s.other.spots {
		x2, y2 := s.scene.ToView(spot2.X, spot2.Y)
		for _, spot := range s.drawn.spots {
			if spot.Ref == 0 {
				continue
			}
			if x, y := s.scene.ToView(spot.X, spot.Y); math.Hypot(x-x2, y-y2) < near {
				pairs = append(pairs, pair{s.specimen.visible.HKL[spot.Ref], s.other.specimen.visible.HKL[spot2.Ref], s.specimen.visible.Len[spot.Ref]})
			}
		}
	}
	sorts.Stable(pairs, func(p, q pair) int {
		if d := weightStep(p.g) - weightStep(q.g); d != 0 {
			return int(max(min(d, 1), -1))
		}
		return compareHKL(p.a, q.a)
	})
	var out []string
	for _, p := range pairs[:min(len(pairs), 6)] {
		out = append(out, p.a.Text(s.specimen.four)+" on "+p.b.Text(s.other.specimen.four))
	}
	if more := len(pairs) - len(out); more > 0 {
		out = append(out, "and "+strconv.Itoa(more)+" more")
	}
	return out
}
