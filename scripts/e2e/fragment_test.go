//go:build e2e

package e2e

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// packed returns what the fragment of a link holds of a text.
func packed(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	w.Write([]byte(text))
	w.Close()
	return base64.RawURLEncoding.EncodeToString(b.Bytes())
}

// ownPacking is a rock salt as the program packed it until November 2026.
const ownPacking = "bc49C8JADAbg_X5Ftk5KxQ9wFsRFJ_eQnrEtJL2jF8H6620pQkslZHnyEt4HGWEiMYe-Yq09CTakjD6ohgayOyeDIZD1CRZB4aa0Cgn268NubsUf81OjphRGklgRHPMZFmwLK0l1xNSpsrUdpki-P7ThFceel9UVsjMorLagmZMQIjokC4qpNkahgmUK1kUe_hVhxs-WvOF7Sd2SPu5GG7gR5MO4k2zgJJCv9791Xw"

// TestCrystalInLink: the link of an opened file opens the crystal elsewhere.
func TestCrystalInLink(t *testing.T) {
	s := startServer(t)
	p := newTab(t, browser(t), s.base, 1440, 900)
	p.open("/sim?z=1,1,0")
	p.wait("the engine", engineReady)
	file := filepath.Join(t.TempDir(), "salt.cif")
	if err := os.WriteFile(file, []byte(saltCIF), 0o644); err != nil {
		t.Fatal(err)
	}
	p.do(chromedp.SetUploadFiles(chromedp.CSS(`input[type="file"]`), []string{file}))
	p.wait("the link with the crystal", `location.search.includes("c=cif") && location.hash.startsWith("#x=")`)
	if strings.Contains(eval[string](p, `document.body.textContent`), "too large for a link") {
		t.Error("the page says that the crystal is too large for a link")
	}
	link := eval[string](p, `location.pathname + location.search + location.hash`)
	const drawing = `document.querySelector("#drawing").innerHTML.replace(/<!--.*?-->/g, "")`
	want := eval[string](p, drawing)

	// Undone and done again it is still there.
	p.fill("#zone", "111")
	p.key("\r")
	p.heading("zone axis 1 1 1")
	p.do(chromedp.Evaluate[chromedp.Void](`history.back()`))
	p.waitFor("the state before", `location.pathname + location.search + location.hash`, link)

	// Somebody else opens it, and reloads it.
	q := newTab(t, browser(t), s.base, 1440, 900)
	q.open(link)
	q.wait("the engine", engineReady)
	q.wait("the crystal", `document.querySelector('[data-part="crystal-name"]').textContent.includes("NaCl")`)
	if got := eval[string](q, drawing); got != want {
		t.Error("the link shows another picture")
	}
	q.do(chromedp.Evaluate[chromedp.Void](`window.before = true; location.reload()`))
	q.wait("the engine again", `!window.before && `+engineReady)
	q.wait("the crystal again", `document.querySelector('[data-part="crystal-name"]').textContent.includes("NaCl")`)
}

// TestOtherFragments: links from before open as they did, and what no program
// has packed leaves silicon and says why.
func TestOtherFragments(t *testing.T) {
	s := startServer(t)
	parent := browser(t)
	for _, c := range []struct{ what, fragment, name, says string }{
		{"a link from before", ownPacking, "NaCl", ""},
		{"no base64", "%%%", "Silicon", "The crystal in this link could not be read."},
		{"no deflate", "AAAA", "Silicon", "The crystal in this link could not be read."},
		{"cut off", ownPacking[:100], "Silicon", "The crystal in this link could not be read."},
		{"no crystal", packed(t, "GIF89a"), "Silicon", "The crystal in this link could not be read."},
		{"a bomb", packed(t, strings.Repeat(saltCIF, 1+(4<<20)/len(saltCIF)))[:12000], "Silicon", "The crystal in this link could not be read."},
		{"a small bomb", packed(t, strings.Repeat(" ", 2<<20)), "Silicon", "The crystal in this link could not be read."},
	} {
		q := newTab(t, parent, s.base, 1440, 900)
		q.open("/sim?c=cif&z=1,1,0#x=" + c.fragment)
		q.wait("the engine: "+c.what, engineReady)
		q.wait(c.what, `document.querySelector('[data-part="heading"]').textContent.includes("1 1 0") && document.body.textContent.includes(`+quote(c.name)+`) && document.body.textContent.includes(`+quote(c.says)+`)`)
	}
}
