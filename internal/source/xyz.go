package source

import (
	"bytes"
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"zoneaxis/internal/atom"
	"zoneaxis/internal/crystal"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/lean/jsontext"
)

// decodeXYZ reads an extended XYZ file: for each frame the number of atoms, a
// line of key=value pairs with at least Lattice="ax ay az bx by bz cx cy cz"
// (Å), and one line an atom. Properties tells the columns; without it they are
// the symbol and three Cartesian coordinates in Å. The cell may also stand in
// the second line as "cell 4 4 4 90 90 90" or as numbers alone, or in lines
// Tv x y z or VEC1 x y z among the atoms. Frames that cannot be read are left
// out with a note, if there is another.
//
// Files of computem and prismatic have the same ending: a comment, the three
// edges of a box, and lines Z x y z occupancy u up to one with −1.
func decodeXYZ(data []byte) ([]*crystal.Structure, error) {
	if isComputem(data) {
		return one(decodeComputem(data))
	}
	r := &lineReader{data: data}
	var list []*crystal.Structure
	var first error
	var left, notes []string
	total := 0
	for frame := 1; ; frame++ {
		row, ok := r.next()
		for ok && (len(bytes.TrimSpace(row)) == 0 || isVector(bytes.Fields(row)[0])) {
			row, ok = r.next()
		}
		if !ok {
			break
		}
		if len(list) == maxBlocks {
			notes = append(notes, "Only the first "+count(maxBlocks)+" frames are read.")
			break
		}
		n, err := strconv.Atoi(string(atomCount(row)))
		if err != nil || n < 1 {
			if first == nil {
				first = &SyntaxError{XYZ, r.line, "expected the number of atoms, found " + found(row)}
			}
			left = append(left, strconv.Itoa(frame))
			r.seekFrame()
			continue
		}
		if total += n; n > MaxSites || total > MaxSites {
			if len(list) > 0 {
				notes = append(notes, "Only the first "+plural(len(list), "frame")+" of the file could be read: it holds more than "+count(MaxSites)+" atoms.")
				break
			}
			return nil, &SyntaxError{XYZ, r.line, "expected at most " + count(MaxSites) + " atoms, found more"}
		}
		next := *r
		s, err := r.frame(n)
		if err != nil {
			if first == nil {
				first = err
			}
			left = append(left, strconv.Itoa(frame))
			*r = next
			r.passFrame(n)
			continue
		}
		if s.Name == "" {
			s.Name = s.Formula()
		}
		s.Block = "frame " + strconv.Itoa(frame)
		list = append(list, s)
	}
	if len(list) == 0 {
		if first == nil {
			first = &SyntaxError{XYZ, r.line, "expected the number of atoms, found nothing"}
		}
		return nil, first
	}
	if len(left) > 0 {
		notes = append(notes, "Not read: frame "+join(left, 6)+". "+first.Error())
	}
	list[0].Notes = append(list[0].Notes, notes...)
	if len(list) > 1 {
		for _, s := range list {
			s.Name += ", " + s.Block
		}
	}
	return list, nil
}

// atomCount is the first line of a frame without the word atoms behind the
// number.
func atomCount(row []byte) []byte {
	row = bytes.TrimSpace(row)
	for _, word := range []string{"atoms", "atom"} {
		if at := len(row) - len(word); at > 0 && bytes.EqualFold(row[at:], []byte(word)) {
			return bytes.TrimSpace(row[:at])
		}
	}
	return row
}

// passFrame goes to where the next frame should begin after one of n atoms that
// could not be read: behind its atoms, or, if no frame begins there, to the
// next line that begins one.
func (r *lineReader) passFrame(n int) {
	after := *r
	for range n + 1 {
		if _, ok := after.next(); !ok {
			break
		}
	}
	ahead := after
	row, ok := ahead.next()
	if _, err := strconv.Atoi(string(bytes.TrimSpace(row))); !ok || err == nil || len(bytes.TrimSpace(row)) == 0 {
		*r = after
		return
	}
	r.seekFrame()
}

