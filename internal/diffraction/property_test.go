package diffraction_test

import (
	"math"
	"math/cmplx"
	"math/rand/v2"
	"testing"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/source"
	_ "zoneaxis/internal/source/records" // the library
	"zoneaxis/internal/textbook"
)

// eachLibraryCrystal runs a test on every structure of the library, with the
// reflections of a sphere of some 2000 points.
func eachLibraryCrystal(t *testing.T, test func(t *testing.T, s *crystal.Structure, r *diffraction.Reflections)) {
	entries := source.Library()
	if len(entries) < 60 {
		t.Fatalf("the library holds %d structures", len(entries))
	}
	for _, e := range entries {
		t.Run(e.ID, func(t *testing.T) {
			s, err := source.Open(e.ID)
			if err != nil {
				t.Fatal(err)
			}
			gmax := math.Cbrt(2000 / s.Lattice.Volume() * 3 / (4 * math.Pi))
			test(t, s, textbook.Reflections(t, s, diffraction.Options{GMax: min(gmax, 2)}))
		})
	}
}

// Structure factors obey the space group, phases included:
// F(hR) = F(h) exp(2πi h·t) for atoms at x' = R x + t. Intensities then obey the Laue class, and
// everything that the group forbids is exactly zero.
func TestLibrarySymmetry(t *testing.T) {
	// Coordinates of special positions are rounded in their sources; the phases of
	// 20 turns pass that on.
	const tol = 1e-6 // of F_0
	groups := 0
	eachLibraryCrystal(t, func(t *testing.T, s *crystal.Structure, r *diffraction.Reflections) {
		for i, h := range r.HKL {
			if j, ok := r.Index(h.Neg()); !ok || r.F[j] != cmplx.Conj(r.F[i]) {
				t.Fatalf("F(%v) = %g, F(%v) = %g", h, r.F[i], h.Neg(), r.F[j])
			}
		}
		if s.Given == nil {
			return
		}
		groups++
		group := s.Given.Group()
		f0 := real(r.F[0])
		for i, h := range r.HKL {
			if group.Absent(h) && r.F[i] != 0 {
				t.Errorf("%s forbids %v, F = %g", s.Given.Extended, h, r.F[i])
			}
			for _, op := range group.Representatives() {
				h2 := crystal.HKL(op.ApplyHKL(h))
				j, ok := r.Index(h2)
				if !ok {
					if r.Len[i] < r.GMax*(1-1e-6) {
						t.Fatalf("%v became %v and is missing", h, h2)
					}
					continue
				}
				turns := float64(h[0]*int(op.T[0])+h[1]*int(op.T[1])+h[2]*int(op.T[2])) / 24
				want := r.F[i] * cmplx.Exp(complex(0, 2*math.Pi*turns))
				if cmplx.Abs(r.F[j]-want) > tol*f0 {
					t.Fatalf("%s, %v: F(%v) = %.9g, want %.9g", s.Given.Extended, op, h2, r.F[j], want)
				}
			}
		}
	})
	if groups < 60 {
		t.Errorf("%d structures name their group", groups)
	}
}

// An atom in a general position shows the forbidden reflections and no other
// absences.
func TestGeneralPositionsShowTheAbsences(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	seen := map[string]bool{}
	for _, e := range source.Library() {
		s, err := source.Open(e.ID)
		if err != nil {
			t.Fatal(err)
		}
		if s.Given == nil || seen[s.Given.Extended] {
			continue
		}
		seen[s.Given.Extended] = true
		group := s.Given.Group()
		// One structure may have F near zero by chance, three have not.
		gmax := math.Cbrt(800 / s.Lattice.Volume() * 3 / (4 * math.Pi))
		var zero []int
		for range 3 {
			general := &crystal.Structure{Lattice: s.Lattice}
			for n := range 3 {
				x := [3]float64{rng.Float64(), rng.Float64(), rng.Float64()}
				for _, op := range group.Ops() {
					general.Sites = append(general.Sites, crystal.Site{Z: 14, Frac: op.Apply(x), Occ: 1, B: 0.3 * float64(n)})
				}
			}
			r := textbook.Reflections(t, general, diffraction.Options{GMax: gmax})
			if zero == nil {
				zero = make([]int, len(r.HKL))
			}
			for i, h := range r.HKL {
				if r.F[i] == 0 {
					zero[i]++
				} else if group.Absent(h) {
					t.Errorf("%s forbids %v, F = %g", s.Given.Extended, h, r.F[i])
				}
				if zero[i] == 3 && !group.Absent(h) {
					t.Errorf("%s allows %v, F = 0 in three structures", s.Given.Extended, h)
				}
			}
			if got, want := len(r.Translations), len(group.Centrings()); got != want {
				t.Errorf("%s: %d translations, want %d", s.Given.Extended, got, want)
			}
		}
	}
	if len(seen) < 30 {
		t.Errorf("%d settings tried", len(seen))
	}
}

// The same crystal in another basis of its lattice has the same structure
// factors at the same places.
func TestLibraryChangeOfCell(t *testing.T) {
	p := [3][3]int{{1, 1, 0}, {0, 1, -1}, {0, 0, 1}} // a' = a P, volume kept
	inverse := geom.Mat3{{1, -1, -1}, {0, 1, 1}, {0, 0, 1}}
	const tol = 1e-12 // of F_0
	eachLibraryCrystal(t, func(t *testing.T, s *crystal.Structure, r *diffraction.Reflections) {
		d := s.Lattice.Direct()
		column := func(m geom.Mat3, j int) geom.Vec { return geom.Vec{X: m[0][j], Y: m[1][j], Z: m[2][j]} }
		a, b, c := column(d, 0), column(d, 1), column(d, 2)
		l, err := crystal.FromVectors(a, a.Add(b), c.Sub(b))
		if err != nil {
			t.Fatal(err)
		}
		other := &crystal.Structure{Lattice: l}
		for _, site := range s.Sites {
			x := inverse.Apply(geom.Vec{X: site.Frac[0], Y: site.Frac[1], Z: site.Frac[2]})
			site.Frac = crystal.Frac{x.X, x.Y, x.Z}
			if site.Aniso {
				site.Aniso, site.B = false, 0.4
			}
			other.Sites = append(other.Sites, site)
		}
		isotropic := *s
		isotropic.Sites = nil
		for _, site := range s.Sites {
			if site.Aniso {
				site.Aniso, site.B = false, 0.4
			}
			isotropic.Sites = append(isotropic.Sites, site)
		}
		r = textbook.Reflections(t, &isotropic, diffraction.Options{GMax: r.GMax})
		q := textbook.Reflections(t, other, diffraction.Options{GMax: r.GMax})
		for i, h := range r.HKL {
			var h2 crystal.HKL
			for j := range 3 {
				h2[j] = h[0]*p[0][j] + h[1]*p[1][j] + h[2]*p[2][j]
			}
			j, ok := q.Index(h2)
			if !ok {
				if r.Len[i] < r.GMax*(1-1e-9) {
					t.Fatalf("%v became %v and is missing", h, h2)
				}
				continue
			}
			if math.Abs(q.Len[j]-r.Len[i]) > 1e-12 || cmplx.Abs(q.F[j]-r.F[i]) > tol*real(r.F[0]) {
				t.Fatalf("F(%v) = %g at %g Å⁻¹ became F(%v) = %g at %g", h, r.F[i], r.Len[i], h2, q.F[j], q.Len[j])
			}
		}
	})
}
