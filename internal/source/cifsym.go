package source

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/symmetry"
)

// cifSymmetry is what a block says about its symmetry.
type cifSymmetry struct {
	group   *symmetry.Group
	setting *symmetry.Setting // nil if no row of the table has these operations
	notes   []string
}

// symmetry finds the operations of a block, and the cell that has them.
// Operations in the file win over a Hall symbol, that over a Hermann–Mauguin
// symbol, that over a number; what contradicts the winner is noted. Operations
// that cannot be read, or that contradict names with which formula and Z agree,
// lose. Without any of them the atoms are the whole cell.
func symmetryOf(l crystal.Lattice, named *namedSymmetry, listed *listedSymmetry, atoms *cifAtoms) (cifSymmetry, crystal.Lattice, error) {
	var sym cifSymmetry
	var err error
	switch {
	case listed.err != nil && !named.known():
		return sym, l, listed.err
	case listed.group == nil:
		if sym, err = named.resolve(l, atoms); err != nil {
			return sym, l, err
		}
		if listed.err != nil {
			sym.notes = append(sym.notes, "The symmetry operations of the file cannot be used (line "+strconv.Itoa(listed.err.Line)+", "+listed.err.Msg+"); those of "+named.text+" are taken.")
		}
	default:
		if sym, err = listed.resolve(named, l, atoms); err != nil {
			return sym, l, err
		}
	}
	l = sym.fit(l)
	return sym, l, nil
}

// Limits of what counts as an imprecise cell: how much the products a_i·a_j may
// change, as parts of |a_i||a_j|. Below the first the cell is left alone, above
// the second it is a cell of another kind. The second is 4 % of an edge, or 2°.
const (
	slightMisfit = 1e-3
	largeMisfit  = 0.08
)

// fit returns the cell made to have the symmetry exactly, if it is imprecise.
// A rhombohedral group whose cell is that of its other axes changes to them.
func (sym *cifSymmetry) fit(l crystal.Lattice) crystal.Lattice {
	d := misfit(l, sym.group)
	if s := sym.setting; s != nil && d > largeMisfit && s.Choice != "" {
		for _, other := range symmetry.Settings() {
			if other.Number == s.Number && other.HM == s.HM && misfit(l, other.Group()) < d/4 {
				sym.notes = append(sym.notes, "The cell does not fit "+s.Extended+"; "+other.Extended+" is used.")
				sym.setting, sym.group = other, other.Group()
				d, s = misfit(l, sym.group), other
			}
		}
	}
	if d <= slightMisfit {
		return l
	}
	name := "the symmetry operations"
	if sym.setting != nil {
		name = "the symmetry " + sym.setting.Extended
	}
	if d <= largeMisfit {
		if fitted, err := crystal.NewLattice(meanCell(l, sym.group)); err == nil {
			sym.notes = append(sym.notes, "The cell "+cellText(l.Cell())+" was made to fit "+name+": "+cellText(fitted.Cell())+" (up to 4 % of an edge or 2° are taken for imprecise).")
			return fitted
		}
	}
	sym.notes = append(sym.notes, "The cell "+cellText(l.Cell())+" does not fit "+name+". Check the file.")
	return l
}

// meanCell returns the cell of the mean of what the operations make of the
// metric, which has their symmetry.
func meanCell(l crystal.Lattice, group *symmetry.Group) crystal.Cell {
	metric := l.Metric()
	var sum geom.Mat3
	reps := group.Representatives()
	for _, op := range reps {
		r := rotation(op)
		m := r.Transpose().Mul(metric).Mul(r)
		for i := range 3 {
			for j := range 3 {
				sum[i][j] += m[i][j] / float64(len(reps))
			}
		}
	}
	edge := func(i int) float64 { return math.Round(math.Sqrt(sum[i][i])*1e9) / 1e9 }
	angle := func(i, j int) float64 {
		return math.Round(geom.Degrees(math.Acos(sum[i][j]/math.Sqrt(sum[i][i]*sum[j][j])))*1e8) / 1e8
	}
	return crystal.Cell{A: edge(0), B: edge(1), C: edge(2), Alpha: angle(1, 2), Beta: angle(0, 2), Gamma: angle(0, 1)}
}

// cellText writes a cell for a note.
func cellText(c crystal.Cell) string {
	list := make([]string, 6)
	for i, v := range []float64{c.A, c.B, c.C, c.Alpha, c.Beta, c.Gamma} {
		list[i] = decimals(v, 3)
		if i > 2 {
			list[i] = decimals(v, 2) + "°"
		}
	}
	return strings.Join(list[:3], ", ") + " Å, " + strings.Join(list[3:], ", ")
}

