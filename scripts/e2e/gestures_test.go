//go:build e2e

package e2e

import (
	"context"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// simulator opens the simulator in a new tab and makes its modules known to
// the expressions of the tests as zx.app, zx.pattern, zx.history and zx.spot.
func simulator(t *testing.T, chrome context.Context, s *server, link string, width, height int64, options ...chromedp.EmulateViewportOption) *tab {
	t.Helper()
	p := newTab(t, chrome, s.base, width, height, options...)
	p.prefer("dark", true)
	p.enter(link)
	return p
}

// enter opens a link as a page and waits for the engine.
func (p *tab) enter(link string) {
	p.t.Helper()
	p.open(link)
	p.wait("the engine", engineReady)
	p.modules()
}

func (p *tab) modules() {
	p.t.Helper()
	eval[bool](p, `(async () => {
		const at = (name) => import(new URL(name + ".js", document.querySelector("script[type=module]").src).href);
		const [app, pattern, history, spot] = await Promise.all(["app", "pattern", "history", "spot"].map(at));
		window.zx = {app, pattern, history, spot};
		return true;
	})()`)
}

// part runs one part of a test on a tab that is already open, from a state of
// its own; the page is not loaded again.
func (p *tab) part(t *testing.T, name, link string, run func(t *testing.T)) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		outer := p.t
		p.t = t
		defer func() {
			if t.Failed() {
				p.shot("failed-" + strings.ReplaceAll(t.Name(), "/", "-"))
			}
			p.t = outer
		}()
		p.state(link)
		run(t)
	})
}

// state goes to the state of a link and waits until it is drawn and written
// into the address bar.
func (p *tab) state(link string) {
	p.t.Helper()
	eval[bool](p, fmt.Sprintf(`(async () => {
		document.querySelector("dialog[open]")?.close();
		document.querySelectorAll(".toast").forEach((n) => n.remove());
		await zx.app.act({op: "select"}, {keep: true});
		await zx.app.act({op: "open", link: %s}, {});
		document.querySelector("#field").focus();
		return true;
	})()`, quote(link)))
	p.press("Escape")
	p.settled()
}

// settled waits until the address bar holds the link of the state.
func (p *tab) settled() {
	p.t.Helper()
	p.wait("the address to follow", `location.pathname + location.search + location.hash === zx.app.now.link`)
}

// link returns the link of the state when nothing moves any more.
func (p *tab) link() string {
	p.t.Helper()
	p.settled()
	return eval[string](p, `zx.app.now.link`)
}

// press sends one key to what has the focus.
func (p *tab) press(key string, modifiers ...chromedp.Modifier) {
	p.t.Helper()
	named := map[string]string{
		"Escape": kb.Escape, "Enter": kb.Enter, "Tab": kb.Tab, "Backspace": kb.Backspace,
		"ArrowUp": kb.ArrowUp, "ArrowDown": kb.ArrowDown, "ArrowLeft": kb.ArrowLeft, "ArrowRight": kb.ArrowRight,
	}
	if k, ok := named[key]; ok {
		key = k
	}
	if len(modifiers) == 0 {
		p.key(key)
		return
	}
	p.key(key, chromedp.KeyModifiers(modifiers...))
}

// spotAt returns where a reflection is on the screen, CSS pixels.
func (p *tab) spotAt(hkl string) (x, y float64) {
	p.t.Helper()
	at := eval[[]float64](p, fmt.Sprintf(`(async () => {
		const {detail} = await zx.app.act({op: "inspect", hkl: [%s]}, {quiet: true});
		const at = zx.pattern.toPixels(detail), box = zx.pattern.field.getBoundingClientRect();
		return [box.left + at.x, box.top + at.y];
	})()`, hkl))
	return at[0], at[1]
}

// centre returns the middle of the pattern on the screen and half of its
// shorter side.
func (p *tab) centre() (x, y, half float64) {
	p.t.Helper()
	left, top, w, h := p.box("#field")
	return left + w/2, top + h/2, math.Min(w, h) / 2
}

// turn reads tilt x, tilt y and rotation of the link, degrees.
func (p *tab) turn() [3]float64 {
	p.t.Helper()
	return turnOf(p.t, p.link())
}

var turnKey = regexp.MustCompile(`[?&]d=([^&#]*)`)

func turnOf(t *testing.T, link string) (d [3]float64) {
	t.Helper()
	m := turnKey.FindStringSubmatch(link)
	if m == nil {
		return d
	}
	for i, text := range strings.Split(m[1], ",") {
		v, err := strconv.ParseFloat(text, 64)
		if err != nil || i > 2 {
			t.Fatalf("the link turns by %q", m[1])
		}
		d[i] = v
	}
	return d
}

