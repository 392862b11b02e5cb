package main

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func TestRingsDrawing(t *testing.T) {
	text := drawing(t, ringsCommand, "-in", "al,mg", "-gmax", "0.8", "-format", "svg")
	var r ringReport
	call(t, &r, ringsCommand, "-in", "al,mg", "-gmax", "0.8")
	rings := append(r.Phases[0].Rings, r.Phases[1].Rings...)
	var radii []float64
	for _, m := range regexp.MustCompile(`<circle[^>]* r="([\d.]+)" stroke-width=`).FindAllStringSubmatch(text, -1) {
		v, err := strconv.ParseFloat(m[1], 64)
		if err != nil {
			t.Fatal(err)
		}
		radii = append(radii, v)
	}
	if len(radii) != len(rings) {
		t.Fatalf("%d circles for %d rings", len(radii), len(rings))
	}
	far := 0.0
	for _, ring := range rings {
		far = max(far, ring.G)
	}
	for i, ring := range rings {
		// The farthest ring is 1/1.05 of half the picture, 420 units; coordinates
		// have two decimals.
		if want := ring.G / far / 1.05 * 420; !near(radii[i], want, 0.006) {
			t.Errorf("ring %d: radius %g units, want %g", i, radii[i], want)
		}
	}
	for _, want := range []string{"Rings of Al (indices upper right), Mg (indices upper left), 200 kV", `class="labels"`, "nm<tspan"} {
		if !strings.Contains(text, want) {
			t.Errorf("the drawing lacks %s", want)
		}
	}
}
