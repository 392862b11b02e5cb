package main

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/tdewolff/minify/v2"
	"github.com/tdewolff/minify/v2/css"
	"github.com/tdewolff/minify/v2/html"
	"github.com/tdewolff/minify/v2/js"
	minjson "github.com/tdewolff/minify/v2/json"
	"github.com/tdewolff/minify/v2/svg"
	"golang.org/x/sync/errgroup"
)

// builder collects the files of one build.
type builder struct {
	root string // of the project
	out  string // assets/dist
	dev  bool
	now  time.Time // for articles that are not due yet
	// crystals are those that the pattern library shows; none means all.
	crystals []string
	origin   string // address of the site for feeds and canonical links, or ""
	build    string // hash over everything that pages load: the folder of scripts and styles
	files    map[string]File
	tools    map[string][]string // files of each tool, by logical name
}

// types of the files that can be served. Text types are minified where there
// is a minifier, and all of them are compressed except pictures and fonts,
// which are compressed already.
var types = map[string]struct {
	mime   string
	packed bool
}{
	".atom":        {"application/atom+xml; charset=utf-8", false},
	".css":         {"text/css; charset=utf-8", false},
	".html":        {"text/html; charset=utf-8", false},
	".ico":         {"image/x-icon", false},
	".js":          {"text/javascript; charset=utf-8", false},
	".json":        {"application/json", false},
	".png":         {"image/png", true},
	".rss":         {"application/rss+xml; charset=utf-8", false},
	".svg":         {"image/svg+xml", false},
	".tmpl":        {"text/html; charset=utf-8", false},
	".txt":         {"text/plain; charset=utf-8", false},
	".wasm":        {"application/wasm", false},
	".webmanifest": {"application/manifest+json", false},
	".woff2":       {"font/woff2", true},
	".xml":         {"application/xml", false},
}

// minifyCSS is css.Minify, which copies what stands in container queries as it
// is: they go through it as the queries of media that they are like.
func minifyCSS(m *minify.M, w io.Writer, r io.Reader, params map[string]string) error {
	sheet, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	sheet = bytes.ReplaceAll(sheet, []byte("@container pattern ("), []byte("@media pattern and ("))
	if err := css.Minify(m, &b, bytes.NewReader(sheet), params); err != nil {
		return err
	}
	_, err = w.Write(bytes.ReplaceAll(b.Bytes(), []byte("@media pattern and ("), []byte("@container pattern (")))
	return err
}

func newMinifier() *minify.M {
	m := minify.New()
	m.AddFunc("text/css", minifyCSS)
	m.AddFunc("text/javascript", js.Minify)
	m.AddFunc("application/json", minjson.Minify)
	m.AddFunc("application/manifest+json", minjson.Minify)
	m.AddFunc("image/svg+xml", svg.Minify)
	m.Add("text/html", &html.Minifier{
		KeepDocumentTags: true, KeepEndTags: true, KeepQuotes: true, KeepDefaultAttrVals: true,
		TemplateDelims: html.GoTemplateDelims,
	})
	return m
}

var minifier = newMinifier()

