package link

import (
	"math"
	"strconv"
	"strings"
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

// Number reads a decimal number as people write it: no exponent, no
// "inf"; a comma or any minus sign of a keyboard or a typesetter will do.
func Number(text string) (float64, bool) {
	text = strings.TrimSpace(text)
	text = strings.NewReplacer("−", "-", "–", "-", ",", ".").Replace(text)
	if text == "" || len(text) > 20 || strings.Trim(text, "+-.0123456789") != "" {
		return 0, false
	}
	v, err := strconv.ParseFloat(text, 64)
	return v, err == nil
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
