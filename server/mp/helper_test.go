package mp

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"zoneaxis/server/mp/mpfake"
)

// testKey has the length of a real key and occurs nowhere else.
const testKey = "k3yThatMustNeverBeSeenAnywhere01"

// logBuffer gathers everything that is logged.
type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// rig is a client and a cache before a stand-in upstream.
type rig struct {
	fake    *mpfake.Server
	server  *httptest.Server
	client  *Client
	log     *logBuffer
	metrics *prometheus.Registry
	dir     string
}

// newRig starts a stand-in and a client whose pauses are short enough for
// tests; edit may change the options.
func newRig(t testing.TB, edit func(*Options)) *rig {
	t.Helper()
	fake, err := mpfake.New(testKey, mpfake.Made()...)
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{fake: fake, server: httptest.NewServer(fake), log: &logBuffer{}, metrics: prometheus.NewRegistry(), dir: t.TempDir()}
	t.Cleanup(r.server.Close)
	opt := Options{
		BaseURL: r.server.URL, Key: NewSecret(testKey), Rate: 1e6, Burst: 1e6, Concurrency: 8,
		Total: 3 * time.Second, RetryPause: time.Millisecond, BreakFor: 50 * time.Millisecond,
		Log: slog.New(slog.NewJSONHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug})), Metrics: r.metrics,
	}
	if edit != nil {
		edit(&opt)
	}
	if r.client, err = NewClient(opt); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.client.http.CloseIdleConnections)
	// Whatever a test does, the key must not come out.
	t.Cleanup(func() { checkNoKey(t, r) })
	return r
}

// checkNoKey searches everything that came out of client and cache.
func checkNoKey(t testing.TB, r *rig) {
	t.Helper()
	if strings.Contains(r.log.String(), testKey) {
		t.Error("the key is in the log")
	}
	families, err := r.metrics.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if strings.Contains(f.String(), testKey) {
			t.Errorf("the key is in the metric %s", f.GetName())
		}
	}
}

// cache opens a cache over a store in the rig's directory.
func (r *rig) cache(t testing.TB, edit func(*CacheOptions)) *Cache {
	t.Helper()
	store, err := NewFileStore(r.dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r.cacheOver(t, store, edit)
}

func (r *rig) cacheOver(t testing.TB, store Store, edit func(*CacheOptions)) *Cache {
	t.Helper()
	opt := CacheOptions{Log: r.client.log}
	if edit != nil {
		edit(&opt)
	}
	c, err := NewCache(r.client, store, opt)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// fields of a served document that tests look at.
type docFields struct {
	ID         string
	DB         string
	Deprecated bool
	Sites      [][]any
	License    string
}

func fieldsOf(t testing.TB, body []byte) docFields {
	t.Helper()
	var d docFields
	if err := json.Unmarshal(body, &d); err != nil {
		t.Fatalf("served document: %v\n%s", err, body)
	}
	return d
}
