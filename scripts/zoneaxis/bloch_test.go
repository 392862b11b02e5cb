package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"zoneaxis/internal/crystal"
)

// TestBlochSilicon compares with worked numbers of an independent calculation:
// Si [001] at 200 kV, the 45 coupled beams with |g| ≤ 2 Å⁻¹, no absorption.
func TestBlochSilicon(t *testing.T) {
	var text bytes.Buffer
	if err := blochCommand([]string{"-in", "si", "-zone", "0,0,1", "-gmax", "2", "-smax", "0.06", "-thickness-nm", "10,50"}, &text, io.Discard); err != nil {
		t.Fatal(err)
	}
	var got blochJSON
	if err := json.Unmarshal(text.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Beams) != 45 || len(got.Series) != 2 {
		t.Fatalf("%d beams and %d thicknesses, want 45 and 2", len(got.Beams), len(got.Series))
	}
	const rounding = 6e-6 // the numbers have five decimals
	want := map[crystal.HKL][2]float64{{0, 0, 0}: {0.58259, 0.43276}, {2, 2, 0}: {0.08954, 0.11633}, {4, 0, 0}: {0.01082, 0.02147}, {4, 4, 0}: {0.00229, 0.00140}}
	for i, b := range got.Beams {
		w, ok := want[b.HKL]
		if !ok {
			continue
		}
		delete(want, b.HKL)
		for k := range w {
			if v := got.Series[k].Intensities[i]; math.Abs(v-w[k]) > rounding {
				t.Errorf("%v at %g nm: %.5f, want %.5f", b.HKL, got.Series[k].ThicknessNM, v, w[k])
			}
		}
	}
	if len(want) > 0 {
		t.Errorf("no beams %v", want)
	}
	for _, s := range got.Series {
		if math.Abs(s.Sum-1) > 1e-9 {
			t.Errorf("the beams at %g nm add up to %.12f", s.ThicknessNM, s.Sum)
		}
	}
}

// computed runs a command and decodes what it prints.
func computed[T any](t *testing.T, do command, args ...string) (out T) {
	t.Helper()
	call(t, &out, do, args...)
	return out
}

