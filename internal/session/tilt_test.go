package session_test

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"
	"testing"

	"zoneaxis/internal/protocol"
)

// TestTiltPlan is the example of the physics notes: x ∥ [100], y ∥ [010], from
// [001] to [112] is α = 24.09°, β = −26.57° (or an equivalent).
func TestTiltPlan(t *testing.T) {
	s := open(t, "/sim?z=0,0,1&h=0,0,40,40")
	r := must(t, s, protocol.Request{Op: "tiltplan", UVW: &[3]int{1, 1, 2}})
	p := r.Plan
	alpha, beta := strings.TrimPrefix(p.Alpha, "−"), strings.TrimPrefix(p.Beta, "−")
	if !p.Reachable || alpha != "24.1°" || beta != "26.6°" || p.Travel != "35.3°" {
		t.Errorf("%+v", p)
	}
	if len(p.Nearest) != 10 || plain(p.Nearest[0].Text) != "[001]" || p.Nearest[0].Travel != "0.0°" {
		t.Errorf("nearest %+v", p.Nearest)
	}
	if !strings.Contains(r.SVG, `class="lim"`) || !strings.Contains(r.SVG, `class="way"`) {
		t.Error("no reach or no path in the stereogram")
	}
	// Out of reach.
	must(t, s, protocol.Request{Op: "set", Set: &protocol.Patch{Holder: &protocol.HolderPatch{LimitAlpha: ptr("30"), LimitBeta: ptr("30")}}})
	p = must(t, s, protocol.Request{Op: "tiltplan", Text: "111"}).Plan
	want := " needs α "
	text := plain(p.Message)
	if p.Reachable || !strings.Contains(text, want) || !strings.Contains(text, "Your limit is ±30°. Nearest you can reach: [") {
		t.Errorf("out of reach: %q", text)
	}
	// A text that is no zone.
	r = must(t, s, protocol.Request{Op: "tiltplan", Text: "(110)"})
	if r.Plan != nil || r.Zone == nil || r.Zone.OK {
		t.Errorf("a plane as target: %+v", r.Plan)
	}
	if note := must(t, s, protocol.Request{Op: "view"}).View.Holder.Note; note != "holder ±30°" {
		t.Errorf("note %q", note)
	}
}

// The test tilt says which way the Kikuchi lines go; here the crystal is really
// tilted that way.
func TestTestTilt(t *testing.T) {
	s := open(t, "/sim?z=0,0,1")
	check := must(t, s, protocol.Request{Op: "tiltplan", UVW: &[3]int{1, 1, 2}}).Plan.Check
	// +α about x is a right-handed turn: what points up goes towards −y, so the
	// transmitted side goes up. +β about y: up goes towards +x, the lines go left.
	if !strings.Contains(check, "with α + 2° the Kikuchi lines must move up on the screen, with β + 2° to the left.") {
		t.Errorf("%q", check)
	}
	must(t, s, protocol.Request{Op: "set", Set: &protocol.Patch{Values: values{"f": "+h"}, Holder: &protocol.HolderPatch{FlipAlpha: ptr(true)}}})
	check = must(t, s, protocol.Request{Op: "tiltplan", UVW: &[3]int{1, 1, 2}}).Plan.Check
	if !strings.Contains(check, "move down on the screen, with β + 2° to the right.") {
		t.Errorf("mirrored, α counted the other way: %q", check)
	}
}

