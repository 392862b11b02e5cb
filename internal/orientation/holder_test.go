package orientation_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/orientation"
	"zoneaxis/internal/textbook"
	"zoneaxis/internal/zones"
)

func deg(a float64) float64 { return geom.Radians(a) }

func tilt(alpha, beta float64) orientation.Tilt {
	return orientation.Tilt{Alpha: deg(alpha), Beta: deg(beta)}
}

func span(limit float64) orientation.Range {
	return orientation.Range{Min: -deg(limit), Max: deg(limit)}
}

// holders are the kinds of holder that the properties run over.
func holders() map[string]orientation.Holder {
	return map[string]orientation.Holder{
		"double":              {Alpha: span(30), Beta: span(20)},
		"double, turned axis": {Axis: deg(37), Alpha: span(60), Beta: span(30)},
		"double, flipped":     {Axis: deg(-110), FlipAlpha: true, FlipBeta: true, Alpha: span(40), Beta: span(40)},
		"rotation, free":      {Kind: orientation.TiltRotation, Axis: deg(12), Alpha: span(45), Beta: span(180)},
		"rotation, flipped":   {Kind: orientation.TiltRotation, FlipAlpha: true, Alpha: orientation.Range{Min: deg(-10), Max: deg(70)}, Beta: span(200)},
	}
}

func TestTiltFromOneZoneToAnother(t *testing.T) {
	// physics check: x ∥ [100], y ∥ [010], from [001] to [112].
	const tolCheck = 5e-5 // degrees, the check has four decimals
	l := textbook.Cubic(t, 4)
	h := holders()["double"]
	mount := h.Mount(geom.NoRotation(), tilt(0, 0))
	got := h.Zone(l, mount, tilt(0, 0), crystal.UVW{1, 1, 2})
	if a, b := geom.Degrees(got.Tilt.Alpha), geom.Degrees(got.Tilt.Beta); math.Abs(a-24.0948) > tolCheck || math.Abs(b+26.5651) > tolCheck {
		t.Errorf("got α %.4f°, β %.4f°, want 24.0948°, −26.5651°", a, b)
	}
	if got.Reachable {
		t.Error("β of 26.6° is beyond 20° but counts as reachable")
	}
	if travel := geom.Degrees(got.Travel); math.Abs(travel-35.2644) > tolCheck {
		t.Errorf("travel %.4f°, want 35.2644°, the angle between [001] and [112]", travel)
	}
}

func TestTiltSenses(t *testing.T) {
	// R_X(α) turns y towards z, so a direction that leans to +y is brought up by
	// the positive α by which it leans; R_Y(β) turns x away from z.
	for _, c := range []struct {
		name string
		h    orientation.Holder
		v    geom.Vec
		want orientation.Tilt
	}{
		{"+y by +α", orientation.Holder{}, geom.Vec{Y: math.Sin(deg(10)), Z: math.Cos(deg(10))}, tilt(10, 0)},
		{"+x by −β", orientation.Holder{}, geom.Vec{X: math.Sin(deg(10)), Z: math.Cos(deg(10))}, tilt(0, -10)},
		{"α counted the other way", orientation.Holder{FlipAlpha: true}, geom.Vec{Y: math.Sin(deg(10)), Z: math.Cos(deg(10))}, tilt(-10, 0)},
		{"β counted the other way", orientation.Holder{FlipBeta: true}, geom.Vec{X: math.Sin(deg(10)), Z: math.Cos(deg(10))}, tilt(0, 10)},
		{"α axis up the screen: −x by +α", orientation.Holder{Axis: deg(90)}, geom.Vec{X: -math.Sin(deg(10)), Z: math.Cos(deg(10))}, tilt(10, 0)},
		{"rotation: +y by +α", orientation.Holder{Kind: orientation.TiltRotation, Alpha: span(30), Beta: span(180)}, geom.Vec{Y: math.Sin(deg(10)), Z: math.Cos(deg(10))}, tilt(10, 0)},
		{"rotation: +x by a quarter turn", orientation.Holder{Kind: orientation.TiltRotation, Alpha: orientation.Range{Max: deg(30)}, Beta: span(180)}, geom.Vec{X: math.Sin(deg(10)), Z: math.Cos(deg(10))}, tilt(10, 90)},
	} {
		got := c.h.Aim(c.v, orientation.Tilt{})
		if math.Abs(got.Alpha-c.want.Alpha) > tolRound || math.Abs(got.Beta-c.want.Beta) > tolRound {
			t.Errorf("%s: got α %.3f°, β %.3f°", c.name, geom.Degrees(got.Alpha), geom.Degrees(got.Beta))
		}
	}
}

