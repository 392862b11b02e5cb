package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/orientation"
	"zoneaxis/internal/scene"
	"zoneaxis/internal/wire"
	"zoneaxis/internal/zones"
)

const relateAbout = `a second crystal, or a twin, in a fixed orientation to the first

The relation is one of
  -plane "h,k,l||h,k,l" -direction "u,v,w||u,v,w"   parallel planes, and in them
                            parallel directions (first crystal || second)
  -named NAME               KS or Kurdjumov-Sachs, NW or Nishiyama-Wassermann,
                            Bain, Burgers; the first crystal is the parent
  -twin "h,k,l"             the mirror image in that plane
  -twin "60 u,v,w"          turned by that angle in degrees about [uvw]
  -twin NAME                "fcc {111}", "bcc {112}", "hcp {10-12}", "Sigma 3"

rotation is the matrix R, row by row, with v1 = R v2 for the Cartesian axes of
both crystals (x along a, z along c*). disorientation is the smallest rotation
among the equivalent descriptions, its axis in the Cartesian axes of the first
crystal. nearest_zone is the zone axis of the second crystal nearest to the beam.
intensity is |F|² times the Gaussian of the relrod, for each phase by itself;
phase is 1 or 2. CSV has the reflections only.`

type relateReport struct {
	VoltageKV      float64            `json:"voltage_kV"`
	WavelengthA    float64            `json:"wavelength_A"`
	Phases         [2]crystalNames    `json:"phases"`
	Relation       relationJSON       `json:"relation"`
	Rotation       [3][3]float64      `json:"rotation"`
	Disorientation disorientationJSON `json:"disorientation"`
	Variant        int                `json:"variant"`
	Variants       int                `json:"variants"`
	Zone           crystal.UVW        `json:"zone"`
	Tilt           [2]float64         `json:"tilt_deg"`
	NearestZone    crystal.UVW        `json:"nearest_zone"`
	NearestAngle   float64            `json:"nearest_zone_angle_deg"`
	Reflections    []relateReflection `json:"reflections"`
	Notes          []string           `json:"notes"`
}

// relationJSON says what is parallel, or how the twin is made.
type relationJSON struct {
	Name       string          `json:"name,omitempty"`
	Planes     *[2]crystal.HKL `json:"planes,omitempty"`
	Directions *[2]crystal.UVW `json:"directions,omitempty"`
	Misfit     *float64        `json:"misfit_deg,omitempty"`
	Mirror     *crystal.HKL    `json:"mirror,omitempty"`
	Axis       *crystal.UVW    `json:"axis,omitempty"`
	Angle      float64         `json:"angle_deg,omitempty"`
}

type disorientationJSON struct {
	Angle float64    `json:"angle_deg"`
	Axis  [3]float64 `json:"axis"` // unit vector; zero without a rotation
}

type relateReflection struct {
	Phase     int         `json:"phase"`
	HKL       crystal.HKL `json:"hkl"`
	Q         [2]float64  `json:"q_invA"`
	G         float64     `json:"g_invA"`
	D         *float64    `json:"d_A"` // null for 000
	S         float64     `json:"s_invA"`
	F         float64     `json:"F_abs_A"`
	Intensity float64     `json:"intensity"`
}

// relateOptions are the options of the command.
type relateOptions struct {
	orientedOptions
	in2, plane, direction, twin, named, format string
	variant                                    int
	gmax, sigma, misfit, min                   float64
}

