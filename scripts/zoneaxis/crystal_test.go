package main

import (
	"bytes"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// The primitive cell of β-Ga2O3, as a program of quantum mechanics would write
// it: basis (a − b)/2, (a + b)/2, c of the C-centred cell.
const galliaPOSCAR = `beta-Ga2O3, primitive
1.0
 6.1070000 -1.5185500  0.0000000
 6.1070000  1.5185500  0.0000000
-1.3860000  0.0000000  5.6300000
Ga O
4 6
Direct
0.09050 0.09050 0.79460
0.90950 0.90950 0.20540
0.65866 0.65866 0.31402
0.34134 0.34134 0.68598
0.16450 0.16450 0.10980
0.83550 0.83550 0.89020
0.17330 0.17330 0.56320
0.82670 0.82670 0.43680
0.49590 0.49590 0.25660
0.50410 0.50410 0.74340
`

func TestCrystalCommand(t *testing.T) {
	var got crystalJSON
	call(t, &got, crystalCommand, "-in", write(t, "POSCAR", galliaPOSCAR))
	if got.Formula != "Ga2O3" || got.SpaceGroup.Number != 12 || got.SpaceGroup.HM != "C 1 2/m 1" || got.SpaceGroup.Hall != "-C 2y" || got.Given != nil {
		t.Errorf("formula %s, space group %+v, given %v", got.Formula, got.SpaceGroup, got.Given)
	}
	if got.System != "monoclinic" || got.Laue != "2/m" || got.PrimitiveSite != 10 || len(got.Conventional.Sites) != 20 {
		t.Errorf("%s, %s, %d primitive sites, %d conventional", got.System, got.Laue, got.PrimitiveSite, len(got.Conventional.Sites))
	}
	c := got.Conventional
	for _, x := range []struct {
		name      string
		got, want float64
	}{
		// From the vectors above by hand.
		{"a", c.A, 2 * 6.107}, {"b", c.B, 2 * 1.51855}, {"c", c.C, math.Hypot(1.386, 5.63)},
		{"beta", c.Beta, 90 + math.Atan2(1.386, 5.63)*180/math.Pi}, {"alpha", c.Alpha, 90}, {"gamma", c.Gamma, 90},
		{"density", got.Density, 4 * (2*69.723 + 3*15.999) * 1.66053906660 / (4 * 6.107 * 1.51855 * 5.63)},
	} {
		if math.Abs(x.got-x.want) > 1e-6 {
			t.Errorf("%s = %.9g, want %.9g", x.name, x.got, x.want)
		}
	}
	// a = a' + b' and c = c', or both reversed; b = b' − a' or reversed.
	p := got.Matrix
	if p[0][0] != p[1][0] || p[0][0] != p[2][2] || p[0][1] != -p[1][1] || math.Abs(p[0][0]) != 1 || math.Abs(p[0][1]) != 1 ||
		p[2] != [3]float64{0, 0, p[2][2]} || p[0][2] != 0 || p[1][2] != 0 {
		t.Errorf("matrix %v", p)
	}
	for _, s := range c.Sites {
		if s.B != nil || s.Occ != 1 {
			t.Errorf("site %+v", s)
		}
	}
}

func TestCrystalCommandOfLibrary(t *testing.T) {
	var got crystalJSON
	call(t, &got, crystalCommand, "-in", "si", "-ops")
	if got.SpaceGroup.Number != 227 || got.Given == nil || got.Given.Number != 227 || len(got.Operations) != 192 || got.Operations[0] != "x,y,z" {
		t.Errorf("%+v, given %+v, %d operations", got.SpaceGroup, got.Given, len(got.Operations))
	}
	if got.Matrix != [3][3]float64{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}} || got.PrimitiveSite != 2 || got.Conventional.Sites[0].B == nil {
		t.Errorf("matrix %v, %d primitive sites", got.Matrix, got.PrimitiveSite)
	}
	call(t, &got, crystalCommand, "-in", "batio3-tet", "-tol", "0.3")
	if got.SpaceGroup.Number != 221 || len(got.Notes) == 0 {
		t.Errorf("BaTiO3 within 0.3 Å: %+v, notes %q", got.SpaceGroup, got.Notes)
	}
}

func TestCrystalCommandRefuses(t *testing.T) {
	cubic := "x\n1\n4 0 0\n0 4 0\n0 0 4\n"
	for name, tt := range map[string]struct{ args, want string }{
		"no input":      {"", "-in is missing"},
		"no such file":  {"-in nothing-here", "neither a file nor in the library"},
		"bad tolerance": {"-in si -tol -1", "tolerance -1"},
		"argument":      {"-in si gaas", `"gaas" is not an option`},
		"not a number":  {"-in " + write(t, "b.poscar", cubic+"Si\n1\nDirect\n0 0 NaN\n"), "line 9"},
		"no volume":     {"-in " + write(t, "c.poscar", "x\n1\n4 0 0\n0 4 0\n4 4 0\nSi\n1\nDirect\n0 0 0\n"), "volume"},
	} {
		err := crystalCommand(strings.Fields(tt.args), io.Discard, io.Discard)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
	var help bytes.Buffer
	_ = crystalCommand([]string{"-h"}, io.Discard, &help)
	if !strings.Contains(help.String(), "x_conv = inverse(P) x_given + shift") {
		t.Error("the help does not state what the matrix means")
	}
}
