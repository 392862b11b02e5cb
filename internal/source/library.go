package source

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"

	"zoneaxis/internal/atom"
	"zoneaxis/internal/crystal"
	"zoneaxis/internal/lean/say"
	"zoneaxis/internal/symmetry"
)

// Entry describes a crystal of the library. Open reads the crystal.
type Entry struct {
	ID              string       // "si"; links write "lib-si"
	Name            string       // "Silicon"
	Also            []string     // other names: "zinc blende"
	Formula         string       // as the literature writes it: "CaF2"
	Number          int          // space group
	SpaceGroup      string       // Hermann–Mauguin symbol of the setting: "F d -3 m:2"
	Hall            string       // Hall symbol of the setting
	System          string       // crystal system, "cubic"; trigonal for rhombohedral groups
	Prototype       string       // "ZnS (sphalerite)"; may be empty
	Strukturbericht string       // "B3"; may be empty
	Category        string       // one of Categories
	Cell            crystal.Cell // of the setting
	TemperatureK    float64      // at which the cell was measured
	FormulaUnits    int          // in the cell
	MP              string       // Materials Project id, "mp-149"; may be empty
	MPStatus        string       // how sure MP is: confirmed, formula, recalled, mentioned, related
	Reference       string       // where the cell and the positions come from
	BSource         string       // where B comes from: "typical", "reference" or a citation
	Note            string       // what a reader should know; may be empty

	atoms []crystal.Site // of one asymmetric unit
	mp    int            // MP as a number, -1 if empty
}

// Type returns the name of the structure type: "A1, Cu", or what there is of
// it; "" for a crystal that is its own type.
func (e *Entry) Type() string {
	if e.Strukturbericht != "" && e.Prototype != "" {
		return e.Strukturbericht + ", " + e.Prototype
	}
	return e.Strukturbericht + e.Prototype
}

// library is a set of entries and how they are found.
type library struct {
	entries []Entry
	byID    map[string]int
	byMP    map[int]int
	whole   bool // not only silicon; entries may still lack their atoms
}

// present is the library of this program: silicon until there is more.
var present = sync.OnceValue(func() *library {
	lib, err := parseLibrary(siliconText)
	if err != nil {
		panic(err)
	}
	return lib
})

// missed tells that something was looked for that silicon alone cannot answer.
var missed bool

// LoadLibrary makes the records of a text the library: that of package records,
// whose head describes the form. Until then the library is silicon alone. The
// text may come in two parts, as records.Parts gives them: names, by which
// crystals are known, then structures, without which they cannot be opened. An
// error leaves the library as it was. It must not run beside other functions of
// this package.
func LoadLibrary(text string) error {
	lib, err := parseLibrary(text)
	if err != nil {
		return err
	}
	if len(lib.entries) > 0 && lib.entries[0].Name == "" {
		return addStructures(lib.entries)
	}
	if _, ok := lib.byID["si"]; !ok || len(lib.entries) == 1 {
		return errors.New("source: this text is not the library of crystals")
	}
	lib.whole = true
	present = func() *library { return lib }
	return nil
}

// addStructures gives the entries of the library what the first part of its
// text left out.
func addStructures(parts []Entry) error {
	lib := present()
	entries := slices.Clone(lib.entries)
	for _, part := range parts {
		i, ok := lib.byID[part.ID]
		if !ok {
			return say.Errorf("source: the library has no %q to give a structure to", part.ID)
		}
		e := &entries[i]
		e.Reference, e.BSource, e.Note, e.atoms = part.Reference, part.BSource, part.Note, part.atoms
	}
	for _, e := range entries {
		if len(e.atoms) == 0 {
			return say.Errorf("source: the library has no structure of %q", e.ID)
		}
	}
	lib.entries = entries
	return nil
}

// Missed reports whether, since the last call, something was looked for that
// only the whole library can answer, while it was not loaded.
func Missed() bool {
	was := missed
	if was {
		missed = false
	}
	return was
}

