package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// ask makes a request with headers; header holds name, value pairs.
func ask(t testing.TB, client *http.Client, url string, header ...string) (int, http.Header, string) {
	t.Helper()
	req, err := http.NewRequest("GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		if header[i] == "Host" {
			req.Host = header[i+1]
		}
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, resp.Header, string(body)
}

// TestProxyDoubts: a proxy that makes all visitors one is told of, once, with
// what to add.
func TestProxyDoubts(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, trusted string
		visit         func(p *process)
		want          []string // all in one line of the log; none for no line
	}{
		{"says nothing", "127.0.0.0/8", func(p *process) { ask(t, http.DefaultClient, p.url+"/robots.txt") },
			[]string{"does not say who the visitor is", "proxy_set_header X-Forwarded-For $remote_addr;"}},
		{"names nobody", "127.0.0.0/8", func(p *process) {
			ask(t, http.DefaultClient, p.url+"/robots.txt", "X-Forwarded-For", "198.51.100.7, unknown")
		}, []string{"does not say who the visitor is"}},
		{"is not trusted", "10.0.0.0/8", func(p *process) {
			ask(t, http.DefaultClient, p.url+"/robots.txt", "X-Forwarded-For", "198.51.100.7")
		}, []string{"not trusted", "TRUSTED_PROXIES=127.0.0.1"}},
		{"is as nginx comes", "", func(p *process) {
			c, err := net.Dial("tcp", address(p))
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			fmt.Fprintf(c, "GET /robots.txt HTTP/1.0\r\nHost: %s\r\nConnection: close\r\n\r\n", address(p))
			if resp, err := http.ReadResponse(bufio.NewReader(c), nil); err != nil || resp.StatusCode != 200 {
				t.Errorf("%v, %v", resp, err)
			}
		}, []string{"over HTTP/1.0", "TRUSTED_PROXIES=127.0.0.1 ORIGIN=https://", "proxy_set_header Host $host;"}},
		{"is right", "127.0.0.0/8", func(p *process) {
			ask(t, http.DefaultClient, p.url+"/robots.txt", "X-Forwarded-For", "198.51.100.7")
			ask(t, http.DefaultClient, p.url+"/healthz")
		}, nil},
		{"there is none", "", func(p *process) { ask(t, http.DefaultClient, p.url+"/robots.txt") }, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := start(t, []string{"TRUSTED_PROXIES=" + tt.trusted, "ACCESS_LOG=errors"})
			for range 3 {
				tt.visit(p)
			}
			stop(t, p)
			warnings := regexp.MustCompile(`.*"level":"WARN".*`).FindAllString(p.text(), -1)
			if tt.want == nil && len(warnings) > 0 || tt.want != nil && len(warnings) != 1 {
				t.Fatalf("warnings: %q", warnings)
			}
			for _, want := range tt.want {
				if !strings.Contains(warnings[0], want) {
					t.Errorf("%s lacks %q", warnings[0], want)
				}
			}
			if strings.Contains(p.text(), "198.51.100.7") {
				t.Error("a visitor's address is in the log")
			}
		})
	}
}

// TestOrigin: whatever address a proxy asks for, ORIGIN is the one in pages.
func TestOrigin(t *testing.T) {
	t.Parallel()
	p := start(t, []string{"ORIGIN=https://zone.example"})
	if _, _, page := ask(t, http.DefaultClient, p.url+"/sim?c=lib-au", "Host", "127.0.0.1:9"); !strings.Contains(page, `<link rel="canonical" href="https://zone.example/sim?c=lib-au">`) {
		t.Error("the canonical address is another one")
	}
	if _, header, _ := ask(t, http.DefaultClient, p.url+"/blog/first/"); header.Get("Link") != `<https://zone.example/blog/first/>; rel="canonical"` {
		t.Errorf("a page made at build: Link %q", header.Get("Link"))
	}
	for link, want := range map[string]int{"https://zone.example/sim?c=lib-au": 200, "http://zone.example/embed?c=lib-au": 200, "https://other.example/sim": 404, "ftp://zone.example/sim": 404} {
		if code, _, body := ask(t, http.DefaultClient, p.url+"/oembed?url="+url.QueryEscape(link), "Host", "127.0.0.1:9"); code != want {
			t.Errorf("%s: %d %s", link, code, body)
		}
	}
}

// TestFraming: an embedded pattern is for every frame, also those without an
// origin, and so is all that it loads.
func TestFraming(t *testing.T) {
	t.Parallel()
	p := start(t, nil)
	_, header, page := ask(t, http.DefaultClient, p.url+"/embed?c=lib-au", "Accept", "text/html")
	if policy := header.Get("Content-Security-Policy"); policy == "" || strings.Contains(policy, "frame-ancestors") || header.Get("X-Frame-Options") != "" || header.Get("Cross-Origin-Resource-Policy") != "cross-origin" {
		t.Errorf("got %v", header)
	}
	loads := regexp.MustCompile(`"(/static/[^"]+)"`).FindAllStringSubmatch(page, -1)
	if len(loads) < 4 {
		t.Fatalf("the page loads %q", loads)
	}
	for _, one := range loads {
		code, header, _ := ask(t, http.DefaultClient, p.url+one[1], "Origin", "null")
		if code != 200 || header.Get("Access-Control-Allow-Origin") != "*" || header.Get("Cross-Origin-Resource-Policy") != "cross-origin" {
			t.Errorf("%s: %d %v", one[1], code, header)
		}
	}
	if _, header, _ := ask(t, http.DefaultClient, p.url+"/sim"); !strings.Contains(header.Get("Content-Security-Policy"), "frame-ancestors 'none'") {
		t.Error("the simulator may be framed")
	}
}
