package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestPlainRefusals: what never becomes a request is refused with a sentence,
// too, and kept by nobody.
func TestPlainRefusals(t *testing.T) {
	t.Parallel()
	p := start(t, nil)
	encrypted := start(t, []string{"TLS_DOMAINS=zone.example", "HTTP_ADDR="})
	for _, tt := range []struct {
		name, send string
		status     int
		to         *process
	}{
		{"no HTTP", "\x16\x03\x01\x02\r\n\r\n", 400, p},
		{"no host", "GET / HTTP/1.1\r\n\r\n", 400, p},
		{"bad host", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400, p},
		{"bad address", "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n", 400, p},
		{"huge header", "GET / HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("x", 21<<10) + "\r\n\r\n", 431, p},
		{"another coding", "GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: odd\r\n\r\n", 501, p},
		{"another version", "GET / HTTP/3.0\r\nHost: x\r\n\r\n", 505, p},
		{"an odd wish", "GET / HTTP/1.1\r\nHost: x\r\nExpect: much\r\n\r\n", 417, p},
		{"plain where TLS is", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", 400, encrypted},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := net.Dial("tcp", strings.Replace(strings.TrimPrefix(address(tt.to), "https://"), "zone.example", "127.0.0.1", 1))
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			c.SetDeadline(time.Now().Add(15 * time.Second))
			fmt.Fprint(c, tt.send)
			resp, err := http.ReadResponse(bufio.NewReader(c), nil)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(resp.Body)
			var told struct {
				Title, Detail string
				Status        int
			}
			if err != nil || json.Unmarshal(body, &told) != nil || resp.StatusCode != tt.status || told.Status != tt.status || told.Title == "" || !strings.HasSuffix(told.Detail, ".") {
				t.Errorf("%d %s, %v", resp.StatusCode, body, err)
			}
			if h := resp.Header; h.Get("Cache-Control") != "no-store" || h.Get("Content-Type") != "application/problem+json" || !resp.Close {
				t.Errorf("got %v", h)
			}
		})
	}
	// Refusals of our own are left as they are.
	if code, header, body := get(t, p.url+"/api/structure/x"); code != 400 || header.Get("X-Request-Id") == "" || !strings.Contains(body, "bad-id") {
		t.Errorf("%d %v %s", code, header, body)
	}
}
