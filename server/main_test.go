package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"zoneaxis/server/internal/testsite"
	"zoneaxis/server/mp/mpfake"
)

const (
	testKey = "k3yThatMustNeverBeSeenAnywhere03"
	// envServe turns the test binary into the server itself.
	envServe = "ZONEAXIS_TEST_SERVE"
)

func TestMain(m *testing.M) {
	if os.Getenv(envServe) != "" {
		os.Exit(run(os.Args[1:], os.LookupEnv, os.Stdout, os.Stderr))
	}
	if os.Getenv(envBare) != "" {
		serveBare(os.Args[1])
	}
	code := m.Run()
	os.RemoveAll(releasedBinary.dir)
	os.Exit(code)
}

// site is a directory with a build, to run the server in with -dev.
func site(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	for name, file := range testsite.Dist(t) {
		path := filepath.Join(dir, "assets", "dist", filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, file.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// process is a running server.
type process struct {
	cmd          *exec.Cmd
	url, metrics string

	mu     sync.Mutex
	output bytes.Buffer // everything it wrote
	reader *os.File     // of its log
	ended  chan error
}

func (p *process) text() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.output.String()
}

// command returns the server as a command, not started. It sees nothing of
// this test's environment but what env names.
func command(dir string, env []string, args ...string) *exec.Cmd {
	return commandOf(os.Args[0], dir, env, args...)
}

func commandOf(binary, dir string, env []string, args ...string) *exec.Cmd {
	cmd := exec.Command(binary, args...)
	cmd.Dir = dir
	cmd.Env = append([]string{envServe + "=1", "HOME=" + dir, "PATH=" + os.Getenv("PATH")}, env...)
	return cmd
}

// start runs the server on free ports until the test ends.
func start(t testing.TB, env []string) *process {
	t.Helper()
	return startBinary(t, os.Args[0], env)
}

func startBinary(t testing.TB, binary string, env []string) *process {
	t.Helper()
	dir := site(t)
	env = append([]string{"ADDR=127.0.0.1:0", "METRICS_ADDR=127.0.0.1:0", "RATE=0", "NEW_STRUCTURES=0", "DRAWING_SECONDS=0", "ASSETS_DIR=assets/dist", "LOG_FORMAT=json"}, env...)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{cmd: commandOf(binary, dir, env), ended: make(chan error, 1), reader: r}
	p.cmd.Stdout, p.cmd.Stderr = w, w
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	ready := make(chan struct{})
	go func() {
		lines := bufio.NewScanner(r)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			p.mu.Lock()
			p.output.Write(append(lines.Bytes(), '\n'))
			var line struct{ Msg, What, Address string }
			if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == "serving" {
				switch line.What {
				case "site":
					p.url = line.Address
				case "metrics":
					p.metrics = line.Address
					close(ready)
				}
			}
			p.mu.Unlock()
		}
		r.Close()
		p.ended <- p.cmd.Wait()
	}()
	t.Cleanup(func() {
		p.cmd.Process.Kill()
		select {
		case <-p.ended:
		case <-time.After(5 * time.Second):
		}
	})
	select {
	case <-ready:
	case err := <-p.ended:
		t.Fatalf("the server ended: %v\n%s", err, p.text())
	case <-time.After(20 * time.Second):
		t.Fatalf("the server does not start:\n%s", p.text())
	}
	return p
}

func get(t testing.TB, url string) (int, http.Header, string) {
	t.Helper()
	resp, err := http.Get(url)
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

// TestServer starts the program as it would run, uses it, and stops it.
func TestServer(t *testing.T) {
	began := time.Now()
	p := start(t, nil)
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("took %v to start", took)
	}
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 200, "/blog/": 200, "/static/engine.wasm": 200, "/api/structure/mp-149": 200, "/nowhere": 404, "/metrics": 404, "/debug/pprof/": 404} {
		if code, _, body := get(t, p.url+path); code != want {
			t.Errorf("%s: %d, want %d: %.200s", path, code, want, body)
		}
	}
	if code, _, body := get(t, p.metrics+"/metrics"); code != 200 || !strings.Contains(body, `zoneaxis_build_info{build="testbuild"`) || !strings.Contains(body, "go_goroutines") {
		t.Errorf("metrics: %d %.300s", code, body)
	}
	if code, _, _ := get(t, p.metrics+"/debug/pprof/goroutine?debug=1"); code != 200 {
		t.Errorf("pprof: %d", code)
	}
	req, err := http.NewRequest("GET", p.metrics+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = "rebound.example"
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 403 {
		t.Errorf("metrics by another host name: %d, want 403", resp.StatusCode)
	}

	check := command(t.TempDir(), []string{"ADDR=" + strings.TrimPrefix(p.url, "http://")}, "healthcheck")
	if out, err := check.CombinedOutput(); err != nil {
		t.Errorf("healthcheck: %v\n%s", err, out)
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-p.ended:
		p.ended <- err
		if err != nil {
			t.Errorf("ended with %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("does not stop")
	}
	if log := p.text(); !strings.Contains(log, `"msg":"stopped"`) || !strings.Contains(log, "zoneaxis is at http://localhost:") {
		t.Errorf("log:\n%s", log)
	}
	if out, err := command(t.TempDir(), []string{"ADDR=" + strings.TrimPrefix(p.url, "http://")}, "healthcheck").CombinedOutput(); err == nil {
		t.Errorf("healthcheck of a stopped server succeeds: %s", out)
	}
}

// TestDev: while developing, a new build is noticed.
func TestDev(t *testing.T) {
	p := start(t, []string{"DEV=true", "ASSETS_DIR="})
	manifest := filepath.Join(p.cmd.Dir, "assets", "dist", "manifest.json")
	data, err := os.ReadFile(manifest)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, body := get(t, p.url+"/sim"); !strings.Contains(body, `data-build="testbuild"`) {
		t.Errorf("got %.300s", body)
	}
	if err := os.WriteFile(manifest, bytes.Replace(data, []byte(testsite.Build), []byte("otherbuild"), 1), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, _, body := get(t, p.url+"/sim"); !strings.Contains(body, `data-build="otherbuild"`) {
		t.Errorf("the new build is not served: %.300s", body)
	}
	if err := os.Remove(manifest); err != nil { // a build under way
		t.Fatal(err)
	}
	if code, _, _ := get(t, p.url+"/sim"); code != 200 {
		t.Errorf("during a build: %d", code)
	}
}

// TestGraceful: a request under way when SIGTERM comes is answered; /readyz
// fails meanwhile; a second signal ends at once.
func TestGraceful(t *testing.T) {
	fake, base := fakeUpstream(t)
	fake.Script(22862, mpfake.Delay(700*time.Millisecond))
	p := start(t, []string{"MP_BASE_URL=" + base, "MP_API_KEY=" + testKey, "DRAIN_SECONDS=1"})
	answer := make(chan int, 1)
	go func() {
		resp, err := http.Get(p.url + "/api/structure/mp-22862")
		if err != nil {
			answer <- -1
			return
		}
		resp.Body.Close()
		answer <- resp.StatusCode
	}()
	for deadline := time.Now().Add(5 * time.Second); fake.Count(22862) == 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the request does not arrive")
		}
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(time.Second); ; time.Sleep(10 * time.Millisecond) {
		if code, _, _ := get(t, p.url+"/readyz"); code == 503 {
			break
		}
		if time.Now().After(deadline) {
			t.Error("still ready while stopping")
			break
		}
	}
	if code := <-answer; code != 200 {
		t.Errorf("the request under way got %d", code)
	}
	if err := <-p.ended; err != nil {
		t.Errorf("ended with %v\n%s", err, p.text())
	}
	p.ended <- nil

	q := start(t, []string{"DRAIN_SECONDS=60"})
	for range 2 {
		if err := q.cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		time.Sleep(100 * time.Millisecond)
	}
	select {
	case err := <-q.ended:
		q.ended <- err
		if err == nil {
			t.Error("ended as if nothing had happened")
		}
	case <-time.After(5 * time.Second):
		t.Error("does not end at the second signal")
	}
}

func fakeUpstream(t testing.TB) (*mpfake.Server, string) {
	t.Helper()
	fake, err := mpfake.New(testKey, mpfake.Made()...)
	if err != nil {
		t.Fatal(err)
	}
	upstream := httptest.NewServer(fake)
	t.Cleanup(upstream.Close)
	return fake, upstream.URL
}

// TestKey looks for the key in everything that comes out of the program.
func TestKey(t *testing.T) {
	fake, base := fakeUpstream(t)
	keyFile := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(keyFile, []byte(testKey+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	credentials := t.TempDir()
	if err := os.WriteFile(filepath.Join(credentials, "mp_api_key"), []byte(testKey), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, env := range map[string]string{"environment": "MP_API_KEY=" + testKey, "file": "MP_API_KEY_FILE=" + keyFile, "systemd": "CREDENTIALS_DIRECTORY=" + credentials} {
		t.Run(name, func(t *testing.T) {
			p := start(t, []string{"MP_BASE_URL=" + base, "LOG_LEVEL=debug", env})
			var seen strings.Builder
			for i, fault := range []mpfake.Fault{{}, mpfake.EchoKey(500), mpfake.EchoKey(400), mpfake.EchoKey(200), mpfake.EchoKey(401)} {
				id := 1_900_000 + i
				fake.Script(id, mpfake.Forever(fault))
				for _, path := range []string{fmt.Sprintf("/api/structure/mp-%d", id), fmt.Sprintf("/sim?c=mp-%d", id), "/api/search?formula=Si", "/readyz", "/nowhere"} {
					_, header, body := get(t, p.url+path)
					fmt.Fprintln(&seen, path, header, body)
				}
			}
			for _, path := range []string{"/metrics", "/debug/pprof/cmdline", "/debug/pprof/goroutine?debug=2", "/debug/pprof/"} {
				_, header, body := get(t, p.metrics+path)
				fmt.Fprintln(&seen, path, header, body)
			}
			if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			p.ended <- <-p.ended
			if strings.Contains(seen.String(), testKey) {
				t.Error("the key is in an answer")
			}
			if strings.Contains(p.text(), testKey) {
				t.Errorf("the key is in the log:\n%s", p.text())
			}
			if !strings.Contains(p.text(), `"mp_api_key":"set, from `) {
				t.Errorf("the key was not found:\n%s", p.text())
			}
			err := filepath.WalkDir(p.cmd.Dir, func(path string, d fs.DirEntry, err error) error {
				if err != nil || d.IsDir() {
					return err
				}
				data, err := os.ReadFile(path)
				if bytes.Contains(data, []byte(testKey)) {
					t.Errorf("the key is in %s", path)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	if n := fake.Count(1_900_000); n == 0 {
		t.Error("the upstream was never asked")
	}
}

// TestRudeClients: slow, huge and broken requests end by themselves.
func TestRudeClients(t *testing.T) {
	p := start(t, nil)
	addr := strings.Replace(strings.TrimPrefix(p.url, "http://"), "localhost", "127.0.0.1", 1)
	tests := []struct {
		name    string
		send    func(c net.Conn)
		want    string // beginning of the answer, empty for a closed connection
		atLeast time.Duration
		atMost  time.Duration
	}{
		{"header never ends", func(c net.Conn) { io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n") }, "", 4 * time.Second, 8 * time.Second},
		{"nothing at all", func(net.Conn) {}, "", 4 * time.Second, 8 * time.Second},
		{"huge header", func(c net.Conn) {
			io.WriteString(c, "GET /healthz HTTP/1.1\r\nHost: x\r\nX: "+strings.Repeat("x", 64<<10)+"\r\n\r\n")
		}, "HTTP/1.1 431 ", 0, 2 * time.Second},
		{"long address", func(c net.Conn) {
			io.WriteString(c, "GET /sim?"+strings.Repeat("x", 3<<10)+" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
		}, "HTTP/1.1 414 ", 0, 2 * time.Second},
		{"body", func(c net.Conn) {
			io.WriteString(c, "POST /api/search HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\nConnection: close\r\n\r\n"+strings.Repeat("x", 100_000))
		}, "HTTP/1.1 405 ", 0, 2 * time.Second},
		{"no HTTP", func(c net.Conn) { io.WriteString(c, "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n") }, "HTTP/1.1 400 ", 0, 2 * time.Second},
		{"no host", func(c net.Conn) { io.WriteString(c, "GET / HTTP/1.1\r\n\r\n") }, "HTTP/1.1 400 ", 0, 2 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, err := net.Dial("tcp", addr)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			began := time.Now()
			c.SetDeadline(began.Add(15 * time.Second))
			go tt.send(c)
			answer := make([]byte, 32)
			n, err := io.ReadAtLeast(c, answer, max(1, len(tt.want)))
			took := time.Since(began)
			if !strings.HasPrefix(string(answer[:n]), tt.want) || tt.want == "" && (n > 0 || err == nil) {
				t.Errorf("got %q, %v", answer[:n], err)
			}
			if took < tt.atLeast || took > tt.atMost {
				t.Errorf("took %v", took)
			}
		})
	}
}

// stop ends a server as its supervisor would, and fails unless it is done in
// time.
func stop(t testing.TB, p *process) {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-p.ended:
		p.ended <- err
		if err != nil {
			t.Errorf("ended with %v\n%s", err, p.text())
		}
	case <-time.After(10 * time.Second):
		t.Error("does not end within 10 s of SIGTERM")
	}
}

// fileText is the text of a file; "" if there is none.
func fileText(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return string(data)
}
