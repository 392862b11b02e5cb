package source_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"zoneaxis/internal/source"
)

// refusals are files with one fault each, of every kind that refuses a file,
// and what stands where the fault is.
var refusals = []struct {
	name, text string
	line       string
	stood      string
}{
	// CIF
	{"no cell", "# a\ndata_x\n_cell_angle_alpha 90\n", "2", "found none"},
	{"an edge missing", "data_x\n_cell_length_a 4\n_cell_length_b 4\n" + atomsHead + "Na 0 0 0\n", "1", "found none"},
	{"an edge that is no number", cell("abc", "4", "4", "90", "90", "90") + atomsHead + "Na 0 0 0\n", "2", "“abc”"},
	{"an edge of zero", cell("0", "4", "4", "90", "90", "90") + atomsHead + "Na 0 0 0\n", "7", "cell lengths 0, 4, 4"},
	{"an edge of a kilometre", cell("99999", "4", "4", "90", "90", "90") + atomsHead + "Na 0 0 0\n", "7", "cell length 99999"},
	{"angles without a volume", cell("4", "4", "4", "10", "20", "170") + atomsHead + "Na 0 0 0\n", "7", "cell angles 10, 20, 170"},
	{"an angle of 200°", cell("4", "4", "4", "90", "90", "200") + atomsHead + "Na 0 0 0\n", "7", "cell angles 90, 90, 200"},
	{"a cell that stands for none", cell("1", "1", "1", "90", "90", "90") + "loop_\n_atom_site.Cartn_x\n_atom_site.Cartn_y\n_atom_site.Cartn_z\n_atom_site.type_symbol\n0 0 0 C\n", "7", "found the one that stands for none"},
	{"no z", cell("4", "4", "4", "90", "90", "90") + "loop_\n_atom_site_label\n_atom_site_fract_x\n_atom_site_fract_y\nNa 0 0\n", "8", "found only “_atom_site_label"},
	{"a coordinate", cell("4", "4", "4", "90", "90", "90") + atomsHead + "Na 0 x 0\n", "13", "“x”"},
	{"a coordinate out of sight", cell("4", "4", "4", "90", "90", "90") + atomsHead + "Na 0 1e9 0\n", "13", "“1e9”"},
	{"torn rows", cell("4", "4", "4", "90", "90", "90") + atomsHead + "Na 0 0\nCl .5 .5\n_x y\n", "14", "found 2"},
	{"stray words", cell("4", "4", "4", "90", "90", "90") + "_symmetry_cell_setting cubic\nNa 0 0\n", "9", "“Na”"},
	{"too many rows", cell("4", "4", "4", "90", "90", "90") + atomsHead + strings.Repeat("Na 0 0 0\n", source.MaxSites+2), "20014", "found more"},
	{"too many atoms", cell("4", "4", "4", "90", "90", "90") + symbol("'F m -3 m'") + "\n" + atomsHead + manyAtoms(200), "9", "found more"},
	{"an operation", cell("4", "4", "4", "90", "90", "90") + "loop_\n_symmetry_equiv_pos_as_xyz\nx,y,z\nx,y,q\n" + atomsHead + "Na 0 0 0\n", "11", "“x,y,q”"},
	{"operations without a group", cell("4", "4", "4", "90", "90", "90") + "loop_\n_symmetry_equiv_pos_as_xyz\n-y,x,z\n-y,x-y,z\n" + atomsHead + "Na 0 0 0\n", "10", "found 2"},
	{"a symbol", cell("4", "4", "4", "90", "90", "90") + symbol("'Q 4'") + "\n" + atomsHead + "Na 0 0 0\n", "8", "“Q 4”"},
	{"a Hall symbol", cell("4", "4", "4", "90", "90", "90") + "_space_group_name_Hall 'Q 4'\n" + atomsHead + "Na 0 0 0\n", "8", "“Q 4”"},
	{"a number of a group", cell("4", "4", "4", "90", "90", "90") + "_space_group_IT_number 231\n" + atomsHead + "Na 0 0 0\n", "8", "“231”"},
	// POSCAR
	{"scale", "x\nabc\n4 0 0\n0 4 0\n0 0 4\nSi\n1\nDirect\n0 0 0\n", "2", "“abc”"},
	{"scale of zero", "x\n0\n4 0 0\n0 4 0\n0 0 4\nSi\n1\nDirect\n0 0 0\n", "2", "“0”"},
	{"two vectors", "x\n1\n4 0 0\n0 4 0\nSi\n1\nDirect\n0 0 0\n", "5", "“Si”"},
	{"a flat cell", "x\n1\n4 0 0\n0 4 0\n4 4 0\nSi\n1\nDirect\n0 0 0\n", "5", "volume of 0"},
	{"counts", "x\n1\n4 0 0\n0 4 0\n0 0 4\nSi O\n2\nDirect\n0 0 0\n0 0 .5\n", "7", "“2”"},
	{"no symbols", "x\n1\n4 0 0\n0 4 0\n0 0 4\n1 1\nDirect\n0 0 0\n0 0 .5\n", "6", "“1 1”"},
	{"mode", "x\n1\n4 0 0\n0 4 0\n0 0 4\nSi\n1\n0 0 0\n", "8", "“0 0 0”"},
	{"cut short", "x\n1\n4 0 0\n0 4 0\n0 0 4\nSi\n3\nDirect\n0 0 0\n.5 .5 .5\n", "11", "found 2"},
	{"cut short within the head", "x\n1\n4 0 0\n0 4 0\n0 0 4\n", "6", "nothing"},
	{"a position", "x\n1\n4 0 0\n0 4 0\n0 0 4\nSi\n1\nDirect\n0 x 0\n", "9", "“0 x 0”"},
	{"a position far away", "x\n1\n4 0 0\n0 4 0\n0 0 4\nSi\n1\nDirect\n1e6 0 0\n", "9", "“1e6 0 0”"},
	{"a large number of atoms", "x\n1\n4 0 0\n0 4 0\n0 0 4\nSi\n99999\nDirect\n0 0 0\n", "7", "“99999”"},
	// XYZ
	{"no lattice", "1\na molecule\nC 0 0 0\n", "2", "“a molecule”"},
	{"eight numbers", "1\nLattice=\"4 0 0 0 4 0 0 0\"\nC 0 0 0\n", "2", "“4 0 0 0 4 0 0 0”"},
	{"properties", "1\nLattice=\"4 0 0 0 4 0 0 0 4\" Properties=species:S:1\nC 0 0 0\n", "2", "“species:S:1”"},
	{"columns", "1\nLattice=\"4 0 0 0 4 0 0 0 4\"\nC 0 0\n", "3", "“C 0 0”"},
	{"a word for a coordinate", "1\nLattice=\"4 0 0 0 4 0 0 0 4\"\nC 0 x 0\n", "3", "“x”"},
	{"too few atoms", "2\nLattice=\"4 0 0 0 4 0 0 0 4\"\nC 0 0 0\n", "4", "found 1"},
	{"an occupancy", "1\nLattice=\"4 0 0 0 4 0 0 0 4\" Properties=species:S:1:pos:R:3:occupancy:R:1\nC 0 0 0 full\n", "3", "“full”"},
	{"no atoms", "0\nLattice=\"4 0 0 0 4 0 0 0 4\"\n", "1", "“0”"},
	{"computem", "x\n4 4 4\n6 0 0 0 1 .1\n200 0 0 0 1 .1\n-1\n", "4", "“200 0 0 0 1 .1”"},
	// SHELX
	{"LATT", "TITL x\nCELL 0.71 4 4 4 90 90 90\nLATT 9\nSFAC C\nC1 1 0 0 0 11 .05\nEND\n", "3", "“9”"},
	{"SYMM", "TITL x\nCELL 0.71 4 4 4 90 90 90\nLATT -1\nSYMM X,Y\nSFAC C\nC1 1 0 0 0 11 .05\nEND\n", "4", "“X,Y”"},
	{"SYMM without a group", "TITL x\nCELL 0.71 4 4 4 90 90 90\nLATT -1\nSYMM -Y,X,Z\nSYMM -Y,X-Y,Z\nSFAC C\nC1 1 0 0 0 11 .05\nEND\n", "5", "found 2"},
	{"a cell of SHELX", "TITL x\nCELL 0.71 0 4 4 90 90 90\nLATT -1\nSFAC C\nC1 1 0 0 0 11 .05\nEND\n", "2", "cell lengths 0, 4, 4"},
	{"FVAR", "TITL x\nCELL 0.71 4 4 4 90 90 90\nLATT -1\nSFAC C\nFVAR 1 x\nC1 1 0 0 0 11 .05\nEND\n", "5", "“x”"},
	{"a free variable", "TITL x\nCELL 0.71 4 4 4 90 90 90\nLATT -1\nSFAC C\nFVAR 1\nC1 1 0 0 0 31 .05\nEND\n", "6", "“31”"},
	{"an unknown instruction", "TITL x\nCELL 0.71 4 4 4 90 90 90\nLATT -1\nSFAC C\nFOO 1\nEND\n", "5", "“FOO 1”"},
	{"a factor", "TITL x\nCELL 0.71 4 4 4 90 90 90\nLATT -1\nSFAC C\nC1 C 0 0 0 11 .05\nEND\n", "5", "“C”"},
	{"a coordinate of SHELX", "TITL x\nCELL 0.71 4 4 4 90 90 90\nLATT -1\nSFAC C\nC1 1 0 y 0 11 .05\nEND\n", "5", "“y”"},
	// PDB
	{"CRYST1 missing", "HEADER    x\nATOM      1  C   ALA A   1       0.000   0.000   0.000  1.00 10.00           C\n", "1", "found none"},
	{"CRYST1 of no crystal", "CRYST1    1.000    1.000    1.000  90.00  90.00  90.00 P 1           1\n", "1", "found the one that stands for none"},
	{"CRYST1 with words", "CRYST1    a        4.000    4.000  90.00  90.00  90.00 P 1           1\n", "1", "“CRYST1 a"},
	{"a group of PDB", "CRYST1    4.000    4.000    4.000  90.00  90.00  90.00 Q 4           1\nATOM      1  C   ALA A   1       0.000   0.000   0.000  1.00 10.00           C\n", "1", "“Q 4”"},
	{"a coordinate of PDB", "CRYST1    4.000    4.000    4.000  90.00  90.00  90.00 P 1           1\nATOM      1  C   ALA A   1       x       0.000   0.000  1.00 10.00           C\n", "2", "“x”"},
	// JSON
	{"cut off", "{\n\"lattice\": {\"matrix\": [[4,0,0],", "2", "found the end"},
	{"no JSON", "{\n\n\"a\":,}", "3", "“,}”"},
	{"no structure", "{\"a\":1}", "1", "found none"},
	{"two vectors of JSON", "{\"lattice\":{\"matrix\":[[3,0,0],[0,3,0]]},\"sites\":[]}", "1", "“{\"matrix\""},
	{"two coordinates", "{\"lattice\":{\"matrix\":[[3,0,0],[0,3,0],[0,0,3]]},\n\"sites\":[{\"species\":[{\"element\":\"Si\"}],\"abc\":[0,0]}]}", "2", "“{\"species\""},
	{"species and sites differ", "{\"lattice_vectors\":[[4,0,0],[0,4,0],[0,0,4]],\"cartesian_site_positions\":[[0,0,0]],\n\"species_at_sites\":[]}", "2", "found 0"},
	{"numbers and positions differ", "{\"cell\":[4,4,4],\"positions\":[[0,0,0]],\"numbers\":[1,2]}", "1", "found 2"},
	{"a cell of ASE", "{\"cell\":[4,4],\"positions\":[[0,0,0]],\"numbers\":[1]}", "1", "“[4,4]"},
	{"text for a number", "{\"lattice\":{\"matrix\":[[3,0,0],[0,3,0],[0,0,3]]},\"sites\":[{\"species\":[{\"element\":\"Si\"}],\"abc\":[\"x\",0,0]}]}", "1", "a string"},
	{"what ASE prints", "Atoms(symbols='Si2', pbc=True, cell=[3.8, 3.8, 3.8])\n", "1", "what ASE prints of one"},
	{"what ASE prints, in a list", "x\n>>> a\n[Atoms(symbols='Si2', pbc=True, cell=[3.8, 3.8, 3.8]), Atoms(symbols='Si')]\n", "3", "what ASE prints of one"},
	{"a script for ASE", "# silicon\nfrom ase.build import bulk\natoms = bulk('Si')\n", "2", "a script that makes one, “from ase.build"},
	{"a script that makes atoms", "a = 4.0\ncscl = Atoms('CsCl', positions=[(0, 0, 0), (2, 2, 2)], cell=[a, a, a])\n", "2", "what ASE prints of one"},
	{"what pymatgen prints", "Full Formula (Cs1 Cl1)\nReduced Formula: CsCl\nabc   :   4.000000   4.000000   4.000000\n", "1", "what pymatgen prints of one"},
	{"what pymatgen prints at length", "Structure Summary\nLattice\n    abc : 4.0 4.0 4.0\n", "1", "what pymatgen prints of one"},
	{"none of all", "\n\nGIF89a", "3", "“GIF89a”"},
}

