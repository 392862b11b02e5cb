package session_test

import (
	"encoding/json"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"zoneaxis/internal/protocol"
	"zoneaxis/internal/session"
	"zoneaxis/internal/wire"
)

// do sends a request as the page does, through JSON.
func do(t testing.TB, s *session.Session, r protocol.Request) *protocol.Reply {
	t.Helper()
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	out, svg, marks := s.Call(text, nil)
	var reply protocol.Reply
	if err := json.Unmarshal(out, &reply); err != nil {
		t.Fatalf("%s: %v\n%s", text, err, out)
	}
	reply.SVG, reply.Marks = svg, marks
	return &reply
}

func must(t testing.TB, s *session.Session, r protocol.Request) *protocol.Reply {
	t.Helper()
	reply := do(t, s, r)
	if !reply.OK || reply.Error != "" || len(reply.Fields) > 0 {
		t.Fatalf("%+v: error %q, fields %v, need %q", r, reply.Error, reply.Fields, reply.Need)
	}
	return reply
}

func plain(text protocol.Text) string {
	var b strings.Builder
	for _, r := range text {
		if r.Bar {
			b.WriteByte('-')
		}
		b.WriteString(r.T)
	}
	return b.String()
}

func TestTypedZone(t *testing.T) {
	s := open(t, "/sim?v=1")
	must(t, s, protocol.Request{Op: "view"})
	r := must(t, s, protocol.Request{Op: "zone", Text: "110", Draw: "svg"})
	if r.View.Heading != "Silicon, zone axis 1 1 0, 200 kV" {
		t.Errorf("heading %q", r.View.Heading)
	}
	if r.Link != "/sim?z=1,1,0" {
		t.Errorf("link %q", r.Link)
	}
	if r.Change != "zone axis" || !r.Push || r.Status != "On zone axis 1 1 0." {
		t.Errorf("change %q, push %v, status %q", r.Change, r.Push, r.Status)
	}
	if !strings.Contains(r.SVG, "<svg") {
		t.Error("no picture")
	}
	if again := must(t, s, protocol.Request{Op: "zone", Text: "110"}); again.Change != "" || again.Push {
		t.Errorf("going where one is: change %q, push %v", again.Change, again.Push)
	}
}

// TestZoneGrammar holds the table of the design: text, crystal, where it leads,
// what is said.
func TestZoneGrammar(t *testing.T) {
	const si, ti = "lib-si", "lib-ti"
	for _, test := range []struct {
		text, crystal string
		zone          string // "" for no change
		message       string
		button        string
	}{
		{"", si, "", "Zone axis: 110, [1−10], 1,−1,0 or 2 −1 −1 0", ""},
		{"110", si, "[110]", "", ""},
		{"1-10", si, "[1-10]", "", ""},
		{"1−10", si, "[1-10]", "", ""},
		{"[1 -1 0]", si, "[1-10]", "", ""},
		{"1,-1;0", si, "[1-10]", "", ""},
		{"1\u03051\u03050", si, "[-1-10]", "", ""},
		{"220", si, "[110]", "[220] points the same way as [110].", ""},
		{"<110>", si, "[110]", "Family of directions; showing [110].", ""},
		{"(110)", si, "", "(110) is a plane. Go to its normal? That is [110].", "Use the normal"},
		{"{110}", si, "", "(110) is a plane. Go to its normal? That is [110].", "Use the normal"},
		{"2-1-10", ti, "[2-1-10]", "[2 −1 −1 0] is [100] in three indices.", ""},
		{"210", ti, "[10-10]", "Read in three indices, [210]; in four it is [1 0 −1 0].", ""},
		{"(10-11)", ti, "", "(1 0 −1 1) is a plane. Go to its normal? No direction of small whole indices is: [5 0 −5 3], the nearest, is 0.19° off.", "Use the normal"},
		{"2-1-10", si, "", "Four indices only work for hexagonal and trigonal crystals. Silicon is cubic: type three, such as 110.", ""},
		{"1210", ti, "", "The first three must add up to zero, and 1 + 2 + 1 = 4.", ""},
		{"000", si, "", "[000] has no direction.", ""},
		{"1.5 0 1", si, "", "Use whole numbers, such as 3 0 2.", ""},
		{"11", si, "", "That is two numbers. A zone axis has three, or four if hexagonal.", ""},
		{"abc", si, "", "That is not a zone axis. Try 110 or [1 −1 0].", ""},
		{"mp-149", si, "", "That is a Materials Project number.", "Open mp-149"},
		{"25 1 0", si, "", "Indices up to 20, please: |25| is too large.", ""},
	} {
		t.Run(test.text+" "+test.crystal, func(t *testing.T) {
			s := open(t, "/sim?z=1,1,1&c="+test.crystal)
			before := must(t, s, protocol.Request{Op: "view", Draw: "svg"})
			parsed := must(t, s, protocol.Request{Op: "parse", Text: test.text})
			if parsed.View != nil || parsed.Link != "" {
				t.Error("parse must not move anything")
			}
			r := must(t, s, protocol.Request{Op: "zone", Text: test.text, Draw: "svg"})
			for _, z := range []*protocol.ZoneReply{parsed.Zone, r.Zone} {
				if got := plain(z.Message); got != test.message {
					t.Errorf("message\n got %q\nwant %q", got, test.message)
				}
				if (z.Action == nil) != (test.button == "") || z.Action != nil && z.Action.Label != test.button {
					t.Errorf("action %+v, want %q", z.Action, test.button)
				}
				if z.OK != (test.zone != "") {
					t.Errorf("ok %v", z.OK)
				}
			}
			if test.zone == "" {
				if r.Link != before.Link || r.SVG != before.SVG {
					t.Error("the picture has changed")
				}
				return
			}
			if got := plain(r.View.Frame.Zone); got != test.zone {
				t.Errorf("zone %q, want %q", got, test.zone)
			}
		})
	}
	// The button of a plane goes to its normal.
	s := open(t, "/sim?c=lib-ti")
	r := must(t, s, protocol.Request{Op: "parse", Text: "(1 0 -1 0)"})
	if r.Zone.Action == nil || r.Zone.Action.Request == nil {
		t.Fatalf("no action: %+v", r.Zone)
	}
	if r := must(t, s, *r.Zone.Action.Request); plain(r.View.Frame.Zone) != "[10-10]" {
		t.Errorf("normal of (10-10): %q", plain(r.View.Frame.Zone))
	}
}

