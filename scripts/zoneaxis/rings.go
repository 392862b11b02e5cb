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
)

const ringsAbout = `ring pattern of a polycrystal

Radii, multiplicities and intensities of the rings of one or several phases
without preferred orientation. intensity is that of a whole ring, the sum of
|F|² d over its reflections, per cell volume squared and times the volume
fraction of the phase, the strongest ring being 100; intensity_mean is the same
for the mean along the ring (|F|² d²). fwhm comes from the grain size, 0.9/size.`

type ringPhase struct {
	Crystal  string    `json:"crystal,omitempty"`
	Formula  string    `json:"formula"`
	Fraction float64   `json:"fraction"`
	Rings    []ringRow `json:"rings"`
	Notes    []string  `json:"notes"`
}

type ringRow struct {
	G         float64      `json:"g_invA"`
	D         float64      `json:"d_A"`
	Intensity float64      `json:"intensity"`
	Mean      float64      `json:"intensity_mean"`
	FWHM      float64      `json:"fwhm_invA"`
	Families  []ringFamily `json:"families"`
}

type ringFamily struct {
	HKL          crystal.HKL `json:"hkl"`
	Multiplicity int         `json:"multiplicity"`
	F            float64     `json:"F_abs_A"`
}

type ringProfile struct {
	Step   float64   `json:"step_invA"`
	Values []float64 `json:"values"`
}

type ringReport struct {
	VoltageKV   float64      `json:"voltage_kV"`
	WavelengthA float64      `json:"wavelength_A"`
	Phases      []ringPhase  `json:"phases"`
	Profile     *ringProfile `json:"profile,omitempty"`
}

// ringsCommand prints the rings of a powder.
func ringsCommand(args []string, stdout, stderr io.Writer) error {
	f := newFlags("rings", ringsAbout, stderr)
	in := f.String("in", "", "`files` (CIF, POSCAR, XYZ, SHELX, PDB, JSON) or library ids, with commas between phases")
	fraction := f.String("fraction", "", "volume fractions of the phases, with commas; default 1 for all")
	var of crystalOptions // of all phases
	of.addCell(f)
	of.addTol(f)
	kv := f.Float64("kv", 200, "accelerating voltage, kV")
	gmax := f.Float64("gmax", 1.5, "largest |g|, 1/Å")
	model := f.String("model", "lobato", modelAbout)
	dw := f.Bool("dw", true, "apply Debye–Waller factors")
	grain := f.Float64("grain-nm", 0, "size of the grains, nm; 0 gives sharp rings")
	dynamical := f.Bool("dynamical", false, "two-beam (Blackman) intensities for that size instead of kinematical ones")
	step := f.Float64("profile-step", 0, "also give the radial profile in steps of this, 1/Å")
	least := f.Float64("min", 0.01, "leave out rings weaker than this, the strongest being 100")
	format := f.String("format", "json", "json, csv or svg")
	if err := parse(f, args); err != nil {
		return err
	}
	if _, err := oneOf("format", *format, map[string]bool{"json": true, "csv": true, "svg": true}); err != nil {
		return err
	}
	m, err := parseModel(*model)
	if err != nil {
		return err
	}
	for name, v := range map[string]float64{"grain-nm": *grain, "profile-step": *step, "min": *least} {
		if !(v >= 0) || math.IsInf(v, 0) {
			return fmt.Errorf("-%s %g: expected 0 or more", name, v)
		}
	}
	if *step > 0 && *gmax / *step > 1e6 {
		return fmt.Errorf("-profile-step %g: more than a million steps", *step)
	}
	if *dynamical && *grain == 0 {
		return errors.New("-dynamical needs the size of the grains, -grain-nm")
	}
	names := strings.Split(*in, ",")
	shares, err := fractions(*fraction, len(names))
	if err != nil {
		return err
	}
	beam, err := diffraction.NewBeam(*kv * 1e3)
	if err != nil {
		return err
	}
	opt := diffraction.Options{Model: m, GMax: *gmax}
	if !*dw {
		opt.Thermal = diffraction.NoThermal
	}
	report := ringReport{VoltageKV: *kv, WavelengthA: beam.Wavelength()}
	var all [][]diffraction.Ring
	var four []bool
	top := 0.0
	for i, name := range names {
		s, err := of.open(strings.TrimSpace(name))
		if err != nil {
			return err
		}
		r, err := diffraction.NewReflections(s.Structure, opt)
		if err != nil {
			return err
		}
		p := diffraction.Powder{R: r, Group: s.Group, Fraction: shares[i], Grain: *grain * 10, Dynamical: *dynamical}
		rings := p.Rings(beam)
		all = append(all, rings)
		four = append(four, s.hexagonal())
		for _, ring := range rings {
			top = max(top, ring.Intensity)
		}
		report.Phases = append(report.Phases, ringPhase{Crystal: s.Name, Formula: s.Formula(), Fraction: shares[i],
			Rings: []ringRow{}, Notes: notesOf(s.Notes, s.Analysis.Notes, r.Notes)})
	}
	if top == 0 {
		return fmt.Errorf("no ring up to %g 1/Å", *gmax)
	}
	// The mean along a ring has another strongest ring.
	topMean := 0.0
	for _, rings := range all {
		for _, ring := range rings {
			topMean = max(topMean, ring.Mean())
		}
	}
	for i, rings := range all {
		for _, ring := range rings {
			if 100*ring.Intensity/top < *least {
				continue
			}
			row := ringRow{G: ring.G, D: ring.D(), Intensity: 100 * ring.Intensity / top, Mean: 100 * ring.Mean() / topMean, FWHM: ring.Width}
			for _, family := range ring.Families {
				row.Families = append(row.Families, ringFamily{family.HKL, family.Multiplicity, math.Sqrt(family.F2)})
			}
			report.Phases[i].Rings = append(report.Phases[i].Rings, row)
		}
	}
	if *step > 0 {
		report.Profile = profileOf(all, *gmax, *step)
	}
	switch *format {
	case "csv":
		return writeRingsCSV(stdout, report)
	case "svg":
		return writeRingsSVG(stdout, report, four)
	}
	return writeJSON(stdout, report)
}

