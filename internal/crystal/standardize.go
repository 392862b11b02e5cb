package crystal

import (
	"cmp"
	"math"
	"slices"
	"sync"

	"zoneaxis/internal/geom"
	"zoneaxis/internal/lean/sorts"
	"zoneaxis/internal/symmetry"
)

// placement puts a primitive arrangement into the reference setting of its
// space group:
//
//	(a, b, c)conv = (a, b, c)prim M,  x_conv = M⁻¹ (x_prim + shift)
type placement struct {
	setting *symmetry.Setting
	m       [3][3]int
	shift   Frac
}

// reference is the group of a reference setting, ready for comparison.
type reference struct {
	setting    *symmetry.Setting
	translates map[[3][3]int8][3]int8
	centrings  [][3]int8
}

// references returns the reference settings of a point group.
func references(pointGroup string) []*reference {
	referenceCache.Lock()
	defer referenceCache.Unlock()
	list, ok := referenceCache.m[pointGroup]
	if !ok {
		for _, s := range symmetry.Settings() {
			if !s.Reference || s.PointGroup != pointGroup {
				continue
			}
			r := &reference{setting: s, translates: map[[3][3]int8][3]int8{}, centrings: s.Group().Centrings()}
			for _, o := range s.Group().Representatives() {
				r.translates[o.R] = o.T
			}
			list = append(list, r)
		}
		referenceCache.m[pointGroup] = list
	}
	return list
}

var referenceCache = struct {
	sync.Mutex
	m map[string][]*reference
}{m: map[string][]*reference{}}

// place finds the space group and the conventional axes and origin. Of the
// setups that the group allows it takes the best by the rules of setups; what
// they leave open is chosen so that the conventional basis, expressed in the
// given one by given·M, changes as little as possible, then so that the origin
// does. Only proper changes of axes are tried, so a crystal never turns into
// its mirror image.
func (g *motions) place(a *arrangement, metric geom.Mat3, given geom.Mat3) (placement, bool) {
	refs := references(g.pointGroup())
	solver := newOriginSolver(g)
	var best placement
	var bestCost [2]float64
	found := false
	var rank [3]float64
	for _, s := range g.setups(metric) {
		if found && compareRank(s.rank, rank) > 0 {
			break
		}
		if found && s.m != best.m {
			if c := basisChange(given.Mul(floatMat(s.m))); c > bestCost[0]+1e-6 {
				continue
			}
		}
		centrings, ok := centringsOf(s.m)
		if !ok {
			continue
		}
		for _, ref := range refs {
			if !sameCentrings(centrings, ref.centrings) {
				continue
			}
			b, ok := g.difference(ref, s.m, solver.gens)
			if !ok {
				continue
			}
			y, ok := solver.solve(b)
			if !ok {
				continue
			}
			// Positions about the origin of the motions are x − g.origin; the
			// smallest move of the given origin is the solution closest to g.origin.
			shift, length := solver.best(a.lattice, y, g.origin)
			change := given.Mul(floatMat(s.m))
			cost := [2]float64{basisChange(change), length}
			if !found || cost[0] < bestCost[0]-1e-6 ||
				cost[0] < bestCost[0]+1e-6 && (cost[1] < bestCost[1]-1e-6 ||
					cost[1] < bestCost[1]+1e-6 && simplerChange(change, given.Mul(floatMat(best.m)))) {
				found, rank = true, s.rank
				bestCost = cost
				best = placement{ref.setting, s.m, shift}
			}
			break // no two space groups have the same operations
		}
	}
	return best, found
}

// difference returns for every generator the translation t − M w, w being the
// translation of the reference group with the same rotation, in 24ths. It
// reports false if a rotation is not in the group.
func (g *motions) difference(ref *reference, m [3][3]int, gens []int) (b []int, ok bool) {
	adj, det := adjInt(m), detInt(m)
	for _, k := range gens {
		o := &g.list[k]
		var r [3][3]int
		for i := range 3 {
			for j := range 3 {
				r[i][j] = int(o.r[i][j])
			}
		}
		r = mulInt(mulInt(adj, r), m)
		var conv [3][3]int8
		for i := range 3 {
			for j := range 3 {
				if r[i][j]%det != 0 {
					return nil, false
				}
				conv[i][j] = int8(r[i][j] / det)
			}
		}
		w, ok := ref.translates[conv]
		if !ok {
			return nil, false
		}
		for i := range 3 {
			b = append(b, o.t[i]-m[i][0]*int(w[0])-m[i][1]*int(w[1])-m[i][2]*int(w[2]))
		}
	}
	return b, true
}

