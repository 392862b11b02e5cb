package crystal

import (
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"zoneaxis/internal/lean/say"
)

// MaxTypedIndex is the largest index that ParseZone and ParsePlane take.
const MaxTypedIndex = 20

// maxTypedText bounds the text of an index field, bytes.
const maxTypedText = 200

// Action is what a person may do about a text that named no zone axis or plane.
type Action uint8

const (
	NoAction  Action = iota
	UseNormal        // go to the direction normal to Plane (Lattice.NormalDirection)
	UsePlane         // take the plane normal to UVW (Lattice.NormalPlane)
	OpenMP           // open the Materials Project number in MP
)

// ZoneInput is what a person's text means as a zone axis.
type ZoneInput struct {
	OK      bool   // the text names a direction, in UVW
	UVW     UVW    // smallest whole indices
	Family  bool   // typed in angle or curly brackets
	Message string // one or two sentences to show under the field, may be empty
	Action  Action
	Button  string // text of the button for Action, "Use the normal"
	Plane   HKL    // for UseNormal
	MP      string // for OpenMP, as typed in lower case: "mp-149"
}

// PlaneInput is what a person's text means as a plane or reflection.
type PlaneInput struct {
	OK      bool // the text names a plane, in HKL
	HKL     HKL  // as typed: 220 stays 220
	Family  bool
	Message string
	Action  Action
	Button  string
	UVW     UVW    // for UsePlane
	MP      string // for OpenMP
}

// indexWords are the texts in which directions and planes differ.
type indexWords struct {
	open, close          string
	labels               []string // what may stand before the indices and a sign
	empty, noun, article string
	null, example        string
}

var (
	zoneWords = indexWords{
		open: "[", close: "]", labels: []string{"b", "z", "za", "uvw", "zone", "zone axis", "axis", "beam", "beam direction", "along"}, noun: "zone axis", article: "A zone axis",
		empty:   "Zone axis: 110, [1−10], 1,−1,0 or 2 −1 −1 0",
		null:    "has no direction.",
		example: "110 or [1 −1 0]",
	}
	planeWords = indexWords{
		open: "(", close: ")", labels: []string{"g", "hkl", "plane"}, noun: "plane", article: "A plane",
		empty:   "Plane: 110, (1−10), 1,−1,0 or 1 0 −1 0",
		null:    "is not a plane.",
		example: "110 or (1 −1 0)",
	}
)

// ParseZone reads a zone axis as people type or paste it: "110", "1-10" (any
// minus sign), "[1 -1 0]", "1, -1, 0", "1/-1/0", overbars (U+0305) and bars
// before their digit ("1¯10"), <110>, with what a sentence or a caption puts
// around it ("B = [110].", "ZA 110", "110]"), and in the full-width characters
// of a Chinese or Japanese keyboard ("【1１0】"). In the compact form every index
// is one digit. With hexagonal set the crystal is
// described on hexagonal axes and four Weber indices UVTW are taken too. name
// ("Silicon", may be empty) and system ("cubic") of the crystal are used in
// messages.
//
// It never fails: what cannot be used has OK unset and a message that says why.
func ParseZone(text string, hexagonal bool, name, system string) ZoneInput {
	t := readIndices(text, zoneWords, hexagonal, name, system)
	in := ZoneInput{Message: t.message, MP: t.mp}
	switch {
	case t.mp != "":
		in.Action, in.Button = OpenMP, "Open "+t.mp
	case t.message != "":
	case t.kind == '(' || t.kind == '{':
		in.Plane, in.Action, in.Button = t.plane(), UseNormal, "Use the normal"
		in.Message = "(" + indexText(t.n) + ") is a plane. Go to its normal?"
	default:
		in.OK, in.Family = true, t.kind == '<'
		raw := t.direction()
		in.UVW = raw.Reduced()
		short := "[" + in.UVW.Text(false) + "]"
		switch {
		case in.Family:
			in.Message = "Family of directions; showing " + short + "."
		case len(t.n) == 4:
			in.Message = "[" + indexText(t.n) + "] is " + short + " in three indices."
		case in.UVW != raw:
			in.Message = "[" + indexText(t.n) + "] points the same way as " + short + "."
		}
		if hexagonal && len(t.n) == 3 {
			// On hexagonal axes 110 means one thing in three indices, 11−20 another in four.
			in.Message = strings.TrimSpace(in.Message + " Read in three indices, " + short + "; in four it is [" + in.UVW.Text(true) + "].")
		}
	}
	return in
}

