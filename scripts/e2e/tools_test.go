//go:build e2e

package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	control "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/performance"
	"github.com/chromedp/chromedp"
)

// downloads sends what the tab saves to a new directory.
func (p *tab) downloads() string {
	p.t.Helper()
	dir := p.t.TempDir()
	p.do(func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, control.SetDownloadBehavior, control.SetDownloadBehaviorParams{Behavior: "allow", DownloadPath: dir})
		return chromedp.Void{}, err
	})
	return dir
}

// saved waits for a file and returns its content.
func saved(t *testing.T, dir, name string) []byte {
	t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		if data, err := os.ReadFile(filepath.Join(dir, name)); err == nil && len(data) > 0 {
			return data
		}
		if time.Now().After(deadline) {
			entries, _ := os.ReadDir(dir)
			t.Fatalf("no file %s was saved; there is %v", name, entries)
		}
	}
}

// dialogButton presses a button of the open dialog by its text.
func (p *tab) dialogButton(text string) {
	p.t.Helper()
	if !eval[bool](p, fmt.Sprintf(`(() => { const b = [...document.querySelectorAll("dialog[open] button")].find((b) => b.textContent.trim() === %s); b?.click(); return !!b })()`, quote(text))) {
		p.t.Fatalf("the dialog has no button %q", text)
	}
}

// drop drops a file on the page.
func (p *tab) drop(name string, data []byte) {
	p.t.Helper()
	eval[bool](p, fmt.Sprintf(`(() => {
		const t = new DataTransfer();
		t.items.add(new File([%s], %s));
		for (const kind of ["dragenter", "dragover", "drop"]) document.querySelector("#field").dispatchEvent(new DragEvent(kind, {dataTransfer: t, bubbles: true, cancelable: true}));
		return true;
	})()`, quote(string(data)), quote(name)))
}

// TestExports saves every kind of file and drops the SVG back.
func TestExports(t *testing.T) {
	s := startServer(t)
	// Where downloads go and what the clipboard allows belongs to a whole browser.
	own, stop := chromium(t, whole.switches...)
	t.Cleanup(stop)
	p := simulator(t, own, s, "/sim?z=1,1,0", 1440, 900)
	dir := p.downloads()
	const state = "/sim?z=1,1,0&d=0.30,-0.30,5.00&o=ikds&ms=1,-1,1;2,-2,0"

	p.part(t, "files", state, func(t *testing.T) {
		p.click(`[data-do="export"]`)
		p.wait("the dialog", `document.querySelector("dialog[open]")`)
		p.dialogButton("Save SVG")
		svg := saved(t, dir, "si-lib-si_110_200kV.svg")
		if !bytes.Contains(svg, []byte("<text")) || !bytes.Contains(svg, []byte("z=1,1,0")) {
			t.Error("the SVG lacks its text or its state")
		}
		p.wait("the confirmation", `document.querySelector(".toast")?.textContent.includes("Saved si-lib-si_110_200kV.svg.")`)

		p.dialogButton("Save PNG")
		img, err := png.Decode(bytes.NewReader(saved(t, dir, "si-lib-si_110_200kV.png")))
		if err != nil {
			t.Fatal(err)
		}
		small := img.Bounds().Dx()
		os.Remove(filepath.Join(dir, "si-lib-si_110_200kV.png"))
		eval[bool](p, `(document.querySelector("dialog[open] select[name=times]").value = "4", true)`)
		p.dialogButton("Save PNG")
		img, err = png.Decode(bytes.NewReader(saved(t, dir, "si-lib-si_110_200kV.png")))
		if err != nil {
			t.Fatal(err)
		}
		if large := img.Bounds().Dx(); small < 800 || large != 2*small {
			t.Errorf("the PNG is %d px wide at twice the size and %d at four times", small, large)
		}

		p.dialogButton("CSV")
		csv := string(saved(t, dir, "si-lib-si_110_200kV.csv"))
		if n := strings.Count(csv, "\n"); n < 20 || !strings.Contains(csv, "h,k,l") {
			t.Errorf("the CSV has %d lines: %.200s", n, csv)
		}
		p.dialogButton("JSON")
		if data := saved(t, dir, "si-lib-si_110_200kV.json"); !json.Valid(data) {
			t.Errorf("not JSON: %.100s", data)
		}
		p.press("Escape")
		p.wait("closed", `!document.querySelector("dialog[open]")`)

		link := p.link()
		p.state("/sim?c=lib-au&z=1,1,1")
		p.drop("si-lib-si_110_200kV.svg", svg)
		p.wait("the dropped state", `zx.app.now.link === `+quote(link))
	})
	p.part(t, "copies", state, func(t *testing.T) {
		p.do(func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
			for _, name := range []string{"clipboard-read", "clipboard-write"} {
				if _, err := cdp.Call(ctx, t, control.SetPermission, control.SetPermissionParams{Origin: s.base, Permission: &control.PermissionDescriptor{Name: name}, Setting: control.PermissionSettingGranted}); err != nil {
					return chromedp.Void{}, err
				}
			}
			return chromedp.Void{}, nil
		})
		for _, c := range []struct{ button, said, text string }{
			{`[data-do="link"]`, "Link copied.", s.base + "/sim?"},
			{`[data-do="measure-copy"]`, "Measurement copied.", "35.26"},
		} {
			p.click(c.button)
			p.wait(c.said, pageText+`.includes(`+quote(c.said)+`)`)
			if got := eval[string](p, `navigator.clipboard.readText()`); !strings.Contains(got, c.text) {
				t.Errorf("%s: the clipboard holds %q", c.said, got)
			}
		}
	})
}

