package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"zoneaxis/server/internal/service"
	"zoneaxis/server/mp"
	"zoneaxis/server/visits"
	"zoneaxis/server/web"
)

// config is everything that can be set. Each setting has a flag and an
// environment variable of the same name; the flag wins.
type config struct {
	Addr           string
	MetricsAddr    string
	MetricsGiven   bool // by flag or environment; a default that is taken is no error
	Key            mp.Secret
	KeyFrom        string // where the key was found, for the summary
	BaseURL        string
	CacheDir       string
	CacheBytes     int64
	MemoryBytes    int
	AssetsDir      string
	Dev            bool
	TLSDomains     []string
	TLSEmail       string
	TLSDir         string
	ACMEURL        string
	HTTPAddr       string
	TrustedProxies []netip.Prefix
	Origin         string
	Rate           int
	NewStructures  int
	DrawingSeconds int
	Connections    int
	PerClient      int // connections
	AccessLog      string
	LogClients     bool
	LogFormat      string
	LogLevel       slog.Level
	DrainSeconds   int
	VisitsURL      *url.URL // of the counter of visits; nil for none
	VisitsToken    visits.Token
	VisitsFrom     string // where the token was found
	VisitsCountry  string // header

	Doubts []string // what is odd about the settings, and no error
}

// setting is one line of the table of settings.
type setting struct {
	flag, env, fallback, usage string
	set                        func(c *config, text string) error
}

// mayBeNone reports whether an empty variable means none. For the others it
// means that nothing was set, as compose files write it.
func (s setting) mayBeNone() bool { return s.env == "METRICS_ADDR" || s.env == "HTTP_ADDR" }

// secret reports whether the value is in no message: it is a secret, or somebody
// may have put one there instead of the name of its file.
func (s setting) secret() bool {
	return s.env == "MP_API_KEY_FILE" || s.env == "VISITS_TOKEN" || s.env == "VISITS_TOKEN_FILE"
}

