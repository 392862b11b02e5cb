// Package testsite makes a small build for tests of the server: the real
// templates, styles, scripts and pictures, not minified, and made-up programs
// and pages.
package testsite

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/andybalholm/brotli"

	"zoneaxis/assets"
	"zoneaxis/internal/source/records"
)

// Build is the name of the build that is made.
const Build = "testbuild"

var kinds = map[string]string{
	".css": "text/css; charset=utf-8", ".html": "text/html; charset=utf-8", ".tmpl": "text/html; charset=utf-8",
	".js": "text/javascript; charset=utf-8", ".png": "image/png", ".svg": "image/svg+xml", ".woff2": "font/woff2",
	".ico": "image/x-icon",
}

var once struct {
	sync.Once
	dist fstest.MapFS
}

// Assets returns the build. It is made once for all tests of a program.
func Assets(t testing.TB) *assets.Set {
	t.Helper()
	set, err := assets.Open(Dist(t))
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// Dist returns the files of the build.
func Dist(t testing.TB) fstest.MapFS {
	t.Helper()
	once.Do(func() { once.dist = build(t) })
	if once.dist == nil {
		t.Fatal("the test build failed before")
	}
	return once.dist
}

func build(t testing.TB) fstest.MapFS {
	t.Helper()
	dist := fstest.MapFS{}
	files := map[string]assets.File{}
	add := func(logical, name, url, kind string, data []byte) {
		sum := sha256.Sum256(data)
		f := assets.File{URL: url, Path: name, Type: kind, Size: len(data), SHA256: hex.EncodeToString(sum[:])}
		dist[name] = &fstest.MapFile{Data: data}
		if url != "" && len(data) > 200 && !strings.HasSuffix(name, ".woff2") {
			f.Br, f.Gz = true, true
			dist[name+".br"] = &fstest.MapFile{Data: Brotli(t, data)}
			dist[name+".gz"] = &fstest.MapFile{Data: gzipBytes(t, data)}
		}
		files[logical] = f
	}
	root := filepath.Join(moduleRoot(t), "assets")
	for _, dir := range []string{"html", "css", "js", "img", "fonts"} {
		err := fs.WalkDir(os.DirFS(root), dir, func(logical string, d fs.DirEntry, err error) error {
			name := filepath.Join(root, filepath.FromSlash(logical))
			kind, ok := kinds[filepath.Ext(name)]
			if err != nil || !ok || d.IsDir() {
				return err
			}
			data, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			url := "/static/testbuild/" + logical
			if filepath.Ext(name) == ".tmpl" {
				url = ""
			}
			add(logical, strings.TrimPrefix(orText(url, "/"+logical), "/"), url, kind, data)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	// The build joins the style sheets of pages.
	for _, name := range []string{"css/pages/first.css", "css/pages/simulator.css", "css/pages/unscripted.css", "css/pages/lab.css", "css/pages/embed.css", "css/pages/notice.css", "css/pages/views.css"} {
		add(name, "static/testbuild/"+name, "/static/testbuild/"+name, kinds[".css"], []byte(":root { --accent: #0B6670 }"))
	}
	rng := rand.New(rand.NewPCG(1, 2))
	program := make([]byte, 300_000) // over smallFile, and compressible
	for i := range program {
		program[i] = byte(rng.IntN(12))
	}
	copy(program, "\x00asm")
	for _, name := range []string{"engine.wasm", "engine-simd.wasm", "reader.wasm", "viewer.wasm"} {
		add(name, "static/"+name, "/static/"+name, "application/wasm", program)
	}
	loader := []byte("// loader\n" + strings.Repeat("console.log(0);\n", 40))
	add("wasm_exec.js", "static/wasm_exec.js", "/static/wasm_exec.js", kinds[".js"], loader)
	add("library.txt", "static/library.txt", "/static/library.txt", "text/plain; charset=utf-8", []byte(records.Text))
	add("js/workers/sw.js", "sw.js", "/sw.js", kinds[".js"], loader)

	page := []byte("<!doctype html><title>Articles</title><p>" + strings.Repeat("Spots and bands. ", 40))
	for name, data := range map[string]string{
		"pages/blog/index.html": string(page), "pages/blog/first/index.html": string(page), "pages/library/index.html": string(page),
		"pages/feed.atom": "<feed/>", "pages/rss.xml": "<rss/>", "pages/feed.json": "{}", "pages/robots.txt": "User-agent: *\n",
		"pages/sitemap.xml": "<urlset/>", "pages/manifest.webmanifest": "{}", "pages/library/si.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
		"pages/blog/.draft": "secret", "pages/empty/keep.txt": "x",
		"pages/licences.txt": "Mozilla Public License Version 2.0",
	} {
		dist[name] = &fstest.MapFile{Data: []byte(data)}
	}
	// This one is only there packed, as the build leaves pages.
	dist["pages/blog/packed/index.html.br"] = &fstest.MapFile{Data: Brotli(t, page)}
	dist["pages/blog/packed/index.html.gz"] = &fstest.MapFile{Data: gzipBytes(t, page)}
	dist["pages/404.html.gz"] = &fstest.MapFile{Data: gzipBytes(t, []byte("<!doctype html><title>No page here</title><p>It may have moved."))}
	dist["pages/blog/index.html.br"] = &fstest.MapFile{Data: Brotli(t, page)}
	dist["pages/blog/index.html.gz"] = &fstest.MapFile{Data: gzipBytes(t, page)}

	manifest, err := json.Marshal(assets.Manifest{Build: Build, Files: files})
	if err != nil {
		t.Fatal(err)
	}
	dist["manifest.json"] = &fstest.MapFile{Data: manifest}
	return dist
}

// moduleRoot is the directory of go.mod, above the tested package.
func moduleRoot(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above this test")
		}
	}
}

func orText(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

func gzipBytes(t testing.TB, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Brotli compresses data as the build does for trials: well, not best.
func Brotli(t testing.TB, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := brotli.NewWriterLevel(&b, 5)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