// A click on a pole of the stereogram goes there, and the pole lies where the
// Kikuchi pattern shows its zone: towards it the crystal must be tilted so that
// the marks come from there to the middle.
func TestStereogram(t *testing.T) {
	for _, flags := range []string{"", "h", "vr"} {
		s := open(t, "/sim?z=1,1,0&d=1.00,-2.00,15.00&f="+flags)
		r := must(t, s, protocol.Request{Op: "stereogram"})
		if len(r.Poles) < 60 || r.Alt == "" {
			t.Fatalf("%d poles, alt %q", len(r.Poles), r.Alt)
		}
		for decoder := xml.NewDecoder(strings.NewReader(r.SVG)); ; {
			if _, err := decoder.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatal(err)
			}
		}
		for _, p := range r.Poles {
			if p.X*p.X+p.Y*p.Y > 120.2*120.2 {
				t.Errorf("%s outside the circle", plain(p.Text))
			}
			if p.UVW != [3]int{1, 1, 1} && p.UVW != [3]int{2, 1, 0} && p.UVW != [3]int{1, 1, -1} {
				continue
			}
			// Stereographic: r = 120 tan(θ/2).
			radius := math.Hypot(p.X, p.Y)
			theta := 2 * math.Atan(radius/120) * 180 / math.Pi
			// Move the marks from the pole to the middle; view-box y goes down.
			moved := open(t, "/sim?z=1,1,0&d=1.00,-2.00,15.00&f="+flags)
			m := must(t, moved, protocol.Request{Op: "tilt", X: -theta * p.X / radius, Y: theta * p.Y / radius})
			if m.View.Frame.UVW != p.UVW || math.Abs(parse(m.View.Frame.Distance)) > 0.03 { // poles have two decimals
				t.Errorf("%q: tilting to the pole %s leads to %s of %v", flags, plain(p.Text), m.View.Frame.Distance, m.View.Frame.UVW)
			}
		}
	}
}

func parse(degrees string) float64 {
	var v float64
	for _, c := range strings.TrimSuffix(degrees, "°") {
		if c == '.' {
			break
		}
		v = 10*v + float64(c-'0')
	}
	_, frac, _ := strings.Cut(strings.TrimSuffix(degrees, "°"), ".")
	for i, c := range frac {
		v += float64(c-'0') * math.Pow10(-i-1)
	}
	return v
}

func TestCrystalView(t *testing.T) {
	for _, link := range []string{"/sim?z=1,1,0", "/sim?c=lib-yag&z=1,1,1&d=3.00,1.00,0.00", "/sim?c=lib-albite&z=0,1,0", "/sim?c=lib-ysz&z=0,0,1"} {
		r := must(t, open(t, link), protocol.Request{Op: "crystalview"})
		n := strings.Count(r.SVG, `class="atom"`)
		if n < 4 || n > 500 || !strings.Contains(r.SVG, `class="cell"`) || strings.Contains(r.SVG, "style=") || r.Alt == "" {
			t.Errorf("%s: %d atoms, alt %q", link, n, r.Alt)
		}
	}
	// Along [110] silicon shows dumbbells: in the period of one cell each column
	// once, so every disc stands alone.
	svg := must(t, open(t, "/sim?z=1,1,0"), protocol.Request{Op: "crystalview"}).SVG
	seen := map[string]bool{}
	for _, part := range strings.Split(svg, "<circle")[1:] {
		place, _, _ := strings.Cut(part, " r=")
		if seen[place] {
			t.Errorf("two atoms at%s", place)
		}
		seen[place] = true
	}
}

