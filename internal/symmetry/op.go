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
// F(hR) = F(h) exp(2πi h·T/Den) for structure factors that carry
// exp(−2πi h·x): F(h) = Σ exp(−2πi h·(R x + T/Den)) over the images of x. Translations of a normalised Op lie in [0, Den).
type Op struct {
	R [3][3]int8
	T [3]int8
}

// Identity returns x, y, z.
func Identity() Op { return Op{R: identityR} }

var (
	identityR  = [3][3]int8{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}
	inversionR = [3][3]int8{{-1, 0, 0}, {0, -1, 0}, {0, 0, -1}}
)

// wrap returns v modulo Den, 0 … Den−1.
func wrap(v int) int8 {
	if v %= Den; v < 0 {
		v += Den
	}
	return int8(v)
}

// Normalise returns o with its translation in [0, Den).
func (o Op) Normalise() Op {
	for i := range o.T {
		o.T[i] = wrap(int(o.T[i]))
	}
	return o
}

// Mul returns the operation "first p, then o", normalised: R = R_o R_p,
// T = R_o T_p + T_o. The entries of R must fit in an int8, as those of every
// product in a Group do.
func (o Op) Mul(p Op) Op {
	r, _ := o.mul(&p)
	return r
}

// mul also reports whether the entries of R fit.
func (o *Op) mul(p *Op) (r Op, fits bool) {
	r.R, fits = mulR(&o.R, &p.R)
	r.T = o.image(p.T)
	return r, fits
}

// image returns R t + T modulo whole cells.
func (o *Op) image(t [3]int8) (out [3]int8) {
	for i := range out {
		r := &o.R[i]
		out[i] = wrap(int(r[0])*int(t[0]) + int(r[1])*int(t[1]) + int(r[2])*int(t[2]) + int(o.T[i]))
	}
	return out
}

// mulR returns the product of two rotation parts and whether its entries fit.
func mulR(a, b *[3][3]int8) (c [3][3]int8, fits bool) {
	fits = true
	for i := range 3 {
		for j := range 3 {
			v := int(a[i][0])*int(b[0][j]) + int(a[i][1])*int(b[1][j]) + int(a[i][2])*int(b[2][j])
			c[i][j] = int8(v)
			fits = fits && int(c[i][j]) == v
		}
	}
	return c, fits
}

// Det returns the determinant of the rotation part, ±1 for a symmetry
// operation.
func (o Op) Det() int { return detInt(widen(&o.R)) }

// Trace returns the trace of the rotation part.
func (o Op) Trace() int { return int(o.R[0][0]) + int(o.R[1][1]) + int(o.R[2][2]) }

// Inverse returns the opposite operation, normalised: R' = R⁻¹, T' = −R⁻¹ T.
// The rotation part must have determinant ±1.
func (o Op) Inverse() Op {
	a, d := adjugate(widen(&o.R))
	var r Op
	for i := range 3 {
		t := 0
		for j := range 3 {
			a[i][j] *= d
			r.R[i][j] = int8(a[i][j])
			t -= a[i][j] * int(o.T[j])
		}
		r.T[i] = wrap(t)
	}
	return r
}

// Apply returns R x + T/Den; the result is not wrapped into the cell.
func (o Op) Apply(x [3]float64) (y [3]float64) {
	for i := range y {
		r := &o.R[i]
		y[i] = float64(r[0])*x[0] + float64(r[1])*x[1] + float64(r[2])*x[2] + float64(o.T[i])/Den
	}
	return y
}

// ApplyHKL returns the row h R.
func (o Op) ApplyHKL(h [3]int) (k [3]int) {
	for j := range k {
		k[j] = h[0]*int(o.R[0][j]) + h[1]*int(o.R[1][j]) + h[2]*int(o.R[2][j])
	}
	return k
}

// ApplyUVW returns the column R u.
func (o Op) ApplyUVW(u [3]int) (v [3]int) {
	for i := range v {
		v[i] = int(o.R[i][0])*u[0] + int(o.R[i][1])*u[1] + int(o.R[i][2])*u[2]
	}
	return v
}

// Phase returns h·T modulo Den, 0 … Den−1: the phase of h in turns times Den.
func (o Op) Phase(h [3]int) int { return phase(h, o.T) }

// phase keeps clear of overflow for indices of any size.
func phase(h [3]int, t [3]int8) int {
	return int(wrap(h[0]%Den*int(t[0]) + h[1]%Den*int(t[1]) + h[2]%Den*int(t[2])))
}

