package main

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
)

// refusal is an answer that is made before there is a request to hand on: RFC
// 9457, as those of package web.
type refusal struct {
	status       int
	code, detail string
	retryAfter   int // seconds, or 0
}

var crowded = refusal{http.StatusServiceUnavailable, "busy", "Too many connections just now. Try again in 5 s.", 5}

// plainRefusals are for what net/http answers by itself, with its status and
// nothing for caches.
var plainRefusals = map[int]refusal{
	http.StatusBadRequest:                  {http.StatusBadRequest, "bad-request", "This is no request that can be understood.", 0},
	http.StatusExpectationFailed:           {http.StatusExpectationFailed, "expectation", "What this request expects is not done here.", 0},
	http.StatusRequestHeaderFieldsTooLarge: {http.StatusRequestHeaderFieldsTooLarge, "long-header", "The header of this request is too long.", 0},
	http.StatusNotImplemented:              {http.StatusNotImplemented, "coding", "The coding of this request is not known here.", 0},
	http.StatusHTTPVersionNotSupported:     {http.StatusHTTPVersionNotSupported, "version", "This version of HTTP is not spoken here.", 0},
}

// notEncrypted is for a browser that speaks plain HTTP to the port of TLS.
var notEncrypted = refusal{http.StatusBadRequest, "encrypted", "This address is for https only.", 0}

// answer is the whole of it; the connection ends with it.
func (f refusal) answer() []byte {
	retry, member := "", ""
	if f.retryAfter > 0 {
		retry = "Retry-After: " + strconv.Itoa(f.retryAfter) + "\r\n"
		member = `,"retry_after":` + strconv.Itoa(f.retryAfter)
	}
	title := http.StatusText(f.status)
	body := fmt.Sprintf(`{"type":"about:blank","title":%q,"status":%d,"detail":%q,"code":%q%s}`, title, f.status, f.detail, f.code, member)
	return fmt.Appendf(nil, "HTTP/1.1 %d %s\r\nContent-Type: application/problem+json\r\nCache-Control: no-store\r\n%sContent-Length: %d\r\nConnection: close\r\n\r\n%s",
		f.status, title, retry, len(body), body)
}

// ownHeader is what net/http writes after the status line of a refusal of its
// own, and never of ours, which have a date.
const ownHeader = "\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n"

// inOurWords returns the refusal in the place of one that net/http has made by
// itself; nil for anything else. Those within TLS are not seen here.
func inOurWords(answer []byte) []byte {
	if len(answer) < 16 || len(answer) > 1024 || !bytes.HasPrefix(answer, []byte("HTTP/1.")) || answer[9] < '4' {
		return nil
	}
	if bytes.HasPrefix(answer, []byte("HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server")) {
		return notEncrypted.answer()
	}
	status, err := strconv.Atoi(string(answer[9:12]))
	if err != nil {
		return nil
	}
	// This one it writes as a handler would, and no handler of ours does.
	own := status == http.StatusExpectationFailed
	if line := bytes.IndexByte(answer, '\r'); line > 0 {
		own = own || bytes.HasPrefix(answer[line:], []byte(ownHeader))
	}
	f, known := plainRefusals[status]
	if !own || !known {
		return nil
	}
	return f.answer()
}

// Write sends an answer, those of net/http's own in our words.
func (g *guest) Write(answer []byte) (int, error) {
	if ours := inOurWords(answer); ours != nil {
		if _, err := g.TCPConn.Write(ours); err != nil {
			return 0, err
		}
		return len(answer), nil
	}
	return g.TCPConn.Write(answer)
}
