package scene

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"strings"
	"testing"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/wire"
)

func TestNum(t *testing.T) {
	for _, test := range []struct {
		v    float64
		want string
	}{
		{0, "0"}, {math.Copysign(0, -1), "0"}, {-0.004, "0"}, {-0.006, "-.01"}, {0.5, ".5"}, {-0.25, "-.25"}, {12, "12"}, {-3.10, "-3.1"},
		{1.005, "1.01"}, {1.005 - 1e-13, "1.01"}, {1.005 + 1e-13, "1.01"}, {-1.005, "-1"}, {-1.005 + 1e-13, "-1"}, {-1.005 - 1e-13, "-1"},
		{math.NaN(), "0"}, {math.Inf(-1), "0"}, {99.999, "100"}, {0.05, ".05"},
	} {
		if got := string(num(nil, test.v)); got != test.want {
			t.Errorf("num(%v) = %q, want %q", test.v, got, test.want)
		}
	}
	if got := string(pair(pair(nil, 1, -2), -3, 4)); got != "1-2-3 4" {
		t.Errorf("pairs: %q", got)
	}
}

func TestRadius(t *testing.T) {
	if got := Radius(1); got != MaxRadius {
		t.Errorf("strongest spot: %v", got)
	}
	if Radius(2) != MaxRadius || Radius(0) != 0 || Radius(math.NaN()) != 0 || Radius(1e-6) != 0 {
		t.Error("out of range intensities")
	}
	last := MaxRadius
	for i := 1.0; i > 1e-4; i /= 2 {
		if r := Radius(i); r > last || r < MinRadius {
			t.Errorf("radius %v at intensity %v after %v", r, i, last)
		} else {
			last = r
		}
	}
}

func TestToView(t *testing.T) {
	for _, test := range []struct {
		name   string
		s      Scene
		x, y   float64
		vx, vy float64
	}{
		{"y goes up", Scene{Side: 2.8}, 0.1, 0.2, 30, -60},
		{"centre", Scene{Side: 2.8, CX: 0.1, CY: 0.2}, 0.1, 0.2, 0, 0},
		{"mirrors", Scene{Side: 2.8, MirrorX: true, MirrorY: true}, 0.1, 0.2, -30, 60},
	} {
		t.Run(test.name, func(t *testing.T) {
			vx, vy := test.s.ToView(test.x, test.y)
			if math.Abs(vx-test.vx)+math.Abs(vy-test.vy) > 1e-9 {
				t.Errorf("got %v, %v", vx, vy)
			}
			if x, y := test.s.FromView(vx, vy); math.Abs(x-test.x)+math.Abs(y-test.y) > 1e-12 {
				t.Errorf("back at %v, %v", x, y)
			}
		})
	}
}

// crowd is a picture with a net of spots of all classes.
func crowd(step float64) *Scene {
	s := &Scene{Side: 2.8, Title: `a < b & "c"`, Desc: "d"}
	for i := -14; i <= 14; i++ {
		for j := -14; j <= 14; j++ {
			class := wire.Spot
			switch {
			case i == 3:
				class = wire.HOLZ
			case j == 3:
				class = wire.Double
			case i == -4:
				class = wire.Forbidden
			case j == -5:
				class = wire.SecondPhase
			}
			w := math.Exp(-float64(i*i+j*j) / 40)
			s.Spots = append(s.Spots, Spot{X: step * float64(i), Y: step * float64(j), R: 1 + 10*w, Class: class, HKL: crystal.HKL{i, -j, i + j}, Rank: w})
		}
	}
	s.Lines = []Line{{X1: -1, Y1: -1, X2: 1, Y2: 1, Weight: 0.1, Class: wire.Kikuchi}, {X1: 1, Y1: -1, X2: -1, Y2: 1, Weight: 1, Class: wire.Kikuchi}}
	s.Rings = []Ring{{R: 0.5, Weight: 1}, {R: 0.7, Weight: 0.1}}
	s.Measure = Measure{Points: []MeasurePoint{{Point{0.2, 0.2}, 9}, {Point{-0.4, 0}, 0}}, Angle: "135.00°"}
	s.Selected = &Point{0.1, 0.1}
	s.Way = []Point{{0, 0}, {0.2, 0}, {0.3, 0.3}}
	s.PlaceLabels()
	return s
}

