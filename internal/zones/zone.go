// Package zones is about zone axes as people look for them: which one is
// nearest to the beam, which of them the symmetry tells apart and which a table
// holds, the labelled basis by which a zone-axis pattern is recognised, and the
// search for crystals and zone axes by two measured spots.
package zones

import (
	"cmp"
	"errors"
	"math"
	"slices"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/lean/say"
	"zoneaxis/internal/lean/sorts"
)

// DefaultMaxIndex is the largest zone-axis index that a Set looks at unless told
// otherwise.
const DefaultMaxIndex = 5

// Set finds the zone axes around a direction. It is made once for a lattice,
// does not change and may be shared between goroutines.
type Set struct {
	lattice      crystal.Lattice
	translations []crystal.Frac
	zone         []crystal.UVW // one of ±, nearest to the origin of the lattice first
	dir          []geom.Vec    // unit vectors, crystal's Cartesian frame
	weight       []float64     // squared length of the shortest translation, Å²
}

// AtAngle is a zone axis and its angle to a direction, rad.
type AtAngle struct {
	Zone  crystal.UVW
	Angle float64
}

// NewSet returns the set of all zone axes with indices up to maxIndex
// (DefaultMaxIndex if 0, at most 20). translations is the centring of the
// lattice, as in diffraction.Reflections; nil means primitive.
func NewSet(l crystal.Lattice, translations []crystal.Frac, maxIndex int) *Set {
	if maxIndex <= 0 {
		maxIndex = DefaultMaxIndex
	}
	z := &Set{lattice: l, translations: translations, zone: primitiveZones(min(maxIndex, 20))}
	length := map[crystal.UVW]float64{}
	for _, u := range z.zone {
		length[u] = RepeatLength(l, translations, u)
	}
	sorts.Stable(z.zone, func(a, b crystal.UVW) int {
		if d := length[a] - length[b]; math.Abs(d) > 1e-9 {
			return cmp.Compare(d, 0)
		}
		return compareTextbook(a, b)
	})
	for _, u := range z.zone {
		z.dir = append(z.dir, l.R(u).Unit())
		z.weight = append(z.weight, length[u]*length[u])
	}
	return z
}

// Zones returns the zone axes of the set, one of each ±, those with the
// shortest period first. The slice belongs to the set.
func (z *Set) Zones() []crystal.UVW { return z.zone }

// Nearest returns the zone axis nearest to the beam, with the sign that points
// to +z, and the angle to it in rad. o is the orientation, crystal → laboratory.
// reference, if not zero, takes part as well, whatever its indices.
//
// Nearest by angle alone would name an axis such as [11 10 1] where everybody
// says [110]: high-index axes are everywhere. As axes with long periods have
// small surroundings of their own (two axes with periods p and q are at least
// A/pq apart, A the smallest area of a lattice plane's mesh), the nearest axis
// is the one with the smallest product of angle and period. The period is
// RepeatLength. Exactly on an axis that axis always wins. It allocates nothing.
func (z *Set) Nearest(o geom.Rotation, reference crystal.UVW) (crystal.UVW, float64) {
	d := up(o)
	best, sign, least := 0, 1, math.Inf(1)
	for i := range z.dir {
		c := d.Dot(z.dir[i])
		// Squared chord times squared period, the same order as angle times period.
		if v := (1 - math.Abs(c)) * z.weight[i]; v < least {
			best, least, sign = i, v, 1
			if c < 0 {
				sign = -1
			}
		}
	}
	u := z.zone[best]
	if ref := reference.Reduced(); ref != (crystal.UVW{}) {
		c := d.Dot(z.lattice.R(ref).Unit())
		p := RepeatLength(z.lattice, z.translations, ref)
		if (1-math.Abs(c))*p*p < least {
			u, sign = ref, 1
			if c < 0 {
				sign = -1
			}
		}
	}
	if sign < 0 {
		u = u.Neg()
	}
	return u, geom.Angle(d, z.lattice.R(u))
}

// AppendWithin appends the zone axes of the set within angle (rad, up to π/2)
// of the beam to dst, each with the sign that points to +z, and sorts what it
// appended by angle; equal angles keep the shorter period first.
func (z *Set) AppendWithin(dst []AtAngle, o geom.Rotation, angle float64) []AtAngle {
	d := up(o)
	first := len(dst)
	limit := math.Cos(min(max(angle, 0), math.Pi/2)) - 1e-12
	for i := range z.dir {
		c := d.Dot(z.dir[i])
		if math.Abs(c) < limit {
			continue
		}
		u, v := z.zone[i], z.dir[i]
		if c < 0 {
			u, v = u.Neg(), v.Neg()
		}
		if a := geom.Angle(d, v); a <= angle+1e-9 {
			dst = append(dst, AtAngle{u, a})
		}
	}
	slices.SortStableFunc(dst[first:], func(a, b AtAngle) int {
		if math.Abs(a.Angle-b.Angle) < 1e-9 {
			return 0
		}
		return cmp.Compare(a.Angle, b.Angle)
	})
	return dst
}

