package main

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"zoneaxis/internal/atom"
	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/source"
	"zoneaxis/internal/zones"
)

const zoneSearchAbout = `

With -near-deg the zone axes up to -max within that angle of -zone, the nearest
first. With -of and -of2 the zone axis of two reflections: from the first to the
second is counter-clockwise with the zone axis towards the viewer.

zoneaxis zones match finds zone axes by a measured ratio and angle (match -h).`

// zoneAngleRow is a zone axis near another.
type zoneAngleRow struct {
	Zone  crystal.UVW `json:"zone"`
	Angle float64     `json:"angle_deg"`
}

type zonesNear struct {
	Zone crystal.UVW    `json:"zone"`
	Near []zoneAngleRow `json:"near"`
}

// nearZones lists the zone axes within an angle in degrees of another, without
// itself.
func nearZones(s *loaded, u crystal.UVW, limit int, within float64) (zonesNear, error) {
	out := zonesNear{Zone: u, Near: []zoneAngleRow{}}
	refs, err := diffraction.NewReflections(s.Structure, diffraction.Options{GMax: 1})
	if err != nil {
		return out, err
	}
	frame, err := diffraction.ZoneFrame(s.Lattice, u)
	if err != nil {
		return out, err
	}
	for _, z := range zones.NewSet(s.Lattice, refs.Translations, limit).AppendWithin(nil, frame, geom.Radians(within)) {
		if z.Zone != u {
			out.Near = append(out.Near, zoneAngleRow{z.Zone, degrees(z.Angle)})
		}
	}
	return out, nil
}

type zoneOfTwo struct {
	Zone  crystal.UVW `json:"zone"`
	G1    crystal.HKL `json:"g1"`
	G2    crystal.HKL `json:"g2"`
	D1    float64     `json:"d1_A"`
	D2    float64     `json:"d2_A"`
	Ratio float64     `json:"ratio21"` // |g2|/|g1|
	Angle float64     `json:"angle12_deg"`
}

// zoneOf returns the zone axis of two reflections.
func zoneOf(s *loaded, of, of2 string) (zoneOfTwo, error) {
	var out zoneOfTwo
	for _, r := range []struct {
		name, text string
		hkl        *crystal.HKL
	}{{"of", of, &out.G1}, {"of2", of2, &out.G2}} {
		if r.text == "" {
			return out, errors.New("-of and -of2 go together")
		}
		v, err := triple(r.name, r.text)
		if err != nil {
			return out, err
		}
		for _, n := range v {
			if n < -999 || n > 999 {
				return out, fmt.Errorf("-%s %q: indices up to 999, please", r.name, r.text)
			}
		}
		*r.hkl = v
	}
	out.Zone = out.G1.Zone(out.G2)
	if out.Zone == (crystal.UVW{}) {
		return out, fmt.Errorf("-of %s -of2 %s: reflections of one row share no single zone axis", of, of2)
	}
	g1, g2 := s.Lattice.G(out.G1), s.Lattice.G(out.G2)
	out.D1, out.D2 = 1/g1.Norm(), 1/g2.Norm()
	out.Ratio, out.Angle = out.D1/out.D2, degrees(geom.Angle(g1, g2))
	return out, nil
}

const matchAbout = `zone axes that fit a measured ratio and angle of two spots

-ratio is that of the distances of two spots from 000, either way round, and
-angle-deg the angle between them; with -d-A, the spacing of the nearer spot,
the scale counts as well. Instead of a measurement, -like CRYSTAL -zone u,v,w
takes g1 and g2 of that zone axis and lists what else it could be taken for, and
-spots "x,y x,y x,y" takes two or more spots, measured from 000 in any unit, x right
and y up: then all of them count, and with -invA-per-unit their scale.
Looked through are all Laue-distinct zone axes up to -max of the library, or of
the crystals of -in; with -elements Fe,C those of crystals that hold no other
elements. One line for each zone axis that fits, the best first:
misfit is the root mean square of the deviations in units of the tolerances, g1
the shorter spot, angle12_deg is folded to 90 degrees as g and -g look alike. For
-spots each deviation of a distance and of a direction counts, a forbidden spot as one
that is off by its whole tolerance; hkl are the indices of the spots in their order, zone
is the axis towards the viewer, invA_per_unit the scale that was found, and
rotation_deg how far g1 of the zone's table lies counter-clockwise of screen x.`

