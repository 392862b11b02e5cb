package symmetry_test

import (
	"math"
	"strings"
	"testing"

	"zoneaxis/internal/symmetry"
)

func TestParseOp(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"x,y,z", "x,y,z"},
		{"x, y, z", "x,y,z"},
		{" X , Y , Z ", "x,y,z"},
		{"'x,y,z'", "x,y,z"},
		{`"-x, -y, z+1/2"`, "-x,-y,z+1/2"},
		{"x,y,z+1/2", "x,y,z+1/2"},
		{"1/2-x,y,z", "-x+1/2,y,z"},
		{"1/2+x, 1/2-y, -z", "x+1/2,-y+1/2,-z"},
		{"-y+x,x,z", "x-y,x,z"},
		{"-y,x-y,z+1/3", "-y,x-y,z+1/3"},
		{"-y,x-y,0.333+z", "-y,x-y,z+1/3"},
		{"-y,x-y,z+0.6667", "-y,x-y,z+2/3"},
		{"-y,x-y,z+.66", "-y,x-y,z+2/3"},
		{"-y,x-y,z+0.67", "-y,x-y,z+2/3"},
		{"x-y,x,z+0.16667", "x-y,x,z+1/6"},
		{"x-y,x,z+0.17", "x-y,x,z+1/6"},
		{"x+0.5,y+0.250,z+.125", "x+1/2,y+1/4,z+1/8"},
		{"x-1/4,y+5/4,z-1", "x+3/4,y+1/4,z"},
		{"x+2/4,y+3/12,z+1/24", "x+1/2,y+1/4,z+1/24"},
		{"+x,+y,+z", "x,y,z"},
		{"x+1/4+1/4,y,z", "x+1/2,y,z"},
		{"x,\ty,\nz", "x,y,z"},
		{"−x,−y,z", "-x,-y,z"},
		{"1*x,-1*y,-1z", "x,-y,-z"},
		{"x+2y,-y,-z", "x+2y,-y,-z"},
		{"-x-1/2,-y,z", "-x+1/2,-y,z"},
		{"x,x-y,2-z", "x,x-y,-z"},
	} {
		op, err := symmetry.ParseOp(c.text)
		if err != nil {
			t.Errorf("%q: %v", c.text, err)
			continue
		}
		if got := op.String(); got != c.want {
			t.Errorf("%q: %s, want %s", c.text, got, c.want)
		}
	}
}

func TestParseOpErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", "1 parts"},
		{"x,y", "2 parts"},
		{"x,y,z,x", "4 parts"},
		{"x,,z", "empty"},
		{"x,y,w", `"w" is not understood`},
		{"x,y,z+", "a sign has nothing after it"},
		{"x,y,z+1/0", "not a fraction"},
		{"x,y,z+1/", "not a fraction"},
		{"x,y,z+1/5", "0.2 is not a multiple of 1/24"},
		{"x,y,z+0.3", "0.3 is not a multiple of 1/24"},
		{"x,y,z+0.35", "0.35 is not a multiple of 1/24"},
		{"x,y,z+1.2.3", "not a number"},
		{"x,y,z+1e9", `"e9" needs a sign`},
		{"x,y,z+999", "not a number up to 100"},
		{"2x,y,z", "determinant 2"},
		{"x,x,z", "determinant 0"},
		{"x/2,y,z", "1/2 is not a whole coefficient"},
		{"0.5x,y,z", "decimal coefficient"},
		{"x+y,y,z", "order"},
		{"x y,y,z", "sign"},
		{"x,y,z;-x,y,z", "parts"},
		{strings.Repeat("x+", 200) + "x,y,z", "too long"},
	} {
		op, err := symmetry.ParseOp(c.text)
		if err == nil {
			t.Errorf("%q: %v, want an error", c.text, op)
			continue
		}
		if !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "expected a triplet") {
			t.Errorf("%q: %v, want %q", c.text, err, c.want)
		}
	}
}

// TestTriplets writes and reads every operation of every setting.
func TestTriplets(t *testing.T) {
	for _, s := range symmetry.Settings() {
		for _, o := range s.Group().Ops() {
			again, err := symmetry.ParseOp(o.String())
			if err != nil || again != o {
				t.Fatalf("%s: %+v is written %s and read %+v (%v)", s.Extended, o, o, again, err)
			}
		}
	}
}

func FuzzParseOp(f *testing.F) {
	for _, s := range []string{"x,y,z", "1/2-X,+Y,0.5+Z", "-y,x-y,z+1/3", "'x, y, z'", "x/2,2*y,z", "x,y,z+", "1/2x,-3/24y,z", "x,y,.", "--x,y,z", "0x,y,z"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		op, err := symmetry.ParseOp(text)
		if err != nil {
			return
		}
		if op.Order() == 0 || op.Normalise() != op {
			t.Fatalf("%q: %+v is no symmetry operation", text, op)
		}
		if again, err := symmetry.ParseOp(op.String()); err != nil || again != op {
			t.Fatalf("%q: %+v is written %s and read %+v (%v)", text, op, op, again, err)
		}
		if op.Mul(op.Inverse()) != symmetry.Identity() {
			t.Fatalf("%q: the inverse is %v", text, op.Inverse())
		}
	})
}

