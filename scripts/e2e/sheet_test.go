//go:build e2e

package e2e

import (
	"strings"
	"testing"
	"time"
)

// sheetHas is true when the table of the zone axis shows a title and what else
// looks the same.
func sheetHas(title string) string {
	return `document.querySelector("#h-sheet").textContent === ` + quote(title) + ` && document.querySelectorAll("#sheet table").length === 4 && document.querySelector("#sheet > :nth-child(4) tbody a")`
}

// TestSheet reads the table of the zone axis shown: it follows the pattern, its
// neighbours are a way to turn, and it is complete without a network.
func TestSheet(t *testing.T) {
	s := startServer(t)
	p := newTab(t, wholeBrowser(t), s.base, 1440, 900)
	p.open("/sim?z=1,1,0")
	p.wait("everything saved", savedOffline)
	cell := func(table, row, column string) string {
		return strings.ReplaceAll(p.text(`#sheet > :nth-child(`+table+`) tbody tr:nth-child(`+row+`) > :nth-child(`+column+`)`), "\u2009", " ")
	}
	p.click(`[data-results="sheet"]`)
	p.wait("the table of [110]", sheetHas("Zone axis [110]"))
	for _, c := range []struct{ table, row, column, want string }{
		{"1", "2", "5", "1.000"}, {"1", "2", "6", "70.53°"}, {"1", "3", "5", "1.155"}, {"1", "1", "3", "3.136"},
		{"2", "2", "1", "200 (now)"}, {"2", "2", "2", "45.5"}, {"4", "1", "1", "All of type A4, C (diamond)"},
	} {
		if got := cell(c.table, c.row, c.column); got != c.want {
			t.Errorf("table %s, row %s, column %s is %q, want %q", c.table, c.row, c.column, got, c.want)
		}
	}
	if bars := eval[float64](p, `document.querySelectorAll("#sheet > :first-child .ob").length`); bars < 2 {
		t.Errorf("%v overbars over 1−11 and 1−1−1", bars)
	}
	axe(p, "the table of a zone axis")

	// By keys: to the first neighbour and on to it; the focus stays with the table.
	eval[bool](p, `(document.querySelector("#sheet button").focus(), true)`)
	name := p.text("#sheet button span")
	p.press("Enter")
	p.wait("the neighbour", sheetHas("Zone axis "+name))
	p.wait("the focus", `document.activeElement.id === "h-sheet"`)
	p.wait("the pattern", `document.querySelector('[data-part="hud-zone"]').textContent === `+quote(name))

	// The voltage counts.
	p.fill("#kv", "80")
	p.press("Enter")
	p.wait("80 kV", `document.querySelectorAll("#sheet > :nth-child(2) tbody tr").length === 4 && document.querySelector("#sheet > :nth-child(2) tbody th").textContent === "80 (now)"`)

	// Without a network: another crystal in a new page, complete.
	s.stop()
	p.offlineIsFine()
	p.open("/sim?c=lib-mg&z=0,0,1")
	p.wait("the engine", engineReady)
	p.click(`[data-results="sheet"]`)
	p.wait("the table of magnesium, offline", sheetHas("Zone axis [0001]"))
	if got := cell("1", "2", "2") + " " + cell("1", "2", "6"); got != "011\u03040 60.00°" {
		t.Errorf("g2 of [0001] is %q", got)
	}
}

// The table on small screens stands among the measurements.
func TestSheetScreens(t *testing.T) {
	s := startServer(t)
	chrome := browser(t)
	for _, size := range screens {
		t.Run(size.name, func(t *testing.T) {
			p := newTab(t, chrome, s.base, size.width, size.height)
			p.prefer("light", true)
			p.open("/sim?c=lib-mg&z=1,0,1")
			p.wait("the engine", engineReady)
			tab := `button[data-results="sheet"]`
			if size.width <= 1180 {
				tab = `button[data-tab="measure"]`
			}
			p.click(tab)
			if size.width <= 640 {
				time.Sleep(200 * time.Millisecond)
				p.click(tab) // a second time: the sheet over most of the screen
			}
			p.wait("the table", sheetHas("Zone axis [21\u03041\u03043]"))
			eval[bool](p, `(document.querySelector("#panel-sheet").scrollIntoView(), true)`)
			for _, scheme := range []string{"light", "dark"} {
				p.prefer(scheme, true)
				time.Sleep(300 * time.Millisecond)
				p.shot("sheet-" + size.name + "-" + scheme)
				noSideways(p)
				axe(p, size.name+" "+scheme)
			}
			if size.width <= 640 {
				if h := eval[float64](p, `Math.min(...[...document.querySelectorAll("#sheet button, #sheet tbody a")].map((n) => n.getBoundingClientRect().height))`); h < 24 {
					t.Errorf("a link of the table is %v px high", h)
				}
			}
			if w := eval[float64](p, `Math.max(...[...document.querySelectorAll("#sheet .table-box")].map((n) => n.scrollWidth - n.clientWidth))`); w > 0 && size.width >= 390 {
				t.Errorf("a table is %v px too wide", w)
			}
		})
	}
}
