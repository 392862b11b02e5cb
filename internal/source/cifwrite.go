package source

import (
	"math"
	"strconv"
	"strings"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/symmetry"
)

// EncodeCIF writes a structure as a CIF: cell, Hall symbol, and the atoms of an
// asymmetric unit with their occupancies and displacement parameters. If the
// structure names no setting, or its sites do not have the symmetry of that
// setting, every site is written, in P 1. Lengths have six decimals, which
// Decode reads back to within 1e-6; notes are not written.
func EncodeCIF(s *crystal.Structure) []byte {
	var b strings.Builder
	item := func(tag, value string) {
		b.WriteString(tag)
		b.WriteByte(' ')
		b.WriteString(value)
		b.WriteByte('\n')
	}
	b.WriteString("data_crystal\n")
	if s.Name != "" {
		item("_chemical_name_common", cifQuote(s.Name))
	}
	c := s.Lattice.Cell()
	item("_cell_length_a", decimals(c.A, 6))
	item("_cell_length_b", decimals(c.B, 6))
	item("_cell_length_c", decimals(c.C, 6))
	item("_cell_angle_alpha", decimals(c.Alpha, 6))
	item("_cell_angle_beta", decimals(c.Beta, 6))
	item("_cell_angle_gamma", decimals(c.Gamma, 6))
	unit, ok := []int(nil), false
	if s.Given != nil {
		unit, ok = asymmetricUnit(s, s.Given.Group().Ops())
	}
	if ok {
		item("_space_group_name_H-M_alt", cifQuote(s.Given.Extended))
		item("_space_group_name_Hall", cifQuote(s.Given.Hall))
	} else {
		item("_space_group_name_H-M_alt", "'P 1'")
		unit = unit[:0]
		for i := range s.Sites {
			unit = append(unit, i)
		}
	}
	b.WriteString("loop_\n_atom_site_label\n_atom_site_type_symbol\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\n_atom_site_occupancy\n_atom_site_B_iso_or_equiv\n")
	aniso := false
	for n, i := range unit {
		a := s.Sites[i]
		thermal := "?"
		if !math.IsNaN(a.B) {
			thermal = decimals(a.B, 4)
		}
		item(a.Z.Symbol()+strconv.Itoa(n+1), a.Z.Symbol()+" "+decimals(a.Frac[0], 6)+" "+decimals(a.Frac[1], 6)+" "+decimals(a.Frac[2], 6)+" "+decimals(a.Occ, 4)+" "+thermal)
		aniso = aniso || a.Aniso
	}
	if aniso {
		b.WriteString("loop_\n_atom_site_aniso_label\n_atom_site_aniso_U_11\n_atom_site_aniso_U_22\n_atom_site_aniso_U_33\n_atom_site_aniso_U_23\n_atom_site_aniso_U_13\n_atom_site_aniso_U_12\n")
		for n, i := range unit {
			if a := s.Sites[i]; a.Aniso {
				values := make([]string, 6)
				for k, u := range a.U {
					values[k] = decimals(u, 6)
				}
				item(a.Z.Symbol()+strconv.Itoa(n+1), strings.Join(values, " "))
			}
		}
	}
	return []byte(b.String())
}

// asymmetricUnit returns the indices of sites from which the operations make
// all others; false if the sites do not have that symmetry.
func asymmetricUnit(s *crystal.Structure, ops []symmetry.Op) ([]int, bool) {
	g := newGrid(s.Lattice)
	for i, a := range s.Sites {
		g.add(i, a.Frac)
	}
	done := make([]bool, len(s.Sites))
	var unit []int
	for i, a := range s.Sites {
		if done[i] {
			continue
		}
		unit = append(unit, i)
		done[i] = true
		for _, op := range ops {
			x := wrapFrac(op.Apply(a.Frac))
			found := g.near(x, func(j int) bool {
				b := s.Sites[j]
				if b.Z != a.Z || b.Occ != a.Occ || b.Aniso != a.Aniso || b.B != a.B && !(math.IsNaN(a.B) && math.IsNaN(b.B)) ||
					!same(s.Lattice, b.Frac, x) || done[j] && b.Label != a.Label {
					return false
				}
				done[j] = true
				return true
			})
			if !found {
				return nil, false
			}
		}
	}
	return unit, true
}

// cifQuote writes a text as a quoted CIF string on one line.
func cifQuote(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	switch {
	case !strings.Contains(s, "'"):
		return "'" + s + "'"
	case !strings.Contains(s, `"`):
		return `"` + s + `"`
	}
	return "'" + strings.ReplaceAll(s, "'", "′") + "'"
}