// TestUndo takes back each kind of change and does it again.
func TestUndo(t *testing.T) {
	s := startServer(t)
	p := simulator(t, browser(t), s, "/sim?z=1,1,0", 1440, 900)
	for _, c := range []struct{ name, request string }{
		{"zone axis", `{op: "zone", text: "112"}`},
		{"tilt", `{op: "tilt", x: 2, y: 1}`},
		{"rotation", `{op: "rotate", deg: 10}`},
		{"crystal", `{op: "crystal", id: "lib-au"}`},
		{"voltage", `{op: "set", set: {values: {kv: "300"}}}`},
		{"camera length", `{op: "set", set: {values: {cl: "800"}}}`},
		{"thickness", `{op: "set", set: {values: {t: "80"}}}`},
		{"overlays", `{op: "set", set: {values: {o: "+h"}}}`},
		{"pattern style", `{op: "set", set: {values: {p: "phosphor"}}}`},
		{"mirror and rotation", `{op: "set", set: {values: {f: "+h"}}}`},
		{"measurement", `{op: "measure", hkl: [1, -1, 1]}`},
		{"holder", `{op: "set", set: {holder: {alpha: "5", beta: "-3"}}}`},
		{"second phase", `{op: "set", set: {second: {id: "twin", relation: "(111)"}}}`},
		{"rings", `{op: "set", set: {values: {w: "r"}}}`},
	} {
		p.part(t, c.name, "/sim?z=1,1,0", func(t *testing.T) {
			if !eval[bool](p, `zx.app.act(`+c.request+`, {}).then((r) => r.ok)`) {
				t.Fatal("the change was refused")
			}
			picture := `zx.history.current()`
			changed := eval[string](p, picture)
			p.press("z", chromedp.ModifierCtrl)
			p.wait("the words", pageText+`.includes(`+quote("Undone: "+c.name+".")+`)`)
			p.wait("the first state", `new URL(zx.app.now.link, location.href).search === "?z=1,1,0" && `+picture+` !== `+quote(changed))
			p.press("y", chromedp.ModifierCtrl)
			p.wait("the words", pageText+`.includes(`+quote("Redone: "+c.name+".")+`)`)
			p.wait("the change again", picture+` === `+quote(changed))
		})
	}
}

