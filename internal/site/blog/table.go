package blog

import (
	"fmt"
	"html"
	"strings"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"
)

// inWords says what stands in the head of a column.
var inWords = strings.NewReplacer("^2", " squared", "^3", " cubed", "_", " ", "{", "", "}", "", `\`, "")

// tableRenderer writes tables: in a frame that a wide one scrolls in, by the
// keyboard too, and with a class for columns of numbers, as the page's policy
// forbids inline styles. The first cell of a row in a table whose first column
// is left-aligned is its head.
type tableRenderer struct{}

func (tableRenderer) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	wrap := func(open, close string) renderer.NodeRendererFunc {
		return func(w util.BufWriter, _ []byte, _ ast.Node, entering bool) (ast.WalkStatus, error) {
			if entering {
				w.WriteString(open)
			} else {
				w.WriteString(close)
			}
			return ast.WalkContinue, nil
		}
	}
	r.Register(extast.KindTable, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			w.WriteString(`<div class="scroller" role="group" aria-label="Table" tabindex="0"><table>` + "\n")
			return ast.WalkContinue, nil
		}
		if n.ChildCount() > 1 {
			w.WriteString("</tbody>\n")
		}
		w.WriteString("</table></div>\n")
		return ast.WalkContinue, nil
	})
	r.Register(extast.KindTableHeader, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			w.WriteString("<thead>\n<tr>\n")
			return ast.WalkContinue, nil
		}
		w.WriteString("</tr>\n</thead>\n")
		if n.NextSibling() != nil {
			w.WriteString("<tbody>\n")
		}
		return ast.WalkContinue, nil
	})
	r.Register(extast.KindTableRow, wrap("<tr>\n", "</tr>\n"))
	r.Register(extast.KindTableCell, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		cell := n.(*extast.TableCell)
		head := cell.Parent().Kind() == extast.KindTableHeader
		tag, attrs := "td", ""
		switch {
		case head && cell.ChildCount() == 0: // it heads nothing
		case head:
			tag, attrs = "th", ` scope="col"`
		case cell.PreviousSibling() == nil && cell.Alignment == extast.AlignLeft:
			tag, attrs = "th", ` scope="row"`
		}
		if cell.Alignment == extast.AlignRight {
			attrs += ` class="n"`
		}
		// A formula alone is no name to every program that reads the page.
		open, end := "", ""
		if m, ok := cell.FirstChild().(*inlineMathNode); ok && head && cell.ChildCount() == 1 {
			open = `<span class="sr">` + html.EscapeString(inWords.Replace(m.tex)) + `</span><span aria-hidden="true">`
			end = "</span>"
		}
		if !entering {
			fmt.Fprintf(w, "%s</%s>\n", end, tag)
			return ast.WalkContinue, nil
		}
		fmt.Fprintf(w, "<%s%s>%s", tag, attrs, open)
		return ast.WalkContinue, nil
	})
}
