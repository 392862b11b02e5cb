//go:build e2e

package e2e

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
)

// vendors are where Chromium itself asks for updates of its parts.
var vendors = regexp.MustCompile(`(^|\.)(google\.com|googleapis\.com|gstatic\.com|gvt1\.com)(:\d+)?$`)

// TestNothingLeaves sends everything that is not for the server, of pages and
// workers and of the service worker, to a proxy, and nothing comes there. Each
// tab of every other test watches its own requests besides.
func TestNothingLeaves(t *testing.T) {
	var mu sync.Mutex
	var asked []string
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		asked = append(asked, r.Host)
		http.Error(w, "no", http.StatusBadGateway)
	}))
	defer proxy.Close()
	s := startServer(t)
	p := newTab(t, wholeBrowser(t, "proxy-server="+strings.TrimPrefix(proxy.URL, "http://")), s.base, 1440, 900)
	p.open("/sim?z=1,1,0")
	p.wait("everything saved", savedOffline)
	p.wait("the canvas", onCanvas)
	p.fill("#find", "gold")
	p.wait("Gold to be found", `document.querySelector("#find-list .option")?.textContent.includes("Gold")`)
	p.key(kb.Enter)
	p.heading("Gold")
	p.dropFile("ours.cif", ourCIF)
	p.heading("Testsalt")
	for _, what := range []string{"help", "browse", "export"} {
		eval[bool](p, `(document.querySelector('[data-do="`+what+`"]').click(), true)`)
		p.wait("the dialog "+what, `document.querySelector("dialog[open]")`)
		p.key(kb.Escape)
	}
	for _, path := range []string{"/", "/blog/what-an-electron-diffraction-pattern-is/", "/library/", "/about/", "/embed?c=lib-si&z=1,1,0"} {
		p.open(path)
		p.wait("the page "+path, `document.readyState === "complete" && document.querySelector("h1")`)
	}
	mu.Lock()
	asked = slices.DeleteFunc(asked, vendors.MatchString)
	if len(asked) > 0 {
		t.Errorf("requests left the origin, for %q", asked)
	}
	mu.Unlock()
	// The proxy would have seen one.
	p.allow("request leaves the origin", "net::ERR", "Refused to", "violates the following Content Security Policy", "Failed to load resource")
	p.open("/about/")
	eval[bool](p, `(location.href = "http://elsewhere.invalid/", true)`)
	p.waitAsked(&mu, &asked, "elsewhere.invalid")
}

// waitAsked waits until a host is in the list.
func (p *tab) waitAsked(mu *sync.Mutex, asked *[]string, host string) {
	p.t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		mu.Lock()
		found := slices.Contains(*asked, host)
		mu.Unlock()
		if found {
			return
		}
	}
	p.t.Errorf("the proxy did not see the request for %s", host)
}
