package bloch_test

import (
	"math"
	"math/cmplx"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"

	"zoneaxis/internal/diffraction/bloch"
)

// expm returns exp(iτM) e_0 by gonum, which has real matrices only: the
// exponential of the real form of iτM.
func expm(m [][]complex128, tau float64) []complex128 {
	n := len(m)
	a := mat.NewDense(2*n, 2*n, nil)
	for i := range m {
		for j, v := range m[i] {
			v *= complex(0, tau)
			a.Set(i, j, real(v))
			a.Set(n+i, n+j, real(v))
			a.Set(i, n+j, -imag(v))
			a.Set(n+i, j, imag(v))
		}
	}
	var e mat.Dense
	e.Exp(a)
	x := make([]complex128, n)
	for i := range x {
		x[i] = complex(e.At(i, 0), e.At(n+i, 0))
	}
	return x
}

// eigen returns exp(iτM) e_0 of a real symmetric matrix by gonum's
// eigen-decomposition.
func eigen(m [][]complex128, tau float64) []complex128 {
	n := len(m)
	a := mat.NewSymDense(n, nil)
	for i := range m {
		for j := range i + 1 {
			a.SetSym(i, j, real(m[i][j]))
		}
	}
	var e mat.EigenSym
	e.Factorize(a, true)
	var v mat.Dense
	e.VectorsTo(&v)
	x := make([]complex128, n)
	for j, lambda := range e.Values(nil) {
		f := cmplx.Exp(complex(0, tau*lambda)) * complex(v.At(0, j), 0)
		for i := range x {
			x[i] += f * complex(v.At(i, j), 0)
		}
	}
	return x
}

// randomProblem returns a matrix like that of a pattern: diagonal down to −4
// Å⁻², couplings of some hundredths.
func randomProblem(n int, rng *rand.Rand, complexU, absorbs bool) (m [][]complex128, diagonal []float64, u, loss func(i, j int) complex128, loss0 float64) {
	diagonal = make([]float64, n)
	m = make([][]complex128, n)
	us, ls := make([][]complex128, n), make([][]complex128, n)
	if absorbs {
		loss0 = 0.01
	}
	for i := range n {
		if i > 0 {
			diagonal[i] = -4 * rng.Float64()
		}
		m[i], us[i], ls[i] = make([]complex128, n), make([]complex128, n), make([]complex128, n)
		m[i][i] = complex(diagonal[i], loss0)
		for j := range i {
			v := complex(0.05*rng.NormFloat64(), 0)
			if complexU {
				v += complex(0, 0.05*rng.NormFloat64())
			}
			us[i][j] = v
			m[i][j], m[j][i] = v, cmplx.Conj(v)
			if absorbs {
				l := v * 0.05
				if complexU {
					l *= cmplx.Exp(complex(0, rng.Float64()))
				}
				ls[i][j] = l
				m[i][j] += 1i * l
				m[j][i] += 1i * cmplx.Conj(l)
			}
		}
	}
	u = func(i, j int) complex128 { return us[i][j] }
	if absorbs {
		loss = func(i, j int) complex128 { return ls[i][j] }
	}
	return m, diagonal, u, loss, loss0
}

func TestAgainstGonum(t *testing.T) {
	const (
		tol = 1e-11 // both sides round: ε times phases of some hundred rad
		kn  = 40.0
	)
	rng := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct {
		name              string
		complexU, absorbs bool
	}{{"real", false, false}, {"complex", true, false}, {"real, absorbing", false, true}, {"complex, absorbing", true, true}} {
		for _, n := range []int{1, 2, 3, 7, 30, 61} {
			m, diagonal, u, loss, loss0 := randomProblem(n, rng, c.complexU, c.absorbs)
			s, err := bloch.FromMatrix(diagonal, u, loss, loss0, kn)
			if err != nil {
				t.Fatal(err)
			}
			for _, thickness := range []float64{0, 1, 50, 500, 2000} {
				tau := math.Pi * thickness / kn
				wants := [][]complex128{expm(m, tau)}
				if c.name == "real" {
					wants = append(wants, eigen(m, tau))
				}
				got := s.Amplitudes(nil, thickness)
				for _, want := range wants {
					for i := range want {
						if d := cmplx.Abs(got[i] - want[i]); d > tol {
							t.Errorf("%s, %d beams, %g Å: amplitude %d is %v, want %v", c.name, n, thickness, i, got[i], want[i])
						}
					}
				}
			}
		}
	}
}

func TestBessel(t *testing.T) {
	for _, x := range []float64{0, 1e-12, 1e-7, 0.3, 1, 7.5, 60, 800, 2500} {
		list := bloch.Bessel(x)
		for k, got := range list {
			near(t, "J", got, math.Jn(k, x), 2e-14)
		}
		if v := math.Abs(math.Jn(len(list), x)); v > 1e-16 {
			t.Errorf("the series for %g ends at J_%d = %g", x, len(list), v)
		}
	}
}