var settings = []setting{
	{"addr", "ADDR", "localhost:8080", "address to serve on",
		func(c *config, v string) error { c.Addr = v; return service.CheckAddr(v) }},
	{"metrics-addr", "METRICS_ADDR", "localhost:9180", "address of /metrics and /debug/pprof, on this machine only; empty for none",
		func(c *config, v string) error {
			c.MetricsAddr = v
			if v == "" {
				return nil
			}
			return checkLoopback(v)
		}},
	{"mp-api-key-file", "MP_API_KEY_FILE", "", "file that holds the Materials Project key; MP_API_KEY holds the key itself; without either only the library and the cache are served",
		func(c *config, v string) error { return c.keyFile(v) }},
	{"mp-base-url", "MP_BASE_URL", "https://api.materialsproject.org", "address of the Materials Project",
		func(c *config, v string) error { c.BaseURL = v; return mp.CheckBase(v) }},
	{"cache-dir", "CACHE_DIR", "", "directory for structures (default: zoneaxis in the user's cache directory)",
		func(c *config, v string) error { c.CacheDir = v; return nil }},
	{"cache-size", "CACHE_SIZE", "2GiB", "bound of that directory",
		func(c *config, v string) error { n, err := service.ParseSize(v); c.CacheBytes = n; return err }},
	{"memory-size", "MEMORY_SIZE", "12MiB", "bound of the structures kept in memory",
		func(c *config, v string) error { n, err := service.ParseSize(v); c.MemoryBytes = int(n); return err }},
	{"assets-dir", "ASSETS_DIR", "", "directory with a build to serve instead of the one inside this program",
		func(c *config, v string) error { c.AssetsDir = v; return nil }},
	{"dev", "DEV", "false", "serve assets/dist (or the assets directory) and notice new builds",
		func(c *config, v string) error { return service.YesOrNo(v, &c.Dev) }},
	{"tls-domains", "TLS_DOMAINS", "", "host names, comma separated, to get certificates for; ADDR is then usually :443",
		func(c *config, v string) error {
			c.TLSDomains = service.SplitList(v)
			return checkDomains(c.TLSDomains)
		}},
	{"tls-email", "TLS_EMAIL", "", "contact for the certificate authority",
		func(c *config, v string) error { c.TLSEmail = v; return checkEmail(v) }},
	{"tls-dir", "TLS_DIR", "", "directory for certificates (default: tls in the cache directory)",
		func(c *config, v string) error { c.TLSDir = v; return nil }},
	{"acme-url", "ACME_URL", "", "directory of the certificate authority (default: Let's Encrypt)",
		func(c *config, v string) error { c.ACMEURL = v; return checkACME(v) }},
	{"http-addr", "HTTP_ADDR", ":80", "with TLS: address that answers challenges and redirects to https; empty for none",
		func(c *config, v string) error {
			c.HTTPAddr = v
			if v == "" {
				return nil
			}
			return service.CheckAddr(v)
		}},
	{"trusted-proxies", "TRUSTED_PROXIES", "", "networks of the reverse proxies before this server, comma separated (127.0.0.1/32,::1/128); only they may say who the visitor is",
		func(c *config, v string) error { return c.proxies(v) }},
	{"origin", "ORIGIN", "", "public address of the site, as in https://example.org (default: as visitors address it)",
		func(c *config, v string) error { c.Origin = v; return checkOrigin(v) }},
	{"rate", "RATE", "20", "requests per second and visitor; 0 for no limit",
		func(c *config, v string) error { return service.Count(v, &c.Rate) }},
	{"new-structures", "NEW_STRUCTURES", "30", "structures per minute and visitor that are not cached yet; 0 for no limit",
		func(c *config, v string) error { return service.Count(v, &c.NewStructures) }},
	{"drawing-seconds", "DRAWING_SECONDS", "15", "processor time per minute and visitor for patterns that the server draws, seconds; beyond it the browser draws; 0 for no limit",
		func(c *config, v string) error { return service.Count(v, &c.DrawingSeconds) }},
	{"connections", "CONNECTIONS", "6000", "open connections in all; fewer if memory or open files are limited; 0 for no limit",
		func(c *config, v string) error { return service.Count(v, &c.Connections) }},
	{"connections-per-client", "CONNECTIONS_PER_CLIENT", "512", "open connections of one address that is no trusted proxy; 0 for no limit",
		func(c *config, v string) error { return service.Count(v, &c.PerClient) }},
	{"access-log", "ACCESS_LOG", web.AccessAll, "requests to log: all, errors or none",
		func(c *config, v string) error {
			c.AccessLog = v
			return service.OneOf(v, web.AccessAll, web.AccessErrors, web.AccessNone)
		}},
	{"log-clients", "LOG_CLIENTS", "false", "log visitors' addresses, shortened to /24 or /48",
		func(c *config, v string) error { return service.YesOrNo(v, &c.LogClients) }},
	{"log-format", "LOG_FORMAT", "auto", "json, text, or auto: text on a terminal",
		func(c *config, v string) error { c.LogFormat = v; return service.OneOf(v, "auto", "json", "text") }},
	{"log-level", "LOG_LEVEL", "info", "debug, info, warn or error",
		func(c *config, v string) error {
			if err := service.OneOf(v, "debug", "info", "warn", "error"); err != nil {
				return err
			}
			return c.LogLevel.UnmarshalText([]byte(v))
		}},
	{"drain-seconds", "DRAIN_SECONDS", "0", "after SIGTERM: how long to go on serving while /readyz already fails",
		func(c *config, v string) error { return service.Count(v, &c.DrainSeconds) }},
	{"visits-url", "VISITS_URL", "", "address of a counter of visits, GoatCounter or tally, that is told of pages, articles and patterns; without it nothing is counted",
		func(c *config, v string) error { return c.visitsURL(v) }},
	{"visits-token", "VISITS_TOKEN", "", "token that opens it; rather in a file, since others may see the command line",
		func(c *config, v string) error { return c.visitsToken(v, "VISITS_TOKEN") }},
	{"visits-token-file", "VISITS_TOKEN_FILE", "", "file that holds that token; it wins over VISITS_TOKEN",
		func(c *config, v string) error { return c.visitsTokenFile(v) }},
	{"visits-country", "VISITS_COUNTRY", "", "header in which a trusted proxy names the visitor's country, such as CF-IPCountry; without it countries are not counted",
		func(c *config, v string) error { return c.visitsCountry(v) }},
}

