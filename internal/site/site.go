// Package site holds what all pages made at build have in common: their head,
// and the templates that fill them.
package site

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/protocol"
)

// Name is what the site calls itself in titles and feeds.
const Name = "Zone axis simulator"

// Page is one file below assets/dist/pages.
type Page struct {
	Path string // "blog/index.html"
	Data []byte
}

// Head is what the head and the frame of every page need. Each page's data
// embeds it.
type Head struct {
	Title, Description string
	Path               string // address, "/blog/"; set by Render
	Origin             string // "https://example.org", or "" if not known; set by Render
	Section            string // of the navigation: blog, library, about
	Card               string // address of the picture for previews; "" takes that of the site
	Article            bool
	Published, Updated time.Time // of an article
	Live               bool      // it has figures that may come alive
	NoIndex            bool
	Style              string   // its style sheet by logical name
	Scripts            []string // further scripts
}

// head lets Render reach the head of a page's data.
func (h *Head) head() *Head { return h }

// Renderer fills the templates of the site.
type Renderer struct {
	templates *template.Template
	missing   error // a template asked for a file that was not built
	Origin    string
}

// New reads templates by their paths. url returns the address of a built file
// by its logical name, size its size in bytes. early is the script that runs
// before the first paint, in the page itself: the server allows it by its hash.
func New(origin, early string, url func(logical string) (address string, size int, ok bool), names ...string) (*Renderer, error) {
	r := &Renderer{Origin: origin}
	address := func(logical string) string {
		a, _, ok := url(logical)
		if !ok {
			r.missing = errors.Join(r.missing, fmt.Errorf("a template asks for %q, which was not built", logical))
		}
		return a
	}
	t := template.New("site").Option("missingkey=error").Funcs(template.FuncMap{
		"url":   address,
		"early": func() template.JS { return template.JS(early) },
		"size": func(logical string) int {
			_, n, _ := url(logical)
			return n
		},
		"text": Text,
		"hkl":  func(h crystal.HKL, four bool) template.HTML { return bare(crystal.FormatHKL(h, four)) },
		"uvw":  func(u crystal.UVW, four bool) template.HTML { return bare(crystal.FormatUVW(u, four)) },
		// zone is a zone axis in a heading or a link: bars for the eye, words for the ear.
		"zone": func(u crystal.UVW, four bool) template.HTML {
			return `<span aria-hidden="true">[` + bare(crystal.FormatUVW(u, four)) + `]</span><span class="sr">Zone axis ` + template.HTML(u.Spoken(four)) + `</span>`
		},
		"date": func(t time.Time) string { return t.Format("2 January 2006") },
		"day":  func(t time.Time) string { return t.Format(time.DateOnly) },
		"slug": Slug,
	})
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		if t, err = t.New(filepath.Base(name)).Parse(string(data)); err != nil {
			return nil, err
		}
	}
	r.templates = t
	return r, nil
}

// Render fills the template name for the file path below pages. data embeds
// Head.
func (r *Renderer) Render(path, name string, data interface{ head() *Head }) (Page, error) {
	h := data.head()
	h.Origin = r.Origin
	h.Path = "/" + strings.TrimSuffix(path, "index.html")
	if h.Card == "" {
		h.Card = "/cards/site.png"
	}
	var out bytes.Buffer
	if err := r.templates.ExecuteTemplate(&out, name, data); err != nil {
		return Page{}, fmt.Errorf("%s: %w", path, err)
	}
	if r.missing != nil {
		return Page{}, fmt.Errorf("%s: %w", path, r.missing)
	}
	return Page{path, out.Bytes()}, nil
}

// Slug turns a name into a part of an address.
func Slug(name string) string {
	var out strings.Builder
	for _, r := range strings.ToLower(name) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			out.WriteRune(r)
		case out.Len() > 0 && !strings.HasSuffix(out.String(), "-"):
			out.WriteByte('-')
		}
	}
	return strings.TrimSuffix(out.String(), "-")
}

// Indices writes indices with drawn overbars, for running text.
func Indices(digits []crystal.IndexDigit) template.HTML {
	return `<span class="hkl">` + bare(digits) + `</span>`
}

// bare writes indices where the surroundings have the right digits already.
func bare(digits []crystal.IndexDigit) template.HTML {
	loose := false
	for _, d := range digits {
		loose = loose || d.Value > 9
	}
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && loose {
			b.WriteString("\u2009")
		}
		if d.Bar {
			b.WriteString(barred(strconv.Itoa(d.Value)))
		} else {
			fmt.Fprintf(&b, `%d`, d.Value)
		}
	}
	return template.HTML(b.String())
}

// barred writes digits under a bar. The style sheet draws the bar, since few fonts
// place it well; the combining macron after each digit, which is not to be seen,
// carries it into copied text, print and what assistive technology reads.
func barred(digits string) string {
	var b strings.Builder
	b.WriteString(`<span class="ob">`)
	for _, d := range digits {
		b.WriteString(string(d) + "<i>\u0304</i>")
	}
	b.WriteString(`</span>`)
	return b.String()
}

// Text writes a text of the engine with overbars, subscripts and superscripts.
func Text(text protocol.Text) template.HTML {
	var out strings.Builder
	for _, run := range text {
		escaped := template.HTMLEscapeString(run.T)
		switch {
		case run.Bar:
			out.WriteString(barred(escaped))
		case run.Sub:
			out.WriteString("<sub>" + escaped + "</sub>")
		case run.Sup:
			out.WriteString("<sup>" + escaped + "</sup>")
		default:
			out.WriteString(escaped)
		}
	}
	return template.HTML(out.String())
}