// Compare orders operations: the identity rotation first, then by rotation,
// then by translation. It gives lists a stable order; 0 means equal.
func (o Op) Compare(p Op) int {
	if c := compareR(&o.R, &p.R); c != 0 {
		return c
	}
	return compareT(o.T, p.T)
}

func compareR(a, b *[3][3]int8) int {
	if *a == *b {
		return 0
	}
	switch identityR {
	case *a:
		return -1
	case *b:
		return 1
	}
	for i := range 3 {
		for j := range 3 {
			if a[i][j] != b[i][j] {
				return int(b[i][j]) - int(a[i][j])
			}
		}
	}
	return 0
}

func compareT(a, b [3]int8) int {
	for i := range 3 {
		if a[i] != b[i] {
			return int(a[i]) - int(b[i])
		}
	}
	return 0
}

// Type returns the type of the rotation part: 1, 2, 3, 4 or 6 for a rotation,
// −1, −2 (a mirror), −3, −4 or −6 for a rotoinversion, 0 if the matrix is not
// of finite order.
func (o Op) Type() int { return rotationType(&o.R) }

func rotationType(r *[3][3]int8) int {
	m := widen(r)
	adj, det := adjugate(m)
	trace := func(m mat) int { return m[0][0] + m[1][1] + m[2][2] }
	// A matrix of finite order has the trace of its inverse. Then the trace
	// fixes the characteristic polynomial, and with it the order unless the
	// polynomial has a double root: a shear has the trace of 1 or of 2.
	if det != 1 && det != -1 || trace(m) != trace(adj)*det {
		return 0
	}
	switch trace(m) * det {
	case 3:
		if *r == identityR || *r == inversionR {
			return det
		}
	case -1:
		if mulInt(m, m) == widen(&identityR) {
			return 2 * det
		}
	case 0:
		return 3 * det
	case 1:
		return 4 * det
	case 2:
		return 6 * det
	}
	return 0
}

// Order returns n such that the rotation part to the power n is the identity:
// 1, 2, 3, 4 or 6; 0 if it is not a crystallographic operation.
func (o Op) Order() int {
	switch t := o.Type(); {
	case t >= 0:
		return t
	case t == -1 || t == -3:
		return -2 * t
	default:
		return -t
	}
}

// Axis returns the direction [uvw] of the rotation axis, of the rotoinversion
// axis, or normal to the mirror: the column u with R u = det R · u, in lowest
// terms with its first index that is not zero positive. It is zero for 1 and
// −1.
func (o Op) Axis() [3]int {
	m := axisMatrix(&o.R)
	return kernel(m[0], m[1], m[2])
}

// Plane returns the indices (hkl) of the lattice planes perpendicular to Axis:
// the row h with h R = det R · h, in lowest terms with its first index that is
// not zero positive. For a mirror it is the mirror plane.
func (o Op) Plane() [3]int {
	m := axisMatrix(&o.R)
	return kernel(column(m, 0), column(m, 1), column(m, 2))
}

// axisMatrix returns det R · R − 1.
func axisMatrix(r *[3][3]int8) mat {
	m := widen(r)
	d := detInt(m)
	for i := range 3 {
		for j := range 3 {
			m[i][j] *= d
		}
		m[i][i]--
	}
	return m
}

// kernel returns the direction perpendicular to three vectors of rank 2.
func kernel(a, b, c [3]int) [3]int {
	for _, v := range [3][3]int{cross(a, b), cross(b, c), cross(c, a)} {
		if v != ([3]int{}) {
			return primitiveVector(v)
		}
	}
	return [3]int{}
}

// Intrinsic returns the screw or glide part of the operation, the part of the
// translation that no choice of origin removes:
//
//	w = (1/n) Σ_k R^k T,  k = 0 … n−1,  n = Order
//
// as whole numbers over den = n·Den, with T as it stands (not reduced).
func (o Op) Intrinsic() (w [3]int, den int) {
	n := o.Order()
	t := [3]int{int(o.T[0]), int(o.T[1]), int(o.T[2])}
	for range n {
		for i := range 3 {
			w[i] += t[i]
		}
		t = o.ApplyUVW(t)
	}
	return w, n * Den
}

// positive reports whether a proper rotation turns counter-clockwise about its
// Axis, seen against it, in a right-handed basis.
func (o Op) positive() bool {
	axis := o.Axis()
	for _, v := range [3][3]int{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}} {
		if s := detInt(fromColumns(axis, v, o.ApplyUVW(v))); s != 0 {
			return s > 0
		}
	}
	return true // a two-fold axis
}
