package session_test

import (
	"bufio"
	"flag"
	"fmt"
	"hash/fnv"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"zoneaxis/internal/artefact"
	"zoneaxis/internal/link"
	"zoneaxis/internal/session"
)

var update = flag.Bool("update", false, "write the golden files of our own drawings anew")

func readLines(t *testing.T, name string) []string {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var lines []string
	for scan := bufio.NewScanner(f); scan.Scan(); {
		if line := scan.Text(); line != "" && !strings.HasPrefix(line, "#") {
			lines = append(lines, line)
		}
	}
	return lines
}

func open(t testing.TB, link string) *session.Session {
	t.Helper()
	s, problems := session.Open(link, nil)
	for _, p := range problems {
		t.Fatalf("%s: %s", link, p.Text)
	}
	return s
}

// TestPictures draws every link of testdata/pictures.txt and compares with what
// was drawn before, on any machine: the same test runs natively and as
// WebAssembly. Some pictures are kept whole, of the others a hash.
func TestPictures(t *testing.T) {
	links := readLines(t, "testdata/pictures.txt")
	if len(links) < 50 {
		t.Errorf("%d links, expected at least 50", len(links))
	}
	want := map[string]string{}
	if !*update {
		for _, line := range readLines(t, "testdata/pictures.golden") {
			hash, link, _ := strings.Cut(line, " ")
			want[link] = hash
		}
	}
	golden := "# FNV-1a of the picture of each link; go test -update writes it\n"
	for i, link := range links {
		s := open(t, link)
		svg := s.SVG()
		h := fnv.New64a()
		h.Write([]byte(svg))
		hash := strconv.FormatUint(h.Sum64(), 16)
		golden += hash + " " + link + "\n"
		if i < 3 || strings.Contains(link, "lib-ti&z=1,0,0") {
			name := fmt.Sprintf("testdata/picture%02d.svg", i)
			if *update {
				if err := os.WriteFile(name, []byte(svg), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if kept, err := os.ReadFile(name); err != nil || string(kept) != svg {
				t.Errorf("%s differs from %s (%v): see %s", link, name, err, artefact.Drawing(t, fmt.Sprintf("pictures/%02d.svg", i), svg))
			}
		}
		if !*update && hash != want[link] {
			t.Errorf("%s: picture %s, expected %s: see %s", link, hash, want[link], artefact.Drawing(t, fmt.Sprintf("pictures/%02d.svg", i), svg))
		}
		if again := open(t, s.Link().String()).SVG(); again != svg && s.View().Frame.UVW == zoneOf(t, link) {
			t.Errorf("%s: its canonical link %s shows another picture", link, s.Link().String())
		}
	}
	if *update {
		if err := os.WriteFile("testdata/pictures.golden", []byte(golden), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// zoneOf returns the zone axis that a link counts from. If it is not the
// nearest one, the canonical link counts from another and is rounded again.
func zoneOf(t *testing.T, address string) [3]int {
	t.Helper()
	l, problems := link.Parse(address)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return l.Zone
}

var circlePattern = regexp.MustCompile(`<circle cx="([-.\d]+)" cy="([-.\d]+)" r="([-.\d]+)"/>`)

// TestSiliconPicture checks a picture against numbers that follow from a =
// 5.43102 Å and λ = 0.02507934 Å alone: 300 view-box units per Å⁻¹ at 520 mm.
func TestSiliconPicture(t *testing.T) {
	svg := open(t, "/sim?z=1,1,0&o=").SVG()
	const lambda, a = 0.02507934, 5.43102
	scale := 840 / (36.5 / (lambda * 520))
	found := map[[2]int]float64{}
	for _, m := range circlePattern.FindAllStringSubmatch(svg, -1) {
		x, _ := strconv.ParseFloat(m[1], 64)
		y, _ := strconv.ParseFloat(m[2], 64)
		r, _ := strconv.ParseFloat(m[3], 64)
		// Coordinates in units of the net: along -110 to the right, along 001 up.
		found[[2]int{int(math.Round(x / (scale * math.Sqrt2 / a))), int(math.Round(-y / (scale / a)))}] = r
		if dx := x/(scale*math.Sqrt2/a) - math.Round(x/(scale*math.Sqrt2/a)); math.Abs(dx)*scale/a > 0.011 {
			t.Errorf("spot at %v, %v is off the net", x, y)
		}
	}
	for _, test := range []struct {
		name    string
		at      [2]int
		r, more float64
	}{
		{"000", [2]int{0, 0}, 13.5, 0},
		// I/I_max = exp(-s²/2σ²), s = λg²/2 = 1.2754e-3: r = 11.5 (0.99190)^0.275.
		{"-111", [2]int{1, 1}, 11.5 * math.Pow(math.Exp(-math.Pow(1.2754e-3, 2)/2e-4), 0.275), 0.006},
		{"1-1-1", [2]int{-1, -1}, 11.5 * math.Pow(math.Exp(-math.Pow(1.2754e-3, 2)/2e-4), 0.275), 0.006},
	} {
		if got := found[test.at]; math.Abs(got-test.r) > test.more {
			t.Errorf("%s: radius %v, want %v", test.name, got, test.r)
		}
	}
	for _, absent := range [][2]int{{0, 2}, {0, -2}, {0, 1}, {1, 0}, {2, 2}} {
		if r, ok := found[absent]; ok {
			t.Errorf("forbidden spot at %v with radius %v", absent, r)
		}
	}
	if found[[2]int{2, 0}] <= found[[2]int{0, 4}] {
		t.Errorf("-220 (%v) must be stronger than 004 (%v)", found[[2]int{2, 0}], found[[2]int{0, 4}])
	}
}

// Pictures of the page must not break its policy, and stay small: the first one
// travels inside the HTML.
func TestPictureSize(t *testing.T) {
	const limit = 8000 // bytes; 1.4 kB after brotli
	if n := len(open(t, "/sim?z=1,1,0&d=0.30,-0.30,0.00&o=ikds").SVG()); n > limit {
		t.Errorf("the picture of silicon has %d bytes, limit %d", n, limit)
	}
	for _, link := range readLines(t, "testdata/pictures.txt") {
		svg := open(t, link).SVG()
		if strings.Contains(svg, "style=") || strings.Contains(svg, "NaN") {
			t.Errorf("%s: style attribute or NaN", link)
		}
	}
}
