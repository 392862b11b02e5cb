package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"zoneaxis/server/internal/hits"
	"zoneaxis/server/tally/store"
)

const (
	token = "a-token-for-tests-0001"
	// envServe turns the test binary into the counter itself.
	envServe = "TALLY_TEST_SERVE"
)

func TestMain(m *testing.M) {
	if os.Getenv(envServe) != "" {
		os.Exit(run(os.Args[1:], os.LookupEnv, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// command is the counter with an environment of its own, not started.
func command(env []string, args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append([]string{envServe + "=1", "ADDR=127.0.0.1:0"}, env...)
	return cmd
}

// process is a running counter.
type process struct {
	cmd   *exec.Cmd
	url   string
	ended chan error

	mu  sync.Mutex
	out bytes.Buffer
}

func (p *process) text() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.String()
}

func start(t *testing.T, env ...string) *process {
	t.Helper()
	p := &process{cmd: command(env), ended: make(chan error, 1)}
	r, err := p.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ready := make(chan string, 1)
	go func() {
		for lines := bufio.NewScanner(r); lines.Scan(); {
			p.mu.Lock()
			p.out.Write(append(lines.Bytes(), '\n'))
			p.mu.Unlock()
			var line struct{ Msg, Address string }
			if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == "serving" {
				ready <- line.Address
			}
		}
		p.ended <- p.cmd.Wait()
	}()
	t.Cleanup(func() { p.cmd.Process.Kill() })
	select {
	case p.url = <-ready:
	case err := <-p.ended:
		t.Fatalf("ended with %v\n%s", err, p.text())
	case <-time.After(30 * time.Second):
		t.Fatalf("does not start\n%s", p.text())
	}
	return p
}

// end sends a signal and waits for the end.
func (p *process) end(t *testing.T, sig os.Signal) error {
	t.Helper()
	if err := p.cmd.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-p.ended:
		return err
	case <-time.After(10 * time.Second):
		t.Fatalf("does not end\n%s", p.text())
		return nil
	}
}

// send counts views of a page, waiting where it has to.
func (p *process) send(t *testing.T, path string, n int) (code int, body string) {
	t.Helper()
	req := hits.Request{NoSessions: true}
	for range n {
		req.Hits = append(req.Hits, hits.Hit{Path: path})
	}
	data, err := json.Marshal(req)
	if err != nil {
		t.Fatal(err)
	}
	for {
		post, err := http.NewRequest("POST", p.url+hits.Path, bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		post.Header.Set("Content-Type", "application/json")
		post.Header.Set("Authorization", "Bearer "+token)
		resp, err := http.DefaultClient.Do(post)
		if err != nil {
			t.Fatal(err)
		}
		said, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != 429 {
			return resp.StatusCode, string(said)
		}
		time.Sleep(300 * time.Millisecond)
	}
}

// views is how many views a counter tells of this day.
func (p *process) views(t *testing.T) int64 {
	t.Helper()
	req, err := http.NewRequest("GET", p.url+"/data.json?period=week", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var got struct{ Views int64 }
	if err := json.NewDecoder(resp.Body).Decode(&got); err != nil || resp.StatusCode != 200 {
		t.Fatal(resp.StatusCode, err)
	}
	return got.Views
}

func (p *process) status(t *testing.T, path string) int {
	t.Helper()
	resp, err := http.Get(p.url + path)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}

// TestLife: what was promised is there after kill -9, in a backup, and in a
// counter that was made from it.
func TestLife(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte(token+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	env := []string{"DATA=" + dir, "TOKEN_FILE=" + file, "TOKEN=", "PUBLIC="}
	p := start(t, env...)
	if code, body := p.send(t, "/sim", 5); code != 202 {
		t.Fatal(code, body)
	}
	p.end(t, syscall.SIGKILL)

	p = start(t, env...)
	if n := p.views(t); n != 5 {
		t.Fatalf("%d views are left of 5", n)
	}
	if err := p.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	if code := p.status(t, "/"); code != 401 {
		t.Errorf("the page without a token: %d", code)
	}
	if out, err := command([]string{"ADDR=" + strings.TrimPrefix(p.url, "http://")}, "healthcheck").CombinedOutput(); err != nil {
		t.Errorf("healthcheck: %v\n%s", err, out)
	}
	copied := filepath.Join(t.TempDir(), "visits.db")
	if out, err := command(env, "backup", copied).CombinedOutput(); err != nil {
		t.Fatalf("backup: %v\n%s", err, out)
	}
	if code, body := p.send(t, "/sim", 2); code != 202 {
		t.Fatal(code, body)
	}
	if err := p.end(t, syscall.SIGTERM); err != nil {
		t.Errorf("ended with %v\n%s", err, p.text())
	}
	for _, want := range []string{"every user of this machine can read the token file: chmod o= " + file, `"msg":"stopped"`} {
		if !strings.Contains(p.text(), want) {
			t.Errorf("the log lacks %q:\n%s", want, p.text())
		}
	}
	if strings.Contains(p.text(), token) {
		t.Error("the token is in the log")
	}

	if out, err := command(env, "restore", copied).CombinedOutput(); err == nil || !strings.Contains(string(out), "move it away first") {
		t.Errorf("over a data file: %v\n%s", err, out)
	}
	fresh := "DATA=" + filepath.Join(t.TempDir(), "fresh")
	if out, err := command(append(env, fresh), "restore", copied).CombinedOutput(); err != nil {
		t.Fatalf("restore: %v\n%s", err, out)
	}
	q := start(t, append(env, fresh)...)
	if n := q.views(t); n != 5 {
		t.Errorf("the backup has %d views, want 5", n)
	}
	if err := q.end(t, syscall.SIGTERM); err != nil {
		t.Error(err)
	}
}

// TestKilled ends a counter by SIGKILL while hits come in, again and again: none
// that was promised is lost, and none is there twice.
func TestKilled(t *testing.T) {
	t.Parallel()
	env := []string{"DATA=" + filepath.Join(t.TempDir(), "data"), "TOKEN=" + token}
	var promised, sent int64
	for round := range 3 {
		p := start(t, env...)
		var mu sync.Mutex
		var wg sync.WaitGroup
		for range 2 {
			wg.Go(func() {
				for {
					mu.Lock()
					sent++
					mu.Unlock()
					req, _ := http.NewRequest("POST", p.url+hits.Path, strings.NewReader(`{"no_sessions":true,"hits":[{"path":"/sim"}]}`))
					req.Header.Set("Content-Type", "application/json")
					req.Header.Set("Authorization", "Bearer "+token)
					resp, err := http.DefaultClient.Do(req)
					if err != nil {
						return // it was killed
					}
					resp.Body.Close()
					mu.Lock()
					switch resp.StatusCode {
					case 202:
						promised++
					case 429:
						sent-- // it was told to come again
					default:
						t.Errorf("status %d", resp.StatusCode)
					}
					mu.Unlock()
					time.Sleep(20 * time.Millisecond)
				}
			})
		}
		time.Sleep(time.Duration(100+250*round) * time.Millisecond)
		p.end(t, syscall.SIGKILL)
		wg.Wait()
	}
	p := start(t, env...)
	if n := p.views(t); n < promised || n > sent || promised == 0 {
		t.Errorf("%d views are there, %d were promised and %d sent", n, promised, sent)
	}
}

// TestMemory: with ten thousand views, and after all of its pages were read, it
// takes at most 40 MB.
func TestMemory(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := store.Open(dir, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	for range 2 {
		views := make([]store.View, 5000)
		for i := range views {
			views[i] = store.View{At: now.Add(-time.Duration(i) * 100 * time.Second), Session: int64(i%700 + 1), Name: fmt.Sprintf("/page-%d", i%300), Referrer: fmt.Sprintf("%d.example", i%50)}
		}
		if err := s.Add(views, 0); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	p := start(t, "DATA="+dir, "TOKEN="+token, "PUBLIC=true")
	for _, path := range []string{"/?period=day", "/?period=week", "/?period=month", "/?period=year", "/data.json?period=year", "/data.csv?list=pages&period=year"} {
		if code := p.status(t, path); code != 200 {
			t.Errorf("%s: %d", path, code)
		}
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		t.Skipf("nothing here tells how much memory a process has: %v", err)
	}
	var kB int
	for line := range strings.Lines(string(status)) {
		fmt.Sscanf(line, "VmRSS: %d kB", &kB)
	}
	if kB == 0 || kB > 40_000 {
		t.Errorf("%d kB", kB)
	}
	t.Logf("%d kB", kB)
}

// TestStartErrors: whatever keeps it from starting is one sentence.
func TestStartErrors(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	dir := t.TempDir()
	put := func(name, text string) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	damaged := t.TempDir()
	if err := os.WriteFile(filepath.Join(damaged, store.File), []byte(strings.Repeat("no counts. ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		env  []string
		args []string
		code int
		want string
	}{
		{"no data", []string{"DATA="}, nil, 2, "DATA=/var/lib/tally"},
		{"no token", []string{"TOKEN="}, nil, 2, "TOKEN_FILE: name the file"},
		{"short token", []string{"TOKEN=short"}, nil, 2, "TOKEN: a token has 16 to 512 characters"},
		{"token with a space", []string{"TOKEN=" + token + " x"}, nil, 2, "no spaces"},
		{"token file missing", []string{"TOKEN_FILE=" + filepath.Join(dir, "none")}, nil, 2, "TOKEN_FILE: the token file cannot be read: no such file"},
		{"token file empty", []string{"TOKEN_FILE=" + put("empty", "\n")}, nil, 2, "must hold the token and nothing else"},
		{"token file of two lines", []string{"TOKEN_FILE=" + put("two", token+"\n"+token)}, nil, 2, "must hold the token and nothing else"},
		{"token file of bytes", []string{"TOKEN_FILE=" + put("bytes", token+"\x00\xff")}, nil, 2, "must hold the token and nothing else"},
		{"address", nil, []string{"-addr=8090"}, 2, `-addr "8090"`},
		{"address taken", []string{"ADDR=" + taken.Addr().String()}, nil, 1, "in use by another program"},
		{"public", []string{"PUBLIC=perhaps"}, nil, 2, `PUBLIC "perhaps": expected true or false`},
		{"unknown flag", nil, []string{"-colour"}, 2, "-colour"},
		{"volume", []string{"DATA=/proc/tally"}, nil, 1, "the directory /proc/tally cannot be made"},
		{"damaged", []string{"DATA=" + damaged}, nil, 1, "is damaged, and is left as it is"},
		{"backup of nothing", []string{"DATA=" + dir}, []string{"backup", filepath.Join(dir, "b")}, 1, "to copy: no such file"},
		{"backup to nothing", nil, []string{"backup"}, 2, "tally backup visits.db"},
		{"healthcheck", []string{"ADDR=127.0.0.1:1"}, []string{"healthcheck"}, 1, "refused"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out, err := command(append([]string{"DATA=" + filepath.Join(t.TempDir(), "data"), "TOKEN=" + token}, tt.env...), tt.args...).CombinedOutput()
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.ExitCode() != tt.code || !strings.Contains(string(out), tt.want) {
				t.Fatalf("%v, want exit code %d and %q in\n%s", err, tt.code, tt.want, out)
			}
			lines := strings.Split(strings.TrimSpace(string(out)), "\n")
			if last := lines[len(lines)-1]; !strings.HasPrefix(last, "tally: ") && tt.name != "unknown flag" {
				t.Errorf("the last line is %q", last)
			}
			if strings.Contains(string(out), token) {
				t.Errorf("the token is in\n%s", out)
			}
		})
	}
	out, err := command(nil, "-h").CombinedOutput()
	for _, want := range []string{"ADDR", "DATA", "TOKEN", "TOKEN_FILE", "PUBLIC"} {
		if err != nil || !strings.Contains(string(out), "("+want+")") {
			t.Errorf("-h does not tell of %s: %v\n%s", want, err, out)
		}
	}
	if out, err := command(nil, "version").CombinedOutput(); err != nil || !strings.HasPrefix(string(out), "tally ") {
		t.Errorf("version: %v\n%s", err, out)
	}
}

// TestCredentials: systemd names directories for the token and the data.
func TestCredentials(t *testing.T) {
	t.Parallel()
	secrets, state := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(secrets, "tally_token"), []byte(token), 0o400); err != nil {
		t.Fatal(err)
	}
	p := start(t, "CREDENTIALS_DIRECTORY="+secrets, "STATE_DIRECTORY="+state, "PUBLIC=true")
	if code, body := p.send(t, "/", 1); code != 202 {
		t.Error(code, body)
	}
	if code := p.status(t, "/"); code != 200 {
		t.Errorf("the public page: %d", code)
	}
	if err := p.end(t, syscall.SIGINT); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(state, store.File)); err != nil {
		t.Error(err)
	}
}

// TestFullDisk: a full disk is one sentence at the start and refused hits later,
// and counting goes on when there is room again.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=400k"); err != nil {
		// Who may not mount has a bound on the length of files to try with.
		cmd := exec.Command("sh", "-c", `ulimit -f 8; exec "$0"`, os.Args[0])
		cmd.Env = command([]string{"DATA=" + dir, "TOKEN=" + token}).Env
		if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), "the disk is full or fails") {
			t.Errorf("%v\n%s", err, out)
		}
		t.Skipf("the rest needs a small disk: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	ballast := filepath.Join(dir, "ballast")
	fill := func() {
		f, err := os.Create(ballast)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for err == nil {
			_, err = f.Write(make([]byte, 4096))
		}
	}
	fill()
	env := []string{"DATA=" + filepath.Join(dir, "data"), "TOKEN=" + token}
	if out, err := command(env).CombinedOutput(); err == nil || !strings.Contains(string(out), "tally: DATA: ") || strings.Contains(string(out), "goroutine") {
		t.Errorf("%v\n%s", err, out)
	}
	os.Remove(ballast)
	p := start(t, env...)
	counted := int64(0)
	if code, body := p.send(t, "/a", 10); code != 202 {
		t.Fatal(code, body)
	}
	counted += 10
	fill()
	code, body := 202, ""
	for i := 0; code == 202 && i < 20; i++ {
		if code, body = p.send(t, fmt.Sprintf("/%d", i), hits.MaxHits); code == 202 {
			counted += hits.MaxHits
		}
	}
	if code != 503 || !strings.Contains(body, "cannot be written") {
		t.Fatalf("on a full disk: %d %s", code, body)
	}
	if live, ready := p.status(t, "/healthz"), p.status(t, "/readyz"); live != 200 || ready != 503 {
		t.Errorf("on a full disk: healthz %d, readyz %d", live, ready)
	}
	if n := p.views(t); n != counted {
		t.Errorf("%d views, want the %d that were promised", n, counted)
	}
	os.Remove(ballast)
	if code, body := p.send(t, "/b", 1); code != 202 {
		t.Errorf("with room again: %d %s", code, body)
	}
	if n := p.views(t); n != counted+1 || p.status(t, "/readyz") != 200 {
		t.Errorf("with room again: %d views, want %d", n, counted+1)
	}
	if err := p.end(t, syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	if !strings.Contains(p.text(), "visits are not counted") || !strings.Contains(p.text(), "counted again") {
		t.Errorf("the log does not tell of it:\n%s", p.text())
	}
}