func TestSecondPhase(t *testing.T) {
	s := open(t, "/sim?z=1,1,0")
	must(t, s, protocol.Request{Op: "view"})
	set := func(id, relation string, variant int) *protocol.Reply {
		return must(t, s, protocol.Request{Op: "set", Draw: "svg", Set: &protocol.Patch{Second: &protocol.SecondPatch{ID: &id, Relation: &relation, Variant: variant}}})
	}
	r := set("twin", "(1-11)", 0)
	v := r.View.Second
	if v == nil || v.Name != "Twin of silicon" || plain(v.Text) != "twin on (1-11)" || r.Change != "second phase" || v.Variants != 4 {
		t.Fatalf("%+v", v)
	}
	// The twin plane holds the beam: its axis is 1-10-like too, and the row of
	// the twin plane is common to both crystals.
	if v.OffAxis != "on axis" || !contains(v.Common, "1−11 on 1−11") && !contains(v.Common, "−11−1 on −11−1") {
		t.Errorf("%s, common %v", v.OffAxis, v.Common)
	}
	if !strings.Contains(r.SVG, `class="second"`) || !strings.Contains(r.SVG, `lab-second`) {
		t.Error("no marks of the twin")
	}
	if r.Link != "/sim?z=1,1,0&c2=twin&or=(1-11)" {
		t.Errorf("link %s", r.Link)
	}
	if again := open(t, r.Link); again.SVG() != r.SVG {
		t.Error("the link shows another picture")
	}
	r = set("lib-fe", "Kurdjumov–Sachs", 3)
	if r.View.Second.Variants != 24 || r.View.Second.Variant != 3 {
		t.Errorf("Kurdjumov–Sachs: %+v", r.View.Second)
	}
	r = set("lib-fe", "(111)||(011) [-101]||[-1-11]", 0)
	if r.View.Second.Variants != 24 || plain(r.View.Second.Text) != "(111) ∥ (011), [-101] ∥ [-1-11]" {
		t.Errorf("by indices: %+v", r.View.Second)
	}
	r = set("lib-fe", "（１１１）||（０１１）　［－１０１］||［－１－１１］", 0)
	if plain(r.View.Second.Text) != "(111) ∥ (011), [-101] ∥ [-1-11]" {
		t.Errorf("by indices in full width: %+v", r.View.Second)
	}
	// Names know which lattice is which, whichever comes first.
	for _, c := range []struct{ first, second, name, indices string }{
		{"lib-au", "lib-fe", "Kurdjumov-Sachs", "(111)||(011) [-101]||[-1-11]"},
		{"lib-fe", "lib-au", "Kurdjumov-Sachs", "(011)||(111) [-1-11]||[-101]"},
		{"lib-fe", "lib-mg", "burgers", "(110)||(001) [1-11]||[110]"},
		{"lib-mg", "lib-fe", "Burgers", "(001)||(110) [110]||[1-11]"},
		{"lib-fe", "lib-au", "bain", "(001)||(001) [100]||[110]"},
	} {
		s := open(t, "/sim?z=1,1,1&c="+c.first)
		both := func(relation string) *protocol.Reply {
			return must(t, s, protocol.Request{Op: "set", Draw: "svg", Set: &protocol.Patch{Second: &protocol.SecondPatch{ID: &c.second, Relation: &relation}}})
		}
		named, indexed := both(c.name), both(c.indices)
		if named.SVG != indexed.SVG || !strings.HasSuffix(plain(named.View.Second.Text), ": "+plain(indexed.View.Second.Text)) {
			t.Errorf("%s then %s: %s is %q, want %q", c.first, c.second, c.name, plain(named.View.Second.Text), plain(indexed.View.Second.Text))
		}
	}
	r = set("lib-si", "6e1 deg [111]", 0)
	if plain(r.View.Second.Text) != "60° about [111]" {
		t.Errorf("turn: %q", plain(r.View.Second.Text))
	}
	bad := do(t, s, protocol.Request{Op: "set", Set: &protocol.Patch{Second: &protocol.SecondPatch{Relation: ptr("(111)||(110) [100]||[100]")}}})
	if got := bad.Fields["relation"]; got != "The direction [100] does not lie in the plane (111) of the first crystal: it is 35.3° out of it." {
		t.Errorf("misfit: %q", got)
	}
	if r = set("", "", 0); r.View.Second != nil || r.Link != "/sim?z=1,1,0" {
		t.Errorf("removed: %+v %s", r.View.Second, r.Link)
	}
}

func TestRings(t *testing.T) {
	s := open(t, "/sim?c=lib-al")
	r := must(t, s, protocol.Request{Op: "set", Draw: "svg", Set: &protocol.Patch{Values: values{"w": "r"}}})
	if r.Link != "/sim?c=lib-al&w=r" || !strings.Contains(r.SVG, `class="rings"`) || strings.Count(r.SVG, "<circle") < 8 {
		t.Errorf("link %s", r.Link)
	}
	if r.View.Heading != "Aluminium, powder rings, 200 kV" || r.View.Values["w"] != "r" || r.View.Empty != "" {
		t.Errorf("heading %q, empty %q", r.View.Heading, r.View.Empty)
	}
	if f := r.View.Frame; plain(f.Zone) != "Powder rings" || !f.On {
		t.Errorf("the picture is called %q", plain(f.Zone))
	}
	if !strings.Contains(r.View.Description, "The strongest is 1 1 1, d 2.338 ångström.") {
		t.Errorf("description %q", r.View.Description)
	}
}

