package diffraction_test

import (
	"math"
	"math/cmplx"
	"slices"
	"testing"

	"zoneaxis/internal/atom"
	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/textbook"
)

// directF is the definition of the structure factor, one atom after another.
func directF(s *crystal.Structure, opt diffraction.Options, h crystal.HKL) complex128 {
	g := s.Lattice.G(h).Norm()
	m := s.Lattice.Recip()
	star := [3]float64{}
	for i := range 3 {
		star[i] = math.Sqrt(m[0][i]*m[0][i] + m[1][i]*m[1][i] + m[2][i]*m[2][i])
	}
	var sum complex128
	for _, p := range s.Sites {
		t := math.Exp(-p.B * g * g / 4)
		if p.Aniso {
			u := [3][3]float64{{p.U[0], p.U[5], p.U[4]}, {p.U[5], p.U[1], p.U[3]}, {p.U[4], p.U[3], p.U[2]}}
			q := 0.0
			for i := range 3 {
				for j := range 3 {
					q += u[i][j] * star[i] * star[j] * float64(h[i]*h[j])
				}
			}
			t = math.Exp(-2 * math.Pi * math.Pi * q)
		}
		if opt.Thermal == diffraction.NoThermal {
			t = 1
		}
		hx := float64(h[0])*p.Frac[0] + float64(h[1])*p.Frac[1] + float64(h[2])*p.Frac[2]
		sum += complex(p.Occ*opt.Model.Factor(p.Z, g)*t, 0) * cmplx.Exp(complex(0, -2*math.Pi*hx))
	}
	return sum
}

// scrambled is a structure without any symmetry: an oblique cell, atoms
// anywhere (one below, one above the cell, two on one spot), some with
// anisotropic vibration.
func scrambled(t testing.TB) *crystal.Structure {
	l, err := crystal.NewLattice(crystal.Cell{A: 4.1, B: 5.3, C: 6.7, Alpha: 71, Beta: 118, Gamma: 84})
	if err != nil {
		t.Fatal(err)
	}
	u := [6]float64{0.012, 0.02, 0.008, 0.004, -0.003, 0.005}
	return &crystal.Structure{Lattice: l, Sites: []crystal.Site{
		{Z: 14, Frac: crystal.Frac{0.11, 0.27, 0.83}, Occ: 1, B: 0.4},
		{Z: 14, Frac: crystal.Frac{-0.21, 1.37, 0.17}, Occ: 1, B: 0.4},
		{Z: 79, Frac: crystal.Frac{0.5, 0.5, 0.5}, Occ: 0.3, B: 0.7},
		{Z: 47, Frac: crystal.Frac{0.5, 0.5, 0.5}, Occ: 0.7, B: 0.7},
		{Z: 8, Frac: crystal.Frac{0.71, 0.02, 0.34}, Occ: 1, Aniso: true, U: u},
		{Z: 8, Frac: crystal.Frac{0.19, 0.63, -0.48}, Occ: 0.8, Aniso: true, U: u, B: 3},
		{Z: 1, Frac: crystal.Frac{0.9, 0.9, 0}, Occ: 1, B: 1.5},
	}}
}

func TestStructureFactorsAgainstTheDefinition(t *testing.T) {
	const tol = 1e-12 // relative to F_0: recurrences over 20 steps round to some 1e-14
	for _, s := range append(textbook.Cells(t), scrambled(t)) {
		for _, opt := range []diffraction.Options{
			{GMax: 1.3},
			{GMax: 1.3, Thermal: diffraction.NoThermal, Model: atom.Kirkland},
		} {
			if len(s.Sites) > 60 {
				opt.GMax = 0.8
			}
			r := textbook.Reflections(t, s, opt)
			f0 := real(r.F[0])
			top := 0.0
			for i, h := range r.HKL {
				want := directF(s, opt, h)
				if i > 0 && cmplx.Abs(want) < 1e-4*f0*(1-1e-9) {
					want = 0
				}
				if d := cmplx.Abs(r.F[i] - want); d > tol*f0 {
					t.Errorf("%s, %v: F(%v) = %.12g, want %.12g", s.ID, opt, h, r.F[i], want)
				}
				if i > 0 {
					top = max(top, cmplx.Abs(r.F[i]))
				}
			}
			if math.Abs(r.Max-top) > 1e-12*top {
				t.Errorf("%s: Max = %g, want %g", s.ID, r.Max, top)
			}
		}
	}
}

