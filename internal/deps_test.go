package internal_test

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// layer is the order of the project: a package may import only packages of a
// lower layer. What is not named here may be imported by nobody below server.
var layer = map[string]int{
	"zoneaxis/internal/lean/say":          -1,
	"zoneaxis/internal/deflate":           -1,
	"zoneaxis/internal/lean/jsontext":     -1,
	"zoneaxis/internal/lean/sorts":        -1,
	"zoneaxis/internal/lean/qr":           -1,
	"zoneaxis/internal/geom":              0,
	"zoneaxis/internal/atom":              0,
	"zoneaxis/internal/symmetry":          0,
	"zoneaxis/internal/atom/models":       1,
	"zoneaxis/internal/wire":              0,
	"zoneaxis/internal/crystal":           1,
	"zoneaxis/internal/source":            2,
	"zoneaxis/internal/diffraction":       2,
	"zoneaxis/internal/diffraction/bloch": 3,
	"zoneaxis/internal/orientation":       3,
	"zoneaxis/internal/scene":             4,
	"zoneaxis/internal/session":           5,
	"zoneaxis/internal/site":              6,
	"zoneaxis/internal/site/card":         7,
	"zoneaxis/internal/site/library":      7,
	"zoneaxis/internal/site/blog":         8,
}

// forbidden lists what a program or package must not link, and why.
var forbidden = []struct {
	pattern string // go list pattern
	js      bool   // built for js/wasm
	prefix  string
	reason  string
}{
	{"./geom ./atom ./symmetry", false, "zoneaxis/internal/crystal", "the leaves know no crystals"},
	{"./...", false, "syscall/js", "internal packages run natively too"},
	{"./...", false, "net/http", "internal packages do no network"},
	{"./...", false, "github.com/hajimehoshi/ebiten", "only the viewer draws with Ebitengine"},
	{"../wasm/engine", true, "github.com/hajimehoshi/ebiten", "Ebitengine panics in a worker"},
	{"../wasm/engine", true, "net/http", "1.4 MB: the page fetches"},
	{"../wasm/engine", true, "text/template", "it doubles the engine"},
	{"../wasm/engine", true, "encoding/json", "43 kB after brotli: internal/lean/jsontext and generated code do it"},
	{"../wasm/engine", true, "fmt", "with reflect and os 60 kB: internal/lean/say"},
	{"../wasm/engine", true, "reflect", "with fmt and os 60 kB"},
	{"../wasm/engine", true, "os", "with fmt and reflect 60 kB"},
	{"../wasm/engine", true, "embed", "with time 32 kB: scripts/generate"},
	{"../wasm/engine", true, "time", "with embed 32 kB: the engine asks the page for the time"},
	{"../wasm/engine", true, "zoneaxis/internal/atom/models", "the simulator shows one model: 6 kB"},
	{"../wasm/viewer", true, "gonum.org", "3.6 MB beside Ebitengine: the engine computes"},
	{"../wasm/viewer", true, "encoding/json", "the viewer takes bytes"},
	{"../wasm/viewer", true, "zoneaxis/internal/source", "the viewer paints"},
	{"../wasm/viewer", true, "zoneaxis/internal/diffraction", "the viewer paints"},
	{"../wasm/viewer", true, "github.com/hajimehoshi/ebiten/v2/exp/textinput", "it calls eval, which the page's policy forbids"},
	{"../server/...", false, "github.com/hajimehoshi/ebiten", "the server draws SVG only"},
	{"../server/...", false, "gonum.org", "the server stays small"},
}

type pkg struct {
	ImportPath string
	Imports    []string
	Deps       []string
}

func list(t *testing.T, js bool, args ...string) []pkg {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-json=ImportPath,Imports,Deps"}, args...)...)
	if js {
		cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	}
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s", cmd.Args, err, stderr.String())
	}
	var pkgs []pkg
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		pkgs = append(pkgs, p)
	}
	if len(pkgs) == 0 {
		t.Fatalf("%v lists no package", cmd.Args)
	}
	return pkgs
}

func TestLayers(t *testing.T) {
	for _, p := range list(t, false, "./...") {
		if p.ImportPath == "zoneaxis/internal" {
			continue
		}
		own, ok := layer[p.ImportPath]
		if !ok {
			t.Errorf("%s has no layer: add it to the table and to ARCHITECTURE.md", p.ImportPath)
			continue
		}
		for _, imported := range p.Imports {
			if !strings.HasPrefix(imported, "zoneaxis/") {
				continue
			}
			if below, ok := layer[imported]; !ok || below >= own {
				t.Errorf("%s (layer %d) imports %s (layer %d): dependencies go down only", p.ImportPath, own, imported, below)
			}
		}
	}
}

func TestForbidden(t *testing.T) {
	for _, rule := range forbidden {
		for _, p := range list(t, rule.js, strings.Fields(rule.pattern)...) {
			for _, dep := range p.Deps {
				if dep == rule.prefix || strings.HasPrefix(dep, rule.prefix+"/") {
					t.Errorf("%s depends on %s: %s", p.ImportPath, dep, rule.reason)
				}
			}
		}
	}
}

// Every use of a sorting function of package slices is 20 kB of code in the
// engine, since it is compiled for each type of element: package sorts.
func TestSorting(t *testing.T) {
	allowed := map[string]string{
		"diffraction/zone.go":      "zones within an angle, in every frame, without allocation",
		"diffraction/forbidden.go": "in every frame; []int32 as the next one, so it is compiled once",
		"scene/label.go":           "labels in every frame",
	}
	sorting := regexp.MustCompile(`slices\.(Sort|Sorted)\w*\(`)
	for file := range allowed {
		if text, err := os.ReadFile(file); err != nil || len(sorting.FindAll(text, -1)) != 1 {
			t.Errorf("%s has not one call of slices.Sort…: %v", file, err)
		}
	}
	err := filepath.WalkDir(".", func(file string, _ fs.DirEntry, err error) error {
		if err == nil && file == "site" {
			return fs.SkipDir // pages made at build: not in the engine
		}
		if err != nil || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") || allowed[filepath.ToSlash(file)] != "" {
			return err
		}
		text, err := os.ReadFile(file)
		if call := sorting.Find(text); call != nil {
			t.Errorf("%s calls %s…): use package sorts", file, call)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// What go generate writes is up to date. The commands know -check.
func TestGenerated(t *testing.T) {
	command := regexp.MustCompile(`(?m)^//go:generate go run (zoneaxis/scripts/\w+) (.*)$`)
	found := 0
	err := filepath.WalkDir(".", func(file string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return err
		}
		text, err := os.ReadFile(file)
		for _, m := range command.FindAllStringSubmatch(string(text), -1) {
			found++
			cmd := exec.Command("go", append([]string{"run", m[1], "-check"}, strings.Fields(m[2])...)...)
			cmd.Dir = filepath.Dir(file)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%s: %v: %v\n%s", file, cmd.Args, err, out)
			}
		}
		return err
	})
	if err != nil || found < 4 {
		t.Fatalf("%d generated files, %v", found, err)
	}
}
