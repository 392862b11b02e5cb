package main

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"strings"
	"testing"

	"zoneaxis/internal/atom"
	"zoneaxis/internal/geom"
)

// call runs a command and decodes its JSON into v.
func call(t *testing.T, v any, do command, args ...string) {
	t.Helper()
	var out bytes.Buffer
	if err := do(args, &out, io.Discard); err != nil {
		t.Fatalf("%v: %v", args, err)
	}
	d := json.NewDecoder(&out)
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		t.Fatalf("%v: %v", args, err)
	}
}

func TestZonesCommand(t *testing.T) {
	var got struct {
		Zones []map[string]any
	}
	call(t, &got, zonesCommand, "-in", "al", "-max", "3")
	if len(got.Zones) != 13 {
		t.Fatalf("%d zones of aluminium up to 3, want 13", len(got.Zones))
	}
	for _, key := range []string{"zone", "g1", "g2", "g3", "d1_A", "d2_A", "d3_A", "ratio21", "ratio31", "angle12_deg", "angle13_deg", "clockwise"} {
		if _, ok := got.Zones[0][key]; !ok {
			t.Errorf("%s is missing", key)
		}
	}
	if n := len(got.Zones[0]); n != 12 {
		t.Errorf("%d members, want 12: %v", n, got.Zones[0])
	}
	var one struct{ Zones []zoneRow }
	call(t, &one, zonesCommand, "-in", "al", "-zone", "0,2,2")
	if len(one.Zones) != 1 {
		t.Fatalf("%d zones, want 1", len(one.Zones))
	}
	z := one.Zones[0]
	// fcc [011]: 11−1, −11−1 at 70.53°, and their difference 200.
	if z.Zone != [3]int{0, 1, 1} || z.G1 != [3]int{1, 1, -1} || z.G2 != [3]int{-1, 1, -1} || z.G3 != [3]int{2, 0, 0} {
		t.Errorf("basis %+v", z)
	}
	if math.Abs(z.Ratio21-1) > 1e-9 || math.Abs(z.Ratio31-2/math.Sqrt(3)) > 1e-9 || math.Abs(z.Angle12-70.5288) > 5e-5 || math.Abs(z.Angle13-54.7356) > 5e-5 {
		t.Errorf("ratios and angles %+v", z)
	}
	if math.Abs(z.D1/z.D2-z.Ratio21) > 1e-12 || math.Abs(z.D1/z.D3-z.Ratio31) > 1e-12 {
		t.Errorf("spacings %+v", z)
	}
	var out bytes.Buffer
	if err := zonesCommand([]string{"-in", "al", "-max", "1", "-format", "csv"}, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 4 || !strings.HasPrefix(lines[1], "0,0,1,2,0,0,0,2,0,2,2,0,") {
		t.Errorf("CSV:\n%s", out.String())
	}
}

func TestTiltCommand(t *testing.T) {
	var r tiltReport
	call(t, &r, tiltCommand, "-in", "al", "-to", "1,1,2", "-exact", "-path", "4")
	// From [001] at (0, 0) in the standard orientation, [100] right and [010] up.
	if math.Abs(r.Target.Alpha-24.0948) > 5e-5 || math.Abs(r.Target.Beta+26.5651) > 5e-5 || r.Target.Reachable {
		t.Errorf("[112] at %+v", *r.Target)
	}
	if r.OutOfReach == nil || math.Abs(r.OutOfReach.BetaBeyond-6.5651) > 5e-5 || r.OutOfReach.AlphaBeyond != 0 || r.OutOfReach.Nearest == nil {
		t.Errorf("out of reach: %+v", r.OutOfReach)
	}
	if len(r.Path) != 5 || math.Abs(r.Path[4].Alpha-r.Target.Alpha) > 1e-9 || len(r.Nearest) != 10 {
		t.Errorf("path %v, %d nearest", r.Path, len(r.Nearest))
	}
	var s tiltReport
	call(t, &s, tiltCommand, "-in", "al", "-beta", "30", "-to", "2,1,1")
	if len(s.Equivalents) != 24 || !s.Target.Reachable || s.OutOfReach != nil || math.Abs(s.Target.Travel-35.2644) > 5e-5 {
		t.Errorf("⟨112⟩: %d equivalents, %+v", len(s.Equivalents), *s.Target)
	}
	var b tiltReport
	call(t, &b, tiltCommand, "-in", "al", "-at", "5,-3", "-to", "0,0,1", "-two-beam", "2,0,0")
	// θ_B of 200 at 200 kV, to the side of +x: the crystal turns about y by −θ.
	if b.Target.HKL == nil || math.Abs(b.Target.Travel-0.3548) > 5e-4 || b.Target.Beta > -3 {
		t.Errorf("two-beam: %+v", *b.Target)
	}
}

// A tilt series of aluminium, by hand for three directions of the α axis: [001] is at
// (0, 0), and [011] is 45° from it towards +y in its standard orientation. An α axis
// at A turns what the holder sees by −A.
func TestTiltCalibrate(t *testing.T) {
	// [112] of a crystal in its standard orientation, as the physics check has it, and
	// [013] (0, 1, 3): α = atan(1/3), β = 0; [103]: α = 0, β = −atan(1/3).
	for _, c := range []struct {
		name, readings, axis string
		flipAlpha, flipBeta  bool
	}{
		{"axis to the right", "0,0,1@0,0 0,1,3@18.4349488,0 1,0,3@0,-18.4349488", "0", false, false},
		{"axis up: +y of the screen is −β, −x is +α", "0,0,1@0,0 0,1,3@0,-18.4349488 1,0,3@-18.4349488,0", "90", false, false},
		{"axis to the left: all signs turned", "0,0,1@0,0 0,1,3@-18.4349488,0 1,0,3@0,18.4349488", "180", false, false},
		{"axis to the right, α counted the other way", "0,0,1@0,0 0,1,3@-18.4349488,0 1,0,3@0,-18.4349488", "0", true, false},
		{"axis to the right, β counted the other way", "0,0,1@0,0 0,1,3@18.4349488,0 1,0,3@0,18.4349488", "0", false, true},
	} {
		var r tiltReport
		call(t, &r, tiltCommand, "-in", "al", "-alpha", "60", "-beta", "60", "-calibrate", c.readings, "-axis", c.axis, "-rotation", "0", "-to", "1,1,2", "-exact", "-route")
		k := r.Calibration
		if k == nil || k.Residual > 0.001 || len(k.Zones) != 3 || k.Offset != [2]float64{} {
			t.Errorf("%s: %+v", c.name, k)
			continue
		}
		// [112] by the holder's own formula: on the screen it leans as in the first
		// case, whatever the axis is.
		v := geom.AxisAngle(geom.Vec{Z: 1}, -geom.Radians(k.Axis)).Apply(geom.Vec{X: 1, Y: 1, Z: 2})
		alpha, beta := degrees(math.Atan2(v.Y, math.Hypot(v.X, v.Z))), degrees(math.Atan2(-v.X, v.Z))
		if c.flipAlpha {
			alpha = -alpha
		}
		if c.flipBeta {
			beta = -beta
		}
		// Turned signs are a turn of the pattern: the readings are what counts.
		if !near(r.Target.Alpha, alpha, 1e-3) || !near(r.Target.Beta, beta, 1e-3) {
			t.Errorf("%s: [112] at α %.4f, β %.4f, want %.4f, %.4f (%+v)", c.name, r.Target.Alpha, r.Target.Beta, alpha, beta, k.tiltMount)
		}
		if last := r.Route[len(r.Route)-1]; last.Zone == nil || *last.Zone != r.Target.Zone || !near(last.Alpha, r.Target.Alpha, 1e-6) || !near(last.Beta, r.Target.Beta, 1e-6) {
			t.Errorf("%s: the route ends at %+v", c.name, last)
		}
	}
	// The direction of the axis follows from the rotation of the first pattern.
	var r tiltReport
	call(t, &r, tiltCommand, "-in", "al", "-alpha", "60", "-beta", "60", "-calibrate", "0,0,1@0,0 0,1,3@0,-18.4349488 1,0,3@-18.4349488,0", "-rotation", "0", "-to", "0,1,1")
	if k := r.Calibration; !near(k.Axis, 90, 1e-3) || k.FlipAlpha || k.FlipBeta || !near(k.Rotation, 0, 1e-3) || k.Residual > 1e-3 {
		t.Errorf("axis %g°, rotation %g°", k.Axis, k.Rotation)
	}
	if r.From.Alpha != -18.4349488 || r.Target == nil || !near(r.Target.Travel, 45-18.4349488, 1e-3) {
		t.Errorf("%+v", r.From)
	}
	// Two zone axes: what is open is said.
	call(t, &r, tiltCommand, "-in", "si", "-calibrate", "0,0,1@0,0 1,1,2@20.1,-28.3", "-at", "0,0", "-to", "0,1,3")
	if k := r.Calibration; len(k.Notes) != 1 || k.Residual < 0.4 || k.Residual > 0.8 || r.From.Zone != [3]int{0, 0, 1} {
		t.Errorf("%+v from %v", k, r.From.Zone)
	}
	// g/3g: the third order is excited, the first is inside the sphere by λ|g|²
	// (s = λ g²(n − 1)/2, n = 3).
	var w tiltReport
	call(t, &w, tiltCommand, "-in", "al", "-to", "0,0,1", "-two-beam", "2,0,0", "-weak-beam", "3")
	g, lambda := 2/4.0495, 0.0250793
	if w.Target.S == nil || !near(*w.Target.S, lambda*g*g, 1e-4) || *w.Target.HKL != [3]int{2, 0, 0} {
		t.Errorf("weak beam: %+v, want s = %g", w.Target, lambda*g*g)
	}
	for args, want := range map[string]string{
		"-calibrate 0,0,1@0,0":                              "two or more zone axes",
		"-calibrate 0,0,1@0,0;0,0,-1@3,4":                   "given twice",
		"-calibrate 0,0,1;1,1,2@3,3":                        "has no readings",
		"-calibrate 0,0,1@0,0;1,1,2@10,x":                   "is not an angle",
		"-calibrate 0,0,1@0,0;1,1,2@5,5":                    "is the nearest angle",
		"-calibrate 0,0,1@0,0;1,1,2@24.1,-26.6 -from 0,0,1": "give -calibrate or -from",
		"-route":                             "needs a zone axis to go to",
		"-to 1,0,0 -exact -route":            "out of the holder's reach",
		"-to 0,0,1 -at 50,0 -route":          "beyond the holder's limits",
		"-alpha 30,-10":                      "lower limit",
		"-weak-beam 3":                       "together with -two-beam",
		"-to 0,0,1 -route -route-step-deg 0": "-route-step-deg 0",
		"-to 0,0,1 -rotation NaN":            "-rotation NaN",
	} {
		if err := tiltCommand(append([]string{"-in", "al"}, strings.Fields(args)...), io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", args, err, want)
		}
	}
}

func TestRingsCommand(t *testing.T) {
	var r ringReport
	call(t, &r, ringsCommand, "-in", "al", "-gmax", "1.1", "-profile-step", "0.01", "-grain-nm", "10")
	// physics check: m|F|²d of aluminium.
	want := []float64{100, 43.98, 22.45, 23.41, 6.51, 2.64, 7.21}
	rings := r.Phases[0].Rings
	if len(rings) < len(want) {
		t.Fatalf("%d rings", len(rings))
	}
	for i, w := range want {
		if math.Abs(rings[i].Intensity-w) > 0.006 { // two decimals
			t.Errorf("%v: %.3f, want %.2f", rings[i].Families[0].HKL, rings[i].Intensity, w)
		}
	}
	if math.Abs(rings[0].FWHM-0.009) > 1e-12 || rings[0].Families[0].Multiplicity != 8 {
		t.Errorf("111: %+v", rings[0])
	}
	if r.Profile == nil || len(r.Profile.Values) != 111 {
		t.Errorf("profile %+v", r.Profile)
	}
	var two ringReport
	call(t, &two, ringsCommand, "-in", "al,si", "-fraction", "0.9,0.1")
	if len(two.Phases) != 2 || two.Phases[0].Rings[0].Intensity != 100 || two.Phases[1].Rings[0].Intensity >= 100 {
		t.Errorf("two phases: %+v", two.Phases)
	}
	var out bytes.Buffer
	if err := ringsCommand([]string{"-in", "al", "-format", "csv"}, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	if lines := strings.Split(out.String(), "\n"); !strings.HasPrefix(lines[1], "Aluminium,1,1,1,8,") {
		t.Errorf("CSV:\n%s", out.String())
	}
}

// Every model of scattering factors can be chosen and is its own, and they agree
// to a few per cent.
func TestModels(t *testing.T) {
	seen := map[float64]string{}
	for _, m := range atom.Models() {
		var r ringReport
		call(t, &r, ringsCommand, "-in", "al", "-model", m.String())
		second := r.Phases[0].Rings[1].Intensity // 200 over 111
		if before, ok := seen[second]; ok {
			t.Errorf("%s gives what %s does", m, before)
		}
		seen[second] = m.String()
		if math.Abs(second-43.9) > 1 {
			t.Errorf("%s: 200 has %.2f %% of 111", m, second)
		}
	}
	if len(seen) != 4 {
		t.Errorf("%d models", len(seen))
	}
}

func TestPatternForbidden(t *testing.T) {
	for _, c := range []struct {
		args  string
		hkl   [3]int
		class string
		paths bool
	}{
		{"-in si -zone 0,1,1", [3]int{2, 0, 0}, "double", true},
		{"-in si -zone 0,1,1", [3]int{1, 0, 0}, "never", false},
		{"-in rutile -zone 0,0,1 -gmax 0.3", [3]int{1, 0, 0}, "extinct", true}, // its paths lie outside the picture
		{"-in mg -zone 2,1,0", [3]int{0, 0, 1}, "holz", true},
	} {
		var p patternJSON
		call(t, &p, patternCommand, append(strings.Fields(c.args), "-forbidden")...)
		found := false
		for _, r := range p.Reflections {
			if r.HKL != c.hkl {
				continue
			}
			found = true
			if r.Class != c.class || (len(r.Paths) > 0) != c.paths || r.Reason == "" || r.Intensity != 0 {
				t.Errorf("%s %v: %+v", c.args, c.hkl, r)
			}
		}
		if !found {
			t.Errorf("%s: %v is not listed", c.args, c.hkl)
		}
		var without patternJSON
		call(t, &without, patternCommand, strings.Fields(c.args)...)
		for _, r := range without.Reflections {
			if r.Class != "" || r.F == [2]float64{} {
				t.Errorf("%s: %v is listed without being asked for", c.args, r.HKL)
			}
		}
	}
}

// refuses tries arguments that must fail, each with a message that says so.
func refuses(t *testing.T, do command, cases map[string]string) {
	t.Helper()
	for args, want := range cases {
		if err := do(strings.Fields(args), io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want “%s”", args, err, want)
		}
	}
}

func TestToolErrors(t *testing.T) {
	for _, c := range []struct {
		name string
		do   command
		args string
		want string
	}{
		{"no structure", zonesCommand, "", "-in is missing"},
		{"zone", zonesCommand, "-in al -zone 0,0,0", "[0 0 0] has no direction"},
		{"two indices", zonesCommand, "-in al -zone 1,1", "three whole numbers"},
		{"format", zonesCommand, "-in al -format svg", "expected one of [csv json]"},
		{"index", zonesCommand, "-in al -max 0", "-max 0"},
		{"leftovers", zonesCommand, "al", `"al" is not an option`},
		{"holder", tiltCommand, "-in al -holder single", "expected one of [double rotation]"},
		{"limits", tiltCommand, "-in al -alpha 30,-30", "from 30° to -30°"},
		{"readings", tiltCommand, "-in al -at 5", "two numbers"},
		{"angle", tiltCommand, "-in al -alpha wide", "not an angle"},
		{"two-beam alone", tiltCommand, "-in al -two-beam 2,0,0", "-to u,v,w"},
		{"grain", ringsCommand, "-in al -dynamical", "-grain-nm"},
		{"fractions", ringsCommand, "-in al -fraction 1,2", "expected 1"},
		{"model", ringsCommand, "-in al -model doyle", "expected one of [lobato kirkland peng peng-wide]"},
		{"model", patternCommand, "-in al -zone 0,0,1 -model Peng", "expected one of [lobato kirkland peng peng-wide]"},
		{"no ring", ringsCommand, "-in al -gmax 0.2", "no ring"},
	} {
		err := c.do(strings.Fields(c.args), io.Discard, io.Discard)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want “%s”", c.name, err, c.want)
		}
	}
}
