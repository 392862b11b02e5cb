package source

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"math"
	"slices"
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
	Sites   []mpSite        `json:"sites"`
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
	SitesOwn   []mpSite        `json:"sites"`
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
	docs, err := mpDocuments(data, data, 0)
	if err != nil {
		return nil, err
	}
	var list []Material
	sites := 0
	for _, d := range docs {
		if len(list) == maxBlocks {
			break
		}
		m, err := d.material()
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

// jsonError is a fault of the whole text at a byte of it.
func jsonError(whole []byte, offset int64, msg string) error {
	line := 0
	if offset >= 0 && offset <= int64(len(whole)) {
		line = 1 + bytes.Count(whole[:offset], []byte{'\n'})
	}
	return &SyntaxError{JSON, line, msg}
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
				return jsonError(data, int64(i), "expected lists nested at most "+count(maxDepth)+" deep")
			}
		case c == ']' || c == '}':
			depth--
		}
	}
	return nil
}

// unmarshal decodes a part of the whole text.
func unmarshal(whole, part []byte, v any) error {
	err := json.Unmarshal(part, v)
	if err == nil {
		return nil
	}
	// RawMessages are copies: the offset holds only in the whole text.
	offset := int64(-1)
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		if len(part) == len(whole) {
			offset = min(syntax.Offset, int64(len(whole)))
		}
		if at := int(syntax.Offset) - 1; at >= 0 && at < len(part) {
			for _, word := range []string{"NaN", "Infinity"} {
				if strings.HasPrefix(string(part[at:min(at+8, len(part))]), word[:1]) && strings.Contains(string(part[max(0, at-8):min(at+8, len(part))]), word) {
					return jsonError(whole, offset, "expected a number, found “"+word+"”")
				}
			}
			return jsonError(whole, offset, "expected JSON, found "+found(part[at:min(at+12, len(part))]))
		}
		return jsonError(whole, offset, "it ends before its last bracket closes")
	case errors.As(err, &kind):
		if len(part) == len(whole) {
			offset = kind.Offset
		}
		return jsonError(whole, offset, "expected another kind of value in “"+kind.Field+"” than a "+strings.Fields(kind.Value)[0])
	}
	return jsonError(whole, -1, "it is not JSON")
}

// mpDocuments collects the documents of an answer.
func mpDocuments(whole, part []byte, level int) ([]mpDocument, error) {
	part = bytes.TrimSpace(part)
	if len(part) > 0 && part[0] == '[' {
		var list []mpDocument
		if err := unmarshal(whole, part, &list); err != nil {
			return nil, err
		}
		return list, nil
	}
	var d mpDocument
	if err := unmarshal(whole, part, &d); err != nil {
		return nil, err
	}
	for _, inner := range []json.RawMessage{d.Data, d.Response} {
		if s := bytes.TrimSpace(inner); len(s) > 0 && (s[0] == '[' || s[0] == '{') && d.Structure == nil && level < 3 {
			return mpDocuments(whole, s, level+1)
		}
	}
	return []mpDocument{d}, nil
}

// material turns a document into a crystal.
func (d mpDocument) material() (Material, error) {
	m := Material{ID: -1, Formula: d.Formula, Deprecated: d.Deprecated}
	if m.Formula == "" {
		m.Formula = d.PrettyOld
	}
	var id string
	if json.Unmarshal(d.MaterialID, &id) == nil {
		if n, err := ParseMP(id); err == nil && strings.HasPrefix(strings.ToLower(id), "mp-") {
			m.ID = n
		}
	}
	for _, s := range []*mpSymmetry{d.Symmetry, d.SpaceGroup} {
		if s != nil && m.Number == 0 && s.Number >= 1 && s.Number <= 230 {
			m.Number, m.Symbol, m.System = s.Number, s.Symbol, strings.ToLower(s.System)
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
	if m.Structure, err = s.crystal(); err != nil {
		return m, err
	}
	if m.ID >= 0 {
		m.Structure.ID = FormatMP(m.ID)
		m.Structure.Reference = "A. Jain et al., APL Mater. 1 (2013) 011002 (Materials Project)"
	}
	m.Structure.Name = m.Formula
	if m.Structure.Name == "" {
		m.Structure.Name = m.Structure.Formula()
	}
	return m, nil
}

// crystal reads the lattice and the sites.
func (s *mpStructure) crystal() (*crystal.Structure, error) {
	fail := func(msg string) (*crystal.Structure, error) { return nil, &SyntaxError{JSON, 0, msg} }
	basis, err := readMPLattice(s.Lattice)
	if err != nil {
		return fail(err.Error())
	}
	if len(s.Sites) > MaxSites {
		return fail("expected at most " + count(MaxSites) + " atoms")
	}
	out := &crystal.Structure{Lattice: basis.lattice}
	var kinds species
	var sites []crystal.Site
	listed := 0
	for i, site := range s.Sites {
		where := "site " + count(i+1)
		a := crystal.Site{Label: site.Label, Occ: 1, B: math.NaN()}
		switch {
		case len(site.ABC) == 3:
			a.Frac = basis.turn(crystal.Frac{site.ABC[0], site.ABC[1], site.ABC[2]})
		case site.ABC == nil && len(site.XYZ) == 3:
			a.Frac = basis.frac(geom.Vec{X: site.XYZ[0], Y: site.XYZ[1], Z: site.XYZ[2]})
		default:
			return fail("expected three coordinates “abc” in " + where)
		}
		if !(math.Abs(a.Frac[0])+math.Abs(a.Frac[1])+math.Abs(a.Frac[2]) < 1e4) {
			return fail("expected coordinates in fractions of the cell in " + where)
		}
		list, err := readMPSpecies(site)
		if err != nil || len(list) == 0 {
			return fail("expected a list of species in " + where)
		}
		sum := 0.0
		for _, sp := range list {
			if listed++; listed > MaxSites {
				return fail("expected at most " + count(MaxSites) + " atoms")
			}
			b := a
			if sp.Occu != nil {
				b.Occ = *sp.Occu
			}
			if sum += b.Occ; !(b.Occ >= 0 && sum <= 1.02) {
				return fail("expected occupancies that add up to 0 to 1 in " + where)
			}
			b.Occ = min(b.Occ, 1)
			var ok bool
			if b.Z, ok = kinds.element(sp.Element, ""); !ok {
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
