//go:build e2e

package e2e

import (
	"strings"
	"testing"
)

// hud is the condition that the corner of the picture names what it shows.
func hud(text string) string {
	return `document.querySelector(".hud-beam").textContent.replace(/[\u2009\u00a0]/g, " ").includes(` + quote(text) + `)`
}

// TestDynamical switches the model, turns the thickness, waits for a long
// calculation, cancels one, and is told when there are too many beams.
func TestDynamical(t *testing.T) {
	s := startServer(t)
	p := simulator(t, browser(t), s, "/sim?z=1,1,0", 1440, 900)

	p.part(t, "model and thickness", "/sim?z=1,1,0", func(t *testing.T) {
		if eval[bool](p, `!document.querySelector("#t-range").hidden`) {
			t.Error("the kinematic page has a slider for the thickness")
		}
		p.click(`input[name="m"][value="d"]`)
		p.wait("a dynamical picture", hud("dynamical, 129 beams"))
		p.wait("the link", `location.search === "?z=1,1,0&m=d"`)
		p.wait("002 in the table", `[...document.querySelectorAll("#rows tbody tr")].some((r) => r.cells[0].textContent.replace(/[^0-9]/g, "") === "002" && parseFloat(r.cells[3].textContent) > 10)`)
		first := eval[string](p, `document.querySelector("#rows tbody tr td:nth-child(4)").textContent`)
		eval[bool](p, `(() => { const r = document.querySelector("#t-range"); r.focus(); r.value = "100"; r.dispatchEvent(new Event("input", {bubbles: true})); return true })()`)
		p.wait("the thickness in its field", `document.querySelector("#t").value === "100"`)
		p.wait("the thickness in the link", `location.search === "?z=1,1,0&t=100&m=d"`)
		if now := eval[string](p, `document.querySelector("#rows tbody tr td:nth-child(4)").textContent`); now == first {
			t.Errorf("the strongest spot has %s %% at 50 and at 100 nm", now)
		}
		p.press("z") // the slider has the focus: letters are not for the pattern
		p.click(`[data-do="undo"]`)
		p.wait("one step back", `location.search === "?z=1,1,0&m=d"`)
	})
	p.part(t, "a long calculation", "/sim?c=lib-yag&z=1,1,1&m=d", func(t *testing.T) {
		p.wait("its message", `document.querySelector(".toasts").textContent.includes("Calculating, 1,000 beams…")`)
		p.wait("its result", hud("dynamical, 1,000 beams"))
		p.wait("no message", `!document.querySelector(".toasts").textContent.includes("Calculating")`)
	})
	p.part(t, "cancelled", "/sim?c=lib-yag&z=0,0,1&m=d", func(t *testing.T) {
		p.wait("Cancel", `[...document.querySelectorAll(".toast button")].some((b) => b.textContent === "Cancel")`)
		eval[bool](p, `[...document.querySelectorAll(".toast button")].find((b) => b.textContent === "Cancel").click() ?? true`)
		p.says("Cancelled. Showing the kinematic pattern.")
		p.wait("the link", `location.search === "?c=lib-yag"`)
	})
	p.part(t, "a drag meanwhile", "/sim?c=lib-yag&z=0,0,1&m=d", func(t *testing.T) {
		p.wait("its message", `document.querySelector(".toasts").textContent.includes("Calculating")`)
		x, y, half := p.centre()
		p.drag(x+half/2, y+half/3, 30, 20, 5)
		p.wait("the new picture", hud("dynamical, 1,000 beams")+` && !location.search.includes("d=0")`+` && location.search.includes("d=")`)
	})
	p.part(t, "too many beams", "/sim?z=0,0,1&m=d", func(t *testing.T) {
		p.drop("POSCAR", []byte("sheet\n1.0\n100 0 0\n0 100 0\n0 0 5\nSi\n1\ndirect\n0 0 0\n"))
		p.wait("the message", `/Too many beams for this device \([0-9,]+\)\. Lower the thickness limit or raise the cut-off\./.test(document.querySelector(".toasts").textContent)`)
		eval[bool](p, `[...document.querySelectorAll(".toast button")].find((b) => b.textContent === "Use kinematic").click() ?? true`)
		p.wait("the kinematic model", `document.querySelector('input[name="m"][value="k"]').checked`)
		if link := p.link(); strings.Contains(link, "m=d") {
			t.Errorf("the link stays %s", link)
		}
	})
}
