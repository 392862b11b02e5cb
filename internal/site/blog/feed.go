package blog

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"strings"
	"time"

	"zoneaxis/internal/site"
)

// author is who the articles are by.
const author = "The zoneaxis authors"

// An Atom feed (RFC 4287).
type atomFeed struct {
	XMLName  xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Title    string      `xml:"title"`
	Subtitle string      `xml:"subtitle"`
	ID       string      `xml:"id"`
	Updated  string      `xml:"updated"`
	Links    []atomLink  `xml:"link"`
	Author   string      `xml:"author>name"`
	Entries  []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	Title      string         `xml:"title"`
	ID         string         `xml:"id"`
	Links      []atomLink     `xml:"link"`
	Published  string         `xml:"published"`
	Updated    string         `xml:"updated"`
	Categories []atomCategory `xml:"category"`
	Summary    string         `xml:"summary"`
	Content    atomContent    `xml:"content"`
}

type atomCategory struct {
	Term string `xml:"term,attr"`
}

type atomContent struct {
	Type string `xml:"type,attr"`
	Text string `xml:",chardata"`
}

// An RSS 2.0 feed with content:encoded and a link to itself.
type rssFeed struct {
	XMLName xml.Name   `xml:"rss"`
	Version string     `xml:"version,attr"`
	Content string     `xml:"xmlns:content,attr"`
	Atom    string     `xml:"xmlns:atom,attr"`
	Channel rssChannel `xml:"channel"`
}

type rssChannel struct {
	Title       string    `xml:"title"`
	Link        string    `xml:"link"`
	Self        atomLink  `xml:"atom:link"`
	Description string    `xml:"description"`
	Language    string    `xml:"language"`
	BuildDate   string    `xml:"lastBuildDate"`
	Items       []rssItem `xml:"item"`
}

type rssItem struct {
	Title       string   `xml:"title"`
	Link        string   `xml:"link"`
	GUID        rssGUID  `xml:"guid"`
	PubDate     string   `xml:"pubDate"`
	Categories  []string `xml:"category"`
	Description string   `xml:"description"`
	Content     string   `xml:"content:encoded"`
}

type rssGUID struct {
	PermaLink bool   `xml:"isPermaLink,attr"`
	ID        string `xml:",chardata"`
}

// A JSON Feed 1.1.
type jsonFeed struct {
	Version     string       `json:"version"`
	Title       string       `json:"title"`
	HomePage    string       `json:"home_page_url"`
	Feed        string       `json:"feed_url"`
	Description string       `json:"description"`
	Language    string       `json:"language"`
	Authors     []jsonAuthor `json:"authors"`
	Items       []jsonItem   `json:"items"`
}

type jsonAuthor struct {
	Name string `json:"name"`
}

type jsonItem struct {
	ID        string   `json:"id"`
	URL       string   `json:"url"`
	Title     string   `json:"title"`
	Summary   string   `json:"summary"`
	Content   string   `json:"content_html"`
	Published string   `json:"date_published"`
	Modified  string   `json:"date_modified"`
	Image     string   `json:"image,omitempty"`
	Tags      []string `json:"tags,omitempty"`
}

