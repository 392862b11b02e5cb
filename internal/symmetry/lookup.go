package symmetry

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"zoneaxis/internal/lean/say"
	"zoneaxis/internal/lean/sorts"
)

// Lookup finds a setting by name:
//
//   - number: "227", "No. 227", "227:1";
//   - Hermann–Mauguin symbol, short or full, in the spellings programs use:
//     "F d -3 m", "Fd-3m", "F 41/d -3 2/m", "P6_3/mmc", "P2(1)/c", "P 1 21/c 1",
//     "R3̅m", "Fd\bar{3}m", "P6₃/mmc", "Pm3m" without the bar, "H 3 2" for R32 on
//     hexagonal axes, old and new names of the groups with e glides (Cmca, Cmce),
//     small or capital letters;
//   - Hall symbol: "-F 4vw 2vw 3".
//
// A choice may follow after a colon: ":1" and ":2" for the origin, ":H" and
// ":R" for the axes, or the choice of axes and cell, ":b2", ":cab"; or, as some
// data bases write it, S and Z for the origins 1 and 2 and a plain H or R.
// Without one a symbol means origin choice 2 and hexagonal axes, and a monoclinic
// symbol of one direction means unique axis b if there is such a group. A text
// that is both a Hermann–Mauguin and a Hall symbol, "P 2", is the former.
//
// The error of an unknown name gives up to three that resemble it.
func Lookup(name string) (*Setting, error) {
	if len(name) > 100 {
		return nil, say.Errorf("symmetry: a space-group name of %d bytes; expected one such as Fm-3m", len(name))
	}
	name = strings.TrimSpace(name)
	for _, q := range []string{"'", `"`} {
		if inner, ok := strings.CutPrefix(name, q); ok && strings.HasSuffix(inner, q) {
			name = strings.TrimSuffix(inner, q)
		}
	}
	text := strings.TrimSpace(spelling.Replace(name))
	symbol, choice, _ := strings.Cut(text, ":")
	symbol, choice = strings.TrimSpace(symbol), strings.TrimSpace(choice)

	if n, ok := groupNumber(symbol); ok {
		return byNumber(n, choice)
	}
	if s := bySymbol(symbol, choice); s != nil {
		return s, nil
	}
	if choice == "" {
		if base, c, ok := trailingChoice(symbol); ok {
			if s := bySymbol(base, c); s != nil {
				return s, nil
			}
		}
		if s := byHall(name); s != nil {
			return s, nil
		}
	}
	return nil, say.Errorf("symmetry: there is no space group %s%s", quoted(name), nearMatches(symbol, choice))
}

