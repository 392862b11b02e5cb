package source_test

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"zoneaxis/internal/atom"
	"zoneaxis/internal/crystal"
	"zoneaxis/internal/source"
)

// content counts the atoms of a cell by element.
func content(s *crystal.Structure) map[string]float64 {
	m := map[string]float64{}
	for _, a := range s.Sites {
		m[a.Z.Symbol()] += a.Occ
	}
	return m
}

func given(s *crystal.Structure) string {
	if s.Given == nil {
		return ""
	}
	return s.Given.Extended
}

// decodeOne decodes a file that must hold one structure.
func decodeOne(t *testing.T, name, text string) *crystal.Structure {
	t.Helper()
	list, err := source.Decode(name, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != 1 {
		t.Fatalf("%d structures, want 1", len(list))
	}
	return list[0]
}

// sameCrystal fails unless both cells hold the same atoms at the same places.
// The tolerance covers coordinates written with four decimals.
func sameCrystal(t *testing.T, got, want *crystal.Structure) {
	t.Helper()
	const tol = 2e-4
	if len(got.Sites) != len(want.Sites) {
		t.Fatalf("%d sites, want %d", len(got.Sites), len(want.Sites))
	}
	used := make([]bool, len(got.Sites))
	for _, w := range want.Sites {
		ok := false
		for i, g := range got.Sites {
			if used[i] || g.Z != w.Z || math.Abs(g.Occ-w.Occ) > 1e-3 {
				continue
			}
			d := 0.0
			for k := range 3 {
				x := g.Frac[k] - w.Frac[k]
				d = max(d, math.Abs(x-math.Round(x)))
			}
			if d < tol {
				used[i], ok = true, true
				break
			}
		}
		if !ok {
			t.Errorf("no %s at %v", w.Z, w.Frac)
		}
	}
}

func TestCIFStyles(t *testing.T) {
	for _, tt := range []struct {
		file      string
		name      string
		given     string
		reference string
		sites     int
		like      string // library entry with the same atoms
		notes     []string
	}{
		{"cod_style.cif", "Corundum", "R -3 c:H", "Müller, Person & O'Person, Journal of Samples 38 (2001) 7", 30, "corundum", nil},
		{"icsd_style.cif", "Spinel", "F d -3 m:2", "Person & Person, Journal of Samples 39 (2002) 65", 56, "spinel",
			[]string{"Ions are treated as neutral atoms: Mg2+, Al3+, O2−."}},
		{"vesta_style.cif", "rutile", "P 42/m n m", "", 6, "rutile", nil},
		{"pymatgen_style.cif", "GaAs", "P 1", "", 2, "", []string{"Ions are treated as neutral atoms: Ga3+, As3−."}},
		{"shelx_style.cif", "H4 Ca O6 S", "I 1 2/c 1", "", 48, "gypsum", nil},
		{"amcsd_style.cif", "Muscovite", "C 1 2/c 1", "Richardson S M & Richardson J W, American Mineralogist 67 (1982) 69", 92, "muscovite",
			[]string{"The atoms of the cell differ from the formula of the file: H 0 instead of 8."}},
	} {
		t.Run(tt.file, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join("testdata/cif", tt.file))
			if err != nil {
				t.Fatal(err)
			}
			s := decodeOne(t, tt.file, string(data))
			if s.Name != tt.name || given(s) != tt.given || s.Reference != tt.reference || len(s.Sites) != tt.sites {
				t.Errorf("%q, %q, %q, %d sites, want %q, %q, %q, %d", s.Name, given(s), s.Reference, len(s.Sites), tt.name, tt.given, tt.reference, tt.sites)
			}
			if !slices.Equal(s.Notes, tt.notes) {
				t.Errorf("notes %q, want %q", s.Notes, tt.notes)
			}
			if tt.like != "" {
				want, err := source.Open(tt.like)
				if err != nil {
					t.Fatal(err)
				}
				sameCrystal(t, s, want)
			}
		})
	}
}

func TestCIFBlocks(t *testing.T) {
	data, err := os.ReadFile("testdata/cif/ccdc_style.cif")
	if err != nil {
		t.Fatal(err)
	}
	// Deposited files often have CR LF line ends; this repository has LF.
	list, err := source.Decode("x.cif", []byte(strings.ReplaceAll(string(data), "\n", "\r\n")))
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != 2 {
		t.Fatalf("%d structures, want 2", len(list))
	}
	urea, brucite := list[0], list[1]
	if got, want := content(urea), map[string]float64{"C": 2, "O": 2, "N": 4, "H": 4}; !equalContent(got, want) {
		t.Errorf("first block holds %v, want %v", got, want)
	}
	if given(urea) != "P -4 21 m" {
		t.Errorf("first block in %q", given(urea))
	}
	want := []string{
		"Read 5 of 6 atoms. Without coordinates: “H1A”. Intensities leave them out.",
		"The structure is disordered; every group of atoms counts with its occupancy.",
		"The atoms of the cell differ from the formula of the file: H 4 instead of 8.",
	}
	if !slices.Equal(urea.Notes, want) {
		t.Errorf("notes %q, want %q", urea.Notes, want)
	}
	// Rounded thirds come to lie on the axes.
	for _, a := range brucite.Sites {
		if a.Z == 8 && math.Abs(a.Frac[0]*3-math.Round(a.Frac[0]*3)) > 1e-12 {
			t.Errorf("O at %v is not on the axis", a.Frac)
		}
	}
	if want := []string{"Deuterium is treated as hydrogen."}; !slices.Equal(brucite.Notes, want) {
		t.Errorf("notes %q, want %q", brucite.Notes, want)
	}
	if got, want := content(brucite), map[string]float64{"Mg": 1, "O": 2, "H": 2}; !equalContent(got, want) {
		t.Errorf("second block holds %v, want %v", got, want)
	}
}

