//go:build deploy

// Package deploy_test runs what the files of this folder describe, with real
// processes: the root file system of the images, nginx before the site, the
// program for ARM, several sites over one store. It needs what ./scripts/run
// has built; ./scripts/test runs it after that.
//
//	go test -tags deploy ./server/deploy
//
// A tool that is not there leaves its test out, and the test says so.
package deploy_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
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

	"zoneaxis/server/mp/mpfake"
)

const key = "k3yThatMustNeverBeSeenAnywhere16"

// client asks without waiting for ever, and for no encoding that is not named.
var client = &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 64},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// top is the folder of the project.
func top(t testing.TB) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// siteProgram is the program as ./scripts/run has built it.
func siteProgram(t testing.TB) string {
	t.Helper()
	path := filepath.Join(top(t), "bin", "zoneaxis-server")
	if _, err := os.Stat(path); err != nil {
		t.Fatal("bin/zoneaxis-server is not there: BUILD_ONLY=1 ./scripts/run builds it")
	}
	return path
}

// tool finds a program in PATH or among the packages that ./scripts/test has
// unpacked. Where it is not, the test is left out.
func tool(t testing.TB, name, what string) string {
	t.Helper()
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	for _, dir := range []string{"usr/sbin", "usr/bin", "sbin", "bin"} {
		path := filepath.Join(top(t), ".cache", "debian", dir, name)
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			return path
		}
	}
	t.Skipf("LEFT OUT: %s, since there is no %s", what, name)
	return ""
}

// asRoot leaves a test out that needs to mount and to change the user.
func asRoot(t testing.TB, what string) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skipf("LEFT OUT: %s, which only root can try", what)
	}
}

// upstream is the stand-in for the Materials Project.
func upstream(t testing.TB) (*mpfake.Server, string) {
	t.Helper()
	fake, err := mpfake.New(key, mpfake.Made()...)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(fake)
	t.Cleanup(server.Close)
	return fake, server.URL
}

// process is a program that runs until the test ends.
type process struct {
	cmd *exec.Cmd
	url string

	mu     sync.Mutex
	output bytes.Buffer
	ready  chan struct{}
	ended  chan struct{}
	err    error // after ended
}

func (p *process) text() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.output.String()
}

// launch starts a command and reads what it says. Nothing is waited for.
func launch(t testing.TB, cmd *exec.Cmd) *process {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = w, w
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	p := &process{cmd: cmd, ready: make(chan struct{}), ended: make(chan struct{})}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	go func() {
		defer r.Close()
		lines := bufio.NewScanner(r)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			p.mu.Lock()
			p.output.Write(append(lines.Bytes(), '\n'))
			var line struct{ Msg, What, Address string }
			if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == "serving" && line.What == "site" && p.url == "" {
				p.url = strings.Replace(line.Address, "localhost", "127.0.0.1", 1)
				close(p.ready)
			}
			p.mu.Unlock()
		}
		p.err = cmd.Wait()
		close(p.ended)
	}()
	t.Cleanup(func() {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		select {
		case <-p.ended:
		case <-time.After(5 * time.Second):
			t.Errorf("%s does not end", cmd.Path)
		}
	})
	return p
}

// serve starts a site and waits until it serves.
func serve(t testing.TB, cmd *exec.Cmd) *process {
	t.Helper()
	p := launch(t, cmd)
	select {
	case <-p.ready:
	case <-p.ended:
		t.Fatalf("the site ended: %v\n%s", p.err, p.text())
	case <-time.After(30 * time.Second):
		t.Fatalf("the site does not start:\n%s", p.text())
	}
	return p
}

// site is a command of the site with nothing of this environment but env.
func site(t testing.TB, env ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(siteProgram(t))
	cmd.Env = append([]string{"ADDR=127.0.0.1:0", "METRICS_ADDR=", "LOG_FORMAT=json", "CACHE_DIR=" + t.TempDir(), "RATE=0", "NEW_STRUCTURES=0", "DRAWING_SECONDS=0"}, env...)
	return cmd
}

// stop ends a process as a supervisor does and returns what it ended with.
func stop(t testing.TB, p *process) error {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case <-p.ended:
	case <-time.After(15 * time.Second):
		t.Fatalf("%s does not end at SIGTERM:\n%s", p.cmd.Path, p.text())
	}
	return p.err
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
	proto  string
}

// get asks for an address, with headers given as name, value.
func get(t testing.TB, url string, headers ...string) answer {
	t.Helper()
	a, err := ask(url, headers...)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func ask(url string, headers ...string) (answer, error) { return askBy(client, url, headers...) }

func askBy(client *http.Client, url string, headers ...string) (answer, error) {
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return answer{}, err
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i] == "Host" {
			req.Host = headers[i+1]
		}
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := client.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header, body, resp.Proto}, err
}

// freePort returns an address that nobody listens on.
func freePort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// run runs a command to its end, or fails with what it said.
func run(t testing.TB, cmd *exec.Cmd) string {
	t.Helper()
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(cmd.Args, " "), err, out)
	}
	return string(out)
}

// goCommand is the go command in the folder of the project.
func goCommand(t testing.TB, env []string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir = top(t)
	cmd.Env = append(os.Environ(), env...)
	return cmd
}

// write makes a file with its folders.
func write(t testing.TB, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

func read(t testing.TB, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// eventually waits until something holds.
func eventually(t testing.TB, what string, holds func() error) {
	t.Helper()
	var err error
	for deadline := time.Now().Add(15 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if err = holds(); err == nil {
			return
		}
	}
	t.Fatalf("%s: %v", what, fmt.Errorf("after 15 s: %w", err))
}
