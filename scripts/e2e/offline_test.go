//go:build e2e

package e2e

import (
	"strings"
	"testing"
)

const savedOffline = `document.querySelector("#offline").textContent.includes("Ready offline")`

// TestOffline opens the page once, takes the server away, and goes on.
func TestOffline(t *testing.T) {
	s := startServer(t)
	p := newTab(t, browser(t), s.base, 1440, 900)
	p.open("/sim?z=1,1,0")
	p.wait("the canvas", onCanvas)
	p.wait("everything saved", savedOffline)
	s.stop()
	p.allow("net::ERR_CONNECTION_REFUSED", "Failed to load resource", "Failed to fetch")

	p.open("/sim?z=1,1,0")
	p.wait("the canvas after a reload", onCanvas)
	p.open("/sim?c=lib-au&z=1,1,2&d=0.50,0.00,0.00")
	p.wait("a deep link to another crystal", `document.querySelector('[data-part="heading"]').textContent.startsWith("Gold")`)
	p.wait("its orientation", `document.querySelector('[data-part="near"]').textContent.startsWith("0.50°")`)
	p.open("/blog/why-leave-server-side-simulation/")
	if got := p.text("h1"); !strings.Contains(got, "Why leave") {
		t.Errorf("the article offline: %q", got)
	}
}
