package blog

import (
	"errors"
	"fmt"
	"math"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/diffraction/bloch"
	"zoneaxis/internal/protocol"
	"zoneaxis/internal/textbook"
)

// drawn stands for the engine: it draws a square and knows two crystals.
func drawn(link string) (Drawing, error) {
	if !strings.Contains(link, "lib-si") && !strings.Contains(link, "lib-al") {
		return Drawing{}, errors.New("no such crystal")
	}
	return Drawing{
		SVG: `<svg viewBox="0 0 1 1"></svg>`, Link: link, Lead: protocol.Text{{T: "Silicon along [1"}, {T: "1", Bar: true}, {T: "0]."}}, Source: "Structure: somebody.",
		Bar: protocol.Bar{Units: 150, Label: protocol.Text{{T: "5 nm"}, {T: "−1", Sup: true}}}, Values: map[string]string{"kv": "200", "cl": "520", "t": "14", "o": "is"}, Rotation: "−12.0°",
	}, nil
}

const head = "---\ntitle: A title\ndescription: About it.\ndate: 2026-11-24\ntags: [a, b c]\n---\n\n"

// post renders the text of an article.
func post(t testing.TB, text string) *Post {
	t.Helper()
	p := &Post{Slug: "a-title"}
	if err := render(p, filepath.Join(t.TempDir(), "a-title.md"), []byte(head+text), drawn); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestMarkdown(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"heading", "## Two words", `<h2 id="two-words">Two words <a class="anchor" href="#two-words" aria-label="Link to the section Two words">#</a></h2>`},
		{"quotes", `He said "no" -- it's`, `<p>He said “no” – it’s</p>`},
		{"indices", "See {{1-10}} and {{12 -1 0}}.", `<p>See <span class="hkl">1<span class="ob">1<i>̄</i></span>0</span> and <span class="hkl">12` + "\u2009" + `<span class="ob">1<i>̄</i></span>` + "\u2009" + `0</span>.</p>`},
		{"indices in brackets", "[{{2 -1 -1 0}}]", `[<span class="hkl">2<span class="ob">1<i>̄</i></span><span class="ob">1<i>̄</i></span>0</span>]`},
		{"unit", "At 200 kV and 5 Å, 3 %.", "<p>At 200\u00a0kV and 5\u00a0Å, 3\u00a0%.</p>"},
		{"unit in code", "`200 kV`", "<p><code>200 kV</code></p>"},
		{"price", "It costs $5 and $6.", "<p>It costs $5 and $6.</p>"},
		{"footnote", "Text[^1].\n\n[^1]: Note.", `<a href="#fn:1" class="footnote-ref" role="doc-noteref">1</a>`},
		{"code", "```go\nfunc f() {}\n```", `<pre tabindex="0"><code><span class="c-line"><span class="c-cl"><span class="c-kd">func</span>`},
		{"table", "| a | b |\n| :- | -: |\n| x | 1 |", `<th scope="row">x</th>`},
		{"number in table", "| a | b |\n| :- | -: |\n| x | 1 |", `<td class="n">1</td>`},
		{"empty head in table", "| | b |\n| :- | -: |\n| x | 1 |", "<tr>\n<td></td>"},
		{"formula as a head", "| a | $F^2$ |\n| :- | -: |\n| x | 1 |", `<th scope="col" class="n"><span class="sr">F squared</span><span aria-hidden="true">`},
		{"formula in a line of its own", "$$\nx\n$$", `<div class="formula" role="group" aria-label="Formula" tabindex="0">`},
		{"attributes in order", "$x$", `<math display="inline" xmlns="http://www.w3.org/1998/Math/MathML">`},
		{"definition", "Term\n: Meaning", "<dd>Meaning</dd>"},
	} {
		if got := string(post(t, c.text).Body); !strings.Contains(got, c.want) {
			t.Errorf("%s:\ngot  %s\nwant %s", c.name, got, c.want)
		}
	}
}

var tags = regexp.MustCompile(`<[^>]*>`)

