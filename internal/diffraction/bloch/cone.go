package bloch

import (
	"math"

	"zoneaxis/internal/diffraction/bloch/kernel"
)

// cone carries the incident waves of eight directions at once to several depths,
// in single precision. They share the couplings; diagonal and flux factors are
// their own.
type cone struct {
	p            *problem
	sym          *kernel.Sym // U if it is real, else
	gen          *kernel.General
	radius, loss []float64 // sums of |U| and |U'| of a row
	thicknesses  []float64 // Å, ascending

	// The diagonal less the centre in two parts, the imaginary one, and what
	// carries the couplings from U to M; flat means that this is 1 everywhere.
	d, e, im, back, weight []kernel.Oct
	flat                   bool
	now, next, x, y        [2][]kernel.Oct // real and imaginary parts
}

// lanes is how many directions a cone takes at once.
const lanes = 8

func newCone(p *problem, thicknesses []float64) *cone {
	n := p.strong
	c := &cone{p: p, thicknesses: thicknesses, radius: make([]float64, n), loss: make([]float64, n)}
	if p.isReal() {
		c.sym = kernel.NewSym(n)
	} else {
		c.gen = kernel.NewGeneral(n)
	}
	for i := range n {
		for j := range i {
			at := p.rows[i] + j
			size := math.Sqrt(abs2(p.u[at]))
			c.radius[i], c.radius[j] = c.radius[i]+size, c.radius[j]+size
			if p.loss != nil {
				size = math.Sqrt(abs2(p.loss[at]))
				c.loss[i], c.loss[j] = c.loss[i]+size, c.loss[j]+size
			}
			to, back := p.both(at, 1)
			if c.sym != nil {
				c.sym.Set(i, j, float32(real(to)))
			} else {
				c.gen.Set(i, j, float32(real(to)), float32(imag(to)))
				c.gen.Set(j, i, float32(real(back)), float32(imag(back)))
			}
		}
	}
	for _, list := range []*[]kernel.Oct{&c.d, &c.e, &c.im, &c.back, &c.weight} {
		*list = kernel.Octs(n)
	}
	for _, list := range []*[2][]kernel.Oct{&c.now, &c.next, &c.x, &c.y} {
		list[0], list[1] = kernel.Octs(n), kernel.Octs(n)
	}
	return c
}

// directions computes the waves for up to eight solutions without couplings and
// gives their intensities to set: of direction, thickness and beam.
func (c *cone) directions(rays []*System, set func(ray, thickness, beam int, intensity float64)) error {
	centre, half, loss := c.prepare(rays)
	most := 0.0 // τ for 1 Å
	var perAngstrom [lanes]float64
	for l := range lanes {
		perAngstrom[l] = math.Pi / rays[min(l, len(rays)-1)].Kn
		most = max(most, perAngstrom[l])
	}
	// Off the real axis a stretch must not be too long: see series.
	stretch := math.Inf(1)
	if loss > 0 {
		stretch = mostGrowth / (loss * most)
	}
	for part := range c.now {
		clear(c.now[part])
	}
	for l := range lanes {
		c.now[0][0][l] = 1
	}
	for begin, t := 0.0, 0; t < len(c.thicknesses); {
		end := begin + stretch
		var depths []float64
		first := t
		for ; t < len(c.thicknesses) && c.thicknesses[t] <= end; t++ {
			depths = append(depths, c.thicknesses[t]-begin)
		}
		goesOn := t < len(c.thicknesses)
		if goesOn {
			depths = append(depths, stretch)
		}
		waves, err := c.expand(depths, &perAngstrom, half)
		if err != nil {
			return err
		}
		for i := first; i < t; i++ {
			re, im := waves[i-first][0], waves[i-first][1]
			for l := range rays {
				left := math.Exp(-2 * perAngstrom[l] * c.thicknesses[i] * imag(centre))
				for b := range c.p.strong {
					x, y := float64(re[b][l]), float64(im[b][l])
					set(l, i, b, left*(x*x+y*y))
				}
			}
		}
		if goesOn {
			// The phase and the mean loss are common to all beams of a direction: they are
			// put in at the end.
			c.now = waves[t-first]
			begin = end
		}
	}
	return nil
}

