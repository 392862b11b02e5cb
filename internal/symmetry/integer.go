package symmetry

// mat is a 3 × 3 matrix of whole numbers, by rows.
type mat = [3][3]int

func widen(r *[3][3]int8) (m mat) {
	for i := range 3 {
		for j := range 3 {
			m[i][j] = int(r[i][j])
		}
	}
	return m
}

// narrow returns m as a rotation part and whether every entry fits.
func narrow(m mat) (r [3][3]int8, fits bool) {
	fits = true
	for i := range 3 {
		for j := range 3 {
			r[i][j] = int8(m[i][j])
			fits = fits && int(r[i][j]) == m[i][j]
		}
	}
	return r, fits
}

func mulInt(a, b mat) (c mat) {
	for i := range 3 {
		for j := range 3 {
			c[i][j] = a[i][0]*b[0][j] + a[i][1]*b[1][j] + a[i][2]*b[2][j]
		}
	}
	return c
}

func detInt(m mat) int { return dot(m[0], cross(m[1], m[2])) }

// adjugate returns A with A m = m A = d 1, and the determinant d.
func adjugate(m mat) (a mat, d int) {
	x, y, z := cross(m[1], m[2]), cross(m[2], m[0]), cross(m[0], m[1])
	return fromColumns(x, y, z), dot(m[0], x)
}

func column(m mat, j int) [3]int { return [3]int{m[0][j], m[1][j], m[2][j]} }

func fromColumns(a, b, c [3]int) mat {
	return mat{{a[0], b[0], c[0]}, {a[1], b[1], c[1]}, {a[2], b[2], c[2]}}
}

func cross(a, b [3]int) [3]int {
	return [3]int{a[1]*b[2] - a[2]*b[1], a[2]*b[0] - a[0]*b[2], a[0]*b[1] - a[1]*b[0]}
}

func dot(a, b [3]int) int { return a[0]*b[0] + a[1]*b[1] + a[2]*b[2] }

func negate(a [3]int) [3]int { return [3]int{-a[0], -a[1], -a[2]} }

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return max(a, -a)
}

// primitiveVector divides v by the common divisor of its components and makes
// the first that is not zero positive.
func primitiveVector(v [3]int) [3]int {
	d := gcd(gcd(v[0], v[1]), v[2])
	if d == 0 {
		return v
	}
	for _, c := range v {
		if c != 0 {
			if c < 0 {
				d = -d
			}
			break
		}
	}
	return [3]int{v[0] / d, v[1] / d, v[2] / d}
}

// latticeBasis returns a basis, as columns over den, of the lattice that the
// unit vectors and the given vectors over den generate. It is triangular with
// a positive diagonal.
func latticeBasis(vectors [][3]int, den int) mat {
	rows := [][3]int{{den, 0, 0}, {0, den, 0}, {0, 0, den}}
	rows = append(rows, vectors...)
	var basis [3][3]int
	for c := range 3 {
		// Euclid's algorithm on column c until one row has it.
		for {
			pivot := -1
			others := false
			for i, r := range rows {
				if r[c] != 0 && (pivot < 0 || max(r[c], -r[c]) < max(rows[pivot][c], -rows[pivot][c])) {
					pivot = i
				}
			}
			p := rows[pivot]
			for i := range rows {
				if i == pivot || rows[i][c] == 0 {
					continue
				}
				n := rows[i][c] / p[c]
				for k := range 3 {
					rows[i][k] -= n * p[k]
				}
				others = others || rows[i][c] != 0
			}
			if !others {
				if p[c] < 0 {
					p = negate(p)
				}
				basis[c] = p
				rows[pivot] = [3]int{}
				break
			}
		}
	}
	// Entries outside the diagonal are brought into the cell.
	for i := 1; i >= 0; i-- {
		for j := i + 1; j < 3; j++ {
			n := floorDiv(basis[i][j], basis[j][j])
			for k := range 3 {
				basis[i][k] -= n * basis[j][k]
			}
		}
	}
	return fromColumns(basis[0], basis[1], basis[2])
}

func floorDiv(a, b int) int {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}
