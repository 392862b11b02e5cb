package diffraction_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/textbook"
)

// direction returns the direction in which a point of the screen is seen from
// the specimen.
func direction(p diffraction.Point, k float64, gnomonic bool) geom.Vec {
	if gnomonic {
		return geom.Vec{X: p.X, Y: p.Y, Z: -k}.Unit()
	}
	return geom.Vec{X: p.X / k, Y: p.Y / k, Z: -math.Sqrt(1 - (p.X*p.X+p.Y*p.Y)/(k*k))}
}

func TestBandsLieOnBraggCones(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	s := textbook.Cell(t, "si")
	r := textbook.Reflections(t, s, diffraction.Options{GMax: 1.2})
	const n = 17
	for _, kv := range []float64{20, 200} {
		beam := textbook.Beam(t, kv*1e3)
		k := beam.K()
		for _, gnomonic := range []bool{true, false} {
			half := 1.4
			if kv == 20 {
				half = 6 // a wide screen, where the lines are clearly bent
			}
			drawn := 0
			for range 20 {
				o := textbook.Rotation(rng)
				bands := diffraction.Kikuchi{Gnomonic: gnomonic}.AppendBands(nil, r, beam, o)
				for _, b := range bands {
					if d := b.G.Sub(o.Apply(r.G[b.Ref])).Norm(); d > 1e-12 {
						t.Fatalf("%v: G is off by %g", r.HKL[b.Ref], d)
					}
					sin := beam.Wavelength() * b.G.Norm() / 2
					for _, line := range []diffraction.Line{diffraction.Deficiency, diffraction.Centre, diffraction.Excess} {
						points := b.Polyline(nil, line, half, n)
						if len(points) == 0 {
							continue
						}
						drawn++
						if len(points) != n {
							t.Fatalf("%d points, want %d", len(points), n)
						}
						for i, p := range points {
							if d := direction(p, k, gnomonic).Dot(b.G.Unit()); math.Abs(d-float64(line)*sin) > 1e-10 {
								t.Fatalf("%v, line %d: d·ĝ = %g, want %g", r.HKL[b.Ref], line, d, float64(line)*sin)
							}
							edge := max(math.Abs(p.X), math.Abs(p.Y))
							if (i == 0 || i == n-1) && math.Abs(edge-half) > 1e-6 {
								t.Fatalf("%v, line %d: ends at (%g, %g) off the border", r.HKL[b.Ref], line, p.X, p.Y)
							}
							if kv == 200 && edge > half+1e-6 {
								t.Fatalf("%v, line %d: (%g, %g) lies outside", r.HKL[b.Ref], line, p.X, p.Y)
							}
						}
					}
				}
			}
			if drawn < 200 {
				t.Errorf("%d lines drawn", drawn)
			}
		}
	}
}

// No line that crosses the square is forgotten: walk the borders and count sign
// changes.
func TestBandsAreFound(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	s := textbook.Cell(t, "al")
	r := textbook.Reflections(t, s, diffraction.Options{GMax: 1.5})
	beam := textbook.Beam(t, 200e3)
	const half = 1.4
	for range 20 {
		for _, b := range (diffraction.Kikuchi{Gnomonic: true}).AppendBands(nil, r, beam, textbook.Rotation(rng)) {
			sin := beam.Wavelength() * b.G.Norm() / 2
			for _, line := range []diffraction.Line{diffraction.Deficiency, diffraction.Centre, diffraction.Excess} {
				var plus, minus int
				for i := range 4000 {
					a := half * (float64(i%1000)/500 - 1)
					p := [4]diffraction.Point{{X: a, Y: half}, {X: a, Y: -half}, {X: half, Y: a}, {X: -half, Y: a}}[i/1000]
					if direction(p, beam.K(), true).Dot(b.G.Unit())-float64(line)*sin > 0 {
						plus++
					} else {
						minus++
					}
				}
				crosses := plus > 0 && minus > 0
				if found := len(b.Polyline(nil, line, half, 2)) > 0; found != crosses && min(plus, minus) != 1 {
					t.Errorf("%v, line %d: drawn %v, crosses %v", r.HKL[b.Ref], line, found, crosses)
				}
			}
		}
	}
}

