//go:build e2e

package e2e

import (
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/time/rate"
)

// gate stands between the browser and a server, at one address: the network
// can be cut, an answer can be held back, and the server behind it can be
// exchanged as an upgrade does.
type gate struct {
	base string
	stop func()

	mu     sync.Mutex
	to     *httputil.ReverseProxy
	cut    bool
	cutAt  string         // the network goes away when this is asked for
	slow   string         // part of a path whose answer waits
	opened chan struct{}  // closed when it may go on
	asked  []string       // paths, in order
	sent   map[string]int // bytes of the answers since, by path
	line   *rate.Limiter  // bytes per second of all answers together; nil is no limit
	delay  time.Duration  // of every answer
}

func newGate(t *testing.T, s *server) *gate {
	t.Helper()
	g := &gate{opened: make(chan struct{}), sent: map[string]int{}}
	g.lead(t, s)
	web := httptest.NewServer(g)
	g.base = web.URL
	g.stop = sync.OnceFunc(func() {
		g.release()
		web.CloseClientConnections()
		web.Close()
	})
	t.Cleanup(g.stop)
	return g
}

// lead sends requests to a server from now on.
func (g *gate) lead(t *testing.T, s *server) {
	t.Helper()
	to, err := url.Parse(s.base)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(to)
	proxy.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, _ error) { drop(w) }
	g.mu.Lock()
	defer g.mu.Unlock()
	g.to, g.cut, g.cutAt = proxy, false, ""
}

// cutWhen takes the network away when a path that contains part is asked for.
func (g *gate) cutWhen(part string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.cutAt = part
}

// join brings the network back.
func (g *gate) join() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.cut, g.cutAt = false, ""
}

// hold keeps answers to a path back until release is called.
func (g *gate) hold(part string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.slow = part
}

func (g *gate) release() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.slow != "" {
		g.slow = ""
		close(g.opened)
		g.opened = make(chan struct{})
	}
}

// narrow makes the line slow: so many bytes per second, shared by all answers,
// each of which begins after the delay.
func (g *gate) narrow(perSecond int, delay time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.line, g.delay = rate.NewLimiter(rate.Limit(perSecond), chunk), delay
}

// chunk is how many bytes go over a narrow line at once.
const chunk = 4 << 10

// bytes returns how much was sent for each path so far.
func (g *gate) bytes() map[string]int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return maps.Clone(g.sent)
}

// narrowed writes an answer as slowly as the line is.
type narrowed struct {
	http.ResponseWriter
	g    *gate
	r    *http.Request
	line *rate.Limiter
}

func (w *narrowed) Write(data []byte) (n int, err error) {
	for len(data) > 0 {
		part := data[:min(len(data), chunk)]
		if w.line != nil {
			if err := w.line.WaitN(w.r.Context(), len(part)); err != nil {
				return n, err
			}
		}
		k, err := w.ResponseWriter.Write(part)
		n += k
		w.g.mu.Lock()
		w.g.sent[w.r.URL.Path] += k
		w.g.mu.Unlock()
		if err != nil {
			return n, err
		}
		if w.line != nil {
			w.ResponseWriter.(http.Flusher).Flush()
		}
		data = data[len(part):]
	}
	return n, nil
}

// Unwrap lets the proxy flush and hijack.
func (w *narrowed) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// paths returns what was asked for since the last call.
func (g *gate) paths() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	asked := g.asked
	g.asked = nil
	return asked
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	if g.cutAt != "" && strings.Contains(r.URL.Path, g.cutAt) {
		g.cut = true
	}
	cut, to, opened, line, delay := g.cut, g.to, g.opened, g.line, g.delay
	held := g.slow != "" && strings.Contains(r.URL.Path, g.slow)
	if !cut {
		g.asked = append(g.asked, r.URL.Path)
	}
	g.mu.Unlock()
	if cut {
		drop(w)
		return
	}
	if held {
		select {
		case <-opened:
		case <-r.Context().Done():
			return
		}
	}
	time.Sleep(delay)
	to.ServeHTTP(&narrowed{w, g, r, line}, r)
}

// drop closes the connection without an answer.
func drop(w http.ResponseWriter) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		if tcp, ok := conn.(*net.TCPConn); ok {
			tcp.SetLinger(0)
		}
		conn.Close()
	}
}
