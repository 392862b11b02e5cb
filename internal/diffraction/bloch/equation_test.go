package bloch_test

import (
	"math"
	"math/cmplx"
	"testing"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/diffraction/bloch"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/textbook"
)

// equation builds M of the package's doc comment for the beams of a system, and
// returns it with K_n. loss gives U'_g; nil means none.
func equation(r *diffraction.Reflections, b diffraction.Beam, o geom.Rotation, opt bloch.Options, beams []diffraction.Spot, loss func(crystal.HKL) complex128) ([][]complex128, float64) {
	k := b.K()
	k0 := geom.Vec{X: opt.TiltX, Y: opt.TiltY, Z: -math.Sqrt(k*k - opt.TiltX*opt.TiltX - opt.TiltY*opt.TiltY)}
	n := opt.Normal
	if n == (geom.Vec{}) {
		n = k0
	}
	n = n.Unit()
	if n.Dot(k0) < 0 {
		n = n.Neg()
	}
	volume := r.Lattice.Volume()
	u := func(h crystal.HKL) complex128 { return r.At(h) * complex(b.Gamma()/(math.Pi*volume), 0) }
	tangential := k0.Sub(n.Scale(k0.Dot(n)))
	kn := math.Sqrt(k*k + real(u(crystal.HKL{})) - tangential.Dot(tangential))
	wave := tangential.Add(n.Scale(kn))
	m := make([][]complex128, len(beams))
	factor := func(i int) float64 { return 1 + o.Apply(r.G[beams[i].Ref]).Dot(n)/kn }
	for i, bi := range beams {
		m[i] = make([]complex128, len(beams))
		for j, bj := range beams {
			if i == j {
				q := wave.Add(o.Apply(r.G[bi.Ref]))
				m[i][i] = complex((wave.Dot(wave)-q.Dot(q))/factor(i), 0)
				if loss != nil {
					m[i][i] += 1i * loss(crystal.HKL{}) / complex(factor(i), 0)
				}
				continue
			}
			hi, hj := r.HKL[bi.Ref], r.HKL[bj.Ref]
			d := crystal.HKL{hi[0] - hj[0], hi[1] - hj[1], hi[2] - hj[2]}
			c := u(d)
			if loss != nil {
				c += 1i * loss(d)
			}
			m[i][j] = c / complex(math.Sqrt(factor(i)*factor(j)), 0)
		}
	}
	return m, kn
}

// TestEquation solves the equation as it is written, with gonum, for a crystal
// without inversion centre, a tilted foil, a tilted beam and beams of higher
// Laue zones.
func TestEquation(t *testing.T) {
	const tol = 1e-10
	beam := textbook.Beam(t, 80e3)
	gaas := textbook.Open(t, "gaas")
	r := textbook.Reflections(t, gaas, diffraction.Options{GMax: 3})
	o := geom.AxisAngle(geom.Vec{X: 1, Y: 2}, 0.03).Mul(textbook.Frame(t, gaas.Lattice, crystal.UVW{1, 1, 2}))
	volume := r.Lattice.Volume()
	thermal := func(h crystal.HKL) complex128 {
		g := gaas.Lattice.G(h).Norm()
		var f complex128
		for _, a := range r.Atoms() {
			turns := float64(h[0])*a.Frac[0] + float64(h[1])*a.Frac[1] + float64(h[2])*a.Frac[2]
			f += complex(a.Occ*bloch.ThermalFactor(r.Model(), a.Z, a.B, beam, g), 0) * cmplx.Exp(complex(0, -2*math.Pi*turns))
		}
		return beam.U(f, volume)
	}
	proportional := func(h crystal.HKL) complex128 { return 0.07 * beam.U(r.At(h), volume) }
	for _, c := range []struct {
		name string
		opt  bloch.Options
		loss func(crystal.HKL) complex128
		tol  float64
	}{
		{"plain", bloch.Options{}, nil, tol},
		{"tilted beam", bloch.Options{TiltX: 0.3, TiltY: -0.2}, nil, tol},
		{"tilted foil", bloch.Options{Normal: geom.Vec{X: 0.3, Y: -0.1, Z: 1}}, nil, tol},
		{"both, proportional", bloch.Options{Normal: geom.Vec{X: 0.3, Y: -0.1, Z: 1}, TiltX: 0.1, Absorption: bloch.Proportional, Ratio: 0.07}, proportional, tol},
		// Between its knots f' is interpolated.
		{"thermal", bloch.Options{Normal: geom.Vec{X: 0.1, Z: 1}, Absorption: bloch.Thermal}, thermal, 1e-6},
	} {
		c.opt.GMax, c.opt.SMax = 2.9, 0.02
		s, err := bloch.Solve(r, beam, o, c.opt)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(s.Beams); n < 25 || s.Real() {
			t.Fatalf("%s: %d beams, real %v", c.name, n, s.Real())
		}
		higher := 0
		for _, b := range s.Beams {
			if h := r.HKL[b.Ref]; h[0]+h[1]+2*h[2] != 0 {
				higher++
			}
		}
		if higher < 5 {
			t.Errorf("%s: %d beams of higher zones", c.name, higher)
		}
		m, kn := equation(r, beam, o, c.opt, s.Beams, c.loss)
		near(t, "K_n", s.Kn, kn, 1e-12)
		for _, thickness := range []float64{80, 640} {
			want := expm(m, math.Pi*thickness/kn)
			for i, got := range s.Amplitudes(nil, thickness) {
				if d := cmplx.Abs(got - want[i]); d > c.tol {
					t.Errorf("%s, %g Å: amplitude of %v is %v, want %v", c.name, thickness, r.HKL[s.Beams[i].Ref], got, want[i])
				}
			}
		}
	}
}

