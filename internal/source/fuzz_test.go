package source_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/source"
)

// checkDecoded fails unless a reader returned an error with a sentence, or
// structures that the rest of the program can rely on.
func checkDecoded(t *testing.T, list []*crystal.Structure, err error) {
	t.Helper()
	if err != nil {
		if s := err.Error(); s == "" || len(s) > 1000 || !strings.HasSuffix(s, ".") {
			t.Errorf("error %q", s)
		}
		if list != nil {
			t.Error("structures beside an error")
		}
		return
	}
	if len(list) == 0 {
		t.Fatal("neither structure nor error")
	}
	for _, s := range list {
		if len(s.Name) > 1000 || len(s.Reference) > 2000 {
			t.Errorf("name or reference too long: %q, %q", s.Name, s.Reference)
		}
		if !(s.Lattice.Volume() > 0) || len(s.Sites) == 0 || len(s.Sites) > source.MaxSites {
			t.Fatalf("volume %g, %d sites", s.Lattice.Volume(), len(s.Sites))
		}
		for _, a := range s.Sites {
			for _, x := range a.Frac {
				if !(x >= 0 && x < 1) {
					t.Fatalf("coordinates %v", a.Frac)
				}
			}
			if len(a.Label) > 200 {
				t.Errorf("label %q", a.Label)
			}
			if a.Z < 1 || a.Z > 103 || !(a.Occ > 0 && a.Occ <= 1) || a.B < 0 {
				t.Fatalf("site %+v", a)
			}
		}
		for _, note := range s.Notes {
			if len(note) > 2000 || !strings.HasSuffix(note, ".") {
				t.Errorf("note %q", note)
			}
		}
	}
}

func addFiles(f *testing.F, pattern string) {
	f.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		f.Fatalf("no files %s", pattern)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
}

// FuzzCIF reads any bytes as a CIF. It does 460 runs a second on two busy cores,
// since the seeds are whole files with operations to multiply out.
func FuzzCIF(f *testing.F) {
	addFiles(f, "testdata/cif/*.cif")
	f.Add([]byte("data_x\n_cell_length_a 4\n_cell_length_b 4\n_cell_length_c 4\n_symmetry_space_group_name_H-M 'F d -3 m'\n_atom_site_label Si\n_atom_site_fract_x 0\n_atom_site_fract_y 0\n_atom_site_fract_z 0\n"))
	f.Add([]byte("loop_\n;\n;\n'"))
	small := "data_\n_cell_length_a 4\n_cell_length_b 4\n_cell_length_c 4\n_cell_angle_gamma 120\n"
	f.Add([]byte(small + "_symmetry_Int_Tables_number 166\n_space_group_name_Hall 'P 3'\nloop_\n_atom_site_label\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\n_atom_site_occupancy\n_atom_site_U_iso_or_equiv\nFe3+ 0 1/3 .5(1) .5 .01\n"))
	f.Add([]byte(small + "loop_\n_symmetry_equiv_pos_as_xyz\nx, y, z\n-y,x-y,z+1/3\n_chemical_formula_sum 'Si O2'\n_cell_formula_units_Z 1\n_atom_site_type_symbol D\n_atom_site_Cartn_x 1\n_atom_site_Cartn_y 1\n_atom_site_Cartn_z 1\n"))
	f.Add([]byte(small + "loop_\n_atom_site_label\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\n_atom_site_aniso_U_11\n_atom_site_aniso_U_22\n_atom_site_aniso_U_33\n_atom_site_aniso_U_12\nSi 0 0 0 .1 .1 .1 .05\nO 0 0 0 .1 .1 .1 .05\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := source.DecodeCIF(data)
		checkDecoded(t, list, err)
	})
}

func FuzzPOSCAR(f *testing.F) {
	f.Add([]byte("Ga As\n-45\n0 .5 .5\n.5 0 .5\n.5 .5 0\n1 1\nS\nC\n0 0 0 T T F\n.25 .25 .25 As\n"))
	f.Add([]byte("x\n1 2 3\n4 0 0\n0 4 0\n0 0 4\nSi O\n1 2\nDirect\n0 0 0\n.1 .2 .3\n.3 .2 .1\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := source.DecodePOSCAR(data)
		if err != nil {
			checkDecoded(t, nil, err)
			return
		}
		checkDecoded(t, []*crystal.Structure{s}, nil)
	})
}

func FuzzXYZ(f *testing.F) {
	f.Add([]byte("1\nLattice=\"3 0 0 0 3 0 0 0 3\" Properties=species:S:1:pos:R:3:Z:I:1 pbc=\"T T F\"\nPo 0 0 0 84\n"))
	f.Add([]byte("2\nlattice=[[3,0,0],[0,3,0],[0,0,3]] origin='1 1 1'\nPo 0 0 0\nH 1 1 1\n1\nLattice={1}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := source.DecodeXYZ(data)
		checkDecoded(t, list, err)
	})
}

