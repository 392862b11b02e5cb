package source

import (
	"bytes"
	"errors"
	"math"
	"slices"
	"strings"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/symmetry"
)

// decodeCIF reads a CIF: one structure for each block with a cell and atoms.
func decodeCIF(data []byte) ([]*crystal.Structure, error) {
	blocks, err := parseCIF(data)
	if err != nil {
		return nil, err
	}
	blocks = joinedBlocks(blocks)
	var list []*crystal.Structure
	var first, noAtoms error // of the blocks left out
	var left []string        // their names
	for _, b := range blocks {
		if _, ok := b.item("_cell_length_a", "_cell_length_b", "_cell_length_c"); !ok {
			continue
		}
		if len(list) == maxBlocks {
			addOnce(&left, short(b.name, 40))
			continue
		}
		s, err := b.structure()
		var none *NoAtomsError
		switch {
		case errors.As(err, &none):
			if noAtoms == nil {
				noAtoms = err
			}
		case err != nil:
			if first == nil {
				first = err
			}
			addOnce(&left, short(b.name, 40))
		default:
			s.Block = short(b.name, 80)
			list = append(list, s)
		}
	}
	switch {
	case len(list) > 0:
		if len(left) > 0 {
			note := "Not read: " + quoteList(left) + "."
			if first != nil {
				note += " " + first.Error()
			}
			list[0].Notes = append(list[0].Notes, note)
		}
		return list, nil
	case first != nil:
		return nil, first
	case noAtoms != nil:
		return nil, noAtoms
	}
	line := int32(1)
	if len(blocks) > 0 {
		line = max(1, blocks[0].line)
	}
	return nil, &SyntaxError{CIF, int(line), "expected the cell, _cell_length_a and so on, found none"}
}

// joinedBlocks makes one block of two if a file has its only cell in one and its
// only atoms in another.
func joinedBlocks(blocks []*cifBlock) []*cifBlock {
	var cell, atoms *cifBlock
	for _, b := range blocks {
		_, hasCell := b.item("_cell_length_a", "_cell_length_b", "_cell_length_c")
		hasAtoms := b.atomLoop() != nil
		if hasCell && (hasAtoms || cell != nil) || hasAtoms && atoms != nil {
			return blocks
		}
		if hasCell {
			cell = b
		}
		if hasAtoms {
			atoms = b
		}
	}
	if cell == nil || atoms == nil {
		return blocks
	}
	for name, t := range atoms.items {
		if _, twice := cell.items[name]; !twice {
			cell.items[name] = t
		}
	}
	cell.loops = append(cell.loops, atoms.loops...)
	cell.notes = append(append(cell.notes, atoms.notes...), "The cell is that of the block "+found([]byte(cell.name))+", the atoms are those of "+found([]byte(atoms.name))+".")
	return []*cifBlock{cell}
}

// cifNumber reads a number with or without a standard uncertainty, 5.431(2),
// or a fraction, 1/3. A decimal comma, and a unit behind the number, do no harm.
func cifNumber(t cifToken) (float64, error) {
	v, ok := parseFraction(bareNumber(t.text))
	if !ok || t.missing() {
		return 0, &SyntaxError{CIF, int(t.line), "expected a number, found " + found(t.text)}
	}
	return v, nil
}

// units are what people write behind a length or an angle; \%A is the code of
// CIF for Å.
var units = []string{"Å", "\u212b", `\%A`, "angstroms", "angstrom", "ang.", "ang", "nm", "pm", "A", "degrees", "degree", "deg.", "deg", "°", "º"}

// bareNumber takes away what may stand around a number.
func bareNumber(b []byte) []byte {
	s := strings.TrimLeft(text(b), "= \t\r\n")
	if i := strings.IndexByte(s, '`'); i > 0 {
		s = s[:i] // how TOPAS marks a refined value, with its uncertainty behind
	}
	for _, mark := range []string{"(", "±", "+/-", "+-", `\\pm`, "["} {
		if i := strings.Index(s, mark); i > 0 {
			s = s[:i] + exponentBehind(s[i:])
		}
	}
	s = strings.TrimRight(s, " \t,;")
	for _, u := range units {
		if n := len(s) - len(u); n > 0 && strings.EqualFold(s[n:], u) {
			s = strings.TrimRight(s[:n], " \t")
			break
		}
	}
	if !isASCII(s) {
		s = vulgar.Replace(s)
	}
	if strings.Count(s, ",") == 1 && !strings.Contains(s, ".") {
		s = strings.Replace(s, ",", ".", 1)
	}
	return []byte(s)
}

