package web

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"zoneaxis/internal/session"
	"zoneaxis/internal/source"
	"zoneaxis/server/internal/testsite"
	"zoneaxis/server/mp/mpfake"
)

// TestPolicy: the only style in the page is the one that its policy names, and
// there is no other code or style in it.
func TestPolicy(t *testing.T) {
	r := newRig(t, rigOptions{})
	w := r.get("/sim?c=lib-si&z=1,1,0")
	page := w.Body.String()
	styles := regexp.MustCompile(`(?s)<style[^>]*>(.*?)</style>`).FindAllStringSubmatch(page, -1)
	if len(styles) != 1 {
		t.Fatalf("%d style elements, want 1", len(styles))
	}
	sum := sha256.Sum256([]byte(styles[0][1]))
	hash := "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	if !strings.Contains(w.Header().Get("Content-Security-Policy"), "style-src 'self' "+hash+";") {
		t.Errorf("the policy %s lacks %s", w.Header().Get("Content-Security-Policy"), hash)
	}
	if !strings.Contains(styles[0][1], "--accent") || strings.Contains(styles[0][1], "&") && strings.Contains(styles[0][1], "&amp;") {
		t.Errorf("the style is not what was built: %.200s", styles[0][1])
	}
	for _, script := range regexp.MustCompile(`<script[^>]*>`).FindAllString(page, -1) {
		if !strings.Contains(script, "src=\"/static/") {
			t.Errorf("a script without an address: %s", script)
		}
	}
	if found := regexp.MustCompile(`\s(on[a-z]+|style)=`).FindString(page); found != "" {
		t.Errorf("an attribute that the policy forbids: %q", found)
	}
}

// links for comparisons and load: some crystals, zones, tilts and settings.
func links() []string {
	var list []string
	for i, c := range []string{"lib-si", "lib-au", "lib-gaas", "lib-mgo", "lib-srtio3"} {
		for j, z := range []string{"0,0,1", "1,1,0", "1,1,1", "2,1,0", "1,2,-3"} {
			q := url.Values{"c": {c}, "z": {z}}
			if (i+j)%2 == 1 {
				q.Set("d", fmt.Sprintf("%d.25,-0.%d0,%d.00", j, i+1, 10*i))
				q.Set("o", "ikhdgs")
			}
			if (i+j)%3 == 1 {
				q.Set("kv", "300")
				q.Set("p", "screen")
			}
			list = append(list, "?"+q.Encode())
		}
	}
	return list
}

// TestSamePicture: the page holds exactly the picture that the engine draws for
// the link, and every picture is well-formed.
func TestSamePicture(t *testing.T) {
	r := newRig(t, rigOptions{})
	for _, link := range links() {
		one, problems := session.Open(link, nil)
		if len(problems) > 0 {
			t.Fatalf("%s: %v", link, problems)
		}
		if page := r.get("/sim" + link); page.Code != 200 || !strings.Contains(page.Body.String(), one.SVG()) {
			t.Errorf("%s: the page does not hold the engine's picture", link)
		}
		w := r.get("/sim.svg" + link)
		if w.Code != 200 {
			t.Errorf("%s: %d", link, w.Code)
		}
		d := xml.NewDecoder(w.Body)
		for {
			if _, err := d.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Errorf("%s: %v", link, err)
				break
			}
		}
	}
}

