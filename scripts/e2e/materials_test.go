//go:build e2e

package e2e

import (
	"net/http/httptest"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"zoneaxis/server/mp/mpfake"
)

const pageText = `document.body.textContent.replace(/\s+/g, " ")`

// open types a Materials Project number into the search and takes it.
func openMaterial(p *tab, id string) {
	p.t.Helper()
	p.fill("#find", id)
	p.wait(id+" offered", `document.querySelector('[role="option"]')?.textContent.includes("Get `+id+` from the Materials Project")`)
	p.key(kb.ArrowDown)
	p.key(kb.Enter)
}

// TestMaterialsProject fetches a primitive cell through the server and shows
// its conventional one; the second visit needs no upstream.
func TestMaterialsProject(t *testing.T) {
	const key = "0123456789abcdef0123456789abcdef"
	fake, err := mpfake.New(key, mpfake.Material{
		ID: 777777, Formula: "Ac", System: "Cubic", Symbol: "Fm-3m", Number: 225,
		Matrix: [3][3]float64{{0, 2.85, 2.85}, {2.85, 0, 2.85}, {2.85, 2.85, 0}},
		Sites:  []mpfake.Site{{Element: "Ac"}},
	}.Document())
	if err != nil {
		t.Fatal(err)
	}
	upstream := httptest.NewServer(fake)
	defer upstream.Close()
	s := startServer(t, "MP_BASE_URL="+upstream.URL, "MP_API_KEY="+key)
	p := newTab(t, browser(t), s.base, 1440, 900)
	p.open("/sim?z=1,1,0")
	p.wait("the engine", engineReady)
	openMaterial(p, "mp-777777")
	p.wait("the conventional cell", `document.querySelector("#panel-crystal").textContent.includes("5.700")`)
	p.wait("its link", `location.search.includes("c=mp-777777")`)
	p.wait("its licence", `document.querySelector("#panel-crystal").textContent.includes("CC BY 4.0")`)
	link := eval[string](p, `location.pathname + location.search`)
	p.open(link)
	p.wait("the link again", `document.querySelector("#panel-crystal").textContent.includes("5.700")`)
	if n := fake.Count(777777); n != 1 {
		t.Errorf("the upstream was asked %d times, want once", n)
	}

	p.allow("404", "Failed to load resource")
	openMaterial(p, "mp-999998")
	p.wait("unknown", pageText+`.includes("The Materials Project has no mp-999998. Check the number.")`)
	if got := eval[string](p, `location.search`); got == "" || p.text(`[data-part="crystal-id"]`) == "" {
		t.Errorf("the pattern went away: %q", got)
	}
}

// TestWithoutKey says in plain words that there is no Materials Project.
func TestWithoutKey(t *testing.T) {
	s := startServer(t)
	p := newTab(t, browser(t), s.base, 1024, 768)
	p.allow("Failed to load resource")
	p.open("/sim?z=1,1,0")
	p.wait("the engine", engineReady)
	openMaterial(p, "mp-777777")
	p.wait("why not", pageText+`.includes("This site cannot reach the Materials Project at the moment. The library and CIF files still work.")`)
	if got := p.text(`[data-part="hud-zone"]`); got != "[110]" {
		t.Errorf("the pattern shows %q", got)
	}
}
