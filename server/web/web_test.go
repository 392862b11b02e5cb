package web

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"zoneaxis/server/internal/testsite"
	"zoneaxis/server/mp"
	"zoneaxis/server/mp/mpfake"
)

// TestThousand has a thousand visitors ask over HTTP for one cold material.
func TestThousand(t *testing.T) {
	r := newRig(t, rigOptions{})
	r.fake.Script(5229, mpfake.Delay(100*time.Millisecond))
	server := httptest.NewServer(r.handler)
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 1000}}
	defer client.CloseIdleConnections()
	var wg sync.WaitGroup
	tags := make([]string, 1000)
	for i := range tags {
		id := []string{"mp-5229", "MP-5229", "mp-htd", "mp-aaaaahtd", "5229"}[i%5]
		wg.Go(func() {
			resp, err := client.Get(server.URL + "/api/structure/" + id)
			if err != nil {
				t.Error(err)
				return
			}
			defer resp.Body.Close()
			if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.StatusCode != 200 {
				t.Errorf("%s: %d, %v", id, resp.StatusCode, err)
			}
			tags[i] = resp.Header.Get("ETag")
		})
	}
	wg.Wait()
	for i := range tags {
		if tags[i] != tags[0] || tags[i] == "" {
			t.Fatalf("visitor %d got %s, the first %s", i, tags[i], tags[0])
		}
	}
	if n := r.fake.Count(5229); n != 1 {
		t.Errorf("%d upstream requests, want 1", n)
	}
}

// TestUpstreamTrouble: what a visitor is told when the upstream fails, and that
// nothing of the upstream's answer reaches him.
func TestUpstreamTrouble(t *testing.T) {
	tests := []struct {
		name   string
		fault  mpfake.Fault
		edit   func(*mp.Options)
		status int
		code   string
		detail string
		retry  bool
	}{
		{"error", mpfake.Status(500, "Internal Server Error SECRET"), nil, 502, "upstream", "The Materials Project did not answer. Try again, or open a CIF file.", true},
		{"page", mpfake.Body("text/html", "<title>SECRET</title>"), nil, 502, "upstream", "The Materials Project did not answer. Try again, or open a CIF file.", true},
		{"rate", mpfake.Limited("20"), nil, 503, "busy", "Too many requests just now. Trying again in 20 s.", true},
		{"key refused", mpfake.EchoKey(401), nil, 503, "no-key", "This site cannot reach the Materials Project at the moment. The library and CIF files still work.", true},
		{"key echoed", mpfake.EchoKey(500), nil, 502, "upstream", "The Materials Project did not answer. Try again, or open a CIF file.", true},
		{"no key", mpfake.Fault{}, func(o *mp.Options) { o.Key = mp.Secret{} }, 503, "no-key", "This site cannot reach the Materials Project at the moment. The library and CIF files still work.", true},
		{"cut", mpfake.CutAt(100), nil, 502, "upstream", "", true},
		{"no sites", mpfake.Change(func(d map[string]any) { d["structure"].(map[string]any)["sites"] = []any{} }), nil, 502, "unusable", "", false},
		{"too slow", mpfake.Delay(time.Hour), func(o *mp.Options) { o.Total = 200 * time.Millisecond }, 502, "upstream", "", true},
	}
	const id = 2_000_000 // not in the library
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, rigOptions{upstream: tt.edit})
			m := mpfake.Material{ID: id, Formula: "Po", System: "Cubic", Symbol: "Pm-3m", Number: 221,
				Matrix: [3][3]float64{{3.35, 0, 0}, {0, 3.35, 0}, {0, 0, 3.35}}, Sites: []mpfake.Site{{Element: "Po"}}}
			if err := r.fake.Add(m.Document()); err != nil {
				t.Fatal(err)
			}
			r.fake.Script(id, mpfake.Forever(tt.fault))
			w := r.get("/api/structure/mp-2000000")
			var p problem
			if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
				t.Fatalf("%v: %s", err, w.Body)
			}
			if w.Code != tt.status || p.Status != tt.status || p.Code != tt.code || tt.detail != "" && p.Detail != tt.detail {
				t.Errorf("got %d %+v", w.Code, p)
			}
			if (w.Header().Get("Retry-After") != "") != tt.retry || tt.retry && w.Header().Get("Retry-After") != strconv.Itoa(p.RetryAfter) {
				t.Errorf("Retry-After %q, in the body %d", w.Header().Get("Retry-After"), p.RetryAfter)
			}
			if got := w.Header().Get("Cache-Control"); got != "no-store" {
				t.Errorf("Cache-Control %q", got)
			}
			everything := w.Body.String() + fmt.Sprint(w.Header()) + r.log.String()
			for _, secret := range []string{testKey, "SECRET"} {
				if strings.Contains(everything, secret) {
					t.Errorf("%s came through", secret)
				}
			}
			families, err := r.metrics.Gather()
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range families {
				if strings.Contains(f.String(), testKey) {
					t.Errorf("the key is in %s", f.GetName())
				}
			}
		})
	}
}

