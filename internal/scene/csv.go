package scene

import (
	"math"
	"strconv"
	"strings"

	"zoneaxis/internal/crystal"
)

// Reflection is one line of the table of reflections.
type Reflection struct {
	HKL       crystal.HKL
	D         float64 // Å
	G         float64 // Å⁻¹
	X, Y      float64 // Å⁻¹ on the screen
	S         float64 // Å⁻¹
	F         complex128
	Intensity float64 // relative to the strongest or to the incident beam, 0 … 1
	// Multiplicity is the number of planes of a family of a powder ring, which
	// has no X, Y and S; 0 for a spot.
	Multiplicity int
	// Unknown tells that the atoms are not known: F and Intensity mean nothing.
	Unknown bool
}

// AppendCSV appends the table of reflections to dst, a heading and one line
// each, in the given order. With four set there is a column for i. Lines end
// in LF; the units stand in the heading. Families of powder rings have their
// multiplicity in place of what belongs to a spot. The intensity is relative to
// the strongest (I_of_strongest) or, if a model with dynamical intensities has a
// name, to the incident beam (I_of_incident_…).
func AppendCSV(dst []byte, rows []Reflection, four bool, dynamical string) []byte {
	dst = append(dst, "h,k,"...)
	if four {
		dst = append(dst, "i,"...)
	}
	rings := len(rows) > 0 && rows[0].Multiplicity > 0
	switch {
	case rings:
		dst = append(dst, "l,d_A,g_invA,multiplicity,F_abs_A,I_of_strongest\n"...)
	case dynamical != "":
		dst = append(dst, "l,d_A,g_invA,x_invA,y_invA,s_invA,F_abs_A,F_phase_deg,I_of_incident_"+strings.ReplaceAll(dynamical, " ", "_")+"\n"...)
	default:
		dst = append(dst, "l,d_A,g_invA,x_invA,y_invA,s_invA,F_abs_A,F_phase_deg,I_of_strongest\n"...)
	}
	for _, r := range rows {
		h, k, l := int64(r.HKL[0]), int64(r.HKL[1]), int64(r.HKL[2])
		dst = append(strconv.AppendInt(dst, h, 10), ',')
		dst = append(strconv.AppendInt(dst, k, 10), ',')
		if four {
			dst = append(strconv.AppendInt(dst, -h-k, 10), ',')
		}
		dst = append(strconv.AppendInt(dst, l, 10), ',')
		if !math.IsInf(r.D, 0) { // 000 has none
			dst = decimals(dst, r.D, 5)
		}
		number := func(v float64, places int, known bool) {
			dst = append(dst, ',')
			if known {
				dst = decimals(dst, v, places)
			}
		}
		number(r.G, 6, true)
		if rings {
			dst = strconv.AppendInt(append(dst, ','), int64(r.Multiplicity), 10)
		} else {
			number(r.X, 6, true)
			number(r.Y, 6, true)
			number(r.S, 6, true)
		}
		number(math.Hypot(real(r.F), imag(r.F)), 4, !r.Unknown)
		if !rings {
			phase := 0.0
			if r.F != 0 {
				phase = math.Atan2(imag(r.F), real(r.F)) * 180 / math.Pi
			}
			number(phase, 2, !r.Unknown)
		}
		number(r.Intensity, 6, !r.Unknown)
		dst = append(dst, '\n')
	}
	return dst
}

// decimals appends v with a fixed number of decimals, without negative zero and
// with halves of the last place going one way.
func decimals(dst []byte, v float64, places int) []byte {
	scale := math.Pow10(places)
	v = math.Floor(v*scale+0.5000001) / scale
	if v == 0 {
		v = 0 // not −0
	}
	return strconv.AppendFloat(dst, v, 'f', places, 64)
}
