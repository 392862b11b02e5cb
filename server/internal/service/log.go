package service

import (
	"io"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// queuedLines bounds the bytes of the lines that wait to be written.
	queuedLines = 256 << 10
	// lastWait is how long the end of the program waits for the log.
	lastWait = time.Second
)

// NewLogger returns a logger in a format, json, text or auto: text on a terminal.
// Nobody waits for its lines to be written; Flush waits a moment for those that
// are queued.
func NewLogger(format string, level slog.Level, out io.Writer) (log *slog.Logger, q *LogQueue) {
	q = newLogQueue(out)
	options := &slog.HandlerOptions{Level: level}
	file, isFile := out.(*os.File)
	if format == "text" || format == "auto" && isFile && isTerminal(file) {
		log = slog.New(slog.NewTextHandler(q, options))
	} else {
		log = slog.New(slog.NewJSONHandler(q, options))
	}
	q.log = log
	return log, q
}

// LogQueue is a writer that never blocks and never fails: lines wait in a
// bounded queue for whoever reads the log. Where the reader stalls or has died,
// lines are dropped and counted; when it takes lines again, it is told how many.
// Lines are gathered for up to a quarter of a second, so that a busy server
// does not make a system call for each.
type LogQueue struct {
	out io.Writer
	log *slog.Logger // of this queue, for its own line

	mu      sync.Mutex
	waiting []byte
	lines   int
	wake    chan struct{}
	flushes chan chan struct{}

	dropped atomic.Int64 // since the last line about it
	total   atomic.Int64
}

func newLogQueue(out io.Writer) *LogQueue {
	q := &LogQueue{
		out: out, wake: make(chan struct{}, 1), flushes: make(chan chan struct{}),
	}
	go q.run()
	return q
}

// Write queues a line.
func (q *LogQueue) Write(line []byte) (int, error) {
	q.mu.Lock()
	fits := len(q.waiting)+len(line) <= queuedLines
	if fits {
		q.waiting = append(q.waiting, line...)
		q.lines++
	}
	q.mu.Unlock()
	if !fits {
		q.lose(1)
		return len(line), nil
	}
	select {
	case q.wake <- struct{}{}:
	default:
	}
	return len(line), nil
}

func (q *LogQueue) lose(lines int) {
	q.dropped.Add(int64(lines))
	q.total.Add(int64(lines))
}

// Lost is how many lines were dropped since the start.
func (q *LogQueue) Lost() int64 { return q.total.Load() }

// run writes what is queued, for as long as the program lives.
func (q *LogQueue) run() {
	var batch []byte
	for {
		var flushed chan struct{}
		select {
		case <-q.wake:
			select {
			case <-time.After(250 * time.Millisecond):
			case flushed = <-q.flushes:
			}
		case flushed = <-q.flushes:
		}
		q.mu.Lock()
		lines := q.lines
		batch, q.waiting, q.lines = q.waiting, batch[:0], 0
		q.mu.Unlock()
		ok := lines == 0
		if !ok {
			_, err := q.out.Write(batch)
			if ok = err == nil; !ok {
				q.lose(lines)
			}
		}
		if lost := q.dropped.Load(); ok && lines > 0 && lost > 0 {
			q.dropped.Add(-lost)
			q.log.Warn("log lines were lost: nobody read the log, or it could not be written", "lines", lost)
		}
		if flushed != nil {
			close(flushed)
		}
	}
}

// Flush waits until what is queued has been written, but not long for a reader
// that has stalled.
func (q *LogQueue) Flush() {
	wait := time.NewTimer(lastWait)
	defer wait.Stop()
	done := make(chan struct{})
	select {
	case q.flushes <- done:
	case <-wait.C:
		return
	}
	select {
	case <-done:
	case <-wait.C:
	}
}

// isTerminal reports whether a file is a terminal.
func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && info.Mode()&os.ModeDevice != 0 && os.Getenv("TERM") != ""
}
