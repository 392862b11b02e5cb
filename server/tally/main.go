// Command tally counts the visits of a site that sends them in the format of
// GoatCounter's POST /api/v0/count, and shows them as pages.
//
//	tally [settings]               count
//	tally healthcheck [settings]   exit 0 if a tally with these settings answers
//	tally backup FILE [settings]   copy the data file, also while it is in use
//	tally restore FILE [settings]  put such a copy into a directory without one
//	tally version                  tell revision and build
//	tally licences                 print the licences of what is in this program
//
// tally -h lists the settings; each is also an environment variable.
//
// A hit is answered with 202 when it is on the disk, so that kill -9, or a plug
// that is pulled, loses only what no answer has promised yet.
package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"runtime/debug"
	"slices"
	"time"

	"zoneaxis/server/internal/service"
	"zoneaxis/server/tally/notices"
	"zoneaxis/server/tally/page"
	"zoneaxis/server/tally/store"
)

// endFor is how long answers under way may take after SIGTERM.
const endFor = 5 * time.Second

// plenty is the memory that is enough, in bytes, unless a container has less:
// near it the collector works harder, and the system gets the rest back.
const plenty = 48 << 20

func main() {
	os.Exit(run(os.Args[1:], os.LookupEnv, os.Stdout, os.Stderr))
}

// revision is the commit that the program was built from, set by the build.
var revision string

// run is main with its surroundings as arguments. It returns the exit code.
func run(args []string, lookup func(string) (string, bool), stdout, stderr io.Writer) int {
	fail := func(code int, err error) int {
		fmt.Fprintf(stderr, "tally: %v\n", err)
		return code
	}
	command := "serve"
	if len(args) > 0 && slices.Contains([]string{"healthcheck", "backup", "restore", "version", "licences"}, args[0]) {
		command, args = args[0], args[1:]
	}
	file := ""
	switch command {
	case "version":
		fmt.Fprintln(stdout, service.Version("tally", revision))
		return 0
	case "licences":
		if err := notices.Print(stdout); err != nil {
			return fail(1, err)
		}
		return 0
	case "backup", "restore":
		if len(args) == 0 || args[0] == "" || args[0][0] == '-' {
			return fail(2, fmt.Errorf("%s: name the file, as in tally %s visits.db", command, command))
		}
		file, args = args[0], args[1:]
	}
	cfg, err := readConfig(args, lookup, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err == nil {
		err = cfg.complete(command)
	}
	if err != nil {
		return fail(2, err)
	}
	switch command {
	case "healthcheck":
		err = service.CheckHealth("http", cfg.Addr, &http.Transport{DisableKeepAlives: true})
	case "backup":
		err = store.Backup(cfg.Data, file)
	case "restore":
		err = store.Restore(file, cfg.Data)
	default:
		log, lines := service.NewLogger("auto", slog.LevelInfo, stderr)
		err = serve(cfg, log)
		lines.Flush()
	}
	if err != nil {
		return fail(1, err)
	}
	return 0
}

// serve counts until it is told to stop.
func serve(cfg *config, log *slog.Logger) error {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(min(plenty, cmp.Or(service.ContainerMemory(), plenty)))
	}
	log.Info("starting", "version", service.Version("tally", revision), "addr", cfg.Addr, "data", cfg.Data, "token", "from "+cfg.TokenFrom, "public", cfg.Public)
	for _, doubt := range cfg.Doubts {
		log.Warn(doubt)
	}
	stop := service.Listen()
	data, err := store.Open(cfg.Data, log)
	if err != nil {
		return fmt.Errorf("DATA: %w", err)
	}
	handler, err := page.Handler(page.Config{Store: data, Token: cfg.Token, Public: cfg.Public, Log: log})
	if err != nil {
		return errors.Join(err, data.Close())
	}
	server, err := service.Open("ADDR", "tally", cfg.Addr, handler, log)
	if err != nil {
		return errors.Join(err, data.Close())
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Run() }()
	log.Info("serving", "what", server.What, "address", server.URL)

	if err := stop.Wait(failed, log); err != nil {
		return errors.Join(err, data.Close())
	}
	if service.Stop([]*service.Server{server}, endFor) {
		log.Warn("connections were cut: their answers were not taken in time", "after", endFor.String())
	}
	err = data.Close()
	log.Info("stopped")
	return err
}
