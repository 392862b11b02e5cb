// Package blog turns the Markdown files of assets/posts into pages. It runs at
// build time only: the server serves the files that it makes.
package blog

import (
	"cmp"
	"errors"
	"fmt"
	"html/template"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"zoneaxis/internal/site"
)

// Post is one article.
type Post struct {
	Slug        string // file name without .md; its address is /blog/SLUG/
	Title       string
	Description string
	Date        time.Time
	Updated     time.Time // zero if never
	Tags        []string
	Series      string
	Part, Parts int   // place in the series, 1 … Parts; 0 without one
	Prev, Next  *Post // in the series, or by date
	Draft       bool
	Body        template.HTML
	Text        string // plain words, for the search index
	Contents    []Heading
	Minutes     int  // reading time
	Live        bool // it has figures that can be made live

	feed  string // body as feeds get it
	marks []byte // of its first pattern, a wire frame
}

// Heading is one entry of the table of contents.
type Heading struct {
	Level int
	ID    string
	Text  string
}

// URL returns the address of the article.
func (p *Post) URL() string { return "/blog/" + p.Slug + "/" }

// Changed returns when the article was last changed.
func (p *Post) Changed() time.Time {
	if p.Updated.IsZero() {
		return p.Date
	}
	return p.Updated
}

// SeriesURL returns the address of the list of its series.
func (p *Post) SeriesURL() string { return "/blog/series/" + site.Slug(p.Series) + "/" }

// matter is the front matter of a file. Every key that is not listed is an
// error, so that a misspelt one is found.
type matter struct {
	Title       string   `yaml:"title"`
	Description string   `yaml:"description"`
	Date        string   `yaml:"date"`
	Updated     string   `yaml:"updated"`
	Tags        []string `yaml:"tags"`
	Series      string   `yaml:"series"`
	Part        int      `yaml:"part"`
	Draft       bool     `yaml:"draft"`
}

const dateLayout = "2006-01-02"

var slugForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// fill copies the front matter into the post.
func (m *matter) fill(p *Post) error {
	var errs []error
	need := func(name, value string) {
		if value == "" {
			errs = append(errs, fmt.Errorf("front matter: %s is missing", name))
		}
	}
	need("title", m.Title)
	need("description", m.Description)
	need("date", m.Date)
	date := func(name, value string) time.Time {
		if value == "" {
			return time.Time{}
		}
		at, err := time.Parse(dateLayout, value)
		if err != nil {
			errs = append(errs, fmt.Errorf("front matter: %s %q: expected a date such as 2026-11-23", name, value))
		}
		return at
	}
	p.Title, p.Description, p.Tags, p.Series, p.Part, p.Draft = m.Title, m.Description, m.Tags, m.Series, m.Part, m.Draft
	p.Date, p.Updated = date("date", m.Date), date("updated", m.Updated)
	if !p.Updated.IsZero() && p.Updated.Before(p.Date) {
		errs = append(errs, fmt.Errorf("front matter: updated %s is before date %s", m.Updated, m.Date))
	}
	if !slugForm.MatchString(p.Slug) {
		errs = append(errs, fmt.Errorf("file name %q: expected small letters, digits and dashes", p.Slug))
	}
	if (m.Series == "") != (m.Part == 0) {
		errs = append(errs, errors.New("front matter: series and part go together"))
	}
	return errors.Join(errs...)
}

// Load reads and renders all posts of a folder, newest first. Drafts and posts
// with a date after now are left out unless drafts is set. Errors name file
// and line.
func Load(dir string, draw Drawer, now time.Time, drafts bool) ([]*Post, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.md"))
	if err != nil {
		return nil, err
	}
	var posts []*Post
	var errs []error
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		p := &Post{Slug: strings.TrimSuffix(filepath.Base(name), ".md")}
		if err := render(p, name, data, draw); err != nil {
			errs = append(errs, err)
			continue
		}
		if (p.Draft || p.Date.After(now)) && !drafts {
			continue
		}
		posts = append(posts, p)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	slices.SortFunc(posts, func(a, b *Post) int {
		return cmp.Or(b.Date.Compare(a.Date), cmp.Compare(a.Series, b.Series), b.Part-a.Part, cmp.Compare(a.Slug, b.Slug))
	})
	return posts, linkPosts(posts)
}

// LoadPage reads and renders one file that is no article, such as about.
func LoadPage(name string, draw Drawer) (*Post, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	p := &Post{Slug: strings.TrimSuffix(filepath.Base(name), ".md")}
	return p, render(p, name, data, draw)
}

// LoadGuide reads and renders a file of the project that people read there too,
// and that has no front matter therefore: its title is its first heading.
func LoadGuide(name, slug, description string, date time.Time, draw Drawer) (*Post, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	title, rest, _ := strings.Cut(string(data), "\n")
	title, ok := strings.CutPrefix(title, "# ")
	if !ok {
		return nil, fmt.Errorf("%s:1: expected a heading, as in “# Running the site”", name)
	}
	p := &Post{Slug: slug}
	front := fmt.Sprintf("---\ntitle: %q\ndescription: %q\ndate: %s\n---\n", title, description, date.Format(dateLayout))
	return p, render(p, name, []byte(front+rest), draw)
}

// linkPosts sets the neighbours: within a series by part, else by date.
func linkPosts(posts []*Post) error {
	series := map[string][]*Post{}
	for _, p := range posts {
		if p.Series != "" {
			series[p.Series] = append(series[p.Series], p)
		}
	}
	for name, parts := range series {
		slices.SortFunc(parts, func(a, b *Post) int { return a.Part - b.Part })
		for i, p := range parts {
			if p.Part != i+1 {
				return fmt.Errorf("%s.md: part %d of series %q, expected part %d", p.Slug, p.Part, name, i+1)
			}
			p.Parts = len(parts)
			if i > 0 {
				p.Prev, parts[i-1].Next = parts[i-1], p
			}
		}
	}
	var single []*Post
	for _, p := range posts {
		if p.Series == "" {
			single = append(single, p)
		}
	}
	for i, p := range single {
		if i > 0 {
			p.Next, single[i-1].Prev = single[i-1], p
		}
	}
	return nil
}
