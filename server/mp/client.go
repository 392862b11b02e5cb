package mp

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/sony/gobreaker/v2"
	"golang.org/x/time/rate"
)

// Options configure a Client. The zero value of every number means the default
// in brackets.
type Options struct {
	BaseURL     string        // https, or http on this machine [https://api.materialsproject.org]
	Key         Secret        // no key: no request is ever made
	UserAgent   string        // an honest product token
	Rate        rate.Limit    // requests per second over everything [4]
	Burst       int           // [8]
	Concurrency int           // requests at one time [4]
	Total       time.Duration // budget of one call with its retries [10 s]
	Connect     time.Duration // [3 s]
	Header      time.Duration // wait for the answer's header [8 s]
	BodyLimit   int64         // bytes after decompression [2 MiB: 500 sites have 200 kB]
	RetryPause  time.Duration // first pause between tries [300 ms]
	BreakAfter  int           // failures in a row that open the breaker [5]
	BreakFor    time.Duration // how long it stays open [30 s]
	AuthPause   time.Duration // pause after 401 or 403 [10 min]
	Log         *slog.Logger  // [slog.Default]
	Metrics     prometheus.Registerer
}

const (
	defaultBase = "https://api.materialsproject.org"
	// maxRetryAfter bounds what the upstream may ask for, so that an absurd
	// number does not silence us for years.
	maxRetryAfter = time.Hour
	maxTries      = 3
)

func orElse[T comparable](v, fallback T) T {
	var zero T
	if v == zero {
		return fallback
	}
	return v
}

// Client asks the Materials Project. It keeps to a request budget, retries
// little, stops asking when the upstream is ill or says so, never follows a
// redirect, and sends the key to the configured host only. It is safe for
// concurrent use.
type Client struct {
	opt          Options
	base         *url.URL
	http         *http.Client
	limiter      *rate.Limiter
	slots        chan struct{}
	breaker      *gobreaker.CircuitBreaker[struct{}]
	blockedUntil atomic.Int64 // Unix nanoseconds; 0 if not blocked
	refused      atomic.Bool  // blocked because the key or this machine is refused
	log          *slog.Logger
	m            *metrics
}

// NewClient checks the options and returns a client. It makes no request.
func NewClient(opt Options) (*Client, error) {
	opt.BaseURL = orElse(opt.BaseURL, defaultBase)
	opt.UserAgent = orElse(opt.UserAgent, "zoneaxis")
	opt.Rate = orElse(opt.Rate, 4)
	opt.Burst = orElse(opt.Burst, 8)
	opt.Concurrency = orElse(opt.Concurrency, 4)
	opt.Total = orElse(opt.Total, 10*time.Second)
	opt.Connect = orElse(opt.Connect, 3*time.Second)
	opt.Header = orElse(opt.Header, 8*time.Second)
	opt.BodyLimit = orElse(opt.BodyLimit, 2<<20)
	opt.RetryPause = orElse(opt.RetryPause, 300*time.Millisecond)
	opt.BreakAfter = orElse(opt.BreakAfter, 5)
	opt.BreakFor = orElse(opt.BreakFor, 30*time.Second)
	opt.AuthPause = orElse(opt.AuthPause, 10*time.Minute)
	base, err := checkBase(opt.BaseURL)
	if err != nil {
		return nil, fmt.Errorf("mp: base address %q: %w", opt.BaseURL, err)
	}
	c := &Client{
		opt: opt, base: base, limiter: rate.NewLimiter(opt.Rate, opt.Burst),
		slots: make(chan struct{}, opt.Concurrency), log: orElse(opt.Log, slog.Default()), m: newMetrics(opt.Metrics),
	}
	c.http = &http.Client{
		Transport: &http.Transport{
			Proxy:                  http.ProxyFromEnvironment,
			DialContext:            (&net.Dialer{Timeout: opt.Connect, KeepAlive: 30 * time.Second}).DialContext,
			TLSHandshakeTimeout:    opt.Connect,
			ResponseHeaderTimeout:  opt.Header,
			MaxResponseHeaderBytes: 64 << 10,
			MaxIdleConns:           opt.Concurrency,
			MaxIdleConnsPerHost:    opt.Concurrency,
			MaxConnsPerHost:        opt.Concurrency + 1, // one more for the heartbeat
			IdleConnTimeout:        time.Minute,
			ForceAttemptHTTP2:      true,
		},
		// A redirect is an answer like any other: it is not followed, so the
		// key stays with the host it belongs to.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	c.breaker = gobreaker.NewCircuitBreaker[struct{}](gobreaker.Settings{
		Name:        "materials project",
		Timeout:     opt.BreakFor,
		ReadyToTrip: func(n gobreaker.Counts) bool { return int(n.ConsecutiveFailures) >= opt.BreakAfter },
		IsSuccessful: func(err error) bool {
			var f *failure
			return !errors.As(err, &f) || !f.ill
		},
		OnStateChange: func(_ string, from, to gobreaker.State) {
			c.m.breaker.Set(float64(to))
			c.log.Warn("upstream breaker", "from", from.String(), "to", to.String())
		},
	})
	return c, nil
}

