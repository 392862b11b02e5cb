package session_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"zoneaxis/internal/geom"
	"zoneaxis/internal/link"
	"zoneaxis/internal/protocol"
	"zoneaxis/internal/session"
)

func drag(t testing.TB, s *session.Session, stage string, x, y float64, more ...func(*protocol.Request)) *protocol.Reply {
	t.Helper()
	r := protocol.Request{Op: "drag", Stage: stage, X: x, Y: y, Light: stage == "move", Draw: "svg"}
	for _, m := range more {
		m(&r)
	}
	return must(t, s, r)
}

func shift(r *protocol.Request)  { r.Shift = true }
func twist(r *protocol.Request)  { r.Twist = true }
func detent(r *protocol.Request) { r.Detent = true }

// A trackball: the way back leads back exactly, and half the picture is 15°.
func TestTrackball(t *testing.T) {
	s := open(t, "/sim?z=1,1,0&d=5.00,3.00,10.00&o=i")
	before := must(t, s, protocol.Request{Op: "view"})
	drag(t, s, "start", 15, 140)
	var far *protocol.Reply
	for i := range 20 {
		far = drag(t, s, "move", 15+10*float64(i), 140-20*float64(i))
	}
	if far.View != nil || far.Link != "" || far.Frame == nil {
		t.Error("frames of a drag must be light")
	}
	if far.Frame.Grabbed != nil {
		t.Errorf("grabbed %v on empty ground", plain(far.Frame.Grabbed))
	}
	drag(t, s, "move", 15, 140)
	end := drag(t, s, "end", 15, 140)
	if end.Link != before.Link || end.Change != "" {
		t.Errorf("back at the start: %s, change %q", end.Link, end.Change)
	}

	s = open(t, "/sim?z=0,0,1&o=")
	must(t, s, protocol.Request{Op: "view"})
	drag(t, s, "start", 70, 70)
	drag(t, s, "move", 280, 70) // a quarter of the picture
	end = drag(t, s, "end", 280, 70)
	l, _ := link.Parse(end.Link)
	if end.Change != "tilt" || l.Zone == [3]int{0, 0, 1} && math.Abs(l.TiltY+7.5) > 0.01 {
		t.Errorf("a quarter of the picture: %s, change %q", end.Link, end.Change)
	}
	if end.Status == "" {
		t.Error("nothing said at the end of a drag")
	}
	// Cancelled: as if it had not been.
	drag(t, s, "start", 70, 70)
	drag(t, s, "move", 0, 200)
	if r := drag(t, s, "cancel", 0, 200); r.Link != end.Link || r.Change != "" {
		t.Errorf("cancelled: %s, change %q", r.Link, r.Change)
	}
}

var linePattern = regexp.MustCompile(`M(-?[\d.]+)([ -][\d.]+)L(-?[\d.]+)([ -][\d.]+)`)

// kikuchi returns the drawn lines as x1, y1, x2, y2.
func kikuchi(t testing.TB, svg string) [][4]float64 {
	t.Helper()
	_, group, _ := strings.Cut(svg, `<g class="kik">`)
	group, _, _ = strings.Cut(group, `</g>`)
	var lines [][4]float64
	for _, m := range linePattern.FindAllStringSubmatch(group, -1) {
		var l [4]float64
		for i := range 4 {
			l[i], _ = strconv.ParseFloat(strings.TrimSpace(m[i+1]), 64)
		}
		lines = append(lines, l)
	}
	if len(lines) == 0 {
		t.Fatal("no Kikuchi lines")
	}
	return lines
}

func distance(l [4]float64, x, y float64) float64 {
	dx, dy := l[2]-l[0], l[3]-l[1]
	return math.Abs(dx*(y-l[1])-dy*(x-l[0])) / math.Hypot(dx, dy)
}

