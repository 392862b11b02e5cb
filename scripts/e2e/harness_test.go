//go:build e2e

// Package e2e drives the built server with a real Chromium: what a visitor
// does, seen as a visitor sees it. It needs bin/zoneaxis-server (made by
// BUILD_ONLY=1 ./scripts/run) and a Chromium; scripts/test sees to both.
package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"zoneaxis/internal/artefact"
)

const patience = 40 * time.Second // for software drawing on two shared cores

// server is one running bin/zoneaxis-server.
type server struct {
	base string // "http://127.0.0.1:PORT"
	cmd  *exec.Cmd
	once sync.Once
}

// startServer runs the built server. env adds variables, such as the address
// of a stand-in for the Materials Project.
func startServer(t *testing.T, env ...string) *server {
	t.Helper()
	return startServerAt(t, freeAddress(t), env...)
}

func startServerAt(t *testing.T, addr string, env ...string) *server {
	t.Helper()
	bin, err := filepath.Abs("../../bin/zoneaxis-server")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(bin); err != nil {
		t.Fatalf("the server is not built: run BUILD_ONLY=1 ./scripts/run first (%v)", err)
	}
	s := &server{base: "http://" + addr, cmd: exec.Command(bin)}
	s.cmd.Env = append(os.Environ(), append([]string{"ADDR=" + addr, "CACHE_DIR=" + t.TempDir(), "METRICS_ADDR=127.0.0.1:0", "MP_API_KEY=", "MP_API_KEY_FILE="}, env...)...)
	stderr, err := s.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var log strings.Builder
	go func() {
		for lines := bufio.NewScanner(stderr); lines.Scan(); {
			mu.Lock()
			log.WriteString(lines.Text() + "\n")
			mu.Unlock()
		}
	}()
	t.Cleanup(s.stop)
	for deadline := time.Now().Add(15 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if r, err := http.Get(s.base + "/healthz"); err == nil {
			r.Body.Close()
			if r.StatusCode == http.StatusOK {
				return s
			}
		}
		if time.Now().After(deadline) {
			mu.Lock()
			defer mu.Unlock()
			t.Fatalf("the server did not answer on %s:\n%s", s.base, log.String())
		}
	}
}

