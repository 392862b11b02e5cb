package source

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"zoneaxis/internal/atom"
	"zoneaxis/internal/lean/sorts"
)

// What a match is worth. The whole query is compared first; if that finds
// nothing in an entry, each of its words must be found there.
const (
	scoreFormulaExact = 99 // "TiN", capitals as in the formula
	scoreName         = 98 // "tin": a whole name
	scoreMP           = 97
	scoreAlso         = 96 // "rock salt": a whole other name
	scoreID           = 92
	scoreFormula      = 90 // "tin" read as TiN
	scoreGroup        = 85 // "Fm-3m", "225"
	scoreType         = 84 // "B3"
	scorePrefix       = 80 // "alum"
	scoreAlsoPrefix   = 75
	scoreFamily       = 70 // "NaCl" for all crystals of that prototype, "fcc"
	scoreOldGroup     = 65 // "Fm3m", the cubic symbols without bars
	scoreWord         = 60 // one word of a name
	scoreSystem       = 60 // "Ga As" for GaAs: all its elements
	scoreWordPrefix   = 45
	scoreKind         = 35 // category, crystal system, word of a prototype
	scoreElements     = 30 // "Ga As" for a crystal with more elements
	scoreInside       = 25 // letters inside a word
	scoreElement      = 20 // one element
	scoreSlip         = 10 // a slip of the finger
)

// familyNames are names of structure types that people search by.
var familyNames = map[string]string{
	"A1": "fcc; face-centred cubic", "A2": "bcc; body-centred cubic", "A3": "hcp; hexagonal close-packed",
	"A4": "diamond; diamond cubic", "A15": "a15", "B1": "rock salt; rocksalt; halite; nacl", "B2": "cscl",
	"B3": "zinc blende; zincblende; sphalerite", "B4": "wurtzite", "C1": "fluorite", "C4": "rutile",
	"C14": "laves; laves phase", "C15": "laves; laves phase", "D5_1": "corundum", "E2_1": "perovskite",
	"H1_1": "spinel", "E1_1": "chalcopyrite", "S1_4": "garnet", "L2_1": "heusler", "D0_2": "skutterudite",
}

// indexed is an entry as the search sees it: everything folded.
type indexed struct {
	names    []string // the name, and the name up to a comma or bracket
	also     []string // the same of the other names
	words    []string // of the names
	family   []string // prototype, Strukturbericht, names of the type
	kinds    []string // words of prototype, category, crystal system
	groups   []string // "fd-3m:2", "fd-3m"
	oldGroup string   // "fd3m"
	formula  string   // see compositionKey
	elements map[atom.Z]float64
}

func indexOf(entries []Entry) []indexed {
	list := make([]indexed, len(entries))
	for i, e := range entries {
		x := &list[i]
		for k, name := range append([]string{e.Name}, e.Also...) {
			head, _, _ := strings.Cut(name, ",")
			head, _, _ = strings.Cut(head, " (")
			list := &x.also
			if k == 0 {
				list = &x.names
			}
			*list = append(*list, fold(name), fold(head))
			x.words = append(x.words, strings.Fields(fold(name))...)
		}
		symbol := strings.ToLower(strings.ReplaceAll(e.Strukturbericht, "_", ""))
		x.family = append(x.family, symbol, fold(e.Prototype))
		if names, ok := familyNames[e.Strukturbericht]; ok {
			for name := range strings.SplitSeq(names, "; ") {
				x.family = append(x.family, fold(name))
			}
		}
		x.kinds = append(strings.Fields(fold(e.Prototype)), fold(e.Category), e.System)
		group := compactGroup(e.SpaceGroup)
		base, _, _ := strings.Cut(group, ":")
		x.groups = []string{group, base}
		if parts := strings.Fields(e.SpaceGroup); e.System == "monoclinic" && len(parts) == 4 {
			x.groups = append(x.groups, compactGroup(parts[0]+parts[2])) // C2/m for C 1 2/m 1
		}
		if e.System == "cubic" {
			x.oldGroup = strings.ReplaceAll(base, "-", "")
		}
		x.elements = parseFormula(e.Formula)
		x.formula = compositionKey(x.elements)
	}
	return list
}

