package orientation

import (
	"cmp"
	"math"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/lean/say"
	"zoneaxis/internal/lean/sorts"
	"zoneaxis/internal/symmetry"
	"zoneaxis/internal/zones"
)

// Reading is a zone axis that was found on the beam, and what the goniometer read.
type Reading struct {
	Zone crystal.UVW
	Tilt Tilt
}

// Calibration is how a crystal is mounted in a holder.
type Calibration struct {
	Holder Holder // with its signs and the zero of α
	// Mount is the crystal's orientation at level (see Holder.Mount), with the α
	// axis where Holder.Axis says.
	Mount geom.Rotation
	// Residual is the root mean square angle in rad between the beam and the zone
	// axes at their readings.
	Residual float64
	// Zones are the axes that were on the beam: equivalents of those that were
	// named, with the sign that pointed to the source.
	Zones []crystal.UVW
}

// Limits of a calibration.
const (
	// A fit that leaves more than this is none.
	calibrationLimit = 5 * math.Pi / 180
	// Solutions whose residuals differ by less cannot be told apart.
	calibrationTie = 0.05 * math.Pi / 180
	// The zero of α lies within this.
	calibrationZero = 10 * math.Pi / 180
	// A zero of α is believed if it leaves this part of the residual: three zone
	// axes with errors of reading alone seem to have one in one of seventy cases.
	calibrationGain = 6
	maxReadings     = 12
)

// Calibrate solves how the crystal is mounted from two or more zone axes and the
// readings at which each was on the beam, the best solution first, those that fit as
// well (within 0.05°) behind it.
//
// Each zone axis but the first may be any of its equivalents, since a pattern does
// not tell them apart; of solutions that fit as well, the one comes first that takes
// most of them as they were named, with their signs. Both counts of each sign are
// tried, h's own first. Turning both signs is the same as turning the crystal by 180°
// in its plane (for a tilt-rotation holder the sign of α alone is), and two zone axes
// fit either hand: three that are off one plane, named
// with the signs that go together, decide. Solutions that differ by the hand alone
// lead to the same readings for every zone axis. From three zone
// axes on the zero of α is solved too, if that leaves less than a sixth of the
// residual; from two it cannot be told from an error of reading. The zero of β never
// shows, as it turns with the specimen.
//
// Where the α axis lies on the screen does not show either: h.Axis is kept, and Mount
// goes with it. Errors: fewer than two readings or more than twelve, a zone axis
// twice, readings that are the same, or none that fits within 5°.
func (h Holder) Calibrate(l crystal.Lattice, g *symmetry.Group, readings []Reading) ([]Calibration, error) {
	if len(readings) < 2 {
		return nil, say.Errorf("orientation: a calibration needs two or more zone axes with their readings, not %d", len(readings))
	}
	if len(readings) > maxReadings {
		return nil, say.Errorf("orientation: a calibration takes at most %d zone axes, not %d", maxReadings, len(readings))
	}
	for i, r := range readings {
		if r.Zone == (crystal.UVW{}) {
			return nil, say.Errorf("orientation: zone axis [0 0 0] has no direction")
		}
		for _, o := range readings[:i] {
			if r.Zone.Plane(o.Zone) == (crystal.HKL{}) {
				return nil, say.Errorf("orientation: zone axis [%v] is given twice: each one must be another", r.Zone)
			}
			if h.Between(r.Tilt, o.Tilt) < geom.Radians(0.5) {
				return nil, say.Errorf("orientation: [%v] and [%v] are on the beam at the same readings: expected readings at least 0.5° apart", o.Zone, r.Zone)
			}
		}
	}
	c := calibrator{lattice: l, readings: readings}
	for _, r := range readings {
		var same []crystal.UVW
		for _, u := range zones.Equivalent(g, r.Zone) {
			same = append(same, u, u.Neg())
		}
		sorts.Stable(same, func(a, b crystal.UVW) int { return crystal.Compare(b, a) })
		c.same = append(c.same, unique(same))
	}
	c.same[0] = []crystal.UVW{readings[0].Zone}
	for _, u := range zones.Equivalent(g, crystal.UVW{3, 7, 19}) {
		c.general = append(c.general, l.R(u), l.R(u.Neg()))
	}
	for _, signs := range [4][2]bool{{false, false}, {false, true}, {true, false}, {true, true}} {
		c.holder = h
		c.holder.FlipAlpha, c.holder.FlipBeta = h.FlipAlpha != signs[0], h.FlipBeta != signs[1]
		c.assign(nil)
	}
	if len(c.found) == 0 {
		return nil, c.nothing(h)
	}
	literal := func(k Calibration) (n int) {
		for i, u := range k.Zones {
			if u == readings[i].Zone {
				n++
			}
		}
		return n
	}
	sorts.Stable(c.found, func(a, b Calibration) int {
		return cmp.Or(cmp.Compare(math.Floor(a.Residual/calibrationTie), math.Floor(b.Residual/calibrationTie)), cmp.Compare(literal(b), literal(a)))
	})
	out := c.found[:0:0]
	for _, k := range c.found {
		if k.Residual > c.found[0].Residual+calibrationTie {
			continue
		}
		if !c.containsLike(out, k) {
			out = append(out, k)
		}
	}
	return out, nil
}

