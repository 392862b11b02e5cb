package source

import (
	"bytes"
	"math"
	"strconv"
	"strings"

	"zoneaxis/internal/atom"
	"zoneaxis/internal/crystal"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/symmetry"
)

// lineReader hands out the lines of a file with their numbers.
type lineReader struct {
	data    []byte
	pos     int
	line    int  // number of the line read last
	remarks bool // cut off what stands behind # or !
}

func (r *lineReader) next() ([]byte, bool) {
	if r.pos >= len(r.data) {
		r.line++
		return nil, false
	}
	var b []byte
	b, r.pos = cutLine(r.data, r.pos)
	r.line++
	if r.remarks {
		b = beforeRemark(b)
	}
	return b, true
}

// beforeRemark cuts off what stands behind # or !, or behind // after a blank.
func beforeRemark(b []byte) []byte {
	if i := bytes.IndexAny(b, "#!"); i >= 0 {
		b = b[:i]
	}
	if i := bytes.Index(b, []byte(" //")); i >= 0 {
		b = b[:i]
	}
	return b
}

// decodePOSCAR reads a POSCAR or CONTCAR of VASP 4 or 5, up to the positions.
//
// The scale is a factor, three factors for the Cartesian axes, or, if negative,
// the volume of the cell. Without a line of symbols (VASP 4) the elements come
// from behind the positions or from the first line if these name them all.
func decodePOSCAR(data []byte) (*crystal.Structure, error) {
	r := &lineReader{data: data}
	fail := func(msg string) (*crystal.Structure, error) { return nil, &SyntaxError{POSCAR, r.line, msg} }
	comment, _ := r.next()
	r.remarks = true
	row, _ := r.next()
	scaleRow := row
	scale, vectors := [3]float64{1, 1, 1}, [3]geom.Vec{}
	factors := 1
	if v, ok := looseNumbers(row, 3); ok {
		scale, factors = v, 3
	} else if v, ok := looseNumbers(row, 1); ok {
		scale = [3]float64{v[0], v[0], v[0]}
	} else {
		return fail("expected the scale of the cell, found " + found(row))
	}
	for k := range 3 {
		row, _ = r.next()
		v, ok := looseNumbers(row, 3)
		if !ok {
			return fail("expected three numbers, found " + found(row))
		}
		vectors[k] = geom.Vec{X: v[0], Y: v[1], Z: v[2]}
	}
	if factors == 1 && scale[0] < 0 {
		volume := math.Abs(vectors[0].Cross(vectors[1]).Dot(vectors[2]))
		f := math.Cbrt(-scale[0] / volume)
		scale = [3]float64{f, f, f}
	}
	for _, f := range scale {
		if !(f > 0) || math.IsInf(f, 0) {
			r.line = 2
			return fail("expected a scale above zero, found " + found(scaleRow))
		}
	}
	stretch := func(v geom.Vec) geom.Vec { return geom.Vec{X: v.X * scale[0], Y: v.Y * scale[1], Z: v.Z * scale[2]} }
	basis, err := newBasis(stretch(vectors[0]), stretch(vectors[1]), stretch(vectors[2]))
	if err != nil {
		return fail(err.Error())
	}
	s := &crystal.Structure{Name: strings.Join(strings.Fields(text(comment)), " "), Lattice: basis.lattice}
	if len(s.Name) > 80 {
		s.Name = ""
	}

	row, _ = r.next()
	names := listFields(row)
	counts, ok := integers(names)
	if ok {
		names = nil
	} else {
		row, _ = r.next()
		if counts, ok = integers(listFields(row)); !ok || len(counts) != len(names) {
			return fail("expected " + plural(len(names), "number") + " of atoms, found " + found(row))
		}
	}
	if len(counts) == 0 {
		return fail("expected the symbols of the elements, found " + found(row))
	}
	countLine, countRow := r.line, row
	total := 0
	for _, n := range counts {
		if total += n; n > MaxSites || total > MaxSites {
			return fail("expected at most " + count(MaxSites) + " atoms, found " + found(row))
		}
	}
	row, _ = r.next()
	if hasFold(bytes.TrimSpace(row), "s") {
		row, _ = r.next()
	}
	mode := bytes.TrimSpace(row)
	for ahead := *r; len(mode) == 0; {
		// A blank line means fractions, unless the word comes after it.
		next, ok := ahead.next()
		if _, position := looseNumbers(next, 3); !ok || position {
			break
		}
		mode, *r = bytes.TrimSpace(next), ahead
	}
	cartesian := hasFold(mode, "c") || hasFold(mode, "k")
	if !cartesian && !hasFold(mode, "d") && len(mode) > 0 && !hasFold(mode, "f") {
		return fail("expected Direct or Cartesian, found " + found(row))
	}

	var kinds species
	elements, known := poscarElements(&kinds, names, comment, counts)
	var sites []crystal.Site
	done, other := 0, 0
	for k, n := range counts {
		for range n {
			row, more := r.next()
			v, ok := looseNumbers(row, 3)
			if !ok {
				if !more {
					return fail("expected " + plural(total, "position") + ", found " + count(done))
				}
				return fail("expected three numbers, found " + found(row))
			}
			done++
			p := geom.Vec{X: v[0], Y: v[1], Z: v[2]}
			a := crystal.Site{Occ: 1, B: math.NaN()}
			if cartesian {
				a.Frac = basis.frac(stretch(p))
			} else {
				a.Frac = basis.turn(crystal.Frac(v))
			}
			if math.Abs(a.Frac[0])+math.Abs(a.Frac[1])+math.Abs(a.Frac[2]) > 1e4 {
				return fail("expected coordinates, found " + found(row))
			}
			switch {
			case known:
				a.Z = elements[k]
				f := bytes.Fields(beforeRemark(row))
				if z, ok := atom.Lookup(string(f[len(f)-1])); ok && len(f) == 4 && a.Z > 0 && z != a.Z {
					other++ // a symbol behind the position
				}
			default:
				// VASP 4: a symbol may stand behind the position.
				f := bytes.Fields(row)
				last := string(f[len(f)-1])
				z, ok := atom.Lookup(last)
				if !ok || len(f) < 4 || last == "F" && len(f) >= 6 {
					r.line = countLine
					return fail("expected the symbols of the elements in a line before the numbers of atoms (VASP 4 leaves them out), found " + found(countRow))
				}
				a.Z = z
			}
			if a.Z == 0 {
				continue
			}
			sites = append(sites, a)
		}
	}
	if total == 0 {
		return nil, &NoAtomsError{Format: POSCAR, Structure: s}
	}
	if other > 0 {
		s.Notes = append(s.Notes, "The symbols behind "+plural(other, "position")+" are not those of the line of elements, which is used.")
	}
	// Velocities stand behind a blank line.
	extra := 0
	for row, more := r.next(); more; row, more = r.next() {
		if _, position := looseNumbers(row, 3); !position {
			break
		}
		extra++
	}
	if extra > 0 {
		s.Notes = append(s.Notes, "The file has "+plural(extra, "position")+" more than the "+plural(total, "atom")+" it counts in line "+strconv.Itoa(countLine)+"; they are left out.")
	}
	return finish(POSCAR, s, sites, &kinds, total, basis.flipped)
}

