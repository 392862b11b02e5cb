package web

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"

	"zoneaxis/server/internal/testsite"
)

// TestExport: files lie where a web server looks for them, plain and packed; a
// second time nothing is written that is the same, and what is there of another
// build stays.
func TestExport(t *testing.T) {
	set, dir := testsite.Assets(t), t.TempDir()
	old := filepath.Join(dir, "plain/static/oldbuild/js/old.js")
	if err := os.MkdirAll(filepath.Dir(old), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(old, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := Export(set, "https://example.org", dir); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"plain/static/engine.wasm", "br/static/engine.wasm", "plain/static/engine.wasm.gz", "plain/sw.js", "plain/feed.atom", "plain/blog/packed/index.html.gz", HeadersFile, "plain/static/oldbuild/js/old.js"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
	// Only there packed in the build.
	plain, err := os.ReadFile(filepath.Join(dir, "plain/blog/packed/index.html"))
	if err != nil {
		t.Fatal(err)
	}
	packed, err := os.ReadFile(filepath.Join(dir, "br/blog/packed/index.html"))
	if err != nil {
		t.Fatal(err)
	}
	unpacked, err := io.ReadAll(brotli.NewReader(bytes.NewReader(packed)))
	if err != nil || !bytes.Equal(plain, unpacked) || !bytes.Contains(plain, []byte("Spots and bands")) {
		t.Errorf("plain has %d bytes, unpacked %d, %v", len(plain), len(unpacked), err)
	}
	for _, name := range []string{"plain/blog/.draft", "plain/manifest.json", "plain/html/sim.tmpl"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			t.Errorf("%s is no page", name)
		}
	}
	headers, err := os.ReadFile(filepath.Join(dir, HeadersFile))
	if err != nil || !strings.Contains(string(headers), `"<https://example.org$zoneaxis_path>; rel=\"canonical\""`) || !strings.Contains(string(headers), "frame-ancestors 'self'") {
		t.Errorf("%v, %s", err, headers)
	}

	page, before := filepath.Join(dir, "plain/blog/index.html"), time.Now().Add(-time.Hour).Truncate(time.Second)
	if err := os.Chtimes(page, before, before); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "plain/feed.atom"), []byte("damaged"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := Export(set, "", dir); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(page); err != nil || !info.ModTime().Equal(before) {
		t.Errorf("written again though it is the same: %v, %v", info, err)
	}
	if feed, err := os.ReadFile(filepath.Join(dir, "plain/feed.atom")); err != nil || string(feed) != "<feed/>" {
		t.Errorf("the feed: %q, %v", feed, err)
	}
	if err := Export(set, "", filepath.Join(page, "below")); err == nil {
		t.Error("a folder that cannot be written: no error")
	}
}
