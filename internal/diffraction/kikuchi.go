package diffraction

import (
	"math"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/geom"
)

// Band is a Kikuchi band: the pair of lines on which electrons that were
// scattered inside the crystal meet the Bragg condition of g and of −g, the
// directions d with
//
//	d·ĝ = ± sin θ = ± λ|g|/2
//
// G is that one of ±g whose line d·ĝ = + sin θ is farther from the direct beam
// than the other: the excess line, brighter than its surroundings. The other one
// is the deficiency line.
type Band struct {
	Ref    int32    // index of G in the Reflections it was made from
	G      geom.Vec // laboratory frame, Å⁻¹
	Weight float64  // |F|/max |F|
	// Contrast is 0 if the direct beam runs along the plane, where excess and
	// deficiency cancel, and rises to 1 at the Bragg condition and beyond.
	Contrast float64
	k        float64
	gnomonic bool
}

// Kikuchi says which bands are drawn. The zero value takes all.
type Kikuchi struct {
	GMax      float64 // Å⁻¹, longest g; 0 means no limit
	MinWeight float64 // smallest |F|/max |F|
	// Gnomonic draws on a flat screen. Otherwise points are the transverse
	// components of the wave vector, like spots without Kinematic.Gnomonic.
	Gnomonic bool
}

// AppendBands appends the bands of r at the orientation o (crystal Cartesian to
// laboratory) to dst, one for each pair of opposite reflections that are not
// absent, in the order of r, and returns it. The bands belong to the crystal:
// they turn rigidly with it. The beam runs along −z. It allocates nothing if
// dst has room.
func (k Kikuchi) AppendBands(dst []Band, r *Reflections, b Beam, o geom.Rotation) []Band {
	m := o.Mat()
	longest := 2 * b.K() // beyond it no electron meets the Bragg condition
	if k.GMax > 0 {
		longest = min(longest, k.GMax)
	}
	weakest := k.MinWeight * k.MinWeight * r.Max * r.Max
	for i := 1; i < len(r.G) && r.Len[i] < longest; i++ {
		f, h := r.F[i], r.HKL[i]
		i2 := real(f)*real(f) + imag(f)*imag(f)
		if f == 0 || i2 < weakest || !leading(h) {
			continue
		}
		g := m.Apply(r.G[i])
		ref := int32(i)
		// The direct beam lies at d·ĝ = −g_z/|g|, nearer to the line on that side.
		if g.Z < 0 {
			g = g.Neg()
			j, _ := r.Index(h.Neg())
			ref = int32(j)
		}
		dst = append(dst, Band{
			Ref: ref, G: g, Weight: math.Sqrt(i2) / r.Max,
			Contrast: min(1, 2*g.Z/(b.Wavelength()*g.Dot(g))),
			k:        b.K(), gnomonic: k.Gnomonic,
		})
	}
	return dst
}

// leading reports whether the first index of h that is not zero is positive.
func leading(h crystal.HKL) bool {
	for _, n := range h {
		if n != 0 {
			return n > 0
		}
	}
	return false
}

// Line names the curves of a band.
type Line int8

const (
	Deficiency Line = -1
	Centre     Line = 0 // the trace of the plane, d·g = 0
	Excess     Line = 1
)

// Circles returns the two lines on the sphere of directions n towards the source
// (the antipodes of d), to draw in a stereogram: n·ĝ = ± sin θ = ± λ|g|/2, the
// edge on the side of +g first. They are each other's antipodes: together their
// parts on the upper hemisphere show the whole band. A reflection beyond the
// limiting sphere (|g| > 2/λ) gives circles without points.
func (b Band) Circles() [2]Circle {
	s := b.G.Norm() / (2 * b.k)
	return [2]Circle{{Axis: b.G.Unit(), Cos: s}, {Axis: b.G.Unit(), Cos: -s}}
}

// Width returns the angular width 2θ_B in rad.
func (b Band) Width() float64 { return 2 * math.Asin(b.G.Norm()/(2*b.k)) }

// curve is a line of a band in the gnomonic plane at the distance k. With u along
// the transverse part t of g and v across it, a line is the branch
//
//	t u − k g_z = side (|g|²/2k) √(u² + v² + k²)
//
// of a hyperbola, or straight for the centre.
type curve struct {
	t, kz, a     float64 // t, k g_z, |g|²/2k
	cos, sin     float64 // direction of t
	k, side      float64
	orthographic bool
}

