// Package kernel does the arithmetic of package bloch that takes the time, in
// single precision: products of matrices and vectors, and sums of products.
// Built with GOEXPERIMENT=simd it uses vectors of four numbers (simd.go), else
// plain Go (plain.go). Both do the same operations in the same order and round
// after each, so their results are the same bit for bit, on every machine.
//
// Matrices lie in tiles of four by four, vectors in quads, filled up with zeros.
package kernel

type (
	Quad [4]float32 // four numbers in a row of a vector
	Oct  [8]float32 // one number of each of eight vectors
	tile [16]float32
	// pair is a tile of the real part and one of the imaginary part.
	pair struct{ re, im tile }
)

// Quads returns a vector of at least n zeros.
func Quads(n int) []Quad { return make([]Quad, (n+3)/4) }

// Octs returns eight vectors of at least n zeros, for matrices of order n.
func Octs(n int) []Oct { return make([]Oct, (n+3)&^3) }

// Sym is a real symmetric matrix without its diagonal, which callers keep in
// double precision. There are tiles below and on the diagonal only, one row of
// tiles after the other.
type Sym struct {
	N     int
	tiles []tile
}

// NewSym returns a matrix of order n, all elements 0.
func NewSym(n int) *Sym {
	b := (n + 3) / 4
	return &Sym{N: n, tiles: make([]tile, b*(b+1)/2)}
}

// Set sets the elements (i, j) and (j, i), i > j.
func (s *Sym) Set(i, j int, v float32) {
	b, c := i/4, j/4
	t := &s.tiles[b*(b+1)/2+c]
	t[4*(i&3)+j&3] = v
	if b == c {
		t[4*(j&3)+i&3] = v
	}
}

// At returns the element (i, j), i > j.
func (s *Sym) At(i, j int) float32 {
	b := i / 4
	return s.tiles[b*(b+1)/2+j/4][4*(i&3)+j&3]
}

// Numbers is how many Each goes through.
func (s *Sym) Numbers() int { return 16 * len(s.tiles) }

// Each calls f for every number of the tiles, in the order in which they lie.
func (s *Sym) Each(f func(*float32)) {
	for i := range s.tiles {
		for j := range s.tiles[i] {
			f(&s.tiles[i][j])
		}
	}
}

// Mul sets y to the product of the matrix and x. It reads half of the matrix.
func (s *Sym) Mul(y, x []Quad) { symMul(s.tiles, y, x) }

// Mul8 is Mul for eight vectors.
func (s *Sym) Mul8(y, x []Oct) { symMul8(s.tiles, y, x) }

// Sub takes Σ_w f_wi v_wj from the elements (i, j) for i > j, and as much from
// (j, i).
func (s *Sym) Sub(f, v *Stack) {
	blocks, at := (s.N+3)/4, 0
	for b := range blocks {
		row := s.tiles[at : at+b+1]
		for c := 0; c+1 < len(row); c += 2 {
			subTiles(&row[c], &row[c+1], f.of(b), v.of(c), v.of(c+1))
		}
		t := &row[b]
		if b&1 == 0 {
			var none tile
			subTiles(t, &none, f.of(b), v.of(b), v.of(b))
		}
		for i := range 4 {
			t[5*i] = 0
			for j := range i {
				t[4*j+i] = t[4*i+j]
			}
		}
		at += b + 1
	}
}

// General is a complex matrix of order N without its diagonal, one row of tiles
// after the other.
type General struct {
	N     int
	pairs []pair
}

// NewGeneral returns a matrix of order n, all elements 0.
func NewGeneral(n int) *General {
	b := (n + 3) / 4
	return &General{N: n, pairs: make([]pair, b*b)}
}

func (g *General) at(i, j int) (*pair, int) {
	return &g.pairs[(i/4)*((g.N+3)/4)+j/4], 4*(i&3) + j&3
}

// Set sets the element (i, j), i ≠ j.
func (g *General) Set(i, j int, re, im float32) {
	p, k := g.at(i, j)
	p.re[k], p.im[k] = re, im
}

// At returns the element (i, j).
func (g *General) At(i, j int) (re, im float32) {
	p, k := g.at(i, j)
	return p.re[k], p.im[k]
}

// Numbers is how many Each goes through.
func (g *General) Numbers() int { return 32 * len(g.pairs) }

// Each calls f for every number of the tiles, in the order in which they lie.
func (g *General) Each(f func(*float32)) {
	for i := range g.pairs {
		p := &g.pairs[i]
		for j := range p.re {
			f(&p.re[j])
		}
		for j := range p.im {
			f(&p.im[j])
		}
	}
}

// Mul sets y to the product of the matrix and x, both given as real and
// imaginary parts.
func (g *General) Mul(yr, yi, xr, xi []Quad) { generalMul(g.pairs, yr, yi, xr, xi) }

// Mul8 is Mul for eight vectors.
func (g *General) Mul8(yr, yi, xr, xi []Oct) { generalMul8(g.pairs, yr, yi, xr, xi) }

// SubRe takes Σ_w f_wi v_wj from the real parts of the elements (i, j), those
// with j ≤ i only if lower is set; SubIm from the imaginary parts.
func (g *General) SubRe(f, v *Stack, lower bool) {
	g.sub(f, v, lower, func(p *pair) *tile { return &p.re })
}

// SubIm is SubRe for the imaginary parts.
func (g *General) SubIm(f, v *Stack, lower bool) {
	g.sub(f, v, lower, func(p *pair) *tile { return &p.im })
}

func (g *General) sub(f, v *Stack, lower bool, part func(*pair) *tile) {
	blocks := (g.N + 3) / 4
	for b := range blocks {
		row := g.pairs[b*blocks : (b+1)*blocks]
		if lower {
			row = row[:b+1]
		}
		c := 0
		for ; c+1 < len(row); c += 2 {
			subTiles(part(&row[c]), part(&row[c+1]), f.of(b), v.of(c), v.of(c+1))
		}
		if c < len(row) {
			var none tile
			subTiles(part(&row[c]), &none, f.of(b), v.of(c), v.of(c))
		}
		for k := range 4 {
			part(&row[b])[5*k] = 0
		}
	}
}

// Mirror sets the elements (j, i), j < i, to those at (i, j), their imaginary
// parts times sign.
func (g *General) Mirror(sign float32) {
	for i := range g.N {
		for j := range i {
			re, im := g.At(i, j)
			g.Set(j, i, re, sign*im)
		}
	}
}

// Stack holds vectors as Sub reads them: four components of all vectors side by
// side.
type Stack struct {
	Width int // vectors
	quads []Quad
}

// NewStack returns width vectors of n components, all of them 0.
func NewStack(n, width int) *Stack {
	return &Stack{width, make([]Quad, (n+3)/4*width)}
}

// Set sets component i of vector w.
func (s *Stack) Set(w, i int, v float32) { s.quads[(i/4)*s.Width+w][i&3] = v }

// of returns components 4b to 4b+3 of all vectors.
func (s *Stack) of(b int) []Quad { return s.quads[b*s.Width : (b+1)*s.Width] }
