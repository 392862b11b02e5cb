//go:build !goexperiment.simd

package kernel

// SIMD tells that this is the build with vectors.
const SIMD = false

// Products are rounded before they are added (the conversions say so), since
// other machines would fuse the two.

func symMul(tiles []tile, y, x []Quad) {
	for b := range x {
		tb := tiles[:b+1]
		tiles = tiles[b+1:]
		xb := x[b]
		xs, ys := x[:b], y[:b]
		ys, tc := ys[:len(xs)], tb[:len(xs)]
		for r, xr := range xb {
			var s0, s1, s2, s3 float32
			o := 4 * r & 12
			for c := range xs {
				t, xc, to := &tc[c], &xs[c], &ys[c]
				a0, a1, a2, a3 := t[o], t[o+1], t[o+2], t[o+3]
				s0 += float32(a0 * xc[0])
				s1 += float32(a1 * xc[1])
				s2 += float32(a2 * xc[2])
				s3 += float32(a3 * xc[3])
				to[0] += float32(a0 * xr)
				to[1] += float32(a1 * xr)
				to[2] += float32(a2 * xr)
				to[3] += float32(a3 * xr)
			}
			t := &tb[b]
			s0 += float32(t[o] * xb[0])
			s1 += float32(t[o+1] * xb[1])
			s2 += float32(t[o+2] * xb[2])
			s3 += float32(t[o+3] * xb[3])
			y[b][r] = (s0 + s1) + (s2 + s3)
		}
	}
}

func generalMul(pairs []pair, yr, yi, xr, xi []Quad) {
	xi = xi[:len(xr)]
	for b := range xr {
		ps := pairs[:len(xr)]
		pairs = pairs[len(xr):]
		for r := range 4 {
			var r0, r1, r2, r3, i0, i1, i2, i3 float32
			o := 4 * r & 12
			for c := range xr {
				p, u, v := &ps[c], &xr[c], &xi[c]
				re, im := p.re[o], p.im[o]
				r0, i0 = r0+float32(re*u[0])-float32(im*v[0]), i0+float32(re*v[0])+float32(im*u[0])
				re, im = p.re[o+1], p.im[o+1]
				r1, i1 = r1+float32(re*u[1])-float32(im*v[1]), i1+float32(re*v[1])+float32(im*u[1])
				re, im = p.re[o+2], p.im[o+2]
				r2, i2 = r2+float32(re*u[2])-float32(im*v[2]), i2+float32(re*v[2])+float32(im*u[2])
				re, im = p.re[o+3], p.im[o+3]
				r3, i3 = r3+float32(re*u[3])-float32(im*v[3]), i3+float32(re*v[3])+float32(im*u[3])
			}
			yr[b][r], yi[b][r] = (r0+r1)+(r2+r3), (i0+i1)+(i2+i3)
		}
	}
}

func symMul8(tiles []tile, y, x []Oct) {
	blocks := len(x) / 4
	for b := range blocks {
		for r := range 4 {
			var s0, s1, s2, s3, s4, s5, s6, s7 float32
			at, step := b*(b+1)/2, 1
			for c := range blocks {
				t := &tiles[at]
				if c >= b {
					step = c + 1 // to the tile below, which holds the other half
				}
				at += step
				o, k := 4*r, 1 // of the row, and from column to column
				if c > b {
					o, k = r, 4
				}
				xs := (*[4]Oct)(x[4*c : 4*c+4])
				for j := range xs {
					a, v := t[(o+k*j)&15], &xs[j]
					s0 += float32(a * v[0])
					s1 += float32(a * v[1])
					s2 += float32(a * v[2])
					s3 += float32(a * v[3])
					s4 += float32(a * v[4])
					s5 += float32(a * v[5])
					s6 += float32(a * v[6])
					s7 += float32(a * v[7])
				}
			}
			y[4*b+r] = Oct{s0, s1, s2, s3, s4, s5, s6, s7}
		}
	}
}

func generalMul8(pairs []pair, yr, yi, xr, xi []Oct) {
	blocks := len(xr) / 4
	for b := range blocks {
		ps := pairs[:blocks]
		pairs = pairs[blocks:]
		for r := range 4 {
			for h := 0; h < 8; h += 4 {
				var r0, r1, r2, r3, i0, i1, i2, i3 float32
				for c := range ps {
					re, im := (*Quad)(ps[c].re[4*r:4*r+4]), (*Quad)(ps[c].im[4*r:4*r+4])
					us, vs := (*[4]Oct)(xr[4*c:4*c+4]), (*[4]Oct)(xi[4*c:4*c+4])
					for j := range us {
						p, q, u, v := re[j], im[j], (*Quad)(us[j][h:]), (*Quad)(vs[j][h:])
						r0, i0 = r0+float32(p*u[0])-float32(q*v[0]), i0+float32(p*v[0])+float32(q*u[0])
						r1, i1 = r1+float32(p*u[1])-float32(q*v[1]), i1+float32(p*v[1])+float32(q*u[1])
						r2, i2 = r2+float32(p*u[2])-float32(q*v[2]), i2+float32(p*v[2])+float32(q*u[2])
						r3, i3 = r3+float32(p*u[3])-float32(q*v[3]), i3+float32(p*v[3])+float32(q*u[3])
					}
				}
				*(*Quad)(yr[4*b+r][h:]) = Quad{r0, r1, r2, r3}
				*(*Quad)(yi[4*b+r][h:]) = Quad{i0, i1, i2, i3}
			}
		}
	}
}

func subTiles(t0, t1 *tile, f, v0, v1 []Quad) {
	v0, v1 = v0[:len(f)], v1[:len(f)]
	for r := range 4 {
		var a0, a1, a2, a3, b0, b1, b2, b3 float32
		for w := range f {
			k, a, b := f[w][r], &v0[w], &v1[w]
			a0 += float32(k * a[0])
			a1 += float32(k * a[1])
			a2 += float32(k * a[2])
			a3 += float32(k * a[3])
			b0 += float32(k * b[0])
			b1 += float32(k * b[1])
			b2 += float32(k * b[2])
			b3 += float32(k * b[3])
		}
		a, b := (*Quad)(t0[4*r:4*r+4]), (*Quad)(t1[4*r:4*r+4])
		a[0], a[1], a[2], a[3] = a[0]-a0, a[1]-a1, a[2]-a2, a[3]-a3
		b[0], b[1], b[2], b[3] = b[0]-b0, b[1]-b1, b[2]-b2, b[3]-b3
	}
}

// Step8 sets next to f (y + d x + e x) − next, number by number.
func Step8(next, y, d, e, x []Oct, f float32) {
	for i := range next {
		for l := range 8 {
			u := x[i][l]
			u = y[i][l] + float32(e[i][l]*u) + float32(d[i][l]*u)
			next[i][l] = float32(f*u) - next[i][l]
		}
	}
}

// Add8 adds c x to y, c having a number for each vector.
func Add8(y []Oct, c *Oct, x []Oct) {
	for i := range y {
		for l := range 8 {
			y[i][l] += float32(c[l] * x[i][l])
		}
	}
}

// Mul8 sets y to w x, number by number.
func Mul8(y, w, x []Oct) {
	for i := range y {
		for l := range 8 {
			y[i][l] = w[i][l] * x[i][l]
		}
	}
}

// AddMul8 adds w x to y, number by number.
func AddMul8(y, w, x []Oct) {
	for i := range y {
		for l := range 8 {
			y[i][l] += float32(w[i][l] * x[i][l])
		}
	}
}