// readConfig reads flags and environment. Every error names the setting.
func readConfig(args []string, lookup func(string) (string, bool), output io.Writer) (*config, error) {
	c := &config{}
	var keyErr error
	getenv := func(name string) string { v, _ := lookup(name); return v }
	if key := strings.TrimSpace(getenv("MP_API_KEY")); key != "" {
		c.Key, c.KeyFrom = mp.NewSecret(key), "MP_API_KEY"
		keyErr = service.CheckSecret("MP_API_KEY", "key", key)
	}
	table := make([]service.Setting, 0, len(settings))
	for _, s := range settings {
		table = append(table, service.Setting{
			Flag: s.flag, Env: s.env, Fallback: s.fallback, Usage: s.usage,
			MayBeNone: s.mayBeNone(), Secret: s.secret(),
			Set: func(text string) error { return s.set(c, text) },
		})
	}
	from, err := service.ReadSettings("server", "[healthcheck | version | licences | export FOLDER] [settings]", table, args, lookup, output)
	if err != nil && from == nil {
		return nil, err
	}
	errs := []error{err, keyErr}
	c.MetricsGiven = from["METRICS_ADDR"] != ""
	if dir := getenv("CREDENTIALS_DIRECTORY"); !c.Key.Set() && dir != "" {
		// systemd puts what LoadCredential names there.
		name := filepath.Join(dir, "mp_api_key")
		if _, err := os.Stat(name); err == nil {
			if err := c.keyFile(name); err != nil {
				errs = append(errs, err)
			}
		}
	}
	if dir := getenv("CREDENTIALS_DIRECTORY"); c.VisitsURL != nil && !c.VisitsToken.Set() && dir != "" {
		name := filepath.Join(dir, "visits_token")
		if _, err := os.Stat(name); err == nil {
			if err := c.visitsTokenFile(name); err != nil {
				errs = append(errs, fmt.Errorf("visits_token: %w", err))
			}
		}
	}
	if err == nil { // else it has been said what is wrong
		errs = append(errs, c.halfVisits())
	}
	if c.Dev && c.AssetsDir == "" {
		c.AssetsDir = filepath.Join("assets", "dist")
	}
	if c.CacheDir == "" {
		base, err := os.UserCacheDir()
		if err != nil {
			errs = append(errs, fmt.Errorf("CACHE_DIR: no cache directory is known here (%w); set CACHE_DIR", err))
		}
		c.CacheDir = filepath.Join(base, "zoneaxis")
	}
	if c.TLSDir == "" {
		c.TLSDir = filepath.Join(c.CacheDir, "tls")
	}
	return c, errors.Join(errs...)
}

// keyFile reads the key from a file; an empty name is no file.
func (c *config) keyFile(name string) error {
	if name == "" {
		return nil
	}
	key, doubt, err := service.ReadSecret("key", name)
	if err != nil {
		return err
	}
	c.Key, c.KeyFrom = mp.NewSecret(key), name
	if doubt != "" {
		c.Doubts = append(c.Doubts, doubt)
	}
	return nil
}

func (c *config) visitsURL(v string) (err error) {
	if v == "" {
		return nil
	}
	var doubt string
	if c.VisitsURL, doubt, err = visits.Base(v); doubt != "" {
		c.Doubts = append(c.Doubts, doubt)
	}
	return err
}

// visitsToken takes a token; an empty text is none.
func (c *config) visitsToken(text, from string) error {
	if text == "" {
		return nil
	}
	token, err := visits.NewToken(text)
	if err == nil {
		c.VisitsToken, c.VisitsFrom = token, from
	}
	return err
}

func (c *config) visitsTokenFile(name string) error {
	if name == "" {
		return nil
	}
	text, doubt, err := service.ReadSecret("token", name)
	if err != nil {
		return err
	}
	if doubt != "" {
		c.Doubts = append(c.Doubts, doubt)
	}
	return c.visitsToken(text, name)
}

