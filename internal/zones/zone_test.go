package zones_test

import (
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/textbook"
	"zoneaxis/internal/zones"
)

// A handful of roundings of numbers of order 1.
const tolRound = 1e-12

func TestBasisAgainstTables(t *testing.T) {
	var file struct {
		Zones map[string][]struct {
			Zone             crystal.UVW
			G1, G2           crystal.HKL
			G1Len            float64 `json:"g1_len"`
			G2Len            float64 `json:"g2_len"`
			Ratio, Angle_deg float64
		}
	}
	data, err := os.ReadFile("testdata/zone_tables.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	// The table is rounded: lengths to 1e-6, ratios to 1e-4, angles to 1e-3.
	const tolLen, tolRatio, tolAngle = 0.51e-6, 0.51e-4, 0.51e-3
	n := 0
	for id, axes := range file.Zones {
		r := textbook.Reflections(t, textbook.Cell(t, id), diffraction.Options{GMax: 2})
		for _, want := range axes {
			n++
			b, err := zones.NewBasis(r, want.Zone)
			if err != nil {
				t.Errorf("%s %v: %v", id, want.Zone, err)
				continue
			}
			if b.G1 != want.G1 || b.G2 != want.G2 {
				t.Errorf("%s %v: got %v, %v, want %v, %v", id, want.Zone, b.G1, b.G2, want.G1, want.G2)
			}
			if math.Abs(b.Len[0]-want.G1Len) > tolLen || math.Abs(b.Len[1]-want.G2Len) > tolLen {
				t.Errorf("%s %v: lengths %v, want %v, %v", id, want.Zone, b.Len, want.G1Len, want.G2Len)
			}
			if math.Abs(b.Ratio21()-want.Ratio) > tolRatio || math.Abs(geom.Degrees(b.Angle12)-want.Angle_deg) > tolAngle {
				t.Errorf("%s %v: ratio %.5f, angle %.4f°, want %v, %v", id, want.Zone, b.Ratio21(), geom.Degrees(b.Angle12), want.Ratio, want.Angle_deg)
			}
		}
	}
	if n != 32 {
		t.Errorf("compared %d zones, want 32", n)
	}
}

// What Basis promises must hold in every zone of every kind of lattice; the
// lengths are found again without it.
func TestBasisProperties(t *testing.T) {
	for _, s := range textbook.Cells(t) {
		r := textbook.Reflections(t, s, diffraction.Options{GMax: 1.5, Thermal: diffraction.NoThermal})
		for _, u := range []crystal.UVW{{0, 0, 1}, {1, 0, 0}, {0, 1, 0}, {1, 1, 0}, {-1, 1, 1}, {2, -1, 0}, {1, 2, -1}, {3, 1, 2}} {
			b, err := zones.NewBasis(r, u)
			if _, far := errors.AsType[*zones.SphereError](err); far {
				continue // short-period cells need more than 1.5 Å⁻¹ in high-index zones
			}
			if err != nil {
				t.Fatalf("%s %v: %v", s.ID, u, err)
			}
			g1, g2, g3 := s.Lattice.G(b.G1), s.Lattice.G(b.G2), s.Lattice.G(b.G3)
			if b.G1.Dot(u) != 0 || b.G2.Dot(u) != 0 || b.G3.Dot(u) != 0 {
				t.Errorf("%s %v: %v, %v, %v are not in the zone", s.ID, u, b.G1, b.G2, b.G3)
			}
			axis := s.Lattice.R(u)
			if b.Clockwise {
				axis = axis.Neg()
			}
			if a := geom.Angle(g1.Cross(g2), axis); a > 1e-7 {
				t.Errorf("%s %v: g1 × g2 is %g rad off the zone axis", s.ID, u, a)
			}
			// No shortest pair has an acute angle and the better sense.
			if b.Angle12 > math.Pi/2+1e-6 {
				t.Errorf("%s %v: angle %g°", s.ID, u, geom.Degrees(b.Angle12))
			}
			for i, h := range r.HKL {
				for j, k := range r.HKL {
					if r.Len[max(i, j)] > b.Len[1]+1e-6 {
						break
					}
					if b.Clockwise && r.F[i] != 0 && r.F[j] != 0 && h.Dot(u) == 0 && k.Dot(u) == 0 && h.Zone(k) != (crystal.UVW{}) &&
						math.Abs(r.Len[i]-b.Len[0]) < 1e-6 && math.Abs(r.Len[j]-b.Len[1]) < 1e-6 &&
						r.G[i].Dot(r.G[j]) >= 0 && r.G[i].Cross(r.G[j]).Dot(s.Lattice.R(u)) > 0 {
						t.Errorf("%s %v: %v and %v are counter-clockwise", s.ID, u, h, k)
					}
				}
				if r.Len[i] > b.Len[1]+1e-6 {
					break
				}
			}
			if math.Abs(geom.Angle(g1, g2)-b.Angle12) > tolRound || math.Abs(geom.Angle(g1, g3)-b.Angle13) > tolRound {
				t.Errorf("%s %v: angles %v, %v", s.ID, u, b.Angle12, b.Angle13)
			}
			if sum, diff := g1.Add(g2).Norm(), g1.Sub(g2).Norm(); math.Abs(g3.Norm()-min(sum, diff)) > 1e-9 {
				t.Errorf("%s %v: |g3| %g, want the shorter of %g and %g", s.ID, u, g3.Norm(), sum, diff)
			}
			if i, ok := r.Index(b.G3); !ok || b.Absent3 != (r.F[i] == 0) {
				t.Errorf("%s %v: absent g3 = %v", s.ID, u, b.Absent3)
			}
			// Shortest and second shortest, without collinear ones, by brute force.
			first, second := math.Inf(1), math.Inf(1)
			for i, h := range r.HKL {
				if i > 0 && r.F[i] != 0 && h.Dot(u) == 0 {
					first = min(first, r.Len[i])
					if h.Zone(b.G1) != (crystal.UVW{}) {
						second = min(second, r.Len[i])
					}
				}
			}
			if math.Abs(first-b.Len[0]) > 1e-6 || math.Abs(second-b.Len[1]) > 1e-6 {
				t.Errorf("%s %v: lengths %v, want %g, %g", s.ID, u, b.Len, first, second)
			}
			// The mirror image: same lengths, and the same net seen from behind.
			back, err := zones.NewBasis(r, u.Neg())
			if err != nil || back.Len[0] != b.Len[0] || math.Abs(back.Len[1]-b.Len[1]) > 1e-6 {
				t.Errorf("%s %v: from behind %v, %v", s.ID, u, back, err)
			}
			again, err := zones.NewBasis(r, crystal.UVW{2 * u[0], 2 * u[1], 2 * u[2]})
			if err != nil || again != b {
				t.Errorf("%s: multiples of %v give %v, %v", s.ID, u, again, err)
			}
		}
	}
}

// In an oblique net the angle of the shortest pair is acute only clockwise, or from
// behind the other way: the angle is the printed one, and the sense is told.
func TestBasisOfObliqueNet(t *testing.T) {
	s := textbook.Cell(t, "zro2-m")
	r := textbook.Reflections(t, s, diffraction.Options{GMax: 1.5})
	up, err := zones.NewBasis(r, crystal.UVW{0, 1, 0})
	if err != nil {
		t.Fatal(err)
	}
	down, err := zones.NewBasis(r, crystal.UVW{0, -1, 0})
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(up.Angle12-down.Angle12) > 1e-9 || up.Angle12 > math.Pi/2 || up.Clockwise == down.Clockwise {
		t.Errorf("angles %g and %g from the two sides, clockwise %v and %v", up.Angle12, down.Angle12, up.Clockwise, down.Clockwise)
	}
	// [123] of primitive cubic: 75.04° in print, not 104.96°.
	p := textbook.Reflections(t, textbook.Cell(t, "srtio3"), diffraction.Options{GMax: 1.5})
	b, err := zones.NewBasis(p, crystal.UVW{1, 2, 3})
	if err != nil || math.Abs(geom.Degrees(b.Angle12)-75.04) > 0.005 {
		t.Errorf("[123] of a primitive cubic cell: %.2f°, %v", geom.Degrees(b.Angle12), err)
	}
}

func TestBasisErrors(t *testing.T) {
	r := textbook.Reflections(t, textbook.Cell(t, "al"), diffraction.Options{GMax: 0.6})
	if _, err := zones.NewBasis(r, crystal.UVW{}); err == nil {
		t.Error("[000] has a basis")
	}
	far, ok := errors.AsType[*zones.SphereError](func() error { _, err := zones.NewBasis(r, crystal.UVW{1, 2, 3}); return err }())
	if !ok || far.Zone != (crystal.UVW{1, 2, 3}) || far.GMax != 0.6 {
		t.Errorf("[123] of Al within 0.6 Å⁻¹: %v", far)
	}
	list, err := zones.Bases(textbook.Cell(t, "al"), diffraction.Options{GMax: 0.6}, []crystal.UVW{{1, 2, 3}, {0, 0, 1}, {11, 10, 1}})
	if err != nil || len(list) != 3 || list[0].G1 != (crystal.HKL{1, 1, -1}) || list[1].G1 != (crystal.HKL{2, 0, 0}) {
		t.Fatalf("Bases: %v, %v", list, err)
	}
	// [11 10 1] lies in (1 −1 −1): 11 − 10 − 1 = 0.
	if list[2].G1.Dot(crystal.UVW{11, 10, 1}) != 0 || list[2].G1 != (crystal.HKL{1, -1, -1}) {
		t.Errorf("[11 10 1]: g1 = %v", list[2].G1)
	}
}

func TestRepeatLength(t *testing.T) {
	for _, c := range []struct {
		id   string
		u    crystal.UVW
		want float64 // in units of a, or c where negative
	}{
		{"si", crystal.UVW{0, 0, 1}, 1},
		{"si", crystal.UVW{0, 1, 1}, math.Sqrt(2) / 2},
		{"si", crystal.UVW{1, 1, 1}, math.Sqrt(3)},
		{"si", crystal.UVW{2, 2, 4}, math.Sqrt(6) / 2},
		{"fe", crystal.UVW{1, 1, 1}, math.Sqrt(3) / 2},
		{"fe", crystal.UVW{0, 1, 1}, math.Sqrt(2)},
		{"mg", crystal.UVW{2, 1, 0}, math.Sqrt(3)},
		{"corundum", crystal.UVW{0, 0, 1}, -1},
		{"srtio3", crystal.UVW{}, 0},
	} {
		s := textbook.Cell(t, c.id)
		r := textbook.Reflections(t, s, diffraction.Options{GMax: 1})
		want := c.want * s.Lattice.Cell().A
		if want < 0 {
			want = s.Lattice.Cell().C
		}
		if got := zones.RepeatLength(s.Lattice, r.Translations, c.u); math.Abs(got-want) > 1e-9 {
			t.Errorf("%s %v: %g Å, want %g Å", c.id, c.u, got, want)
		}
	}
	// Obverse setting: the rhombohedral a = [2 1 1]/3 is a translation.
	s := textbook.Cell(t, "corundum")
	r := textbook.Reflections(t, s, diffraction.Options{GMax: 1})
	u := crystal.UVW{2, 1, 1}
	if got, want := zones.RepeatLength(s.Lattice, r.Translations, u), s.Lattice.R(u).Norm()/3; math.Abs(got-want) > 1e-9 {
		t.Errorf("corundum %v: %g Å, want %g Å", u, got, want)
	}
}

func siliconZones(t testing.TB) (*diffraction.Reflections, *zones.Set) {
	t.Helper()
	r := textbook.Reflections(t, textbook.Cell(t, "si"), diffraction.Options{GMax: 1})
	return r, zones.NewSet(r.Lattice, r.Translations, 0)
}

func TestNearestZone(t *testing.T) {
	r, z := siliconZones(t)
	at := func(u crystal.UVW, axis geom.Vec, tilt float64) geom.Rotation {
		o, err := diffraction.ZoneFrame(r.Lattice, u)
		if err != nil {
			t.Fatal(err)
		}
		return geom.AxisAngle(axis, geom.Radians(tilt)).Mul(o)
	}
	for _, c := range []struct {
		name      string
		o         geom.Rotation
		reference crystal.UVW
		want      crystal.UVW
		angle     float64
	}{
		{"on [110]", at(crystal.UVW{1, 1, 0}, geom.Vec{X: 1}, 0), crystal.UVW{}, crystal.UVW{1, 1, 0}, 0},
		{"on [−1−10]", at(crystal.UVW{-1, -1, 0}, geom.Vec{X: 1}, 0), crystal.UVW{}, crystal.UVW{-1, -1, 0}, 0},
		{"on [551]", at(crystal.UVW{5, 5, 1}, geom.Vec{X: 1}, 0), crystal.UVW{}, crystal.UVW{5, 5, 1}, 0},
		{"4° from [110] is still [110], not a high-index zone", at(crystal.UVW{1, 1, 0}, geom.Vec{X: 1}, 4), crystal.UVW{}, crystal.UVW{1, 1, 0}, 4},
		{"[11 10 1] is near [110]", at(crystal.UVW{11, 10, 1}, geom.Vec{X: 1}, 0), crystal.UVW{}, crystal.UVW{1, 1, 0}, geom.Degrees(math.Acos(21 / math.Sqrt(2*222)))},
		{"[11 10 1] is itself if asked for", at(crystal.UVW{11, 10, 1}, geom.Vec{X: 1}, 0), crystal.UVW{11, 10, 1}, crystal.UVW{11, 10, 1}, 0},
		{"and its opposite", at(crystal.UVW{-11, -10, -1}, geom.Vec{X: 1}, 0.1), crystal.UVW{22, 20, 2}, crystal.UVW{-11, -10, -1}, 0.1},
		{"a reference with a long period is far at 2°", at(crystal.UVW{0, 1, 7}, geom.Vec{X: 1}, 2), crystal.UVW{0, 1, 7}, crystal.UVW{0, 0, 1}, geom.Degrees(math.Atan(1.0/7)) - 2},
		{"and near at half a degree", at(crystal.UVW{0, 1, 7}, geom.Vec{X: 1}, 0.5), crystal.UVW{0, 1, 7}, crystal.UVW{0, 1, 7}, 0.5},
		{"a far reference doesn't count", at(crystal.UVW{0, 0, 1}, geom.Vec{X: 1}, 3), crystal.UVW{11, 10, 1}, crystal.UVW{0, 0, 1}, 3},
	} {
		u, angle := z.Nearest(c.o, c.reference)
		if u != c.want || math.Abs(geom.Degrees(angle)-c.angle) > 1e-6 { // rounding of quaternions, in degrees
			t.Errorf("%s: %v at %.6f°, want %v at %.6f°", c.name, u, geom.Degrees(angle), c.want, c.angle)
		}
	}
}

// The zone must be on the side of the viewer, at the angle told, and no zone
// may beat it by the rule of the documentation.
func TestNearestZoneRule(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for _, id := range []string{"si", "fe", "mg", "albite", "calcite"} {
		s := textbook.Cell(t, id)
		refl := textbook.Reflections(t, s, diffraction.Options{GMax: 0.8})
		z := zones.NewSet(s.Lattice, refl.Translations, 4)
		for range 100 {
			o := geom.AxisAngle(textbook.Unit(r), math.Pi*r.Float64())
			u, angle := z.Nearest(o, crystal.UVW{})
			d := o.Apply(s.Lattice.R(u))
			if d.Z < 0 || math.Abs(geom.Angle(d, geom.Vec{Z: 1})-angle) > 1e-9 {
				t.Fatalf("%s: %v at %v, told %g rad", id, u, d.Unit(), angle)
			}
			score := 2 * math.Sin(angle/2) * zones.RepeatLength(s.Lattice, refl.Translations, u)
			for _, v := range z.AppendWithin(nil, o, math.Pi/2) {
				if other := 2 * math.Sin(v.Angle/2) * zones.RepeatLength(s.Lattice, refl.Translations, v.Zone); other < score-1e-9 {
					t.Fatalf("%s: %v scores %g, %v %g", id, u, score, v.Zone, other)
				}
			}
		}
	}
}

func TestZonesWithin(t *testing.T) {
	r, z := siliconZones(t)
	o, err := diffraction.ZoneFrame(r.Lattice, crystal.UVW{0, 0, 1})
	if err != nil {
		t.Fatal(err)
	}
	keep := []zones.AtAngle{{Zone: crystal.UVW{9, 9, 9}, Angle: 7}}
	list := z.AppendWithin(keep, o, geom.Radians(19))
	if list[0] != keep[0] {
		t.Errorf("the slice handed in was changed: %v", list[0])
	}
	list = list[1:]
	// Within 19° of [001], indices to 5: 5 = max gives [015] at 11.3°, [115] at
	// 15.8°, [014] 14.0°, [013] 18.4°, each with its equivalents; [114] is at 19.5°.
	want := map[crystal.UVW]float64{{0, 0, 1}: 0, {0, 1, 5}: 11.3099, {-1, 0, 4}: 14.0362, {1, -1, 5}: 15.7932, {3, 0, 1}: -1, {0, -1, 3}: 18.4349, {1, 1, 4}: -1}
	for u, angle := range want {
		i := slices.IndexFunc(list, func(v zones.AtAngle) bool { return v.Zone == u })
		if (i >= 0) != (angle >= 0) {
			t.Errorf("%v listed: %v", u, i >= 0)
		}
		if i >= 0 && math.Abs(geom.Degrees(list[i].Angle)-angle) > 5e-5 {
			t.Errorf("%v at %.4f°, want %.4f°", u, geom.Degrees(list[i].Angle), angle)
		}
	}
	if len(list) != 1+4*4 {
		t.Errorf("%d zones, want 17", len(list))
	}
	if !slices.IsSortedFunc(list, func(a, b zones.AtAngle) int {
		if a.Angle < b.Angle-1e-9 {
			return -1
		}
		return 0
	}) {
		t.Error("not sorted by angle")
	}
	if n := len(z.AppendWithin(nil, o, math.Pi)); n != len(z.Zones()) {
		t.Errorf("within 180°: %d of %d zones", n, len(z.Zones()))
	}
}

func TestNearestZoneDoesNotAllocate(t *testing.T) {
	_, z := siliconZones(t)
	o := geom.AxisAngle(geom.Vec{X: 1, Y: 2, Z: 3}, 1)
	buffer := make([]zones.AtAngle, 0, 1000)
	if n := testing.AllocsPerRun(100, func() { z.Nearest(o, crystal.UVW{11, 10, 1}) }); n != 0 {
		t.Errorf("Nearest allocates %v times", n)
	}
	if n := testing.AllocsPerRun(100, func() { buffer = z.AppendWithin(buffer[:0], o, 0.5) }); n != 0 {
		t.Errorf("AppendWithin allocates %v times", n)
	}
}

func BenchmarkNearestZone(b *testing.B) {
	_, z := siliconZones(b)
	o := geom.AxisAngle(geom.Vec{X: 1, Y: 2, Z: 3}, 1)
	b.ReportAllocs()
	for b.Loop() {
		z.Nearest(o, crystal.UVW{11, 10, 1})
	}
}

func BenchmarkZonesWithin(b *testing.B) {
	_, z := siliconZones(b)
	o := geom.AxisAngle(geom.Vec{X: 1, Y: 2, Z: 3}, 1)
	buffer := make([]zones.AtAngle, 0, 1000)
	b.ReportAllocs()
	for b.Loop() {
		buffer = z.AppendWithin(buffer[:0], o, geom.Radians(20))
	}
}

func BenchmarkBasis(b *testing.B) {
	r := textbook.Reflections(b, textbook.Cell(b, "si"), diffraction.Options{GMax: 1.5})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := zones.NewBasis(r, crystal.UVW{0, 1, 1}); err != nil {
			b.Fatal(err)
		}
	}
}