// mouse sends one mouse event.
func (p *tab) mouse(kind input.DispatchMouseEventType, x, y float64, clicks int64, modifiers ...chromedp.Modifier) {
	p.t.Helper()
	event := input.DispatchMouseEventParams{Type: kind, X: x, Y: y, Button: input.MouseButtonLeft, ClickCount: clicks}
	if kind == chromedp.MouseMoved {
		event.Button = input.MouseButtonNone
	}
	for _, m := range modifiers {
		event.Modifiers |= int64(m)
	}
	p.do(func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, input.DispatchMouseEvent, event)
		return chromedp.Void{}, err
	})
}

// clickAt presses and releases at a point, as often as asked in a row.
func (p *tab) clickAt(x, y float64, times int) {
	p.t.Helper()
	p.mouse(chromedp.MouseMoved, x, y, 0)
	for i := 1; i <= times; i++ {
		p.mouse(chromedp.MousePressed, x, y, int64(i))
		p.mouse(chromedp.MouseReleased, x, y, int64(i))
	}
}

// pen sends one event of a pen.
func (p *tab) pen(kind input.DispatchMouseEventType, x, y float64) {
	p.t.Helper()
	event := input.DispatchMouseEventParams{Type: kind, X: x, Y: y, Button: input.MouseButtonLeft, Buttons: 1, ClickCount: 1, PointerType: input.DispatchMouseEventPointerTypePen}
	if kind == chromedp.MouseReleased {
		event.Buttons = 0
	}
	p.do(func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, input.DispatchMouseEvent, event)
		return chromedp.Void{}, err
	})
}

// wheel turns the wheel over a point. Chromium wants both directions.
func (p *tab) wheel(x, y, dy float64) {
	p.t.Helper()
	p.do(func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: input.DispatchMouseEventTypeMouseWheel, X: x, Y: y, DeltaX: 0.001, DeltaY: dy})
		return chromedp.Void{}, err
	})
}

const offAxis = `parseFloat(zx.app.now.frame.distance)`

// near fails unless two numbers agree within a tolerance.
func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s: %.3f, want %.3f ± %g", what, got, want, tolerance)
	}
}

