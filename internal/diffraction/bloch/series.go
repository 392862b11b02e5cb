package bloch

import (
	"math"

	"zoneaxis/internal/diffraction/bloch/kernel"
	"zoneaxis/internal/lean/sorts"
)

// series carries the incident wave to any depth with the Chebyshev expansion of
// exp(iτM), in single precision where that does no harm: products of couplings
// and waves are, while the diagonal, the recurrence and the sums are in double
// precision. It keeps T_k(M) e_0, so that another thickness is another sum.
//
// Off the real axis Chebyshev polynomials grow, and a thick foil needs many of
// them. So the wave is kept at checkpoints, and goes on from the one before.
type series struct {
	sym *kernel.Sym     // couplings if they are real, else
	gen *kernel.General // these
	n   int
	// The diagonal of M less the centre, filled up to whole quads; im is nil
	// without absorption.
	re, im []float64
	// The Hermitian part of M has its eigenvalues within half of the real part of
	// centre, the imaginary part is the mean absorption, and loss bounds what is
	// left of the anti-Hermitian part.
	centre     complex128
	half, loss float64

	trail trail
	run   run
	x, y  [2][]kernel.Quad // real and imaginary parts
}

// run is the expansion for one stretch between checkpoints.
type run struct {
	from      int       // checkpoint at which it begins; −1 before the first
	isReal    bool      // the wave at from and with it all terms
	now, next []float64 // last term and the one before; real parts, then imaginary ones
	terms     []float32 // all terms so far
	rows      int
}

// Bounds of a stretch: of growth, e² at most; of the phase, so that another
// thickness costs little; and of the memory of its terms. leastTerm is the
// size below which a term is left out.
const (
	mostGrowth = 2.0
	mostPhase  = 60.0
	mostTerms  = 1 << 22
	leastTerm  = 1e-10
)

// newSeries prepares the matrix: the couplings, with those by way of weak beams.
func newSeries(p *problem, diagonal, weight []float64) (*series, error) {
	n := p.strong
	s := &series{n: n, run: run{from: -1}}
	length := (n + 3) &^ 3
	s.re = make([]float64, length)
	copy(s.re, diagonal[:n])
	var err error
	if p.isReal() {
		s.sym = kernel.NewSym(n)
		err = s.fillReal(p, diagonal, weight)
	} else {
		s.gen = kernel.NewGeneral(n)
		if p.loss != nil {
			s.im = make([]float64, length)
			for i, w := range weight[:n] {
				s.im[i] = p.loss0 * w * w
			}
		}
		err = s.fillComplex(p, diagonal, weight)
	}
	if err != nil {
		return nil, err
	}
	s.bound()
	s.ready()
	return s, nil
}

// ready makes what a run needs when matrix and bounds are there.
func (s *series) ready() {
	parts := 1
	if s.gen != nil {
		parts = 2
	}
	stretch := max(mostTerms/float64(parts*len(s.re))-100, mostPhase)
	if s.im != nil {
		stretch = mostPhase
		if s.loss*stretch > mostGrowth*s.half {
			stretch = mostGrowth * s.half / s.loss
		}
	}
	s.trail.spacing = stretch / s.half
	for i := range s.x {
		s.x[i], s.y[i] = kernel.Quads(s.n), kernel.Quads(s.n)
	}
}

// weakAtOnce is how many weak beams act at once: their couplings stay in fast
// memory meanwhile, and Yield is called between them.
const weakAtOnce = 64

func (s *series) fillReal(p *problem, diagonal, weight []float64) error {
	n := p.strong
	for i := range n {
		for j, u := range p.u[p.rows[i]:p.rows[i+1]] {
			s.sym.Set(i, j, float32(real(u)*weight[i]*weight[j]))
		}
	}
	if n == len(p.beams) {
		return nil
	}
	to, over := kernel.NewStack(n, weakAtOnce), kernel.NewStack(n, weakAtOnce)
	for first := n; first < len(p.beams); first += weakAtOnce {
		for q := range weakAtOnce {
			w := first + q
			if w >= len(p.beams) {
				for j := range n {
					over.Set(q, j, 0)
				}
				continue
			}
			inverse := 1 / diagonal[w]
			for j, u := range p.u[p.rows[w]:p.rows[w+1]] {
				v := real(u) * weight[w] * weight[j]
				s.re[j] -= v * v * inverse
				to.Set(q, j, float32(v))
				over.Set(q, j, float32(v*inverse))
			}
		}
		s.sym.Sub(over, to)
		if !p.opt.Yield() {
			return ErrCancelled
		}
	}
	return nil
}

