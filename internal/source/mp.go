package source

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"zoneaxis/internal/atom"
	"zoneaxis/internal/crystal"
	"zoneaxis/internal/geom"
)

// maxDepth bounds the nesting of JSON; answers of the Materials Project go
// about ten deep.
const maxDepth = 64

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

// mpStructure is the shape of a structure as pymatgen writes it. The truth is
// lattice.matrix and sites[].abc; the rest is a fallback.
type mpStructure struct {
	Lattice json.RawMessage `json:"lattice"`
	Sites   json.RawMessage `json:"sites"` // []mpSite
}

type mpSite struct {
	Species json.RawMessage `json:"species"`
	Element string          `json:"element"` // shape before 2018: one element, no species
	ABC     []float64       `json:"abc"`
	XYZ     []float64       `json:"xyz"`
	Label   string          `json:"label"`
}

type mpLattice struct {
	Matrix             [][]float64 `json:"matrix"`
	A, B, C            float64
	Alpha, Beta, Gamma float64
}

type mpSpecies struct {
	Element   string   `json:"element"`
	Occu      *float64 `json:"occu"`
	Oxidation *float64 `json:"oxidation_state"`
}

// mpDocument is the shape of a material: a summary of the API, a structure, or
// something that holds one. Keys of the API before 2022 are among them.
type mpDocument struct {
	MaterialID json.RawMessage `json:"material_id"`
	Formula    string          `json:"formula_pretty"`
	PrettyOld  string          `json:"pretty_formula"`
	Structure  *mpStructure    `json:"structure"`
	Final      *mpStructure    `json:"final_structure"`
	Symmetry   *mpSymmetry     `json:"symmetry"`
	SpaceGroup *mpSymmetry     `json:"spacegroup"`
	Deprecated bool            `json:"deprecated"`
	Builder    *mpBuilder      `json:"builder_meta"`
	LatticeOwn json.RawMessage `json:"lattice"`
	SitesOwn   json.RawMessage `json:"sites"`
	Data       json.RawMessage `json:"data"`
	Response   json.RawMessage `json:"response"`
}

type mpSymmetry struct {
	System string `json:"crystal_system"`
	Symbol string `json:"symbol"`
	Number int    `json:"number"`
}

type mpBuilder struct {
	License  string `json:"license"`
	Database string `json:"database_version"`
}

// ErrNoMaterial is returned for an answer of the Materials Project that holds
// no material: the id is not known.
var ErrNoMaterial = errors.New("The answer of the Materials Project holds no material.")

// Materials reads an answer of the Materials Project API, {"data":[…]}, one
// document of it, or a structure as pymatgen writes it, in the shapes of the
// present API and of the ones before. All errors are sentences for the page;
// an empty answer gives ErrNoMaterial.
func Materials(data []byte) ([]Material, error) {
	if len(data) > MaxBytes {
		return nil, &SizeError{int64(len(data))}
	}
	if err := checkDepth(data); err != nil {
		return nil, err
	}
	in := mpReader{data}
	var whole json.RawMessage
	if err := in.unmarshal(data, &whole); err != nil {
		return nil, err
	}
	docs, err := in.documents(whole, 0)
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

func decodeJSON(data []byte) ([]*crystal.Structure, error) {
	materials, err := Materials(data)
	if err != nil {
		return nil, err
	}
	list := make([]*crystal.Structure, len(materials))
	for i, m := range materials {
		list[i] = m.Structure
	}
	return list, nil
}

// checkDepth refuses JSON that nests too deep.
func checkDepth(data []byte) error {
	depth, quoted := 0, false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[' || c == '{':
			if depth++; depth > maxDepth {
				return mpReader{data}.fail(data, int64(i), "expected lists nested at most "+count(maxDepth)+" deep")
			}
		case c == ']' || c == '}':
			depth--
		}
	}
	return nil
}

// mpReader reads the parts of an answer and knows where they stand in it.
type mpReader struct{ whole []byte }

// fail is a fault at a byte of a part of the answer.
func (in mpReader) fail(part []byte, offset int64, msg string) error {
	line := 0
	if start := bytes.Index(in.whole, part); start >= 0 {
		line = 1 + bytes.Count(in.whole[:start+int(min(offset, int64(len(part))))], []byte{'\n'})
	}
	return &SyntaxError{JSON, line, msg}
}

// unmarshal decodes a part of the answer.
func (in mpReader) unmarshal(part []byte, v any) error {
	err := json.Unmarshal(part, v)
	if err == nil {
		return nil
	}
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		at := int(syntax.Offset) - 1
		if at < 0 || at >= len(part) || strings.HasPrefix(syntax.Error(), "unexpected end") {
			return in.fail(part, syntax.Offset, "it ends before its last bracket closes")
		}
		for _, word := range []string{"NaN", "Infinity"} {
			if part[at] == word[0] && bytes.HasPrefix(part[at:], []byte(word)) {
				return in.fail(part, syntax.Offset, "expected a number, found “"+word+"”")
			}
		}
		return in.fail(part, syntax.Offset, "expected JSON, found "+found(part[at:min(at+12, len(part))]))
	}
	if kind, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		word, _, _ := strings.Cut(kind.Value, " ")
		return in.fail(part, kind.Offset, "expected another kind of value in “"+kind.Field+"” than a "+word)
	}
	return &SyntaxError{JSON, 0, "it is not JSON"}
}

