package main

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
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