func FuzzMPJSON(f *testing.F) {
	f.Add([]byte(silicon))
	f.Add([]byte(`{"data":[{"material_id":"mp-aaaaaaft","formula_pretty":"Si","symmetry":{"number":227},"builder_meta":{"license":"BY-C"},"structure":` + silicon + `}]}`))
	f.Add([]byte(`[{"lattice":{"a":3,"b":3,"c":3,"alpha":60,"beta":60,"gamma":60},"sites":[{"species":{"Cu":0.5,"X":0.5},"xyz":[0,0,0]}]}]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := source.Materials(data)
		if err != nil {
			checkDecoded(t, nil, err)
			return
		}
		for _, m := range list {
			checkDecoded(t, []*crystal.Structure{m.Structure}, nil)
			text, err := source.EncodeDoc(m.Doc("2026-11-23"))
			if err != nil {
				continue // no id, no licence, markup in a name …
			}
			if _, err := source.DecodeDoc(text); err != nil {
				t.Errorf("document of a material: %v\n%s", err, text)
			}
		}
	})
}

func FuzzDoc(f *testing.F) {
	text, err := source.EncodeDoc(exampleDoc())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`{"v":1,"sha256":""}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		// Give the text a right checksum, or the fuzzer would never get past it.
		if i := bytes.LastIndex(data, []byte(`,"sha256":"`)); i >= 0 {
			data = source.Seal(string(data))
		}
		d, err := source.DecodeDoc(data)
		if err != nil {
			checkDecoded(t, nil, err)
			return
		}
		again, err := source.EncodeDoc(d)
		if err != nil || !bytes.Equal(again, data) {
			t.Errorf("decoded but not canonical: %v\n%s\n%s", err, data, again)
		}
		if s, err := d.Structure(); err == nil {
			checkDecoded(t, []*crystal.Structure{s}, nil)
		}
	})
}

func FuzzParseMP(f *testing.F) {
	for _, s := range []string{"mp-149", "mp-aaaaaaft", "149", "mvc-1", "mp-zzzzzzzzz", " MP-1 ", "mp-１"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, id string) {
		n, err := source.ParseMP(id)
		if err != nil {
			return
		}
		show := source.FormatMP(n)
		if back, err := source.ParseMP(show); err != nil || back != n {
			t.Errorf("%q is %d, shown %q, which is %d, %v", id, n, show, back, err)
		}
	})
}

// Five megabytes of anything are read or refused in bounded time and memory.
func TestGarbage(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	const limit = 300 << 20 // bytes allocated in all; the input has 5 MB
	fill := func(head, unit string) []byte {
		n := (source.MaxText - len(head)) / len(unit)
		return []byte(head + strings.Repeat(unit, n))
	}
	random := make([]byte, source.MaxText)
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range random {
		random[i] = byte(rng.Uint32())
	}
	cubic := cell("4", "4", "4", "90", "90", "90")
	for _, tt := range []struct {
		name string
		data []byte
	}{
		{"zeros", make([]byte, source.MaxText)},
		{"noise", random},
		{"noise in a CIF", append([]byte("data_x\n"), random[7:]...)},
		{"noise behind a cell", append([]byte(cubic), random[len(cubic):]...)},
		{"one line", fill("", "a")},
		{"blanks", fill("x", " ")},
		{"ends of lines", fill("x", "\n")},
		{"data blocks", fill("", "data_x\n")},
		{"blocks with a cell", fill("", cubic)},
		{"crystals", fill("", cubic+"_symmetry_space_group_name_H-M 'F d -3 m'\n_atom_site_label Si\n_atom_site_fract_x .1\n_atom_site_fract_y .2\n_atom_site_fract_z .3\n")},
		{"tags", fill("", "_atom_site_label ")},
		{"different tags", []byte("data_x\n" + differentTags())},
		{"quotes", fill("data_x ", "'")},
		{"text fields", fill("data_x", "\n;")},
		{"comments", fill("data_x\n", "#")},
		{"loops", fill("data_x\n", "loop_ ")},
		{"values", fill("data_x loop_ _cell_length_a ", "1 ")},
		{"values not wanted", fill("data_x loop_ _a ", "1 ")},
		{"atoms", fill(cubic+atomsHead, "Si 0 0 0\n")},
		{"operations", fill(cubic+"loop_\n_symmetry_equiv_pos_as_xyz\n", "x,y,z\n")},
		{"authors", fill(cubic+"loop_\n_publ_author_name\n", "a ")},
		{"save frames", fill("", "save_x ")},
		{"a POSCAR of many kinds", fill("x\n1\n4 0 0\n0 4 0\n0 0 4\n", "Si ")},
		{"a POSCAR of many numbers", fill("x\n1\n4 0 0\n0 4 0\n0 0 4\n", "1 ")},
		{"an XYZ of many frames", fill("", "1\nLattice=\"4 0 0 0 4 0 0 0 4\"\nSi 0 0 0\n")},
		{"an XYZ with many keys", fill("1\n", "a=b ")},
		{"an XYZ with open brackets", fill("1\n", "a=[")},
		{"brackets", fill("", "[")},
		{"braces", fill("", `{"a":`)},
		{"empty lists", fill("[", "[],")},
		{"documents", append(fill("[{}", ",{}"), ']')},
		{"sites", append(fill(`{"lattice":[[4,0,0],[0,4,0],[0,0,4]],"sites":[{}`, ",{}"), "]}"...)[:source.MaxText]},
		{"numbers", append(fill(`{"lattice":[[1`, ",1"), "]]}"...)[:source.MaxText]},
		{"escapes", fill(`{"a":"`, `\"`)},
		{"UTF-16", fill("\xff\xfe", "a\x00")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			list, err := source.Decode("x", tt.data)
			elapsed := time.Since(start)
			runtime.ReadMemStats(&after)
			checkDecoded(t, list, err)
			if used := after.TotalAlloc - before.TotalAlloc; used > limit {
				t.Errorf("%d MB allocated", used>>20)
			}
			if elapsed > 5*time.Second {
				t.Errorf("took %v", elapsed)
			}
		})
	}
}

// differentTags returns nearly 5 MB of tags that differ, all of use.
func differentTags() string {
	var b strings.Builder
	for i := 0; b.Len() < source.MaxText-60; i++ {
		b.WriteString("_atom_site_")
		for k := i; k > 0; k /= 26 {
			b.WriteByte(byte('a' + k%26))
		}
		b.WriteString(" 1\n")
	}
	return b.String()
}
