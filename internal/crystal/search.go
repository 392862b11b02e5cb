package crystal

import (
	"errors"
	"math"

	"zoneaxis/internal/geom"
	"zoneaxis/internal/lean/say"
	"zoneaxis/internal/symmetry"
)

// DefaultTolerance is the distance in Å within which atoms count as
// equivalent: above the rounding of published coordinates, below the
// distortions that make a phase.
const DefaultTolerance = 0.01

// sameOcc is how much occupancies of equivalent sites may differ: rounding in
// the third digit.
const sameOcc = 5e-3

// widerTolerances are tried by an automatic search, in this order, Å.
var widerTolerances = [...]float64{0.03, 0.1}

// maxRetried is the number of atoms up to which a search is repeated with a wider
// tolerance: in a large cell with defects that can take minutes.
const maxRetried = 1000

// clearlyExact is the part of the tolerance below which the deviations of a
// structure from the symmetry found count as rounding.
const clearlyExact = 0.3

// Analysis is the symmetry of a structure and its standard description.
type Analysis struct {
	Setting *symmetry.Setting // reference setting of the space group
	Tol     float64           // tolerance that led to it, Å
	Widened bool              // Tol is wider than the search began with
	// Group holds the operations of the given cell, modulo its lattice, about the
	// origin of the conventional cell (with Shift taken as zero). It decides
	// which hkl of the given cell are absent or equivalent. Operations that do
	// not carry the given lattice into itself, which a supercell may lose, and
	// those whose translations are no 24ths are not in it.
	Group        *symmetry.Group
	Ops          []symmetry.Op // all of Group
	Conventional *Structure    // with exactly the symmetry of Setting
	Primitive    *Structure    // the usual primitive cell of Conventional
	// P and Shift lead from the given cell to Conventional:
	//
	//	(a, b, c)conv = (a, b, c)given P,  x_conv = P⁻¹ x_given + Shift
	//
	// up to Deviation. Indices follow as h_conv = h_given P (row) and
	// u_conv = P⁻¹ u_given (column). det P > 0: hands are kept.
	P     [3][3]float64
	Shift Frac
	// PrimitiveP leads from Conventional to Primitive, (a, b, c)prim =
	// (a, b, c)conv PrimitiveP, without a shift.
	PrimitiveP [3][3]float64
	Deviation  float64  // Å, the farthest an atom or an edge of the cell was moved
	Notes      []string // whole sentences
}

// Analyze finds the space group of a structure, its conventional cell in the
// reference setting (International Tables A: origin choice 2, hexagonal axes,
// unique axis b) and its primitive cell.
//
// tol is the distance in Å within which atoms count as equivalent. If it is
// zero, Analyze begins with DefaultTolerance and tries 0.03 and 0.1 Å if the
// result looks like that of an imprecise structure: if the symmetry found is
// fulfilled only roughly (deviations above 0.3 of the tolerance, or the
// operations within it did not form a group), or is triclinic, which says little since noise leaves nothing else. A structure that
// fulfils a higher symmetry well is left alone, however close it comes to a yet
// higher one: such small distortions are what makes ferroelectrics. A result of
// a wider tolerance is taken if it has more operations, and always comes with a
// note. Cells of more than 1000 atoms are not tried again. A positive tol is
// used as it is.
//
// What the space group leaves open is chosen like this. Triclinic: the Niggli
// cell. Monoclinic: the shortest a and c with β ≥ 90°, a ≤ c if they may be
// exchanged. Orthorhombic: the shortest a, then the shortest b, that the
// reference setting allows. Else, and for the origin: what differs least from
// the given cell, so a structure in its conventional cell stays as it is.
//
// It is an error if Validate refuses the structure, if all its sites are empty,
// or if tol is negative or above 1 Å.
func (s *Structure) Analyze(tol float64) (*Analysis, error) {
	if math.IsNaN(tol) || tol < 0 || tol > 1 {
		return nil, say.Errorf("crystal: tolerance %g Å: expected 0 to 1", tol)
	}
	if err := s.Validate(); err != nil {
		return nil, err
	}
	if tol > 0 {
		f, err := s.search(tol)
		if err != nil {
			return nil, err
		}
		return f.analysis(s, tol)
	}
	best, err := s.search(DefaultTolerance)
	if err != nil {
		return nil, err
	}
	asked := float64(DefaultTolerance)
	for _, w := range widerTolerances {
		if len(s.Sites) > maxRetried {
			break
		}
		triclinic := best.placement.setting.Number <= 2
		if !triclinic && best.tol == asked && best.deviation <= clearlyExact*asked {
			break
		}
		if f, err := s.search(w); err == nil && f.operations() > best.operations() {
			best, asked = f, w
		}
	}
	return best.analysis(s, DefaultTolerance)
}

