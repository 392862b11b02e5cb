//go:build e2e

package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// The article whose figure has a knob, with the figure in the middle of the
// window.
const article = "/blog/why-leave-server-side-simulation/"

func openArticle(p *tab, path string) {
	p.t.Helper()
	p.open(path)
	p.wait("the figure's button", `document.querySelector("figure.live .play")?.hidden === false`)
	p.wait("the fonts", `document.fonts.status === "loaded"`)
	eval[bool](p, `(document.querySelector("figure.live").scrollIntoView({block: "center", behavior: "instant"}), true)`)
}

const liveFigure = `document.querySelector("figure.live").hasAttribute("data-active")`

func (p *tab) scrolled() float64 { p.t.Helper(); return eval[float64](p, `scrollY`) }

// drawn returns the picture of the first figure as it stands in the page.
func (p *tab) drawn() string {
	p.t.Helper()
	return eval[string](p, `document.querySelector("figure.live .picture > svg").innerHTML`)
}

// TestArticleWeight counts the bytes that come over the line for an article,
// bodies as they are compressed: 120 kB and no program until a figure is asked
// for. A fast build (-dev) compresses less and may be over.
func TestArticleWeight(t *testing.T) {
	s := startServer(t)
	chrome := browser(t)
	for _, path := range []string{article, "/blog/indexing-with-ratios-and-angles/", "/blog/structure-factors-and-absences/", "/blog/beyond-single-scattering/"} {
		t.Run(strings.Trim(path, "/"), func(t *testing.T) {
			p := newTab(t, chrome, s.base, 1440, 900)
			p.do(noCache)
			openArticle(p, path)
			for y := 0; y < 12; y++ {
				eval[bool](p, `(scrollBy(0, 900), true)`)
				time.Sleep(40 * time.Millisecond)
			}
			time.Sleep(500 * time.Millisecond)
			loaded := eval[[]string](p, `[performance.getEntriesByType("navigation")[0], ...performance.getEntriesByType("resource")].map((e) => e.encodedBodySize + " " + new URL(e.name).pathname)`)
			sum := 0
			for _, line := range loaded {
				var n int
				var path string
				fmt.Sscan(line, &n, &path)
				sum += n
				if strings.HasSuffix(path, ".wasm") || strings.HasSuffix(path, "figure.js") || strings.HasSuffix(path, "engine.js") {
					t.Errorf("%s is loaded before anybody asks for it", path)
				}
			}
			t.Logf("%d bytes in %d answers", sum, len(loaded))
			if sum > 120_000 || sum < 40_000 || len(loaded) < 8 {
				t.Errorf("%d bytes came, the budget is 120000:\n%s", sum, strings.Join(loaded, "\n"))
			}
		})
	}
}

