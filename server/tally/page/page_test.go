package page

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"zoneaxis/server/internal/hits"
	"zoneaxis/server/tally/store"
)

const secret = "a-token-for-tests-0001"

// rig is a counter with a clock that stands still until it is moved.
type rig struct {
	t   testing.TB
	now time.Time
	h   http.Handler

	store *store.Store
}

func newRig(t testing.TB, public bool) *rig {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	s, err := store.Open(t.TempDir(), log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	token, err := NewToken(secret)
	if err != nil {
		t.Fatal(err)
	}
	// Today, so that single views are kept.
	r := &rig{t: t, store: s, now: time.Now().UTC().Truncate(time.Hour)}
	if r.h, err = Handler(Config{Store: s, Token: token, Public: public, Log: log, Now: func() time.Time { return r.now }}); err != nil {
		t.Fatal(err)
	}
	return r
}

// ask makes a request; headers are given as "Name: value".
func (r *rig) ask(method, target, body string, headers ...string) *http.Response {
	r.t.Helper()
	req := httptest.NewRequest(method, target, strings.NewReader(body))
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Add(name, value)
	}
	w := httptest.NewRecorder()
	r.h.ServeHTTP(w, req)
	return w.Result()
}

func said(t testing.TB, resp *http.Response) string {
	t.Helper()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// count sends hits, a second after those before.
func (r *rig) count(body string, headers ...string) *http.Response {
	r.t.Helper()
	r.now = r.now.Add(time.Second)
	if len(headers) == 0 {
		headers = []string{"Authorization: Bearer " + secret, "Content-Type: application/json"}
	}
	return r.ask("POST", hits.Path, body, headers...)
}

func (r *rig) must(hit string) {
	r.t.Helper()
	if resp := r.count(`{"no_sessions":true,"hits":[` + hit + `]}`); resp.StatusCode != 202 {
		r.t.Fatal(resp.StatusCode, said(r.t, resp))
	}
}

// TestCount: answers are those of the public format.
func TestCount(t *testing.T) {
	r := newRig(t, true)
	good := `{"hits":[{"path":"/sim?c=si#x","title":"Simulator","session":"a","location":"us-TX","ref":"https://www.Example.org/page?q=1"},
		{"path":"sim/","user_agent":"x","ip":"192.0.2.1"},{"path":"sim","user_agent":"x","ip":"192.0.2.1"},{"path":"/bot","session":"b","bot":5},{"path":"/maybe","session":"c","bot":1}]}`
	for _, tt := range []struct {
		name, body string
		headers    []string
		code       int
		want       string
	}{
		{"good", good, nil, 202, `{"status":"ok"}`},
		{"by password", `{"no_sessions":true,"hits":[{"path":"/p"}]}`, []string{"Authorization: Basic " + basic("", secret), "Content-Type: application/json; charset=utf-8"}, 202, ""},
		{"one is broken", `{"no_sessions":true,"hits":[{"path":"/q"},{"path":""}]}`, nil, 400, `{"errors":{"1":"path: must be set"}}`},
		{"nobody", `{"hits":[{"path":"/q"}]}`, nil, 400, `"0":"session: set it`},
		{"no JSON", `hits`, nil, 400, `"error":`},
		{"no token", good, []string{"Content-Type: application/json"}, 401, "Authorization: Bearer"},
		{"other token", good, []string{"Authorization: Bearer " + secret + "x", "Content-Type: application/json"}, 401, `"error":`},
		{"other scheme", good, []string{"Authorization: Digest " + secret, "Content-Type: application/json"}, 401, `"error":`},
		{"somebody's password", good, []string{"Authorization: Basic " + basic("me", secret), "Content-Type: application/json"}, 401, `"error":`},
		{"a form", good, []string{"Authorization: Bearer " + secret, "Content-Type: application/x-www-form-urlencoded"}, 415, "application/json"},
	} {
		resp := r.count(tt.body, tt.headers...)
		body := said(t, resp)
		if resp.StatusCode != tt.code || !strings.Contains(body, tt.want) || resp.Header.Get("Content-Type") != "application/json; charset=utf-8" {
			t.Errorf("%s: %d %s", tt.name, resp.StatusCode, body)
		}
	}
	if resp := r.ask("GET", hits.Path, ""); resp.StatusCode != 405 {
		t.Errorf("GET: %d", resp.StatusCode)
	}
	var got struct {
		Views, Visitors, Bots, Refused     int64
		Pages, Referrers, Countries, Zones []row
	}
	if err := json.Unmarshal([]byte(said(t, r.ask("GET", "/data.json?period=day", ""))), &got); err != nil {
		t.Fatal(err)
	}
	if got.Views != 6 || got.Visitors != 3 || got.Bots != 1 || got.Refused != 3 {
		t.Errorf("%d pages, %d visitors, %d bots, %d refused", got.Views, got.Visitors, got.Bots, got.Refused)
	}
	if p := got.Pages[0]; p.Name != "/sim" || p.Title != "Simulator" || p.Views != 3 || p.Visitors != 2 {
		t.Errorf("page %+v", p)
	}
	if len(got.Referrers) != 1 || got.Referrers[0].Name != "example.org" || got.Countries[0].Name != "unknown" || got.Countries[1].Name != "US" || got.Zones == nil {
		t.Errorf("%+v %+v %v", got.Referrers, got.Countries, got.Zones)
	}
}

func basic(user, password string) string {
	req := http.Request{Header: http.Header{}}
	req.SetBasicAuth(user, password)
	return strings.TrimPrefix(req.Header.Get("Authorization"), "Basic ")
}

// TestRate: the fifth request of a second is too many, and says when to come
// back.
func TestRate(t *testing.T) {
	r := newRig(t, true)
	one := func() *http.Response {
		return r.ask("POST", hits.Path, `{"no_sessions":true,"hits":[{"path":"/"}]}`, "Authorization: Bearer "+secret, "Content-Type: application/json")
	}
	for i := range hits.PerSecond {
		resp := one()
		if h := resp.Header; resp.StatusCode != 202 || h.Get("X-Rate-Limit-Limit") != "4" || h.Get("X-Rate-Limit-Remaining") != fmt.Sprint(3-i) || h.Get("X-Rate-Limit-Reset") != "1" {
			t.Errorf("request %d: %d %v", i, resp.StatusCode, h)
		}
	}
	if resp := one(); resp.StatusCode != 429 || resp.Header.Get("Retry-After") != "1" || !strings.Contains(said(t, resp), "too many") {
		t.Errorf("one more: %d %v", resp.StatusCode, resp.Header)
	}
	r.now = r.now.Add(time.Second)
	if resp := one(); resp.StatusCode != 202 {
		t.Errorf("a second later: %d", resp.StatusCode)
	}
}

// TestAccess: without the token nobody reads, unless everybody may.
func TestAccess(t *testing.T) {
	r := newRig(t, false)
	r.must(`{"path":"/secret-page"}`)
	for _, target := range []string{"/", "/data.json", "/data.csv?list=pages", "/views.csv"} {
		resp := r.ask("GET", target, "")
		if body := said(t, resp); resp.StatusCode != 401 || strings.Contains(body, "secret-page") || !strings.Contains(body, `type="password"`) {
			t.Errorf("%s without a token: %d", target, resp.StatusCode)
		}
		if resp := r.ask("GET", target, "", "Authorization: Bearer "+secret); resp.StatusCode != 200 || !strings.Contains(said(t, resp), "secret-page") {
			t.Errorf("%s with the token: %d", target, resp.StatusCode)
		}
		r.now = r.now.Add(time.Minute)
	}
	form := "Content-Type: application/x-www-form-urlencoded"
	resp := r.ask("POST", "/signin", url.Values{"token": {secret}}.Encode(), form)
	set := resp.Header.Get("Set-Cookie")
	if resp.StatusCode != 303 || !strings.Contains(set, "HttpOnly") || !strings.Contains(set, "SameSite=Strict") || strings.Contains(set, secret) {
		t.Fatalf("signing in: %d %s", resp.StatusCode, set)
	}
	cookie, _, _ := strings.Cut(set, ";")
	if resp := r.ask("GET", "/", "", "Cookie: "+cookie); resp.StatusCode != 200 || !strings.Contains(said(t, resp), "secret-page") {
		t.Errorf("with the cookie: %d", resp.StatusCode)
	}
	until, mac, _ := strings.Cut(strings.TrimPrefix(cookie, "tally="), ".")
	var seconds int64
	fmt.Sscan(until, &seconds)
	for _, forged := range []string{"", until, until + ".", fmt.Sprintf("%d.%s", seconds+1, mac), fmt.Sprintf("+%d.%s", seconds, mac), until + "." + mac + "x"} {
		if resp := r.ask("GET", "/", "", "Cookie: tally="+forged); resp.StatusCode != 401 {
			t.Errorf("with the cookie %q: %d", forged, resp.StatusCode)
		}
	}
	if resp := r.ask("POST", "/signin", url.Values{"token": {secret}}.Encode(), form, "Sec-Fetch-Site: cross-site"); resp.StatusCode != 403 {
		t.Errorf("a form of another site: %d", resp.StatusCode)
	}
	if resp := r.ask("POST", "/signin", url.Values{"token": {secret}}.Encode(), form, "X-Forwarded-Proto: https"); !strings.Contains(resp.Header.Get("Set-Cookie"), "Secure") {
		t.Error("over TLS the cookie is not kept to it")
	}
	r.now = r.now.Add(signedIn + time.Hour)
	if resp := r.ask("GET", "/", "", "Cookie: "+cookie); resp.StatusCode != 401 {
		t.Errorf("with an old cookie: %d", resp.StatusCode)
	}
	for i := range 20 { // a program that reads the numbers every second
		if resp := r.ask("GET", "/data.json", "", "Authorization: Bearer "+secret); resp.StatusCode != 200 {
			t.Fatalf("the right token for the %d. time: %d", i+1, resp.StatusCode)
		}
	}
	codes := map[int]int{}
	for range 8 {
		codes[r.ask("POST", "/signin", "token=guess", form).StatusCode]++
	}
	if codes[403] != 5 || codes[429] != 3 {
		t.Errorf("guesses: %v", codes)
	}
	if resp := r.ask("POST", "/signin", url.Values{"token": {secret}}.Encode(), form); resp.StatusCode != 429 || resp.Header.Get("Retry-After") == "" {
		t.Errorf("after so many guesses: %d", resp.StatusCode)
	}
	if resp := r.ask("GET", "/data.json", "", "Authorization: Bearer "+secret); resp.StatusCode != 401 {
		t.Errorf("a token after so many guesses: %d", resp.StatusCode)
	}
	if resp := r.ask("POST", "/signout", ""); resp.StatusCode != 303 || !strings.Contains(resp.Header.Get("Set-Cookie"), "Max-Age=0") {
		t.Errorf("signing out: %v", resp.Header)
	}

	public := newRig(t, true)
	public.must(`{"path":"/secret-page"}`)
	resp = public.ask("GET", "/", "")
	if body := said(t, resp); resp.StatusCode != 200 || strings.Contains(body, "views.csv") || !strings.Contains(body, `href="signin"`) {
		t.Errorf("public: %d", resp.StatusCode)
	}
	if resp := public.ask("GET", "/views.csv", ""); resp.StatusCode != 401 {
		t.Errorf("single views in public: %d", resp.StatusCode)
	}
}

// TestHostile: what others wrote is text and nothing else, in pages and sheets.
func TestHostile(t *testing.T) {
	r := newRig(t, true)
	evil := []string{`/<script>alert(1)</script>`, `/"onmouseover="x`, `=cmd|'/c calc'!A1`, "@SUM(1)", "+1", "-1", "a\x00\x1b[31m\u202e"}
	for _, e := range evil {
		path, _ := json.Marshal(e)
		r.must(fmt.Sprintf(`{"path":%s,"title":%s,"ref":%s,"event":true,"location":"<b>"},{"path":%[1]s,"title":%[1]s,"ref":%[1]s}`, path, path, path))
		r.must(fmt.Sprintf(`{"path":%q,"event":true}`, "pattern: "+strings.NewReplacer("\x00", "", "\x1b", "").Replace(e)+" [110] k"))
	}
	resp := r.ask("GET", "/?period=day", "")
	body := said(t, resp)
	if strings.Contains(body, "<script") || strings.Contains(body, `"onmouseover`) || strings.Contains(body, "\x1b") || strings.Contains(body, "\u202e") || !strings.Contains(body, "&lt;script&gt;") {
		t.Error("a page holds what somebody sent as it is")
	}
	if strings.Contains(body, "style=") || strings.Contains(body, "<style") {
		t.Error("the page has styles that its policy does not let in")
	}
	for name, want := range map[string]string{"Content-Security-Policy": "default-src 'none'", "X-Robots-Tag": "noindex, nofollow", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"} {
		if got := resp.Header.Get(name); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %q", name, got)
		}
	}
	ids := map[string]bool{}
	for _, m := range regexp.MustCompile(` id="([^"]+)"`).FindAllStringSubmatch(body, -1) {
		if ids[m[1]] {
			t.Errorf("two elements are called %s", m[1])
		}
		ids[m[1]] = true
	}
	for _, target := range []string{"/data.csv?list=pages", "/data.csv?list=referrers", "/data.csv?list=crystals", "/data.csv?list=events", "/views.csv"} {
		resp := r.ask("GET", target, "", "Authorization: Bearer "+secret)
		r.now = r.now.Add(time.Minute)
		if !strings.HasPrefix(resp.Header.Get("Content-Disposition"), `attachment; filename="tally-`) {
			t.Errorf("%s: %v", target, resp.Header)
		}
		table, err := csv.NewReader(resp.Body).ReadAll()
		if err != nil || len(table) < 5 {
			t.Fatalf("%s: %d rows, %v", target, len(table), err)
		}
		for _, line := range table {
			for _, c := range line {
				if c != "" && strings.ContainsRune("=+-@|%", rune(c[0])) {
					t.Errorf("%s: a sheet would take %q for a formula", target, c)
				}
			}
		}
	}
}

