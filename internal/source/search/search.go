// Package search finds crystals of the library by what people type. Programs
// outside the browser call Find; the pages search the same index with
// assets/js/shared/find.js, which the build gives it as a file, and both are
// tested over one table of queries (testdata/queries.txt).
package search

import (
	"cmp"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"zoneaxis/internal/atom"
	"zoneaxis/internal/lean/sorts"
	"zoneaxis/internal/source"
	"zoneaxis/internal/symmetry"
)

// worth is what a match counts. The whole query is compared first; if that
// finds nothing in an entry, each of its words must be found there.
type worth struct {
	FormulaExact int `json:"formulaExact"` // "TiN", capitals as in the formula
	Name         int `json:"name"`         // "tin": a whole name
	MP           int `json:"mp"`
	Also         int `json:"also"` // "rock salt": a whole other name
	ID           int `json:"id"`
	Formula      int `json:"formula"`    // "tin" read as TiN
	Group        int `json:"group"`      // "Fm-3m", "225"
	Type         int `json:"type"`       // "B3"
	Prefix       int `json:"prefix"`     // "alum"
	AlsoPrefix   int `json:"alsoPrefix"` // "rock s"
	Family       int `json:"family"`     // "NaCl" for all crystals of that prototype, "fcc"
	OtherGroup   int `json:"otherGroup"` // "Fm3m" without the bar, "Pbnm" for Pnma
	Word         int `json:"word"`       // one word of a name
	System       int `json:"system"`     // "Ga As" for GaAs: all its elements
	WordPrefix   int `json:"wordPrefix"`
	Kind         int `json:"kind"`     // category, crystal system, word of a prototype
	Elements     int `json:"elements"` // "Ga As" for a crystal with more elements
	Inside       int `json:"inside"`   // letters inside a word
	Element      int `json:"element"`  // one element
}

var counts = worth{FormulaExact: 99, Name: 98, MP: 97, Also: 96, ID: 92, Formula: 90, Group: 85, Type: 84, Prefix: 80, AlsoPrefix: 75,
	Family: 78, OtherGroup: 65, Word: 60, System: 60, WordPrefix: 45, Kind: 35, Elements: 30, Inside: 25, Element: 20}

// longest is how many characters of a query are looked at.
const longest = 100

// families are names of structure types that people search by.
var families = map[string]string{
	"A1": "fcc; face-centred cubic", "A2": "bcc; body-centred cubic", "A3": "hcp; hexagonal close-packed",
	"A4": "diamond; diamond cubic", "A15": "a15", "B1": "rock salt; rocksalt; halite; nacl", "B2": "cscl",
	"B3": "zinc blende; zincblende; sphalerite", "B4": "wurtzite", "C1": "fluorite", "C4": "rutile",
	"C14": "laves; laves phase", "C15": "laves; laves phase", "D5_1": "corundum", "E2_1": "perovskite",
	"H1_1": "spinel", "E1_1": "chalcopyrite", "S1_4": "garnet", "L2_1": "heusler", "D0_2": "skutterudite",
}

// akin are types that no crystal of the library has, with the family that they
// belong to.
var akin = map[string]string{"c36": "Laves phase"}

// common are the crystals that come first among those of equal worth, in this
// order; the others follow in the order of the library.
var common = strings.Fields("si al au fe cu ni ti-alpha w graphite diamond ge gaas halite mgo corundum srtio3 rutile quartz-alpha zno gan cementite")

// Row is a crystal as the index has it.
type Row struct {
	ID      string   `json:"id"` // "si"
	Name    string   `json:"name"`
	Also    []string `json:"also,omitempty"`
	Formula string   `json:"formula"`
	Content string   `json:"content"`          // composition, see compositionKey
	Type    string   `json:"type,omitempty"`   // Strukturbericht symbol, "l12"
	Family  []string `json:"family,omitempty"` // prototype, names of the type, folded
	Kinds   []string `json:"kinds"`            // words of prototype, category, crystal system, folded
	Groups  []string `json:"groups"`           // "fd-3m:2", "fd-3m", as compactGroup writes them
	Number  int      `json:"number"`           // of the space group
	MP      int      `json:"mp"`               // number of the Materials Project's id, −1 if there is none
	Rank    int      `json:"rank,omitempty"`   // place among the common ones, from 1
}

