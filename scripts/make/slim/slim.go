// Package slim takes from a WebAssembly program of the Go linker what only
// stack traces need. The linker's -s and -w leave the tables of function names,
// files, lines and inlined calls in, about a third of the compressed size of
// the engine; nothing else in a program without profiler and logger reads them.
//
// What goes: file and line tables, names of functions, argument descriptions
// for traces, inlining trees, and the safe points of asynchronous preemption,
// which WebAssembly has not. What stays, since the runtime decides by it:
//
//   - the prefix "runtime." of names (system goroutines), names of the stubs of
//     package reflect (their frames' pointer maps) and of wrappers of methods (the
//     message about a nil receiver is made of them);
//   - the inlining tree of wrappers and of functions that call recover: recover
//     counts the frames between itself and the panic, inlined ones too;
//   - stack sizes, pointer maps, deferred calls.
//
// A stack trace of the result has frames without names, as in "?:0". The layout
// of the tables is that of Go 1.20 to 1.27 (runtime/symtab.go, pcHeader and
// moduledata); Strip refuses what looks different.
package slim

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Strip returns the module without what stack traces need. The module must be
// the linker's output; an error leaves the caller with that.
func Strip(module []byte) ([]byte, error) {
	list, err := sections(module)
	if err != nil {
		return nil, err
	}
	imported, data := 0, -1
	var code [][]byte
	for i, s := range list {
		switch s.id {
		case importSection:
			imported, err = imports(s.body)
		case codeSection:
			code, err = functions(s.body)
		case dataSection:
			data = i
		}
		if err != nil {
			return nil, err
		}
	}
	if data < 0 {
		return nil, errModule
	}
	mem, err := memory(list[data].body)
	if err != nil {
		return nil, err
	}
	t, err := find(mem)
	if err != nil {
		return nil, err
	}
	if err := t.strip(code, imported); err != nil {
		return nil, err
	}
	list[data].body = segments(mem)
	return assemble(list), nil
}

var errLayout = errors.New("slim: the tables of this Go version have another layout")

// span is a part of the memory.
type span struct{ from, to int }

// tables are the parts of the symbol tables in the memory.
type tables struct {
	mem                                        []byte
	names, units, files, values, funcs, gofunc span
	count                                      int // functions
}

var order = binary.LittleEndian

// header is how the tables begin: magic, two zeros, instruction and pointer size.
var header = []byte{0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8}

// Offsets of fields in the runtime's record of the module, runtime.moduledata.
const (
	findFuncTab = 152
	goFunc      = 320      // up to Go 1.26
	goFunc127   = 320 + 24 // three words more: typedesclen, itaboffset, itabsize
)

// find looks for the header of the tables and for the runtime's record of the
// module, which points to it, and checks one against the other.
func find(mem []byte) (*tables, error) {
	var found []*tables
	for _, at := range aligned(mem, header) {
		for _, module := range aligned(mem, order.AppendUint64(nil, uint64(at))) {
			for _, gofunc := range []int{goFunc, goFunc127} {
				if t := match(mem, at, module, gofunc); t != nil {
					found = append(found, t)
				}
			}
		}
	}
	if len(found) != 1 {
		return nil, fmt.Errorf("%w: %d module records found", errLayout, len(found))
	}
	return found[0], nil
}

// aligned returns where a pattern lies at multiples of eight.
func aligned(mem, pattern []byte) []int {
	var list []int
	for at := 0; ; {
		next := bytes.Index(mem[at:], pattern)
		if next < 0 {
			return list
		}
		if at += next; at%8 == 0 {
			list = append(list, at)
		}
		at++
	}
}

