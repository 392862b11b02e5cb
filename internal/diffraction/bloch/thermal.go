package bloch

import (
	"math"

	"zoneaxis/internal/atom"
	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
)

// ThermalFactor returns the absorptive form factor f' in Å of an atom that
// vibrates independently of its neighbours,
//
//	f'(g) = γλ/2 ∫ f(|q|) f(|g − q|) [exp(−B g²/4) − exp(−B (q² + |g − q|²)/4)] d²q
//
// over the plane, for the scattering factor f of model m and the Debye–Waller
// parameter b in Å². g is in Å⁻¹. Vibration is part of it already: U'_g =
// γ/(πΩ) Σ f' exp(−2πi g·r). At g = 0 it is the cross-section for thermal
// diffuse scattering over 2γλ.
func ThermalFactor(m atom.Model, z atom.Z, b float64, beam diffraction.Beam, g float64) float64 {
	// Bird & King, Acta Cryst. A46 (1990) 202, doi:10.1107/S0108767389011906, in
	// the form symmetric in the two scattering events: the half-plane nearer to
	// q = 0 is one half of the whole.
	if b == 0 {
		return 0
	}
	end := min(farthest, m.GMax())
	elastic := math.Exp(-b * g * g / 4)
	ring := func(q float64) float64 { // ∫ over the angles of the half-plane with q·g < g²/2
		f, decay := m.Factor(z, q), math.Exp(-b*q*q/4)
		from := 0.0
		if 2*q > g {
			from = math.Acos(g / (2 * q))
		}
		sum := 0.0
		for i, x := range gaussX {
			phi := from + (math.Pi-from)*x
			other2 := g*g + q*q - 2*g*q*math.Cos(phi)
			other := m.Factor(z, math.Sqrt(other2))
			sum += gaussW[i] * other * (elastic - decay*math.Exp(-b*other2/4))
		}
		return 2 * (math.Pi - from) * q * f * sum
	}
	// Radial panels grow outwards; one border lies where the rings leave the
	// half-plane, with narrow panels around it.
	total, at := 0.0, 0.0
	corner := g / 2
	for at < end {
		next := at*1.5 + 0.1
		if at < corner && next >= corner-0.02 {
			next = corner
		} else if at == corner && g > 0 {
			next = at + min(0.1, corner)
		}
		next = min(next, end)
		if at == corner && g > 0 {
			// The angle opens like a square root: q = at + (next − at) x².
			for i, x := range gaussX {
				total += gaussW[i] * 2 * x * (next - at) * ring(at+(next-at)*x*x)
			}
		} else {
			for i, x := range gaussX {
				total += gaussW[i] * (next - at) * ring(at+(next-at)*x)
			}
		}
		at = next
	}
	return beam.Gamma() * beam.Wavelength() / 2 * 2 * total
}

// farthest is the |q| in Å⁻¹ up to which thermal diffuse scattering is
// integrated; what lies beyond changes f' by less than 0.1 %.
const farthest = 60

// The ten-point rule of Gauss and Legendre on 0 … 1.
var gaussX, gaussW = gaussLegendre()

func gaussLegendre() (x, w [10]float64) {
	const n = len(x)
	for i := range n {
		t := math.Cos(math.Pi * (float64(i) + 0.75) / (float64(n) + 0.5))
		var slope float64
		for range 6 { // Newton
			p, before := t, 1.0
			for k := 2; k <= n; k++ {
				p, before = (float64(2*k-1)*t*p-float64(k-1)*before)/float64(k), p
			}
			slope = float64(n) * (t*p - before) / (t*t - 1)
			t -= p / slope
		}
		x[i], w[i] = (1+t)/2, 1/((1-t*t)*slope*slope)
	}
	return x, w
}

// thermal computes U'_g of thermal diffuse scattering.
type thermal struct {
	r     *diffraction.Reflections
	beam  diffraction.Beam
	atoms []diffraction.Atom
	kind  []int // of each atom
	kinds []*thermalKind
}

// thermalKind tabulates f' of atoms with the same element and B: it is smooth,
// and there are many more |g| than knots.
type thermalKind struct {
	z     atom.Z
	b     float64
	knots []float64 // f' at multiples of knotStep; filled as far as needed
}

const knotStep = 0.1 // Å⁻¹

func newThermal(r *diffraction.Reflections, b diffraction.Beam) *thermal {
	t := &thermal{r: r, beam: b, atoms: r.Atoms()}
	t.kind = make([]int, len(t.atoms))
	for i, a := range t.atoms {
		at := -1
		for k, have := range t.kinds {
			if have.z == a.Z && math.Abs(have.b-a.B) < 1e-9 {
				at = k
			}
		}
		if at < 0 {
			at = len(t.kinds)
			t.kinds = append(t.kinds, &thermalKind{z: a.Z, b: a.B})
		}
		t.kind[i] = at
	}
	return t
}

// at interpolates f' with the cubic through four knots. f' is even in g.
func (k *thermalKind) at(t *thermal, g float64) float64 {
	i := int(g / knotStep)
	for len(k.knots) < i+3 {
		k.knots = append(k.knots, ThermalFactor(t.r.Model(), k.z, k.b, t.beam, float64(len(k.knots))*knotStep))
	}
	x := g/knotStep - float64(i)
	y0, y1, y2, y3 := k.knots[max(i-1, 1-i)], k.knots[i], k.knots[i+1], k.knots[i+2]
	return -x*(x-1)*(x-2)/6*y0 + (x+1)*(x-1)*(x-2)/2*y1 - (x+1)*x*(x-2)/2*y2 + (x+1)*x*(x-1)/6*y3
}

// u returns U'_g in Å⁻².
func (t *thermal) u(h crystal.HKL) complex128 {
	g := t.r.Lattice.G(h).Norm()
	var f complex128
	for i, a := range t.atoms {
		turns := float64(h[0])*a.Frac[0] + float64(h[1])*a.Frac[1] + float64(h[2])*a.Frac[2]
		sin, cos := math.Sincos(2 * math.Pi * (turns - math.Round(turns)))
		v := a.Occ * t.kinds[t.kind[i]].at(t, g)
		f += complex(v*cos, -v*sin)
	}
	return t.beam.U(f, t.r.Lattice.Volume())
}
