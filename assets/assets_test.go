package assets_test

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"zoneaxis/assets"
)

func TestOpen(t *testing.T) {
	const manifest = `{"build":"b1","files":{"js/a.js":{"url":"/static/b1/js/a.js","file":"static/b1/js/a.js","type":"text/javascript","br":true,"size":3}}}`
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	tests := []struct {
		name string
		fs   fstest.MapFS
		want string // part of the error; empty for success
	}{
		{"complete", fstest.MapFS{"manifest.json": file(manifest), "static/b1/js/a.js": file("abc"), "static/b1/js/a.js.br": file("x")}, ""},
		{"fresh clone", fstest.MapFS{".keep": file("")}, "./scripts/run"},
		{"broken list", fstest.MapFS{"manifest.json": file("{")}, "manifest.json"},
		{"sidecar missing", fstest.MapFS{"manifest.json": file(manifest), "static/b1/js/a.js": file("abc")}, "js/a.js"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			set, err := assets.Open(tt.fs)
			if tt.want != "" {
				if err == nil || !strings.Contains(err.Error(), tt.want) {
					t.Fatalf("got error %v, want one that contains %q", err, tt.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if url, err := set.URL("js/a.js"); err != nil || url != "/static/b1/js/a.js" {
				t.Errorf("URL: got %q, %v", url, err)
			}
			if _, err := set.URL("js/b.js"); err == nil {
				t.Error("URL of an unknown name: got no error")
			}
		})
	}
	if _, err := assets.Open(fstest.MapFS{}); !errors.Is(err, assets.ErrNotBuilt) {
		t.Errorf("got %v, want ErrNotBuilt", err)
	}
}
