//go:build e2e

package e2e

import (
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"zoneaxis/internal/artefact"
)

// hud is the condition that the corner of the picture names what it shows.
func hud(text string) string {
	return `document.querySelector(".hud-beam").textContent.replace(/[\u2009\u00a0]/g, " ").includes(` + quote(text) + `)`
}

// TestDynamical switches the model, turns the thickness, waits for a long
// calculation, cancels one, and is told when there are too many beams.
func TestDynamical(t *testing.T) {
	s := startServer(t)
	p := simulator(t, wholeBrowser(t), s, "/sim?z=1,1,0", 1440, 900)

	p.part(t, "model and thickness", "/sim?z=1,1,0", func(t *testing.T) {
		if eval[bool](p, `!document.querySelector("#t-range").hidden`) {
			t.Error("the kinematic page has a slider for the thickness")
		}
		p.click(`input[name="m"][value="d"]`)
		p.wait("a dynamical picture", hud("dynamical, 143 beams"))
		p.wait("the link", `location.search === "?z=1,1,0&m=d&ab=t"`)
		p.wait("002 in the table", `[...document.querySelectorAll("#rows tbody tr")].some((r) => r.cells[0].textContent.replace(/[^0-9]/g, "") === "002" && parseFloat(r.cells[3].textContent) > 10)`)
		first := eval[string](p, `document.querySelector("#rows tbody tr td:nth-child(4)").textContent`)
		eval[bool](p, `(() => { const r = document.querySelector("#t-range"); r.focus(); r.value = "100"; r.dispatchEvent(new Event("input", {bubbles: true})); return true })()`)
		p.wait("the thickness in its field", `document.querySelector("#t").value === "100"`)
		p.wait("the thickness in the link", `location.search === "?z=1,1,0&t=100&m=d&ab=t"`)
		if now := eval[string](p, `document.querySelector("#rows tbody tr td:nth-child(4)").textContent`); now == first {
			t.Errorf("the strongest spot has %s %% at 50 and at 100 nm", now)
		}
		p.press("z") // the slider has the focus: letters are not for the pattern
		p.click(`[data-do="undo"]`)
		p.wait("one step back", `location.search === "?z=1,1,0&m=d&ab=t"`)
		p.wait("the absorption", hud("thermal absorption"))
		for _, width := range []int64{1024, 1440} {
			p.do(chromedp.EmulateViewport(width, 900))
			if wide := eval[[]string](p, `(document.querySelector('[data-tab="beam"]')?.click(), [...document.querySelectorAll("#settings fieldset.row")].map((f) => [f.querySelector("legend"), f.querySelector(".seg")])
				.filter(([l, s]) => l.offsetParent && (l.scrollWidth > l.offsetWidth || (l.getBoundingClientRect().right > s.getBoundingClientRect().left && l.getBoundingClientRect().bottom > s.getBoundingClientRect().top + 1))).map(([l]) => l.textContent))`); len(wide) > 0 {
				t.Errorf("%d px: %v run under their buttons", width, wide)
			}
		}
		// The panel may still be on its way after the change of the window.
		choose := func(value string) {
			eval[bool](p, `(document.querySelector('input[name="ab"][value="`+value+`"]').click(), true)`)
		}
		choose("p")
		p.wait("a field for the ratio", hud("absorption 0.1 of the potential")+` && document.querySelector("#ar").offsetHeight > 0`)
		choose("n")
		p.wait("no absorption", hud("no absorption")+` && location.search === "?z=1,1,0&m=d" && !document.querySelector("#ar").offsetHeight`)
		p.click(`[data-do="undo"]`)
		p.wait("absorption again", hud("absorption 0.1 of the potential"))
	})
	p.part(t, "a long calculation", "/sim?c=lib-yag&z=1,1,1&m=d", func(t *testing.T) {
		p.wait("its message", `document.querySelector(".toasts").textContent.includes("Calculating, 1,000 beams…")`)
		p.wait("its result", hud("dynamical, 1,000 beams"))
		p.wait("no message", `!document.querySelector(".toasts").textContent.includes("Calculating")`)
	})
	p.part(t, "refined", "/sim?c=lib-srtio3&z=0,0,1&m=d&t=100", func(t *testing.T) {
		p.wait("the first figure", hud("not converged (19 %)"))
		p.wait("more beams, until that changes little", hud("dynamical, 729 beams")+" && "+hud("convergence 3.3 %"))
		if link := p.link(); link != "/sim?c=lib-srtio3&t=100&m=d" {
			t.Errorf("the link is %s", link)
		}
		if caption := eval[string](p, `document.querySelector('#panel-table [data-part="count"]').textContent`); !strings.Contains(caption, "729 beams") {
			t.Errorf("the table has %q", caption)
		}
	})
	p.part(t, "cancelled", "/sim?c=lib-yag&z=0,0,1&m=d", func(t *testing.T) {
		p.wait("Cancel", `[...document.querySelectorAll(".toast button")].some((b) => b.textContent === "Cancel")`)
		eval[bool](p, `[...document.querySelectorAll(".toast button")].find((b) => b.textContent === "Cancel").click() ?? true`)
		p.says("Cancelled. Showing the kinematic pattern.")
		p.wait("the link", `location.search === "?c=lib-yag&ab=n"`)
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

// watchTruth notes at every frame of the browser what the corner of the picture,
// the heading of the table and the table itself say.
const watchTruth = `(() => {
	window.seen = [];
	const look = () => {
		const text = (s) => document.querySelector(s).textContent.replace(/[\u2009\u00a0]/g, " ");
		seen.push({corner: text("#hud p:last-child"), count: text('#panel-table [data-part="count"]'), busy: document.querySelector("#rows").ariaBusy === "true"});
		requestAnimationFrame(look);
	};
	look();
	return true;
})()`

// TestOneTruth: while the crystal is dragged the corner of the picture says that
// it is a draft, the table names the same model and shows its numbers as those of
// the state before; percentages say what they are of.
func TestOneTruth(t *testing.T) {
	s := startServer(t)
	p := simulator(t, browser(t), s, "/sim?z=1,1,0&m=d", 1440, 900)
	const whole = `document.querySelector("#rows").ariaBusy !== "true" && `
	p.wait("the model", whole+hud("dynamical, 143 beams"))
	if got := p.text(`#rows th[data-sort="i"]`); !strings.HasPrefix(got, "I (%) of the incident beam") {
		t.Errorf("the head of the column is %q", got)
	}
	eval[bool](p, watchTruth)
	x, y, half := p.centre()
	p.drag(x+half/2, y+half/3, 20, 14, 8)
	p.wait("the whole picture", whole+`/^dynamical, \d+ beams \+ [\d,]+ weak$/.test(document.querySelector("#hud p:last-child").textContent) && location.search.includes("d=")`)
	for _, bad := range eval[[]struct{ Corner, Count string }](p, `seen.filter((s) => !s.count.endsWith(" in view, " + s.corner))`) {
		t.Errorf("the picture is %q, the table %q", bad.Corner, bad.Count)
	}
	if n := eval[int](p, `seen.filter((s) => s.corner.startsWith("draft, ")).length`); n == 0 {
		t.Error("no frame of the drag says that it is a draft")
	}
	if n := eval[int](p, `seen.filter((s) => s.corner.startsWith("draft, ") && !s.busy).length`); n > 0 {
		t.Errorf("%d drafts with the numbers of another state beside them", n)
	}
	if got := eval[string](p, `getComputedStyle(document.querySelector("#rows td")).opacity`); got != "1" {
		t.Errorf("the numbers stay at an opacity of %s", got)
	}
	// The thickness goes with its slider.
	eval[bool](p, `(() => { const r = document.querySelector("#t-range"); r.value = "80"; r.dispatchEvent(new Event("input", {bubbles: true})); return true })()`)
	p.wait("the thickness", hud("80 nm")+` && document.querySelector("#t").value === "80"`)
	p.do(chromedp.Focus(chromedp.CSS("#field")))
	p.key("f")
	p.wait("a spot", `zx.app.now.view.detail?.hkl`)
	p.key(kb.Enter)
	p.wait("the card", `/Intensity[\d.]+ % of the incident beam/.test(document.querySelector(".card")?.textContent)`)
	p.click(`input[name="m"][value="k"]`)
	p.wait("the kinematic share", `document.querySelector('#rows [data-part="of"]').textContent === "of the strongest spot" && /[\d.]+ % of the strongest spot/.test(document.querySelector(".card").textContent)`)
}

// watchSolvers notes which solvers the page starts, what they do and whether
// they are ended; with window.noSolvers set none can be started.
const watchSolvers = `(() => {
	window.solvers = [];
	const Plain = Worker;
	window.Worker = class extends Plain {
		constructor(url, how) {
			if (how.name === "solver" && window.noSolvers) throw new Error("no workers");
			super(url, how);
			if (how.name !== "solver") return;
			this.seen = {jobs: 0, results: 0, ended: false};
			window.solvers.push(this.seen);
			this.addEventListener("message", ({data}) => data.result && this.seen.results++);
		}
		postMessage(message, transfer) {
			if (message.job && this.seen) this.seen.jobs++;
			super.postMessage(message, transfer);
		}
		terminate() {
			if (this.seen) this.seen.ended = true;
			super.terminate();
		}
	};
	return true;
})()`

// wholePicture is the picture of the state as the engine draws it.
const wholePicture = `(async () => {
	const engine = await import(new URL("../shared/engine.js", document.querySelector("script[type=module]").src).href);
	return (await engine.send({op: "view", draw: "svg"})).svg;
})()`

// TestSolver: a long calculation runs in a worker of its own while the engine's
// answers frames; it is ended by Cancel and by a turn of the crystal; and the
// picture is that which the engine makes by itself where no worker can start.
func TestSolver(t *testing.T) {
	s := startServer(t)
	p := simulator(t, browser(t), s, "/sim?z=1,1,0", 1440, 900)
	eval[bool](p, watchSolvers)
	const garnet = "/sim?c=lib-yag&z=0,0,1&m=d&t=50"
	var want string
	p.part(t, "beside frames", garnet, func(t *testing.T) {
		p.wait("a job", `solvers.length === 1 && solvers[0].jobs === 1`)
		times := eval[[]float64](p, `(async () => {
			const engine = await import(new URL("../shared/engine.js", document.querySelector("script[type=module]").src).href);
			const times = [];
			while (solvers[0].results === 0) {
				const began = performance.now();
				await new Promise((done) => engine.sendFrame({op: "zoom", factor: times.length % 2 ? 1.01 : 1 / 1.01, draw: "svg"}, done));
				times.push(performance.now() - began);
			}
			return times;
		})()`)
		if len(times) < 10 {
			t.Fatalf("%d frames while the solver worked", len(times))
		}
		slices.Sort(times)
		t.Logf("%d frames beside the calculation, median %.1f ms, 95 %% within %.1f, the longest %.1f", len(times), times[len(times)/2], times[len(times)*95/100], times[len(times)-1])
		p.wait("its result", hud("dynamical, 997 beams"))
		// Two halves of the beams tell how far it has converged.
		p.wait("its convergence", hud("converge")+` && solvers.length === 1 && solvers[0].jobs === 3 && solvers[0].results === 3`)
		p.state(garnet)
		if want = eval[string](p, wholePicture); len(want) < 5000 {
			t.Errorf("a picture of %d bytes", len(want))
		}
	})
	p.part(t, "cancelled", "/sim?c=lib-yag&z=1,1,1&m=d", func(t *testing.T) {
		p.wait("a job in the same solver", `solvers.length === 1 && solvers[0].jobs === 4`)
		p.wait("Cancel", `[...document.querySelectorAll(".toast button")].some((b) => b.textContent === "Cancel")`)
		eval[bool](p, `[...document.querySelectorAll(".toast button")].find((b) => b.textContent === "Cancel").click() ?? true`)
		p.says("Cancelled. Showing the kinematic pattern.")
		p.wait("the end of the solver", `solvers[0].ended && solvers[0].results === 3`)
	})
	p.part(t, "a turn meanwhile", "/sim?c=lib-yag&z=1,1,2&m=d", func(t *testing.T) {
		p.wait("a job in a new solver", `solvers.length === 2 && solvers[1].jobs === 1`)
		x, y, half := p.centre()
		p.drag(x+half/2, y+half/3, 30, 20, 5)
		p.wait("the end of the solver and the job of the new state", `solvers[1].ended && solvers.length >= 3`)
		p.wait("the new picture", hud("dynamical, 1,000 beams")+` && location.search.includes("d=")`)
		if got := eval[[]int](p, `solvers.map((s) => s.results)`); got[0] != 3 || got[1] != 0 || got[len(got)-1] < 1 {
			t.Errorf("results of the solvers: %v", got)
		}
	})
	p.enter("/sim?z=1,1,0")
	eval[bool](p, watchSolvers)
	eval[bool](p, `window.noSolvers = true`)
	p.part(t, "without workers", garnet, func(t *testing.T) {
		p.wait("its result", hud("dynamical, 997 beams"))
		if n := eval[int](p, `solvers.length`); n != 0 {
			t.Errorf("%d solvers", n)
		}
		if got := eval[string](p, wholePicture); got != want {
			t.Errorf("another picture without a solver: see %s and %s", artefact.Drawing(t, "solver/without.svg", got), artefact.Drawing(t, "solver/with.svg", want))
		}
	})
}