// TestArticleFigure: the picture of an article comes alive in its place, and
// the page is a page again when it is done.
func TestArticleFigure(t *testing.T) {
	s := startServer(t)
	p := newTab(t, browser(t), s.base, 1440, 900)
	p.prefer("light", true)
	openArticle(p, article)
	still := p.drawn()
	where := p.text("figure.live a.open")
	x, y, w, h := p.box("figure.live .picture")
	x, y = x+w/2, y+h/2
	if w < 600 || h < 300 {
		t.Errorf("the picture has %v × %v pixels", w, h)
	}

	// Asleep: wheel and drag belong to the page.
	before := p.scrolled()
	p.wheel(x, y, 120)
	p.wait("the page to scroll", fmt.Sprintf("scrollY > %v", before+50))
	p.wheel(x, y, -120)
	p.wait("the page to scroll back", fmt.Sprintf("Math.abs(scrollY - %v) < 1", before))
	p.drag(x, y, 60, 0, 4)
	if p.drawn() != still || eval[bool](p, liveFigure) {
		t.Error("a drag moved the picture before it was asked for")
	}
	if a := eval[string](p, `getComputedStyle(document.querySelector("figure.live .picture")).touchAction`); !strings.Contains(a, "pan-y") && a != "auto" && a != "manipulation" {
		t.Errorf("touch-action %q keeps fingers from scrolling", a)
	}

	p.click("figure.live .play")
	p.wait("the figure to live", liveFigure)
	if got := p.text("figure.live .play"); got != "Done" {
		t.Errorf("the button reads %q", got)
	}
	if names := eval[[]string](p, `performance.getEntriesByType("resource").map((e) => e.name).filter((n) => n.endsWith(".wasm"))`); len(names) != 0 && strings.Contains(strings.Join(names, " "), "viewer") {
		t.Errorf("an article loads the canvas: %v", names)
	}
	if eval[bool](p, `!!document.querySelector("canvas, iframe")`) {
		t.Error("a canvas or a frame in an article")
	}
	p.shot("article-figure-live")
	link := `document.querySelector("figure.live a.open").getAttribute("href")`
	first := eval[string](p, link)

	// Awake: wheel zooms, drag and keys turn, the page stays.
	before = p.scrolled()
	p.wheel(x, y, -120)
	p.wait("the wheel to zoom", link+` !== `+quote(first)+` && /[?&]cl=/.test(`+link+`)`)
	if got := p.scrolled(); got != before {
		t.Errorf("the page scrolled from %v to %v", before, got)
	}
	p.drag(x+w/10, y+h/10, 50, 10, 5)
	p.wait("the drag to turn", `/[?&]d=/.test(`+link+`)`)
	turned := eval[string](p, link)
	eval[bool](p, `(document.querySelector("figure.live .picture").focus(), true)`)
	p.press("ArrowRight")
	p.wait("a key to turn", link+` !== `+quote(turned)+` && /off axis|On|°/.test(document.querySelector("figure.live .hud").textContent)`)
	if p.drawn() == still {
		t.Error("the picture is still the old one")
	}
	axe(p, "a live figure")

	// Escape ends it, and the focus goes back to the button.
	p.press("Escape")
	p.wait("the end", `!(`+liveFigure+`) && document.activeElement === document.querySelector("figure.live .play") && document.activeElement.textContent === "Rotate this pattern"`)
	before = p.scrolled()
	p.wheel(x, y, 120)
	p.wait("the page to scroll again", fmt.Sprintf("scrollY > %v", before+50))
	eval[bool](p, `(document.querySelector("figure.live").scrollIntoView({block: "center", behavior: "instant"}), true)`)

	// It goes on where it was left; Done ends it as well, and so does a tap outside.
	left := eval[string](p, link)
	p.click("figure.live .play")
	p.wait("the figure to live again", liveFigure)
	if got := eval[string](p, link); got != left {
		t.Errorf("it came back as %s, was left as %s", got, left)
	}
	p.click("figure.live .play")
	p.wait("Done to end it", `!(`+liveFigure+`)`)
	p.click("figure.live .play")
	p.wait("the figure to live a third time", liveFigure)
	p.clickAt(20, 450, 1)
	p.wait("a press outside to end it", `!(`+liveFigure+`)`)

	// The simulator opens with the same state: the same spots, but for the
	// rounding of the link.
	labels := `.querySelectorAll("text")].map((n) => n.textContent).filter((t) => /^(\d\u0304?){3}$/.test(t)).sort().join(" ")`
	shown := eval[string](p, `[...document.querySelector("figure.live .picture > svg")`+labels)
	target, err := url.Parse(eval[string](p, link))
	if err != nil {
		t.Fatal(err)
	}
	if where != "Open in the simulator" {
		t.Errorf("the link reads %q", where)
	}
	p.click("figure.live a.open")
	p.wait("the simulator", `location.pathname === "/sim" && `+engineReady)
	d := turnOf(t, target.RequestURI())
	got := turnOf(t, eval[string](p, `location.href`))
	for i := range d {
		near(t, "turn", got[i], d[i], 1e-9)
	}
	if sim := eval[string](p, `fetch(location.href).then((r) => r.text()).then((t) => [...new DOMParser().parseFromString(t, "text/html").querySelector("#drawing svg")`+labels+`)`); sim != shown || len(shown) < 20 {
		t.Errorf("the simulator shows %q, the figure %q", sim, shown)
	}
}

// noCache makes the tab fetch everything anew.
func noCache(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
	_, err := cdp.Call(ctx, t, network.SetCacheDisabled, network.SetCacheDisabledParams{CacheDisabled: true})
	return chromedp.Void{}, err
}

