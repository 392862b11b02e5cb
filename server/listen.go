package main

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"

	"zoneaxis/server/internal/service"
)

// listen opens all listeners, the public one first. Nothing is served yet.
func listen(cfg *config, log *slog.Logger, handler http.Handler, metrics *prometheus.Registry, visitors *crowd) ([]*service.Server, error) {
	public, err := service.Open("ADDR", "site", cfg.Addr, handler, log)
	if err != nil {
		return nil, err
	}
	welcome := func(s *service.Server, tls bool) {
		s.Listener = &door{s.Listener, visitors, tls}
		s.HTTP.ConnState = visitors.state
	}
	welcome(public, len(cfg.TLSDomains) > 0)
	list := []*service.Server{public}
	closeAll := func() {
		for _, s := range list {
			s.Listener.Close()
		}
	}
	if len(cfg.TLSDomains) > 0 {
		if err := os.MkdirAll(cfg.TLSDir, 0o700); err != nil {
			closeAll()
			return nil, fmt.Errorf("TLS_DIR %q: certificates cannot be kept there: %s", cfg.TLSDir, service.Reason(err))
		}
		manager := certificates(cfg)
		config := manager.TLSConfig()
		config.MinVersion = tls.VersionTLS12
		public.HTTP.TLSConfig = config
		public.Listener = tls.NewListener(public.Listener, config)
		public.URL = "https://" + cfg.TLSDomains[0]
		if _, port, err := net.SplitHostPort(public.Listener.Addr().String()); err == nil && port != "443" {
			public.URL += ":" + port
		}
		if cfg.HTTPAddr != "" {
			plain, err := service.Open("HTTP_ADDR", "redirects to https", cfg.HTTPAddr, manager.HTTPHandler(toHTTPS(cfg)), log)
			if err != nil {
				closeAll()
				return nil, err
			}
			welcome(plain, false)
			list = append(list, plain)
		}
	}
	if cfg.MetricsAddr != "" {
		inner, err := service.Open("METRICS_ADDR", "metrics", cfg.MetricsAddr, operations(metrics), log)
		switch {
		case err == nil:
			inner.HTTP.WriteTimeout = 2 * time.Minute // a profile takes its time
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
		to := *r.URL
		if to.Opaque, to.User = "", nil; !strings.HasPrefix(to.Path, "/") {
			to.Path, to.RawPath = "/", "" // "GET x:.other.example" would make another name of ours
		}
		h.Set("Location", "https://"+strings.ToLower(host)+to.RequestURI())
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
