package diffraction

import (
	"math"

	"zoneaxis/internal/atom"
	"zoneaxis/internal/crystal"
)

// At returns F_g in Å of any index, also beyond GMax, and also where F calls a
// reflection absent that is merely very weak: it still couples others. Such
// values are summed anew at every call. Rounding, |F_g| < 1e-7 |F_0|, is 0, and
// so is F_g where the scattering factors of the model have ended.
func (r *Reflections) At(h crystal.HKL) complex128 {
	if i, ok := r.Index(h); ok && r.F[i] != 0 {
		return r.F[i]
	}
	g := r.Lattice.G(h).Norm()
	if g > r.model.GMax() {
		return 0
	}
	c := r.content
	factors := make([]float64, len(c.kinds))
	for i, k := range c.kinds {
		factors[i] = r.model.Factor(k.z, g) * math.Exp(-k.b*g*g/4)
	}
	x, y, z := float64(h[0]), float64(h[1]), float64(h[2])
	var f complex128
	for _, p := range c.sites {
		weight := p.occ * factors[p.species]
		if u := p.aniso; u != nil {
			weight *= math.Exp(-(u[0]*x*x + u[1]*y*y + u[2]*z*z + 2*(u[3]*y*z+u[4]*x*z+u[5]*x*y)))
		}
		f += complex(weight, 0) * phase(x*p.x+y*p.y+z*p.z)
	}
	const rounding = 1e-7
	if math.Hypot(real(f), imag(f)) < rounding*math.Abs(real(r.F[0])) {
		return 0
	}
	return f
}

// Atom is an atom of the cell as the structure factors took it.
type Atom struct {
	Z    atom.Z
	Frac crystal.Frac // in [0, 1)
	Occ  float64
	// B is the Debye–Waller parameter in Å², after what Options said about
	// sites without one. Of anisotropic vibration it is the equivalent
	// isotropic one, 8π²/3 Σ U_ij a*_i a*_j a_i·a_j.
	B float64
}

// Atoms returns all atoms of the cell, in the order of the structure's sites.
func (r *Reflections) Atoms() []Atom {
	d := r.Lattice.Direct()
	axes := func(i, j int) float64 { return d[0][i]*d[0][j] + d[1][i]*d[1][j] + d[2][i]*d[2][j] }
	atoms := make([]Atom, len(r.content.sites))
	for i, p := range r.content.sites {
		kind := r.content.kinds[p.species]
		atoms[i] = Atom{Z: kind.z, Frac: crystal.Frac{p.x, p.y, p.z}, Occ: p.occ, B: kind.b}
		if u := p.aniso; u != nil {
			trace := u[0]*axes(0, 0) + u[1]*axes(1, 1) + u[2]*axes(2, 2) + 2*(u[3]*axes(1, 2)+u[4]*axes(0, 2)+u[5]*axes(0, 1))
			atoms[i].B = 4.0 / 3 * trace
		}
	}
	return atoms
}

// Model returns the scattering factors that F was computed with.
func (r *Reflections) Model() atom.Model { return r.model }
