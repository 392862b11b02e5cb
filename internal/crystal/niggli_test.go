package crystal_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/geom"
)

// unimodular returns a random whole matrix of determinant 1.
func unimodular(rng *rand.Rand, steps int) [3][3]int {
	p := [3][3]int{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}
	for range steps {
		i, j := rng.IntN(3), rng.IntN(3)
		if i == j {
			continue
		}
		n := rng.IntN(5) - 2
		for k := range 3 {
			p[k][i] += n * p[k][j]
		}
	}
	return p
}

func toMat(p [3][3]int) (m geom.Mat3) {
	for i := range 3 {
		for j := range 3 {
			m[i][j] = float64(p[i][j])
		}
	}
	return m
}

func sameCell(a, b crystal.Cell, tol float64) bool {
	d := math.Max(math.Max(math.Abs(a.A-b.A), math.Abs(a.B-b.B)), math.Abs(a.C-b.C))
	e := math.Max(math.Max(math.Abs(a.Alpha-b.Alpha), math.Abs(a.Beta-b.Beta)), math.Abs(a.Gamma-b.Gamma))
	return d <= tol && e <= 20*tol // 20° per Å: more than an angle moves when a 3 Å edge does
}

func niggliCells(t testing.TB) map[string]crystal.Lattice {
	return map[string]crystal.Lattice{
		"cubic P":        lattice(t, 4, 4, 4, 90, 90, 90),
		"cubic F":        lattice(t, 4, 4, 4, 60, 60, 60),
		"cubic I":        lattice(t, 4, 4, 4, 109.4712206344907, 109.4712206344907, 109.4712206344907),
		"hexagonal":      lattice(t, 3.2094, 3.2094, 5.2108, 90, 90, 120),
		"flat hexagonal": lattice(t, 9.2, 9.2, 2.9, 90, 90, 120),
		"rhombohedral":   lattice(t, 6.375, 6.375, 6.375, 46.08, 46.08, 46.08),
		"blunt":          lattice(t, 5, 5, 5, 117, 117, 117),
		"tetragonal":     lattice(t, 4.6, 4.6, 2.96, 90, 90, 90),
		"orthorhombic":   lattice(t, 4.76, 10.2, 5.98, 90, 90, 90),
		"monoclinic":     lattice(t, 12.214, 3.0371, 5.7981, 90, 103.83, 90),
		"albite":         lattice(t, 8.1372, 12.787, 7.1574, 94.245, 116.605, 87.809),
		"skew":           lattice(t, 4, 9, 11, 75, 62, 38),
	}
}

func TestNiggli(t *testing.T) {
	const tol = 1e-9 // Å; whole-number steps only, so rounding alone
	for name, l := range niggliCells(t) {
		red, p := l.Niggli()
		near(t, name+": det P", toMat(p).Det(), 1, 0)
		direct, err := l.Transformed(toMat(p))
		if err != nil {
			t.Fatal(err)
		}
		if !sameCell(direct.Cell(), red.Cell(), tol) {
			t.Errorf("%s: P leads to %v, the reduced cell is %v", name, direct.Cell(), red.Cell())
		}
		checkNiggli(t, name, red)
		again, q := red.Niggli()
		if q != [3][3]int{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}} || !sameCell(again.Cell(), red.Cell(), tol) {
			t.Errorf("%s: reducing twice: %v then %v by %v", name, red.Cell(), again.Cell(), q)
		}
		rng := rand.New(rand.NewPCG(7, 7))
		for range 200 {
			other, err := l.Transformed(toMat(unimodular(rng, 8)))
			if err != nil {
				continue // so skew that NewLattice refuses it
			}
			got, _ := other.Niggli()
			if !sameCell(got.Cell(), red.Cell(), 1e-6) { // skew bases of 100 Å lose some digits
				t.Errorf("%s: from %v: reduced to %v, want %v", name, other.Cell(), got.Cell(), red.Cell())
			}
		}
	}
}