// TestDead: with the upstream gone, cached and library materials are served.
func TestDead(t *testing.T) {
	r := newRig(t, rigOptions{})
	if w := r.get("/api/structure/mp-22862"); w.Code != 200 {
		t.Fatal(w.Code)
	}
	r.upstream.Close()
	if w := r.get("/api/structure/mp-22862"); w.Code != 200 || w.Header().Get("X-Data-Stale") != "" || w.Header().Get("X-Data-Source") != "" {
		t.Errorf("cached: %d %v", w.Code, w.Header())
	}
	w := r.get("/api/structure/mp-149")
	if w.Code != 200 || w.Header().Get("X-Data-Source") != "library" || w.Header().Get("Cache-Control") != "no-cache" {
		t.Errorf("library: %d %v %s", w.Code, w.Header(), w.Body)
	}
	if w := r.get("/readyz"); w.Code != 200 {
		t.Errorf("not ready without the upstream: %d", w.Code)
	}
}

// TestStale: an older object is marked.
func TestStale(t *testing.T) {
	r := newRig(t, rigOptions{})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if w := r.get("/api/structure/mp-22862"); w.Code != 200 {
		t.Fatal(w.Code)
	}
	r.fake.SetDB("2026.10.01")
	go r.cache.Run(ctx)
	for deadline := time.Now().Add(5 * time.Second); r.cache.Version() != "2026.10.01"; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("version not noticed")
		}
	}
	r.fake.Script(22862, mpfake.Forever(mpfake.Status(500, "")))
	time.Sleep(5 * time.Millisecond)
	w := r.get("/api/structure/mp-22862")
	switch {
	case w.Code == 200 && w.Header().Get("X-Data-Stale") == "2026.04.13" && w.Header().Get("Cache-Control") == "no-cache":
	case w.Code == 200 && strings.Contains(w.Body.String(), "2026.10.01"): // the refresh was faster than the fault
	default:
		t.Errorf("got %d %v %s", w.Code, w.Header(), w.Body)
	}
}