// ParsePlane reads the indices of a plane or reflection with the grammar of
// ParseZone: "111", "2-20", "(1 0 -1 0)", {111}. Multiples are kept, since 222
// is another reflection than 111. With hexagonal set four Miller–Bravais
// indices hkil are taken too.
func ParsePlane(text string, hexagonal bool, name, system string) PlaneInput {
	t := readIndices(text, planeWords, hexagonal, name, system)
	in := PlaneInput{Message: t.message, MP: t.mp}
	switch {
	case t.mp != "":
		in.Action, in.Button = OpenMP, "Open "+t.mp
	case t.message != "":
	case t.kind == '[' || t.kind == '<':
		in.UVW, in.Action, in.Button = t.direction().Reduced(), UsePlane, "Use that plane"
		in.Message = "[" + indexText(t.n) + "] is a direction. Take the plane normal to it?"
	default:
		in.OK, in.Family, in.HKL = true, t.kind == '{', t.plane()
		short := "(" + in.HKL.Text(false) + ")"
		switch {
		case in.Family:
			in.Message = "Family of planes; showing " + short + "."
		case len(t.n) == 4:
			in.Message = "(" + indexText(t.n) + ") is " + short + " in three indices."
		}
	}
	return in
}

// typedIndices is the common part of both readers: three or four whole
// numbers, or a message.
type typedIndices struct {
	kind    rune // opening bracket, 0 if none; ⟨ counts as <
	n       []int
	message string
	mp      string
}

func (t typedIndices) plane() HKL {
	if len(t.n) == 4 {
		h, _ := PlaneFromFour([4]int(t.n)) // their sum has been looked at
		return h
	}
	return HKL(t.n)
}

// direction returns the typed direction in three indices; three that were typed
// are not yet reduced.
func (t typedIndices) direction() UVW {
	if len(t.n) == 4 {
		u, _ := DirectionFromFour([4]int(t.n))
		return u
	}
	return UVW(t.n)
}

func readIndices(text string, w indexWords, hexagonal bool, name, system string) typedIndices {
	fail := func(message string) typedIndices { return typedIndices{message: message} }
	notOne := fail(say.Sprintf("That is not a %s. Try %s.", w.noun, w.example))

	if len(text) > maxTypedText || !utf8.ValidString(text) {
		return notOne
	}
	text = strings.TrimSpace(HalfWidth(text))
	if text == "" {
		return typedIndices{message: w.empty}
	}
	text = unquoted(text, w.labels)
	if mp, ok := mpNumber(text); ok {
		return typedIndices{mp: mp, message: "That is a Materials Project number."}
	}
	kind, text, ok := brackets(text)
	if !ok {
		return notOne
	}
	tokens, ok := splitIndices(text)
	if !ok || len(tokens) == 0 {
		return notOne
	}

	t := typedIndices{kind: kind}
	if suggestion, fractional := wholeNumbers(tokens); fractional {
		return fail(say.Sprintf("Use whole numbers, such as %s.", suggestion))
	}
	if len(tokens) != 3 && len(tokens) != 4 {
		noun := " numbers. "
		if len(tokens) == 1 {
			noun = " number. "
		}
		return fail("That is " + countWord(len(tokens)) + noun + w.article + " has three, or four if hexagonal.")
	}
	for _, tok := range tokens {
		v, err := strconv.Atoi(tok.digits)
		if err != nil || v > MaxTypedIndex {
			digits := strings.TrimLeft(tok.digits, "0")
			if len(digits) > 9 {
				digits = digits[:8] + "…"
			}
			return fail(say.Sprintf("Indices up to %d, please: |%s| is too large.", MaxTypedIndex, digits))
		}
		if tok.negative {
			v = -v
		}
		t.n = append(t.n, v)
	}

	if len(t.n) == 4 {
		if !hexagonal {
			return fail(fourRefused(name, system))
		}
		if sum := t.n[0] + t.n[1] + t.n[2]; sum != 0 {
			return fail(say.Sprintf("The first three must add up to zero, and %s = %s.", sumText(t.n[:3]), minusText(sum)))
		}
	}
	zero := true
	for _, v := range t.n {
		zero = zero && v == 0
	}
	if zero {
		open, shut := w.open, w.close
		return fail(open + indexText(t.n) + shut + " " + w.null)
	}
	if u := t.direction().Reduced(); len(t.n) == 4 && (kind == 0 || kind == '[' || kind == '<') {
		for _, v := range u {
			if v = max(v, -v); v > MaxTypedIndex && w.open == "[" {
				return fail(say.Sprintf("Indices up to %d, please: |%d| is too large.", MaxTypedIndex, v))
			}
		}
	}
	return t
}

