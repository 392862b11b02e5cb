package session

import (
	"cmp"
	"math"
	"slices"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/lean/sorts"
	"zoneaxis/internal/protocol"
	"zoneaxis/internal/scene"
	"zoneaxis/internal/wire"
)

// sigma is the width in Å⁻¹ of the Gaussian shape factor of the page's
// kinematic patterns.
const sigma = 0.01

// doubleReach is the largest |s| in Å⁻¹ at which a forbidden reflection gets a
// mark: there an allowed one would have faded to 14 %.
const doubleReach = 2 * sigma

// pattern is what the current state looks like, apart from its drawing.
type pattern struct {
	stale bool // the state has changed since
	// spots are those in the picture by the kinematic model, 000 among them;
	// bright is the largest intensity of the others, 0 if there are none.
	spots  []diffraction.Spot
	bright float64
	absent []absentSpot
	// excited are those of spots that can send electrons on; none of rings.
	excited diffraction.Excited
	// dynamics is the solution that the picture shows, nil if it is kinematic;
	// beams are those of it in the picture, without 000. light tells that it is a
	// frame of a gesture, which may have fewer.
	dynamics *dynamics
	beams    []int
	light    bool
	bands    int // pairs of Kikuchi lines
	inView   int // spots without 000
	double   int // absent ones that double diffraction reaches
}

// excited is the intensity over the strongest reflection's above which a spot
// can send electrons on to another one.
const excited = 1e-3

// absentSpot is a reflection without structure factor that lies near the Ewald
// sphere.
type absentSpot struct {
	diffraction.Spot
	hkl    crystal.HKL
	double bool
}

// kinematic returns the model of the page.
func (s *moment) kinematic(p *specimen) diffraction.Kinematic {
	k := diffraction.Kinematic{Shape: diffraction.Gaussian, Sigma: sigma, Exact: true}
	if p.empty {
		k.Shape = diffraction.Positions
		return k
	}
	f0 := real(p.refl.F[0])
	k.Cut = faintest * p.refl.Max * p.refl.Max / (f0 * f0)
	return k
}

// has reports whether an overlay is on.
func (s *moment) has(overlay rune) bool { return containsRune(s.Overlays, overlay) }

func containsRune(text string, r rune) bool {
	for _, c := range text {
		if c == r {
			return true
		}
	}
	return false
}

// draw brings the scene up to date with the state.
func (s *picture) draw() {
	if !s.drawn.stale {
		return
	}
	sc := &s.scene
	sc.Reset()
	sc.Side, sc.CX, sc.CY, sc.Size = s.side(), s.atX, s.atY, s.size
	// 180° is both mirrors; a screen seen from the detector is mirrored.
	turn := containsRune(s.Flags, 'r')
	sc.MirrorX = (containsRune(s.Flags, 'h') != containsRune(s.Flags, 'd')) != turn
	sc.MirrorY = containsRune(s.Flags, 'v') != turn
	s.drawn = pattern{spots: s.drawn.spots[:0], absent: s.drawn.absent[:0], excited: s.drawn.excited, beams: s.drawn.beams[:0], light: s.light}
	s.drawn.dynamics = s.solved()
	s.drawn.excited.Set(s.specimen.visible, nil, 0)
	if s.Rings {
		s.drawRings()
	} else {
		s.drawSpots()
		s.drawAbsent()
		if s.has('k') {
			s.drawKikuchi()
		}
		if s.other != nil {
			s.drawSecond()
		}
	}
	s.drawMeasure()
	s.drawSelected()
	if s.has('i') {
		sc.PlaceLabels()
	}
	sc.Title = s.words().heading()
	sc.Desc = s.words().brief()
}

// inPicture reports whether a point in Å⁻¹ lies in the square of the picture.
func (s *picture) inPicture(x, y, reach float64) bool {
	vx, vy := s.scene.ToView(x, y)
	return math.Abs(vx) <= scene.Half+reach && math.Abs(vy) <= scene.Half+reach
}

