package diffraction

import "zoneaxis/internal/crystal"

// Above returns the reflections of r with
//
//	|F|² ≥ cut · Max²
//
// in the same order, and 000. Everything else is that of r, the largest |F| in
// Max too; Index knows only what is in the subset. A cut of 0 keeps all points,
// those with F = 0 among them.
func (r *Reflections) Above(cut float64) *Reflections {
	cut *= r.Max * r.Max
	return r.subset(func(i int) bool {
		f := r.F[i]
		return real(f)*real(f)+imag(f)*imag(f) >= cut
	})
}

// Absent returns the points of the lattice of r, its centring counted, whose
// structure factor is zero, in the same order, and 000. Everything else is that
// of r, the largest |F| in Max too; Index knows only what is in the subset.
func (r *Reflections) Absent() *Reflections {
	return r.subset(func(i int) bool { return r.F[i] == 0 && r.Centred(r.HKL[i]) })
}

// subset returns the reflections that keep accepts, by their place in r, and
// 000, which every pattern takes the crystal's scattering from.
func (r *Reflections) subset(keep func(i int) bool) *Reflections {
	s := *r
	s.HKL, s.G, s.Len, s.F = nil, nil, nil, nil
	s.rank = make([]int32, len(r.rank))
	place := make([]int32, len(r.HKL)) // in the subset of each of r, −1 if it is not there
	for i := range r.HKL {
		if i != 0 && !keep(i) {
			place[i] = -1
			continue
		}
		place[i] = int32(len(s.HKL))
		s.HKL = append(s.HKL, r.HKL[i])
		s.G = append(s.G, r.G[i])
		s.Len = append(s.Len, r.Len[i])
		s.F = append(s.F, r.F[i])
	}
	for e, i := range r.rank {
		s.rank[e] = -1
		if i >= 0 {
			s.rank[e] = place[i]
		}
	}
	return &s
}

// Excited holds the reflections of a pattern that are excited well enough to
// send electrons on, so that double diffraction reaches the sum of any two of
// them. The zero value holds none. It keeps its memory from one pattern to the
// next.
type Excited struct {
	r     *Reflections
	spots []Spot
	place []int32 // in spots, by Ref; it counts only if that spot has this Ref
}

// Set takes the spots of a pattern of r with an intensity of at least floor, in
// Å² as Spot.I, in their order and without 000. Each reflection may be there
// once.
func (e *Excited) Set(r *Reflections, spots []Spot, floor float64) {
	if len(e.place) != len(r.HKL) {
		e.place = make([]int32, len(r.HKL))
	}
	e.r, e.spots = r, e.spots[:0]
	for _, s := range spots {
		if s.Ref != 0 && s.I >= floor {
			e.place[s.Ref] = int32(len(e.spots))
			e.spots = append(e.spots, s)
		}
	}
}

// find returns the excited spot of h.
func (e *Excited) find(h crystal.HKL) (Spot, bool) {
	i, ok := e.r.Index(h)
	if !ok {
		return Spot{}, false
	}
	n := int(e.place[i])
	if n >= len(e.spots) || e.spots[n].Ref != int32(i) {
		return Spot{}, false
	}
	return e.spots[n], true
}

// Reaches reports whether h is the sum of two excited reflections. It takes
// time in proportion to their number.
func (e *Excited) Reaches(h crystal.HKL) bool {
	for _, s := range e.spots {
		if _, ok := e.find(h.Sub(e.r.HKL[s.Ref])); ok {
			return true
		}
	}
	return false
}

// Path returns the excited reflections a + b = h whose weaker one is the
// strongest; of pairs that symmetry makes equal, within 1e-6, the one whose a is
// first in the pattern. It reports false if there is none.
func (e *Excited) Path(h crystal.HKL) (a, b crystal.HKL, ok bool) {
	best := 0.0
	for _, s := range e.spots {
		first := e.r.HKL[s.Ref]
		second := h.Sub(first)
		other, found := e.find(second)
		if v := min(s.I, other.I); found && v > best*(1+1e-6) {
			best, a, b, ok = v, first, second, true
		}
	}
	return a, b, ok
}