// list calls f with the elements of a list until f returns an error or false.
func (in mpReader) list(part json.RawMessage, f func(json.RawMessage) (bool, error)) error {
	d := json.NewDecoder(bytes.NewReader(part))
	if _, err := d.Token(); err != nil {
		return &SyntaxError{JSON, 0, "it is not JSON"}
	}
	for d.More() {
		var element json.RawMessage
		if err := d.Decode(&element); err != nil {
			return &SyntaxError{JSON, 0, "it is not JSON"}
		}
		if more, err := f(element); err != nil || !more {
			return err
		}
	}
	return nil
}

// documents collects the documents of an answer, at most maxBlocks.
func (in mpReader) documents(part json.RawMessage, level int) ([]mpDocument, error) {
	part = bytes.TrimSpace(part)
	var docs []mpDocument
	if part[0] == '[' {
		err := in.list(part, func(element json.RawMessage) (bool, error) {
			var d mpDocument
			err := in.unmarshal(element, &d)
			docs = append(docs, d)
			return len(docs) < maxBlocks, err
		})
		return docs, err
	}
	var d mpDocument
	if err := in.unmarshal(part, &d); err != nil {
		return nil, err
	}
	for _, inner := range []json.RawMessage{d.Data, d.Response} {
		if s := bytes.TrimSpace(inner); len(s) > 0 && (s[0] == '[' || s[0] == '{') && d.Structure == nil && level < 3 {
			return in.documents(s, level+1)
		}
	}
	return []mpDocument{d}, nil
}

