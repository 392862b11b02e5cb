package web

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"sync"

	"zoneaxis/assets"
	"zoneaxis/internal/link"
)

// smallFile is the size up to which a file is kept in memory. Bigger ones (the
// wasm programs) are read from where they are: the binary, or the disk.
const smallFile = 256 << 10

// kinds are the types of files under pages/, which the manifest does not list.
var kinds = map[string]string{
	".atom":        "application/atom+xml; charset=utf-8",
	".css":         "text/css; charset=utf-8",
	".csv":         "text/csv; charset=utf-8",
	".html":        "text/html; charset=utf-8",
	".ico":         "image/x-icon",
	".js":          "text/javascript; charset=utf-8",
	".json":        "application/json",
	".pdf":         "application/pdf",
	".png":         "image/png",
	".rss":         "application/rss+xml; charset=utf-8",
	".svg":         "image/svg+xml",
	".txt":         "text/plain; charset=utf-8",
	".wasm":        "application/wasm",
	".webmanifest": "application/manifest+json",
	".woff2":       "font/woff2",
	".xml":         "application/xml; charset=utf-8",
}

// feedKinds are types by name: a feed called .xml or .json is more than that.
var feedKinds = map[string]string{
	"rss.xml":   "application/rss+xml; charset=utf-8",
	"feed.xml":  "application/atom+xml; charset=utf-8",
	"atom.xml":  "application/atom+xml; charset=utf-8",
	"feed.json": "application/feed+json",
}

// site is one build as it is served.
type site struct {
	set   *assets.Set
	files map[string]*staticFile // by address
	// policy is that of the pages made at build, which hold one script.
	policy []string

	mu    sync.Mutex
	pages map[string]*staticFile // by path below pages/, filled as they are asked for
}

// staticFile is one file in its encodings.
type staticFile struct {
	content
	path   string // in the build
	gz, br bool
	sizes  [3]int64
	cache  []string
	inner  bool // a document for an iframe of ours
	loaded bool // content holds the bytes
	packed bool // only .gz and .br are there
}

func newSite(set *assets.Set) (*site, error) {
	s := &site{set: set, files: map[string]*staticFile{}, pages: map[string]*staticFile{}}
	for name, f := range set.Manifest.Files {
		if f.URL == "" {
			continue
		}
		if len(f.SHA256) < 24 {
			return nil, fmt.Errorf("web: manifest: %s has no checksum", name)
		}
		cache := noCache
		if strings.HasPrefix(f.URL, "/static/") {
			cache = immutable
		}
		file := &staticFile{path: f.Path, gz: f.Gz, br: f.Br, cache: cache, inner: strings.HasPrefix(f.Type, "text/html")}
		file.kind, file.etag = f.Type, `"`+f.SHA256[:24]+`"`
		if err := file.load(set.FS); err != nil {
			return nil, err
		}
		s.files[f.URL] = file
	}
	s.policy = pagePolicy
	if early, ok := set.Manifest.Files["js/site/early.js"]; ok {
		data, err := fs.ReadFile(set.FS, early.Path)
		if err != nil {
			return nil, fmt.Errorf("web: %w", err)
		}
		s.policy = []string{allow(policyPage, "script-src", data)}
	}
	return s, nil
}

// load reads a small file and the sizes of a big one.
func (f *staticFile) load(fsys fs.FS) error {
	info, err := fs.Stat(fsys, f.path)
	if err != nil {
		return fmt.Errorf("web: %w", err)
	}
	f.sizes[identity] = info.Size()
	f.loaded = info.Size() <= smallFile
	for _, v := range []struct {
		e    encoding
		ok   bool
		end  string
		into *[]byte
	}{{identity, true, "", &f.body}, {gzipped, f.gz, ".gz", &f.content.gz}, {brotlied, f.br, ".br", &f.content.br}} {
		if !v.ok {
			continue
		}
		info, err := fs.Stat(fsys, f.path+v.end)
		if err != nil {
			return fmt.Errorf("web: %w", err)
		}
		f.sizes[v.e] = info.Size()
		if f.loaded {
			if *v.into, err = fs.ReadFile(fsys, f.path+v.end); err != nil {
				return fmt.Errorf("web: %w", err)
			}
		}
	}
	return nil
}

