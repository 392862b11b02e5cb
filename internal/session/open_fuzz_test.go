package session_test

import (
	"testing"

	"zoneaxis/internal/link"
	"zoneaxis/internal/session"
)

// FuzzOpen opens any link: there is always a session, and the link of its state
// opens the same state without problems. An opening finds the symmetry of its
// crystal and all its reflections, which takes 10 ms: a hundred runs a second,
// not a thousand.
func FuzzOpen(f *testing.F) {
	for _, text := range []string{"", "?z=1,1,0", "?c=lib-au&c2=lib-si&or=1", "?c=cif#x=abc", "?w=r&m=d", "?ms=p0.1,0.2;1,1,1;b", "?h=1,2,3,4&f=hvrnd", "?z=%5B1+-1+0%5D&d=1,2,3&u=g", "?at=20,-20&cl=5000&kv=20", "?c=Gold&z=h"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 500 {
			return // a link that a page takes
		}
		one, _ := session.Open(text, nil)
		l := one.Link()
		first := l.String()
		again, problems := session.Open(first, nil)
		if len(problems) > 0 && l.Newer == 0 {
			t.Errorf("%q: the link of its state, %q, has problems: %v", text, first, problems)
		}
		if back := again.Link(); back.String() != first {
			t.Errorf("%q: %q opens as %q", text, first, back.String())
		}
		if _, more := link.Parse(first); len(more) > 0 && l.Newer == 0 {
			t.Errorf("%q: %q cannot be read: %v", text, first, more)
		}
	})
}
