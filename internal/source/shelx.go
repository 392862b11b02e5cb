package source

import (
	"bytes"
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/symmetry"
)

// isSHELX tells an instruction file of SHELX: a line CELL with seven numbers.
func isSHELX(row []byte) bool {
	if len(row) > 400 || !hasFold(row, "cell") {
		return false
	}
	f := bytes.Fields(row)
	return len(f) >= 8 && len(f[0]) == 4 && areNumbers(f[1:8])
}

func areNumbers(f [][]byte) bool {
	for _, b := range f {
		if _, ok := parseFloat(b); !ok {
			return false
		}
	}
	return true
}

// shelxWords are the instructions of SHELXL and SHELXT, which no atom can be
// named like (G. M. Sheldrick, Acta Cryst. C71 (2015) 3).
var shelxWords = strings.Fields("ABIN ACTA AFIX ANIS ANSC ANSR BASF BIND BLOC BOND BUMP CELL CGLS CHIV CONF CONN DAMP DANG DEFS DELU DFIX DISP EADP END EQIV EXTI EXYZ FEND FLAT FMAP FRAG FREE FVAR GRID HFIX HKLF HTAB INIT ISOR LAST LATT LAUE LIST L.S. MERG MOLE MORE MOVE MPLA NCSY NEUT OMIT PART PATT PLAN PRIG REM RESI RIGU RTAB SADI SAME SFAC SHEL SIMU SIZE SPEC STIR SUMP SWAT SYMM TEMP TITL TREF TWIN TWST UNIT WGHT WIGL WPDB XNPD ZERR TIME TEXP PSEE VECT ESEL EGEN")

// shelxLattices are the centrings of LATT 1 to 7 as Hall symbols have them.
var shelxLattices = [...]string{"P 1", "I 1", "R 1", "F 1", "A 1", "B 1", "C 1"}

// shelxFile is what has been read of an instruction file.
type shelxFile struct {
	r        *lineReader
	title    string
	cell     crystal.Cell
	ops      []symmetry.Op
	latt     int
	elements []string
	free     []float64 // FVAR, from 1
	part     float64   // occupancy code that PART gives to its atoms, 0 for none
	afix     float64   // the same of AFIX, which PART goes before
	list     asymmetric
	sof      []float64
	kinds    species
	listed   int
	cellLine int // of CELL
	symLine  int // of the last SYMM
	done     bool
	includes []string   // other files that belong to this one
	indented bool       // instructions begin with blanks
	fragment bool       // between FRAG and FEND, whose atoms are none of the crystal
	move     [4]float64 // MOVE: a shift of the atoms behind it, and their sign; 0 for none
}

// decodeSHELX reads an instruction file of SHELX, .res or .ins: CELL, LATT,
// SYMM, SFAC, FVAR and the atoms. Numbers of atoms are coded: 10 more for a
// fixed one, 10 n + p for p times the free variable n, −(10 n + p) for p times
// one less that. Occupancies count the multiplicity of special positions and
// are divided by it. Peaks of the difference map are no atoms.
func decodeSHELX(data []byte) (*crystal.Structure, error) {
	f := &shelxFile{r: &lineReader{data: data}, latt: 1, free: []float64{1}}
	for !f.done {
		row, ok := f.next()
		if !ok {
			break
		}
		if err := f.line(row); err != nil {
			return nil, err
		}
	}
	lattice, err := crystal.NewLattice(f.cell)
	if err != nil {
		return nil, &SyntaxError{SHELX, max(1, f.cellLine), trimmedError(err.Error()).Error()}
	}
	group, err := f.group()
	if err != nil {
		return nil, &SyntaxError{SHELX, max(1, f.symLine), "expected LATT and SYMM that make a space group, found " + operations(len(f.ops)) + " that do not"}
	}
	s := &crystal.Structure{Name: f.title, Lattice: lattice}
	sym := cifSymmetry{group: group}
	if setting, _, err := symmetry.Identify(group.Ops()); err == nil {
		sym.setting = rowOf(setting.Number, group)
	}
	s.Lattice, s.Given = sym.fit(lattice), sym.setting
	f.occupancies(s.Lattice, group)
	if len(f.list.atoms) == 0 {
		none := &NoAtomsError{Format: SHELX, Structure: s}
		if f.listed > 0 {
			none.Detail = f.kinds.readNote(0, f.listed)
		}
		return nil, none
	}
	x, err := expand(s.Lattice, group.Ops(), f.list, addRoomy)
	if err != nil {
		return nil, &SyntaxError{SHELX, max(1, f.cellLine), err.Error()}
	}
	s.Sites = x.sites
	s.Notes = append(s.Notes, sym.notes...)
	if len(f.includes) > 0 {
		s.Notes = append(s.Notes, "Files that this one includes are not read: "+quoteList(f.includes)+".")
	}
	s.Notes = append(s.Notes, f.kinds.notes(len(f.list.atoms), f.listed)...)
	s.Notes = append(s.Notes, againNote(x, len(f.list.atoms))...)
	s.Notes = append(s.Notes, halvesNote(x)...)
	s.Notes = append(s.Notes, crowded(s.Lattice, x.sites)...)
	for _, a := range s.Sites {
		if !math.IsNaN(a.B) {
			s.BSource = "measured"
		}
	}
	return s, nil
}

