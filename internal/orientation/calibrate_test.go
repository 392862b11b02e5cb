package orientation_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/orientation"
	"zoneaxis/internal/textbook"
	"zoneaxis/internal/zones"
)

// mounted is a made-up mount: crystal, holder and orientation at level.
type mounted struct {
	s *crystal.Analysis
	h orientation.Holder
	o geom.Rotation
}

// readings are those at which the zone axes come up, with the direction off by up to noise.
func (m mounted) readings(list []crystal.UVW, r *rand.Rand, noise float64) (out []orientation.Reading) {
	for _, u := range list {
		v := m.o.Apply(m.s.Conventional.Lattice.R(u))
		if v.Z < 0 {
			v, u = v.Neg(), u.Neg()
		}
		t := m.h.Aim(v, orientation.Tilt{})
		sin, cos := math.Sincos(2 * math.Pi * r.Float64())
		off := noise * r.Float64()
		t.Alpha += off * cos
		t.Beta += off * sin
		out = append(out, orientation.Reading{Zone: u, Tilt: t})
	}
	return out
}

// upright picks three zone axes of small indices that lean least, off one plane.
func (m mounted) upright() []crystal.UVW {
	l := m.s.Conventional.Lattice
	list := zones.Distinct(nil, 2)
	lean := func(u crystal.UVW) float64 {
		v := m.o.Apply(l.R(u))
		return geom.Angle(v, geom.Vec{Z: math.Copysign(1, v.Z)})
	}
	var out []crystal.UVW
	for len(out) < 3 {
		best := crystal.UVW{}
		for _, u := range list {
			ok := true
			for _, w := range out {
				a := geom.Angle(l.R(u), l.R(w))
				ok = ok && min(a, math.Pi-a) > geom.Radians(12)
			}
			if len(out) == 2 {
				n := l.R(out[0]).Unit().Cross(l.R(out[1]).Unit()).Unit()
				ok = ok && math.Abs(n.Dot(l.R(u).Unit())) > 0.15
			}
			if ok && (best == crystal.UVW{} || lean(u) < lean(best)) {
				best = u
			}
		}
		out = append(out, best)
	}
	return out
}

// error is the largest angle between where a solution and the truth have the zone
// axes that lie within 25° of level, over all that is equivalent.
func (m mounted) error(k orientation.Calibration) float64 {
	l := m.s.Conventional.Lattice
	worst := 0.0
	for _, u := range zones.Distinct(nil, 2) {
		v := m.o.Apply(l.R(u))
		if v.Z < 0 {
			v = v.Neg()
		}
		if geom.Angle(v, geom.Vec{Z: 1}) > geom.Radians(25) {
			continue
		}
		t := m.h.Aim(v, orientation.Tilt{}) // the true readings
		near := math.Inf(1)
		for _, w := range zones.Equivalent(m.s.Setting.Group(), u) {
			for _, x := range [2]crystal.UVW{w, w.Neg()} {
				near = min(near, geom.Angle(k.Holder.Rotation(t).Mul(k.Mount).Apply(l.R(x)), geom.Vec{Z: 1}))
			}
		}
		worst = max(worst, near)
	}
	return worst
}