// A grabbed Kikuchi line stays under the pointer, whichever way the picture is
// turned over.
func TestGrabBand(t *testing.T) {
	for _, flags := range []string{"", "h", "v", "r", "hr"} {
		s := open(t, "/sim?z=1,1,0&d=0.30,-0.30,20.00&o=k&f="+flags)
		svg := must(t, s, protocol.Request{Op: "view", Draw: "svg"}).SVG
		tried := 0
		for i, l := range kikuchi(t, svg) {
			// A point on the line away from spots.
			for _, f := range []float64{0.43, 0.57, 0.36} {
				x, y := l[0]+f*(l[2]-l[0]), l[1]+f*(l[3]-l[1])
				if math.Hypot(x, y) > 300 || math.Hypot(x, y) < 40 {
					continue
				}
				if p := must(t, s, protocol.Request{Op: "pick", X: x, Y: y, Radius: 16}).Detail; !p.Free {
					continue
				}
				tried++
				drag(t, s, "start", x, y)
				r := drag(t, s, "move", x+37, y-21)
				if len(r.Frame.Grabbed) == 0 {
					t.Fatalf("%q, line %d: nothing grabbed", flags, i)
				}
				best := math.Inf(1)
				for _, m := range kikuchi(t, r.SVG) {
					best = min(best, distance(m, x+37, y-21))
				}
				// The screen is flat to 1e-3 over such a move.
				if best > 0.15 {
					t.Errorf("%q, line %d (%s): %.2f units away from the pointer", flags, i, plain(r.Frame.Grabbed), best)
				}
				drag(t, s, "cancel", 0, 0)
				break
			}
		}
		if tried < 4 {
			t.Errorf("%q: only %d lines could be grabbed", flags, tried)
		}
	}
}

// A grabbed spot goes around 000 with the pointer. Shift turns the crystal about
// its g: the spot and the angle of its Kikuchi lines stay.
func TestGrabSpot(t *testing.T) {
	s := open(t, "/sim?z=1,1,0&o=k")
	h := [3]int{-2, 2, 0}
	at := func() (float64, float64, string) {
		d := must(t, s, protocol.Request{Op: "inspect", HKL: &h}).Detail
		return d.X, d.Y, d.S
	}
	must(t, s, protocol.Request{Op: "view"})
	x, y, _ := at()
	radius := math.Hypot(x, y)
	drag(t, s, "start", x+3, y+2)
	r := drag(t, s, "move", (radius+2)*math.Cos(-0.7), (radius+2)*math.Sin(-0.7))
	if plain(r.Frame.Grabbed) != "-220" {
		t.Errorf("grabbed %s", plain(r.Frame.Grabbed))
	}
	nx, ny, _ := at()
	start := math.Atan2(y+2, x+3)
	if turn := math.Atan2(ny, nx) - math.Atan2(y, x); math.Abs(turn-(-0.7-start)) > 1e-3 {
		t.Errorf("the spot went around by %v, the pointer by %v", turn, -0.7-start)
	}
	drag(t, s, "cancel", 0, 0)

	x, y, before := at()
	drag(t, s, "start", x, y)
	drag(t, s, "move", x, y-60, shift)
	nx, ny, after := at()
	if math.Hypot(nx-x, ny-y) > 0.02 || after != before {
		t.Errorf("locked: the spot went from %v, %v (s %s) to %v, %v (s %s)", x, y, before, nx, ny, after)
	}
	end := drag(t, s, "end", x, y-60, shift)
	if end.View.Frame.On || end.Change != "tilt" {
		t.Errorf("locked: nothing turned, %+v", end.View.Frame)
	}
	// Pulled outwards: the Kikuchi line follows, s changes as g times the angle.
	s = open(t, "/sim?z=1,1,0&o=k")
	must(t, s, protocol.Request{Op: "view"})
	drag(t, s, "start", x, y)
	drag(t, s, "move", x+60, y)
	_, _, pulled := at()
	from, _ := strconv.ParseFloat(strings.Replace(before, "−", "-", 1), 64)
	to, _ := strconv.ParseFloat(strings.Replace(pulled, "−", "-", 1), 64)
	// 60 units are 0.2 Å⁻¹, an angle of 0.2 λ = 5.02 mrad; |g| = 0.5208 Å⁻¹.
	if change := math.Abs(to - from); math.Abs(change-0.5208*0.2*0.02508) > 1.1e-4 {
		t.Errorf("s from %v to %v", from, to)
	}
}

