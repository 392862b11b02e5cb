// Command build makes everything that the server serves and writes it to
// assets/dist: the two wasm programs, scripts, styles, fonts, pictures and page
// templates, minified, compressed (.br and .gz beside each file), named after
// their contents, and listed in manifest.json. It fails if a size budget is
// exceeded.
//
//	go run ./scripts/make [-dev] [-watch] [-v] [-origin https://example.org]
//
// Run it from the root of the project. With -dev it compresses fast and badly,
// reports budgets without failing and shows drafts. With -watch it goes on and
// builds again whenever a file under assets, internal or wasm changes.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

func main() {
	dev := flag.Bool("dev", false, "compress fast; budgets are only reported")
	watching := flag.Bool("watch", false, "build again whenever a source changes; implies -dev")
	verbose := flag.Bool("v", false, "list every file")
	origin := flag.String("origin", os.Getenv("ORIGIN"), "address of the site, such as https://example.org, for feeds and canonical links")
	flag.Parse()
	err := run(*dev || *watching, *verbose, strings.TrimSuffix(*origin, "/"))
	if *watching {
		watch(func() error { return run(true, false, strings.TrimSuffix(*origin, "/")) })
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "build:", err)
		os.Exit(1)
	}
}

func run(dev, verbose bool, origin string) error {
	start := time.Now()
	if _, err := os.Stat("go.mod"); err != nil {
		return fmt.Errorf("run it from the root of the project: no go.mod here")
	}
	b := &builder{root: ".", out: filepath.Join("assets", "dist"), dev: dev, origin: origin, now: start, files: map[string]File{}}
	if err := b.clean(); err != nil {
		return err
	}
	steps := []struct {
		what string
		do   func() error
	}{
		{"engine.wasm, engine-simd.wasm and viewer.wasm (Go to WebAssembly)", b.wasm},
		{"fonts and pictures", b.pictures},
		{"icons and the manifest of the installed app", b.webApp},
		{"styles and scripts", b.code},
		{"page templates", b.templates},
		{"articles and pages", b.pages},
		{"licences and notices", b.licences},
		{"compression", b.compress},
		{"list for the service worker", b.publicList},
		{"manifest", b.manifest},
	}
	for _, step := range steps {
		began := time.Now()
		fmt.Printf("build: %s …", step.what)
		if err := step.do(); err != nil {
			fmt.Println()
			return fmt.Errorf("%s: %w", step.what, err)
		}
		fmt.Printf(" %.1f s\n", time.Since(began).Seconds())
	}
	if verbose {
		b.list(os.Stdout)
	}
	fmt.Printf("build: %s done in %.1f s\n", b.build, time.Since(start).Seconds())
	return errors.Join(b.checkBudgets(os.Stdout), b.firstHTML(os.Stdout), b.checkTools(os.Stdout))
}

// Manifest is assets/dist/manifest.json: what the server and the service worker
// know about the built files.
type Manifest struct {
	Build string          `json:"build"` // hash over everything
	Files map[string]File `json:"files"` // by logical name, "js/simulator/main.js"
}

// File is one built file.
type File struct {
	URL    string `json:"url"`  // where it is served; "" for templates
	Path   string `json:"file"` // below assets/dist
	Type   string `json:"type"` // MIME type
	Br     bool   `json:"br"`   // a .br stands beside it
	Gz     bool   `json:"gz"`
	Size   int    `json:"size"`             // bytes, uncompressed
	BrSize int    `json:"br_size"`          // bytes of the .br, or Size without one
	SHA256 string `json:"sha256"`           // of the uncompressed bytes, hex
	Packed bool   `json:"packed,omitempty"` // only the .br and the .gz are there
	// Imports are the scripts that a script needs at once, by logical name.
	Imports []string `json:"imports,omitempty"`
}

// manifest writes manifest.json, for the server and at a public address.
func (b *builder) manifest() error {
	data, err := json.MarshalIndent(Manifest{Build: b.build, Files: b.files}, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(b.out, "manifest.json"), append(data, '\n'), 0o644)
}
