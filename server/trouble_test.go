package main

import (
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"zoneaxis/server/mp/mpfake"
)

// TestPassingFailure: a picture that cannot be drawn now is told so; one of a
// material that does not exist is a 404.
func TestPassingFailure(t *testing.T) {
	t.Parallel()
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

// TestHostileUpstream: what an answer would be in memory does not matter.
func TestHostileUpstream(t *testing.T) {
	fake, base := fakeUpstream(t)
	p := startBinary(t, released(t), []string{"MP_BASE_URL=" + base, "MP_API_KEY=" + testKey, "ACCESS_LOG=errors"})
	long := func(size int) string { return `{"data":[` + strings.Repeat("1,", size/2) + "1]}" }
	var wg sync.WaitGroup
	for i, size := range []int{1 << 20, 2<<20 - 100, 8<<20 - 100, 64 << 20} {
		id := 1_800_000 + i
		fake.Script(id, mpfake.Forever(mpfake.Body("application/json", long(size))))
		wg.Go(func() {
			if code, header, body := get(t, fmt.Sprintf("%s/api/structure/mp-%d", p.url, id)); code != 502 && code != 503 || header.Get("Cache-Control") != "no-store" {
				t.Errorf("%d bytes: %d %s", size, code, body)
			}
		})
	}
	wg.Wait()
	m := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindStringSubmatch(fileText(t, fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid)))
	if m == nil {
		t.Skip("no /proc here")
	}
	if most, err := strconv.Atoi(m[1]); err != nil || most > 120_000 {
		t.Errorf("%d kB resident, want at most 120,000", most)
	}
}