// vulgar are fractions in one character.
var vulgar = strings.NewReplacer("½", "1/2", "¼", "1/4", "¾", "3/4", "⅓", "1/3", "⅔", "2/3", "⅙", "1/6", "⅚", "5/6", "⅛", "1/8", "⅜", "3/8", "⅝", "5/8", "⅞", "7/8")

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// exponentBehind returns the exponent that stands behind the standard
// uncertainty of a number: 2.5(3)E-1.
func exponentBehind(s string) string {
	_, s, _ = strings.Cut(s, ")")
	if len(s) < 2 || !strings.ContainsAny(s[:1], "eEdD") || strings.Trim(s[1:], "+-0123456789") != "" {
		return ""
	}
	return s
}

// parseFraction reads a number, "0.25", or a fraction, "1/4".
func parseFraction(b []byte) (float64, bool) {
	for i, c := range b {
		if c == '/' {
			p, ok := parseFloat(b[:i])
			q, okq := parseFloat(b[i+1:])
			return p / q, ok && okq && q != 0
		}
	}
	return parseFloat(b)
}

// structure builds the crystal of a block.
func (b *cifBlock) structure() (*crystal.Structure, error) {
	named, listed := b.namedSymmetry(), b.listedSymmetry()
	lattice, notes, err := b.lattice(named, listed)
	if err != nil {
		return nil, err
	}
	s := &crystal.Structure{Name: b.title(), Lattice: lattice, Reference: short(b.reference(), 300), Notes: append(notes, b.notes...)}
	if v := b.value("_cell_modulation_dimension"); v != "" && v != "0" && !slices.Contains(listed.notes, modulatedNote) {
		s.Notes = append(s.Notes, modulatedNote)
	}
	atoms, err := b.atoms(lattice)
	if err != nil {
		return nil, err
	}
	if scale, note := atoms.unit(lattice, named, listed); scale != 1 {
		c := lattice.Cell()
		if lattice, err = crystal.NewLattice(crystal.Cell{A: c.A * scale, B: c.B * scale, C: c.C * scale, Alpha: c.Alpha, Beta: c.Beta, Gamma: c.Gamma}); err != nil {
			return nil, &SyntaxError{CIF, atoms.line, strings.TrimPrefix(err.Error(), "crystal: ")}
		}
		if atoms, err = b.atoms(lattice); err != nil {
			return nil, err
		}
		s.Notes = append(s.Notes, note)
	}
	sym, lattice, err := symmetryOf(lattice, named, listed, atoms)
	if err != nil {
		return nil, err
	}
	s.Lattice, s.Given = lattice, sym.setting
	if len(atoms.atoms) == 0 {
		none := &NoAtomsError{Format: CIF, Structure: s}
		switch {
		case atoms.read < atoms.listed:
			none.Detail = atoms.species.readNote(atoms.read, atoms.listed)
		case atoms.listed > 0:
			none.Detail = strings.Join(atoms.notes, " ")
		}
		s.Notes = append(s.Notes, sym.notes...)
		return nil, none
	}
	x, err := atoms.expand(lattice, sym.group.Ops())
	if err != nil {
		return nil, &SyntaxError{CIF, atoms.line, err.Error()}
	}
	s.Sites = x.sites
	atoms.bare(lattice, x)
	s.Notes = append(s.Notes, atoms.species.notes(atoms.read, atoms.listed)...)
	s.Notes = append(s.Notes, sym.notes...)
	s.Notes = append(s.Notes, atoms.notes...)
	s.Notes = append(s.Notes, againNote(x, len(atoms.atoms))...)
	s.Notes = append(s.Notes, halvesNote(x)...)
	if len(x.snapped) > 0 {
		s.Notes = append(s.Notes, "Coordinates with few digits were moved onto special positions, by up to "+decimals(x.moved, 3)+" Å: "+quoteList(x.snapped)+".")
	}
	s.Notes = append(s.Notes, crowded(lattice, x.sites)...)
	s.Notes = append(s.Notes, atoms.formulaNote(x)...)
	for _, a := range s.Sites {
		if !math.IsNaN(a.B) {
			s.BSource = "measured"
		}
	}
	return s, nil
}

// unit returns by how much the edges of the cell have to be multiplied to be in
// Å, and a note if that is not 1: in nanometres the atoms listed would have less
// than 1 Å³ each, in picometres all that symmetry can make of them more than
// 10⁵ Å³.
func (out *cifAtoms) unit(l crystal.Lattice, named *namedSymmetry, listed *listedSymmetry) (float64, string) {
	n, c := 0.0, l.Cell()
	for _, a := range out.atoms {
		if a.Z > 1 {
			n += a.Occ
		}
	}
	order := 1
	for _, s := range named.candidates {
		order = max(order, s.Group().Order())
	}
	for _, g := range []*symmetry.Group{named.group, listed.group} {
		if g != nil {
			order = max(order, g.Order())
		}
	}
	scale, unit := 1.0, ""
	switch {
	case n == 0 || out.cartesian || c.A == 1 && c.B == 1 && c.C == 1:
	case l.Volume() < n && max(c.A, c.B, c.C) < 10:
		scale, unit = 10, "nanometres"
	case l.Volume() > 1e5*n*float64(order) && min(c.A, c.B, c.C) > 150:
		scale, unit = 0.01, "picometres"
	}
	return scale, "The edges of the cell, " + decimals(c.A, 4) + ", " + decimals(c.B, 4) + ", " + decimals(c.C, 4) + ", are taken for " + unit + ": with Å its atoms would not have the room that atoms have."
}