// TestArticleKnob: the one slider of a figure wakes it and moves one thing.
func TestArticleKnob(t *testing.T) {
	s := startServer(t)
	p := newTab(t, browser(t), s.base, 1440, 900)
	for _, c := range []struct{ path, name, param string }{
		{article, "x", "d="}, {"/blog/static-files-first/", "kv", "kv="}, {"/blog/indexing-with-ratios-and-angles/", "to", "d="}, {"/blog/what-an-electron-diffraction-pattern-is/", "cl", "cl="},
		{"/blog/beyond-single-scattering/", "t", "t="},
	} {
		openArticle(p, c.path)
		knob := `figure.live input[name="` + c.name + `"]`
		eval[bool](p, `(document.querySelector(`+quote(knob)+`).scrollIntoView({block: "center", behavior: "instant"}), document.querySelector(`+quote(knob)+`).focus(), true)`)
		figure := `document.querySelector(` + quote(knob) + `).closest("figure")`
		before := eval[string](p, figure+`.querySelector("a.open").href`)
		said := eval[string](p, figure+`.querySelector("output").value`)
		p.press("ArrowRight")
		p.press("ArrowRight")
		p.wait(c.path+": the knob to wake it", figure+`.hasAttribute("data-active")`)
		p.wait(c.path+": the state", figure+`.querySelector("a.open").href !== `+quote(before)+` && `+figure+`.querySelector("a.open").href.includes(`+quote(c.param)+`)`)
		if now := eval[string](p, figure+`.querySelector("output").value`); now == said {
			t.Errorf("%s: the value stays at %q", c.path, now)
		}
		name := eval[string](p, `document.activeElement.closest("label")?.textContent.trim() ?? ""`)
		if name == "" {
			t.Errorf("%s: the knob has no label", c.path)
		}
	}
}

// TestArticleTouch: fingers scroll the page over a sleeping figure and turn a
// live one.
func TestArticleTouch(t *testing.T) {
	s := startServer(t)
	p := newTab(t, browser(t), s.base, 390, 844, chromedp.EmulateTouch)
	openArticle(p, article)
	x, y, w, h := p.box("figure.live .picture")
	swipe := func(dx, dy float64) {
		at := [2]float64{x + w/2, y + h/2}
		p.touch(input.DispatchTouchEventTypeTouchStart, at)
		for i := 1; i <= 6; i++ {
			p.touch(input.DispatchTouchEventTypeTouchMove, [2]float64{at[0] + dx*float64(i)/6, at[1] + dy*float64(i)/6})
		}
		p.touch(input.DispatchTouchEventTypeTouchEnd)
	}
	before := p.scrolled()
	swipe(0, -150)
	p.wait("a swipe to scroll the page", fmt.Sprintf("scrollY > %v", before+60))
	time.Sleep(400 * time.Millisecond)
	eval[bool](p, `(document.querySelector("figure.live").scrollIntoView({block: "center", behavior: "instant"}), true)`)
	p.click("figure.live .play")
	p.wait("the figure to live", liveFigure)
	x, y, w, h = p.box("figure.live .picture")
	before = p.scrolled()
	link := `document.querySelector("figure.live a.open").getAttribute("href")`
	first := eval[string](p, link)
	swipe(20, -60)
	p.wait("a finger to turn the crystal", link+` !== `+quote(first))
	if got := p.scrolled(); math.Abs(got-before) > 1 {
		t.Errorf("the page scrolled from %v to %v under a live figure", before, got)
	}
	if _, _, bw, bh := p.box("figure.live .play"); bw < 44 || bh < 44 {
		t.Errorf("the button has %v × %v pixels on a phone", bw, bh)
	}
}

