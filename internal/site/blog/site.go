package blog

import (
	"encoding/json"
	"html/template"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"zoneaxis/internal/site"
)

// Site renders posts to pages with the templates post, posts and plain.
type Site struct {
	Posts []*Post
	Pages *site.Renderer
	Now   time.Time // when the build runs, for feeds without an article
}

const (
	blogTitle = "Articles"
	blogAbout = "Articles about electron diffraction, and about how this site is made."
)

// style is the style sheet of lists and of pages that may hold figures.
const style = "css/pages/blog.css"

// postPage is the data of the template post.
type postPage struct {
	site.Head
	Post *Post
}

// listPage is the data of the template posts.
type listPage struct {
	site.Head
	Posts  []*Post
	Years  []year
	Series string // the list is that of a series, in its order
	Tag    string // the list is that of a tag
	Tags   []tag
	All    []series // of the archive
}

// plainPage is the data of the template plain.
type plainPage struct {
	site.Head
	Body template.HTML
}

type year struct {
	Year  int
	Posts []*Post
}

type tag struct {
	Name, URL string
	Count     int
}

type series struct {
	Name, URL string
	Posts     []*Post
}

// TagURL returns the address of the list of articles with a tag.
func TagURL(name string) string { return "/blog/tags/" + site.Slug(name) + "/" }

// Render renders the archive, every post, the list of every tag and series, the
// feeds and the search index.
func (s *Site) Render() ([]site.Page, error) {
	var pages []site.Page
	var failed error
	add := func(path, name string, data listPage) {
		data.Section, data.Style = "blog", style
		page, err := s.Pages.Render(path, name, &data)
		if err != nil && failed == nil {
			failed = err
		}
		pages = append(pages, page)
	}
	tags, all := s.tags(), s.series()
	add("blog/index.html", "posts", listPage{
		Head:  site.Head{Title: blogTitle, Description: blogAbout},
		Posts: s.Posts, Years: byYear(s.Posts), Tags: tags, All: all,
	})
	for _, t := range tags {
		with := slices.DeleteFunc(slices.Clone(s.Posts), func(p *Post) bool { return !slices.Contains(p.Tags, t.Name) })
		add(strings.TrimPrefix(t.URL, "/")+"index.html", "posts", listPage{
			Head:  site.Head{Title: "Articles about " + t.Name, Description: articles(t.Count) + " about " + t.Name + ", the newest first."},
			Posts: with, Years: byYear(with), Tag: t.Name, Tags: tags,
		})
	}
	for _, r := range all {
		add(strings.TrimPrefix(r.URL, "/")+"index.html", "posts", listPage{
			Head:  site.Head{Title: r.Name, Description: articles(len(r.Posts)) + ", to be read in order."},
			Posts: r.Posts, Series: r.Name, Tags: tags,
		})
	}
	for _, p := range s.Posts {
		data := postPage{Post: p, Head: site.Head{
			Title: p.Title, Description: p.Description, Section: "blog", Article: true, Published: p.Date, Updated: p.Changed(),
			Live: p.Live, Card: "/cards/" + p.Slug + ".png", NoIndex: p.Draft, Style: style,
		}}
		page, err := s.Pages.Render("blog/"+p.Slug+"/index.html", "post", &data)
		if err != nil {
			return nil, err
		}
		pages = append(pages, page)
	}
	if failed != nil {
		return nil, failed
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

// articles counts articles in words.
func articles(n int) string {
	if n == 1 {
		return "One article"
	}
	return strconv.Itoa(n) + " articles"
}

// Plain renders a post that is a page of its own, such as about.
func (s *Site) Plain(path, section string, p *Post) (site.Page, error) {
	return s.Pages.Render(path, "plain", &plainPage{
		Head: site.Head{Title: p.Title, Description: p.Description, Section: section, Live: p.Live, NoIndex: p.Draft, Style: style}, Body: p.Body,
	})
}

// Marks returns the wire frame of the first pattern of the article, for its
// card; nil if it has none.
func (p *Post) Marks() []byte { return p.marks }

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

// series lists every series, its parts in order.
func (s *Site) series() []series {
	parts := map[string][]*Post{}
	for _, p := range s.Posts {
		if p.Series != "" {
			parts[p.Series] = append(parts[p.Series], p)
		}
	}
	var list []series
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		slices.SortFunc(parts[name], func(a, b *Post) int { return a.Part - b.Part })
		list = append(list, series{name, parts[name][0].SeriesURL(), parts[name]})
	}
	return list
}

// entry is one article in the search index.
type entry struct {
	URL   string   `json:"url"`
	Title string   `json:"title"`
	About string   `json:"about"`
	Tags  []string `json:"tags"`
	Heads []string `json:"heads"`
	Text  string   `json:"text"`
}

func (s *Site) searchIndex() (site.Page, error) {
	entries := []entry{}
	for _, p := range s.Posts {
		e := entry{URL: p.URL(), Title: p.Title, About: p.Description, Tags: append([]string{}, p.Tags...), Heads: []string{}, Text: p.Text}
		for _, h := range p.Contents {
			e.Heads = append(e.Heads, h.Text)
		}
		entries = append(entries, e)
	}
	data, err := json.Marshal(entries)
	return site.Page{Path: "blog/search.json", Data: data}, err
}