// next returns a line with those that continue it: it ends in "=".
func (f *shelxFile) next() (string, bool) {
	row, ok := f.r.next()
	if !ok {
		return "", false
	}
	s := shelxLine(row)
	for n := 0; strings.HasSuffix(s, "=") && n < 20; n++ {
		if row, ok = f.r.next(); !ok {
			break
		}
		s = strings.TrimSuffix(s, "=") + " " + shelxLine(row)
	}
	return s, true
}

func shelxLine(row []byte) string {
	s := short(text(row), 400)
	s, _, _ = strings.Cut(s, "!")
	return strings.TrimRight(s, " \t")
}

func (f *shelxFile) fail(expected, stood string) error {
	return &SyntaxError{SHELX, f.r.line, "expected " + expected + ", found " + found([]byte(stood))}
}

// line reads one instruction or atom.
func (f *shelxFile) line(row string) error {
	words := strings.Fields(row)
	if len(words) == 0 {
		return nil
	}
	if row[0] == ' ' || row[0] == '\t' {
		// A remark, but in a file whose instructions are all indented.
		f.indented = f.indented || isSHELX([]byte(strings.TrimSpace(row)))
		if !f.indented {
			if word := strings.ToUpper(words[0]); word != "TITL" {
				return nil
			}
		}
	}
	word := strings.ToUpper(words[0])
	word, _, _ = strings.Cut(word, "_")
	if word[0] == '+' {
		addOnce(&f.includes, strings.TrimLeft(words[0], "+"))
		return nil
	}
	if len(word) > 4 && word[:3] == "REM" {
		return nil
	}
	if len(word) > 4 {
		word = word[:4]
	}
	values := words[1:]
	if f.fragment && word != "FEND" {
		return nil
	}
	switch word {
	case "FRAG":
		f.fragment = true
	case "FEND":
		f.fragment = false
	case "MOVE":
		f.move = [4]float64{}
		for i := range min(len(values), 4) {
			var ok bool
			if f.move[i], ok = parseFloat([]byte(values[i])); !ok {
				return f.fail("a number", values[i])
			}
		}
		if len(values) < 4 {
			f.move[3] = 1
		}
	case "TITL":
		f.title = short(strings.Join(values, " "), 80)
	case "CELL":
		var v [6]float64
		for i := range v {
			var ok bool
			if len(values) < 7 {
				return f.fail("a wavelength and six numbers of the cell", row)
			}
			if v[i], ok = parseFloat([]byte(values[i+1])); !ok {
				return f.fail("a number", values[i+1])
			}
		}
		f.cellLine = f.r.line
		f.cell = crystal.Cell{A: v[0], B: v[1], C: v[2], Alpha: v[3], Beta: v[4], Gamma: v[5]}
	case "LATT":
		n := 1
		if len(values) > 0 {
			var err error
			if n, err = strconv.Atoi(values[0]); err != nil || n == 0 || n > 7 || n < -7 {
				return f.fail("LATT with a number from 1 to 7 or -1 to -7", values[0])
			}
		}
		f.latt = n
	case "SYMM":
		op, err := symmetry.ParseOp(strings.Join(values, ""))
		if err != nil {
			return f.fail("a symmetry operation such as -X, 0.5+Y, 0.5-Z", strings.Join(values, " "))
		}
		f.symLine = f.r.line
		if len(f.ops) < 400 {
			f.ops = append(f.ops, op)
		}
	case "SFAC":
		for i, v := range values {
			if _, ok := parseFloat([]byte(v)); ok && i > 0 {
				break // the long form: one symbol with the numbers of its factor
			}
			if len(f.elements) < 200 {
				f.elements = append(f.elements, strings.TrimPrefix(v, "$"))
			}
		}
	case "FVAR":
		for _, v := range values {
			x, ok := parseFloat([]byte(v))
			if !ok {
				return f.fail("a number", v)
			}
			if len(f.free) < 1000 {
				f.free = append(f.free, x)
			}
		}
	case "PART":
		f.part = 0
		if len(values) > 1 {
			f.part, _ = parseFloat([]byte(values[1]))
		}
	case "AFIX":
		f.afix = 0
		// AFIX mn d occupancy U: a distance is below 5 Å, a code is not.
		for k := 1; k < min(3, len(values)) && f.afix == 0; k++ {
			if v, ok := parseFloat([]byte(values[k])); ok && (math.Abs(v) > 5 || k == 2 && v > 0 && v <= 1) {
				f.afix = v
			}
		}
	case "HKLF", "END":
		f.done = true
	default:
		if slices.Contains(shelxWords, word) {
			return nil
		}
		return f.atom(words)
	}
	return nil
}

