package source

import (
	"bytes"
	"cmp"
	"errors"
	"math"
	"strconv"
	"strings"

	"zoneaxis/internal/atom"
	"zoneaxis/internal/crystal"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/lean/jsontext"
	"zoneaxis/internal/lean/sorts"
)

// Material is a crystal from a Materials Project answer or a pymatgen file,
// with what the answer says about it.
type Material struct {
	ID         int    // −1 if the answer has no mp id
	Formula    string // "SiO2", as the answer writes it
	Number     int    // space group, 0 if not given; of the material, not of this very cell
	Symbol     string // "Fd-3m"
	System     string // "cubic"
	Deprecated bool
	License    string // builder_meta.license: "BY-C", "BY-NC" or empty
	Database   string // builder_meta.database_version: "2026.04.13"
	Structure  *crystal.Structure
}

// part is where a value begins in an answer, 0 if the answer does not have it.
type part int

// mpStructure is the shape of a structure as pymatgen writes it. The truth is
// lattice.matrix and sites[].abc; the rest is a fallback.
type mpStructure struct{ lattice, sites part }

func (s *mpStructure) read(r *jsontext.Reader) {
	for r.Begin('{'); r.Member(); {
		switch string(r.Name) {
		case "lattice":
			s.lattice = here(r)
		case "sites":
			s.sites = here(r)
		default:
			r.Skip()
		}
	}
}

// here passes a value and returns where it began.
func here(r *jsontext.Reader) part {
	kind, start := r.Kind(), r.Offset()
	if r.Skip(); kind == "null" {
		return 0
	}
	return part(start)
}

type mpSite struct {
	species part
	element string // shape before 2018: one element, no species
	abc     [3]float64
	xyz     [3]float64
	nABC    int // how many numbers there were, −1 for no list
	nXYZ    int
	label   string
}

func (s *mpSite) read(r *jsontext.Reader) {
	s.nABC, s.nXYZ = -1, -1
	for r.Begin('{'); r.Member(); {
		switch string(r.Name) {
		case "species":
			s.species = here(r)
		case "element":
			r.String(&s.element)
		case "abc":
			s.nABC = readNumbers(r, s.abc[:])
		case "xyz":
			s.nXYZ = readNumbers(r, s.xyz[:])
		case "label":
			r.String(&s.label)
		default:
			r.Skip()
		}
	}
}

// readNumbers reads a list of numbers and returns how many there are, −1 for
// null. Those that do not fit are only counted.
func readNumbers(r *jsontext.Reader, into []float64) (n int) {
	if r.Null() {
		return -1
	}
	for r.Begin('['); r.Element(); n++ {
		var v float64
		if r.Float(&v); n < len(into) {
			into[n] = v
		}
	}
	return n
}

type mpSpecies struct {
	element string
	occ     float64 // 1 if not given
	charge  float64 // 0 if not given
}

// mpDocument is the shape of a material: a summary of the API, a structure, or
// something that holds one. Keys of the API before 2022 are among them.
type mpDocument struct {
	id         part
	formula    string
	formulaOld string
	structure  *mpStructure
	final      *mpStructure
	own        mpStructure // of a document that is a structure itself
	symmetry   mpSymmetry
	spacegroup mpSymmetry
	deprecated bool
	license    string
	database   string
	data       part
	response   part
}

func (d *mpDocument) read(r *jsontext.Reader) {
	for r.Begin('{'); r.Member(); {
		switch string(r.Name) {
		case "material_id":
			d.id = here(r)
		case "formula_pretty":
			r.String(&d.formula)
		case "pretty_formula":
			r.String(&d.formulaOld)
		case "structure":
			readStructure(r, &d.structure)
		case "final_structure":
			readStructure(r, &d.final)
		case "symmetry":
			d.symmetry.read(r)
		case "spacegroup":
			d.spacegroup.read(r)
		case "deprecated":
			r.Bool(&d.deprecated)
		case "builder_meta":
			for r.Begin('{'); r.Member(); {
				switch string(r.Name) {
				case "license":
					r.String(&d.license)
				case "database_version":
					r.String(&d.database)
				default:
					r.Skip()
				}
			}
		case "lattice":
			d.own.lattice = here(r)
		case "sites":
			d.own.sites = here(r)
		case "data":
			d.data = here(r)
		case "response":
			d.response = here(r)
		default:
			r.Skip()
		}
	}
}