// spelling turns ways to write bars, subscripts and minus signs into plain
// text. A bar after its digit (a combining overline) goes before it.
var spelling = strings.NewReplacer(
	"1\u0305", "-1", "2\u0305", "-2", "3\u0305", "-3", "4\u0305", "-4", "6\u0305", "-6",
	"1\u0304", "-1", "2\u0304", "-2", "3\u0304", "-3", "4\u0304", "-4", "6\u0304", "-6",
	"₁", "1", "₂", "2", "₃", "3", "₄", "4", "₅", "5",
	"−", "-", "–", "-", "‐", "-",
	`\overline`, "-", `\bar`, "-", `\mathrm`, "", `\rm`, "",
	"<sub>", "", "</sub>", "", "<SUB>", "", "</SUB>", "", "<i>", "", "</i>", "",
	"_", "", "~", "", "{", "", "}", "", "(", "", ")", "", "$", "", `\`, "", "\t", " ", "\n", " ", "\r", " ",
)

// squeeze removes spaces and brackets and folds to small letters.
func squeeze(s string) string {
	b := make([]byte, 0, 32)
	for i := range len(s) {
		switch c := s[i]; {
		case c == ' ' || c == '(' || c == ')':
		case c >= 'A' && c <= 'Z':
			b = append(b, c-'A'+'a')
		default:
			b = append(b, c)
		}
	}
	return string(b)
}

// groupNumber reads "227", "No. 227" or "#227".
func groupNumber(s string) (int, bool) {
	s = strings.ToLower(s)
	for _, prefix := range []string{"no.", "no ", "nr.", "#"} {
		s = strings.TrimSpace(strings.TrimPrefix(s, prefix))
	}
	n, err := strconv.Atoi(s)
	return n, err == nil && s[0] != '-' && s[0] != '+'
}

func byNumber(n int, choice string) (*Setting, error) {
	if n < 1 || n > 230 {
		return nil, say.Errorf("symmetry: space group %d; expected 1 to 230", n)
	}
	if choice == "" {
		return ReferenceSetting(n), nil
	}
	var choices []string
	for _, s := range table() {
		if s.Number == n {
			if s.chosen(choice) {
				return s, nil
			}
			if c := s.Choice + s.Axes; c != "" {
				choices = append(choices, ":"+c)
			}
		}
	}
	if choices == nil {
		return nil, say.Errorf("symmetry: space group %d has no choice %s; it has one setting", n, quoted(choice))
	}
	return nil, say.Errorf("symmetry: space group %d has no choice %s; expected %s", n, quoted(choice), strings.Join(choices, ", "))
}

// chosen reports whether a choice given after a colon is that of the setting.
func (s *Setting) chosen(choice string) bool {
	choice = squeeze(choice)
	own := strings.ToLower(s.Choice)
	if choice == "" || s.Axes == "" && s.Reference && (choice == own+"abc" || choice == "abc") {
		return true
	}
	return choice == own || choice == s.Axes || choice == own+s.Axes
}

// trailingChoice splits "Fd-3mS", "F d -3 m Z", "R-3mH" or "R -3 m R".
func trailingChoice(s string) (symbol, choice string, ok bool) {
	if len(s) < 3 {
		return "", "", false
	}
	symbol = strings.TrimSpace(s[:len(s)-1])
	switch s[len(s)-1] {
	case 'S', 's':
		return symbol, "1", true
	case 'Z', 'z':
		return symbol, "2", true
	case 'H', 'h':
		return symbol, "H", true
	case 'R', 'r':
		return symbol, "R", true
	}
	return "", "", false
}

// bySymbol finds a Hermann–Mauguin symbol. What it means is decided by the
// first of its readings that fits.
func bySymbol(symbol, choice string) *Setting {
	wanted := squeeze(symbol)
	if wanted == "" {
		return nil
	}
	if s := pick(choice, func(s *Setting) bool { return squeeze(s.HM) == wanted }); s != nil {
		return s
	}
	if s := pick(choice, func(s *Setting) bool { return monoclinicShort(s, true) == wanted }); s != nil {
		return s
	}
	if s := pick(choice, func(s *Setting) bool { return monoclinicShort(s, false) == wanted }); s != nil {
		return s
	}
	if strings.Contains(wanted, "e") {
		return pick(choice, func(s *Setting) bool { return doubleGlide(s, wanted) })
	}
	if rest, ok := strings.CutPrefix(wanted, "h"); ok && (choice == "" || squeeze(choice) == "h") {
		rest = "r" + rest
		return pick("H", func(s *Setting) bool { return squeeze(s.HM) == rest })
	}
	// Cubic symbols without the bar: Fm3m for Fm-3m.
	if s := pick(choice, func(s *Setting) bool {
		return (s.PointGroup == "m-3" || s.PointGroup == "m-3m") && squeeze(strings.Replace(s.HM, "-3", "3", 1)) == wanted
	}); s != nil {
		return s
	}
	if short := fromFull(wanted); short != wanted {
		return pick(choice, func(s *Setting) bool { return s.Number >= 47 && squeeze(s.HM) == short })
	}
	return nil
}

// pick returns the most usual setting that fits: a reference setting, else
// origin 2 or hexagonal axes, else the first.
func pick(choice string, fits func(*Setting) bool) *Setting {
	var best *Setting
	rank := func(s *Setting) int {
		switch {
		case s.Reference:
			return 0
		case s.Choice == "2" || s.Choice == "H":
			return 1
		case s.Choice == "":
			return 2
		}
		return 3
	}
	for _, s := range table() {
		if fits(s) && s.chosen(choice) && (best == nil || rank(s) < rank(best)) {
			best = s
		}
	}
	return best
}

// monoclinicShort returns the squeezed symbol without the ones of the axes
// without symmetry, for unique axis b or for the other two.
func monoclinicShort(s *Setting, b bool) string {
	if s.System != "monoclinic" {
		return ""
	}
	words := strings.Fields(s.HM)
	if len(words) != 4 || (words[2] != "1") != b {
		return ""
	}
	words = slices.DeleteFunc(words, func(w string) bool { return w == "1" })
	return strings.ToLower(strings.Join(words, ""))
}

// doubleGlide reports whether the symbol with an e is the new name of a setting
// that the table has under the old one.
func doubleGlide(s *Setting, wanted string) bool {
	switch s.Number {
	case 39, 41, 64, 67, 68:
	default:
		return false
	}
	old := squeeze(s.HM)
	if len(old) != len(wanted) {
		return false
	}
	for i := range len(old) {
		if old[i] != wanted[i] && !(wanted[i] == 'e' && old[i] >= 'a' && old[i] <= 'c') {
			return false
		}
	}
	return true
}

// fromFull shortens the full symbol of a group with mirrors or glides
// perpendicular to its axes: "p2/m2/m2/m" becomes "pmmm", "p63/m2/m2/c"
// "p63/mmc", "f41/d-32/m" "fd-3m".
func fromFull(s string) string {
	var b strings.Builder
	cubic := strings.Contains(s, "-3") && !strings.HasPrefix(s[1:], "-3")
	for i := 0; i < len(s); {
		rest := s[i:]
		// An axis: a rotation, perhaps a screw, and a stroke.
		n := 0
		switch {
		case len(rest) > 2 && rest[0] >= '2' && rest[0] <= '6' && rest[1] == '/':
			n = 2
		case len(rest) > 3 && rest[0] >= '2' && rest[0] <= '6' && rest[1] >= '1' && rest[1] < rest[0] && rest[2] == '/':
			n = 3
		}
		if strings.HasPrefix(rest, "-3") && i > 0 {
			b.WriteString("-3")
			i += 2
			continue
		}
		if n > 0 && (rest[0] == '2' || cubic) {
			i += n
			continue
		}
		n = max(n, 1)
		b.WriteString(rest[:n])
		i += n
	}
	return b.String()
}

// byHall finds a Hall symbol, whatever its spacing and capitals.
func byHall(symbol string) *Setting {
	symbol = strings.Join(strings.Fields(strings.NewReplacer("_", " ", "=", `"`).Replace(symbol)), " ")
	for _, s := range table() {
		if strings.EqualFold(s.Hall, symbol) {
			return s
		}
	}
	return nil
}

