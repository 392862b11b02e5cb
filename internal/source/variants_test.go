package source_test

import (
	"strings"
	"testing"
	"unicode/utf16"

	"zoneaxis/internal/source"
)

// variant is a file as some program writes it, and what it holds.
type variant struct {
	name, text string
	atoms      string // "Na 4, Cl 4"
	number     int    // of the space group that the search finds, 0 for any
	note, not  string // what a note must say, and what none must
}

const (
	nacl4  = "5.64 5.64 5.64 90 90 90"
	triclo = "7 8 9 80 85 100"
	mono   = "7 8 9 90 100 90"
)

// mixedTexts are texts that name Fe 0.6 and Co 0.4 on one site.
var mixedTexts = []string{
	"0.6Fe + 0.4Co", "0.6 Fe + 0.4 Co", "Fe0.6Co0.4", "Fe0.6 Co0.4", "Fe.6Co.4", "Fe0.6/Co0.4", "Fe0.6|Co0.4", "Fe0.6,Co0.4", "Fe0.6;Co0.4", "Fe:0.6, Co:0.4",
	"Fe=0.6 Co=0.4", "Fe(0.6)Co(0.4)", "Fe(0.6), Co(0.4)", "(Fe0.6Co0.4)", "{Fe0.6Co0.4}", "[Fe0.6 Co0.4]", "0.4Co0.6Fe", "0.600(5)Fe+0.400(5)Co", "0.6*Fe + 0.4*Co", "Fe*0.6+Co*0.4", "0.6 x Fe + 0.4 x Co", "60%Fe 40%Co", "60% Fe + 40% Co", "60 % Fe, 40 % Co",
	"Fe 60%, Co 40%", "Fe60%Co40%", "Fe60Co40", "60 at.% Fe, 40 at.% Co", "3/5Fe + 2/5Co", "Fe3/5Co2/5", "0,6Fe + 0,4Co", "Fe0,6Co0,4", "Fe_0.6_Co_0.4_", "Fe_0.6 Co_0.4", "Fe~0.6~Co~0.4~", "Fe<sub>0.6</sub>Co<sub>0.4</sub>",
	"Fe₀.₆Co₀.₄", "0.6Fe3+ + 0.4Co2+", "Fe3+0.6Co2+0.4", "Fe3+ 0.6 Co3+ 0.4", "Fe3+:0.6 Co2+:0.4", "Fe+3:0.6 Co+2:0.4", "Fe0.6+Co0.4", "Fe 0.6 Co", "Fe0.6Co", "0.6Fe,Co", "FE0.6CO0.4", "fe0.6co0.4", "Fe 0.6 + Co 0.4", "Fe/Co 0.6/0.4", "Fe/Co=0.6/0.4", "Fe:Co 0.6:0.4", "Fe,Co 0.6,0.4", "Fe 0.6000 Co 0.4000", "Fe.60Co.40", "6E-1Fe + 4E-1Co", "Fe0.6(2)Co0.4(2)", "6Fe + 4Co", "Fe3Co2", "Fe0.6 & Co0.4", "Fe0.6 and Co0.4", "0.6 Fe / 0.4 Co", "0.6·Fe + 0.4·Co",
}

// Every way to write two elements on one site is read as both.
func TestMixedTexts(t *testing.T) {
	for _, s := range mixedTexts {
		list, err := source.Decode("", []byte(cifOf(cubic4, p1, filled, "M1 '"+s+"' 0 0 0 1", "O1 O .5 .5 .5 1")))
		if err != nil {
			t.Errorf("%s: %v", s, err)
			continue
		}
		if got, want := content(list[0]), counts(t, "Fe 0.6, Co 0.4, O 1"); !equalContent(got, want) {
			t.Errorf("%s is read as %v\n%q", s, got, list[0].Notes)
		}
	}
}

