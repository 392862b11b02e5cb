package symmetry

import (
	"strconv"
	"strings"

	"zoneaxis/internal/lean/say"
)

// Hall symbols: S. R. Hall, Acta Cryst. A37 (1981) 517,
// doi:10.1107/S0567739481001228; International Tables for Crystallography B, 1.4,
// appendix.

// lattices lists the translations of each lattice letter, without zero, over
// Den. T is R in the reverse setting.
var lattices = []struct {
	name    string
	vectors [][3]int8
}{
	{"P", nil},
	{"A", [][3]int8{{0, 12, 12}}},
	{"B", [][3]int8{{12, 0, 12}}},
	{"C", [][3]int8{{12, 12, 0}}},
	{"I", [][3]int8{{12, 12, 12}}},
	{"F", [][3]int8{{0, 12, 12}, {12, 0, 12}, {12, 12, 0}}},
	{"R", [][3]int8{{16, 8, 8}, {8, 16, 16}}},
	{"S", [][3]int8{{8, 8, 16}, {16, 16, 8}}},
	{"T", [][3]int8{{8, 16, 8}, {16, 8, 16}}},
	{"H", [][3]int8{{16, 8, 0}, {8, 16, 0}}},
}

// aboutZ returns the rotation about z of an order '1' … '6', or the two-fold
// rotation about a − b (') or a + b ("). Those about x and y follow by cyclic
// exchange.
func aboutZ(symbol byte) [3][3]int8 {
	switch symbol {
	case '2':
		return [3][3]int8{{-1, 0, 0}, {0, -1, 0}, {0, 0, 1}}
	case '3':
		return [3][3]int8{{0, -1, 0}, {1, -1, 0}, {0, 0, 1}}
	case '4':
		return [3][3]int8{{0, -1, 0}, {1, 0, 0}, {0, 0, 1}}
	case '6':
		return [3][3]int8{{1, -1, 0}, {1, 0, 0}, {0, 0, 1}}
	case '\'':
		return [3][3]int8{{0, -1, 0}, {-1, 0, 0}, {0, 0, -1}}
	case '"':
		return [3][3]int8{{0, 1, 0}, {1, 0, 0}, {0, 0, -1}}
	}
	return identityR
}

// bodyDiagonal is the three-fold rotation about [111].
var bodyDiagonal = [3][3]int8{{0, 0, 1}, {1, 0, 0}, {0, 1, 0}}

// turned moves a matrix given for the z axis to the axis x, y or z.
func turned(m [3][3]int8, axis byte) (r [3][3]int8) {
	shift := int(axis-'x'+1) % 3 // x follows z
	for i := range 3 {
		for j := range 3 {
			r[(i+shift)%3][(j+shift)%3] = m[i][j]
		}
	}
	return r
}

func hallTranslation(letter byte) (t [3]int8, ok bool) {
	switch letter {
	case 'a':
		return [3]int8{12, 0, 0}, true
	case 'b':
		return [3]int8{0, 12, 0}, true
	case 'c':
		return [3]int8{0, 0, 12}, true
	case 'n':
		return [3]int8{12, 12, 12}, true
	case 'u':
		return [3]int8{6, 0, 0}, true
	case 'v':
		return [3]int8{0, 6, 0}, true
	case 'w':
		return [3]int8{0, 0, 6}, true
	case 'd':
		return [3]int8{6, 6, 6}, true
	}
	return t, false
}

// FromHall returns the group of a Hall symbol such as "-F 4vw 2vw 3". Words may
// be parted by spaces or underscores, and = stands for ". A change of
// coordinates V may follow in brackets, as three twelfths of a cell, x' = x + V,
// "P 31 2 (0 0 4)", or as a triplet, x' = V x, "-C 2y (x-y,x+y,z)": every
// operation S becomes V S V⁻¹.
func FromHall(symbol string) (*Group, error) {
	fail := func(why string) (*Group, error) {
		return nil, say.Errorf("symmetry: Hall symbol %s: %s", quoted(symbol), why)
	}
	if len(symbol) > 160 {
		return fail("it is too long")
	}
	text, base, changed := strings.Cut(strings.ReplaceAll(symbol, "_", " "), "(")
	words := strings.Fields(text)
	if len(words) == 0 {
		return fail("it is empty; expected one such as -P 2yb")
	}
	ops, err := hallLattice(words[0])
	if err != nil {
		return fail(err.Error())
	}
	if len(words) == 1 {
		return fail("it has no rotation after the lattice; expected one such as -P 2yb")
	}
	if len(words) > 5 {
		return fail("it has more than four generators")
	}
	first, axis := byte(0), byte('z')
	for i, word := range words[1:] {
		w, err := parseHallWord(word, i, first, axis)
		if err != nil {
			return fail(err.Error())
		}
		if i == 0 {
			first = w.order
		}
		axis = w.axis
		ops = append(ops, w.op)
	}
	group, err := FromOps(ops)
	if err != nil {
		return fail("its operations do not form a space group")
	}
	if !changed {
		return group, nil
	}
	change, err := hallBase(base)
	if err != nil {
		return fail(err.Error())
	}
	if group, err = group.Transform(change); err != nil {
		return fail("the change of coordinates does not fit the operations")
	}
	return group, nil
}

