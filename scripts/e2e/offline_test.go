//go:build e2e

package e2e

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

const (
	savedOffline = `document.querySelector("#offline").textContent.includes("Ready offline")`
	notSaved     = `document.querySelector("#offline").textContent.toLowerCase().includes("not saved")`
)

// heading waits for a crystal or a zone to be named by the page's heading.
func (p *tab) heading(part string) {
	p.t.Helper()
	p.wait("a heading with "+part, `document.documentElement.dataset.ready && document.querySelector('[data-part="heading"]').textContent.includes(`+quote(part)+`)`)
}

// offlineIsFine allows what the console says when the network is away.
func (p *tab) offlineIsFine() {
	p.allow("net::ERR_", "Failed to load resource", "Failed to fetch", "FetchEvent")
}

// ourCIF is rock salt with a name and an edge that no library crystal has.
const ourCIF = `data_ours
_chemical_name_common 'Testsalt'
_symmetry_space_group_name_H-M 'F m -3 m'
_cell_length_a 6.1234
_cell_length_b 6.1234
_cell_length_c 6.1234
_cell_angle_alpha 90
_cell_angle_beta 90
_cell_angle_gamma 90
loop_
_atom_site_label
_atom_site_type_symbol
_atom_site_fract_x
_atom_site_fract_y
_atom_site_fract_z
K1 K 0 0 0
Cl1 Cl 0.5 0.5 0.5
`

// otherCIF is the same with another name and edge.
var otherCIF = strings.NewReplacer("Testsalt", "Othersalt", "6.1234", "5.9876").Replace(ourCIF)

// dropFile drops a text file on the page.
func (p *tab) dropFile(name, text string) {
	p.t.Helper()
	eval[bool](p, fmt.Sprintf(`(() => {
		const data = new DataTransfer();
		data.items.add(new File([%s], %s));
		document.body.dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true}));
		return true;
	})()`, quote(text), quote(name)))
}

// TestOffline opens the page once and a file, takes the server away, and goes on.
func TestOffline(t *testing.T) {
	s := startServer(t)
	p := newTab(t, wholeBrowser(t), s.base, 1440, 900)
	began := time.Now()
	p.open("/sim?z=1,1,0")
	p.wait("everything saved", savedOffline)
	t.Logf("saved %v after the first request", time.Since(began).Round(10*time.Millisecond))
	p.wait("the canvas", onCanvas)
	p.dropFile("ours.cif", ourCIF)
	p.heading("Testsalt")
	p.waitKept(1)
	s.stop()
	p.offlineIsFine()

	began = time.Now()
	p.open("/sim?z=1,1,0")
	p.heading("Silicon")
	t.Logf("offline start to an interactive pattern: %v; by the page's own clock %s ms", time.Since(began).Round(10*time.Millisecond),
		eval[string](p, `String(Math.round(performance.getEntriesByName("interactive")[0].startTime))`))
	p.wait("the canvas after a reload", onCanvas)

	p.fill("#find", "gold")
	p.wait("Gold to be found", `document.querySelector("#find-list .option")?.textContent.includes("Gold")`)
	p.key(kb.Enter)
	p.heading("Gold")

	p.open("/sim?c=lib-au&z=1,1,2&d=0.50,0.00,0.00")
	p.wait("a deep link to another crystal", `document.querySelector('[data-part="heading"]').textContent.startsWith("Gold")`)
	p.wait("its orientation", `document.querySelector('[data-part="near"]').textContent.startsWith("0.50°")`)

	// A solver starts from what is on the device.
	p.open("/sim?c=lib-corundum&z=0,0,1&m=d")
	p.wait("a long calculation", hud("dynamical, 427 beams"))
	p.worker("solver.js")

	p.fill("#find", "Testsalt")
	p.wait("the saved crystal to be found", `document.querySelector("#find-list .option")?.textContent.includes("Saved")`)
	p.key(kb.Enter)
	p.heading("Testsalt")

	p.open("/blog/why-leave-server-side-simulation/")
	if got := p.text("h1"); !strings.Contains(got, "Why leave") {
		t.Errorf("the article offline: %q", got)
	}
	p.open("/blog/what-an-electron-diffraction-pattern-is/")
	for _, n := range []int{1, 2} {
		p.click(fmt.Sprintf("#figure-%d .play", n))
		p.wait(fmt.Sprintf("figure %d of the article to come alive", n), fmt.Sprintf(`document.querySelector("#figure-%d[data-active]")`, n))
	}
	p.open("/")
	p.wait("the home page, turned by the engine", `document.documentElement.dataset.ready && document.querySelector('[data-part="heading"]').textContent.includes("Silicon")`)
	p.open("/about/")
	if got := p.text("h1"); got == "" || strings.Contains(got, "<no") {
		t.Errorf("a page around the simulator offline: %q", got)
	}
	p.open("/library/au/#z1_m1_0")
	p.click("#away-crystal")
	p.heading("Gold")
	p.heading("zone axis 1 bar 1 0")
}