// misfit tells how far the metric is from being invariant under a group: the
// largest change of a_i·a_j/(|a_i||a_j|).
func misfit(l crystal.Lattice, group *symmetry.Group) float64 {
	metric := l.Metric()
	worst := 0.0
	for _, op := range group.Representatives() {
		r := rotation(op)
		m := r.Transpose().Mul(metric).Mul(r)
		for i := range 3 {
			for j := range 3 {
				worst = max(worst, math.Abs(m[i][j]-metric[i][j])/math.Sqrt(metric[i][i]*metric[j][j]))
			}
		}
	}
	return worst
}

// listedSymmetry holds the operations that a file lists.
type listedSymmetry struct {
	group *symmetry.Group // nil if there are none
	ops   []symmetry.Op
	notes []string
	err   *SyntaxError // why they cannot be used
}

// listedSymmetry reads the operations of the file. Of a modulated structure
// they are the three-dimensional part of the superspace operations, of a
// magnetic one those of the atoms.
func (b *cifBlock) listedSymmetry() *listedSymmetry {
	out := &listedSymmetry{}
	special := "" // the note on operations that are more than those of a space group
	list := b.list(symopTags[:]...)
	for _, kind := range []struct{ operation, centring, note string }{
		{"_space_group_symop_magn_operation_xyz", "_space_group_symop_magn_centering_xyz", "Magnetic moments are left out."},
		{"_space_group_symop_magn_ssg_operation_algebraic", "_space_group_symop_magn_ssg_centering_algebraic", "Magnetic moments and satellite reflections are left out."},
		{"_space_group_symop_ssg_operation_algebraic", "_space_group_symop_ssg_centering_algebraic", modulatedNote},
	} {
		if len(list) == 0 {
			if list = append(b.list(kind.operation), b.list(kind.centring)...); len(list) > 0 {
				special = kind.note
			}
		}
	}
	line := 0
	for _, t := range list {
		s := strings.TrimSpace(text(t.text))
		if t.missing() || s == "" {
			continue
		}
		if line == 0 {
			line = int(t.line)
		}
		if special == "" && internalCoordinates(s) {
			special = modulatedNote
		}
		if special != "" {
			s = inSpace(s)
		}
		op, err := symmetry.ParseOp(s)
		if err != nil {
			op, err = symmetry.ParseOp(tidyOperation(s))
		}
		if err != nil {
			out.err = &SyntaxError{CIF, int(t.line), "expected a symmetry operation such as x,1/2-y,z, found " + found(t.text)}
			return out
		}
		if op = op.Normalise(); !slices.Contains(out.ops, op) {
			out.ops = append(out.ops, op)
		}
		if len(out.ops) > 400 {
			out.err = &SyntaxError{CIF, int(t.line), "expected at most 192 symmetry operations, found more"}
			return out
		}
	}
	if len(out.ops) == 0 {
		return out
	}
	group, err := symmetry.FromOps(out.ops)
	if err != nil {
		out.err = &SyntaxError{CIF, line, "expected symmetry operations that form a group, found " + count(len(out.ops)) + " that do not"}
		return out
	}
	out.group = group
	if special != "" {
		out.notes = append(out.notes, special)
	} else if group.Order() != len(out.ops) {
		out.notes = append(out.notes, "The "+count(len(out.ops))+" symmetry operations of the file do not form a group; "+count(group.Order())+" follow from them and are used.")
	}
	return out
}

// internalCoordinates tells an operation of a superspace group: four parts or
// more, of which the fourth has an internal coordinate.
func internalCoordinates(s string) bool {
	f := strings.Split(strings.ToLower(s), ",")
	return len(f) > 3 && strings.ContainsAny(f[3], "xtuvw")
}

// tidyOperation takes out of an operation what people put around it: brackets,
// a number before it, a comma behind it, other signs for its commas.
func tidyOperation(s string) string {
	s = strings.NewReplacer("[", "", "]", "", "{", "", "}", "", "\"", "", "'", "", "*", "").Replace(s)
	if head, tail, ok := strings.Cut(s, ")"); ok && strings.Trim(head, "0123456789( ") == "" {
		s = tail // 1) or (1)
	} else if head, tail, ok := strings.Cut(s, ":"); ok && strings.Trim(head, "0123456789 ") == "" {
		s = tail
	}
	s = strings.NewReplacer("(", "", ")", "").Replace(s)
	s = strings.Trim(strings.ReplaceAll(s, ";", ","), " ,.")
	if !strings.Contains(s, ",") {
		// Blanks for commas; those around a sign are none.
		s = strings.NewReplacer("+ ", "+", "- ", "-", " +", "+").Replace(s)
		if f := strings.Fields(s); len(f) == 3 {
			s = strings.Join(f, ",")
		}
	}
	return s
}

