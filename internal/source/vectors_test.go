package source_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/source"
)

const gaasVectors = "0 2.82665 2.82665\n2.82665 0 2.82665\n2.82665 2.82665 0\n"

func TestPOSCAR(t *testing.T) {
	const cubic = "5.6533 0 0\n0 5.6533 0\n0 0 5.6533\n"
	const eight = "0 0 0\n0 .5 .5\n.5 0 .5\n.5 .5 0\n.25 .25 .25\n.25 .75 .75\n.75 .25 .75\n.75 .75 .25\n"
	for _, tt := range []struct {
		name, file, text string
		title            string
		volume           float64
		want             map[string]float64
		first            crystal.Frac // of the second site
		notes            []string
	}{
		{"VASP 5", "POSCAR", "gallium arsenide\n1.0\n" + gaasVectors + "Ga As\n1 1\nDirect\n0 0 0\n0.25 0.25 0.25\n", "gallium arsenide", 45.1697, map[string]float64{"Ga": 1, "As": 1}, crystal.Frac{.25, .25, .25}, nil},
		{"VASP 4, symbols in the first line", "CONTCAR", "Ga As\n1.0\n" + gaasVectors + "1 1\nDirect\n0 0 0\n0.25 0.25 0.25\n", "Ga As", 45.1697, map[string]float64{"Ga": 1, "As": 1}, crystal.Frac{.25, .25, .25}, nil},
		{"VASP 4, symbols behind the positions", "x.vasp", "cell\n1.0\n" + gaasVectors + "1 1\nDirect\n0 0 0 Ga\n0.25 0.25 0.25 As\n", "cell", 45.1697, map[string]float64{"Ga": 1, "As": 1}, crystal.Frac{.25, .25, .25}, nil},
		{"VASP 4, symbols behind the flags", "x.vasp", "cell\n1.0\n" + gaasVectors + "1 1\nSelective\nDirect\n0 0 0 T T F Ga\n0.25 0.25 0.25 T T T As\n", "cell", 45.1697, map[string]float64{"Ga": 1, "As": 1}, crystal.Frac{.25, .25, .25}, nil},
		{"names of pseudopotentials", "POSCAR", "x\n1.0\n" + gaasVectors + "Ga_d As/2f1e\n1 1\nDirect\n0 0 0\n0.25 0.25 0.25\n", "x", 45.1697, map[string]float64{"Ga": 1, "As": 1}, crystal.Frac{.25, .25, .25}, nil},
		{"Cartesian, selective dynamics, velocities", "POSCAR", "x\n1.0\n" + gaasVectors + "Ga As\n1 1\nSelective dynamics\nCartesian\n0 0 0 T T T\n1.413325 1.413325 1.413325 F F F\n\n0.0 0.0 0.0\n1e-3 0 0\n", "x", 45.1697, map[string]float64{"Ga": 1, "As": 1}, crystal.Frac{.25, .25, .25}, nil},
		{"scale", "POSCAR", "x\n5.6533\n0 .5 .5\n.5 0 .5\n.5 .5 0\nGa As\n1 1\nK\n0 0 0\n.25 .25 .25\n", "x", 45.1697, map[string]float64{"Ga": 1, "As": 1}, crystal.Frac{.25, .25, .25}, nil},
		{"scale by the volume", "POSCAR", "x\n-45.1697\n0 .5 .5\n.5 0 .5\n.5 .5 0\nGa As\n1 1\nC\n0 0 0\n.25 .25 .25\n", "x", 45.1697, map[string]float64{"Ga": 1, "As": 1}, crystal.Frac{.25, .25, .25}, nil},
		{"three scales", "POSCAR", "x\n2 3 4\n1 0 0\n0 1 0\n0 0 1\nPo\n2\nC\n0 0 0\n.5 .5 .5\n", "x", 24, map[string]float64{"Po": 2}, crystal.Frac{.5, .5, .5}, nil},
		{"eight atoms, CR LF, no blank behind the last", "POSCAR", strings.TrimSpace(strings.ReplaceAll("x\n1\n"+cubic+"Ga As\n4 4\nDirect\n"+eight, "\n", "\r\n")), "x", 180.6788, map[string]float64{"Ga": 4, "As": 4}, crystal.Frac{0, .5, .5}, nil},
		{"coordinates outside the cell", "POSCAR", "x\n1\n" + cubic + "Ga As\n1 1\nDirect\n-0.0 1 2\n-0.75 1.25 2.25\n", "x", 180.6788, map[string]float64{"Ga": 1, "As": 1}, crystal.Frac{.25, .25, .25}, nil},
		{"a kind without atoms", "POSCAR", "x\n1\n" + cubic + "Ga H As\n1 0 1\nDirect\n0 0 0\n.25 .25 .25\n", "x", 180.6788, map[string]float64{"Ga": 1, "As": 1}, crystal.Frac{.25, .25, .25}, nil},
		{"Fortran exponents", "POSCAR", "x\n1.0D+00\n5.6533D0 0 0\n0 5.6533 0\n0 0 5.6533\nGa As\n1 1\nDirect\n0 0 0\n2.5D-1 .25 .25\n", "x", 180.6788, map[string]float64{"Ga": 1, "As": 1}, crystal.Frac{.25, .25, .25}, nil},
		{"left-handed", "POSCAR", "x\n1\n0 5.6533 0\n5.6533 0 0\n0 0 5.6533\nGa As\n1 1\nDirect\n0 0 0\n.25 .25 .2\n", "x", 180.6788, map[string]float64{"Ga": 1, "As": 1}, crystal.Frac{.75, .75, .8},
			[]string{"The cell vectors are left-handed; all three were reversed, so indices change their sign."}},
		{"not recognised", "POSCAR", "x\n1\n" + cubic + "Ga Xx\n1 2\nDirect\n0 0 0\n.25 .25 .25\n.5 .5 .5\n", "x", 180.6788, map[string]float64{"Ga": 1}, crystal.Frac{},
			[]string{"Read 1 of 3 atoms. Not recognised: “Xx”. Intensities leave them out."}},
		{"an atom twice", "POSCAR", "x\n1\n" + cubic + "Ga\n3\nDirect\n0 0 0\n.5 .5 .5\n1 1 1\n", "x", 180.6788, map[string]float64{"Ga": 2}, crystal.Frac{.5, .5, .5},
			[]string{"One atom is listed twice; the second is left out."}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := decodeOne(t, tt.file, tt.text)
			if s.Name != tt.title || math.Abs(s.Lattice.Volume()-tt.volume) > 1e-3 || s.Given != nil {
				t.Errorf("%q, volume %g, given %v, want %q, %g", s.Name, s.Lattice.Volume(), s.Given, tt.title, tt.volume)
			}
			if got := content(s); !equalContent(got, tt.want) {
				t.Errorf("cell holds %v, want %v", got, tt.want)
			}
			if len(s.Sites) > 1 {
				for k, x := range s.Sites[1].Frac {
					if math.Abs(x-tt.first[k]) > 1e-9 {
						t.Errorf("second site at %v, want %v", s.Sites[1].Frac, tt.first)
						break
					}
				}
			}
			if !slices.Equal(s.Notes, tt.notes) {
				t.Errorf("notes %q, want %q", s.Notes, tt.notes)
			}
		})
	}
}

