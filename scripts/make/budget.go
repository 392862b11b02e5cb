package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// budget is a limit on the bytes, after brotli, of some files together.
type budget struct {
	what  string
	match func(logical string) bool
	limit int // bytes
}

// simulator tells what the simulator's page loads of the scripts or styles.
func simulator(kind string) func(string) bool {
	return func(n string) bool { return strings.HasPrefix(n, kind+"/") && !around(n) }
}

// around tells what only the pages around the simulator load.
func around(n string) bool {
	return strings.HasPrefix(n, "js/site/") || strings.HasPrefix(n, "css/pages/")
}

// The budgets of the first load on a phone; that of the page's own HTML is in
// firsthtml.go.
var budgets = []budget{
	{"engine", func(n string) bool { return n == "engine.wasm" }, 900_000},
	{"viewer", func(n string) bool { return n == "viewer.wasm" }, 2_100_000},
	{"scripts", func(n string) bool { return simulator("js")(n) || n == "wasm_exec.js" }, 40_000},
	{"styles", simulator("css"), 12_000},
	{"around", around, 30_000},
}

// checkBudgets prints each sum beside its limit. It returns an error if one is
// exceeded, unless the build was a fast one, whose sizes mean nothing.
func (b *builder) checkBudgets(w io.Writer) error {
	var errs []error
	for _, limit := range budgets {
		sum := 0
		for name, f := range b.files {
			if limit.match(name) {
				sum += f.BrSize
			}
		}
		fmt.Fprintf(w, "size: %-8s %9d of %9d bytes (brotli)\n", limit.what, sum, limit.limit)
		if sum > limit.limit && !b.dev {
			errs = append(errs, fmt.Errorf("size budget exceeded: %s has %d bytes after brotli, the limit is %d", limit.what, sum, limit.limit))
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
