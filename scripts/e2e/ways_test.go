//go:build e2e

package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
)

// onScreen reports whether an element is seen as a whole.
func onScreen(selector string) string {
	return `(() => { const r = document.querySelector(` + quote(selector) + `)?.getBoundingClientRect(); return !!r && document.querySelector(` + quote(selector) + `).checkVisibility() && r.width > 0 && r.left >= 0 && r.top >= 0 && r.right <= innerWidth && r.bottom <= innerHeight; })()`
}

// TestMenu: the simulator shows the way to the rest of the site, on a phone without
// scripts too, and that shows the way back.
func TestMenu(t *testing.T) {
	s := startServer(t)
	chrome := browser(t)
	ways := []string{"/library/", "/library/ratio/", "/library/d/", "/blog/", "/about/"}
	bare := newTab(t, chrome, s.base, 320, 640)
	eval[bool](bare, `true`)
	bare.do(disableScripts)
	bare.open("/sim?z=1,1,0")
	if eval[bool](bare, onScreen("#menu nav")) || !eval[bool](bare, onScreen("#menu summary")) {
		t.Error("without scripts the menu is open, or its button is not there")
	}
	bare.click("#menu summary")
	bare.wait("the menu", onScreen("#menu nav"))

	p := simulator(t, chrome, s, "/sim?z=1,1,0", 390, 844)
	if w := eval[[]float64](p, `(({width, height}) => [width, height])(document.querySelector("#menu summary").getBoundingClientRect())`); min(w[0], w[1]) < 44 {
		t.Errorf("the button of the menu is %v", w)
	}
	p.click("#menu summary")
	p.wait("the menu", onScreen("#menu nav"))
	p.shot("menu-phone")
	axe(p, "the menu")
	if got := eval[[]string](p, `[...document.querySelectorAll("#menu a")].map((a) => a.getAttribute("href"))`); !slices.Equal(got, ways) {
		t.Errorf("the menu leads to %v", got)
	}
	p.key(kb.Escape)
	p.wait("the menu shut", `!document.querySelector("#menu").open && document.activeElement === document.querySelector("#menu summary")`)
	p.click("#menu summary")
	p.click("#menu + *, #zone")
	p.wait("the menu shut by a click elsewhere", `!document.querySelector("#menu").open`)
	for _, way := range ways {
		p.open(way)
		p.wait("the way back from "+way, `document.querySelector('.site-top a[href="/sim"]')?.getClientRects().length > 0`)
	}
}

// TestWithoutEffect: what the picture has no use for is off and says why; what it
// has no room for is told with a way to it.
func TestWithoutEffect(t *testing.T) {
	s := startServer(t)
	chrome := browser(t)
	p := simulator(t, chrome, s, "/sim?z=1,1,0&o=iks", 1440, 900)
	state := `[...document.querySelectorAll('#panel-show [name="o"], #t')].filter((n) => n.disabled).map((n) => n.type === "text" ? n.name : n.value).join("")`
	still := `[...document.querySelectorAll("[data-turns]")].every((n) => n.inert)`
	why := `[...document.querySelectorAll("[data-off]")].filter((n) => n.checkVisibility()).map((n) => n.textContent).join(" ")`
	p.part(t, "powder", "/sim?z=1,1,0&o=iks", func(t *testing.T) {
		p.click(`label:has(> [name="m"][value="rings"])`)
		p.wait("the rings", `zx.app.now.view.values.w === "r"`)
		if got := eval[string](p, state); got != "tkdhg" || !eval[bool](p, still) {
			t.Errorf("off are %q, turning is off: %v", got, eval[bool](p, still))
		}
		if got := eval[string](p, why); !strings.Contains(got, "Kikuchi lines, double diffraction, HOLZ") || !strings.Contains(got, "neither thickness nor absorption") {
			t.Errorf("the reason is %q", got)
		}
		p.shot("powder-off")
		axe(p, "powder")
		before := p.link()
		eval[bool](p, `(document.querySelector("#field").focus(), true)`)
		p.key("s")
		p.wait("the reason why nothing turns", `[...document.querySelectorAll(".toast")].some((n) => n.textContent.includes("so nothing turns them"))`)
		p.key("h")
		p.wait("the reason why there is no HOLZ", `[...document.querySelectorAll(".toast")].some((n) => n.textContent.includes("HOLZ and forbidden spots have no part in them"))`)
		if p.link() != before {
			t.Errorf("the state went to %s", p.link())
		}
		eval[bool](p, `([...document.querySelectorAll(".toast button")].find((n) => n.textContent === "Show spots").click(), true)`)
		p.wait("spots", `zx.app.now.view.values.w === "" && `+state+` === "t" && !`+still+` && `+why+` === "Kinematic spots depend on neither thickness nor absorption."`)
	})
	p.part(t, "HOLZ", "/sim?z=1,1,0&o=is", func(t *testing.T) {
		p.click(`#panel-show .check:has([value="h"])`)
		p.wait("the radius of the ring", `document.querySelector('[data-part="holz"]').textContent.includes("a radius of 45.5") && document.querySelector('[data-part="holz"]').checkVisibility()`)
		if n := eval[float64](p, `document.querySelectorAll("#drawing .holz path").length`); n != 0 {
			t.Errorf("%v marks are there already", n)
		}
		p.click(`[data-part="holz"] button`)
		p.wait("the ring", `document.querySelectorAll("#drawing .holz path").length > 0 && !document.querySelector('[data-part="holz"]').checkVisibility()`)
	})
	p.part(t, "three indices of a hexagonal crystal", "/sim?c=lib-mg&z=0,0,1", func(t *testing.T) {
		p.fill("#zone", "210")
		p.key(kb.Enter)
		p.wait("how it was read", `document.querySelector("#zone-hint").textContent.includes("Read in three indices, [210]; in four it is [1 0 −1 0].") && zx.app.now.link.includes("z=2,1,0")`)
	})
	p.part(t, "the normal of a plane", "/sim?c=lib-ti&z=0,0,1", func(t *testing.T) {
		p.fill("#zone", "(10-11)")
		p.key(kb.Enter)
		p.wait("how far the direction is off", `document.querySelector("#zone-hint").textContent.includes("[5 0 −5 3], the nearest, is 0.19° off.")`)
		p.click("#zone-hint button")
		p.wait("the normal itself", `document.querySelector('[data-part="hud-off"]').textContent === "0.19° off axis"`)
	})
	p.part(t, "thickness", "/sim?z=1,1,0&m=d", func(t *testing.T) {
		for _, v := range []string{"0.1", "1000"} {
			p.fill("#t", v)
			p.press("Enter")
			p.wait(v+" nm", `zx.app.now.link.includes("t=`+v+`&") && document.querySelector("#t-error").hidden`)
		}
	})

	// Without scripts what is off is kept when the form is sent.
	bare := newTab(t, chrome, s.base, 1024, 768)
	eval[bool](bare, `true`)
	bare.do(disableScripts)
	bare.open("/sim?z=1,1,0&o=iks&w=r&t=70")
	bare.click("#panel-show .unscripted button")
	bare.wait("the form sent", `location.search.includes("m=rings")`)
	bare.wait("its overlays and thickness", `new URLSearchParams(location.search).getAll("o").sort().join("") === "iks" && location.search.includes("t=70")`)
}