func (c *curve) u(v float64) float64 {
	if c.side == 0 {
		return c.kz / c.t
	}
	d := c.t*c.t - c.a*c.a
	return (c.kz*c.t + c.side*c.a*math.Sqrt(c.kz*c.kz+d*(v*v+c.k*c.k))) / d
}

// at returns the point of the curve at v.
func (c *curve) at(v float64) Point {
	u := c.u(v)
	if c.orthographic {
		n := c.k / math.Sqrt(u*u+v*v+c.k*c.k)
		u, v = n*u, n*v
	}
	return Point{c.cos*u - c.sin*v, c.sin*u + c.cos*v}
}

// inside returns how far inside the square the point at v is.
func (c *curve) inside(v, half float64) float64 {
	p := c.at(v)
	return half - max(math.Abs(p.X), math.Abs(p.Y))
}

// Polyline appends n ≥ 2 points along a line of b to dst and returns it, in Å⁻¹
// on the screen with 000 at the origin. They run from where the line enters the
// square |x|, |y| ≤ half to where it leaves it for good, both on its border. It
// appends nothing if the line misses the square. Lines that close around the
// direction of g, which lie beyond any screen, are not drawn.
func (b Band) Polyline(dst []Point, line Line, half float64, n int) []Point {
	g2 := b.G.Dot(b.G)
	c := curve{
		t: math.Hypot(b.G.X, b.G.Y), kz: b.k * b.G.Z, a: g2 / (2 * b.k),
		k: b.k, side: float64(line), orthographic: !b.gnomonic,
	}
	if n < 2 || !(half > 0) || c.t <= c.a*(1+1e-9) {
		return dst
	}
	c.cos, c.sin = b.G.X/c.t, b.G.Y/c.t
	reach := 1.5 * half // beyond the corners
	if c.orthographic {
		// The whole half-space lies within the circle of radius k.
		reach = min(reach, 0.999*b.k)
		reach = reach * b.k / math.Sqrt(b.k*b.k-reach*reach) * 1.5
	}
	from, to, ok := c.clip(reach, half)
	if !ok {
		return dst
	}
	for i := range n {
		dst = append(dst, c.at(from+(to-from)*float64(i)/float64(n-1)))
	}
	return dst
}

// clip returns the range of v from the first to the last point inside the
// square. A line that is nearly straight is inside on one stretch, so the
// greatest depth inside is found first and the two ends then by bisection.
func (c *curve) clip(reach, half float64) (from, to float64, ok bool) {
	// |u| grows or falls with |v| all the way: far off at both ends is far off.
	if near, end := c.u(0), c.u(reach); near*end > 0 && min(math.Abs(near), math.Abs(end)) > reach {
		return 0, 0, false
	}
	const steps = 24
	first, last, best := -1, -1, 0
	depth := math.Inf(-1)
	for i := range steps + 1 {
		d := c.inside(reach*(2*float64(i)/steps-1), half)
		if d > depth {
			depth, best = d, i
		}
		if d >= 0 {
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	v := func(i int) float64 { return reach * (2*float64(i)/steps - 1) }
	lo, hi := v(max(first, 0)), v(max(last, 0))
	if depth < 0 {
		// It may cut a corner between two steps: look for the deepest point.
		a, b := v(max(best-1, 0)), v(min(best+1, steps))
		for range 40 {
			p, q := a+(b-a)/3, b-(b-a)/3
			if c.inside(p, half) < c.inside(q, half) {
				a = p
			} else {
				b = q
			}
		}
		lo = (a + b) / 2
		hi = lo
		if c.inside(lo, half) < 0 {
			return 0, 0, false
		}
		first, last = max(best-1, 0)+1, min(best+1, steps)-1
	}
	return c.border(v(max(first-1, 0)), lo, half), c.border(v(min(last+1, steps)), hi, half), true
}

// border returns the v between out, outside the square, and in, inside it, at
// which the curve crosses the border.
func (c *curve) border(out, in, half float64) float64 {
	for range 50 {
		v := (out + in) / 2
		if c.inside(v, half) < 0 {
			out = v
		} else {
			in = v
		}
	}
	return in
}
