package main

import (
	"bufio"
	"bytes"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"zoneaxis/server/mp/mpfake"
)

// TestReadOnlyCache: a server whose cache is filled and cannot be written starts,
// is ready, serves what is there and says what is wrong.
func TestReadOnlyCache(t *testing.T) {
	t.Parallel()
	fake, base := fakeUpstream(t)
	dir := filepath.Join(t.TempDir(), "cache")
	env := []string{"MP_BASE_URL=" + base, "MP_API_KEY=" + testKey, "CACHE_DIR=" + dir}
	p := start(t, env)
	if code, _, _ := get(t, p.url+"/api/structure/mp-22862"); code != 200 {
		t.Fatal(code)
	}
	stop(t, p)
	asked := fake.Count(22862)
	readOnly(t, dir)
	q := start(t, env)
	for path, want := range map[string]int{"/readyz": 200, "/api/structure/mp-22862": 200, "/sim.svg?c=mp-22862": 200} {
		if code, _, body := get(t, q.url+path); code != want {
			t.Errorf("%s: %d %s", path, code, body)
		}
	}
	if fake.Count(22862) != asked {
		t.Error("what is kept was fetched again")
	}
	if got := metric(t, q, "zoneaxis_store_writable"); got != 0 {
		t.Errorf("the store is said to be writable: %v", got)
	}
	stop(t, q)
	if !strings.Contains(q.text(), "the cache cannot be written") {
		t.Errorf("nothing tells of it:\n%s", q.text())
	}
}

// readOnly makes a directory one that cannot be written: by a mount of its own,
// since the permissions are nothing to the superuser.
func readOnly(t *testing.T, dir string) {
	t.Helper()
	if os.Geteuid() == 0 {
		if err := syscall.Mount(dir, dir, "", syscall.MS_BIND, ""); err != nil {
			t.Skipf("no mounts here: %v", err)
		}
		t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
		if err := syscall.Mount("", dir, "", syscall.MS_REMOUNT|syscall.MS_BIND|syscall.MS_RDONLY, ""); err != nil {
			t.Skipf("no mounts here: %v", err)
		}
		return
	}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			err = os.Chmod(path, 0o555)
			t.Cleanup(func() { os.Chmod(path, 0o755) })
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestOddFiles: what does not belong into the cache is passed over and told.
func TestOddFiles(t *testing.T) {
	t.Parallel()
	fake, base := fakeUpstream(t)
	dir := filepath.Join(t.TempDir(), "cache")
	env := []string{"MP_BASE_URL=" + base, "MP_API_KEY=" + testKey, "CACHE_DIR=" + dir, "CACHE_SIZE=10MiB"}
	p := start(t, env)
	if code, _, _ := get(t, p.url+"/api/structure/mp-22862"); code != 200 {
		t.Fatal(code)
	}
	stop(t, p)
	names, err := filepath.Glob(filepath.Join(dir, "v1", "*", "22862.json"))
	if err != nil || len(names) != 1 {
		t.Fatal(names, err)
	}
	version := filepath.Dir(names[0])
	if err := syscall.Mkfifo(filepath.Join(version, "5229.json"), 0o644); err != nil {
		t.Skipf("no pipes here: %v", err)
	}
	huge, err := os.Create(filepath.Join(version, "1.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := huge.Truncate(1 << 30); err != nil {
		t.Skipf("no large files here: %v", err)
	}
	huge.Close()
	if err := os.Mkdir(filepath.Join(version, "2.json"), 0o755); err != nil {
		t.Fatal(err)
	}
	asked := fake.Count(22862)
	q := start(t, env)
	for deadline := time.Now().Add(10 * time.Second); !strings.Contains(q.text(), "store measured"); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the store is never measured")
		}
	}
	for _, id := range []int{5229, 22862} {
		if code, _, body := get(t, fmt.Sprintf("%s/api/structure/mp-%d", q.url, id)); code != 200 {
			t.Errorf("mp-%d: %d %s", id, code, body)
		}
	}
	if fake.Count(22862) != asked {
		t.Error("a huge file drove the others out")
	}
	if bytes := metric(t, q, "zoneaxis_store_bytes"); bytes > 1<<20 {
		t.Errorf("the store is said to have %v bytes", bytes)
	}
	stop(t, q)
	for _, want := range []string{`1.json","why":"it has 1073741824 bytes`, `"it is no regular file"`} {
		if !strings.Contains(q.text(), want) {
			t.Errorf("the log lacks %s", want)
		}
	}
	if info, err := os.Stat(filepath.Join(version, "1.json")); err != nil || info.Size() != 1<<30 {
		t.Errorf("somebody's file is gone: %v", err)
	}
}