// TestMeasurement is the example of the design: 1-11 and 2-20 of silicon.
func TestMeasurement(t *testing.T) {
	s := open(t, "/sim?z=1,1,0")
	must(t, s, protocol.Request{Op: "view"})
	for _, h := range [][3]int{{1, -1, 1}, {2, -2, 0}} {
		d := must(t, s, protocol.Request{Op: "inspect", HKL: &h}).Detail
		// The finger is not exact.
		r := must(t, s, protocol.Request{Op: "measure", X: d.X + 5, Y: d.Y - 6, Radius: 12})
		if r.Detail == nil || r.Detail.HKL == nil || *r.Detail.HKL != h {
			t.Fatalf("picked %+v instead of %v", r.Detail, h)
		}
		if h == [3]int{1, -1, 1} {
			if m := r.View.Measure; m.Empty != "" || len(m.Points) != 1 || m.Points[0].D != "3.136" || m.Angle+m.Ratio != "" || m.Copy != "1-11\t3.136\t3.19" {
				t.Errorf("one spot: %+v", m)
			}
		}
		if r.Change != "measurement" {
			t.Errorf("change %q", r.Change)
		}
	}
	r := must(t, s, protocol.Request{Op: "view"})
	m := r.View.Measure
	if m.Angle != "35.26°" || m.Ratio != "1.633" || m.Count != "2 spots picked" {
		t.Errorf("angle %q, ratio %q, %q", m.Angle, m.Ratio, m.Count)
	}
	if m.Points[0].D != "3.136" || m.Points[0].InvD != "3.19" || m.Points[1].D != "1.920" || m.Points[1].InvD != "5.21" {
		t.Errorf("points %+v", m.Points)
	}
	if got := plain(m.Points[0].Family); got != "{111}" {
		t.Errorf("family %q", got)
	}
	if m.Copy != "1-11\t3.136\t3.19\t2-20\t1.920\t5.21\t35.26\t1.633" {
		t.Errorf("copy %q", m.Copy)
	}
	if r.Link != "/sim?z=1,1,0&ms=1,-1,1;2,-2,0" {
		t.Errorf("link %q", r.Link)
	}
	// A third pick replaces the older one; free points are told apart.
	r = must(t, s, protocol.Request{Op: "measure", X: 33, Y: 140})
	if m := r.View.Measure; len(m.Points) != 2 || plain(m.Points[0].Label) != "2-20" || !m.Points[1].Free || plain(m.Points[1].Label) != "free" || m.Points[1].Letter != "B" {
		t.Errorf("after the third pick: %+v", m.Points)
	}
	if r.Status != "Angle 107.36, ratio 0.921." && !strings.HasPrefix(r.Status, "Angle ") {
		t.Errorf("status %q", r.Status)
	}
	between := true
	r = must(t, s, protocol.Request{Op: "measure", Between: &between})
	if r.View.Measure.Spacing == "" || r.View.Measure.Angle != "" {
		t.Errorf("between: %+v", r.View.Measure)
	}
	if r = must(t, s, protocol.Request{Op: "measure", Clear: true}); r.View.Measure.Empty != "Pick two spots to get d, angle and ratio." {
		t.Errorf("cleared: %+v", r.View.Measure)
	}
	// 000 is no spot to measure.
	if r = must(t, s, protocol.Request{Op: "measure"}); r.Change != "" || r.Toast == "" {
		t.Errorf("measuring 000: change %q, toast %q", r.Change, r.Toast)
	}
}

