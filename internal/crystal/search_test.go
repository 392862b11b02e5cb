package crystal_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zoneaxis/internal/atom"
	"zoneaxis/internal/crystal"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/source"
	"zoneaxis/internal/symmetry"
	"zoneaxis/internal/textbook"
)

// identity is the change to the same basis.
var identity = [3][3]float64{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}

// libraryStructures opens every entry of the library.
func libraryStructures(t testing.TB) []*crystal.Structure {
	t.Helper()
	var all []*crystal.Structure
	for _, e := range source.Library() {
		s, err := e.Open()
		if err != nil {
			t.Fatal(err)
		}
		if s.Given == nil || s.Given.Number != e.Number {
			t.Fatalf("%s: opened in setting %v, want group %d", e.ID, s.Given, e.Number)
		}
		all = append(all, s)
	}
	if len(all) < 173 {
		t.Fatalf("the library holds %d structures, want 173 or more", len(all))
	}
	return all
}

func analyze(t testing.TB, s *crystal.Structure) *crystal.Analysis {
	t.Helper()
	a, err := s.Analyze(0)
	if err != nil {
		t.Fatalf("%s: %v", s.ID, err)
	}
	return a
}

// tolPosition is how far, in Å, atoms may be from where the matrix of an
// analysis puts them: rounding of library coordinates, 4 digits of 20 Å.
const tolPosition = 2e-3

// checkAnalysis tests what every analysis promises. tol is in Å.
func checkAnalysis(t *testing.T, name string, s *crystal.Structure, a *crystal.Analysis, tol float64) {
	t.Helper()
	p := geom.Mat3(a.P)
	if p.Det() <= 0 {
		t.Errorf("%s: det P = %g", name, p.Det())
	}
	conv := a.Conventional
	if conv.Given != a.Setting || !a.Setting.Reference {
		t.Errorf("%s: conventional cell in %v", name, conv.Given)
	}
	if err := conv.Validate(); err != nil {
		t.Errorf("%s: %v", name, err)
	}
	near(t, name+": density", conv.Density(), s.Density(), 1e-3*s.Density()+s.Density()*tol)
	near(t, name+": density of the primitive cell", a.Primitive.Density(), conv.Density(), 1e-9*conv.Density())
	if got, want := len(a.Primitive.Sites)*len(a.Setting.Group().Centrings()), len(conv.Sites); got != want {
		t.Errorf("%s: %d atoms in the primitive cells of a conventional cell of %d", name, got, want)
	}
	// x_conv = P⁻¹ x + Shift, for every atom of the given cell.
	q := p.Inverse()
	find := finder(conv)
	for _, at := range s.Sites {
		x := q.Apply(geom.Vec{X: at.Frac[0], Y: at.Frac[1], Z: at.Frac[2]})
		want := crystal.Frac{x.X, x.Y, x.Z}.Add(a.Shift)
		if d := find(at.Z, at.Occ, want); d > tol {
			t.Errorf("%s: %s at %v should be at %v of the conventional cell, nearest is %.3g Å away", name, at.Label, at.Frac, want, d)
			return
		}
	}
	// The conventional structure has the symmetry exactly.
	for _, o := range a.Setting.Group().Representatives() {
		for _, at := range conv.Sites {
			if d := find(at.Z, at.Occ, crystal.Frac(o.Apply(at.Frac))); d > 1e-9 {
				t.Errorf("%s: %v moves %s off by %.3g Å", name, o, at.Label, d)
				return
			}
		}
	}
	// Analysing the result again changes nothing.
	again, err := conv.Analyze(0)
	if err != nil {
		t.Errorf("%s: again: %v", name, err)
		return
	}
	if again.Setting != a.Setting {
		t.Errorf("%s: %s the first time, %s the second", name, a.Setting.Extended, again.Setting.Extended)
	}
	if again.P != identity || again.Shift != (crystal.Frac{}) {
		t.Errorf("%s: the second time by P = %v and shift %v", name, again.P, again.Shift)
	}
	if !sameCell(again.Conventional.Lattice.Cell(), conv.Lattice.Cell(), 1e-9) {
		t.Errorf("%s: cell %v, the second time %v", name, conv.Lattice.Cell(), again.Conventional.Lattice.Cell())
	}
	for _, at := range again.Conventional.Sites {
		if d := find(at.Z, at.Occ, at.Frac); d > 1e-9 {
			t.Errorf("%s: the second time %s has moved by %.3g Å", name, at.Label, d)
			return
		}
	}
}