// modulatedNote is the note on a modulated structure.
const modulatedNote = "The structure is modulated: only its average is used, and its satellite reflections are left out."

// inSpace returns the part of an operation that acts on positions: without
// time reversal, the fourth field of a magnetic one, and without the internal
// coordinates x4, x5, x6 of a superspace one, whose others are x1, x2, x3.
func inSpace(s string) string {
	fields := strings.Split(strings.ToLower(strings.NewReplacer("'", "", `"`, "", "{", "", "}", "").Replace(s)), ",")
	if len(fields) < 3 {
		return s
	}
	out := strings.Join(fields[:3], ",")
	for _, internal := range []string{"x4", "x5", "x6", "t", "u", "v"} {
		for _, sign := range []string{"+", "-", ""} {
			out = strings.ReplaceAll(out, sign+internal, "")
		}
	}
	return strings.NewReplacer("x1", "x", "x2", "y", "x3", "z").Replace(out)
}

// resolve compares the operations with the names.
func (o *listedSymmetry) resolve(named *namedSymmetry, l crystal.Lattice, atoms *cifAtoms) (cifSymmetry, error) {
	sym := cifSymmetry{group: o.group, notes: o.notes}
	for _, s := range named.candidates {
		if s.Group().Equal(o.group) {
			sym.setting = s
			return sym, nil
		}
	}
	number, name := 0, ""
	if s, _, err := symmetry.Identify(o.ops); err == nil {
		number, name = s.Number, s.Extended
		if sym.setting = rowOf(s.Number, o.group); sym.setting != nil {
			name = sym.setting.Extended
		}
	}
	if len(named.candidates) == 0 || name == "" || sym.setting == nil && named.hasNumber(number) {
		return sym, nil
	}
	other, err := named.resolve(l, atoms)
	if err == nil {
		x, err1 := atoms.expand(l, o.group.Ops())
		y, err2 := atoms.expand(l, other.group.Ops())
		if err1 == nil && err2 == nil {
			if atoms.brokenList(l, o.group, other.group, x, y) {
				other.notes = append(other.notes, "The "+operations(len(o.ops))+" of the file "+map[bool]string{true: "contradicts", false: "contradict"}[len(o.ops) == 1]+" its space group "+named.text+", which its contents agree with; those of "+named.text+" are used.")
				return other, nil
			}
			sym.notes = append(sym.notes, "The file names the space group "+named.text+", but its operations are those of "+name+"; the operations are used. "+atoms.compared(x, y, named.text))
			return sym, nil
		}
	}
	sym.notes = append(sym.notes, "The file names the space group "+named.text+", but its operations are those of "+name+"; the operations are used.")
	return sym, nil
}

// compared says what the cell holds by the operations of the file, x, and what
// it would hold by the space group that it names, y, so that a reader can tell
// which of them is meant.
func (out *cifAtoms) compared(x, y expanded, name string) string {
	byOps, byName := contentsText(x), contentsText(y)
	agrees := func(x expanded) bool { return out.species.formula != nil && out.formulaNote(x) == nil }
	switch {
	case byOps == byName:
		return "By either the cell holds " + byOps + "."
	case agrees(x) && agrees(y):
		return "By them the cell holds " + byOps + ", by " + name + " " + byName + ", and the formula of the file fits both. If " + name + " is right, take the list of operations out of the file."
	case agrees(x):
		return "By them the cell holds " + byOps + ", as the formula of the file has it; by " + name + " it would hold " + byName + "."
	}
	return "By them the cell holds " + byOps + ", by " + name + " it would hold " + byName + ". If " + name + " is right, take the list of operations out of the file."
}

// contentsText writes what a cell holds, "4 Na, 4 Cl", in the order of the file.
func contentsText(x expanded) string {
	have := contents(x)
	var list []string
	for _, s := range x.sites {
		if n, ok := have[s.Z]; ok {
			list = append(list, decimals(n, 2)+" "+s.Z.Symbol())
			delete(have, s.Z)
		}
	}
	return cmp.Or(join(list, 8), "nothing")
}

func operations(n int) string {
	if n == 1 {
		return "one symmetry operation"
	}
	return count(n) + " symmetry operations"
}

