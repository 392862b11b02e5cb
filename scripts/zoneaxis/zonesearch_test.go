package main

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

func TestZonesNear(t *testing.T) {
	var r zonesNear
	call(t, &r, zonesCommand, "-in", "si", "-zone", "1,1,0", "-near-deg", "20", "-max", "2")
	// tan = 1/3 for [210] and [120], cos = 4/√18 for [221] and [22−1].
	want := map[string]float64{"210": 18.4349488, "120": 18.4349488, "221": 19.4712206, "22-1": 19.4712206}
	if len(r.Near) != len(want) {
		t.Errorf("%d zone axes: %v", len(r.Near), r.Near)
	}
	for _, z := range r.Near {
		if !near(z.Angle, want[fmt.Sprint(z.Zone)], 1e-6) {
			t.Errorf("[%v] at %g°", z.Zone, z.Angle)
		}
	}
	if !slices.IsSortedFunc(r.Near, func(a, b zoneAngleRow) int { return int(math.Round((a.Angle - b.Angle) * 1e6)) }) {
		t.Errorf("not sorted: %v", r.Near)
	}
}

func TestZoneOfTwo(t *testing.T) {
	var r zoneOfTwo
	call(t, &r, zonesCommand, "-in", "si", "-of", "1,-1,1", "-of2", "0,0,4")
	// The angle of a body diagonal to a cube edge is acos(1/√3); |004|/|111| = 4/√3.
	if fmt.Sprint(r.Zone) != "-1-10" || !near(r.Ratio, 4/math.Sqrt(3), 1e-9) || !near(r.Angle, 54.7356103, 1e-6) || !near(r.D1/r.D2, r.Ratio, 1e-12) {
		t.Errorf("%+v", r)
	}
	// The sense: 002 up and −220 right of it belong to [110].
	call(t, &r, zonesCommand, "-in", "si", "-of", "-2,2,0", "-of2", "0,0,2")
	if fmt.Sprint(r.Zone) != "110" || !near(r.Angle, 90, 1e-9) {
		t.Errorf("%+v", r)
	}
}

func TestZonesMatch(t *testing.T) {
	var r matchReport
	// The pattern of an fcc [011] axis: 200 and 111, √(4/3) and 54.74°.
	call(t, &r, zonesCommand, "match", "-ratio", "0.866", "-angle-deg", "125.2", "-in", "al, fe", "-n", "3")
	if len(r.Matches) == 0 || r.Matches[0].ID != "al" || fmt.Sprint(r.Matches[0].Zone) != "011" || r.Total < len(r.Matches) {
		t.Fatalf("%+v", r)
	}
	for _, m := range r.Matches {
		if math.Abs(m.Ratio/(1/0.866)-1) > 0.03+1e-6 || math.Abs(m.Angle-54.8) > 1.5+1e-6 || !(m.Misfit >= 0 && m.Misfit <= 1) {
			t.Errorf("%+v is beyond the tolerances", m)
		}
	}
	// With the scale only aluminium's own spacing of 111 is left of the cubic metals.
	call(t, &r, zonesCommand, "match", "-ratio", "1.1547", "-angle-deg", "54.74", "-d-A", "2.338", "-d-tol", "0.005", "-in", "al,cu,ni,au,ag")
	if len(r.Matches) != 1 || r.Matches[0].ID != "al" {
		t.Errorf("with the spacing: %+v", r.Matches)
	}
	// Silicon [111] cannot be told from aluminium's by its hexagon; itself is not
	// listed, and of its equivalents none.
	call(t, &r, zonesCommand, "match", "-like", "lib-si", "-zone", "1,1,-1", "-in", "si,al")
	if !near(r.Ratio, 1, 1e-12) || !near(r.Angle, 60, 1e-9) ||
		slices.ContainsFunc(r.Matches, func(m matchRow) bool { return m.ID == "si" && fmt.Sprint(m.Zone) == "111" }) ||
		!slices.ContainsFunc(r.Matches, func(m matchRow) bool { return m.ID == "al" && fmt.Sprint(m.Zone) == "111" }) {
		t.Errorf("also fits: %+v", r)
	}
	if testing.Short() {
		return
	}
	call(t, &r, zonesCommand, "match", "-ratio", "1.633", "-angle-deg", "90", "-n", "1000", "-max", "1")
	if r.Total != len(r.Matches) || r.Total < 10 {
		t.Errorf("%d of %d matches in the library", len(r.Matches), r.Total)
	}
}

func TestZoneSearchErrors(t *testing.T) {
	refuses(t, zonesCommand, map[string]string{
		"-in al -near-deg 10":                             "-near-deg needs the zone axis",
		"-in al -near-deg 100 -zone 1,1,0":                "expected 0 to 90",
		"-in al -of 1,1,1":                                "go together",
		"-in al -of 1,1,1 -of2 -2,-2,-2":                  "one row",
		"-in al -of 1,1,1 -of2 2,0,0 -zone 1,1,0":         "or -zone",
		"-in al -of 1,1,1 -of2 2,0,0 -format csv":         "CSV",
		"-in al -of 1,1,1 -of2 2,0,1000":                  "up to 999",
		"match -angle-deg 60":                             "-ratio 0",
		"match -ratio 1":                                  "-angle-deg 0",
		"match -ratio 1 -angle-deg 60 -like si":           "or -like with -zone",
		"match -ratio 1 -angle-deg 60 -zone 1,1,1":        "-zone goes with -like",
		"match -like si":                                  "three whole numbers",
		"match -ratio 1 -angle-deg 60 -angle-tol-deg 0":   "-angle-tol-deg 0",
		"match -ratio 1 -angle-deg 60 -max 6":             "1 to 5",
		"match -ratio 1 -angle-deg 60 -in no-such-file":   "neither a file nor in the library",
		"match -ratio 1 -angle-deg 60 something-in-tail ": "is not an option",
	})
}
