package symmetry

import (
	"math"
	"slices"
)

// originSolver finds the shift s of the origin that turns given translations
// into those of a group:
//
//	(1 − R) s = t_group − t_given  modulo the lattice
//
// for every operation R. For generators of the group the matrices 1 − R in a
// primitive basis, stacked to A, are brought to Smith normal form, U A V = D,
// once for each group; a trial then costs one product.
type originSolver struct {
	group  *Group
	gens   []int         // representatives that generate the group with the lattice
	toPrim [3][3]float64 // fractions of the group's cell to those of a primitive cell
	fromY  [3][3]float64 // V, brought back to the group's cell
	u      [][]float64   // rows of U
	reach  []float64     // Σ|u|·|toPrim| of each row: how much it multiplies an error
	d      [3]int        // diagonal of D, zeros last
	normal [3][3]float64 // (Σ (1 − R)ᵀ (1 − R) + small)⁻¹ over the representatives
	free   [][3]float64  // directions in which the origin is free, orthonormal
}

func (g *Group) originSolver() *originSolver {
	g.originOnce.Do(func() { g.origin = newOriginSolver(g) })
	return g.origin
}

func newOriginSolver(g *Group) *originSolver {
	s := &originSolver{group: g, gens: g.generators()}
	vectors := make([][3]int, 0, len(g.centrings))
	for _, c := range g.centrings[1:] {
		vectors = append(vectors, [3]int{int(c[0]), int(c[1]), int(c[2])})
	}
	basis := latticeBasis(vectors, Den)
	adj, det := adjugate(basis)
	s.toPrim = scaled(adj, float64(Den)/float64(det))

	var a [][3]int
	for _, k := range s.gens {
		// The basis is over Den, its inverse Den adj/det: Den cancels.
		r, _ := conjugate(adj, widen(&g.reps[k].R), basis, det)
		for i := range 3 {
			row := [3]int{-int(r[i][0]), -int(r[i][1]), -int(r[i][2])}
			row[i]++
			a = append(a, row)
		}
	}
	u, d, v := smith(a)
	s.d = d
	s.fromY = scaled(mulInt(basis, v), 1.0/Den)
	s.u = make([][]float64, len(u))
	s.reach = make([]float64, len(u))
	for i, row := range u {
		s.u[i] = make([]float64, len(row))
		for k, n := range row {
			s.u[i][k] = float64(n)
			t := s.toPrim[k%3]
			s.reach[i] += math.Abs(float64(n)) * (math.Abs(t[0]) + math.Abs(t[1]) + math.Abs(t[2]))
		}
	}
	for i, n := range d {
		if n == 0 {
			s.addFree([3]float64{s.fromY[0][i], s.fromY[1][i], s.fromY[2][i]})
		}
	}
	var normal [3][3]float64
	for _, o := range g.reps {
		m := oneMinus(&o.R)
		for i := range 3 {
			for j := range 3 {
				normal[i][j] += m[0][i]*m[0][j] + m[1][i]*m[1][j] + m[2][i]*m[2][j]
			}
		}
	}
	// The right-hand sides have no part along the free directions, so any
	// addition there keeps the solution.
	for _, f := range s.free {
		for i := range 3 {
			for j := range 3 {
				normal[i][j] += f[i] * f[j]
			}
		}
	}
	s.normal = inverted(normal)
	return s
}

// generators returns the indices of representatives whose products give every
// rotation.
func (g *Group) generators() []int {
	var gens []int
	made := [][3][3]int8{identityR}
	for k := len(g.reps) - 1; k > 0; k-- {
		if slices.Contains(made, g.reps[k].R) {
			continue
		}
		gens = append(gens, k)
		for at := 0; at < len(made); at++ {
			for _, n := range gens {
				if p, _ := mulR(&made[at], &g.reps[n].R); !slices.Contains(made, p) {
					made = append(made, p)
				}
			}
		}
		if len(made) == len(g.reps) {
			break
		}
	}
	return gens
}

