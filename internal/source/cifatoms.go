package source

import (
	"math"
	"strconv"
	"strings"

	"zoneaxis/internal/atom"
	"zoneaxis/internal/crystal"
	"zoneaxis/internal/geom"
)

// cifAtoms holds the atoms of a block before symmetry is applied.
type cifAtoms struct {
	sites   []crystal.Site
	listed  int // rows of the list of atoms
	empty   int // of these, atoms of occupancy zero
	species species
	units   float64 // formula units in the cell, 0 if the file does not say
	notes   []string
}

// atomLoop returns the list of atoms. A list of one may stand outside a loop.
func (b *cifBlock) atomLoop() *cifLoopData {
	for _, l := range b.loops {
		if l.col("_atom_site_fract_x", "_atom_site_cartn_x") >= 0 {
			return l
		}
	}
	one := &cifLoopData{}
	for name, t := range b.items {
		if strings.HasPrefix(name, "_atom_site_") {
			one.column = append(one.column, name)
			one.cells = append(one.cells, t)
		}
	}
	if one.col("_atom_site_fract_x", "_atom_site_cartn_x") >= 0 {
		return one
	}
	return nil
}

// atoms reads the list of atoms and their displacement parameters.
func (b *cifBlock) atoms(l crystal.Lattice) (*cifAtoms, error) {
	out := &cifAtoms{}
	formula := b.value("_chemical_formula_sum")
	if strings.ToUpper(formula) != formula || !twoCapitals(formula) {
		out.species.formula = parseFormula(formula)
	}
	if v, ok := parseFloat([]byte(b.value("_cell_formula_units_z"))); ok && v > 0 {
		out.units = v
	}
	loop := b.atomLoop()
	if loop == nil {
		return out, nil
	}
	var pos [3]int
	cartesian := loop.col("_atom_site_fract_x") < 0
	for k, axis := range []string{"x", "y", "z"} {
		pos[k] = loop.col("_atom_site_fract_" + axis)
		if cartesian {
			pos[k] = loop.col("_atom_site_cartn_" + axis)
		}
		if pos[k] < 0 {
			return nil, &SyntaxError{CIF, int(loop.line), "expected a column _atom_site_fract_" + axis}
		}
	}
	if cartesian {
		out.notes = append(out.notes, "Positions are Cartesian; the axes are taken as a along x and c* along z.")
	}
	symbol, label := loop.col("_atom_site_type_symbol"), loop.col("_atom_site_label", "_atom_site_id")
	occ := loop.col("_atom_site_occupancy")
	uIso, bIso := loop.col("_atom_site_u_iso_or_equiv"), loop.col("_atom_site_b_iso_or_equiv")
	flag := loop.col("_atom_site_calc_flag")
	group := loop.col("_atom_site_disorder_group")
	attached := loop.col("_atom_site_attached_hydrogens")
	var disordered, hydrogens bool
	clamped, vacant := []string{}, []string{}
	byLabel := map[string][]int{}
	for row := range loop.rows() {
		out.listed++
		name := short(text(loop.at(row, label).text), 40)
		kind := ""
		if t := loop.at(row, symbol); !t.missing() {
			kind = short(text(t.text), 40)
		}
		if strings.EqualFold(string(loop.at(row, flag).text), "dum") {
			addOnce(&out.species.unknown, name)
			continue
		}
		z, known := out.species.element(kind, name)
		a := crystal.Site{Label: name, Z: z, Occ: 1, B: math.NaN()}
		placed := true
		for k := range 3 {
			t := loop.at(row, pos[k])
			if t.missing() {
				placed = false
				continue
			}
			v, err := cifNumber(t)
			if err != nil {
				return nil, err
			}
			if math.Abs(v) > 1e4 {
				return nil, &SyntaxError{CIF, int(t.line), "expected a coordinate, found " + found(t.text)}
			}
			a.Frac[k] = v
		}
		if !placed {
			addOnce(&out.species.nowhere, name)
		}
		if !known || !placed {
			continue
		}
		if cartesian {
			a.Frac = l.Frac(geom.Vec{X: a.Frac[0], Y: a.Frac[1], Z: a.Frac[2]})
		}
		if t := loop.at(row, occ); !t.missing() {
			v, err := cifNumber(t)
			if err != nil {
				return nil, err
			}
			if v < 0 || v > 1.1 {
				return nil, &SyntaxError{CIF, int(t.line), "expected an occupancy from 0 to 1, found " + found(t.text)}
			}
			if a.Occ = min(v, 1); v > 1.005 { // 1.00002 is a multiplicity turned back
				addOnce(&clamped, name)
			}
		}
		if a.Occ == 0 {
			out.empty++
			addOnce(&vacant, name)
			continue
		}
		if t := loop.at(row, uIso); !t.missing() {
			v, err := cifNumber(t)
			if err != nil {
				return nil, err
			}
			a.B = 8 * math.Pi * math.Pi * v
		}
		if t := loop.at(row, bIso); !t.missing() {
			v, err := cifNumber(t)
			if err != nil {
				return nil, err
			}
			a.B = v
		}
		if t := loop.at(row, group); !t.missing() && string(t.text) != "0" {
			disordered = true
		}
		if t := loop.at(row, attached); !t.missing() {
			v, err := cifNumber(t)
			hydrogens = hydrogens || err == nil && v > 0
		}
		byLabel[name] = append(byLabel[name], len(out.sites))
		out.sites = append(out.sites, a)
	}
	if err := b.tensors(l, out, byLabel); err != nil {
		return nil, err
	}
	negative := []string{}
	zero := len(out.sites) > 0
	for i := range out.sites {
		zero = zero && out.sites[i].B == 0
		if out.sites[i].B < 0 {
			addOnce(&negative, out.sites[i].Label)
			out.sites[i].B = math.NaN()
		}
	}
	if len(negative) > 0 {
		out.notes = append(out.notes, "A displacement parameter below zero was left out: "+quoteList(negative)+".")
	}
	if zero {
		out.notes = append(out.notes, "All displacement parameters of the file are 0; the atoms are taken at rest.")
	}
	if len(clamped) > 0 {
		out.notes = append(out.notes, "An occupancy above 1 was read as 1: "+quoteList(clamped)+".")
	}
	if len(vacant) > 0 {
		out.notes = append(out.notes, "Not used, because the occupancy is 0: "+quoteList(vacant)+".")
	}
	if disordered {
		out.notes = append(out.notes, "The structure is disordered; every group of atoms counts with its occupancy.")
	}
	if hydrogens {
		out.notes = append(out.notes, "Hydrogen atoms that the file attaches to others have no positions; intensities leave them out.")
	}
	return out, nil
}