func equalContent(a, b map[string]float64) bool {
	if len(a) != len(b) {
		return false
	}
	for k, v := range a {
		if math.Abs(b[k]-v) > 1e-9 {
			return false
		}
	}
	return true
}

// cell begins most CIFs of the tests below.
func cell(a, b, c, alpha, beta, gamma string) string {
	return "data_x\n_cell_length_a " + a + "\n_cell_length_b " + b + "\n_cell_length_c " + c +
		"\n_cell_angle_alpha " + alpha + "\n_cell_angle_beta " + beta + "\n_cell_angle_gamma " + gamma + "\n"
}

const atomsHead = "loop_\n_atom_site_label\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\n"

func TestCIFSymmetry(t *testing.T) {
	cubic := func(a string) string { return cell(a, a, a, "90", "90", "90") }
	silicon := cubic("5.431")
	const noSymmetry = "The file gives no symmetry: its atoms are taken as the whole cell."
	for _, tt := range []struct {
		name, text string
		given      string
		sites      int
		notes      []string
	}{
		{"Hall only", silicon + "_space_group_name_Hall '-F 4vw 2vw 3'\n" + atomsHead + "Si .125 .125 .125\n", "F d -3 m:2", 8, nil},
		{"old Hall tag with underscores", silicon + "_symmetry_space_group_name_Hall -F_4vw_2vw_3\n" + atomsHead + "Si 1/8 1/8 1/8\n", "F d -3 m:2", 8, nil},
		{"symbol and origin 1", silicon + "_symmetry_space_group_name_H-M 'F d -3 m :1'\n" + atomsHead + "Si 0 0 0\n", "F d -3 m:1", 8, nil},
		{"symbol, origin as the ICSD writes it", silicon + "_symmetry_space_group_name_H-M 'F d -3 m S'\n" + atomsHead + "Si 0 0 0\n", "F d -3 m:1", 8, nil},
		{"symbol, origin in words", silicon + "_symmetry_space_group_name_H-M 'F d -3 m (origin choice 2)'\n" + atomsHead + "Si .125 .125 .125\n", "F d -3 m:2", 8, nil},
		{"symbol, origin by a code", silicon + "_space_group_name_H-M_alt 'F d -3 m'\n_space_group_IT_coordinate_system_code 1\n" + atomsHead + "Si 0 0 0\n", "F d -3 m:1", 8, nil},
		{"symbol without origin, atoms fit the first", silicon + "_symmetry_space_group_name_H-M Fd-3m\n_cell_formula_units_Z 8\n_chemical_formula_sum Si\n" + atomsHead + "Si 0 0 0\n", "F d -3 m:1", 8,
			[]string{"The file names Fd-3m but not its origin; F d -3 m:1 fits best."}},
		{"symbol without origin, atoms fit the second", silicon + "_symmetry_space_group_name_H-M 'F d -3 m'\n" + atomsHead + "Si .125 .125 .125\n", "F d -3 m:2", 8,
			[]string{"The file names F d -3 m but not its origin; F d -3 m:2 fits best."}},
		{"number only", cubic("5.6402") + "_symmetry_Int_Tables_number 225\n" + atomsHead + "Na 0 0 0\nCl .5 .5 .5\n", "F m -3 m", 8, nil},
		{"new number tag", cubic("5.6402") + "_space_group_IT_number 225\n" + atomsHead + "Na 0 0 0\nCl .5 .5 .5\n", "F m -3 m", 8, nil},
		{"tags of the dotted dictionary", strings.ReplaceAll(cubic("5.6402"), "_cell_", "_cell.") + "_space_group.IT_number 225\n" + strings.ReplaceAll(atomsHead, "_site_", "_site.") + "Na 0 0 0\nCl .5 .5 .5\n", "F m -3 m", 8, nil},
		{"rhombohedral axes by the cell", cell("4.5", "4.5", "4.5", "57.1", "57.1", "57.1") + "_symmetry_space_group_name_H-M 'R -3 m'\n" + atomsHead + "Sb .233 .233 .233\n", "R -3 m:R", 2, nil},
		{"hexagonal axes by the cell", cell("4.3084", "4.3084", "11.274", "90", "90", "120") + "_symmetry_space_group_name_H-M 'R -3 m'\n" + atomsHead + "Sb 0 0 .2335\n", "R -3 m:H", 6, nil},
		{"hexagonal axes by a letter", cell("4.3084", "4.3084", "11.274", "90", "90", "120") + "_symmetry_space_group_name_H-M 'R -3 m H'\n" + atomsHead + "Sb 0 0 .2335\n", "R -3 m:H", 6, nil},
		{"unique axis c by the cell", cell("5", "6", "7", "90", "90", "105") + "_symmetry_space_group_name_H-M 'P 21/c'\n" + atomsHead + "Zr .1 .2 .3\n", "P 1 1 21/a", 4,
			[]string{"The cell does not fit P 21/c in its usual axes; P 1 1 21/a is used."}},
		{"operations win over a wrong symbol", cell("5.09", "6.748", "4.523", "90", "90", "90") + "_symmetry_space_group_name_H-M 'C m c m'\nloop_\n_symmetry_equiv_pos_as_xyz\nx,y,z\n1/2-x,-y,1/2+z\n-x,1/2+y,-z\n1/2+x,1/2-y,1/2-z\n-x,-y,-z\n1/2+x,y,1/2-z\nx,1/2-y,z\n1/2-x,1/2+y,1/2+z\n" + atomsHead + "Fe .181 .063 .837\n",
			"P n m a", 8, []string{"The file names the space group C m c m, but its operations are those of P n m a; the operations are used. By them the cell holds 8 Fe, by C m c m it would hold 16 Fe. If C m c m is right, take the list of operations out of the file."}},
		{"a wrong setting in the symbol", cell("4.523", "5.09", "6.748", "90", "90", "90") + "_symmetry_space_group_name_H-M 'P n m a'\nloop_\n_symmetry_equiv_pos_as_xyz\nx,y,z\n1/2+x,1/2-y,-z\n-x,-y,1/2+z\n1/2-x,1/2+y,1/2-z\n-x,-y,-z\n1/2-x,1/2+y,z\nx,y,1/2-z\n1/2+x,1/2-y,1/2+z\n" + atomsHead + "Fe .837 .181 .063\n",
			"P b n m", 8, []string{"The file names the space group P n m a, but its operations are those of P b n m; the operations are used. By either the cell holds 8 Fe."}},
		{"operations without a name", cubic("3") + "loop_\n_space_group_symop_operation_xyz\nx,y,z\n-x,-y,-z\n" + atomsHead + "Fe .1 .2 .3\n", "P -1", 2, nil},
		{"generators only", cubic("3") + "loop_\n_space_group_symop_operation_xyz\n'y, z, x'\n-x,-y,-z\n" + atomsHead + "Fe .1 .2 .3\n", "R -3:R", 6,
			[]string{"The 2 symmetry operations of the file do not form a group; 6 follow from them and are used."}},
		{"operations in capitals, decimals", cubic("3") + "loop_\n_symmetry_equiv_pos_as_xyz\n' X, Y, Z '\n'-X, 0.5+Y, -Z'\n" + atomsHead + "Fe .1 .2 .3\n", "P 1 21 1", 2, nil},
		{"thirds with five digits, axes as Pearson writes them", cell("2.851", "2.851", "14.275", "90", "90", "120") + "_symmetry_space_group_name_H-M 'R-3m h'\n_symmetry_Int_Tables_number 166\nloop_\n_symmetry_equiv_pos_site_id\n_symmetry_equiv_pos_as_xyz\n" + decimalThirds + atomsHead + "Co 0 0 0.5\nO 0 0 0.25\nLi 0 0 0\n", "R -3 m:H", 12, nil},
		{"operations without quotes", cubic("3") + "loop_\n_symmetry_equiv_pos_as_xyz\nx, y, z\n-x, y+1/2, -z\n" + atomsHead + "Fe .1 .2 .3\n", "P 1 21 1", 2, nil},
		{"numbered operations without quotes", cubic("3") + "loop_\n_symmetry_equiv_pos_site_id\n_symmetry_equiv_pos_as_xyz\n1 x, y, z\n2 - x, y + 1/2, -z\n" + atomsHead + "Fe .1 .2 .3\n", "P 1 21 1", 2, nil},
		{"operations with a column behind them", cubic("3") + "loop_\n_space_group_symop_operation_xyz\n_space_group_symop_sg_id\nx, y, z 1\n-x, y+1/2, -z 1\n" + atomsHead + "Fe .1 .2 .3\n", "P 1 21 1", 2, nil},
		{"magnetic operations", cubic("3") + "loop_\n_space_group_symop_magn_operation.id\n_space_group_symop_magn_operation.xyz\n1 x,y,z,+1\n2 -x,-y,-z,-1\nloop_\n_space_group_symop_magn_centering.id\n_space_group_symop_magn_centering.xyz\n1 x,y,z,+1\n2 x+1/2,y+1/2,z+1/2,-1\n" + atomsHead + "Fe .1 .2 .3\n", "I -1", 4,
			[]string{"Magnetic moments are left out."}},
		{"number against symbol", cubic("5.64") + "_symmetry_space_group_name_H-M 'F m -3 m'\n_symmetry_Int_Tables_number 221\n" + atomsHead + "Na 0 0 0\n", "F m -3 m", 4,
			[]string{"The file gives F m -3 m and the number 221, which contradict each other; F m -3 m is used."}},
		{"no symmetry", cubic("5") + atomsHead + "Po 0 0 0\n", "", 1, []string{noSymmetry}},
		{"unknown symmetry", cubic("5") + "_symmetry_space_group_name_H-M ?\n_symmetry_Int_Tables_number .\n" + atomsHead + "Po 0 0 0\n", "", 1, []string{noSymmetry}},
		{"cell against symmetry", cell("5", "6", "7", "90", "90", "90") + "_symmetry_space_group_name_H-M 'P m -3 m'\n" + atomsHead + "Po 0 0 0\n", "P m -3 m", 1,
			[]string{"The cell 5, 6, 7 Å, 90°, 90°, 90° does not fit the symmetry P m -3 m. Check the file."}},
		{"angles left out", "data_x\n_cell_length_a 3\n_cell_length_b 3\n_cell_length_c 3\n_symmetry_space_group_name_H-M 'P m -3 m'\n" + atomsHead + "Po 0 0 0\n", "P m -3 m", 1,
			[]string{"The angle α is not given; it is taken as 90°.", "The angle β is not given; it is taken as 90°.", "The angle γ is not given; it is taken as 90°."}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := decodeOne(t, "x.cif", tt.text)
			if given(s) != tt.given || len(s.Sites) != tt.sites {
				t.Errorf("%q with %d sites, want %q with %d", given(s), len(s.Sites), tt.given, tt.sites)
			}
			if !slices.Equal(s.Notes, tt.notes) {
				t.Errorf("notes %q, want %q", s.Notes, tt.notes)
			}
		})
	}
}

