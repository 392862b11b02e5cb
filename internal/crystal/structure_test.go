package crystal_test

import (
	"math"
	"math/cmplx"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/source"
	_ "zoneaxis/internal/source/records" // the library
	"zoneaxis/internal/textbook"
)

// structureSum returns Σ occ Z T exp(−2πi h·x), with Z in place of a scattering
// factor, of one cell.
func structureSum(s *crystal.Structure, h crystal.HKL) complex128 {
	g := s.Lattice.G(h).Norm()
	star := [3]float64{1 / s.Lattice.D(crystal.HKL{1, 0, 0}), 1 / s.Lattice.D(crystal.HKL{0, 1, 0}), 1 / s.Lattice.D(crystal.HKL{0, 0, 1})}
	var sum complex128
	for i := range s.Sites {
		a := &s.Sites[i]
		phase := 0.0
		for k := range 3 {
			phase += float64(h[k]) * a.Frac[k]
		}
		damp := 1.0
		if a.Aniso {
			q := 0.0
			for n, ij := range [6][2]int{{0, 0}, {1, 1}, {2, 2}, {1, 2}, {0, 2}, {0, 1}} {
				term := a.U[n] * star[ij[0]] * star[ij[1]] * float64(h[ij[0]]*h[ij[1]])
				if ij[0] != ij[1] {
					term *= 2
				}
				q += term
			}
			damp = math.Exp(-2 * math.Pi * math.Pi * q)
		} else if !math.IsNaN(a.B) {
			damp = math.Exp(-a.B * g * g / 4)
		}
		sum += cmplx.Rect(a.Occ*float64(a.Z)*damp, -2*math.Pi*phase)
	}
	return sum
}

// sameReflections tests that two descriptions of a crystal, x' = P⁻¹ x + shift,
// have the same reflections: h' = h P, F'/V' = F/V exp(−2πi h'·shift). tol is
// relative to F(000).
func sameReflections(t *testing.T, name string, s, other *crystal.Structure, p [3][3]float64, shift crystal.Frac, tol float64) {
	t.Helper()
	scale := s.Lattice.Volume() / other.Lattice.Volume()
	limit := tol * cmplx.Abs(structureSum(s, crystal.HKL{}))
	const n = 3
	for h := -n; h <= n; h++ {
		for k := -n; k <= n; k++ {
			for l := 0; l <= n; l++ {
				hkl := crystal.HKL{h, k, l}
				var there crystal.HKL
				whole, phase := true, 0.0
				for j := range 3 {
					x := float64(h)*p[0][j] + float64(k)*p[1][j] + float64(l)*p[2][j]
					there[j] = int(math.Round(x))
					whole = whole && math.Abs(x-math.Round(x)) < 1e-6
					phase += float64(there[j]) * shift[j]
				}
				got := structureSum(s, hkl)
				if !whole { // a reflection of the superlattice that s pretends to have
					if cmplx.Abs(got) > limit {
						t.Errorf("%s: %v has |F| = %g, but is no reflection of the other cell", name, hkl, cmplx.Abs(got))
					}
					continue
				}
				near(t, name+": 1/d", s.Lattice.G(hkl).Norm(), other.Lattice.G(there).Norm(), 1e-3)
				want := structureSum(other, there) * cmplx.Rect(scale, 2*math.Pi*phase)
				if cmplx.Abs(got-want) > limit {
					t.Errorf("%s: F(%v) = %.6g, in the other cell F(%v) = %.6g", name, hkl, got, there, want)
					return
				}
			}
		}
	}
}

func TestReflectionsOfCells(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 9))
	for _, s := range libraryStructures(t) {
		// Tensors that have nothing to do with the symmetry: Transform must carry
		// them all the same.
		for i := range s.Sites {
			if i%2 == 0 {
				s.Sites[i].Aniso = true
				s.Sites[i].U = [6]float64{0.01 * rng.Float64(), 0.01 * rng.Float64(), 0.01 * rng.Float64(), 0.003 * rng.Float64(), 0.003 * rng.Float64(), 0.003 * rng.Float64()}
			}
		}
		shift := crystal.Frac{rng.Float64(), rng.Float64(), rng.Float64()}
		p := [3][3]float64{{1, 0, 1}, {0, 2, 0}, {-1, 1, 0}}
		other, err := s.Transform(p, shift)
		if err != nil {
			t.Fatal(err)
		}
		const tolExact = 1e-9 // the same atoms, in other coordinates
		sameReflections(t, s.ID+", transformed", s, other, p, shift, tolExact)

		for i := range s.Sites {
			s.Sites[i].Aniso = false
		}
		a := analyze(t, s)
		// Symmetry is imposed: positions move by less than tolPosition, B of a
		// library site is that of its orbit.
		sameReflections(t, s.ID+", conventional", s, a.Conventional, a.P, a.Shift, 2*math.Pi*3*tolPosition/2)
		sameReflections(t, s.ID+", primitive", a.Conventional, a.Primitive, a.PrimitiveP, crystal.Frac{}, tolExact)
	}
}

