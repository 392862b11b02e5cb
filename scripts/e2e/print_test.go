//go:build e2e

package e2e

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"regexp"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"zoneaxis/internal/artefact"
)

// TestPrintSheet: the button prints one page with the pattern on white, 160 mm wide,
// its caption, the ten strongest reflections and the link, and no interface;
// from the canvas and from the SVG, whatever the table is sorted by.
func TestPrintSheet(t *testing.T) {
	s := startServer(t)
	for _, c := range []struct {
		name          string
		width, height int64
		link          string
		canvas        bool
	}{
		{"desktop", 1440, 900, "/sim?z=1,1,0&o=iks&ms=1,-1,1;2,-2,0", true},
		{"phone", 390, 844, "/sim?c=lib-yag&z=1,1,1&o=iks", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newTab(t, wholeBrowser(t), s.base, c.width, c.height)
			p.prefer("dark", false)
			script := `globalThis.print = () => (globalThis.printed = (globalThis.printed ?? 0) + 1);`
			if !c.canvas {
				script += `delete globalThis.OffscreenCanvas;`
			}
			p.before(script)
			p.enter(c.link)
			if c.canvas {
				p.wait("the canvas", onCanvas)
			}
			p.wait("at rest", `document.querySelector(".paper svg") || `+fmt.Sprint(!c.canvas))
			strongest := eval[[]string](p, `zx.app.now.view.rows.slice(0, 10).map((r) => r.hkl.join(","))`)
			eval[bool](p, `(document.querySelector("#rows th[data-sort=d] button").click(), true)`)
			p.wait("the table sorted by d", `document.querySelector("#rows th[data-sort=d]").hasAttribute("aria-sort")`)
			eval[bool](p, `(document.querySelector('[data-do="export"]').click(), true)`)
			p.wait("the dialog", `document.querySelector("dialog[open]")`)
			p.dialogButton("Print")
			p.wait("the printer to be asked", `globalThis.printed === 1 && !document.querySelector("dialog[open]")`)

			// What a printer gets.
			ctx, cancel := context.WithTimeout(p.ctx, patience)
			defer cancel()
			var pdf []byte
			err := chromedp.Do(ctx, func(ctx context.Context, tt *chromedp.Target) (chromedp.Void, error) {
				r, err := cdp.Call(ctx, tt, page.PrintToPDF, page.PrintToPDFParams{PaperWidth: 8.27, PaperHeight: 11.69})
				pdf = r.Data
				return chromedp.Void{}, err
			})
			if err != nil {
				t.Fatal(err)
			}
			artefact.Keep(t, "print-"+c.name+".pdf", pdf)
			if n := len(regexp.MustCompile(`/Type\s*/Page\b[^s]`).FindAll(pdf, -1)); !bytes.HasPrefix(pdf, []byte("%PDF")) || n != 1 {
				t.Errorf("%d pages, want 1 (%d bytes)", n, len(pdf))
			}

			// The same as it can be measured.
			p.do(func(ctx context.Context, tt *chromedp.Target) (chromedp.Void, error) {
				_, err := cdp.Call(ctx, tt, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
				return chromedp.Void{}, err
			})
			eval[bool](p, `(dispatchEvent(new Event("beforeprint")), true)`)
			_, _, w, h := p.box("#pattern")
			const mm = 96 / 25.4
			if math.Abs(w-160*mm) > 0.5 || math.Abs(h-160*mm) > 0.5 {
				t.Errorf("the pattern is %.1f × %.1f mm, want 160", w/mm, h/mm)
			}
			rows := eval[[]string](p, `[...document.querySelectorAll("#rows tbody tr")].filter((r) => r.checkVisibility()).map((r) => r.dataset.hkl)`)
			if !slices.Equal(rows, strongest) {
				t.Errorf("the rows are %v, want the strongest, %v", rows, strongest)
			}
			if link := eval[string](p, `JSON.parse(getComputedStyle(document.querySelector("#pattern"), "::after").content)`); link != eval[string](p, `location.href`) {
				t.Errorf("the link is %q", link)
			}
			if colour := eval[string](p, `getComputedStyle(document.querySelector("#pattern")).backgroundColor`); colour != "rgb(255, 255, 255)" {
				t.Errorf("the pattern is on %s", colour)
			}
			if !eval[bool](p, `[...document.querySelectorAll(".drawing svg")].some((n) => n.checkVisibility() && n.querySelectorAll("circle, path").length > 10)`) {
				t.Error("no drawing is printed")
			}
			if !eval[bool](p, `document.querySelector("h1").getBoundingClientRect().height > 10`) {
				t.Error("the caption is not printed")
			}
			if left := eval[[]string](p, `[...document.querySelectorAll("button, input, select, iframe, .toasts, [role=tablist], a.btn")].filter((n) => n.checkVisibility() && !n.closest("th")).map((n) => n.outerHTML.slice(0, 80))`); len(left) > 0 {
				t.Errorf("parts of the interface are printed: %q", left)
			}
			eval[bool](p, `(dispatchEvent(new Event("afterprint")), true)`)
			p.wait("the table as it was", `document.querySelector("#rows tbody tr").dataset.hkl !== `+quote(strongest[0])+` || document.querySelectorAll("#rows tbody tr").length > 10`)
			if got := eval[string](p, `document.documentElement.dataset.theme ?? ""`); got != "" {
				t.Errorf("the theme is %q after printing", got)
			}
		})
	}
}
