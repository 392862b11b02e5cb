package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"strings"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/diffraction/bloch"
	"zoneaxis/internal/geom"
)

const blochAbout = `dynamical intensities of a zone axis by Bloch waves

Prints the coupled beams and, for each thickness, in the order of the beams,
their intensities as fractions of the incident beam and their complex
amplitudes, without the phase that is common to all of them. Without absorption
the intensities of the strong beams add up to 1. convergence_percent is
Σ|ΔI|/ΣI of the eight strongest spots when half of the strong beams become
weak, and without the half of the weak ones that acts least: over 10 the
intensities should not be believed.`

// Bounds of what these commands take on.
const (
	maxBlochBeams  = 1500 // strong beams; keeps a mistyped bound from running for hours
	maxReach       = 6    // Å⁻¹, of a beam
	maxThicknesses = 1000
	maxTiltMrad    = 200
	maxRatio       = 1
	maxFoilDeg     = 85 // between foil normal and beam
)

// dynamicOptions are the options of commands that compute dynamical intensities.
type dynamicOptions struct {
	orientedOptions
	thicknesses, absorption, beams, tilt, foil string
	gmax, smax, ratio                          float64
	dw, refraction                             bool
}

func (o *dynamicOptions) add(f *flag.FlagSet) {
	o.orientedOptions.add(f)
	f.StringVar(&o.thicknesses, "thickness-nm", "50", "foil thicknesses, nm, `t1,t2,…`")
	f.Float64Var(&o.gmax, "gmax", 2, "largest |g| of a beam, 1/Å")
	f.Float64Var(&o.smax, "smax", 0, "largest |s| of a beam, 1/Å (0: the standard choice of strong and weak beams)")
	f.StringVar(&o.beams, "beams", "", "a JSON `file` with the beams, [[0,0,0],[1,1,1],…], all of them strong, instead of a choice by -gmax and -smax")
	f.StringVar(&o.tilt, "tilt-mrad", "0,0", "tilt of the beam, mrad, `x,y`: the direction against the electrons is z + x·(screen's x) + y·(screen's y); the foil stays")
	f.StringVar(&o.foil, "foil", "", "foil normal `u,v,w` in the cell that is used (default: along the screen's z)")
	f.StringVar(&o.absorption, "absorption", "none", "none, `ratio` (a number such as 0.1: U' = ratio × U) or tds (thermal diffuse scattering, Einstein model); also thermal for tds, and the word ratio for the number of -ratio")
	f.Float64Var(&o.ratio, "ratio", 0.1, "U'/U for -absorption ratio")
	f.BoolVar(&o.dw, "dw", true, "apply Debye–Waller factors")
	f.BoolVar(&o.refraction, "refraction", true, "take the wave number inside the crystal, exact excitation errors and the flux of higher Laue zones into account; false compares with programs that do not")
}

// dynamic is a crystal in the beam with all that bloch.Solve asks for.
type dynamic struct {
	oriented
	refs        *diffraction.Reflections
	opt         bloch.Options
	thicknesses []float64 // nm
	notes       []string
}