// match reads the header at one place and the module's record at another, whose
// field gofunc has the given offset and epclntab the next. It returns nil if
// they do not belong together.
func match(mem []byte, at, module, gofunc int) *tables {
	word := func(at int) int {
		if at+8 > len(mem) || order.Uint64(mem[at:]) >= uint64(len(mem)) {
			return -1
		}
		return int(order.Uint64(mem[at:]))
	}
	slice := func(i, size int) span { // field i of those after the pointer to the header
		field := module + 8 + 24*i
		p, n, c := word(field), word(field+8), word(field+16)
		if p < 0 || n < 0 || n != c || p+n*size > len(mem) {
			return span{-1, -1}
		}
		return span{p, p + n*size}
	}
	offset := func(i int) int { return at + word(at+32+8*i) }
	t := &tables{
		mem: mem, count: word(at + 8),
		names: slice(0, 1), units: slice(1, 4), files: slice(2, 1), values: slice(3, 1), funcs: slice(4, 1),
		gofunc: span{word(module + gofunc), word(module + findFuncTab)}, // up to the index by program counter
	}
	for i, part := range []span{t.names, t.units, t.files, t.values, t.funcs} {
		if part.from < 0 || part.from != offset(i) {
			return nil
		}
	}
	if index := slice(5, 8); t.count <= 0 || index.from != t.funcs.from || index.to != index.from+8*(t.count+1) {
		return nil
	}
	if t.gofunc.from < t.funcs.from || t.gofunc.to <= t.gofunc.from || word(module+gofunc+8) < t.gofunc.to {
		return nil
	}
	t.funcs.to = t.gofunc.from
	return t
}

// A function's record, runtime._func: offsets of its fields.
const (
	entryOff    = 0
	nameOff     = 4
	spTable     = 16
	fileTable   = 20
	lineTable   = 24
	valuesCount = 28
	unitOff     = 32
	startLine   = 36
	funcID      = 40
	dataCount   = 43
	recordSize  = 44

	firstEntry = 0x1000 // program counter of the first function, in functions

	// Tables of values by program counter.
	unsafePoint = 0
	inlineIndex = 2
	argLive     = 3

	// Data of a function.
	inlineTree  = 3
	argInfo     = 5
	argLiveInfo = 6
	wrapInfo    = 7

	none    = ^uint32(0)
	wrapper = 23 // abi.FuncIDWrapper
)

// identified are special functions, whose numbers (abi.FuncID) tell whether
// that of wrappers is right: it is the last.
var identified = map[string]byte{"runtime.gopanic": 10, "runtime.systemstack_switch": wrapper - 1}

// record is one function.
type record struct {
	at     int // of the record in the memory
	name   string
	values []int // where the offsets of its tables by program counter lie: stack size, then unsafePoint …
	data   []int // likewise of its data
}

// strip empties the records of what only traces read, then moves what is still
// referred to together and clears the rest.
func (t *tables) strip(code [][]byte, imported int) error {
	records, err := t.records()
	if err != nil {
		return err
	}
	if len(records) != len(code) {
		return errLayout
	}
	var recovers []byte // the instruction that calls recover
	for i, f := range records {
		if t.u32(f.at+entryOff) != uint32(i+firstEntry) {
			return errLayout
		}
		if f.name == "runtime.gorecover" {
			recovers = appendInt([]byte{callOp}, int64(imported+i))
		}
	}
	blocks, err := t.blocks(records)
	if err != nil {
		return err
	}
	names := table{data: []byte{0}, moved: map[string]uint32{"\x00": 0}}
	values := table{data: []byte{0}, moved: map[string]uint32{}}
	data := table{moved: map[string]uint32{}}
	for i, f := range records {
		id := t.mem[f.at+funcID]
		inlined := id == wrapper || recovers != nil && bytes.Contains(code[i], recovers)
		t.put(f.at+nameOff, names.add(keptName(f.name, id)+"\x00", 1, 0))
		t.put(f.at+fileTable, 0)
		t.put(f.at+lineTable, 0)
		t.put(f.at+unitOff, none)
		t.put(f.at+startLine, 0)
		for i, at := range f.values {
			switch from := t.u32(at); {
			case i == unsafePoint+1 || i == argLive+1 || i == inlineIndex+1 && !inlined:
				t.put(at, 0)
			case from != 0:
				content, err := t.valueTable(from)
				if err != nil {
					return err
				}
				t.put(at, values.add(content, 1, 0))
			}
		}
		for i, at := range f.data {
			switch from := t.u32(at); {
			case i == argInfo || i == argLiveInfo || i == wrapInfo || i == inlineTree && !inlined:
				t.put(at, none)
			case from != none:
				content := string(t.mem[t.gofunc.from+int(from) : t.gofunc.from+blocks[from]])
				if i == inlineTree {
					content = anonymous(content)
				}
				t.put(at, data.add(content, 8, from%8))
			}
		}
	}
	clear(t.mem[t.units.from:t.units.to])
	clear(t.mem[t.files.from:t.files.to])
	for _, part := range []struct {
		span
		data []byte
	}{{t.names, names.data}, {t.values, values.data}, {t.gofunc, data.data}} {
		if len(part.data) > part.to-part.from {
			return errLayout
		}
		clear(t.mem[part.from:part.to])
		copy(t.mem[part.from:], part.data)
	}
	return nil
}

