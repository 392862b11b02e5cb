package jsontext

import (
	"math"
	"strconv"
	"unicode/utf8"
)

// Writer writes a text, byte for byte as encoding/json does. The zero value is
// ready to use. Commas are the caller's in lists, and Member's in objects:
//
//	w.Byte('{')
//	w.Member(`,"x":`)
//	w.Float(p.X)
//	w.Byte('}')
type Writer struct {
	text []byte
	bad  bool
}

// Grow makes room for a text of so many bytes.
func (w *Writer) Grow(n int) { w.text = append(make([]byte, 0, len(w.text)+n), w.text...) }

// Text returns what has been written. It is not ok if one of the numbers was
// infinite or not a number, which JSON cannot hold.
func (w *Writer) Text() (text []byte, ok bool) { return w.text, !w.bad }

// Byte writes a bracket or a comma.
func (w *Writer) Byte(c byte) { w.text = append(w.text, c) }

// Raw writes JSON.
func (w *Writer) Raw(text string) { w.text = append(w.text, text...) }

// Member writes the name of a member of an object, which is given with its
// quotation marks and colon and a comma before. The first member's comma is
// left out.
func (w *Writer) Member(name string) {
	if w.text[len(w.text)-1] == '{' {
		name = name[1:]
	}
	w.text = append(w.text, name...)
}

// Key writes a string as the name of a member.
func (w *Writer) Key(name string) {
	if w.text[len(w.text)-1] != '{' {
		w.text = append(w.text, ',')
	}
	w.String(name)
	w.text = append(w.text, ':')
}

// Comma separates element i of a list from the one before.
func (w *Writer) Comma(i int) {
	if i > 0 {
		w.text = append(w.text, ',')
	}
}

// Bool writes true or false.
func (w *Writer) Bool(v bool) { w.text = strconv.AppendBool(w.text, v) }

// Int writes an integer.
func (w *Writer) Int(v int) { w.text = strconv.AppendInt(w.text, int64(v), 10) }

// Uint32 writes an integer.
func (w *Writer) Uint32(v uint32) { w.text = strconv.AppendUint(w.text, uint64(v), 10) }

// Float writes a number with as many digits as it takes to read it back, with
// an exponent below 1e-6 and from 1e21 on.
func (w *Writer) Float(v float64) {
	if math.IsInf(v, 0) || math.IsNaN(v) {
		w.bad = true
		return
	}
	format := byte('f')
	if a := math.Abs(v); a != 0 && (a < 1e-6 || a >= 1e21) {
		format = 'e'
	}
	w.text = strconv.AppendFloat(w.text, v, format, -1, 64)
	if n := len(w.text); format == 'e' && n >= 4 && w.text[n-4] == 'e' && w.text[n-3] == '-' && w.text[n-2] == '0' {
		w.text[n-2] = w.text[n-1] // e-09 is e-9
		w.text = w.text[:n-1]
	}
}

// escaped has the bits of the ASCII characters below 64 that String writes as
// escapes; beyond there is only the backslash.
const escaped = 1<<32 - 1 | 1<<'"' | 1<<'&' | 1<<'<' | 1<<'>'

const hexDigits = "0123456789abcdef"

// String writes a string. Characters with a meaning in HTML and the two line
// separators of Unicode are written as escapes, a byte that is no UTF-8 as
// U+FFFD itself, as encoding/json does since Go 1.27.
func (w *Writer) String(s string) {
	dst := append(w.text, '"')
	done := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < 64 {
			if uint64(escaped)>>c&1 == 0 {
				i++
				continue
			}
		} else if c < utf8.RuneSelf && c != '\\' {
			i++
			continue
		}
		size := 1
		if c >= utf8.RuneSelf {
			var v rune
			if v, size = utf8.DecodeRuneInString(s[i:]); v == utf8.RuneError && size == 1 {
				dst = append(append(dst, s[done:i]...), "\ufffd"...)
			} else if v == 0x2028 || v == 0x2029 {
				dst = append(append(dst, s[done:i]...), `\u202`...)
				dst = append(dst, hexDigits[v&0xF])
			} else {
				i += size
				continue
			}
		} else {
			dst = append(append(dst, s[done:i]...), '\\')
			switch c {
			case '"', '\\':
				dst = append(dst, c)
			case '\b':
				dst = append(dst, 'b')
			case '\f':
				dst = append(dst, 'f')
			case '\n':
				dst = append(dst, 'n')
			case '\r':
				dst = append(dst, 'r')
			case '\t':
				dst = append(dst, 't')
			default:
				dst = append(dst, 'u', '0', '0', hexDigits[c>>4], hexDigits[c&0xF])
			}
		}
		i += size
		done = i
	}
	w.text = append(append(dst, s[done:]...), '"')
}

// Indent appends a valid text to dst with one member or element a line,
// indented by one blank for each level.
func Indent(dst, text []byte) []byte {
	depth, quoted, opened := 0, false, false
	line := func() {
		dst = append(dst, '\n')
		for range depth {
			dst = append(dst, ' ')
		}
	}
	for i := 0; i < len(text); i++ {
		c := text[i]
		if quoted {
			dst = append(dst, c)
			if c == '\\' {
				i++
				dst = append(dst, text[i])
			}
			quoted = c != '"'
			continue
		}
		switch c {
		case ' ', '\t', '\r', '\n':
			continue
		case '}', ']':
			depth--
			if !opened {
				line()
			}
			opened = false
			dst = append(dst, c)
			continue
		}
		if opened {
			line()
			opened = false
		}
		dst = append(dst, c)
		switch c {
		case '"':
			quoted = true
		case '{', '[':
			depth++
			opened = true
		case ',':
			line()
		case ':':
			dst = append(dst, ' ')
		}
	}
	return dst
}
