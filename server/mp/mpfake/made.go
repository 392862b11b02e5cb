package mpfake

import (
	"encoding/json"
	"fmt"
	"math"
)

// Site is an atom of a made document.
type Site struct {
	Element string
	Frac    [3]float64
}

// Material describes a made document; Document writes it in the shape of the
// upstream's summary.
type Material struct {
	ID      int
	Formula string
	System  string // "Cubic"
	Symbol  string // "Fd-3m"
	Number  int
	Matrix  [3][3]float64 // rows a, b, c, Å
	Sites   []Site
	License string // BY-C if empty
	Dead    bool   // deprecated
}

// Document returns the material as one element of an answer's data list.
func (m Material) Document() json.RawMessage {
	license := m.License
	if license == "" {
		license = "BY-C"
	}
	var length [3]float64
	for i, row := range m.Matrix {
		length[i] = math.Hypot(math.Hypot(row[0], row[1]), row[2])
	}
	angle := func(i, j int) float64 {
		dot := 0.0
		for k := range 3 {
			dot += m.Matrix[i][k] * m.Matrix[j][k]
		}
		return math.Acos(dot/length[i]/length[j]) * 180 / math.Pi
	}
	a, b, c := m.Matrix[0], m.Matrix[1], m.Matrix[2]
	volume := math.Abs(a[0]*(b[1]*c[2]-b[2]*c[1]) - a[1]*(b[0]*c[2]-b[2]*c[0]) + a[2]*(b[0]*c[1]-b[1]*c[0]))
	sites := []any{}
	for _, s := range m.Sites {
		var xyz [3]float64
		for k := range 3 {
			for i := range 3 {
				xyz[k] += s.Frac[i] * m.Matrix[i][k]
			}
		}
		sites = append(sites, map[string]any{
			"species": []any{map[string]any{"element": s.Element, "occu": 1}},
			"abc":     s.Frac, "xyz": xyz, "label": s.Element, "properties": map[string]any{},
		})
	}
	doc, err := json.Marshal(map[string]any{
		"material_id": Alpha(m.ID), "formula_pretty": m.Formula, "nsites": len(m.Sites), "deprecated": m.Dead,
		"symmetry": map[string]any{"crystal_system": m.System, "symbol": m.Symbol, "number": m.Number, "symprec": 0.1, "angle_tolerance": 5, "version": "2.0.2"},
		"structure": map[string]any{
			"@module": "pymatgen.core.structure", "@class": "Structure", "charge": 0,
			"lattice": map[string]any{
				"matrix": m.Matrix, "pbc": []bool{true, true, true}, "a": length[0], "b": length[1], "c": length[2],
				"alpha": angle(1, 2), "beta": angle(0, 2), "gamma": angle(0, 1), "volume": volume,
			},
			"properties": map[string]any{}, "sites": sites,
		},
		"builder_meta": map[string]any{"license": license, "database_version": "2026.04.13", "batch_id": nil},
		"last_updated": "2026-04-10T09:00:00Z", "theoretical": false, "volume": volume,
		"energy_above_hull": 0,
	})
	if err != nil {
		panic(fmt.Sprintf("mpfake: material %d: %v", m.ID, err)) // numbers that JSON has no form for
	}
	return doc
}

// fcc returns the rows of the primitive cell of a face-centred cubic lattice.
func fcc(a float64) [3][3]float64 {
	return [3][3]float64{{0, a / 2, a / 2}, {a / 2, 0, a / 2}, {a / 2, a / 2, 0}}
}

// Made returns a few textbook materials in the cells the upstream would give
// (lattice parameters rounded from common tables), one deprecated material
// (number 999), and one whose licence does not allow us to pass it on (3400000).
func Made() []json.RawMessage {
	zero := [3]float64{}
	half := [3]float64{0.5, 0.5, 0.5}
	list := []Material{
		{ID: 149, Formula: "Si", System: "Cubic", Symbol: "Fd-3m", Number: 227, Matrix: fcc(5.43),
			Sites: []Site{{"Si", [3]float64{0.25, 0.25, 0.25}}, {"Si", zero}}},
		{ID: 30, Formula: "Cu", System: "Cubic", Symbol: "Fm-3m", Number: 225, Matrix: fcc(3.61), Sites: []Site{{"Cu", zero}}},
		{ID: 22862, Formula: "NaCl", System: "Cubic", Symbol: "Fm-3m", Number: 225, Matrix: fcc(5.64),
			Sites: []Site{{"Na", zero}, {"Cl", half}}},
		{ID: 5229, Formula: "SrTiO3", System: "Cubic", Symbol: "Pm-3m", Number: 221,
			Matrix: [3][3]float64{{3.905, 0, 0}, {0, 3.905, 0}, {0, 0, 3.905}},
			Sites:  []Site{{"Sr", zero}, {"Ti", half}, {"O", [3]float64{0.5, 0.5, 0}}, {"O", [3]float64{0.5, 0, 0.5}}, {"O", [3]float64{0, 0.5, 0.5}}}},
		{ID: 999, Formula: "Al", System: "Cubic", Symbol: "Fm-3m", Number: 225, Matrix: fcc(4.05), Sites: []Site{{"Al", zero}}, Dead: true},
		{ID: 3400000, Formula: "CsCl", System: "Cubic", Symbol: "Pm-3m", Number: 221, License: "BY-NC",
			Matrix: [3][3]float64{{4.12, 0, 0}, {0, 4.12, 0}, {0, 0, 4.12}}, Sites: []Site{{"Cs", zero}, {"Cl", half}}},
	}
	docs := make([]json.RawMessage, len(list))
	for i, m := range list {
		docs[i] = m.Document()
	}
	return docs
}
