package source

import (
	"bytes"
	"strconv"
	"strings"
)

// cifKind is the kind of a CIF token.
type cifKind uint8

const (
	cifEnd    cifKind = iota
	cifTag            // _cell_length_a
	cifValue          // a bare word
	cifString         // in quotes, or a text field between lines that begin with ;
	cifData           // data_name
	cifLoop           // loop_
	cifSave           // save_name, or save_ at the end of a frame
	cifOther          // global_, stop_
)

// cifToken is a token of a CIF. Its text is a part of the file.
type cifToken struct {
	kind cifKind
	line int32
	pos  int32 // of a bare word in the file
	text []byte
}

// missing tells whether the token stands for no value: ? or a dot. Programs
// also write '?' and ” in quotes.
func (t cifToken) missing() bool {
	switch len(t.text) {
	case 0:
		return true
	case 1:
		return t.text[0] == '?' || t.text[0] == '.' && t.kind != cifString
	}
	return len(bytes.TrimSpace(t.text)) == 0
}

// cifLexer cuts a CIF 1.1 file into tokens; of CIF 2.0 it knows the triple
// quotes, and lists and tables, which are one token. It never fails: what is
// not closed ends with its line or the file.
type cifLexer struct {
	data []byte
	pos  int
	line int32
	two  bool // CIF 2.0
	open int  // brackets met that do not close
}

func newCIFLexer(data []byte) *cifLexer {
	return &cifLexer{data: data, line: 1, two: bytes.HasPrefix(data, []byte("#\\#CIF_2"))}
}

// newline steps over the end of a line at pos and reports whether there was one.
func (l *cifLexer) newline() bool {
	if l.pos >= len(l.data) {
		return false
	}
	switch l.data[l.pos] {
	case '\n':
		l.pos++
	case '\r':
		l.pos++
		if l.pos < len(l.data) && l.data[l.pos] == '\n' {
			l.pos++
		}
	default:
		return false
	}
	l.line++
	return true
}

func isEnd(c byte) bool { return c == '\n' || c == '\r' }

// isBlank tells white space; zeros and the end-of-file byte of DOS are taken
// for it.
func isBlank(c byte) bool {
	return c == ' ' || c == '\t' || c == '\v' || c == '\f' || c == 0 || c == 0x1a
}

// atLineStart tells whether pos is the first byte of a line.
func (l *cifLexer) atLineStart() bool { return l.pos == 0 || isEnd(l.data[l.pos-1]) }

// next returns the next token.
func (l *cifLexer) next() cifToken {
	for l.pos < len(l.data) {
		c := l.data[l.pos]
		switch {
		case l.newline():
		case isBlank(c):
			l.pos++
		case c == '#':
			for l.pos < len(l.data) && !isEnd(l.data[l.pos]) {
				l.pos++
			}
		case c == ';' && l.atLineStart():
			return l.textField()
		case c == '\'' || c == '"':
			return l.quoted(c)
		case c == 0xe2 && l.curly() > 0:
			t := cifToken{kind: cifString, line: l.line, text: l.data[l.pos+3 : l.pos+l.curly()]}
			l.pos += l.curly() + 3
			return t
		case (c == '[' || c == '{') && l.open < 100:
			if t, ok := l.list(); ok {
				return t
			}
			l.open++
			return l.word()
		default:
			return l.word()
		}
	}
	return cifToken{kind: cifEnd, line: l.line}
}

// textField reads from the ; that opens a text field to the one that closes
// it at the start of a line.
func (l *cifLexer) textField() cifToken {
	t := cifToken{kind: cifString, line: l.line}
	l.pos++
	start := l.pos
	for l.pos < len(l.data) {
		end := l.pos
		if l.newline() {
			if l.pos < len(l.data) && l.data[l.pos] == ';' {
				l.pos++
				t.text = l.data[start:end]
				return t
			}
			continue
		}
		l.pos++
	}
	t.text = l.data[start:]
	return t
}

