package symmetry

import (
	"errors"
	"fmt"
	"strings"
)

// basis is a change of coordinates x' = (n/d) x + t/Den.
type basis struct {
	n [3][3]int
	d int
	t [3]int
}

var errNotIntegral = errors.New("the change of basis does not fit the lattice")

// parseBasis reads a triplet with whole or fractional coefficients, such as
// "x-y,x+y,z" or "1/2x+1/2y,-1/2x+1/2y,z+1/4".
func parseBasis(text string) (basis, error) {
	fail := func() (basis, error) {
		return basis{}, fmt.Errorf("change of basis %q: expected a triplet such as x-y,x+y,z", text)
	}
	parts := strings.Split(strings.ToLower(strings.Join(strings.Fields(text), "")), ",")
	if len(parts) != 3 {
		return fail()
	}
	b := basis{d: 6}
	for i, s := range parts {
		if s == "" {
			return fail()
		}
		for at := 0; at < len(s); {
			sign := 1
			if s[at] == '+' || s[at] == '-' {
				if s[at] == '-' {
					sign = -1
				}
				at++
			} else if at > 0 {
				return fail()
			}
			number := func() (int, bool) {
				v, digits := 0, 0
				for ; at < len(s) && s[at] >= '0' && s[at] <= '9' && digits < 4; at++ {
					v = 10*v + int(s[at]-'0')
					digits++
				}
				return v, digits > 0
			}
			top, given := number()
			bottom := 1
			if given && at < len(s) && s[at] == '/' {
				at++
				var ok bool
				if bottom, ok = number(); !ok || bottom == 0 {
					return fail()
				}
			}
			if at < len(s) && s[at] == '*' {
				at++
			}
			if at < len(s) && s[at] >= 'x' && s[at] <= 'z' {
				if !given {
					top = 1
				}
				if 6*top%bottom != 0 {
					return fail()
				}
				b.n[i][s[at]-'x'] += sign * 6 * top / bottom
				at++
				continue
			}
			if !given || Den*top%bottom != 0 {
				return fail()
			}
			b.t[i] += sign * Den * top / bottom
		}
	}
	if b.det() == 0 {
		return fail()
	}
	return b, nil
}

func (b basis) det() int {
	n := b.n
	return n[0][0]*(n[1][1]*n[2][2]-n[1][2]*n[2][1]) -
		n[0][1]*(n[1][0]*n[2][2]-n[1][2]*n[2][0]) +
		n[0][2]*(n[1][0]*n[2][1]-n[1][1]*n[2][0])
}

// inverse returns the rotation part of the opposite change as adj/det: the
// matrix and its denominator.
func (b basis) inverse() (m [3][3]int, d int) {
	for i := range 3 {
		for j := range 3 {
			p, q := (j+1)%3, (j+2)%3
			r, s := (i+1)%3, (i+2)%3
			m[i][j] = (b.n[p][r]*b.n[q][s] - b.n[p][s]*b.n[q][r]) * b.d
		}
	}
	return m, b.det()
}

// vector returns (n/d) v over Den for a translation v over Den.
func (b basis) vector(v [3]int) (r [3]int, err error) {
	for i := range 3 {
		sum := b.n[i][0]*v[0] + b.n[i][1]*v[1] + b.n[i][2]*v[2]
		if sum%b.d != 0 {
			return r, errNotIntegral
		}
		r[i] = sum / b.d
	}
	return r, nil
}

// op returns the operation in the new coordinates, V o V⁻¹.
func (b basis) op(o Op) (Op, error) {
	inv, d := b.inverse()
	var r Op
	var vr [3][3]int // V R, over b.d
	for i := range 3 {
		for j := range 3 {
			vr[i][j] = b.n[i][0]*int(o.R[0][j]) + b.n[i][1]*int(o.R[1][j]) + b.n[i][2]*int(o.R[2][j])
		}
	}
	for i := range 3 {
		for j := range 3 {
			sum := vr[i][0]*inv[0][j] + vr[i][1]*inv[1][j] + vr[i][2]*inv[2][j]
			if sum%(b.d*d) != 0 {
				return r, errNotIntegral
			}
			v := sum / (b.d * d)
			if v < -4 || v > 4 {
				return r, errNotIntegral
			}
			r.R[i][j] = int8(v)
		}
	}
	moved, err := b.vector([3]int{int(o.T[0]), int(o.T[1]), int(o.T[2])})
	if err != nil {
		return r, err
	}
	for i := range 3 {
		t := moved[i] + b.t[i]
		for j := range 3 {
			t -= int(r.R[i][j]) * b.t[j]
		}
		r.T[i] = wrap(t)
	}
	return r, nil
}
