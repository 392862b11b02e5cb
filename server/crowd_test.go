package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"zoneaxis/server/internal/service"
)

var measure = flag.Bool("measure", false, "assert what depends on the speed of a quiet machine too")

var releasedBinary struct {
	sync.Once
	dir, path string
	err       error
}

// released returns the program built as it is released. It is built once.
func released(t testing.TB) string {
	t.Helper()
	b := &releasedBinary
	b.Do(func() {
		if b.dir, b.err = os.MkdirTemp("", "zoneaxis"); b.err != nil {
			return
		}
		b.path = filepath.Join(b.dir, "zoneaxis-server")
		build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w -X main.revision=testrevision", "-o", b.path, ".")
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			b.err = fmt.Errorf("%w\n%s", err, out)
		}
	})
	if b.err != nil {
		t.Fatal(b.err)
	}
	return b.path
}

// metric returns a value of the server's metrics: name, with its labels.
func metric(t testing.TB, p *process, name string) float64 {
	t.Helper()
	_, _, text := get(t, p.metrics+"/metrics")
	m := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(name) + ` (\S+)$`).FindStringSubmatch(text)
	if m == nil {
		t.Fatalf("no metric %s", name)
	}
	v, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// cpuOf returns the processor time that a process has taken.
func cpuOf(t testing.TB, p *process) time.Duration {
	t.Helper()
	return time.Duration(metric(t, p, "process_cpu_seconds_total") * float64(time.Second))
}

// address is where a server listens, as net.Dial wants it.
func address(p *process) string {
	return strings.Replace(strings.TrimPrefix(p.url, "http://"), "localhost", "127.0.0.1", 1)
}

// from connects from an address of this machine.
func from(ip, to string) (net.Conn, error) {
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(ip)}, Timeout: 10 * time.Second}
	return d.Dial("tcp", to)
}

// visitor is a client with an address of its own and a connection for each
// request, so that he needs to be let in.
func visitor(ip string) *http.Client {
	return &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, network, to string) (net.Conn, error) {
			d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(ip)}}
			return d.DialContext(ctx, network, strings.Replace(to, "localhost", "127.0.0.1", 1))
		},
	}}
}

// abreast is how many of a crowd come at one time. The server may see the next
// connection before it has noticed that the last one idles: twice as many must be
// within the limits of the tests, or none idles that could give way.
const abreast = 16

// crowdOf opens idle connections that have made a request each. host gives the
// address that each comes from.
func crowdOf(t testing.TB, p *process, n int, host func(i int) string) (conns []net.Conn, answered int) {
	t.Helper()
	conns = make([]net.Conn, n)
	ok := make([]bool, n)
	t.Cleanup(func() {
		for _, c := range conns {
			if c != nil {
				c.Close()
			}
		}
	})
	var wg sync.WaitGroup
	for w := range abreast {
		wg.Go(func() {
			for i := w; i < n; i += abreast {
				c, err := from(host(i), address(p))
				if err != nil {
					continue
				}
				conns[i] = c
				c.SetDeadline(time.Now().Add(20 * time.Second))
				fmt.Fprint(c, "GET /api/structure/mp-149 HTTP/1.1\r\nHost: localhost\r\n\r\n")
				resp, err := http.ReadResponse(bufio.NewReader(c), nil)
				if err != nil {
					continue
				}
				_, err = io.Copy(io.Discard, resp.Body)
				ok[i] = err == nil && resp.StatusCode == 200
			}
		})
	}
	wg.Wait()
	for _, is := range ok {
		if is {
			answered++
		}
	}
	return conns, answered
}

// hosts spreads a crowd over addresses of this machine.
func hosts(i int) string { return fmt.Sprintf("127.0.%d.%d", 1+i/100/200, 1+i/100%200) }

// cost is what requests take of the server.
type cost struct {
	cpu     time.Duration // for each request
	cycles  float64       // of the garbage collector, in all
	slowest time.Duration // of fresh visitors
}

