package diffraction_test

import (
	"fmt"
	"math"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/source"
)

// Silicon as a file may give it: the space group, one atom and its B.
const silicon = `data_silicon
_symmetry_space_group_name_H-M 'F d -3 m:1'
_cell_length_a 5.43102
_cell_length_b 5.43102
_cell_length_c 5.43102
_cell_angle_alpha 90
_cell_angle_beta 90
_cell_angle_gamma 90
loop_
_atom_site_label
_atom_site_fract_x
_atom_site_fract_y
_atom_site_fract_z
_atom_site_B_iso_or_equiv
Si 0 0 0 0.46
`

// The whole way from the bytes of a file to a pattern: read the structure, sum
// its structure factors, bring a zone axis onto the beam, and see which
// reflections lie near the Ewald sphere.
func Example() {
	structures, err := source.Decode("silicon.cif", []byte(silicon))
	if err != nil {
		fmt.Println(err)
		return
	}
	s := structures[0]
	fmt.Println(s.Formula(), "with", len(s.Sites), "atoms in the cell")

	reflections, err := diffraction.NewReflections(s, diffraction.Options{GMax: 0.7})
	if err != nil {
		fmt.Println(err)
		return
	}
	beam, err := diffraction.NewBeam(200e3)
	if err != nil {
		fmt.Println(err)
		return
	}
	orientation, err := diffraction.ZoneFrame(s.Lattice, crystal.UVW{1, 1, 0})
	if err != nil {
		fmt.Println(err)
		return
	}

	rods := diffraction.Kinematic{Sigma: 0.01, SMax: 0.03, Exact: true}
	strongest := reflections.Max * reflections.Max
	for _, spot := range rods.AppendSpots(nil, reflections, beam, orientation) {
		h := reflections.HKL[spot.Ref]
		if spot.Ref == 0 || spot.X < 0 || spot.Y < 0 {
			continue // a quarter of the pattern is enough
		}
		fmt.Printf("%-4v d = %.3f Å at x = %.4f, y = %.4f Å⁻¹, s = %.5f Å⁻¹, intensity %2.0f %%\n",
			h, 1/reflections.Len[spot.Ref], math.Abs(spot.X), math.Abs(spot.Y), spot.S, 100*spot.I/strongest)
	}
	// Output:
	// Si with 8 atoms in the cell
	// -111 d = 3.136 Å at x = 0.2604, y = 0.1841 Å⁻¹, s = -0.00128 Å⁻¹, intensity 99 %
	// -220 d = 1.920 Å at x = 0.5208, y = 0.0000 Å⁻¹, s = -0.00340 Å⁻¹, intensity 59 %
	// -113 d = 1.638 Å at x = 0.2604, y = 0.5524 Å⁻¹, s = -0.00468 Å⁻¹, intensity 18 %
}
