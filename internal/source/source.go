// Package source reads crystals: CIF (with mmCIF, magnetic and superspace CIF),
// POSCAR, extended XYZ, SHELX and PDB files, JSON of the Materials Project,
// pymatgen, OPTIMADE, JARVIS, AFLOW and ASE, the project's own canonical document, and
// an embedded library of common structures with a search.
//
// Every reader returns whole cells (symmetry applied) in Å and degrees, and
// says in Structure.Notes what it understood only in part. Error texts are
// sentences for the page.
package source

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/lean/say"
)

// Limits of what Decode accepts.
const (
	MaxBytes  = 64 << 20 // a file; most of a large one has to be reflections, which are passed over
	maxText   = 5 << 20  // a file without its reflections
	MaxSites  = 20000    // atoms in a file, and atoms in a cell after expansion
	maxBlocks = 100      // structures returned from one file
)

// Format is a kind of file.
type Format uint8

// The formats that Decode reads.
const (
	Unknown Format = iota
	CIF
	POSCAR
	XYZ
	JSON     // Materials Project answer, OPTIMADE entry, or pymatgen, JARVIS, AFLOW or ASE dictionary
	Document // the canonical document of EncodeDoc
	SHELX    // instruction file of SHELX, .res or .ins
	PDB      // file of the Protein Data Bank
)

// String returns the name of the format as used in messages.
func (f Format) String() string {
	switch f {
	case CIF:
		return "CIF"
	case POSCAR:
		return "POSCAR"
	case XYZ:
		return "XYZ file"
	case JSON:
		return "JSON structure"
	case SHELX:
		return "SHELX file"
	case PDB:
		return "PDB file"
	case Document:
		return "structure document"
	}
	return "crystal file"
}

// SyntaxError tells why a file could not be read. Its text is for the page: the
// line, what was expected there and what stood there, and what to do.
type SyntaxError struct {
	Format Format
	Line   int    // counted from 1; 0 if no single line is to blame
	Msg    string // "expected a number, found “?”"
}

func (e *SyntaxError) Error() string {
	article := "a "
	if e.Format == XYZ || e.Format == SHELX {
		article = "an "
	}
	s := "This file is not " + article + e.Format.String() + " we can read: "
	if e.Line > 0 {
		s += "line " + strconv.Itoa(e.Line) + ", "
	}
	return s + e.Msg + ". " + e.Advice()
}

// SizeError reports a file over MaxBytes.
type SizeError struct {
	Size  int64 // bytes
	Limit int64 // MaxBytes, or less for a kind of file that needs less
}

func (e *SizeError) Error() string {
	// One decimal below 10 MB, so that 5.2 MB does not read as the limit.
	mb := float64(e.Size) / (1 << 20)
	text := strconv.FormatFloat(mb, 'f', 0, 64)
	if mb < 10 {
		text = strconv.FormatFloat(max(mb, float64(e.Limit>>20)+0.1), 'f', 1, 64)
	}
	return say.Sprintf("This file is %s MB. The limit is %d MB. Save the crystal alone, without reflections and further frames.", text, int(e.Limit>>20))
}

// NoAtomsError reports a file with a cell but no atoms that could be used.
// Structure holds the cell, without sites: the positions of spots can be drawn.
type NoAtomsError struct {
	Format    Format
	Structure *crystal.Structure
	Detail    string // why, if atoms were listed: "Read 0 of 2 atoms. Not recognised: “Q”."
}

func (e *NoAtomsError) Error() string {
	s := "The " + e.Format.String() + " has a cell but no atoms. Positions of the spots are right, intensities are not shown."
	if e.Detail != "" {
		s = e.Detail + " " + s
	}
	return s
}

// ErrUnknownFormat is what a file is that is none of the formats read here; the
// error of Decode also tells how it begins.
var ErrUnknownFormat = errors.New("This file is not a crystal structure we can read. Open a CIF, POSCAR, extended XYZ, SHELX, PDB or JSON file.")

