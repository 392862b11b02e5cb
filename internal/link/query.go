package link

import (
	"slices"
	"strings"
)

// queryValues holds the parameters of a link in their order. Values are
// unescaped; raw keeps what came, for keys that are not ours.
type queryValues []queryValue

type queryValue struct{ key, value, raw string }

// splitQuery reads "a=b&c=d". A "+" is a space, as forms send it. Broken
// escapes stay as they are. "&amp;" is what HTML has for "&", and a query may
// have been escaped as a whole.
func splitQuery(query string) queryValues {
	var values queryValues
	for raw := range strings.SplitSeq(query, "&") {
		if raw == "" {
			continue
		}
		raw = strings.TrimPrefix(raw, "amp;")
		if plain := unescape(raw); !strings.Contains(raw, "=") && strings.Contains(plain, "=") {
			for pair := range strings.SplitSeq(plain, "&") {
				key, value, _ := strings.Cut(pair, "=")
				values = append(values, queryValue{key, value, escapeQuery(key) + "=" + escapeQuery(value)})
			}
			continue
		}
		key, value, _ := strings.Cut(raw, "=")
		values = append(values, queryValue{unescape(key), unescape(value), raw})
	}
	return values
}

// take removes a key and returns its value. Repeated keys, as the boxes of a
// form send them, are joined by commas.
func (q *queryValues) take(key string) (value string, given bool) {
	var parts []string
	*q = slices.DeleteFunc(*q, func(v queryValue) bool {
		if v.key == key {
			parts = append(parts, v.value)
		}
		return v.key == key
	})
	return strings.Join(parts, ","), len(parts) > 0
}

// rest returns what nobody took, made safe to stand in a link again.
func (q *queryValues) rest() []string {
	var out []string
	for _, v := range *q {
		key, value, equals := strings.Cut(v.raw, "=")
		text := escapeQuery(unescape(key))
		if equals {
			text += "=" + escapeQuery(unescape(value))
		}
		if len(text) <= 300 && len(out) < 20 {
			out = append(out, text)
		}
	}
	return out
}

func unescape(s string) string {
	if !strings.ContainsAny(s, "%+") {
		return strings.ToValidUTF8(s, "�")
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '+':
			b = append(b, ' ')
		case s[i] == '%' && i+2 < len(s) && unhex(s[i+1]) >= 0 && unhex(s[i+2]) >= 0:
			b = append(b, byte(unhex(s[i+1])<<4|unhex(s[i+2])))
			i += 2
		default:
			b = append(b, s[i])
		}
	}
	return strings.ToValidUTF8(string(b), "�")
}

func unhex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// escapeQuery escapes what may not stand in the value of a parameter. Commas,
// semicolons, brackets and colons stay readable: no browser changes them.
func escapeQuery(s string) string {
	const hex = "0123456789ABCDEF"
	b := make([]byte, 0, len(s))
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9',
			strings.IndexByte("-_.~,;:()[]*!@/", c) >= 0:
			b = append(b, c)
		case c == ' ':
			b = append(b, '+')
		default:
			b = append(b, '%', hex[c>>4], hex[c&15])
		}
	}
	return string(b)
}
