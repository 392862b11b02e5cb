// Package orientation tells how a crystal stands and how it can be turned: the
// tilts of a specimen holder that bring a zone axis to the beam, relationships
// between two crystals, twins and their variants, and the angle between two
// orientations. Rotations take crystal axes to the frame of the screen.
package orientation

import (
	"cmp"
	"math"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/lean/say"
	"zoneaxis/internal/lean/sorts"
	"zoneaxis/internal/symmetry"
	"zoneaxis/internal/zones"
)

// HolderKind is the mechanics of a specimen holder.
type HolderKind uint8

const (
	// DoubleTilt tilts by α about the holder's long axis, which is fixed in the
	// microscope, and by β about an axis normal to it that α carries along.
	DoubleTilt HolderKind = iota
	// TiltRotation tilts by α about the long axis and turns the specimen by β
	// about its own normal, which α carries along.
	TiltRotation
)

// Tilt is a setting of a holder as its goniometer reads it, rad.
type Tilt struct{ Alpha, Beta float64 }

// Range is a closed interval of readings, rad.
type Range struct{ Min, Max float64 }

// Contains reports whether a is in the range. Readings that differ from a limit
// by rounding only (1e-9 rad) are inside.
func (r Range) Contains(a float64) bool { return a >= r.Min-1e-9 && a <= r.Max+1e-9 }

// beyond returns how far a is outside the range, 0 inside.
func (r Range) beyond(a float64) float64 { return max(0, r.Min-a, a-r.Max) }

// Holder is a specimen holder in a microscope. With the axes of the laboratory
// (x right, y up on the screen, z towards the source) and holder axes X, Y, z,
// where X is Axis counter-clockwise of x, a vector v fixed in the specimen and
// given at the readings (0, 0) is turned to
//
//	R_X(α) R_Y(β) v   (DoubleTilt)
//	R_X(α) R_z(β) v   (TiltRotation)
//
// with right-handed rotations and α, β the readings less Zero, each with its sign turned
// if Flip says so. The zero value is a double-tilt holder that cannot move: set
// the ranges.
type Holder struct {
	Kind      HolderKind
	Axis      float64 // rad, from screen x to the α axis, counter-clockwise as seen
	FlipAlpha bool    // the microscope counts α the other way
	FlipBeta  bool
	Zero      Tilt  // what the goniometer reads when the holder is level, rad
	Alpha     Range // what the holder can reach, readings in rad
	Beta      Range
}

// Validate reports ranges that are empty or not numbers.
func (h Holder) Validate() error {
	for _, r := range []struct {
		name string
		Range
	}{{"alpha", h.Alpha}, {"beta", h.Beta}} {
		if !(r.Min <= r.Max) || math.IsInf(r.Min, 0) || math.IsInf(r.Max, 0) {
			return say.Errorf("orientation: holder %s from %.6g° to %.6g°: the lower limit must not exceed the upper one",
				r.name, geom.Degrees(r.Min), geom.Degrees(r.Max))
		}
	}
	if math.IsNaN(h.Axis) || math.IsInf(h.Axis, 0) {
		return say.Errorf("orientation: direction of the tilt axis %g: expected an angle", h.Axis)
	}
	return nil
}

// Reaches reports whether both readings are within the holder's limits.
func (h Holder) Reaches(t Tilt) bool {
	if !h.Alpha.Contains(t.Alpha) {
		return false
	}
	return h.Beta.Contains(t.Beta) || h.Kind == TiltRotation && h.fullTurn()
}

// fullTurn reports whether the rotation of a tilt-rotation holder has no stops.
func (h Holder) fullTurn() bool { return h.Beta.Max-h.Beta.Min >= 2*math.Pi-1e-9 }

// Rotation returns the turn of the specimen in the laboratory frame between the
// readings (0, 0) and t.
func (h Holder) Rotation(t Tilt) geom.Rotation {
	a, b := h.signed(t.Alpha-h.Zero.Alpha, t.Beta-h.Zero.Beta)
	inner := geom.Vec{Y: 1}
	if h.Kind == TiltRotation {
		inner = geom.Vec{Z: 1}
	}
	r := geom.AxisAngle(geom.Vec{X: 1}, a).Mul(geom.AxisAngle(inner, b))
	c := geom.AxisAngle(geom.Vec{Z: 1}, h.Axis)
	return c.Mul(r).Mul(c.Inverse())
}

