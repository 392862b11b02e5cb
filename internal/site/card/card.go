// Package card draws the pictures that stand beside links to the site: a title
// and a diffraction pattern.
package card

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"

	"zoneaxis/internal/scene"
	"zoneaxis/internal/wire"
)

// Size of a card in pixels.
const (
	Width  = 1200
	Height = 630
)

// Colours of a card: those of the dark theme.
var (
	ground = rgb("#0B0E13")
	ink    = rgb("#E9EDF2")
	quiet  = rgb("#94A0AE")
	accent = rgb("#5CCBD1")
)

func rgb(text string) color.RGBA {
	c := color.RGBA{A: 255}
	if _, err := fmt.Sscanf(text, "#%02x%02x%02x", &c.R, &c.G, &c.B); err != nil {
		panic(err) // the colours are constants
	}
	return c
}

// Card returns a card as PNG: the title, a line under it and the pattern of a
// wire frame, or the site's mark if marks is empty. Equal arguments give equal
// bytes.
func Card(title, line string, marks []byte) ([]byte, error) {
	img := image.NewRGBA(image.Rect(0, 0, Width, Height))
	draw.Draw(img, img.Bounds(), image.NewUniform(ground), image.Point{}, draw.Src)
	const left, side = 72, Height
	if len(marks) > 0 {
		var f wire.Frame
		if err := wire.Decode(&f, marks); err != nil {
			return nil, err
		}
		pattern(img, &f, Width-side/2, Height/2, float64(side)/(2*scene.Half))
	} else {
		mark(img, Width-side/2, Height/2, 18)
	}
	bold, err := opentype.Parse(gobold.TTF)
	if err != nil {
		return nil, err
	}
	regular, err := opentype.Parse(goregular.TTF)
	if err != nil {
		return nil, err
	}
	// The title takes the largest size at which it fits in five lines.
	room := Width - side - left
	for size := 64.0; ; size -= 4 {
		face, err := opentype.NewFace(bold, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone})
		if err != nil {
			return nil, err
		}
		lines, fits := wrap(face, title, room)
		if (!fits || float64(len(lines))*size*1.15 > 380) && size > 24 {
			continue
		}
		y := 128.0 + size*0.4
		for _, text := range lines {
			write(img, face, ink, left, y, text)
			y += size * 1.15
		}
		break
	}
	small, err := opentype.NewFace(regular, &opentype.FaceOptions{Size: 26, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return nil, err
	}
	write(img, small, quiet, left+44, Height-66, line)
	mark(img, left+14, Height-75, 1.5)
	return encode(img)
}

// mark draws the site's mark, 24 units across.
func mark(img *image.RGBA, x, y, k float64) {
	for _, d := range [][3]float64{{0, 0, 3.6}, {0, -9, 1.5}, {0, 9, 1.5}, {-8, -5, 2}, {8, -5, 2}, {-8, 5, 2}, {8, 5, 2}} {
		disc(img, x+k*d[0], y+k*d[1], k*d[2], accent)
	}
}

// pattern draws the marks of a frame about a point, k pixels for a view-box
// unit. They fade towards the text on the left.
func pattern(img *image.RGBA, f *wire.Frame, x, y, k float64) {
	palette := scene.PaletteOf("screen")
	edge := x - k*scene.Half
	fade := func(at float64) float64 { return math.Min(math.Max((at-edge)/(0.3*k*scene.Half), 0), 1) }
	for _, l := range f.Lines {
		c := rgb(palette.Class[l.Class])
		x1, y1, x2, y2 := x+k*float64(l.X1), y+k*float64(l.Y1), x+k*float64(l.X2), y+k*float64(l.Y2)
		// In pieces, so that the fading follows the line.
		const pieces = 24
		for i := range pieces {
			t0, t1 := float64(i)/pieces, float64(i+1)/pieces
			xa, ya, xb, yb := x1+t0*(x2-x1), y1+t0*(y2-y1), x1+t1*(x2-x1), y1+t1*(y2-y1)
			if a := fade((xa + xb) / 2); a > 0 {
				line(img, xa, ya, xb, yb, math.Max(1, k*float64(l.Width)), faded(c, a*float64(l.Alpha)))
			}
		}
	}
	for _, d := range f.Discs {
		at := x + k*float64(d.X)
		if a := fade(at); a > 0 {
			disc(img, at, y+k*float64(d.Y), k*float64(d.R), faded(rgb(palette.Class[d.Class]), a*float64(d.Alpha)))
		}
	}
}

func faded(c color.RGBA, alpha float64) color.RGBA {
	mul := func(v uint8) uint8 { return uint8(math.Round(float64(v) * alpha)) }
	return color.RGBA{mul(c.R), mul(c.G), mul(c.B), mul(255)}
}

