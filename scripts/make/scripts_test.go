package main

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestNeeds: what a script needs at once is what it imports, also by way of
// another or on several lines, and the workers; not what it loads later.
func TestNeeds(t *testing.T) {
	scripts := map[string][]byte{
		"js/simulator/main.js": []byte("// @ts-check\nimport { a,\n  b } from \"./app.js\";\nimport \"../shared/dom.js\";\nconst later = () => import(\"./help.js\");\n"),
		"js/simulator/app.js":  []byte("import * as engine from \"../shared/engine.js\";\nexport { x } from \"../shared/dom.js\";\n"),
		"js/simulator/help.js": []byte("import \"./main.js\";\n"),
		"js/shared/engine.js":  []byte("const w = startWorker(new URL(\"../workers/engine.js\", import.meta.url));\n"),
		"js/shared/dom.js":     []byte("export const x = 1;\n"),
		"js/workers/engine.js": nil,
	}
	got, err := needs(scripts, mainScript)
	slices.Sort(got)
	if want := []string{"js/shared/dom.js", "js/shared/engine.js", "js/simulator/app.js", "js/workers/engine.js"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v; want %v", got, err, want)
	}
	if err := checkImports(scripts); err != nil {
		t.Error(err)
	}
	scripts["js/workers/pool.js"] = nil
	scripts["js/shared/dom.js"] = []byte("const f = () => import(\"../workers/pool.js\");\n")
	if err := checkImports(scripts); err != nil {
		t.Error(err)
	}
	for _, wrong := range []string{"import \"./none.js\";\n", "const f = () => import(\"./none.js\");\n", "import \"../site/main.js\";\n",
		"const f = () => import(\"../workers/pool.js\");\n", "new Worker(new URL(\"../workers/none.js\", import.meta.url));\n"} {
		scripts["js/site/main.js"] = nil
		scripts["js/simulator/help.js"] = []byte(wrong)
		if err := checkImports(scripts); err == nil || !strings.Contains(err.Error(), "js/simulator/help.js asks for ") {
			t.Errorf("%q: got error %v", wrong, err)
		}
	}
	delete(scripts, "js/workers/engine.js")
	if _, err := needs(scripts, mainScript); err == nil {
		t.Error("a worker that is not there: got no error")
	}
}

// TestScriptList: start.js asks for main.js and what that needs, all of it built,
// and for nothing that it has already.
func TestScriptList(t *testing.T) {
	b := theSite(t)
	var listed []string
	for _, text := range regexp.MustCompile(`"([a-z/ -]+/main(?: [a-z/-]+)+)"`).FindAllSubmatch(b.read(t, b.files[startScript].Path), -1) {
		listed = append(listed, strings.Fields(string(text[1]))...)
	}
	if len(listed) < 15 {
		t.Errorf("start.js lists only %q", listed)
	}
	for _, name := range listed {
		if _, ok := b.files["js/"+name+".js"]; !ok {
			t.Errorf("start.js lists %s, which was not built", name)
		}
		if slices.Contains(b.files[startScript].Imports, "js/"+name+".js") {
			t.Errorf("start.js lists %s, which it has already", name)
		}
	}
	for _, name := range []string{"simulator/app", "shared/store", "simulator/zone"} {
		if !slices.Contains(listed, name) {
			t.Errorf("start.js does not list %s, which main.js needs", name)
		}
	}
	if got, want := b.files[startScript].Imports, []string{"js/shared/dom.js", "js/shared/engine.js", "js/shared/files.js", "js/shared/signal.js", "js/shared/vectors.js", "js/shared/worker.js", "js/workers/engine-worker.js"}; !slices.Equal(slices.Sorted(slices.Values(got)), want) {
		t.Errorf("start.js itself needs %q, want %q", got, want)
	}
}
