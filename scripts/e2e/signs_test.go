//go:build e2e

package e2e

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/json"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// names returns the accessible names of a role.
func (p *tab) names(role string) []string {
	p.t.Helper()
	var names []string
	p.do(func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		tree, err := cdp.Call(ctx, t, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
		for _, n := range tree.Nodes {
			var name string
			if n.Role != nil && string(n.Role.Value) == quote(role) && n.Name != nil && json.Unmarshal(n.Name.Value, &name) == nil {
				names = append(names, name)
			}
		}
		return chromedp.Void{}, err
	})
	return names
}

// printed returns the contents of a PDF of the page, unpacked.
func (p *tab) printed() string {
	p.t.Helper()
	var pdf []byte
	p.do(func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		r, err := cdp.Call(ctx, t, page.PrintToPDF, page.PrintToPDFParams{})
		pdf = r.Data
		return chromedp.Void{}, err
	})
	var out strings.Builder
	for _, m := range regexp.MustCompile(`(?s)stream\r?\n(.*?)endstream`).FindAllSubmatch(pdf, -1) {
		if r, err := zlib.NewReader(bytes.NewReader(m[1])); err == nil {
			io.Copy(&out, r)
		}
	}
	return out.String()
}

// copied is what the clipboard would get of an element.
func copied(selector string) string {
	return `(() => { const s = getSelection(); s.selectAllChildren(document.querySelector(` + quote(selector) + `)); const text = s.toString(); s.removeAllRanges(); return text; })()`
}

// TestSigns: the bar of an index is in the text too, wherever it is drawn: in
// what the server wrote and what scripts write, in headings, tables and drawings,
// for those who listen, copy and print; and the macron takes no room.
func TestSigns(t *testing.T) {
	s := startServer(t)
	p := newTab(t, browser(t), s.base, 1440, 900)
	const wide = `[...document.querySelectorAll(".ob i")].filter((n) => n.getBoundingClientRect().width > 0).map((n) => n.closest("[class]:not(.ob), [id]").outerHTML + n.getBoundingClientRect().width)`
	has := func(what string, list []string, want string) {
		t.Helper()
		if !slices.ContainsFunc(list, func(s string) bool { return strings.Contains(s, want) }) {
			t.Errorf("%s: no %q in %q", what, want, list)
		}
	}

	p.enter("/sim?z=1,-1,0&ms=1,1,-1;2,2,0")
	p.wait("the engine", `document.documentElement.dataset.ready === "engine"`)
	for selector, want := range map[string]string{
		`[data-part="hud-zone"]`:     "[11\u03040]",
		`[data-part="crystal-line"]`: "Fd3\u0304m",
		`[data-part="measure"] td`:   "111\u0304",
		`#drawing .lab text`:         "\u0304",
		`#rows tbody`:                "\u0304",
	} {
		has(selector, []string{eval[string](p, `[...document.querySelectorAll(`+quote(selector)+`)].map((n) => n.textContent).join(" ")`)}, want)
	}
	has("the rows, for those who listen", p.names("rowheader"), "1\u0304")
	has("the table, copied", []string{eval[string](p, copied("#panel-measure"))}, "111\u0304\t3.136")
	if found := eval[[]string](p, wide); len(found) > 0 {
		t.Errorf("macrons take room: %q", found)
	}
	if got := eval[string](p, `document.title`); !strings.Contains(got, "[1−10]") {
		t.Errorf("the title, which has no bars, is %q", got)
	}
	has("a drawing as a file", []string{eval[string](p, `zx.app.act({op: "export", kind: "svg", export: {labels: true, style: "film"}}, {keep: true}).then((r) => (r.svg ?? "") + (r.file?.text ?? ""))`)}, `<tspan class="mac" fill-opacity=".004" stroke="none">`+"\u0304</tspan>")

	p.open("/library/si/")
	has("a line of the library", []string{p.text(".lib-line")}, "Fd3\u0304m")
	has("rows of the library", []string{p.text(".lib-zone table")}, "2\u0304")
	has("a drawing of the library", []string{p.text(".lib .t")}, "2\u0304")
	if found := eval[[]string](p, wide); len(found) > 0 {
		t.Errorf("macrons of the library take room: %q", found)
	}
	paper := p.printed()
	if !strings.Contains(paper, "<0304>") || regexp.MustCompile(`ActualText \(\d\)`).MatchString(paper) {
		t.Error("no macrons are printed, or they are hidden behind their digits")
	}

	p.open("/library/")
	p.fill("#lib-find", "Fd3m")
	p.wait("crystals of Fd3m", `document.querySelectorAll("#lib-hits:not([hidden]) li").length > 3`)
	p.open("/library/ratio/#r=1.633&a=35.26")
	has("a heading with a table below", []string{p.text(".lib-lattice table")}, "1\u0304")
	p.open("/blog/indexing-with-ratios-and-angles/")
	has("an article", []string{p.text(".post")}, "1\u0304")
}