// fourRefused says why four indices cannot be used.
func fourRefused(name, system string) string {
	if name == "" {
		name = "This crystal"
	}
	switch system {
	case "":
		return "Four indices only work for hexagonal and trigonal crystals. Type three, such as 110."
	case "trigonal", "hexagonal":
		return "Four indices need hexagonal axes, and " + lowerFirst(name, "This crystal") +
			" is described on rhombohedral ones: type three, such as 110."
	}
	return "Four indices only work for hexagonal and trigonal crystals. " + name + " is " + system + ": type three, such as 110."
}

// lowerFirst returns s with a small first letter if it is the given phrase: a
// name keeps its capital inside a sentence.
func lowerFirst(s, phrase string) string {
	if s == phrase {
		return strings.ToLower(s[:1]) + s[1:]
	}
	return s
}

// mpNumber recognises a Materials Project number, decimal or in letters.
func mpNumber(text string) (string, bool) {
	rest, ok := strings.CutPrefix(strings.ToLower(text), "mp-")
	if !ok || rest == "" {
		return "", false
	}
	digits := strings.Trim(rest, "0123456789") == "" && len(rest) <= 8
	letters := strings.Trim(rest, "abcdefghijklmnopqrstuvwxyz") == "" && len(rest) <= 9
	return "mp-" + rest, digits || letters
}

// HalfWidth returns text with full-width characters, and the brackets, commas
// and full stops of Chinese and Japanese keyboards, as their plain counterparts:
// "［１１１］" and "【111】" are "[111]". Everything else stays.
func HalfWidth(text string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case '【', '〔', '〖', '「':
			return '['
		case '】', '〕', '〗', '」':
			return ']'
		case '《':
			return '<'
		case '》':
			return '>'
		case '、':
			return ','
		case '。', '｡':
			return '.'
		case '\u3000': // ideographic space
			return ' '
		}
		if r >= '！' && r <= '～' {
			return r - '！' + '!'
		}
		return r
	}, text)
}