func TestSnapAndTilt(t *testing.T) {
	s := open(t, "/sim?z=1,1,0&d=0.30,-0.30,0.00")
	r := must(t, s, protocol.Request{Op: "view"})
	f := r.View.Frame
	if f.OffAxis != "0.42° off axis" || plain(f.NearText) != "0.42° from [110]" || f.On {
		t.Errorf("before: %+v", f)
	}
	r = must(t, s, protocol.Request{Op: "snap"})
	f = r.View.Frame
	if !f.On || plain(f.NearText) != "On [110]" || r.Toast != "Snapped to [110]." || r.Change != "tilt" || r.Link != "/sim?z=1,1,0" {
		t.Errorf("snapped: %+v, toast %q, change %q, link %s", f, r.Toast, r.Change, r.Link)
	}
	r = must(t, s, protocol.Request{Op: "tilt", X: 0.5})
	if r.View.Frame.Distance != "0.50°" || r.Link != "/sim?z=1,1,0&d=0.00,-0.50,0.00" {
		t.Errorf("tilted: %+v %s", r.View.Frame, r.Link)
	}
	if r = must(t, s, protocol.Request{Op: "tilt", X: -0.5}); !r.View.Frame.On {
		t.Errorf("and back: %+v", r.View.Frame)
	}
	if r = must(t, s, protocol.Request{Op: "tilt", Y: 30}); r.Status != "Nearest zone is now 1 1 3, 0.8 degrees away." && !strings.HasPrefix(r.Status, "Nearest zone is now ") {
		t.Errorf("status %q", r.Status)
	}
	must(t, s, protocol.Request{Op: "go", UVW: &[3]int{1, 1, 0}})
	r = must(t, s, protocol.Request{Op: "tilt", Y: 0.9})
	if r.Status != "Tilted to 0.9 degrees from 1 1 0; nearest is still 1 1 0." {
		t.Errorf("status %q", r.Status)
	}
	must(t, s, protocol.Request{Op: "snap"})
	r = must(t, s, protocol.Request{Op: "rotate", Deg: 12.5})
	if r.View.Frame.Rotation != "12.5°" || r.Change != "rotation" {
		t.Errorf("rotated: %q, change %q", r.View.Frame.Rotation, r.Change)
	}
	if r = must(t, s, protocol.Request{Op: "rotate", Text: "−３０,0 °"}); r.View.Frame.Rotation != "−30.0°" {
		t.Errorf("rotated to %q", r.View.Frame.Rotation)
	}
	for _, text := range []string{"abc", "361", "5 mm", "3°0"} {
		if r := s.Do(&protocol.Request{Op: "rotate", Text: text}, nil); r.OK || r.Fields["rotation"] != "Between −360 and 360°." || r.Error != "" {
			t.Errorf("rotation %q: %+v", text, r)
		}
	}
	if r = must(t, s, protocol.Request{Op: "view"}); r.View.Frame.Rotation != "−30.0°" {
		t.Errorf("what was refused has rotated to %q", r.View.Frame.Rotation)
	}
	// A mirrored screen turns the sense: the button still does what it shows.
	must(t, s, protocol.Request{Op: "set", Set: &protocol.Patch{Values: values{"f": "+h"}}})
	if r = must(t, s, protocol.Request{Op: "rotate", Deg: 10}); r.View.Frame.Rotation != "−40.0°" {
		t.Errorf("mirrored, rotated to %q", r.View.Frame.Rotation)
	}
}

func TestCommonZones(t *testing.T) {
	s := open(t, "/sim?v=1")
	first := must(t, s, protocol.Request{Op: "view"}).View.Chips
	seen := map[string]bool{}
	for range first {
		r := must(t, s, protocol.Request{Op: "common", Step: 1})
		seen[plain(r.View.Frame.Zone)] = true
	}
	for _, c := range first {
		if !seen[plain(c.Text)] {
			t.Errorf("chip %s is never reached", plain(c.Text))
		}
	}
	r := must(t, s, protocol.Request{Op: "view"})
	if plain(r.View.Frame.Zone) != "[001]" {
		t.Errorf("a round ends at %s", plain(r.View.Frame.Zone))
	}
	if r = must(t, s, protocol.Request{Op: "common", Step: -1}); plain(r.View.Frame.Zone) != plain(first[len(first)-1].Text) {
		t.Errorf("back: %s", plain(r.View.Frame.Zone))
	}
}

// Undo is the page's, snapshots are exact: the state comes back bit for bit,
// also what the link rounds.
func TestSnapshots(t *testing.T) {
	s := open(t, "/sim?z=1,1,0&ms=1,-1,1")
	steps := []protocol.Request{
		{Op: "tilt", X: 0.123456789, Y: -0.2},
		{Op: "rotate", Deg: 1.0 / 3},
		{Op: "zoom", Factor: 1.2345, X: 100, Y: -50},
		{Op: "measure", X: 17, Y: 200},
		{Op: "set", Set: &protocol.Patch{Values: values{"kv": "80", "o": "+k-i", "f": "+v"}}},
		{Op: "set", Set: &protocol.Patch{Holder: &protocol.HolderPatch{Alpha: ptr("3.5"), Axis: ptr("17"), FlipBeta: ptr(true)}}},
		{Op: "set", Set: &protocol.Patch{Second: &protocol.SecondPatch{ID: ptr("twin"), Relation: ptr("(111)"), Variant: 2}}},
		{Op: "set", Set: &protocol.Patch{Values: values{"w": "r"}}},
		{Op: "set", Set: &protocol.Patch{Values: values{"w": "", "p": "phosphor"}}},
		{Op: "crystal", ID: "lib-au"},
		{Op: "common", Step: 1},
	}
	type kept struct{ snapshot, svg, link string }
	first := must(t, s, protocol.Request{Op: "view", Draw: "svg"})
	states := []kept{{first.Snapshot, first.SVG, first.Link}}
	for _, step := range steps {
		step.Draw = "svg"
		r := must(t, s, step)
		if r.Change == "" {
			t.Errorf("%+v: no change", step)
		}
		states = append(states, kept{r.Snapshot, r.SVG, r.Link})
	}
	for _, i := range []int{10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 11, 3, 7} {
		r := must(t, s, protocol.Request{Op: "restore", Snapshot: states[i].snapshot, Draw: "svg"})
		if r.Snapshot != states[i].snapshot || r.SVG != states[i].svg || r.Link != states[i].link {
			t.Errorf("state %d: restored differently\n%s\n%s", i, r.Snapshot, states[i].snapshot)
		}
		if r.Change != "" {
			t.Errorf("restoring is no change of its own, got %q", r.Change)
		}
	}
	// In a fresh program too.
	fresh := open(t, "/sim?v=1")
	if r := must(t, fresh, protocol.Request{Op: "restore", Snapshot: states[7].snapshot, Draw: "svg"}); r.SVG != states[7].svg {
		t.Error("a fresh session restores another picture")
	}
	for _, bad := range []string{"", "{}", `{"l":"/sim","q":[0,0,0,0]}`, `{"l":"/sim?z=0,0,0","q":[1,0,0,0]}`, states[1].snapshot[:40]} {
		if r := do(t, fresh, protocol.Request{Op: "restore", Snapshot: bad}); r.OK || r.Error == "" {
			t.Errorf("snapshot %q: %+v", bad, r)
		}
	}
}

