package main

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"

	"zoneaxis/internal/atom"
	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/scene"
	"zoneaxis/internal/wire"
)

const patternAbout = `the diffraction pattern along a zone axis

The zone axis [uvw] points towards the viewer, x to the right, y up (the
projection of c*). intensity = |F|² × shape, F in Å, 000 included.`

// patternOptions are the options of the command after reading.
type patternOptions struct {
	orientedOptions
	format      string
	gmax        float64
	reflections diffraction.Options
	rod         diffraction.Precession // with angle 0 a still beam
	foil        *crystal.HKL           // plane of the foil; nil: normal to the beam
	min         float64
	forbidden   bool
}

// patternJSON is the result; units are in the names.
type patternJSON struct {
	crystalNames
	Cell        map[string]any   `json:"cell"`
	VoltageKV   float64          `json:"voltage_kV"`
	WavelengthA float64          `json:"wavelength_A"`
	VolumeA3    float64          `json:"volume_A3"`
	Zone        crystal.UVW      `json:"zone"`
	Layers      layersJSON       `json:"laue_zones"`
	Reflections []reflectionJSON `json:"reflections"`
	Notes       []string         `json:"notes"`
}

// layersJSON tells where the Laue zones lie.
type layersJSON struct {
	Spacing float64    `json:"spacing_invA"`
	Radii   []*float64 `json:"ring_radii_invA"` // of orders 1, 2, 3; null: not reached
}

type reflectionJSON struct {
	HKL       crystal.HKL `json:"hkl"`
	Q         [2]float64  `json:"q_invA"`
	G         float64     `json:"g_invA"`
	D         *float64    `json:"d_A"` // null for 000
	S         float64     `json:"s_invA"`
	F         [2]float64  `json:"F_A"`
	Intensity float64     `json:"intensity"`
	Order     int         `json:"order"` // Laue zone
	forbiddenJSON
}

func patternCommand(args []string, stdout, stderr io.Writer) error {
	o, err := patternArguments(args, stderr)
	if err != nil {
		return err
	}
	c, err := o.open()
	if err != nil {
		return err
	}
	refs, err := diffraction.NewReflections(c.Structure, o.reflections)
	if err != nil {
		return err
	}
	if o.foil != nil {
		o.rod.Normal = c.orientation.Apply(c.Lattice.G(*o.foil))
	}
	spots := o.rod.AppendSpots(nil, refs, c.beam, c.orientation)
	layers, err := refs.Layers(c.zone)
	if err != nil {
		return err
	}
	out := patternJSON{
		crystalNames: c.names(),
		Cell:         cellJSON(c.Lattice.Cell()), VoltageKV: o.kv, WavelengthA: c.beam.Wavelength(),
		VolumeA3: c.Lattice.Volume(), Zone: c.zone,
		Layers:      layersJSON{Spacing: layers.Spacing, Radii: ringRadii(layers, c.beam)},
		Reflections: reflectionRows(refs, spots, layers, o.min),
		Notes:       notesOf(c.Notes, c.Analysis.Notes, refs.Notes),
	}
	if o.forbidden {
		rows, err := forbiddenRows(c, o)
		if err != nil {
			return err
		}
		out.Reflections = append(out.Reflections, rows...)
	}
	switch o.format {
	case "csv":
		return writePatternCSV(stdout, out)
	case "svg":
		return writePatternSVG(stdout, c.loaded, out)
	}
	return writeJSON(stdout, out)
}

