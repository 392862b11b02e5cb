package source_test

import (
	"math"
	"strings"
	"testing"

	"zoneaxis/internal/source"
)

// cifOf writes a small CIF: six cell parameters, lines before the atoms, and
// columns and rows of the list of atoms.
func cifOf(cellText, head, columns string, rows ...string) string {
	f := strings.Fields(cellText)
	return cell(f[0], f[1], f[2], f[3], f[4], f[5]) + head + "\nloop_\n_atom_site_" + strings.Join(strings.Fields(columns), "\n_atom_site_") + "\n" + strings.Join(rows, "\n") + "\n"
}

const (
	cubic4 = "4 4 4 90 90 90"
	named  = "label type_symbol fract_x fract_y fract_z"
	filled = named + " occupancy"
	plain  = "label fract_x fract_y fract_z"
	p1     = "_symmetry_space_group_name_H-M 'P 1'"
	salt   = "Na 0 0 0"
	chlor  = "Cl .5 .5 .5"
)

func symbol(s string) string { return "_symmetry_space_group_name_H-M " + s }

// Files as people have them: variants of every kind that was once read wrong or
// refused. atoms is what the cell of the file holds; number the space group
// that the search finds in it, 0 for any.
func TestFilesOfPeople(t *testing.T) {
	nacl := "5.64 5.64 5.64 90 90 90"
	hex := "3.2 3.2 5.2 90 90 120"
	twoHalves := []string{"Cu1 Cu 0 0 0 1", "O1A O .48 .51 .46 .5", "O1B O .52 .49 .54 .5"}
	p1bar := "7 8 9 90 100 90"
	for _, tt := range []struct {
		name, text string
		atoms      string // "Na 4, Cl 4"
		number     int
		note, not  string // that must, that must not be there
	}{
		// K01
		{"formula of the unit", cifOf(nacl, symbol("'F m -3 m'")+"\n_chemical_formula_sum 'Na Cl'\n_cell_formula_units_Z 4", plain, salt, chlor), "Na 4, Cl 4", 225, "", "differ"},
		{"formula of the cell without quotes", cifOf(nacl, symbol("'F m -3 m'")+"\n_chemical_formula_sum Na4 Cl4\n_cell_formula_units_Z 4", plain, salt, chlor), "Na 4, Cl 4", 225, "", "differ"},
		{"a formula that is neither", cifOf(nacl, symbol("'F m -3 m'")+"\n_chemical_formula_sum 'Na Cl2'\n_cell_formula_units_Z 4", plain, salt, chlor), "Na 4, Cl 4", 225, "differ from the formula", ""},
		// K02
		{"shares behind the elements", cifOf(cubic4, p1, filled, "M 'Nb0.8Zr0.2' 0 0 0 1"), "Nb 0.8, Zr 0.2", 0, "", "Not recognised"},
		{"three parts", cifOf(cubic4, p1, filled, "M '0.5Fe + 0.3Co+0.2Ni' 0 0 0 1"), "Fe 0.5, Co 0.3, Ni 0.2", 0, "", ""},
		{"ions with shares", cifOf(cubic4, p1, filled, "M 'Fe3+0.5 Mn2+0.5' 0 0 0 1"), "Fe 0.5, Mn 0.5", 0, "", ""},
		{"ions behind numbers", cifOf(cubic4, p1, filled, "M '0.8Nb5+ + 0.2Zr4+' 0 0 0 1"), "Nb 0.8, Zr 0.2", 0, "", ""},
		{"colons and commas", cifOf(cubic4, p1, filled, "M 'Fe:0.6,Co:0.4' 0 0 0 1"), "Fe 0.6, Co 0.4", 0, "", ""},
		{"percent", cifOf(cubic4, p1, filled, "M '80%Ni 20%Fe' 0 0 0 1"), "Ni 0.8, Fe 0.2", 0, "", ""},
		{"shares of a site that is not full", cifOf(cubic4, p1, filled, "M '0.5Fe+0.5Co' 0 0 0 .5"), "Fe 0.25, Co 0.25", 0, "", ""},
		{"the last share left out", cifOf(cubic4, p1, filled, "M '0.7Si+Ge' 0 0 0 1"), "Si 0.7, Ge 0.3", 0, "", ""},
		{"a share of vacancies", cifOf(cubic4, p1, filled, "M '0.9Fe+0.1Vac' 0 0 0 1"), "Fe 0.9", 0, "", "Not recognised"},
		{"shares above one", cifOf(cubic4, p1, filled, "M '0.9Fe+0.6Co' 0 0 0 1"), "Fe 0.6, Co 0.4", 0, "scaled", ""},
		{"elements without shares", cifOf(cubic4, p1, filled, "Fe1 'Fe,Co' 0 0 0 1", "O1 O .5 .5 .5 1"), "O 1", 0, "Not recognised: “Fe,Co”", ""},
		{"a type that is no element and a label that is", cifOf(cubic4, p1, filled, "Fe1 M1 0 0 0 1", "O1 O .5 .5 .5 1"), "O 1", 0, "Not recognised: “M1”", ""},
		{"an isotope, a force field, a spin", cifOf(cubic4, p1, filled, "a 57Fe 0 0 0 1", "b C_3 .5 0 0 1", "c N.ar .5 .5 0 1", "d 'Mn2+,spin=5' 0 .5 .5 1", "e Fe(III) .5 .5 .5 1"), "Fe 2, C 1, N 1, Mn 1", 0, "", "Not recognised"},
		// K03
		{"occupancies in percent", cifOf(cubic4, p1, filled, "Na Na 0 0 0 100", "K K .5 .5 .5 40"), "Na 1, K 0.4", 0, "percent", ""},
		{"an occupancy far above one", cifOf(cubic4, p1, filled, "Na Na 0 0 0 1", "K K .5 .5 .5 4"), "Na 1, K 1", 0, "above 1", ""},
		{"an occupancy below zero", cifOf(cubic4, p1, filled, "Na Na 0 0 0 1", "K K .5 .5 .5 -0.01(2)"), "Na 1", 0, "below 0", ""},
		{"an occupancy that is a word", cifOf(cubic4, p1, filled, "Na Na 0 0 0 full"), "Na 1", 0, "no number", ""},
		{"too much on one position", cifOf(cubic4, p1, filled, "Na Na 0 0 0 .9", "K K 0 0 0 .6"), "Na 0.6, K 0.4", 0, "scaled", ""},
		// K04
		{"half atoms on both sides of a centre, no formula", cifOf(p1bar, symbol("'P -1'"), filled, twoHalves...), "Cu 1, O 1", 0, "0.74 Å apart", "twice"},
		{"half atoms on both sides of a centre, labels only", cifOf(p1bar, symbol("'P -1'"), "label fract_x fract_y fract_z occupancy", "Cu1 0 0 0 1", "O1A .48 .51 .46 .5", "O1B .52 .49 .54 .5"), "Cu 1, O 1", 0, "0.74 Å apart", "twice"},
		{"half atoms on both sides of a centre, the formula has both", cifOf(p1bar, symbol("'P -1'")+"\n_chemical_formula_sum 'Cu O2'", filled, twoHalves...), "Cu 1, O 2", 0, "", "apart"},
		{"half atoms on both sides of a centre, the formula has one", cifOf(p1bar, symbol("'P -1'")+"\n_chemical_formula_sum 'Cu O'\n_cell_formula_units_Z 1", filled, twoHalves...), "Cu 1, O 1", 0, "", "differ"},
		{"half atoms with room on both sides", cifOf(p1bar, symbol("'P -1'"), filled, "Cu1 Cu 0 0 0 1", "O1A O .3 .5 .4 .5", "O1B O .7 .5 .6 .5"), "Cu 1, O 2", 0, "", "apart"},
		{"half atoms beside a mirror", cifOf("4 5 6 90 90 90", symbol("'P m m m'"), filled, "Cu Cu 0 0 0 1", "O1 O .5 .5 .475 .5", "O2 O .5 .5 .525 .5"), "Cu 1, O 1", 47, "0.3 Å apart", "twice"},
		{"half atoms beside a mirror, the formula of two cells", cifOf("4 5 6 90 90 90", symbol("'P m m m'")+"\n_chemical_formula_sum 'Cu2 O4'\n_cell_formula_units_Z 0.5", filled, "Cu Cu 0 0 0 1", "O1 O .5 .5 .475 .5", "O2 O .5 .5 .525 .5"), "Cu 1, O 2", 47, "", "differ"},
		{"half atoms beside a mirror, hydrogen of the formula not found", cifOf("4 5 6 90 90 90", symbol("'P m m m'")+"\n_chemical_formula_sum 'Cu H4 O'\n_cell_formula_units_Z 1", filled, "Cu Cu 0 0 0 1", "O1 O .5 .5 .475 .5", "O2 O .5 .5 .525 .5"), "Cu 1, O 1", 47, "H 0 instead of 4", "O 1"},
		{"half atoms beside a mirror, another atom on both sides", cifOf("4 5 6 90 90 90", symbol("'P m m 2'"), filled, "S1 S .3 0 .2 1", "S2 S .7 0 .2 1", "O1 O .475 .5 .1 .5", "O2 O .525 .5 .1 .5"), "S 2, O 1", 0, "repeat", ""},
		{"quarters beside a centre that sum to one", cifOf(p1bar, symbol("'P -1'"), filled, "Cu1 Cu 0 0 0 1", "O1A O .48 .51 .49 .25", "O1B O .52 .49 .51 .25"), "Cu 1, O 1", 0, "", "apart"},
		{"halves of a heavy atom that are no bond apart", cifOf(p1bar, symbol("'P -1'"), filled, "O1 O 0 0 0 1", "Pb1 Pb .4 .5 .5 .5", "Pb2 Pb .6 .5 .5 .5"), "O 1, Pb 1", 0, "1.4 Å apart", ""},
		{"halves that few digits put beside a mirror", cifOf("4 5 6 90 90 90", symbol("'P m m m'"), filled, "Cu Cu 0 0 0 1", "O1 O .5 .5 .48 .5", "O2 O .5 .5 .52 .5"), "Cu 1, O 1", 47, "0.24 Å apart", ""},
		{"a half atom on a third with two digits", cifOf(hex, symbol("'P 63/m m c'"), filled, "Mg Mg .33 .67 .25 .5"), "Mg 1", 194, "few digits", "apart"},
		{"SHELX, half atoms on both sides of a centre", "TITL x\nCELL 0.71 7 8 9 90 100 90\nLATT 1\nSFAC CU O\nUNIT 1 1\nCu1 1 10 10 10 10.5 .02\nPART 1\nO1A 2 .48 .51 .49 10.5 .02\nPART 2\nO1B 2 .52 .49 .51 10.5 .02\nPART 0\nEND\n", "Cu 1, O 1", 0, "apart", "twice"},
		{"PDB, two places beside a twofold axis", "CRYST1   10.000   11.000   12.000  90.00  90.00  90.00 P 2           2\nHETATM    1  O  AHOH A   1       0.150   3.000   0.100  0.50 10.00           O\nHETATM    2  O  BHOH A   1      -0.150   3.000  -0.100  0.50 10.00           O\nHETATM    3 ZN    ZN A   2       3.000   2.000   2.000  1.00 10.00          ZN\nEND\n", "O 1, Zn 2", 0, "0.36 Å apart", "twice"},
		{"a half atom beside a centre, one side", cifOf(p1bar, symbol("'P -1'"), filled, "Cu1 Cu 0 0 0 1", "O1 O .4990 .5000 .5010 .5"), "Cu 1, O 1", 0, "", ""},
		{"a half atom near a centre with few digits", cifOf(p1bar, symbol("'P -1'"), filled, "Cu1 Cu 0 0 0 1", "O1 O .498 .5 .5 .5"), "Cu 1, O 1", 0, "", ""},
		{"the whole cell of a half alloy", cifOf(cubic4, symbol("'I m -3 m'"), filled, "Fe1 Fe 0 0 0 .5", "Co1 Co 0 0 0 .5", "Fe2 Fe .5 .5 .5 .5", "Co2 Co .5 .5 .5 .5"), "Fe 1, Co 1", 229, "repeat", "scaled"},
		// K05
		{"water in labels of minerals", cifOf(cubic4, p1+"\n_chemical_formula_sum 'Ca O2 H2'", plain, "Ca 0 0 0", "Wat1 .5 .5 0", "OW .5 0 .5", "Hw1 .6 .5 0", "H2w .4 .5 0"), "Ca 1, O 2, H 2", 0, "", "Not recognised"},
		{"W is water where no tungsten is", cifOf(cubic4, p1+"\n_chemical_formula_sum 'Na O H2'", plain, "Na 0 0 0", "W1 .5 .5 .5"), "Na 1, O 1", 0, "", ""},
		{"W is tungsten", cifOf(cubic4, symbol("'P m -3 m'")+"\n_chemical_formula_sum 'W O3'", plain, "W1 0 0 0", "O1 .5 0 0"), "W 1, O 3", 221, "", ""},
		// K06
		{"superspace operations with capitals and centring", cifOf("5 6 7 90 90 90", "_cell_modulation_dimension 1\nloop_\n_space_group_symop_ssg_operation_algebraic\n'X1, X2, X3, X4'\n'-X1, -X2, -X3, -X4'\n'X1+1/2, X2+1/2, X3, X4+1/2'", plain, "Ba .1 .2 .3"), "Ba 4", 0, "satellite", "no symmetry"},
		{"superspace group by its name", cifOf("5 6 7 90 90 90", "_cell_modulation_dimension 1\n_space_group_ssg_name 'Pnma(00g)0s0'", plain, "Ba .2 .25 .4"), "Ba 4", 0, "satellite", "no symmetry"},
		{"two modulations", cifOf(cubic4, "_cell_modulation_dimension 2\nloop_\n_space_group_symop_ssg_id\n_space_group_symop_ssg_operation_algebraic\n1 x1,x2,x3,x4,x5\n2 -x1,-x2,-x3,-x4,-x5", plain, "Ba .1 .2 .3"), "Ba 2", 0, "satellite", ""},
		{"magnetic operations of the old tags", cifOf(cubic4, "loop_\n_space_group_symop.magn_operation_xyz\n'x,y,z,+1'\n'-x,-y,-z,-1'", plain, "Fe .1 .2 .3"), "Fe 2", 0, "Magnetic", ""},
		{"magnetic group by its name", cifOf(cubic4, `_space_group_magn.name_BNS "P m' m' m"`, plain, "Fe .1 .2 .3"), "Fe 8", 0, "", "no symmetry"},
		// K07
		{"dots for zeros", cifOf(cubic4, p1, plain, "Na . . .", "Cl .5 .5 .5"), "Na 1, Cl 1", 0, "", "Without coordinates"},
		{"one dot", cifOf(cubic4, p1, plain, "Na .5 . .25", "Cl . .5 .5"), "Na 1, Cl 1", 0, "", "Without coordinates"},
		{"question marks are no zeros", cifOf(cubic4, p1, plain, "Na ? ? ?", "Cl .5 .5 .5"), "Cl 1", 0, "Without coordinates: “Na”", ""},
		{"dots of hydrogens that were not found", cifOf(cubic4, p1, plain, "O .1 .2 .3", "H1 . . .", "H2 . . ."), "O 1", 0, "Without coordinates: “H1”, “H2”", ""},
		// K08
		{"the cell in a loop with another column", "data_x\nloop_\n_cell_length_a _cell_length_b _cell_length_c\n_cell_angle_alpha _cell_angle_beta _cell_angle_gamma _cell_volume\n5.64(1) 5.64(1) 5.64(1) 90 90 90 179\nloop_\n_symmetry_space_group_name_H-M\n'F m -3 m'\nloop_\n_atom_site_label\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\nNa 0 0 0\nCl .5 .5 .5\n", "Na 4, Cl 4", 225, "", ""},
		{"the number in a loop", cifOf(nacl, "loop_\n_space_group_id\n_space_group_IT_number\n1 225", plain, salt, chlor), "Na 4, Cl 4", 225, "", "no symmetry"},
		{"a symbol without quotes in a loop", cifOf(nacl, "loop_\n_space_group_id\n_space_group_name_H-M_alt\n1 F m -3 m", plain, salt, chlor), "Na 4, Cl 4", 225, "", "no symmetry"},
		// K09
		{"names without quotes", cifOf(nacl, "_chemical_name_common table salt, pure\n_chemical_formula_sum Na Cl\n"+symbol("F m -3 m   # cubic"), plain, salt, chlor), "Na 4, Cl 4", 225, "", ""},
		{"a Hall symbol without quotes", cifOf("5.431 5.431 5.431 90 90 90", "_space_group_name_Hall -F 4vw 2vw 3", plain, "Si .125 .125 .125"), "Si 8", 227, "", ""},
		{"words behind quotes", cifOf(nacl, symbol("'F m -3 m' (225)"), plain, salt, chlor), "Na 4, Cl 4", 225, "", ""},
		// K10
		{"number in square brackets", cifOf(nacl, symbol("'F m -3 m [225]'"), plain, salt, chlor), "Na 4, Cl 4", 225, "", ""},
		{"number in words", cifOf(nacl, symbol("'Fm-3m (No. 225)'"), plain, salt, chlor), "Na 4, Cl 4", 225, "", ""},
		{"number behind a comma", cifOf(nacl, symbol("'Fm-3m, 225'"), plain, salt, chlor), "Na 4, Cl 4", 225, "", ""},
		{"a remark", cifOf(nacl, symbol("'F m -3 m (rock salt)'"), plain, salt, chlor), "Na 4, Cl 4", 225, "", ""},
		{"a setting in braces", cifOf("3.76 3.76 10.55 90 90 120", symbol("'R -3 m {hexagonal axes}'"), plain, "As 0 0 .227"), "As 6", 166, "", ""},
		{"RS", cifOf("4.13 4.13 4.13 54.1 54.1 54.1", symbol("'R -3 m RS'"), plain, "As .227 .227 .227"), "As 2", 166, "", ""},
		{"S where there is one origin", cifOf("5.5 7.7 5.3 90 90 90", symbol("'P n m a S'"), plain, "Ca .03 .25 .99"), "Ca 4", 62, "", ""},
		{"origin as a letter and a digit", cifOf("5.431 5.431 5.431 90 90 90", symbol("'F d -3 m O1'"), plain, "Si 0 0 0"), "Si 8", 227, "", ""},
		{"centred triclinic", cifOf("5 6 7 80 95 100", symbol("'C -1'"), plain, "Na .1 .2 .3"), "Na 4", 2, "", ""},
		{"tetragonal on a C cell", cifOf("5.65685 5.65685 6 90 90 90", symbol("'C 4/m m m'"), plain, "Na 0 0 0"), "Na 2", 123, "", ""},
		{"tetragonal on an F cell", cifOf("5.3599 5.3599 9.5 90 90 90", symbol("'F 4/m m m'"), plain, "Na 0 0 0"), "Na 4", 139, "", ""},
		// K11
		{"a hexagonal cell under R", cifOf("4.3084 4.3084 11.274 90 90 120", symbol("'R -3 m :R'"), plain, "Sb 0 0 .2335"), "Sb 6", 166, "is used", "Check the file"},
		{"a rhombohedral cell under H", cifOf("4.5 4.5 4.5 57.1 57.1 57.1", symbol("'R -3 m H'"), plain, "Sb .233 .233 .233"), "Sb 2", 166, "is used", "Check the file"},
		// K12
		{"operations cut off", cifOf(nacl, symbol("'F m -3 m'")+"\n_symmetry_Int_Tables_number 225\n_chemical_formula_sum 'Na Cl'\n_cell_formula_units_Z 4\nloop_\n_symmetry_equiv_pos_as_xyz\nx,y,z\n-x,-y,-z", plain, salt, chlor), "Na 4, Cl 4", 225, "contradict", ""},
		{"operations that nobody can read", cifOf(nacl, symbol("'F m -3 m'")+"\nloop_\n_symmetry_equiv_pos_as_xyz\nx,y,z\nx,y,q", plain, salt, chlor), "Na 4, Cl 4", 225, "line 12", ""},
		{"only the identity, and no formula", cifOf(nacl, symbol("'F m -3 m'")+"\n_symmetry_Int_Tables_number 225\nloop_\n_symmetry_equiv_pos_as_xyz\nx,y,z", plain, salt, chlor), "Na 4, Cl 4", 225, "contradict", ""},
		{"the whole cell under a symbol", cifOf(nacl, symbol("'F m -3 m'")+"\nloop_\n_symmetry_equiv_pos_as_xyz\nx,y,z", plain, "Na 0 0 0", "Na 0 .5 .5", "Na .5 0 .5", "Na .5 .5 0", "Cl .5 .5 .5", "Cl .5 0 0", "Cl 0 .5 0", "Cl 0 0 .5"), "Na 4, Cl 4", 225, "", "contradict"},
		{"operations that fit as well as the symbol", cifOf("5.46 5.46 5.46 90 90 90", symbol("'F m -3 m'")+"\nloop_\n_symmetry_equiv_pos_as_xyz\nx,y,z\nx+1/2,y+1/2,z\nx+1/2,y,z+1/2\n-y,x,-z\nz,x,y", plain, "Ca 0 0 0", "F .25 .25 .25"), "Ca 4, F 4", 216, "By them the cell holds 4 Ca, 4 F, by F m -3 m it would hold 4 Ca, 8 F. If F m -3 m is right, take the list", "which its contents agree with"},
		{"operations and symbol that both fit the formula", cifOf(nacl, symbol("'P m -3 m'")+"\n_chemical_formula_sum Po\n_cell_formula_units_Z 1\nloop_\n_symmetry_equiv_pos_as_xyz\nx,y,z\n-x,-y,-z", plain, "Po 0 0 0"), "Po 1", 221, "By either the cell holds 1 Po.", "take the list"},
		{"operations and symbol whose ratios both fit the formula", cifOf("3.35 3.35 3.35 90 90 90", symbol("'I m -3 m'")+"\n_chemical_formula_sum Po\nloop_\n_symmetry_equiv_pos_as_xyz\nx,y,z\n-x,-y,-z", plain, "Po 0 0 0"), "Po 1", 221, "the formula of the file fits both. If I m -3 m is right, take the list", ""},
		{"only the identity, and the ratio of the formula", cifOf("4.594 4.594 2.959 90 90 90", symbol("'P 42/m n m'")+"\n_chemical_formula_sum 'Ti O2'\nloop_\n_symmetry_equiv_pos_as_xyz\nx,y,z", plain, "Ti 0 0 0", "O .305 .305 0"), "Ti 2, O 4", 136, "contradicts its space group P 42/m n m, which its contents agree with", "no symmetry"},
		{"only the identity, and the formula of the cell", cifOf(nacl, symbol("Fm-3m")+"\n_chemical_formula_sum 'Na4 Cl4'\n_cell_formula_units_Z 4\nloop_\n_symmetry_equiv_pos_as_xyz\nx,y,z", plain, salt, chlor), "Na 4, Cl 4", 225, "which its contents agree with", "differ"},
		{"operations that the formula agrees with", cifOf("5.46 5.46 5.46 90 90 90", symbol("'F m -3 m'")+"\n_chemical_formula_sum 'Ca F'\nloop_\n_symmetry_equiv_pos_as_xyz\nx,y,z\nx+1/2,y+1/2,z\nx+1/2,y,z+1/2\n-y,x,-z\nz,x,y", plain, "Ca 0 0 0", "F .25 .25 .25"), "Ca 4, F 4", 216, "as the formula of the file has it; by F m -3 m", "take the list"},
		// K18
		{"kinds of vacancies", cifOf(cubic4, p1, filled, "Fe1 Fe 0 0 0 .9", "V1 Va 0 0 0 .1", "X1 X .5 0 0 1", "V2 VAC .5 .5 0 1", "O1 O .5 .5 .5 1"), "Fe 0.9, O 1", 0, "left empty", "Not recognised"},
		{"water and hydrogen's isotopes", cifOf(cubic4, p1, filled, "W1 Wat 0 0 0 1", "W2 H2O .5 0 0 1", "T1 T .5 .5 0 1", "D1 D 0 .5 .5 1"), "O 2, H 2", 0, "Tritium", "Not recognised"},
		// K19
		{"lists over lines, tables and strings", "#\\#CIF_2.0\n" + cifOf(nacl, symbol("'F m -3 m'")+"\n_space_group.transform [[1 0 0]\n [0 1 0]\n [0 0 1]]\n_journal.table {'a':[1 2] \"b\":'] no end'}", plain, salt, chlor), "Na 4, Cl 4", 225, "", ""},
		{"positions only as lists", "#\\#CIF_2.0\n" + cifOf(nacl, symbol("'F m -3 m'"), "label fract_xyz", "Na [0 0 0]", "Cl [0.5, 0.5, 0.5]"), "Na 4, Cl 4", 225, "", ""},
		{"a list without the head of CIF 2", cifOf(nacl, symbol("'F m -3 m'"), plain+" note", "Na 0 0 0 [0 1 0]", "Cl .5 .5 .5 [1 0 0]"), "Na 4, Cl 4", 225, "", ""},
		// K20
		{"units, blanks and commas", "data_x\n_cell_length_a 5,64(1)\n_cell_length_b 5.64 Å\n_cell_length_c 5.64 (2) A\n_cell_angle_alpha 90°\n_cell_angle_beta 90 deg\n_cell_angle_gamma 90.0 (0)\n" + symbol("'F m -3 m'") + "\n" + atomsHead + "Na 0 0 0\nCl 0,5 0.5 (1) .5\n", "Na 4, Cl 4", 225, "", ""},
		{"nanometres", "data_x\n_cell_length_a 0.564 nm\n_cell_length_b 0.564 nm\n_cell_length_c 0.564 nm\n" + symbol("'F m -3 m'") + "\n" + atomsHead + "Na 0 0 0\nCl .5 .5 .5\n", "Na 4, Cl 4", 225, "", ""},
		// K21
		{"two digits for thirds, a large cell", cifOf("9.6 9.6 5.2 90 90 120", symbol("'P 63/m m c'"), plain, "Mg .33 .67 .25"), "Mg 2", 194, "few digits", ""},
		{"cut off instead of rounded", cifOf(hex, symbol("'P 63/m m c'"), plain, "Mg .33 .66 .25"), "Mg 2", 194, "", ""},
		{"eighths with two digits", cifOf("5.431 5.431 5.431 90 90 90", symbol("'F d -3 m :2'"), plain, "Si .13 .13 .13"), "Si 8", 227, "few digits", ""},
		{"sixths with two digits", cifOf("4.76 4.76 12.99 90 90 120", symbol("'R -3 m :H'"), plain, "Fe .17 .33 .33"), "Fe 9", 0, "few digits", ""},
		{"a mixed site with two digits", cifOf(hex, symbol("'P 63/m m c'"), filled, "Mg Mg .33 .67 .25 .8", "Zn Zn .33 .67 .25 .2"), "Mg 1.6, Zn 0.4", 194, "few digits", ""},
		{"a general position stays", cifOf("10 10 10 90 90 120", symbol("'P 3'"), plain, "Mg .30 .62 .25"), "Mg 3", 0, "", "few digits"},
		// K22
		{"a cell that is almost cubic", cifOf("5.64 5.66 5.63 90.1 89.9 90", symbol("'F m -3 m'"), plain, salt, chlor), "Na 4, Cl 4", 225, "made to fit", "Check the file"},
		{"a cell that is far from cubic", cifOf("5 6 7 90 90 90", symbol("'P m -3 m'"), plain, salt, chlor), "Na 1, Cl 1", 0, "does not fit", "made to fit"},
		// K23
		{"the angle is a question mark", cifOf("3.2 3.2 5.2 90 90 ?", symbol("'P 63/m m c'"), plain, "Mg .33333 .66667 .25"), "Mg 2", 194, "space group makes it 120°", ""},
		{"by number", "data_x\n_cell_length_a 3.2\n_cell_length_b 3.2\n_cell_length_c 5.2\n_space_group_IT_number 194\n" + atomsHead + "Mg .33333 .66667 .25\n", "Mg 2", 194, "120°", ""},
		{"by operations", "data_x\n_cell_length_a 3.2\n_cell_length_b 3.2\n_cell_length_c 5.2\nloop_\n_symmetry_equiv_pos_as_xyz\nx,y,z\n-y,x-y,z\n" + atomsHead + "Mg 0 0 0\n", "Mg 1", 191, "120°", ""},
		{"equal angles of a rhombohedron", "data_x\n_cell_length_a 4.5\n_cell_length_b 4.5\n_cell_length_c 4.5\n_cell_angle_alpha 57.1\n" + symbol("'R -3 m :R'") + "\n" + atomsHead + "Sb .233 .233 .233\n", "Sb 2", 166, "57.1°", ""},
		{"one edge of a cube", "data_x\n_cell_length_a 5.64\n" + symbol("'F m -3 m'") + "\n" + atomsHead + "Na 0 0 0\nCl .5 .5 .5\n", "Na 4, Cl 4", 225, "edge b is not given", ""},
		// K26
		{"a row cut off at the end", strings.TrimSuffix(cifOf(cubic4, p1, plain, salt, chlor, "K .5 0"), "\n"), "Na 1, Cl 1", 0, "Line 16", ""},
		{"a row with a word too many", cifOf(cubic4, p1, plain, salt, "Cl .5 .5 .5 extra", "K .5 0 0"), "Na 1, K 1", 0, "Line 15", ""},
		{"a coordinate that is a word", cifOf(cubic4, p1, plain, salt, "Cl .5 x .5"), "Na 1", 0, "line 15, expected a number, found “x”", ""},
		{"an operation cut off at the end", cifOf(cubic4, p1, plain, salt) + "loop_\n_atom_site_aniso_label\n_atom_site_aniso_U_11\n_atom_site_aniso_U_22\nNa .1", "Na 1", 0, "line 19", ""},
		// K28
		{"a suppressed atom", cifOf(p1bar, symbol("'P -1'"), filled, "Cu1 Cu 0 0 0 1", "O1 O .2 .3 .1 .", "O1? O .24 .33 .13 ."), "Cu 1, O 2", 0, "behind the label", ""},
		{"a question mark with its occupancy", cifOf(p1bar, symbol("'P -1'"), filled, "Cu1 Cu 0 0 0 1", "O1 O .2 .3 .1 .6", "O1? O .24 .33 .13 .4"), "Cu 1, O 2", 0, "", "behind the label"},
		// K13, K26
		{"computem, with a mixed site", "Mg and Zn\n 3 4 5\n12 0 0 0 .7 .1\n30 0 0 0 .3 .1\n8 1.5 2 2.5 1 .1\n-1\n", "Mg 0.7, Zn 0.3, O 1", 0, "", ""},
		{"atoms in words", "2 atoms\nLattice=\"4 0 0 0 4 0 0 0 4\"\nCs 0 0 0\nCl 2 2 2\n", "Cs 1, Cl 1", 221, "", ""},
		{"a cell as a key without quotes", "2\nunit_cell=4 4 4 90 90 90\nCs 0 0 0\nCl 2 2 2\n", "Cs 1, Cl 1", 221, "", ""},
		{"a cell for Jmol", "2\njmolscript: load '' {1 1 1} unitcell [ 4 4 4 90 90 90 ]\nCs 0 0 0\nCl 2 2 2\n", "Cs 1, Cl 1", 221, "", ""},
		{"vectors behind a blank line", "2\n%PBC\nCs 0 0 0\nCl 2 2 2\n\nVec1 4 0 0\nVec2 0 4 0\nVec3 0 0 4\n", "Cs 1, Cl 1", 221, "", ""},
		{"a cell in the second line", "2\ncell 4 4 4 90 90 90\nCs 0 0 0\nCl 2 2 2\n", "Cs 1, Cl 1", 221, "", ""},
		{"vectors among the atoms", "5\nfrom a program\nCs 0 0 0\nCl 2 2 2\nTv 4 0 0\nTv 0 4 0\nTv 0 0 4\n", "Cs 1, Cl 1", 221, "", ""},
		{"vectors behind the atoms", "2\nfrom a program\nCs 0 0 0\nCl 2 2 2\nVEC1 4 0 0\nVEC2 0 4 0\nVEC3 0 0 4\n", "Cs 1, Cl 1", 221, "", ""},
		{"nine numbers alone", "2\n4 0 0 0 4 0 0 0 4\nCs 0 0 0\nCl 2 2 2\n", "Cs 1, Cl 1", 221, "", ""},
		{"the first frame is bad", "1\nno cell\nCs 0 0 0\n2\nLattice=\"4 0 0 0 4 0 0 0 4\"\nCs 0 0 0\nCl 2 2 2\n", "Cs 1, Cl 1", 221, "frame 1", ""},
		{"a frame cut off", "2\nLattice=\"4 0 0 0 4 0 0 0 4\"\nCs 0 0 0\nCl 2 2 2\n2\nLattice=\"4 0 0 0 4 0 0 0 4\"\nCs 0 0 0\n", "Cs 1, Cl 1", 221, "frame 2", ""},
		{"words behind the last frame", "1\nLattice=\"4 0 0 0 4 0 0 0 4\"\nPo 0 0 0\nthe end\n", "Po 1", 221, "Not read", ""},
		// K14
		{"remarks in a POSCAR", "x\n1.0 ! scale\n4 0 0 # a\n0 4 0\n0 0 4\nCs Cl !kinds\n1 1 # n\nSelective dynamics\nCartesian # mode\n0 0 0 T T F ! Cs\n2 2 2 F F F\n", "Cs 1, Cl 1", 221, "", ""},
		{"commas in a POSCAR", "x\n1,0\n4.0, 0.0, 0.0\n0.0, 4.0, 0.0\n0.0, 0.0, 4.0\nCs, Cl\n1, 1\nDirect\n0,0,0\n0,5 0,5 0,5\n", "Cs 1, Cl 1", 221, "", ""},
		{"numbers of a POSCAR that stand together", "x\n1.0\n 4.0000-0.0000-0.0000\n 0.0000 4.0000-0.0000\n-0.0000-0.0000 4.0000\nCs Cl\n1 1\nDirect\n0 0 0\n-0.5000-0.5000-0.5000\n", "Cs 1, Cl 1", 221, "", ""},
		// K15
		{"a dictionary of Python", `{'@class': 'Structure', 'charge': None, 'lattice': {'matrix': [[4., .0, 0.0], [0.0, 4.0, 0.0], (0.0, 0.0, 4.0,)], 'pbc': (True, True, True)}, 'sites': [{'species': [{'element': 'Cs', 'occu': 1}], 'abc': [0.0, 0.0, 0.0], 'label': "Cs's"}, {'species': [{'element': 'Cl', 'occu': np.float64(1.0)}], 'abc': [0.5, 5e-1, 0.5], 'label': 'a "Cl"'},]}`, "Cs 1, Cl 1", 221, "", ""},
		{"arrays of numpy", `{'numbers': array([55, 17], dtype=int32), 'positions': array([[0. , 0. , 0. ],
       [2., 2., 2.]]), 'cell': array([[4., 0., 0.], [0., 4., 0.], [0., 0., 4.]]), 'pbc': array([ True,  True,  True])}`, "Cs 1, Cl 1", 221, "", ""},
		{"one OPTIMADE entry", `{"data":{"id":"x","attributes":{"lattice_vectors":[[4,0,0],[0,4,0],[0,0,4]],"cartesian_site_positions":[[0,0,0],[2,2,2]],"species_at_sites":["M","O"],"species":[{"name":"M","chemical_symbols":["Mg","vacancy"],"concentration":[0.8,0.2]}]}}}`, "Mg 0.8, O 1", 0, "Vacanc", ""},
		{"JARVIS", `{"jid":"JVASP-1","atoms":{"lattice_mat":[[4,0,0],[0,4,0],[0,0,4]],"coords":[[0,0,0],[0.5,0.5,0.5]],"elements":["Cs","Cl"],"cartesian":false}}`, "Cs 1, Cl 1", 221, "", ""},
		{"JARVIS in Å", `{"lattice_mat":[[4,0,0],[0,4,0],[0,0,4]],"coords":[[0,0,0],[2,2,2]],"elements":["Cs","Cl"],"cartesian":"True"}`, "Cs 1, Cl 1", 221, "", ""},
		{"ASE database", `{"1":{"cell":[[4,0,0],[0,4,0],[0,0,4]],"positions":[[0,0,0],[2,2,2]],"numbers":[55,17],"pbc":[true,true,true]},"ids":[1],"nextid":2}`, "Cs 1, Cl 1", 221, "", ""},
		{"ASE arrays", `{"numbers":{"__ndarray__":[[2],"int64",[55,17]]},"positions":{"__ndarray__":[[2,3],"float64",[0,0,0,2,2,2]]},"cell":{"array":{"__ndarray__":[[3,3],"float64",[4,0,0,0,4,0,0,0,4]]},"__ase_objtype__":"cell"}}`, "Cs 1, Cl 1", 221, "", ""},
		{"ASE symbols", `{"symbols":"CsCl","scaled_positions":[[0,0,0],[0.5,0.5,0.5]],"cell":[4,4,4]}`, "Cs 1, Cl 1", 221, "", ""},
		{"deep in other things", `{"a":[{"b":{"c":{"output":{"structure":{"lattice":{"matrix":[[4,0,0],[0,4,0],[0,0,4]]},"sites":[{"species":[{"element":"Po","occu":1}],"abc":[0,0,0]}]}}}}}]}`, "Po 1", 221, "", ""},
		// K16
		{"SHELX with free variables", "TITL x\nCELL 0.71 7 8 9 90 100 90\nLATT 1\nSFAC C O CU\nUNIT 1 1 1\nFVAR 1.0 0.7\nCu1 3 10.0 10.0 10.0 10.5 0.02\nO1A 2 0.2 0.3 0.1 21.0 0.05\nO1B 2 0.24 0.33 0.13 -21.0 0.05\nC1 1 0.4 0.1 0.7 11 0.02 0.03 =\n 0.02 0 0 0\nQ1 1 .3 .3 .3 11.0 0.05 1.2\nHKLF 4\nEND\n", "Cu 1, O 2, C 2", 2, "", ""},
		{"SHELX with occupancies of AFIX", "TITL x\nCELL 0.71 5 6 7 90 99 90\nLATT -1\nSFAC C H\nUNIT 1 3\nAFIX 137 0.98 10.5 -1.5\nH1 2 .2 .2 .3\nAFIX 137 10.5\nH2 2 .2 .7 .3\nAFIX 43 0.95\nH3 2 .7 .2 .3\nAFIX 0\nC1 1 .1 .2 .6 11 .02\nEND\n", "C 1, H 2", 0, "", ""},
		{"SHELX without a centre, centred", "TITL x\nCELL 0.71 7 8 9 90 90 90\nLATT -7\nSYMM -X,-Y,Z\nSFAC Si\nUNIT 8\nSi1 1 .1 .2 .3 11 .05\nEND\n", "Si 4", 0, "", ""},
		{"PDB", "CRYST1    4.000    4.000    4.000  90.00  90.00  90.00 P 1           1\nATOM      1 CS    CS A   1       0.000   0.000   0.000  1.00 10.00          CS\nHETATM    2 CL    CL A   2       2.000   2.000   2.000  0.50 12.00          CL\nEND\n", "Cs 1, Cl 0.5", 0, "", ""},
		{"PDB with a group", "HEADER    x\nCRYST1   40.000   50.000   60.000  90.00  90.00  90.00 P 21 21 21    4\nSCALE1      0.025000  0.000000  0.000000        0.00000\nSCALE2      0.000000  0.020000  0.000000        0.00000\nSCALE3      0.000000  0.000000  0.016667        0.00000\nATOM      1  CA  ALA A   1       1.000   2.000   3.000  1.00 10.00\nEND\n", "C 4", 19, "", ""},
		{"mmCIF", "data_1ABC\n_cell.length_a 40\n_cell.length_b 50\n_cell.length_c 60\n_cell.angle_alpha 90\n_cell.angle_beta 90\n_cell.angle_gamma 90\n_symmetry.space_group_name_H-M 'P 21 21 21'\nloop_\n_atom_site.group_PDB\n_atom_site.id\n_atom_site.type_symbol\n_atom_site.label_atom_id\n_atom_site.Cartn_x\n_atom_site.Cartn_y\n_atom_site.Cartn_z\n_atom_site.occupancy\n_atom_site.B_iso_or_equiv\n_atom_site.pdbx_PDB_model_num\nATOM 1 C CA 1 2 3 1.00 10 1\nATOM 2 FE FE 5 6 7 1.00 10 1\nATOM 1 C CA 1.1 2 3 1.00 10 2\n", "C 4, Fe 4", 19, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, line := range []string{"\n", "\r\n"} {
				list, err := source.Decode("", []byte("\ufeff"+strings.ReplaceAll(tt.text, "\n", line)))
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
			}
		})
	}
}