// variants are files of the kinds that people have, as many programs write
// them; each must be read right.
func variants() []variant {
	natro := "Na 4, Cl 4"
	atomsOf := func(rows ...string) string { return atomsHead + strings.Join(rows, "\n") + "\n" }
	cellOf := func(text string) string {
		f := strings.Fields(text)
		return cell(f[0], f[1], f[2], f[3], f[4], f[5])
	}
	halite := cellOf(nacl4) + symbol("'F m -3 m'") + "\n" + atomsOf(salt, chlor)
	ops := func(lines ...string) string {
		return cellOf("5 6 7 90 90 90") + "loop_\n_symmetry_equiv_pos_as_xyz\n" + strings.Join(lines, "\n") + "\n" + atomsOf("Ba .1 .2 .3")
	}
	res := func(lines ...string) string {
		return "TITL x\nCELL 0.71073 7 8 9 90 100 90\nZERR 4 0.001 0.001 0.001 0 0.01 0\nLATT -1\nSFAC C O CU\nUNIT 4 4 4\nFVAR 0.5 0.7 0.25 0.6\n" + strings.Join(lines, "\n") + "\nHKLF 4\nEND\n"
	}
	poscar := func(lines ...string) string { return strings.Join(lines, "\n") + "\n" }
	pdb := func(lines ...string) string {
		return "CRYST1    4.000    4.000    4.000  90.00  90.00  90.00 P 1           1\n" + strings.Join(lines, "\n") + "\nEND\n"
	}
	list := []variant{
		// K01: pymatgen's CifWriter, with and without symmetry, and VESTA.
		{"pymatgen, formula of the cell", "# generated using pymatgen\ndata_NaCl\n_symmetry_space_group_name_H-M   Fm-3m\n_cell_length_a   5.64000000\n_cell_length_b   5.64000000\n_cell_length_c   5.64000000\n_cell_angle_alpha   90.00000000\n_cell_angle_beta   90.00000000\n_cell_angle_gamma   90.00000000\n_symmetry_Int_Tables_number   225\n_chemical_formula_structural   NaCl\n_chemical_formula_sum   'Na4 Cl4'\n_cell_volume   179.4\n_cell_formula_units_Z   4\nloop_\n _atom_site_type_symbol\n _atom_site_label\n _atom_site_symmetry_multiplicity\n _atom_site_fract_x\n _atom_site_fract_y\n _atom_site_fract_z\n _atom_site_occupancy\n  Na  Na0  4  0.00000000  0.00000000  0.00000000  1\n  Cl  Cl1  4  0.50000000  0.50000000  0.50000000  1\n", natro, 225, "", "differ"},
		{"pymatgen in P 1 with the formula of the cell", "# generated using pymatgen\ndata_NaCl\n_symmetry_space_group_name_H-M   'P 1'\n_cell_length_a   3.98808\n_cell_length_b   3.98808\n_cell_length_c   3.98808\n_cell_angle_alpha   60\n_cell_angle_beta   60\n_cell_angle_gamma   60\n_symmetry_Int_Tables_number   1\n_chemical_formula_structural   NaCl\n_chemical_formula_sum   'Na1 Cl1'\n_cell_volume   44.8\n_cell_formula_units_Z   1\nloop_\n _symmetry_equiv_pos_site_id\n _symmetry_equiv_pos_as_xyz\n  1  'x, y, z'\nloop_\n _atom_site_type_symbol\n _atom_site_label\n _atom_site_symmetry_multiplicity\n _atom_site_fract_x\n _atom_site_fract_y\n _atom_site_fract_z\n _atom_site_occupancy\n  Na  Na0  1  0.0  0.0  0.0  1\n  Cl  Cl1  1  0.5  0.5  0.5  1.0\n", "Na 1, Cl 1", 225, "", "differ"},
		{"pymatgen with oxidation states", "data_MgO\n_symmetry_space_group_name_H-M 'P 1'\n_cell_length_a 4\n_cell_length_b 4\n_cell_length_c 4\n_cell_angle_alpha 90\n_cell_angle_beta 90\n_cell_angle_gamma 90\n_chemical_formula_sum 'Mg1 O1'\n_cell_formula_units_Z 1\nloop_\n _symmetry_equiv_pos_site_id\n _symmetry_equiv_pos_as_xyz\n  1  'x, y, z'\nloop_\n _atom_type_symbol\n _atom_type_oxidation_number\n  Mg2+  2.0\n  O2-  -2.0\nloop_\n _atom_site_type_symbol\n _atom_site_label\n _atom_site_symmetry_multiplicity\n _atom_site_fract_x\n _atom_site_fract_y\n _atom_site_fract_z\n _atom_site_occupancy\n  Mg2+  Mg0  1  0.0  0.0  0.0  1\n  O2-  O1  1  0.5  0.5  0.5  1\n", "Mg 1, O 1", 221, "neutral", "differ"},
		{"formula of the cell with mixed sites", cifOf(cubic4, symbol("'I m -3 m'")+"\n_chemical_formula_sum 'Fe1.2 Co0.8'\n_cell_formula_units_Z 2", filled, "Fe1 Fe 0 0 0 .6", "Co1 Co 0 0 0 .4"), "Fe 1.2, Co 0.8", 229, "", "differ"},
		{"formula of the unit with mixed sites", cifOf(cubic4, symbol("'I m -3 m'")+"\n_chemical_formula_sum 'Fe0.6 Co0.4'\n_cell_formula_units_Z 2", filled, "Fe1 Fe 0 0 0 .6", "Co1 Co 0 0 0 .4"), "Fe 1.2, Co 0.8", 229, "", "differ"},
		// K03
		{"occupancies above one, all of them", cifOf(cubic4, p1, filled, "Na Na 0 0 0 1.2", "Cl Cl .5 .5 .5 1.5"), "Na 1, Cl 1", 0, "above 1", ""},
		{"an occupancy of 2 for two atoms", cifOf(cubic4, p1, filled, "O O .5 .5 .5 2", "Na Na 0 0 0 1"), "O 1, Na 1", 0, "above 1", ""},
		{"four elements on one position that add up to 1.2", cifOf(cubic4, p1, filled, "a Fe 0 0 0 .3", "b Co 0 0 0 .3", "c Ni 0 0 0 .3", "d Cr 0 0 0 .3"), "Fe 0.25, Co 0.25, Ni 0.25, Cr 0.25", 0, "scaled", ""},
		{"an occupancy in other words", cifOf(cubic4, p1, filled, "Na Na 0 0 0 1.00(0)", "K K .5 .5 .5 0.50(2)E+0"), "Na 1, K 0.5", 0, "", ""},
		{"all occupancies zero", cifOf(cubic4, p1, filled, "Na Na 0 0 0 1", "K K .5 .5 .5 0.000"), "Na 1", 0, "occupancy is 0", ""},
		// K04
		{"half atoms across a mirror", cifOf("4 5 6 90 90 90", symbol("'P m m m'"), filled, "Cu Cu 0 0 0 1", "O1 O .5 .5 .46 .5", "O2 O .5 .5 .54 .5"), "Cu 1, O 1", 0, "apart", "twice"},
		{"half atoms across a twofold axis", cifOf(mono, symbol("'P 1 2 1'"), filled, "Cu Cu 0 0 0 1", "O1 O .52 .3 .51 .5", "O2 O .48 .3 .49 .5"), "Cu 1, O 1", 0, "apart", "twice"},
		// K05, K18
		{"AMCSD hydroxyl and water", cifOf(cubic4, p1, plain, "CaM2 0 0 0", "OH .5 0 0", "Oh1 .5 .5 0", "Ow .5 0 .5", "O-H 0 .5 .5", "Wat .25 .25 .25"), "Ca 1, O 5", 0, "", "Not recognised"},
		{"AMCSD sites of feldspar", cifOf(cubic4, p1, plain, "NaA 0 0 0", "AlT1o .5 0 0", "SiT1m .5 .5 0", "OA1 .5 0 .5", "OBo .25 .25 .25", "KM .25 0 0"), "Na 1, Al 1, Si 1, O 2, K 1", 0, "", "Not recognised"},
		{"a vacancy as a type with a number", cifOf(cubic4, p1, filled, "Fe1 Fe 0 0 0 .9", "Vac1 Vac1 0 0 0 .1"), "Fe 0.9", 0, "left empty", "Not recognised"},
		{"a vacancy as a square", cifOf(cubic4, p1, filled, "Fe1 Fe 0 0 0 .9", "sq □ 0 0 0 .1"), "Fe 0.9", 0, "left empty", "Not recognised"},
		{"deuterated ice, deuterium as isotope", cifOf(cubic4, p1, filled, "O O 0 0 0 1", "D1 2H .2 0 0 .5", "D2 D .8 0 0 .5"), "O 1, H 1", 0, "Deuterium", ""},
		{"vanadium stays", cifOf(cubic4, symbol("'I m -3 m'")+"\n_chemical_formula_sum V", plain, "V1 0 0 0"), "V 2", 229, "", ""},
		// K06
		{"magnetic, new tags with centring", cellOf("5 6 7 90 90 90") + "loop_\n_space_group_symop_magn_operation.id\n_space_group_symop_magn_operation.xyz\n1 x,y,z,+1\n2 -x,-y,-z,+1\nloop_\n_space_group_symop_magn_centering.id\n_space_group_symop_magn_centering.xyz\n1 x,y,z,+1\n2 x+1/2,y+1/2,z,-1\n" + atomsOf("Fe .1 .2 .3") + "loop_\n_atom_site_moment.label\n_atom_site_moment.crystalaxis_x\n_atom_site_moment.crystalaxis_y\n_atom_site_moment.crystalaxis_z\nFe 0 0 2.1\n", "Fe 4", 0, "Magnetic", ""},
		{"magnetic, primes", cellOf("5 6 7 90 90 90") + "loop_\n_space_group_symop.magn_operation_xyz\n\"x,y,z,+1\"\n\"-x,y+1/2,-z,-1\"\n" + atomsOf("Fe .1 .2 .3"), "Fe 2", 0, "Magnetic", ""},
		{"composite, only the first part", cellOf("5 6 7 90 90 90") + "_cell_modulation_dimension 1\nloop_\n_cell_subsystem_code\n_cell_subsystem_description\n_cell_subsystem_matrix_W_1_1\n_cell_subsystem_matrix_W_1_2\n1 first 1 0\n2 second 0 1\nloop_\n_space_group_symop_ssg_id\n_space_group_symop_ssg_operation_algebraic\n1 x1,x2,x3,x4\n2 -x1,-x2,-x3,-x4\nloop_\n_atom_site_label\n_atom_site_subsystem_code\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\nSr 1 .1 .2 .3\nCu 2 0.01 .02 .4\nO 1 .3 .4 .1\n", "Sr 2, O 2", 0, "composite", ""},
		{"superspace operations under the usual tag", ops("x1,x2,x3,x4", "-x1,-x2,-x3,-x4"), "Ba 2", 0, "satellite", ""},
		{"superspace operations with x,y,z,t", ops("'x,y,z,t'", "'-x,-y,-z,1/2-t'"), "Ba 2", 0, "satellite", ""},
		// K07, K20: numbers
		{"uncertainties with exponents", cellOf(nacl4) + symbol("'P 1'") + "\n" + atomsOf("Na 2.5(3)E-1 5.0(1)e-02 1.0D-1", "Cl +.5 -.25 5."), "Na 1, Cl 1", 0, "", ""},
		{"uncertainties apart and of several kinds", cellOf("5.64(1) 5.64[1] 5.64±0.01 90(1) 90(.1) 90.0(12)") + symbol("'F m -3 m'") + "\n" + atomsOf(salt, chlor), natro, 225, "", ""},
		{"fractions and commas", cellOf("5,64 5,64(1) 5.64 90 90 90") + symbol("'F m -3 m'") + "\n" + atomsOf("Na 0/1 0 0", "Cl 1/2 ½ 0,5"), natro, 225, "", ""},
		// K08, K09
		{"symbol, number and Z in a loop", cellOf(nacl4) + "loop_\n_symmetry_space_group_name_H-M\n_symmetry_Int_Tables_number\n_cell_formula_units_Z\n'F m -3 m' 225 4\n" + atomsOf(salt, chlor), natro, 225, "", "no symmetry"},
		{"words of a name without quotes", "data_Rock salt, natural\n_chemical_name_mineral Rock salt\n_chemical_name_systematic sodium chloride (1/1)\n" + strings.TrimPrefix(halite, "data_x\n"), natro, 225, "", ""},
		{"a symbol without quotes before the number", cellOf(nacl4) + "_symmetry_space_group_name_H-M F m -3 m\n_symmetry_Int_Tables_number 225\n" + atomsOf(salt, chlor), natro, 225, "", ""},
		// K10 with symbols alone
		{"P 1 21/c, the last 1 left out", cellOf(mono) + symbol("'P 1 21/c'") + "\n" + atomsOf("C .1 .2 .3"), "C 4", 14, "", ""},
		{"P 1 1 21/b", cellOf("7 8 9 90 90 100") + symbol("'P 1 1 21/b'") + "\n" + atomsOf("C .1 .2 .3"), "C 4", 14, "", ""},
		{"B 1 1 2/m", cellOf("7 8 9 90 90 100") + symbol("'B 1 1 2/m'") + "\n" + atomsOf("C .1 .2 .3"), "C 8", 12, "", ""},
		{"B 2/m with c unique", cellOf("7 8 9 90 90 100") + symbol("'B 2/m'") + "\n" + atomsOf("C .1 .2 .3"), "C 8", 12, "", ""},
		{"I 1 2/a 1", cellOf(mono) + symbol("'I 1 2/a 1'") + "\n" + atomsOf("C .1 .2 .3"), "C 8", 15, "", ""},
		{"A 1 2/n 1", cellOf(mono) + symbol("'A 1 2/n 1'") + "\n" + atomsOf("C .1 .2 .3"), "C 8", 15, "", ""},
		{"C 1 21/c 1", cellOf(mono) + symbol("'C 1 21/c 1'") + "\n" + atomsOf("C .1 .2 .3"), "C 8", 15, "", ""},
		{"C 21/m", cellOf(mono) + symbol("'C 21/m'") + "\n" + atomsOf("C .1 .2 .3"), "C 8", 12, "", ""},
		{"I 1 21/n 1", cellOf(mono) + symbol("'I 1 21/n 1'") + "\n" + atomsOf("C .1 .2 .3"), "C 8", 0, "", "no symmetry"},
		{"B 21/c", cellOf(mono) + symbol("'B 21/c'") + "\n" + atomsOf("C .1 .2 .3"), "C 8", 14, "", ""},
		{"B 1 21/d 1", cellOf(mono) + symbol("'B 1 21/d 1'") + "\n" + atomsOf("C .1 .2 .3"), "C 8", 14, "", ""},
		{"F 1 2/d 1", cellOf(mono) + symbol("'F 1 2/d 1'") + "\n" + atomsOf("C .1 .2 .3"), "C 16", 15, "", ""},
		{"F 1 2/m 1", cellOf(mono) + symbol("'F 1 2/m 1'") + "\n" + atomsOf("C .1 .2 .3"), "C 16", 12, "", ""},
		{"B 1 2 1", cellOf(mono) + symbol("'B 1 2 1'") + "\n" + atomsOf("C .1 .2 .3"), "C 4", 0, "", "no symmetry"},
		{"F 1 d 1", cellOf(mono) + symbol("'F 1 d 1'") + "\n" + atomsOf("C .1 .2 .3"), "C 8", 0, "", "no symmetry"},
		{"P 21/n", cellOf(mono) + symbol("'P 21/n'") + "\n" + atomsOf("C .1 .2 .3"), "C 4", 14, "", ""},
		{"Pbnm", cellOf("5.3 5.5 7.7 90 90 90") + symbol("P b n m") + "\n" + atomsOf("Ca .99 .04 .25", "Ti 0 .5 0"), "Ca 4, Ti 4", 62, "", ""},
		{"F d d d, second origin by its atoms", cellOf("8 10 12 90 90 90") + symbol("'F d d d'") + "\n" + atomsOf("S .125 .125 .125"), "S 8", 70, "", ""},
		{"F d d d, first origin by its atoms", cellOf("8 10 12 90 90 90") + symbol("'F d d d'") + "\n_chemical_formula_sum S\n_cell_formula_units_Z 8\n" + atomsOf("S 0 0 0"), "S 8", 70, "", ""},
		{"I-42d without blanks", cellOf("5.29 5.29 10.42 90 90 90") + symbol("I-42d") + "\n" + atomsOf("Cu 0 0 0", "Fe 0 0 .5", "S .257 .25 .125"), "Cu 4, Fe 4, S 8", 122, "", ""},
		{"F -4 d 2", cellOf("7.481 7.481 10.42 90 90 90") + symbol("'F -4 d 2'") + "\n" + atomsOf("Cu 0 0 0", "Fe 0 0 .5"), "Cu 8, Fe 8", 0, "", "no symmetry"},
		{"F 4/m m m", cellOf("5.3599 5.3599 9.5 90 90 90") + symbol("'F 4/m m m'") + "\n" + atomsOf("Ba 0 0 0"), "Ba 4", 139, "", ""},
		{"F 41/d d m", cellOf("5.35 5.35 9.5 90 90 90") + symbol("'F 41/d d m'") + "\n" + atomsOf("Ti .1 .2 .3"), "Ti 64", 141, "", "no symmetry"},
		{"H for hexagonal axes", cellOf("3.76 3.76 10.55 90 90 120") + symbol("'H -3 m'") + "\n" + atomsOf("As 0 0 .227"), "As 6", 166, "", ""},
		{"H with full symbol", cellOf("3.76 3.76 10.55 90 90 120") + symbol("'H -3 2/m'") + "\n" + atomsOf("As 0 0 .227"), "As 6", 166, "", ""},
		{"R with hexagonal cell and nothing else", cellOf("3.76 3.76 10.55 90 90 120") + symbol("'R -3 m'") + "\n" + atomsOf("As 0 0 .227"), "As 6", 166, "", ""},
		{"ISO short symbol with markup", cellOf("3.2 3.2 5.2 90 90 120") + symbol("'P 6~3~/m m c'") + "\n" + atomsOf("Mg .33333 .66667 .25"), "Mg 2", 194, "", ""},
		{"TeX bars", cellOf(nacl4) + symbol(`'$Fm\bar{3}m$'`) + "\n" + atomsOf(salt, chlor), natro, 225, "", ""},
		{"capitals", cellOf(nacl4) + symbol("FM-3M") + "\n" + atomsOf(salt, chlor), natro, 225, "", ""},
		{"the old cubic symbol", cellOf(nacl4) + symbol("'F m 3 m'") + "\n" + atomsOf(salt, chlor), natro, 225, "", ""},
		{"the full cubic symbol", cellOf(nacl4) + symbol("'F 4/m -3 2/m'") + "\n" + atomsOf(salt, chlor), natro, 225, "", ""},
		{"the symbol with a Schoenflies symbol", cellOf(nacl4) + symbol("'F m -3 m (Oh^5)'") + "\n" + atomsOf(salt, chlor), natro, 225, "", ""},
		{"ICSD settings with Z", cellOf("5.431 5.431 5.431 90 90 90") + symbol("'F d -3 m Z'") + "\n" + atomsOf("Si .125 .125 .125"), "Si 8", 227, "", ""},
		{"origin in words", cellOf("5.431 5.431 5.431 90 90 90") + symbol("'F d -3 m (origin choice 1)'") + "\n" + atomsOf("Si 0 0 0"), "Si 8", 227, "", ""},
		// K12, operations in odd spellings
		{"operations with brackets", ops("'(x,y,z)'", "'(-x,-y,-z)'"), "Ba 2", 2, "", ""},
		{"operations with semicolons", ops("'x;y;z'", "'-x;-y;-z'"), "Ba 2", 2, "", ""},
		{"operations with numbers and brackets", ops("'1) x,y,z'", "'2) -x,-y,-z'"), "Ba 2", 2, "", ""},
		{"operations with a comma behind", ops("'x,y,z,'", "'-x,-y,-z,'"), "Ba 2", 2, "", ""},
		{"operations with blanks for commas", ops("'x y z'", "'-x -y -z'"), "Ba 2", 2, "", ""},
		{"operations without quotes, numbered", cellOf("5 6 7 90 90 90") + "loop_\n_symmetry_equiv_pos_site_id\n_symmetry_equiv_pos_as_xyz\n1 x, y, z\n2 -x, -y, -z\n" + atomsOf("Ba .1 .2 .3"), "Ba 2", 2, "", ""},
		{"operations with decimals", ops("x,y,z", "0.5000+x,0.5-y,-z", "-x,-y,-z", ".5-x,y+.5,z"), "Ba 4", 0, "", ""},
		{"operations in double quotes and capitals", ops(`"X, Y, Z"`, `"-X, -Y, -Z"`), "Ba 2", 2, "", ""},
		{"one operation alone, no loop", cellOf("5 6 7 90 90 90") + "_symmetry_equiv_pos_as_xyz 'x,y,z'\n" + atomsOf("Ba .1 .2 .3"), "Ba 1", 0, "", "no symmetry"},
		{"only the operations of a primitive cell", cellOf(nacl4) + symbol("'F m -3 m'") + "\n_symmetry_Int_Tables_number 225\nloop_\n_symmetry_equiv_pos_as_xyz\nx,y,z\n-x,-y,z\n" + atomsOf(salt, chlor), natro, 225, "contradict", ""},
		// K14, K26: POSCAR
		{"VASP 5 with everything", poscar("Cs Cl", " 1.00000000000000", "     4.0000000000000000    0.0000000000000000    0.0", " 0 4 0", " 0 0 4", "   Cs   Cl", "     1     1", "Selective dynamics", "Direct", "  0.0 0.0 0.0   T   T   F", "  0.5 0.5 0.5   F   F   F", "", "  0.00000000E+00  0.00000000E+00  0.00000000E+00"), "Cs 1, Cl 1", 221, "", ""},
		{"negative scale", poscar("x", "-64", "1 0 0", "0 1 0", "0 0 1", "Cs Cl", "1 1", "cart", "0 0 0", ".5 .5 .5"), "Cs 1, Cl 1", 221, "", ""},
		{"three factors", poscar("x", "4 2 1", "1 0 0", "0 2 0", "0 0 4", "Cs Cl", "1 1", "Kartesian", "0 0 0", ".5 1 2"), "Cs 1, Cl 1", 221, "", ""},
		{"VASP 4, symbols in the comment", poscar("Cs Cl", "1", "4 0 0", "0 4 0", "0 0 4", "1 1", "Direct", "0 0 0", ".5 .5 .5"), "Cs 1, Cl 1", 221, "", ""},
		{"VASP 4, a formula in the comment", poscar("CsCl", "1", "4 0 0", "0 4 0", "0 0 4", "1 1", "Direct", "0 0 0", ".5 .5 .5"), "Cs 1, Cl 1", 221, "", ""},
		{"VASP 4, a formula with numbers in the comment", poscar("Cu3 Au1", "1", "4 0 0", "0 4 0", "0 0 4", "3 1", "Direct", ".5 .5 0", ".5 0 .5", "0 .5 .5", "0 0 0"), "Cu 3, Au 1", 221, "", ""},
		{"VASP 4, symbols behind the positions", poscar("x", "1", "4 0 0", "0 4 0", "0 0 4", "1 1", "Direct", "0 0 0 Cs", ".5 .5 .5 Cl"), "Cs 1, Cl 1", 221, "", ""},
		{"a blank line before Direct", poscar("x", "1", "4 0 0", "0 4 0", "0 0 4", "Cs Cl", "1 1", "", "Direct", "0 0 0", ".5 .5 .5"), "Cs 1, Cl 1", 221, "", ""},
		{"XDATCAR", poscar("x", "1", "4 0 0", "0 4 0", "0 0 4", "Cs Cl", "1 1", "Direct configuration=     1", "0 0 0", ".5 .5 .5", "Direct configuration=     2", "0 0 0", ".4 .5 .5"), "Cs 1, Cl 1", 221, "", ""},
		{"potentials in the symbols", poscar("x", "1.0d0", "4 0 0", "0 4 0", "0 0 4", "Cs_sv/0123abcd Cl_h", "1 1", "frac", "0 0 0", ".5 .5 .5"), "Cs 1, Cl 1", 221, "", ""},
		{"tabs and old Mac lines", strings.ReplaceAll(poscar("x", "1", "4\t0\t0", "0\t4\t0", "0\t0\t4", "Cs\tCl", "1\t1", "Direct", "0\t0\t0", ".5\t.5\t.5"), "\n", "\r"), "Cs 1, Cl 1", 221, "", ""},
		// K13: XYZ
		{"positions before species", "2\nLattice=\"4 0 0 0 4 0 0 0 4\" Properties=pos:R:3:species:S:1 pbc=\"T T T\"\n0 0 0 Cs\n2 2 2 Cl\n", "Cs 1, Cl 1", 221, "", ""},
		{"numbers, forces and occupancies", "2\nProperties=id:I:1:Z:I:1:forces:R:3:pos:R:3:occupancy:R:1 Lattice='4 0 0 0 4 0 0 0 4'\n1 55 9 9 9 0 0 0 1\n2 17 9 9 9 2 2 2 .5\n", "Cs 1, Cl 0.5", 0, "", ""},
		{"a lattice turned in space", "2\nLattice=\"0 4 0 0 0 4 4 0 0\" Properties=species:S:1:pos:R:3\nCs 0 0 0\nCl 2 2 2\n", "Cs 1, Cl 1", 221, "", ""},
		{"a lattice in brackets", "2\nLattice=[[4,0,0],[0,4,0],[0,0,4]] Properties=species:S:1:pos:R:3\nCs 0 0 0\nCl 2 2 2\n", "Cs 1, Cl 1", 221, "", ""},
		{"words instead of species and pos", "2\nLattice=\"4 0 0 0 4 0 0 0 4\" Properties=element:S:1:position:R:3\nCs 0 0 0\nCl 2 2 2\n", "Cs 1, Cl 1", 221, "", ""},
		{"labels with numbers", "2\nLattice=\"4 0 0 0 4 0 0 0 4\"\nCs1 0 0 0\nCl2 2 2 2\n", "Cs 1, Cl 1", 221, "", ""},
		{"blank lines and remarks around", "\n2\nLattice=\"4 0 0 0 4 0 0 0 4\"\nCs 0 0 0\nCl 2 2 2\n\n", "Cs 1, Cl 1", 221, "", ""},
		{"tabs", "2\nLattice=\"4\t0\t0\t0\t4\t0\t0\t0\t4\"\nCs\t0\t0\t0\nCl\t2\t2\t2\n", "Cs 1, Cl 1", 221, "", ""},
		// K15: JSON
		{"OPTIMADE with mass and vacancies", `{"data":[{"id":"1","type":"structures","attributes":{"nsites":2,"lattice_vectors":[[4,0,0],[0,4,0],[0,0,4]],"cartesian_site_positions":[[0,0,0],[2,2,2]],"species_at_sites":["a","b"],"species":[{"name":"a","chemical_symbols":["Fe","Co","vacancy"],"concentration":[0.5,0.3,0.2],"mass":[55.8,58.9,null]},{"name":"b","chemical_symbols":["O"],"concentration":[1.0],"mass":[15.999],"original_name":"O2"}]}}],"meta":{}}`, "Fe 0.5, Co 0.3, O 1", 0, "", "Not recognised"},
		{"OPTIMADE with an unknown species and no table", `{"attributes":{"lattice_vectors":[[4,0,0],[0,4,0],[0,0,4]],"cartesian_site_positions":[[0,0,0],[2,2,2]],"species_at_sites":["Cs","Cl"]}}`, "Cs 1, Cl 1", 221, "", ""},
		{"pymatgen with disorder", `{"@module":"pymatgen.core.structure","@class":"Structure","lattice":{"matrix":[[4,0,0],[0,4,0],[0,0,4]],"pbc":[true,true,true]},"sites":[{"species":[{"element":"Fe","occu":0.6},{"element":"Co","occu":0.4}],"abc":[0,0,0],"xyz":[0,0,0],"label":"Fe, Co"},{"species":[{"element":"O","oxidation_state":-2,"occu":1}],"abc":[0.5,0.5,0.5]}]}`, "Fe 0.6, Co 0.4, O 1", 0, "", ""},
		{"pymatgen lattice by parameters", `{"lattice":{"a":4,"b":4,"c":4,"alpha":90,"beta":90,"gamma":90},"sites":[{"species":[{"element":"Po","occu":1}],"abc":[0,0,0]}]}`, "Po 1", 221, "", ""},
		{"JARVIS with abc and words", `[{"jid":"JVASP-1","atoms":{"lattice_mat":[[4,0,0],[0,4,0],[0,0,4]],"coords":[[0,0,0],[2,2,2]],"elements":["Cs ","Cl "],"abc":[4,4,4],"angles":[90,90,90],"cartesian":true,"props":["",""]}}]`, "Cs 1, Cl 1", 221, "", ""},
		{"ASE's list of a trajectory", `[{"numbers":[55,17],"positions":[[0,0,0],[2,2,2]],"cell":[[4,0,0],[0,4,0],[0,0,4]],"pbc":[true,true,true]}]`, "Cs 1, Cl 1", 221, "", ""},
		{"six numbers of a cell", `{"symbols":["Cs","Cl"],"scaled_positions":[[0,0,0],[0.5,0.5,0.5]],"cell":[4,4,4,90,90,90]}`, "Cs 1, Cl 1", 221, "", ""},
		// K16: SHELX
		{"a fragment is no atoms", res("FRAG 17 1 1 1 90 90 90", "C1 1 1.2 2.3 3.4", "C2 1 2.2 2.3 3.4", "FEND", "Cu1 3 .1 .2 .3 11 .02"), "Cu 1", 0, "", ""},
		{"three free variables", res("Cu1 3 .1 .2 .3 31 .02", "C1 1 .4 .5 .6 41 .02", "O1 2 .7 .8 .9 -41 .02"), "Cu 0.25, C 0.6, O 0.4", 0, "", ""},
		{"occupancies of PART", res("PART 1 21", "O1A 2 .1 .2 .3 11 .02", "PART 2 -21", "O1B 2 .15 .2 .3 11 .02", "PART 0", "Cu1 3 .5 .5 .5 11 .02"), "O 1, Cu 1", 0, "", ""},
		{"residues, riding hydrogens, peaks", "TITL x\nCELL 0.71073 7 8 9 90 100 90\nLATT -1\nSFAC C H CU\nUNIT 4 4 4\nFVAR 1\nRESI 1 ALA\nC1_1 1 .1 .2 .3 11 .02 .03 =\n .02 0 0 0\nAFIX 43\nH1 2 .2 .3 .4 11 -1.2\nAFIX 0\nRESI 0\nCu1 3 .5 .5 .5 11 .02\nHKLF 4\nREM  x\nWGHT 0.1\nREM Highest difference peak  0.3\nQ1 1 .3 .3 .3 11.0 0.05 1.2\nEND\n", "C 1, H 1, Cu 1", 0, "", ""},
		{"SFAC in the long form", "TITL x\nCELL 0.02508 4 4 4 90 90 90\nLATT -1\nSFAC Cs 2.31 20.8 1.02 10.2 1.58 0.56 0.86 51.6 =\n 0.21 0 0 0 1.6 132.9\nSFAC Cl\nUNIT 1 1\nCs1 1 10 10 10 11 .02\nCl1 2 10.5 10.5 10.5 11 .02\nEND\n", "Cs 1, Cl 1", 221, "", ""},
		{"lines that begin with blanks", "  TITL x\n  CELL 0.71 4 4 4 90 90 90\n  LATT -1\n  SFAC Cs Cl\n  UNIT 1 1\n  Cs1 1 10 10 10 11 .02\n  Cl1 2 10.5 10.5 10.5 11 .02\n  END\n", "Cs 1, Cl 1", 221, "", ""},
		{"centred, centrosymmetric, on a special position", "TITL NaCl in F\nCELL 0.71 5.64 5.64 5.64 90 90 90\nLATT 4\nSYMM -X,-Y,Z\nSYMM -X,Y,-Z\nSYMM Z,X,Y\nSYMM Y,X,-Z\nSFAC Na Cl\nUNIT 4 4\nFVAR 1\nNa1 1 0 0 0 10.02083 .02\nCl1 2 .5 .5 .5 10.02083 .02\nEND\n", natro, 225, "", ""},
		{"an atom moved", res("MOVE 1 1 1 -1", "Cu1 3 .1 .2 .3 11 .02", "C1 1 .4 .5 .6 11 .02"), "Cu 1, C 1", 0, "", ""},
		// PDB, mmCIF
		{"PDB with free blanks", "CRYST1 4.000 4.000 4.000 90.00 90.00 90.00 P 1\nATOM      1 CS    CS A   1       0.000   0.000   0.000  1.00 10.00          CS\nEND\n", "Cs 1", 0, "", ""},
		{"PDB of Materials Studio", pdb("ATOM      1 Si   MOL     2       0.000   0.000   0.000  1.00  0.00", "ATOM      2  Fe  MOL     2       2.000   2.000   2.000  1.00  0.00"), "Si 1, Fe 1", 0, "", ""},
		{"PDB with ANISOU", pdb("ATOM      1 CS    CS A   1       0.000   0.000   0.000  1.00  0.00          CS", "ANISOU    1 CS    CS A   1      127    127    127      0      0      0      CS"), "Cs 1", 221, "", ""},
		{"PDB with SCALE and two models", "MODEL        1\n" + pdb("ATOM      1 CS    CS A   1       0.000   0.000   0.000  1.00 10.00          CS", "ENDMDL", "MODEL        2", "ATOM      1 CS    CS A   1       0.100   0.000   0.000  1.00 10.00          CS"), "Cs 1", 0, "", ""},
		{"mmCIF without a space group", "data_X\n_cell.length_a 4\n_cell.length_b 4\n_cell.length_c 4\n_cell.angle_alpha 90\n_cell.angle_beta 90\n_cell.angle_gamma 90\nloop_\n_atom_site.group_PDB\n_atom_site.id\n_atom_site.type_symbol\n_atom_site.Cartn_x\n_atom_site.Cartn_y\n_atom_site.Cartn_z\nHETATM 1 CS 0 0 0\nHETATM 2 CL 2 2 2\n", "Cs 1, Cl 1", 221, "whole cell", ""},
		// K19, K26: CIF as text
		{"triple quotes of CIF 2", "#\\#CIF_2.0\ndata_x\n_chemical_name_common '''rock\nsalt'''\n" + strings.TrimPrefix(cellOf(nacl4), "data_x\n") + "_space_group_name_H-M_alt \"\"\"F m -3 m\"\"\"\n" + atomsOf(salt, chlor), natro, 225, "", ""},
		{"triple quotes without the head of CIF 2", cellOf(nacl4) + "_space_group_name_H-M_alt '''F m -3 m'''\n" + atomsOf(salt, chlor), natro, 225, "", ""},
		{"tags in other letters", "DATA_X\n_CELL_LENGTH_A 5.64\n_Cell_Length_B 5.64\n_cell.length_c 5.64\n_cell_angle_alpha 90\n_cell_angle_beta 90\n_cell_angle_gamma 90\n_Symmetry_Space_Group_Name_h-m 'F m -3 m'\nLOOP_\n_Atom_Site_Label\n_atom_site.fract_x\n_atom_site_Fract_Y\n_ATOM_SITE_FRACT_Z\nNa 0 0 0\nCl .5 .5 .5\n", natro, 225, "", ""},
		{"no data_ and no loop_", strings.TrimPrefix(strings.Replace(halite, "loop_\n", "", 1), "data_x\n"), natro, 225, "loop_", ""},
		{"loop_ missing before the atoms only", strings.Replace(halite, "loop_\n_atom", "_atom", 1), natro, 225, "loop_", ""},
		{"an item without its value", strings.Replace(halite, "loop_", "_cell_measurement_temperature\n_cell_formula_units_Z\n_chemical_formula_moiety 'Na Cl'\nloop_", 1), natro, 225, "", ""},
		{"tabs for blanks", strings.NewReplacer(" ", "\t", "'F m -3 m'", "'F m -3 m'").Replace(halite), natro, 225, "", ""},
		{"old Mac lines", strings.ReplaceAll(halite, "\n", "\r"), natro, 225, "", ""},
		{"Latin-1", strings.Replace(halite, "data_x\n", "data_x\n_publ_author_name 'M\xfcller, J.'\n_chemical_name_common \"\xc5kermanite\"\n", 1), natro, 225, "", ""},
		{"two blocks, the first without a crystal", "data_global\n_journal_year 2001\n_publ_section_title\n;\nA title\n;\n" + halite, natro, 225, "", ""},
		{"atoms in any order of columns, with others between", cellOf(nacl4) + symbol("'F m -3 m'") + "\nloop_\n_atom_site_fract_z\n_atom_site_adp_type\n_atom_site_fract_x\n_atom_site_label\n_atom_site_U_iso_or_equiv\n_atom_site_fract_y\n_atom_site_type_symbol\n0 Uiso 0 Na1 0.01(1) 0 Na1+\n.5 Uiso .5 Cl1 ? .5 Cl1-\n", natro, 225, "", ""},
		{"rows over several lines", cellOf(nacl4) + symbol("'F m -3 m'") + "\nloop_\n_atom_site_label\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\nNa\n0 0\n0 Cl .5\n.5\n.5\n", natro, 225, "", ""},
		{"remarks between rows", strings.Replace(halite, "Cl .5", "# the anion\nCl .5", 1), natro, 225, "", ""},
		{"the end in the middle of a text field", halite + "_publ_section_comment\n;\nnot closed", natro, 225, "", ""},
		// K21, K22, K23
		{"thirds with three digits", cifOf("3.2 3.2 5.2 90 90 120", symbol("'P 63/m m c'"), plain, "Mg .333 .667 .25"), "Mg 2", 194, "", ""},
		{"thirds cut off, no zero", cifOf("3.2 3.2 5.2 90 90 120", symbol("'P 63/m m c'"), plain, "Mg .33 .66 .75"), "Mg 2", 194, "", ""},
		{"twelfths with two digits", cifOf("8 8 8 90 90 90", symbol("'P 43 3 2'"), plain, "Si .125 .125 .125"), "Si 4", 0, "", ""},
		{"an almost hexagonal cell", cifOf("3.20 3.21 5.2 90 90 119.8", symbol("'P 63/m m c'"), plain, "Mg .33333 .66667 .25"), "Mg 2", 194, "made to fit", ""},
		{"an almost monoclinic cell", cifOf("7 8 9 90.3 100 89.8", symbol("'P 1 21/c 1'"), plain, "C .1 .2 .3"), "C 4", 14, "made to fit", ""},
		{"gamma missing, R on hexagonal axes", "data_x\n_cell_length_a 3.76\n_cell_length_b 3.76\n_cell_length_c 10.55\n_cell_angle_alpha 90\n_cell_angle_beta 90\n" + symbol("'R -3 m :H'") + "\n" + atomsOf("As 0 0 .227"), "As 6", 166, "120°", ""},
		// K28
		{"CSD, suppressed atoms in P 1", cifOf(triclo, p1, plain, "Cu1 0 0 0", "C1 .1 .2 .3", "C1? .12 .22 .3", "C2? .5 .5 .5"), "Cu 1, C 1", 0, "behind the label", ""},
		// More of all kinds.
		{"a number in place of a symbol", cifOf(nacl4, symbol("'SG 225'"), plain, salt, chlor), "Na 4, Cl 4", 225, "", "contradict"},
		{"a number with its word", cifOf(nacl4, symbol("'Space group No. 225'"), plain, salt, chlor), "Na 4, Cl 4", 225, "", "contradict"},
		{"mixed sites without quotes", cifOf(cubic4, p1, filled, "M1 0.8Nb + 0.2Zr 0 0 0 1", "O1 O .5 .5 .5 1"), "Nb 0.8, Zr 0.2, O 1", 0, "", "cannot be read"},
		{"mixed sites without quotes, whole rows by chance", cifOf(cubic4, p1, filled, "M1 0.8Nb + 0.2Zr 0 0 0 1", "M2 0.8Nb + 0.2Zr .5 0 0 1", "M3 0.8Nb + 0.2Zr 0 .5 0 1"), "Nb 2.4, Zr 0.6", 0, "", "cannot be read"},
		{"mixed sites without quotes, the numbers apart", cifOf(cubic4, p1, filled, "M1 0.8 Nb + 0.2 Zr 0 0 0 1", "O1 O .5 .5 .5 1"), "Nb 0.8, Zr 0.2, O 1", 0, "", "cannot be read"},
		{"mixed sites without quotes, no sign between", cifOf(cubic4, p1, filled, "M1 0.8Nb 0.2Zr 0 0 0 1", "O1 O .5 .5 .5 1"), "Nb 0.8, Zr 0.2, O 1", 0, "", "cannot be read"},
		{"mixed sites without quotes, shares behind, no sign", cifOf(cubic4, p1, filled, "M1 Nb0.8 Zr0.2 0 0 0 1", "O1 O .5 .5 .5 1"), "Nb 0.8, Zr 0.2, O 1", 0, "", "cannot be read"},
		{"mixed sites without quotes, a comma", cifOf(cubic4, p1, filled, "M1 Nb 0.8, Zr 0.2 0 0 0 1", "O1 O .5 .5 .5 1"), "Nb 0.8, Zr 0.2, O 1", 0, "", "cannot be read"},
		{"mixed sites without quotes, a sign at the second", cifOf(cubic4, p1, filled, "M1 0.8Nb +0.2Zr 0 0 0 1", "O1 O .5 .5 .5 1"), "Nb 0.8, Zr 0.2, O 1", 0, "", "cannot be read"},
		{"mixed sites without quotes, a stroke", cifOf(cubic4, p1, filled, "M1 0.8Nb / 0.2Zr 0 0 0 1", "O1 O .5 .5 .5 1"), "Nb 0.8, Zr 0.2, O 1", 0, "", "cannot be read"},
		{"mixed sites without quotes, ions", cifOf(cubic4, p1, filled, "M1 0.8Nb5+ + 0.2Zr4+ 0 0 0 1", "O1 O .5 .5 .5 1"), "Nb 0.8, Zr 0.2, O 1", 0, "", "cannot be read"},
		{"mixed sites without quotes, in the last column", cifOf(cubic4, p1, "label fract_x fract_y fract_z occupancy type_symbol", "M1 0 0 0 1 0.8Nb 0.2Zr", "O1 .5 .5 .5 1 O"), "Nb 0.8, Zr 0.2, O 1", 0, "", "cannot be read"},
		{"mixed sites without quotes, whole rows by chance, no signs", cifOf(cubic4, p1, filled, "M1 0.8Nb 0.2Zr 0 0 0 1", "M2 0.8Nb 0.2Zr .5 0 0 1", "M3 0.8Nb 0.2Zr 0 .5 0 1", "M4 0.8Nb 0.2Zr 0 0 .5 1", "M5 0.8Nb 0.2Zr .5 .5 0 1", "M6 0.8Nb 0.2Zr .5 0 .5 1"), "Nb 4.8, Zr 1.2", 0, "", "cannot be read"},
		{"a label of two words", cifOf(cubic4, p1, filled, "M site Nb 0 0 0 1", "O1 O .5 .5 .5 1"), "Nb 1, O 1", 0, "", "cannot be read"},
		{"a Wyckoff position of two words", cifOf(nacl4, symbol("'F m -3 m'"), "label type_symbol Wyckoff_symbol fract_x fract_y fract_z", "Na1 Na 4 a 0 0 0", "Cl1 Cl 4 b .5 .5 .5"), "Na 4, Cl 4", 225, "", "cannot be read"},
		{"a number that has no column is in none", cifOf(cubic4, p1, plain, "Na 0 0 0", "K .5 .5 0", "Cl .5 .5 .5 0.9"), "Na 1, K 1", 0, "cannot be read", ""},
		{"a number behind a symbol that has no column is in none", cifOf(cubic4, p1, "type_symbol fract_x fract_y fract_z", "Na 0 0 0", "K .5 .5 0", "Cl .5 .5 .5 0.9"), "Na 1, K 1", 0, "cannot be read", ""},
		{"a short row before another list", cifOf(nacl4, "", plain, "Na 0 0 0", "Cl .5 .5 .5", "X .5 .5") + "loop_\n_symmetry_equiv_pos_as_xyz\nx,y,z\nx+1/2,y+1/2,z\nx+1/2,y,z+1/2\nx,y+1/2,z+1/2\n", "Na 4, Cl 4", 225, "cannot be read", "no symmetry"},
		{"three parts without quotes", cifOf(cubic4, p1, filled, "M1 0.5Fe + 0.3Co + 0.2Ni 0 0 0 1"), "Fe 0.5, Co 0.3, Ni 0.2", 0, "", "cannot be read"},
		{"numbers in quotes", `{"lattice":{"matrix":[["4","0","0"],["0","4.0","0"],["0","0","4e0"]]},"sites":[{"species":[{"element":"Si","occu":"1"}],"abc":["0","0.5","0"]}]}`, "Si 1", 0, "", ""},
		{"numbers in quotes, OPTIMADE", `{"attributes":{"lattice_vectors":[["4","0","0"],["0","4","0"],["0","0","4"]],"cartesian_site_positions":[["0","0","0"],["2","2","2"]],"species_at_sites":["a","b"],"species":[{"name":"a","chemical_symbols":["Fe","Co"],"concentration":["0.6","0.4"]},{"name":"b","chemical_symbols":["O"],"concentration":["1"]}]}}`, "Fe 0.6, Co 0.4, O 1", 0, "", ""},
		{"numbers in quotes, JARVIS, with other words", `{"jid":"1","atoms":{"lattice_mat":[["4","0","0"],["0","4","0"],["0","0","4"]],"coords":[["0","0","0"],["1/2","0,5","0.5(1)"]],"elements":["Cs","Cl"],"cartesian":"false","props":["1","2"]}}`, "Cs 1, Cl 1", 221, "", ""},
		{"numbers in quotes, ASE", `{"cell":["4","4","4"],"positions":[["0","0","0"],["2","2","2"]],"numbers":["55","17"]}`, "Cs 1, Cl 1", 221, "", ""},
		{"nine numbers in one string", `{"cell":"4 0 0 0 4 0 0 0 4","positions":[[0,0,0],[2,2,2]],"numbers":"[55 17]"}`, "Cs 1, Cl 1", 221, "", ""},
		{"numbers in quotes, pymatgen by parameters", `{"lattice":{"a":"4.00(1)","b":"4 Å","c":"4","alpha":"90","beta":"90","gamma":"90"},"sites":[{"species":[{"element":"Cs","occu":"1.0","oxidation_state":"1"}],"abc":["0","0","0"],"label":"1"},{"species":{"Cl":"1"},"abc":[".5","+0.5","5e-1"],"label":2}]}`, "Cs 1, Cl 1", 221, "", ""},
		{"numbers in quotes in the second structure alone", `[{"lattice":{"matrix":[[4,0,0],[0,4,0],[0,0,4]]},"sites":[{"species":[{"element":"Po","occu":1}],"abc":[0,0,0]}]},{"lattice":{"matrix":[["4","0","0"],["0","4","0"],["0","0","4"]]},"sites":[{"species":[{"element":"Fe","occu":"1"}],"abc":["0","0","0"]}]}]`, "Po 1", 221, "", "Not read"},
		{"thirds on a threefold axis", cifOf("5 5 6 90 90 120", symbol("'P 3'"), filled, "Cu Cu 0 0 0 1", "O1 O .02 .01 .5 .3333", "O2 O -.01 .01 .5 .3333", "O3 O -.01 -.02 .5 .3333"), "Cu 1, O 0.9999", 0, "apart", "twice"},
		{"half H around inversion", cifOf("7 8 9 90 100 90", symbol("'P -1'"), filled, "O O .1 .2 .3 1", "H1A H .45 .5 .5 .5"), "O 2, H 1", 0, "", ""},
		{"mixed with occupancy rows equal", cifOf(cubic4, symbol("'F m -3 m'"), filled, "Fe1 Fe 0 0 0 .5", "Ni1 Ni 0 0 0 .5", "Fe2 Fe 0 .5 .5 .5", "Ni2 Ni 0 .5 .5 .5"), "Fe 2, Ni 2", 0, "", ""},
		{"ops duplicated", cifOf(nacl4, symbol("'F m -3 m'")+"\nloop_\n_symmetry_equiv_pos_as_xyz\nx,y,z\nx,y,z\nx,y,z", plain, salt, chlor), "Na 4, Cl 4", 225, "contradict", ""},
		{"P1 claims with IT 1 and whole", cifOf(nacl4, "_symmetry_Int_Tables_number 1\n_symmetry_space_group_name_H-M 'P1'", plain, salt, chlor), "Na 1, Cl 1", 221, "", ""},
		{"number text with dot", cifOf(nacl4, "_symmetry_Int_Tables_number 225.", plain, salt, chlor), "Na 4, Cl 4", 225, "", ""},
		{"number in quotes", cifOf(nacl4, "_symmetry_Int_Tables_number '225'", plain, salt, chlor), "Na 4, Cl 4", 225, "", ""},
		{"number with its words", cifOf(nacl4, "_symmetry_Int_Tables_number 'SG 225'", plain, salt, chlor), "Na 4, Cl 4", 225, "", ""},
		{"number with its words, no quotes", cifOf(nacl4, "_space_group_IT_number No. 225", plain, salt, chlor), "Na 4, Cl 4", 225, "", ""},
		{"a number for a symbol, no quotes", cifOf(nacl4, symbol("SG 225"), plain, salt, chlor), "Na 4, Cl 4", 225, "", ""},
		{"words before a symbol", cifOf(nacl4, symbol("'Space group: F m -3 m'"), plain, salt, chlor), "Na 4, Cl 4", 225, "", ""},
		{"words before a symbol, short", cifOf(nacl4, symbol("'S.G. Fm-3m'"), plain, salt, chlor), "Na 4, Cl 4", 225, "", ""},
		{"a number before its symbol", cifOf(nacl4, symbol("'225 - F m -3 m'"), plain, salt, chlor), "Na 4, Cl 4", 225, "", ""},
		{"a number and its symbol in words", cifOf(nacl4, symbol("'SG #225 (Fm-3m)'"), plain, salt, chlor), "Na 4, Cl 4", 225, "", ""},
		{"symbol with number in front", cifOf(nacl4, symbol("'225: F m -3 m'"), plain, salt, chlor), "Na 4, Cl 4", 225, "", ""},
		{"symbol ?", cifOf(nacl4, symbol("?")+"\n_symmetry_Int_Tables_number 225", plain, salt, chlor), "Na 4, Cl 4", 225, "", ""},
		{"symbol unknown word", cifOf(nacl4, symbol("'unknown'")+"\n_symmetry_Int_Tables_number 225", plain, salt, chlor), "Na 4, Cl 4", 225, "", ""},
		{"symbol empty quotes", cifOf(nacl4, symbol("''")+"\n_symmetry_Int_Tables_number 225", plain, salt, chlor), "Na 4, Cl 4", 225, "", ""},
		{"symbol number only", cifOf(nacl4, symbol("225"), plain, salt, chlor), "Na 4, Cl 4", 225, "", ""},
		{"Fm-3m with unicode minus", cifOf(nacl4, symbol("'F m −3 m'"), plain, salt, chlor), "Na 4, Cl 4", 225, "", ""},
		{"Fm3̅m", cifOf(nacl4, symbol("'Fm3̅m'"), plain, salt, chlor), "Na 4, Cl 4", 225, "", ""},
		{"Fm-3m S.G.", cifOf(nacl4, symbol("'Fm-3m S.G.'"), plain, salt, chlor), "Na 4, Cl 4", 225, "", ""},
		{"cubic Fm-3m", cifOf(nacl4, symbol("'cubic Fm-3m'"), plain, salt, chlor), "Na 4, Cl 4", 225, "", ""},
		{"R -3 c :H on rhomb", cifOf("6.36 6.36 6.36 46.1 46.1 46.1", symbol("'R -3 c :H'"), plain, "Ca 0 0 0", "C .25 .25 .25"), "Ca 2, C 2", 0, "is used", ""},
		{"R -3 c hexagonal axes with rhomb cell comment", cifOf("4.99 4.99 17.06 90 90 120", symbol("'R -3 c (hexagonal axes)'"), plain, "Ca 0 0 0", "C 0 0 .25"), "Ca 6, C 6", 166, "", ""},
		{"R3c r", cifOf("4.99 4.99 17.06 90 90 120", symbol("R-3cH"), plain, "Ca 0 0 0", "C 0 0 .25"), "Ca 6, C 6", 166, "", ""},
		{"H R3-m", cifOf("3.76 3.76 10.55 90 90 120", symbol("'R -3 m h'"), plain, "As 0 0 .227"), "As 6", 166, "", ""},
		{"gamma 120 missing, ? angle alpha", "data_x\n_cell_length_a 3.2\n_cell_length_b 3.2\n_cell_length_c 5.2\n_cell_angle_alpha ?\n_cell_angle_beta .\n" + symbol("'P 63/m m c'") + "\n" + atomsHead + "Mg .33333 .66667 .25\n", "Mg 2", 194, "120", ""},
		{"volume only cubic", "data_x\n_cell_length_a 5.64\n_cell_length_b ?\n_cell_length_c ?\n" + symbol("'F m -3 m'") + "\n" + atomsHead + salt + "\n" + chlor + "\n", "Na 4, Cl 4", 225, "", ""},
		{"twelve digits thirds .083", cifOf("9 9 9 90 90 90", symbol("'P 21 3'"), plain, "Si .08 .08 .08"), "Si 4", 0, "", ""},
		{"2-digit thirds in trigonal mixed", cifOf("3.2 3.2 5.2 90 90 120", symbol("'P -3 m 1'"), plain, "Ti 0 0 0", "S .33 .67 .25"), "Ti 1, S 2", 164, "", ""},
		{"2-digit .66 .33", cifOf("3.2 3.2 5.2 90 90 120", symbol("'P -3 m 1'"), plain, "Ti 0 0 0", "S .33 .66 .25"), "Ti 1, S 2", 164, "", ""},
		{"oh groups", cifOf(cubic4, p1, filled, "O1 OH 0 0 0 1", "O2 O-H .5 0 0 1", "O3 OH- .5 .5 0 1", "N NH4+ .5 .5 .5 1", "C CH3 0 .5 .5 1"), "O 3, N 1, C 1", 0, "", ""},
		{"charges", cifOf(cubic4, p1, filled, "a Fe+3 0 0 0 1", "b Fe3+ .5 0 0 1", "c O-2 .5 .5 0 1", "d 'O2-' .5 .5 .5 1", "e Ti4.5+ 0 .5 .5 1", "f Na+ .25 .25 .25 1", "g Cl- .75 .75 .75 1", "h Zr0+ .25 .75 .25 1"), "Fe 2, O 2, Ti 1, Na 1, Cl 1, Zr 1", 0, "", ""},
		{"type with number", cifOf(cubic4, p1, filled, "a Fe1 0 0 0 1", "b FE2 .5 0 0 1", "c si .5 .5 0 1", "d SI .5 .5 .5 1"), "Fe 2, Si 2", 0, "", ""},
		{"labels only odd", cifOf(cubic4, p1, plain, "FE(1) 0 0 0", "O(1A) .5 0 0", "CL1 .5 .5 0", "Na_1 .5 .5 .5", "SI-2 0 .5 .5", "C1' .25 .25 .25", "Al1* .25 .75 .25"), "Fe 1, O 1, Cl 1, Na 1, Si 1, C 1, Al 1", 0, "", ""},
		{"mixed labels w/out type", cifOf(cubic4, p1+"\n_chemical_formula_sum 'Fe0.5 Co0.5 O'", "label fract_x fract_y fract_z occupancy", "Fe1 0 0 0 .5", "Co1 0 0 0 .5", "O1 .5 .5 .5 1"), "Fe 0.5, Co 0.5, O 1", 0, "", ""},
		{"mixed label", cifOf(cubic4, p1, "label fract_x fract_y fract_z occupancy", "(Fe0.5Co0.5) 0 0 0 1", "O1 .5 .5 .5 1"), "Fe 0.5, Co 0.5, O 1", 0, "", ""},
		{"atom type in other order with dummy", cifOf(cubic4, p1, filled, "Fe Fe 0 0 0 1", "Cg1 Cg .5 .5 .5 1", "Du Du .5 0 0 1"), "Fe 1", 0, "", ""},
		{"mcif without ops but BNS", cifOf("5 6 7 90 90 90", "_space_group_magn.name_BNS \"Pn'ma'\"\n_space_group_magn.number_BNS 62.448", plain, "Fe 0 0 0"), "Fe 4", 0, "", "no symmetry"},
		{"mcif parent symbol", cifOf("5 6 7 90 90 90", "_parent_space_group.name_H-M_alt 'P n m a'\nloop_\n_space_group_symop_magn_operation.xyz\nx,y,z,+1\n-x,-y,-z,+1\n-x,y+1/2,-z,-1\nx,-y+1/2,z,-1", plain, "Fe .1 .2 .3"), "Fe 4", 0, "Magnetic", "no symmetry"},
		{"ssg d dims", cifOf("5 6 7 90 90 90", "_cell_modulation_dimension 1\n_space_group_ssg_name 'P21/c(a0g)0s'", plain, "Fe .1 .2 .3"), "Fe 4", 0, "satellite", ""},
		{"ssg op with n", cifOf("5 6 7 90 90 90", "loop_\n_space_group_symop_ssg_id\n_space_group_symop_ssg_operation_algebraic\n1 x1,x2,x3,x4\n2 x1+1/2,-x2,x3,-x4+x1\n", plain, "Fe .1 .2 .3"), "Fe 2", 0, "satellite", ""},
		{"AFLOW json", `{"compound":"Cl1Cs1","auid":"aflow:1","geometry":[4,4,4,90,90,90],"species":["Cl","Cs"],"composition":[1,1],"positions_fractional":[[0,0,0],[0.5,0.5,0.5]]}`, "Cs 1, Cl 1", 221, "", ""},
		{"MP summary list", `{"data":[{"material_id":"mp-22865","formula_pretty":"CsCl","structure":{"lattice":{"matrix":[[4,0,0],[0,4,0],[0,0,4]]},"sites":[{"species":[{"element":"Cs","occu":1}],"abc":[0,0,0]},{"species":[{"element":"Cl","occu":1}],"abc":[0.5,0.5,0.5]}]}}]}`, "Cs 1, Cl 1", 221, "", ""},
		{"pymatgen species dict", `{"lattice":[[4,0,0],[0,4,0],[0,0,4]],"species":["Cs","Cl"],"coords":[[0,0,0],[0.5,0.5,0.5]]}`, "Cs 1, Cl 1", 221, "", ""},
		{"json bom", "\ufeff" + `{"lattice_mat":[[4,0,0],[0,4,0],[0,0,4]],"coords":[[0,0,0],[0.5,0.5,0.5]],"elements":["Cs","Cl"]}`, "Cs 1, Cl 1", 221, "", ""},
		{"json lines", `{"lattice_mat":[[4,0,0],[0,4,0],[0,0,4]],"coords":[[0,0,0],[0.5,0.5,0.5]],"elements":["Cs","Cl"]}` + "\n" + `{"lattice_mat":[[5,0,0],[0,5,0],[0,0,5]],"coords":[[0,0,0]],"elements":["Po"]}` + "\n", "Cs 1, Cl 1", 221, "", ""},
		{"xyz fortran numbers", "2\nLattice=\"4.0D0 0 0 0 4.0D0 0 0 0 4.0D0\"\nCs 0 0 0\nCl 2.0D0 2 2\n", "Cs 1, Cl 1", 221, "", ""},
		{"shelx lower", "titl x\ncell 0.71 4 4 4 90 90 90\nlatt -1\nsfac cs cl\nunit 1 1\ncs1 1 10 10 10 11 .02\ncl1 2 10.5 10.5 10.5 11 .02\nend\n", "Cs 1, Cl 1", 221, "", ""},
		{"shelx no FVAR/UNIT, D", "TITL x\nCELL 0.71 4 4 4 90 90 90\nLATT -1\nSFAC O D\nO1 1 0 0 0 11 .02\nD1 2 .2 0 0 11 .02\nEND\n", "O 1, H 1", 0, "", ""},
		{"poscar comment with bang", "x\n1.0\n4 0 0\n0 4 0\n0 0 4\nCs Cl\n1 1\nDirect\n0 0 0 ! Cs\n.5 .5 .5 # Cl\n", "Cs 1, Cl 1", 221, "", ""},
		{"poscar left-handed", "x\n1.0\n4 0 0\n0 4 0\n0 0 -4\nCs Cl\n1 1\nDirect\n0 0 0\n.5 .5 .5\n", "Cs 1, Cl 1", 221, "left", ""},
		{"poscar counts as floats", "x\n1.0\n4 0 0\n0 4 0\n0 0 4\nCs Cl\n1.0 1.0\nDirect\n0 0 0\n.5 .5 .5\n", "Cs 1, Cl 1", 221, "", ""},
		{"poscar symbols with counts", "x\n1.0\n4 0 0\n0 4 0\n0 0 4\nCs1 Cl1\n1 1\nDirect\n0 0 0\n.5 .5 .5\n", "Cs 1, Cl 1", 221, "", ""},
		{"cif occupancy in percent sign", cifOf(cubic4, p1, filled, "Na Na 0 0 0 100%", "K K .5 .5 .5 50%"), "Na 1, K 0.5", 0, "", ""},
		{"cif cell with = ", "data_x\n_cell_length_a = 5.64\n_cell_length_b 5.64\n_cell_length_c 5.64\n" + symbol("'F m -3 m'") + "\n" + atomsHead + salt + "\n" + chlor + "\n", "Na 4, Cl 4", 225, "", ""},
		{"cif loop with commas", cifOf(nacl4, symbol("'F m -3 m'"), plain, "Na, 0, 0, 0", "Cl, .5, .5, .5"), "Na 4, Cl 4", 225, "", ""},
		{"loop with trailing ; comments", cifOf(nacl4, symbol("'F m -3 m'"), plain, "Na 0 0 0 # cation", "Cl .5 .5 .5 # anion"), "Na 4, Cl 4", 225, "", ""},
		{"global_ and save", "global_\n_x y\nsave_foo\n_cell_length_a 3\nsave_\n" + cifOf(nacl4, symbol("'F m -3 m'"), plain, salt, chlor), "Na 4, Cl 4", 225, "", ""},
		{"cubic symbol ‘F m -3 m’", cifOf(nacl4, symbol("‘F m -3 m’"), plain, salt, chlor), natro, 225, "", "no symmetry"},
		{"cubic symbol “F m -3 m”", cifOf(nacl4, symbol("“F m -3 m”"), plain, salt, chlor), natro, 225, "", "no symmetry"},
		{"cubic symbol F m 3- m", cifOf(nacl4, symbol("'F m 3- m'"), plain, salt, chlor), natro, 225, "", "no symmetry"},
		{"cubic symbol F m 3bar m", cifOf(nacl4, symbol("'F m 3bar m'"), plain, salt, chlor), natro, 225, "", "no symmetry"},
		{"cubic symbol F 4/m 3 2/m", cifOf(nacl4, symbol("'F 4/m 3 2/m'"), plain, salt, chlor), natro, 225, "", "no symmetry"},
		{"cubic symbol F m &#8722;3 m", cifOf(nacl4, symbol("'F m &#8722;3 m'"), plain, salt, chlor), natro, 225, "", "no symmetry"},
		{"cell choice in brackets", cifOf(mono, symbol("'P 1 21/c 1 (b1)'"), plain, "C .1 .2 .3"), "C 4", 14, "", ""},
		{"subscripts in words", cifOf(mono, symbol("'P 2sub1/c'"), plain, "C .1 .2 .3"), "C 4", 14, "", ""},
		{"quotes of a word processor around a label", cifOf(nacl4, symbol("'F m -3 m'"), plain, "‘Na’ 0 0 0", "“Cl” .5 .5 .5"), natro, 225, "", ""},
		{"numbers that TOPAS has refined", cifOf("5.64` 5.64`_0.001 5.64 90 90 90", symbol("'F m -3 m'"), filled, "Na1 Na+1 0 0 0 1", "Cl1 Cl-1 0.5` 0.5`_0.0001 0.5 1.`"), natro, 225, "", "left out"},
		{"occupancies in a list of their own", cifOf(nacl4, symbol("'F m -3 m'"), plain, "Na1 0 0 0", "Cl1 .5 .5 .5") + "loop_\n_atom_site_label\n_atom_site_occupancy\nCl1 1\nNa1 0.5\n", "Na 2, Cl 4", 225, "", ""},
		{"symbols in a list of their own", cifOf(nacl4, symbol("'F m -3 m'"), plain, "A 0 0 0", "B .5 .5 .5") + "loop_\n_atom_site_label\n_atom_site_type_symbol\nA Na\nB Cl\n", natro, 225, "", ""},
		{"labels that stand twice take nothing from another list", cifOf(nacl4, symbol("'F m -3 m'"), named, "Na Na 0 0 0", "Na Cl .5 .5 .5") + "loop_\n_atom_site_label\n_atom_site_occupancy\nNa 0.5\n", natro, 225, "", ""},
		{"cell and atoms in two blocks", strings.Replace(halite, "loop_", "data_atoms\nloop_", 1), natro, 225, "The cell is that of the block “x”, the atoms are those of “atoms”.", ""},
		{"edges in nanometres without a word", cifOf("0.564 0.564 0.564 90 90 90", symbol("'F m -3 m'"), plain, salt, chlor), natro, 225, "taken for nanometres", "apart"},
		{"edges in picometres without a word", cifOf("564 564 564 90 90 90", symbol("'F m -3 m'"), plain, salt, chlor), natro, 225, "taken for picometres", ""},
		{"an atom alone in a large box", cifOf("60 60 60 90 90 90", p1, plain, "Na 0 0 0"), "Na 1", 221, "", "taken for"},
		{"the first origin, nothing but an atom at 0", cifOf("5.431 5.431 5.431 90 90 90", symbol("'F d -3 m'"), plain, "Si 0 0 0"), "Si 8", 227, "F d -3 m:1 fits best", ""},
		{"the second origin, nothing but an atom at 1/8", cifOf("5.431 5.431 5.431 90 90 90", symbol("'F d -3 m'"), plain, "Si .125 .125 .125"), "Si 8", 227, "F d -3 m:2 fits best", ""},
		{"hydrogen on oxygen in capitals", cifOf(mono, symbol("'P -1'"), plain, "C1 .1 .2 .3", "O1 .2 .2 .3", "HO1 .2 .3 .3"), "C 2, O 2, H 2", 0, "Taken for hydrogen", ""},
		{"holmium in capitals", cifOf("5 5 5 90 90 90", p1, plain, "HO1 0 0 0", "O1 .5 .5 .5"), "Ho 1, O 1", 0, "", "hydrogen"},
		{"a symbol that is a dot in quotes", cifOf(nacl4, symbol("'F m -3 m'"), named, "Na1 ' ' 0 0 0", "Cl1 '.' .5 .5 .5"), natro, 225, "", "Not recognised"},
		{"POSCAR with a position too many", poscar("x", "1.0", "4 0 0", "0 4 0", "0 0 4", "Cs Cl", "1 1", "Direct", "0 0 0", ".5 .5 .5", ".1 .1 .1"), "Cs 1, Cl 1", 221, "1 position more than the 2 atoms it counts in line 7", ""},
		{"POSCAR with velocities", poscar("x", "1.0", "4 0 0", "0 4 0", "0 0 4", "Cs Cl", "1 1", "Direct", "0 0 0", ".5 .5 .5", "", "0.1 0.1 0.1", "0 0 0"), "Cs 1, Cl 1", 221, "", "more than"},
		{"POSCAR whose symbols are in another order", poscar("x", "1.0", "4 0 0", "0 4 0", "0 0 4", "Cs Cl", "1 1", "Direct", "0 0 0 Cl", ".5 .5 .5 Cs"), "Cs 1, Cl 1", 221, "The symbols behind 2 positions are not those", ""},
		{"POSCAR of pymatgen", poscar("x", "1.0", "4 0 0", "0 4 0", "0 0 4", "Cs Cl", "1 1", "direct", "0 0 0 Cs", ".5 .5 .5 Cl"), "Cs 1, Cl 1", 221, "", "symbols behind"},
		{"occupancies as occ", "2\nLattice=\"4 0 0 0 4 0 0 0 4\" Properties=species:S:1:pos:R:3:occ:R:1\nCs 0 0 0 0.5\nCl 2 2 2 1\n", "Cs 0.5, Cl 1", 0, "", ""},
		{"mixed sites of ASE", "2\nLattice=\"4 0 0 0 4 0 0 0 4\" Properties=species:S:1:pos:R:3:spacegroup_kinds:I:1 occupancy=\"_JSON {\\\"0\\\": {\\\"Cs\\\": 0.6, \\\"Rb\\\": 0.4}, \\\"1\\\": {\\\"Cl\\\": 1}}\" pbc=\"T T T\"\nCs 0 0 0 0\nCl 2 2 2 1\n", "Cs 0.6, Rb 0.4, Cl 1", 0, "", "not read"},
		{"mixed sites of ASE without their column", "2\nLattice=\"4 0 0 0 4 0 0 0 4\" Properties=species:S:1:pos:R:3 occupancy=\"_JSON {\\\"0\\\": {\\\"Cs\\\": 0.6, \\\"Rb\\\": 0.4}}\"\nCs 0 0 0\nCl 2 2 2\n", "Cs 1, Cl 1", 221, "no column spacegroup_kinds", ""},
		{"OPTIMADE with hydrogen attached", `{"attributes":{"lattice_vectors":[[4,0,0],[0,4,0],[0,0,4]],"cartesian_site_positions":[[0,0,0]],"species_at_sites":["CH3"],"species":[{"name":"CH3","chemical_symbols":["C"],"concentration":[1],"attached":["H"],"nattached":[3]}]}}`, "C 1", 221, "attaches to others", ""},
		{"OPTIMADE with nothing attached", `{"attributes":{"lattice_vectors":[[4,0,0],[0,4,0],[0,0,4]],"cartesian_site_positions":[[0,0,0]],"species_at_sites":["C"],"species":[{"name":"C","chemical_symbols":["C"],"concentration":[1],"attached":null}]}}`, "C 1", 221, "", "attaches"},
		{"SHELX that includes another file", res("+more.ins", "Cu1 3 .1 .2 .3 11 .02"), "Cu 1", 0, "“more.ins”", ""},
		{"PDB with an empty atom", pdb("ATOM      1 CS    CS A   1       0.000   0.000   0.000  1.00 10.00          CS", "ATOM      2 CL    CL A   2       2.000   2.000   2.000  0.00 10.00          CL"), "Cs 1", 221, "occupancy is 0: “CL”", ""},
		{"gsas phase", strings.Replace(cifOf(nacl4, "_pd_phase_name NaCl\n"+symbol("\"F m -3 m\""), "label type_symbol fract_x fract_y fract_z occupancy adp_type U_iso_or_equiv site_symmetry_multiplicity", "Na1 Na+1 0.0 0.0 0.0 1.0 Uiso 0.0100 4", "Cl1 Cl-1 0.5 0.5 0.5 1.0 Uiso 0.0100 4"), "data_x", "data_publ\n_journal_name ?\ndata_NaCl_phase_1", 1), "Na 4, Cl 4", 225, "", ""},
		{"fullprof", cifOf(nacl4, "_symmetry_cell_setting Cubic\n_symmetry_space_group_name_H-M \"F m -3 m\"\nloop_\n    _symmetry_equiv_pos_as_xyz   #<--must include 'x,y,z'\n'x,y,z'\n'-x,-y,-z'", "label fract_x fract_y fract_z occupancy adp_type U_iso_or_equiv type_symbol", "Na 0.00000 0.00000 0.00000 1.00000 Uiso 0.00380 Na", "Cl 0.50000 0.50000 0.50000 1.00000 Uiso 0.00380 CL"), "Na 4, Cl 4", 225, "", ""},
	}
	return list
}

