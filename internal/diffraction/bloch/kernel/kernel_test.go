package kernel

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
	"testing"
)

// sample is a matrix of order n with vectors, and the same as plain numbers.
type sample struct {
	sym   *Sym
	gen   *General
	s     [][]float64 // of sym
	g     [][]complex128
	x     [2][]Quad
	x8    [2][]Oct
	plain []complex128
	rng   *rand.Rand
}

func newSample(n int) *sample {
	rng := rand.New(rand.NewPCG(uint64(n), 5))
	c := &sample{sym: NewSym(n), gen: NewGeneral(n), x: [2][]Quad{Quads(n), Quads(n)}, x8: [2][]Oct{Octs(n), Octs(n)}, rng: rng}
	for i := range n {
		c.s, c.g = append(c.s, make([]float64, n)), append(c.g, make([]complex128, n))
		for k := range c.x {
			c.x[k][i/4][i%4] = float32(rng.NormFloat64())
			for l := range c.x8[k][i] {
				c.x8[k][i][l] = float32(rng.NormFloat64())
			}
		}
		c.plain = append(c.plain, complex(float64(c.x[0][i/4][i%4]), float64(c.x[1][i/4][i%4])))
		for j := range i {
			v := float32(rng.NormFloat64())
			c.sym.Set(i, j, v)
			c.s[i][j], c.s[j][i] = float64(v), float64(v)
			for _, at := range [][2]int{{i, j}, {j, i}} {
				re, im := float32(rng.NormFloat64()), float32(rng.NormFloat64())
				c.gen.Set(at[0], at[1], re, im)
				c.g[at[0]][at[1]] = complex(float64(re), float64(im))
			}
		}
	}
	return c
}

func stacks(n, width int, rng *rand.Rand) (f, v *Stack, sums [][]float64) {
	f, v = NewStack(n, width), NewStack(n, width)
	a, b := make([][]float64, width), make([][]float64, width)
	for w := range width {
		a[w], b[w] = make([]float64, n), make([]float64, n)
		for i := range n {
			x := float32(rng.NormFloat64())
			y := x * float32(w+1) // symmetric sums
			f.Set(w, i, y)
			v.Set(w, i, x)
			a[w][i], b[w][i] = float64(y), float64(x)
		}
	}
	for i := range n {
		sums = append(sums, make([]float64, n))
		for j := range n {
			for w := range width {
				sums[i][j] += a[w][i] * b[w][j]
			}
		}
	}
	return f, v, sums
}

// TestProducts compares with plain sums in double precision.
func TestProducts(t *testing.T) {
	for _, n := range []int{1, 2, 3, 4, 5, 8, 13, 30, 67} {
		c := newSample(n)
		tol := 1e-6 * float64(n+4)
		near := func(name string, i int, got float32, want float64) {
			if !(math.Abs(float64(got)-want) <= tol) {
				t.Errorf("%s of order %d: component %d is %g, want %g", name, n, i, got, want)
			}
		}
		yr, yi := Quads(n), Quads(n)
		c.sym.Mul(yr, c.x[0])
		for i := range n {
			want := 0.0
			for j := range n {
				want += c.s[i][j] * real(c.plain[j])
			}
			near("Sym.Mul", i, yr[i/4][i%4], want)
		}
		c.gen.Mul(yr, yi, c.x[0], c.x[1])
		for i := range n {
			var want complex128
			for j := range n {
				want += c.g[i][j] * c.plain[j]
			}
			near("General.Mul", i, yr[i/4][i%4], real(want))
			near("General.Mul", i, yi[i/4][i%4], imag(want))
		}
		er, ei := Octs(n), Octs(n)
		for l := range 8 {
			c.sym.Mul8(er, c.x8[0])
			for i := range n {
				want := 0.0
				for j := range n {
					want += c.s[i][j] * float64(c.x8[0][j][l])
				}
				near("Sym.Mul8", i, er[i][l], want)
			}
			c.gen.Mul8(er, ei, c.x8[0], c.x8[1])
			for i := range n {
				var want complex128
				for j := range n {
					want += c.g[i][j] * complex(float64(c.x8[0][j][l]), float64(c.x8[1][j][l]))
				}
				near("General.Mul8", i, er[i][l], real(want))
				near("General.Mul8", i, ei[i][l], imag(want))
			}
		}
		f, v, sums := stacks(n, 7, c.rng)
		tol *= 30
		c.sym.Sub(f, v)
		c.gen.SubRe(f, v, false)
		lower := NewGeneral(n)
		lower.SubIm(f, v, true)
		lower.Mirror(-1)
		for i := range n {
			for j := range i {
				near("Sym.Sub", i, c.sym.At(i, j), c.s[i][j]-sums[i][j])
				re, im := c.gen.At(j, i)
				near("SubRe", i, re, real(c.g[j][i])-sums[j][i])
				near("SubRe", i, im, imag(c.g[j][i]))
				_, im = lower.At(i, j)
				near("SubIm", i, im, -sums[i][j])
				_, im = lower.At(j, i)
				near("SubIm", i, im, sums[i][j])
			}
		}
		// What is beyond the order stays 0, and so does the diagonal.
		one := Quads(n)
		for i := range n {
			clear(one)
			one[i/4][i%4] = 1
			c.sym.Mul(yr, one)
			if yr[i/4][i%4] != 0 {
				t.Errorf("order %d: element %d of the diagonal is %g", n, i, yr[i/4][i%4])
			}
			for k := n; k < 4*len(yr); k++ {
				if yr[k/4][k%4] != 0 {
					t.Errorf("order %d: component %d is %g", n, k, yr[k/4][k%4])
				}
			}
		}
	}
}

