package main

import (
	"fmt"
	"io"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/scene"
	"zoneaxis/internal/wire"
	"zoneaxis/internal/zones"
)

const kikuchiAbout = `Kikuchi bands of one orientation, or of the whole hemisphere

Every band is a pair of lines, at the Bragg condition of hkl and of its
opposite. hkl is the side of the excess line, which is farther from the direct
beam; contrast is 0 where the beam runs along the plane and the lines look
alike, 1 at the Bragg condition and beyond. weight is |F|/max |F|. width is
2 theta, and |g| on the screen. deficiency, centre and excess are points along
the lines from one border of the square |x|, |y| <= half to the other, in 1/Å on
the screen like the spots of a pattern; null for a line that misses the square.

-map draws the bands of the whole hemisphere in stereographic projection, as the
screen shows them (a zone axis that leans to the right is on the left): a point
(X, Y) of the unit disc is the beam direction d, (dx, dy)/(1 + |dz|). plus and
minus are the lines d·n = sin theta and -sin theta with the unit normal n, trace
is the plane between them. An arc runs counter-clockwise about its centre through
sweep_deg, or straight; null for a line that lies on the other hemisphere.`

type kikuchiReport struct {
	crystalNames
	VoltageKV   float64        `json:"voltage_kV"`
	WavelengthA float64        `json:"wavelength_A"`
	Zone        crystal.UVW    `json:"zone"`
	Tilt        [2]float64     `json:"tilt_deg"`
	Half        float64        `json:"half_invA,omitempty"`
	Bands       []kikuchiBand  `json:"bands,omitempty"`
	Map         []kikuchiTrace `json:"map,omitempty"`
	Notes       []string       `json:"notes"`
}

type bandNumbers struct {
	HKL      crystal.HKL `json:"hkl"`
	D        float64     `json:"d_A"`
	Weight   float64     `json:"weight"`
	Contrast float64     `json:"contrast"`
	WidthMR  float64     `json:"width_mrad"`
	Width    float64     `json:"width_invA"`
}

type kikuchiBand struct {
	bandNumbers
	Deficiency [][2]float64 `json:"deficiency_invA"`
	Centre     [][2]float64 `json:"centre_invA"`
	Excess     [][2]float64 `json:"excess_invA"`
}

type kikuchiTrace struct {
	bandNumbers
	Normal [3]float64 `json:"normal"`
	Plus   *arcJSON   `json:"plus"`
	Trace  *arcJSON   `json:"trace"`
	Minus  *arcJSON   `json:"minus"`
}

// arcJSON is a line on the unit disc.
type arcJSON struct {
	From     [2]float64  `json:"from"`
	To       [2]float64  `json:"to"`
	Centre   *[2]float64 `json:"centre"` // null: straight
	Radius   *float64    `json:"radius"`
	Sweep    float64     `json:"sweep_deg"`
	Straight bool        `json:"straight"`
	Full     bool        `json:"full"` // a whole circle
}

func kikuchiCommand(args []string, stdout, stderr io.Writer) error {
	f := newFlags("kikuchi", kikuchiAbout, stderr)
	var o bandOptions
	o.add(f, 1, 0.1, "json or svg")
	half := f.Float64("half-invA", 1.4, "half the side of the square, 1/Å")
	points := f.Int("points", 13, "points along each line")
	detector := f.String("detector", "orthographic", "orthographic or gnomonic (a flat screen)")
	whole := f.Bool("map", false, "the map of the whole hemisphere")
	if err := parse(f, args); err != nil {
		return err
	}
	if err := o.check(); err != nil {
		return err
	}
	gnomonic, err := oneOf("detector", *detector, map[string]bool{"orthographic": false, "gnomonic": true})
	if err != nil {
		return err
	}
	if err := above(numberOption{"half-invA", *half}); err != nil {
		return err
	}
	if *points < 2 || *points > 10000 {
		return fmt.Errorf("-points %d: expected 2 to 10000", *points)
	}
	c, refs, err := o.open()
	if err != nil {
		return err
	}
	bands := o.bands(c, refs, gnomonic)
	report := kikuchiReport{
		crystalNames: c.names(),
		VoltageKV:    o.kv, WavelengthA: c.beam.Wavelength(), Zone: c.zone, Tilt: o.tilt,
		Notes: notesOf(c.Notes, c.Analysis.Notes, refs.Notes),
	}
	if *whole {
		for _, b := range bands {
			report.Map = append(report.Map, traceOf(refs, b))
		}
		if o.format == "svg" {
			return writeMapSVG(stdout, c, refs, bands, o.kv)
		}
		return writeJSON(stdout, report)
	}
	report.Half = *half
	for _, b := range bands {
		row := kikuchiBand{
			bandNumbers: numbersOf(refs, b),
			Deficiency:  polyline(b, diffraction.Deficiency, *half, *points),
			Centre:      polyline(b, diffraction.Centre, *half, *points),
			Excess:      polyline(b, diffraction.Excess, *half, *points),
		}
		if row.Deficiency != nil || row.Centre != nil || row.Excess != nil {
			report.Bands = append(report.Bands, row)
		}
	}
	if o.format == "svg" {
		return writeKikuchiSVG(stdout, c, report)
	}
	return writeJSON(stdout, report)
}

func numbersOf(refs *diffraction.Reflections, b diffraction.Band) bandNumbers {
	g := refs.Len[b.Ref]
	return bandNumbers{HKL: refs.HKL[b.Ref], D: 1 / g, Weight: b.Weight, Contrast: round(b.Contrast), WidthMR: 1e3 * b.Width(), Width: g}
}

