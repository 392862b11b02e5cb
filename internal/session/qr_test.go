package session_test

import (
	"fmt"
	"strings"
	"testing"

	"zoneaxis/internal/protocol"
	"zoneaxis/internal/session"
)

// The path of the code is decoded back into modules, and the three finder
// patterns and the alternating timing row of ISO/IEC 18004 are looked for.
func TestQR(t *testing.T) {
	one, _ := session.Open("", nil)
	reply := one.Do(&protocol.Request{Op: "qr", Text: "https://example.org/sim?z=1,1,0"}, nil)
	if !reply.OK {
		t.Fatalf("qr: %s", reply.Error)
	}
	grid, size := modulesOf(t, reply.SVG)
	if (size-17)%4 != 0 {
		t.Fatalf("side of %d modules: no version of the standard has it", size)
	}
	finder := []string{"#######", "#.....#", "#.###.#", "#.###.#", "#.###.#", "#.....#", "#######"}
	for _, corner := range [][2]int{{0, 0}, {size - 7, 0}, {0, size - 7}} {
		for y, row := range finder {
			for x, c := range row {
				if got := grid[[2]int{corner[0] + x, corner[1] + y}]; got != (c == '#') {
					t.Fatalf("finder at %v: module %d,%d is %v", corner, x, y, got)
				}
			}
		}
	}
	for x := 8; x < size-8; x++ {
		if got := grid[[2]int{x, 6}]; got != (x%2 == 0) {
			t.Errorf("timing row: module %d is %v", x, got)
		}
	}
	if long := one.Do(&protocol.Request{Op: "qr", Text: strings.Repeat("x", 601)}, nil); long.OK || !strings.Contains(long.Error, "too long") {
		t.Errorf("601 bytes: ok %v, error %q", long.OK, long.Error)
	}
}

// modulesOf reads the path of a drawn code: dark modules without the border.
func modulesOf(t *testing.T, svg string) (dark map[[2]int]bool, size int) {
	t.Helper()
	var side int
	_, rest, _ := strings.Cut(svg, `viewBox="0 0 `)
	if _, err := fmt.Sscanf(rest, "%d", &side); err != nil {
		t.Fatalf("view box: %v in %.80q", err, svg)
	}
	_, path, _ := strings.Cut(svg, ` d="`)
	path, _, _ = strings.Cut(path, `"`)
	dark = map[[2]int]bool{}
	for _, run := range strings.Split(strings.TrimSuffix(path, "z"), "z") {
		var x, y, n int
		if _, err := fmt.Sscanf(run, "M%d %dh%dv1h", &x, &y, &n); err != nil {
			t.Fatalf("run %q: %v", run, err)
		}
		for i := range n {
			dark[[2]int{x + i - 4, y - 4}] = true
		}
	}
	return dark, side - 8
}