// coded returns the value of a coded number.
func (f *shelxFile) coded(v float64) (float64, error) {
	m := math.Round(v / 10)
	p := v - 10*m
	switch n := math.Abs(m); {
	case n == 0:
		return v, nil
	case n == 1:
		return p, nil
	case int(n) >= len(f.free):
		return 0, f.fail("a free variable that FVAR has; it has "+strconv.Itoa(len(f.free)-1), decimals(v, 4))
	case m > 0:
		return p * f.free[int(n)], nil
	default:
		return p * (f.free[int(n)] - 1), nil
	}
}

// atom reads a line of an atom: name, number of its factor, three coordinates,
// occupancy, U or six U_ij.
func (f *shelxFile) atom(words []string) error {
	name := short(words[0], 40)
	if len(words) < 5 {
		return f.fail("an instruction of SHELX or an atom: name, number in SFAC, three coordinates", strings.Join(words, " "))
	}
	n, err := strconv.Atoi(words[1])
	if err != nil {
		return f.fail("the number of a factor in SFAC", words[1])
	}
	if len(name) > 1 && name[0]|0x20 == 'q' && name[1] >= '0' && name[1] <= '9' && len(words) > 7 || n < 0 {
		return nil // a peak of the difference map, or a dummy
	}
	f.listed++
	if f.listed > MaxSites {
		return &SyntaxError{SHELX, f.r.line, "expected at most " + count(MaxSites) + " atoms, found more"}
	}
	var v [10]float64 // x y z occupancy U11 U22 U33 U23 U13 U12
	v[3] = 11
	given := min(len(words)-2, len(v))
	for i := range given {
		x, ok := parseFloat([]byte(words[i+2]))
		if !ok {
			return f.fail("a number", words[i+2])
		}
		v[i] = x
	}
	if code := cmp.Or(f.part, f.afix); code != 0 {
		v[3] = code
	}
	riding := v[4] < -0.5 && v[4] > -5 // −1.2 times the U of the atom before
	for i := range v {
		if i == 4 && riding {
			continue
		}
		if v[i], err = f.coded(v[i]); err != nil {
			return err
		}
	}
	for i := range 3 {
		if !(math.Abs(v[i]) < 1e4) {
			return f.fail("a coordinate", words[i+2])
		}
	}
	if n == 0 || n > len(f.elements) {
		addOnce(&f.kinds.unknown, name)
		return nil
	}
	z, ok := f.kinds.element(f.elements[n-1], name)
	if !ok {
		return nil
	}
	if f.move[3] != 0 {
		for i := range 3 {
			v[i] = f.move[i] + f.move[3]*v[i]
		}
	}
	a := crystal.Site{Label: name, Z: z, Frac: crystal.Frac{v[0], v[1], v[2]}, Occ: 1, B: math.NaN()}
	var slack crystal.Frac
	for i := range 3 {
		slack[i] = lastDigit([]byte(words[i+2]))
	}
	switch {
	case given == 10:
		a.U, a.Aniso = [6]float64{v[4], v[5], v[6], v[7], v[8], v[9]}, true
	case given >= 5 && v[4] > 0:
		a.B = 8 * math.Pi * math.Pi * v[4]
	}
	f.list.atoms = append(f.list.atoms, a)
	f.list.slack = append(f.list.slack, slack)
	f.sof = append(f.sof, v[3])
	return nil
}

