package source

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"zoneaxis/internal/atom"
)

// count writes a number for a message, 20,000 with a comma.
func count(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// species finds the elements of atoms in one file and collects what a note has
// to say about them.
type species struct {
	formula map[atom.Z]float64 // elements that the file names in its formula; may be nil
	ions    []string           // "Fe3+"
	heavy   bool               // deuterium was read as hydrogen
	tritium bool               // so was tritium
	unknown []string           // texts that name no element
	nowhere []string           // labels of atoms without coordinates
	vacant  []string           // labels of vacancies
	groups  []string           // "“Wat” as O": read without its hydrogen
	group   string             // that of the text read last, "" if it was none
	clipped []string           // atoms whose occupancy was below 0 or above 1
	scaled  []string           // mixed symbols whose parts add up to more than one
}

// share is how much of a site an element fills.
type share struct {
	z    atom.Z
	part float64
}

// notAtoms are labels that begin like an element but stand for something else:
// lone pairs, centroids, dummies.
var notAtoms = []string{"du", "dum", "dummy", "lp", "cg", "cnt", "cen", "bq", "xx"}

// vacancies stand for a site that nothing fills.
var vacancies = []string{"va", "vac", "vacancy", "vacant", "vc", "void", "empty", "x", "□"}

// groups stand for a molecule or a part of one; the value is the atom whose
// position it has.
var groups = map[string]atom.Z{
	"wat": 8, "water": 8, "h2o": 8, "oh2": 8, "hoh": 8, "d2o": 8, "od2": 8, "h3o": 8, "oh": 8, "od": 8, "o-h": 8, "ow": 8,
	"nh": 7, "nh2": 7, "nh3": 7, "nh4": 7, "ch": 6, "ch2": 6, "ch3": 6, "ch4": 6, "bh4": 5,
}

// read finds what a type symbol or, if that is missing, a label stands for:
// one element, several with their shares of the site, or nothing. A label is
// never asked while a type symbol is there: labels of mixed or empty sites
// often look like an element. Nothing with false is an unknown symbol; a
// vacancy is nothing with true.
func (s *species) read(symbol, label string) ([]share, bool) {
	symbol, label = strings.TrimSpace(symbol), strings.TrimSpace(label)
	s.group = ""
	name := symbol
	if name == "" {
		name = label
	}
	if shares, ok := s.whole(name, symbol != ""); ok {
		if shares == nil {
			addOnce(&s.vacant, cmp.Or(label, name))
		}
		return shares, true
	}
	parts, sum := mixture(symbol)
	if symbol == "" && strings.Contains(label, ".") {
		// A label that names shares is no label: Fe0.5Co0.5.
		if mixed, sum := mixture(label); len(mixed) > 1 && sum > 0.1 {
			return s.mixed(label, mixed, sum), true
		}
	}
	if len(parts) == 1 && strings.Contains(symbol, ".") && !strings.ContainsAny(symbol, "+-") {
		return parts, true // "Fe0.5": less than the whole site
	}
	if len(parts) > 1 && strings.ContainsAny(symbol, "_~<*") {
		return s.mixed(symbol, parts, sum), true // "Fe_0.6 Co_0.4" is no type Fe of a force field, nor is "Fe*0.6+Co*0.4"
	}
	if z, charge, ok := s.parse(name, symbol != ""); ok {
		if z == 1 {
			s.heavy = s.heavy || name[0]|0x20 == 'd' || name[0] == '2'
			s.tritium = s.tritium || name[0]|0x20 == 't' || name[0] == '3'
		}
		if charge != "" {
			addOnce(&s.ions, z.Symbol()+charge)
		}
		return []share{{z, 1}}, true
	}
	if parts != nil {
		return s.mixed(symbol, parts, sum), true
	}
	addOnce(&s.unknown, cmp.Or(name, "?"))
	return nil, false
}

// knows tells whether a type symbol is understood.
func (s *species) knows(symbol string) bool {
	_, ok := s.read(short(symbol, 80), "")
	return ok
}

// mixed takes the parts of a mixed site, and notes it if they had to be scaled.
func (s *species) mixed(symbol string, parts []share, sum float64) []share {
	if sum > 1.02 {
		addOnce(&s.scaled, symbol)
	}
	return parts
}

// whole knows vacancies, water and other groups by the whole symbol or, in a
// label, by what stands before its number.
func (s *species) whole(name string, typed bool) ([]share, bool) {
	lower := strings.ToLower(strings.TrimSuffix(strings.TrimSuffix(name, "-"), "+"))
	if !typed {
		short := letters(lower)
		switch {
		case strings.HasPrefix(lower, "vac"), short == "va" && s.formula[23] == 0:
			return nil, true
		case strings.HasPrefix(lower, "wat"), strings.HasPrefix(lower, "h2o"), strings.HasPrefix(lower, "hoh"),
			(short == "w" || short == "wa") && s.formula[8] > 0 && s.formula[74] == 0:
			return s.grouped(name, 8), true
		}
		return nil, false
	}
	if slices.Contains(vacancies, strings.TrimRight(lower, "0123456789+-.")) {
		return nil, true
	}
	if z, ok := groups[lower]; ok {
		return s.grouped(name, z), true
	}
	return nil, false
}

// grouped reads a group as the atom whose position it has.
func (s *species) grouped(name string, z atom.Z) []share {
	s.group = found([]byte(name)) + " as " + z.Symbol()
	addOnce(&s.groups, s.group)
	return []share{{z, 1}}
}

// clip brings an occupancy into the range from 0 to 1.
func (s *species) clip(occ float64, name string) float64 {
	if occ < 0 || occ > 1.005 {
		addOnce(&s.clipped, name)
	}
	return max(0, min(occ, 1))
}

// element is read for files whose sites hold one element each.
func (s *species) element(symbol, label string) (atom.Z, bool) {
	shares, _ := s.read(symbol, label)
	if len(shares) == 1 {
		return shares[0].z, true
	}
	if len(shares) > 1 {
		addOnce(&s.unknown, cmp.Or(symbol, label))
	}
	return 0, false
}

// parse reads the element from the letters that begin a text: the first two if
// they are a symbol, else the first. Labels may go on with letters; behind a
// type symbol only a charge may stand, and the endings that tables of
// scattering factors and force fields have.
func (s *species) parse(name string, typed bool) (z atom.Z, charge string, ok bool) {
	run := letters(name)
	lower := strings.ToLower(run)
	if typed && run == "" {
		return isotope(name)
	}
	if run == "" || slices.Contains(notAtoms, lower) {
		return 0, "", false
	}
	rest := name[len(run):]
	if typed {
		for _, ending := range []string{"iso", "val", "va"} {
			if len(run) > len(ending) && strings.HasSuffix(lower, ending) {
				if _, ok := lookup(run[:len(run)-len(ending)]); ok {
					run = run[:len(run)-len(ending)]
				}
			}
		}
		if rest = typeEnding(rest); !chargeLike(rest) {
			return 0, "", false
		}
		if z, ok = lookup(run); !ok && len(run) == 2 && run[0] == 'O' {
			z, ok = lookup("O") // Oh, Ow: oxygen of a hydroxyl group, of water
		}
		if run == "T" {
			z, ok = 1, true
		}
	} else {
		// The formula tells CA1, an alpha carbon, from calcium.
		for n := min(2, len(run)); n >= 1 && !ok; n-- {
			z, ok = lookup(run[:n])
			ok = ok && s.formula[z] > 0
		}
		if !ok && strings.HasPrefix(lower, "hw") {
			z, ok = 1, true // Hw1, hydrogen of water
		}
		if !ok {
			var err error
			z, _, err = atom.Parse(strings.ToUpper(name[:1]) + name[1:])
			ok = err == nil
		}
		// In a label, 3+ is a charge only right behind the symbol.
		if ok && !strings.EqualFold(run, z.Symbol()) {
			rest = ""
		}
	}
	if !ok {
		return 0, "", false
	}
	return z, parseCharge(rest), true
}

// isotope reads "2H", "11B", "57Fe".
func isotope(name string) (atom.Z, string, bool) {
	symbol := strings.TrimLeft(name, "0123456789")
	digits := len(name) - len(symbol)
	run := letters(symbol)
	z, ok := lookup(run)
	return z, "", ok && digits >= 1 && digits <= 3 && name[0] != '0' && name[:digits] != "1" && chargeLike(symbol[len(run):])
}

// typeEnding cuts off what may stand behind a type symbol and says nothing of
// the element: "_3" and ".ar" of force fields, "(III)", ",spin=5".
func typeEnding(rest string) string {
	for i := range len(rest) {
		switch c := rest[i]; {
		case c == '_' || c == '#' || c == '*' || c == '\'':
			return rest[:i]
		case c == '.' && i+1 < len(rest) && rest[i+1]|0x20 >= 'a' && rest[i+1]|0x20 <= 'z':
			return rest[:i]
		case strings.HasPrefix(rest[i:], "spin"):
			return strings.TrimRight(rest[:i], ",:; ")
		case c == '(' && strings.Trim(rest[i:], "(IViv)") == "":
			return rest[:i]
		}
	}
	return rest
}

// chargeLike tells whether a text holds nothing but digits, signs and dots.
func chargeLike(rest string) bool { return strings.Trim(rest, "0123456789.+- ") == "" }

// mixture reads a type symbol that names several elements, each with its share
// of the site before it or behind it: "0.8Nb + 0.2Zr", "0.650(4)Mn+0.350(4)Fe",
// "Nb0.8Zr0.2", "Fe3+0.5 Mn2+0.5", "Fe:0.6,Co:0.4", "80%Ni 20%Fe", "1/2Fe+1/2Co",
// "Fe/Co 0.6/0.4". One element without a number gets what the others leave. Vacancies fill nothing. Shares
// that add up to about 100 are percent, whole numbers are ratios; the sum is
// that of the shares as written then, above 1 if they had to be scaled. It
// returns nil for any other text.
func mixture(name string) (parts []share, sum float64) {
	m := mixtureParser{s: apart(plainMixture(name))}
	bare := -1 // the element without a number
	whole := true
	for {
		m.skip(" \t+-,;/&|:=*×()[]{}")
		if m.i == len(m.s) {
			break
		}
		n, given := m.number()
		first := given
		if given {
			m.skip(" \t*×%")
		}
		run := letters(m.s[m.i:])
		z, known := lookup(run)
		if !known {
			if !slices.Contains(vacancies, strings.ToLower(run)) || run == "" {
				return nil, 0
			}
			z = 0
		}
		m.i += len(run)
		m.charge(first)
		if !given {
			m.skip(" \t:=*×(+")
			if n, given = m.number(); given {
				m.skip("%)")
			}
		}
		if !given {
			if bare >= 0 {
				return nil, 0
			}
			bare = len(parts)
		}
		whole = whole && (!given || n == math.Trunc(n))
		sum += n
		if parts = append(parts, share{z, n}); len(parts) > 12 {
			return nil, 0
		}
	}
	if len(parts) == 0 || len(parts) == 1 && (bare == 0 || sum > 1.02) {
		return nil, 0
	}
	switch {
	case bare >= 0 && sum < 1:
		parts[bare].part, sum = 1-sum, 1
	case bare >= 0 && sum < 100 && sum >= 10:
		parts[bare].part, sum = 100-sum, 100
	case bare >= 0:
		return nil, 0
	}
	if sum > 1.02 {
		scale := 1 / sum
		if whole || math.Abs(sum-100) < 2 {
			sum = 1
		}
		for i := range parts {
			parts[i].part *= scale
		}
	}
	parts = slices.DeleteFunc(parts, func(p share) bool { return p.z == 0 || p.part <= 0 })
	return parts, sum
}

type mixtureParser struct {
	s string
	i int
}

func (m *mixtureParser) skip(set string) {
	m.i = len(m.s) - len(strings.TrimLeft(m.s[m.i:], set))
}

// plainMixture writes numbers and signs of a mixed symbol plainly: without
// markup for subscripts, with decimal points, and without words.
func plainMixture(s string) string {
	s = mixtureMarkup.Replace(s)
	b := []byte(s)
	for i := 1; i+1 < len(b); i++ {
		// 0,6 is 0.6, but 0.6,0.4 are two numbers.
		if b[i] == ',' && b[i-1] == '0' && isDigit(b[i+1]) && (i < 2 || !isDigit(b[i-2]) && b[i-2] != '.') {
			b[i] = '.'
		}
		// 0.6 x Fe
		if b[i] == 'x' && strings.IndexByte("0123456789. ", b[i-1]) >= 0 && (b[i+1] == ' ' || b[i+1] >= 'A' && b[i+1] <= 'Z') {
			b[i] = '*'
		}
	}
	return string(b)
}

var mixtureMarkup = strings.NewReplacer("<sub>", "", "</sub>", "", "~", "", "_", "", "₀", "0", "₁", "1", "₂", "2", "₃", "3", "₄", "4", "₅", "5", "₆", "6", "₇", "7", "₈", "8", "₉", "9", "₋", "-", "₊", "+",
	" and ", " ", "·", "*", "at.%", "%", "at%", "%", "at.-%", "%", "mol%", "%", "mol.%", "%", "\u2009", " ", "½", "1/2", "¼", "1/4", "¾", "3/4", "⅓", "1/3", "⅔", "2/3")

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// apart writes a list of elements before a list of as many shares, "Fe/Co
// 0.6/0.4", as each element with its share; another text stays as it is.
func apart(s string) string {
	at := strings.IndexAny(s, "0123456789.")
	if at < 3 {
		return s
	}
	names := strings.FieldsFunc(s[:at], func(r rune) bool { return strings.ContainsRune("/,:|;+ =(", r) })
	parts := strings.FieldsFunc(s[at:], func(r rune) bool { return strings.ContainsRune("/,:|;+ )", r) })
	if len(names) < 2 || len(names) != len(parts) {
		return s
	}
	out := ""
	for i, name := range names {
		_, known := lookup(name)
		if _, ok := parseFloat([]byte(parts[i])); !ok || !known {
			return s
		}
		out += name + " " + parts[i] + " "
	}
	return out
}

// number reads a number or a fraction with its standard uncertainty, which does
// not count.
func (m *mixtureParser) number() (float64, bool) {
	start := m.i
	m.skip("0123456789.")
	if rest := m.s[m.i:]; m.i > start && len(rest) > 1 && (rest[0] == '/' && isDigit(rest[1]) ||
		rest[0]|0x20 == 'e' && (isDigit(rest[1]) || len(rest) > 2 && (rest[1] == '-' || rest[1] == '+') && isDigit(rest[2]))) {
		m.i++
		if rest[1] == '-' || rest[1] == '+' {
			m.i++
		}
		m.skip("0123456789")
	}
	v, ok := parseFraction([]byte(m.s[start:m.i]))
	if rest := m.s[m.i:]; ok && strings.HasPrefix(rest, "(") {
		if end := strings.IndexByte(rest, ')'); end > 1 && strings.Trim(rest[1:end], "0123456789") == "" {
			m.i += end + 1
		}
	}
	if !ok {
		m.i = start
	}
	return v, ok
}

// charge passes "3+" or "2-". Behind an element that still waits for its
// number it must not be taken for that: "Nb1+Zr1".
func (m *mixtureParser) charge(numbered bool) {
	rest := m.s[m.i:]
	if len(rest) > 3 && (rest[0] == '+' || rest[0] == '-') && rest[1] >= '1' && rest[1] <= '8' && strings.IndexByte(":=( ", rest[2]) >= 0 {
		if after := strings.TrimLeft(rest[2:], " \t:=("); after != "" && strings.IndexByte("0123456789.", after[0]) >= 0 {
			m.i += 2 // Fe+3:0.6
			return
		}
	}
	if len(rest) >= 2 && rest[0] >= '1' && rest[0] <= '8' && (rest[1] == '+' || rest[1] == '-') {
		after := strings.TrimLeft(rest[2:], " \t:=(")
		if numbered || after != "" && strings.IndexByte("0123456789.", after[0]) >= 0 {
			m.i += 2
		}
	}
}

// lookup finds an element by its symbol in any case. D and T are hydrogen.
func lookup(symbol string) (atom.Z, bool) {
	if symbol == "" {
		return 0, false
	}
	symbol = strings.ToUpper(symbol[:1]) + strings.ToLower(symbol[1:])
	if symbol == "T" {
		return 0, false
	}
	return atom.Lookup(symbol)
}

// letters returns the ASCII letters that begin a text.
func letters(s string) string {
	n := 0
	for n < len(s) && (s[n]|0x20 >= 'a' && s[n]|0x20 <= 'z') {
		n++
	}
	return s[:n]
}

// parseCharge reads "3+", "+3", "+" or "2-" and writes it as "3+", "3+", "+",
// "2−"; anything else, and a charge of zero, gives "".
func parseCharge(s string) string {
	sign := ""
	switch {
	case s == "":
		return ""
	case strings.ContainsAny(s[:1], "+-"):
		sign, s = s[:1], s[1:]
	case strings.ContainsAny(s[len(s)-1:], "+-"):
		sign, s = s[len(s)-1:], s[:len(s)-1]
	default:
		return ""
	}
	v := 1.0
	if s != "" {
		var ok bool
		if v, ok = parseFloat([]byte(s)); !ok || v < 0 || v > 8 {
			return ""
		}
	}
	if v == 0 {
		return ""
	}
	if sign == "-" {
		sign = "−"
	}
	if v == 1 {
		return sign
	}
	return strconv.FormatFloat(v, 'g', 3, 64) + sign
}

// notes returns the notes on the atoms: what was left out first. read of
// listed atoms were understood.
func (s *species) notes(read, listed int) []string {
	var notes []string
	if read < listed && len(s.unknown)+len(s.nowhere) > 0 {
		notes = append(notes, s.readNote(read, listed)+" Intensities leave them out.")
	}
	if len(s.clipped) > 0 {
		notes = append(notes, "An occupancy below 0 was read as 0, one above 1 as 1: "+quoteList(s.clipped)+".")
	}
	if len(s.vacant) > 0 {
		notes = append(notes, "Vacancies are left empty: "+quoteList(s.vacant)+".")
	}
	if len(s.groups) > 0 {
		notes = append(notes, "Read without hydrogen, for which the file gives no positions: "+join(s.groups, 6)+".")
	}
	if len(s.scaled) > 0 {
		notes = append(notes, "The parts of a mixed site add up to more than 1 and are scaled to it: "+quoteList(s.scaled)+".")
	}
	if s.heavy {
		notes = append(notes, "Deuterium is treated as hydrogen.")
	}
	if s.tritium {
		notes = append(notes, "Tritium is treated as hydrogen.")
	}
	if len(s.ions) > 0 {
		notes = append(notes, "Ions are treated as neutral atoms: "+join(s.ions, 6)+".")
	}
	return notes
}

// readNote says how many atoms were understood and what was not.
func (s *species) readNote(read, listed int) string {
	note := "Read " + count(read) + " of " + count(listed) + " atoms."
	if len(s.unknown) > 0 {
		note += " Not recognised: " + quoteList(s.unknown) + "."
	}
	if len(s.nowhere) > 0 {
		note += " Without coordinates: " + quoteList(s.nowhere) + "."
	}
	return note
}

// addOnce adds s to a list for a note unless it is there. Lists stop growing
// where no note would show more.
func addOnce(list *[]string, s string) {
	if len(*list) < 50 && !slices.Contains(*list, s) {
		*list = append(*list, s)
	}
}

// quoteList puts each text in quotes, for at most six of them.
func quoteList(list []string) string {
	q := make([]string, len(list))
	for i, s := range list {
		q[i] = found([]byte(s))
	}
	return join(q, 6)
}

// join lists at most n texts and says how many more there are.
func join(list []string, n int) string {
	if len(list) <= n {
		return strings.Join(list, ", ")
	}
	return strings.Join(list[:n], ", ") + " and " + count(len(list)-n) + " more"
}

// ParseFormula reads a chemical formula, "Ca5 (P O4)3 F", "C4 H4 O6 2(H2 O)",
// "Fe0.5Cr0.5": elements in their right case, numbers, and brackets with a
// number behind them or before them. It returns nil if it does not understand.
func ParseFormula(s string) map[atom.Z]float64 {
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= '₀' && r <= '₉':
			return '0' + r - '₀'
		case r == '[' || r == '{':
			return '('
		case r == ']' || r == '}':
			return ')'
		case r == '·' || r == '*':
			return ','
		case r == '\t' || r == '\n' || r == '\r':
			return ' '
		}
		return r
	}, s)
	if len(s) > 400 {
		return nil
	}
	total := map[atom.Z]float64{}
	p := formulaParser{s: s}
	for p.i < len(p.s) {
		part := map[atom.Z]float64{}
		p.space()
		n := p.number()
		if !p.group(part, 0) {
			return nil
		}
		for z, k := range part {
			total[z] += n * k
		}
		p.space()
		if p.i < len(p.s) && p.s[p.i] == ',' {
			p.i++
		}
	}
	if len(total) == 0 {
		return nil
	}
	return total
}

