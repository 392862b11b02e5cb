package session

import (
	"math"
	"slices"
	"strings"

	"zoneaxis/internal/geom"
	"zoneaxis/internal/link"
	"zoneaxis/internal/protocol"
)

// freePoint describes a point without a spot, Å⁻¹.
func (s measuring) freePoint(x, y float64) *protocol.Detail {
	d := &protocol.Detail{Free: true, Label: protocol.Says("free"), Spoken: "free point"}
	d.X, d.Y = s.scene.ToView(x, y)
	d.X, d.Y = round2(d.X), round2(d.Y)
	s.words().lengths(d, math.Hypot(x, y))
	return d
}

// pick returns the detail of what lies at a point of the view box, and the
// measured point that it makes.
func (s measuring) pick(vx, vy, radius float64) (*protocol.Detail, link.Point) {
	if !(radius > 0) {
		radius = 12
	}
	if h, at, ok := s.ringAt(vx, vy, radius); s.Rings && ok {
		d := s.words().detail(h)
		d.X, d.Y = s.scene.ToView(at.X, at.Y)
		d.X, d.Y = round2(d.X), round2(d.Y)
		return d, link.Point{HKL: h}
	}
	if h, _, ok := s.nearestSpot(vx, vy, radius, true); ok {
		return s.words().detail(h), link.Point{HKL: h}
	}
	x, y := s.scene.FromView(vx, vy)
	// As fine as a link, so that a measurement means the same in both.
	x, y = math.Floor(x*1e4+0.5)/1e4, math.Floor(y*1e4+0.5)/1e4
	return s.freePoint(x, y), link.Point{Free: true, X: x, Y: y}
}

// measure adds a point: the third one replaces the older.
func (s measuring) measure(p link.Point) {
	points := slices.Clone(s.measured)
	if n := len(points); n > 0 && points[n-1] == p {
		return
	}
	if len(points) == 2 {
		points = points[1:]
	}
	s.measured = append(points, p)
	s.drawn.stale = true
}

// vectors returns the measured vectors in the laboratory frame, Å⁻¹: true
// reciprocal-lattice vectors of spots, points of the screen otherwise.
func (s *moment) vectors() []geom.Vec {
	var v []geom.Vec
	for _, p := range s.measured {
		if p.Free {
			v = append(v, geom.Vec{X: p.X, Y: p.Y})
		} else {
			v = append(v, s.orient.Apply(s.specimen.structure.Lattice.G(p.HKL)))
		}
	}
	if !s.Rings && len(v) == 2 && s.measured[0].Free != s.measured[1].Free {
		// A spot against a free point: both as seen on the screen.
		v[0].Z, v[1].Z = 0, 0
	}
	return v
}

// measuredAngle returns the angle between the two vectors as text.
func (s *picture) measuredAngle() (string, bool) {
	v := s.vectors()
	if len(v) < 2 || s.between || s.Rings || v[0].Norm() < 1e-9 || v[1].Norm() < 1e-9 {
		return "", false
	}
	return link.Fixed(geom.Degrees(geom.Angle(v[0], v[1])), 2) + "°", true
}

// measureView words the measurement.
func (s measuring) measureView() protocol.MeasureView {
	m := protocol.MeasureView{Between: s.between, Count: "none picked", Points: []protocol.Detail{}}
	v := s.vectors()
	free := 0
	for i, p := range s.measured {
		var d *protocol.Detail
		if p.Free {
			free++
			d = s.freePoint(p.X, p.Y)
		} else {
			d = s.words().detail(p.HKL)
		}
		d.Letter = string(rune('A' + i))
		m.Points = append(m.Points, *d)
	}
	if n := len(s.measured); n > 0 {
		noun := "spot"
		if s.Rings {
			noun = "ring"
		} else if free > 0 {
			noun = "point"
		}
		m.Count = plural(n, noun) + " picked"
	}
	switch len(v) {
	case 0:
		m.Empty = "Pick two spots to get d, angle and ratio."
		if s.Rings {
			m.Empty = "Pick two rings to get d and ratio."
		}
		return m
	case 2:
		angle, ok := s.measuredAngle()
		m.Angle = angle
		if ok || s.Rings && v[0].Norm() > 1e-9 {
			m.Ratio = link.Fixed(v[1].Norm()/v[0].Norm(), 3)
		}
	}
	if s.between && !s.Rings && len(v) == 2 {
		if g := v[1].Sub(v[0]).Norm(); g > 1e-9 {
			m.Spacing = link.Fixed(1/g, 3)
		}
	}
	var cells []string
	for _, d := range m.Points {
		cells = append(cells, strings.ReplaceAll(d.Label.Plain(), "−", "-"), d.D, d.InvD)
	}
	if len(v) == 2 {
		cells = append(cells, strings.TrimSuffix(m.Angle, "°"), m.Ratio)
	}
	if m.Spacing != "" {
		cells = append(cells, m.Spacing)
	}
	m.Copy = strings.Join(cells, "\t")
	return m
}

// measureStatus says what has just been measured.
func (s measuring) measureStatus() string {
	m := s.measureView()
	if len(m.Points) == 0 {
		return "Measurement cleared."
	}
	if m.Angle != "" {
		return "Angle " + strings.TrimSuffix(m.Angle, "°") + ", ratio " + m.Ratio + "."
	}
	if m.Ratio != "" {
		return "Ratio " + m.Ratio + "."
	}
	if m.Spacing != "" {
		return "Between A and B, d " + m.Spacing + " ångström."
	}
	d := m.Points[len(m.Points)-1]
	text := "Spot " + d.Letter + ": " + d.Spoken
	if d.Free {
		text = "Point " + d.Letter + ": free"
	}
	if d.D != "" {
		text += ", d " + d.D + " ångström"
	}
	return text + "."
}
