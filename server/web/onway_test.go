package web

import (
	"strings"
	"testing"
)

// TestOnTheWay: an address that a sentence has ended or a tracker has followed
// opens the page that it means, and is no page of its own.
func TestOnTheWay(t *testing.T) {
	r := newRig(t, rigOptions{})
	for _, c := range []struct{ asked, there string }{
		{"/sim.?z=1,1,0", "/sim?z=1,1,0"},
		{"/sim).", "/sim"},
		{"/).", "/"},
		{"/robots.txt,", "/robots.txt"},
		{"/blog/first/%C2%BB", "/blog/first/"},
		{"/blog/first).", "/blog/first"},
		{"/no-such-page.", ""},
		{"//evil.example.", ""},
		{"/%5C%5Cevil.example.", ""},
	} {
		w := r.get("http://zone.example" + c.asked)
		if got := w.Header().Get("Location"); got != c.there || (c.there != "") != (w.Code == 302) || c.there == "" && w.Code != 404 {
			t.Errorf("%s: status %d to %q, want %q", c.asked, w.Code, got, c.there)
		}
	}
	const canonical = `<link rel="canonical" href="https://zone.example/sim?c=lib-au&amp;z=1,1,0">`
	for _, asked := range []string{"/sim?c=lib-au&z=1,1,0", "/sim?c=lib-au&z=1,1,0&fbclid=IwAR0", "/sim?utm_source=a&c=lib-au&z=1,1,0)."} {
		w := r.get(asked)
		if body := w.Body.String(); w.Code != 200 || !strings.Contains(body, canonical) || strings.Contains(body, "utm_") || strings.Contains(body, "fbclid") {
			t.Errorf("%s: status %d; the canonical link is not %s, or the page passes the tracker on", asked, w.Code, canonical)
		}
	}
	plain, tracked := r.get("/sim"), r.get("/sim?fbclid=x&utm_campaign=y")
	if plain.Body.String() != tracked.Body.String() {
		t.Error("a tracker alone makes another page of the welcome")
	}
}
