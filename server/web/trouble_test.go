package web

import (
	"encoding/json"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"zoneaxis/server/mp"
	"zoneaxis/server/mp/mpfake"
)

// cubic is a material that only the stand-in upstream has.
func cubic(id int) mpfake.Material {
	return mpfake.Material{ID: id, Formula: "Po", System: "Cubic", Symbol: "Pm-3m", Number: 221,
		Matrix: [3][3]float64{{3.35, 0, 0}, {0, 3.35, 0}, {0, 0, 3.35}}, Sites: []mpfake.Site{{Element: "Po"}}}
}

// TestEveryFault: what may pass is told as such on every route that needs a
// structure, and kept by nobody; only what is known not to exist is a 404.
func TestEveryFault(t *testing.T) {
	const id = 2_000_000
	passing := []int{502, 503, 504}
	faults := []struct {
		name  string
		fault mpfake.Fault
		want  []int // of a picture
	}{
		{"status 500", mpfake.Status(500, "no"), passing},
		{"status 502", mpfake.Status(502, "no"), passing},
		{"status 503", mpfake.Status(503, "no", "Retry-After", "30"), passing},
		{"status 504", mpfake.Status(504, "no"), passing},
		{"status 400", mpfake.Status(400, `{"detail":"no"}`), passing},
		{"status 404", mpfake.Status(404, `{"message":"no Route matched"}`), passing},
		{"status 418", mpfake.Status(418, ""), passing},
		{"rate", mpfake.Limited("20"), passing},
		{"rate without a time", mpfake.Limited(""), passing},
		{"blocked", mpfake.Status(429, `{"error":"no","version":"blocked"}`), passing},
		{"key refused", mpfake.EchoKey(401), passing},
		{"redirect", mpfake.Redirect(302, "http://127.0.0.1:1/"), passing},
		{"no JSON", mpfake.Body("text/html", "<p>"), passing},
		{"no list", mpfake.Body("application/json", "{}"), passing},
		{"null", mpfake.Body("application/json", "null"), passing},
		{"empty body", mpfake.Body("application/json", ""), passing},
		{"cut", mpfake.CutAt(100), passing},
		{"wrong length", mpfake.WrongLength(), passing},
		{"compressed and cut", mpfake.GzipCut(), passing},
		{"bomb", mpfake.GzipBomb(64 << 20), passing},
		{"huge", mpfake.Huge(9 << 20), passing},
		{"reset", mpfake.Reset(-1), passing},
		{"reset in the body", mpfake.Reset(100), passing},
		{"too slow", mpfake.Delay(time.Hour), passing},
		{"drip", mpfake.Drip(50 * time.Millisecond), passing},
		{"another material", mpfake.Change(func(d map[string]any) { d["material_id"] = "mp-30" }), passing},
		{"no structure", mpfake.Change(func(d map[string]any) { delete(d, "structure") }), passing},
		{"no sites", mpfake.Change(func(d map[string]any) { d["structure"].(map[string]any)["sites"] = []any{} }), []int{502}},
		{"licence", mpfake.Change(func(d map[string]any) { d["builder_meta"] = map[string]any{"license": "BY-NC"} }), []int{403}},
		{"unknown", mpfake.Body("application/json", `{"data":[]}`), []int{404}},
	}
	routes := map[string]string{
		"structure":  "/api/structure/mp-2000000",
		"picture":    "/sim.svg?c=mp-2000000",
		"second":     "/sim.svg?c=lib-si&c2=mp-2000000",
		"oembed":     "/oembed?url=" + url.QueryEscape("/sim?c=mp-2000000"),
		"oembed two": "/oembed?url=" + url.QueryEscape("/sim?c=lib-si&c2=mp-2000000"),
		"page":       "/sim?c=mp-2000000",
		"embed":      "/embed?c=mp-2000000",
	}
	for _, tt := range faults {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for route, address := range routes {
				r := newRig(t, rigOptions{upstream: func(o *mp.Options) {
					if o.Total = 3 * time.Second; strings.Contains(tt.name, "too slow") || tt.name == "drip" {
						o.Total = 300 * time.Millisecond
					}
				}})
				if err := r.fake.Add(cubic(id).Document()); err != nil {
					t.Fatal(err)
				}
				r.fake.Script(id, mpfake.Forever(tt.fault))
				for range 2 { // the second answer comes from what was learnt
					checkTrouble(t, route, r.get(address), tt.want)
				}
			}
		})
	}
}

func checkTrouble(t *testing.T, route string, w *httptest.ResponseRecorder, want []int) {
	t.Helper()
	cache := w.Header().Get("Cache-Control")
	if route == "page" {
		// It is there all the same, with a sentence.
		if w.Code != 200 || cache != "no-cache" || !strings.Contains(w.Body.String(), "Materials Project") && !strings.Contains(w.Body.String(), "Too many requests") && !strings.Contains(w.Body.String(), "has to be fetched first") {
			t.Errorf("%s: %d, %s", route, w.Code, cache)
		}
		return
	}
	var p problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		t.Fatalf("%s: %v: %s", route, err, w.Body)
	}
	if !slices.Contains(want, w.Code) || p.Status != w.Code || !strings.HasSuffix(p.Detail, ".") {
		t.Errorf("%s: %d %+v, want %v", route, w.Code, p, want)
	}
	if known := w.Code == 404; known == (cache == "no-store") {
		t.Errorf("%s: %d with Cache-Control %q", route, w.Code, cache)
	}
	passing := w.Code > 500 && p.Code != "unusable"
	if (w.Header().Get("Retry-After") != "") != passing {
		t.Errorf("%s: %d with Retry-After %q", route, w.Code, w.Header().Get("Retry-After"))
	}
}

// TestColdLimit: who asks for too many new structures is told when to come
// back, on pictures too.
func TestColdLimit(t *testing.T) {
	r := newRig(t, rigOptions{web: func(c *Config) { c.NewStructures = 1 }})
	r.get("/sim.svg?c=mp-2000001")
	w := r.get("/sim.svg?c=mp-2000002")
	if w.Code != 429 || w.Header().Get("Retry-After") == "" || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("got %d %v", w.Code, w.Header())
	}
	if w := r.get("/sim?c=mp-2000003"); w.Code != 200 || !strings.Contains(w.Body.String(), "has to be fetched first") {
		t.Errorf("page: %d", w.Code)
	}
}