// ErrEmpty is returned for a file without text.
var ErrEmpty = errors.New("This file is empty. Save it again where it comes from, or open another.")

// unknownError is ErrUnknownFormat with the first line of the file.
type unknownError struct {
	line    int
	first   []byte
	printed *printed // what the file is instead, if that is known
}

// printed is what programs show of a crystal, or a script that makes one: not
// all of the crystal is in it.
type printed struct{ mark, what, do string }

var printouts = func() (list []printed) {
	const ase, pymatgen = "In Python run atoms.write(\"crystal.cif\"), or atoms.write(\"crystal.xyz\", format=\"extxyz\"), and open the file that it makes.",
		"In Python run structure.to(filename=\"crystal.cif\") and open the file that it makes."
	for _, mark := range []string{"Atoms(", "from ase", "import ase"} {
		list = append(list, printed{mark, "what ASE prints of one or a script that makes one", ase})
	}
	for _, mark := range []string{"Structure Summary", "Full Formula (", "PeriodicSite:", "Structure(", "from pymatgen", "import pymatgen"} {
		list = append(list, printed{mark, "what pymatgen prints of one or a script that makes one", pymatgen})
	}
	return list
}()

// printedAt finds the first line that such a text has, among the first hundred;
// nil for any other.
func printedAt(head []byte) (p *printed, line int, row []byte) {
	for i := 0; i < len(head) && line < 100; {
		row, i = cutLine(head, i)
		line++
		text := bytes.TrimLeft(row, "> \t")
		for k := range printouts {
			at := bytes.Index(text, []byte(printouts[k].mark))
			if at == 0 || at > 0 && printouts[k].mark == "Atoms(" && bytes.IndexByte([]byte(" =[,"), text[at-1]) >= 0 {
				return &printouts[k], line, row
			}
		}
	}
	return nil, 0, nil
}

func (e *unknownError) Unwrap() error { return ErrUnknownFormat }

func (e *unknownError) Error() string {
	if p := e.printed; p != nil {
		return "This file is not a crystal structure we can read: line " + strconv.Itoa(e.line) + ", expected a crystal, found " + p.what + ", " + found(e.first) + ". " + p.do
	}
	return "This file is not a crystal structure we can read: line " + strconv.Itoa(e.line) + ", expected a CIF, POSCAR, extended XYZ, SHELX, PDB or JSON file, found " +
		found(e.first) + ". Open a file of these kinds; most programs save a CIF."
}

// unknownFormat tells of a file that is none of those read here.
func unknownFormat(data []byte) error {
	e := &unknownError{}
	for i := 0; i < len(data) && len(bytes.TrimSpace(e.first)) == 0; e.line++ {
		e.first, i = cutLine(data, i)
	}
	if p, line, row := printedAt(data); p != nil {
		e.printed, e.line, e.first = p, line, row
	}
	e.first = []byte(strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r == utf8.RuneError {
			return -1
		}
		return r
	}, text(e.first[:min(len(e.first), 100)])))
	return e
}