// Whatever direction is aimed at, it must end up along the beam; the formula of
// a double tilt must agree with the matrices.
func TestAimBringsUp(t *testing.T) {
	for name, h := range holders() {
		r := rand.New(rand.NewPCG(5, 6))
		for range 300 {
			v := textbook.Unit(r)
			near := orientation.Tilt{Alpha: r.Float64() - 0.5, Beta: r.Float64() - 0.5}
			got := h.Rotation(h.Aim(v, near)).Apply(v)
			if got.Sub(geom.Vec{Z: 1}).Norm() > tolRound {
				t.Fatalf("%s: %v ends at %v", name, v, got)
			}
			s, u := orientation.Tilt{Alpha: r.Float64(), Beta: r.Float64()}, orientation.Tilt{Alpha: -r.Float64(), Beta: r.Float64()}
			if h.Kind == orientation.DoubleTilt {
				cos := math.Cos(s.Alpha)*math.Cos(u.Alpha)*math.Cos(s.Beta-u.Beta) + math.Sin(s.Alpha)*math.Sin(u.Alpha)
				if d := math.Abs(math.Cos(h.Between(s, u)) - cos); d > tolRound {
					t.Fatalf("%s: angle between settings differs by %g", name, d)
				}
			}
		}
	}
}

// A specimen that turns freely may have been turned around several times: it is
// aimed by the shorter way from where it stands, and not turned back to ±180°.
// With stops, what matters is that the reading is one that it reaches.
func TestAimTurnsTheShortWay(t *testing.T) {
	// One sense of α only, so that there is one solution.
	free := orientation.Holder{Kind: orientation.TiltRotation, Alpha: orientation.Range{Max: deg(90)}, Beta: span(180)}
	flipped := orientation.Holder{Kind: orientation.TiltRotation, Axis: deg(70), FlipAlpha: true, FlipBeta: true, Alpha: span(60), Beta: span(360)}
	r := rand.New(rand.NewPCG(11, 12))
	for _, h := range []orientation.Holder{free, flipped} {
		for range 500 {
			v, near := textbook.Unit(r), tilt(60*(2*r.Float64()-1), 1000*(2*r.Float64()-1))
			got := h.Aim(v, near)
			if turn := geom.Degrees(got.Beta - near.Beta); math.Abs(turn) > 180+1e-9 {
				t.Fatalf("from β %.1f° by %.1f°", geom.Degrees(near.Beta), turn)
			}
			if up := h.Rotation(got).Apply(v); up.Sub(geom.Vec{Z: 1}).Norm() > tolRound {
				t.Fatalf("%v ends at %v", v, up)
			}
		}
	}
	// Between stops at ±170° the way from 160° to −160° leads around.
	stops := orientation.Holder{Kind: orientation.TiltRotation, Alpha: orientation.Range{Max: deg(60)}, Beta: span(170)}
	v := stops.Up(tilt(20, -160))
	if got := stops.Aim(v, tilt(20, 160)); math.Abs(got.Beta-deg(-160)) > tolRound || math.Abs(got.Alpha-deg(20)) > tolRound {
		t.Errorf("with stops: α %.1f°, β %.1f°, want 20°, −160°", geom.Degrees(got.Alpha), geom.Degrees(got.Beta))
	}
	// Stops that lie beyond a turn: 300° and not −60°.
	beyond := orientation.Holder{Kind: orientation.TiltRotation, Alpha: orientation.Range{Max: deg(60)}, Beta: orientation.Range{Min: deg(200), Max: deg(400)}}
	if got := beyond.Aim(beyond.Up(tilt(20, 300)), tilt(0, 0)); math.Abs(got.Beta-deg(300)) > tolRound {
		t.Errorf("stops at 200° and 400°: β %.1f°, want 300°", geom.Degrees(got.Beta))
	}
}