// nearMatches ends an error with up to three symbols that resemble the wanted
// one, or with what the symbol has in place of a choice it has not.
func nearMatches(symbol, choice string) string {
	if choice != "" {
		if s := bySymbol(symbol, ""); s != nil {
			return say.Sprintf("; %s is known without %s", s.Short(), quoted(":"+choice))
		}
	}
	type near struct {
		name              string
		distance, lengths int // letters to change; difference of the lengths
	}
	var list []near
	wanted := squeeze(symbol)
	for _, s := range references() {
		short := squeeze(strings.ReplaceAll(s.Short(), "_", ""))
		d := min(editDistance(wanted, short), editDistance(wanted, squeeze(s.HM)))
		if d <= max(1, len(wanted)/3) {
			list = append(list, near{s.Short(), d, max(len(wanted)-len(short), len(short)-len(wanted))})
		}
	}
	if len(list) == 0 {
		return "; expected a symbol such as Fm-3m, a Hall symbol or a number from 1 to 230"
	}
	sorts.Stable(list, func(a, b near) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(a.lengths, b.lengths))
	})
	var names []string
	for _, n := range list[:min(3, len(list))] {
		names = append(names, n.name)
	}
	if len(names) > 1 {
		last := len(names) - 1
		return "; did you mean " + strings.Join(names[:last], ", ") + " or " + names[last] + "?"
	}
	return "; did you mean " + names[0] + "?"
}

// editDistance returns the number of letters to insert, delete or replace.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}