// seekFrame goes to the next number of atoms that stands before a line with a
// lattice, or to the end.
func (r *lineReader) seekFrame() {
	for at := *r; ; {
		before := at
		row, ok := at.next()
		if !ok {
			*r = at
			return
		}
		if _, err := strconv.Atoi(string(bytes.TrimSpace(row))); err != nil {
			continue
		}
		second, _ := cutLine(at.data, at.pos)
		if hasLattice(second) {
			*r = before
			return
		}
	}
}

// isComputem tells a file of computem or prismatic: three edges in the second
// line, and in the third an atomic number and at least four numbers more.
func isComputem(data []byte) bool {
	_, next := cutLine(data, 0)
	second, next := cutLine(data, next)
	third, _ := cutLine(data, next)
	if len(second) > 1000 || len(third) > 1000 {
		return false
	}
	f := bytes.Fields(third)
	if edges, ok := numbers(second, 3); !ok || len(bytes.Fields(second)) != 3 || !(edges[0] > 0) || len(f) < 5 || len(f) > 6 {
		return false
	}
	for _, field := range f {
		if _, ok := parseFloat(field); !ok {
			return false
		}
	}
	z, err := strconv.Atoi(string(f[0]))
	return err == nil && z >= 1 && z <= int(atom.MaxZ)
}

// decodeComputem reads such a file. The last column is the root mean square
// displacement along one direction, Å: B = 8π² u².
func decodeComputem(data []byte) (*crystal.Structure, error) {
	r := &lineReader{data: data}
	comment, _ := r.next()
	row, _ := r.next()
	edges, _ := numbers(row, 3)
	lattice, err := crystal.NewLattice(crystal.Cell{A: edges[0], B: edges[1], C: edges[2], Alpha: 90, Beta: 90, Gamma: 90})
	if err != nil {
		return nil, &SyntaxError{XYZ, r.line, trimmedError(err.Error()).Error()}
	}
	s := &crystal.Structure{Name: strings.Join(strings.Fields(text(comment)), " "), Lattice: lattice}
	if len(s.Name) > 80 {
		s.Name = ""
	}
	var kinds species
	var sites []crystal.Site
	listed, closed := 0, false
	for {
		row, ok := r.next()
		f := bytes.Fields(row)
		if !ok {
			break
		}
		if len(f) == 0 {
			continue
		}
		if string(f[0]) == "-1" {
			closed = true
			break
		}
		if listed++; listed > MaxSites {
			return nil, &SyntaxError{XYZ, r.line, "expected at most " + count(MaxSites) + " atoms, found more"}
		}
		v := [6]float64{4: 1}
		for k := range min(6, len(f)) {
			if v[k], ok = parseFloat(f[k]); !ok {
				return nil, &SyntaxError{XYZ, r.line, "expected a number, found " + found(f[k])}
			}
		}
		z := v[0]
		if len(f) < 4 || z != math.Trunc(z) || z < 1 || z > float64(atom.MaxZ) {
			return nil, &SyntaxError{XYZ, r.line, "expected an atomic number and three coordinates, found " + found(row)}
		}
		if math.Abs(v[1])+math.Abs(v[2])+math.Abs(v[3]) > 1e6 {
			return nil, &SyntaxError{XYZ, r.line, "expected coordinates, found " + found(row)}
		}
		a := crystal.Site{Z: atom.Z(z), Occ: min(v[4], 1), B: math.NaN()}
		a.Frac = crystal.Frac{v[1] / edges[0], v[2] / edges[1], v[3] / edges[2]}
		if len(f) > 5 && v[5] > 0 && v[5] < 5 {
			a.B = 8 * math.Pi * math.Pi * v[5] * v[5]
			s.BSource = "measured"
		}
		if a.Occ > 0 {
			sites = append(sites, a)
		}
	}
	if !closed {
		s.Notes = append(s.Notes, "The file ends without the line -1 that closes its list of atoms; atoms may be missing.")
	}
	if len(sites) == 0 {
		return nil, &NoAtomsError{Format: XYZ, Structure: s}
	}
	return finish(XYZ, s, sites, &kinds, listed, false)
}

