package diffraction

import (
	"math"

	"zoneaxis/internal/geom"
)

// Precession turns reflections into the spots of a precession pattern: the beam
// runs round a cone about −z while descan coils bring every spot back to its
// place, and the intensities of all azimuths are averaged,
//
//	k₀(w) = k (sin p cos w, sin p sin w, −cos p), I_g = (1/2π) ∫ I(s_g(w)) dw
//
// The foil normal is along z unless Normal says otherwise; TiltX and TiltY are
// not used.
type Precession struct {
	Kinematic
	Angle float64 // p, rad; at 0 the pattern is that of Kinematic
	// Azimuths is the number of beam directions on the cone. 0 takes as many
	// as the shape needs: 72, or more for a thick foil.
	Azimuths int
	// TwoBeam replaces |F|² × shape by the two-beam intensity of a foil of
	// Thickness, as a fraction of the incident beam. Shape, Spread and Sigma are
	// not used then, Cut is a fraction of the incident beam too, and the direct
	// beam has intensity 1.
	TwoBeam bool
}

// AppendSpots appends the spots of r at the orientation o (crystal Cartesian to
// laboratory) to dst and returns it. S is the excitation error of smallest
// modulus that the reflection takes on its way; a reflection counts as excited,
// and SMax as kept, by it. It allocates nothing if dst has room.
func (p Precession) AppendSpots(dst []Spot, r *Reflections, b Beam, o geom.Rotation) []Spot {
	m := o.Mat()
	k := p.Kinematic
	k.TiltX, k.TiltY = 0, 0
	if p.Angle == 0 && !p.TwoBeam {
		return k.AppendSpots(dst, r, b, o) // a still beam
	}
	e := k.ewald(b, m)
	mx, my, mz := m.Rows()
	sin, cos := math.Sincos(p.Angle)
	f0 := real(r.F[0])
	volume := r.Lattice.Volume()
	cut := p.Cut * f0 * f0
	if p.TwoBeam {
		cut = p.Cut
	} else if p.Shape == Positions {
		cut = 0
	}
	limit := math.Inf(1)
	if p.SMax > 0 {
		limit = p.SMax
	}
	reach := math.Inf(1)
	if !p.TwoBeam {
		reach = p.reach(cut, r.Max*r.Max)
	}
	for i, g := range r.G {
		f := r.F[i]
		if f == 0 && !p.Absent {
			continue
		}
		// p(w) = |k₀(w) + g|² − k² swings by ± swing about middle as the beam goes
		// round, in step with the cosine of the azimuth from g, if the normal is
		// the axis; q·n is then constant.
		l := geom.Vec{X: mx.Dot(g), Y: my.Dot(g), Z: mz.Dot(g)}
		g2 := g.Dot(g)
		cone := precessing{
			middle: g2 - 2*e.k*cos*l.Z,
			swing:  2 * e.k * sin * math.Hypot(l.X, l.Y),
			normal: e.n.Dot(l) - e.n.Z*e.k*cos,
			exact:  p.Exact,
		}
		if e.n.X != 0 || e.n.Y != 0 {
			cone.nx, cone.ny = e.k*sin*e.n.X, e.k*sin*e.n.Y
			cone.azimuth = math.Atan2(l.Y, l.X)
		}
		least := cone.least()
		if !(math.Abs(least) <= limit) || f != 0 && !(math.Abs(least) <= reach) {
			continue
		}
		spot := Spot{Ref: int32(i), S: least}
		if f != 0 {
			xi := math.Inf(1)
			if p.TwoBeam {
				xi = b.ExtinctionDistance(math.Hypot(real(f), imag(f)), volume, r.Len[i])
			}
			switch {
			case p.TwoBeam && i == 0:
				spot.I = 1
			case p.Shape == Positions && !p.TwoBeam:
				spot.I = 1
			default:
				spot.I = p.mean(cone, xi)
				if !p.TwoBeam {
					spot.I *= real(f)*real(f) + imag(f)*imag(f)
				}
			}
			if spot.I < cut {
				continue
			}
		}
		spot.X, spot.Y = l.X, l.Y
		if p.Gnomonic {
			z := e.k - l.Z
			if z <= 0 {
				continue
			}
			spot.X, spot.Y = spot.X*e.k/z, spot.Y*e.k/z
		}
		dst = append(dst, spot)
	}
	return dst
}