// feeds makes the Atom, RSS and JSON feeds with the full text.
func (s *Site) feeds() ([]site.Page, error) {
	origin := s.Pages.Origin
	title, changed := site.Name+": articles", s.Now
	if len(s.Posts) > 0 {
		changed = time.Time{}
	}
	for _, p := range s.Posts {
		if changed.Before(p.Changed()) {
			changed = p.Changed()
		}
	}
	atom := atomFeed{
		Title: title, Subtitle: blogAbout, ID: permanent(origin, "/blog/"), Updated: changed.Format(time.RFC3339), Author: author,
		Links: []atomLink{{"alternate", "text/html", origin + "/blog/"}, {"self", "application/atom+xml", origin + "/feed.atom"}},
	}
	rss := rssFeed{Version: "2.0", Content: "http://purl.org/rss/1.0/modules/content/", Atom: "http://www.w3.org/2005/Atom", Channel: rssChannel{
		Title: title, Link: origin + "/blog/", Self: atomLink{"self", "application/rss+xml", origin + "/feed.rss"},
		Description: blogAbout, Language: "en-gb", BuildDate: changed.Format(time.RFC1123Z),
	}}
	list := jsonFeed{
		Version: "https://jsonfeed.org/version/1.1", Title: title, HomePage: origin + "/blog/", Feed: origin + "/feed.json",
		Description: blogAbout, Language: "en-GB", Authors: []jsonAuthor{{author}}, Items: []jsonItem{},
	}
	for _, p := range s.Posts {
		id, address, content := permanent(origin, p.URL()), origin+p.URL(), absolute(p.feed, origin)
		e := atomEntry{
			Title: p.Title, ID: id, Links: []atomLink{{"alternate", "text/html", address}}, Summary: p.Description,
			Published: p.Date.Format(time.RFC3339), Updated: p.Changed().Format(time.RFC3339), Content: atomContent{"html", content},
		}
		for _, t := range p.Tags {
			e.Categories = append(e.Categories, atomCategory{t})
		}
		atom.Entries = append(atom.Entries, e)
		rss.Channel.Items = append(rss.Channel.Items, rssItem{
			Title: p.Title, Link: address, GUID: rssGUID{origin != "", id}, PubDate: p.Date.Format(time.RFC1123Z),
			Categories: p.Tags, Description: p.Description, Content: content,
		})
		list.Items = append(list.Items, jsonItem{
			ID: id, URL: address, Title: p.Title, Summary: p.Description, Content: content, Image: origin + "/cards/" + p.Slug + ".png",
			Published: p.Date.Format(time.RFC3339), Modified: p.Changed().Format(time.RFC3339), Tags: p.Tags,
		})
	}
	var pages []site.Page
	for _, f := range []struct {
		path string
		feed any
	}{{"feed.atom", atom}, {"feed.rss", rss}} {
		data, err := xml.MarshalIndent(f.feed, "", " ")
		if err != nil {
			return nil, fmt.Errorf("blog: %s: %w", f.path, err)
		}
		pages = append(pages, site.Page{Path: f.path, Data: append([]byte(xml.Header), append(data, '\n')...)})
	}
	data, err := json.Marshal(list)
	if err != nil {
		return nil, fmt.Errorf("blog: feed.json: %w", err)
	}
	return append(pages, site.Page{Path: "feed.json", Data: data}), nil
}

// permanent returns a name that stays the same: the address, or, if the site
// does not know its own, a URN.
func permanent(origin, path string) string {
	if origin == "" {
		return "urn:zoneaxis:" + strings.Trim(path, "/")
	}
	return origin + path
}

// absolute gives the links of an article its origin, as feeds are read
// elsewhere.
func absolute(html, origin string) string {
	return strings.NewReplacer(`href="/`, `href="`+origin+`/`, `src="/`, `src="`+origin+`/`).Replace(html)
}

// SiteMap returns sitemap.xml for pages by their addresses; changed says when
// those that have a date were last changed. It needs an origin: a site map
// holds whole addresses.
func SiteMap(origin string, urls []string, changed map[string]time.Time) ([]byte, error) {
	type entry struct {
		Loc     string `xml:"loc"`
		LastMod string `xml:"lastmod,omitempty"`
	}
	var set struct {
		XMLName xml.Name `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
		URLs    []entry  `xml:"url"`
	}
	for _, u := range urls {
		e := entry{Loc: origin + u}
		if at, ok := changed[u]; ok {
			e.LastMod = at.Format(time.DateOnly)
		}
		set.URLs = append(set.URLs, e)
	}
	data, err := xml.MarshalIndent(set, "", " ")
	return append([]byte(xml.Header), append(data, '\n')...), err
}
