package session_test

import (
	"encoding/json"
	"strings"
	"testing"

	"zoneaxis/internal/protocol"
)

// What is no request is told in a reply.
func TestNoRequest(t *testing.T) {
	deep := `{"unknown":` + strings.Repeat("[", 1_000_000) + strings.Repeat("]", 1_000_000) + `}`
	s := open(t, "/sim?v=1")
	text, _, _ := s.Call([]byte(deep), nil)
	var reply protocol.Reply
	if err := json.Unmarshal(text, &reply); err != nil || reply.OK || !strings.Contains(reply.Error, "nested deeper than 64") {
		t.Errorf("reply %s, %v", text, err)
	}
}

// The cost of one step of a drag in JSON, beside encoding/json: its request,
// the short reply and the whole reply.
func BenchmarkCodec(b *testing.B) {
	s := open(b, "/sim?v=1&z=1,1,0")
	request := []byte(`{"op":"drag","seq":1234,"draw":"canvas","light":true,"stage":"move","x":-123.45678901234567,"y":17.5,"shift":false}`)
	light := s.Do(&protocol.Request{Op: "tilt", X: 0.1, Light: true}, nil)
	whole := s.Do(&protocol.Request{Op: "view"}, nil)
	if light.Frame == nil || whole.View == nil {
		b.Fatal("replies without content")
	}
	b.Run("request", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := protocol.ReadRequest(request); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("request/encoding-json", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var r protocol.Request
			if err := json.Unmarshal(request, &r); err != nil {
				b.Fatal(err)
			}
		}
	})
	for _, m := range []struct {
		name  string
		reply *protocol.Reply
	}{{"light", light}, {"whole", whole}} {
		b.Run(m.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				m.reply.JSON()
			}
		})
		b.Run(m.name+"/encoding-json", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := json.Marshal(m.reply); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
