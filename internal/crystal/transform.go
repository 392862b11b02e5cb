package crystal

import (
	"math"
	"slices"

	"zoneaxis/internal/geom"
	"zoneaxis/internal/lean/say"
	"zoneaxis/internal/lean/sorts"
)

// uIndex lists the entries of Site.U.
var uIndex = [6][2]int{{0, 0}, {1, 1}, {2, 2}, {1, 2}, {0, 2}, {0, 1}}

// StarLengths returns |a*|, |b*|, |c*| in Å⁻¹.
func (l Lattice) StarLengths() [3]float64 {
	return [3]float64{l.G(HKL{1, 0, 0}).Norm(), l.G(HKL{0, 1, 0}).Norm(), l.G(HKL{0, 0, 1}).Norm()}
}

// Contravariant returns the matrix ⟨Δx_i Δx_j⟩ = U_ij a*_i a*_j of fractional
// displacements, of U in Å² in the order of Site.U and star in Å⁻¹, see
// StarLengths. Under x' = R x it becomes R q Rᵀ.
func Contravariant(u [6]float64, star [3]float64) geom.Mat3 {
	var q geom.Mat3
	for k, ij := range uIndex {
		i, j := ij[0], ij[1]
		q[i][j] = u[k] * star[i] * star[j]
		q[j][i] = q[i][j]
	}
	return q
}

// FromContravariant returns U of such a matrix, the inverse of Contravariant.
func FromContravariant(q geom.Mat3, star [3]float64) (u [6]float64) {
	for k, ij := range uIndex {
		u[k] = q[ij[0]][ij[1]] / (star[ij[0]] * star[ij[1]])
	}
	return u
}

// Transformed returns the lattice with the basis (a', b', c') = (a, b, c) P. The
// Cartesian frame is the standard one of the new basis. det P must be positive.
func (l Lattice) Transformed(p geom.Mat3) (Lattice, error) {
	a, b, c := l.direct.Mul(p).Transpose().Rows()
	return FromVectors(a, b, c)
}

// maxCells bounds how many times larger or smaller a cell Transform makes.
const maxCells = 5000

// Transform returns the same crystal described in another cell:
//
//	(a', b', c') = (a, b, c) P,  x' = P⁻¹ x + shift
//
// The columns of P are the new basis vectors in the old basis. They must be
// vectors of a lattice that the crystal repeats with: a larger cell is filled
// with all its atoms, in a smaller one the atoms that coincide are merged (mean
// position, within 0.1 Å). It is an error if det P is not positive, if the cell
// does not repeat, or if more than MaxAtoms result. Given is dropped, and the
// indices of planes and directions become h' = h P and u' = P⁻¹ u.
func (s *Structure) Transform(p [3][3]float64, shift Frac) (*Structure, error) {
	det := geom.Mat3(p).Det()
	if !(det > 1e-6) {
		return nil, say.Errorf("crystal: a change of cell with determinant %.4g: expected one above zero", det)
	}
	lattice, err := s.Lattice.Transformed(p)
	if err != nil {
		return nil, err
	}
	q := geom.Mat3(p).Inverse()
	cells, err := translationsMod1(q)
	if err != nil {
		return nil, err
	}
	want := int(math.Round(float64(len(s.Sites)) * det))
	if math.Abs(float64(len(s.Sites))*det-float64(want)) > 1e-3*float64(want) || want == 0 {
		return nil, say.Errorf("crystal: %d atoms do not fit a cell %.4g times as large", len(s.Sites), det)
	}
	if want > MaxAtoms {
		return nil, say.Errorf("crystal: the new cell would hold %d atoms: expected at most %d", want, MaxAtoms)
	}

	out := *s
	out.Lattice, out.Given = lattice, nil
	out.Notes = slices.Clone(s.Notes)
	out.Sites = make([]Site, 0, want)
	oldStar, newStar := s.Lattice.StarLengths(), lattice.StarLengths()
	images := make([]Site, 0, len(s.Sites)*len(cells))
	for i := range s.Sites {
		a := s.Sites[i]
		x := q.Apply(geom.Vec{X: a.Frac[0], Y: a.Frac[1], Z: a.Frac[2]})
		if a.Aniso {
			a.U = FromContravariant(q.Mul(Contravariant(a.U, oldStar)).Mul(q.Transpose()), newStar)
		}
		for _, t := range cells {
			a.Frac = Frac{x.X, x.Y, x.Z}.Add(shift).Add(t).Wrapped()
			images = append(images, a)
		}
	}
	if len(images) == want {
		out.Sites = images
		return &out, nil
	}
	// The new cell is smaller: merge what coincides.
	const mergeTol = 0.1 // Å, as noisy as a search may accept
	copies := len(images) / want
	merged, ok := mergeImages(lattice, images, copies, mergeTol)
	if !ok || len(merged) != want {
		return nil, say.Errorf("crystal: the crystal does not repeat with the new cell (determinant %.4g)", det)
	}
	out.Sites = merged
	return &out, nil
}

