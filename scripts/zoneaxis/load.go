package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/source"
	_ "zoneaxis/internal/source/records" // the library
	"zoneaxis/internal/source/search"
	"zoneaxis/internal/symmetry"
)

// loaded is a structure ready to compute with.
type loaded struct {
	*crystal.Structure                   // in the cell that was asked for
	Analysis           *crystal.Analysis // of the structure as given
	Group              *symmetry.Group   // of the cell in use
}

// hexagonal reports whether the cell in use is described on hexagonal axes.
func (l *loaded) hexagonal() bool {
	c := l.Lattice.Cell()
	return l.Analysis.Setting.Hexagonal() && c.Gamma == 120 && c.Alpha == 90 && c.Beta == 90
}

// crystalOptions say which crystal a command takes, and in which cell.
type crystalOptions struct {
	in, block, cell string
	tol             float64 // Å
}

// add declares the options.
func (o *crystalOptions) add(f *flag.FlagSet) {
	o.addIn(f)
	o.addCell(f)
	o.addTol(f)
}

func (o *crystalOptions) addIn(f *flag.FlagSet) {
	f.StringVar(&o.in, "in", "", "a `file` (CIF, POSCAR, XYZ, SHELX, PDB, JSON) or a library id")
	f.StringVar(&o.block, "block", "", "which structure of a file that has several: its `number or name`")
}

func (o *crystalOptions) addCell(f *flag.FlagSet) {
	f.StringVar(&o.cell, "cell", "conventional", "conventional (standard cell) or asgiven")
}

func (o *crystalOptions) addTol(f *flag.FlagSet) {
	f.Float64Var(&o.tol, "tol", 0, "tolerance of the symmetry search, Å (0: 0.01, and wider if the structure is imprecise)")
}

// load reads the crystal of -in.
func (o *crystalOptions) load() (*loaded, error) { return loadStructure(o.in, o.block, o.cell, o.tol) }

// open reads another crystal with the same options.
func (o *crystalOptions) open(in string) (*loaded, error) {
	return loadStructure(in, "", o.cell, o.tol)
}

// crystalNames head what is told about a crystal.
type crystalNames struct {
	Crystal    string `json:"crystal,omitempty"`
	Formula    string `json:"formula"`
	SpaceGroup string `json:"spacegroup"`
}

func (l *loaded) names() crystalNames {
	return crystalNames{l.Name, l.Formula(), l.Analysis.Setting.HM}
}

// loadStructure reads a file (by content) or opens a library crystal and gives
// it in the conventional standard cell or as given. tol is in Å.
func loadStructure(in, block, cell string, tol float64) (*loaded, error) {
	if in == "" {
		return nil, errors.New("-in is missing: a file (CIF, POSCAR, XYZ, SHELX, PDB, JSON) or a library id such as si")
	}
	s, err := readStructure(in, block)
	if err != nil {
		return nil, err
	}
	if err := s.Validate(); err != nil {
		return nil, forPeople(err)
	}
	a, err := s.Analyze(tol)
	if err != nil {
		return nil, forPeople(err)
	}
	out := &loaded{Analysis: a}
	switch cell {
	case "conventional":
		out.Structure = a.Conventional
		out.Group = a.Setting.Group()
	case "asgiven":
		out.Structure = s
		if out.Group, err = symmetry.FromOps(a.Ops); err != nil {
			return nil, err
		}
	default:
		return nil, fmt.Errorf("-cell %q: expected conventional or asgiven", cell)
	}
	return out, nil
}

// forPeople drops the name of the package from an error about a crystal.
func forPeople(err error) error {
	return errors.New(strings.TrimPrefix(err.Error(), "crystal: "))
}