// counts reads "Na 4, Cl 4".
func counts(t *testing.T, text string) map[string]float64 {
	t.Helper()
	m := map[string]float64{}
	for _, part := range strings.Split(text, ", ") {
		symbol, n, _ := strings.Cut(part, " ")
		v := number(t, n)
		m[symbol] = v
	}
	return m
}

func number(t *testing.T, s string) float64 {
	t.Helper()
	whole, decimals, _ := strings.Cut(s, ".")
	v := 0.0
	for _, c := range whole + decimals {
		v = 10*v + float64(c-'0')
	}
	return v / math.Pow10(len(decimals))
}

// FuzzPeople: every text of the table above, changed at will, is read or refused
// in order. It does 840 runs a second on two busy cores, since each reads a
// whole file of whatever kind it takes it for.
func FuzzPeople(f *testing.F) {
	addFiles(f, "testdata/cases/k*")
	for _, v := range variants() {
		f.Add([]byte(v.text))
	}
	for _, r := range refusals {
		if len(r.text) < 1<<12 {
			f.Add([]byte(r.text))
		}
	}
	for _, s := range mixedTexts {
		f.Add([]byte(cifOf(cubic4, p1, filled, "M1 '"+s+"' 0 0 0 1")))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := source.Decode("", data)
		checkDecoded(t, list, err)
		for _, s := range list {
			if err := s.Validate(); err != nil {
				t.Errorf("%v", err)
			}
		}
	})
}