func TestLabelsKeepApart(t *testing.T) {
	for _, step := range []float64{0.05, 0.1, 0.2, 0.4, 0.21} {
		s := crowd(step)
		if step == 0.21 { // a small window
			s.Size = 1.55
			s.PlaceLabels()
		}
		k := s.size()
		if len(s.Labels) == 0 && step > 0.05 { // there the spots stand too close
			t.Errorf("step %v: no labels", step)
		}
		var boxes []rect
		for i := range s.Labels {
			l := &s.Labels[i]
			box := rect{l.X - k*l.width()/2, l.Y - k*l.top(), l.X + k*l.width()/2, l.Y}
			for j, other := range boxes {
				if box.meets(other) {
					t.Errorf("step %v: %v and %v overlap", step, l.HKL, s.Labels[j].HKL)
				}
			}
			boxes = append(boxes, box)
			if box.x0 < -Half || box.x1 > Half || box.y0 < -Half || box.y1 > Half {
				t.Errorf("step %v: %v stands out of the picture", step, l.HKL)
			}
			for _, spot := range s.Spots {
				vx, vy := s.ToView(spot.X, spot.Y)
				// The square inside the disc.
				if r := 0.7*spot.R - 1; spot.R > 3 && box.meets(rect{vx - r, vy - r, vx + r, vy + r}) {
					t.Errorf("step %v: %v covers the spot %v", step, l.HKL, spot.HKL)
				}
			}
		}
	}
}

// Labels must not depend on rounding in the last bits of ranks, nor on the
// order of spots that are equally strong.
func TestLabelsAreStable(t *testing.T) {
	a, b := crowd(0.1), crowd(0.1)
	for i := range b.Spots {
		b.Spots[i].Rank *= 1 + 1e-15*float64(i%7-3)
	}
	for i, j := 0, len(b.Spots)-1; i < j; i, j = i+1, j-1 {
		b.Spots[i], b.Spots[j] = b.Spots[j], b.Spots[i]
	}
	b.PlaceLabels()
	if len(a.Labels) != len(b.Labels) {
		t.Fatalf("%d and %d labels", len(a.Labels), len(b.Labels))
	}
	for i := range a.Labels {
		if a.Labels[i].HKL != b.Labels[i].HKL || a.Labels[i].X != b.Labels[i].X || a.Labels[i].Y != b.Labels[i].Y {
			t.Errorf("label %d: %+v and %+v", i, a.Labels[i], b.Labels[i])
		}
	}
}

// checkXML reports text that is not well-formed, or that the page's policy
// would not allow.
func checkXML(t *testing.T, text string) {
	t.Helper()
	for decoder := xml.NewDecoder(strings.NewReader(text)); ; {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if start, ok := token.(xml.StartElement); ok {
			for _, a := range start.Attr {
				if a.Name.Local == "style" || strings.HasPrefix(a.Name.Local, "on") || strings.Contains(a.Value, "NaN") {
					t.Errorf("<%s %s=%q>", start.Name.Local, a.Name.Local, a.Value)
				}
			}
			if start.Name.Local == "style" || start.Name.Local == "script" {
				t.Errorf("<%s>", start.Name.Local)
			}
		}
	}
	if strings.Contains(text, "-0 ") || strings.Contains(text, `"-0"`) {
		t.Error("negative zero")
	}
}