// advice is what to do about a fault, by what it expects.
var advice = []struct{ expects, do string }{
	{"expected the cell", "Save the file again with the cell, or write it there: lengths in Å and angles in degrees."},
	{"expected a line CRYST1", "Save the file again with the cell, or write the line CRYST1."},
	{"expected a cell in CRYST1", "A crystal has a cell: open a structure that was found in one."},
	{"expected six numbers of the cell", "Write the cell there: lengths in Å and angles in degrees."},
	{"expected a wavelength", "Write the wavelength, three lengths in Å and three angles in degrees."},
	{"cell ", "Correct the cell in a text editor, or save the file again."},
	{"expected three cell vectors", "Write three vectors of three numbers, in Å."},
	{"expected three vectors", "Write three vectors of three numbers, in Å."},
	{"expected nine numbers", "Write the three cell vectors one after the other, in Å."},
	{"expected Lattice", "Save the crystal as extended XYZ, or as a CIF: ASE and OVITO do."},
	{"expected “lattice”", "Save a structure of a crystal, not of a molecule."},
	{"expected a column", "Add the column, or save the file again with all coordinates."},
	{"expected a tag or loop_", "Write loop_ before the list, or quotes around a value of several words."},
	{"expected a symmetry operation", "Correct the operation, or take the list out if the file names its space group."},
	{"expected symmetry operations", "Take the list out if the file names its space group, or save the file again."},
	{"expected at most 192", "Take the list out if the file names its space group, or save the file again."},
	{"expected at most", "Open a smaller cell, or fewer atoms."},
	{"expected a space group", "Write a symbol such as P 21/c, or a number from 1 to 230."},
	{"expected a Hall symbol", "Write a symbol such as -P 2ybc, or take the line out."},
	{"expected LATT and SYMM", "Correct the lines LATT and SYMM, or open the CIF that SHELXL writes."},
	{"expected LATT", "Write the number of the lattice, negative without a centre of symmetry."},
	{"expected a free variable", "Add the value to FVAR, or correct the code of the atom."},
	{"expected an instruction", "Correct the line, or write REM before it."},
	{"expected the number of a factor", "Write the place of the element in the list SFAC."},
	{"expected the scale", "Write 1.0 there if the vectors are in Å."},
	{"expected a scale", "Write 1.0 there if the vectors are in Å."},
	{"expected Direct", "Write Direct before fractions of the cell, Cartesian before Å."},
	{"expected the symbols", "Write the elements there, such as Na Cl, in the order of the atoms."},
	{"expected the number of atoms", "Write how many atoms follow, alone on the line."},
	{"expected Properties", "Write the columns of the file so, in their order."},
	{"expected an occupancy", "Write 1 for a full position."},
	{"expected occupancies", "Correct them: a full position has 1."},
	{"expected a list of species", "Write them as pymatgen does: [{\"element\": \"Si\", \"occu\": 1}]."},
	{"expected the bracket", "The file was cut off: get it again."},
	{"expected JSON", "A comma, a quote or a bracket is missing or too many: get the file again, or correct it."},
	{"expected a structure", "Save the structure itself: pymatgen, OPTIMADE, JARVIS and ASE files are read."},
	{"expected lists nested", "Save the structure alone."},
}

// Advice tells what to do about the fault.
func (e *SyntaxError) Advice() string {
	for _, a := range advice {
		if strings.HasPrefix(e.Msg, a.expects) {
			return a.do
		}
	}
	msg := e.Msg
	switch {
	case strings.Contains(msg, "values in each row"):
		return "Add what is missing, or a ? for what is not known."
	case strings.Contains(msg, " position") || strings.Contains(msg, " atoms, found") || strings.Contains(msg, " atom, found"):
		return "The file was cut off, or its number of atoms is wrong: correct the number, or get the file again."
	case strings.Contains(msg, "of atoms, found"):
		return "Write one number for each element."
	}
	return "Correct it in a text editor, or save the file again."
}

// Decode reads a file of any of the formats and returns its structures, at
// least one if the error is nil: one for each block of a CIF, frame of an XYZ
// file or material of a JSON answer that has a cell and atoms. The name (a
// file name, may be empty) only helps where the content leaves a doubt.
//
// Errors: *SizeError, ErrEmpty, ErrUnknownFormat, *SyntaxError and, if no
// block has atoms but one has a cell, *NoAtomsError.
func Decode(name string, data []byte) ([]*crystal.Structure, error) {
	if len(data) > MaxBytes {
		return nil, &SizeError{int64(len(data)), MaxBytes}
	}
	if len(data) > maxText {
		var err error
		if data, err = slimmed(name, data); err != nil {
			return nil, err
		}
	}
	data = plain(data)
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, ErrEmpty
	}
	switch Sniff(name, data) {
	case CIF:
		return decodeCIF(data)
	case POSCAR:
		return one(decodePOSCAR(data))
	case XYZ:
		return decodeXYZ(data)
	case SHELX:
		return one(decodeSHELX(data))
	case PDB:
		return one(decodePDB(data))
	case JSON:
		return decodeJSON(data)
	case Document:
		doc, err := DecodeDoc(bytes.TrimSpace(data))
		if err != nil {
			return nil, err
		}
		return one(doc.Structure())
	}
	return nil, unknownFormat(data)
}