// finder returns a function that gives the distance in Å of the nearest atom of
// the same kind.
func finder(s *crystal.Structure) func(z atom.Z, occ float64, x crystal.Frac) float64 {
	return func(z atom.Z, occ float64, x crystal.Frac) float64 {
		best := math.Inf(1)
		for i := range s.Sites {
			if s.Sites[i].Z != z || math.Abs(s.Sites[i].Occ-occ) > 0.01 {
				continue
			}
			d := s.Sites[i].Frac.Sub(x)
			for k := range d {
				d[k] -= math.Round(d[k])
			}
			best = min(best, s.Lattice.Cart(d).Norm())
		}
		return best
	}
}

func TestAnalyzeLibrary(t *testing.T) {
	for _, s := range libraryStructures(t) {
		a := analyze(t, s)
		if a.Setting.Number != s.Given.Number {
			t.Errorf("%s: found %s (%d), want %s (%d)", s.ID, a.Setting.HM, a.Setting.Number, s.Given.HM, s.Given.Number)
		}
		if a.Widened || a.Deviation > tolPosition {
			t.Errorf("%s: tolerance %g, deviation %g", s.ID, a.Tol, a.Deviation)
		}
		checkAnalysis(t, s.ID, s, a, tolPosition)
		if s.Given.Reference && s.Given.System != "triclinic" && s.Given.System != "monoclinic" && s.Given.System != "orthorhombic" {
			// Nothing to choose: the cell must stay as it is.
			if a.P != identity {
				t.Errorf("%s: already conventional, but changed by %v", s.ID, a.P)
			}
		}
		// The operations found, in the given cell, are those of its setting
		// (the origin may be another, which absences do not depend on).
		if len(a.Ops) != s.Given.Group().Order() {
			t.Errorf("%s: %d operations in the given cell, want %d", s.ID, len(a.Ops), s.Given.Group().Order())
			continue
		}
		for h := range 5 {
			for k := -4; k < 5; k++ {
				for l := -4; l < 5; l++ {
					if got, want := a.Group.Absent([3]int{h, k, l}), s.Given.Group().Absent([3]int{h, k, l}); got != want {
						t.Errorf("%s: %d %d %d absent: %v, want %v", s.ID, h, k, l, got, want)
					}
				}
			}
		}
	}
}

// disturbed returns the crystal in another cell (random basis of determinant 1,
// times two along one axis if double), with another origin, with the atoms in
// another order, and with every atom and the lattice moved by up to noise Å.
func disturbed(t testing.TB, s *crystal.Structure, rng *rand.Rand, noise float64, double bool) *crystal.Structure {
	t.Helper()
	shake := func() float64 { return noise * (2*rng.Float64() - 1) }
	c := s.Lattice.Cell()
	c.A, c.B, c.C = c.A+shake(), c.B+shake(), c.C+shake()
	// The far end of a 6 Å edge moves by 0.1 Å per degree.
	c.Alpha, c.Beta, c.Gamma = c.Alpha+10*shake(), c.Beta+10*shake(), c.Gamma+10*shake()
	strained := *s
	var err error
	if strained.Lattice, err = crystal.NewLattice(c); err != nil {
		t.Fatal(err)
	}
	var out *crystal.Structure
	for out == nil {
		m := toMat(unimodular(rng, 6))
		if double {
			k := rng.IntN(3)
			for i := range 3 {
				m[i][k] *= 2
			}
		}
		// An error means a basis so skew that it is no cell.
		out, _ = strained.Transform(m, crystal.Frac{rng.Float64(), rng.Float64(), rng.Float64()})
	}
	for i := range out.Sites {
		at := &out.Sites[i]
		at.Frac = out.Lattice.Frac(out.Lattice.Cart(at.Frac).Add(geom.Vec{X: shake(), Y: shake(), Z: shake()}))
	}
	rng.Shuffle(len(out.Sites), func(i, j int) { out.Sites[i], out.Sites[j] = out.Sites[j], out.Sites[i] })
	return out
}

func TestAnalyzeDisturbed(t *testing.T) {
	const noise = 1e-4 // Å
	rng := rand.New(rand.NewPCG(1, 1984))
	for _, s := range libraryStructures(t) {
		want := analyze(t, s).Conventional.Lattice.Cell()
		for _, double := range []bool{false, true} {
			d := disturbed(t, s, rng, noise, double)
			a := analyze(t, d)
			name := fmt.Sprintf("%s (double %v)", s.ID, double)
			if a.Setting.Number != s.Given.Number {
				t.Errorf("%s: found %s (%d), want %s (%d); cell %v", name, a.Setting.HM, a.Setting.Number, s.Given.HM, s.Given.Number, d.Lattice.Cell())
				continue
			}
			if got := a.Conventional.Lattice.Cell(); !sameCell(got, want, 20*noise) {
				t.Errorf("%s: conventional cell %v, want %v", name, got, want)
			}
			checkAnalysis(t, name, d, a, tolPosition+10*noise)
		}
	}
}

