package symmetry

import (
	"math"

	"zoneaxis/internal/lean/say"
)

// Change is a change of basis and origin:
//
//	(a', b', c') = (a, b, c) P,  x' = P⁻¹ x + Shift,  P = Num/Div
//
// The columns of P are the new basis vectors in the old basis. Indices of
// planes become the row h' = h P, those of directions the column u' = P⁻¹ u, an
// operation R, t becomes R' = P⁻¹ R P, t' = P⁻¹ t + (1 − R') Shift. Div is
// positive and P not singular.
type Change struct {
	Num   [3][3]int
	Div   int
	Shift [3]float64 // fractions of the new cell
}

// NoChange leaves everything as it is.
func NoChange() Change { return Change{Num: widen(&identityR), Div: 1} }

// ParseChange reads a change of coordinates x' = P⁻¹ x + Shift from a triplet
// such as "x-y,x+y,z" or "1/2x+1/2y,-1/2x+1/2y,z+1/4".
func ParseChange(text string) (Change, error) {
	fail := func(why string) (Change, error) {
		return Change{}, say.Errorf("symmetry: change of coordinates %q: %s; expected a triplet such as x-y,x+y,z", text, why)
	}
	a, err := parseAffine(text)
	if err != nil {
		return fail(err.Error())
	}
	// The triplet is the change back with its roles exchanged.
	back := Change{Num: a.num, Div: a.div}
	if detInt(a.num) == 0 {
		return fail("it is singular")
	}
	c := Change{Shift: a.shift}
	c.Num, c.Div = back.inverse()
	return c, nil
}

// P returns the matrix of the new basis vectors.
func (c Change) P() (p [3][3]float64) {
	for i := range 3 {
		for j := range 3 {
			p[i][j] = float64(c.Num[i][j]) / float64(c.Div)
		}
	}
	return p
}

// inverse returns P⁻¹ = num/div in lowest terms, div positive.
func (c Change) inverse() (num mat, div int) {
	a, d := adjugate(c.Num)
	for i := range 3 {
		for j := range 3 {
			a[i][j] *= c.Div
		}
	}
	return lowest(a, d)
}

// lowest divides by common factors and makes the denominator positive.
func lowest(num mat, div int) (mat, int) {
	g := div
	for i := range 3 {
		for j := range 3 {
			g = gcd(g, num[i][j])
		}
	}
	if div < 0 {
		g = -max(g, -g)
	}
	for i := range 3 {
		for j := range 3 {
			num[i][j] /= g
		}
	}
	return num, div / g
}

// Inverse returns the change back: x = P x' − P Shift.
func (c Change) Inverse() Change {
	var inv Change
	inv.Num, inv.Div = c.inverse()
	p := c.P()
	for i := range 3 {
		for j := range 3 {
			inv.Shift[i] -= p[i][j] * c.Shift[j]
		}
	}
	return inv
}

// Then returns the change that makes c first and d after it: P = P_c P_d,
// Shift = P_d⁻¹ Shift_c + Shift_d.
func (c Change) Then(d Change) Change {
	var r Change
	r.Num, r.Div = lowest(mulInt(c.Num, d.Num), c.Div*d.Div)
	r.Shift = d.Point(c.Shift)
	return r
}

// Point returns x' = P⁻¹ x + Shift.
func (c Change) Point(x [3]float64) (y [3]float64) {
	num, div := c.inverse()
	for i := range 3 {
		n := &num[i]
		y[i] = (float64(n[0])*x[0]+float64(n[1])*x[1]+float64(n[2])*x[2])/float64(div) + c.Shift[i]
	}
	return y
}

// exactTol is how far from a whole number of 1/Den a translation of exact
// operations may be after a change: many times the rounding of a shift in
// float64, and far below the next possible translation.
const exactTol = 1e-6

// Op returns the operation in the new basis, normalised. It is an error if its
// rotation is not a matrix of whole numbers there or its translation is no
// multiple of 1/Den.
func (c Change) Op(o Op) (Op, error) {
	num, div := c.inverse()
	r, ok := conjugate(num, widen(&o.R), c.Num, div*c.Div)
	if !ok {
		return Op{}, say.Errorf("symmetry: %v is no symmetry of the lattice of the new basis", o)
	}
	n := Op{R: r}
	for i := range 3 {
		t := c.Shift[i]
		for j := range 3 {
			t += float64(num[i][j]*int(o.T[j]))/float64(div*Den) - float64(r[i][j])*c.Shift[j]
		}
		near := math.Round(t * Den)
		if !(math.Abs(t*Den-near) < exactTol) {
			return Op{}, say.Errorf("symmetry: the translation %.6g of %v in the new basis is not a multiple of 1/%d", t, o, Den)
		}
		n.T[i] = wrap(int(math.Mod(near, Den)))
	}
	return n, nil
}

// conjugate returns q r p/div and whether it is a matrix of small whole
// numbers.
func conjugate(q, r, p mat, div int) (out [3][3]int8, ok bool) {
	m, ok := conjugateInt(q, r, p, div)
	if !ok {
		return out, false
	}
	return narrow(m)
}

// conjugateInt returns q r p/div and whether it is whole.
func conjugateInt(q, r, p mat, div int) (m mat, ok bool) {
	m = mulInt(mulInt(q, r), p)
	for i := range 3 {
		for j := range 3 {
			if m[i][j]%div != 0 {
				return m, false
			}
			m[i][j] /= div
		}
	}
	return m, true
}
