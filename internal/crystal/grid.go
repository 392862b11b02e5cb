package crystal

import "math"

// wrap returns x shifted by whole cells into [0, 1).
func wrap(x float64) float64 {
	x -= math.Floor(x)
	if x >= 1 { // −1e-17 wraps to exactly 1
		return 0
	}
	return x
}

// Wrapped returns f shifted by whole cells into [0, 1).
func (f Frac) Wrapped() Frac { return Frac{wrap(f[0]), wrap(f[1]), wrap(f[2])} }

// Add returns f + g.
func (f Frac) Add(g Frac) Frac { return Frac{f[0] + g[0], f[1] + g[1], f[2] + g[2]} }

// Sub returns f − g.
func (f Frac) Sub(g Frac) Frac { return Frac{f[0] - g[0], f[1] - g[1], f[2] - g[2]} }

// folded returns f shifted by whole cells into [−½, ½].
func (f Frac) folded() Frac {
	return Frac{f[0] - math.Round(f[0]), f[1] - math.Round(f[1]), f[2] - math.Round(f[2])}
}

// distance returns the length in Å of the vector f of a lattice.
func (l Lattice) distance(f Frac) float64 { return l.Cart(f).Norm() }

// reduced returns the Niggli cell of the lattice, P with (a', b', c') =
// (a, b, c) P, and positions in the new basis. In a very skew basis the nearest
// image of an atom is not found by wrapping coordinates; in a reduced one it is.
func (l Lattice) reduced(pos []Frac) (Lattice, [3][3]int, []Frac) {
	n, p := l.Niggli()
	if p == identityInt {
		return l, p, pos
	}
	q := adjInt(p) // det P = 1
	out := make([]Frac, len(pos))
	for i, x := range pos {
		for k := range 3 {
			out[i][k] = float64(q[k][0])*x[0] + float64(q[k][1])*x[1] + float64(q[k][2])*x[2]
		}
	}
	return n, p, out
}

// grid finds positions near a point of the cell without looking at all of
// them. Positions are sorted into boxes that are wider than the reach. The basis
// of the lattice should be reduced.
type grid struct {
	lattice Lattice
	cutoff  float64 // Å
	reach   [3]float64
	n       [3]int
	start   []int32 // box b holds items[start[b]:start[b+1]]
	items   []int32
	pos     []Frac // wrapped
}

func newGrid(l Lattice, pos []Frac, cutoff float64) *grid {
	g := &grid{lattice: l, cutoff: cutoff, pos: make([]Frac, len(pos))}
	// About two positions a box, boxes of equal width in Å.
	width := max(math.Cbrt(2*l.volume/float64(len(pos)+1)), 2*cutoff)
	boxes := 1
	for k := range 3 {
		star := l.G([3]HKL{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}[k]).Norm()
		g.reach[k] = cutoff * star
		g.n[k] = max(1, min(64, int(1/(width*star))))
		boxes *= g.n[k]
	}
	g.start = make([]int32, boxes+1)
	g.items = make([]int32, len(pos))
	box := make([]int32, len(pos))
	for i, p := range pos {
		g.pos[i] = p.Wrapped()
		b := 0
		for k := range 3 {
			b = b*g.n[k] + min(int(g.pos[i][k]*float64(g.n[k])), g.n[k]-1)
		}
		box[i] = int32(b)
		g.start[b+1]++
	}
	for b := range boxes {
		g.start[b+1] += g.start[b]
	}
	fill := make([]int32, boxes)
	for i, b := range box {
		g.items[g.start[b]+fill[b]] = int32(i)
		fill[b]++
	}
	return g
}

// nearest returns the position closest to x among those whose kind equals want
// and that are within the cutoff; −1 if there is none. kind may be nil.
func (g *grid) nearest(x Frac, kind []int32, want int32) int {
	best, bestD := -1, g.cutoff*g.cutoff
	g.visit(x, func(i int, d2 float64) {
		if d2 <= bestD && (kind == nil || kind[i] == want) {
			best, bestD = i, d2
		}
	})
	return best
}

// visit calls f with every position within the cutoff of x and its squared
// distance in Å².
func (g *grid) visit(x Frac, f func(i int, d2 float64)) {
	x = x.Wrapped()
	var lo, hi [3]int
	for k := range 3 {
		if g.n[k] == 1 {
			continue
		}
		lo[k] = int(math.Floor((x[k] - g.reach[k]) * float64(g.n[k])))
		hi[k] = int(math.Floor((x[k] + g.reach[k]) * float64(g.n[k])))
		if hi[k]-lo[k] >= g.n[k] {
			lo[k], hi[k] = 0, g.n[k]-1
		}
	}
	cut2 := g.cutoff * g.cutoff
	m := &g.lattice.direct
	for a := lo[0]; a <= hi[0]; a++ {
		for b := lo[1]; b <= hi[1]; b++ {
			for c := lo[2]; c <= hi[2]; c++ {
				box := (modulo(a, g.n[0])*g.n[1]+modulo(b, g.n[1]))*g.n[2] + modulo(c, g.n[2])
				for _, i := range g.items[g.start[box]:g.start[box+1]] {
					p := &g.pos[i]
					u, v, w := fold(p[0]-x[0]), fold(p[1]-x[1]), fold(p[2]-x[2])
					rx := m[0][0]*u + m[0][1]*v + m[0][2]*w
					ry := m[1][1]*v + m[1][2]*w
					rz := m[2][2] * w
					if d2 := rx*rx + ry*ry + rz*rz; d2 <= cut2 {
						f(int(i), d2)
					}
				}
			}
		}
	}
}

// fold shifts the difference of two wrapped coordinates into [−½, ½].
func fold(d float64) float64 {
	if d > 0.5 {
		return d - 1
	}
	if d < -0.5 {
		return d + 1
	}
	return d
}

func modulo(a, n int) int { return ((a % n) + n) % n }