// whole is a refusal with its four parts: line, what was expected, what stood
// there, and what to do.
var whole = regexp.MustCompile(`^This file is not an? .+ we can read: line (\d+), (expected .+, found .+|cell .+(: .+|no volume))\. ([A-Z][^.]*(?:\.[^ ][^.]*)*\.)$`)

// What ASE prints is refused with what to do, whatever the file is called.
func TestRefusedPrints(t *testing.T) {
	for _, name := range []string{"", "atoms.txt", "atoms.cif", "atoms.json", "atoms.xyz", "POSCAR", "pasted"} {
		_, err := source.Decode(name, []byte("Atoms(symbols='CsCl', pbc=True, cell=[4.0, 4.0, 4.0])\n"))
		want := "This file is not a crystal structure we can read: line 1, expected a crystal, found what ASE prints of one or a script that makes one, “Atoms(symbols='CsCl', pb…”. " +
			`In Python run atoms.write("crystal.cif"), or atoms.write("crystal.xyz", format="extxyz"), and open the file that it makes.`
		if err == nil || err.Error() != want {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestRefusals(t *testing.T) {
	for _, tt := range refusals {
		t.Run(tt.name, func(t *testing.T) {
			name := ""
			if strings.HasPrefix(tt.text, "x\n") {
				name = "POSCAR"
			}
			list, err := source.Decode(name, []byte(tt.text))
			if err == nil {
				t.Fatalf("it is read: %q", list[0].Notes)
			}
			m := whole.FindStringSubmatch(err.Error())
			if m == nil || m[1] != tt.line || !strings.Contains(m[2], tt.stood) {
				t.Errorf("%s\n%q: want line %s, %s", err, m, tt.line, tt.stood)
			}
			if _, ok := errors.AsType[*source.SyntaxError](err); !ok && !errors.Is(err, source.ErrUnknownFormat) {
				t.Errorf("a %T", err)
			}
		})
	}
}