func TestReflectionsAreComplete(t *testing.T) {
	cells := []crystal.Cell{
		{A: 4, B: 4, C: 4, Alpha: 90, Beta: 90, Gamma: 90}, // 600 lies on the border at 1.5 Å⁻¹
		{A: 4.1, B: 5.3, C: 6.7, Alpha: 71, Beta: 118, Gamma: 84},
		{A: 3, B: 3, C: 3, Alpha: 25, Beta: 25, Gamma: 25}, // needs |h| up to gmax·|a|, far above gmax/|a*|
		{A: 3, B: 9, C: 4, Alpha: 150, Beta: 60, Gamma: 100},
		{A: 3.2, B: 3.2, C: 5.2, Alpha: 90, Beta: 90, Gamma: 120},
		{A: 2.5, B: 2.5, C: 4.1, Alpha: 90, Beta: 90, Gamma: 120}, // at 0.42 Å⁻¹, h = 1 is within 1/a but has no k
		{A: 0.6, B: 30, C: 0.6, Alpha: 90, Beta: 90, Gamma: 90},
	}
	for _, c := range cells {
		l, err := crystal.NewLattice(c)
		if err != nil {
			t.Fatal(err)
		}
		s := &crystal.Structure{Lattice: l, Sites: []crystal.Site{{Z: 14, Occ: 1}}}
		gmax := 1.5
		if c.Gamma == 120 && c.A < 3 {
			gmax = 0.42
		}
		r := textbook.Reflections(t, s, diffraction.Options{GMax: gmax})
		n := 0
		reach := int(gmax*max(c.A, c.B, c.C)) + 1
		for h := -reach; h <= reach; h++ {
			for k := -reach; k <= reach; k++ {
				for l := -reach; l <= reach; l++ {
					hkl := crystal.HKL{h, k, l}
					i, ok := r.Index(hkl)
					if want := s.Lattice.G(hkl).Norm() <= gmax*(1+1e-9); ok != want {
						t.Fatalf("%v: Index(%v) = %v, want %v", c, hkl, ok, want)
					}
					if !ok {
						continue
					}
					n++
					if r.HKL[i] != hkl {
						t.Fatalf("%v: Index(%v) leads to %v", c, hkl, r.HKL[i])
					}
					if d := r.G[i].Sub(s.Lattice.G(hkl)).Norm(); d > 1e-13 || math.Abs(r.Len[i]-r.G[i].Norm()) > 1e-15 {
						t.Fatalf("%v: G(%v) is off by %g", c, hkl, d)
					}
				}
			}
		}
		if n != len(r.HKL) || n != len(r.G) || n != len(r.Len) || n != len(r.F) {
			t.Errorf("%v: %d, %d, %d, %d entries, want %d", c, len(r.HKL), len(r.G), len(r.Len), len(r.F), n)
		}
		if r.HKL[0] != (crystal.HKL{}) {
			t.Errorf("%v: the first reflection is %v", c, r.HKL[0])
		}
	}
}

func TestReflectionsAreSorted(t *testing.T) {
	for _, s := range append(textbook.Cells(t), scrambled(t)) {
		r := textbook.Reflections(t, s, diffraction.Options{GMax: 1.1})
		for i := 1; i < len(r.HKL); i++ {
			a, b := r.Len[i-1], r.Len[i]
			switch {
			case b > a*(1+1e-9):
			case b < a*(1-1e-9):
				t.Fatalf("%s: |g| of %v is %.12g, before %v with %.12g", s.ID, r.HKL[i-1], a, r.HKL[i], b)
			case slices.Compare(r.HKL[i-1][:], r.HKL[i][:]) <= 0:
				t.Fatalf("%s: %v before %v of equal length", s.ID, r.HKL[i-1], r.HKL[i])
			}
		}
	}
}

func TestFriedel(t *testing.T) {
	for _, s := range append(textbook.Cells(t), scrambled(t)) {
		r := textbook.Reflections(t, s, diffraction.Options{GMax: 1.1})
		for i, h := range r.HKL {
			j, ok := r.Index(h.Neg())
			if !ok || r.F[j] != cmplx.Conj(r.F[i]) {
				t.Fatalf("%s: F(%v) = %g, F(%v) = %g", s.ID, h, r.F[i], h.Neg(), r.F[j])
			}
		}
	}
}