// TestMouse goes through what a mouse does over the pattern.
func TestMouse(t *testing.T) {
	s := startServer(t)
	p := simulator(t, wholeBrowser(t), s, "/sim?z=1,1,0", 1440, 900)
	cx, cy, half := p.centre()

	p.part(t, "drag tilts", "/sim?z=1,1,0", func(t *testing.T) {
		p.drag(cx+0.3*half, cy-0.17*half, 60, 30, 8)
		p.wait("a tilt", `zx.app.now.link.includes("d=") && `+offAxis+` > 0.5`)
		d := p.turn()
		// Marks follow the pointer: right and down. Nothing turns in the plane.
		if d[0] == 0 || d[1] == 0 || math.Abs(d[2]) > 0.5 {
			t.Errorf("dragged right and down: the link turns by %v", d)
		}
	})
	p.part(t, "Shift and drag turns in the plane", "/sim?z=1,1,0&o=s", func(t *testing.T) {
		k := eval[float64](p, `zx.pattern.scale()`)
		from, to := math.Atan2(28, 117), math.Atan2(140, 40) // between the spots
		x, y := cx+117*k, cy-28*k
		p.drag(x, y, (40-117)*k, (28-140)*k, 8, chromedp.ModifierShift)
		p.wait("a rotation", `zx.app.now.link.includes("d=")`)
		d := p.turn()
		near(t, "tilt x", d[0], 0, 0.01)
		near(t, "tilt y", d[1], 0, 0.01)
		near(t, "rotation", d[2], 180/math.Pi*(to-from), 0.5) // half a degree: whole pixels at 120 px
	})
	p.part(t, "drag near the edge turns in the plane", "/sim?z=1,1,0&o=s", func(t *testing.T) {
		p.drag(cx+0.85*half, cy, 0, -0.3*half, 8)
		p.wait("the rotation of the whole drag", `Math.abs(new URLSearchParams(zx.app.now.link.split("?")[1]).get("d")?.split(",")[2] - 19.44) < 0.5`)
		d := p.turn()
		near(t, "tilt", math.Hypot(d[0], d[1]), 0, 0.01)
		near(t, "rotation", d[2], 180/math.Pi*math.Atan2(0.3, 0.85), 0.5)
	})
	p.part(t, "wheel zooms around the pointer", "/sim?z=1,1,0", func(t *testing.T) {
		x, y := p.spotAt("-2,2,0")
		p.wheel(x, y, -300)
		p.wait("another camera length", `zx.app.now.link.includes("cl=")`)
		p.settled()
		x2, y2 := p.spotAt("-2,2,0")
		near(t, "the spot under the pointer, across", x2, x, 1.5)
		near(t, "the spot under the pointer, down", y2, y, 1.5)
		p.press("0")
		p.wait("fitted", `!zx.app.now.link.includes("cl=")`)
		x3, y3 := p.spotAt("0,0,0")
		near(t, "000 after the fit, across", x3, cx, 1)
		near(t, "000 after the fit, down", y3, cy, 1)
	})
	p.part(t, "double click brings a spot to the middle", "/sim?z=1,1,0", func(t *testing.T) {
		x, y := p.spotAt("-1,1,1")
		p.clickAt(x, y, 2)
		p.wait("the spot in the middle", inMiddle)
		x, y = p.spotAt("-1,1,1")
		near(t, "across", x, cx, 1)
		near(t, "down", y, cy, 1)
	})
	p.part(t, "click tells of a spot", "/sim?z=1,1,0", func(t *testing.T) {
		x, y := p.spotAt("-1,1,1")
		p.clickAt(x, y, 1)
		p.wait("the card", `!document.querySelector(".card").hidden`)
		card := p.text(".card")
		for _, want := range []string{"111", "3.136 Å", "|F|", "Intensity", "%"} {
			if !strings.Contains(card, want) {
				t.Errorf("the card lacks %q: %s", want, card)
			}
		}
		p.do(chromedp.Focus(chromedp.CSS("#field")))
		p.press("Escape")
		p.wait("the card gone", `document.querySelector(".card").hidden`)
	})
	p.part(t, "click tells why a spot is forbidden", "/sim?z=1,1,0&o=ids", func(t *testing.T) {
		x, y := p.spotAt("0,0,2")
		p.clickAt(x, y, 1)
		p.wait("the card", `!document.querySelector(".card").hidden`)
		card := p.text(".card")
		for _, want := range []string{"002", "glide", "+"} {
			if !strings.Contains(card, want) {
				t.Errorf("the card of 002 lacks %q: %s", want, card)
			}
		}
	})
	p.part(t, "hover shows a tip", "/sim?z=1,1,0", func(t *testing.T) {
		x, y := p.spotAt("-2,2,0")
		p.mouse(chromedp.MouseMoved, x-90, y-70, 0)
		p.mouse(chromedp.MouseMoved, x, y, 0)
		p.wait("the tip", `!document.querySelector(".tip").hidden && document.querySelector(".tip").textContent.includes("1.920 Å")`)
		p.press("Escape")
		p.wait("no tip", `document.querySelector(".tip").hidden`)
	})
	p.part(t, "a spot stays under the pointer", "/sim?z=1,1,0", func(t *testing.T) {
		x, y := p.spotAt("-2,2,0")
		// Round 000, where a spot can follow.
		r, a := math.Hypot(x-cx, y-cy), math.Atan2(y-cy, x-cx)
		p.drag(x, y, cx+r*math.Cos(a+0.4)-x, cy+r*math.Sin(a+0.4)-y, 10)
		p.wait("a turn", `zx.app.now.link.includes("d=")`)
		p.settled()
		x2, y2 := p.spotAt("-2,2,0")
		near(t, "across", x2, cx+r*math.Cos(a+0.4), 2)
		near(t, "down", y2, cy+r*math.Sin(a+0.4), 2)
		d := p.turn()
		near(t, "rotation", d[2], -0.4*180/math.Pi, 0.5)
	})
	p.part(t, "Shift keeps the row of a grabbed spot", "/sim?z=1,1,0", func(t *testing.T) {
		x, y := p.spotAt("-2,2,0")
		p.drag(x, y, 3, -60, 8, chromedp.ModifierShift)
		p.wait("a tilt", `zx.app.now.link.includes("d=")`)
		p.settled()
		x2, y2 := p.spotAt("-2,2,0")
		near(t, "the spot, across", x2, x, 1)
		near(t, "the spot, down", y2, y, 1)
		if d := p.turn(); math.Hypot(d[0], d[1]) < 0.05 {
			t.Errorf("nothing was tilted: %v", d)
		}
	})
	p.part(t, "a Kikuchi line stays under the pointer", "/sim?z=1,1,0&d=0.80,0.30,0.00&o=ks", func(t *testing.T) {
		// A point on a line, away from every spot and from the edge.
		at := eval[[]float64](p, kikuchiLines+`.then((lines) => {
			for (const l of lines) for (let f = 0.2; f < 0.8; f += 0.02) {
				const x = l[0] + f * (l[2] - l[0]), y = l[1] + f * (l[3] - l[1]);
				if (Math.hypot(x, y) > 220 || Math.hypot(x, y) < 90) continue;
				const others = lines.filter((m) => m !== l && away(m, x, y) < 12);
					if (others.length === 0) return [x, y, l[2] - l[0], l[3] - l[1]];
			}
			return [];
		})`)
		if len(at) == 0 {
			t.Fatal("no Kikuchi line stands alone")
		}
		k := eval[float64](p, `zx.pattern.scale()`)
		length := math.Hypot(at[2], at[3])
		nx, ny := -at[3]/length, at[2]/length // across the line, view-box units
		const move = 25.0
		p.drag(cx+at[0]*k, cy+at[1]*k, nx*move*k, ny*move*k, 10)
		p.wait("a tilt", `!zx.app.now.link.includes("d=0.80,0.30,0.00")`)
		p.settled()
		off := eval[float64](p, fmt.Sprintf(kikuchiLines+`.then((lines) => Math.min(...lines.filter((m) => along(m, %f, %f)).map((m) => away(m, %f, %f))))`,
			at[2], at[3], at[0]+nx*move, at[1]+ny*move))
		near(t, "distance of the pointer from its line, view-box units", off, 0, 1.5)
	})
	p.part(t, "a drawing in the midst of a drag is no step of undo", "/sim?z=1,1,0&o=s", func(t *testing.T) {
		before := p.link()
		cx, cy, half := p.centre()
		x, y := cx+0.3*half, cy-0.17*half
		p.mouse(chromedp.MouseMoved, x, y, 0)
		p.mouse(chromedp.MousePressed, x, y, 1)
		p.mouse(chromedp.MouseMoved, x+40, y+10, 1)
		p.wait("on the way", offAxis+` > 0.2`)
		// As when the canvas takes over, or the theme changes.
		eval[bool](p, `zx.app.redraw().then(() => true)`)
		p.mouse(chromedp.MouseMoved, x+80, y+20, 1)
		p.mouse(chromedp.MouseReleased, x+80, y+20, 1)
		p.wait("the drag's own step", `zx.history.canUndo() && zx.app.now.view.frame.distance === zx.app.now.frame.distance && `+offAxis+` > 0.5`)
		p.press("z", chromedp.ModifierCtrl)
		p.wait("back where it began", `zx.app.now.link === `+quote(before))
	})
	p.part(t, "a cancelled press leaves no trace", "/sim?z=1,1,0", func(t *testing.T) {
		before := p.link()
		x, y := cx+0.3*half, cy-0.2*half
		p.mouse(chromedp.MouseMoved, x, y, 0)
		p.mouse(chromedp.MousePressed, x, y, 1)
		eval[bool](p, `new Promise((done) => requestAnimationFrame(() => {
			const field = document.querySelector("#field");
			field.dispatchEvent(new PointerEvent("pointercancel", {pointerId: 1, pointerType: "mouse", bubbles: true}));
			done(true);
		}))`)
		p.mouse(chromedp.MouseReleased, x, y, 1)
		p.mouse(chromedp.MouseMoved, x+50, y+50, 0)
		if got := p.link(); got != before {
			t.Errorf("the state went to %s", got)
		}
		if eval[bool](p, `document.querySelector("#field").hasPointerCapture(1)`) {
			t.Error("the pointer is still captured")
		}
	})
}

