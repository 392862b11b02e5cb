package visits

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"zoneaxis/server/internal/hits"
)

const secret = "s3cret-of-the-counter"

// counter is a stand-in: it answers what it is told to, and then 202.
type counter struct {
	mu      sync.Mutex
	answers []string      // "503", "400 {…}", "hang"
	pause   time.Duration // between counting and saying so
	paths   []string
	times   []time.Time
	wrong   []string
}

func (c *counter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	req, faults, err := hits.Decode(r.Body, time.Now())
	c.mu.Lock()
	defer c.mu.Unlock()
	c.times = append(c.times, time.Now())
	if err != nil || len(faults) > 0 || r.URL.Path != "/base"+hits.Path || r.Header.Get("Authorization") != "Bearer "+secret || r.Header.Get("Content-Type") != "application/json" || !req.NoSessions {
		c.wrong = append(c.wrong, fmt.Sprint(r.URL, r.Header, err, faults))
	}
	if len(c.answers) > 0 {
		code, body, _ := strings.Cut(c.answers[0], " ")
		c.answers = c.answers[1:]
		switch code {
		case "hang":
			c.mu.Unlock()
			<-r.Context().Done()
			c.mu.Lock()
		case "307":
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(307)
		default:
			status := 0
			fmt.Sscan(code, &status)
			w.WriteHeader(status)
			io.WriteString(w, body)
		}
		return
	}
	for _, h := range req.Hits {
		c.paths = append(c.paths, h.Path)
	}
	time.Sleep(c.pause)
	w.WriteHeader(http.StatusAccepted)
}

func (c *counter) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.paths)
}

type rig struct {
	*Sender
	counter *counter
	metrics *prometheus.Registry
	log     *bytes.Buffer // read after stop
	stop    func()
}

func newRig(t *testing.T, answers ...string) *rig {
	t.Helper()
	r := &rig{counter: &counter{answers: answers}, metrics: prometheus.NewRegistry(), log: &bytes.Buffer{}}
	server := httptest.NewServer(r.counter)
	t.Cleanup(server.Close)
	base, doubt, err := Base(server.URL + "/base/")
	if err != nil || doubt != "" {
		t.Fatal(err, doubt)
	}
	token, err := NewToken(secret)
	if err != nil {
		t.Fatal(err)
	}
	r.Sender = New(Options{Base: base, Token: token, Log: slog.New(slog.NewTextHandler(r.log, nil)), Metrics: r.metrics,
		Gather: 10 * time.Millisecond, Timeout: 20 * time.Second, Pause: time.Millisecond, Longest: 20 * time.Millisecond})
	r.limiter.SetLimit(1e6)
	return r
}

// run starts the sender; stop ends it and waits.
func (r *rig) run(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); r.Run(ctx, 2*time.Second) }()
	r.stop = sync.OnceFunc(func() { cancel(); <-done })
	t.Cleanup(r.stop)
}

func (r *rig) wait(t *testing.T, n int) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); r.counter.count() < n; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d hits came, want %d", r.counter.count(), n)
		}
	}
}

func (r *rig) hits(t *testing.T, result string) int {
	t.Helper()
	families, err := r.metrics.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.Metric {
			if f.GetName() == "zoneaxis_visits_hits_total" && m.Label[0].GetValue() == result {
				return int(m.Counter.GetValue())
			}
		}
	}
	return 0
}