func TestMath(t *testing.T) {
	body := string(post(t, "Take $1/d$ and\n\n$$\nF = \\sum_j f_j\n$$\n").Body)
	if n := strings.Count(body, "<math"); n != 2 {
		t.Errorf("%d formulas, want 2: %s", n, body)
	}
	if strings.Contains(body, "style=") || strings.Contains(body, "$") {
		t.Errorf("an inline style or a dollar is left: %s", body)
	}
	if text := tags.ReplaceAllString(body, ""); !strings.Contains(text, "∑") || !strings.Contains(text, "𝑓") && !strings.Contains(text, "f") {
		t.Errorf("the sum reads %q", text)
	}
}

// TestErrors: what is wrong stops the build, with the file and the line.
func TestErrors(t *testing.T) {
	const lines = 7 // of the head
	for _, c := range []struct {
		name, text, want string
		line             int
	}{
		{"formula", "x\n\n$$\n\\frac{a\n$$", "formula", 3},
		{"unknown command", "Take $\\nonsense{x}$.", "formula", 1},
		{"root", "Take $\\sqrt{x}$.", "root", 1},
		{"indices", "x\n\n{{1x0}}", `indices "1x0"`, 3},
		{"two indices", "{{11}}", `indices "11"`, 1},
		{"no such shortcode", `{{< movie a="b" >}}`, `no shortcode "movie"; there are answer, drawing, end, knob, pattern, switch, thickness`, 1},
		{"form", `{{< pattern crystal=si >}}`, "expected {{< name key", 1},
		{"no caption", `{{< pattern crystal="si" zone="0,0,1" >}}`, "pattern: caption is missing", 1},
		{"unknown key", `{{< pattern crystal="si" zone="0,0,1" caption="x" colour="red" >}}`, "unknown key colour; known are camera", 1},
		{"key twice", `{{< pattern crystal="si" crystal="al" zone="0,0,1" caption="x" >}}`, "crystal is given twice", 1},
		{"wrong unit", `{{< pattern crystal="si" zone="0,0,1" kv="200 V" caption="x" >}}`, `kv: "200 V": expected the unit kV`, 1},
		{"no number", `{{< pattern crystal="si" zone="0,0,1" camera="long" caption="x" >}}`, `camera: "long": expected a number in mm`, 1},
		{"show", `{{< pattern crystal="si" zone="0,0,1" show="stars" caption="x" >}}`, "rings is what it knows", 1},
		{"crystal", "text\n\ntext\n\n" + `{{< pattern crystal="unobtainium" zone="0,0,1" caption="x" >}}`, "pattern: no such crystal", 5},
		{"caption", `{{< pattern crystal="si" zone="0,0,1" caption="{{1y0}}" >}}`, "caption: indices", 1},
		{"lost knob", "text\n\n{{< knob voltage >}}", "right below a pattern", 3},
		{"unknown knob", `{{< pattern crystal="si" zone="0,0,1" caption="x" >}}` + "\n{{< knob colour >}}", `no "colour"; there are camera, rotation, thickness, tilt, tilt-up, voltage`, 1},
		{"model", `{{< pattern crystal="si" zone="0,0,1" model="perfect" caption="x" >}}`, "dynamical is what it knows", 1},
		{"thickness without model", `{{< pattern crystal="si" zone="0,0,1" caption="x" >}}` + "\n{{< knob thickness >}}", "the same at every thickness", 1},
		{"two knobs", `{{< pattern crystal="si" zone="0,0,1" caption="x" >}}` + "\n{{< knob voltage >}}\n{{< knob tilt >}}", "one knob at most", 1},
		{"range", `{{< pattern crystal="si" zone="0,0,1" caption="x" >}}` + "\n" + `{{< knob voltage min="300" max="100" >}}`, "is no range", 1},
		{"unit of a knob", `{{< pattern crystal="si" zone="0,0,1" caption="x" >}}` + "\n" + `{{< knob voltage min="3 mm" >}}`, "expected the unit kV", 1},
		{"switch", `{{< pattern crystal="si" zone="0,0,1" caption="x" >}}` + "\n{{< switch light >}}", `no "light"`, 1},
		{"word missing", `{{< pattern crystal="si" zone="0,0,1" caption="x" >}}` + "\n{{< knob >}}", "one word after the name", 1},
		{"drawing", `{{< drawing nothing caption="x" >}}`, "drawing: open", 1},
		{"thickness", `{{< thickness crystal="si" hkl="200" kv="200" to="100" caption="x" >}}`, "Silicon has no reflection 200", 1},
		{"thickness zone", `{{< thickness crystal="si" zone="1,1" hkl="220" kv="200" to="100" caption="x" >}}`, `zone "1,1": expected u,v,w`, 1},
		{"thickness beam", `{{< thickness crystal="si" zone="1,1,0" hkl="200" kv="200" to="100" caption="x" >}}`, "200 is no strong beam", 1},
		{"answer without end", "x\n\n{{< answer >}}\n\ntext", "it has no end", 3},
		{"answer in an answer", "{{< answer >}}\n\n{{< answer >}}\n\n{{< end >}}", "the answer before it has no end", 3},
		{"end without answer", "{{< end >}}", "no answer to end", 1},
		{"thickness unit", `{{< thickness crystal="si" hkl="220" kv="200" to="100 mm" caption="x" >}}`, "expected the unit nm", 1},
	} {
		p := &Post{Slug: "x"}
		err := render(p, filepath.Join(t.TempDir(), "x.md"), []byte(head+c.text), drawn)
		if err == nil {
			t.Errorf("%s: no error", c.name)
			continue
		}
		if place := fmt.Sprintf("x.md:%d: ", lines+c.line); !strings.HasPrefix(err.Error(), place) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s:\ngot  %v\nwant %s…%s", c.name, err, place, c.want)
		}
	}
}

