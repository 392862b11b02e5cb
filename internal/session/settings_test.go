package session_test

import (
	"slices"
	"strconv"
	"testing"

	"zoneaxis/internal/link"
	"zoneaxis/internal/protocol"
	"zoneaxis/internal/scene"
	"zoneaxis/internal/session"
)

// Each row of link.Table is all that a setting needs to be in requests, replies,
// snapshots and the history.
func TestEverySetting(t *testing.T) {
	for i := range link.Table {
		r := &link.Table[i]
		s := open(t, "/sim?c=lib-al&z=1,1,0")
		first := must(t, s, protocol.Request{Op: "view"})
		text := ""
		for _, o := range r.Options {
			if o.Code != r.Default {
				text = o.Code
			}
		}
		if r.Unit != "" {
			text = strconv.FormatFloat((r.Min+r.Max)/2+0.03777, 'f', -1, 64) // finer than a link
		}
		reply := must(t, s, protocol.Request{Op: "set", Set: &protocol.Patch{Values: values{r.Key: text}}, Draw: "svg"})
		if reply.Change != r.Change() || reply.View.Values[r.Key] == first.View.Values[r.Key] || reply.Link == first.Link {
			t.Errorf("%s=%s: change %q, value %q, link %s", r.Key, text, reply.Change, reply.View.Values[r.Key], reply.Link)
		}
		l, problems := link.Parse(reply.Link)
		if len(problems) > 0 || l.Values()[r.Key] != reply.View.Values[r.Key] {
			t.Errorf("%s=%s: the link %s says %q, %v", r.Key, text, reply.Link, l.Values()[r.Key], problems)
		}
		fresh := open(t, "/sim?v=1")
		back := must(t, fresh, protocol.Request{Op: "restore", Snapshot: reply.Snapshot, Draw: "svg"})
		if back.Snapshot != reply.Snapshot || back.SVG != reply.SVG {
			t.Errorf("%s=%s: the snapshot %s comes back as %s", r.Key, text, reply.Snapshot, back.Snapshot)
		}
		bad := do(t, s, protocol.Request{Op: "set", Set: &protocol.Patch{Values: values{r.Key: "wrong!"}}})
		if bad.OK || bad.Fields[r.Key] != r.Fault() || len(bad.Fields) != 1 {
			t.Errorf("%s=wrong!: %v", r.Key, bad.Fields)
		}
	}
	s := open(t, "/sim?v=1")
	if r := do(t, s, protocol.Request{Op: "set", Set: &protocol.Patch{Values: values{"speed": "1"}}}); r.OK || r.Fields["speed"] != "There is no setting “speed”." {
		t.Errorf("no setting: %v", r.Fields)
	}
}

// A snapshot that is older than a number has no place for it, and one that is cut
// short is none.
func TestLens(t *testing.T) {
	const before, after = `{"l":"/sim?kv=80","q":[1,0,0,0],"z":[0,0,1],"m":`, `}`
	for lens, want := range map[string]bool{
		"[80,520,50,0,0,0]": true, "[80,520,50,0.5,0.25,7]": true, "[80,520,50,0,0]": false, "[]": false, "[80,49,50,0,0,0]": false, "[80,520,1001,0,0,0]": false,
	} {
		s, _ := session.Open("/sim?v=1", nil)
		if r := s.Do(&protocol.Request{Op: "restore", Snapshot: before + lens + after}, nil); r.OK != want {
			t.Errorf("%s: %v %s", lens, r.OK, r.Error)
		}
	}
}

// The drawings know every pattern style of the table, and no other.
func TestStyles(t *testing.T) {
	var codes []string
	for _, o := range link.Of("p").Options {
		if o.Code != "" {
			codes = append(codes, o.Code)
		}
	}
	if !slices.Equal(codes, scene.Styles) {
		t.Errorf("the table has %v, package scene %v", codes, scene.Styles)
	}
}