// The structure described in another cell scatters alike: F per volume at the
// same vector g.
func TestFactorsDoNotDependOnTheCell(t *testing.T) {
	const tol = 1e-12
	changes := [][3][3]int{
		{{1, 1, 0}, {0, 1, 0}, {0, 0, 1}},
		{{0, 1, 0}, {0, 0, 1}, {1, 0, 0}},
		{{1, -1, 0}, {1, 1, 0}, {0, 0, 1}}, // two cells
		{{2, 0, 1}, {0, 1, 1}, {-1, 0, 1}}, // three cells, oblique
		{{1, 2, 3}, {0, 1, 4}, {5, 6, 1}},  // two cells, very oblique
	}
	for _, id := range []string{"quartz", "zro2-m", "al", "gan"} {
		s := textbook.Cell(t, id)
		opt := diffraction.Options{GMax: 0.9}
		r := textbook.Reflections(t, s, opt)
		for _, p := range changes {
			other, det, ok := changedCell(t, s, p)
			if !ok {
				t.Fatalf("%s: change %v is left-handed", id, p)
			}
			q := textbook.Reflections(t, other, opt)
			n := 0
			for i, h := range r.HKL {
				// h' = h P for a' = a P.
				var hp crystal.HKL
				for j := range 3 {
					hp[j] = h[0]*p[0][j] + h[1]*p[1][j] + h[2]*p[2][j]
				}
				j, ok := q.Index(hp)
				if !ok {
					if r.Len[i] < 0.9*(1-1e-9) {
						t.Fatalf("%s %v: %v became %v and is missing", id, p, h, hp)
					}
					continue
				}
				n++
				if d := cmplx.Abs(q.F[j]/complex(float64(det), 0) - r.F[i]); d > tol*real(r.F[0]) {
					t.Errorf("%s %v: F(%v) = %g, F'(%v)/%d = %g", id, p, h, r.F[i], hp, det, q.F[j]/complex(float64(det), 0))
				}
			}
			// All other points of the larger cell's lattice are absent.
			present := 0
			for _, f := range q.F {
				if f != 0 {
					present++
				}
			}
			want := 0
			for _, f := range r.F {
				if f != 0 {
					want++
				}
			}
			if n < len(r.HKL)-60 || present > want+60 || present < want-60 {
				t.Errorf("%s %v: %d of %d reflections compared, %d present, want %d", id, p, n, len(r.HKL), present, want)
			}
			if len(q.Translations) != det*len(r.Translations) {
				t.Errorf("%s %v: %d translations, want %d", id, p, len(q.Translations), det*len(r.Translations))
			}
		}
	}
}

// changedCell describes s by the basis a' = a P, with all atoms of the larger
// cell, and returns the number of old cells in the new one.
func changedCell(t testing.TB, s *crystal.Structure, p [3][3]int) (*crystal.Structure, int, bool) {
	m := geom.Mat3{}
	for i := range 3 {
		for j := range 3 {
			m[i][j] = float64(p[i][j])
		}
	}
	det := int(math.Round(m.Det()))
	if det <= 0 {
		return nil, det, false
	}
	d := s.Lattice.Direct().Mul(m).Transpose()
	a, b, c := d.Rows()
	l, err := crystal.FromVectors(a, b, c)
	if err != nil {
		t.Fatal(err)
	}
	inv := m.Inverse()
	out := &crystal.Structure{ID: s.ID, Lattice: l}
	for _, site := range s.Sites {
		seen := map[[3]int64]bool{}
		for u := -12; u <= 12; u++ {
			for v := -12; v <= 12; v++ {
				for w := -12; w <= 12; w++ {
					x := inv.Apply(geom.Vec{X: site.Frac[0] + float64(u), Y: site.Frac[1] + float64(v), Z: site.Frac[2] + float64(w)})
					f := crystal.Frac{wrap(x.X), wrap(x.Y), wrap(x.Z)}
					key := [3]int64{}
					for i := range 3 {
						key[i] = int64(math.Round(f[i]*1e6)) % 1e6
					}
					if !seen[key] {
						seen[key] = true
						q := site
						q.Frac = f
						out.Sites = append(out.Sites, q)
					}
				}
			}
		}
	}
	if len(out.Sites) != det*len(s.Sites) {
		t.Fatalf("%s: %d sites in the changed cell, want %d", s.ID, len(out.Sites), det*len(s.Sites))
	}
	return out, det, true
}

func wrap(x float64) float64 { return x - math.Floor(x) }

