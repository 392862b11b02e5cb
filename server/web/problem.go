package web

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// problem is an answer that is an error: RFC 9457 for programs, a plain page
// for people.
type problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"` // whole sentences for a person
	Code   string `json:"code,omitempty"`
	// RetryAfter says when to try again, seconds; it is in the header as well.
	RetryAfter int `json:"retry_after,omitempty"`
	// Offer is what else the page for people leads to.
	Offer *offer `json:"-"`
}

// offer is a way out of a problem.
type offer struct{ URL, Text string }

// after sets how long to wait before the next try.
func (p problem) after(d time.Duration) problem {
	p.RetryAfter = max(1, int((d+time.Second-1)/time.Second))
	return p
}

// fail answers with a problem.
func (s *server) fail(w http.ResponseWriter, r *http.Request, p problem) {
	h := w.Header()
	if p.RetryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(p.RetryAfter))
	} else if n, err := strconv.Atoi(h.Get("Retry-After")); err == nil {
		p.RetryAfter = n
	}
	p.Title = http.StatusText(p.Status)
	for _, name := range []string{"ETag", "Content-Encoding", "Last-Modified", "Content-Length"} {
		h.Del(name)
	}
	h["Cache-Control"] = noStore
	if p.Status == http.StatusNotFound {
		h.Set("Cache-Control", "public, max-age=60")
	}
	h["Vary"] = []string{"Accept"}
	if wantsPage(r) && (p.Code == noPage && s.lostPage(w, r) || s.errorPage(w, p)) {
		return
	}
	p.write(w, r)
}

// write answers with a problem as a program reads it.
func (p problem) write(w http.ResponseWriter, r *http.Request) {
	p.Type, p.Title = "about:blank", http.StatusText(p.Status)
	body, err := json.Marshal(p)
	if err != nil {
		http.Error(w, p.Detail, p.Status) // a struct of strings and numbers always encodes
		return
	}
	h := w.Header()
	if h.Get("Cache-Control") == "" {
		h["Cache-Control"] = noStore
	}
	h.Set("Content-Type", "application/problem+json")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(p.Status)
	if r.Method != http.MethodHead {
		w.Write(body)
	}
}

// wantsPage reports whether a person is asking.
func wantsPage(r *http.Request) bool {
	if strings.HasPrefix(r.URL.Path, "/api/") || strings.HasPrefix(r.URL.Path, "/data/") {
		return false
	}
	return strings.Contains(r.Header.Get("Accept"), "text/html")
}

// errorPage writes the page for people; false if there is no template for it.
func (s *server) errorPage(w http.ResponseWriter, p problem) bool {
	body, err := s.served().execute("error.tmpl", p)
	if err != nil {
		s.log.Error("error page", "error", err.Error())
		return false
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(p.Status)
	w.Write(body)
	return true
}

// noPage is the code of an address that leads nowhere.
const noPage = "no-page"

// lostPage writes the page that the build has for such addresses, with the ways
// to everything that there is; false if it has none.
func (s *server) lostPage(w http.ResponseWriter, r *http.Request) bool {
	site := s.site()
	f, _, err := site.page("/404.html")
	if err != nil {
		return false
	}
	body, err := f.plain(site.set.FS)
	if err != nil {
		return false
	}
	h := w.Header()
	h["Content-Security-Policy"] = site.policy
	h.Set("Content-Type", f.kind)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(http.StatusNotFound)
	if r.Method != http.MethodHead {
		w.Write(body)
	}
	return true
}

func (s *server) notFound(w http.ResponseWriter, r *http.Request) {
	s.fail(w, r, problem{Status: http.StatusNotFound, Code: noPage, Detail: "There is no page at this address."})
}

func (s *server) badMethod(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Allow", "GET, HEAD")
	s.fail(w, r, problem{Status: http.StatusMethodNotAllowed, Code: "method", Detail: "This address can only be read."})
}