// TestSiteSearch looks for articles.
func TestSiteSearch(t *testing.T) {
	s := startServer(t)
	p := newTab(t, browser(t), s.base, 1024, 768)
	p.open("/blog/")
	p.wait("the field", `document.querySelector(".site-search")?.hidden === false`)
	field := ".site-search input"
	p.fill(field, "double-tilt holder")
	p.wait("hits", `document.querySelectorAll(".site-search .hits a").length > 0`)
	if got := p.text(".site-search .hits a"); !strings.Contains(got, "double-tilt") {
		t.Errorf("the first hit is %q", got)
	}
	if got := p.text(".site-search .found"); !strings.Contains(got, "article") {
		t.Errorf("it says %q", got)
	}
	axe(p, "the search with hits")
	p.fill(field, "double diffraction")
	p.wait("the words as they were typed", `document.querySelector(".site-search .hits p")?.textContent.toLowerCase().includes("double diffraction")`)
	p.fill(field, "xyzzy")
	p.wait("nothing", `document.querySelectorAll(".site-search .hits li").length === 0 && document.querySelector(".site-search .found").textContent === "No article holds “xyzzy”."`)
	p.fill(field, "absences glide")
	p.wait("hits", `document.querySelectorAll(".site-search .hits a").length > 0`)
	p.press("Tab")
	p.press("Enter")
	p.wait("the article", `document.querySelector("article.post h1")`)
	if got := p.text("article.post"); !strings.Contains(got, "glide") {
		t.Error("the article does not hold the word")
	}
}

// TestPrintedPages: paper gets the pattern and the numbers, black on white, and none of
// the controls.
func TestPrintedPages(t *testing.T) {
	s := startServer(t)
	p := newTab(t, browser(t), s.base, 1024, 768)
	print := func(media, scheme string) {
		p.do(func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
			_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: media, Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
			return chromedp.Void{}, err
		})
	}
	for path, gone := range map[string]string{
		"/library/si/": ".site-top, .site-foot, .skip, .lib-nav, .lib-head .chips, .lib-head .print, .lib-zone .go",
		article:        ".site-top, .site-foot, .skip, .play, .figure-tools .knob",
	} {
		print("screen", "dark")
		p.open(path)
		p.wait("the controls", `document.querySelector(".site-top").offsetParent !== null`)
		print("print", "dark")
		if left := eval[[]string](p, `[...document.querySelectorAll(`+quote(gone)+`)].filter((n) => n.offsetParent !== null || n.getClientRects().length > 0).map((n) => n.className)`); len(left) > 0 {
			t.Errorf("%s: printed with %v", path, left)
		}
		if got := eval[string](p, `getComputedStyle(document.documentElement).getPropertyValue("--bg").trim().toUpperCase()`); got != "#FFFFFF" && got != "#FFF" {
			t.Errorf("%s: paper of colour %s", path, got)
		}
		if n := eval[float64](p, `document.querySelectorAll("figure svg").length`); n == 0 {
			t.Errorf("%s: no pattern", path)
		}
	}
}

// candidates returns "crystal [zone]" of the index by ratio and angle.
const candidates = `[...document.querySelectorAll("#ratio-out tbody tr")].flatMap((r) => [...r.cells[0].querySelectorAll("a")].map((a) => a.textContent + " " + r.cells[1].textContent))`