// TestClientLimits sends too many requests from several kinds of client.
func TestClientLimits(t *testing.T) {
	proxy := netip.MustParsePrefix("10.0.0.0/8")
	tests := []struct {
		name    string
		trusted []netip.Prefix
		request func(i int) (remote, forwarded string)
		limited bool // 100 requests are too many
	}{
		{"one address", nil, func(int) (string, string) { return "192.0.2.1:1234", "" }, true},
		{"many ports", nil, func(i int) (string, string) { return fmt.Sprintf("192.0.2.1:%d", 1000+i), "" }, true},
		{"many addresses", nil, func(i int) (string, string) { return fmt.Sprintf("192.0.2.%d:1", i), "" }, false},
		{"one IPv6 network", nil, func(i int) (string, string) { return fmt.Sprintf("[2001:db8:1:2::%x]:1", i), "" }, true},
		{"many IPv6 networks", nil, func(i int) (string, string) { return fmt.Sprintf("[2001:db8:1:%x::1]:1", i), "" }, false},
		{"one IPv6 site", nil, func(i int) (string, string) { return fmt.Sprintf("[2001:db8:1:%x::1]:1", i/2), "" }, false},
		{"IPv4 in IPv6", nil, func(i int) (string, string) { return []string{"192.0.2.1:1", "[::ffff:192.0.2.1]:1"}[i%2], "" }, true},
		{"forged header", nil, func(i int) (string, string) { return "192.0.2.1:1", fmt.Sprintf("198.51.100.%d", i) }, true},
		{"forged header to a proxy", []netip.Prefix{proxy}, func(i int) (string, string) {
			return "10.1.1.1:1", fmt.Sprintf("198.51.100.%d, 192.0.2.1", i) // the proxy appends whom it sees
		}, true},
		{"past the proxy", []netip.Prefix{proxy}, func(i int) (string, string) { return "192.0.2.1:1", fmt.Sprintf("198.51.100.%d", i) }, true},
		{"through the proxy", []netip.Prefix{proxy}, func(i int) (string, string) { return "10.1.1.1:1", fmt.Sprintf("192.0.2.%d", i) }, false},
		{"through a proxy that writes ports", []netip.Prefix{proxy}, func(i int) (string, string) {
			return "10.1.1.1:1", fmt.Sprintf("192.0.2.%d:%d", i, 1000+i)
		}, false},
		{"IPv6 with ports", []netip.Prefix{proxy}, func(i int) (string, string) {
			return "10.1.1.1:1", fmt.Sprintf("[2001:db8:%x::1]:%d", i, 1000+i)
		}, false},
		{"IPv6 in brackets", []netip.Prefix{proxy}, func(i int) (string, string) { return "10.1.1.1:1", fmt.Sprintf("[2001:db8:%x::1]", i) }, false},
		{"one visitor, many ports", []netip.Prefix{proxy}, func(i int) (string, string) {
			return "10.1.1.1:1", fmt.Sprintf("192.0.2.1:%d", 1000+i)
		}, true},
		{"through two proxies", []netip.Prefix{proxy}, func(i int) (string, string) {
			return "10.1.1.1:1", fmt.Sprintf("192.0.2.%d, 10.2.2.2", i)
		}, false},
		{"nonsense through the proxy", []netip.Prefix{proxy}, func(i int) (string, string) { return "10.1.1.1:1", fmt.Sprintf("x%d", i) }, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t, rigOptions{web: func(c *Config) { c.Rate, c.TrustedProxies = 20, tt.trusted }})
			refused := 0
			for i := range 100 {
				req := httptest.NewRequest("GET", "/robots.txt", nil)
				var forwarded string
				if req.RemoteAddr, forwarded = tt.request(i); forwarded != "" {
					req.Header.Set("X-Forwarded-For", forwarded)
				}
				w := httptest.NewRecorder()
				r.handler.ServeHTTP(w, req)
				switch w.Code {
				case 200:
				case 429:
					refused++
					if w.Header().Get("Retry-After") != "3" || !strings.Contains(w.Body.String(), `"code":"busy"`) {
						t.Errorf("429 with %v %s", w.Header(), w.Body)
					}
				default:
					t.Fatalf("status %d", w.Code)
				}
			}
			// 60 in a burst; the window may roll over once within the test.
			if tt.limited && (refused < 20 || refused > 40) || !tt.limited && refused > 0 {
				t.Errorf("%d of 100 refused", refused)
			}
			if w := r.get("/healthz"); w.Code != 200 {
				t.Error("the health check is limited")
			}
		})
	}
}

// TestWideLimit: a site with thousands of IPv6 networks is not thousands of
// clients.
func TestWideLimit(t *testing.T) {
	r := newRig(t, rigOptions{web: func(c *Config) { c.Rate = 20 }})
	ask := func(address string) int {
		req := httptest.NewRequest("GET", "/robots.txt", nil)
		req.RemoteAddr = address
		w := httptest.NewRecorder()
		r.handler.ServeHTTP(w, req)
		return w.Code
	}
	refused := 0
	for i := range 400 {
		if ask(fmt.Sprintf("[2001:db8:1:%x::1]:1", i)) == 429 {
			refused++
		}
	}
	if refused < 80 || refused > 160 { // 240 in a burst; the window may roll over once
		t.Errorf("%d of 400 refused", refused)
	}
	if code := ask("[2001:db8:2::1]:1"); code != 200 {
		t.Errorf("another site: %d", code)
	}
}

// TestFilesAreFree: a first visit takes all files of the build at once, also
// when others of the same address do so, and that leaves room for pages.
func TestFilesAreFree(t *testing.T) {
	r := newRig(t, rigOptions{web: func(c *Config) { c.Rate = 1 }})
	for range 500 {
		if w := r.get("/static/testbuild/js/simulator/main.js"); w.Code != 200 {
			t.Fatalf("a file of the build: status %d", w.Code)
		}
	}
	if w := r.get("/robots.txt"); w.Code != 200 {
		t.Errorf("a page after the files: status %d", w.Code)
	}
	refused := 0
	for range 100 { // what there is not is no file of the build
		if w := r.get("/static/testbuild/js/none.js"); w.Code == 429 {
			refused++
		}
	}
	if refused < 90 {
		t.Errorf("%d of 100 requests for a missing file refused", refused)
	}
}

