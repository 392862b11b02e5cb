package web

import (
	"fmt"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"zoneaxis/server/internal/hits"
)

const reader = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"

// counted is a rig that counts, and what it has counted.
type counted struct {
	*rig
	mu   sync.Mutex
	hits []hits.Hit
}

func newCounted(t *testing.T) *counted {
	c := &counted{}
	c.rig = newRig(t, rigOptions{web: func(cfg *Config) {
		cfg.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("192.0.2.1/32")} // httptest's visitor
		cfg.Visits = &Counting{Country: "CF-IPCountry", Count: func(h hits.Hit) {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.hits = append(c.hits, h)
		}}
	}})
	return c
}

// take returns what has been counted since.
func (c *counted) take() []hits.Hit {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := c.hits
	c.hits = nil
	return list
}

func names(list []hits.Hit) string {
	var paths []string
	for _, h := range list {
		paths = append(paths, h.Path)
	}
	return strings.Join(paths, " | ")
}

// TestVisited: pages and the patterns in them are counted, and nothing else.
func TestVisited(t *testing.T) {
	c := newCounted(t)
	etag := c.get("/blog/first/").Header().Get("Etag")
	c.take()
	for _, tt := range []struct {
		target string
		header []string
		want   string
	}{
		{"/", nil, "pattern: Silicon [110] kinematic | /"},
		{"/sim?c=lib-gaas&z=1,-1,0&m=d&t=33&x=private", nil, "pattern: Gallium arsenide [1-10] dynamical | /sim"},
		{"/sim?c=lib-gaas&z=1,1,0&w=r", nil, "pattern: Gallium arsenide rings | /sim"},
		{"/sim?c=lib-si&z=1,1,0&d=1,0,0", nil, "pattern: Silicon kinematic | /sim"},
		{"/sim?c=lib-mg&z=2-1-10", nil, "pattern: Magnesium [2-1-10] kinematic | /sim"},
		{"/sim?c=mp-777", nil, "pattern: mp-777 [001] kinematic | /sim"},
		{"/sim?c=mp-99999999", nil, "/sim"},
		{"/sim?c=cif&z=1,1,0", nil, "/sim"},
		{"/sim?c=lib-si&z=1,1,0", []string{"Sec-Fetch-Dest", "document"}, "pattern: Silicon [110] kinematic | /sim"},
		{"/blog/first/", nil, "/blog/first/"},
		{"/blog/first/?utm=me", []string{"If-None-Match", etag}, "/blog/first/"},
		{"/library/", nil, "/library/"},
		// Not by somebody who looks.
		{"/library/", []string{"Sec-Fetch-Dest", "empty", "Sec-Fetch-Mode", "navigate"}, "/library/"}, // by the service worker
		{"/library/", []string{"Sec-Fetch-Dest", "empty", "Sec-Fetch-Mode", "cors"}, ""},
		{"/sim", []string{"Sec-Fetch-Dest", "empty"}, ""},
		{"/blog/first/", []string{"Sec-Fetch-Dest", "iframe"}, ""},
		{"/sim", []string{"Sec-Purpose", "prefetch;prerender"}, ""},
		{"/sim", []string{"Purpose", "prefetch"}, ""},
		{"/sim", []string{"X-Moz", "prefetch"}, ""},
		// Who asks not to be followed.
		{"/sim", []string{"DNT", "1"}, ""},
		{"/blog/first/", []string{"Sec-GPC", "1"}, ""},
		{"/library/", []string{"DNT", "0"}, "/library/"},
		// No pages.
		{"/blog/first", nil, ""}, {"/nowhere/", nil, ""}, {"/feed.atom", nil, ""}, {"/healthz", nil, ""}, {"/readyz", nil, ""}, {"/static/wasm_exec.js", nil, ""},
		{"/sim.svg?c=lib-si", nil, ""}, {"/embed?c=lib-si", nil, ""}, {"/sim/views", nil, ""}, {"/api/structure/mp-149", nil, ""}, {"/oembed?url=x", nil, ""}, {"/sim?q=gaas", nil, ""},
		{"/sim?" + strings.Repeat("x", maxQuery+1), nil, ""}, {"/robots.txt", nil, ""}, {"/sw.js", nil, ""}, {"/library/si.svg", nil, ""},
	} {
		for range 2 { // drawn, and kept
			w := c.get(tt.target, append([]string{"User-Agent", reader}, tt.header...)...)
			list := c.take()
			if got := names(list); got != tt.want {
				t.Errorf("%.60s %v: %q, want %q (%d)", tt.target, tt.header, got, tt.want, w.Code)
			}
			for _, h := range list {
				if text := fmt.Sprintf("%+v", h); strings.Contains(text, "192.0.2") || strings.Contains(text, "private") || strings.Contains(text, "Firefox") || h.Session == "" || h.Bot != 0 {
					t.Errorf("%s: %s", tt.target, text)
				}
			}
		}
	}
	c.do("HEAD", "/sim", "User-Agent", reader)
	c.do("POST", "/sim", "User-Agent", reader)
	if got := c.take(); len(got) > 0 {
		t.Errorf("counted: %s", names(got))
	}
	if n := c.value(t, "zoneaxis_visits_opted_out_total"); n != 4 {
		t.Errorf("%v opted out, want 4", n)
	}
}

