package symmetry

import (
	"errors"
	"slices"
	"sync"

	"zoneaxis/internal/lean/say"
	"zoneaxis/internal/lean/sorts"
)

// maxOrder is the largest number of operations FromOps makes: 48 rotations
// with 4 translations fill a conventional cell, a multiple cell of 16 such
// cells holds as many more.
const maxOrder = 48 * 4 * 16

// Group is a space group in one cell: all operations modulo whole
// translations. It is immutable and may be used by several goroutines.
type Group struct {
	reps      []Op      // one for each rotation, identity first; see canonical
	centrings [][3]int8 // over Den, zero first, sorted
	screws    []Op      // the reps that may make reflections absent

	originOnce sync.Once
	origin     *originSolver
}

// FromOps returns the smallest group that holds the operations. It is an error
// if one of them is no symmetry operation or if they multiply to more than any
// space group holds: then the set was not one. Compare Order with the number
// of operations to see whether the set was complete.
func FromOps(ops []Op) (*Group, error) {
	c := closure{reps: []Op{Identity()}, centrings: [][3]int8{{}}}
	for _, o := range ops {
		if o.Order() == 0 {
			return nil, say.Errorf("symmetry: %v is not a symmetry operation: its rotation is not of order 1, 2, 3, 4 or 6", o)
		}
		if err := c.add(o.Normalise()); err != nil {
			return nil, err
		}
	}
	return c.group(), nil
}

// closure grows a group generator by generator.
type closure struct {
	gens      []Op // those that made the group larger
	reps      []Op // one operation for each rotation
	centrings [][3]int8
}

var (
	errNotFinite = errors.New("symmetry: the operations do not form a space group: their rotations multiply without end")
	errTooLarge  = say.Errorf("symmetry: the operations do not form a space group: they multiply to more than %d", maxOrder)
)

// add takes another generator and closes the group again. The group is the
// rotations found times the lattice found, once the lattice is invariant and
// every product of a representative with a generator is a representative up to
// a lattice translation.
func (c *closure) add(o Op) error {
	if c.contains(&o) {
		return nil
	}
	if o.R == identityR {
		return c.spread(o.T)
	}
	c.gens = append(c.gens, o)
	if err := c.spread(c.centrings...); err != nil {
		return err
	}
	// The representatives so far are closed under the other generators.
	closed := len(c.reps)
	for at := 0; at < len(c.reps); at++ {
		gens := c.gens
		if at < closed {
			gens = gens[len(gens)-1:]
		}
		for k := range gens {
			p, fits := c.reps[at].mul(&gens[k])
			if !fits {
				return errNotFinite
			}
			r := c.rep(&p.R)
			if r == nil {
				if len(c.reps) == 48 {
					return errNotFinite
				}
				c.reps = append(c.reps, p)
				continue
			}
			if r.T != p.T {
				if err := c.spread(difference(p.T, r.T)); err != nil {
					return err
				}
			}
		}
		if len(c.reps)*len(c.centrings) > maxOrder {
			return errTooLarge
		}
	}
	return nil
}

func (c *closure) rep(r *[3][3]int8) *Op {
	for i := range c.reps {
		if c.reps[i].R == *r {
			return &c.reps[i]
		}
	}
	return nil
}

func (c *closure) contains(o *Op) bool {
	r := c.rep(&o.R)
	return r != nil && slices.Contains(c.centrings, difference(o.T, r.T))
}

// spread adds translations and their images to the lattice.
func (c *closure) spread(translations ...[3]int8) error {
	queue := slices.Clone(translations)
	for len(queue) > 0 {
		t := queue[0]
		queue = queue[1:]
		if !slices.Contains(c.centrings, t) {
			// The multiples of t make the lattice larger by cosets.
			old := slices.Clone(c.centrings)
			for m := t; !slices.Contains(old, m); m = sum(m, t) {
				for _, v := range old {
					c.centrings = append(c.centrings, sum(m, v))
				}
				if len(c.centrings) > maxOrder {
					return errTooLarge
				}
			}
		}
		for i := range c.gens {
			g := Op{R: c.gens[i].R}
			if v := g.image(t); !slices.Contains(c.centrings, v) {
				queue = append(queue, v)
			}
		}
	}
	return nil
}

