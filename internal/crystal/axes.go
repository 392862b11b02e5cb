package crystal

import (
	"math"
	"slices"

	"zoneaxis/internal/geom"
	"zoneaxis/internal/lean/sorts"
	"zoneaxis/internal/symmetry"
)

// pointGroup returns the symbol of the point group, empty if it is none.
func (g *motions) pointGroup() string {
	ops := make([]symmetry.Op, len(g.list))
	for i := range g.list {
		ops[i].R = g.list[i].r
	}
	return symmetry.PointGroup(ops)
}

// setup is a candidate for the conventional axes: (a, b, c)conv = (a, b, c) M,
// M whole numbers with positive determinant.
type setup struct {
	m    [3][3]int
	rank [3]float64 // candidates are tried in this order, Å² and Å
}

// setups returns the candidates for conventional axes that the rotations and
// the lengths of lattice vectors allow, best first. They still have to be
// compared with the operations of a space group. metric is that of the
// primitive basis, with the exact symmetry.
func (g *motions) setups(metric geom.Mat3) []setup {
	axes := map[int][]UVW{} // directions of the axes by the order of the rotation
	for i := range g.list {
		r := g.list[i].r
		order := abs(symmetry.Op{R: r}.Type())
		if order == 1 {
			continue
		}
		if u := axisOf(r); !slices.Contains(axes[order], u) {
			axes[order] = append(axes[order], u)
		}
	}
	length := func(u UVW) float64 { return math.Sqrt(dotUVW(metric, u, u)) }
	var out []setup
	add := func(a, b, c UVW, rank ...float64) {
		s := setup{m: [3][3]int{{a[0], b[0], c[0]}, {a[1], b[1], c[1]}, {a[2], b[2], c[2]}}}
		copy(s.rank[:], rank)
		if detInt(s.m) > 0 {
			out = append(out, s)
		}
	}
	frame := func(v [3]UVW, ranked bool) {
		for _, p := range [6][3]int{{0, 1, 2}, {1, 2, 0}, {2, 0, 1}, {1, 0, 2}, {0, 2, 1}, {2, 1, 0}} {
			for sign := range 8 {
				var w [3]UVW
				for k := range 3 {
					w[k] = v[p[k]]
					if sign>>k&1 == 1 {
						w[k] = w[k].Neg()
					}
				}
				if ranked {
					add(w[0], w[1], w[2], length(w[0]), length(w[1]), length(w[2]))
				} else {
					add(w[0], w[1], w[2])
				}
			}
		}
	}

	switch {
	case len(axes[3]) == 4: // cubic
		v := axes[4]
		if len(v) != 3 {
			v = axes[2]
		}
		frame([3]UVW(v[:3]), false)
	case len(axes[3]) == 1: // trigonal, hexagonal
		c := axes[3][0]
		for _, z := range []UVW{c, c.Neg()} {
			flat := shortestAcross(metric, z)
			for _, a := range flat {
				for _, b := range flat {
					if cosine := dotUVW(metric, a, b) / (length(a) * length(b)); math.Abs(cosine+0.5) < 1e-6 {
						add(a, b, z)
					}
				}
			}
		}
	case len(axes[4]) == 1: // tetragonal
		c := axes[4][0]
		for _, z := range []UVW{c, c.Neg()} {
			flat := shortestAcross(metric, z)
			for _, a := range flat {
				for _, b := range flat {
					if math.Abs(dotUVW(metric, a, b)) < 1e-6*length(a)*length(b) {
						add(a, b, z)
					}
				}
			}
		}
	case len(axes[2]) == 3: // orthorhombic
		frame([3]UVW(axes[2]), true)
	case len(axes[2]) == 1: // monoclinic
		b := axes[2][0]
		flat := across(metric, b, 4)
		for _, y := range []UVW{b, b.Neg()} {
			for _, a := range flat {
				for _, c := range flat {
					la, lc := length(a), length(c)
					if dotUVW(metric, a, c) <= 1e-9*la*lc {
						add(a, y, c, la*la+lc*lc, la)
					}
				}
			}
		}
	default: // triclinic: the primitive basis is the Niggli cell
		add(UVW{1, 0, 0}, UVW{0, 1, 0}, UVW{0, 0, 1})
	}
	sorts.Stable(out, func(p, q setup) int { return compareRank(p.rank, q.rank) })
	return out
}

// compareRank compares with a small tolerance, so that lengths that are equal
// by symmetry or by chance tie.
func compareRank(p, q [3]float64) int {
	for k := range 3 {
		if d := p[k] - q[k]; math.Abs(d) > 1e-6*(p[k]+q[k]) {
			if d < 0 {
				return -1
			}
			return 1
		}
	}
	return 0
}

// axisOf returns the shortest lattice vector along the axis of a rotation or
// rotoinversion, with its first index that is not zero positive.
func axisOf(r [3][3]int8) UVW {
	d := det8(r)
	var m [3][3]int
	for i := range 3 {
		for j := range 3 {
			m[i][j] = d * int(r[i][j])
		}
		m[i][i]--
	}
	// The axis is normal to all rows of R − I.
	for i := range 3 {
		for j := range i {
			u := UVW(cross(m[i], m[j])).Reduced()
			for _, n := range u {
				if n < 0 {
					return u.Neg()
				}
				if n > 0 {
					return u
				}
			}
		}
	}
	return UVW{}
}

func dotUVW(metric geom.Mat3, u, v UVW) float64 {
	sum := 0.0
	for i := range 3 {
		for j := range 3 {
			sum += metric[i][j] * float64(u[i]) * float64(v[j])
		}
	}
	return sum
}

// across returns the lattice vectors normal to z with indices up to limit that
// are not multiples of others, shortest first.
func across(metric geom.Mat3, z UVW, limit int) []UVW {
	var out []UVW
	zz := dotUVW(metric, z, z)
	for i := -limit; i <= limit; i++ {
		for j := -limit; j <= limit; j++ {
			for k := -limit; k <= limit; k++ {
				u := UVW{i, j, k}
				if gcd(gcd(i, j), k) != 1 {
					continue
				}
				if math.Abs(dotUVW(metric, u, z)) < 1e-6*math.Sqrt(zz*dotUVW(metric, u, u)) {
					out = append(out, u)
				}
			}
		}
	}
	sorts.Stable(out, func(u, v UVW) int {
		return compareRank([3]float64{dotUVW(metric, u, u)}, [3]float64{dotUVW(metric, v, v)})
	})
	return out
}

// shortestAcross returns the shortest lattice vectors normal to z.
func shortestAcross(metric geom.Mat3, z UVW) []UVW {
	u := across(metric, z, 3)
	n := slices.IndexFunc(u, func(v UVW) bool {
		return dotUVW(metric, v, v) > (1+1e-6)*dotUVW(metric, u[0], u[0])
	})
	if n < 0 {
		return u
	}
	return u[:n]
}
