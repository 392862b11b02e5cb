package source

import (
	"bytes"
	"math"
	"strconv"
	"strings"

	"zoneaxis/internal/atom"
	"zoneaxis/internal/crystal"
	"zoneaxis/internal/geom"
)

// decodeXYZ reads an extended XYZ file: for each frame the number of atoms, a
// line of key=value pairs with at least Lattice="ax ay az bx by bz cx cy cz"
// (Å), and one line an atom. Properties tells the columns; without it they are
// the symbol and three Cartesian coordinates in Å.
func decodeXYZ(data []byte) ([]*crystal.Structure, error) {
	r := &lineReader{data: data}
	var list []*crystal.Structure
	total := 0
	for {
		row, ok := r.next()
		for ok && len(bytes.TrimSpace(row)) == 0 {
			row, ok = r.next()
		}
		if !ok {
			break
		}
		if len(list) == maxBlocks {
			list[0].Notes = append(list[0].Notes, "Only the first "+count(maxBlocks)+" frames are read.")
			break
		}
		n, err := strconv.Atoi(string(bytes.TrimSpace(row)))
		if err != nil || n < 1 {
			return nil, &SyntaxError{XYZ, r.line, "expected the number of atoms, found " + found(row)}
		}
		if total += n; n > MaxSites || total > MaxSites {
			if len(list) > 0 {
				list[0].Notes = append(list[0].Notes, "Only the first "+plural(len(list), "frame")+" of the file could be read: it holds more than "+count(MaxSites)+" atoms.")
				break
			}
			return nil, &SyntaxError{XYZ, r.line, "expected at most " + count(MaxSites) + " atoms"}
		}
		s, err := r.frame(n)
		if err != nil {
			return nil, err
		}
		if s.Name == "" {
			s.Name = s.Formula()
		}
		list = append(list, s)
	}
	if len(list) == 0 {
		return nil, &SyntaxError{XYZ, r.line, "expected the number of atoms, found nothing"}
	}
	if len(list) > 1 {
		for i, s := range list {
			s.Name += ", frame " + strconv.Itoa(i+1)
		}
	}
	return list, nil
}

// frame reads one frame of n atoms from behind its first line.
func (r *lineReader) frame(n int) (*crystal.Structure, error) {
	fail := func(msg string) (*crystal.Structure, error) { return nil, &SyntaxError{XYZ, r.line, msg} }
	row, _ := r.next()
	keys := xyzKeys(text(row))
	lattice, ok := keys["lattice"]
	if !ok {
		return fail("expected Lattice=\"…\" with the cell vectors: a plain XYZ file has no cell, and a crystal needs one")
	}
	f := strings.Fields(strings.Map(func(c rune) rune {
		if strings.ContainsRune(",[]{}", c) {
			return ' '
		}
		return c
	}, lattice))
	var v [9]float64
	for i := range v {
		if len(f) == 9 {
			v[i], ok = parseFloat([]byte(f[i]))
		}
		if len(f) != 9 || !ok {
			return fail("expected nine numbers in Lattice=\"…\", found " + found([]byte(lattice)))
		}
	}
	basis, err := newBasis(geom.Vec{X: v[0], Y: v[1], Z: v[2]}, geom.Vec{X: v[3], Y: v[4], Z: v[5]}, geom.Vec{X: v[6], Y: v[7], Z: v[8]})
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
	var kinds species
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
			if a.Occ, ok = parseFloat(f[col.occ]); !ok || a.Occ < 0 || a.Occ > 1 {
				return fail("expected an occupancy from 0 to 1, found " + found(f[col.occ]))
			}
		}
		name := f[max(col.species, col.number)]
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
	return finish(XYZ, s, sites, &kinds, n, basis.flipped)
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
				end = strings.IndexByte(line[i:], closing)
			}
			if end < 0 {
				end = len(line) - i
			}
			keys[key] = line[i : i+end]
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
type xyzLayout struct{ species, number, pos, occ int }

// xyzColumns reads Properties=species:S:1:pos:R:3:… and returns the layout and
// the number of columns.
func xyzColumns(properties string) (xyzLayout, int, error) {
	if properties == "" {
		return xyzLayout{species: 0, number: -1, pos: 1, occ: -1}, 4, nil
	}
	out := xyzLayout{-1, -1, -1, -1}
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
		case name == "species" && n == 1:
			out.species = width
		case (name == "z" || name == "numbers") && n == 1:
			out.number = width
		case name == "pos" && n == 3:
			out.pos = width
		case (name == "occupancy" || name == "occupancies") && n == 1:
			out.occ = width
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