// brokenList tells whether listed operations are wrong and the group that the
// file names is right, x and y being the cell by either: the formula, with the
// number of units if it is given, agrees with the latter and not with the
// former; without a formula that decides, the list holds but some operations of
// the named group, often those without its centring or the identity alone, which
// would leave the cell nearly empty. A file whose atoms are the whole cell has no
// broken list.
func (out *cifAtoms) brokenList(l crystal.Lattice, listed, named *symmetry.Group, x, y expanded) bool {
	if len(y.again) > 0 || len(y.sites) == 0 {
		return false
	}
	if out.species.formula != nil {
		// As many units as Z says; or the formula is that of the cell by one of them.
		off := func(x expanded) bool { return out.formulaOff(x, out.units) != nil }
		right, wrong := !off(y), off(x)
		if out.units > 0 && !right {
			right, wrong = out.formulaOff(y, 1) == nil, wrong && out.formulaOff(x, 1) != nil
		}
		if right && wrong {
			return true
		}
		if out.units > 0 {
			return false
		}
	}
	const most, least, empty = 40, 6, 45 // Å³ for each atom
	room := func(x expanded) float64 {
		n := 0.0
		for _, s := range x.sites {
			if s.Z > 1 {
				n += s.Occ
			}
		}
		return l.Volume() / n
	}
	return within(listed, named) && room(x) > empty && room(y) < most && room(y) > least
}

// within tells whether a group has only operations of another.
func within(part, whole *symmetry.Group) bool {
	all := whole.Ops()
	return !slices.ContainsFunc(part.Ops(), func(op symmetry.Op) bool { return !slices.Contains(all, op) })
}

// rowOf returns the setting of a space-group number that has exactly the
// operations of group, or nil.
func rowOf(number int, group *symmetry.Group) *symmetry.Setting {
	for _, s := range symmetry.Settings() {
		if s.Number == number && s.Group().Equal(group) {
			return s
		}
	}
	return nil
}

// namedSymmetry is what the names in a file say: a Hall symbol, a
// Hermann–Mauguin symbol, a number.
type namedSymmetry struct {
	candidates []*symmetry.Setting // rows of the table that the best name may mean
	group      *symmetry.Group     // of a Hall symbol that is no row of the table
	text       string              // the best name, as written
	exact      bool                // the name leaves no choice of origin or axes
	bad        *SyntaxError        // on a name that is not known, if nothing better is there
	notes      []string
}

func (n *namedSymmetry) known() bool { return n.group != nil || len(n.candidates) > 0 }

func (n *namedSymmetry) hasNumber(number int) bool {
	return slices.ContainsFunc(n.candidates, func(s *symmetry.Setting) bool { return s.Number == number })
}