// A crystal with atoms on general positions of a space group has exactly that
// group, in whatever setting it is written.
func TestAnalyzeEverySetting(t *testing.T) {
	rng := rand.New(rand.NewPCG(530, 230))
	for _, set := range symmetry.Settings() {
		s := general(t, set, rng)
		a, err := s.Analyze(0)
		if err != nil {
			t.Errorf("%s: %v", set.Extended, err)
			continue
		}
		if a.Setting.Number != set.Number {
			t.Errorf("%s (%d): found %s (%d)", set.Extended, set.Number, a.Setting.Extended, a.Setting.Number)
			continue
		}
		checkGiven(t, set.Extended, s, a)
	}
}

// checkGiven tests that the matrix carries the group of the given setting onto
// that of the reference setting.
func checkGiven(t *testing.T, name string, s *crystal.Structure, a *crystal.Analysis) {
	t.Helper()
	if got, want := len(a.Ops), s.Given.Group().Order(); got != want {
		t.Errorf("%s: %d operations in the given cell, want %d", name, got, want)
	}
	q := geom.Mat3(a.P).Inverse()
	find := finder(a.Conventional)
	for _, at := range s.Sites {
		x := q.Apply(geom.Vec{X: at.Frac[0], Y: at.Frac[1], Z: at.Frac[2]})
		if d := find(at.Z, at.Occ, crystal.Frac{x.X, x.Y, x.Z}.Add(a.Shift)); d > 1e-6 {
			t.Errorf("%s: the matrix moves an atom off by %.3g Å", name, d)
			return
		}
	}
}

// general returns a crystal with three kinds of atoms on general positions of a
// setting, in a cell that has the lattice symmetry and no more.
func general(t *testing.T, set *symmetry.Setting, rng *rand.Rand) *crystal.Structure {
	t.Helper()
	ops := set.Group().Representatives()
	// A random metric, averaged over the group.
	raw := lattice(t, 9+2*rng.Float64(), 11+2*rng.Float64(), 13+2*rng.Float64(), 85+3*rng.Float64(), 92+12*rng.Float64(), 86+3*rng.Float64()).Metric()
	var g geom.Mat3
	for _, o := range ops {
		var r geom.Mat3
		for i := range 3 {
			for j := range 3 {
				r[i][j] = float64(o.R[i][j])
			}
		}
		m := r.Transpose().Mul(raw).Mul(r)
		for i := range 3 {
			for j := range 3 {
				g[i][j] += m[i][j] / float64(len(ops))
			}
		}
	}
	angle := func(i, j int) float64 {
		d := geom.Degrees(math.Acos(g[i][j] / math.Sqrt(g[i][i]*g[j][j])))
		return math.Round(d*1e9) / 1e9
	}
	l := lattice(t, math.Sqrt(g[0][0]), math.Sqrt(g[1][1]), math.Sqrt(g[2][2]), angle(1, 2), angle(0, 2), angle(0, 1))
	for {
		s := &crystal.Structure{Lattice: l, Given: set}
		for _, z := range []atom.Z{8, 14, 22} {
			x := [3]float64{rng.Float64(), rng.Float64(), rng.Float64()}
			for _, o := range set.Group().Ops() {
				s.Sites = append(s.Sites, crystal.Site{Z: z, Occ: 1, Frac: crystal.Frac(o.Apply(x)).Wrapped()})
			}
		}
		if s.Validate() == nil && s.Warnings() == nil {
			return s
		}
	}
}

