//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// buildOf returns the name of a build.
func buildOf(t *testing.T, dist string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dist, "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	var manifest struct{ Build string }
	if err := json.Unmarshal(data, &manifest); err != nil {
		t.Fatal(err)
	}
	return manifest.Build
}

// nextFolder holds the second build; TestMain removes it and ends the browsers.
var nextFolder string

func TestMain(m *testing.M) {
	code := m.Run()
	light.end()
	whole.end()
	if nextFolder != "" {
		os.RemoveAll(nextFolder)
	}
	os.Exit(code)
}

// nextBuild returns the folder of a second build, made once for all tests.
func nextBuild(t *testing.T) string {
	t.Helper()
	dist, err := makeNext()
	if err != nil {
		t.Fatalf("the second build: %v", err)
	}
	return dist
}

// makeNext builds from a copy of the sources in which a few scripts differ: they
// say so on the page.
var makeNext = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "zoneaxis-next-")
	if err != nil {
		return "", err
	}
	nextFolder = dir
	root := filepath.Join("..", "..")
	for _, part := range []string{"go.mod", "go.sum", "LICENSE", "internal", "wasm", "assets", "server", "scripts/make", "scripts/zoneaxis"} {
		if err := copyTo(filepath.Join(dir, part), filepath.Join(root, part)); err != nil {
			return "", err
		}
	}
	for name, more := range map[string]string{
		"js/simulator/main.js": "\ndocument.documentElement.dataset.next = \"\";\n",
		"js/shared/dom.js":     "\ndocument.documentElement.dataset.nextDom = \"\";\n",
	} {
		path := filepath.Join(dir, "assets", name)
		text, err := os.ReadFile(path)
		if err == nil {
			err = os.WriteFile(path, append(text, more...), 0o644)
		}
		if err != nil {
			return "", err
		}
	}
	copyTo(filepath.Join(dir, ".cache"), filepath.Join(root, ".cache")) // only makes it faster
	cmd := exec.Command("go", "run", "./scripts/make", "-dev")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return filepath.Join(dir, "assets", "dist"), nil
})

// copyTo copies a file or a folder.
func copyTo(to, from string) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	if info.IsDir() {
		return os.CopyFS(to, os.DirFS(from))
	}
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o644)
}

var codeFolder = regexp.MustCompile(`/static/([0-9a-f]{10})/`)

// folders returns the builds whose scripts and styles this document has loaded.
func (p *tab) folders() []string {
	p.t.Helper()
	var names []string
	for _, address := range eval[[]string](p, `performance.getEntriesByType("resource").map((e) => e.name)`) {
		if m := codeFolder.FindStringSubmatch(address); m != nil && !slices.Contains(names, m[1]) {
			names = append(names, m[1])
		}
	}
	return names
}

// isWhole fails if the document is not made of one build.
func (p *tab) isWhole(build string) {
	p.t.Helper()
	if got := eval[string](p, `document.documentElement.dataset.build`); got != build {
		p.t.Errorf("the page is of build %s, want %s", got, build)
	}
	if got := p.folders(); !slices.Equal(got, []string{build}) {
		p.t.Errorf("a page of build %s loaded files of %v", build, got)
	}
}

