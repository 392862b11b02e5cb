// Package symmetry is exact space-group algebra on integers: operations,
// groups from Hall symbols, the table of space-group settings, absences,
// orbits and the identification of a set of operations. It knows no lattice
// lengths and no atoms.
package symmetry

// Den is the common denominator of all translations: T/Den is a fraction of
// the cell. 24 holds every translation of every setting in the tables exactly.
const Den = 24

// Op is a symmetry operation on fractional coordinates, x' = R x + T/Den, with
// x a column. On Miller indices it acts on rows: h' = h R, with
// F(hR) = F(h) exp(−2πi h·T/Den) for structure factors that carry
// exp(−2πi h·x). Translations of a normalised Op lie in [0, Den).
type Op struct {
	R [3][3]int8
	T [3]int8
}