// decimalThirds lists the operations of R -3 m with decimals for the thirds.
var decimalThirds = func() string {
	var b strings.Builder
	n := 0
	for _, c := range [][3]string{{"", "", ""}, {"0.66667+", "0.33333+", "0.33333+"}, {"0.33333+", "0.66667+", "0.66667+"}} {
		for _, op := range []string{"x y z", "-x+y -x z", "-x+y y z", "-x -x+y -z", "-x -y -z", "-y -x z", "-y x-y z", "x x-y z", "x-y -y -z", "x-y x -z", "y -x+y -z", "y x -z"} {
			f := strings.Fields(op)
			n++
			row := strings.ReplaceAll(c[0]+f[0]+", "+c[1]+f[1]+", "+c[2]+f[2], "+-", "-")
			b.WriteString(strconv.Itoa(n) + " '" + row + "'\n")
		}
	}
	return b.String()
}()

func TestCIFAtoms(t *testing.T) {
	p1 := cell("5", "5", "5", "90", "90", "90") + "_symmetry_space_group_name_H-M 'P 1'\n"
	m3m := cell("5.64", "5.64", "5.64", "90", "90", "90") + "_symmetry_space_group_name_H-M 'F m -3 m'\n"
	loop := func(columns, rows string) string {
		return "loop_\n_atom_site_" + strings.Join(strings.Fields(columns), "\n_atom_site_") + "\n" + rows
	}
	for _, tt := range []struct {
		name, text string
		want       map[string]float64
		notes      []string
	}{
		{"labels in capitals", p1 + loop("label fract_x fract_y fract_z", "FE1 0 0 0\nSI2 .5 .5 .5\nO3 .2 0 0\nOW .3 .3 0\n"), map[string]float64{"Fe": 1, "Si": 1, "O": 2}, nil},
		{"labels told apart by the formula", p1 + "_chemical_formula_sum 'C2 O1'\n" + loop("label fract_x fract_y fract_z", "CA 0 0 0\nCO .5 .5 .5\nOS .2 0 0\n"), map[string]float64{"C": 2, "O": 1}, nil},
		{"columns in any order", p1 + loop("fract_z type_symbol fract_y occupancy label fract_x", "0.25 Si 0 0.5 A 0\n"), map[string]float64{"Si": 0.5}, nil},
		{"type symbols of many kinds", p1 + loop("label type_symbol fract_x fract_y fract_z", "a Fe3+ 0 0 0\nb Fe+3 .5 0 0\nc FE .2 0 0\nd O2- .3 0 0\ne Cval .4 0 0\nf Siva .6 0 0\ng OH .7 0 0\nh Fe0+ .8 0 0\n"),
			map[string]float64{"Fe": 4, "O": 2, "C": 1, "Si": 1}, []string{"Read without hydrogen, for which the file gives no positions: “OH” as O.", "Ions are treated as neutral atoms: Fe3+, O2−."}},
		{"water with its hydrogen, and without", p1 + loop("label type_symbol fract_x fract_y fract_z", "W1 Wat .5 .5 .5\nH1 H .6 .5 .5\nH2 H .5 .65 .5\nW2 H2O .1 .5 .5\nN1 NH4 .5 .1 .5\n"),
			map[string]float64{"O": 2, "H": 2, "N": 1}, []string{"Read without hydrogen, for which the file gives no positions: “H2O” as O, “NH4” as N."}},
		{"water of minerals with its hydrogen", p1 + loop("label fract_x fract_y fract_z", "Ca 0 0 0\nWat1 .5 .5 .5\nHw1 .6 .5 .5\nHw2 .5 .65 .5\n"), map[string]float64{"Ca": 1, "O": 1, "H": 2}, nil},
		{"water that is not there, before another atom", p1 + loop("label type_symbol fract_x fract_y fract_z occupancy", "W1 Wat .5 .5 .5 0\nFe1 Fe 0 0 0 1\n"), map[string]float64{"Fe": 1}, []string{"Not used, because the occupancy is 0: “W1”."}},
		{"not recognised", p1 + loop("label type_symbol fract_x fract_y fract_z", "Si1 Si 0 0 0\nWat Wat .5 0 0\nQ1 Q .2 0 0\nX X .1 0 0\nVac . .7 0 0\nO1 O .4 .4 0\n"),
			map[string]float64{"Si": 1, "O": 2}, []string{"Read 5 of 6 atoms. Not recognised: “Q”. Intensities leave them out.", "Vacancies are left empty: “X”, “Vac”.", "Read without hydrogen, for which the file gives no positions: “Wat” as O."}},
		{"dummies by a flag", p1 + loop("label fract_x fract_y fract_z calc_flag", "Si1 0 0 0 d\nC9 .5 .5 .5 dum\n"),
			map[string]float64{"Si": 1}, []string{"Read 1 of 2 atoms. Not recognised: “C9”. Intensities leave them out."}},
		{"a very long label", p1 + loop("label type_symbol fract_x fract_y fract_z", strings.Repeat("a", 100000)+" Si 0 0 0\n"), map[string]float64{"Si": 1}, nil},
		{"heavy hydrogen", p1 + loop("label type_symbol fract_x fract_y fract_z", "D1 D 0 0 0\nO O .2 0 0\n"), map[string]float64{"H": 1, "O": 1}, []string{"Deuterium is treated as hydrogen."}},
		{"the whole cell and its symmetry", m3m + loop("label fract_x fract_y fract_z", "Na1 0 0 0\nNa2 0 .5 .5\nNa3 .5 0 .5\nNa4 .5 .5 0\nCl1 .5 .5 .5\nCl2 .5 0 0\nCl3 0 .5 0\nCl4 0 0 .5\n"),
			map[string]float64{"Na": 4, "Cl": 4}, []string{"6 of the 8 atoms repeat others by symmetry; each is used once."}},
		{"an atom listed on both sides of the cell", p1 + loop("label fract_x fract_y fract_z occupancy", "Fe 0 .1 .2 .5\nFe 1 .1 .2 .5\n"), map[string]float64{"Fe": 0.5}, []string{"One atom is listed twice; the second is left out."}},
		{"two valences on one site", m3m + loop("label type_symbol fract_x fract_y fract_z occupancy", "Fe1 Fe2+ 0 0 0 .5\nFe2 Fe3+ 0 0 0 .5\nO1 O2- .5 .5 .5 1\n"),
			map[string]float64{"Fe": 4, "O": 4}, []string{"Ions are treated as neutral atoms: Fe2+, Fe3+, O2−."}},
		{"more than one atom on a site", m3m + loop("label fract_x fract_y fract_z", "Na1 0 0 0\nK1 0 0 0\nCl1 .5 .5 .5\n"),
			map[string]float64{"Na": 2, "K": 2, "Cl": 4}, []string{"Occupancies on one position add up to more than 1 (2) and are scaled to it: “Na1 + K1”."}},
		{"occupancies that are no number, above one, zero", p1 + loop("label fract_x fract_y fract_z occupancy", "Na1 0 0 0 ?\nNa2 .5 0 0 1.02\nNa3 0 .5 0 0\nNa4 0 0 .5 .\n"),
			map[string]float64{"Na": 3}, []string{"An occupancy above 1 was read as 1: “Na2”.", "Not used, because the occupancy is 0: “Na3”."}},
		{"one atom without a loop", p1 + "_atom_site_label Po1\n_atom_site_fract_x 0\n_atom_site_fract_y 0\n_atom_site_fract_z 0\n", map[string]float64{"Po": 1}, nil},
		{"Cartesian positions", p1 + loop("label Cartn_x Cartn_y Cartn_z", "Na 0 0 0\nNa 2.5 2.5 2.5\n"), map[string]float64{"Na": 2},
			[]string{"Positions are Cartesian; the axes are taken as a along x and c* along z."}},
		{"hydrogen attached to others", p1 + loop("label fract_x fract_y fract_z attached_hydrogens", "O 0 0 0 2\n"), map[string]float64{"O": 1},
			[]string{"Hydrogen atoms that the file attaches to others have no positions; intensities leave them out."}},
		{"formula and atoms differ", p1 + "_chemical_formula_sum 'Na Cl'\n_cell_formula_units_Z 1\n" + loop("label fract_x fract_y fract_z", "Na 0 0 0\n"), map[string]float64{"Na": 1},
			[]string{"The atoms of the cell differ from the formula of the file: Cl 0 instead of 1."}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := decodeOne(t, "x.cif", tt.text)
			if got := content(s); !equalContent(got, tt.want) {
				t.Errorf("cell holds %v, want %v", got, tt.want)
			}
			if !slices.Equal(s.Notes, tt.notes) {
				t.Errorf("notes %q, want %q", s.Notes, tt.notes)
			}
		})
	}
}