func (s *picture) drawSpots() {
	p := s.specimen
	s.memory.spots = s.kinematic(p).AppendSpots(s.memory.spots[:0], p.visible, s.beam, s.orient)
	marked := s.has('h') && !p.empty && s.drawHOLZ()
	top := p.refl.Max * p.refl.Max
	if p.empty {
		top = 1
	}
	size := s.crowding(p)
	d := s.drawn.dynamics
	if d != nil {
		s.drawBeams(d, marked, size)
	}
	for _, spot := range s.memory.spots {
		h := p.visible.HKL[spot.Ref]
		if spot.Ref == 0 {
			s.drawn.spots = append(s.drawn.spots, spot)
			continue
		}
		i := spot.I / top
		if p.empty {
			i = 0.25 // all alike
		}
		r := scene.Radius(i)
		if r == 0 || !s.inPicture(spot.X, spot.Y, r) {
			continue
		}
		mark := scene.Spot{X: spot.X, Y: spot.Y, R: size * r, Class: wire.Spot, HKL: h, Four: p.four, Rank: i}
		if d == nil && (!marked || s.layers.Order(h) == 0) {
			s.scene.Spots = append(s.scene.Spots, mark)
		}
		if s.inPicture(spot.X, spot.Y, 0) {
			s.drawn.spots = append(s.drawn.spots, spot)
			if d == nil {
				s.drawn.inView++
			}
			s.drawn.bright = max(s.drawn.bright, spot.I)
		}
	}
	if d == nil {
		s.scene.Spots = append(s.scene.Spots, scene.Spot{R: size * scene.DirectRadius, Class: wire.Spot, Four: p.four, Rank: 2})
	}
}

// grown returns the factor by which marks are enlarged in a small window.
func (s *moment) grown() float64 { return max(s.size, 1) }

// crowding returns the factor by which discs shrink so that those of a crystal
// with long spacings, or at a short camera length, stay apart; in a small window
// they are larger.
func (s *picture) crowding(p *specimen) float64 {
	const apart, least = 52.0, 0.35 // view-box units at full size
	k := s.grown()
	if len(p.visible.Len) < 2 {
		return k
	}
	return min(max(p.visible.Len[1]*s.scene.Scale()/apart, least*k), k)
}

// drawHOLZ marks the spots of higher Laue zones of the nearest zone axis, down
// to intensities that plain spots are not shown at.
func (s *picture) drawHOLZ() bool {
	p := s.specimen
	var err error
	if s.layers, err = p.refl.Layers(s.zone); err != nil {
		return false
	}
	if p.faint == nil {
		p.faint = p.refl.Above(faintestHOLZ)
	}
	k := s.kinematic(p)
	k.Cut *= faintestHOLZ / faintest
	s.memory.faint = k.AppendSpots(s.memory.faint[:0], p.faint, s.beam, s.orient)
	for _, spot := range s.memory.faint {
		h := p.faint.HKL[spot.Ref]
		if spot.Ref == 0 || s.layers.Order(h) == 0 {
			continue
		}
		i := spot.I / (p.refl.Max * p.refl.Max)
		mark := scene.Spot{X: spot.X, Y: spot.Y, R: 1.2 * s.grown() * max(scene.Radius(i), 2.2), Class: wire.HOLZ, HKL: h, Four: p.four, Rank: i}
		if s.inPicture(mark.X, mark.Y, mark.R) {
			s.scene.Spots = append(s.scene.Spots, mark)
		}
	}
	return true
}

// drawAbsent marks forbidden reflections: rings where double diffraction
// reaches them, crosses elsewhere.
func (s *picture) drawAbsent() {
	p := s.specimen
	if p.empty {
		return
	}
	if p.absent == nil {
		p.absent = p.refl.Absent()
	}
	s.drawn.excited.Set(p.visible, s.drawn.spots, excited*p.refl.Max*p.refl.Max)
	k := diffraction.Kinematic{Shape: diffraction.Gaussian, Sigma: sigma, Exact: true, Absent: true, SMax: doubleReach}
	s.memory.spots = k.AppendSpots(s.memory.spots[:0], p.absent, s.beam, s.orient)
	for _, spot := range s.memory.spots {
		if spot.Ref == 0 || !s.inPicture(spot.X, spot.Y, scene.RingRadius) {
			continue
		}
		h := p.absent.HKL[spot.Ref]
		a := absentSpot{Spot: spot, hkl: h, double: s.drawn.excited.Reaches(h)}
		s.drawn.absent = append(s.drawn.absent, a)
		mark := scene.Spot{X: spot.X, Y: spot.Y, HKL: h, Four: p.four, Rank: 1e-4 / (0.05 + p.absent.Len[spot.Ref])}
		if a.double {
			s.drawn.double++
			mark.Class, mark.R, mark.Hollow = wire.Double, scene.RingRadius*s.grown(), s.extinctOnAxis(h)
			if s.has('d') {
				s.labelOnce(&mark)
				s.scene.Spots = append(s.scene.Spots, mark)
			}
			continue
		}
		if s.has('g') {
			mark.Class, mark.R = wire.Forbidden, scene.CrossRadius*s.grown()
			s.scene.Spots = append(s.scene.Spots, mark)
		}
	}
}

