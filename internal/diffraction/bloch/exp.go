package bloch

import "math"

// Exponentials are expanded in Chebyshev polynomials. If the eigenvalues of A
// lie between −1 and 1,
//
//	exp(iρA) = Σ (2 − δ_k0) i^k J_k(ρ) T_k(A)
//
// and the Bessel functions fall faster than exponentially once k > ρ (Tal-Ezer
// & Kosloff, J. Chem. Phys. 81 (1984) 3967, doi:10.1063/1.448136).

// bessel returns J_0(x) … J_m(x) for x ≥ 0, m being the last order that is not
// below 1e-17.
func bessel(x float64) []float64 {
	if x < 1e-8 {
		return []float64{1, x / 2}
	}
	m := int(x + 20 + 12*math.Cbrt(x))
	j := make([]float64, m+1)
	// The recurrence J_{k−1} = (2k/x) J_k − J_{k+1} is stable downwards and
	// forgets its start (J. C. P. Miller, 1952).
	above, here, sum := 0.0, 1e-300, 0.0
	for k := m + 10; ; k-- {
		if k <= m {
			j[k] = here
		}
		if k == 0 {
			sum += here
			break
		}
		if k&1 == 0 {
			sum += 2 * here
		}
		above, here = here, 2*float64(k)/x*here-above
		if math.Abs(here) > 1e150 {
			const down = 1e-250
			above, here, sum = above*down, here*down, sum*down
			for i := k; i <= m; i++ {
				j[i] *= down
			}
		}
	}
	for k := range j {
		j[k] /= sum // J_0 + 2 J_2 + 2 J_4 + … = 1
	}
	for m > 0 && math.Abs(j[m]) < 1e-17 {
		m--
	}
	return j[:m+1]
}

// expTridiagonal writes exp(iτT) e_0 to y, T being real symmetric with diagonal
// d and off-diagonal e, and len(y) = len(d).
func expTridiagonal(y []complex128, d, e []float64, tau float64) {
	n := len(d)
	// Every eigenvalue lies in one of Gershgorin's intervals.
	low, high := math.Inf(1), math.Inf(-1)
	for i := range d {
		r := 0.0
		if i > 0 {
			r += math.Abs(e[i-1])
		}
		if i < n-1 {
			r += math.Abs(e[i])
		}
		low, high = min(low, d[i]-r), max(high, d[i]+r)
	}
	centre, half := (low+high)/2, (high-low)/2
	for i := range y {
		y[i] = 0
	}
	j := bessel(math.Abs(tau) * half)
	if half == 0 {
		half = 1
	}
	sign := 1.0
	if tau < 0 {
		sign = -1
	}
	// T_k is real: even orders make the real part of the sum, odd ones the
	// imaginary part.
	now, next := make([]float64, n), make([]float64, n) // T_k e_0, T_{k−1} e_0 and T_{k+1} e_0 in turn
	re, im := make([]float64, n), make([]float64, n)
	now[0] = 1
	for k := range j {
		f := 2 * j[k]
		if k == 0 {
			f = j[0]
		}
		sum := re
		if k&1 == 1 {
			sum = im
			f *= sign
		}
		if k&2 == 2 {
			f = -f
		}
		reach := min(k+1, n) // T_k e_0 has at most k + 1 components
		for i, x := range now[:reach] {
			sum[i] += f * x
		}
		twice := 2.0
		if k == 0 {
			twice = 1
		}
		for i := range min(k+2, n) {
			x := (d[i] - centre) * now[i]
			if i > 0 {
				x += e[i-1] * now[i-1]
			}
			if i < n-1 {
				x += e[i] * now[i+1]
			}
			next[i] = twice*x/half - next[i]
		}
		now, next = next, now
	}
	sin, cos := math.Sincos(tau * centre)
	for i := range y {
		y[i] = complex(cos*re[i]-sin*im[i], cos*im[i]+sin*re[i])
	}
}