func TestCIFLexical(t *testing.T) {
	body := cell("4.1(2)", "4.1", "+4.1E0", "90", "90.", "9.0e1(3)") + "_symmetry_space_group_name_H-M 'P m -3 m'\n" + atomsHead + "Po1 0 0 0\n"
	latin := "data_x\n_chemical_name_common 'Pr\xfcfstoff'\n" + strings.TrimPrefix(body, "data_x\n")
	wide := []byte{0xff, 0xfe}
	for _, c := range []byte(body) {
		wide = append(wide, c, 0)
	}
	for _, tt := range []struct{ name, text, title string }{
		{"plain", body, "x"},
		{"CR LF", strings.ReplaceAll(body, "\n", "\r\n"), "x"},
		{"CR only", strings.ReplaceAll(body, "\n", "\r"), "x"},
		{"byte-order mark", "\ufeff" + body, "x"},
		{"UTF-16", string(wide), "x"},
		{"Latin-1", latin, "Prüfstoff"},
		{"no end of line", strings.TrimRight(body, "\n"), "x"},
		{"no data block", strings.TrimPrefix(body, "data_x\n"), "Po"},
		{"upper case", strings.ToUpper(strings.ReplaceAll(body, "Po1", "PO1")), "X"},
		{"comments everywhere", strings.ReplaceAll(body, "\n", " # a 'comment _tag loop_\n"), "x"},
		{"accents", body + "_chemical_name_common 'caf\\'e \\a-phase'\n", "café α-phase"},
		{"a quote inside quotes", body + "_chemical_name_common 'fool's gold'\n", "fool's gold"},
		{"a text field", body + "_chemical_name_mineral\n;galena\n; \n", "galena"},
		{"a text field with a semicolon inside", body + "_journal_note\n;\n a ; b\n ;not the end\n;\n_chemical_name_mineral galena\n", "galena"},
		{"a save frame", body + "save_frame\n_cell_length_a 99\n_chemical_name_mineral wrong\nsave_\n_chemical_name_mineral galena\n", "galena"},
		{"triple quotes of CIF 2", "#\\#CIF_2.0\n" + body + "_chemical_name_mineral '''gal'ena'''\n", "gal'ena"},
		{"blanks and minus signs of a word processor", strings.Replace(strings.ReplaceAll(body, " ", "\u00a0"), "Po1\u00a00", "Po1 \u22120", 1), "x"},
		{"end-of-file byte of DOS", body + "\x1a", "x"},
		{"unknown in quotes", body + "_chemical_name_mineral '?'\n_chemical_name_common ''\n", "x"},
		{"an unclosed quote", "data_x\n_journal_title 'no end\n" + body[7:], "x"},
		{"an empty loop", body + "loop_\n_journal_a\n_journal_b\nloop_\n_journal_c\n1\n", "x"},
		{"stray words after what is not of use", "data_x\n_exptl_note some words without quotes\n" + body[7:], "x"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := decodeOne(t, "x.cif", tt.text)
			title := tt.title
			if title == "Po" {
				title = "" // a file without a block name has no name
			}
			if s.Name != title || len(s.Sites) != 1 || s.Sites[0].Z != 84 || s.Lattice.Cell() != (crystal.Cell{A: 4.1, B: 4.1, C: 4.1, Alpha: 90, Beta: 90, Gamma: 90}) {
				t.Errorf("%q, %+v, %+v", s.Name, s.Lattice.Cell(), s.Sites)
			}
		})
	}
}