// TestUpgrade: a visitor who has one build saved meets a server with the next.
func TestUpgrade(t *testing.T) {
	first := buildOf(t, filepath.Join("..", "..", "assets", "dist"))
	dist := nextBuild(t)
	next := buildOf(t, dist)
	if first == next {
		t.Fatal("both builds have the same name")
	}
	old := startServer(t)
	g := newGate(t, old)
	parent := wholeBrowser(t)
	p := newTab(t, parent, g.base, 1440, 900)
	p.open("/sim?z=1,1,0")
	p.wait("everything saved", savedOffline)
	p.isWhole(first)

	// The server goes on to the next build. The open tab still works: also what
	// it has not loaded yet, which the server no longer has.
	g.lead(t, startServer(t, "ASSETS_DIR="+dist))
	old.stop()
	p.click(`[data-do="help"]`)
	p.wait("the help of the old build", `document.querySelector("dialog[open]")`)
	p.key(kb.Escape)
	p.isWhole(first)

	// A second tab gets the new page, whole, from the old worker.
	q := newTab(t, parent, g.base, 1440, 900)
	q.before(rememberWorker)
	q.open("/sim?z=1,1,1")
	q.wait("the new page", `document.documentElement.dataset.ready && "next" in document.documentElement.dataset && "nextDom" in document.documentElement.dataset`)
	q.isWhole(next)

	// Both go on side by side; neither is reloaded.
	p.fill("#zone", "112")
	p.key(kb.Enter)
	p.heading("zone axis 1 1 2")
	q.fill("#zone", "001")
	q.key(kb.Enter)
	q.heading("zone axis 0 0 1")
	if eval[bool](p, `"next" in document.documentElement.dataset`) {
		t.Error("the first tab was reloaded")
	}

	// The new build is saved whole before it takes over; then the worker is of
	// the new build, and the tab with the old page still has its files.
	q.wait("the new build to be saved", savedOffline)
	q.newWorker()
	p.waitFor("the worker of the new build", workerBuild, next)
	p.waitFor("both builds to be kept", fmt.Sprintf(`(async () => {
		let n = 0;
		for (const build of [%q, %q]) n += (await (await caches.open("zoneaxis-" + build)).match("/static/" + build + "/saved")) ? 1 : 0;
		return String(n);
	})()`, first, next), "2")
	p.do(chromedp.Evaluate[chromedp.Void](`document.querySelector('[data-do="browse"]').focus()`))
	p.key(kb.Enter)
	p.wait("the library of the old tab", `document.querySelector("dialog[open] .crystals li")`)
	p.key(kb.Escape)
	p.isWhole(first)

	// Without the network both addresses open as the new build, whole.
	p.offlineIsFine()
	q.offlineIsFine()
	g.stop()
	p.open("/sim?z=1,1,0")
	p.heading("Silicon")
	p.wait("the canvas", onCanvas)
	p.isWhole(next)
	q.open("/blog/why-leave-server-side-simulation/")
	if got := q.text("h1"); !strings.Contains(got, "Why leave") {
		t.Errorf("the article: %q", got)
	}
	if got := q.folders(); !slices.Equal(got, []string{next}) {
		t.Errorf("the article loaded files of %v, want %s", got, next)
	}
}

// TestUpdateOffered: an open tab hears of a new version and reloads only when
// told to.
func TestUpdateOffered(t *testing.T) {
	dist := nextBuild(t)
	next := buildOf(t, dist)
	g := newGate(t, startServer(t))
	p := newTab(t, wholeBrowser(t), g.base, 1440, 900)
	p.open("/sim?z=1,1,0")
	p.wait("everything saved", savedOffline)
	g.lead(t, startServer(t, "ASSETS_DIR="+dist))
	eval[bool](p, `navigator.serviceWorker.ready.then((r) => r.update()).then(() => true)`)
	const offer = `[...document.querySelectorAll(".toasts .toast")].find((n) => n.textContent.includes("A new version is ready."))`
	p.wait("the offer", offer)
	p.fill("#zone", "111")
	p.key(kb.Enter)
	p.heading("zone axis 1 1 1")
	if eval[bool](p, `"next" in document.documentElement.dataset`) {
		t.Fatal("the page was reloaded without being asked to")
	}
	p.wait("the link to follow", `location.search.includes("z=1,1,1")`)
	p.do(chromedp.Evaluate[chromedp.Void](`[...(` + offer + `).querySelectorAll("button")].find((b) => b.textContent === "Reload").focus()`))
	p.key(kb.Enter)
	p.wait("the new version", `document.documentElement.dataset.ready && "next" in document.documentElement.dataset`)
	p.heading("zone axis 1 1 1")
	p.isWhole(next)
	p.waitFor("the worker of the new build", workerBuild, next)
}

// rememberWorker runs before a page: it keeps the worker that serves it.
const rememberWorker = `globalThis.firstWorker = navigator.serviceWorker.controller;`

// newWorker waits until another worker is in charge than when the page began.
// Nothing is sent meanwhile: a worker that is asked something all the time never
// comes to rest, and the next one waits until it does.
func (p *tab) newWorker() {
	p.t.Helper()
	p.wait("another worker to take over", `navigator.serviceWorker.controller !== firstWorker`)
}

// workerBuild is the build of the service worker in charge.
const workerBuild = `new Promise((done) => {
	const channel = new MessageChannel();
	channel.port1.onmessage = (event) => done(event.data);
	const worker = navigator.serviceWorker.controller;
	if (!worker) return done("none");
	worker.postMessage({ type: "build" }, [channel.port2]);
	setTimeout(() => done("no answer"), 1000); // one that is being replaced may not answer
})`
