package link

import (
	"math"
	"strconv"
	"strings"

	"zoneaxis/internal/crystal"
)

// numberList reads exactly n numbers between low and high, separated by commas.
func numberList(text string, n int, low, high float64) ([4]float64, bool) {
	var out [4]float64
	parts := strings.Split(text, ",")
	if len(parts) != n {
		return out, false
	}
	for i, p := range parts {
		v, ok := Number(p)
		if !ok || v < low || v > high {
			return out, false
		}
		out[i] = v
	}
	return out, true
}

// Number reads a number as people write it: "197.5", "197,5", "1e2", "200.",
// "300 000" or "1,234.5", with any minus sign of a keyboard or a typesetter, in
// full-width characters too. A single comma is a decimal one. There is no "inf",
// and a number has at most 20 characters.
func Number(text string) (float64, bool) { return decimal(plainNumber(text)) }

// plainNumber returns a typed number in the characters of a plain one, with its
// commas and the spaces inside.
func plainNumber(text string) string {
	text = strings.NewReplacer("−", "-", "–", "-", "\u00a0", " ", "\u2009", " ", "\u202f", " ").Replace(crystal.HalfWidth(text))
	return strings.TrimSuffix(strings.TrimSpace(text), ".")
}

// decimal reads a plain number; its only comma is a decimal one.
func decimal(text string) (float64, bool) {
	text = together(text, ' ')
	if !strings.Contains(text, ".") && strings.Count(text, ",") == 1 {
		text = strings.Replace(text, ",", ".", 1)
	} else {
		text = together(text, ',')
	}
	if text == "" || len(text) > 20 || strings.Trim(text, "+-.0123456789eE") != "" {
		return 0, false
	}
	v, err := strconv.ParseFloat(text, 64)
	return v, err == nil
}

// together returns a number without the signs between its groups of three
// digits; if they part anything else the number stays as it is.
func together(text string, sign byte) string {
	whole, rest, _ := strings.Cut(text, ".")
	groups := strings.Split(strings.TrimLeft(whole, "+-"), string(sign))
	for i, group := range groups {
		if strings.Trim(group, "0123456789") != "" || i > 0 && len(group) != 3 || i == 0 && (len(group) < 1 || len(group) > 3 || group[0] == '0') {
			return text
		}
	}
	if len(groups) == 1 {
		return text
	}
	whole = strings.ReplaceAll(whole, string(sign), "")
	if rest != "" {
		whole += "." + rest
	}
	return whole
}

// unit is a unit in which people type a number that is kept in another one:
// times and over turn it into that. Names are compared without regard to case.
type unit struct {
	of, name    string
	times, over float64
}

var units = [...]unit{
	{"kV", "kV", 1, 1}, {"kV", "keV", 1, 1}, {"kV", "MV", 1000, 1}, {"kV", "MeV", 1000, 1}, {"kV", "V", 1, 1000}, {"kV", "eV", 1, 1000},
	{"mm", "mm", 1, 1}, {"mm", "cm", 10, 1}, {"mm", "m", 1000, 1},
	{"nm", "nm", 1, 1}, {"nm", "Å", 1, 10}, {"nm", "\u212b", 1, 10}, {"nm", "A", 1, 10}, {"nm", "µm", 1000, 1}, {"nm", "μm", 1000, 1}, {"nm", "um", 1000, 1},
	{"nm⁻¹", "nm⁻¹", 1, 1}, {"nm⁻¹", "nm-1", 1, 1}, {"nm⁻¹", "nm^-1", 1, 1}, {"nm⁻¹", "/nm", 1, 1}, {"nm⁻¹", " 1/nm", 1, 1},
	{"nm⁻¹", "Å⁻¹", 10, 1}, {"nm⁻¹", "Å-1", 10, 1}, {"nm⁻¹", "Å^-1", 10, 1}, {"nm⁻¹", "/Å", 10, 1}, {"nm⁻¹", " 1/Å", 10, 1},
	{"°", "°", 1, 1}, {"°", "º", 1, 1}, {"°", "deg", 1, 1}, {"°", "degrees", 1, 1},
}