// Index is what is searched.
type Index struct {
	Worth    worth               `json:"worth"`
	Elements []string            `json:"elements"` // symbols by atomic number, from H
	Names    []string            `json:"names"`    // of the elements, small letters
	Fold     []string            `json:"fold"`     // spellings in pairs: of what is typed, and the one searched
	Groups   map[string][]string `json:"groups"`   // further symbols of space groups, by number
	Akin     map[string]string   `json:"akin"`     // types that no row has: the family whose rows are like them
	Fillers  []string            `json:"fillers"`  // words that say nothing of a crystal
	Rows     []Row               `json:"rows"`

	entries []source.Entry
	folded  []folded
	names   []spelt  // all names and formulas, for slips
	words   []string // all words of names and types, for slips
}

// spelt is a name as it is searched and as it is shown.
type spelt struct{ folded, shown string }

// folded are the names of a row in the spelling that is searched.
type folded struct {
	names, also []string // whole, and up to a comma or a bracket
	words       []string // of both
	id          string
	elements    map[atom.Z]float64
}

// New makes the index of the library.
func New() *Index {
	x := &Index{Worth: counts, Fold: foldings, Groups: map[string][]string{}, Akin: akin, Fillers: fillers, entries: source.Library()}
	for z := atom.Z(1); z <= atom.MaxZ; z++ {
		x.Elements = append(x.Elements, z.Symbol())
		x.Names = append(x.Names, strings.ToLower(z.Name()))
	}
	for i := range x.entries {
		x.add(&x.entries[i])
	}
	for _, s := range symmetry.Settings() {
		list := x.Groups[strconv.Itoa(s.Number)]
		for _, symbol := range []string{s.HM, s.Short()} {
			form := compactGroup(symbol)
			if !slices.Contains(list, form) {
				list = append(list, form)
			}
			// The cubic symbols are written without the bar, too.
			if form = strings.ReplaceAll(form, "-", ""); s.System == "cubic" && !slices.Contains(list, form) {
				list = append(list, form)
			}
		}
		x.Groups[strconv.Itoa(s.Number)] = list
	}
	for n := range x.Groups {
		if !slices.ContainsFunc(x.Rows, func(r Row) bool { return strconv.Itoa(r.Number) == n }) {
			delete(x.Groups, n)
		}
	}
	return x
}

// library is the index of the library, made when it is first asked for.
var library = sync.OnceValue(New)

func (x *Index) add(e *source.Entry) {
	r := Row{ID: e.ID, Name: e.Name, Also: e.Also, Formula: e.Formula, Number: e.Number, MP: -1}
	if n, err := source.ParseMP(e.MP); err == nil {
		r.MP = n
	}
	r.Rank = slices.Index(common, e.ID) + 1
	r.Type = strings.ToLower(strings.ReplaceAll(e.Strukturbericht, "_", ""))
	if names, ok := families[e.Strukturbericht]; ok {
		for name := range strings.SplitSeq(names, "; ") {
			r.Family = append(r.Family, fold(name))
		}
	}
	if p := fold(e.Prototype); p != "" {
		r.Family = append(r.Family, p)
	}
	r.Kinds = append(strings.Fields(fold(e.Prototype)), fold(e.Category), e.System)
	group := compactGroup(e.SpaceGroup)
	base, _, _ := strings.Cut(group, ":")
	r.Groups = []string{group}
	if base != group {
		r.Groups = append(r.Groups, base)
	}
	if parts := strings.Fields(e.SpaceGroup); e.System == "monoclinic" && len(parts) == 4 {
		r.Groups = append(r.Groups, compactGroup(parts[0]+parts[2])) // C2/m for C 1 2/m 1
	}
	f := folded{id: fold(e.ID)}
	for k, name := range append([]string{e.Name}, e.Also...) {
		list := &f.also
		if k == 0 {
			list = &f.names
		}
		*list = append(*list, fold(name), fold(head(name)))
		x.names = append(x.names, spelt{fold(name), name}, spelt{fold(head(name)), head(name)})
		f.words = append(f.words, strings.Fields(fold(name))...)
	}
	x.names = append(x.names, spelt{fold(e.Formula), e.Formula})
	f.elements = source.ParseFormula(e.Formula)
	r.Content = compositionKey(f.elements)
	for _, list := range [][]string{f.words, r.Kinds} {
		for _, w := range list {
			if len(w) > 3 && !slices.Contains(x.words, w) {
				x.words = append(x.words, w)
			}
		}
	}
	x.Rows = append(x.Rows, r)
	x.folded = append(x.folded, f)
}

// head returns a name up to a comma or a bracket.
func head(name string) string {
	name, _, _ = strings.Cut(name, ",")
	name, _, _ = strings.Cut(name, " (")
	return name
}