// centringsOf returns the lattice points in the cell of the basis M, in 24ths.
func centringsOf(m [3][3]int) ([][3]int8, bool) {
	adj, det := adjInt(m), detInt(m)
	if det < 1 || det > 4 {
		return nil, false
	}
	list := [][3]int8{{}}
	for k := range 3 {
		step := [3]int{adj[0][k], adj[1][k], adj[2][k]} // over det
		for n := 0; n < len(list); n++ {
			var p [3]int8
			for i := range 3 {
				p[i] = int8(modulo(int(list[n][i])+step[i]*(24/det), 24))
			}
			if !slices.Contains(list, p) {
				list = append(list, p)
			}
		}
	}
	return list, true
}

func sameCentrings(a, b [][3]int8) bool {
	if len(a) != len(b) {
		return false
	}
	for _, c := range a {
		if !slices.Contains(b, c) {
			return false
		}
	}
	return true
}

// basisChange measures how far a change of basis is from none.
func basisChange(p geom.Mat3) float64 {
	sum := 0.0
	for i := range 3 {
		for j := range 3 {
			d := p[i][j]
			if i == j {
				d--
			}
			sum += math.Abs(d)
		}
	}
	return sum
}

// simplerChange orders changes of basis of equal size, so that the choice does
// not depend on the order of the search.
func simplerChange(p, q geom.Mat3) bool {
	for i := range 3 {
		for j := range 3 {
			if d := p[i][j] - q[i][j]; math.Abs(d) > 1e-6 {
				return d > 0
			}
		}
	}
	return false
}

// idealCell returns the cell of the basis M with what the crystal system
// demands made exact.
func idealCell(system string, metric geom.Mat3, m [3][3]int) Cell {
	mm := floatMat(m)
	g := mm.Transpose().Mul(metric).Mul(mm)
	c := Cell{A: math.Sqrt(g[0][0]), B: math.Sqrt(g[1][1]), C: math.Sqrt(g[2][2])}
	angle := func(i, j int) float64 {
		return geom.Degrees(math.Acos(g[i][j] / math.Sqrt(g[i][i]*g[j][j])))
	}
	c.Alpha, c.Beta, c.Gamma = angle(1, 2), angle(0, 2), angle(0, 1)
	switch system {
	case "monoclinic":
		c.Alpha, c.Gamma = 90, 90
	case "orthorhombic":
		c.Alpha, c.Beta, c.Gamma = 90, 90, 90
	case "tetragonal":
		c.A = (c.A + c.B) / 2
		c.B, c.Alpha, c.Beta, c.Gamma = c.A, 90, 90, 90
	case "trigonal", "hexagonal":
		c.A = (c.A + c.B) / 2
		c.B, c.Alpha, c.Beta, c.Gamma = c.A, 90, 90, 120
	case "cubic":
		c.A = (c.A + c.B + c.C) / 3
		c.B, c.C, c.Alpha, c.Beta, c.Gamma = c.A, c.A, 90, 90, 90
	}
	return c
}

// symmetrised returns the positions about g.origin with the exact symmetry of
// the motions, each the mean of what all motions make of its equivalents, and
// for each position the motion that carries the first of its orbit to it.
func (g *motions) symmetrised(a *arrangement) (pos []Frac, first []int, from []int) {
	pos = make([]Frac, len(a.pos))
	first = make([]int, len(a.pos))
	from = make([]int, len(a.pos))
	for i := range first {
		first[i] = -1
	}
	for i := range a.pos {
		if first[i] >= 0 {
			continue
		}
		z := a.pos[i].Sub(g.origin)
		var mean Frac
		for k := range g.list {
			o := &g.list[k]
			y := a.pos[o.perm[i]].Sub(g.origin)
			for c := range 3 {
				y[c] -= float64(o.t[c]) / 24
			}
			mean = mean.Add(rotate(inverse8(o.r), y).Sub(z).folded())
		}
		for c := range 3 {
			z[c] += mean[c] / float64(len(g.list))
		}
		for k := range g.list {
			o := &g.list[k]
			j := int(o.perm[i])
			if first[j] >= 0 {
				continue
			}
			first[j], from[j] = i, k
			y := rotate(o.r, z)
			for c := range 3 {
				y[c] += float64(o.t[c]) / 24
			}
			pos[j] = y
		}
	}
	return pos, first, from
}

