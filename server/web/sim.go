package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/andybalholm/brotli"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/link"
	"zoneaxis/internal/protocol"
	"zoneaxis/internal/session"
	"zoneaxis/internal/source"
	_ "zoneaxis/internal/source/records" // the library
	"zoneaxis/internal/source/search"
	"zoneaxis/server/mp"
)

const (
	// maxQuery bounds the query of a page or picture, bytes.
	maxQuery = 2 << 10
	// fetchFor is how long a page waits for a structure from the upstream. A
	// browser with scripts then fetches it by itself.
	fetchFor = 4 * time.Second
)

var (
	pictureCache = []string{"public, max-age=3600"}
	varyPage     = []string{"Accept-Encoding, Cookie"}
	simPath      = link.Path
)

// The templates of pages for one link.
const (
	simTemplate   = "sim.tmpl"
	embedTemplate = "embed.tmpl"
	viewsTemplate = "views.tmpl"
)

// simPage is what these are filled with.
type simPage struct {
	View        *protocol.View
	SVG         template.HTML
	Linked      *linked // in views.tmpl
	Problems    []link.Problem
	Link        string // canonical link of what was asked for
	Origin      string
	Build       string
	Theme       string
	CriticalCSS template.CSS
	EngineSize  int    // bytes after compression
	EngineRaw   int    // bytes before
	Waiting     bool   // without its picture: the browser draws it
	Library     string // with Waiting: address of the crystal's page in the library, or ""
	Visits      bool   // visits are counted: the page tells what is done in it
}

// linked are the linked views of a state.
type linked struct {
	Stereogram, Crystal template.HTML
	Poles               []session.PoleLink
}

// home serves the page made at build if there is one, and else the simulator,
// at once: a redirect would cost a phone another way to the server.
func (s *server) home(w http.ResponseWriter, r *http.Request) {
	site := s.site()
	if f, _, err := site.page("/"); err == nil {
		s.reply(w, r, f, site)
		return
	}
	s.sim(w, r)
}

// sim serves the simulator page of a link: complete without scripts.
func (s *server) sim(w http.ResponseWriter, r *http.Request) {
	if q := strings.TrimSpace(r.URL.Query().Get("q")); q != "" && len(r.URL.RawQuery) <= maxQuery {
		s.find(w, r, q)
		return
	}
	s.page(w, r, simTemplate)
}

// embed serves the pattern of a link for the frame of another site.
func (s *server) embed(w http.ResponseWriter, r *http.Request) {
	s.page(w, r, embedTemplate)
}

// views serves the linked views of a link for the frame of our own page, where
// no engine draws them.
func (s *server) views(w http.ResponseWriter, r *http.Request) {
	framedBySelf(w.Header())
	s.page(w, r, viewsTemplate)
}

// asked is the state that an address asks for. Unknown keys are left out, and
// every newer version is the next one, so that they make no new pages.
type asked struct {
	link     string // canonical
	of       link.Link
	problems []link.Problem
}

func askedFor(query string) asked {
	l, problems := link.Parse("?" + query)
	l.Unknown = nil
	l.Newer = min(l.Newer, link.Version+1)
	return asked{l.String(), l, problems}
}

// key tells states apart: what could not be read is told on the page.
func (a asked) key() string {
	key := a.link
	for _, p := range a.problems {
		key += " " + p.Text
	}
	return key
}

// open returns the session of the state with everything that could not be read.
func (a asked) open(lookup lookupFunc) (*session.Session, []link.Problem) {
	one, more := session.Open(a.link, lookup)
	problems := slices.Clone(a.problems)
	for _, p := range more {
		if !slices.Contains(problems, p) {
			problems = append(problems, p)
		}
	}
	return one, problems
}

