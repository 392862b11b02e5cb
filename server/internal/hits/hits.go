// Package hits is what the site tells a counter of visits, and what a counter
// takes: the public format of GoatCounter's POST /api/v0/count, so that either
// end can be replaced, and the names of the site's events in it (names.go).
//
// A request has a bearer token, Content-Type: application/json and a [Request]
// of at most [MaxHits] hits as its body; a client may send [PerSecond] requests
// a second. Answers are 202 when everything was counted; 400 with {"error": "…"}
// or, where single hits are wrong, {"errors": {"index": "…"}}, of which those
// that are not named have been counted; 401 and 403 for the token; 429 for too
// many requests, with the headers X-Rate-Limit-Limit, X-Rate-Limit-Remaining and
// X-Rate-Limit-Reset (in seconds).
package hits

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	// Path is where a counter takes hits, below its base address.
	Path = "/api/v0/count"
	// MaxHits is how many hits one request may have.
	MaxHits = 500
	// PerSecond is how many requests a client may send in a second.
	PerSecond = 4
	// MaxBody bounds the body of a request in bytes: MaxHits of the longest hits
	// that Check lets pass, without escapes.
	MaxBody = 4 << 20

	maxPath, maxTitle, maxRef, maxUserAgent = 2048, 1024, 2048, 512 // bytes
	// ahead is how far a client's clock may be ahead of the counter's.
	ahead = 5 * time.Second
)

// CheckToken tells what is wrong with a bearer token of at least so many bytes,
// for who chose it, or returns nil: it is of visible ASCII characters, which a
// header can carry, and of 512 at most.
func CheckToken(text string, least int) error {
	if len(text) < least || len(text) > 512 {
		return fmt.Errorf("a token has %d to 512 characters, such as openssl rand -hex 24 makes, and this one has %d", least, len(text))
	}
	for _, c := range []byte(text) {
		if c <= ' ' || c > '~' {
			return errors.New("a token has letters, digits and signs of ASCII only, and no spaces")
		}
	}
	return nil
}

// Request is the body of a request.
type Request struct {
	// NoSessions lets hits pass of which nothing says who the visitor was: they
	// are views without a visitor.
	NoSessions bool `json:"no_sessions"`
	// Filter names what a counter shall leave out: "ip", addresses that its owner
	// does not want counted. Without it GoatCounter takes ["ip"].
	Filter []string `json:"filter,omitzero"`
	Hits   []Hit    `json:"hits"`
}

// Hit is one view of a page, or one event.
type Hit struct {
	Path  string `json:"path"`            // of the page, or the name of the event; required
	Title string `json:"title,omitempty"` // of the page, or words for the event
	Event Bool   `json:"event,omitempty"`
	Ref   string `json:"ref,omitempty"` // address or name of where the visitor came from
	Size  Size   `json:"size,omitzero"` // of the screen; this site does not send it
	Query string `json:"query,omitempty"`
	Bot   int    `json:"bot,omitempty"` // 0: a person
	// UserAgent and IP are for clients that know nothing better to tell a visitor
	// by. This site sends neither.
	UserAgent string `json:"user_agent,omitempty"`
	IP        string `json:"ip,omitempty"`
	// Location is a country, two letters of ISO 3166-1, or a region of it.
	Location string `json:"location,omitempty"`
	// CreatedAt is when it happened; the zero time is now.
	CreatedAt time.Time `json:"created_at,omitzero"`
	// Session tells a visitor's hits of one day from those of others.
	Session string `json:"session,omitempty"`
}

