package main

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/scene"
	"zoneaxis/internal/zones"
)

const stereogramAbout = `stereographic projection of zone axes, planes and bands

The direction at the centre points towards the viewer (-zone, tilted), x is to
the right and y up. A direction (x, y, z) of unit length is drawn at
(x, y)/(1 + z) in the unit disc; of the two ends of an axis or a plane normal the
upper one is listed, both if they lie on the rim. With -view screen everything is
turned by 180 degrees, as the Kikuchi pattern shows it. The lists hold what has
indices up to -max, with all that the Laue class makes equivalent. angle_deg is the angle to
the centre. bands are the traces of the strongest planes, with weight |F|/max |F|
and the width 2 theta; an arc runs counter-clockwise about its centre through
sweep_deg, or straight. -through and -small add circles, with the direction they are
about: its index [uvw] for a small circle, for a great one the plane (hkl) that holds
both directions, and their angle.`

type stereogramReport struct {
	crystalNames
	VoltageKV float64      `json:"voltage_kV"`
	Zone      crystal.UVW  `json:"zone"`
	Tilt      [2]float64   `json:"tilt_deg"`
	View      string       `json:"view"`
	Zones     []zonePole   `json:"zones"`
	Planes    []planePole  `json:"planes"`
	Bands     []stereoBand `json:"bands"`
	Circles   []netCircle  `json:"circles,omitempty"`
	Notes     []string     `json:"notes"`
}

// netCircle is a great circle through two zone axes or a small one about one.
type netCircle struct {
	Through []crystal.UVW `json:"through,omitempty"`
	Plane   *crystal.HKL  `json:"plane,omitempty"`
	About   *crystal.UVW  `json:"about,omitempty"`
	Angle   float64       `json:"angle_deg"` // between the two axes, or the radius
	Arc     *arcJSON      `json:"arc"`       // null where it is all below the rim
}

type zonePole struct {
	Zone  crystal.UVW `json:"zone"`
	At    [2]float64  `json:"at"`
	Angle float64     `json:"angle_deg"`
}

type planePole struct {
	HKL   crystal.HKL `json:"hkl"`
	At    [2]float64  `json:"at"`
	Angle float64     `json:"angle_deg"`
}

type stereoBand struct {
	HKL     crystal.HKL `json:"hkl"`
	D       float64     `json:"d_A"`
	Weight  float64     `json:"weight"`
	WidthMR float64     `json:"width_mrad"`
	Trace   *arcJSON    `json:"trace"`
}

func stereogramCommand(args []string, stdout, stderr io.Writer) error {
	f := newFlags("stereogram", stereogramAbout, stderr)
	var o bandOptions
	o.add(f, 0.8, 0.3, "json or svg (zone axes and bands)")
	limit := f.Int("max", 2, "largest index of zone axes and planes, 1 to 9")
	var through, small repeated
	f.Var(&through, "through", "great circle through two zone axes, as \"1,1,1 0,0,1\" (may be repeated)")
	f.Var(&small, "small", "small circle about a zone axis, as \"1,1,1@30\" with its radius in degrees (may be repeated)")
	view := f.String("view", "source", "source (directions towards the source) or screen")
	if err := parse(f, args); err != nil {
		return err
	}
	if err := o.check(); err != nil {
		return err
	}
	screen, err := oneOf("view", *view, map[string]bool{"source": false, "screen": true})
	if err != nil {
		return err
	}
	if *limit < 1 || *limit > maxZoneIndex {
		return fmt.Errorf("-max %d: expected 1 to %d", *limit, maxZoneIndex)
	}
	c, refs, err := o.open()
	if err != nil {
		return err
	}
	r := stereogramReport{
		crystalNames: c.names(),
		VoltageKV:    o.kv, Zone: c.zone, Tilt: o.tilt, View: *view, Bands: []stereoBand{},
		Notes: notesOf(c.Notes, c.Analysis.Notes, refs.Notes),
	}
	drawn, planes := map[crystal.UVW]bool{}, map[crystal.HKL]bool{}
	for _, u := range zones.Distinct(nil, *limit) { // all of them, for planes as well
		for _, v := range c.Group.EquivalentDirections(u) {
			d := c.orientation.Apply(c.Lattice.R(v)).Unit()
			if d.Z > -rim && !drawn[v] {
				drawn[v] = true
				r.Zones = append(r.Zones, zonePole{v, pointOf(discPoint(d, screen)), centreAngle(d)})
			}
		}
		for _, h := range c.Group.Equivalents(u) {
			d := c.orientation.Apply(c.Lattice.G(h)).Unit()
			if d.Z > -rim && !planes[h] {
				planes[h] = true
				r.Planes = append(r.Planes, planePole{h, pointOf(discPoint(d, screen)), centreAngle(d)})
			}
		}
	}
	slices.SortStableFunc(r.Zones, func(a, b zonePole) int { return cmp.Compare(a.Angle, b.Angle) })
	slices.SortStableFunc(r.Planes, func(a, b planePole) int { return cmp.Compare(a.Angle, b.Angle) })
	var g scene.Stereogram
	for _, b := range o.bands(c, refs, false) {
		circle := diffraction.GreatCircle(b.G)
		if screen {
			circle = onScreen(circle)
		}
		n := numbersOf(refs, b)
		r.Bands = append(r.Bands, stereoBand{n.HKL, n.D, n.Weight, n.WidthMR, arcOf(circle)})
		if points := circle.AppendPoints(nil, mapStep); points != nil {
			g.Bands = append(g.Bands, scene.StereoBand{Points: points, Level: strength(b.Weight)})
		}
	}
	circles, err := netCircles(c, through, small)
	if err != nil {
		return err
	}
	for _, n := range circles {
		circle := n.circle
		if screen {
			circle = onScreen(circle)
		}
		n.json.Arc = arcOf(circle)
		r.Circles = append(r.Circles, n.json)
		if points := circle.AppendPoints(nil, mapStep); points != nil {
			g.Circles = append(g.Circles, points)
		}
	}
	if o.format == "json" {
		return writeJSON(stdout, r)
	}
	level := map[crystal.UVW]int{}
	for _, z := range commonZones(c, refs.Translations) {
		level[z.zone] = z.level
	}
	for _, z := range r.Zones {
		importance, common := level[z.Zone]
		if !common {
			importance = 2
		}
		g.Poles = append(g.Poles, scene.StereoPole{Point: diffraction.Point{X: z.At[0], Y: z.At[1]}, UVW: z.Zone, Four: c.hexagonal(), Level: importance})
	}
	g.Title = "Stereogram of " + c.title(o.kv)
	g.Letters = mapLetters
	g.Desc = fmt.Sprintf("%d poles of zone axes and the traces of %d planes.", len(r.Zones), len(r.Bands))
	_, err = stdout.Write(g.AppendFile(nil))
	return err
}

