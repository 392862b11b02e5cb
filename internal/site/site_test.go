package site_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/site"
)

func TestSlug(t *testing.T) {
	for name, want := range map[string]string{
		"Materials Project": "materials-project", "L1_2, AuCu3": "l1-2-aucu3", "  -x- ": "x", "ZnS (wurtzite)": "zns-wurtzite", "": "",
	} {
		if got := site.Slug(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func TestIndices(t *testing.T) {
	if got, want := string(site.Indices(crystal.FormatHKL(crystal.HKL{1, -1, 0}, true))), `<span class="hkl">1<span class="ob">1<i>̄</i></span>00</span>`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestMissingFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "a.tmpl")
	if err := os.WriteFile(name, []byte(`{{define "a"}}{{.Title}} {{url "css/none.css"}}{{end}}`), 0o644); err != nil {
		t.Fatal(err)
	}
	r, err := site.New("", "", func(string) (string, int, bool) { return "", 0, false }, name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Render("x/index.html", "a", &struct{ site.Head }{}); err == nil || !strings.Contains(err.Error(), `"css/none.css", which was not built`) {
		t.Errorf("a file that was not built: %v", err)
	}
}