// frame reads one frame of n atoms from behind its first line.
func (r *lineReader) frame(n int) (*crystal.Structure, error) {
	fail := func(msg string) (*crystal.Structure, error) { return nil, &SyntaxError{XYZ, r.line, msg} }
	row, _ := r.next()
	keys := xyzKeys(text(row))
	v, err := xyzLattice(text(row), keys)
	line := r.line
	if err == errNoLattice {
		v, err = r.vectors(n)
	}
	if err == errNoLattice {
		r.line = line
		return fail(err.Error() + ", found " + found(row) + ": a plain XYZ file has no cell, and a crystal needs one")
	}
	if err != nil {
		return fail(err.Error())
	}
	basis, err := newBasis(v[0], v[1], v[2])
	if err != nil {
		return fail(err.Error())
	}
	s := &crystal.Structure{Name: keys["name"], Lattice: basis.lattice}
	if len(s.Name) > 80 {
		s.Name = ""
	}
	if pbc, ok := keys["pbc"]; ok && strings.ContainsAny(pbc, "fF0") {
		s.Notes = append(s.Notes, "The file says that it is not periodic along every axis; it is treated as if it were.")
	}
	origin := geom.Vec{}
	if o, ok := numbers([]byte(keys["origin"]), 3); ok {
		origin = geom.Vec{X: o[0], Y: o[1], Z: o[2]}
	}
	col, width, err := xyzColumns(keys["properties"])
	if err != nil {
		return fail(err.Error())
	}
	shares := aseOccupancies(keys["occupancy"])
	if shares != nil && (col.kind < 0 || col.occ >= 0) {
		s.Notes = append(s.Notes, "The occupancies in the line before the atoms are not read: no column spacegroup_kinds says whose they are.")
		shares = nil
	}
	var kinds species
	listed := n
	sites := make([]crystal.Site, 0, min(n, 4096))
	for i := range n {
		row, ok := r.next()
		if !ok {
			return fail("expected " + plural(n, "atom") + ", found " + count(i))
		}
		f := bytes.Fields(row)
		if len(f) < width {
			return fail("expected " + plural(width, "column") + ", found " + found(row))
		}
		var p [3]float64
		for k := range 3 {
			if p[k], ok = parseFloat(f[col.pos+k]); !ok || math.Abs(p[k]) > 1e6 {
				return fail("expected a number, found " + found(f[col.pos+k]))
			}
		}
		a := crystal.Site{Occ: 1, B: math.NaN()}
		a.Frac = basis.frac(geom.Vec{X: p[0], Y: p[1], Z: p[2]}.Sub(origin))
		if col.occ >= 0 {
			if a.Occ, ok = parseFloat(f[col.occ]); !ok {
				return fail("expected an occupancy from 0 to 1, found " + found(f[col.occ]))
			}
			a.Occ = kinds.clip(a.Occ, short(text(f[max(col.species, col.number)]), 40))
		}
		if shares != nil {
			if list, ok := shares[string(f[col.kind])]; ok {
				for _, part := range list {
					if z, ok := kinds.element(part.element, ""); ok {
						if occ := kinds.clip(part.occ, part.element); occ > 0 {
							sites = append(sites, crystal.Site{Z: z, Frac: a.Frac, Occ: occ, B: a.B})
						}
					}
				}
				continue
			}
		}
		name := f[max(col.species, col.number)]
		if isVector(name) {
			listed--
			continue
		}
		if z, err := strconv.Atoi(string(name)); err == nil {
			if z < 1 || z > int(atom.MaxZ) {
				addOnce(&kinds.unknown, short(string(name), 40))
				continue
			}
			a.Z = atom.Z(z)
		} else if a.Z, ok = kinds.element("", short(text(name), 40)); !ok {
			continue
		}
		if a.Occ > 0 {
			sites = append(sites, a)
		}
	}
	return finish(XYZ, s, sites, &kinds, listed, basis.flipped)
}

// aseOccupancies reads what ASE writes of mixed sites, _JSON {"0": {"Fe": 0.6,
// "Co": 0.4}}: for each kind of site its elements. It is nil for anything else.
func aseOccupancies(value string) map[string][]mpSpecies {
	text := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(value), "_JSON"))
	if !strings.HasPrefix(text, "{") || len(text) > 1<<16 {
		return nil
	}
	r := jsontext.NewReader([]byte(text))
	out := map[string][]mpSpecies{}
	for r.Begin('{'); r.Member(); {
		kind := string(r.Name)
		var list []mpSpecies
		for r.Begin('{'); r.Member(); {
			part := mpSpecies{element: string(r.Name)}
			r.Float(&part.occ)
			list = append(list, part)
		}
		out[kind] = list
	}
	if r.Close() != nil || len(out) == 0 {
		return nil
	}
	return out
}

