package diffraction

import "zoneaxis/internal/geom"

// Spot is a diffraction spot on the screen.
type Spot struct {
	Ref  int32   // index into the Reflections it was made from
	X, Y float64 // Å⁻¹ from the 000 spot, x right, y up
	S    float64 // excitation error, Å⁻¹
	I    float64 // |F|² × shape, Å²
}

// Shape is the model of the intensity along a relrod, normalised to 1 at s = 0.
type Shape uint8

const (
	// Gaussian is exp(−s²/(2 Sigma²)).
	Gaussian Shape = iota
	// Slab is sin²(πts)/(πts)² of a foil of thickness t.
	Slab
	// Linear is 1 − |s|/Sigma, and 0 beyond Sigma.
	Linear
	// Lorentzian is 1/(1 + (s/Sigma)²).
	Lorentzian
	// Positions keeps every reflection with |s| ≤ Sigma and gives all of them
	// intensity 1.
	Positions
)

// Kinematic turns reflections into the spots of a pattern, each electron being
// scattered at most once. The zero value keeps nothing but exact Bragg spots:
// set at least the width that Shape needs.
type Kinematic struct {
	Shape     Shape
	Sigma     float64 // Å⁻¹, width of Gaussian, Linear, Lorentzian and Positions
	Thickness float64 // Å, of Slab
	Spread    float64 // Å, standard deviation of the thickness in the field of view, of Slab
	// Exact takes the excitation error from the sphere itself; otherwise it is
	// first order in the distance to the sphere. HOLZ spots need it.
	Exact bool
	// Normal is the foil normal in the laboratory frame, of any length and
	// either sense. The zero vector means along the beam.
	Normal geom.Vec
	// TiltX and TiltY are the transverse components of the incident wave
	// vector in Å⁻¹: a beam tilted by θ has √(TiltX² + TiltY²) = sin θ/λ.
	TiltX, TiltY float64
	// Gnomonic projects the diffracted directions on a flat screen. Otherwise
	// X, Y are the transverse components of the scattering vector itself.
	Gnomonic bool
	SMax     float64 // Å⁻¹, largest |s| kept; 0 means no limit
	Cut      float64 // spots weaker than Cut·|F_000|² are left out
	// Absent keeps reflections with F = 0 as well, with intensity 0; only SMax
	// limits them.
	Absent bool
}
