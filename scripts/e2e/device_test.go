//go:build e2e

package e2e

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestKeyboards: shortcuts on keyboards of other languages.
func TestKeyboards(t *testing.T) {
	p := newTab(t, browser(t), startServer(t).base, 1024, 768)
	p.open("/sim?z=1,1,0")
	p.heading("zone axis 1 1 0")
	press := func(key, code, held string) {
		t.Helper()
		eval[bool](p, fmt.Sprintf(`(() => {
			const how = { key: %q, code: %q, bubbles: true, cancelable: true, ctrlKey: %[3]t, altKey: %[3]t, modifierAltGraph: %[3]t };
			return document.querySelector("#field").dispatchEvent(new KeyboardEvent("keydown", how)), true;
		})()`, key, code, held == "AltGr"))
	}
	kikuchi := `document.querySelector('input[name="o"][value="k"]').checked`
	before := eval[bool](p, kikuchi)
	press("л", "KeyK", "") // Russian
	p.wait("the Kikuchi lines by a Cyrillic key", fmt.Sprintf("%s === %t", kikuchi, !before))
	press("κ", "KeyK", "") // Greek
	p.wait("and by a Greek one", fmt.Sprintf("%s === %t", kikuchi, before))
	press("[", "Digit8", "AltGr") // German, on Windows
	p.wait("another common zone", `!document.querySelector('[data-part="heading"]').textContent.includes("zone axis 1 1 0")`)
	press("]", "Digit9", "AltGr")
	p.heading("zone axis 1 1 0")
}

// TestWithoutWebAssembly: the page is the server's. Links and forms lead on, and
// nothing that needs the engine is shown.
func TestWithoutWebAssembly(t *testing.T) {
	s := startServer(t)
	parent := browser(t)
	p := newTab(t, parent, s.base, 1024, 768)
	p.before(`delete globalThis.WebAssembly`)
	p.open("/sim?z=1,1,0")
	p.wait("the word about it", `document.querySelector(".unable")?.textContent.includes("WebAssembly is switched off in this browser, so the server draws every step.")`)
	p.wait("the styles of a page without scripts", `!document.querySelector(".dock button").checkVisibility()`)
	alive := `[...document.querySelectorAll("button")].filter((b) => b.checkVisibility() && !(b.form && b.type === "submit")).map((b) => b.outerHTML.slice(0, 90)).join("\n")`
	if got := eval[string](p, alive); got != "" {
		t.Errorf("buttons that do nothing are shown:\n%s", got)
	}
	p.shot("without-webassembly")
	p.click(`[aria-label="Tilt up 0.5 degrees"]`)
	p.wait("a tilted pattern", `location.search.includes("d=") && document.querySelector('[data-part="near"]').textContent.startsWith("0.50°")`)
	p.fill("#zone", "1 1 1")
	p.click("#zone-form button")
	p.wait("another zone", `document.querySelector('[data-part="heading"]')?.textContent.includes("zone axis 1 1 1") && document.querySelector("#drawing svg")`)
	p.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("#kv").value = "300"`))
	p.do(chromedp.Evaluate[chromedp.Void](`[...document.querySelectorAll("#state button")].find((b) => b.textContent === "Apply").click()`))
	p.wait("another voltage", `location.search.includes("kv=300") && document.querySelector(".hud-beam")?.textContent.includes("300")`)

	if eval[bool](p, `(({ scrollHeight, clientHeight }) => scrollHeight > clientHeight + 1)(document.querySelector("#results"))`) {
		t.Error("the results are in a box that is too small for them")
	}
	p.wait("the stereogram", `document.querySelector("iframe.linked")?.contentDocument?.querySelector("svg.stereo .pole")`)
	if !eval[bool](p, `document.querySelector("iframe.linked").checkVisibility()`) {
		t.Error("the stereogram is not shown")
	}
	p.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("iframe.linked").contentDocument.querySelector('[aria-label="zone axis 0 0 1"]').dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }))`))
	p.wait("a pole on the beam", `document.querySelector('[data-part="heading"]')?.textContent.includes("zone axis 0 0 1") && location.search.includes("kv=300")`)

	p.open("/blog/what-an-electron-diffraction-pattern-is/")
	p.wait("the article", `document.readyState === "complete"`)
	if eval[bool](p, `[...document.querySelectorAll("figure.live .play")].some((b) => b.checkVisibility())`) {
		t.Error("a figure offers to come alive")
	}
}

