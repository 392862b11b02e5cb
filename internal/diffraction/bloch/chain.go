package bloch

import "math"

// chain is a Hermitian matrix M brought to real tridiagonal form by a unitary
// matrix whose first column is e_0, the incident wave:
//
//	M = Q T Q†, T real symmetric tridiagonal, Q e_0 = e_0
//	exp(iτM) e_0 = Q exp(iτT) e_0
//
// T couples every member of a chain of states to its neighbours only, the
// incident beam standing at its head. It ends where symmetry keeps the other
// states from being reached, after a tenth of the beams along a zone axis of
// high symmetry. Its exponential costs next to nothing, so all of the work is in
// the reduction, and none of it is done again for another thickness.
type chain struct {
	d, e []float64 // diagonal and off-diagonal of T; len(e) = len(d) − 1
	// Q is a product of reflections 1 − u u† (each u of length √2), the first one
	// first. Reflection k acts on components k+1 and up. One of the two is set.
	real []([]float64)
	cplx []([]complex128)
	// phase makes the off-diagonal of a complex reduction real; nil means 1.
	phase []complex128
}

// nothing is the size of a column below which the chain has ended, relative to
// the largest element of M. It stands above the rounding of a reduction of a
// thousand beams and far below what a foil of any thickness could show.
const nothing = 1e-13

// yieldEvery is the number of matrix elements between two calls of Yield: a
// few milliseconds.
const yieldEvery = 1 << 20

// reduceReal reduces a real symmetric matrix of order n, given as the rows of
// its lower triangle, which it overwrites. This is Householder's reduction from
// the first column on. Each sweep over the matrix applies the reflection before
// (a symmetric change of rank two) and multiplies by the next one, so that an
// element is fetched once.
func reduceReal(m []float64, n int, yield func() bool) (chain, error) {
	c := chain{d: make([]float64, 0, n)}
	row := func(i int) []float64 { return m[i*(i+1)/2 : i*(i+1)/2+i+1] }
	largest := 0.0
	for _, x := range m {
		largest = max(largest, math.Abs(x))
	}
	u, v, w := make([]float64, n), make([]float64, n), make([]float64, n) // v, w: change waiting to be applied
	p := make([]float64, n)
	work := 0
	for k := 0; ; k++ {
		// Column k with the waiting change.
		vk, wk := v[k], w[k]
		c.d = append(c.d, row(k)[k]-2*vk*wk)
		if k == n-1 {
			return c, nil
		}
		norm2 := 0.0
		for i := k + 1; i < n; i++ {
			u[i] = m[i*(i+1)/2+k] - v[i]*wk - w[i]*vk
			norm2 += u[i] * u[i]
		}
		norm := math.Sqrt(norm2)
		if norm <= nothing*largest {
			return c, nil
		}
		// The reflection takes the column to (alpha, 0, 0, …).
		alpha := norm
		if u[k+1] > 0 {
			alpha = -norm
		}
		scale := 1 / math.Sqrt(norm2-alpha*u[k+1])
		u[k+1] -= alpha
		for i := k + 1; i < n; i++ {
			u[i] *= scale
			p[i] = 0
		}
		c.e = append(c.e, alpha)
		c.real = append(c.real, append([]float64(nil), u[k+1:]...))
		sweepReal(m, n, k+1, u, v, w, p)
		dot := 0.0
		for i := k + 1; i < n; i++ {
			dot += u[i] * p[i]
		}
		for i := k + 1; i < n; i++ {
			v[i], w[i] = u[i], p[i]-dot/2*u[i]
		}
		if work += (n - k) * (n - k) / 2; work >= yieldEvery {
			work = 0
			if !yield() {
				return c, ErrCancelled
			}
		}
	}
}

// sweepReal applies M ← M − v wᵀ − w vᵀ to the rows and columns from first on
// and adds M u to p.
func sweepReal(m []float64, n, first int, u, v, w, p []float64) {
	for i := first; i < n; i++ {
		at := i * (i + 1) / 2
		a := m[at+first : at+i]
		pj, uj, vj, wj := p[first:i], u[first:i], v[first:i], w[first:i]
		pj, uj, vj, wj = pj[:len(a)], uj[:len(a)], vj[:len(a)], wj[:len(a)]
		ui, vi, wi, sum := u[i], v[i], w[i], 0.0
		for j, x := range a {
			x -= vi*wj[j] + wi*vj[j]
			a[j] = x
			sum += x * uj[j]
			pj[j] += x * ui
		}
		x := m[at+i] - 2*vi*wi
		m[at+i] = x
		p[i] += sum + x*ui
	}
}

