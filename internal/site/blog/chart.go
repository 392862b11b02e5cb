package blog

import (
	"fmt"
	"html"
	"math"
	"math/cmplx"
	"strconv"
	"strings"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/diffraction/bloch"
	"zoneaxis/internal/source"
	_ "zoneaxis/internal/source/records" // the library
)

// Size of a chart in view-box units, and the room around its curves.
const (
	chartWidth, chartHeight = 440.0, 330.0
	chartLeft, chartRight   = 28.0, 12.0
	chartTop, chartBottom   = 52.0, 44.0
	chartLegend             = 138.0 // from one name to the next, above the curves
)

// thicknessChart draws how the intensities of some beams change with the
// thickness of the crystal. Along a zone axis all beams of the pattern are
// coupled (package bloch, no absorption). Without one each reflection stands
// alone with the direct beam, exactly at its Bragg condition.
func thicknessChart(attrs map[string]string) (string, error) {
	entry, ok := source.Lookup(attrs["crystal"])
	if !ok {
		return "", fmt.Errorf("thickness: the library has no crystal %q", attrs["crystal"])
	}
	kv, err := quantity(attrs["kv"], "kV")
	if err != nil {
		return "", fmt.Errorf("thickness: kv: %w", err)
	}
	to, err := quantity(attrs["to"], "nm")
	if err != nil {
		return "", fmt.Errorf("thickness: to: %w", err)
	}
	beam, err := diffraction.NewBeam(1000 * kv)
	if err != nil {
		return "", fmt.Errorf("thickness: %w", err)
	}
	structure, err := entry.Open()
	if err != nil {
		return "", err
	}
	zone, many := attrs["zone"]
	reach := 2.0
	if many {
		reach = bloch.StandardGMax
	}
	r, err := diffraction.NewReflections(structure, diffraction.Options{GMax: reach})
	if err != nil {
		return "", err
	}
	c := chart{to: to}
	var foil *manyBeams
	if many {
		if foil, err = newManyBeams(r, beam, zone); err != nil {
			return "", fmt.Errorf("thickness: %w", err)
		}
	}
	for text := range strings.SplitSeq(attrs["hkl"], ";") {
		digits, err := readIndices(strings.TrimSpace(text))
		if err != nil || len(digits) != 3 {
			return "", fmt.Errorf("thickness: hkl %q: expected three indices", text)
		}
		var h crystal.HKL
		for i, d := range digits {
			h[i] = d.Value
			if d.Bar {
				h[i] = -d.Value
			}
		}
		if many {
			k, err := foil.curve(h)
			if err != nil {
				return "", fmt.Errorf("thickness: %w", err)
			}
			c.curves = append(c.curves, k)
			continue
		}
		i, ok := r.Index(h)
		if !ok || r.F[i] == 0 {
			return "", fmt.Errorf("thickness: %s has no reflection %s", entry.Name, h)
		}
		xi := beam.ExtinctionDistance(cmplx.Abs(r.F[i]), r.Lattice.Volume(), r.Len[i])
		c.curves = append(c.curves, curve{h, fmt.Sprintf("extinction %.0f nm", xi/10), func(t float64) float64 { return diffraction.TwoBeam(xi, 0, 10*t) }})
	}
	if len(c.curves) > 3 {
		return "", fmt.Errorf("thickness: %d reflections, expected three at most", len(c.curves))
	}
	along := ""
	if many {
		along = " along [" + strings.ReplaceAll(zone, ",", " ") + "]"
	}
	return c.svg(fmt.Sprintf("Intensity of beams of %s%s at %g kV against thickness, 0 to %g nm", entry.Name, along, kv, to)), nil
}

// manyBeams is a crystal along a zone axis with all beams of its pattern.
type manyBeams struct {
	r      *diffraction.Reflections
	system *bloch.System
	kept   map[float64][]float64 // intensities by thickness, nm
}

func newManyBeams(r *diffraction.Reflections, beam diffraction.Beam, zone string) (*manyBeams, error) {
	var u crystal.UVW
	parts := strings.Split(zone, ",")
	if len(parts) != 3 {
		return nil, fmt.Errorf("zone %q: expected u,v,w", zone)
	}
	for i, p := range parts {
		n, err := strconv.Atoi(p)
		if err != nil {
			return nil, fmt.Errorf("zone %q: expected u,v,w", zone)
		}
		u[i] = n
	}
	o, err := diffraction.ZoneFrame(r.Lattice, u)
	if err != nil {
		return nil, err
	}
	system, err := bloch.Solve(r, beam, o, bloch.Standard(beam))
	if err != nil {
		return nil, err
	}
	return &manyBeams{r, system, map[float64][]float64{}}, nil
}

// curve returns the intensity of a beam.
func (m *manyBeams) curve(h crystal.HKL) (curve, error) {
	for i, b := range m.system.Beams[:m.system.Strong] {
		if m.r.HKL[b.Ref] == h {
			return curve{h, "", func(t float64) float64 {
				all, ok := m.kept[t]
				if !ok {
					all = m.system.Intensities(nil, 10*t)
					m.kept[t] = all
				}
				return all[i]
			}}, nil
		}
	}
	return curve{}, fmt.Errorf("%s is no strong beam along this zone axis", h)
}

