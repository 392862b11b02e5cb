package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	xhtml "golang.org/x/net/html"

	"zoneaxis/internal/artefact"
	"zoneaxis/internal/site"
	"zoneaxis/internal/site/blog"
	"zoneaxis/internal/site/library"
)

var update = flag.Bool("update", false, "write the golden pages anew")

// TestGoldenPages keeps whole pages of a small site, made from the articles in
// testdata/golden/posts and two crystals: the archive, articles, lists, the
// library, feeds, what is made for search engines. Pages are kept as trees, one
// tag or text a line, so that a change shows as what it is; drawings are left
// out, since they have tests of their own. Look at the change that
//
//	go test ./scripts/make -run GoldenPages -update
//
// makes before you commit it.
func TestGoldenPages(t *testing.T) {
	assets := func(name string) string { return filepath.Join("..", "..", "assets", "html", name) }
	// Built files have plain names here, so that the pages stay when a style changes.
	renderer, err := site.New(testOrigin, "early()", func(logical string) (string, int, bool) { return "/static/" + logical, 1000, true },
		assets("base.tmpl"), assets("site.tmpl"), assets("library.tmpl"))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 1, 20, 12, 0, 0, 0, time.UTC)
	posts, err := blog.Load(filepath.Join("testdata", "golden", "posts"), draw, now, false)
	if err != nil {
		t.Fatal(err)
	}
	pages, err := (&blog.Site{Posts: posts, Pages: renderer, Now: now}).Render()
	if err != nil {
		t.Fatal(err)
	}
	crystals, err := library.Load("al", "mg")
	if err != nil {
		t.Fatal(err)
	}
	patterns, err := library.Render(crystals, library.Compare(crystals), renderer)
	if err != nil {
		t.Fatal(err)
	}
	b := &builder{origin: testOrigin}
	pages = append(pages, patterns...)
	more, err := b.around(posts, pages)
	if err != nil {
		t.Fatal(err)
	}
	pages = append(pages, more...)

	dir := filepath.Join("testdata", "golden")
	seen := map[string]bool{}
	for _, p := range pages {
		if filepath.Ext(p.Path) == ".png" || p.Path == "library/ratio/table.json" || p.Path == "library/d/index.html" || p.Path == "library/mg/index.html" {
			continue
		}
		got := p.Data
		switch ext := filepath.Ext(p.Path); {
		case ext == ".html":
			got = tree(t, p.Data)
		case ext == ".json":
			var indented bytes.Buffer
			if err := json.Indent(&indented, p.Data, "", " "); err != nil {
				t.Fatalf("%s: %v", p.Path, err)
			}
			got = contents.ReplaceAll(indented.Bytes(), []byte("$1…$2"))
		case strings.HasPrefix(p.Path, "feed"):
			got = contents.ReplaceAll(p.Data, []byte("$1…$2"))
		}
		name := strings.ReplaceAll(strings.TrimSuffix(p.Path, "/index.html"), "/", "_") + ".txt"
		seen[name] = true
		path := filepath.Join(dir, name)
		if *update {
			if err := os.WriteFile(path, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Errorf("%s: %v", p.Path, err)
			continue
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s has changed: %s\nsee %s and, as a page, %s", p.Path, firstChange(string(got), string(want)),
				artefact.Keep(t, "golden/"+name, got), artefact.Keep(t, "golden/"+p.Path, p.Data))
		}
	}
	for _, name := range []string{"blog.txt", "blog_first.txt", "blog_tags_the-web.txt", "blog_series_an-example.txt", "library_al.txt", "library.txt", "feed.atom.txt", "feed.rss.txt", "feed.json.txt", "sitemap.xml.txt", "robots.txt.txt", "blog_search.json.txt"} {
		if !seen[name] {
			t.Errorf("%s is not among the pages", name)
		}
	}
	kept, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range kept {
		if !seen[filepath.Base(path)] {
			if *update {
				os.Remove(path)
				continue
			}
			t.Errorf("%s: there is no such page any more", path)
		}
	}
	for _, p := range pages {
		if bytes.Contains(p.Data, []byte("Not to be seen")) {
			t.Errorf("%s shows a draft, or an article of the future", p.Path)
		}
	}
}

// contents are the articles inside feeds, which TestFeeds reads.
var contents = regexp.MustCompile(`(<content[^>]*>|"content_html": ")(?:\\.|[^"<])*(</content|")`)

// firstChange tells the first line that differs.
func firstChange(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return fmt.Sprintf("line %d is\n  %.200s\nwant\n  %.200s", i+1, g[i], w[i])
		}
	}
	return fmt.Sprintf("%d lines, want %d", len(g), len(w))
}

// tree writes a page as a tree: a tag or a text a line, indented. The inside of
// drawings and the lines of formulas are left out.
func tree(t testing.TB, page []byte) []byte {
	root, err := xhtml.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	var write func(n *xhtml.Node, depth int)
	write = func(n *xhtml.Node, depth int) {
		in := strings.Repeat(" ", depth)
		switch n.Type {
		case xhtml.TextNode:
			if text := strings.Join(strings.Fields(n.Data), " "); text != "" {
				fmt.Fprintf(&out, "%s%s\n", in, text)
			}
		case xhtml.DoctypeNode:
			fmt.Fprintf(&out, "<!doctype %s>\n", n.Data)
		case xhtml.ElementNode:
			attrs := slices.Clone(n.Attr)
			slices.SortFunc(attrs, func(a, b xhtml.Attribute) int { return strings.Compare(a.Key, b.Key) })
			fmt.Fprintf(&out, "%s<%s", in, n.Data)
			for _, a := range attrs {
				if n.Data != "svg" || a.Key == "class" || a.Key == "role" || a.Key == "aria-hidden" {
					fmt.Fprintf(&out, " %s=%q", a.Key, a.Val)
				}
			}
			out.WriteString(">\n")
			if n.Data == "svg" {
				return
			}
			depth++
		}
		for child := range n.ChildNodes() {
			write(child, depth)
		}
	}
	write(root, 0)
	return out.Bytes()
}