func TestPOSCARErrors(t *testing.T) {
	const prefix = "This file is not a POSCAR we can read: "
	const head = "x\n1\n4 0 0\n0 4 0\n0 0 4\n"
	for _, tt := range []struct{ name, text, want string }{
		{"no scale", "x\nabc\n1 0 0\n0 1 0\n0 0 1\nSi\n1\nDirect\n0 0 0\n", "line 2, expected the scale of the cell, found “abc”."},
		{"zero scale", "x\n0\n4 0 0\n0 4 0\n0 0 4\nSi\n1\nDirect\n0 0 0\n", "line 2, expected a scale above zero, found “"},
		{"two vectors", "x\n1\n4 0 0\n0 4 0\nSi\n1\nDirect\n0 0 0\n", "line 5, expected three numbers, found “Si”."},
		{"flat cell", "x\n1\n4 0 0\n0 4 0\n4 4 0\nSi\n1\nDirect\n0 0 0\n", "line 5, cell vectors enclose a volume of 0 Å³: they must form a right-handed set."},
		{"flat cell by volume", "x\n-64\n4 0 0\n0 4 0\n4 4 0\nSi\n1\nDirect\n0 0 0\n", "line 2, expected a scale above zero, found “"},
		{"no symbols", head + "2 3\nDirect\n0 0 0\n0 0 .5\n.5 0 0\n.5 .5 0\n0 .5 0\n", "line 6, expected the symbols of the elements in a line before the numbers of atoms (VASP 4 leaves them out), found “2 3”."},
		{"symbols and numbers differ", head + "Si O\n2\nDirect\n0 0 0\n0 0 .5\n", "line 7, expected 2 numbers of atoms, found “2”."},
		{"numbers missing", head + "Si\nDirect\n0 0 0\n", "line 7, expected 1 number of atoms, found “Direct”."},
		{"mode", head + "Si\n1\n0 0 0\n", "line 8, expected Direct or Cartesian, found “0 0 0”."},
		{"too few positions", head + "Si\n3\nDirect\n0 0 0\n.5 .5 .5\n", "line 11, expected 3 positions, found 2."},
		{"a bad position", head + "Si\n2\nDirect\n0 0 0\n.5 x .5\n", "line 10, expected three numbers, found “.5 x .5”."},
		{"NaN", head + "Si\n1\nDirect\nNaN 0 0\n", "line 9, expected three numbers, found “NaN 0 0”."},
		{"far away", head + "Si\n1\nDirect\n1e6 0 0\n", "line 9, expected coordinates, found “1e6 0 0”."},
		{"too many", head + "Si\n99999999\nDirect\n0 0 0\n", "line 7, expected at most 20,000 atoms, found "},
		{"too many together", head + "Si O\n19999 2\nDirect\n0 0 0\n", "line 7, expected at most 20,000 atoms, found "},
		{"negative", head + "Si\n-1\nDirect\n0 0 0\n", "line 7, expected 1 number of atoms, found “-1”."},
		{"ends early", head, "line 6, expected the symbols of the elements, found nothing."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := source.Decode("POSCAR", []byte(tt.text))
			if err == nil || !strings.HasPrefix(err.Error(), prefix+tt.want) {
				t.Errorf("error %q, want %q", err, prefix+tt.want)
			}
		})
	}
	_, err := source.Decode("POSCAR", []byte(head+"Si\n0\nDirect\n"))
	if none, ok := errors.AsType[*source.NoAtomsError](err); !ok || none.Structure.Lattice.Volume() != 64 {
		t.Errorf("no atoms: %v", err)
	}
}