// Found is what a query finds.
type Found struct {
	Entries []source.Entry // the best first
	Nearest string         // what was meant, perhaps, if nothing is spelt as it was typed; then the entries are of that
}

// Find searches the library and returns at most n entries, the best first; all
// that match if n is not positive. It understands names and mineral names in
// any case, in British and American spelling and with Greek letters, formulas
// with the elements in any order ("AsGa", "TiO₂") and lists of elements ("Ga
// As"), prototypes ("NaCl"), Strukturbericht symbols ("L1_2"), names of
// structure types ("bcc", "perovskite"), space groups by symbol or number, in
// any setting, Materials Project ids with or without "mp-", categories and
// crystal systems. If nothing is found, the nearest name, formula or word by
// edit distance is taken for what was meant. Entries of equal worth come in the
// order of the library, common ones first. An empty query finds nothing.
func Find(query string, n int) Found { return library().find(query, n) }

func (x *Index) find(text string, n int) Found {
	rows := x.rank(text)
	nearest := ""
	if len(rows) == 0 {
		rows = x.rank(bare(text))
	}
	if len(rows) == 0 {
		if nearest = x.nearest(text); nearest != "" {
			rows = x.rank(nearest)
		}
	}
	if n > 0 && len(rows) > n {
		rows = rows[:n]
	}
	f := Found{Nearest: nearest}
	for _, i := range rows {
		f.Entries = append(f.Entries, x.entries[i])
	}
	return f
}

// rank returns the numbers of the rows that a text finds, the best first.
func (x *Index) rank(text string) []int {
	q := x.newQuery(text)
	if q.folded == "" && q.group == "" {
		return nil
	}
	scores := make([]int, len(x.Rows))
	var list []int
	for i := range x.Rows {
		if scores[i] = x.score(q, i); scores[i] > 0 {
			list = append(list, i)
		}
	}
	place := func(i int) int {
		if r := x.Rows[i].Rank; r > 0 {
			return r
		}
		return len(common) + 1
	}
	sorts.Stable(list, func(a, b int) int {
		return cmp.Or(cmp.Compare(scores[b], scores[a]), cmp.Compare(place(a), place(b)))
	})
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
}

// carbonType are the symbols of structure types that could be carbon: C2 to C54
// but not C60. C1 alone is also how a formula is written that has every number.
var carbonType = regexp.MustCompile(`^c(?:[2-9]|[1-4]\d|5[0-4])$`)

// elementAmount is what can be an element with a number behind it, from 2 on.
var elementAmount = regexp.MustCompile(`^[a-z]{1,2}(?:[2-9]|\d\d+)$`)

func (x *Index) newQuery(text string) *query {
	text = cut(text)
	q := &query{folded: fold(text), group: compactGroup(text), number: -1, mp: -1}
	q.words = strings.Fields(q.folded)
	q.symbol = typeSymbol(text)
	plainText := amounts(digits(strings.ReplaceAll(text, " ", "")))
	// C14 is a structure type for whoever types it, not carbon, also if the
	// library has no crystal of it.
	isType := carbonType.MatchString(q.symbol) || elementAmount.MatchString(q.symbol) && slices.ContainsFunc(x.Rows, func(r Row) bool { return r.Type == q.symbol })
	if !isType {
		q.exact = compositionKey(source.ParseFormula(plainText))
		q.formulas = readFormulas(plainText)
	}
	for _, w := range q.words {
		var list []string
		if !isType {
			list = readFormulas(amounts(w))
		}
		q.tokens = append(q.tokens, list)
	}
	for _, f := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" -,;+", r) }) {
		z, ok := element(f)
		if !ok {
			q.elements = nil
			break
		}
		q.elements = append(q.elements, z)
	}
	number := strings.ToLower(text)
	for _, before := range []string{"space group", "group", "no.", "no ", "nr.", "sg", "#"} {
		number = strings.TrimSpace(strings.TrimPrefix(number, before))
	}
	if v, err := strconv.Atoi(number); err == nil && v > 0 {
		q.number = v
	}
	if v, err := source.ParseMP(text); err == nil {
		q.mp = v
	}
	return q
}

// amounts returns a text if its numbers can be amounts of a formula, else
// nothing: in Al203 and SrTi03 a zero stands for an O.
func amounts(s string) string {
	for n := range strings.FieldsFuncSeq(s, func(r rune) bool { return r < '0' && r != '.' || r > '9' }) {
		if len(n) > 1 && n[0] == '0' && n[1] != '.' || len(n) > 2 && n[0] > '1' && !strings.Contains(n, ".") {
			return ""
		}
	}
	return s
}