// TestPanels uses the search, the plan, the stereogram, the second phase, the
// rings and the table.
func TestPanels(t *testing.T) {
	s := startServer(t)
	p := simulator(t, browser(t), s, "/sim?z=1,1,0", 1440, 900)

	p.part(t, "search by keys", "/sim?z=1,1,0", func(t *testing.T) {
		p.press("/")
		p.wait("the field", `document.activeElement.id === "find"`)
		p.fill("#find", "ti")
		p.wait("hits", `document.querySelectorAll('#find-list [role="option"]').length > 2 && document.querySelector("#find-0").textContent.includes("Ti") && document.querySelector("#find").getAttribute("aria-expanded") === "true"`)
		active := `document.querySelector("#find").getAttribute("aria-activedescendant")`
		for _, c := range []struct{ key, want string }{{"ArrowDown", "find-0"}, {"ArrowDown", "find-1"}, {"ArrowUp", "find-0"}} {
			p.press(c.key)
			p.wait(c.key+" to "+c.want, active+` === `+quote(c.want)+` && document.getElementById(`+quote(c.want)+`).getAttribute("aria-selected") === "true"`)
		}
		p.press("Escape")
		p.wait("closed", `document.querySelector("#find").getAttribute("aria-expanded") === "false" && document.activeElement.id === "find"`)
		before := p.link()
		p.fill("#find", "gold")
		p.wait("gold", `document.querySelector('#find-list [role="option"]')?.textContent.includes("Gold")`)
		p.press("Tab")
		p.wait("Tab moves on", `document.activeElement.id !== "find"`)
		if got := p.link(); got != before {
			t.Errorf("Tab opened %s", got)
		}
		p.fill("#find", "gold")
		p.wait("gold", `document.querySelector('#find-list [role="option"]')?.textContent.includes("Gold")`)
		p.press("Enter")
		p.wait("gold is open", `document.querySelector('[data-part="heading"]').textContent.startsWith("Gold")`)
	})
	p.part(t, "one spot, two, between them", "/sim?z=1,1,0", func(t *testing.T) {
		p.click(`button[data-tool="measure"]`)
		x, y := p.spotAt("1,-1,1")
		p.clickAt(x, y, 1)
		shown := `document.querySelector('[data-part="measure"]').textContent`
		p.wait("d of the first spot", shown+`.includes("3.136") && !document.querySelector("#measure-actions").hidden`)
		x, y = p.spotAt("2,-2,0")
		p.clickAt(x, y, 1)
		p.wait("the angle", shown+`.includes("35.26°") && `+shown+`.includes("1.633")`)
		p.click(`#between`)
		p.wait("the spacing between", shown+`.includes("between A and B (Å)3.136") && zx.app.now.view.measure.between`)
		p.click(`#between`)
		p.wait("the angle again", shown+`.includes("35.26°")`)
		p.click(`[data-do="measure-clear"]`)
		p.click(`button[data-tool="tilt"]`)
	})
	p.part(t, "tilt plan", "/sim?z=1,1,0&h=0,0,30,30", func(t *testing.T) {
		p.click(`[data-results="tilt"]`)
		p.wait("zones within reach", `document.querySelectorAll("#plan tbody tr").length > 3`)
		if n := eval[float64](p, `document.querySelectorAll("#plan tbody tr").length`); n > 10 {
			t.Errorf("%v zones, want the ten nearest", n)
		}
		p.fill("#target", "111")
		p.press("Enter")
		p.wait("out of reach", `/\[111\] needs α −?[0-9.]+°, β −?[0-9.]+°\. Your limit is ±30°\. Nearest you can reach: .* at α −?[0-9.]+°, β −?[0-9.]+°\./.test(document.querySelector(".plan-answer").textContent.replace(/[\u2009\u00a0]/g, " "))`)
		eval[bool](p, `(document.querySelector("#plan details").open = true)`)
		p.fill("#holder-limitAlpha", "80")
		p.press("Tab")
		p.fill("#holder-limitBeta", "80")
		p.press("Tab")
		p.wait("the angles", `document.querySelectorAll(".plan-answer dd").length === 2`)
		// A holder that has both angles brings [111], 35.26° from [110], to the beam.
		ab := eval[[]float64](p, `[...document.querySelectorAll(".plan-answer dd")].map((n) => parseFloat(n.textContent.replace("−", "-")))`)
		tilt := 180 / math.Pi * math.Acos(math.Cos(ab[0]*math.Pi/180)*math.Cos(ab[1]*math.Pi/180))
		near(t, "angle between [110] and [111]", tilt, 35.264, 0.15) // answers have one decimal each
		p.wait("the way in the stereogram", `document.querySelector("#stereogram .way")`)
		p.fill("#target", "")
		p.press("Enter")
		p.wait("no way without a target", `document.querySelector("#stereogram svg") && !document.querySelector("#stereogram .way")`)
		p.click(`[data-results="measure"]`)
	})
	p.part(t, "stereogram", "/sim?z=1,1,0", func(t *testing.T) {
		p.wait("poles", `document.querySelectorAll("#stereogram .pole-link").length > 5`)
		label := eval[string](p, `(() => { const b = [...document.querySelectorAll("#stereogram .pole-link")].find((b) => b.textContent === "[111]"); b?.click(); return b?.getAttribute("aria-label") ?? "" })()`)
		if label == "" {
			t.Fatal("no pole [111]")
		}
		p.wait("the pole's zone", `document.querySelector('[data-part="heading"]').textContent.includes("zone axis 1 1 1")`)
	})
	p.part(t, "large stereogram", "/sim?z=1,1,0", func(t *testing.T) {
		p.wait("its button", `document.querySelector(".views .larger")`)
		p.click(".views .larger")
		p.wait("the drawing", `document.querySelector("dialog[open] .net svg .pole")`)
		// The pointer reads, a click takes: [110] is in the middle.
		x, y, w, h := p.box(".net")
		p.clickAt(x+w/2, y+h/2, 1)
		p.wait("A", `document.querySelector("#net-first").value === "[110]" && document.querySelector(".net .mark")`)
		p.fill("#net-second", "(1-10)")
		p.press("Enter")
		p.wait("the angle", `document.querySelector(".net-angle").textContent.includes("90.00°") && document.querySelector(".net .circ")`)
		p.fill("#net-radius", "300")
		p.press("Enter")
		p.wait("the fault", `document.querySelector("#net-radius").getAttribute("aria-invalid") === "true" && document.querySelector("#net-radius-error").textContent.includes("0.1° to 179.9°")`)
		p.fill("#net-radius", "35.26")
		p.press("Enter")
		p.wait("the circle", `document.querySelector("#net-radius").getAttribute("aria-invalid") === null && document.querySelector("#net-radius").value === "35.26" && document.querySelector("dialog[open]").textContent.includes("The circle is 35.26° from [110].")`)
		axe(p, "the large stereogram")
		// By keys: the point that is read, the zoom.
		eval[bool](p, `(document.querySelector(".net").focus(), true)`)
		p.press("ArrowUp")
		p.wait("read", `/^\[.*° off; .*° from the beam$/.test(document.querySelector(".net-reading").textContent) && !document.querySelector(".net-cross").hidden`)
		p.press("+")
		p.wait("enlarged", `Number(document.querySelector(".net .pr").getAttribute("r")) > 150`)
		p.press("0")
		p.wait("whole", `document.querySelector(".net .pr").getAttribute("r") === "120"`)
		p.fill("#net-first", "111")
		p.press("Enter")
		p.wait("the small circle about 111", `document.querySelector("dialog[open]").textContent.includes("from [111].")`)
		eval[bool](p, `([...document.querySelectorAll("dialog[open] .btn")].find((b) => b.textContent === "Go to A").click(), true)`)
		p.wait("there", `document.querySelector('[data-part="heading"]').textContent.includes("zone axis 1 1 1")`)
		p.press("Escape")
		p.wait("closed", `!document.querySelector("dialog[open]")`)
	})
	p.part(t, "a tap near a pole", "/sim?z=1,1,0", func(t *testing.T) {
		// Of this orientation, not of the one before.
		p.wait("poles", `document.querySelectorAll("#stereogram .pole-link").length > 5 && document.querySelector("#stereogram svg").getAttribute("aria-label").includes("Beam on 1 1 0")`)
		type hit struct {
			X, Y float64
			Name string
		}
		// A point where the button on top is not that of the nearest pole.
		at := eval[hit](p, `(() => {
			const box = document.querySelector("#stereogram");
			box.scrollIntoView();
			const r = box.getBoundingClientRect();
			const all = [...box.querySelectorAll(".pole-link")].map((b) => { const r = b.getBoundingClientRect(); return {b, x: r.x + r.width / 2, y: r.y + r.height / 2} });
			for (let y = r.top + 20; y < r.bottom - 20; y += 1.5) for (let x = r.left + 20; x < r.right - 20; x += 1.5) {
				const [first, second] = all.map((p) => ({p, off: Math.hypot(p.x - x, p.y - y)})).sort((a, b) => a.off - b.off);
				const top = document.elementFromPoint(x, y)?.closest(".pole-link");
				if (top && top !== first.p.b && second.off - first.off > 1) return {X: x, Y: y, Name: first.p.b.getAttribute("aria-label")};
			}
			return {X: 0, Y: 0, Name: ""};
		})()`)
		if at.Name == "" {
			t.Fatal("no pole is covered by another")
		}
		p.clickAt(at.X, at.Y, 1)
		p.wait("its zone", `document.querySelector('[data-part="heading"]').textContent.includes(`+quote(at.Name+",")+`)`)
	})
	p.part(t, "crystal view turns the pattern", "/sim?z=1,1,0", func(t *testing.T) {
		p.wait("the crystal", `document.querySelector("#crystal-view svg")`)
		eval[bool](p, `(document.querySelector("#crystal-view").scrollIntoView(), true)`)
		x, y, w, h := p.box("#crystal-view")
		p.drag(x+w/2, y+h/2, w/30, 0, 6)
		// A thirtieth of the width is a thirtieth of 90°.
		p.wait("three degrees", `Math.abs(`+offAxis+` - 3) < 0.4 && zx.app.now.link.includes("d=")`)
	})
	p.part(t, "twin", "/sim?z=1,1,0", func(t *testing.T) {
		p.click(`[data-do="second"]`)
		p.wait("the dialog", `document.querySelector("dialog[open] #second-relation")`)
		p.fill("#second-relation", "abc")
		p.press("Enter")
		p.wait("why not", `document.querySelector("dialog[open]").textContent.includes("That is not an orientation relationship.")`)
		p.fill("#second-relation", "(111)")
		p.press("Enter")
		p.wait("the twin", `!document.querySelector("dialog[open]") && zx.app.now.view.second?.variants > 0`)
		p.wait("its line", `document.querySelector('[data-part="second"]').textContent.length > 10`)
		variant := eval[float64](p, `zx.app.now.view.second.variant`)
		if eval[float64](p, `zx.app.now.view.second.variants`) > 1 {
			p.click(`[aria-label="Next variant"]`)
			p.wait("another variant", fmt.Sprintf(`zx.app.now.view.second.variant !== %v`, variant))
		}
		link := p.link()
		p.enter(link)
		if !eval[bool](p, `!!zx.app.now.view.second`) {
			t.Errorf("the link %s does not hold the twin", link)
		}
		p.click(`[aria-label="Remove the second phase"]`)
		p.wait("gone", `!zx.app.now.view.second`)
	})
	p.part(t, "rings", "/sim?z=1,1,0", func(t *testing.T) {
		before := p.text(`[data-part="description"]`)
		p.click(`input[name="m"][value="rings"]`)
		p.wait("rings", `zx.app.now.view.values.w === "r"`)
		p.wait("their words", `document.querySelector('[data-part="description"]').textContent !== `+quote(before))
		p.click(`[data-results="table"]`)
		p.wait("families in the table", `/^\{111\}\s*3\.136\s*3\.19\s*100\.0\s*8$/.test([...document.querySelector("#rows tbody tr").children].map((c) => c.textContent).join(" "))`)
		if got := eval[string](p, `[...document.querySelectorAll("#rows thead th")].filter((th) => th.offsetParent).map((th) => th.dataset.sort).join(" ")`); got != "hkl d g i m" {
			t.Errorf("columns %s", got)
		}
		p.click(`#rows th[data-sort="m"] button`)
		p.wait("most planes first", `((m) => m.length > 5 && m.every((v, i) => i === 0 || v <= m[i - 1]))([...document.querySelectorAll("#rows tbody tr")].map((r) => +r.lastElementChild.textContent))`)
		p.click(`#rows th[data-sort="i"] button`)
		p.click(`[data-results="measure"]`)
		// A tap on the ring of 220, 0.5207 Å⁻¹.
		cx, cy, _ := p.centre()
		r := eval[float64](p, `zx.pattern.scale() * 0.5207 * 10 / zx.app.now.view.scale`)
		p.clickAt(cx-0.6*r, cy-0.8*r, 1)
		p.wait("the card of the ring", `!document.querySelector(".card").hidden && document.querySelector(".card").textContent.includes("{220}") && document.querySelector(".card").textContent.includes("Planes12")`)
		p.wait("the ring marked", `document.querySelectorAll("#drawing .sel circle").length === 2`)
		p.press("Escape")
		p.click(`button[data-tool="measure"]`)
		p.clickAt(cx-0.6*r, cy-0.8*r, 1)
		p.wait("d of the ring", `document.querySelector('[data-part="measure"]').textContent.includes("1.920") || zx.app.now.view.measure.points[0]?.d === "1.920"`)
		p.clickAt(cx+r/2, cy, 1)
		p.wait("d of a free radius", `zx.app.now.view.measure.points[1]?.free && Math.abs(zx.app.now.view.measure.points[1].d - 3.84) < 0.03 && document.querySelector('[data-part="measure"]').textContent.includes("ratio B / A")`)
		p.click(`[data-do="measure-clear"]`)
		p.click(`button[data-tool="tilt"]`)
		link := p.link()
		p.click(`input[name="m"][value="k"]`)
		p.wait("spots", `zx.app.now.view.values.w === ""`)
		if p.link() == link {
			t.Error("the link does not tell rings from spots")
		}
	})
	p.part(t, "table", "/sim?z=1,1,0", func(t *testing.T) {
		p.click(`[data-results="table"]`)
		column := `[...document.querySelectorAll("#rows tbody tr")].map((r) => parseFloat(r.children[1].textContent))`
		p.click(`#rows th[data-sort="d"] button`)
		p.wait("sorted by d", `document.querySelector('#rows th[data-sort="d"]').getAttribute("aria-sort") === "descending" && ((d) => d.length > 5 && d.every((v, i) => i === 0 || !(v > d[i - 1])))(`+column+`)`)
		p.click(`#rows th[data-sort="d"] button`)
		p.wait("the other way", `document.querySelector('#rows th[data-sort="d"]').getAttribute("aria-sort") === "ascending" && ((d) => d.length > 5 && d.every((v, i) => i === 0 || !(v < d[i - 1])))(`+column+`)`)
		eval[bool](p, `(document.querySelector('#rows tbody tr').focus(), true)`)
		p.wait("the row's spot", `zx.app.now.view.detail?.hkl`)
		p.press("ArrowDown")
		p.wait("the next row", `document.activeElement === document.querySelectorAll("#rows tbody tr")[1]`)
		p.click(`[data-do="all-rows"]`)
		p.wait("all rows", `document.querySelectorAll("dialog[open] tbody tr").length > 20`)
		p.fill(`dialog[open] input[type="search"]`, "{111}")
		p.wait("the family", `((r) => r.length > 0 && r.every((n) => n.dataset.hkl.replace(/-/g, "") === "1,1,1"))([...document.querySelectorAll("dialog[open] tbody tr")])`)
		p.press("Escape")
		p.click(`[data-results="measure"]`)
	})
	p.part(t, "match the screen is remembered", "/sim?z=1,1,0", func(t *testing.T) {
		eval[bool](p, `(document.querySelector("#match").open = true)`)
		p.click(`input[name="f"][value="h"]`)
		p.wait("mirrored", `zx.app.now.view.values.f.includes("h") && zx.app.now.link.includes("f=h")`)
		if got := p.text(`[data-part="hud"]`); !strings.Contains(strings.ToLower(got), "mirror") {
			t.Errorf("the mirror is not always visible: %q", got)
		}
		p.enter("/sim") // a link with a state stays as it was sent (TestOtherPeoplesLinks)
		p.wait("remembered", `zx.app.now.view.values.f.includes("h")`)
		eval[bool](p, `(document.querySelector("#match").open = true)`)
		p.click(`input[name="f"][value="h"]`)
		p.wait("forgotten", `!zx.app.now.view.values.f`)
	})
}