// TestTroubles: whatever the counter answers, each hit arrives once or is
// counted as refused, and the log says in one sentence what is wrong.
func TestTroubles(t *testing.T) {
	for _, tt := range []struct {
		name          string
		answers       []string
		sent, refused int
		log           string
	}{
		{"well", nil, 3, 0, ""},
		{"ill for a while", []string{"503", "500", "429"}, 3, 0, "it answers 503"},
		{"slow", []string{"hang"}, 3, 0, "it does not answer"},
		{"another token for a while", []string{"401", "403"}, 3, 0, "it refuses the token (401)"},
		{"moved", []string{"307", "404"}, 3, 0, "it answers 307"},
		{"one wrong hit", []string{`400 {"errors":{"1":"path: too odd"}}`}, 2, 1, "path: too odd"},
		{"all wrong", []string{`400 {"error":"no hits"}`}, 0, 3, "no hits"},
		{"no counter", []string{"400 <html>"}, 0, 3, "without a reason"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, tt.answers...)
			if tt.name == "slow" {
				r.http.Timeout = 300 * time.Millisecond
			}
			for _, p := range []string{"/a", "/b", "/c"} {
				r.Count(hits.Hit{Path: p})
			}
			r.run(t)
			if tt.refused == 0 {
				r.wait(t, 3)
			}
			for deadline := time.Now().Add(5 * time.Second); r.hits(t, "sent")+r.hits(t, "refused") < 3 && time.Now().Before(deadline); {
				time.Sleep(5 * time.Millisecond)
			}
			r.stop()
			if sent, refused, dropped := r.hits(t, "sent"), r.hits(t, "refused"), r.hits(t, "dropped"); sent != tt.sent || refused != tt.refused || dropped != 0 {
				t.Errorf("sent %d, refused %d, dropped %d", sent, refused, dropped)
			}
			if log := r.log.String(); !strings.Contains(log, tt.log) || strings.Count(log, "WARN") > 1 || strings.Contains(log, secret) {
				t.Errorf("the log: %s", log)
			}
			if len(r.counter.wrong) > 0 {
				t.Error(r.counter.wrong)
			}
		})
	}
}

// TestQueue: many count at one time while the counter is away; nobody waits, the
// queue is bounded, what does not fit is counted, and the rest arrives in requests
// of at most 500 when the counter is back. A hit comes twice only where an answer
// of the counter was lost, and the log says so.
func TestQueue(t *testing.T) {
	r := newRig(t)
	r.opt.Gather = time.Hour // the queue fills whole requests
	const each = 1500
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for i := range each {
				r.Count(hits.Hit{Path: fmt.Sprintf("/%d/%d", w, i)})
			}
		})
	}
	wg.Wait()
	if queued, dropped := r.hits(t, "queued"), r.hits(t, "dropped"); queued != QueueSize || dropped != 8*each-QueueSize {
		t.Fatalf("%d queued, %d dropped", queued, dropped)
	}
	r.run(t)
	for deadline := time.Now().Add(10 * time.Second); r.hits(t, "sent") < QueueSize && time.Now().Before(deadline); {
		time.Sleep(5 * time.Millisecond)
	}
	r.stop()
	paths := slices.Clone(r.counter.paths)
	slices.Sort(paths)
	twice := strings.Count(r.log.String(), "does not answer")
	if n := len(slices.Compact(paths)); n != QueueSize || r.hits(t, "sent") != QueueSize || len(r.counter.wrong) > 0 {
		t.Errorf("%d different hits came, %d sent, %v; the log: %s", n, r.hits(t, "sent"), r.counter.wrong, r.log)
	}
	if n := len(r.counter.times); n != QueueSize/hits.MaxHits+twice || twice > 1 {
		t.Errorf("%d requests with %d hits; the log: %s", n, r.counter.count(), r.log)
	}
}

// TestEndUnderWay: a request that the counter is just answering when the end comes
// is not sent again.
func TestEndUnderWay(t *testing.T) {
	r := newRig(t)
	r.counter.pause = 100 * time.Millisecond
	r.run(t)
	r.Count(hits.Hit{Path: "/once"})
	for deadline := time.Now().Add(5 * time.Second); len(r.queue) > 0 && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(50 * time.Millisecond) // gathered and sent, not answered
	r.stop()
	if n := len(r.counter.times); n != 1 || r.counter.count() != 1 || r.hits(t, "sent") != 1 {
		t.Errorf("%d requests, %d counted, %d sent", n, r.counter.count(), r.hits(t, "sent"))
	}
}

// TestEnd: what waits is handed on at the end; what nobody takes is counted.
func TestEnd(t *testing.T) {
	r := newRig(t)
	r.opt.Gather = time.Hour
	r.run(t)
	for range 700 {
		r.Count(hits.Hit{Path: "/last"})
	}
	r.stop()
	if r.counter.count() != 700 {
		t.Errorf("%d of 700 arrived at the end", r.counter.count())
	}
	away := newRig(t, "503", "503", "503", "503", "503", "503", "503", "503", "503", "503", "503", "503", "503", "503", "503", "503", "503", "503", "503", "503")
	away.opt.Pause, away.opt.Longest = time.Hour, time.Hour
	away.run(t)
	for range 3 {
		away.Count(hits.Hit{Path: "/lost"})
	}
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		away.counter.mu.Lock()
		asked := len(away.counter.times)
		away.counter.mu.Unlock()
		if asked > 0 {
			break
		}
	}
	away.stop()
	if away.hits(t, "dropped") != 3 || !strings.Contains(away.log.String(), "were not counted") {
		t.Errorf("dropped %d: %s", away.hits(t, "dropped"), away.log)
	}
}