// written returns the path of a new file.
func written(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestBlochList takes the beams of a choice as a list in another order: the same
// numbers come in that order.
func TestBlochList(t *testing.T) {
	common := []string{"-in", "gaas", "-zone", "1,1,0", "-tilt-mrad", "3,-2", "-absorption", "0.05", "-thickness-nm", "30"}
	chosen := computed[blochJSON](t, blochCommand, append(common, "-gmax", "1.5", "-smax", "0.04")...)
	if chosen.Count.Strong != len(chosen.Beams) || chosen.Count.Weak != 0 || len(chosen.Beams) < 30 {
		t.Fatalf("beams %+v, %d of them", chosen.Count, len(chosen.Beams))
	}
	list := make([]crystal.HKL, 0, len(chosen.Beams))
	for _, b := range chosen.Beams {
		list = append(list, b.HKL)
	}
	slices.Reverse(list) // 000 last
	text, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	listed := computed[blochJSON](t, blochCommand, append(common, "-beams", written(t, "beams.json", string(text)))...)
	for i, b := range listed.Beams {
		if b.HKL != list[i] {
			t.Fatalf("beam %d is %v, want %v", i, b.HKL, list[i])
		}
		at := len(list) - 1 - i
		was := chosen.Beams[at]
		for k := range b.Q {
			if math.Abs(b.Q[k]-was.Q[k]) > 1e-12 {
				t.Errorf("%v lies at %v, want %v", b.HKL, b.Q, was.Q)
			}
		}
		if math.Abs(b.S-was.S) > 1e-12 {
			t.Errorf("%v has s = %g, want %g", b.HKL, b.S, was.S)
		}
		got, want := listed.Series[0], chosen.Series[0]
		if math.Abs(got.Intensities[i]-want.Intensities[at]) > 1e-9 {
			t.Errorf("%v: I = %g, want %g", b.HKL, got.Intensities[i], want.Intensities[at])
		}
		for k, x := range got.Amplitude[i] {
			if math.Abs(x-want.Amplitude[at][k]) > 1e-9 {
				t.Errorf("%v: amplitude %v, want %v", b.HKL, got.Amplitude[i], want.Amplitude[at])
			}
		}
	}
}

// TestBlochUnlinked keeps beams of a list that nothing couples: they stay dark.
func TestBlochUnlinked(t *testing.T) {
	// The 200 of silicon is forbidden, and there is no detour to it here.
	out := computed[blochJSON](t, blochCommand, "-in", "si", "-zone", "0,1,-1", "-beams", written(t, "two.json", "[[2,0,0],[0,0,0]]"))
	if out.Beams[0].HKL != (crystal.HKL{2}) || out.Series[0].Intensities[0] != 0 || math.Abs(out.Series[0].Intensities[1]-1) > 1e-12 {
		t.Errorf("beams %v with %v", out.Beams, out.Series[0].Intensities)
	}
}

// TestBlochFoil tilts the foil: a normal along the beam is the default, and
// another one changes the pattern.
func TestBlochFoil(t *testing.T) {
	common := []string{"-in", "gaas", "-zone", "1,1,0", "-thickness-nm", "40"}
	plain := computed[blochJSON](t, blochCommand, common...)
	along := computed[blochJSON](t, blochCommand, append(common, "-foil", "1,1,0")...)
	across := computed[blochJSON](t, blochCommand, append(common, "-foil", "1,1,1")...)
	change := 0.0
	for i := range plain.Beams {
		if math.Abs(plain.Series[0].Intensities[i]-along.Series[0].Intensities[i]) > 1e-9 {
			t.Fatalf("%v: %g with the foil along the beam, want %g", plain.Beams[i].HKL, along.Series[0].Intensities[i], plain.Series[0].Intensities[i])
		}
	}
	for i := range min(len(plain.Beams), len(across.Beams)) {
		change = max(change, math.Abs(plain.Series[0].Intensities[i]-across.Series[0].Intensities[i]))
	}
	if change < 1e-4 {
		t.Errorf("a foil at 35° changes intensities by %g only", change)
	}
}

// TestBlochRefusals: each bad input is told in one sentence that says what was
// expected.
func TestBlochRefusals(t *testing.T) {
	list := func(text string) []string { return []string{"-beams", written(t, "beams.json", text)} }
	tests := []struct {
		name string
		args []string
		want []string
	}{
		{"ratio NaN", []string{"-absorption", "ratio", "-ratio", "nan"}, []string{"-ratio NaN", "0 to 1"}},
		{"ratio NaN without absorption", []string{"-ratio", "nan"}, []string{"-ratio NaN", "0 to 1"}},
		{"ratio below 0", []string{"-absorption", "ratio", "-ratio", "-1"}, []string{"-ratio -1", "0 to 1"}},
		{"ratio too large", []string{"-absorption", "ratio", "-ratio", "1e9"}, []string{"-ratio 1e+09", "0 to 1"}},
		{"ratio infinite", []string{"-absorption", "inf"}, []string{`-absorption "inf"`, "none, tds, or a ratio from 0 to 1"}},
		{"absorption unknown", []string{"-absorption", "much"}, []string{`-absorption "much"`, "none, tds, or a ratio"}},
		{"smax NaN", []string{"-smax", "nan"}, []string{"-smax NaN", "from 0"}},
		{"smax below 0", []string{"-smax", "-1"}, []string{"-smax -1", "from 0"}},
		{"gmax NaN", []string{"-gmax", "nan"}, []string{"-gmax NaN", "up to 6"}},
		{"kv NaN", []string{"-kv", "nan"}, []string{"NaN kV", "1 to 10000 kV"}},
		{"thickness", []string{"-thickness-nm", "10,-1"}, []string{`-thickness-nm "10,-1"`, "0 to 1000"}},
		{"thickness NaN", []string{"-thickness-nm", "nan"}, []string{"0 to 1000"}},
		{"tilt of one number", []string{"-tilt-mrad", "3"}, []string{`-tilt-mrad "3"`, "two numbers"}},
		{"tilt infinite", []string{"-tilt-mrad", "inf,0"}, []string{`"inf"`, "-200 to 200"}},
		{"foil edge-on", []string{"-foil", "0,0,1"}, []string{"-foil 0,0,1", "edge-on", "85°"}},
		{"foil without direction", []string{"-foil", "0,0,0"}, []string{"-foil", "no direction"}},
		{"no file", []string{"-beams", filepath.Join(t.TempDir(), "none.json")}, []string{"none.json", "no such file"}},
		{"empty file", list(" \n"), []string{"empty", "[[0,0,0],[1,1,1]]"}},
		{"empty list", list("[]"), []string{"empty", "[[0,0,0],[1,1,1]]"}},
		{"broken file", list("[[0,0,0],[1,1"), []string{"expected a list of beams"}},
		{"something else", list(`{"beams": 3}`), []string{"expected a list of beams"}},
		{"not whole", list("[[0,0,0],[1,1,0.5]]"), []string{"beam 2", `"0.5"`, "whole number"}},
		{"words", list(`[[0,0,0],["a",1,1]]`), []string{"expected a list of beams"}},
		{"two indices", list("[[0,0,0],[1,1]]"), []string{"beam 2", "2 indices", "three"}},
		{"four indices", list("[[0,0,0],[1,1,-2,0]]"), []string{"beam 2", "4 indices", "three"}},
		{"twice", list("[[0,0,0],[1,1,1],[1,1,1]]"), []string{"beam 3", "1,1,1", "beam 2", "once"}},
		{"without 000", list("[[1,1,1],[2,0,0]]"), []string{"0,0,0", "missing"}},
		{"centring", list("[[0,0,0],[1,0,0]]"), []string{"1,0,0", "no reflection"}},
		{"huge index", list("[[0,0,0],[1e30,0,0]]"), []string{"beam 2", "whole number"}},
		{"too far out", list("[[0,0,0],[80,0,0]]"), []string{"80,0,0", "up to 6"}},
	}
	for _, tt := range tests {
		err := blochCommand(append([]string{"-in", "si", "-zone", "1,1,0"}, tt.args...), io.Discard, io.Discard)
		if err == nil {
			t.Errorf("%s: no error", tt.name)
			continue
		}
		if strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: more than a line: %v", tt.name, err)
		}
		for _, part := range tt.want {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%s: %q does not say %q", tt.name, err, part)
			}
		}
	}
}

