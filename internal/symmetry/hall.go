package symmetry

import (
	"fmt"
	"strconv"
	"strings"
)

// Hall symbols: S. R. Hall, Acta Cryst. A37 (1981) 517; International Tables
// for Crystallography B, 1.4, appendix.

// centrings lists the translations of each lattice letter, without zero, over
// Den.
var centrings = map[byte][][3]int8{
	'P': nil,
	'A': {{0, 12, 12}},
	'B': {{12, 0, 12}},
	'C': {{12, 12, 0}},
	'I': {{12, 12, 12}},
	'R': {{16, 8, 8}, {8, 16, 16}},
	'S': {{8, 8, 16}, {16, 16, 8}},
	'T': {{8, 16, 8}, {16, 8, 16}},
	'H': {{16, 8, 0}, {8, 16, 0}},
	'F': {{0, 12, 12}, {12, 0, 12}, {12, 12, 0}},
}

// rotations about z; those about x and y follow by cyclic exchange.
var aboutZ = map[byte][3][3]int8{
	'1': {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
	'2': {{-1, 0, 0}, {0, -1, 0}, {0, 0, 1}},
	'3': {{0, -1, 0}, {1, -1, 0}, {0, 0, 1}},
	'4': {{0, -1, 0}, {1, 0, 0}, {0, 0, 1}},
	'6': {{1, -1, 0}, {1, 0, 0}, {0, 0, 1}},
	// Two-fold axes a−b and a+b.
	'\'': {{0, -1, 0}, {-1, 0, 0}, {0, 0, -1}},
	'"':  {{0, 1, 0}, {1, 0, 0}, {0, 0, -1}},
}

var bodyDiagonal = [3][3]int8{{0, 0, 1}, {1, 0, 0}, {0, 1, 0}}

// turned moves a matrix given for the z axis to another axis.
func turned(m [3][3]int8, axis byte) [3][3]int8 {
	shift := map[byte]int{'z': 0, 'x': 1, 'y': 2}[axis]
	var r [3][3]int8
	for i := range 3 {
		for j := range 3 {
			r[(i+shift)%3][(j+shift)%3] = m[i][j]
		}
	}
	return r
}

var hallTranslations = map[byte][3]int8{
	'a': {12, 0, 0}, 'b': {0, 12, 0}, 'c': {0, 0, 12}, 'n': {12, 12, 12},
	'u': {6, 0, 0}, 'v': {0, 6, 0}, 'w': {0, 0, 6}, 'd': {6, 6, 6},
}

// FromHall returns the group of a Hall symbol such as "-F 4vw 2vw 3",
// "P 31 2c (0 0 4)" or "-C 2y (x-y,x+y,z)".
func FromHall(symbol string) (*Group, error) {
	fail := func(why string) (*Group, error) {
		return nil, fmt.Errorf("symmetry: Hall symbol %q: %s", symbol, why)
	}
	if len(symbol) > 100 {
		return fail("too long")
	}
	text := strings.NewReplacer("_", " ", "\t", " ").Replace(strings.TrimSpace(symbol))
	base := ""
	if open := strings.IndexByte(text, '('); open >= 0 {
		inner, rest, ok := strings.Cut(text[open+1:], ")")
		if !ok || strings.TrimSpace(rest) != "" {
			return fail("the change of basis needs one pair of brackets at the end")
		}
		base, text = inner, text[:open]
	}
	words := strings.Fields(text)
	if len(words) == 0 {
		return fail("it is empty; expected one such as -P 2yb")
	}
	letter := words[0]
	var gens []Op
	if strings.HasPrefix(letter, "-") {
		letter = letter[1:]
		o := Identity()
		for i := range 3 {
			o.R[i][i] = -1
		}
		gens = append(gens, o)
	}
	if len(letter) != 1 {
		return fail(fmt.Sprintf("%q is not a lattice letter (P A B C I R S T H F)", words[0]))
	}
	vectors, ok := centrings[strings.ToUpper(letter)[0]]
	if !ok {
		return fail(fmt.Sprintf("%q is not a lattice letter (P A B C I R S T H F)", words[0]))
	}
	for _, v := range vectors {
		o := Identity()
		o.T = v
		gens = append(gens, o)
	}
	first, axis := byte(0), byte('z')
	if len(words) > 5 {
		return fail("more than four generators")
	}
	for i, word := range words[1:] {
		o, n, ax, err := hallGenerator(word, i, first, axis)
		if err != nil {
			return fail(err.Error())
		}
		if i == 0 {
			first = n
		}
		axis = ax
		gens = append(gens, o)
	}
	group, err := FromOps(gens)
	if err != nil {
		return fail(err.Error())
	}
	if base == "" {
		return group, nil
	}
	change, err := hallBase(base)
	if err != nil {
		return fail(err.Error())
	}
	return group.transformed(change)
}

// hallGenerator reads one matrix symbol. first is the rotation order of the
// first generator and axis the axis of the one before.
func hallGenerator(word string, place int, first, axis byte) (o Op, n, ax byte, err error) {
	s := word
	improper := strings.HasPrefix(s, "-")
	s = strings.TrimPrefix(s, "-")
	if s == "" || !strings.ContainsRune("12346", rune(s[0])) {
		return o, 0, 0, fmt.Errorf("%q: expected a rotation 1, 2, 3, 4 or 6", word)
	}
	n, s = s[0], s[1:]
	symbol := byte(0) // x, y, z, ', " or *
	if s != "" && strings.ContainsRune(`xyz'"*=`, rune(s[0])) {
		symbol, s = s[0], s[1:]
		if symbol == '=' {
			symbol = '"'
		}
	}
	if symbol == 0 {
		switch {
		case place == 0:
			symbol = 'z'
		case place == 1 && n == '2' && (first == '2' || first == '4'):
			symbol = 'x'
		case place == 1 && n == '2' && (first == '3' || first == '6'):
			symbol = '\''
		case place == 2 && n == '3':
			symbol = '*'
		default:
			symbol = 'z'
		}
	}
	ax = axis
	switch symbol {
	case 'x', 'y', 'z':
		o.R, ax = turned(aboutZ[n], symbol), symbol
	case '\'', '"':
		if n != '2' {
			return o, 0, 0, fmt.Errorf("%q: ' and \" go with two-fold axes", word)
		}
		o.R = turned(aboutZ[symbol], axis)
	case '*':
		if n != '3' {
			return o, 0, 0, fmt.Errorf("%q: * goes with a three-fold axis", word)
		}
		o.R = bodyDiagonal
	}
	if improper {
		for i := range 3 {
			for j := range 3 {
				o.R[i][j] = -o.R[i][j]
			}
		}
	}
	for _, c := range []byte(s) {
		if t, ok := hallTranslations[c]; ok {
			for i := range 3 {
				o.T[i] = wrap(int(o.T[i]) + int(t[i]))
			}
			continue
		}
		order := n - '0'
		if c < '1' || c > '5' || c-'0' >= order || symbol == '*' || symbol == '\'' || symbol == '"' {
			return o, 0, 0, fmt.Errorf("%q: translation %q is not understood", word, c)
		}
		i := map[byte]int{'x': 0, 'y': 1, 'z': 2}[symbol]
		o.T[i] = wrap(int(o.T[i]) + Den*int(c-'0')/int(order))
	}
	return o, n, ax, nil
}

// hallBase reads a change of basis: three twelfths "0 0 1", or a triplet.
func hallBase(text string) (basis, error) {
	if strings.Contains(text, ",") {
		return parseBasis(text)
	}
	var t [3]int
	words := strings.Fields(text)
	if len(words) != 3 {
		return basis{}, fmt.Errorf("origin shift %q: expected three numbers of twelfths", text)
	}
	for i, w := range words {
		v, err := strconv.Atoi(w)
		if err != nil || v < -24 || v > 24 {
			return basis{}, fmt.Errorf("origin shift %q: expected three numbers of twelfths", text)
		}
		t[i] = v * Den / 12
	}
	return basis{n: [3][3]int{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}, d: 1, t: t}, nil
}