// values are settings of a patch.
type values = map[string]string

func ptr[T any](v T) *T { return &v }

func TestSettings(t *testing.T) {
	s := open(t, "/sim?v=1")
	must(t, s, protocol.Request{Op: "view"})
	for _, test := range []struct {
		name  string
		patch protocol.Patch
		field string
		text  string
	}{
		{"voltage", protocol.Patch{Values: values{"kv": "5"}}, "kv", "Between 20 and 1000 kV."},
		{"voltage word", protocol.Patch{Values: values{"kv": "high"}}, "kv", "Between 20 and 1000 kV."},
		{"camera length", protocol.Patch{Values: values{"cl": "49"}}, "cl", "Between 50 and 5000 mm."},
		{"thickness", protocol.Patch{Values: values{"t": "0"}}, "t", "Between 0.1 and 1000 nm."},
		{"scale", protocol.Patch{Scale: ptr("0.8 m")}, "scale", "A number above zero, please: nm⁻¹ per pixel."},
		{"scale", protocol.Patch{Scale: ptr(" per pixel")}, "scale", "A number above zero, please: nm⁻¹ per pixel."},
		{"scale", protocol.Patch{Scale: ptr("0")}, "scale", "A number above zero, please: nm⁻¹ per pixel."},
		{"holder", protocol.Patch{Holder: &protocol.HolderPatch{LimitAlpha: ptr("100")}}, "limitAlpha", "Between 0 and 90°."},
		{"style", protocol.Patch{Values: values{"p": "sepia"}}, "p", "The pattern style can be left out, film (Film), screen (Screen) or phosphor (Phosphor)."},
		{"overlays", protocol.Patch{Values: values{"o": "+x"}}, "o", "The overlays can be any of i (Indices), k (Kikuchi lines), d (Double diffr.), h (HOLZ spots), g (Forbidden) or s (Scale bar)."},
		{"flags", protocol.Patch{Values: values{"f": "+hx"}}, "f", "The mirror and rotation can be any of h (Mirror left-right), v (Mirror up-down), r (Rotate 180°), n (Negative) or d (From the detector)."},
		{"cell", protocol.Patch{Values: values{"u": "bogus"}}, "u", "The cell can be left out, c (Conventional) or g (As given)."},
		{"relation", protocol.Patch{Second: &protocol.SecondPatch{ID: ptr("lib-au"), Relation: ptr("nonsense")}}, "relation",
			"That is not an orientation relationship. Try (111)||(110) [1−10]||[1−11], a twin plane such as (111), 60° [111], or a name: Kurdjumov–Sachs (KS), Nishiyama–Wassermann (NW), Greninger–Troiano (GT), Pitsch, Bain, Burgers, cube on cube."},
		{"second", protocol.Patch{Second: &protocol.SecondPatch{ID: ptr("unobtainium")}}, "second", "There is no crystal called “unobtainium”."},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := do(t, s, protocol.Request{Op: "set", Set: &test.patch})
			if r.Fields[test.field] != test.text {
				t.Errorf("fields %v", r.Fields)
			}
			if now := must(t, s, protocol.Request{Op: "view"}); r.OK || now.Link != "/sim?v=1" {
				t.Errorf("ok %v, link %s", r.OK, now.Link)
			}
		})
	}
	// Every fault is told, and what is right beside it waits with the rest.
	r := do(t, s, protocol.Request{Op: "set", Set: &protocol.Patch{Values: values{"kv": "300", "cl": "1", "u": "bogus"}, Second: &protocol.SecondPatch{ID: ptr("unobtainium")}}})
	if r.OK || len(r.Fields) != 3 || r.Fields["cl"] == "" || r.Fields["u"] == "" || r.Fields["second"] == "" {
		t.Errorf("three faults: ok %v, fields %v", r.OK, r.Fields)
	}
	if now := must(t, s, protocol.Request{Op: "view"}); now.Link != "/sim?v=1" {
		t.Errorf("with three faults the link is %s", now.Link)
	}
	r = must(t, s, protocol.Request{Op: "set", Set: &protocol.Patch{Values: values{"kv": " 300 kV", "cl": "1000", "t": "12,5"}}})
	if r.Link != "/sim?kv=300&cl=1000&t=12.5" || r.Change != "voltage" {
		t.Errorf("link %s, change %q", r.Link, r.Change)
	}
	if got := plain(r.View.Frame.Hud[0]) + "; " + plain(r.View.Frame.Hud[1]); got != "300\u2009kV; λ = 1.969\u2009pm" {
		t.Errorf("hud %q", got)
	}
	// nm⁻¹ per pixel: one view-box unit is two pixels here.
	scale := r.View.Scale / 2
	must(t, s, protocol.Request{Op: "set", Set: &protocol.Patch{Values: values{"cl": "520"}}})
	r = must(t, s, protocol.Request{Op: "set", Set: &protocol.Patch{Scale: ptr(trim(scale)), Unit: 2}})
	if r.View.Frame.CL != "1000" {
		t.Errorf("camera length by scale: %s mm", r.View.Frame.CL)
	}
	// With its unit, or in Å⁻¹.
	shortened := strconv.FormatFloat(scale/10, 'g', 9, 64)
	for _, typed := range []string{trim(scale) + " nm⁻¹", trim(scale) + " nm−1/px", trim(scale) + "/nm per pixel", trim(scale) + " 1/nm", shortened + " Å^-1 / pixel", shortened + " 1/Å"} {
		must(t, s, protocol.Request{Op: "set", Set: &protocol.Patch{Values: values{"cl": "520"}}})
		if r = must(t, s, protocol.Request{Op: "set", Set: &protocol.Patch{Scale: &typed, Unit: 2}}); r.View.Frame.CL != "1000" {
			t.Errorf("camera length by the scale %q: %s mm", typed, r.View.Frame.CL)
		}
	}
	// The scale is that of the voltage which comes with it: 36.5 mm are λL.
	r = must(t, s, protocol.Request{Op: "set", Set: &protocol.Patch{Values: values{"kv": "100"}, Scale: ptr(trim(scale)), Unit: 2}})
	if r.View.Frame.CL != "531.9" || math.Abs(r.View.Scale-2*scale) > 1e-12 {
		t.Errorf("camera length by scale at 100 kV: %s mm, scale %v", r.View.Frame.CL, r.View.Scale)
	}
	must(t, s, protocol.Request{Op: "set", Set: &protocol.Patch{Values: values{"kv": "300"}}})
	r = must(t, s, protocol.Request{Op: "set", Set: &protocol.Patch{Values: values{"f": "+h+n"}}})
	if r.View.Values["f"] != "hn" || r.View.FlagsText != "Mirrored left-right, negative" {
		t.Errorf("flags %q, %q", r.View.Values["f"], r.View.FlagsText)
	}
}

