package bloch_test

import (
	"math"
	"strings"
	"testing"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/diffraction/bloch"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/textbook"
)

// TestReferenceDiscs compares all pixels of two convergent-beam patterns of
// silicon [111] with those of another program.
func TestReferenceDiscs(t *testing.T) {
	beam := textbook.Beam(t, 200e3)
	for _, c := range mustReference(t).CBED {
		s := structureOf(t, c.Cell, c.Sites)
		o := geom.FromMat(c.Orientation.Transpose())
		k := beam.K()
		step := c.Alpha / 1e3 * k / c.Radius
		compared := 0
		if strings.HasSuffix(c.Name, "lobato") {
			// Refraction, which the other side leaves out, changes K by 1e-4: the tilt
			// between a pixel and its Bragg condition stays, phases move.
			const tol = 1e-3
			r := textbook.Reflections(t, s, diffraction.Options{GMax: 1, Thermal: diffraction.NoThermal})
			n := 2*int(c.Radius) + 1
			discs, err := bloch.CBED(r, beam, o, math.Asin(step*float64(n)/2/k), n, c.Thickness, bloch.Options{SMax: 0.04})
			if err != nil {
				t.Fatal(err)
			}
			place := make(map[crystal.HKL]int)
			for i, b := range discs.Beams {
				place[r.HKL[b.Ref]] = i
			}
			if len(place) != len(c.Beams) {
				t.Errorf("%d discs, want %d", len(place), len(c.Beams))
			}
			for i, h := range c.Beams {
				for j := range c.Thickness {
					for l, pixel := range c.Pixels {
						column, row := int(pixel[0]+c.Radius), int(c.Radius-pixel[1])
						x, y := discs.Offset(column, row)
						if math.Abs(x-pixel[0]*step) > 1e-9 || math.Abs(y-pixel[1]*step) > 1e-9 {
							t.Fatalf("pixel %v at %g, %g", pixel, x/step, y/step)
						}
						got := discs.I[j][place[h]][row*n+column]
						if want := c.I[i][j][l]; !(math.Abs(got-want) <= tol) {
							t.Errorf("%v, %g Å, pixel %v: %.5f, want %.5f", h, c.Thickness[j], pixel, got, want)
						}
						compared++
					}
				}
			}
			if v := discs.I[0][0][0]; !math.IsNaN(v) {
				t.Errorf("corner of a disc: %g", v)
			}
		} else {
			const tol = 1e-6 // as the other side's own check found; both round
			given := make(map[crystal.HKL]complex128)
			for _, u := range c.Ug {
				given[crystal.HKL{int(u[0]), int(u[1]), int(u[2])}] = complex(u[3], u[4])
			}
			part := func(i, j int, sign complex128) complex128 {
				a, b := c.Beams[i], c.Beams[j]
				d := crystal.HKL{b[0] - a[0], b[1] - a[1], b[2] - a[2]}
				back := given[d.Neg()]
				return (given[d] + sign*complex(real(back), -imag(back))) / 2
			}
			u := func(i, j int) complex128 { return part(i, j, 1) }
			loss := func(i, j int) complex128 { return part(i, j, -1) / 1i }
			m := o.Mat()
			for l, pixel := range c.Pixels {
				z := geom.Vec{X: -pixel[0] * step / k, Y: -pixel[1] * step / k, Z: 1}.Unit()
				diagonal := make([]float64, len(c.Beams))
				for i, h := range c.Beams {
					g := m.Apply(s.Lattice.G(h))
					diagonal[i] = 2 * k * (2*g.Dot(z) - g.Dot(g)/k) / (2*z.Z - 2*g.Z/k)
				}
				system, err := bloch.FromMatrix(diagonal, u, loss, imag(given[crystal.HKL{}]), k*z.Z)
				if err != nil {
					t.Fatal(err)
				}
				for j, thickness := range c.Thickness {
					for i, got := range system.Intensities(nil, thickness) {
						near(t, c.Name, got, c.I[i][j][l], tol)
						compared++
					}
				}
			}
		}
		if want := len(c.Beams) * len(c.Thickness) * len(c.Pixels); compared != want || want < 5000 {
			t.Errorf("%s: %d intensities compared", c.Name, compared)
		}
	}
}

