//go:build js && wasm

// Command engine is the simulator's engine, a WebAssembly program that runs in
// a worker of the page. It registers
//
//	zoneaxisEngine.call(request: string, payload: Uint8Array | null)
//	  → {json: string, svg: string, marks: Uint8Array | null}
//	zoneaxisEngine.calculate(done: (json: string) => void, ask: Ask | null)
//	zoneaxisEngine.cancel()
//	zoneaxisEngine.library(text: string): string
//	zoneaxisEngine.solve(job: Uint8Array) → Uint8Array | null
//
//	Ask = (job: Uint8Array, answer: (result: Uint8Array | null) => void) → (drop: () => void)
//
// and waits. The first answers one request of package protocol;
// the second runs Session.Calculate, between whose steps requests are answered,
// and hands its reply to done; the third ends that. The fourth takes the
// library of crystals, which comes after the program, and returns what is wrong
// with it. All state lives in that package's Session.
//
// The same program is what a solver runs, a worker that only calculates: it gets
// no request but jobs for solve, which is bloch.Work, and opens no session. With
// ask the long part of a calculation goes to one; an answer of null means that
// it has to be done here.
package main

import (
	"errors"
	"syscall/js"

	"zoneaxis/internal/diffraction/bloch"
	"zoneaxis/internal/lean/say"
	"zoneaxis/internal/protocol"
	"zoneaxis/internal/session"
	"zoneaxis/internal/source"
)

func main() {
	var opened *session.Session
	one := func() *session.Session {
		if opened == nil {
			opened, _ = session.Open("", nil)
		}
		return opened
	}
	calculations := 0 // begun or cancelled: one that is not the last gives up
	js.Global().Set("zoneaxisEngine", js.ValueOf(map[string]any{
		"call": js.FuncOf(func(_ js.Value, args []js.Value) any { return call(one(), args) }),
		"calculate": js.FuncOf(func(_ js.Value, args []js.Value) any {
			calculations++
			mine := calculations
			go calculate(one(), args[0], args[1], func() bool { return mine == calculations })
			return nil
		}),
		"cancel": js.FuncOf(func(js.Value, []js.Value) any { calculations++; return nil }),
		"library": js.FuncOf(func(_ js.Value, args []js.Value) any {
			if err := source.LoadLibrary(args[0].String()); err != nil {
				return err.Error()
			}
			return ""
		}),
		"solve": js.FuncOf(func(_ js.Value, args []js.Value) any { return solve(args[0]) }),
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
		payload = fromJS(args[1])
	}
	text, svg, marks := s.Call([]byte(args[0].String()), payload)
	var bytes any
	if len(marks) > 0 {
		bytes = toJS(marks)
	}
	return map[string]any{"json": string(text), "svg": svg, "marks": bytes}
}

func fromJS(array js.Value) []byte {
	b := make([]byte, array.Get("length").Int())
	js.CopyBytesToGo(b, array)
	return b
}

func toJS(b []byte) js.Value {
	array := js.Global().Get("Uint8Array").New(len(b))
	js.CopyBytesToJS(array, b)
	return array
}

// solve does a job; nothing else goes on in a solver meanwhile.
func solve(job js.Value) any {
	result, err := bloch.Work(fromJS(job), func() bool { return true })
	if err != nil {
		return nil
	}
	return toJS(result)
}

// stretch is how long a calculation works before it lets the worker look at its
// messages, ms.
const stretch = 12

// calculate runs a calculation to its end, as long as wanted says so. (Package
// time would be 20 kB for two functions that the worker has.)
func calculate(s *session.Session, done, ask js.Value, wanted func() bool) {
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
	sleep := func(ms int) { // the event loop runs
		js.Global().Call("setTimeout", wake, ms)
		<-awake
		began = now()
	}
	var solver session.Solver
	if ask.Truthy() {
		solver = func(job []byte, wanted func() bool) ([]byte, error) { return askFor(ask, job, wanted, sleep) }
	}
	reply := s.CallCalculate(func() bool {
		if now()-began > stretch {
			sleep(1)
		}
		return wanted()
	}, solver)
	done.Invoke(string(reply))
}

// askFor has a job done by a solver. It looks every few milliseconds whether the
// result has come and is still wanted.
func askFor(ask js.Value, job []byte, wanted func() bool, sleep func(ms int)) ([]byte, error) {
	var result js.Value // undefined until there is an answer
	answer := js.FuncOf(func(_ js.Value, args []js.Value) any { result = args[0]; return nil })
	defer answer.Release()
	drop := ask.Invoke(toJS(job), answer)
	for result.IsUndefined() {
		if sleep(stretch); !wanted() {
			drop.Invoke()
			return nil, bloch.ErrCancelled
		}
	}
	if result.IsNull() {
		return nil, errNoSolver
	}
	return fromJS(result), nil
}

var errNoSolver = errors.New("engine: no solver")

// caught returns the reply for what recover has returned, "" for nil.
func caught(p any) string {
	if p == nil {
		return ""
	}
	sorry := protocol.Reply{Error: say.Sprintf("Something went wrong inside the simulator (%v).", p)}
	return string(sorry.JSON())
}
