package mpfake

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"
)

// Fault is one thing that can go wrong with an answer. The zero Fault is an
// honest answer.
type Fault struct {
	do   func(w http.ResponseWriter, r *http.Request, honest http.Handler)
	stay bool
}

// Forever repeats a fault for every later request.
func Forever(f Fault) Fault {
	f.stay = true
	return f
}

// Delay waits before the honest answer, or until the client is gone.
func Delay(d time.Duration) Fault {
	return Fault{do: func(w http.ResponseWriter, r *http.Request, honest http.Handler) {
		select {
		case <-time.After(d):
			honest.ServeHTTP(w, r)
		case <-r.Context().Done():
		}
	}}
}

// Drip sends the honest body byte by byte.
func Drip(pause time.Duration) Fault {
	return Fault{do: func(w http.ResponseWriter, r *http.Request, honest http.Handler) {
		body := plain(r, honest)
		w.Header().Set("Content-Type", "application/json")
		for i := range body {
			if _, err := w.Write(body[i : i+1]); err != nil {
				return
			}
			w.(http.Flusher).Flush()
			select {
			case <-time.After(pause):
			case <-r.Context().Done():
				return
			}
		}
	}}
}

// Status answers with a code and a body; header holds name, value pairs.
func Status(code int, body string, header ...string) Fault {
	return Fault{do: func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		w.Header().Set("Content-Type", "application/json")
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
		io.WriteString(w, body)
	}}
}

// Limited is the gateway's 429. retryAfter is the header's text, or empty.
func Limited(retryAfter string) Fault {
	return Fault{do: func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		if retryAfter != "" {
			w.Header().Set("Retry-After", retryAfter)
		}
		reply(w, r, http.StatusTooManyRequests, map[string]any{"message": "API rate limit exceeded"})
	}}
}

// EchoKey answers with an error whose body and headers repeat the client's key.
func EchoKey(code int) Fault {
	return Fault{do: func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		key := r.Header.Get("X-API-KEY")
		w.Header().Set("X-Debug", key)
		w.Header().Set("Location", "/?key="+key)
		w.WriteHeader(code)
		fmt.Fprintf(w, `{"message":"your key %s is bad","key":%q}`, key, key)
	}}
}

// Redirect sends the client elsewhere.
func Redirect(code int, to string) Fault {
	return Fault{do: func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		w.Header().Set("Location", to)
		w.WriteHeader(code)
	}}
}

// CutAt sends the honest body up to byte k with a truthful length: valid HTTP,
// broken JSON.
func CutAt(k int) Fault {
	return Fault{do: func(w http.ResponseWriter, r *http.Request, honest http.Handler) {
		body := plain(r, honest)
		w.Header().Set("Content-Type", "application/json")
		w.Write(body[:min(k, len(body))])
	}}
}

// WrongLength promises more bytes than it sends.
func WrongLength() Fault {
	return Fault{do: func(w http.ResponseWriter, r *http.Request, honest http.Handler) {
		body := plain(r, honest)
		w.Header().Set("Content-Length", fmt.Sprint(len(body)+100))
		w.Write(body)
	}}
}

// GzipCut ends the compressed stream early.
func GzipCut() Fault {
	return Fault{do: func(w http.ResponseWriter, r *http.Request, honest http.Handler) {
		var z bytes.Buffer
		zw := gzip.NewWriter(&z)
		zw.Write(plain(r, honest))
		zw.Close()
		w.Header().Set("Content-Encoding", "gzip")
		w.Write(z.Bytes()[:z.Len()/2])
	}}
}

// GzipBomb sends n zero bytes compressed over a thousandfold.
func GzipBomb(n int) Fault {
	return Fault{do: func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		w.Header().Set("Content-Encoding", "gzip")
		zw := gzip.NewWriter(w)
		zero := make([]byte, 1<<16)
		for sent := 0; sent < n; sent += len(zero) {
			if _, err := zw.Write(zero); err != nil {
				return
			}
		}
		zw.Close()
	}}
}

// Huge sends an honest answer behind n bytes of white space.
func Huge(n int) Fault {
	return Fault{do: func(w http.ResponseWriter, r *http.Request, honest http.Handler) {
		body := plain(r, honest)
		io.WriteString(w, strings.Repeat(" ", n))
		w.Write(body)
	}}
}

// Body answers 200 with any body.
func Body(contentType, body string) Fault {
	return Fault{do: func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		w.Header().Set("Content-Type", contentType)
		io.WriteString(w, body)
	}}
}

// Reset closes the connection: before the header (sent < 0), or after so many
// bytes of the body.
func Reset(sent int) Fault {
	return Fault{do: func(w http.ResponseWriter, r *http.Request, honest http.Handler) {
		body := plain(r, honest)
		conn, buf, err := w.(http.Hijacker).Hijack()
		if err != nil {
			panic(err) // the stand-in is served over HTTP/1.1
		}
		if sent >= 0 {
			fmt.Fprintf(buf, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", len(body))
			buf.Write(body[:min(sent, len(body))])
			buf.Flush()
		}
		if tcp, ok := conn.(*net.TCPConn); ok {
			tcp.SetLinger(0)
		}
		conn.Close()
	}}
}

// Change edits the honest documents before they are sent.
func Change(edit func(doc map[string]any)) Fault {
	return ChangeAnswer(func(answer map[string]any) {
		if data, ok := answer["data"].([]any); ok {
			for _, d := range data {
				edit(d.(map[string]any))
			}
		}
	})
}

// ChangeAnswer edits the whole honest answer before it is sent.
func ChangeAnswer(edit func(answer map[string]any)) Fault {
	return Fault{do: func(w http.ResponseWriter, r *http.Request, honest http.Handler) {
		var answer map[string]any
		if err := json.Unmarshal(plain(r, honest), &answer); err != nil {
			panic(err) // our own answer
		}
		edit(answer)
		reply(w, r, http.StatusOK, answer)
	}}
}

// Replace swaps text in the honest body, for what no JSON encoder would write.
func Replace(old, new string) Fault {
	return Fault{do: func(w http.ResponseWriter, r *http.Request, honest http.Handler) {
		body := plain(r, honest)
		w.Header().Set("Content-Type", "application/json")
		w.Write(bytes.Replace(body, []byte(old), []byte(new), 1))
	}}
}

// plain returns the honest body, not compressed.
func plain(r *http.Request, honest http.Handler) []byte {
	bare := r.Clone(r.Context())
	bare.Header.Del("Accept-Encoding")
	rec := httptest.NewRecorder()
	honest.ServeHTTP(rec, bare)
	return rec.Body.Bytes()
}