// quoted reads a quoted string: it ends at a quote before white space, so that
// 'a dog's life' is one string.
func (l *cifLexer) quoted(q byte) cifToken {
	t := cifToken{kind: cifString, line: l.line}
	if triple := []byte{q, q, q}; bytes.HasPrefix(l.data[l.pos:], triple) && (l.two || l.closes(triple)) {
		l.pos += 3
		start := l.pos
		for l.pos < len(l.data) && !bytes.HasPrefix(l.data[l.pos:], triple) {
			if !l.newline() {
				l.pos++
			}
		}
		t.text = l.data[start:l.pos]
		l.pos = min(l.pos+3, len(l.data))
		return t
	}
	l.pos++
	start := l.pos
	for ; l.pos < len(l.data) && !isEnd(l.data[l.pos]); l.pos++ {
		if l.data[l.pos] != q {
			continue
		}
		if n := l.pos + 1; n == len(l.data) || isEnd(l.data[n]) || isBlank(l.data[n]) || l.two && (l.data[n] == ']' || l.data[n] == '}') {
			t.text = l.data[start:l.pos]
			l.pos++
			return t
		}
	}
	t.text = bytes.TrimRight(l.data[start:l.pos], " \t")
	return t
}

// curly returns how far behind the quote of a word processor that stands next,
// “ or ‘, the one is that closes it on the same line before white space; 0 if
// there is none.
func (l *cifLexer) curly() int {
	line, _ := cutLine(l.data[l.pos:min(len(l.data), l.pos+400)], 0)
	for _, q := range []struct{ open, close string }{{"“", "”"}, {"‘", "’"}} {
		if !bytes.HasPrefix(line, []byte(q.open)) {
			continue
		}
		for at := 3; at < len(line); {
			n := bytes.Index(line[at:], []byte(q.close))
			if n < 0 {
				break
			}
			if at += n; at+3 == len(line) || isBlank(line[at+3]) {
				return at
			}
			at += 3
		}
	}
	return 0
}

// closes tells whether three quotes that open a string close on the same line,
// as only CIF 2.0 has them.
func (l *cifLexer) closes(triple []byte) bool {
	line, _ := cutLine(l.data[l.pos+3:min(len(l.data), l.pos+400)], 0)
	at := bytes.Index(line, triple)
	return at > 0 && (at+3 == len(line) || isBlank(line[at+3]))
}

// list reads a list [1 2 3] or a table of CIF 2.0 as one value. Files that do
// not say which CIF they are may have one too, on one line; then what follows
// the last bracket must be white space, or it is no list.
func (l *cifLexer) list() (cifToken, bool) {
	t := cifToken{kind: cifValue, line: l.line, pos: int32(l.pos)}
	end := min(len(l.data), l.pos+4096)
	if l.two {
		end = min(len(l.data), l.pos+1<<18)
	}
	var quote byte
	depth, line := 0, l.line
	for i := l.pos; i < end; i++ {
		switch c := l.data[i]; {
		case isEnd(c):
			if !l.two {
				return t, false
			}
			if quote = 0; c == '\n' || i+1 == len(l.data) || l.data[i+1] != '\n' {
				line++
			}
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case (c == '\'' || c == '"') && l.two:
			quote = c
		case c == '[' || c == '{':
			depth++
		case c == ']' || c == '}':
			if depth--; depth > 0 {
				continue
			}
			if n := i + 1; !l.two && n < len(l.data) && !isEnd(l.data[n]) && !isBlank(l.data[n]) {
				return t, false
			}
			t.text = l.data[l.pos : i+1]
			l.pos, l.line = i+1, line
			return t, true
		}
	}
	return t, false
}

// word reads a bare word and tells keywords from values. A number may have a
// blank before its standard uncertainty: 5.64 (1).
func (l *cifLexer) word() cifToken {
	start := l.pos
	for l.pos < len(l.data) && !isEnd(l.data[l.pos]) && !isBlank(l.data[l.pos]) {
		l.pos++
	}
	t := cifToken{kind: cifValue, line: l.line, pos: int32(start), text: l.data[start:l.pos]}
	if end := l.uncertainty(); end > 0 {
		if _, ok := parseFloat(t.text); ok {
			l.pos, t.text = end, l.data[start:end]
		}
	}
	switch w := t.text; {
	case w[0] == '_' && len(w) > 1:
		t.kind = cifTag
	case hasFold(w, "data_"):
		t.kind, t.text = cifData, w[5:]
	case hasFold(w, "loop_") && len(w) == 5:
		t.kind = cifLoop
	case hasFold(w, "save_"):
		t.kind, t.text = cifSave, w[5:]
	case hasFold(w, "global_") && len(w) == 7, hasFold(w, "stop_") && len(w) == 5:
		t.kind = cifOther
	}
	return t
}