// unquoted takes away what a sentence or a caption puts around indices: quotation
// marks, a label with its sign ("B = ", "zone axis: "; without a sign before a
// bracket) or behind them ("[013] zone axis"), and a full stop at the end.
func unquoted(text string, labels []string) string {
	if rest, ok := strings.CutSuffix(text, "."); ok && rest != "" {
		// Not of an ellipsis or a number that is still being typed.
		last, _ := utf8.DecodeLastRuneInString(rest)
		if last != '.' && !unicode.IsSpace(last) {
			text = rest
		}
	}
	text = strings.TrimSpace(strings.Trim(text, "\"'`“”„‘’«»"))
	low := strings.ToLower(text)
	for _, label := range labels {
		// Behind the indices: "[013] zone axis", "110 zone".
		if rest, ok := strings.CutSuffix(low, label); ok && len(label) > 1 && len(low) == len(text) && strings.ContainsAny(rest, "0123456789") {
			if cut := strings.TrimRight(rest, " "); cut != rest || strings.LastIndexAny(cut, "])>}") == len(cut)-1 {
				text, low = text[:len(cut)], low[:len(cut)]
			}
		}
	}
	for _, label := range labels {
		rest, ok := strings.CutPrefix(low, label)
		if !ok || len(low) != len(text) { // a letter that changes its length is in no label
			continue
		}
		signed := strings.TrimLeft(rest, " ")
		for _, sign := range []string{"=", ":", "||", "//", "∥"} {
			if after, ok := strings.CutPrefix(signed, sign); ok {
				return strings.TrimSpace(text[len(text)-len(after):])
			}
		}
		if strings.IndexAny(signed, "[<({⟨") == 0 || signed != rest && strings.IndexAny(signed, "0123456789-−+") == 0 {
			return text[len(text)-len(signed):]
		}
	}
	return text
}

// brackets strips one pair of brackets. While a person is still typing the
// closing one may be missing, and the opening one of what was pasted.
func brackets(text string) (kind rune, inner string, ok bool) {
	const open, shut = "[(<{⟨〈", "])>}⟩〉"
	first, n := utf8.DecodeRuneInString(text)
	if !strings.ContainsRune(open, first) {
		last, m := utf8.DecodeLastRuneInString(text)
		inner = text[:len(text)-m]
		i := bracketIndex(shut, last)
		if i < 0 || inner == "" {
			return 0, text, !strings.ContainsAny(text, open+shut)
		}
		return plainBracket([]rune(open)[i]), strings.TrimSpace(inner), !strings.ContainsAny(inner, open+shut)
	}
	inner = text[n:]
	kind = plainBracket(first)
	if last, m := utf8.DecodeLastRuneInString(inner); strings.ContainsRune(shut, last) {
		if bracketIndex(open, first) != bracketIndex(shut, last) {
			return 0, "", false
		}
		inner = inner[:len(inner)-m]
	}
	return kind, strings.TrimSpace(inner), !strings.ContainsAny(inner, open+shut)
}

// plainBracket returns the bracket of a keyboard for an opening one.
func plainBracket(r rune) rune {
	if r == '⟨' || r == '〈' {
		return '<'
	}
	return r
}

func bracketIndex(set string, r rune) int {
	for i, s := range []rune(set) {
		if s == r {
			return i
		}
	}
	return -1
}

// token is one typed number: digits, perhaps with a decimal point or a
// fraction bar.
type token struct {
	digits   string // "12", "1.5", "1/2"
	negative bool
}

// splitIndices cuts the text into numbers. If nothing separates them, or a
// piece holds a sign in its middle, every digit is a number of its own. Two or
// more bars with nothing else between the numbers separate them, too: 1/1/2 is
// no fraction.
func splitIndices(text string) ([]token, bool) {
	if strings.Count(text, "/") > 1 && !strings.ContainsAny(text, " ,;") {
		text = strings.ReplaceAll(text, "/", ",")
	}
	pieces := strings.FieldsFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || r == ',' || r == ';' || r == '\u200b' || r == '\u2060'
	})
	var tokens []token
	for _, p := range pieces {
		t, ok := splitPiece(p, len(pieces) == 1)
		if !ok {
			return nil, false
		}
		tokens = append(tokens, t...)
	}
	return tokens, true
}

