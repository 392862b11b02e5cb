// Package jsontext reads and writes JSON without reflection: it is what the
// generated codec of the session protocol and the reader of Materials Project
// answers stand on. encoding/json would bring reflect and fmt into the engine.
//
// Reading and writing follow encoding/json with its defaults, and are tested
// and fuzzed against it, with three differences: names of members match only
// exactly, not in another case; lists and objects nest at most MaxDepth deep;
// and a reader stops at the first fault.
package jsontext

import (
	"strconv"
	"unicode/utf8"
)

// MaxDepth is how deep lists and objects may nest.
const MaxDepth = 64

// Fault says what is wrong with a text.
type Fault int

// The faults. Where several are possible the first in the text is told.
const (
	Syntax Fault = iota // not JSON
	End                 // it ends too early
	Depth               // nested deeper than MaxDepth
	Type                // another kind of value than the one to be read, or a number out of its range
)

// Error is a fault at a byte of a text.
type Error struct {
	Fault  Fault
	Offset int    // of the byte that does not fit; for Type the first one of the value
	Name   string // for Type: the innermost member that was being read, or empty
	Found  string // for Type: "string", "number", "object", "array", "bool" or "null"
}

// Error returns a sentence for a log, lowercase.
func (e *Error) Error() string {
	at := " at byte " + strconv.Itoa(e.Offset)
	switch e.Fault {
	case End:
		return "jsontext: the text ends too early"
	case Depth:
		return "jsontext: nested deeper than " + strconv.Itoa(MaxDepth) + at
	case Type:
		return "jsontext: " + e.Found + " does not fit in “" + e.Name + "”" + at
	}
	return "jsontext: unexpected character" + at
}

// Reader reads a text from left to right:
//
//	for r.Begin('{'); r.Member(); {
//		switch string(r.Name) {
//		case "x":
//			r.Float(&p.X)
//		default:
//			r.Skip()
//		}
//	}
//	err := r.Close()
//
// and lists the same way with Begin('[') and Element, which have to be called
// until they return false. After a fault every
// method returns at once and loops end; Close and Err tell the fault. As in
// encoding/json, null leaves a value as it was, invalid UTF-8 and surrogates
// without a partner become U+FFFD, and of a member that occurs twice the last
// one counts.
type Reader struct {
	// Name is the member that Member has just found; members inside of its value
	// overwrite it.
	Name []byte

	// Loose, if it is set, reads strings where Float and Int expect a number;
	// String then takes a number as its text.
	Loose func(text string) (float64, bool)

	data  []byte
	at    int
	depth int
	first bool // Begin has just been passed
	none  bool // and it was null
	err   *Error

	// What strings and names with escapes are resolved in.
	text, name []byte
}

// NewReader returns a reader of a text, which must not change meanwhile.
func NewReader(data []byte) *Reader { return &Reader{data: data} }

// At returns a reader of the same text that begins at a byte.
func (r *Reader) At(offset int) *Reader {
	return &Reader{Loose: r.Loose, data: r.data, at: offset, err: r.err}
}

// Offset returns where the reader stands.
func (r *Reader) Offset() int { return r.at }

// Err returns the fault met so far, an *Error, or nil.
func (r *Reader) Err() error {
	if r.err == nil {
		return nil
	}
	return r.err
}

// Close returns the fault of the text; text behind the value is one.
func (r *Reader) Close() error {
	if r.peek(); r.err == nil && r.at < len(r.data) {
		r.fail(Syntax)
	}
	return r.Err()
}

// Valid returns the fault of a text as a whole, whatever it holds.
func Valid(data []byte) error {
	r := Reader{data: data}
	r.Skip()
	return r.Close()
}

// fail notes a fault where the reader stands.
func (r *Reader) fail(f Fault) {
	if r.err == nil {
		if f == Syntax && r.at >= len(r.data) {
			f = End
		}
		r.err = &Error{Fault: f, Offset: r.at}
	}
}

// mistyped notes that the value that begins here is of another kind than
// expected, or not JSON at all.
func (r *Reader) mistyped() {
	e := &Error{Type, r.at, string(r.Name), r.Kind()}
	if r.Skip(); r.err == nil {
		r.err = e
	}
}

// peek passes white space and returns the next byte, 0 at the end and after a
// fault.
func (r *Reader) peek() byte {
	if r.err != nil {
		return 0
	}
	for r.at < len(r.data) {
		c := r.data[r.at]
		if c > ' ' || c != ' ' && c != '\n' && c != '\r' && c != '\t' {
			return c
		}
		r.at++
	}
	return 0
}