// lossy is a matrix M with absorption, whole, row by row.
type lossy struct {
	m    []complex128
	n    int
	loss float64 // bound of the anti-Hermitian part of M − centre
	// The Hermitian part has its eigenvalues within half of the real part of
	// centre; its imaginary part is the mean absorption.
	centre complex128
	half   float64

	trail trail
}

func newLossy(m []complex128, n int) *lossy {
	l := &lossy{m: m, n: n}
	low, high, mean := math.Inf(1), math.Inf(-1), 0.0
	for i := range n {
		mean += imag(m[i*n+i]) / float64(n)
	}
	for i := range n {
		r, loss := 0.0, 0.0
		for j := range n {
			a, b := m[i*n+j], conj(m[j*n+i])
			if i == j {
				loss += math.Abs(imag(a) - mean)
				continue
			}
			r += math.Sqrt(abs2(a+b)) / 2
			loss += math.Sqrt(abs2(a-b)) / 2
		}
		d := real(m[i*n+i])
		low, high = min(low, d-r), max(high, d+r)
		l.loss = max(l.loss, loss)
	}
	l.centre, l.half = complex((low+high)/2, mean), (high-low)/2
	if l.half == 0 {
		l.half = 1
	}
	l.trail.spacing = math.Inf(1)
	if l.loss > 0 {
		l.trail.spacing = mostStep / l.loss
	}
	return l
}

// at is propagate, from the checkpoint before.
func (l *lossy) at(dst []complex128, tau float64) []complex128 {
	k := max(int(tau/l.trail.spacing), 0)
	wave, _ := l.trail.to(k, l.n, func(wave []complex128, _ int) error {
		l.advance(wave, l.trail.spacing)
		return nil
	})
	dst = append(dst[:0], wave...)
	if k > 0 {
		tau -= float64(k) * l.trail.spacing
	}
	l.advance(dst, tau)
	return dst
}

// mostStep bounds τ·loss of a step: off the real axis Chebyshev polynomials
// grow, by up to its exponential before the terms cancel, and that must stay
// small beside 1/ε.
const mostStep = 6

// propagate returns exp(iτM) e_0 in dst[:0].
func (l *lossy) propagate(dst []complex128, tau float64) []complex128 {
	dst = append(dst[:0], make([]complex128, l.n)...)
	dst[0] = 1
	l.advance(dst, tau)
	return dst
}

// advance multiplies a wave by exp(iτM).
func (l *lossy) advance(dst []complex128, tau float64) {
	steps := math.Ceil(math.Abs(tau) * l.loss / mostStep)
	if steps == 0 {
		steps = 1
	}
	dt := tau / steps
	j := bessel(math.Abs(dt) * l.half)
	sin, cos := math.Sincos(dt * real(l.centre))
	fade := math.Exp(-dt * imag(l.centre))
	turn := complex(fade*cos, fade*sin)
	unit := complex(0, 1)
	if dt < 0 {
		unit = complex(0, -1)
	}
	before, now := make([]complex128, l.n), make([]complex128, l.n)
	for range int(steps) {
		copy(now, dst)
		f := complex128(1)
		for i := range dst {
			dst[i] *= complex(j[0], 0)
			before[i] = 0
		}
		for k := 1; k < len(j); k++ {
			// before ← 2 (M − centre)/half now − before; the first time half of it.
			twice := 2 / l.half
			if k == 1 {
				twice = 1 / l.half
			}
			l.multiply(before, now, twice)
			before, now = now, before
			f *= unit
			c := f * complex(2*j[k], 0)
			for i, x := range now {
				dst[i] += c * x
			}
		}
		for i := range dst {
			dst[i] *= turn
		}
	}
}

// multiply sets y ← f (M − centre) x − y.
func (l *lossy) multiply(y, x []complex128, f float64) {
	n := l.n
	for i := range n {
		row := l.m[i*n : i*n+n]
		row = row[:len(x)]
		var re, im float64
		for j, a := range row {
			b := x[j]
			re += real(a)*real(b) - imag(a)*imag(b)
			im += real(a)*imag(b) + imag(a)*real(b)
		}
		c := l.centre * x[i]
		y[i] = complex(f*(re-real(c)), f*(im-imag(c))) - y[i]
	}
}
