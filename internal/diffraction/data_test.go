package diffraction_test

import (
	"compress/gzip"
	"encoding/json"
	"math"
	"os"
	"sync"
	"testing"

	"zoneaxis/internal/atom"
	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
)

// readTestdata decodes a compressed JSON file of testdata.
func readTestdata(name string, v any) error {
	f, err := os.Open("testdata/" + name)
	if err != nil {
		return err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	return json.NewDecoder(z).Decode(v)
}

// textbookCells are small structures with all atoms of the cell and their B.
var textbookCells = sync.OnceValues(func() (map[string]*crystal.Structure, error) {
	var file struct {
		Structures []struct {
			ID, HM string
			Cell   [6]float64
			Sites  [][6]any
		}
	}
	if err := readTestdata("structures.json.gz", &file); err != nil {
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

func textbookCell(t testing.TB, id string) *crystal.Structure {
	t.Helper()
	cells, err := textbookCells()
	if err != nil {
		t.Fatal(err)
	}
	s, ok := cells[id]
	if !ok {
		t.Fatalf("testdata has no structure %q", id)
	}
	return s
}

func allTextbookCells(t testing.TB) []*crystal.Structure {
	t.Helper()
	cells, err := textbookCells()
	if err != nil {
		t.Fatal(err)
	}
	var all []*crystal.Structure
	for _, s := range cells {
		all = append(all, s)
	}
	return all
}

func mustReflections(t testing.TB, s *crystal.Structure, opt diffraction.Options) *diffraction.Reflections {
	t.Helper()
	r, err := diffraction.NewReflections(s, opt)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func mustBeam(t testing.TB, volts float64) diffraction.Beam {
	t.Helper()
	b, err := diffraction.NewBeam(volts)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
