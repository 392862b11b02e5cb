package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"zoneaxis/internal/link"
)

// A tool is a part of the simulator that its first pattern does not need: the
// folder assets/js/tools/NAME, whose main.js is loaded with the style sheet
// assets/css/tools/NAME.css when the tool is first opened, or after idle.
// simulator/tools.js does that; the build gives it the names.
//
// Each tool has a budget of its own: bytes after brotli of its scripts and
// styles, with those that it shares with other tools but without what the first
// load has. A new one has toolLimit; say why if it needs more.
const toolLimit = 15_000

var toolLimits = map[string]int{
	"browse":    toolLimit, // the crystals there are
	"export":    toolLimit, // pictures, tables, QR code, link
	"files":     toolLimit, // reading and keeping crystal files
	"help":      toolLimit, // keys and gestures
	"search":    toolLimit, // the list under the search field
	"second":    toolLimit, // a second phase or a twin
	"sheet":     toolLimit, // tables of the zone axis
	"stereonet": toolLimit, // the stereogram to measure in
	"table":     toolLimit, // all reflections
	"tilt":      toolLimit, // the tilt plan
	"views":     toolLimit, // stereogram and crystal
}

const (
	toolLoader  = "js/simulator/tools.js"
	toolScripts = "js/tools/"
	toolStyles  = "css/tools/"
	helpScript  = "js/tools/help/main.js"
)

var importedStyle = regexp.MustCompile(`@import "([^"]+)";`)

// tools returns the files that each tool loads, by logical name. It gives the
// loader their names and puts what their style sheets import into these.
func tools(all map[string][]byte) (map[string][]string, error) {
	first, err := needs(all, mainScript)
	if err != nil {
		return nil, err
	}
	found := map[string][]string{}
	joined := map[string][]byte{} // the style sheets of tools
	for script := range all {
		name, ok := strings.CutSuffix(strings.TrimPrefix(script, toolScripts), "/main.js")
		if !ok || !strings.HasPrefix(script, toolScripts) {
			continue
		}
		files, err := needs(all, script)
		if err != nil {
			return nil, err
		}
		files = slices.DeleteFunc(append(files, script), func(n string) bool { return slices.Contains(first, n) })
		sheet := toolStyles + name + ".css"
		if joined[sheet], err = inlined(all, sheet); err != nil {
			return nil, fmt.Errorf("the tool %s: %w", name, err)
		}
		found[name] = append(files, sheet)
	}
	maps.DeleteFunc(all, func(n string, _ []byte) bool { return strings.HasPrefix(n, toolStyles) })
	maps.Copy(all, joined)
	if want := slices.Sorted(maps.Keys(toolLimits)); !slices.Equal(slices.Sorted(maps.Keys(found)), want) {
		return nil, fmt.Errorf("the tools are %q, and those with a budget %q (scripts/make/tools.go)", slices.Sorted(maps.Keys(found)), want)
	}
	settings, err := settingsHelp()
	if err != nil {
		return nil, err
	}
	if err := putIn(all, helpScript, "/* __SETTINGS__ */", settings); err != nil {
		return nil, err
	}
	return found, fillIn(all, toolLoader, `"__TOOLS__"`, slices.Sorted(maps.Keys(found)))
}

// settingsHelp returns the rows of the help on settings, as a script writes what
// lies in an array: what a setting is called, its values, which one holds if
// nobody chooses, and what it does.
func settingsHelp() ([]byte, error) {
	var out []byte
	for i := range link.Table {
		r := &link.Table[i]
		if r.Help == "" {
			return nil, fmt.Errorf("the setting %s has no help (internal/link/settings.go)", r.Name)
		}
		row, err := json.Marshal([]string{strings.ToUpper(r.Name[:1]) + r.Name[1:], r.Range(), r.Usually(), r.Help})
		if err != nil {
			return nil, err
		}
		out = append(append(out, row...), ',')
	}
	return out, nil
}

// inlined returns a style sheet with those that it imports, which then need no
// requests of their own.
func inlined(all map[string][]byte, sheet string) ([]byte, error) {
	data, ok := all[sheet]
	if !ok {
		return nil, fmt.Errorf("there is no assets/%s", sheet)
	}
	var missing error
	data = importedStyle.ReplaceAllFunc(data, func(found []byte) []byte {
		name := string(importedStyle.FindSubmatch(found)[1])
		text, err := inlined(all, path.Join(path.Dir(sheet), name))
		missing = errors.Join(missing, err)
		return text
	})
	return data, missing
}

// checkTools prints what each tool weighs beside its limit, and what all of
// them weigh, files that several have counted once.
func (b *builder) checkTools(w io.Writer) error {
	var errs []error
	sum := 0
	seen := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(b.tools)) {
		size := 0
		for _, file := range b.tools[name] {
			size += b.files[file].BrSize
			if !seen[file] {
				sum += b.files[file].BrSize
			}
			seen[file] = true
		}
		fmt.Fprintf(w, "size: tool %-8s %6d of %6d bytes (brotli)\n", name, size, toolLimits[name])
		if size > toolLimits[name] && !b.dev {
			errs = append(errs, fmt.Errorf("size budget exceeded: the tool %s has %d bytes after brotli, the limit is %d", name, size, toolLimits[name]))
		}
	}
	fmt.Fprintf(w, "size: all %d tools together %d bytes (brotli)\n", len(b.tools), sum)
	return errors.Join(errs...)
}
