package main

import (
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
	"zoneaxis/internal/zones"
)

type tiltSetting struct {
	Alpha float64 `json:"alpha_deg"`
	Beta  float64 `json:"beta_deg"`
}

type tiltTarget struct {
	Zone      crystal.UVW  `json:"zone"`
	HKL       *crystal.HKL `json:"hkl,omitempty"`
	Alpha     float64      `json:"alpha_deg"`
	Beta      float64      `json:"beta_deg"`
	Travel    float64      `json:"travel_deg"`
	Reachable bool         `json:"reachable"`
}

type tiltMiss struct {
	AlphaBeyond float64     `json:"alpha_beyond_deg"`
	BetaBeyond  float64     `json:"beta_beyond_deg"`
	Nearest     *tiltTarget `json:"nearest,omitempty"`
	Angle       float64     `json:"nearest_angle_deg,omitempty"`
}

type tiltReport struct {
	Holder struct {
		Kind       string     `json:"kind"`
		AlphaRange [2]float64 `json:"alpha_range_deg"`
		BetaRange  [2]float64 `json:"beta_range_deg"`
		Axis       float64    `json:"axis_deg"`
		FlipAlpha  bool       `json:"flip_alpha"`
		FlipBeta   bool       `json:"flip_beta"`
	} `json:"holder"`
	From struct {
		Zone crystal.UVW `json:"zone"`
		tiltSetting
	} `json:"from"`
	Target      *tiltTarget   `json:"target,omitempty"`
	OutOfReach  *tiltMiss     `json:"out_of_reach,omitempty"`
	Equivalents []tiltTarget  `json:"equivalents,omitempty"`
	Path        []tiltSetting `json:"path,omitempty"`
	Nearest     []tiltTarget  `json:"nearest"`
}

const tiltAbout = `holder angles that bring a zone axis onto the beam

alpha turns about the holder's long axis, which lies -axis degrees counter-
clockwise of screen x; beta turns about the axis normal to it in the specimen
(-holder double) or about the specimen normal (-holder rotation), carried along
by alpha. Right-handed angles count as positive unless flipped. The crystal has
-from on the beam at the readings -at, in its standard orientation (c* up on the
screen) turned by -rotation degrees counter-clockwise. Of the axes equivalent to
-to the best is the target: reachable with the least travel. "nearest" lists the
zone axes within the limits that need the least travel.`

