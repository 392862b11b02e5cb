package bloch

import (
	"errors"
	"math"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/geom"
)

// A calculation can be done elsewhere, by a program that knows no crystal:
// Solve hands numbers to Options.Elsewhere, which has them worked off by Work,
// in another worker for example, and takes numbers back.
//
// The job holds the candidates for beams (indices, diagonal of M, weight) and
// U_g, with absorption U'_g too, for every difference of two of them, U_−g = U_g*
// being left out. The result says which are beams, in which phases U is real,
// how weak beams follow from strong ones, and the chain or the series. All
// numbers are little-endian: uint32, and float32 and float64 in full, so that a
// solution from elsewhere is bit for bit the one from here.
const (
	jobMark    = 0x32626a7a // "zjb2"
	resultMark = 0x3273727a // "zrs2"
)

// What a job and a result have.
const (
	hasLoss = 1 << iota
	hasQuick
	hasGauge
	hasSeries
)

// Bounds of what Work takes on; Standard has at most 1.7 million couplings.
const (
	mostCouplings = 1 << 23
	mostIndex     = 1 << 18 // of an index, so that differences have keys
	mostCells     = 1 << 27 // of a table of differences
	// mostElement is far above every element of M in Å⁻², and keeps the time and
	// memory of a thickness bounded.
	mostElement = 1e4
)

var (
	errJob    = errors.New("bloch: these bytes are not a job")
	errResult = errors.New("bloch: these bytes are not the result of this job")
	errTooBig = errors.New("bloch: the job is too large to be done elsewhere")
)

// elsewhere solves with Options.Elsewhere. An error that is neither ErrCancelled
// nor a *LimitError leaves p as it was.
func (p *problem) elsewhere(r *diffraction.Reflections, b diffraction.Beam) (*System, error) {
	s := p.system(p.opt.TiltX, p.opt.TiltY)
	job, err := p.job(r, b, s)
	if err != nil {
		return nil, err
	}
	result, err := p.opt.Elsewhere(job)
	if err != nil {
		return nil, err
	}
	return s, s.install(result)
}

// job packs what Work needs.
func (p *problem) job(r *diffraction.Reflections, b diffraction.Beam, s *System) ([]byte, error) {
	hkl := p.indices(r)
	differences, err := p.differences(hkl)
	if err != nil {
		return nil, err
	}
	table := p.opt.Couplings.of(r, b, &p.opt)
	flags := flag(hasLoss, p.opt.Absorption != None) | flag(hasQuick, p.opt.Quick)
	w := make(writer, 0, jobHead+28*len(hkl)+cellBytes(flags)*len(differences))
	w.uint32(jobMark, uint32(max(p.opt.MaxBeams, 0)), uint32(p.strong), uint32(len(hkl)), uint32(len(differences)), flags)
	loss0 := 0.0
	if flags&hasLoss != 0 {
		loss0 = real(table.at(crystal.HKL{}, crystal.HKL{}).loss)
	}
	w.float64(s.Kn, max(min(p.opt.Thickness, mostElement), 0), loss0)
	for _, h := range hkl {
		w.indices(h)
	}
	w.float64(s.diagonal...)
	w.float64(s.weight...)
	for _, d := range differences {
		w.indices(d)
	}
	for i, d := range differences {
		c := table.at(d, crystal.HKL{})
		w.complex128(c.u)
		if flags&hasLoss != 0 {
			w.complex128(c.loss)
		}
		if i&63 == 63 && !p.opt.Yield() {
			return nil, ErrCancelled
		}
	}
	return w, nil
}

const jobHead = 6*4 + 3*8 // bytes before the beams

// cellBytes is how many bytes a difference takes.
func cellBytes(flags uint32) int {
	if flags&hasLoss != 0 {
		return 3*4 + 4*8
	}
	return 3*4 + 2*8
}

// flag returns a bit if it is set.
func flag(bit uint32, set bool) uint32 {
	if set {
		return bit
	}
	return 0
}