// lattice reads the cell. Edges and angles that are not there are those that
// the space group asks for; angles that it leaves open are 90°, as the
// dictionary has it. There is a note on each.
func (b *cifBlock) lattice(named *namedSymmetry, listed *listedSymmetry) (crystal.Lattice, []string, error) {
	var groups []*symmetry.Group
	for _, s := range named.candidates {
		groups = append(groups, s.Group())
	}
	for _, g := range []*symmetry.Group{named.group, listed.group} {
		if g != nil {
			groups = append(groups, g)
		}
	}
	var v [6]float64
	var missing []int
	var first error
	line := 0
	for i, name := range []string{"_cell_length_a", "_cell_length_b", "_cell_length_c", "_cell_angle_alpha", "_cell_angle_beta", "_cell_angle_gamma"} {
		t, ok := b.items[name]
		if !ok || t.missing() {
			missing = append(missing, i)
			if i < 3 && first == nil {
				first = &SyntaxError{CIF, int(max(1, b.line, t.line)), "expected the cell with " + name + ", found none"}
				if ok {
					_, first = cifNumber(t)
				}
			}
			continue
		}
		var err error
		if v[i], err = cifNumber(t); err != nil {
			return crystal.Lattice{}, nil, err
		}
		if unit := strings.ToLower(string(bytes.TrimSpace(t.text))); i < 3 && strings.HasSuffix(unit, "nm") {
			v[i] *= 10
		} else if i < 3 && strings.HasSuffix(unit, "pm") {
			v[i] /= 100
		}
		line = max(line, int(t.line))
	}
	v, fits := completeCell(v, missing, groups)
	if first != nil && !fits {
		return crystal.Lattice{}, nil, first
	}
	var notes []string
	for _, i := range missing {
		greek := string([]rune("abcαβγ")[i])
		switch {
		case i < 3:
			notes = append(notes, "The edge "+greek+" is not given; the space group makes it "+decimals(v[i], 4)+" Å.")
		case v[i] != 90:
			notes = append(notes, "The angle "+greek+" is not given; the space group makes it "+decimals(v[i], 3)+"°.")
		default:
			notes = append(notes, "The angle "+greek+" is not given; it is taken as 90°.")
		}
	}
	if v == [6]float64{1, 1, 1, 90, 90, 90} && b.atomLoop() != nil && b.atomLoop().col("_atom_site_cartn_x") >= 0 {
		return crystal.Lattice{}, nil, &SyntaxError{CIF, line, "expected the cell of a crystal, found the one that stands for none, 1, 1, 1 Å"}
	}
	l, err := crystal.NewLattice(crystal.Cell{A: v[0], B: v[1], C: v[2], Alpha: v[3], Beta: v[4], Gamma: v[5]})
	if err != nil {
		return l, nil, &SyntaxError{CIF, max(1, line), strings.TrimPrefix(err.Error(), "crystal: ")}
	}
	return l, notes, nil
}

// completeCell fills in the missing edges and angles of a cell: of other edges
// or angles given, 90° and 120°, what fits one of the groups best; the first,
// 90°, if nothing does. It tells whether the result fits.
func completeCell(v [6]float64, missing []int, groups []*symmetry.Group) ([6]float64, bool) {
	if len(missing) == 0 {
		return v, true
	}
	values := make([][]float64, len(missing))
	total := 1
	for k, i := range missing {
		if i >= 3 {
			values[k] = []float64{90, 120}
		}
		for j := i / 3 * 3; j < i/3*3+3; j++ {
			if v[j] > 0 && !slices.Contains(values[k], v[j]) {
				values[k] = append(values[k], v[j])
			}
		}
		if len(values[k]) == 0 {
			return v, false
		}
		total *= len(values[k])
	}
	best, least := v, math.Inf(1)
	for n := range total {
		w, rest := v, n
		for k, i := range missing {
			w[i] = values[k][rest%len(values[k])]
			rest /= len(values[k])
		}
		l, err := crystal.NewLattice(crystal.Cell{A: w[0], B: w[1], C: w[2], Alpha: w[3], Beta: w[4], Gamma: w[5]})
		if err != nil {
			continue
		}
		for _, g := range groups {
			if d := misfit(l, g); d < least-1e-6 {
				best, least = w, d
			}
		}
	}
	if least > 0.01 {
		for k, i := range missing {
			best[i] = values[k][0]
		}
		return best, false
	}
	return best, true
}