func TestCIFErrors(t *testing.T) {
	const prefix = "This file is not a CIF we can read: "
	start := cell("4", "4", "4", "90", "90", "90")
	for _, tt := range []struct{ name, text, want string }{
		{"no cell", "data_x\n_chemical_formula_sum Si\n", prefix + "line 1, expected the cell, _cell_length_a and so on, found none."},
		{"half a cell", "data_x\n_cell_length_a 4\n_cell_length_b 4\n", prefix + "line 1, expected the cell with _cell_length_c, found none."},
		{"unknown length", "data_x\n_cell_length_a 4\n_cell_length_b ?\n_cell_length_c 4\n", prefix + "line 3, expected a number, found “?”."},
		{"length with a unit of something else", "data_x\n_cell_length_a 4K\n_cell_length_b 4\n_cell_length_c 4\n", prefix + "line 2, expected a number, found “4K”."},
		{"length torn apart", "data_x\n_cell_length_a 4 .5\n_cell_length_b 4\n_cell_length_c 4\n", prefix + "line 2, expected a number, found “4 .5”."},
		{"not a number", "data_x\n_cell_length_a nan\n_cell_length_b 4\n_cell_length_c 4\n", prefix + "line 2, expected a number, found “nan”."},
		{"infinite", "data_x\n_cell_length_a 1e999\n_cell_length_b 4\n_cell_length_c 4\n", prefix + "line 2, expected a number, found “1e999”."},
		{"zero volume", cell("4", "4", "4", "30", "30", "90") + atomsHead + "Si 0 0 0\n", prefix + "line 7, cell angles 30, 30, 90 enclose no volume."},
		{"negative length", cell("-4", "4", "4", "90", "90", "90"), prefix + "line 7, cell lengths -4, 4, 4: all three must be above zero."},
		{"a coordinate", start + atomsHead + "Si 0.5 x 0.5\n", prefix + "line 13, expected a number, found “x”."},
		{"a coordinate out of sight", start + atomsHead + "Si 0 1e9 0\n", prefix + "line 13, expected a coordinate, found “1e9”."},
		{"torn rows", start + atomsHead + "Si 0 0\nSi 0.5 0.5\n_chemical_formula_sum Si\n", prefix + "line 14, expected 4 values in each row, found 2 in the last."},
		{"no z", start + "loop_\n_atom_site_label\n_atom_site_fract_x\n_atom_site_fract_y\nSi 0 0\n", prefix + "line 8, expected a column _atom_site_fract_z, found only “_atom_site_label _atom_site_fract_x _atom_site_fract_y”."},
		{"negative occupancy", start + "loop_\n_atom_site_label\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\n_atom_site_occupancy\nSi 0 0 0 -0.5\n", "An occupancy below 0 was read as 0: “Si”. The CIF has a cell but no atoms. Positions of the spots are right, intensities are not shown."},
		{"a symmetry operation", start + "loop_\n_symmetry_equiv_pos_as_xyz\nx,y,z\nx,y,q\n" + atomsHead + "Si 0 0 0\n", prefix + "line 11, expected a symmetry operation such as x,1/2-y,z, found “x,y,q”."},
		{"operations that never close", start + "loop_\n_symmetry_equiv_pos_as_xyz\n-y,x,z\n-y,x-y,z\n" + atomsHead + "Si 0 0 0\n", prefix + "line 10, expected symmetry operations that form a group, found 2 that do not."},
		{"unknown space group", start + "_symmetry_space_group_name_H-M 'Q 4'\n" + atomsHead + "Si 0 0 0\n", prefix + "line 8, expected a space group, found “Q 4”."},
		{"space-group number", start + "_symmetry_Int_Tables_number 231\n" + atomsHead + "Si 0 0 0\n", prefix + "line 8, expected a space-group number from 1 to 230, found “231”."},
		{"a long word", start + atomsHead + "Si 0 0 " + strings.Repeat("z", 200) + "\n", prefix + "line 13, expected a number, found “" + strings.Repeat("z", 24) + "…”."},
		{"no atoms", start + "_symmetry_space_group_name_H-M 'P m -3 m'\n", "The CIF has a cell but no atoms. Positions of the spots are right, intensities are not shown."},
		{"no atom understood", start + atomsHead + "M1 0 0 0\nQ 0 0 0\n", "Read 0 of 2 atoms. Not recognised: “M1”, “Q”. The CIF has a cell but no atoms. Positions of the spots are right, intensities are not shown."},
		{"too many rows", start + atomsHead + strings.Repeat("Si 0 0 0\n", source.MaxSites+2), prefix + "line 20014, expected at most 20,000 rows, found more."},
		{"too many atoms in the cell", start + "_symmetry_space_group_name_H-M 'F m -3 m'\n" + atomsHead + manyAtoms(200), prefix + "line 9, expected at most 20,000 atoms in the cell, found more."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := source.Decode("x.cif", []byte(tt.text))
			if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("error %q, want %q", err, tt.want)
			}
			var none *source.NoAtomsError
			if errors.As(err, &none) {
				if none.Structure == nil || none.Structure.Lattice.Volume() != 64 || len(none.Structure.Sites) != 0 {
					t.Errorf("structure of the error: %+v", none.Structure)
				}
			} else if _, ok := errors.AsType[*source.SyntaxError](err); !ok {
				t.Errorf("error is a %T", err)
			}
		})
	}
}