// TestDoublePath taps a forbidden spot: the way of double diffraction is drawn
// over the pattern until the spot is left.
func TestDoublePath(t *testing.T) {
	s := startServer(t)
	p := simulator(t, wholeBrowser(t), s, "/sim?z=1,1,0&d=0.30,-0.30,0.00&o=ids", 1440, 900)
	p.wait("the canvas", onCanvas)
	arrows := `document.querySelectorAll("#drawing .via path").length`
	if n := eval[float64](p, arrows); n != 0 {
		t.Fatal("arrows before anything is selected")
	}
	x, y := p.spotAt("0,0,2")
	p.clickAt(x, y, 1)
	p.wait("the arrows", arrows+` === 1`)
	p.wait("their words", `document.querySelector(".card").textContent.includes("Double diffraction can reach it.")`)
	box := eval[[]float64](p, `(() => { const r = document.querySelector("#drawing .via path").getBoundingClientRect(); return [r.left, r.top, r.right, r.bottom] })()`)
	ox, oy, _ := p.centre()
	if box[2] < ox-2 || box[2] > x+20 || math.Abs(box[3]-oy) > 3 || box[1] > y+15 {
		t.Errorf("the arrows lie in %v, 000 at %.0f, %.0f and 002 at %.0f, %.0f", box, ox, oy, x, y)
	}
	p.shot("double-path")
	p.press("Escape")
	p.wait("gone", arrows+` === 0 && document.querySelector(".card").hidden`)
	// By keys alone: the walk reaches the mark.
	eval[bool](p, `(document.querySelector("#field").focus(), true)`)
	p.press("f")
	p.wait("a spot", `zx.app.now.view.detail?.hkl`)
	eval[bool](p, `zx.app.act({op: "select", hkl: [0, 0, 4]}, {keep: true}).then(() => true)`)
	p.press("ArrowDown")
	p.wait("a forbidden spot by keys", `zx.app.now.view.detail?.forbidden`)
	p.press("Escape")
}

