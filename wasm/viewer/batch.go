//go:build js && wasm

package main

import (
	"image/color"
	"math"

	"github.com/hajimehoshi/ebiten/v2"

	"zoneaxis/internal/wire"
)

// viewBox is the side of the pattern's square in the units of wire frames.
const viewBox = 840

// markShader draws discs and lines with one antialiased edge: custom.xy is the
// place of the pixel relative to the centre (for a line: across it), in pixels,
// and custom.z the radius or half width.
var markShader = []byte(`//kage:unit pixels
package main

func Fragment(dst vec4, src vec2, color vec4, custom vec4) vec4 {
	cover := clamp(custom.z-length(custom.xy)+0.5, 0, 1)
	return color * cover
}
`)

// batch collects the triangles of one frame. Its memory is used again.
type batch struct {
	vertices      []ebiten.Vertex
	indices       []uint32
	scale, cx, cy float32 // pixels = centre + scale × units
	w, h          float32
}

// reset empties the batch and fits the square view box over w × h pixels so
// that it covers them ("slice"), as the SVG of the same picture does.
func (b *batch) reset(w, h float64) {
	b.vertices, b.indices = b.vertices[:0], b.indices[:0]
	b.scale = float32(math.Max(w, h) / viewBox)
	b.cx, b.cy = float32(w/2), float32(h/2)
	b.w, b.h = float32(w), float32(h)
}

func (b *batch) disc(d wire.Disc, c colour) {
	if d.Class == wire.Background {
		return
	}
	x, y := b.cx+b.scale*d.X, b.cy+b.scale*d.Y
	r := b.scale * d.R
	e := r + 1
	if x+e < 0 || x-e > b.w || y+e < 0 || y-e > b.h {
		return
	}
	b.quad([4][4]float32{{x - e, y - e, -e, -e}, {x + e, y - e, e, -e}, {x - e, y + e, -e, e}, {x + e, y + e, e, e}}, r, c, d.Alpha)
}

func (b *batch) line(l wire.Line, c colour) {
	if l.Class == wire.Background {
		return
	}
	x1, y1 := b.cx+b.scale*l.X1, b.cy+b.scale*l.Y1
	x2, y2 := b.cx+b.scale*l.X2, b.cy+b.scale*l.Y2
	dx, dy := x2-x1, y2-y1
	n := float32(math.Hypot(float64(dx), float64(dy)))
	if n == 0 {
		return
	}
	// A line thinner than a pixel keeps a pixel's width and gets fainter.
	half := b.scale * l.Width / 2
	alpha := l.Alpha
	if half < 0.5 {
		alpha *= half / 0.5
		half = 0.5
	}
	e := half + 1
	ox, oy := -dy/n*e, dx/n*e
	b.quad([4][4]float32{{x1 - ox, y1 - oy, 0, -e}, {x2 - ox, y2 - oy, 0, -e}, {x1 + ox, y1 + oy, 0, e}, {x2 + ox, y2 + oy, 0, e}}, half, c, alpha)
}

// quad appends two triangles. A corner is x, y in pixels and custom x, y.
func (b *batch) quad(corners [4][4]float32, radius float32, c colour, alpha float32) {
	first := uint32(len(b.vertices))
	for _, p := range corners {
		b.vertices = append(b.vertices, ebiten.Vertex{
			DstX: p[0], DstY: p[1],
			ColorR: c.r * alpha, ColorG: c.g * alpha, ColorB: c.b * alpha, ColorA: alpha,
			Custom0: p[2], Custom1: p[3], Custom2: radius,
		})
	}
	b.indices = append(b.indices, first, first+1, first+2, first+1, first+2, first+3)
}

func rgba(c colour) color.Color {
	return color.RGBA{R: uint8(c.r*255 + 0.5), G: uint8(c.g*255 + 0.5), B: uint8(c.b*255 + 0.5), A: 255}
}
