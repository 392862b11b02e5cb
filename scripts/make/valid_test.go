package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	xhtml "golang.org/x/net/html"
)

// TestPagesAreValid holds every page against the rules of HTML that a parser
// would otherwise mend in silence, and against those that make a page usable.
func TestPagesAreValid(t *testing.T) {
	docs := theSite(t).documents(t)
	if len(docs) < 190 {
		t.Fatalf("only %d pages", len(docs))
	}
	for address, doc := range docs {
		for _, problem := range faults(doc) {
			t.Errorf("%s: %s", address, problem)
		}
	}
}

// TestFaultsAreFound: each rule finds what breaks it.
func TestFaultsAreFound(t *testing.T) {
	page := func(body string) string {
		return `<!doctype html><html lang="en"><head><title>x</title><meta name="description" content="x"></head><body><main><h1>x</h1>` + body + `</main></body></html>`
	}
	if f := faults([]byte(page("<p>good</p>"))); len(f) != 0 {
		t.Fatalf("a good page: %v", f)
	}
	for body, want := range map[string]string{
		`<p>a<div>b</div></p>`:                              "mended",
		`<b><i>x</b></i>`:                                   "mended",
		`<p>never closed`:                                   "mended",
		`<table><p>x</p><tr><td>y</td></tr></table>`:        "mended",
		`<p id="a">x</p><p id="a">y</p>`:                    "twice",
		`<p style="color:red">x</p>`:                        "inline style",
		`<p onclick="x()">x</p>`:                            "inline handler",
		`<script>x()</script>`:                              "inline script",
		`<style>p{}</style>`:                                "inline style",
		`<img src="/x.png">`:                                "alt",
		`<p aria-labelledby="none">x</p>`:                   "no #none",
		`<label for="none">x</label>`:                       "no #none",
		`<input type="text">`:                               "no label",
		`<h3>x</h3>`:                                        "h3 after h1",
		`<h1>y</h1>`:                                        "2 h1",
		`<a href="/x"><button type="button">x</button></a>`: "inside",
		`<ul><p>x</p></ul>`:                                 "in ul",
		`<a href="/x"></a>`:                                 "no text",
		`<button>x</button>`:                                "no type",
	} {
		found := faults([]byte(page(body)))
		if !slices.ContainsFunc(found, func(f string) bool { return strings.Contains(f, want) }) {
			t.Errorf("%s: %v, want %s", body, found, want)
		}
	}
}

// token is an element's begin or end as it stands in the text.
type token struct {
	kind xhtml.TokenType
	name string
}

// tokens lists the tags of a document. Those of void elements, and those that
// may close themselves in drawings, are begins only.
func tokens(doc []byte) []token {
	var list []token
	z := xhtml.NewTokenizer(bytes.NewReader(doc))
	for {
		switch kind := z.Next(); kind {
		case xhtml.ErrorToken:
			return list
		case xhtml.StartTagToken, xhtml.EndTagToken, xhtml.SelfClosingTagToken:
			name, _ := z.TagName()
			n := string(name)
			switch {
			case kind == xhtml.SelfClosingTagToken && !void[n]:
				list = append(list, token{xhtml.StartTagToken, n}, token{xhtml.EndTagToken, n})
			case kind == xhtml.SelfClosingTagToken:
				list = append(list, token{xhtml.StartTagToken, n})
			case kind == xhtml.EndTagToken && void[n]:
			default:
				list = append(list, token{kind, n})
			}
		}
	}
}

var void = map[string]bool{"meta": true, "link": true, "br": true, "hr": true, "img": true, "input": true}

// faults lists what is wrong with a page.
func faults(doc []byte) []string {
	var found []string
	say := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	root, err := xhtml.Parse(bytes.NewReader(doc))
	if err != nil {
		return []string{err.Error()}
	}
	// What the parser makes of it has the same tags in the same order, or it has
	// mended something.
	var again bytes.Buffer
	if err := xhtml.Render(&again, root); err != nil {
		return []string{err.Error()}
	}
	was, is := tokens(doc), tokens(again.Bytes())
	for i := range min(len(was), len(is)) {
		if was[i] != is[i] {
			say("mended at tag %d: <%s> became <%s>", i, was[i].name, is[i].name)
			break
		}
	}
	if len(was) != len(is) {
		say("mended: %d tags became %d", len(was), len(is))
	}

	ids, labelled := map[string]bool{}, map[string]bool{}
	nodes(root, func(n *xhtml.Node) {
		if id, ok := attr(n, "id"); ok {
			if ids[id] {
				say("the id %s is there twice", id)
			}
			ids[id] = true
		}
		if v, ok := attr(n, "for"); ok && n.Data == "label" {
			labelled[v] = true
		}
	})
	level, h1 := 0, 0
	nodes(root, func(n *xhtml.Node) {
		if _, ok := attr(n, "style"); ok || n.Data == "style" {
			say("inline style at <%s>", n.Data)
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") {
				say("inline handler at <%s>", n.Data)
			}
		}
		for _, name := range []string{"aria-labelledby", "aria-describedby", "aria-controls", "for"} {
			if v, ok := attr(n, name); ok {
				for id := range strings.FieldsSeq(v) {
					if !ids[id] {
						say("<%s %s>: there is no #%s", n.Data, name, id)
					}
				}
			}
		}
		switch n.Data {
		case "script":
			// The one in the head has a test of its own, TestEarlyScript.
			if _, ok := attr(n, "src"); !ok && !within(n, "head") {
				say("inline script")
			}
		case "img":
			for _, name := range []string{"alt", "width", "height"} {
				if _, ok := attr(n, name); !ok {
					say("<img> without %s", name)
				}
			}
		case "h1", "h2", "h3", "h4":
			now := int(n.Data[1] - '0')
			if now == 1 {
				h1++
			}
			if now > level+1 && level > 0 {
				say("h%d after h%d", now, level)
			}
			level = now
		case "button":
			if _, ok := attr(n, "type"); !ok {
				say("<button> has no type")
			}
		case "input", "select":
			id, _ := attr(n, "id")
			kind, _ := attr(n, "type")
			if _, named := attr(n, "aria-label"); kind != "hidden" && !named && !labelled[id] && !within(n, "label") {
				say("<%s> has no label", n.Data)
			}
		case "ul", "ol":
			for c := n.FirstChild; c != nil; c = c.NextSibling {
				if c.Type == xhtml.ElementNode && c.Data != "li" {
					say("<%s> in %s", c.Data, n.Data)
				}
			}
		}
		if n.Data == "a" || n.Data == "button" {
			if within(n, "a") || within(n, "button") {
				say("<%s> inside another control", n.Data)
			}
			if _, named := attr(n, "aria-label"); !named && strings.TrimSpace(textOf(n)) == "" {
				say("<%s> has no text", n.Data)
			}
		}
	})
	if h1 != 1 {
		say("%d h1", h1)
	}
	head := string(doc[:min(len(doc), bytes.Index(doc, []byte("<body")))])
	for _, part := range []string{"<title>", `<meta name="description" content="`, `<html lang="`} {
		if !strings.Contains(head, part) {
			say("the head has no %s", part)
		}
	}
	return found
}

// within reports whether an element of that name is around n.
func within(n *xhtml.Node, name string) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if p.Data == name {
			return true
		}
	}
	return false
}