// disc fills a circle.
func disc(img *image.RGBA, x, y, r float64, c color.RGBA) {
	const q = 0.5522847498 // of a circle as four Bézier curves
	r0 := image.Rect(int(x-r)-2, int(y-r)-2, int(x+r)+3, int(y+r)+3).Intersect(img.Bounds())
	if r0.Empty() {
		return
	}
	ras := vector.NewRasterizer(r0.Dx(), r0.Dy())
	px := func(v float64) float32 { return float32(v - float64(r0.Min.X)) }
	py := func(v float64) float32 { return float32(v - float64(r0.Min.Y)) }
	ras.MoveTo(px(x+r), py(y))
	ras.CubeTo(px(x+r), py(y+q*r), px(x+q*r), py(y+r), px(x), py(y+r))
	ras.CubeTo(px(x-q*r), py(y+r), px(x-r), py(y+q*r), px(x-r), py(y))
	ras.CubeTo(px(x-r), py(y-q*r), px(x-q*r), py(y-r), px(x), py(y-r))
	ras.CubeTo(px(x+q*r), py(y-r), px(x+r), py(y-q*r), px(x+r), py(y))
	ras.ClosePath()
	ras.Draw(img, r0, image.NewUniform(c), image.Point{})
}

// line strokes a straight line.
func line(img *image.RGBA, x1, y1, x2, y2, width float64, c color.RGBA) {
	d := math.Hypot(x2-x1, y2-y1)
	if d == 0 {
		return
	}
	nx, ny := -(y2-y1)/d*width/2, (x2-x1)/d*width/2
	r0 := image.Rect(int(math.Min(x1, x2))-3, int(math.Min(y1, y2))-3, int(math.Max(x1, x2))+4, int(math.Max(y1, y2))+4).Intersect(img.Bounds())
	if r0.Empty() {
		return
	}
	ras := vector.NewRasterizer(r0.Dx(), r0.Dy())
	ox, oy := float64(r0.Min.X), float64(r0.Min.Y)
	ras.MoveTo(float32(x1+nx-ox), float32(y1+ny-oy))
	ras.LineTo(float32(x2+nx-ox), float32(y2+ny-oy))
	ras.LineTo(float32(x2-nx-ox), float32(y2-ny-oy))
	ras.LineTo(float32(x1-nx-ox), float32(y1-ny-oy))
	ras.ClosePath()
	ras.Draw(img, r0, image.NewUniform(c), image.Point{})
}

// wrap breaks text into lines that are no wider than room pixels; fits is false
// if a single word is.
func wrap(face font.Face, text string, room int) (lines []string, fits bool) {
	fits = true
	line := ""
	for word := range strings.FieldsSeq(text) {
		longer := strings.TrimSpace(line + " " + word)
		if line != "" && font.MeasureString(face, longer).Ceil() > room {
			lines = append(lines, line)
			longer = word
		}
		if font.MeasureString(face, longer).Ceil() > room {
			fits = false
		}
		line = longer
	}
	return append(lines, line), fits
}

func write(img *image.RGBA, face font.Face, c color.RGBA, x, y float64, text string) {
	d := font.Drawer{Dst: img, Src: image.NewUniform(c), Face: face, Dot: fixed.Point26_6{X: fixed.Int26_6(x * 64), Y: fixed.Int26_6(y * 64)}}
	d.DrawString(text)
}

// encode writes PNG with a palette of the colours that are there, if these are
// few enough after dropping the last two bits of each.
func encode(img *image.RGBA) ([]byte, error) {
	var colours color.Palette
	seen := map[color.RGBA]uint8{}
	small := image.NewPaletted(img.Bounds(), nil)
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			c := img.RGBAAt(x, y)
			if c != ground {
				c = color.RGBA{c.R | 7, c.G | 7, c.B | 7, 255}
			}
			i, ok := seen[c]
			if !ok {
				if len(colours) == 256 {
					return encodeFull(img)
				}
				i = uint8(len(colours))
				seen[c] = i
				colours = append(colours, c)
			}
			small.SetColorIndex(x, y, i)
		}
	}
	small.Palette = colours
	var out bytes.Buffer
	e := png.Encoder{CompressionLevel: png.BestCompression}
	err := e.Encode(&out, small)
	return out.Bytes(), err
}

func encodeFull(img image.Image) ([]byte, error) {
	var out bytes.Buffer
	e := png.Encoder{CompressionLevel: png.BestCompression}
	err := e.Encode(&out, img)
	return out.Bytes(), err
}
