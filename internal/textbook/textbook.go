// Package textbook is for tests: the small crystals of textbooks, and the
// constructors of the packages below as functions that end the test where they
// fail. No program imports it.
package textbook

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/json"
	"math"
	"math/rand/v2"
	"sync"
	"testing"

	"zoneaxis/internal/atom"
	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/source"
	_ "zoneaxis/internal/source/records" // the library
	"zoneaxis/internal/symmetry"
)

//go:embed structures.json.gz
var packed []byte

// cells reads the structures, by name.
var cells = sync.OnceValues(func() (map[string]*crystal.Structure, error) {
	var file struct {
		Structures []struct {
			ID, HM string
			Cell   [6]float64
			Sites  [][6]any // element, x, y, z, occupancy, B or nothing
		}
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	if err := json.NewDecoder(z).Decode(&file); err != nil {
		return nil, err
	}
	cells := make(map[string]*crystal.Structure)
	for _, s := range file.Structures {
		l, err := crystal.NewLattice(crystal.Cell{A: s.Cell[0], B: s.Cell[1], C: s.Cell[2], Alpha: s.Cell[3], Beta: s.Cell[4], Gamma: s.Cell[5]})
		if err != nil {
			return nil, err
		}
		out := &crystal.Structure{ID: s.ID, Name: s.HM, Lattice: l}
		for _, p := range s.Sites {
			z, _, err := atom.Parse(p[0].(string))
			if err != nil {
				return nil, err
			}
			site := crystal.Site{Z: z, Frac: crystal.Frac{p[1].(float64), p[2].(float64), p[3].(float64)}, Occ: p[4].(float64), B: math.NaN()}
			if b, ok := p[5].(float64); ok {
				site.B = b
			}
			out.Sites = append(out.Sites, site)
		}
		cells[s.ID] = out
	}
	return cells, nil
})

// Cell returns a small structure with all atoms of the cell and their B. Its
// Name is the Hermann–Mauguin symbol of its setting. All tests of a program
// share it.
func Cell(t testing.TB, id string) *crystal.Structure {
	t.Helper()
	cells, err := cells()
	if err != nil {
		t.Fatal(err)
	}
	s, ok := cells[id]
	if !ok {
		t.Fatalf("there is no structure %q", id)
	}
	return s
}

// Cells returns all of them, in any order.
func Cells(t testing.TB) []*crystal.Structure {
	t.Helper()
	cells, err := cells()
	if err != nil {
		t.Fatal(err)
	}
	var all []*crystal.Structure
	for _, s := range cells {
		all = append(all, s)
	}
	return all
}

// Open returns a crystal of the library.
func Open(t testing.TB, id string) *crystal.Structure {
	t.Helper()
	s, err := source.Open(id)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Lattice returns the lattice of a cell.
func Lattice(t testing.TB, c crystal.Cell) crystal.Lattice {
	t.Helper()
	l, err := crystal.NewLattice(c)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// Cubic returns a cubic lattice with the edge a in Å.
func Cubic(t testing.TB, a float64) crystal.Lattice {
	t.Helper()
	return Lattice(t, crystal.Cell{A: a, B: a, C: a, Alpha: 90, Beta: 90, Gamma: 90})
}

// Group returns the space group of a Hall symbol.
func Group(t testing.TB, hall string) *symmetry.Group {
	t.Helper()
	g, err := symmetry.FromHall(hall)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// SpaceGroup returns the space group that a symbol or a number names.
func SpaceGroup(t testing.TB, name string) *symmetry.Group {
	t.Helper()
	s, err := symmetry.Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	return s.Group()
}

// Beam returns the beam of an acceleration voltage in V.
func Beam(t testing.TB, volts float64) diffraction.Beam {
	t.Helper()
	b, err := diffraction.NewBeam(volts)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Reflections returns the reflections of a structure.
func Reflections(t testing.TB, s *crystal.Structure, opt diffraction.Options) *diffraction.Reflections {
	t.Helper()
	r, err := diffraction.NewReflections(s, opt)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Frame returns the standard orientation of a zone axis.
func Frame(t testing.TB, l crystal.Lattice, u crystal.UVW) geom.Rotation {
	t.Helper()
	o, err := diffraction.ZoneFrame(l, u)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// Unit returns a random direction.
func Unit(r *rand.Rand) geom.Vec {
	return geom.Vec{X: r.NormFloat64(), Y: r.NormFloat64(), Z: r.NormFloat64()}.Unit()
}

// Rotation returns a random rotation.
func Rotation(r *rand.Rand) geom.Rotation {
	return geom.Rotation{W: r.NormFloat64(), X: r.NormFloat64(), Y: r.NormFloat64(), Z: r.NormFloat64()}.Normalise()
}
