// Package qr lays out QR codes (ISO/IEC 18004) for addresses: text as bytes,
// error correction of level M, versions 1 to 19. It exists because the packages
// for this bring fmt and reflect into the engine; a test holds every version
// against one of them. The arithmetic of the error correction is rsc.io/qr's.
package qr

import (
	"errors"

	"rsc.io/qr/gf256"
)

// MaxBytes is the longest text that fits, in bytes.
const MaxBytes = 624

// Code is a square of modules.
type Code struct {
	Size  int // modules along a side, without the quiet zone
	black []bool
	fixed []bool // part of a pattern, not of the data
}

// Black reports whether the module in column x of row y, counted from the upper
// left one, is dark. It panics outside of the code.
func (c *Code) Black(x, y int) bool { return c.black[y*c.Size+x] }

// blocks describes how the data of a version are divided: into n blocks of size
// bytes and long blocks of one byte more, each followed by check bytes of
// error correction.
type blocks struct{ check, n, size, long int }

// ISO/IEC 18004, the table of error correction characteristics, level M.
var versions = [...]blocks{
	1: {10, 1, 16, 0}, {16, 1, 28, 0}, {26, 1, 44, 0}, {18, 2, 32, 0}, {24, 2, 43, 0}, {16, 4, 27, 0}, {18, 4, 31, 0},
	{22, 2, 38, 2}, {22, 3, 36, 2}, {26, 4, 43, 1}, {30, 1, 50, 4}, {22, 6, 36, 2}, {22, 8, 37, 1}, {24, 4, 40, 5},
	{24, 5, 41, 5}, {28, 7, 45, 3}, {28, 10, 46, 1}, {26, 9, 43, 4}, {26, 3, 44, 11},
}

var errLong = errors.New("qr: the text is longer than 624 bytes")

// Encode returns the smallest code that holds a text, with the mask that turns
// every second module over. A text longer than MaxBytes is an error.
func Encode(text string) (*Code, error) {
	for version := 1; version < len(versions); version++ {
		b := versions[version]
		capacity := b.n*b.size + b.long*(b.size+1)
		count := 8 // bits of the length
		if version >= 10 {
			count = 16
		}
		if 4+count+8*len(text) > 8*capacity {
			continue
		}
		c := &Code{Size: 17 + 4*version}
		c.black = make([]bool, c.Size*c.Size)
		c.fixed = make([]bool, c.Size*c.Size)
		c.patterns(version)
		c.fill(b.protect(message(text, count, capacity)))
		return c, nil
	}
	return nil, errLong
}

// message returns the text with its mode, its length and padding.
func message(text string, count, capacity int) []byte {
	var out []byte
	bits, n := 0, 0
	put := func(v, width int) {
		for bits, n = bits<<width|v, n+width; n >= 8; n -= 8 {
			out = append(out, byte(bits>>(n-8)))
		}
		bits &= 1<<n - 1
	}
	put(4, 4) // bytes
	put(len(text), count)
	for i := range len(text) {
		put(int(text[i]), 8)
	}
	put(0, 4) // the end; the text leaves four bits, and this fills the byte
	for pad := byte(0xEC); len(out) < capacity; pad ^= 0xEC ^ 0x11 {
		out = append(out, pad)
	}
	return out
}

var field = gf256.NewField(0x11D, 2)

// protect divides a message into blocks and returns them interleaved, followed
// by their check bytes in the same way.
func (b blocks) protect(data []byte) []byte {
	encoder := gf256.NewRSEncoder(field, b.check)
	var parts, checks [][]byte
	for i := range b.n + b.long {
		size := b.size
		if i >= b.n {
			size++
		}
		check := make([]byte, b.check)
		encoder.ECC(data[:size], check)
		parts, checks = append(parts, data[:size]), append(checks, check)
		data = data[size:]
	}
	var out []byte
	for _, list := range [][][]byte{parts, checks} {
		for i := range max(b.size+1, b.check) {
			for _, part := range list {
				if i < len(part) {
					out = append(out, part[i])
				}
			}
		}
	}
	return out
}

// set draws a module of a pattern.
func (c *Code) set(x, y int, black bool) {
	c.black[y*c.Size+x], c.fixed[y*c.Size+x] = black, true
}

// patterns draws what does not depend on the text.
func (c *Code) patterns(version int) {
	last := c.Size - 1
	for i := range c.Size { // timing
		c.set(i, 6, i%2 == 0)
		c.set(6, i, i%2 == 0)
	}
	for _, corner := range [][2]int{{0, 0}, {last - 6, 0}, {0, last - 6}} { // finders, with their light borders
		for dy := -1; dy <= 7; dy++ {
			for dx := -1; dx <= 7; dx++ {
				x, y := corner[0]+dx, corner[1]+dy
				if x >= 0 && y >= 0 && x <= last && y <= last {
					ring := max(distance(dx, 3), distance(dy, 3))
					c.set(x, y, ring != 2 && ring != 4)
				}
			}
		}
	}
	if version > 1 {
		n := version/7 + 2
		step := (8*version + 3*n + 5) / (4*n - 4) * 2
		at := []int{6}
		for i := n - 2; i >= 0; i-- {
			at = append(at, last-6-i*step)
		}
		for i, y := range at {
			for j, x := range at {
				if i == 0 && j == 0 || i == 0 && j == n-1 || i == n-1 && j == 0 {
					continue // the finders are there
				}
				for dy := -2; dy <= 2; dy++ {
					for dx := -2; dx <= 2; dx++ {
						c.set(x+dx, y+dy, max(distance(dx, 0), distance(dy, 0)) != 1)
					}
				}
			}
		}
	}
	// Level M with mask 0 has the format 00000, of which the check bits are 0,
	// turned over by the standard's pattern.
	const format = 0b101010000010010
	for i := range 15 {
		bit := format>>i&1 == 1
		y := i // down column 8, around the timing row
		switch {
		case i >= 8:
			y = last - 14 + i
		case i >= 6:
			y++
		}
		c.set(8, y, bit)
		x := last - i // leftwards along row 8
		switch {
		case i >= 9:
			x = 14 - i
		case i == 8:
			x = 7
		}
		c.set(x, 8, bit)
	}
	c.set(8, last-7, true)
	if version >= 7 {
		check := version
		for range 12 { // modulo x¹² + x¹¹ + x¹⁰ + x⁹ + x⁸ + x⁵ + x² + 1
			check = check<<1 ^ check>>11*0x1F25
		}
		for i, bits := 0, version<<12|check; i < 18; i++ {
			bit := bits>>i&1 == 1
			c.set(last-10+i%3, i/3, bit)
			c.set(i/3, last-10+i%3, bit)
		}
	}
}

func distance(a, b int) int { return max(a-b, b-a) }

// fill lays the bits of the data into what the patterns leave free, in columns
// of two modules from the right, up and down in turn, and applies the mask.
func (c *Code) fill(data []byte) {
	n := 0
	up := true
	for right := c.Size - 1; right >= 1; right -= 2 {
		if right == 6 { // the timing column
			right--
		}
		for i := range c.Size {
			y := i
			if up {
				y = c.Size - 1 - i
			}
			for x := right; x >= right-1; x-- {
				if at := y*c.Size + x; !c.fixed[at] {
					black := n < 8*len(data) && data[n/8]>>(7-n%8)&1 == 1
					c.black[at] = black != ((x+y)%2 == 0)
					n++
				}
			}
		}
		up = !up
	}
}