// extinctOnAxis reports whether the paths to a forbidden reflection of the
// present zone cancel in pairs because the beam is exactly on the axis.
func (s *moment) extinctOnAxis(h crystal.HKL) bool {
	return s.offAxis < onAxis && h.Dot(s.zone) == 0 && s.specimen.group != nil && s.specimen.group.ProjectedExtinct(h, s.zone)
}

// Lines in the picture.
const (
	maxBands      = 10   // pairs of lines drawn at most
	minBandWeight = 0.15 // |F|/max |F|
)

// drawKikuchi draws the strongest Kikuchi bands that cross the picture, one
// order of each set of planes.
func (s *picture) drawKikuchi() {
	p := s.specimen
	half := s.side()/2 + max(math.Abs(s.atX), math.Abs(s.atY))
	k := diffraction.Kikuchi{GMax: 1.3 * half, MinWeight: minBandWeight}
	s.memory.bands = k.AppendBands(s.memory.bands[:0], p.refl, s.beam, s.orient)
	bands := s.memory.bands
	sorts.Func(bands, func(a, b diffraction.Band) int {
		ha, hb := leading(p.refl.HKL[a.Ref]), leading(p.refl.HKL[b.Ref])
		return cmp.Or(cmp.Compare(weightStep(b.Weight), weightStep(a.Weight)),
			cmp.Compare(hb[0], ha[0]), cmp.Compare(hb[1], ha[1]), cmp.Compare(hb[2], ha[2]))
	})
	points := 2
	if half*s.beam.Wavelength() > 0.06 {
		points = 12 // far from the centre the hyperbolas are seen to bend
	}
	var drawn [maxBands]crystal.HKL
	for i := range bands {
		if s.drawn.bands == maxBands {
			break
		}
		b := &bands[i]
		h := p.refl.HKL[b.Ref]
		if slices.ContainsFunc(drawn[:s.drawn.bands], func(d crystal.HKL) bool { return d.Zone(h) == crystal.UVW{} }) {
			continue
		}
		visible := false
		for _, line := range [...]diffraction.Line{diffraction.Excess, diffraction.Deficiency} {
			s.memory.line = b.Polyline(s.memory.line[:0], line, half, points)
			for j := 1; j < len(s.memory.line); j++ {
				a, c := s.memory.line[j-1], s.memory.line[j]
				if l, ok := s.clip(a, c); ok {
					l.Weight = bandLook(b.Weight)
					s.scene.Lines = append(s.scene.Lines, l)
					visible = true
				}
			}
		}
		if visible {
			drawn[s.drawn.bands] = h
			s.drawn.bands++
		}
	}
}

// bandLook spreads the weights of the bands over the strengths of lines.
func bandLook(weight float64) float64 { return min(0.999, weight*weight) }

func weightStep(w float64) int64 { return int64(math.Floor(w*1e6 + 0.5000003)) }

func leading(h crystal.HKL) crystal.HKL {
	for _, n := range h {
		if n != 0 {
			if n < 0 {
				return h.Neg()
			}
			break
		}
	}
	return h
}

// clip returns the part of a straight piece that lies in the picture.
func (s *picture) clip(a, b diffraction.Point) (scene.Line, bool) {
	ax, ay := s.scene.ToView(a.X, a.Y)
	bx, by := s.scene.ToView(b.X, b.Y)
	t0, t1 := 0.0, 1.0
	for _, c := range [...][2]float64{{bx - ax, ax}, {by - ay, ay}} {
		d, p := c[0], c[1]
		if math.Abs(d) < 1e-12 {
			if math.Abs(p) > scene.Half {
				return scene.Line{}, false
			}
			continue
		}
		low, high := (-scene.Half-p)/d, (scene.Half-p)/d
		if low > high {
			low, high = high, low
		}
		t0, t1 = max(t0, low), min(t1, high)
	}
	if t1-t0 < 1e-9 {
		return scene.Line{}, false
	}
	x1, y1 := s.scene.FromView(ax+t0*(bx-ax), ay+t0*(by-ay))
	x2, y2 := s.scene.FromView(ax+t1*(bx-ax), ay+t1*(by-ay))
	return scene.Line{X1: x1, Y1: y1, X2: x2, Y2: y2, Class: wire.Kikuchi}, true
}

