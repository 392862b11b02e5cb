package symmetry

// mat is a 3 × 3 matrix of integers.
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

func detInt(m mat) int {
	return m[0][0]*(m[1][1]*m[2][2]-m[1][2]*m[2][1]) -
		m[0][1]*(m[1][0]*m[2][2]-m[1][2]*m[2][0]) +
		m[0][2]*(m[1][0]*m[2][1]-m[1][1]*m[2][0])
}

// adjugate returns A with A m = m A = d 1, and the determinant d.
func adjugate(m mat) (a mat, d int) {
	for i := range 3 {
		for j := range 3 {
			p, q, r, s := (j+1)%3, (j+2)%3, (i+1)%3, (i+2)%3
			a[i][j] = m[p][r]*m[q][s] - m[p][s]*m[q][r]
		}
	}
	return a, m[0][0]*a[0][0] + m[0][1]*a[1][0] + m[0][2]*a[2][0]
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
	if a < 0 {
		return -a
	}
	return a
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