func TestFrontMatter(t *testing.T) {
	for _, c := range []struct{ name, head, want string }{
		{"none", "text", "no front matter"},
		{"no title", "---\ndescription: x\ndate: 2026-11-24\n---\n", "title is missing"},
		{"date", "---\ntitle: x\ndescription: x\ndate: 24.11.2026\n---\n", `date "24.11.2026": expected a date`},
		{"series without part", "---\ntitle: x\ndescription: x\ndate: 2026-11-24\nseries: s\n---\n", "series and part go together"},
		{"changed before", "---\ntitle: x\ndescription: x\ndate: 2026-11-24\nupdated: 2026-11-23\n---\n", "is before date"},
	} {
		err := render(&Post{Slug: "x"}, "x.md", []byte(c.head), drawn)
		if err == nil || !strings.HasPrefix(err.Error(), "x.md:1: ") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
	if err := render(&Post{Slug: "Bad Name"}, "Bad Name.md", []byte(head), drawn); err == nil || !strings.Contains(err.Error(), "small letters") {
		t.Errorf("file name: %v", err)
	}
}

func TestFigure(t *testing.T) {
	p := post(t, `{{< pattern crystal="si" zone="1,-1,0" kv="200 kV" caption="See {{1-10}} & more." >}}
{{< knob rotation >}}
{{< switch double label="Twice" >}}

{{< pattern crystal="al" zone="0,0,1" half="yes" caption="Left." >}}
{{< pattern crystal="al" zone="1,1,1" half="yes" caption="Right." >}}

{{< pattern crystal="al" zone="1,1,1" thickness="14 nm" model="dynamical" caption="Many." >}}
{{< knob thickness max="60" >}}
`)
	if !p.Live {
		t.Error("the article has no live figures")
	}
	body := string(p.Body)
	for _, want := range []string{
		`<figure class="live" id="figure-1" data-link="/sim?v=1&amp;c=lib-si&amp;z=1,-1,0&amp;kv=200">`,
		`<div class="picture"><svg viewBox="0 0 1 1"></svg>`,
		`<b>Silicon along [1<span class="ob">1<i>̄</i></span>0].</b> See <span class="hkl">1<span class="ob">1<i>̄</i></span>0</span> &amp; more. <span class="source">Structure: somebody.</span>`,
		`<input type="range" name="to" min="-90" max="90" step="1" value="-12.0"> <output>-12.0°</output>`,
		`<input type="checkbox" name="d"> Twice`,
		`<a class="open" href="/sim?v=1&amp;c=lib-si&amp;z=1,-1,0&amp;kv=200">Open in the simulator</a>`,
		`<div class="pair"><figure class="live half" id="figure-2"`,
		`</figure>` + "\n" + `<figure class="live half" id="figure-3"`,
		"</figure>\n</div>",
		`data-link="/sim?v=1&amp;c=lib-al&amp;z=1,1,1&amp;t=14&amp;m=d"`,
		`<input type="range" name="t" min="1" max="60" step="1" value="14"> <output>14` + "\u2009" + `nm</output>`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("missing %s\nin %s", want, body)
		}
	}
	// Readers of feeds have no styles and no scripts.
	for _, want := range []string{`<img src="/sim.svg?v=1&amp;c=lib-si&amp;z=1,-1,0&amp;kv=200" width="600" height="600" alt="Silicon along [1−10].">`} {
		if !strings.Contains(p.feed, want) {
			t.Errorf("missing in the feed: %s\nin %s", want, p.feed)
		}
	}
	for _, never := range []string{"<svg", "<input", "<button", "pair"} {
		if strings.Contains(p.feed, never) {
			t.Errorf("the feed has %s", never)
		}
	}
}

