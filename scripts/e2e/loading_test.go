//go:build e2e

package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// longTask is how long the page's main thread should be busy at most at a stretch, ms.
const longTask = 100

// watchTasks runs before the page: it remembers every task of 50 ms or more,
// those of the canvas's iframe too, and when the layout shifted.
const watchTasks = `
	if (self === top) {
		globalThis.tasks = [];
		globalThis.shift = 0;
		globalThis.shifted = [];
		new PerformanceObserver((list) => tasks.push(...list.getEntries().map((e) => [Math.round(e.startTime), Math.round(e.duration)]))).observe({ type: "longtask", buffered: true });
		new PerformanceObserver((list) => { for (const e of list.getEntries()) if (!e.hadRecentInput) { shift += e.value; shifted.push(...e.sources.map((s) => Math.round(e.value * 1e4) + " " + (s.node?.id || s.node?.className || s.node?.nodeName))) } }).observe({ type: "layout-shift", buffered: true });
	}
`

// TestLongTasks: from the first byte until everything is saved nothing keeps
// the main thread busy for long. Neither WebAssembly nor WebGL, which can, is
// used there at all. How long a task takes is up to the machine and what else it
// does, so tasks beyond the aim are reported; the better of two visits, each
// with an empty cache, fails only far beyond it, as the start of the canvas on
// the main thread would be.
func TestLongTasks(t *testing.T) {
	s := startServer(t)
	best := [][]float64{{0, 1e9}}
	longest := func(tasks [][]float64) (n float64) {
		for _, task := range tasks {
			n = max(n, task[1])
		}
		return n
	}
	for visit := 0; visit < 2 && longest(best) > longTask; visit++ {
		t.Run(fmt.Sprint("visit ", visit+1), func(t *testing.T) {
			if tasks := visitTasks(t, newGate(t, s).base); longest(tasks) < longest(best) {
				best = tasks
			}
		})
	}
	if longest(best) <= longTask {
		return
	}
	text := fmt.Sprintf("the main thread was busy for %v ms at a stretch, the aim is %d ms: %v", longest(best), longTask, best)
	if longest(best) > 4*longTask {
		t.Error(text)
	}
	t.Logf("%s; load %.1f on %d processors", text, loadAverage(), runtime.NumCPU())
}

// visitTasks returns start and length of the long tasks of a first visit, ms.
func visitTasks(t *testing.T, base string) [][]float64 {
	p := newTab(t, wholeBrowser(t), base, 1440, 900)
	p.before(watchTasks + `
		top.heavy ??= [];
		const ask = HTMLCanvasElement.prototype.getContext;
		HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
			if (kind.startsWith("webgl")) top.heavy.push(kind);
			return ask.call(this, kind, ...more);
		};
		for (const name of ["compile", "compileStreaming", "instantiate", "instantiateStreaming", "Module", "Instance"]) {
			WebAssembly[name] = () => {
				top.heavy.push("WebAssembly." + name);
				throw new Error("not here");
			};
		}
	`)
	p.open("/sim?z=1,1,0")
	p.wait("the canvas", onCanvas)
	p.wait("everything saved", savedOffline)
	if heavy := eval[[]string](p, `heavy`); len(heavy) > 0 {
		t.Errorf("on the main thread: %v", heavy)
	}
	tasks := eval[[][]float64](p, `tasks`)
	t.Logf("tasks of 50 ms or more (start, ms): %v", tasks)
	return tasks
}

// loadAverage returns how many programs wanted a processor in the last minute;
// 0 where the system does not say.
func loadAverage() (load float64) {
	if data, err := os.ReadFile("/proc/loadavg"); err == nil {
		fmt.Sscan(string(data), &load)
	}
	return load
}

