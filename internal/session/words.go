package session

import (
	"strconv"
	"strings"

	"zoneaxis/internal/crystal"
)

// plain returns text without bars and raised parts; "bar" digits get a minus
// sign in front.
func (t Text) plain() string {
	var b strings.Builder
	for _, r := range t {
		if r.Bar {
			b.WriteString("−")
		}
		b.WriteString(r.T)
	}
	return b.String()
}

// plus appends text, joining runs of equal look.
func (t Text) plus(parts ...Text) Text {
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

// says returns plain words as Text.
func says(text string) Text { return Text{{T: text}} }

// digitsText returns indices with bars; a thin space separates them where one
// has two digits.
func digitsText(digits []crystal.IndexDigit) Text {
	loose := false
	for _, d := range digits {
		loose = loose || d.Value > 9
	}
	var t Text
	for i, d := range digits {
		if i > 0 && loose {
			t = t.plus(says("\u2009"))
		}
		t = t.plus(Text{{T: strconv.Itoa(d.Value), Bar: d.Bar}})
	}
	return t
}

func hklText(h crystal.HKL, four bool) Text { return digitsText(crystal.FormatHKL(h, four)) }

// zoneText returns a zone axis in its brackets.
func zoneText(u crystal.UVW, four bool) Text {
	return says("[").plus(digitsText(crystal.FormatUVW(u, four)), says("]"))
}

// zonePlain returns a zone axis for fields and titles, "[1−10]".
func zonePlain(u crystal.UVW, four bool) string { return "[" + u.Text(four) + "]" }

// plural writes a number with its noun.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return count(n) + " " + noun + "s"
}

// list joins words as people do: "a, b and c".
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// numeral writes small numbers as words.
func numeral(n int) string {
	words := []string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"}
	if n < len(words) {
		return words[n]
	}
	return count(n)
}

// thin is the space between a number and its unit.
const thin = "\u2009"