// clean empties assets/dist but for its .keep file.
func (b *builder) clean() error {
	entries, err := os.ReadDir(b.out)
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	for _, e := range entries {
		if e.Name() == ".keep" {
			continue
		}
		if err := os.RemoveAll(filepath.Join(b.out, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// add writes one file under assets/dist and enters it under its logical name.
// url "" means that it is not served by itself (a template).
func (b *builder) add(logical, path, url string, data []byte) error {
	kind, ok := types[filepath.Ext(path)]
	if !ok {
		return fmt.Errorf("%s: unknown kind of file %q", logical, filepath.Ext(path))
	}
	full := filepath.Join(b.out, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(full, data, 0o644); err != nil {
		return err
	}
	sum := sha256.Sum256(data)
	b.files[logical] = File{URL: url, Path: path, Type: kind.mime, Size: len(data), BrSize: len(data), SHA256: hex.EncodeToString(sum[:])}
	return nil
}

// addHashed adds a file under /static with its own content in its name, so
// that a change elsewhere does not make anyone load it again.
func (b *builder) addHashed(logical string, data []byte) error {
	ext := filepath.Ext(logical)
	path := "static/" + strings.TrimSuffix(logical, ext) + "." + hash(data) + ext
	return b.add(logical, path, "/"+path, data)
}

func hash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:5])
}

// minified returns data made smaller, if there is a minifier for its kind.
func minified(name string, data []byte) ([]byte, error) {
	kind, _, _ := strings.Cut(types[filepath.Ext(name)].mime, ";")
	out, err := minifier.Bytes(kind, data)
	if err == minify.ErrNotExist {
		return data, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return out, nil
}

// sources lists the files below dir whose names end in one of the endings, as
// slash paths relative to dir, in order. Tests of scripts, which lie beside them,
// are left out.
func sources(dir string, endings ...string) ([]string, error) {
	var list []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if !d.IsDir() && slices.Contains(endings, filepath.Ext(path)) && !strings.HasSuffix(path, ".test.js") {
			rel, err := filepath.Rel(dir, path)
			if err != nil {
				return err
			}
			list = append(list, filepath.ToSlash(rel))
		}
		return nil
	})
	if os.IsNotExist(err) {
		return nil, nil
	}
	slices.Sort(list)
	return list, err
}

// pictures adds fonts and pictures.
func (b *builder) pictures() error {
	for _, dir := range []string{"fonts", "img"} {
		names, err := sources(filepath.Join(b.root, "assets", dir), ".woff2", ".svg", ".png", ".ico", ".txt")
		if err != nil {
			return err
		}
		for _, name := range names {
			data, err := os.ReadFile(filepath.Join(b.root, "assets", dir, filepath.FromSlash(name)))
			if err != nil {
				return err
			}
			if data, err = minified(name, data); err != nil {
				return err
			}
			if err := b.addHashed(dir+"/"+name, data); err != nil {
				return err
			}
		}
	}
	return nil
}

// namedURL is where a script wants the address of a file that is named after
// its contents (shared/files.js).
var namedURL = regexp.MustCompile(`"__URL ([^"]+)__"`)

var assetURL = regexp.MustCompile(`(?:\.\./)+((?:fonts|img)/[A-Za-z0-9._-]+)`)

// code adds scripts and styles. They share one folder named after all of them,
// so that relative imports between modules need no rewriting; addresses of
// fonts and pictures in them become the hashed ones.
func (b *builder) code() error {
	all := map[string][]byte{}
	for _, dir := range []string{"css", "js"} {
		names, err := sources(filepath.Join(b.root, "assets", dir), "."+dir)
		if err != nil {
			return err
		}
		for _, name := range names {
			data, err := os.ReadFile(filepath.Join(b.root, "assets", dir, filepath.FromSlash(name)))
			if err != nil {
				return err
			}
			var missing error
			data = assetURL.ReplaceAllFunc(data, func(found []byte) []byte {
				logical := strings.ReplaceAll(string(found), "../", "")
				file, ok := b.files[logical]
				if !ok {
					missing = fmt.Errorf("%s/%s: there is no assets/%s", dir, name, logical)
				}
				return []byte(file.URL)
			})
			data = namedURL.ReplaceAllFunc(data, func(found []byte) []byte {
				logical := string(namedURL.FindSubmatch(found)[1])
				file, ok := b.files[logical]
				if !ok {
					missing = fmt.Errorf("%s/%s: there is no built file %s", dir, name, logical)
				}
				return []byte(`"` + file.URL + `"`)
			})
			if missing != nil {
				return missing
			}
			all[dir+"/"+name] = data
		}
	}
	if err := errors.Join(checkImports(all), writeList(all)); err != nil {
		return err
	}
	var err error
	if b.tools, err = tools(all); err != nil {
		return err
	}
	imports := map[string][]string{}
	for _, name := range []string{startScript, mainScript} {
		list, err := needs(all, name)
		if err != nil {
			return err
		}
		imports[name] = list
	}
	for name, data := range all {
		if all[name], err = minified(name, data); err != nil {
			return err
		}
	}
	if err := join(all); err != nil {
		return err
	}
	logicals := slices.Sorted(maps.Keys(all))
	sum := sha256.New()
	for _, logical := range slices.Sorted(maps.Keys(b.files)) {
		fmt.Fprintln(sum, logical, b.files[logical].SHA256)
	}
	for _, logical := range logicals {
		fmt.Fprintln(sum, logical, len(all[logical]))
		sum.Write(all[logical])
	}
	// The viewer's document stands in the same folder.
	documents, err := sources(filepath.Join(b.root, "assets", "html"), ".html")
	if err != nil {
		return err
	}
	for _, name := range documents {
		data, err := os.ReadFile(filepath.Join(b.root, "assets", "html", name))
		if err != nil {
			return err
		}
		fmt.Fprintln(sum, name, len(data))
		sum.Write(data)
	}
	b.build = hex.EncodeToString(sum.Sum(nil)[:5])
	for _, logical := range logicals {
		data := all[logical]
		// The service worker has to stand at the root to control every page,
		// and its text has to change with every build.
		if logical == serviceWorker {
			if err := b.add(logical, "sw.js", "/sw.js", bytes.ReplaceAll(data, []byte("__BUILD__"), []byte(b.build))); err != nil {
				return err
			}
			continue
		}
		path := "static/" + b.build + "/" + logical
		if logical == earlyScript { // stands in the pages
			if err := b.add(logical, "html/early.js", "", data); err != nil {
				return err
			}
			continue
		}
		if err := b.add(logical, path, "/"+path, data); err != nil {
			return err
		}
	}
	for name, list := range imports {
		f := b.files[name]
		f.Imports = list
		b.files[name] = f
	}
	return nil
}

// templates minifies the page templates. The document of the viewer's iframe is
// no template: it is served as it is, from the folder of the scripts.
func (b *builder) templates() error {
	names, err := sources(filepath.Join(b.root, "assets", "html"), ".tmpl", ".html")
	if err != nil {
		return err
	}
	for _, name := range names {
		data, err := os.ReadFile(filepath.Join(b.root, "assets", "html", filepath.FromSlash(name)))
		if err != nil {
			return err
		}
		if data, err = minified(name, data); err != nil {
			return err
		}
		path, url := "html/"+name, ""
		if filepath.Ext(name) == ".html" {
			path = "static/" + b.build + "/" + name
			url = "/" + path
		}
		if err := b.add("html/"+name, path, url, data); err != nil {
			return err
		}
	}
	return nil
}

// compress writes .br and .gz beside every served file that gets smaller.
// Brotli at its best takes half a minute for the viewer, so results are kept
// by content in .cache.
func (b *builder) compress() error {
	var group errgroup.Group
	group.SetLimit(runtime.NumCPU())
	results := make(chan File, len(b.files))
	logical := map[string]string{} // path → logical name
	// The largest first: a program that came last would keep one processor alone.
	names := slices.SortedFunc(maps.Keys(b.files), func(x, y string) int {
		return cmp.Or(cmp.Compare(b.files[y].Size, b.files[x].Size), cmp.Compare(x, y))
	})
	for _, name := range names {
		f := b.files[name]
		logical[f.Path] = name
		if f.URL == "" && !strings.HasPrefix(f.Path, "pages/") || types[filepath.Ext(f.Path)].packed || f.Size < 200 {
			continue
		}
		group.Go(func() error {
			full := filepath.Join(b.out, filepath.FromSlash(f.Path))
			data, err := os.ReadFile(full)
			if err != nil {
				return err
			}
			br, err := b.cached(f.SHA256, "br", func() []byte { return brotliBytes(data, b.dev) })
			if err != nil {
				return err
			}
			gz, err := b.cached(f.SHA256, "gz", func() []byte { return gzipBytes(data, b.dev) })
			if err != nil {
				return err
			}
			if len(br) < len(data) {
				f.Br, f.BrSize = true, len(br)
				if err := os.WriteFile(full+".br", br, 0o644); err != nil {
					return err
				}
			}
			if len(gz) < len(data) {
				f.Gz = true
				if err := os.WriteFile(full+".gz", gz, 0o644); err != nil {
					return err
				}
			}
			// Pages are a third of all bytes. Hardly anybody asks for one unpacked.
			if f.Packed = f.Br && f.Gz && strings.HasPrefix(f.Path, "pages/"); f.Packed {
				if err := os.Remove(full); err != nil {
					return err
				}
			}
			results <- f
			return nil
		})
	}
	err := group.Wait()
	close(results)
	for f := range results {
		b.files[logical[f.Path]] = f
	}
	return err
}

// cached returns the stored result for a content hash, or makes and stores it.
func (b *builder) cached(sum, encoding string, make func() []byte) ([]byte, error) {
	if b.dev {
		encoding = "fast-" + encoding
	}
	path := filepath.Join(b.root, ".cache", "compressed", sum+"."+encoding)
	if data, err := os.ReadFile(path); err == nil && len(data) > 0 {
		return data, nil
	}
	data := make()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	temp, err := os.CreateTemp(filepath.Dir(path), "new-")
	if err != nil {
		return nil, err
	}
	if _, err := temp.Write(data); err != nil {
		return nil, err
	}
	if err := temp.Close(); err != nil {
		return nil, err
	}
	return data, os.Rename(temp.Name(), path)
}

func brotliBytes(data []byte, fast bool) []byte {
	options := brotli.WriterOptions{Quality: brotli.BestCompression, LGWin: 24}
	if fast {
		options.Quality = 4
	}
	var out bytes.Buffer
	w := brotli.NewWriterOptions(&out, options)
	mustWrite(w, data)
	return out.Bytes()
}

func gzipBytes(data []byte, fast bool) []byte {
	level := gzip.BestCompression
	if fast {
		level = gzip.BestSpeed
	}
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, level)
	if err != nil {
		panic(err) // the level is a constant of the package
	}
	mustWrite(w, data)
	return out.Bytes()
}

// mustWrite writes to memory, which cannot fail.
func mustWrite(w io.WriteCloser, data []byte) {
	if _, err := w.Write(data); err != nil {
		panic(err)
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
}