func relateCommand(args []string, stdout, stderr io.Writer) error {
	f := newFlags("relate", relateAbout, stderr)
	var o relateOptions
	o.add(f)
	f.StringVar(&o.in2, "in2", "", "the second crystal, a `file` or a library id; the first again for a twin")
	f.StringVar(&o.plane, "plane", "", `parallel planes "h,k,l||h,k,l"`)
	f.StringVar(&o.direction, "direction", "", `parallel directions "u,v,w||u,v,w" in these planes`)
	f.StringVar(&o.twin, "twin", "", "a twin law")
	f.StringVar(&o.named, "named", "", "a named orientation relationship")
	f.IntVar(&o.variant, "variant", 1, "which of the variants, from 1")
	f.Float64Var(&o.misfit, "misfit-deg", 10, "how far a direction may be out of its plane, degrees")
	f.Float64Var(&o.gmax, "gmax", 1.5, "largest |g|, 1/Å")
	f.Float64Var(&o.sigma, "sigma", 0.01, "width of the relrod, 1/Å")
	f.Float64Var(&o.min, "min", 1e-4, "leave out what is weaker than this fraction of the strongest of its phase (0: nothing)")
	f.StringVar(&o.format, "format", "json", "json, csv or svg")
	if err := parse(f, args); err != nil {
		return err
	}
	if _, err := oneOf("format", o.format, map[string]bool{"json": true, "csv": true, "svg": true}); err != nil {
		return err
	}
	if err := above(numberOption{"gmax", o.gmax}, numberOption{"sigma", o.sigma}); err != nil {
		return err
	}
	if !(o.min >= 0 && o.min <= 1) {
		return fmt.Errorf("-min %g: expected 0 to 1", o.min)
	}
	if !(o.misfit >= 0 && o.misfit <= 45) {
		return fmt.Errorf("-misfit-deg %g: expected 0 to 45", o.misfit)
	}
	rule, err := o.rule()
	if err != nil {
		return err
	}
	first, err := o.open()
	if err != nil {
		return err
	}
	second := first.loaded
	if o.in2 != "" {
		if second, err = o.crystalOptions.open(o.in2); err != nil {
			return err
		}
	}
	rot, relation, err := rule(first.Lattice, second.Lattice)
	if err != nil {
		return err
	}
	variants := orientation.Variants(rot, first.Lattice, first.Group, second.Lattice, second.Group)
	if o.variant < 1 || o.variant > len(variants) {
		return fmt.Errorf("-variant %d: there are %d variants", o.variant, len(variants))
	}
	rot = variants[o.variant-1]
	orientation2 := first.orientation.Mul(rot).Normalise()
	r := relateReport{
		VoltageKV: o.kv, WavelengthA: first.beam.Wavelength(), Zone: first.zone, Tilt: o.tilt,
		Relation: relation, Rotation: matrixOf(rot), Variant: o.variant, Variants: len(variants),
		Reflections: []relateReflection{},
	}
	angle, axis := orientation.Disorientation(rot, first.Lattice, first.Group, second.Lattice, second.Group)
	r.Disorientation = disorientationJSON{degrees(angle), [3]float64{round(axis.X), round(axis.Y), round(axis.Z)}}
	var notes [][]string
	for i, p := range []oriented{first, {second, first.beam, first.zone, orientation2}} {
		refs, err := diffraction.NewReflections(p.Structure, diffraction.Options{GMax: o.gmax})
		if err != nil {
			return err
		}
		r.Phases[i] = p.names()
		r.Reflections = append(r.Reflections, relateRows(i+1, p, refs, o)...)
		notes = append(notes, p.Notes, p.Analysis.Notes, refs.Notes)
		if i == 1 {
			zone, off := zones.NewSet(p.Lattice, refs.Translations, 0).Nearest(orientation2, crystal.UVW{})
			r.NearestZone, r.NearestAngle = zone, degrees(off)
		}
	}
	if relation.Mirror != nil && !first.Group.Centrosymmetric() {
		notes = append(notes, []string{"The crystal has no inversion centre: its mirror twin is drawn as the half-turn about the plane normal, which has the same positions and, by Friedel's law, intensities."})
	}
	r.Notes = notesOf(notes...)
	switch o.format {
	case "csv":
		return writeRelateCSV(stdout, r)
	case "svg":
		return writeRelateSVG(stdout, first, second, r)
	}
	return writeJSON(stdout, r)
}