// addFree adds a direction to the orthonormal list.
func (s *originSolver) addFree(f [3]float64) {
	f = s.withoutFree(f)
	n := math.Sqrt(f[0]*f[0] + f[1]*f[1] + f[2]*f[2])
	s.free = append(s.free, [3]float64{f[0] / n, f[1] / n, f[2] / n})
}

// withoutFree removes the part along the free directions.
func (s *originSolver) withoutFree(v [3]float64) [3]float64 {
	for _, f := range s.free {
		n := v[0]*f[0] + v[1]*f[1] + v[2]*f[2]
		for i := range 3 {
			v[i] -= n * f[i]
		}
	}
	return v
}

// solve returns a shift that brings the translations, in fractions, one for
// each representative of the group in their order, to those of the group, and
// the largest difference of a coordinate that is left. Differences beyond tol
// are not followed further: ok is false.
func (s *originSolver) solve(given [][3]float64, tol float64) (shift [3]float64, left float64, ok bool) {
	b := make([]float64, 3*len(s.gens))
	for n, k := range s.gens {
		var d [3]float64
		for i := range 3 {
			d[i] = float64(s.group.reps[k].T[i])/Den - given[k][i]
		}
		for i := range 3 {
			t := &s.toPrim[i]
			b[3*n+i] = t[0]*d[0] + t[1]*d[1] + t[2]*d[2]
		}
	}
	var y [3]float64
	for i, row := range s.u {
		c := 0.0
		for k, n := range row {
			c += n * b[k]
		}
		if i < 3 && s.d[i] != 0 {
			y[i] = c / float64(s.d[i])
		} else if math.Abs(c-math.Round(c)) > 2*tol*s.reach[i] {
			return shift, 0, false
		}
	}
	for i := range 3 {
		f := &s.fromY[i]
		shift[i] = f[0]*y[0] + f[1]*y[1] + f[2]*y[2]
	}
	// Of the errors of the translations the mean over all operations remains.
	rest, left := s.remainder(given, shift)
	if left > exactTol/Den {
		var sum [3]float64
		for k, r := range rest {
			m := oneMinus(&s.group.reps[k].R)
			for i := range 3 {
				sum[i] += m[0][i]*r[0] + m[1][i]*r[1] + m[2][i]*r[2]
			}
		}
		for i := range 3 {
			n := &s.normal[i]
			shift[i] += n[0]*sum[0] + n[1]*sum[1] + n[2]*sum[2]
		}
		_, left = s.remainder(given, shift)
	}
	return shift, left, left <= tol
}

// remainder returns t_group − t_given − (1 − R) shift of every representative,
// brought close to zero by a lattice vector, and its largest component.
func (s *originSolver) remainder(given [][3]float64, shift [3]float64) (rest [][3]float64, largest float64) {
	rest = make([][3]float64, len(s.group.reps))
	for k := range rest {
		o := &s.group.reps[k]
		m := oneMinus(&o.R)
		var r [3]float64
		for i := range 3 {
			r[i] = float64(o.T[i])/Den - given[k][i] - m[i][0]*shift[0] - m[i][1]*shift[1] - m[i][2]*shift[2]
		}
		best := math.Inf(1)
		for _, c := range s.group.centrings {
			var d [3]float64
			size := 0.0
			for i := range 3 {
				d[i] = r[i] - float64(c[i])/Den
				d[i] -= math.Round(d[i])
				size = max(size, math.Abs(d[i]))
			}
			if size < best {
				best, rest[k] = size, d
			}
		}
		largest = max(largest, best)
	}
	return rest, largest
}

// nearest returns the shortest shift, measured in fractions of the cell, of
// those that do the same as the given one. Along free directions it is zero.
func (s *originSolver) nearest(shift [3]float64) [3]float64 {
	best, length := shift, math.Inf(1)
	count := [3]int{1, 1, 1}
	for i, n := range s.d {
		count[i] = max(1, n, -n)
	}
	for i := range count[0] {
		for j := range count[1] {
			for k := range count[2] {
				x := shift
				for n, c := range [3]int{i, j, k} {
					for r := range 3 {
						x[r] += s.fromY[r][n] * float64(c) / float64(count[n])
					}
				}
				for _, c := range s.group.centrings {
					var p [3]float64
					for r := range 3 {
						p[r] = x[r] + float64(c[r])/Den
					}
					p = folded(s.withoutFree(folded(p)))
					if l := p[0]*p[0] + p[1]*p[1] + p[2]*p[2]; l < length-1e-9 || l < length+1e-9 && before(p, best) {
						best, length = p, l
					}
				}
			}
		}
	}
	return best
}

