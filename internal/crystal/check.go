package crystal

import (
	"errors"
	"math"
	"slices"
	"strings"

	"zoneaxis/internal/lean/say"
	"zoneaxis/internal/lean/sorts"
)

// MaxAtoms is the largest number of sites that Validate accepts in one cell.
const MaxAtoms = 100_000

const (
	onePosition = 0.01 // Å: sites closer than this share one position
	tooClose    = 0.5  // Å: no two atoms come closer than this (H–H in H₂ is 0.74 Å)
	occSlack    = 0.02 // rounding of occupancies: 0.333 + 0.333 + 0.34
)

// Validate reports why a structure cannot be used: no lattice, no atoms or more
// than MaxAtoms, coordinates or occupancies that are no numbers or out of
// range, and positions that hold more than one atom. Atoms too close to each
// other on different positions are not an error; see Warnings.
func (s *Structure) Validate() error {
	if !(s.Lattice.volume > 0) {
		return errors.New("crystal: the structure has no cell")
	}
	if len(s.Sites) == 0 {
		return errors.New("crystal: the cell holds no atoms")
	}
	if len(s.Sites) > MaxAtoms {
		return say.Errorf("crystal: %d atoms in the cell: expected at most %d", len(s.Sites), MaxAtoms)
	}
	pos := make([]Frac, len(s.Sites))
	for i := range s.Sites {
		a := &s.Sites[i]
		if a.Z < 1 || a.Z > 103 {
			return say.Errorf("crystal: atom %s: no element with number %d", s.siteName(i), int(a.Z))
		}
		for _, x := range a.Frac {
			if !(math.Abs(x) < 1e6) {
				return say.Errorf("crystal: atom %s: coordinates %g, %g, %g: expected three fractions of the cell",
					s.siteName(i), a.Frac[0], a.Frac[1], a.Frac[2])
			}
		}
		if !(a.Occ >= 0 && a.Occ <= 1+occSlack) {
			return say.Errorf("crystal: atom %s: occupancy %g: expected 0 to 1", s.siteName(i), a.Occ)
		}
		if math.IsInf(a.B, 0) {
			return say.Errorf("crystal: atom %s: B is not a number", s.siteName(i))
		}
		if a.Aniso {
			for _, u := range a.U {
				if math.IsNaN(u) || math.IsInf(u, 0) {
					return say.Errorf("crystal: atom %s: displacement tensor holds something that is not a number", s.siteName(i))
				}
			}
		}
		pos[i] = a.Frac
	}
	lattice, _, pos := s.Lattice.reduced(pos)
	g := newGrid(lattice, pos, onePosition)
	for i := range s.Sites {
		total := 0.0
		names := []string(nil)
		g.visit(pos[i], func(j int, _ float64) {
			total += s.Sites[j].Occ
			names = append(names, s.siteName(j))
		})
		if total > 1+occSlack && len(names) > 1 {
			sorts.Values(names)
			names = slices.Compact(names)
			return say.Errorf("crystal: atoms %s share one position with a total occupancy of %.3g: expected at most 1",
				strings.Join(names, ", "), total)
		}
	}
	return nil
}

// Warnings returns whole sentences about things that are allowed but probably
// wrong: different positions that are closer than 0.5 Å and filled so that both
// cannot be right. It returns nil for a structure that Validate refuses.
func (s *Structure) Warnings() []string {
	if s.Validate() != nil {
		return nil
	}
	pos := make([]Frac, len(s.Sites))
	for i := range s.Sites {
		pos[i] = s.Sites[i].Frac
	}
	lattice, _, pos := s.Lattice.reduced(pos)
	g := newGrid(lattice, pos, tooClose)
	pairs, closest := 0, math.Inf(1)
	var first, second int
	for i := range s.Sites {
		g.visit(pos[i], func(j int, d2 float64) {
			if j <= i || d2 <= onePosition*onePosition || s.Sites[i].Occ+s.Sites[j].Occ <= 1+occSlack {
				return
			}
			pairs++
			if d2 < closest*closest {
				closest, first, second = math.Sqrt(d2), i, j
			}
		})
	}
	if pairs == 0 {
		return nil
	}
	w := say.Sprintf("Atoms %s and %s are only %.2f Å apart.", s.siteName(first), s.siteName(second), closest)
	if pairs > 1 {
		w += say.Sprintf(" In all %d pairs of atoms are closer than %.1f Å.", pairs, tooClose)
	}
	return []string{w}
}

// siteName returns the label of a site, or the element and the number of the site.
func (s *Structure) siteName(i int) string {
	if s.Sites[i].Label != "" {
		return s.Sites[i].Label
	}
	return say.Sprintf("%s (number %d)", s.Sites[i].Z, i+1)
}