// open checks the options and reads the crystal.
func (o *dynamicOptions) open() (d dynamic, err error) {
	if d.opt, err = o.absorb(); err != nil {
		return d, err
	}
	if !(o.gmax > 0 && o.gmax <= maxReach) {
		return d, fmt.Errorf("-gmax %g: expected a number above 0 and up to %d 1/Å", o.gmax, maxReach)
	}
	if !(o.smax >= 0 && o.smax <= maxReach) {
		return d, fmt.Errorf("-smax %g: expected a number from 0, which means the standard choice, to %d 1/Å", o.smax, maxReach)
	}
	tilt, err := numberPair("tilt-mrad", o.tilt, maxTiltMrad)
	if err != nil {
		return d, err
	}
	if d.thicknesses, err = thicknessList(o.thicknesses); err != nil {
		return d, err
	}
	if d.opt.List, err = beamList(o.beams); err != nil {
		return d, err
	}
	if d.oriented, err = o.orientedOptions.open(); err != nil {
		return d, err
	}
	standard := bloch.Standard(d.beam)
	d.opt.GMax, d.opt.SMax, d.opt.MaxBeams = o.gmax, o.smax, maxBlochBeams
	if o.smax == 0 {
		d.opt.Strong, d.opt.SMax, d.opt.MinStrong, d.opt.MaxStrong, d.opt.MaxWeak = standard.Strong, standard.SMax, standard.MinStrong, standard.MaxStrong, standard.MaxWeak
	}
	// The incident wave travels against z + x·tx + y·ty.
	against := geom.Vec{X: tilt[0] / 1e3, Y: tilt[1] / 1e3, Z: 1}.Unit()
	d.opt.TiltX, d.opt.TiltY = -against.X*d.beam.K(), -against.Y*d.beam.K()
	d.opt.Normal, d.opt.Unrefracted = geom.Vec{Z: 1}, !o.refraction
	if o.foil != "" {
		u, err := direction("foil", o.foil)
		if err != nil {
			return d, err
		}
		d.opt.Normal = d.orientation.Apply(d.Lattice.R(u)).Unit()
	}
	if angle := geom.Degrees(math.Acos(min(1, math.Abs(d.opt.Normal.Dot(against))))); !(angle <= maxFoilDeg) {
		return d, fmt.Errorf("-foil %s: the foil is edge-on to the beam (its normal is %.1f° from it); expected up to %d°", o.foil, angle, maxFoilDeg)
	}
	reach := diffraction.Options{GMax: o.gmax}
	if d.opt.List != nil {
		if reach.GMax, err = furthest(o.beams, d.Lattice, d.opt.List); err != nil {
			return d, err
		}
	}
	if !o.dw {
		reach.Thermal = diffraction.NoThermal
	}
	if d.refs, err = diffraction.NewReflections(d.Structure, reach); err != nil {
		return d, err
	}
	d.notes = notesOf(d.Notes, d.Analysis.Notes, d.refs.Notes, d.atRest())
	return d, nil
}

// absorb reads the options of absorption.
func (o *dynamicOptions) absorb() (opt bloch.Options, err error) {
	expected := fmt.Sprintf("expected none, tds, or a ratio from 0 to %d such as 0.1", maxRatio)
	if !(o.ratio >= 0 && o.ratio <= maxRatio) {
		return opt, fmt.Errorf("-ratio %g: expected a number from 0 to %d", o.ratio, maxRatio)
	}
	opt.Ratio = o.ratio
	switch o.absorption {
	case "none":
		return opt, nil
	case "tds", "thermal":
		opt.Absorption = bloch.Thermal
		return opt, nil
	case "ratio":
	default:
		if opt.Ratio, err = strconv.ParseFloat(o.absorption, 64); err != nil || !(opt.Ratio >= 0 && opt.Ratio <= maxRatio) {
			return opt, fmt.Errorf("-absorption %q: %s", o.absorption, expected)
		}
	}
	if opt.Ratio > 0 {
		opt.Absorption = bloch.Proportional
	}
	return opt, nil
}

// atRest is a note on atoms that absorb nothing thermally.
func (d *dynamic) atRest() []string {
	if d.opt.Absorption != bloch.Thermal {
		return nil
	}
	still, all := 0, 0
	for _, a := range d.refs.Atoms() {
		if all++; a.B == 0 {
			still++
		}
	}
	switch still {
	case 0:
		return nil
	case all:
		return []string{"All atoms are at rest (B = 0), and atoms at rest absorb nothing thermally: this is the pattern without absorption."}
	}
	return []string{"Some atoms are at rest (B = 0), and atoms at rest absorb nothing thermally."}
}

// explain makes errors of package bloch sentences about the options.
func (o *dynamicOptions) explain(err error) error {
	var list *bloch.ListError
	var limit *bloch.LimitError
	var size *bloch.SizeError
	switch {
	case errors.As(err, &list):
		return fmt.Errorf("-beams %s: %s", o.beams, strings.TrimPrefix(list.Error(), "bloch: "))
	case errors.As(err, &limit):
		return fmt.Errorf("%d beams are more than the limit of %d: take a smaller -smax or -gmax", limit.Beams, limit.Limit)
	case errors.As(err, &size):
		return fmt.Errorf("%d beams times %d directions of a disc are more than the limit of %d: take fewer -pixels or beams", size.Beams, size.Rays, size.Limit)
	}
	return err
}

