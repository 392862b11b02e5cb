package source

import (
	"bytes"
	"cmp"
	"math"
	"strconv"
	"strings"

	"zoneaxis/internal/atom"
	"zoneaxis/internal/crystal"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/lean/jsontext"
)

// maxJSONLevels is how deep below the top a structure may lie.
const maxJSONLevels = 10

// decodeJSON finds the structures in a JSON text, wherever they lie in it:
// answers of the Materials Project, dictionaries of pymatgen, entries of
// OPTIMADE providers, and dictionaries of JARVIS and ASE, alone, in lists or
// under names. Structures that cannot be read are left out with a note, if
// there is another.
func decodeJSON(data []byte) ([]*crystal.Structure, error) {
	if len(data) > maxText {
		return nil, &SizeError{int64(len(data)), maxText}
	}
	f := jsonFinder{mpReader: mpReader{whole: data}}
	if err := jsontext.Valid(data); err != nil {
		whole := jsonLines(data)
		if jsontext.Valid(whole) != nil {
			whole = jsonOfPython(data)
		}
		if jsontext.Valid(whole) != nil {
			return nil, f.fault(err)
		}
		f.whole = whole
	}
	f.walk(0, "", 0)
	if len(f.list) == 0 {
		switch {
		case f.first != nil:
			return nil, f.first
		case f.empty != nil:
			return nil, f.empty
		}
		// Say what is wrong with the text as an answer of the Materials Project.
		_, err := Materials(data)
		if err == nil {
			err = f.fail(0, f.standing(0, "expected a structure"))
		}
		return nil, err
	}
	if f.bad > 0 {
		f.list[0].Notes = append(f.list[0].Notes, "Not read: "+plural(f.bad, "structure")+" of the file. "+f.first.Error())
	}
	if f.more {
		f.list[0].Notes = append(f.list[0].Notes, "Only the first "+count(len(f.list))+" structures of the file are read.")
	}
	return f.list, nil
}

// jsonLines writes objects one after the other, each beginning a line, as a
// list with the same lines.
func jsonLines(data []byte) []byte {
	text := strings.ReplaceAll(strings.TrimSpace(strings.ReplaceAll(string(data), "\r\n", "\n")), "}\n{", "},\n{")
	return []byte("[" + text + "]")
}

// jsonOfPython writes what Python prints of a dictionary or a list as JSON with
// the same lines: strings in single quotes, True, False and None, tuples,
// numbers such as 0. and .5, commas before a closing bracket, and arrays of
// numpy. Text that is no such thing comes out as no JSON either.
func jsonOfPython(data []byte) []byte {
	out := make([]byte, 0, len(data)+len(data)/8)
	var closing []byte // of the brackets that are open, 0 for one left out
	for i := 0; i < len(data); {
		switch c := data[i]; {
		case c == '\'' || c == '"':
			out, i = pythonString(out, data, i)
		case c == '(' || c == '[' || c == '{':
			open, end := c, byte(c+2)
			if c == '(' {
				open, end = '[', ']'
			}
			out, closing = append(out, open), append(closing, end)
			i++
		case c == ')' || c == ']' || c == '}':
			i++
			if k := len(closing) - 1; k >= 0 {
				c, closing = closing[k], closing[:k]
			}
			if c == 0 {
				continue
			}
			if kept := bytes.TrimRight(out, " \t\r\n"); len(kept) > 0 && kept[len(kept)-1] == ',' {
				out[len(kept)-1] = ' '
			}
			out = append(out, c)
		case c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_':
			start := i
			for i < len(data) && (data[i]|0x20 >= 'a' && data[i]|0x20 <= 'z' || data[i] == '_' || data[i] == '.' || isDigit(data[i])) {
				i++
			}
			switch word := string(data[start:i]); {
			case word == "True" || word == "False":
				out = append(out, strings.ToLower(word)...)
			case word == "None" || word == "nan" || word == "inf":
				out = append(out, "null"...)
			case i < len(data) && data[i] == '(':
				closing = append(closing, 0) // array(…), np.float64(…)
				i++
			case i < len(data) && data[i] == '=' && len(closing) > 0 && closing[len(closing)-1] == 0:
				// dtype=float64 behind the values of an array
				for i < len(data) && data[i] != ')' {
					i++
				}
				out = bytes.TrimRight(out, ", \t\r\n")
			default:
				out = append(out, word...)
			}
		case isDigit(c) || c == '.':
			start := i
			for i < len(data) && (isDigit(data[i]) || strings.IndexByte(".eE", data[i]) >= 0 || (data[i] == '-' || data[i] == '+') && data[i-1]|0x20 == 'e') {
				i++
			}
			out = append(out, pythonNumber(string(data[start:i]))...)
		default:
			out = append(out, c)
			i++
		}
	}
	return out
}