// tiltCommand prints where to tilt.
func tiltCommand(args []string, stdout, stderr io.Writer) error {
	f := newFlags("tilt", tiltAbout, stderr)
	var of crystalOptions
	of.add(f)
	kind := f.String("holder", "double", "double (double tilt) or rotation (tilt and rotation)")
	alpha := f.String("alpha", "30", "limits of alpha in degrees: 30 for -30 to 30, or -25,40")
	beta := f.String("beta", "20", "limits of beta in degrees; 180 for a free rotation")
	axis := f.Float64("axis", 0, "direction of the alpha axis on the screen, degrees counter-clockwise from x")
	flipAlpha := f.Bool("flip-alpha", false, "the goniometer counts alpha left-handed")
	flipBeta := f.Bool("flip-beta", false, "the goniometer counts beta left-handed")
	from := f.String("from", "0,0,1", "zone axis `u,v,w` on the beam now")
	at := f.String("at", "0,0", "readings `alpha,beta` now, degrees")
	rotation := f.Float64("rotation", 0, "the pattern now against its standard orientation, degrees counter-clockwise")
	to := f.String("to", "", "target zone axis `u,v,w`")
	exact := f.Bool("exact", false, "this very axis, not an equivalent one")
	twoBeam := f.String("two-beam", "", "excite the reflection `h,k,l` near the target zone")
	off := f.Float64("off", 0, "with -two-beam: degrees off the zone axis along the row")
	kv := f.Float64("kv", 200, "accelerating voltage in kV, for -two-beam")
	limit := f.Int("max", 3, "largest index of the nearest zones, 1 to 9")
	n := f.Int("n", 10, "number of nearest zones")
	steps := f.Int("path", 0, "number of steps of the path along the great circle")
	if err := parse(f, args); err != nil {
		return err
	}
	if *limit < 1 || *limit > maxZoneIndex {
		return fmt.Errorf("-max %d: expected 1 to %d", *limit, maxZoneIndex)
	}
	if *steps < 0 || *steps > 10000 || *n < 0 {
		return fmt.Errorf("-path %d, -n %d: expected 0 or more, at most 10000 steps", *steps, *n)
	}
	h := orientation.Holder{Axis: geom.Radians(*axis), FlipAlpha: *flipAlpha, FlipBeta: *flipBeta}
	var err error
	if h.Kind, err = oneOf("holder", *kind, map[string]orientation.HolderKind{
		"double": orientation.DoubleTilt, "rotation": orientation.TiltRotation,
	}); err != nil {
		return err
	}
	if h.Alpha, err = parseRange("alpha", *alpha); err != nil {
		return err
	}
	if h.Beta, err = parseRange("beta", *beta); err != nil {
		return err
	}
	if err := h.Validate(); err != nil {
		return err
	}
	readings, err := parseFloats("at", *at, 2)
	if err != nil {
		return err
	}
	now := orientation.Tilt{Alpha: geom.Radians(readings[0]), Beta: geom.Radians(readings[1])}
	zone, err := direction("from", *from)
	if err != nil {
		return err
	}
	if *to == "" && *twoBeam != "" {
		return errors.New("-two-beam needs the zone that it is near: -to u,v,w")
	}
	s, err := of.load()
	if err != nil {
		return err
	}
	o, err := diffraction.ZoneFrame(s.Lattice, zone)
	if err != nil {
		return err
	}
	o = geom.AxisAngle(geom.Vec{Z: 1}, geom.Radians(*rotation)).Mul(o)
	mount := h.Mount(o, now)
	axes := zones.Distinct(nil, *limit)

	var r tiltReport
	r.Holder.Kind, r.Holder.Axis, r.Holder.FlipAlpha, r.Holder.FlipBeta = *kind, *axis, *flipAlpha, *flipBeta
	r.Holder.AlphaRange, r.Holder.BetaRange = rangeDegrees(h.Alpha), rangeDegrees(h.Beta)
	r.From.Zone, r.From.tiltSetting = zone, settingDegrees(now)
	for _, t := range h.Nearest(s.Lattice, mount, now, axes, *n) {
		r.Nearest = append(r.Nearest, targetDegrees(t))
	}
	if *to != "" {
		u, err := direction("to", *to)
		if err != nil {
			return err
		}
		list := []orientation.Target{h.Zone(s.Lattice, mount, now, u)}
		switch {
		case *twoBeam != "":
			hkl, err := triple("two-beam", *twoBeam)
			if err != nil {
				return err
			}
			beam, err := diffraction.NewBeam(*kv * 1e3)
			if err != nil {
				return err
			}
			if list[0], err = h.TwoBeam(s.Lattice, mount, now, u, hkl, geom.Radians(*off), beam); err != nil {
				return err
			}
		case !*exact:
			list = h.Equivalents(s.Lattice, s.Group, mount, now, u)
			for _, t := range list {
				r.Equivalents = append(r.Equivalents, targetDegrees(t))
			}
		}
		best := list[0]
		target := targetDegrees(best)
		r.Target = &target
		if !best.Reachable {
			why := h.Explain(s.Lattice, mount, now, best, axes)
			r.OutOfReach = &tiltMiss{AlphaBeyond: degrees(why.AlphaBeyond), BetaBeyond: degrees(why.BetaBeyond)}
			if why.OK {
				near := targetDegrees(why.Nearest)
				r.OutOfReach.Nearest, r.OutOfReach.Angle = &near, degrees(why.Angle)
			}
		}
		if *steps > 0 {
			for _, t := range h.AppendPath(nil, now, best.Tilt, *steps) {
				r.Path = append(r.Path, settingDegrees(t))
			}
		}
	}
	return writeJSON(stdout, r)
}

func targetDegrees(t orientation.Target) tiltTarget {
	s := settingDegrees(t.Tilt)
	out := tiltTarget{Zone: t.Zone, Alpha: s.Alpha, Beta: s.Beta, Travel: degrees(t.Travel), Reachable: t.Reachable}
	if t.HKL != (crystal.HKL{}) {
		out.HKL = &t.HKL
	}
	return out
}

func settingDegrees(t orientation.Tilt) tiltSetting {
	return tiltSetting{degrees(t.Alpha), degrees(t.Beta)}
}

func rangeDegrees(r orientation.Range) [2]float64 {
	return [2]float64{degrees(r.Min), degrees(r.Max)}
}

// parseRange reads "30" as −30° to 30° and "-25,40" as it stands, into rad.
func parseRange(name, text string) (orientation.Range, error) {
	if !strings.Contains(text, ",") {
		v, err := parseFloats(name, text, 1)
		if err != nil {
			return orientation.Range{}, err
		}
		return orientation.Range{Min: -geom.Radians(v[0]), Max: geom.Radians(v[0])}, nil
	}
	v, err := parseFloats(name, text, 2)
	if err != nil {
		return orientation.Range{}, err
	}
	return orientation.Range{Min: geom.Radians(v[0]), Max: geom.Radians(v[1])}, nil
}

// parseFloats reads one or two angles in degrees with a comma between them.
func parseFloats(name, text string, n int) ([]float64, error) {
	parts := strings.Split(text, ",")
	if len(parts) != n {
		return nil, fmt.Errorf("-%s %q: expected %s", name, text, [...]string{1: "a number", 2: "two numbers with a comma"}[n])
	}
	v := make([]float64, n)
	for i, p := range parts {
		x, err := strconv.ParseFloat(strings.TrimSpace(p), 64)
		if err != nil || !(math.Abs(x) <= 360) {
			return nil, fmt.Errorf("-%s %q: %q is not an angle in degrees", name, text, p)
		}
		v[i] = x
	}
	return v, nil
}

// degrees converts rad to degrees, without the digits that are only rounding.
func degrees(rad float64) float64 { return math.Round(geom.Degrees(rad)*1e9)/1e9 + 0 }
