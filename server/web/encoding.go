package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"zoneaxis/server/internal/hits"
)

// encoding is a content encoding that we have.
type encoding uint8

const (
	identity encoding = iota
	gzipped
	brotlied
)

// String is the name that the header has for it.
func (e encoding) String() string { return [...]string{"identity", "gzip", "br"}[e] }

var (
	gzipHeader   = []string{"gzip"}
	brotliHeader = []string{"br"}
)

// accepted returns the best encoding that the client takes and that there is.
// It reads the header as RFC 9110 section 12.5.3 says: q=0 refuses, * stands
// for all that is not named.
func accepted(header string, gz, br bool) encoding {
	if header == "" || !gz && !br {
		return identity
	}
	takesGz, takesBr, any := -1, -1, -1 // not named
	for part := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(part, ";")
		takes := 1
		if q, ok := strings.CutPrefix(strings.ToLower(strings.ReplaceAll(params, " ", "")), "q="); ok {
			if v, err := strconv.ParseFloat(q, 64); err != nil || v <= 0 {
				takes = 0
			}
		}
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "br":
			takesBr = takes
		case "gzip", "x-gzip":
			takesGz = takes
		case "*":
			any = takes
		}
	}
	if br && (takesBr == 1 || takesBr < 0 && any == 1) {
		return brotlied
	}
	if gz && (takesGz == 1 || takesGz < 0 && any == 1) {
		return gzipped
	}
	return identity
}

// content is a body that is kept whole in memory, in up to three encodings.
type content struct {
	kind         string     // MIME type
	etag         string     // of the plain body, quoted
	body, gz, br []byte     // gz and br may be nil
	vary         []string   // nil: Accept-Encoding
	policy       []string   // nil: the one set before
	shows        hits.Event // a page of the simulator: its pattern
}

// tag returns the ETag of a representation: a different one for each encoding,
// since the bytes differ.
func tag(etag string, e encoding) string {
	base := strings.TrimSuffix(etag, `"`)
	switch e {
	case gzipped:
		return base + `-gz"`
	case brotlied:
		return base + `-br"`
	}
	return etag
}

// serve answers with the content in the best encoding: 200, 206 or 304. A
// range is taken from the plain body, so that a client can put pieces
// together without knowing about encodings.
func (c *content) serve(w http.ResponseWriter, r *http.Request, cache []string) {
	h := w.Header()
	h["Content-Type"] = []string{c.kind}
	h["Cache-Control"] = cache
	h["Vary"] = varyEncoding
	if c.vary != nil {
		h["Vary"] = c.vary
	}
	if c.policy != nil {
		h["Content-Security-Policy"] = c.policy
	}
	e := identity
	ranged := r.Header["Range"] != nil
	if !ranged {
		e = accepted(header(r, "Accept-Encoding"), c.gz != nil, c.br != nil)
	}
	body := c.body
	switch e {
	case gzipped:
		body = c.gz
		h["Content-Encoding"] = gzipHeader
	case brotlied:
		body = c.br
		h["Content-Encoding"] = brotliHeader
	}
	t := tag(c.etag, e)
	h["Etag"] = []string{t}
	if ranged {
		h["Accept-Ranges"] = []string{"bytes"}
		serveParts(w, r, bytes.NewReader(body))
		return
	}
	if matches(header(r, "If-None-Match"), t) {
		notModified(w)
		return
	}
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		w.Write(body)
	}
}

// serveParts answers with the parts of a content that a client asks for, or with
// the whole.
func serveParts(w http.ResponseWriter, r *http.Request, body io.ReadSeeker) {
	parts := &partsWriter{ResponseWriter: w}
	http.ServeContent(parts, r, "", time.Time{}, body)
	if parts.none {
		problem{Status: http.StatusRequestedRangeNotSatisfiable, Code: "range", Detail: "There is no such part of this file."}.write(w, r)
	}
}

// partsWriter keeps back net/http's own words for a part that there is not.
type partsWriter struct {
	http.ResponseWriter
	none bool
}

func (w *partsWriter) WriteHeader(status int) {
	if w.none = status == http.StatusRequestedRangeNotSatisfiable; !w.none {
		w.ResponseWriter.WriteHeader(status)
	}
}

func (w *partsWriter) Write(b []byte) (int, error) {
	if w.none {
		return len(b), nil
	}
	return w.ResponseWriter.Write(b)
}

// ReadFrom is that of the writer below.
func (w *partsWriter) ReadFrom(src io.Reader) (int64, error) { return io.Copy(w.ResponseWriter, src) }

// header returns the first value of a header by its canonical name.
func header(r *http.Request, name string) string {
	if v := r.Header[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

func notModified(w http.ResponseWriter) {
	h := w.Header()
	delete(h, "Content-Type")
	delete(h, "Content-Encoding")
	delete(h, "Content-Length")
	w.WriteHeader(http.StatusNotModified)
}

// matches reports whether an If-None-Match header names an ETag, by the weak
// comparison that it asks for.
func matches(list, etag string) bool {
	if list == "" {
		return false
	}
	if list == etag || list == "*" {
		return true
	}
	for item := range strings.SplitSeq(list, ",") {
		if strings.TrimPrefix(strings.TrimSpace(item), "W/") == etag {
			return true
		}
	}
	return false
}

// hashTag returns a strong ETag for bytes.
func hashTag(parts ...[]byte) string {
	sum := sha256.New()
	for _, p := range parts {
		sum.Write(p)
	}
	return `"` + hex.EncodeToString(sum.Sum(nil)[:12]) + `"`
}