func TestConventionalCells(t *testing.T) {
	tests := []struct {
		id   string
		hm   string
		want crystal.Cell
	}{
		// The cells in which the literature and spglib describe these crystals.
		{"ga2o3-beta", "C 1 2/m 1", crystal.Cell{A: 12.214, B: 3.0371, C: 5.7981, Alpha: 90, Beta: 103.83, Gamma: 90}},
		{"zro2-m", "P 1 21/c 1", crystal.Cell{A: 5.1505, B: 5.2116, C: 5.3173, Alpha: 90, Beta: 99.230, Gamma: 90}},
		{"si", "F d -3 m", crystal.Cell{A: 5.43102, B: 5.43102, C: 5.43102, Alpha: 90, Beta: 90, Gamma: 90}},
		{"quartz", "P 32 2 1", crystal.Cell{A: 4.916, B: 4.916, C: 5.4054, Alpha: 90, Beta: 90, Gamma: 120}},
		// Pbnm becomes Pnma.
		{"forsterite", "P n m a", crystal.Cell{A: 10.1971, B: 5.9806, C: 4.754, Alpha: 90, Beta: 90, Gamma: 90}},
		// I2/c becomes C2/c.
		{"gypsum", "C 1 2/c 1", crystal.Cell{A: 6.2865, B: 15.202, C: 5.679, Alpha: 90, Beta: 114.170, Gamma: 90}},
	}
	rng := rand.New(rand.NewPCG(2, 2))
	for _, tt := range tests {
		s := textbook.Open(t, tt.id)
		variants := map[string]*crystal.Structure{"given": s, "primitive": analyze(t, s).Primitive}
		for i := range 5 {
			variants[fmt.Sprint("random ", i)] = disturbed(t, s, rng, 0, i%2 == 1)
		}
		for name, v := range variants {
			a := analyze(t, v)
			if a.Setting.HM != tt.hm {
				t.Errorf("%s, %s: %s, want %s", tt.id, name, a.Setting.HM, tt.hm)
			}
			if got := a.Conventional.Lattice.Cell(); !sameCell(got, tt.want, 2e-3) { // digits of the table
				t.Errorf("%s, %s: cell %v, want %v", tt.id, name, got, tt.want)
			}
		}
	}
}

// The group of a supercell knows the translations inside it, as long as they
// can be written, and never fails.
func TestGroupOfSupercells(t *testing.T) {
	for _, tt := range []struct {
		id      string
		n       [3]int
		order   int
		absent  [3]int
		present [3]int
	}{
		{"si", [3]int{1, 1, 1}, 192, [3]int{2, 0, 0}, [3]int{1, 1, 1}},
		{"si", [3]int{2, 1, 1}, 16 * 8, [3]int{1, 0, 0}, [3]int{2, 1, 1}}, // 4/mmm is left, 8 translations
		{"si", [3]int{5, 1, 1}, 8 * 2, [3]int{0, 1, 0}, [3]int{5, 1, 1}},  // fifths cannot be written
		// Of Fd-3m, 256 translations and the 12 rotations without diamond glides.
		{"si", [3]int{4, 4, 4}, 256 * 12, [3]int{1, 0, 0}, [3]int{4, 4, 4}},
		{"nial", [3]int{2, 2, 2}, 48 * 8, [3]int{1, 0, 0}, [3]int{2, 0, 0}},
	} {
		s, err := textbook.Open(t, tt.id).Supercell(tt.n[0], tt.n[1], tt.n[2])
		if err != nil {
			t.Fatal(err)
		}
		a := analyze(t, s)
		if a.Group.Order() != tt.order {
			t.Errorf("%s × %v: %d operations, want %d", tt.id, tt.n, a.Group.Order(), tt.order)
		}
		if !a.Group.Absent(tt.absent) || a.Group.Absent(tt.present) {
			t.Errorf("%s × %v: absences of %v or %v", tt.id, tt.n, tt.absent, tt.present)
		}
	}
}

// Left and right quartz are different space groups and stay so.
func TestHandsAreKept(t *testing.T) {
	left := textbook.Open(t, "quartz")
	right := *left
	right.Sites = nil
	for _, at := range left.Sites {
		at.Frac = crystal.Frac{-at.Frac[0], -at.Frac[1], -at.Frac[2]}.Wrapped()
		right.Sites = append(right.Sites, at)
	}
	rng := rand.New(rand.NewPCG(3, 3))
	for range 10 {
		if n := analyze(t, disturbed(t, left, rng, 1e-4, false)).Setting.Number; n != 154 {
			t.Errorf("the library's quartz: group %d, want 154", n)
		}
		if n := analyze(t, disturbed(t, &right, rng, 1e-4, false)).Setting.Number; n != 152 {
			t.Errorf("its mirror image: group %d, want 152", n)
		}
	}
}