// manyAtoms lists atoms on general positions.
func manyAtoms(n int) string {
	var b strings.Builder
	for i := range n {
		f := func(k int) string { return strings.TrimPrefix(string('0'+byte(i/k%10)), "") }
		b.WriteString("Si 0.1" + f(100) + f(10) + f(1) + " 0.2" + f(10) + f(1) + "1 0.3" + f(1) + "37\n")
	}
	return b.String()
}

// A bad block does not take the good ones with it.
func TestCIFBadBlock(t *testing.T) {
	good := cell("4", "4", "4", "90", "90", "90") + "_symmetry_space_group_name_H-M 'P m -3 m'\n" + atomsHead + "Po 0 0 0\n"
	s := decodeOne(t, "x.cif", good+"data_bad\n_cell_length_a ?\n_cell_length_b 3\n_cell_length_c 3\ndata_empty\n_cell_length_a 3\n_cell_length_b 3\n_cell_length_c 3\n")
	want := []string{"Not read: “bad”. This file is not a CIF we can read: line 16, expected a number, found “?”. Correct it in a text editor, or save the file again."}
	if !slices.Equal(s.Notes, want) {
		t.Errorf("notes %q, want %q", s.Notes, want)
	}
}

func TestCIFDisplacements(t *testing.T) {
	const u = 0.01
	b := 8 * math.Pi * math.Pi * u
	start := cell("4", "5", "6", "90", "90", "90") + "_symmetry_space_group_name_H-M 'P 1'\n"
	aniso := func(form, values string) string {
		var tags string
		for _, ij := range []string{"11", "22", "33", "12", "13", "23"} {
			tags += "_atom_site_aniso_" + form + "_" + ij + "\n"
		}
		return atomsHead + "Si1 .1 .2 .3\nloop_\n_atom_site_aniso_label\n" + tags + "Si1 " + values + "\n"
	}
	for _, tt := range []struct {
		name, text string
		b          float64
		aniso      bool
		source     string
		notes      int
	}{
		{"none", atomsHead + "Si1 .1 .2 .3\n", math.NaN(), false, "", 0},
		{"U iso", atomsHead + "_atom_site_U_iso_or_equiv\nSi1 .1 .2 .3 0.01(1)\n", b, false, "measured", 0},
		{"B iso", atomsHead + "_atom_site_B_iso_or_equiv\nSi1 .1 .2 .3 0.5\n", 0.5, false, "measured", 0},
		{"U that is B", atomsHead + "_atom_site_U_iso_or_equiv\nSi1 .1 .2 .3 0.5\n", 0.5, false, "measured", 1},
		{"unknown U", atomsHead + "_atom_site_U_iso_or_equiv\nSi1 .1 .2 .3 ?\n", math.NaN(), false, "", 0},
		{"U of zero", atomsHead + "_atom_site_U_iso_or_equiv\nSi1 .1 .2 .3 0.0\n", 0, false, "measured", 1},
		{"negative U", atomsHead + "_atom_site_U_iso_or_equiv\nSi1 .1 .2 .3 -0.01\n", math.NaN(), false, "", 1},
		{"U aniso", aniso("U", "0.01 0.01 0.01 0 0 0"), b, true, "measured", 0},
		{"B aniso", aniso("B", "0.5 0.5 0.5 0 0 0"), 0.5, true, "measured", 0},
		// β_ij = 2π² a*_i a*_j U_ij with U = 0.01 Å² in this cell.
		{"beta aniso", aniso("beta", "0.012337006 0.007895684 0.005483114 0 0 0"), b, true, "measured", 0},
		{"not positive definite", aniso("U", "0.01 -0.01 0.03 0 0 0"), b, false, "measured", 1},
		{"a diagonal term missing", aniso("U", "0.01 ? 0.01 0 0 0"), math.NaN(), false, "", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := decodeOne(t, "x.cif", start+tt.text)
			a := s.Sites[0]
			// β has eight digits.
			if math.IsNaN(a.B) != math.IsNaN(tt.b) || math.Abs(a.B-tt.b) > 1e-7 || a.Aniso != tt.aniso || s.BSource != tt.source || len(s.Notes) != tt.notes {
				t.Errorf("B = %g, aniso %v, source %q, notes %q, want %g, %v, %q, %d notes", a.B, a.Aniso, s.BSource, s.Notes, tt.b, tt.aniso, tt.source, tt.notes)
			}
		})
	}
}

