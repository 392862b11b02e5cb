package session_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"zoneaxis/internal/protocol"
	"zoneaxis/internal/session"
)

// TestMonkey does what comes to mind, in any order: nothing may panic, every
// state has a link and a snapshot that bring its picture back.
func TestMonkey(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 2))
	pick := func(words ...string) string { return words[rng.IntN(len(words))] }
	number := func(scale float64) float64 { return scale * (2*rng.Float64() - 1) }
	hkl := func() *[3]int { return &[3]int{rng.IntN(9) - 4, rng.IntN(9) - 4, rng.IntN(9) - 4} }
	request := func() protocol.Request {
		r := protocol.Request{Draw: pick("", "svg", "canvas"), Light: rng.IntN(5) == 0}
		switch rng.IntN(23) {
		case 0:
			r.Op, r.Text = "zone", pick("110", "1-10", "2-1-10", "[1 2 3]", "(111)", "", "x", "12 5 1")
		case 1:
			r.Op, r.UVW, r.Short = "go", hkl(), rng.IntN(2) == 0
		case 2:
			r.Op = pick("snap", "view", "stereogram", "stereonet", "crystalview")
		case 3:
			r.Op, r.Step = "common", rng.IntN(5)-2
		case 4, 5, 6:
			r.Op, r.X, r.Y = "tilt", number(20), number(20)
		case 7:
			r.Op, r.Deg = "rotate", number(200)
		case 8, 9, 10:
			r.Op, r.Stage, r.X, r.Y = "drag", pick("start", "move", "move", "end", "cancel"), number(420), number(420)
			r.Shift, r.Twist, r.Detent = rng.IntN(3) == 0, rng.IntN(4) == 0, rng.IntN(2) == 0
		case 11:
			r.Op, r.Factor, r.X, r.Y, r.Fit = "zoom", 0.3+2*rng.Float64(), number(400), number(400), rng.IntN(4) == 0
		case 12:
			r.Op, r.HKL = pick("centre", "inspect", "select", "measure"), hkl()
		case 13:
			r.Op, r.X, r.Y, r.Radius = pick("measure", "pick"), number(420), number(420), 30*rng.Float64()
		case 14:
			r.Op, r.Dir = "walk", pick("left", "right", "up", "down", "next", "previous", "nowhere")
		case 15:
			r.Op, r.Set = "set", &protocol.Patch{Values: values{"kv": pick("80", "200", "1000", "x"), "cl": pick("60", "520", "4000")}}
		case 16:
			r.Op, r.Set = "set", &protocol.Patch{Values: values{"o": pick("+", "-") + pick("i", "k", "h", "d", "g", "s"), "f": pick("+", "-") + pick("h", "v", "r", "n", "d")}}
		case 17:
			r.Op, r.Set = "set", &protocol.Patch{Second: &protocol.SecondPatch{ID: ptr(pick("", "twin", "lib-au", "lib-ti")), Relation: ptr(pick("", "(111)", "(1-11)", "60 [111]", "Bain", "nonsense"))}}
		case 18:
			r.Op, r.Set = "set", &protocol.Patch{Values: values{"w": pick("", "r"), "u": pick("", "c", "g")}}
		case 19:
			r.Op, r.ID = "crystal", pick("lib-si", "lib-ti", "lib-albite", "lib-quartz", "lib-au", "lib-zro2-m", "mp-999999")
		case 20:
			r.Op, r.UVW = "tiltplan", hkl()
		case 21:
			// One part is wrong, or missing, and the others are not.
			r.Op, r.Set = "set", &protocol.Patch{Values: values{"kv": pick("100", "300"), "cl": pick("300", "900"), "f": pick("+v", "-v")}}
			switch rng.IntN(4) {
			case 0:
				r.Set.Values["u"] = "bogus"
			case 1:
				r.Set.Second = &protocol.SecondPatch{ID: ptr("mp-999999")}
			case 2:
				r.Set.Holder = &protocol.HolderPatch{Alpha: ptr("5"), Beta: ptr("steep")}
			default:
				r.Op, r.Link = "open", "/sim?kv=300&c2=mp-999999"
			}
		default:
			r.Op, r.Kind = "export", pick("svg", "csv", "json", "line")
		}
		return r
	}
	s := open(t, "/sim")
	failed, steps := 0, 600
	if testing.Short() {
		steps = 150
	}
	for i := range steps {
		r := request()
		link, snapshot, svg := s.Link().String(), s.Snapshot(), ""
		if look := rng.IntN(4) == 0; look { // not always: drawing could hide that a request forgets to
			svg = s.SVG()
		}
		reply := s.Do(&r, nil)
		if !reply.OK {
			failed++
			if s.Link().String() != link || s.Snapshot() != snapshot || svg != "" && s.SVG() != svg {
				t.Fatalf("step %d, %+v fails and leaves %s, not %s", i, r, s.Snapshot(), snapshot)
			}
		}
		if strings.HasPrefix(reply.Error, "Something went wrong") {
			t.Fatalf("step %d, %+v: %s", i, r, reply.Error)
		}
		if strings.Contains(reply.SVG, "NaN") || strings.Contains(reply.SVG, "Inf") {
			t.Fatalf("step %d, %+v: NaN in the picture", i, r)
		}
		if i%10 != 0 {
			continue
		}
		// A drag that goes on is not part of a state.
		whole := s.Do(&protocol.Request{Op: "select", Draw: "svg"}, nil)
		if !whole.OK {
			t.Fatalf("step %d: %s", i, whole.Error)
		}
		fresh := open(t, "/sim")
		if back := fresh.Do(&protocol.Request{Op: "restore", Snapshot: whole.Snapshot, Draw: "svg"}, nil); back.SVG != whole.SVG || back.Link != whole.Link {
			t.Fatalf("step %d, %+v: the snapshot %s brings back %q %s", i, r, whole.Snapshot, back.Error, back.Link)
		}
		if _, problems := session.Open(whole.Link, nil); len(problems) > 0 {
			t.Fatalf("step %d: link %s: %v", i, whole.Link, problems)
		}
	}
	if failed < steps/20 {
		t.Errorf("only %d requests failed", failed)
	}
}
