package symmetry_test

import (
	"math"
	"math/cmplx"
	"math/rand/v2"
	"slices"
	"testing"

	"zoneaxis/internal/symmetry"
)

func TestGroupAxioms(t *testing.T) {
	for _, s := range symmetry.Settings() {
		g := s.Group()
		ops := g.Ops()
		if ops[0] != symmetry.Identity() {
			t.Errorf("%s: the first operation is %v", s.Extended, ops[0])
		}
		set := make(map[symmetry.Op]bool, len(ops))
		for _, a := range ops {
			set[a] = true
		}
		for _, a := range ops {
			if inv := a.Inverse(); !set[inv] || a.Mul(inv) != symmetry.Identity() || inv.Mul(a) != symmetry.Identity() {
				t.Fatalf("%s: the inverse of %v is %v", s.Extended, a, inv)
			}
			for _, b := range g.Representatives() {
				if !set[a.Mul(b)] {
					t.Fatalf("%s: %v times %v is missing", s.Extended, a, b)
				}
			}
		}
		again, err := symmetry.FromOps(ops)
		if err != nil || !again.Equal(g) {
			t.Errorf("%s: its operations make another group (%v)", s.Extended, err)
		}
		if !g.Contains(ops[len(ops)-1]) || g.Contains(symmetry.Op{R: ops[0].R, T: [3]int8{1, 0, 0}}) {
			t.Errorf("%s: Contains is wrong", s.Extended)
		}
	}
}

// TestFewGenerators closes three operations of the largest groups.
func TestFewGenerators(t *testing.T) {
	for _, c := range []struct {
		name  string
		gens  []string
		order int
	}{
		{"Fm-3m", []string{"z,x,y", "-y,x,z", "-x,-y,-z", "x,y+1/2,z+1/2"}, 192},
		{"Fd-3m:2", []string{"y+3/4,x+1/4,-z+1/2", "z,x,y", "-x,-y,-z", "x,y+1/2,z+1/2"}, 192},
		{"P63/mmc", []string{"x-y,x,z+1/2", "-y,-x,-z+1/2", "-x,-y,-z"}, 24},
		{"P1", nil, 1},
	} {
		var ops []symmetry.Op
		for _, text := range c.gens {
			op, err := symmetry.ParseOp(text)
			if err != nil {
				t.Fatal(err)
			}
			ops = append(ops, op)
		}
		g, err := symmetry.FromOps(ops)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		s, err := symmetry.Lookup(c.name)
		if err != nil {
			t.Fatal(err)
		}
		if g.Order() != c.order || !g.Equal(s.Group()) {
			t.Errorf("%s: order %d, want %d", c.name, g.Order(), c.order)
		}
	}
}

func TestFromOpsRejects(t *testing.T) {
	four := symmetry.Op{R: [3][3]int8{{0, -1, 0}, {1, 0, 0}, {0, 0, 1}}}
	six := symmetry.Op{R: [3][3]int8{{1, -1, 0}, {1, 0, 0}, {0, 0, 1}}}
	shear := symmetry.Op{R: [3][3]int8{{1, 1, 0}, {0, 1, 0}, {0, 0, 1}}}
	long := symmetry.Op{R: [3][3]int8{{1, 100, 0}, {0, -1, 0}, {0, 0, -1}}}
	fine := []symmetry.Op{{R: symmetry.Identity().R, T: [3]int8{1, 0, 0}}, {R: symmetry.Identity().R, T: [3]int8{0, 1, 0}}, {R: symmetry.Identity().R, T: [3]int8{0, 0, 1}}}
	for _, c := range []struct {
		name string
		ops  []symmetry.Op
	}{
		{"a zero matrix", []symmetry.Op{{}}},
		{"a shear", []symmetry.Op{shear}},
		{"4 and 6 about one axis", []symmetry.Op{four, six}},
		{"entries that outgrow an int8", []symmetry.Op{long, four}},
		{"13824 translations", fine},
	} {
		if g, err := symmetry.FromOps(c.ops); err == nil {
			t.Errorf("%s: a group of order %d, want an error", c.name, g.Order())
		}
	}
}

// special returns points on and off symmetry elements.
func special(rng *rand.Rand) [][3]float64 {
	x, y, z := 0.05+0.1*rng.Float64(), 0.17+0.05*rng.Float64(), 0.3+0.05*rng.Float64()
	return [][3]float64{
		{x, y, z}, {0, 0, 0}, {0.5, 0.5, 0.5}, {0.25, 0.25, 0.25}, {0.125, 0.125, 0.125}, {0.5, 0, 0}, {0, 0, 0.5}, {0, 0.5, 0.25},
		{x, 0, 0}, {0, y, 0}, {0, 0, z}, {x, x, x}, {x, x, 0}, {x, 2 * x, 0.25}, {x, y, 0}, {x, 0, z}, {0, y, z}, {x, x, z},
		{1.0 / 3, 2.0 / 3, 0}, {1.0 / 3, 2.0 / 3, z}, {1.0 / 3, 2.0 / 3, 0.25}, {x, 0.25, z}, {0.25, y, 0.5}, {x - 3, y + 7, -z},
	}
}