// TestSearchOnPhone leaves the search and has the focus back where it was.
func TestSearchOnPhone(t *testing.T) {
	s := startServer(t)
	p := simulator(t, browser(t), s, "/sim?z=1,1,0", 390, 844)
	p.click(".crystal-button")
	p.wait("the search", `document.activeElement.id === "find"`)
	p.press("Escape")
	p.wait("the button again", `document.activeElement.matches(".crystal-button") && document.querySelector("#search").dataset.open === undefined`)
	p.click(".crystal-button")
	p.fill("#find", "gold")
	p.wait("gold", `document.querySelector('#find-list [role="option"]')?.textContent.includes("Gold")`)
	p.press("Enter")
	p.wait("gold is open, the focus in place", `document.querySelector('[data-part="heading"]').textContent.startsWith("Gold") && document.activeElement.matches(".crystal-button")`)
}

// TestTargets measures what fingers and pointers have to hit: 44 px on a phone
// for whatever moves the crystal or the sheet, 24 px for anything anywhere. The
// poles of the stereogram lie where they lie; a tap takes the nearest.
func TestTargets(t *testing.T) {
	s := startServer(t)
	chrome := browser(t)
	for _, c := range []struct {
		width, height int64
		least         float64
	}{{390, 844, 44}, {320, 640, 44}, {1440, 900, 24}} {
		t.Run(fmt.Sprint(c.width), func(t *testing.T) {
			p := simulator(t, chrome, s, "/sim?z=1,1,0&m=d&ms=1,-1,1;2,-2,0", c.width, c.height)
			tabs := []string{"crystal", "orient", "beam", "measure", "tilt"}
			if c.width > 1180 {
				tabs = []string{""}
			}
			for _, tab := range tabs {
				if tab != "" && tab != "orient" {
					p.click(`button[data-tab="` + tab + `"]`)
					p.wait(tab, `document.querySelector("#app").dataset.tab === `+quote(tab))
				}
				small := eval[[]string](p, fmt.Sprintf(`[...document.querySelectorAll("button, a.btn, a.chip, .field, summary, label.check, .grab")]
					.filter((n) => n.offsetParent && !n.matches(".pole-link, .sr"))
					.map((n) => ({n, r: n.getBoundingClientRect()}))
					.filter(({n, r}) => r.height < (n.matches(".sort, .seg *") ? Math.min(%[1]v, 42) : %[1]v) || r.width < (n.matches(".sort") ? 24 : Math.min(%[1]v, 42)))
					.map(({n, r}) => (n.getAttribute("aria-label") ?? n.id ?? "") + n.textContent.trim().slice(0, 20) + " " + Math.round(r.width) + "×" + Math.round(r.height))`, c.least))
				if len(small) > 0 {
					t.Errorf("%s: %v", tab, small)
				}
			}
		})
	}
}