func unique(list []crystal.UVW) (out []crystal.UVW) {
	for i, u := range list {
		if i == 0 || u != list[i-1] {
			out = append(out, u)
		}
	}
	return out
}

// containsLike reports whether a solution with the same signs has the crystal in an
// equivalent orientation: the family of a general direction lies where it lies.
func (c *calibrator) containsLike(list []Calibration, k Calibration) bool {
	for _, o := range list {
		if o.Holder.FlipAlpha != k.Holder.FlipAlpha || o.Holder.FlipBeta != k.Holder.FlipBeta {
			continue
		}
		back := o.Mount.Inverse().Mul(k.Mount)
		same := true
		for _, v := range c.general {
			turned := back.Apply(v)
			found := false
			for _, w := range c.general {
				found = found || geom.Angle(turned, w) < geom.Radians(0.1)
			}
			if same = same && found; !same {
				break
			}
		}
		if same {
			return true
		}
	}
	return false
}

// calibrator tries which equivalents were on the beam.
type calibrator struct {
	lattice  crystal.Lattice
	readings []Reading
	same     [][]crystal.UVW
	holder   Holder
	general  []geom.Vec // all that is equivalent to a direction on no symmetry element
	found    []Calibration
}

// nothing says that no equivalents fit, by the first two.
func (c *calibrator) nothing(h Holder) error {
	a, b := c.readings[0], c.readings[1]
	between := h.Between(a.Tilt, b.Tilt)
	best := math.Inf(1)
	for _, u := range c.same[1] {
		if x := geom.Angle(c.lattice.R(a.Zone), c.lattice.R(u)); math.Abs(x-between) < math.Abs(best-between) {
			best = x
		}
	}
	if math.Abs(best-between) <= calibrationLimit {
		return say.Errorf("orientation: the readings of the zone axes do not go together: no mount fits them within 5°")
	}
	return say.Errorf("orientation: from the readings of [%v] to those of [%v] it is %.1f°, but between these zone axes, and those equivalent to them, %.1f° is the nearest angle",
		a.Zone, b.Zone, geom.Degrees(between), geom.Degrees(best))
}

// assign chooses an equivalent for each further reading whose angles to those before
// it agree with the readings, and solves the mount of each choice.
func (c *calibrator) assign(chosen []crystal.UVW) {
	n := len(chosen)
	if n == len(c.readings) {
		c.solve(chosen)
		return
	}
	for _, u := range c.same[n] {
		ok := true
		for i, w := range chosen {
			between := c.holder.Between(c.readings[i].Tilt, c.readings[n].Tilt)
			if math.Abs(geom.Angle(c.lattice.R(w), c.lattice.R(u))-between) > calibrationLimit {
				ok = false
				break
			}
		}
		if ok {
			c.assign(append(chosen[:n:n], u))
		}
	}
}

