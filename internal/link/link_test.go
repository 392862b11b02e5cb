package link_test

import (
	"bufio"
	"os"
	"strings"
	"testing"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/link"
)

// TestLinkGoldens reads testdata/links.txt: link, tab, canonical link, and
// after further tabs the problems in order.
func TestLinkGoldens(t *testing.T) {
	f, err := os.Open("testdata/links.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	n := 0
	for scan := bufio.NewScanner(f); scan.Scan(); {
		line := scan.Text()
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		n++
		fields := strings.Split(line, "\t")
		t.Run(fields[0], func(t *testing.T) {
			l, problems := link.Parse(fields[0])
			if got := l.String(); got != fields[1] {
				t.Errorf("canonical link\n got %s\nwant %s", got, fields[1])
			}
			var texts []string
			for _, p := range problems {
				texts = append(texts, p.Text)
			}
			if got, want := strings.Join(texts, "\n"), strings.Join(fields[2:], "\n"); got != want {
				t.Errorf("problems\n got %s\nwant %s", got, want)
			}
			again, problems := link.Parse(l.String())
			if got := again.String(); got != l.String() || len(problems) > 0 && l.Newer == 0 {
				t.Errorf("canonical link %s reads back as %s with problems %v", l.String(), got, problems)
			}
		})
	}
	if n < 50 {
		t.Errorf("%d links, expected at least 50", n)
	}
}

func TestParseLinkValues(t *testing.T) {
	l, problems := link.Parse("https://example.org/sim?v=1&c=mp-149&z=1,1,0&d=0.30,-0.30,0.00&kv=300&cl=520&t=50&m=k&o=ikds&p=screen&ms=1,-1,1;2,-2,0&f=rh&h=1.5,-2,30,20")
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if l.Crystal != "mp-149" || l.Zone != (crystal.UVW{1, 1, 0}) || l.TiltX != 0.3 || l.TiltY != -0.3 || l.KV != 300 {
		t.Errorf("got %+v", l)
	}
	if l.Overlays != "ikds" || l.Style != "screen" || l.Flags != "hr" {
		t.Errorf("letters: got %q %q %q", l.Overlays, l.Style, l.Flags)
	}
	if len(l.Measured) != 2 || l.Measured[1].HKL != (crystal.HKL{2, -2, 0}) {
		t.Errorf("measured: got %v", l.Measured)
	}
	if l.Holder == nil || *l.Holder != (link.Holder{Alpha: 1.5, Beta: -2, LimitAlpha: 30, LimitBeta: 20}) {
		t.Errorf("holder: got %v", l.Holder)
	}
}

// TestFarthest: what a link can say at most comes back from it.
func TestFarthest(t *testing.T) {
	for _, text := range []string{"/sim?ms=999,-999,1;p-200,200;b", "/sim?at=-20,20"} {
		l, problems := link.Parse(text)
		if got := l.String(); got != text || len(problems) > 0 {
			t.Errorf("%s reads back as %s, %v", text, got, problems)
		}
	}
	for _, text := range []string{"/sim?ms=1000,0,0", "/sim?ms=p201,0", "/sim?at=21,0"} {
		if _, problems := link.Parse(text); len(problems) != 1 {
			t.Errorf("%s: problems %v, want one", text, problems)
		}
	}
}

// FuzzParseLink reads any text as a link and writes it again. It does 730 runs a
// second on two busy cores, since each reads and writes a link twice.
func FuzzParseLink(f *testing.F) {
	for _, s := range []string{"", "/sim?z=1,1,0", "?c=cif#x=abc", "?z=%5B1-10%5D&d=1,2", "?v=99&q=%zz&&=", "?o=i&o=k&f=", "?ms=p0.1,0.2;1,1,1;b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		l, _ := link.Parse(text)
		first := l.String()
		again, problems := link.Parse(first)
		if second := again.String(); second != first {
			t.Fatalf("%q: canonical link %q reads back as %q", text, first, second)
		}
		for _, p := range problems {
			if again.Newer > 0 {
				continue // it stays newer
			}
			t.Fatalf("%q: canonical link %q has a problem: %s", text, first, p.Text)
		}
	})
}