// up returns the crystal direction (Cartesian) that the orientation o turns to
// +z.
func up(o geom.Rotation) geom.Vec {
	_, _, z := o.Mat().Rows()
	return z
}

// RepeatLength returns the length in Å of the shortest lattice translation
// along u, centring included: the period of the crystal along a zone axis, the
// inverse of diffraction.Layers.Spacing. The zero direction gives 0.
func RepeatLength(l crystal.Lattice, translations []crystal.Frac, u crystal.UVW) float64 {
	if u == (crystal.UVW{}) {
		return 0
	}
	layers, _ := diffraction.NewLayers(l, translations, u) // only the zero direction is an error
	return 1 / layers.Spacing
}

// primitiveZones returns all directions without common factor and with indices
// up to limit, the first index that is not zero being positive.
func primitiveZones(limit int) []crystal.UVW {
	var list []crystal.UVW
	for u := 0; u <= limit; u++ {
		for v := -limit; v <= limit; v++ {
			for w := -limit; w <= limit; w++ {
				z := crystal.UVW{u, v, w}
				if z != (crystal.UVW{}) && z == z.Reduced() && crystal.Compare(z, crystal.UVW{}) > 0 {
					list = append(list, z)
				}
			}
		}
	}
	return list
}

func negatives(u crystal.UVW) (n int) {
	for _, i := range u {
		if i < 0 {
			n++
		}
	}
	return n
}

func absSum(u crystal.UVW) (n int) {
	for _, i := range u {
		n += max(i, -i)
	}
	return n
}

func largest(u crystal.UVW) (n int) {
	for _, i := range u {
		n = max(n, i, -i)
	}
	return n
}

// compareTextbook orders zone axes as tables do.
func compareTextbook(a, b crystal.UVW) int {
	squares := func(u crystal.UVW) int { return u[0]*u[0] + u[1]*u[1] + u[2]*u[2] }
	return cmp.Or(cmp.Compare(largest(a), largest(b)), cmp.Compare(squares(a), squares(b)),
		cmp.Compare(negatives(a), negatives(b)), crystal.Compare(a, b))
}

// The lengths of reflections that differ by less than tieLength (Å⁻¹) are equal
// when a labelled basis is chosen.
const tieLength = 1e-6

// Basis is the labelled basis of a zone-axis pattern: the numbers by which
// a pattern is recognised.
type Basis struct {
	Zone       crystal.UVW
	G1, G2, G3 crystal.HKL
	Len        [3]float64 // |g1|, |g2|, |g3|, Å⁻¹
	Angle12    float64    // rad, between g1 and g2, at most π/2
	Angle13    float64    // rad, between g1 and g3, 0 … π
	Absent3    bool       // g3 is a forbidden reflection
	Clockwise  bool       // from g1 to g2 is clockwise with the zone axis towards the viewer
}

// D returns the plane spacings of g1, g2, g3 in Å.
func (b Basis) D() [3]float64 { return [3]float64{1 / b.Len[0], 1 / b.Len[1], 1 / b.Len[2]} }

// Ratio21 returns |g2|/|g1|, at least 1.
func (b Basis) Ratio21() float64 { return b.Len[1] / b.Len[0] }

// Ratio31 returns |g3|/|g1|.
func (b Basis) Ratio31() float64 { return b.Len[2] / b.Len[0] }

// Reach returns how far out, in Å⁻¹, the reflections lie that a person measures:
// the longest of g1, g2 and g3, or if g3 is absent of g1, g2, g1 + g2 and
// g1 − g2, as then the next spot of the pattern is the longer of the two.
func (b Basis) Reach() float64 {
	if b.Absent3 {
		return max(b.Len[1], math.Sqrt(2*(b.Len[0]*b.Len[0]+b.Len[1]*b.Len[1])-b.Len[2]*b.Len[2]))
	}
	return max(b.Len[1], b.Len[2])
}

// A SphereError reports that reflections do not reach far enough for a zone.
type SphereError struct {
	Zone crystal.UVW
	GMax float64 // Å⁻¹
}

func (e *SphereError) Error() string {
	return say.Sprintf("zones: zone axis [%v] has fewer than two independent reflections within %.3g Å⁻¹", e.Zone, e.GMax)
}

