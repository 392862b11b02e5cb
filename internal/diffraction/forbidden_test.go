package diffraction_test

import (
	"math"
	"math/cmplx"
	"testing"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/textbook"
)

func finder(t testing.TB, id string, gmax float64) (*diffraction.Reflections, *diffraction.ForbiddenFinder) {
	t.Helper()
	s := textbook.Cell(t, id)
	r := textbook.Reflections(t, s, diffraction.Options{GMax: gmax})
	return r, diffraction.NewForbiddenFinder(r, textbook.SpaceGroup(t, s.Name), textbook.Beam(t, 200e3))
}

func TestForbiddenClasses(t *testing.T) {
	for _, c := range []struct {
		id         string
		zone       crystal.UVW
		hkl        crystal.HKL
		want       diffraction.ForbiddenClass
		systematic bool
	}{
		{"si", crystal.UVW{0, 1, 1}, crystal.HKL{2, 0, 0}, diffraction.DoubleDiffraction, true},
		{"si", crystal.UVW{0, 1, 1}, crystal.HKL{2, 2, -2}, diffraction.DoubleDiffraction, false}, // special position
		{"si", crystal.UVW{0, 1, 1}, crystal.HKL{1, 0, 0}, diffraction.Never, true},
		{"si", crystal.UVW{0, 0, 1}, crystal.HKL{2, 0, 0}, diffraction.OnlyHOLZ, true},
		{"si", crystal.UVW{0, 0, 1}, crystal.HKL{1, 1, 0}, diffraction.Never, true},
		{"spinel", crystal.UVW{0, 1, 1}, crystal.HKL{2, 0, 0}, diffraction.DoubleDiffraction, true},
		{"rutile", crystal.UVW{1, 1, 0}, crystal.HKL{0, 0, 1}, diffraction.DoubleDiffraction, true},
		{"rutile", crystal.UVW{0, 0, 1}, crystal.HKL{1, 0, 0}, diffraction.ExtinctOnAxis, true},
		{"rutile", crystal.UVW{0, 0, 1}, crystal.HKL{0, -3, 0}, diffraction.ExtinctOnAxis, true},
		{"gan", crystal.UVW{1, 0, 0}, crystal.HKL{0, 0, 1}, diffraction.ExtinctOnAxis, true}, // [2-1-10]
		{"mg", crystal.UVW{1, 0, 0}, crystal.HKL{0, 0, 1}, diffraction.ExtinctOnAxis, true},
		{"mg", crystal.UVW{2, 1, 0}, crystal.HKL{0, 0, 1}, diffraction.OnlyHOLZ, true}, // [10-10]
		{"mg", crystal.UVW{2, 1, 0}, crystal.HKL{0, 0, -3}, diffraction.OnlyHOLZ, true},
		{"al", crystal.UVW{0, 0, 1}, crystal.HKL{1, 0, 0}, diffraction.Never, true},
		{"au", crystal.UVW{0, 1, 1}, crystal.HKL{0, 1, -1}, diffraction.Never, true},
		{"fe", crystal.UVW{0, 0, 1}, crystal.HKL{1, 0, 0}, diffraction.Never, true},
		{"w", crystal.UVW{1, 1, 1}, crystal.HKL{2, -1, -1}, diffraction.ForbiddenClass(255), false}, // allowed
	} {
		r, f := finder(t, c.id, 1.5)
		i, ok := r.Index(c.hkl)
		if !ok {
			t.Fatalf("%s %v is outside", c.id, c.hkl)
		}
		z := f.Zone(c.zone)
		s, ok := z.Find(int32(i))
		if c.want == 255 {
			if ok {
				t.Errorf("%s %v %v is allowed but listed as %v", c.id, c.zone, c.hkl, s.Class)
			}
			continue
		}
		if !ok {
			t.Errorf("%s %v %v is not listed, F = %v", c.id, c.zone, c.hkl, r.F[i])
			continue
		}
		if s.Class != c.want || s.Systematic != c.systematic {
			t.Errorf("%s %v %v: %v, systematic %v, want %v, %v", c.id, c.zone, c.hkl, s.Class, s.Systematic, c.want, c.systematic)
		}
		if reason, ok := f.Reason(s.Ref); ok != c.systematic || ok && reason.String() == "" {
			t.Errorf("%s %v: reason %q, %v", c.id, c.hkl, reason, ok)
		}
		if (len(s.Paths) > 0) != (c.want != diffraction.Never) {
			t.Errorf("%s %v %v: %v with paths %v", c.id, c.zone, c.hkl, s.Class, s.Paths)
		}
	}
}