// TestNewStructures: a crawler can't spend the upstream's budget, and what is
// cached costs him nothing.
func TestNewStructures(t *testing.T) {
	r := newRig(t, rigOptions{web: func(c *Config) { c.NewStructures = 30 }})
	if w := r.get("/api/structure/mp-22862"); w.Code != 200 {
		t.Fatal(w.Code)
	}
	refused := 0
	for i := range 100 {
		switch w := r.get(fmt.Sprintf("/api/structure/mp-%d", 2_000_000+i)); w.Code {
		case 404:
		case 429:
			refused++
		default:
			t.Fatalf("status %d", w.Code)
		}
		if w := r.get("/api/structure/mp-22862"); w.Code != 200 {
			t.Fatalf("cached: %d", w.Code)
		}
	}
	if refused != 71 {
		t.Errorf("%d of 100 refused, want 71: one of the 30 was the first", refused)
	}
	if n := len(r.fake.Requests()); n > 100 {
		t.Errorf("%d upstream requests", n) // three for each unknown id
	}
}

// TestHSTS is only promised where there is TLS.
func TestHSTS(t *testing.T) {
	r := newRig(t, rigOptions{web: func(c *Config) { c.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")} }})
	for _, tt := range []struct {
		remote, proto string
		want          bool
	}{{"10.1.1.1:1", "https", true}, {"10.1.1.1:1", "http", false}, {"10.1.1.1:1", "", false}, {"192.0.2.1:1", "https", false}} {
		req := httptest.NewRequest("GET", "/robots.txt", nil)
		req.RemoteAddr = tt.remote
		if tt.proto != "" {
			req.Header.Set("X-Forwarded-Proto", tt.proto)
		}
		w := httptest.NewRecorder()
		r.handler.ServeHTTP(w, req)
		if got := w.Header().Get("Strict-Transport-Security") != ""; got != tt.want {
			t.Errorf("%+v: got %v", tt, got)
		}
	}
	secure := httptest.NewTLSServer(r.handler)
	defer secure.Close()
	resp, err := secure.Client().Get(secure.URL + "/robots.txt")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.Header.Get("Strict-Transport-Security") == "" {
		t.Error("no HSTS over TLS")
	}
}

// TestLogs: routes and no queries, and addresses only on request and cut.
func TestLogs(t *testing.T) {
	r := newRig(t, rigOptions{web: func(c *Config) { c.LogClients = true }})
	req := httptest.NewRequest("GET", "/api/structure/mp-22862?private=1", nil)
	req.RemoteAddr = "192.0.2.77:1234"
	r.handler.ServeHTTP(httptest.NewRecorder(), req)
	log := r.log.String()
	for _, want := range []string{`"route":"/api/structure/{id}"`, `"status":200`, `"client":"192.0.2.0/24"`, `"request":"`} {
		if !strings.Contains(log, want) {
			t.Errorf("the log lacks %s:\n%s", want, log)
		}
	}
	for _, bad := range []string{"private", "192.0.2.77"} {
		if strings.Contains(log, bad) {
			t.Errorf("the log holds %s", bad)
		}
	}
	quiet := newRig(t, rigOptions{web: func(c *Config) { c.AccessLog = AccessErrors }})
	quiet.get("/robots.txt")
	if strings.Contains(quiet.log.String(), `"msg":"request"`) {
		t.Error("errors only, but a success is logged")
	}
	quiet.get("/nowhere")
	if !strings.Contains(quiet.log.String(), `"status":404`) {
		t.Error("a 404 is not logged")
	}
}

// TestMetrics: routes by pattern, so that addresses can't make new series.
func TestMetrics(t *testing.T) {
	r := newRig(t, rigOptions{})
	for i := range 50 {
		r.get(fmt.Sprintf("/nowhere/%d", i))
		r.get(fmt.Sprintf("/api/structure/x%d", i))
		r.do(fmt.Sprintf("MADEUP%d", i), "/")
	}
	families, err := r.metrics.Gather()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]int{}
	for _, f := range families {
		found[f.GetName()] = len(f.Metric)
	}
	if n := found["zoneaxis_http_requests_total"]; n == 0 || n > 6 {
		t.Errorf("%d series of requests", n)
	}
	for _, name := range []string{"zoneaxis_http_request_seconds", "zoneaxis_http_limited_total", "zoneaxis_http_panics_total",
		"zoneaxis_upstream_breaker_state", "zoneaxis_store_bytes", "zoneaxis_upstream_wait_seconds"} {
		if found[name] == 0 {
			t.Errorf("no metric %s", name)
		}
	}
}

// panicking is a source of structures that fails badly.
type panicking struct{ Structures }

func (panicking) Cached(context.Context, int) (*mp.Object, error, bool) { panic("bad luck") }

func TestPanic(t *testing.T) {
	r := newRig(t, rigOptions{web: func(c *Config) { c.Structures = panicking{c.Structures} }})
	w := r.get("/api/structure/mp-149")
	if w.Code != 500 || strings.Contains(w.Body.String(), "bad luck") || w.Header().Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	if !strings.Contains(r.log.String(), "bad luck") {
		t.Error("the reason is not in the log")
	}
}

func TestReady(t *testing.T) {
	r := newRig(t, rigOptions{})
	if w := r.get("/readyz"); w.Code != 200 {
		t.Errorf("ready: %d", w.Code)
	}
	r.drain()
	if w := r.get("/readyz"); w.Code != 503 {
		t.Errorf("stopping: %d", w.Code)
	}
	if w := r.get("/robots.txt"); w.Code != 200 {
		t.Errorf("stopping, but still serving: %d", w.Code)
	}
}

func TestAccepted(t *testing.T) {
	for _, tt := range []struct {
		header string
		gz, br bool
		want   encoding
	}{
		{"", true, true, identity},
		{"gzip", true, true, gzipped},
		{"br", true, true, brotlied},
		{"gzip, br", true, true, brotlied},
		{"gzip, br", true, false, gzipped},
		{"gzip, br", false, false, identity},
		{"GZIP", true, true, gzipped},
		{"x-gzip", true, true, gzipped},
		{"gzip;q=0", true, true, identity},
		{"br;q=0, *", true, true, gzipped},
		{"*", true, true, brotlied},
		{"*;q=0", true, true, identity},
		{"gzip; q=0.1, br ; q = 0", true, true, gzipped},
		{"br;q=nonsense, gzip", true, true, gzipped},
		{"deflate, zstd", true, true, identity},
		{",,;q=1,", true, true, identity},
	} {
		if got := accepted(tt.header, tt.gz, tt.br); got != tt.want {
			t.Errorf("%q, gz %v, br %v: got %d, want %d", tt.header, tt.gz, tt.br, got, tt.want)
		}
	}
}

func FuzzAccepted(f *testing.F) {
	f.Add("gzip, br;q=0")
	f.Add("*;q=")
	f.Fuzz(func(t *testing.T, header string) {
		if accepted(header, false, false) != identity {
			t.Error("an encoding that is not there")
		}
		accepted(header, true, true)
	})
}

// TestEveryFile: each file of the build can be had in each encoding, with an
// ETag of its own and the right bytes.
func TestEveryFile(t *testing.T) {
	set := testsite.Assets(t)
	r := newRig(t, rigOptions{web: func(c *Config) { c.Assets = set }})
	for name, f := range set.Manifest.Files {
		if f.URL == "" {
			continue
		}
		want := string(fileOf(t, set, f.URL))
		tags := map[string]bool{}
		for _, encoding := range []string{"", "gzip", "br"} {
			w := r.get(f.URL, "Accept-Encoding", encoding)
			if w.Code != 200 || w.Header().Get("Content-Type") != f.Type {
				t.Errorf("%s %s: %d %s", name, encoding, w.Code, w.Header().Get("Content-Type"))
				continue
			}
			if n, err := strconv.Atoi(w.Header().Get("Content-Length")); err == nil && n != w.Body.Len() {
				t.Errorf("%s %s: %d bytes, promised %d", name, encoding, w.Body.Len(), n)
			}
			key := w.Header().Get("Content-Encoding") + w.Header().Get("ETag")
			if !tags[key] && tags[w.Header().Get("ETag")] {
				t.Errorf("%s: one ETag for two encodings", name)
			}
			tags[key], tags[w.Header().Get("ETag")] = true, true
			if got := decoded(t, w); got != want {
				t.Errorf("%s %s: %d bytes, want %d", name, encoding, len(got), len(want))
			}
		}
	}
}
