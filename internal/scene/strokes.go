package scene

import (
	"strings"

	"zoneaxis/internal/crystal"
)

// glyphs is a plain stroke alphabet for files whose letters must be drawings:
// no font needs to be there when they are opened. A glyph is a list of
// polylines separated by bars, a polyline a list of points, a point two digits:
// x from 0 to 4, y with the baseline at 2, small letters to 6, capitals to 8.
var glyphs = map[rune]string{
	'0': "12 03 07 18 38 47 43 32 12", '1': "17 28 22", '2': "07 18 38 47 46 02 42", '3': "08 48 25 35 44 43 32 12 03",
	'4': "32 38 04 44", '5': "48 08 05 35 44 43 32 12 03", '6': "38 18 07 03 12 32 43 44 35 15 04", '7': "08 48 12",
	'8': "15 06 07 18 38 47 46 35 15 04 03 12 32 43 44 35", '9': "12 32 43 47 38 18 07 06 15 35 46",
	'A': "02 28 42|14 34", 'B': "02 08 38 47 46 35 05|35 44 43 32 02", 'C': "47 38 18 07 03 12 32 43", 'D': "02 08 28 46 44 22 02",
	'E': "42 02 08 48|05 35", 'F': "02 08 48|05 35", 'G': "47 38 18 07 03 12 32 43 45 25", 'H': "02 08|42 48|05 45", 'I': "02 08",
	'J': "03 12 22 33 38", 'K': "02 08|48 04|15 42", 'L': "08 02 42", 'M': "02 08 25 48 42", 'N': "02 08 42 48",
	'O': "12 03 07 18 38 47 43 32 12", 'P': "02 08 38 47 46 35 05", 'Q': "12 03 07 18 38 47 43 32 12|24 42", 'R': "02 08 38 47 46 35 05|25 42",
	'S': "47 38 18 07 06 15 35 44 43 32 12 03", 'T': "08 48|28 22", 'U': "08 03 12 32 43 48", 'V': "08 22 48", 'W': "08 12 26 32 48",
	'X': "02 48|08 42", 'Y': "08 25 48|25 22", 'Z': "08 48 02 42",
	'a': "35 26 16 05 03 12 22 33|36 32", 'b': "08 02|05 16 26 35 33 22 12 03", 'c': "35 26 16 05 03 12 22 33", 'd': "38 32|35 26 16 05 03 12 22 33",
	'e': "04 34 35 26 16 05 03 12 22 33", 'f': "28 17 12|06 26", 'g': "36 31 20 10 01|35 26 16 05 03 12 22 33", 'h': "08 02|05 16 26 35 32",
	'i': "06 02|08 08", 'j': "16 11 00|18 18", 'k': "08 02|36 04|14 32", 'l': "08 02", 'm': "02 06|05 16 25 22|25 36 45 42", 'n': "02 06|05 16 26 35 32",
	'o': "12 03 05 16 26 35 33 22 12", 'p': "06 00|05 16 26 35 33 22 12 03", 'q': "36 30|35 26 16 05 03 12 22 33", 'r': "02 06|05 16 26",
	's': "35 26 16 05 14 24 33 22 12 03", 't': "18 13 22|06 26", 'u': "06 03 12 22 33|36 32", 'v': "06 22 46", 'w': "06 12 25 32 46",
	'x': "06 32|02 36", 'y': "06 22|46 10 00", 'z': "06 36 02 32",
	'.': "02 02", ',': "12 01", '-': "04 24", '−': "05 45", '+': "05 45|27 23", '=': "06 46|04 44", '(': "29 17 13 21", ')': "09 17 13 01",
	'[': "29 09 01 21", ']': "09 29 21 01", '/': "01 39", ':': "03 03|06 06", ';': "16 16|13 01", '\'': "09 07", '"': "09 07|29 27", '_': "01 41",
	'%': "02 48|07 18 27 16 07|23 34 43 32 23", '#': "12 28|32 48|04 44|06 46", '&': "42 07 18 28 27 04 03 12 22 44", '?': "07 18 28 37 36 15 14|12 12",
	'!': "08 04|02 02", '~': "04 15 25 34", '<': "36 04 32", '>': "06 34 02", '°': "07 18 27 16 07", '·': "05 05", '*': "16 36|25 27", '@': "34 25 16 14 23 34 36 27 17 06 04 12 32",
	'Å': "02 27 42|14 34|28 19 29 28", 'α': "46 33 22 12 03 05 16 26 35 42", 'β': "00 07 18 28 37 36 25 15|25 34 33 22 12 03", 'γ': "06 16 22 46|22 20",
	'λ': "08 18 32|24 02", 'θ': "12 03 07 18 28 37 33 22 12|05 35", '–': "05 35", '—': "05 45", '×': "03 36|06 33", 'Σ': "48 08 35 02 42",
}

// The unit of the alphabet in em: capitals are six units high, 0.727 em.
const strokeUnit = 0.727 / 6

// glyphWidth returns the advance of a glyph in units: its widest point and
// 1.4 units of air.
func glyphWidth(g string) float64 {
	if g == "" {
		return 3
	}
	wide := byte('0')
	for i := 0; i+1 < len(g); i += 3 {
		wide = max(wide, g[i])
	}
	return float64(wide-'0') + 1.4
}

// strokeGlyph appends the polylines of one glyph with its left edge at x and
// its baseline at y. Unknown letters leave a gap.
func (w *writer) strokeGlyph(r rune, x, y, unit float64) {
	for line := range strings.SplitSeq(glyphs[r], "|") {
		for i := 0; i+1 < len(line); i += 3 {
			if i == 0 {
				w.str("M")
			} else {
				w.str("L")
			}
			w.b = pair(w.b, x+unit*float64(line[i]-'0'), y-unit*float64(int(line[i+1])-'2'))
		}
		if len(line) == 5 && line[:2] == line[3:] {
			w.str("h.01") // a dot
		}
	}
}

func (w *writer) openStrokes(size, weight float64) {
	w.str(`<path fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round"`)
	w.attr("stroke-width", size*weight)
	w.str(` d="`)
}

// strokeText appends a line of text as one path. align is −1, 0 or 1 for text
// that starts at the origin, is centred on it or ends there; weight is the width
// of the strokes in em.
func (w *writer) strokeText(text string, size, weight float64, align int) {
	unit := size * strokeUnit
	total := 0.0
	for _, r := range text {
		total += glyphWidth(glyphs[r])
	}
	x := -unit * (total - 1.4) * float64(align+1) / 2
	w.openStrokes(size, weight)
	for _, r := range text {
		w.strokeGlyph(r, x, 0, unit)
		x += unit * glyphWidth(glyphs[r])
	}
	w.str(`"/>`)
}

// strokeDigits appends the digits of a label as one path, at the places of its
// text.
func (w *writer) strokeDigits(text []crystal.IndexDigit) {
	var room [12]float64
	places := digitPlaces(room[:0], text)
	const unit = LabelSize * strokeUnit
	w.openStrokes(LabelSize, 0.09)
	at := 0
	for _, d := range text {
		for _, r := range itoa(d.Value) {
			w.strokeGlyph(r, places[at]-unit*(glyphWidth(glyphs[r])-1.4)/2, 0, unit)
			at++
		}
	}
	w.str(`"/>`)
}