// group returns the operations: those of SYMM with the lattice, and with the
// inversion unless LATT is negative.
func (f *shelxFile) group() (*symmetry.Group, error) {
	hall := shelxLattices[max(f.latt, -f.latt)-1]
	if f.latt > 0 {
		hall = "-" + hall
	}
	lattice, err := symmetry.FromHall(hall)
	if err != nil {
		return nil, err
	}
	return symmetry.FromOps(append(lattice.Ops(), f.ops...))
}

// occupancies turns site occupation factors, which count how often a general
// position occurs, into occupancies, and drops tensors that cannot be.
func (f *shelxFile) occupancies(l crystal.Lattice, group *symmetry.Group) {
	var atoms []crystal.Site
	var slack []crystal.Frac
	for i, a := range f.list.atoms {
		a.Occ = 1 // so that settle does not take it for one of two half atoms
		on, _ := settle(l, group.Ops(), a, f.list.slack[i])
		n := 0.0
		for _, op := range group.Ops() {
			if exactly(on.Frac, applyOp(op, on.Frac)) {
				n++
			}
		}
		occ := f.sof[i] * n
		if occ > 0.5 && n > 1 && occ > 1.02 && math.Abs(f.sof[i]-1) < 0.02 {
			occ = 1 // written without the multiplicity
		}
		// 10.02083 is 1/48 with five decimals.
		for _, whole := range []float64{1, 0.5, 0.25, 0.75, 1. / 3, 2. / 3} {
			if n > 1 && math.Abs(occ-whole) <= 6e-5*n {
				occ = whole
			}
		}
		if a.Occ = f.kinds.clip(math.Round(occ*1e6)/1e6, a.Label); a.Occ == 0 {
			continue
		}
		if a.Aniso && !positive(l, a.U) {
			a.Aniso = false
		}
		if a.Aniso {
			a.B = 8 * math.Pi * math.Pi * uEquivalent(l, a.U)
		}
		atoms, slack = append(atoms, a), append(slack, f.list.slack[i])
		if n > 1 {
			atoms[len(atoms)-1].Frac = on.Frac // so that it stays there
		}
	}
	f.list = asymmetric{atoms, slack}
}

// setTensor gives an atom the mean square displacements u along the Cartesian
// axes of the lattice, Å², in the order 11 22 33 12 13 23; its B follows unless
// it is known. A tensor that cannot be is left out.
func setTensor(a *crystal.Site, l crystal.Lattice, u [6]float64) {
	m := geom.Mat3{{u[0], u[3], u[4]}, {u[3], u[1], u[5]}, {u[4], u[5], u[2]}}
	// Rows of the matrix from Cartesian to fractional coordinates.
	x, y, z := l.Frac(geom.Vec{X: 1}), l.Frac(geom.Vec{Y: 1}), l.Frac(geom.Vec{Z: 1})
	to := geom.Mat3{{x[0], y[0], z[0]}, {x[1], y[1], z[1]}, {x[2], y[2], z[2]}}
	t := crystal.FromContravariant(to.Mul(m).Mul(to.Transpose()), l.StarLengths())
	if !positive(l, t) {
		return
	}
	a.U, a.Aniso = t, true
	if math.IsNaN(a.B) {
		a.B = 8 * math.Pi * math.Pi * uEquivalent(l, t)
	}
}