func readStructure(r *jsontext.Reader, p **mpStructure) {
	if r.Null() {
		*p = nil
		return
	}
	*p = new(mpStructure)
	(*p).read(r)
}

type mpSymmetry struct {
	system, symbol string
	number         int
}

func (s *mpSymmetry) read(r *jsontext.Reader) {
	for r.Begin('{'); r.Member(); {
		switch string(r.Name) {
		case "crystal_system":
			r.String(&s.system)
		case "symbol":
			r.String(&s.symbol)
		case "number":
			r.Int(&s.number)
		default:
			r.Skip()
		}
	}
}

// ErrNoMaterial is returned for an answer of the Materials Project that holds
// no material: the id is not known.
var ErrNoMaterial = errors.New("The answer of the Materials Project holds no material.")

// Materials reads an answer of the Materials Project API, {"data":[…]}, one
// document of it, or a structure as pymatgen writes it, in the shapes of the
// present API and of the ones before. All errors are sentences for the page;
// an empty answer gives ErrNoMaterial.
func Materials(data []byte) ([]Material, error) {
	if len(data) > maxText {
		return nil, &SizeError{int64(len(data)), maxText}
	}
	in := mpReader{data, true}
	if err := jsontext.Valid(data); err != nil {
		return nil, in.fault(err)
	}
	docs, err := in.documents(0, 0)
	if err != nil {
		return nil, err
	}
	var list []Material
	sites := 0
	for _, d := range docs {
		m, err := in.material(d)
		if err != nil {
			return nil, err
		}
		if sites += len(m.Structure.Sites); sites > 2*MaxSites {
			break
		}
		list = append(list, m)
	}
	if len(list) == 0 {
		return nil, ErrNoMaterial
	}
	return list, nil
}

// mpReader reads an answer that is known to be JSON, part by part.
type mpReader struct {
	whole  []byte
	strict bool // occupancies out of range are an error: nothing is mended in what a server keeps
}

// at returns a reader of the value at p. In files numbers may stand in quotes,
// as people and programs write them.
func (in mpReader) at(p part) *jsontext.Reader {
	r := jsontext.NewReader(in.whole)
	if !in.strict {
		r.Loose = func(text string) (float64, bool) { return parseFraction(bareNumber([]byte(text))) }
	}
	return r.At(int(p))
}

// fail is a fault at a byte of the answer.
func (in mpReader) fail(offset int, msg string) error {
	return &SyntaxError{JSON, 1 + bytes.Count(in.whole[:offset], []byte{'\n'}), msg}
}

// standing adds to a message what stands at a byte of the answer.
func (in mpReader) standing(offset int, msg string) string {
	if strings.Contains(msg, "found") || strings.HasPrefix(msg, "cell") {
		return msg
	}
	rest := in.whole[offset:]
	return msg + ", found " + found(rest[:min(40, len(rest))])
}

// fault words what package jsontext has found; nil stays nil.
func (in mpReader) fault(err error) error {
	e, ok := errors.AsType[*jsontext.Error](err)
	if !ok {
		return err
	}
	switch rest := in.whole[e.Offset:]; e.Fault {
	case jsontext.End:
		return in.fail(e.Offset, "expected the bracket that closes the first, found the end")
	case jsontext.Depth:
		return in.fail(e.Offset, "expected lists nested at most "+count(jsontext.MaxDepth)+" deep, found more")
	case jsontext.Type:
		if e.Name == "" {
			return in.fail(e.Offset, "expected a structure, found another kind of value")
		}
		return in.fail(e.Offset, "expected another kind of value in “"+short(e.Name, 40)+"”, found "+article(e.Found)+e.Found)
	default:
		for _, word := range []string{"NaN", "Infinity"} {
			if bytes.HasPrefix(rest, []byte(word)) {
				return in.fail(e.Offset, "expected a number, found “"+word+"”")
			}
		}
		return in.fail(e.Offset, "expected JSON, found "+found(rest[:min(12, len(rest))]))
	}
}

// article returns "a " or "an ", as the word asks for.
func article(word string) string {
	if word != "" && strings.Contains("aeiou", word[:1]) {
		return "an "
	}
	return "a "
}

