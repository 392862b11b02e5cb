package symmetry

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