// inMiddle asks, again and again, whether the spot -1 1 1 is in the middle.
const inMiddle = `(zx.app.act({op: "inspect", hkl: [-1, 1, 1]}, {quiet: true}).then((r) => zx.middle = Math.hypot(r.detail.x, r.detail.y) < 1), zx.middle)`

// kikuchiLines is a promise of the drawn Kikuchi lines, ends in view-box
// units, with away (distance of a point) and along (whether a line runs in a
// direction, within a degree).
const kikuchiLines = `zx.app.act({op: "view"}, {keep: true}).then(() => import(new URL("../shared/engine.js", document.querySelector("script[type=module]").src).href))
	.then((engine) => engine.send({op: "view", draw: "svg", light: true})).then(({svg}) => {
		window.away = (m, x, y) => Math.abs((m[2] - m[0]) * (y - m[1]) - (m[3] - m[1]) * (x - m[0])) / Math.hypot(m[2] - m[0], m[3] - m[1]);
		window.along = (m, dx, dy) => Math.abs((m[2] - m[0]) * dy - (m[3] - m[1]) * dx) / Math.hypot(m[2] - m[0], m[3] - m[1]) / Math.hypot(dx, dy) < 0.0175;
		const number = "(-?[0-9.]+)", gap = "[ ,]?";
		return [...svg.matchAll(/<g class="kik">(.*?)<\/g>/g)].flatMap((g) =>
			[...g[1].matchAll(new RegExp("M" + number + gap + number + "L" + number + gap + number, "g"))].map((m) => m.slice(1, 5).map(Number)));
	})`