// page fills a template with the state of a link. A page whose drawing would
// have to wait is sent without its picture: the browser draws it.
func (s *server) page(w http.ResponseWriter, r *http.Request, name string) {
	if s.tooLong(w, r) {
		return
	}
	theme := ""
	if c, err := r.Cookie("theme"); err == nil && (c.Value == "light" || c.Value == "dark" || c.Value == "lab") {
		theme = c.Value
	}
	build := s.served()
	what := askedFor(r.URL.RawQuery)
	page := simPage{Link: what.link, Origin: s.origin(r), Build: build.set.Manifest.Build, Theme: theme, CriticalCSS: build.critical,
		EngineSize: build.set.Manifest.Files["engine.wasm"].BrSize, EngineRaw: build.set.Manifest.Files["engine.wasm"].Size, Visits: s.counting != nil}
	e := accepted(header(r, "Accept-Encoding"), true, true)
	key := e.String() + " " + name + " " + page.Build + " " + theme + " " + page.Origin + " " + what.key()
	whole := name == embedTemplate // it has no place for problems
	c, err := s.kept(r, request{key: key, of: what.of, patience: pageWait, whole: whole, make: func(lookup lookupFunc) (*content, error) {
		page := page
		var one *session.Session
		one, page.Problems = what.open(lookup)
		if err := unread(page.Problems); whole && err != nil {
			return nil, err
		}
		page.View = one.View()
		forForms(page.View, one)
		if name == viewsTemplate {
			v := one.Linked()
			page.Linked = &linked{template.HTML(v.Stereogram), template.HTML(v.Crystal), v.Poles}
		} else {
			page.SVG = template.HTML(one.SVG())
		}
		c, err := build.fill(name, page, e)
		if err == nil && name == simTemplate {
			c.shows = patternOf(one.Link(), page.View, page.Problems)
		}
		return c, err
	}})
	var spent *spentError
	switch {
	case errors.Is(err, errCrowded), errors.As(err, &spent), errors.Is(err, context.DeadlineExceeded):
		s.m.renders.WithLabelValues("left").Inc()
		c, err = s.withoutPicture(r, name, page, what)
		if err == nil {
			if name != simTemplate {
				w.Header()["Refresh"] = []string{"5"} // nobody would look after it
			}
			c.serve(w, r, noStore)
			return
		}
	}
	if c == nil {
		s.failDrawing(w, r, err)
		return
	}
	s.shown(r, c.shows)
	c.serve(w, r, noCache)
}

// fill makes a page of a template.
func (s *served) fill(name string, page simPage, e encoding) (*content, error) {
	body, err := s.execute(name, page)
	if err != nil {
		return nil, err
	}
	c, err := finish("text/html; charset=utf-8", body, e)
	if err != nil {
		return nil, err
	}
	c.vary = varyPage
	if _, rest, ok := bytes.Cut(body, []byte("<style>")); ok {
		style, _, _ := bytes.Cut(rest, []byte("</style>"))
		policy := policyPage
		if name == embedTemplate {
			policy = policyEmbed
		}
		c.policy = []string{allow(policy, "style-src", style)}
	}
	return c, nil
}

// forForms adds what the page needs without scripts: the state as form fields
// and the addresses of the neighbouring states.
func forForms(v *protocol.View, one *session.Session) {
	l := one.Links()
	v.Links = map[string]string{
		"up": l.Up, "down": l.Down, "left": l.Left, "right": l.Right, "centre": l.Snap,
		"cw": l.Clockwise, "ccw": l.Counter, "in": l.ZoomIn, "out": l.ZoomOut, "holz": l.Holz,
	}
	v.Keys = map[string]string{}
	state := one.Link()
	if _, query, ok := strings.Cut(state.String(), "?"); ok {
		values, err := url.ParseQuery(query)
		for key := range values {
			if err == nil {
				v.Keys[key] = values.Get(key)
			}
		}
	}
}

// picture serves the drawing of a link.
func (s *server) picture(w http.ResponseWriter, r *http.Request) {
	if s.tooLong(w, r) {
		return
	}
	build := s.served()
	what := askedFor(r.URL.RawQuery)
	e := accepted(header(r, "Accept-Encoding"), true, true)
	key := e.String() + " svg " + build.set.Manifest.Build + " " + what.link
	c, err := s.kept(r, request{key: key, of: what.of, patience: maxWait, whole: true, make: func(lookup lookupFunc) (*content, error) {
		one, problems := session.Open(what.link, lookup)
		if err := unread(problems); err != nil {
			return nil, err
		}
		// What the link shows is in the file: indices and scale bar if it has them.
		reply := one.Do(&protocol.Request{Op: "export", Kind: "svg", Export: &protocol.ExportOptions{
			Labels: strings.Contains(what.of.Overlays, "i"), Bar: strings.Contains(what.of.Overlays, "s"), Legend: true, Caption: true,
			Origin: s.cfg.Origin,
		}}, nil)
		if !reply.OK {
			return nil, noCrystal(reply.Error)
		}
		return finish("image/svg+xml", []byte(reply.SVG), e)
	}})
	if c == nil {
		s.failDrawing(w, r, err)
		return
	}
	w.Header()["Content-Security-Policy"] = picturePolicy
	c.serve(w, r, pictureCache)
}

// linkError is why a picture cannot be drawn, as the visitor is told it.
type linkError struct {
	problem
	cause error // session.ErrNeed if a browser can still get the crystal; or nil
}

func (e *linkError) Error() string { return e.Detail }
func (e *linkError) Unwrap() error { return e.cause }

// noCrystal is a crystal that is known not to exist.
func noCrystal(text string) error {
	return &linkError{problem: problem{Status: http.StatusNotFound, Code: "no-crystal", Detail: text}}
}

