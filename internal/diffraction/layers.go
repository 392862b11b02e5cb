package diffraction

import (
	"errors"
	"math"

	"zoneaxis/internal/crystal"
)

// Layers are the Laue zones of a zone axis: the planes of reciprocal-lattice
// points normal to it. Layer 0 holds 000; the Ewald sphere bends towards the
// positive layers. Construct it with NewLayers.
type Layers struct {
	Zone    crystal.UVW // without common factor
	Spacing float64     // H, Å⁻¹: the distance from one layer to the next
	step    int
}

// NewLayers returns the Laue zones of the axis u. translations are those of the
// lattice with its centring (Reflections.Translations); the spacing is
//
//	H = 1/|r|
//
// where r is the shortest lattice translation parallel to u. The zero direction
// is an error.
func NewLayers(l crystal.Lattice, translations []crystal.Frac, u crystal.UVW) (Layers, error) {
	u = u.Reduced()
	if u == (crystal.UVW{}) {
		return Layers{}, errors.New("diffraction: zone axis [0 0 0] has no direction")
	}
	step := 1
	for n := 2; n <= len(translations); n++ {
		// u/n is a lattice translation if a centring takes it to a whole one.
		for _, t := range translations {
			if whole(float64(u[0])/float64(n)-t[0]) && whole(float64(u[1])/float64(n)-t[1]) && whole(float64(u[2])/float64(n)-t[2]) {
				step = n
				break
			}
		}
	}
	return Layers{Zone: u, Spacing: float64(step) / l.R(u).Norm(), step: step}, nil
}

// Layers returns the Laue zones of the axis u in the crystal of r.
func (r *Reflections) Layers(u crystal.UVW) (Layers, error) {
	return NewLayers(r.Lattice, r.Translations, u)
}

// Order returns the layer that holds h: (hu + kv + lw) divided by its smallest
// step in the centred lattice. A point that the lattice does not contain counts
// to the layer below it.
func (l Layers) Order(h crystal.HKL) int {
	n := h.Dot(l.Zone)
	q := n / l.step
	if n%l.step < 0 {
		q--
	}
	return q
}

// Radius returns the radius G of the ring in which the Ewald sphere cuts layer
// n ≥ 1 when the beam runs exactly along the axis,
//
//	G_n = √(2knH − (nH)²)
//
// in Å⁻¹, measured normal to the axis. It reports false for a layer that the
// sphere does not reach, 0 and below among them.
func (l Layers) Radius(n int, b Beam) (float64, bool) {
	z := float64(n) * l.Spacing
	square := z * (2*b.K() - z)
	if n < 1 || square < 0 {
		return 0, false
	}
	return math.Sqrt(square), true
}

// Angle returns the scattering angle of that ring in rad, the angle between the
// direct and the diffracted beams: tan 2θ = G/(k − nH).
func (l Layers) Angle(n int, b Beam) (float64, bool) {
	g, ok := l.Radius(n, b)
	if !ok {
		return 0, false
	}
	return math.Atan2(g, b.K()-float64(n)*l.Spacing), true
}