func (s *series) fillComplex(p *problem, diagonal, weight []float64) error {
	n := p.strong
	for i := range n {
		for j := range i {
			to, back := p.both(p.rows[i]+j, weight[i]*weight[j])
			s.gen.Set(i, j, float32(real(to)), float32(imag(to)))
			s.gen.Set(j, i, float32(real(back)), float32(imag(back)))
		}
	}
	if n == len(p.beams) {
		return nil
	}
	// M_jw and M_wj are conjugate without absorption, and the same with absorption
	// if all couplings are real: then one half of the matrix is enough.
	lower := p.loss == nil || p.gauge != nil
	const two = 2 * weakAtOnce // real and imaginary parts
	var f, v [2]*kernel.Stack  // for real and imaginary parts of the result
	for i := range f {
		f[i], v[i] = kernel.NewStack(n, two), kernel.NewStack(n, two)
	}
	for first := n; first < len(p.beams); first += weakAtOnce {
		for q := range weakAtOnce {
			w := first + q
			if w >= len(p.beams) {
				for j := range n {
					for i := range f {
						f[i].Set(2*q, j, 0)
						f[i].Set(2*q+1, j, 0)
					}
				}
				continue
			}
			for j := range n {
				to, back := p.both(p.rows[w]+j, weight[w]*weight[j])
				back *= complex(1/diagonal[w], 0)
				own := back * to
				s.re[j] -= real(own)
				if s.im != nil {
					s.im[j] -= imag(own)
				}
				tr, ti, br, bi := float32(real(to)), float32(imag(to)), float32(real(back)), float32(imag(back))
				f[0].Set(2*q, j, br)
				v[0].Set(2*q, j, tr)
				f[0].Set(2*q+1, j, -bi)
				v[0].Set(2*q+1, j, ti)
				f[1].Set(2*q, j, br)
				v[1].Set(2*q, j, ti)
				f[1].Set(2*q+1, j, bi)
				v[1].Set(2*q+1, j, tr)
			}
		}
		s.gen.SubRe(f[0], v[0], lower)
		s.gen.SubIm(f[1], v[1], lower)
		if !p.opt.Yield() {
			return ErrCancelled
		}
	}
	switch {
	case p.loss == nil:
		s.gen.Mirror(-1)
	case lower:
		s.gen.Mirror(1)
	}
	return nil
}

// both returns the couplings at a place of u, into the row's beam and back, times
// f: U + iU' and U* + iU'*.
func (p *problem) both(at int, f float64) (to, back complex128) {
	u := p.u[at]
	if p.loss == nil {
		return complex(f*real(u), f*imag(u)), complex(f*real(u), -f*imag(u))
	}
	l := p.loss[at]
	return complex(f*(real(u)-imag(l)), f*(imag(u)+real(l))), complex(f*(real(u)+imag(l)), f*(real(l)-imag(u)))
}

// bound finds centre, half and loss with Gershgorin's intervals and takes the
// centre from the diagonal.
func (s *series) bound() {
	n := s.n
	radius, loss := make([]float64, n), make([]float64, n)
	for i := range n {
		for j := range i {
			if s.sym != nil {
				v := math.Abs(float64(s.sym.At(i, j)))
				radius[i], radius[j] = radius[i]+v, radius[j]+v
				continue
			}
			ar, ai := s.gen.At(i, j)
			br, bi := s.gen.At(j, i)
			v := math.Hypot(float64(ar)+float64(br), float64(ai)-float64(bi)) / 2
			radius[i], radius[j] = radius[i]+v, radius[j]+v
			if s.im != nil {
				v = math.Hypot(float64(ar)-float64(br), float64(ai)+float64(bi)) / 2
				loss[i], loss[j] = loss[i]+v, loss[j]+v
			}
		}
	}
	low, high, mean := math.Inf(1), math.Inf(-1), 0.0
	for i, r := range radius {
		low, high = min(low, s.re[i]-r), max(high, s.re[i]+r)
		if s.im != nil {
			mean += s.im[i] / float64(n)
		}
	}
	s.centre, s.half = complex((low+high)/2, mean), (high-low)/2
	if s.half == 0 {
		s.half = 1
	}
	for i := range n {
		s.re[i] -= real(s.centre)
		if s.im != nil {
			s.im[i] -= mean
			s.loss = max(s.loss, loss[i]+math.Abs(s.im[i]))
		}
	}
}

// at returns exp(iτM) e_0 in dst[:0].
func (s *series) at(dst []complex128, tau float64, yield func() bool) ([]complex128, error) {
	k := max(int(tau/s.trail.spacing), 0)
	if s.run.from != k {
		wave, err := s.trail.to(k, s.n, func(wave []complex128, k int) error {
			s.begin(wave, k)
			return s.sum(wave, s.trail.spacing, yield)
		})
		if err != nil {
			return nil, err
		}
		s.begin(wave, k)
	}
	dst = append(dst[:0], make([]complex128, s.n)...)
	err := s.sum(dst, tau-float64(k)*s.trail.spacing, yield)
	if s.im == nil {
		unit(dst)
	}
	return dst, err
}

