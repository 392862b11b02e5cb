package bloch_test

import (
	"fmt"
	"math"
	"math/cmplx"
	"testing"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/diffraction/bloch"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/textbook"
)

// beamDirection returns the direction against the electrons of a tilted beam in
// the frame of the orientation's columns.
func beamDirection(tx, ty float64) geom.Vec { return geom.Vec{X: tx, Y: ty, Z: 1}.Unit() }

// TestReferenceMatrices solves the matrices of another program, from its
// potentials where it has its own and from ours where the scattering factors
// are the same.
func TestReferenceMatrices(t *testing.T) {
	// The other side rounds to 7 digits, and its constants differ in the eighth.
	const tol = 2e-7
	ref := mustReference(t)
	beam := textbook.Beam(t, 200e3)
	worst, compared := 0.0, 0
	for _, z := range ref.Zones {
		r := textbook.Reflections(t, structureOf(t, z.Cell, z.Sites), diffraction.Options{GMax: 3, Thermal: diffraction.NoThermal})
		volume := r.Lattice.Volume()
		for _, pot := range z.Potentials {
			absorbs := pot.Potential != "lobato" && pot.Potential != "wk"
			// U_{g−h} and U'_{g−h} with our sign: U(h−g) of the file is the
			// element from h into g, so its Hermitian part is our U_{g−h}.
			given := make(map[crystal.HKL]complex128)
			for _, u := range pot.Ug {
				given[crystal.HKL{int(u[0]), int(u[1]), int(u[2])}] = complex(u[3], u[4])
			}
			full := func(d crystal.HKL) complex128 { // element of g − h = d
				if pot.Ug != nil {
					return given[d.Neg()]
				}
				u := beam.U(r.At(d), volume)
				if absorbs {
					u *= 1 + 0.1i
				}
				return u
			}
			diff := func(i, j int) crystal.HKL {
				a, b := z.Beams[i], z.Beams[j]
				return crystal.HKL{a[0] - b[0], a[1] - b[1], a[2] - b[2]}
			}
			u := func(i, j int) complex128 {
				d := diff(i, j)
				return (full(d) + cmplx.Conj(full(d.Neg()))) / 2
			}
			loss := func(i, j int) complex128 {
				d := diff(i, j)
				return (full(d) - cmplx.Conj(full(d.Neg()))) / 2i
			}
			loss0 := imag(full(crystal.HKL{}))
			if !absorbs {
				loss, loss0 = nil, 0
			}
			for i, tilt := range z.Tilts {
				k := 1 / z.Wavelength
				diagonal := make([]float64, len(z.Beams))
				for j, s := range tilt.S {
					diagonal[j] = 2 * k * s
				}
				kn := k * beamDirection(tilt.Tilt[0]/1e3, tilt.Tilt[1]/1e3).Z
				s, err := bloch.FromMatrix(diagonal, u, loss, loss0, kn)
				if err != nil {
					t.Fatal(err)
				}
				if len(s.Beams) != len(z.Beams) {
					t.Fatalf("%s: %d beams, want %d", z.Name, len(s.Beams), len(z.Beams))
				}
				name := fmt.Sprintf("%s %s %v", z.Name, pot.Potential, tilt.Tilt)
				var got []float64
				for n, thickness := range ref.Thickness {
					got = s.Intensities(got, thickness)
					for j, want := range pot.Runs[i].I[n] {
						d := math.Abs(got[j] - want)
						worst = max(worst, d)
						compared++
						if d > tol {
							t.Errorf("%s, %g Å: I%v = %.7f, want %.7f", name, thickness, z.Beams[j], got[j], want)
						}
					}
				}
				if amp := pot.Runs[i].Amp500; amp != nil {
					for j, x := range s.Amplitudes(nil, 500) {
						if d := cmplx.Abs(x - complex(amp[2*j], amp[2*j+1])); d > tol {
							t.Errorf("%s: amplitude of %v = %.7f, want %.7f %+.7fi", name, z.Beams[j], x, amp[2*j], amp[2*j+1])
						}
					}
				}
				if want := !absorbs && z.Name != "GaAs_110"; s.Real() != want {
					t.Errorf("%s: real couplings %v, want %v", name, s.Real(), want)
				}
			}
		}
	}
	t.Logf("%d intensities, largest difference %.1e", compared, worst)
	if compared < 10_000 {
		t.Errorf("only %d intensities compared", compared)
	}
}

// TestReferencePatterns solves the same patterns from the structure alone,
// direction of tilt and handedness of the crystal included, with what the other
// side leaves out left out and its very beams.
func TestReferencePatterns(t *testing.T) {
	const tol = 1e-5 // constants differ in the eighth digit, and sites have fewer
	ref := mustReference(t)
	beam := textbook.Beam(t, 200e3)
	worst, compared := 0.0, 0
	for _, z := range ref.Zones {
		r := textbook.Reflections(t, structureOf(t, z.Cell, z.Sites), diffraction.Options{GMax: 2.7, Thermal: diffraction.NoThermal})
		o := geom.FromMat(z.Orientation.Transpose())
		for _, pot := range z.Potentials {
			opt := bloch.Options{List: z.Beams, Unrefracted: true, Normal: geom.Vec{Z: 1}, Ratio: 0.1}
			switch pot.Potential {
			case "lobato":
			case "lobato_abs0.1":
				opt.Absorption = bloch.Proportional
			default:
				continue // other scattering factors
			}
			for i, tilt := range z.Tilts {
				d := beamDirection(tilt.Tilt[0]/1e3, tilt.Tilt[1]/1e3).Scale(-beam.K())
				opt.TiltX, opt.TiltY = d.X, d.Y
				s, err := bloch.Solve(r, beam, o, opt)
				if err != nil {
					t.Fatal(err)
				}
				for n, thickness := range ref.Thickness {
					for j, got := range s.Intensities(nil, thickness) {
						if h := r.HKL[s.Beams[j].Ref]; h != z.Beams[j] {
							t.Fatalf("%s: beam %d is %v, want %v", z.Name, j, h, z.Beams[j])
						}
						diff := math.Abs(got - pot.Runs[i].I[n][j])
						worst, compared = max(worst, diff), compared+1
						if diff > tol {
							t.Errorf("%s %s %v, %g Å: I%v = %.6f, want %.6f", z.Name, pot.Potential, tilt.Tilt, thickness, z.Beams[j], got, pot.Runs[i].I[n][j])
						}
					}
				}
				if amp := pot.Runs[i].Amp500; amp != nil {
					for j, x := range s.Amplitudes(nil, 500) {
						if d := cmplx.Abs(x - complex(amp[2*j], amp[2*j+1])); d > tol {
							t.Errorf("%s: amplitude of %v = %.6f, want %.6f %+.6fi", z.Name, z.Beams[j], x, amp[2*j], amp[2*j+1])
						}
					}
				}
				for j, b := range s.Beams {
					near(t, "s", b.S, tilt.S[j], 2e-8) // their wavelength differs in the eighth digit
				}
			}
		}
	}
	t.Logf("%d intensities, largest difference %.1e", compared, worst)
	if compared < 5000 {
		t.Errorf("only %d intensities compared", compared)
	}
}
