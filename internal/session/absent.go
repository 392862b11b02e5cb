package session

import (
	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
)

// findAbsent collects the points of the reciprocal lattice, centring counted,
// whose structure factor is zero. The first is 000, which AppendSpots takes the
// size of the crystal's scattering from.
func (p *level) findAbsent() {
	if p.absent != nil {
		return
	}
	a := &diffraction.Reflections{Lattice: p.refl.Lattice, GMax: p.refl.GMax, Max: p.refl.Max}
	for i, f := range p.refl.F {
		if i == 0 || f == 0 && p.refl.Centred(p.refl.HKL[i]) {
			a.HKL = append(a.HKL, p.refl.HKL[i])
			a.G = append(a.G, p.refl.G[i])
			a.Len = append(a.Len, p.refl.Len[i])
			a.F = append(a.F, f)
		}
	}
	p.absent = a
}

// excited is the intensity over the strongest reflection's above which a spot
// can send electrons on to another one.
const excited = 1e-3

// stamps remembers which reflections of the phase are excited in the present
// pattern, without clearing memory at every frame.
type stamps struct {
	of  *diffraction.Reflections
	at  []uint32
	now uint32
}

// mark stamps the spots of the pattern that can send electrons on.
func (s *Session) mark() {
	p, m := s.phase, &s.memory.stamps
	if m.of != p.refl {
		*m = stamps{of: p.refl, at: make([]uint32, len(p.refl.HKL))}
	}
	m.now++
	floor := excited * p.refl.Max * p.refl.Max
	for _, spot := range s.drawn.spots {
		if spot.Ref != 0 && spot.I >= floor {
			m.at[p.full[spot.Ref]] = m.now
		}
	}
}

// reachedTwice reports whether a forbidden reflection can appear by double
// diffraction in the present pattern: it is the sum of two reflections that are
// both allowed and both excited. The pattern must have been marked.
func (s *Session) reachedTwice(h crystal.HKL) bool {
	p, m := s.phase, &s.memory.stamps
	for _, spot := range s.drawn.spots {
		if spot.Ref == 0 || m.at[p.full[spot.Ref]] != m.now {
			continue
		}
		if i, ok := p.refl.Index(h.Sub(p.visible.HKL[spot.Ref])); ok && m.at[i] == m.now {
			return true
		}
	}
	return false
}

// extinctOnAxis reports whether the paths to a forbidden reflection of the
// present zone cancel in pairs because the beam is exactly on the axis.
func (s *Session) extinctOnAxis(h crystal.HKL) bool {
	return s.offAxis < onAxis && h.Dot(s.zone) == 0 && s.phase.group != nil && s.phase.group.ProjectedExtinct(h, s.zone)
}

// doublePath returns the pair of spots of the pattern whose sum is h and whose
// weaker member is the strongest.
func (s *Session) doublePath(h crystal.HKL) (g1, g2 crystal.HKL, ok bool) {
	p := s.phase
	floor := excited * p.refl.Max * p.refl.Max
	best := 0.0
	for _, spot := range s.drawn.spots {
		if spot.Ref == 0 || spot.I < floor || spot.I <= best {
			continue
		}
		a := p.visible.HKL[spot.Ref]
		b := h.Sub(a)
		if b == (crystal.HKL{}) {
			continue
		}
		if other, _ := s.spotAt(b); other.Ref > 0 && other.I >= floor {
			// Of pairs that symmetry makes equal the first is kept.
			if v := min(spot.I, other.I); v > best*(1+1e-6) {
				best, g1, g2, ok = v, a, b, true
			}
		}
	}
	return g1, g2, ok
}
