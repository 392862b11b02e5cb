package main

import (
	"io"
	"math"

	"zoneaxis/internal/crystal"
)

const crystalAbout = `the space group of a structure, its conventional and primitive cell

Prints JSON. Lengths are in Å, angles in degrees, B in Å² (null if the source
has none). The conventional cell is the reference setting of the space group
(origin choice 2, hexagonal axes, unique axis b) and lists every atom of it;
given is what the source names, null if nothing.

matrix holds P row by row, its columns are the conventional axes in the given
ones, and with shift it satisfies

  (a, b, c)conv = (a, b, c)given P        x_conv = inverse(P) x_given + shift
  h_conv = h_given P  (h a row)           u_conv = inverse(P) u_given  (u a column)

up to deviation_A, by which atoms and cell edges were moved at most to make the
symmetry exact. det P > 0: left stays left and right stays right.`

type crystalJSON struct {
	Name          string           `json:"name,omitempty"`
	Formula       string           `json:"formula"`
	SpaceGroup    settingJSON      `json:"spacegroup"`
	Given         *givenJSON       `json:"given"`
	System        string           `json:"crystal_system"`
	Laue          string           `json:"laue_class"`
	Conventional  conventionalJSON `json:"conventional"`
	PrimitiveSite int              `json:"primitive_sites"`
	Matrix        [3][3]float64    `json:"matrix"`
	Shift         crystal.Frac     `json:"shift"`
	Density       float64          `json:"density_g_cm3"`
	Tolerance     float64          `json:"tolerance_A"`
	Deviation     float64          `json:"deviation_A"`
	Operations    []string         `json:"operations,omitempty"`
	Notes         []string         `json:"notes"`
}

type settingJSON struct {
	Number int    `json:"number"`
	HM     string `json:"hm"`
	Hall   string `json:"hall"`
}

type givenJSON struct {
	HM     string `json:"hm"`
	Number int    `json:"number"`
}

type conventionalJSON struct {
	A     float64    `json:"a"`
	B     float64    `json:"b"`
	C     float64    `json:"c"`
	Alpha float64    `json:"alpha"`
	Beta  float64    `json:"beta"`
	Gamma float64    `json:"gamma"`
	Sites []siteJSON `json:"sites"`
}

type siteJSON struct {
	Element string   `json:"element"`
	X       float64  `json:"x"`
	Y       float64  `json:"y"`
	Z       float64  `json:"z"`
	Occ     float64  `json:"occ"`
	B       *float64 `json:"B_A2"`
}

// crystalCommand prints what the symmetry search finds.
func crystalCommand(args []string, stdout, stderr io.Writer) error {
	f := newFlags("crystal", crystalAbout, stderr)
	o := crystalOptions{cell: "asgiven"}
	o.addIn(f)
	o.addTol(f)
	ops := f.Bool("ops", false, "add the operations found, in the conventional cell")
	if err := parse(f, args); err != nil {
		return err
	}
	s, err := o.load()
	if err != nil {
		return err
	}
	return writeJSON(stdout, describe(s, *ops))
}

func describe(s *loaded, ops bool) crystalJSON {
	a := s.Analysis
	c := a.Conventional.Lattice.Cell()
	out := crystalJSON{
		Name: s.Name, Formula: a.Conventional.Formula(),
		SpaceGroup:    settingJSON{a.Setting.Number, a.Setting.HM, a.Setting.Hall},
		System:        a.Setting.System,
		Laue:          a.Setting.Laue,
		PrimitiveSite: len(a.Primitive.Sites),
		Matrix:        a.P,
		Shift:         rounded(a.Shift),
		Density:       round(a.Conventional.Density()),
		Tolerance:     a.Tol,
		Deviation:     round(a.Deviation),
		Notes:         notesOf(s.Notes, s.Warnings(), a.Notes),
		Conventional: conventionalJSON{
			A: round(c.A), B: round(c.B), C: round(c.C), Alpha: round(c.Alpha), Beta: round(c.Beta), Gamma: round(c.Gamma),
		},
	}
	if s.Given != nil {
		out.Given = &givenJSON{s.Given.Extended, s.Given.Number}
	}
	for _, at := range a.Conventional.Sites {
		x := rounded(at.Frac)
		site := siteJSON{Element: at.Z.Symbol(), X: x[0], Y: x[1], Z: x[2], Occ: round(at.Occ)}
		if !math.IsNaN(at.B) {
			b := round(at.B)
			site.B = &b
		}
		out.Conventional.Sites = append(out.Conventional.Sites, site)
	}
	if ops {
		for _, o := range a.Setting.Group().Ops() {
			out.Operations = append(out.Operations, o.String())
		}
	}
	return out
}

// round drops the digits that a chain of float64 operations has spoilt, and the
// sign of zero.
func round(v float64) float64 { return math.Round(v*1e10)/1e10 + 0 }

func rounded(f crystal.Frac) crystal.Frac {
	return crystal.Frac{round(f[0]), round(f[1]), round(f[2])}
}
