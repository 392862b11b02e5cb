// Command server serves zoneaxis: the simulator page, structures of the
// Materials Project, articles and the pattern library.
//
//	server [settings]              serve
//	server healthcheck [settings]  exit 0 if a server with these settings answers
//	server version                 tell revision and build
//	server licences                print the licences of what is in this program
//	server export FOLDER [settings]  write the files of the site for a web server before it
//
// server -h lists the settings; each is also an environment variable.
package main

import (
	"context"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"zoneaxis/assets"
	"zoneaxis/server/internal/service"
	"zoneaxis/server/mp"
	"zoneaxis/server/visits"
	"zoneaxis/server/web"
)

// endFor is how long answers under way may take after SIGTERM.
const endFor = 6 * time.Second

// lastVisits is how long visits that wait are handed on after that.
const lastVisits = 2 * time.Second

func main() {
	os.Exit(run(os.Args[1:], os.LookupEnv, os.Stdout, os.Stderr))
}

// run is main with its surroundings as arguments. It returns the exit code.
func run(args []string, lookup func(string) (string, bool), stdout, stderr io.Writer) int {
	command := "serve"
	if len(args) > 0 && slices.Contains([]string{"healthcheck", "version", "licences", "export"}, args[0]) {
		command, args = args[0], args[1:]
	}
	folder := ""
	if command == "export" {
		if len(args) == 0 || strings.HasPrefix(args[0], "-") {
			fmt.Fprintln(stderr, "server: export: name the folder to write to, as in: server export /srv/zoneaxis")
			return 2
		}
		folder, args = args[0], args[1:]
	}
	if command == "version" {
		build := "none"
		if set, err := assets.Embedded(); err == nil {
			build = set.Manifest.Build
		}
		fmt.Fprintln(stdout, version()+" build "+build)
		return 0
	}
	if command == "licences" {
		if err := printLicences(stdout); err != nil {
			fmt.Fprintf(stderr, "server: %v\n", err)
			return 1
		}
		return 0
	}
	cfg, err := readConfig(args, lookup, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		fmt.Fprintf(stderr, "server: %v\n", err)
		return 2
	}
	if command == "export" {
		set, _, err := openAssets(cfg)
		if err == nil {
			err = web.Export(set, cfg.Origin, folder)
		}
		if err != nil {
			fmt.Fprintf(stderr, "server: export: %v\n", err)
			return 1
		}
		return 0
	}
	if command == "healthcheck" {
		if err := healthcheck(cfg); err != nil {
			fmt.Fprintf(stderr, "server: healthcheck: %v\n", err)
			return 1
		}
		return 0
	}
	log, lines := service.NewLogger(cfg.LogFormat, cfg.LogLevel, stderr)
	err = serve(cfg, log, lines)
	lines.Flush()
	if err != nil {
		fmt.Fprintf(stderr, "server: %v\n", err)
		return 1
	}
	return 0
}

// printLicences prints the notices that the build has gathered.
func printLicences(out io.Writer) error {
	set, err := assets.Embedded()
	if err != nil {
		return err
	}
	if err := service.Unpack(out, set.FS, "pages/licences.txt.gz"); err != nil {
		return fmt.Errorf("this build has no licences: %w", err)
	}
	return nil
}

// revision is the commit that the program was built from. The build sets it; a
// plain go build leaves it to what the go command knows.
var revision string

// version tells what this binary was built from.
func version() string { return service.Version("zoneaxis", revision) }

