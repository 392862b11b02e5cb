package library

import (
	"cmp"
	"fmt"
	"html"
	"math"
	"slices"
	"strconv"
	"strings"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/scene"
	"zoneaxis/internal/wire"
	"zoneaxis/internal/zones"
)

// A picture shows a square of 2·half view-box units a side. Its marks and
// letters are those of the simulator's picture, whose scale it has when it is
// drawn half as wide.
const half = 210

const (
	maxReach = 2.0  // Å⁻¹, half the side of the widest picture
	netNodes = 52.0 // reciprocal-lattice points in a picture, roughly
	// faintest is |F|² over the largest below which a spot is not drawn.
	faintest = 2e-4
)

// picture is an indexed pattern: all reflections of the zeroth Laue zone, the
// allowed ones as discs whose size follows |F|².
type picture struct {
	reach  float64 // Å⁻¹, half the side
	spots  []scene.Spot
	labels []scene.Label
	g      [3]scene.Point // ends of g1, g2, g3
	absent []absent
	title  string
}

type absent struct {
	scene.Point
	class diffraction.ForbiddenClass
}

// picture lays out the pattern of a zone axis.
func (c *Crystal) picture(b zones.Basis, forbidden *diffraction.Forbidden) (*picture, error) {
	frame, err := diffraction.ZoneFrame(c.structure.Lattice, b.Zone)
	if err != nil {
		return nil, err
	}
	// The net of the zone: each node has an area of p/V, p the period along the
	// axis and V the volume of the primitive cell.
	mesh := zones.RepeatLength(c.structure.Lattice, c.translations, b.Zone) * float64(len(c.translations)) / c.structure.Lattice.Volume()
	p := &picture{title: c.View.Name + " [" + b.Zone.Text(c.Four) + "]"}
	longest := max(b.Len[1], b.Len[2])
	p.reach = min(max(math.Sqrt(netNodes*mesh)/2, 1.35*longest), maxReach)
	if p.reach < 1.12*longest { // then the three vectors would not fit
		p.reach = 1.12 * longest
	}
	r, err := c.upTo(math.Sqrt2 * p.reach) // the corners
	if err != nil {
		return nil, err
	}
	sc := scene.Scene{Side: 4 * p.reach}
	m := frame.Mat()
	mx, my, _ := m.Rows()
	at := func(h crystal.HKL) scene.Point {
		g := c.structure.Lattice.G(h)
		return scene.Point{X: mx.Dot(g), Y: my.Dot(g)}
	}
	for i, h := range []crystal.HKL{b.G1, b.G2, b.G3} {
		p.g[i] = at(h)
	}
	top := 0.0
	var inside []int
	for i, h := range r.HKL {
		if r.Len[i] > math.Sqrt2*p.reach {
			break
		}
		if h.Dot(b.Zone) != 0 {
			continue
		}
		if q := at(h); max(math.Abs(q.X), math.Abs(q.Y)) <= p.reach+1e-9 {
			inside = append(inside, i)
			if i > 0 {
				top = max(top, norm2(r.F[i]))
			}
		}
	}
	for _, i := range inside {
		h := r.HKL[i]
		q := at(h)
		strength := norm2(r.F[i]) / top
		spot := scene.Spot{X: q.X, Y: q.Y, HKL: h, Four: c.Four, Class: wire.Spot, Rank: strength, R: scene.Radius(strength)}
		switch {
		case i == 0:
			spot.R, spot.Rank = scene.DirectRadius, 0
		case strength == 0:
			if !r.Centred(h) {
				continue
			}
			class := classOf(c.reflections, forbidden, h)
			// Rings for what tilting or double diffraction lights up, else small marks.
			spot.Class, spot.R = wire.Double, scene.RingRadius
			if class == diffraction.OnlyHOLZ || class == diffraction.Never {
				spot.Class, spot.R = wire.Forbidden, scene.CrossRadius
			}
			spot.Rank = 1e-4 / (0.05 + r.Len[i])
			p.absent = append(p.absent, absent{q, class})
		case strength < faintest:
			continue
		}
		// The three vectors are named before all others.
		if h == b.G1 || h == b.G2 || h == b.G3 {
			spot.Rank += 2
			spot.R = max(spot.R, 2.3)
		}
		sc.Spots = append(sc.Spots, spot)
	}
	sc.PlaceLabels()
	p.spots = sc.Spots
	for _, l := range sc.Labels {
		// Letters may not cross the edge of this smaller picture.
		w := labelWidth(l.Text)/2 + 2
		if math.Abs(l.X)+w <= half && l.Y-14 >= -half && l.Y+2 <= half {
			p.labels = append(p.labels, l)
		}
	}
	return p, nil
}