// TestRingTable holds the rings of aluminium, a = 4.0495 Å, against the formula.
func TestRingTable(t *testing.T) {
	s := open(t, "/sim?c=lib-al&w=r")
	rows := must(t, s, protocol.Request{Op: "table", Sort: "g"}).Table
	for i, want := range []struct {
		label, planes string
		sum           float64
	}{{"{111}", "8", 3}, {"{200}", "6", 4}, {"{220}", "12", 8}, {"{311}", "24", 11}, {"{222}", "8", 12}} {
		got := rows.Rows[i]
		d, err := strconv.ParseFloat(got.D, 64)
		inv, _ := strconv.ParseFloat(got.InvD, 64)
		if plain(got.Label) != want.label || got.Multiplicity != want.planes || err != nil ||
			math.Abs(d-4.0495/math.Sqrt(want.sum)) > 1e-3 || math.Abs(d*inv-10) > 0.02 {
			t.Errorf("row %d: %+v, want %s, %s planes, d %.3f", i, got, want.label, want.planes, 4.0495/math.Sqrt(want.sum))
		}
	}
	if rows.Rows[0].I != "100.0" || rows.Total != rows.All || !strings.Contains(rows.Caption, "rings in view") {
		t.Errorf("first %+v, caption %q", rows.Rows[0], rows.Caption)
	}
	byPlanes := must(t, s, protocol.Request{Op: "table", Sort: "m", Desc: true}).Table
	if byPlanes.Rows[0].Multiplicity != "48" && byPlanes.Rows[0].Multiplicity != "24" {
		t.Errorf("most planes: %+v", byPlanes.Rows[0])
	}
	for filter, want := range map[string]int{"{111}": 1, "2-20": 2, "9 8 7": 0} { // 220 and 440
		if f := must(t, s, protocol.Request{Op: "table", Filter: filter}).Table; f.Total != want {
			t.Errorf("filter %s: %d rows, want %d", filter, f.Total, want)
		}
	}
	csv := must(t, s, protocol.Request{Op: "export", Kind: "csv"}).File.Text
	if !strings.HasPrefix(csv, "h,k,l,d_A,g_invA,multiplicity,F_abs_A,I_of_strongest\n1,1,1,2.33798,") || strings.Count(csv, "\n") != rows.All+1 {
		t.Errorf("CSV %.120q", csv)
	}
}

