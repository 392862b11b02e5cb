package blog

import (
	"errors"
	"fmt"
	"html"
	"html/template"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"

	"zoneaxis/internal/link"
	"zoneaxis/internal/protocol"
	"zoneaxis/internal/site"
)

// Drawing is a pattern that the engine has drawn.
type Drawing struct {
	SVG    string        // inline picture
	Link   string        // canonical link of the simulator
	Lead   protocol.Text // "Silicon along [110], 200 kV."
	Bar    protocol.Bar  // scale bar
	Source string        // where the structure is from
	Marks  []byte        // a wire frame of it, for the card
	// What a knob or a switch may start from.
	Values   map[string]string // settings by their keys
	Rotation string
}

// A Drawer draws the pattern of a simulator link. It returns an error for every
// part of the link that cannot be used.
type Drawer func(link string) (Drawing, error)

// figureRenderer writes figures: for the page, or for the feeds, which have
// neither styles nor scripts.
type figureRenderer struct {
	draw     Drawer
	dir      string // of the articles, for drawings
	problems *problems
	feed     bool
	count    int
	first    []byte // marks of the first pattern
}

func (f *figureRenderer) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(kindShortcode, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		node := n.(*shortcodeNode)
		if err := f.write(w, node); err != nil {
			f.problems.at(node.offset, err)
		}
		return ast.WalkContinue, nil
	})
}

func (f *figureRenderer) write(w util.BufWriter, node *shortcodeNode) error {
	c, err := readShortcode(node.line)
	if err != nil {
		return err
	}
	switch c.name {
	case "pattern":
		half := c.attrs["half"] != "" && !f.feed
		if half && !isHalf(node.PreviousSibling()) {
			w.WriteString(`<div class="pair">`)
		}
		err := f.pattern(w, c, node.more)
		if half && !isHalf(node.NextSibling()) {
			w.WriteString("</div>\n")
		}
		return err
	case "drawing":
		return f.drawing(w, c)
	case "thickness":
		svg, err := thicknessChart(c.attrs)
		if err != nil {
			return err
		}
		return f.still(w, svg, c.attrs["caption"], "chart")
	case "answer":
		return f.answer(w, c)
	case "end":
		if !f.feed {
			w.WriteString("</details>\n")
		}
		return nil
	}
	return fmt.Errorf("%s: it has to stand right below a pattern", node.line)
}

// answer opens what is folded away until somebody asks for it. Readers of feeds
// get it unfolded, under its name.
func (f *figureRenderer) answer(w util.BufWriter, c shortcode) error {
	label := c.attrs["label"]
	if label == "" {
		label = "Answer"
	}
	open, end := `<details class="answer"><summary>`, "</summary>\n"
	if f.feed {
		open, end = "<p><b>", "</b></p>\n"
	}
	w.WriteString(open + html.EscapeString(label) + end)
	return nil
}

// isHalf reports whether a node is a pattern of half width.
func isHalf(n ast.Node) bool {
	node, ok := n.(*shortcodeNode)
	return ok && strings.HasPrefix(node.line, "{{< pattern") && strings.Contains(node.line, ` half="`)
}

// figureView is what the template of a figure gets.
type figureView struct {
	Drawing
	ID      string
	SVG     template.HTML
	Caption template.HTML
	Half    bool
	Knob    *knob
	Start   string // value of the knob
	Switch  *switchView
}

type switchView struct {
	Letter, Label string
	On            bool
}

var figureTemplate = template.Must(template.New("figure").Funcs(template.FuncMap{"text": site.Text}).Parse(
	`<figure class="live{{if .Half}} half{{end}}" id="{{.ID}}" data-link="{{.Link}}">` +
		`<div class="picture">{{.SVG}}` +
		`{{with .Bar}}<svg class="scale zap" viewBox="-840 0 840 1" aria-hidden="true"><path d="M-{{.Units}} 0H0"/><g transform="scale(.5) translate(-{{.Units}} -16)"><g class="l"><text>{{range .Label}}{{if .Sup}}<tspan dy="-5" font-size="10">{{.T}}</tspan>{{else}}{{.T}}{{end}}{{end}}</text></g></g></svg>{{end}}` +
		`<p class="hud hud-zone" hidden></p><button type="button" class="play" hidden>Rotate this pattern</button></div>` +
		`<div class="figure-tools">{{with .Knob}}<label class="knob" hidden><span>{{.Label}}</span> <input type="range" name="{{.Key}}" min="{{.Min}}" max="{{.Max}}" step="{{.Step}}" value="{{$.Start}}"> <output>{{$.Start}}{{.Gap}}{{.Unit}}</output></label>{{end}}` +
		`{{with .Switch}}<label class="check" hidden><input type="checkbox" name="{{.Letter}}"{{if .On}} checked{{end}}> {{.Label}}</label>{{end}}` +
		`<a class="open" href="{{.Link}}">Open in the simulator</a></div>` +
		`<figcaption id="{{.ID}}-caption"><b>{{text .Lead}}</b> {{.Caption}} <span class="source">{{.Source}}</span></figcaption></figure>` + "\n"))