// kept reads the names of the crystals that are kept on the device.
const kept = `new Promise((done) => {
	const r = indexedDB.open("zoneaxis", 1);
	r.onupgradeneeded = () => r.result.createObjectStore("crystals", { keyPath: "id" });
	r.onsuccess = () => {
		const all = r.result.transaction("crystals").objectStore("crystals").getAll();
		all.onsuccess = () => { r.result.close(); done(all.result.map((c) => c.name)); };
	};
})`

// waitKept waits until so many crystals are kept on the device.
func (p *tab) waitKept(n int) {
	p.t.Helper()
	p.waitFor("crystals kept on the device", "("+kept+").then((names) => String(names.length))", strconv.Itoa(n))
}

// waitFor waits until a promise gives a text.
func (p *tab) waitFor(what, promise, want string) {
	p.t.Helper()
	var got string
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if got = eval[string](p, promise); got == want {
			return
		}
	}
	p.t.Fatalf("waited %v for: %s: %q, want %q", patience, what, got, want)
}

// TestBadge: whether the site is saved can be read at every width, and hides
// neither controls nor the sheet.
func TestBadge(t *testing.T) {
	p := newTab(t, wholeBrowser(t), startServer(t).base, 390, 844)
	p.open("/sim?z=1,1,0")
	p.wait("everything saved", savedOffline)
	for _, size := range [][2]int64{{390, 844}, {844, 390}, {1024, 768}, {1440, 900}} {
		p.do(chromedp.EmulateViewport(size[0], size[1]))
		p.wait("the size", fmt.Sprintf(`innerWidth === %d && innerHeight === %d`, size[0], size[1]))
		if got := eval[string](p, `(() => {
			const box = (n) => n.getBoundingClientRect();
			const badge = document.querySelector("#offline");
			const b = box(badge);
			if (!badge.checkVisibility() || b.width < 60 || b.left < 0 || b.right > innerWidth || b.top < 0 || b.bottom > innerHeight) return JSON.stringify(b);
			const over = [...document.querySelectorAll("button, input, .settings, .results")].filter((n) => n.checkVisibility() && !badge.contains(n)).find((n) => {
				const r = box(n);
				return r.left < b.right && r.right > b.left && r.top < b.bottom && r.bottom > b.top;
			});
			return over ? over.outerHTML.slice(0, 80) : "";
		})()`); got != "" {
			t.Errorf("at %v: the badge is out of sight or over %s", size, got)
		}
	}
}

// TestSavedCrystals lists, exports, deletes and imports what is kept.
func TestSavedCrystals(t *testing.T) {
	s := startServer(t)
	p := newTab(t, browser(t), s.base, 1440, 900)
	p.open("/sim?z=1,1,0")
	p.heading("Silicon")
	p.click(`[data-do="browse"]`)
	p.wait("the empty list", `document.querySelector("dialog[open]")?.textContent.includes("Crystals you open are kept on this device and appear here.")`)
	p.key(kb.Escape)
	p.dropFile("ours.cif", ourCIF)
	p.heading("Testsalt")
	p.dropFile("other.cif", otherCIF)
	p.heading("Othersalt")
	p.waitKept(2)

	p.click(`[data-do="browse"]`)
	p.wait("both in the list", `(t => t.includes("Testsalt") && t.includes("Othersalt"))(document.querySelector("dialog[open]")?.textContent ?? "")`)
	// The file that the export saves, as text.
	eval[bool](p, `(() => {
		const make = URL.createObjectURL;
		URL.createObjectURL = (blob) => { blob.text().then((text) => (globalThis.exported = text)); return make.call(URL, blob); };
		HTMLAnchorElement.prototype.click = function () { globalThis.exportedAs = this.download; };
		return true;
	})()`)
	p.do(chromedp.Evaluate[chromedp.Void](`[...document.querySelectorAll("dialog[open] button")].find((b) => b.textContent.includes("Export all")).focus()`))
	p.key(kb.Enter)
	p.wait("the exported file", `globalThis.exported && globalThis.exportedAs`)
	file := eval[string](p, `globalThis.exported`)
	if name := eval[string](p, `globalThis.exportedAs`); name != "zoneaxis-crystals.json" {
		t.Errorf("saved as %q", name)
	}
	for _, name := range []string{"Testsalt", "Othersalt"} {
		p.do(chromedp.Evaluate[chromedp.Void](`document.querySelector('dialog[open] [aria-label="Delete ` + name + `"]').focus()`))
		p.key(kb.Enter)
		p.wait(name+" to leave the list", `!document.querySelector('dialog[open] [aria-label="Delete `+name+`"]')`)
	}
	p.waitKept(0)
	p.key(kb.Escape)

	p.dropFile("zoneaxis-crystals.json", file)
	p.wait("the word about it", `document.querySelector(".toasts").textContent.includes("Imported 2 crystals.")`)
	p.waitKept(2)
	names := eval[[]string](p, kept)
	slices.Sort(names)
	if !slices.Equal(names, []string{"Othersalt", "Testsalt"}) {
		t.Errorf("imported %q", names)
	}
	p.open("/sim?z=1,1,0")
	p.heading("Silicon")
	p.fill("#find", "Testsalt")
	p.wait("the imported crystal to be found", `document.querySelector("#find-list .option")?.textContent.includes("Saved")`)
	p.key(kb.Enter)
	p.heading("Testsalt")
}

