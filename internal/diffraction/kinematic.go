package diffraction

import (
	"math"

	"zoneaxis/internal/geom"
)

// Spot is a diffraction spot on the screen.
type Spot struct {
	Ref  int32   // index into the Reflections it was made from
	X, Y float64 // Å⁻¹ from the 000 spot, x right, y up
	S    float64 // excitation error, Å⁻¹
	I    float64 // |F|² × shape, Å²
}

// Shape is the model of the intensity along a relrod, normalised to 1 at s = 0.
type Shape uint8

const (
	// Gaussian is exp(−s²/(2 Sigma²)).
	Gaussian Shape = iota
	// Slab is sin²(πts)/(πts)² of a foil of thickness t, averaged over a normal
	// distribution of thicknesses if Spread is set.
	Slab
	// Linear is 1 − |s|/Sigma, and 0 beyond Sigma.
	Linear
	// Lorentzian is 1/(1 + (s/Sigma)²).
	Lorentzian
	// Positions keeps every reflection with |s| ≤ Sigma and gives all of them
	// intensity 1.
	Positions
)

// Kinematic turns reflections into the spots of a pattern, each electron being
// scattered at most once. The zero value keeps nothing but exact Bragg spots:
// set at least the width that Shape needs.
type Kinematic struct {
	Shape     Shape
	Sigma     float64 // Å⁻¹, width of Gaussian, Linear, Lorentzian and Positions
	Thickness float64 // Å, of Slab; 0 leaves the rods infinitely long
	Spread    float64 // Å, standard deviation of the thickness in the field of view, of Slab
	// Exact takes the excitation error from the sphere itself; otherwise it is
	// first order in the distance to the sphere. HOLZ spots need it.
	Exact bool
	// Normal is the foil normal in the laboratory frame, of any length and
	// either sense. The zero vector means along the beam.
	Normal geom.Vec
	// TiltX and TiltY are the transverse components of the incident wave
	// vector in Å⁻¹: a beam tilted by θ has √(TiltX² + TiltY²) = sin θ/λ.
	TiltX, TiltY float64
	// Gnomonic projects the diffracted directions on a flat screen. Otherwise
	// X, Y are the transverse components of the scattering vector itself.
	Gnomonic bool
	SMax     float64 // Å⁻¹, largest |s| kept; 0 means no limit
	Cut      float64 // spots weaker than Cut·|F_000|² are left out
	// Absent keeps reflections with F = 0 as well, with intensity 0; only SMax
	// limits them.
	Absent bool
}

// ewald holds a beam and an orientation in the crystal's frame, so that the
// excitation error of a reflection needs no rotation.
type ewald struct {
	k      float64  // Å⁻¹
	k0     geom.Vec // incident wave vector, lab, Å⁻¹
	n      geom.Vec // foil normal on the exit side, lab, unit length
	twoK0  geom.Vec // 2 k₀ in the crystal's frame
	nCryst geom.Vec // n in the crystal's frame
	nk     float64  // n·k₀
	exact  bool
}

func (k *Kinematic) ewald(b Beam, m geom.Mat3) ewald {
	e := ewald{k: b.K(), exact: k.Exact}
	e.k0 = geom.Vec{X: k.TiltX, Y: k.TiltY, Z: -math.Sqrt(max(0, e.k*e.k-k.TiltX*k.TiltX-k.TiltY*k.TiltY))}
	e.n = k.Normal.Unit()
	if e.n == (geom.Vec{}) {
		e.n = e.k0.Unit()
	}
	if e.n.Dot(e.k0) < 0 {
		e.n = e.n.Neg()
	}
	e.turn(m)
	return e
}

// turn sets the vectors in the crystal's frame; m turns crystal to lab.
func (e *ewald) turn(m geom.Mat3) {
	t := m.Transpose()
	e.twoK0 = t.Apply(e.k0.Scale(2))
	e.nCryst = t.Apply(e.n)
	e.nk = e.n.Dot(e.k0)
}

// error returns the excitation error of the reflection g (crystal frame, Å⁻¹):
// the distance along n from the reciprocal-lattice point to the Ewald sphere,
// positive for a point inside. It is NaN if the rod of g does not meet the
// front of the sphere. With q = k₀ + g and p = |q|² − k²
//
//	exact:       s = −q·n + √((q·n)² − p)
//	first order: s = −p/(2 q·n)
func (e *ewald) error(g geom.Vec) float64 {
	p := e.twoK0.Dot(g) + g.Dot(g)
	q := e.nk + e.nCryst.Dot(g)
	if q <= 0 {
		return math.NaN()
	}
	if !e.exact {
		return -p / (2 * q)
	}
	return -p / (q + math.Sqrt(q*q-p)) // without cancellation; NaN if the rod passes the sphere
}

// ExcitationError returns the excitation error in Å⁻¹ of the reflection g
// (crystal frame, Å⁻¹) for the orientation o. It is positive for a point inside
// the Ewald sphere and NaN for a rod that does not meet the sphere. For a beam
// along the foil normal and to first order, in the laboratory frame,
//
//	s = (g_z − λg²/2)/(1 − λg_z)
func (k Kinematic) ExcitationError(g geom.Vec, b Beam, o geom.Rotation) float64 {
	e := k.ewald(b, o.Mat())
	return e.error(g)
}