// NewBasis returns the labelled basis of the zone u (divided by its common factor):
//
//   - g1 is the shortest reflection of the zone with F ≠ 0, g2 the shortest that
//     is not along g1;
//   - the angle between g1 and g2 is at most 90°, as in printed tables;
//   - among the choices of signs and of equally long reflections that allow it,
//     (g1 × g2)·[uvw] > 0: from g1 to g2 is counter-clockwise with the zone axis
//     towards the viewer. Oblique nets have no such choice, a fifth of all: there
//     Clockwise is set;
//   - among what is left (g1, g2) is the lexicographically largest, g1 before g2;
//   - g3 is the shorter of g1 + g2 and g1 − g2, the sum if they are equal. It
//     may be absent.
//
// Lengths within 1e-6 Å⁻¹ of each other are equal. g1 and g2 need not span the
// whole net: index other spots by the zone law. Errors: the zero direction, or
// a *SphereError if r does not reach far enough.
func NewBasis(r *diffraction.Reflections, u crystal.UVW) (Basis, error) {
	u = u.Reduced()
	if u == (crystal.UVW{}) {
		return Basis{}, errors.New("zones: zone axis [0 0 0] has no direction")
	}
	// ones and twos are the candidates: all of the shortest, and all of the
	// shortest not along every one of those.
	var ones, twos []int
	for i, h := range r.HKL {
		if h == (crystal.HKL{}) || h.Dot(u) != 0 || r.F[i] == 0 {
			continue
		}
		if len(ones) == 0 || r.Len[i] < r.Len[ones[0]]+tieLength {
			ones = append(ones, i)
		}
		if h.Zone(r.HKL[ones[0]]) == (crystal.UVW{}) {
			continue
		}
		if len(twos) > 0 && r.Len[i] >= r.Len[twos[0]]+tieLength {
			break
		}
		twos = append(twos, i)
	}
	if len(twos) == 0 {
		return Basis{}, &SphereError{u, r.GMax}
	}
	if r.Len[twos[0]] < r.Len[ones[0]]+tieLength {
		// Two rows share the shortest length: both parts of the pair come from it.
		twos = ones
	}
	best, clockwise := [2]int{-1, -1}, true
	axis := r.Lattice.R(u)
	for _, i := range ones {
		for _, j := range twos {
			// The cosine of 90° to within the tolerance of lengths.
			if r.HKL[i].Zone(r.HKL[j]) == (crystal.UVW{}) || r.G[i].Dot(r.G[j]) < -tieLength*r.Len[j] {
				continue
			}
			turned := r.G[i].Cross(r.G[j]).Dot(axis) < 0
			if best[0] >= 0 && (turned && !clockwise || turned == clockwise && comparePair(r, i, j, best) < 0) {
				continue
			}
			best, clockwise = [2]int{i, j}, turned
		}
	}
	i, j := best[0], best[1]
	b := Basis{Zone: u, G1: r.HKL[i], G2: r.HKL[j], Clockwise: clockwise}
	sum, difference := r.G[i].Add(r.G[j]), r.G[i].Sub(r.G[j])
	g3 := sum
	b.G3 = b.G1.Add(b.G2)
	if difference.Norm() < sum.Norm()-tieLength {
		g3, b.G3 = difference, b.G1.Sub(b.G2)
	}
	b.Len = [3]float64{r.Len[i], r.Len[j], g3.Norm()}
	b.Angle12 = geom.Angle(r.G[i], r.G[j])
	b.Angle13 = geom.Angle(r.G[i], g3)
	k, ok := r.Index(b.G3)
	b.Absent3 = ok && r.F[k] == 0
	return b, nil
}

// comparePair compares the indices of reflections i, j with those of the pair b.
func comparePair(r *diffraction.Reflections, i, j int, b [2]int) int {
	if c := crystal.Compare(r.HKL[i], r.HKL[b[0]]); c != 0 {
		return c
	}
	return crystal.Compare(r.HKL[j], r.HKL[b[1]])
}

// The sphere of Bases grows up to this radius, Å⁻¹.
const maxBasisRadius = 20

// Bases returns the labelled bases of the given zone axes, in their order. It
// computes reflections of s up to opt.GMax (1 Å⁻¹ if 0) and, for zone axes that
// need it, further out. The atoms are at rest whatever opt says: far out,
// thermal vibration would hide reflections that are not forbidden. Errors are
// those of diffraction.NewReflections and NewBasis.
func Bases(s *crystal.Structure, opt diffraction.Options, zones []crystal.UVW) ([]Basis, error) {
	list := make([]Basis, len(zones))
	opt.Thermal = diffraction.NoThermal
	if opt.GMax <= 0 {
		opt.GMax = 1
	}
	for {
		r, err := diffraction.NewReflections(s, opt)
		if err != nil {
			return nil, err
		}
		missing := false
		for i, u := range zones {
			if list[i].Zone != (crystal.UVW{}) {
				continue
			}
			b, err := NewBasis(r, u)
			var sphere *SphereError
			switch {
			case err == nil:
				list[i] = b
			case errors.As(err, &sphere) && opt.GMax < maxBasisRadius:
				missing = true
			default:
				return nil, err
			}
		}
		if !missing {
			return list, nil
		}
		opt.GMax = min(1.5*opt.GMax, maxBasisRadius)
	}
}