// TestWeakBeams: beams far from the sphere act as they do when they are solved
// for.
func TestWeakBeams(t *testing.T) {
	for _, c := range []struct {
		id         string
		absorption bloch.Absorption
	}{{"mgo", bloch.None}, {"gaas", bloch.None}, {"gaas", bloch.Proportional}} {
		s := textbook.Open(t, c.id)
		r := textbook.Reflections(t, s, diffraction.Options{GMax: 2.8})
		beam := textbook.Beam(t, 200e3)
		o := geom.AxisAngle(geom.Vec{X: 1}, 0.003).Mul(textbook.Frame(t, s.Lattice, crystal.UVW{1, 1, 0}))
		solve := func(strong, smax float64) map[int32]float64 {
			system, err := bloch.Solve(r, beam, o, bloch.Options{SMax: smax, Strong: strong, Absorption: c.absorption, Ratio: 0.05})
			if err != nil {
				t.Fatal(err)
			}
			if weak := len(system.Beams) - system.Strong; (strong > 0) != (weak > 0) {
				t.Fatalf("%d weak beams", weak)
			}
			list := make(map[int32]float64)
			for i, v := range system.Intensities(nil, 400) {
				list[system.Beams[i].Ref] = v
			}
			return list
		}
		all, bethe, without := solve(0, 0.1), solve(0.045, 0.1), solve(0, 0.045)
		distance := func(a map[int32]float64) (strong, weak float64) {
			for ref, want := range all {
				if _, ok := without[ref]; ok {
					strong = max(strong, math.Abs(a[ref]-want))
				} else {
					weak = max(weak, math.Abs(a[ref]-want)/1e-3)
				}
			}
			return strong, weak
		}
		lost, _ := distance(without)
		left, weak := distance(bethe)
		t.Logf("%s: left out, the weak beams change intensities by %.4f, as Bethe potentials by %.4f; their own differ by %.2e", c.id, lost, left, weak*1e-3)
		if left > lost/5 || lost < 1e-3 {
			t.Errorf("%s: %.5f with weak beams, %.5f without", c.id, left, lost)
		}
		if weak > 1 {
			t.Errorf("%s: intensities of weak beams differ by %.2e", c.id, weak*1e-3)
		}
	}
}

// TestStandard compares the standard selection with one of ten times as many
// beams.
func TestStandard(t *testing.T) {
	const tol = 0.01
	beam := textbook.Beam(t, 200e3)
	for _, c := range []struct {
		id string
		u  crystal.UVW
	}{{"mgo", crystal.UVW{0, 0, 1}}, {"si", crystal.UVW{1, 1, 0}}} {
		s := textbook.Open(t, c.id)
		o := textbook.Frame(t, s.Lattice, c.u)
		opt := bloch.Standard(beam)
		r := textbook.Reflections(t, s, diffraction.Options{GMax: bloch.StandardGMax})
		system, err := bloch.Solve(r, beam, o, opt)
		if err != nil {
			t.Fatal(err)
		}
		rl := textbook.Reflections(t, s, diffraction.Options{GMax: 5})
		large, err := bloch.Solve(rl, beam, o, bloch.Options{SMax: 1, Strong: 0.2})
		if err != nil {
			t.Fatal(err)
		}
		if len(large.Beams) < 2*len(system.Beams) || large.Strong < 3*system.Strong {
			t.Errorf("%s: %d and %d strong beams", c.id, system.Strong, large.Strong)
		}
		want := make(map[crystal.HKL]float64)
		for i, v := range large.Intensities(nil, 500) {
			want[rl.HKL[large.Beams[i].Ref]] = v
		}
		for i, v := range system.Intensities(nil, 500) {
			h := r.HKL[system.Beams[i].Ref]
			near(t, c.id+" "+h.String(), v, want[h], tol)
		}
	}
	// Too many weak beams: those that act most stay, equivalent ones together.
	s := textbook.Open(t, "si")
	r := textbook.Reflections(t, s, diffraction.Options{GMax: 4})
	opt := bloch.Standard(beam)
	opt.MaxWeak = 400
	system, err := bloch.Solve(r, beam, textbook.Frame(t, s.Lattice, crystal.UVW{1, 1, 0}), opt)
	if err != nil {
		t.Fatal(err)
	}
	weak := system.Beams[system.Strong:]
	if len(weak) > 400 || len(weak) < 380 {
		t.Errorf("%d weak beams, want up to 400", len(weak))
	}
	have := make(map[crystal.HKL]bool)
	for _, b := range weak {
		have[r.HKL[b.Ref]] = true
	}
	for h := range have {
		// The mirror that contains the beam and exchanges h and k.
		if !have[crystal.HKL{h[1], h[0], h[2]}] || !have[crystal.HKL{h[0], h[1], -h[2]}] {
			t.Errorf("%v without its mirror images", h)
		}
	}
}