// TestPeriods: days, weeks, months and years follow each other without a gap.
func TestPeriods(t *testing.T) {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) // a Sunday
	for _, tt := range []struct{ unit, label, query string }{
		{"day", "Sunday, 1 March 2026", "period=day&at=2026-03-01"},
		{"week", "Week 9, 23 February to 1 March 2026", "period=week&at=2026-02-23"},
		{"month", "March 2026", "period=month&at=2026-03-01"},
		{"year", "2026", "period=year&at=2026-01-01"},
	} {
		p, err := of(tt.unit, at)
		if err != nil || p.Label() != tt.label || p.Query() != tt.query {
			t.Errorf("%s: %q %q %v", tt.unit, p.Label(), p.Query(), err)
		}
		for range 60 {
			before, ok := p.Before()
			if !ok || before.To != p.From {
				t.Fatalf("before %+v is %+v", p, before)
			}
			if again, _ := before.After(at); again != p {
				t.Fatalf("after %+v is %+v", before, again)
			}
			if p.Unit == "year" && p.From < 366 {
				break
			}
			p = before
		}
		if _, ok := p.After(store.DayTime(p.From)); ok {
			t.Errorf("%s: what has not begun can be asked for", tt.unit)
		}
	}
	if p, _ := of("week", time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)); p.Label() != "Week 1, 30 December 2024 to 5 January 2025" {
		t.Error(p.Label())
	}
	r := newRig(t, true)
	for _, target := range []string{"/?period=hour", "/?at=tomorrow", "/?at=0001-01-01", "/?at=9999-01-01", "/data.csv", "/data.csv?list=x"} {
		if resp := r.ask("GET", target, ""); resp.StatusCode != 400 || !strings.Contains(said(t, resp), "That did not work") {
			t.Errorf("%s: %d", target, resp.StatusCode)
		}
	}
	if resp := r.ask("GET", "/data.json?period=x", ""); resp.StatusCode != 400 || resp.Header.Get("Content-Type") != "application/json; charset=utf-8" {
		t.Errorf("JSON: %d", resp.StatusCode)
	}
	for _, unit := range units {
		resp := r.ask("GET", "/?period="+unit, "")
		if body := said(t, resp); resp.StatusCode != 200 || strings.Count(body, `<svg class="chart"`) != 2 || !strings.Contains(body, "Nothing in this time") {
			t.Errorf("an empty %s: %d", unit, resp.StatusCode)
		}
	}
	for target, want := range map[string]int{"/healthz": 200, "/readyz": 200, "/robots.txt": 200, "/signin": 200, "/" + styleName: 200, "/nothing": 404} {
		if resp := r.ask("GET", target, ""); resp.StatusCode != want {
			t.Errorf("%s: %d", target, resp.StatusCode)
		}
	}
}