// TestLibraryIndexes types what a person measures and gets candidates.
func TestLibraryIndexes(t *testing.T) {
	s := startServer(t)
	p := newTab(t, browser(t), s.base, 1440, 900)
	p.open("/library/ratio/")
	p.wait("the form", `document.querySelector("#ratio").hidden === false`)
	p.fill("#ratio-r", "1.633")
	p.press("Tab")
	p.key("90")
	p.press("Enter")
	p.wait("candidates", candidates+`.includes("Aluminium [112]")`)
	if got := eval[[]string](p, candidates); len(got) < 20 || strings.Contains(strings.Join(got, ","), "[001]") {
		t.Errorf("for 1.633 and 90°: %v", got)
	}
	// What the article on indexing says of this search: cementite is among them, with
	// the misfit of the first row.
	if got := eval[string](p, `(() => { const rows = [...document.querySelectorAll("#ratio-out tbody tr")]; const c = rows.find((r) => r.cells[0].textContent.startsWith("Cementite")); return c ? c.cells[1].textContent + " " + (c.cells[4].textContent === rows[0].cells[4].textContent) : "" })()`); got != "[201] true" {
		t.Errorf("cementite for 1.633 and 90°: %q", got)
	}
	// Crystals of one type are one row, which can be opened.
	if got := eval[bool](p, `[...document.querySelectorAll("#ratio-out summary")].some((s) => /^A1, Cu: \d+ crystals$/.test(s.textContent))`); !got {
		t.Error("the metals of the type A1 are not one row")
	}
	misfits := eval[[]float64](p, `[...document.querySelectorAll("#ratio-out tbody tr")].map((r) => Number(r.cells[4].textContent))`)
	if !slices.IsSorted(misfits) {
		t.Errorf("not sorted by the misfit that is shown: %v", misfits)
	}
	if !strings.HasSuffix(eval[string](p, `location.href`), "?ratio=1.633&angle=90") {
		t.Error("the address does not hold the measurement")
	}
	axe(p, "candidates")
	// The other way round, with a comma and an obtuse angle: 1/1.633 and 180° − 35.26°.
	p.fill("#ratio-r", "0,6124")
	p.fill("#ratio-a", "144,74")
	p.fill("#ratio-d", "3.135")
	p.press("Enter")
	p.wait("silicon", candidates+`.some((t) => t.startsWith("Silicon [011]"))`)
	if got := eval[[]string](p, candidates); strings.Contains(strings.Join(got, ","), "Aluminium") {
		t.Errorf("aluminium has no spacing of 3.135 Å: %v", got)
	}
	p.fill("#ratio-r", "much")
	p.press("Enter")
	p.wait("what is wrong", `document.querySelector("#ratio-found").textContent.startsWith("Type a ratio above zero")`)

	// A candidate leads to its sheet, the sheet to the simulator.
	p.open("/library/ratio/?ratio=1.633&angle=90")
	p.wait("the search of the address", candidates+`.length > 0`)
	eval[bool](p, `([...document.querySelectorAll("#ratio-out tbody a")].find((a) => a.textContent === "Aluminium").click(), true)`)
	p.wait("the sheet", `location.pathname === "/library/al/" && location.hash === "#z1_1_2" && Math.abs(document.querySelector("#z1_1_2").getBoundingClientRect().top) < 400`)
	p.click("#z1_1_2 .go a")
	p.wait("the simulator", `location.pathname === "/sim" && document.querySelector('[data-part="heading"]')?.textContent.startsWith("Aluminium, zone axis 1 1 2")`)

	p.open("/library/d/")
	p.wait("the form", `document.querySelector("#spacing").hidden === false`)
	hits := `[...document.querySelectorAll("#d-hits a")].map((a) => a.textContent)`
	for _, typed := range []string{"3.135 1.920 1.637", "3,135; 1,920; 1,637", "3.135,1.920,1.637"} {
		p.fill("#d-list", "")
		p.wait("an empty list", hits+`.length === 0`)
		p.fill("#d-list", typed)
		p.wait(typed, hits+`.includes("Silicon")`)
		if got := eval[[]string](p, hits); strings.Contains(strings.Join(got, ","), "Gold") {
			t.Errorf("%s: %v", typed, got)
		}
	}

	p.open("/library/")
	shown := `[...document.querySelectorAll(".lib-group li, .lib-hits li")].filter((n) => n.offsetParent).map((n) => n.querySelector("a").textContent)`
	if n := eval[float64](p, shown+`.length`); n < 40 {
		t.Errorf("%v crystals", n)
	}
	p.fill("#lib-find", "caf2")
	p.wait("fluorite first", shown+`.length < 20 && `+shown+`[0].startsWith("Fluorite")`)
	p.fill("#lib-find", "rutlie")
	p.wait("what was meant", `document.querySelector(".lib-search .found").textContent.startsWith("Nothing is called “rutlie”. Did you mean Rutile? ")`)
	p.click(".lib-search .found button")
	p.wait("it, found", `document.querySelector(".lib-search .found").textContent.endsWith(" crystals") && `+shown+`[0].startsWith("Rutile")`)
}

