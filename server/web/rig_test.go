package web

import (
	"bytes"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"zoneaxis/assets"
	"zoneaxis/server/internal/testsite"
	"zoneaxis/server/mp"
	"zoneaxis/server/mp/mpfake"
)

const testKey = "k3yThatMustNeverBeSeenAnywhere02"

// logBuffer gathers what is logged.
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

// rig is the whole server over a stand-in upstream and a small build.
type rig struct {
	handler  http.Handler
	drain    func()
	fake     *mpfake.Server
	upstream *httptest.Server
	cache    *mp.Cache
	dir      string
	log      *logBuffer
	metrics  *prometheus.Registry
}

type rigOptions struct {
	web      func(*Config)
	upstream func(*mp.Options)
}

func newRig(t testing.TB, o rigOptions) *rig {
	t.Helper()
	fake, err := mpfake.New(testKey, mpfake.Made()...)
	if err != nil {
		t.Fatal(err)
	}
	fake.Move(777, 22862)
	r := &rig{fake: fake, upstream: httptest.NewServer(fake), log: &logBuffer{}, metrics: prometheus.NewRegistry(), dir: t.TempDir()}
	t.Cleanup(r.upstream.Close)
	log := slog.New(slog.NewJSONHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	options := mp.Options{
		BaseURL: r.upstream.URL, Key: mp.NewSecret(testKey), Rate: 1e6, Burst: 1e6, Concurrency: 8,
		Total: 3 * time.Second, RetryPause: time.Millisecond, BreakFor: 50 * time.Millisecond, Log: log, Metrics: r.metrics,
	}
	if o.upstream != nil {
		o.upstream(&options)
	}
	client, err := mp.NewClient(options)
	if err != nil {
		t.Fatal(err)
	}
	store, err := mp.NewFileStore(r.dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	if r.cache, err = mp.NewCache(client, store, mp.CacheOptions{Log: log, StaleFor: time.Millisecond}); err != nil {
		t.Fatal(err)
	}
	cfg := Config{Assets: testsite.Assets(t), Structures: r.cache, Log: log, Metrics: r.metrics, Origin: "https://zone.example", AccessLog: AccessAll}
	if o.web != nil {
		o.web(&cfg)
	}
	if r.handler, r.drain, err = Handler(cfg); err != nil {
		t.Fatal(err)
	}
	return r
}

// get makes a request; header holds name, value pairs.
func (r *rig) get(target string, header ...string) *httptest.ResponseRecorder {
	return r.do(http.MethodGet, target, header...)
}

func (r *rig) do(method, target string, header ...string) *httptest.ResponseRecorder {
	req := httptest.NewRequest(method, target, nil)
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	r.handler.ServeHTTP(w, req)
	return w
}

// fileOf returns the content of a file of the test build by its address.
func fileOf(t testing.TB, set *assets.Set, url string) []byte {
	t.Helper()
	for _, f := range set.Manifest.Files {
		if f.URL == url {
			data, err := fs.ReadFile(set.FS, f.Path)
			if err != nil {
				t.Fatal(err)
			}
			return data
		}
	}
	data, err := fs.ReadFile(set.FS, path.Join("pages", url))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// count returns a counter of the metrics whose one label has a value.
func (r *rig) count(t testing.TB, name, label string) float64 {
	t.Helper()
	families, err := r.metrics.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.Metric {
			if f.GetName() == name && len(m.Label) == 1 && m.Label[0].GetValue() == label {
				return m.Counter.GetValue()
			}
		}
	}
	return 0
}