// TestManners: not more than 4 requests a second, in any second.
func TestManners(t *testing.T) {
	r := newRig(t)
	if limit, burst := float64(r.limiter.Limit()), r.limiter.Burst(); burst != 1 || New(Options{Base: r.opt.Base}).limiter.Limit()+1 > hits.PerSecond || limit < 1 {
		t.Errorf("limit %v, burst %d", limit, burst)
	}
}

// TestVisitors: one visitor is the same all day and another one tomorrow, and
// the salt of yesterday is gone.
func TestVisitors(t *testing.T) {
	now := time.Date(2026, 3, 1, 23, 59, 59, 0, time.UTC)
	v := &Visitors{now: func() time.Time { return now }}
	a := v.Session("192.0.2.1", "Mozilla/5.0")
	if len(a) != 32 || v.Session("192.0.2.1", "Mozilla/5.0") != a || v.Session("192.0.2.2", "Mozilla/5.0") == a || v.Session("192.0.2.1", "Mozilla/6.0") == a {
		t.Error("visitors are not told apart")
	}
	if (&Visitors{now: v.now}).Session("192.0.2.1", "Mozilla/5.0") == a {
		t.Error("another program has the same salt")
	}
	salt := v.salt
	now = now.Add(time.Second)
	if v.Session("192.0.2.1", "Mozilla/5.0") == a || v.salt == salt {
		t.Error("a visitor is the same on the next day")
	}
	// Nobody comes: the timer does it.
	v.now = func() time.Time { return time.Unix(86400*20000-1, 990e6).UTC() }
	v.Session("192.0.2.1", "Mozilla/5.0")
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		v.mu.Lock()
		gone := v.salt == [32]byte{}
		v.mu.Unlock()
		if gone {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the salt outlives its day")
		}
	}
}

// TestBots: robots and programs, and what people read with.
func TestBots(t *testing.T) {
	for agent, want := range map[string]bool{
		"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36":                                   false,
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:130.0) Gecko/20100101 Firefox/130.0":                                                    false,
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1": false,
		"Mozilla/5.0 (Linux; Android 14; Cubot X70) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36":                 false,
		"Lynx/2.9.0 libwww-FM/2.14 SSL-MM/1.4.1": false,
		"":                                       true,
		"curl/8.5.0":                             true,
		"Go-http-client/1.1":                     true,
		"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/130.0.0.0 Safari/537.36": true,
		"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)":                                      true,
		"Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)":        true,
		"Mozilla/5.0 (compatible; Yahoo! Slurp; http://help.yahoo.com/help/us/ysearch/slurp)":                           true,
	} {
		if got := IsBot(agent); got != want {
			t.Errorf("%q: %v", agent, got)
		}
	}
}

// TestSettings: addresses and tokens, and that a token is never printed.
func TestSettings(t *testing.T) {
	for text, want := range map[string]string{
		"https://visits.example.org": "", "http://tally:8090": "", "http://localhost:8090/": "", "http://[::1]:1/x": "", "http://10.1.2.3": "",
		"http://visits.example.org": "in clear", "visits.example.org": "expected", "ftp://x": "expected", "https://": "expected", "https://a@x": "expected", "https://x?y": "expected", "https://x y": "expected",
	} {
		_, doubt, err := Base(text)
		if got := doubt + fmt.Sprint(err); !strings.Contains(got, want) || want == "" && got != "<nil>" {
			t.Errorf("%s: %s", text, got)
		}
	}
	for _, text := range []string{"", "two words", "é", "line\n", strings.Repeat("x", 513)} {
		if _, err := NewToken(text); err == nil {
			t.Errorf("the token %.20q is taken", text)
		}
	}
	token, err := NewToken(secret)
	data, jsonErr := json.Marshal(map[string]any{"t": token})
	if all := fmt.Sprintf("%v %+v %#v %s %x %s", token, token, Options{Token: token}, token, token, data); err != nil || jsonErr != nil || strings.Contains(all, secret) {
		t.Errorf("%v %v %s", err, jsonErr, all)
	}
}
