package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"html"
	"image/png"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	xhtml "golang.org/x/net/html"

	"zoneaxis/internal/link"
	"zoneaxis/internal/session"
	"zoneaxis/internal/site/blog"
)

const testOrigin = "https://zone.example"

// built is the whole site, made once for all tests, without the programs and
// without compression.
var built = sync.OnceValues(func() (*builder, error) {
	dir, err := os.MkdirTemp("", "zoneaxis-site-")
	if err != nil {
		return nil, err
	}
	b := &builder{root: filepath.Join("..", ".."), out: dir, origin: testOrigin, now: time.Now(), files: map[string]File{}}
	for _, name := range []string{"engine.wasm", "engine-simd.wasm", "reader.wasm", "viewer.wasm", "wasm_exec.js", "library.txt", "structures.txt", "crystals.json"} {
		if err := b.addHashed(name, []byte(name)); err != nil {
			return nil, err
		}
	}
	for _, step := range []func() error{b.pictures, b.webApp, b.code, b.templates, b.pages} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return b, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if b, err := built(); err == nil {
		os.RemoveAll(b.out)
	}
	os.Exit(code)
}

func theSite(t testing.TB) *builder {
	t.Helper()
	b, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// read returns a built file by its path.
func (b *builder) read(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(b.out, filepath.FromSlash(path)))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// documents returns the HTML pages by their addresses.
func (b *builder) documents(t testing.TB) map[string][]byte {
	t.Helper()
	docs := map[string][]byte{}
	for _, f := range b.files {
		if strings.HasPrefix(f.Path, "pages/") && strings.HasSuffix(f.Path, ".html") {
			docs["/"+strings.TrimSuffix(strings.TrimPrefix(f.Path, "pages/"), "index.html")] = b.read(t, f.Path)
		}
	}
	return docs
}

// nodes calls f for every element of a document.
func nodes(n *xhtml.Node, f func(*xhtml.Node)) {
	if n.Type == xhtml.ElementNode {
		f(n)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		nodes(c, f)
	}
}

func attr(n *xhtml.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

// TestFigures: the picture of every live figure is, byte for byte, what the
// engine draws for the figure's link.
func TestFigures(t *testing.T) {
	figure := regexp.MustCompile(`<figure class="live[^"]*" id="[^"]+" data-link="([^"]+)"><div class="picture">(<svg xmlns.*?</svg>)`)
	total := 0
	for address, doc := range theSite(t).documents(t) {
		found := figure.FindAllSubmatch(doc, -1)
		if n := bytes.Count(doc, []byte(`<figure class="live`)); n != len(found) {
			t.Errorf("%s: %d figures, %d understood", address, n, len(found))
		}
		for _, m := range found {
			total++
			link := html.UnescapeString(string(m[1]))
			one, problems := session.Open(link, nil)
			if len(problems) > 0 {
				t.Errorf("%s: %s: %v", address, link, problems)
				continue
			}
			if got := one.Link().String(); got != link {
				t.Errorf("%s: %s is not the canonical %s", address, link, got)
			}
			if one.SVG() != string(m[2]) {
				t.Errorf("%s: the picture of %s is not the engine's", address, link)
			}
		}
	}
	if total < 20 {
		t.Errorf("only %d figures", total)
	}
}

// TestTeaching: each of the teaching articles has two live figures at least.
func TestTeaching(t *testing.T) {
	docs := theSite(t).documents(t)
	for _, slug := range []string{"what-an-electron-diffraction-pattern-is", "indexing-with-ratios-and-angles", "structure-factors-and-absences", "beyond-single-scattering", "finding-a-zone-with-a-double-tilt-holder"} {
		if n := bytes.Count(docs["/blog/"+slug+"/"], []byte(`<figure class="live`)); n < 2 {
			t.Errorf("%s: %d live figures, want two at least", slug, n)
		}
	}
}

// TestBadPatterns: what the engine cannot draw stops the build, with the file
// and the line.
func TestBadPatterns(t *testing.T) {
	for _, c := range []struct{ name, line, want string }{
		{"crystal", `{{< pattern crystal="unobtainium" zone="0,0,1" caption="x" >}}`, "pattern"},
		{"zone", `{{< pattern crystal="si" zone="0,0,x" caption="x" >}}`, "orientation"},
		{"no direction", `{{< pattern crystal="si" zone="0,0,0" caption="x" >}}`, "orientation"},
		{"voltage", `{{< pattern crystal="si" zone="0,0,1" kv="5" caption="x" >}}`, "voltage"},
		{"not in the library", `{{< pattern crystal="mp-999999" zone="0,0,1" caption="x" >}}`, "pattern"},
	} {
		dir := t.TempDir()
		text := "---\ntitle: x\ndescription: x\ndate: 2026-11-24\n---\n\n" + c.line + "\n"
		if err := os.WriteFile(filepath.Join(dir, "bad.md"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := blog.Load(dir, draw, time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC), false)
		if err == nil || !strings.HasPrefix(err.Error(), "bad.md:7: ") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// routes are addresses that the server answers itself.
var routes = map[string]bool{"/": true, "/sim": true, "/sim.svg": true, "/sim/views": true, "/embed": true, "/oembed": true}

// TestLinks follows every link within the site: the page is there, so is the
// place on it, and a link to the simulator can be read.
func TestLinks(t *testing.T) {
	b := theSite(t)
	served := map[string]bool{}
	for _, f := range b.files {
		if f.URL != "" {
			served[f.URL] = true
		} else if rest, ok := strings.CutPrefix(f.Path, "pages/"); ok {
			served["/"+strings.TrimSuffix(rest, "index.html")] = true
		}
	}
	ids, links := map[string]map[string]bool{}, map[string][]string{}
	for address, doc := range b.documents(t) {
		root, err := xhtml.Parse(bytes.NewReader(doc))
		if err != nil {
			t.Fatal(err)
		}
		ids[address] = map[string]bool{}
		nodes(root, func(n *xhtml.Node) {
			if id, ok := attr(n, "id"); ok {
				ids[address][id] = true
			}
			for _, name := range []string{"href", "src", "data-link", "data-engine", "data-exec", "data-library", "data-icons"} {
				if v, ok := attr(n, name); ok {
					links[address] = append(links[address], v)
				}
			}
		})
	}
	known, count := map[string]bool{}, 0
	for _, address := range slices.Sorted(maps.Keys(links)) {
		for _, target := range links[address] {
			count++
			rest := strings.TrimPrefix(target, testOrigin)
			u, err := url.Parse(rest)
			if err != nil {
				t.Errorf("%s: %q: %v", address, target, err)
				continue
			}
			if u.Host != "" {
				continue // another site
			}
			path := u.Path
			switch {
			case path == "":
				path = address
			case routes[path]:
				if path != "/" && !known[rest] {
					known[rest] = true
					if _, problems := link.Parse(rest); len(problems) > 0 {
						t.Errorf("%s: %s: %v", address, rest, problems)
					}
				}
				continue
			case !served[path]:
				t.Errorf("%s: %s leads nowhere", address, target)
				continue
			}
			if u.Fragment != "" && ids[path] != nil && !ids[path][u.Fragment] {
				t.Errorf("%s: there is no #%s on %s", address, u.Fragment, path)
			}
		}
	}
	if count < 10_000 {
		t.Errorf("only %d links", count)
	}
}

func TestFeeds(t *testing.T) {
	b := theSite(t)
	var atom struct {
		XMLName            xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
		ID, Title, Updated string
		Author             struct {
			Name string `xml:"name"`
		} `xml:"author"`
		Links []struct {
			Rel  string `xml:"rel,attr"`
			Href string `xml:"href,attr"`
		} `xml:"link"`
		Entries []struct {
			ID        string `xml:"id"`
			Title     string `xml:"title"`
			Updated   string `xml:"updated"`
			Published string `xml:"published"`
			Content   struct {
				Type string `xml:"type,attr"`
				Text string `xml:",chardata"`
			} `xml:"content"`
		} `xml:"entry"`
	}
	if err := xml.Unmarshal(b.read(t, "pages/feed.atom"), &atom); err != nil {
		t.Fatal(err)
	}
	var rss struct {
		Version string `xml:"version,attr"`
		Items   []struct {
			GUID    string `xml:"guid"`
			Date    string `xml:"pubDate"`
			Content string `xml:"encoded"`
		} `xml:"channel>item"`
	}
	if err := xml.Unmarshal(b.read(t, "pages/feed.rss"), &rss); err != nil {
		t.Fatal(err)
	}
	var list struct {
		Version string
		Home    string `json:"home_page_url"`
		Feed    string `json:"feed_url"`
		Items   []struct {
			ID        string
			Content   string `json:"content_html"`
			Published string `json:"date_published"`
		}
	}
	if err := json.Unmarshal(b.read(t, "pages/feed.json"), &list); err != nil {
		t.Fatal(err)
	}
	if rss.Version != "2.0" || list.Version != "https://jsonfeed.org/version/1.1" || list.Feed != testOrigin+"/feed.json" || list.Home != testOrigin+"/blog/" {
		t.Errorf("versions %s and %s, addresses %s and %s", rss.Version, list.Version, list.Feed, list.Home)
	}
	if n := len(atom.Entries); n < 12 || len(rss.Items) != n || len(list.Items) != n {
		t.Fatalf("%d, %d and %d entries", n, len(rss.Items), len(list.Items))
	}
	self := false
	for _, l := range atom.Links {
		self = self || l.Rel == "self" && l.Href == testOrigin+"/feed.atom"
	}
	if !self || atom.Author.Name == "" {
		t.Error("the Atom feed has no link to itself or no author")
	}
	seen := map[string]bool{}
	for i, e := range atom.Entries {
		if seen[e.ID] || !strings.HasPrefix(e.ID, testOrigin+"/blog/") || e.ID != rss.Items[i].GUID || e.ID != list.Items[i].ID {
			t.Errorf("entry %d: ids %s, %s, %s", i, e.ID, rss.Items[i].GUID, list.Items[i].ID)
		}
		seen[e.ID] = true
		for _, at := range []string{e.Updated, e.Published, list.Items[i].Published} {
			if _, err := time.Parse(time.RFC3339, at); err != nil {
				t.Errorf("%s: %v", e.ID, err)
			}
		}
		if _, err := time.Parse(time.RFC1123Z, rss.Items[i].Date); err != nil {
			t.Errorf("%s: %v", e.ID, err)
		}
		if e.Content.Text != rss.Items[i].Content || e.Content.Text != list.Items[i].Content || len(e.Content.Text) < 3000 {
			t.Errorf("%s: the feeds differ, or do not hold the whole text", e.ID)
		}
		if regexp.MustCompile(`(?:href|src)="/`).MatchString(e.Content.Text) {
			t.Errorf("%s: an address without the origin", e.ID)
		}
	}
}

func TestSiteMapAndRobots(t *testing.T) {
	b := theSite(t)
	var set struct {
		URLs []struct {
			Loc string `xml:"loc"`
		} `xml:"url"`
	}
	if err := xml.Unmarshal(b.read(t, "pages/sitemap.xml"), &set); err != nil {
		t.Fatal(err)
	}
	have := map[string]bool{}
	for _, u := range set.URLs {
		have[strings.TrimPrefix(u.Loc, testOrigin)] = true
	}
	for address := range b.documents(t) {
		if strings.HasSuffix(address, "/") && !have[address] {
			t.Errorf("%s is not in the site map", address)
		}
	}
	if have["/404.html"] || !have["/sim"] {
		t.Error("the site map has the page for lost visitors, or lacks the simulator")
	}
	if text := string(b.read(t, "pages/robots.txt")); !strings.Contains(text, "Sitemap: "+testOrigin+"/sitemap.xml") {
		t.Errorf("robots.txt: %s", text)
	}
}

func TestCards(t *testing.T) {
	b := theSite(t)
	card := regexp.MustCompile(`<meta property="og:image" content="` + testOrigin + `(/cards/[^"]+)">`)
	seen := map[string]bool{}
	for address, doc := range b.documents(t) {
		m := card.FindSubmatch(doc)
		if m == nil {
			t.Errorf("%s has no card", address)
			continue
		}
		seen[string(m[1])] = true
	}
	if len(seen) < 13 {
		t.Errorf("%d cards", len(seen))
	}
	for path := range seen {
		data := b.read(t, "pages"+path)
		c, err := png.DecodeConfig(bytes.NewReader(data))
		if err != nil || c.Width != 1200 || c.Height != 630 || len(data) > 100_000 {
			t.Errorf("%s: %d × %d, %d bytes, %v", path, c.Width, c.Height, len(data), err)
		}
	}
}

// TestFirstHTML: the first HTML of the simulator keeps its budget, and a build
// with one that does not fails.
func TestFirstHTML(t *testing.T) {
	b := theSite(t)
	if err := b.manifest(); err != nil {
		t.Fatal(err)
	}
	if err := b.firstHTML(t.Output()); err != nil {
		t.Error(err)
	}
	all := heavy
	defer func() { heavy = all }()
	heavy = []string{"/sim?c=lib-yag&z=0,0,1&o=ikdhgs&cl=100"}
	if err := b.firstHTML(t.Output()); err == nil || !strings.Contains(err.Error(), "size budget exceeded") {
		t.Errorf("got %v for a page that is too large", err)
	}
}

// TestWeights: what a visitor loads for an article, or for a page of the
// library, before anything is asked to come alive.
func TestWeights(t *testing.T) {
	const limit = 120_000
	b := theSite(t)
	byURL := map[string]string{}
	for _, f := range b.files {
		if f.URL != "" {
			byURL[f.URL] = f.Path
		}
	}
	sizes := map[string]int{}
	weigh := func(path string) int {
		if n, ok := sizes[path]; ok {
			return n
		}
		data := b.read(t, path)
		n := len(data)
		if filepath.Ext(path) != ".woff2" {
			n = min(n, len(brotliBytes(data, false)))
		}
		sizes[path] = n
		return n
	}
	font := func(name string) int { return weigh(b.files["fonts/"+name].Path) }
	imports := regexp.MustCompile(`from\s*"\./([a-z-]+\.js)"`)
	greek := regexp.MustCompile(`[\x{0370}-\x{03FF}]`)
	for address, doc := range b.documents(t) {
		article := strings.HasPrefix(address, "/blog/")
		if !article && address != "/library/si/" && address != "/library/albite/" && address != "/library/" && address != "/library/d/" && address != "/library/ratio/" {
			continue
		}
		root, err := xhtml.Parse(bytes.NewReader(doc))
		if err != nil {
			t.Fatal(err)
		}
		need := map[string]bool{b.files["img/site-icons.svg"].Path: true, b.files["img/icon.svg"].Path: true}
		var script func(path string)
		script = func(path string) {
			if need[path] {
				return
			}
			need[path] = true
			for _, m := range imports.FindAllStringSubmatch(string(b.read(t, path)), -1) {
				script(filepath.ToSlash(filepath.Join(filepath.Dir(path), m[1])))
			}
		}
		var captions strings.Builder
		nodes(root, func(n *xhtml.Node) {
			href, _ := attr(n, "href")
			src, _ := attr(n, "src")
			switch rel, _ := attr(n, "rel"); {
			case n.Data == "link" && rel == "stylesheet":
				need[byURL[href]] = true
			case n.Data == "script" && src != "":
				script(byURL[src])
			case n.Data == "figcaption" || n.Data == "th" || n.Data == "td" || n.Data == "nav" || n.Data == "label":
				captions.WriteString(textOf(n))
			}
		})
		sum := len(brotliBytes(doc, false)) + font("inter-latin-wght-normal.woff2")
		if article {
			sum += font("source-serif-4-latin-wght-normal.woff2")
		}
		if greek.MatchString(captions.String()) {
			sum += font("inter-greek-wght-normal.woff2")
		}
		for path := range need {
			if filepath.Ext(path) == ".wasm" {
				t.Errorf("%s loads %s", address, path)
			}
			sum += weigh(path)
		}
		if sum > limit {
			t.Errorf("%s: %d bytes, the limit is %d", address, sum, limit)
		}
		if testing.Verbose() {
			t.Logf("%7d  %s", sum, address)
		}
	}
}

func textOf(n *xhtml.Node) string {
	var b strings.Builder
	var walk func(*xhtml.Node)
	walk = func(n *xhtml.Node) {
		if n.Type == xhtml.TextNode {
			b.WriteString(n.Data)
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			if c.Data != "math" { // in a mathematical font
				walk(c)
			}
		}
	}
	walk(n)
	return b.String()
}

// TestIcons: the pages around the simulator have the same icons as it has, and
// all that their templates and the change of theme ask for.
func TestIcons(t *testing.T) {
	read := func(parts ...string) string {
		data, err := os.ReadFile(filepath.Join(append([]string{"..", "..", "assets"}, parts...)...))
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	few, all := read("img", "site-icons.svg"), read("img", "icons.svg")
	for line := range strings.Lines(few) {
		if strings.HasPrefix(line, "<symbol") && !strings.Contains(all, line) {
			t.Errorf("not one of icons.svg: %.60s", line)
		}
	}
	asked := regexp.MustCompile(`template "icon" "([a-z-]+)"`).FindAllStringSubmatch(read("html", "site.tmpl")+read("html", "library.tmpl"), -1)
	asked = append(asked, regexp.MustCompile(`(?:light|dark|lab): "([a-z-]+)"`).FindAllStringSubmatch(read("js", "shared", "theme.js"), -1)...)
	if len(asked) < 5 {
		t.Fatalf("only %d icons found", len(asked))
	}
	for _, m := range asked {
		if !strings.Contains(few, `<symbol id="`+m[1]+`"`) {
			t.Errorf("site-icons.svg has no %s", m[1])
		}
	}
}

// TestEarlyScript: pages hold one script in them, that which the server allows
// by its hash, before their style sheet.
func TestEarlyScript(t *testing.T) {
	b := theSite(t)
	early := "<script>" + string(b.read(t, b.files[earlyScript].Path)) + "</script>"
	for address, doc := range b.documents(t) {
		if n := strings.Count(string(doc), "<script>"); n != 1 || !strings.Contains(string(doc), early) {
			t.Errorf("%s: %d scripts in the page, want one: %s", address, n, early)
		}
	}
}
