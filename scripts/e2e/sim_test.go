//go:build e2e

package e2e

import (
	"bytes"
	"image"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

const onCanvas = `document.querySelector("#pattern").dataset.stage === "canvas"`

// TestFirstLight is the way of a first visitor: the picture of the server, the
// canvas, a drag, a typed zone, a reload.
func TestFirstLight(t *testing.T) {
	s := startServer(t)
	p := newTab(t, wholeBrowser(t), s.base, 1440, 900)
	p.prefer("dark", false)
	p.open("/sim?z=1,1,0&o=ikds")
	p.wait("the server's picture", `document.querySelector("#drawing svg circle, #drawing svg path")`)
	p.wait("the canvas", onCanvas)
	time.Sleep(300 * time.Millisecond)
	before := p.shot("sim-1440-dark")
	if got := p.text(`[data-part="hud-zone"]`); got != "[110]" {
		t.Errorf("zone shown %q, want [110]", got)
	}

	x, y, w, h := p.box("#field")
	p.drag(x+0.62*w, y+0.8*h, 60, -35, 12)
	p.wait("a distance from the zone", `/^\d+\.\d\d° off axis/.test(document.querySelector('[data-part="hud-off"]').textContent)`)
	p.wait("the link to follow", `location.search.includes("d=")`)
	time.Sleep(300 * time.Millisecond)
	after := p.shot("sim-1440-dark-dragged")
	if share := changed(t, before, after, x+0.2*w, y+0.2*h, 0.6*w, 0.6*h); share < 0.002 {
		t.Errorf("a drag changed %.4f of the pixels of the pattern, want more than 0.002", share)
	}

	p.fill("#zone", "111")
	p.key(kb.Enter)
	p.wait("zone 111", `document.querySelector('[data-part="heading"]').textContent.includes("zone axis 1 1 1")`)
	p.wait("its link", `location.search.includes("z=1,1,1")`)
	link := eval[string](p, `location.pathname + location.search`)
	text := p.text(`[data-part="near"]`)

	p.open(link)
	p.wait("the canvas again", onCanvas)
	if got := p.text(`[data-part="near"]`); got != text {
		t.Errorf("after a reload %q, want %q", got, text)
	}
	if got := eval[string](p, `location.pathname + location.search`); got != link {
		t.Errorf("after a reload the link is %q, want %q", got, link)
	}
}

// TestWithoutScripts reads the page as the server sends it.
func TestWithoutScripts(t *testing.T) {
	s := startServer(t)
	for _, c := range []struct{ link, zone string }{
		{"/sim?c=lib-au&z=1,1,2", "[112]"},
		{"/sim?c=lib-mg&z=1,0,0", "[21\u03041\u03040]"},
		{"/sim?z=110&c=mp-149", "[110]"},
	} {
		p := newTab(t, browser(t), s.base, 390, 844)
		eval[bool](p, `true`)
		p.do(disableScripts)
		p.open(c.link)
		if got := p.text(`[data-part="hud-zone"]`); got != c.zone {
			t.Errorf("%s: zone %q, want %q", c.link, got, c.zone)
		}
		if n := eval[float64](p, `document.querySelectorAll("#drawing svg *").length`); n < 20 {
			t.Errorf("%s: the picture has %v elements", c.link, n)
		}
		// What needs scripts is not there, and nothing is behind a tab.
		for selector, want := range map[string]bool{
			"#narrow-tabs": false, "#wide-tabs": false, ".grab": false, ".bar": false, ".legend-button": false, "#stereogram": false, "iframe.linked": true, `[data-do="export"]`: false,
			"#panel-orient .chip": true, ".pad a": true, "#panel-beam": true, "#panel-show .unscripted": true, "#panel-measure": true, "#rows td": true,
		} {
			if got := eval[bool](p, `!!document.querySelector(`+quote(selector)+`)?.getClientRects().length`); got != want {
				t.Errorf("%s: %s is seen: %v, want %v", c.link, selector, got, want)
			}
		}
	}
}

// TestKeys walks through the keys of the pattern.
func TestKeys(t *testing.T) {
	s := startServer(t)
	p := newTab(t, browser(t), s.base, 1024, 768)
	p.open("/sim?z=1,1,0")
	p.wait("the engine", engineReady)
	p.do(chromedp.Focus(chromedp.CSS("#field")))
	p.key(kb.ArrowRight)
	p.wait("half a degree", `document.querySelector('[data-part="hud-off"]').textContent.startsWith("0.50°")`)
	p.key(kb.ArrowRight, chromedp.KeyModifiers(chromedp.ModifierShift))
	p.wait("five more degrees", `parseFloat(document.querySelector('[data-part="hud-off"]').textContent) > 1`)
	p.key("s")
	p.wait("snapped", `document.querySelector('[data-part="near"]').textContent.trim().startsWith("On ")`)
	p.wait("the link of it", `!/[&?]d=/.test(location.search)`) // a moment later
	link := eval[string](p, `location.search`)
	p.key(".")
	p.wait("rotated", `location.search !== `+quote(link))
	p.key("z", chromedp.KeyModifiers(chromedp.ModifierCtrl))
	p.wait("undone", `location.search === `+quote(link))
	p.key("+")
	p.wait("zoomed", `location.search.includes("cl=")`)
	p.key("0")
	p.wait("fitted", `!location.search.includes("cl=")`)
	p.key(kb.Tab)
	if p.text(":focus") == "" && eval[string](p, `document.activeElement.id`) == "field" {
		t.Error("Tab does not leave the pattern")
	}
}

// TestTouch pinches and drags with fingers.
func TestTouch(t *testing.T) {
	s := startServer(t)
	p := newTab(t, browser(t), s.base, 390, 844, chromedp.EmulateTouch, chromedp.EmulateMobile)
	p.open("/sim?z=1,1,0")
	p.wait("the engine", engineReady)
	x, y, w, _ := p.box("#field")
	cx, cy := x+w/2, y+150
	p.touch(input.DispatchTouchEventTypeTouchStart, [2]float64{cx - 40, cy}, [2]float64{cx + 40, cy})
	for i := 1.0; i <= 8; i++ {
		p.touch(input.DispatchTouchEventTypeTouchMove, [2]float64{cx - 40 - 6*i, cy}, [2]float64{cx + 40 + 6*i, cy})
	}
	p.touch(input.DispatchTouchEventTypeTouchEnd)
	p.wait("zoomed by a pinch", `location.search.includes("cl=")`)
	p.touch(input.DispatchTouchEventTypeTouchStart, [2]float64{cx + 60, cy + 40})
	for i := 1.0; i <= 8; i++ {
		p.touch(input.DispatchTouchEventTypeTouchMove, [2]float64{cx + 60 + 5*i, cy + 40})
	}
	p.touch(input.DispatchTouchEventTypeTouchEnd)
	p.wait("tilted by a finger", `location.search.includes("d=")`)
	p.shot("sim-390")
}

// TestMeasure is the acceptance example: two spots of silicon.
func TestMeasure(t *testing.T) {
	s := startServer(t)
	p := newTab(t, browser(t), s.base, 1440, 900)
	p.open("/sim?z=1,1,0&ms=1,-1,1;2,-2,0")
	p.wait("the engine", engineReady)
	panel := p.text("#panel-measure")
	for _, want := range []string{"35.26°", "1.633"} {
		if !strings.Contains(panel, want) {
			t.Errorf("the measurement does not show %s: %s", want, panel)
		}
	}
}

// TestZoneMessages types what the grammar of the zone field refuses; the
// pattern stays.
func TestZoneMessages(t *testing.T) {
	s := startServer(t)
	p := newTab(t, browser(t), s.base, 1024, 768)
	p.open("/sim?z=1,1,0")
	p.wait("the engine", engineReady)
	for _, c := range []struct{ typed, message string }{
		{"2-1-10", "Four indices only work for hexagonal and trigonal crystals. Silicon is cubic: type three, such as 110."},
		{"000", "[000] has no direction."},
		{"1.5 0 1", "Use whole numbers, such as 3 0 2."},
		{"11", "That is two numbers. A zone axis has three, or four if hexagonal."},
		{"abc", "That is not a zone axis. Try 110 or [1 −1 0]."},
		{"25 1 0", "Indices up to 20, please: |25| is too large."},
	} {
		p.fill("#zone", c.typed)
		p.key(kb.Enter)
		p.wait(c.typed+": "+c.message, `document.querySelector("#zone-hint").textContent.includes(`+quote(c.message)+`)`)
		if got := eval[string](p, `location.search`); !strings.Contains(got, "z=1,1,0") {
			t.Errorf("%s moved the pattern to %s", c.typed, got)
		}
	}
}

// TestSearchAndFiles opens crystals by name and a CIF by the file button.
func TestSearchAndFiles(t *testing.T) {
	s := startServer(t)
	p := newTab(t, browser(t), s.base, 1440, 900)
	p.open("/sim?z=1,1,0")
	p.wait("the engine", engineReady)
	for _, c := range []struct{ typed, name string }{{"asga", "Gallium arsenide"}, {"mp-2", "Palladium"}, {"gold", "Gold"}} {
		p.key("/", chromedp.KeyModifiers())
		p.fill("#find", c.typed)
		p.wait(c.typed+" found", `document.querySelector('[role="option"]')?.textContent.includes(`+quote(c.name)+`)`)
		p.key(kb.ArrowDown)
		p.key(kb.Enter)
		p.wait(c.name, `document.querySelector('[data-part="heading"]').textContent.startsWith(`+quote(c.name)+`)`)
	}
	dir := t.TempDir()
	good, bad := filepath.Join(dir, "salt.cif"), filepath.Join(dir, "bad.cif")
	if err := os.WriteFile(good, []byte(saltCIF), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(bad, []byte("data_x\n_cell_angle_alpha 90\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	p.do(chromedp.SetUploadFiles(chromedp.CSS(`input[type="file"]`), []string{good}))
	p.wait("the file", `document.querySelector('[data-part="crystal-name"]').textContent.includes("NaCl")`)
	p.do(chromedp.SetUploadFiles(chromedp.CSS(`input[type="file"]`), []string{bad}))
	p.wait("why not", `document.body.textContent.includes("This file is not a CIF we can read: line 1, expected the cell, _cell_length_a and so on, found none.")`)
	if !strings.Contains(p.text(`[data-part="crystal-name"]`), "NaCl") {
		t.Error("the unreadable file replaced the crystal")
	}
	eval[bool](p, `(() => { const data = new DataTransfer(); data.setData("text", "Atoms(symbols='CsCl', pbc=True, cell=[4.0, 4.0, 4.0])");
		document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })); return true; })()`)
	p.wait("what to do with what ASE prints", `document.body.textContent.includes('In Python run atoms.write("crystal.cif")')`)
}

const saltCIF = `data_salt
_chemical_name_common 'Salt'
_cell_length_a 5.6402
_cell_length_b 5.6402
_cell_length_c 5.6402
_cell_angle_alpha 90
_cell_angle_beta 90
_cell_angle_gamma 90
loop_
_symmetry_equiv_pos_as_xyz
x,y,z
x+1/2,y+1/2,z
x+1/2,y,z+1/2
x,y+1/2,z+1/2
loop_
_atom_site_label
_atom_site_fract_x
_atom_site_fract_y
_atom_site_fract_z
Na1 0 0 0
Cl1 0.5 0.5 0.5
`

const engineReady = `document.documentElement.dataset.ready !== undefined`

// changed returns the share of pixels in a rectangle (CSS pixels) that differ
// visibly between two screenshots.
func changed(t *testing.T, a, b []byte, x, y, w, h float64) float64 {
	t.Helper()
	decode := func(data []byte) image.Image {
		img, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		return img
	}
	p, q := decode(a), decode(b)
	n, different := 0, 0
	for j := int(y); j < int(y+h); j++ {
		for i := int(x); i < int(x+w); i++ {
			r1, g1, b1, _ := p.At(i, j).RGBA()
			r2, g2, b2, _ := q.At(i, j).RGBA()
			d := math.Abs(float64(r1)-float64(r2)) + math.Abs(float64(g1)-float64(g2)) + math.Abs(float64(b1)-float64(b2))
			n++
			if d > 0x6000 {
				different++
			}
		}
	}
	if n == 0 {
		t.Fatal("empty rectangle " + strconv.FormatFloat(w, 'f', 0, 64))
	}
	return float64(different) / float64(n)
}