// upTo returns reflections as far as gmax, Å⁻¹, or farther.
func (c *Crystal) upTo(gmax float64) (*diffraction.Reflections, error) {
	if gmax <= c.reflections.GMax {
		return c.reflections, nil
	}
	if c.wide == nil || c.wide.GMax < gmax {
		wide, err := diffraction.NewReflections(c.structure, diffraction.Options{GMax: max(gmax, math.Sqrt2*maxReach)})
		if err != nil {
			return nil, err
		}
		c.wide = wide
	}
	return c.wide, nil
}

func norm2(f complex128) float64 { return real(f)*real(f) + imag(f)*imag(f) }

// classOf returns the class of an absent reflection.
func classOf(r *diffraction.Reflections, f *diffraction.Forbidden, h crystal.HKL) diffraction.ForbiddenClass {
	if i, ok := r.Index(h); ok {
		if s, ok := f.Find(int32(i)); ok {
			return s.Class
		}
	}
	return diffraction.Never
}

// Widths in view-box units: of a tabular digit of Inter at 13 units, and
// between indices where one has two digits.
const (
	digitPitch = 8.4
	looseGap   = 3.2
)

func labelWidth(t []crystal.IndexDigit) float64 {
	places := digitPlaces(t)
	return places[len(places)-1] - places[0] + digitPitch
}

// digitPlaces returns the middles of the digits of a label centred on 0.
func digitPlaces(t []crystal.IndexDigit) []float64 {
	loose := slices.ContainsFunc(t, func(d crystal.IndexDigit) bool { return d.Value > 9 })
	var places []float64
	x := 0.0
	for i, d := range t {
		if i > 0 && loose {
			x += looseGap
		}
		for range strconv.Itoa(d.Value) {
			places = append(places, x)
			x += digitPitch
		}
	}
	shift := (places[0] + places[len(places)-1]) / 2
	for i := range places {
		places[i] -= shift
	}
	return places
}

// Marks of absent reflections stand once on a page, in Defs, under these names.
var symbolOf = map[diffraction.ForbiddenClass]string{
	diffraction.DoubleDiffraction: "m-dd",
	diffraction.ExtinctOnAxis:     "m-ex",
	diffraction.OnlyHOLZ:          "m-ho",
	diffraction.Never:             "m-no",
}

// Defs holds the marks of absent reflections.
const Defs = `<svg class="defs" width="0" height="0" aria-hidden="true"><defs>` +
	`<g id="m-dd"><circle r="5.2" class="ddr"/><path d="M0 0h0" class="ddc"/></g>` +
	`<g id="m-ex"><circle r="5.2" class="ddr"/></g>` +
	`<g id="m-ho"><path d="M0-4.6l4 7h-8z" class="forb"/></g>` +
	`<g id="m-no"><path d="M-3-3l6 6m0-6l-6 6" class="forb"/></g>` +
	`</defs></svg>`

// discLevels are the radii of discs: sizes are rounded to them, so that all
// spots of one size are one path.
var discLevels = []float64{1, 1.4, 1.9, 2.6, 3.4, 4.4, 5.6, 7, 8.6, 10.4, 11.5, scene.DirectRadius}