// What a shortcode's value holds is a value of the link too, whatever it is made
// of, and stands in the HTML as text.
func TestFigureValues(t *testing.T) {
	for _, value := range []string{"a&kv=80", "1#2", "50%26", "1+2", "two words", "200 & more"} {
		link, err := patternLink(map[string]string{"crystal": "si", "zone": "0,0,1", "measure": value, "relation": "last"})
		if err != nil {
			t.Fatal(err)
		}
		u, err := url.Parse(link)
		if err != nil {
			t.Fatal(err)
		}
		if q := u.Query(); q.Get("ms") != value || q.Get("or") != "last" || len(q) != 5 || u.Fragment != "" {
			t.Errorf("%q: %s has %q", value, link, q)
		}
	}
	body := string(post(t, `{{< pattern crystal="si" zone="0,0,1" measure="1&2" caption="A & B" >}}`).Body)
	for _, want := range []string{`data-link="/sim?v=1&amp;c=lib-si&amp;z=0,0,1&amp;ms=1%262"`, "A &amp; B"} {
		if !strings.Contains(body, want) {
			t.Errorf("missing %s\nin %s", want, body)
		}
	}
}

// TestDrawing: a drawing becomes part of the page, and has to have a text.
func TestDrawing(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("good.svg", `<svg viewBox="0 0 10 10" role="img"><title>A circle</title><circle r="1"/></svg>`)
	write("bad.svg", `<svg viewBox="0 0 10 10"><circle r="1"/></svg>`)
	p := &Post{Slug: "x"}
	if err := render(p, filepath.Join(dir, "x.md"), []byte(head+`{{< drawing good caption="Round." >}}`), drawn); err != nil {
		t.Fatal(err)
	}
	if want := `<figure class="still drawn"><svg viewBox="0 0 10 10" role="img"><title>A circle</title><circle r="1"/></svg><figcaption>Round.</figcaption></figure>`; !strings.Contains(string(p.Body), want) {
		t.Errorf("got %s", p.Body)
	}
	if err := render(p, filepath.Join(dir, "x.md"), []byte(head+`{{< drawing bad caption="x" >}}`), drawn); err == nil || !strings.Contains(err.Error(), "<title>") {
		t.Errorf("a drawing without a text: %v", err)
	}
}

// curvePoints reads the points of a curve of a chart.
func curvePoints(t *testing.T, body, class string) [][2]float64 {
	t.Helper()
	m := regexp.MustCompile(`<path class="curve ` + class + `" fill="none" stroke="currentColor" d="M([^"l]*)l([^"]*)"`).FindStringSubmatch(body)
	if m == nil {
		t.Fatalf("no curve %s in %s", class, body)
	}
	var x, y float64
	var points [][2]float64
	numbers := regexp.MustCompile(`-?[\d.]+`).FindAllString(m[1]+" "+m[2], -1)
	for i := 0; i+1 < len(numbers); i += 2 {
		dx, errX := strconv.ParseFloat(numbers[i], 64)
		dy, errY := strconv.ParseFloat(numbers[i+1], 64)
		if errX != nil || errY != nil {
			t.Fatal(errX, errY)
		}
		x, y = x+dx, y+dy
		points = append(points, [2]float64{x, y})
	}
	if len(points) != 101 {
		t.Fatalf("curve %s has %d points, want 101", class, len(points))
	}
	return points
}

