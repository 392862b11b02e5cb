package bloch

import (
	"math"

	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/lean/sorts"
)

// strongestSpots is how many spots a convergence is judged by.
const strongestSpots = 8

// Convergence says for each thickness (Å) how far a solution may be from one
// with all beams, as a fraction: Σ|ΔI|/ΣI over the eight strongest spots but
// 000, ΔI being what changes with about half of the beams. Two halves are
// tried and the larger distance counts: half of the strong beams with half of the
// weak ones, and with no more weak beams than strong ones. One alone misses now
// and then what a far larger set would change.
//
// s must be the solution that Solve returned for the other arguments. A pattern
// without spots has converged: 0. Errors: those of Solve.
func Convergence(r *diffraction.Reflections, b diffraction.Beam, o geom.Rotation, opt Options, s *System, thicknesses []float64) ([]float64, error) {
	out := make([]float64, len(thicknesses))
	var whole, half []float64
	for _, smaller := range s.halves(opt, r) {
		h, err := Solve(r, b, o, smaller)
		if err != nil {
			return nil, err
		}
		for i, t := range thicknesses {
			whole, half = s.Intensities(whole, t), h.Intensities(half, t)
			out[i] = max(out[i], distance(s.Beams, whole, h.Beams, half))
		}
	}
	return out, nil
}

// halves returns options for about half of the beams of s.
func (s *System) halves(opt Options, r *diffraction.Reflections) []Options {
	weak := len(s.Beams) - s.Strong
	opt.MaxBeams = 0
	if opt.List == nil && opt.Strong > 0 {
		few := opt
		opt.MaxStrong, opt.MaxWeak = max(s.Strong/2, 1), max(weak/2, 1)
		few.MaxStrong, few.MaxWeak = opt.MaxStrong, min(opt.MaxWeak, opt.MaxStrong)
		return []Options{opt, few}
	}
	cut := math.Inf(1)
	if s.Strong > 1 {
		cut = largest(s.Beams, s.Strong/2)
	}
	opt.List = nil
	for _, beam := range s.Beams {
		if beam.Ref == 0 || math.Abs(beam.S) < cut {
			opt.List = append(opt.List, r.HKL[beam.Ref])
		}
	}
	return []Options{opt}
}

// distance is Σ|ΔI|/ΣI over the strongest spots of a.
func distance(a []diffraction.Spot, ia []float64, b []diffraction.Spot, ib []float64) float64 {
	other := make(map[int32]float64, len(b))
	for i, beam := range b {
		other[beam.Ref] = ib[i]
	}
	type pair struct{ here, change float64 }
	var spots []pair
	for i, beam := range a {
		if beam.Ref != 0 {
			spots = append(spots, pair{ia[i], math.Abs(ia[i] - other[beam.Ref])})
		}
	}
	sorts.Func(spots, func(p, q pair) int {
		switch {
		case p.here > q.here:
			return -1
		case p.here < q.here:
			return 1
		}
		return 0
	})
	change, all := 0.0, 0.0
	for _, p := range spots[:min(len(spots), strongestSpots)] {
		change, all = change+p.change, all+p.here
	}
	if all == 0 {
		return 0
	}
	return change / all
}
