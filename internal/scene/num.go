package scene

import (
	"math"
	"strconv"
)

// num appends v with at most two decimals and without useless zeros: 3.5, -.25,
// 0. Halves of the last place go one way whatever the last bits of v are, and
// there is no negative zero: so the text does not depend on how a machine
// rounds.
func num(b []byte, v float64) []byte {
	if math.IsNaN(v) || math.Abs(v) > 1e9 {
		v = 0 // nothing off by so much is on the picture
	}
	n := int64(math.Floor(v*100 + 0.5000001))
	if n < 0 {
		b = append(b, '-')
		n = -n
	}
	whole, frac := n/100, n%100
	if whole > 0 || frac == 0 {
		b = strconv.AppendInt(b, whole, 10)
	}
	if frac > 0 {
		b = append(b, '.', byte('0'+frac/10))
		if frac%10 > 0 {
			b = append(b, byte('0'+frac%10))
		}
	}
	return b
}

// pair appends "x y", or "x-y" where the sign separates the numbers.
func pair(b []byte, x, y float64) []byte {
	b = num(b, x)
	return next(b, y)
}

// next appends a further number of a list.
func next(b []byte, v float64) []byte {
	at := len(b)
	b = num(b, v)
	if b[at] == '-' {
		return b
	}
	b = append(b, 0)
	copy(b[at+1:], b[at:])
	b[at] = ' '
	return b
}

// attr appends ` name="v"`.
func attr(b []byte, name string, v float64) []byte {
	b = append(b, ' ')
	b = append(b, name...)
	b = append(b, '=', '"')
	b = num(b, v)
	return append(b, '"')
}

// escape appends text with the characters of XML replaced.
//
//go:noinline
func escape(b []byte, text string) []byte {
	for _, r := range text {
		switch r {
		case '&':
			b = append(b, "&amp;"...)
		case '<':
			b = append(b, "&lt;"...)
		case '>':
			b = append(b, "&gt;"...)
		case '"':
			b = append(b, "&quot;"...)
		default:
			if r >= 0x20 || r == '\n' || r == '\t' {
				b = append(b, string(r)...)
			}
		}
	}
	return b
}

// sincosTurn returns the sine and cosine of n/of of a full turn.
func sincosTurn(n, of int) (sin, cos float64) {
	return math.Sincos(2 * math.Pi * float64(n) / float64(of))
}