// cut returns a text without blanks around it and without what is too long.
func cut(text string) string {
	text = strings.TrimSpace(text)
	if r := []rune(text); len(r) > longest {
		text = string(r[:longest])
	}
	return text
}

// element returns the element of a symbol in any case.
func element(s string) (atom.Z, bool) {
	if len(s) == 0 || len(s) > 2 {
		return 0, false
	}
	return atom.Lookup(strings.ToUpper(s[:1]) + strings.ToLower(s[1:]))
}

// score tells what a row is worth for the query; 0 if it does not match.
func (x *Index) score(q *query, i int) int {
	r, f, w := &x.Rows[i], &x.folded[i], &x.Worth
	best := 0
	take := func(ok bool, score int) {
		if ok && score > best {
			best = score
		}
	}
	take(q.exact != "" && q.exact == r.Content, w.FormulaExact)
	take(slices.Contains(f.names, q.folded), w.Name)
	take(slices.Contains(f.also, q.folded), w.Also)
	take(q.mp >= 0 && q.mp == r.MP, w.MP)
	take(q.folded == f.id || "lib "+f.id == q.folded, w.ID)
	take(slices.Contains(q.formulas, r.Content), w.Formula)
	take(slices.Contains(r.Groups, q.group) || q.number == r.Number, w.Group)
	take(q.symbol != "" && q.symbol == r.Type, w.Type)
	begins := func(n string) bool { return len(q.folded) > 1 && strings.HasPrefix(n, q.folded) }
	take(slices.ContainsFunc(f.names, begins), w.Prefix)
	take(slices.ContainsFunc(f.also, begins), w.AlsoPrefix)
	take(q.folded != "" && slices.Contains(r.Family, q.folded), w.Family)
	take(slices.Contains(x.Groups[strconv.Itoa(r.Number)], q.group), w.OtherGroup)
	if len(q.elements) > 0 {
		all := !slices.ContainsFunc(q.elements, func(z atom.Z) bool { return f.elements[z] == 0 })
		take(all, w.Elements)
		take(all && len(f.elements) == len(q.elements) && len(q.elements) > 1, w.System)
	}
	if best > 0 || len(q.words) == 0 {
		return best
	}
	sum := 0
	for k, word := range q.words {
		s := x.wordScore(word, q.tokens[k], r, f)
		if s == 0 {
			return 0
		}
		sum += s
	}
	return max(1, sum/len(q.words))
}

// wordScore tells what one word of a query is worth.
func (x *Index) wordScore(w string, formulas []string, r *Row, f *folded) int {
	switch {
	case slices.Contains(f.words, w), slices.Contains(formulas, r.Content):
		return x.Worth.Word
	case len(w) > 1 && slices.ContainsFunc(f.words, func(s string) bool { return strings.HasPrefix(s, w) }):
		return x.Worth.WordPrefix
	case slices.Contains(r.Kinds, w), w == r.Type, slices.Contains(r.Family, w), slices.Contains(r.Groups, w),
		w == strconv.Itoa(r.Number), slices.Contains(r.Kinds, strings.TrimSuffix(w, "s")), slices.Contains(r.Kinds, w+"s"):
		return x.Worth.Kind
	case len(w) > 2 && strings.Trim(w, letters) == "" && slices.ContainsFunc(f.words, func(s string) bool { return strings.Contains(s, w) }):
		return x.Worth.Inside
	}
	for z := range f.elements {
		if w == x.Names[z-1] {
			return x.Worth.Element
		}
	}
	return 0
}

const letters = "abcdefghijklmnopqrstuvwxyz"

// nearest returns the name, formula or words nearest to a text that finds
// nothing, as the library writes it; "" if nothing is near. Names come before
// words, and of those equally near the first.
func (x *Index) nearest(text string) string {
	if near, ok := x.Akin[typeSymbol(cut(text))]; ok {
		return near
	}
	want := fold(cut(text))
	best, at := "", slips(want)+1
	for _, name := range x.names {
		if d := distance(want, name.folded, at); d < at {
			best, at = name.shown, d
		}
	}
	if best != "" {
		return best
	}
	// Word by word.
	words := strings.Fields(want)
	for k, w := range words {
		best, at := w, slips(w)+1
		for _, known := range x.words {
			if known == w || len(w) > 1 && strings.HasPrefix(known, w) {
				best = w
				break
			}
			if d := distance(w, known, at); d < at {
				best, at = known, d
			}
		}
		words[k] = best
	}
	if corrected := strings.Join(words, " "); corrected != want && len(x.rank(corrected)) > 0 {
		return corrected
	}
	return ""
}