func (c *config) visitsCountry(v string) error {
	if strings.Trim(v, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != "" {
		return errors.New("expected the name of a header, such as CF-IPCountry")
	}
	c.VisitsCountry = v
	return nil
}

// halfVisits tells what is missing where only a part of the settings of visits
// is there.
func (c *config) halfVisits() error {
	switch {
	case c.VisitsURL != nil && !c.VisitsToken.Set():
		return errors.New("VISITS_TOKEN_FILE: name the file that holds the token of the counter that VISITS_URL names")
	case c.VisitsURL == nil && c.VisitsToken.Set():
		return errors.New("VISITS_URL: there is a token for a counter of visits and no counter: name it, or leave out the token")
	case c.VisitsCountry != "" && c.VisitsURL == nil:
		return errors.New("VISITS_COUNTRY: visits are not counted, since there is no VISITS_URL")
	case c.VisitsCountry != "" && len(c.TrustedProxies) == 0:
		return errors.New("VISITS_COUNTRY: only a trusted proxy may say where visitors are: name it in TRUSTED_PROXIES")
	}
	return nil
}

func (c *config) proxies(list string) error {
	for _, item := range service.SplitList(list) {
		p, err := netip.ParsePrefix(item)
		if err != nil {
			ip, errIP := netip.ParseAddr(item)
			if errIP != nil {
				return fmt.Errorf("%q is no network such as 10.0.0.0/8", item)
			}
			p = netip.PrefixFrom(ip, ip.BitLen())
		}
		c.TrustedProxies = append(c.TrustedProxies, p.Masked())
	}
	return nil
}

// checkLoopback accepts addresses that only this machine can reach: metrics
// and profiles are for no one else.
func checkLoopback(v string) error {
	if err := service.CheckAddr(v); err != nil {
		return err
	}
	host, _, err := net.SplitHostPort(v)
	if err != nil {
		return err
	}
	if ip, err := netip.ParseAddr(host); host == "localhost" || err == nil && ip.IsLoopback() {
		return nil
	}
	return errors.New("metrics and profiles are for this machine only: use localhost:port")
}

func checkOrigin(v string) error {
	if v == "" {
		return nil
	}
	u, err := url.Parse(v)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Path != "" || u.RawQuery != "" || u.User != nil {
		return errors.New("expected something like https://example.org, without a slash at the end")
	}
	return nil
}

// checkDomains accepts names that a certificate can be had for.
func checkDomains(names []string) error {
	for _, name := range names {
		_, err := netip.ParseAddr(name)
		if err == nil || !strings.Contains(name, ".") || strings.Trim(strings.ToLower(name), "abcdefghijklmnopqrstuvwxyz0123456789.-") != "" {
			return fmt.Errorf("%q is no name of a host such as example.org: write no scheme, port, number or asterisk", name)
		}
	}
	return nil
}

// checkEmail accepts an address without a name beside it.
func checkEmail(v string) error {
	if v == "" {
		return nil
	}
	if a, err := mail.ParseAddress(v); err != nil || a.Address != v {
		return errors.New("expected an address such as you@example.org")
	}
	return nil
}

// checkACME accepts the address of a directory of certificates.
func checkACME(v string) error {
	if v == "" {
		return nil
	}
	if u, err := url.Parse(v); err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return errors.New("expected something like https://acme.example.org/directory")
	}
	return nil
}

// summary lists the settings in use for the log. The key is only said to be
// there.
func (c *config) summary() []any {
	key := "none: library and cache only"
	if c.Key.Set() {
		key = "set, from " + c.KeyFrom
	}
	list := []any{
		"addr", c.Addr, "metrics_addr", c.MetricsAddr, "mp_api_key", key, "mp_base_url", c.BaseURL,
		"cache_dir", c.CacheDir, "cache_bytes", c.CacheBytes, "memory_bytes", c.MemoryBytes,
		"rate", c.Rate, "new_structures", c.NewStructures, "drawing_seconds", c.DrawingSeconds,
		"connections", c.Connections, "connections_per_client", c.PerClient,
		"access_log", c.AccessLog, "log_clients", c.LogClients, "dev", c.Dev,
	}
	if c.AssetsDir != "" {
		list = append(list, "assets_dir", c.AssetsDir)
	}
	if len(c.TrustedProxies) > 0 {
		list = append(list, "trusted_proxies", fmt.Sprint(c.TrustedProxies))
	}
	if c.Origin != "" {
		list = append(list, "origin", c.Origin)
	}
	if c.VisitsURL != nil {
		list = append(list, "visits_url", c.VisitsURL.String(), "visits_token", "set, from "+c.VisitsFrom)
	}
	if len(c.TLSDomains) > 0 {
		list = append(list, "tls_domains", fmt.Sprint(c.TLSDomains), "tls_dir", c.TLSDir, "http_addr", c.HTTPAddr)
		if c.ACMEURL != "" {
			list = append(list, "acme_url", c.ACMEURL)
		}
	}
	return list
}