func TestTranslations(t *testing.T) {
	tests := []struct {
		id   string
		want []crystal.Frac
	}{
		{"au", []crystal.Frac{{0, 0, 0}, {0, 0.5, 0.5}, {0.5, 0, 0.5}, {0.5, 0.5, 0}}},
		{"si", []crystal.Frac{{0, 0, 0}, {0, 0.5, 0.5}, {0.5, 0, 0.5}, {0.5, 0.5, 0}}},
		{"fe", []crystal.Frac{{0, 0, 0}, {0.5, 0.5, 0.5}}},
		{"yag", []crystal.Frac{{0, 0, 0}, {0.5, 0.5, 0.5}}},
		{"mg", []crystal.Frac{{0, 0, 0}}},
		{"srtio3", []crystal.Frac{{0, 0, 0}}},
		{"calcite", []crystal.Frac{{0, 0, 0}, {1. / 3, 2. / 3, 2. / 3}, {2. / 3, 1. / 3, 1. / 3}}},
		{"albite", []crystal.Frac{{0, 0, 0}, {0.5, 0.5, 0}}},
		{"diopside", []crystal.Frac{{0, 0, 0}, {0.5, 0.5, 0}}},
		{"muscovite", []crystal.Frac{{0, 0, 0}, {0.5, 0.5, 0}}},
	}
	for _, tt := range tests {
		r := textbook.Reflections(t, textbook.Cell(t, tt.id), diffraction.Options{GMax: 0.7})
		got := slices.Clone(r.Translations)
		slices.SortFunc(got, func(a, b crystal.Frac) int { return slices.Compare(a[:], b[:]) })
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: translations %v, want %v", tt.id, got, tt.want)
		}
	}
	// A translation that is nearly one is none as soon as a reflection shows it.
	fe := textbook.Cell(t, "fe")
	shifted := &crystal.Structure{Lattice: fe.Lattice, Sites: slices.Clone(fe.Sites)}
	for shift, want := range map[float64]int{1e-7: 2, 3e-4: 1} { // of the cell; 3e-4 are 9e-4 Å
		shifted.Sites[1].Frac[2] = 0.5 + shift
		if r := textbook.Reflections(t, shifted, diffraction.Options{GMax: 1.5}); len(r.Translations) != want {
			t.Errorf("atom shifted by %g: translations %v", shift, r.Translations)
		}
	}
	// A centred point without intensity is still a point of the lattice.
	r := textbook.Reflections(t, textbook.Cell(t, "si"), diffraction.Options{GMax: 1})
	for h, want := range map[crystal.HKL]bool{{2, 2, 2}: true, {2, 0, 0}: true, {1, 0, 0}: false, {1, 1, 1}: true, {1, 1, 0}: false} {
		if got := r.Centred(h); got != want {
			t.Errorf("Si: Centred(%v) = %v, want %v", h, got, want)
		}
	}
}