func TestMountIsUndoneByRotation(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for name, h := range holders() {
		o := geom.AxisAngle(textbook.Unit(r), 2*r.Float64())
		at := orientation.Tilt{Alpha: r.Float64() - 0.5, Beta: r.Float64() - 0.5}
		back := h.Rotation(at).Mul(h.Mount(o, at))
		if a := back.Mul(o.Inverse()).Angle(); a > 1e-7 { // atan2 of the root of a rounding
			t.Errorf("%s: off by %g rad", name, a)
		}
	}
}

// From a zone on the axis at readings that are not zero to another one and on
// to a third must be the same as aiming at the third at once.
func TestReadingsAreAbsolute(t *testing.T) {
	l := textbook.Lattice(t, crystal.Cell{A: 8.137, B: 12.785, C: 7.158, Alpha: 94.26, Beta: 116.6, Gamma: 87.71})
	o, err := diffraction.ZoneFrame(l, crystal.UVW{1, 0, 1})
	if err != nil {
		t.Fatal(err)
	}
	for name, h := range holders() {
		from := tilt(11, -7)
		mount := h.Mount(o, from)
		first := h.Zone(l, mount, from, crystal.UVW{1, 0, 2})
		second := h.Zone(l, h.Mount(h.Rotation(first.Tilt).Mul(mount), first.Tilt), first.Tilt, crystal.UVW{1, 1, 2})
		direct := h.Zone(l, mount, first.Tilt, crystal.UVW{1, 1, 2})
		if math.Abs(second.Tilt.Alpha-direct.Tilt.Alpha) > 1e-9 || math.Abs(second.Tilt.Beta-direct.Tilt.Beta) > 1e-9 {
			t.Errorf("%s: by way of another zone %v, at once %v", name, second.Tilt, direct.Tilt)
		}
		// And the zone that is on the axis now needs no tilt.
		if here := h.Zone(l, mount, from, crystal.UVW{1, 0, 1}); here.Travel > 1e-9 || math.Abs(here.Tilt.Alpha-from.Alpha)+math.Abs(here.Tilt.Beta-from.Beta) > 1e-9 {
			t.Errorf("%s: the present zone is at %v, travel %g", name, here.Tilt, here.Travel)
		}
	}
}

func TestReachIsTheBorder(t *testing.T) {
	for name, h := range holders() {
		outline := h.AppendReach(nil, deg(1))
		if len(outline) < 20 || outline[0] != outline[len(outline)-1] {
			t.Fatalf("%s: %d points, closed %v", name, len(outline), outline[0] == outline[len(outline)-1])
		}
		for _, v := range outline {
			s := h.Aim(v, orientation.Tilt{})
			if !h.Reaches(s) {
				t.Fatalf("%s: %v of the outline needs %v, out of reach", name, v, s)
			}
			edge := math.Min(math.Min(math.Abs(s.Alpha-h.Alpha.Min), math.Abs(s.Alpha-h.Alpha.Max)),
				math.Min(math.Abs(s.Beta-h.Beta.Min), math.Abs(s.Beta-h.Beta.Max)))
			if edge > 1e-9 && h.Kind == orientation.DoubleTilt {
				t.Fatalf("%s: %v of the outline is %g rad inside", name, v, edge)
			}
		}
	}
	if n := len(holders()["double"].AppendReach(nil, 0)); n != 0 {
		t.Errorf("step 0: %d points", n)
	}
}