// namedSymmetry reads the names of the space group.
func (b *cifBlock) namedSymmetry() *namedSymmetry {
	n := &namedSymmetry{}
	refuse := func(t cifToken, what string) {
		if n.bad == nil {
			n.bad = &SyntaxError{CIF, int(t.line), "expected " + what + ", found " + found(t.text)}
		}
	}
	take := func(text string, exact bool, list []*symmetry.Setting, what string) {
		if len(list) == 0 {
			return
		}
		if len(n.candidates) == 0 && n.group == nil {
			n.candidates, n.text, n.exact = list, text, exact
			return
		}
		if len(n.candidates) == 0 {
			return
		}
		// A second name may decide what the first leaves open, or contradict it.
		var both []*symmetry.Setting
		for _, s := range n.candidates {
			if slices.ContainsFunc(list, func(t *symmetry.Setting) bool { return t.Hall == s.Hall }) {
				both = append(both, s)
			}
		}
		switch {
		case len(both) > 0:
			n.candidates = both
			n.exact = n.exact || exact
		case !n.hasNumber(list[0].Number):
			n.notes = append(n.notes, "The file gives "+n.text+" and the "+what+" "+text+", which contradict each other; "+n.text+" is used.")
		}
	}
	if t, ok := b.item("_space_group_name_hall", "_symmetry_space_group_name_hall"); ok {
		symbol := strings.Join(strings.Fields(strings.ReplaceAll(text(t.text), "_", " ")), " ")
		if group, err := symmetry.FromHall(symbol); err == nil {
			var rows []*symmetry.Setting
			for _, s := range symmetry.Settings() {
				if strings.EqualFold(s.Hall, symbol) {
					rows = []*symmetry.Setting{s}
					break
				}
			}
			if rows == nil {
				if s, _, err := symmetry.Identify(group.Ops()); err == nil {
					if row := rowOf(s.Number, group); row != nil {
						rows = []*symmetry.Setting{row}
					}
				}
			}
			take(symbol, true, rows, "Hall symbol")
			if rows == nil {
				n.group, n.text, n.exact = group, symbol, true
			}
		} else {
			refuse(t, "a Hall symbol")
		}
	}
	code := b.value("_space_group_it_coordinate_system_code", "_symmetry_it_coordinate_system_code")
	for _, tag := range []string{"_space_group_name_h-m_alt", "_symmetry_space_group_name_h-m", "_space_group_name_h-m", "_space_group_name_h-m_full", "_space_group_name_h-m_ref", "_symmetry_space_group_name_h-m_full",
		"_space_group_ssg_name", "_space_group_ssg_name_it", "_space_group_magn_name_bns"} {
		t, ok := b.item(tag)
		if !ok {
			continue
		}
		symbol := text(t.text)
		switch {
		case strings.Contains(tag, "_ssg_"):
			// Pnma(00g)0s0: the group of the average structure and more.
			symbol, _, _ = strings.Cut(symbol, "(")
		case strings.Contains(tag, "_bns"):
			if strings.Contains(symbol, "_") {
				continue // a lattice that moments make larger
			}
			symbol = strings.ReplaceAll(symbol, "'", "")
		}
		list, exact := hermannMauguin(symbol, code)
		if len(list) == 0 {
			if group := unusualSetting(symbol); group != nil && !n.known() {
				n.group, n.text, n.exact = group, strings.Join(strings.Fields(symbol), " "), true
				break
			}
			refuse(t, "a space group")
			continue
		}
		take(short(strings.Join(strings.Fields(symbol), " "), 40), exact, list, "symbol")
		break
	}
	if t, ok := b.item("_space_group_it_number", "_symmetry_int_tables_number"); ok {
		v, err := cifNumber(t)
		if n, ok := groupNumber(strings.TrimSpace(text(t.text))); ok {
			v, err = float64(n), nil // "SG 225", "No. 225"
		}
		if err != nil || v != math.Trunc(v) || v < 1 || v > 230 {
			if v != 0 || err != nil { // some programs write 0 for "none"
				refuse(t, "a space-group number from 1 to 230")
			}
		} else {
			list := numbered(int(v))
			if len(n.candidates) > 0 && n.hasNumber(int(v)) {
				list = nil // says no more than the symbol
			}
			take(strconv.Itoa(int(v)), len(list) == 1, list, "number")
		}
	}
	return n
}

// numbered returns the settings that a number alone can mean.
func numbered(n int) (list []*symmetry.Setting) {
	for _, s := range symmetry.Settings() {
		if s.Number == n && (s.Reference || strings.Contains(s.Extended, ":")) {
			list = append(list, s)
		}
	}
	return list
}

// groupNumber reads a number in place of a symbol: "225", "SG 225", "No. 225".
func groupNumber(s string) (n int, ok bool) {
	n, err := strconv.Atoi(withoutGroupWords(s))
	return n, err == nil && n >= 1 && n <= 230
}

// withoutGroupWords cuts off what people write before a symbol or a number.
func withoutGroupWords(s string) string {
	for _, before := range [...]string{"space group", "spacegroup", "sg", "s.g.", "no.", "no", "nr.", "#"} {
		if len(s) > len(before) && strings.EqualFold(s[:len(before)], before) {
			s = strings.TrimLeft(s[len(before):], " :=")
		}
	}
	return s
}

// numberAndSymbol cuts "225 (Fm-3m)" into a number and what stands behind it.
func numberAndSymbol(s string) (n int, symbol string) {
	digits := s[:len(s)-len(strings.TrimLeft(s, "0123456789"))]
	n, err := strconv.Atoi(digits)
	symbol = strings.Trim(strings.TrimPrefix(strings.TrimSpace(s[len(digits):]), "- "), " ,;:()[]{}")
	if err != nil || n < 1 || n > 230 || symbol == "" || strings.IndexByte(" ,;:([{", s[len(digits)]) < 0 {
		return 0, ""
	}
	return n, symbol
}

// symbolMarkup is what programs put around subscripts in a symbol.
var symbolMarkup = strings.NewReplacer("~", "", "<sub>", "", "</sub>", "", "_", "", "\n", " ", "sub1", "1", "sub2", "2", "sub3", "3", "sub4", "4", "sub5", "5",
	"&#8722;", "-", "&minus;", "-", "&#45;", "-", "3bar", "-3", "bar3", "-3", "bar 3", "-3", "m 3- ", "m -3 ", "m3-", "m-3", "a3-", "a-3", "d3-", "d-3")