type chart struct {
	to     float64 // nm
	curves []curve
}

type curve struct {
	hkl  crystal.HKL
	note string                  // below its name
	at   func(t float64) float64 // of the thickness in nm
}

func (c *chart) x(t float64) float64 {
	return chartLeft + (chartWidth-chartLeft-chartRight)*t/c.to
}

func (c *chart) y(v float64) float64 {
	return chartHeight - chartBottom - (chartHeight-chartTop-chartBottom)*v
}

// svg writes the chart. Its colours are classes; the second cue is the dash.
func (c *chart) svg(title string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="curves" viewBox="0 0 %g %g" role="img"><title>%s</title>`, chartWidth, chartHeight, html.EscapeString(title))
	step := niceStep(c.to / 5.01)
	fmt.Fprintf(&b, `<path class="grid" fill="none" stroke="currentColor" stroke-opacity=".25" d="`)
	for t := 0.0; t <= c.to+1e-9; t += step {
		fmt.Fprintf(&b, "M%.1f %.1fV%.1f", c.x(t), c.y(1), c.y(0))
	}
	for _, v := range []float64{0, 0.5, 1} {
		fmt.Fprintf(&b, "M%.1f %.1fH%.1f", c.x(0), c.y(v), c.x(c.to))
	}
	b.WriteString(`"/>`)
	for t := 0.0; t <= c.to+1e-9; t += step {
		fmt.Fprintf(&b, `<text x="%.1f" y="%.1f" text-anchor="middle">%g</text>`, c.x(t), c.y(0)+18, t)
	}
	fmt.Fprintf(&b, `<text x="%.1f" y="%.1f" text-anchor="middle">thickness (nm)</text>`, c.x(c.to/2), chartHeight-5)
	for _, v := range []float64{0, 0.5, 1} {
		fmt.Fprintf(&b, `<text x="%.1f" y="%.1f" text-anchor="end">%g</text>`, c.x(0)-7, c.y(v)+4, v)
	}
	for i, k := range c.curves {
		b.WriteString(c.path(i+1, k))
		x := chartLeft + chartLegend*float64(i)
		fmt.Fprintf(&b, `<path class="curve c%d" fill="none" stroke="currentColor" d="M%.1f 16h30"/>`, i+1, x)
		b.WriteString(indicesSVG(k.hkl, x+42, 21))
		if k.note != "" {
			fmt.Fprintf(&b, `<text class="small" x="%.1f" y="38">%s</text>`, x, k.note)
		}
	}
	b.WriteString(`</svg>`)
	return b.String()
}

// path writes a curve, in steps from one point to the next: that is half as long
// as the points themselves.
func (c *chart) path(class int, k curve) string {
	var b strings.Builder
	tenths := func(v float64) int { return int(math.Round(10 * v)) }
	write := func(v int, first bool) {
		if !first && v >= 0 {
			b.WriteByte(' ')
		}
		b.WriteString(strconv.FormatFloat(float64(v)/10, 'f', -1, 64))
	}
	x, y := tenths(c.x(0)), tenths(c.y(k.at(0)))
	fmt.Fprintf(&b, `<path class="curve c%d" fill="none" stroke="currentColor" d="M`, class)
	write(x, true)
	write(y, false)
	b.WriteByte('l')
	const points = 100
	for n := 1; n <= points; n++ {
		t := c.to * float64(n) / points
		nextX, nextY := tenths(c.x(t)), tenths(c.y(k.at(t)))
		write(nextX-x, n == 1)
		write(nextY-y, false)
		x, y = nextX, nextY
	}
	b.WriteString(`"/>`)
	return b.String()
}

// indicesSVG writes indices with drawn overbars, the middle of the first digit
// at x, the foot of the digits at y.
func indicesSVG(h crystal.HKL, x, y float64) string {
	const digit = 8 // of the type of a chart, 14 units high
	var at, text, bars strings.Builder
	for i, v := range h {
		if v < 0 {
			v = -v
			fmt.Fprintf(&bars, "M%.1f %.1fh%.1f", x-3, y-11.5, 6+digit*float64(len(strconv.Itoa(v))-1))
		}
		for _, r := range strconv.Itoa(v) {
			fmt.Fprintf(&at, "%.1f ", x)
			text.WriteRune(r)
			x += digit
		}
		if i < 2 && wide(h) {
			x += digit / 2
		}
	}
	out := fmt.Sprintf(`<text x="%s" y="%.1f" text-anchor="middle">%s</text>`, strings.TrimSpace(at.String()), y, text.String())
	if bars.Len() > 0 {
		out += `<path fill="none" stroke="currentColor" stroke-width="1.2" d="` + bars.String() + `"/>`
	}
	return out
}

// wide reports whether indices need gaps between them.
func wide(h crystal.HKL) bool {
	for _, v := range h {
		if v > 9 || v < -9 {
			return true
		}
	}
	return false
}

// niceStep returns 1, 2 or 5 times a power of ten, at least v.
func niceStep(v float64) float64 {
	p := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 2, 5} {
		if m*p >= v {
			return m * p
		}
	}
	return 10 * p
}
