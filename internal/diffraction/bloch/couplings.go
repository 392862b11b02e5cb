package bloch

import (
	"math"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
)

// couplings computes U_g and U'_g once for every g: beams share most of their
// differences. Those in a box around 000 are found by their place in it, the rest
// of them in a hash table with open addressing.
type couplings struct {
	r      *diffraction.Reflections
	beam   diffraction.Beam
	volume float64
	ratio  float64  // of Proportional
	decay  *thermal // of Thermal

	pairs []pair // the first one is that of what has not been computed
	// The box holds places in pairs, 0 for none: indices within ±span, with ny and
	// nz places along k and l, and zero that of 000.
	box          []int32
	span         crystal.HKL
	ny, nz, zero int

	keys   []uint64 // 0 is empty; the length is a power of two
	places []int32  // in pairs, of each key
	used   int      // keys

	missing bool // without r: something was asked for that put has not given
}

// mostPlaces bounds the box.
const mostPlaces = 1 << 21

// reserve makes the box, as far as there is room, for indices up to span.
func (c *couplings) reserve(span crystal.HKL) {
	for {
		c.ny, c.nz = 2*span[1]+1, 2*span[2]+1
		places := float64(2*span[0]+1) * float64(c.ny) * float64(c.nz)
		if places <= mostPlaces {
			break
		}
		f := math.Cbrt(mostPlaces / places)
		for k := range span {
			span[k] = int(f * float64(span[k]) * 0.99)
		}
	}
	c.span, c.zero = span, (span[0]*c.ny+span[1])*c.nz+span[2]
	c.box = make([]int32, 2*c.zero+1)
	c.pairs = make([]pair, 1, 1<<10)
	c.resize(1 << 8)
}

// pair is U_g and U'_g.
type pair struct{ u, loss complex128 }

// Couplings keeps U_g and U'_g from one solution to the next, as long as crystal,
// beam and absorption are the same: they do not depend on the orientation. The
// zero value is ready for use, by one goroutine at a time.
type Couplings struct {
	table *couplings
	like  Options
}

// mostKept is how many couplings are kept.
const mostKept = 1 << 18

// of returns the table for reflections, beam and options.
func (c *Couplings) of(r *diffraction.Reflections, b diffraction.Beam, opt *Options) *couplings {
	t := c.table
	if t == nil || t.r != r || t.beam != b || c.like.Absorption != opt.Absorption || c.like.Ratio != opt.Ratio || len(t.pairs) > mostKept {
		c.table = newCouplings(r, b, opt)
		c.like = Options{Absorption: opt.Absorption, Ratio: opt.Ratio}
	}
	return c.table
}

func newCouplings(r *diffraction.Reflections, b diffraction.Beam, opt *Options) *couplings {
	c := &couplings{r: r, beam: b, volume: r.Lattice.Volume()}
	switch opt.Absorption {
	case Proportional:
		c.ratio = opt.Ratio
	case Thermal:
		c.decay = newThermal(r, b)
	}
	var span crystal.HKL // the differences of two reflections
	for _, h := range r.HKL {
		for k, i := range h {
			span[k] = max(span[k], 2*i, -2*i)
		}
	}
	c.reserve(span)
	return c
}

func (c *couplings) resize(n int) {
	keys, places := c.keys, c.places
	c.keys, c.places = make([]uint64, n), make([]int32, n)
	for i, k := range keys {
		if k != 0 {
			at := c.place(k)
			c.keys[at], c.places[at] = k, places[i]
		}
	}
}

// place returns where a key is or belongs.
func (c *couplings) place(key uint64) int {
	mask := len(c.keys) - 1
	at := int(key * 0x9e3779b97f4a7c15 >> 32 & uint64(mask))
	for c.keys[at] != key && c.keys[at] != 0 {
		at = (at + 1) & mask
	}
	return at
}

// inBox returns the place of indices in the box, −1 if they are outside.
func (c *couplings) inBox(d crystal.HKL) int {
	for k, most := range c.span {
		if d[k] > most || d[k] < -most {
			return -1
		}
	}
	return c.zero + c.offset(d)
}

// offset is how far from 000 indices are in the box.
func (c *couplings) offset(d crystal.HKL) int { return (d[0]*c.ny+d[1])*c.nz + d[2] }

// find returns the place of indices in pairs, 0 if they have none.
func (c *couplings) find(d crystal.HKL) int32 {
	if at := c.inBox(d); at >= 0 {
		return c.box[at]
	}
	key := keyOf(d)
	if at := c.place(key); c.keys[at] == key {
		return c.places[at]
	}
	return 0
}

// at returns the coupling of a − b.
func (c *couplings) at(a, b crystal.HKL) pair {
	d := crystal.HKL{a[0] - b[0], a[1] - b[1], a[2] - b[2]}
	if at := c.find(d); at != 0 {
		return c.pairs[at]
	}
	return c.compute(d)
}

// compute enters the coupling of d and returns it.
func (c *couplings) compute(d crystal.HKL) pair {
	if c.r == nil {
		c.missing = true
		return pair{}
	}
	p := pair{u: c.beam.U(c.r.At(d), c.volume)}
	if c.decay != nil {
		p.loss = c.decay.u(d)
	} else {
		p.loss = complex(c.ratio, 0) * p.u
	}
	c.put(d, p)
	return p
}

// within reports whether all differences of beams are in the box.
func (c *couplings) within(hkl []crystal.HKL) bool {
	for k, most := range c.span {
		low, high := hkl[0][k], hkl[0][k]
		for _, h := range hkl {
			low, high = min(low, h[k]), max(high, h[k])
		}
		if high-low > most {
			return false
		}
	}
	return true
}

// keyOf returns the key of indices within ±2²⁰, which is not 0.
func keyOf(d crystal.HKL) uint64 {
	const bias = 1 << 20
	return uint64(d[0]+bias)<<42 | uint64(d[1]+bias)<<21 | uint64(d[2]+bias)
}

// put enters the coupling of indices, unless there is one.
func (c *couplings) put(d crystal.HKL, p pair) {
	if c.find(d) != 0 {
		return
	}
	place := int32(len(c.pairs))
	c.pairs = append(c.pairs, p)
	if at := c.inBox(d); at >= 0 {
		c.box[at] = place
		return
	}
	key := keyOf(d)
	at := c.place(key)
	c.keys[at], c.places[at] = key, place
	if c.used++; 2*c.used > len(c.keys) {
		c.resize(2 * len(c.keys))
	}
}
