// Package visits hands what the site counts on to a counter of visits, in the
// background and in GoatCounter's public format (server/internal/hits).
//
// Nobody waits for the counter: hits stand in a queue of [QueueSize], and what
// does not fit is dropped and counted. While the counter is away or refuses, the
// hits of one request are tried again, less and less often, and carry the time
// at which they happened. An answer that is lost on its way may make it count
// them twice; nothing that was promised is lost.
package visits

import (
	"bytes"
	"context"
	"encoding/json"
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
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/time/rate"

	"zoneaxis/server/internal/hits"
)

const (
	// QueueSize is how many hits wait at most: some 3 MB.
	QueueSize = 10_000
	// maxAnswer bounds what is read of an answer, bytes: a sentence for each hit.
	maxAnswer = 1 << 20
)

// Token is the secret that opens the counter. Whatever prints, logs or encodes
// it writes "[redacted]".
type Token struct{ text string }

// NewToken checks a token: visible ASCII characters, which a header can carry.
func NewToken(text string) (Token, error) {
	if err := hits.CheckToken(text, 1); err != nil {
		return Token{}, err
	}
	return Token{text}, nil
}

// Set reports whether there is a token.
func (t Token) Set() bool { return t.text != "" }

// Format writes "[redacted]", or nothing without a token, for every verb.
func (t Token) Format(f fmt.State, _ rune) {
	if t.Set() {
		io.WriteString(f, "[redacted]")
	}
}

// LogValue returns what Format writes.
func (t Token) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(t)) }

// MarshalText returns what Format writes; JSON uses it as well.
func (t Token) MarshalText() ([]byte, error) { return []byte(fmt.Sprint(t)), nil }

// Base reads the base address of a counter. doubt is a sentence about a token
// that would travel in clear, or "".
func Base(text string) (base *url.URL, doubt string, err error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return nil, "", errors.New("expected the address of a counter, such as https://visits.example.org")
	}
	u.Path = strings.TrimSuffix(u.Path, "/")
	if u.Scheme == "http" && !near(u.Hostname()) {
		doubt = "the token of the counter of visits travels in clear: VISITS_URL should begin with https"
	}
	return u, doubt, nil
}

// near reports whether a host is of this machine or a private network. Names
// without a dot are those of containers.
func near(host string) bool {
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return !strings.Contains(host, ".")
	}
	return ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast()
}

// Options configure a Sender. The zero value of a time means the default in
// brackets.
type Options struct {
	Base    *url.URL // of the counter
	Token   Token
	Log     *slog.Logger // [slog.Default]
	Metrics prometheus.Registerer
	Gather  time.Duration // how long hits are gathered for one request [2 s]
	Timeout time.Duration // of one request [10 s]
	Pause   time.Duration // first pause after a failure [1 s]
	Longest time.Duration // longest pause [1 min]
}

// Sender hands hits on. It is safe for concurrent use.
type Sender struct {
	opt     Options
	queue   chan hits.Hit
	http    *http.Client
	limiter *rate.Limiter
	log     *slog.Logger
	m       *metrics
	failing bool // only Run touches it
}

type metrics struct {
	hits     *prometheus.CounterVec
	requests *prometheus.CounterVec
}

// New returns a sender. Nothing is sent before Run.
func New(opt Options) *Sender {
	orElse := func(d *time.Duration, fallback time.Duration) {
		if *d == 0 {
			*d = fallback
		}
	}
	orElse(&opt.Gather, 2*time.Second)
	orElse(&opt.Timeout, 10*time.Second)
	orElse(&opt.Pause, time.Second)
	orElse(&opt.Longest, time.Minute)
	s := &Sender{
		opt: opt, queue: make(chan hits.Hit, QueueSize), log: opt.Log,
		// One below what the counter takes: its clock is not ours.
		limiter: rate.NewLimiter(hits.PerSecond-1, 1),
		http: &http.Client{
			Timeout: opt.Timeout,
			Transport: &http.Transport{
				Proxy: http.ProxyFromEnvironment, DialContext: (&net.Dialer{Timeout: 3 * time.Second}).DialContext,
				TLSHandshakeTimeout: 3 * time.Second, MaxIdleConns: 1, IdleConnTimeout: time.Minute, ForceAttemptHTTP2: true,
			},
			// The token stays with the host that it belongs to.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	if s.log == nil {
		s.log = slog.Default()
	}
	s.m = &metrics{
		hits:     prometheus.NewCounterVec(prometheus.CounterOpts{Name: "zoneaxis_visits_hits_total", Help: "Views and events for the counter of visits: queued, sent, dropped, refused."}, []string{"result"}),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "zoneaxis_visits_requests_total", Help: "Requests to the counter of visits by status; 0 for no answer."}, []string{"code"}),
	}
	if opt.Metrics != nil {
		opt.Metrics.MustRegister(s.m.hits, s.m.requests, prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "zoneaxis_visits_waiting", Help: "Hits that wait for the counter of visits.",
		}, func() float64 { return float64(len(s.queue)) }))
	}
	return s
}

// Count queues a hit. It never waits: where the queue is full the hit is dropped.
func (s *Sender) Count(h hits.Hit) {
	if h.CreatedAt.IsZero() {
		h.CreatedAt = time.Now().UTC().Truncate(time.Millisecond)
	}
	select {
	case s.queue <- h:
		s.m.hits.WithLabelValues("queued").Inc()
	default:
		s.m.hits.WithLabelValues("dropped").Inc()
	}
}