// finding is the result of a search.
type finding struct {
	tol       float64
	cells     float64 // primitive cells in the given one
	prim      *arrangement
	num       [3][3]int // (a, b, c)prim = (a, b, c)given num/den, exactly
	den       int
	basis     geom.Mat3 // num/den
	inner     geom.Mat3 // the same from the reduced given cell
	motions   *motions
	placement placement
	metric    geom.Mat3 // of the primitive basis, symmetric
	deviation float64   // Å
}

// operations returns the number of operations in the given cell.
func (f *finding) operations() int { return int(math.Round(f.cells)) * len(f.motions.list) }

// search finds the symmetry within tol. Operations accepted within a tolerance
// need not form a group; then it is made narrower until they do.
func (s *Structure) search(tol float64) (*finding, error) {
	const (
		narrower = 0.85
		narrow   = 1e-5 // Å
	)
	for t := tol; t > narrow; t *= narrower {
		if f, ok := s.searchOnce(t); ok {
			return f, nil
		}
	}
	return nil, errors.New("crystal: the search found no consistent symmetry: atoms may be too close to each other")
}

func (s *Structure) searchOnce(tol float64) (*finding, bool) {
	all := newArrangement(s, tol)
	if len(all.pos) == 0 {
		return nil, false
	}
	prim, num, den, ok := all.primitive(tol)
	if !ok {
		return nil, false
	}
	f := &finding{tol: tol, prim: prim}
	f.num, f.den = mulInt(all.basis, num), den
	f.inner, f.basis = ratioMat(num, den), ratioMat(f.num, den)
	f.cells = 1 / f.basis.Det()
	if f.motions, ok = prim.motions(tol); !ok {
		return nil, false
	}
	f.metric = f.motions.metric(prim.lattice)
	if f.placement, ok = f.motions.place(prim, f.metric, f.basis); !ok {
		return nil, false
	}
	f.deviation = f.measure(all)
	return f, true
}

// measure returns the largest distance in Å between a position and its place
// in the symmetric structure, or the change of a cell edge.
func (f *finding) measure(all *arrangement) float64 {
	worst := 0.0
	for i := range 3 {
		given := math.Sqrt(f.prim.lattice.Metric()[i][i])
		worst = max(worst, math.Abs(given-math.Sqrt(f.metric[i][i])))
	}
	pos, _, _ := f.motions.symmetrised(f.prim)
	place := map[int]int{} // first site of a position → position of the primitive cell
	for j, lists := range f.prim.sites {
		for _, l := range lists {
			place[l[0]] = j
		}
	}
	inverse := f.inner.Inverse()
	for i, x := range all.pos {
		j := place[all.sites[i][0][0]]
		d := fracOf(inverse, x).Sub(f.motions.origin).Sub(pos[j]).folded()
		worst = max(worst, f.prim.lattice.distance(d))
	}
	return worst
}

// analysis works out the standard description.
func (f *finding) analysis(s *Structure, begun float64) (*Analysis, error) {
	setting := f.placement.setting
	m := floatMat(f.placement.m)
	a := &Analysis{
		Setting: setting, Tol: f.tol, Widened: f.tol > begun, Deviation: f.deviation,
		P: ratioMat(mulInt(f.num, f.placement.m), f.den), Shift: fracOf(m.Inverse(), f.placement.shift),
	}
	cell := idealCell(setting.System, f.metric, f.placement.m)
	var err error
	if a.Conventional, err = f.motions.conventional(s, f.prim, f.placement, cell, f.basis.Inverse()); err != nil {
		return nil, err
	}
	a.PrimitiveP = primitiveBasis(setting.HM[:1])
	if a.Primitive, err = a.Conventional.Transform(a.PrimitiveP, Frac{}); err != nil {
		return nil, err
	}
	if a.Group, err = groupIn(setting.Group(), a.P); err != nil {
		return nil, err
	}
	a.Ops = a.Group.Ops()
	a.Notes = f.notes(s, a)
	return a, nil
}

