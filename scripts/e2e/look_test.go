//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"zoneaxis/internal/artefact"
)

// screens are the sizes and themes that the page is made for.
var screens = []struct {
	name          string
	width, height int64
}{{"1440", 1440, 900}, {"1024", 1024, 768}, {"390", 390, 844}, {"320", 320, 640}, {"landscape", 844, 390}}

// setTheme chooses a theme as the cookie does.
func setTheme(p *tab, theme string) {
	p.t.Helper()
	p.allow("favicon.ico") // a page without a head has no icon
	p.open("/healthz")
	eval[bool](p, fmt.Sprintf(`(document.cookie = "theme=%s; path=/", true)`, theme))
}

// noSideways fails if the page scrolls sideways.
func noSideways(p *tab) {
	p.t.Helper()
	if w := eval[[]float64](p, `[document.documentElement.scrollWidth, document.documentElement.clientWidth]`); w[0] > w[1] {
		p.t.Errorf("the page is %v px wide in a window of %v", w[0], w[1])
	}
}

// axe runs the accessibility rules and reports violations.
func axe(p *tab, what string) {
	p.t.Helper()
	rules, err := os.ReadFile("node_modules/axe-core/axe.min.js")
	if err != nil {
		p.t.Fatalf("run npm ci in scripts/e2e first: %v", err)
	}
	if !eval[bool](p, `!!globalThis.axe`) {
		eval[bool](p, "(()=>{"+string(rules)+"\n;return true})()")
	}
	found := eval[[]string](p, `axe.run(document, {runOnly: ["wcag2a","wcag2aa","wcag21a","wcag21aa","wcag22aa","best-practice"]})
		.then(r => r.violations.flatMap(v => v.nodes.map(n => v.id + ": " + n.target.join(" ") + ": " + n.failureSummary.replace(/\s+/g, " "))))`)
	for _, text := range found {
		p.t.Errorf("%s: %s", what, text)
	}
}

// TestScreens looks at every size in every theme: accessibility rules, no
// sideways scrolling, and a picture kept for people to look at. The server gives
// the first theme of a size, another at each; the button takes the others.
func TestScreens(t *testing.T) {
	themes := []string{"light", "dark", "lab"}
	s := startServer(t)
	chrome := wholeBrowser(t)
	for i, size := range screens {
		t.Run(size.name, func(t *testing.T) {
			p := newTab(t, chrome, s.base, size.width, size.height)
			setTheme(p, themes[i%3])
			p.open("/sim?z=1,1,0&d=0.30,-0.30,0.00&o=ikds&ms=1,-1,1;2,-2,0")
			p.wait("the canvas", onCanvas)
			for j := range themes {
				theme := themes[(i+j)%3]
				if j > 0 {
					eval[bool](p, `(document.querySelector('[data-do="theme"]').click(), true)`)
				}
				p.wait("the theme "+theme, `document.documentElement.dataset.theme === "`+theme+`"`)
				time.Sleep(500 * time.Millisecond) // the canvas, and styles that only the lab needs
				p.shot("screen-" + size.name + "-" + theme)
				noSideways(p)
				axe(p, size.name+" "+theme)
			}
		})
	}
}