// unread words parts of a link that stand for a crystal and mean none: better no
// picture than that of another crystal.
func unread(problems []link.Problem) error {
	for _, p := range problems {
		if p.Key != "c" && p.Key != "c2" {
			continue
		}
		text, _, damaged := strings.Cut(p.Text, " Using ")
		if damaged {
			text += " A crystal is written as c=lib-si or c=mp-149."
		}
		return noCrystal(text)
	}
	return nil
}

// tooLong refuses a query that no link of ours needs.
func (s *server) tooLong(w http.ResponseWriter, r *http.Request) bool {
	if len(r.URL.RawQuery) <= maxQuery {
		return false
	}
	s.fail(w, r, problem{Status: http.StatusRequestURITooLong, Code: "long-link", Detail: "This link is too long."})
	return true
}

type lookupFunc = func(id string) (*crystal.Structure, error)

// request is one for a page or picture of a state.
type request struct {
	key      string
	of       link.Link
	patience time.Duration
	whole    bool // with all its crystals or not at all
	make     func(lookupFunc) (*content, error)
}

// kept returns a finished page or picture, making it if need be.
func (s *server) kept(r *http.Request, want request) (*content, error) {
	if c := s.drawings.get(want.key); c != nil {
		s.m.renders.WithLabelValues("kept").Inc()
		return c, nil
	}
	ctx, cancel := context.WithTimeout(r.Context(), 10*time.Second)
	defer cancel()
	// The structure is fetched before the drawing takes its turn, so that a
	// slow upstream does not hold up those who need none.
	structures, missing := s.prefetch(ctx, r, want.of)
	if missing != nil && want.whole {
		return nil, missing
	}
	c, err := s.drawings.draw(ctx, drawing{key: want.key, client: siteKey(r), patience: want.patience, make: func() (*content, bool, error) {
		c, err := want.make(structures.lookup)
		return c, missing == nil && !structures.passing, err
	}})
	if err == nil {
		s.m.renders.WithLabelValues("drawn").Inc()
	}
	return c, err
}

// failDrawing answers for a page or picture that was not made.
func (s *server) failDrawing(w http.ResponseWriter, r *http.Request, err error) {
	var told *linkError
	var spent *spentError
	switch {
	case errors.Is(err, context.Canceled): // the visitor has gone
	case errors.As(err, &told):
		s.fail(w, r, told.problem)
	case errors.As(err, &spent):
		s.m.renders.WithLabelValues("refused").Inc()
		p := problem{Status: http.StatusTooManyRequests, Code: "busy"}.after(spent.after)
		p.Detail = "Too many pictures just now. Try again in " + strconv.Itoa(p.RetryAfter) + " s."
		s.fail(w, r, p)
	case errors.Is(err, errCrowded), errors.Is(err, context.DeadlineExceeded):
		s.m.renders.WithLabelValues("refused").Inc()
		s.fail(w, r, problem{Status: http.StatusServiceUnavailable, Code: "busy", Detail: "Too many requests just now. Try again in 5 s."}.after(5*time.Second))
	default:
		s.internal(w, r, err)
	}
}

// prefetched holds the structures that a link names.
type prefetched struct {
	byID    map[string]any // *crystal.Structure or error
	passing bool           // one of them stands in for a better one: keep nothing
}

func (p prefetched) lookup(id string) (*crystal.Structure, error) {
	switch v := p.byID[id].(type) {
	case *crystal.Structure:
		copied := *v
		return &copied, nil
	case error:
		return nil, v
	}
	return nil, session.ErrNeed
}

// prefetch gets the structures of a link that are not in the library. missing
// says why one of them could not be had now.
func (s *server) prefetch(ctx context.Context, r *http.Request, l link.Link) (p prefetched, missing error) {
	p.byID = map[string]any{}
	for _, text := range []string{l.Crystal, l.Second} {
		id, err := source.ParseMP(text)
		if err != nil || !strings.HasPrefix(strings.ToLower(strings.TrimSpace(text)), "mp-") {
			continue
		}
		name := source.FormatMP(id)
		if _, ok := source.Lookup(name); ok {
			continue
		}
		structure, passing, err := s.structureFor(ctx, r, id)
		switch {
		case err != nil:
			p.byID[name] = err
			missing = err
		default:
			p.byID[name] = structure
			p.passing = p.passing || passing
		}
	}
	return p, missing
}

