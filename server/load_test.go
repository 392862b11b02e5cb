package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"zoneaxis/server/mp/mpfake"
)

var (
	soakFor = flag.Duration("soak", 3*time.Second, "how long the soak test lasts")
	wrkFor  = flag.Duration("wrk", 0, "measure requests a second with wrk for so long each; 0 leaves it out")
)

// usage is what a process holds.
type usage struct {
	rss        int // kB
	files      int
	goroutines int
}

func usageOf(t testing.TB, p *process) usage {
	t.Helper()
	pid := strconv.Itoa(p.cmd.Process.Pid)
	status, err := os.ReadFile("/proc/" + pid + "/status")
	if err != nil {
		t.Skipf("no /proc here: %v", err)
	}
	var u usage
	if m := regexp.MustCompile(`VmRSS:\s+(\d+) kB`).FindSubmatch(status); m != nil {
		u.rss, _ = strconv.Atoi(string(m[1]))
	}
	fds, err := os.ReadDir("/proc/" + pid + "/fd")
	if err != nil {
		t.Fatal(err)
	}
	u.files = len(fds)
	_, _, metrics := get(t, p.metrics+"/metrics")
	if m := regexp.MustCompile(`(?m)^go_goroutines (\d+)`).FindStringSubmatch(metrics); m != nil {
		u.goroutines, _ = strconv.Atoi(m[1])
	}
	return u
}

const (
	idleLimit = 40 << 10 // kB
	soakLimit = 64 << 10
)

// TestSoak runs mixed load with faults of the upstream, visitors that leave,
// and damaged objects. Afterwards the server holds no more than before. The
// program as it is released is held to its memory; the test binary runs it
// once more under whatever detectors the tests run under.
func TestSoak(t *testing.T) {
	t.Run("released", func(t *testing.T) {
		t.Parallel()
		soak(t, released(t), true)
	})
	t.Run("tested", func(t *testing.T) {
		t.Parallel()
		soak(t, os.Args[0], false)
	})
}

func soak(t *testing.T, binary string, limits bool) {
	fake, base := fakeUpstream(t)
	began := time.Now()
	p := startBinary(t, binary, []string{"MP_BASE_URL=" + base, "MP_API_KEY=" + testKey, "ACCESS_LOG=errors", "CACHE_DIR=cache"})
	started := time.Since(began)
	idle := usageOf(t, p)
	if limits && idle.rss > idleLimit {
		t.Errorf("idle: %d kB resident, the limit is %d", idle.rss, idleLimit)
	}
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	client := &http.Client{Transport: transport, Timeout: 20 * time.Second}
	ctx, cancel := context.WithTimeout(t.Context(), *soakFor)
	defer cancel()
	var wg sync.WaitGroup
	var requests, failed atomic.Int64
	visit := func(ctx context.Context, path string, allowed ...int) {
		req, err := http.NewRequestWithContext(ctx, "GET", p.url+path, nil)
		if err != nil {
			t.Error(err)
			return
		}
		req.Header.Set("Accept-Encoding", "br, gzip")
		resp, err := client.Do(req)
		if err != nil {
			return // left, or the test is over
		}
		defer resp.Body.Close()
		if _, err := io.Copy(io.Discard, resp.Body); err != nil {
			return
		}
		requests.Add(1)
		for _, code := range append(allowed, 200, 304) {
			if resp.StatusCode == code {
				return
			}
		}
		failed.Add(1)
		t.Errorf("%s: %d", path, resp.StatusCode)
	}
	worker := func(pause time.Duration, do func(i int)) {
		wg.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				do(i)
				select {
				case <-time.After(pause):
				case <-ctx.Done():
				}
			}
		})
	}
	most := idle
	for n := range 4 {
		worker(0, func(i int) { visit(ctx, "/api/structure/mp-149") })
		worker(time.Millisecond, func(i int) { visit(ctx, "/static/engine.wasm") })
		worker(time.Millisecond, func(i int) { visit(ctx, "/blog/") })
		worker(5*time.Millisecond, func(i int) { visit(ctx, fmt.Sprintf("/sim?z=1,1,0&d=%d.00,%d.00,0.00", i%60, n), 503) })
		worker(2*time.Millisecond, func(i int) { visit(ctx, fmt.Sprintf("/nowhere/%d", i), 404) })
	}
	faults := []mpfake.Fault{{}, mpfake.Status(500, ""), mpfake.CutAt(200), mpfake.Reset(100), mpfake.Limited(""), mpfake.Delay(50 * time.Millisecond)}
	worker(10*time.Millisecond, func(i int) {
		id := 1_800_000 + i
		fake.Script(id, faults[i%len(faults)])
		visit(ctx, fmt.Sprintf("/api/structure/mp-%d", id), 404, 502, 503)
	})
	worker(5*time.Millisecond, func(i int) { // who leaves at once
		short, stop := context.WithTimeout(ctx, time.Duration(i%5)*time.Millisecond)
		defer stop()
		visit(short, fmt.Sprintf("/api/structure/mp-%d", 1_700_000+i), 404, 502, 503)
	})
	worker(20*time.Millisecond, func(i int) { // damage
		names, err := filepath.Glob(filepath.Join(p.cmd.Dir, "cache", "v1", "*", "*.json"))
		if err == nil && len(names) > 0 {
			os.Truncate(names[i%len(names)], int64(i%500))
		}
		visit(ctx, "/api/structure/mp-22862", 502, 503)
	})
	worker(50*time.Millisecond, func(int) { // connections that say nothing
		if c, err := net.Dial("tcp", strings.TrimPrefix(p.url, "http://")); err == nil {
			c.Close()
		}
	})
	worker(250*time.Millisecond, func(int) {
		if u := usageOf(t, p); u.rss > most.rss {
			most = u
		}
	})
	wg.Wait()
	transport.CloseIdleConnections()

	// Fetches under way may take their 10 s. What stays is the upstream's
	// connections, kept for a minute: at most 5, with two goroutines each; and
	// the one that asks for these numbers.
	var after usage
	settled := false
	for deadline := time.Now().Add(15 * time.Second); !settled && time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		after = usageOf(t, p)
		settled = after.goroutines <= idle.goroutines+5*2+2 && after.files <= idle.files+5+1
	}
	if !settled {
		t.Errorf("idle %+v, after the load %+v: goroutines or files are left", idle, after)
	}
	if limits && most.rss > soakLimit {
		t.Errorf("%d kB resident under load, the limit is %d", most.rss, soakLimit)
	}
	t.Logf("started in %v; %d requests in %v, %d failed; resident kB: idle %d, at most %d, after %d", started.Round(time.Millisecond), requests.Load(), *soakFor, failed.Load(), idle.rss, most.rss, after.rss)
	if requests.Load() < 100 {
		t.Errorf("only %d requests", requests.Load())
	}
}

