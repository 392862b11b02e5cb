package web

import (
	"context"
	"encoding/json"
	"html"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"zoneaxis/server/mp"
	"zoneaxis/server/mp/mpfake"
)

// refusal is a request that cannot be served.
type refusal struct {
	name, method, target string
	status               int
	code                 string
	passes               bool // it may be asked again: the answer says when
	data                 bool // JSON whoever asks
	fault                *mpfake.Fault
	web                  func(*Config)
	before               int // how often the same is asked first
}

// refusals are all kinds on all routes.
func refusals() []refusal {
	long := strings.Repeat("z", maxQuery)
	asked := func(address string) string { return "/oembed?url=" + url.QueryEscape(address) }
	list := []refusal{
		{name: "no page", target: "/nowhere", status: 404, code: noPage},
		{name: "no page, with a dot", target: "/.git/config", status: 404, code: noPage},
		{name: "no page, two slashes", target: "/blog//first/", status: 404, code: noPage},
		{name: "no file", target: "/static/0123456789/js/none.js", status: 404, code: noPage},
		{name: "no article", target: "/blog/none/", status: 404, code: noPage},
		{name: "no number", target: "/api/structure/silicon", status: 400, code: "bad-id", data: true},
		{name: "a number too long", target: "/api/structure/mp-99999999999999999999", status: 400, code: "bad-id", data: true},
		{name: "a number of bytes", target: "/api/structure/%00%ff", status: 400, code: "bad-id", data: true},
		{name: "unknown structure", target: "/api/structure/mp-7000000", status: 404, code: "unknown", data: true},
		{name: "no formula", target: "/api/search", status: 400, code: "bad-formula", data: true},
		{name: "bad formula", target: "/api/search?formula=%3Cb%3E", status: 400, code: "bad-formula", data: true},
		{name: "no version", target: "/data/v1/2020.1.1/149.json", status: 404, code: noPage, data: true},
		{name: "bad version", target: "/data/v1/..%2f..%2f/149.json", status: 404, code: noPage, data: true},
		{name: "no number of data", target: "/data/v1/2020.1.1/0x1.json", status: 404, code: noPage, data: true},
		{name: "no route of the API", target: "/api/none", status: 404, code: noPage, data: true},
		{name: "oembed of nothing", target: "/oembed", status: 404, code: "no-link"},
		{name: "oembed of another site", target: asked("https://other.example/sim"), status: 404, code: "no-link"},
		{name: "oembed of an article", target: asked("https://zone.example/blog/first/"), status: 404, code: "no-link"},
		{name: "oembed of no address", target: asked("http://[::1/sim"), status: 404, code: "no-link"},
		{name: "oembed as XML", target: asked("/sim") + "&format=xml", status: 501, code: "format"},
		{name: "oembed of no crystal", target: asked("/sim?c=nonsense"), status: 404, code: "no-crystal"},
		{name: "panic", target: "/api/structure/mp-149", status: 500, code: "internal", data: true, web: func(c *Config) { c.Structures = panicking{c.Structures} }},
	}
	for _, path := range []string{"/sim", "/embed", "/sim.svg", "/sim/views", "/oembed"} {
		list = append(list, refusal{name: "long query of " + path, target: path + "?c=" + long, status: 414, code: "long-link"})
	}
	for _, path := range []string{"/embed", "/sim.svg"} {
		list = append(list,
			refusal{name: "no crystal at " + path, target: path + "?c=nonsense", status: 404, code: "no-crystal"},
			refusal{name: "no second crystal at " + path, target: path + "?c=lib-si&c2=nonsense", status: 404, code: "no-crystal"},
			refusal{name: "unknown crystal at " + path, target: path + "?c=mp-7000000", status: 404, code: "unknown"})
	}
	for _, path := range []string{"/", "/sim", "/sim.svg", "/sim/views", "/embed", "/oembed", "/api/structure/mp-149", "/api/search?formula=Si", "/data/v1/2020.1.1/149.json", "/static/x.js", "/blog/first/", "/healthz", "/readyz", "/favicon.ico", "/licences", "/nowhere"} {
		data := strings.HasPrefix(path, "/api/") || strings.HasPrefix(path, "/data/")
		for _, method := range []string{"POST", "DELETE", "OPTIONS", "PROPFIND"} {
			list = append(list, refusal{name: method + " of " + path, method: method, target: path, status: 405, code: "method", data: data})
		}
		if path == "/static/x.js" || path == "/healthz" || path == "/readyz" || path == "/favicon.ico" || path == "/licences" {
			continue
		}
		list = append(list, refusal{name: "too many of " + path, target: path, status: 429, code: "busy", passes: true, data: data, before: 6, web: func(c *Config) { c.Rate = 1 }})
	}
	for _, path := range []string{"/api/structure/mp-2000000", "/sim.svg?c=mp-2000000", "/embed?c=mp-2000000", asked("/sim?c=mp-2000000")} {
		data := strings.HasPrefix(path, "/api/")
		list = append(list,
			refusal{name: "upstream fails: " + path, target: path, status: 502, code: "upstream", passes: true, data: data, fault: new(mpfake.Status(500, "no"))},
			refusal{name: "upstream limits: " + path, target: path, status: 503, code: "busy", passes: true, data: data, fault: new(mpfake.Limited("20"))},
			refusal{name: "upstream is slow: " + path, target: path, status: 502, code: "upstream", passes: true, data: data, fault: new(mpfake.Delay(time.Hour))},
			refusal{name: "upstream refuses the key: " + path, target: path, status: 503, code: "no-key", passes: true, data: data, fault: new(mpfake.EchoKey(401))},
			refusal{name: "licence: " + path, target: path, status: 403, code: "licence", data: data, fault: new(mpfake.Change(func(d map[string]any) { d["builder_meta"] = map[string]any{"license": "BY-NC"} }))})
	}
	return list
}

