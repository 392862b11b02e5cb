package main

import (
	"errors"
	"fmt"
	"html/template"
	"path/filepath"
	"strings"
	"time"

	"zoneaxis/internal/session"
	"zoneaxis/internal/source"
	"zoneaxis/scripts/build/blog"
)

// pages renders what is the same for every visitor: articles, lists of
// articles, about, feeds. They are served from assets/dist/pages.
func (b *builder) pages() error {
	templates, err := b.siteTemplates()
	if err != nil {
		return err
	}
	now := time.Now()
	posts, err := blog.Load(filepath.Join("assets", "posts"), draw, now, b.dev)
	if err != nil {
		return err
	}
	site := &blog.Site{Posts: posts, Templates: templates, Origin: b.origin, Now: now}
	pages, err := site.Pages()
	if err != nil {
		return err
	}
	about, err := blog.LoadPage(filepath.Join("assets", "pages", "about.md"), draw)
	if err != nil {
		return err
	}
	page, err := site.Page("about/index.html", "about", "about", about)
	if err != nil {
		return err
	}
	for _, p := range append(pages, page) {
		if err := b.page(p.Path, p.Data); err != nil {
			return err
		}
	}
	return nil
}

// page writes one page, minified.
func (b *builder) page(path string, data []byte) error {
	small, err := minified(path, data)
	if err != nil {
		return err
	}
	return b.add("pages/"+path, "pages/"+path, "", small)
}

// siteTemplates reads the templates of the pages around the simulator.
func (b *builder) siteTemplates() (*template.Template, error) {
	var missing error
	t := template.New("site").Funcs(template.FuncMap{
		"url": func(logical string) string {
			f, ok := b.files[logical]
			if !ok {
				missing = errors.Join(missing, fmt.Errorf("a template asks for %q, which was not built", logical))
			}
			return f.URL
		},
		"text":   textHTML,
		"has":    strings.Contains,
		"tagURL": blog.TagURL,
	})
	t, err := t.ParseFiles(filepath.Join("assets", "html", "base.tmpl"), filepath.Join("assets", "html", "site.tmpl"))
	if err != nil {
		return nil, err
	}
	return t, missing
}

// textHTML writes text with overbars, subscripts and superscripts.
func textHTML(text session.Text) template.HTML {
	var out strings.Builder
	for _, run := range text {
		escaped := template.HTMLEscapeString(run.T)
		switch {
		case run.Bar:
			out.WriteString(`<span class="ob">` + escaped + `</span>`)
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

// draw draws the pattern of a link for an article. A part that the link
// damages is an error: articles are checked at build.
func draw(link string) (blog.Drawing, error) {
	s, problems := session.Open(link, nil)
	if len(problems) > 0 {
		var texts []string
		for _, p := range problems {
			texts = append(texts, p.Text)
		}
		return blog.Drawing{}, fmt.Errorf("%s: %s", link, strings.Join(texts, " "))
	}
	view := s.View()
	credit := view.Crystal.Name
	if entry, ok := source.Lookup(view.Crystal.ID); ok && entry.Reference != "" {
		credit += ": " + entry.Reference
	}
	return blog.Drawing{
		SVG: s.SVG(), Link: s.Link(), Title: view.Title, Description: view.Description,
		Source: "Structure of " + strings.TrimSuffix(credit, ".") + ".",
	}, nil
}
