// Package web is the HTTP side of zoneaxis: the simulator page drawn for any
// link, structures of the Materials Project, and the files made at build.
package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/prometheus/client_golang/prometheus"

	"zoneaxis/assets"
	"zoneaxis/server/mp"
)

// Structures is where structures come from: the cache before the Materials
// Project.
type Structures interface {
	// Cached answers without the upstream; known is false if only that can tell.
	Cached(ctx context.Context, id int) (o *mp.Object, err error, known bool)
	// Structure asks the upstream if it must.
	Structure(ctx context.Context, id int) (*mp.Object, error)
	// AtVersion returns the object of a certain database version, if it is stored.
	AtVersion(ctx context.Context, db string, id int) (*mp.Object, error)
	// Search finds materials by formula.
	Search(ctx context.Context, formula string) ([]mp.Hit, error)
}

// What of the requests is logged.
const (
	AccessAll    = "all"
	AccessErrors = "errors"
	AccessNone   = "none"
)

// Config is what the handler needs.
type Config struct {
	Assets     *assets.Set
	Reload     func() (*assets.Set, error) // while developing: asked for every request; nil if nothing is new
	Structures Structures
	Log        *slog.Logger
	Metrics    prometheus.Registerer

	Origin         string // public address, "https://example.org"; empty for what visitors use
	TrustedProxies []netip.Prefix
	Rate           int // requests per second and client, in bursts of three seconds; 0 for no limit
	NewStructures  int // structures per minute and client that are not cached; 0 for no limit
	// Drawing is the processor time per minute and client for pages and pictures
	// that are not kept; 0 for no limit.
	Drawing    time.Duration
	AccessLog  string // AccessAll, AccessErrors or AccessNone
	LogClients bool   // log addresses, shortened to /24 or /48
	Visits     *Counting
}

type server struct {
	cfg     Config
	log     *slog.Logger
	m       *metrics
	current atomic.Pointer[served]
	drains  atomic.Bool

	all, cold *limits
	drawings  *drawings
	doubts    proxyDoubts
	counting  *counting // nil: visits are not counted
}

// Handler serves everything. Its second result is called when the program is
// about to stop: from then on /readyz fails.
func Handler(cfg Config) (http.Handler, func(), error) {
	s := &server{cfg: cfg, log: cfg.Log, m: newMetrics(cfg.Metrics)}
	if s.log == nil {
		s.log = slog.Default()
	}
	if err := s.use(cfg.Assets); err != nil {
		return nil, nil, err
	}
	if cfg.Rate > 0 {
		s.all = newLimits(cfg.Rate*int(limitWindow/time.Second), limitWindow)
	}
	if cfg.NewStructures > 0 {
		s.cold = newLimits(cfg.NewStructures, time.Minute)
	}
	s.drawings = newDrawings(cfg.Drawing)
	s.counting = newCounting(cfg.Visits, cfg.Metrics)

	r := chi.NewRouter()
	r.Use(s.client(), s.observe, s.secure, middleware.GetHead)
	r.Get("/healthz", s.healthz)
	r.Get("/readyz", s.readyz)
	r.Get("/favicon.ico", s.favicon)
	r.Get("/licences", s.licences)
	r.Group(func(r chi.Router) {
		r.Use(s.limit)
		r.Get("/", s.home)
		r.Get("/sim", s.sim)
		r.Get("/sim.svg", s.picture)
		r.Get("/sim/views", s.views)
		r.Get("/embed", s.embed)
		r.Get("/oembed", s.oembed)
		r.Get("/api/structure/{id}", s.structure)
		r.Get("/api/search", s.search)
		r.Get("/data/v1/{db}/{id}.json", s.data)
		r.Get("/static/*", s.static)
		if s.counting != nil {
			r.Post(eventsPath, s.events)
		}
		r.NotFound(s.other) // blog, library, feeds, service worker
	})
	r.MethodNotAllowed(s.badMethod)
	return http.MaxBytesHandler(r, 4<<10), func() { s.drains.Store(true) }, nil
}

// use takes a build into use.
func (s *server) use(set *assets.Set) error {
	next, err := newServed(set)
	if err != nil {
		return err
	}
	s.current.Store(next)
	return nil
}

// healthz says that the process lives.
func (s *server) healthz(w http.ResponseWriter, r *http.Request) { plain(w, http.StatusOK, "ok\n") }

// readyz says whether visitors should be sent here. An upstream that is down and
// a disk that is full are no reasons against it: what is kept is served, and what
// is fetched too.
func (s *server) readyz(w http.ResponseWriter, r *http.Request) {
	if s.drains.Load() {
		plain(w, http.StatusServiceUnavailable, "stopping\n")
		return
	}
	plain(w, http.StatusOK, "ready\n")
}

func plain(w http.ResponseWriter, code int, text string) {
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h["Cache-Control"] = noStore
	h.Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(code)
	w.Write([]byte(text))
}
