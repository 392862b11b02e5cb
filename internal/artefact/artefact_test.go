package artefact

import (
	"os"
	"path/filepath"
	"testing"
)

// TestDrawing: what is kept lies in artefacts at the top of the project, with
// its style sheets.
func TestDrawing(t *testing.T) {
	project := t.TempDir()
	write := func(name, text string) {
		path := filepath.Join(project, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("go.mod", "")
	write("internal/one/two/x", "")
	write("assets/css/shared/tokens.css", "a{}")
	write("assets/css/shared/pattern.css", "b{}")
	t.Chdir(filepath.Join(project, "internal/one/two"))
	path := Drawing(t, "pictures/a.svg", "<svg width=\"1\"><g/></svg>")
	if want := filepath.Join(project, "artefacts", "pictures", "a.svg"); path != want {
		// A temporary folder may be a link to another.
		if a, err := filepath.EvalSymlinks(want); err != nil || a != path {
			t.Fatalf("kept as %q, want %q", path, want)
		}
	}
	text, err := os.ReadFile(path)
	if want := "<svg width=\"1\"><style><![CDATA[\na{}b{}]]></style><g/></svg>"; err != nil || string(text) != want {
		t.Errorf("kept %q, %v", text, err)
	}
	if err := os.Remove(filepath.Join(project, "go.mod")); err != nil {
		t.Fatal(err)
	}
	if path := Keep(t, "b", nil); path != "" {
		t.Errorf("outside a project it is kept as %q", path)
	}
}

// TestSheets: the style sheets that a drawing needs are there.
func TestSheets(t *testing.T) {
	root, err := top()
	if err != nil {
		t.Fatal(err)
	}
	for _, sheet := range sheets {
		if _, err := os.Stat(filepath.Join(root, "assets", "css", sheet)); err != nil {
			t.Error(err)
		}
	}
}
