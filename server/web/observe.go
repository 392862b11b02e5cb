package web

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"runtime/debug"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/prometheus/client_golang/prometheus"
)

// metrics of the web server.
type metrics struct {
	requests *prometheus.CounterVec
	latency  *prometheus.HistogramVec
	limited  prometheus.Counter
	panics   prometheus.Counter
	renders  *prometheus.CounterVec
}

func newMetrics(reg prometheus.Registerer) *metrics {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "zoneaxis_http_requests_total", Help: "Requests by route pattern and status."}, []string{"route", "code"}),
		latency: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "zoneaxis_http_request_seconds", Help: "Time to answer by route pattern.",
			Buckets: []float64{0.0005, 0.001, 0.005, 0.02, 0.1, 0.5, 2, 10}}, []string{"route"}),
		limited: prometheus.NewCounter(prometheus.CounterOpts{Name: "zoneaxis_http_limited_total", Help: "Requests refused because a client sent too many."}),
		panics:  prometheus.NewCounter(prometheus.CounterOpts{Name: "zoneaxis_http_panics_total", Help: "Requests that ended in a panic."}),
		renders: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "zoneaxis_renders_total", Help: "Patterns drawn by the server: drawn, kept, refused."}, []string{"result"}),
	}
	if reg != nil {
		reg.MustRegister(m.requests, m.latency, m.limited, m.panics, m.renders)
	}
	return m
}

// recorder notes status and size of a response.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (w *recorder) WriteHeader(code int) {
	if w.status == 0 {
		w.status = code
	}
	w.ResponseWriter.WriteHeader(code)
}

func (w *recorder) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(b)
	w.bytes += int64(n)
	return n, err
}

// copyBytes is how much of a file is held for each who does not take it.
const copyBytes = 16 << 10

var copyBuffers = sync.Pool{New: func() any { return new([copyBytes]byte) }}

// ReadFrom keeps the fast path of net/http for files of the disk. Those of the
// binary it would hold in two buffers of 32 kB for each client, for as long as
// that does not read.
func (w *recorder) ReadFrom(src io.Reader) (n int64, err error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	from := src
	if part, ok := src.(*io.LimitedReader); ok {
		from = part.R
	}
	if _, ok := from.(*os.File); ok {
		n, err = io.Copy(w.ResponseWriter, src)
	} else {
		buffer := copyBuffers.Get().(*[copyBytes]byte)
		defer copyBuffers.Put(buffer)
		n, err = io.CopyBuffer(struct{ io.Writer }{w.ResponseWriter}, struct{ io.Reader }{src}, buffer[:])
	}
	w.bytes += n
	return n, err
}

func (w *recorder) Flush() {
	if f, ok := w.ResponseWriter.(http.Flusher); ok {
		f.Flush()
	}
}

func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

var (
	requestPrefix = strconv.FormatInt(time.Now().UnixNano()%(36*36*36*36*36*36), 36) + "-"
	requestCount  atomic.Uint64
)

// observe logs, counts and times every request, and turns a panic into a 500.
// The log holds the route, not the query, and no address unless it was asked
// for.
func (s *server) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		id := requestPrefix + strconv.FormatUint(requestCount.Add(1), 36)
		rec := &recorder{ResponseWriter: w}
		rec.Header()["X-Request-Id"] = []string{id}
		defer func() {
			if p := recover(); p != nil {
				if p == http.ErrAbortHandler {
					panic(p)
				}
				s.m.panics.Inc()
				s.log.Error("panic", "request", id, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
				if rec.status == 0 {
					s.fail(rec, r, problem{Status: http.StatusInternalServerError, Code: "internal", Detail: "Something went wrong on this server. It has been noted."})
				}
			}
			s.record(r, rec, id, time.Since(began))
		}()
		next.ServeHTTP(rec, r)
	})
}

func (s *server) record(r *http.Request, rec *recorder, id string, took time.Duration) {
	route := "other"
	if c := chi.RouteContext(r.Context()); c != nil && c.RoutePattern() != "" {
		route = c.RoutePattern()
	}
	status := rec.status
	if status == 0 {
		status = http.StatusOK
	}
	s.m.requests.WithLabelValues(route, strconv.Itoa(status)).Inc()
	s.m.latency.WithLabelValues(route).Observe(took.Seconds())
	s.visited(r, status)
	level := slog.LevelInfo
	switch {
	case s.cfg.AccessLog == AccessNone, s.cfg.AccessLog == AccessErrors && status < 400:
		return
	case status >= 500:
		level = slog.LevelWarn
	}
	if !s.log.Enabled(r.Context(), level) {
		return
	}
	attrs := [...]slog.Attr{
		slog.String("request", id), slog.String("method", method(r.Method)), slog.String("route", route), slog.Int("status", status),
		slog.Int64("bytes", rec.bytes), slog.Float64("ms", float64(took.Microseconds())/1000), {},
	}
	n := len(attrs) - 1
	if s.cfg.LogClients {
		attrs[n] = slog.String("client", truncated(r))
		n++
	}
	s.log.LogAttrs(r.Context(), level, "request", attrs[:n]...)
}

// method keeps made-up methods out of the log.
func method(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions, http.MethodPatch:
		return m
	}
	return "other"
}

// truncated is the visitor's network: enough to see an attack, not a person.
func truncated(r *http.Request) string {
	ip := middleware.GetClientIPAddr(r.Context())
	bits := 24
	if ip.Is6() {
		bits = 48
	}
	p, err := ip.Prefix(bits)
	if err != nil {
		return ""
	}
	return p.String()
}