func polyline(b diffraction.Band, line diffraction.Line, half float64, n int) [][2]float64 {
	var out [][2]float64
	for _, p := range b.Polyline(nil, line, half, n) {
		out = append(out, pointOf(p))
	}
	return out
}

func pointOf(p diffraction.Point) [2]float64 { return [2]float64{round(p.X), round(p.Y)} }

// onScreen returns a circle of directions towards the source as the screen
// shows it: turned by 180° about the beam.
func onScreen(c diffraction.Circle) diffraction.Circle {
	c.Axis.X, c.Axis.Y = -c.Axis.X, -c.Axis.Y
	return c
}

func traceOf(refs *diffraction.Reflections, b diffraction.Band) kikuchiTrace {
	n := b.G.Unit()
	// A direction d on the screen is opposite to one towards the source.
	edges := b.Circles()
	return kikuchiTrace{
		bandNumbers: numbersOf(refs, b), Normal: [3]float64{round(n.X), round(n.Y), round(n.Z)},
		Plus: arcOf(onScreen(edges[1])), Trace: arcOf(onScreen(diffraction.GreatCircle(b.G))), Minus: arcOf(onScreen(edges[0])),
	}
}

// arcOf describes a circle in the unit disc; nil if it is not there.
func arcOf(c diffraction.Circle) *arcJSON {
	a, ok := c.Arc()
	if !ok {
		return nil
	}
	out := &arcJSON{From: pointOf(a.From), To: pointOf(a.To), Sweep: degrees(a.Sweep), Straight: a.Straight, Full: a.Full}
	if !a.Straight {
		centre, radius := pointOf(a.Centre), round(a.Radius)
		out.Centre, out.Radius = &centre, &radius
	}
	return out
}

// writeKikuchiSVG draws the lines and the direct beam.
func writeKikuchiSVG(w io.Writer, c oriented, r kikuchiReport) error {
	drawing := scene.Scene{Side: 2 * r.Half}
	for _, b := range r.Bands {
		for _, line := range [][][2]float64{b.Deficiency, b.Excess} {
			for i := 1; i < len(line); i++ {
				p, q := line[i-1], line[i]
				drawing.Lines = append(drawing.Lines, scene.Line{X1: p[0], Y1: p[1], X2: q[0], Y2: q[1],
					Weight: min(0.999, b.Weight*b.Weight), Class: wire.Kikuchi})
			}
		}
	}
	drawing.Spots = []scene.Spot{{R: scene.DirectRadius, Class: wire.Spot}}
	drawing.Title = c.title(r.VoltageKV)
	drawing.Desc = fmt.Sprintf("Kikuchi pattern with %d bands.", len(r.Bands))
	return writeSceneSVG(w, &drawing, []scene.LegendEntry{{Class: "kik", Text: "Kikuchi lines"}}, drawing.Title)
}

// mapStep is the distance of points along the lines of a map, rad.
const mapStep = 0.05

// mapLetters is the size of a map's letters, units of its view box: a file is
// looked at larger than the page's small stereogram.
const mapLetters = 8

// writeMapSVG draws both lines of all bands on the hemisphere and the common
// zone axes where they cross.
func writeMapSVG(w io.Writer, c oriented, refs *diffraction.Reflections, bands []diffraction.Band, kv float64) error {
	g := scene.Stereogram{Title: "Kikuchi map of " + c.title(kv), Letters: mapLetters}
	for _, b := range bands {
		for _, edge := range b.Circles() {
			if points := onScreen(edge).AppendPoints(nil, mapStep); points != nil {
				g.Bands = append(g.Bands, scene.StereoBand{Points: points, Level: strength(b.Weight)})
			}
		}
	}
	g.Poles = polesOf(c, commonZones(c, refs.Translations), true)
	g.Desc = fmt.Sprintf("%d Kikuchi bands of the hemisphere around the zone axis.", len(bands))
	_, err := w.Write(g.AppendFile(nil))
	return err
}

// strength sorts weights into the three widths of lines of a stereogram, 0 for
// the strongest.
func strength(weight float64) int { return max(2-int(3*weight), 0) }

// commonZones returns the zone axes that people name, with all their
// equivalents; the level is 0 for the most common.
func commonZones(c oriented, translations []crystal.Frac) []levelZone {
	var out []levelZone
	for i, u := range zones.Common(c.Lattice, translations, c.Group, 6) {
		for _, v := range c.Group.EquivalentDirections(u) {
			out = append(out, levelZone{v, min(i/2, 2)})
		}
	}
	return out
}

type levelZone struct {
	zone  crystal.UVW
	level int
}

// polesOf returns the poles of the upper hemisphere, where the screen shows
// them or where they point to. Both ends of an axis on the rim are kept.
func polesOf(c oriented, zones []levelZone, screen bool) []scene.StereoPole {
	var out []scene.StereoPole
	for _, z := range zones {
		d := c.orientation.Apply(c.Lattice.R(z.zone)).Unit()
		if d.Z < -1e-6 {
			continue
		}
		out = append(out, scene.StereoPole{Point: discPoint(d, screen), UVW: z.zone, Four: c.hexagonal(), Level: z.level})
	}
	return out
}

// discPoint projects a direction of the upper hemisphere.
func discPoint(d geom.Vec, screen bool) diffraction.Point {
	d.Z = max(d.Z, 0)
	p, _ := diffraction.Stereographic(d)
	if screen {
		p.X, p.Y = -p.X, -p.Y
	}
	return p
}
