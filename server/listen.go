package main

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"net/url"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"
)

// idleFor is how long a connection may idle; see crowd.patience.
const idleFor = 2 * time.Minute

// server is one listener with what it serves.
type server struct {
	http     *http.Server
	listener net.Listener
	what     string
	url      string
}

func (s *server) run() error {
	err := s.http.Serve(s.listener)
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// listen opens all listeners, the public one first. Nothing is served yet.
func listen(cfg *config, log *slog.Logger, handler http.Handler, metrics *prometheus.Registry, visitors *crowd) ([]*server, error) {
	public, err := open("ADDR", "site", cfg.Addr, handler, log)
	if err != nil {
		return nil, err
	}
	welcome := func(s *server, tls bool) {
		s.listener = &door{s.listener, visitors, tls}
		s.http.ConnState = visitors.state
	}
	welcome(public, len(cfg.TLSDomains) > 0)
	list := []*server{public}
	closeAll := func() {
		for _, s := range list {
			s.listener.Close()
		}
	}
	if len(cfg.TLSDomains) > 0 {
		manager := certificates(cfg)
		config := manager.TLSConfig()
		config.MinVersion = tls.VersionTLS12
		public.http.TLSConfig = config
		public.listener = tls.NewListener(public.listener, config)
		public.url = "https://" + cfg.TLSDomains[0]
		if _, port, err := net.SplitHostPort(public.listener.Addr().String()); err == nil && port != "443" {
			public.url += ":" + port
		}
		if cfg.HTTPAddr != "" {
			plain, err := open("HTTP_ADDR", "redirects to https", cfg.HTTPAddr, manager.HTTPHandler(toHTTPS(cfg)), log)
			if err != nil {
				closeAll()
				return nil, err
			}
			welcome(plain, false)
			list = append(list, plain)
		}
	}
	if cfg.MetricsAddr != "" {
		inner, err := open("METRICS_ADDR", "metrics", cfg.MetricsAddr, operations(metrics), log)
		switch {
		case err == nil:
			inner.http.WriteTimeout = 2 * time.Minute // a profile takes its time
			list = append(list, inner)
		case cfg.MetricsGiven:
			closeAll()
			return nil, err
		default:
			log.Warn("no metrics: set METRICS_ADDR", "error", err.Error())
		}
	}
	return list, nil
}

// open listens on an address. name is the setting to blame.
func open(name, what, addr string, handler http.Handler, log *slog.Logger) (*server, error) {
	listener, err := net.Listen("tcp", addr)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("%s: %s is in use by another program: choose another address, such as %s=localhost:8081", name, addr, name)
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("%s: this user may not listen on %s: choose a port above 1023", name, addr)
	case err != nil:
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return &server{
		listener: listener,
		what:     what,
		url:      (&url.URL{Scheme: "http", Host: shown(listener.Addr())}).String(),
		http: &http.Server{
			Handler:           handler,
			ReadHeaderTimeout: 5 * time.Second,
			ReadTimeout:       10 * time.Second,
			WriteTimeout:      30 * time.Second,
			IdleTimeout:       idleFor,
			MaxHeaderBytes:    16 << 10,
			ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
		},
	}, nil
}

// shown is an address as one would type it.
func shown(addr net.Addr) string {
	host, port, err := net.SplitHostPort(addr.String())
	if err != nil {
		return addr.String()
	}
	if host == "::" || host == "0.0.0.0" || host == "127.0.0.1" || host == "::1" {
		host = "localhost"
	}
	return net.JoinHostPort(host, port)
}

// certificates gets and renews certificates for the configured names.
func certificates(cfg *config) *autocert.Manager {
	m := &autocert.Manager{
		Prompt:     autocert.AcceptTOS,
		Cache:      autocert.DirCache(cfg.TLSDir),
		HostPolicy: autocert.HostWhitelist(cfg.TLSDomains...),
		Email:      cfg.TLSEmail,
	}
	if cfg.ACMEURL != "" {
		m.Client = &acme.Client{DirectoryURL: cfg.ACMEURL}
	}
	return m
}

// toHTTPS leads to the encrypted site, and only there: another name in the
// address is not ours to send anybody to.
func toHTTPS(cfg *config) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if h, _, err := net.SplitHostPort(host); err == nil {
			host = h
		}
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		if !slices.ContainsFunc(cfg.TLSDomains, func(d string) bool { return strings.EqualFold(d, host) }) {
			h.Set("Content-Type", "text/plain; charset=utf-8")
			w.WriteHeader(http.StatusMisdirectedRequest)
			fmt.Fprintln(w, "This server has no site of that name.")
			return
		}
		// Also of a POST: the browser sends it again, encrypted.
		h.Set("Location", "https://"+strings.ToLower(host)+r.URL.RequestURI())
		w.WriteHeader(http.StatusPermanentRedirect)
	})
}

// newRegistry holds the metrics of the program and the runtime.
func newRegistry(build string) *prometheus.Registry {
	r := prometheus.NewRegistry()
	info := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "zoneaxis_build_info", Help: "What is running."}, []string{"build", "version"})
	info.WithLabelValues(build, version()).Set(1)
	r.MustRegister(info, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return r
}

// operations is what the inner listener serves.
func operations(metrics *prometheus.Registry) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(metrics, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return localOnly(mux)
}

// localOnly refuses requests that name another host: a page in a visitor's
// browser must not read this through a name that it made point here.
func localOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		ip := net.ParseIP(strings.Trim(host, "[]"))
		if host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			http.Error(w, "for this machine only", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// isTerminal reports whether a file is a terminal.
func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && info.Mode()&os.ModeDevice != 0 && os.Getenv("TERM") != ""
}
