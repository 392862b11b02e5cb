package scene

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzFileState: whatever is dropped on the page is read or passed over, and
// what was written into a file comes back.
func FuzzFileState(f *testing.F) {
	f.Add("/sim?z=1,1,0&o=ikds", `{"v":1,"kv":200}`, "")
	f.Add(`"><script>`, "</session>&amp;", stateTag+` link="x">`)
	f.Add("", "", stateTag)
	f.Fuzz(func(t *testing.T, link, state, before string) {
		FileState([]byte(before + stateTag + ` link="` + link + `">` + state)) // as somebody may have made it
		if !utf8.ValidString(link) || !utf8.ValidString(state) || len(link)+len(state) > 1<<16 || strings.ContainsFunc(link+state, func(r rune) bool { return r < ' ' }) {
			return // no text of ours
		}
		file := (&Scene{}).AppendFile(nil, Sheet{Link: link, State: state})
		if gotLink, gotState, ok := FileState(file); !ok || gotLink != link || gotState != state {
			t.Errorf("wrote %q and %q, read %q and %q, %v", link, state, gotLink, gotState, ok)
		}
	})
}