func TestThickness(t *testing.T) {
	p := post(t, `{{< thickness crystal="au" hkl="111;200" kv="200 kV" to="46.48 nm" caption="x" >}}`)
	body := string(p.Body)
	// Gold at 200 kV has ξ = 23.24 nm for 111: the curve ends after two of them,
	// at nothing again, and 200 with 25.87 nm does not. Both start at nothing.
	const nothing, tol = 286, 0.05
	c1, c2 := curvePoints(t, body, "c1"), curvePoints(t, body, "c2")
	for _, c := range []struct {
		what    string
		point   [2]float64
		x       float64
		nothing bool
	}{{"start of 111", c1[0], 28, true}, {"end of 111", c1[100], 428, true}, {"start of 200", c2[0], 28, true}, {"end of 200", c2[100], 428, false}} {
		if math.Abs(c.point[0]-c.x) > tol || math.Abs(c.point[1]-nothing) < tol != c.nothing {
			t.Errorf("%s at %.1f", c.what, c.point)
		}
	}
	if !strings.Contains(body, "extinction 23 nm") || !strings.Contains(body, "extinction 26 nm") {
		t.Error("extinction distances are missing")
	}
}

// TestThicknessOfManyBeams: the curves along a zone axis are those of package
// bloch. Silicon along [110] at 100 Å was computed by an independent program with
// 129 beams; the weak beams that are added here move the intensities by less than
// 0.002 there, and at 500 Å, where that program has 0.42959, by 0.005.
func TestThicknessOfManyBeams(t *testing.T) {
	body := string(post(t, `{{< thickness crystal="si" zone="1,1,0" hkl="000;1-11;002" kv="200 kV" to="50 nm" caption="x" >}}`).Body)
	beam, o := textbook.Beam(t, 200e3), textbook.Frame(t, textbook.Open(t, "si").Lattice, crystal.UVW{1, 1, 0})
	r := textbook.Reflections(t, textbook.Open(t, "si"), diffraction.Options{GMax: bloch.StandardGMax})
	system, err := bloch.Solve(r, beam, o, bloch.Standard(beam))
	if err != nil {
		t.Fatal(err)
	}
	for class, c := range map[string]struct {
		hkl  crystal.HKL
		at10 float64
	}{"c1": {crystal.HKL{}, 0.19795}, "c2": {crystal.HKL{1, -1, 1}, 0.12131}, "c3": {crystal.HKL{0, 0, 2}, 0.00154}} {
		points := curvePoints(t, body, class)
		at := func(i int) float64 { return (286 - points[i][1]) / 234 } // of a hundred steps
		if got := at(20); math.Abs(got-c.at10) > 0.0025 {
			t.Errorf("curve %s at 10 nm: %.4f, want %.4f", class, got, c.at10)
		}
		want := map[crystal.HKL]float64{}
		for i, v := range system.Intensities(nil, 500) {
			want[r.HKL[system.Beams[i].Ref]] = v
		}
		// A tenth of a unit is 0.0004.
		if got := at(100); math.Abs(got-want[c.hkl]) > 0.0005 {
			t.Errorf("curve %s at 50 nm: %.4f, want %.4f", class, got, want[c.hkl])
		}
	}
	if want := `<text x="208.0 216.0 224.0" y="21.0" text-anchor="middle">111</text><path fill="none" stroke="currentColor" stroke-width="1.2" d="M213.0 9.5h6.0"/>`; !strings.Contains(body, want) {
		t.Errorf("no name with an overbar, want %s in %s", want, body)
	}
	if strings.Contains(body, "−") {
		t.Error("a minus sign stands in the chart")
	}
}