// readStructure returns a structure of a file, the first unless a number or a
// name is given, or a library crystal.
func readStructure(in, block string) (*crystal.Structure, error) {
	data, err := os.ReadFile(in)
	switch {
	case err == nil:
		all, err := source.Decode(filepath.Base(in), data)
		if err != nil {
			return nil, err
		}
		return chooseBlock(all, block)
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	s, err := source.Open(in)
	if err != nil {
		return nil, fmt.Errorf("%q is neither a file nor in the library.%s", in, meant(in))
	}
	if block != "" {
		return nil, fmt.Errorf("-block %q: a crystal of the library is one structure", block)
	}
	return s, nil
}

// meant offers crystals of the library for a name that is none of its ids.
func meant(name string) string {
	var ids []string
	for _, e := range search.Find(name, 3).Entries {
		ids = append(ids, e.ID+" ("+e.Name+")")
	}
	if len(ids) == 0 {
		return " Give a file, or an id such as si."
	}
	return " Did you mean " + strings.Join(ids, ", or ") + "?"
}

// chooseBlock returns the structure of a file that has the name or the number,
// counted from 1; the first, with a note that lists all of them, if none is
// asked for. A name counts in any case, and before a number.
func chooseBlock(all []*crystal.Structure, block string) (*crystal.Structure, error) {
	if block == "" {
		if len(all) > 1 {
			all[0].Notes = append(all[0].Notes, fmt.Sprintf("The file has %d structures: %s; this is the first, -block chooses another.", len(all), listBlocks(all)))
		}
		return all[0], nil
	}
	for _, name := range []func(*crystal.Structure) string{
		func(s *crystal.Structure) string { return s.Block }, func(s *crystal.Structure) string { return s.Name },
	} {
		for _, s := range all {
			if n := name(s); n != "" && strings.EqualFold(n, strings.TrimPrefix(block, "data_")) {
				return s, nil
			}
		}
	}
	if n, err := strconv.Atoi(block); err == nil && n >= 1 && n <= len(all) {
		return all[n-1], nil
	}
	missed := ""
	for _, note := range all[0].Notes {
		if strings.HasPrefix(note, "Not read") {
			missed = " " + note
		}
	}
	return nil, fmt.Errorf("-block %q: the file has no such structure; expected a number from 1 to %d or a name: %s.%s", block, len(all), listBlocks(all), missed)
}

// listBlocks writes the structures of a file for a message.
func listBlocks(all []*crystal.Structure) string {
	const most = 20
	var list []string
	for i, s := range all {
		if i == most {
			return strings.Join(list, ", ") + fmt.Sprintf(" and %d more", len(all)-most)
		}
		name := s.Block
		if name == "" {
			name = s.Name
		}
		list = append(list, strings.TrimSpace(fmt.Sprintf("%d %s", i+1, name))+" ("+s.Formula()+")")
	}
	return strings.Join(list, ", ")
}

// triple reads three whole numbers separated by commas.
func triple(name, text string) (out [3]int, err error) {
	parts := strings.Split(text, ",")
	if len(parts) != 3 {
		return out, fmt.Errorf("-%s %q: expected three whole numbers with commas, such as 1,-1,0", name, text)
	}
	for i, p := range parts {
		if out[i], err = strconv.Atoi(strings.TrimSpace(p)); err != nil {
			return out, fmt.Errorf("-%s %q: %q is not a whole number", name, text, p)
		}
	}
	return out, nil
}

// numbers matches an array of numbers that was spread over lines.
var numbers = regexp.MustCompile(`\[[\s\d.,eE+-]+\]`)

// writeJSON writes v indented by one space a level, arrays of numbers on one
// line.
func writeJSON(w io.Writer, v any) error {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(numbers.ReplaceAllFunc(text.Bytes(), func(array []byte) []byte {
		return bytes.ReplaceAll(bytes.Join(bytes.Fields(array), nil), []byte(","), []byte(", "))
	}))
	return err
}

// notesOf gathers what a person should know about a structure, each once.
func notesOf(lists ...[]string) []string {
	seen := map[string]bool{}
	out := []string{}
	for _, list := range lists {
		for _, note := range list {
			if !seen[note] {
				seen[note] = true
				out = append(out, note)
			}
		}
	}
	return out
}