// againNote tells of atoms left out because symmetry makes them from others.
func againNote(x expanded, listed int) []string {
	n := len(x.again)
	switch {
	case n == 0:
		return nil
	case n == 1:
		return []string{"One atom is listed twice; the second is left out."}
	}
	return []string{count(n) + " of the " + count(listed) + " atoms repeat others by symmetry; each is used once."}
}

// halvesNote tells of atoms listed on both sides of a symmetry element whose
// occupancies are not added up.
func halvesNote(x expanded) []string {
	if len(x.halves) == 0 {
		return nil
	}
	return []string{"Listed on both sides of a symmetry element, only " + decimals(x.close, 2) + " Å apart, and taken for the places of one disordered atom, whose occupancies do not add up: " + quoteList(x.halves) + "."}
}

// crowded scales the occupancies on positions where they add up to more than
// one, and says so.
func crowded(l crystal.Lattice, sites []crystal.Site) []string {
	var bad []string
	worst := 0.0
	g := newGrid(l)
	for i, s := range sites {
		g.add(i, s.Frac)
	}
	scaled := make([]float64, len(sites))
	for i, s := range sites {
		sum := 0.0
		var names []string
		first := true
		g.near(s.Frac, func(j int) bool {
			if same(l, s.Frac, sites[j].Frac) {
				sum += sites[j].Occ
				first = first && j >= i
				names = append(names, siteName(sites[j]))
			}
			return false
		})
		scaled[i] = s.Occ
		if sum > 1.02 {
			scaled[i] /= sum
			worst = max(worst, sum)
			if first {
				addOnce(&bad, strings.Join(names, " + "))
			}
		}
	}
	for i := range sites {
		sites[i].Occ = scaled[i]
	}
	if len(bad) == 0 {
		return nil
	}
	return []string{"Occupancies on one position add up to more than 1 (" + decimals(worst, 2) + ") and are scaled to it: " + quoteList(bad) + "."}
}

func siteName(s crystal.Site) string {
	if s.Label != "" {
		return s.Label
	}
	return s.Z.Symbol()
}

// title returns what a person calls the crystal.
func (b *cifBlock) title() string {
	for _, name := range []string{"_chemical_name_mineral", "_chemical_name_common", "_chemical_name_systematic", "_chemical_formula_structural", "_chemical_formula_sum"} {
		v := b.value(name)
		if len(v) > 80 {
			continue
		}
		if v != "" && v != "?" {
			return v
		}
	}
	if len(b.name) > 80 {
		return ""
	}
	return b.name
}

// reference returns the citation of the block: authors, journal, volume, year
// and page, as far as they are there.
func (b *cifBlock) reference() string {
	var authors []string
	for _, t := range b.list("_publ_author_name", "_citation_author_name") {
		if t.missing() {
			continue
		}
		name := strings.Join(strings.Fields(cifText(t.text)), " ")
		if family, _, ok := strings.Cut(name, ","); ok {
			name = family
		}
		authors = append(authors, name)
	}
	who := ""
	switch n := len(authors); {
	case n == 1:
		who = authors[0]
	case n == 2 || n == 3:
		who = strings.Join(authors[:n-1], ", ") + " & " + authors[n-1]
	case n > 3:
		who = authors[0] + " et al."
	}
	first := func(names ...string) string {
		if list := b.list(names...); len(list) > 0 && !list[0].missing() {
			return strings.Join(strings.Fields(cifText(list[0].text)), " ")
		}
		return ""
	}
	journal := first("_journal_name_full", "_journal_name_abbrev", "_citation_journal_full", "_citation_journal_abbrev")
	year := first("_journal_year", "_citation_year")
	where := journal
	if v := first("_journal_volume", "_citation_journal_volume"); v != "" && journal != "" {
		where += " " + v
	}
	if year != "" && (who != "" || journal != "") {
		where = strings.TrimSpace(where + " (" + year + ")")
	}
	if v := first("_journal_page_first", "_citation_page_first"); v != "" && journal != "" {
		where += " " + v
	}
	switch {
	case who != "" && where != "":
		return who + ", " + where
	case who != "" || journal != "":
		return who + where
	}
	if v := b.value("_database_code_icsd"); v != "" {
		return "ICSD " + v
	}
	if v := b.value("_cod_database_code", "_database_code_cod"); v != "" {
		return "COD " + v
	}
	return ""
}