func patternArguments(args []string, stderr io.Writer) (o patternOptions, err error) {
	f := newFlags("pattern", patternAbout+forbiddenAbout, stderr)
	o.add(f)
	f.Float64Var(&o.gmax, "gmax", 1.5, "largest |g|, 1/Å")
	shape := f.String("shape", "gaussian", "relrod: gaussian, slab, linear, lorentzian or positions")
	f.Float64Var(&o.rod.Sigma, "sigma", 0.01, "width of the relrod, 1/Å")
	thickness := f.Float64("thickness-nm", 50, "foil thickness for -shape slab, nm")
	spread := f.Float64("spread-nm", 0, "standard deviation of the thickness for -shape slab, nm")
	dw := f.Bool("dw", true, "apply Debye–Waller factors")
	temperature := f.Float64("temperature-k", 0, "take the elements' own B at this temperature, K (0: the sites' B)")
	model := f.String("model", "lobato", modelAbout)
	sg := f.String("sg", "first", "excitation error: first (order) or exact")
	f.StringVar(&o.format, "format", "json", "json, csv or svg")
	f.Float64Var(&o.min, "min", 1e-4, "leave out what is weaker than this fraction of the strongest (0: nothing)")
	f.BoolVar(&o.forbidden, "forbidden", false, "add the forbidden reflections of the zone, by class")
	detector := f.String("detector", "orthographic", "orthographic or gnomonic")
	foil := f.String("foil", "", "plane `h,k,l` of the foil, if it is not normal to the beam")
	precession := f.Float64("precession-deg", 0, "precession angle, degrees")
	f.IntVar(&o.rod.Azimuths, "azimuths", 0, "beam directions on the precession cone (0: as many as are needed)")
	f.BoolVar(&o.rod.TwoBeam, "two-beam", false, "precession with two-beam intensities, as fractions of the incident beam")
	if err := parse(f, args); err != nil {
		return o, err
	}
	k := &o.rod.Kinematic
	if k.Shape, err = oneOf("shape", *shape, shapes); err != nil {
		return o, err
	}
	if o.reflections.Model, err = parseModel(*model); err != nil {
		return o, err
	}
	if k.Exact, err = oneOf("sg", *sg, map[string]bool{"first": false, "exact": true}); err != nil {
		return o, err
	}
	if k.Gnomonic, err = oneOf("detector", *detector, map[string]bool{"orthographic": false, "gnomonic": true}); err != nil {
		return o, err
	}
	if _, err = oneOf("format", o.format, map[string]bool{"json": true, "csv": true, "svg": true}); err != nil {
		return o, err
	}
	k.Thickness, k.Spread = *thickness*10, *spread*10
	o.reflections.GMax = o.gmax
	if o.rod.Angle = geom.Radians(*precession); *precession < 0 || *precession > 10 {
		return o, fmt.Errorf("pattern: -precession-deg %g: expected 0 to 10", *precession)
	}
	if o.rod.TwoBeam && *precession == 0 {
		return o, fmt.Errorf("pattern: -two-beam goes with -precession-deg")
	}
	if *foil != "" {
		plane, err := triple("foil", *foil)
		if err != nil {
			return o, err
		}
		h := crystal.HKL(plane)
		o.foil = &h
	}
	switch {
	case !*dw:
		o.reflections.Thermal = diffraction.NoThermal
	case *temperature > 0:
		o.reflections.Thermal, o.reflections.Temperature = diffraction.ElementB, *temperature
	}
	for name, v := range map[string]float64{"sigma": k.Sigma, "thickness-nm": *thickness, "min": o.min + 1, "gmax": o.gmax} {
		if !(v > 0) || math.IsInf(v, 0) {
			return o, fmt.Errorf("pattern: -%s must be a number above zero", name)
		}
	}
	return o, nil
}

const modelAbout = "scattering factors: lobato, kirkland, peng or peng-wide"

// parseModel reads -model.
func parseModel(name string) (atom.Model, error) {
	m, ok := atom.ParseModel(name)
	if !ok {
		return 0, fmt.Errorf("-model %q: expected one of %v", name, atom.Models())
	}
	return m, nil
}

// shapes are the values of -shape.
var shapes = map[string]diffraction.Shape{
	"gaussian": diffraction.Gaussian, "slab": diffraction.Slab, "linear": diffraction.Linear,
	"lorentzian": diffraction.Lorentzian, "positions": diffraction.Positions,
}

// oneOf looks up the value of an option.
func oneOf[T any](name, text string, values map[string]T) (T, error) {
	v, ok := values[text]
	if !ok {
		names := make([]string, 0, len(values))
		for n := range values {
			names = append(names, n)
		}
		slices.Sort(names)
		return v, fmt.Errorf("-%s %q: expected one of %v", name, text, names)
	}
	return v, nil
}

// strongestFirst sorts spots by intensity, equal ones in the order of the
// reflections, and drops those below a fraction of the strongest and without
// intensity.
func strongestFirst(spots []diffraction.Spot, least float64) []diffraction.Spot {
	strongest := 0.0
	for _, s := range spots {
		strongest = max(strongest, s.I)
	}
	least *= strongest
	spots = slices.DeleteFunc(spots, func(s diffraction.Spot) bool { return s.I < least || s.I == 0 })
	slices.SortStableFunc(spots, func(a, b diffraction.Spot) int { return cmp.Or(cmp.Compare(b.I, a.I), cmp.Compare(a.Ref, b.Ref)) })
	return spots
}

