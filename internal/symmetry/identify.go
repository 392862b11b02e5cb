package symmetry

import (
	"errors"
	"math"
	"slices"

	"zoneaxis/internal/lean/say"
	"zoneaxis/internal/lean/sorts"
)

// ErrUnknownGroup tells that operations are those of no space group.
var ErrUnknownGroup = errors.New("symmetry: the operations are those of no space group")

// Identify names the space group of a set of operations given in any basis and
// with any origin; the set is completed to a group first. If its operations are
// exactly those of a tabulated setting, the result is this setting and no change
// (where two rows have the same operations, the first). Otherwise it is the
// reference setting of the space group and a change of basis and origin, see
// Change, that turns the operations into those of this setting. The change keeps
// the hand of the axes, det P > 0, so that the members of an enantiomorphic pair
// are told apart. Of equivalent origins the nearest is taken; along a polar axis
// it stays.
func Identify(ops []Op) (*Setting, Change, error) {
	g, err := FromOps(ops)
	if err != nil {
		return nil, Change{}, err
	}
	return g.Identify()
}

// Identify is the function Identify for a group.
func (g *Group) Identify() (*Setting, Change, error) {
	s, c, err := g.toReference()
	if err != nil {
		return nil, Change{}, err
	}
	for _, t := range table() {
		if t.Number == s.Number && t.Group().Equal(g) {
			return t, NoChange(), nil
		}
	}
	return s, c, nil
}

// ToReference returns the change from the setting to the reference setting of
// its number.
func (s *Setting) ToReference() Change {
	if s.Reference {
		return NoChange()
	}
	_, c, err := s.Group().toReference()
	if err != nil {
		panic(say.Sprintf("symmetry: %s: %v", s.Extended, err)) // a test tries every row
	}
	return c
}

func (g *Group) toReference() (*Setting, Change, error) {
	m := motions{den: Den}
	for _, c := range g.centrings {
		m.lattice = append(m.lattice, [3]int{int(c[0]), int(c[1]), int(c[2])})
	}
	for i := range g.reps {
		o := &g.reps[i]
		m.rots = append(m.rots, o.R)
		m.trans = append(m.trans, [3]float64{float64(o.T[0]) / Den, float64(o.T[1]) / Den, float64(o.T[2]) / Den})
	}
	return m.identify(exactTol / Den)
}

// motions are the operations of a crystal: one for each rotation, and a
// lattice.
type motions struct {
	rots    [][3][3]int8
	trans   [][3]float64
	lattice [][3]int // pure translations modulo the basis, over den, zero included
	den     int
}

// identify finds the reference setting. Given rotations that form no crystal
// class, or translations that form no group, it returns ErrUnknownGroup.
func (m *motions) identify(tol float64) (*Setting, Change, error) {
	fail := func() (*Setting, Change, error) { return nil, Change{}, ErrUnknownGroup }
	basis, ok := m.primitive()
	if !ok {
		return fail()
	}
	adj, det := adjugate(basis)
	rots := make([][3][3]int8, len(m.rots))
	list := make([]Op, len(m.rots))
	for i := range m.rots {
		r, ok := conjugate(adj, widen(&m.rots[i]), basis, det)
		if !ok {
			return fail()
		}
		rots[i], list[i] = r, Op{R: r}
	}
	point := PointGroup(list)
	if point == "" {
		return fail()
	}
	c := classOf(point)
	axes, ok := conventionalAxes(c.system, rots)
	if !ok {
		return fail()
	}
	start := mulInt(basis, axes)

	var found *Setting
	var change Change
	least := math.Inf(1)
	var tried []mat
	var first [][3][3]int8 // the rotations on the first axes
	for _, turn := range turns(c.system) {
		// Axes that a rotation of the crystal makes of earlier ones give nothing
		// new.
		if first != nil && slices.ContainsFunc(tried, func(t mat) bool {
			back, d := adjugate(t)
			step, _ := narrow(mulInt(turn, scaledInt(back, d)))
			return slices.Contains(first, step)
		}) {
			continue
		}
		tried = append(tried, turn)
		p := mulInt(start, turn)
		conv, trans, ok := m.turned(p)
		if !ok {
			return fail()
		}
		if first == nil {
			first = conv
		}
		centrings, ok := m.centringsIn(p, m.den)
		if !ok {
			return fail()
		}
		for n := c.first; n <= 230 && classOfNumber(n) == c; n++ {
			s := ReferenceSetting(n)
			g := s.Group()
			if !slices.Equal(g.centrings, centrings) {
				continue
			}
			given, ok := m.ordered(g, conv, trans)
			if !ok {
				continue
			}
			if shift, left, ok := g.originSolver().solve(given, tol); ok && left < least {
				found, least = s, left
				change.Num, change.Div = lowest(p, m.den)
				change.Shift = shift
			}
		}
		if least <= exactTol/Den {
			break
		}
	}
	if found == nil {
		return fail()
	}
	change.Shift = found.Group().originSolver().nearest(change.Shift)
	return found, change, nil
}