// decodePDB reads a file of the Protein Data Bank: cell and space group from
// CRYST1, the way from Å to fractions from SCALE if it is there, atoms with
// occupancy and B from ATOM and HETATM of the first model.
func decodePDB(data []byte) (*crystal.Structure, error) {
	r := &lineReader{data: data}
	fail := func(msg string) (*crystal.Structure, error) { return nil, &SyntaxError{PDB, r.line, msg} }
	var lattice crystal.Lattice
	var list asymmetric
	var kinds species
	var scale [3][4]float64
	scaled, listed, models, cellLine := 0, 0, 0, 0
	symbol, title := "", ""
	hydrogens := false
	var empty []string              // labels of atoms whose occupancy is 0
	var serials []string            // of the atoms, with their names
	tensors := map[int][6]float64{} // U along Cartesian axes, by the number of the atom
read:
	for {
		row, ok := r.next()
		if !ok {
			break
		}
		line := text(row)
		field := func(from, to int) string { return strings.TrimSpace(line[min(from, len(line)):min(to, len(line))]) }
		number := func(from, to int) (float64, bool) { return parseFloat([]byte(field(from, to))) }
		switch record := strings.ToUpper(field(0, 6)); record {
		case "TITLE", "COMPND":
			if title == "" {
				title = short(field(10, 80), 80)
			}
		case "CRYST1":
			var v [6]float64
			free := strings.Fields(line)
			for i, at := range [6][2]int{{6, 15}, {15, 24}, {24, 33}, {33, 40}, {40, 47}, {47, 54}} {
				if v[i], ok = number(at[0], at[1]); !ok {
					v = [6]float64{}
					break
				}
			}
			symbol = field(55, 66)
			if v == ([6]float64{}) {
				// Not in its columns.
				for i := range v {
					if len(free) < 7 {
						return fail("expected six numbers of the cell in CRYST1, found " + found(row))
					}
					if v[i], ok = parseFloat([]byte(free[i+1])); !ok {
						return fail("expected six numbers of the cell in CRYST1, found " + found(row))
					}
				}
				symbol = strings.Join(free[7:], " ")
			}
			if v == [6]float64{1, 1, 1, 90, 90, 90} {
				return fail("expected a cell in CRYST1, found the one that stands for none: the structure was not found in a crystal")
			}
			var err error
			if lattice, err = crystal.NewLattice(crystal.Cell{A: v[0], B: v[1], C: v[2], Alpha: v[3], Beta: v[4], Gamma: v[5]}); err != nil {
				return fail(trimmedError(err.Error()).Error())
			}
			cellLine = r.line
		case "SCALE1", "SCALE2", "SCALE3":
			i := int(record[5] - '1')
			for k, at := range [4][2]int{{10, 20}, {20, 30}, {30, 40}, {45, 55}} {
				if scale[i][k], ok = number(at[0], at[1]); !ok {
					scaled = -9
				}
			}
			scaled++
		case "MODEL":
			if models++; models > 1 {
				break read
			}
		case "ATOM", "HETATM":
			if listed++; listed > MaxSites {
				return fail("expected at most " + count(MaxSites) + " atoms, found more")
			}
			var p crystal.Frac
			for k, at := range [3][2]int{{30, 38}, {38, 46}, {46, 54}} {
				if p[k], ok = number(at[0], at[1]); !ok || math.Abs(p[k]) > 1e5 {
					return fail("expected a coordinate in the columns 31 to 54, found " + found([]byte(field(at[0], at[1]))))
				}
			}
			a := crystal.Site{Label: short(field(12, 16), 40), Frac: p, Occ: 1, B: math.NaN()}
			element := field(76, 78)
			if letters(element) == "" {
				// The element ends in column 14 of the name.
				element = strings.Trim(field(12, 14), "0123456789 '*\"")
				// Fe with a small letter is iron wherever it stands; CA may be a carbon.
				if run := letters(a.Label); len(run) > 1 && run[0] < 'a' && run[1] >= 'a' {
					if _, ok := lookup(run[:2]); ok {
						element = run[:2]
					}
				}
				if _, ok := lookup(element); !ok && element != "" {
					element = element[:1]
				}
			}
			if a.Z, ok = kinds.element(element, a.Label); !ok {
				continue
			}
			hydrogens = hydrogens || a.Z == 1
			if v, ok := number(54, 60); ok {
				a.Occ = kinds.clip(v, a.Label)
			}
			if v, ok := number(60, 66); ok && v > 0 {
				a.B = v
			}
			if a.Occ > 0 {
				list.atoms = append(list.atoms, a)
				serials = append(serials, field(6, 16))
			} else {
				addOnce(&empty, a.Label)
			}
		case "ANISOU":
			// U_ij along Cartesian axes in 10⁻⁴ Å²: 11 22 33 12 13 23.
			i := len(list.atoms) - 1
			var u [6]float64
			whole := i >= 0 && serials[i] == field(6, 16)
			for k := range u {
				v, ok := number(28+7*k, 35+7*k)
				u[k], whole = v*1e-4, whole && ok
			}
			if whole {
				tensors[i] = u
			}
		}
	}
	if cellLine == 0 {
		return nil, &SyntaxError{PDB, 1, "expected a line CRYST1 with the cell, found none"}
	}
	s := &crystal.Structure{Name: title, Lattice: lattice}
	sym := cifSymmetry{}
	if symbol == "" {
		sym.group, _ = symmetry.FromOps(nil)
		sym.notes = append(sym.notes, "The file gives no symmetry: its atoms are taken as the whole cell.")
	} else {
		named := &namedSymmetry{text: symbol}
		if named.candidates, named.exact = hermannMauguin(symbol, ""); named.candidates == nil {
			if named.group = unusualSetting(symbol); named.group == nil {
				named.bad = &SyntaxError{PDB, cellLine, "expected a space group in the columns 56 to 66, found " + found([]byte(symbol))}
			}
		}
		var err error
		if sym, err = named.resolve(lattice, &cifAtoms{asymmetric: list}); err != nil {
			return nil, err
		}
	}
	s.Lattice, s.Given = sym.fit(lattice), sym.setting
	s.Notes = append(s.Notes, sym.notes...)
	if len(list.atoms) == 0 {
		none := &NoAtomsError{Format: PDB, Structure: s}
		if listed > 0 {
			none.Detail = kinds.readNote(0, listed)
		}
		return nil, none
	}
	for i, u := range tensors {
		setTensor(&list.atoms[i], lattice, u)
	}
	for i := range list.atoms {
		p := &list.atoms[i].Frac
		if scaled == 3 {
			*p = crystal.Frac{
				scale[0][0]*p[0] + scale[0][1]*p[1] + scale[0][2]*p[2] + scale[0][3],
				scale[1][0]*p[0] + scale[1][1]*p[1] + scale[1][2]*p[2] + scale[1][3],
				scale[2][0]*p[0] + scale[2][1]*p[1] + scale[2][2]*p[2] + scale[2][3],
			}
		} else {
			*p = lattice.Frac(geom.Vec{X: p[0], Y: p[1], Z: p[2]})
		}
	}
	x, err := expand(s.Lattice, sym.group.Ops(), list, addRoomy)
	if err != nil {
		return nil, &SyntaxError{PDB, cellLine, err.Error()}
	}
	s.Sites = x.sites
	s.Notes = append(s.Notes, kinds.notes(len(list.atoms)+len(empty), listed)...)
	if len(empty) > 0 {
		s.Notes = append(s.Notes, "Not used, because the occupancy is 0: "+quoteList(empty)+".")
	}
	if models > 1 {
		s.Notes = append(s.Notes, "Only the first model of the file is read.")
	}
	if !hydrogens {
		s.Notes = append(s.Notes, "The file has no hydrogen atoms.")
	}
	s.Notes = append(s.Notes, againNote(x, len(list.atoms))...)
	s.Notes = append(s.Notes, halvesNote(x)...)
	s.Notes = append(s.Notes, crowded(s.Lattice, x.sites)...)
	for _, a := range s.Sites {
		if !math.IsNaN(a.B) {
			s.BSource = "measured"
		}
	}
	return s, nil
}