// differences lists h_i − h_j for all i and j that are coupled, one of each and
// its opposite.
func (p *problem) differences(hkl []crystal.HKL) ([]crystal.HKL, error) {
	var span crystal.HKL // the largest difference of each index
	for k := range span {
		low, high := hkl[0][k], hkl[0][k]
		for _, h := range hkl {
			low, high = min(low, h[k]), max(high, h[k])
		}
		if span[k] = high - low; max(high, -low) >= mostIndex {
			return nil, errTooBig
		}
	}
	// Differences are numbers of cells in a box around 0.
	ny, nz := 2*span[1]+1, 2*span[2]+1
	cells := float64(2*span[0]+1) * float64(ny) * float64(nz)
	if couplings := p.strong*(p.strong-1)/2 + (len(hkl)-p.strong)*p.strong; cells > mostCells || couplings > mostCouplings {
		return nil, errTooBig
	}
	zero := (span[0]*ny+span[1])*nz + span[2]
	cell := make([]int32, len(hkl))
	for i, h := range hkl {
		cell[i] = int32((h[0]*ny+h[1])*nz + h[2])
	}
	seen := make([]uint64, 2*zero/64+1)
	for i, c := range cell {
		for _, to := range cell[:p.width(i)] {
			d := uint32(int32(zero) + max(c-to, to-c))
			seen[d>>6] |= 1 << (d & 63)
		}
		if i&255 == 255 && !p.opt.Yield() {
			return nil, ErrCancelled
		}
	}
	var list []crystal.HKL
	for at, word := range seen {
		if word == 0 {
			continue
		}
		for bit := range 64 {
			if word>>bit&1 != 0 {
				d := at<<6 | bit
				list = append(list, crystal.HKL{d/(ny*nz) - span[0], d/nz%ny - span[1], d%nz - span[2]})
			}
		}
	}
	return list, nil
}

// Work does a job that Solve has handed to Options.Elsewhere and returns the
// result for it. yield is called every few milliseconds; if it returns false the
// error is ErrCancelled. Bytes that are no job are an error, whatever they are;
// the memory that a job can ask for is bounded.
func Work(job []byte, yield func() bool) ([]byte, error) {
	p, s, hkl, table, err := unpackJob(job)
	if err != nil {
		return nil, err
	}
	p.opt.Yield = yield
	if err := p.couple(table, hkl); err != nil {
		return nil, err
	}
	if table.missing {
		return nil, errJob
	}
	p.link()
	if err := p.limit(); err != nil {
		var w writer
		w.uint32(resultMark, uint32(p.strong), 0)
		return w, nil
	}
	s.Beams, s.Strong = p.beams, p.strong
	s.keep(p.beams)
	if err := s.prepare(); err != nil {
		return nil, err
	}
	return s.result(), nil
}

// keep leaves the diagonal and weight of the beams alone whose Ref is their place
// in the job.
func (s *System) keep(beams []diffraction.Spot) {
	for i, b := range beams {
		s.diagonal[i], s.weight[i] = s.diagonal[b.Ref], s.weight[b.Ref]
	}
	s.diagonal, s.weight = s.diagonal[:len(beams)], s.weight[:len(beams)]
}

func unpackJob(job []byte) (*problem, *System, []crystal.HKL, *couplings, error) {
	fail := func() (*problem, *System, []crystal.HKL, *couplings, error) { return nil, nil, nil, nil, errJob }
	in := reader{rest: job}
	if in.uint32() != jobMark {
		return fail()
	}
	maxBeams, strong, n, m, flags := int(in.uint32()), int(in.uint32()), int(in.uint32()), int(in.uint32()), in.uint32()
	head := in.float64(3)
	if in.bad || n < 1 || n > len(job)/28 || m > len(job)/28 || strong < 1 || strong > n || len(in.rest) != 28*n+cellBytes(flags)*m {
		return fail()
	}
	if kn, thickness := head[0], head[1]; kn < 1e-3 || thickness < 0 || flags >= hasGauge {
		return fail()
	}
	if strong*(strong-1)/2+(n-strong)*strong > mostCouplings {
		return fail()
	}
	hkl := make([]crystal.HKL, n)
	for i := range hkl {
		hkl[i] = in.indices()
	}
	p := &problem{beams: make([]diffraction.Spot, n), g: make([]geom.Vec, n), strong: strong}
	p.opt.MaxBeams, p.opt.Quick, p.opt.Thickness = maxBeams, flags&hasQuick != 0, head[1]
	if flags&hasLoss != 0 {
		p.opt.Absorption = Proportional // or Thermal: here it is the same
	}
	for i := range p.beams {
		p.beams[i].Ref = int32(i)
	}
	s := &System{p: p, Kn: head[0], diagonal: in.float64(n), weight: in.float64(n)}
	table := &couplings{}
	keys := make([]crystal.HKL, m)
	var span crystal.HKL
	for i := range keys {
		keys[i] = in.indices()
		for k, index := range keys[i] {
			span[k] = max(span[k], index, -index)
		}
	}
	table.reserve(span)
	for _, h := range keys {
		c := pair{u: in.complex()}
		if flags&hasLoss != 0 {
			c.loss = in.complex()
		}
		table.put(h, c)
		table.put(h.Neg(), pair{conj(c.u), conj(c.loss)})
	}
	table.put(crystal.HKL{}, pair{loss: complex(head[2], 0)})
	if in.bad {
		return fail()
	}
	return p, s, hkl, table, nil
}