// TestSteps looks at Step8 and Add8 number by number.
func TestSteps(t *testing.T) {
	c := newSample(9)
	next, y, d, e := newSample(10).x8[0], newSample(11).x8[0], newSample(11).x8[1], newSample(12).x8[1]
	x := c.x8[0]
	next, y, d, e = next[:len(x)], y[:len(x)], d[:len(x)], e[:len(x)]
	before := append([]Oct(nil), next...)
	Step8(next, y, d, e, x, 3)
	factor := Oct{1, 2, 3, 4, 5, 6, 7, 8}
	sum := append([]Oct(nil), y...)
	Add8(sum, &factor, x)
	product, more := Octs(len(x)), append([]Oct(nil), y...)
	Mul8(product, d, x)
	AddMul8(more, d, x)
	for i := range x {
		for l := range 8 {
			want := 3*(float64(y[i][l])+float64(d[i][l])*float64(x[i][l])+float64(e[i][l])*float64(x[i][l])) - float64(before[i][l])
			if math.Abs(float64(next[i][l])-want) > 1e-5 {
				t.Errorf("Step8: %g, want %g", next[i][l], want)
			}
			if want := float64(d[i][l]) * float64(x[i][l]); math.Abs(float64(product[i][l])-want) > 1e-6*math.Abs(want) {
				t.Errorf("Mul8: %g, want %g", product[i][l], want)
			}
			if want := float64(y[i][l]) + float64(d[i][l])*float64(x[i][l]); math.Abs(float64(more[i][l])-want) > 1e-5 {
				t.Errorf("AddMul8: %g, want %g", more[i][l], want)
			}
			if want := float64(y[i][l]) + float64(l+1)*float64(x[i][l]); math.Abs(float64(sum[i][l])-want) > 1e-5 {
				t.Errorf("Add8: %g, want %g", sum[i][l], want)
			}
		}
	}
}

// TestSameBits tells that with and without SIMD, on every machine, the results are the
// same bit for bit. The number is that of the plain build.
func TestSameBits(t *testing.T) {
	const want = 0x4fcf4b9c382b441c
	h := fnv.New64a()
	bits := func(v float32) {
		x := math.Float32bits(v)
		h.Write([]byte{byte(x), byte(x >> 8), byte(x >> 16), byte(x >> 24)})
	}
	for _, n := range []int{5, 30, 67} {
		c := newSample(n)
		f, v, _ := stacks(n, 9, c.rng)
		c.sym.Sub(f, v)
		c.gen.SubRe(f, v, false)
		c.gen.SubIm(f, v, true)
		yr, yi, er, ei := Quads(n), Quads(n), Octs(n), Octs(n)
		c.sym.Mul(yr, c.x[0])
		c.sym.Mul8(er, c.x8[0])
		Step8(c.x8[0], er, c.x8[1], c.x8[1], er, 0.7)
		for range 2 {
			for i := range yr {
				for j := range 4 {
					bits(yr[i][j])
					bits(yi[i][j])
				}
			}
			for i := range er {
				for l := range 8 {
					bits(er[i][l])
					bits(ei[i][l])
					bits(c.x8[0][i][l])
				}
			}
			c.gen.Mul(yr, yi, c.x[0], c.x[1])
			c.gen.Mul8(er, ei, c.x8[0], c.x8[1])
			Add8(c.x8[0], &er[1], ei)
			Mul8(ei, ei, er)
			AddMul8(c.x8[0], ei, er)
		}
	}
	if got := h.Sum64(); got != want {
		t.Errorf("the bits of the results have %#x, want %#x (SIMD %v)", got, uint64(want), SIMD)
	}
}
