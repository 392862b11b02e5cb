//go:build js && wasm

// Command engine is the simulator's engine, a WebAssembly program that runs in
// a worker of the page. It registers
//
//	zoneaxisEngine.call(request: string, payload: Uint8Array | null)
//	  → {json: string, svg: string, marks: Uint8Array | null}
//	zoneaxisEngine.calculate(done: (json: string) => void)
//	zoneaxisEngine.cancel()
//	zoneaxisEngine.library(text: string): string
//
// and waits. The first answers one request of package protocol;
// the second runs Session.Calculate, between whose steps requests are answered,
// and hands its reply to done; the third ends that. The fourth takes the
// library of crystals, which comes after the program, and returns what is wrong
// with it. All state lives in that package's Session.
package main

import (
	"syscall/js"

	"zoneaxis/internal/lean/say"
	"zoneaxis/internal/protocol"
	"zoneaxis/internal/session"
	"zoneaxis/internal/source"
)

func main() {
	s, _ := session.Open("", nil)
	calculations := 0 // begun or cancelled: one that is not the last gives up
	js.Global().Set("zoneaxisEngine", js.ValueOf(map[string]any{
		"call": js.FuncOf(func(_ js.Value, args []js.Value) any { return call(s, args) }),
		"calculate": js.FuncOf(func(_ js.Value, args []js.Value) any {
			calculations++
			mine := calculations
			go calculate(s, args[0], func() bool { return mine == calculations })
			return nil
		}),
		"cancel": js.FuncOf(func(js.Value, []js.Value) any { calculations++; return nil }),
		"library": js.FuncOf(func(_ js.Value, args []js.Value) any {
			if err := source.LoadLibrary(args[0].String()); err != nil {
				return err.Error()
			}
			return ""
		}),
	}))
	select {}
}

// call passes one request on. A panic becomes an error in the reply: the page
// keeps its picture and the engine lives on.
func call(s *session.Session, args []js.Value) (answer any) {
	defer func() {
		if text := caught(recover()); text != "" {
			answer = map[string]any{"json": text, "svg": "", "marks": nil}
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

// stretch is how long a calculation works before it lets the worker look at its
// messages, ms.
const stretch = 12

// calculate runs a calculation to its end, as long as wanted says so. (Package
// time would be 20 kB for two functions that the worker has.)
func calculate(s *session.Session, done js.Value, wanted func() bool) {
	defer func() {
		if text := caught(recover()); text != "" {
			done.Invoke(text)
		}
	}()
	awake := make(chan struct{}, 1)
	wake := js.FuncOf(func(js.Value, []js.Value) any { awake <- struct{}{}; return nil })
	defer wake.Release()
	performance := js.Global().Get("performance")
	now := func() float64 { return performance.Call("now").Float() }
	began := now()
	reply := s.CallCalculate(func() bool {
		if now()-began > stretch {
			js.Global().Call("setTimeout", wake, 1) // the event loop runs
			<-awake
			began = now()
		}
		return wanted()
	})
	done.Invoke(string(reply))
}

// caught returns the reply for what recover has returned, "" for nil.
func caught(p any) string {
	if p == nil {
		return ""
	}
	sorry := protocol.Reply{Error: say.Sprintf("Something went wrong inside the simulator (%v).", p)}
	return string(sorry.JSON())
}
