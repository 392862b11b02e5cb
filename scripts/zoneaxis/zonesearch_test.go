package main

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
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

// Spots that were measured on a picture, in pixels: the zone axis, the indices as
// they stand on the screen, the scale, and the elements as a filter.
func TestZonesMatchSpots(t *testing.T) {
	// GaAs [011] as anybody may measure it: two 111 and a 200 between them, 0.3061
	// and 0.3534 1/Å, at 100 px per 1/Å and turned by 20°.
	place := func(r, deg float64) string {
		s, c := math.Sincos((deg + 20) * math.Pi / 180)
		return fmt.Sprintf("%.4f,%.4f", 100*r*c, 100*r*s)
	}
	a := 5.6533
	g111, g200 := math.Sqrt(3)/a, 2/a
	half := math.Acos(1/math.Sqrt(3)) * 180 / math.Pi
	spots := place(g111, 0) + " " + place(g200, half) + " " + place(g111, 2*half)
	var r matchReport
	call(t, &r, zonesCommand, "match", "-spots", spots, "-elements", "Ga,As", "-invA-per-unit", "0.01")
	if len(r.Matches) == 0 || r.Matches[0].ID != "gaas" || r.Matches[0].Misfit > 0.05 || !near(r.Matches[0].InvA, 0.01, 1e-4) || len(r.Spots) != 3 {
		t.Fatalf("%+v", r)
	}
	m := r.Matches[0]
	if z := m.Zone; z[0]*z[0]+z[1]*z[1]+z[2]*z[2] != 2 || len(m.HKL) != 3 || m.HKL[0].Zone(m.HKL[1]) != m.Zone {
		t.Errorf("zone [%v], spots %v: from the first to the second is counter-clockwise", m.Zone, m.HKL)
	}
	for _, m := range r.Matches {
		if m.ID != "gaas" && m.ID != "gaas-wurtzite" && m.ID != "ga" && m.ID != "as" && !strings.HasPrefix(m.ID, "gaas") {
			t.Errorf("%s holds other elements than Ga and As", m.ID)
		}
	}
	if !slices.IsSortedFunc(r.Matches, func(a, b matchRow) int { return cmp.Compare(a.Misfit, b.Misfit) }) {
		t.Error("not sorted by the misfit that is shown")
	}
	// Seen from below (the second spot clockwise of the first) it is the other end
	// of the axis, with the indices that the screen shows.
	mirrored := place(g111, 0) + " " + place(g200, -half) + " " + place(g111, -2*half)
	var b matchReport
	call(t, &b, zonesCommand, "match", "-spots", mirrored, "-in", "gaas")
	if m := b.Matches[0]; m.HKL[1].Zone(m.HKL[0]) != m.Zone {
		t.Errorf("mirrored: zone [%v], spots %v", m.Zone, m.HKL)
	}
	// A ratio may be filtered by elements as well.
	call(t, &r, zonesCommand, "match", "-ratio", "1.1547", "-angle-deg", "54.74", "-elements", "Al")
	if len(r.Matches) == 0 || r.Matches[0].ID != "al" || len(r.Elements) != 1 {
		t.Errorf("aluminium by its ratio: %+v", r)
	}
	for args, want := range map[string]string{
		"-spots 10,0":      "two or more spots",
		"-spots 10,0;20,0": "one line through 000",
		"-spots 10,0;a,5":  "is not a place",
		"-spots 10,0;0,0":  "lies on 000",
		"-spots 10,0;0,10 -ratio 1 -angle-deg 90": "give -spots alone",
		"-spots 10,0;0,10 -elements Xx":           "is not an element",
		"-spots 10,0;0,10 -elements ,":            "expected symbols",
		"-ratio 1 -angle-deg 90 -elements He":     "no crystal of these elements",
		"-spots 10,0;0,10 -invA-per-unit -1":      "-invA-per-unit",
		"-ratio 1 -angle-deg 90 -invA-per-unit 1": "is the scale of -spots",
	} {
		if err := matchCommand(strings.Fields(args), io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", args, err, want)
		}
	}
}