func TestXYZ(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		names      []string
		want       map[string]float64 // of the first frame
		notes      []string
	}{
		{"usual", "2\nLattice=\"0 2.82665 2.82665 2.82665 0 2.82665 2.82665 2.82665 0\" Properties=species:S:1:pos:R:3 pbc=\"T T T\"\nGa 0 0 0\nAs 1.413325 1.413325 1.413325\n", []string{"GaAs"}, map[string]float64{"Ga": 1, "As": 1}, nil},
		{"default columns, single quotes", "1\nlattice = '3.3 0 0 0 3.3 0 0 0 3.3'\nPo 0 0 0\n", []string{"Po"}, map[string]float64{"Po": 1}, nil},
		{"nested list", "1\nLattice=[[3.3, 0, 0], [0, 3.3, 0], [0, 0, 3.3]]\nPo 0 0 0\n", []string{"Po"}, map[string]float64{"Po": 1}, nil},
		{"more columns in another order", "1\nenergy=-3.2 Lattice=\"3.3 0 0 0 3.3 0 0 0 3.3\" Properties=forces:R:3:pos:R:3:Z:I:1:tags:I:1:occupancy:R:1\n.1 .2 .3 0 0 0 84 7 0.5\n", []string{"Po0.5"}, map[string]float64{"Po": 0.5}, nil},
		{"a name and an origin", "1\nLattice=\"3.3 0 0 0 3.3 0 0 0 3.3\" name=\"my crystal\" Origin=\"1 1 1\"\nPo 1 1 1\n", []string{"my crystal"}, map[string]float64{"Po": 1}, nil},
		{"two frames", "1\nLattice=\"3.3 0 0 0 3.3 0 0 0 3.3\"\nPo 0 0 0\n\n1\nLattice=\"3.4 0 0 0 3.4 0 0 0 3.4\"\nPo 0 0 0\n", []string{"Po, frame 1", "Po, frame 2"}, map[string]float64{"Po": 1}, nil},
		{"a slab", "1\nLattice=\"3.3 0 0 0 3.3 0 0 0 30\" pbc=\"T T F\"\nPo 0 0 0\n", []string{"Po"}, map[string]float64{"Po": 1}, []string{"The file says that it is not periodic along every axis; it is treated as if it were."}},
		{"left-handed", "1\nLattice=\"0 3.3 0 3.3 0 0 0 0 3.3\"\nPo .3 .3 .3\n", []string{"Po"}, map[string]float64{"Po": 1}, []string{"The cell vectors are left-handed; all three were reversed, so indices change their sign."}},
		{"not recognised", "2\nLattice=\"3.3 0 0 0 3.3 0 0 0 3.3\"\nPo 0 0 0\nXx 1 1 1\n", []string{"Po"}, map[string]float64{"Po": 1}, []string{"Read 1 of 2 atoms. Not recognised: “Xx”. Intensities leave them out."}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			list, err := source.Decode("a.xyz", []byte(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, s := range list {
				names = append(names, s.Name)
			}
			if !slices.Equal(names, tt.names) {
				t.Errorf("names %q, want %q", names, tt.names)
			}
			if got := content(list[0]); !equalContent(got, tt.want) {
				t.Errorf("cell holds %v, want %v", got, tt.want)
			}
			if !slices.Equal(list[0].Notes, tt.notes) {
				t.Errorf("notes %q, want %q", list[0].Notes, tt.notes)
			}
		})
	}
}

