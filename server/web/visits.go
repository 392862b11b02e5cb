package web

import (
	"io"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"zoneaxis/internal/link"
	"zoneaxis/internal/protocol"
	"zoneaxis/internal/source"
	"zoneaxis/server/internal/hits"
	"zoneaxis/server/visits"
)

// Counting is what visits are counted with; nil where nobody counts them.
type Counting struct {
	Count func(hits.Hit) // never waits
	// Country is the header in which a trusted proxy names the visitor's country;
	// "" for none.
	Country string
}

// eventsPath is where the page tells what was done in it. Without a counter it
// does not exist.
const eventsPath = "/v"

const (
	// maxTold bounds the body of one telling, bytes, and maxEvents its events.
	maxTold   = 1 << 10
	maxEvents = 16
)

// counting is Counting with what the server needs for it.
type counting struct {
	Counting
	visitors *visits.Visitors
	optOuts  prometheus.Counter
	strange  prometheus.Counter
}

func newCounting(c *Counting, reg prometheus.Registerer) *counting {
	if c == nil {
		return nil
	}
	n := &counting{Counting: *c, visitors: visits.NewVisitors(),
		optOuts: prometheus.NewCounter(prometheus.CounterOpts{Name: "zoneaxis_visits_opted_out_total", Help: "Pages that were not counted since the visitor asks not to be followed (DNT, Sec-GPC)."}),
		strange: prometheus.NewCounter(prometheus.CounterOpts{Name: "zoneaxis_visits_strange_events_total", Help: "Tellings of pages that were refused: unknown words, too long, from elsewhere."}),
	}
	if reg != nil {
		reg.MustRegister(n.optOuts, n.strange)
	}
	return n
}

// optedOut reports whether a visitor asks not to be followed.
func optedOut(r *http.Request) bool {
	return strings.TrimSpace(header(r, "Dnt")) == "1" || strings.TrimSpace(header(r, "Sec-Gpc")) == "1"
}

// looked reports whether a request is that of somebody who goes to a page, be it
// through the service worker, which passes it on as one of mode "navigate": not
// one of a frame, a script, or a browser that guesses where he will go.
func looked(r *http.Request) bool {
	if r.Method != http.MethodGet {
		return false
	}
	for _, name := range []string{"Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"} {
		if p := strings.ToLower(header(r, name)); strings.Contains(p, "prefetch") || strings.Contains(p, "preview") || strings.Contains(p, "prerender") {
			return false
		}
	}
	if to := header(r, "Sec-Fetch-Dest"); to != "" {
		return to == "document" || to == "empty" && header(r, "Sec-Fetch-Mode") == "navigate"
	}
	return !strings.EqualFold(header(r, "X-Requested-With"), "XMLHttpRequest")
}

// visited counts a page that was answered.
func (s *server) visited(r *http.Request, status int) {
	c := s.counting
	if c == nil || status != http.StatusOK && status != http.StatusNotModified || !looked(r) {
		return
	}
	at := r.URL.Path
	if at != simPath && !strings.HasSuffix(at, "/") {
		return // a file, a feed, a part of a page
	}
	if optedOut(r) {
		c.optOuts.Inc()
		return
	}
	hit := hits.Hit{Path: at, Ref: s.referrer(r)}
	if at != "/" {
		if hit.Path = path.Clean(at); hit.Path != simPath {
			hit.Path += "/"
		}
	}
	s.count(r, hit)
}

// shown counts a pattern that a page has shown.
func (s *server) shown(r *http.Request, pattern hits.Event) {
	if s.counting == nil || pattern == (hits.Event{}) || !looked(r) || optedOut(r) {
		return
	}
	s.count(r, pattern.Hit())
}

// count hands a hit on with what tells the visitor's hits of today from others.
func (s *server) count(r *http.Request, hit hits.Hit) {
	agent := r.UserAgent()
	address, err := clientKey(r)
	if err != nil {
		return
	}
	hit.Session = s.counting.visitors.Session(address, agent)
	hit.Location = s.country(r)
	if visits.IsBot(agent) {
		hit.Bot = visits.Bot
	}
	s.counting.Count(hit)
}