// svg writes the picture. Spots are points of a round pen.
func (p *picture) svg() string {
	k := half / p.reach
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="lib" viewBox="-%d -%d %d %d" role="img" aria-label="%s">`, half, half, 2*half, 2*half,
		html.EscapeString(fmt.Sprintf("Indexed diffraction pattern of %s", p.title)))
	for i, name := range []string{"g1", "g2", "g3"} {
		fmt.Fprintf(&b, `<path class="%s" d="M0 0L%s"/>`, name, xy(k*p.g[i].X, -k*p.g[i].Y))
	}
	levels := make([][]scene.Point, len(discLevels))
	for _, s := range p.spots {
		if s.Class == wire.Spot {
			at, _ := slices.BinarySearchFunc(discLevels, s.R, func(level, r float64) int { return cmp.Compare(level*1.12, r) })
			at = min(at, len(levels)-1)
			levels[at] = append(levels[at], scene.Point{X: k * s.X, Y: -k * s.Y})
		}
	}
	b.WriteString(`<g class="s">`)
	for i, points := range levels {
		if len(points) == 0 {
			continue
		}
		fmt.Fprintf(&b, `<path stroke-width="%s" d="`, short(2*discLevels[i], 1))
		for _, q := range points {
			b.WriteString("M" + xy(q.X, q.Y) + "h0")
		}
		b.WriteString(`"/>`)
	}
	b.WriteString(`</g>`)
	for _, a := range p.absent {
		fmt.Fprintf(&b, `<use href="#%s" x="%s" y="%s"/>`, symbolOf[a.class], short(k*a.X, 1), short(-k*a.Y, 1))
	}
	b.WriteString(`<g class="t">`)
	var bars strings.Builder
	for _, l := range p.labels {
		p.label(&b, &bars, l)
	}
	b.WriteString(`</g>`)
	if bars.Len() > 0 {
		fmt.Fprintf(&b, `<path class="b" d="%s"/>`, bars.String())
	}
	length := scene.NiceLength(4 * p.reach) // nm⁻¹, under a quarter of the width
	x := half - 14.0
	fmt.Fprintf(&b, `<path class="bar" d="M%s %dh%s"/><text class="u" x="%s" y="%d">%s&#8201;nm<tspan dy="-4">−1</tspan></text>`,
		short(x-k*length/10, 1), half-12, short(k*length/10, 1), short(x-k*length/20, 1), half-18, short(length, 2))
	b.WriteString(`</svg>`)
	return b.String()
}

// label writes the digits of a label, each at its place, and collects its bars.
func (p *picture) label(b, bars *strings.Builder, l scene.Label) {
	places := digitPlaces(l.Text)
	b.WriteString(`<text x="`)
	i := 0
	for _, d := range l.Text {
		for range strconv.Itoa(d.Value) {
			x := short(l.X+places[i], 1)
			if i > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(x)
			if d.Bar { // of the macron
				b.WriteString(" " + x)
			}
			i++
		}
	}
	fmt.Fprintf(b, `" y="%s"`, short(l.Y, 1))
	switch l.Class {
	case wire.Double:
		b.WriteString(` class="a"`)
	case wire.Forbidden:
		b.WriteString(` class="f"`)
	}
	b.WriteByte('>')
	at := 0
	for _, d := range l.Text {
		digits := strconv.Itoa(d.Value)
		for _, digit := range digits {
			b.WriteRune(digit)
			if d.Bar {
				b.WriteString(scene.Macron)
			}
		}
		if d.Bar {
			first, last := places[at], places[at+len(digits)-1]
			fmt.Fprintf(bars, "M%sh%s", xy(l.X+first-3.3, l.Y-12.1), short(last-first+6.6, 1))
		}
		at += len(digits)
	}
	b.WriteString(`</text>`)
}

// short writes a number with few characters.
func short(v float64, decimals int) string {
	unit := math.Pow(10, float64(decimals))
	// A shift keeps halves of the last place away from the edge.
	s := strconv.FormatFloat(math.Floor(v*unit+0.5+1e-7)/unit, 'f', -1, 64)
	switch {
	case s == "-0":
		return "0"
	case strings.HasPrefix(s, "0."):
		return s[1:]
	case strings.HasPrefix(s, "-0."):
		return "-" + s[2:]
	}
	return s
}

func xy(x, y float64) string {
	sy := short(y, 1)
	if strings.HasPrefix(sy, "-") {
		return short(x, 1) + sy
	}
	return short(x, 1) + " " + sy
}