// reduceComplex is reduceReal for a Hermitian matrix.
func reduceComplex(m []complex128, n int, yield func() bool) (chain, error) {
	c := chain{d: make([]float64, 0, n), phase: []complex128{1}}
	largest := 0.0
	for _, x := range m {
		largest = max(largest, math.Abs(real(x)), math.Abs(imag(x)))
	}
	u, v, w := make([]complex128, n), make([]complex128, n), make([]complex128, n)
	p := make([]complex128, n)
	work := 0
	for k := 0; ; k++ {
		vk, wk := v[k], w[k]
		c.d = append(c.d, real(m[k*(k+1)/2+k])-2*real(vk*conj(wk)))
		if k == n-1 {
			return c, nil
		}
		norm2 := 0.0
		for i := k + 1; i < n; i++ {
			u[i] = m[i*(i+1)/2+k] - v[i]*conj(wk) - w[i]*conj(vk)
			norm2 += abs2(u[i])
		}
		norm := math.Sqrt(norm2)
		if norm <= nothing*largest {
			return c, nil
		}
		// alpha has the phase opposite to the first element.
		head := math.Sqrt(abs2(u[k+1]))
		turn := complex128(1)
		if head > 0 {
			turn = u[k+1] * complex(1/head, 0)
		}
		alpha := turn * complex(-norm, 0)
		scale := complex(1/math.Sqrt(norm2+norm*head), 0)
		u[k+1] -= alpha
		for i := k + 1; i < n; i++ {
			u[i] *= scale
			p[i] = 0
		}
		c.e = append(c.e, norm)
		c.phase = append(c.phase, -turn*c.phase[k])
		c.cplx = append(c.cplx, append([]complex128(nil), u[k+1:]...))
		sweepComplex(m, n, k+1, u, v, w, p)
		var dot complex128
		for i := k + 1; i < n; i++ {
			dot += conj(u[i]) * p[i]
		}
		half := complex(real(dot)/2, 0)
		for i := k + 1; i < n; i++ {
			v[i], w[i] = u[i], p[i]-half*u[i]
		}
		if work += 2 * (n - k) * (n - k); work >= yieldEvery {
			work = 0
			if !yield() {
				return c, ErrCancelled
			}
		}
	}
}

// sweepComplex applies M ← M − v w† − w v† and adds M u to p.
func sweepComplex(m []complex128, n, first int, u, v, w, p []complex128) {
	for i := first; i < n; i++ {
		at := i * (i + 1) / 2
		a := m[at+first : at+i]
		pj, uj, vj, wj := p[first:i], u[first:i], v[first:i], w[first:i]
		pj, uj, vj, wj = pj[:len(a)], uj[:len(a)], vj[:len(a)], wj[:len(a)]
		ui, vi, wi := u[i], v[i], w[i]
		var sum complex128
		for j, x := range a {
			x -= vi*conj(wj[j]) + wi*conj(vj[j])
			a[j] = x
			sum += x * uj[j]
			pj[j] += conj(x) * ui
		}
		x := real(m[at+i]) - 2*real(vi*conj(wi))
		m[at+i] = complex(x, 0)
		p[i] += sum + complex(x, 0)*ui
	}
}

// propagate returns exp(iτM) e_0 with n components in dst[:0].
func (c *chain) propagate(dst []complex128, n int, tau float64) []complex128 {
	dst = append(dst[:0], make([]complex128, n)...)
	expTridiagonal(dst[:len(c.d)], c.d, c.e, tau)
	for i, f := range c.phase {
		dst[i] *= f
	}
	for k := len(c.real) - 1; k >= 0; k-- {
		u, x := c.real[k], dst[k+1:]
		x = x[:len(u)]
		var re, im float64
		for i, f := range u {
			re += f * real(x[i])
			im += f * imag(x[i])
		}
		for i, f := range u {
			x[i] -= complex(f*re, f*im)
		}
	}
	for k := len(c.cplx) - 1; k >= 0; k-- {
		u, x := c.cplx[k], dst[k+1:]
		x = x[:len(u)]
		var dot complex128
		for i, f := range u {
			dot += conj(f) * x[i]
		}
		for i, f := range u {
			x[i] -= f * dot
		}
	}
	return dst
}

func conj(z complex128) complex128 { return complex(real(z), -imag(z)) }

func abs2(z complex128) float64 { return real(z)*real(z) + imag(z)*imag(z) }