// serve answers with the file.
func (f *staticFile) serve(w http.ResponseWriter, r *http.Request, fsys fs.FS) error {
	if f.inner {
		framedBySelf(w.Header())
	}
	if f.loaded {
		f.content.serve(w, r, f.cache)
		return nil
	}
	h := w.Header()
	h["Content-Type"] = []string{f.kind}
	h["Cache-Control"] = f.cache
	h["Vary"] = varyEncoding
	e, end := identity, ""
	if r.Header["Range"] == nil {
		e = accepted(header(r, "Accept-Encoding"), f.gz, f.br)
	}
	switch e {
	case gzipped:
		end = ".gz"
		h["Content-Encoding"] = gzipHeader
	case brotlied:
		end = ".br"
		h["Content-Encoding"] = brotliHeader
	}
	t := tag(f.etag, e)
	h["Etag"] = []string{t}
	if e != identity && matches(header(r, "If-None-Match"), t) {
		notModified(w)
		return nil
	}
	if e == identity && f.packed {
		data, err := f.plain(fsys)
		if err != nil {
			return err
		}
		h["Accept-Ranges"] = []string{"bytes"}
		serveParts(w, r, bytes.NewReader(data))
		return nil
	}
	file, err := fsys.Open(f.path + end)
	if err != nil {
		return err
	}
	defer file.Close()
	if e == identity {
		h["Accept-Ranges"] = []string{"bytes"}
		seeker, ok := file.(io.ReadSeeker)
		if !ok {
			return fmt.Errorf("web: %s: file cannot seek", f.path)
		}
		serveParts(w, r, seeker)
		return nil
	}
	h["Content-Length"] = []string{strconv.FormatInt(f.sizes[e], 10)}
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodHead {
		return nil
	}
	_, err = io.Copy(w, file)
	return err
}

// page finds a file below pages/ by the path of a request: the file itself, or
// index.html of a folder. It reports a folder asked for without its slash.
func (s *site) page(requested string) (f *staticFile, slash bool, err error) {
	clean := path.Clean("/" + requested)
	if strings.Contains(requested, "//") || strings.Contains(clean, "/.") {
		return nil, false, fs.ErrNotExist
	}
	name := "pages" + clean
	if strings.HasSuffix(requested, "/") {
		name = path.Join("pages", clean, "index.html")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if f, ok := s.pages[name]; ok {
		return f, false, nil
	}
	f = &staticFile{path: name, cache: noCache}
	gz, gzErr := fs.Stat(s.set.FS, name+".gz")
	br, brErr := fs.Stat(s.set.FS, name+".br")
	f.gz, f.br = gzErr == nil, brErr == nil
	info, err := fs.Stat(s.set.FS, name)
	switch {
	case err != nil && !f.gz:
		return nil, false, fs.ErrNotExist
	case err != nil:
		f.packed = true
	case info.IsDir():
		index := path.Join(name, "index.html")
		for _, there := range []string{index, index + ".gz"} {
			if _, err := fs.Stat(s.set.FS, there); err == nil {
				return nil, true, nil
			}
		}
		return nil, false, fs.ErrNotExist
	}
	kind, ok := kinds[path.Ext(name)]
	if !ok {
		return nil, false, fs.ErrNotExist // a sidecar
	}
	if feed, ok := feedKinds[path.Base(name)]; ok {
		kind = feed
	}
	f.kind = kind
	// Pages are many: none of them is kept in memory.
	plain, err := f.plain(s.set.FS)
	if err != nil {
		return nil, false, err
	}
	f.etag = hashTag(plain)
	f.sizes[identity] = int64(len(plain))
	if f.gz {
		f.sizes[gzipped] = gz.Size()
	}
	if f.br {
		f.sizes[brotlied] = br.Size()
	}
	s.pages[name] = f
	return f, false, nil
}

// plain returns the bytes of the file as they are without an encoding. What is
// only there packed is unpacked each time: few clients ask for it.
func (f *staticFile) plain(fsys fs.FS) ([]byte, error) {
	if !f.packed {
		return fs.ReadFile(fsys, f.path)
	}
	file, err := fsys.Open(f.path + ".gz")
	if err != nil {
		return nil, err
	}
	defer file.Close()
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		return nil, fmt.Errorf("web: %s.gz: %w", f.path, err)
	}
	data, err := io.ReadAll(unpacked)
	if err != nil {
		return nil, fmt.Errorf("web: %s.gz: %w", f.path, err)
	}
	return data, nil
}

