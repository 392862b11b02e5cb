package blog

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/wyatt915/treeblood"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// kindMath is a formula: $…$ within a line, or lines between $$ and $$.
var kindMath = ast.NewNodeKind("Math")

type mathNode struct {
	ast.BaseBlock
	tex    string
	offset int
}

func (*mathNode) Kind() ast.NodeKind { return kindMath }
func (n *mathNode) Dump(source []byte, level int) {
	ast.DumpHelper(n, source, level, map[string]string{"tex": n.tex}, nil)
}

var kindInlineMath = ast.NewNodeKind("InlineMath")

type inlineMathNode struct {
	ast.BaseInline
	tex    string
	offset int
}

func (*inlineMathNode) Kind() ast.NodeKind { return kindInlineMath }
func (n *inlineMathNode) Dump(source []byte, level int) {
	ast.DumpHelper(n, source, level, map[string]string{"tex": n.tex}, nil)
}

// mathBlockParser reads a paragraph between two lines of $$.
type mathBlockParser struct{}

func (*mathBlockParser) Trigger() []byte { return []byte{'$'} }

func (*mathBlockParser) Open(_ ast.Node, reader text.Reader, _ parser.Context) (ast.Node, parser.State) {
	line, segment := reader.PeekLine()
	if string(bytes.TrimSpace(line)) != "$$" {
		return nil, parser.NoChildren
	}
	reader.AdvanceToEOL()
	return &mathNode{offset: segment.Start}, parser.NoChildren
}

func (*mathBlockParser) Continue(node ast.Node, reader text.Reader, _ parser.Context) parser.State {
	line, _ := reader.PeekLine()
	reader.AdvanceToEOL()
	if string(bytes.TrimSpace(line)) == "$$" {
		return parser.Close
	}
	node.(*mathNode).tex += string(line)
	return parser.Continue | parser.NoChildren
}

func (*mathBlockParser) Close(ast.Node, text.Reader, parser.Context) {}
func (*mathBlockParser) CanInterruptParagraph() bool                 { return true }
func (*mathBlockParser) CanAcceptIndentedLine() bool                 { return false }

// mathInlineParser reads $…$ on one line. So that prices stay prices, no space
// stands after the first dollar or before the last, and no digit after the last.
type mathInlineParser struct{}

func (*mathInlineParser) Trigger() []byte { return []byte{'$'} }

func (*mathInlineParser) Parse(_ ast.Node, block text.Reader, _ parser.Context) ast.Node {
	line, segment := block.PeekLine()
	if len(line) < 3 || line[1] == ' ' || line[1] == '$' {
		return nil
	}
	end := 1 + bytes.IndexByte(line[1:], '$')
	if end < 2 || line[end-1] == ' ' || end+1 < len(line) && line[end+1] >= '0' && line[end+1] <= '9' {
		return nil
	}
	block.Advance(end + 1)
	return &inlineMathNode{tex: string(line[1:end]), offset: segment.Start}
}

var inlineStyle = regexp.MustCompile(` style="[^"]*"`)

// mathRenderer writes MathML, made at build time. TeX that cannot be read is
// an error of the build.
type mathRenderer struct{ problems *problems }

func (m *mathRenderer) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(kindMath, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			block := n.(*mathNode)
			m.write(w, block.tex, block.offset, true)
		}
		return ast.WalkContinue, nil
	})
	r.Register(kindInlineMath, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			inline := n.(*inlineMathNode)
			m.write(w, inline.tex, inline.offset, false)
		}
		return ast.WalkContinue, nil
	})
}

func (m *mathRenderer) write(w util.BufWriter, tex string, offset int, block bool) {
	var mathML string
	var err error
	if block {
		mathML, err = treeblood.DisplayStyle(tex, nil)
	} else {
		mathML, err = treeblood.InlineStyle(tex, nil)
	}
	if err != nil {
		m.problems.at(offset, fmt.Errorf("formula %q: %w", tex, err))
		return
	}
	// Without a mathematical font, as on most phones, browsers draw no radical.
	if bytes.Contains([]byte(mathML), []byte("<msqrt")) || bytes.Contains([]byte(mathML), []byte("<mroot")) {
		m.problems.at(offset, fmt.Errorf("formula %q has a root, which phones draw without its sign: write it as a square or with a power", tex))
		return
	}
	// The typesetter marks what it does not know instead of failing.
	if bytes.Contains([]byte(mathML), []byte("<merror")) {
		m.problems.at(offset, fmt.Errorf("formula %q has a command that is not known", tex))
		return
	}
	// Its hint for dotless letters under accents is an inline style, which the
	// page's policy forbids.
	mathML = inOrder(inlineStyle.ReplaceAllString(mathML, ""))
	if block {
		w.WriteString(`<div class="formula" role="group" aria-label="Formula" tabindex="0">` + mathML + "</div>\n")
		return
	}
	w.WriteString(mathML)
}

var (
	openTag  = regexp.MustCompile(`<[a-z]+(?: [\w:-]+="[^"]*"){2,}`)
	mathAttr = regexp.MustCompile(` [\w:-]+="[^"]*"`)
)

// inOrder sorts the attributes of every element, which the typesetter writes in
// another order each time: the same sources have to make the same pages.
func inOrder(mathML string) string {
	return openTag.ReplaceAllStringFunc(mathML, func(tag string) string {
		attrs := mathAttr.FindAllString(tag, -1)
		slices.Sort(attrs)
		return tag[:strings.IndexByte(tag, ' ')] + strings.Join(attrs, "")
	})
}
