package blog

import (
	"fmt"
	"html"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// Drawing is a pattern that the engine has drawn.
type Drawing struct {
	SVG         string // inline picture
	Link        string // canonical link of the simulator
	Title       string // "Silicon [110], 200 kV"
	Description string // for those who cannot see it
	Source      string // where the structure is from
}

// A Drawer draws the pattern of a simulator link. It returns an error for every
// part of the link that cannot be used.
type Drawer func(link string) (Drawing, error)

// kindShortcode is a line {{< name key="value" … >}}.
var kindShortcode = ast.NewNodeKind("Shortcode")

type shortcodeNode struct {
	ast.BaseBlock
	line   string
	offset int
}

func (*shortcodeNode) Kind() ast.NodeKind { return kindShortcode }
func (n *shortcodeNode) Dump(source []byte, level int) {
	ast.DumpHelper(n, source, level, map[string]string{"line": n.line}, nil)
}

type shortcodeParser struct{}

func (*shortcodeParser) Trigger() []byte { return []byte{'{'} }

func (*shortcodeParser) Open(_ ast.Node, reader text.Reader, _ parser.Context) (ast.Node, parser.State) {
	line, segment := reader.PeekLine()
	trimmed := strings.TrimSpace(string(line))
	if !strings.HasPrefix(trimmed, "{{<") {
		return nil, parser.NoChildren
	}
	reader.AdvanceToEOL()
	return &shortcodeNode{line: trimmed, offset: segment.Start}, parser.NoChildren
}

func (*shortcodeParser) Continue(ast.Node, text.Reader, parser.Context) parser.State {
	return parser.Close
}
func (*shortcodeParser) Close(ast.Node, text.Reader, parser.Context) {}
func (*shortcodeParser) CanInterruptParagraph() bool                 { return true }
func (*shortcodeParser) CanAcceptIndentedLine() bool                 { return false }

var (
	shortcodeForm = regexp.MustCompile(`^\{\{<\s*([a-z]+)((?:\s+[a-z]+="[^"]*")*)\s*>\}\}$`)
	attribute     = regexp.MustCompile(`([a-z]+)="([^"]*)"`)
)

// shortcode splits a line into its name and attributes.
func shortcode(line string) (name string, attrs map[string]string, err error) {
	m := shortcodeForm.FindStringSubmatch(line)
	if m == nil {
		return "", nil, fmt.Errorf(`%s: expected {{< name key="value" … >}} on one line`, line)
	}
	attrs = map[string]string{}
	for _, a := range attribute.FindAllStringSubmatch(m[2], -1) {
		if _, twice := attrs[a[1]]; twice {
			return "", nil, fmt.Errorf("%s: %s is given twice", m[1], a[1])
		}
		attrs[a[1]] = a[2]
	}
	return m[1], attrs, nil
}

// knob is the one control of a figure.
type knob struct {
	key, label, unit string // key of the link: kv, t, cl, tilt
	min, max, step   float64
}

// knobs are the quantities that a figure may offer.
var knobs = map[string]knob{
	"kv":        {"kv", "Accelerating voltage", "kV", 80, 300, 20},
	"thickness": {"t", "Thickness", "nm", 5, 200, 5},
	"camera":    {"cl", "Camera length", "mm", 200, 1200, 20},
	"tilt":      {"tilt", "Tilt about the vertical axis", "°", -5, 5, 0.1},
}

// patternKeys are the attributes of a pattern, and the key of the link that
// each becomes ("" for those that are not part of the link).
var patternKeys = map[string]string{
	"crystal": "c", "zone": "z", "tilt": "d", "kv": "kv", "camera": "cl", "thickness": "t",
	"overlays": "o", "style": "p", "measure": "ms", "caption": "", "knob": "",
}

// patternLink returns the link of a pattern shortcode.
func patternLink(attrs map[string]string) (string, error) {
	for _, name := range slices.Sorted(maps.Keys(attrs)) {
		if _, ok := patternKeys[name]; !ok {
			return "", fmt.Errorf("pattern: unknown key %s; known are %s", name, strings.Join(slices.Sorted(maps.Keys(patternKeys)), ", "))
		}
	}
	for _, name := range []string{"crystal", "zone", "caption"} {
		if attrs[name] == "" {
			return "", fmt.Errorf("pattern: %s is missing", name)
		}
	}
	link := "/sim?v=1"
	for _, name := range []string{"crystal", "zone", "tilt", "kv", "camera", "thickness", "overlays", "style", "measure"} {
		value, ok := attrs[name]
		if !ok {
			continue
		}
		if name == "crystal" && !strings.HasPrefix(value, "mp-") {
			value = "lib-" + value
		}
		if name == "kv" || name == "camera" || name == "thickness" {
			if _, err := strconv.ParseFloat(value, 64); err != nil {
				return "", fmt.Errorf("pattern: %s %q is not a number (kV, mm, nm without the unit)", name, value)
			}
		}
		link += "&" + patternKeys[name] + "=" + value
	}
	return link, nil
}

// figureRenderer writes figures.
type figureRenderer struct {
	draw     Drawer
	problems *problems
	count    int
}

func (f *figureRenderer) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(kindShortcode, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		node := n.(*shortcodeNode)
		if err := f.write(w, node.line); err != nil {
			f.problems.at(node.offset, err)
		}
		return ast.WalkContinue, nil
	})
}

func (f *figureRenderer) write(w util.BufWriter, line string) error {
	name, attrs, err := shortcode(line)
	if err != nil {
		return err
	}
	if name != "pattern" {
		return fmt.Errorf("there is no shortcode %q; pattern is the one", name)
	}
	link, err := patternLink(attrs)
	if err != nil {
		return err
	}
	drawing, err := f.draw(link)
	if err != nil {
		return fmt.Errorf("pattern: %w", err)
	}
	f.count++
	id := fmt.Sprintf("figure-%d", f.count)
	e := html.EscapeString
	fmt.Fprintf(w, `<figure class="live" id="%s" data-link="%s">`, id, e(drawing.Link))
	fmt.Fprintf(w, `<div class="picture" role="img" aria-label="%s">%s</div>`, e(drawing.Title+". "+drawing.Description), drawing.SVG)
	fmt.Fprintf(w, `<div class="figure-tools"><button type="button" class="pill" data-live hidden>Rotate this pattern</button>`)
	if attrs["knob"] != "" {
		k, ok := knobs[attrs["knob"]]
		if !ok {
			return fmt.Errorf("pattern: there is no knob %q; there are %s", attrs["knob"], strings.Join(slices.Sorted(maps.Keys(knobs)), ", "))
		}
		fmt.Fprintf(w, `<label class="knob" hidden><span>%s</span> <input type="range" data-knob="%s" min="%g" max="%g" step="%g"> <output></output> %s</label>`,
			e(k.label), k.key, k.min, k.max, k.step, e(k.unit))
	}
	fmt.Fprintf(w, `<a href="%s">Open in the simulator</a></div>`, e(drawing.Link))
	fmt.Fprintf(w, `<figcaption>%s <span class="source">%s</span></figcaption></figure>`+"\n", e(attrs["caption"]), e(drawing.Source))
	return nil
}
