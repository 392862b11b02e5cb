package web

import (
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"zoneaxis/internal/link"
	"zoneaxis/internal/session"
)

// Size of an embedded pattern in pixels: wanted, and least.
const (
	embedWidth, embedHeight       = 720, 540
	leastEmbedWidth, leastEmbedUp = 240, 200
)

// oembed answers other sites that want to show a pattern for a link to it, as
// https://oembed.com says: /oembed?url=LINK&maxwidth=…&maxheight=….
func (s *server) oembed(w http.ResponseWriter, r *http.Request) {
	if s.tooLong(w, r) {
		return
	}
	query := r.URL.Query()
	if f := query.Get("format"); f != "" && f != "json" {
		s.fail(w, r, problem{Status: http.StatusNotImplemented, Code: "format", Detail: "Only format=json is available."})
		return
	}
	origin := s.origin(r)
	target, ok := ours(query.Get("url"), origin)
	if !ok {
		s.fail(w, r, problem{Status: http.StatusNotFound, Code: "no-link", Detail: "The url is not a link to a pattern of this site."})
		return
	}
	width, height := fit(query.Get("maxwidth"), embedWidth, leastEmbedWidth), fit(query.Get("maxheight"), embedHeight, leastEmbedUp)
	what := askedFor(target)
	key := "oembed " + s.served().set.Manifest.Build + " " + origin + " " + strconv.Itoa(width) + "x" + strconv.Itoa(height) + " " + what.link
	c, err := s.kept(r, request{key: key, of: what.of, patience: maxWait, whole: true, make: func(lookup lookupFunc) (*content, error) {
		one, problems := session.Open(what.link, lookup)
		if err := unread(problems); err != nil {
			return nil, err
		}
		title := one.View().Title
		frame := origin + strings.Replace(what.link, link.Path, "/embed", 1)
		body, err := json.Marshal(map[string]any{
			"version": "1.0", "type": "rich", "title": title, "cache_age": 3600,
			"provider_name": "Zone axis simulator", "provider_url": origin + "/", "width": width, "height": height,
			"html": `<iframe src="` + html.EscapeString(frame) + `" width="` + strconv.Itoa(width) + `" height="` + strconv.Itoa(height) +
				`" title="` + html.EscapeString(title) + `" loading="lazy" frameborder="0"></iframe>`,
		})
		if err != nil {
			return nil, err
		}
		return &content{kind: jsonKind, etag: hashTag(body), body: body}, nil
	}})
	if c == nil {
		s.failDrawing(w, r, err)
		return
	}
	c.serve(w, r, pictureCache)
}

// ours returns the query of a link to the simulator or its embedded form at
// this origin. The scheme may be another: who ends TLS before us may not tell.
func ours(address, origin string) (query string, ok bool) {
	u, err := url.Parse(address)
	if err != nil || address == "" {
		return "", false
	}
	_, host, _ := strings.Cut(origin, "://")
	if u.Host == "" && u.Scheme != "" || u.Host != "" && (!strings.EqualFold(u.Host, host) || u.Scheme != "https" && u.Scheme != "http") || u.Path != link.Path && u.Path != "/embed" {
		return "", false
	}
	return u.RawQuery, true
}

// fit returns the wanted size, or less if most says so, but not below least.
func fit(most string, wanted, least int) int {
	n, err := strconv.Atoi(most)
	if err != nil || n > wanted {
		return wanted
	}
	return max(n, least)
}