func TestXYZErrors(t *testing.T) {
	const prefix = "This file is not an XYZ file we can read: "
	const lattice = "Lattice=\"4 0 0 0 4 0 0 0 4\""
	for _, tt := range []struct{ name, text, want string }{
		{"plain", "1\ncomment\nSi 0 0 0\n", "line 2, expected Lattice=\"…\" with the cell vectors, found “comment”: a plain XYZ file has no cell, and a crystal needs one."},
		{"eight numbers", "1\nLattice=\"4 0 0 0 4 0 0 0\"\nSi 0 0 0\n", "line 2, expected nine numbers in Lattice=\"…\", found “4 0 0 0 4 0 0 0”."},
		{"flat", "1\nLattice=\"4 0 0 0 4 0 4 4 0\"\nSi 0 0 0\n", "line 2, cell vectors enclose a volume of 0 Å³: they must form a right-handed set."},
		{"no atoms", "0\n" + lattice + "\n", "line 1, expected the number of atoms, found “0”."},
		{"too few", "2\n" + lattice + "\nSi 0 0 0\n", "line 4, expected 2 atoms, found 1."},
		{"too many", "1000000\n" + lattice + "\nSi 0 0 0\n", "line 1, expected at most 20,000 atoms, found "},
		{"columns", "1\n" + lattice + "\nSi 0 0\n", "line 3, expected 4 columns, found “Si 0 0”."},
		{"number", "1\n" + lattice + "\nSi 0 nan 0\n", "line 3, expected a number, found “nan”."},
		{"properties", "1\n" + lattice + " Properties=species:S:1\nSi 0 0 0\n", "line 2, expected Properties=species:S:1:pos:R:3, found “species:S:1”."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := source.Decode("a.xyz", []byte(tt.text))
			if err == nil || !strings.HasPrefix(err.Error(), prefix+tt.want) {
				t.Errorf("error %q, want %q", err, prefix+tt.want)
			}
		})
	}
}

func TestSniff(t *testing.T) {
	for _, tt := range []struct {
		name, file, text string
		want             source.Format
	}{
		{"CIF", "", "# comment\n\ndata_x\n", source.CIF},
		{"CIF without a block", "", "_cell_length_a 4\n", source.CIF},
		{"CIF after a header", "", strings.Repeat("# x\n", 1000) + "DATA_x\n", source.CIF},
		{"an empty CIF by name", "a.cif", "hello\n", source.CIF},
		{"POSCAR", "upload.txt", "anything\n1.0\n4 0 0\n0 4 0\n0 0 4\n", source.POSCAR},
		{"POSCAR called 4", "", "4\n1.0\n4 0 0\n0 4 0\n0 0 4\n", source.POSCAR},
		{"POSCAR by name", "dir/CONTCAR", "x\nbroken\n", source.POSCAR},
		{"XYZ", "", "2\nLattice=\"1 0 0 0 1 0 0 0 1\"\nSi 0 0 0\n", source.XYZ},
		{"XYZ by name", "a.extxyz", "1\n5\nSi 0 0 0\n", source.XYZ},
		{"JSON", "", " \n{\"lattice\":{}}", source.JSON},
		{"list", "", "[{}]", source.JSON},
		{"document", "", `{"v":1,"id":"mp-149"}`, source.Document},
		{"unknown", "a.pdf", "%PDF-1.7\n", source.Unknown},
		{"empty", "", "", source.Unknown},
	} {
		if got := source.Sniff(tt.file, []byte(tt.text)); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestDecodeLimits(t *testing.T) {
	for _, tt := range []struct {
		name string
		data []byte
		want string
	}{
		{"18 MB of no format", make([]byte, 18<<20), "This file is 18 MB. The limit is 5 MB."},
		{"a byte too many", make([]byte, source.MaxBytes+1), "This file is 64 MB. The limit is 64 MB."},
		{"empty", nil, "This file is empty."},
		{"blank", []byte(" \n\t\r\n"), "This file is empty."},
		{"only a byte-order mark", []byte("\ufeff"), "This file is empty."},
		{"a picture", []byte("\x89PNG\r\n\x1a\n"), "This file is not a crystal structure we can read: line 1, expected a CIF, POSCAR, extended XYZ, SHELX, PDB or JSON file, found “PNG”. "},
	} {
		_, err := source.Decode("x", tt.data)
		if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}