// all returns the library for questions about all of it.
func all() *library {
	lib := present()
	if !lib.whole {
		missed = true
	}
	return lib
}

func parseLibrary(text string) (*library, error) {
	lib := &library{byID: map[string]int{}, byMP: map[int]int{}}
	for record := range strings.SplitSeq(text, "\n\n") {
		e, ok, err := parseEntry(record)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		lib.byID[e.ID] = len(lib.entries)
		// An id of a parent phase is not an id of the entry.
		if _, taken := lib.byMP[e.mp]; e.mp >= 0 && !taken && e.MPStatus != "related" {
			lib.byMP[e.mp] = len(lib.entries)
		}
		lib.entries = append(lib.entries, e)
	}
	return lib, nil
}

// parseEntry reads one record of the library.
// A record of comments is not an entry.
func parseEntry(record string) (e Entry, ok bool, err error) {
	e.mp = -1
	var p fieldParser
	for line := range strings.SplitSeq(strings.TrimSpace(record), "\n") {
		key, value, _ := strings.Cut(line, " ")
		switch key {
		case "id":
			e.ID, ok = value, true
		case "name":
			e.Name = value
		case "also":
			e.Also = strings.Split(value, "; ")
		case "formula":
			e.Formula = value
		case "type":
			e.Strukturbericht, e.Prototype, _ = strings.Cut(value, " | ")
			e.Strukturbericht = strings.TrimPrefix(e.Strukturbericht, "-")
			e.Prototype = strings.TrimPrefix(e.Prototype, "-")
		case "class":
			e.Category = value
		case "group":
			f := p.split(value, " | ", 3)
			e.Number, e.SpaceGroup, e.Hall = p.integer(f[0]), f[1], f[2]
			e.System = crystalSystem(e.Number)
		case "cell":
			f := p.split(value, " ", 6)
			e.Cell = crystal.Cell{A: p.float(f[0]), B: p.float(f[1]), C: p.float(f[2]),
				Alpha: p.float(f[3]), Beta: p.float(f[4]), Gamma: p.float(f[5])}
		case "state":
			f := p.split(value, " ", 2)
			e.TemperatureK, e.FormulaUnits = p.float(f[0]), p.integer(f[1])
		case "mp":
			f := p.split(value, " ", 2)
			e.MP, e.MPStatus = f[0], f[1]
			var idErr error
			if e.mp, idErr = ParseMP(e.MP); idErr != nil {
				p.fail(e.MP)
			}
		case "ref":
			e.Reference = value
		case "B":
			e.BSource = value
		case "note":
			e.Note = value
		case "atom":
			f := p.split(value, " ", 8)
			z, known := atom.Lookup(f[1])
			if !known {
				p.fail(f[1])
			}
			e.atoms = append(e.atoms, crystal.Site{Label: f[0], Z: z,
				Frac: crystal.Frac{p.float(f[3]), p.float(f[4]), p.float(f[5])}, Occ: p.float(f[6]), B: p.float(f[7])})
		default:
			if !strings.HasPrefix(line, "#") && line != "" {
				p.fail(line)
			}
		}
	}
	if p.failed {
		return e, false, say.Errorf("source: library entry %q: cannot read %q", e.ID, p.bad)
	}
	return e, ok, nil
}

// fieldParser reads the fields of a record and remembers the first bad one.
type fieldParser struct {
	bad    string
	failed bool // bad may be empty
}

func (p *fieldParser) fail(s string) {
	if !p.failed {
		p.bad, p.failed = s, true
	}
}

func (p *fieldParser) split(s, sep string, n int) []string {
	f := strings.Split(s, sep)
	if len(f) != n {
		p.fail(s)
		f = make([]string, n)
	}
	return f
}

func (p *fieldParser) float(s string) float64 {
	v, ok := parseFraction([]byte(s))
	if !ok {
		p.fail(s)
	}
	return v
}

