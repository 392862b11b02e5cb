package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/diffraction/bloch"
)

const blochAbout = `dynamical intensities of a zone axis by Bloch waves

Prints the coupled beams and, for each thickness, their intensities in the
order of the beams as fractions of the incident beam. Without absorption the
intensities of the strong beams add up to 1.`

type blochJSON struct {
	Formula     string        `json:"formula"`
	VoltageKV   float64       `json:"voltage_kV"`
	WavelengthA float64       `json:"wavelength_A"`
	Zone        crystal.UVW   `json:"zone"`
	Strong      int           `json:"strong_beams"`
	Beams       []blochBeam   `json:"beams"`
	Series      []blochSeries `json:"series"`
	Notes       []string      `json:"notes"`
}

type blochBeam struct {
	HKL crystal.HKL `json:"hkl"`
	Q   [2]float64  `json:"q_invA"`
	S   float64     `json:"s_invA"`
}

type blochSeries struct {
	ThicknessNM float64   `json:"thickness_nm"`
	Intensities []float64 `json:"intensities"`
	Sum         float64   `json:"sum"` // of the strong beams
}

// maxBlochBeams keeps a mistyped bound from running for hours.
const maxBlochBeams = 1500

func blochCommand(args []string, stdout, stderr io.Writer) error {
	f := newFlags("bloch", blochAbout, stderr)
	var o orientedOptions
	o.add(f)
	thicknesses := f.String("thickness-nm", "50", "foil thicknesses, nm, `t1,t2,…`")
	gmax := f.Float64("gmax", 2, "largest |g| of a beam, 1/Å")
	smax := f.Float64("smax", 0, "largest |s| of a beam, 1/Å (0: the standard choice of strong and weak beams)")
	absorption := f.String("absorption", "none", "none, ratio (U' = ratio × U) or thermal (Einstein model)")
	ratio := f.Float64("ratio", 0.1, "U'/U for -absorption ratio")
	dw := f.Bool("dw", true, "apply Debye–Waller factors")
	if err := parse(f, args); err != nil {
		return err
	}
	if !(*gmax > 0 && *gmax <= 6) {
		return fmt.Errorf("bloch: -gmax %g: expected up to 6 1/Å", *gmax)
	}
	c, err := o.open()
	if err != nil {
		return err
	}
	opt := bloch.Standard(c.beam)
	if *smax > 0 {
		opt = bloch.Options{SMax: *smax}
	}
	opt.GMax, opt.MaxBeams, opt.Ratio = *gmax, maxBlochBeams, *ratio
	if opt.Absorption, err = oneOf("absorption", *absorption, map[string]bloch.Absorption{
		"none": bloch.None, "ratio": bloch.Proportional, "thermal": bloch.Thermal,
	}); err != nil {
		return err
	}
	reach := diffraction.Options{GMax: *gmax}
	if !*dw {
		reach.Thermal = diffraction.NoThermal
	}
	refs, err := diffraction.NewReflections(c.Structure, reach)
	if err != nil {
		return err
	}
	system, err := bloch.Solve(refs, c.beam, c.orientation, opt)
	if err != nil {
		return err
	}
	out := blochJSON{
		Formula: c.Formula(), VoltageKV: o.kv, WavelengthA: c.beam.Wavelength(), Zone: c.zone,
		Strong: system.Strong, Notes: notesOf(c.Notes, c.Analysis.Notes, refs.Notes),
	}
	for _, b := range system.Beams {
		out.Beams = append(out.Beams, blochBeam{refs.HKL[b.Ref], [2]float64{b.X + 0, b.Y + 0}, b.S + 0})
	}
	for text := range strings.SplitSeq(*thicknesses, ",") {
		nm, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
		if err != nil || !(nm >= 0 && nm <= 1000) {
			return fmt.Errorf("bloch: -thickness-nm %q: expected numbers from 0 to 1000 with commas", text)
		}
		row := blochSeries{ThicknessNM: nm, Intensities: system.Intensities(nil, nm*10)}
		for _, i := range row.Intensities[:system.Strong] {
			row.Sum += i
		}
		out.Series = append(out.Series, row)
	}
	return writeJSON(stdout, out)
}