type matchReport struct {
	Ratio    float64      `json:"ratio21"`
	Angle    float64      `json:"angle12_deg"`
	D        float64      `json:"d1_A,omitempty"`
	Spots    [][2]float64 `json:"spots,omitempty"`
	Elements []string     `json:"elements,omitempty"`
	Total    int          `json:"total"` // with those beyond -n
	Matches  []matchRow   `json:"matches"`
}

type matchRow struct {
	ID      string      `json:"id"`
	Crystal string      `json:"crystal,omitempty"`
	Formula string      `json:"formula"`
	Zone    crystal.UVW `json:"zone"`
	G1      crystal.HKL `json:"g1"`
	G2      crystal.HKL `json:"g2"`
	D1      float64     `json:"d1_A"`
	Ratio   float64     `json:"ratio21"`
	Angle   float64     `json:"angle12_deg"`
	Misfit  float64     `json:"misfit"`

	// Of -spots.
	HKL       []crystal.HKL `json:"hkl,omitempty"`
	InvA      float64       `json:"invA_per_unit,omitempty"`
	Rotation  *float64      `json:"rotation_deg,omitempty"`
	Forbidden int           `json:"forbidden,omitempty"`
}

// matchCommand finds the zone axes that fit a measurement.
func matchCommand(args []string, stdout, stderr io.Writer) error {
	f := newFlags("zones match", matchAbout, stderr)
	ratio := f.Float64("ratio", 0, "ratio of the two distances")
	angle := f.Float64("angle-deg", 0, "angle between the two spots, degrees")
	d := f.Float64("d-A", 0, "spacing of the spot nearer to 000, Å, if the camera constant is known")
	spots := f.String("spots", "", "two or more spots `x,y x,y x,y` measured from 000, in any unit, x right and y up")
	scale := f.Float64("invA-per-unit", 0, "one unit of -spots in 1/Å, if it is known")
	elements := f.String("elements", "", "only crystals of these `elements` and no others, as Fe,C")
	like := f.String("like", "", "a `file` or a library id whose zone axis is the measurement")
	zone := f.String("zone", "", "zone axis `u,v,w` of -like")
	ratioTol := f.Float64("ratio-tol", 0.03, "relative tolerance of the ratio")
	angleTol := f.Float64("angle-tol-deg", 1.5, "tolerance of the angle, degrees")
	dTol := f.Float64("d-tol", 0.03, "relative tolerance of -d-A")
	in := f.String("in", "", "`files` or library ids to look through, with commas (default: the library)")
	var o crystalOptions // of all crystals
	o.addCell(f)
	o.addTol(f)
	limit := f.Int("max", 3, "largest index, 1 to 5")
	n := f.Int("n", 20, "number of matches")
	if err := parse(f, args); err != nil {
		return err
	}
	if *limit < 1 || *limit > 5 || *n < 1 {
		return fmt.Errorf("-max %d, -n %d: expected 1 to 5, and 1 or more", *limit, *n)
	}
	if err := above(numberOption{"ratio-tol", *ratioTol}, numberOption{"angle-tol-deg", *angleTol}, numberOption{"d-tol", *dTol}); err != nil {
		return err
	}
	if !(*d >= 0) || math.IsInf(*d, 0) {
		return fmt.Errorf("-d-A %g: expected a number above zero", *d)
	}
	q := zones.RatioQuery{Ratio: *ratio, Angle: geom.Radians(*angle), D: *d,
		RatioTol: *ratioTol, AngleTol: geom.Radians(*angleTol), DTol: *dTol}
	only, err := elementSet(*elements)
	if err != nil {
		return err
	}
	var places [][2]float64
	if *scale != 0 {
		if err := above(numberOption{"invA-per-unit", *scale}); err != nil {
			return err
		}
	}
	if *scale != 0 && *spots == "" {
		return errors.New("-invA-per-unit is the scale of -spots")
	}
	var own crystal.UVW // the zone axis of -like, which need not be told that it fits
	switch {
	case *spots != "" && (*like != "" || *ratio != 0 || *angle != 0 || *d != 0):
		return errors.New("give -spots alone, or -ratio with -angle-deg, or -like with -zone")
	case *spots != "":
		if places, err = parseSpots(*spots); err != nil {
			return err
		}
	case *like != "" && *ratio != 0:
		return errors.New("give -ratio with -angle-deg, or -like with -zone")
	case *like != "":
		u, err := direction("zone", *zone)
		if err != nil {
			return err
		}
		s, err := o.open(*like)
		if err != nil {
			return err
		}
		bases, err := zones.Bases(s.Structure, diffraction.Options{}, []crystal.UVW{u})
		if err != nil {
			return err
		}
		q.Ratio, q.Angle, own = bases[0].Ratio21(), bases[0].Angle12, zones.Representative(s.Group, u)
	case *zone != "":
		return errors.New("-zone goes with -like")
	default:
		if err := above(numberOption{"ratio", *ratio}); err != nil {
			return err
		}
		if !(*angle > 0 && *angle < 180) {
			return fmt.Errorf("-angle-deg %g: expected an angle between 0 and 180", *angle)
		}
	}
	var ids []string
	if *in != "" {
		ids = strings.Split(*in, ",")
	} else {
		for _, e := range source.Library() {
			ids = append(ids, e.ID)
		}
	}
	var table zones.RatioTable
	var nets []zones.Net
	crystals := make([]*loaded, 0, len(ids))
	names := ids[:0]
	for _, id := range ids {
		id = strings.TrimSpace(id)
		s, err := o.open(id)
		if err != nil {
			return err
		}
		if !only.hold(s.Structure) {
			continue
		}
		number := len(crystals)
		crystals, names = append(crystals, s), append(names, id)
		bases, refs, err := axesOf(s, *limit)
		if err != nil {
			return err
		}
		if places == nil {
			table.Add(id, refs, bases)
			continue
		}
		for _, b := range bases {
			net, err := zones.NewNet(number, refs, b)
			if err != nil {
				return err
			}
			nets = append(nets, net)
		}
	}
	ids = names
	if len(ids) == 0 {
		return fmt.Errorf("-elements %s: there is no crystal of these elements alone to look through", *elements)
	}
	r := matchReport{Ratio: q.Ratio, Angle: degrees(q.Angle), D: q.D, Elements: only, Matches: []matchRow{}}
	if places != nil {
		return matchSpots(stdout, r, nets, crystals, ids, *n, zones.SpotQuery{
			Spots: places, InvA: *scale, LengthTol: *ratioTol, AngleTol: geom.Radians(*angleTol), ScaleTol: *dTol})
	}
	for _, m := range table.Match(q) {
		s := crystals[m.Crystal]
		if own != (crystal.UVW{}) && sameCrystal(ids[m.Crystal], *like) && m.Zone == own {
			continue
		}
		if r.Total++; r.Total > *n {
			continue
		}
		g1, g2 := s.Lattice.G(m.A), s.Lattice.G(m.B)
		a := geom.Angle(g1, g2)
		r.Matches = append(r.Matches, matchRow{
			ID: ids[m.Crystal], Crystal: s.Name, Formula: s.Formula(), Zone: m.Zone, G1: m.A, G2: m.B,
			D1: 1 / g1.Norm(), Ratio: g2.Norm() / g1.Norm(), Angle: degrees(min(a, math.Pi-a)), Misfit: math.Round(m.Misfit*1e3) / 1e3, // what they are sorted by
		})
	}
	return writeJSON(stdout, r)
}

