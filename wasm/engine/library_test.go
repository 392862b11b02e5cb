package main_test

import (
	"os"
	"strings"
	"testing"

	"zoneaxis/internal/protocol"
	"zoneaxis/internal/session"
	"zoneaxis/internal/source"
)

// TestLibraryComesLater goes through the beginning of a page: the engine starts
// with silicon alone, and what needs more waits for the library without
// changing anything. (Nothing here imports the library, as in the engine.)
func TestLibraryComesLater(t *testing.T) {
	s, problems := session.Open("", nil)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	do := func(r protocol.Request) *protocol.Reply {
		t.Helper()
		r.Draw = "svg"
		return s.Do(&r, nil)
	}
	first := do(protocol.Request{Op: "open", Link: "/sim?z=1,1,0"})
	if !first.OK || !strings.Contains(first.Link, "z=1,1,0") {
		t.Fatalf("silicon: %+v", first)
	}
	waiting := []protocol.Request{
		{Op: "open", Link: "/sim?c=lib-al"},
		{Op: "open", Link: "/sim?c=mp-134"},
		{Op: "open", Link: "/sim?c2=lib-ni"},
		{Op: "crystal", ID: "Rutile"},
		{Op: "crystal", ID: "al"},
		{Op: "set", Set: &protocol.Patch{Second: &protocol.SecondPatch{ID: new("lib-ni")}}},
	}
	for _, r := range waiting {
		if out := do(r); out.OK || out.Need != protocol.NeedLibrary || out.Error != "" || len(out.Fields) > 0 {
			t.Errorf("%s %s%s: ok %t, need %q, %s %v", r.Op, r.Link, r.ID, out.OK, out.Need, out.Error, out.Fields)
		}
		if now := do(protocol.Request{Op: "view"}); now.Snapshot != first.Snapshot || now.SVG != first.SVG {
			t.Errorf("%s %s%s changed the state to %s", r.Op, r.Link, r.ID, now.Link)
		}
	}
	for _, r := range []protocol.Request{{Op: "zone", Text: "112"}, {Op: "sheet"}, {Op: "open", Link: "/sim?c=lib-si&z=1,1,0"}, {Op: "crystal", ID: "mp-149"}, {Op: "export", Kind: "json"}} {
		if out := do(r); !out.OK {
			t.Errorf("%s %s%s: need %q, %s", r.Op, r.Link, r.ID, out.Need, out.Error)
		}
	}

	text, err := os.ReadFile("../../internal/source/records/library.txt")
	if err != nil {
		t.Fatal(err)
	}
	if err := source.LoadLibrary(string(text)); err != nil {
		t.Fatal(err)
	}
	for _, r := range waiting {
		if out := do(r); !out.OK {
			t.Errorf("%s %s%s with the library: need %q, %s %v", r.Op, r.Link, r.ID, out.Need, out.Error, out.Fields)
		}
	}
}