// rule reads the relation; the lattices give it its rotation, crystal 2 →
// crystal 1.
func (o *relateOptions) rule() (func(l1, l2 crystal.Lattice) (geom.Rotation, relationJSON, error), error) {
	parallel := o.plane != "" || o.direction != ""
	given := 0
	for _, is := range []bool{parallel, o.named != "", o.twin != ""} {
		if is {
			given++
		}
	}
	switch {
	case given != 1:
		return nil, errors.New("give one relation: -plane with -direction, or -named, or -twin")
	case o.twin != "":
		if o.in2 != "" {
			return nil, errors.New("-twin is of the crystal itself: leave out -in2")
		}
		t, err := twinLaw(o.twin)
		if err != nil {
			return nil, err
		}
		return func(l, _ crystal.Lattice) (geom.Rotation, relationJSON, error) {
			rot, err := t.Rotation(l, true)
			out := relationJSON{Name: t.Name}
			switch {
			case t.Mirror:
				out.Mirror = &t.Plane
			default:
				out.Axis, out.Angle = &t.Dir, degrees(t.Angle)
			}
			return rot, out, err
		}, nil
	case o.in2 == "":
		return nil, errors.New("-in2 is missing: the second crystal, a file or a library id")
	}
	relation, err := o.relation()
	if err != nil {
		return nil, err
	}
	return func(l1, l2 crystal.Lattice) (geom.Rotation, relationJSON, error) {
		rot, misfit, err := relation.Rotation(l1, l2, geom.Radians(o.misfit))
		off := degrees(misfit)
		return rot, relationJSON{
			Name:   relation.Name,
			Planes: &[2]crystal.HKL{relation.Plane1, relation.Plane2}, Directions: &[2]crystal.UVW{relation.Dir1, relation.Dir2},
			Misfit: &off,
		}, err
	}, nil
}

// relation reads -named, or -plane and -direction.
func (o *relateOptions) relation() (r orientation.Relation, err error) {
	if o.named != "" {
		if r, ok := orientation.Named(o.named); ok {
			return r, nil
		}
		return r, fmt.Errorf("-named %q: expected one of %s", o.named, strings.Join(orientation.Names(), ", "))
	}
	if o.plane == "" || o.direction == "" {
		return r, errors.New("-plane and -direction go together")
	}
	p1, p2, err := pair("plane", o.plane)
	if err != nil {
		return r, err
	}
	d1, d2, err := pair("direction", o.direction)
	if err != nil {
		return r, err
	}
	r.Plane1, r.Plane2 = p1, p2
	r.Dir1, r.Dir2 = crystal.UVW(d1).Reduced(), crystal.UVW(d2).Reduced()
	return r, nil
}

// pair reads two triples with a sign of parallelism between them, none of them
// zero.
func pair(name, text string) (a, b [3]int, err error) {
	parts := strings.Split(strings.NewReplacer("∥", "||", "‖", "||", "//", "||").Replace(text), "||")
	if len(parts) != 2 {
		return a, b, fmt.Errorf("-%s %q: expected two triples with || between them, such as 1,1,1||0,1,1", name, text)
	}
	for i, v := range []*[3]int{&a, &b} {
		if *v, err = triple(name, parts[i]); err != nil {
			return a, b, err
		}
		if *v == [3]int{} {
			return a, b, fmt.Errorf("-%s %q: 0,0,0 has no direction", name, text)
		}
	}
	return a, b, nil
}

// twinLaw reads the name of a twin law, a mirror plane "h,k,l", or a turn
// "60 u,v,w".
func twinLaw(text string) (orientation.Twin, error) {
	if t, ok := orientation.NamedTwin(text); ok {
		return t, nil
	}
	names := []string{}
	for _, t := range orientation.Twins() {
		names = append(names, t.Name)
	}
	angle, indices, turn := strings.Cut(strings.TrimSpace(text), " ")
	if !turn {
		plane, err := triple("twin", text)
		if err != nil || plane == [3]int{} {
			return orientation.Twin{}, fmt.Errorf("-twin %q: expected a plane h,k,l, an angle and an axis such as 60 1,1,1, or one of %s", text, strings.Join(names, ", "))
		}
		return orientation.Twin{Plane: plane, Mirror: true}, nil
	}
	v, err := strconv.ParseFloat(strings.TrimSuffix(angle, "°"), 64)
	if err != nil || !(math.Abs(v) <= 360) {
		return orientation.Twin{}, fmt.Errorf("-twin %q: %q is not an angle in degrees", text, angle)
	}
	u, err := direction("twin", indices)
	return orientation.Twin{Dir: u, Angle: geom.Radians(v)}, err
}