// TestCBED: the pixel in the middle is the pattern of a parallel beam, and one
// beside it that of a beam tilted the other way.
func TestCBED(t *testing.T) {
	for _, absorption := range []string{"none", "tds"} {
		common := []string{"-in", "gaas", "-zone", "1,1,0", "-gmax", "1.2", "-smax", "0.03", "-thickness-nm", "20,60", "-absorption", absorption}
		out := computed[struct {
			cbedJSON
			Series []struct {
				Thickness float64        `json:"thickness_nm"`
				Discs     [][][]*float64 `json:"discs"`
			} `json:"series"`
		}](t, cbedCommand, append(common, "-semi-angle-mrad", "4", "-pixels", "5")...)
		if out.Directions != 21 || out.Count.Strong != len(out.Beams) || len(out.Series) != 2 || len(out.Series[0].Discs) != len(out.Beams) {
			t.Fatalf("%d directions, beams %+v, %d thicknesses", out.Directions, out.Count, len(out.Series))
		}
		if out.Series[0].Discs[0][0][0] != nil {
			t.Error("the corner of a disc has a value")
		}
		// A beam tilted by −λ·offset: the wave vector has the offset more.
		for _, place := range [][2]int{{2, 2}, {1, 3}, {4, 2}} { // column, row
			x := (float64(place[0])+0.5)*out.Step - out.Radius
			y := out.Radius - (float64(place[1])+0.5)*out.Step
			z := math.Sqrt(1 - out.WavelengthA*out.WavelengthA*(x*x+y*y))
			tilt := fmt.Sprintf("%.15g,%.15g", -1e3*out.WavelengthA*x/z, -1e3*out.WavelengthA*y/z)
			var beams []crystal.HKL
			for _, b := range out.Beams {
				beams = append(beams, b.HKL)
			}
			text, _ := json.Marshal(beams)
			parallel := computed[blochJSON](t, blochCommand, append(common, "-tilt-mrad", tilt, "-beams", written(t, "beams.json", string(text)))...)
			for n, s := range parallel.Series {
				for i, want := range s.Intensities {
					if got := *out.Series[n].Discs[i][place[1]][place[0]]; math.Abs(got-want) > 1e-9 {
						t.Errorf("%s, %v, pixel %v, %g nm: %.9f, want %.9f", absorption, beams[i], place, s.ThicknessNM, got, want)
					}
				}
			}
		}
	}
}