// looseNumbers reads the first n numbers of a row of a POSCAR. They may stand
// between commas, have decimal commas, or stand together where a minus sign
// fills the last blank: -0.50000000-0.50000000.
func looseNumbers(row []byte, n int) ([3]float64, bool) {
	if v, ok := numbers(row, n); ok || len(row) > 1000 {
		return v, ok
	}
	b := make([]byte, 0, len(row)+8)
	decimal := !bytes.ContainsAny(row, ".") && len(bytes.Fields(row)) >= n && !bytes.Contains(row, []byte(", "))
	for i, c := range row {
		switch {
		case c == ',' && decimal:
			c = '.'
		case c == ',':
			c = ' '
		case c == '-' && i > 0 && (isDigit(row[i-1]) || row[i-1] == '.'):
			b = append(b, ' ')
		}
		b = append(b, c)
	}
	return numbers(b, n)
}

// listFields splits a row at blanks and commas.
func listFields(row []byte) [][]byte {
	return bytes.FieldsFunc(row, func(c rune) bool { return c <= ' ' || c == ',' })
}

// poscarElements returns the element of each kind of atom, 0 for one that is
// not recognised; false if the file does not say.
func poscarElements(kinds *species, names [][]byte, comment []byte, counts []int) ([]atom.Z, bool) {
	n := len(counts)
	list := make([]atom.Z, 0, n)
	if names != nil {
		for _, name := range names {
			// Fe_pv and Si/2f1e are names of pseudopotentials.
			symbol, _, _ := strings.Cut(text(name), "_")
			symbol, _, _ = strings.Cut(symbol, "/")
			z, _ := kinds.element(short(symbol, 40), "")
			list = append(list, z)
		}
		return list, true
	}
	for _, f := range bytes.Fields(comment) {
		z, ok := atom.Lookup(text(f))
		if !ok {
			return formulaElements(text(comment), counts)
		}
		list = append(list, z)
	}
	return list, len(list) == n
}

