//go:build e2e

package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestWebKit is the smoke test in WebKitGTK, whose engine is that of Safari: it
// starts, a zone is typed, a drag turns the pattern, everything is saved, and it
// starts again without a network. It is left out, and says so, where there is no
// WebKitGTK with its driver; scripts/test installs Debian's if it can.
func TestWebKit(t *testing.T) {
	w := startWebKit(t)
	g := newGate(t, startServer(t))
	w.open(g.base + "/sim?z=1,1,0")
	w.wait("the engine", `document.documentElement.dataset.ready === "engine"`)
	t.Logf("%s: interactive %v ms after loading", w.version, w.eval(`Math.round(performance.getEntriesByName("interactive")[0].startTime)`))

	w.eval(`document.querySelector("#zone").select()`)
	w.keys("#zone", "111\ue007")
	w.wait("the zone that was typed", `document.querySelector('[data-part="heading"]').textContent.includes("zone axis 1 1 1") && location.search.includes("z=1,1,1")`)
	w.eval(`(document.querySelector("#rotation").focus(), document.querySelector("#rotation").select())`)
	w.keys("#rotation", "abc\ue007")
	w.wait("what cannot be read stays beside its message", `document.querySelector("#rotation").value === "abc" && document.querySelector("#rotation").ariaInvalid === "true"`)
	w.keys("#rotation", "\ue00c")
	w.wait("Escape to bring the value back", `document.querySelector("#rotation").value.startsWith("0.0")`)

	before := w.eval(`document.querySelector("#drawing").innerHTML`)
	w.drag("#field", 0.12, -0.1, 0.08, 0.05)
	w.wait("the drag", `/[?&]d=/.test(location.search) && /^\d+\.\d\d° off axis$/.test(document.querySelector('[data-part="hud-off"]').textContent)`)
	if w.eval(`document.querySelector("#drawing").innerHTML`) == before && w.eval(`document.querySelector("#pattern").dataset.stage`) != "canvas" {
		t.Error("the drag left the picture as it was")
	}
	w.wait("everything saved", savedOffline)
	w.wait("the canvas, or a word about it", onCanvas+` || document.querySelector(".toasts").textContent.includes("cannot draw the fast view")`)
	t.Logf("the pattern is drawn by %v", w.eval(`document.querySelector("#pattern").dataset.stage ?? "the SVG"`))

	g.stop()
	w.open(g.base + "/sim?c=lib-au&z=1,1,2")
	w.wait("the pattern of a link without a network", `document.documentElement.dataset.ready === "engine" && document.querySelector('[data-part="heading"]').textContent.startsWith("Gold")`)
	w.open(g.base + "/library/mg/")
	w.wait("a page of ours for one that is not kept", `document.querySelector("h1")?.textContent === "This page is not on this device"`)
}

// webKit is a session of WebKitGTK, by its WebDriver.
type webKit struct {
	t       *testing.T
	session string // address
	version string
}

// startWebKit starts a screen in memory, the driver and its browser.
func startWebKit(t *testing.T) *webKit {
	t.Helper()
	driver, screen := "WebKitWebDriver", "Xvfb"
	if name := os.Getenv("WEBKIT"); name != "" {
		driver = name
	}
	for _, program := range []string{driver, screen} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("left out: there is no WebKitGTK with its driver (%v)", err)
		}
	}
	browsers, err := filepath.Glob("/usr/lib/*/webkit*gtk-*/MiniBrowser")
	if err != nil || len(browsers) == 0 {
		t.Skip("left out: there is WebKitGTK's driver, but no browser of its own beside it")
	}

	display := start(t, exec.Command(screen, "-displayfd", "1", "-screen", "0", "1280x1000x24"))
	cmd := exec.Command(driver, "--port="+port(freeAddress(t)), "--host=127.0.0.1")
	// A container has no sandbox of its own to give; the test opens our pages only.
	cmd.Env = append(os.Environ(), "DISPLAY=:"+line(t, display), "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS=1", "HOME="+t.TempDir(), "NO_AT_BRIDGE=1")
	start(t, cmd)
	w := &webKit{t: t, session: "http://127.0.0.1:" + strings.TrimPrefix(cmd.Args[1], "--port=") + "/session"}
	var made struct {
		SessionID    string
		Capabilities struct{ BrowserName, BrowserVersion string }
	}
	for deadline := time.Now().Add(patience); ; time.Sleep(100 * time.Millisecond) {
		err := w.ask("POST", "", map[string]any{"capabilities": map[string]any{"alwaysMatch": map[string]any{
			"webkitgtk:browserOptions": map[string]any{"binary": browsers[0], "args": []string{"--automation"}},
		}}}, &made)
		if err == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("WebKitGTK does not start: %v", err)
		}
	}
	w.session += "/" + made.SessionID
	w.version = made.Capabilities.BrowserName + " " + made.Capabilities.BrowserVersion
	t.Cleanup(func() { w.ask("DELETE", "", nil, nil) })
	return w
}

