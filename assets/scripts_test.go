package assets_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestScriptList: the simulator's page lists every script that main.js needs,
// so that all of them are asked for at once, and no other.
func TestScriptList(t *testing.T) {
	imports := regexp.MustCompile(`(?m)^(?:import|export)\b[^;]*?"\./([a-z-]+\.js)"`)
	var needed []string
	for queue := []string{"main.js"}; len(queue) > 0; queue = queue[1:] {
		if slices.Contains(needed, queue[0]) {
			continue
		}
		needed = append(needed, queue[0])
		text, err := os.ReadFile(filepath.Join("js", queue[0]))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range imports.FindAllSubmatch(text, -1) {
			queue = append(queue, string(m[1]))
		}
	}
	page, err := os.ReadFile(filepath.Join("html", "sim.tmpl"))
	if err != nil {
		t.Fatal(err)
	}
	var listed []string
	if m := regexp.MustCompile(`data-scripts="([a-z -]+)"`).FindSubmatch(page); m != nil {
		for name := range strings.FieldsSeq(string(m[1])) {
			listed = append(listed, name+".js")
		}
	}
	slices.Sort(needed)
	slices.Sort(listed)
	if len(needed) < 20 || !slices.Equal(listed, needed) {
		t.Errorf("sim.tmpl lists %q, main.js needs %q", listed, needed)
	}
}
