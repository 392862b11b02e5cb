package mp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"zoneaxis/server/mp/mpfake"
)

const silicon = 149

// structureOf edits the structure inside a document.
func structureOf(edit func(structure map[string]any)) mpfake.Fault {
	return mpfake.Change(func(doc map[string]any) { edit(doc["structure"].(map[string]any)) })
}

func firstSite(edit func(site map[string]any)) mpfake.Fault {
	return structureOf(func(s map[string]any) { edit(s["sites"].([]any)[0].(map[string]any)) })
}

func matrix(rows ...[]any) mpfake.Fault {
	return structureOf(func(s map[string]any) {
		m := make([]any, len(rows))
		for i, r := range rows {
			m[i] = r
		}
		s["lattice"].(map[string]any)["matrix"] = m
	})
}

// TestFaults runs the client against every fault of the stand-in. calls is the
// number of requests the upstream may see.
func TestFaults(t *testing.T) {
	forever := mpfake.Forever
	type faults = []mpfake.Fault
	date := func(d time.Duration) string { return time.Now().Add(d).UTC().Format(http.TimeFormat) }
	tests := []struct {
		name   string
		script faults
		want   error // nil: the structure comes
		calls  int
		edit   func(*Options)
	}{
		{"honest", nil, nil, 1, nil},
		{"slow header", faults{mpfake.Delay(100 * time.Millisecond)}, nil, 1, nil},
		{"header never comes", faults{forever(mpfake.Delay(time.Hour))}, ErrUpstream, 1, func(o *Options) { o.Total = time.Second }},
		{"header too late", faults{forever(mpfake.Delay(time.Hour))}, ErrUpstream, 1, func(o *Options) { o.Header = 100 * time.Millisecond }},
		{"dripping body", faults{forever(mpfake.Drip(50 * time.Millisecond))}, ErrUpstream, 1, func(o *Options) { o.Total = time.Second }},

		{"429 with seconds", faults{mpfake.Limited("1")}, nil, 2, nil},
		{"429 with a date", faults{mpfake.Limited(date(2 * time.Second))}, nil, 2, nil},
		{"429 with a date long ago", faults{mpfake.Limited("Mon, 02 Jan 2006 15:04:05 GMT")}, nil, 2, nil},
		{"429 without", faults{mpfake.Limited("")}, nil, 2, nil},
		{"429 absurd", faults{forever(mpfake.Limited("1000000000"))}, &BusyError{}, 1, nil},
		{"429 beyond any number", faults{mpfake.Limited("99999999999999999999999")}, nil, 2, nil},
		{"429 negative", faults{mpfake.Limited("-5")}, nil, 2, nil},
		{"429 no number", faults{mpfake.Limited("soon")}, nil, 2, nil},
		{"429 longer than we wait", faults{forever(mpfake.Limited("20"))}, &BusyError{}, 1, nil},
		{"429 for ever", faults{forever(mpfake.Limited(""))}, ErrUpstream, 3, nil},
		{"blocked", faults{forever(mpfake.Status(429, `{"error":"Your IP has been (temporarily) blocked","version":"blocked"}`))}, ErrRefused, 1, nil},

		{"500", faults{forever(mpfake.Status(500, "Internal Server Error"))}, ErrUpstream, 1, nil},
		{"502 twice", faults{mpfake.Status(502, "{}"), mpfake.Status(502, "{}")}, nil, 3, nil},
		{"503 twice", faults{mpfake.Status(503, "{}"), mpfake.Status(503, "{}")}, nil, 3, nil},
		{"504 for ever", faults{forever(mpfake.Status(504, `{"detail":"Server error: time limit"}`))}, ErrUpstream, 3, nil},
		{"400", faults{forever(mpfake.Status(400, `{"detail":"no"}`))}, ErrUpstream, 1, nil},
		{"422", faults{forever(mpfake.Status(422, `{"detail":[{"loc":["query"],"msg":"no","type":"t"}]}`))}, ErrUpstream, 1, nil},
		{"404", faults{forever(mpfake.Status(404, `{"message":"no Route matched with those values"}`))}, ErrUpstream, 1, nil},
		{"401", faults{forever(mpfake.Status(401, `{"message":"Unauthorized"}`))}, ErrRefused, 1, nil},
		{"403", faults{forever(mpfake.Status(403, `{"message":"user agent"}`))}, ErrRefused, 1, nil},

		{"HTML", faults{forever(mpfake.Body("text/html", "<!doctype html><title>Sign in</title>"))}, ErrUpstream, 1, nil},
		{"empty", faults{forever(mpfake.Body("application/json", ""))}, ErrUpstream, 1, nil},
		{"204", faults{forever(mpfake.Status(204, ""))}, ErrUpstream, 1, nil},
		{"wrong length", faults{mpfake.WrongLength()}, nil, 2, nil},
		{"wrong length for ever", faults{forever(mpfake.WrongLength())}, ErrUpstream, 3, nil},
		{"gzip cut", faults{mpfake.GzipCut()}, nil, 2, nil},
		{"gzip bomb", faults{forever(mpfake.GzipBomb(64 << 20))}, ErrUpstream, 1, nil},
		{"20 MB", faults{forever(mpfake.Huge(20 << 20))}, ErrUpstream, 1, nil},
		{"NaN", faults{forever(mpfake.Replace(`"abc":[0.25`, `"abc":[NaN`))}, ErrUpstream, 1, nil},
		{"Infinity", faults{forever(mpfake.Replace(`"abc":[0.25`, `"abc":[-Infinity`))}, ErrUpstream, 1, nil},
		{"1e999", faults{forever(mpfake.Replace(`"abc":[0.25`, `"abc":[1e999`))}, ErrUnusable, 1, nil},
		{"deep nesting", faults{forever(mpfake.Body("application/json", `{"data":`+strings.Repeat("[", 200_000)))}, ErrUpstream, 1, nil},
		{"deep document", faults{forever(mpfake.Replace(`"charge":0`, `"charge":`+strings.Repeat("[", 500)+strings.Repeat("]", 500)))}, ErrUnusable, 1, nil},

		{"another material", faults{forever(mpfake.Change(func(d map[string]any) { d["material_id"] = "mp-aaaaaabe" }))}, ErrUpstream, 1, nil},
		{"two documents", faults{forever(mpfake.ChangeAnswer(func(a map[string]any) { l := a["data"].([]any); a["data"] = append(l, l[0]) }))}, ErrUpstream, 1, nil},
		{"data null", faults{forever(mpfake.ChangeAnswer(func(a map[string]any) { a["data"] = nil }))}, ErrUpstream, 1, nil},
		{"data missing", faults{forever(mpfake.ChangeAnswer(func(a map[string]any) { delete(a, "data") }))}, ErrUpstream, 1, nil},
		{"data an object", faults{forever(mpfake.ChangeAnswer(func(a map[string]any) { a["data"] = map[string]any{} }))}, ErrUpstream, 1, nil},
		{"meta missing", faults{mpfake.ChangeAnswer(func(a map[string]any) { delete(a, "meta") })}, nil, 1, nil},
		{"fields ignored once", faults{mpfake.Change(onlyID)}, nil, 2, nil},
		{"fields ignored for ever", faults{forever(mpfake.Change(onlyID))}, ErrUpstream, 2, nil},
		{"structure null", faults{forever(mpfake.Change(func(d map[string]any) { d["structure"] = nil }))}, ErrUpstream, 2, nil},

		{"flat cell", faults{forever(matrix([]any{1, 0, 0}, []any{0, 1, 0}, []any{1, 1, 0}))}, ErrUnusable, 1, nil},
		{"left-handed cell", faults{matrix([]any{0, 2.7, 2.7}, []any{2.7, 2.7, 0}, []any{2.7, 0, 2.7})}, nil, 1, nil},
		{"no coordinates", faults{forever(firstSite(func(s map[string]any) { delete(s, "abc"); delete(s, "xyz") }))}, ErrUnusable, 1, nil},
		{"abc missing, xyz there", faults{firstSite(func(s map[string]any) { delete(s, "abc") })}, nil, 1, nil},
		{"no sites", faults{forever(structureOf(func(s map[string]any) { s["sites"] = []any{} }))}, ErrUnusable, 1, nil},
		{"444 sites", faults{structureOf(func(s map[string]any) { s["sites"] = grid(444) })}, nil, 1, nil},
		{"501 sites", faults{forever(structureOf(func(s map[string]any) { s["sites"] = grid(501) }))}, ErrUnusable, 1, nil},
		{"partial occupancy", faults{firstSite(func(s map[string]any) {
			s["species"] = []any{map[string]any{"element": "Si", "occu": 0.5}, map[string]any{"element": "Ge", "occu": 0.5}}
		})}, nil, 1, nil},
		{"oxidation state", faults{firstSite(func(s map[string]any) {
			s["species"] = []any{map[string]any{"element": "Si", "occu": 1, "oxidation_state": 4}}
		})}, nil, 1, nil},
		{"deuterium", faults{firstSite(func(s map[string]any) { s["species"] = []any{map[string]any{"element": "D", "occu": 1}} })}, nil, 1, nil},
		{"dummy atom", faults{forever(firstSite(func(s map[string]any) { s["species"] = []any{map[string]any{"element": "X", "occu": 1}} }))}, ErrUnusable, 1, nil},
		{"old shape", faults{structureOf(func(s map[string]any) {
			delete(s["lattice"].(map[string]any), "pbc")
			delete(s, "properties")
			for _, site := range s["sites"].([]any) {
				delete(site.(map[string]any), "label")
				delete(site.(map[string]any), "properties")
			}
		})}, nil, 1, nil},
		{"coordinates outside the cell", faults{firstSite(func(s map[string]any) { s["abc"] = []any{1.25, -0.75, 0.25} })}, nil, 1, nil},
		{"coordinates -0 and 1", faults{mpfake.Replace(`"abc":[0,0,0]`, `"abc":[-0.0,1.0,0]`)}, nil, 1, nil},

		{"licence NC", faults{forever(licensed("BY-NC"))}, ErrLicence, 1, nil},
		{"licence unknown", faults{forever(licensed(nil))}, ErrLicence, 1, nil},
		{"no builder_meta", faults{forever(mpfake.Change(func(d map[string]any) { delete(d, "builder_meta") }))}, ErrLicence, 1, nil},

		{"reset before the header", faults{mpfake.Reset(-1)}, nil, 2, nil},
		{"reset after the header", faults{mpfake.Reset(0)}, nil, 2, nil},
		{"reset in the body", faults{mpfake.Reset(300)}, nil, 2, nil},
		{"reset for ever", faults{forever(mpfake.Reset(300))}, ErrUpstream, 3, nil},
		{"key echoed", faults{forever(mpfake.EchoKey(500))}, ErrUpstream, 1, nil},
		{"key echoed, 401", faults{forever(mpfake.EchoKey(401))}, ErrRefused, 1, nil},
		{"key echoed, 200", faults{forever(mpfake.EchoKey(200))}, ErrUpstream, 1, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, tt.edit)
			c := r.cache(t, nil)
			c.db = "2026.04.13" // no heartbeat in these counts
			r.fake.Script(silicon, tt.script...)
			began := time.Now()
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			doc, err := func() (any, error) {
				ctx, cancel := context.WithTimeout(ctx, r.client.opt.Total)
				defer cancel()
				return r.client.Structure(ctx, silicon, "2026.04.13")
			}()
			var busy *BusyError
			switch {
			case tt.want == nil && err != nil:
				t.Errorf("got %v, want the structure", err)
			case tt.want == nil && doc == nil:
				t.Error("got neither structure nor error")
			case tt.want != nil && err == nil:
				t.Errorf("got a structure, want %v", tt.want)
			case tt.want == nil:
			case errors.As(tt.want, &busy):
				if !errors.As(err, &busy) || busy.After < 10*time.Second || busy.After > maxRetryAfter {
					t.Errorf("got %v, want to be sent away for a while", err)
				}
			case !errors.Is(err, tt.want):
				t.Errorf("got %v, want %v", err, tt.want)
			}
			if err != nil && strings.Contains(err.Error(), testKey) {
				t.Errorf("the key is in the error %q", err)
			}
			if n := r.fake.Count(silicon); n != tt.calls {
				t.Errorf("upstream saw %d requests, want %d", n, tt.calls)
			}
			// Five seconds are for a busy machine; the faults last for ever.
			if took := time.Since(began); took > r.client.opt.Total+5*time.Second {
				t.Errorf("took %v", took)
			}
			for _, q := range r.fake.Requests() {
				if strings.Contains(q.Query, testKey) || q.Header.Get("X-API-KEY") != testKey {
					t.Errorf("request %s?%s with headers %v: the key belongs into its header", q.Path, q.Query, q.Header)
				}
			}
		})
	}
}