// A tensor turns with its atom: in a hexagonal cell the image under a threefold
// axis has the same displacement along the turned direction, so the exponent of
// T(h) for h at the first atom is that for the turned h at its image.
func TestTensorsTurn(t *testing.T) {
	text := cell("5", "5", "7", "90", "90", "120") + "_symmetry_space_group_name_H-M 'P 3'\n" +
		"loop_\n_atom_site_label\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\n_atom_site_aniso_U_11\n_atom_site_aniso_U_22\n_atom_site_aniso_U_33\n_atom_site_aniso_U_23\n_atom_site_aniso_U_13\n_atom_site_aniso_U_12\n" +
		"Si1 .1 .2 .3 0.010 0.014 0.020 0.002 0.001 0.006\nO1 0 0 0.7 0.010 0.014 0.020 0.002 0.001 0.006\n"
	s := decodeOne(t, "x.cif", text)
	if len(s.Sites) != 4 {
		t.Fatalf("%d sites, want 4", len(s.Sites))
	}
	exponent := func(a crystal.Site, h [3]float64) float64 {
		star := [3]float64{s.Lattice.G(crystal.HKL{1, 0, 0}).Norm(), s.Lattice.G(crystal.HKL{0, 1, 0}).Norm(), s.Lattice.G(crystal.HKL{0, 0, 1}).Norm()}
		m := [3][3]float64{{a.U[0], a.U[5], a.U[4]}, {a.U[5], a.U[1], a.U[3]}, {a.U[4], a.U[3], a.U[2]}}
		sum := 0.0
		for i := range 3 {
			for j := range 3 {
				sum += m[i][j] * star[i] * star[j] * h[i] * h[j]
			}
		}
		return sum
	}
	// 3+ is x' = −y, y' = x − y; on indices h' = h R⁻¹ = (k, −h−k, l) backwards.
	first, h := s.Sites[0], [3]float64{1, 2, 3}
	turned := [3]float64{-h[0] - h[1], h[0], h[2]} // h R⁻¹ with R⁻¹ = (−x+y, −x, z)
	for _, a := range s.Sites[1:3] {
		if math.Abs(a.Frac[0]+0.2-1) < 1e-9 { // −y
			if d := math.Abs(exponent(a, turned) - exponent(first, h)); d > 1e-15 {
				t.Errorf("exponent differs by %g", d)
			}
		}
	}
	// On the axis the tensor has its symmetry: U11 = U22 = 2 U12, U13 = U23 = 0.
	o := s.Sites[3]
	if o.Z != atom.Z(8) || math.Abs(o.U[0]-o.U[1]) > 1e-15 || math.Abs(o.U[0]-2*o.U[5]) > 1e-15 || math.Abs(o.U[3])+math.Abs(o.U[4]) > 1e-15 {
		t.Errorf("tensor on the axis: %v", o.U)
	}
}