func TestThermalModes(t *testing.T) {
	s := textbook.Cell(t, "gaas")
	h := crystal.HKL{2, 2, 0}
	g := s.Lattice.G(h).Norm()
	factor := func(opt diffraction.Options) float64 {
		opt.GMax = 1
		r := textbook.Reflections(t, s, opt)
		i, _ := r.Index(h)
		return cmplx.Abs(r.F[i])
	}
	atoms := func(b func(atom.Z) float64) float64 {
		sum := 0.0
		for _, z := range []atom.Z{31, 33} {
			sum += 4 * atom.Lobato.Factor(z, g) * math.Exp(-b(z)*g*g/4)
		}
		return sum
	}
	element := func(kelvin float64) func(atom.Z) float64 {
		return func(z atom.Z) float64 { b, _ := atom.BElement(z, kelvin); return b }
	}
	const tol = 1e-12
	for _, tt := range []struct {
		name string
		opt  diffraction.Options
		want float64
	}{
		{"none", diffraction.Options{Thermal: diffraction.NoThermal}, atoms(func(atom.Z) float64 { return 0 })},
		{"element, default temperature", diffraction.Options{Thermal: diffraction.ElementB}, atoms(element(293))},
		{"element, 100 K", diffraction.Options{Thermal: diffraction.ElementB, Temperature: 100}, atoms(element(100))},
		{"sites", diffraction.Options{}, 24.08847878916375}, // testdata/checks.json.gz
	} {
		if got := factor(tt.opt); math.Abs(got-tt.want) > tol*tt.want {
			t.Errorf("%s: |F(220)| = %.13g, want %.13g", tt.name, got, tt.want)
		}
	}

	// Sites without B: the element's where it has one, 0.5 Å² elsewhere, and a
	// sentence about each.
	bare := &crystal.Structure{Lattice: s.Lattice, Sites: []crystal.Site{
		{Z: 79, Occ: 1, B: math.NaN()}, {Z: 8, Frac: crystal.Frac{0.5, 0.5, 0.5}, Occ: 1, B: math.NaN()},
	}}
	r := textbook.Reflections(t, bare, diffraction.Options{GMax: 1})
	gold, _ := atom.BElement(79, 293)
	i, _ := r.Index(h)
	want := atom.Lobato.Factor(79, g)*math.Exp(-gold*g*g/4) + atom.Lobato.Factor(8, g)*math.Exp(-0.5*g*g/4)
	if got := real(r.F[i]); math.Abs(got-want) > tol*want {
		t.Errorf("no B: F(220) = %.13g, want %.13g", got, want)
	}
	notes := []string{
		"No Debye–Waller parameter is given for Au: that of the element at 293 K is used.",
		"No Debye–Waller parameter is known for O: B = 0.5 Å² is assumed.",
	}
	if !slices.Equal(r.Notes, notes) {
		t.Errorf("notes %q", r.Notes)
	}
	if r := textbook.Reflections(t, s, diffraction.Options{GMax: 1}); len(r.Notes) != 0 {
		t.Errorf("notes without need: %q", r.Notes)
	}
}

func TestNewReflectionsErrors(t *testing.T) {
	good := textbook.Cell(t, "au")
	with := func(site crystal.Site) *crystal.Structure {
		return &crystal.Structure{Lattice: good.Lattice, Sites: []crystal.Site{site}}
	}
	tests := []struct {
		name string
		s    *crystal.Structure
		opt  diffraction.Options
		want string
	}{
		{"no atoms", &crystal.Structure{Lattice: good.Lattice}, diffraction.Options{GMax: 1}, "diffraction: the structure has no atoms"},
		{"no limit", good, diffraction.Options{}, "diffraction: largest |g| 0 Å⁻¹: must be above zero"},
		{"NaN", good, diffraction.Options{GMax: math.NaN()}, "diffraction: largest |g| NaN Å⁻¹: must be above zero"},
		{"too many", good, diffraction.Options{GMax: 30}, "diffraction: about 7.67e+06 reflections up to 30 Å⁻¹ are more than 2000000: choose a smaller limit"},
		{"Peng beyond 4", good, diffraction.Options{GMax: 4.5, Model: atom.Peng}, "diffraction: largest |g| 4.5 Å⁻¹: the scattering factors of model peng end at 4 Å⁻¹"},
		{"unknown model", good, diffraction.Options{GMax: 1, Model: 17}, "diffraction: largest |g| 1 Å⁻¹: the scattering factors of model unknown end at 0 Å⁻¹"},
		{"no factor", with(crystal.Site{Z: 101, Occ: 1}), diffraction.Options{GMax: 1, Model: atom.Peng}, "diffraction: model peng has no scattering factor for Md"},
		{"no element", with(crystal.Site{Occ: 1}), diffraction.Options{GMax: 1}, "diffraction: model lobato has no scattering factor for Z=0"},
		{"occupancy", with(crystal.Site{Z: 14, Occ: -1}), diffraction.Options{GMax: 1}, "diffraction: site 1 (Si): occupancy -1"},
		{"coordinate", with(crystal.Site{Z: 14, Occ: 1, Frac: crystal.Frac{0, math.NaN(), 0}}), diffraction.Options{GMax: 1}, "diffraction: site 1 (Si): coordinate NaN"},
		{"temperature", good, diffraction.Options{GMax: 1, Thermal: diffraction.ElementB, Temperature: 2000}, "diffraction: temperature 2000 K: expected above 0 to 1000 K"},
	}
	for _, tt := range tests {
		if _, err := diffraction.NewReflections(tt.s, tt.opt); err == nil || err.Error() != tt.want {
			t.Errorf("%s: error %v, want %s", tt.name, err, tt.want)
		}
	}
	if _, err := diffraction.NewReflections(good, diffraction.Options{GMax: 4, Model: atom.Peng}); err != nil {
		t.Errorf("Peng to 4 Å⁻¹: %v", err)
	}
}