func matrixOf(r geom.Rotation) (out [3][3]float64) {
	x, y, z := r.Mat().Rows()
	for i, v := range []geom.Vec{x, y, z} {
		out[i] = [3]float64{round(v.X), round(v.Y), round(v.Z)}
	}
	return out
}

// relateRows returns the reflections of one phase, strongest first.
func relateRows(phase int, c oriented, refs *diffraction.Reflections, o relateOptions) []relateReflection {
	spots := diffraction.Kinematic{Sigma: o.sigma}.AppendSpots(nil, refs, c.beam, c.orientation)
	var rows []relateReflection
	for _, s := range strongestFirst(spots, o.min) {
		f := refs.F[s.Ref]
		row := relateReflection{
			Phase: phase, HKL: refs.HKL[s.Ref], Q: [2]float64{s.X + 0, s.Y + 0}, G: refs.Len[s.Ref], S: s.S + 0,
			F: math.Hypot(real(f), imag(f)), Intensity: s.I,
		}
		row.D = spacing(row.G)
		rows = append(rows, row)
	}
	return rows
}

func writeRelateCSV(w io.Writer, r relateReport) error {
	rows := [][]string{{"phase", "h", "k", "l", "qx_invA", "qy_invA", "g_invA", "d_A", "s_invA", "F_abs_A", "intensity"}}
	for _, s := range r.Reflections {
		rows = append(rows, []string{
			strconv.Itoa(s.Phase), strconv.Itoa(s.HKL[0]), strconv.Itoa(s.HKL[1]), strconv.Itoa(s.HKL[2]),
			number(s.Q[0]), number(s.Q[1]), number(s.G), numberOrNone(s.D), number(s.S), number(s.F), number(s.Intensity),
		})
	}
	return csv.NewWriter(w).WriteAll(rows)
}

// writeRelateSVG draws both patterns, the second as diamonds.
func writeRelateSVG(w io.Writer, first oriented, second *loaded, r relateReport) error {
	var drawing scene.Scene
	far := 0.1
	var strongest [3]float64
	for _, s := range r.Reflections {
		far = max(far, math.Abs(s.Q[0]), math.Abs(s.Q[1]))
		if s.G > 0 {
			strongest[s.Phase] = max(strongest[s.Phase], s.Intensity)
		}
	}
	drawing.Side = 2.1 * far
	for _, s := range r.Reflections {
		spot := scene.Spot{X: s.Q[0], Y: s.Q[1], R: scene.DirectRadius, Class: wire.Spot, HKL: s.HKL, Four: first.hexagonal(), Rank: 1}
		if s.G > 0 {
			spot.Rank = s.Intensity / strongest[s.Phase]
			spot.R = scene.Radius(spot.Rank)
		}
		if s.Phase == 2 {
			if s.G == 0 {
				continue
			}
			spot.Class, spot.Four = wire.SecondPhase, second.hexagonal()
			spot.Rank /= 2 // the first crystal's indices come first
			if spot.R > 0 {
				spot.R = 0.85 * max(spot.R, 2.5)
			}
		}
		if spot.R > 0 {
			drawing.Spots = append(drawing.Spots, spot)
		}
	}
	drawing.PlaceLabels()
	other := r.Phases[1].Formula
	if r.Relation.Mirror != nil || r.Relation.Axis != nil {
		other = "twin"
	}
	drawing.Title = fmt.Sprintf("%s and %s, near [%s]", first.title(r.VoltageKV), other, r.NearestZone.Text(second.hexagonal()))
	drawing.Desc = fmt.Sprintf("Electron diffraction pattern of two crystals with %d reflections.", len(r.Reflections))
	return writeSceneSVG(w, &drawing, []scene.LegendEntry{{Class: "second", Text: other}}, drawing.Title)
}