// numberPair reads two numbers within ±most.
func numberPair(name, text string, most float64) (out [2]float64, err error) {
	parts := strings.Split(text, ",")
	if len(parts) == len(out) {
		for i, p := range parts {
			out[i], err = strconv.ParseFloat(strings.TrimSpace(p), 64)
			if err != nil || !(math.Abs(out[i]) <= most) {
				return out, fmt.Errorf("-%s %q: %q is not a number from %g to %g", name, text, p, -most, most)
			}
		}
		return out, nil
	}
	return out, fmt.Errorf("-%s %q: expected two numbers with a comma, such as 2,-1.5", name, text)
}

// thicknessList reads thicknesses in nm.
func thicknessList(text string) (out []float64, err error) {
	for part := range strings.SplitSeq(text, ",") {
		nm, err := strconv.ParseFloat(strings.TrimSpace(part), 64)
		if err != nil || !(nm >= 0 && nm <= 1000) {
			return nil, fmt.Errorf("-thickness-nm %q: expected numbers from 0 to 1000 with commas", text)
		}
		out = append(out, nm)
	}
	if len(out) > maxThicknesses {
		return nil, fmt.Errorf("-thickness-nm: %d thicknesses are more than the limit of %d", len(out), maxThicknesses)
	}
	return out, nil
}

// beamList reads the file of -beams; nil without one.
func beamList(path string) ([]crystal.HKL, error) {
	if path == "" {
		return nil, nil
	}
	const most = 1 << 20 // bytes: far more than the beams that are allowed
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("-beams %s: %w", path, errors.Unwrap(err))
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, most+1))
	if err != nil {
		return nil, fmt.Errorf("-beams %s: %w", path, errors.Unwrap(err))
	}
	if len(data) > most {
		return nil, fmt.Errorf("-beams %s: the file is longer than 1 MB; expected a list of beams", path)
	}
	list, err := parseBeams(data)
	if err != nil {
		return nil, fmt.Errorf("-beams %s: %w", path, err)
	}
	return list, nil
}

// maxBeamIndex bounds the indices of listed beams.
const maxBeamIndex = 999

// parseBeams reads a list of beams. 000 is among them and none comes twice.
func parseBeams(data []byte) ([]crystal.HKL, error) {
	const expected = "expected a list of beams such as [[0,0,0],[1,1,1]]"
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, errors.New("the file is empty; " + expected)
	}
	var rows [][]json.Number
	if err := json.Unmarshal(data, &rows); err != nil {
		return nil, fmt.Errorf("%w; %s", err, expected)
	}
	if len(rows) == 0 {
		return nil, errors.New("the list is empty; " + expected)
	}
	if len(rows) > maxBlochBeams {
		return nil, fmt.Errorf("%d beams are more than the limit of %d", len(rows), maxBlochBeams)
	}
	seen := make(map[crystal.HKL]int, len(rows))
	list := make([]crystal.HKL, len(rows))
	for i, row := range rows {
		if len(row) != 3 {
			return nil, fmt.Errorf("beam %d has %d indices; expected three, such as [1,1,1]", i+1, len(row))
		}
		for k, n := range row {
			v, err := strconv.Atoi(n.String())
			if err != nil || v < -maxBeamIndex || v > maxBeamIndex {
				return nil, fmt.Errorf("beam %d: %q is not a whole number from -%d to %d", i+1, n.String(), maxBeamIndex, maxBeamIndex)
			}
			list[i][k] = v
		}
		if first, twice := seen[list[i]]; twice {
			return nil, fmt.Errorf("beam %d is %s, as beam %d is already; expected each beam once", i+1, commas(list[i]), first+1)
		}
		seen[list[i]] = i
	}
	if _, ok := seen[crystal.HKL{}]; !ok {
		return nil, errors.New("0,0,0 is missing: the incident beam has to be in the list")
	}
	return list, nil
}

func commas(h crystal.HKL) string { return fmt.Sprintf("%d,%d,%d", h[0], h[1], h[2]) }

// furthest returns the largest |g| of some beams.
func furthest(path string, l crystal.Lattice, list []crystal.HKL) (float64, error) {
	const least = 0.1 // for 000 alone
	reach := least
	for _, h := range list {
		g := l.G(h).Norm()
		if g > maxReach {
			return 0, fmt.Errorf("-beams %s: %s lies at |g| = %.2f 1/Å; expected up to %d", path, commas(h), g, maxReach)
		}
		reach = max(reach, g*(1+1e-9))
	}
	return reach, nil
}