// TestPixelsAreTiltedBeams: a pixel is Solve with the beam tilted as far.
func TestPixelsAreTiltedBeams(t *testing.T) {
	s := textbook.Open(t, "gaas")
	beam := textbook.Beam(t, 100e3)
	r := textbook.Reflections(t, s, diffraction.Options{GMax: 1})
	o := textbook.Frame(t, s.Lattice, crystal.UVW{1, 1, 0})
	opt := bloch.Options{SMax: 0.02, Normal: geom.Vec{Y: 0.2, Z: 1}}
	discs, err := bloch.CBED(r, beam, o, 0.002, 5, []float64{300}, opt)
	if err != nil {
		t.Fatal(err)
	}
	opt.TiltX, opt.TiltY = discs.Offset(3, 1)
	opt.SMax = 0.021 // at this tilt the same beams
	tilted, err := bloch.Solve(r, beam, o, opt)
	if err != nil {
		t.Fatal(err)
	}
	want := make(map[int32]float64)
	for i, v := range tilted.Intensities(nil, 300) {
		want[tilted.Beams[i].Ref] = v
	}
	if len(want) != len(discs.Beams) {
		t.Fatalf("%d beams of %d", len(want), len(discs.Beams))
	}
	for i, b := range discs.Beams {
		near(t, "I", discs.I[0][i][1*5+3], want[b.Ref], 1e-12)
	}
}

// TestQuickDiscs: eight directions at once are those one by one in double
// precision, with real and complex couplings and with absorption, in foils
// whose flux factors differ, and with weak beams.
func TestQuickDiscs(t *testing.T) {
	const tol = 1e-5
	beam := textbook.Beam(t, 120e3)
	worst := 0.0
	for _, c := range []struct {
		id  string
		opt bloch.Options
	}{
		{"si", bloch.Options{SMax: 0.02}},
		{"si", bloch.Options{SMax: 0.02, Absorption: bloch.Thermal, Normal: geom.Vec{Y: 0.3, Z: 1}}},
		{"gaas", bloch.Options{SMax: 0.02, Normal: geom.Vec{Y: 0.3, Z: 1}}},
		{"au", bloch.Options{SMax: 0.03, Absorption: bloch.Proportional, Ratio: 0.1}},
		{"gaas", bloch.Options{SMax: 0.06, Strong: 0.03, Absorption: bloch.Thermal}},
	} {
		s := textbook.Open(t, c.id)
		r := textbook.Reflections(t, s, diffraction.Options{GMax: 1.6})
		o := geom.AxisAngle(geom.Vec{X: 1}, 0.002).Mul(textbook.Frame(t, s.Lattice, crystal.UVW{1, 1, 2}))
		thicknesses := []float64{1000, 200, 2000}
		exact, err := bloch.CBED(r, beam, o, 0.004, 5, thicknesses, c.opt)
		if err != nil {
			t.Fatal(err)
		}
		c.opt.Quick = true
		quick, err := bloch.CBED(r, beam, o, 0.004, 5, thicknesses, c.opt)
		if err != nil {
			t.Fatal(err)
		}
		if len(quick.Beams) != len(exact.Beams) || len(quick.Beams) < 12 {
			t.Errorf("%s: %d beams, exactly %d", c.id, len(quick.Beams), len(exact.Beams))
		}
		for i, discs := range exact.I {
			for j, pixels := range discs {
				for k, want := range pixels {
					got := quick.I[i][j][k]
					if math.IsNaN(got) != math.IsNaN(want) {
						t.Fatalf("%s: pixel %d is %g, want %g", c.id, k, got, want)
					}
					if d := math.Abs(got - want); d > worst {
						worst = d
						if d > tol {
							t.Errorf("%s, %+v, %g Å, beam %d, pixel %d: %g, want %g", c.id, c.opt.Absorption, thicknesses[i], j, k, got, want)
						}
					}
				}
			}
		}
		calls := 0
		c.opt.Yield = func() bool { calls++; return calls < 3 }
		if _, err := bloch.CBED(r, beam, o, 0.004, 5, thicknesses, c.opt); err != bloch.ErrCancelled || calls != 3 {
			t.Errorf("%s: %v after %d calls of Yield", c.id, err, calls)
		}
	}
	t.Logf("largest difference %.1e", worst)
}
