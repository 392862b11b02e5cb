package symmetry

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// ParseOp reads a coordinate triplet such as "x,y,z", "-y, x-y, 1/3+z" or
// "1/2-X,+Y,0.5+Z". Translations may be fractions or decimals and must be
// multiples of 1/24 within 0.002; they are reduced into the cell. Rotation
// coefficients must be −1, 0 or 1 with a determinant of ±1.
func ParseOp(text string) (Op, error) {
	fail := func(why string) (Op, error) {
		return Op{}, fmt.Errorf("symmetry: operation %q: %s; expected a triplet such as x,-y,z+1/2", text, why)
	}
	clean := strings.Trim(strings.TrimSpace(text), `'"`)
	if len(clean) > 200 {
		return fail("too long")
	}
	parts := strings.Split(clean, ",")
	if len(parts) != 3 {
		return fail(fmt.Sprintf("%d parts", len(parts)))
	}
	var o Op
	for i, part := range parts {
		row, shift, err := parseRow(part)
		if err != nil {
			return fail(err.Error())
		}
		o.R[i] = row
		near := math.Round(shift * Den)
		if math.Abs(shift*Den-near) > 0.002*Den || math.Abs(shift) > 100 {
			return fail(fmt.Sprintf("translation %g is not a multiple of 1/24", shift))
		}
		o.T[i] = wrap(int(near))
	}
	if d := o.Det(); d != 1 && d != -1 {
		return fail(fmt.Sprintf("its rotation has determinant %d", d))
	}
	if o.Order() == 0 {
		return fail("its rotation is not of order 1, 2, 3, 4 or 6")
	}
	return o, nil
}

// parseRow reads one coordinate of a triplet.
func parseRow(text string) (row [3]int8, shift float64, err error) {
	s := strings.ToLower(strings.Join(strings.Fields(text), ""))
	s = strings.NewReplacer("−", "-", "*", "").Replace(s)
	if s == "" {
		return row, 0, fmt.Errorf("an empty part")
	}
	for at := 0; at < len(s); {
		sign := 1.0
		if s[at] == '+' || s[at] == '-' {
			if s[at] == '-' {
				sign = -1
			}
			at++
		} else if at > 0 {
			return row, 0, fmt.Errorf("no sign before %q", s[at:])
		}
		start := at
		for at < len(s) && (s[at] >= '0' && s[at] <= '9' || s[at] == '.' || s[at] == '/') {
			at++
		}
		value, number := 1.0, s[start:at]
		if number != "" {
			top, bottom, isFraction := strings.Cut(number, "/")
			if value, err = strconv.ParseFloat(top, 64); err != nil {
				return row, 0, fmt.Errorf("%q is not a number", number)
			}
			if isFraction {
				d, err := strconv.ParseFloat(bottom, 64)
				if err != nil || d == 0 {
					return row, 0, fmt.Errorf("%q is not a fraction", number)
				}
				value /= d
			}
		}
		if at < len(s) && s[at] >= 'x' && s[at] <= 'z' {
			if value != 1 {
				return row, 0, fmt.Errorf("coefficient %g", value)
			}
			axis := s[at] - 'x'
			if row[axis] != 0 {
				return row, 0, fmt.Errorf("%c twice", s[at])
			}
			row[axis] = int8(sign)
			at++
			continue
		}
		if number == "" {
			return row, 0, fmt.Errorf("%q is not understood", s[start:])
		}
		shift += sign * value
	}
	return row, shift, nil
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
			switch v := o.R[i][j]; {
			case v == 0:
				continue
			case v < 0:
				b.WriteByte('-')
			case b.Len() > start:
				b.WriteByte('+')
			}
			if v := o.R[i][j]; v > 1 || v < -1 {
				b.WriteString(strconv.Itoa(int(max(v, -v))))
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
	if t == 0 {
		return "0"
	}
	a, b := max(t, -t), Den
	for b != 0 {
		a, b = b, a%b
	}
	if Den/a == 1 {
		return strconv.Itoa(t / a)
	}
	return strconv.Itoa(t/a) + "/" + strconv.Itoa(Den/a)
}
