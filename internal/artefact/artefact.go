// Package artefact keeps what a test has made, so that a person can look at it:
// a drawing that differs from the one before, a screenshot, a printed page. The
// folder artefacts at the top of the project has them until the next run
// overwrites them; it is no part of the project.
package artefact

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Keep writes data as artefacts/name (name may have folders in it) and returns
// the path. If that cannot be done it says so in the test's log and returns "":
// a test does not fail by it.
func Keep(t testing.TB, name string, data []byte) string {
	t.Helper()
	root, err := top()
	if err != nil {
		t.Logf("%s is not kept: %v", name, err)
		return ""
	}
	path := filepath.Join(root, "artefacts", filepath.FromSlash(name))
	err = os.MkdirAll(filepath.Dir(path), 0o755)
	if err == nil {
		err = os.WriteFile(path, data, 0o644)
	}
	if err != nil {
		t.Logf("%s is not kept: %v", name, err)
		return ""
	}
	return path
}

// sheets are the style sheets that a pattern needs, in assets/css.
var sheets = [...]string{"shared/tokens.css", "shared/pattern.css"}

// Drawing keeps a pattern that the session has drawn, with the colours of the
// page in it: opened in a browser it shows what a visitor would see.
func Drawing(t testing.TB, name, svg string) string {
	t.Helper()
	head, rest, ok := strings.Cut(svg, ">")
	root, err := top()
	if !ok || err != nil {
		return Keep(t, name, []byte(svg))
	}
	styles := ""
	for _, sheet := range sheets {
		text, err := os.ReadFile(filepath.Join(root, "assets", "css", sheet))
		if err != nil {
			t.Logf("%s is kept without its colours: %v", name, err)
		}
		styles += string(text)
	}
	return Keep(t, name, []byte(head+"><style><![CDATA[\n"+styles+"]]></style>"+rest))
}

// top returns the folder that holds go.mod, at or above the working directory,
// which for a test is the folder of its package.
func top() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		above := filepath.Dir(dir)
		if above == dir {
			return "", os.ErrNotExist
		}
		dir = above
	}
}
