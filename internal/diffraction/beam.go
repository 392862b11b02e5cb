// Package diffraction computes what a crystal does to a beam of fast electrons
// when each electron is scattered once: reflections and their structure
// factors, spot patterns at any orientation, Laue zones, Kikuchi lines,
// precession and ring patterns, and the tools that go with them.
//
// Units are Å, Å⁻¹ (|g| = 1/d, no 2π), rad and V. The laboratory frame has x to
// the right and y up on the screen and z from the specimen towards the source:
// the beam travels along −z and the zone axis points to +z. A pattern is drawn
// as seen from the source. With k₀ = (0, 0, −1/λ) the Ewald sphere is centred
// at (0, 0, +1/λ) and bends towards +z. The excitation error s is positive when
// the reciprocal-lattice point lies inside the sphere.
package diffraction

import (
	"errors"
	"math"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/lean/say"
)

// CODATA 2018: exact h, e and c; m₀, a₀ and m₀c² as recommended.
const (
	planck         = 6.62607015e-34   // J s
	electronMass   = 9.1093837015e-31 // kg
	electronCharge = 1.602176634e-19  // C
	lightSpeed     = 299792458.0      // m/s
	restEnergy     = electronMass * lightSpeed * lightSpeed / electronCharge
)

// VoltPerF is h²/(2π m₀ e) in V Å²: the factor from a structure factor in Å
// divided by the cell volume in Å³ to a Fourier coefficient of the potential,
// V_g = VoltPerF · F_g/Ω.
const VoltPerF = planck * planck / (2 * math.Pi * electronMass * electronCharge) * 1e20

// The accelerating voltages that NewBeam accepts, V.
const (
	MinVoltage = 1e3
	MaxVoltage = 1e7
)

// Beam is a beam of fast electrons of one energy. Construct it with NewBeam;
// the zero value is not a beam. Beams are values and compare with ==.
type Beam struct {
	volts, lambda, gamma float64
}

// NewBeam returns the beam of an accelerating voltage in V, 1 kV to 10 MV.
func NewBeam(volts float64) (Beam, error) {
	if !(volts >= MinVoltage && volts <= MaxVoltage) {
		return Beam{}, say.Errorf("diffraction: accelerating voltage %g kV: expected %g to %g kV", volts/1e3, MinVoltage/1e3, MaxVoltage/1e3)
	}
	// Relativistic de Broglie wavelength: λ = h/√(2 m₀ e E (1 + eE/(2 m₀c²))).
	p := math.Sqrt(2 * electronMass * electronCharge * volts * (1 + volts/(2*restEnergy)))
	return Beam{volts: volts, lambda: planck / p * 1e10, gamma: 1 + volts/restEnergy}, nil
}

// Voltage returns the accelerating voltage in V.
func (b Beam) Voltage() float64 { return b.volts }

// Wavelength returns the relativistic wavelength λ in Å.
func (b Beam) Wavelength() float64 { return b.lambda }

// K returns the wave number 1/λ in Å⁻¹, the radius of the Ewald sphere.
func (b Beam) K() float64 { return 1 / b.lambda }

// Gamma returns the relativistic mass ratio m/m₀ = 1 + eE/(m₀c²).
func (b Beam) Gamma() float64 { return b.gamma }

// Beta returns the velocity over that of light, v/c = √(1 − 1/γ²).
func (b Beam) Beta() float64 { return math.Sqrt(1 - 1/(b.gamma*b.gamma)) }

// Sigma returns the interaction constant σ = 2π m e λ/h² in rad V⁻¹ Å⁻¹: a
// projected potential of 1 V Å shifts the phase by σ.
func (b Beam) Sigma() float64 {
	return 2 * math.Pi * b.gamma * electronMass * electronCharge * b.lambda / (planck * planck) * 1e-20
}

// ZoneFrame returns the standard orientation of a zone axis, crystal Cartesian
// axes to laboratory axes: [uvw] points to +z and y is the projection of c*
// (the crystal's Cartesian z) on the screen. If [uvw] lies along ±c* (within
// 1e-6 rad), y is the projection of the crystal's Cartesian y, so [001] of a
// right-angled cell has a to the right and b up. The zero direction is an
// error.
func ZoneFrame(l crystal.Lattice, u crystal.UVW) (geom.Rotation, error) {
	if u == (crystal.UVW{}) {
		return geom.Rotation{}, errors.New("diffraction: zone axis [0 0 0] has no direction")
	}
	return Upright(l.R(u)), nil
}

// Upright returns the orientation (crystal Cartesian → laboratory) in which the
// direction v of the crystal, of any length but zero, points to +z and the projection
// of c* up, or of the Cartesian y where v is along c*: ZoneFrame for any direction.
func Upright(v geom.Vec) geom.Rotation {
	z := v.Unit()
	up := geom.Vec{Z: 1}
	if up.Cross(z).Norm() < 1e-6 {
		up = geom.Vec{Y: 1}
	}
	x := up.Cross(z).Unit()
	return geom.FromMat(geom.FromRows(x, z.Cross(x), z))
}
