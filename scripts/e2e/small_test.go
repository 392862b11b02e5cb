//go:build e2e

package e2e

import (
	"fmt"
	"math"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// overlaps is a list of the pairs of boxes over and around the pattern that
// cover each other. What the page scrolls to counts where it is, the tab bar
// that stays at the lower edge does not.
const overlaps = `(() => {
	const names = [".top", ".hud-zone", ".hud-beam", "#stage", ".legend", ".legend-button", ".dock", ".badge", "#scale-bar path", "#scale-bar text", ".card", ".bar", ".settings", ".results", ".tabs"];
	const sticky = innerWidth <= 640 && document.documentElement.scrollHeight > innerHeight;
	const boxes = names.flatMap((name) => [...document.querySelectorAll(name)].map((n) => ({name, n, r: n.getBoundingClientRect()})))
		.filter(({name, n, r}) => r.width > 0 && r.height >= 0 && n.checkVisibility({visibilityProperty: true}) && !(sticky && name === ".tabs"));
	const out = [];
	boxes.forEach((a, i) => boxes.slice(i + 1).forEach((b) => {
		if (a.n.contains(b.n) || b.n.contains(a.n)) return;
		const w = Math.min(a.r.right, b.r.right) - Math.max(a.r.left, b.r.left), h = Math.min(a.r.bottom, b.r.bottom) - Math.max(a.r.top, b.r.top);
		if (w > 0.5 && h > -0.5 && !(h < 0.5 && a.r.height > 1 && b.r.height > 1)) out.push(a.name + " and " + b.name + " by " + Math.round(w) + "×" + Math.round(h));
	}));
	const field = document.querySelector("#field").getBoundingClientRect();
	for (const {name, r} of boxes) {
		if (r.left < -0.5 || r.right > innerWidth + 0.5) out.push(name + " leaves the window: " + Math.round(r.left) + " to " + Math.round(r.right));
		if (/hud|legend|dock|card|scale/.test(name) && (r.top < field.top || r.bottom > field.bottom + 0.5)) out.push(name + " leaves the pattern: " + Math.round(r.top) + " to " + Math.round(r.bottom));
	}
	return out;
})()`

// TestSmallWindows: nothing stands on anything else, in small windows and at
// 200 % of larger ones, with everything that the page can show over a pattern:
// legend, card of a spot and all.
func TestSmallWindows(t *testing.T) {
	s := startServer(t)
	p := simulator(t, browser(t), s, "/sim?z=1,1,0", 512, 384)
	const many, four = "/sim?c=lib-si&z=1,1,0&d=0.30,-0.30,0.00&o=ikhdgs&f=hvr&m=d", "/sim?c=lib-mg&z=2,1,-1&d=0.30,-0.30,0.00&o=ikhdgs"
	for _, size := range [][2]int64{{512, 384}, {720, 450}, {320, 640}, {320, 512}, {390, 844}, {844, 390}} {
		for _, link := range []string{many, four} {
			if link == four && size[0] != 320 && size[0] != 512 {
				continue
			}
			p.do(chromedp.EmulateViewport(size[0], size[1]))
			p.part(t, fmt.Sprint(size, link[5:13]), link, func(t *testing.T) {
				p.wait("the legend", `document.querySelectorAll("#legend > :not([hidden])").length > 1`)
				check := func(what string) {
					t.Helper()
					if found := eval[[]string](p, overlaps); len(found) > 0 {
						t.Errorf("%s: %v", what, found)
					}
				}
				check("at first")
				noSideways(p)
				if size == [2]int64{512, 384} {
					inSight(t, p)
				}
				if wrong := eval[[]string](p, crowded); len(wrong) > 0 {
					t.Error(wrong)
				}
				for _, hkl := range eval[[]string](p, `(() => {
					const all = zx.app.now.view.rows.map((r) => r.hkl.join()).filter((h) => h !== "0,0,0");
					return [all[0], all[3], all.at(-1)];
				})()`) {
					eval[bool](p, `zx.spot.open([`+hkl+`]).then(() => true)`)
					check("the card of " + hkl)
					// The spot itself, if it is in sight, is beside the card.
					x, y := p.spotAt(hkl)
					left, top, w, h := p.box(".card")
					if x > left && x < left+w && y > top && y < top+h {
						t.Errorf("the card at %v, %v of %v × %v covers %s at %v, %v", left, top, w, h, hkl, x, y)
					}
				}
				eval[bool](p, `(zx.spot.close(), true)`)
				if eval[bool](p, `document.querySelector(".legend-button").offsetParent !== null`) {
					p.do(chromedp.Focus(chromedp.CSS(".legend-button")))
					p.press("Enter")
					p.wait("the legend", `document.querySelector("#legend").checkVisibility() && document.querySelector(".legend-button").ariaExpanded === "true"`)
					check("the legend")
					p.press("Escape")
					p.wait("no legend", `!document.querySelector("#legend").checkVisibility() && document.activeElement.matches(".legend-button[aria-expanded=false]")`)
				} else if !eval[bool](p, `document.querySelector("#legend").checkVisibility()`) {
					t.Error("there is no legend and no way to it")
				}
			})
		}
	}
}

// crowded lists what stands too close in the panel of the beam, a name that is cut
// without a sign of it, and a closing button that has left its corner.
const crowded = `(async () => {
	const {ask} = await import(new URL("messages.js", document.querySelector("script[type=module]").src).href);
	const close = ask("A question of more words than one line of a small window can hold, for once.", {label: "Do what it asks for", run() {}}, {label: "And another", run() {}});
	const name = document.querySelector(".crystal-button b"), shown = name.innerHTML;
	name.textContent = "Yttrium barium copper oxide of a name without end";
	const tab = document.querySelector("#app").dataset.tab;
	document.querySelector("#app").dataset.tab = "beam";
	const box = (s) => (typeof s === "string" ? document.querySelector(s) : s).getBoundingClientRect(), out = [];
	const summary = box("#match > summary");
	for (const n of document.querySelectorAll(".panel-beam :is(.seg, input, legend)")) {
		const r = box(n);
		if (r.width && r.left < summary.right && r.right > summary.left && r.top < summary.bottom && r.bottom > summary.top) out.push("the summary stands on " + (n.id || n.className) + " by " + (summary.bottom - r.top));
	}
	if (name.offsetParent && name.scrollWidth > name.clientWidth && getComputedStyle(name).textOverflow !== "ellipsis") out.push("the name is cut");
	if (name.offsetParent && name.scrollWidth <= name.clientWidth && box(name).right > box(name.parentNode).right + 0.5) out.push("the name leaves its button");
	const toast = box(".toast"), x = box(".toast .icon");
	if (x.top - toast.top > 10 || toast.right - x.right > 10) out.push("Close is " + (x.top - toast.top) + " below the corner");
	for (const n of document.querySelectorAll(".toast :is(p, .btn:not(.icon))")) {
		const r = box(n);
		if (r.right > x.left && r.top < x.bottom && r.bottom > x.top) out.push("Close stands on " + n.textContent);
	}
	close();
	name.innerHTML = shown;
	document.querySelector("#app").dataset.tab = tab;
	return out;
})()`

// inSight: in a flat window the row is seen at once, and a tab shows its panel.
func inSight(t *testing.T, p *tab) {
	t.Helper()
	seen := func(what string) {
		t.Helper()
		if _, y, _, h := p.box(what); y < 52 || y+h > eval[float64](p, `document.querySelector("#tab-bar").getBoundingClientRect().top`) {
			t.Errorf("%s is at %v to %v", what, y, y+h)
		}
	}
	seen(`.bar [data-do="undo"]`)
	for _, tab := range []string{"beam", "measure", "orient"} {
		eval[bool](p, `(scrollTo(0, 0), true)`)
		p.click(`button[data-tab="` + tab + `"]`)
		p.wait(tab, `document.querySelector("#app").dataset.tab === `+quote(tab)+` && scrollY > 0`)
		if h := eval[float64](p, `(() => {
			const r = document.getElementById(document.querySelector('button[data-tab="`+tab+`"]').getAttribute("aria-controls")).closest(".panel").getBoundingClientRect();
			return Math.min(r.bottom, document.querySelector("#tab-bar").getBoundingClientRect().top) - Math.max(r.top, 52);
		})()`); h < 150 {
			t.Errorf("%v px of the sheet with %s are in sight", h, tab)
		}
	}
	eval[bool](p, `(scrollTo(0, 0), true)`)
}

// TestRow goes through the row above the sheet of a phone: all of it is in reach
// of a thumb, whatever the sheet shows, and takes nothing from the pattern.
func TestRow(t *testing.T) {
	s := startServer(t)
	p := simulator(t, browser(t), s, "/sim?z=1,1,0", 390, 844, chromedp.EmulateTouch, chromedp.EmulateMobile)
	const chip = `.bar .chip[data-uvw="1,1,1"]`
	for _, tab := range []string{"beam", "measure", "tilt", "crystal", "orient"} {
		p.click(`button[data-tab="` + tab + `"]`)
		p.wait(tab, `document.querySelector("#app").dataset.tab === `+quote(tab))
		for _, name := range []string{`.bar [data-do="undo"]`, `.bar [data-do="redo"]`, `.bar [data-do="row"]`, `.bar [data-do="step"]`, `.bar [data-tilt="1,0"]`, chip} {
			x, y, w, h := p.box(name)
			if w < 44 || h < 44 || x < 0 || x+w > 390 || y < 844/2 || y+h > 844-60 {
				t.Errorf("%s beside the panel %s: at %v, %v, %v × %v", name, tab, x, y, w, h)
			}
		}
	}
	p.part(t, "zones, undo and redo", "/sim?z=1,1,0", func(t *testing.T) {
		p.click(chip)
		p.wait("[111]", `zx.app.now.link.includes("z=1,1,1") && document.querySelector('`+chip+`').ariaCurrent === "true"`)
		p.click(`.bar [data-do="undo"]`)
		p.wait("[110]", `zx.app.now.link.includes("z=1,1,0")`)
		p.click(`.bar [data-do="redo"]`)
		p.wait("[111] again", `zx.app.now.link.includes("z=1,1,1")`)
	})
	p.part(t, "steps", "/sim?z=1,1,0", func(t *testing.T) {
		for _, step := range []string{"5", "0.1", "0.5"} {
			p.state("/sim?z=1,1,0")
			p.click(`.bar [data-do="step"]`)
			p.wait("the step", `document.querySelector('.bar [data-do="step"]').textContent === "`+step+`°" && document.querySelector('input[name="step"]:checked').value === "`+step+`"`)
			p.click(`.bar [data-tilt="1,0"]`)
			p.wait("a tilt of "+step, offAxis+` === `+step)
		}
	})
	p.part(t, "the row of a spot", "/sim?z=1,1,0&d=0.40,0.30,20.00", func(t *testing.T) {
		stays := func(what, hkl string, x, y float64) {
			t.Helper()
			p.settled()
			x2, y2 := p.spotAt(hkl)
			near(t, what+": across", x2, x, 1)
			near(t, what+": down", y2, y, 1)
		}
		x, y := p.spotAt("-2,2,0")
		eval[bool](p, `zx.app.act({op: "select", hkl: [-2, 2, 0]}, {keep: true}).then(() => true)`)
		p.click(`.bar [data-do="row"]`)
		p.wait("kept", `document.querySelector('.bar [data-do="row"]').ariaPressed === "true" && /row of .*220/.test(document.querySelector(".toasts").textContent)`)
		before := p.link()
		p.click(`.bar [data-tilt="0,1"]`)
		p.wait("a step", `zx.app.now.link !== `+quote(before))
		stays("a step", "-2,2,0", x, y)
		before = p.link()
		cx, cy, _ := p.centre()
		p.touch(input.DispatchTouchEventTypeTouchStart, [2]float64{cx - 40, cy + 20})
		for i := 1.0; i <= 8; i++ {
			p.touch(input.DispatchTouchEventTypeTouchMove, [2]float64{cx - 40 + 3*i, cy + 20 - 8*i})
		}
		p.touch(input.DispatchTouchEventTypeTouchEnd)
		p.wait("a tilt", `zx.app.now.link !== `+quote(before))
		stays("a drag from anywhere", "-2,2,0", x, y)
		if d := p.turn(); math.Hypot(d[0]-0.4, d[1]-0.3) < 0.5 {
			t.Errorf("a drag tilted to %v only", d)
		}
		// Undo keeps the row; another spot takes its place; then every tilt again.
		p.click(`.bar [data-do="undo"]`)
		p.wait("undone, the spot ringed", `zx.app.now.link === `+quote(before)+` && zx.app.now.view.detail?.hkl.join() === "-2,2,0"`)
		x, y = p.spotAt("-1,1,1")
		eval[bool](p, `zx.spot.open([-1, 1, 1]).then(() => true)`)
		p.click(`.card [aria-label="Close"]`)
		before = p.link()
		p.click(`.bar [data-tilt="1,0"]`)
		p.wait("a step", `zx.app.now.link !== `+quote(before))
		stays("another spot", "-1,1,1", x, y)
		p.do(chromedp.Focus(chromedp.CSS("#field")))
		p.press("l")
		p.wait("let go", `document.querySelector('.bar [data-do="row"]').ariaPressed === "false" && !zx.app.now.view.detail`)
	})
}

// TestNotesMoveNothing: neither notes on a crystal nor four indices move the
// controls, when the page comes and when another crystal takes its place.
func TestNotesMoveNothing(t *testing.T) {
	const silicon, notes, four = "/sim?c=lib-si&z=1,1,0", "/sim?c=mp-149&z=1,1,0", "/sim?c=lib-mg&z=2,1,-1&d=0.30,-0.30,0.00"
	s := startServer(t)
	chrome := browser(t)
	for _, size := range [][2]int64{{1440, 900}, {390, 844}} {
		t.Run(fmt.Sprint(size[0]), func(t *testing.T) {
			p := newTab(t, chrome, s.base, size[0], size[1])
			p.before(watchTasks)
			p.open(silicon) // what every page has to load
			p.wait("the engine", engineReady)
			for _, link := range []string{four, notes} {
				p.open(link)
				p.wait("the engine", engineReady)
				p.wait("rest", `document.fonts.ready.then(() => new Promise((done) => setTimeout(() => done(true), 300)))`)
				if moved := eval[[]string](p, `shifted.filter((s) => /settings|crystal|orient|chip|near|pad|zone/.test(s))`); len(moved) > 0 {
					t.Errorf("%s moves when it comes: %v", link, moved)
				}
			}
			p.modules()
			if got := eval[float64](p, `document.querySelectorAll('[data-part="notes"] p').length`); got != 1 {
				t.Errorf("%v notes, want 1, said once", got)
			}
			places := `(() => [...document.querySelectorAll(".dock, #zone, .near, .pad, .bar, .turn .row, .panel-beam, .panel-show")].map((n) => n.className + " " + n.id + " " + Math.round(n.getBoundingClientRect().top)).join("; "))()`
			p.state(silicon)
			want := eval[string](p, places)
			for _, link := range []string{four, notes} {
				p.state(link)
				eval[bool](p, `zx.app.act({op: "snap"}, {}).then(() => true)`)
				p.wait("the crystal", `zx.app.now.view.crystal.id !== "lib-si"`)
				if got := eval[string](p, places); got != want {
					t.Errorf("%s moves things\nfrom %s\nto   %s", link, want, got)
				}
			}
		})
	}
}
