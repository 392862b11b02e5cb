package deflate

// Expand returns the content of compressed data, at most limit bytes. Bytes
// after the last block are ignored. Errors are ErrCorrupt, also if the data end
// too early, and ErrTooLong; Expand then returns what it has got so far.
func Expand(data []byte, limit int) ([]byte, error) {
	e := expander{bits: bitReader{data: data}, limit: limit}
	for last := false; !last && e.err == nil; {
		last = e.bits.take(1) == 1
		switch e.bits.take(2) {
		case 0:
			e.stored()
		case 1:
			literal, distance := fixedLengths()
			e.block(newDecoder(literal), newDecoder(distance))
		case 2:
			e.dynamic()
		default:
			e.fail(ErrCorrupt)
		}
		if e.bits.ended {
			e.fail(ErrCorrupt)
		}
	}
	return e.out, e.err
}

type expander struct {
	bits  bitReader
	out   []byte
	limit int
	err   error
}

func (e *expander) fail(err error) {
	if e.err == nil {
		e.err = err
	}
}

// stored copies a block that is not compressed.
func (e *expander) stored() {
	e.bits.align()
	n, inverse := e.bits.take(16), e.bits.take(16)
	if n^inverse != 0xffff {
		e.fail(ErrCorrupt)
		return
	}
	for ; n > 0 && !e.bits.ended; n-- {
		if len(e.out) == e.limit {
			e.fail(ErrTooLong)
			return
		}
		e.out = append(e.out, byte(e.bits.take(8)))
	}
}

// dynamic reads a block that begins with its codes.
func (e *expander) dynamic() {
	nl, nd, nc := 257+e.bits.take(5), 1+e.bits.take(5), 4+e.bits.take(4)
	if nl > literals || nd > distances {
		e.fail(ErrCorrupt)
		return
	}
	var lengths [literals + distances]byte
	for i := range nc {
		lengths[orderOfLengths[i]] = byte(e.bits.take(3))
	}
	code := newDecoder(lengths[:lengthCodes])
	clear(lengths[:])
	if code == nil {
		e.fail(ErrCorrupt)
		return
	}
	for i := 0; i < nl+nd; {
		value, repeat := byte(0), 1
		switch symbol := code.next(&e.bits); {
		case symbol < 0:
			e.fail(ErrCorrupt)
			return
		case symbol < 16:
			value = byte(symbol)
		case symbol == 16:
			if i == 0 {
				e.fail(ErrCorrupt)
				return
			}
			value, repeat = lengths[i-1], 3+e.bits.take(2)
		case symbol == 17:
			repeat = 3 + e.bits.take(3)
		default:
			repeat = 11 + e.bits.take(7)
		}
		if i+repeat > nl+nd {
			e.fail(ErrCorrupt)
			return
		}
		for ; repeat > 0; repeat-- {
			lengths[i] = value
			i++
		}
	}
	e.block(newDecoder(lengths[:nl]), newDecoder(lengths[nl:nl+nd]))
}

// block reads literals and matches up to the end of the block.
func (e *expander) block(literal, distance *decoder) {
	if literal == nil || distance == nil {
		e.fail(ErrCorrupt)
		return
	}
	for {
		symbol := literal.next(&e.bits)
		switch {
		case symbol < 0 || symbol >= literals:
			e.fail(ErrCorrupt)
			return
		case symbol == endOfBlock:
			return
		case symbol < endOfBlock:
			if len(e.out) == e.limit {
				e.fail(ErrTooLong)
				return
			}
			e.out = append(e.out, byte(symbol))
			continue
		}
		length := lengthBase[symbol-257] + e.bits.take(lengthExtra[symbol-257])
		symbol = distance.next(&e.bits)
		if symbol < 0 || symbol >= distances {
			e.fail(ErrCorrupt)
			return
		}
		back := distanceBase[symbol] + e.bits.take(distanceExtra[symbol])
		if back > len(e.out) || e.bits.ended {
			e.fail(ErrCorrupt)
			return
		}
		for ; length > 0; length-- {
			if len(e.out) == e.limit {
				e.fail(ErrTooLong)
				return
			}
			e.out = append(e.out, e.out[len(e.out)-back])
		}
	}
}

// decoder is a canonical prefix code: how many codes there are of each length,
// and the symbols in the order of their codes.
type decoder struct {
	count   [maxBits + 1]int
	symbols []int
}

// newDecoder makes the code of a list of code lengths, 0 for unused symbols. It
// returns nil if they are no complete code; one code of one bit and none at all
// are allowed, as for blocks with one distance and with no match.
func newDecoder(lengths []byte) *decoder {
	d := &decoder{}
	used := 0
	for _, n := range lengths {
		if n > 0 {
			d.count[n]++
			used++
		}
	}
	left := 1 // codes of this length that no shorter code begins
	for n := 1; n <= maxBits; n++ {
		left = 2*left - d.count[n]
		if left < 0 {
			return nil
		}
	}
	if left > 0 && used > 0 && !(used == 1 && d.count[1] == 1) {
		return nil
	}
	for n := byte(1); n <= maxBits; n++ {
		for symbol, length := range lengths {
			if length == n {
				d.symbols = append(d.symbols, symbol)
			}
		}
	}
	return d
}

// next reads one symbol; −1 if the bits are no code.
func (d *decoder) next(r *bitReader) int {
	code, first, index := 0, 0, 0 // first code of this length, and where its symbol stands
	for n := 1; n <= maxBits && !r.ended; n++ {
		code |= r.take(1)
		if count := d.count[n]; code-first < count {
			return d.symbols[index+code-first]
		} else {
			index += count
			first = (first + count) << 1
			code <<= 1
		}
	}
	return -1
}

// bitReader reads bits, the lowest of each byte first. After the end it returns
// zeros.
type bitReader struct {
	data  []byte
	held  uint32
	count int
	ended bool
}

// take reads n ≤ 16 bits.
func (r *bitReader) take(n int) int {
	for r.count < n {
		if len(r.data) == 0 {
			r.ended = true
			return 0
		}
		r.held |= uint32(r.data[0]) << r.count
		r.data = r.data[1:]
		r.count += 8
	}
	v := r.held & (1<<n - 1)
	r.held >>= n
	r.count -= n
	return int(v)
}

// align drops the rest of a byte.
func (r *bitReader) align() {
	r.held, r.count = 0, 0
}
