package main

import (
	"errors"
	"flag"
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
	S         *float64     `json:"s_invA,omitempty"` // of hkl, with -two-beam
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
	Calibration *tiltCalibration `json:"calibration,omitempty"`
	From        struct {
		Zone crystal.UVW `json:"zone"`
		tiltSetting
	} `json:"from"`
	Target      *tiltTarget   `json:"target,omitempty"`
	OutOfReach  *tiltMiss     `json:"out_of_reach,omitempty"`
	Equivalents []tiltTarget  `json:"equivalents,omitempty"`
	Path        []tiltSetting `json:"path,omitempty"`
	Route       []tiltStation `json:"route,omitempty"`
	Nearest     []tiltTarget  `json:"nearest"`
}

// tiltStation is a way-point of a route.
type tiltStation struct {
	tiltSetting
	Along crystal.HKL  `json:"along"`
	Zone  *crystal.UVW `json:"zone"` // null between two zone axes
}

// tiltMount is one way in which the crystal may be mounted.
type tiltMount struct {
	Axis      float64       `json:"axis_deg"`
	FlipAlpha bool          `json:"flip_alpha"`
	FlipBeta  bool          `json:"flip_beta"`
	Rotation  float64       `json:"rotation_deg"`
	Offset    [2]float64    `json:"offset_deg"`
	Residual  float64       `json:"residual_deg"`
	Zones     []crystal.UVW `json:"zones"`
}

// tiltCalibration is the best mount, which is used, and what fits as well.
type tiltCalibration struct {
	tiltMount
	Also  []tiltMount `json:"also"`
	Notes []string    `json:"notes"`
}

