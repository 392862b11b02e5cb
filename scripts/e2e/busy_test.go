//go:build e2e

package e2e

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// TestBusyServer opens a page that the server sent without its picture: the
// browser draws it.
func TestBusyServer(t *testing.T) {
	s := startServer(t, "DRAWING_SECONDS=1", "RATE=0")
	p := newTab(t, browser(t), s.base, 1280, 800) // before, since its start takes as long as a budget to fill again
	page := ""
	for i := 0; !strings.Contains(page, "data-stale>"); i++ {
		if i == 500 {
			t.Fatal("the server draws 500 patterns of albite in a second")
		}
		resp, err := http.Get(fmt.Sprintf("%s/sim?c=lib-albite&z=1,1,1&kv=%d", s.base, 100+i))
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("%d, %v", resp.StatusCode, err)
		}
		page = string(body)
	}
	p.open("/sim?c=lib-au&z=1,1,1&kv=300")
	if eval[bool](p, `!!document.querySelector("#drawing svg")`) {
		t.Fatal("the page came with a picture")
	}
	p.wait("the engine's picture", `document.documentElement.dataset.ready === "engine" && document.querySelector("#drawing svg")`)
	if eval[bool](p, `document.documentElement.hasAttribute("data-stale") || getComputedStyle(document.querySelector("#drawing")).visibility !== "visible"`) {
		t.Error("the picture is hidden")
	}
	for selector, want := range map[string]string{"[data-part=heading]": "Gold, zone axis 1 1 1, 300 kV", "[data-part=empty]": "", "#stage": ""} {
		p.wait(selector, fmt.Sprintf("document.querySelector(%q).textContent === %q", selector, want))
	}
	p.wait("the table", `document.querySelectorAll("#rows tbody tr").length > 5`)
}