func TestTolerance(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	barium := textbook.Open(t, "batio3-tet")
	if a := analyze(t, barium); a.Setting.Number != 99 || a.Widened {
		t.Errorf("BaTiO3: %s, widened %v; want P4mm as it is", a.Setting.HM, a.Widened)
	}
	if a, err := barium.Analyze(0.3); err != nil || a.Setting.Number != 221 {
		t.Errorf("BaTiO3 with 0.3 Å: %v %v, want Pm-3m", a, err)
	}
	rough := disturbed(t, textbook.Open(t, "forsterite"), rng, 0.02, false)
	a := analyze(t, rough)
	if a.Setting.Number != 62 || !a.Widened || a.Tol <= 0.03 || len(a.Notes) == 0 || !strings.Contains(a.Notes[0], "Pnma") {
		t.Errorf("forsterite shaken by 0.02 Å: %s, tolerance %g, widened %v, notes %q", a.Setting.HM, a.Tol, a.Widened, a.Notes)
	}
	if a.Deviation < 0.005 || a.Deviation > 0.1 {
		t.Errorf("forsterite shaken by 0.02 Å: deviation %g", a.Deviation)
	}
	if a, err := rough.Analyze(0.001); err != nil || a.Setting.Number != 1 || a.Widened {
		t.Errorf("the same with 0.001 Å: %v, want P1", err)
	}
	for _, bad := range []float64{-1, math.NaN(), 2, math.Inf(1)} {
		if _, err := barium.Analyze(bad); err == nil {
			t.Errorf("tolerance %g was accepted", bad)
		}
	}
}

func TestMixedOccupancy(t *testing.T) {
	l := lattice(t, 3, 3, 3, 90, 90, 90)
	two := func(a, b [2]float64) *crystal.Structure {
		s := &crystal.Structure{Lattice: l}
		for i, occ := range [][2]float64{a, b} {
			x := float64(i) / 2
			for j, z := range []atom.Z{26, 24} {
				if occ[j] > 0 {
					s.Sites = append(s.Sites, crystal.Site{Z: z, Occ: occ[j], Frac: crystal.Frac{x, x, x}, B: math.NaN()})
				}
			}
		}
		return s
	}
	for _, tt := range []struct {
		name   string
		s      *crystal.Structure
		number int
		sites  int
	}{
		{"disordered", two([2]float64{0.5, 0.5}, [2]float64{0.5, 0.5}), 229, 4},
		{"ordered", two([2]float64{1, 0}, [2]float64{0, 1}), 221, 2},
		{"partly ordered", two([2]float64{0.7, 0.3}, [2]float64{0.3, 0.7}), 221, 4},
		{"rounded", two([2]float64{0.667, 0.333}, [2]float64{0.6667, 0.3333}), 229, 4},
		{"vacancies", two([2]float64{0.5, 0}, [2]float64{1, 0}), 221, 2},
		{"listed in another order", func() *crystal.Structure {
			s := two([2]float64{0.5, 0.5}, [2]float64{0.5, 0.5})
			s.Sites[0], s.Sites[1] = s.Sites[1], s.Sites[0]
			return s
		}(), 229, 4},
	} {
		a := analyze(t, tt.s)
		if a.Setting.Number != tt.number || len(a.Conventional.Sites) != tt.sites {
			t.Errorf("%s: group %d with %d sites, want %d with %d", tt.name, a.Setting.Number, len(a.Conventional.Sites), tt.number, tt.sites)
		}
		near(t, tt.name+": density", a.Conventional.Density(), tt.s.Density(), 1e-3)
	}
}

func TestMaterialsProject(t *testing.T) {
	want := map[string]int{ // the table beside the files
		"mp-149": 227, "mp-30": 225, "mp-1": 229, "mp-2": 225, "mp-10018": 225, "mp-862690": 194,
		"mp-1183057": 152, "mp-1207297": 123, "mp-1183085": 63, "mp-1234": 227, "mp-19017": 62, "mp-12712": 148,
	}
	for id, number := range want {
		data, err := os.ReadFile(filepath.Join("../../../shared/mp", id+".json"))
		if err != nil {
			t.Skip("the Materials Project files are not here")
		}
		s, err := source.Decode(id+".json", data)
		if err != nil {
			t.Errorf("%s: %v", id, err)
			continue
		}
		a := analyze(t, s[0])
		if a.Setting.Number != number {
			t.Errorf("%s: found %s (%d) with %g Å, want %d", id, a.Setting.HM, a.Setting.Number, a.Tol, number)
		}
		checkAnalysis(t, id, s[0], a, 0.1)
	}
}

func BenchmarkAnalyze(b *testing.B) {
	for _, id := range []string{"si", "yag", "albite"} {
		s := textbook.Open(b, id)
		a := analyze(b, s)
		for name, s := range map[string]*crystal.Structure{"primitive": a.Primitive, "conventional": a.Conventional} {
			b.Run(fmt.Sprintf("%s/%s/%d-atoms", id, name, len(s.Sites)), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, err := s.Analyze(0); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