// load makes requests over kept connections, and now and then one of a fresh
// visitor.
func load(t testing.TB, p *process, requests int) cost {
	t.Helper()
	cpu, cycles := cpuOf(t, p), metric(t, p, "go_gc_duration_seconds_count")
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 8}, Timeout: 20 * time.Second}
	defer client.CloseIdleConnections()
	fresh := visitor("127.0.0.77")
	ask := func(client *http.Client) time.Duration {
		began := time.Now()
		resp, err := client.Get(p.url + "/api/structure/mp-149")
		if err != nil {
			t.Error(err)
			return 0
		}
		defer resp.Body.Close()
		if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.StatusCode != 200 {
			t.Errorf("%d, %v", resp.StatusCode, err)
		}
		return time.Since(began)
	}
	var c cost
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range requests / 8 {
				ask(client)
			}
		})
	}
	for range 20 {
		c.slowest = max(c.slowest, ask(fresh))
		time.Sleep(10 * time.Millisecond)
	}
	wg.Wait()
	c.cpu = (cpuOf(t, p) - cpu) / time.Duration(requests)
	c.cycles = metric(t, p, "go_gc_duration_seconds_count") - cycles
	return c
}

// TestIdleCrowd: thousands of connections that say nothing cost others little.
func TestIdleCrowd(t *testing.T) {
	const crowdSize, requests = 5000, 8000
	p := startBinary(t, released(t), []string{"ACCESS_LOG=errors"})
	load(t, p, requests) // warm
	alone := load(t, p, requests)
	_, answered := crowdOf(t, p, crowdSize, hosts)
	if answered != crowdSize {
		t.Fatalf("%d of %d connections were answered", answered, crowdSize)
	}
	open := metric(t, p, "zoneaxis_connections")
	if open < crowdSize {
		t.Fatalf("%v connections are open, want %d", open, crowdSize)
	}
	beside := load(t, p, requests)
	u := usageOf(t, p)
	t.Logf("%d connections: %d kB resident; a request takes %v of the processor and %v without them; %v collections and %v; slowest fresh visitor %v and %v",
		crowdSize, u.rss, beside.cpu, alone.cpu, beside.cycles, alone.cycles, beside.slowest, alone.slowest)
	if u.rss > 200_000 {
		t.Errorf("%d kB resident, want at most 200,000", u.rss)
	}
	// A collector that is short of room runs all the time.
	if beside.cycles > 2*alone.cycles+10 {
		t.Errorf("%v collections with the crowd, %v without", beside.cycles, alone.cycles)
	}
	if *measure && (float64(beside.cpu) > float64(alone.cpu)/0.8 || beside.slowest > 100*time.Millisecond) {
		t.Errorf("with the crowd a request takes %v of the processor, without %v; the slowest fresh visitor waited %v", beside.cpu, alone.cpu, beside.slowest)
	}
}

// TestConnectionsPerClient: one address keeps what it may, and those that idle
// give way to new ones; others do not notice.
func TestConnectionsPerClient(t *testing.T) {
	p := start(t, []string{"CONNECTIONS_PER_CLIENT=50", "ACCESS_LOG=errors"})
	one, answered := crowdOf(t, p, 300, func(int) string { return "127.0.0.9" })
	if answered != 300 {
		t.Errorf("%d of 300 were answered: one that idles should give way", answered)
	}
	if _, answered := crowdOf(t, p, 40, func(int) string { return "127.0.0.8" }); answered != 40 {
		t.Errorf("another address: %d of 40", answered)
	}
	gone := 0
	for _, c := range one {
		c.SetReadDeadline(time.Now().Add(10 * time.Millisecond))
		if _, err := c.Read(make([]byte, 1)); err == io.EOF || err != nil && !os.IsTimeout(err) {
			gone++
		}
	}
	if gone != 250 {
		t.Errorf("%d of 300 were closed, want 250", gone)
	}
	// A proxy speaks for all its visitors.
	q := start(t, []string{"CONNECTIONS_PER_CLIENT=50", "TRUSTED_PROXIES=127.0.0.9", "ACCESS_LOG=errors"})
	if crowdOf(t, q, 300, func(int) string { return "127.0.0.9" }); metric(t, q, "zoneaxis_connections") < 300 {
		t.Errorf("a trusted proxy holds %v connections of 300", metric(t, q, "zoneaxis_connections"))
	}
}

