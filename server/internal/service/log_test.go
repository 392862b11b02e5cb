package service

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"
)

// slowWriter fails and recovers.
type slowWriter struct {
	mu   sync.Mutex
	fail bool
	b    bytes.Buffer
}

func (w *slowWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.fail {
		return 0, errors.New("no room")
	}
	return w.b.Write(p)
}

// TestLogger: lines are written soon, and a log that failed for a while works
// again.
func TestLogger(t *testing.T) {
	w := &slowWriter{}
	log, q := NewLogger("json", slog.LevelInfo, w)
	flush := q.Flush
	log.Info("one")
	deadline := time.Now().Add(5 * time.Second)
	for written := false; !written; time.Sleep(5 * time.Millisecond) {
		w.mu.Lock()
		written = strings.Contains(w.b.String(), "one")
		w.mu.Unlock()
		if time.Now().After(deadline) {
			t.Fatal("not written by itself")
		}
	}
	w.mu.Lock()
	w.fail = true
	w.mu.Unlock()
	log.Info("lost")
	flush()
	w.mu.Lock()
	w.fail = false
	w.mu.Unlock()
	log.Info("two")
	flush()
	flush() // the line about the lost one
	if got := w.b.String(); strings.Contains(got, `"msg":"lost"`) || !strings.Contains(got, "two") || !strings.Contains(got, `"lines":1}`) {
		t.Errorf("got %s", got)
	}
}
