package blog

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"path/filepath"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/alecthomas/chroma/v2"
	chromahtml "github.com/alecthomas/chroma/v2/formatters/html"
	"github.com/alecthomas/chroma/v2/lexers"
	"github.com/alecthomas/chroma/v2/styles"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
	"go.abhg.dev/goldmark/frontmatter"
)

// wordsPerMinute is a usual reading speed for technical prose.
const wordsPerMinute = 200

// problems collects errors with their lines while one file is parsed and
// rendered.
type problems struct {
	file   string
	source []byte
	errs   []error
}

// at reports an error at a byte offset of the source.
func (p *problems) at(offset int, err error) {
	line := 1 + bytes.Count(p.source[:min(max(offset, 0), len(p.source))], []byte("\n"))
	p.errs = append(p.errs, fmt.Errorf("%s:%d: %w", p.file, line, err))
}

// newMarkdown returns the reader of articles. Its renderers write either for
// the page or, with figures.feed, for the feeds.
func newMarkdown(figures *figureRenderer, probs *problems) goldmark.Markdown {
	return goldmark.New(
		goldmark.WithExtensions(
			extension.Table, extension.Strikethrough, extension.Footnote, extension.DefinitionList,
			extension.NewTypographer(extension.WithTypographicSubstitutions(map[extension.TypographicPunctuation][]byte{
				extension.LeftSingleQuote: []byte("‘"), extension.RightSingleQuote: []byte("’"), extension.Apostrophe: []byte("’"),
				extension.LeftDoubleQuote: []byte("“"), extension.RightDoubleQuote: []byte("”"), extension.EnDash: []byte("–"), extension.EmDash: []byte("—"), extension.Ellipsis: []byte("…"),
			})),
			&frontmatter.Extender{Formats: []frontmatter.Format{frontmatter.YAML}},
		),
		goldmark.WithParserOptions(
			parser.WithAutoHeadingID(), parser.WithAttribute(),
			parser.WithBlockParsers(util.Prioritized(&shortcodeParser{}, 50), util.Prioritized(&mathBlockParser{}, 60)),
			parser.WithInlineParsers(util.Prioritized(&mathInlineParser{}, 50), util.Prioritized(&indicesParser{}, 50)),
			parser.WithASTTransformers(util.Prioritized(attach{probs}, 900)),
		),
		goldmark.WithRendererOptions(
			renderer.WithNodeRenderers(
				util.Prioritized(figures, 10),
				util.Prioritized(&mathRenderer{problems: probs}, 10),
				util.Prioritized(&indicesRenderer{probs}, 10),
				util.Prioritized(&codeRenderer{}, 10),
				util.Prioritized(&headingRenderer{plain: figures.feed}, 10),
				util.Prioritized(&tableRenderer{}, 10),
			),
			html.WithXHTML(),
		),
	)
}

// render fills the post from the bytes of its file.
func render(post *Post, path string, source []byte, draw Drawer) error {
	file := filepath.Base(path)
	probs := &problems{file: file, source: source}
	figures := &figureRenderer{draw: draw, dir: filepath.Dir(path), problems: probs}
	md := newMarkdown(figures, probs)
	ctx := parser.NewContext()
	doc := md.Parser().Parse(text.NewReader(source), parser.WithContext(ctx))
	data := frontmatter.Get(ctx)
	if data == nil {
		return fmt.Errorf("%s:1: no front matter: the file must start with ---", file)
	}
	var m matter
	if err := data.Decode(&m); err != nil {
		return fmt.Errorf("%s:1: front matter: %w", file, err)
	}
	if err := m.fill(post); err != nil {
		return fmt.Errorf("%s:1: %w", file, err)
	}
	post.Contents = contents(doc, source)
	post.Text = plain(doc, source)
	post.Minutes = max(1, (len(strings.Fields(post.Text))+wordsPerMinute/2)/wordsPerMinute)
	var out bytes.Buffer
	if err := md.Renderer().Render(&out, source, doc); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if err := errors.Join(probs.errs...); err != nil {
		return err
	}
	post.Live, post.marks = figures.count > 0, figures.first
	post.Body = template.HTML(hardSpaces(out.String()))

	// The same once more for the feeds. What can go wrong has been found.
	forFeeds := &figureRenderer{draw: draw, dir: figures.dir, problems: probs, feed: true}
	var feed bytes.Buffer
	if err := newMarkdown(forFeeds, probs).Renderer().Render(&feed, source, doc); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	post.feed = hardSpaces(feed.String())
	return errors.Join(probs.errs...)
}