// signed turns readings into right-handed angles, and back.
func (h Holder) signed(alpha, beta float64) (float64, float64) {
	if h.FlipAlpha {
		alpha = -alpha
	}
	if h.FlipBeta {
		beta = -beta
	}
	return alpha, beta
}

// Mount returns the orientation (crystal Cartesian → laboratory) that a crystal
// has at the readings (0, 0) if it has the orientation o at the readings at. At
// the readings t it has Rotation(t) times that.
func (h Holder) Mount(o geom.Rotation, at Tilt) geom.Rotation {
	return h.Rotation(at).Inverse().Mul(o).Normalise()
}

// Up returns the direction of the specimen, in the laboratory frame at the
// readings (0, 0), that points to +z at the readings t.
func (h Holder) Up(t Tilt) geom.Vec { return h.Rotation(t).Inverse().Apply(geom.Vec{Z: 1}) }

// Between returns the angle in rad by which the specimen's direction along the
// beam changes from s to t. For a double tilt
//
//	cos θ = cos α₁ cos α₂ cos(β₁ − β₂) + sin α₁ sin α₂
func (h Holder) Between(s, t Tilt) float64 { return geom.Angle(h.Up(s), h.Up(t)) }

// Aim returns the readings that bring v to +z, limits apart; v is fixed in the
// specimen and given in the laboratory frame at the readings (0, 0), of any
// length but zero.
//
//	DoubleTilt:   β = atan2(−x, z), α = atan2(y, √(x² + z²))
//	TiltRotation: β = atan2(x, y),  α = atan2(√(x² + y²), z)
//
// in holder axes. A double-tilt holder has this one solution with |α| ≤ 90°. A
// tilt-rotation holder has a second one with β + 180° and −α; Aim returns the
// one that needs less turning from the readings near. Along its axis any β
// will do, and near's is kept; β is taken within ±180° of near's where the
// holder turns freely.
func (h Holder) Aim(v geom.Vec, near Tilt) Tilt {
	s, c := math.Sincos(h.Axis)
	x, y, z := c*v.X+s*v.Y, c*v.Y-s*v.X, v.Z
	if h.Kind == DoubleTilt {
		a, b := h.signed(math.Atan2(y, math.Hypot(x, z)), math.Atan2(-x, z))
		return Tilt{a + h.Zero.Alpha, b + h.Zero.Beta}
	}
	r := math.Hypot(x, y)
	if r <= 1e-12*math.Abs(z) && z > 0 {
		return Tilt{h.Zero.Alpha, near.Beta}
	}
	best, least := Tilt{}, math.Inf(1)
	for _, sign := range []float64{1, -1} {
		a, b := h.signed(math.Atan2(sign*r, z), math.Atan2(sign*x, sign*y))
		a, b = a+h.Zero.Alpha, b+h.Zero.Beta
		b = near.Beta + math.Remainder(b-near.Beta, 2*math.Pi)
		if !h.fullTurn() {
			for _, turn := range []float64{0, 2 * math.Pi, -2 * math.Pi} {
				if h.Beta.Contains(b + turn) {
					b += turn
					break
				}
			}
		}
		t := Tilt{a, b}
		cost := math.Abs(a-near.Alpha) + math.Abs(b-near.Beta)
		if !h.Reaches(t) {
			cost += 1000 // rad: any reachable setting is better
		}
		if cost < least {
			best, least = t, cost
		}
	}
	return best
}

// Target is a direction of the crystal and how to bring it onto the beam.
type Target struct {
	Zone      crystal.UVW // the zone axis, with the sign that points to the source
	HKL       crystal.HKL // the excited reflection of a two-beam condition; 000 for a zone axis
	Tilt      Tilt
	Travel    float64 // rad, angle by which the specimen's direction changes
	Reachable bool
}

// Zone returns the target that brings u itself, not an equivalent, onto the
// beam. The crystal is mounted as mount (see Mount) and the holder reads from.
func (h Holder) Zone(l crystal.Lattice, mount geom.Rotation, from Tilt, u crystal.UVW) Target {
	t := h.aim(mount.Apply(l.R(u)), from)
	t.Zone = u
	return t
}

func (h Holder) aim(v geom.Vec, from Tilt) Target {
	t := h.Aim(v, from)
	return Target{Tilt: t, Travel: geom.Angle(h.Up(from), v), Reachable: h.Reaches(t)}
}