// TestSalts: secrets of days gone by are forgotten.
func TestSalts(t *testing.T) {
	s := salts{byDay: map[int]string{}}
	now := time.Now()
	today := store.DayOf(now)
	first := s.of(today, now)
	if s.of(today, now) != first || s.of(today-1, now) == first {
		t.Error("a day has one secret of its own")
	}
	s.of(today+3, now.AddDate(0, 0, 3))
	if len(s.byDay) != 1 {
		t.Errorf("secrets of %d days are kept", len(s.byDay))
	}
}

// BenchmarkOverview makes the pages of a counter with 100,000 views of a month.
func BenchmarkOverview(b *testing.B) {
	r := newRig(b, true)
	views := make([]store.View, 5000)
	for round := range 20 {
		for i := range views {
			n := round*len(views) + i
			views[i] = store.View{At: r.now.Add(-time.Duration(n) * 25 * time.Second), Session: int64(n%9000 + 1), Name: fmt.Sprintf("/page-%d", n%200), Country: "NL"}
			if n%3 == 0 {
				views[i].Event, views[i].Name = true, hits.Pattern(fmt.Sprintf("crystal %d", n%150), fmt.Sprintf("[%d10]", n%7), "kinematic").Name()
			}
		}
		if err := r.store.Add(views, 0); err != nil {
			b.Fatal(err)
		}
	}
	for _, unit := range units {
		b.Run(unit, func(b *testing.B) {
			for b.Loop() {
				if resp := r.ask("GET", "/?period="+unit, ""); resp.StatusCode != 200 {
					b.Fatal(resp.StatusCode)
				}
			}
		})
	}
}
