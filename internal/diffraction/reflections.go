package diffraction

import (
	"errors"
	"math"
	"strings"

	"zoneaxis/internal/atom"
	"zoneaxis/internal/crystal"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/lean/say"
)

// Thermal says which thermal vibration enters the structure factors.
type Thermal uint8

const (
	// SiteB takes every site's own B or U_ij. A site without one gets the
	// element's B at 293 K, or 0.5 Å² where no value is known; Notes say so.
	SiteB Thermal = iota
	// ElementB takes the elements' B(T) at Options.Temperature for every site,
	// and 0.5 Å² where no value is known; Notes say so.
	ElementB
	// NoThermal leaves the atoms at rest: T = 1.
	NoThermal
)

// RoomTemperature is the temperature in K of B values that are not given.
const RoomTemperature = 293

// assumedB is the Debye–Waller parameter in Å² of a site of which nothing is
// known: the usual size in compounds at room temperature.
const assumedB = 0.5

// Options says how structure factors are computed. The zero value lacks only
// GMax.
type Options struct {
	Model       atom.Model
	GMax        float64 // Å⁻¹
	Thermal     Thermal
	Temperature float64 // K, for ElementB; 0 means RoomTemperature
}

// Reflections holds every reciprocal-lattice point with |g| ≤ GMax and its
// structure factor. The slices run in parallel, sorted by |g|; points of equal
// length are in descending order of h, then k, then l. Index 0 is 000. It is
// not changed after NewReflections and may be shared between goroutines. Above
// and Absent return some of the points as Reflections of their own.
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

	sphere  *sphere
	rank    []int32 // by number of the point in sphere; −1 if a subset lacks it
	content *scatterers
	model   atom.Model
}

// absentBelow is the |F_g|²/|F_0|² below which a reflection counts as absent:
// far below what any exposure shows, far above rounding.
const absentBelow = 1e-8

// NewReflections computes all structure factors up to opt.GMax.
//
//	F_g = Σ occ_j f_j(|g|) T_j(g) exp(−2πi (h x_j + k y_j + l z_j))
//	T_j = exp(−B_j g²/4), or exp(−2π² Σ U_ij a*_i a*_j h_i h_j)
//
// F is in Å, for a resting electron. Reflections with |F_g|² < 1e-8 |F_0|² are
// absent and get exactly 0. It is an error if the structure has no atoms, if
// the model does not hold an element or does not reach GMax, or if there would
// be more than two million reflections.
func NewReflections(s *crystal.Structure, opt Options) (*Reflections, error) {
	if limit := opt.Model.GMax(); opt.GMax > limit {
		return nil, say.Errorf("diffraction: largest |g| %g Å⁻¹: the scattering factors of model %s end at %g Å⁻¹", opt.GMax, opt.Model, limit)
	}
	r := &Reflections{Lattice: s.Lattice, GMax: opt.GMax, model: opt.Model}
	c, err := newScatterers(s, opt, &r.Notes)
	if err != nil {
		return nil, err
	}
	sphere, err := newSphere(s.Lattice, opt.GMax)
	if err != nil {
		return nil, err
	}
	order, shells := sphere.sorted(opt.GMax)
	r.content = c
	factors := c.shellFactors(opt.Model, sphere, order, shells)
	sphere.fill(r, order, shells)
	r.F = make([]complex128, len(r.HKL))
	c.sum(r, factors)
	r.F[0] = complex(c.forward(opt.Model), 0)
	r.clean()
	r.Translations = translations(s, r)
	return r, nil
}

// Index returns the place of a reflection in the slices, and false if it lies
// beyond GMax or is not in a subset such as Above. It takes constant time.
func (r *Reflections) Index(h crystal.HKL) (int, bool) {
	e, ok := r.sphere.number(h)
	if !ok || r.rank[e] < 0 {
		return 0, false
	}
	return int(r.rank[e]), true
}

// clean sets absent reflections and rounding to zero and finds Max.
func (r *Reflections) clean() {
	f0 := real(r.F[0])
	absent := absentBelow * f0 * f0
	rounding := 1e-13 * math.Abs(f0)
	top := 0.0
	for i, f := range r.F {
		if i == 0 {
			continue
		}
		re, im := real(f), imag(f)
		i2 := re*re + im*im
		if i2 < absent {
			r.F[i] = 0
			continue
		}
		if math.Abs(re) < rounding {
			re = 0
		}
		if math.Abs(im) < rounding {
			im = 0
		}
		r.F[i] = complex(re, im)
		top = max(top, i2)
	}
	r.Max = math.Sqrt(top)
}

// species is a kind of atom that scatters alike at every |g|: an element with
// one isotropic B. Sites with U_ij share a species without B.
type species struct {
	z atom.Z
	b float64 // Å²
}

// scatterer is a site as the sums need it.
type scatterer struct {
	x, y, z float64 // fractions
	occ     float64
	species int
	aniso   *[6]float64 // 2π² U_ij a*_i a*_j, order 11, 22, 33, 23, 13, 12; nil if isotropic
}

