package crystal_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/textbook"
)

func lattice(t testing.TB, a, b, c, alpha, beta, gamma float64) crystal.Lattice {
	t.Helper()
	l, err := crystal.NewLattice(crystal.Cell{A: a, B: b, C: c, Alpha: alpha, Beta: beta, Gamma: gamma})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func near(t testing.TB, what string, got, want, tol float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tol) {
		t.Errorf("%s = %.9g, want %.9g ± %.2g", what, got, want, tol)
	}
}

const tolRounding = 1e-12 // relative, a few float64 operations

func TestLattice(t *testing.T) {
	// Albite and baddeleyite, the worked numbers of the specification (6 digits).
	albite := lattice(t, 8.1372, 12.787, 7.1574, 94.245, 116.605, 87.809)
	near(t, "1/d(111)", 1/albite.D(crystal.HKL{1, 1, 1}), 0.264993, 1e-5)
	zirconia := lattice(t, 5.1505, 5.2116, 5.3173, 90, 99.230, 90)
	near(t, "angle of [001] and the normal of (001)",
		geom.Degrees(zirconia.AngleNormal(crystal.HKL{0, 0, 1}, crystal.UVW{0, 0, 1})), 9.230, 1e-9)
	mg := lattice(t, 3.2094, 3.2094, 5.2108, 90, 90, 120)
	near(t, "angle of (10-11) and (0001)",
		geom.Degrees(mg.AnglePlanes(crystal.HKL{1, 0, 1}, crystal.HKL{0, 0, 1})), 61.925, 1e-2)

	for name, l := range map[string]crystal.Lattice{"albite": albite, "zirconia": zirconia, "mg": mg} {
		p := l.Direct().Mul(l.Recip().Transpose())
		for i := range 3 {
			for j := range 3 {
				want := 0.0
				if i == j {
					want = 1
				}
				near(t, name+": direct · reciprocalᵀ", p[i][j], want, tolRounding)
			}
		}
		c := l.Cell()
		near(t, name+": a·b", l.R(crystal.UVW{1, 0, 0}).Dot(l.R(crystal.UVW{0, 1, 0})), c.A*c.B*geom.Cosd(c.Gamma), 1e-10)
		near(t, name+": b·c", l.R(crystal.UVW{0, 1, 0}).Dot(l.R(crystal.UVW{0, 0, 1})), c.B*c.C*geom.Cosd(c.Alpha), 1e-10)
		near(t, name+": c·a", l.R(crystal.UVW{0, 0, 1}).Dot(l.R(crystal.UVW{1, 0, 0})), c.C*c.A*geom.Cosd(c.Beta), 1e-10)
		back, err := crystal.FromVectors(l.R(crystal.UVW{1, 0, 0}), l.R(crystal.UVW{0, 1, 0}), l.R(crystal.UVW{0, 0, 1}))
		if err != nil {
			t.Fatal(err)
		}
		near(t, name+": volume of the rebuilt lattice", back.Volume(), l.Volume(), 1e-9)
		x := crystal.Frac{0.1, -0.7, 1.3}
		y := l.Frac(l.Cart(x))
		for i := range 3 {
			near(t, name+": fractional round trip", y[i], x[i], tolRounding)
		}
	}
}

func TestLatticeRefuses(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for name, c := range map[string]crystal.Cell{
		"zero":              {},
		"zero length":       {A: 0, B: 1, C: 1, Alpha: 90, Beta: 90, Gamma: 90},
		"negative":          {A: -4, B: 4, C: 4, Alpha: 90, Beta: 90, Gamma: 90},
		"NaN":               {A: nan, B: 4, C: 4, Alpha: 90, Beta: 90, Gamma: 90},
		"NaN angle":         {A: 4, B: 4, C: 4, Alpha: 90, Beta: nan, Gamma: 90},
		"infinite":          {A: inf, B: 4, C: 4, Alpha: 90, Beta: 90, Gamma: 90},
		"flat":              {A: 4, B: 4, C: 4, Alpha: 120, Beta: 120, Gamma: 120},
		"impossible angles": {A: 4, B: 4, C: 4, Alpha: 30, Beta: 30, Gamma: 120},
		"straight angle":    {A: 4, B: 4, C: 4, Alpha: 180, Beta: 90, Gamma: 90},
	} {
		if _, err := crystal.NewLattice(c); err == nil {
			t.Errorf("%s: cell %v was accepted", name, c)
		}
	}
	x, y := geom.Vec{X: 3}, geom.Vec{Y: 3}
	if _, err := crystal.FromVectors(x, y, geom.Vec{Z: -3}); err == nil {
		t.Error("left-handed vectors were accepted")
	}
	if _, err := crystal.FromVectors(x, y, x.Add(y)); err == nil {
		t.Error("vectors in one plane were accepted")
	}
}