// pythonString writes the string that begins at i in double quotes, and
// returns where it ends.
func pythonString(out, data []byte, i int) ([]byte, int) {
	quote := data[i]
	out = append(out, '"')
	for i++; i < len(data) && data[i] != quote; i++ {
		switch {
		case data[i] == '"':
			out = append(out, '\\', '"')
		case data[i] == '\\' && i+1 < len(data) && data[i+1] == '\'':
			out = append(out, '\'')
			i++
		case data[i] == '\\' && i+1 < len(data):
			out = append(out, '\\', data[i+1])
			i++
		default:
			out = append(out, data[i])
		}
	}
	return append(out, '"'), i + 1
}

// pythonNumber writes 0. as 0.0 and .5 as 0.5.
func pythonNumber(s string) string {
	whole, rest, point := strings.Cut(s, ".")
	if !point {
		return s
	}
	if rest == "" || !isDigit(rest[0]) {
		rest = "0" + rest
	}
	return cmp.Or(whole, "0") + "." + rest
}

type jsonFinder struct {
	mpReader
	list   []*crystal.Structure
	first  error // of the structures left out
	empty  error // of a structure without atoms
	bad    int
	sites  int
	looked int
	more   bool // there are more than are read
}

// jsonParts is where the members of an object begin that tell a structure.
type jsonParts struct {
	at    map[string]part
	names []string // of members that may hold structures
	inner []part
}

// jsonKeys are the members by which a structure is known or described.
var jsonKeys = []string{
	"lattice", "sites", "structure", "final_structure", // Materials Project, pymatgen
	"lattice_vectors", "cartesian_site_positions", "fractional_site_positions", "species_at_sites", "species", // OPTIMADE
	"lattice_mat", "coords", "elements", "cartesian", // JARVIS
	"geometry", "positions_fractional", "positions_cartesian", "composition", // AFLOW
	"cell", "positions", "scaled_positions", "numbers", "symbols", "chemical_symbols", "occupancies", // ASE
	"id", "jid", "material_id", "name", "formula", "chemical_formula_descriptive", "chemical_formula_reduced", "formula_pretty",
}

// walk looks for structures in the value at p, which its parent calls name.
func (f *jsonFinder) walk(p part, name string, level int) {
	const most = 10000 // values looked into
	if f.looked++; level > maxJSONLevels || f.more || f.looked > most {
		return
	}
	r := f.at(p)
	if r.Kind() == "array" {
		for r.Begin('['); r.Element(); {
			kind, start := r.Kind(), r.Offset()
			if r.Skip(); kind == "object" || kind == "array" && level < 2 {
				f.walk(part(start), name, level+1)
			}
			if f.more || f.looked > most {
				return
			}
		}
		return
	}
	if r.Kind() != "object" {
		return
	}
	d := f.parts(p)
	is := func(all ...string) bool {
		for _, key := range all {
			if d.at[key] == 0 {
				return false
			}
		}
		return true
	}
	title := f.title(d, name)
	switch {
	case is("lattice_vectors", "species_at_sites") && (is("cartesian_site_positions") || is("fractional_site_positions")):
		f.keep(f.optimade(d, title))
	case is("lattice_mat", "coords", "elements"):
		f.keep(f.jarvis(d, title))
	case is("geometry", "species", "composition") && (is("positions_fractional") || is("positions_cartesian")):
		f.keep(f.aflow(d, title))
	case is("lattice", "species", "coords") && !is("sites"):
		f.keep(f.listed(d, title))
	case (is("cell") && (is("positions") || is("scaled_positions"))) && (is("numbers") || is("symbols") || is("chemical_symbols")):
		f.keep(f.ase(d, title))
	case is("lattice", "sites"), is("structure") && f.holds(d.at["structure"]), is("final_structure") && f.holds(d.at["final_structure"]):
		var doc mpDocument
		r := f.at(p)
		if doc.read(r); r.Err() != nil {
			f.keep(nil, f.fault(r.Err()))
			return
		}
		m, err := f.material(doc)
		if err == nil && m.Formula == "" && title != "" {
			m.Structure.Name = title
		}
		f.keep(m.Structure, err)
	default:
		for i, inner := range d.inner {
			child := d.names[i]
			switch child {
			case "attributes", "data", "response", "atoms", "structures", "materials", "results", "entries", "1":
				child = title
			}
			f.walk(inner, child, level+1)
		}
	}
}

