package crystal

import (
	"math"

	"zoneaxis/internal/geom"
)

// motion is a symmetry operation of a crystal in a primitive cell:
// x → R x + t/24 about the origin of its motions.
type motion struct {
	r    [3][3]int8
	t    [3]int  // 24ths of the cell
	perm []int32 // perm[i] is the position that position i is carried to
}

// motions are all symmetry operations of an arrangement without inner
// translations, exact after a move of the origin.
type motions struct {
	list   []motion       // identity first
	origin Frac           // the point about which the translations are exact
	lookup map[uint32]int // by rotationKey
}

// pointSymmetry returns the matrices that carry the lattice into itself within
// tol: images of the basis, their sums and differences keep their lengths. The
// basis must be reduced; then the entries of exact operations are −1, 0 or 1,
// and up to 2 are tried for lattices that are symmetric only within tol.
func (l Lattice) pointSymmetry(tol float64) [][3][3]int8 {
	type image struct {
		n [3]int8
		v geom.Vec
	}
	var basis [3]geom.Vec
	basis[0], basis[1], basis[2] = l.direct.Transpose().Rows()
	var images [3][]image
	for i := int8(-2); i <= 2; i++ {
		for j := int8(-2); j <= 2; j++ {
			for k := int8(-2); k <= 2; k++ {
				v := l.R(UVW{int(i), int(j), int(k)})
				for b := range 3 {
					if math.Abs(v.Norm()-basis[b].Norm()) <= tol {
						images[b] = append(images[b], image{[3]int8{i, j, k}, v})
					}
				}
			}
		}
	}
	sameAngle := func(u, v geom.Vec, i, j int) bool {
		return math.Abs(u.Add(v).Norm()-basis[i].Add(basis[j]).Norm()) <= tol &&
			math.Abs(u.Sub(v).Norm()-basis[i].Sub(basis[j]).Norm()) <= tol
	}
	var out [][3][3]int8
	for _, a := range images[0] {
		for _, b := range images[1] {
			if !sameAngle(a.v, b.v, 0, 1) {
				continue
			}
			for _, c := range images[2] {
				if !sameAngle(a.v, c.v, 0, 2) || !sameAngle(b.v, c.v, 1, 2) {
					continue
				}
				r := [3][3]int8{{a.n[0], b.n[0], c.n[0]}, {a.n[1], b.n[1], c.n[1]}, {a.n[2], b.n[2], c.n[2]}}
				if d := det8(r); d == 1 || d == -1 {
					out = append(out, r)
				}
			}
		}
	}
	return out
}

// motions finds the symmetry operations of a primitive arrangement. It reports
// false if those found within the tolerance do not form a group.
func (a *arrangement) motions(tol float64) (*motions, bool) {
	m := a.matcher(tol)
	rare := a.rarest()
	var list []motion
	var trans []Frac
	for _, r := range a.lattice.pointSymmetry(tol) {
		from := rotate(r, a.pos[rare[0]])
		for _, j := range rare {
			t, perm, ok := m.match(r, a.pos[j].Sub(from))
			if !ok {
				continue
			}
			one := motion{r: r, perm: perm}
			if r == symIdentity && len(list) > 0 {
				list, trans = append(list, list[0]), append(trans, trans[0])
				list[0], trans[0] = one, t
			} else {
				list, trans = append(list, one), append(trans, t)
			}
			break
		}
	}
	if len(list) == 0 || list[0].r != symIdentity || 48%len(list) != 0 {
		return nil, false
	}
	g := &motions{list: list, lookup: make(map[uint32]int, len(list))}
	for i, o := range list {
		g.lookup[rotationKey(o.r)] = i
	}
	trans[0] = Frac{}
	g.chooseOrigin(trans)
	return g, g.exact(trans) && g.closed()
}

// chooseOrigin sets an origin about which all translations are multiples of
// 1/24. With an inversion centre that is the centre: about it every
// translation is a half or zero. Without one it is the mean image of the
// origin of the cell, c = Σ t/N over the N operations: the group carries c into
// c but for multiples of 1/N, and N is a divisor of 24.
func (g *motions) chooseOrigin(trans []Frac) {
	if i, ok := g.lookup[rotationKey(inversion)]; ok {
		for k := range 3 {
			g.origin[k] = trans[i][k] / 2
		}
		return
	}
	for _, t := range trans {
		g.origin = g.origin.Add(t)
	}
	for k := range 3 {
		g.origin[k] /= float64(len(trans))
	}
}

