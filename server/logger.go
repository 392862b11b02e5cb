package main

import (
	"bufio"
	"io"
	"log/slog"
	"os"
	"sync"
	"time"
)

// newLogger returns a logger for the settings. Lines are gathered for up to a
// quarter of a second, so that a busy server does not make a system call for
// each; flush writes what is left.
func newLogger(cfg *config, out io.Writer) (log *slog.Logger, flush func()) {
	w := &gathered{out: out, buf: bufio.NewWriterSize(out, 32<<10)}
	options := &slog.HandlerOptions{Level: cfg.LogLevel}
	file, isFile := out.(*os.File)
	if cfg.LogFormat == "text" || cfg.LogFormat == "auto" && isFile && isTerminal(file) {
		return slog.New(slog.NewTextHandler(w, options)), w.flush
	}
	return slog.New(slog.NewJSONHandler(w, options)), w.flush
}

// gathered is a buffered writer that empties itself.
type gathered struct {
	mu    sync.Mutex
	out   io.Writer
	buf   *bufio.Writer
	armed bool
}

func (g *gathered) Write(b []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.armed {
		g.armed = true
		time.AfterFunc(250*time.Millisecond, g.flush)
	}
	return g.buf.Write(b)
}

func (g *gathered) flush() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.armed = false
	if err := g.buf.Flush(); err != nil {
		// There is nowhere to tell it: the log itself is gone. A bufio.Writer
		// stays broken after an error, so later lines need a fresh one.
		g.buf.Reset(g.out)
	}
}
