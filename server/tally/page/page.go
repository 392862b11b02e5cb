// Package page is what the counter answers: it takes hits, and shows what came
// of them as pages without scripts, CSV and JSON.
package page

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"time"

	"golang.org/x/time/rate"

	"zoneaxis/server/internal/hits"
	"zoneaxis/server/tally/chart"
	"zoneaxis/server/tally/store"
)

// Config is what the pages are made of.
type Config struct {
	Store  *store.Store
	Token  Token
	Public bool // everybody may read
	Log    *slog.Logger
	Now    func() time.Time // nil: time.Now
}

type pages struct {
	store   *store.Store
	token   Token
	public  bool
	log     *slog.Logger
	now     func() time.Time
	senders *limits
	guesses *limits
	salts   salts
	reading chan struct{}
}

//go:embed style.css
var style []byte

// styleName changes with the style sheet, so that browsers may keep it.
var styleName = func() string { sum := sha256.Sum256(style); return "style-" + hex.EncodeToString(sum[:6]) + ".css" }()

//go:embed page.tmpl
var pageText string

var tmpl = template.Must(template.New("page").Funcs(template.FuncMap{
	"number": chart.Number, "share": chart.Share, "style": func() string { return styleName },
}).Parse(pageText))

// policy lets a page have our style sheet and send our forms, and nothing else.
const policy = "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// Handler answers everything.
func Handler(c Config) (http.Handler, error) {
	p := &pages{store: c.Store, token: c.Token, public: c.Public, log: c.Log, now: c.Now, salts: salts{byDay: map[int]string{}}, reading: make(chan struct{}, 4)}
	if p.now == nil {
		p.now = time.Now
	}
	var err error
	if p.senders, err = newLimits(hits.PerSecond, hits.PerSecond); err != nil {
		return nil, err
	}
	if p.guesses, err = newLimits(rate.Every(12*time.Second), 5); err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+hits.Path, p.count)
	mux.HandleFunc("GET /{$}", p.reader(p.overview))
	mux.HandleFunc("GET /data.json", p.reader(p.json))
	mux.HandleFunc("GET /data.csv", p.reader(p.csv))
	mux.HandleFunc("GET /views.csv", p.views)
	mux.HandleFunc("GET /signin", func(w http.ResponseWriter, r *http.Request) { p.form(w, http.StatusOK, "") })
	mux.HandleFunc("POST /signin", p.signIn)
	mux.HandleFunc("POST /signout", p.signOut)
	mux.HandleFunc("GET /"+styleName, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		w.Write(style)
	})
	mux.HandleFunc("GET /robots.txt", text("User-agent: *\nDisallow: /\n"))
	mux.HandleFunc("GET /healthz", text("ok\n"))
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if fault := p.store.Fault(); fault != "" {
			w.WriteHeader(http.StatusServiceUnavailable)
			fmt.Fprintln(w, "visits are not counted: the data file cannot be written")
			return
		}
		fmt.Fprintln(w, "ok")
	})
	// Forms of other sites are no forms of ours.
	return secure(http.NewCrossOriginProtection().Handler(mux)), nil
}

func text(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, body) }
}

// secure sets the headers of every answer.
func secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Content-Security-Policy", policy)
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("X-Robots-Tag", "noindex, nofollow")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// refuse is an answer to a program: one sentence.
func refuse(w http.ResponseWriter, code int, format string, args ...any) {
	reply(w, code, map[string]string{"error": fmt.Sprintf(format, args...)})
}

// reader lets in who may read, and shows others the form.
func (p *pages) reader(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !p.mayRead(r) {
			p.form(w, http.StatusUnauthorized, "")
			return
		}
		next(w, r)
	}
}

// form shows the form for the token, or only a sentence why there is none.
func (p *pages) form(w http.ResponseWriter, code int, fault string) {
	p.write(w, code, "signin", map[string]any{"Fault": fault, "Public": p.public})
}

// wrong is a page about an address that makes no sense.
func (p *pages) wrong(w http.ResponseWriter, err error) {
	p.write(w, http.StatusBadRequest, "wrong", map[string]any{"Fault": err.Error()})
}

func (p *pages) failed(w http.ResponseWriter, err error) {
	p.log.Error("the counts cannot be read", "error", err)
	p.write(w, http.StatusInternalServerError, "wrong", map[string]any{"Fault": "The counts cannot be read now. The log says why."})
}

func (p *pages) write(w http.ResponseWriter, code int, name string, data any) {
	var body bytes.Buffer
	if err := tmpl.ExecuteTemplate(&body, name, data); err != nil {
		p.log.Error("a page could not be made", "page", name, "error", err)
		http.Error(w, "The page could not be made.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(code)
	body.WriteTo(w)
}
