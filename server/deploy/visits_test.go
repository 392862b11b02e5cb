//go:build deploy

package deploy_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

const counterToken = "c0unterTokenOfTheTest00001"

// counter starts the counter of visits over a folder.
func counter(t testing.TB, addr, data string) *process {
	t.Helper()
	program := filepath.Join(top(t), "bin", "tally")
	if _, err := os.Stat(program); err != nil {
		t.Fatal("bin/tally is not there: BUILD_ONLY=1 ./scripts/run builds it")
	}
	cmd := exec.Command(program)
	cmd.Env = []string{"ADDR=" + addr, "DATA=" + data, "TOKEN=" + counterToken, "PUBLIC=true"}
	p := launch(t, cmd)
	eventually(t, "the counter starts", func() error {
		a, err := ask("http://" + addr + "/readyz")
		if err == nil && a.status != 200 {
			err = fmt.Errorf("%d %s", a.status, a.body)
		}
		return err
	})
	return p
}

// counted is what the counter shows of today.
type counted struct {
	Visitors, Views, Patterns, Bots int
	lists                           map[string]map[string]int
}

// numbers reads the counter as its dashboard's programs do.
func numbers(addr string) (c counted, err error) {
	a, err := ask("http://" + addr + "/data.json?period=day")
	if err != nil {
		return c, err
	}
	if a.status != 200 {
		return c, fmt.Errorf("%d %s", a.status, a.body)
	}
	if err := json.Unmarshal(a.body, &c); err != nil {
		return c, err
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(a.body, &all); err != nil {
		return c, err
	}
	c.lists = map[string]map[string]int{}
	for key, raw := range all {
		var rows []struct {
			Name  string
			Views int
		}
		if json.Unmarshal(raw, &rows) == nil {
			c.lists[key] = map[string]int{}
			for _, r := range rows {
				c.lists[key][r.Name] = r.Views
			}
		}
	}
	return c, nil
}

// visitor is a browser like any other, at the public address of the site.
type visitor struct {
	t    *testing.T
	ctx  context.Context
	base string
}

func newVisitor(t *testing.T, base string) *visitor {
	t.Helper()
	program := os.Getenv("CHROMIUM")
	if program == "" {
		program = "chromium"
	}
	options := append(append([]chromedp.ExecAllocatorOption{}, chromedp.DefaultExecAllocatorOptions[:]...),
		chromedp.ExecPath(program), chromedp.Headless, chromedp.NoSandbox, chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("ignore-certificate-errors", true), chromedp.Flag("host-resolver-rules", "MAP "+host+" 127.0.0.1"),
		chromedp.Flag("user-agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"))
	alloc, stopAlloc := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stopAlloc)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("Chromium does not start: %v", err)
	}
	return &visitor{t, ctx, base}
}

func (v *visitor) do(steps ...chromedp.Action[chromedp.Void]) {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.ctx, 40*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		v.t.Fatal(err)
	}
}

func (v *visitor) open(path string) {
	v.t.Helper()
	v.do(chromedp.Navigate(v.base + path))
}

// tells evaluates an expression until it is true.
func (v *visitor) tells(what, expression string) {
	v.t.Helper()
	eventually(v.t, what, func() error {
		ctx, cancel := context.WithTimeout(v.ctx, 10*time.Second)
		defer cancel()
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!!("+expression+")"))
		if err == nil && !ok {
			err = fmt.Errorf("%s is false", expression)
		}
		return err
	})
}

// optsOut asks not to be followed, by header and in the page, from now on.
func (v *visitor) optsOut() {
	v.t.Helper()
	v.do(func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		if _, err := cdp.Call(ctx, t, network.Enable, network.EnableParams{}); err != nil {
			return chromedp.Void{}, err
		}
		// What a worker asks for would come without the header.
		if _, err := cdp.Call(ctx, t, network.SetBypassServiceWorker, network.SetBypassServiceWorkerParams{Bypass: true}); err != nil {
			return chromedp.Void{}, err
		}
		if _, err := cdp.Call(ctx, t, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: network.Headers{"DNT": "1"}}); err != nil {
			return chromedp.Void{}, err
		}
		_, err := cdp.Call(ctx, t, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: `Object.defineProperty(Navigator.prototype, "doNotTrack", { value: "1" })`})
		return chromedp.Void{}, err
	})
}