// Quantity reads a number between low and high in the given unit ("kV", "mm",
// "nm", "nm⁻¹" or "°"), which need not be typed, or in another one of its kind: for mm,
// "0.8 m" is 800. A comma before three digits may part thousands: it does if only
// then the number is in the range, and if both are, as of "1,000 nm" between 1 and
// 2000, the text is refused.
func Quantity(text, in string, low, high float64) (v float64, ok bool) {
	small, large, smallOK, largeOK := readings(text, in, low, high)
	if largeOK {
		return large, !smallOK
	}
	return small, smallOK
}

// readings returns what a text can mean, with its only comma as a decimal one and
// as one between thousands, and whether that is a number of the range.
func readings(text, in string, low, high float64) (small, large float64, smallOK, largeOK bool) {
	text = plainNumber(text)
	times, over, longest := 1.0, 1.0, 0
	for _, u := range units {
		if n := len(text) - len(u.name); u.of == in && len(u.name) > longest && n > 0 && strings.EqualFold(text[n:], u.name) {
			times, over, longest = u.times, u.over, len(u.name)
		}
	}
	text = strings.TrimRight(text[:len(text)-longest], " ")
	small, smallOK = decimal(text)
	small = small * times / over
	smallOK = smallOK && small >= low && small <= high
	if !strings.Contains(text, ".") {
		large, largeOK = decimal(together(text, ','))
		large = large * times / over
		largeOK = largeOK && large != small && large >= low && large <= high
	}
	return small, large, smallOK, largeOK
}

// refusal says why [Quantity] refuses a text.
func refusal(text, in, unit string, low, high float64) string {
	if small, large, both, two := readings(text, in, low, high); both && two {
		return Trimmed(small, 3) + " or " + Trimmed(large, 3) + unit + "? Leave out the comma or write a full stop."
	}
	return between(low, high, unit)
}

func wholeNumber(text string) (int, bool) {
	v, err := strconv.Atoi(text)
	return v, err == nil && len(text) < 10
}

// integerList reads exactly n ≤ 3 whole numbers up to limit in size, separated
// by commas.
func integerList(text string, n, limit int) ([3]int, bool) {
	var out [3]int
	parts := strings.Split(text, ",")
	if len(parts) != n {
		return out, false
	}
	for i, p := range parts {
		v, ok := wholeNumber(strings.TrimSpace(p))
		if !ok || max(v, -v) > limit {
			return out, false
		}
		out[i] = v
	}
	return out, true
}

// JoinInts writes three indices with commas, "1,-1,0".
func JoinInts(n [3]int) string {
	return strconv.Itoa(n[0]) + "," + strconv.Itoa(n[1]) + "," + strconv.Itoa(n[2])
}

// fixed2 writes v with two decimals, never as "-0.00".
func fixed2(v float64) string { return Fixed(v, 2) }

// Fixed writes v with the given number of decimals. Halves of the last place
// go up whatever the last bits of v are, and there is no negative zero, so the
// text does not depend on the machine.
func Fixed(v float64, decimals int) string {
	scale := math.Pow10(decimals)
	v = math.Floor(v*scale+0.5000001) / scale
	if v == 0 {
		v = 0 // not −0
	}
	return strconv.FormatFloat(v, 'f', decimals, 64)
}

// Trimmed is fixed without useless zeros.
func Trimmed(v float64, decimals int) string {
	text := Fixed(v, decimals)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text
}

// Signed writes v with a typographic minus.
func Signed(v float64, decimals int) string {
	return strings.Replace(Fixed(v, decimals), "-", "−", 1)
}

// Count writes a number with a comma between thousands.
func Count(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0 && text[i-1] != '-'; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