// At the Bragg condition the deficiency line runs through 000 and the excess
// line through the spot; with s > 0 the excess line lies e = s/g farther out.
func TestBandsAndSpots(t *testing.T) {
	s := textbook.Cell(t, "si")
	r := textbook.Reflections(t, s, diffraction.Options{GMax: 1})
	beam := textbook.Beam(t, 200e3)
	ref, _ := r.Index(crystal.HKL{2, -2, 0})
	zone := textbook.Frame(t, s.Lattice, crystal.UVW{0, 0, 1})
	g := r.Len[ref]
	theta := beam.BraggAngle(g)
	lab := zone.Apply(r.G[ref])
	axis := geom.Vec{Z: 1}.Cross(lab) // turning about −axis lifts g towards the source
	for _, extra := range []float64{0, 0.001, 0.003, -0.002} {
		o := geom.AxisAngle(axis.Neg(), theta+extra).Mul(zone)
		var spot diffraction.Spot
		for _, p := range (diffraction.Kinematic{Shape: diffraction.Slab, Exact: true}).AppendSpots(nil, r, beam, o) {
			if int(p.Ref) == ref {
				spot = p
			}
		}
		bands := diffraction.Kikuchi{}.AppendBands(nil, r, beam, o)
		i := slices.IndexFunc(bands, func(b diffraction.Band) bool { return int(b.Ref) == ref })
		if i < 0 {
			t.Fatal("no band of 2-20 with its excess line on the side of the spot")
		}
		out := geom.Vec{X: spot.X, Y: spot.Y}.Unit()
		along := func(line diffraction.Line) float64 {
			p := bands[i].Polyline(nil, line, 1.4, 101)
			best := math.Inf(1)
			var at float64
			for _, q := range p { // the point nearest to the line 000–spot
				if off := math.Abs(q.X*out.Y - q.Y*out.X); off < best {
					best, at = off, q.X*out.X+q.Y*out.Y
				}
			}
			return at
		}
		k := beam.K()
		if got, want := along(diffraction.Deficiency), k*math.Sin(extra); math.Abs(got-want) > 1e-4 {
			t.Errorf("deficiency line %.5f Å⁻¹ from 000, want %.5f", got, want)
		}
		e := (along(diffraction.Excess) - math.Hypot(spot.X, spot.Y)) / k
		if want := spot.S / g; math.Abs(e-want) > 0.02*math.Abs(want)+3e-6 {
			t.Errorf("excess line %.6f rad from the spot, s/g = %.6f", e, want)
		}
		if extra >= 0 && bands[i].Contrast != 1 && math.Abs(bands[i].Contrast-1) > 1e-9 {
			t.Errorf("contrast %g at or beyond the Bragg condition", bands[i].Contrast)
		}
		within(t, "width", bands[i].Width(), 2*theta, 1e-12)
	}
	// On the zone axis the band is symmetric and has no contrast.
	for _, b := range (diffraction.Kikuchi{}).AppendBands(nil, r, beam, zone) {
		if math.Abs(b.G.Z) < 1e-12 && b.Contrast > 1e-9 {
			t.Errorf("%v: contrast %g with the beam in the plane", r.HKL[b.Ref], b.Contrast)
		}
	}
}

// Bands turn rigidly with the crystal, and each pair of reflections has one.
func TestBandsAreTheCrystals(t *testing.T) {
	s := textbook.Cell(t, "quartz")
	r := textbook.Reflections(t, s, diffraction.Options{GMax: 0.8})
	beam := textbook.Beam(t, 200e3)
	rng := rand.New(rand.NewPCG(9, 10))
	all := diffraction.Kikuchi{}.AppendBands(nil, r, beam, geom.NoRotation())
	allowed := 0
	for i, f := range r.F {
		if i > 0 && f != 0 {
			allowed++
		}
	}
	if 2*len(all) != allowed {
		t.Errorf("%d bands for %d reflections", len(all), allowed)
	}
	for range 5 {
		o := textbook.Rotation(rng)
		turned := diffraction.Kikuchi{}.AppendBands(nil, r, beam, o)
		for i, b := range turned {
			a := o.Apply(all[i].G)
			if a.Sub(b.G).Norm() > 1e-12 && a.Add(b.G).Norm() > 1e-12 {
				t.Fatalf("band %d: %v became %v", i, all[i].G, b.G)
			}
			if b.G.Z < 0 || b.Weight != all[i].Weight || !(b.Contrast >= 0 && b.Contrast <= 1) {
				t.Fatalf("band %+v", b)
			}
			sin := beam.Wavelength() * b.G.Norm() / 2
			for i, want := range []diffraction.Circle{{Axis: b.G.Unit(), Cos: sin}, {Axis: b.G.Unit(), Cos: -sin}} {
				if c := b.Circles()[i]; c.Axis.Sub(want.Axis).Norm() > 1e-14 || math.Abs(c.Cos-want.Cos) > 1e-15 {
					t.Fatalf("circle %v, want %v", c, want)
				}
			}
		}
	}
	some := diffraction.Kikuchi{MinWeight: 0.3, GMax: 0.5}.AppendBands(nil, r, beam, geom.NoRotation())
	want := slices.DeleteFunc(slices.Clone(all), func(b diffraction.Band) bool { return b.Weight < 0.3 || b.G.Norm() >= 0.5 })
	if !slices.Equal(some, want) || len(some) == 0 || len(some) == len(all) {
		t.Errorf("%d strong bands, want %d", len(some), len(want))
	}
	// Squares that hold nothing give nothing.
	if p := all[0].Polyline(nil, diffraction.Excess, 0, 5); p != nil {
		t.Errorf("a square without size holds %v", p)
	}
	if p := all[0].Polyline(nil, diffraction.Excess, 100, 1); p != nil {
		t.Errorf("one point makes a line %v", p)
	}
}
