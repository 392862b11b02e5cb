//go:build js && wasm

// Command engine is the simulator's engine, a WebAssembly program that runs in
// a worker of the page. It registers one function,
//
//	zoneaxisEngine.call(request: string, payload: Uint8Array | null)
//	  → {json: string, svg: string, marks: Uint8Array | null}
//
// which answers one request of the protocol in package session, and waits. All
// state lives in that package's Session.
package main

import (
	"encoding/json"
	"syscall/js"

	"zoneaxis/internal/say"
	"zoneaxis/internal/session"
)

func main() {
	s, _ := session.Open("", nil)
	js.Global().Set("zoneaxisEngine", js.ValueOf(map[string]any{
		"call": js.FuncOf(func(_ js.Value, args []js.Value) any { return call(s, args) }),
	}))
	select {}
}

// call passes one request on. A panic becomes an error in the reply: the page
// keeps its picture and the engine lives on.
func call(s *session.Session, args []js.Value) (answer any) {
	defer func() {
		if p := recover(); p != nil {
			text, _ := json.Marshal(session.Reply{Error: say.Sprintf("Something went wrong inside the simulator (%v).", p)})
			answer = map[string]any{"json": string(text), "svg": "", "marks": nil}
		}
	}()
	var payload []byte
	if len(args) > 1 && args[1].Truthy() {
		payload = make([]byte, args[1].Get("length").Int())
		js.CopyBytesToGo(payload, args[1])
	}
	text, svg, marks := s.Call([]byte(args[0].String()), payload)
	var bytes any
	if len(marks) > 0 {
		array := js.Global().Get("Uint8Array").New(len(marks))
		js.CopyBytesToJS(array, marks)
		bytes = array
	}
	return map[string]any{"json": string(text), "svg": svg, "marks": bytes}
}