func trim(v float64) string {
	text, _ := json.Marshal(v)
	return string(text)
}

func TestZoom(t *testing.T) {
	s := open(t, "/sim?z=1,1,0")
	must(t, s, protocol.Request{Op: "view"})
	h := [3]int{-2, 2, 0}
	before := must(t, s, protocol.Request{Op: "inspect", HKL: &h}).Detail
	r := must(t, s, protocol.Request{Op: "zoom", Factor: 1.5, X: before.X, Y: before.Y})
	after := must(t, s, protocol.Request{Op: "inspect", HKL: &h}).Detail
	if math.Hypot(after.X-before.X, after.Y-before.Y) > 0.02 { // two decimals
		t.Errorf("the spot under the pointer moved from %v, %v to %v, %v", before.X, before.Y, after.X, after.Y)
	}
	if r.Change != "camera length" || r.View.Frame.CL != "780" || r.Status != "Zoom 150 percent." {
		t.Errorf("change %q, camera length %s, status %q", r.Change, r.View.Frame.CL, r.Status)
	}
	if r = must(t, s, protocol.Request{Op: "zoom", Fit: true}); r.Link != "/sim?z=1,1,0" {
		t.Errorf("fit: %s", r.Link)
	}
	for range 20 {
		r = must(t, s, protocol.Request{Op: "zoom", Factor: 3, X: 10, Y: 10, Light: true})
	}
	if r.Frame.CL != "5000" || r.View != nil || r.Link != "" {
		t.Errorf("light zoom: %+v", r)
	}
	if r = must(t, s, protocol.Request{Op: "centre", HKL: &h}); r.View.Detail == nil {
		t.Error("the centred spot is not selected")
	}
	if d := must(t, s, protocol.Request{Op: "inspect", HKL: &h}).Detail; math.Hypot(d.X, d.Y) > 0.02 {
		t.Errorf("centred spot at %v, %v", d.X, d.Y)
	}
	if r = do(t, s, protocol.Request{Op: "zoom", Factor: -1}); r.Error == "" {
		t.Error("a negative factor")
	}
}

func TestEmptyPicture(t *testing.T) {
	r := must(t, open(t, "/sim?z=1,1,0&cl=5000&at=0.5,0.31"), protocol.Request{Op: "view"})
	if !r.View.Frame.Empty || r.View.Empty != "No reflections in view. Zoom out, or tilt back to the zone axis." {
		t.Errorf("%d in view: %q", r.View.Frame.InView, r.View.Empty)
	}
}

func TestCanvas(t *testing.T) {
	s := open(t, "/sim?z=1,1,0&o=ikds")
	r := must(t, s, protocol.Request{Op: "view", Draw: "canvas", Seq: 7})
	var f wire.Frame
	if err := wire.Decode(&f, r.Marks); err != nil {
		t.Fatal(err)
	}
	if f.Seq != 7 || r.Seq != 7 || len(f.Discs) < 30 || len(f.Lines) < 10 {
		t.Errorf("frame %d with %d discs and %d lines", f.Seq, len(f.Discs), len(f.Lines))
	}
	if strings.Contains(r.SVG, "<circle") || strings.Contains(r.SVG, `class="kik"`) || !strings.Contains(r.SVG, `class="labels"`) {
		t.Error("the overlay holds what the canvas draws, or no labels")
	}
}