// hallLattice returns the operations of a lattice symbol, "-F".
func hallLattice(word string) ([]Op, error) {
	letter, centric := strings.CutPrefix(word, "-")
	for _, l := range lattices {
		if !strings.EqualFold(l.name, letter) {
			continue
		}
		var ops []Op
		for _, v := range l.vectors {
			ops = append(ops, Op{R: identityR, T: v})
		}
		if centric {
			ops = append(ops, Op{R: inversionR})
		}
		return ops, nil
	}
	return nil, say.Errorf("%q is not a lattice letter; expected P, A, B, C, I, R, S, T, H or F", word)
}

// hallWord is one matrix symbol.
type hallWord struct {
	op          Op
	order, axis byte // '1' … '6'; 'x', 'y', 'z'
}

// parseHallWord reads a matrix symbol. first is the rotation order of the first
// one, axis that of the one before, which the signs for diagonal axes refer to.
func parseHallWord(word string, place int, first, axis byte) (w hallWord, err error) {
	s, improper := strings.CutPrefix(word, "-")
	if s == "" || !strings.ContainsRune("12346", rune(s[0])) {
		return w, say.Errorf("%q has no rotation; expected 1, 2, 3, 4 or 6", word)
	}
	w.order, w.axis, s = s[0], axis, s[1:]
	symbol := byte(0) // x, y, z, ', " or *
	if s != "" && strings.ContainsRune(`xyz'"*=`, rune(s[0])) {
		symbol, s = s[0], s[1:]
		if symbol == '=' {
			symbol = '"'
		}
	}
	if symbol == 0 {
		switch {
		case place == 1 && w.order == '2' && (first == '2' || first == '4'):
			symbol = 'x'
		case place == 1 && w.order == '2' && (first == '3' || first == '6'):
			symbol = '\''
		case place == 2 && w.order == '3':
			symbol = '*'
		default:
			symbol = 'z'
		}
	}
	switch symbol {
	case 'x', 'y', 'z':
		w.op.R, w.axis = turned(aboutZ(w.order), symbol), symbol
	case '\'', '"':
		if w.order != '2' {
			return w, say.Errorf("%q: ' and \" go with two-fold axes", word)
		}
		w.op.R = turned(aboutZ(symbol), axis)
	case '*':
		if w.order != '3' {
			return w, say.Errorf("%q: * goes with a three-fold axis", word)
		}
		w.op.R = bodyDiagonal
	}
	if improper {
		w.op.R, _ = mulR(&inversionR, &w.op.R)
	}
	for _, c := range []byte(s) {
		if t, ok := hallTranslation(c); ok {
			w.op.T = sum(w.op.T, t)
			continue
		}
		if c < '1' || c >= w.order || symbol < 'x' || symbol > 'z' {
			return w, say.Errorf("%q: the translation %s is not understood", word, strconv.QuoteRune(rune(c)))
		}
		i := symbol - 'x'
		w.op.T[i] = wrap(int(w.op.T[i]) + Den*int(c-'0')/int(w.order-'0'))
	}
	return w, nil
}

// hallBase reads what follows the opening bracket: three twelfths "0 0 1)" or a
// triplet.
func hallBase(text string) (Change, error) {
	inner, rest, ok := strings.Cut(text, ")")
	if !ok || strings.TrimSpace(rest) != "" {
		return Change{}, say.Errorf("the change of coordinates (%s needs one pair of brackets at the end", text)
	}
	if strings.Contains(inner, ",") {
		return ParseChange(inner)
	}
	c := NoChange()
	words := strings.Fields(inner)
	if len(words) != 3 {
		return c, say.Errorf("the origin shift (%s) is not three numbers of twelfths", inner)
	}
	for i, w := range words {
		v, err := strconv.Atoi(w)
		if err != nil || v < -24 || v > 24 {
			return c, say.Errorf("the origin shift (%s) is not three numbers of twelfths", inner)
		}
		c.Shift[i] = float64(v) / 12
	}
	return c, nil
}