// Run hands hits on until ctx ends. What waits then is tried once more for as
// long as last says, and dropped if the counter does not take it.
func (s *Sender) Run(ctx context.Context, last time.Duration) {
	// A request under way when ctx ends still gets its answer: sent anew, its hits
	// would count twice.
	requests, done := context.WithCancel(context.WithoutCancel(ctx))
	defer done()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(last, done) })()
	batch := make([]hits.Hit, 0, hits.MaxHits)
	for s.gather(ctx, &batch) {
		if batch = s.deliver(ctx, requests, batch); len(batch) > 0 {
			break // ended meanwhile
		}
	}
	for s.take(&batch); len(batch) > 0; s.take(&batch) {
		if _, err := s.post(requests, batch); err != nil {
			break
		}
		batch = batch[:0]
	}
	if lost := len(batch) + len(s.queue); lost > 0 {
		s.m.hits.WithLabelValues("dropped").Add(float64(lost))
		s.log.Warn("visits were not counted: the counter did not take them before the end", "hits", lost)
	}
	s.http.CloseIdleConnections()
}

// gather waits for a hit and then a little for others. false: ctx has ended, and
// batch may have hits.
func (s *Sender) gather(ctx context.Context, batch *[]hits.Hit) bool {
	select {
	case h := <-s.queue:
		*batch = append(*batch, h)
	case <-ctx.Done():
		return false
	}
	enough := time.NewTimer(s.opt.Gather)
	defer enough.Stop()
	for len(*batch) < hits.MaxHits {
		select {
		case h := <-s.queue:
			*batch = append(*batch, h)
		case <-enough.C:
			return true
		case <-ctx.Done():
			return false
		}
	}
	return true
}

// take fills a batch with what waits.
func (s *Sender) take(batch *[]hits.Hit) {
	for len(*batch) < hits.MaxHits {
		select {
		case h := <-s.queue:
			*batch = append(*batch, h)
		default:
			return
		}
	}
}

// deliver sends a batch until the counter has taken it, and returns the empty
// batch; or the whole one if ctx has ended. Its requests end with requests.
func (s *Sender) deliver(ctx, requests context.Context, batch []hits.Hit) []hits.Hit {
	pause := backoff.NewExponentialBackOff()
	pause.InitialInterval, pause.MaxInterval = s.opt.Pause, s.opt.Longest
	for {
		after, err := s.post(requests, batch)
		if err == nil {
			if s.failing {
				s.failing = false
				s.log.Info("visits are counted again")
			}
			return batch[:0]
		}
		if ctx.Err() != nil {
			return batch
		}
		if !s.failing {
			s.failing = true
			s.log.Warn("visits wait, since the counter does not take them: "+err.Error(), "counter", s.opt.Base.Host)
		}
		wait := time.NewTimer(max(pause.NextBackOff(), after))
		select {
		case <-wait.C:
		case <-ctx.Done():
			wait.Stop()
			return batch
		}
	}
}

// post sends a batch once. A nil error means that nothing of it is to be sent
// again: it was counted, or single hits or all of them are refused for good.
// after is how long the counter wants to be left alone.
func (s *Sender) post(ctx context.Context, batch []hits.Hit) (after time.Duration, err error) {
	if err := s.limiter.Wait(ctx); err != nil {
		return 0, err
	}
	body, err := json.Marshal(hits.Request{NoSessions: true, Filter: []string{}, Hits: batch})
	if err != nil {
		return 0, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.opt.Base.String()+hits.Path, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Authorization", "Bearer "+s.opt.Token.text)
	req.Header.Set("Content-Type", "application/json")
	resp, err := s.http.Do(req)
	if err != nil {
		s.m.requests.WithLabelValues("0").Inc()
		return 0, errors.New("it does not answer: " + unwrapped(err).Error())
	}
	defer resp.Body.Close()
	s.m.requests.WithLabelValues(strconv.Itoa(resp.StatusCode)).Inc()
	said, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	switch code := resp.StatusCode; {
	case code >= 200 && code < 300:
		s.m.hits.WithLabelValues("sent").Add(float64(len(batch)))
		return 0, nil
	case code == http.StatusBadRequest && err == nil:
		s.refused(batch, said)
		return 0, nil
	case code == http.StatusUnauthorized, code == http.StatusForbidden:
		return s.opt.Longest, fmt.Errorf("it refuses the token (%d)", code)
	default:
		return pauseAsked(resp.Header, s.opt.Longest), fmt.Errorf("it answers %d", code)
	}
}

// refused notes what the counter finds wrong; hits that it does not name have
// been counted.
func (s *Sender) refused(batch []hits.Hit, said []byte) {
	var answer struct {
		Error  string            `json:"error"`
		Errors map[string]string `json:"errors"`
	}
	bad, why := len(batch), "without a reason"
	if json.Unmarshal(said, &answer) == nil {
		if answer.Error != "" {
			why = answer.Error
		}
		if len(answer.Errors) > 0 {
			bad = min(bad, len(answer.Errors))
			for _, why = range answer.Errors {
				break
			}
		}
	}
	s.m.hits.WithLabelValues("refused").Add(float64(bad))
	s.m.hits.WithLabelValues("sent").Add(float64(len(batch) - bad))
	s.log.Warn("the counter of visits refuses hits", "hits", bad, "reason", fmt.Sprintf("%.200s", why))
}

// pauseAsked is how long a counter wants to be left alone, at most as long as
// longest.
func pauseAsked(h http.Header, longest time.Duration) time.Duration {
	for _, name := range []string{"Retry-After", "X-Rate-Limit-Reset"} {
		if n, err := strconv.Atoi(h.Get(name)); err == nil && n > 0 {
			return min(time.Duration(min(n, 3600))*time.Second, longest)
		}
	}
	return 0
}

// unwrapped is an error of the client without the address, which may hold what
// is not for the log.
func unwrapped(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}