// TestSize draws for a small window: marks grow, links, files and a later drawing
// without a size do not.
func TestSize(t *testing.T) {
	const link = "/sim?z=1,1,0&o=ids&ms=1,-1,1;2,-2,0"
	s := open(t, link)
	first := must(t, s, protocol.Request{Op: "view", Draw: "svg"})
	file := must(t, s, protocol.Request{Op: "export", Kind: "svg"}).SVG
	large := must(t, s, protocol.Request{Op: "view", Draw: "svg", Size: 1.52})
	if !strings.Contains(large.SVG, `data-size="1.5"`) || strings.Contains(first.SVG, "data-size") {
		t.Error("the drawing does not say what it is for")
	}
	radii := func(svg string) (r []float64) {
		for _, m := range regexp.MustCompile(`<circle cx="[^"]*" cy="[^"]*" r="([^"]*)"/>`).FindAllStringSubmatch(svg, -1) {
			v, err := strconv.ParseFloat(m[1], 64)
			if err != nil {
				t.Fatal(err)
			}
			r = append(r, v)
		}
		return r
	}
	a, b := radii(first.SVG), radii(large.SVG)
	if len(a) < 20 || len(b) < len(a) {
		t.Fatalf("%d and %d discs", len(a), len(b))
	}
	if got := slices.Max(b) / slices.Max(a); math.Abs(got-1.5) > 0.01 {
		t.Errorf("000 grew by %v", got)
	}
	if again := must(t, s, protocol.Request{Op: "export", Kind: "svg"}).SVG; again != file {
		t.Error("the file has grown with the window")
	}
	if canvas := must(t, s, protocol.Request{Op: "view", Draw: "canvas", Size: 1.5}); len(canvas.Marks) == 0 {
		t.Error("no marks")
	} else {
		var f wire.Frame
		if err := wire.Decode(&f, canvas.Marks); err != nil {
			t.Fatal(err)
		}
		if last := f.Discs[len(f.Discs)-1]; math.Abs(float64(last.R)-1.5*13.5) > 0.01 {
			t.Errorf("000 on the canvas has the radius %v", last.R)
		}
	}
	if large.Link != first.Link {
		t.Errorf("link %s", large.Link)
	}
	if svg := must(t, s, protocol.Request{Op: "view", Draw: "svg"}).SVG; svg != first.SVG {
		t.Error("the size stays")
	}
}

func TestTable(t *testing.T) {
	s := open(t, "/sim?z=1,1,0")
	all := must(t, s, protocol.Request{Op: "table"}).Table
	if all.All != all.Total || all.Total != len(all.Rows) || all.Rows[0].I != "100.0" {
		t.Errorf("%d rows of %d, first %+v", len(all.Rows), all.All, all.Rows[0])
	}
	if want := "reflections of silicon in view"; !strings.HasSuffix(all.Caption, want) {
		t.Errorf("caption %q", all.Caption)
	}
	part := must(t, s, protocol.Request{Op: "table", Sort: "g", Limit: 3, Offset: 2}).Table
	if len(part.Rows) != 3 || part.Rows[0].InvD != "3.19" || part.Rows[2].InvD != "5.21" {
		t.Errorf("rows %+v", part.Rows)
	}
	if f := must(t, s, protocol.Request{Op: "table", Filter: "{111}"}).Table; f.Total != 4 {
		t.Errorf("family 111: %d rows", f.Total)
	}
	if f := must(t, s, protocol.Request{Op: "table", Filter: "1-11"}).Table; f.Total != 6 { // ±1-11, ±3-33, ±4-44; 2-22 is absent
		t.Errorf("1-11 and its multiples: %d rows", f.Total)
	}
	down := must(t, s, protocol.Request{Op: "table", Sort: "hkl", Desc: true}).Table
	if down.Rows[0].HKL[0] < down.Rows[len(down.Rows)-1].HKL[0] {
		t.Errorf("descending indices from %v to %v", down.Rows[0].HKL, down.Rows[len(down.Rows)-1].HKL)
	}
}

func TestWalk(t *testing.T) {
	s := open(t, "/sim?z=1,1,0")
	r := must(t, s, protocol.Request{Op: "walk", Dir: "right", Draw: "svg"})
	if r.Detail == nil || r.Status == "" || !strings.Contains(r.SVG, `class="sel"`) || r.Change != "" {
		t.Fatalf("first step: %+v", r)
	}
	must(t, s, protocol.Request{Op: "select", HKL: &[3]int{1, -1, 1}})
	for _, step := range []struct {
		dir  string
		want [3]int
	}{{"right", [3]int{-1, 1, 1}}, {"down", [3]int{-1, 1, -1}}, {"left", [3]int{1, -1, -1}}, {"up", [3]int{1, -1, 1}}} {
		r = must(t, s, protocol.Request{Op: "walk", Dir: step.dir})
		if r.Detail == nil || *r.Detail.HKL != step.want {
			t.Errorf("%s: at %v, want %v", step.dir, plain(r.Detail.Label), step.want)
		}
	}
	seen := map[[3]int]bool{}
	for range 400 {
		r = must(t, s, protocol.Request{Op: "walk", Dir: "next"})
		seen[*r.Detail.HKL] = true
	}
	if n := must(t, s, protocol.Request{Op: "table"}).Table.Total; len(seen) != n {
		t.Errorf("next walks through %d of %d spots", len(seen), n)
	}
	// Marks of forbidden reflections are reached too.
	must(t, s, protocol.Request{Op: "set", Set: &protocol.Patch{Values: values{"o": "+d"}}})
	must(t, s, protocol.Request{Op: "select", HKL: &[3]int{0, 0, 4}})
	if r = must(t, s, protocol.Request{Op: "walk", Dir: "down"}); *r.Detail.HKL != [3]int{0, 0, 2} || !strings.Contains(r.Status, "forbidden") {
		t.Errorf("down from 004: %v, %q", plain(r.Detail.Label), r.Status)
	}
	if r = must(t, s, protocol.Request{Op: "select"}); r.View.Detail != nil {
		t.Error("nothing selected, but a detail")
	}
}

