package crystal

import "math"

// originSolver finds the moves of the origin that turn the translations of a
// group into given ones: s with (R − I) s = b modulo whole cells, for every
// generator R of the group. It is set up once for a group by bringing the
// stacked matrices R − I to Smith normal form, U A V = D, in whole numbers;
// after that a trial costs one product.
type originSolver struct {
	gens []int
	u    [][]int   // U, one row for each row of A
	d    [3]int    // diagonal of D, zeros last
	v    [3][3]int // V
}

func newOriginSolver(g *motions) *originSolver {
	s := &originSolver{gens: g.generators(), v: identityInt}
	var a [][3]int
	for _, k := range s.gens {
		r := g.list[k].r
		for i := range 3 {
			row := [3]int{int(r[i][0]), int(r[i][1]), int(r[i][2])}
			row[i]--
			a = append(a, row)
		}
	}
	s.u = make([][]int, len(a))
	for i := range s.u {
		s.u[i] = make([]int, len(a))
		s.u[i][i] = 1
	}
	addRow := func(to, from, n int) {
		for k := range 3 {
			a[to][k] += n * a[from][k]
		}
		for k := range s.u[to] {
			s.u[to][k] += n * s.u[from][k]
		}
	}
	addColumn := func(to, from, n int) {
		for r := range a {
			a[r][to] += n * a[r][from]
		}
		for r := range 3 {
			s.v[r][to] += n * s.v[r][from]
		}
	}
	for c := range min(3, len(a)) {
		for {
			// The smallest remaining entry becomes the pivot.
			pr, pc := -1, -1
			for i := c; i < len(a); i++ {
				for j := c; j < 3; j++ {
					if a[i][j] != 0 && (pr < 0 || abs(a[i][j]) < abs(a[pr][pc])) {
						pr, pc = i, j
					}
				}
			}
			if pr < 0 {
				return s
			}
			a[c], a[pr] = a[pr], a[c]
			s.u[c], s.u[pr] = s.u[pr], s.u[c]
			if pc != c {
				for r := range a {
					a[r][c], a[r][pc] = a[r][pc], a[r][c]
				}
				for r := range 3 {
					s.v[r][c], s.v[r][pc] = s.v[r][pc], s.v[r][c]
				}
			}
			clear := true
			for i := c + 1; i < len(a); i++ {
				addRow(i, c, -(a[i][c] / a[c][c]))
				clear = clear && a[i][c] == 0
			}
			for j := c + 1; j < 3; j++ {
				addColumn(j, c, -(a[c][j] / a[c][c]))
				clear = clear && a[c][j] == 0
			}
			if clear {
				s.d[c] = a[c][c]
				break
			}
		}
	}
	return s
}

// solve returns y = U b for the right-hand side b in 24ths, three numbers for
// every generator, and whether a solution exists. The solutions are
// s = V (y_i + 24 k)/(24 d_i) for whole k, with y_i anything where d_i is zero.
func (s *originSolver) solve(b []int) (y [3]int, ok bool) {
	for i, row := range s.u {
		sum := 0
		for k, n := range row {
			sum += n * b[k]
		}
		if i < 3 {
			y[i] = sum
		}
		if (i >= 3 || s.d[i] == 0) && modulo(sum, 24) != 0 {
			return y, false
		}
	}
	return y, true
}

// best returns that solution s of solve for which s − target is shortest in the
// lattice, and this difference. Directions in which the origin is free (polar
// axes) are chosen so that the difference has no part along them.
func (s *originSolver) best(l Lattice, y [3]int, target Frac) (shift Frac, length float64) {
	var free []Frac
	count := [3]int{1, 1, 1}
	for i, d := range s.d {
		if d == 0 {
			free = append(free, Frac{float64(s.v[0][i]), float64(s.v[1][i]), float64(s.v[2][i])})
		} else {
			count[i] = abs(d)
		}
	}
	project := projector(l, free)
	length = math.Inf(1)
	for i := range count[0] {
		for j := range count[1] {
			for k := range count[2] {
				var x [3]float64
				for n, c := range [3]int{i, j, k} {
					if s.d[n] != 0 {
						x[n] = (float64(y[n])/24 + float64(c)) / float64(s.d[n])
					}
				}
				var d Frac
				for n := range 3 {
					d[n] = float64(s.v[n][0])*x[0] + float64(s.v[n][1])*x[1] + float64(s.v[n][2])*x[2] - target[n]
				}
				if e, r := shortestImage(l, d, project); r < length-1e-7 {
					shift, length = e, r
				}
			}
		}
	}
	if length < 1e-9 {
		shift = Frac{}
	}
	return shift, length
}

// projector returns a function that removes from a vector its part along the
// free directions.
func projector(l Lattice, free []Frac) func(Frac) Frac {
	if len(free) == 3 {
		return func(Frac) Frac { return Frac{} }
	}
	unit := free[:0:0]
	dot := func(a, b Frac) float64 { return l.Cart(a).Dot(l.Cart(b)) }
	remove := func(f Frac) Frac {
		for _, u := range unit {
			n := dot(f, u)
			for k := range 3 {
				f[k] -= n * u[k]
			}
		}
		return f
	}
	for _, f := range free {
		f = remove(f)
		n := math.Sqrt(dot(f, f))
		unit = append(unit, Frac{f[0] / n, f[1] / n, f[2] / n})
	}
	return remove
}

// shortestImage returns the shortest of the vectors d + whole cells, after the
// projection. The basis must be reduced.
func shortestImage(l Lattice, d Frac, project func(Frac) Frac) (best Frac, length float64) {
	d = d.folded()
	length = math.Inf(1)
	for i := -1.0; i <= 1; i++ {
		for j := -1.0; j <= 1; j++ {
			for k := -1.0; k <= 1; k++ {
				e := project(d.Add(Frac{i, j, k}))
				if r := l.distance(e); r < length-1e-7 {
					best, length = e, r
				}
			}
		}
	}
	return best, length
}