// start runs a program until the test ends and returns what it writes.
func start(t *testing.T, cmd *exec.Cmd) io.Reader {
	t.Helper()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	return out
}

// line reads the first line of a program that may never write one.
func line(t *testing.T, from io.Reader) string {
	t.Helper()
	read := make(chan string, 1)
	go func() {
		var text string
		fmt.Fscanln(from, &text)
		read <- text
	}()
	select {
	case text := <-read:
		return text
	case <-time.After(patience):
		t.Fatal("there is no screen")
		return ""
	}
}

func port(address string) string { return address[strings.LastIndex(address, ":")+1:] }

// ask sends a command of WebDriver (W3C Recommendation of 5 June 2018) and
// reads its value.
func (w *webKit) ask(method, path string, body, value any) error {
	var sent io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return err
		}
		sent = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(w.t.Context(), method, w.session+path, sent)
	if method == http.MethodDelete { // when the test has ended
		req, err = http.NewRequest(method, w.session+path, nil)
	}
	if err != nil {
		return err
	}
	client := http.Client{Timeout: 2 * patience}
	answer, err := client.Do(req)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	var reply struct{ Value json.RawMessage }
	if err := json.NewDecoder(answer.Body).Decode(&reply); err != nil {
		return err
	}
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", answer.Status, reply.Value)
	}
	if value == nil {
		return nil
	}
	return json.Unmarshal(reply.Value, value)
}

func (w *webKit) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *webKit) open(address string) {
	w.t.Helper()
	w.must(w.ask("POST", "/url", map[string]any{"url": address}, nil))
}

// eval evaluates an expression; numbers, texts, booleans and null come back.
func (w *webKit) eval(expression string) any {
	w.t.Helper()
	var value any
	w.must(w.ask("POST", "/execute/sync", map[string]any{"script": "return (" + expression + ");", "args": []any{}}, &value))
	return value
}

// wait polls until an expression is true.
func (w *webKit) wait(what, expression string) {
	w.t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(100 * time.Millisecond) {
		var value bool
		err := w.ask("POST", "/execute/sync", map[string]any{"script": "return !!(" + expression + ");", "args": []any{}}, &value)
		if err == nil && value {
			return
		}
		if time.Now().After(deadline) {
			w.t.Fatalf("waited %v for: %s (%s; last error %v)", patience, what, expression, err)
		}
	}
}

// element finds an element; the key of its reference is WebDriver's.
func (w *webKit) element(selector string) map[string]string {
	w.t.Helper()
	var found map[string]string
	w.must(w.ask("POST", "/element", map[string]any{"using": "css selector", "value": selector}, &found))
	return found
}

// keys types into an element; keys that are no characters are those of
// WebDriver's table.
func (w *webKit) keys(selector, text string) {
	w.t.Helper()
	for _, id := range w.element(selector) {
		w.must(w.ask("POST", "/element/"+id+"/value", map[string]any{"text": text}, nil))
	}
}

// drag drags with the mouse: from a place beside the middle of an element, by a
// way, all in parts of its width and height.
func (w *webKit) drag(selector string, fromX, fromY, byX, byY float64) {
	w.t.Helper()
	part := func(side string) float64 {
		return w.eval(fmt.Sprintf(`document.querySelector(%q).getBoundingClientRect().%s`, selector, side)).(float64)
	}
	left, top, width, height := part("left"), part("top"), part("width"), part("height")
	move := func(x, y float64) map[string]any {
		return map[string]any{"type": "pointerMove", "duration": 16, "origin": "viewport", "x": int(left + width*(0.5+x)), "y": int(top + height*(0.5+y))}
	}
	steps := []map[string]any{move(fromX, fromY), {"type": "pointerDown", "button": 0}}
	for i := 1; i <= 10; i++ {
		f := float64(i) / 10
		steps = append(steps, move(fromX+f*byX, fromY+f*byY))
	}
	steps = append(steps, map[string]any{"type": "pointerUp", "button": 0})
	w.must(w.ask("POST", "/actions", map[string]any{"actions": []any{map[string]any{
		"type": "pointer", "id": "mouse", "parameters": map[string]string{"pointerType": "mouse"}, "actions": steps,
	}}}, nil))
}