// TestLeftHand moves the tools to the left edge, and finds them there again.
func TestLeftHand(t *testing.T) {
	s := startServer(t)
	p := simulator(t, browser(t), s, "/sim?z=1,1,0", 390, 844)
	if x, _, w, _ := p.box(".dock"); x+w/2 < 195 {
		t.Fatalf("the tools begin at the left, %v", x)
	}
	p.click(`button[data-tab="crystal"]`)
	p.click(`#left-hand`)
	p.wait("the left edge", `document.querySelector(".dock").getBoundingClientRect().right < 195`)
	p.enter("/sim?z=1,1,2")
	p.wait("still there", `document.querySelector(".dock").getBoundingClientRect().right < 195 && document.querySelector("#left-hand").checked`)
}

// TestToasts has a confirmation wait while it is pointed at, and go after six
// seconds when it is not.
func TestToasts(t *testing.T) {
	s := startServer(t)
	p := simulator(t, browser(t), s, "/sim?z=1,1,0&d=1.00,0.00,0.00", 1440, 900)
	p.click(`.toast [aria-label="Close"]`) // the one on the slow line
	p.mouse(chromedp.MouseMoved, 5, 5, 0)
	p.click("#snap")
	p.wait("the words", `document.querySelector(".toast")?.textContent === "Snapped to [110]."`)
	p.wait("they are said", `document.querySelector("#status").textContent.includes("zone axis 1 1 0") || document.querySelector("#status").textContent.includes("Snapped")`)
	x, y, w, h := p.box(".toast")
	p.mouse(chromedp.MouseMoved, x+w/2, y+h/2, 0)
	time.Sleep(6500 * time.Millisecond)
	if !eval[bool](p, `!!document.querySelector(".toast")`) {
		t.Fatal("it went while pointed at")
	}
	p.mouse(chromedp.MouseMoved, 5, 5, 0)
	began := time.Now()
	p.wait("gone", `!document.querySelector(".toast")`)
	if d := time.Since(began); d < 5500*time.Millisecond {
		t.Errorf("it went %v after the pointer left", d)
	}
}

// TestTabOrder walks over the whole page by Tab.
func TestTabOrder(t *testing.T) {
	s := startServer(t)
	chrome := browser(t)
	for _, c := range []struct {
		name          string
		width, height int64
		want          []string
	}{
		{"desktop", 1440, 900, []string{"skip", "brand", "find", "link", "export", "theme", "help", "open-file", "zone", "tilt", "rotation", "kv", "cl", "t", "m", "ab", "o", "p", "field", "tool", "zoom", "results", "measure-copy", "pole"}},
		{"phone", 390, 844, []string{"skip", "search", "link", "export", "help", "field", "tool", "zoom", "row", "step", "tilt", "sheet", "zone", "rotation", "tab"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := simulator(t, chrome, s, "/sim?z=1,1,0&m=d&ms=1,-1,1;2,-2,0", c.width, c.height)
			if c.name == "desktop" {
				p.wait("the linked views", `document.querySelector("#stereogram .pole-link")`)
			}
			eval[bool](p, `(document.activeElement.blur(), scrollTo(0, 0), true)`)
			var order []string
			for range 90 {
				p.press("Tab")
				name := eval[string](p, `(() => {
					const a = document.activeElement;
					if (!a || a === document.body) return "";
					if (a.closest("iframe") || a.closest("[inert]")) return "inert";
					if (a.matches(".skip")) return "skip";
					if (a.matches(".brand")) return "brand";
					if (a.matches(".pole-link")) return "pole";
					const d = a.dataset;
					return d.do ?? (d.tilt ? "tilt" : d.turn ? "turn" : d.zoom ? "zoom" : d.tool ? "tool" : d.results ? "results" : d.tab ? "tab" : a.name === "o" || a.name === "p" || a.name === "step" ? a.name : a.id || a.name || a.className || a.tagName);
				})()`)
				if name == "" {
					break
				}
				if name == "inert" {
					t.Fatal("the focus went to the canvas")
				}
				if len(order) == 0 || order[len(order)-1] != name {
					order = append(order, name)
				}
			}
			at := -1
			for _, want := range c.want {
				next := slices.Index(order[at+1:], want)
				if next < 0 {
					t.Fatalf("%q does not come after %v in %v", want, order[:at+1], order)
				}
				at += 1 + next
			}
		})
	}
}