// A file that is mostly reflections is read whatever its size; one that is as
// large without them is not.
func TestLargeFiles(t *testing.T) {
	row := "   1   2   3  1234.56   12.34   1\n"
	salted := cifOf("5.64 5.64 5.64 90 90 90", symbol("'F m -3 m'"), plain, salt, chlor)
	rows := strings.Repeat(row, 6<<20/len(row))
	shelx := "TITL x\nCELL 0.71 4 4 4 90 90 90\nLATT -1\nSFAC Po\nPo1 1 10 10 10 11 0.02\nHKLF 4\n"
	for _, tt := range []struct{ name, text, atoms string }{
		{"a text field", "data_x\n_shelx_hkl_file\n;\n" + rows + ";\n" + strings.TrimPrefix(salted, "data_x\n"), "Na 4, Cl 4"},
		{"a loop", salted + "loop_\n_refln_index_h\n_refln_index_k\n_refln_index_l\n_refln_F_squared_meas\n_refln_F_squared_sigma\n_refln_status\n" + rows, "Na 4, Cl 4"},
		{"a loop before the crystal, CR LF", strings.ReplaceAll("data_x\nloop_ _refln_index_h _refln_index_k\n_refln_index_l _refln_a _refln_b _refln_c\n"+rows+strings.TrimPrefix(salted, "data_x\n"), "\n", "\r\n"), "Na 4, Cl 4"},
		{"SHELX", shelx + rows, "Po 1"},
		{"atoms", salted + strings.Repeat("K .1 .2 .3\n", 6<<20/11), ""},
		{"no crystal", strings.Repeat("text\n", 6<<20/5), ""},
	} {
		list, err := source.Decode("", []byte(tt.text))
		if tt.atoms == "" {
			if err == nil || !strings.Contains(err.Error(), " The limit is 5 MB. ") {
				t.Errorf("%s: %v", tt.name, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
		} else if got := content(list[0]); !equalContent(got, counts(t, tt.atoms)) {
			t.Errorf("%s holds %v", tt.name, got)
		}
	}
}