// ask makes the request as somebody who accepts something.
func (one refusal) ask(t testing.TB, accept string) *httptest.ResponseRecorder {
	r := newRig(t, rigOptions{web: one.web, upstream: func(o *mp.Options) { o.Total = 300 * time.Millisecond }})
	if one.fault != nil {
		if err := r.fake.Add(cubic(2_000_000).Document()); err != nil {
			t.Fatal(err)
		}
		r.fake.Script(2_000_000, mpfake.Forever(*one.fault))
	}
	for range one.before {
		r.get(one.target)
	}
	method := one.method
	if method == "" {
		method = "GET"
	}
	return r.do(method, one.target, "Accept", accept)
}

// heading is what a page says; that of the test's build for lost visitors has no title.
var heading = regexp.MustCompile(`(?s)<(?:h1|p)>([^<]*)`)

// TestRefusals: every refusal is a page for a person and JSON for a program,
// with a sentence, the right status, and for caches what it should have.
func TestRefusals(t *testing.T) {
	sentence := regexp.MustCompile(`^\p{Lu}[^<>]*\.$`)
	for _, one := range refusals() {
		t.Run(one.name, func(t *testing.T) {
			t.Parallel()
			for _, accept := range []string{"text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", "application/json", "*/*", "image/svg+xml", ""} {
				w := one.ask(t, accept)
				h := w.Header()
				kind, said := "application/problem+json", ""
				if strings.Contains(accept, "text/html") && !one.data {
					kind = "text/html; charset=utf-8"
					if found := heading.FindStringSubmatch(w.Body.String()); found != nil {
						said = html.UnescapeString(found[1])
					}
				} else {
					var p problem
					if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || p.Status != w.Code || p.Code != one.code || p.Title == "" || p.Type != "about:blank" || (p.RetryAfter > 0) != one.passes {
						t.Errorf("%q: %v: %s", accept, err, w.Body)
					}
					said = p.Detail
				}
				if w.Code != one.status || h.Get("Content-Type") != kind || !sentence.MatchString(said) {
					t.Errorf("%q: %d, %s, %q", accept, w.Code, h.Get("Content-Type"), said)
				}
				cache := "no-store"
				if one.status == 404 {
					cache = "public, max-age=60"
				}
				if h.Get("Cache-Control") != cache || h.Get("Vary") != "Accept" || h.Get("Etag") != "" || (h.Get("Retry-After") != "") != one.passes {
					t.Errorf("%q: %d with %v", accept, w.Code, h)
				}
				if (one.status == 405) != (h.Get("Allow") == "GET, HEAD") {
					t.Errorf("%q: Allow %q", accept, h.Get("Allow"))
				}
				// A refusal is seen where the answer would have been.
				if framed := strings.HasPrefix(one.target, "/embed"); framed == (h.Get("X-Frame-Options") != "") {
					t.Errorf("%q: X-Frame-Options %q", accept, h.Get("X-Frame-Options"))
				}
			}
		})
	}
}

