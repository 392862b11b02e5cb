package diffraction

import (
	"math"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/symmetry"
)

// Powder is a phase of a specimen of many grains without preferred orientation.
// A pattern of several phases has the rings of all of them.
type Powder struct {
	R *Reflections
	// Group is the space group of the cell of R; it tells which reflections are
	// equivalent. Without it, reflections of one ring are equivalent if their
	// |F| are equal.
	Group    *symmetry.Group
	Fraction float64 // share of the illuminated volume; 0 means all of it
	Grain    float64 // Å, size of the grains; 0 gives sharp rings
	// Dynamical takes two beams through a grain of the size Grain instead of
	// single scattering: |F|² is multiplied by Blackman(Grain/ξ).
	Dynamical bool
}

// Ring is a ring of a powder pattern.
type Ring struct {
	G float64 // radius, Å⁻¹
	// Intensity is that of the whole ring, Fraction Σ |F|² d/Ω² over all its
	// reflections, in Å⁻³. It is comparable between phases.
	Intensity float64
	Width     float64 // full width at half maximum from the grain size, 0.9/Grain, Å⁻¹
	Families  []Family
}

// Family is a set of equivalent reflections.
type Family struct {
	HKL          crystal.HKL // the first of them in descending order of h, k, l
	Multiplicity int
	F2           float64 // |F|² of each, Å²
}

// D returns the spacing of the planes in Å.
func (r Ring) D() float64 { return 1 / r.G }

// Mean returns the mean intensity on the ring, per area of the pattern, to a
// factor that all rings share: Intensity·d.
func (r Ring) Mean() float64 { return r.Intensity / r.G }

// sameRing is the relative difference of |g| within which reflections share a
// ring. Cells that are right-angled but for rounding keep their rings whole.
const sameRing = 1e-6

// Rings returns the rings of p by radius, without absent ones. Reflections of
// equal |g| that are not equivalent add up to one ring.
//
// For a grain of random orientation the intensity of a ring is proportional to
// m |F|² d (B. K. Vainshtein, Structure Analysis by Electron Diffraction, 1964).
func (p Powder) Rings(b Beam) []Ring {
	volume := p.R.Lattice.Volume()
	scale := 1 / (volume * volume)
	if p.Fraction != 0 {
		scale *= p.Fraction
	}
	width := 0.0
	if p.Grain > 0 {
		width = 0.9 / p.Grain
	}
	var rings []Ring
	n := len(p.R.HKL)
	for from := 1; from < n; {
		to := from + 1
		for to < n && p.R.Len[to] <= p.R.Len[from]*(1+sameRing) {
			to++
		}
		ring := Ring{G: p.R.Len[from], Width: width}
		for _, f := range p.families(from, to) {
			i2 := float64(f.Multiplicity) * f.F2
			if p.Dynamical {
				i2 *= Blackman(p.Grain / b.ExtinctionDistance(math.Sqrt(f.F2), volume, ring.G))
			}
			ring.Intensity += scale * i2 / ring.G
			ring.Families = append(ring.Families, f)
		}
		if ring.Families != nil {
			rings = append(rings, ring)
		}
		from = to
	}
	return rings
}

// families sorts the reflections of a range of R into families, in their order.
func (p Powder) families(from, to int) []Family {
	const sameF2 = 1e-6
	var families []Family
	seen := make([]bool, to-from)
	for i := from; i < to; i++ {
		f := p.R.F[i]
		if seen[i-from] || f == 0 {
			continue
		}
		family := Family{HKL: p.R.HKL[i], Multiplicity: 1, F2: real(f)*real(f) + imag(f)*imag(f)}
		if p.Group == nil {
			for j := i + 1; j < to; j++ {
				f := p.R.F[j]
				if i2 := real(f)*real(f) + imag(f)*imag(f); !seen[j-from] && math.Abs(i2-family.F2) <= sameF2*family.F2 {
					seen[j-from] = true
					family.Multiplicity++
				}
			}
		} else {
			// The Laue class: every rotation, and its product with the inversion.
			for _, op := range p.Group.Representatives() {
				h := crystal.HKL(op.ApplyHKL(family.HKL))
				for _, h := range [2]crystal.HKL{h, h.Neg()} {
					if j, ok := p.R.Index(h); ok && j > i && j < to && !seen[j-from] {
						seen[j-from] = true
						family.Multiplicity++
					}
				}
			}
		}
		families = append(families, family)
	}
	return families
}

// AddProfile adds the azimuthal mean of rings to dst, whose element i stands for
// the radius i·step in Å⁻¹:
//
//	Σ Intensity/(2πG) · w(g − G)
//
// w is a normal distribution of unit area; its full width at half maximum is
// that of the ring and of the instrument (Å⁻¹) added in quadrature, at least two
// steps so that no ring falls between two elements.
func AddProfile(dst []float64, step float64, rings []Ring, instrument float64) {
	const fwhm = 2.354820045 // of a normal distribution, in standard deviations
	for _, r := range rings {
		sigma := max(math.Hypot(r.Width, instrument), 2*step) / fwhm
		height := r.Intensity / (2 * math.Pi * r.G) / (sigma * math.Sqrt(2*math.Pi))
		from := max(0, int(math.Ceil((r.G-6*sigma)/step)))
		to := min(len(dst)-1, int(math.Floor((r.G+6*sigma)/step)))
		for i := from; i <= to; i++ {
			x := (float64(i)*step - r.G) / sigma
			dst[i] += height * math.Exp(-x*x/2)
		}
	}
}