func TestFourIndices(t *testing.T) {
	// physics specification, §16
	for u, want := range map[crystal.UVW][4]int{
		{1, 0, 0}: {2, -1, -1, 0},
		{2, 1, 0}: {1, 0, -1, 0},
		{1, 1, 0}: {1, 1, -2, 0},
		{0, 0, 1}: {0, 0, 0, 1},
		{1, 0, 1}: {2, -1, -1, 3},
		{4, 2, 3}: {2, 0, -2, 3},
	} {
		if got := u.Four(); got != want {
			t.Errorf("%v.Four() = %v, want %v", u, got, want)
		}
	}
	if got, want := (crystal.HKL{1, 0, 1}).Four(), [4]int{1, 0, -1, 1}; got != want {
		t.Errorf("(101).Four() = %v, want %v", got, want)
	}
	mg := lattice(t, 3.2094, 3.2094, 5.2108, 90, 90, 120)
	rng := rand.New(rand.NewPCG(1, 2))
	index := func() int { return rng.IntN(19) - 9 }
	for range 500 {
		u := crystal.UVW{index(), index(), index()}.Reduced()
		h := crystal.HKL{index(), index(), index()}
		f, k := u.Four(), h.Four()
		if f[0]+f[1]+f[2] != 0 || k[0]+k[1]+k[2] != 0 {
			t.Fatalf("%v.Four() = %v, %v.Four() = %v: the first three do not add up to zero", u, f, h, k)
		}
		if back, ok := crystal.DirectionFromFour(f); !ok || back != u {
			t.Fatalf("%v becomes %v becomes %v", u, f, back)
		}
		if back, ok := crystal.PlaneFromFour(k); !ok || back != h {
			t.Fatalf("%v becomes %v becomes %v", h, k, back)
		}
		// The zone law holds in both notations together.
		if four := k[0]*f[0] + k[1]*f[1] + k[2]*f[2] + k[3]*f[3]; (four == 0) != (h.Dot(u) == 0) {
			t.Fatalf("%v·%v = %d but %v·%v = %d", h, u, h.Dot(u), k, f, four)
		}
		// [UVTW] on the four axes a1, a2, a3 = −a1−a2, c is parallel to [uvw].
		r := mg.R(crystal.UVW{f[0] - f[2], f[1] - f[2], f[3]})
		if u != (crystal.UVW{}) {
			near(t, "angle of the two notations", geom.Angle(r, mg.R(u)), 0, tolRounding)
		}
	}
	if _, ok := crystal.DirectionFromFour([4]int{1, 2, 1, 0}); ok {
		t.Error("[1210] was accepted")
	}
	if _, ok := crystal.PlaneFromFour([4]int{1, 2, 1, 0}); ok {
		t.Error("(1210) was accepted")
	}
}

func TestLabels(t *testing.T) {
	h, u, big := crystal.HKL{1, -1, 0}, crystal.UVW{1, 0, 0}, crystal.UVW{12, -1, 0}
	for name, c := range map[string][2]string{
		"plain":             {h.String(), "1-10"},
		"plain, two digits": {big.String(), "12 -1 0"},
		"text":              {h.Text(false), "1−10"},
		"text, two digits":  {big.Text(false), "12 −1 0"},
		"text, four":        {u.Text(true), "2 −1 −1 0"},
		"plane, four":       {h.Text(true), "1 −1 0 0"},
		"spoken":            {h.Spoken(false), "1 bar 1 0"},
		"spoken, four":      {u.Spoken(true), "2 bar 1 bar 1 0"},
		"spoken, first":     {crystal.HKL{-1, 1, 1}.Spoken(false), "bar 1 1 1"},
	} {
		if c[0] != c[1] {
			t.Errorf("%s: got %q, want %q", name, c[0], c[1])
		}
	}
	if got, want := crystal.FormatHKL(h, false), []crystal.IndexDigit{{1, false}, {1, true}, {0, false}}; !slices.Equal(got, want) {
		t.Errorf("FormatHKL = %v, want %v", got, want)
	}
	if got, want := crystal.FormatUVW(u, true), []crystal.IndexDigit{{2, false}, {1, true}, {1, true}, {0, false}}; !slices.Equal(got, want) {
		t.Errorf("FormatUVW = %v, want %v", got, want)
	}
}

