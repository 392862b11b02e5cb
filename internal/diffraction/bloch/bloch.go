// Package bloch computes dynamical diffraction: what a crystal does to fast
// electrons when each of them is scattered any number of times. A few dozen to
// a thousand beams, coupled by the Fourier coefficients of the potential, are
// carried through a parallel-sided foil with the scattering matrix, which is
// the same as a sum of Bloch waves.
//
// # The equation
//
// With K the wave vector inside the crystal (K² = k² + U_0, its component along
// the surface that of the incident wave), n the foil normal on the exit side,
// K_n = K·n, g_n = g·n and D_g = K² − |K + g|² = −g·(2K + g), the amplitudes of
// forward-scattered fast electrons at the depth t are
//
//	x(t) = exp(iπ t M/K_n) x(0), x_g(0) = 1 for g = 000 and 0 otherwise
//	M_gg = D_g/(1 + g_n/K_n)
//	M_gh = U_{g−h}/√((1 + g_n/K_n)(1 + h_n/K_n))
//	x_g  = √(1 + g_n/K_n) ψ_g
//
// so that |x_g|² is the current in beam g as a fraction of the incident one.
// U_g = γF_g/(πΩ) in Å⁻² contains the relativistic mass; absorption adds iU'_g
// to it. An eigenvalue λ_j of M belongs to the Bloch wave with the wave vector
// K + γ_j n, γ_j = λ_j/(2K_n).
//
// See De Graef, Introduction to Conventional Transmission Electron Microscopy
// (2003), doi:10.1017/CBO9780511615092, and Humphreys, Rep. Prog. Phys. 42
// (1979) 1825.
package bloch

import (
	"errors"
	"math"
	"strconv"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/geom"
)

// Absorption is how electrons are lost to inelastic scattering.
type Absorption uint8

const (
	// None keeps all electrons: the intensities of the beams add up to 1.
	None Absorption = iota
	// Proportional takes U'_g = Ratio·U_g for all g, 000 included.
	Proportional
	// Thermal takes the thermal diffuse scattering of atoms that vibrate
	// independently (Einstein's model) from their Debye–Waller parameters. Atoms
	// at rest absorb nothing.
	Thermal
)

// Options says which beams are coupled and how. The zero value takes all
// reflections with |s| ≤ DefaultSMax, all of them strong.
type Options struct {
	GMax float64 // Å⁻¹, largest |g| of a beam; 0 means all of the reflections
	SMax float64 // Å⁻¹, largest |s| of a beam; 0 means DefaultSMax
	// Strong is the |s| in Å⁻¹ beyond which a beam is weak: it acts on the strong
	// beams as a perturbation (Bethe potentials) and follows from them. 0 makes
	// all beams strong.
	Strong float64
	// Normal is the foil normal in the laboratory frame, of any length and
	// either sense. The zero vector means along the beam.
	Normal geom.Vec
	// TiltX and TiltY are the transverse components of the incident wave vector
	// in Å⁻¹, as in diffraction.Kinematic.
	TiltX, TiltY float64

	// List, if not nil, are the beams, 000 among them: all of them strong, whether
	// anything couples them or not, in this order but for 000, which comes first.
	// GMax, SMax, Strong and what bounds their number count for nothing then.
	List []crystal.HKL
	// Unrefracted leaves out what other programs leave out: K = k, excitation
	// errors to first order, D_g = 2k s_g, and no flux factors, g_n = 0 in M_gh.
	Unrefracted bool

	Absorption Absorption
	Ratio      float64 // U'/U of Proportional

	// Quick lets the solution come the shorter way, which may be in single
	// precision. Intensities are then within 1e-5 of those without Quick, and their
	// sum without absorption within 1e-6 of 1.
	Quick bool
	// Thickness in Å is one for which Solve does the work, if it depends on the
	// thickness. What more another one takes is done when it is asked for.
	Thickness float64

	// MaxStrong makes weak beams of the strong ones with the largest |s| if there
	// are more than that; 0 means no limit. It is used where Strong is.
	MaxStrong int
	// MinStrong makes strong beams of the weak ones with the smallest |s| as long as
	// there are not more than that.
	MinStrong int
	// MaxWeak leaves out weak beams if there are more than that: those that act
	// least on the strong ones, by |U|²/|s| with the largest of their couplings to
	// the leading strong beams. 0 means no limit.
	MaxWeak int
	// Foremost leaves out all but so many strong beams, and all weak ones, if there
	// are more: those with the largest |U|/(|s| + 0.01 Å⁻¹) stay, U being the
	// largest of their couplings to 000 and, times what these have of the electrons,
	// to the leading beams. Equivalent beams stay together. Those of Before, the
	// beams of a frame before, count half as much again, so that beams do not come
	// and go. 0 means no limit.
	Foremost int
	Before   []crystal.HKL
	// MaxBeams is a limit for what may take too long: more strong beams than that
	// are a *LimitError, and so are three times as many candidates, counted before
	// those without a link to 000 and those beyond MaxStrong leave. 0 means no
	// limit.
	MaxBeams int
	MaxRays  int // a limit of CBED: strong beams times directions beyond it are a *SizeError; 0 means no limit
	// Yield is called every few milliseconds while Solve or CBED is at work. If it
	// returns false they stop with ErrCancelled.
	Yield func() bool
	// Couplings, if set, keeps what does not depend on the orientation for the next
	// solution.
	Couplings *Couplings
	// Elsewhere, if set, is asked by Solve to have Work do a job, in another worker
	// for example, and to return the result. If it returns ErrCancelled so does
	// Solve; after any other error the work is done here, and also if there is
	// absorption without Quick or the job would be too large. The solution is the
	// same.
	Elsewhere func(job []byte) (result []byte, err error)
}