// TestOtherPeoplesLinks: how one's own screen shows a pattern is put on a plain
// visit, with a word, and on a link only when asked for.
func TestOtherPeoplesLinks(t *testing.T) {
	s := startServer(t)
	p := newTab(t, browser(t), s.base, 1024, 768)
	p.open("/healthz")
	p.allow("favicon.ico")
	eval[bool](p, `(localStorage.setItem("zoneaxis.match", "h"), true)`)
	flags := `zx.app.now.view.values.f`
	said := func(text string) string {
		return fmt.Sprintf(`[...document.querySelectorAll(".toast")].some((n) => n.textContent.includes(%s))`, quote(text))
	}

	p.enter("/sim?z=1,1,1")
	p.wait("an offer", said("not as on your screen"))
	if got := eval[string](p, flags); got != "" {
		t.Errorf("a link was turned over without a word: %q", got)
	}
	eval[bool](p, `([...document.querySelectorAll(".toast button")].find((n) => n.textContent === "Match my screen").click(), true)`)
	p.wait("one's own screen", flags+` === "h" && location.search.includes("f=h")`)

	p.enter("/sim?z=1,1,1&f=v")
	if got := eval[string](p, flags); got != "v" || eval[bool](p, said("your screen")) {
		t.Errorf("a link that says how it is turned over: %q", got)
	}

	p.enter("/sim")
	p.wait("one's own screen, with a word", flags+` === "h" && `+said("as on your screen"))
	eval[bool](p, `([...document.querySelectorAll(".toast button")].find((n) => n.textContent === "Show it plain").click(), true)`)
	p.wait("the way back", flags+` === ""`)
}

// TestHeard: a rotation and the end of a long calculation are told to those who
// listen.
func TestHeard(t *testing.T) {
	s := startServer(t)
	p := newTab(t, browser(t), s.base, 1024, 768)
	p.before(`addEventListener("DOMContentLoaded", () => {
		globalThis.heard = [];
		new MutationObserver(() => heard.push(document.querySelector("#status").textContent.trim())).observe(document.querySelector("#status"), { childList: true, characterData: true, subtree: true });
	})`)
	heard := func(text string) string { return `heard.some((t) => t.startsWith(` + quote(text) + `))` }
	p.enter("/sim?z=1,1,0&d=1.00,0.00,0.00")
	p.wait("a word", `heard.length > 0`)
	eval[bool](p, `(document.querySelector("#field").focus(), true)`)
	// One text at a time: what the page says of the line while it starts may take the
	// place of a rotation's.
	for range 5 {
		p.key(",")
		time.Sleep(time.Second)
		if eval[bool](p, heard("Rotated to ")) {
			break
		}
	}
	p.wait("the rotation", heard("Rotated to "))
	p.enter("/sim?c=lib-corundum&z=0,0,1&m=d")
	p.wait("the end of the calculation", heard("Calculated: dynamical intensities, 427 beams."))
}