// TestPages looks at the pages around the simulator: every kind of page at one
// size at least, the home of the articles, an article and a page of the library
// at three sizes, light and dark.
func TestPages(t *testing.T) {
	s := startServer(t)
	chrome := browser(t)
	for _, path := range []string{"/blog/", "/blog/why-leave-server-side-simulation/", "/library/si/",
		"/blog/structure-factors-and-absences/", "/blog/tags/diffraction/", "/blog/series/the-making-of-this-site/", "/about/",
		"/library/", "/library/albite/", "/library/ratio/?ratio=1.633&angle=90", "/library/d/", "/nowhere/"} {
		t.Run(path, func(t *testing.T) {
			p := newTab(t, chrome, s.base, 1440, 844)
			p.allow("the server responded with a status of 404")
			p.prefer("light", true)
			p.open(path)
			p.wait("a heading", `document.querySelector("h1")`)
			p.wait("the fonts", `document.fonts.status === "loaded" && document.readyState === "complete"`)
			for i, size := range []int64{1440, 1024, 390} {
				for j, scheme := range []string{"light", "dark"} {
					whole := path == "/blog/" || path == "/blog/why-leave-server-side-simulation/" || path == "/library/si/"
					if !whole && (i != 2*j) { // wide and light, narrow and dark
						continue
					}
					p.do(chromedp.EmulateViewport(size, 844))
					p.prefer(scheme, true)
					p.wait("the width", fmt.Sprintf(`innerWidth === %d`, size))
					name := fmt.Sprintf("%s-%d-%s", strings.Trim(strings.NewReplacer("/", "-", "?", "-", "&", "-", "=", "-").Replace(path), "-"), size, scheme)
					p.shot("page-" + name)
					noSideways(p)
					axe(p, name)
				}
			}
		})
	}
}

// TestSamePictures draws many links in the worker and compares each drawing,
// byte for byte, with what the server put into its page.
func TestSamePictures(t *testing.T) {
	s := startServer(t, "DRAWING_SECONDS=0", "RATE=0")
	p := newTab(t, browser(t), s.base, 800, 600)
	p.open("/sim?z=1,1,0")
	p.wait("the engine", engineReady)
	var links []string
	for _, c := range []string{"lib-si", "lib-au", "lib-mg", "lib-gaas", "lib-rutile", "lib-quartz", "lib-albite", "lib-yag", "lib-ga2o3-beta", "lib-calcite"} {
		for _, rest := range []string{"z=0,0,1", "z=1,1,0&o=ikhdgs", "z=1,1,1&d=1.25,-0.75,30.00&kv=300", "z=1,1,2&cl=300&o=iks&f=hr", "z=2,1,0&p=phosphor&t=20&o=idgs"} {
			links = append(links, "/sim?c="+c+"&"+rest)
		}
	}
	if len(links) < 50 {
		t.Fatalf("%d links", len(links))
	}
	said := eval[string](p, `(async () => {
		const page = document.documentElement.dataset;
		const script = document.querySelector("script[type=module]").src;
		const { EXEC, LIBRARY, STRUCTURES } = await import(new URL("../shared/files.js", script));
		const worker = new Worker(new URL("../workers/engine-worker.js", script), {type: "module"});
		window.ask = (message) => new Promise((done, fail) => {
			worker.onmessage = (e) => e.data.type === "progress" || done(e.data);
			worker.onerror = (e) => fail(new Error(e.message));
			worker.postMessage(message);
		});
		const full = (address) => new URL(address, location.href).href;
		return JSON.stringify(await ask({type: "start", engine: full(page.engine), exec: full(EXEC), library: [LIBRARY, STRUCTURES].map(full), size: 0}));
	})()`)
	if said != `{"type":"ready"}` {
		t.Fatalf("the worker says %s", said)
	}
	for i, link := range links {
		drawn := eval[[]string](p, `(async (link) => {
			const html = await (await fetch(link)).text();
			const at = html.indexOf("<svg", html.indexOf('id="drawing"'));
			const reply = await ask({request: JSON.stringify({op: "open", link, draw: "svg", seq: 1}), payload: null, library: true});
			return [html.slice(at, html.indexOf("</svg>", at) + 6), reply.svg ?? ""];
		})(`+quote(link)+`)`)
		if server, worker := drawn[0], drawn[1]; len(server) < 500 || worker != server {
			name := fmt.Sprintf("same/%02d-", i)
			t.Errorf("%s: see %s and %s", link, artefact.Drawing(t, name+"server.svg", server), artefact.Drawing(t, name+"worker.svg", worker))
		}
	}
}