// Check returns what is wrong with a hit, in words for who sent it, or nil.
// Bounds are GoatCounter's. now is the counter's time.
func (h *Hit) Check(now time.Time, noSessions bool) error {
	var errs []string
	add := func(format string, args ...any) { errs = append(errs, fmt.Sprintf(format, args...)) }
	for _, f := range []struct {
		name, text string
		most       int
	}{{"path", h.Path, maxPath}, {"title", h.Title, maxTitle}, {"ref", h.Ref, maxRef}, {"user_agent", h.UserAgent, maxUserAgent}} {
		switch {
		case !utf8.ValidString(f.text):
			add("%s: must be UTF-8", f.name)
		case len(f.text) > f.most:
			add("%s: must be at most %d bytes, and has %d", f.name, f.most, len(f.text))
		}
	}
	if strings.TrimSpace(h.Path) == "" {
		add("path: must be set")
	}
	if h.CreatedAt.After(now.Add(ahead)) {
		add("created_at: in the future")
	}
	if h.Session == "" && (h.UserAgent == "" || h.IP == "") && !noSessions {
		add("session: set it, or user_agent and ip, or no_sessions if visitors are not to be told apart")
	}
	if len(errs) == 0 {
		return nil
	}
	return errors.New(strings.Join(errs, "; "))
}

// Decode reads a request. What is wrong with single hits is in faults by their
// index, and the request has the others only. An error means that nothing can
// be taken from it; it is a sentence for who sent it. Unknown members are
// ignored.
func Decode(body io.Reader, now time.Time) (req *Request, faults map[int]string, err error) {
	data, err := io.ReadAll(io.LimitReader(body, MaxBody+1))
	if err != nil {
		return nil, nil, fmt.Errorf("the request could not be read: %w", err)
	}
	if len(data) > MaxBody {
		return nil, nil, fmt.Errorf("the request has more than %d bytes", MaxBody)
	}
	var raw struct {
		NoSessions Bool              `json:"no_sessions"`
		Filter     []string          `json:"filter"`
		Hits       []json.RawMessage `json:"hits"`
	}
	if err := json.Unmarshal(data, &raw); err != nil {
		return nil, nil, fmt.Errorf("the request is not the JSON that is expected: %w", err)
	}
	switch {
	case len(raw.Hits) == 0:
		return nil, nil, errors.New("no hits")
	case len(raw.Hits) > MaxHits:
		return nil, nil, fmt.Errorf("maximum amount of pageviews in one batch is %d", MaxHits)
	}
	for _, f := range raw.Filter {
		if f != "ip" {
			return nil, nil, fmt.Errorf("unknown value in filter: %q", f)
		}
	}
	req = &Request{NoSessions: bool(raw.NoSessions), Filter: raw.Filter, Hits: make([]Hit, 0, len(raw.Hits))}
	faults = map[int]string{}
	for i, one := range raw.Hits {
		var h Hit
		if err := json.Unmarshal(one, &h); err != nil {
			faults[i] = "not a hit: " + err.Error()
			continue
		}
		if err := h.Check(now, req.NoSessions); err != nil {
			faults[i] = err.Error()
			continue
		}
		req.Hits = append(req.Hits, h)
	}
	return req, faults, nil
}

// Bool is true, false, or what clients write for them: 1, 0, "true", "on".
type Bool bool

// UnmarshalJSON reads any of those; null is false.
func (b *Bool) UnmarshalJSON(data []byte) error {
	switch text := strings.ToLower(string(bytes.Trim(data, `"`))); text {
	case "true", "1", "on", "yes":
		*b = true
	case "false", "0", "off", "no", "", "null":
		*b = false
	default:
		return fmt.Errorf("%.40q is neither true nor false", text)
	}
	return nil
}

// Size is the width, height and scaling of a screen, in pixels.
type Size []float64

// MarshalText writes "width,height,scaling".
func (s Size) MarshalText() ([]byte, error) {
	var text []byte
	for i, v := range s {
		if i > 0 {
			text = append(text, ',')
		}
		text = strconv.AppendFloat(text, v, 'g', -1, 64)
	}
	return text, nil
}

// UnmarshalJSON reads "width,height,scaling" or a list of numbers.
func (s *Size) UnmarshalJSON(data []byte) error {
	*s = nil
	if len(data) == 0 || data[0] != '"' {
		return json.Unmarshal(data, (*[]float64)(s))
	}
	var text string
	if err := json.Unmarshal(data, &text); err != nil || strings.TrimSpace(text) == "" {
		return err
	}
	for item := range strings.SplitSeq(text, ",") {
		v, err := strconv.ParseFloat(strings.TrimSpace(item), 64)
		if err != nil {
			return fmt.Errorf("size: %.40q is no number", item)
		}
		*s = append(*s, v)
	}
	return nil
}