// TestUpstreamPage: a crystal that only the Materials Project has is drawn by
// the server too; a slow upstream costs the visitor a bounded time.
func TestUpstreamPage(t *testing.T) {
	r := newRig(t, rigOptions{})
	const id = 2_000_000
	m := mpfake.Material{ID: id, Formula: "Po", System: "Cubic", Symbol: "Pm-3m", Number: 221,
		Matrix: [3][3]float64{{3.35, 0, 0}, {0, 3.35, 0}, {0, 0, 3.35}}, Sites: []mpfake.Site{{Element: "Po"}}}
	if err := r.fake.Add(m.Document()); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		w := r.get("/sim?c=mp-2000000&z=1,1,1")
		if w.Code != 200 {
			t.Fatalf("got %d %.500s", w.Code, w.Body)
		}
		for _, want := range []string{"Po", "mp-2000000", "Materials Project, database 2026.04.13, CC BY 4.0. A. Jain et al., APL Mater. 1 (2013) 011002"} {
			if !strings.Contains(w.Body.String(), want) {
				t.Errorf("the page lacks %q", want)
			}
		}
	}
	if w := r.get("/sim.svg?c=mp-2000000&z=1,1,1"); w.Code != 200 || !strings.Contains(w.Body.String(), "mp-2000000") {
		t.Errorf("picture: %d %.300s", w.Code, w.Body)
	}
	if n := r.fake.Count(id); n != 1 {
		t.Errorf("%d upstream requests, want 1", n)
	}
	// Its number of before.
	w := r.get("/sim?c=mp-777&z=1,1,1")
	if w.Code != 200 || !strings.Contains(w.Body.String(), "mp-777 is part of mp-22862 now.") {
		t.Errorf("moved: %d", w.Code)
	}
	// An outage: nothing of it is kept.
	r.fake.Script(2_000_001, mpfake.Status(500, ""))
	if w := r.get("/sim?c=mp-2000001"); w.Code != 200 || !strings.Contains(w.Body.String(), "The Materials Project did not answer.") {
		t.Errorf("outage: %d", w.Code)
	}
	if w := r.get("/sim?c=mp-2000001"); !strings.Contains(w.Body.String(), "The Materials Project has no mp-2000001. Check the number.") {
		t.Error("the page of the outage was kept")
	}
}

// TestDrawingTime: a client can't have the server draw without end. Beyond his
// time pictures are refused, pages come without theirs, and what is kept costs
// nothing; others do not notice.
func TestDrawingTime(t *testing.T) {
	r := newRig(t, rigOptions{web: func(c *Config) { c.Drawing = 200 * time.Millisecond }})
	// spend draws until a picture is refused, which it returns.
	drawn := 0
	spend := func() *httptest.ResponseRecorder {
		for range 200 {
			w := r.get(fmt.Sprintf("/sim.svg?z=1,1,1&d=%d.%02d,0.00,0.00", drawn/100, drawn%100))
			drawn++
			switch w.Code {
			case 200:
			case 429:
				return w
			default:
				t.Fatalf("status %d", w.Code)
			}
		}
		t.Fatal("200 pictures were drawn in 200 ms")
		return nil
	}
	refused := spend()
	if h := refused.Header(); h.Get("Retry-After") == "" || h.Get("Cache-Control") != "no-store" || !strings.Contains(refused.Body.String(), "Too many pictures just now. Try again in "+h.Get("Retry-After")+" s.") {
		t.Errorf("refused with %v %s", h, refused.Body)
	}
	if w := r.get("/sim.svg?z=1,1,1&d=0.00,0.00,0.00"); w.Code != 200 {
		t.Errorf("kept picture: %d", w.Code)
	}
	for address, wants := range map[string][]string{
		"/sim?c=lib-au&z=1,2,3&kv=300&d=1.00,0.00,0.00&v=9": {"data-stale>", "<title>Gold [123], 300 kV", "without scripts, reload this page in a moment", "made with a newer version"},
		"/embed?c=lib-au&z=1,2,3":                           {"This one comes in a moment.", "Gold"},
		"/sim/views?c=lib-au&z=1,2,3":                       {"This one comes in a moment.", "Gold"},
	} {
		path := address
		w := r.get(path)
		for try := 0; try < 20 && w.Header().Get("Cache-Control") != "no-store"; try++ {
			// On a slow machine there was time again for one picture.
			spend()
			path = strings.Replace(address, "z=1,2,3", fmt.Sprintf("z=1,2,3&t=%d", 20+try), 1)
			w = r.get(path)
		}
		if w.Code != 200 || w.Header().Get("Cache-Control") != "no-store" || strings.Contains(w.Body.String(), `<svg xmlns="http://www.w3.org/2000/svg" class=`) {
			t.Errorf("%s: %d %v", path, w.Code, w.Header())
		}
		for _, want := range wants {
			if !strings.Contains(w.Body.String(), want) {
				t.Errorf("%s lacks %q:\n%s", path, want, w.Body)
			}
		}
		if again := w.Header().Get("Refresh"); (again != "") == strings.HasPrefix(path, "/sim?") {
			t.Errorf("%s: Refresh %q", path, again)
		}
	}
	other := httptest.NewRequest("GET", "/sim?c=lib-au&z=1,2,3", nil)
	other.RemoteAddr = "198.51.100.1:1"
	w := httptest.NewRecorder()
	r.handler.ServeHTTP(w, other)
	if w.Code != 200 || strings.Contains(w.Body.String(), "data-stale>") {
		t.Errorf("another client: %d, without his picture", w.Code)
	}
}

