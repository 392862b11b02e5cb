package zones

import (
	"cmp"
	"math"
	"slices"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/lean/sorts"
	"zoneaxis/internal/symmetry"
)

// Which zone axes the sheets of a crystal hold.
const (
	sheetIndex  = 3 // largest index
	sheetFour   = 4 // largest of the first three of four indices
	sheetZones  = 20
	sheetAngle  = math.Pi / 4 // how far away a neighbour may be
	sheetNearby = 6           // neighbours named
)

// OfSheets returns the zone axes that have a sheet of their own: those of the
// Laue-distinct ones with the smallest indices, at most 20 and a few more where
// many are equally small, in the order of Distinct. On hexagonal axes (four
// set) the first three of four indices count, up to 4; on others u² + v² + w²
// with indices up to 3. g is as for Distinct.
func OfSheets(g *symmetry.Group, four bool) []crystal.UVW {
	zones := Distinct(g, sheetIndex)
	size := func(u crystal.UVW) int { return u[0]*u[0] + u[1]*u[1] + u[2]*u[2] }
	limit := 3 * sheetIndex * sheetIndex
	if four {
		size = func(u crystal.UVW) int {
			f := u.Four()
			return max(f[0], -f[0], f[1], -f[1], f[2], -f[2])
		}
		limit = sheetFour
	}
	for {
		var chosen []crystal.UVW
		for _, u := range zones {
			if size(u) <= limit {
				chosen = append(chosen, u)
			}
		}
		if len(chosen) <= sheetZones || limit == 2 {
			return chosen
		}
		limit--
	}
}

// Neighbour is a zone axis near another one.
type Neighbour struct {
	Zone  crystal.UVW // the member of its family that is nearest
	Of    crystal.UVW // the one of the given zone axes that stands for the family
	Angle float64     // rad, 0 … π/4
	Band  crystal.HKL // the plane that holds both axes: its Kikuchi band leads there
}

// Neighbours returns which of zones are nearest to the zone axis u, at most six
// and not farther than 45°, the nearest first, each by that member of its family
// that is nearest; of several at one angle by the one with the fewest negative
// indices. u's own family counts too, but not ±u. g may be nil, as for
// Distinct.
func Neighbours(l crystal.Lattice, g *symmetry.Group, u crystal.UVW, zones []crystal.UVW) []Neighbour {
	var list []Neighbour
	for _, v := range zones {
		best := Neighbour{Of: v, Angle: math.Inf(1)}
		for _, w := range Equivalent(g, v) {
			if w == u || w == u.Neg() {
				continue
			}
			a := l.AngleDirections(u, w)
			if a < best.Angle-1e-9 || a < best.Angle+1e-9 && crystal.Handier(w, best.Zone) {
				best.Zone, best.Angle = w, a
			}
		}
		if best.Angle <= sheetAngle+1e-9 {
			best.Band = firstPositive(u.Plane(best.Zone))
			list = append(list, best)
		}
	}
	sorts.Stable(list, func(a, b Neighbour) int {
		return cmp.Compare(math.Round(a.Angle*1e6), math.Round(b.Angle*1e6))
	})
	return list[:min(len(list), sheetNearby)]
}

// firstPositive returns that of ±h whose first index other than zero is positive.
func firstPositive(h crystal.HKL) crystal.HKL {
	if crystal.Compare(h, crystal.HKL{}) < 0 {
		return h.Neg()
	}
	return h
}

// Two patterns look the same within these tolerances.
const (
	SameRatio = 0.02          // relative
	SameAngle = math.Pi / 180 // rad
)

// Fit is a zone axis elsewhere with the same pattern by ratio and angle.
type Fit struct {
	Crystal int // index in RatioTable.Names, the first of them
	Zone    crystal.UVW
	Count   int // crystals of one kind that show it, at least 1
}

// Fits returns where else in the table the pattern of b could be taken for
// another, within SameRatio and SameAngle, the best fits first. Crystals of one
// kind count as one fit for each zone axis; kinds has the kind of each of
// t.Names, "" for a crystal that is its own kind. same is how many other
// crystals of kinds[own] show it along the same zone axis. own and b are as for
// AlsoFits.
func (t *RatioTable) Fits(own int, b Basis, kinds []string) (fits []Fit, same int) {
	for _, m := range t.AlsoFits(own, b, SameRatio, SameAngle) {
		kind := kinds[m.Crystal]
		if own >= 0 && m.Crystal != own && kind != "" && kind == kinds[own] && m.Zone == b.Zone {
			same++
			continue
		}
		at := slices.IndexFunc(fits, func(f Fit) bool {
			return f.Zone == m.Zone && (f.Crystal == m.Crystal || kind != "" && kinds[f.Crystal] == kind)
		})
		switch {
		case at < 0:
			fits = append(fits, Fit{m.Crystal, m.Zone, 1})
		case fits[at].Crystal != m.Crystal:
			fits[at].Count++
		}
	}
	return fits, same
}