// checkNiggli tests the conditions of International Tables A, 9.2.2: the main
// ones, and the special ones that choose between cells that are equally short.
func checkNiggli(t *testing.T, name string, l crystal.Lattice) {
	t.Helper()
	g := l.Metric()
	a, b, c := g[0][0], g[1][1], g[2][2]
	x, y, z := 2*g[1][2], 2*g[0][2], 2*g[0][1]
	const eps = 1e-3 // Å²: the reduction itself compares to 1e-5 V^(2/3)
	same := func(u, v float64) bool { return math.Abs(u-v) < eps }
	require := func(condition string, ok bool) {
		t.Helper()
		if !ok {
			t.Errorf("%s: %s: %.6g %.6g %.6g, doubled products %.6g %.6g %.6g", name, condition, a, b, c, x, y, z)
		}
	}
	require("a² ≤ b² ≤ c²", a < b+eps && b < c+eps)
	require("|2b·c| ≤ b², |2a·c| ≤ a², |2a·b| ≤ a²", math.Abs(x) < b+eps && math.Abs(y) < a+eps && math.Abs(z) < a+eps)
	require("if a² = b², |b·c| ≤ |a·c|", !same(a, b) || math.Abs(x) < math.Abs(y)+eps)
	require("if b² = c², |a·c| ≤ |a·b|", !same(b, c) || math.Abs(y) < math.Abs(z)+eps)
	if x > eps && y > eps && z > eps {
		require("if 2b·c = b², a·b ≤ 2a·c", !same(x, b) || z < 2*y+eps)
		require("if 2a·c = a², a·b ≤ 2b·c", !same(y, a) || z < 2*x+eps)
		require("if 2a·b = a², a·c ≤ 2b·c", !same(z, a) || y < 2*x+eps)
		return
	}
	require("all products positive, or none", x < eps && y < eps && z < eps)
	sum := x + y + z + a + b
	require("2(b·c + a·c + a·b) + a² + b² ≥ 0", sum > -eps)
	require("if 2b·c = −b², a·b = 0", !same(x, -b) || same(z, 0))
	require("if 2a·c = −a², a·b = 0", !same(y, -a) || same(z, 0))
	require("if 2a·b = −a², a·c = 0", !same(z, -a) || same(y, 0))
	require("if that sum is 0, a² + 2a·c + a·b ≤ 0", !same(sum, 0) || 2*(a+y)+z < eps)
}

// Lattices whose metric is of small whole numbers are full of the ties that the
// special conditions decide. Whatever basis one starts from, the reduced cell
// obeys them and is the same.
func TestNiggliTies(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 8))
	deg := func(product, a, b float64) float64 { return geom.Degrees(math.Acos(product / (2 * math.Sqrt(a*b)))) }
	n, special := 0, 0
	for n < 3000 {
		whole := func(from, to int) float64 { return float64(from + rng.IntN(to-from+1)) }
		a, b, c := whole(2, 6), whole(2, 6), whole(2, 6)
		x, y, z := whole(-6, 6), whole(-6, 6), whole(-6, 6)
		det := a*b*c + (x*y*z-a*x*x-b*y*y-c*z*z)/4
		if x*x >= 4*b*c || y*y >= 4*a*c || z*z >= 4*a*b || det < 0.1 {
			continue // no lattice
		}
		l := lattice(t, math.Sqrt(a), math.Sqrt(b), math.Sqrt(c), deg(x, b, c), deg(y, a, c), deg(z, a, b))
		red, _ := l.Niggli()
		checkNiggli(t, "a whole metric", red)
		n++
		if x == b || y == a || z == a || x == -b || y == -a || z == -a || x+y+z+a+b == 0 {
			special++
		}
		other, err := l.Transformed(toMat(unimodular(rng, 6)))
		if err != nil {
			continue // so skew that NewLattice refuses it
		}
		if got, _ := other.Niggli(); !sameCell(got.Cell(), red.Cell(), 1e-6) {
			t.Errorf("from %v: %v, from %v: %v", l.Cell(), red.Cell(), other.Cell(), got.Cell())
		}
	}
	if special < 300 {
		t.Errorf("%d of %d metrics have a tie", special, n)
	}
}

// The worked example of Křivý and Gruber (1976): the metric (9, 27, 4, −5, −4,
// −22), with doubled products, reduces to (4, 9, 9, 9, 3, 4).
func TestNiggliExample(t *testing.T) {
	deg := func(cos float64) float64 { return geom.Degrees(math.Acos(cos)) }
	l := lattice(t, 3, math.Sqrt(27), 2, deg(-5/(2*math.Sqrt(27*4))), deg(-4/(2*3*2.0)), deg(-22/(2*3*math.Sqrt(27))))
	red, _ := l.Niggli()
	g := red.Metric()
	for i, c := range [][2]float64{{g[0][0], 4}, {g[1][1], 9}, {g[2][2], 9}, {2 * g[1][2], 9}, {2 * g[0][2], 3}, {2 * g[0][1], 4}} {
		near(t, "parameter "+string(rune('1'+i)), c[0], c[1], 1e-9)
	}
}

func BenchmarkNiggli(b *testing.B) {
	albite := lattice(b, 8.1372, 12.787, 7.1574, 94.245, 116.605, 87.809)
	l, err := albite.Transformed(geom.Mat3{{1, 2, 0}, {0, 1, 0}, {3, 1, 1}})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		l.Niggli()
	}
}
