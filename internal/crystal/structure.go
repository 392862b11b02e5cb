package crystal

import (
	"zoneaxis/internal/atom"
	"zoneaxis/internal/symmetry"
)

// Site is one kind of atom on one position of the cell. Several sites with the
// same coordinates are a mixed position.
type Site struct {
	Label string // as in the source, "Si1"; may be empty
	Z     atom.Z
	Frac  Frac
	Occ   float64 // 0 … 1
	B     float64 // isotropic Debye–Waller parameter, Å²; NaN if the source gives none
	// U is the anisotropic displacement tensor in Å² on the usual dimensionless
	// basis (CIF U_ij): T(h) = exp(−2π² Σ U_ij a*_i a*_j h_i h_j). Order 11, 22,
	// 33, 23, 13, 12. It counts only if Aniso is set, and then replaces B.
	U     [6]float64
	Aniso bool
}

// Structure is a crystal: a lattice and every atom of one cell (already
// expanded by symmetry). Given is the setting its source named, nil if none;
// it describes this very cell.
type Structure struct {
	ID      string // library id, "mp-149", or empty
	Name    string // what a person calls it, "Silicon"; may be empty
	Block   string // what its file calls it, if that holds several: the name of a CIF block
	Lattice Lattice
	Sites   []Site
	Given   *symmetry.Setting
	// BSource tells where the B values come from: "measured", "typical", … or
	// empty if there are none.
	BSource   string
	Reference string   // citation of the source, if it has one
	Notes     []string // what the reader or a conversion wants a person to know, whole sentences
}