// TestLargeText doubles the text in a window of 320 px.
func TestLargeText(t *testing.T) {
	s := startServer(t)
	p := simulator(t, browser(t), s, "/sim?z=1,1,0&ms=1,-1,1;2,-2,0", 320, 640)
	eval[bool](p, `(document.documentElement.style.fontSize = "200%", true)`)
	for _, tab := range []string{"crystal", "orient", "beam", "measure", "tilt"} {
		p.click(`[data-tab="` + tab + `"]`)
		p.wait(tab, `document.querySelector("#app").dataset.tab === `+quote(tab))
		noSideways(p)
	}
	p.shot("text-200")
}

// TestForcedColours looks for the edges and marks that must stay.
func TestForcedColours(t *testing.T) {
	s := startServer(t)
	p := simulator(t, browser(t), s, "/sim?z=1,1,0", 1024, 768)
	p.do(func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "forced-colors", Value: "active"}}})
		return chromedp.Void{}, err
	})
	p.wait("forced colours", `matchMedia("(forced-colors: active)").matches`)
	p.shot("forced-colours")
	for _, button := range []string{`#zone-form button`, `button[data-tool="tilt"]`} {
		if w := eval[float64](p, `parseFloat(getComputedStyle(document.querySelector(`+quote(button)+`)).borderTopWidth)`); w < 1 {
			t.Errorf("%s has no edge in forced colours", button)
		}
	}
	pressed := `((b) => getComputedStyle(b).backgroundColor + getComputedStyle(b).borderTopColor + getComputedStyle(b).outlineStyle)`
	if eval[bool](p, pressed+`(document.querySelector('button[data-tool="tilt"]')) === `+pressed+`(document.querySelector('button[data-tool="measure"]'))`) {
		t.Error("a pressed tool looks like the other in forced colours")
	}
	axe(p, "forced colours")
}

// TestContextLoss takes the graphics away and sees the view come back.
func TestContextLoss(t *testing.T) {
	s := startServer(t)
	p := simulator(t, wholeBrowser(t), s, "/sim?z=1,1,0&d=0.30,-0.30,0.00", 1024, 768)
	p.wait("the canvas", onCanvas)
	link := p.link()
	lost := eval[bool](p.worker("viewer-worker"), `(() => {
		const loss = document.createElement("canvas").getContext("webgl2")?.getExtension("WEBGL_lose_context");
		loss?.loseContext();
		return !!loss;
	})()`)
	if !lost {
		t.Fatal("the context cannot be taken away")
	}
	p.wait("the drawing by SVG meanwhile", `document.querySelectorAll("#drawing svg circle, #drawing svg path").length > 10 || `+onCanvas)
	p.wait("the canvas again", onCanvas)
	p.wait("the words", pageText+`.includes("The graphics were reset by the system. Restored.")`)
	if got := p.link(); got != link {
		t.Errorf("the state went to %s", got)
	}
	// A frame that has not drawn yet is white: in a dark room that is a flash.
	opacity := eval[[]string](p, `(() => {
		const main = document.querySelector("#pattern"), frame = document.querySelector("iframe.canvas");
		const drawn = getComputedStyle(frame).opacity;
		main.dataset.stage = "svg";
		const before = getComputedStyle(frame).opacity;
		main.dataset.stage = "canvas";
		return [before, drawn];
	})()`)
	if opacity[0] != "0" || opacity[1] != "1" {
		t.Errorf("the canvas is shown with opacity %s before it has drawn, %s after", opacity[0], opacity[1])
	}
}

// TestWithoutWebGL keeps everything on the SVG: where there is no WebGL, and
// where a browser gives no canvas to workers.
func TestWithoutWebGL(t *testing.T) {
	s := startServer(t)
	t.Run("no WebGL", func(t *testing.T) {
		without, stop := chromium(t, "disable-gpu", "disable-software-rasterizer")
		defer stop()
		withoutCanvas(t, newTab(t, without, s.base, 1024, 768))
	})
	t.Run("no canvas in workers", func(t *testing.T) {
		p := newTab(t, wholeBrowser(t), s.base, 1024, 768)
		p.before(`delete globalThis.OffscreenCanvas`)
		withoutCanvas(t, p)
	})
}

func withoutCanvas(t *testing.T, p *tab) {
	t.Helper()
	p.enter("/sim?z=1,1,0")
	p.wait("the words", pageText+`.includes("This device cannot draw the fast view, so a simpler one is used. All numbers are the same.")`)
	p.do(chromedp.Focus(chromedp.CSS("#field")))
	before := eval[string](p, `document.querySelector("#drawing").innerHTML`)
	p.press("ArrowRight")
	p.wait("another picture", `zx.app.now.link.includes("d=") && document.querySelector("#drawing").innerHTML !== `+quote(before))
	if eval[bool](p, onCanvas) || eval[float64](p, `document.querySelectorAll("#drawing svg circle, #drawing svg path").length`) < 3 {
		t.Error("the SVG does not carry the picture")
	}
}

// metric reads one of Chromium's performance figures.
func (p *tab) metric(name string) float64 {
	p.t.Helper()
	var value float64
	p.do(func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		if _, err := cdp.Call(ctx, t, performance.Enable, performance.EnableParams{}); err != nil {
			return chromedp.Void{}, err
		}
		r, err := cdp.Call(ctx, t, performance.GetMetrics, cdp.Empty{})
		if err != nil {
			return chromedp.Void{}, err
		}
		for _, m := range r.Metrics {
			if m.Name == name {
				value = m.Value
			}
		}
		return chromedp.Void{}, nil
	})
	return value
}