// unit makes a wave that is nearly of the length 1, as it would be without
// rounding, just that.
func unit(wave []complex128) {
	length := 0.0
	for _, x := range wave {
		length += abs2(x)
	}
	if math.Abs(length-1) < 1e-4 {
		f := complex(1/math.Sqrt(length), 0)
		for i := range wave {
			wave[i] *= f
		}
	}
}

// begin begins an expansion at checkpoint k, unless it is the one at hand.
func (s *series) begin(wave []complex128, k int) {
	r := &s.run
	if r.from == k {
		return
	}
	r.from, r.isReal, r.rows = k, k == 0 && s.sym != nil, 0
	length := len(s.re)
	parts := 2
	if r.isReal {
		parts = 1
	}
	if len(r.now) != parts*length {
		r.now, r.next = make([]float64, parts*length), make([]float64, parts*length)
	}
	clear(r.now)
	clear(r.next)
	r.terms = r.terms[:0]
	for i, v := range wave {
		r.now[i] = real(v)
		if !r.isReal {
			r.now[length+i] = imag(v)
		}
	}
}

// sum sets dst to the wave at τ behind the beginning of the run.
func (s *series) sum(dst []complex128, tau float64, yield func() bool) error {
	j := bessel(math.Abs(tau) * s.half)
	for len(j) > 1 && math.Abs(j[len(j)-1]) < leastTerm {
		j = j[:len(j)-1]
	}
	if err := s.extend(len(j), yield); err != nil {
		return err
	}
	r, length := &s.run, len(s.re)
	out := make([]float64, 2*length)
	for k, f := range j {
		if k > 0 {
			f *= 2
		}
		if tau < 0 && k&1 == 1 {
			f = -f
		}
		if k&2 == 2 {
			f = -f
		}
		width := len(r.now)
		row := r.terms[k*width : (k+1)*width]
		// i^k turns real parts into imaginary ones for odd k.
		switch {
		case k&1 == 0:
			addTo(out, f, row)
		default:
			addTo(out[length:], f, row[:length])
			if !r.isReal {
				addTo(out[:length], -f, row[length:])
			}
		}
	}
	sin, cos := math.Sincos(tau * real(s.centre))
	fade := math.Exp(-tau * imag(s.centre))
	turn := complex(fade*cos, fade*sin)
	for i := range dst {
		dst[i] = turn * complex(out[i], out[length+i])
	}
	return nil
}

// addTo adds f x to y.
func addTo(y []float64, f float64, x []float32) {
	y = y[:len(x)]
	for i, v := range x {
		y[i] += f * float64(v)
	}
}

// yieldProducts is the number of products between two calls of Yield.
const yieldProducts = 1 << 22

// extend computes terms until there are so many.
func (s *series) extend(rows int, yield func() bool) error {
	r, length := &s.run, len(s.re)
	if n := rows * len(r.now); cap(r.terms) < n {
		r.terms = append(make([]float32, 0, n), r.terms...)
	}
	work := 0
	for r.rows < rows {
		if r.rows > 0 {
			s.step()
		}
		r.rows++
		for _, v := range r.now {
			r.terms = append(r.terms, float32(v))
		}
		if work += len(r.now) * length; work >= yieldProducts && yield != nil {
			if work = 0; !yield() {
				return ErrCancelled
			}
		}
	}
	return nil
}

// step computes T_{k+1} = 2 (M − centre)/half T_k − T_{k−1}; the first time
// half of that.
func (s *series) step() {
	r, length := &s.run, len(s.re)
	f := 2 / s.half
	if r.rows == 1 {
		f /= 2
	}
	parts := len(r.now) / length
	for part := range parts {
		now := r.now[part*length:]
		for b := range s.x[part] {
			t := now[4*b : 4*b+4]
			s.x[part][b] = kernel.Quad{float32(t[0]), float32(t[1]), float32(t[2]), float32(t[3])}
		}
	}
	if s.sym != nil {
		for part := range parts {
			s.sym.Mul(s.y[part], s.x[part])
		}
	} else {
		s.gen.Mul(s.y[0], s.y[1], s.x[0], s.x[1])
	}
	for part := range parts {
		now, next := r.now[part*length:(part+1)*length], r.next[part*length:(part+1)*length]
		for b := range s.y[part] {
			q, d := &s.y[part][b], s.re[4*b:4*b+4]
			t, to := now[4*b:4*b+4], next[4*b:4*b+4]
			to[0] = f*(float64(q[0])+d[0]*t[0]) - to[0]
			to[1] = f*(float64(q[1])+d[1]*t[1]) - to[1]
			to[2] = f*(float64(q[2])+d[2]*t[2]) - to[2]
			to[3] = f*(float64(q[3])+d[3]*t[3]) - to[3]
		}
	}
	if s.im != nil {
		for i, d := range s.im {
			r.next[i] -= f * d * r.now[length+i]
			r.next[length+i] += f * d * r.now[i]
		}
	}
	r.now, r.next = r.next, r.now
}