// static serves the files of the manifest.
func (s *server) static(w http.ResponseWriter, r *http.Request) {
	site := s.site()
	f, ok := site.files[r.URL.Path]
	if !ok {
		s.notFound(w, r)
		return
	}
	// An embedded pattern loads them from a page without an origin, if its frame
	// is sandboxed.
	readByAnyone(w.Header())
	s.reply(w, r, f, site)
}

// other serves what is not in the route table: pages made at build, feeds, the
// service worker.
func (s *server) other(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		s.badMethod(w, r)
		return
	}
	site := s.site()
	if f, ok := site.files[r.URL.Path]; ok {
		s.reply(w, r, f, site)
		return
	}
	f, slash, err := site.page(r.URL.Path)
	switch {
	case slash:
		// Only the path: a query would not change the page.
		http.Redirect(w, r, path.Clean("/"+r.URL.Path)+"/", http.StatusMovedPermanently)
	case errors.Is(err, fs.ErrNotExist):
		if there := s.withoutEnd(r.URL.Path, site); there != "" {
			http.Redirect(w, r, (&url.URL{Path: there, RawQuery: r.URL.RawQuery}).String(), http.StatusFound)
			return
		}
		s.notFound(w, r)
	case err != nil:
		s.internal(w, r, err)
	default:
		s.reply(w, r, f, site)
	}
}

// withoutEnd returns the path of the page that an address means to which the
// text around it has left something, as in "(see /library/si/)."; or "".
func (s *server) withoutEnd(asked string, site *site) string {
	short := link.Meant(asked)
	if short == asked {
		return ""
	}
	there := path.Clean("/" + short)
	if there == "/" || there == link.Path {
		return there
	}
	if strings.HasSuffix(short, "/") {
		there += "/"
	}
	if _, slash, err := site.page(there); err == nil || slash {
		return there
	}
	return ""
}

// favicon answers programs that look for an icon where there always was one.
func (s *server) favicon(w http.ResponseWriter, r *http.Request) {
	site := s.site()
	for _, name := range []string{"img/icon-192.png", "img/icon.svg"} {
		if f := site.files[site.set.Manifest.Files[name].URL]; f != nil && f.loaded {
			w.Header()["Content-Security-Policy"] = picturePolicy
			readByAnyone(w.Header())
			f.content.serve(w, r, dayCache)
			return
		}
	}
	s.notFound(w, r)
}

// licences serves the notices of what the programs are made with.
func (s *server) licences(w http.ResponseWriter, r *http.Request) {
	site := s.site()
	f, _, err := site.page("/licences.txt")
	if err != nil {
		s.notFound(w, r)
		return
	}
	s.reply(w, r, f, site)
}

func (s *server) reply(w http.ResponseWriter, r *http.Request, f *staticFile, site *site) {
	switch {
	case strings.HasPrefix(f.kind, "image/svg"):
		w.Header()["Content-Security-Policy"] = picturePolicy
	case strings.HasPrefix(f.kind, "text/html"):
		w.Header()["Content-Security-Policy"] = site.policy
		if s.cfg.Origin != "" { // the build may know none
			w.Header()["Link"] = []string{"<" + s.cfg.Origin + r.URL.EscapedPath() + `>; rel="canonical"`}
		}
	}
	if err := f.serve(w, r, site.set.FS); err != nil {
		s.log.Debug("file not sent", "file", f.path, "error", err.Error())
	}
}

// internal answers 500 and keeps the reason for the log.
func (s *server) internal(w http.ResponseWriter, r *http.Request, err error) {
	s.log.Error("request failed", "path", r.URL.Path, "error", err.Error())
	s.fail(w, r, problem{Status: http.StatusInternalServerError, Code: "internal", Detail: "Something went wrong on this server. It has been noted."})
}
