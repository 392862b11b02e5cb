//go:build e2e

package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// TestInstallable: Chromium finds nothing wrong with the manifest, and it names
// where files come in.
func TestInstallable(t *testing.T) {
	s := startServer(t)
	p := newTab(t, wholeBrowser(t), s.base, 1024, 768)
	p.open("/sim?z=1,1,0")
	p.wait("everything saved", savedOffline)
	p.do(func(ctx context.Context, tt *chromedp.Target) (chromedp.Void, error) {
		m, err := cdp.Call(ctx, tt, page.GetAppManifest, page.GetAppManifestParams{})
		if err != nil {
			return chromedp.Void{}, err
		}
		for _, e := range m.Errors {
			t.Errorf("the manifest: %s (line %d)", e.Message, e.Line)
		}
		var manifest struct {
			Share struct {
				Action, Method, Enctype string
				Params                  struct{ Files []struct{ Name string } }
			} `json:"share_target"`
			Handlers []struct {
				Action string
				Accept map[string][]string
			} `json:"file_handlers"`
		}
		if err := json.Unmarshal([]byte(m.Data), &manifest); err != nil {
			return chromedp.Void{}, err
		}
		if s := manifest.Share; s.Action != "/sim" || s.Method != "POST" || s.Enctype != "multipart/form-data" || len(s.Params.Files) != 1 || s.Params.Files[0].Name != "file" {
			t.Errorf("the share target is %+v", s)
		}
		if h := manifest.Handlers; len(h) != 1 || h[0].Action != "/sim" || !slices.Contains(h[0].Accept["application/x-cif"], ".cif") {
			t.Errorf("the file handlers are %+v", h)
		}
		r, err := cdp.Call(ctx, tt, page.GetInstallabilityErrors, cdp.Empty{})
		for _, e := range r.InstallabilityErrors {
			// Without a window of its own a test's browser installs nothing.
			if e.ErrorID != "in-incognito" {
				t.Errorf("not installable: %s %v", e.ErrorID, e.ErrorArguments)
			}
		}
		return chromedp.Void{}, err
	})
}

// share posts a file to the page as another app does that shares it.
func (p *tab) share(name, text string) {
	p.t.Helper()
	eval[bool](p, fmt.Sprintf(`(() => {
		const form = Object.assign(document.createElement("form"), { action: "/sim", method: "post", enctype: "multipart/form-data" });
		const input = Object.assign(document.createElement("input"), { type: "file", name: "file" });
		const given = new DataTransfer();
		given.items.add(new File([%s], %s, { type: "text/plain" }));
		input.files = given.files;
		form.append(input);
		document.body.append(form);
		setTimeout(() => form.submit());
		return true;
	})()`, quote(text), quote(name)))
}

// TestShareTarget: a file that another app shares is opened and kept, with the
// network and without, and opening the page again does not open it again.
func TestShareTarget(t *testing.T) {
	g := newGate(t, startServer(t))
	p := newTab(t, wholeBrowser(t), g.base, 1024, 768)
	p.open("/sim?z=1,1,0")
	p.wait("everything saved", savedOffline)
	g.paths()
	p.share("shared ümlaut.cif", ourCIF)
	p.heading("Testsalt")
	p.waitKept(1)
	p.wait("the link to the file's crystal", `location.search.includes("c=cif")`)
	p.open("/sim?z=1,1,1")
	p.heading("Silicon")

	p.offlineIsFine()
	g.stop()
	p.share("other.cif", otherCIF)
	p.heading("Othersalt")
	p.waitKept(2)
	p.share("broken.cif", "data_x\n_cell_length_a ?\n")
	p.wait("the word about it", `document.querySelector(".toasts")?.textContent.includes("This file is not a CIF we can read")`)
}

// TestOpenedFile: files that the system opens with the installed program, with
// a stand-in for Chromium's launchQueue, which a page in a tab does not get.
func TestOpenedFile(t *testing.T) {
	g := newGate(t, startServer(t))
	g.hold("/static/engine")
	p := newTab(t, browser(t), g.base, 1024, 768)
	p.before(fmt.Sprintf(`
		const file = (name, text) => ({ kind: "file", name, getFile: async () => new File([text], name) });
		Object.defineProperty(window, "launchQueue", { value: { setConsumer(hear) {
			globalThis.launch = (name, text) => hear({ files: [file(name, text)] });
			launch("ours.cif", %s); // the launch that has opened the page waits for the consumer
		} } });
	`, quote(ourCIF)))
	p.open("/sim?z=1,1,0")
	p.wait("the page to ask for files", `globalThis.launch`)
	g.release()
	p.heading("Testsalt")
	p.waitKept(1)
	eval[bool](p, `(launch("other.cif", `+quote(otherCIF)+`), true)`)
	p.heading("Othersalt")
	p.waitKept(2)
}