// formulaElements takes the elements of VASP 4 from a formula in the first
// line, "CsCl" or "Cu3 Au": as many elements as kinds, in amounts of the same
// ratio.
func formulaElements(comment string, counts []int) ([]atom.Z, bool) {
	var list []atom.Z
	ratio := 0.0
	s := strings.Join(strings.Fields(comment), "")
	for k := 0; s != "" && k < len(counts); k++ {
		size := 1
		for size < len(s) && s[size] >= 'a' && s[size] <= 'z' {
			size++
		}
		z, ok := atom.Lookup(s[:size])
		rest := strings.TrimLeft(s[size:], "0123456789")
		amount := 1.0
		if digits := s[size : len(s)-len(rest)]; digits != "" {
			amount, _ = parseFloat([]byte(digits))
		}
		s = rest
		if k == 0 {
			ratio = float64(counts[0]) / amount
		}
		if !ok || amount == 0 || math.Abs(float64(counts[k])-ratio*amount) > 1e-6 {
			return nil, false
		}
		list = append(list, z)
	}
	return list, s == "" && len(list) == len(counts)
}

// integers reads fields as numbers of atoms.
func integers(fields [][]byte) ([]int, bool) {
	list := make([]int, 0, min(len(fields), 200))
	for _, f := range fields {
		if whole, decimals, ok := bytes.Cut(f, []byte(".")); ok && len(bytes.Trim(decimals, "0")) == 0 {
			f = whole // 2.0
		}
		n, err := strconv.Atoi(string(f))
		if err != nil || n < 0 || len(list) > MaxSites {
			return nil, false
		}
		list = append(list, n)
	}
	return list, true
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return count(n) + " " + noun + "s"
}

// basis is a lattice made from vectors in some Cartesian frame. A left-handed
// set of vectors is reversed, a → −a and so on, which is the same crystal in a
// right-handed basis; fractional coordinates change their sign with it.
type basis struct {
	lattice crystal.Lattice
	inverse geom.Mat3 // x = inverse r, in the frame of the vectors
	flipped bool
}

func newBasis(a, b, c geom.Vec) (basis, error) {
	var out basis
	if a.Cross(b).Dot(c) < 0 {
		a, b, c, out.flipped = a.Neg(), b.Neg(), c.Neg(), true
	}
	var err error
	if out.lattice, err = crystal.FromVectors(a, b, c); err != nil {
		return out, trimmedError(err.Error())
	}
	out.inverse = geom.FromRows(a, b, c).Transpose().Inverse()
	return out, nil
}

// trimmedError is the message of a lower layer without its prefix.
type trimmedError string

func (e trimmedError) Error() string { return strings.TrimPrefix(string(e), "crystal: ") }

// turn returns fractional coordinates of the vectors given in the basis used.
func (b basis) turn(x crystal.Frac) crystal.Frac {
	if b.flipped {
		return crystal.Frac{-x[0], -x[1], -x[2]}
	}
	return x
}

// frac returns the fractional coordinates of a position in the frame of the
// vectors given.
func (b basis) frac(r geom.Vec) crystal.Frac {
	x := b.inverse.Apply(r)
	return crystal.Frac{x.X, x.Y, x.Z}
}

// flippedNote is the note on a left-handed basis.
const flippedNote = "The cell vectors are left-handed; all three were reversed, so indices change their sign."

// finish ends the reading of a file that lists the whole cell.
func finish(f Format, s *crystal.Structure, sites []crystal.Site, kinds *species, listed int, flipped bool) (*crystal.Structure, error) {
	if len(sites) == 0 {
		detail := kinds.readNote(0, listed)
		if len(kinds.unknown)+len(kinds.nowhere) == 0 {
			detail = strings.Join(kinds.notes(listed, listed), " ")
		}
		return nil, &NoAtomsError{Format: f, Structure: s, Detail: detail}
	}
	x, err := expand(s.Lattice, []symmetry.Op{symmetry.Identity()}, asymmetric{atoms: sites}, addAll)
	if err != nil {
		return nil, &SyntaxError{f, 1, err.Error()}
	}
	s.Sites = x.sites
	s.Notes = append(s.Notes, kinds.notes(len(sites), listed)...)
	if flipped {
		s.Notes = append(s.Notes, flippedNote)
	}
	s.Notes = append(s.Notes, againNote(x, len(sites))...)
	s.Notes = append(s.Notes, crowded(s.Lattice, x.sites)...)
	return s, nil
}
