package diffraction

import "math"

// U returns U_g = 2 m e V_g/h² = γ F_g/(π Ω) in Å⁻², with the relativistic mass,
// of a structure factor in Å and a cell volume in Å³.
func (b Beam) U(f complex128, volume float64) complex128 {
	return f * complex(b.gamma/(math.Pi*volume), 0)
}

// BraggAngle returns θ_B in rad, sin θ_B = λ|g|/2, for g in Å⁻¹. It is NaN
// beyond |g| = 2/λ, which no orientation brings to reflection.
func (b Beam) BraggAngle(g float64) float64 { return math.Asin(b.lambda * g / 2) }

// ExtinctionDistance returns ξ_g in Å,
//
//	ξ_g = π Ω cos θ_B/(γ λ |F_g|) = cos θ_B/(λ |U_g|)
//
// of |F_g| in Å, the cell volume in Å³ and |g| in Å⁻¹. It is +Inf for F = 0.
func (b Beam) ExtinctionDistance(f, volume, g float64) float64 {
	return math.Pi * volume * math.Cos(b.BraggAngle(g)) / (b.gamma * b.lambda * f)
}

// TwoBeam returns the intensity of a diffracted beam when it and the direct
// beam are the only ones, as a fraction of the incident beam,
//
//	I_g = sin²(π t s_eff)/(ξ s_eff)², s_eff = √(s² + ξ⁻²)
//
// for an extinction distance ξ and a thickness t in Å and an excitation error s
// in Å⁻¹, without absorption. The direct beam keeps 1 − I_g.
func TwoBeam(xi, s, t float64) float64 {
	if math.IsInf(xi, 0) {
		return 0
	}
	e := math.Hypot(s, 1/xi)
	a := math.Sin(math.Pi*t*e) / (xi * e)
	return a * a
}
