//go:build goexperiment.simd

package kernel

import "simd/archsimd"

// SIMD tells that this is the build with vectors.
const SIMD = true

type vec = archsimd.Float32x4

// load, store and splat are for the four numbers at the beginning of p. Where
// there is no fused multiply-add, and its result would differ, Mul and Add stand
// for it.
func load(p *Quad) vec         { return archsimd.LoadFloat32x4Array((*[4]float32)(p)) }
func splat(x float32) vec      { return archsimd.BroadcastFloat32x4(x) }
func store(v vec, p *Quad)     { v.StoreArray((*[4]float32)(p)) }
func row(t *tile, r int) *Quad { return (*Quad)(t[4*r : 4*r+4]) }
func low(o *Oct) *Quad         { return (*Quad)(o[0:4]) }
func high(o *Oct) *Quad        { return (*Quad)(o[4:8]) }

func symMul(tiles []tile, y, x []Quad) {
	var q0, q1, q2, q3 Quad
	for b := range x {
		tb := tiles[:b+1]
		tiles = tiles[b+1:]
		xb := &x[b]
		x0, x1, x2, x3 := splat(xb[0]), splat(xb[1]), splat(xb[2]), splat(xb[3])
		var s0, s1, s2, s3 vec
		xs, ys := x[:b], y[:b]
		ys, tc := ys[:len(xs)], tb[:len(xs)]
		for c := range xs {
			t, xc, to := &tc[c], load(&xs[c]), load(&ys[c])
			a := load((*Quad)(t[0:4]))
			s0, to = s0.Add(a.Mul(xc)), to.Add(a.Mul(x0))
			a = load((*Quad)(t[4:8]))
			s1, to = s1.Add(a.Mul(xc)), to.Add(a.Mul(x1))
			a = load((*Quad)(t[8:12]))
			s2, to = s2.Add(a.Mul(xc)), to.Add(a.Mul(x2))
			a = load((*Quad)(t[12:16]))
			s3, to = s3.Add(a.Mul(xc)), to.Add(a.Mul(x3))
			store(to, &ys[c])
		}
		t, xc := &tb[b], load(xb)
		store(s0.Add(load((*Quad)(t[0:4])).Mul(xc)), &q0)
		store(s1.Add(load((*Quad)(t[4:8])).Mul(xc)), &q1)
		store(s2.Add(load((*Quad)(t[8:12])).Mul(xc)), &q2)
		store(s3.Add(load((*Quad)(t[12:16])).Mul(xc)), &q3)
		y[b] = Quad{(q0[0] + q0[1]) + (q0[2] + q0[3]), (q1[0] + q1[1]) + (q1[2] + q1[3]), (q2[0] + q2[1]) + (q2[2] + q2[3]), (q3[0] + q3[1]) + (q3[2] + q3[3])}
	}
}

func generalMul(pairs []pair, yr, yi, xr, xi []Quad) {
	xi = xi[:len(xr)]
	for b := range xr {
		ps := pairs[:len(xr)]
		pairs = pairs[len(xr):]
		var r0, r1, r2, r3, i0, i1, i2, i3 vec
		for c := range xr {
			p, u, v := &ps[c], load(&xr[c]), load(&xi[c])
			re, im := load((*Quad)(p.re[0:4])), load((*Quad)(p.im[0:4]))
			r0, i0 = r0.Add(re.Mul(u)).Sub(im.Mul(v)), i0.Add(re.Mul(v)).Add(im.Mul(u))
			re, im = load((*Quad)(p.re[4:8])), load((*Quad)(p.im[4:8]))
			r1, i1 = r1.Add(re.Mul(u)).Sub(im.Mul(v)), i1.Add(re.Mul(v)).Add(im.Mul(u))
			re, im = load((*Quad)(p.re[8:12])), load((*Quad)(p.im[8:12]))
			r2, i2 = r2.Add(re.Mul(u)).Sub(im.Mul(v)), i2.Add(re.Mul(v)).Add(im.Mul(u))
			re, im = load((*Quad)(p.re[12:16])), load((*Quad)(p.im[12:16]))
			r3, i3 = r3.Add(re.Mul(u)).Sub(im.Mul(v)), i3.Add(re.Mul(v)).Add(im.Mul(u))
		}
		yr[b] = sums(r0, r1, r2, r3)
		yi[b] = sums(i0, i1, i2, i3)
	}
}

// sums adds up each vector.
func sums(s0, s1, s2, s3 vec) Quad {
	var q0, q1, q2, q3 Quad
	store(s0, &q0)
	store(s1, &q1)
	store(s2, &q2)
	store(s3, &q3)
	return Quad{(q0[0] + q0[1]) + (q0[2] + q0[3]), (q1[0] + q1[1]) + (q1[2] + q1[3]), (q2[0] + q2[1]) + (q2[2] + q2[3]), (q3[0] + q3[1]) + (q3[2] + q3[3])}
}