// With the row of a spot kept, a drag from anywhere and a step turn about its g:
// the spot and its excitation error stay, of the tilt the part across the row is
// made, and the way back leads back.
func TestKeepsRow(t *testing.T) {
	for _, flags := range []string{"", "&f=h", "&f=vr"} {
		s := open(t, "/sim?z=1,1,0&d=0.40,0.30,20.00&o=k"+flags)
		h := [3]int{-2, 2, 0}
		row := func(r *protocol.Request) { r.HKL = &h }
		at := func() (float64, float64, string) {
			d := must(t, s, protocol.Request{Op: "inspect", HKL: &h}).Detail
			return d.X, d.Y, d.S
		}
		before := must(t, s, protocol.Request{Op: "view"})
		x, y, error0 := at()
		stays := func(what string) {
			t.Helper()
			nx, ny, after := at()
			if math.Hypot(nx-x, ny-y) > 0.02 || after != error0 {
				t.Errorf("%s%s: the spot went from %v, %v (s %s) to %v, %v (s %s)", what, flags, x, y, error0, nx, ny, after)
			}
		}
		drag(t, s, "start", 15, 140, row)
		r := drag(t, s, "move", 45, 90)
		if plain(r.Frame.Grabbed) != "-220" {
			t.Errorf("keeps %s", plain(r.Frame.Grabbed))
		}
		stays("a drag")
		end := drag(t, s, "end", 45, 90)
		// 840 units are 30°.
		across := math.Abs(30*y+50*x) / math.Hypot(x, y) * 30 / 840
		if turned := angleBetween(t, before.Link, end.Link); math.Abs(turned-across) > 0.02 {
			t.Errorf("the drag%s turned by %.3f°, want %.3f°", flags, turned, across)
		}
		drag(t, s, "start", 0, 200, row)
		drag(t, s, "move", -30, 250)
		if back := drag(t, s, "end", -30, 250); back.Link != before.Link {
			t.Errorf("the way back%s: %s, want %s", flags, back.Link, before.Link)
		}

		step := must(t, s, protocol.Request{Op: "tilt", X: 3, HKL: &h})
		stays("a step")
		if turned, across := angleBetween(t, before.Link, step.Link), 3*math.Abs(y)/math.Hypot(x, y); math.Abs(turned-across) > 0.02 {
			t.Errorf("the step%s turned by %.3f°, want %.3f°", flags, turned, across)
		}
	}
}

// angleBetween returns the angle in degrees between the orientations of two
// links with the same zone.
func angleBetween(t testing.TB, a, b string) float64 {
	t.Helper()
	from, _ := link.Parse(a)
	to, _ := link.Parse(b)
	if from.Zone != to.Zone {
		t.Fatalf("%s and %s have two zones", a, b)
	}
	turn := func(l *link.Link) geom.Rotation {
		tilt := geom.Vec{X: geom.Radians(l.TiltX), Y: geom.Radians(l.TiltY)}
		return geom.AxisAngle(tilt, tilt.Norm()).Mul(geom.AxisAngle(geom.Vec{Z: 1}, geom.Radians(l.Rotation)))
	}
	return geom.Degrees(turn(&to).Mul(turn(&from).Inverse()).Angle())
}

func TestTwistAndDetent(t *testing.T) {
	s := open(t, "/sim?z=1,1,0&o=")
	must(t, s, protocol.Request{Op: "view"})
	drag(t, s, "start", 300, 0, twist)
	drag(t, s, "move", 0, -300, twist)
	r := drag(t, s, "end", 0, -300, twist)
	if r.View.Frame.Rotation != "90.0°" || !r.View.Frame.On || r.Change != "rotation" {
		t.Errorf("a quarter turn: %s, %q", r.View.Frame.Rotation, r.Change)
	}

	// From [110] towards [111], in steps of 0.3 units: the detent must rest on
	// the zones and never jump.
	s = open(t, "/sim?z=1,1,0&d=0.00,5.00,0.00&o=")
	must(t, s, protocol.Request{Op: "view"})
	drag(t, s, "start", 35, 200, detent)
	rested, last := 0, 5.0
	for i := range 1000 {
		f := drag(t, s, "move", 35+0.3*float64(i), 200, detent).Frame
		deg, _ := strconv.ParseFloat(strings.TrimSuffix(f.Distance, "°"), 64)
		if f.UVW == [3]int{1, 1, 0} && math.Abs(deg-last) > 0.06 && i > 0 {
			t.Fatalf("step %d: from %v° to %v°", i, last, deg)
		}
		if f.UVW == [3]int{1, 1, 0} {
			last = deg
			if f.On {
				rested++
				if !f.Detent {
					t.Error("on the axis, but no word of it")
				}
			}
		} else {
			break
		}
	}
	// ±0.2° at 30°/840 units.
	if rested < 30 || rested > 45 {
		t.Errorf("rested for %d steps of 0.3 units", rested)
	}
}

