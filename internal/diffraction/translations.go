package diffraction

import (
	"math"
	"slices"

	"zoneaxis/internal/crystal"
)

// translations returns the pure translations that map the structure onto
// itself, the zero translation first, as fractions with small denominators. A
// translation that a reflection of r contradicts is not among them, so that
// h·t is a whole number for every h with F ≠ 0.
func translations(s *crystal.Structure, r *Reflections) []crystal.Frac {
	const (
		tol     = 2e-3 // Å; the reflections have the last word
		largest = 48   // times that a translation may divide a lattice vector
	)
	same := func(a, b *crystal.Site) bool {
		// NaN means that B is not given.
		return a.Z == b.Z && a.Occ == b.Occ && a.Aniso == b.Aniso && (a.B == b.B || a.Aniso || a.B != a.B && b.B != b.B)
	}
	d := s.Lattice.Direct()
	maps := func(from, to *crystal.Site, t crystal.Frac) bool {
		if !same(from, to) {
			return false
		}
		var x crystal.Frac
		for i := range 3 {
			x[i] = from.Frac[i] + t[i] - to.Frac[i]
			x[i] -= math.Round(x[i])
		}
		// The lattice's matrix is triangular: most pairs fail at z already.
		z := d[2][2] * x[2]
		if z > tol || z < -tol {
			return false
		}
		return s.Lattice.Cart(x).Norm() < tol
	}
	invariant := func(t crystal.Frac) bool {
		for i := range s.Sites {
			found := false
			for j := range s.Sites {
				if maps(&s.Sites[i], &s.Sites[j], t) {
					found = true
					break
				}
			}
			if !found {
				return false
			}
		}
		return true
	}

	// Candidates lead from one site of the rarest kind to another.
	rarest, fewest := 0, len(s.Sites)+1
	for i := range s.Sites {
		n := 0
		for j := range s.Sites {
			if same(&s.Sites[i], &s.Sites[j]) {
				n++
			}
		}
		if n < fewest {
			rarest, fewest = i, n
		}
	}
	found := []crystal.Frac{{}}
	for j := range s.Sites {
		if j == rarest || !same(&s.Sites[rarest], &s.Sites[j]) {
			continue
		}
		var t crystal.Frac
		for i := range 3 {
			t[i] = s.Sites[j].Frac[i] - s.Sites[rarest].Frac[i]
			t[i] -= math.Floor(t[i])
		}
		n, ok := order(t, largest, tol, s.Lattice)
		if !ok || n == 1 || !invariant(t) {
			continue
		}
		for i := range 3 {
			t[i] = math.Mod(math.Round(t[i]*float64(n)), float64(n)) / float64(n)
		}
		if !slices.Contains(found, t) {
			found = append(found, t)
		}
	}
	kept := found[:1]
	for _, t := range found[1:] {
		if !contradicted(t, r) {
			kept = append(kept, t)
		}
	}
	return kept
}

// order returns the smallest n for which n t is a lattice vector, within n tol Å.
func order(t crystal.Frac, largest int, tol float64, l crystal.Lattice) (int, bool) {
	for n := 1; n <= largest; n++ {
		var x crystal.Frac
		for i := range 3 {
			x[i] = float64(n) * t[i]
			x[i] -= math.Round(x[i])
		}
		if l.Cart(x).Norm() < tol*float64(n) {
			return n, true
		}
	}
	return 0, false
}

func contradicted(t crystal.Frac, r *Reflections) bool {
	for i, f := range r.F {
		if f != 0 && !whole(turns(r.HKL[i], t)) {
			return true
		}
	}
	return false
}

// turns returns h·t, the phase in turns that a translation gives a reflection.
func turns(h crystal.HKL, t crystal.Frac) float64 {
	return float64(h[0])*t[0] + float64(h[1])*t[1] + float64(h[2])*t[2]
}

// whole reports whether a multiple of a fraction with a denominator of at most
// 48 is an integer.
func whole(x float64) bool { return math.Abs(x-math.Round(x)) < 1e-3 }

// Centred reports whether the lattice itself, with its centring, contains the
// point h: whether h·t is whole for all translations of the structure. A point
// that it does not contain is not there for any kind of scattering.
func (r *Reflections) Centred(h crystal.HKL) bool {
	for _, t := range r.Translations[1:] {
		if !whole(turns(h, t)) {
			return false
		}
	}
	return true
}
