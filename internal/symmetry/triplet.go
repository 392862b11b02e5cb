package symmetry

import (
	"errors"
	"math"
	"strconv"
	"strings"

	"zoneaxis/internal/lean/say"
)

// ParseOp reads a coordinate triplet such as "x,y,z", "-y, x-y, 1/3+z" or
// "1/2-X,+Y,0.5+Z", also in quotes. Translations are multiples of 1/24:
// fractions exactly, decimals to the precision they are written with, from two
// digits on; they are reduced into the cell. The rotation must be a matrix of
// whole numbers of order 1, 2, 3, 4 or 6.
func ParseOp(text string) (Op, error) {
	fail := func(why string) (Op, error) {
		return Op{}, say.Errorf("symmetry: operation %s: %s; expected a triplet such as x,-y,z+1/2", quoted(text), why)
	}
	a, err := parseAffine(text)
	if err != nil {
		return fail(err.Error())
	}
	var o Op
	for i := range 3 {
		for j := range 3 {
			v := a.num[i][j]
			if v%a.div != 0 {
				return fail(say.Sprintf("%d/%d is not a whole coefficient", v, a.div))
			}
			if o.R[i][j] = int8(v / a.div); int(o.R[i][j]) != v/a.div {
				return fail(say.Sprintf("the coefficient %d is too large", v/a.div))
			}
		}
		t := a.shift[i] * Den
		near := math.Round(t)
		if math.Abs(t-near) > a.slack[i]*Den+1e-9 {
			return fail(say.Sprintf("the translation %.6g is not a multiple of 1/24", a.shift[i]))
		}
		o.T[i] = wrap(int(near))
	}
	if d := o.Det(); d != 1 && d != -1 {
		return fail(say.Sprintf("its rotation has determinant %d", d))
	}
	if o.Type() == 0 {
		return fail("its rotation is not of order 1, 2, 3, 4 or 6")
	}
	return o, nil
}

// quoted shortens what a user gave to what an error can show.
func quoted(text string) string {
	if len(text) > 60 {
		text = strings.ToValidUTF8(text[:57], "") + "…"
	}
	return strconv.Quote(text)
}

// affine is x' = (num/div) x + shift. The shift is known to within slack.
type affine struct {
	num   mat
	div   int
	shift [3]float64
	slack [3]float64
}

// maxTerm bounds the numbers of a triplet: enough for any cell, and small
// enough for the products that follow.
const maxTerm = 100

// parseAffine reads three sums of terms such as "x", "-1/2y", "2*z", "z/2",
// "1/3" or "0.25".
func parseAffine(text string) (affine, error) {
	a := affine{div: 1}
	s := strings.NewReplacer(" ", "", "\t", "", "\r", "", "\n", "", "'", "", `"`, "", "*", "", "−", "-").Replace(text)
	if len(s) > 120 {
		return a, errors.New("it is too long")
	}
	parts := strings.Split(strings.ToLower(s), ",")
	if len(parts) != 3 {
		return a, say.Errorf("it has %d parts", len(parts))
	}
	for i, part := range parts {
		if part == "" {
			return a, errors.New("a part is empty")
		}
		for rest := part; rest != ""; {
			t, after, err := parseTerm(rest, rest == part)
			if err != nil {
				return a, err
			}
			rest = after
			if t.variable < 0 {
				a.shift[i] += t.value
				a.slack[i] += t.slack
				continue
			}
			if t.bottom == 0 {
				return a, say.Errorf("%q is a decimal coefficient", part)
			}
			// Bring all coefficients to one denominator.
			common := a.div / gcd(a.div, t.bottom) * t.bottom
			if common > 24 {
				return a, say.Errorf("the fractions of %q have no common denominator up to 24", text)
			}
			for r := range 3 {
				for c := range 3 {
					a.num[r][c] *= common / a.div
				}
			}
			a.div = common
			a.num[i][t.variable] += t.top * common / t.bottom
			if v := a.num[i][t.variable]; max(v, -v) > 10*maxTerm {
				return a, say.Errorf("the coefficients of %q are too large", part)
			}
		}
	}
	return a, nil
}

// term is one summand: a coefficient top/bottom of a variable, or a number.
type term struct {
	top, bottom int // bottom is zero for a decimal
	value       float64
	slack       float64
	variable    int // 0, 1, 2 for x, y, z; −1 for a number
}

func parseTerm(s string, first bool) (t term, rest string, err error) {
	sign := 1
	switch {
	case s[0] == '-':
		sign, s = -1, s[1:]
	case s[0] == '+':
		s = s[1:]
	case !first:
		return t, "", say.Errorf("%q needs a sign before it", s)
	}
	t = term{top: 1, bottom: 1, variable: -1}
	digits := strings.TrimLeft(s, "0123456789.")
	number := s[:len(s)-len(digits)]
	given := number != ""
	if given {
		if t.value, err = strconv.ParseFloat(number, 64); err != nil || t.value > maxTerm {
			return t, "", say.Errorf("%q is not a number up to %d", number, maxTerm)
		}
		t.top = int(t.value)
		if _, decimals, ok := strings.Cut(number, "."); ok {
			// One digit is too little to tell 1/3 from 1/4; two digits are cut
			// off or rounded, 0.16 or 0.17 for 1/6.
			t.slack = math.Min(math.Pow10(-len(decimals)), 0.0068)
			if float64(t.top) != t.value {
				t.bottom = 0
			}
		}
	}
	s = digits
	readVariable := func() bool {
		if s == "" || s[0] < 'x' || s[0] > 'z' || t.variable >= 0 {
			return false
		}
		t.variable, s = int(s[0]-'x'), s[1:]
		return true
	}
	readBottom := func() error {
		if s == "" || s[0] != '/' {
			return nil
		}
		digits := strings.TrimLeft(s[1:], "0123456789")
		bottom, err := strconv.Atoi(s[1 : len(s)-len(digits)])
		if err != nil || bottom < 1 || bottom > maxTerm || t.bottom != 1 {
			return say.Errorf("%q is not a fraction", s)
		}
		t.bottom, s = bottom, digits
		t.value /= float64(bottom)
		return nil
	}
	if given {
		if err := readBottom(); err != nil {
			return t, "", err
		}
	}
	if readVariable() {
		if err := readBottom(); err != nil {
			return t, "", err
		}
	} else if !given {
		if s == "" {
			return t, "", errors.New("a sign has nothing after it")
		}
		return t, "", say.Errorf("%q is not understood", s)
	}
	t.top *= sign
	t.value *= float64(sign)
	return t, s, nil
}

// String returns the triplet, "x,-y,z+1/2".
func (o Op) String() string {
	var b strings.Builder
	for i := range 3 {
		if i > 0 {
			b.WriteByte(',')
		}
		start := b.Len()
		for j, name := range "xyz" {
			v := int(o.R[i][j])
			switch {
			case v == 0:
				continue
			case v < 0:
				b.WriteByte('-')
			case b.Len() > start:
				b.WriteByte('+')
			}
			if v = max(v, -v); v > 1 {
				b.WriteString(strconv.Itoa(v))
			}
			b.WriteRune(name)
		}
		if t := int(o.T[i]); t != 0 || b.Len() == start {
			if t > 0 && b.Len() > start {
				b.WriteByte('+')
			}
			b.WriteString(fraction(t))
		}
	}
	return b.String()
}

// fraction writes t/Den in lowest terms.
func fraction(t int) string {
	g := gcd(t, Den)
	if Den/g == 1 {
		return strconv.Itoa(t / g)
	}
	return strconv.Itoa(t/g) + "/" + strconv.Itoa(Den/g)
}