// holds tells whether an object has a lattice and sites.
func (f *jsonFinder) holds(p part) bool {
	if f.at(p).Kind() != "object" {
		return false
	}
	d := f.parts(p)
	return d.at["lattice"] > 0 && d.at["sites"] > 0
}

// parts notes where the members of an object begin.
func (f *jsonFinder) parts(p part) jsonParts {
	d := jsonParts{at: make(map[string]part, 4)}
	r := f.at(p)
	for r.Begin('{'); r.Member(); {
		name := string(r.Name)
		kind, start := r.Kind(), r.Offset()
		r.Skip()
		for _, key := range jsonKeys {
			if key == name && kind != "null" {
				d.at[key] = part(start)
			}
		}
		if (kind == "object" || kind == "array") && len(d.inner) < 4*maxBlocks {
			d.names = append(d.names, short(name, 80))
			d.inner = append(d.inner, part(start))
		}
	}
	return d
}

// title returns what a structure is called: its own name or formula, or what
// its parent calls it.
func (f *jsonFinder) title(d jsonParts, name string) string {
	for _, key := range []string{"name", "formula_pretty", "chemical_formula_descriptive", "chemical_formula_reduced", "formula", "jid", "material_id", "id"} {
		if r := f.at(d.at[key]); d.at[key] > 0 && r.Kind() == "string" {
			var s string
			if r.String(&s); s != "" && len(s) <= 80 {
				return s
			}
		}
	}
	return name
}

// keep takes a structure, or notes why there is none.
func (f *jsonFinder) keep(s *crystal.Structure, err error) {
	if none, ok := err.(*NoAtomsError); ok {
		if f.empty == nil {
			f.empty = none
		}
		return
	}
	if err != nil {
		if f.bad++; f.first == nil {
			f.first = err
		}
		return
	}
	if f.sites += len(s.Sites); len(f.list) == maxBlocks || f.sites > 2*MaxSites && len(f.list) > 0 {
		f.more = true
		return
	}
	f.list = append(f.list, s)
}

// numbersAt reads a list of numbers, or of lists of as many numbers, in one
// row. ASE writes {"__ndarray__": [shape, type, [numbers]]} for a list, and an
// object around that. The second result is false for anything else.
func (f *jsonFinder) numbersAt(p part, most int) ([]float64, bool) {
	var out []float64
	r := f.at(p)
	ok := p > 0 && readRow(r, &out, most, 0)
	return out, ok && r.Err() == nil
}

func readRow(r *jsontext.Reader, out *[]float64, most, level int) bool {
	switch r.Kind() {
	case "number", "string":
		if level == 0 && r.Kind() == "string" {
			return readWords(r, out, most)
		}
		var v float64
		r.Float(&v)
		*out = append(*out, v)
		return len(*out) <= most
	case "array":
		ok := level < 4
		for r.Begin('['); r.Element(); {
			if !ok {
				r.Skip()
				continue
			}
			ok = readRow(r, out, most, level+1)
		}
		return ok
	case "object":
		ok := false
		for r.Begin('{'); r.Member(); {
			switch name := string(r.Name); {
			case name == "__ndarray__" && r.Kind() == "array":
				n := 0
				for r.Begin('['); r.Element(); n++ {
					if n != 2 {
						r.Skip()
						continue
					}
					ok = readRow(r, out, most, level+1)
				}
			case (name == "array" || name == "cell") && level < 4:
				ok = readRow(r, out, most, level+1)
			default:
				r.Skip()
			}
		}
		return ok
	}
	r.Skip()
	return false
}