// mean averages the intensity over the azimuths: of the shape, or of two beams
// if the extinction distance xi is finite.
func (p Precession) mean(c precessing, xi float64) float64 {
	n := p.Azimuths
	if n <= 0 {
		// Steps of s well below the width of what is averaged.
		fine := p.Sigma / 2
		if p.TwoBeam || p.Shape == Slab {
			fine = 1 / (8 * p.Thickness)
		}
		n = 72
		if steps := math.Pi * c.swing / c.normal / fine; fine > 0 && steps > 72 {
			n = 2 * int(min(steps/2, 10000))
		}
	}
	used := n
	if n%2 == 0 && c.nx == 0 && c.ny == 0 {
		used = n / 2 // the second half circle repeats the first
	}
	sum := 0.0
	for j := range used {
		s := c.error(2 * math.Pi * (float64(j) + 0.5) / float64(n))
		if p.TwoBeam {
			sum += TwoBeam(xi, s, p.Thickness)
		} else if s == s {
			sum += p.At(s)
		}
	}
	return sum / float64(used)
}

// precessing is the path of one reflection's excitation error.
type precessing struct {
	middle, swing   float64 // of |k₀ + g|² − k², Å⁻²
	normal          float64 // (k₀ + g)·n without its part that turns, Å⁻¹
	nx, ny, azimuth float64 // the part that turns, for a normal off the axis
	exact           bool
}

// error returns s when the beam stands at the angle w from the transverse part
// of g.
func (c precessing) error(w float64) float64 {
	p := c.middle + c.swing*math.Cos(w)
	q := c.normal
	if c.nx != 0 || c.ny != 0 {
		sin, cos := math.Sincos(w + c.azimuth)
		q += c.nx*cos + c.ny*sin
	}
	if q <= 0 {
		return math.NaN()
	}
	if !c.exact {
		return -p / (2 * q)
	}
	return -p / (q + math.Sqrt(q*q-p))
}

// least returns the s of smallest modulus on the path: 0 if the reflection
// crosses the sphere.
func (c precessing) least() float64 {
	if math.Abs(c.middle) <= c.swing {
		return 0
	}
	if c.middle > 0 {
		return c.error(math.Pi)
	}
	return c.error(0)
}

// SweptKinematic returns the mean intensity of a reflection of the zero-order
// zone in precession when its whole rod passes the sphere, as a fraction of the
// incident beam:
//
//	I_g = π t/(ξ² p g √(1 − (λg/2p)²))
//
// for ξ and the thickness t in Å, g in Å⁻¹ and the precession angle p in rad. It
// is 0 for reflections that the cone does not sweep, λg/2 ≥ p.
func (b Beam) SweptKinematic(xi, t, g, p float64) float64 {
	x := b.lambda * g / (2 * p)
	if !(x < 1) {
		return 0
	}
	return math.Pi * t / (xi * xi * p * g * math.Sqrt(1-x*x))
}

// SweptTwoBeam returns the same for two dynamical beams: SweptKinematic times
// Blackman(t/ξ).
func (b Beam) SweptTwoBeam(xi, t, g, p float64) float64 {
	return b.SweptKinematic(xi, t, g, p) * Blackman(t/xi)
}

// Blackman returns the ratio of the dynamical two-beam intensity to the
// kinematical one when all excitation errors are integrated over, for a
// thickness of x extinction distances:
//
//	(1/2A) ∫₀^{2A} J₀(u) du, A = πx
//
// It is 1 for a thin crystal and falls like 1/(2A) for a thick one.
func Blackman(x float64) float64 {
	// M. Blackman, Proc. R. Soc. A173 (1939) 68.
	a := 2 * math.Pi * math.Abs(x)
	switch {
	case a < 1e-4:
		return 1 - a*a/12
	case a > 400:
		// The integral's asymptotic series 1 + √(2/πa) (sin(a − π/4) − 5/(8a) cos(a − π/4)).
		s, c := math.Sincos(a - math.Pi/4)
		return (1 + math.Sqrt(2/(math.Pi*a))*(s-5/(8*a)*c)) / a
	}
	// ∫₀^a J₀ = 2 (J₁ + J₃ + J₅ + …)(a), and 1 = J₀ + 2 (J₂ + J₄ + …)(a). The
	// recurrence J_{n−1} = (2n/a) J_n − J_{n+1} is stable downwards.
	above, j := 0.0, 1e-250
	var odd, even float64
	for n := 2 * (int(a/2+5*math.Cbrt(a)) + 10); n > 0; n-- {
		if n%2 == 0 {
			even += j
		} else {
			odd += j
		}
		above, j = j, 2*float64(n)/a*j-above
	}
	return 2 * odd / (j + 2*even) / a
}