// slips is how many slips of the finger a text of that length may have.
func slips(s string) int {
	switch n := len(s); {
	case n < 4:
		return 0
	case n < 8:
		return 1
	case n < 13:
		return 2
	}
	return 3
}

// distance returns the edit distance of two texts: how many letters are typed
// wrong, left out, put in, or exchanged with their neighbour (optimal string
// alignment). It stops at a limit, which it then returns.
func distance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
			least = min(least, row[j])
		}
		if least >= limit {
			return limit
		}
		before, last, row = last, row, before
	}
	return min(last[len(b)], limit)
}

// symbolSpelling takes out what may stand in a Strukturbericht symbol.
var symbolSpelling = strings.NewReplacer("_", "", " ", "", "′", "'", "{", "", "}", "", "$", "", "-", "", "−", "", "–", "")

// typeSymbol writes a text as a Strukturbericht symbol of the index, "d022";
// people also write the letter O for its zero, DO22 and L1o.
func typeSymbol(text string) string {
	s := strings.ToLower(symbolSpelling.Replace(digits(text)))
	if len(s) > 2 && s[:2] == "do" {
		s = "d0" + s[2:]
	}
	if s == "l1o" {
		s = "l10"
	}
	return s
}

// fillers are words that say no more than that a text names a crystal or a
// structure type.
var fillers = []string{"type", "types", "structure", "structures", "structured", "strukturbericht", "prototype", "phase", "phases", "crystal", "crystals", "lattice", "ordered"}

// bare returns a text without the words that say nothing of a crystal, "" if
// there are none among them.
func bare(text string) string {
	var kept []string
	words := strings.FieldsFunc(cut(text), func(r rune) bool { return r == ' ' || r == ',' || r == '-' })
	for _, w := range words {
		if !slices.Contains(fillers, strings.ToLower(w)) {
			kept = append(kept, w)
		}
	}
	if len(kept) == len(words) {
		return ""
	}
	return strings.Join(kept, " ")
}

// foldings are spellings that the search treats as one, in pairs.
var foldings = []string{
	"β″", " beta'' ", "β''", " beta'' ", "β′′", " beta'' ", "β′", " beta' ", "β'", " beta' ",
	"γ″", " gamma'' ", "γ''", " gamma'' ", "γ′′", " gamma'' ", "γ′", " gamma' ", "γ'", " gamma' ",
	"δ″", " delta'' ", "δ''", " delta'' ", "δ′′", " delta'' ", "δ′", " delta' ", "δ'", " delta' ",
	"η″", " eta'' ", "η''", " eta'' ", "η′′", " eta'' ", "η′", " eta' ", "η'", " eta' ",
	"θ″", " theta'' ", "θ''", " theta'' ", "θ′′", " theta'' ", "θ′", " theta' ", "θ'", " theta' ",
	"α", " alpha ", "β", " beta ", "γ", " gamma ", "δ", " delta ", "ε", " epsilon ", "η", " eta ", "θ", " theta ", "σ", " sigma ",
	"″", "''", "′", "'", "sulph", "sulf", "aluminum", "aluminium", "cesium", "caesium", "haem", "hem", "gray", "grey", "ised", "ized",
	"fibre", "fiber", "centered", "centred", "ü", "u", "ö", "o", "ä", "a", "é", "e",
}

var folder = strings.NewReplacer(foldings...)

// fold writes a text in lower case and one spelling, words divided by single
// blanks.
func fold(s string) string {
	s = folder.Replace(strings.ToLower(digits(s)))
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

// bars are ways to write a bar in front of its digit.
var bars = strings.NewReplacer(`\overline`, "-", `\bar`, "-")

// compactGroup writes a space-group symbol in lower case without blanks and
// underscores, a bar as a minus sign before its digit.
func compactGroup(s string) string {
	var b []rune
	for _, r := range strings.ToLower(bars.Replace(digits(s))) {
		switch {
		case strings.ContainsRune(" _(){}~$", r):
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
			if i+n > len(s) || strings.Trim(s[i:i+n], letters) != "" {
				continue
			}
			z, ok := element(s[i : i+n])
			if !ok {
				continue
			}
			j := i + n
			for j < len(s) && (s[j] >= '0' && s[j] <= '9' || s[j] == '.') {
				j++
			}
			v := 1.0
			if j > i+n {
				var err error
				if v, err = strconv.ParseFloat(s[i+n:j], 64); err != nil || v <= 0 || v > 1e4 {
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
