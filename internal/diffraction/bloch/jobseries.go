package bloch

import (
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/diffraction/bloch/kernel"
)

// seriesResult is result if the solution is a series: beams, phases, couplings
// of weak beams, matrix, checkpoints and the terms at hand.
func (s *System) seriesResult() []byte {
	p, r := s.p, &s.series.run
	n, strong, from := len(p.beams), p.strong, p.rows[p.strong]
	flags := hasSeries | flag(hasGauge, p.gauge != nil) | flag(hasLoss, p.loss != nil)
	weak := p.u[from:]
	marks := s.series.trail.marks
	w := make(writer, 0, 100+20*n+32*len(weak)+16*len(s.series.re)+4*s.series.numbers()+16*len(marks)*strong+16*len(r.now)+4*len(r.terms))
	w.uint32(resultMark, uint32(strong), uint32(n), flags, uint32(strong))
	for _, b := range p.beams {
		w.uint32(uint32(b.Ref))
	}
	if p.gauge != nil {
		w.complex128(p.gauge...)
	}
	w.weak(weak, p.gauge != nil)
	if p.loss != nil {
		w.weak(p.loss[from:], p.gauge != nil)
		w.float64(s.series.im[:strong]...)
	}
	w.float64(s.series.re[:strong]...)
	w.float64(real(s.series.centre), imag(s.series.centre), s.series.half, s.series.loss)
	s.series.each(func(v *float32) { w.float32(*v) })
	w.uint32(uint32(len(marks)), uint32(s.series.trail.stride), uint32(int32(r.from)), flag(1, r.isReal), uint32(r.rows))
	for _, m := range marks {
		w.complex128(m...)
	}
	w.float64(r.now...)
	w.float64(r.next...)
	w.float32(r.terms...)
	return w
}

// weak appends couplings, the real parts of real ones.
//
//go:noinline
func (w *writer) weak(list []complex128, isReal bool) {
	for _, u := range list {
		if w.float64(real(u)); !isReal {
			w.float64(imag(u))
		}
	}
}

// weak reads what weak has written. The memory is that of the bytes at most four
// times.
//
//go:noinline
func (r *reader) weak(n int, isReal bool, yield func() bool) ([]complex128, error) {
	size := 16
	if isReal {
		size = 8
	}
	b := r.take(size * n)
	list := make([]complex128, len(b)/size)
	for i := range list {
		if isReal {
			list[i] = complex(r.one(b[8*i:8*i+8]), 0)
		} else {
			list[i] = complex(r.one(b[16*i:16*i+8]), r.one(b[16*i+8:16*i+16]))
		}
		if i&0x3ffff == 0x3ffff && !yield() {
			return nil, ErrCancelled
		}
	}
	return list, nil
}

func (s *series) each(f func(*float32)) {
	if s.sym != nil {
		s.sym.Each(f)
	} else {
		s.gen.Each(f)
	}
}

func (s *series) numbers() int {
	if s.sym != nil {
		return s.sym.Numbers()
	}
	return s.gen.Numbers()
}

// installSeries is install for what seriesResult packs after the beams.
func (s *System) installSeries(in *reader, p *problem, place []diffraction.Spot, flags uint32) error {
	n, strong := len(p.beams), p.strong
	hasPhases, absorbs := flags&hasGauge != 0, flags&hasLoss != 0
	if absorbs != (s.p.opt.Absorption != None) {
		return errResult
	}
	if hasPhases {
		p.gauge = in.complex128(n)
	}
	var err error
	if p.u, err = in.weak((n-strong)*strong, hasPhases, p.opt.Yield); err != nil {
		return err
	}
	length := (strong + 3) &^ 3
	q := &series{n: strong, re: make([]float64, length)}
	if absorbs {
		if p.loss, err = in.weak((n-strong)*strong, hasPhases, p.opt.Yield); err != nil {
			return err
		}
		q.im = make([]float64, length)
		copy(q.im, in.float64(strong))
	}
	copy(q.re, in.float64(strong))
	b := in.float64(4)
	if in.bad {
		return errResult
	}
	q.centre, q.half, q.loss = complex(b[0], b[1]), b[2], b[3]
	parts := 2
	if p.isReal() {
		parts = 1
		q.sym = kernel.NewSym(strong)
	}
	if !(q.half > 0 && q.loss >= 0) || 4*strong*strong/2 > len(in.rest) {
		return errResult
	}
	if q.sym == nil {
		q.gen = kernel.NewGeneral(strong)
	}
	if 4*q.numbers() > len(in.rest) {
		return errResult
	}
	matrix := in.take(4 * q.numbers())
	q.each(func(v *float32) {
		*v, matrix = in.single(matrix[:4]), matrix[4:]
	})
	q.ready()
	marks, stride, from, isReal, rows := int(in.uint32()), int(in.uint32()), int(int32(in.uint32())), in.uint32() == 1, int(in.uint32())
	width := parts * length
	if from > 0 {
		width = 2 * length
	}
	if in.bad || marks > mostMarks || rows > len(in.rest)/4/width+1 || from < -1 || isReal != (from == 0 && parts == 1) ||
		from >= 0 && (marks < 1 || stride < 1 || rows < 1) {
		return errResult
	}
	q.trail.stride = stride
	for range marks {
		q.trail.marks = append(q.trail.marks, in.complex128(strong))
	}
	q.run = run{from: -1}
	if from >= 0 {
		q.run = run{from: from, isReal: isReal, rows: rows, now: in.float64(width), next: in.float64(width), terms: make([]float32, rows*width)}
		in.float32(q.run.terms)
	}
	if in.bad || len(in.rest) > 0 {
		return errResult
	}
	s.p, s.series, s.Beams, s.Strong = p, q, p.beams, strong
	s.keep(place)
	return nil
}