// splitPiece reads a piece without separators. alone means that it is the
// whole text.
func splitPiece(piece string, alone bool) ([]token, bool) {
	type char struct {
		r        byte
		sign     bool // a sign stands before it
		negative bool // by that sign or by an overbar
		barred   bool
	}
	var chars []char
	pending, minus, bar := false, false, false
	decimal := false
	for _, r := range piece {
		switch {
		case r == '¯' || r == 'ˉ' || r == '‾': // as text copied from a typeset page has it: before its digit
			if pending {
				return nil, false
			}
			pending, minus, bar = true, true, true
		case isMinus(r) || r == '+':
			if pending {
				return nil, false
			}
			pending, minus = true, r != '+'
		case r >= '0' && r <= '9':
			if bar && r == '0' { // a bar of the digit before it
				return nil, false
			}
			chars = append(chars, char{r: byte(r), sign: pending, negative: minus})
			pending, minus, bar = false, false, false
		case r == '\u0305' || r == '\u0304': // combining overline, macron: belongs to the digit before it
			if len(chars) == 0 || pending || chars[len(chars)-1].barred || chars[len(chars)-1].r < '0' {
				return nil, false
			}
			c := &chars[len(chars)-1]
			c.barred, c.negative = true, !c.negative
		case r == '.' || r == '/':
			if decimal || pending {
				return nil, false
			}
			decimal = true
			chars = append(chars, char{r: byte(r)})
		default:
			return nil, false
		}
	}
	if pending || len(chars) == 0 {
		return nil, false
	}
	// One number with one sign, or one digit each?
	together := !alone || decimal
	for _, c := range chars[1:] {
		if c.sign || c.barred != chars[0].barred {
			together = together && decimal
		}
	}
	if !together {
		tokens := make([]token, len(chars))
		for i, c := range chars {
			tokens[i] = token{string(c.r), c.negative}
		}
		return tokens, true
	}
	t := token{negative: chars[0].negative}
	for i, c := range chars {
		if i > 0 && c.sign {
			return nil, false
		}
		t.digits += string(c.r)
	}
	if decimal && (strings.HasSuffix(t.digits, "/") || strings.HasPrefix(t.digits, "/") || t.digits == ".") {
		return nil, false
	}
	return []token{t}, true
}

func isMinus(r rune) bool {
	switch r {
	case '-', '−', '‐', '‑', '‒', '–', '—', '﹣', '－', '⁻':
		return true
	}
	return false
}

// wholeNumbers reports whether any number is a fraction, and if so the smallest
// whole numbers in the same ratio.
func wholeNumbers(tokens []token) (suggestion string, fractional bool) {
	values := make([]float64, len(tokens))
	for i, t := range tokens {
		num, den, isFraction := strings.Cut(t.digits, "/")
		v, err := strconv.ParseFloat(num, 64)
		if isFraction {
			d, err2 := strconv.ParseFloat(den, 64)
			if err2 != nil || d == 0 {
				v = math.NaN()
			}
			v /= d
		}
		if err != nil {
			v = math.NaN()
		}
		if t.negative {
			v = -v
		}
		values[i] = v
		fractional = fractional || strings.ContainsAny(t.digits, "./")
	}
	if !fractional {
		return "", false
	}
	const fallback = "3 0 2"
	if len(values) != 3 && len(values) != 4 {
		return fallback, true
	}
	for m := 1; m <= MaxTypedIndex; m++ {
		n := make([]int, len(values))
		whole := true
		zero := true
		for i, v := range values {
			r := math.Round(v * float64(m))
			if !(math.Abs(r) <= MaxTypedIndex && math.Abs(v*float64(m)-r) < 1e-9) {
				whole = false
				break
			}
			n[i] = int(r)
			zero = zero && r == 0
		}
		if whole && !zero {
			return joinIndices(n, "−", false), true
		}
	}
	return fallback, true
}

func countWord(n int) string {
	words := []string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"}
	if n < len(words) {
		return words[n]
	}
	return strconv.Itoa(n)
}

func minusText(n int) string { return joinIndices([]int{n}, "−", true) }

// sumText writes a sum as in "1 + 2 − 1".
func sumText(n []int) string {
	s := minusText(n[0])
	for _, v := range n[1:] {
		sign := " + "
		if v < 0 {
			sign, v = " − ", -v
		}
		s += sign + strconv.Itoa(v)
	}
	return s
}
