package diffraction

import (
	"cmp"
	"math"
	"math/cmplx"
	"slices"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/symmetry"
)

// ForbiddenClass says whether and how intensity can appear in a reflection
// whose structure factor is zero.
type ForbiddenClass uint8

const (
	// Never: no sum of allowed reflections gives it. These are the absences from
	// centring, and only they: the allowed reflections are closed under addition
	// and generate the whole lattice of the crystal.
	Never ForbiddenClass = iota
	// DoubleDiffraction: two allowed reflections of the same zone add up to it,
	// so it is seen on the axis.
	DoubleDiffraction
	// ExtinctOnAxis: two allowed reflections of the zone add up to it, but the
	// structure projected along the zone axis has a glide line that cancels the
	// paths in pairs. It appears when the crystal is tilted.
	ExtinctOnAxis
	// OnlyHOLZ: no two allowed reflections of the zone add up to it, only
	// reflections of other Laue zones; it is weak or not seen.
	OnlyHOLZ
)

// String returns "never", "double", "extinct" or "holz".
func (c ForbiddenClass) String() string {
	return [...]string{"never", "double", "extinct", "holz"}[min(c, OnlyHOLZ)]
}

// Path is a way to a forbidden reflection: A + B.
type Path struct {
	A, B crystal.HKL
	// Strength ranks paths: |F_A F_B| over the square of the largest |F| and,
	// within the zone, times the mean of 1/√(1 + (s/0.01 Å⁻¹)²) over both
	// intermediate beams on the exact axis.
	Strength float64
}

// MaxPaths is the largest number of paths of a forbidden reflection that are
// kept.
const MaxPaths = 4

// pathReach is the largest |s| (Å⁻¹) on the exact axis of the intermediate
// beams of a path within the zone; beyond it a beam is not excited in any foil.
const pathReach = 0.05

// pathWidth is the |s| (Å⁻¹) beyond which an intermediate beam fades, about the
// inverse of an extinction distance of a strong reflection. It only ranks.
const pathWidth = 0.01

// ForbiddenSpot is a forbidden reflection of a zone-axis pattern.
type ForbiddenSpot struct {
	Ref   int32 // index into Reflections
	Class ForbiddenClass
	// Systematic tells whether the space group forbids it; Reason says why. If
	// not, F is zero because the atoms sit on special positions (Si 222) or
	// cancel by chance.
	Systematic bool
	Paths      []Path // the strongest first, at most MaxPaths
}

// Forbidden lists the forbidden reflections in the zero-order Laue zone of a
// zone axis, the shortest first.
type Forbidden struct {
	Zone  crystal.UVW
	Spots []ForbiddenSpot
	place map[int32]int32 // from Ref to Spots
}

// Find returns the entry of reflection ref (index into Reflections); false if
// it is allowed or not in the zone.
func (f *Forbidden) Find(ref int32) (*ForbiddenSpot, bool) {
	i, ok := f.place[ref]
	if !ok {
		return nil, false
	}
	return &f.Spots[i], true
}

// ForbiddenFinder classifies the forbidden reflections of a crystal and keeps
// what it found for the zone axes last asked for. It is not safe for concurrent
// use.
type ForbiddenFinder struct {
	r     *Reflections
	group *symmetry.Group
	beam  Beam
	sums  []int32 // allowed reflections without 000, strongest first
	rank  []int32 // place in sums by reflection; −1 if absent
	amp   []float64
	zones map[crystal.UVW]*Forbidden
	order []crystal.UVW // keys of zones, oldest first
}

// cachedZones is how many zone axes a ForbiddenFinder remembers.
const cachedZones = 16

// NewForbiddenFinder prepares the classification of the forbidden reflections
// of r. Paths are sought within r: let it reach 1.5 Å⁻¹ or more, however little
// of it is shown. g is the space group in the cell of r; with nil no reflection
// counts as systematic and none as extinct on the axis.
func NewForbiddenFinder(r *Reflections, g *symmetry.Group, b Beam) *ForbiddenFinder {
	f := &ForbiddenFinder{r: r, group: g, beam: b, zones: map[crystal.UVW]*Forbidden{}}
	f.amp = make([]float64, len(r.F))
	f.rank = make([]int32, len(r.F))
	for i, v := range r.F {
		f.amp[i], f.rank[i] = cmplx.Abs(v), -1
		if v != 0 && r.HKL[i] != (crystal.HKL{}) {
			f.sums = append(f.sums, int32(i))
		}
	}
	slices.SortFunc(f.sums, func(a, b int32) int {
		return cmp.Or(cmp.Compare(f.amp[b], f.amp[a]), cmp.Compare(a, b))
	})
	for n, i := range f.sums {
		f.rank[i] = int32(n)
	}
	return f
}