// rim is how near the equator, as the sine of the angle, both ends of an axis
// are drawn.
const rim = 1e-6

// centreAngle returns the angle of a unit vector to the centre, degrees.
func centreAngle(d geom.Vec) float64 { return degrees(math.Atan2(math.Hypot(d.X, d.Y), d.Z)) }

// repeated is a flag that may be given more than once.
type repeated []string

func (r *repeated) String() string     { return strings.Join(*r, "; ") }
func (r *repeated) Set(v string) error { *r = append(*r, v); return nil }

// drawnCircle is a circle in the frame of the stereogram with what is said of it.
type drawnCircle struct {
	circle diffraction.Circle
	json   netCircle
}

// netCircles reads the circles that were asked for.
func netCircles(c oriented, through, small []string) (out []drawnCircle, err error) {
	for _, text := range through {
		parts := strings.Fields(text)
		if len(parts) != 2 {
			return nil, fmt.Errorf("-through %q: expected two zone axes with a space between, as \"1,1,1 0,0,1\"", text)
		}
		var u [2]crystal.UVW
		for i, part := range parts {
			if u[i], err = direction("through", part); err != nil {
				return nil, err
			}
		}
		plane := u[0].Plane(u[1])
		if plane == (crystal.HKL{}) {
			return nil, fmt.Errorf("-through %q: the two axes are one line, through which there are many great circles", text)
		}
		out = append(out, drawnCircle{
			diffraction.GreatCircle(c.orientation.Apply(c.Lattice.G(plane))),
			netCircle{Through: u[:], Plane: &plane, Angle: degrees(c.Lattice.AngleDirections(u[0], u[1]))},
		})
	}
	for _, text := range small {
		axis, radius, ok := strings.Cut(text, "@")
		if !ok {
			return nil, fmt.Errorf("-small %q: expected a zone axis and a radius, as \"1,1,1@30\"", text)
		}
		u, err := direction("small", axis)
		if err != nil {
			return nil, err
		}
		deg, err := strconv.ParseFloat(strings.TrimSpace(radius), 64)
		if err != nil || !(deg > 0 && deg < 180) {
			return nil, fmt.Errorf("-small %q: expected a radius between 0 and 180 degrees after the @", text)
		}
		out = append(out, drawnCircle{
			diffraction.Circle{Axis: c.orientation.Apply(c.Lattice.R(u)).Unit(), Cos: math.Cos(geom.Radians(deg))},
			netCircle{About: &u, Angle: deg},
		})
	}
	return out, nil
}
