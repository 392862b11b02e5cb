//go:build js && wasm

// Command reader reads files of crystals for the engine, which does without: a
// WebAssembly program that the engine's worker loads when a file is opened. It
// registers
//
//	zoneaxisReader.read(name: string, file: Uint8Array): Uint8Array
//
// and waits. The answer is a parcel of package source, also for a file that
// cannot be read.
package main

import (
	"errors"
	"syscall/js"

	"zoneaxis/internal/source"
)

func main() {
	js.Global().Set("zoneaxisReader", js.ValueOf(map[string]any{
		"read": js.FuncOf(func(_ js.Value, args []js.Value) any {
			file := make([]byte, args[1].Get("length").Int())
			js.CopyBytesToGo(file, args[1])
			parcel := read(args[0].String(), file)
			array := js.Global().Get("Uint8Array").New(len(parcel))
			js.CopyBytesToJS(array, parcel)
			return array
		}),
	}))
	select {}
}

// read packs what is in a file. A panic becomes a sentence in the parcel.
func read(name string, file []byte) (parcel []byte) {
	key := source.FileKey(file)
	defer func() {
		if recover() != nil {
			parcel = source.Parcel(key, nil, errors.New("This file cannot be read: something went wrong inside. Save it as a CIF with another program."))
		}
	}()
	list, err := source.Decode(name, file)
	return source.Parcel(key, list, err)
}