func sum(a, b [3]int8) (c [3]int8) {
	for i := range c {
		c[i] = wrap(int(a[i]) + int(b[i]))
	}
	return c
}

func difference(a, b [3]int8) (c [3]int8) {
	for i := range c {
		c[i] = wrap(int(a[i]) - int(b[i]))
	}
	return c
}

// group returns the closed group in a canonical form, the same for the same
// operations: each representative has the smallest of its translations, and
// both lists are sorted.
func (c *closure) group() *Group {
	g := &Group{reps: c.reps, centrings: c.centrings}
	sorts.Func(g.centrings, compareT)
	for i := range g.reps {
		t := g.reps[i].T
		for _, v := range g.centrings {
			if s := sum(g.reps[i].T, v); compareT(s, t) < 0 {
				t = s
			}
		}
		g.reps[i].T = t
	}
	sorts.Func(g.reps, Op.Compare)
	for _, o := range g.reps[1:] {
		switch o.Type() {
		case 2, 3, 4, 6, -2:
			if w, _ := o.Intrinsic(); w != ([3]int{}) {
				g.screws = append(g.screws, o)
			}
		}
	}
	return g
}

// Transform returns the group in another basis. A larger cell gets centring
// translations, a smaller one loses some. It is an error if an operation is not
// a matrix of whole numbers there, if its translation is no multiple of 1/Den,
// or if the new basis vectors are no lattice vectors and the old ones are not
// multiples of 1/Den of the new.
func (g *Group) Transform(c Change) (*Group, error) {
	var n closure
	n.reps, n.centrings = []Op{Identity()}, [][3]int8{{}}
	add := func(o Op) error {
		p, err := c.Op(o)
		if err != nil {
			return err
		}
		return n.add(p)
	}
	for _, o := range g.reps {
		if err := add(o); err != nil {
			return nil, err
		}
	}
	for _, t := range g.centrings {
		if err := add(Op{R: identityR, T: t}); err != nil {
			return nil, err
		}
	}
	for i := range 3 {
		unit := Identity()
		unit.T[i] = Den
		if err := add(unit); err != nil {
			return nil, err
		}
	}
	return n.group(), nil
}

// Ops returns all operations, Order of them: every representative with every
// centring translation, those without centring first.
func (g *Group) Ops() []Op {
	all := make([]Op, 0, g.Order())
	for _, c := range g.centrings {
		for _, o := range g.reps {
			o.T = sum(o.T, c)
			all = append(all, o)
		}
	}
	return all
}

// Representatives returns one operation for each rotation, identity first.
// The caller must not change the slice.
func (g *Group) Representatives() []Op { return g.reps }

// Centrings returns the centring translations over Den, zero first. The caller
// must not change the slice.
func (g *Group) Centrings() [][3]int8 { return g.centrings }

// Order returns the number of operations modulo whole translations.
func (g *Group) Order() int { return len(g.reps) * len(g.centrings) }

// Centrosymmetric reports whether an inversion (anywhere) is in the group.
func (g *Group) Centrosymmetric() bool { return g.rep(&inversionR) != nil }

// rep returns the representative with a rotation, nil if there is none.
func (g *Group) rep(r *[3][3]int8) *Op {
	i, ok := slices.BinarySearchFunc(g.reps, r, func(o Op, r *[3][3]int8) int { return compareR(&o.R, r) })
	if !ok {
		return nil
	}
	return &g.reps[i]
}

// Contains reports whether an operation is in the group.
func (g *Group) Contains(o Op) bool {
	r := g.rep(&o.R)
	return r != nil && slices.Contains(g.centrings, difference(o.T, r.T))
}

// Equal reports whether two groups hold the same operations.
func (g *Group) Equal(h *Group) bool {
	return slices.Equal(g.reps, h.reps) && slices.Equal(g.centrings, h.centrings)
}

// Lattice returns the letter of the centring: P, A, B, C, I, F, R (obverse),
// R reverse as "Rrev", H, or "" for any other set of translations.
func (g *Group) Lattice() string { return latticeLetter(g.centrings) }

func latticeLetter(centrings [][3]int8) string {
	for _, l := range lattices {
		if len(l.vectors) != len(centrings)-1 {
			continue
		}
		if !slices.ContainsFunc(l.vectors, func(v [3]int8) bool { return !slices.Contains(centrings, v) }) {
			return l.name
		}
	}
	return ""
}
