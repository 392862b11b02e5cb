package bloch

import (
	"cmp"
	"math"

	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/lean/sorts"
)

// strongestSpots is how many spots a convergence is judged by.
const strongestSpots = 8

// Convergence says for each thickness (Å) how far a solution may be from one
// with all beams, as a fraction: Σ|ΔI|/ΣI over the eight strongest spots but
// 000. ΔI is what changes when half of the strong beams become weak, and what
// changes without that half of the weak beams that acts least, both added; for
// beams that are all strong, what changes without half of them.
//
// s must be the solution that Solve returned for the other arguments. A pattern
// without spots has converged: 0. Errors: those of Solve.
func Convergence(r *diffraction.Reflections, b diffraction.Beam, o geom.Rotation, opt Options, s *System, thicknesses []float64) ([]float64, error) {
	h, err := Halve(r, b, o, opt, s)
	if err != nil {
		return nil, err
	}
	out := make([]float64, len(thicknesses))
	for i, t := range thicknesses {
		out[i] = h.Of(s, t)
	}
	return out, nil
}

// Halves are solutions with about half of the beams of another one.
type Halves struct {
	r       *diffraction.Reflections
	systems []*System
}

// Halve solves what Convergence compares with, once for all thicknesses.
func Halve(r *diffraction.Reflections, b diffraction.Beam, o geom.Rotation, opt Options, s *System) (*Halves, error) {
	h := &Halves{r: r}
	for _, smaller := range s.halves(opt, r) {
		system, err := Solve(r, b, o, smaller)
		if err != nil {
			return nil, err
		}
		h.systems = append(h.systems, system)
	}
	return h, nil
}

// Of is Convergence at one thickness.
func (h *Halves) Of(s *System, thickness float64) float64 {
	sum := 0.0
	whole := s.Intensities(nil, thickness)
	for _, half := range h.systems {
		sum += distance(h.r, s, whole, h.r, half, half.Intensities(nil, thickness))
	}
	return sum
}

// Weak is the part of Of that weak beams make, 0 if there are none.
func (h *Halves) Weak(s *System, thickness float64) float64 {
	if len(h.systems) < 2 {
		return 0
	}
	return Distance(h.r, s, h.r, h.systems[1], thickness)
}

// Distance is Σ|ΔI|/ΣI between two solutions for one crystal and orientation
// behind a thickness in Å, over the eight strongest spots of a but 000. ra and rb
// are their reflections.
func Distance(ra *diffraction.Reflections, a *System, rb *diffraction.Reflections, b *System, thickness float64) float64 {
	return distance(ra, a, a.Intensities(nil, thickness), rb, b, b.Intensities(nil, thickness))
}

// halves returns options for about half of the beams of s.
func (s *System) halves(opt Options, r *diffraction.Reflections) []Options {
	weak := len(s.Beams) - s.Strong
	opt.MaxBeams = 0
	if opt.List == nil && opt.Strong > 0 {
		fewStrong, fewWeak := opt, opt
		fewStrong.MaxStrong = max(s.Strong/2, 1)
		fewStrong.MaxWeak = max(weak+s.Strong-fewStrong.MaxStrong, 1)
		fewWeak.MinStrong, fewWeak.MaxStrong, fewWeak.MaxWeak = s.Strong, s.Strong, max(weak/2, 1)
		return []Options{fewStrong, fewWeak}
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

func distance(ra *diffraction.Reflections, a *System, ia []float64, rb *diffraction.Reflections, b *System, ib []float64) float64 {
	type spot struct {
		at   int
		here float64
	}
	spots := make([]spot, 0, len(a.Beams))
	for i, beam := range a.Beams {
		if beam.Ref != 0 {
			spots = append(spots, spot{at: i, here: ia[i]})
		}
	}
	sorts.Func(spots, func(p, q spot) int { return cmp.Compare(q.here, p.here) })
	change, all := 0.0, 0.0
	for _, p := range spots[:min(len(spots), strongestSpots)] {
		there := 0.0
		for i, beam := range b.Beams {
			if rb.HKL[beam.Ref] == ra.HKL[a.Beams[p.at].Ref] {
				there = ib[i]
			}
		}
		change, all = change+math.Abs(p.here-there), all+p.here
	}
	if all == 0 {
		return 0
	}
	return change / all
}
