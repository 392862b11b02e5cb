package geom_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"zoneaxis/internal/geom"
)

const tol = 1e-13 // a few float64 operations on numbers near one

func randomVec(rng *rand.Rand) geom.Vec {
	return geom.Vec{X: rng.NormFloat64(), Y: rng.NormFloat64(), Z: rng.NormFloat64()}
}

func randomRotation(rng *rand.Rand) geom.Rotation {
	return geom.Rotation{W: rng.NormFloat64(), X: rng.NormFloat64(), Y: rng.NormFloat64(), Z: rng.NormFloat64()}.Normalise()
}

func close(t *testing.T, what string, got, want geom.Vec) {
	t.Helper()
	if d := got.Sub(want).Norm(); !(d <= tol*(1+want.Norm())) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func TestRotationProperties(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		r, s, v, w := randomRotation(rng), randomRotation(rng), randomVec(rng), randomVec(rng)
		close(t, "length", geom.Vec{X: r.Apply(v).Norm()}, geom.Vec{X: v.Norm()})
		close(t, "hand", r.Apply(v).Cross(r.Apply(w)), r.Apply(v.Cross(w)))
		close(t, "first s, then r", r.Mul(s).Apply(v), r.Apply(s.Apply(v)))
		close(t, "inverse", r.Inverse().Apply(r.Apply(v)), v)
		close(t, "matrix", r.Mat().Apply(v), r.Apply(v))
		close(t, "matrix of a product", r.Mat().Mul(s.Mat()).Apply(v), r.Mul(s).Apply(v))
		close(t, "from the matrix", geom.FromMat(r.Mat()).Apply(v), r.Apply(v))
		close(t, "between", geom.Between(v, w).Apply(v.Unit()), w.Unit())
		if a := r.Mul(r.Inverse()).Angle(); a > tol {
			t.Errorf("r r⁻¹ turns by %g", a)
		}
		angle := (2*rng.Float64() - 1) * math.Pi
		about := geom.AxisAngle(v, angle)
		close(t, "axis", about.Apply(v), v)
		if got := about.Angle(); math.Abs(got-math.Abs(angle)) > tol {
			t.Errorf("angle %g, want %g", got, math.Abs(angle))
		}
	}
}

// FromMat must hold where one of the components of the quaternion vanishes.
func TestFromMatSpecial(t *testing.T) {
	for _, axis := range []geom.Vec{{X: 1}, {Y: 1}, {Z: 1}, {X: 1, Y: 1}, {X: 1, Y: 1, Z: 1}, {X: -1, Z: 1}} {
		for _, angle := range []float64{0, 1e-9, math.Pi / 2, 2 * math.Pi / 3, math.Pi - 1e-9, math.Pi} {
			r := geom.AxisAngle(axis, angle)
			v := geom.Vec{X: 0.3, Y: -0.5, Z: 0.7}
			close(t, "round trip", geom.FromMat(r.Mat()).Apply(v), r.Apply(v))
		}
	}
}

func TestRightHanded(t *testing.T) {
	x, y, z := geom.Vec{X: 1}, geom.Vec{Y: 1}, geom.Vec{Z: 1}
	close(t, "z by a quarter", geom.AxisAngle(z, math.Pi/2).Apply(x), y)
	close(t, "x by a quarter", geom.AxisAngle(x, math.Pi/2).Apply(y), z)
	close(t, "y by a quarter", geom.AxisAngle(y, math.Pi/2).Apply(z), x)
	close(t, "x cross y", x.Cross(y), z)
	close(t, "no axis", geom.AxisAngle(geom.Vec{}, 1).Apply(x), x)
	close(t, "opposite, x", geom.Between(x, x.Neg()).Apply(x), x.Neg())
	close(t, "opposite, oblique", geom.Between(geom.Vec{X: 1, Y: 2, Z: 3}, geom.Vec{X: -1, Y: -2, Z: -3}).Apply(geom.Vec{X: 1, Y: 2, Z: 3}), geom.Vec{X: -1, Y: -2, Z: -3})
	close(t, "same", geom.Between(x, x.Scale(3)).Apply(y), y)
}