// TestSmallThings are one sentence each.
func TestSmallThings(t *testing.T) {
	t.Parallel()
	_, base := fakeUpstream(t)
	key := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(key, []byte(testKey), 0o644); err != nil {
		t.Fatal(err)
	}
	p := start(t, []string{"MP_BASE_URL=" + base, "MP_API_KEY_FILE=" + key})
	if !strings.Contains(p.text(), "every user of this machine can read the key file") {
		t.Error("a key file that others can read is passed over")
	}
	code, header, _ := get(t, p.url+"/favicon.ico")
	if code != 200 || !strings.HasPrefix(header.Get("Content-Type"), "image/") || !strings.HasPrefix(header.Get("Cache-Control"), "public") {
		t.Errorf("favicon.ico: %d %v", code, header)
	}
	if code, header, body := get(t, p.url+"/licences"); code != 200 || !strings.Contains(body, "Mozilla Public License") {
		t.Errorf("licences: %d %v", code, header)
	}
	if err := os.Chmod(key, 0o640); err != nil {
		t.Fatal(err)
	}
	q := start(t, []string{"MP_BASE_URL=" + base, "MP_API_KEY_FILE=" + key})
	if strings.Contains(q.text(), "can read the key file") {
		t.Error("a warning of a key file that is well kept")
	}

	// Objects of an unknown version may still change.
	fake, base := fakeUpstream(t)
	fake.ScriptHeartbeat(mpfake.Forever(mpfake.Status(500, "")))
	r := start(t, []string{"MP_BASE_URL=" + base, "MP_API_KEY=" + testKey})
	if code, _, body := get(t, r.url+"/api/structure/mp-22862"); code != 200 {
		t.Fatal(code, body)
	}
	code, header, body := get(t, r.url+"/data/v1/0000.00.00/22862.json")
	if code != 200 || strings.Contains(header.Get("Cache-Control"), "immutable") {
		t.Errorf("of an unknown version: %d %v %s", code, header, body)
	}
}

// TestNone: an empty address means none; of other settings it means nothing.
func TestNone(t *testing.T) {
	t.Parallel()
	cfg, err := readConfig(nil, func(name string) (string, bool) {
		return "", name == "METRICS_ADDR" || name == "HTTP_ADDR" || name == "ADDR" || name == "RATE"
	}, os.Stderr)
	if err != nil || cfg.MetricsAddr != "" || cfg.HTTPAddr != "" || cfg.Addr != "localhost:8080" || cfg.Rate != 20 {
		t.Errorf("got %+v, %v", cfg, err)
	}
	cmd := command(site(t), []string{"ADDR=127.0.0.1:0", "METRICS_ADDR=", "ASSETS_DIR=assets/dist", "LOG_FORMAT=json"})
	var out lockedBuffer
	cmd.Stderr = &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(10 * time.Second); !strings.Contains(out.String(), "zoneaxis is at") && time.Now().Before(deadline); {
		time.Sleep(20 * time.Millisecond)
	}
	cmd.Process.Signal(syscall.SIGTERM)
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	if !strings.Contains(out.String(), `"what":"site"`) || strings.Contains(out.String(), `"what":"metrics"`) || strings.Contains(out.String(), "no metrics") {
		t.Errorf("got %s", out.String())
	}
}