// value is a metric without labels.
func (r *rig) value(t *testing.T, name string) float64 {
	t.Helper()
	families, err := r.metrics.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == name {
			return f.Metric[0].Counter.GetValue()
		}
	}
	t.Fatalf("no metric %s", name)
	return 0
}

// TestWhoVisits: of the referrer the host, of the visitor the country that the
// proxy names and whether it is a robot.
func TestWhoVisits(t *testing.T) {
	c := newCounted(t)
	hit := func(header ...string) hits.Hit {
		c.get("/library/", header...)
		list := c.take()
		if len(list) != 1 {
			t.Fatalf("%v: %v", header, list)
		}
		return list[0]
	}
	for from, want := range map[string]string{
		"https://www.Example.org:8443/thread?q=private": "www.example.org", "https://zone.example/blog/": "", "android-app://x": "", "https://<b>": "", "": "", "https://" + strings.Repeat("a", 300) + ".org/": "",
	} {
		if got := hit("Referer", from).Ref; got != want {
			t.Errorf("from %.40q: %q, want %q", from, got, want)
		}
	}
	for code, want := range map[string]string{"NL": "NL", "nl": "NL", "XX": "", "T1": "", "<b": "", "": "", "NLD": ""} {
		if got := hit("CF-IPCountry", code).Location; got != want {
			t.Errorf("country %q: %q, want %q", code, got, want)
		}
	}
	req := httptest.NewRequest("GET", "/library/", nil)
	req.RemoteAddr = "203.0.113.5:1"
	req.Header.Set("CF-IPCountry", "NL")
	c.handler.ServeHTTP(httptest.NewRecorder(), req)
	if list := c.take(); len(list) != 1 || list[0].Location != "" {
		t.Errorf("a stranger says where he is: %+v", list)
	}
	a, b := hit("User-Agent", reader, "X-Forwarded-For", "198.51.100.1"), hit("User-Agent", reader, "X-Forwarded-For", "198.51.100.2")
	if a.Session == b.Session || a.Session != hit("User-Agent", reader, "X-Forwarded-For", "198.51.100.1").Session {
		t.Error("visitors are not told apart")
	}
	if hit("User-Agent", "curl/8").Bot < 150 || a.Bot != 0 {
		t.Error("robots are not told")
	}
}

// TestEvents: the page tells in fixed words; others are refused whole.
func TestEvents(t *testing.T) {
	c := newCounted(t)
	tell := func(body string, header ...string) int {
		req := httptest.NewRequest("POST", eventsPath, strings.NewReader(body))
		req.Header.Set("User-Agent", reader)
		for i := 0; i+1 < len(header); i += 2 {
			req.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		c.handler.ServeHTTP(w, req)
		if w.Header().Get("Set-Cookie") != "" {
			t.Error("something is set in the browser")
		}
		return w.Code
	}
	for body, want := range map[string]string{
		"turned lib-si": "turned: Silicon", "crystal mp-2000000\nexport svg\n": "crystal: mp-2000000 | export: svg", "crystal own": "crystal: own file", "turned own": "turned: own file", "export print": "export: print",
	} {
		if code := tell(body, "Sec-Fetch-Site", "same-origin"); code != 204 {
			t.Errorf("%q: %d", body, code)
		}
		if got := names(c.take()); got != want {
			t.Errorf("%q: %q, want %q", body, got, want)
		}
	}
	strange := []string{"", "\n", "turned", "turned My secret alloy", "crystal <script>", "crystal lib-nothing", "crystal 149", "export exe", "click here", "pattern lib-si", "turned lib-si\nclick", strings.Repeat("turned own\n", 17), strings.Repeat("x", 5000)}
	for _, body := range strange {
		if code := tell(body); code != 400 {
			t.Errorf("%.30q: %d, want 400", body, code)
		}
	}
	if code := tell("turned lib-si", "Sec-Fetch-Site", "cross-site"); code != 400 {
		t.Errorf("from elsewhere: %d", code)
	}
	if n := c.value(t, "zoneaxis_visits_strange_events_total"); int(n) != len(strange)+1 {
		t.Errorf("%v strange, want %d", n, len(strange)+1)
	}
	if code := tell("turned lib-si", "DNT", "1"); code != 204 {
		t.Errorf("opted out: %d", code)
	}
	if got := c.take(); len(got) > 0 {
		t.Errorf("counted: %s", names(got))
	}
	if body := c.get("/sim").Body.String(); !strings.Contains(body, " data-visits>") {
		t.Error("the page does not know that visits are counted")
	}
	// Without a counter there is no route, and the page knows of none.
	plain := newRig(t, rigOptions{})
	if got, nowhere := plain.do("POST", eventsPath).Code, plain.do("POST", "/nowhere").Code; got != nowhere {
		t.Errorf("without a counter: %d, at an address that is none %d", got, nowhere)
	}
	if strings.Contains(plain.get("/sim").Body.String(), "data-visits") {
		t.Error("a page tells of a counter that is not there")
	}
}
