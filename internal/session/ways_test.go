package session_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"zoneaxis/internal/protocol"
)

// A normal that is no direction of whole indices is reached itself, and the
// picture says how far the nearest zone axis is.
func TestNormal(t *testing.T) {
	for link, want := range map[string]string{
		"/sim?c=lib-ti":     "(10-11)",
		"/sim?c=lib-albite": "(1 1 0)",
	} {
		s := open(t, link)
		must(t, s, protocol.Request{Op: "view"})
		parsed := must(t, s, protocol.Request{Op: "parse", Text: want})
		hkl := parsed.Zone.Action.Request.HKL
		r := must(t, s, *parsed.Zone.Action.Request)
		if r.View.Frame.On || !strings.HasSuffix(r.View.Frame.OffAxis, "° off axis") {
			t.Errorf("%s %s: %q", link, want, r.View.Frame.OffAxis)
		}
		if !r.Push || r.Change != "zone axis" {
			t.Errorf("%s %s: change %q, push %v", link, want, r.Change, r.Push)
		}
		// A reflection of the plane and its opposite lie along the beam: neither may
		// be near the picture.
		for _, sign := range []int{1, -1} {
			h := [3]int{sign * hkl[0], sign * hkl[1], sign * hkl[2]}
			d := must(t, s, protocol.Request{Op: "inspect", HKL: &h}).Detail
			if off := math.Hypot(d.X, d.Y); off > 0.05 {
				t.Errorf("%s: %v is %.3f units from the middle", link, h, off)
			}
		}
	}
	// In a cubic lattice it is the zone axis.
	s := open(t, "/sim?z=1,1,0")
	hkl := [3]int{1, 1, 2}
	if r := must(t, s, protocol.Request{Op: "go", HKL: &hkl}); !r.View.Frame.On || r.View.Frame.UVW != hkl {
		t.Errorf("%v, %q", r.View.Frame.UVW, r.View.Frame.OffAxis)
	}
}

// The thickness is off where the picture does not depend on it.
func TestThicknessOff(t *testing.T) {
	for address, off := range map[string]bool{"/sim?z=1,1,0": true, "/sim?z=1,1,0&m=d": false, "/sim?z=1,1,0&m=d&w=r": true} {
		s := open(t, address)
		before := s.SVG()
		got := slices.ContainsFunc(s.View().Off, func(o protocol.Off) bool { return o.Key == "t" && o.Why != "" })
		must(t, s, protocol.Request{Op: "set", Set: &protocol.Patch{Values: map[string]string{"t": "7"}}})
		if got != off || (s.SVG() == before) != off {
			t.Errorf("%s: off %v; the picture stays: %v", address, got, s.SVG() == before)
		}
	}
}

// Powder rings: what has no effect on them is off and says why, and nothing turns
// the crystal unseen.
func TestPowderControls(t *testing.T) {
	s := open(t, "/sim?z=1,1,0&w=r&o=iks&c2=lib-ge")
	v := s.View()
	if len(v.Off) != 4 || v.Off[0].Key != "t" || v.Off[1].Key != "ab" || v.Off[2].Key != "ar" || v.Off[3].Codes != "kdhg" || v.Off[0].Why == "" || v.Off[3].Why == "" || !v.Still {
		t.Errorf("off %+v, %v", v.Off, v.Still)
	}
	if len(v.Notes) == 0 || !strings.Contains(v.Notes[len(v.Notes)-1], "without the second phase") {
		t.Errorf("notes %q", v.Notes)
	}
	picture := s.SVG()
	for _, off := range []map[string]string{{"o": "+h"}, {"o": "+d"}, {"o": "+g"}, {"o": "-k"}, {"t": "7"}} {
		must(t, s, protocol.Request{Op: "set", Set: &protocol.Patch{Values: off}})
		if s.SVG() != picture {
			t.Errorf("%v is off, but changes the picture", off)
		}
	}
	before := s.Link().String()
	for _, r := range []protocol.Request{{Op: "tilt", X: 1}, {Op: "rotate", Deg: 5}, {Op: "snap"}, {Op: "common", Step: 1}, {Op: "zone", Text: "111"}, {Op: "go", UVW: &[3]int{1, 1, 1}}} {
		reply := s.Do(&r, nil)
		if reply.OK || reply.Error == "" || reply.Action == nil {
			t.Errorf("%s: %v %q", r.Op, reply.OK, reply.Error)
		}
	}
	if got := s.Link().String(); got != before {
		t.Errorf("the link is %s, was %s", got, before)
	}
	if v := open(t, "/sim?z=1,1,0&m=d&ab=p").View(); v.Off != nil || v.Still {
		t.Errorf("spots have off %+v", v.Off)
	}
}

