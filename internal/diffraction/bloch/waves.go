package bloch

import (
	"math"
	"slices"

	"zoneaxis/internal/lean/sorts"
)

// leastExcited is the share of a wave below which rounding cannot be told from
// excitation.
const leastExcited = 1e-20

// waves returns the eigenvalues of the chain divided by scale, with the squares
// of the first components of their eigenvectors.
func (c *chain) waves(scale float64) []Wave {
	values, heads := eigenTridiagonal(c.d, c.e)
	waves := make([]Wave, 0, len(values))
	for i, v := range values {
		if share := heads[i] * heads[i]; share > leastExcited {
			waves = append(waves, Wave{v / scale, share})
		}
	}
	sorts.Func(waves, func(a, b Wave) int {
		switch {
		case a.Gamma > b.Gamma:
			return -1
		case a.Gamma < b.Gamma:
			return 1
		}
		return 0
	})
	return waves
}

// eigenTridiagonal returns the eigenvalues of the real symmetric tridiagonal
// matrix with diagonal d and off-diagonal e, in no order, and the first
// component of each normalised eigenvector. This is the QL algorithm with
// implicit shifts, with only the first row of the rotations kept (Golub &
// Welsch, Math. Comp. 23 (1969) 221, doi:10.1090/S0025-5718-69-99647-1).
func eigenTridiagonal(d, e []float64) (values, heads []float64) {
	n := len(d)
	values = slices.Clone(d)
	off := append(slices.Clone(e), 0)
	heads = make([]float64, n)
	heads[0] = 1
	norm := 0.0
	for i := range d {
		norm = max(norm, math.Abs(d[i]), math.Abs(off[i]))
	}
	small := 0x1p-52 * norm
	for l := range n {
		for {
			m := l
			for m < n-1 && math.Abs(off[m]) > small {
				m++
			}
			if m == l {
				break
			}
			// Wilkinson's shift.
			g := (values[l+1] - values[l]) / (2 * off[l])
			r := math.Copysign(math.Hypot(g, 1), g)
			g = values[m] - values[l] + off[l]/(g+r)
			s, c, p := 1.0, 1.0, 0.0
			i := m - 1
			for ; i >= l; i-- {
				f, b := s*off[i], c*off[i]
				r = math.Hypot(f, g)
				off[i+1] = r
				if r == 0 {
					values[i+1] -= p
					off[m] = 0
					break
				}
				s, c = f/r, g/r
				g = values[i+1] - p
				r = (values[i]-g)*s + 2*c*b
				p = s * r
				values[i+1] = g + p
				g = c*r - b
				heads[i], heads[i+1] = c*heads[i]-s*heads[i+1], s*heads[i]+c*heads[i+1]
			}
			if i < l {
				values[l] -= p
				off[l], off[m] = g, 0
			}
		}
	}
	return values, heads
}
