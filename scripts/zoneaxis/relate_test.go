package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestRelateKnown(t *testing.T) {
	// Disorientations as the textbooks give them, to the digits printed there.
	for _, c := range []struct {
		name, args string
		variants   int
		angle      float64
		axis       [3]float64 // in any order and with any signs
	}{
		{"Kurdjumov–Sachs", "-in al -in2 fe -named KS", 24, 42.85, [3]float64{0.178, 0.178, 0.968}},
		{"Nishiyama–Wassermann", "-in al -in2 fe -named nishiyama-wassermann", 12, 45.99, [3]float64{0.083, 0.201, 0.976}},
		{"Bain", "-in al -in2 fe -named Bain", 3, 45, [3]float64{0, 0, 1}},
		{"fcc twin", "-in al -twin 1,1,1", 4, 60, [3]float64{0.577, 0.577, 0.577}},
		{"the same twin by turning", "-in al -twin 60°_1,1,1", 4, 60, [3]float64{0.577, 0.577, 0.577}},
		{"the same by name", "-in al -twin Sigma_3", 4, 60, [3]float64{0.577, 0.577, 0.577}},
		{"Burgers", "-in fe -in2 mg -named Burgers", 12, math.NaN(), [3]float64{}},
	} {
		var r relateReport
		args := strings.Fields(c.args + " -zone 1,1,1")
		for i := range args {
			args[i] = strings.ReplaceAll(args[i], "_", " ")
		}
		call(t, &r, relateCommand, args...)
		if r.Variants != c.variants {
			t.Errorf("%s: %d variants, want %d", c.name, r.Variants, c.variants)
		}
		if math.IsNaN(c.angle) {
			continue
		}
		axis := r.Disorientation.Axis[:]
		for i := range axis {
			axis[i] = math.Abs(axis[i])
		}
		slices.Sort(axis)
		want := c.axis
		slices.Sort(want[:])
		for i := range want {
			if !near(axis[i], want[i], 6e-4) {
				t.Errorf("%s: axis %.4f, want %.3f", c.name, axis, want)
				break
			}
		}
		if !near(r.Disorientation.Angle, c.angle, 6e-3) {
			t.Errorf("%s: %.3f°, want %.2f°", c.name, r.Disorientation.Angle, c.angle)
		}
	}
}

func TestRelatePattern(t *testing.T) {
	// The twin on (1−11), whose normal lies in the screen of [110]: every spot of
	// the twin is that of the crystal turned by 180° about g.
	var r relateReport
	call(t, &r, relateCommand, "-in", "al", "-twin", "1,-1,1", "-zone", "1,1,0", "-gmax", "1")
	if fmt.Sprint(r.NearestZone) != "-1-10" || r.NearestAngle > 1e-6 || r.Relation.Mirror == nil {
		t.Errorf("nearest zone [%v] at %g°, %+v", r.NearestZone, r.NearestAngle, r.Relation)
	}
	at := map[string][2]float64{}
	for _, s := range r.Reflections {
		at[fmt.Sprint(s.Phase, s.HKL)] = s.Q
	}
	g := at["1 1-11"]
	twins, shared := 0, 0
	for _, s := range r.Reflections {
		q, ok := at[fmt.Sprint(1, s.HKL)]
		if s.Phase != 2 || !ok {
			continue
		}
		twins++
		along := 2 * (q[0]*g[0] + q[1]*g[1]) / (g[0]*g[0] + g[1]*g[1])
		if !near(s.Q[0], along*g[0]-q[0], 1e-9) || !near(s.Q[1], along*g[1]-q[1], 1e-9) {
			t.Errorf("%v of the twin at %v, of the crystal at %v", s.HKL, s.Q, q)
		}
		if near(s.Q[0], q[0], 1e-9) && near(s.Q[1], q[1], 1e-9) {
			shared++
		}
	}
	// 000, four 111, two 200, two 220, four 311, four 222, two 400; shared: 000,
	// ±1−11 and ±2−22.
	if twins != 19 || shared != 5 {
		t.Errorf("%d spots of the twin, %d on their own of the crystal", twins, shared)
	}
	var p relateReport
	call(t, &p, relateCommand, "-in", "al", "-in2", "mg", "-plane", "1,1,1||0,0,1", "-direction", "1,-1,0 ∥ 1,0,0", "-zone", "1,1,1")
	if fmt.Sprint(p.NearestZone) != "001" || p.NearestAngle > 1e-6 || *p.Relation.Misfit != 0 || p.Relation.Planes[1] != [3]int{0, 0, 1} {
		t.Errorf("Al (111) ∥ Mg (0001): [%v] at %g°, %+v", p.NearestZone, p.NearestAngle, p.Relation)
	}
	var second relateReport
	call(t, &second, relateCommand, "-in", "al", "-in2", "fe", "-named", "KS", "-zone", "1,1,1", "-variant", "7")
	if second.Variant != 7 || second.Rotation == p.Rotation {
		t.Errorf("variant %d", second.Variant)
	}
	text := drawing(t, relateCommand, "-in", "al", "-in2", "mg", "-plane", "1,1,1||0,0,1", "-direction", "1,-1,0||1,0,0", "-zone", "1,1,1", "-format", "svg")
	for _, want := range []string{`class="second"`, `class="spots"`, "Al [111], 200 kV and Mg, near [0 0 0 1]"} {
		if !strings.Contains(text, want) {
			t.Errorf("the drawing lacks %s", want)
		}
	}
}

