package service

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// IdleFor is how long a connection may idle.
const IdleFor = 2 * time.Minute

// Server is one listener with what it serves.
type Server struct {
	HTTP     *http.Server
	Listener net.Listener
	What     string // for the log
	URL      string
}

// Open listens on an address; nothing is served yet. name is the setting to
// blame.
func Open(name, what, addr string, handler http.Handler, log *slog.Logger) (*Server, error) {
	listener, err := net.Listen("tcp", addr)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("%s: %s is in use by another program: choose another address, such as %s=localhost:8081", name, addr, name)
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("%s: this user may not listen on %s: choose a port above 1023", name, addr)
	case err != nil:
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return &Server{
		Listener: listener,
		What:     what,
		URL:      (&url.URL{Scheme: "http", Host: shown(listener.Addr())}).String(),
		HTTP: &http.Server{
			Handler:           handler,
			ReadHeaderTimeout: 5 * time.Second,
			ReadTimeout:       10 * time.Second,
			WriteTimeout:      30 * time.Second,
			IdleTimeout:       IdleFor,
			MaxHeaderBytes:    16 << 10,
			ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
		},
	}, nil
}

// Run serves until the server is stopped.
func (s *Server) Run() error {
	err := s.HTTP.Serve(s.Listener)
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// Stop ends servers. Answers under way are finished, but nobody is waited for
// who does not take his: supervisors are less patient than that. It reports
// whether connections were cut.
func Stop(servers []*Server, within time.Duration) bool {
	ending, done := context.WithTimeout(context.Background(), within)
	defer done()
	var wg sync.WaitGroup
	var cut atomic.Bool
	for _, s := range servers {
		wg.Go(func() {
			if s.HTTP.Shutdown(ending) != nil {
				cut.Store(true)
				s.HTTP.Close()
			}
		})
	}
	wg.Wait()
	return cut.Load()
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

// CheckHealth asks the server that listens on an address whether it lives.
func CheckHealth(scheme, addr string, transport *http.Transport) error {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return err
	}
	// By number: an image without a system in it knows no names.
	switch host {
	case "", "0.0.0.0":
		host = "127.0.0.1"
	case "::":
		host = "::1"
	}
	client := &http.Client{Timeout: 3 * time.Second, Transport: transport}
	resp, err := client.Get(scheme + "://" + net.JoinHostPort(host, port) + "/healthz")
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d", resp.StatusCode)
	}
	return nil
}