// profileOf returns the azimuthal mean of all rings, its maximum being 100.
func profileOf(all [][]diffraction.Ring, gmax, step float64) *ringProfile {
	p := &ringProfile{Step: step, Values: make([]float64, int(gmax/step)+1)}
	for _, rings := range all {
		diffraction.AddProfile(p.Values, step, rings, 0)
	}
	top := 0.0
	for _, v := range p.Values {
		top = max(top, v)
	}
	for i := range p.Values {
		p.Values[i] *= 100 / top
	}
	return p
}

// fractions reads the volume fractions of n phases.
func fractions(text string, n int) ([]float64, error) {
	out := make([]float64, n)
	for i := range out {
		out[i] = 1
	}
	if text == "" {
		return out, nil
	}
	parts := strings.Split(text, ",")
	if len(parts) != n {
		return nil, fmt.Errorf("-fraction %q: expected %d, one for each phase", text, n)
	}
	for i, p := range parts {
		v, err := strconv.ParseFloat(strings.TrimSpace(p), 64)
		if err != nil || !(v > 0) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("-fraction %q: %q is not a number above zero", text, p)
		}
		out[i] = v
	}
	return out, nil
}

// writeRingsCSV writes a line for every family of every ring.
func writeRingsCSV(w io.Writer, r ringReport) error {
	out := csv.NewWriter(w)
	rows := [][]string{{"phase", "h", "k", "l", "multiplicity", "F_abs_A", "g_invA", "d_A", "intensity", "intensity_mean", "fwhm_invA"}}
	for _, p := range r.Phases {
		name := p.Crystal
		if name == "" {
			name = p.Formula
		}
		for _, ring := range p.Rings {
			for _, f := range ring.Families {
				rows = append(rows, []string{name, strconv.Itoa(f.HKL[0]), strconv.Itoa(f.HKL[1]), strconv.Itoa(f.HKL[2]),
					strconv.Itoa(f.Multiplicity), number(f.F), number(ring.G), number(ring.D),
					number(ring.Intensity), number(ring.Mean), number(ring.FWHM)})
			}
		}
	}
	return out.WriteAll(rows)
}