// Kind returns the kind of the next value without reading it: "string",
// "number", "object", "array", "bool", "null", or empty if there is none.
func (r *Reader) Kind() string {
	switch c := r.peek(); c {
	case '"':
		return "string"
	case '{':
		return "object"
	case '[':
		return "array"
	case 't', 'f':
		return "bool"
	case 'n':
		return "null"
	default:
		if c == '-' || c >= '0' && c <= '9' {
			return "number"
		}
	}
	return ""
}

// Begin enters an object ('{') or a list ('['). In place of it null may stand,
// which has no members and no elements; anything else is a fault.
func (r *Reader) Begin(bracket byte) {
	if r.peek() != bracket {
		if r.none = r.Null(); !r.none {
			r.mistyped()
		}
		return
	}
	if r.depth++; r.depth > MaxDepth {
		r.fail(Depth)
	}
	r.at++
	r.first = true
}

// next passes the comma before another part of a list or object, or its end.
func (r *Reader) next(end byte) bool {
	if r.none {
		r.none = false
		return false
	}
	c := r.peek()
	if c == end && r.err == nil {
		r.at++
		r.depth--
		r.first = false
		return false
	}
	if r.first {
		r.first = false
		return r.err == nil
	}
	if c != ',' {
		r.fail(Syntax)
		return false
	}
	r.at++
	return true
}

// Member goes on to the next member of an object, whose value has to be read
// or skipped then. It returns false at the end of the object.
func (r *Reader) Member() bool {
	if !r.next('}') {
		return false
	}
	if r.peek() != '"' {
		r.fail(Syntax)
		return false
	}
	r.Name = r.quoted(&r.name)
	if r.peek() != ':' {
		r.fail(Syntax)
		return false
	}
	r.at++
	return true
}

// Element goes on to the next element of a list, which has to be read or
// skipped then. It returns false at the end of the list.
func (r *Reader) Element() bool { return r.next(']') }

// Null reads null and returns true, or returns false and reads nothing.
func (r *Reader) Null() bool { return r.peek() == 'n' && r.literal("null") }

func (r *Reader) literal(word string) bool {
	for i := range len(word) {
		if r.at >= len(r.data) || r.data[r.at] != word[i] {
			r.fail(Syntax)
			return false
		}
		r.at++
	}
	return true
}

// String reads a string.
func (r *Reader) String(p *string) {
	if r.peek() == '"' {
		if text := r.quoted(&r.text); r.err == nil {
			*p = string(text)
		}
	} else if r.Loose != nil && r.Kind() == "number" {
		if start, ok := r.number(); ok {
			*p = string(r.data[start:r.at])
		}
	} else if !r.Null() {
		r.mistyped()
	}
}

// Bool reads true or false.
func (r *Reader) Bool(p *bool) {
	switch r.peek() {
	case 't':
		if r.literal("true") {
			*p = true
		}
	case 'f':
		if r.literal("false") {
			*p = false
		}
	default:
		if !r.Null() {
			r.mistyped()
		}
	}
}

// Float reads a number; one beyond the range of float64 is a fault.
func (r *Reader) Float(p *float64) {
	if r.Loose != nil && r.Kind() == "string" {
		if v, ok := r.loose(); ok {
			*p = v
		}
		return
	}
	if start, ok := r.number(); ok {
		v, err := strconv.ParseFloat(string(r.data[start:r.at]), 64)
		r.keep(start, err == nil)
		if err == nil {
			*p = v
		}
	}
}

// loose reads a string as a number; one that is none is a fault.
func (r *Reader) loose() (float64, bool) {
	start := r.at
	v, ok := r.Loose(string(r.quoted(&r.text)))
	if !ok && r.err == nil {
		r.err = &Error{Type, start, string(r.Name), "string"}
	}
	return v, ok && r.err == nil
}

// Int reads a number without a fraction or an exponent.
func (r *Reader) Int(p *int) {
	if r.Loose != nil && r.Kind() == "string" {
		start := r.at
		if v, ok := r.loose(); ok && v == float64(int(v)) {
			*p = int(v)
		} else if r.err == nil {
			r.err = &Error{Type, start, string(r.Name), "string"}
		}
		return
	}
	if start, ok := r.number(); ok {
		v, err := strconv.ParseInt(string(r.data[start:r.at]), 10, strconv.IntSize)
		r.keep(start, err == nil)
		if err == nil {
			*p = int(v)
		}
	}
}

// Uint32 reads a number without a sign, a fraction or an exponent.
func (r *Reader) Uint32(p *uint32) {
	if start, ok := r.number(); ok {
		v, err := strconv.ParseUint(string(r.data[start:r.at]), 10, 32)
		r.keep(start, err == nil)
		if err == nil {
			*p = uint32(v)
		}
	}
}