// At returns the shape factor at the excitation error s in Å⁻¹, 1 at s = 0.
// A Gaussian, linear or Lorentzian shape without width is 0 elsewhere.
func (k Kinematic) At(s float64) float64 {
	if s == 0 {
		return 1
	}
	switch k.Shape {
	case Gaussian:
		return math.Exp(-s * s / (2 * k.Sigma * k.Sigma))
	case Slab:
		// With a normal distribution of thicknesses, mean t and deviation d,
		// the mean of sin²(πts) is (1 − cos(2πts) exp(−2π²d²s²))/2.
		t2 := k.Thickness*k.Thickness + k.Spread*k.Spread
		y := 2 * math.Pi * math.Pi * s * s
		if y*t2 < 1e-16 {
			return 1
		}
		sin, cos := math.Sincos(math.Pi * k.Thickness * s)
		v := 2 * sin * sin
		if k.Spread != 0 {
			v -= (cos*cos - sin*sin) * math.Expm1(-y*k.Spread*k.Spread)
		}
		return v / (y * t2)
	case Linear:
		return max(0, 1-math.Abs(s)/k.Sigma)
	case Lorentzian:
		x := s / k.Sigma
		return 1 / (1 + x*x)
	}
	if math.Abs(s) <= k.Sigma {
		return 1
	}
	return 0
}

// reach returns the |s| beyond which no reflection but 000 exceeds the intensity
// cut, top being the largest |F|², so that no shape is computed there.
func (k *Kinematic) reach(cut, top float64) float64 {
	if k.Shape == Linear || k.Shape == Positions {
		return k.Sigma
	}
	if cut <= 0 {
		return math.Inf(1)
	}
	ratio := cut / top
	if ratio >= 1 {
		return 0
	}
	switch k.Shape {
	case Gaussian:
		return k.Sigma * math.Sqrt(-2*math.Log(ratio))
	case Lorentzian:
		return k.Sigma * math.Sqrt(1/ratio-1)
	}
	return 1 / (math.Pi * math.Sqrt(ratio*(k.Thickness*k.Thickness+k.Spread*k.Spread)))
}

// AppendSpots appends the spots of r at the orientation o (crystal Cartesian to
// laboratory) to dst, in the order of r, and returns it. It allocates nothing
// if dst has room for them. The direct beam is among them.
//
// The diffracted wave leaves along k₀ + g + s n, n being the foil normal. X and
// Y are the transverse components of g + s n, measured from the direct beam; or
// with Gnomonic, positions on a flat screen at the distance 1/λ.
func (k Kinematic) AppendSpots(dst []Spot, r *Reflections, b Beam, o geom.Rotation) []Spot {
	m := o.Mat()
	e := k.ewald(b, m)
	mx, my, mz := m.Rows()
	f0 := real(r.F[0])
	cut := k.Cut * f0 * f0
	if k.Shape == Positions {
		cut = 0
	}
	reach := k.reach(cut, r.Max*r.Max)
	limit := math.Inf(1)
	if k.SMax > 0 {
		limit = k.SMax
		reach = min(reach, limit)
	}
	var origin geom.Vec
	if k.Gnomonic {
		origin = geom.Vec{X: e.k * e.k0.X / -e.k0.Z, Y: e.k * e.k0.Y / -e.k0.Z}
	}
	// Most points lie too far from the sphere, which is told without a root: p of
	// those with |s| ≤ w is from −w (2q + w) to w (2q − w).
	far := reach
	if k.Absent {
		far = limit
	}
	far *= 1 + 1e-9
	quick := e.exact && far < e.k/10
	for i, g := range r.G {
		if quick {
			p := e.twoK0.Dot(g) + g.Dot(g)
			q := e.nk + e.nCryst.Dot(g)
			if q > far && (p > far*(2*q-far) || p < -far*(2*q+far)) {
				continue
			}
		}
		f := r.F[i]
		within := reach
		if f == 0 {
			if !k.Absent {
				continue
			}
			within = limit
		}
		s := e.error(g)
		if !(s <= within && s >= -within) {
			continue
		}
		spot := Spot{Ref: int32(i), S: s}
		if f != 0 {
			spot.I = k.At(s)
			if k.Shape != Positions {
				spot.I *= real(f)*real(f) + imag(f)*imag(f)
			}
			if spot.I < cut {
				continue
			}
		}
		spot.X, spot.Y = mx.Dot(g)+s*e.n.X, my.Dot(g)+s*e.n.Y
		if k.Gnomonic {
			z := e.k0.Z + mz.Dot(g) + s*e.n.Z
			if z >= 0 {
				continue
			}
			spot.X = e.k*(e.k0.X+spot.X)/-z - origin.X
			spot.Y = e.k*(e.k0.Y+spot.Y)/-z - origin.Y
		}
		dst = append(dst, spot)
	}
	return dst
}
