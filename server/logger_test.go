package main

import (
	"fmt"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"
)

// askAll makes requests that are all logged, and fails if one is not answered.
func askAll(t *testing.T, p *process, n int) {
	t.Helper()
	client := &http.Client{Timeout: 10 * time.Second}
	defer client.CloseIdleConnections()
	for i := range n {
		resp, err := client.Get(p.url + "/healthz")
		if err != nil {
			t.Fatalf("request %d: %v", i, err)
		}
		resp.Body.Close()
		if resp.StatusCode != 200 {
			t.Fatalf("request %d: %d", i, resp.StatusCode)
		}
	}
}

// TestStalledLog: nobody waits for who reads the log, and who reads it again
// hears what he missed.
func TestStalledLog(t *testing.T) {
	t.Parallel()
	p := start(t, nil)
	p.mu.Lock() // who reads the log does not get on
	askAll(t, p, 5000)
	dropped := metric(t, p, "zoneaxis_log_dropped_total")
	p.mu.Unlock()
	if dropped == 0 {
		t.Error("a bounded queue took everything")
	}
	for deadline := time.Now().Add(10 * time.Second); !strings.Contains(p.text(), "log lines were lost"); time.Sleep(50 * time.Millisecond) {
		askAll(t, p, 1)
		if time.Now().After(deadline) {
			t.Fatal("nothing tells that lines are missing")
		}
	}
	lines := strings.Count(p.text(), `"msg":"request"`)
	askAll(t, p, 10)
	for deadline := time.Now().Add(10 * time.Second); strings.Count(p.text(), `"msg":"request"`) < lines+10; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the log does not go on")
		}
	}
	stop(t, p)
}

// TestDeadLog: the server goes on when who reads the log has died, and ends in
// time.
func TestDeadLog(t *testing.T) {
	t.Parallel()
	p := start(t, nil)
	p.reader.Close()
	for range 4 {
		askAll(t, p, 20)
		time.Sleep(300 * time.Millisecond) // a batch of lines each time
	}
	if metric(t, p, "zoneaxis_log_dropped_total") == 0 {
		t.Error("lines that nobody read are not counted")
	}
	stop(t, p)
}

// TestStalledEnd: a reader that stalls does not hold up the end.
func TestStalledEnd(t *testing.T) {
	t.Parallel()
	p := start(t, nil)
	p.mu.Lock()
	askAll(t, p, 5000)
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	for alive := true; alive; time.Sleep(20 * time.Millisecond) {
		state := fileText(t, fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
		_, after, _ := strings.Cut(state, ") ")
		alive = after != "" && !strings.HasPrefix(after, "Z")
		if time.Since(began) > 8*time.Second {
			p.mu.Unlock()
			t.Fatal("does not end")
		}
	}
	p.mu.Unlock()
	if err := <-p.ended; err != nil {
		t.Errorf("ended with %v", err)
	}
	p.ended <- nil
}