// TestIdle leaves the page alone: no frame is asked for while nothing changes.
func TestIdle(t *testing.T) {
	s := startServer(t)
	p := newTab(t, wholeBrowser(t), s.base, 1024, 768)
	p.enter("/sim?z=1,1,0")
	p.wait("the canvas", onCanvas)
	p.wait("everything saved", savedOffline)
	p.wait("at rest", `document.querySelector(".paper svg")`)
	// Frames that were under way are let out before the counting starts.
	const watch = 2 * time.Second
	count := eval[float64](p.worker("viewer-worker"), fmt.Sprintf(`(async () => {
		await new Promise((done) => setTimeout(done, 500));
		let drawn = 0;
		const gl = document.createElement("canvas").getContext("webgl2"); // the one that there is
		for (const name of ["drawElements", "drawArrays", "clear"]) {
			const real = gl[name];
			gl[name] = (...args) => { drawn++; return real.apply(gl, args) };
		}
		await new Promise((done) => setTimeout(done, %d));
		return drawn;
	})()`, watch.Milliseconds()))
	if count != 0 {
		t.Errorf("the canvas drew %v times while nothing changed", count)
	}
	before := p.metric("TaskDuration")
	time.Sleep(watch)
	t.Logf("main thread busy %.2f %% of the time at rest", 100*(p.metric("TaskDuration")-before)/watch.Seconds())
}

// TestFrameTimes reports how long a frame of a drag takes; machines differ, so
// nothing is asserted but that frames come.
func TestFrameTimes(t *testing.T) {
	s := startServer(t)
	p := simulator(t, wholeBrowser(t), s, "/sim?z=1,1,0", 1440, 900)
	p.wait("the canvas", onCanvas)
	for _, c := range []string{"lib-si", "lib-yag"} {
		p.part(t, c, "/sim?c="+c+"&z=1,1,1&o=iks", func(t *testing.T) {
			cx, cy, half := p.centre()
			eval[bool](p, `(performance.clearMeasures(), true)`)
			p.drag(cx+0.3*half, cy-0.17*half, 80, 40, 30)
			times := eval[[]float64](p, `performance.getEntriesByName("frame").map((e) => e.duration).sort((a, b) => a - b)`)
			if len(times) < 5 {
				t.Fatalf("%d frames in a drag of 30 steps", len(times))
			}
			paint := eval[[]float64](p, `performance.getEntriesByName("paint").map((e) => e.duration).sort((a, b) => a - b)`)
			if len(paint) < 5 {
				t.Fatalf("%d frames painted", len(paint))
			}
			t.Logf("%d frames, median %.1f ms, 90 %% below %.1f ms, longest %.1f ms; of it on the main thread median %.2f ms, 90 %% below %.2f ms",
				len(times), times[len(times)/2], times[len(times)*9/10], times[len(times)-1], paint[len(paint)/2], paint[len(paint)*9/10])
		})
	}
}

// TestToolMissing: a tool that cannot be had says so, what is there goes on, and
// Try again gets it when the network is back.
func TestToolMissing(t *testing.T) {
	g := newGate(t, startServer(t))
	g.hold("/viewer.") // tools that nobody asks for come after the canvas
	defer g.release()
	p := newTab(t, wholeBrowser(t), g.base, 1440, 900)
	p.offlineIsFine()
	p.open("/sim?z=1,1,0")
	p.wait("the engine", engineReady)
	p.wait("the linked views", `document.querySelector("#crystal-view svg")`)
	const said = `document.querySelector(".toast p")?.textContent === "You are offline and this part of the simulator is not saved on this device."`
	g.cutWhen("/tools/help/")
	p.click(`[data-do="help"]`)
	p.wait("the message", said)
	if eval[bool](p, `!!document.querySelector("dialog[open]")`) {
		t.Error("there is a dialog without its tool")
	}
	p.click(`.toast [aria-label="Close"]`)
	p.wait("the message to be gone", `!document.querySelector(".toast")`)
	p.click(`[data-results="tilt"]`)
	p.wait("the message", said)
	if got := eval[string](p, `document.querySelector("#app").dataset.results`); got != "measure" {
		t.Errorf("the tab %q is shown without its tool", got)
	}
	p.fill("#zone", "111")
	p.key("\r")
	p.heading("zone axis 1 1 1")
	g.join()
	p.click(`.toast .btn:not(.icon)`)
	p.wait("the tilt plan", `document.querySelector("#app").dataset.results === "tilt" && document.querySelector("#target").offsetParent`)
	p.click(`[data-do="help"]`)
	p.wait("the help", `document.querySelector("dialog[open]")?.textContent.includes("20 to 1000 kV")`)
	p.wait("its styles", `getComputedStyle(document.querySelector("dialog[open]")).display === "flex"`)
}

// TestToolsInTurn: on a slow line one click more, or another wish, opens one
// dialog in the end, the last that was asked for.
func TestToolsInTurn(t *testing.T) {
	g := newGate(t, startServer(t))
	g.hold("/tools/")
	defer g.release()
	p := newTab(t, browser(t), g.base, 1440, 900)
	p.open("/sim?z=1,1,0")
	p.wait("the engine", engineReady)
	for _, name := range []string{"help", "help", "export", "export"} {
		p.click(`[data-do="` + name + `"]`)
	}
	p.wait("the word about it", `document.querySelector(".toasts").textContent.includes("Loading this part of the simulator…")`)
	g.release()
	p.wait("the dialog", `document.querySelector("dialog[open] h2")`)
	time.Sleep(300 * time.Millisecond)
	if got := eval[[]string](p, `[...document.querySelectorAll("dialog[open] h2")].map((h) => h.textContent)`); len(got) != 1 || !strings.HasPrefix(got[0], "Export") {
		t.Errorf("these dialogs are open: %q", got)
	}
}