func inverse8(r [3][3]int8) [3][3]int8 {
	var m [3][3]int
	for i := range 3 {
		for j := range 3 {
			m[i][j] = int(r[i][j])
		}
	}
	adj, d := adjInt(m), detInt(m)
	var q [3][3]int8
	for i := range 3 {
		for j := range 3 {
			q[i][j] = int8(adj[i][j] * d)
		}
	}
	return q
}

// conventional builds the structure in the conventional cell. toPrim carries
// coordinates of the given cell to the primitive one.
func (g *motions) conventional(s *Structure, a *arrangement, p placement, cell Cell, toPrim geom.Mat3) (*Structure, error) {
	lattice, err := NewLattice(cell)
	if err != nil {
		return nil, err
	}
	pos, first, from := g.symmetrised(a)
	inverse := floatMat(p.m).Inverse()
	centrings, _ := centringsOf(p.m)
	sorts.Func(centrings, func(x, y [3]int8) int {
		return cmp.Or(cmp.Compare(x[0], y[0]), cmp.Compare(x[1], y[1]), cmp.Compare(x[2], y[2]))
	})
	givenStar, star := s.Lattice.StarLengths(), lattice.StarLengths()

	out := *s
	out.Lattice, out.Given = lattice, p.setting
	out.Notes = slices.Clone(s.Notes)
	out.Sites = nil
	for i := range pos {
		if first[i] != i {
			continue
		}
		atoms, tensors := g.meanSites(s, a, i, givenStar, toPrim)
		for j := i; j < len(pos); j++ {
			if first[j] != i {
				continue
			}
			x := fracOf(inverse, pos[j].Add(g.origin).Add(p.shift))
			turn := inverse.Mul(mat8(g.list[from[j]].r))
			for _, c := range centrings {
				for n, at := range atoms {
					for k := range 3 {
						at.Frac[k] = tidy(x[k] + float64(c[k])/24)
					}
					if at.Aniso {
						at.U = FromContravariant(turn.Mul(tensors[n]).Mul(turn.Transpose()), star)
					}
					out.Sites = append(out.Sites, at)
				}
			}
		}
	}
	return &out, nil
}

// meanSites returns the sites on the first position of an orbit: element,
// label, mean occupancy and B, and if all equivalents have one the mean
// displacement tensor ⟨Δx Δx⟩ on the primitive axes.
func (g *motions) meanSites(s *Structure, a *arrangement, i int, star [3]float64, toPrim geom.Mat3) ([]Site, []geom.Mat3) {
	model := a.sites[i][0]
	atoms := make([]Site, len(model))
	tensors := make([]geom.Mat3, len(model))
	for n, m := range model {
		atoms[n] = s.Sites[m]
		var members []*Site
		var sum geom.Mat3
		occ, aniso := 0.0, true
		for k := range g.list {
			back := mat8(inverse8(g.list[k].r)).Mul(toPrim)
			for _, list := range a.sites[g.list[k].perm[i]] {
				if len(list) != len(model) {
					continue // the same content, listed in another number of sites
				}
				t := &s.Sites[list[n]]
				members = append(members, t)
				occ += t.Occ
				aniso = aniso && t.Aniso
				if aniso {
					q := back.Mul(Contravariant(t.U, star)).Mul(back.Transpose())
					for r := range 3 {
						for c := range 3 {
							sum[r][c] += q[r][c]
						}
					}
				}
			}
		}
		atoms[n].meanDisplacement(members)
		atoms[n].Occ = roundedMean(occ, len(members))
		atoms[n].Aniso = aniso
		for r := range 3 {
			for c := range 3 {
				tensors[n][r][c] = sum[r][c] / float64(len(members))
			}
		}
	}
	return atoms, tensors
}

// roundedMean returns sum/n without the rounding errors of the sum.
func roundedMean(sum float64, n int) float64 {
	return math.Round(sum/float64(n)*1e12) / 1e12
}

// tidy wraps a coordinate into the cell and removes rounding errors from the
// special values, multiples of 1/24.
func tidy(x float64) float64 {
	if n := math.Round(x * 24); math.Abs(x*24-n) < 1e-9 {
		x = n / 24
	}
	return wrap(x)
}

func mat8(r [3][3]int8) (m geom.Mat3) {
	for i := range 3 {
		for j := range 3 {
			m[i][j] = float64(r[i][j])
		}
	}
	return m
}
