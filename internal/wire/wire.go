// Package wire turns one drawn frame into bytes and back: what the engine
// worker computes and the viewer paints. The format is little-endian and
// versioned, and every array starts on a multiple of four bytes so that
// JavaScript can lay a Float32Array over it.
//
//	offset  size  what
//	0       4     "ZAF1"
//	4       4     sequence number, uint32
//	8       4     number of discs, uint32
//	12      4     number of lines, uint32
//	16      20 n  discs: x, y, radius, alpha, class, float32 each
//	…       28 n  lines: x1, y1, x2, y2, width, alpha, class, float32 each
//
// Coordinates are those of the pattern's SVG: units of the view box, −420 … 420
// across the picture, x right, y down.
package wire

import (
	"errors"
	"math"

	"zoneaxis/internal/lean/say"
)

// Class says what a mark stands for; the page gives each class its colour.
type Class uint8

// The classes, in the order of the palette that the page sends to the viewer.
const (
	Background Class = iota
	Spot
	Kikuchi
	HOLZ
	Double
	Forbidden
	MeasureA
	MeasureB
	SecondPhase
	NumClasses
)

// Disc is a filled circle: a diffraction spot.
type Disc struct {
	X, Y, R float32
	Alpha   float32 // 0 … 1
	Class   Class
}

// Line is a straight piece of a line with butt ends.
type Line struct {
	X1, Y1, X2, Y2 float32
	Width          float32
	Alpha          float32 // 0 … 1
	Class          Class
}

// Frame is one picture.
type Frame struct {
	Seq   uint32 // the request that it answers
	Discs []Disc
	Lines []Line
}

const (
	magic    = "ZAF1"
	header   = 16
	discSize = 20
	lineSize = 28
	// MaxMarks bounds each array, so that a damaged header cannot ask for
	// gigabytes. A pattern of a 160-atom cell to 3 Å⁻¹ has some 10⁵ points.
	MaxMarks = 1 << 18
)

// ErrFormat is the cause of every error of Decode.
var ErrFormat = errors.New("wire: not a frame of this version")

// Append appends the bytes of f to dst and returns the longer slice. It
// allocates only if dst is too short. Arrays beyond MaxMarks are cut there.
func Append(dst []byte, f *Frame) []byte {
	discs, lines := f.Discs[:min(len(f.Discs), MaxMarks)], f.Lines[:min(len(f.Lines), MaxMarks)]
	dst = append(dst, magic...)
	dst = appendUint32(dst, f.Seq)
	dst = appendUint32(dst, uint32(len(discs)))
	dst = appendUint32(dst, uint32(len(lines)))
	for _, d := range discs {
		dst = appendFloats(dst, d.X, d.Y, d.R, d.Alpha, float32(d.Class))
	}
	for _, l := range lines {
		dst = appendFloats(dst, l.X1, l.Y1, l.X2, l.Y2, l.Width, l.Alpha, float32(l.Class))
	}
	return dst
}

// Decode reads a frame into f, reusing its slices. Bytes that are not exactly
// one frame give an error that wraps ErrFormat, and then f is unchanged.
func Decode(f *Frame, src []byte) error {
	if len(src) < header || string(src[:4]) != magic {
		return say.Errorf("%w: expected %q and a 16-byte header, got %d bytes", ErrFormat, magic, len(src))
	}
	discs := int(uint32At(src[8:]))
	lines := int(uint32At(src[12:]))
	if discs > MaxMarks || lines > MaxMarks {
		return say.Errorf("%w: %d discs and %d lines, expected at most %d of each", ErrFormat, discs, lines, MaxMarks)
	}
	if want := header + discs*discSize + lines*lineSize; len(src) != want {
		return say.Errorf("%w: %d bytes, expected %d for %d discs and %d lines", ErrFormat, len(src), want, discs, lines)
	}
	f.Seq = uint32At(src[4:])
	f.Discs, f.Lines = f.Discs[:0], f.Lines[:0]
	at := src[header:]
	for range discs {
		f.Discs = append(f.Discs, Disc{X: float(at, 0), Y: float(at, 1), R: float(at, 2), Alpha: float(at, 3), Class: class(at, 4)})
		at = at[discSize:]
	}
	for range lines {
		f.Lines = append(f.Lines, Line{
			X1: float(at, 0), Y1: float(at, 1), X2: float(at, 2), Y2: float(at, 3),
			Width: float(at, 4), Alpha: float(at, 5), Class: class(at, 6),
		})
		at = at[lineSize:]
	}
	return nil
}

// The package does without encoding/binary, which brings reflect with it.

func appendUint32(dst []byte, v uint32) []byte {
	return append(dst, byte(v), byte(v>>8), byte(v>>16), byte(v>>24))
}

func uint32At(b []byte) uint32 {
	return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 | uint32(b[3])<<24
}

func appendFloats(dst []byte, values ...float32) []byte {
	for _, v := range values {
		dst = appendUint32(dst, math.Float32bits(v))
	}
	return dst
}

func float(src []byte, i int) float32 {
	return math.Float32frombits(uint32At(src[4*i:]))
}

// class reads a class; what is not one becomes Background, which is not drawn.
func class(src []byte, i int) Class {
	v := float(src, i)
	if !(v >= 0 && v < float32(NumClasses)) {
		return Background
	}
	return Class(v)
}