// Equivalents returns the targets of all directions that the Laue class makes
// equivalent to u, both signs included, best first: reachable ones by travel,
// then the others by how far they are beyond the limits. Without a group there
// are just [uvw] and [−u−v−w]. g must describe the cell of l.
func (h Holder) Equivalents(l crystal.Lattice, g *symmetry.Group, mount geom.Rotation, from Tilt, u crystal.UVW) []Target {
	u = u.Reduced()
	if u == (crystal.UVW{}) {
		return nil
	}
	list := []Target{}
	for _, v := range zones.Equivalent(g, u) {
		list = append(list, h.Zone(l, mount, from, v))
	}
	sorts.Stable(list, h.compare)
	return list
}

// compare puts the better target first.
func (h Holder) compare(s, t Target) int {
	if c := cmp.Compare(h.excess(s.Tilt), h.excess(t.Tilt)); c != 0 {
		return c
	}
	// Equal but for rounding: keep the order they came in.
	if math.Abs(s.Travel-t.Travel) < 1e-9 {
		return 0
	}
	return cmp.Compare(s.Travel, t.Travel)
}

// excess returns by how much t exceeds the limits, the larger of both axes.
func (h Holder) excess(t Tilt) float64 {
	if h.Reaches(t) {
		return 0
	}
	a, b := h.Alpha.beyond(t.Alpha), h.Beta.beyond(t.Beta)
	if h.Kind == TiltRotation && h.fullTurn() {
		b = 0
	}
	return max(a, b)
}

// TwoBeam returns the target at which reflection hkl is exactly at the Bragg
// condition (s = 0) near the zone axis u. Starting from the zone axis (or, if
// hkl is not in the zone, from the closest direction within the plane hkl),
// the crystal is turned by off (rad) about g, which moves along the systematic
// row away from the zone's other reflections, and then by the Bragg angle
// towards g:
//
//	n = cos θ Rot(ĝ, off) B + sin θ ĝ, sin θ = λ|g|/2
//
// is the crystal direction that points to +z. Errors: 000, a reflection beyond
// the limiting sphere, or a zone axis along g.
func (h Holder) TwoBeam(l crystal.Lattice, mount geom.Rotation, from Tilt, u crystal.UVW, hkl crystal.HKL, off float64, b diffraction.Beam) (Target, error) {
	g := l.G(hkl)
	if hkl == (crystal.HKL{}) || u == (crystal.UVW{}) {
		return Target{}, say.Errorf("orientation: two-beam condition of (%v) near [%v]: both need a direction", hkl, u)
	}
	sin := b.Wavelength() * g.Norm() / 2
	if sin >= 1 {
		return Target{}, say.Errorf("orientation: reflection (%v) has d = %.3g Å, less than half the wavelength", hkl, 1/g.Norm())
	}
	unit := g.Unit()
	zone := l.R(u).Unit()
	zone = zone.Sub(unit.Scale(zone.Dot(unit)))
	if zone.Norm() < 1e-6 {
		return Target{}, say.Errorf("orientation: direction [%v] is normal to the planes (%v): no zone near it contains them", u, hkl)
	}
	zone = geom.AxisAngle(unit, off).Apply(zone.Unit())
	n := zone.Scale(math.Sqrt(1 - sin*sin)).Add(unit.Scale(sin))
	t := h.aim(mount.Apply(n), from)
	t.Zone, t.HKL = u, hkl
	return t, nil
}

// Nearest returns at most n of the zones that the holder can bring onto the
// beam, both senses of each considered, those with the least travel first.
func (h Holder) Nearest(l crystal.Lattice, mount geom.Rotation, from Tilt, zones []crystal.UVW, n int) []Target {
	return h.closest(l, mount, from, h.Up(from), zones, n)
}

// closest returns at most n reachable zones by their angle to v, a direction in
// the laboratory frame at the readings (0, 0).
func (h Holder) closest(l crystal.Lattice, mount geom.Rotation, from Tilt, v geom.Vec, zones []crystal.UVW, n int) []Target {
	type candidate struct {
		Target
		angle float64
	}
	m := mount.Mat()
	var list []candidate
	for _, u := range zones {
		if u == (crystal.UVW{}) {
			continue
		}
		d := m.Apply(l.R(u))
		for _, sign := range []int{1, -1} {
			if t := h.aim(d.Scale(float64(sign)), from); t.Reachable {
				t.Zone = crystal.UVW{sign * u[0], sign * u[1], sign * u[2]}
				list = append(list, candidate{t, geom.Angle(v, d.Scale(float64(sign)))})
			}
		}
	}
	sorts.Stable(list, func(a, b candidate) int {
		if math.Abs(a.angle-b.angle) < 1e-9 {
			return 0
		}
		return cmp.Compare(a.angle, b.angle)
	})
	var out []Target
	for _, c := range list[:min(n, len(list))] {
		out = append(out, c.Target)
	}
	return out
}