// readWords reads the numbers of a string, "4 0 0  0 4 0  0 0 4".
func readWords(r *jsontext.Reader, out *[]float64, most int) bool {
	var text string
	r.String(&text)
	for _, w := range strings.FieldsFunc(text, func(c rune) bool { return strings.ContainsRune(" \t\r\n,;[]()", c) }) {
		v, ok := parseFraction([]byte(w))
		if *out = append(*out, v); !ok || len(*out) > most {
			return false
		}
	}
	return len(*out) > 0
}

// wordsAt reads a list of strings.
func (f *jsonFinder) wordsAt(p part) []string {
	r := f.at(p)
	var out []string
	if p == 0 || r.Kind() != "array" {
		return nil
	}
	for r.Begin('['); r.Element(); {
		s := ""
		if r.Kind() == "string" {
			r.String(&s)
		} else {
			r.Skip()
		}
		if len(out) <= MaxSites {
			out = append(out, s)
		}
	}
	return out
}

// fail is a fault of the value at p.
func (f *jsonFinder) wrong(p part, msg string) error {
	return f.fail(int(p), f.standing(int(p), msg))
}

// frame begins a structure with the vectors at p and the positions at q.
func (f *jsonFinder) frame(title string, p, q part, cartesian bool) (*crystal.Structure, basis, []crystal.Frac, error) {
	v, ok := f.numbersAt(p, 9)
	if ok && len(v) == 3 {
		v = []float64{v[0], 0, 0, 0, v[1], 0, 0, 0, v[2]}
	}
	if ok && len(v) == 6 {
		l, err := crystal.NewLattice(crystal.Cell{A: v[0], B: v[1], C: v[2], Alpha: v[3], Beta: v[4], Gamma: v[5]})
		if err != nil {
			return nil, basis{}, nil, f.wrong(p, trimmedError(err.Error()).Error())
		}
		v = v[:0]
		for _, h := range []crystal.Frac{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}} {
			r := l.Cart(h)
			v = append(v, r.X, r.Y, r.Z)
		}
	}
	if !ok || len(v) != 9 {
		return nil, basis{}, nil, f.wrong(p, "expected three cell vectors of three numbers")
	}
	b, err := newBasis(geom.Vec{X: v[0], Y: v[1], Z: v[2]}, geom.Vec{X: v[3], Y: v[4], Z: v[5]}, geom.Vec{X: v[6], Y: v[7], Z: v[8]})
	if err != nil {
		return nil, b, nil, f.wrong(p, err.Error())
	}
	x, ok := f.numbersAt(q, 3*MaxSites)
	if !ok || len(x)%3 != 0 {
		return nil, b, nil, f.wrong(q, "expected at most "+count(MaxSites)+" positions of three numbers")
	}
	list := make([]crystal.Frac, 0, len(x)/3)
	for i := 0; i < len(x); i += 3 {
		at := b.turn(crystal.Frac{x[i], x[i+1], x[i+2]})
		if cartesian {
			at = b.frac(geom.Vec{X: x[i], Y: x[i+1], Z: x[i+2]})
		}
		if !(math.Abs(at[0])+math.Abs(at[1])+math.Abs(at[2]) < 1e4) {
			return nil, b, nil, f.wrong(q, "expected coordinates in position "+count(i/3+1))
		}
		list = append(list, at)
	}
	return &crystal.Structure{Name: title, Lattice: b.lattice}, b, list, nil
}