// TestLinkedViews: the page has a frame with the views of its link where there
// are no scripts; their poles are links, and whatever the link says is a page.
func TestLinkedViews(t *testing.T) {
	r := newRig(t, rigOptions{})
	page := r.get("/sim?c=lib-au&z=1,1,0&kv=300&utm_source=x").Body.String()
	_, rest, ok := strings.Cut(page, `<noscript><iframe class="linked" title="Linked views" src="`)
	address, _, _ := strings.Cut(rest, `"`)
	if !ok || address != "/sim/views?c=lib-au&amp;z=1,1,0&amp;kv=300" {
		t.Fatalf("the page has the frame %.100q", address)
	}
	w := r.get(strings.ReplaceAll(address, "&amp;", "&"))
	h := w.Header()
	if w.Code != 200 || h.Get("Cache-Control") != "no-cache" || h.Get("ETag") == "" || h.Get("X-Frame-Options") != "SAMEORIGIN" ||
		!strings.HasPrefix(h.Get("Content-Type"), "text/html") || !slices.Contains(h["Vary"], "Accept-Encoding, Cookie") ||
		!strings.Contains(h.Get("Content-Security-Policy"), "frame-ancestors 'self'") {
		t.Errorf("%d %v", w.Code, h)
	}
	one, _ := session.Open("?c=lib-au&z=1,1,0&kv=300", nil)
	views := one.Linked()
	body := w.Body.String()
	if !strings.Contains(body, views.Stereogram) || !strings.Contains(body, views.Crystal) || len(views.Poles) < 50 {
		t.Errorf("the frame has not the engine's views, or %d poles are too few", len(views.Poles))
	}
	if !strings.Contains(body, `<a href="/sim?c=lib-au&amp;z=1,1,1&amp;kv=300" target="_parent" aria-label="zone axis 1 1 1">`) {
		t.Error("no way to [111]")
	}
	if again := r.get("/sim/views?kv=300&c=lib-au&z=1,1,0&fbclid=y"); again.Header().Get("ETag") != h.Get("ETag") {
		t.Error("what the page does not know makes other views")
	}
	if rings := r.get("/sim/views?c=lib-au&w=r").Body.String(); strings.Contains(rings, "<a ") || !strings.Contains(rings, `class="stereo"`) {
		t.Error("powder rings have ways to poles, or no stereogram")
	}
	for _, query := range []string{"c=%3Cscript%3E", "c=mp-99999999", "c=cif", "z=0,0,0", "z=99,-99,98&d=1e99,NaN,%00", "t=-1&kv=1e400", "%zz", "c2=lib-au&r=%22%3E%3Cb%3E", "h=90,90,90,90"} {
		w := r.get("/sim/views?" + query)
		if body := w.Body.String(); w.Code != 200 || !strings.Contains(body, `class="stereo"`) || strings.Contains(body, "<script>") || strings.Contains(body, "<b>") {
			t.Errorf("%s: %d %.300s", query, w.Code, body)
		}
	}
	if w := r.get("/sim/views?c=" + strings.Repeat("x", 3000)); w.Code != 414 {
		t.Errorf("a long query: %d", w.Code)
	}
}

// TestUnknownKeys: what the page does not know makes no new page.
func TestUnknownKeys(t *testing.T) {
	r := newRig(t, rigOptions{})
	first := r.get("/sim?c=lib-au").Header().Get("ETag")
	for _, query := range []string{"c=lib-au&zz=1", "zz=2&c=lib-au", "c=lib-au&v=1", "kv=200&c=lib-au&utm_source=x", "c=%6Cib-au"} {
		if tag := r.get("/sim?" + query).Header().Get("ETag"); tag != first {
			t.Errorf("%s is another page", query)
		}
	}
	newer := r.get("/sim?c=lib-au&v=7").Header().Get("ETag")
	if tag := r.get("/sim?c=lib-au&v=8").Header().Get("ETag"); tag != newer || newer == first {
		t.Errorf("newer versions: %s and %s, of this version %s", newer, tag, first)
	}
	if n := r.count(t, "zoneaxis_renders_total", "drawn"); n != 2 {
		t.Errorf("%v pages were drawn, want 2", n)
	}
}

