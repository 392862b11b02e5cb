package symmetry

import "slices"

// conventionalAxes returns vectors along the symmetry axes, as columns in the
// primitive basis that the rotations refer to, with a positive determinant: a
// right-handed conventional cell, up to the choices that turns lists. Among
// equivalent vectors the shortest count, in a metric that the rotations leave
// as it is. ok is false if the axes span no conventional cell, which happens
// only if the rotations are those of no crystal class.
func conventionalAxes(system string, rots [][3][3]int8) (axes mat, ok bool) {
	// Σ RᵀR does not change under any of the rotations.
	var metric mat
	for i := range rots {
		r := widen(&rots[i])
		addSquare(&metric, &r)
	}
	axesOf := func(types ...int) (list [][3]int, first Op) {
		for _, r := range rots {
			o := Op{R: r}
			if !slices.Contains(types, o.Type()) {
				continue
			}
			if a := o.Axis(); !slices.Contains(list, a) {
				if list == nil {
					first = o
				}
				list = append(list, a)
			}
		}
		return list, first
	}
	switch system {
	case "triclinic":
		return widen(&identityR), true
	case "monoclinic":
		list, o := axesOf(2, -2)
		if len(list) != 1 {
			return axes, false
		}
		a, c := planeBasis(o.Plane(), metric)
		axes = fromColumns(a, list[0], c)
	case "orthorhombic":
		list, _ := axesOf(2, -2)
		if len(list) != 3 {
			return axes, false
		}
		axes = fromColumns(list[0], list[1], list[2])
	case "cubic":
		list, _ := axesOf(4, -4)
		if len(list) == 0 {
			list, _ = axesOf(2)
		}
		if len(list) != 3 {
			return axes, false
		}
		axes = fromColumns(list[0], list[1], list[2])
	default: // tetragonal, trigonal, hexagonal: one axis and one perpendicular to it
		list, o := axesOf(4, -4)
		if system != "tetragonal" {
			list, o = axesOf(3)
		}
		if len(list) != 1 {
			return axes, false
		}
		if o.Type() < 0 {
			o.R, _ = mulR(&inversionR, &o.R)
		}
		if !o.positive() {
			o = o.Inverse()
		}
		a, _ := planeBasis(o.Plane(), metric)
		axes = fromColumns(a, o.ApplyUVW(a), list[0])
	}
	if d := detInt(axes); d < 0 {
		for i := range 3 {
			axes[i][2] = -axes[i][2]
		}
	} else if d == 0 {
		return axes, false
	}
	return axes, true
}

// planeBasis returns a basis of the lattice vectors in the plane (hkl), the two
// shortest in the metric.
func planeBasis(h [3]int, metric mat) (a, b [3]int) {
	// With g = gcd(h, k) = p h + q k, the vectors (k, −h, 0)/g and
	// (−p l, −q l, g) span the plane if h k l have no common divisor.
	g, p, q := bezout(h[0], h[1])
	if g == 0 {
		a, b = [3]int{1, 0, 0}, [3]int{0, 1, 0}
	} else {
		a, b = [3]int{h[1] / g, -h[0] / g, 0}, [3]int{-p * h[2], -q * h[2], g}
	}
	product := func(a, b [3]int) int {
		return dot(a, [3]int{dot(metric[0], b), dot(metric[1], b), dot(metric[2], b)})
	}
	// Gauss's reduction.
	for {
		if product(b, b) < product(a, a) {
			a, b = b, a
		}
		aa, ab := product(a, a), product(a, b)
		n := floorDiv(2*ab+aa, 2*aa)
		if n == 0 {
			return a, b
		}
		for i := range 3 {
			b[i] -= n * a[i]
		}
		if product(b, b) >= aa {
			return a, b
		}
	}
}

// bezout returns g = gcd(a, b) ≥ 0 and p, q with p a + q b = g.
func bezout(a, b int) (g, p, q int) {
	p, q = 1, 0
	p1, q1 := 0, 1
	for b != 0 {
		n := a / b
		a, b = b, a-n*b
		p, p1 = p1, p-n*p1
		q, q1 = q1, q-n*q1
	}
	if a < 0 {
		return -a, -p, -q
	}
	return a, p, q
}

// turns lists the proper changes of conventional axes, as columns in the old
// ones, that may lead from the axes found to those of a reference setting: the
// rotations of the lattice; for the monoclinic system, where there are more
// choices than a lattice has symmetry, the six choices of a and c modulo
// doubled vectors, beyond which no translation tells them apart.
func turns(system string) []mat {
	switch system {
	case "triclinic":
		return []mat{widen(&identityR)}
	case "monoclinic":
		return []mat{
			widen(&identityR),
			{{0, 0, -1}, {0, 1, 0}, {1, 0, 0}},
			{{1, 0, 0}, {0, 1, 0}, {1, 0, 1}},
			{{1, 0, 1}, {0, 1, 0}, {0, 0, 1}},
			{{0, 0, -1}, {0, 1, 0}, {1, 0, -1}},
			{{-1, 0, -1}, {0, 1, 0}, {1, 0, 0}},
		}
	case "orthorhombic", "cubic":
		return rotationsFrom(turned(aboutZ('4'), 'z'), bodyDiagonal)
	case "tetragonal":
		return rotationsFrom(aboutZ('4'), turned(aboutZ('2'), 'x'))
	}
	return rotationsFrom(aboutZ('6'), aboutZ('"'))
}

// rotationsFrom returns the group that two rotations generate.
func rotationsFrom(a, b [3][3]int8) []mat {
	list := []mat{widen(&identityR)}
	for at := 0; at < len(list); at++ {
		for _, g := range []mat{widen(&a), widen(&b)} {
			if p := mulInt(list[at], g); !slices.Contains(list, p) {
				list = append(list, p)
			}
		}
	}
	return list
}
