// Package atom knows the chemical elements and how they scatter electrons:
// symbols, masses, display colours, scattering factors and Debye–Waller
// parameters. It depends on nothing but the standard library.
package atom

// Z is an atomic number, 1 … 103. Zero means "no element".
type Z uint8
