//go:build e2e

package e2e

import (
	"context"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// slowWorkers holds the engine back until window.letGo is called, and its replies
// for window.lag milliseconds.
const slowWorkers = `
	const Plain = Worker;
	window.Worker = class extends Plain {
		postMessage(message, transfer) {
			if (message.type === "start" && !window.prompt_) window.letGo = () => super.postMessage(message, transfer);
			else super.postMessage(message, transfer);
		}
		set onmessage(hear) {
			super.onmessage = (event) => (window.lag ? setTimeout(() => hear(event), window.lag) : hear(event));
		}
	};
	addEventListener("DOMContentLoaded", () => {
		window.heard = [];
		new MutationObserver(() => heard.push(document.querySelector("#status").textContent.trim())).observe(document.querySelector("#status"), { childList: true, characterData: true, subtree: true });
	});
`

// value is the condition that a field holds a text.
func value(field, text string) string {
	return `document.querySelector(` + quote(field) + `).value === ` + quote(text)
}

// holds fails unless a field holds a text.
func (p *tab) holds(field, text string) {
	p.t.Helper()
	if got := eval[string](p, `document.querySelector(`+quote(field)+`).value`); got != text {
		p.t.Errorf("%s holds %q, not %q", field, got, text)
	}
}

// undoText presses Ctrl+Z as a keyboard does, with what the browser does by it.
func (p *tab) undoText() {
	p.t.Helper()
	p.do(func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		for _, kind := range []input.DispatchKeyEventType{input.DispatchKeyEventTypeRawKeyDown, input.DispatchKeyEventTypeKeyUp} {
			event := input.DispatchKeyEventParams{Type: kind, Modifiers: int64(chromedp.ModifierCtrl), Key: "z", Code: "KeyZ", WindowsVirtualKeyCode: 90}
			if kind == input.DispatchKeyEventTypeRawKeyDown {
				event.Commands = []string{"undo"}
			}
			if _, err := cdp.Call(ctx, t, input.DispatchKeyEvent, event); err != nil {
				return chromedp.Void{}, err
			}
		}
		return chromedp.Void{}, nil
	})
}

