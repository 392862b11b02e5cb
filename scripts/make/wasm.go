package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"zoneaxis/internal/site/library"
	"zoneaxis/internal/source/records"
	"zoneaxis/scripts/make/slim"
)

// small compiles the engine without inlining, which takes a ninth off its
// compressed size, but for the packages whose loops are hot in every frame, and
// those that consist of functions shorter than a call of them.
var small = withInlining("math", "zoneaxis/internal/geom", "zoneaxis/internal/atom",
	"zoneaxis/internal/diffraction/...", "zoneaxis/internal/zones", "zoneaxis/internal/scene",
	"errors", "sync", "sync/atomic", "unicode/utf8", "internal/abi", "internal/bytealg", "internal/chacha8rand", "internal/cpu",
	"internal/reflectlite", "internal/runtime/atomic", "internal/runtime/gc", "internal/runtime/maps", "internal/runtime/math",
	"internal/runtime/sys", "internal/stringslite", "internal/sync")

func withInlining(packages ...string) []string {
	flags := []string{"-gcflags=all=-l"}
	for _, p := range packages {
		flags = append(flags, "-gcflags="+p+"=")
	}
	return flags
}

// wasm builds the engine, for browsers without and with vectors, the reader of
// files and the viewer, without the tables of stack traces unless for development, and takes the loader that belongs to this very version
// of Go, and the library of crystals, which the engine is handed when it runs.
func (b *builder) wasm() error {
	work, err := os.MkdirTemp("", "zoneaxis-build-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	for _, name := range []string{"engine", "engine-simd", "reader", "viewer"} {
		out := filepath.Join(work, name+".wasm")
		args := []string{"build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", out}
		program, isSIMD := strings.CutSuffix(name, "-simd")
		if program == "engine" || program == "reader" {
			args = append(args, small...)
		}
		cmd := exec.Command("go", append(args, "./wasm/"+program)...)
		cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0")
		if isSIMD {
			cmd.Env = append(cmd.Env, "GOEXPERIMENT=simd")
		}
		if text, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, text)
		}
		data, err := os.ReadFile(out)
		if err != nil {
			return err
		}
		if !b.dev { // stack traces are for development
			if data, err = slim.Strip(data); err != nil {
				return fmt.Errorf("%s.wasm: %w", name, err)
			}
		}
		if err := b.addHashed(name+".wasm", data); err != nil {
			return err
		}
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return fmt.Errorf("go env GOROOT: %w", err)
	}
	loader, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "wasm_exec.js"))
	if err != nil {
		return err
	}
	if loader, err = minified("wasm_exec.js", loader); err != nil {
		return err
	}
	if err := b.addHashed("wasm_exec.js", loader); err != nil {
		return err
	}
	index, err := library.SearchIndex()
	if err != nil {
		return err
	}
	names, structures := records.Parts()
	return errors.Join(b.addHashed("library.txt", []byte(names)), b.addHashed("structures.txt", []byte(structures)), b.addHashed("crystals.json", index))
}