func TestAnswer(t *testing.T) {
	p := post(t, "Why?\n\n{{< answer >}}\n\nBecause.\n\n{{< end >}}\n\nOn.\n\n{{< answer label=\"A & B\" >}}\n\nSo.\n\n{{< end >}}\n")
	for _, want := range []string{"<details class=\"answer\"><summary>Answer</summary>\n<p>Because.</p>\n</details>\n<p>On.</p>", "<summary>A &amp; B</summary>"} {
		if !strings.Contains(string(p.Body), want) {
			t.Errorf("missing %s in %s", want, p.Body)
		}
	}
	if want := "<p><b>Answer</b></p>\n<p>Because.</p>\n<p>On.</p>"; !strings.Contains(p.feed, want) {
		t.Errorf("missing in the feed: %s in %s", want, p.feed)
	}
}

// folder writes articles into a folder.
func folder(t testing.TB, articles map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range articles {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func matterOf(title, date, more string) string {
	return "---\ntitle: " + title + "\ndescription: d\ndate: " + date + "\n" + more + "---\nText.\n"
}

var now = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func TestLoad(t *testing.T) {
	dir := folder(t, map[string]string{
		"one.md": matterOf("One", "2026-11-20", "series: S\npart: 1\n"), "two.md": matterOf("Two", "2026-11-21", "series: S\npart: 2\n"),
		"lone.md": matterOf("Lone", "2026-11-22", ""), "later.md": matterOf("Later", "2026-11-23", ""),
		"draft.md": matterOf("Draft", "2026-11-23", "draft: true\n"), "future.md": matterOf("Future", "2026-12-01", ""),
	})
	posts, err := Load(dir, drawn, now, false)
	if err != nil {
		t.Fatal(err)
	}
	var slugs []string
	by := map[string]*Post{}
	for _, p := range posts {
		slugs = append(slugs, p.Slug)
		by[p.Slug] = p
	}
	if got := strings.Join(slugs, " "); got != "later lone two one" {
		t.Errorf("posts %s, want later lone two one", got)
	}
	if p := by["one"]; p.Parts != 2 || p.Prev != nil || p.Next != by["two"] {
		t.Errorf("part one: %d parts, %v, %v", p.Parts, p.Prev, p.Next)
	}
	if p := by["lone"]; p.Prev != nil || p.Next != by["later"] {
		t.Errorf("lone: %v, %v", p.Prev, p.Next)
	}
	if posts, err = Load(dir, drawn, now, true); err != nil || len(posts) != 6 {
		t.Errorf("with drafts: %d posts, %v", len(posts), err)
	}
	for _, c := range []map[string]string{
		{"a.md": matterOf("A", "2026-11-20", "series: S\npart: 2\n")},
		{"a.md": matterOf("A", "2026-11-20", "series: S\npart: 1\n"), "b.md": matterOf("B", "2026-11-20", "series: S\npart: 1\n")},
	} {
		if _, err := Load(folder(t, c), drawn, now, false); err == nil || !strings.Contains(err.Error(), `of series "S"`) {
			t.Errorf("a series with a hole: %v", err)
		}
	}
}

func TestReadingTime(t *testing.T) {
	if n := post(t, strings.Repeat("word ", 1000)).Minutes; n != 5 {
		t.Errorf("1000 words take %d minutes, want 5", n)
	}
	if n := post(t, "A few words.").Minutes; n != 1 {
		t.Errorf("three words take %d minutes, want 1", n)
	}
}

func TestContents(t *testing.T) {
	p := post(t, "## One\n\n### Two `code`\n\n#### Too deep\n\n## One\n")
	want := []Heading{{2, "one", "One"}, {3, "two-code", "Two code"}, {2, "one-1", "One"}}
	if len(p.Contents) != len(want) {
		t.Fatalf("contents %+v, want %+v", p.Contents, want)
	}
	for i := range want {
		if p.Contents[i] != want[i] {
			t.Errorf("entry %d: %+v, want %+v", i, p.Contents[i], want[i])
		}
	}
}