// stop ends the server at once, as a power cut would.
func (s *server) stop() {
	s.once.Do(func() {
		s.cmd.Process.Kill()
		s.cmd.Wait()
	})
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// browser gives a Chromium with storage of its own. It has no graphics
// processor, not even a simulated one, and its visitor saves data: the page
// stays with its drawing and loads neither the canvas nor what is for offline
// use, which most tests have no need to wait for.
func browser(t *testing.T) context.Context {
	t.Helper()
	return context.WithValue(light.profile(t), saves{}, true)
}

// saves is the key of whether the visitor of a browser saves data.
type saves struct{}

// wholeBrowser gives a Chromium as most visitors have it: it draws on a canvas
// (by the processor here, which is slow) and saves everything for offline use.
// With switches "name" or "name=value" it is a process of its own.
func wholeBrowser(t *testing.T, switches ...string) context.Context {
	t.Helper()
	if len(switches) == 0 {
		return whole.profile(t)
	}
	ctx, stop := chromium(t, append(switches, whole.switches...)...)
	t.Cleanup(stop)
	return ctx
}

// shared is a Chromium that tests use one after the other, each with a profile
// of its own: it takes seconds to start.
type shared struct {
	switches []string
	mu       sync.Mutex
	ctx      context.Context
	stop     func()
}

var (
	light = &shared{switches: []string{"disable-gpu"}}
	whole = &shared{switches: []string{"use-angle=swiftshader", "enable-unsafe-swiftshader", "ignore-gpu-blocklist"}}
)

// profile gives the browser with empty storage until the test ends.
func (s *shared) profile(t *testing.T) context.Context {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx == nil || s.ctx.Err() != nil {
		s.ctx, s.stop = chromium(t, s.switches...)
	}
	ctx, cancel := chromedp.NewContext(s.ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("no profile: %v", err)
	}
	return ctx
}

// end stops the process, if there is one.
func (s *shared) end() {
	if s.stop != nil {
		s.stop()
	}
}

// chromium starts a browser with switches "name" or "name=value".
func chromium(t *testing.T, switches ...string) (ctx context.Context, stop func()) {
	t.Helper()
	path := os.Getenv("CHROMIUM")
	if path == "" {
		path = "chromium"
	}
	options := append([]chromedp.ExecAllocatorOption{}, chromedp.DefaultExecAllocatorOptions[:]...)
	options = append(options,
		chromedp.ExecPath(path), chromedp.Headless, chromedp.NoSandbox,
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("no-first-run", true),
		chromedp.Flag("disable-features", "Translate,OptimizationHints,MediaRouter"),
		chromedp.Flag("hide-scrollbars", true),
	)
	for _, s := range switches {
		if name, value, has := strings.Cut(s, "="); has {
			options = append(options, chromedp.Flag(name, value))
		} else {
			options = append(options, chromedp.Flag(name, true))
		}
	}
	alloc, stopAlloc := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(alloc)
	stop = func() {
		cancel()
		stopAlloc()
	}
	if err := chromedp.Do(ctx); err != nil {
		stop()
		t.Fatalf("Chromium does not start: %v", err)
	}
	return ctx, stop
}

// tab is one browser tab on one server.
type tab struct {
	t    *testing.T
	ctx  context.Context
	base string

	mu       sync.Mutex
	problems []string // console errors, exceptions, foreign requests
	allowed  []string // parts of problem texts that the test expects
	workers  []*target.Info
	frames   map[target.ID]*tab // those of other processes that were looked into
}

// newTab opens a tab of a size. When the test ends it fails for every console
// error, exception or request to another origin.
func newTab(t *testing.T, parent context.Context, base string, width, height int64, options ...chromedp.EmulateViewportOption) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(parent)
	p := &tab{t: t, ctx: ctx, base: base}
	// The tab belongs to the context that opens it: not to one with a deadline.
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("no tab: %v", err)
	}
	p.do(chromedp.EmulateViewport(width, height, options...))
	if saving, _ := parent.Value(saves{}).(bool); saving {
		p.before(`Object.defineProperty(Navigator.prototype, "connection", { value: { saveData: true } })`)
	}
	console := chromedp.Console(ctx)
	requests := chromedp.Events(ctx, network.RequestWillBeSent)
	attached := chromedp.Events(ctx, target.AttachedToTarget)
	p.do(func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, network.Enable, network.EnableParams{})
		return chromedp.Void{}, err
	})
	go func() {
		for m, err := range console {
			if err != nil {
				return
			}
			if m.IsException() || m.Type == "error" || m.Type == "assert" {
				p.problem(fmt.Sprintf("console: %s (%s:%d)", m.Text, m.URL, m.Line+1))
			}
		}
	}()
	go func() {
		for r, err := range requests {
			if err != nil {
				return
			}
			url := r.Request.URL
			if !strings.HasPrefix(url, p.base) && !strings.HasPrefix(url, "data:") && !strings.HasPrefix(url, "blob:"+p.base) {
				p.problem("request leaves the origin: " + url)
			}
		}
	}()
	go func() {
		for a, err := range attached {
			if err != nil {
				return
			}
			if a.TargetInfo.Type == "worker" {
				p.mu.Lock()
				p.workers = append(p.workers, a.TargetInfo)
				p.mu.Unlock()
			}
		}
	}()
	t.Cleanup(func() {
		if t.Failed() {
			p.shot("failed-" + strings.ReplaceAll(t.Name(), "/", "-"))
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, text := range p.problems {
			t.Error(text)
		}
		cancel()
	})
	return p
}

func (p *tab) problem(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, part := range p.allowed {
		if strings.Contains(text, part) {
			return
		}
	}
	p.problems = append(p.problems, text)
}

// allow lists parts of the texts of problems that are part of the test.
func (p *tab) allow(parts ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.allowed = append(p.allowed, parts...)
}

func (p *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.t.Fatal(err)
	}
}

// open goes to a path of the site.
func (p *tab) open(path string) {
	p.t.Helper()
	p.do(chromedp.Navigate(p.base + path))
}

// eval evaluates an expression; a promise is awaited.
func eval[T any](p *tab, expression string) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// worker waits for a worker whose address contains part, the newest of them,
// and returns it as a tab to evaluate in.
func (p *tab) worker(part string) *tab {
	p.t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		p.mu.Lock()
		all := slices.Clone(p.workers)
		p.mu.Unlock()
		for _, info := range slices.Backward(all) {
			if strings.Contains(info.URL, part) {
				ctx, cancel := chromedp.NewContext(p.ctx, chromedp.WithTargetID(info.TargetID))
				p.t.Cleanup(cancel)
				// As with a tab: the first use must have no deadline.
				if err := chromedp.Do(ctx); err != nil {
					p.t.Fatalf("the worker %s: %v", part, err)
				}
				return &tab{t: p.t, ctx: ctx, base: p.base}
			}
		}
		if time.Now().After(deadline) {
			p.t.Fatalf("waited %v for the worker %s; there are %d others", patience, part, len(all))
		}
	}
}