// lockedBuffer is a buffer that may be read while a process writes to it.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// TestVersion: the program knows what it was built from.
func TestVersion(t *testing.T) {
	out, err := exec.Command(released(t), "version").CombinedOutput()
	if err != nil || !strings.HasPrefix(string(out), "zoneaxis testrevision go1.") || !strings.Contains(string(out), " build ") {
		t.Errorf("%v: %s", err, out)
	}
}

// TestRedirect: plain HTTP leads to the encrypted site for its names only, and
// keeps the method.
func TestRedirect(t *testing.T) {
	t.Parallel()
	p := start(t, []string{"TLS_DOMAINS=zone.example,www.zone.example", "HTTP_ADDR=127.0.0.1:0"})
	m := regexp.MustCompile(`"what":"redirects to https","address":"([^"]+)"`).FindStringSubmatch(p.text())
	if m == nil {
		t.Fatalf("no such server:\n%s", p.text())
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for host, want := range map[string]string{
		"zone.example": "https://zone.example/sim?z=1,1,0", "WWW.zone.example:8080": "https://www.zone.example/sim?z=1,1,0",
		"other.example": "", "127.0.0.1": "", "zone.example.other.example": "",
	} {
		code, header, body := ask(t, client, m[1]+"/sim?z=1,1,0", "Host", host)
		if want != "" && (code != 308 || header.Get("Location") != want) || want == "" && (code != 421 || header.Get("Location") != "" || !strings.HasSuffix(body, ".\n")) {
			t.Errorf("%s: %d to %q, %s", host, code, header.Get("Location"), body)
		}
	}
}

// TestOddRedirect: no address makes another name of ours.
func TestOddRedirect(t *testing.T) {
	t.Parallel()
	redirect := toHTTPS(&config{TLSDomains: []string{"zone.example"}})
	for target, want := range map[string]string{
		"x:.other.example/": "https://zone.example/", "x:@other.example?a=1": "https://zone.example/?a=1", "*": "https://zone.example/",
		"//other.example/": "https://zone.example//other.example/", "/sim?z=1": "https://zone.example/sim?z=1",
	} {
		r, err := http.ReadRequest(bufio.NewReader(strings.NewReader("GET " + target + " HTTP/1.1\r\nHost: zone.example\r\n\r\n")))
		if err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		if redirect.ServeHTTP(w, r); w.Code != 308 || w.Header().Get("Location") != want {
			t.Errorf("%s: %d to %s, want %s", target, w.Code, w.Header().Get("Location"), want)
		}
	}
}

// TestProxyToUpstream: HTTPS_PROXY is the way out where there is no other.
func TestProxyToUpstream(t *testing.T) {
	t.Parallel()
	fake, err := mpfake.New(testKey, mpfake.Made()...)
	if err != nil {
		t.Fatal(err)
	}
	upstream := httptest.NewTLSServer(fake) // its certificate is that of example.com
	defer upstream.Close()
	authority := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(authority, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: upstream.Certificate().Raw}), 0o644); err != nil {
		t.Fatal(err)
	}
	var asked atomic.Int32
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect || r.Host != "example.com:443" {
			http.Error(w, "no", http.StatusForbidden)
			return
		}
		asked.Add(1)
		there, err := net.Dial("tcp", upstream.Listener.Addr().String())
		if err != nil {
			t.Error(err)
			return
		}
		w.WriteHeader(200)
		here, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		go func() { io.Copy(there, here); there.Close() }()
		go func() { io.Copy(here, there); here.Close() }()
	}))
	defer proxy.Close()
	p := start(t, []string{"MP_BASE_URL=https://example.com", "MP_API_KEY=" + testKey, "HTTPS_PROXY=" + proxy.URL, "SSL_CERT_FILE=" + authority})
	if code, _, body := get(t, p.url+"/api/structure/mp-22862"); code != 200 || asked.Load() == 0 {
		t.Errorf("got %d %s; the proxy was asked %d times", code, body, asked.Load())
	}
}
