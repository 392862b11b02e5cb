package bloch

import (
	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
)

// couplings computes U_g and U'_g once for every g: beams share most of their
// differences. It is a hash table with open addressing, three times as fast as
// a map here.
type couplings struct {
	r      *diffraction.Reflections
	beam   diffraction.Beam
	volume float64
	ratio  float64  // of Proportional
	decay  *thermal // of Thermal

	keys  []uint64 // 0 is empty; the length is a power of two
	pairs []pair
	used  int

	missing bool // without r: something was asked for that put has not given
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
	if t == nil || t.r != r || t.beam != b || c.like.Absorption != opt.Absorption || c.like.Ratio != opt.Ratio || t.used > mostKept {
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
	c.resize(1 << 12)
	return c
}

func (c *couplings) resize(n int) {
	keys, pairs := c.keys, c.pairs
	c.keys, c.pairs = make([]uint64, n), make([]pair, n)
	for i, k := range keys {
		if k != 0 {
			at := c.place(k)
			c.keys[at], c.pairs[at] = k, pairs[i]
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

// at returns the coupling of a − b.
func (c *couplings) at(a, b crystal.HKL) pair {
	d := crystal.HKL{a[0] - b[0], a[1] - b[1], a[2] - b[2]}
	key := keyOf(d)
	at := c.place(key)
	if c.keys[at] == key {
		return c.pairs[at]
	}
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
	c.put(key, p)
	return p
}

// keyOf returns the key of indices within ±2²⁰, which is not 0.
func keyOf(d crystal.HKL) uint64 {
	const bias = 1 << 20
	return uint64(d[0]+bias)<<42 | uint64(d[1]+bias)<<21 | uint64(d[2]+bias)
}

// put enters the coupling of a key.
func (c *couplings) put(key uint64, p pair) {
	at := c.place(key)
	if c.keys[at] == key {
		return
	}
	c.keys[at], c.pairs[at] = key, p
	if c.used++; 2*c.used > len(c.keys) {
		c.resize(2 * len(c.keys))
	}
}
