//go:build e2e

package e2e

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestDensity: when the window goes to a screen with more pixels, or fewer, the
// canvas has as many as it shows.
func TestDensity(t *testing.T) {
	p := newTab(t, wholeBrowser(t), startServer(t).base, 800, 600)
	p.open("/sim?z=1,1,0")
	p.wait("the canvas", onCanvas)
	w := p.worker("viewer-worker.js")
	sharp := func(scale float64) {
		t.Helper()
		_, _, width, height := p.box("iframe.canvas")
		w.wait(fmt.Sprintf("a canvas of %g times %g by %g pixels", scale, width, height),
			fmt.Sprintf(`(({ width, height }) => Math.abs(width - %g) <= 1 && Math.abs(height - %g) <= 1)(document.createElement("canvas"))`, width*scale, height*scale))
	}
	sharp(1)
	// With another size the page is told; without, the canvas follows when somebody
	// is at the page.
	for i, scale := range []float64{2, 1, 2} {
		p.do(chromedp.EmulateViewport(820, 600, chromedp.EmulateScale(scale)))
		p.mouse(chromedp.MouseMoved, 200, 20+float64(i), 0)
		p.mouse(chromedp.MouseMoved, 200, 300+float64(i), 0)
		p.shot(fmt.Sprintf("density-%d-%g", i, scale)) // and a browser without a window paints when it is looked at
		sharp(scale)
	}
	if got := eval[int](p, `performance.getEntriesByType("navigation").length`); got != 1 || !eval[bool](p, onCanvas) {
		t.Error("the page was loaded again, or has lost its canvas")
	}
}
