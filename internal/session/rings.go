package session

import (
	"cmp"
	"math"
	"slices"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/lean/sorts"
	"zoneaxis/internal/link"
	"zoneaxis/internal/protocol"
	"zoneaxis/internal/scene"
	"zoneaxis/internal/wire"
)

// faintestRing is the mean intensity on a ring, over that of the brightest,
// below which it is left out.
const faintestRing = 1e-4

// powder is the powder pattern of a level.
type powder struct {
	rings []diffraction.Ring // by radius, those that can be seen
	mean  float64            // of the brightest
	whole float64            // m |F|² d of the strongest family
}

// findRings works out the rings once: single scattering gives the same at every
// voltage.
func (p *specimen) findRings() *powder {
	if p.powder != nil {
		return p.powder
	}
	d := &powder{rings: diffraction.Powder{R: p.refl, Group: p.group}.Rings(diffraction.Beam{})}
	for _, r := range d.rings {
		d.mean = max(d.mean, r.Mean())
		for _, f := range r.Families {
			d.whole = max(d.whole, ofFamily(r, f))
		}
	}
	d.rings = slices.DeleteFunc(d.rings, func(r diffraction.Ring) bool { return r.Mean() < faintestRing*d.mean })
	p.powder = d
	return d
}

// ofFamily returns the share of a family in the intensity of its whole ring,
// m |F|² d in Å³.
func ofFamily(r diffraction.Ring, f diffraction.Family) float64 {
	return float64(f.Multiplicity) * f.F2 / r.G
}

// ringCrosses reports whether a ring of radius g in Å⁻¹ passes through the
// picture.
func (s *picture) ringCrosses(g float64) bool {
	h := s.side() / 2
	x, y := math.Abs(s.atX), math.Abs(s.atY)
	return g >= math.Hypot(max(x-h, 0), max(y-h, 0)) && g <= math.Hypot(x+h, y+h)
}

// drawRings draws the rings of a powder.
func (s *picture) drawRings() {
	p := s.specimen
	d := p.findRings()
	for _, r := range d.rings {
		if !s.ringCrosses(r.G) {
			continue
		}
		w := r.Mean() / d.mean
		if p.empty {
			w = 0.25 // all alike
		}
		s.scene.Rings = append(s.scene.Rings, scene.Ring{R: r.G, Weight: w})
		// The label stands on the ring, towards the upper right.
		x := r.G * math.Sqrt(0.5)
		s.scene.Spots = append(s.scene.Spots, scene.Spot{X: x, Y: x, R: 0.01, Class: wire.Background, HKL: r.Families[0].HKL, Four: p.four, Rank: w})
	}
	s.scene.Spots = append(s.scene.Spots, scene.Spot{R: scene.DirectRadius * s.grown(), Class: wire.Spot})
	s.drawn.inView = len(s.scene.Rings)
}

// ringRows returns the families of the rings in the picture, strongest first.
func (s *picture) ringRows() []scene.Reflection {
	s.draw()
	d := s.specimen.findRings()
	var rows []scene.Reflection
	for _, r := range d.rings {
		if !s.ringCrosses(r.G) {
			continue
		}
		for _, f := range r.Families {
			rows = append(rows, scene.Reflection{
				HKL: f.HKL, D: r.D(), G: r.G, F: complex(math.Sqrt(f.F2), 0), Intensity: ofFamily(r, f) / d.whole, Multiplicity: f.Multiplicity,
			})
			if last := &rows[len(rows)-1]; s.specimen.empty {
				last.F, last.Unknown = 0, true
			}
		}
	}
	sorts.Stable(rows, func(a, b scene.Reflection) int {
		return cmp.Compare(weightStep(b.Intensity), weightStep(a.Intensity))
	})
	return rows
}

// ringAt returns the ring nearest to a point of the view box, by its first
// family, and the point of it that lies nearest.
func (s *picture) ringAt(vx, vy, reach float64) (h crystal.HKL, at geom.Vec, ok bool) {
	p := s.viewPoint(vx, vy)
	radius := p.Norm()
	best := reach / s.scene.Scale()
	for _, r := range s.specimen.findRings().rings {
		if off := math.Abs(r.G - radius); off <= best && radius > 0 {
			best, h, ok = off, r.Families[0].HKL, true
			at = p.Unit()
			at.X, at.Y = at.X*r.G, at.Y*r.G
		}
	}
	return h, at, ok
}

// ringDetail describes the family of h and what shares its ring.
func (s words) ringDetail(h crystal.HKL) *protocol.Detail {
	p := s.specimen
	four := p.four
	hkl := [3]int(h)
	d := &protocol.Detail{HKL: &hkl, Label: s.family(h), Spoken: "ring " + h.Spoken(four)}
	spot, _ := s.spotAt(h)
	d.X, d.Y = s.scene.ToView(spot.X, spot.Y)
	d.X, d.Y = round2(d.X), round2(d.Y)
	s.lengths(d, p.structure.Lattice.G(h).Norm())
	powder := p.findRings()
	family := crystal.PlaneFamily(p.group, h)
	for _, r := range powder.rings {
		here := slices.IndexFunc(r.Families, func(f diffraction.Family) bool { return f.HKL == h || slices.Contains(family, f.HKL) })
		if here < 0 {
			continue
		}
		for i, f := range r.Families {
			if i == here {
				d.Multiplicity = link.Trimmed(float64(f.Multiplicity), 0)
				if !p.empty {
					d.Of = s.share()
					d.F, d.I = link.Fixed(math.Sqrt(f.F2), 2), link.Fixed(100*ofFamily(r, f)/powder.whole, 1)
				}
				continue
			}
			if d.Also == nil {
				d.Also = protocol.Says("On the same ring: ")
			} else {
				d.Also = d.Also.Plus(protocol.Says(", "))
			}
			d.Also = d.Also.Plus(s.family(f.HKL))
		}
		return d
	}
	if i, ok := p.refl.Index(h); ok && p.refl.F[i] == 0 {
		d.F, d.I, d.Of = "0.00", "0", s.share()
		d.Forbidden, _ = s.forbidden(h)
	}
	return d
}

// walkRings selects the next family outwards or inwards.
func (s listing) walkRings(dir string) bool {
	rows := s.ringRows()
	if len(rows) == 0 {
		return false
	}
	sorts.Stable(rows, func(a, b scene.Reflection) int { return cmp.Compare(weightStep(a.G), weightStep(b.G)) })
	at := -1
	if s.selected != nil {
		at = slices.IndexFunc(rows, func(r scene.Reflection) bool { return r.HKL == *s.selected })
	}
	if dir == "left" || dir == "down" || dir == "previous" {
		at = max(at-1, 0)
	} else {
		at = min(at+1, len(rows)-1)
	}
	h := rows[at].HKL
	s.selected = &h
	return true
}
