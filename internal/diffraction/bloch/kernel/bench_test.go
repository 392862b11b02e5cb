package kernel

import (
	"strconv"
	"testing"
)

// perProduct reports nanoseconds per multiply-add.
func perProduct(b *testing.B, products int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(products), "ns/product")
}

// fourRows is the loop of plain Go that the kernel is measured against: four
// rows of a matrix in double precision at once.
func fourRows(m, y, x []float64) {
	n := len(x)
	for i := 0; i+3 < n; i += 4 {
		r0, r1, r2, r3 := m[i*n:i*n+n], m[i*n+n:i*n+2*n], m[i*n+2*n:i*n+3*n], m[i*n+3*n:i*n+4*n]
		r0, r1, r2, r3 = r0[:len(x)], r1[:len(x)], r2[:len(x)], r3[:len(x)]
		var s0, s1, s2, s3 float64
		for j, v := range x {
			s0 += r0[j] * v
			s1 += r1[j] * v
			s2 += r2[j] * v
			s3 += r3[j] * v
		}
		y[i], y[i+1], y[i+2], y[i+3] = s0, s1, s2, s3
	}
}

func BenchmarkMul(b *testing.B) {
	for _, n := range []int{100, 300, 1000} {
		c := newSample(n)
		yr, yi, er, ei := Quads(n), Quads(n), Octs(n), Octs(n)
		name := strconv.Itoa(n)
		b.Run("four-rows-"+name, func(b *testing.B) {
			m, y, x := make([]float64, n*n), make([]float64, n), make([]float64, n)
			b.ReportAllocs()
			for b.Loop() {
				fourRows(m, y, x)
			}
			perProduct(b, n*n)
		})
		b.Run("symmetric-"+name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.sym.Mul(yr, c.x[0])
			}
			perProduct(b, n*n)
		})
		b.Run("general-"+name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.gen.Mul(yr, yi, c.x[0], c.x[1])
			}
			perProduct(b, 4*n*n)
		})
		if n > 100 {
			continue
		}
		b.Run("symmetric-8-"+name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.sym.Mul8(er, c.x8[0])
			}
			perProduct(b, 8*n*n)
		})
		b.Run("general-8-"+name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.gen.Mul8(er, ei, c.x8[0], c.x8[1])
			}
			perProduct(b, 32*n*n)
		})
	}
	const n, width = 300, 64
	c := newSample(n)
	f, v, _ := stacks(n, width, c.rng)
	b.Run("rank-64-300", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			c.sym.Sub(f, v)
		}
		perProduct(b, width*n*n/2)
	})
}