// CheckBase says what is wrong with a base address; nil if nothing is.
func CheckBase(text string) error {
	_, err := checkBase(text)
	return err
}

// checkBase accepts https anywhere and plain http on this machine only, since
// the key would travel in clear.
func checkBase(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return nil, errors.New("expected something like " + defaultBase)
	}
	u.Path = strings.TrimSuffix(u.Path, "/")
	switch u.Scheme {
	case "https":
		return u, nil
	case "http":
		host := u.Hostname()
		if ip, err := netip.ParseAddr(host); host == "localhost" || err == nil && ip.IsLoopback() {
			return u, nil
		}
		return nil, errors.New("plain http would send the key in clear; use https")
	}
	return nil, errors.New("the scheme must be https")
}

// failure is why a request brought nothing. Its text never holds anything that
// the upstream sent.
type failure struct {
	what  string
	ill   bool // the upstream is ill: counts for the breaker
	again bool // worth another try
	after time.Duration
	auth  bool // the key or this machine is refused
}

func (f *failure) Error() string { return "mp: upstream: " + f.what }

func (f *failure) Unwrap() error {
	if f.auth {
		return ErrRefused
	}
	return ErrUpstream
}

// call makes a GET with the key, within the budget, with retries and breaker.
// check is called with the body of a 200; its error is final for this call.
func (c *Client) call(ctx context.Context, path string, query url.Values, check func([]byte) error) error {
	if !c.opt.Key.Set() {
		return ErrNoKey
	}
	pause := backoff.NewExponentialBackOff()
	pause.InitialInterval = c.opt.RetryPause
	try := func() (struct{}, error) {
		none := struct{}{}
		if wait := c.blocked(); wait > 0 {
			if c.refused.Load() {
				return none, backoff.Permanent(ErrRefused)
			}
			return none, backoff.Permanent(&BusyError{wait})
		}
		_, err := c.breaker.Execute(func() (struct{}, error) {
			body, err := c.once(ctx, path, query, true)
			if err == nil {
				err = check(body)
			}
			return struct{}{}, err
		})
		if errors.Is(err, gobreaker.ErrOpenState) || errors.Is(err, gobreaker.ErrTooManyRequests) {
			return none, backoff.Permanent(&BusyError{c.opt.BreakFor})
		}
		var f *failure
		if err == nil || !errors.As(err, &f) || !f.again {
			return none, permanent(err)
		}
		if f.after > 0 {
			if deadline, ok := ctx.Deadline(); f.after > 30*time.Second || ok && time.Until(deadline) < f.after {
				c.block(f.after, false)
				return none, backoff.Permanent(&BusyError{f.after})
			}
			return none, fmt.Errorf("%w (%w)", err, &backoff.RetryAfterError{Duration: f.after})
		}
		return none, err
	}
	_, err := backoff.Retry(ctx, try, backoff.WithBackOff(pause), backoff.WithMaxTries(maxTries), backoff.WithMaxElapsedTime(c.opt.Total))
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return &failure{what: "no answer in time"}
	}
	return err
}

func permanent(err error) error {
	if err == nil {
		return nil
	}
	return backoff.Permanent(err)
}

// blocked returns how long the upstream is still to be left alone.
func (c *Client) blocked() time.Duration {
	until := c.blockedUntil.Load()
	if until == 0 {
		return 0
	}
	wait := time.Until(time.Unix(0, until))
	if wait <= 0 && c.blockedUntil.CompareAndSwap(until, 0) {
		c.m.blocked.Set(0)
	}
	return wait
}

// block leaves the upstream alone for a while; refused says that it is because
// of the key.
func (c *Client) block(d time.Duration, refused bool) {
	until := time.Now().Add(d)
	c.refused.Store(refused)
	c.blockedUntil.Store(until.UnixNano())
	c.m.blocked.Set(float64(until.Unix()))
	c.log.Warn("upstream left alone", "for", d.Round(time.Second).String())
}

