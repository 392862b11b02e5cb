package page

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"math"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"

	"zoneaxis/server/internal/hits"
	"zoneaxis/server/tally/store"
)

// nameBytes bounds names of pages, referrers and events in the file.
const nameBytes = 300

// count takes hits in the format of package hits.
func (p *pages) count(w http.ResponseWriter, r *http.Request) {
	left, ok := p.senders.allow(clientOf(r), p.now())
	h := w.Header()
	h.Set("X-Rate-Limit-Limit", strconv.Itoa(hits.PerSecond))
	h.Set("X-Rate-Limit-Remaining", strconv.Itoa(left))
	h.Set("X-Rate-Limit-Reset", "1")
	if !ok {
		h.Set("Retry-After", "1")
		refuse(w, http.StatusTooManyRequests, "too many requests: %d a second are taken", hits.PerSecond)
		return
	}
	if !p.sent(r) {
		h.Set("WWW-Authenticate", `Bearer realm="tally"`)
		refuse(w, http.StatusUnauthorized, "the token is missing or is another one: send it as Authorization: Bearer TOKEN")
		return
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		refuse(w, http.StatusUnsupportedMediaType, "Content-Type must be application/json")
		return
	}
	p.reading <- struct{}{} // bodies are long: a few at a time
	defer func() { <-p.reading }()
	now := p.now()
	req, faults, err := hits.Decode(http.MaxBytesReader(w, r.Body, hits.MaxBody+1), now)
	if err != nil {
		if err := p.store.Add(nil, 1); err == nil {
			p.log.Debug("a request was refused", "error", err)
		}
		refuse(w, http.StatusBadRequest, "%s", err.Error())
		return
	}
	views := make([]store.View, len(req.Hits))
	for i := range req.Hits {
		views[i] = p.view(&req.Hits[i], now)
	}
	switch err := p.store.Add(views, len(faults)); {
	case errors.Is(err, store.ErrBusy), errors.Is(err, store.ErrClosed):
		h.Set("Retry-After", "1")
		refuse(w, http.StatusServiceUnavailable, "%s: send it again", err.Error())
	case err != nil:
		h.Set("Retry-After", "60")
		refuse(w, http.StatusServiceUnavailable, "the hits cannot be written now")
	case len(faults) > 0:
		reply(w, http.StatusBadRequest, map[string]any{"errors": faults})
	default:
		reply(w, http.StatusAccepted, map[string]string{"status": "ok"})
	}
}

// sent reports whether a request has the token: as a bearer, or as the password
// of nobody.
func (p *pages) sent(r *http.Request) bool {
	if user, password, ok := r.BasicAuth(); ok {
		return user == "" && p.token.Is(password)
	}
	scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	return ok && strings.EqualFold(scheme, "Bearer") && p.token.Is(strings.TrimSpace(token))
}

// view is a hit as it is kept.
func (p *pages) view(h *hits.Hit, now time.Time) store.View {
	v := store.View{At: h.CreatedAt, Event: bool(h.Event), Title: short(h.Title), Referrer: referrer(h.Ref), Country: country(h.Location), Bot: h.Bot > 1}
	if v.At.IsZero() {
		v.At = now
	}
	if v.Name = strings.TrimSpace(h.Path); !v.Event {
		// The page, and not what was asked of it.
		if end := strings.IndexAny(v.Name, "?#"); end >= 0 {
			v.Name = v.Name[:end]
		}
		v.Name = "/" + strings.Trim(v.Name, "/")
	}
	v.Name = short(v.Name)
	switch {
	case h.Session != "":
		v.Session = p.visitor(v.At, "", h.Session)
	case h.UserAgent != "" && h.IP != "":
		v.Session = p.visitor(v.At, p.salts.of(store.DayOf(v.At), now), h.UserAgent+"\n"+h.IP)
	}
	return v
}

// visitor is what tells a visitor from others on one day. What it is made of is
// not kept, and the same visitor has another one on the next day.
func (p *pages) visitor(at time.Time, salt, who string) int64 {
	mac := hmac.New(sha256.New, []byte(salt))
	var day [8]byte
	binary.BigEndian.PutUint64(day[:], uint64(store.DayOf(at)))
	mac.Write(day[:])
	mac.Write([]byte(who))
	n := int64(binary.BigEndian.Uint64(mac.Sum(nil)))
	if n == 0 {
		n = math.MaxInt64
	}
	return n
}

// salts are secrets of the last two days. They are in memory only and forgotten
// with their day, so that nobody can try addresses against what is kept.
type salts struct {
	mu    sync.Mutex
	byDay map[int]string
}

func (s *salts) of(day int, now time.Time) string {
	today := store.DayOf(now)
	if day < today-1 {
		day = today - 1 // older ones come from an import
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for d := range s.byDay {
		if d < today-1 {
			delete(s.byDay, d)
		}
	}
	if _, ok := s.byDay[day]; !ok {
		s.byDay[day] = rand.Text()
	}
	return s.byDay[day]
}

// referrer is the host of an address, or the text that is none.
func referrer(text string) string {
	text = strings.TrimSpace(text)
	if u, err := url.Parse(text); err == nil && u.Host != "" {
		text = strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
	}
	return short(text)
}

// country is the two letters of a country, of "NL" and of "US-TX".
func country(text string) string {
	code, _, _ := strings.Cut(strings.ToUpper(text), "-")
	if len(code) != 2 || code[0] < 'A' || code[0] > 'Z' || code[1] < 'A' || code[1] > 'Z' {
		return ""
	}
	return code
}

// short cuts a text to nameBytes, and makes it printable.
func short(text string) string {
	text = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	if len(text) > nameBytes {
		text = strings.ToValidUTF8(text[:nameBytes], "") + "…"
	}
	return text
}

func reply(w http.ResponseWriter, code int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(code)
	json.NewEncoder(w).Encode(body) // a client that is gone hears nothing
}