func analysed(t *testing.T, id string) *crystal.Analysis {
	t.Helper()
	a, err := textbook.Cell(t, id).Analyze(0)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Made-up mounts come back: without errors of reading within 0.01°, with them within
// twice of what they are; the signs, in each of their four cases and for both kinds
// of holder, as far as they can be told: relative to each other.
func TestCalibrationRecovers(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 20))
	for _, id := range []string{"albite", "mg", "si"} {
		s := analysed(t, id)
		for _, kind := range []orientation.HolderKind{orientation.DoubleTilt, orientation.TiltRotation} {
			for signs := range 4 {
				for range 5 {
					m := mounted{s: s, o: geom.AxisAngle(textbook.Unit(random), 3*random.Float64()),
						h: orientation.Holder{Kind: kind, Axis: deg(360 * random.Float64()), FlipAlpha: signs&1 != 0, FlipBeta: signs&2 != 0, Alpha: span(80), Beta: span(180)}}
					know := orientation.Holder{Kind: kind, Axis: m.h.Axis, Alpha: m.h.Alpha, Beta: m.h.Beta}
					list := m.upright()
					exact, err := know.Calibrate(s.Conventional.Lattice, s.Setting.Group(), m.readings(list, random, 0))
					if err != nil {
						t.Fatalf("%s %v: %v", id, list, err)
					}
					truth := -1
					for i, k := range exact {
						if m.error(k) < deg(0.01) {
							truth = i
							break
						}
					}
					if truth < 0 {
						t.Errorf("%s, signs %d, %v: of %d solutions none is the truth, the first off by %.3f°", id, signs, list, len(exact), geom.Degrees(m.error(exact[0])))
						continue
					}
					k := exact[truth]
					right := (k.Holder.FlipAlpha != k.Holder.FlipBeta) == (m.h.FlipAlpha != m.h.FlipBeta)
					if kind == orientation.TiltRotation {
						right = k.Holder.FlipBeta == m.h.FlipBeta
					}
					if k.Residual > deg(0.001) || id == "albite" && (truth != 0 || !right) {
						t.Errorf("%s, signs %d: the truth is solution %d with signs %v %v, residual %.4f°", id, signs, truth, k.Holder.FlipAlpha, k.Holder.FlipBeta, geom.Degrees(k.Residual))
					}
					const noise = 0.2
					noisy, err := know.Calibrate(s.Conventional.Lattice, s.Setting.Group(), m.readings(list, random, deg(noise)))
					if err != nil {
						t.Fatal(err)
					}
					near := math.Inf(1)
					for _, k := range noisy {
						near = min(near, m.error(k))
					}
					if near > deg(2*noise) {
						t.Errorf("%s, signs %d, readings off by %.1f°: the nearest solution is off by %.2f°", id, signs, noise, geom.Degrees(near))
					}
				}
			}
		}
	}
}

// The zero of α comes back from three zone axes.
func TestCalibrationZero(t *testing.T) {
	random := rand.New(rand.NewPCG(8, 1))
	s := analysed(t, "albite")
	for range 10 {
		m := mounted{s: s, o: geom.AxisAngle(textbook.Unit(random), 3*random.Float64()), h: orientation.Holder{Alpha: span(80), Beta: span(80), Zero: tilt(3*random.Float64()-1.5, 0)}}
		know := orientation.Holder{Alpha: m.h.Alpha, Beta: m.h.Beta}
		list, err := know.Calibrate(s.Conventional.Lattice, s.Setting.Group(), m.readings(m.upright(), random, 0))
		if err != nil {
			t.Fatal(err)
		}
		if k := list[0]; math.Abs(k.Holder.Zero.Alpha-m.h.Zero.Alpha) > deg(0.01) && k.Holder.FlipAlpha == k.Holder.FlipBeta || m.error(k) > deg(0.01) {
			t.Errorf("zero %.3f° for %.3f°, off by %.3f°", geom.Degrees(k.Holder.Zero.Alpha), geom.Degrees(m.h.Zero.Alpha), geom.Degrees(m.error(k)))
		}
	}
}