// before prefers the larger of two vectors of the same length, by their
// coordinates in order.
func before(a, b [3]float64) bool {
	for i := range a {
		if math.Abs(a[i]-b[i]) > 1e-9 {
			return a[i] > b[i]
		}
	}
	return false
}

// folded returns x in (−½, ½], clear of rounding: a coordinate within 1e-10 of
// a multiple of 1/3456 = 1/(24·144) becomes this multiple.
func folded(x [3]float64) [3]float64 {
	const fine = 3456
	for i := range x {
		x[i] -= math.Round(x[i])
		if near := math.Round(x[i]*fine) / fine; math.Abs(x[i]-near) < 1e-10 {
			x[i] = near
		}
		if x[i] == -0.5 {
			x[i] = 0.5
		}
		x[i] += 0 // no −0
	}
	return x
}

// oneMinus returns 1 − R.
func oneMinus(r *[3][3]int8) (m [3][3]float64) {
	for i := range 3 {
		for j := range 3 {
			m[i][j] = -float64(r[i][j])
		}
		m[i][i]++
	}
	return m
}

func scaled(m mat, f float64) (s [3][3]float64) {
	for i := range 3 {
		for j := range 3 {
			s[i][j] = float64(m[i][j]) * f
		}
	}
	return s
}

// inverted returns the inverse of a regular matrix.
func inverted(m [3][3]float64) (inv [3][3]float64) {
	det := 0.0
	for i := range 3 {
		for j := range 3 {
			p, q, r, s := (j+1)%3, (j+2)%3, (i+1)%3, (i+2)%3
			inv[i][j] = m[p][r]*m[q][s] - m[p][s]*m[q][r]
		}
		det += m[0][i] * inv[i][0]
	}
	for i := range 3 {
		for j := range 3 {
			inv[i][j] /= det
		}
	}
	return inv
}

// smith brings a matrix of n ≥ 3 rows (or none) to diagonal form by whole row
// and column operations: U A V = D. The d are not made to divide each other,
// which nothing here needs; zeros are last.
func smith(a [][3]int) (u [][]int, d [3]int, v mat) {
	v = widen(&identityR)
	u = make([][]int, len(a))
	for i := range u {
		u[i] = make([]int, len(a))
		u[i][i] = 1
	}
	for c := range min(3, len(a)) {
		for {
			// The smallest entry left becomes the pivot.
			row, col, least := -1, -1, 0
			for i := c; i < len(a); i++ {
				for j := c; j < 3; j++ {
					if n := max(a[i][j], -a[i][j]); n != 0 && (row < 0 || n < least) {
						row, col, least = i, j, n
					}
				}
			}
			if row < 0 {
				return u, d, v
			}
			a[c], a[row] = a[row], a[c]
			u[c], u[row] = u[row], u[c]
			for i := range a {
				a[i][c], a[i][col] = a[i][col], a[i][c]
			}
			for i := range v {
				v[i][c], v[i][col] = v[i][col], v[i][c]
			}
			done := true
			for i := c + 1; i < len(a); i++ {
				n := a[i][c] / a[c][c]
				for j := range 3 {
					a[i][j] -= n * a[c][j]
				}
				for j := range u[i] {
					u[i][j] -= n * u[c][j]
				}
				done = done && a[i][c] == 0
			}
			for j := c + 1; j < 3; j++ {
				n := a[c][j] / a[c][c]
				for i := range a {
					a[i][j] -= n * a[i][c]
				}
				for i := range v {
					v[i][j] -= n * v[i][c]
				}
				done = done && a[c][j] == 0
			}
			if done {
				d[c] = a[c][c]
				break
			}
		}
	}
	return u, d, v
}