type blochJSON struct {
	Formula     string        `json:"formula"`
	VoltageKV   float64       `json:"voltage_kV"`
	WavelengthA float64       `json:"wavelength_A"`
	Zone        crystal.UVW   `json:"zone"`
	Absorption  string        `json:"absorption"`
	Strong      int           `json:"strong_beams"`
	Count       beamCount     `json:"n_beams"`
	Convergence float64       `json:"convergence_percent"` // the largest of the series
	Beams       []blochBeam   `json:"beams"`
	Series      []blochSeries `json:"series"`
	Notes       []string      `json:"notes"`
}

type beamCount struct {
	Strong int `json:"strong"`
	Weak   int `json:"weak"`
}

type blochBeam struct {
	HKL crystal.HKL `json:"hkl"`
	Q   [2]float64  `json:"q_invA"`
	S   float64     `json:"s_invA"`
}

type blochSeries struct {
	ThicknessNM float64      `json:"thickness_nm"`
	Convergence float64      `json:"convergence_percent"`
	Intensities []float64    `json:"intensities"`
	Amplitude   [][2]float64 `json:"amplitude"`
	Sum         float64      `json:"sum"` // of the strong beams
}

func blochCommand(args []string, stdout, stderr io.Writer) error {
	f := newFlags("bloch", blochAbout, stderr)
	var o dynamicOptions
	o.add(f)
	if err := parse(f, args); err != nil {
		return err
	}
	out, err := o.bloch()
	if err != nil {
		return fmt.Errorf("bloch: %w", o.explain(err))
	}
	return writeJSON(stdout, out)
}

func (o *dynamicOptions) bloch() (out blochJSON, err error) {
	d, err := o.open()
	if err != nil {
		return out, err
	}
	system, err := bloch.Solve(d.refs, d.beam, d.orientation, d.opt)
	if err != nil {
		return out, err
	}
	thick := make([]float64, len(d.thicknesses)) // Å
	for i, nm := range d.thicknesses {
		thick[i] = 10 * nm
	}
	convergence, err := bloch.Convergence(d.refs, d.beam, d.orientation, d.opt, system, thick)
	if err != nil {
		return out, err
	}
	out = blochJSON{
		Formula: d.Formula(), VoltageKV: o.kv, WavelengthA: d.beam.Wavelength(), Zone: d.zone, Absorption: d.absorption(),
		Strong: system.Strong, Count: beamCount{system.Strong, len(system.Beams) - system.Strong}, Notes: d.notes,
	}
	place := d.places(system.Beams)
	for _, at := range place {
		out.Beams = append(out.Beams, d.row(system.Beams[at]))
	}
	var amplitudes []complex128
	for i, nm := range d.thicknesses {
		row := blochSeries{ThicknessNM: nm, Convergence: 100 * convergence[i]}
		amplitudes = system.Amplitudes(amplitudes, thick[i])
		for _, at := range place {
			x := amplitudes[at]
			share := real(x)*real(x) + imag(x)*imag(x)
			row.Amplitude = append(row.Amplitude, [2]float64{real(x) + 0, imag(x) + 0})
			row.Intensities = append(row.Intensities, share)
			if at < system.Strong {
				row.Sum += share
			}
		}
		out.Convergence = max(out.Convergence, row.Convergence)
		out.Series = append(out.Series, row)
	}
	return out, nil
}

// row tells of a beam.
func (d *dynamic) row(b diffraction.Spot) blochBeam {
	return blochBeam{d.refs.HKL[b.Ref], [2]float64{b.X + 0, b.Y + 0}, b.S + 0}
}

// places returns where the beams stand in a solution in the order in which they
// are told: that of the list, if one was given.
func (d *dynamic) places(beams []diffraction.Spot) []int {
	place := make([]int, len(beams))
	for i := range place {
		place[i] = i
	}
	if d.opt.List == nil {
		return place
	}
	at := make(map[crystal.HKL]int, len(beams))
	for i, b := range beams {
		at[d.refs.HKL[b.Ref]] = i
	}
	for i, h := range d.opt.List {
		place[i] = at[h]
	}
	return place
}

// absorption says how electrons are lost.
func (d *dynamic) absorption() string {
	switch d.opt.Absorption {
	case bloch.Thermal:
		return "tds"
	case bloch.Proportional:
		return strconv.FormatFloat(d.opt.Ratio, 'g', -1, 64)
	}
	return "none"
}