// hermannMauguin returns the settings that a symbol may mean, as programs write
// it: with spaces or without, with an origin or axes behind a colon or a blank,
// in brackets or in words, with markup for subscripts, with its number or a
// remark behind it. The code is an axes code given apart, "h" or "2". The
// second result tells that the symbol leaves no choice.
func hermannMauguin(symbol, code string) ([]*symmetry.Setting, bool) {
	s := strings.TrimSpace(symbolMarkup.Replace(short(symbol, 90)))
	if n, ok := groupNumber(s); ok {
		list := numbered(n)
		return list, len(list) == 1
	}
	if rest := withoutGroupWords(s); rest != s {
		if list, exact := hermannMauguin(rest, code); list != nil {
			return list, exact // SG Fm-3m
		}
	}
	if n, rest := numberAndSymbol(s); n > 0 {
		if list, exact := hermannMauguin(rest, code); list != nil && list[0].Number == n {
			return list, exact // 225 (Fm-3m)
		}
	}
	for strings.HasPrefix(s, "''") && strings.HasSuffix(s, "''") && len(s) > 5 {
		s = strings.TrimSpace(s[2 : len(s)-2])
	}
	if list, exact := symbolSettings(s, code); list != nil {
		return list, exact
	}
	if words := strings.Fields(s); len(words) == 3 && words[1] == "1" {
		if list, exact := symbolSettings(s+" 1", code); list != nil {
			return list, exact // P 1 21/c
		}
	}
	if len(s) > 2 && s[0]|0x20 == 'h' {
		if list, exact := symbolSettings("R"+strings.TrimSuffix(s[1:], " 1"), "H"); list != nil {
			return list, exact // H -3 2/m
		}
	}
	if unusualSetting(s) != nil {
		return nil, false
	}
	if words := strings.Fields(s); len(words) == 4 && words[2] == "3" {
		words[2] = "-3" // F 4/m 3 2/m
		if list, exact := symbolSettings(strings.Join(words, " "), code); list != nil {
			return list, exact
		}
	}
	if word, rest, ok := strings.Cut(s, " "); ok && len(word) > 4 && letters(word) == word {
		if list, exact := symbolSettings(strings.TrimSpace(rest), code); list != nil {
			return list, exact // cubic Fm-3m
		}
	}
	// What stands behind may be a remark: cut it off bit by bit.
	for end := len(s); ; {
		end = strings.LastIndexAny(s[:end], " ,;([{:#")
		if end < 1 {
			return nil, false
		}
		list, exact := symbolSettings(strings.TrimRight(s[:end], " ,;:"), code)
		if list == nil {
			continue
		}
		remark := strings.ToLower(s[end:])
		if !isRemark(remark, list[0].Number) {
			return nil, false
		}
		for _, c := range []struct{ word, choice string }{
			{"hex", "H"}, {"rhomb", "R"}, {"origin 1", "1"}, {"origin 2", "2"}, {"choice 1", "1"}, {"choice 2", "2"}, {"setting 1", "1"}, {"setting 2", "2"},
			{"origin at -1", "2"}, {"centre -1", "2"}, {"center -1", "2"},
		} {
			if strings.Contains(remark, c.word) {
				if list, exact := symbolSettings(strings.TrimRight(s[:end], " ,;:"), c.choice); exact {
					return list, exact
				}
			}
		}
		return list, exact
	}
}

// isRemark tells whether what stands behind a symbol is none of it: its number,
// or words.
func isRemark(s string, number int) bool {
	word := strings.FieldsFunc(s, func(r rune) bool { return r < '0' || r > '9' && r < 'a' || r > 'z' })
	lettered := 0
	if strings.Contains(s, "s.g") {
		return true
	}
	for _, w := range word {
		if w == strconv.Itoa(number) && (number > 2 || strings.ContainsAny(s, "([{#,;")) {
			return true
		}
		if len(letters(w)) >= 4 {
			return true
		}
		if len(word) == 1 && len(w) == 2 && strings.ContainsAny(s, "([{") && strings.IndexByte("abc", w[0]) >= 0 && strings.IndexByte("123", w[1]) >= 0 {
			return true // unique axis and cell choice
		}
		lettered += len(letters(w))
	}
	// A Schoenflies symbol in brackets: (Oh^5).
	return strings.ContainsAny(s[:1], ",;([{#") && (lettered >= 3 || strings.Contains(s, "^"))
}

// axesWords are what data bases write behind a symbol for its origin or axes.
var axesWords = map[string]string{
	"S": "1", "Z": "2", "H": "H", "R": "R", "HR": "H", "HS": "H", "RS": "R", "RR": "R", "RH": "R",
	"O1": "1", "O2": "2", "OR1": "1", "OR2": "2", "1": "1", "2": "2", "HEX": "H", "RHOM": "R",
}