// A structure that already has its symmetry keeps its displacement tensors
// through any change of cell.
func TestTensorsOfCells(t *testing.T) {
	rng := rand.New(rand.NewPCG(10, 11))
	for _, id := range []string{"quartz", "calcite", "ga2o3-beta", "forsterite", "rutile", "albite", "mgzn2"} {
		s := textbook.Open(t, id)
		for i := range s.Sites {
			s.Sites[i].Aniso = true
			u := &s.Sites[i].U
			for k := range 3 {
				u[k], u[k+3] = 0.005+0.01*rng.Float64(), 0.004*(rng.Float64()-0.5)
			}
		}
		c := analyze(t, s).Conventional // the tensors are symmetric now
		d := disturbed(t, c, rng, 0, false)
		a := analyze(t, d)
		if !slices.ContainsFunc(a.Conventional.Sites, func(x crystal.Site) bool { return x.Aniso }) {
			t.Errorf("%s: lost its tensors", id)
		}
		sameReflections(t, id, d, a.Conventional, a.P, a.Shift, 1e-6)
		for i := range c.Sites {
			back := analyze(t, c).Conventional
			for k := range 6 {
				near(t, id+": U", back.Sites[i].U[k], c.Sites[i].U[k], 1e-12)
			}
		}
	}
}

func TestFormula(t *testing.T) {
	for id, want := range map[string]string{
		"si": "Si", "gaas": "GaAs", "srtio3": "SrTiO3", "ga2o3-beta": "Ga2O3", "quartz": "SiO2",
		"yag": "Y3Al5O12", "forsterite": "Mg2SiO4", "calcite": "CaCO3", "ilmenite": "FeTiO3", "pbtio3": "PbTiO3",
		"cu3au": "Cu3Au", "ybco": "YBa2Cu3O7", "hgte": "HgTe", "niti-b2": "NiTi", "cementite": "Fe3C",
		"ysz": "Y0.15Zr0.85O1.925", "sigma-fecr": "FeCr",
	} {
		s := textbook.Open(t, id)
		if got := s.Formula(); got != want {
			t.Errorf("%s: formula %q, want %q", id, got, want)
		}
		if got := analyze(t, s).Primitive.Formula(); got != want {
			t.Errorf("%s: formula of the primitive cell %q, want %q", id, got, want)
		}
	}
	for id, want := range map[string]string{"calcite": "CCaO3", "cementite": "CFe3", "srtio3": "O3SrTi", "brucite": "H2MgO2"} {
		if got := textbook.Open(t, id).HillFormula(); got != want {
			t.Errorf("%s: Hill formula %q, want %q", id, got, want)
		}
	}
	if got := (&crystal.Structure{}).Formula(); got != "" {
		t.Errorf("formula of nothing: %q", got)
	}
}

// The densities that the collection of library data computed for itself agree
// to their four digits for entries with whole formulas.
func TestDensity(t *testing.T) {
	for id, want := range map[string]float64{"ag": 10.5013, "ga2o3-beta": 5.9615, "al": 2.6988, "cu": 8.9353, "ni": 8.9097} {
		near(t, id+": density", textbook.Open(t, id).Density(), want, 2e-3)
	}
}