// TestOrbits checks that every point has as many images as its site symmetry
// leaves of the group, that the images are a whole orbit, and that Multiplicity
// says so.
func TestOrbits(t *testing.T) {
	const tol = 1e-6 // the points are exact to rounding and 0.01 from others
	rng := rand.New(rand.NewPCG(3, 1))
	for _, s := range symmetry.Settings() {
		g := s.Group()
		for _, x := range special(rng) {
			orbit, site := g.Orbit(x, tol), g.SiteSymmetry(x, tol)
			if len(orbit)*len(site) != g.Order() || g.Multiplicity(x, tol) != len(orbit) {
				t.Errorf("%s %v: %d points, %d operations of %d, multiplicity %d", s.Extended, x, len(orbit), len(site), g.Order(), g.Multiplicity(x, tol))
			}
			if g.SiteSymbol(x, tol) == "" {
				t.Errorf("%s %v: the site symmetry %v is no crystal class", s.Extended, x, site)
			}
			for _, p := range orbit {
				for i := range 3 {
					if p[i] < 0 || p[i] >= 1 {
						t.Errorf("%s %v: %v is outside the cell", s.Extended, x, p)
					}
				}
			}
			for i := range 3 {
				if d := orbit[0][i] - x[i]; math.Abs(d-math.Round(d)) > tol {
					t.Errorf("%s: the orbit of %v begins with %v", s.Extended, x, orbit[0])
				}
			}
			if site[0] != symmetry.Identity() {
				t.Errorf("%s %v: the site symmetry begins with %v", s.Extended, x, site[0])
			}
			other := g.Orbit(orbit[len(orbit)-1], tol)
			if len(other) != len(orbit) {
				t.Errorf("%s: %v has %d images, its image %v has %d", s.Extended, x, len(orbit), orbit[len(orbit)-1], len(other))
			}
		}
	}
}

// TestWyckoff compares with positions of the International Tables.
func TestWyckoff(t *testing.T) {
	for _, c := range []struct {
		group        string
		x            [3]float64
		multiplicity int
		symbol       string
	}{
		{"Fd-3m:2", [3]float64{0.125, 0.125, 0.125}, 8, "-43m"},
		{"Fd-3m:1", [3]float64{0, 0, 0}, 8, "-43m"},
		{"Fd-3m:2", [3]float64{0.5, 0.5, 0.5}, 16, "-3m"},
		{"Fd-3m:2", [3]float64{0.26, 0.26, 0.26}, 32, "3m"},
		{"Fd-3m:2", [3]float64{0.3, 0.125, 0.125}, 48, "mm2"},
		{"Fd-3m:2", [3]float64{0.1, 0.2, 0.3}, 192, "1"},
		{"Fm-3m", [3]float64{0, 0, 0}, 4, "m-3m"},
		{"P63/mmc", [3]float64{1.0 / 3, 2.0 / 3, 0.25}, 2, "-62m"},
		{"P63/mmc", [3]float64{0, 0, 0}, 2, "-3m"},
		{"P63mc", [3]float64{1.0 / 3, 2.0 / 3, 0.1}, 2, "3m"},
		{"P42/mnm", [3]float64{0, 0, 0}, 2, "mmm"},
		{"P42/mnm", [3]float64{0.305, 0.305, 0}, 4, "mm2"},
		{"R-3c", [3]float64{0, 0, 0.352}, 12, "3"},
		{"R-3c", [3]float64{0.306, 0, 0.25}, 18, "2"},
		{"I41/amd:2", [3]float64{0, 0.75, 0.125}, 4, "-42m"},
		{"P21/c", [3]float64{0, 0, 0}, 2, "-1"},
		{"Ia-3d", [3]float64{0.125, 0, 0.25}, 24, "222"},
		{"Ia-3d", [3]float64{0.375, 0, 0.25}, 24, "-4"},
		{"P4/mmm", [3]float64{0.5, 0.5, 0}, 1, "4/mmm"},
		{"P6/mmm", [3]float64{0, 0, 0}, 1, "6/mmm"},
	} {
		s, err := symmetry.Lookup(c.group)
		if err != nil {
			t.Fatal(err)
		}
		const tol = 1e-4
		if m, symbol := s.Group().Multiplicity(c.x, tol), s.Group().SiteSymbol(c.x, tol); m != c.multiplicity || symbol != c.symbol {
			t.Errorf("%s %v: %d %s, want %d %s", c.group, c.x, m, symbol, c.multiplicity, c.symbol)
		}
	}
}

func TestOrbitTolerance(t *testing.T) {
	s, err := symmetry.Lookup("Pm-3m")
	if err != nil {
		t.Fatal(err)
	}
	x := [3]float64{0.0004, -0.0003, 0.4996}
	if n := len(s.Group().Orbit(x, 0.002)); n != 3 {
		t.Errorf("%d points near 0 0 1/2, want 3", n)
	}
	if n := len(s.Group().Orbit(x, 1e-6)); n != 48 {
		t.Errorf("%d points, want 48", n)
	}
}

