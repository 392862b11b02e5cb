package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
)

// near reports whether two numbers agree to rounding in what was printed.
func near(a, b, tol float64) bool { return math.Abs(a-b) <= tol }

// drawing runs a command and returns its SVG, which must be well-formed.
func drawing(t *testing.T, do command, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	if err := do(args, &out, io.Discard); err != nil {
		t.Fatalf("%v: %v", args, err)
	}
	text := out.String()
	for d := xml.NewDecoder(&out); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("%v: %v", args, err)
		}
	}
	if !strings.HasPrefix(text, "<svg ") || !strings.Contains(text, `xmlns="http://www.w3.org/2000/svg"`) {
		t.Fatalf("%v: no SVG: %.80s", args, text)
	}
	return text
}

func TestKikuchiBands(t *testing.T) {
	const half = 0.9
	var r kikuchiReport
	call(t, &r, kikuchiCommand, "-in", "si", "-zone", "1,1,0", "-tilt-x-deg", "0.7", "-tilt-y-deg", "-0.4", "-half-invA", "0.9", "-points", "5")
	if len(r.Bands) == 0 || r.Half != half || r.Tilt != [2]float64{0.7, -0.4} {
		t.Fatalf("%d bands, half %g, tilt %v", len(r.Bands), r.Half, r.Tilt)
	}
	for _, b := range r.Bands {
		// sin θ = λ/2d.
		if !near(b.WidthMR, 2e3*math.Asin(r.WavelengthA/(2*b.D)), 1e-9) || !near(b.Width*b.D, 1, 1e-12) {
			t.Errorf("%v: width %g mrad, %g 1/Å, d %g", b.HKL, b.WidthMR, b.Width, b.D)
		}
		for _, line := range [][][2]float64{b.Deficiency, b.Centre, b.Excess} {
			if line == nil {
				continue
			}
			if len(line) != 5 {
				t.Errorf("%v: %d points", b.HKL, len(line))
			}
			for i, p := range line {
				reach := max(math.Abs(p[0]), math.Abs(p[1]))
				if reach > half+1e-9 || (i == 0 || i == len(line)-1) && !near(reach, half, 1e-9) {
					t.Errorf("%v: point %d at %v does not fit the square", b.HKL, i, p)
				}
			}
		}
		// The middle of the excess line is not the nearer one; a quarter of the
		// width allows for where the square cuts the lines.
		if b.Excess == nil || b.Deficiency == nil {
			continue
		}
		if math.Hypot(b.Excess[2][0], b.Excess[2][1])+1e-9 < math.Hypot(b.Deficiency[2][0], b.Deficiency[2][1])-b.Width/4 {
			t.Errorf("%v: the excess line at %v is nearer to the beam than %v", b.HKL, b.Excess[2], b.Deficiency[2])
		}
	}
	// On the axis every band of the zone is centred: the middle of −111 runs
	// through the beam at right angles to its spot, and the lines are |g| apart.
	call(t, &r, kikuchiCommand, "-in", "si", "-zone", "1,1,0", "-points", "3", "-gmax", "0.33")
	for _, b := range r.Bands {
		if b.HKL[0]+b.HKL[1] != 0 {
			continue
		}
		var spots patternJSON
		call(t, &spots, patternCommand, "-in", "si", "-zone", "1,1,0", "-gmax", "0.33", "-shape", "positions")
		i := slices.IndexFunc(spots.Reflections, func(s reflectionJSON) bool { return s.HKL == b.HKL })
		q := spots.Reflections[i].Q
		if b.Contrast != 0 {
			t.Errorf("%v: contrast %g on the axis", b.HKL, b.Contrast)
		}
		for n, p := range b.Excess {
			if !near((p[0]*q[0]+p[1]*q[1])/b.Width, b.Width/2, 1e-9) {
				t.Errorf("%v: excess point %d at %v is not |g|/2 out along %v", b.HKL, n, p, q)
			}
		}
		for n, p := range b.Deficiency {
			if !near((p[0]*q[0]+p[1]*q[1])/b.Width, -b.Width/2, 1e-9) {
				t.Errorf("%v: deficiency point %d at %v", b.HKL, n, p)
			}
		}
	}
}

func TestKikuchiMap(t *testing.T) {
	var r kikuchiReport
	call(t, &r, kikuchiCommand, "-in", "si", "-zone", "1,1,0", "-map", "-gmax", "0.62")
	if len(r.Map) != 4+6+12 { // {111}, {220}, {311}: 4, 6 and 12 planes
		t.Errorf("%d bands in the map", len(r.Map))
	}
	for _, b := range r.Map {
		for i, a := range []*arcJSON{b.Minus, b.Trace, b.Plus} {
			if a == nil {
				continue
			}
			// Every end of an arc is a beam direction on its line: d·n = ±λ/2d or 0.
			want := float64(i-1) * r.WavelengthA / (2 * b.D)
			for _, p := range [][2]float64{a.From, a.To} {
				q := 1 + p[0]*p[0] + p[1]*p[1]
				got := 2*p[0]/q*b.Normal[0] + 2*p[1]/q*b.Normal[1] - (2-q)/q*b.Normal[2]
				if !near(got, want, 1e-9) {
					t.Errorf("%v, line %d: d·n = %g at %v, want %g", b.HKL, i-1, got, p, want)
				}
			}
		}
		if b.Trace == nil && math.Abs(b.Normal[2]) < 1-1e-9 {
			t.Errorf("%v: no trace", b.HKL)
		}
	}
	text := drawing(t, kikuchiCommand, "-in", "si", "-zone", "1,1,0", "-map", "-format", "svg")
	for _, want := range []string{"<style>", `class="band b0"`, `class="plab"`} {
		if !strings.Contains(text, want) {
			t.Errorf("the map lacks %s", want)
		}
	}
}

func TestKikuchiDrawing(t *testing.T) {
	text := drawing(t, kikuchiCommand, "-in", "mg", "-zone", "2,1,0", "-format", "svg")
	for _, want := range []string{`class="kik"`, `class="spots"`, "Mg [1 0 −1 0], 200 kV", "Kikuchi lines"} {
		if !strings.Contains(text, want) {
			t.Errorf("the drawing lacks %s", want)
		}
	}
}

func TestKikuchiErrors(t *testing.T) {
	refuses(t, kikuchiCommand, map[string]string{
		"-in si":                               "-zone is missing",
		"-in si -zone 0,0,0":                   "no direction",
		"-zone 1,1,0":                          "-in is missing",
		"-in si -zone 1,1,0 -format csv":       "expected one of [json svg]",
		"-in si -zone 1,1,0 -half-invA 0":      "-half-invA 0",
		"-in si -zone 1,1,0 -gmax NaN":         "-gmax NaN",
		"-in si -zone 1,1,0 -points 1":         "-points 1",
		"-in si -zone 1,1,0 -min 2":            "-min 2",
		"-in si -zone 1,1,0 -tilt-x-deg NaN":   "-tilt-x-deg NaN",
		"-in si -zone 1,1,0 -detector flat":    "expected one of [gnomonic orthographic]",
		"-in si -zone 1,1,0 -kv 0.1":           "voltage",
		"-in si -zone 1,1,0 something-in-tail": "is not an option",
	})
}