func onlyID(doc map[string]any) {
	for k := range doc {
		if k != "material_id" {
			delete(doc, k)
		}
	}
}

func licensed(name any) mpfake.Fault {
	return mpfake.Change(func(d map[string]any) { d["builder_meta"].(map[string]any)["license"] = name })
}

// grid returns n sites that are well apart in fractions of the cell.
func grid(n int) []any {
	var sites []any
	for i := range n {
		sites = append(sites, map[string]any{
			"species": []any{map[string]any{"element": "Si", "occu": 1}}, "label": "Si",
			"abc": []any{float64(i%8) / 8, float64(i/8%8) / 8, float64(i/64) / 8},
		})
	}
	return sites
}

// TestEveryCut cuts an honest answer at every byte: never a structure, never a
// panic.
func TestEveryCut(t *testing.T) {
	r := newRig(t, func(o *Options) { o.BreakAfter = 1 << 30 })
	whole := mpfakeAnswer(t, r)
	for k := range len(whole) {
		r.fake.Script(silicon, mpfake.CutAt(k))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		_, err := r.client.Structure(ctx, silicon, "2026.04.13")
		cancel()
		if !errors.Is(err, ErrUpstream) {
			t.Fatalf("cut at %d of %d: got %v, want ErrUpstream", k, len(whole), err)
		}
	}
}

