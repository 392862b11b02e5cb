// Package service is what the site's server and the counter of visits have in
// common as programs that run for long: settings by flag and environment,
// secrets in files, a log that nobody waits for, listeners, the check for
// containers, and an end that comes in time.
package service

import (
	"compress/gzip"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"

	"github.com/KimMachineGun/automemlimit/memlimit"
)

// ContainerMemory returns nine tenths of the memory that the container may take;
// 0 if it has no limit.
func ContainerMemory() int64 {
	limit, err := memlimit.FromCgroup()
	if err != nil || limit > 1<<50 {
		return 0
	}
	return int64(limit / 10 * 9)
}

// Version tells what a program was built from: revision is the commit as the
// build knows it, or "" for what the go command has noted.
func Version(program, revision string) string {
	return program + " " + commit(revision) + " " + runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH
}

func commit(revision string) string {
	if revision != "" {
		return revision
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				return s.Value[:min(12, len(s.Value))]
			}
		}
	}
	return "of an unknown revision"
}

// Signals are those that end a program.
type Signals chan os.Signal

// Listen catches the signals that end a program from now on. SIGPIPE and SIGHUP
// end none: who reads the log may die, and the terminal be closed.
func Listen() Signals {
	signal.Ignore(syscall.SIGPIPE, syscall.SIGHUP)
	stop := make(Signals, 2)
	signal.Notify(stop, syscall.SIGINT, syscall.SIGTERM)
	return stop
}

// Wait returns when the program is to end, with the error of a server that
// failed or nil after a signal. A second signal then ends it at once.
func (stop Signals) Wait(failed <-chan error, log *slog.Logger) error {
	select {
	case err := <-failed:
		return err
	case sig := <-stop:
		log.Info("stopping", "signal", sig.String())
	}
	go func() {
		<-stop
		log.Warn("stopped at once")
		os.Exit(1)
	}()
	return nil
}

// Unpack writes a file that is kept compressed by gzip.
func Unpack(out io.Writer, files fs.FS, name string) error {
	file, err := files.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, unpacked)
	return err
}