// uncertainty returns where " (1)" ends that stands next, 0 if it does not.
func (l *cifLexer) uncertainty() int {
	i := l.pos
	for i < len(l.data) && i < l.pos+20 && (l.data[i] == ' ' || l.data[i] == '\t') {
		i++
	}
	if i == l.pos || i >= len(l.data) || l.data[i] != '(' {
		return 0
	}
	digits := i + 1
	for i = digits; i < len(l.data) && i < digits+8 && (l.data[i] >= '0' && l.data[i] <= '9' || l.data[i] == '.'); i++ {
	}
	if i == digits || i >= len(l.data) || l.data[i] != ')' {
		return 0
	}
	if i++; i < len(l.data) && !isEnd(l.data[i]) && !isBlank(l.data[i]) {
		return 0
	}
	return i
}

// cifLoopData is a loop of a block. Only the columns that are of use are kept.
type cifLoopData struct {
	line   int32    // of loop_
	column []string // names of the columns kept
	cells  []cifToken
}

func (d *cifLoopData) rows() int {
	if len(d.column) == 0 {
		return 0
	}
	return len(d.cells) / len(d.column)
}

// at returns a cell; the zero token, which is missing, for a column of −1.
func (d *cifLoopData) at(row, column int) cifToken {
	if column < 0 {
		return cifToken{}
	}
	return d.cells[row*len(d.column)+column]
}

// col returns the number of the first of the columns that is there, or −1.
func (d *cifLoopData) col(names ...string) int {
	for _, name := range names {
		for i, c := range d.column {
			if c == name {
				return i
			}
		}
	}
	return -1
}

// cifBlock holds what is of use in one data block.
type cifBlock struct {
	name  string
	line  int32               // of data_
	items map[string]cifToken // also of loops with one row
	loops []*cifLoopData
	notes []string
}

// item returns the first of the items that has a value.
func (b *cifBlock) item(names ...string) (cifToken, bool) {
	for _, name := range names {
		if t, ok := b.items[name]; ok && !t.missing() {
			return t, true
		}
	}
	return cifToken{}, false
}

// value returns the first of the items that has a value as text, on one line.
func (b *cifBlock) value(names ...string) string {
	t, _ := b.item(names...)
	return strings.Join(strings.Fields(cifText(t.text)), " ")
}

// list returns the values of a column, whether it stands in a loop or alone.
func (b *cifBlock) list(names ...string) []cifToken {
	for _, l := range b.loops {
		if c := l.col(names...); c >= 0 {
			list := make([]cifToken, l.rows())
			for i := range list {
				list[i] = l.at(i, c)
			}
			return list
		}
	}
	if t, ok := b.item(names...); ok {
		return []cifToken{t}
	}
	return nil
}

// cifName folds a tag to the form used here: lower case and, as in CIF before
// the dictionaries got dots, underscores only.
func cifName(tag []byte) string {
	if len(tag) > 80 {
		return ""
	}
	return strings.ReplaceAll(strings.ToLower(string(tag)), ".", "_")
}

