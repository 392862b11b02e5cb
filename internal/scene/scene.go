// Package scene turns what a view shows into marks and writes them: the
// pattern as SVG for the page, as a stand-alone SVG file, as a wire frame for
// the canvas, the table of reflections as CSV, and the two linked views
// (stereogram and crystal along the beam). Every writer is deterministic: the
// same marks give the same bytes on every machine.
//
// Positions of marks are in Å⁻¹ with x right and y up, as seen from the source;
// sizes that have no physical meaning (radii, widths, letters) are in view-box
// units. The picture's view box runs from −420 to 420 with y down.
package scene

import (
	"math"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/wire"
)

// Half is half the side of the picture in view-box units.
const Half = 420

// Scene is one pattern, ready to be drawn. The zero value with a positive Side
// is an empty picture. Reset keeps the memory of its slices.
type Scene struct {
	Side float64 // Å⁻¹ across the picture
	// CX, CY lie in the middle of the picture, Å⁻¹.
	CX, CY float64
	// MirrorX and MirrorY turn the picture over as a microscope's screen may
	// show it. Letters stay readable.
	MirrorX, MirrorY bool

	// Size enlarges letters and whatever stands around them, 1 if it is less:
	// the picture of a small window is scaled down, and its letters are scaled
	// back up by the style sheet. The radii of spots are the caller's.
	Size float64

	Spots  []Spot
	Lines  []Line
	Rings  []Ring
	Labels []Label // filled by PlaceLabels

	// Powder marks what is measured and highlighted by circles about 000 through
	// the points instead of lines to them and rings around them.
	Powder bool

	Measure  Measure
	Selected *Point // ring around the highlighted spot
	// Way is a path of scattering, drawn as arrows from each point to the next:
	// how double diffraction reaches a forbidden reflection.
	Way []Point

	Title, Desc string // text alternative

	place placer
}

// Point is a position in Å⁻¹.
type Point struct{ X, Y float64 }

// Spot is one mark of a reflection. Its class decides the shape: a disc for
// wire.Spot, a triangle for wire.HOLZ, a dashed ring with a dot for wire.Double,
// a small × for wire.Forbidden and a diamond for wire.SecondPhase.
type Spot struct {
	X, Y  float64 // Å⁻¹
	R     float64 // view-box units
	Class wire.Class
	HKL   crystal.HKL
	Four  bool // label in four indices
	// Rank orders the labels, larger first; 0 asks for none. It is compared in
	// steps of 1e-6, so that rounding cannot swap spots that symmetry makes equal.
	Rank float64
	// Hollow leaves out the dot of a wire.Double: the mark of a reflection that
	// cancels exactly on the axis and appears beside it.
	Hollow bool
}

// Line is a piece of a Kikuchi line, Å⁻¹. Weight is 0 … 1.
type Line struct {
	X1, Y1, X2, Y2 float64
	Weight         float64
	Class          wire.Class
}

// Ring is a powder ring about 000: radius in Å⁻¹, Weight 0 … 1.
type Ring struct {
	R      float64
	Weight float64
}

// Measure is a measurement of up to two points.
type Measure struct {
	Points  []MeasurePoint
	Between bool   // join A and B instead of drawing both from 000
	Angle   string // "35.26°", drawn between the two lines
}

// MeasurePoint is a measured point; R is the radius in view-box units of the
// spot that lies there.
type MeasurePoint struct {
	Point
	R float64
}

// Reset empties s and keeps its memory.
func (s *Scene) Reset() {
	s.Spots, s.Lines, s.Rings, s.Labels = s.Spots[:0], s.Lines[:0], s.Rings[:0], s.Labels[:0]
	s.Measure.Points = s.Measure.Points[:0]
	s.Measure.Between, s.Measure.Angle, s.Powder = false, "", false
	s.Selected, s.Way = nil, s.Way[:0]
	s.Title, s.Desc = "", ""
}

func (s *Scene) size() float64 { return max(s.Size, 1) }

// Scale returns view-box units per Å⁻¹.
func (s *Scene) Scale() float64 { return 2 * Half / s.Side }

// ToView returns the view-box position of a point in Å⁻¹.
func (s *Scene) ToView(x, y float64) (vx, vy float64) {
	k := s.Scale()
	vx, vy = k*(x-s.CX), -k*(y-s.CY)
	if s.MirrorX {
		vx = -vx
	}
	if s.MirrorY {
		vy = -vy
	}
	return vx, vy
}

// FromView is the inverse of ToView.
func (s *Scene) FromView(vx, vy float64) (x, y float64) {
	if s.MirrorX {
		vx = -vx
	}
	if s.MirrorY {
		vy = -vy
	}
	k := s.Scale()
	return vx/k + s.CX, -vy/k + s.CY
}

// Radii of discs in view-box units.
const (
	MaxRadius    = 11.5 // of the strongest spot
	MinRadius    = 0.9  // weaker spots are left out
	DirectRadius = 13.5 // of 000
	RingRadius   = 5.2  // of double diffraction
	CrossRadius  = 3.2  // of a forbidden reflection
)

// radiusPower compresses the five decades of a diffraction pattern into radii
// that an eye can tell apart: r = MaxRadius · I^0.275 shows 1e-4 as a point.
const radiusPower = 0.275

// Radius returns the radius in view-box units of a spot with relative
// intensity i (strongest 1). Spots that would be smaller than MinRadius give 0.
func Radius(i float64) float64 {
	if !(i > 0) {
		return 0
	}
	r := MaxRadius * math.Pow(min(i, 1), radiusPower)
	if r < MinRadius {
		return 0
	}
	return r
}

// inside reports whether a mark at a view-box position with the given reach
// touches the picture.
func inside(vx, vy, reach float64) bool {
	return math.Abs(vx) <= Half+reach && math.Abs(vy) <= Half+reach
}

// quantum rounds a rank to steps of 1e-6, so that values that differ only by
// the last bits of an exponential compare as equal. The small shift keeps exact
// halves of a step away from the edge.
func quantum(v float64) int64 { return int64(math.Floor(v*1e6 + 0.5000003)) }