func TestAppendSVG(t *testing.T) {
	s := crowd(0.1)
	full, overlay := string(s.AppendSVG(nil, Full)), string(s.AppendSVG(nil, Overlay))
	for _, text := range []string{full, overlay} {
		checkXML(t, text)
		for _, want := range []string{`<title>a &lt; b &amp; &quot;c&quot;</title>`, `viewBox="-420 -420 840 840"`, `class="labels"`, `class="meas"`, `class="ddr"`, `class="holz"`, `class="forb"`, `class="second"`, `class="sel"`, "135.00°"} {
			if !strings.Contains(text, want) {
				t.Errorf("no %s", want)
			}
		}
		if strings.Contains(text, "#") {
			t.Error("a colour in a drawing for the page")
		}
	}
	for _, group := range []string{`class="kik"`, `class="spots"`, `class="rings"`} {
		if !strings.Contains(full, group) || strings.Contains(overlay, group) {
			t.Errorf("%s: in the whole picture only", group)
		}
	}
	s.Reset()
	s.Side = 1
	if empty := string(s.AppendSVG(nil, Full)); strings.Contains(empty, "<g") {
		t.Errorf("empty groups in %s", empty)
	}
}

// The arc of a measured angle goes the short way from A to B about 000, as
// seen; the number stands in its middle.
func TestMeasuredArc(t *testing.T) {
	for _, c := range []struct {
		name         string
		a, b         Point
		sweep        int // 1 clockwise on the screen
		textX, textY float64
	}{
		{"a quarter counter-clockwise", Point{0.5, 0}, Point{0, 0.5}, 0, 1, -1},
		{"a quarter clockwise", Point{0, 0.5}, Point{0.5, 0}, 1, 1, -1},
		{"across the left", Point{-0.5, 0.1}, Point{-0.5, -0.1}, 0, -1, 0},
		{"and back", Point{-0.5, -0.1}, Point{-0.5, 0.1}, 1, -1, 0},
	} {
		s := Scene{Side: 2.8}
		s.Measure = Measure{Points: []MeasurePoint{{Point: c.a}, {Point: c.b}}, Angle: "90°"}
		d := s.drawMeasure()
		if !d.arc || d.sweep != c.sweep {
			t.Errorf("%s: arc %v, sweep %d, want %d", c.name, d.arc, d.sweep, c.sweep)
		}
		// The text is lowered by a third of its height.
		if x, y := d.textX-d.ox, d.textY-5*s.size()-d.oy; x*c.textX < 0 || y*c.textY < 0 || c.textY == 0 && math.Abs(y) > 1e-9 {
			t.Errorf("%s: the number stands at %g, %g", c.name, x, y)
		}
		ax, ay := s.ToView(c.a.X, c.a.Y)
		if turn := (d.ax-d.ox)*(ay-d.oy) - (d.ay-d.oy)*(ax-d.ox); math.Abs(turn) > 1e-9 {
			t.Errorf("%s: the arc does not begin on the line to A", c.name)
		}
	}
}

func TestFrame(t *testing.T) {
	s := crowd(0.1)
	var f wire.Frame
	s.Frame(&f)
	discs := strings.Count(string(s.AppendSVG(nil, Full)), "<circle") - 2 /* rings */ - 1 /* selected */ - 2 /* measured */
	if len(f.Discs) != discs {
		t.Errorf("%d discs, the drawing has %d", len(f.Discs), discs)
	}
	if want := 2 + 2*ringSides; len(f.Lines) != want {
		t.Errorf("%d lines, want %d", len(f.Lines), want)
	}
	var back wire.Frame
	if err := wire.Decode(&back, wire.Append(nil, &f)); err != nil {
		t.Error(err)
	}
}

