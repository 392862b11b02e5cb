package crystal

import (
	"math"

	"zoneaxis/internal/geom"
)

// niggliTol is the relative tolerance of the comparisons of Niggli: two squared
// lengths are equal if they differ by less than niggliTol V^(2/3). It is far
// above rounding errors and far below what is known about any cell.
const niggliTol = 1e-5

// Niggli returns the reduced cell of the lattice and the matrix that leads to it:
//
//	(a', b', c') = (a, b, c) P
//
// P holds whole numbers and det P = 1. The reduced cell is the same for every
// basis of the lattice (up to the tolerance of the comparisons, 1e-5 of the
// cell size), and reducing it again changes nothing.
func (l Lattice) Niggli() (Lattice, [3][3]int) {
	// I. Křivý and B. Gruber, Acta Cryst. A32 (1976) 297,
	// doi:10.1107/S0567739476000636, steps 1 to 8, with the tolerances of R. W.
	// Grosse-Kunstleve, N. K. Sauter and P. D. Adams, Acta Cryst. A60 (2004) 1,
	// doi:10.1107/S010876730302186X. The metric is computed anew from the
	// whole-number basis after every step, so errors do not add up.
	p := shorten(l.direct)
	eps := niggliTol * math.Cbrt(l.volume*l.volume)
	const maxSteps = 1000 // typical bases take about ten after shorten
	for range maxSteps {
		step, done := niggliStep(l, p, eps)
		p = mulInt(p, step)
		if done {
			break
		}
	}
	out, err := l.Transformed(floatMat(p))
	if err != nil {
		// Only a cell beyond the limits of NewLattice can get here.
		return l, identityInt
	}
	return out, p
}

// niggliStep returns the next change of basis, and done if the reduction ends
// with it.
func niggliStep(l Lattice, p [3][3]int, eps float64) (step [3][3]int, done bool) {
	va, vb, vc := l.direct.Mul(floatMat(p)).Transpose().Rows()
	a, b, c := va.Dot(va), vb.Dot(vb), vc.Dot(vc)
	x, y, z := 2*vb.Dot(vc), 2*va.Dot(vc), 2*va.Dot(vb)
	less := func(u, v float64) bool { return u < v-eps }
	more := func(u, v float64) bool { return v < u-eps }
	same := func(u, v float64) bool { return !less(u, v) && !more(u, v) }

	if more(a, b) || same(a, b) && more(math.Abs(x), math.Abs(y)) {
		return [3][3]int{{0, -1, 0}, {-1, 0, 0}, {0, 0, -1}}, false
	}
	if more(b, c) || same(b, c) && more(math.Abs(y), math.Abs(z)) {
		return [3][3]int{{-1, 0, 0}, {0, 0, -1}, {0, -1, 0}}, false
	}
	signs, flip := signStep(x, y, z, eps)
	if flip {
		return signs, false
	}
	sign := func(v float64) int {
		if v > 0 {
			return 1
		}
		return -1
	}
	switch {
	case more(math.Abs(x), b) || same(x, b) && less(2*y, z) || same(x, -b) && less(z, 0):
		return [3][3]int{{1, 0, 0}, {0, 1, -sign(x)}, {0, 0, 1}}, false
	case more(math.Abs(y), a) || same(y, a) && less(2*x, z) || same(y, -a) && less(z, 0):
		return [3][3]int{{1, 0, -sign(y)}, {0, 1, 0}, {0, 0, 1}}, false
	case more(math.Abs(z), a) || same(z, a) && less(2*x, y) || same(z, -a) && less(y, 0):
		return [3][3]int{{1, -sign(z), 0}, {0, 1, 0}, {0, 0, 1}}, false
	}
	sum := x + y + z + a + b
	if less(sum, 0) || same(sum, 0) && more(2*(a+y)+z, 0) {
		return [3][3]int{{1, 0, 1}, {0, 1, 1}, {0, 0, 1}}, false
	}
	return identityInt, true
}

// signStep makes the angles all acute if an odd number of them is (none right),
// otherwise all obtuse or right. flip is false if they are so already.
func signStep(x, y, z, eps float64) (step [3][3]int, flip bool) {
	v := [3]float64{x, y, z}
	negative, zero := 0, -1
	for i, s := range v {
		if s < -eps {
			negative++
		} else if s <= eps {
			zero = i
		}
	}
	d := [3]int{1, 1, 1}
	if zero < 0 && negative%2 == 0 { // product positive
		for i, s := range v {
			if s < -eps {
				d[i], flip = -1, true
			}
		}
	} else {
		for i, s := range v {
			if s > eps {
				d[i], flip = -1, true
			}
		}
		if d[0]*d[1]*d[2] < 0 {
			d[zero] = -1 // an odd number of acute angles here means that one is right
		}
	}
	return [3][3]int{{d[0], 0, 0}, {0, d[1], 0}, {0, 0, d[2]}}, flip
}

// shorten returns a basis, det 1, in which no vector gets shorter by adding
// multiples of one of the others: the fast first part of a reduction.
func shorten(basis geom.Mat3) [3][3]int {
	p := identityInt
	const maxRounds = 100
	for range maxRounds {
		changed := false
		v := [3]geom.Vec{}
		v[0], v[1], v[2] = basis.Mul(floatMat(p)).Transpose().Rows()
		for i := range 3 {
			for j := range 3 {
				if i == j {
					continue
				}
				n := math.Round(v[i].Dot(v[j]) / v[j].Dot(v[j]))
				w := v[i].Sub(v[j].Scale(n))
				if n == 0 || !(w.Dot(w) < (1-1e-9)*v[i].Dot(v[i])) {
					continue
				}
				v[i], changed = w, true
				for k := range 3 {
					p[k][i] -= int(n) * p[k][j]
				}
			}
		}
		if !changed {
			break
		}
	}
	return p
}

var identityInt = [3][3]int{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}

func floatMat(m [3][3]int) (f geom.Mat3) {
	for i := range 3 {
		for j := range 3 {
			f[i][j] = float64(m[i][j])
		}
	}
	return f
}

// ratioMat returns m/den.
func ratioMat(m [3][3]int, den int) geom.Mat3 {
	f := floatMat(m)
	for i := range 3 {
		for j := range 3 {
			f[i][j] /= float64(den)
		}
	}
	return f
}

func mulInt(m, n [3][3]int) (r [3][3]int) {
	for i := range 3 {
		for j := range 3 {
			r[i][j] = m[i][0]*n[0][j] + m[i][1]*n[1][j] + m[i][2]*n[2][j]
		}
	}
	return r
}

func detInt(m [3][3]int) int {
	return m[0][0]*(m[1][1]*m[2][2]-m[1][2]*m[2][1]) -
		m[0][1]*(m[1][0]*m[2][2]-m[1][2]*m[2][0]) +
		m[0][2]*(m[1][0]*m[2][1]-m[1][1]*m[2][0])
}

// adjInt returns the adjugate, m⁻¹ = adjInt(m)/detInt(m).
func adjInt(m [3][3]int) (r [3][3]int) {
	for i := range 3 {
		for j := range 3 {
			a, b := (j+1)%3, (j+2)%3
			c, e := (i+1)%3, (i+2)%3
			r[i][j] = m[a][c]*m[b][e] - m[a][e]*m[b][c]
		}
	}
	return r
}