// TestForcedDark: in a browser that darkens light pages by itself the pattern
// keeps its contrast, whatever style it has.
func TestForcedDark(t *testing.T) {
	ctx, stop := chromium(t, "disable-gpu", "enable-features=WebContentsForceDark")
	t.Cleanup(stop)
	p := newTab(t, context.WithValue(ctx, saves{}, true), startServer(t).base, 1024, 768)
	look := func(where, box string) {
		t.Helper()
		picture, err := png.Decode(bytes.NewReader(p.shot("forced-dark-" + where)))
		if err != nil {
			t.Fatal(err)
		}
		x, y, w, h := p.box(box)
		film, beam := at(picture, x+w*0.45, y+h*0.45), at(picture, x+w/2, y+h/2)
		if film > 60 || beam < 120 {
			t.Errorf("%s: the film is of brightness %d and the beam in its middle of %d", where, film, beam)
		}
	}
	// The bar of an index is its sign: as bright as its digits.
	sign := func(where, box string) {
		t.Helper()
		eval[bool](p, `(document.querySelector(`+quote(box)+`).scrollIntoView({block: "center"}), true)`)
		picture, err := png.Decode(bytes.NewReader(p.shot("forced-dark-sign-" + where)))
		if err != nil {
			t.Fatal(err)
		}
		x, y, w, h := p.box(box)
		brightest := func(from, to float64) (most uint8) {
			for ; from <= to; from++ {
				for dx := 0.2 * w; dx <= 0.8*w; dx++ {
					most = max(most, at(picture, x+dx, from))
				}
			}
			return most
		}
		if bar, digit := brightest(y-2, y+2), brightest(y+0.3*h, y+h); bar < digit/4*3 {
			t.Errorf("%s: the bar has a brightness of %d, its digit of %d", where, bar, digit)
		}
	}
	p.open("/sim?z=1,1,0&o=")
	p.heading("Silicon")
	look("simulator", "#pattern")
	p.open("/sim?z=1,1,0&o=&p=film")
	p.heading("Silicon")
	look("film", "#pattern")
	p.open("/library/si/")
	p.wait("a figure", `document.querySelector(".lib-zone figure svg")`)
	look("library", ".lib-zone figure svg")
	sign("library", ".lib-zone td .ob")
	// Without scripts nobody sees that it does.
	p.do(disableScripts)
	for where, link := range map[string]string{"simulator": "/sim?z=1,1,0&o=", "film": "/sim?z=1,1,0&o=&p=film"} {
		p.open(link)
		look(where+"-unscripted", "#pattern")
	}
	p.open("/library/si/")
	look("library-unscripted", ".lib-zone figure svg")
	sign("library-unscripted", ".lib-zone td .ob")
}

// at is the brightness of a place of a picture, 0 … 255.
func at(picture image.Image, x, y float64) uint8 {
	return color.GrayModel.Convert(picture.At(int(x), int(y))).(color.Gray).Y
}

// TestFalsifiedCanvas: a browser that changes what is read from a canvas saves no
// picture of it, and offers the SVG.
func TestFalsifiedCanvas(t *testing.T) {
	p := newTab(t, browser(t), startServer(t).base, 1024, 768)
	p.before(`
		const read = CanvasRenderingContext2D.prototype.getImageData;
		CanvasRenderingContext2D.prototype.getImageData = function (...args) {
			const data = read.apply(this, args);
			if (globalThis.falsify) data.data[4 * 333] ^= 1;
			return data;
		};
		globalThis.saved = [];
		HTMLAnchorElement.prototype.click = function () { saved.push(this.download); };
	`)
	p.open("/sim?z=1,1,0")
	p.heading("Silicon")
	p.click(`[data-do="export"]`)
	save := func(name string) {
		p.do(chromedp.Evaluate[chromedp.Void](`[...document.querySelectorAll("dialog[open] button")].find((b) => b.textContent.trim() === ` + quote(name) + `).click()`))
	}
	p.wait("the dialog", `document.querySelector("dialog[open] .export")`)
	save("Save PNG")
	p.wait("a PNG of a browser that changes nothing", `saved.length === 1 && saved[0].endsWith(".png")`)
	eval[bool](p, `globalThis.falsify = true`)
	save("Save PNG")
	const told = `[...document.querySelectorAll(".toasts *")].find((n) => n.textContent.startsWith("This browser changes the pixels of pictures"))`
	p.wait("the word about it", told)
	save("Copy image")
	if got := eval[int](p, "saved.length"); got != 1 {
		t.Errorf("%d files saved, want the true one alone", got)
	}
	p.do(chromedp.Evaluate[chromedp.Void](`[...document.querySelectorAll(".toasts button")].find((b) => b.textContent === "Save SVG").click()`))
	p.wait("an SVG instead", `saved.length === 2 && saved[1].endsWith(".svg")`)
}

// TestShareSheet: installed on a phone a file goes through the share sheet, and
// nothing is said to be saved when the person turns away.
func TestShareSheet(t *testing.T) {
	p := newTab(t, browser(t), startServer(t).base, 390, 844)
	p.before(`
		const real = matchMedia;
		globalThis.matchMedia = (query) => (/standalone|coarse/.test(query) ? { matches: true } : real(query));
		globalThis.shared = [];
		globalThis.downloads = [];
		Navigator.prototype.canShare = ({ files }) => !files[0].name.endsWith(".json");
		Navigator.prototype.share = async ({ files }) => {
			shared.push(files[0].name + " " + files[0].size);
			if (globalThis.turnAway) throw new DOMException("", "AbortError");
		};
		HTMLAnchorElement.prototype.click = function () { downloads.push(this.download); };
	`)
	p.open("/sim?z=1,1,0")
	p.heading("Silicon")
	p.click(`[data-do="export"]`)
	p.wait("the dialog", `document.querySelector("dialog[open] .export")`)
	save := func(name string) {
		p.do(chromedp.Evaluate[chromedp.Void](`[...document.querySelectorAll("dialog[open] button")].find((b) => b.textContent.trim() === ` + quote(name) + `).click()`))
	}
	eval[bool](p, `globalThis.turnAway = true`)
	save("Save SVG")
	p.wait("the share sheet", `shared.length === 1 && /\.svg \d{4,}$/.test(shared[0])`)
	if got := eval[string](p, `new Promise((done) => setTimeout(done, 200)).then(() => document.querySelector(".toasts").textContent)`); strings.Contains(got, "Saved") {
		t.Errorf("turned away, and told %q", got)
	}
	eval[bool](p, `(globalThis.turnAway = false, true)`)
	save("Save SVG")
	p.wait("the word that it is saved", `shared.length === 2 && document.querySelector(".toasts").textContent.includes("Saved")`)
	save("JSON")
	p.wait("a download of what the sheet does not take", `downloads.length === 1 && downloads[0].endsWith(".json")`)
}