// TestThroughput measures with wrk, on request: a warm structure and a static
// file, and beside them a bare http.FileServer with the same file.
//
//	go test ./server -run TestThroughput -v -wrk 10s
func TestThroughput(t *testing.T) {
	if *wrkFor == 0 {
		t.Skip("measures only with -wrk")
	}
	wrk, err := exec.LookPath("wrk")
	if err != nil {
		t.Fatal("wrk is not installed (Debian package wrk)")
	}
	p := start(t, []string{"ACCESS_LOG=" + accessForWrk})
	get(t, p.url+"/api/structure/mp-149") // now it is warm
	dir := filepath.Join(p.cmd.Dir, "assets", "dist")
	bare := exec.Command(os.Args[0], dir)
	bare.Env = append(os.Environ(), envBare+"=1")
	out, err := bare.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := bare.Start(); err != nil {
		t.Fatal(err)
	}
	defer bare.Process.Kill()
	var bareAddr string
	if _, err := fmt.Fscanln(out, &bareAddr); err != nil {
		t.Fatal(err)
	}
	const file = "/static/testbuild/css/shared/base.css"
	targets := []struct {
		what, url string
		header    []string
		best      float64
	}{
		{what: "bare file server", url: "http://" + bareAddr + file},
		{what: "static file", url: p.url + file},
		{what: "static file, br", url: p.url + file, header: []string{"-H", "Accept-Encoding: br"}},
		{what: "structure", url: p.url + "/api/structure/mp-149"},
	}
	// Short turns one after another, and the best of each, so that what else
	// the machine does meanwhile hurts all alike.
	const rounds = 5
	seconds := max(1, int(wrkFor.Seconds())/rounds)
	for range rounds {
		for i := range targets {
			one := &targets[i]
			args := append([]string{"-t2", "-c32", fmt.Sprintf("-d%ds", seconds)}, one.header...)
			text, err := exec.Command(wrk, append(args, one.url)...).CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
			m := regexp.MustCompile(`Requests/sec:\s+([\d.]+)`).FindSubmatch(text)
			if m == nil || strings.Contains(string(text), "Non-2xx") {
				t.Fatalf("wrk:\n%s", text)
			}
			rate, err := strconv.ParseFloat(string(m[1]), 64)
			if err != nil {
				t.Fatal(err)
			}
			one.best = max(one.best, rate)
		}
	}
	for _, one := range targets {
		ratio := one.best / targets[0].best
		t.Logf("%-18s %8.0f requests/s, %.2f of a bare file server", one.what, one.best, ratio)
		if ratio < 0.8 {
			t.Errorf("%s: %.2f of a bare file server, want at least 0.8", one.what, ratio)
		}
	}
	// At a rate that leaves the machine idle, the slowest of a hundred.
	if p99 := paced(t, p.url+"/api/structure/mp-149", 500, *wrkFor); p99 > 5*time.Millisecond {
		t.Errorf("structure at 500 requests/s: p99 %v, want at most 5 ms", p99)
	} else {
		t.Logf("structure at 500 requests/s: p99 %v", p99)
	}
}

// paced makes requests at a steady rate and returns the 99th percentile of
// their times.
func paced(t *testing.T, url string, perSecond int, d time.Duration) time.Duration {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	defer client.CloseIdleConnections()
	n := int(d.Seconds()) * perSecond
	times := make([]time.Duration, n)
	var wg sync.WaitGroup
	tick := time.NewTicker(time.Second / time.Duration(perSecond))
	defer tick.Stop()
	for i := range n {
		<-tick.C
		wg.Go(func() {
			began := time.Now()
			resp, err := client.Get(url)
			if err != nil {
				t.Error(err)
				return
			}
			defer resp.Body.Close()
			if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.StatusCode != 200 {
				t.Errorf("%d, %v", resp.StatusCode, err)
			}
			times[i] = time.Since(began)
		})
	}
	wg.Wait()
	slices.Sort(times)
	return times[n*99/100]
}

// envBare turns the test binary into a bare file server.
const envBare = "ZONEAXIS_TEST_BARE"

// accessForWrk: a bare file server logs nothing either.
const accessForWrk = "errors"

func serveBare(dir string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(l.Addr())
	panic(http.Serve(l, http.FileServer(http.Dir(dir))))
}