// Whatever a person does, the link brings the same picture back to a hundredth
// of a degree, and the link of that picture is the same.
func TestLinkRoundTrip(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, c := range []string{"lib-si", "lib-ti", "lib-zro2-m", "lib-albite"} {
		s := open(t, "/sim?c="+c)
		for i := range 40 {
			must(t, s, protocol.Request{Op: "tilt", X: 40 * (rng.Float64() - 0.5), Y: 40 * (rng.Float64() - 0.5)})
			r := must(t, s, protocol.Request{Op: "rotate", Deg: 360 * rng.Float64()})
			again := open(t, r.Link)
			if got := again.Link().String(); got != r.Link {
				// The nearest zone may change where two are equally near.
				a, b := open(t, got).Link().String(), got
				if a != b {
					t.Errorf("%s %d: %s reads back as %s", c, i, r.Link, got)
				}
				continue
			}
			for _, h := range [][3]int{{2, 0, 0}, {0, 2, 0}, {1, 1, 3}} {
				p := must(t, s, protocol.Request{Op: "inspect", HKL: &h}).Detail
				q := must(t, again, protocol.Request{Op: "inspect", HKL: &h}).Detail
				// A hundredth of a degree at |g| < 1 Å⁻¹, 300 units per Å⁻¹.
				if math.Hypot(p.X-q.X, p.Y-q.Y) > 0.15 {
					t.Errorf("%s %d: %v at %v, %v and %v, %v", c, i, h, p.X, p.Y, q.X, q.Y)
				}
			}
		}
	}
}

func TestGlide(t *testing.T) {
	s := open(t, "/sim?z=1,1,0")
	must(t, s, protocol.Request{Op: "view"})
	r := must(t, s, protocol.Request{Op: "go", UVW: &[3]int{1, 1, 1}, Draw: "svg"})
	for _, x := range []float64{0, 0.5, 1} {
		step := must(t, s, protocol.Request{Op: "glide", X: x, Light: true, Draw: "svg"})
		if x == 1 && step.SVG != r.SVG {
			t.Error("the turn ends elsewhere")
		}
		if x == 0 && (step.Frame.UVW != [3]int{1, 1, 0} || !step.Frame.On) {
			t.Errorf("the turn begins at %v", step.Frame.UVW)
		}
	}
	if now := must(t, s, protocol.Request{Op: "view"}); now.Link != r.Link {
		t.Errorf("after the turn: %s", now.Link)
	}
	// By the shortest way the picture keeps its direction.
	short := must(t, s, protocol.Request{Op: "go", UVW: &[3]int{1, 1, 2}, Short: true})
	if !short.View.Frame.On || short.View.Frame.UVW != [3]int{1, 1, 2} {
		t.Errorf("short way: %+v", short.View.Frame)
	}
}

func BenchmarkDragFrame(b *testing.B) {
	for _, test := range []struct{ name, link string }{
		{"si", "/sim?z=1,1,0&o=ikds"},
		{"yag", "/sim?c=lib-yag&z=1,1,1&o=ikds"},
		{"yag-all", "/sim?c=lib-yag&z=1,1,1&o=ikhdgs"},
		{"albite", "/sim?c=lib-albite&z=1,0,0&o=ikds"},
	} {
		b.Run(test.name, func(b *testing.B) {
			s := open(b, test.link)
			must(b, s, protocol.Request{Op: "drag", Stage: "start", X: 33, Y: 21})
			i := 0
			b.ReportAllocs()
			for b.Loop() {
				i++
				out, _, _ := s.Call(fmt.Appendf(nil, `{"op":"drag","stage":"move","x":%d,"y":%d,"light":true,"draw":"canvas","detent":true}`, 33+i%40, 21+i%17), nil)
				if len(out) == 0 {
					b.Fatal("no answer")
				}
			}
		})
	}
}

// BenchmarkSettle is what follows a gesture: the whole view and both linked
// views.
func BenchmarkSettle(b *testing.B) {
	for _, test := range []struct{ name, link string }{{"si", "/sim?z=1,1,0&o=ikds"}, {"yag", "/sim?c=lib-yag&z=1,1,1&o=ikds"}} {
		b.Run(test.name, func(b *testing.B) {
			s := open(b, test.link)
			b.ReportAllocs()
			for b.Loop() {
				must(b, s, protocol.Request{Op: "tilt", X: 0.01, Draw: "canvas"})
				must(b, s, protocol.Request{Op: "stereogram"})
				must(b, s, protocol.Request{Op: "crystalview"})
			}
		})
	}
}

// BenchmarkOpen is what the server does for a link that it has not drawn yet.
func BenchmarkOpen(b *testing.B) {
	for _, test := range []struct{ name, link string }{{"si", "/sim?z=1,1,0&o=ikds"}, {"yag", "/sim?c=lib-yag&z=1,1,1&o=ikds"}} {
		b.Run(test.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				s := open(b, test.link)
				if len(s.SVG()) == 0 || s.View().Heading == "" {
					b.Fatal("no picture")
				}
			}
		})
	}
}