// TestTurns: who has used least time comes first, whoever asked first.
func TestTurns(t *testing.T) {
	turns := newTurns(1, 0)
	hold, err := turns.take(t.Context(), "greedy", time.Second)
	if err != nil {
		t.Fatal(err)
	}
	order := make(chan string, 10)
	var wg sync.WaitGroup
	wait := func(client string) {
		before := len(turns.queue())
		wg.Go(func() {
			end, err := turns.take(t.Context(), client, 20*time.Second)
			if err != nil {
				t.Error(err)
				return
			}
			order <- client
			end(time.Second)
		})
		for deadline := time.Now().Add(5 * time.Second); len(turns.queue()) == before; time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatal("does not wait")
			}
		}
	}
	for range 3 {
		wait("greedy")
	}
	wait("modest")
	wait("modest")
	hold(5 * time.Second)
	wg.Wait()
	close(order)
	var got []string
	for client := range order {
		got = append(got, client)
	}
	if want := "modest modest greedy greedy greedy"; strings.Join(got, " ") != want {
		t.Errorf("turns of %v, want %s", got, want)
	}

	limited := newTurns(1, time.Second)
	end, err := limited.take(t.Context(), "greedy", time.Second)
	if err != nil {
		t.Fatal(err)
	}
	end(3 * time.Second)
	var spent *spentError
	if _, err := limited.take(t.Context(), "greedy", time.Second); !errors.As(err, &spent) || spent.after < 2*time.Minute || spent.after > 4*time.Minute {
		t.Errorf("2 s over a second for each minute: %v, %+v", err, spent)
	}
	if end, err := limited.take(t.Context(), "modest", time.Second); err != nil {
		t.Error(err)
	} else {
		end(0)
	}
}

// TestFullQueue: many who have used much and wait keep out nobody who has not.
func TestFullQueue(t *testing.T) {
	turns := newTurns(1, time.Minute)
	hold, err := turns.take(t.Context(), "first", time.Second)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	var pushed, served atomic.Int32
	for i := range maxWaiting {
		client := fmt.Sprint("greedy ", i/maxWaitingEach)
		turns.mu.Lock()
		turns.budgetOf(client, time.Now()).left = 30 * time.Second
		turns.mu.Unlock()
		wg.Go(func() {
			end, err := turns.take(t.Context(), client, 20*time.Second)
			if err != nil {
				pushed.Add(1)
				return
			}
			served.Add(1)
			end(0)
		})
	}
	for deadline := time.Now().Add(5 * time.Second); len(turns.queue()) < maxWaiting; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("they do not wait")
		}
	}
	if _, err := turns.take(t.Context(), "one more", time.Nanosecond); !errors.Is(err, errCrowded) {
		t.Fatal(err) // pushed one out, and had no patience
	}
	wg.Go(func() {
		if end, err := turns.take(t.Context(), "modest", 20*time.Second); err != nil {
			t.Error("one who has used nothing finds the queue full")
		} else {
			end(0)
		}
	})
	for deadline := time.Now().Add(5 * time.Second); len(turns.queue()) < maxWaiting; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("does not wait")
		}
	}
	hold(0)
	wg.Wait()
	if pushed.Load() != 1 || served.Load() != maxWaiting-1 {
		t.Errorf("%d of %d were pushed out, %d served", pushed.Load(), maxWaiting, served.Load())
	}
}

// queue returns who waits.
func (t *turns) queue() []*turn {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.waiting)
}

