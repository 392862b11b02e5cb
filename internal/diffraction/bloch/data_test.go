package bloch_test

import (
	"compress/gzip"
	"encoding/json"
	"math"
	"os"
	"sync"
	"testing"

	"zoneaxis/internal/atom"
	"zoneaxis/internal/crystal"
	"zoneaxis/internal/geom"
)

// site is element, x, y, z, occupancy.
type site [5]any

// reference holds calculations of another program; the file says how they were
// made.
type reference struct {
	Thickness []float64 `json:"thickness_A"`
	Zones     []struct {
		Name        string
		Cell        [6]float64
		Sites       []site
		Zone        crystal.UVW
		GMax, SMax  float64
		Wavelength  float64 `json:"wavelength_A"`
		Orientation geom.Mat3
		Beams       []crystal.HKL
		Tilts       []struct {
			Tilt [2]float64 `json:"tilt_mrad"`
			S    []float64  `json:"sg"`
		}
		Potentials []struct {
			Potential string
			Ug        [][5]float64
			Runs      []struct {
				I      [][]float64
				Amp500 []float64 `json:"amp_500"`
			}
		}
	}
	CBED []struct {
		Name        string
		Cell        [6]float64
		Sites       []site
		Orientation geom.Mat3
		Alpha       float64   `json:"alpha_mrad"`
		Radius      float64   `json:"radius_pixels"`
		Thickness   []float64 `json:"thickness_A"`
		Pixels      [][2]float64
		Beams       []crystal.HKL
		Ug          [][5]float64
		I           [][][]float64 // beam, thickness, pixel
	}
}

var loadReference = sync.OnceValues(func() (*reference, error) {
	f, err := os.Open("testdata/reference.json.gz")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	r := new(reference)
	return r, json.NewDecoder(z).Decode(r)
})

func mustReference(t testing.TB) *reference {
	t.Helper()
	r, err := loadReference()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func structureOf(t testing.TB, cell [6]float64, sites []site) *crystal.Structure {
	t.Helper()
	l, err := crystal.NewLattice(crystal.Cell{A: cell[0], B: cell[1], C: cell[2], Alpha: cell[3], Beta: cell[4], Gamma: cell[5]})
	if err != nil {
		t.Fatal(err)
	}
	s := &crystal.Structure{Lattice: l}
	for _, p := range sites {
		z, _, err := atom.Parse(p[0].(string))
		if err != nil {
			t.Fatal(err)
		}
		s.Sites = append(s.Sites, crystal.Site{Z: z, Frac: crystal.Frac{p[1].(float64), p[2].(float64), p[3].(float64)}, Occ: p[4].(float64)})
	}
	return s
}

func sum(list []float64) float64 {
	total := 0.0
	for _, x := range list {
		total += x
	}
	return total
}

func near(t *testing.T, name string, got, want, tol float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tol) {
		t.Errorf("%s = %.9g, want %.9g", name, got, want)
	}
}
