package orientation

import (
	"errors"
	"math"
	"strings"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/lean/say"
	"zoneaxis/internal/symmetry"
)

// Relation is an orientation relationship between two crystals: the planes
// Plane1 of crystal 1 are parallel to Plane2 of crystal 2, normals pointing the
// same way, and the directions Dir1 and Dir2, which lie in those planes, are
// parallel too.
type Relation struct {
	Name           string // "Kurdjumov–Sachs"; may be empty
	Phase1, Phase2 string // lattice types the name is about, "fcc"; may be empty
	Plane1, Plane2 crystal.HKL
	Dir1, Dir2     crystal.UVW
}

// Relations returns the named orientation relationships, crystal 1 being the
// parent. Planes and directions are one variant of each.
//
//	Kurdjumov–Sachs       fcc (111) ∥ bcc (011), [−101] ∥ [−1−11]
//	Nishiyama–Wassermann  fcc (111) ∥ bcc (011), [11−2] ∥ [0−11]
//	Greninger–Troiano     fcc (111) ∥ bcc (011), [−12−517] ∥ [−7−1717]
//	Pitsch                fcc (001) ∥ bcc (011), [110] ∥ [11−1]
//	Bain                  fcc (001) ∥ bcc (001), [110] ∥ [100]
//	Burgers               bcc (110) ∥ hcp (0001), [1−11] ∥ [11−20]
//	cube on cube          (001) ∥ (001), [100] ∥ [100]
func Relations() []Relation {
	// Kurdjumov and Sachs, Z. Phys. 64 (1930) 325, doi:10.1007/BF01397346;
	// Nishiyama 1934 and Wassermann 1935; Greninger and Troiano, Trans. AIME 185
	// (1949) 590; Pitsch, Phil. Mag. 4 (1959) 577, doi:10.1080/14786435908238253;
	// Bain 1924; Burgers, Physica 1 (1934) 561, doi:10.1016/S0031-8914(34)80244-3.
	return []Relation{
		{"Kurdjumov–Sachs", "fcc", "bcc", crystal.HKL{1, 1, 1}, crystal.HKL{0, 1, 1}, crystal.UVW{-1, 0, 1}, crystal.UVW{-1, -1, 1}},
		{"Nishiyama–Wassermann", "fcc", "bcc", crystal.HKL{1, 1, 1}, crystal.HKL{0, 1, 1}, crystal.UVW{1, 1, -2}, crystal.UVW{0, -1, 1}},
		{"Greninger–Troiano", "fcc", "bcc", crystal.HKL{1, 1, 1}, crystal.HKL{0, 1, 1}, crystal.UVW{-12, -5, 17}, crystal.UVW{-7, -17, 17}},
		{"Pitsch", "fcc", "bcc", crystal.HKL{0, 0, 1}, crystal.HKL{0, 1, 1}, crystal.UVW{1, 1, 0}, crystal.UVW{1, 1, -1}},
		{"Bain", "fcc", "bcc", crystal.HKL{0, 0, 1}, crystal.HKL{0, 0, 1}, crystal.UVW{1, 1, 0}, crystal.UVW{1, 0, 0}},
		{"Burgers", "bcc", "hcp", crystal.HKL{1, 1, 0}, crystal.HKL{0, 0, 1}, crystal.UVW{1, -1, 1}, crystal.UVW{1, 1, 0}},
		{"cube on cube", "", "", crystal.HKL{0, 0, 1}, crystal.HKL{0, 0, 1}, crystal.UVW{1, 0, 0}, crystal.UVW{1, 0, 0}},
	}
}

// otherNames are what people write for the names of relations and twin laws, folded.
var otherNames = map[string]string{
	"ks": "Kurdjumov–Sachs", "kurdjumov": "Kurdjumov–Sachs", "kurdyumovsachs": "Kurdjumov–Sachs",
	"nw": "Nishiyama–Wassermann", "nishiyama": "Nishiyama–Wassermann", "nishiyamawasserman": "Nishiyama–Wassermann",
	"gt": "Greninger–Troiano", "greninger": "Greninger–Troiano", "greningertrojano": "Greninger–Troiano",
	"cubecube": "cube on cube", "parallel": "cube on cube",
	"cubetwin": "Σ3", "cubictwin": "Σ3", "twinofacube": "Σ3", "sigma3": "Σ3", "s3": "Σ3",
}

// folded drops from a name what people write in several ways: case, dashes, spaces,
// brackets.
func folded(name string) string {
	return strings.ToLower(strings.NewReplacer("–", "", "−", "", "-", "", " ", "", "{", "", "}", "", "_", "").Replace(name))
}

// Named returns the relationship of a name, in any spelling: "Kurdjumov–Sachs",
// "K-S", "KS", "cube-on-cube".
func Named(text string) (Relation, bool) {
	text = folded(text)
	for _, r := range Relations() {
		if name := folded(r.Name); text == name || otherNames[text] == r.Name {
			return r, true
		}
	}
	return Relation{}, false
}