// documents collects the documents of an answer, at most maxBlocks.
func (in mpReader) documents(p part, level int) ([]mpDocument, error) {
	r := in.at(p)
	if r.Kind() == "array" {
		var docs []mpDocument
		for r.Begin('['); len(docs) < maxBlocks && r.Element(); {
			var d mpDocument
			d.read(r)
			docs = append(docs, d)
		}
		return docs, in.fault(r.Err())
	}
	var d mpDocument
	if d.read(r); r.Err() != nil {
		return nil, in.fault(r.Err())
	}
	for _, inner := range []part{d.data, d.response} {
		if inner > 0 && d.structure == nil && level < 3 {
			if kind := in.at(inner).Kind(); kind == "array" || kind == "object" {
				return in.documents(inner, level+1)
			}
		}
	}
	return []mpDocument{d}, nil
}

// material turns a document into a crystal.
func (in mpReader) material(d mpDocument) (Material, error) {
	m := Material{ID: -1, Formula: d.formula, Deprecated: d.deprecated, License: d.license, Database: d.database}
	if m.Formula == "" {
		m.Formula = d.formulaOld
	}
	m.Formula = short(m.Formula, 200)
	if r := in.at(d.id); d.id > 0 && r.Kind() == "string" {
		var id string
		r.String(&id)
		if n, err := ParseMP(id); err == nil && strings.HasPrefix(strings.ToLower(id), "mp-") {
			m.ID = n
		}
	}
	for _, s := range []mpSymmetry{d.symmetry, d.spacegroup} {
		if m.Number == 0 && s.number >= 1 && s.number <= 230 {
			m.Number, m.Symbol, m.System = s.number, short(s.symbol, 40), strings.ToLower(short(s.system, 40))
		}
	}
	s := d.structure
	if s == nil {
		s = d.final
	}
	if s == nil {
		s = &d.own
	}
	var err error
	if m.Structure, err = in.crystal(s); err != nil {
		return m, err
	}
	if m.ID >= 0 {
		m.Structure.ID = FormatMP(m.ID)
		m.Structure.Reference = "A. Jain et al., APL Mater. 1 (2013) 011002 (Materials Project)"
	}
	if m.Number > 0 {
		// Of the material: the cell may be primitive or in another setting, so
		// this is no Given.
		name := strings.TrimSpace(m.Symbol + " (" + strconv.Itoa(m.Number) + ")")
		m.Structure.Notes = append(m.Structure.Notes, "The file gives the space group as "+name+".")
	}
	m.Structure.Name = m.Formula
	if m.Structure.Name == "" {
		m.Structure.Name = m.Structure.Formula()
	}
	return m, nil
}

// crystal reads the lattice and the sites.
func (in mpReader) crystal(s *mpStructure) (*crystal.Structure, error) {
	basis, err := in.lattice(s.lattice)
	if err != nil {
		return nil, in.fail(int(s.lattice), in.standing(int(s.lattice), err.Error()))
	}
	out := &crystal.Structure{Lattice: basis.lattice}
	var kinds species
	var sites []crystal.Site
	listed, number := 0, 0
	read := func(r *jsontext.Reader) error {
		number++
		r.Kind() // passes white space
		start := r.Offset()
		fail := func(msg string) error { return in.fail(start, in.standing(start, msg+" in site "+count(number))) }
		var site mpSite
		if site.read(r); r.Err() != nil {
			return in.fault(r.Err())
		}
		a := crystal.Site{Label: short(site.label, 40), Occ: 1, B: math.NaN()}
		switch {
		case site.nABC == 3:
			a.Frac = basis.turn(site.abc)
		case site.nABC < 0 && site.nXYZ == 3:
			a.Frac = basis.frac(geom.Vec{X: site.xyz[0], Y: site.xyz[1], Z: site.xyz[2]})
		default:
			return fail("expected three coordinates “abc”")
		}
		if !(math.Abs(a.Frac[0])+math.Abs(a.Frac[1])+math.Abs(a.Frac[2]) < 1e4) {
			return fail("expected coordinates in fractions of the cell")
		}
		list, ok := in.species(site)
		if !ok || len(list) == 0 {
			return fail("expected a list of species")
		}
		sum := 0.0
		for _, sp := range list {
			if listed++; listed > MaxSites {
				return in.fail(start, "expected at most "+count(MaxSites)+" atoms, found more")
			}
			b := a
			if sum += max(0, sp.occ); in.strict && !(sp.occ >= 0 && sum <= 1.02) {
				return fail("expected occupancies that add up to 0 to 1")
			}
			b.Occ = kinds.clip(sp.occ, short(cmp.Or(site.label, sp.element), 40))
			var ok bool
			if b.Z, ok = kinds.element(short(sp.element, 40), ""); !ok {
				continue
			}
			if q := sp.charge; q != 0 && math.Abs(q) <= 8 {
				sign := "+"
				if q < 0 {
					sign = "-"
				}
				addOnce(&kinds.ions, b.Z.Symbol()+parseCharge(decimals(math.Abs(q), 2)+sign))
			}
			if b.Occ > 0 {
				sites = append(sites, b)
			}
		}
		return nil
	}
	if r := in.at(s.sites); s.sites > 0 && r.Kind() == "array" {
		for r.Begin('['); r.Element(); {
			if err := read(r); err != nil {
				return nil, err
			}
		}
	}
	if listed == 0 {
		return nil, &NoAtomsError{Format: JSON, Structure: out}
	}
	return finish(JSON, out, sites, &kinds, listed, basis.flipped)
}