func mpfakeAnswer(t *testing.T, r *rig) []byte {
	t.Helper()
	var body []byte
	err := r.client.call(t.Context(), "/materials/summary/", map[string][]string{
		"material_ids": {"mp-149"}, "_fields": {summaryFields}}, func(b []byte) error { body = b; return nil })
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// TestDocument checks what our document says about a material.
func TestDocument(t *testing.T) {
	r := newRig(t, nil)
	r.fake.Move(777, silicon)
	tests := []struct {
		name       string
		id, wantID int
		deprecated bool
		calls      int // upstream requests of any kind
		err        error
	}{
		{"plain", silicon, silicon, false, 1, nil},
		{"deprecated", 999, 999, true, 2, nil},
		{"moved", 777, silicon, false, 4, nil},
		{"unknown", 999999, 0, false, 3, ErrUnknown},
		{"not ours to pass on", 3400000, 0, false, 1, ErrLicence},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before := len(r.fake.Requests())
			doc, err := r.client.Structure(t.Context(), tt.id, "2026.04.13")
			if !errors.Is(err, tt.err) {
				t.Fatalf("got error %v, want %v", err, tt.err)
			}
			if n := len(r.fake.Requests()) - before; n != tt.calls {
				t.Errorf("made %d requests, want %d", n, tt.calls)
			}
			if err != nil {
				return
			}
			if doc.ID != tt.wantID || doc.Deprecated != tt.deprecated || doc.License != "BY-C" || doc.Database != "2026.04.13" {
				t.Errorf("got %+v", doc)
			}
			if _, err := time.Parse(time.RFC3339, doc.Fetched); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestRedirect sees that the key stays with its host.
func TestRedirect(t *testing.T) {
	var visited atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { visited.Add(1) }))
	defer other.Close()
	for _, code := range []int{301, 302, 303, 307, 308} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			r := newRig(t, nil)
			r.fake.Script(silicon, mpfake.Forever(mpfake.Redirect(code, other.URL+"/steal")))
			if _, err := r.client.Structure(t.Context(), silicon, "2026.04.13"); !errors.Is(err, ErrUpstream) {
				t.Errorf("got %v, want ErrUpstream", err)
			}
		})
	}
	if n := visited.Load(); n != 0 {
		t.Errorf("the other host was visited %d times", n)
	}
}