// Find searches the library and returns at most n entries, the best first; all
// that match if n is not positive. It understands names and mineral names in
// any case, in British and American spelling and with Greek letters, formulas
// with the elements in any order ("AsGa", "TiO₂") and lists of elements ("Ga
// As"), prototypes ("NaCl"), Strukturbericht symbols ("L1_2"), names of
// structure types ("bcc", "perovskite"), space groups by symbol or number,
// Materials Project ids with or without "mp-", categories and crystal systems,
// and words with a slip of the finger. Entries of equal worth come in the order
// of the library. An empty query finds nothing.
func Find(query string, n int) []Entry {
	q := newQuery(query)
	if q.folded == "" && q.group == "" {
		return nil
	}
	type hit struct{ entry, score int }
	var hits []hit
	lib := all()
	entries, index := lib.entries, lib.index()
	for i := range index {
		if s := q.score(&entries[i], &index[i]); s > 0 {
			hits = append(hits, hit{i, s})
		}
	}
	// A slip of the finger counts only where nothing is spelt right.
	if !slices.ContainsFunc(hits, func(h hit) bool { return h.score > 0 }) {
		q.slips = true
		for i := range index {
			if s := q.score(&entries[i], &index[i]); s > 0 {
				hits = append(hits, hit{i, s})
			}
		}
	}
	sorts.Stable(hits, func(a, b hit) int { return cmp.Compare(b.score, a.score) })
	if n > 0 && len(hits) > n {
		hits = hits[:n]
	}
	list := make([]Entry, len(hits))
	for i, h := range hits {
		list[i] = entries[h.entry]
	}
	return list
}

// query is a search text prepared once for all entries.
type query struct {
	folded   string
	words    []string
	group    string   // as compactGroup writes it
	symbol   string   // as a Strukturbericht symbol
	exact    string   // composition key if the text is a formula as written
	formulas []string // composition keys of all ways to read it in any case
	tokens   [][]string
	elements []atom.Z // if every word is a symbol of an element
	number   int      // if the text is a number, else −1
	mp       int      // if the text is an id, else −1
	slips    bool
}

func newQuery(text string) *query {
	text = strings.TrimSpace(text)
	if r := []rune(text); len(r) > 100 {
		text = string(r[:100])
	}
	q := &query{folded: fold(text), group: compactGroup(text), number: -1, mp: -1}
	q.words = strings.Fields(q.folded)
	q.symbol = strings.ToLower(symbolSpelling.Replace(text))
	plainText := digits(strings.ReplaceAll(text, " ", ""))
	q.exact = compositionKey(parseFormula(plainText))
	q.formulas = readFormulas(plainText)
	for _, w := range q.words {
		q.tokens = append(q.tokens, readFormulas(w))
	}
	for _, f := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" -,;+", r) }) {
		z, ok := atom.Lookup(f)
		if !ok {
			q.elements = nil
			break
		}
		q.elements = append(q.elements, z)
	}
	if v, err := strconv.Atoi(text); err == nil {
		q.number = v
	}
	if v, err := ParseMP(text); err == nil {
		q.mp = v
	}
	return q
}

// score tells what an entry is worth for the query; 0 if it does not match.
func (q *query) score(e *Entry, x *indexed) int {
	best := 0
	take := func(ok bool, score int) {
		if ok && score > best {
			best = score
		}
	}
	take(q.exact != "" && q.exact == x.formula, scoreFormulaExact)
	take(slices.Contains(x.names, q.folded), scoreName)
	take(slices.Contains(x.also, q.folded), scoreAlso)
	take(q.mp >= 0 && q.mp == e.mp, scoreMP)
	take(q.folded == fold(e.ID) || "lib "+fold(e.ID) == q.folded, scoreID)
	take(slices.Contains(q.formulas, x.formula), scoreFormula)
	take(slices.Contains(x.groups, q.group) || q.number == e.Number, scoreGroup)
	take(q.symbol != "" && q.symbol == x.family[0], scoreType)
	begins := func(n string) bool { return len(q.folded) > 1 && strings.HasPrefix(n, q.folded) }
	take(slices.ContainsFunc(x.names, begins), scorePrefix)
	take(slices.ContainsFunc(x.also, begins), scoreAlsoPrefix)
	take(q.folded != "" && slices.Contains(x.family, q.folded), scoreFamily)
	take(x.oldGroup != "" && q.group == x.oldGroup, scoreOldGroup)
	if len(q.elements) > 0 {
		all := !slices.ContainsFunc(q.elements, func(z atom.Z) bool { return x.elements[z] == 0 })
		take(all, scoreElements)
		take(all && len(x.elements) == len(q.elements) && len(q.elements) > 1, scoreSystem)
	}
	if best > 0 || len(q.words) == 0 {
		return best
	}
	sum := 0
	for i, w := range q.words {
		s := q.wordScore(w, q.tokens[i], e, x)
		if s == 0 {
			return 0
		}
		sum += s
	}
	return max(1, sum/len(q.words))
}