// result packs what install needs.
func (s *System) result() []byte {
	p, c := s.p, &s.chain
	n, strong := len(p.beams), p.strong
	weak := p.u[p.rows[strong]:]
	if s.series != nil {
		return s.seriesResult()
	}
	w := make(writer, 0, 24+4*n+16*n+16*len(weak)+8*len(c.d)*(strong+4))
	isReal := p.isReal()
	w.uint32(resultMark, uint32(strong), uint32(n), flag(hasGauge, isReal), uint32(len(c.d)))
	for _, b := range p.beams {
		w.uint32(uint32(b.Ref))
	}
	w.float64(c.d...)
	w.float64(c.e...)
	if isReal {
		w.complex128(p.gauge...)
		for _, u := range weak {
			w.float64(real(u))
		}
		for _, u := range c.real {
			w.float64(u...)
		}
		return w
	}
	w.complex128(c.phase...)
	w.complex128(weak...)
	for _, u := range c.cplx {
		w.complex128(u...)
	}
	return w
}

// install makes a System whole with the result for its job.
func (s *System) install(result []byte) error {
	in := reader{rest: result}
	if in.uint32() != resultMark {
		return errResult
	}
	strong, n := int(in.uint32()), int(in.uint32())
	if n == 0 && !in.bad && len(in.rest) == 0 && s.p.opt.MaxBeams > 0 && strong > s.p.opt.MaxBeams {
		return &LimitError{strong, s.p.opt.MaxBeams}
	}
	flags, length := in.uint32(), int(in.uint32())
	isReal := flags&hasGauge != 0
	if in.bad || n < 1 || n > len(s.p.beams) || strong < 1 || strong > min(n, s.p.strong) || length < 1 || length > strong {
		return errResult
	}
	beams := make([]diffraction.Spot, n)
	place := make([]diffraction.Spot, n)
	next := 0
	for i := range place {
		old := int(in.uint32())
		if old < next || old >= len(s.p.beams) || i < strong != (old < s.p.strong) || i == 0 && old != 0 {
			return errResult
		}
		place[i].Ref, beams[i], next = int32(old), s.p.beams[old], old+1
	}
	p := &problem{opt: s.p.opt, k: s.p.k, u0: s.p.u0, normal: s.p.normal, beams: beams, strong: strong, rows: make([]int, n+1)}
	// The couplings of weak beams are all that is kept of them.
	for i := range p.rows {
		p.rows[i] = max(i-strong, 0) * strong
	}
	if flags&hasSeries != 0 {
		return s.installSeries(&in, p, place, flags)
	}
	c := chain{d: in.float64(length), e: in.float64(length - 1)}
	if isReal {
		p.gauge = in.complex128(n)
		if 8*(n-strong)*strong > len(in.rest) {
			return errResult
		}
		p.u = make([]complex128, 0, (n-strong)*strong)
		for i := range n - strong {
			for _, x := range in.float64(strong) {
				p.u = append(p.u, complex(x, 0))
			}
			if i&127 == 127 && !p.opt.Yield() {
				return ErrCancelled
			}
		}
		for k := range length - 1 {
			c.real = append(c.real, in.float64(strong-k-1))
		}
	} else {
		c.phase = in.complex128(length)
		p.u = in.complex128((n - strong) * strong)
		for k := range length - 1 {
			c.cplx = append(c.cplx, in.complex128(strong-k-1))
		}
	}
	if in.bad || len(in.rest) > 0 {
		return errResult
	}
	s.p, s.chain, s.Beams, s.Strong = p, c, beams, strong
	s.keep(place)
	return nil
}