// spotAt returns the position, the kinematic intensity and the radius of the
// mark of a reflection of the first crystal in the present orientation, whether it
// is drawn or not.
func (s *picture) spotAt(h crystal.HKL) (spot diffraction.Spot, radius float64) {
	p := s.specimen
	m := s.orient.Mat()
	mx, my, _ := m.Rows()
	g := p.structure.Lattice.G(h)
	if s.Rings {
		// Where its label stands.
		spot.Ref = -1
		spot.X = g.Norm() * math.Sqrt(0.5)
		spot.Y = spot.X
		return spot, 0
	}
	k := diffraction.Kinematic{Shape: diffraction.Gaussian, Sigma: sigma, Exact: true}
	spot.S = k.ExcitationError(g, s.beam, s.orient)
	// The foil normal is along the beam: s n has no part in the screen.
	spot.X, spot.Y = mx.Dot(g), my.Dot(g)
	spot.Ref = -1
	i, ok := p.refl.Index(h)
	if h == (crystal.HKL{}) {
		return spot, s.crowding(p) * scene.DirectRadius
	}
	if !ok || p.empty || math.IsNaN(spot.S) {
		return spot, 0
	}
	spot.Ref = int32(i)
	f := p.refl.F[i]
	spot.I = (real(f)*real(f) + imag(f)*imag(f)) * k.At(spot.S)
	relative := spot.I / (p.refl.Max * p.refl.Max)
	if d := s.drawn.dynamics; d != nil {
		relative, _ = d.of(h)
		relative /= fullIntensity
	}
	return spot, s.crowding(p) * scene.Radius(relative)
}

func (s *picture) drawMeasure() {
	m := &s.scene.Measure
	s.scene.Powder = s.Rings
	for i, pt := range s.measured {
		mp := scene.MeasurePoint{Point: scene.Point{X: pt.X, Y: pt.Y}}
		if !pt.Free {
			spot, r := s.spotAt(pt.HKL)
			mp.X, mp.Y, mp.R = spot.X, spot.Y, r
			if s.Rings {
				// Letters of rings stand at the left, where no label is.
				mp.X = -spot.X
				if i == 1 {
					mp.Y = -spot.Y
				}
			}
		}
		m.Points = append(m.Points, mp)
	}
	m.Between = s.between && !s.Rings && len(s.measured) == 2
	if angle, ok := s.measuredAngle(); ok {
		m.Angle = angle
	}
}

func (s *picture) drawSelected() {
	if s.selected == nil {
		return
	}
	h := *s.selected
	spot, _ := s.spotAt(h)
	s.scene.Selected = &scene.Point{X: spot.X, Y: spot.Y}
	if i, ok := s.specimen.refl.Index(h); s.Rings || !ok || s.specimen.refl.F[i] != 0 || s.specimen.empty || !s.specimen.refl.Centred(h) {
		return
	}
	if a, _, ok := s.drawn.excited.Path(h); ok {
		via, _ := s.spotAt(a)
		s.scene.Way = append(s.scene.Way, scene.Point{}, scene.Point{X: via.X, Y: via.Y}, *s.scene.Selected)
	}
}

// viewPoint turns view-box units into Å⁻¹.
func (s *picture) viewPoint(vx, vy float64) geom.Vec {
	s.draw()
	x, y := s.scene.FromView(vx, vy)
	return geom.Vec{X: x, Y: y}
}

// classLegend names the classes of marks in the legend.
var classLegend = []struct {
	class wire.Class
	protocol.Legend
}{
	{wire.HOLZ, protocol.Legend{Class: "holz", Text: "higher Laue zone"}},
	{wire.Double, protocol.Legend{Class: "dd", Text: "double diffraction"}},
	{wire.Forbidden, protocol.Legend{Class: "forb", Text: "forbidden"}},
}
