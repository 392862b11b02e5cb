package source

import (
	"errors"
	"math"
	"strings"

	"zoneaxis/internal/crystal"
)

// decodeCIF reads a CIF: one structure for each block with a cell and atoms.
func decodeCIF(data []byte) ([]*crystal.Structure, error) {
	blocks, err := parseCIF(data)
	if err != nil {
		return nil, err
	}
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
	return nil, &SyntaxError{CIF, 0, "no cell lengths found"}
}

// cifNumber reads a number with or without a standard uncertainty, 5.431(2),
// or a fraction, 1/3.
func cifNumber(t cifToken) (float64, error) {
	b := t.text
	if i := strings.IndexByte(string(b), '('); i > 0 {
		b = b[:i]
	}
	v, ok := parseFraction(b)
	if !ok || t.missing() {
		return 0, &SyntaxError{CIF, int(t.line), "expected a number, found " + found(t.text)}
	}
	return v, nil
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
	lattice, notes, err := b.lattice()
	if err != nil {
		return nil, err
	}
	s := &crystal.Structure{Name: b.title(), Lattice: lattice, Reference: short(b.reference(), 300), Notes: notes}
	if v := b.value("_cell_modulation_dimension"); v != "" && v != "0" {
		s.Notes = append(s.Notes, "The structure is modulated: only its average cell is used.")
	}
	atoms, err := b.atoms(lattice)
	if err != nil {
		return nil, err
	}
	sym, err := b.symmetry(lattice, atoms)
	if err != nil {
		return nil, err
	}
	s.Given = sym.setting
	if len(atoms.sites) == 0 {
		none := &NoAtomsError{Format: CIF, Structure: s}
		if atoms.listed > 0 {
			none.Detail = atoms.species.readNote(0, atoms.listed)
		}
		s.Notes = append(s.Notes, sym.notes...)
		return nil, none
	}
	x, err := expand(lattice, sym.group.Ops(), atoms.sites)
	if err != nil {
		return nil, &SyntaxError{CIF, 0, err.Error()}
	}
	s.Sites = x.sites
	s.Notes = append(s.Notes, atoms.species.notes(len(atoms.sites)+atoms.empty, atoms.listed)...)
	s.Notes = append(s.Notes, sym.notes...)
	s.Notes = append(s.Notes, atoms.notes...)
	s.Notes = append(s.Notes, againNote(x, len(atoms.sites))...)
	s.Notes = append(s.Notes, crowded(lattice, x.sites)...)
	s.Notes = append(s.Notes, atoms.formulaNote(x)...)
	for _, a := range s.Sites {
		if !math.IsNaN(a.B) {
			s.BSource = "measured"
		}
	}
	return s, nil
}

// lattice reads the cell. Angles that are not there are 90°, as the dictionary
// has it, with a note.
func (b *cifBlock) lattice() (crystal.Lattice, []string, error) {
	var v [6]float64
	var notes []string
	line := 0
	for i, name := range []string{"_cell_length_a", "_cell_length_b", "_cell_length_c", "_cell_angle_alpha", "_cell_angle_beta", "_cell_angle_gamma"} {
		t, ok := b.items[name]
		switch {
		case !ok && i < 3:
			return crystal.Lattice{}, nil, &SyntaxError{CIF, 0, "no " + name + " found"}
		case !ok:
			v[i] = 90
			notes = append(notes, "The angle "+string([]rune("αβγ")[i-3])+" is not given; it is taken as 90°.")
			continue
		}
		var err error
		if v[i], err = cifNumber(t); err != nil {
			return crystal.Lattice{}, nil, err
		}
		line = max(line, int(t.line))
	}
	l, err := crystal.NewLattice(crystal.Cell{A: v[0], B: v[1], C: v[2], Alpha: v[3], Beta: v[4], Gamma: v[5]})
	if err != nil {
		return l, nil, &SyntaxError{CIF, line, strings.TrimPrefix(err.Error(), "crystal: ")}
	}
	return l, notes, nil
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

// crowded notes positions with occupancies that add up to more than one.
func crowded(l crystal.Lattice, sites []crystal.Site) []string {
	var bad []string
	worst := 0.0
	g := newGrid(l)
	for i, s := range sites {
		g.add(i, s.Frac)
	}
	for i, s := range sites {
		sum := 0.0
		names := ""
		first := true
		g.near(s.Frac, func(j int) bool {
			if !same(l, s.Frac, sites[j].Frac) {
				return false
			}
			sum += sites[j].Occ
			first = first && j >= i
			if names != "" {
				names += " + "
			}
			names += siteName(sites[j])
			return false
		})
		if sum > 1.02 && first {
			addOnce(&bad, names)
			worst = max(worst, sum)
		}
	}
	if len(bad) == 0 {
		return nil
	}
	return []string{"Occupancies on one position add up to more than 1 (" + decimals(worst, 2) + "): " + quoteList(bad) + "."}
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
