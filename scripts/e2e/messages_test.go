//go:build e2e

package e2e

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"zoneaxis/server/mp/mpfake"
)

// says waits until a text stands on the page, thin spaces read as spaces.
func (p *tab) says(text string) {
	p.t.Helper()
	p.wait("“"+text+"”", `document.body.innerText.replace(/[\s\u2009\u00a0]+/g, " ").includes(`+quote(text)+`)`)
}

// TestMessages reaches the texts for what goes wrong at the page itself.
func TestMessages(t *testing.T) {
	s := startServer(t)
	p := simulator(t, browser(t), s, "/sim?z=1,1,0", 1440, 900)

	p.part(t, "nothing measured", "/sim?z=1,1,0", func(t *testing.T) {
		p.says("Pick two spots to get d, angle and ratio.")
	})
	for _, c := range []struct{ field, typed, message string }{
		{"kv", "10", "Between 20 and 1000 kV."},
		{"kv", "abc", "Between 20 and 1000 kV."},
		{"cl", "10", "Between 50 and 5000 mm."},
		{"t", "1001", "Between 0.1 and 1000 nm."},
	} {
		address := "/sim?z=1,1,0"
		if c.field == "t" {
			address += "&m=d" // where it counts
		}
		p.part(t, c.field+" "+c.typed, address, func(t *testing.T) {
			p.fill("#"+c.field, c.typed)
			p.press("Enter")
			p.wait(c.message, `document.querySelector("#`+c.field+`-error").textContent.replace(/[\u2009\u00a0]/g, " ") === `+quote(c.message)+` && document.querySelector("#`+c.field+`").getAttribute("aria-invalid") === "true"`)
			if got := p.link(); got != address {
				t.Errorf("the state went to %s", got)
			}
			p.fill("#"+c.field, map[string]string{"kv": "200", "cl": "520", "t": "50"}[c.field])
			p.press("Enter")
			p.wait("the text gone", `document.querySelector("#`+c.field+`-error").hidden`)
		})
	}
	for _, c := range []struct{ crystal, typed, message string }{
		{"lib-si", "220", "[220] points the same way as [110]."},
		{"lib-si", "<110>", "Family of directions; showing [110]."},
		{"lib-si", "(110)", "(110) is a plane. Go to its normal? That is [110]."},
		{"lib-si", "mp-149", "That is a Materials Project number."},
		{"lib-mg", "2-1-10", "is [100] in three indices."},
		{"lib-mg", "1210", "The first three must add up to zero, and 1 + 2 + 1 = 4."},
	} {
		p.part(t, c.crystal+" "+c.typed, "/sim?c="+c.crystal+"&z=1,1,2", func(t *testing.T) {
			p.fill("#zone", c.typed)
			p.key(kb.Enter)
			p.wait(c.message, `document.querySelector("#zone-hint").textContent.includes(`+quote(c.message)+`)`)
		})
	}
	p.part(t, "the normal of a plane", "/sim?z=0,0,1", func(t *testing.T) {
		p.fill("#zone", "(110)")
		p.key(kb.Enter)
		p.wait("the offer", `document.querySelector("#zone-hint button")?.textContent === "Use the normal"`)
		p.click("#zone-hint button")
		p.wait("its normal", `zx.app.now.link.includes("z=1,1,0")`)
	})
	p.part(t, "no hit", "/sim?z=1,1,0", func(t *testing.T) {
		p.press("/")
		p.fill("#find", "xyzzy")
		p.says("No match for “xyzzy” in the library.")
		p.fill("#find", "rutlie")
		p.says("No match for “rutlie” in the library. Did you mean Rutile?")
		p.wait("it, found", `document.querySelector("#find-list .option")?.textContent.startsWith("Rutile")`)
		p.press("Escape")
	})
	p.part(t, "no reflections in view", "/sim?z=1,1,0", func(t *testing.T) {
		p.state("/sim?z=1,1,0&d=2.00,3.10,0.00&cl=5000")
		p.says("No reflections in view. Zoom out, or tilt back to the zone axis.")
	})
	for _, c := range []struct{ name, text, message string }{
		{"no cell", "data_x\n_cell_angle_alpha 90\n", "This file is not a CIF we can read: line 1, expected the cell, _cell_length_a and so on, found none."},
		{"no number", strings.Replace(saltCIF, "_cell_length_b 5.6402", "_cell_length_b abc", 1), "line 4, expected a number, found “abc”."},
		{"no atoms", saltCIF[:strings.LastIndex(saltCIF, "loop_")], "The CIF has a cell but no atoms. Positions of the spots are right, intensities are not shown."},
		{"some atoms", saltCIF + "Q1 0.2 0.2 0.2\n", "Read 2 of 3 atoms. Not recognised: “Q1"},
		{"large", strings.Repeat("x", 6<<20), "This file is 6.0 MB. The limit is 5 MB."},
		{"several", saltCIF + strings.Replace(saltCIF, "data_salt", "data_other", 1), "This file has 2 structures. Which one?"},
	} {
		p.part(t, "file: "+c.name, "/sim?z=1,1,0", func(t *testing.T) {
			p.drop("file.cif", []byte(c.text))
			p.says(c.message)
		})
	}
	p.part(t, "one of several", "/sim?z=1,1,0", func(t *testing.T) {
		p.drop("two.cif", []byte(saltCIF+strings.Replace(saltCIF, "data_salt", "data_other", 1)))
		p.wait("the choice", `document.querySelectorAll("dialog[open] li button").length === 2`)
		p.click("dialog[open] li button")
		p.wait("the crystal", `!document.querySelector("dialog[open]") && document.querySelector('[data-part="crystal-name"]').textContent.includes("NaCl")`)
	})
	p.part(t, "clipboard refused", "/sim?z=1,1,0", func(t *testing.T) {
		eval[bool](p, `(navigator.clipboard.writeText = () => Promise.reject(new Error("no")), true)`)
		p.click(`[data-do="link"]`)
		p.says("Copying was blocked. The link is selected; press Ctrl+C.")
		if got := eval[string](p, `getSelection().toString() || document.querySelector("dialog[open] textarea").value`); !strings.Contains(got, "/sim?z=1,1,0") {
			t.Errorf("selected %q", got)
		}
		p.press("Escape")
	})
	for _, c := range []struct{ link, message string }{
		{"/sim?z=abc", "Part of this link could not be read (orientation). Using [001]."},
		{"/sim?v=99&z=1,1,0", "This link was made with a newer version. Reload to open it fully."},
	} {
		t.Run(c.link, func(t *testing.T) {
			p.t = t
			p.enter(c.link)
			p.says(c.message)
		})
	}
	p.t = t
}