// TestRefusedParts: what a page cannot read of its link it says in a sentence,
// and shows the rest.
func TestRefusedParts(t *testing.T) {
	r := newRig(t, rigOptions{})
	for _, query := range []string{"z=0,0,0", "z=nonsense", "z=1,1", "c=nonsense", "c2=nonsense", "kv=-5", "kv=NaN", "cl=0", "t=1e999", "o=%00", "d=x", "m=q", "v=0"} {
		w := r.get("/sim?"+query, "Accept", "text/html")
		if w.Code != 200 || w.Header().Get("Cache-Control") != "no-cache" || !strings.Contains(w.Body.String(), "<svg") || !strings.Contains(w.Body.String(), "Using ") {
			t.Errorf("%s: %d, %s", query, w.Code, w.Header().Get("Cache-Control"))
		}
	}
}

// TestNoSuchPart: a part beyond the end of a file or picture is refused like
// everything else.
func TestNoSuchPart(t *testing.T) {
	r := newRig(t, rigOptions{})
	for _, target := range []string{"/robots.txt", "/static/engine.wasm", "/sim.svg", "/favicon.ico"} {
		size := r.get(target).Body.Len()
		w := r.get(target, "Range", "bytes=99999999-")
		var p problem
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || w.Code != 416 || p.Status != 416 || !strings.HasSuffix(p.Detail, ".") {
			t.Errorf("%s: %d %s", target, w.Code, w.Body)
		}
		h := w.Header()
		if h.Get("Cache-Control") != "no-store" || h.Get("Content-Type") != "application/problem+json" || !strings.HasPrefix(h.Get("Content-Range"), "bytes */") || h.Get("Etag") != "" {
			t.Errorf("%s: %v", target, h)
		}
		if w := r.get(target, "Range", "bytes=1-3"); w.Code != 206 || w.Body.Len() != 3 || size < 4 {
			t.Errorf("%s: a part: %d, %d of %d bytes", target, w.Code, w.Body.Len(), size)
		}
	}
}

// BenchmarkRefusals is the time of each kind: none should take more than 100 ms,
// but for an upstream that is waited for. Making the server is not counted.
func BenchmarkRefusals(b *testing.B) {
	for _, one := range refusals() {
		if strings.HasPrefix(one.name, "upstream is slow") {
			continue
		}
		b.Run(strings.ReplaceAll(one.name, "/", "_"), func(b *testing.B) {
			r := newRig(b, rigOptions{web: one.web})
			if one.fault != nil {
				if err := r.fake.Add(cubic(2_000_000).Document()); err != nil {
					b.Fatal(err)
				}
				r.fake.Script(2_000_000, mpfake.Forever(*one.fault))
			}
			method := one.method
			if method == "" {
				method = "GET"
			}
			for b.Loop() {
				req := httptest.NewRequestWithContext(context.Background(), method, one.target, nil)
				req.Header.Set("Accept", "text/html")
				r.handler.ServeHTTP(httptest.NewRecorder(), req)
			}
		})
	}
}