// TestConnections covers what goes wrong before HTTP.
func TestConnections(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	secure := httptest.NewUnstartedServer(http.NotFoundHandler()) // by an authority nobody knows
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	defer secure.Close()
	tests := []struct{ name, base, want string }{
		{"refused", "http://" + closed.Addr().String(), "connection refused"},
		{"unknown authority", secure.URL, "TLS failed"},
		{"plain where TLS is expected", "https" + strings.TrimPrefix(newRig(t, nil).server.URL, "http"), "connection failed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t, func(o *Options) { o.BaseURL = tt.base })
			_, err := r.client.Structure(t.Context(), silicon, "2026.04.13")
			if !errors.Is(err, ErrUpstream) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
	if f := transportFailure(&net.DNSError{Name: "x", Err: "no such host"}); f.what != "name not found" {
		t.Errorf("DNS error: got %q", f.what)
	}
}

// TestBreaker sees that an upstream that fails is left alone, and asked again
// after a while.
func TestBreaker(t *testing.T) {
	r := newRig(t, func(o *Options) { o.BreakFor = 300 * time.Millisecond })
	r.fake.Script(silicon, mpfake.Forever(mpfake.Status(500, "")))
	for range 50 {
		if _, err := r.client.Structure(t.Context(), silicon, "2026.04.13"); err == nil {
			t.Fatal("got a structure from a broken upstream")
		}
	}
	if n := r.fake.Count(silicon); n != 5 {
		t.Errorf("50 calls made %d requests, want 5 before the breaker opens", n)
	}
	var busy *BusyError
	if _, err := r.client.Structure(t.Context(), silicon, "2026.04.13"); !errors.As(err, &busy) {
		t.Errorf("got %v, want BusyError", err)
	}
	r.fake.Script(silicon)
	time.Sleep(350 * time.Millisecond)
	if _, err := r.client.Structure(t.Context(), silicon, "2026.04.13"); err != nil {
		t.Errorf("after the pause: %v", err)
	}
}

// TestPauses sees that nothing is asked while the upstream wants to be left
// alone, or refuses the key.
func TestPauses(t *testing.T) {
	for _, fault := range []mpfake.Fault{mpfake.Limited("40"), mpfake.Status(403, "{}")} {
		r := newRig(t, nil)
		r.fake.Script(silicon, fault)
		for range 10 {
			if _, err := r.client.Structure(t.Context(), silicon, "2026.04.13"); err == nil {
				t.Error("got a structure")
			}
		}
		if n := r.fake.Count(silicon); n != 1 {
			t.Errorf("%d requests, want 1", n)
		}
	}
}

// TestBudget asks for many materials at once and measures what the upstream
// sees: 20 in burst and then 20 a second here, as 8 and 4 in production.
func TestBudget(t *testing.T) {
	r := newRig(t, func(o *Options) { o.Rate, o.Burst, o.Concurrency, o.BreakAfter = 20, 20, 4, 1<<30 })
	done := make(chan error)
	const n = 50
	start := time.Now()
	for i := range n {
		go func() {
			ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
			defer cancel()
			_, err := r.client.summary(ctx, 500_000+i, false)
			done <- err
		}()
	}
	for range n {
		if err := <-done; err != nil {
			t.Errorf("within its budget of time a call failed: %v", err)
		}
	}
	// 20 at once, and the other 30 at 20 a second. Requests may be held up on
	// their way, but the last one cannot have come before its time.
	log := r.fake.Requests()
	if took := log[len(log)-1].At.Sub(start); len(log) != n || took < 1500*time.Millisecond {
		t.Errorf("%d requests in %v, want %d in at least 1.5 s", len(log), took, n)
	}
	// What can't be done in time is refused at once.
	began := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	var busy *BusyError
	for range 3 {
		if _, err := r.client.summary(ctx, silicon, false); errors.As(err, &busy) {
			break
		}
	}
	if busy == nil || time.Since(began) > time.Second {
		t.Errorf("over the budget: got %v after %v, want BusyError at once", busy, time.Since(began))
	}
}

func TestDefaults(t *testing.T) {
	c, err := NewClient(Options{})
	if err != nil {
		t.Fatal(err)
	}
	if c.limiter.Limit() != 4 || c.limiter.Burst() != 8 || cap(c.slots) != 4 {
		t.Errorf("got %v/s, burst %d, %d at a time; want 4, 8, 4", c.limiter.Limit(), c.limiter.Burst(), cap(c.slots))
	}
	if _, err := c.Structure(t.Context(), silicon, ""); !errors.Is(err, ErrNoKey) {
		t.Errorf("without a key: got %v, want ErrNoKey", err)
	}
}

func TestBaseURL(t *testing.T) {
	for _, tt := range []struct {
		base string
		ok   bool
	}{
		{"https://api.materialsproject.org", true},
		{"https://example.org/mirror/", true},
		{"http://localhost:8099", true},
		{"http://127.0.0.1:8099", true},
		{"http://[::1]:8099", true},
		{"http://api.materialsproject.org", false},
		{"http://localhost.example.org", false},
		{"ftp://example.org", false},
		{"api.materialsproject.org", false},
		{"https://u:p@example.org", false},
		{"https://example.org?x=1", false},
		{"::", false},
	} {
		if _, err := NewClient(Options{BaseURL: tt.base}); (err == nil) != tt.ok {
			t.Errorf("%s: got %v", tt.base, err)
		}
	}
}

func TestSecret(t *testing.T) {
	type outer struct{ Key Secret }
	s := NewSecret(testKey)
	encoded, err := json.Marshal(outer{s})
	if err != nil {
		t.Fatal(err)
	}
	texts := []string{string(encoded), fmt.Sprint(s), fmt.Sprint(&s), fmt.Sprint(outer{s}), fmt.Sprint(errors.New(s.String()))}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		texts = append(texts, fmt.Sprintf(verb, s), fmt.Sprintf(verb, outer{s}), fmt.Sprintf(verb, &outer{s}))
	}
	for _, text := range texts {
		if strings.Contains(text, testKey) || strings.Contains(text, fmt.Sprintf("%x", testKey)) {
			t.Errorf("the key is in %q", text)
		}
	}
	if !s.Set() || (Secret{}).Set() || (Secret{}).String() != "" {
		t.Error("Set or String of an empty secret")
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Duration{
		"": 0, "7": 7 * time.Second, "-5": 0, "1000000000": time.Hour, "x": 0, "1.5": 0,
		"Mon, 23 Nov 2026 12:00:30 GMT": 30 * time.Second, "Mon, 23 Nov 2026 11:00:00 GMT": 0,
		"Mon, 23 Nov 2099 12:00:30 GMT": time.Hour,
	} {
		if got := retryAfter(text, now); got != want {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
	}
}
