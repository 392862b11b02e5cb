package symmetry

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"zoneaxis/internal/lean/say"
	"zoneaxis/internal/lean/sorts"
)

// Absent reports whether the group makes F(h) zero for any content of the cell:
// some operation leaves h as it is, h R = h, but shifts its phase, h·T not
// whole. 000 is never absent.
func (g *Group) Absent(h [3]int) bool { return g.uncentred(h) || g.extinct(h) }

// uncentred reports whether a centring translation makes F(h) zero.
func (g *Group) uncentred(h [3]int) bool {
	for _, c := range g.centrings[1:] {
		if phase(h, c) != 0 {
			return true
		}
	}
	return false
}

func (g *Group) extinct(h [3]int) bool {
	for i := range g.screws {
		o := &g.screws[i]
		if o.keeps(h) && phase(h, o.T) != 0 {
			return true
		}
	}
	return false
}

// keeps reports h R = h.
func (o *Op) keeps(h [3]int) bool {
	for j := range 3 {
		if h[0]*int(o.R[0][j])+h[1]*int(o.R[1][j])+h[2]*int(o.R[2][j]) != h[j] {
			return false
		}
	}
	return true
}

// AbsenceKind is what kind of symmetry makes a reflection absent.
type AbsenceKind uint8

const (
	CentringAbsence AbsenceKind = iota
	ScrewAbsence
	GlideAbsence
)

// AbsenceReason is one symmetry element that makes a reflection absent.
type AbsenceReason struct {
	Kind AbsenceKind
	// Symbol is the lattice letter, "F", the screw axis, "4₁", or the glide
	// plane: a, b, c for half an axis, e for two of them in one plane, n for
	// half of a sum of axes, d for quarters, g for any other.
	Symbol string
	// Indices are those of the direction [uvw] of a screw axis or of the plane
	// (hkl) of a glide, zero for a centring.
	Indices [3]int
	Op      Op // an operation that does it
}

// String returns "F centring", "4₁ screw along [001]" or "d glide in (001)",
// with three indices and a minus for a bar.
func (r AbsenceReason) String() string {
	var b strings.Builder
	for _, n := range r.Indices {
		b.WriteString(strconv.Itoa(n))
	}
	switch r.Kind {
	case ScrewAbsence:
		return say.Sprintf("%s screw along [%s]", r.Symbol, b.String())
	case GlideAbsence:
		return say.Sprintf("%s glide in (%s)", r.Symbol, b.String())
	}
	return r.Symbol + " centring"
}

// Absence returns the most telling reason why F(h) is zero: the centring, else
// the screw axis of highest order, else the glide plane of lowest indices. The
// second result is that of Absent.
func (g *Group) Absence(h [3]int) (AbsenceReason, bool) {
	all := g.Absences(h)
	if len(all) == 0 {
		return AbsenceReason{}, false
	}
	return all[0], true
}

// Absences returns every reason why F(h) is zero, the most telling first; a
// centring stands alone. Powers of a screw axis are not listed beside it.
func (g *Group) Absences(h [3]int) []AbsenceReason {
	for _, c := range g.centrings[1:] {
		if phase(h, c) != 0 {
			symbol := g.Lattice()
			switch symbol {
			case "":
				symbol = say.Sprintf("(%s, %s, %s)", fraction(int(c[0])), fraction(int(c[1])), fraction(int(c[2])))
			case "T":
				symbol = "R (reverse)"
			}
			return []AbsenceReason{{CentringAbsence, symbol, [3]int{}, Op{R: identityR, T: c}}}
		}
	}
	var list []AbsenceReason
	for i := range g.screws {
		o := &g.screws[i]
		if !o.keeps(h) || phase(h, o.T) == 0 {
			continue
		}
		r := AbsenceReason{Kind: GlideAbsence, Op: *o}
		if o.Type() > 0 {
			r.Kind, r.Symbol, r.Indices = ScrewAbsence, g.screwSymbol(o), o.Axis()
		} else {
			r.Symbol, r.Indices = g.glideSymbol(o), o.Plane()
		}
		same := func(s AbsenceReason) bool {
			return s.Kind == r.Kind && s.Indices == r.Indices
		}
		switch at := slices.IndexFunc(list, same); {
		case at < 0:
			list = append(list, r)
		case o.Order() > list[at].Op.Order():
			list[at] = r
		}
	}
	sorts.Stable(list, func(a, b AbsenceReason) int {
		size := func(v [3]int) int { return dot(v, v) }
		return cmp.Or(
			cmp.Compare(a.Kind, b.Kind),
			cmp.Compare(b.Op.Order(), a.Op.Order()),
			cmp.Compare(size(a.Indices), size(b.Indices)),
			cmp.Compare(glideRank(a.Symbol), glideRank(b.Symbol)),
		)
	})
	return list
}

