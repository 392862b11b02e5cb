package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
)

func TestStereogram(t *testing.T) {
	var r stereogramReport
	call(t, &r, stereogramCommand, "-in", "si", "-zone", "0,0,1", "-max", "1")
	// Nine zone axes above the rim and both ends of 100, 010, 110, 1−10 on it; in
	// a cubic crystal the planes are the same.
	if len(r.Zones) != 17 || len(r.Planes) != 17 {
		t.Fatalf("%d zone axes, %d planes, want 17 and 17", len(r.Zones), len(r.Planes))
	}
	for i, z := range r.Zones {
		if z.Zone == [3]int{1, 1, 1} {
			// tan(54.74°/2) towards the upper right.
			a := math.Acos(1 / math.Sqrt(3))
			if x := math.Tan(a/2) / math.Sqrt2; !near(z.At[0], x, 1e-9) || !near(z.At[1], x, 1e-9) || !near(z.Angle, a*180/math.Pi, 1e-8) {
				t.Errorf("[111] at %v, %g°", z.At, z.Angle)
			}
		}
		if !slices.ContainsFunc(r.Planes, func(p planePole) bool { return p.HKL == [3]int(z.Zone) && p.At == z.At }) {
			t.Errorf("no plane (%v) at %v", z.Zone, z.At)
		}
		if i > 0 && z.Angle < r.Zones[i-1].Angle {
			t.Errorf("[%v] is out of order", z.Zone)
		}
	}
	if len(r.Bands) == 0 {
		t.Fatal("no bands")
	}
	// In a hexagonal crystal the normal of (100) is 30° away from a.
	call(t, &r, stereogramCommand, "-in", "mg", "-zone", "0,0,1", "-max", "1")
	for _, p := range r.Planes {
		if p.HKL == [3]int{1, 0, 0} && (!near(math.Atan2(p.At[1], p.At[0]), math.Pi/6, 1e-9) || p.Angle != 90) {
			t.Errorf("(100) of magnesium at %v", p.At)
		}
	}
	// The sixfold axis turns the set of poles into itself.
	sin, cos := math.Sincos(math.Pi / 3)
	for _, z := range r.Zones {
		x, y := cos*z.At[0]-sin*z.At[1], sin*z.At[0]+cos*z.At[1]
		if !slices.ContainsFunc(r.Zones, func(o zonePole) bool { return near(o.At[0], x, 1e-9) && near(o.At[1], y, 1e-9) }) {
			t.Errorf("nothing 60° from [%v]", z.Zone)
		}
	}
	// The screen shows the opposite ends.
	var screen stereogramReport
	call(t, &screen, stereogramCommand, "-in", "mg", "-zone", "0,0,1", "-max", "1", "-view", "screen")
	for i, z := range screen.Zones {
		if o := r.Zones[i]; z.Zone != o.Zone || !near(z.At[0], -o.At[0], 1e-12) || !near(z.At[1], -o.At[1], 1e-12) {
			t.Errorf("screen: [%v] at %v, source: [%v] at %v", z.Zone, z.At, o.Zone, o.At)
		}
	}
}

// TestStereogramTraces checks that zone axes lie on the traces of their planes.
func TestStereogramTraces(t *testing.T) {
	var r stereogramReport
	call(t, &r, stereogramCommand, "-in", "rutile", "-zone", "1,1,1", "-tilt-x-deg", "3", "-view", "screen")
	on := 0
	for _, b := range r.Bands {
		for _, z := range r.Zones {
			if b.HKL.Dot(z.Zone) != 0 || b.Trace == nil || b.Trace.Straight {
				continue
			}
			on++
			if got := math.Hypot(z.At[0]-b.Trace.Centre[0], z.At[1]-b.Trace.Centre[1]); !near(got, *b.Trace.Radius, 1e-7**b.Trace.Radius) {
				t.Errorf("[%v] is %g from the centre of (%v), whose radius is %g", z.Zone, got, b.HKL, *b.Trace.Radius)
			}
		}
	}
	if on < 50 {
		t.Errorf("only %d zone axes on traces", on)
	}
	text := drawing(t, stereogramCommand, "-in", "mg", "-zone", "0,0,1", "-format", "svg")
	for _, want := range []string{"<style>", `class="pole n0"`, `class="band b0"`, `class="plab"`, "Stereogram of Mg [0 0 0 1], 200 kV"} {
		if !strings.Contains(text, want) {
			t.Errorf("the drawing lacks %s", want)
		}
	}
}

