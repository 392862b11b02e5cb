package session_test

import (
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"zoneaxis/internal/protocol"
	"zoneaxis/internal/session"
	"zoneaxis/internal/source"
)

// beamsOf returns the number of beams that a frame of a gesture says it has, 0 if
// it is not dynamical.
func beamsOf(f *protocol.Frame) int {
	text := plain(f.Hud[len(f.Hud)-1])
	number, ok := strings.CutPrefix(text, "draft, ")
	if !ok {
		return 0
	}
	n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSuffix(number, "s"), " beam"))
	if err != nil {
		return 0
	}
	return n
}

// TestEveryFrameIsDynamical: with the dynamical model a frame of a gesture is
// dynamical for every crystal of the library.
func TestEveryFrameIsDynamical(t *testing.T) {
	for i, e := range source.Library() {
		if testing.Short() && i%16 != 0 {
			continue
		}
		kv := []string{"80", "200", "300"}[i%3]
		s := open(t, "/sim?c="+e.ID+"&m=d&kv="+kv)
		f := must(t, s, protocol.Request{Op: "tilt", X: 0.2, Y: 0.1, Light: true, Draw: "svg"}).Frame
		n := beamsOf(f)
		if n == 0 || n < 60 && n < session.DraftCandidates(s) {
			t.Errorf("%s at %s kV: the frame has %d beams (%q)", e.ID, kv, n, plain(f.Hud[len(f.Hud)-1]))
		}
		if n > 100 {
			t.Errorf("%s at %s kV: %d beams in a frame", e.ID, kv, n)
		}
	}
}

// TestGestureIsSteady: between frames of a drag that are less than 0.1 mrad apart
// no spot above 2 % of the incident beam appears or vanishes.
func TestGestureIsSteady(t *testing.T) {
	for _, where := range []string{
		"/sim?c=lib-gaas&z=0,0,1&m=d", "/sim?c=lib-srtio3&z=0,0,1&m=d&ab=t", "/sim?c=lib-mos2-2h&z=0,0,1&m=d", "/sim?c=lib-yag&z=1,1,1&m=d", "/sim?z=1,1,0&m=d&ab=t",
	} {
		s := open(t, where)
		rng := rand.New(rand.NewPCG(1, 18))
		frames := 200
		if testing.Short() {
			frames = 20
		}
		angle := 2 * math.Pi * rng.Float64()
		var before map[[3]int]float64
		low, high := math.MaxInt, 0
		for range frames {
			angle += rng.NormFloat64() / 4
			const step = 0.09e-3 * 180 / math.Pi // degrees
			f := must(t, s, protocol.Request{Op: "tilt", X: step * math.Cos(angle), Y: step * math.Sin(angle), Light: true, Draw: "svg"}).Frame
			n := beamsOf(f)
			if n == 0 {
				t.Fatalf("%s: a frame is %q", where, plain(f.Hud[len(f.Hud)-1]))
			}
			low, high = min(low, n), max(high, n)
			now := session.DraftIntensities(s)
			for _, pair := range [][2]map[[3]int]float64{{before, now}, {now, before}} {
				for h, i := range pair[0] {
					if _, stays := pair[1][h]; i > 0.02 && !stays && before != nil {
						t.Errorf("%s: %v with %.1f %% is in one of two frames", where, h, 100*i)
					}
				}
			}
			before = now
		}
		t.Logf("%s: %d to %d beams", where, low, high)
	}
}

// TestFrameBudget: where frames take long they have fewer beams, where they are
// prompt more, within bounds and with patience.
func TestFrameBudget(t *testing.T) {
	s := open(t, "/sim?c=lib-gaas&z=0,0,1&m=d")
	angle := 0.0
	frames := func(n int, took float64) (beams []int) {
		for range n {
			angle += 0.3
			f := must(t, s, protocol.Request{Op: "tilt", X: 0.01 * math.Cos(angle), Y: 0.01 * math.Sin(angle), Light: true, Took: took, Draw: "svg"}).Frame
			beams = append(beams, beamsOf(f))
		}
		return beams
	}
	last := func(list []int) int { return list[len(list)-1] }
	if n := last(frames(12, 10)); n < 90 || n > 100 {
		t.Errorf("frames of 10 ms have %d beams", n)
	}
	// One frame that takes long is none of its business.
	if list := frames(10, 10); list[0] != last(list) {
		t.Errorf("steady frames: %v", list)
	}
	frames(1, 80)
	if n := last(frames(3, 10)); n < 90 {
		t.Errorf("after one late frame: %d beams", n)
	}
	if n := last(frames(3, 30)); n > 84 || n < 70 {
		t.Errorf("three late frames: %d beams", n)
	}
	if n := last(frames(40, 30)); n > 60 || n < 50 {
		t.Errorf("late frames throughout: %d beams", n)
	}
	if n := last(frames(400, 3)); n > 160 || n < 150 {
		t.Errorf("prompt frames throughout: %d beams", n)
	}
}
