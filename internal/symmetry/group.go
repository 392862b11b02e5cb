package symmetry

import (
	"fmt"
	"slices"
)

// maxOrder is the largest number of operations in a conventional cell (48
// rotations × 4 translations); cells of other shapes may hold a few more
// translations.
const maxOrder = 48 * 16

// Group is a space group in one cell: all operations modulo whole
// translations. It is immutable.
type Group struct {
	ops       []Op      // one for each rotation, identity first
	centrings [][3]int8 // over Den, zero first
	index     map[[3][3]int8]int
}

// FromOps returns the smallest group that holds the operations. It is an
// error if it gets larger than any space group: then the set was not one.
// Compare Order with the number of operations to see whether the set was
// complete.
func FromOps(gens []Op) (*Group, error) {
	all := map[Op]bool{Identity(): true}
	list := []Op{Identity()}
	for _, g := range gens {
		if d := g.Det(); d != 1 && d != -1 || g.Order() == 0 {
			return nil, fmt.Errorf("symmetry: %v is not a symmetry operation", g)
		}
	}
	for at := 0; at < len(list); at++ {
		for _, g := range gens {
			p := g.Normalise().Mul(list[at])
			if !all[p] {
				all[p] = true
				list = append(list, p)
				if len(list) > maxOrder {
					return nil, fmt.Errorf("symmetry: the operations do not form a space group: they multiply to more than %d", maxOrder)
				}
			}
		}
	}
	return newGroup(list)
}

// newGroup sorts a closed list into rotations and centring translations.
func newGroup(list []Op) (*Group, error) {
	g := &Group{index: map[[3][3]int8]int{}}
	slices.SortFunc(list, func(a, b Op) int {
		switch {
		case a == b:
			return 0
		case a.Less(b):
			return -1
		}
		return 1
	})
	id := Identity().R
	for _, o := range list {
		if o.R == id {
			g.centrings = append(g.centrings, o.T)
		}
		if _, seen := g.index[o.R]; !seen {
			g.index[o.R] = len(g.ops)
			g.ops = append(g.ops, o)
		}
	}
	if len(g.ops) > 48 || len(g.ops)*len(g.centrings) != len(list) {
		return nil, fmt.Errorf("symmetry: %d operations with %d rotations and %d translations are not a space group", len(list), len(g.ops), len(g.centrings))
	}
	return g, nil
}

// transformed returns the group in new coordinates.
func (g *Group) transformed(b basis) (*Group, error) {
	gens := make([]Op, 0, len(g.ops)+32)
	for _, o := range g.ops {
		p, err := b.op(o)
		if err != nil {
			return nil, err
		}
		gens = append(gens, p)
	}
	// The lattice: centrings and the old unit translations, in new coordinates.
	lattice := slices.Clone(g.centrings)
	for i := range 3 {
		var unit [3]int8
		unit[i] = Den
		lattice = append(lattice, unit)
	}
	for _, c := range lattice {
		v, err := b.vector([3]int{int(c[0]), int(c[1]), int(c[2])})
		if err != nil {
			return nil, err
		}
		o := Identity()
		for i := range 3 {
			o.T[i] = wrap(v[i])
		}
		gens = append(gens, o)
	}
	return FromOps(gens)
}

// Ops returns all operations, Order of them: every representative with every
// centring translation.
func (g *Group) Ops() []Op {
	all := make([]Op, 0, g.Order())
	for _, c := range g.centrings {
		for _, o := range g.ops {
			for i := range 3 {
				o.T[i] = wrap(int(o.T[i]) + int(c[i]))
			}
			all = append(all, o)
		}
	}
	return all
}

// Representatives returns one operation for each rotation, identity first.
// The caller must not change the slice.
func (g *Group) Representatives() []Op { return g.ops }

// Centrings returns the centring translations over Den, zero first. The caller
// must not change the slice.
func (g *Group) Centrings() [][3]int8 { return g.centrings }

// Order returns the number of operations modulo whole translations.
func (g *Group) Order() int { return len(g.ops) * len(g.centrings) }

// Centrosymmetric reports whether an inversion (anywhere) is in the group.
func (g *Group) Centrosymmetric() bool {
	minus := [3][3]int8{{-1, 0, 0}, {0, -1, 0}, {0, 0, -1}}
	_, ok := g.index[minus]
	return ok
}

// Contains reports whether an operation is in the group.
func (g *Group) Contains(o Op) bool {
	i, ok := g.index[o.R]
	if !ok {
		return false
	}
	var diff [3]int8
	for k := range 3 {
		diff[k] = wrap(int(o.T[k]) - int(g.ops[i].T[k]))
	}
	return slices.Contains(g.centrings, diff)
}

// Equal reports whether two groups hold the same operations.
func (g *Group) Equal(h *Group) bool {
	if len(g.ops) != len(h.ops) || len(g.centrings) != len(h.centrings) {
		return false
	}
	for _, c := range g.centrings {
		if !slices.Contains(h.centrings, c) {
			return false
		}
	}
	for _, o := range g.ops {
		if !h.Contains(o) {
			return false
		}
	}
	return true
}

// Absent reports whether the group makes F(h) zero: some operation leaves h as
// it is but shifts its phase.
func (g *Group) Absent(h [3]int) bool {
	id := Op{}
	for _, c := range g.centrings {
		id.T = c
		if id.Phase(h) != 0 {
			return true
		}
	}
	for _, o := range g.ops[1:] {
		if o.ApplyHKL(h) == h && o.Phase(h) != 0 {
			return true
		}
	}
	return false
}