// TestSiteOffline: once saved, articles, their search and figures, and the
// indexes of the library work without a server.
func TestSiteOffline(t *testing.T) {
	s := startServer(t)
	p := newTab(t, wholeBrowser(t), s.base, 1024, 768)
	p.open("/sim?z=1,1,0")
	p.wait("everything saved", savedOffline)
	s.stop()
	p.offlineIsFine()
	p.open("/library/ratio/?ratio=1.633&angle=35.26")
	p.wait("candidates", candidates+`.some((t) => t === "Silicon [011]")`)
	p.open("/library/d/")
	p.wait("the form", `document.querySelector("#spacing").hidden === false`)
	p.fill("#d-list", "2.338 2.025")
	p.wait("aluminium", `document.querySelector("#d-hits")?.textContent.includes("Aluminium")`)
	p.open("/blog/")
	p.wait("the field", `document.querySelector(".site-search")?.hidden === false`)
	p.fill(".site-search input", "extinction")
	p.wait("hits", `document.querySelectorAll(".site-search .hits a").length > 0`)
	openArticle(p, article)
	p.click("figure.live .play")
	p.wait("the figure to live", liveFigure)
}

// inFrame evaluates an expression in the first frame of the page that shows an
// address with this part, of whatever origin. It is "" while there is none.
func (p *tab) inFrame(part, expression string) string {
	p.t.Helper()
	var out string
	p.do(func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		tree, err := cdp.Call(ctx, t, cdppage.GetFrameTree, cdp.Empty{})
		if err != nil {
			return chromedp.Void{}, err
		}
		for _, child := range tree.FrameTree.ChildFrames {
			if !strings.Contains(child.Frame.URL, part) {
				continue
			}
			world, err := cdp.Call(ctx, t, cdppage.CreateIsolatedWorld, cdppage.CreateIsolatedWorldParams{FrameID: child.Frame.ID})
			if err != nil {
				return chromedp.Void{}, err
			}
			answer, err := cdp.Call(ctx, t, runtime.Evaluate, runtime.EvaluateParams{Expression: expression, ContextID: world.ExecutionContextID, ReturnByValue: ptr(true)})
			if err != nil {
				return chromedp.Void{}, err
			}
			out = string(answer.Result.Value)
			return chromedp.Void{}, nil
		}
		return chromedp.Void{}, nil
	})
	if out != "" {
		return out
	}
	if frame := p.elsewhere(part); frame != nil {
		ctx, cancel := context.WithTimeout(frame.ctx, patience)
		defer cancel()
		if value, err := chromedp.Run(ctx, chromedp.Evaluate[json.RawMessage](expression)); err == nil {
			out = string(value)
		}
	}
	return out
}

// elsewhere returns a frame that the browser keeps in a process of its own, as
// those of other sites and sandboxed ones; nil if none shows such an address.
func (p *tab) elsewhere(part string) *tab {
	p.t.Helper()
	all, err := chromedp.Targets(p.ctx)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, info := range all {
		if info.Type != "iframe" || !strings.Contains(info.URL, part) {
			continue
		}
		if p.frames[info.TargetID] == nil {
			ctx, cancel := chromedp.NewContext(p.ctx, chromedp.WithTargetID(info.TargetID), chromedp.WithDetachOnCancel())
			p.t.Cleanup(cancel)
			if err := chromedp.Do(ctx); err != nil {
				return nil // it has gone on to another address
			}
			if p.frames == nil {
				p.frames = map[target.ID]*tab{}
			}
			p.frames[info.TargetID] = &tab{t: p.t, ctx: ctx, base: p.base}
		}
		return p.frames[info.TargetID]
	}
	return nil
}

func ptr[T any](v T) *T { return &v }

