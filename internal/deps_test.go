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
	"strconv"
	"strings"
	"testing"
)

// table reads the rows of the table in ARCHITECTURE.md whose first line begins
// as given.
func table(t *testing.T, head string) [][]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "ARCHITECTURE.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(text), "\n"+head)
	if !ok {
		t.Fatalf("ARCHITECTURE.md has no table that begins with %q", head)
	}
	var rows [][]string
	for line := range strings.Lines(rest[strings.Index(rest, "\n")+1:]) {
		if !strings.HasPrefix(line, "|") {
			break
		}
		if !strings.HasPrefix(line, "| ---") {
			rows = append(rows, strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|"))
		}
	}
	return rows
}

var quoted = regexp.MustCompile("`([^`]+)`")

// names returns the texts in backquotes.
func names(cell string) []string {
	var all []string
	for _, m := range quoted.FindAllStringSubmatch(cell, -1) {
		all = append(all, m[1])
	}
	return all
}

// layers is the order of the packages: one may import only those of a lower
// layer.
func layers(t *testing.T) map[string]int {
	t.Helper()
	layer := map[string]int{}
	for _, row := range table(t, "| layer | packages") {
		number, err := strconv.Atoi(strings.Replace(strings.TrimSpace(row[0]), "−", "-", 1))
		if err != nil || len(row) != 2 || len(names(row[1])) == 0 {
			t.Errorf("ARCHITECTURE.md: the line %q is no layer", row)
			continue
		}
		for _, name := range names(row[1]) {
			if _, ok := layer["zoneaxis/internal/"+name]; ok {
				t.Errorf("ARCHITECTURE.md: %s stands in two layers", name)
			}
			layer["zoneaxis/internal/"+name] = number
		}
	}
	return layer
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
	layer := layers(t)
	seen := map[string]bool{}
	for _, p := range list(t, false, "./...") {
		if p.ImportPath == "zoneaxis/internal" {
			continue
		}
		seen[p.ImportPath] = true
		own, ok := layer[p.ImportPath]
		if !ok {
			t.Errorf("%s has no layer: add it to the table in ARCHITECTURE.md", p.ImportPath)
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
	for name := range layer {
		if !seen[name] {
			t.Errorf("ARCHITECTURE.md: there is no package %s", name)
		}
	}
}

// TestForbidden: no package links what the second table of ARCHITECTURE.md says
// it must not.
func TestForbidden(t *testing.T) {
	rules := table(t, "| who | must not link")
	if len(rules) < 10 {
		t.Fatalf("ARCHITECTURE.md: %d lines in the table of what must not be linked", len(rules))
	}
	linked := map[string][]pkg{}
	for _, rule := range rules {
		if len(rule) != 3 || len(names(rule[0])) != 1 || len(names(rule[1])) == 0 {
			t.Errorf("ARCHITECTURE.md: the line %q is no rule", rule)
			continue
		}
		who, why := names(rule[0])[0], strings.TrimSpace(rule[2])
		if linked[who] == nil {
			linked[who] = list(t, strings.HasPrefix(who, "wasm/"), "../"+who)
		}
		for _, name := range names(rule[1]) {
			if strings.HasPrefix(name, "internal/") {
				if _, err := os.Stat(filepath.Join("..", name)); err != nil {
					t.Errorf("ARCHITECTURE.md: there is no %s", name)
				}
				name = "zoneaxis/" + name
			}
			for _, p := range linked[who] {
				for _, dep := range p.Deps {
					if dep == name || strings.HasPrefix(dep, name+"/") {
						t.Errorf("%s depends on %s: %s", p.ImportPath, dep, why)
					}
				}
			}
		}
	}
}

// Every use of a sorting function of package slices is 20 kB of code in the
// engine, since it is compiled for each type of element: package sorts.
func TestSorting(t *testing.T) {
	allowed := map[string]string{
		"zones/zone.go":            "zones within an angle, in every frame, without allocation",
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
	if err != nil || found == 0 {
		t.Fatalf("%d generated files, %v", found, err)
	}
}

// TestPapers: the files and tests that the papers name are there.
func TestPapers(t *testing.T) {
	aTest := regexp.MustCompile(`^Test\w+$`)
	ours := regexp.MustCompile(`^(assets|internal|scripts|server|wasm)(/[\w.*{},-]+)*/?$`)
	tests := declaredTests(t)
	for _, paper := range []string{"README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"} {
		text, err := os.ReadFile(filepath.Join("..", paper))
		if err != nil {
			t.Fatal(err)
		}
		found := 0
		// Words of what stands in backquotes, and of the blocks of commands.
		for _, name := range strings.Fields(strings.Join(names(strings.ReplaceAll(string(text), "```", "`")), " ")) {
			name = strings.TrimSuffix(strings.TrimPrefix(name, "./"), "/...")
			switch {
			case aTest.MatchString(name):
				found++
				if !tests[name] {
					t.Errorf("%s: there is no %s", paper, name)
				}
			case ours.MatchString(name):
				found++
				if match, err := filepath.Glob(filepath.Join("..", filepath.FromSlash(name))); err != nil || len(match) == 0 {
					t.Errorf("%s: there is no %s", paper, name)
				}
			}
		}
		if found < 2 {
			t.Errorf("%s names %d files and tests", paper, found)
		}
	}
}

// declaredTests returns the names of all tests of the project.
func declaredTests(t *testing.T) map[string]bool {
	t.Helper()
	declared := regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	all := map[string]bool{}
	err := filepath.WalkDir("..", func(file string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == "dist" || strings.HasPrefix(entry.Name(), ".") && entry.Name() != "..") {
			return fs.SkipDir
		}
		if err != nil || !strings.HasSuffix(file, "_test.go") {
			return err
		}
		text, err := os.ReadFile(file)
		for _, m := range declared.FindAllStringSubmatch(string(text), -1) {
			all[m[1]] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