func TestForbidden(t *testing.T) {
	s := open(t, "/sim?z=1,1,0&o=ds")
	d := must(t, s, protocol.Request{Op: "inspect", HKL: &[3]int{0, 0, 2}}).Detail
	if d.F != "0.00" || d.I != "0" || plain(d.Forbidden) != "Forbidden by the screw axis 41 along [001] and the glide plane d on (010). Double diffraction can reach it." {
		t.Errorf("002: F %q, %q", d.F, plain(d.Forbidden))
	}
	if got := plain(d.Path); got != "002 = 1-11 + -111" && got != "002 = -111 + 1-11" {
		t.Errorf("path %q", got)
	}
	d = must(t, s, protocol.Request{Op: "inspect", HKL: &[3]int{2, -2, 2}}).Detail
	if !strings.Contains(plain(d.Forbidden), "special positions") {
		t.Errorf("2-22: %q", plain(d.Forbidden))
	}
	d = must(t, s, protocol.Request{Op: "inspect", HKL: &[3]int{1, -1, 1}}).Detail
	if d.Forbidden != nil || d.Family == nil || d.Xi == "" || d.Laue != 0 {
		t.Errorf("1-11: %+v", d)
	}
	r := must(t, s, protocol.Request{Op: "view"})
	if r.View.Counts.Double == 0 || len(r.View.Legend) != 1 || r.View.Legend[0].Text != "double diffraction" {
		t.Errorf("counts %+v, legend %v", r.View.Counts, r.View.Legend)
	}
	// By touch the ring itself can be picked.
	at := must(t, s, protocol.Request{Op: "inspect", HKL: &[3]int{0, 0, 2}}).Detail
	if p := must(t, s, protocol.Request{Op: "pick", X: at.X + 3, Y: at.Y, Radius: 24}).Detail; p.HKL == nil || *p.HKL != [3]int{0, 0, 2} {
		t.Errorf("picked %+v", p)
	}
}

// TestDoublePath looks at the arrows 000 → g1 → g of a selected forbidden
// reflection: g1 and g − g1 are allowed and excited, the arrows end at the marks,
// and they are there on the canvas, in files, and as long as it is selected.
func TestDoublePath(t *testing.T) {
	for _, c := range []struct {
		name, link string
		hkl        [3]int
		why        string
	}{
		{"glide in the diamond structure", "/sim?z=1,1,0&o=ds", [3]int{0, 0, 2}, "glide plane d"},
		{"the same in a mirror", "/sim?z=1,1,0&o=ds&f=h", [3]int{0, 0, 2}, "glide plane d"},
		{"screw axis of a hexagonal metal", "/sim?c=lib-mg&z=1,0,0&d=0.40,0.20,0.00&o=ds", [3]int{0, 0, 1}, "screw axis"},
		{"glide of rutile", "/sim?c=lib-rutile&z=0,0,1&d=0.20,0.30,0.00&o=ds", [3]int{1, 0, 0}, "glide plane n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := open(t, c.link)
			if svg := must(t, s, protocol.Request{Op: "view", Draw: "svg"}).SVG; strings.Contains(svg, `class="via"`) {
				t.Error("arrows with nothing selected")
			}
			r := must(t, s, protocol.Request{Op: "select", HKL: &c.hkl, Draw: "svg"})
			if !strings.Contains(plain(r.Detail.Forbidden), c.why) {
				t.Fatalf("%q, want %q", plain(r.Detail.Forbidden), c.why)
			}
			arrows := viaOf(t, r.SVG)
			if len(arrows) != 2 {
				t.Fatalf("%d arrows: %v", len(arrows), arrows)
			}
			origin := must(t, s, protocol.Request{Op: "inspect", HKL: &[3]int{}}).Detail
			if d := math.Hypot(arrows[0][0]-origin.X, arrows[0][1]-origin.Y); d > 0.1 {
				t.Errorf("the first arrow starts %.1f units from 000", d)
			}
			// The second begins where the first goes: at an allowed, excited spot.
			via := must(t, s, protocol.Request{Op: "pick", X: arrows[1][0], Y: arrows[1][1], Radius: 1}).Detail
			if via.HKL == nil {
				t.Fatalf("no spot at %v", arrows[1])
			}
			rest := [3]int{c.hkl[0] - via.HKL[0], c.hkl[1] - via.HKL[1], c.hkl[2] - via.HKL[2]}
			for _, h := range [][3]int{*via.HKL, rest} {
				if d := must(t, s, protocol.Request{Op: "inspect", HKL: &h}).Detail; len(d.Forbidden) > 0 || d.I == "0" || d.I == "0.0" {
					t.Errorf("%v sends nothing on: I %q, %q", h, d.I, plain(d.Forbidden))
				}
			}
			for i, to := range []*protocol.Detail{via, r.Detail} {
				tip := math.Hypot(arrows[i][2]-to.X, arrows[i][3]-to.Y)
				off := math.Abs((arrows[i][2]-arrows[i][0])*(to.Y-arrows[i][1])-(arrows[i][3]-arrows[i][1])*(to.X-arrows[i][0])) / math.Hypot(to.X-arrows[i][0], to.Y-arrows[i][1])
				if tip < 5 || tip > 18 || off > 0.2 {
					t.Errorf("arrow %d ends %.1f units before its mark and passes %.1f beside it", i, tip, off)
				}
			}
			if canvas := must(t, s, protocol.Request{Op: "view", Draw: "canvas"}); len(viaOf(t, canvas.SVG)) != 2 {
				t.Error("no arrows over the canvas")
			}
			file := must(t, s, protocol.Request{Op: "export", Kind: "svg"})
			if len(viaOf(t, file.SVG)) != 2 || !strings.Contains(file.SVG, `<g class="via" fill="none" stroke="#`) {
				t.Error("no coloured arrows in the file")
			}
			if svg := must(t, s, protocol.Request{Op: "select", Draw: "svg"}).SVG; strings.Contains(svg, `class="via"`) {
				t.Error("the arrows stay")
			}
		})
	}
	s := open(t, "/sim?z=1,1,0&o=ds")
	if svg := must(t, s, protocol.Request{Op: "select", HKL: &[3]int{1, -1, 1}, Draw: "svg"}).SVG; strings.Contains(svg, `class="via"`) {
		t.Error("arrows to an allowed reflection")
	}
}