// keptName is the part of a function's name by which the runtime decides.
func keptName(name string, id byte) string {
	switch {
	case strings.HasPrefix(name, "runtime."):
		return "runtime."
	case name == "reflect.makeFuncStub", name == "reflect.methodValueCall", id == wrapper && strings.Contains(name, ".(*"):
		return name
	}
	return ""
}

// anonymous clears names and lines in an inlining tree (runtime.inlinedCall).
func anonymous(tree string) string {
	const size = 16
	b := []byte(tree)
	for at := 0; at+size <= len(b); at += size {
		clear(b[at+4 : at+8])
		clear(b[at+12 : at+16])
	}
	return string(b)
}

// table is one of the tables being written anew, each content once.
type table struct {
	data  []byte
	moved map[string]uint32
}

// add returns the offset of a content, whose remainder by align is as given.
func (t *table) add(content string, align, remainder uint32) uint32 {
	key := content
	if align > 1 {
		key += string(rune('0' + remainder))
	}
	if at, ok := t.moved[key]; ok {
		return at
	}
	for uint32(len(t.data))%align != remainder {
		t.data = append(t.data, 0)
	}
	at := uint32(len(t.data))
	t.data = append(t.data, content...)
	t.moved[key] = at
	return at
}

// records reads the records of all functions, in the order of the code section.
func (t *tables) records() ([]record, error) {
	var list []record
	known := 0
	for i := range t.count {
		at := t.funcs.from + int(t.u32(t.funcs.from+8*i+4))
		if at+recordSize > t.funcs.to {
			return nil, errLayout
		}
		values, data := int(t.u32(at+valuesCount)), int(t.mem[at+dataCount])
		name := t.names.from + int(t.u32(at+nameOff))
		if values > 16 || data > 16 || at+recordSize+4*(values+data) > t.funcs.to || name >= t.names.to {
			return nil, errLayout
		}
		length := bytes.IndexByte(t.mem[name:t.names.to], 0)
		if length < 0 {
			return nil, errLayout
		}
		f := record{at: at, name: string(t.mem[name : name+length]), values: []int{at + spTable}}
		for v := range values {
			f.values = append(f.values, at+recordSize+4*v)
		}
		for d := range data {
			f.data = append(f.data, at+recordSize+4*(values+d))
		}
		if id, ok := identified[f.name]; ok {
			if t.mem[at+funcID] != id {
				return nil, fmt.Errorf("%w: %s is function %d, expected %d", errLayout, f.name, t.mem[at+funcID], id)
			}
			known++
		}
		list = append(list, f)
	}
	if known != len(identified) {
		return nil, fmt.Errorf("%w: functions of the runtime have no names (stripped before?)", errLayout)
	}
	return list, nil
}

// blocks returns where each piece of function data ends: where the next one
// begins, since they lie side by side.
func (t *tables) blocks(records []record) (map[uint32]int, error) {
	starts := []int{t.gofunc.to - t.gofunc.from}
	for _, f := range records {
		for _, at := range f.data {
			if from := t.u32(at); from != none {
				starts = append(starts, int(from))
			}
		}
	}
	slices.Sort(starts)
	starts = slices.Compact(starts)
	ends := map[uint32]int{}
	for i, from := range starts[:len(starts)-1] {
		ends[uint32(from)] = starts[i+1]
	}
	if starts[len(starts)-1] != t.gofunc.to-t.gofunc.from {
		return nil, errLayout
	}
	return ends, nil
}

// valueTable returns the bytes of a table of values by program counter: pairs
// of differences, ended by a zero that does not come first.
func (t *tables) valueTable(from uint32) (string, error) {
	start := t.values.from + int(from)
	if start >= t.values.to {
		return "", errLayout
	}
	r := reader{data: t.mem[start:t.values.to]}
	for first := true; ; first = false {
		if r.uint() == 0 && !first {
			break
		}
		r.uint()
		if r.failed {
			return "", errLayout
		}
	}
	return string(t.mem[start : t.values.to-len(r.data)]), nil
}

func (t *tables) u32(at int) uint32    { return order.Uint32(t.mem[at:]) }
func (t *tables) put(at int, v uint32) { order.PutUint32(t.mem[at:], v) }