// errNoLattice is told of a frame whose second line holds no cell.
const errNoLattice = trimmedError("expected Lattice=\"…\" with the cell vectors")

// cellKeys are words for the cell in the second line of a frame.
var cellKeys = []string{"lattice", "cell", "unitcell", "unit_cell", "box", "crystal_cell", "cryst", "pbc_cell"}

// xyzLattice finds the cell vectors in the second line of a frame: nine numbers
// of the vectors, six of edges and angles, or three edges of a box; as a key
// with a value, behind a word such as "cell", or alone.
func xyzLattice(line string, keys map[string]string) (v [3]geom.Vec, err error) {
	text := ""
	for _, key := range cellKeys {
		if text == "" {
			text = keys[key]
		}
	}
	if _, rest, ok := cutFold(line, "unitcell"); ok && keys["unitcell"] == "" {
		text = rest // of Jmol: unitcell [ 4 4 4 90 90 90 ]
	}
	given := text != ""
	plain := func(s string) []string {
		return strings.FieldsFunc(s, func(c rune) bool { return strings.ContainsRune(" \t,;:=[](){}\"'", c) })
	}
	f := plain(text)
	if _, rest, ok := cutFold(line, text); ok && len(f) == 1 {
		f = plain(text + " " + rest) // unit_cell=4 4 4 90 90 90, without quotes
	}
	if !given && len(line) < 1000 {
		f = plain(line)
		for len(f) > 0 && slices.Contains(cellKeys, strings.ToLower(f[0])) {
			f, given = f[1:], true
		}
	}
	var n [9]float64
	for i := range min(9, len(f)) {
		var ok bool
		if n[i], ok = parseFloat([]byte(f[i])); !ok {
			f = f[:i]
			break
		}
	}
	switch {
	case len(f) == 9:
		return [3]geom.Vec{{X: n[0], Y: n[1], Z: n[2]}, {X: n[3], Y: n[4], Z: n[5]}, {X: n[6], Y: n[7], Z: n[8]}}, nil
	case keys["lattice"] == "" && (len(f) == 6 || len(f) == 3 && given):
		if len(f) == 3 {
			n[3], n[4], n[5] = 90, 90, 90
		}
		l, err := crystal.NewLattice(crystal.Cell{A: n[0], B: n[1], C: n[2], Alpha: n[3], Beta: n[4], Gamma: n[5]})
		if err != nil {
			return v, trimmedError(err.Error())
		}
		for k, h := range []crystal.Frac{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}} {
			v[k] = l.Cart(h)
		}
		return v, nil
	case given:
		return v, trimmedError("expected nine numbers in Lattice=\"…\", found " + found([]byte(cmp.Or(text, line))))
	}
	return v, errNoLattice
}

// cutFold is strings.Cut in any case of letters.
func cutFold(s, sep string) (before, after string, ok bool) {
	if at := strings.Index(strings.ToLower(s), strings.ToLower(sep)); at >= 0 && len(sep) > 0 && at+len(sep) <= len(s) {
		return s[:at], s[at+len(sep):], true
	}
	return s, "", false
}

// isVector tells the lines of a cell vector among the atoms: Tv, VEC1.
func isVector(name []byte) bool {
	return bytes.EqualFold(name, []byte("tv")) || len(name) == 4 && hasFold(name, "vec") && name[3] >= '1' && name[3] <= '3'
}

// vectors looks for the three cell vectors among the n lines that follow and
// behind them, without passing the lines.
func (r *lineReader) vectors(n int) (v [3]geom.Vec, err error) {
	ahead := *r
	have := 0
	for lines := n + 3; lines > 0; lines-- {
		row, ok := ahead.next()
		if !ok {
			break
		}
		f := bytes.Fields(row)
		if len(f) == 0 {
			lines++ // a blank line stands before the vectors
		}
		if len(f) < 4 || !isVector(f[0]) {
			continue
		}
		x, ok := numbers(row[bytes.Index(row, f[0])+len(f[0]):], 3)
		if !ok {
			return v, trimmedError("expected three numbers, found " + found(row))
		}
		if have < 3 {
			v[have] = geom.Vec{X: x[0], Y: x[1], Z: x[2]}
		}
		have++
	}
	if have != 3 {
		return v, errNoLattice
	}
	return v, nil
}