// sameCrystal reports whether two names are of one file or library crystal.
func sameCrystal(a, b string) bool {
	ea, ok1 := source.Lookup(a)
	eb, ok2 := source.Lookup(b)
	return a == b || ok1 && ok2 && ea.ID == eb.ID
}

// axesOf returns the zone axes of a crystal up to an index, and reflections that
// reach as far as they do.
func axesOf(s *loaded, limit int) ([]zones.Basis, *diffraction.Reflections, error) {
	bases, err := zones.Bases(s.Structure, diffraction.Options{}, zones.Distinct(s.Group, limit))
	if err != nil {
		return nil, nil, err
	}
	far := 0.0
	for _, b := range bases {
		far = max(far, b.Reach())
	}
	// A little farther than the longest, so that rounding leaves none out.
	refs, err := diffraction.NewReflections(s.Structure, diffraction.Options{GMax: far * 1.001, Thermal: diffraction.NoThermal})
	return bases, refs, err
}

// matchSpots answers -spots.
func matchSpots(stdout io.Writer, r matchReport, nets []zones.Net, crystals []*loaded, ids []string, n int, q zones.SpotQuery) error {
	list, err := zones.MatchSpots(nets, q)
	if err != nil {
		return errors.New("-spots: " + strings.TrimPrefix(err.Error(), "zones: "))
	}
	a, b := q.Spots[0], q.Spots[1]
	la, lb := math.Hypot(a[0], a[1]), math.Hypot(b[0], b[1])
	between := math.Abs(math.Atan2(a[0]*b[1]-a[1]*b[0], a[0]*b[0]+a[1]*b[1]))
	r.Spots, r.Total = q.Spots, len(list)
	r.Ratio, r.Angle = max(la/lb, lb/la), degrees(min(between, math.Pi-between))
	for _, m := range list[:min(n, len(list))] {
		s := crystals[m.Crystal]
		h1, h2 := m.HKL[0], m.HKL[1]
		g1, g2 := s.Lattice.G(h1), s.Lattice.G(h2)
		if g1.Norm() > g2.Norm()+1e-9 {
			h1, h2, g1, g2 = h2, h1, g2, g1
		}
		angle, turn := geom.Angle(g1, g2), degrees(m.Rotation)
		r.Matches = append(r.Matches, matchRow{
			ID: ids[m.Crystal], Crystal: s.Name, Formula: s.Formula(), Zone: m.Zone, G1: h1, G2: h2,
			D1: 1 / g1.Norm(), Ratio: g2.Norm() / g1.Norm(), Angle: degrees(min(angle, math.Pi-angle)), Misfit: math.Round(m.Misfit*1e5) / 1e5,
			HKL: m.HKL, InvA: m.InvA, Rotation: &turn, Forbidden: m.Forbidden,
		})
	}
	return writeJSON(stdout, r)
}

