package blog

import (
	"fmt"
	"html/template"
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/site"
)

// kindIndices is {{1-10}} in running text: indices with drawn overbars.
var kindIndices = ast.NewNodeKind("Indices")

type indicesNode struct {
	ast.BaseInline
	text   string
	offset int
}

func (*indicesNode) Kind() ast.NodeKind { return kindIndices }
func (n *indicesNode) Dump(source []byte, level int) {
	ast.DumpHelper(n, source, level, map[string]string{"text": n.text}, nil)
}

type indicesParser struct{}

func (*indicesParser) Trigger() []byte { return []byte{'{'} }

func (*indicesParser) Parse(_ ast.Node, block text.Reader, _ parser.Context) ast.Node {
	line, segment := block.PeekLine()
	rest, ok := strings.CutPrefix(string(line), "{{")
	if !ok {
		return nil
	}
	inner, _, ok := strings.Cut(rest, "}}")
	if !ok {
		return nil
	}
	block.Advance(len(inner) + 4)
	return &indicesNode{text: inner, offset: segment.Start}
}

type indicesRenderer struct{ problems *problems }

func (x *indicesRenderer) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(kindIndices, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		node := n.(*indicesNode)
		out, err := indicesHTML(node.text)
		if err != nil {
			x.problems.at(node.offset, err)
		}
		w.WriteString(string(out))
		return ast.WalkContinue, nil
	})
}

// indicesHTML writes three or four indices: "1-10", "2 -1 -1 0", "12 -1 0".
func indicesHTML(text string) (template.HTML, error) {
	digits, err := readIndices(text)
	if err != nil {
		return "", err
	}
	return site.Indices(digits), nil
}

func readIndices(text string) ([]crystal.IndexDigit, error) {
	wrong := fmt.Errorf("indices %q: expected three or four, such as {{1-10}} or {{12 -1 0}}", text)
	var digits []crystal.IndexDigit
	if parts := strings.Fields(text); len(parts) > 1 {
		for _, p := range parts {
			n, err := strconv.Atoi(p)
			if err != nil {
				return nil, wrong
			}
			digits = append(digits, crystal.IndexDigit{Value: max(n, -n), Bar: n < 0})
		}
	} else {
		bar := false
		for _, r := range text {
			switch {
			case r == '-' && !bar:
				bar = true
				continue
			case r >= '0' && r <= '9':
				digits = append(digits, crystal.IndexDigit{Value: int(r - '0'), Bar: bar})
			default:
				return nil, wrong
			}
			bar = false
		}
	}
	if len(digits) != 3 && len(digits) != 4 {
		return nil, wrong
	}
	return digits, nil
}