// notes says what a person should know about the result.
func (f *finding) notes(s *Structure, a *Analysis) []string {
	var notes []string
	if a.Widened {
		notes = append(notes, say.Sprintf("The atoms fit %s only roughly: found with a tolerance of %.3g Å (usual: %g Å), moving atoms by up to %.2g Å.",
			a.Setting.Short(), a.Tol, DefaultTolerance, f.deviation))
	}
	if det := geom.Mat3(a.P).Det(); det < 0.99 {
		notes = append(notes, say.Sprintf("The given cell holds %.6g conventional cells.", 1/det))
	}
	if s.Given != nil && s.Given.Number > 1 && s.Given.Number != a.Setting.Number {
		notes = append(notes, say.Sprintf("The source names space group %s (%d), but the atoms have the symmetry %s (%d).",
			s.Given.Short(), s.Given.Number, a.Setting.Short(), a.Setting.Number))
	}
	return notes
}

// primitiveBasis returns the usual primitive basis of a centred cell as columns
// in the conventional one. R is the obverse setting.
func primitiveBasis(centring string) [3][3]float64 {
	const t, h = 1.0 / 3, 0.5
	switch centring {
	case "A":
		return [3][3]float64{{1, 0, 0}, {0, h, h}, {0, -h, h}}
	case "C":
		return [3][3]float64{{h, h, 0}, {-h, h, 0}, {0, 0, 1}}
	case "I":
		return [3][3]float64{{-h, h, h}, {h, -h, h}, {h, h, -h}}
	case "F":
		return [3][3]float64{{0, h, h}, {h, 0, h}, {h, h, 0}}
	case "R":
		return [3][3]float64{{2 * t, -t, -t}, {t, t, -2 * t}, {t, t, t}}
	}
	return [3][3]float64{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}
}

// groupIn returns a group of the conventional cell in the basis of another,
// conventional = other P, with the same origin and modulo the other lattice. If
// that holds more translations than a Group can, all translations are left out.
func groupIn(g *symmetry.Group, p geom.Mat3) (*symmetry.Group, error) {
	q := p.Inverse()
	const tol = 1e-6
	var gens, turns []symmetry.Op
next:
	for _, o := range g.Representatives() {
		r := p.Mul(mat8(o.R)).Mul(q)
		var op symmetry.Op
		for i := range 3 {
			for j := range 3 {
				n := math.Round(r[i][j])
				if math.Abs(r[i][j]-n) > tol || math.Abs(n) > 9 {
					continue next
				}
				op.R[i][j] = int8(n)
			}
		}
		turns = append(turns, op)
		if t, ok := in24ths(p, o.T); ok {
			op.T = t
			gens = append(gens, op)
		}
	}
	// Pure translations: the conventional lattice and its centrings.
	for _, v := range append([][3]int8{{24, 0, 0}, {0, 24, 0}, {0, 0, 24}}, g.Centrings()...) {
		if t, ok := in24ths(p, v); ok {
			o := symmetry.Identity()
			o.T = t
			gens = append(gens, o)
		}
	}
	if group, err := symmetry.FromOps(gens); err == nil {
		return group, nil
	}
	return symmetry.FromOps(turns)
}

// in24ths returns the translation P t in 24ths of the cell, if it is one.
func in24ths(p geom.Mat3, t [3]int8) (u [3]int8, ok bool) {
	x := fracOf(p, Frac{float64(t[0]), float64(t[1]), float64(t[2])})
	for i := range 3 {
		n := math.Round(x[i])
		if math.Abs(x[i]-n) > 1e-6 {
			return u, false
		}
		u[i] = int8(modulo(int(n), symmetry.Den))
	}
	return u, true
}
