package symmetry_test

import (
	"math"
	"math/cmplx"
	"strings"
	"testing"

	"zoneaxis/internal/symmetry"
)

// TestAbsent compares with the sum over all operations: F(h) of any content is
// zero if and only if Σ exp(−2πi h·t) over the operations with h R = h is.
func TestAbsent(t *testing.T) {
	for _, s := range symmetry.Settings() {
		g := s.Group()
		ops := g.Ops()
		for n := range 9 * 9 * 9 {
			h := [3]int{n%9 - 4, n/9%9 - 4, n/81 - 4}
			var f complex128
			for _, o := range ops {
				if o.ApplyHKL(h) == h {
					turns := float64(h[0]*int(o.T[0])+h[1]*int(o.T[1])+h[2]*int(o.T[2])) / symmetry.Den
					f += cmplx.Rect(1, -2*math.Pi*turns)
				}
			}
			want := cmplx.Abs(f) < 1e-9 // else it is at least 1
			if got := g.Absent(h); got != want {
				t.Fatalf("%s %v: absent %t, the sum is %v", s.Extended, h, got, f)
			}
			reason, ok := g.Absence(h)
			if ok != want {
				t.Fatalf("%s %v: Absence says %t (%v), want %t", s.Extended, h, ok, reason, want)
			}
			if ok && (reason.Op.ApplyHKL(h) != h || reason.Op.Phase(h) == 0 || !g.Contains(reason.Op)) {
				t.Fatalf("%s %v: %v does not make it absent", s.Extended, h, reason.Op)
			}
		}
	}
}

// TestAbsentAmplitudes compares with structure factors of points in general
// positions.
func TestAbsentAmplitudes(t *testing.T) {
	points := [][3]float64{{0.1234, 0.2711, 0.4019}, {0.0517, 0.3391, 0.1873}}
	for _, s := range symmetry.Settings() {
		ops := s.Group().Ops()
		for _, h := range [][3]int{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {0, 0, 2}, {0, 0, 3}, {2, 0, 0}, {0, 2, 0}, {1, 1, 0}, {0, 1, 1}, {1, 0, 1}, {1, 1, 1}, {2, 2, 2}, {0, 2, 4}, {1, 2, 3}, {2, 2, 0}, {1, -1, 3}} {
			size := 0.0
			for _, x := range points {
				size = max(size, cmplx.Abs(amplitude(ops, x, h)))
			}
			// Sums that vanish leave rounding of 192 terms; those of these
			// points that do not are above 1e-3.
			if absent := s.Group().Absent(h); absent != (size < 1e-9) {
				t.Errorf("%s %v: absent %t, |F| = %g", s.Extended, h, absent, size)
			}
		}
	}
}