type scatterers struct {
	kinds []species
	sites []scatterer
}

func newScatterers(s *crystal.Structure, opt Options, notes *[]string) (*scatterers, error) {
	if len(s.Sites) == 0 {
		return nil, errors.New("diffraction: the structure has no atoms")
	}
	kelvin := opt.Temperature
	if kelvin == 0 {
		kelvin = RoomTemperature
	}
	if opt.Thermal == ElementB && !(kelvin > 0 && kelvin <= 1000) {
		return nil, say.Errorf("diffraction: temperature %g K: expected above 0 to 1000 K", opt.Temperature)
	}
	star := s.Lattice.StarLengths()
	c := &scatterers{sites: make([]scatterer, len(s.Sites))}
	var fromTable, assumed elementSet
	for i, site := range s.Sites {
		if !opt.Model.Has(site.Z) {
			return nil, say.Errorf("diffraction: model %s has no scattering factor for %s", opt.Model, site.Z)
		}
		if !(site.Occ >= 0) || math.IsInf(site.Occ, 0) {
			return nil, say.Errorf("diffraction: site %d (%s): occupancy %g", i+1, site.Z, site.Occ)
		}
		for _, x := range site.Frac {
			if math.IsNaN(x) || math.IsInf(x, 0) {
				return nil, say.Errorf("diffraction: site %d (%s): coordinate %g", i+1, site.Z, x)
			}
		}
		p := &c.sites[i]
		p.occ = site.Occ
		p.x, p.y, p.z = site.Frac[0]-math.Floor(site.Frac[0]), site.Frac[1]-math.Floor(site.Frac[1]), site.Frac[2]-math.Floor(site.Frac[2])
		kind := species{z: site.Z}
		switch {
		case opt.Thermal == NoThermal:
		case opt.Thermal == SiteB && site.Aniso:
			p.aniso = new([6]float64)
			for n, ij := range [6][2]int{{0, 0}, {1, 1}, {2, 2}, {1, 2}, {0, 2}, {0, 1}} {
				p.aniso[n] = 2 * math.Pi * math.Pi * site.U[n] * star[ij[0]] * star[ij[1]]
			}
		case opt.Thermal == SiteB && !math.IsNaN(site.B):
			kind.b = site.B
		default:
			b, ok := atom.BElement(site.Z, kelvin)
			if !ok {
				b = assumedB
				assumed.add(site.Z)
			} else if opt.Thermal == SiteB {
				fromTable.add(site.Z)
			}
			kind.b = b
		}
		p.species = c.kind(kind)
	}
	if fromTable != nil {
		*notes = append(*notes, say.Sprintf("No Debye–Waller parameter is given for %s: that of the element at %d K is used.", fromTable, RoomTemperature))
	}
	if assumed != nil {
		*notes = append(*notes, say.Sprintf("No Debye–Waller parameter is known for %s: B = %g Å² is assumed.", assumed, assumedB))
	}
	return c, nil
}

func (c *scatterers) kind(k species) int {
	for i, have := range c.kinds {
		if have == k {
			return i
		}
	}
	c.kinds = append(c.kinds, k)
	return len(c.kinds) - 1
}

// elementSet is a short list of elements in order of appearance.
type elementSet []atom.Z

func (e *elementSet) add(z atom.Z) {
	for _, have := range *e {
		if have == z {
			return
		}
	}
	*e = append(*e, z)
}

func (e elementSet) String() string {
	names := make([]string, len(e))
	for i, z := range e {
		names[i] = z.Symbol()
	}
	return strings.Join(names, ", ")
}

// forward returns F_0 in Å.
func (c *scatterers) forward(m atom.Model) float64 {
	sum := 0.0
	for _, p := range c.sites {
		sum += p.occ * m.Factor(c.kinds[p.species].z, 0)
	}
	return sum
}

// shellFactors returns f T of every species for every point of the first half,
// by number: element (e, k) at e·len(kinds) + k. It is computed once per shell
// of equal |g|.
func (c *scatterers) shellFactors(m atom.Model, s *sphere, order, shells []int32) []float64 {
	nk := len(c.kinds)
	out := make([]float64, s.half*nk)
	row := make([]float64, nk)
	for i := 0; i+1 < len(shells); i++ {
		shell := order[shells[i]:shells[i+1]]
		g2 := s.norm2[shell[0]]
		g := math.Sqrt(g2)
		var z atom.Z
		var f float64
		for k, kind := range c.kinds {
			if kind.z != z {
				z, f = kind.z, m.Factor(kind.z, g)
			}
			row[k] = f
			if kind.b != 0 {
				row[k] *= math.Exp(-kind.b * g2 / 4)
			}
		}
		for _, e := range shell {
			copy(out[int(e)*nk:], row)
		}
	}
	return out
}