// TestFingers goes through what fingers do over the pattern.
func TestFingers(t *testing.T) {
	s := startServer(t)
	p := simulator(t, browser(t), s, "/sim?z=1,1,0", 390, 844, chromedp.EmulateTouch, chromedp.EmulateMobile)
	cx, cy, _ := p.centre()
	start, move, end := input.DispatchTouchEventTypeTouchStart, input.DispatchTouchEventTypeTouchMove, input.DispatchTouchEventTypeTouchEnd

	p.part(t, "pinch zooms", "/sim?z=1,1,0", func(t *testing.T) {
		p.touch(start, [2]float64{cx - 40, cy}, [2]float64{cx + 40, cy})
		for i := 1.0; i <= 8; i++ {
			p.touch(move, [2]float64{cx - 40 - 5*i, cy}, [2]float64{cx + 40 + 5*i, cy})
		}
		p.touch(end)
		// Fingers that double their distance double the camera length.
		p.wait("twice the camera length", `Math.abs(parseFloat(zx.app.now.frame.cl) - 1040) < 30`)
		p.settled()
		if d := p.turn(); d != [3]float64{} {
			t.Errorf("a pinch turned the crystal by %v", d)
		}
	})
	p.part(t, "a pinch that turns a little turns nothing", "/sim?z=1,1,0", func(t *testing.T) {
		p.touch(start, [2]float64{cx - 40, cy}, [2]float64{cx + 40, cy})
		for i := 1.0; i <= 8; i++ {
			a := i * 0.9 * math.Pi / 180
			dx, dy := (40+5*i)*math.Cos(a), (40+5*i)*math.Sin(a)
			p.touch(move, [2]float64{cx - dx, cy - dy}, [2]float64{cx + dx, cy + dy})
		}
		p.touch(end)
		p.wait("twice the camera length", `Math.abs(parseFloat(zx.app.now.frame.cl) - 1040) < 30`)
		p.settled()
		if d := p.turn(); d != [3]float64{} {
			t.Errorf("a pinch turned the crystal by %v", d)
		}
	})
	p.part(t, "twist turns", "/sim?z=1,1,0", func(t *testing.T) {
		const r = 70
		p.touch(start, [2]float64{cx - r, cy}, [2]float64{cx + r, cy})
		for i := 1.0; i <= 10; i++ {
			a := -i * 3 * math.Pi / 180 // upwards at the right: counter-clockwise
			p.touch(move, [2]float64{cx - r*math.Cos(a), cy - r*math.Sin(a)}, [2]float64{cx + r*math.Cos(a), cy + r*math.Sin(a)})
		}
		p.touch(end)
		// The first 8° of 30° show that it is meant.
		p.wait("a rotation by 22°", `Math.abs(new URLSearchParams(zx.app.now.link.split("?")[1]).get("d")?.split(",")[2] - 22) < 1`)
		d := p.turn()
		near(t, "tilt", math.Hypot(d[0], d[1]), 0, 0.05)
	})
	p.part(t, "one finger tilts", "/sim?z=1,1,0", func(t *testing.T) {
		p.touch(start, [2]float64{cx + 63, cy - 22})
		for i := 1.0; i <= 8; i++ {
			p.touch(move, [2]float64{cx + 63 + 4*i, cy - 22 + 3*i})
		}
		p.touch(end)
		p.wait("a tilt", offAxis+` > 0.3`)
	})
	p.part(t, "tap tells of a spot, double tap centres it", "/sim?z=1,1,0", func(t *testing.T) {
		x, y := p.spotAt("-1,1,1")
		// 20 px beside it: fingers are wide.
		p.touch(start, [2]float64{x + 12, y + 12})
		p.touch(end)
		p.wait("the card", `!document.querySelector(".card").hidden && document.querySelector(".card").textContent.includes("3.136")`)
		left, top, w, h := p.box(".card")
		if _, panel, _, _ := p.box(".bar"); top+h > panel {
			t.Errorf("the card covers %v px of what is below the pattern", top+h-panel)
		}
		if x > left && x < left+w && y > top && y < top+h {
			t.Errorf("the card at %v, %v of %v × %v covers its spot at %v, %v", left, top, w, h, x, y)
		}
		eval[bool](p, `(document.querySelector(".card .row button").focus(), true)`)
		p.press("Escape")
		p.wait("left by Escape", `document.querySelector(".card").hidden && document.activeElement.id === "field"`)
		p.do(chromedp.Sleep(400 * time.Millisecond)) // no double tap
		p.touch(start, [2]float64{x, y})
		p.touch(end)
		p.wait("the card again", `!document.querySelector(".card").hidden`)
		p.click(`.card [aria-label="Close"]`)
		p.wait("the card gone", `document.querySelector(".card").hidden`)
		for range 2 {
			p.touch(start, [2]float64{x, y})
			p.touch(end)
		}
		p.wait("the spot in the middle", inMiddle)
	})
	p.part(t, "measure by taps", "/sim?z=1,1,0", func(t *testing.T) {
		p.click(`button[data-tool="measure"]`)
		for _, hkl := range []string{"1,-1,1", "2,-2,0"} {
			x, y := p.spotAt(hkl)
			n := eval[float64](p, `zx.app.now.view.measure.points.length`)
			p.touch(start, [2]float64{x, y})
			p.touch(end)
			p.wait("a point for "+hkl, fmt.Sprintf(`zx.app.now.view.measure.points.length === %v`, n+1))
		}
		p.settled()
		if got := p.text("#panel-measure"); !strings.Contains(got, "35.26°") || !strings.Contains(got, "1.633") {
			t.Errorf("measured %s", got)
		}
		p.click(`button[data-tool="tilt"]`)
	})
	p.part(t, "the tab Measure is the tool", "/sim?z=1,1,0", func(t *testing.T) {
		state := func(tool, tab string) {
			t.Helper()
			p.wait(tool+" and "+tab, fmt.Sprintf(`document.querySelector("#pattern").dataset.tool === %[1]q && document.querySelector("#app").dataset.tab === %[2]q &&
				document.querySelector('.dock [data-tool=%[1]s]').getAttribute("aria-pressed") === "true" && document.querySelector('button[data-tab=%[2]s]').getAttribute("aria-selected") === "true"`, tool, tab))
		}
		state("tilt", "orient")
		p.click(`button[data-tab="measure"]`)
		state("measure", "measure")
		x, y := p.spotAt("1,-1,1")
		p.touch(start, [2]float64{x, y})
		p.touch(end)
		p.wait("a point by the tab alone", `zx.app.now.view.measure.points.length === 1 && document.querySelector(".card")?.hidden !== false`)
		p.click(`button[data-tab="beam"]`)
		state("tilt", "beam")
		p.click(`.dock [data-tool="measure"]`)
		state("measure", "measure")
		p.click(`.dock [data-tool="tilt"]`)
		state("tilt", "beam")
		p.do(chromedp.Focus(chromedp.CSS("#field")))
		p.press("m")
		state("measure", "measure")
		p.press("Escape")
		state("tilt", "beam")
		p.click(`button[data-tab="orient"]`)
		state("tilt", "orient")
	})
	p.part(t, "a hand that holds a pen does nothing", "/sim?z=1,1,0", func(t *testing.T) {
		x, y := cx+63, cy-22
		// The hand comes down first and slides, then the pen, then more of the hand.
		p.touch(start, [2]float64{x + 40, y + 100})
		p.touch(move, [2]float64{x + 60, y + 130})
		p.wait("a drag by the hand", offAxis+` > 0.3`)
		p.pen(chromedp.MousePressed, x, y)
		p.wait("which the pen takes back", offAxis+` < 0.01`)
		p.touch(move, [2]float64{x + 100, y + 190})
		p.touch(start, [2]float64{x + 100, y + 190}, [2]float64{x - 120, y + 150})
		p.touch(move, [2]float64{x + 110, y + 200}, [2]float64{x - 180, y + 190})
		for i := 1.0; i <= 6; i++ {
			p.pen(chromedp.MouseMoved, x+5*i, y)
		}
		p.touch(move, [2]float64{x + 110, y + 240}, [2]float64{x - 180, y + 240})
		p.touch(end)
		p.pen(chromedp.MouseReleased, x+30, y)
		p.wait("a tilt", offAxis+` > 0.3`)
		d := p.turn()
		near(t, "tilt of the pen alone, upwards", d[0], 0, 0.02)
		near(t, "rotation", d[2], 0, 0.02)
		if cl := eval[string](p, `zx.app.now.frame.cl`); cl != "520" {
			t.Errorf("the hand zoomed to %s mm", cl)
		}
		// The pen is gone: fingers count again.
		before := p.link()
		p.touch(start, [2]float64{x, y})
		p.touch(move, [2]float64{x, y + 40})
		p.touch(end)
		p.wait("a tilt by a finger", `zx.app.now.link !== `+quote(before))
	})
	p.part(t, "the sheet opens and folds", "/sim?z=1,1,0", func(t *testing.T) {
		p.click(`#settings .grab`)
		p.wait("spread", `document.querySelector("#app").dataset.sheet === "full"`)
		p.click(`#settings .grab`)
		p.wait("folded", `document.querySelector("#app").dataset.sheet === "half"`)
	})
}