func TestAbsenceReasons(t *testing.T) {
	for _, c := range []struct {
		group string
		h     [3]int
		want  string // every reason, the most telling first; empty: present
	}{
		{"Fm-3m", [3]int{1, 0, 0}, "F centring"},
		{"Im-3m", [3]int{1, 0, 0}, "I centring"},
		{"C2/m", [3]int{1, 0, 0}, "C centring"},
		{"A b m 2", [3]int{0, 1, 0}, "A centring"},
		{"R-3m", [3]int{1, 0, 0}, "R centring"},
		{"R-3m:R", [3]int{1, 0, 0}, ""},
		{"Fd-3m", [3]int{2, 0, 0}, "4₁ screw along [100]; d glide in (001); d glide in (010)"},
		{"Fd-3m:1", [3]int{0, 0, 2}, "4₁ screw along [001]; d glide in (010); d glide in (100)"},
		{"Fd-3m", [3]int{0, 2, 4}, "d glide in (100)"},
		{"Fd-3m", [3]int{2, 2, 2}, ""},
		{"Fd-3m", [3]int{4, 0, 0}, ""},
		{"F-43m", [3]int{2, 0, 0}, ""},
		{"P63/mmc", [3]int{0, 0, 1}, "6₃ screw along [001]; c glide in (010); c glide in (100); c glide in (1-10)"},
		{"P63/mmc", [3]int{1, 1, 1}, "c glide in (1-10)"},
		{"P63mc", [3]int{0, 0, 3}, "6₃ screw along [001]; c glide in (010); c glide in (100); c glide in (1-10)"},
		{"P42/mnm", [3]int{1, 0, 0}, "2₁ screw along [100]; n glide in (010)"},
		{"P42/mnm", [3]int{0, 1, 2}, "n glide in (100)"},
		{"P42/mnm", [3]int{0, 0, 1}, "4₂ screw along [001]; n glide in (010); n glide in (100)"},
		{"P41212", [3]int{0, 0, 1}, "4₁ screw along [001]"},
		{"P41212", [3]int{0, 0, 2}, "4₁ screw along [001]"},
		{"P43212", [3]int{0, 0, 2}, "4₃ screw along [001]"},
		{"P41212", [3]int{0, 0, 4}, ""},
		{"P3121", [3]int{0, 0, 1}, "3₁ screw along [001]"},
		{"P3221", [3]int{0, 0, 1}, "3₂ screw along [001]"},
		{"P61", [3]int{0, 0, 1}, "6₁ screw along [001]"},
		{"P65", [3]int{0, 0, 1}, "6₅ screw along [001]"},
		{"P62", [3]int{0, 0, 1}, "6₂ screw along [001]"},
		{"P64", [3]int{0, 0, 2}, "6₄ screw along [001]"},
		{"P61", [3]int{0, 0, 3}, "6₁ screw along [001]"},
		{"P21/c", [3]int{0, 1, 0}, "2₁ screw along [010]"},
		{"P21/c", [3]int{1, 0, 1}, "c glide in (010)"},
		{"P21/n", [3]int{1, 0, 0}, "n glide in (010)"},
		{"P21/a", [3]int{1, 0, 0}, "a glide in (010)"},
		{"Pnma", [3]int{1, 0, 0}, "2₁ screw along [100]; a glide in (001)"},
		{"Pnma", [3]int{0, 1, 0}, "2₁ screw along [010]; n glide in (100)"},
		{"Pnma", [3]int{1, 2, 0}, "a glide in (001)"},
		{"Cmce", [3]int{2, 0, 1}, "c glide in (010)"},
		{"Cmce", [3]int{1, 1, 0}, "e glide in (001)"},
		{"Ibam", [3]int{0, 1, 1}, "b glide in (100)"},
		{"I4/mcm", [3]int{0, 1, 1}, "c glide in (100)"},
		{"Aem2", [3]int{0, 1, 1}, "e glide in (100)"},
		{"Imma", [3]int{1, 1, 0}, "a glide in (001)"},
		{"R-3c", [3]int{-1, 1, 1}, "c glide in (110)"},
		{"R-3c", [3]int{0, 0, 3}, "c glide in (110); c glide in (1-20); c glide in (2-10)"},
		{"Fddd", [3]int{0, 2, 0}, "d glide in (001); d glide in (100)"},
		{"F-43c", [3]int{1, 1, 1}, "a glide in (01-1); c glide in (1-10); b glide in (10-1)"},
		{"I-43d", [3]int{1, 1, 2}, ""},
		{"I-43d", [3]int{2, 2, 2}, "d glide in (01-1); d glide in (1-10); d glide in (10-1)"},
		{"Ia-3d", [3]int{2, 0, 0}, "4₁ screw along [100]; d glide in (01-1); d glide in (011)"},
		{"Pa-3", [3]int{0, 1, 0}, "2₁ screw along [010]; b glide in (100)"},
		{"P213", [3]int{0, 0, 1}, "2₁ screw along [001]"},
		{"I213", [3]int{0, 0, 1}, "I centring"},
		{"I4", [3]int{0, 0, 2}, ""},
		{"I41", [3]int{0, 0, 2}, "4₁ screw along [001]"},
		{"P4/mbm", [3]int{1, 0, 0}, "2₁ screw along [100]; a glide in (010)"},
		{"P1", [3]int{1, 0, 0}, ""},
		{"Pm-3m", [3]int{0, 0, 0}, ""},
	} {
		s, err := symmetry.Lookup(c.group)
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, r := range s.Group().Absences(c.h) {
			all = append(all, r.String())
		}
		got := strings.Join(all, "; ")
		if got != c.want {
			t.Errorf("%s %v: %q, want %q", c.group, c.h, got, c.want)
		}
	}
}

func TestOddCentring(t *testing.T) {
	var ops []symmetry.Op
	for _, text := range []string{"x,y,z", "x+1/4,y+1/2,z"} {
		op, err := symmetry.ParseOp(text)
		if err != nil {
			t.Fatal(err)
		}
		ops = append(ops, op)
	}
	g, err := symmetry.FromOps(ops)
	if err != nil {
		t.Fatal(err)
	}
	if r, ok := g.Absence([3]int{1, 0, 0}); !ok || r.String() != "(1/4, 1/2, 0) centring" || g.Lattice() != "" {
		t.Errorf("%v %t, lattice %q", r, ok, g.Lattice())
	}
}