func TestPathIsAGreatCircle(t *testing.T) {
	for name, h := range holders() {
		from, to := tilt(15, 12), tilt(25, -18)
		path := h.AppendPath(nil, from, to, 40)
		if len(path) != 41 || path[0] != from {
			t.Fatalf("%s: %d settings from %v", name, len(path), path[0])
		}
		normal := h.Up(from).Cross(h.Up(to)).Unit()
		whole := h.Between(from, to)
		for i, s := range path {
			if d := math.Abs(normal.Dot(h.Up(s))); d > 1e-9 {
				t.Fatalf("%s: setting %d is %g off the circle", name, i, d)
			}
			if got, want := h.Between(from, s), whole*float64(i)/40; math.Abs(got-want) > 1e-9 {
				t.Fatalf("%s: setting %d is %g rad along, want %g", name, i, got, want)
			}
			if i > 0 && math.Abs(s.Alpha-path[i-1].Alpha) > deg(10) {
				t.Fatalf("%s: α jumps between settings %d and %d", name, i-1, i)
			}
		}
		if end := h.Between(path[40], to); end > 1e-9 {
			t.Errorf("%s: ends %g rad away", name, end)
		}
	}
}

// Opposite directions share no one great circle: the way is over the α axis.
func TestPathToTheOpposite(t *testing.T) {
	for _, axis := range []float64{0, 30} {
		h := orientation.Holder{Axis: deg(axis), Alpha: span(90), Beta: span(180)}
		path := h.AppendPath(nil, tilt(0, 0), tilt(0, 180), 4)
		for i, s := range path {
			along := geom.Vec{X: math.Cos(deg(axis)), Y: math.Sin(deg(axis))}
			if d := h.Up(s).Dot(along); math.Abs(d) > 1e-9 {
				t.Errorf("axis at %g°: setting %d, %v, leans by %g along it", axis, i, s, d)
			}
			if a := h.Between(path[0], s); math.Abs(a-math.Pi*float64(i)/4) > 1e-9 {
				t.Errorf("axis at %g°: setting %d is %g rad along", axis, i, a)
			}
		}
	}
}

// A specimen that turns freely has no limit of β: its outline is the circle of
// the largest tilt, whichever sense that has, and a reading of any size is none
// to complain about.
func TestFreeRotation(t *testing.T) {
	h := orientation.Holder{Kind: orientation.TiltRotation, Alpha: orientation.Range{Min: deg(-50), Max: deg(10)}, Beta: span(180)}
	for _, v := range h.AppendReach(nil, deg(5)) {
		if a := geom.Angle(v, geom.Vec{Z: 1}); math.Abs(a-deg(50)) > 1e-9 {
			t.Fatalf("the outline is at %.3f°, want 50°", geom.Degrees(a))
		}
	}
	l := textbook.Cubic(t, 4)
	mount := h.Mount(textbook.Frame(t, l, crystal.UVW{0, 0, 1}), tilt(0, 1000))
	target := h.Zone(l, mount, tilt(0, 1000), crystal.UVW{1, 1, 1})
	why := h.Explain(l, mount, tilt(0, 1000), target, []crystal.UVW{{1, 0, 2}})
	a := target.Tilt.Alpha
	if target.Reachable || why.BetaBeyond != 0 || math.Abs(math.Abs(a)-math.Acos(1/math.Sqrt(3))) > 1e-9 || math.Abs(why.AlphaBeyond-max(a-deg(10), deg(-50)-a)) > 1e-9 {
		t.Errorf("[111]: %+v, α beyond by %.3f°, β by %.3f°", target, geom.Degrees(why.AlphaBeyond), geom.Degrees(why.BetaBeyond))
	}
}