func one(s *crystal.Structure, err error) ([]*crystal.Structure, error) {
	if err != nil {
		return nil, err
	}
	return []*crystal.Structure{s}, nil
}

// plain strips a byte-order mark, turns UTF-16 into UTF-8, and puts plain
// characters for the blanks and minus signs that come with text copied from
// documents.
func plain(data []byte) []byte {
	data = unmarked(data)
	for _, c := range []struct{ fancy, plain string }{{"\u00a0", " "}, {"\u2212", "-"}} {
		if bytes.Contains(data, []byte(c.fancy)) {
			data = bytes.ReplaceAll(data, []byte(c.fancy), []byte(c.plain))
		}
	}
	return data
}

// unmarked strips a byte-order mark and turns UTF-16 into UTF-8.
func unmarked(data []byte) []byte {
	if d, ok := bytes.CutPrefix(data, []byte("\xef\xbb\xbf")); ok {
		return d
	}
	little, start := bytes.HasPrefix(data, []byte("\xff\xfe")), 2
	if !little && !bytes.HasPrefix(data, []byte("\xfe\xff")) {
		// Without a mark every other byte of plain text is zero.
		var zero [2]int
		n := min(len(data), 64) &^ 1
		for i := range n {
			if data[i] == 0 {
				zero[i%2]++
			}
		}
		if n < 8 || zero[0]+zero[1] < n/2-1 || zero[0] > 1 && zero[1] > 1 {
			return data
		}
		little, start = zero[1] > zero[0], 0
	}
	units := make([]uint16, 0, len(data)/2)
	for i := start; i+1 < len(data); i += 2 {
		lo, hi := data[i], data[i+1]
		if !little {
			lo, hi = hi, lo
		}
		units = append(units, uint16(hi)<<8|uint16(lo))
	}
	return []byte(string(utf16.Decode(units)))
}

