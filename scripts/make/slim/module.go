package slim

import (
	"bytes"
	"errors"
	"fmt"
)

// Sections of a WebAssembly module that matter here.
const (
	importSection = 2
	codeSection   = 10
	dataSection   = 11
)

var errModule = errors.New("slim: not a WebAssembly module of the Go linker")

type section struct {
	id   byte
	body []byte
}

// sections splits a module. The bodies alias it.
func sections(module []byte) ([]section, error) {
	if !bytes.HasPrefix(module, []byte("\x00asm\x01\x00\x00\x00")) {
		return nil, errModule
	}
	var list []section
	for rest := (reader{data: module[8:]}); len(rest.data) > 0; {
		id := rest.byte()
		body := rest.bytes(rest.uint())
		if rest.failed {
			return nil, errModule
		}
		list = append(list, section{id, body})
	}
	return list, nil
}

// assemble writes a module.
func assemble(list []section) []byte {
	module := []byte("\x00asm\x01\x00\x00\x00")
	for _, s := range list {
		module = append(module, s.id)
		module = appendUint(module, uint64(len(s.body)))
		module = append(module, s.body...)
	}
	return module
}

// imports counts the imported functions: the index of the first own one.
func imports(body []byte) (int, error) {
	r := reader{data: body}
	n := r.uint()
	for range n {
		r.bytes(r.uint())
		r.bytes(r.uint())
		if kind := r.byte(); kind != 0 {
			return 0, fmt.Errorf("slim: an import of kind %d, expected functions only", kind)
		}
		r.uint()
		if r.failed {
			return 0, errModule
		}
	}
	return int(n), nil
}

// functions splits the code section. The bodies alias it.
func functions(body []byte) ([][]byte, error) {
	r := reader{data: body}
	n := r.uint()
	if n > uint64(len(body)) {
		return nil, errModule
	}
	list := make([][]byte, n)
	for i := range list {
		list[i] = r.bytes(r.uint())
	}
	if r.failed {
		return nil, errModule
	}
	return list, nil
}

const maxMemory = 1 << 28 // bytes of initial memory that we are willing to lay out

// memory lays the data section out as the program finds it. Addresses are
// indices.
func memory(body []byte) ([]byte, error) {
	r := reader{data: body}
	var mem []byte
	for range r.uint() {
		memory, op, at, end := r.uint(), r.byte(), r.int(), r.byte()
		data := r.bytes(r.uint())
		if r.failed || memory != 0 || op != i32const || end != endOp || at < 0 || at+int64(len(data)) > maxMemory {
			return nil, errModule
		}
		if need := int(at) + len(data); need > len(mem) {
			mem = append(mem, make([]byte, need-len(mem))...)
		}
		copy(mem[at:], data)
	}
	return mem, nil
}

const (
	callOp   = 0x10
	endOp    = 0x0b
	i32const = 0x41

	// Zeros worth a new segment. The linker takes 8, which makes many thousand
	// segments whose addresses do not compress: 70 kB in the engine after brotli.
	zeroRun = 64
	// A module may have 100 000 segments in common engines.
	maxSegments = 90_000
)

// segments writes memory as a data section that leaves out the zeros.
func segments(mem []byte) []byte {
	for run := zeroRun; ; run *= 2 {
		var list []byte
		n := 0
		for at := 0; at < len(mem); {
			if mem[at] == 0 {
				at++
				continue
			}
			end, zeros := at, 0
			for i := at; i < len(mem) && zeros < run; i++ {
				if mem[i] != 0 {
					end, zeros = i+1, 0
				} else {
					zeros++
				}
			}
			list = append(list, 0, i32const)
			list = appendInt(list, int64(at))
			list = append(list, endOp)
			list = appendUint(list, uint64(end-at))
			list = append(list, mem[at:end]...)
			n++
			at = end
		}
		if n <= maxSegments {
			return append(appendUint(nil, uint64(n)), list...)
		}
	}
}

// reader reads the integers and byte strings of the format. After a failure
// everything is zero.
type reader struct {
	data   []byte
	failed bool
}

func (r *reader) byte() byte {
	if b := r.bytes(1); len(b) == 1 {
		return b[0]
	}
	return 0
}

func (r *reader) bytes(n uint64) []byte {
	if r.failed || n > uint64(len(r.data)) {
		r.failed = true
		return nil
	}
	b := r.data[:n:n]
	r.data = r.data[n:]
	return b
}

// uint reads an unsigned LEB128 integer.
func (r *reader) uint() uint64 {
	var v uint64
	for shift := 0; shift < 64; shift += 7 {
		b := r.byte()
		v |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return v
		}
	}
	r.failed = true
	return 0
}

// int reads a signed LEB128 integer.
func (r *reader) int() int64 {
	var v int64
	for shift := 0; shift < 64; {
		b := r.byte()
		v |= int64(b&0x7f) << shift
		shift += 7
		if b < 0x80 {
			if b&0x40 != 0 && shift < 64 {
				v |= -1 << shift
			}
			return v
		}
	}
	r.failed = true
	return 0
}

func appendUint(dst []byte, v uint64) []byte {
	for v >= 0x80 {
		dst = append(dst, byte(v)|0x80)
		v >>= 7
	}
	return append(dst, byte(v))
}

func appendInt(dst []byte, v int64) []byte {
	for {
		b := byte(v & 0x7f)
		v >>= 7
		if v == 0 && b&0x40 == 0 || v == -1 && b&0x40 != 0 {
			return append(dst, b)
		}
		dst = append(dst, b|0x80)
	}
}
