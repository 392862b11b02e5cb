// Package symmetry is exact space-group algebra on integers: operations,
// groups from Hall symbols, the table of space-group settings, absences,
// orbits and the identification of a set of operations. It knows no lattice
// lengths and no atoms.
package symmetry

// Den is the common denominator of all translations: T/Den is a fraction of
// the cell. 24 holds every translation of every setting in the tables exactly.
const Den = 24

// Op is a symmetry operation on fractional coordinates, x' = R x + T/Den, with
// x a column. On Miller indices it acts on rows: h' = h R, with
// F(hR) = F(h) exp(+2πi h·T/Den) for structure factors that carry
// exp(−2πi h·x). Translations of a normalised Op lie in [0, Den).
type Op struct {
	R [3][3]int8
	T [3]int8
}

// Identity returns x, y, z.
func Identity() Op { return Op{R: [3][3]int8{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}} }

// wrap returns v modulo Den, 0 … Den−1.
func wrap(v int) int8 { return int8(((v % Den) + Den) % Den) }

// Normalise returns o with its translation in [0, Den).
func (o Op) Normalise() Op {
	for i := range o.T {
		o.T[i] = wrap(int(o.T[i]))
	}
	return o
}

// Mul returns the operation "first p, then o", normalised.
func (o Op) Mul(p Op) Op {
	var r Op
	for i := range 3 {
		t := int(o.T[i])
		for j := range 3 {
			r.R[i][j] = o.R[i][0]*p.R[0][j] + o.R[i][1]*p.R[1][j] + o.R[i][2]*p.R[2][j]
			t += int(o.R[i][j]) * int(p.T[j])
		}
		r.T[i] = wrap(t)
	}
	return r
}

// Det returns the determinant of the rotation part, ±1 for a symmetry
// operation.
func (o Op) Det() int { return det(o.R) }

func det(m [3][3]int8) int {
	a := func(i, j int) int { return int(m[i][j]) }
	return a(0, 0)*(a(1, 1)*a(2, 2)-a(1, 2)*a(2, 1)) -
		a(0, 1)*(a(1, 0)*a(2, 2)-a(1, 2)*a(2, 0)) +
		a(0, 2)*(a(1, 0)*a(2, 1)-a(1, 1)*a(2, 0))
}

// Trace returns the trace of the rotation part.
func (o Op) Trace() int { return int(o.R[0][0]) + int(o.R[1][1]) + int(o.R[2][2]) }

// Inverse returns the opposite operation, normalised. The rotation part must
// have determinant ±1.
func (o Op) Inverse() Op {
	d := int8(o.Det())
	var r Op
	for i := range 3 {
		for j := range 3 {
			a, b := (j+1)%3, (j+2)%3
			c, e := (i+1)%3, (i+2)%3
			r.R[i][j] = d * (o.R[a][c]*o.R[b][e] - o.R[a][e]*o.R[b][c])
		}
	}
	for i := range 3 {
		t := 0
		for j := range 3 {
			t -= int(r.R[i][j]) * int(o.T[j])
		}
		r.T[i] = wrap(t)
	}
	return r
}

// Apply returns R x + T/Den; the result is not wrapped into the cell.
func (o Op) Apply(x [3]float64) [3]float64 {
	var y [3]float64
	for i := range 3 {
		y[i] = float64(o.R[i][0])*x[0] + float64(o.R[i][1])*x[1] + float64(o.R[i][2])*x[2] + float64(o.T[i])/Den
	}
	return y
}

// ApplyHKL returns the row h R.
func (o Op) ApplyHKL(h [3]int) [3]int {
	var r [3]int
	for j := range 3 {
		r[j] = h[0]*int(o.R[0][j]) + h[1]*int(o.R[1][j]) + h[2]*int(o.R[2][j])
	}
	return r
}

// ApplyUVW returns the column R u.
func (o Op) ApplyUVW(u [3]int) [3]int {
	var r [3]int
	for i := range 3 {
		r[i] = int(o.R[i][0])*u[0] + int(o.R[i][1])*u[1] + int(o.R[i][2])*u[2]
	}
	return r
}

// Phase returns h·T modulo Den, 0 … Den−1: the phase of h in turns times Den.
func (o Op) Phase(h [3]int) int {
	return int(wrap((h[0]*int(o.T[0])%Den + h[1]*int(o.T[1])%Den + h[2]*int(o.T[2])%Den) % Den))
}

// Less orders operations: identity rotation first, then by rotation, then by
// translation. It gives lists a stable order.
func (o Op) Less(p Op) bool {
	if o.R != p.R {
		id := Identity().R
		if o.R == id || p.R == id {
			return o.R == id
		}
		for i := range 3 {
			for j := range 3 {
				if o.R[i][j] != p.R[i][j] {
					return o.R[i][j] > p.R[i][j]
				}
			}
		}
	}
	for i := range 3 {
		if o.T[i] != p.T[i] {
			return o.T[i] < p.T[i]
		}
	}
	return false
}

// Order returns n such that the rotation part to the power n is the identity:
// 1, 2, 3, 4 or 6; 0 if it is not a crystallographic operation.
func (o Op) Order() int {
	m := o.R
	id := Identity().R
	for n := 1; n <= 6; n++ {
		if m == id {
			return n
		}
		m = (Op{R: m}).Mul(Op{R: o.R}).R
	}
	return 0
}