// primitive returns a primitive basis of the lattice, as columns over den, that
// is short in a metric which the rotations leave as it is: in it they are
// matrices of small numbers, however skew the given basis. It reports false if
// the rotations do not keep the lattice.
func (m *motions) primitive() (mat, bool) {
	basis := latticeBasis(m.lattice, m.den)
	adj, det := adjugate(basis)
	var metric mat // Σ RᵀR
	for i := range m.rots {
		r, ok := conjugateInt(adj, widen(&m.rots[i]), basis, det)
		if !ok {
			return basis, false
		}
		addSquare(&metric, &r)
	}
	product := func(a, b [3]int) int {
		return dot(a, [3]int{dot(metric[0], b), dot(metric[1], b), dot(metric[2], b)})
	}
	v := [3][3]int{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}} // the vectors, in the basis
	for changed := true; changed; {
		changed = false
		for i := range v {
			for j := range v {
				if i == j {
					continue
				}
				// Take as many times v_j from v_i as makes it shortest.
				jj := product(v[j], v[j])
				n := floorDiv(2*product(v[i], v[j])+jj, 2*jj)
				if n == 0 {
					continue
				}
				w := v[i]
				for k := range 3 {
					w[k] -= n * v[j][k]
				}
				if product(w, w) < product(v[i], v[i]) {
					v[i], changed = w, true
				}
			}
		}
	}
	return mulInt(basis, fromColumns(v[0], v[1], v[2])), true
}

// addSquare adds RᵀR.
func addSquare(sum, r *mat) {
	for j := range 3 {
		for k := range 3 {
			sum[j][k] += dot(column(*r, j), column(*r, k))
		}
	}
}

// turned returns the operations in the basis p/den.
func (m *motions) turned(p mat) (rots [][3][3]int8, trans [][3]float64, ok bool) {
	adj, det := adjugate(p)
	inv := scaled(adj, float64(m.den)/float64(det))
	for i := range m.rots {
		r, ok := conjugate(adj, widen(&m.rots[i]), p, det)
		if !ok {
			return nil, nil, false
		}
		t := m.trans[i]
		var v [3]float64
		for k := range 3 {
			v[k] = inv[k][0]*t[0] + inv[k][1]*t[1] + inv[k][2]*t[2]
		}
		rots, trans = append(rots, r), append(trans, v)
	}
	return rots, trans, true
}

// centringsIn returns the lattice modulo the basis p/den over Den, sorted. It
// reports false if a translation is no multiple of 1/Den.
func (m *motions) centringsIn(p mat, den int) ([][3]int8, bool) {
	adj, det := adjugate(p)
	c := closure{reps: []Op{Identity()}, centrings: [][3]int8{{}}}
	add := func(v [3]int, over int) bool { // v/over in the given basis
		var t [3]int8
		for i := range 3 {
			n := dot(adj[i], v) * den * Den
			if n%(det*over) != 0 {
				return false
			}
			t[i] = wrap(n / (det * over))
		}
		return c.spread(t) == nil
	}
	for i := range 3 {
		var unit [3]int
		unit[i] = 1
		if !add(unit, 1) {
			return nil, false
		}
	}
	for _, v := range m.lattice {
		if !add(v, m.den) {
			return nil, false
		}
	}
	sorts.Func(c.centrings, compareT)
	return c.centrings, true
}

// ordered returns the translations in the order of the representatives of g. It
// reports false if the rotations are not those of g.
func (m *motions) ordered(g *Group, rots [][3][3]int8, trans [][3]float64) ([][3]float64, bool) {
	if len(rots) != len(g.reps) {
		return nil, false
	}
	out := make([][3]float64, len(rots))
	for i := range rots {
		at, ok := slices.BinarySearchFunc(g.reps, &rots[i], func(o Op, r *[3][3]int8) int { return compareR(&o.R, r) })
		if !ok {
			return nil, false
		}
		out[at] = trans[i]
	}
	return out, true
}

func scaledInt(m mat, f int) mat {
	for i := range 3 {
		for j := range 3 {
			m[i][j] *= f
		}
	}
	return m
}