// TestFields: what a person has typed is theirs until it is done.
func TestFields(t *testing.T) {
	s := startServer(t)
	p := newTab(t, browser(t), s.base, 1440, 900)
	p.prefer("dark", true)
	p.before(slowWorkers)
	p.open("/sim?z=1,1,0")

	// While the engine loads: some of it before the scripts are there.
	p.wait("the fields", `document.readyState !== "loading" && document.querySelector("#field")`)
	p.fill("#kv", "300")
	p.press("Tab")
	p.fill("#cl", "80")
	p.fill("#zone", "11")
	p.wait("the scripts", `window.letGo && document.querySelector("#rotation-error")`)
	p.key("2")
	eval[bool](p, `(letGo(), true)`)
	p.wait("the engine", engineReady)
	p.modules()
	p.wait("the voltage", `zx.app.now.view?.values.kv === "300"`)
	p.holds("#zone", "112")
	p.holds("#cl", "80")
	p.press("Enter")
	p.wait("the zone", `zx.app.now.view.input === "[112]" && `+value("#zone", "[112]"))
	if got := eval[string](p, `zx.app.now.view.values.cl`); got != "80" {
		t.Errorf("the camera length is %s", got)
	}

	p.part(t, "a late reply", "/sim?z=1,1,0", func(t *testing.T) {
		p.click(`[data-results="tilt"]`)
		p.wait("the plan", `document.querySelector("#holder-beta")?.offsetParent && `+value("#holder-beta", "0"))
		eval[bool](p, `(window.lag = 700, true)`)
		p.fill("#holder-alpha", "10")
		p.press("Tab")
		p.key("-")
		p.wait("the reply", `zx.app.now.view.holder.alpha === "10"`)
		p.holds("#holder-beta", "-")
		p.key("5")
		p.press("Tab")
		p.wait("β", `["-5", "−5"].includes(zx.app.now.view.holder.beta)`)
		p.holds("#holder-alpha", "10")

		// The text that is sent is not the last: the later one stays.
		p.fill("#kv", "80")
		p.press("Enter")
		p.fill("#kv", "12")
		p.wait("the reply to the first", `zx.app.now.view.values.kv === "80"`)
		p.key("0")
		p.holds("#kv", "120")
		p.press("Enter")
		p.wait("the reply to the second", `zx.app.now.view.values.kv === "120"`)
		eval[bool](p, `(window.lag = 0, true)`)
		// A target is not planned for while it is typed.
		p.fill("#target", "11")
		eval[bool](p, `zx.app.act({op: "tilt", x: 1}).then(() => true)`)
		p.holds("#target", "11")
		if got := p.text("#panel-tilt"); eval[bool](p, `document.querySelector("#panel-tilt .error:not([hidden])") !== null`) {
			t.Errorf("a fault in what is being typed: %s", got)
		}
		p.press("Enter")
		p.wait("the fault", `document.querySelector("#target-error").textContent === "That is two numbers. A zone axis has three, or four if hexagonal."`)
		p.fill("#target", "１１１")
		p.press("Enter")
		p.wait("a plan", `document.querySelector("#plan .tiles") && document.querySelector("#target-error").hidden`)
	})

	for _, c := range []struct{ field, typed, fault, was string }{
		{"kv", "abc", "Between 20 and 1000 kV.", "200"},
		{"cl", "5 parsec", "Between 50 and 5000 mm.", "520"},
		{"t", "12,,5", "Between 0.1 and 1000 nm.", "50"},
		{"ar", "2", "Between 0 and 0.3 U′/U.", "0.1"},
		{"rotation", "abc", "Between −360 and 360°.", "0.0°"},
		{"holder-limitAlpha", "91", "Between 0 and 90°.", "30"},
		{"zone", "abc", "That is not a zone axis. Try 110 or [1 −1 0].", "[110]"},
	} {
		address := "/sim?z=1,1,0"
		if c.field == "t" || c.field == "ar" {
			address += "&m=d&ab=p" // where they count
		}
		p.part(t, c.field+" "+c.typed, address, func(t *testing.T) {
			eval[bool](p, `(document.querySelectorAll("details").forEach((d) => (d.open = true)), heard.length = 0, true)`)
			field := "#" + c.field
			p.fill(field, c.typed)
			p.press("Enter")
			p.wait("the fault", `document.querySelector("`+field+`").getAttribute("aria-invalid") === "true"`)
			p.wait("the words in the live region", `heard.at(-1) === `+quote(c.fault))
			described := `document.getElementById(document.querySelector("` + field + `").getAttribute("aria-describedby"))`
			if got := eval[string](p, described+`.hidden ? "hidden" : `+described+`.textContent`); got != c.fault {
				t.Errorf("described by %q", got)
			}
			p.press("Tab")
			eval[bool](p, `zx.app.act({op: "view"}, {keep: true}).then(() => new Promise((done) => setTimeout(done, 300, true)))`)
			p.holds(field, c.typed)
			if n := eval[int](p, `heard.filter((text) => text === `+quote(c.fault)+`).length`); n != 1 {
				t.Errorf("announced %d times", n)
			}
			p.do(chromedp.Focus(chromedp.CSS(field)))
			p.press("Escape")
			p.holds(field, c.was)
			if eval[bool](p, `document.querySelector("`+field+`").hasAttribute("aria-invalid") || document.querySelector(".error:not([hidden])") !== null`) {
				t.Error("the fault stays")
			}
		})
	}

	p.part(t, "Ctrl+Z", "/sim?z=1,1,0", func(t *testing.T) {
		p.fill("#kv", "300")
		p.press("Enter")
		p.wait("300 kV", `zx.app.now.view.values.kv === "300" && `+value("#kv", "300"))
		p.fill("#kv", "12")
		p.undoText()
		p.wait("the text undone", `document.querySelector("#kv").value !== "12"`)
		eval[bool](p, `new Promise((done) => setTimeout(done, 300, true))`)
		if got := eval[string](p, `zx.app.now.view.values.kv`); got != "300" {
			t.Errorf("the pattern has gone back to %s kV", got)
		}
		p.press("Escape")
		p.holds("#kv", "300")
		p.undoText()
		p.wait("the pattern undone", `zx.app.now.view.values.kv === "200" && `+value("#kv", "200"))
	})

	p.part(t, "another choice", "/sim?z=1,1,0", func(t *testing.T) {
		p.fill("#zone", "1 1")
		p.click(`.chip[data-uvw="1,1,1"]`)
		p.wait("the zone of the button", value("#zone", "[111]"))
		p.fill("#kv", "7")
		p.click(`[data-usual="kv"][value="120"]`)
		p.wait("the voltage of the button", value("#kv", "120"))
		if eval[bool](p, `document.querySelector("#kv").hasAttribute("aria-invalid")`) {
			t.Error("the fault of what was typed before stays")
		}
	})

	p.part(t, "as people type", "/sim?z=1,1,0&m=d", func(t *testing.T) {
		for _, c := range [][3]string{
			{"#zone", "【1－12】", "[1−12]"}, {"#zone", "B=[013].", "[013]"}, {"#zone", "1/1/2", "[112]"},
			{"#kv", "1.2e2", "120"}, {"#kv", "197,5", "197.5"}, {"#kv", "３００ kV", "300"},
			{"#cl", "0.8 m", "800"}, {"#t", "500 Å", "50"}, {"#rotation", "－１２,５", "−12.5°"},
		} {
			p.fill(c[0], c[1])
			p.press("Enter")
			p.wait(c[0]+" "+c[1], value(c[0], c[2]))
		}
	})
}