// TestProjectedExtinctFacts has the known cases.
func TestProjectedExtinctFacts(t *testing.T) {
	for _, c := range []struct {
		name, group string
		h, u        [3]int
		want        bool
	}{
		{"rutile [001] 100", "P42/mnm", [3]int{1, 0, 0}, [3]int{0, 0, 1}, true},
		{"rutile [001] 010", "P42/mnm", [3]int{0, 1, 0}, [3]int{0, 0, 1}, true},
		{"rutile [001] 110", "P42/mnm", [3]int{1, 1, 0}, [3]int{0, 0, 1}, false},
		{"rutile [110] 001", "P42/mnm", [3]int{0, 0, 1}, [3]int{1, -1, 0}, false},
		{"rutile [100] 001", "P42/mnm", [3]int{0, 0, 1}, [3]int{1, 0, 0}, true},
		{"GaN [2-1-10] 0001", "P63mc", [3]int{0, 0, 1}, [3]int{1, 0, 0}, true},
		{"Mg [2-1-10] 0001", "P63/mmc", [3]int{0, 0, 1}, [3]int{1, 0, 0}, true},
		{"Mg [10-10] 0001", "P63/mmc", [3]int{0, 0, 1}, [3]int{2, 1, 0}, true},
		{"silicon [011] 200", "Fd-3m", [3]int{2, 0, 0}, [3]int{0, 1, 1}, false},
		{"silicon [001] 200", "Fd-3m", [3]int{2, 0, 0}, [3]int{0, 0, 1}, true},
		{"silicon [011] 400", "Fd-3m", [3]int{4, 0, 0}, [3]int{0, 1, 1}, false},
		{"spinel [011] 200, origin 1", "Fd-3m:1", [3]int{2, 0, 0}, [3]int{0, 1, 1}, false},
		{"another zone", "P42/mnm", [3]int{1, 0, 0}, [3]int{1, 0, 0}, false},
		{"no zone", "P42/mnm", [3]int{1, 0, 0}, [3]int{}, false},
		{"a centring", "Fm-3m", [3]int{1, 0, 0}, [3]int{0, 0, 1}, true},
	} {
		s, err := symmetry.Lookup(c.group)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Group().ProjectedExtinct(c.h, c.u); got != c.want {
			t.Errorf("%s: %t, want %t", c.name, got, c.want)
		}
	}
}

// TestProjectedExtinctMultiple compares the rule with multiple scattering: the
// potential of atoms in general positions, cut off within the zone, to its
// second, third and fourth power. Its Fourier coefficient h vanishes in all of
// them if and only if h stays extinct.
func TestProjectedExtinctMultiple(t *testing.T) {
	// Coefficients that vanish are 1e-13 of the potential's, those that do not
	// above 1e-6.
	const limit = 1e-9
	points := [][3]float64{{0.1234, 0.2711, 0.4019}, {0.0517, 0.3391, 0.1873}}
	zones := []struct{ u, a, b [3]int }{
		{[3]int{0, 0, 1}, [3]int{1, 0, 0}, [3]int{0, 1, 0}},
		{[3]int{1, 0, 0}, [3]int{0, 1, 0}, [3]int{0, 0, 1}},
		{[3]int{1, 1, 0}, [3]int{1, -1, 0}, [3]int{0, 0, 1}},
		{[3]int{1, -1, 0}, [3]int{1, 1, 0}, [3]int{0, 0, 1}},
		{[3]int{2, 1, 0}, [3]int{-1, 2, 0}, [3]int{0, 0, 1}},
		{[3]int{1, 1, 1}, [3]int{1, -1, 0}, [3]int{0, 1, -1}},
		{[3]int{0, 1, 2}, [3]int{1, 0, 0}, [3]int{0, 2, -1}},
	}
	for _, s := range symmetry.Settings() {
		if !s.Reference {
			continue
		}
		g := s.Group()
		ops := g.Ops()
		for _, z := range zones {
			const n = 5 // indices of the net, -n … n
			var v, w [2*n + 1][2*n + 1]complex128
			net := func(i, j int) (h [3]int) {
				for k := range 3 {
					h[k] = (i-n)*z.a[k] + (j-n)*z.b[k]
				}
				return h
			}
			within := map[[3]int]bool{}
			for i := range v {
				for j := range v[i] {
					within[net(i, j)] = true
				}
			}
			// Only a set of reflections that the symmetry of the zone maps on
			// itself keeps the symmetry.
			inside := [][2]int{}
			for i := range v {
				for j := range v[i] {
					h, whole := net(i, j), true
					for _, o := range g.Representatives() {
						if u := o.ApplyUVW(z.u); u == z.u || u == [3]int{-z.u[0], -z.u[1], -z.u[2]} {
							whole = whole && within[o.ApplyHKL(h)]
						}
					}
					if !whole {
						continue
					}
					inside = append(inside, [2]int{i, j})
					for k, x := range points {
						v[i][j] += amplitude(ops, x, h) * complex(1+0.6*float64(k), 0)
					}
				}
			}
			w = v
			most := map[[2]int]float64{}
			for range 3 {
				var next [2*n + 1][2*n + 1]complex128
				scale := 0.0
				for _, a := range inside {
					for _, b := range inside {
						i, j := a[0]-b[0]+n, a[1]-b[1]+n
						if i >= 0 && j >= 0 && i <= 2*n && j <= 2*n {
							next[a[0]][a[1]] += v[i][j] * w[b[0]][b[1]]
						}
					}
					scale = max(scale, cmplx.Abs(next[a[0]][a[1]]))
				}
				for _, a := range inside {
					next[a[0]][a[1]] /= complex(scale, 0)
					most[a] = max(most[a], cmplx.Abs(next[a[0]][a[1]]))
				}
				w = next
			}
			for _, a := range inside {
				h := net(a[0], a[1])
				got := g.ProjectedExtinct(h, z.u)
				if want := most[a] < limit; got != want {
					t.Errorf("%s %v of [%v]: extinct %t, multiple scattering leaves %.2g", s.Extended, h, z.u, got, most[a])
				}
				if got && !g.Absent(h) {
					t.Errorf("%s %v of [%v]: extinct but not absent", s.Extended, h, z.u)
				}
			}
		}
	}
}
