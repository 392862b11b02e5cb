package main

import (
	"bytes"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
)

// The scripts of the pages lie in folders by the page that they serve:
//
//	assets/js/simulator   the simulator, and the document of its canvas
//	assets/js/tools       what the simulator loads when it is opened: a folder each
//	assets/js/site        articles, pattern library, embedded patterns
//	assets/js/shared      what simulator and site load
//	assets/js/workers     programs of their own: engine, canvas, service worker,
//	                      solvers and the pool that starts them
//
// What a page has to ask for is read from the imports; shared asks for the pool
// when there is work.
const (
	mainScript    = "js/simulator/main.js"
	startScript   = "js/simulator/start.js"
	serviceWorker = "js/workers/sw.js"
	poolScript    = "js/workers/pool.js"
	// earlyScript stands in the pages around the simulator, so that they do
	// not wait for it.
	earlyScript = "js/site/early.js"
)

var (
	importedAtOnce = regexp.MustCompile(`(?m)^(?:import|export)\b[^;]*?"(\.[^"]+)"`)
	importedLater  = regexp.MustCompile(`(?:[^f\w ]|[^f] )import\("(\.[^"]+)"\)`) // not typeof import("…")
	startedWorker  = regexp.MustCompile(`\b(?:new Worker|startWorker)\(new URL\("([^"]+)", import\.meta\.url\)`)
)

// needs returns the scripts that a script needs at once, in the order in which
// they are named, itself not among them: what it imports, directly or by way of
// another, and the workers that these start.
func needs(scripts map[string][]byte, first string) ([]string, error) {
	list := []string{first}
	for i := 0; i < len(list); i++ {
		from := list[i]
		for _, kind := range []*regexp.Regexp{importedAtOnce, startedWorker} {
			for _, m := range kind.FindAllSubmatch(scripts[from], -1) {
				name := path.Join(path.Dir(from), string(m[1]))
				if _, ok := scripts[name]; !ok {
					return nil, fmt.Errorf("%s asks for %s: there is no assets/%s", from, m[1], name)
				}
				if !slices.Contains(list, name) {
					list = append(list, name)
				}
			}
		}
	}
	return list[1:], nil
}

// checkImports says which script asks for one that is not there, or for one of
// another page.
func checkImports(scripts map[string][]byte) error {
	for name, text := range scripts {
		for _, kind := range []*regexp.Regexp{importedAtOnce, importedLater, startedWorker} {
			for _, m := range kind.FindAllSubmatch(text, -1) {
				asked := path.Join(path.Dir(name), string(m[1]))
				if _, ok := scripts[asked]; !ok {
					return fmt.Errorf("%s asks for %s: there is no assets/%s", name, m[1], asked)
				}
				pool := kind == importedLater && folder(name) == "shared" && asked == poolScript
				if !mayImport(name, asked) && !pool && kind != startedWorker {
					return fmt.Errorf("%s asks for %s: a script imports from its folder and from shared; one of a tool also from simulator and what tools share, and none from a tool (simulator/tools.js loads it)", name, asked)
				}
			}
		}
	}
	return nil
}

// mayImport tells whether the script from may import to.
func mayImport(from, to string) bool {
	if a, b := folder(from), folder(to); b == "shared" || a == b {
		return true
	} else if !strings.HasPrefix(a, "tools") {
		return false
	} else {
		return b == "tools" || b == "simulator"
	}
}

// folder returns the folder of a script below assets/js: "simulator" for
// "js/simulator/main.js", "tools/help" for "js/tools/help/main.js".
func folder(logical string) string {
	return strings.TrimPrefix(path.Dir(logical), "js/")
}

// writeList tells start.js what main.js needs: all scripts are asked for at
// once, not each when another one comes to its import.
func writeList(scripts map[string][]byte) error {
	list, err := needs(scripts, mainScript)
	if err != nil {
		return err
	}
	had, err := needs(scripts, startScript)
	if err != nil {
		return err
	}
	var names []string
	for _, name := range append([]string{mainScript}, list...) {
		if !slices.Contains(had, name) {
			names = append(names, strings.TrimSuffix(strings.TrimPrefix(name, "js/"), ".js"))
		}
	}
	const place = `"__SCRIPTS__"`
	return fillIn(scripts, startScript, place, names)
}

// fillIn writes a list of names into a script, in the place of a string.
func fillIn(scripts map[string][]byte, script, place string, names []string) error {
	return putIn(scripts, script, place, []byte(`"`+strings.Join(names, " ")+`"`))
}

// putIn writes what the build knows into a script, in a place that it has once.
func putIn(scripts map[string][]byte, script, place string, text []byte) error {
	if n := bytes.Count(scripts[script], []byte(place)); n != 1 {
		return fmt.Errorf("%s: %d places to fill in, want one %s", script, n, place)
	}
	scripts[script] = bytes.Replace(scripts[script], []byte(place), text, 1)
	return nil
}