func TestValidate(t *testing.T) {
	nan := math.NaN()
	valid := func() *crystal.Structure {
		return &crystal.Structure{Lattice: lattice(t, 4, 4, 4, 90, 90, 90), Sites: []crystal.Site{
			{Label: "Si1", Z: 14, Occ: 1, B: nan},
			{Z: 8, Occ: 1, Frac: crystal.Frac{0.5, 0.5, 0.5}},
		}}
	}
	tests := []struct {
		name   string
		change func(s *crystal.Structure)
		want   string // part of the message, empty for valid
	}{
		{"valid", func(s *crystal.Structure) {}, ""},
		{"no cell", func(s *crystal.Structure) { s.Lattice = crystal.Lattice{} }, "no cell"},
		{"no atoms", func(s *crystal.Structure) { s.Sites = nil }, "no atoms"},
		{"a million atoms", func(s *crystal.Structure) { s.Sites = make([]crystal.Site, 1_000_000) }, "1000000 atoms"},
		{"no element", func(s *crystal.Structure) { s.Sites[0].Z = 0 }, "Si1"},
		{"NaN", func(s *crystal.Structure) { s.Sites[1].Frac[2] = nan }, "O (number 2): coordinates 0.5, 0.5, NaN"},
		{"infinite", func(s *crystal.Structure) { s.Sites[1].Frac[2] = math.Inf(-1) }, "coordinates"},
		{"negative occupancy", func(s *crystal.Structure) { s.Sites[0].Occ = -0.5 }, "Si1: occupancy -0.5"},
		{"too full", func(s *crystal.Structure) { s.Sites[0].Occ = 2 }, "occupancy 2"},
		{"NaN occupancy", func(s *crystal.Structure) { s.Sites[0].Occ = nan }, "occupancy NaN"},
		{"tensor", func(s *crystal.Structure) { s.Sites[0].Aniso, s.Sites[0].U[3] = true, nan }, "tensor"},
		{"infinite B", func(s *crystal.Structure) { s.Sites[0].B = math.Inf(1) }, "B is not"},
		{"two in one place", func(s *crystal.Structure) { s.Sites[1].Frac = crystal.Frac{1, 0, 1e-4} }, "O (number 2), Si1 share one position with a total occupancy of 2"},
		{"sharing a place", func(s *crystal.Structure) {
			s.Sites[1].Frac, s.Sites[0].Occ, s.Sites[1].Occ = crystal.Frac{}, 0.667, 0.334
		}, ""},
		{"empty site", func(s *crystal.Structure) { s.Sites[0].Occ = 0 }, ""},
	}
	for _, tt := range tests {
		s := valid()
		tt.change(s)
		err := s.Validate()
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
		if _, err2 := s.Analyze(0); (err2 == nil) != (err == nil) {
			t.Errorf("%s: Validate says %v, Analyze says %v", tt.name, err, err2)
		}
	}
	// Everything empty: valid, but there is nothing to find symmetry in.
	s := valid()
	s.Sites[0].Occ, s.Sites[1].Occ = 0, 0
	if _, err := s.Analyze(0); err == nil {
		t.Error("a cell of empty sites was analysed")
	}
}

func TestWarnings(t *testing.T) {
	s := &crystal.Structure{Lattice: lattice(t, 4, 4, 4, 90, 90, 90), Sites: []crystal.Site{
		{Label: "Si1", Z: 14, Occ: 1}, {Label: "O1", Z: 8, Occ: 1, Frac: crystal.Frac{0.95, 0, 0}},
	}}
	if w := s.Warnings(); len(w) != 1 || w[0] != "Atoms Si1 and O1 are only 0.20 Å apart." {
		t.Errorf("atoms through each other: %q", w)
	}
	s.Sites[0].Occ, s.Sites[1].Occ = 0.5, 0.5
	if w := s.Warnings(); w != nil {
		t.Errorf("a split position: %q", w)
	}
	for _, e := range source.Library() {
		if w := textbook.Open(t, e.ID).Warnings(); w != nil {
			t.Errorf("%s: %q", e.ID, w)
		}
	}
}