func TestRelateCSV(t *testing.T) {
	args := []string{"-in", "al", "-twin", "1,-1,1", "-zone", "1,1,0", "-gmax", "1"}
	var r relateReport
	call(t, &r, relateCommand, args...)
	var out bytes.Buffer
	if err := relateCommand(append(args, "-format", "csv"), &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&out).ReadAll()
	if err != nil || len(rows) != 1+len(r.Reflections) {
		t.Fatalf("%d lines for %d reflections: %v", len(rows), len(r.Reflections), err)
	}
	for i, s := range r.Reflections {
		line := rows[i+1]
		if got := strings.Join(line[:4], " "); got != fmt.Sprint(s.Phase, s.HKL[0], s.HKL[1], s.HKL[2]) {
			t.Errorf("line %d: %s, want phase %d, %v", i, got, s.Phase, s.HKL)
		}
		if x, err := strconv.ParseFloat(line[4], 64); err != nil || !near(x, s.Q[0], 1e-8) { // nine digits
			t.Errorf("line %d: x %s, want %g", i, line[4], s.Q[0])
		}
	}
}

func TestRelateNotes(t *testing.T) {
	var r relateReport
	call(t, &r, relateCommand, "-in", "gaas", "-twin", "1,1,1", "-zone", "1,1,0")
	if !slices.ContainsFunc(r.Notes, func(n string) bool { return strings.Contains(n, "no inversion centre") }) {
		t.Errorf("notes %q", r.Notes)
	}
}

func TestRelateErrors(t *testing.T) {
	refuses(t, relateCommand, map[string]string{
		"-in al -zone 1,1,1":                                                      "give one relation",
		"-in al -zone 1,1,1 -twin 1,1,1 -named KS":                                "give one relation",
		"-in al -zone 1,1,1 -named KS":                                            "-in2 is missing",
		"-in al -in2 fe -zone 1,1,1 -twin 1,1,1":                                  "leave out -in2",
		"-in al -in2 fe -zone 1,1,1 -named Headley":                               "expected one of Kurdjumov–Sachs",
		"-in al -in2 fe -zone 1,1,1 -plane 1,1,1||0,1,1":                          "go together",
		"-in al -in2 fe -zone 1,1,1 -plane 1,1,1 -direction 1,0,0||1,0,0":         "two triples",
		"-in al -in2 fe -zone 1,1,1 -plane 0,0,0||0,1,1 -direction 1,0,0||1,0,0":  "0,0,0 has no direction",
		"-in al -in2 fe -zone 1,1,1 -plane 1,1,1||0,1,1 -direction 1,1,1||1,-1,1": "does not lie in the plane",
		"-in al -in2 fe -zone 1,1,1 -named KS -variant 25":                        "there are 24 variants",
		"-in al -twin 111 -zone 1,1,1":                                            "expected a plane",
		"-in al -twin 0,0,0 -zone 1,1,1":                                          "expected a plane",
		"-in al -twin 1,1,1 -zone 1,1,1 -misfit-deg 50":                           "0 to 45",
		"-in al -twin 1,1,1":                                                      "-zone is missing",
	})
}