// Zone returns the forbidden reflections of the zone u (divided by its common
// factor). The result is shared: do not change it.
func (f *ForbiddenFinder) Zone(u crystal.UVW) *Forbidden {
	u = u.Reduced()
	if z, ok := f.zones[u]; ok {
		return z
	}
	z := f.classify(u)
	if len(f.order) == cachedZones {
		delete(f.zones, f.order[0])
		f.order = f.order[1:]
	}
	f.zones[u] = z
	f.order = append(f.order, u)
	return z
}

// Reason returns the symmetry that forbids reflection ref (index into
// Reflections), the most telling one; false if the space group doesn't.
func (f *ForbiddenFinder) Reason(ref int32) (symmetry.AbsenceReason, bool) {
	if f.group == nil {
		return symmetry.AbsenceReason{}, false
	}
	return f.group.Absence(f.r.HKL[ref])
}

func (f *ForbiddenFinder) classify(u crystal.UVW) *Forbidden {
	z := &Forbidden{Zone: u, place: map[int32]int32{}}
	if u == (crystal.UVW{}) {
		return z
	}
	var inZone []int32 // the part of sums in the zone and excited on the axis
	for _, i := range f.sums {
		if f.r.HKL[i].Dot(u) == 0 && f.excitation(int(i)) >= -pathReach {
			inZone = append(inZone, i)
		}
	}
	for i, h := range f.r.HKL {
		if f.r.F[i] != 0 || i == 0 || h.Dot(u) != 0 {
			continue
		}
		s := ForbiddenSpot{Ref: int32(i), Systematic: f.group != nil && f.group.Absent(h)}
		if f.r.Centred(h) {
			s.Paths = f.paths(h, u, inZone, true)
			switch {
			case len(s.Paths) > 0 && f.group != nil && f.group.ProjectedExtinct(h, u):
				s.Class = ExtinctOnAxis
			case len(s.Paths) > 0:
				s.Class = DoubleDiffraction
			default:
				s.Paths, s.Class = f.paths(h, u, f.sums, false), OnlyHOLZ
			}
		}
		z.place[s.Ref] = int32(len(z.Spots))
		z.Spots = append(z.Spots, s)
	}
	return z
}

// excitation returns the excitation error on the exact axis of a reflection of
// the zone, −λg²/2.
func (f *ForbiddenFinder) excitation(i int) float64 {
	return -f.beam.Wavelength() * f.r.Len[i] * f.r.Len[i] / 2
}

// excited returns how well such a reflection serves as an intermediate beam,
// 0 … 1.
func (f *ForbiddenFinder) excited(i int) float64 {
	s := f.excitation(i) / pathWidth
	return 1 / math.Sqrt(1+s*s)
}

// paths returns the strongest pairs of allowed reflections that add up to h.
// from lists candidates for the stronger one, strongest first. With zolz both
// lie in the zone and must be excited on the axis; otherwise neither lies in it.
func (f *ForbiddenFinder) paths(h crystal.HKL, u crystal.UVW, from []int32, zolz bool) []Path {
	var best [MaxPaths]Path
	n := 0
	scale := 1 / (f.r.Max * f.r.Max)
	for _, i := range from {
		a := f.r.HKL[i]
		layer := a.Dot(u)
		if (layer == 0) != zolz {
			continue
		}
		// No later pair can be stronger than the square of its stronger part.
		if n == MaxPaths && f.amp[i]*f.amp[i]*scale < best[n-1].Strength*(1-1e-9) {
			break
		}
		b := h.Sub(a)
		j, ok := f.r.Index(b)
		if !ok || f.rank[j] < f.rank[i] { // absent, or the pair is met from its stronger part
			continue
		}
		p := Path{a, b, f.amp[i] * f.amp[j] * scale}
		if zolz {
			if f.excitation(j) < -pathReach {
				continue
			}
			p.Strength *= (f.excited(int(i)) + f.excited(j)) / 2
		} else if layer < 0 { // the beam on the side of the sphere comes first
			p.A, p.B = b, a
		}
		at := n
		for at > 0 && stronger(p, best[at-1]) {
			at--
		}
		if at == MaxPaths {
			continue
		}
		n = min(n+1, MaxPaths)
		copy(best[at+1:n], best[at:n-1])
		best[at] = p
	}
	if n == 0 {
		return nil
	}
	return append([]Path(nil), best[:n]...)
}

// stronger puts the stronger path first; paths that symmetry makes equal come
// in descending order of indices.
func stronger(p, q Path) bool {
	if d := p.Strength - q.Strength; math.Abs(d) > 1e-9*(p.Strength+q.Strength) {
		return d > 0
	}
	if c := crystal.Compare(p.A, q.A); c != 0 {
		return c > 0
	}
	return crystal.Compare(p.B, q.B) > 0
}