// wordScore tells what one word of a query is worth.
func (q *query) wordScore(w string, formulas []string, e *Entry, x *indexed) int {
	switch {
	case slices.Contains(x.words, w), slices.Contains(formulas, x.formula):
		return scoreWord
	case len(w) > 1 && slices.ContainsFunc(x.words, func(s string) bool { return strings.HasPrefix(s, w) }):
		return scoreWordPrefix
	case slices.Contains(x.kinds, w), slices.Contains(x.family, w), slices.Contains(x.groups, w),
		w == strconv.Itoa(e.Number), w+"s" == e.Category:
		return scoreKind
	case len(w) > 2 && len(letters(w)) == len(w) && slices.ContainsFunc(x.words, func(s string) bool { return strings.Contains(s, w) }):
		return scoreInside
	}
	for z := range x.elements {
		if w == strings.ToLower(z.Name()) {
			return scoreElement
		}
	}
	if q.slips && slices.ContainsFunc(x.words, func(s string) bool { return slip(w, s) }) {
		return scoreSlip
	}
	return 0
}

// slip tells whether two words differ by one letter typed wrong, left out, put
// in or exchanged with its neighbour. Words of less than five letters must be
// right.
func slip(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(a) < 4 || len(b) < 5 || len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) < len(b) {
		return a[i:] == b[i+1:]
	}
	return i == len(a) || a[i+1:] == b[i+1:] ||
		i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}

// symbolSpelling takes out what may stand in a Strukturbericht symbol.
var symbolSpelling = strings.NewReplacer("_", "", " ", "", "′", "'", "{", "", "}", "")

// foldings are spellings that the search treats as one.
var foldings = strings.NewReplacer(
	"α", " alpha ", "β", " beta ", "γ", " gamma ", "δ", " delta ", "ε", " epsilon ", "η", " eta ", "θ", " theta ", "σ", " sigma ",
	"′", "'", "sulph", "sulf", "aluminum", "aluminium", "cesium", "caesium", "haem", "hem", "gray", "grey", "ised", "ized",
	"fibre", "fiber", "centered", "centred", "ü", "u", "ö", "o", "ä", "a", "é", "e",
)

// fold writes a text in lower case and one spelling, words divided by single
// blanks.
func fold(s string) string {
	s = foldings.Replace(strings.ToLower(digits(s)))
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '.' || r == '\'')
	}), " ")
}

// digits turns subscript digits into plain ones.
func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '₀' && r <= '₉' {
			return '0' + r - '₀'
		}
		return r
	}, s)
}

// compactGroup writes a space-group symbol in lower case without blanks and
// underscores, a bar as a minus sign before its digit.
func compactGroup(s string) string {
	var b []rune
	for _, r := range strings.ToLower(digits(s)) {
		switch {
		case r == ' ' || r == '_':
		case (r == '\u0304' || r == '\u0305') && len(b) > 0:
			b = append(b[:len(b)-1], '-', b[len(b)-1])
		case r == '−' || r == '–':
			b = append(b, '-')
		default:
			b = append(b, r)
		}
	}
	return string(b)
}

// compositionKey writes a composition so that equal ones have equal keys: by
// atomic number, amounts in parts of a thousand. It is empty for none.
func compositionKey(m map[atom.Z]float64) string {
	sum := 0.0
	for _, v := range m {
		sum += v
	}
	if !(sum > 0) {
		return ""
	}
	var b []byte
	for z := atom.Z(1); z <= atom.MaxZ; z++ {
		if v, ok := m[z]; ok {
			b = append(b, z.Symbol()...)
			b = strconv.AppendInt(b, int64(math.Round(1000*v/sum)), 10)
		}
	}
	return string(b)
}

// readFormulas returns the compositions of all ways to read a text as a formula
// in any case: "sic" is SiC, and S, I and C.
func readFormulas(s string) []string {
	if s == "" || len(s) > 24 {
		return nil
	}
	s = strings.ToLower(s)
	var keys []string
	tries := 0
	counts := map[atom.Z]float64{}
	var read func(i int)
	read = func(i int) {
		if tries++; tries > 2000 || len(keys) > 64 {
			return
		}
		if i == len(s) {
			if k := compositionKey(counts); k != "" && !slices.Contains(keys, k) {
				keys = append(keys, k)
			}
			return
		}
		for n := 2; n >= 1; n-- {
			if i+n > len(s) || len(letters(s[i:i+n])) != n {
				continue
			}
			z, ok := lookup(s[i : i+n])
			if !ok {
				continue
			}
			j := i + n
			for j < len(s) && (s[j] >= '0' && s[j] <= '9' || s[j] == '.') {
				j++
			}
			v := 1.0
			if j > i+n {
				if v, ok = parseFloat([]byte(s[i+n : j])); !ok || v <= 0 || v > 1e4 {
					continue
				}
			}
			counts[z] += v
			read(j)
			if counts[z] -= v; counts[z] < 1e-9 {
				delete(counts, z)
			}
		}
	}
	read(0)
	return keys
}
