//go:build deploy

package deploy_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"
)

// TestCostOfAVisit measures what the guide reckons with and tells it with -v: the
// bytes and the processor time of a first visit, which takes a page with a
// picture that nobody has asked for and every file that the service worker keeps,
// and of a later one, which takes the page.
func TestCostOfAVisit(t *testing.T) {
	const visits = 40
	var manifest struct {
		Files map[string]struct{ URL string }
	}
	if err := json.Unmarshal([]byte(read(t, filepath.Join(top(t), "assets/dist/manifest.json"))), &manifest); err != nil {
		t.Fatal(err)
	}
	addr := freePort(t)
	p := serve(t, site(t, "METRICS_ADDR="+addr, "ACCESS_LOG=none"))
	cpu := func() float64 {
		m := regexp.MustCompile(`(?m)^process_cpu_seconds_total (\S+)$`).FindSubmatch(get(t, "http://"+addr+"/metrics").body)
		if m == nil {
			t.Fatal("no processor time")
		}
		seconds, err := strconv.ParseFloat(string(m[1]), 64)
		if err != nil {
			t.Fatal(err)
		}
		return seconds
	}
	fetch := func(path string) int {
		a := get(t, p.url+path, "Accept-Encoding", "br")
		if a.status != 200 {
			t.Fatalf("%s: %d", path, a.status)
		}
		return len(a.body)
	}
	page := func(i int) int {
		return fetch(fmt.Sprintf("/sim?c=si&z=1,1,0&d=%.2f,%.2f,0", float64(i)/50, float64(i)/70))
	}
	for name, first := range map[string]bool{"first": true, "later": false} {
		bytes, before, began := 0, cpu(), time.Now()
		for i := range visits {
			if !first {
				i += visits
			}
			bytes += page(i)
			for _, f := range manifest.Files {
				if first && f.URL != "" {
					bytes += fetch(f.URL)
				}
			}
		}
		t.Logf("%s visit: %.0f kB, %.1f ms of one core (%v for %d)", name, float64(bytes)/visits/1000, (cpu()-before)/visits*1000, time.Since(began).Round(time.Millisecond), visits)
		if bytes < visits*5000 {
			t.Errorf("%d bytes for %d visits: something was not fetched", bytes, visits)
		}
	}
}
