// Package crystal describes crystals: lattices, indices of planes and
// directions, atoms in a cell, and the symmetry search that finds the space
// group, the conventional cell and the primitive cell of any structure.
//
// Units are Å and Å⁻¹ (|g| = 1/d, no 2π); angles are rad, except in Cell and
// where a name says degrees.
package crystal

import (
	"math"

	"zoneaxis/internal/geom"
	"zoneaxis/internal/lean/say"
)

// Cell holds the six cell parameters: A, B, C in Å and Alpha, Beta, Gamma in
// degrees.
type Cell struct{ A, B, C, Alpha, Beta, Gamma float64 }

// Lattice is a lattice with a chosen basis. The Cartesian frame is always the
// same: a along x, b in the xy plane with positive y, c on the +z side, so that
// c* is along z. Construct it with NewLattice or FromVectors; the zero value
// is not a lattice.
type Lattice struct {
	cell   Cell
	direct geom.Mat3 // columns a, b, c, Å: r = direct u
	recip  geom.Mat3 // columns a*, b*, c*, Å⁻¹: g = recip h; (direct⁻¹)ᵀ
	volume float64   // Å³
}

// NewLattice returns the lattice of the cell parameters. Lengths must be
// positive and finite and angles must enclose a volume.
func NewLattice(c Cell) (Lattice, error) {
	for _, l := range []float64{c.A, c.B, c.C} {
		if !(l > 0) || math.IsInf(l, 0) {
			return Lattice{}, say.Errorf("crystal: cell lengths %g, %g, %g: all three must be above zero", c.A, c.B, c.C)
		}
		if l < 0.5 || l > 1000 {
			return Lattice{}, say.Errorf("crystal: cell length %g Å: expected 0.5 to 1000 Å", l)
		}
	}
	for _, a := range []float64{c.Alpha, c.Beta, c.Gamma} {
		if !(a > 0 && a < 180) {
			return Lattice{}, say.Errorf("crystal: cell angles %g, %g, %g: each must be between 0 and 180 degrees", c.Alpha, c.Beta, c.Gamma)
		}
	}
	ca, cb, cg, sg := geom.Cosd(c.Alpha), geom.Cosd(c.Beta), geom.Cosd(c.Gamma), geom.Sind(c.Gamma)
	root := 1 - ca*ca - cb*cb - cg*cg + 2*ca*cb*cg
	if root < 1e-6 {
		return Lattice{}, say.Errorf("crystal: cell angles %g, %g, %g enclose no volume", c.Alpha, c.Beta, c.Gamma)
	}
	v := c.A * c.B * c.C * math.Sqrt(root)
	l := Lattice{cell: c, volume: v}
	l.direct = geom.Mat3{
		{c.A, c.B * cg, c.C * cb},
		{0, c.B * sg, c.C * (ca - cb*cg) / sg},
		{0, 0, v / (c.A * c.B * sg)},
	}
	l.recip = l.direct.Inverse().Transpose()
	return l, nil
}

// FromVectors returns the lattice spanned by a, b, c (Å, any Cartesian frame),
// turned into the standard frame. Fractional coordinates keep their meaning.
// A left-handed or flat set of vectors is an error.
func FromVectors(a, b, c geom.Vec) (Lattice, error) {
	v := a.Cross(b).Dot(c)
	if !(v > 0) {
		return Lattice{}, say.Errorf("crystal: cell vectors enclose a volume of %.4g Å³: they must form a right-handed set", v)
	}
	deg := func(u, w geom.Vec) float64 {
		d := geom.Degrees(geom.Angle(u, w))
		// Angles that differ from a right or hexagonal angle by rounding are that angle.
		for _, exact := range []float64{60, 90, 120} {
			if math.Abs(d-exact) < 1e-9 {
				return exact
			}
		}
		return d
	}
	return NewLattice(Cell{a.Norm(), b.Norm(), c.Norm(), deg(b, c), deg(a, c), deg(a, b)})
}

// Cell returns the six parameters.
func (l Lattice) Cell() Cell { return l.cell }

// Volume returns the cell volume in Å³.
func (l Lattice) Volume() float64 { return l.volume }

// Direct returns the matrix with columns a, b, c in Å: r = Direct u.
func (l Lattice) Direct() geom.Mat3 { return l.direct }

// Recip returns the matrix with columns a*, b*, c* in Å⁻¹: g = Recip h. It is
// the transposed inverse of Direct, so aᵢ·a*ⱼ = δᵢⱼ.
func (l Lattice) Recip() geom.Mat3 { return l.recip }

// Cart returns the Cartesian position of fractional coordinates, Å.
func (l Lattice) Cart(f Frac) geom.Vec { return l.direct.Apply(geom.Vec{X: f[0], Y: f[1], Z: f[2]}) }

// Frac returns the fractional coordinates of a Cartesian position in Å.
func (l Lattice) Frac(r geom.Vec) Frac {
	x := l.recip.Transpose().Apply(r)
	return Frac{x.X, x.Y, x.Z}
}

// R returns the direct-lattice vector of uvw, Å.
func (l Lattice) R(u UVW) geom.Vec {
	return l.direct.Apply(geom.Vec{X: float64(u[0]), Y: float64(u[1]), Z: float64(u[2])})
}

// G returns the reciprocal-lattice vector of hkl, Å⁻¹.
func (l Lattice) G(h HKL) geom.Vec {
	return l.recip.Apply(geom.Vec{X: float64(h[0]), Y: float64(h[1]), Z: float64(h[2])})
}

// D returns the spacing of the planes hkl in Å; +Inf for 000.
func (l Lattice) D(h HKL) float64 { return 1 / l.G(h).Norm() }

// Metric returns the metric tensor G_ij = a_i·a_j, Å².
func (l Lattice) Metric() geom.Mat3 { return l.direct.Transpose().Mul(l.direct) }
