// Package say formats the texts of errors and notes. It does for the packages of
// the engine what fmt does elsewhere: fmt reads its arguments by reflection and
// brings package os, 81 kB of the engine's size after brotli.
//
// It knows the verbs %s, %q, %d, %g, %f, %v and %w with the precision of
// floating-point numbers (%.3g), the width of integers (%4d, %02d) and %%, and
// these arguments, by type and not by kind:
//
//	%s %v %q  string, error, Stringer; %s and %v also []byte
//	%d %v     the integer types
//	%g %f %v  float64, float32
//	%v        bool
//	%w        error (Errorf only)
//
// A value of a named type has to be a Stringer or be converted. What does not
// fit is printed as fmt does, "%!d(?)"; a test checks every call in this module.
package say

import "strconv"

// Sprintf returns the text of a format with its arguments.
func Sprintf(format string, args ...any) string {
	text, _ := appendf(nil, format, args)
	return string(text)
}

// Errorf returns an error with the text of a format. If an argument stands at
// %w, the error wraps it: errors.Is and errors.As find it.
func Errorf(format string, args ...any) error {
	text, wrapped := appendf(nil, format, args)
	if wrapped == nil {
		return &plain{string(text)}
	}
	return &wrapping{string(text), wrapped}
}

type plain struct{ text string }

func (e *plain) Error() string { return e.text }

type wrapping struct {
	text  string
	inner error
}

func (e *wrapping) Error() string { return e.text }
func (e *wrapping) Unwrap() error { return e.inner }

// stringer is fmt.Stringer.
type stringer interface{ String() string }

func appendf(dst []byte, format string, args []any) (text []byte, wrapped error) {
	used := 0
	for i := 0; i < len(format); i++ {
		c := format[i]
		if c != '%' {
			dst = append(dst, c)
			continue
		}
		var f field
		i = f.parse(format, i+1)
		switch {
		case f.verb == '%':
			dst = append(dst, '%')
		case used >= len(args):
			dst = append(dst, "%!"+string(f.verb)+"(MISSING)"...)
		default:
			arg := args[used]
			used++
			if err, ok := arg.(error); ok && f.verb == 'w' {
				wrapped = err
				f.verb = 'v'
			}
			dst = f.append(dst, arg)
		}
	}
	if used < len(args) {
		dst = append(dst, "%!(EXTRA)"...)
	}
	return dst, wrapped
}

// field is one verb with its flags.
type field struct {
	verb      byte
	zero      bool
	width     int
	precision int // −1: shortest
}

// parse reads what follows a % and returns where it ends.
func (f *field) parse(format string, i int) int {
	f.precision = -1
	number := func() (n int) {
		for ; i < len(format) && format[i] >= '0' && format[i] <= '9'; i++ {
			n = 10*n + int(format[i]-'0')
		}
		return n
	}
	f.zero = i < len(format) && format[i] == '0'
	f.width = number()
	if i < len(format) && format[i] == '.' {
		i++
		f.precision = number()
	}
	if i < len(format) {
		f.verb = format[i]
	}
	return i
}

func (f *field) append(dst []byte, arg any) []byte {
	switch f.verb {
	case 's', 'v', 'q':
		if text, ok := asText(arg); ok {
			if f.verb == 'q' {
				return strconv.AppendQuote(dst, text)
			}
			return append(dst, text...)
		}
	}
	switch f.verb {
	case 'd', 'v':
		if v, ok := asInt(arg); ok {
			return f.pad(dst, strconv.FormatInt(v, 10))
		}
		switch v := arg.(type) {
		case uint64:
			return f.pad(dst, strconv.FormatUint(v, 10))
		case uint:
			return f.pad(dst, strconv.FormatUint(uint64(v), 10))
		}
	}
	switch f.verb {
	case 'g', 'f', 'v':
		if v, ok := asFloat(arg); ok {
			return f.float(dst, v)
		}
	}
	if v, ok := arg.(bool); ok && f.verb == 'v' {
		return strconv.AppendBool(dst, v)
	}
	return append(dst, "%!"+string(f.verb)+"(?)"...)
}

// pad brings digits to the width.
func (f *field) pad(dst []byte, digits string) []byte {
	fill := byte(' ')
	if f.zero {
		fill = '0'
		if digits[0] == '-' {
			dst, digits, f.width = append(dst, '-'), digits[1:], f.width-1
		}
	}
	for n := len(digits); n < f.width; n++ {
		dst = append(dst, fill)
	}
	return append(dst, digits...)
}

func (f *field) float(dst []byte, v number) []byte {
	format, precision := byte('g'), f.precision
	if f.verb == 'f' {
		if format = 'f'; precision < 0 {
			precision = 6
		}
	}
	return strconv.AppendFloat(dst, v.value, format, precision, v.bits)
}

type number struct {
	value float64
	bits  int
}

func asFloat(arg any) (number, bool) {
	switch v := arg.(type) {
	case float64:
		return number{v, 64}, true
	case float32:
		return number{float64(v), 32}, true
	}
	return number{}, false
}

func asText(arg any) (string, bool) {
	switch v := arg.(type) {
	case string:
		return v, true
	case []byte:
		return string(v), true
	case error:
		return v.Error(), true
	case stringer:
		return v.String(), true
	}
	return "", false
}

func asInt(arg any) (int64, bool) {
	switch v := arg.(type) {
	case int:
		return int64(v), true
	case int64:
		return v, true
	case int32:
		return int64(v), true
	case int16:
		return int64(v), true
	case int8:
		return int64(v), true
	case uint32:
		return int64(v), true
	case uint16:
		return int64(v), true
	case uint8:
		return int64(v), true
	}
	return 0, false
}
