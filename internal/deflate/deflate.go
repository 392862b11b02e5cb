// Package deflate compresses and expands short texts: the crystals in links. It
// reads and writes the format of RFC 1951, as compress/flate does, which would
// bring fmt and os into the engine, 80 kB after brotli. It is made for texts of
// some kilobytes: simple, in memory, as small as compress/flate at its best.
package deflate

import "errors"

const (
	maxBits     = 15 // longest code of literals, lengths and distances
	maxLength   = 258
	minLength   = 3
	windowSize  = 1 << 15
	endOfBlock  = 256
	literals    = 286 // symbols of literals and lengths
	distances   = 30
	lengthCodes = 19 // symbols of the code that codes the code lengths
)

// Lengths of matches by symbol − 257 and distances by symbol: the smallest one
// and the number of bits that follow (RFC 1951, section 3.2.5).
var (
	lengthBase, lengthExtra     = ranges(29, 4, minLength)
	distanceBase, distanceExtra = ranges(distances, 2, 1)
)

// ranges lists the first value and the extra bits of each symbol: from the
// second group of a given size on, each group has a bit more than the last.
func ranges(n, group, first int) (base, extra []int) {
	for i := range n {
		bits := max(0, i/group-1)
		base, extra = append(base, first), append(extra, bits)
		first += 1 << bits
	}
	if n == 29 { // the longest match has a symbol of its own
		base[28], extra[28] = maxLength, 0
	}
	return base, extra
}

// orderOfLengths is the order in which the lengths of the code-length code are
// written (RFC 1951, section 3.2.7).
const orderOfLengths = "\x10\x11\x12\x00\x08\x07\x09\x06\x0a\x05\x0b\x04\x0c\x03\x0d\x02\x0e\x01\x0f"

// fixedLengths returns the code lengths of blocks with fixed codes.
func fixedLengths() (literal, distance []byte) {
	literal, distance = make([]byte, 288), make([]byte, 32)
	for i := range literal {
		switch {
		case i < 144:
			literal[i] = 8
		case i < 256:
			literal[i] = 9
		case i < 280:
			literal[i] = 7
		default:
			literal[i] = 8
		}
	}
	for i := range distance {
		distance[i] = 5
	}
	return literal, distance
}

// Errors of Expand.
var (
	ErrCorrupt = errors.New("deflate: the data are damaged")
	ErrTooLong = errors.New("deflate: the data expand to more than is allowed")
)
