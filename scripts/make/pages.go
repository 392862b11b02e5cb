package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"zoneaxis/internal/link"
	"zoneaxis/internal/protocol"
	"zoneaxis/internal/session"
	"zoneaxis/internal/site"
	"zoneaxis/internal/site/blog"
	"zoneaxis/internal/site/card"
	"zoneaxis/internal/site/library"
	"zoneaxis/internal/source"
	_ "zoneaxis/internal/source/records" // the library
)

// pages renders what is the same for every visitor: articles, the pattern
// library, about, feeds, and what search engines and browsers ask for. They
// are served from assets/dist/pages.
func (b *builder) pages() error {
	path := func(parts ...string) string { return filepath.Join(append([]string{b.root, "assets"}, parts...)...) }
	early, err := os.ReadFile(filepath.Join(b.out, filepath.FromSlash(b.files[earlyScript].Path)))
	if err != nil {
		return err
	}
	renderer, err := site.New(b.origin, string(early), func(logical string) (string, int, bool) {
		f, ok := b.files[logical]
		return f.URL, f.Size, ok
	}, path("html", "base.tmpl"), path("html", "site.tmpl"), path("html", "library.tmpl"))
	if err != nil {
		return err
	}
	posts, err := blog.Load(path("posts"), draw, b.now, b.dev)
	if err != nil {
		return err
	}
	articles := &blog.Site{Posts: posts, Pages: renderer, Now: b.now}
	pages, err := articles.Render()
	if err != nil {
		return err
	}
	about, err := blog.LoadPage(path("pages", "about.md"), draw)
	if err != nil {
		return err
	}
	page, err := articles.Plain("about/index.html", "about", about)
	if err != nil {
		return err
	}
	pages = append(pages, page)
	guide, err := blog.LoadGuide(filepath.Join(b.root, "server", "deploy", "README.md"), "running", "How to run this site yourself: one machine, several, behind a proxy or a CDN; backups, keys, what to watch and what it costs.", b.now, draw)
	if err != nil {
		return err
	}
	if page, err = articles.Plain("about/running/index.html", "about", guide); err != nil {
		return err
	}
	pages = append(pages, page)
	crystals, err := library.Load(b.crystals...)
	if err != nil {
		return err
	}
	patterns, err := library.Render(crystals, library.Compare(crystals), renderer)
	if err != nil {
		return err
	}
	pages = append(pages, patterns...)
	if page, err = renderer.Render("404.html", "lost", &struct{ site.Head }{site.Head{
		Title: "No page here", Description: "Electron diffraction explained with patterns that turn.", NoIndex: true, Style: "css/pages/blog.css",
	}}); err != nil {
		return err
	}
	pages = append(pages, page)
	if page, err = renderer.Render("away.html", "away", &struct{ site.Head }{site.Head{
		Title: "Not on this device", Description: "There is no line to the server just now, and this page has not been kept.", NoIndex: true, Style: "css/pages/blog.css",
		Scripts: []string{"js/site/away.js"},
	}}); err != nil {
		return err
	}
	pages = append(pages, page)
	more, err := b.around(posts, pages)
	if err != nil {
		return err
	}
	for _, p := range append(pages, more...) {
		if err := b.page(p.Path, p.Data); err != nil {
			return err
		}
	}
	return nil
}

// around makes the cards and the files for search engines.
func (b *builder) around(posts []*blog.Post, pages []site.Page) ([]site.Page, error) {
	var more []site.Page
	first, err := draw("/sim?v=1&c=lib-si&z=1,1,0&o=k")
	if err != nil {
		return nil, err
	}
	picture, err := card.Card(site.Name, "Electron diffraction in the browser", first.Marks)
	if err != nil {
		return nil, err
	}
	more = append(more, site.Page{Path: "cards/site.png", Data: picture})
	changed := map[string]time.Time{}
	for _, p := range posts {
		changed[p.URL()] = p.Changed()
		if picture, err = card.Card(p.Title, site.Name, p.Marks()); err != nil {
			return nil, err
		}
		more = append(more, site.Page{Path: "cards/" + p.Slug + ".png", Data: picture})
	}
	// The pattern of a zone axis is a page that can be found. From each, links lead
	// to tilted ones without end: robots stay out of those, but for the ones that
	// fetch a preview of a link that somebody has posted.
	robots := "User-agent: *\nDisallow: /sim?*d=\nDisallow: /sim.svg\nDisallow: /sim/views\nDisallow: /embed\nDisallow: /oembed\nDisallow: /api/\nDisallow: /data/\n\n" +
		"User-agent: facebookexternalhit\nUser-agent: Twitterbot\nUser-agent: LinkedInBot\nUser-agent: Slackbot-LinkExpanding\nAllow: /\n"
	if b.origin != "" {
		var urls []string
		for _, p := range pages {
			if u, ok := strings.CutSuffix("/"+p.Path, "index.html"); ok {
				urls = append(urls, u)
			}
		}
		urls = append(urls, link.Path)
		slices.Sort(urls)
		data, err := blog.SiteMap(b.origin, urls, changed)
		if err != nil {
			return nil, err
		}
		more = append(more, site.Page{Path: "sitemap.xml", Data: data})
		robots += "\nSitemap: " + b.origin + "/sitemap.xml\n"
	}
	return append(more, site.Page{Path: "robots.txt", Data: []byte(robots)}), nil
}

// page writes one page. HTML stays as the templates wrote it, so that the
// picture in an article is the same bytes as in the simulator; compression does
// better than a minifier there.
func (b *builder) page(path string, data []byte) error {
	if filepath.Ext(path) != ".html" {
		small, err := minified(path, data)
		if err != nil {
			return err
		}
		data = small
	}
	return b.add("pages/"+path, "pages/"+path, "", data)
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
	if view.Waiting != "" {
		return blog.Drawing{}, fmt.Errorf("%s: too many beams for a figure", link)
	}
	d := blog.Drawing{
		SVG: s.SVG(), Link: s.Link().String(), Bar: view.Frame.Bar, Values: view.Values, Rotation: view.Frame.Rotation,
		Lead: lead(view),
	}
	credit := view.Crystal.Reference
	if entry, ok := source.Lookup(view.Crystal.ID); ok {
		credit = entry.Reference
	}
	if credit != "" {
		d.Source = "Structure: " + strings.TrimSuffix(credit, ".") + "."
	}
	var reply protocol.Reply
	s.Draw("canvas", 0, &reply)
	d.Marks = reply.Marks
	return d, nil
}

// lead begins a caption: "Silicon along [110], 200 kV."
func lead(v *protocol.View) protocol.Text {
	text := protocol.Text{{T: v.Crystal.Name + " along "}}
	if v.Values["w"] != "" {
		return protocol.Text{{T: v.Crystal.Name + ", powder, " + v.Values["kv"] + "\u2009kV."}}
	}
	if !v.Frame.On {
		text = protocol.Text{{T: v.Crystal.Name + ", " + v.Frame.Distance + " from "}}
	}
	end := ", " + v.Values["kv"] + "\u2009kV"
	if v.Values["m"] == "d" {
		end += ", " + v.Values["t"] + "\u2009nm, dynamical"
	}
	return append(append(text, v.Frame.Zone...), protocol.Run{T: end + "."})
}
