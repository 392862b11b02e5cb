package diffraction_test

import (
	"math"
	"math/cmplx"
	"testing"

	"zoneaxis/internal/atom"
	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/textbook"
)

func TestBeyondTheTable(t *testing.T) {
	const tol = 1e-12 // relative to F_0, as for the table itself
	for _, s := range append(textbook.Cells(t), scrambled(t)) {
		if len(s.Sites) > 60 {
			continue
		}
		small := textbook.Reflections(t, s, diffraction.Options{GMax: 0.7})
		large := textbook.Reflections(t, s, diffraction.Options{GMax: 1.4})
		f0 := real(large.F[0])
		beyond := 0
		for i, h := range large.HKL {
			want := large.F[i]
			if want == 0 {
				if want = directF(s, diffraction.Options{}, h); cmplx.Abs(want) < 1e-7*f0 {
					want = 0
				}
			}
			got := small.At(h)
			if d := cmplx.Abs(got - want); d > tol*f0 {
				t.Errorf("%s: F(%v) = %.12g, want %.12g", s.ID, h, got, want)
			}
			if _, ok := small.Index(h); !ok {
				beyond++
			}
		}
		if beyond == 0 {
			t.Errorf("%s: no reflection beyond the table", s.ID)
		}
	}
	// 410 of SrTiO3 is 8e-5 of F_0 by chance, 222 of silicon 0 by symmetry.
	weak := textbook.Reflections(t, textbook.Cell(t, "srtio3"), diffraction.Options{GMax: 2, Thermal: diffraction.NoThermal})
	h := crystal.HKL{4, 1, 0}
	if i, ok := weak.Index(h); !ok || weak.F[i] != 0 || cmplx.Abs(weak.At(h)) < 1e-5*real(weak.F[0]) {
		t.Errorf("SrTiO3: F(410) = %v, in the table %v", weak.At(h), weak.F[i])
	}
	if f := textbook.Reflections(t, textbook.Cell(t, "si"), diffraction.Options{GMax: 2}).At(crystal.HKL{2, 2, 2}); f != 0 {
		t.Errorf("silicon: F(222) = %v", f)
	}
	r := textbook.Reflections(t, textbook.Cell(t, "si"), diffraction.Options{GMax: 1, Model: atom.Peng})
	if f := r.At(crystal.HKL{24, 0, 0}); f != 0 {
		t.Errorf("F = %v at 4.4 Å⁻¹, where the Gaussians of Peng have ended", f)
	}
	if r.Model() != atom.Peng {
		t.Errorf("model %s", r.Model())
	}
}

func TestAtoms(t *testing.T) {
	s := scrambled(t)
	atoms := textbook.Reflections(t, s, diffraction.Options{GMax: 0.5}).Atoms()
	if len(atoms) != len(s.Sites) {
		t.Fatalf("%d atoms of %d", len(atoms), len(s.Sites))
	}
	m := s.Lattice.Recip()
	for i, a := range atoms {
		site := s.Sites[i]
		want := site.B
		if site.Aniso {
			// A third of the trace of the Cartesian tensor Σ U_ij (a*_i a_i)(a*_j a_j).
			var v [3]geom.Vec
			for j := range 3 {
				star := geom.Vec{X: m[0][j], Y: m[1][j], Z: m[2][j]}.Norm()
				var u crystal.UVW
				u[j] = 1
				v[j] = s.Lattice.R(u).Scale(star)
			}
			trace := 0.0
			for n, ij := range [6][2]int{{0, 0}, {1, 1}, {2, 2}, {1, 2}, {0, 2}, {0, 1}} {
				times := 2.0
				if n < 3 {
					times = 1
				}
				trace += times * site.U[n] * v[ij[0]].Dot(v[ij[1]])
			}
			want = 8 * math.Pi * math.Pi * trace / 3
		}
		if a.Z != site.Z || a.Occ != site.Occ || math.Abs(a.B-want) > 1e-12*want {
			t.Errorf("atom %d: %+v of site %+v, want B %g", i, a, site, want)
		}
		for j, x := range a.Frac {
			if d := x - site.Frac[j]; x < 0 || x >= 1 || math.Abs(d-math.Round(d)) > 1e-12 {
				t.Errorf("atom %d: at %v of %v", i, a.Frac, site.Frac)
			}
		}
	}
	atRest := textbook.Reflections(t, s, diffraction.Options{GMax: 0.5, Thermal: diffraction.NoThermal}).Atoms()
	for i, a := range atRest {
		if a.B != 0 {
			t.Errorf("atom %d at rest has B = %g", i, a.B)
		}
	}
}
