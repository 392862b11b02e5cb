package main

import (
	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/wire"
)

const forbiddenAbout = `

-forbidden adds the reflections of the zone with F = 0. Their class is never
(nothing adds up to it, as for centrings), double (reached by double diffraction
on the axis), extinct (reached, but cancelled on the exact axis by a glide of the
projection; appears when tilted) or holz (only by way of other Laue zones). paths
are the strongest pairs of reflections that add up to it.`

// forbiddenJSON is what a reflection with F = 0 has beside the numbers of all.
type forbiddenJSON struct {
	Class  string           `json:"class,omitempty"`
	Reason string           `json:"reason,omitempty"` // symmetry that forbids it; empty: special positions
	Paths  [][2]crystal.HKL `json:"paths,omitempty"`
}

// pathGMax is how far paths to forbidden reflections are sought at least, Å⁻¹.
const pathGMax = 1.5

// forbiddenRows returns the forbidden reflections of the zero-order Laue zone up
// to -gmax, the shortest first.
func forbiddenRows(c oriented, o patternOptions) ([]reflectionJSON, error) {
	opt := o.reflections
	opt.GMax = max(opt.GMax, pathGMax)
	refs, err := diffraction.NewReflections(c.Structure, opt)
	if err != nil {
		return nil, err
	}
	finder := diffraction.NewForbiddenFinder(refs, c.Group, c.beam)
	zone := finder.Zone(c.zone)
	still := o.rod.Kinematic
	still.Absent, still.SMax, still.Cut = true, 0, 0
	place := map[int32]diffraction.Spot{}
	for _, spot := range still.AppendSpots(nil, refs, c.beam, c.orientation) {
		if refs.F[spot.Ref] == 0 {
			place[spot.Ref] = spot
		}
	}
	var rows []reflectionJSON
	for _, f := range zone.Spots {
		spot, ok := place[f.Ref]
		g := refs.Len[f.Ref]
		if !ok || g > o.gmax*(1+1e-9) { // tilted so far that its rod misses the sphere, or beyond the picture
			continue
		}
		d := 1 / g
		row := reflectionJSON{HKL: refs.HKL[f.Ref], Q: [2]float64{spot.X + 0, spot.Y + 0}, G: g, D: &d, S: spot.S + 0}
		row.Class = f.Class.String()
		if reason, ok := finder.Reason(f.Ref); ok {
			row.Reason = reason.String()
		}
		for _, p := range f.Paths {
			row.Paths = append(row.Paths, [2]crystal.HKL{p.A, p.B})
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// markOf returns how a forbidden reflection is drawn: a ring where it appears
// on the axis, a cross elsewhere.
func (f forbiddenJSON) markOf() wire.Class {
	if f.Class == diffraction.DoubleDiffraction.String() {
		return wire.Double
	}
	return wire.Forbidden
}
