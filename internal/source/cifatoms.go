package source

import (
	"bytes"
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"

	"zoneaxis/internal/atom"
	"zoneaxis/internal/crystal"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/lean/sorts"
	"zoneaxis/internal/symmetry"
)

// cifAtoms holds the atoms of a block before symmetry is applied.
type cifAtoms struct {
	asymmetric
	line    int // of the list of atoms
	listed  int // rows of it
	read    int // of these, rows that are understood
	species species
	units   float64 // formula units in the cell, 0 if the file does not say
	notes   []string
	byLabel map[string][]int
	group   map[int]string // of atoms that stand for a molecule or a part of one, its text

	clamped, vacant, negative, ghosts, guessed []string // labels for notes
	bad                                        []string // rows that cannot be read, in words
	disordered, hydrogens, percent, cartesian  bool
}

// atomLoop returns the list of atoms. A list of one may stand outside a loop.
func (b *cifBlock) atomLoop() *cifLoopData {
	for _, l := range b.loops {
		if l.col("_atom_site_fract_x", "_atom_site_fract_xyz", "_atom_site_cartn_x") >= 0 {
			return b.gathered(l)
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

// hydrogenLabels reads labels in capitals again that no type symbol explains and
// that begin with H: HO1 is holmium, or the hydrogen on an oxygen. If another
// atom is within 1.25 Å it is hydrogen.
func (out *cifAtoms) hydrogenLabels(l crystal.Lattice, c atomColumns) {
	if c.symbol >= 0 {
		return
	}
	var list []string
	for i := range out.atoms {
		a := &out.atoms[i]
		run := letters(a.Label)
		if len(run) < 2 || run[0] != 'H' || run[1] >= 'a' || a.Z == 1 || out.species.formula[a.Z] > 0 {
			continue
		}
		if slices.ContainsFunc(out.atoms, func(b crystal.Site) bool {
			d := crystal.Frac{nearest(a.Frac[0] - b.Frac[0]), nearest(a.Frac[1] - b.Frac[1]), nearest(a.Frac[2] - b.Frac[2])}
			r := l.Cart(d).Norm()
			return r > 0.5 && r < 1.25
		}) {
			a.Z = 1
			addOnce(&list, a.Label)
		}
	}
	if len(list) > 0 {
		out.notes = append(out.notes, "Taken for hydrogen, being within 1.25 Å of another atom: "+quoteList(list)+".")
	}
}

// gathered returns a list of atoms with what further lists of the block say of
// the same labels: symbols, occupancies, displacement parameters. Labels have to
// be those of one atom each.
func (b *cifBlock) gathered(d *cifLoopData) *cifLoopData {
	label := d.col("_atom_site_label")
	if label < 0 {
		return d
	}
	rows := map[string]int{}
	for row := range d.rows() {
		rows[string(d.at(row, label).text)] = row
	}
	if len(rows) != d.rows() {
		return d
	}
	for _, other := range b.loops {
		from := other.col("_atom_site_label")
		if from < 0 || other == d {
			continue
		}
		for c, name := range other.column {
			if !slices.Contains(gatheredTags[:], name) || d.col(name) >= 0 {
				continue
			}
			out := &cifLoopData{line: d.line, column: append(slices.Clone(d.column), name)}
			value := make([]cifToken, d.rows())
			for row := range other.rows() {
				if k, ok := rows[string(other.at(row, from).text)]; ok {
					value[k] = other.at(row, c)
				}
			}
			for row := range d.rows() {
				n := len(d.column)
				out.cells = append(append(out.cells, d.cells[row*n:row*n+n]...), value[row])
			}
			d = out
		}
	}
	return d
}

// gatheredTags are the columns that may stand in a list of their own.
var gatheredTags = [...]string{"_atom_site_type_symbol", "_atom_site_occupancy", "_atom_site_u_iso_or_equiv", "_atom_site_b_iso_or_equiv",
	"_atom_site_calc_flag", "_atom_site_disorder_group", "_atom_site_attached_hydrogens"}

// atomColumns holds the numbers of the columns of a list of atoms, −1 for one
// that is not there.
type atomColumns struct {
	pos                                                   [3]int
	list                                                  int // the three coordinates as one list of CIF 2
	cartesian                                             bool
	symbol, label, occ, uIso, bIso, flag, group, attached int
}

func (d *cifLoopData) atomColumns() (c atomColumns, err error) {
	c.cartesian = d.col("_atom_site_fract_x", "_atom_site_fract_xyz") < 0
	c.list = d.col("_atom_site_fract_xyz")
	for k, axis := range []string{"x", "y", "z"} {
		if c.pos[k] = d.col("_atom_site_fract_" + axis); c.cartesian {
			c.pos[k] = d.col("_atom_site_cartn_" + axis)
		}
		if c.pos[k] >= 0 {
			c.list = -1
		} else if c.list < 0 {
			return c, &SyntaxError{CIF, int(max(1, d.line)), "expected a column _atom_site_fract_" + axis + ", found only “" + short(strings.Join(d.column, " "), 60) + "”"}
		}
	}
	c.symbol, c.label = d.col("_atom_site_type_symbol"), d.col("_atom_site_label", "_atom_site_label_atom_id", "_atom_site_id")
	c.occ = d.col("_atom_site_occupancy")
	c.uIso, c.bIso = d.col("_atom_site_u_iso_or_equiv"), d.col("_atom_site_b_iso_or_equiv")
	c.flag, c.group, c.attached = d.col("_atom_site_calc_flag"), d.col("_atom_site_disorder_group"), d.col("_atom_site_attached_hydrogens")
	return c, nil
}

// position returns the tokens of the coordinates of a row.
func (d *cifLoopData) position(row int, c atomColumns) (out [3]cifToken) {
	if c.list >= 0 {
		t := d.at(row, c.list)
		for k, f := range bytes.FieldsFunc(t.text, func(r rune) bool { return strings.ContainsRune("[] ,\t\r\n", r) }) {
			if k < 3 {
				out[k] = cifToken{kind: cifValue, line: t.line, text: f}
			}
		}
		return out
	}
	for k := range out {
		out[k] = d.at(row, c.pos[k])
	}
	return out
}

// dot tells whether a token is a bare dot, which stands for the default of its
// item; that of a coordinate is 0.
func (t cifToken) dot() bool { return len(t.text) == 1 && t.text[0] == '.' }

// atoms reads the list of atoms and their displacement parameters. Rows that
// cannot be read are left out with a note; it is an error if no row can.
func (b *cifBlock) atoms(l crystal.Lattice) (*cifAtoms, error) {
	out := &cifAtoms{byLabel: map[string][]int{}, group: map[int]string{}}
	formula := b.value("_chemical_formula_sum")
	if strings.ToUpper(formula) != formula || !twoCapitals(formula) {
		out.species.formula = ParseFormula(formula)
	}
	if v, ok := parseFloat([]byte(b.value("_cell_formula_units_z"))); ok && v > 0 {
		out.units = v
	}
	loop := b.atomLoop()
	if loop == nil {
		return out, nil
	}
	out.line = int(max(1, loop.line))
	c, err := loop.atomColumns()
	if err != nil {
		return nil, err
	}
	if out.cartesian = c.cartesian; c.cartesian {
		out.notes = append(out.notes, "Positions are Cartesian; the axes are taken as a along x and c* along z.")
	}
	out.percent = loop.percent(c.occ)
	origin := loop.undotted(c)
	models := loop.col("_atom_site_pdbx_pdb_model_num")
	subsystem, code := loop.col("_atom_site_subsystem_code"), ""
	if codes := b.list("_cell_subsystem_code"); subsystem >= 0 && len(codes) > 1 {
		code = string(codes[0].text)
		out.notes = append(out.notes, "The crystal is a composite of "+count(len(codes))+" structures with cells of their own; only the atoms of the first are read.")
	}
	var first error
	for row := range loop.rows() {
		if code != "" && string(loop.at(row, subsystem).text) != code {
			continue
		}
		if models >= 0 && string(loop.at(row, models).text) != string(loop.at(0, models).text) {
			continue // another model of the same crystal
		}
		out.listed++
		if err := out.row(l, loop, c, row, origin); err != nil {
			if first == nil {
				first = err
			}
			e, _ := errors.AsType[*SyntaxError](err)
			if len(out.bad) < 3 {
				out.bad = append(out.bad, "line "+strconv.Itoa(e.Line)+", "+e.Msg)
			} else if len(out.bad) == 3 {
				out.bad = append(out.bad, "and more lines of the kind")
			}
		}
	}
	if len(out.atoms) == 0 && first != nil {
		return nil, first
	}
	if c.uIso >= 0 && c.bIso < 0 {
		if note := out.mistaken(); note != "" {
			out.notes = append(out.notes, note)
		}
	}
	out.hydrogenLabels(l, c)
	if err := b.tensors(l, out); err != nil {
		return nil, err
	}
	out.summary()
	return out, nil
}

// percent tells whether occupancies are given in percent: most of them above
// 1.5, none above 100, and 100 among them.
func (d *cifLoopData) percent(occ int) bool {
	large, whole, n := 0, false, 0
	for row := range d.rows() {
		if t := d.at(row, occ); !t.missing() {
			v, err := cifNumber(t)
			if err != nil || v > 100.5 {
				return false
			}
			n++
			if v > 1.5 {
				large++
			}
			whole = whole || v > 99
		}
	}
	return whole && 2*large > n
}

// undotted tells whether atoms whose three coordinates are dots cannot stand
// at the origin, which is what dots mean: there are too many.
func (d *cifLoopData) undotted(c atomColumns) bool {
	sum := 0.0
	for row := range d.rows() {
		p := d.position(row, c)
		dots := true
		for _, t := range p {
			v, err := cifNumber(t)
			dots = dots && (t.dot() || err == nil && v == 0)
		}
		if !dots {
			continue
		}
		occ, err := cifNumber(d.at(row, c.occ))
		if err != nil {
			occ = 1
		}
		sum += occ
	}
	return sum > 1.1
}

// row reads one atom, or the atoms of one mixed site.
func (out *cifAtoms) row(l crystal.Lattice, loop *cifLoopData, c atomColumns, row int, undotted bool) error {
	name := short(text(loop.at(row, c.label).text), 40)
	kind := ""
	if t := loop.at(row, c.symbol); !t.missing() && string(bytes.TrimSpace(t.text)) != "." {
		kind = short(text(t.text), 80)
	}
	if strings.EqualFold(string(loop.at(row, c.flag).text), "dum") {
		addOnce(&out.species.unknown, name)
		return nil
	}
	occupancy := loop.at(row, c.occ)
	if len(name) > 1 && strings.HasSuffix(name, "?") && (occupancy.missing() || strings.Trim(string(occupancy.text), "1.0") == "") {
		out.read++
		addOnce(&out.ghosts, name)
		return nil
	}
	shares, known := out.species.read(kind, name)
	group := out.species.group
	a := crystal.Site{Label: name, Occ: 1, B: math.NaN()}
	var slack crystal.Frac
	placed, dots := true, 0
	for k, t := range loop.position(row, c) {
		if t.dot() {
			dots++
			continue
		}
		if t.missing() {
			placed = false
			continue
		}
		v, err := cifNumber(t)
		if err != nil {
			return err
		}
		if math.Abs(v) > 1e4 {
			return &SyntaxError{CIF, int(t.line), "expected a coordinate, found " + found(t.text)}
		}
		a.Frac[k], slack[k] = v, lastDigit(t.text)
	}
	if dots == 3 && undotted {
		placed = false
	}
	if !placed {
		addOnce(&out.species.nowhere, name)
	}
	if !known || !placed {
		return nil
	}
	out.read++
	if c.cartesian {
		a.Frac, slack = l.Frac(geom.Vec{X: a.Frac[0], Y: a.Frac[1], Z: a.Frac[2]}), crystal.Frac{}
	}
	if a.Occ = out.occupancy(occupancy, name); a.Occ <= 0 {
		return nil
	}
	var err error
	number := func(t cifToken, factor float64) {
		if !t.missing() && err == nil {
			var v float64
			v, err = cifNumber(t)
			a.B = factor * v
		}
	}
	number(loop.at(row, c.uIso), 8*math.Pi*math.Pi)
	number(loop.at(row, c.bIso), 1)
	if err != nil {
		return err
	}
	if t := loop.at(row, c.group); !t.missing() && string(t.text) != "0" {
		out.disordered = true
	}
	if t := loop.at(row, c.attached); !t.missing() {
		v, err := cifNumber(t)
		out.hydrogens = out.hydrogens || err == nil && v > 0
	}
	for _, s := range shares {
		b := a
		b.Z = s.z
		// A lone share that the column of occupancies repeats counts once.
		if len(shares) > 1 || a.Occ > 0.999 {
			b.Occ *= s.part
		}
		out.byLabel[name] = append(out.byLabel[name], len(out.atoms))
		if group != "" {
			out.group[len(out.atoms)] = group
		}
		out.atoms = append(out.atoms, b)
		out.slack = append(out.slack, slack)
	}
	return nil
}

// occupancy reads an occupancy and brings it into the range from 0 to 1.
func (out *cifAtoms) occupancy(t cifToken, name string) float64 {
	if t.missing() {
		return 1
	}
	bare, percent := bytes.CutSuffix(bytes.TrimSpace(t.text), []byte("%"))
	t.text = bare
	v, err := cifNumber(t)
	if err != nil {
		addOnce(&out.guessed, name)
		return 1
	}
	if out.percent || percent {
		v /= 100
	}
	switch {
	case v < 0:
		addOnce(&out.negative, name)
	case v == 0:
		addOnce(&out.vacant, name)
	case v > 1.005: // 1.00002 is a multiplicity turned back
		addOnce(&out.clamped, name)
	}
	return min(v, 1)
}

// lastDigit returns one unit of the last digit of a coordinate, trailing zeros
// not counted; 0 for a fraction, or with less than two decimals, which say
// nothing: 0.3 is no third.
func lastDigit(b []byte) float64 {
	s, _, _ := strings.Cut(string(b), "(")
	_, decimals, ok := strings.Cut(strings.Replace(s, ",", ".", 1), ".")
	decimals = strings.TrimRight(decimals, "0 ")
	if !ok || len(decimals) < 2 || len(decimals) > 15 || strings.ContainsAny(s, "/eEdD") {
		return 0
	}
	return math.Pow10(-len(decimals))
}

// mistaken returns a note if the isotropic parameters called U are B, the median
// of those of atoms but hydrogen being above 0.25 Å²: no atom moves so far. They
// are taken for what they are.
func (out *cifAtoms) mistaken() string {
	var list []float64
	for _, a := range out.atoms {
		if a.Z > 1 && !math.IsNaN(a.B) {
			list = append(list, a.B/(8*math.Pi*math.Pi))
		}
	}
	if len(list) == 0 {
		return ""
	}
	sorts.Values(list)
	median := list[len(list)/2]
	if median <= 0.25 {
		return ""
	}
	for i := range out.atoms {
		out.atoms[i].B /= 8 * math.Pi * math.Pi
	}
	return "Displacement parameters called U are far too large for that (" + decimals(median, 2) + " Å²) and are taken for B."
}

// summary adds the notes on the atoms as they are listed.
func (out *cifAtoms) summary() {
	flat := []string{}
	zero := len(out.atoms) > 0
	for i := range out.atoms {
		zero = zero && out.atoms[i].B == 0
		if out.atoms[i].B < 0 {
			addOnce(&flat, out.atoms[i].Label)
			out.atoms[i].B = math.NaN()
		}
	}
	say := func(yes bool, note string) {
		if yes {
			out.notes = append(out.notes, note)
		}
	}
	list := func(labels []string, note string) { say(len(labels) > 0, note+quoteList(labels)+".") }
	if n := len(out.bad); n > 0 {
		out.notes = append(out.notes, "Atoms that could not be read are left out: "+strings.Join(out.bad, "; ")+".")
	}
	list(flat, "A displacement parameter below zero was left out: ")
	say(zero, "All displacement parameters of the file are 0; the atoms are taken at rest.")
	say(out.percent, "The occupancies are read as percent.")
	list(out.clamped, "An occupancy above 1 was read as 1: ")
	list(out.negative, "An occupancy below 0 was read as 0: ")
	list(out.guessed, "An occupancy that is no number was read as 1: ")
	list(out.vacant, "Not used, because the occupancy is 0: ")
	list(out.ghosts, "Not used, because a ? behind the label marks the minor place of a disordered atom: ")
	say(out.disordered, "The structure is disordered; every group of atoms counts with its occupancy.")
	say(out.hydrogens, "Hydrogen atoms that the file attaches to others have no positions; intensities leave them out.")
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
func (b *cifBlock) tensors(l crystal.Lattice, out *cifAtoms) error {
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
			for _, i := range out.byLabel[name] {
				a := &out.atoms[i]
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

// expand applies the operations to the atoms. Where atoms of one element are
// listed on several images of one position the formula of the file tells whether
// they add up, hydrogen left out; without one, or where it does not tell, they do
// if there is room for them. A file that lists the whole cell repeats its atoms.
func (out *cifAtoms) expand(l crystal.Lattice, ops []symmetry.Op) (expanded, error) {
	x, err := expand(l, ops, out.asymmetric, addRoomy)
	if err != nil || !x.added && len(x.halves) == 0 {
		return x, err
	}
	if x.whole {
		return expand(l, ops, out.asymmetric, addNone)
	}
	if out.species.formula == nil {
		return x, nil
	}
	least := out.formulaMiss(x) - 0.05
	for _, how := range []adding{addAll, addNone} {
		y, err := expand(l, ops, out.asymmetric, how)
		if miss := out.formulaMiss(y); err == nil && miss < least {
			x, least = y, miss
		}
	}
	return x, nil
}

// bare keeps of the groups of atoms those without hydrogen: of the others the
// file lists it, within 1.25 Å.
func (out *cifAtoms) bare(l crystal.Lattice, x expanded) {
	var list []string
	for i, a := range x.sites {
		if name := out.group[x.owner[i]]; name != "" && !slices.ContainsFunc(x.sites, func(h crystal.Site) bool {
			d := crystal.Frac{nearest(h.Frac[0] - a.Frac[0]), nearest(h.Frac[1] - a.Frac[1]), nearest(h.Frac[2] - a.Frac[2])}
			return h.Z == 1 && l.Cart(d).Norm() < 1.25
		}) {
			addOnce(&list, name)
		}
	}
	out.species.groups = list
}

// formulaMiss returns by how many atoms, hydrogen not counted, the cell differs
// from the formula of the unit or of the cell, whichever is nearer.
func (out *cifAtoms) formulaMiss(x expanded) float64 {
	have := contents(x)
	least := math.Inf(1)
	for _, units := range []float64{out.units, 1} {
		if out.units == 0 {
			units = out.unitsOf(have)
		}
		sum := 0.0
		for z := atom.Z(2); z <= atom.MaxZ; z++ {
			sum += math.Abs(have[z] - out.species.formula[z]*units)
		}
		least = min(least, sum)
	}
	return least
}

// contents returns how many atoms of each element the cell holds.
func contents(x expanded) map[atom.Z]float64 {
	have := map[atom.Z]float64{}
	for _, s := range x.sites {
		have[s.Z] += s.Occ
	}
	return have
}

// unitsOf returns how many formula units contents are, by the most abundant
// element that both have; 0 if there is none.
func (out *cifAtoms) unitsOf(have map[atom.Z]float64) (units float64) {
	most := 0.0
	for z := atom.Z(2); z <= atom.MaxZ; z++ {
		if n := have[z]; n > most && out.species.formula[z] > 0 {
			most, units = n, n/out.species.formula[z]
		}
	}
	return units
}

// formulaNote compares the atoms of the cell with the formula of the file.
// Hydrogen is often not located; anything else that misses may be a slip.
// Programs write the formula of the unit or, like pymatgen, of the whole cell:
// there is nothing to note if either is right.
func (out *cifAtoms) formulaNote(x expanded) []string {
	if out.units == 0 {
		return out.formulaOff(x, 0)
	}
	off := out.formulaOff(x, out.units)
	if off != nil && out.formulaOff(x, 1) == nil {
		return nil
	}
	return off
}

// formulaOff compares the cell with so many formula units; with 0 it takes the
// ratio of the most abundant element that both have.
func (out *cifAtoms) formulaOff(x expanded, units float64) []string {
	formula := out.species.formula
	if formula == nil {
		return nil
	}
	have := contents(x)
	if units == 0 {
		units = out.unitsOf(have)
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