// close makes the sites from what stands on each position.
func (f *jsonFinder) close(s *crystal.Structure, b basis, at []crystal.Frac, kind func(i int, kinds *species) []share) (*crystal.Structure, error) {
	var kinds species
	var sites []crystal.Site
	for i, x := range at {
		for _, k := range kind(i, &kinds) {
			if k.part > 0 && len(sites) < MaxSites {
				sites = append(sites, crystal.Site{Z: k.z, Frac: x, Occ: k.part, B: math.NaN()})
			}
		}
	}
	if len(at) == 0 {
		return nil, &NoAtomsError{Format: JSON, Structure: s}
	}
	out, err := finish(JSON, s, sites, &kinds, len(at), b.flipped)
	if err == nil && out.Name == "" {
		out.Name = out.Formula()
	}
	return out, err
}

// optimade reads the attributes of an entry of an OPTIMADE provider (Andersen
// et al., Sci. Data 8 (2021) 217): vectors and positions in Å.
func (f *jsonFinder) optimade(d jsonParts, title string) (*crystal.Structure, error) {
	cartesian := d.at["cartesian_site_positions"] > 0
	q := d.at["fractional_site_positions"]
	if cartesian {
		q = d.at["cartesian_site_positions"]
	}
	s, b, at, err := f.frame(title, d.at["lattice_vectors"], q, cartesian)
	if err != nil {
		return nil, err
	}
	names := f.wordsAt(d.at["species_at_sites"])
	if len(names) != len(at) {
		return nil, f.wrong(d.at["species_at_sites"], "expected "+plural(len(at), "name")+" of species, one for each position, found "+count(len(names)))
	}
	table, attached := map[string][]mpSpecies{}, false
	if r := f.at(d.at["species"]); d.at["species"] > 0 && r.Kind() == "array" {
		for r.Begin('['); r.Element(); {
			attached = f.optimadeSpecies(r, table) || attached
		}
	}
	if attached {
		s.Notes = append(s.Notes, attachedNote)
	}
	return f.close(s, b, at, func(i int, kinds *species) (list []share) {
		known, ok := table[names[i]]
		if !ok {
			known = []mpSpecies{{element: names[i], occ: 1}}
		}
		for _, k := range known {
			if z, ok := kinds.element(short(k.element, 40), ""); ok {
				list = append(list, share{z, kinds.clip(k.occ, short(names[i], 40))})
			}
		}
		return list
	})
}

// optimadeSpecies reads one species: symbols with their concentrations. It tells
// whether other atoms, without positions, are attached to it.
func (f *jsonFinder) optimadeSpecies(r *jsontext.Reader, table map[string][]mpSpecies) (attached bool) {
	if r.Kind() != "object" {
		r.Skip()
		return false
	}
	name := ""
	var symbols, parts part
	for r.Begin('{'); r.Member(); {
		switch string(r.Name) {
		case "name":
			if r.Kind() == "string" {
				r.String(&name)
			} else {
				r.Skip()
			}
		case "chemical_symbols":
			symbols = here(r)
		case "concentration":
			parts = here(r)
		case "attached":
			attached = len(f.wordsAt(here(r))) > 0
		default:
			r.Skip()
		}
	}
	var list []mpSpecies
	occ, _ := f.numbersAt(parts, 100)
	for i, symbol := range f.wordsAt(symbols) {
		if i >= 100 {
			break
		}
		k := mpSpecies{element: symbol, occ: 1}
		if i < len(occ) {
			k.occ = occ[i]
		}
		list = append(list, k)
	}
	if len(list) > 0 && len(table) <= MaxSites {
		table[name] = list
	}
	return attached
}

// attachedNote is the note on atoms that a file attaches to others.
const attachedNote = "Atoms that the file attaches to others, mostly hydrogen, have no positions; intensities leave them out."

// jarvis reads a dictionary of JARVIS: positions in fractions of the cell, or
// in Å if it says cartesian.
func (f *jsonFinder) jarvis(d jsonParts, title string) (*crystal.Structure, error) {
	cartesian := false
	if r := f.at(d.at["cartesian"]); d.at["cartesian"] > 0 {
		if r.Kind() == "bool" {
			r.Bool(&cartesian)
		} else if r.Kind() == "string" {
			var word string
			r.String(&word)
			cartesian = strings.EqualFold(word, "true")
		}
	}
	s, b, at, err := f.frame(title, d.at["lattice_mat"], d.at["coords"], cartesian)
	if err != nil {
		return nil, err
	}
	return f.named(s, b, at, f.wordsAt(d.at["elements"]), d.at["elements"])
}