func TestTwoBeamTarget(t *testing.T) {
	b, err := diffraction.NewBeam(200e3)
	if err != nil {
		t.Fatal(err)
	}
	l := textbook.Cubic(t, 4.04958)
	h := orientation.Holder{Alpha: span(40), Beta: span(40)}
	o, err := diffraction.ZoneFrame(l, crystal.UVW{0, 1, 1})
	if err != nil {
		t.Fatal(err)
	}
	mount := h.Mount(o, tilt(5, -3))
	for _, c := range []struct {
		name string
		hkl  crystal.HKL
		off  float64
	}{
		{"in the zone, on the row", crystal.HKL{2, 0, 0}, 0},
		{"in the zone, off the zone axis", crystal.HKL{1, 1, -1}, deg(7)},
		{"the opposite reflection", crystal.HKL{-1, -1, 1}, deg(-7)},
		{"not in the zone", crystal.HKL{1, 1, 1}, 0},
	} {
		got, err := h.TwoBeam(l, mount, tilt(5, -3), crystal.UVW{0, 1, 1}, c.hkl, c.off, b)
		if err != nil {
			t.Fatal(err)
		}
		now := h.Rotation(got.Tilt).Mul(mount)
		g := now.Apply(l.G(c.hkl))
		// On the Ewald sphere: |k₀ + g| = |k₀|.
		q := g.Add(geom.Vec{Z: -b.K()})
		if d := math.Abs(q.Norm() - b.K()); d > 1e-11 { // k of 40 with 16 digits, several operations
			t.Errorf("%s: %v is %g Å⁻¹ off the sphere", c.name, c.hkl, d)
		}
		// The angle off the axis is a right-handed turn about g.
		unit := l.G(c.hkl).Unit()
		axis := l.R(crystal.UVW{0, 1, 1}).Unit()
		axis = axis.Sub(unit.Scale(axis.Dot(unit))).Unit()
		up := now.Inverse().Apply(geom.Vec{Z: 1})
		if off := math.Atan2(up.Dot(unit.Cross(axis)), up.Dot(axis)); math.Abs(off-c.off) > 1e-9 {
			t.Errorf("%s: %g rad off the axis, want %g", c.name, off, c.off)
		}
		// With g in the zone: the axis is off by the angle chosen and the Bragg angle.
		if c.hkl.Dot(crystal.UVW{0, 1, 1}) == 0 {
			bragg := math.Asin(b.Wavelength() * g.Norm() / 2)
			want := math.Acos(math.Cos(bragg) * math.Cos(c.off))
			if angle := geom.Angle(now.Apply(l.R(crystal.UVW{0, 1, 1})), geom.Vec{Z: 1}); math.Abs(angle-want) > 1e-9 {
				t.Errorf("%s: zone axis at %g rad, want %g", c.name, angle, want)
			}
		}
	}
	for _, c := range []struct {
		name string
		u    crystal.UVW
		hkl  crystal.HKL
	}{{"no reflection", crystal.UVW{0, 1, 1}, crystal.HKL{}}, {"no zone", crystal.UVW{}, crystal.HKL{1, 0, 0}}, {"zone along g", crystal.UVW{1, 0, 0}, crystal.HKL{1, 0, 0}}, {"beyond the limiting sphere", crystal.UVW{0, 1, 0}, crystal.HKL{900, 0, 0}}} {
		if _, err := h.TwoBeam(l, mount, tilt(0, 0), c.u, c.hkl, 0, b); err == nil {
			t.Errorf("%s: no error", c.name)
		}
	}
}