const tiltAbout = `holder angles that bring a zone axis onto the beam

alpha turns about the holder's long axis, which lies -axis degrees counter-
clockwise of screen x; beta turns about the axis normal to it in the specimen
(-holder double) or about the specimen normal (-holder rotation), carried along
by alpha. Right-handed angles count as positive unless flipped. The crystal has
-from on the beam at the readings -at, in its standard orientation (c* up on the
screen) turned by -rotation degrees counter-clockwise. Of the axes equivalent to
-to the best is the target: reachable with the least travel. "nearest" lists the
zone axes within the limits that need the least travel.

-calibrate "0,0,1@0,0 1,1,2@20.1,-28.3" solves how the crystal is mounted from two or
more zone axes and the readings at which each was on the beam (its equivalents are
tried), and uses that at once: no -from, and -at is the last of the readings unless
it is given. A reading of offset_deg is level; the zero of beta never shows, as it
turns with the specimen, and that of alpha takes three zone axes. rotation_deg is of
the pattern at the first reading against its standard orientation, with the alpha axis
at -axis; if -rotation is given instead, axis_deg is solved, and if both are, they
decide between signs. residual_deg is the root mean square angle that is left, "also"
what fits within 0.05 degrees as well.

-route lists way-points to the target, at most -route-step-deg apart, along Kikuchi
bands that can be followed: "along" is the reflection whose band it is, "zone" the
axis on the beam, null between two of them. -weak-beam N excites N times the
reflection of -two-beam, so that the reflection itself is in the weak-beam condition
g/Ng, with the excitation error s_invA.`

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
	weak := f.Int("weak-beam", 1, "with -two-beam: excite this multiple of the reflection, 2 to 9 (3 for g/3g)")
	kv := f.Float64("kv", 200, "accelerating voltage in kV, for -two-beam")
	calibrate := f.String("calibrate", "", "zone axes with their readings, `u,v,w@alpha,beta …`, two or more")
	route := f.Bool("route", false, "way-points to the target along Kikuchi bands")
	routeStep := f.Float64("route-step-deg", 5, "largest angle from one way-point to the next, degrees")
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
	given := map[string]bool{}
	f.Visit(func(g *flag.Flag) { given[g.Name] = true })
	if *weak != 1 && (*twoBeam == "" || *weak < 2 || *weak > 9) {
		return fmt.Errorf("-weak-beam %d: expected 2 to 9, together with -two-beam", *weak)
	}
	if !(*routeStep >= 0.1 && *routeStep <= 90) {
		return fmt.Errorf("-route-step-deg %g: expected 0.1 to 90", *routeStep)
	}
	if *route && (*to == "" || *twoBeam != "") {
		return errors.New("-route needs a zone axis to go to: -to u,v,w")
	}
	if *calibrate != "" && given["from"] {
		return errors.New("give -calibrate or -from: a calibration tells itself which zone axes were on the beam")
	}
	for _, a := range []struct {
		name  string
		value float64
	}{{"axis", *axis}, {"rotation", *rotation}} {
		if !(math.Abs(a.value) <= 360) {
			return fmt.Errorf("-%s %g: expected an angle of -360 to 360 degrees", a.name, a.value)
		}
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
	var r tiltReport
	var mount geom.Rotation
	if *calibrate != "" {
		list, err := parseReadings(*calibrate)
		if err != nil {
			return err
		}
		if r.Calibration, h, mount, err = calibrated(s, h, list, given["axis"], given["rotation"], *rotation); err != nil {
			return err
		}
		zone = r.Calibration.Zones[len(list)-1]
		if !given["at"] {
			now = list[len(list)-1].Tilt
		} else {
			zone = nearestUp(s, h, mount, now)
		}
		*axis, *flipAlpha, *flipBeta = r.Calibration.Axis, h.FlipAlpha, h.FlipBeta
	} else {
		o, err := diffraction.ZoneFrame(s.Lattice, zone)
		if err != nil {
			return err
		}
		mount = h.Mount(geom.AxisAngle(geom.Vec{Z: 1}, geom.Radians(*rotation)).Mul(o), now)
	}
	axes := zones.Distinct(nil, *limit)

	r.Holder.Kind, r.Holder.Axis, r.Holder.FlipAlpha, r.Holder.FlipBeta = *kind, *axis, *flipAlpha, *flipBeta
	r.Holder.AlphaRange, r.Holder.BetaRange = rangeDegrees(h.Alpha), rangeDegrees(h.Beta)
	r.From.Zone, r.From.tiltSetting = zone, settingDegrees(now)
	r.Nearest = []tiltTarget{}
	for _, t := range h.Nearest(s.Lattice, mount, now, axes, *n) {
		r.Nearest = append(r.Nearest, targetDegrees(t))
	}
	if *to != "" {
		u, err := direction("to", *to)
		if err != nil {
			return err
		}
		list := []orientation.Target{h.Zone(s.Lattice, mount, now, u)}
		var excitation *float64
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
			excited := crystal.HKL{hkl[0] * *weak, hkl[1] * *weak, hkl[2] * *weak}
			if list[0], err = h.TwoBeam(s.Lattice, mount, now, u, excited, geom.Radians(*off), beam); err != nil {
				return err
			}
			list[0].HKL = hkl
			up := h.Rotation(list[0].Tilt).Mul(mount)
			e := diffraction.Kinematic{}.ExcitationError(s.Lattice.G(hkl), beam, up)
			excitation = &e
		case !*exact:
			list = h.Equivalents(s.Lattice, s.Group, mount, now, u)
			for _, t := range list {
				r.Equivalents = append(r.Equivalents, targetDegrees(t))
			}
		}
		best := list[0]
		target := targetDegrees(best)
		target.S = excitation
		r.Target = &target
		if !best.Reachable {
			why := h.Explain(s.Lattice, mount, now, best, axes)
			r.OutOfReach = &tiltMiss{AlphaBeyond: degrees(why.AlphaBeyond), BetaBeyond: degrees(why.BetaBeyond)}
			if why.OK {
				near := targetDegrees(why.Nearest)
				r.OutOfReach.Nearest, r.OutOfReach.Angle = &near, degrees(why.Angle)
			}
		}
		if *route {
			if r.Route, err = routeTo(s, h, mount, now, zone, best.Zone, axes, geom.Radians(*routeStep)); err != nil {
				return errors.New("-route: " + strings.TrimPrefix(err.Error(), "orientation: "))
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

// parseReadings reads "u,v,w@alpha,beta …".
func parseReadings(text string) (out []orientation.Reading, err error) {
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ';' }) {
		axis, readings, ok := strings.Cut(part, "@")
		if !ok {
			return nil, fmt.Errorf("-calibrate: %q has no readings: expected u,v,w@alpha,beta for each zone axis", part)
		}
		var r orientation.Reading
		if r.Zone, err = direction("calibrate", axis); err != nil {
			return nil, err
		}
		v, err := parseFloats("calibrate", readings, 2)
		if err != nil {
			return nil, err
		}
		r.Tilt = orientation.Tilt{Alpha: geom.Radians(v[0]), Beta: geom.Radians(v[1])}
		out = append(out, r)
	}
	return out, nil
}

// calibrated solves how the crystal is mounted. What is told of the α axis and of the
// rotation of the first pattern decides what the readings leave open.
func calibrated(s *loaded, h orientation.Holder, list []orientation.Reading, axisGiven, rotationGiven bool, rotation float64) (*tiltCalibration, orientation.Holder, geom.Rotation, error) {
	found, err := h.Calibrate(s.Lattice, s.Group, list)
	if err != nil {
		return nil, h, geom.Rotation{}, errors.New("-calibrate: " + strings.TrimPrefix(err.Error(), "orientation: "))
	}
	rows := make([]tiltMount, len(found))
	for i := range found {
		k := &found[i]
		turn, err := patternRotation(s, *k, list[0])
		if err != nil {
			return nil, h, geom.Rotation{}, err
		}
		if rotationGiven && !axisGiven {
			// The whole microscope turned about the beam looks the same.
			by := geom.Radians(rotation) - turn
			k.Holder.Axis += by
			k.Mount = geom.AxisAngle(geom.Vec{Z: 1}, by).Mul(k.Mount).Normalise()
			turn += by
		}
		rows[i] = tiltMount{
			Axis: degrees(math.Remainder(k.Holder.Axis, 2*math.Pi)), FlipAlpha: k.Holder.FlipAlpha, FlipBeta: k.Holder.FlipBeta,
			Rotation: degrees(math.Remainder(turn, 2*math.Pi)), Offset: [2]float64{degrees(k.Holder.Zero.Alpha), degrees(k.Holder.Zero.Beta)},
			Residual: degrees(k.Residual), Zones: k.Zones,
		}
	}
	best := 0
	if rotationGiven && axisGiven {
		off := func(i int) float64 { return math.Abs(math.Remainder(rows[i].Rotation-rotation, 360)) }
		for i := range rows {
			if off(i) < off(best)-1 {
				best = i
			}
		}
	}
	out := &tiltCalibration{tiltMount: rows[best], Also: []tiltMount{}, Notes: []string{}}
	for i, row := range rows {
		if i != best {
			out.Also = append(out.Also, row)
		}
	}
	if len(list) == 2 {
		out.Notes = append(out.Notes, "Two zone axes tell neither the zero of alpha nor on which side of their plane the others lie: a third one, off that plane, does.")
	}
	if out.Residual > 1 {
		out.Notes = append(out.Notes, fmt.Sprintf("The readings are off by %.1f degrees from what the zone axes need: look at them once more.", out.Residual))
	}
	return out, found[best].Holder, found[best].Mount, nil
}

// patternRotation returns how far the pattern at a reading is turned against the
// standard orientation of its zone axis, rad counter-clockwise.
func patternRotation(s *loaded, k orientation.Calibration, r orientation.Reading) (float64, error) {
	frame, err := diffraction.ZoneFrame(s.Lattice, k.Zones[0])
	if err != nil {
		return 0, err
	}
	turn := k.Holder.Rotation(r.Tilt).Mul(k.Mount).Mul(frame.Inverse()).Apply(geom.Vec{X: 1})
	return math.Atan2(turn.Y, turn.X), nil
}

// nearestUp returns the zone axis of small indices that is nearest to the beam.
func nearestUp(s *loaded, h orientation.Holder, mount geom.Rotation, at orientation.Tilt) crystal.UVW {
	u, _ := s.Lattice.NearestDirection(h.Rotation(at).Mul(mount).Inverse().Apply(geom.Vec{Z: 1}), 3)
	return u
}

// routeTo returns the way-points from a zone axis to another.
func routeTo(s *loaded, h orientation.Holder, mount geom.Rotation, now orientation.Tilt, from, to crystal.UVW, axes []crystal.UVW, step float64) ([]tiltStation, error) {
	refs, err := diffraction.NewReflections(s.Structure, diffraction.Options{GMax: 1})
	if err != nil {
		return nil, err
	}
	way, err := h.Route(refs, mount, now, from, to, axes, step)
	if err != nil {
		return nil, err
	}
	var out []tiltStation
	for _, w := range way {
		station := tiltStation{tiltSetting: settingDegrees(w.Tilt), Along: w.Along}
		if w.Zone != (crystal.UVW{}) {
			station.Zone = &w.Zone
		}
		out = append(out, station)
	}
	return out, nil
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
