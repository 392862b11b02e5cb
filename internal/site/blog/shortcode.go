package blog

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// kindShortcode is a line {{< name word key="value" … >}}.
var kindShortcode = ast.NewNodeKind("Shortcode")

// shortcodeNode is one such line. What belongs to the figure above it, a knob
// or a switch, is taken out of the document and kept in more.
type shortcodeNode struct {
	ast.BaseBlock
	line   string
	offset int
	more   []*shortcodeNode
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
	shortcodeForm = regexp.MustCompile(`^\{\{<\s*([a-z]+)(?:\s+([a-z][a-z0-9-]*))?((?:\s+[a-z]+="[^"]*")*)\s*>\}\}$`)
	attribute     = regexp.MustCompile(`([a-z]+)="([^"]*)"`)
)

// shortcode is a line taken apart: {{< name word key="value" … >}}.
type shortcode struct {
	name, word string
	attrs      map[string]string
}

// readShortcode takes a line apart. known maps the name of every shortcode to
// the keys that it takes.
func readShortcode(line string) (c shortcode, err error) {
	m := shortcodeForm.FindStringSubmatch(line)
	if m == nil {
		return c, fmt.Errorf(`%s: expected {{< name key="value" … >}} on one line`, line)
	}
	c = shortcode{m[1], m[2], map[string]string{}}
	kind, ok := shortcodes[c.name]
	if !ok {
		return c, fmt.Errorf("there is no shortcode %q; there are %s", c.name, names(shortcodes))
	}
	if (c.word != "") != kind.word {
		return c, fmt.Errorf("%s: one word after the name: %v, expected %v", c.name, c.word != "", kind.word)
	}
	for _, a := range attribute.FindAllStringSubmatch(m[3], -1) {
		if _, ok := kind.keys[a[1]]; !ok {
			return c, fmt.Errorf("%s: unknown key %s; known are %s", c.name, a[1], names(kind.keys))
		}
		if _, twice := c.attrs[a[1]]; twice {
			return c, fmt.Errorf("%s: %s is given twice", c.name, a[1])
		}
		c.attrs[a[1]] = a[2]
	}
	for _, key := range slices.Sorted(maps.Keys(kind.keys)) {
		if kind.keys[key] && c.attrs[key] == "" {
			return c, fmt.Errorf("%s: %s is missing", c.name, key)
		}
	}
	return c, nil
}

func names[V any](m map[string]V) string {
	return strings.Join(slices.Sorted(maps.Keys(m)), ", ")
}

// schema is what a shortcode takes: its keys, true if it cannot be without.
type schema struct {
	word bool
	keys map[string]bool
}

// shortcodes are all that there are.
//
//	pattern    a diffraction pattern that can be made live
//	knob       the slider of the pattern above it; the word is one of knobs
//	switch     the box of the pattern above it; the word is one of switches
//	drawing    an SVG of assets/posts by its name
//	thickness  curves of intensity against thickness: of many beams along a
//	           zone, of two beams without one
//	answer     what follows is folded away, up to
//	end        the end of an answer
var shortcodes = map[string]schema{
	"pattern": {false, map[string]bool{"crystal": true, "zone": true, "caption": true, "tilt": false, "kv": false, "camera": false, "thickness": false, "model": false,
		"overlays": false, "style": false, "measure": false, "flags": false, "show": false, "second": false, "relation": false, "half": false}},
	"knob":      {true, map[string]bool{"min": false, "max": false, "step": false, "label": false}},
	"switch":    {true, map[string]bool{"label": false}},
	"drawing":   {true, map[string]bool{"caption": true}},
	"thickness": {false, map[string]bool{"crystal": true, "zone": false, "hkl": true, "kv": true, "to": true, "caption": true}},
	"answer":    {false, map[string]bool{"label": false}},
	"end":       {false, nil},
}

// patternKeys are the keys of a pattern that become keys of the link, in its
// order.
var patternKeys = []struct{ name, key, unit string }{
	{"crystal", "c", ""}, {"zone", "z", ""}, {"tilt", "d", ""}, {"kv", "kv", "kV"}, {"camera", "cl", "mm"}, {"thickness", "t", "nm"}, {"model", "m", ""},
	{"overlays", "o", ""}, {"style", "p", ""}, {"measure", "ms", ""}, {"flags", "f", ""}, {"show", "w", ""}, {"second", "c2", ""}, {"relation", "or", ""},
}