// Sniff tells the format of a file from its first bytes (a few kB suffice) and,
// where these leave a doubt, from its name.
func Sniff(name string, head []byte) Format {
	head = plain(head)
	text := bytes.TrimSpace(head)
	if len(text) > 0 && (text[0] == '{' || text[0] == '[') {
		if bytes.HasPrefix(text, []byte(`{"v":`)) {
			return Document
		}
		return JSON
	}
	for i, line := 0, 1; i < len(head) && line < 2000; line++ {
		var row []byte
		row, i = cutLine(head, i)
		row = bytes.TrimLeft(row, " \t")
		if isSHELX(row) {
			return SHELX
		}
		if bytes.HasPrefix(row, []byte("CRYST1 ")) || line == 1 && bytes.HasPrefix(row, []byte("HEADER  ")) {
			return PDB
		}
		if len(row) > 1 && row[0] == '_' && row[1] != '_' || hasFold(row, "data_") || hasFold(row, "loop_") {
			return CIF
		}
	}
	if isComputem(head) {
		return XYZ
	}
	base := strings.ToLower(name[strings.LastIndexAny(name, `/\`)+1:])
	if blank := bytes.TrimLeft(head, " \t\r\n"); len(blank) < len(head) {
		// Blank lines may stand before an XYZ file; the remark of a POSCAR is one line.
		first, next := cutLine(blank, 0)
		second, _ := cutLine(blank, next)
		if _, err := strconv.Atoi(string(atomCount(first))); err == nil && hasLattice(second) {
			return XYZ
		}
	}
	first, next := cutLine(head, 0)
	second, next := cutLine(head, next)
	third, _ := cutLine(head, next)
	if _, err := strconv.Atoi(string(atomCount(first))); err == nil {
		// A POSCAR may be called "4"; its scale and three vectors tell.
		if _, ok := numbers(second, 1); !ok || len(bytes.Fields(second)) >= 6 || strings.HasSuffix(base, "xyz") {
			return XYZ
		}
	}
	second, third = beforeRemark(second), beforeRemark(third)
	if n := len(bytes.Fields(second)); n == 1 || n == 3 {
		_, scale := looseNumbers(second, n)
		_, vector := looseNumbers(third, 3)
		if scale && vector {
			return POSCAR
		}
	}
	if p, _, _ := printedAt(head); p != nil {
		return Unknown
	}
	switch {
	case strings.HasSuffix(base, ".cif") || strings.HasSuffix(base, ".mcif"):
		return CIF
	case strings.HasSuffix(base, "xyz"):
		return XYZ
	case strings.HasSuffix(base, ".json"):
		return JSON
	case strings.HasPrefix(base, "poscar") || strings.HasPrefix(base, "contcar") ||
		strings.HasSuffix(base, "poscar") || strings.HasSuffix(base, ".vasp"):
		return POSCAR
	}
	return Unknown
}

// hasLattice tells the second line of a frame of extended XYZ.
func hasLattice(line []byte) bool { return bytes.Contains(bytes.ToLower(line), []byte("lattice")) }

// cutLine returns the line that starts at byte i, without its end, and where
// the next one starts. Lines end in LF, CR LF or CR.
func cutLine(data []byte, i int) (line []byte, next int) {
	for j := i; j < len(data); j++ {
		switch data[j] {
		case '\n':
			return data[i:j], j + 1
		case '\r':
			if j+1 < len(data) && data[j+1] == '\n' {
				return data[i:j], j + 2
			}
			return data[i:j], j + 1
		}
	}
	return data[i:], len(data)
}

// hasFold tells whether row starts with the lower-case ASCII prefix, in any case.
func hasFold(row []byte, prefix string) bool {
	return len(row) >= len(prefix) && strings.EqualFold(string(row[:len(prefix)]), prefix)
}

// numbers reads the first n fields of a line as finite numbers.
func numbers(line []byte, n int) (v [3]float64, ok bool) {
	fields := bytes.Fields(line)
	if len(fields) < n {
		return v, false
	}
	for i := range n {
		if v[i], ok = parseFloat(fields[i]); !ok {
			return v, false
		}
	}
	return v, true
}

// parseFloat reads a finite number. Unlike strconv it knows no "inf", "nan",
// hexadecimal or underscores, and it accepts the Fortran exponents 1.0D+00.
func parseFloat(b []byte) (float64, bool) {
	if len(b) == 0 || len(b) > 64 {
		return 0, false
	}
	var buf [64]byte
	digits := 0
	for i, c := range b {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c == 'd' || c == 'D':
			c = 'e'
		case c == '+' || c == '-' || c == '.' || c == 'e' || c == 'E':
		default:
			return 0, false
		}
		buf[i] = c
	}
	if digits == 0 {
		return 0, false
	}
	v, err := strconv.ParseFloat(string(buf[:len(b)]), 64)
	return v, err == nil
}

// found quotes what stands in a file for a message: short, on one line.
func found(b []byte) string {
	s := strings.Join(strings.Fields(text(b)), " ")
	if s == "" {
		return "nothing"
	}
	return "“" + short(s, 24) + "”"
}

// text returns file bytes as a string: UTF-8 if they are, else Latin-1.
func text(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	r := make([]rune, len(b))
	for i, c := range b {
		r[i] = rune(c)
	}
	return string(r)
}

// short cuts a text that is to be shown to at most n characters.
func short(s string, n int) string {
	if len(s) <= n {
		return s
	}
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}