func TestTransformRefuses(t *testing.T) {
	s := textbook.Open(t, "nial")
	for name, p := range map[string][3][3]float64{
		"flat":                            {{1, 0, 0}, {0, 1, 0}, {1, 1, 0}},
		"left-handed":                     {{-1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
		"no sublattice":                   {{0.5, 0, 0}, {0, 1, 0}, {0, 0, 1}},
		"incommensurate":                  {{math.Sqrt2, 0, 0}, {0, 1, 0}, {0, 0, 1}},
		"body-centred, which NiAl is not": {{-0.5, 0.5, 0.5}, {0.5, -0.5, 0.5}, {0.5, 0.5, -0.5}},
		"not a number":                    {{math.NaN(), 0, 0}, {0, 1, 0}, {0, 0, 1}},
	} {
		if out, err := s.Transform(p, crystal.Frac{}); err == nil {
			t.Errorf("%s: accepted, %d atoms", name, len(out.Sites))
		}
	}
	if _, err := s.Supercell(100, 100, 100); err == nil {
		t.Error("two million atoms were accepted")
	}
	if out, err := s.Supercell(2, 3, 1); err != nil || len(out.Sites) != 12 {
		t.Errorf("2 × 3 × 1 cells: %v", err)
	}
}

// Large cells end in reasonable time, perfect or with a vacancy.
func TestLargeCells(t *testing.T) {
	s, err := textbook.Open(t, "si").Supercell(8, 8, 8)
	if err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	if a := analyze(t, s); a.Setting.Number != 227 || len(a.Conventional.Sites) != 8 {
		t.Errorf("8 × 8 × 8 cells of silicon: %s with %d atoms", a.Setting.HM, len(a.Conventional.Sites))
	}
	s.Sites = s.Sites[1:]
	if a := analyze(t, s); a.Setting.Number != 215 || len(a.Conventional.Sites) != 4095 {
		t.Errorf("with a vacancy: %s with %d atoms", a.Setting.HM, len(a.Conventional.Sites))
	}
	if d := time.Since(begin); d > 20*time.Second {
		t.Errorf("took %v", d)
	}
}

func TestSiteKinds(t *testing.T) {
	// The same element with another thermal parameter is the same kind.
	s := &crystal.Structure{Lattice: lattice(t, 3, 3, 3, 90, 90, 90), Sites: []crystal.Site{
		{Z: 26, Occ: 1, B: 0.3}, {Z: 26, Occ: 1, B: 0.5, Frac: crystal.Frac{0.5, 0.5, 0.5}},
	}}
	a := analyze(t, s)
	if a.Setting.Number != 229 {
		t.Errorf("found %s", a.Setting.HM)
	}
	near(t, "mean B", a.Conventional.Sites[0].B, 0.4, 1e-12)
	s.Sites[1].B = math.NaN()
	near(t, "B of those that have one", analyze(t, s).Conventional.Sites[1].B, 0.3, 1e-12)
}

// Atoms that a smaller cell makes one lie at their mean, and one of them may
// have no B.
func TestMergedAtoms(t *testing.T) {
	l := lattice(t, 8, 3, 3, 90, 90, 90)
	s := &crystal.Structure{Lattice: l, Sites: []crystal.Site{
		{Z: 29, Frac: crystal.Frac{0.1, 0.2, 0.3}, Occ: 1, B: 0.6},
		{Z: 29, Frac: crystal.Frac{0.6, 0.22, 0.3}, Occ: 1, B: math.NaN()},
		{Z: 8, Frac: crystal.Frac{0.30, 0.5, 0.99}, Occ: 1, B: 0.4},
		{Z: 8, Frac: crystal.Frac{0.804, 0.5, 0.01}, Occ: 1, B: 0.8},
	}}
	half, err := s.Transform([3][3]float64{{0.5, 0, 0}, {0, 1, 0}, {0, 0, 1}}, crystal.Frac{})
	if err != nil {
		t.Fatal(err)
	}
	want := []crystal.Site{{Z: 29, Frac: crystal.Frac{0.2, 0.21, 0.3}, B: 0.6}, {Z: 8, Frac: crystal.Frac{0.604, 0.5, 0}, B: 0.6}}
	if len(half.Sites) != len(want) {
		t.Fatalf("%d atoms, want %d", len(half.Sites), len(want))
	}
	for i, w := range want {
		got := half.Sites[i]
		off := 0.0
		for k := range 3 {
			d := got.Frac[k] - w.Frac[k]
			off = max(off, math.Abs(d-math.Round(d)))
		}
		if got.Z != w.Z || off > 1e-9 || math.Abs(got.B-w.B) > 1e-12 {
			t.Errorf("atom %d: %v at %v with B %g, want %v at %v with B %g", i, got.Z, got.Frac, got.B, w.Z, w.Frac, w.B)
		}
	}
}