// TestMaterialMessages reaches the texts for what goes wrong beyond our server.
func TestMaterialMessages(t *testing.T) {
	const key = "0123456789abcdef0123456789abcdef"
	fake, err := mpfake.New(key)
	if err != nil {
		t.Fatal(err)
	}
	fake.Script(999001, mpfake.Forever(mpfake.Status(500, `{}`)))
	upstream := httptest.NewServer(fake)
	defer upstream.Close()
	s := startServer(t, "MP_BASE_URL="+upstream.URL, "MP_API_KEY="+key)
	p := simulator(t, browser(t), s, "/sim?z=1,1,0", 1440, 900)
	p.allow("Failed to load resource", "404", "50", "ERR_INTERNET_DISCONNECTED")

	p.part(t, "unknown", "/sim?z=1,1,0", func(t *testing.T) {
		openMaterial(p, "mp-999999")
		p.says("The Materials Project has no mp-999999. Check the number.")
	})
	p.part(t, "no answer", "/sim?z=1,1,0", func(t *testing.T) {
		openMaterial(p, "mp-999001")
		p.says("The Materials Project did not answer. Try again, or open a CIF file.")
		p.wait("another try", `[...document.querySelectorAll(".toast button")].some((b) => b.textContent === "Try again")`)
	})
	p.part(t, "offline", "/sim?z=1,1,0", func(t *testing.T) {
		p.offline(true)
		defer p.offline(false)
		openMaterial(p, "mp-999002")
		p.says("You are offline and mp-999002 is not saved on this device. Connect once to save it.")
		p.press("/")
		p.do(chromedp.Focus(chromedp.CSS("#find")))
		p.fill("#find", "xyzzy")
		p.says("You are offline, so only the library and saved crystals can be searched.")
		p.press("Escape")
	})
}

// offline takes the network away from the tab and gives it back.
func (p *tab) offline(off bool) {
	p.t.Helper()
	p.do(func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, network.OverrideNetworkState, network.OverrideNetworkStateParams{Offline: off, DownloadThroughput: -1, UploadThroughput: -1})
		if err != nil {
			return chromedp.Void{}, err
		}
		_, err = cdp.Call(ctx, t, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
			MatchedNetworkConditions: []*network.Conditions{{Offline: off, DownloadThroughput: -1, UploadThroughput: -1}},
		})
		return chromedp.Void{}, err
	})
	p.wait("the browser to notice", map[bool]string{true: `!navigator.onLine`, false: `navigator.onLine`}[off])
}

// TestEngineFails sees the page without its engine, then with it.
func TestEngineFails(t *testing.T) {
	s := startServer(t)
	p := newTab(t, browser(t), s.base, 1024, 768)
	p.allow("Failed to load resource", "wasm", "engine", "WebAssembly", "ERR_BLOCKED_BY_CLIENT")
	p.do(func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: `
			const RealWorker = Worker;
			window.brokenEngine = true;
			window.Worker = class extends RealWorker {
				postMessage(m, ...rest) { super.postMessage(m.type === "start" && window.brokenEngine ? {...m, engine: m.engine + ".gone"} : m, ...rest) }
			};`})
		return chromedp.Void{}, err
	})
	p.open("/sim?z=1,1,0")
	p.says("The simulator could not start. The picture above is still correct.")
	if n := eval[float64](p, `document.querySelectorAll("#drawing svg *").length`); n < 20 {
		t.Errorf("the picture has %v elements", n)
	}
	eval[bool](p, `(window.brokenEngine = false, [...document.querySelectorAll(".toast button")].find((b) => b.textContent === "Try again").click(), true)`)
	p.wait("the engine after all", engineReady)
}