// symbolSettings returns the settings of a symbol with no more behind it than
// a choice of origin or axes, nil if it is none.
func symbolSettings(s, code string) ([]*symmetry.Setting, bool) {
	base, ext, colon := strings.Cut(s, ":")
	if !colon {
		ext = code
		if i := strings.LastIndexByte(s, ' '); i > 0 && (s[i+1:] > "9" || len(s)-i == 2) {
			e, ok := axesWords[strings.ToUpper(s[i+1:])]
			if _, err := symmetry.Lookup(s); ok && (err != nil || s[i+1] > '9') {
				base, ext = s[:i], e
			}
		}
	}
	base, ext = strings.TrimSpace(base), strings.ToUpper(strings.TrimSpace(ext))
	if e, ok := axesWords[ext]; ok {
		ext = e
	}
	if base == "" {
		return nil, false
	}
	if ext != "" {
		if row, err := symmetry.Lookup(base + ":" + ext); err == nil {
			return []*symmetry.Setting{row}, true
		}
	}
	row, err := symmetry.Lookup(base)
	if err != nil {
		return nil, false
	}
	var list []*symmetry.Setting
	for _, other := range symmetry.Settings() {
		if other.Number == row.Number && other.HM == row.HM {
			list = append(list, other)
		}
	}
	return list, len(list) == 1
}

// unusualSetting returns the operations of symbols that no table of settings
// has: centred triclinic cells (C -1), monoclinic cells with any centring and
// any glide (I 1 21/n 1, B 21/c), and tetragonal cells turned by 45°, C for P
// and F for I, whose second and third directions change places. It returns nil
// for any other symbol.
func unusualSetting(symbol string) *symmetry.Group {
	words := strings.Fields(symbolMarkup.Replace(short(symbol, 40)))
	if group := unusualMonoclinic(words); group != nil {
		return group
	}
	if len(words) == 1 && len(words[0]) > 1 {
		words = []string{words[0][:1], words[0][1:]}
	}
	if len(words) == 2 && (words[1] == "1" || words[1] == "-1") && strings.Contains("ABCIF", strings.ToUpper(words[0])) {
		hall := strings.ToUpper(words[0]) + " 1"
		if words[1] == "-1" {
			hall = "-" + hall
		}
		group, _ := symmetry.FromHall(hall)
		return group
	}
	if len(words) != 2 && len(words) != 4 {
		return nil
	}
	from, ok := map[string]string{"C": "P", "F": "I"}[strings.ToUpper(words[0])]
	if !ok || !strings.Contains(words[1], "4") {
		return nil
	}
	first := words[1]
	if strings.HasSuffix(first, "/a") && from == "P" {
		first = strings.TrimSuffix(first, "a") + "n"
	}
	if strings.HasSuffix(first, "/d") {
		first = strings.TrimSuffix(first, "d") + "a"
	}
	name := from + " " + first
	if len(words) == 4 {
		name += " " + words[3] + " " + words[2]
	}
	row, err := symmetry.Lookup(name)
	if err != nil || row.System != "tetragonal" {
		return nil
	}
	// a' = a − b, b' = a + b.
	group, err := row.Group().Transform(symmetry.Change{Num: [3][3]int{{1, 1, 0}, {-1, 1, 0}, {0, 0, 1}}, Div: 1})
	if err != nil {
		return nil
	}
	return group
}

// unusualMonoclinic returns the operations of a monoclinic symbol, its words
// given, with one direction (unique axis b) or three of which two are 1. The
// inversion of a centrosymmetric group is at the origin, so that the rotation
// has the translation of screw and glide together.
func unusualMonoclinic(words []string) *symmetry.Group {
	if len(words) != 2 && len(words) != 4 || len(words[0]) != 1 || !strings.Contains("PABCIF", strings.ToUpper(words[0])) {
		return nil
	}
	axis, element := 1, words[1]
	if len(words) == 4 {
		ones := 0
		for i, w := range words[1:] {
			if w == "1" {
				ones++
			} else {
				axis, element = i, w
			}
		}
		if ones != 2 {
			return nil
		}
	}
	turn, glide, both := strings.Cut(strings.ToLower(element), "/")
	if !both && !strings.HasPrefix(turn, "2") {
		turn, glide = "", turn
	}
	var shift [3]int // 24ths
	switch turn {
	case "", "2":
	case "21":
		shift[axis] = 12
	default:
		return nil
	}
	by := map[string]int{"n": 12, "d": 6}[glide]
	at := strings.Index("abc", glide)
	switch {
	case glide == "" && turn != "", glide == "m":
	case by > 0:
		for i := range shift {
			if i != axis {
				shift[i] = by
			}
		}
	case len(glide) == 1 && at >= 0 && at != axis:
		shift[at] = 12
	default:
		return nil
	}
	var op symmetry.Op
	for i := range 3 {
		op.T[i] = int8(shift[i])
		op.R[i][i] = -1
		if (i == axis) == (turn != "") {
			op.R[i][i] = 1
		}
	}
	hall := strings.ToUpper(words[0]) + " 1"
	if both {
		hall = "-" + hall
	}
	lattice, err := symmetry.FromHall(hall)
	if err != nil {
		return nil
	}
	group, err := symmetry.FromOps(append(lattice.Ops(), op))
	if err != nil || group.Order() != 2*lattice.Order() {
		return nil // a glide whose double is no vector of the lattice
	}
	return group
}