var viaPath = regexp.MustCompile(`<g class="via"[^>]*><path d="([^"]*)"/></g>`)

// viaOf returns the shafts x1, y1, x2, y2 of the arrows in a drawing; a shaft
// is the first of the three strokes of an arrow.
func viaOf(t *testing.T, svg string) (arrows [][4]float64) {
	t.Helper()
	m := viaPath.FindStringSubmatch(svg)
	if m == nil {
		return nil
	}
	for i, part := range strings.Split(m[1], "M")[1:] {
		if i%2 == 1 {
			continue // a head
		}
		var a [4]float64
		numbers := number.FindAllString(part, -1)
		for j := range a {
			v, err := strconv.ParseFloat(numbers[j], 64)
			if err != nil {
				t.Fatal(err)
			}
			a[j] = v
		}
		arrows = append(arrows, a)
	}
	return arrows
}

var number = regexp.MustCompile(`-?(\d+\.?\d*|\.\d+)`)

func TestBadRequests(t *testing.T) {
	s := open(t, "/sim?z=1,1,0")
	link := must(t, s, protocol.Request{Op: "view"}).Link
	for _, text := range []string{
		``, `[]`, `{"op":"fly"}`, `{"op":"go"}`, `{"op":"go","uvw":[0,0,0]}`, `{"op":"go","uvw":[1000,0,0]}`, `{"op":"inspect"}`,
		`{"op":"crystal","id":"no such"}`, `{"op":"drag","stage":"sideways"}`, `{"op":"export","kind":"doc"}`, `{"op":"tilt","x":1e9}`,
		`{"op":"restore"}`, `{"op":"read","name":"x.cif"}`, `{"op":"zoom","factor":0}`, `{"op":"rotate","deg":1e999}`,
	} {
		out, _, _ := s.Call([]byte(text), nil)
		var r protocol.Reply
		if err := json.Unmarshal(out, &r); err != nil {
			t.Fatal(err)
		}
		if r.OK || r.Error == "" || !strings.HasSuffix(r.Error, ".") && !strings.Contains(r.Error, "JSON") && !strings.Contains(r.Error, "json") {
			t.Errorf("%s: ok %v, error %q", text, r.OK, r.Error)
		}
	}
	if got := must(t, s, protocol.Request{Op: "view"}).Link; got != link {
		t.Errorf("state changed to %s", got)
	}
}

func TestDescription(t *testing.T) {
	for _, test := range []struct{ link, want string }{
		{"/sim?z=1,1,0&d=0.30,-0.30,0.00&o=ikds",
			"Silicon, 200 kilovolts, 0.42 degrees from zone axis 1 1 0. Along this zone axis the pattern has two-fold symmetry. The brightest spots are the four 1 1 1 reflections, 3.19 per nanometre from the centre, at 35, 145, 215 and 325 degrees. The shortest spacings make an angle of 70.5 degrees. 52 reflections in view; 13 can appear by double diffraction. Kikuchi lines shown: 10 pairs."},
		// Angles are those of the screen, turned over or not.
		{"/sim?z=1,1,0&d=0.00,0.00,20.00&f=h",
			"Silicon, 200 kilovolts, on zone axis 1 1 0. The pattern has two-fold symmetry. The brightest spots are the four 1 1 1 reflections, 3.19 per nanometre from the centre, at 15, 125, 195 and 305 degrees. The shortest spacings make an angle of 70.5 degrees. 54 reflections in view; 16 can appear by double diffraction. Mirrored left-right."},
		{"/sim?c=lib-au&z=1,1,1",
			"Gold, 200 kilovolts, on zone axis 1 1 1. The pattern has six-fold symmetry. The brightest spots are the six 2 2 0 reflections, 6.94 per nanometre from the centre, at 0, 60, 120, 180, 240 and 300 degrees. The shortest spacings make an angle of 60 degrees. 18 reflections in view."},
	} {
		got := must(t, open(t, test.link), protocol.Request{Op: "view"}).View.Description
		if got != test.want {
			t.Errorf("%s\n got %s\nwant %s", test.link, got, test.want)
		}
	}
}
