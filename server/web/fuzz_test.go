package web

import (
	"strings"
	"testing"

	"zoneaxis/internal/link"
)

// FuzzOembed: an address that another site asks about is one of ours or none,
// and leads to a state whose key has no other address's in it.
func FuzzOembed(f *testing.F) {
	for _, address := range []string{"https://zone.example/sim?c=lib-au", "/embed?z=1,1,0", "//zone.example/sim", "https://zone.example@other.example/sim", "https://other.example/sim", "javascript:/sim", "https://ZONE.example/sim?v=9&zz=1#x", "https://zone.example:443/sim", "/sim?%zz", "http://[::1/sim"} {
		f.Add(address, "https://zone.example")
	}
	f.Fuzz(func(t *testing.T, address, origin string) {
		query, ok := ours(address, origin)
		if !ok {
			if query != "" {
				t.Errorf("%q is not ours, but has the query %q", address, query)
			}
			return
		}
		if strings.HasPrefix(strings.ToLower(address), "javascript:") {
			t.Errorf("%q is taken for ours", address)
		}
		what := askedFor(query)
		if !strings.HasPrefix(what.link, link.Path+"?") && what.link != link.Path {
			t.Errorf("%q leads to %q", address, what.link)
		}
		_, canonical, _ := strings.Cut(what.link, "?")
		canonical, _, _ = strings.Cut(canonical, "#")
		if again := askedFor(canonical); again.link != what.link {
			t.Errorf("%q leads to %q, and that to %q", address, what.link, again.link)
		}
	})
}