// TestDrawings: each key is made once for all who ask, never more at one time
// than there are turns, and who would wait too long is sent away.
func TestDrawings(t *testing.T) {
	d := newDrawings(0)
	slots := d.turns.free
	draw := func(ctx context.Context, key string, make func() (*content, bool, error)) (*content, error) {
		return d.draw(ctx, drawing{key: key, client: "me " + key, patience: maxWait, make: make})
	}
	var made, now, most atomic.Int32
	work := func() (*content, bool, error) {
		n := now.Add(1)
		defer now.Add(-1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		made.Add(1)
		time.Sleep(20 * time.Millisecond)
		return &content{body: make([]byte, 1000)}, true, nil
	}
	var wg sync.WaitGroup
	for i := range 200 {
		wg.Go(func() {
			if _, err := draw(t.Context(), fmt.Sprint(i%10), work); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if made.Load() != 10 || int(most.Load()) > slots {
		t.Errorf("made %d, want 10; %d at one time, want at most %d", made.Load(), most.Load(), slots)
	}

	blocked := make(chan struct{})
	var busy atomic.Int32
	for i := range slots {
		go draw(context.Background(), fmt.Sprint("slow", i), func() (*content, bool, error) {
			busy.Add(1)
			<-blocked
			return &content{}, false, nil
		})
	}
	for deadline := time.Now().Add(5 * time.Second); int(busy.Load()) < slots; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the turns are not taken")
		}
	}
	if _, err := draw(t.Context(), "late", work); !errors.Is(err, errCrowded) {
		t.Errorf("who waits too long got %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := draw(ctx, "gone", work); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("who has gone got %v", err)
	}
	close(blocked)
	if _, err := draw(t.Context(), "bad", func() (*content, bool, error) { panic("bad luck") }); err == nil || !strings.Contains(err.Error(), "bad luck") {
		t.Errorf("a panic gave %v", err)
	}

	for i := range 30_000 {
		d.put(fmt.Sprint("k", i), &content{body: make([]byte, 500)})
	}
	sum := 0
	for _, key := range d.lru.Keys() {
		k, _ := d.lru.Peek(key)
		sum += k.weight(key)
	}
	if d.bytes != sum || sum > keptBytes {
		t.Errorf("says %d bytes, holds %d, limit %d", d.bytes, sum, keptBytes)
	}
}

// TestWorstLinks draws what costs most: the widest pictures of the largest
// cells with everything on. Each must be drawn, within a bounded size. The times
// in the log are for people: machines differ.
func TestWorstLinks(t *testing.T) {
	r := newRig(t, rigOptions{})
	var large []source.Entry
	for _, e := range source.Library() {
		if s, err := source.Open(e.ID); err == nil && s.Lattice.Volume() > 400 {
			large = append(large, e)
		}
	}
	// And the largest cell that the upstream may give us.
	var sites []mpfake.Site
	for i := range 444 {
		sites = append(sites, mpfake.Site{Element: "Fe", Frac: [3]float64{float64(i%8) / 8, float64(i/8%8) / 8, float64(i/64) / 8}})
	}
	m := mpfake.Material{ID: 2_000_002, Formula: "Fe", System: "Triclinic", Symbol: "P1", Number: 1,
		Matrix: [3][3]float64{{24, 0, 0}, {1, 23, 0}, {2, 3, 22}}, Sites: sites}
	if err := r.fake.Add(m.Document()); err != nil {
		t.Fatal(err)
	}
	ids := []string{"mp-2000002"}
	for _, e := range large {
		ids = append(ids, "lib-"+e.ID)
	}
	for _, id := range ids {
		for _, rest := range []string{"&kv=1000&cl=50&o=ikhdgs", "&kv=1000&cl=50&o=ikhdgs&at=20,20", "&kv=20&cl=5000&o=ikhdgs&t=1", "&w=r&cl=50&kv=1000"} {
			began := time.Now()
			w := r.get("/sim?c=" + id + rest)
			took := time.Since(began)
			if w.Code != http.StatusOK {
				t.Errorf("%s%s: %d", id, rest, w.Code)
			}
			if n := w.Body.Len(); n > 1<<20 {
				t.Errorf("%s%s: %d bytes, want at most 1 MiB", id, rest, n)
			}
			t.Logf("%s%s: %v, %d bytes", id, rest, took.Round(time.Millisecond), w.Body.Len())
		}
	}
}

// TestEarlyScriptAllowed: pages made at build may run the one script that
// stands in them, and no other.
func TestEarlyScriptAllowed(t *testing.T) {
	r := newRig(t, rigOptions{})
	sum := sha256.Sum256(testsite.Dist(t)["static/testbuild/js/site/early.js"].Data)
	want := "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	for _, address := range []string{"/blog/", "/blog/packed/", "/library/", "/no-such-page"} {
		policy := r.get(address, "Accept", "text/html").Header().Get("Content-Security-Policy")
		if !strings.Contains(policy, "script-src 'self' "+want+" 'wasm-unsafe-eval';") {
			t.Errorf("%s: %s", address, policy)
		}
	}
	if policy := r.get("/sim").Header().Get("Content-Security-Policy"); strings.Contains(policy, want) {
		t.Errorf("/sim: %s", policy)
	}
}