// TestCutHalfway: the network goes away during the first visit, at several
// points, and comes back.
func TestCutHalfway(t *testing.T) {
	s := startServer(t)
	parent := wholeBrowser(t)
	for _, at := range []struct {
		name, part string
		needs      string // what the page must still reach without the network
	}{
		{"while the engine loads", "/static/engine", ""},
		{"before the service worker", "/sw.js", notSaved},
		{"while the fast view loads", "/static/viewer.", notSaved},
		{"while saving", "/blog/", notSaved},
	} {
		t.Run(at.name, func(t *testing.T) {
			g := newGate(t, s)
			p := newTab(t, parent, g.base, 1440, 900)
			p.offlineIsFine()
			p.allow("The script has an unsupported", "An unknown error occurred")
			g.cutWhen(at.part)
			p.open("/sim?z=1,1,0")
			if at.needs == "" {
				// Said by the page's scripts or, if they are cut off too, by the first one.
				p.wait("the word about it", `["#stage", ".toasts"].some((s) => document.querySelector(s)?.textContent.includes("The simulator could not start. The picture above is still correct."))`)
				g.join()
				p.do(chromedp.Evaluate[chromedp.Void](`[...document.querySelectorAll("#stage button, .toasts button")].find((b) => b.textContent === "Try again").focus()`))
				p.key(kb.Enter)
				p.heading("Silicon")
			} else {
				p.wait("the badge", at.needs)
				g.join()
				p.click("#offline button")
			}
			p.wait("everything saved", savedOffline)
			g.stop()
			p.open("/sim?z=1,1,0")
			p.heading("Silicon")
			p.wait("the canvas", onCanvas)
		})
	}
}

// TestStorageRefused: with a full disk, or a browser that denies storage, the
// simulator works and says what it cannot do.
func TestStorageRefused(t *testing.T) {
	const refused = `document.querySelector(".toasts")?.textContent.includes("This browser did not let us save for offline use. The simulator works while this tab stays open.")`
	s := startServer(t)
	for _, c := range []struct {
		name string
		make func(p *tab)
	}{
		{"full", func(p *tab) {
			p.do(func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
				size := 300e3 // bytes: scripts fit, programs do not
				_, err := cdp.Call(ctx, t, storage.OverrideQuotaForOrigin, storage.OverrideQuotaForOriginParams{Origin: p.base, QuotaSize: &size})
				return chromedp.Void{}, err
			})
		}},
		{"nothing fits", func(p *tab) {
			p.do(func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
				size := 1.0
				_, err := cdp.Call(ctx, t, storage.OverrideQuotaForOrigin, storage.OverrideQuotaForOriginParams{Origin: p.base, QuotaSize: &size})
				return chromedp.Void{}, err
			})
		}},
		{"denied", func(p *tab) {
			p.before(`
				const no = () => { throw new DOMException("denied", "SecurityError"); };
				Object.defineProperty(globalThis, "indexedDB", { get: no });
				Object.defineProperty(globalThis, "localStorage", { get: no });
				Object.defineProperty(globalThis, "caches", { get: no });
				navigator.serviceWorker && (ServiceWorkerContainer.prototype.register = async () => no());
			`)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := newGate(t, s) // an origin of its own
			p := newTab(t, wholeBrowser(t), g.base, 1024, 768)
			p.offlineIsFine()
			c.make(p)
			p.open("/sim?z=1,1,0")
			p.heading("Silicon")
			p.wait("the badge", notSaved)
			p.wait("the word about it", refused)
			p.fill("#zone", "111")
			p.key(kb.Enter)
			p.heading("zone axis 1 1 1")
			p.dropFile("ours.cif", ourCIF)
			p.heading("Testsalt")
		})
	}
}

// before runs a script in every document before its own.
func (p *tab) before(script string) {
	p.t.Helper()
	p.do(func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: "{" + script + "}"})
		return chromedp.Void{}, err
	})
}