func (p *fieldParser) integer(s string) int {
	v, err := strconv.Atoi(s)
	if err != nil {
		p.fail(s)
	}
	return v
}

// crystalSystem returns the crystal system of a space-group number.
func crystalSystem(number int) string {
	for _, s := range []struct {
		last int
		name string
	}{{2, "triclinic"}, {15, "monoclinic"}, {74, "orthorhombic"}, {142, "tetragonal"}, {167, "trigonal"}, {194, "hexagonal"}} {
		if number <= s.last {
			return s.name
		}
	}
	return "cubic"
}

// Library returns every entry in the order of the library's text: metals first,
// then semiconductors and compounds by kind, then those that came later. The
// caller owns the slice, not what its entries point to.
func Library() []Entry { return slices.Clone(all().entries) }

// Lookup returns the entry of an id: "si", "lib-si" or "mp-149" in any of its
// forms. Upper and lower case are the same.
func Lookup(id string) (Entry, bool) {
	lib := present()
	id = strings.ToLower(strings.TrimSpace(id))
	if i, ok := lib.byID[strings.TrimPrefix(id, "lib-")]; ok {
		return lib.entries[i], true
	}
	if n, err := ParseMP(id); err == nil && strings.HasPrefix(id, "mp-") {
		if i, ok := lib.byMP[n]; ok {
			return lib.entries[i], true
		}
	}
	all() // the rest of the library may have it
	return Entry{}, false
}

// Named returns the entry that a text names exactly: by its formula as written,
// or by name, other name, id or formula in any case, in this order; of several
// the first. Package search finds more.
func Named(text string) (Entry, bool) {
	lib := present()
	for _, named := range []func(e *Entry) bool{
		func(e *Entry) bool { return e.Formula == text },
		func(e *Entry) bool { return strings.EqualFold(e.Name, text) },
		func(e *Entry) bool {
			return slices.ContainsFunc(e.Also, func(n string) bool { return strings.EqualFold(n, text) })
		},
		func(e *Entry) bool { return strings.EqualFold(e.ID, text) },
		func(e *Entry) bool { return strings.EqualFold(e.Formula, text) },
	} {
		for i := range lib.entries {
			if named(&lib.entries[i]) {
				return lib.entries[i], true
			}
		}
	}
	all() // the rest of the library may have it
	return Entry{}, false
}

// Open returns the whole cell of a library entry, named as in Lookup, in the
// setting of the entry. A Materials Project id opens the library's measured
// structure of that material, with a note.
func Open(id string) (*crystal.Structure, error) {
	e, ok := Lookup(id)
	if !ok {
		return nil, say.Errorf("source: the library has no %q", id)
	}
	s, err := e.Open()
	if err != nil {
		return nil, err
	}
	if _, err := ParseMP(id); err == nil {
		s.Notes = append(s.Notes, "This is the library's structure of "+e.MP+", from measurements, not the computed one of the Materials Project.")
	}
	return s, nil
}

// Open returns the whole cell of the entry.
func (e Entry) Open() (*crystal.Structure, error) {
	if len(e.atoms) == 0 {
		missed = true
		return nil, say.Errorf("source: the structure of %q has not come yet", e.ID)
	}
	lattice, err := crystal.NewLattice(e.Cell)
	if err != nil {
		return nil, err
	}
	setting, err := symmetry.Lookup(e.SpaceGroup)
	if err != nil {
		return nil, err
	}
	x, err := expand(lattice, setting.Group().Ops(), asymmetric{atoms: e.atoms}, addAll)
	if err != nil {
		return nil, err
	}
	s := &crystal.Structure{
		ID: "lib-" + e.ID, Name: e.Name, Lattice: lattice, Sites: x.sites,
		Given: setting, BSource: e.BSource, Reference: e.Reference,
	}
	if e.BSource == "reference" {
		s.BSource = "measured"
	}
	if e.Note != "" {
		s.Notes = []string{e.Note}
	}
	return s, nil
}