func TestAppendFile(t *testing.T) {
	s := crowd(0.1)
	sheet := Sheet{
		Style: "phosphor", Labels: true, Bar: &SheetBar{Units: 150, Label: "5 nm", Power: "−1"},
		Legend:  []LegendEntry{{"kik", "Kikuchi line"}, {"holz", "higher Laue zone"}, {"dd", "double diffraction"}, {"forb", "forbidden"}, {"second", "twin"}},
		Caption: []string{"Silicon, <110>"}, Link: "https://example.org/sim?z=1,1,0&o=ik", State: `{"q":[1,0,0,0],"l":"/sim?a&b"}`,
	}
	for _, outlines := range []bool{false, true} {
		sheet.Outlines = outlines
		text := string(s.AppendFile(nil, sheet))
		checkXML(t, text)
		if strings.Contains(text, "<text") == outlines {
			t.Errorf("outlines %v: text elements", outlines)
		}
		link, state, ok := FileState([]byte(text))
		if !ok || link != sheet.Link || state != sheet.State {
			t.Errorf("state comes back as %q, %q, %v", link, state, ok)
		}
		if !strings.Contains(text, palettes["phosphor"].Class[wire.Kikuchi]) {
			t.Error("colours are missing")
		}
	}
	if s.Selected == nil || len(s.Labels) == 0 {
		t.Error("exporting changed the scene")
	}
	if _, _, ok := FileState([]byte("<svg/>")); ok {
		t.Error("a foreign file holds a state")
	}
}

// Every letter that names and captions need is in the stroke alphabet.
func TestStrokeAlphabet(t *testing.T) {
	const needed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.,-−+=()[]/:;'_%&?°·Åαβγλ"
	for _, r := range needed {
		g := glyphs[r]
		if g == "" {
			t.Errorf("no glyph for %q", r)
		}
		for i := range len(g) {
			c := g[i]
			if i%3 == 2 && c != ' ' && c != '|' || i%3 != 2 && (c < '0' || c > '9') {
				t.Errorf("%q: %q at %d", r, g, i)
				break
			}
		}
	}
}

func TestAppendCSV(t *testing.T) {
	rows := []Reflection{
		{HKL: crystal.HKL{1, -1, 0}, D: 2.5, G: 0.4, X: 0.4, Y: -1e-12, S: -0.001, F: complex(3, -4), Intensity: 1},
		{HKL: crystal.HKL{}, D: math.Inf(1), F: 10},
	}
	want := "h,k,i,l,d_A,g_invA,x_invA,y_invA,s_invA,F_abs_A,F_phase_deg,I_of_strongest\n" +
		"1,-1,0,0,2.50000,0.400000,0.400000,0.000000,-0.001000,5.0000,-53.13,1.000000\n" +
		"0,0,0,0,,0.000000,0.000000,0.000000,0.000000,10.0000,0.00,0.000000\n"
	if got := string(AppendCSV(nil, rows, true, "")); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := string(AppendCSV(nil, rows[:1], false, "no absorption")); !strings.Contains(got, ",I_of_incident_no_absorption\n") {
		t.Errorf("dynamical: %q", got)
	}
	if got := string(AppendCSV(nil, rows[:1], false, "")); !strings.HasPrefix(got, "h,k,l,") || !strings.Contains(got, "\n1,-1,0,2.5") {
		t.Errorf("three indices: %s", got)
	}
}

func TestNiceLength(t *testing.T) {
	for _, test := range [][2]float64{{6.3, 5}, {5, 5}, {4.999, 2}, {1, 1}, {0.99, 0.5}, {0.13, 0.1}, {1999, 1000}, {0, 0}, {math.Inf(1), 0}} {
		if got := NiceLength(test[0]); math.Abs(got-test[1]) > 1e-12 {
			t.Errorf("NiceLength(%v) = %v, want %v", test[0], got, test[1])
		}
	}
}

func BenchmarkPlaceLabels(b *testing.B) {
	s := crowd(0.1)
	b.ReportAllocs()
	for b.Loop() {
		s.PlaceLabels()
	}
}

func BenchmarkAppendSVG(b *testing.B) {
	s := crowd(0.1)
	var dst []byte
	b.ReportAllocs()
	for b.Loop() {
		dst = s.AppendSVG(dst[:0], Overlay)
	}
}