// Names lists the names of all relationships with what they are called for short.
func Names() []string {
	short := map[string]string{"Kurdjumov–Sachs": " (KS)", "Nishiyama–Wassermann": " (NW)", "Greninger–Troiano": " (GT)"}
	var out []string
	for _, r := range Relations() {
		out = append(out, r.Name+short[r.Name])
	}
	return out
}

// NamedTwin returns the twin law of a name, in any spelling: "fcc {111}", "cube twin".
func NamedTwin(text string) (Twin, bool) {
	text = folded(text)
	for _, t := range Twins() {
		if text == folded(t.Name) || otherNames[text] == t.Name {
			return t, true
		}
	}
	return Twin{}, false
}

// Swapped returns the same relationship seen from crystal 2.
func (r Relation) Swapped() Relation {
	return Relation{r.Name, r.Phase2, r.Phase1, r.Plane2, r.Plane1, r.Dir2, r.Dir1}
}

// A MisfitError reports a direction that does not lie in its plane.
type MisfitError struct {
	Crystal int // 1 or 2
	Plane   crystal.HKL
	Dir     crystal.UVW
	Angle   float64 // rad, from the direction to the plane
}

func (e *MisfitError) Error() string {
	return say.Sprintf("orientation: crystal %d: direction [%v] does not lie in the plane (%v): it is %.2f° out of it (hu + kv + lw is %d, expected 0)",
		e.Crystal, e.Dir, e.Plane, geom.Degrees(e.Angle), e.Plane.Dot(e.Dir))
}

var errNoPlane = errors.New("orientation: an orientation relationship needs a plane and a direction of both crystals, none of them zero")

// Rotation returns the rotation from the Cartesian frame of crystal 2 to that
// of crystal 1: a vector v₂ of crystal 2 is R v₂ in the axes of crystal 1, and
//
//	R g₂(Plane2) ∥ g₁(Plane1), R r₂(Dir2) ∥ r₁(Dir1)
//
// A direction out of its plane by at most tol (rad) is replaced by its
// projection on the plane, as for relationships that lattice parameters meet
// only nearly; more is a *MisfitError. misfit is the larger of the two angles.
func (r Relation) Rotation(l1, l2 crystal.Lattice, tol float64) (rot geom.Rotation, misfit float64, err error) {
	if r.Plane1 == (crystal.HKL{}) || r.Plane2 == (crystal.HKL{}) || r.Dir1 == (crystal.UVW{}) || r.Dir2 == (crystal.UVW{}) {
		return geom.Rotation{}, 0, errNoPlane
	}
	f1, m1, err := r.frame(1, l1, r.Plane1, r.Dir1, tol)
	if err != nil {
		return geom.Rotation{}, 0, err
	}
	f2, m2, err := r.frame(2, l2, r.Plane2, r.Dir2, tol)
	if err != nil {
		return geom.Rotation{}, 0, err
	}
	return geom.FromMat(f1.Transpose().Mul(f2)), max(m1, m2), nil
}

// frame returns the matrix whose rows are the direction, normal × direction and
// the plane normal.
func (r Relation) frame(which int, l crystal.Lattice, h crystal.HKL, u crystal.UVW, tol float64) (geom.Mat3, float64, error) {
	n, d := l.G(h).Unit(), l.R(u).Unit()
	out := 0.0
	if h.Dot(u) != 0 { // exact: a direction in the plane has no misfit by rounding
		out = math.Abs(math.Pi/2 - geom.Angle(n, d))
	}
	if out > tol || out > geom.Radians(45) {
		return geom.Mat3{}, 0, &MisfitError{which, h, u, out}
	}
	d = d.Sub(n.Scale(n.Dot(d))).Unit()
	return geom.FromRows(d, n.Cross(d), n), out, nil
}

// Twin is a twin law: crystal 2 is crystal 1 turned by Angle about the normal
// of Plane, or about Dir if Plane is 000. Mirror instead reflects in Plane,
// which for a centrosymmetric crystal is the half-turn about the normal.
type Twin struct {
	Name   string // "fcc {111}"; may be empty
	Phase  string // lattice type the name is about; may be empty
	Plane  crystal.HKL
	Dir    crystal.UVW
	Angle  float64 // rad, right-handed; ignored by Mirror
	Mirror bool
}

// Twins returns the named twin laws.
//
//	fcc {111}    mirror in (111)
//	bcc {112}    mirror in (112)
//	hcp {10−12}  mirror in (10−12), the extension twin of magnesium and titanium
//	Σ3           60° about [111]
func Twins() []Twin {
	return []Twin{
		{Name: "fcc {111}", Phase: "fcc", Plane: crystal.HKL{1, 1, 1}, Mirror: true},
		{Name: "bcc {112}", Phase: "bcc", Plane: crystal.HKL{1, 1, 2}, Mirror: true},
		{Name: "hcp {10−12}", Phase: "hcp", Plane: crystal.HKL{1, 0, 2}, Mirror: true},
		{Name: "Σ3", Phase: "cubic", Dir: crystal.UVW{1, 1, 1}, Angle: math.Pi / 3},
	}
}