func TestNormalDirection(t *testing.T) {
	si := lattice(t, 5.431, 5.431, 5.431, 90, 90, 90)
	mg := lattice(t, 3.2094, 3.2094, 5.2108, 90, 90, 120)
	zirconia := lattice(t, 5.1505, 5.2116, 5.3173, 90, 99.230, 90)
	tests := []struct {
		name  string
		l     crystal.Lattice
		h     crystal.HKL
		want  crystal.UVW
		exact bool
	}{
		{"cubic", si, crystal.HKL{1, 1, 0}, crystal.UVW{1, 1, 0}, true},
		{"cubic, high", si, crystal.HKL{3, -1, 20}, crystal.UVW{3, -1, 20}, true},
		{"cubic, multiple", si, crystal.HKL{2, 2, 4}, crystal.UVW{1, 1, 2}, true},
		{"basal", mg, crystal.HKL{0, 0, 2}, crystal.UVW{0, 0, 1}, true},
		{"prism 10-10", mg, crystal.HKL{1, 0, 0}, crystal.UVW{2, 1, 0}, true},
		{"prism 11-20", mg, crystal.HKL{1, 1, 0}, crystal.UVW{1, 1, 0}, true},
		{"monoclinic 010", zirconia, crystal.HKL{0, 1, 0}, crystal.UVW{0, 1, 0}, true},
	}
	for _, tt := range tests {
		u, angle := tt.l.NormalDirection(tt.h)
		if u != tt.want {
			t.Errorf("%s: normal of %v is %v, want %v", tt.name, tt.h, u, tt.want)
		}
		near(t, tt.name+": angle", angle, 0, 1e-9)
	}
	// The monoclinic (001) normal is no lattice direction: the answer is the
	// best one, and no direction within the limit is closer.
	u, angle := zirconia.NormalDirection(crystal.HKL{0, 0, 1})
	n := zirconia.G(crystal.HKL{0, 0, 1})
	near(t, "angle returned", angle, geom.Angle(zirconia.R(u), n), 1e-12)
	if angle > geom.Radians(0.5) {
		t.Errorf("normal of (001): %v is %.3f° away", u, geom.Degrees(angle))
	}
	best := math.Inf(1)
	for a := -20; a <= 20; a++ {
		for c := 1; c <= 20; c++ {
			best = min(best, geom.Angle(zirconia.R(crystal.UVW{a, 0, c}), n))
		}
	}
	if angle > geom.Radians(0.1) && angle > best+1e-9 {
		t.Errorf("normal of (001): %v is %.4f° away, there is one at %.4f°", u, geom.Degrees(angle), geom.Degrees(best))
	}
	if h, a := zirconia.NormalPlane(crystal.UVW{0, 1, 0}); h != (crystal.HKL{0, 1, 0}) || a > 1e-9 {
		t.Errorf("plane normal to [010] = %v, %g", h, a)
	}
	if u, a := zirconia.NormalDirection(crystal.HKL{}); u != (crystal.UVW{}) || a != 0 {
		t.Errorf("normal of 000 = %v, %g", u, a)
	}
}