// named ends a structure with one symbol for each position.
func (f *jsonFinder) named(s *crystal.Structure, b basis, at []crystal.Frac, names []string, p part) (*crystal.Structure, error) {
	if len(names) != len(at) {
		return nil, f.wrong(p, "expected "+plural(len(at), "element")+", one for each position, found "+count(len(names)))
	}
	return f.close(s, b, at, func(i int, kinds *species) []share {
		list, _ := kinds.read(short(names[i], 40), "")
		return list
	})
}

// aflow reads an entry of AFLOW: six parameters of the cell, elements with how
// many atoms each has, and the positions in that order.
func (f *jsonFinder) aflow(d jsonParts, title string) (*crystal.Structure, error) {
	q := d.at["positions_fractional"]
	s, b, at, err := f.frame(title, d.at["geometry"], cmp.Or(q, d.at["positions_cartesian"]), q == 0)
	if err != nil {
		return nil, err
	}
	amounts, _ := f.numbersAt(d.at["composition"], 1000)
	var names []string
	for i, name := range f.wordsAt(d.at["species"]) {
		for n := 0; i < len(amounts) && float64(n) < amounts[i] && len(names) <= len(at); n++ {
			names = append(names, strings.TrimSpace(name))
		}
	}
	return f.named(s, b, at, names, d.at["species"])
}

// listed reads the three arguments of pymatgen's Structure: vectors, a symbol
// for each position, fractions of the cell.
func (f *jsonFinder) listed(d jsonParts, title string) (*crystal.Structure, error) {
	s, b, at, err := f.frame(title, d.at["lattice"], d.at["coords"], false)
	if err != nil {
		return nil, err
	}
	return f.named(s, b, at, f.wordsAt(d.at["species"]), d.at["species"])
}

// ase reads a dictionary of ASE: atomic numbers or symbols, a cell and
// positions in Å, or fractions if they are called scaled.
func (f *jsonFinder) ase(d jsonParts, title string) (*crystal.Structure, error) {
	cartesian := d.at["positions"] > 0
	q := d.at["scaled_positions"]
	if cartesian {
		q = d.at["positions"]
	}
	s, b, at, err := f.frame(title, d.at["cell"], q, cartesian)
	if err != nil {
		return nil, err
	}
	for _, key := range []string{"symbols", "chemical_symbols"} {
		if p := d.at[key]; p > 0 {
			if r := f.at(p); r.Kind() == "string" {
				var formula string
				r.String(&formula)
				return f.named(s, b, at, symbolList(formula, len(at)), p)
			}
			return f.named(s, b, at, f.wordsAt(p), p)
		}
	}
	p := d.at["numbers"]
	numbers, ok := f.numbersAt(p, MaxSites)
	if !ok || len(numbers) != len(at) {
		return nil, f.wrong(p, "expected "+plural(len(at), "atomic number")+", one for each position, found "+count(len(numbers)))
	}
	return f.close(s, b, at, func(i int, kinds *species) []share {
		z := numbers[i]
		if z != math.Trunc(z) || z < 1 || z > float64(atom.MaxZ) {
			if z == 0 {
				addOnce(&kinds.vacant, "X")
			} else {
				addOnce(&kinds.unknown, strconv.FormatFloat(z, 'g', 6, 64))
			}
			return nil
		}
		return []share{{atom.Z(z), 1}}
	})
}

// symbolList writes out a list of symbols with repetitions, "Mg4O4", for at
// most n atoms and one more.
func symbolList(s string, n int) (list []string) {
	for s != "" && len(list) <= n {
		size := 1
		for size < len(s) && s[size] >= 'a' && s[size] <= 'z' {
			size++
		}
		symbol, rest := s[:size], s[size:]
		digits := rest[:len(rest)-len(strings.TrimLeft(rest, "0123456789"))]
		s = rest[len(digits):]
		times, err := strconv.Atoi(digits)
		if err != nil {
			times = 1
		}
		for range min(times, n+1) {
			list = append(list, symbol)
		}
	}
	return list
}