// translationsMod1 returns the translations of the old lattice in the new
// basis, modulo the new lattice: the group that the columns of q = P⁻¹
// generate modulo 1.
func translationsMod1(q geom.Mat3) ([]Frac, error) {
	const same = 1e-6 // fractions: columns of q are known to about 1e-9
	found := []Frac{{}}
	contains := func(f Frac) bool {
		return slices.ContainsFunc(found, func(g Frac) bool {
			d := f.Sub(g).folded()
			return math.Abs(d[0]) < same && math.Abs(d[1]) < same && math.Abs(d[2]) < same
		})
	}
	for k := range 3 {
		step := Frac{q[0][k], q[1][k], q[2][k]}
		if contains(step) {
			continue
		}
		base := slices.Clone(found)
		for t := step; !contains(t); t = t.Add(step) {
			for _, b := range base {
				found = append(found, b.Add(t).Wrapped())
			}
			if len(found) > maxCells {
				return nil, say.Errorf("crystal: the new cell does not repeat within %d old cells", maxCells)
			}
		}
	}
	return found, nil
}

// mergeImages joins images of the same kind that coincide. Every group must
// have copies members.
func mergeImages(l Lattice, images []Site, copies int, tol float64) ([]Site, bool) {
	pos := make([]Frac, len(images))
	for i := range images {
		pos[i] = images[i].Frac
	}
	reduced, basis, near := l.reduced(pos)
	g := newGrid(reduced, near, tol)
	used := make([]bool, len(images))
	var out []Site
	for i := range images {
		if used[i] {
			continue
		}
		type close struct {
			i  int
			d2 float64
		}
		var group []close
		g.visit(near[i], func(j int, d2 float64) {
			a, b := &images[i], &images[j]
			if !used[j] && a.Z == b.Z && math.Abs(a.Occ-b.Occ) <= sameOcc {
				group = append(group, close{j, d2})
			}
		})
		if len(group) < copies {
			return nil, false
		}
		sorts.Stable(group, func(a, b close) int {
			switch {
			case a.d2 < b.d2:
				return -1
			case a.d2 > b.d2:
				return 1
			}
			return 0
		})
		site := images[i]
		var mean Frac
		members := make([]*Site, 0, copies)
		for _, c := range group[:copies] {
			used[c.i] = true
			d := near[c.i].Sub(near[i]).folded()
			for k := range 3 {
				mean[k] += d[k] / float64(copies)
			}
			members = append(members, &images[c.i])
		}
		site.Frac = pos[i].Add(fracOf(floatMat(basis), mean)).Wrapped()
		site.meanDisplacement(members)
		out = append(out, site)
	}
	return out, true
}

// meanDisplacement sets B to the mean of those members that have one, and U if
// all have one. The tensors of the members must refer to the axes of s.
func (s *Site) meanDisplacement(members []*Site) {
	b, n := 0.0, 0
	u, aniso := [6]float64{}, true
	for _, m := range members {
		if !math.IsNaN(m.B) {
			b, n = b+m.B, n+1
		}
		aniso = aniso && m.Aniso
		for k := range u {
			u[k] += m.U[k] / float64(len(members))
		}
	}
	s.B = b / float64(n) // NaN if no member has one
	s.Aniso = aniso
	s.U = [6]float64{}
	if aniso {
		s.U = u
	}
}

// Supercell returns the structure in a cell of na × nb × nc cells.
func (s *Structure) Supercell(na, nb, nc int) (*Structure, error) {
	return s.Transform([3][3]float64{{float64(na), 0, 0}, {0, float64(nb), 0}, {0, 0, float64(nc)}}, Frac{})
}
