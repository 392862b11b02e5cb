package atom

import (
	"strings"

	"zoneaxis/internal/lean/say"
)

// Lookup returns the element of a symbol, "Fe" or "D". Upper and lower case
// must be right.
func Lookup(symbol string) (Z, bool) {
	if symbol == "D" {
		return 1, true
	}
	z, ok := bySymbol()[symbol]
	return z, ok
}

// Parse reads the element and the charge from an atom label or type symbol:
// "Fe", "FE", "Fe3+", "Fe+3", "Fe1A", "O2-", "Si1", "D" (hydrogen). The label
// must begin with the symbol. Digits and a sign right behind it that end the
// label are the charge; anything else that does not begin with a letter is a
// site name. Letters behind the symbol are part of a site name if they are in
// upper case ("OH1", "FeA"), and behind an O always ("Ow"); any other letters,
// as in "Wat", are an error, as is a label without an element.
func Parse(label string) (z Z, charge int8, err error) {
	s := strings.TrimSpace(label)
	n := 0
	for n < len(s) && isLetter(s[n]) {
		n++
	}
	fail := func() (Z, int8, error) {
		return 0, 0, say.Errorf("atom: %q does not begin with the symbol of an element", label)
	}
	if n == 0 {
		return fail()
	}
	symbol := 0
	if n >= 2 && isUpper(s[0]) && (n == 2 || isUpper(s[2]) || !isUpper(s[1])) {
		if e, ok := Lookup(s[:1] + strings.ToLower(s[1:2])); ok {
			z, symbol = e, 2
		}
	}
	if z == 0 {
		e, ok := Lookup(s[:1])
		if !ok || n > 1 && !isUpper(s[1]) && s[0] != 'O' {
			return fail()
		}
		z, symbol = e, 1
	}
	if symbol < n && !isUpper(s[symbol]) && z != 8 {
		return fail()
	}
	if symbol == n {
		charge = parseCharge(s[n:])
	}
	return z, charge, nil
}

func isUpper(c byte) bool  { return 'A' <= c && c <= 'Z' }
func isLetter(c byte) bool { return isUpper(c) || 'a' <= c && c <= 'z' }

// parseCharge reads "3+", "+3", "+" or "-" and gives 0 for anything else. No
// ion carries more than 8 charges; a larger number is a site name.
func parseCharge(s string) int8 {
	if s == "" {
		return 0
	}
	digits, mark := s[1:], s[0]
	if mark != '+' && mark != '-' {
		digits, mark = s[:len(s)-1], s[len(s)-1]
	}
	var sign int8
	switch mark {
	case '+':
		sign = 1
	case '-':
		sign = -1
	default:
		return 0
	}
	switch {
	case digits == "":
		return sign
	case len(digits) == 1 && '0' <= digits[0] && digits[0] <= '8':
		return sign * int8(digits[0]-'0')
	}
	return 0
}