// DefaultSMax is the largest excitation error in Å⁻¹ of a beam if Options does
// not say: at 200 kV it ends the zero-order Laue zone at 2.8 Å⁻¹.
const DefaultSMax = 0.1

// StandardGMax is the |g| in Å⁻¹ up to which Standard needs reflections.
const StandardGMax = 4

// Standard returns the beams that a pattern needs, at any voltage: strong ones
// with |s| ≤ 2λ (λ in Å, s in Å⁻¹; in the zero-order zone that is |g| ≤ 2 Å⁻¹),
// the 150 nearest to the sphere where that is fewer and the 1,000 nearest where
// it is more, and as weak ones the 1,200 that act most among those with |s| ≤ 24λ
// and |g| ≤ StandardGMax. What Convergence says of them at 200 kV without
// absorption, and in brackets how far a set four times as large with
// |g| ≤ 6 Å⁻¹ is, in per cent of the eight strongest spots behind 10, 30 and
// 100 nm:
//
//	silicon [110]              0.4 (0.04)   0.8 (0.2)   0.6 (0.2)
//	gallium arsenide [110]     4.1 (0.4)     9 (1.8)     12 (3.6)
//	strontium titanate [001]   6.6 (0.5)   2.3 (0.3)     18 (10)
//	lead titanate [001]         12 (7)      12 (9)      144 (16)
//	gold [110]                   6 (8)      33 (16)     126 (22)
//	tungsten [110]               9 (13)     72 (69)     326 (145)
//	garnet (Y₃Al₅O₁₂) [001]     28 (6)      38 (16)      38 (27)
func Standard(b diffraction.Beam) Options {
	return Options{GMax: StandardGMax, Strong: 2 * b.Wavelength(), SMax: 24 * b.Wavelength(), MinStrong: 150, MaxStrong: 1000, MaxWeak: 1200, Quick: true}
}

// ErrCancelled tells that Options.Yield asked to stop.
var ErrCancelled = errors.New("bloch: cancelled")

// LimitError tells that there are more beams than Options.MaxBeams allows.
type LimitError struct{ Beams, Limit int }

func (e *LimitError) Error() string {
	return "bloch: " + strconv.Itoa(e.Beams) + " beams are more than " + strconv.Itoa(e.Limit)
}

// ListError tells of a beam of Options.List that cannot be one.
type ListError struct {
	HKL crystal.HKL
	Why string // "is …" or "comes …"
}

func (e *ListError) Error() string {
	h := e.HKL
	return "bloch: the beam " + strconv.Itoa(h[0]) + "," + strconv.Itoa(h[1]) + "," + strconv.Itoa(h[2]) + " " + e.Why
}

// System is the solution for one orientation: the beams and what is needed to
// carry them to any thickness. It must not be used by several goroutines at
// once.
type System struct {
	// Beams holds the strong beams, 000 first, then the weak ones, both by |g|:
	// index into the reflections, place on the screen and excitation error. Their
	// I is not set. Reflections that no chain of couplings links to 000 are not
	// among them.
	Beams  []diffraction.Spot
	Strong int // number of strong beams
	// K is the wave number inside the crystal in Å⁻¹ and Kn its component along
	// the foil normal.
	K, Kn float64

	p                *problem
	diagonal, weight []float64 // D_g/(1 + g_n/K_n) and 1/√(1 + g_n/K_n) of all beams
	// One of the three routes.
	chain   chain   // without absorption
	lossy   *lossy  // with absorption
	series  *series // either, in single precision
	scratch []complex128
}

