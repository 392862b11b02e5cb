package main

import (
	"fmt"
	"io"
	"math"
	"strings"

	"zoneaxis/internal/scene"
	"zoneaxis/internal/wire"
)

// corners are where the indices of the phases stand on their rings, in the
// order of the phases.
var corners = []struct {
	x, y float64
	name string
}{{1, 1, "upper right"}, {-1, 1, "upper left"}, {-1, -1, "lower left"}, {1, -1, "lower right"}}

// writeRingsSVG draws the rings of all phases, blackness by the mean intensity
// along the ring; four tells the phases with four indices. The indices of every
// phase stand in a corner of their own, as far as there are corners.
func writeRingsSVG(w io.Writer, r ringReport, four []bool) error {
	var drawing scene.Scene
	far := 0.0
	names := make([]string, len(r.Phases))
	for i, p := range r.Phases {
		corner := corners[i%len(corners)]
		names[i] = p.Formula
		if len(r.Phases) > 1 {
			names[i] += " (indices " + corner.name + ")"
		}
		for _, ring := range p.Rings {
			far = max(far, ring.G)
			weight := ring.Mean / 100
			drawing.Rings = append(drawing.Rings, scene.Ring{R: ring.G, Weight: weight})
			x := ring.G * math.Sqrt(0.5)
			drawing.Spots = append(drawing.Spots, scene.Spot{X: corner.x * x, Y: corner.y * x, R: 0.01, Class: wire.Background,
				HKL: ring.Families[0].HKL, Four: four[i], Rank: weight})
		}
	}
	drawing.Spots = append(drawing.Spots, scene.Spot{R: scene.DirectRadius, Class: wire.Spot})
	drawing.Side = 2.1 * far
	drawing.PlaceLabels()
	drawing.Title = fmt.Sprintf("Rings of %s, %g kV", strings.Join(names, ", "), r.VoltageKV)
	drawing.Desc = fmt.Sprintf("Electron diffraction pattern of a polycrystal with %d rings.", len(drawing.Rings))
	return writeSceneSVG(w, &drawing, nil, drawing.Title)
}