// Ten thousand small turns keep a rotation a rotation.
func TestNoDrift(t *testing.T) {
	r, step := geom.NoRotation(), geom.AxisAngle(geom.Vec{X: 1, Y: 2, Z: -1}, 2*math.Pi/10000)
	for range 10000 {
		r = step.Mul(r).Normalise()
	}
	if a := r.Angle(); a > 1e-10 { // 10⁴ roundings
		t.Errorf("a full turn in steps ends %g rad off", a)
	}
	if got := (geom.Rotation{}).Normalise(); got != geom.NoRotation() {
		t.Errorf("no rotation at all normalises to %v", got)
	}
}

func TestMat3(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		m := geom.FromRows(randomVec(rng), randomVec(rng), randomVec(rng))
		n := geom.FromRows(randomVec(rng), randomVec(rng), randomVec(rng))
		v := randomVec(rng)
		if math.Abs(m.Det()) < 0.05 {
			continue // badly conditioned
		}
		got := m.Inverse().Apply(m.Apply(v))
		if d := got.Sub(v).Norm(); d > 1e-10 {
			t.Errorf("inverse: off by %g", d)
		}
		close(t, "product", m.Mul(n).Apply(v), m.Apply(n.Apply(v)))
		if d := m.Mul(n).Det() - m.Det()*n.Det(); math.Abs(d) > 1e-11 {
			t.Errorf("determinant of a product: off by %g", d)
		}
		x, y, z := m.Rows()
		if geom.FromRows(x, y, z) != m || m.Transpose().Transpose() != m {
			t.Error("rows or transpose do not come back")
		}
		w := randomVec(rng)
		if a, b := m.Apply(v).Dot(w), v.Dot(m.Transpose().Apply(w)); math.Abs(a-b) > 1e-11 {
			t.Errorf("(m v)·w = %g, v·(mᵀ w) = %g", a, b)
		}
	}
	identity := geom.Mat3{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}
	if identity.Det() != 1 || identity.Inverse() != identity {
		t.Error("the unit matrix is not its inverse")
	}
}

func TestAngle(t *testing.T) {
	x := geom.Vec{X: 2}
	for _, want := range []float64{0, 1e-12, 1e-6, 0.5, math.Pi / 2, 3, math.Pi - 1e-9, math.Pi} {
		v := geom.Vec{X: math.Cos(want), Y: math.Sin(want)}
		if got := geom.Angle(x, v); math.Abs(got-want) > 1e-15 { // no loss of digits near 0 and π
			t.Errorf("angle %g, want %g", got, want)
		}
	}
	if got := geom.Angle(x, geom.Vec{}); got != 0 {
		t.Errorf("angle with nothing: %g", got)
	}
	if (geom.Vec{}).Unit() != (geom.Vec{}) {
		t.Error("the zero vector has got a length")
	}
}

func TestDegrees(t *testing.T) {
	for _, tt := range []struct{ deg, sin, cos float64 }{
		{0, 0, 1}, {30, 0.5, math.Sqrt(3) / 2}, {60, math.Sqrt(3) / 2, 0.5}, {90, 1, 0}, {120, math.Sqrt(3) / 2, -0.5},
		{150, 0.5, -math.Sqrt(3) / 2}, {180, 0, -1}, {210, -0.5, -math.Sqrt(3) / 2}, {270, -1, 0}, {300, -math.Sqrt(3) / 2, 0.5},
		{360, 0, 1}, {-60, -math.Sqrt(3) / 2, 0.5}, {-90, -1, 0}, {450, 1, 0},
	} {
		for _, c := range []struct {
			name      string
			got, want float64
		}{{"sin", geom.Sind(tt.deg), tt.sin}, {"cos", geom.Cosd(tt.deg), tt.cos}} {
			exact := c.want == 0 || c.want == 0.5 || c.want == -0.5 || c.want == 1 || c.want == -1
			if exact && c.got != c.want || math.Abs(c.got-c.want) > 1e-15 {
				t.Errorf("%s %g° = %v, want %v", c.name, tt.deg, c.got, c.want)
			}
		}
	}
	if d := geom.Degrees(geom.Radians(12.5)); math.Abs(d-12.5) > 1e-14 {
		t.Errorf("12.5° becomes %v", d)
	}
}