// ErrNoMirror reports a mirror twin of a crystal whose twin is not a rotated
// copy of it.
var ErrNoMirror = errors.New("orientation: the mirror twin of a crystal without inversion centre is not a rotated crystal")

// Rotation returns the rotation from the Cartesian frame of the twin to that of
// the crystal, both on the lattice l. centrosymmetric tells whether the crystal
// has an inversion centre; a mirror without it is ErrNoMirror (the pattern of
// the half-turn still has the right positions and, as Friedel's law holds for
// single scattering, intensities).
func (t Twin) Rotation(l crystal.Lattice, centrosymmetric bool) (geom.Rotation, error) {
	switch {
	case t.Mirror && t.Plane == (crystal.HKL{}):
		return geom.Rotation{}, say.Errorf("orientation: twin %q: a mirror needs a plane", t.Name)
	case t.Mirror && !centrosymmetric:
		return geom.Rotation{}, ErrNoMirror
	case t.Mirror:
		return geom.AxisAngle(l.G(t.Plane), math.Pi), nil
	case t.Plane != (crystal.HKL{}):
		return geom.AxisAngle(l.G(t.Plane), t.Angle), nil
	case t.Dir != (crystal.UVW{}):
		return geom.AxisAngle(l.R(t.Dir), t.Angle), nil
	}
	return geom.Rotation{}, say.Errorf("orientation: twin %q: needs a plane or a direction to turn about", t.Name)
}

// pointRotations returns the proper rotations of the Laue class of g in the
// Cartesian frame of l: every operation, multiplied by the inversion if it is
// improper. g must describe the cell of l; nil gives just the identity.
func pointRotations(l crystal.Lattice, g *symmetry.Group) []geom.Rotation {
	list := []geom.Rotation{}
	if g == nil {
		return append(list, geom.NoRotation())
	}
	seen := map[[3][3]int8]bool{}
	for _, op := range g.Representatives() {
		var m geom.Mat3
		for i := range 3 {
			for j := range 3 {
				m[i][j] = float64(op.R[i][j])
			}
		}
		r := op.R
		if m.Det() < 0 {
			for i := range 3 {
				for j := range 3 {
					m[i][j], r[i][j] = -m[i][j], -r[i][j]
				}
			}
		}
		if !seen[r] {
			seen[r] = true
			list = append(list, geom.FromMat(l.Direct().Mul(m).Mul(l.Recip().Transpose())))
		}
	}
	return list
}

// Variants returns the distinct orientations that the symmetry of crystal 1
// makes of rot (crystal 2 → crystal 1), rot itself first: S rot for all
// rotations S of crystal 1, without those that differ only by a rotation of
// crystal 2. Both groups must describe the cells of their lattices; a nil group
// has no symmetry.
func Variants(rot geom.Rotation, l1 crystal.Lattice, g1 *symmetry.Group, l2 crystal.Lattice, g2 *symmetry.Group) []geom.Rotation {
	s2 := pointRotations(l2, g2)
	out := []geom.Rotation{}
	for _, s := range pointRotations(l1, g1) {
		v := s.Mul(rot).Normalise()
		fresh := true
		for _, w := range out {
			if angle, _ := disorient(w.Inverse().Mul(v), s2); angle < 1e-6 {
				fresh = false
				break
			}
		}
		if fresh {
			out = append(out, v)
		}
	}
	return out
}

// Disorientation returns the smallest rotation angle (rad) among the symmetric
// descriptions S₁ rot S₂ of a relation, and its axis as a unit vector in the
// Cartesian frame of crystal 1 (zero for no rotation). Arguments as in Variants.
func Disorientation(rot geom.Rotation, l1 crystal.Lattice, g1 *symmetry.Group, l2 crystal.Lattice, g2 *symmetry.Group) (angle float64, axis geom.Vec) {
	s2 := pointRotations(l2, g2)
	angle = math.Inf(1)
	for _, s := range pointRotations(l1, g1) {
		if a, v := disorient(s.Mul(rot), s2); a < angle-1e-9 {
			angle, axis = a, v
		}
	}
	return angle, axis
}

// disorient returns the smallest angle of r S over the rotations S, and the
// axis.
func disorient(r geom.Rotation, s []geom.Rotation) (angle float64, axis geom.Vec) {
	angle = math.Inf(1)
	for _, q := range s {
		p := r.Mul(q)
		if a := p.Angle(); a < angle-1e-9 {
			angle = a
			if p.W < 0 {
				p = geom.Rotation{W: -p.W, X: -p.X, Y: -p.Y, Z: -p.Z}
			}
			axis = geom.Vec{X: p.X, Y: p.Y, Z: p.Z}.Unit()
		}
	}
	return angle, axis
}