// ProjectedExtinct reports whether the reflection h of the zone [uvw] keeps zero
// amplitude with the beam exactly along [uvw], however often electrons scatter
// within the zone (zero-order Laue zone, h·u = 0).
//
// The rule: there is an operation with
//
//	R u = ±u,  h R = h,  h·T not whole
//
// because an operation with R u = ±u is one of the plane group of the potential
// projected along [uvw]. At exact incidence the incident wave has the whole
// symmetry of this plane group, and the equations of scattering within the zone
// hold the projected potential only; so the wave in the crystal keeps the
// symmetry at every depth, ψ(hR) = ψ(h) exp(2πi h·T), and ψ(h) = 0 follows. In
// the projection the operation is a glide line along h (the origin of the dark
// lines of Gjønnes and Moodie), from a glide plane that holds the beam or from a
// screw axis perpendicular to it; or a translation, from a centring or from a
// glide plane perpendicular to the beam. Screw axes and glides at other angles
// make F(h) zero, too, but not this amplitude: 200 of silicon at [011] appears.
// Tilting the beam off the axis or scattering by other Laue zones lifts the
// rule. It is false if h does not belong to the zone.
func (g *Group) ProjectedExtinct(hkl, uvw [3]int) bool {
	if dot(hkl, uvw) != 0 || uvw == ([3]int{}) {
		return false
	}
	if g.uncentred(hkl) {
		return true
	}
	for i := range g.screws {
		o := &g.screws[i]
		if o.keeps(hkl) && phase(hkl, o.T) != 0 {
			if v := o.ApplyUVW(uvw); v == uvw || v == negate(uvw) {
				return true
			}
		}
	}
	return false
}

// screwSymbol returns the symbol n_p of a rotation: it turns by 2π/n
// counter-clockwise and moves by p/n of the shortest lattice vector along the
// axis. Of the translations that the centring allows the smallest counts, as
// 4₁ where 4₁ and 4₃ lie beside each other.
func (g *Group) screwSymbol(o *Op) string {
	n := o.Order()
	axis := o.Axis()
	// The shortest lattice vector along the axis is axis/m.
	m := 1
	for _, k := range []int{6, 4, 3, 2} {
		var v [3]int8
		whole := true
		for i, a := range axis {
			whole = whole && Den*a%k == 0
			v[i] = wrap(Den * a / k)
		}
		if whole && slices.Contains(g.centrings, v) {
			m = k
			break
		}
	}
	turn := 1
	if !o.positive() {
		turn = -1
	}
	best := n
	for _, c := range g.centrings {
		p := *o
		p.T = sum(p.T, c)
		w, den := p.Intrinsic()
		for i, a := range axis {
			if a == 0 {
				continue
			}
			// w/den = (p/n) (axis/m)
			q := turn * w[i] * n * m / (den * a) % n
			if q < 0 {
				q += n
			}
			best = min(best, q)
			break
		}
	}
	return say.Sprintf("%d%s", n, []string{"", "₁", "₂", "₃", "₄", "₅", ""}[best])
}

// glideSymbol returns the letter of a glide plane. Its translation is known to
// within the projections of lattice vectors on the plane; the simplest letter
// counts, c before n where parallel planes of both kinds alternate.
func (g *Group) glideSymbol(o *Op) string {
	letter := func(t [3]int) string {
		p := Op{R: o.R, T: [3]int8{int8(t[0]), int8(t[1]), int8(t[2])}}
		w, den := p.Intrinsic()
		return glideLetter(w, den)
	}
	// Where planes of two letters alternate, the usual symbols prefer a and b,
	// but c if the cell has one main axis.
	prefer := "abc"
	switch g.System() {
	case "tetragonal", "trigonal", "hexagonal":
		prefer = "cab"
	}
	best := "g"
	for _, c := range g.centrings {
		for corner := range 8 {
			var t [3]int
			for i := range 3 {
				t[i] = int(o.T[i]) + int(c[i]) + Den*(corner>>i&1)
			}
			l := letter(t)
			if r, b := glideRank(l), glideRank(best); r < b || r == b && strings.Index(prefer, l) < strings.Index(prefer, best) {
				best = l
			}
			if glideRank(best) != glideRank("a") {
				continue
			}
			// A centring vector in the plane gives it a second glide.
			for _, v := range g.centrings {
				in := [3]int{int(v[0]), int(v[1]), int(v[2])}
				if o.ApplyUVW(in) != in {
					continue
				}
				first, second := letter(t), letter([3]int{t[0] + in[0], t[1] + in[1], t[2] + in[2]})
				if first != second && glideRank(first) == glideRank("a") && glideRank(second) == glideRank("a") {
					return "e"
				}
			}
		}
	}
	return best
}

// glideLetter names the glide vector w/den.
func glideLetter(w [3]int, den int) string {
	halves, quarters, last := 0, 0, 0
	for i := range w {
		switch r := (w[i]%den + den) % den; {
		case r == 0:
		case 2*r == den:
			halves, last = halves+1, i
		case 4*r == den || 4*r == 3*den:
			quarters++
		default:
			return "g"
		}
	}
	switch {
	case quarters > 0:
		return "d"
	case halves > 1:
		return "n"
	case halves == 1:
		return "abc"[last : last+1]
	}
	return "m"
}

// glideRank orders the letters from simple to less simple.
func glideRank(letter string) int {
	switch letter {
	case "m":
		return 0
	case "a", "b", "c", "e":
		return 1
	case "n":
		return 2
	case "d":
		return 3
	}
	return 4
}
