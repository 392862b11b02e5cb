package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// greedy keeps eight requests for new patterns of two crystals under way, from
// an address of his own, until the context ends.
func greedy(ctx context.Context, p *process, ip string) (wait func() (requests int)) {
	client := visitor(ip)
	var wg sync.WaitGroup
	var mu sync.Mutex
	n := 0
	for w := range 8 {
		wg.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				link := fmt.Sprintf("%s/sim?c=lib-au&c2=lib-albite&o=ikhdgs&kv=1000&cl=50&d=%d.%02d,%d.00,0.00&zz=%d", p.url, i%90, i%100, w, i)
				req, err := http.NewRequestWithContext(ctx, "GET", link, nil)
				if err != nil {
					return
				}
				resp, err := client.Do(req)
				if err != nil {
					continue
				}
				io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
				mu.Lock()
				n++
				mu.Unlock()
				time.Sleep(100 * time.Millisecond)
			}
		})
	}
	return func() int { wg.Wait(); return n }
}

// TestGreedyNeighbour: new pages of others are served beside one who asks for
// as much as he may.
func TestGreedyNeighbour(t *testing.T) {
	p := startBinary(t, released(t), []string{"RATE=20", "DRAWING_SECONDS=15", "ACCESS_LOG=errors"})
	ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
	defer cancel()
	wait := greedy(ctx, p, "127.0.0.5")
	time.Sleep(500 * time.Millisecond)
	in, pictures := 0, 0
	var slowest time.Duration
	other := visitor("127.0.0.6")
	for i := range 20 {
		began := time.Now()
		resp, err := other.Get(fmt.Sprintf("%s/sim?c=lib-si&z=1,1,1&d=%d.00,1.00,0.00", p.url, i))
		if err != nil {
			t.Fatal(err)
		}
		page, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		took := time.Since(began)
		slowest = max(slowest, took)
		if err != nil || resp.StatusCode != 200 {
			t.Errorf("page %d: %d, %v", i, resp.StatusCode, err)
		}
		if took <= 2*time.Second {
			in++
		}
		if !strings.Contains(string(page), "data-stale>") {
			pictures++
		}
	}
	cancel()
	t.Logf("%d of 20 pages within 2 s, %d with their picture, the slowest after %v; the neighbour had %d", in, pictures, slowest.Round(time.Millisecond), wait())
	if in < 19 {
		t.Errorf("%d of 20 pages within 2 s, want 19", in)
	}
	if *measure && pictures < 19 {
		t.Errorf("%d of 20 pages with their picture", pictures)
	}
}