// parseSpots reads places "x,y x,y"; semicolons may stand between them, too.
func parseSpots(text string) ([][2]float64, error) {
	var out [][2]float64
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ';' || r == '\t' || r == '\n' }) {
		x, y, ok := strings.Cut(part, ",")
		a, err1 := strconv.ParseFloat(x, 64)
		b, err2 := strconv.ParseFloat(y, 64)
		if !ok || err1 != nil || err2 != nil || math.IsNaN(a+b) || math.IsInf(a+b, 0) {
			return nil, fmt.Errorf("-spots: %q is not a place: expected x,y for each spot with spaces between, as \"41,0 0,41 41,41\"", part)
		}
		out = append(out, [2]float64{a, b})
	}
	return out, nil
}

// elementList is what -elements names; none means all.
type elementList []string

// elementSet reads symbols with commas or spaces between.
func elementSet(text string) (elementList, error) {
	var out elementList
	for _, symbol := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' }) {
		e, ok := atom.Lookup(symbol)
		if !ok {
			return nil, fmt.Errorf("-elements %q: %q is not an element", text, symbol)
		}
		out = append(out, e.Symbol())
	}
	if text != "" && len(out) == 0 {
		return nil, fmt.Errorf("-elements %q: expected symbols with commas between, as Fe,C", text)
	}
	return out, nil
}

// hold reports whether all elements of a structure are in the list.
func (l elementList) hold(s *crystal.Structure) bool {
	if len(l) == 0 {
		return true
	}
	for _, site := range s.Sites {
		if site.Occ > 0 && !slices.Contains(l, site.Z.Symbol()) {
			return false
		}
	}
	return true
}