// prepare sets diagonal and flux factors of the directions and returns the
// bounds of series.
func (c *cone) prepare(rays []*System) (centre complex128, half, loss float64) {
	p := c.p
	low, high := math.Inf(1), math.Inf(-1)
	widest := 0.0
	c.flat = true
	for _, s := range rays {
		for _, w := range s.weight[:p.strong] {
			widest = max(widest, w)
			c.flat = c.flat && w == 1
		}
	}
	mean := p.loss0
	for i := range p.strong {
		r := c.radius[i] * widest * widest
		for _, s := range rays {
			low, high = min(low, s.diagonal[i]-r), max(high, s.diagonal[i]+r)
		}
	}
	middle := (low + high) / 2
	if half = (high - low) / 2; half == 0 {
		half = 1
	}
	for i := range p.strong {
		for l := range lanes {
			s := rays[min(l, len(rays)-1)]
			v := s.diagonal[i] - middle
			c.d[i][l] = float32(v)
			c.e[i][l] = float32(v - float64(c.d[i][l]))
			c.weight[i][l] = float32(s.weight[i])
			own := p.loss0*s.weight[i]*s.weight[i] - mean
			c.im[i][l], c.back[i][l] = float32(own), float32(-own)
			loss = max(loss, c.loss[i]*widest*widest+math.Abs(own))
		}
	}
	return complex(middle, mean), half, loss
}

// expand returns the waves at some depths in Å behind the one in now, without
// what is common to all beams.
func (c *cone) expand(depths []float64, perAngstrom *[lanes]float64, half float64) ([][2][]kernel.Oct, error) {
	p, n := c.p, c.p.strong
	parts := 2
	if c.sym != nil {
		parts = 1
	}
	waves := make([][2][]kernel.Oct, len(depths))
	terms := make([][]kernel.Oct, len(depths))
	last := 0
	for t, depth := range depths {
		waves[t] = [2][]kernel.Oct{kernel.Octs(n), kernel.Octs(n)}
		for l := range lanes {
			j := bessel(depth * perAngstrom[l] * half)
			for len(j) > 1 && math.Abs(j[len(j)-1]) < leastTerm {
				j = j[:len(j)-1]
			}
			for len(terms[t]) < len(j) {
				terms[t] = append(terms[t], kernel.Oct{})
			}
			for k, f := range j {
				if k > 0 {
					f *= 2
				}
				if k&2 == 2 {
					f = -f
				}
				terms[t][k][l] = float32(f)
			}
		}
		last = max(last, len(terms[t]))
	}
	for part := range c.next {
		clear(c.next[part])
	}
	work := 0
	for k := range last {
		if k > 0 {
			f := 2 / half
			if k == 1 {
				f /= 2
			}
			c.step(parts, float32(f))
		}
		for t := range depths {
			if k >= len(terms[t]) {
				continue
			}
			f := &terms[t][k]
			switch {
			case k&1 == 0:
				for part := range parts {
					kernel.Add8(waves[t][part], f, c.now[part])
				}
			default:
				kernel.Add8(waves[t][1], f, c.now[0])
				if parts == 2 {
					var back kernel.Oct
					for l, v := range f {
						back[l] = -v
					}
					kernel.Add8(waves[t][0], &back, c.now[1])
				}
			}
		}
		if work += 4 * lanes * n * n; work >= yieldProducts {
			if work = 0; !p.opt.Yield() {
				return nil, ErrCancelled
			}
		}
	}
	return waves, nil
}

// step computes the next term from now and the one before.
func (c *cone) step(parts int, f float32) {
	x := c.now
	if !c.flat {
		for part := range parts {
			kernel.Mul8(c.x[part], c.weight, c.now[part])
		}
		x = c.x
	}
	if c.sym != nil {
		c.sym.Mul8(c.y[0], x[0])
	} else {
		c.gen.Mul8(c.y[0], c.y[1], x[0], x[1])
	}
	if !c.flat {
		for part := range parts {
			kernel.Mul8(c.y[part], c.weight, c.y[part])
		}
	}
	if c.p.loss != nil {
		kernel.AddMul8(c.y[0], c.back, c.now[1])
		kernel.AddMul8(c.y[1], c.im, c.now[0])
	}
	for part := range parts {
		kernel.Step8(c.next[part], c.y[part], c.d, c.e, c.now[part], f)
	}
	c.now, c.next = c.next, c.now
}
