package source

import (
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

// species finds the element of atoms in one file and collects what a note has
// to say about them.
type species struct {
	formula map[atom.Z]float64 // elements that the file names in its formula; may be nil
	ions    []string           // "Fe3+"
	heavy   bool               // deuterium was read as hydrogen
	unknown []string           // texts that name no element
	nowhere []string           // labels of atoms without coordinates
}

// notAtoms are labels that begin like an element but stand for something else:
// vacancies, whole water molecules, lone pairs, centroids, dummies.
var notAtoms = []string{"va", "vac", "vacancy", "wat", "du", "dum", "dummy", "lp", "cg", "cnt", "cen", "bq", "xx"}

// element finds the element of a type symbol or, if that is missing, of a
// label. The second result is false if there is none.
func (s *species) element(symbol, label string) (atom.Z, bool) {
	typed := symbol != ""
	name := symbol
	if !typed {
		name = label
	}
	z, charge, ok := s.parse(name, typed)
	if !ok && typed {
		// Some programs put a class of atoms here and the element in the label.
		if z, charge, ok = s.parse(label, false); ok && !strings.EqualFold(z.Symbol(), letters(label)) {
			ok = false
		}
	}
	if !ok {
		if name == "" {
			name = "?"
		}
		addOnce(&s.unknown, name)
		return 0, false
	}
	if z == 1 && (name[0] == 'D' || name[0] == 'd') {
		s.heavy = true
	}
	if charge != "" {
		addOnce(&s.ions, z.Symbol()+charge)
	}
	return z, true
}

// parse reads the element from the letters that begin a text: the first two if
// they are a symbol, else the first. Labels may go on with letters, type
// symbols may not, but for the endings that tables of scattering factors have.
func (s *species) parse(name string, typed bool) (z atom.Z, charge string, ok bool) {
	run := letters(name)
	lower := strings.ToLower(run)
	if run == "" || slices.Contains(notAtoms, lower) {
		return 0, "", false
	}
	if typed {
		for _, ending := range []string{"iso", "val", "va"} {
			if len(run) > len(ending) && strings.HasSuffix(lower, ending) {
				if _, ok := lookup(run[:len(run)-len(ending)]); ok {
					run = run[:len(run)-len(ending)]
				}
			}
		}
	}
	switch {
	case typed:
		z, ok = lookup(run)
		if !ok && len(run) == 2 && run[0] == 'O' {
			z, ok = lookup("O") // Oh, Ow: oxygen of a hydroxyl group, of water
		}
	default:
		// The formula tells CA1, an alpha carbon, from calcium.
		for n := min(2, len(run)); n >= 1 && !ok; n-- {
			z, ok = lookup(run[:n])
			ok = ok && s.formula[z] > 0
		}
		if !ok {
			var err error
			z, _, err = atom.Parse(strings.ToUpper(name[:1]) + name[1:])
			ok = err == nil
		}
	}
	if !ok {
		return 0, "", false
	}
	// In a label, 3+ is a charge only right behind the symbol.
	rest := name[len(letters(name)):]
	if !typed && !strings.EqualFold(letters(name), z.Symbol()) {
		rest = ""
	}
	return z, parseCharge(rest), true
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
	if s.heavy {
		notes = append(notes, "Deuterium is treated as hydrogen.")
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

// parseFormula reads a chemical formula, "Ca5 (P O4)3 F", "C4 H4 O6 2(H2 O)",
// "Fe0.5Cr0.5": elements in their right case, numbers, and brackets with a
// number behind them or before them. It returns nil if it does not understand.
func parseFormula(s string) map[atom.Z]float64 {
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
