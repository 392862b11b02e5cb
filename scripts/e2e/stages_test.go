//go:build e2e

package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestInputWhileLoading: what is typed, clicked and chosen before the engine is
// there is done when it is.
func TestInputWhileLoading(t *testing.T) {
	g := newGate(t, startServer(t))
	g.hold("/static/engine")
	p := newTab(t, browser(t), g.base, 1440, 900)
	p.open("/sim?z=1,1,0")
	p.wait("the scripts to take over", `document.querySelector(".toasts")`)
	if eval[bool](p, `document.documentElement.dataset.ready !== undefined`) {
		t.Fatal("the engine is ready although it was held back")
	}
	if n := eval[float64](p, `document.querySelectorAll("#drawing svg *").length`); n < 20 {
		t.Errorf("the picture of the server has %v elements", n)
	}
	p.fill("#zone", "111")
	p.key(kb.Enter)
	p.do(chromedp.Focus(chromedp.CSS("#field")))
	p.key(kb.ArrowRight)
	p.key(kb.ArrowRight)
	if got := eval[string](p, `location.pathname`); got != "/sim" {
		t.Errorf("the page went to %s", got)
	}
	g.release()
	p.heading("zone axis 1 1 1")
	p.wait("both steps of the tilt", `document.querySelector('[data-part="hud-off"]').textContent.startsWith("1.00°")`)
	p.wait("the link of it", `location.search.includes("z=1,1,1") && location.search.includes("d=")`)
}

// TestThinLine: with the wish to save data the fast view is not loaded and
// nothing large is saved, until asked for.
func TestThinLine(t *testing.T) {
	g := newGate(t, startServer(t))
	p := newTab(t, wholeBrowser(t), g.base, 1440, 900)
	p.before(`Object.defineProperty(navigator, "connection", { value: { saveData: true, effectiveType: "4g" } });`)
	p.open("/sim?z=1,1,0")
	p.heading("Silicon")
	const offer = `[...document.querySelectorAll(".toasts button")].find((b) => b.textContent.startsWith("Load the fast view ("))`
	p.wait("the offer", offer)
	p.wait("the badge", notSaved)
	p.fill("#zone", "111")
	p.key(kb.Enter)
	p.heading("zone axis 1 1 1")
	for _, path := range g.paths() {
		if strings.Contains(path, "viewer") && strings.HasSuffix(path, ".wasm") || strings.HasPrefix(path, "/blog/") {
			t.Errorf("loaded without being asked for: %s", path)
		}
	}
	p.do(chromedp.Evaluate[chromedp.Void](`(` + offer + `).focus()`))
	p.key(kb.Enter)
	p.wait("the canvas", onCanvas)
	p.click("#offline button")
	p.wait("everything saved", savedOffline)
}
