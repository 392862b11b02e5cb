package zones

import (
	"cmp"
	"math"
	"slices"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/lean/sorts"
	"zoneaxis/internal/symmetry"
)

// Distinct returns one zone axis of every Laue-equivalent set that has a
// member with indices up to maxIndex, in textbook order: by the largest index,
// then by the sum of the squares, then ascending ([001] [011] [111] [012] [112]
// …). g must describe the cell that the indices refer to; without it only [uvw]
// and [−u−v−w] are equivalent.
//
// Of the members with indices up to maxIndex the one that stands for the set has
// the fewest negative indices, then the smallest sum of indices, and of those it
// is the lexicographically smallest in cubic (and rhombohedral) axes, [012], and
// the largest in all others, [210].
func Distinct(g *symmetry.Group, maxIndex int) []crystal.UVW {
	seen := map[crystal.UVW]bool{}
	ascending := permutes(g)
	var list []crystal.UVW
	for _, u := range primitiveZones(maxIndex) {
		if seen[u] {
			continue
		}
		set := Equivalent(g, u)
		for _, v := range set {
			seen[v] = true
		}
		set = slices.DeleteFunc(set, func(v crystal.UVW) bool { return largest(v) > maxIndex })
		list = append(list, chosen(set, ascending))
	}
	sorts.Func(list, compareTextbook)
	return list
}

// Representative returns the zone axis that stands for all those that the Laue
// class makes equivalent to u, by the rule of Distinct without a limit.
func Representative(g *symmetry.Group, u crystal.UVW) crystal.UVW {
	return chosen(Equivalent(g, u), permutes(g))
}

// chosen returns the one of a set of equivalent zone axes that stands for it.
func chosen(set []crystal.UVW, ascending bool) crystal.UVW {
	return slices.MinFunc(set, func(a, b crystal.UVW) int {
		if c := cmp.Or(cmp.Compare(negatives(a), negatives(b)), cmp.Compare(absSum(a), absSum(b))); c != 0 {
			return c
		}
		if ascending {
			return crystal.Compare(a, b)
		}
		return crystal.Compare(b, a)
	})
}

// Equivalent returns the distinct directions equivalent to the reduced u in the
// Laue class of g, u first; without a group u and −u.
func Equivalent(g *symmetry.Group, u crystal.UVW) []crystal.UVW {
	return crystal.DirectionFamily(g, u.Reduced())
}

// permutes reports whether the symmetry makes all three axes equivalent.
func permutes(g *symmetry.Group) bool {
	list := Equivalent(g, crystal.UVW{0, 0, 1})
	return slices.Contains(list, crystal.UVW{1, 0, 0}) && slices.Contains(list, crystal.UVW{0, 1, 0})
}

// Common returns at most n of the zone axes that people use for a crystal,
// one of each Laue-equivalent set, in textbook order: the steps of "next common
// zone axis". The cell's own axes are always among them; the rest are those
// with the smallest p²q, p the period (RepeatLength) and q the length of [uvw],
// which favours dense patterns first and low indices second, up to index 4. For
// fcc, diamond and bcc crystals this gives the lists of the textbooks. Of cubic
// face diagonals it names [110].
func Common(l crystal.Lattice, translations []crystal.Frac, g *symmetry.Group, n int) []crystal.UVW {
	type candidate struct {
		zone crystal.UVW
		rank float64 // Å³; below zero for the axes of the cell
	}
	var list []candidate
	for _, u := range Distinct(g, 4) {
		p := RepeatLength(l, translations, u)
		c := candidate{u, p * p * l.R(u).Norm()}
		if absSum(u) == 1 {
			c.rank = -1
		}
		list = append(list, c)
	}
	sorts.Stable(list, func(a, b candidate) int {
		if math.Abs(a.rank-b.rank) < 1e-6*math.Abs(a.rank) { // equal but for rounding
			return 0
		}
		return cmp.Compare(a.rank, b.rank)
	})
	var zones []crystal.UVW
	for _, c := range list[:min(max(n, 0), len(list))] {
		zones = append(zones, c.zone)
	}
	sorts.Func(zones, compareTextbook)
	if i := slices.Index(zones, crystal.UVW{0, 1, 1}); i >= 0 && permutes(g) {
		zones[i] = crystal.UVW{1, 1, 0}
	}
	return zones
}