// TestCBEDArray reads back an array for NumPy and what stands beside it.
func TestCBEDArray(t *testing.T) {
	path := filepath.Join(t.TempDir(), "discs.npy")
	if err := cbedCommand([]string{"-in", "si", "-zone", "1,1,1", "-gmax", "0.6", "-smax", "0.02", "-pixels", "8", "-thickness-nm", "30,80", "-o", path}, io.Discard, io.Discard); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	beside, err := os.ReadFile(strings.TrimSuffix(path, ".npy") + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var about cbedJSON
	if err := json.Unmarshal(beside, &about); err != nil {
		t.Fatal(err)
	}
	length := int(data[8]) | int(data[9])<<8
	header := string(data[10 : 10+length])
	shape := fmt.Sprintf("'shape': (2, %d, 8, 8)", len(about.Beams))
	if string(data[:8]) != "\x93NUMPY\x01\x00" || (10+length)%64 != 0 || !strings.Contains(header, shape) || !strings.Contains(header, "'<f4'") {
		t.Fatalf("header %q of %d bytes, want %s", header, length, shape)
	}
	values := data[10+length:]
	if want := 4 * 2 * len(about.Beams) * 64; len(values) != want {
		t.Fatalf("%d bytes of values, want %d", len(values), want)
	}
	// The electrons of one direction share themselves out among the beams.
	at := func(thickness, beam, pixel int) float64 {
		i := 4 * ((thickness*len(about.Beams)+beam)*64 + pixel)
		return float64(math.Float32frombits(binary.LittleEndian.Uint32(values[i:])))
	}
	sum := 0.0
	for beam := range about.Beams {
		sum += at(1, beam, 3*8+4)
	}
	if math.Abs(sum-1) > 1e-5 || !math.IsNaN(at(0, 0, 0)) {
		t.Errorf("the intensities of a direction add up to %g; corner %g", sum, at(0, 0, 0))
	}
}

func TestCBEDRefusals(t *testing.T) {
	for args, want := range map[string]string{
		"-semi-angle-mrad 0":   "-semi-angle-mrad 0: expected a number above 0 and up to 100",
		"-semi-angle-mrad nan": "above 0 and up to 100",
		"-semi-angle-mrad 101": "above 0 and up to 100",
		"-pixels 0":            "-pixels 0: expected 1 to 1024",
		"-pixels 1025":         "expected 1 to 1024",
		"-pixels 1024":         "the limit of 20000000",
		"-format tiff":         "-format",
		"-format npy":          ".npy",
		"-smax nan":            "-smax NaN",
		"-o /no/such/x.npy":    "-o /no/such/x.npy: there is no folder /no/such",
		"-beams /no/such/file": "no such file",
	} {
		err := cbedCommand(append([]string{"-in", "si", "-zone", "1,1,1"}, strings.Fields(args)...), io.Discard, io.Discard)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", args, err, want)
		}
	}
}

// FuzzBeams: whatever stands in a list of beams, what comes out is one.
func FuzzBeams(f *testing.F) {
	for _, seed := range []string{"[[0,0,0],[1,1,1]]", "[[0,0,0],[1.5,0,0]]", "[]", "null", "[[0,0,0],[1e2,0,0]]", "[[null,0,0]]", "[[0,0,0]]x", "[[-0,0,0]]"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := parseBeams(data)
		if err != nil {
			return
		}
		seen := map[crystal.HKL]bool{}
		for _, h := range list {
			if seen[h] {
				t.Errorf("%v comes twice", h)
			}
			seen[h] = true
		}
		if !seen[crystal.HKL{}] {
			t.Error("000 is missing")
		}
	})
}
