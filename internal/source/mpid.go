package source

import (
	"errors"
	"strconv"
	"strings"
)

// ErrMPID is returned for text that is no Materials Project id.
var ErrMPID = errors.New("A Materials Project id looks like mp-149.")

// lastNumericMP is the newest material that the Materials Project itself still
// shows with a decimal id; later ones have letters.
const lastNumericMP = 3347529

// maxMP is the first number that does not fit into eight letters, 26⁸.
const maxMP = 26 * 26 * 26 * 26 * 26 * 26 * 26 * 26

// ParseMP returns the number of a Materials Project id. One material has
// several ids: mp-149, mp-ft and mp-aaaaaaft are the number 149, in decimal or
// in base 26 with the digits a = 0 … z = 25. Spaces around the id and upper
// case do not matter; up to eight decimal digits may stand without "mp-". Other
// prefixes name other collections and are refused, as is all else, with
// ErrMPID.
func ParseMP(id string) (int, error) {
	id = strings.ToLower(strings.TrimSpace(id))
	body, prefixed := strings.CutPrefix(id, "mp-")
	if body == "" {
		return 0, ErrMPID
	}
	n := 0
	if c := body[0]; c >= '0' && c <= '9' {
		if len(body) > 8 {
			return 0, ErrMPID
		}
		for i := range len(body) {
			if body[i] < '0' || body[i] > '9' {
				return 0, ErrMPID
			}
			n = n*10 + int(body[i]-'0')
		}
		return n, nil
	}
	if !prefixed || len(body) > 9 {
		return 0, ErrMPID
	}
	for i := range len(body) {
		if body[i] < 'a' || body[i] > 'z' {
			return 0, ErrMPID
		}
		n = n*26 + int(body[i]-'a')
	}
	if n >= maxMP {
		return 0, ErrMPID
	}
	return n, nil
}

// FormatMP returns the id of a material in the one form used for links, files
// and comparisons: "mp-149" up to mp-3347529, and eight letters after it. A
// number that no id has gives "".
func FormatMP(n int) string {
	switch {
	case n < 0 || n >= maxMP:
		return ""
	case n <= lastNumericMP:
		return "mp-" + strconv.Itoa(n)
	}
	return alphaMP(n)
}

// alphaMP returns the id in eight letters, the form in which the Materials
// Project stores it.
func alphaMP(n int) string {
	var b [8]byte
	for i := len(b) - 1; i >= 0; i-- {
		b[i] = byte('a' + n%26)
		n /= 26
	}
	return "mp-" + string(b[:])
}