func TestStereogramErrors(t *testing.T) {
	refuses(t, stereogramCommand, map[string]string{
		"-in si":                         "-zone is missing",
		"-in si -zone 1,1,0 -max 0":      "-max 0",
		"-in si -zone 1,1,0 -gmax -1":    "-gmax -1",
		"-in si -zone 1,1,0 -min -1":     "-min -1",
		"-in si -zone 1,1,0 -view below": "expected one of [screen source]",
		"-in si -zone 1,1,0 -format csv": "expected one of [json svg]",
		"-in si -zone 1,1,0 tail":        "is not an option",

		"-in si -zone 1,1,0 -through 1,1,1":      "expected two zone axes",
		"-in si -zone 1,1,0 -small 1,1,1":        "expected a zone axis and a radius",
		"-in si -zone 1,1,0 -small 1,1,1@nan":    "expected a radius between 0 and 180",
		"-in si -zone 1,1,0 -small 0,0,0@30":     "has no direction",
		"-in si -zone 1,1,0 -small 1,1,1@180.01": "expected a radius between 0 and 180",
	})
	var help strings.Builder
	for name := range commands {
		help.Reset()
		if err := run([]string{name, "-h"}, io.Discard, &help); err != nil || !strings.Contains(help.String(), fmt.Sprintf("zoneaxis %s: ", name)) || summaries[name] == "" {
			t.Errorf("%s -h: %v, %.60q, summary %q", name, err, help.String(), summaries[name])
		}
	}
}

// A great circle passes through both its axes, and the points of a small one are at
// its angle, in a triclinic crystal too.
func TestStereogramCircles(t *testing.T) {
	var r stereogramReport
	call(t, &r, stereogramCommand, "-in", "albite", "-zone", "0,0,1", "-max", "2", "-tilt-x-deg", "5", "-through", "1,0,1 0,1,2", "-small", "1,0,1@40", "-small", "1,0,1@140")
	if len(r.Circles) != 3 || *r.Circles[0].Plane != [3]int{-1, -2, 1} || *r.Circles[1].About != [3]int{1, 0, 1} || r.Circles[1].Angle != 40 {
		t.Fatalf("%+v", r.Circles)
	}
	at := map[[3]int][2]float64{}
	for _, z := range r.Zones {
		at[z.Zone] = z.At
	}
	great := r.Circles[0].Arc
	for _, u := range [][3]int{{1, 0, 1}, {0, 1, 2}, {1, 1, 3}} {
		p, ok := at[u]
		if !ok {
			continue
		}
		if got := math.Hypot(p[0]-great.Centre[0], p[1]-great.Centre[1]); !near(got, *great.Radius, 1e-9**great.Radius) {
			t.Errorf("%v is %g from the centre of the great circle of radius %g", u, got, *great.Radius)
		}
	}
	// A point of the small circle, back on the sphere, makes 40° with the axis.
	small := r.Circles[1].Arc
	sphere := func(x, y float64) [3]float64 {
		q := x*x + y*y
		return [3]float64{2 * x / (1 + q), 2 * y / (1 + q), (1 - q) / (1 + q)}
	}
	a := sphere(at[[3]int{1, 0, 1}][0], at[[3]int{1, 0, 1}][1])
	for _, phi := range []float64{0.3, 2, 4} {
		b := sphere(small.Centre[0]+*small.Radius*math.Cos(phi), small.Centre[1]+*small.Radius*math.Sin(phi))
		if got := math.Acos(a[0]*b[0]+a[1]*b[1]+a[2]*b[2]) * 180 / math.Pi; !near(got, 40, 1e-7) { // ten digits are printed
			t.Errorf("a point of the circle of 40° is at %g°", got)
		}
	}
	if err := stereogramCommand([]string{"-in", "si", "-zone", "0,0,1", "-through", "1,1,1 2,2,2"}, io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), "one line") {
		t.Errorf("two equal axes: %v", err)
	}
}