// TestEmbed puts a pattern into the page of another origin, by the frame that
// oEmbed hands out, and into slides opened from a disk, also in a sandboxed
// frame, which has no origin: it can be turned and its text follows.
func TestEmbed(t *testing.T) {
	s := startServer(t)
	answer, err := http.Get(s.base + "/oembed?maxwidth=600&url=" + url.QueryEscape(s.base+"/sim?c=lib-au&z=1,1,2&o=iks"))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	var card struct {
		Type, Version, Title, HTML string
		Width, Height              int
	}
	if err := json.Unmarshal(body, &card); err != nil || card.Type != "rich" || card.Version != "1.0" || card.Width != 600 || !strings.Contains(card.HTML, "<iframe") {
		t.Fatalf("%v: %s", err, body)
	}
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<!doctype html><html lang="en"><title>Another site</title><link rel="icon" href="/icon"><h1>Another site</h1>%s<p>The page goes on.</p><iframe id="sim" title="not allowed" src="%s/sim"></iframe></html>`, card.HTML, s.base)
	}))
	defer other.Close()
	p := newTab(t, browser(t), other.URL, 800, 900)
	p.allow("request leaves the origin: "+s.base, "request leaves the origin: file:", "X-Frame-Options", "frame-ancestors", "Failed to load resource", "chrome-error:")
	p.open("/")
	frame := func(what, expression, want string) {
		t.Helper()
		for deadline := time.Now().Add(patience); ; time.Sleep(100 * time.Millisecond) {
			got := p.inFrame("/embed", expression)
			if got == want {
				return
			}
			if time.Now().After(deadline) {
				t.Fatalf("waited for %s: %s is %s, want %s", what, expression, got, want)
			}
		}
	}
	frame("the pattern", `document.querySelector("figure.live svg title")?.textContent`, `"Gold, zone axis 1 1 2, 200 kV"`)
	frame("its button", `document.querySelector(".play")?.hidden`, "false")
	frame("the link to the simulator", `document.querySelector("a.open").href + " " + document.querySelector("a.open").target`, `"`+s.base+`/sim?c=lib-au&z=1,1,2&o=iks _blank"`)
	if got := eval[string](p, `document.querySelector("iframe").title`); got == "" {
		t.Error("the frame has no title")
	}
	p.inFrame("/embed", `document.querySelector(".play").click()`)
	frame("the figure to live", `document.querySelector("figure.live").hasAttribute("data-active")`, "true")
	p.inFrame("/embed", `document.querySelector(".picture").focus(); document.querySelector(".picture").dispatchEvent(new KeyboardEvent("keydown", {key: "ArrowUp", bubbles: true}))`)
	frame("the turn", `/[?&]d=/.test(document.querySelector("a.open").href)`, "true")
	frame("no sideways scrolling", `document.documentElement.scrollWidth <= document.documentElement.clientWidth`, "true")
	p.shot("embed")
	// The simulator itself stays out of foreign frames.
	if got := p.inFrame("/sim", `document.querySelector("#app") ? "shown" : "refused"`); got == `"shown"` {
		t.Error("the simulator can be framed by another site")
	}
	slides := filepath.Join(t.TempDir(), "slides.html")
	text := fmt.Sprintf(`<!doctype html><html lang="en"><title>Slides</title><link rel="icon" href="data:,"><style>body { margin: 0 } iframe { display: block; border: 0 }</style>
<iframe width="400" height="340" title="plain" src="%[1]s/embed?c=lib-al&z=1,1,2&o=iks"></iframe>
<iframe width="400" height="340" title="sandboxed" sandbox="allow-scripts" src="%[1]s/embed?c=lib-cu&z=1,1,0&o=is"></iframe></html>`, s.base)
	if err := os.WriteFile(slides, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p.do(chromedp.Navigate("file://" + slides))
	p.turns("c=lib-al", 0, s.base+"/sim?c=lib-al&z=1,1,2&d=")
	p.turns("c=lib-cu", 340, s.base+"/sim?c=lib-cu&z=1,1,0&d=")
}

// turns turns the embedded pattern in the frame whose address has this part and
// whose top is at y, and waits for its text and the address behind its link.
func (p *tab) turns(part string, y float64, link string) {
	p.t.Helper()
	until := func(what, expression string) {
		p.t.Helper()
		for deadline := time.Now().Add(patience); p.inFrame(part, expression) != "true"; time.Sleep(50 * time.Millisecond) {
			if time.Now().After(deadline) {
				p.t.Fatalf("%s: waited for %s; there is %s", part, what, p.inFrame(part, `document.body.innerText + document.querySelector("a.open").href`))
			}
		}
	}
	until("the button", `document.querySelector(".play")?.hidden === false`)
	p.inFrame(part, `document.querySelector(".play").click()`)
	until("the figure to live", `document.querySelector("figure.live").hasAttribute("data-active")`)
	p.drag(200, y+120, 30, 10, 4)
	until("the text", `document.querySelector(".hud-zone").textContent.includes("off axis")`)
	until("the link", fmt.Sprintf(`document.querySelector("a.open").href.startsWith(%s)`, quote(link)))
}
