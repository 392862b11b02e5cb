package source

import (
	"math"
	"slices"
	"strings"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/symmetry"
)

// cifSymmetry is what a block says about its symmetry.
type cifSymmetry struct {
	group   *symmetry.Group
	setting *symmetry.Setting // nil if no row of the table has these operations
	notes   []string
}

// symmetry finds the operations of a block. Operations in the file win over a
// Hall symbol, that over a Hermann–Mauguin symbol, that over a number; what
// contradicts the winner is noted. Without any of them the atoms are the whole
// cell.
func (b *cifBlock) symmetry(l crystal.Lattice, atoms *cifAtoms) (cifSymmetry, error) {
	named, err := b.namedSymmetry()
	if err != nil {
		return cifSymmetry{}, err
	}
	sym, ok, err := b.listedSymmetry(named)
	if err != nil {
		return sym, err
	}
	if !ok {
		if sym, err = named.resolve(l, atoms); err != nil {
			return sym, err
		}
	}
	if d := misfit(l, sym.group); d > 0.01 {
		name := "the symmetry operations"
		if sym.setting != nil {
			name = "the symmetry " + sym.setting.Extended
		}
		sym.notes = append(sym.notes, "The cell "+cellText(l.Cell())+" does not fit "+name+". Check the file.")
	}
	return sym, nil
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

// listedSymmetry reads the operations of the file; false if it has none.
func (b *cifBlock) listedSymmetry(named *namedSymmetry) (cifSymmetry, bool, error) {
	list := b.list(symopTags[:]...)
	magnetic := false
	if len(list) == 0 {
		list = b.list("_space_group_symop_magn_operation_xyz", "_space_group_symop_magn_centering_xyz")
		list = append(list, b.list("_space_group_symop_magn_centering_xyz")...)
		magnetic = len(list) > 0
	}
	var sym cifSymmetry
	var ops []symmetry.Op
	line := 0
	for _, t := range list {
		s := strings.TrimSpace(text(t.text))
		if t.missing() || s == "" {
			continue
		}
		if magnetic {
			// The fourth field is time reversal, which atoms do not feel.
			if i := strings.LastIndexByte(s, ','); strings.Count(s, ",") == 3 {
				s = s[:i]
			}
		}
		op, err := symmetry.ParseOp(s)
		if err != nil {
			return sym, false, &SyntaxError{CIF, int(t.line), "expected a symmetry operation such as x,1/2-y,z, found " + found(t.text)}
		}
		if op = op.Normalise(); !slices.Contains(ops, op) {
			ops = append(ops, op)
		}
		if line == 0 {
			line = int(t.line)
		}
		if len(ops) > 400 {
			return sym, false, &SyntaxError{CIF, int(t.line), "expected at most 192 symmetry operations"}
		}
	}
	if len(ops) == 0 {
		return sym, false, nil
	}
	group, err := symmetry.FromOps(ops)
	if err != nil {
		return sym, false, &SyntaxError{CIF, line, "expected symmetry operations that form a group, found " + count(len(ops)) + " that do not"}
	}
	sym.group = group
	if magnetic {
		sym.notes = append(sym.notes, "Magnetic moments are left out.")
	} else if group.Order() != len(ops) {
		sym.notes = append(sym.notes, "The "+count(len(ops))+" symmetry operations of the file do not form a group; "+count(group.Order())+" follow from them and are used.")
	}
	for _, s := range named.candidates {
		if s.Group().Equal(group) {
			sym.setting = s
			return sym, true, nil
		}
	}
	number, name := 0, ""
	if s, _, err := symmetry.Identify(ops); err == nil {
		number, name = s.Number, s.Extended
		if sym.setting = rowOf(s.Number, group); sym.setting != nil {
			name = sym.setting.Extended
		}
	}
	if len(named.candidates) > 0 && name != "" && (sym.setting != nil || !named.hasNumber(number)) {
		sym.notes = append(sym.notes, "The file names the space group "+named.text+", but its operations are those of "+name+"; the operations are used.")
	}
	return sym, true, nil
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
	bad        cifToken            // a name that is not known, if nothing better is there
	notes      []string
}

func (n *namedSymmetry) hasNumber(number int) bool {
	return slices.ContainsFunc(n.candidates, func(s *symmetry.Setting) bool { return s.Number == number })
}

// namedSymmetry reads the names of the space group.
func (b *cifBlock) namedSymmetry() (*namedSymmetry, error) {
	n := &namedSymmetry{}
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
			n.bad = t
		}
	}
	code := b.value("_space_group_it_coordinate_system_code", "_symmetry_it_coordinate_system_code")
	for _, tag := range []string{"_space_group_name_h-m_alt", "_symmetry_space_group_name_h-m", "_space_group_name_h-m", "_space_group_name_h-m_full", "_space_group_name_h-m_ref", "_symmetry_space_group_name_h-m_full"} {
		t, ok := b.item(tag)
		if !ok {
			continue
		}
		list, exact := hermannMauguin(text(t.text), code)
		if len(list) == 0 {
			if n.bad.text == nil {
				n.bad = t
			}
			continue
		}
		take(short(strings.Join(strings.Fields(text(t.text)), " "), 40), exact, list, "symbol")
		break
	}
	if t, ok := b.item("_space_group_it_number", "_symmetry_int_tables_number"); ok {
		v, err := cifNumber(t)
		if err != nil || v != math.Trunc(v) || v < 1 || v > 230 {
			if v != 0 || err != nil { // some programs write 0 for "none"
				return nil, &SyntaxError{CIF, int(t.line), "expected a space-group number from 1 to 230, found " + found(t.text)}
			}
		} else {
			var list []*symmetry.Setting
			for _, s := range symmetry.Settings() {
				if s.Number == int(v) && (s.Reference || strings.Contains(s.Extended, ":")) {
					list = append(list, s)
				}
			}
			if len(n.candidates) > 0 && n.hasNumber(int(v)) {
				list = nil // says no more than the symbol
			}
			take(string(t.text), len(list) == 1, list, "number")
		}
	}
	return n, nil
}