func TestNearestReachable(t *testing.T) {
	l := textbook.Cubic(t, 5.43102)
	h := holders()["double"]
	axes := zones.NewSet(l, nil, 3).Zones()
	o, err := diffraction.ZoneFrame(l, crystal.UVW{0, 0, 1})
	if err != nil {
		t.Fatal(err)
	}
	mount := h.Mount(o, tilt(0, 0))
	list := h.Nearest(l, mount, tilt(0, 0), axes, 10)
	if len(list) != 10 || list[0].Zone != (crystal.UVW{0, 0, 1}) || list[0].Travel > 1e-9 {
		t.Fatalf("got %v, want ten zones from [001] on", list)
	}
	for i, s := range list {
		if !s.Reachable || !h.Reaches(s.Tilt) {
			t.Errorf("%v at %v is out of reach", s.Zone, s.Tilt)
		}
		if up := h.Rotation(s.Tilt).Mul(mount).Apply(l.R(s.Zone)).Unit(); up.Sub(geom.Vec{Z: 1}).Norm() > 1e-9 {
			t.Errorf("%v ends at %v", s.Zone, up)
		}
		if i > 0 && s.Travel < list[i-1].Travel-1e-9 {
			t.Errorf("travel %g after %g", s.Travel, list[i-1].Travel)
		}
	}

	// [111] is 54.7° away, at α 35.3°, β −45°: out of both limits.
	target := h.Zone(l, mount, tilt(0, 0), crystal.UVW{1, 1, 1})
	if target.Reachable {
		t.Fatal("[111] counts as reachable")
	}
	why := h.Explain(l, mount, tilt(0, 0), target, axes)
	if math.Abs(geom.Degrees(why.AlphaBeyond)-5.2644) > 5e-5 || math.Abs(geom.Degrees(why.BetaBeyond)-25) > 1e-9 {
		t.Errorf("beyond by α %.4f°, β %.4f°; want 5.2644°, 25°", geom.Degrees(why.AlphaBeyond), geom.Degrees(why.BetaBeyond))
	}
	// Of the zones up to index 3 inside ±30°, ±20°: [123] at α 32.3° is out,
	// [113] at α 17.5°, β −18.4° is in, 29.5° from [111].
	if !why.OK || why.Nearest.Zone != (crystal.UVW{1, 1, 3}) || math.Abs(geom.Degrees(why.Angle)-29.4962) > 5e-5 {
		t.Errorf("nearest is %v, %.4f° away; want [113], 29.4962°", why.Nearest.Zone, geom.Degrees(why.Angle))
	}
	stuck := orientation.Holder{}
	if why := stuck.Explain(l, mount, tilt(0, 0), target, []crystal.UVW{{1, 2, 3}}); why.OK {
		t.Errorf("a holder that cannot move reaches %v", why.Nearest.Zone)
	}
}

func TestHolderValidate(t *testing.T) {
	good := holders()["double"]
	if err := good.Validate(); err != nil {
		t.Error(err)
	}
	bad := good
	bad.Beta = orientation.Range{Min: 1, Max: -1}
	if bad.Validate() == nil {
		t.Error("an empty range is accepted")
	}
	bad = good
	bad.Axis = math.NaN()
	if bad.Validate() == nil {
		t.Error("an axis without direction is accepted")
	}
}

func TestEquivalentTargets(t *testing.T) {
	l := textbook.Cubic(t, 4)
	g := textbook.Group(t, hallFcc)
	h := orientation.Holder{Alpha: span(40), Beta: span(40)}
	o, err := diffraction.ZoneFrame(l, crystal.UVW{0, 0, 1})
	if err != nil {
		t.Fatal(err)
	}
	from := tilt(3, 2)
	list := h.Equivalents(l, g, h.Mount(o, from), from, crystal.UVW{2, 2, 4})
	if len(list) != 24 {
		t.Fatalf("%d equivalents of [112], want 24", len(list))
	}
	// The four around [001] are within reach, the others behind the specimen or
	// at 65.9° and more.
	for i, s := range list {
		if want := i < 4; s.Reachable != want || want && s.Zone[2] != 2 {
			t.Errorf("number %d is %v at α %.1f°, β %.1f°, reachable %v", i, s.Zone, geom.Degrees(s.Tilt.Alpha), geom.Degrees(s.Tilt.Beta), s.Reachable)
		}
		if i > 0 && i < 4 && s.Travel < list[i-1].Travel-1e-9 {
			t.Errorf("%v travels less than the one before", s.Zone)
		}
	}
	if both := h.Equivalents(l, nil, h.Mount(o, from), from, crystal.UVW{1, 1, 2}); len(both) != 2 {
		t.Errorf("without a group: %d, want the two senses", len(both))
	}
	if none := h.Equivalents(l, g, o, from, crystal.UVW{}); none != nil {
		t.Errorf("[000]: %v", none)
	}
}
