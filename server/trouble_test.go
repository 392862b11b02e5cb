package main

import (
	"fmt"
	"net/url"
	"testing"

	"zoneaxis/server/mp/mpfake"
)

// TestPassingFailure: a picture that cannot be drawn now is told so; one of a
// material that does not exist is a 404.
func TestPassingFailure(t *testing.T) {
	fake, base := fakeUpstream(t)
	p := start(t, []string{"MP_BASE_URL=" + base, "MP_API_KEY=" + testKey})
	for i, fault := range []mpfake.Fault{mpfake.Status(500, ""), mpfake.Limited("20"), {}} {
		id := 1_800_000 + i
		fake.Script(id, mpfake.Forever(fault))
		for _, path := range []string{fmt.Sprintf("/sim.svg?c=mp-%d", id), "/oembed?url=" + url.QueryEscape(fmt.Sprintf("/sim?c=mp-%d", id))} {
			code, header, body := get(t, p.url+path)
			passing := code == 502 || code == 503 || code == 504
			if i == 2 && code != 404 && code != 503 || i < 2 && !passing {
				t.Errorf("%s: %d %s", path, code, body)
			}
			if passing && (header.Get("Cache-Control") != "no-store" || header.Get("Retry-After") == "") {
				t.Errorf("%s: %d with %v", path, code, header)
			}
		}
	}
	// By itself, with nothing else wrong.
	q := start(t, []string{"MP_BASE_URL=" + base, "MP_API_KEY=" + testKey})
	if code, _, body := get(t, q.url+"/sim.svg?c=mp-1800002"); code != 404 {
		t.Errorf("unknown: %d %s", code, body)
	}
}