// exact rounds the translations about the origin to 24ths. It reports false if
// one is closer to another multiple of the step that the group allows than
// half of it.
func (g *motions) exact(trans []Frac) bool {
	step := 24 / gcd(24, len(g.list)) // 24ths
	if _, ok := g.lookup[rotationKey(inversion)]; ok {
		step = 12
	}
	for i := range g.list {
		o := &g.list[i]
		t := trans[i].Add(rotate(o.r, g.origin)).Sub(g.origin)
		for k := range 3 {
			n := t[k] * 24 / float64(step)
			if math.Abs(n-math.Round(n)) > 0.4 {
				return false
			}
			o.t[k] = modulo(int(math.Round(n))*step, 24)
		}
	}
	return true
}

// closed reports whether the product of any two operations is one of them.
func (g *motions) closed() bool {
	for i := range g.list {
		for j := range g.list {
			a, b := &g.list[i], &g.list[j]
			p, ok := g.lookup[rotationKey(mul8(a.r, b.r))]
			if !ok {
				return false
			}
			t := apply8(a.r, b.t)
			for k := range 3 {
				if modulo(t[k]+a.t[k]-g.list[p].t[k], 24) != 0 {
					return false
				}
			}
		}
	}
	return true
}

// metric returns the metric of the lattice averaged over the operations, so
// that it has their symmetry exactly but for rounding.
func (g *motions) metric(l Lattice) geom.Mat3 {
	m := l.Metric()
	var sum geom.Mat3
	for i := range g.list {
		var r geom.Mat3
		for p := range 3 {
			for q := range 3 {
				r[p][q] = float64(g.list[i].r[p][q])
			}
		}
		n := r.Transpose().Mul(m).Mul(r)
		for p := range 3 {
			for q := range 3 {
				sum[p][q] += n[p][q] / float64(len(g.list))
			}
		}
	}
	return sum
}

// generators returns operations that generate all others.
func (g *motions) generators() []int {
	var gen []int
	reached := map[[3][3]int8]bool{symIdentity: true}
	for i := range g.list {
		if reached[g.list[i].r] {
			continue
		}
		gen = append(gen, i)
		queue := [][3][3]int8{symIdentity}
		reached = map[[3][3]int8]bool{symIdentity: true}
		for n := 0; n < len(queue); n++ {
			for _, k := range gen {
				if p := mul8(g.list[k].r, queue[n]); !reached[p] {
					reached[p] = true
					queue = append(queue, p)
				}
			}
		}
	}
	return gen
}

var inversion = [3][3]int8{{-1, 0, 0}, {0, -1, 0}, {0, 0, -1}}

// rotationKey packs a matrix with entries from −4 to 4, which products of two
// matrices with entries up to 2 can only exceed if they are no symmetry of a
// reduced lattice; those get a key that no operation has.
func rotationKey(r [3][3]int8) (key uint32) {
	for i := range 3 {
		for j := range 3 {
			if r[i][j] < -4 || r[i][j] > 4 {
				return math.MaxUint32
			}
			key = 9*key + uint32(r[i][j]+4)
		}
	}
	return key
}

func det8(m [3][3]int8) int {
	var n [3][3]int
	for i := range 3 {
		for j := range 3 {
			n[i][j] = int(m[i][j])
		}
	}
	return detInt(n)
}

func mul8(a, b [3][3]int8) (r [3][3]int8) {
	for i := range 3 {
		for j := range 3 {
			r[i][j] = a[i][0]*b[0][j] + a[i][1]*b[1][j] + a[i][2]*b[2][j]
		}
	}
	return r
}

func apply8(r [3][3]int8, t [3]int) (u [3]int) {
	for i := range 3 {
		u[i] = int(r[i][0])*t[0] + int(r[i][1])*t[1] + int(r[i][2])*t[2]
	}
	return u
}