// writer appends numbers to itself.
type writer []byte

// Methods of writer and reader are not inlined: that is a tenth of the package's
// code in the engine.

//go:noinline
func (w *writer) uint32(values ...uint32) {
	for _, v := range values {
		*w = append(*w, byte(v), byte(v>>8), byte(v>>16), byte(v>>24))
	}
}

//go:noinline
func (w *writer) float64(values ...float64) {
	b := *w
	for _, v := range values {
		x := math.Float64bits(v)
		b = append(b, byte(x), byte(x>>8), byte(x>>16), byte(x>>24), byte(x>>32), byte(x>>40), byte(x>>48), byte(x>>56))
	}
	*w = b
}

//go:noinline
func (w *writer) complex128(values ...complex128) {
	for _, v := range values {
		w.float64(real(v), imag(v))
	}
}

//go:noinline
func (w *writer) indices(h crystal.HKL) {
	w.uint32(uint32(int32(h[0])), uint32(int32(h[1])), uint32(int32(h[2])))
}

// reader takes numbers from the front of rest. If there are too few, or one is
// out of bounds, bad is set.
type reader struct {
	rest []byte
	bad  bool
}

// take returns the next n bytes.
//
//go:noinline
func (r *reader) take(n int) []byte {
	if n > len(r.rest) {
		r.bad, r.rest = true, nil
		return nil
	}
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

//go:noinline
func (r *reader) uint32() uint32 {
	b := r.take(4)
	if b == nil {
		return 0
	}
	return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 | uint32(b[3])<<24
}

//go:noinline
func (r *reader) float64(n int) []float64 {
	b := r.take(8 * n)
	list := make([]float64, len(b)/8)
	for i := range list {
		list[i] = r.one(b[8*i : 8*i+8])
	}
	return list
}

// one returns one number.
//
//go:noinline
func (r *reader) one(b []byte) float64 {
	v := math.Float64frombits(uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
		uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56)
	if !(math.Abs(v) <= mostElement) {
		r.bad = true
	}
	return v
}

//go:noinline
func (r *reader) complex128(n int) []complex128 {
	b := r.take(16 * n)
	list := make([]complex128, len(b)/16)
	for i := range list {
		list[i] = complex(r.one(b[16*i:16*i+8]), r.one(b[16*i+8:16*i+16]))
	}
	return list
}

// complex returns one number.
//
//go:noinline
func (r *reader) complex() complex128 {
	b := r.take(16)
	if b == nil {
		return 0
	}
	return complex(r.one(b[:8]), r.one(b[8:]))
}

//go:noinline
func (w *writer) float32(values ...float32) {
	b := *w
	for _, v := range values {
		x := math.Float32bits(v)
		b = append(b, byte(x), byte(x>>8), byte(x>>16), byte(x>>24))
	}
	*w = b
}

// float32 fills a list.
//
//go:noinline
func (r *reader) float32(list []float32) {
	b := r.take(4 * len(list))
	for i := range len(b) / 4 {
		list[i] = r.single(b[4*i : 4*i+4])
	}
}

//go:noinline
func (r *reader) single(b []byte) float32 {
	v := math.Float32frombits(uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 | uint32(b[3])<<24)
	if !(math.Abs(float64(v)) <= mostElement) {
		r.bad = true
	}
	return v
}

//go:noinline
func (r *reader) indices() crystal.HKL {
	var h crystal.HKL
	for k := range h {
		if h[k] = int(int32(r.uint32())); h[k] <= -2*mostIndex || h[k] >= 2*mostIndex {
			r.bad = true
		}
	}
	return h
}