func TestElements(t *testing.T) {
	for _, c := range []struct {
		text        string
		kind, order int
		axis, plane [3]int
		w           [3]float64
	}{
		{"x,y,z", 1, 1, [3]int{}, [3]int{}, [3]float64{}},
		{"x+1/2,y,z", 1, 1, [3]int{}, [3]int{}, [3]float64{0.5, 0, 0}},
		{"-x,-y,-z+1/2", -1, 2, [3]int{}, [3]int{}, [3]float64{}},
		{"-x+1/2,-y,z+1/2", 2, 2, [3]int{0, 0, 1}, [3]int{0, 0, 1}, [3]float64{0, 0, 0.5}},
		{"x+1/2,-y+1/2,z", -2, 2, [3]int{0, 1, 0}, [3]int{0, 1, 0}, [3]float64{0.5, 0, 0}},
		{"y+1/4,x+1/4,z+1/4", -2, 2, [3]int{1, -1, 0}, [3]int{1, -1, 0}, [3]float64{0.25, 0.25, 0.25}},
		{"-y,x-y,z+1/3", 3, 3, [3]int{0, 0, 1}, [3]int{0, 0, 1}, [3]float64{0, 0, 1.0 / 3}},
		{"z,x,y", 3, 3, [3]int{1, 1, 1}, [3]int{1, 1, 1}, [3]float64{}},
		{"z+1/2,x,y", 3, 3, [3]int{1, 1, 1}, [3]int{1, 1, 1}, [3]float64{1.0 / 6, 1.0 / 6, 1.0 / 6}},
		{"-z,-x,-y", -3, 6, [3]int{1, 1, 1}, [3]int{1, 1, 1}, [3]float64{}},
		{"-y,x,z+3/4", 4, 4, [3]int{0, 0, 1}, [3]int{0, 0, 1}, [3]float64{0, 0, 0.75}},
		{"y,-x,-z", -4, 4, [3]int{0, 0, 1}, [3]int{0, 0, 1}, [3]float64{}},
		{"x-y,x,z+1/6", 6, 6, [3]int{0, 0, 1}, [3]int{0, 0, 1}, [3]float64{0, 0, 1.0 / 6}},
		{"-x+y,-x,-z", -6, 6, [3]int{0, 0, 1}, [3]int{0, 0, 1}, [3]float64{}},
		{"x-y,-y,-z", 2, 2, [3]int{1, 0, 0}, [3]int{2, -1, 0}, [3]float64{}},
	} {
		op, err := symmetry.ParseOp(c.text)
		if err != nil {
			t.Fatal(err)
		}
		w, den := op.Intrinsic()
		for i := range 3 {
			if math.Abs(float64(w[i])/float64(den)-c.w[i]) > 1e-15 {
				t.Errorf("%s: intrinsic part %v/%d, want %v", c.text, w, den, c.w)
			}
		}
		if op.Type() != c.kind || op.Order() != c.order || op.Axis() != c.axis || op.Plane() != c.plane {
			t.Errorf("%s: type %d order %d axis %v plane %v, want %d %d %v %v", c.text, op.Type(), op.Order(), op.Axis(), op.Plane(), c.kind, c.order, c.axis, c.plane)
		}
	}
	// Matrices of infinite order with the trace and determinant of 1, 2, 3 and 4.
	for _, r := range [][3][3]int8{
		{{1, 1, 0}, {0, 1, 0}, {0, 0, 1}}, {{-1, 1, 0}, {0, -1, 0}, {0, 0, 1}}, {{2, 1, 0}, {1, 1, 0}, {0, 0, -1}}, {{0, 0, 1}, {1, 0, 5}, {0, 1, 0}}, {{0, 0, 1}, {1, 0, 5}, {0, 1, 1}},
	} {
		if o := (symmetry.Op{R: r}); o.Type() != 0 || o.Order() != 0 {
			t.Errorf("%v: type %d order %d, want none", r, o.Type(), o.Order())
		}
	}
}

// TestTypes checks type and order of every operation against powers of it.
func TestTypes(t *testing.T) {
	for _, s := range symmetry.Settings() {
		for _, o := range s.Group().Representatives() {
			p, n := o, 1
			for p.R != symmetry.Identity().R {
				p, n = p.Mul(o), n+1
			}
			if o.Order() != n || o.Type()*o.Det() != map[bool]int{true: n, false: properOrder(o)}[o.Det() == 1] {
				t.Errorf("%s %v: type %d, order %d, want order %d", s.Extended, o, o.Type(), o.Order(), n)
			}
		}
	}
}

// properOrder returns the order of −R.
func properOrder(o symmetry.Op) int {
	for i := range 3 {
		for j := range 3 {
			o.R[i][j] = -o.R[i][j]
		}
	}
	p, n := o, 1
	for p.R != symmetry.Identity().R {
		p, n = p.Mul(o), n+1
	}
	return n
}

func TestApply(t *testing.T) {
	op, err := symmetry.ParseOp("-y,x-y,z+1/3")
	if err != nil {
		t.Fatal(err)
	}
	y := op.Apply([3]float64{0.1, 0.25, 0.5})
	for i, want := range [3]float64{-0.25, -0.15, 0.5 + 1.0/3} {
		if math.Abs(y[i]-want) > 1e-15 {
			t.Errorf("coordinate %d is %g, want %g", i, y[i], want)
		}
	}
	if h := op.ApplyHKL([3]int{1, 0, 2}); h != [3]int{0, -1, 2} {
		t.Errorf("h R = %v, want 0 -1 2", h)
	}
	if u := op.ApplyUVW([3]int{1, 0, 2}); u != [3]int{0, 1, 2} {
		t.Errorf("R u = %v, want 0 1 2", u)
	}
	if p := op.Phase([3]int{0, 0, -1}); p != 16 {
		t.Errorf("phase %d/24, want 16/24", p)
	}
	if p := op.Phase([3]int{0, 0, math.MaxInt}); p < 0 || p >= 24 {
		t.Errorf("phase %d/24 of a huge index", p)
	}
}
