package hits

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// TestWire: what is sent is GoatCounter's format, and comes back as it was.
func TestWire(t *testing.T) {
	sent := Request{NoSessions: true, Hits: []Hit{
		{Path: "/sim", Title: "Simulator", Ref: "example.org", Session: "s1", Location: "NL", CreatedAt: noon},
		{Path: "export: svg", Event: true, Bot: 150, Size: Size{1920, 1080, 1.5}},
	}}
	data, err := json.Marshal(sent)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"no_sessions":true,"hits":[` +
		`{"path":"/sim","title":"Simulator","ref":"example.org","location":"NL","created_at":"2026-03-01T12:00:00Z","session":"s1"},` +
		`{"path":"export: svg","event":true,"size":"1920,1080,1.5","bot":150}]}`
	if string(data) != want {
		t.Errorf("got  %s\nwant %s", data, want)
	}
	got, faults, err := Decode(bytes.NewReader(data), noon)
	if err != nil || len(faults) > 0 || !reflect.DeepEqual(*got, sent) {
		t.Errorf("%+v, %v, %v", got, faults, err)
	}
	if data, _ := json.Marshal(Request{Filter: []string{}}); !strings.Contains(string(data), `"filter":[]`) {
		t.Errorf("an empty filter is another thing than none: %s", data)
	}
}

// TestDecode: what other clients send, and what is wrong with it.
func TestDecode(t *testing.T) {
	good := func(hit string) string { return `{"no_sessions":true,"hits":[` + hit + `]}` }
	for _, tt := range []struct {
		name, body, fault, err string
	}{
		{"documented example", `{"no_sessions": true, "hits": [{"path": "/one"}, {"path": "/two"}]}`, "", ""},
		{"unknown members", good(`{"path":"/a","host":"x","colour":3}`), "", ""},
		{"ways to say true", good(`{"path":"a","event":1},{"path":"b","event":"on"},{"path":"c","event":null}`), "", ""},
		{"sizes", good(`{"path":"a","size":"1,2,3"},{"path":"b","size":[1,2]},{"path":"c","size":""},{"path":"d","size":null}`), "", ""},
		{"browser and address", `{"hits":[{"path":"/a","user_agent":"x","ip":"1.2.3.4"}]}`, "", ""},
		{"filter", `{"no_sessions":true,"filter":["ip"],"hits":[{"path":"/a"}]}`, "", ""},
		{"nobody", `{"hits":[{"path":"/a","ip":"1.2.3.4"}]}`, "no_sessions", ""},
		{"no path", good(`{"title":"x"}`), "path: must be set", ""},
		{"long path", good(`{"path":"` + strings.Repeat("x", 2049) + `"}`), "2048 bytes", ""},
		{"long title", good(`{"path":"/","title":"` + strings.Repeat("x", 1025) + `"}`), "1024 bytes", ""},
		{"future", good(`{"path":"/","created_at":"2026-03-01T12:00:06Z"}`), "future", ""},
		{"no time", good(`{"path":"/","created_at":"yesterday"}`), "not a hit", ""},
		{"no text", good(`{"path":5}`), "not a hit", ""},
		{"no object", good(`[1]`), "not a hit", ""},
		{"no size", good(`{"path":"/","size":"big"}`), "no number", ""},
		{"no truth", good(`{"path":"/","event":"perhaps"}`), "neither true nor false", ""},
		{"empty", ``, "", "not the JSON"},
		{"cut", `{"hits":[{"path":"/a"}`, "", "not the JSON"},
		{"none", `{"hits":[]}`, "", "no hits"},
		{"strange filter", `{"filter":["x"],"hits":[{"path":"/a"}]}`, "", `filter: "x"`},
		{"too many", good(strings.Repeat(`{"path":"/a"},`, MaxHits) + `{"path":"/a"}`), "", "500"},
		{"too long", `"` + strings.Repeat("x", MaxBody) + `"`, "", "bytes"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			req, faults, err := Decode(strings.NewReader(tt.body), noon)
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Fatalf("got %v, want an error with %q", err, tt.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(faults[0], tt.fault) || (tt.fault == "") != (len(faults) == 0) {
				t.Errorf("faults %v, want %q", faults, tt.fault)
			}
			if tt.fault == "" && len(req.Hits) == 0 {
				t.Error("nothing was taken")
			}
		})
	}
	// Of a request with one broken hit the others count.
	req, faults, err := Decode(strings.NewReader(good(`{"path":"/a"},{"path":""},{"path":"/b"}`)), noon)
	if err != nil || len(req.Hits) != 2 || req.Hits[1].Path != "/b" || len(faults) != 1 || faults[1] == "" {
		t.Errorf("%+v, %v, %v", req, faults, err)
	}
}

// TestNames: every event can be read from its name.
func TestNames(t *testing.T) {
	for _, tt := range []struct {
		event Event
		name  string
	}{
		{Pattern("Silicon", "[110]", "kinematic"), "pattern: Silicon [110] kinematic"},
		{Pattern("TiO2 [rutile]", "1 -1 0", "dynamical, 50 nm"), "pattern: TiO2 (rutile) [1 -1 0] dynamical,-50-nm"},
		{Pattern("mp-149", "", "rings"), "pattern: mp-149 rings"},
		{Pattern(OwnCrystal, "[0 0 0 1]", "kinematic"), "pattern: own file [0 0 0 1] kinematic"},
		{Opened("Spinel\n\x00 MgAl2O4"), "crystal: Spinel MgAl2O4"},
		{Turned("Silicon"), "turned: Silicon"},
		{Export("svg"), "export: svg"},
		{Tool("tilt"), "tool: tilt"},
	} {
		if got := tt.event.Name(); got != tt.name {
			t.Errorf("%+v is named %q, want %q", tt.event, got, tt.name)
		}
		if got, ok := ReadEvent(tt.name); !ok || got != tt.event {
			t.Errorf("%q reads %+v, %v; want %+v", tt.name, got, ok, tt.event)
		}
		if hit := tt.event.Hit(); hit.Check(noon, true) != nil || !bool(hit.Event) {
			t.Errorf("%+v cannot be sent: %v", hit, hit.Check(noon, true))
		}
	}
	if name := Pattern(strings.Repeat("é", 500), strings.Repeat("1", 500), "k").Name(); len([]rune(name)) > 200 {
		t.Errorf("%d characters", len([]rune(name)))
	}
	for _, name := range []string{"", "pattern: ", "pattern: Silicon", "pattern: [110] kinematic", "click", "signup: now", "/sim"} {
		if e, ok := ReadEvent(name); ok {
			t.Errorf("%q reads %+v", name, e)
		}
	}
}

// FuzzDecode: any body is an error, faults or hits that pass, and never a panic.
// What passes can be sent on and passes again.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"no_sessions":true,"hits":[{"path":"/a","event":1,"size":"1,2,3","created_at":"2026-03-01T12:00:00Z"}]}`))
	f.Add([]byte(`{"filter":["ip"],"hits":[{"path":"pattern: Si [110] kinematic","event":true,"session":"x"},5]}`))
	f.Add([]byte(`{"hits":[{"path":"\ud800"}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		req, faults, err := Decode(bytes.NewReader(body), noon)
		if err != nil {
			return
		}
		for i, h := range req.Hits {
			if err := h.Check(noon, req.NoSessions); err != nil {
				t.Fatalf("hit %d: %v", i, err)
			}
			if e, ok := ReadEvent(h.Path); ok {
				if again, ok := ReadEvent(e.Name()); !ok || again != e {
					t.Fatalf("%q reads %+v, and its name %q reads %+v", h.Path, e, e.Name(), again)
				}
			}
		}
		if len(req.Hits) == 0 {
			if len(faults) == 0 {
				t.Fatal("neither hits nor faults")
			}
			return
		}
		data, err := json.Marshal(req)
		if err != nil {
			t.Fatal(err)
		}
		again, faults, err := Decode(bytes.NewReader(data), noon)
		if err != nil || len(faults) > 0 || len(again.Hits) != len(req.Hits) {
			t.Fatalf("%v, %v of %s", err, faults, data)
		}
	})
}