// symbolMarkup is what programs put around subscripts in a symbol.
var symbolMarkup = strings.NewReplacer("~", "", "<sub>", "", "</sub>", "", "_", "", "\n", " ")

// hermannMauguin returns the settings that a symbol may mean, as programs write
// it: with spaces or without, with an origin or axes behind a colon, a blank
// (S and Z are origins 1 and 2 in the ICSD) or in brackets, with markup for
// subscripts. The code is an axes code given apart, "h" or "2". The second
// result tells that the symbol leaves no choice.
func hermannMauguin(symbol, code string) ([]*symmetry.Setting, bool) {
	s := symbolMarkup.Replace(symbol)
	lower := strings.ToLower(s)
	for _, o := range []struct{ words, ext string }{
		{"(origin choice 1)", "1"}, {"(origin choice 2)", "2"}, {"origin choice 1", "1"}, {"origin choice 2", "2"},
		{"(hexagonal axes)", "H"}, {"(rhombohedral axes)", "R"}, {"hexagonal axes", "H"}, {"rhombohedral axes", "R"},
	} {
		if i := strings.Index(lower, o.words); i >= 0 && len(lower) == len(s) {
			s, code = s[:i], o.ext
			break
		}
	}
	s = strings.TrimSpace(s)
	base, ext, colon := strings.Cut(s, ":")
	if !colon {
		ext = code
		if i := strings.LastIndexByte(s, ' '); i > 0 && len(s)-i == 2 {
			if e, ok := map[byte]string{'S': "1", 'Z': "2", 'H': "H", 'R': "R", 'h': "H", 'r': "R"}[s[i+1]]; ok {
				base, ext = s[:i], e
			}
		}
	}
	base, ext = strings.TrimSpace(base), strings.ToUpper(strings.TrimSpace(ext))
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

// resolve chooses among the settings that a name may mean.
func (n *namedSymmetry) resolve(l crystal.Lattice, atoms *cifAtoms) (cifSymmetry, error) {
	sym := cifSymmetry{notes: n.notes}
	if n.group != nil {
		sym.group = n.group
		return sym, nil
	}
	if len(n.candidates) == 0 {
		if n.bad.text != nil {
			return sym, &SyntaxError{CIF, int(n.bad.line), "expected a space group, found " + found(n.bad.text)}
		}
		sym.group, _ = symmetry.FromOps(nil)
		sym.notes = append(sym.notes, "The file gives no symmetry: its atoms are taken as the whole cell.")
		return sym, nil
	}
	fitting := fits(l, n.candidates)
	if len(fitting) == 0 {
		// A short symbol may mean another axis or another choice of the cell.
		var same []*symmetry.Setting
		for _, s := range symmetry.Settings() {
			if s.Number == n.candidates[0].Number {
				same = append(same, s)
			}
		}
		if !n.exact || !strings.Contains(n.text, ":") {
			fitting = fits(l, same)
		}
		if len(fitting) > 0 {
			fitting = fitting[:1]
			sym.notes = append(sym.notes, "The cell does not fit "+n.text+" in its usual axes; "+fitting[0].Extended+" is used.")
		} else {
			fitting = n.candidates
		}
	}
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
	if len(fitting) > 1 && len(atoms.sites) > 0 {
		sym.notes = append(sym.notes, "The file names "+n.text+" but not its origin; "+best.Extended+" fits best.")
	}
	sym.setting, sym.group = best, best.Group()
	return sym, nil
}

// fits returns the settings whose operations leave the metric as it is.
func fits(l crystal.Lattice, list []*symmetry.Setting) []*symmetry.Setting {
	var out []*symmetry.Setting
	for _, s := range list {
		if misfit(l, s.Group()) <= 0.01 {
			out = append(out, s)
		}
	}
	return out
}

// implausible weighs what speaks against the operations: atoms in each other's
// way, and contents that differ from the formula.
func implausible(l crystal.Lattice, group *symmetry.Group, atoms *cifAtoms) float64 {
	x, err := expand(l, group.Ops(), atoms.sites)
	if err != nil {
		return 1e6
	}
	score := float64(len(atoms.formulaNote(x))) * 10
	if n := len(x.sites); n <= 600 {
		for i, a := range x.sites {
			for _, b := range x.sites[:i] {
				d := crystal.Frac{nearest(a.Frac[0] - b.Frac[0]), nearest(a.Frac[1] - b.Frac[1]), nearest(a.Frac[2] - b.Frac[2])}
				if a.Occ+b.Occ > 1.02 && !same(l, a.Frac, b.Frac) && l.Cart(d).Norm() < 0.75*(a.Z.CovalentRadius()+b.Z.CovalentRadius()) {
					score += 100 / float64(n)
				}
			}
		}
	}
	return score
}