// xyzKeys reads the key=value pairs of the second line; values may stand in
// quotes or brackets. Keys are folded to lower case.
func xyzKeys(line string) map[string]string {
	keys := map[string]string{}
	for i := 0; i < len(line); {
		for i < len(line) && (line[i] == ' ' || line[i] == '\t') {
			i++
		}
		start := i
		for i < len(line) && line[i] != '=' && line[i] != ' ' && line[i] != '\t' {
			i++
		}
		key := strings.ToLower(line[start:i])
		j := i
		for j < len(line) && line[j] == ' ' {
			j++
		}
		if j == len(line) || line[j] != '=' {
			continue // a word or a flag without a value
		}
		for i = j + 1; i < len(line) && line[i] == ' '; {
			i++
		}
		if i == len(line) {
			break
		}
		end := -1
		if c := strings.IndexByte(`"'{[`, line[i]); c >= 0 {
			closing := `"'}]`[c]
			i++
			if closing == ']' {
				// Brackets may nest: [[1, 0, 0], …].
				end = nested(line[i:])
			} else {
				end = closingQuote(line[i:], closing)
			}
			if end < 0 {
				end = len(line) - i
			}
			keys[key] = strings.ReplaceAll(line[i:i+end], `\"`, `"`)
			i = min(i+end+1, len(line))
			continue
		}
		if end = strings.IndexAny(line[i:], " \t"); end < 0 {
			end = len(line) - i
		}
		keys[key] = line[i : i+end]
		i += end
	}
	return keys
}

// closingQuote returns where a value ends, at the first quote that has no
// backslash before it, or −1.
func closingQuote(s string, quote byte) int {
	for i := range len(s) {
		if s[i] == quote && (i == 0 || s[i-1] != '\\') {
			return i
		}
	}
	return -1
}

// nested returns where the bracket closes that was opened before s, or −1.
func nested(s string) int {
	depth := 1
	for i := range len(s) {
		switch s[i] {
		case '[':
			depth++
		case ']':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// xyzLayout holds the numbers of columns, −1 for one that is not there.
type xyzLayout struct{ species, number, pos, occ, kind int }

// xyzColumns reads Properties=species:S:1:pos:R:3:… and returns the layout and
// the number of columns.
func xyzColumns(properties string) (xyzLayout, int, error) {
	if properties == "" {
		return xyzLayout{species: 0, number: -1, pos: 1, occ: -1, kind: -1}, 4, nil
	}
	out := xyzLayout{-1, -1, -1, -1, -1}
	f := strings.Split(properties, ":")
	bad := trimmedError("expected Properties=species:S:1:pos:R:3, found " + found([]byte(properties)))
	if len(f)%3 != 0 {
		return out, 0, bad
	}
	width := 0
	for i := 0; i < len(f); i += 3 {
		n, err := strconv.Atoi(f[i+2])
		if err != nil || n < 1 || n > 1000 || width > 10000 {
			return out, 0, bad
		}
		switch name := strings.ToLower(f[i]); {
		case (name == "species" || name == "symbol" || name == "symbols" || name == "element" || name == "elements") && n == 1:
			out.species = width
		case (name == "z" || name == "numbers") && n == 1:
			out.number = width
		case (name == "pos" || name == "position" || name == "positions" || name == "coordinates") && n == 3:
			out.pos = width
		case (name == "occupancy" || name == "occupancies" || name == "occ" || name == "site_occupancy") && n == 1:
			out.occ = width
		case name == "spacegroup_kinds" && n == 1:
			out.kind = width
		}
		width += n
	}
	if out.pos < 0 || out.species < 0 && out.number < 0 {
		return out, 0, bad
	}
	if out.species >= 0 {
		out.number = -1
	}
	return out, width, nil
}