// twoCapitals tells whether two capitals stand side by side, as in "SI O2".
func twoCapitals(s string) bool {
	for i := 1; i < len(s); i++ {
		if s[i] >= 'A' && s[i] <= 'Z' && s[i-1] >= 'A' && s[i-1] <= 'Z' {
			return true
		}
	}
	return false
}

// tensors reads the anisotropic displacement parameters, as U_ij, B_ij or β_ij.
func (b *cifBlock) tensors(l crystal.Lattice, out *cifAtoms, byLabel map[string][]int) error {
	var flat []string
	for _, loop := range b.loops {
		label := loop.col("_atom_site_aniso_label", "_atom_site_label", "_atom_site_id")
		if label < 0 {
			continue
		}
		var cols [6]int
		star := l.StarLengths()
		scale := [6]float64{1, 1, 1, 1, 1, 1}
		for _, form := range []string{"u_", "b_", "beta_"} {
			for k, ij := range []string{"11", "22", "33", "23", "13", "12"} {
				cols[k] = loop.col("_atom_site_aniso_" + form + ij)
				switch form {
				case "b_": // B = 8π² U
					scale[k] = 1 / (8 * math.Pi * math.Pi)
				case "beta_": // β_ij = 2π² a*_i a*_j U_ij
					scale[k] = 1 / (2 * math.Pi * math.Pi * star[ij[0]-'1'] * star[ij[1]-'1'])
				}
			}
			if cols[0] >= 0 {
				break
			}
		}
		if cols[0] < 0 {
			continue
		}
		for row := range loop.rows() {
			var u [6]float64
			whole := true
			for k, c := range cols {
				t := loop.at(row, c)
				if t.missing() {
					// Off-diagonal terms may be left out, the others not.
					whole = whole && k >= 3
					continue
				}
				v, err := cifNumber(t)
				if err != nil {
					return err
				}
				u[k] = v * scale[k]
			}
			if !whole || u == [6]float64{} {
				continue
			}
			name := short(text(loop.at(row, label).text), 40)
			for _, i := range byLabel[name] {
				a := &out.sites[i]
				if !positive(l, u) {
					addOnce(&flat, name)
					if eq := 8 * math.Pi * math.Pi * uEquivalent(l, u); math.IsNaN(a.B) && eq > 0 {
						a.B = eq
					}
					continue
				}
				a.U, a.Aniso = u, true
				if math.IsNaN(a.B) {
					a.B = 8 * math.Pi * math.Pi * uEquivalent(l, u)
				}
			}
		}
	}
	if len(flat) > 0 {
		out.notes = append(out.notes, "A displacement tensor that is not positive definite was left out: "+quoteList(flat)+".")
	}
	return nil
}

// formulaNote compares the atoms of the cell with the formula of the file.
// Hydrogen is often not located; anything else that misses may be a slip.
func (atoms *cifAtoms) formulaNote(x expanded) []string {
	formula := atoms.species.formula
	if formula == nil {
		return nil
	}
	have := map[atom.Z]float64{}
	for _, s := range x.sites {
		have[s.Z] += s.Occ
	}
	// The scale between cell and formula: the number of formula units, or the
	// ratio of the most abundant element that both have.
	units := atoms.units
	if units == 0 {
		most := 0.0
		for z := atom.Z(1); z <= atom.MaxZ; z++ {
			if n := have[z]; n > most && formula[z] > 0 && z > 1 {
				most, units = n, n/formula[z]
			}
		}
	}
	if units == 0 {
		return nil
	}
	var off []string
	for z := atom.MaxZ; z >= 1; z-- {
		want := formula[z] * units
		if d := math.Abs(have[z] - want); d > 0.05*want+0.05*units/4+0.02 {
			off = append(off, z.Symbol()+" "+decimals(have[z], 2)+" instead of "+decimals(want, 2))
		}
	}
	if len(off) == 0 {
		return nil
	}
	return []string{"The atoms of the cell differ from the formula of the file: " + join(off, 4) + "."}
}

// decimals writes a number with at most n decimals.
func decimals(v float64, n int) string {
	s := strconv.FormatFloat(v, 'f', n, 64)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}
