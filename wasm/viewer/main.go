//go:build js && wasm

// Command viewer is the fast view of a pattern: an Ebitengine canvas that
// paints the frames of package wire, and nothing else. It holds no state that
// the page could not send again, takes no input, and knows no crystals.
//
// It draws the canvas of an inert iframe of the page's own origin, from a worker
// so that its start never holds up the page. assets/js/workers/viewer-worker.js starts it
// and talks to it through
//
//	zoneaxisViewer.frame(bytes)      Uint8Array, one wire frame
//	zoneaxisViewer.palette(colours)  array of "#rrggbb", one per wire.Class
//
// and defines, before the start, the function that it calls:
//
//	zoneaxisDrawn(seq)               the frame with that number is on the canvas
//
// Ebitengine asks for an animation frame at every frame, even when nothing
// changed; the script holds these requests back until there is something new.
package main

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"syscall/js"

	"github.com/hajimehoshi/ebiten/v2"

	"zoneaxis/internal/wire"
)

func main() {
	v := &view{drawn: -1}
	if err := v.load(); err != nil {
		js.Global().Get("console").Call("error", err.Error())
		return
	}
	js.Global().Set("zoneaxisViewer", js.ValueOf(map[string]any{
		"frame":   js.FuncOf(v.frameArrived),
		"palette": js.FuncOf(v.paletteArrived),
	}))
	ebiten.SetTPS(ebiten.SyncWithFPS)
	ebiten.SetRunnableOnUnfocused(true)
	if err := ebiten.RunGameWithOptions(v, &ebiten.RunGameOptions{InitUnfocused: true, SkipTaskbar: true}); err != nil {
		js.Global().Get("console").Call("error", "viewer: "+err.Error())
	}
}

// view is the one "game": it draws the last frame that came.
type view struct {
	frame   wire.Frame
	palette [wire.NumClasses]colour
	shader  *ebiten.Shader
	batch   batch
	bytes   []byte // memory for the next frame's bytes
	drawn   int64  // number of the last frame reported as drawn
	w, h    float64
}

// colour is an opaque colour, components 0 … 1.
type colour struct{ r, g, b float32 }

func (v *view) load() (err error) {
	v.shader, err = ebiten.NewShader(markShader)
	if err != nil {
		return errors.New("viewer: shader: " + err.Error())
	}
	return nil
}

// frameArrived takes the bytes of a frame. A damaged frame is refused and the
// last good one stays; the reply is the error's text, or "".
func (v *view) frameArrived(_ js.Value, args []js.Value) any {
	n := args[0].Get("length").Int()
	if cap(v.bytes) < n {
		v.bytes = make([]byte, n+n/2)
	}
	v.bytes = v.bytes[:n]
	js.CopyBytesToGo(v.bytes, args[0])
	if err := wire.Decode(&v.frame, v.bytes); err != nil {
		return err.Error()
	}
	return ""
}

func (v *view) paletteArrived(_ js.Value, args []js.Value) any {
	for i := range min(len(v.palette), args[0].Length()) {
		text := args[0].Index(i).String()
		rgb, err := strconv.ParseUint(strings.TrimPrefix(text, "#"), 16, 32)
		if err != nil || len(text) != len("#rrggbb") {
			return "viewer: colour " + strconv.Quote(text) + ": expected #rrggbb"
		}
		v.palette[i] = colour{float32(rgb>>16) / 255, float32(rgb>>8&255) / 255, float32(rgb&255) / 255}
	}
	return ""
}

// Update has nothing to do: frames come from the page.
func (v *view) Update() error { return nil }

// Layout is not used: LayoutF is there.
func (v *view) Layout(w, h int) (int, int) { return w, h }

// LayoutF asks for one canvas pixel per device pixel.
func (v *view) LayoutF(w, h float64) (float64, float64) {
	scale := ebiten.Monitor().DeviceScaleFactor()
	v.w, v.h = math.Ceil(w*scale), math.Ceil(h*scale)
	return v.w, v.h
}

// Draw paints the whole frame as one batch of triangles.
func (v *view) Draw(screen *ebiten.Image) {
	bg := v.palette[wire.Background]
	screen.Fill(rgba(bg))
	v.batch.reset(v.w, v.h)
	for _, l := range v.frame.Lines {
		v.batch.line(l, v.palette[l.Class])
	}
	for _, d := range v.frame.Discs {
		v.batch.disc(d, v.palette[d.Class])
	}
	if len(v.batch.indices) > 0 {
		screen.DrawTrianglesShader32(v.batch.vertices, v.batch.indices, v.shader, nil)
	}
	if seq := int64(v.frame.Seq); seq != v.drawn {
		v.drawn = seq
		if report := js.Global().Get("zoneaxisDrawn"); report.Type() == js.TypeFunction {
			report.Invoke(float64(seq))
		}
	}
}