// trail keeps waves at multiples of a spacing of τ.
type trail struct {
	spacing float64
	stride  int            // spacings from one to the next
	marks   [][]complex128 // the first one is the incident wave
}

// mostMarks bounds the memory of a trail; then every second one is given up.
const mostMarks = 128

// to returns the wave at k spacings, of n beams. step carries a wave from one
// multiple, of which it is given the number, to the next.
func (t *trail) to(k, n int, step func(wave []complex128, k int) error) ([]complex128, error) {
	if t.marks == nil {
		first := make([]complex128, n)
		first[0] = 1
		t.marks, t.stride = [][]complex128{first}, 1
	}
	near := min(k/t.stride, len(t.marks)-1)
	wave := append([]complex128(nil), t.marks[near]...)
	for at := near * t.stride; at < k; {
		if err := step(wave, at); err != nil {
			return nil, err
		}
		at++
		if at == len(t.marks)*t.stride {
			t.marks = append(t.marks, append([]complex128(nil), wave...))
		}
		if len(t.marks) > mostMarks {
			half := t.marks[:0]
			for i := 0; i < len(t.marks); i += 2 {
				half = append(half, t.marks[i])
			}
			clear(t.marks[len(half):])
			t.marks, t.stride = half, 2*t.stride
		}
	}
	return wave, nil
}

// chooseSeries estimates which route is shorter: the series, whose work grows
// with the thickness, or the chain, whose work grows with the number of states
// that symmetry leaves. The estimate is that of one build and one machine, so
// that all of them take the same route.
func (s *System) chooseSeries() bool {
	p, n := s.p, float64(s.p.strong)
	switch {
	case !p.opt.Quick:
		return false
	case p.loss != nil:
		return true
	case p.strong < 16:
		return false
	}
	low, high, beside := 0.0, 0.0, 0.0
	for i, d := range s.diagonal[:p.strong] {
		low, high = min(low, d), max(high, d)
		if i > 0 {
			beside += math.Sqrt(abs2(p.u[p.rows[i]]))
		}
	}
	// Nanoseconds for an element of the matrix, fetched once.
	const inSeries, inChain, weakInSeries, weakInChain = 0.2, 1.5, 0.15, 0.5
	terms := math.Pi*usualThickness/s.Kn*((high-low)/2+beside) + 30
	states := float64(orbits(s.diagonal[:p.strong]))
	weak := float64(len(p.beams)-p.strong) * n * n / 2
	asSeries := weakInSeries*weak + terms*n*(n*inSeries+10)
	asChain := weakInChain*weak + inChain*(n*n*states-n*states*states+states*states*states/3)
	return asSeries < asChain
}

// usualThickness in Å is the one that routes are chosen for, whatever will be
// asked: what a pattern looks like must not depend on what was shown before.
const usualThickness = 500

// orbits counts the values that differ: on an axis of symmetry, where
// equivalent beams have the same, about as many as there are states.
func orbits(diagonal []float64) int {
	list := append([]float64(nil), diagonal...)
	sorts.Values(list)
	n := 1
	for i := 1; i < len(list); i++ {
		if list[i]-list[i-1] > 1e-7 {
			n++
		}
	}
	return n
}

// chain64 is the chain of the series' matrix, for Waves.
func (s *series) chain64() (c chain) {
	always := func() bool { return true }
	n := s.n
	if s.sym != nil {
		m := make([]float64, 0, n*(n+1)/2)
		for i := range n {
			for j := range i {
				m = append(m, float64(s.sym.At(i, j)))
			}
			m = append(m, s.re[i]+real(s.centre))
		}
		c, _ = reduceReal(m, n, always)
		return c
	}
	m := make([]complex128, 0, n*(n+1)/2)
	for i := range n {
		for j := range i {
			re, im := s.gen.At(i, j)
			m = append(m, complex(float64(re), float64(im)))
		}
		m = append(m, complex(s.re[i]+real(s.centre), 0))
	}
	c, _ = reduceComplex(m, n, always)
	return c
}
