package blog

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/gorilla/feeds"
)

// SiteName is what the site calls itself in feeds and titles.
const SiteName = "Zone axis simulator"

// Page is one file below assets/dist/pages.
type Page struct {
	Path string // "blog/index.html"
	Data []byte
}

// Site renders posts to pages with the templates post, posts and tag.
type Site struct {
	Posts     []*Post
	Templates *template.Template
	// Origin is the address of the site, "https://example.org", for feeds and
	// the site map, which need whole addresses.
	Origin string
	Now    time.Time
}

// pageData is what the templates get.
type pageData struct {
	Title, Description, Path string
	Section                  string // of the navigation: blog, about, library
	Origin                   string
	Body                     template.HTML
	Post                     *Post
	Posts                    []*Post
	Years                    []year
	Tag                      string
	Tags                     []tag
	Theme                    string
	CriticalCSS              template.CSS
}

type year struct {
	Year  int
	Posts []*Post
}

type tag struct {
	Name, URL string
	Count     int
}

// TagURL returns the address of the list of articles with a tag.
func TagURL(name string) string { return "/blog/tags/" + slugOf(name) + "/" }

func slugOf(name string) string {
	return strings.Join(strings.Fields(strings.ToLower(name)), "-")
}

// Pages renders the index, every post, every tag, the feeds and the site map.
func (s *Site) Pages() ([]Page, error) {
	var pages []Page
	add := func(path, name string, data pageData) error {
		data.Section = "blog"
		page, err := s.render(path, name, data)
		pages = append(pages, page)
		return err
	}
	tags := s.tags()
	if err := add("blog/index.html", "posts", pageData{
		Title: "Articles", Description: "Articles about electron diffraction, and about how this site is made.",
		Posts: s.Posts, Years: byYear(s.Posts), Tags: tags,
	}); err != nil {
		return nil, err
	}
	for _, p := range s.Posts {
		if err := add("blog/"+p.Slug+"/index.html", "post", pageData{Title: p.Title, Description: p.Description, Post: p, Tags: tags}); err != nil {
			return nil, err
		}
	}
	for _, t := range tags {
		var with []*Post
		for _, p := range s.Posts {
			if slices.Contains(p.Tags, t.Name) {
				with = append(with, p)
			}
		}
		if err := add(strings.TrimPrefix(t.URL, "/")+"index.html", "posts", pageData{
			Title: "Articles about " + t.Name, Description: "Articles about " + t.Name + ".",
			Posts: with, Years: byYear(with), Tag: t.Name, Tags: tags,
		}); err != nil {
			return nil, err
		}
	}
	feeds, err := s.feeds()
	if err != nil {
		return nil, err
	}
	index, err := s.searchIndex()
	if err != nil {
		return nil, err
	}
	return append(append(pages, feeds...), index), nil
}

// Page renders a post that is a page of its own, such as about, with a template
// and its place in the navigation.
func (s *Site) Page(path, name, section string, p *Post) (Page, error) {
	return s.render(path, name, pageData{Title: p.Title, Description: p.Description, Section: section, Body: p.Body})
}

func (s *Site) render(path, name string, data pageData) (Page, error) {
	data.Origin = s.Origin
	data.Path = "/" + strings.TrimSuffix(path, "index.html")
	var out bytes.Buffer
	if err := s.Templates.ExecuteTemplate(&out, name, data); err != nil {
		return Page{}, fmt.Errorf("blog: %s: %w", path, err)
	}
	return Page{path, out.Bytes()}, nil
}

func byYear(posts []*Post) []year {
	var years []year
	for _, p := range posts {
		if n := len(years); n == 0 || years[n-1].Year != p.Date.Year() {
			years = append(years, year{Year: p.Date.Year()})
		}
		last := &years[len(years)-1]
		last.Posts = append(last.Posts, p)
	}
	return years
}

func (s *Site) tags() []tag {
	count := map[string]int{}
	for _, p := range s.Posts {
		for _, t := range p.Tags {
			count[t]++
		}
	}
	var list []tag
	for _, name := range slices.Sorted(maps.Keys(count)) {
		list = append(list, tag{name, TagURL(name), count[name]})
	}
	return list
}

// feeds makes the Atom, RSS and JSON feeds with the full text.
func (s *Site) feeds() ([]Page, error) {
	feed := &feeds.Feed{
		Title:       SiteName + ": articles",
		Link:        &feeds.Link{Href: s.Origin + "/blog/"},
		Description: "Articles about electron diffraction, and about how this site is made.",
		Author:      &feeds.Author{Name: "The zoneaxis authors"},
		Created:     s.Now,
	}
	for _, p := range s.Posts {
		updated := p.Updated
		if updated.IsZero() {
			updated = p.Date
		}
		if feed.Updated.Before(updated) {
			feed.Updated = updated
		}
		feed.Items = append(feed.Items, &feeds.Item{
			Title: p.Title, Link: &feeds.Link{Href: s.Origin + p.URL()}, Id: s.Origin + p.URL(),
			Description: p.Description, Content: absolute(string(p.Body), s.Origin),
			Author: feed.Author, Created: p.Date, Updated: updated,
		})
	}
	if !feed.Updated.IsZero() {
		feed.Created = feed.Updated
	}
	atom, err := feed.ToAtom()
	if err != nil {
		return nil, fmt.Errorf("blog: Atom feed: %w", err)
	}
	rss, err := feed.ToRss()
	if err != nil {
		return nil, fmt.Errorf("blog: RSS feed: %w", err)
	}
	text, err := feed.ToJSON()
	if err != nil {
		return nil, fmt.Errorf("blog: JSON feed: %w", err)
	}
	return []Page{{"feed.atom", []byte(atom)}, {"feed.rss", []byte(rss)}, {"feed.json", []byte(text)}}, nil
}

// absolute gives the links of an article its origin, as feeds are read
// elsewhere.
func absolute(html, origin string) string {
	return strings.NewReplacer(`href="/`, `href="`+origin+`/`, `src="/`, `src="`+origin+`/`).Replace(html)
}

// entry is one article in the search index.
type entry struct {
	URL   string   `json:"url"`
	Title string   `json:"title"`
	About string   `json:"about"`
	Tags  []string `json:"tags"`
	Text  string   `json:"text"`
}

func (s *Site) searchIndex() (Page, error) {
	entries := []entry{}
	for _, p := range s.Posts {
		entries = append(entries, entry{p.URL(), p.Title, p.Description, p.Tags, p.Text})
	}
	data, err := json.Marshal(entries)
	return Page{"blog/search.json", data}, err
}
