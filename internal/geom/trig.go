package geom

import "math"

// Sind returns the sine of an angle in degrees, exact (0, ±1/2, ±1) at the
// multiples of 30° that have such values. Metric tensors of hexagonal and
// right-angled cells then hold exact zeros and halves.
func Sind(deg float64) float64 { return Cosd(deg - 90) }

// Cosd returns the cosine of an angle in degrees, exact (0, ±1/2, ±1) at the
// multiples of 30° that have such values.
func Cosd(deg float64) float64 {
	switch math.Mod(math.Abs(deg), 360) {
	case 0:
		return 1
	case 60, 300:
		return 0.5
	case 90, 270:
		return 0
	case 120, 240:
		return -0.5
	case 180:
		return -1
	}
	return math.Cos(deg * math.Pi / 180)
}

// Degrees converts rad to degrees.
func Degrees(rad float64) float64 { return rad * (180 / math.Pi) }

// Radians converts degrees to rad.
func Radians(deg float64) float64 { return deg * (math.Pi / 180) }