var feedTemplate = template.Must(template.New("feed").Funcs(template.FuncMap{"text": site.Text}).Parse(
	`<figure><a href="{{.Link}}"><img src="{{.Picture}}" width="600" height="600" alt="{{.Alt}}"></a>` +
		`<figcaption><b>{{text .Lead}}</b> {{.Caption}} {{.Source}}</figcaption></figure>` + "\n"))

// Gap is what stands between a value and its unit.
func (k *knob) Gap() string {
	if k.unit == "°" {
		return ""
	}
	return "\u2009"
}

// Fields of a knob for the template.
func (k *knob) Label() string { return k.label }
func (k *knob) Unit() string  { return k.unit }
func (k *knob) Key() string   { return k.key }
func (k *knob) Min() float64  { return k.min }
func (k *knob) Max() float64  { return k.max }
func (k *knob) Step() float64 { return k.step }

func (f *figureRenderer) pattern(w util.BufWriter, c shortcode, more []*shortcodeNode) error {
	address, err := patternLink(c.attrs)
	if err != nil {
		return err
	}
	d, err := f.draw(address)
	if err != nil {
		return fmt.Errorf("pattern: %w", err)
	}
	f.count++
	if f.count == 1 {
		f.first = d.Marks
	}
	v := figureView{Drawing: d, ID: fmt.Sprintf("figure-%d", f.count), SVG: template.HTML(d.SVG), Half: c.attrs["half"] != ""}
	if v.Caption, err = inline(c.attrs["caption"]); err != nil {
		return fmt.Errorf("pattern: caption: %w", err)
	}
	for _, node := range more {
		part, err := readShortcode(node.line)
		if err != nil {
			return err
		}
		switch {
		case part.name == "knob" && v.Knob == nil:
			k, err := readKnob(part)
			if err != nil {
				return err
			}
			if k.key == "t" && c.attrs["model"] == "" {
				return errors.New("knob: without model=\"dynamical\" a pattern is the same at every thickness")
			}
			v.Knob, v.Start = &k, start(k, d)
		case part.name == "switch" && v.Switch == nil:
			s, ok := switches[part.word]
			if !ok {
				return fmt.Errorf("switch: there is no %q; there are %s", part.word, names(switches))
			}
			v.Switch = &switchView{s.letter, s.label, strings.Contains(d.Values["o"], s.letter)}
			if label, ok := part.attrs["label"]; ok {
				v.Switch.Label = label
			}
		default:
			return fmt.Errorf("a figure has one %s at most", part.name)
		}
	}
	if f.feed {
		picture := strings.Replace(d.Link, link.Path, link.Path+".svg", 1)
		return feedTemplate.Execute(w, struct {
			figureView
			Picture, Alt string
		}{v, picture, plainText(d.Lead)})
	}
	return figureTemplate.Execute(w, v)
}

// start returns where a knob stands before it is moved.
func start(k knob, d Drawing) string {
	if k.key == "to" {
		return strings.TrimSuffix(strings.Replace(d.Rotation, "−", "-", 1), "°")
	}
	if value, ok := d.Values[k.key]; ok {
		return value
	}
	return "0"
}

func plainText(t protocol.Text) string {
	var b strings.Builder
	for _, run := range t {
		if run.Bar {
			b.WriteString("−")
		}
		b.WriteString(run.T)
	}
	return b.String()
}

// captionMark is what a caption may hold beside words: indices with overbars.
var captionMark = regexp.MustCompile(`\{\{([^}]*)\}\}`)

// inline writes the text of a caption: words and indices.
func inline(text string) (template.HTML, error) {
	var failed error
	out := captionMark.ReplaceAllStringFunc(html.EscapeString(text), func(m string) string {
		h, err := indicesHTML(m[2 : len(m)-2])
		if err != nil {
			failed = err
		}
		return string(h)
	})
	return template.HTML(out), failed
}

// drawing writes an SVG file of the articles' folder into the page, so that it
// takes the colours of the theme.
func (f *figureRenderer) drawing(w util.BufWriter, c shortcode) error {
	data, err := os.ReadFile(filepath.Join(f.dir, c.word+".svg"))
	if err != nil {
		return fmt.Errorf("drawing: %w", err)
	}
	svg := strings.TrimSpace(string(data))
	if !strings.HasPrefix(svg, "<svg ") || !strings.Contains(svg, ` role="img"`) || !strings.Contains(svg, "<title>") || !strings.Contains(svg, ` viewBox="`) {
		return fmt.Errorf(`drawing: %s.svg: expected <svg … viewBox role="img"> with a <title>`, c.word)
	}
	return f.still(w, svg, c.attrs["caption"], "drawn")
}

// still writes a figure that does not come alive.
func (f *figureRenderer) still(w util.BufWriter, svg, caption, class string) error {
	text, err := inline(caption)
	if err != nil {
		return fmt.Errorf("caption: %w", err)
	}
	fmt.Fprintf(w, `<figure class="still %s">%s<figcaption>%s</figcaption></figure>`+"\n", class, svg, text)
	return nil
}