func TestVariants(t *testing.T) {
	for _, tt := range variants() {
		t.Run(tt.name, func(t *testing.T) {
			list, err := source.Decode("", []byte(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			s := list[0]
			if err := s.Validate(); err != nil {
				t.Error(err)
			}
			if got, want := content(s), counts(t, tt.atoms); !equalContent(got, want) {
				t.Errorf("cell holds %v, want %v\n%q", got, want, s.Notes)
			}
			notes := strings.Join(s.Notes, "\n")
			if tt.note != "" && !strings.Contains(notes, tt.note) || tt.not != "" && strings.Contains(notes, tt.not) || strings.Contains(notes, "crystal:") {
				t.Errorf("notes %q: want %q, not %q", s.Notes, tt.note, tt.not)
			}
			if a, err := s.Analyze(0); tt.number > 0 && (err != nil || a.Setting.Number != tt.number) {
				t.Errorf("space group %v, %v, want %d", a, err, tt.number)
			}
		})
	}
}

// The same file in every coding and with every end of line.
func TestCodings(t *testing.T) {
	text := strings.Replace(cifOf(nacl4, symbol("'F m -3 m'"), plain, salt, chlor), "data_x", "data_x\n_chemical_name_common 'Sel gemme, é'", 1)
	utf16As := func(s string, little, mark bool) string {
		var b []byte
		units := utf16.Encode([]rune(s))
		if mark {
			units = append([]uint16{0xfeff}, units...)
		}
		for _, u := range units {
			if little {
				b = append(b, byte(u), byte(u>>8))
			} else {
				b = append(b, byte(u>>8), byte(u))
			}
		}
		return string(b)
	}
	for name, data := range map[string]string{
		"UTF-8": text, "BOM": "\ufeff" + text, "CR LF": strings.ReplaceAll(text, "\n", "\r\n"), "CR": strings.ReplaceAll(text, "\n", "\r"),
		"UTF-16 LE": utf16As(text, true, true), "UTF-16 BE": utf16As(text, false, true), "UTF-16 LE without a mark": utf16As(text, true, false), "UTF-16 BE without a mark": utf16As(text, false, false),
		"Latin-1": strings.ReplaceAll(text, "é", "\xe9"), "blank lines before": "\n\n\r\n" + text, "the end of file of DOS": text + "\x1a", "no line end": strings.TrimRight(text, "\n"),
	} {
		list, err := source.Decode("", []byte(data))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := content(list[0]); !equalContent(got, counts(t, "Na 4, Cl 4")) || list[0].Name != "Sel gemme, é" {
			t.Errorf("%s: %v, %q", name, got, list[0].Name)
		}
	}
}