// solve finds the mount, and with three zone axes or more the zero of α.
func (c *calibrator) solve(chosen []crystal.UVW) {
	from := make([]geom.Vec, len(chosen))
	for i, u := range chosen {
		from[i] = c.lattice.R(u).Unit()
	}
	at := func(zero float64) Calibration {
		k := Calibration{Holder: c.holder, Zones: chosen}
		k.Holder.Zero.Alpha += zero
		to := make([]geom.Vec, len(c.readings))
		for i, r := range c.readings {
			to[i] = k.Holder.Up(r.Tilt)
		}
		k.Mount, k.Residual = turnOnto(from, to)
		return k
	}
	best := at(0)
	if len(chosen) > 2 {
		zero := least(func(z float64) float64 { return at(z).Residual }, -calibrationZero, calibrationZero)
		if k := at(zero); k.Residual < best.Residual/calibrationGain {
			best = k
		}
	}
	if best.Residual <= calibrationLimit {
		c.found = append(c.found, best)
	}
}

// least returns where a function that falls and rises again is smallest, by golden
// section.
func least(f func(float64) float64, low, high float64) float64 {
	part := (math.Sqrt(5) - 1) / 2
	a, b := high-part*(high-low), low+part*(high-low)
	fa, fb := f(a), f(b)
	for high-low > 1e-9 {
		if fa <= fb {
			high, b, fb = b, a, fa
			a = high - part*(high-low)
			fa = f(a)
		} else {
			low, a, fa = a, b, fb
			b = low + part*(high-low)
			fb = f(b)
		}
	}
	return (low + high) / 2
}

// turnOnto returns the rotation that brings unit vectors nearest to others, Σ|R a − b|²
// least, and the root mean square angle that is left. The first two span a plane.
func turnOnto(from, to []geom.Vec) (geom.Rotation, float64) {
	frame := func(v []geom.Vec) geom.Mat3 {
		z := v[0].Cross(v[1]).Unit()
		x := v[0].Add(v[1]).Unit() // as much of one as of the other
		return geom.FromRows(x, z.Cross(x), z)
	}
	r := geom.FromMat(frame(to).Transpose().Mul(frame(from))).Normalise()
	for range 20 {
		// Σ (1 − p pᵀ) ω = Σ p × b, p = R a: the small turn that makes up for it.
		var m geom.Mat3
		var rhs geom.Vec
		for i := range from {
			p := r.Apply(from[i])
			rhs = rhs.Add(p.Cross(to[i]))
			m = addMat(m, geom.FromRows(
				geom.Vec{X: 1 - p.X*p.X, Y: -p.X * p.Y, Z: -p.X * p.Z},
				geom.Vec{X: -p.Y * p.X, Y: 1 - p.Y*p.Y, Z: -p.Y * p.Z},
				geom.Vec{X: -p.Z * p.X, Y: -p.Z * p.Y, Z: 1 - p.Z*p.Z}))
		}
		w := m.Inverse().Apply(rhs)
		r = geom.AxisAngle(w, w.Norm()).Mul(r).Normalise()
		if w.Norm() < 1e-13 {
			break
		}
	}
	sum := 0.0
	for i := range from {
		a := geom.Angle(r.Apply(from[i]), to[i])
		sum += a * a
	}
	return r, math.Sqrt(sum / float64(len(from)))
}

func addMat(a, b geom.Mat3) geom.Mat3 {
	ax, ay, az := a.Rows()
	bx, by, bz := b.Rows()
	return geom.FromRows(ax.Add(bx), ay.Add(by), az.Add(bz))
}
