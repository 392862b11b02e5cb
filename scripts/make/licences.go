package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// linked are the programs that are given away, with the system they are built
// for.
var linked = []struct {
	pkg string
	env []string
}{
	{"./server", nil}, {"./server/tally", nil}, {"./scripts/zoneaxis", nil},
	{"./wasm/engine", []string{"GOOS=js", "GOARCH=wasm"}}, {"./wasm/viewer", []string{"GOOS=js", "GOARCH=wasm"}},
}

// licences writes the licences and notices of everything that is given away with
// the programs and pages: ours, Go's, those of the modules, typefaces and icons.
// MIT, BSD, ISC, Apache-2.0 and MPL-2.0 all ask for that.
func (b *builder) licences() error {
	dirs := map[string]string{} // by module and version
	for _, p := range linked {
		if err := modulesOf(b.root, p.pkg, p.env, dirs); err != nil {
			return err
		}
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return fmt.Errorf("go env GOROOT: %w", err)
	}
	dirs["The Go programming language"] = strings.TrimSpace(string(root))

	var text bytes.Buffer
	text.WriteString("zoneaxis is given away under the licence that follows. Below it stand the licences of what it is made with.\n")
	add := func(title string, files []string) error {
		for _, name := range files {
			data, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			fmt.Fprintf(&text, "\n%s\n%s, %s\n\n%s\n", strings.Repeat("=", 76), title, filepath.Base(name), bytes.TrimSpace(data))
		}
		return nil
	}
	own := map[string][]string{
		"zoneaxis": {"LICENSE"}, "The icons (Lucide)": {"assets/img/lucide-LICENSE.txt"},
		"The typeface Inter": {"assets/fonts/inter-OFL.txt"}, "The typeface Source Serif 4": {"assets/fonts/source-serif-4-OFL.txt"},
	}
	for _, title := range []string{"zoneaxis", "The icons (Lucide)", "The typeface Inter", "The typeface Source Serif 4"} {
		if err := add(title, own[title]); err != nil {
			return err
		}
	}
	for _, title := range slices.Sorted(maps.Keys(dirs)) {
		files, err := noticesIn(dirs[title])
		if err != nil {
			return fmt.Errorf("%s: %w", title, err)
		}
		if err := add(title, files); err != nil {
			return err
		}
	}
	return b.page("licences.txt", text.Bytes())
}

// modulesOf adds the modules that a program links, with their directories.
func modulesOf(root, pkg string, env []string, dirs map[string]string) error {
	cmd := exec.Command("go", "list", "-deps", "-json=Module", pkg)
	cmd.Dir, cmd.Env = root, append(os.Environ(), env...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, &stderr)
	}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			Module *struct {
				Path, Version, Dir string
				Main               bool
			}
		}
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if m := p.Module; m != nil && !m.Main {
			dirs[m.Path+" "+m.Version] = m.Dir
		}
	}
}

// noticesIn returns the files of a directory that hold its licence or notices.
// One without any is an error: we could not give it away.
func noticesIn(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, e := range entries {
		name := strings.ToUpper(e.Name())
		for _, word := range []string{"LICENSE", "LICENCE", "COPYING", "NOTICE"} {
			if e.Type().IsRegular() && strings.HasPrefix(name, word) && filepath.Ext(name) != ".GO" {
				files = append(files, filepath.Join(dir, e.Name()))
				break
			}
		}
	}
	if len(files) == 0 {
		return nil, errors.New("there is no licence among its files")
	}
	return files, nil
}
