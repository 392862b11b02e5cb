package protocol

import (
	"strconv"
	"strings"

	"zoneaxis/internal/crystal"
)

// Plain returns text without bars and raised parts; "bar" digits get a minus
// sign in front.
func (t Text) Plain() string {
	var b strings.Builder
	for _, r := range t {
		if r.Bar {
			b.WriteString("−")
		}
		b.WriteString(r.T)
	}
	return b.String()
}

// Plus appends text, joining runs of equal look.
func (t Text) Plus(parts ...Text) Text {
	out := append(Text{}, t...)
	for _, p := range parts {
		for _, r := range p {
			if n := len(out); n > 0 && !r.Bar && !out[n-1].Bar && r.Sub == out[n-1].Sub && r.Sup == out[n-1].Sup {
				out[n-1].T += r.T
				continue
			}
			out = append(out, r)
		}
	}
	return out
}

// Says returns plain words as Text.
func Says(text string) Text { return Text{{T: text}} }

// Digits returns indices with bars; a thin space separates them where one
// has two digits.
func Digits(digits []crystal.IndexDigit) Text {
	loose := false
	for _, d := range digits {
		loose = loose || d.Value > 9
	}
	var t Text
	for i, d := range digits {
		if i > 0 && loose {
			t = t.Plus(Says("\u2009"))
		}
		t = t.Plus(Text{{T: strconv.Itoa(d.Value), Bar: d.Bar}})
	}
	return t
}

// HKL returns the indices of a reflection with their bars.
func HKL(h crystal.HKL, four bool) Text { return Digits(crystal.FormatHKL(h, four)) }

// Zone returns a zone axis in its brackets.
func Zone(u crystal.UVW, four bool) Text {
	return Says("[").Plus(Digits(crystal.FormatUVW(u, four)), Says("]"))
}

// PlainZone returns a zone axis for fields and titles, "[1−10]".
func PlainZone(u crystal.UVW, four bool) string { return "[" + u.Text(four) + "]" }

// Formula returns a formula with its numbers lowered.
func Formula(formula string) Text {
	var t Text
	for _, r := range formula {
		digit := r >= '0' && r <= '9' || r == '.'
		if n := len(t); n > 0 && t[n-1].Sub == digit {
			t[n-1].T += string(r)
		} else {
			t = append(t, Run{T: string(r), Sub: digit})
		}
	}
	return t
}

// Group returns a short Hermann–Mauguin symbol, "P6_3/mmc", in print: bars
// over rotoinversions, screw components lowered.
func Group(symbol string) Text {
	var t Text
	for i := 0; i < len(symbol); i++ {
		c := symbol[i : i+1]
		switch {
		case c == "-" && i+1 < len(symbol):
			i++
			t = append(t, Run{T: symbol[i : i+1], Bar: true})
		case c == "_" && i+1 < len(symbol):
			i++
			t = append(t, Run{T: symbol[i : i+1], Sub: true})
		default:
			t = t.Plus(Says(c))
		}
	}
	return t
}