func TestNearestDirection(t *testing.T) {
	// A very skew cell: rounding the exact coefficients would miss.
	skew := lattice(t, 4, 9, 11, 75, 62, 38)
	rng := rand.New(rand.NewPCG(3, 4))
	for range 50 {
		v := geom.Vec{X: rng.NormFloat64(), Y: rng.NormFloat64(), Z: rng.NormFloat64()}
		u, angle := skew.NearestDirection(v, 4)
		near(t, "angle", angle, geom.Angle(skew.R(u), v), 1e-12)
		for range 200 {
			w := crystal.UVW{rng.IntN(9) - 4, rng.IntN(9) - 4, rng.IntN(9) - 4}
			if w == (crystal.UVW{}) {
				continue
			}
			if a := geom.Angle(skew.R(w), v); a < angle-1e-6 {
				t.Fatalf("%v: %v at %g rad, but %v at %g", v, u, angle, w, a)
			}
		}
		// A lattice vector finds itself.
		w := crystal.UVW{rng.IntN(9) - 4, rng.IntN(9) - 4, rng.IntN(9) - 4}.Reduced()
		if got, _ := skew.NearestDirection(skew.R(w), 4); got != w {
			t.Fatalf("nearest to R(%v) is %v", w, got)
		}
		if h, _ := skew.NearestPlane(skew.G(crystal.HKL(w)), 4); h != crystal.HKL(w) {
			t.Fatalf("nearest to G(%v) is %v", w, h)
		}
	}
}

func TestZoneOfPlanes(t *testing.T) {
	l := lattice(t, 4, 5, 6, 80, 95, 110)
	h, k := crystal.HKL{1, 2, 0}, crystal.HKL{-1, 1, 3}
	z := h.Zone(k)
	if h.Dot(z) != 0 || k.Dot(z) != 0 {
		t.Errorf("zone %v of %v and %v", z, h, k)
	}
	if l.G(h).Cross(l.G(k)).Dot(l.R(z)) <= 0 {
		t.Errorf("zone %v of %v and %v is left-handed", z, h, k)
	}
	u, v := crystal.UVW{1, 1, 0}, crystal.UVW{0, 1, -2}
	if p := u.Plane(v); p.Dot(u) != 0 || p.Dot(v) != 0 {
		t.Errorf("plane %v of %v and %v", p, u, v)
	}
}

func TestFamilies(t *testing.T) {
	for _, tt := range []struct {
		id         string
		h          crystal.HKL
		u          crystal.UVW
		nPlanes    int
		nDirection int
	}{
		{"si", crystal.HKL{1, 1, 0}, crystal.UVW{1, 1, 1}, 12, 8},
		{"si", crystal.HKL{1, 2, 3}, crystal.UVW{0, 0, 1}, 48, 6},
		{"pyrite", crystal.HKL{2, 1, 0}, crystal.UVW{1, 2, 3}, 12, 24},
		{"mg", crystal.HKL{1, 0, 0}, crystal.UVW{1, 0, 0}, 6, 6},
		{"mg", crystal.HKL{1, 0, 1}, crystal.UVW{1, 0, 1}, 12, 12},
		{"calcite", crystal.HKL{1, 0, 4}, crystal.UVW{0, 0, 1}, 6, 2},
		{"zro2-m", crystal.HKL{1, 1, 1}, crystal.UVW{0, 1, 0}, 4, 2},
		{"albite", crystal.HKL{1, 1, 1}, crystal.UVW{0, 1, 0}, 2, 2},
	} {
		s := textbook.Open(t, tt.id)
		g := s.Given.Group()
		planes, directions := crystal.PlaneFamily(g, tt.h), crystal.DirectionFamily(g, tt.u)
		if len(planes) != tt.nPlanes || !slices.Contains(planes, tt.h) {
			t.Errorf("%s: {%v} holds %d planes %v, want %d", tt.id, tt.h, len(planes), planes, tt.nPlanes)
		}
		if len(directions) != tt.nDirection || !slices.Contains(directions, tt.u) {
			t.Errorf("%s: ⟨%v⟩ holds %d directions %v, want %d", tt.id, tt.u, len(directions), directions, tt.nDirection)
		}
		for _, h := range planes {
			near(t, tt.id+": spacing", s.Lattice.D(h), s.Lattice.D(tt.h), 1e-9)
		}
		for _, u := range directions {
			near(t, tt.id+": length", s.Lattice.R(u).Norm(), s.Lattice.R(tt.u).Norm(), 1e-9)
		}
	}
}