// Unreachable says why a target is out of reach and what is next to it.
type Unreachable struct {
	Target Target
	// AlphaBeyond and BetaBeyond tell how far each reading would be outside its
	// range, rad; 0 if inside.
	AlphaBeyond, BetaBeyond float64
	// Nearest is the reachable zone closest in angle to the target, Angle (rad)
	// from it; OK is false if the holder reaches none of the zones.
	Nearest Target
	Angle   float64
	OK      bool
}

// Explain returns what to tell about the unreachable target t: which limits it
// breaks, and which of zones is the nearest to it that can be reached.
func (h Holder) Explain(l crystal.Lattice, mount geom.Rotation, from Tilt, t Target, zones []crystal.UVW) Unreachable {
	u := Unreachable{Target: t, AlphaBeyond: h.Alpha.beyond(t.Tilt.Alpha), BetaBeyond: h.Beta.beyond(t.Tilt.Beta)}
	if h.Kind == TiltRotation && h.fullTurn() {
		u.BetaBeyond = 0
	}
	v := h.Up(t.Tilt)
	if near := h.closest(l, mount, from, v, zones, 1); len(near) > 0 {
		u.Nearest, u.OK = near[0], true
		u.Angle = h.Between(t.Tilt, near[0].Tilt)
	}
	return u
}

// AppendPath appends n + 1 readings from one setting to the other to dst, such
// that the direction along the beam follows the great circle between them: in a
// Kikuchi map, the straight band from zone to zone. The first is from; the last
// shows the same direction as to (the same readings, unless a tilt-rotation
// holder gets there with less turning another way). Opposite directions have no
// great circle of their own: the path then goes over the α axis.
func (h Holder) AppendPath(dst []Tilt, from, to Tilt, n int) []Tilt {
	a, b := h.Up(from), h.Up(to)
	axis := a.Cross(b)
	angle := geom.Angle(a, b)
	if axis.Norm() < 1e-12 {
		s, c := math.Sincos(h.Axis)
		axis = geom.Vec{X: c, Y: s}
	}
	t := from
	dst = append(dst, t)
	for i := 1; i <= n; i++ {
		t = h.Aim(geom.AxisAngle(axis, angle*float64(i)/float64(n)).Apply(a), t)
		dst = append(dst, t)
	}
	return dst
}

// AppendReach appends the outline of what the holder can bring onto the beam to
// dst: unit vectors of the specimen in the laboratory frame at the readings
// (0, 0), along the limits and at most step rad of reading apart, closed. Turn
// them with Rotation(t) to draw them at the readings t. Nothing is appended for
// a step that is not above zero.
func (h Holder) AppendReach(dst []geom.Vec, step float64) []geom.Vec {
	if !(step > 0) {
		return dst
	}
	edge := func(from, to Tilt) {
		n := int(math.Ceil(max(math.Abs(to.Alpha-from.Alpha), math.Abs(to.Beta-from.Beta)) / step))
		for i := range n {
			f := float64(i) / float64(n)
			dst = append(dst, h.Up(Tilt{from.Alpha + f*(to.Alpha-from.Alpha), from.Beta + f*(to.Beta-from.Beta)}))
		}
	}
	first := len(dst)
	corner := [4]Tilt{{h.Alpha.Min, h.Beta.Min}, {h.Alpha.Max, h.Beta.Min}, {h.Alpha.Max, h.Beta.Max}, {h.Alpha.Min, h.Beta.Max}}
	if h.Kind == TiltRotation && h.fullTurn() {
		// Only the largest tilt counts: a circle.
		a := h.Alpha.Max
		if -h.Alpha.Min > a {
			a = h.Alpha.Min
		}
		edge(Tilt{a, 0}, Tilt{a, 2 * math.Pi})
	} else {
		for i := range corner {
			edge(corner[i], corner[(i+1)%4])
		}
	}
	if len(dst) > first {
		dst = append(dst, dst[first])
	}
	return dst
}
