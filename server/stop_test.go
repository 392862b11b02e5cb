package main

import (
	"fmt"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestStalledDownload: who does not take his answer does not hold up the end,
// which is no failure.
func TestStalledDownload(t *testing.T) {
	t.Parallel()
	p := start(t, nil)
	c, err := net.Dial("tcp", address(p))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	// More than the buffers between here and there hold.
	fmt.Fprint(c, strings.Repeat("GET /static/engine.wasm HTTP/1.1\r\nHost: localhost\r\n\r\n", 60))
	time.Sleep(500 * time.Millisecond)
	began := time.Now()
	stop(t, p)
	if took := time.Since(began); took > 8*time.Second {
		t.Errorf("took %v to end, want at most 8 s", took)
	}
	if log := p.text(); !strings.Contains(log, "connections were cut") || !strings.Contains(log, `"msg":"stopped"`) {
		t.Errorf("log:\n%s", log)
	}
}

// TestHangUp: a closed terminal, or a supervisor that rotates logs, ends
// nothing.
func TestHangUp(t *testing.T) {
	t.Parallel()
	p := start(t, nil)
	for range 3 {
		if err := p.cmd.Process.Signal(syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
		time.Sleep(50 * time.Millisecond)
		if code, _, _ := get(t, p.url+"/healthz"); code != 200 {
			t.Errorf("got %d", code)
		}
	}
	stop(t, p)
}