type formulaParser struct {
	s string
	i int
}

func (p *formulaParser) space() {
	for p.i < len(p.s) && p.s[p.i] == ' ' {
		p.i++
	}
}

// number reads a number; 1 if there is none.
func (p *formulaParser) number() float64 {
	start := p.i
	for p.i < len(p.s) && (p.s[p.i] >= '0' && p.s[p.i] <= '9' || p.s[p.i] == '.') {
		p.i++
	}
	if v, ok := parseFloat([]byte(p.s[start:p.i])); ok && v <= 1e6 {
		return v
	}
	return 1
}

// group reads elements and brackets up to a comma, a closing bracket or the end.
func (p *formulaParser) group(m map[atom.Z]float64, depth int) bool {
	for any := false; ; any = true {
		p.space()
		if p.i == len(p.s) || p.s[p.i] == ',' || p.s[p.i] == ')' && depth > 0 {
			return any
		}
		inner := map[atom.Z]float64{}
		before := p.number()
		if p.i == len(p.s) {
			return false
		}
		switch c := p.s[p.i]; {
		case c == '(' && depth < 8:
			p.i++
			if !p.group(inner, depth+1) || p.i == len(p.s) || p.s[p.i] != ')' {
				return false
			}
			p.i++
		case c >= 'A' && c <= 'Z':
			n := 1
			for n < 2 && p.i+n < len(p.s) && p.s[p.i+n] >= 'a' && p.s[p.i+n] <= 'z' {
				n++
			}
			z, ok := atom.Lookup(p.s[p.i : p.i+n])
			if !ok {
				return false
			}
			p.i += n
			inner[z] = 1
		default:
			return false
		}
		k := p.number() * before
		for z, v := range inner {
			m[z] += k * v
		}
	}
}