// wait polls until an expression is true.
func (p *tab) wait(what, expression string) {
	p.t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		ctx, cancel := context.WithTimeout(p.ctx, patience)
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!!("+expression+")"))
		cancel()
		if err == nil && ok {
			return
		}
		if time.Now().After(deadline) {
			p.t.Fatalf("waited %v for: %s (%s; last error %v)", patience, what, expression, err)
		}
	}
}

// text returns the text of the first element of a selector, white space folded.
func (p *tab) text(selector string) string {
	p.t.Helper()
	return eval[string](p, fmt.Sprintf(`(document.querySelector(%s)?.textContent ?? "<no %s>").replace(/\s+/g," ").trim()`, quote(selector), strings.ReplaceAll(selector, `"`, `'`)))
}

func (p *tab) click(selector string) {
	p.t.Helper()
	p.do(chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible))
}

// fill replaces the text of a field as typing does.
func (p *tab) fill(selector, text string) {
	p.t.Helper()
	eval[bool](p, fmt.Sprintf(`((n) => (n.focus(), n.select(), true))(document.querySelector(%s))`, quote(selector)))
	if text == "" {
		p.key(kb.Backspace)
		return
	}
	p.do(chromedp.KeyEvent(text))
}

func (p *tab) key(keys string, options ...chromedp.KeyOption) {
	p.t.Helper()
	p.do(chromedp.KeyEvent(keys, options...))
}

// box returns the rectangle of an element in CSS pixels.
func (p *tab) box(selector string) (x, y, w, h float64) {
	p.t.Helper()
	r := eval[[]float64](p, fmt.Sprintf(`(()=>{const r=document.querySelector(%s).getBoundingClientRect();return [r.x,r.y,r.width,r.height]})()`, quote(selector)))
	return r[0], r[1], r[2], r[3]
}

// drag presses the mouse at a point, moves in steps and releases.
func (p *tab) drag(x, y, dx, dy float64, steps int, modifiers ...chromedp.Modifier) {
	p.t.Helper()
	mouse := func(kind input.DispatchMouseEventType, x, y float64, buttons int64) chromedp.Action[chromedp.Void] {
		return func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
			event := input.DispatchMouseEventParams{Type: kind, X: x, Y: y, Button: input.MouseButtonLeft, Buttons: buttons, ClickCount: 1}
			for _, m := range modifiers {
				event.Modifiers |= int64(m)
			}
			_, err := cdp.Call(ctx, t, input.DispatchMouseEvent, event)
			return chromedp.Void{}, err
		}
	}
	p.do(mouse(chromedp.MouseMoved, x, y, 0), mouse(chromedp.MousePressed, x, y, 1))
	for i := 1; i <= steps; i++ {
		f := float64(i) / float64(steps)
		p.do(mouse(chromedp.MouseMoved, x+f*dx, y+f*dy, 1), chromedp.Sleep(16*time.Millisecond))
	}
	p.do(mouse(chromedp.MouseReleased, x+dx, y+dy, 0))
}

// touch sends one step of a touch: the points that are down.
func (p *tab) touch(kind input.DispatchTouchEventType, points ...[2]float64) {
	p.t.Helper()
	p.do(func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		params := input.DispatchTouchEventParams{Type: kind, TouchPoints: []*input.TouchPoint{}}
		for i, at := range points {
			id := float64(i)
			params.TouchPoints = append(params.TouchPoints, &input.TouchPoint{X: at[0], Y: at[1], ID: &id})
		}
		_, err := cdp.Call(ctx, t, input.DispatchTouchEvent, params)
		return chromedp.Void{}, err
	}, chromedp.Sleep(16*time.Millisecond))
}

// prefer sets the colour scheme and the wish for less motion.
func (p *tab) prefer(scheme string, reduced bool) {
	p.t.Helper()
	motion := "no-preference"
	if reduced {
		motion = "reduce"
	}
	p.do(func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: motion},
		}})
		return chromedp.Void{}, err
	})
}

// disableScripts makes the tab behave as if it knew no scripts.
func disableScripts(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
	_, err := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	return chromedp.Void{}, err
}

// shot keeps a screenshot under artefacts/.
func (p *tab) shot(name string) []byte {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		p.t.Logf("screenshot %s: %v", name, err)
		return nil
	}
	artefact.Keep(p.t, name+".png", png)
	return png
}

func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(b)
}