// once makes one request and returns the body of a 200.
func (c *Client) once(ctx context.Context, path string, query url.Values, withKey bool) (body []byte, err error) {
	began := time.Now()
	if err := c.limiter.Wait(ctx); err != nil {
		c.m.upstream.WithLabelValues("over_budget").Inc()
		return nil, &BusyError{time.Duration(float64(c.opt.Burst) / float64(c.opt.Rate) * float64(time.Second))}
	}
	select {
	case c.slots <- struct{}{}:
		defer func() { <-c.slots }()
	case <-ctx.Done():
		c.m.upstream.WithLabelValues("over_budget").Inc()
		return nil, &BusyError{c.opt.Total}
	}
	c.m.limiterWait.Observe(time.Since(began).Seconds())
	result := "ok"
	defer func() { c.m.upstream.WithLabelValues(result).Inc() }()

	target := *c.base
	target.Path += path
	target.RawQuery = query.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target.String(), nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", c.opt.UserAgent)
	req.Header.Set("Accept", "application/json")
	if withKey && req.URL.Scheme == c.base.Scheme && req.URL.Host == c.base.Host {
		req.Header.Set("X-API-KEY", c.opt.Key.text)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		result = "transport"
		return nil, transportFailure(err)
	}
	defer resp.Body.Close()
	body, err = io.ReadAll(io.LimitReader(resp.Body, c.opt.BodyLimit+1))
	if f := c.judge(resp, body, withKey); f != nil {
		result = strconv.Itoa(resp.StatusCode)
		return nil, f
	}
	if err != nil {
		result = "body"
		return nil, transportFailure(err)
	}
	if int64(len(body)) > c.opt.BodyLimit {
		result = "too_large"
		return nil, &failure{what: fmt.Sprintf("answer over %d bytes", c.opt.BodyLimit)}
	}
	return body, nil
}

// judge turns every status but 200 into a failure.
func (c *Client) judge(resp *http.Response, body []byte, withKey bool) *failure {
	code := resp.StatusCode
	f := &failure{what: "status " + strconv.Itoa(code), after: retryAfter(resp.Header.Get("Retry-After"), time.Now())}
	switch {
	case code == http.StatusOK:
		return nil
	case code == http.StatusUnauthorized || code == http.StatusForbidden,
		code == http.StatusTooManyRequests && bytes.Contains(body, []byte(`"blocked"`)):
		if withKey {
			c.m.rejected.Inc()
			c.block(c.opt.AuthPause, true)
			c.log.Error("the Materials Project refuses this key or this machine", "status", code)
		}
		f.auth = true
	case code == http.StatusTooManyRequests:
		f.again = true
	case code == http.StatusBadGateway || code == http.StatusServiceUnavailable || code == http.StatusGatewayTimeout:
		f.ill, f.again = true, true
	case code >= 500 || code >= 300 && code < 400:
		f.ill = true
	}
	return f
}

// retryAfter reads the header's seconds or date; 0 if there is none, if it
// lies in the past or cannot be read. It is at most an hour.
func retryAfter(text string, now time.Time) time.Duration {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return time.Duration(min(max(n, 0), int64(maxRetryAfter/time.Second))) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return min(max(at.Sub(now), 0), maxRetryAfter)
	}
	return 0
}

// transportFailure describes an error of the connection in words of our own:
// the library's text may quote what the upstream sent.
func transportFailure(err error) *failure {
	f := &failure{what: "connection failed", ill: true}
	var (
		dns     *net.DNSError
		netErr  net.Error
		record  tls.RecordHeaderError
		cert    *tls.CertificateVerificationError
		unknown x509.UnknownAuthorityError
	)
	switch {
	case errors.As(err, &cert), errors.As(err, &record), errors.As(err, &unknown):
		f.what = "TLS failed"
	case errors.As(err, &dns):
		f.what = "name not found"
	case errors.Is(err, syscall.ECONNREFUSED):
		f.what = "connection refused"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, gzip.ErrChecksum), errors.Is(err, gzip.ErrHeader):
		f.what, f.again = "connection broke", true
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &netErr) && netErr.Timeout():
		f.what = "no answer in time"
	case errors.Is(err, context.Canceled):
		f.what, f.ill = "given up", false
	}
	return f
}