// spacing returns 1/g, nil for 000.
func spacing(g float64) *float64 {
	if g == 0 {
		return nil
	}
	d := 1 / g
	return &d
}

// reflectionRows turns spots into rows, strongest first.
func reflectionRows(refs *diffraction.Reflections, spots []diffraction.Spot, layers diffraction.Layers, least float64) []reflectionJSON {
	rows := []reflectionJSON{}
	for _, s := range strongestFirst(spots, least) {
		hkl, g, f := refs.HKL[s.Ref], refs.Len[s.Ref], refs.F[s.Ref]
		rows = append(rows, reflectionJSON{
			HKL: hkl, Q: [2]float64{s.X + 0, s.Y + 0}, G: g, D: spacing(g), S: s.S + 0,
			F: [2]float64{real(f) + 0, imag(f) + 0}, Intensity: s.I, Order: layers.Order(hkl),
		})
	}
	return rows
}

// ringRadii returns the radii of the first three HOLZ rings.
func ringRadii(layers diffraction.Layers, beam diffraction.Beam) []*float64 {
	radii := make([]*float64, 3)
	for i := range radii {
		if r, ok := layers.Radius(i+1, beam); ok {
			radii[i] = &r
		}
	}
	return radii
}

func cellJSON(c crystal.Cell) map[string]any {
	return map[string]any{"a_A": c.A, "b_A": c.B, "c_A": c.C, "alpha_deg": c.Alpha, "beta_deg": c.Beta, "gamma_deg": c.Gamma}
}

// number writes a number of a CSV file.
func number(v float64) string { return strconv.FormatFloat(v, 'g', 9, 64) }

// numberOrNone writes what may be missing.
func numberOrNone(v *float64) string {
	if v == nil {
		return ""
	}
	return number(*v)
}

func writePatternCSV(w io.Writer, p patternJSON) error {
	out := csv.NewWriter(w)
	rows := [][]string{{"h", "k", "l", "qx_invA", "qy_invA", "g_invA", "d_A", "s_invA", "F_re_A", "F_im_A", "intensity", "order", "class"}}
	for _, r := range p.Reflections {
		rows = append(rows, []string{
			strconv.Itoa(r.HKL[0]), strconv.Itoa(r.HKL[1]), strconv.Itoa(r.HKL[2]),
			number(r.Q[0]), number(r.Q[1]), number(r.G), numberOrNone(r.D), number(r.S), number(r.F[0]), number(r.F[1]),
			number(r.Intensity), strconv.Itoa(r.Order), r.Class,
		})
	}
	return out.WriteAll(rows)
}

// writePatternSVG draws the rows: spots by intensity, the direct beam, indices.
func writePatternSVG(w io.Writer, s *loaded, p patternJSON) error {
	var drawing scene.Scene
	far, strongest := 0.0, 0.0
	for _, r := range p.Reflections {
		far = max(far, math.Abs(r.Q[0]), math.Abs(r.Q[1]))
		if r.G > 0 {
			strongest = max(strongest, r.Intensity)
		}
	}
	drawing.Side = 2.1 * max(far, 0.1)
	four := s.hexagonal()
	for _, r := range p.Reflections {
		spot := scene.Spot{X: r.Q[0], Y: r.Q[1], R: scene.DirectRadius, Class: wire.Spot, HKL: r.HKL, Four: four, Rank: 1}
		if r.G > 0 {
			spot.R = scene.Radius(r.Intensity / strongest)
			spot.Rank = r.Intensity / strongest
		}
		if r.Order != 0 {
			spot.Class = wire.HOLZ
		}
		if r.Class != "" {
			spot.Class, spot.R = r.markOf(), scene.RingRadius
		}
		if spot.R > 0 {
			drawing.Spots = append(drawing.Spots, spot)
		}
	}
	drawing.PlaceLabels()
	zone := fmt.Sprintf("[%d %d %d]", p.Zone[0], p.Zone[1], p.Zone[2])
	drawing.Title = fmt.Sprintf("%s %s, %g kV", p.Formula, zone, p.VoltageKV)
	drawing.Desc = fmt.Sprintf("Electron diffraction pattern with %d reflections.", len(p.Reflections))
	length := scene.NiceLength(drawing.Side * 10 / 5)
	_, err := w.Write(drawing.AppendFile(nil, scene.Sheet{
		Style: "film", Labels: true, Caption: []string{drawing.Title},
		Bar: &scene.SheetBar{Units: length / 10 * drawing.Scale(), Label: fmt.Sprintf("%g nm", length), Power: "−1"},
	}))
	return err
}