// serve runs the server until it is told to stop.
func serve(cfg *config, log *slog.Logger, out *service.LogQueue) error {
	stop := service.Listen()
	set, reload, err := openAssets(cfg)
	if err != nil {
		return err
	}
	log.Info("starting", append([]any{"version", version(), "build", set.Manifest.Build}, cfg.summary()...)...)
	for _, doubt := range cfg.Doubts {
		log.Warn(doubt)
	}

	// What lives as long as the server: background work ends with it.
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	metrics := newRegistry(set.Manifest.Build)
	metrics.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
		Name: "zoneaxis_log_dropped_total", Help: "Log lines that were lost, since nobody read the log or it could not be written.",
	}, func() float64 { return float64(out.Lost()) }))
	agent := "zoneaxis/" + set.Manifest.Build
	if cfg.Origin != "" {
		agent += " (+" + cfg.Origin + ")" // so that the upstream can find us
	}
	client, err := mp.NewClient(mp.Options{BaseURL: cfg.BaseURL, Key: cfg.Key, UserAgent: agent, Log: log, Metrics: metrics})
	if err != nil {
		return err
	}
	store, err := openStore(ctx, cfg, log)
	if err != nil {
		return err
	}
	cache, err := mp.NewCache(client, store, mp.CacheOptions{StoreBytes: cfg.CacheBytes, MemoryBytes: cfg.MemoryBytes, Log: log})
	if err != nil {
		return err
	}
	var sender *visits.Sender
	var counting *web.Counting
	if cfg.VisitsURL != nil {
		sender = visits.New(visits.Options{Base: cfg.VisitsURL, Token: cfg.VisitsToken, Log: log, Metrics: metrics})
		counting = &web.Counting{Count: sender.Count, Country: cfg.VisitsCountry}
	}
	handler, drain, err := web.Handler(web.Config{
		Assets: set, Reload: reload, Structures: cache, Log: log, Metrics: metrics, Origin: cfg.Origin,
		TrustedProxies: cfg.TrustedProxies, Rate: cfg.Rate, NewStructures: cfg.NewStructures, Drawing: time.Duration(cfg.DrawingSeconds) * time.Second,
		AccessLog: cfg.AccessLog, LogClients: cfg.LogClients, Visits: counting,
	})
	if err != nil {
		return err
	}
	visitors := newCrowd(cfg, service.ContainerMemory(), log, metrics)
	servers, err := listen(cfg, log, handler, metrics, visitors)
	if err != nil {
		return err
	}
	go visitors.run(ctx)
	background, told := make(chan struct{}), make(chan struct{})
	go func() { defer close(background); cache.Run(ctx) }()
	go func() {
		defer close(told)
		if sender != nil {
			sender.Run(ctx, lastVisits)
		}
	}()

	failed := make(chan error, len(servers))
	for _, s := range servers {
		go func() { failed <- s.Run() }()
	}
	for _, s := range servers {
		log.Info("serving", "what", s.What, "address", s.URL)
	}
	fmt.Fprintf(out, "zoneaxis is at %s\n", servers[0].URL)

	if err := stop.Wait(failed, log); err != nil {
		return err
	}
	drain()
	time.Sleep(time.Duration(cfg.DrainSeconds) * time.Second)
	if service.Stop(servers, endFor) {
		log.Warn("connections were cut: their answers were not taken in time", "after", endFor.String())
	}
	cancel()
	select {
	case <-background:
	case <-time.After(time.Second):
	}
	<-told
	log.Info("stopped")
	return nil
}

// openAssets opens the build inside the binary or one on disk. reload is not
// nil while developing: it returns the build on disk if that has changed since
// it was last asked, and else nil.
func openAssets(cfg *config) (set *assets.Set, reload func() (*assets.Set, error), err error) {
	if cfg.AssetsDir == "" {
		set, err = assets.Embedded()
		return set, nil, err
	}
	dir := os.DirFS(cfg.AssetsDir)
	if set, err = assets.Open(dir); err != nil {
		return nil, nil, fmt.Errorf("ASSETS_DIR %q: %w", cfg.AssetsDir, err)
	}
	if !cfg.Dev {
		return set, nil, nil
	}
	var mu sync.Mutex
	var seen time.Time
	reload = func() (*assets.Set, error) {
		info, err := fs.Stat(dir, "manifest.json")
		if err != nil {
			return nil, nil // a build is under way
		}
		mu.Lock()
		defer mu.Unlock()
		if info.ModTime().Equal(seen) {
			return nil, nil
		}
		seen = info.ModTime()
		return assets.Open(dir)
	}
	return set, reload, nil
}

// healthcheck asks a running server whether it lives.
func healthcheck(cfg *config) error {
	scheme := "http"
	// The certificate is made out to the public name, not to this address.
	transport := &http.Transport{DisableKeepAlives: true}
	if len(cfg.TLSDomains) > 0 {
		scheme = "https"
		transport.TLSClientConfig = &tls.Config{ServerName: cfg.TLSDomains[0], InsecureSkipVerify: true}
	}
	return service.CheckHealth(scheme, cfg.Addr, transport)
}
