package crystal

import (
	"cmp"
	"math"
	"slices"

	"zoneaxis/internal/atom"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/lean/sorts"
)

// arrangement is a structure as the symmetry search sees it: positions, each of
// a kind, in a lattice. Positions of one kind hold the same elements with the
// same occupancies.
type arrangement struct {
	lattice Lattice   // with a reduced basis
	basis   [3][3]int // (a, b, c) = (a, b, c)given basis, only of newArrangement
	pos     []Frac
	kind    []int32
	// sites lists for every position the sites of the structure that it stands
	// for: one list for every place of the given cell that is equivalent to it
	// by a translation, the place itself first. Within a list the sites are
	// ordered by element, then occupancy.
	sites [][][]int
}

// content is what sits on a position.
type content struct {
	z   atom.Z
	occ float64
}

// newArrangement gathers sites closer than tol into positions, as long as
// their occupancies can share one. Empty sites are left out.
func newArrangement(s *Structure, tol float64) *arrangement {
	all := make([]Frac, len(s.Sites))
	for i := range s.Sites {
		all[i] = s.Sites[i].Frac
	}
	a := &arrangement{}
	a.lattice, a.basis, all = s.Lattice.reduced(all)
	var g *grid
	if slices.ContainsFunc(s.Sites, func(t Site) bool { return t.Occ < 1-occSlack }) {
		g = newGrid(a.lattice, all, tol)
	}
	used := make([]bool, len(all))
	var kinds [][]content
	for i := range s.Sites {
		if used[i] || s.Sites[i].Occ <= 0 {
			continue
		}
		members, total := []int{i}, s.Sites[i].Occ
		used[i] = true
		mean := Frac{}
		if total < 1-occSlack {
			g.visit(all[i], func(j int, _ float64) {
				if used[j] || s.Sites[j].Occ <= 0 || total+s.Sites[j].Occ > 1+occSlack {
					return
				}
				used[j] = true
				total += s.Sites[j].Occ
				d := all[j].Sub(all[i]).folded()
				mean = mean.Add(d)
				members = append(members, j)
			})
			sorts.Func(members, func(p, q int) int {
				x, y := &s.Sites[p], &s.Sites[q]
				return cmp.Or(cmp.Compare(x.Z, y.Z), cmp.Compare(x.Occ, y.Occ), cmp.Compare(p, q))
			})
		}
		for k := range mean {
			mean[k] = all[i][k] + mean[k]/float64(len(members))
		}
		var c []content
		for _, m := range members {
			if n := len(c); n > 0 && c[n-1].z == s.Sites[m].Z {
				c[n-1].occ += s.Sites[m].Occ
			} else {
				c = append(c, content{s.Sites[m].Z, s.Sites[m].Occ})
			}
		}
		k := slices.IndexFunc(kinds, func(d []content) bool { return sameContent(c, d) })
		if k < 0 {
			k = len(kinds)
			kinds = append(kinds, c)
		}
		a.pos = append(a.pos, mean.Wrapped())
		a.kind = append(a.kind, int32(k))
		a.sites = append(a.sites, [][]int{members})
	}
	a.refineKinds(kinds, tol)
	return a
}

// surroundings is the radius, Å, within which refineKinds looks at neighbours.
const surroundings = 4.0

// refineKinds splits kinds by what surrounds the positions, so that in a large
// cell with a defect few positions are left to try. Every position gets the
// number Σ Z w(r) over its neighbours, w(r) = (1 − r²/R²)²; positions of a kind
// are split where the sorted numbers leave a gap that deviations within tol
// cannot explain, so equivalent positions never part. Cells too narrow for
// neighbours to be counted once are left alone, as are small ones, which are
// searched as fast without.
func (a *arrangement) refineKinds(kinds [][]content, tol float64) {
	const few = 64
	if len(a.pos) <= few || len(a.rarest()) <= few {
		return
	}
	for _, star := range a.lattice.StarLengths() {
		if 2*surroundings*star >= 1 {
			return
		}
	}
	weight := make([]float64, len(kinds))
	for k, c := range kinds {
		for _, x := range c {
			weight[k] += float64(x.z) * x.occ
		}
	}
	type mark struct {
		i           int
		value, slop float64
	}
	marks := make([]mark, len(a.pos))
	g := newGrid(a.lattice, a.pos, surroundings+3*tol)
	for i, x := range a.pos {
		m := &marks[i]
		m.i = i
		g.visit(x, func(j int, d2 float64) {
			if j == i {
				return
			}
			// Both atoms may be off by tol, and the lattice may be strained; the
			// second derivative of w is below 8/R².
			const r2 = surroundings * surroundings
			z, off := weight[a.kind[j]], 3*tol
			q := 1 - min(1, d2/r2)
			m.value += z * q * q
			m.slop += z * (4*q*math.Sqrt(d2)/r2 + off*8/r2) * off
		})
	}
	sorts.Func(marks, func(p, q mark) int {
		return cmp.Or(cmp.Compare(a.kind[p.i], a.kind[q.i]), cmp.Compare(p.value, q.value), cmp.Compare(p.i, q.i))
	})
	refined := make([]int32, len(a.pos))
	next := int32(0)
	for n, m := range marks {
		if n > 0 {
			last := marks[n-1]
			if a.kind[last.i] != a.kind[m.i] || m.value-last.value > m.slop+last.slop {
				next++
			}
		}
		refined[m.i] = next
	}
	a.kind = refined
}

