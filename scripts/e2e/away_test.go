//go:build e2e

package e2e

import (
	"fmt"
	"strings"
	"testing"
)

// inCache waits until a path is kept by the service worker.
func (p *tab) inCache(path string) {
	p.t.Helper()
	p.waitFor("the page to be kept: "+path, fmt.Sprintf(`caches.match(%s).then((r) => String(!!r))`, quote(path)), "true")
}

// TestReaderOffline: who has read one article has it without a network, and was
// not made to load the engine; a page that is not kept says so in words of ours.
func TestReaderOffline(t *testing.T) {
	const article = "/blog/what-an-electron-diffraction-pattern-is/"
	g := newGate(t, startServer(t))
	p := newTab(t, light.profile(t), g.base, 1024, 768)
	p.offlineIsFine()
	p.open(article + "?utm_source=feed")
	p.inCache(article)
	for path := range g.bytes() {
		if strings.HasSuffix(path, ".wasm") {
			t.Errorf("reading an article loaded %s", path)
		}
	}
	g.stop()
	p.open(article)
	if got := eval[string](p, `document.fonts.ready.then(() => [/^What is an/.test(document.querySelector("h1").textContent), getComputedStyle(document.querySelector(".site-top")).display,
		document.querySelectorAll("figure.live svg path").length > 0, [...document.fonts].filter((f) => f.status === "loaded").length > 0].join())`); got != "true,flex,true,true" {
		t.Errorf("the article, its styles, figures and type offline: %s", got)
	}

	p.open("/library/mg/#z0_0_1")
	if got := p.text("h1"); got != "This page is not on this device" {
		t.Errorf("a sheet that is not kept: %q", got)
	}
	if got := eval[string](p, `(document.querySelector("#away-crystal:not([hidden] *)")?.getAttribute("href"))`); got != "/sim?c=lib-mg&z=0,0,1" {
		t.Errorf("it leads to %q", got)
	}
	p.open("/no/such/page")
	if got := p.text("h1") + p.text("#away-again"); got != "This page is not on this deviceTry again" {
		t.Errorf("a page that is not kept: %q", got)
	}
	if !eval[bool](p, `!document.querySelector("#away-crystal").checkVisibility()`) {
		t.Error("a page that is no crystal's offers one")
	}
}

// TestReaderSavesData: a reader who saves data is not made to keep anything.
func TestReaderSavesData(t *testing.T) {
	g := newGate(t, startServer(t))
	p := newTab(t, browser(t), g.base, 1024, 768)
	p.open("/library/")
	p.wait("the script that would keep the page", `performance.getEntriesByType("resource").some((r) => r.name.endsWith("/site/keep.js"))`)
	if got := eval[int](p, `new Promise((done) => setTimeout(done, 300)).then(() => navigator.serviceWorker.getRegistrations()).then((all) => all.length)`); got != 0 {
		t.Error("a service worker was registered")
	}
}

// TestSaveLibrary: the index offers all sheets with their size, and has them then.
func TestSaveLibrary(t *testing.T) {
	g := newGate(t, startServer(t))
	p := newTab(t, light.profile(t), g.base, 390, 844)
	p.offlineIsFine()
	p.open("/library/")
	p.wait("the offer", `/^Save the library for offline use \(\d\.\d MB\)$/.test(document.querySelector("#lib-save button")?.textContent)`)
	p.click("#lib-save button")
	p.wait("all of it", `document.querySelector("#lib-save").textContent === "All sheets of the library are saved on this device."`)
	g.stop()
	p.open("/library/mg/")
	if got := p.text("h1"); !strings.HasPrefix(got, "Magnesium") {
		t.Errorf("a sheet offline: %q", got)
	}
	p.open("/library/")
	p.wait("that it is there", `document.querySelector("#lib-save").textContent === "All sheets of the library are saved on this device."`)
}

// TestBadgeOfCutLine: the line is cut and the machine says that it is online;
// the badge tells, and tells when it is there again.
func TestBadgeOfCutLine(t *testing.T) {
	g := newGate(t, startServer(t))
	p := newTab(t, browser(t), g.base, 1024, 768)
	p.offlineIsFine()
	p.open("/sim?z=1,1,0")
	p.wait("the badge", notSaved)
	g.cutWhen("/healthz")
	look := `(document.querySelector("#offline").dispatchEvent(new PointerEvent("pointerenter")), navigator.onLine)`
	if !eval[bool](p, look) {
		t.Fatal("the browser knows that the line is cut")
	}
	p.wait("the badge of a cut line", `document.querySelector("#offline").textContent.startsWith("Offline, not saved")`)
	g.join()
	eval[bool](p, look)
	p.wait("the badge of a line", `document.querySelector("#offline").textContent.startsWith("Not saved")`)
}