func symMul8(tiles []tile, y, x []Oct) {
	blocks := len(x) / 4
	for b := range blocks {
		var l0, l1, l2, l3, h0, h1, h2, h3 vec
		at, step := b*(b+1)/2, 1
		for c := range blocks {
			t := &tiles[at]
			if c >= b {
				step = c + 1 // to the tile below, which holds the other half
			}
			at += step
			xs := (*[4]Oct)(x[4*c : 4*c+4])
			k, r := 1, 4 // strides of column and row
			if c > b {
				k, r = 4, 1
			}
			for j := range xs {
				lo, hi, o := load(low(&xs[j])), load(high(&xs[j])), k*j&15
				a := splat(t[o])
				l0, h0 = l0.Add(a.Mul(lo)), h0.Add(a.Mul(hi))
				a = splat(t[(o+r)&15])
				l1, h1 = l1.Add(a.Mul(lo)), h1.Add(a.Mul(hi))
				a = splat(t[(o+2*r)&15])
				l2, h2 = l2.Add(a.Mul(lo)), h2.Add(a.Mul(hi))
				a = splat(t[(o+3*r)&15])
				l3, h3 = l3.Add(a.Mul(lo)), h3.Add(a.Mul(hi))
			}
		}
		to := (*[4]Oct)(y[4*b : 4*b+4])
		store(l0, low(&to[0]))
		store(h0, high(&to[0]))
		store(l1, low(&to[1]))
		store(h1, high(&to[1]))
		store(l2, low(&to[2]))
		store(h2, high(&to[2]))
		store(l3, low(&to[3]))
		store(h3, high(&to[3]))
	}
}

func generalMul8(pairs []pair, yr, yi, xr, xi []Oct) {
	blocks := len(xr) / 4
	for b := range blocks {
		ps := pairs[:blocks]
		pairs = pairs[blocks:]
		for r := range 4 {
			var rl, rh, il, ih vec
			for c := range ps {
				re, im := (*[4]float32)(ps[c].re[4*r:4*r+4]), (*[4]float32)(ps[c].im[4*r:4*r+4])
				us, vs := (*[4]Oct)(xr[4*c:4*c+4]), (*[4]Oct)(xi[4*c:4*c+4])
				for j := range us {
					p, q := splat(re[j]), splat(im[j])
					u, v := load(low(&us[j])), load(low(&vs[j]))
					rl, il = rl.Add(p.Mul(u)).Sub(q.Mul(v)), il.Add(p.Mul(v)).Add(q.Mul(u))
					u, v = load(high(&us[j])), load(high(&vs[j]))
					rh, ih = rh.Add(p.Mul(u)).Sub(q.Mul(v)), ih.Add(p.Mul(v)).Add(q.Mul(u))
				}
			}
			store(rl, low(&yr[4*b+r]))
			store(rh, high(&yr[4*b+r]))
			store(il, low(&yi[4*b+r]))
			store(ih, high(&yi[4*b+r]))
		}
	}
}

func subTiles(t0, t1 *tile, f, v0, v1 []Quad) {
	v0, v1 = v0[:len(f)], v1[:len(f)]
	var a0, a1, a2, a3, b0, b1, b2, b3 vec
	for w := range f {
		a, b, g := load(&v0[w]), load(&v1[w]), &f[w]
		k := splat(g[0])
		a0, b0 = a0.Add(k.Mul(a)), b0.Add(k.Mul(b))
		k = splat(g[1])
		a1, b1 = a1.Add(k.Mul(a)), b1.Add(k.Mul(b))
		k = splat(g[2])
		a2, b2 = a2.Add(k.Mul(a)), b2.Add(k.Mul(b))
		k = splat(g[3])
		a3, b3 = a3.Add(k.Mul(a)), b3.Add(k.Mul(b))
	}
	store(load(row(t0, 0)).Sub(a0), row(t0, 0))
	store(load(row(t0, 1)).Sub(a1), row(t0, 1))
	store(load(row(t0, 2)).Sub(a2), row(t0, 2))
	store(load(row(t0, 3)).Sub(a3), row(t0, 3))
	store(load(row(t1, 0)).Sub(b0), row(t1, 0))
	store(load(row(t1, 1)).Sub(b1), row(t1, 1))
	store(load(row(t1, 2)).Sub(b2), row(t1, 2))
	store(load(row(t1, 3)).Sub(b3), row(t1, 3))
}

// Step8 sets next to f (y + d x + e x) − next, number by number.
func Step8(next, y, d, e, x []Oct, f float32) {
	y, d, e, x = y[:len(next)], d[:len(next)], e[:len(next)], x[:len(next)]
	k := splat(f)
	for i := range next {
		u, v := load(low(&x[i])), load(high(&x[i]))
		u = load(low(&y[i])).Add(load(low(&e[i])).Mul(u)).Add(load(low(&d[i])).Mul(u))
		v = load(high(&y[i])).Add(load(high(&e[i])).Mul(v)).Add(load(high(&d[i])).Mul(v))
		store(k.Mul(u).Sub(load(low(&next[i]))), low(&next[i]))
		store(k.Mul(v).Sub(load(high(&next[i]))), high(&next[i]))
	}
}

// Add8 adds c x to y, c having a number for each vector.
func Add8(y []Oct, c *Oct, x []Oct) {
	x = x[:len(y)]
	lo, hi := load(low(c)), load(high(c))
	for i := range y {
		store(load(low(&y[i])).Add(lo.Mul(load(low(&x[i])))), low(&y[i]))
		store(load(high(&y[i])).Add(hi.Mul(load(high(&x[i])))), high(&y[i]))
	}
}

// Mul8 sets y to w x, number by number.
func Mul8(y, w, x []Oct) {
	w, x = w[:len(y)], x[:len(y)]
	for i := range y {
		store(load(low(&w[i])).Mul(load(low(&x[i]))), low(&y[i]))
		store(load(high(&w[i])).Mul(load(high(&x[i]))), high(&y[i]))
	}
}

// AddMul8 adds w x to y, number by number.
func AddMul8(y, w, x []Oct) {
	w, x = w[:len(y)], x[:len(y)]
	for i := range y {
		store(load(low(&y[i])).Add(load(low(&w[i])).Mul(load(low(&x[i])))), low(&y[i]))
		store(load(high(&y[i])).Add(load(high(&w[i])).Mul(load(high(&x[i])))), high(&y[i]))
	}
}
