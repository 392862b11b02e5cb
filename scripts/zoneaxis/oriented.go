package main

import (
	"cmp"
	"flag"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/scene"
)

// orientedOptions place a crystal in the beam.
type orientedOptions struct {
	crystalOptions
	zone string
	kv   float64
	tilt [2]float64 // degrees about x and y
}

func (o *orientedOptions) add(f *flag.FlagSet) {
	o.crystalOptions.add(f)
	f.StringVar(&o.zone, "zone", "", "zone axis `u,v,w` in the cell that is used")
	f.Float64Var(&o.kv, "kv", 200, "accelerating voltage, kV")
	f.Float64Var(&o.tilt[0], "tilt-x-deg", 0, "tilt the crystal about the screen's x axis, degrees")
	f.Float64Var(&o.tilt[1], "tilt-y-deg", 0, "tilt the crystal about the screen's y axis, degrees")
}

// oriented is a crystal in the beam.
type oriented struct {
	*loaded
	beam        diffraction.Beam
	zone        crystal.UVW
	orientation geom.Rotation // crystal's Cartesian frame → laboratory
}

// open reads the crystal and turns it: the zone axis towards the viewer in its
// standard orientation, then the tilt.
func (o *orientedOptions) open() (c oriented, err error) {
	for name, v := range map[string]float64{"tilt-x-deg": o.tilt[0], "tilt-y-deg": o.tilt[1]} {
		if !(math.Abs(v) <= 360) {
			return c, fmt.Errorf("-%s %g: expected an angle in degrees", name, v)
		}
	}
	if o.zone == "" {
		return c, fmt.Errorf("-zone is missing, such as -zone 1,1,0")
	}
	if c.zone, err = direction("zone", o.zone); err != nil {
		return c, err
	}
	if c.beam, err = diffraction.NewBeam(o.kv * 1e3); err != nil {
		return c, fmt.Errorf("-kv %g: %s", o.kv, strings.TrimPrefix(err.Error(), "diffraction: "))
	}
	if c.loaded, err = o.load(); err != nil {
		return c, err
	}
	frame, err := diffraction.ZoneFrame(c.Lattice, c.zone)
	if err != nil {
		return c, err
	}
	tilt := geom.Vec{X: geom.Radians(o.tilt[0]), Y: geom.Radians(o.tilt[1])}
	c.orientation = geom.AxisAngle(tilt, tilt.Norm()).Mul(frame)
	return c, nil
}

// bandOptions are the options of commands that draw Kikuchi bands.
type bandOptions struct {
	orientedOptions
	gmax, least float64
	format      string
}

// add declares the options with the command's own defaults.
func (o *bandOptions) add(f *flag.FlagSet, gmax, least float64, formats string) {
	o.orientedOptions.add(f)
	f.Float64Var(&o.gmax, "gmax", gmax, "largest |g| of a band, 1/Å")
	f.Float64Var(&o.least, "min", least, "leave out bands of less than this weight")
	f.StringVar(&o.format, "format", "json", formats)
}

// check returns an error for the first option that makes no sense.
func (o *bandOptions) check() error {
	if _, err := oneOf("format", o.format, map[string]bool{"json": true, "svg": true}); err != nil {
		return err
	}
	if err := above(numberOption{"gmax", o.gmax}); err != nil {
		return err
	}
	if !(o.least >= 0 && o.least <= 1) {
		return fmt.Errorf("-min %g: expected 0 to 1", o.least)
	}
	return nil
}

// open reads the crystal, turns it, and finds its reflections up to gmax.
func (o *bandOptions) open() (oriented, *diffraction.Reflections, error) {
	c, err := o.orientedOptions.open()
	if err != nil {
		return c, nil, err
	}
	refs, err := diffraction.NewReflections(c.Structure, diffraction.Options{GMax: o.gmax})
	return c, refs, err
}

// bands returns the bands of reflections that are asked for, the strongest first.
func (o *bandOptions) bands(c oriented, refs *diffraction.Reflections, gnomonic bool) []diffraction.Band {
	k := diffraction.Kikuchi{GMax: o.gmax * (1 + 1e-9), MinWeight: o.least, Gnomonic: gnomonic}
	bands := k.AppendBands(nil, refs, c.beam, c.orientation)
	slices.SortStableFunc(bands, func(a, b diffraction.Band) int { return cmp.Compare(b.Weight, a.Weight) })
	return bands
}

// title names the crystal, its zone axis and the voltage.
func (c oriented) title(kv float64) string {
	return fmt.Sprintf("%s [%s], %g kV", c.Formula(), c.zone.Text(c.hexagonal()), kv)
}

// above returns an error for the first of some options that is not a number
// above zero.
func above(values ...numberOption) error {
	for _, v := range values {
		if !(v.value > 0) || math.IsInf(v.value, 0) {
			return fmt.Errorf("-%s %g: expected a number above zero", v.name, v.value)
		}
	}
	return nil
}

type numberOption struct {
	name  string
	value float64
}

// writeSceneSVG writes a drawing as a file with a caption and a scale bar.
func writeSceneSVG(w io.Writer, drawing *scene.Scene, legend []scene.LegendEntry, caption ...string) error {
	length := scene.NiceLength(drawing.Side * 10 / 5)
	_, err := w.Write(drawing.AppendFile(nil, scene.Sheet{
		Style: "film", Labels: true, Caption: caption, Legend: legend,
		Bar: &scene.SheetBar{Units: length / 10 * drawing.Scale(), Label: fmt.Sprintf("%g nm", length), Power: "−1"},
	}))
	return err
}
