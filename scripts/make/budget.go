package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"zoneaxis/internal/source"
)

// budget is a limit on the bytes, after brotli, of some files together.
type budget struct {
	what  string
	match func(b *builder, logical string) bool
	limit int // bytes; for each crystal of the library if it is below 1,000
}

// bytes returns the limit for a library of so many crystals.
func (l budget) bytes(crystals int) int {
	if l.limit < 1000 {
		return l.limit * crystals
	}
	return l.limit
}

// The budgets of the first load on a phone: what the first interactive pattern
// needs. That of the page's own HTML is in firsthtml.go.
var budgets = []budget{
	// A browser loads one of the two.
	{"engine", func(_ *builder, n string) bool { return n == "engine.wasm" }, 900_000},
	{"vectors", func(_ *builder, n string) bool { return n == "engine-simd.wasm" }, 900_000},
	{"library", func(_ *builder, n string) bool { return n == "library.txt" }, 45},
	{"structures", func(_ *builder, n string) bool { return n == "structures.txt" }, 60},
	{"search", func(_ *builder, n string) bool { return n == "crystals.json" }, 70},
	// When a file is opened, and kept with everything else.
	{"reader", func(_ *builder, n string) bool { return n == "reader.wasm" }, 700_000},
	{"viewer", func(_ *builder, n string) bool { return n == "viewer.wasm" }, 2_100_000},
	{"scripts", (*builder).first, 40_000},
	{"styles", func(_ *builder, n string) bool { return sheets[n] != nil && !around(n) }, 12_000},
	// The canvas's scripts and the service worker; tools have budgets of their own.
	{"later", func(b *builder, n string) bool {
		return strings.HasPrefix(n, "js/") && !b.first(n) && !around(n) && !b.ofTool(n)
	}, 10_000},
	{"around", func(_ *builder, n string) bool { return around(n) }, 30_000},
}

// first tells whether a script belongs to the first load.
func (b *builder) first(n string) bool {
	for _, name := range []string{startScript, mainScript} {
		if n == name || slices.Contains(b.files[name].Imports, n) {
			return true
		}
	}
	return n == "wasm_exec.js"
}

// ofTool tells whether a file is loaded with a tool.
func (b *builder) ofTool(n string) bool {
	for _, files := range b.tools {
		if slices.Contains(files, n) {
			return true
		}
	}
	return false
}

// around tells what only the pages around the simulator load.
func around(n string) bool {
	ofSite := func(part string) bool { return strings.HasPrefix(part, "site/") }
	return strings.HasPrefix(n, "js/site/") || slices.ContainsFunc(sheets[n], ofSite)
}

// checkBudgets prints each sum beside its limit. It returns an error if one is
// exceeded, unless the build was a fast one, whose sizes mean nothing.
func (b *builder) checkBudgets(w io.Writer) error {
	var errs []error
	crystals := len(source.Library())
	for _, limit := range budgets {
		sum, most := 0, limit.bytes(crystals)
		for name, f := range b.files {
			if limit.match(b, name) {
				sum += f.BrSize
			}
		}
		fmt.Fprintf(w, "size: %-8s %9d of %9d bytes (brotli)\n", limit.what, sum, most)
		if sum > most && !b.dev {
			errs = append(errs, fmt.Errorf("size budget exceeded: %s has %d bytes after brotli, the limit is %d", limit.what, sum, most))
		}
	}
	return errors.Join(errs...)
}

// list prints every file with its sizes.
func (b *builder) list(w io.Writer) {
	for _, name := range slices.Sorted(maps.Keys(b.files)) {
		f := b.files[name]
		fmt.Fprintf(w, "%-32s %9d %9d  %s\n", name, f.Size, f.BrSize, f.Path)
	}
}