// TestFirstVisit loads the page as a phone on a slow line does: a quarter of
// the processor, 1.6 Mbit/s, 150 ms to the server and back. The picture comes
// before the scripts, the engine before everything that can wait, and nothing
// jumps, also when the fonts come.
func TestFirstVisit(t *testing.T) {
	const (
		perSecond = 1_600_000 / 8
		aside     = 190_000 // bytes that may come before the engine is there, without its own
		shiftMax  = 0.02
	)
	engine := 0
	for address, size := range builtSizes(t) {
		if strings.HasPrefix(address, "/static/engine-simd.") {
			engine = size
		}
	}
	g := newGate(t, startServer(t))
	g.narrow(perSecond, 150*time.Millisecond)
	p := newTab(t, wholeBrowser(t), g.base, 412, 823, chromedp.EmulateMobile, chromedp.EmulateTouch)
	p.before(watchTasks + `
		if (self === top) {
			globalThis.largest = [];
			new PerformanceObserver((list) => largest.push(...list.getEntries().map((e) => [e.startTime, e.element?.id || e.element?.tagName || ""]))).observe({ type: "largest-contentful-paint", buffered: true });
			globalThis.stages = [];
			addEventListener("DOMContentLoaded", () => new MutationObserver(() => stages.push(document.querySelector("#stage").textContent)).observe(document.querySelector("#stage"), { childList: true }));
		}
	`)
	p.do(func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, emulation.SetCPUThrottlingRate, emulation.SetCPUThrottlingRateParams{Rate: 4})
		return chromedp.Void{}, err
	})
	p.open("/sim?z=1,1,0")
	p.wait("the engine", `performance.getEntriesByName("interactive").length`)
	sent := g.bytes()
	total := 0
	for address, n := range sent {
		total += n
		if strings.Contains(address, "viewer") && !strings.HasSuffix(address, "/viewer.js") || address == "/sw.js" || !strings.HasPrefix(address, "/static/") && address != "/sim" && address != "/manifest.webmanifest" {
			t.Errorf("%d bytes of %s came before the engine was there", n, address)
		}
	}
	if rest := total - engine; rest > aside {
		t.Errorf("%d bytes beside the engine's %d came before it was there, the limit is %d: %v", rest, engine, aside, sent)
	}
	p.wait("a paint", `performance.getEntriesByName("first-contentful-paint").length`)
	first := eval[float64](p, `performance.getEntriesByName("first-contentful-paint")[0].startTime`)
	// start.js waits for the paint no longer than three seconds.
	awaited := min(first, 2900+eval[float64](p, `performance.getEntriesByType("resource").find((e) => e.name.endsWith("/start.js")).responseEnd`))
	for _, script := range eval[[]string](p, fmt.Sprintf(`performance.getEntriesByType("resource").filter((e) => /\.(m?js|wasm)$/.test(e.name) && e.startTime < %v).map((e) => e.name)`, awaited)) {
		// Those that ask for the engine are small and wait.
		if !slices.Contains([]string{"start.js", "engine.js", "dom.js", "files.js", "signal.js", "vectors.js", "worker.js", "engine-worker.js"}, path.Base(script)) {
			t.Errorf("%s was asked for before the first paint", script)
		}
	}
	if stages := eval[[]string](p, `stages`); !slices.ContainsFunc(stages, func(s string) bool {
		return strings.HasPrefix(s, "Loading the simulator: ") && !strings.Contains(s, ": 0.0 of")
	}) {
		t.Errorf("the progress of loading was not told: %q", stages)
	}
	t.Logf("first paint with content %.0f ms; largest %v; interactive %.0f ms; tasks %v; layout shift %.4f (%v)",
		first, eval[[][]any](p, `largest`), eval[float64](p, `performance.getEntriesByName("interactive")[0].startTime`), eval[[][]float64](p, `tasks`), eval[float64](p, `shift`), eval[[]string](p, `shifted`))
	p.wait("the fonts", `document.fonts.check("14px 'Inter var'")`)
	p.wait("the canvas", onCanvas)
	if shift := eval[float64](p, `shift`); shift > shiftMax {
		t.Errorf("the layout shifted by %.4f, the limit is %v", shift, shiftMax)
	}
}

// TestArticleStill: an article on a slow line does not jump when its fonts come.
func TestArticleStill(t *testing.T) {
	g := newGate(t, startServer(t))
	g.narrow(1_600_000/8, 150*time.Millisecond)
	p := newTab(t, browser(t), g.base, 412, 823, chromedp.EmulateMobile, chromedp.EmulateTouch)
	p.before(watchTasks)
	p.open("/blog/what-an-electron-diffraction-pattern-is/")
	p.wait("the fonts", `document.readyState === "complete" && document.fonts.status === "loaded" && [...document.fonts].filter((f) => f.family.includes(" var") && f.status === "loaded").length >= 2`)
	time.Sleep(500 * time.Millisecond) // shifts are told of a moment later
	shift := eval[float64](p, `shift`)
	t.Logf("layout shift %.4f (%v)", shift, eval[[]string](p, `shifted`))
	if shift > 0.02 {
		t.Errorf("the layout shifted by %.4f, the limit is 0.02", shift)
	}
}

// builtSizes returns the bytes after compression of the built files by address.
func builtSizes(t *testing.T) map[string]int {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "assets", "dist", "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	var manifest struct {
		Files map[string]struct {
			URL  string `json:"url"`
			Size int    `json:"br_size"`
		}
	}
	if err := json.Unmarshal(data, &manifest); err != nil {
		t.Fatal(err)
	}
	sizes := map[string]int{}
	for _, f := range manifest.Files {
		sizes[f.URL] = f.Size
	}
	return sizes
}

// TestNothingMoves: on a slow line no kind of page shifts what a reader already
// sees when its styles, fonts and scripts come, on a phone or on a wide screen.
func TestNothingMoves(t *testing.T) {
	const shiftMax = 0.02
	g := newGate(t, startServer(t))
	g.narrow(1_600_000/8, 150*time.Millisecond)
	parent := wholeBrowser(t)
	for _, width := range []int64{412, 1350} {
		p := newTab(t, parent, g.base, width, 900)
		p.do(noCache)
		p.before(watchTasks)
		for _, address := range []string{
			"/sim?z=1,1,0", "/library/", "/library/si/", "/library/ratio/", "/library/d/",
			"/blog/", "/blog/what-an-electron-diffraction-pattern-is/", "/about/", "/no-such-page",
		} {
			p.allow("404") // the page for lost visitors
			p.open(address)
			p.wait("the fonts", `document.fonts.ready.then(() => new Promise((done) => setTimeout(() => done(true), 300)))`)
			if shift := eval[float64](p, `shift`); shift > shiftMax {
				t.Errorf("%s at %d px shifts by %.4f, the limit is %v: %v", address, width, shift, shiftMax, eval[[]string](p, `shifted`))
			}
		}
	}
}