// patternLink returns the link of a pattern.
func patternLink(attrs map[string]string) (string, error) {
	var link strings.Builder
	link.WriteString("/sim?v=1")
	for _, k := range patternKeys {
		value, ok := attrs[k.name]
		if !ok {
			continue
		}
		switch {
		case k.unit != "":
			v, err := quantity(value, k.unit)
			if err != nil {
				return "", fmt.Errorf("pattern: %s: %w", k.name, err)
			}
			value = strconv.FormatFloat(v, 'g', -1, 64)
		case k.name == "model":
			if value != "dynamical" {
				return "", fmt.Errorf("pattern: model %q: dynamical is what it knows, beside its absence", value)
			}
			value = "d"
		case k.name == "show":
			if value != "rings" {
				return "", fmt.Errorf("pattern: show %q: rings is what it knows", value)
			}
			value = "r"
		case (k.name == "crystal" || k.name == "second" && value != "twin") && !strings.HasPrefix(value, "mp-"):
			value = "lib-" + value
		}
		link.WriteString("&" + k.key + "=" + queryEscaper.Replace(value))
	}
	return link.String(), nil
}

// queryEscaper escapes what would end the value of a parameter.
var queryEscaper = strings.NewReplacer("%", "%25", "&", "%26", "#", "%23", "+", "%2B", " ", "+")

// quantity reads a number that may have its unit behind it.
func quantity(text, unit string) (float64, error) {
	number, rest, _ := strings.Cut(strings.TrimSpace(text), " ")
	v, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return 0, fmt.Errorf("%q: expected a number in %s", text, unit)
	}
	if rest = strings.TrimSpace(rest); rest != "" && rest != unit {
		return 0, fmt.Errorf("%q: expected the unit %s", text, unit)
	}
	return v, nil
}

// knob is the one slider of a figure.
type knob struct {
	name           string
	label, unit    string
	key            string // of the requests that it makes, see assets/js/site/figure.js
	min, max, step float64
}

// knobs are the quantities that a figure may offer.
var knobs = map[string]knob{
	"voltage":   {"voltage", "Accelerating voltage", "kV", "kv", 80, 300, 20},
	"camera":    {"camera", "Camera length", "mm", "cl", 200, 1200, 20},
	"thickness": {"thickness", "Thickness", "nm", "t", 1, 100, 1},
	"tilt":      {"tilt", "Tilt to the right", "°", "x", -5, 5, 0.1},
	"tilt-up":   {"tilt-up", "Tilt up", "°", "y", -5, 5, 0.1},
	"rotation":  {"rotation", "Rotation", "°", "to", -90, 90, 1},
}

// readKnob returns the knob of a line.
func readKnob(c shortcode) (knob, error) {
	k, ok := knobs[c.word]
	if !ok {
		return k, fmt.Errorf("knob: there is no %q; there are %s", c.word, names(knobs))
	}
	for _, part := range []struct {
		key  string
		into *float64
	}{{"min", &k.min}, {"max", &k.max}, {"step", &k.step}} {
		if text, ok := c.attrs[part.key]; ok {
			v, err := quantity(text, k.unit)
			if err != nil {
				return k, fmt.Errorf("knob: %s: %w", part.key, err)
			}
			*part.into = v
		}
	}
	if !(k.min < k.max && k.step > 0) {
		return k, fmt.Errorf("knob: from %g to %g in steps of %g is no range", k.min, k.max, k.step)
	}
	if label, ok := c.attrs["label"]; ok {
		k.label = label
	}
	return k, nil
}

// switches are the overlays that a figure may offer, with their letters.
var switches = map[string]struct{ letter, label string }{
	"double":    {"d", "Double diffraction"},
	"forbidden": {"g", "Forbidden reflections"},
	"kikuchi":   {"k", "Kikuchi lines"},
	"holz":      {"h", "Mark higher Laue zones"},
	"indices":   {"i", "Indices"},
}

// attach gives knobs and switches to the pattern right above them and takes
// them out of the document. It also sees that every answer has its end.
type attach struct{ problems *problems }

func (a attach) Transform(doc *ast.Document, _ text.Reader, _ parser.Context) {
	var owner, open *shortcodeNode
	for n := doc.FirstChild(); n != nil; {
		next := n.NextSibling()
		node, ok := n.(*shortcodeNode)
		switch {
		case !ok:
			owner = nil
		case strings.HasPrefix(node.line, "{{< knob") || strings.HasPrefix(node.line, "{{< switch"):
			if owner == nil {
				a.problems.at(node.offset, fmt.Errorf("%s: it has to stand right below a pattern", node.line))
			} else {
				owner.more = append(owner.more, node)
			}
			doc.RemoveChild(doc, node)
		case strings.HasPrefix(node.line, "{{< pattern"):
			owner = node
		case strings.HasPrefix(node.line, "{{< answer"):
			if owner = nil; open != nil {
				a.problems.at(node.offset, fmt.Errorf("%s: the answer before it has no end", node.line))
			}
			open = node
		case strings.HasPrefix(node.line, "{{< end"):
			if owner = nil; open == nil {
				a.problems.at(node.offset, fmt.Errorf("%s: there is no answer to end", node.line))
			}
			open = nil
		default:
			owner = nil
		}
		n = next
	}
	if open != nil {
		a.problems.at(open.offset, fmt.Errorf("%s: it has no end", open.line))
	}
}
