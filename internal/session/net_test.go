package session_test

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"strings"
	"testing"

	"zoneaxis/internal/protocol"
)

func wellFormed(t *testing.T, svg string) {
	t.Helper()
	for decoder := xml.NewDecoder(strings.NewReader(svg)); ; {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

// What is printed of directions of cubic and hexagonal crystals: angles by hand.
func TestNetAngles(t *testing.T) {
	for _, c := range []struct{ link, first, second, want string }{
		{"/sim?z=1,1,0", "001", "112", "[001] to [112]: 35.26°. Both lie in the plane (−110)."},
		{"/sim?z=1,1,0", "[111]", "-1-1 1", "[111] to [−1−11]: 109.47°, 70.53° between the lines. Both lie in the plane (1−10)."},
		{"/sim?z=1,1,0", "(111)", "(11-1)", "(111) to (11−1): 70.53°. Both planes hold the zone axis [−110]."},
		{"/sim?z=1,1,0", "(111)", "111", "(111) to [111]: 0.00°."},
		// Along c and in the basal plane whatever c/a is.
		{"/sim?c=lib-mg&z=0,0,1", "0001", "2-1-10", "[0001] to [2−1−10]: 90.00°. Both lie in the plane (01−10)."},
	} {
		r := must(t, open(t, c.link), protocol.Request{Op: "stereonet", Net: &protocol.NetRequest{First: c.first, Second: c.second, Great: true}})
		if got := r.Net.Angle.Plain(); got != c.want {
			t.Errorf("%s to %s: %q, want %q", c.first, c.second, got, c.want)
		}
		wellFormed(t, r.SVG)
		if strings.HasSuffix(c.want, ": 0.00°.") == strings.Contains(r.SVG, `class="circ"`) {
			t.Errorf("%s to %s: a circle is drawn: %v", c.first, c.second, strings.Contains(r.SVG, `class="circ"`))
		}
	}
}

// Every pole that is drawn reads as itself where it is drawn, mirrored or not, near
// or far, and a pole of a zoomed view lies where the small one says.
func TestNetReading(t *testing.T) {
	for _, link := range []string{"/sim?z=1,1,0", "/sim?z=1,1,0&d=1.00,-2.00,15.00&f=h", "/sim?c=lib-mg&z=0,0,1&f=vr", "/sim?c=lib-albite&z=0,1,0"} {
		s := open(t, link)
		all := must(t, s, protocol.Request{Op: "stereonet"})
		for _, zoom := range []float64{1, 4} {
			net := protocol.NetRequest{Zoom: zoom, CX: 0.3, CY: -0.4, Sum: 20}
			r := must(t, s, protocol.Request{Op: "stereonet", Net: &net})
			if len(r.Poles) != len(all.Poles) || len(r.Poles) < 60 {
				t.Fatalf("%s: %d poles, %d in all", link, len(r.Poles), len(all.Poles))
			}
			for i := 0; i < len(r.Poles); i += 7 {
				p, whole := r.Poles[i], all.Poles[i]
				if zoom > 1 {
					x, y := (whole.X/120-0.3)*120*zoom, (whole.Y/120-0.4)*120*zoom
					if math.Hypot(x-p.X, y-p.Y) > 0.05*zoom {
						t.Errorf("%s: %s at %.2f, %.2f, want %.2f, %.2f", link, plain(p.Text), p.X, p.Y, x, y)
					}
				}
				if math.Hypot(whole.X, whole.Y) > 117 {
					continue // both ends are drawn, the lower one where it nearly is
				}
				net.At = &[2]float64{p.X, p.Y}
				got := must(t, s, protocol.Request{Op: "stereonet", Kind: "read", Net: &net}).Net
				if got.UVW == nil || *got.UVW != p.UVW || !strings.Contains(got.Reading.Plain(), ", 0.0° off; ") {
					t.Errorf("%s, zoom %g: at %s it reads %q", link, zoom, plain(p.Text), got.Reading.Plain())
				}
			}
		}
	}
	// Indices to a chosen sum: near [112] with a sum of 3 at most there is [111] or [011].
	s := open(t, "/sim?z=0,0,1")
	for _, p := range must(t, s, protocol.Request{Op: "stereonet"}).Poles {
		if p.UVW != [3]int{1, 1, 2} {
			continue
		}
		at := &[2]float64{p.X, p.Y}
		if got := must(t, s, protocol.Request{Op: "stereonet", Kind: "read", Net: &protocol.NetRequest{At: at, Sum: 3}}).Net.Reading.Plain(); got != "[111], 19.5° off; 35.3° from the beam" {
			t.Errorf("with a sum of 3: %q", got)
		}
	}
	if got := must(t, s, protocol.Request{Op: "stereonet", Kind: "read", Net: &protocol.NetRequest{At: &[2]float64{120, 120}}}).Net; got.Reading != nil {
		t.Errorf("outside the circle it reads %q", got.Reading.Plain())
	}
}

// The points of a small circle are at its angle, and those of a great circle through
// two directions pass through both.
func TestNetCircles(t *testing.T) {
	s := open(t, "/sim?z=1,1,0&d=3.00,-2.00,15.00")
	r := must(t, s, protocol.Request{Op: "stereonet", Net: &protocol.NetRequest{First: "111", Radius: "35.26", Family: true, Lines: true}})
	if got := r.Net.Circle.Plain(); got != "The circle is 35.26° from [111]. 4 directions are equivalent to [111], itself among them." {
		t.Errorf("%q", got)
	}
	for _, class := range []string{"circ", "fam", "net", "mark"} {
		if !strings.Contains(r.SVG, `class="`+class+`"`) {
			t.Errorf("no %s", class)
		}
	}
	wellFormed(t, r.SVG)
	one := func(n protocol.NetRequest, fields ...string) {
		t.Helper()
		r := must(t, s, protocol.Request{Op: "stereonet", Net: &n})
		for _, f := range fields {
			if r.Net.Faults[f] == "" {
				t.Errorf("%+v: no word on %s", n, f)
			}
		}
		if len(r.Net.Faults) != len(fields) || r.SVG == "" {
			t.Errorf("%+v: %v", n, r.Net.Faults)
		}
	}
	one(protocol.NetRequest{First: "hello", Second: "000", Radius: "200"}, "first", "second", "radius")
	one(protocol.NetRequest{Radius: "20"}, "radius")
	one(protocol.NetRequest{First: " ", Second: "(1-10)", Great: true, Family: true, Zoom: 1e9, CX: 50, CY: -50, Sum: 1 << 40})
	file := must(t, s, protocol.Request{Op: "stereonet", Kind: "svg", Net: &protocol.NetRequest{First: "111"}}).File
	if file == nil || !strings.HasSuffix(file.Name, "_stereogram.svg") || !strings.Contains(file.Text, "<style>") || !strings.Contains(file.Text, "<text") {
		t.Errorf("%+v", file)
	}
	wellFormed(t, file.Text)
}