// TestKeyTable goes through every key of the pattern.
func TestKeyTable(t *testing.T) {
	s := startServer(t)
	p := simulator(t, browser(t), s, "/sim?z=1,1,0", 1440, 900)

	// An arrow moves the marks its way. The electrons come from the viewer, so
	// marks lie where the backs of the zone axes point: right is a negative
	// angle about y, up a positive one about x.
	for _, c := range []struct {
		key       string
		modifiers []chromedp.Modifier
		want      [3]float64
	}{
		{"ArrowRight", nil, [3]float64{0, -0.5, 0}},
		{"ArrowLeft", nil, [3]float64{0, 0.5, 0}},
		{"ArrowUp", nil, [3]float64{0.5, 0, 0}},
		{"ArrowDown", nil, [3]float64{-0.5, 0, 0}},
		{"ArrowRight", []chromedp.Modifier{chromedp.ModifierShift}, [3]float64{0, -5, 0}},
		{"ArrowUp", []chromedp.Modifier{chromedp.ModifierAlt}, [3]float64{0.05, 0, 0}},
		{",", nil, [3]float64{0, 0, 0.5}},
		{".", nil, [3]float64{0, 0, -0.5}},
		{",", []chromedp.Modifier{chromedp.ModifierShift}, [3]float64{0, 0, 5}},
	} {
		p.part(t, fmt.Sprintf("%s%v", c.key, c.modifiers), "/sim?z=1,1,0", func(t *testing.T) {
			p.press(c.key, c.modifiers...)
			p.wait("a turn", `zx.app.now.link.includes("d=")`)
			d := p.turn()
			for i, name := range []string{"tilt x", "tilt y", "rotation"} {
				near(t, name, d[i], c.want[i], 0.006) // two decimals
			}
		})
	}
	p.part(t, "zoom", "/sim?z=1,1,0", func(t *testing.T) {
		p.press("+")
		p.wait("longer", `parseFloat(zx.app.now.frame.cl) > 550`)
		p.press("0")
		p.wait("fitted", `zx.app.now.frame.cl === "520"`)
		p.press("-")
		p.wait("shorter", `parseFloat(zx.app.now.frame.cl) < 500`)
	})
	p.part(t, "walk from spot to spot", "/sim?z=1,1,0", func(t *testing.T) {
		p.press("f")
		p.wait("a spot", `zx.app.now.view.detail?.hkl`)
		first := eval[string](p, `zx.app.now.view.detail.hkl.join()`)
		p.press("ArrowRight")
		p.wait("its neighbour", `zx.app.now.view.detail?.hkl.join() !== `+quote(first))
		p.wait("its name spoken", `/ångström, intensity [0-9.]+ percent/.test(document.querySelector("#status").textContent)`)
		p.press("Enter")
		p.wait("its details", `!document.querySelector(".card").hidden`)
		if d := p.turn(); d != [3]float64{} {
			t.Errorf("walking turned the crystal by %v", d)
		}
		p.press("Escape")
		p.wait("left", `document.querySelector(".card").hidden && document.querySelector("#field").dataset.walking === "false"`)
		p.press("ArrowRight")
		p.wait("arrows tilt again", `zx.app.now.link.includes("d=0.00,-0.50,0.00")`)
	})
	p.part(t, "measure by keys", "/sim?z=1,1,0", func(t *testing.T) {
		p.press("m")
		p.wait("the tool", `document.querySelector("#pattern").dataset.tool === "measure" && zx.app.now.view.detail?.hkl`)
		p.press("Enter")
		p.wait("A", `zx.app.now.view.measure.points.length === 1`)
		a := eval[string](p, `zx.app.now.view.detail.hkl.join()`)
		p.press("ArrowUp")
		p.wait("another spot", `zx.app.now.view.detail.hkl.join() !== `+quote(a))
		p.press("Enter")
		p.wait("B", `zx.app.now.view.measure.points.length === 2`)
		if link := p.link(); !strings.Contains(link, "ms=") {
			t.Errorf("the link %s holds no measurement", link)
		}
		p.press("m")
		p.wait("the tool put away", `document.querySelector("#pattern").dataset.tool === "tilt"`)
	})
	p.part(t, "snap", "/sim?z=1,1,0&d=2.00,1.00,0.00", func(t *testing.T) {
		p.press("s")
		p.wait("on the axis", `zx.app.now.frame.on`)
	})
	p.part(t, "common zones", "/sim?z=1,1,0", func(t *testing.T) {
		p.press("]")
		p.wait("another zone", `!zx.app.now.link.includes("z=1,1,0")`)
		p.press("[")
		p.wait("back", `zx.app.now.link.includes("z=1,1,0")`)
	})
	for _, c := range []struct{ key, letter string }{{"i", "i"}, {"k", "k"}, {"h", "h"}, {"d", "d"}, {"g", "g"}} {
		p.part(t, "overlay "+c.key, "/sim?z=1,1,0", func(t *testing.T) {
			was := eval[bool](p, `zx.app.now.view.values.o.includes(`+quote(c.letter)+`)`)
			p.press(c.key)
			p.wait("switched", fmt.Sprintf(`zx.app.now.view.values.o.includes(%s) === %v && document.querySelector('input[name="o"][value=%s]').checked === %v`, quote(c.letter), !was, c.letter, !was))
			p.press(c.key)
			p.wait("switched back", fmt.Sprintf(`zx.app.now.view.values.o.includes(%s) === %v`, quote(c.letter), was))
		})
	}
	p.part(t, "undo and redo", "/sim?z=1,1,0", func(t *testing.T) {
		for _, c := range []struct {
			undo, redo string
			back, on   []chromedp.Modifier
		}{
			{"Backspace", "y", nil, []chromedp.Modifier{chromedp.ModifierCtrl}},
			{"z", "z", []chromedp.Modifier{chromedp.ModifierCtrl}, []chromedp.Modifier{chromedp.ModifierCtrl, chromedp.ModifierShift}},
			{"z", "z", []chromedp.Modifier{chromedp.ModifierMeta}, []chromedp.Modifier{chromedp.ModifierMeta, chromedp.ModifierShift}},
		} {
			p.state("/sim?z=1,1,0")
			p.press("ArrowRight")
			p.wait("tilted", `zx.app.now.link.includes("d=")`)
			p.press(c.undo, c.back...)
			p.wait("undone by "+c.undo, `!zx.app.now.link.includes("d=")`)
			p.press(c.redo, c.on...)
			p.wait("done again by "+c.redo, `zx.app.now.link.includes("d=")`)
		}
	})
	p.part(t, "undo before the gesture has settled", "/sim?z=1,1,0", func(t *testing.T) {
		eval[bool](p, `(() => {
			const key = (key, more) => document.querySelector("#field").dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true, ...more}));
			key("ArrowRight");
			key("z", {ctrlKey: true});
			return true;
		})()`)
		p.wait("undone, and to be done again", `!zx.app.now.link.includes("d=") && zx.history.canRedo()`)
		p.press("y", chromedp.ModifierCtrl)
		p.wait("done again", `zx.app.now.link.includes("d=")`)
	})
	p.part(t, "search, zone field, help", "/sim?z=1,1,0", func(t *testing.T) {
		for _, c := range []struct{ key, focus string }{{"/", "find"}, {"z", "zone"}} {
			p.do(chromedp.Focus(chromedp.CSS("#field")))
			p.press(c.key)
			p.wait(c.key, `document.activeElement.id === `+quote(c.focus))
		}
		p.do(chromedp.Focus(chromedp.CSS("#field")))
		p.press("?")
		p.wait("the help", `document.querySelector("dialog[open]")?.textContent.includes("Keys and gestures")`)
		p.press("Escape")
		p.wait("closed, and the focus back", `!document.querySelector("dialog[open]") && document.activeElement.id === "field"`)
	})
	p.part(t, "letters act on the pattern only", "/sim?z=1,1,0", func(t *testing.T) {
		before := p.link()
		p.do(chromedp.Focus(chromedp.CSS(`[data-do="export"]`)))
		for _, key := range []string{"k", "s", "f", "m", "]", ".", "ArrowLeft"} {
			p.press(key)
		}
		eval[bool](p, `zx.app.act({op: "view"}, {keep: true}).then(() => true)`)
		if got := p.link(); got != before {
			t.Errorf("letters beside the pattern changed the state to %s", got)
		}
		if tool := eval[string](p, `document.querySelector("#pattern").dataset.tool`); tool != "tilt" {
			t.Errorf("M beside the pattern took the tool %q", tool)
		}
	})
	p.part(t, "a held key is one step of undo", "/sim?z=1,1,0", func(t *testing.T) {
		before := p.link()
		for range 5 {
			p.press("ArrowRight")
		}
		p.wait("five steps", `zx.app.now.link.includes("d=0.00,-2.50,0.00")`)
		p.press("z", chromedp.ModifierCtrl)
		p.wait("one step back", `zx.app.now.link === `+quote(before))
	})
	p.part(t, "Tab leaves the pattern both ways", "/sim?z=1,1,0", func(t *testing.T) {
		for _, m := range [][]chromedp.Modifier{nil, {chromedp.ModifierShift}} {
			p.do(chromedp.Focus(chromedp.CSS("#field")))
			p.press("Tab", m...)
			if id := eval[string](p, `document.activeElement.id`); id == "field" {
				t.Errorf("Tab %v stays on the pattern", m)
			}
		}
	})
}