// cifWanted tells whether a tag is of use.
func cifWanted(name string) bool {
	for _, p := range [...]string{
		"_cell_length_", "_cell_angle_", "_cell_formula_units_z", "_cell_modulation_dimension", "_cell_subsystem_code",
		"_symmetry_", "_space_group_", "_atom_site_", "_chemical_name_", "_chemical_formula_",
		"_journal_", "_publ_author_name", "_database_code_", "_cod_database_code", "_citation_",
	} {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	return false
}

// parseCIF sorts a file into its blocks. What stands before the first data_ is
// a block of its own if it holds tags.
func parseCIF(data []byte) ([]*cifBlock, error) {
	lex := newCIFLexer(data)
	var blocks []*cifBlock
	var b *cifBlock
	block := func() *cifBlock {
		if b == nil {
			b = &cifBlock{items: map[string]cifToken{}}
			blocks = append(blocks, b)
		}
		return b
	}
	t := lex.next()
	wanted := false // the last item is of use
	tried := 0      // up to here a list without loop_ has been looked for
	for t.kind != cifEnd {
		switch t.kind {
		case cifData:
			b = nil
			if len(blocks) >= 10*maxBlocks {
				return blocks, nil
			}
			block().name, block().line = text(t.text), t.line
			wanted = false
			t = lex.next()
		case cifSave:
			// A frame belongs to a dictionary: leave it out.
			for open := len(t.text) > 0; open; {
				t = lex.next()
				open = t.kind != cifEnd && !(t.kind == cifSave && len(t.text) == 0)
			}
			t = lex.next()
		case cifLoop:
			var err error
			if t, err = lex.loop(block(), t.line); err != nil {
				return nil, err
			}
			wanted = false
		case cifTag:
			name := cifName(t.text)
			before, line := *lex, t.line
			t = lex.next()
			if t.kind == cifTag && cifStrict(name) && before.pos >= tried {
				// Tags without values may be a list that has lost its loop_.
				next, end, ok := before.lostLoop(block(), name, line)
				if tried = end; ok {
					*lex, t = before, next
					wanted = false
				}
				continue
			}
			if t.kind != cifValue && t.kind != cifString {
				continue
			}
			value := t
			t = lex.more(&value)
			keep := cifWanted(name)
			wanted = keep && cifStrict(name)
			if keep {
				if _, twice := block().items[name]; !twice {
					b.items[name] = value
				}
			} else {
				block()
			}
		default:
			if wanted && t.kind == cifValue {
				return nil, &SyntaxError{CIF, int(t.line), "expected a tag or loop_, found " + found(t.text)}
			}
			t = lex.next()
		}
	}
	return blocks, nil
}

// more returns the token behind the value of an item. Without quotes the rest
// of the line belongs to the value: P 1 21/c 1; behind a quoted one it is
// passed over.
func (l *cifLexer) more(value *cifToken) cifToken {
	t := l.next()
	for (t.kind == cifValue || t.kind == cifString) && t.line == value.line && !bytes.ContainsAny(value.text, "\r\n") {
		if value.kind == cifValue {
			value.text = l.data[value.pos:l.pos]
		}
		t = l.next()
	}
	return t
}

// cifStrict tells whether stray words behind an item are an error, since they
// may be a list that has lost its loop_.
func cifStrict(name string) bool {
	for _, p := range [...]string{"_cell_", "_symmetry_", "_space_group_", "_atom_site_"} {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	return false
}

// loop reads a loop from behind its loop_ and returns the token after it.
func (l *cifLexer) loop(b *cifBlock, line int32) (cifToken, error) {
	d := &cifLoopData{line: line}
	var keep []bool
	t := l.next()
	for t.kind == cifTag {
		name := cifName(t.text)
		k := cifWanted(name)
		keep = append(keep, k)
		if k {
			d.column = append(d.column, name)
		}
		t = l.next()
	}
	n, torn := 0, false
	last := line
	start, head := *l, t
	if op := d.col(tornTags[:]...); op >= 0 {
		// Operations often stand without quotes, "-x, y, -z": what is left of a
		// line after the other columns is one operation.
		if t, ok := l.symops(d, keep, op, t); ok {
			b.add(d)
			return t, nil
		}
	}
	for t.kind == cifValue || t.kind == cifString {
		if len(keep) > 0 && keep[n%len(keep)] {
			d.cells = append(d.cells, t)
			if len(d.cells) > len(d.column)*(MaxSites+1) {
				return t, &SyntaxError{CIF, int(t.line), "expected at most " + count(MaxSites) + " rows, found more"}
			}
		}
		n++
		last = t.line
		torn = torn || t.plus()
		t = l.next()
	}
	if len(d.column) == 0 {
		return t, nil
	}
	if torn = torn && d.col("_atom_site_type_symbol", "_atom_site_label") >= 0 || d.shifted(); torn && n%len(keep) == 0 {
		// "0.8Nb 0.2Zr" without quotes, and by chance whole rows of values.
		*l = start
		l.rowsByLine(b, d, keep, head)
		b.add(d)
		return l.behind(start, head), nil
	}
	if extra := n % len(keep); extra != 0 {
		*l = start
		if !l.rowsByLine(b, d, keep, head) && (t.kind != cifEnd || n < len(keep) && d.col("_atom_site_fract_x", "_atom_site_cartn_x") >= 0) {
			return t, &SyntaxError{CIF, int(last), "expected " + count(len(keep)) + " values in each row, found " + count(extra) + " in the last"}
		}
		if cut := d.rows() * len(d.column); cut < len(d.cells) {
			d.cells = d.cells[:cut]
			b.notes = append(b.notes, "The file ends within a row of its last list, line "+strconv.Itoa(int(last))+"; that row is left out.")
		}
		t = l.behind(start, head)
	}
	b.add(d)
	return t, nil
}

// behind goes back to where the lexer has read the first value of a loop, and on
// to the token behind the last.
func (l *cifLexer) behind(start cifLexer, t cifToken) cifToken {
	for *l = start; t.kind == cifValue || t.kind == cifString; {
		t = l.next()
	}
	return t
}

// lostLoop reads a list whose loop_ is missing, from behind its first tag: at
// least three tags of one category and whole rows of values. It returns the
// token behind it, and false, without having changed the block, for anything
// else; and how far it has looked.
func (l *cifLexer) lostLoop(b *cifBlock, first string, line int32) (cifToken, int, bool) {
	category := func(name string) string {
		for _, p := range [...]string{"_atom_site_aniso_", "_atom_site_", "_symmetry_equiv_", "_space_group_symop_"} {
			if strings.HasPrefix(name, p) {
				return p
			}
		}
		return ""
	}
	at := *l
	width, values := 1, 0
	t := at.next()
	for ; t.kind == cifTag && category(cifName(t.text)) == category(first); t = at.next() {
		width++
	}
	if category(first) == "" || width < 3 {
		return t, at.pos, false
	}
	for t.kind == cifValue || t.kind == cifString {
		values++
		t = at.next()
	}
	if values == 0 || values%width != 0 || values > width*(MaxSites+1) {
		return t, at.pos, false
	}
	d := &cifLoopData{line: line, column: []string{first}}
	for t = l.next(); t.kind == cifTag; t = l.next() {
		d.column = append(d.column, cifName(t.text))
	}
	for t.kind == cifValue || t.kind == cifString {
		d.cells = append(d.cells, t)
		t = l.next()
	}
	b.add(d)
	b.notes = append(b.notes, "The list of line "+strconv.Itoa(int(line))+" has no loop_ before it; it is read as if it had.")
	return t, l.pos, true
}

// add takes a loop into the block. One of a single row holds the same as items
// outside a loop.
func (b *cifBlock) add(d *cifLoopData) {
	b.loops = append(b.loops, d)
	if d.rows() != 1 {
		return
	}
	for i, name := range d.column {
		if _, twice := b.items[name]; !twice && !strings.HasPrefix(name, "_atom_site_") {
			b.items[name] = d.cells[i]
		}
	}
}

// rowsByLine reads a loop with a wrong number of values again, a row on each
// line, and leaves out lines that hold another number, with a note. It reports
// false, and changes nothing but the place of the lexer, unless most lines are
// in order. The first token of the loop is given.
func (l *cifLexer) rowsByLine(b *cifBlock, d *cifLoopData, keep []bool, t cifToken) bool {
	var cells, row []cifToken
	var bad []string
	good, wrong := 0, 0
	for t.kind == cifValue || t.kind == cifString {
		line := t.line
		before, n := len(cells), 0
		row = row[:0]
		for (t.kind == cifValue || t.kind == cifString) && t.line == line {
			if len(row) <= 2*len(keep)+16 {
				row = append(row, t)
			}
			t = l.next()
		}
		row = d.joined(row, keep)
		for ; n < len(row); n++ {
			if n < len(keep) && keep[n] && len(cells) <= len(d.cells) {
				cells = append(cells, row[n])
			}
		}
		if n == len(keep) {
			good++
			continue
		}
		cells = cells[:before]
		if wrong++; len(bad) < 4 {
			bad = append(bad, strconv.Itoa(int(line)))
		}
	}
	if good == 0 || wrong > good {
		return false
	}
	d.cells = cells
	if wrong == 0 {
		return true
	}
	what := "Line " + bad[0] + " does"
	if wrong > 1 {
		what = "Lines " + join(bad, 3) + " do"
	}
	b.notes = append(b.notes, what+" not hold the "+count(len(keep))+" values of a row and cannot be read.")
	return true
}

// plus tells whether a token is a plus sign by itself, which no item has for a
// value: it stands between the parts of a mixed site.
func (t cifToken) plus() bool { return t.kind == cifValue && len(t.text) == 1 && t.text[0] == '+' }

// shifted tells whether values of a list of atoms stand in the wrong columns, as
// they do behind a value of several words: a coordinate is no number.
func (d *cifLoopData) shifted() bool {
	at := d.col("_atom_site_fract_x", "_atom_site_cartn_x")
	for row := range d.rows() {
		if t := d.at(row, at); at >= 0 && !t.missing() {
			if _, err := cifNumber(t); err != nil {
				return true
			}
		}
	}
	return false
}

// joined makes one value of words that stand without quotes in a row of atoms:
// as many as the row has too many, where its coordinates come out as numbers
// and its symbol as elements. That of a mixed site, 0.8Nb + 0.2Zr, is tried
// first, then any other. The row stays as it is if nothing fits.
func (d *cifLoopData) joined(row []cifToken, keep []bool) []cifToken {
	extra := len(row) - len(keep)
	if extra <= 0 || extra > 12 || d.col("_atom_site_fract_x", "_atom_site_cartn_x") < 0 {
		return row
	}
	at := func(name string) int { // the place of a column among all
		for i, n := 0, -1; i < len(keep); i++ {
			if keep[i] {
				n++
			}
			if keep[i] && d.column[n] == name {
				return i
			}
		}
		return -1
	}
	symbol := at("_atom_site_type_symbol")
	order := []int{symbol, at("_atom_site_label")}
	for i := range keep {
		order = append(order, i)
	}
	for _, c := range order {
		if c < 0 {
			continue
		}
		out := append(append([]cifToken{}, row[:c]...), cifToken{kind: cifString, line: row[c].line})
		var words [][]byte
		fits := true
		for i, t := range row[c : c+extra+1] {
			words = append(words, t.text)
			_, number := parseFraction(bareNumber(t.text))
			fits = fits && !(number && i > 0) // it may be a value that has no column
		}
		out[c].text = bytes.Join(words, []byte(" "))
		out = append(out, row[c+extra+1:]...)
		if parts, _ := mixture(short(text(out[c].text), 80)); c == symbol && len(parts) > 1 {
			fits = true
		}
		fits = fits && (symbol < 0 || (&species{}).knows(text(out[symbol].text)))
		for _, name := range []string{"fract_x", "fract_y", "fract_z", "cartn_x", "cartn_y", "cartn_z", "occupancy", "u_iso_or_equiv", "b_iso_or_equiv"} {
			if k := at("_atom_site_" + name); k >= 0 && !out[k].missing() {
				_, err := cifNumber(out[k])
				fits = fits && err == nil && k != c
			}
		}
		if fits {
			return out
		}
	}
	return row
}

// symopTags are the tags of symmetry operations, the present one first.
var symopTags = [...]string{"_space_group_symop_operation_xyz", "_symmetry_equiv_pos_as_xyz"}

// tornTags are the columns whose values often lack the quotes that their
// blanks ask for.
var tornTags = [...]string{symopTags[0], symopTags[1], "_space_group_symop_magn_operation_xyz", "_space_group_symop_ssg_operation_algebraic",
	"_space_group_name_h-m_alt", "_symmetry_space_group_name_h-m"}

// symops reads a loop of operations line by line, if its first operation is a
// bare word with less than two commas; the loop then holds only the
// operations. It returns the token after the loop, and false, without having
// read anything, for a loop in good order.
func (l *cifLexer) symops(d *cifLoopData, keep []bool, op int, t cifToken) (cifToken, bool) {
	start, first := *l, t
	before, after := 0, 0 // columns around the operation
	for i, n := 0, -1; i < len(keep); i++ {
		if keep[i] {
			n++
		}
		switch {
		case n < op:
			before++
		case !keep[i] || n > op:
			after++
		}
	}
	var rows []cifToken
	torn := false
	for t.kind == cifValue || t.kind == cifString {
		line := t.line
		var words []cifToken
		for (t.kind == cifValue || t.kind == cifString) && t.line == line {
			if len(words) < 50 {
				words = append(words, t)
			}
			t = l.next()
		}
		if len(words) <= before+after || len(rows) > MaxSites {
			*l = start
			return first, false
		}
		words = words[before : len(words)-after]
		from, to := words[0], words[len(words)-1]
		if len(words) > 1 && from.kind == cifValue && to.kind == cifValue {
			torn = true
			from.text = l.data[from.pos : int(to.pos)+len(to.text)]
		}
		rows = append(rows, from)
	}
	if !torn {
		*l = start
		return first, false
	}
	d.column, d.cells = d.column[op:op+1], rows
	return t, true
}