// lattice reads a lattice: {"matrix": [[…],[…],[…]]} with rows a, b, c in Å, the
// bare matrix, or the six cell parameters.
func (in mpReader) lattice(p part) (basis, error) {
	if p == 0 {
		return basis{}, trimmedError("expected “lattice” and “sites”, found none")
	}
	var rows [3][3]float64
	n := -1 // rows of three numbers, −1 for no matrix
	matrix := func(r *jsontext.Reader) {
		if r.Null() {
			n = -1
			return
		}
		n = 0
		for r.Begin('['); r.Element(); {
			var row [3]float64
			if readNumbers(r, row[:]) != 3 || n >= 3 {
				n = 4 // stays wrong
				continue
			}
			rows[n] = row
			n++
		}
	}
	var cell crystal.Cell
	r := in.at(p)
	if r.Kind() == "array" {
		matrix(r)
	} else {
		for r.Begin('{'); r.Member(); {
			switch string(r.Name) {
			case "matrix":
				matrix(r)
			case "a":
				r.Float(&cell.A)
			case "b":
				r.Float(&cell.B)
			case "c":
				r.Float(&cell.C)
			case "alpha":
				r.Float(&cell.Alpha)
			case "beta":
				r.Float(&cell.Beta)
			case "gamma":
				r.Float(&cell.Gamma)
			default:
				r.Skip()
			}
		}
	}
	if r.Err() == nil && n < 0 && cell.A > 0 {
		lattice, err := crystal.NewLattice(cell)
		if err != nil {
			return basis{}, trimmedError(err.Error())
		}
		return basis{lattice: lattice, inverse: lattice.Direct().Inverse()}, nil
	}
	if r.Err() != nil || n != 3 {
		return basis{}, trimmedError("expected three vectors of three numbers in “lattice”")
	}
	var v [3]geom.Vec
	for i, row := range rows {
		v[i] = geom.Vec{X: row[0], Y: row[1], Z: row[2]}
	}
	return newBasis(v[0], v[1], v[2])
}

// species reads the species of a site: a list of objects, an object of symbols
// and occupancies, or one element.
func (in mpReader) species(site mpSite) (list []mpSpecies, ok bool) {
	if site.species == 0 {
		if site.element == "" {
			return nil, true
		}
		return []mpSpecies{{element: site.element, occ: 1}}, true
	}
	r := in.at(site.species)
	if r.Kind() != "object" {
		for r.Begin('['); r.Element(); {
			s := mpSpecies{occ: 1}
			for r.Begin('{'); r.Member(); {
				switch string(r.Name) {
				case "element":
					r.String(&s.element)
				case "occu":
					r.Float(&s.occ)
				case "oxidation_state":
					r.Float(&s.charge)
				default:
					r.Skip()
				}
			}
			list = append(list, s)
		}
		return list, r.Err() == nil
	}
	occ := map[string]float64{}
	for r.Begin('{'); r.Member(); {
		name, v := string(r.Name), 0.0
		r.Float(&v)
		occ[name] = v
	}
	if r.Err() != nil {
		return nil, false
	}
	for z := atom.Z(1); z <= atom.MaxZ; z++ {
		if o, ok := occ[z.Symbol()]; ok {
			list = append(list, mpSpecies{element: z.Symbol(), occ: o})
			delete(occ, z.Symbol())
		}
	}
	var others []string // "Fe3+", or not recognised
	for name := range occ {
		others = append(others, name)
	}
	sorts.Values(others)
	for _, name := range others {
		list = append(list, mpSpecies{element: name, occ: occ[name]})
	}
	return list, true
}