// TestVisits is a day of a whole installation: nginx before the site, the
// counter, the stand-in upstream and a browser. Its visits are counted, those of
// somebody who opts out only as a number, and nothing is lost when parts or all
// of it end and start again.
func TestVisits(t *testing.T) {
	siteAddr, countAddr, metrics := freePort(t), freePort(t), freePort(t)
	data, cache := t.TempDir(), t.TempDir()
	_, base := upstream(t)
	env := []string{"ADDR=" + siteAddr, "METRICS_ADDR=" + metrics, "ORIGIN=https://" + host, "TRUSTED_PROXIES=127.0.0.1/32", "CACHE_DIR=" + cache,
		"MP_BASE_URL=" + base, "MP_API_KEY=" + key, "VISITS_URL=http://" + countAddr, "VISITS_TOKEN=" + counterToken}
	tally := counter(t, countAddr, data)
	program := serve(t, site(t, env...))
	proxy := front(t, siteAddr)
	_, port, _ := strings.Cut(proxy.tls, ":")
	v := newVisitor(t, "https://"+host+":"+port)

	shows := func(what string, wrong func(counted) string) {
		t.Helper()
		eventually(t, what, func() error {
			c, err := numbers(countAddr)
			if err != nil {
				return err
			}
			if text := wrong(c); text != "" {
				return fmt.Errorf("%s; the counter has %+v", text, c)
			}
			return nil
		})
	}
	has := func(c counted, list, name string, want int) string {
		if got := c.lists[list][name]; got != want {
			return fmt.Sprintf("%s has %d of %q, want %d", list, got, name, want)
		}
		return ""
	}
	first := func(texts ...string) string {
		for _, text := range texts {
			if text != "" {
				return text
			}
		}
		return ""
	}

	v.open("/library/si/")
	v.open("/sim?c=lib-gaas&z=1,1,0")
	v.tells("the engine", `performance.getEntriesByName("interactive").length`)
	v.tells("export", `(document.querySelector('[data-do="export"]').click(), true)`)
	v.tells("the dialog", `[...document.querySelectorAll("dialog[open] button")].some((b) => b.textContent.includes("Save SVG"))`)
	v.tells("saved", `([...document.querySelectorAll("dialog[open] button")].find((b) => b.textContent.includes("Save SVG")).click(), true)`)
	v.tells("no dialog", `(document.querySelector("dialog[open]")?.close(), true)`)
	v.tells("turned", `(document.querySelector('.pad [data-tilt="1,0"]').click(), true)`)
	v.tells("off the zone", `location.search.includes("d=")`)
	day := func(c counted) string {
		return first(has(c, "pages", "/library/si", 1), has(c, "pages", "/sim", 1), has(c, "crystals", "Gallium arsenide", 1), has(c, "exports", "svg", 1),
			has(c, "events", "turned", 1), has(c, "zones", "Gallium arsenide [110]", 1))
	}
	shows("the visit", day)

	// Whoever opts out leaves a number and nothing else.
	v.optsOut()
	for range 2 {
		v.open("/library/cu/")
	}
	visit := func(path string, headers ...string) {
		t.Helper()
		a := proxy.get(t, path, append([]string{"User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Sec-Fetch-Dest", "document"}, headers...)...)
		if a.status != 200 {
			t.Fatalf("%s: %d", path, a.status)
		}
	}
	visit("/library/cu/", "Sec-GPC", "1")  // a file, which nginx sends by itself
	visit("/sim?c=lib-cu", "Sec-GPC", "1") // a page of the program
	eventually(t, "four who opt out", func() error {
		if text := string(get(t, "http://"+metrics+"/metrics").body); !strings.Contains(text, "zoneaxis_visits_opted_out_total 4") {
			return fmt.Errorf("the metrics have no 4 of them")
		}
		return nil
	})

	// The counter is away: the visit waits for it.
	if err := stop(t, tally); err != nil {
		t.Errorf("the counter ends with %v", err)
	}
	visit("/about/")
	tally = counter(t, countAddr, data)
	shows("what has waited", func(c counted) string {
		return first(day(c), has(c, "pages", "/about", 1), has(c, "pages", "/library/cu", 0))
	})

	// All of it ends, with a visit on its way, and starts again.
	queued := func() string {
		text := string(get(t, "http://"+metrics+"/metrics").body)
		return regexp.MustCompile(`zoneaxis_visits_hits_total\{result="queued"\} \d+`).FindString(text)
	}
	before := queued()
	visit("/blog/")
	// nginx has sent the page by itself and tells the program of it.
	eventually(t, "the program knows of the visit", func() error {
		if now := queued(); now == before {
			return fmt.Errorf("%q", now)
		}
		return nil
	})
	for _, p := range []*process{program, proxy.process, tally} {
		if err := stop(t, p); err != nil {
			t.Errorf("%s ends with %v\n%s", p.cmd.Path, err, p.text())
		}
	}
	tally = counter(t, countAddr, data)
	program = serve(t, site(t, env...))
	proxy = front(t, siteAddr)
	visit("/blog/")
	whole := func(c counted) string {
		return first(day(c), has(c, "pages", "/about", 1), has(c, "pages", "/blog", 2))
	}
	shows("everything", whole)
	// A cut of the power loses at most the last second.
	time.Sleep(1100 * time.Millisecond)
	tally.cmd.Process.Signal(syscall.SIGKILL)
	<-tally.ended
	tally = counter(t, countAddr, data)
	shows("what was there before the cut", whole)

	// The machine of the counter is lost; a copy made while it ran is not.
	copied, anew := filepath.Join(t.TempDir(), "tally.copy"), t.TempDir()
	run(t, exec.Command(tally.cmd.Path, "backup", copied, "-data", data))
	if err := stop(t, tally); err != nil {
		t.Errorf("the counter ends with %v", err)
	}
	run(t, exec.Command(tally.cmd.Path, "restore", copied, "-data", anew))
	counter(t, countAddr, anew)
	shows("what the copy has", whole)
	for _, p := range []*process{program, proxy.process} {
		if strings.Contains(p.text(), counterToken) {
			t.Errorf("%s tells the token", p.cmd.Path)
		}
	}
}