func TestForbiddenPath(t *testing.T) {
	// physics check: 200 of silicon on [011] by 1−11 + 11−1.
	r, f := finder(t, "si", 1.5)
	i, _ := r.Index(crystal.HKL{2, 0, 0})
	s, ok := f.Zone(crystal.UVW{0, 1, 1}).Find(int32(i))
	if !ok || len(s.Paths) == 0 {
		t.Fatal("no path")
	}
	p := s.Paths[0]
	pair := map[crystal.HKL]bool{p.A: true, p.B: true}
	if !pair[crystal.HKL{1, -1, 1}] || !pair[crystal.HKL{1, 1, -1}] {
		t.Errorf("strongest path %v + %v, want 1−11 + 11−1", p.A, p.B)
	}
}

// What the classes say must hold for every forbidden reflection of every
// textbook cell, and must be complete: the sums are tried again without
// shortcuts.
func TestForbiddenProperties(t *testing.T) {
	b := textbook.Beam(t, 200e3)
	for _, s := range textbook.Cells(t) {
		if s.ID == "yag" || s.ID == "fluorapatite" || s.ID == "muscovite" || s.ID == "spinel" {
			continue // large cells: the plain search takes long
		}
		r := textbook.Reflections(t, s, diffraction.Options{GMax: 0.9})
		f := diffraction.NewForbiddenFinder(r, textbook.SpaceGroup(t, s.Name), b)
		for _, u := range []crystal.UVW{{0, 0, 1}, {1, 0, 0}, {0, 1, 1}, {2, 1, 0}} {
			z := f.Zone(u)
			n := 0
			for i, h := range r.HKL {
				q, listed := z.Find(int32(i))
				if want := i > 0 && r.F[i] == 0 && h.Dot(u) == 0; listed != want {
					t.Fatalf("%s %v %v: listed %v, want %v", s.ID, u, h, listed, want)
				}
				if !listed {
					continue
				}
				n++
				inside, outside := 0, 0
				for j, a := range r.HKL {
					k, ok := r.Index(h.Sub(a))
					if j == 0 || k == 0 || !ok || r.F[j] == 0 || r.F[k] == 0 {
						continue
					}
					if a.Dot(u) == 0 {
						inside++
					} else {
						outside++
					}
				}
				switch {
				case q.Class == diffraction.Never && inside+outside > 0,
					(q.Class == diffraction.Never) == r.Centred(h),
					q.Class == diffraction.OnlyHOLZ && (inside > 0 || (outside == 0) != (len(q.Paths) == 0)),
					(q.Class == diffraction.DoubleDiffraction || q.Class == diffraction.ExtinctOnAxis) && inside == 0:
					t.Fatalf("%s %v %v: %v, but %d sums in the zone and %d outside", s.ID, u, h, q.Class, inside, outside)
				}
				if len(q.Paths) > diffraction.MaxPaths {
					t.Fatalf("%s %v %v: %d paths", s.ID, u, h, len(q.Paths))
				}
				for m, p := range q.Paths {
					ia, _ := r.Index(p.A)
					ib, _ := r.Index(p.B)
					if p.A.Add(p.B) != h || r.F[ia] == 0 || r.F[ib] == 0 {
						t.Fatalf("%s %v %v: path %v + %v", s.ID, u, h, p.A, p.B)
					}
					if layer := p.A.Dot(u); layer < 0 || (layer == 0) != (q.Class != diffraction.OnlyHOLZ) {
						t.Fatalf("%s %v %v: %v by %v in layer %d", s.ID, u, h, q.Class, p.A, layer)
					}
					if m > 0 && p.Strength > q.Paths[m-1].Strength*(1+1e-6) {
						t.Fatalf("%s %v %v: paths are not in order: %v", s.ID, u, h, q.Paths)
					}
					if limit := cmplx.Abs(r.F[ia]) * cmplx.Abs(r.F[ib]) / (r.Max * r.Max); p.Strength <= 0 || p.Strength > limit*(1+1e-12) {
						t.Fatalf("%s %v %v: strength %g of at most %g", s.ID, u, h, p.Strength, limit)
					}
				}
			}
			if n != len(z.Spots) {
				t.Fatalf("%s %v: %d forbidden reflections, %d listed", s.ID, u, n, len(z.Spots))
			}
		}
	}
}

