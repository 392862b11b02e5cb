package session_test

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"testing"

	"zoneaxis/internal/protocol"
)

// tilts reads tx and ty of a link, degrees; nothing is tilted without them.
func tilts(t *testing.T, link string) (x, y float64) {
	t.Helper()
	m := regexp.MustCompile(`[?&]d=(-?[\d.]+),(-?[\d.]+)`).FindStringSubmatch(link)
	if m == nil {
		return 0, 0
	}
	x, errX := strconv.ParseFloat(m[1], 64)
	y, errY := strconv.ParseFloat(m[2], 64)
	if errX != nil || errY != nil {
		t.Fatal(link, errX, errY)
	}
	return x, y
}

// A drag on empty ground tilts by 30° across the whole picture of 840 units at
// the default camera length of 520 mm. At longer ones, where the picture is a
// smaller part of the pattern, it tilts by less in proportion, down to a tenth;
// at shorter ones by more, up to twice as much. The pattern goes along with the
// pointer; the zone axis, which points to the source, leans the other way.
func TestDragGain(t *testing.T) {
	const move = 42 // units: 1.5° at 520 mm
	for _, c := range []struct{ cl, gain float64 }{
		{520, 1}, {1040, 0.5}, {2600, 0.2}, {5000, 0.104}, {400, 1.3}, {260, 2}, {100, 2},
	} {
		for _, d := range []struct{ x, y, tx, ty float64 }{{move, 0, 0, -1}, {0, move, -1, 0}, {-move, -move, 1, 1}} {
			s := open(t, fmt.Sprintf("/sim?z=0,0,1&cl=%g&o=", c.cl))
			must(t, s, protocol.Request{Op: "view"})
			drag(t, s, "start", 63, 37, empty)
			drag(t, s, "move", 63+d.x, 37+d.y)
			r := drag(t, s, "end", 63+d.x, 37+d.y)
			x, y := tilts(t, r.Link)
			wantX, wantY := 1.5*c.gain*d.tx, 1.5*c.gain*d.ty
			if math.Abs(x-wantX) > 0.0051 || math.Abs(y-wantY) > 0.0051 {
				t.Errorf("%g mm, by %g, %g units: tilt %.2f°, %.2f°, want %.3f°, %.3f° (%s)", c.cl, d.x, d.y, x, y, wantX, wantY, r.Link)
			}
		}
	}
}

// empty keeps a press from grabbing a spot: only what is closer than a hair.
func empty(r *protocol.Request) { r.Radius = 1e-6 }

// A detent holds within 0.2° of a zone axis at the default camera length and
// shorter ones, and within less in proportion at longer ones: as wide on the
// screen.
func TestDetentGain(t *testing.T) {
	for _, c := range []struct{ cl, hold float64 }{{260, 0.2}, {520, 0.2}, {1040, 0.1}, {2600, 0.04}} {
		for _, at := range []struct {
			part float64
			rest bool
		}{{0.85, true}, {1.15, false}} {
			s := open(t, fmt.Sprintf("/sim?z=1,1,0&cl=%g&d=0.00,2.00,0.00&o=", c.cl))
			must(t, s, protocol.Request{Op: "view"})
			perUnit := 30.0 / 840 * min(max(520/c.cl, 0.1), 2)
			drag(t, s, "start", 63, 37, empty)
			f := drag(t, s, "move", 63+(2-at.part*c.hold)/perUnit, 37, detent, empty).Frame
			if f.UVW != [3]int{1, 1, 0} || f.On != at.rest {
				t.Errorf("%g mm, %.3f° from [110]: %v, at rest %v, want %v", c.cl, at.part*c.hold, f.UVW, f.On, at.rest)
			}
		}
	}
}