// TestConnectionsInAll: a full house lets new visitors in as long as somebody
// idles, and else says so.
func TestConnectionsInAll(t *testing.T) {
	p := start(t, []string{"CONNECTIONS=100", "ACCESS_LOG=errors"})
	crowdOf(t, p, 150, hosts)
	if open := metric(t, p, "zoneaxis_connections"); open > 100 {
		t.Errorf("%v connections are open, the limit is 100", open)
	}
	for range 5 {
		resp, err := visitor("127.0.0.7").Get(p.url + "/healthz")
		if err != nil || resp.StatusCode != 200 {
			t.Fatalf("beside those that idle: %v, %v", resp, err)
		}
		resp.Body.Close()
	}
	// Two addresses with connections that they have just opened make room.
	for i := range 120 {
		c, err := from(fmt.Sprintf("127.0.9.%d", i%2), address(p))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
	if resp, err := visitor("127.0.0.6").Get(p.url + "/healthz"); err != nil || resp.StatusCode != 200 {
		t.Errorf("beside two who hold all: %v, %v", resp, err)
	} else {
		resp.Body.Close()
	}
	// Now all of them are busy, each with half a request and of another address.
	for i := range 120 {
		c, err := from(fmt.Sprintf("127.0.2.%d", 1+i), address(p))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		fmt.Fprint(c, "GET /healthz HTTP/1.1\r\nHost: ")
	}
	for deadline := time.Now().Add(4 * time.Second); ; {
		resp, err := visitor("127.0.0.7").Get(p.url + "/healthz")
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode == 503 {
			var told struct {
				Detail string
				Status int
			}
			if json.Unmarshal(body, &told) != nil || told.Status != 503 || !strings.HasSuffix(told.Detail, ".") || resp.Header.Get("Retry-After") != "5" || resp.Header.Get("Cache-Control") != "no-store" || err != nil {
				t.Errorf("got %v %s, %v", resp.Header, body, err)
			}
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("a house full of the busy lets everybody in: %d", resp.StatusCode)
		}
	}
}

// TestGreedyDownloads: who asks for much and takes nothing gives way when the
// house is full, however few addresses hold it.
func TestGreedyDownloads(t *testing.T) {
	t.Parallel()
	p := start(t, []string{"CONNECTIONS=20", "ACCESS_LOG=errors"})
	for i := range 40 {
		c, err := from(fmt.Sprintf("127.0.9.%d", i%2), address(p))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		// More than the buffers between here and there hold.
		fmt.Fprint(c, strings.Repeat("GET /static/engine.wasm HTTP/1.1\r\nHost: localhost\r\n\r\n", 60))
	}
	time.Sleep(servedFor + time.Second)
	for range 3 {
		resp, err := visitor("127.0.0.6").Get(p.url + "/healthz")
		if err != nil || resp.StatusCode != 200 {
			t.Fatalf("beside two who take nothing: %v, %v", resp, err)
		}
		resp.Body.Close()
	}
}

// TestFewFiles: where the system allows few open files, there are fewer
// connections, and those that idle give way.
func TestFewFiles(t *testing.T) {
	t.Parallel()
	few := filepath.Join(t.TempDir(), "few")
	if err := os.WriteFile(few, []byte("#!/bin/sh\nulimit -n 90 && exec '"+os.Args[0]+"' \"$@\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	p := startBinary(t, few, []string{"ACCESS_LOG=errors"})
	crowdOf(t, p, 150, hosts)
	resp, err := visitor("127.0.0.7").Get(p.url + "/healthz")
	if err != nil || resp.StatusCode != 200 {
		t.Fatalf("beside those that idle: %v, %v", resp, err)
	}
	resp.Body.Close()
}

// TestPatience: the fuller the house, the sooner those that idle must leave.
func TestPatience(t *testing.T) {
	c := &crowd{most: 100}
	last := service.IdleFor + 1
	for _, all := range []int{0, 50, 75, 90} {
		if now := c.patience(all); now >= last {
			t.Errorf("with %d of 100: %v, as before", all, now)
		} else {
			last = now
		}
	}
	p := start(t, []string{"CONNECTIONS=100", "ACCESS_LOG=errors"})
	crowdOf(t, p, 95, hosts)
	for deadline := time.Now().Add(10 * time.Second); metric(t, p, "zoneaxis_connections") > 92; time.Sleep(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%v of 100 stay", metric(t, p, "zoneaxis_connections"))
		}
	}
}