// keep notes a fault if a number did not fit.
func (r *Reader) keep(start int, ok bool) {
	if !ok && r.err == nil {
		r.err = &Error{Type, start, string(r.Name), "number"}
	}
}

// number passes a number and returns where it began.
func (r *Reader) number() (start int, ok bool) {
	c := r.peek()
	if c != '-' && (c < '0' || c > '9') {
		if !r.Null() {
			r.mistyped()
		}
		return 0, false
	}
	start = r.at
	if c == '-' {
		r.at++
	}
	if r.at < len(r.data) && r.data[r.at] == '0' {
		r.at++
	} else {
		r.digits()
	}
	if r.at < len(r.data) && r.data[r.at] == '.' {
		r.at++
		r.digits()
	}
	if r.at < len(r.data) && r.data[r.at]|0x20 == 'e' {
		r.at++
		if r.at < len(r.data) && (r.data[r.at] == '+' || r.data[r.at] == '-') {
			r.at++
		}
		r.digits()
	}
	return start, r.err == nil
}

// digits passes one digit or more.
func (r *Reader) digits() {
	start := r.at
	for r.at < len(r.data) && r.data[r.at] >= '0' && r.data[r.at] <= '9' {
		r.at++
	}
	if r.at == start {
		r.fail(Syntax)
	}
}

// Skip passes a value of any kind.
func (r *Reader) Skip() {
	switch r.Kind() {
	case "object":
		for r.Begin('{'); r.Member(); {
			r.Skip()
		}
	case "array":
		for r.Begin('['); r.Element(); {
			r.Skip()
		}
	case "string":
		r.quoted(&r.text)
	case "number":
		r.number()
	case "bool":
		var v bool
		r.Bool(&v)
	case "null":
		r.Null()
	default:
		r.fail(Syntax)
	}
}

// quoted passes a string, of which the first quotation mark comes next, and
// returns its text, valid until the next call with this buffer.
func (r *Reader) quoted(buffer *[]byte) []byte {
	r.at++
	start := r.at
	for ; r.at < len(r.data); r.at++ { // most strings are plain ASCII
		c := r.data[r.at]
		if c == '"' {
			r.at++
			return r.data[start : r.at-1]
		}
		if c < ' ' || c == '\\' || c >= utf8.RuneSelf {
			break
		}
	}
	text := append((*buffer)[:0], r.data[start:r.at]...)
	for r.at < len(r.data) {
		c := r.data[r.at]
		switch {
		case c == '"':
			r.at++
			*buffer = text
			return text
		case c < ' ':
			r.fail(Syntax)
			return nil
		case c == '\\':
			r.at++
			if text = r.escape(text); r.err != nil {
				return nil
			}
		case c < utf8.RuneSelf:
			text = append(text, c)
			r.at++
		default:
			v, size := utf8.DecodeRune(r.data[r.at:])
			text = utf8.AppendRune(text, v) // U+FFFD for what is no UTF-8
			r.at += size
		}
	}
	r.fail(End)
	return nil
}

// escape reads what follows a backslash.
func (r *Reader) escape(text []byte) []byte {
	if r.at >= len(r.data) {
		r.fail(End)
		return text
	}
	c := r.data[r.at]
	switch c {
	case '"', '\\', '/':
	case 'b':
		c = '\b'
	case 'f':
		c = '\f'
	case 'n':
		c = '\n'
	case 'r':
		c = '\r'
	case 't':
		c = '\t'
	case 'u':
		r.at++
		v := r.hex()
		if v >= 0xD800 && v < 0xDC00 && r.at+1 < len(r.data) && r.data[r.at] == '\\' && r.data[r.at+1] == 'u' {
			mark := r.at
			r.at += 2
			if low := r.hex(); low >= 0xDC00 && low < 0xE000 {
				v = 0x10000 + (v-0xD800)<<10 + (low - 0xDC00)
			} else if r.err == nil {
				r.at = mark // it is read by itself
			}
		}
		return utf8.AppendRune(text, v) // U+FFFD for half a pair
	default:
		r.fail(Syntax)
		return text
	}
	r.at++
	return append(text, c)
}

// hex reads four hexadecimal digits.
func (r *Reader) hex() (v rune) {
	for range 4 {
		if r.at >= len(r.data) {
			r.fail(End)
			return 0
		}
		switch c := r.data[r.at]; {
		case c >= '0' && c <= '9':
			v = v<<4 + rune(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			v = v<<4 + rune(c|0x20-'a'+10)
		default:
			r.fail(Syntax)
			return 0
		}
		r.at++
	}
	return v
}