// Solve finds the beams of an orientation (crystal Cartesian to laboratory)
// and prepares their amplitudes. The reflections must reach the largest |g| of
// a beam; couplings beyond them are summed as needed.
//
// Without absorption the time grows with the cube of the number of beams that
// symmetry leaves independent, and any number of thicknesses costs little more.
// With absorption, and with Options.Quick where that is shorter, Solve itself is
// fast and the largest thickness so far takes a time that grows with its value
// and the square of the number of beams; smaller ones cost little.
//
// Errors: *LimitError, ErrCancelled, *ListError.
func Solve(r *diffraction.Reflections, b diffraction.Beam, o geom.Rotation, opt Options) (*System, error) {
	p, err := newBeams(r, b, o, opt)
	if err != nil {
		return nil, err
	}
	if opt.Elsewhere != nil && (opt.Quick || opt.Absorption == None) {
		s, err := p.elsewhere(r, b)
		var limit *LimitError
		switch {
		case err == nil:
			return s, nil
		case errors.Is(err, ErrCancelled), errors.As(err, &limit):
			return nil, err
		}
	}
	if err := p.complete(r, b); err != nil {
		return nil, err
	}
	s, err := p.solve(opt.TiltX, opt.TiltY)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Intensities returns the intensities of Beams behind a foil of a thickness in
// Å as fractions of the incident beam, appended to dst[:0]. Without absorption
// those of the strong beams add up to 1. The intensity is the current, |x_g|², which
// in higher Laue zones differs from |ψ_g|² by the factor 1 + g_n/K_n.
func (s *System) Intensities(dst []float64, thickness float64) []float64 {
	s.scratch = s.Amplitudes(s.scratch, thickness)
	dst = dst[:0]
	for _, x := range s.scratch {
		dst = append(dst, real(x)*real(x)+imag(x)*imag(x))
	}
	return dst
}

// Amplitudes returns the complex amplitudes x_g of Beams behind a foil of a
// thickness in Å, appended to dst[:0]. Weak beams follow the strong ones,
// x_w = −Σ M_wh x_h/M_ww. The phase exp(2πi K_n t), common to all of them, is
// left out.
func (s *System) Amplitudes(dst []complex128, thickness float64) []complex128 {
	dst = s.strong(dst, 0, thickness)
	for w := s.Strong; w < len(s.Beams); w++ {
		var x complex128
		row := s.p.u[s.p.rows[w]:s.p.rows[w+1]]
		for j, u := range row {
			if s.p.loss != nil {
				u += complex(0, 1) * s.p.loss[s.p.rows[w]+j]
			}
			x += u * complex(s.weight[j], 0) * dst[j]
		}
		dst = append(dst, x*complex(-s.weight[w]/s.diagonal[w], 0))
	}
	for i, phase := range s.p.gauge {
		dst[i] *= phase
	}
	return dst
}

// strong returns the amplitudes of the strong beams at a depth in Å in dst[:0],
// without their gauge. With absorption it goes on from those at another depth,
// which dst holds unless that is 0.
func (s *System) strong(dst []complex128, from, to float64) []complex128 {
	perAngstrom := math.Pi / s.Kn
	switch {
	case s.series != nil:
		dst, _ = s.series.at(dst, to*perAngstrom, nil)
		return dst
	case s.lossy == nil:
		return s.chain.propagate(dst, s.Strong, to*perAngstrom)
	case from == 0:
		return s.lossy.at(dst, to*perAngstrom)
	}
	s.lossy.advance(dst, (to-from)*perAngstrom)
	return dst
}

// Wave is a Bloch wave.
type Wave struct {
	Gamma      float64 // Å⁻¹; its wave vector is K + Gamma n
	Excitation float64 // |C_0|², its share of the electrons
}

// Waves returns the excited Bloch waves, the largest Gamma (the lowest branch
// of the potential energy) first. Waves that symmetry keeps from being excited
// are left out. With absorption it returns nil: the waves are then not
// orthogonal and have no shares. No program calls it yet: it is what a table of
// Bloch waves will be made from, when discs are shown.
func (s *System) Waves() []Wave {
	switch {
	case s.lossy != nil, s.series != nil && s.series.im != nil:
		return nil
	case s.series != nil:
		c := s.series.chain64()
		return c.waves(2 * s.Kn)
	}
	return s.chain.waves(2 * s.Kn)
}