// material turns a document into a crystal.
func (in mpReader) material(d mpDocument) (Material, error) {
	m := Material{ID: -1, Formula: d.Formula, Deprecated: d.Deprecated}
	if m.Formula == "" {
		m.Formula = d.PrettyOld
	}
	m.Formula = short(m.Formula, 200)
	var id string
	if json.Unmarshal(d.MaterialID, &id) == nil {
		if n, err := ParseMP(id); err == nil && strings.HasPrefix(strings.ToLower(id), "mp-") {
			m.ID = n
		}
	}
	for _, s := range []*mpSymmetry{d.Symmetry, d.SpaceGroup} {
		if s != nil && m.Number == 0 && s.Number >= 1 && s.Number <= 230 {
			m.Number, m.Symbol, m.System = s.Number, short(s.Symbol, 40), strings.ToLower(short(s.System, 40))
		}
	}
	if d.Builder != nil {
		m.License, m.Database = d.Builder.License, d.Builder.Database
	}
	s := d.Structure
	if s == nil {
		s = d.Final
	}
	if s == nil {
		s = &mpStructure{d.LatticeOwn, d.SitesOwn}
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
	basis, err := readMPLattice(s.Lattice)
	if err != nil {
		return nil, &SyntaxError{JSON, 0, err.Error()}
	}
	out := &crystal.Structure{Lattice: basis.lattice}
	var kinds species
	var sites []crystal.Site
	listed, number := 0, 0
	read := func(raw json.RawMessage) (bool, error) {
		number++
		fail := func(msg string) (bool, error) {
			return false, in.fail(raw, 0, msg+" in site "+count(number))
		}
		var site mpSite
		if err := in.unmarshal(raw, &site); err != nil {
			return false, err
		}
		a := crystal.Site{Label: short(site.Label, 40), Occ: 1, B: math.NaN()}
		switch {
		case len(site.ABC) == 3:
			a.Frac = basis.turn(crystal.Frac{site.ABC[0], site.ABC[1], site.ABC[2]})
		case site.ABC == nil && len(site.XYZ) == 3:
			a.Frac = basis.frac(geom.Vec{X: site.XYZ[0], Y: site.XYZ[1], Z: site.XYZ[2]})
		default:
			return fail("expected three coordinates “abc”")
		}
		if !(math.Abs(a.Frac[0])+math.Abs(a.Frac[1])+math.Abs(a.Frac[2]) < 1e4) {
			return fail("expected coordinates in fractions of the cell")
		}
		list, err := readMPSpecies(site)
		if err != nil || len(list) == 0 {
			return fail("expected a list of species")
		}
		sum := 0.0
		for _, sp := range list {
			if listed++; listed > MaxSites {
				return false, &SyntaxError{JSON, 0, "expected at most " + count(MaxSites) + " atoms"}
			}
			b := a
			if sp.Occu != nil {
				b.Occ = *sp.Occu
			}
			if sum += b.Occ; !(b.Occ >= 0 && sum <= 1.02) {
				return fail("expected occupancies that add up to 0 to 1")
			}
			b.Occ = min(b.Occ, 1)
			var ok bool
			if b.Z, ok = kinds.element(short(sp.Element, 40), ""); !ok {
				continue
			}
			if q := sp.Oxidation; q != nil && *q != 0 && math.Abs(*q) <= 8 {
				sign := "+"
				if *q < 0 {
					sign = "-"
				}
				addOnce(&kinds.ions, b.Z.Symbol()+parseCharge(decimals(math.Abs(*q), 2)+sign))
			}
			if b.Occ > 0 {
				sites = append(sites, b)
			}
		}
		return true, nil
	}
	if raw := bytes.TrimSpace(s.Sites); len(raw) > 0 && raw[0] == '[' {
		if err := in.list(raw, read); err != nil {
			return nil, err
		}
	}
	if listed == 0 {
		return nil, &NoAtomsError{Format: JSON, Structure: out}
	}
	return finish(JSON, out, sites, &kinds, listed, basis.flipped)
}

// readMPLattice reads a lattice: {"matrix": [[…],[…],[…]]} with rows a, b, c in
// Å, the bare matrix, or the six cell parameters.
func readMPLattice(raw json.RawMessage) (basis, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return basis{}, trimmedError("no lattice found")
	}
	var l mpLattice
	if raw = bytes.TrimSpace(raw); raw[0] == '[' {
		if json.Unmarshal(raw, &l.Matrix) != nil {
			return basis{}, trimmedError("expected three vectors of three numbers in “lattice”")
		}
	} else if json.Unmarshal(raw, &l) != nil {
		return basis{}, trimmedError("expected three vectors of three numbers in “lattice”")
	}
	if l.Matrix == nil && l.A > 0 {
		lattice, err := crystal.NewLattice(crystal.Cell{A: l.A, B: l.B, C: l.C, Alpha: l.Alpha, Beta: l.Beta, Gamma: l.Gamma})
		if err != nil {
			return basis{}, trimmedError(err.Error())
		}
		return basis{lattice: lattice, inverse: lattice.Direct().Inverse()}, nil
	}
	if len(l.Matrix) != 3 {
		return basis{}, trimmedError("expected three vectors of three numbers in “lattice”")
	}
	var v [3]geom.Vec
	for i, row := range l.Matrix {
		if len(row) != 3 {
			return basis{}, trimmedError("expected three vectors of three numbers in “lattice”")
		}
		v[i] = geom.Vec{X: row[0], Y: row[1], Z: row[2]}
	}
	return newBasis(v[0], v[1], v[2])
}

// readMPSpecies reads the species of a site: a list of objects, an object of
// symbols and occupancies, or one element.
func readMPSpecies(site mpSite) ([]mpSpecies, error) {
	raw := bytes.TrimSpace(site.Species)
	if len(raw) == 0 || string(raw) == "null" {
		if site.Element == "" {
			return nil, nil
		}
		return []mpSpecies{{Element: site.Element}}, nil
	}
	var list []mpSpecies
	if raw[0] != '{' {
		err := json.Unmarshal(raw, &list)
		return list, err
	}
	var occ map[string]float64
	if err := json.Unmarshal(raw, &occ); err != nil {
		return nil, err
	}
	for z := atom.Z(1); z <= atom.MaxZ; z++ {
		if o, ok := occ[z.Symbol()]; ok {
			list = append(list, mpSpecies{Element: z.Symbol(), Occu: &o})
			delete(occ, z.Symbol())
		}
	}
	for _, name := range slices.Sorted(maps.Keys(occ)) { // "Fe3+", or not recognised
		o := occ[name]
		list = append(list, mpSpecies{Element: name, Occu: &o})
	}
	return list, nil
}