func sameContent(a, b []content) bool {
	return slices.EqualFunc(a, b, func(x, y content) bool {
		return x.z == y.z && math.Abs(x.occ-y.occ) <= sameOcc
	})
}

// rarest returns the positions of the kind that has the fewest.
func (a *arrangement) rarest() []int32 {
	count := map[int32]int{}
	for _, k := range a.kind {
		count[k]++
	}
	best := a.kind[0]
	for k, n := range count {
		if n < count[best] || n == count[best] && k < best {
			best = k
		}
	}
	var list []int32
	for i, k := range a.kind {
		if k == best {
			list = append(list, int32(i))
		}
	}
	return list
}

// matcher finds which positions a motion of the crystal carries into which.
type matcher struct {
	*arrangement
	grid *grid
	tol  float64
	dev  []Frac
	used []bool
}

func (a *arrangement) matcher(tol float64) *matcher {
	// A candidate translation comes from one pair of positions and carries
	// their errors; the mean over all pairs, which is what counts, does not.
	return &matcher{a, newGrid(a.lattice, a.pos, 2*tol), tol, make([]Frac, len(a.pos)), make([]bool, len(a.pos))}
}

// match reports whether x → R x + t carries the crystal into itself, within the
// tolerance for every position once t is corrected to the mean, which is
// returned with the permutation of the positions.
func (m *matcher) match(r [3][3]int8, t Frac) (mean Frac, perm []int32, ok bool) {
	clear(m.used)
	perm = make([]int32, 0, len(m.pos))
	for i, x := range m.pos {
		y := rotate(r, x).Add(t)
		j := m.grid.nearest(y, m.kind, m.kind[i])
		if j < 0 || m.used[j] {
			return mean, nil, false
		}
		m.used[j] = true
		perm = append(perm, int32(j))
		m.dev[i] = m.pos[j].Sub(y).folded()
		mean = mean.Add(m.dev[i])
	}
	for k := range mean {
		mean[k] /= float64(len(m.pos))
	}
	for _, d := range m.dev {
		if m.lattice.distance(d.Sub(mean)) > m.tol {
			return mean, nil, false
		}
	}
	return t.Add(mean), perm, true
}

func rotate(r [3][3]int8, x Frac) Frac {
	var y Frac
	for i := range 3 {
		y[i] = float64(r[i][0])*x[0] + float64(r[i][1])*x[1] + float64(r[i][2])*x[2]
	}
	return y
}