// A HOLZ ring outside the picture: its radius is said, and a button leads to it.
func TestHOLZOutside(t *testing.T) {
	for _, link := range []string{"/sim?z=1,1,0&o=ihs", "/sim?z=1,1,0&o=ihs&d=2.00,-1.00,10.00", "/sim?c=lib-yag&z=0,0,1&o=hs&cl=2000&at=0.1,0.1"} {
		s := open(t, link)
		out := s.View().Holz
		if out == nil || out.Action == nil || !strings.Contains(out.Text.Plain(), "lies outside the picture") {
			t.Errorf("%s: %+v", link, out)
			continue
		}
		if s.Links().Holz == "" {
			t.Errorf("%s: no link for a page without scripts", link)
		}
		r := must(t, s, *out.Action.Request)
		if r.View.Holz != nil {
			t.Errorf("%s: after the button it says %q", link, r.View.Holz.Text.Plain())
		}
	}
	// [110] of silicon at 200 kV: k = 39.87 Å⁻¹, H = √2/5.4309 Å⁻¹.
	const k, h = 1 / 0.0250793, math.Sqrt2 / 5.4309
	want := 10 * math.Sqrt(h*(2*k-h))
	text := open(t, "/sim?z=1,1,0&o=ihs").View().Holz.Text.Plain()
	if !strings.Contains(text, " of "+strings.Replace(trimmed(want), "-", "−", 1)+"\u2009nm−1") {
		t.Errorf("%q, want %.1f", text, want)
	}
	for _, link := range []string{"/sim?z=1,1,0", "/sim?z=1,1,0&o=ihs&w=r", "/sim?z=1,1,0&o=ihs&cl=130"} {
		if out := open(t, link).View().Holz; out != nil {
			t.Errorf("%s: %q", link, out.Text.Plain())
		}
	}
}

func trimmed(v float64) string {
	text := []byte{}
	n := int(math.Round(10 * v))
	for _, d := range []int{100, 10, 1} {
		if d == 1 {
			text = append(text, '.')
		}
		text = append(text, byte('0'+n/d%10))
	}
	return string(text)
}

// What assistive technology hears of a rotation.
func TestRotationIsSaid(t *testing.T) {
	s := open(t, "/sim?z=1,1,0&d=1.00,0.00,0.00")
	must(t, s, protocol.Request{Op: "view"})
	if r := must(t, s, protocol.Request{Op: "rotate", Deg: 5}); r.Status != "Rotated to 5.0 degrees." {
		t.Errorf("status %q", r.Status)
	}
	s = open(t, "/sim?z=1,1,0")
	must(t, s, protocol.Request{Op: "view"})
	if r := must(t, s, protocol.Request{Op: "rotate", Deg: -12.5}); r.Status != "Rotated to minus 12.5 degrees." {
		t.Errorf("on the axis: status %q", r.Status)
	}
}

// The ends of the range of thicknesses: nothing has been scattered yet in 1 Å,
// and no electron is lost or won in a micrometre.
func TestThicknessEnds(t *testing.T) {
	for _, thickness := range []string{"0.1", "1000"} {
		s := open(t, "/sim?c=lib-au&z=0,0,1&m=d&t="+thickness)
		if s.View().Waiting != "" {
			s.Calculate(func() bool { return true }, nil)
		}
		v := s.View()
		if v.Values["t"] != thickness || v.Waiting != "" {
			t.Fatalf("%s nm: %q, waiting %q", thickness, v.Values["t"], v.Waiting)
		}
		sum := 0.0
		for _, i := range intensities(t, s) {
			if math.IsNaN(i) || i < 0 || i > 100+1e-6 {
				t.Errorf("%s nm: an intensity of %v %%", thickness, i)
			}
			sum += i
		}
		if thickness == "0.1" && !(sum > 0 && sum < 2) || sum > 100+1e-6 {
			t.Errorf("%s nm: %.4f %% are scattered into the spots", thickness, sum)
		}
	}
	for _, wrong := range []string{"0.04", "1000.1"} {
		r := open(t, "/sim").Do(&protocol.Request{Op: "set", Set: &protocol.Patch{Values: map[string]string{"t": wrong}}}, nil)
		if r.Fields["t"] != "Between 0.1 and 1000 nm." {
			t.Errorf("%s: %q", wrong, r.Fields)
		}
	}
}