// country is where a trusted proxy says that the visitor is, two letters of ISO
// 3166-1, or "".
func (s *server) country(r *http.Request) string {
	if s.counting.Country == "" || !s.trusts(r.RemoteAddr) {
		return ""
	}
	code := strings.ToUpper(strings.TrimSpace(r.Header.Get(s.counting.Country)))
	if len(code) != 2 || code[0] < 'A' || code[0] > 'Z' || code[1] < 'A' || code[1] > 'Z' || code == "XX" {
		return ""
	}
	return code
}

var hostName = regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$`)

// referrer is the host that the visitor came from, or "": the rest of its
// address is not looked at, and our own pages are none.
func (s *server) referrer(r *http.Request) string {
	u, err := url.Parse(r.Referer())
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	host := strings.ToLower(u.Hostname())
	if len(host) > 253 || !hostName.MatchString(host) {
		return ""
	}
	if own, err := url.Parse(s.origin(r)); err == nil && strings.EqualFold(host, own.Hostname()) {
		return ""
	}
	return host
}

// patternOf is the event of a picture that the server has drawn: crystal, zone
// axis and model, and nothing else of the link. It is none where the link asks
// for another crystal than is shown.
func patternOf(l link.Link, v *protocol.View, problems []link.Problem) hits.Event {
	for _, p := range problems {
		if p.Key == "c" {
			return hits.Event{}
		}
	}
	model, zone := map[string]string{"k": "kinematic", "d": "dynamical"}[l.Model], ""
	if v.Values["w"] == "r" {
		model = "rings"
	} else if v.Frame.On {
		for _, run := range v.Frame.Zone {
			if run.Bar {
				zone += "-"
			}
			zone += run.T
		}
	}
	return hits.Pattern(crystalName(v.Crystal.ID), zone, model)
}

// crystalName is how a crystal is called in an event: by its name in the library
// or its number. Everything else is the visitor's own affair.
func crystalName(id string) string {
	if e, ok := source.Lookup(id); ok {
		return e.Name
	}
	if n, err := source.ParseMP(id); err == nil && strings.HasPrefix(id, "mp-") {
		return source.FormatMP(n)
	}
	return hits.OwnCrystal
}

// formats are what can be saved from the page.
var formats = map[string]bool{"svg": true, "png": true, "csv": true, "json": true, "cif": true, "txt": true, "print": true}

// told reads one line of what the page tells: "crystal lib-si", "turned mp-149",
// "turned own", "export svg". Other words are none of ours.
func told(line string) (e hits.Event, ok bool) {
	kind, what, _ := strings.Cut(line, " ")
	switch kind {
	case hits.KindExport:
		return hits.Export(what), formats[what]
	case hits.KindCrystal, hits.KindTurned:
		name := crystalName(what)
		if name == hits.OwnCrystal && what != "own" {
			return e, false
		}
		if kind == hits.KindCrystal {
			return hits.Opened(name), true
		}
		return hits.Turned(name), true
	}
	return e, false
}

var ownPages = http.NewCrossOriginProtection()

// events takes what the page tells of what was done in it, a line for each. What
// makes no sense is refused whole and counted.
func (s *server) events(w http.ResponseWriter, r *http.Request) {
	refuse := func() {
		s.counting.strange.Inc()
		s.fail(w, r, problem{Status: http.StatusBadRequest, Code: "event", Detail: "This is nothing that the site counts."})
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxTold+1))
	if err != nil || len(body) == 0 || len(body) > maxTold || ownPages.Check(r) != nil {
		refuse()
		return
	}
	lines := strings.Split(strings.TrimSuffix(string(body), "\n"), "\n")
	if len(lines) > maxEvents {
		refuse()
		return
	}
	list := make([]hits.Event, 0, len(lines))
	for _, line := range lines {
		e, ok := told(line)
		if !ok {
			refuse()
			return
		}
		list = append(list, e)
	}
	w.Header()["Cache-Control"] = noStore
	w.WriteHeader(http.StatusNoContent)
	if optedOut(r) {
		return
	}
	for _, e := range list {
		s.count(r, e.Hit())
	}
}