func TestCalibrationRefused(t *testing.T) {
	s := analysed(t, "si")
	h := orientation.Holder{Alpha: span(30), Beta: span(30)}
	at := func(u crystal.UVW, a, b float64) orientation.Reading {
		return orientation.Reading{Zone: u, Tilt: tilt(a, b)}
	}
	for want, readings := range map[string][]orientation.Reading{
		"two or more":           {at(crystal.UVW{0, 0, 1}, 0, 0)},
		"is given twice":        {at(crystal.UVW{0, 0, 1}, 0, 0), at(crystal.UVW{0, 0, -2}, 10, 0)},
		"at the same readings":  {at(crystal.UVW{0, 0, 1}, 0, 0), at(crystal.UVW{1, 1, 2}, 0, 0.2)},
		"has no direction":      {at(crystal.UVW{0, 0, 1}, 0, 0), at(crystal.UVW{}, 10, 0)},
		"19.5° is the nearest":  {at(crystal.UVW{1, 1, 1}, 0, 0), at(crystal.UVW{1, 1, 2}, 9, 0)},
		"do not go together: n": {at(crystal.UVW{0, 0, 1}, 0, 0), at(crystal.UVW{0, 1, 3}, 18.43, 0), at(crystal.UVW{0, 1, 2}, 0, 26.57), at(crystal.UVW{1, 1, 1}, 20, 20)},
	} {
		if _, err := h.Calibrate(s.Conventional.Lattice, s.Setting.Group(), readings); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", want, err)
		}
	}
}

// A route goes from zone axis to zone axis along bands that hold both, in steps, and
// within the limits.
func TestRoute(t *testing.T) {
	s := analysed(t, "si")
	l := s.Conventional.Lattice
	r := textbook.Reflections(t, s.Conventional, diffraction.Options{GMax: 1})
	h := orientation.Holder{Alpha: span(45), Beta: span(40)}
	o, err := diffraction.ZoneFrame(l, crystal.UVW{0, 0, 1})
	if err != nil {
		t.Fatal(err)
	}
	mount := h.Mount(o, tilt(0, 0))
	for _, to := range []crystal.UVW{{1, 1, 2}, {0, 1, 1}, {1, 2, 3}, {-1, 1, 3}} {
		way, err := h.Route(r, mount, tilt(0, 0), crystal.UVW{0, 0, 1}, to, zones.Distinct(nil, 3), deg(4))
		if err != nil {
			t.Errorf("[%v]: %v", to, err)
			continue
		}
		if first, last := way[0], way[len(way)-1]; first.Zone != (crystal.UVW{0, 0, 1}) || last.Zone != to || first.Along != way[1].Along {
			t.Errorf("from [%v] to [%v]", first.Zone, last.Zone)
		}
		for i, w := range way {
			up := h.Rotation(w.Tilt).Mul(mount).Inverse().Apply(geom.Vec{Z: 1}) // in the crystal
			if !h.Reaches(w.Tilt) || math.Abs(up.Dot(l.G(w.Along).Unit())) > 1e-9 {
				t.Errorf("to [%v]: station %d is %.3f° off the band of (%v)", to, i, geom.Degrees(math.Asin(up.Dot(l.G(w.Along).Unit()))), w.Along)
			}
			if w.Zone != (crystal.UVW{}) && geom.Angle(up, l.R(w.Zone)) > 1e-6 {
				t.Errorf("to [%v]: station %d is not on [%v]", to, i, w.Zone)
			}
			if i > 0 && h.Between(way[i-1].Tilt, w.Tilt) > deg(4)+1e-9 {
				t.Errorf("to [%v]: %.2f° from station %d to the next", to, geom.Degrees(h.Between(way[i-1].Tilt, w.Tilt)), i-1)
			}
		}
	}
	// [001] to [112] lies on the band of 2−20.
	way, _ := h.Route(r, mount, tilt(0, 0), crystal.UVW{0, 0, 1}, crystal.UVW{1, 1, 2}, zones.Distinct(nil, 3), deg(5))
	if p := way[1].Along; p != (crystal.HKL{2, -2, 0}) && p != (crystal.HKL{-2, 2, 0}) {
		t.Errorf("along (%v)", p)
	}
	if _, err := h.Route(r, mount, tilt(0, 0), crystal.UVW{0, 0, 1}, crystal.UVW{1, 0, 0}, zones.Distinct(nil, 3), deg(4)); err == nil || !strings.Contains(err.Error(), "out of the holder's reach") {
		t.Errorf("[100]: %v", err)
	}
}