// primitive returns the arrangement in a reduced cell without inner
// translations and that cell: (a', b', c') = (a, b, c) num/den. Positions that
// were equivalent are averaged. It reports false if the translations within the
// tolerance contradict each other.
func (a *arrangement) primitive(tol float64) (p *arrangement, num [3][3]int, den int, ok bool) {
	generators, num, den := a.translations(tol)
	multiple := den * den * den / detInt(num)
	if len(a.pos)%multiple != 0 {
		return nil, num, den, false
	}
	basis := floatMat(num)
	for i := range basis {
		for j := range basis {
			basis[i][j] /= float64(den)
		}
	}
	lattice, err := a.lattice.Transformed(basis)
	if err != nil {
		return nil, num, den, false
	}
	reduced, step := lattice.Niggli()
	num = mulInt(num, step)
	basis = basis.Mul(floatMat(step))
	inverse := basis.Inverse()

	p = &arrangement{lattice: reduced}
	seen := make([]bool, len(a.pos))
	for i := range a.pos {
		if seen[i] {
			continue
		}
		orbit := []int{i}
		seen[i] = true
		for n := 0; n < len(orbit); n++ {
			for _, g := range generators {
				if j := int(g[orbit[n]]); !seen[j] {
					seen[j] = true
					orbit = append(orbit, j)
				}
			}
		}
		if len(orbit) != multiple {
			return nil, num, den, false
		}
		origin := fracOf(inverse, a.pos[i])
		var mean Frac
		var lists [][]int
		for _, j := range orbit {
			mean = mean.Add(fracOf(inverse, a.pos[j]).Sub(origin).folded())
			lists = append(lists, a.sites[j]...)
		}
		for k := range mean {
			mean[k] = origin[k] + mean[k]/float64(multiple)
		}
		p.pos = append(p.pos, mean.Wrapped())
		p.kind = append(p.kind, a.kind[i])
		p.sites = append(p.sites, lists)
	}
	return p, num, den, true
}

func fracOf(m geom.Mat3, x Frac) Frac {
	y := m.Apply(geom.Vec{X: x[0], Y: x[1], Z: x[2]})
	return Frac{y.X, y.Y, y.Z}
}

// translations returns permutations that generate the translations of the
// arrangement, and the lattice of all of them in units of the cell: the columns
// of num/den, exact fractions. A translation permutes the positions in cycles of
// one length n, so n times it is a vector of the given lattice; that makes it
// exact.
func (a *arrangement) translations(tol float64) (generators [][]int32, num [3][3]int, den int) {
	m := a.matcher(tol)
	rare := a.rarest()
	num, den = identityInt, 1
	reached := map[int32]bool{rare[0]: true} // images of rare[0] so far
	for _, j := range rare[1:] {
		if reached[j] {
			continue
		}
		t, perm, ok := m.match(symIdentity, a.pos[j].Sub(a.pos[rare[0]]))
		if !ok {
			continue
		}
		order := 1
		for i := perm[rare[0]]; i != rare[0]; i = perm[i] {
			order++
		}
		generators = append(generators, perm)
		whole := [3]int{}
		for k := range 3 {
			whole[k] = int(math.Round(t[k] * float64(order)))
		}
		num, den = addToLattice(num, den, whole, order)
		// Everything the generators reach is a translation already.
		queue := []int32{rare[0]}
		reached = map[int32]bool{rare[0]: true}
		for n := 0; n < len(queue); n++ {
			for _, g := range generators {
				if i := g[queue[n]]; !reached[i] {
					reached[i] = true
					queue = append(queue, i)
				}
			}
		}
	}
	return generators, num, den
}

var symIdentity = [3][3]int8{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}

// addToLattice returns a basis, as columns of num/den, of the lattice spanned by
// the given one and the vector t/order.
func addToLattice(num [3][3]int, den int, t [3]int, order int) ([3][3]int, int) {
	common := den / gcd(den, order) * order
	var rows [][3]int
	for j := range 3 {
		rows = append(rows, [3]int{num[0][j] * (common / den), num[1][j] * (common / den), num[2][j] * (common / den)})
	}
	rows = append(rows, [3]int{t[0] * (common / order), t[1] * (common / order), t[2] * (common / order)})
	// Row echelon form by Euclid's algorithm on each column.
	for c := range 3 {
		for {
			best := -1
			for r := c; r < len(rows); r++ {
				if rows[r][c] != 0 && (best < 0 || abs(rows[r][c]) < abs(rows[best][c])) {
					best = r
				}
			}
			rows[c], rows[best] = rows[best], rows[c]
			done := true
			for r := c + 1; r < len(rows); r++ {
				q := rows[r][c] / rows[c][c]
				for k := range 3 {
					rows[r][k] -= q * rows[c][k]
				}
				done = done && rows[r][c] == 0
			}
			if done {
				break
			}
		}
	}
	if rows[0][0]*rows[1][1]*rows[2][2] < 0 {
		rows[0] = [3]int{-rows[0][0], -rows[0][1], -rows[0][2]}
	}
	g := common
	for _, r := range rows[:3] {
		g = gcd(g, gcd(gcd(r[0], r[1]), r[2]))
	}
	for i := range 3 {
		for j := range 3 {
			num[i][j] = rows[j][i] / g
		}
	}
	return num, common / g
}

func abs(a int) int { return max(a, -a) }