// TestRingPick taps rings, measures them and walks over them.
func TestRingPick(t *testing.T) {
	s := open(t, "/sim?c=lib-al&z=1,1,0&w=r") // 220 is along the beam: rings do not mind
	view := must(t, s, protocol.Request{Op: "view"}).View
	unit := 10 / view.Scale // view-box units per Å⁻¹
	r111, r220 := math.Sqrt(3)/4.0495*unit, math.Sqrt(8)/4.0495*unit
	d := must(t, s, protocol.Request{Op: "pick", X: -0.6 * r111, Y: 0.8 * r111, Radius: 12}).Detail
	if d.HKL == nil || plain(d.Label) != "{111}" || d.Multiplicity != "8" || d.D != "2.338" || d.I != "100.0" || d.S != "" || d.Xi != "" {
		t.Fatalf("tapped %+v", d)
	}
	if math.Abs(d.X+0.6*r111) > 0.5 || math.Abs(d.Y-0.8*r111) > 0.5 {
		t.Errorf("the card stands at %v, %v", d.X, d.Y)
	}
	if svg := must(t, s, protocol.Request{Op: "select", HKL: d.HKL, Draw: "svg"}).SVG; strings.Count(svg[strings.Index(svg, `class="sel"`):], "<circle") != 2 {
		t.Error("the ring is not highlighted")
	}
	must(t, s, protocol.Request{Op: "measure", X: -0.6 * r111, Y: 0.8 * r111, Radius: 12})
	m := must(t, s, protocol.Request{Op: "measure", X: 0, Y: r220 + 4, Radius: 12, Draw: "svg"})
	if v := m.View.Measure; v.Count != "2 rings picked" || v.Ratio != "1.633" || v.Angle != "" || v.Points[0].D != "2.338" || v.Points[1].D != "1.432" {
		t.Errorf("measured %+v", v)
	}
	if m.Status != "Ratio 1.633." || !strings.Contains(m.SVG, `<circle class="m1"`) || !strings.Contains(m.SVG, `<circle class="m2"`) {
		t.Errorf("status %q", m.Status)
	}
	free := must(t, s, protocol.Request{Op: "measure", X: 0.5 * r111, Y: 0, Radius: 12, Draw: "svg"})
	if free.View.Measure.Ratio == "" {
		t.Error("no ratio with a free radius")
	}
	if p := free.View.Measure.Points[1]; !p.Free || p.D != "4.675" { // twice the spacing of 111, 4.676, but for the four decimals that links keep
		t.Errorf("free radius %+v", p)
	}
	shown := must(t, s, protocol.Request{Op: "select", Draw: "svg"})
	if again := must(t, open(t, shown.Link), protocol.Request{Op: "view", Draw: "svg"}); again.SVG != shown.SVG {
		t.Error("the link shows other rings")
	}
	for _, want := range []string{"{111}", "{200}", "{220}"} {
		if w := must(t, s, protocol.Request{Op: "walk", Dir: "right"}); plain(w.Detail.Label) != want {
			t.Errorf("walked to %s, want %s", plain(w.Detail.Label), want)
		}
	}
	if w := must(t, s, protocol.Request{Op: "walk", Dir: "left"}); plain(w.Detail.Label) != "{200}" {
		t.Errorf("back at %s", plain(w.Detail.Label))
	}
	// Silicon 333 and 511 share a ring.
	s = open(t, "/sim?w=r")
	if d := must(t, s, protocol.Request{Op: "inspect", HKL: &[3]int{3, 3, 3}}).Detail; plain(d.Also) != "On the same ring: {511}" || d.Multiplicity != "8" {
		t.Errorf("333: %+v", d)
	}
}

// TestRingDrag moves the picture: rings know no orientation.
func TestRingDrag(t *testing.T) {
	s := open(t, "/sim?c=lib-al&w=r")
	before := must(t, s, protocol.Request{Op: "view", Draw: "svg"})
	must(t, s, protocol.Request{Op: "drag", Stage: "start", X: 10, Y: 10})
	must(t, s, protocol.Request{Op: "drag", Stage: "move", X: 60, Y: -20, Light: true})
	r := must(t, s, protocol.Request{Op: "drag", Stage: "move", X: 110, Y: -40, Light: true, Draw: "svg"})
	if !strings.Contains(r.SVG, `<circle cx="100" cy="-50"`) {
		t.Errorf("000 did not come along: %.300s", r.SVG)
	}
	if end := must(t, s, protocol.Request{Op: "drag", Stage: "end"}); end.Change != "position" {
		t.Errorf("change %q", end.Change)
	}
	must(t, s, protocol.Request{Op: "zoom", Fit: true})
	must(t, s, protocol.Request{Op: "drag", Stage: "start", X: 10, Y: 10})
	must(t, s, protocol.Request{Op: "drag", Stage: "move", X: 60, Y: -20, Light: true})
	if r := must(t, s, protocol.Request{Op: "drag", Stage: "cancel", Draw: "svg"}); r.SVG != before.SVG {
		t.Error("cancelling did not bring the picture back")
	}
	far := must(t, s, protocol.Request{Op: "set", Set: &protocol.Patch{Values: values{"cl": "5000"}}})
	if far.View.Empty != "No rings in view. Zoom out, or go back to the middle." {
		t.Errorf("no ring in %d: %q", far.View.Frame.InView, far.View.Empty)
	}
}