// resolve chooses among the settings that a name may mean.
func (n *namedSymmetry) resolve(l crystal.Lattice, atoms *cifAtoms) (cifSymmetry, error) {
	sym := cifSymmetry{notes: n.notes}
	if n.group != nil {
		sym.group = n.group
		return sym, nil
	}
	if len(n.candidates) == 0 {
		if n.bad != nil {
			return sym, n.bad
		}
		sym.group, _ = symmetry.FromOps(nil)
		sym.notes = append(sym.notes, "The file gives no symmetry: its atoms are taken as the whole cell.")
		return sym, nil
	}
	fitting := n.fitting(l, &sym)
	best, bestScore := fitting[0], math.Inf(1)
	for _, s := range fitting {
		score := 0.0
		if len(fitting) > 1 {
			score = implausible(l, s.Group(), atoms)
			if !s.Reference {
				score += 0.5
			}
		}
		if score < bestScore {
			best, bestScore = s, score
		}
	}
	if len(fitting) > 1 && len(atoms.atoms) > 0 {
		sym.notes = append(sym.notes, "The file names "+n.text+" but not its origin; "+best.Extended+" fits best.")
	}
	sym.setting, sym.group = best, best.Group()
	return sym, nil
}

// fitting returns the candidates that the cell fits; if there are none, one
// with other axes or another choice of the cell, since a short symbol does not
// say which and a long one may be wrong about it; if there is none either, the
// candidates that an imprecise cell may mean, else all.
func (n *namedSymmetry) fitting(l crystal.Lattice, sym *cifSymmetry) []*symmetry.Setting {
	var same []*symmetry.Setting
	for _, s := range symmetry.Settings() {
		if s.Number == n.candidates[0].Number {
			same = append(same, s)
		}
	}
	for _, limit := range []float64{0.01, largeMisfit} {
		if list := fits(l, n.candidates, limit); len(list) > 0 {
			return list
		}
		if list := fits(l, same, limit); len(list) > 0 {
			sym.notes = append(sym.notes, "The cell does not fit "+n.text+" in its usual axes; "+list[0].Extended+" is used.")
			return list[:1]
		}
	}
	return n.candidates
}

// fits returns the settings whose operations leave the metric as it is.
func fits(l crystal.Lattice, list []*symmetry.Setting, limit float64) []*symmetry.Setting {
	var out []*symmetry.Setting
	for _, s := range list {
		if misfit(l, s.Group()) <= limit {
			out = append(out, s)
		}
	}
	return out
}

// implausible weighs what speaks against the operations: atoms in each other's
// way, and contents that differ from the formula.
func implausible(l crystal.Lattice, group *symmetry.Group, atoms *cifAtoms) float64 {
	x, err := expand(l, group.Ops(), atoms.asymmetric, addRoomy)
	if err != nil {
		return 1e6
	}
	score := float64(len(atoms.formulaNote(x))) * 10
	if n := len(x.sites); n <= 600 {
		for i, a := range x.sites {
			for _, b := range x.sites[:i] {
				d := crystal.Frac{nearest(a.Frac[0] - b.Frac[0]), nearest(a.Frac[1] - b.Frac[1]), nearest(a.Frac[2] - b.Frac[2])}
				if a.Occ+b.Occ > 1.02 && !same(l, a.Frac, b.Frac) {
					// All of it below 0.75 of the covalent radii, nothing from 0.93.
					q := l.Cart(d).Norm() / (a.Z.CovalentRadius() + b.Z.CovalentRadius())
					if a.Z > 1 && b.Z > 1 || q < 0.75 {
						score += 100 / float64(n) * min(1, max(0, (0.93-q)/0.18))
					}
				}
			}
		}
	}
	return score
}
