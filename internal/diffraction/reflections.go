package diffraction

import (
	"zoneaxis/internal/atom"
	"zoneaxis/internal/crystal"
	"zoneaxis/internal/geom"
)

// Thermal says which thermal vibration enters the structure factors.
type Thermal uint8

const (
	// SiteB takes every site's own B or U_ij. A site without one gets the
	// element's B at 293 K, or 0.5 Å² where no value is known; Notes say so.
	SiteB Thermal = iota
	// ElementB takes the elements' B(T) at Options.Temperature for every site.
	ElementB
	// NoThermal leaves the atoms at rest: T = 1.
	NoThermal
)

// Options says how structure factors are computed. The zero value lacks only
// GMax.
type Options struct {
	Model       atom.Model
	GMax        float64 // Å⁻¹
	Thermal     Thermal
	Temperature float64 // K, for ElementB; 0 means 293
}

// Reflections holds every reciprocal-lattice point with |g| ≤ GMax and its
// structure factor. The slices run in parallel, sorted by |g|; points of equal
// length are in descending order of h, then k, then l. Index 0 is 000. It is
// not changed after NewReflections and may be shared between goroutines.
type Reflections struct {
	Lattice crystal.Lattice
	GMax    float64 // Å⁻¹

	HKL []crystal.HKL
	G   []geom.Vec   // Å⁻¹, in the crystal's Cartesian frame
	Len []float64    // |g|, Å⁻¹
	F   []complex128 // F_g = Σ occ f T exp(−2πi g·r), Å; exactly 0 if absent
	Max float64      // largest |F| without 000, Å

	// Translations are the pure lattice translations of the structure as
	// fractions of the cell in [0, 1), the zero translation first: the centring
	// of the cell.
	Translations []crystal.Frac
	Notes        []string // assumptions a person should know of, whole sentences
}