var (
	numberUnit = regexp.MustCompile(`(\d) (kV|V|Å|nm|mm|pm|mrad|kB|MB|GB|ms|µs|s|%)\b|(\d) (Å|%)`)
	preformed  = regexp.MustCompile(`(?s)<pre.*?</pre>|<svg.*?</svg>|<code>.*?</code>|<[^>]*>`)
)

// hardSpaces keeps numbers and their units on one line, but for code, drawings and tags.
func hardSpaces(text string) string {
	var out strings.Builder
	at := 0
	for _, m := range preformed.FindAllStringIndex(text, -1) {
		out.WriteString(numberUnit.ReplaceAllString(text[at:m[0]], "$1$3\u00a0$2$4"))
		out.WriteString(text[m[0]:m[1]])
		at = m[1]
	}
	out.WriteString(numberUnit.ReplaceAllString(text[at:], "$1$3\u00a0$2$4"))
	return out.String()
}

// contents lists the headings of levels 2 and 3.
func contents(doc ast.Node, source []byte) []Heading {
	var list []Heading
	ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if h, ok := n.(*ast.Heading); ok && entering && h.Level <= 3 {
			id, _ := h.AttributeString("id")
			name, _ := id.([]byte)
			list = append(list, Heading{Level: h.Level, ID: string(name), Text: plain(h, source)})
		}
		return ast.WalkContinue, nil
	})
	return list
}

// plain returns the words below a node.
func plain(n ast.Node, source []byte) string {
	var out strings.Builder
	ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			if n.Type() == ast.TypeBlock {
				out.WriteByte(' ')
			}
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Text:
			out.Write(n.Segment.Value(source))
			if n.SoftLineBreak() || n.HardLineBreak() {
				out.WriteByte(' ')
			}
		case *ast.String:
			if utf8.Valid(n.Value) {
				out.Write(n.Value)
			}
		case *indicesNode:
			out.WriteString(n.text)
		case *shortcodeNode:
			if c, err := readShortcode(n.line); err == nil {
				out.WriteString(" " + captionMark.ReplaceAllString(c.attrs["caption"], "$1"))
			}
		}
		return ast.WalkContinue, nil
	})
	return strings.Join(strings.Fields(out.String()), " ")
}

// codeRenderer colours fenced code by classes: the page's policy forbids
// inline styles.
type codeRenderer struct{}

func (codeRenderer) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindFencedCodeBlock, func(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		block := n.(*ast.FencedCodeBlock)
		var code bytes.Buffer
		for i := range block.Lines().Len() {
			line := block.Lines().At(i)
			code.Write(line.Value(source))
		}
		language := string(block.Language(source))
		lexer := lexers.Get(language)
		if lexer == nil {
			lexer = lexers.Fallback
		}
		tokens, err := chroma.Coalesce(lexer).Tokenise(nil, code.String())
		if err != nil {
			return ast.WalkStop, err
		}
		formatter := chromahtml.New(chromahtml.WithClasses(true), chromahtml.ClassPrefix("c-"), chromahtml.TabWidth(4), chromahtml.WithPreWrapper(codeFrame{}))
		return ast.WalkSkipChildren, formatter.Format(w, styles.Fallback, tokens)
	})
}

// codeFrame is what stands around code: it scrolls, so the keyboard has to
// reach it.
type codeFrame struct{}

func (codeFrame) Start(code bool, _ string) string {
	if !code {
		return `<pre tabindex="0">`
	}
	return `<pre tabindex="0"><code>`
}

func (codeFrame) End(code bool) string {
	if !code {
		return "</pre>\n"
	}
	return "</code></pre>\n"
}

// headingRenderer gives every heading a link to itself, unless plain is set.
type headingRenderer struct{ plain bool }

func (x *headingRenderer) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindHeading, func(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		h := n.(*ast.Heading)
		id, _ := h.AttributeString("id")
		name, _ := id.([]byte)
		switch {
		case x.plain && entering:
			fmt.Fprintf(w, `<h%d>`, h.Level)
		case x.plain:
			fmt.Fprintf(w, "</h%d>\n", h.Level)
		case entering:
			fmt.Fprintf(w, `<h%d id="%s">`, h.Level, template.HTMLEscapeString(string(name)))
		default:
			fmt.Fprintf(w, ` <a class="anchor" href="#%s" aria-label="Link to the section %s">#</a></h%d>`+"\n",
				template.HTMLEscapeString(string(name)), template.HTMLEscapeString(plain(h, source)), h.Level)
		}
		return ast.WalkContinue, nil
	})
}