// structureFor gets a structure for drawing, within the limits of a client. Its
// errors are a *linkError, or context.Canceled.
func (s *server) structureFor(ctx context.Context, r *http.Request, id int) (structure *crystal.Structure, passing bool, err error) {
	o, err, known := s.cfg.Structures.Cached(ctx, id)
	if !known {
		if s.cold != nil {
			if counted := (discard{http.Header{}}); s.cold.over(counted, r) {
				return nil, false, &linkError{tooMany(counted.header.Get("Retry-After")), session.ErrNeed}
			}
		}
		short, cancel := context.WithTimeout(ctx, fetchFor)
		defer cancel()
		o, err = s.cfg.Structures.Structure(short, id)
	}
	unusable := func(err error) error {
		return &linkError{problem: structureProblem(id, fmt.Errorf("%w: %w", mp.ErrUnusable, err))}
	}
	switch {
	case errors.Is(err, context.Canceled):
		return nil, false, err
	case errors.Is(err, context.DeadlineExceeded):
		return nil, false, &linkError{structureProblem(id, err), session.ErrNeed}
	case err != nil:
		return nil, false, &linkError{problem: structureProblem(id, err)}
	}
	doc, err := source.DecodeDoc(o.Body)
	if err != nil {
		return nil, false, unusable(err)
	}
	structure, err = doc.Structure()
	if err != nil {
		return nil, false, unusable(err)
	}
	if o.Moved {
		structure.Notes = append(structure.Notes, source.FormatMP(id)+" is part of "+source.FormatMP(o.ID)+" now.")
	}
	if o.Stale {
		structure.Notes = append(structure.Notes, "The Materials Project did not answer. This is its structure of version "+o.DB+".")
	}
	return structure, o.Stale || o.Library, nil
}

// discard is a response writer for a limiter that only counts.
type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(b []byte) (int, error) { return len(b), nil }
func (d discard) WriteHeader(int)             {}

// find answers the search field of simulator and library without scripts: with
// the crystal found, or with the one that was meant, perhaps.
func (s *server) find(w http.ResponseWriter, r *http.Request, text string) {
	sheets := r.URL.Query().Get("in") == "library"
	address := func(id string) string {
		if sheets {
			return "/library/" + id + "/"
		}
		return simPath + "?c=lib-" + id
	}
	missing := problem{Status: http.StatusNotFound, Code: "no-crystal", Detail: "No match for “" + text + "” in the library."}
	to := ""
	found := search.Find(text, 1)
	n, notMP := source.ParseMP(text)
	switch {
	case len(found.Entries) > 0 && found.Nearest == "":
		to = address(found.Entries[0].ID)
	case notMP == nil && !sheets:
		to = simPath + "?c=" + source.FormatMP(n)
	case len(found.Entries) > 0:
		missing.Detail += " Did you mean " + found.Nearest + "?"
		missing.Offer = &offer{address(found.Entries[0].ID), "Open " + found.Entries[0].Name}
	}
	if to == "" {
		s.fail(w, r, missing)
		return
	}
	w.Header()["Cache-Control"] = noStore
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// origin is the public address of the site.
func (s *server) origin(r *http.Request) string {
	if s.cfg.Origin != "" {
		return s.cfg.Origin
	}
	host := r.Host
	if len(host) > 253 || strings.Trim(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]") != "" {
		return ""
	}
	if s.encrypted(r) {
		return "https://" + host
	}
	return "http://" + host
}

// live is how pages are compressed while a visitor waits: 8 % smaller than gzip
// at its usual level, in some milliseconds. The next quality would take far
// longer, and the usual window of 4 MB, of which a page fills a sixtieth, 35 MB
// of memory instead of 2.5.
var live = brotli.WriterOptions{Quality: 9, LGWin: 16}

// brotlis holds writers: one is much larger than what it writes.
var brotlis = sync.Pool{New: func() any { return brotli.NewWriterOptions(nil, live) }}

// finish makes a body into content in the encoding that its first reader takes,
// and plain; readers of other encodings have their own.
func finish(kind string, body []byte, e encoding) (*content, error) {
	c := &content{kind: kind, etag: hashTag(body), body: body}
	var packed bytes.Buffer
	var w io.WriteCloser
	switch e {
	case brotlied:
		b := brotlis.Get().(*brotli.Writer)
		defer brotlis.Put(b)
		b.Reset(&packed)
		w = b
	case gzipped:
		g, err := gzip.NewWriterLevel(&packed, 6)
		if err != nil {
			return nil, err
		}
		w = g
	default:
		return c, nil
	}
	if _, err := w.Write(body); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	if e == brotlied {
		c.br = packed.Bytes()
	} else {
		c.gz = packed.Bytes()
	}
	return c, nil
}

// criticalSheet is the style sheet that the first picture of the page needs; it
// stands in the page itself, allowed by its hash.
const criticalSheet = "css/pages/first.css"

// readCritical reads the critical styles of a build; empty if there are none.
func readCritical(s *served) (template.CSS, error) {
	f, ok := s.set.Manifest.Files[criticalSheet]
	if !ok {
		return "", nil
	}
	data, err := fs.ReadFile(s.set.FS, f.Path)
	return template.CSS(bytes.TrimSpace(data)), err
}