// amplitude returns the structure factor of one point on a general position,
// F(h) = Σ exp(−2πi h·x) over all images.
func amplitude(ops []symmetry.Op, x [3]float64, h [3]int) (f complex128) {
	for _, o := range ops {
		y := o.Apply(x)
		f += cmplx.Rect(1, -2*math.Pi*(float64(h[0])*y[0]+float64(h[1])*y[1]+float64(h[2])*y[2]))
	}
	return f
}

// TestPhases checks F(hR) = F(h) exp(2πi h·t) and |F| over the equivalents.
func TestPhases(t *testing.T) {
	const tol = 1e-9 // 192 terms of size 1
	x := [3]float64{0.1234, 0.2711, 0.4019}
	for _, s := range symmetry.Settings() {
		g := s.Group()
		ops := g.Ops()
		for _, h := range [][3]int{{1, 2, 3}, {2, 0, 4}, {1, -1, 0}} {
			f := amplitude(ops, x, h)
			for _, o := range ops[:len(g.Representatives())] {
				turn := cmplx.Rect(1, 2*math.Pi*float64(o.Phase(h))/symmetry.Den)
				if got := amplitude(ops, x, o.ApplyHKL(h)); cmplx.Abs(got-f*turn) > tol {
					t.Errorf("%s %v %v: F %v, want %v", s.Extended, o, h, got, f*turn)
				}
			}
			equal := g.Equivalents(h)
			if equal[0] != h || !slices.Contains(equal, [3]int{-h[0], -h[1], -h[2]}) {
				t.Errorf("%s: the equivalents of %v are %v", s.Extended, h, equal)
			}
			for _, k := range equal {
				if got := cmplx.Abs(amplitude(ops, x, k)); math.Abs(got-cmplx.Abs(f)) > tol {
					t.Errorf("%s: |F%v| = %g, |F%v| = %g", s.Extended, k, got, h, cmplx.Abs(f))
				}
			}
		}
	}
}

func TestEquivalents(t *testing.T) {
	for _, c := range []struct {
		group      string
		v          [3]int
		hkl, uvw   int // sizes of the families
		first, end [3]int
	}{
		{"Fd-3m", [3]int{1, 1, 1}, 8, 8, [3]int{1, 1, 1}, [3]int{-1, -1, -1}},
		{"Fd-3m", [3]int{0, 1, 1}, 12, 12, [3]int{0, 1, 1}, [3]int{-1, -1, 0}},
		{"Pa-3", [3]int{1, 2, 3}, 24, 24, [3]int{1, 2, 3}, [3]int{-3, -1, -2}},
		{"F-43m", [3]int{1, 2, 3}, 48, 48, [3]int{1, 2, 3}, [3]int{-3, -2, -1}},
		{"P63/mmc", [3]int{1, 0, 0}, 6, 6, [3]int{1, 0, 0}, [3]int{-1, 0, 0}},
		{"P63/mmc", [3]int{1, 1, 0}, 6, 6, [3]int{1, 1, 0}, [3]int{-2, 1, 0}},
		{"R-3m", [3]int{1, 0, 4}, 6, 12, [3]int{1, 0, 4}, [3]int{-1, 0, -4}},
		{"P1", [3]int{1, 2, 3}, 2, 2, [3]int{1, 2, 3}, [3]int{-1, -2, -3}},
		{"P21/c", [3]int{0, 0, 0}, 1, 1, [3]int{}, [3]int{}},
	} {
		s, err := symmetry.Lookup(c.group)
		if err != nil {
			t.Fatal(err)
		}
		h, u := s.Group().Equivalents(c.v), s.Group().EquivalentDirections(c.v)
		if len(h) != c.hkl || len(u) != c.uvw || h[0] != c.first || u[0] != c.first || h[len(h)-1] != c.end {
			t.Errorf("%s %v: %d planes from %v to %v, %d directions, want %d from %v to %v, %d", c.group, c.v, len(h), h[0], h[len(h)-1], len(u), c.hkl, c.first, c.end, c.uvw)
		}
	}
}

// TestLaueRotations checks that the rotations are a group with an inversion, of
// the order of the Laue class.
func TestLaueRotations(t *testing.T) {
	order := map[string]int{"-1": 2, "2/m": 4, "mmm": 8, "4/m": 8, "4/mmm": 16, "-3": 6, "-3m": 12, "6/m": 12, "6/mmm": 24, "m-3": 24, "m-3m": 48}
	for _, s := range symmetry.Settings() {
		rots := s.Group().LaueRotations()
		if len(rots) != order[s.Laue] {
			t.Errorf("%s: %d rotations, want %d of %s", s.Extended, len(rots), order[s.Laue], s.Laue)
		}
		ops := make([]symmetry.Op, len(rots))
		for i, r := range rots {
			ops[i].R = r
		}
		if got := symmetry.PointGroup(ops); got != s.Laue {
			t.Errorf("%s: the rotations are those of %s, want %s", s.Extended, got, s.Laue)
		}
	}
}