// Without a group nothing is systematic or extinct, but the sums remain.
func TestForbiddenWithoutGroup(t *testing.T) {
	r := textbook.Reflections(t, textbook.Cell(t, "rutile"), diffraction.Options{GMax: 1})
	f := diffraction.NewForbiddenFinder(r, nil, textbook.Beam(t, 200e3))
	i, _ := r.Index(crystal.HKL{1, 0, 0})
	s, ok := f.Zone(crystal.UVW{0, 0, 1}).Find(int32(i))
	if !ok || s.Class != diffraction.DoubleDiffraction || s.Systematic {
		t.Errorf("rutile [001] 100: %+v", s)
	}
	if z := f.Zone(crystal.UVW{}); len(z.Spots) != 0 {
		t.Errorf("[000] has %d forbidden reflections", len(z.Spots))
	}
}

func TestForbiddenIsKept(t *testing.T) {
	_, f := finder(t, "si", 1)
	z := f.Zone(crystal.UVW{0, 1, 1})
	if f.Zone(crystal.UVW{0, 2, 2}) != z {
		t.Error("the same zone is classified twice")
	}
	for n := range 40 {
		f.Zone(crystal.UVW{1, 0, n})
	}
	if again := f.Zone(crystal.UVW{0, 1, 1}); again == z || len(again.Spots) != len(z.Spots) {
		t.Error("forty zones later the first one is still held, or differs")
	}
}

// What a path within the zone is made of: two allowed reflections that are
// excited on the exact axis, |s| = λg²/2 ≤ 0.05 Å⁻¹; and how strong it is.
func TestPathsWithinTheZone(t *testing.T) {
	s := textbook.Cell(t, "si")
	beam := textbook.Beam(t, 200e3)
	r := textbook.Reflections(t, s, diffraction.Options{GMax: 4.6})
	finder := diffraction.NewForbiddenFinder(r, textbook.SpaceGroup(t, s.Name), beam)
	fade := func(h crystal.HKL) float64 {
		g := s.Lattice.G(h).Norm()
		x := beam.Wavelength() * g * g / 2 / 0.01
		return 1 / math.Sqrt(1+x*x)
	}
	within, far := 0, 0
	for _, f := range finder.Zone(crystal.UVW{1, 1, 0}).Spots {
		if g := r.Len[f.Ref]; r.Centred(r.HKL[f.Ref]) && g > 4.01 { // two excited beams reach 2·2.00 Å⁻¹
			far++
			if f.Class != diffraction.OnlyHOLZ {
				t.Errorf("%v at %.2f Å⁻¹: class %v", r.HKL[f.Ref], g, f.Class)
			}
		}
		if f.Class != diffraction.DoubleDiffraction && f.Class != diffraction.ExtinctOnAxis {
			continue
		}
		for _, p := range f.Paths {
			within++
			i, _ := r.Index(p.A)
			j, _ := r.Index(p.B)
			for _, k := range []int{i, j} {
				if s := beam.Wavelength() * r.Len[k] * r.Len[k] / 2; s > 0.05 {
					t.Errorf("%v by way of %v, whose s is %.3f Å⁻¹", r.HKL[f.Ref], r.HKL[k], -s)
				}
			}
			want := cmplx.Abs(r.F[i]) * cmplx.Abs(r.F[j]) / (r.Max * r.Max) * (fade(p.A) + fade(p.B)) / 2
			if math.Abs(p.Strength-want) > 1e-12*want || want == 0 {
				t.Errorf("%v = %v + %v: strength %g, want %g", r.HKL[f.Ref], p.A, p.B, p.Strength, want)
			}
		}
	}
	if within < 50 || far < 5 {
		t.Errorf("%d paths, %d forbidden reflections far out", within, far)
	}
}

func BenchmarkForbidden(b *testing.B) {
	for _, c := range []struct {
		name, id string
		zone     crystal.UVW
		gmax     float64
	}{
		{"si-011", "si", crystal.UVW{0, 1, 1}, 1.5},
		{"si-001-holz", "si", crystal.UVW{0, 0, 1}, 1.5},
		{"rutile-001", "rutile", crystal.UVW{0, 0, 1}, 1.5},
		{"garnet-001", "yag", crystal.UVW{0, 0, 1}, 1.5},
	} {
		s := textbook.Cell(b, c.id)
		r := textbook.Reflections(b, s, diffraction.Options{GMax: c.gmax})
		g := textbook.SpaceGroup(b, s.Name)
		beam := textbook.Beam(b, 200e3)
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				diffraction.NewForbiddenFinder(r, g, beam).Zone(c.zone)
			}
		})
	}
}
