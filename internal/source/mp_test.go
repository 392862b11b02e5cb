package source_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/source"
)

func TestParseMP(t *testing.T) {
	for _, tt := range []struct {
		id   string
		want int // −1 for an error
		show string
	}{
		{"mp-149", 149, "mp-149"},
		{"mp-ft", 149, "mp-149"},
		{"mp-aaaaaaft", 149, "mp-149"},
		{" MP-149 ", 149, "mp-149"},
		{"Mp-FT", 149, "mp-149"},
		{"149", 149, "mp-149"},
		{"mp-0149", 149, "mp-149"},
		{"mp-lxf", 8039, "mp-8039"},
		{"mp-bru", 1138, "mp-1138"},
		{"mp-chs", 1552, "mp-1552"},
		{"mp-czy", 2026, "mp-2026"},
		{"mp-0", 0, "mp-0"},
		{"mp-a", 0, "mp-0"},
		{"mp-3347529", 3347529, "mp-3347529"},
		{"mp-3347530", 3347530, "mp-aaahilze"},
		{"mp-aaahilze", 3347530, "mp-aaahilze"},
		{"mp-99999999", 99999999, "mp-aaikvozv"},
		{"mp-zzzzzzzz", 208827064575, "mp-zzzzzzzz"},
		{"mp-azzzzzzzz", 208827064575, "mp-zzzzzzzz"},
		{"mp-baaaaaaaa", -1, ""},
		{"mp-aaaaaaaaft", -1, ""},
		{"mp-999999999", -1, ""},
		{"123456789", -1, ""},
		{"ft", -1, ""},
		{"mvc-149", -1, ""},
		{"mp149", -1, ""},
		{"mp-", -1, ""},
		{"mp--149", -1, ""},
		{"mp-14a", -1, ""},
		{"mp-a14", -1, ""},
		{"mp-1 49", -1, ""},
		{"mp-１４９", -1, ""},
		{"mp-149\x00", -1, ""},
		{"-149", -1, ""},
		{"", -1, ""},
	} {
		got, err := source.ParseMP(tt.id)
		if err != nil {
			got = -1
			if !errors.Is(err, source.ErrMPID) {
				t.Errorf("ParseMP(%q): %v", tt.id, err)
			}
		}
		if got != tt.want || source.FormatMP(got) != tt.show {
			t.Errorf("ParseMP(%q) = %d, shown %q, want %d, %q", tt.id, got, source.FormatMP(got), tt.want, tt.show)
		}
	}
	for _, n := range []int{-1, 208827064576, math.MaxInt} {
		if got := source.FormatMP(n); got != "" {
			t.Errorf("FormatMP(%d) = %q, want none", n, got)
		}
	}
}

const silicon = `{"lattice":{"matrix":[[0,2.7,2.7],[2.7,0,2.7],[2.7,2.7,0]]},"sites":[
 {"species":[{"element":"Si","occu":1}],"abc":[0.25,0.25,0.25],"label":"Si1"},
 {"species":[{"element":"Si","occu":1.0}],"abc":[-0.0,1.0,2.0],"label":"Si2"}]}`

func TestMaterialsShapes(t *testing.T) {
	two := map[string]float64{"Si": 2}
	for _, tt := range []struct {
		name, text string
		id         string
		title      string
		number     int
		want       map[string]float64
		notes      []string
	}{
		{"bare structure", silicon, "", "Si", 0, two, nil},
		{"structure as a dictionary", `{"@module":"pymatgen.core.structure","@class":"Structure","charge":null,` + silicon[1:], "", "Si", 0, two, nil},
		{"answer of the API", `{"data":[{"material_id":"mp-aaaaaaft","formula_pretty":"Si","symmetry":{"crystal_system":"Cubic","symbol":"Fd-3m","number":227},"structure":` + silicon + `,"deprecated":false}],"meta":{"total_doc":1}}`, "mp-149", "Si", 227, two, []string{"The file gives the space group as Fd-3m (227)."}},
		{"one document", `{"material_id":"mp-149","formula_pretty":"Si","structure":` + silicon + `}`, "mp-149", "Si", 0, two, nil},
		{"list of documents", `[{"material_id":"mp-149","structure":` + silicon + `}]`, "mp-149", "Si", 0, two, nil},
		{"answer of the old API", `{"valid_response":true,"response":[{"material_id":"mp-149","pretty_formula":"Si","spacegroup":{"symbol":"Fd-3m","number":227},"structure":` + silicon + `}]}`, "mp-149", "Si", 227, two, []string{"The file gives the space group as Fd-3m (227)."}},
		{"entry with a dictionary called data", `{"@class":"ComputedStructureEntry","energy":-10.8,"data":{"oxide_type":"None"},"structure":` + silicon + `}`, "", "Si", 0, two, nil},
		{"another kind of id", `{"material_id":"mvc-149","structure":` + silicon + `}`, "", "Si", 0, two, nil},
		{"oxidation states and properties", `{"lattice":{"matrix":[[4,0,0],[0,4,0],[0,0,4]],"pbc":[true,true,true]},"properties":{},"sites":[
			{"species":[{"element":"Mg","oxidation_state":2,"occu":1}],"abc":[0,0,0],"properties":{"magmom":-0.0}},
			{"species":[{"element":"O","oxidation_state":-2.0,"occu":1}],"abc":[0.5,0.5,0.5]}]}`, "", "MgO", 0, map[string]float64{"Mg": 1, "O": 1}, []string{"Ions are treated as neutral atoms: Mg2+, O2−."}},
		{"mixed site", `{"lattice":{"matrix":[[3,0,0],[0,3,0],[0,0,3]]},"sites":[{"species":[{"element":"Cu","occu":0.75},{"element":"Au","occu":0.25}],"abc":[0,0,0]}]}`, "", "Cu0.75Au0.25", 0, map[string]float64{"Cu": 0.75, "Au": 0.25}, nil},
		{"species as a dictionary", `{"lattice":{"matrix":[[3,0,0],[0,3,0],[0,0,3]]},"sites":[{"species":{"Cu":0.5,"Zn2+":0.5},"abc":[0,0,0]}]}`, "", "Zn0.5Cu0.5", 0, map[string]float64{"Cu": 0.5, "Zn": 0.5}, []string{"Ions are treated as neutral atoms: Zn2+."}},
		{"element without species, only xyz, bare matrix", `{"lattice":[[4,0,0],[0,4,0],[0,0,4]],"sites":[{"element":"Po","xyz":[1,1,1]}]}`, "", "Po", 0, map[string]float64{"Po": 1}, nil},
		{"six parameters", `{"lattice":{"a":3,"b":3,"c":5,"alpha":90,"beta":90,"gamma":120},"sites":[{"species":[{"element":"Mg"}],"abc":[0,0,0]}]}`, "", "Mg", 0, map[string]float64{"Mg": 1}, nil},
		{"nulls", `{"data":null,"material_id":null,"symmetry":null,"builder_meta":null,"deprecated":null,"lattice":{"matrix":[[3,0,0],[0,3,0],[0,0,3]],"a":null},"sites":[{"species":null,"element":"Po","abc":null,"xyz":[0,0,0],"label":null},{"species":[{"element":"Po","occu":null,"oxidation_state":null}],"abc":[null,0.5,0.5]}]}`, "", "Po", 0, map[string]float64{"Po": 2}, nil},
		{"dummy species", `{"lattice":{"matrix":[[3,0,0],[0,3,0],[0,0,3]]},"sites":[{"species":[{"element":"X0+","occu":1}],"abc":[0,0,0]},{"species":[{"element":"Po","occu":1}],"abc":[0.5,0.5,0.5]}]}`, "", "Po", 0, map[string]float64{"Po": 1}, []string{"Vacancies are left empty: “X0+”."}},
		{"left-handed", `{"lattice":{"matrix":[[0,3,0],[3,0,0],[0,0,3]]},"sites":[{"species":[{"element":"Po","occu":1}],"abc":[0.1,0.2,0.3]}]}`, "", "Po", 0, map[string]float64{"Po": 1}, []string{"The cell vectors are left-handed; all three were reversed, so indices change their sign."}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			list, err := source.Materials([]byte(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			m := list[0]
			if len(list) != 1 || m.Structure.ID != tt.id || m.Structure.Name != tt.title || m.Number != tt.number || m.Structure.Given != nil {
				t.Errorf("%d materials, id %q, %q, group %d, given %v; want %q, %q, %d", len(list), m.Structure.ID, m.Structure.Name, m.Number, m.Structure.Given, tt.id, tt.title, tt.number)
			}
			if got := content(m.Structure); !equalContent(got, tt.want) {
				t.Errorf("cell holds %v, want %v", got, tt.want)
			}
			if !slices.Equal(m.Structure.Notes, tt.notes) {
				t.Errorf("notes %q, want %q", m.Structure.Notes, tt.notes)
			}
			for _, s := range m.Structure.Sites {
				for _, x := range s.Frac {
					if !(x >= 0 && x < 1) || math.Signbit(x) {
						t.Errorf("coordinates %v", s.Frac)
					}
				}
			}
			s := decodeOne(t, "x.json", tt.text)
			if !equalContent(content(s), tt.want) {
				t.Errorf("Decode gives %v", content(s))
			}
		})
	}
}

func TestMaterialsErrors(t *testing.T) {
	const prefix = "This file is not a JSON structure we can read: "
	const matrix = `"lattice":{"matrix":[[3,0,0],[0,3,0],[0,0,3]]}`
	site := func(s string) string { return "{" + matrix + `,"sites":[` + s + "]}" }
	for _, tt := range []struct{ name, text, want string }{
		{"cut off", "{\n" + matrix, prefix + "line 2, expected the bracket that closes the first, found the end."},
		{"not JSON", "{\n\n" + matrix + ",}", prefix + "line 3, expected JSON, found “}”."},
		{"NaN", site("\n" + `{"species":[{"element":"Si"}],"abc":[NaN,0,0]}`), prefix + "line 2, expected a number, found “NaN”."},
		{"infinity", site("\n\n" + `{"species":[{"element":"Si"}],"abc":[-Infinity,0,0]}`), prefix + "line 3, expected a number, found “Infinity”."},
		{"too large a number", site(`{"species":[{"element":"Si"}],"abc":[1e999,0,0]}`), prefix + "line 1, expected another kind of value in “abc”, found a number."},
		{"text for a number", site("\n" + `{"species":[{"element":"Si"}],"abc":["x",0,0]}`), prefix + "line 2, expected another kind of value in “abc”, found a string."},
		{"text instead of a structure", "\n\"Si\"", prefix + "line 2, expected a structure, found another kind of value."},
		{"a list for a group", `{"symmetry":{"symbol":[227]},` + matrix + `,"sites":[]}`, prefix + "line 1, expected another kind of value in “symbol”, found an array."},
		{"a number for a group in a file", `{"symmetry":{"symbol":227},` + matrix + `,"sites":[]}`, "The JSON structure has a cell but no atoms."},
		{"no lattice", `{"sites":[]}`, prefix + "line 1, expected “lattice” and “sites”, found none."},
		{"a molecule", `{"@class":"Molecule","sites":[{"species":[{"element":"H","occu":1}],"xyz":[0,0,0]}]}`, prefix + "line 1, expected “lattice” and “sites”, found none."},
		{"two vectors", `{"lattice":{"matrix":[[3,0,0],[0,3,0]]},"sites":[]}`, prefix + "line 1, expected three vectors of three numbers in “lattice”, found “"},
		{"two components", `{"lattice":{"matrix":[[3,0],[0,3,0],[0,0,3]]},"sites":[]}`, prefix + "line 1, expected three vectors of three numbers in “lattice”, found “"},
		{"lattice of text", `{"lattice":"cubic","sites":[]}`, prefix + "line 1, expected three vectors of three numbers in “lattice”, found “"},
		{"flat", `{"lattice":{"matrix":[[3,0,0],[0,3,0],[3,3,0]]},"sites":[]}`, prefix + "line 1, cell vectors enclose a volume of 0 Å³: they must form a right-handed set."},
		{"two coordinates", site(`{"species":[{"element":"Si"}],"abc":[0,0]}`), prefix + "line 1, expected three coordinates “abc” in site 1, found “"},
		{"far away", site(`{"species":[{"element":"Si"}],"abc":[1e9,0,0]}`), prefix + "line 1, expected coordinates in fractions of the cell in site 1, found “"},
		{"no species", site(`{"abc":[0,0,0]}`), prefix + "line 1, expected a list of species in site 1, found “"},
		{"species of another kind", site(`{"species":"Si","abc":[0,0,0]}`), prefix + "line 1, expected a list of species in site 1, found “"},
		{"negative occupancy", site(`{"species":[{"element":"Si","occu":-0.5}],"abc":[0,0,0]}`), "An occupancy below 0 was read as 0, one above 1 as 1: “Si”. The JSON structure has a cell but no atoms. Positions of the spots are right, intensities are not shown."},
		{"no atoms", site(""), "The JSON structure has a cell but no atoms. Positions of the spots are right, intensities are not shown."},
		{"unknown material", `{"data":[],"meta":{"total_doc":0}}`, "The answer of the Materials Project holds no material."},
		{"empty list", `[]`, "The answer of the Materials Project holds no material."},
		{"too deep", strings.Repeat("[", 65), prefix + "line 1, expected lists nested at most 64 deep, found more."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := source.Decode("x.json", []byte(tt.text))
			if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("error %q, want %q", err, tt.want)
			}
		})
	}
}

// Numbers in quotes, and names without, are read in files but are an error in
// what a server keeps.
func TestMaterialsQuotes(t *testing.T) {
	for _, text := range []string{
		`{"lattice":{"matrix":[["3",0,0],[0,3,0],[0,0,3]]},"sites":[{"species":[{"element":"Si","occu":1}],"abc":[0,0,0]}]}`,
		`{"lattice":{"matrix":[[3,0,0],[0,3,0],[0,0,3]]},"sites":[{"species":[{"element":"Si","occu":1}],"abc":["0","0","0"]}]}`,
		`{"lattice":{"matrix":[[3,0,0],[0,3,0],[0,0,3]]},"sites":[{"species":[{"element":"Si","occu":1}],"abc":[0,0,0],"label":12}]}`,
	} {
		if list, err := source.Materials([]byte(text)); err == nil {
			t.Errorf("%s: a server keeps it: %v", text, list)
		}
		if list, err := source.Decode("x.json", []byte(text)); err != nil || list[0].Formula() != "Si" {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// What a server keeps is not mended: an answer with occupancies out of range is
// an error there.
func TestMaterialsOccupancies(t *testing.T) {
	for _, species := range []string{`{"element":"Si","occu":-0.5}`, `{"element":"Si","occu":0.8},{"element":"Ge","occu":0.8}`} {
		_, err := source.Materials([]byte(`{"lattice":{"matrix":[[3,0,0],[0,3,0],[0,0,3]]},"sites":[{"species":[` + species + `],"abc":[0,0,0]}]}`))
		const want = "This file is not a JSON structure we can read: line 1, expected occupancies that add up to 0 to 1 in site 1, found “"
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v", species, err)
		}
	}
}

// The fixtures are answers of the Materials Project. They are not part of the
// project; the test runs where they are.
func TestMaterialsFixtures(t *testing.T) {
	files, _ := filepath.Glob("../../../shared/mp/mp-*.json")
	if len(files) == 0 {
		t.Skip("no fixtures here")
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var raw struct {
				Data []struct {
					Formula  string `json:"formula_pretty"`
					NSites   int    `json:"nsites"`
					Volume   float64
					Density  float64
					Symmetry struct{ Number int }
				}
			}
			if err := json.Unmarshal(data, &raw); err != nil {
				t.Fatal(err)
			}
			want := raw.Data[0]
			list, err := source.Materials(data)
			if err != nil {
				t.Fatal(err)
			}
			m := list[0]
			if len(list) != 1 || source.FormatMP(m.ID) != name || m.Structure.ID != name {
				t.Errorf("id %s, structure %s", source.FormatMP(m.ID), m.Structure.ID)
			}
			if m.Formula != want.Formula || m.Number != want.Symmetry.Number || len(m.Structure.Sites) != want.NSites || m.License != "BY-C" || m.Database == "" || m.Deprecated {
				t.Errorf("%+v, want %+v", m, want)
			}
			// The file's own volume and density; its masses are of another year.
			if v := m.Structure.Lattice.Volume(); math.Abs(v-want.Volume) > 1e-9*want.Volume {
				t.Errorf("volume %g, want %g", v, want.Volume)
			}
			if d := m.Structure.Density(); math.Abs(d-want.Density) > 2e-3*want.Density {
				t.Errorf("density %g, want %g", d, want.Density)
			}
			doc := m.Doc("2026-11-23T12:00:00Z")
			text, err := source.EncodeDoc(doc)
			if err != nil {
				t.Fatal(err)
			}
			if len(text) > 200+100*len(doc.Sites)+600 {
				t.Errorf("document has %d bytes for %d sites", len(text), len(doc.Sites))
			}
			back, err := source.DecodeDoc(text)
			if err != nil {
				t.Fatal(err)
			}
			s, err := back.Structure()
			if err != nil {
				t.Fatal(err)
			}
			sameCrystal(t, s, m.Structure)
			if d := math.Abs(s.Lattice.Volume() - m.Structure.Lattice.Volume()); d > 1e-9 {
				t.Errorf("volume changed by %g", d)
			}
		})
	}
}

func exampleDoc() *source.Doc {
	return &source.Doc{
		ID: 149, Formula: "Si", Number: 227, Symbol: "Fd-3m", System: "cubic",
		Lattice:  [9]float64{3.867, 0, 0, 1.9335, 3.3489, 0, 1.9335, 1.1163, 3.1574},
		Sites:    []source.DocSite{{Z: 14, Frac: crystal.Frac{0, 0, 0}, Occ: 1}, {Z: 14, Frac: crystal.Frac{0.25, 0.25, 0.25}, Occ: 0.75}, {Z: 32, Frac: crystal.Frac{0.25, 0.25, 0.25}, Occ: 0.25}},
		Database: "2026.04.13", License: "BY-C", Fetched: "2026-11-23T12:00:00Z",
	}
}

func TestDoc(t *testing.T) {
	d := exampleDoc()
	text, err := source.EncodeDoc(d)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"v":1,"id":"mp-149","alias":"mp-aaaaaaft","formula":"Si","sg":{"number":227,"symbol":"Fd-3m","system":"cubic"},` +
		`"lattice":[3.867,0,0,1.9335,3.3489,0,1.9335,1.1163,3.1574],"sites":[["Si",0,0,0],["Si",0.25,0.25,0.25,0.75],["Ge",0.25,0.25,0.25,0.25]],` +
		`"db":"2026.04.13","license":"BY-C","fetched":"2026-11-23T12:00:00Z","sha256":"`
	if got := string(text); len(got) != len(want)+66 || got[:len(want)] != want {
		t.Errorf("document\n%s\nwant\n%s…", got, want)
	}
	if !json.Valid(text) {
		t.Error("document is not JSON")
	}
	back, err := source.DecodeDoc(text)
	if err != nil {
		t.Fatal(err)
	}
	again, err := source.EncodeDoc(back)
	if err != nil || !bytes.Equal(again, text) {
		t.Errorf("second writing differs: %v\n%s", err, again)
	}
	s := decodeOne(t, "mp-149.json", string(text)+"\n")
	if s.ID != "mp-149" || !equalContent(content(s), map[string]float64{"Si": 1.75, "Ge": 0.25}) {
		t.Errorf("Decode gives %s, %v", s.ID, content(s))
	}
	d.Deprecated = true
	if text, err = source.EncodeDoc(d); err != nil || !strings.Contains(string(text), `,"deprecated":true,"sha256"`) {
		t.Errorf("deprecated: %v\n%s", err, text)
	}
	if s, err := d.Structure(); err != nil || len(s.Notes) != 1 {
		t.Errorf("deprecated: %v, %+v", err, s)
	}
}

// Any change of one bit, any cut and any addition is noticed.
func TestDocDamage(t *testing.T) {
	text, err := source.EncodeDoc(exampleDoc())
	if err != nil {
		t.Fatal(err)
	}
	for i := range text {
		for bit := range 8 {
			bad := bytes.Clone(text)
			bad[i] ^= 1 << bit
			if _, err := source.DecodeDoc(bad); err == nil {
				t.Fatalf("bit %d of byte %d is not noticed", bit, i)
			}
		}
		if _, err := source.DecodeDoc(text[:i]); err == nil {
			t.Fatalf("a cut at byte %d is not noticed", i)
		}
	}
	for _, bad := range []string{"", "{}", " " + string(text), string(text) + " ", string(text) + string(text)} {
		if _, err := source.DecodeDoc([]byte(bad)); err == nil {
			t.Errorf("%.20q… is not noticed", bad)
		}
	}
}

// A document with a right checksum is still refused if it is not canonical.
func TestDocNotCanonical(t *testing.T) {
	text, err := source.EncodeDoc(exampleDoc())
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, old, new string }{
		{"a blank", `{"v":1`, `{"v": 1`},
		{"another version", `{"v":1`, `{"v":2`},
		{"an unknown field", `"db":`, `"x":1,"db":`},
		{"a field twice", `"db":"2026.04.13"`, `"db":"2026.04.13","db":"2026.04.13"`},
		{"another spelling of the id", `"mp-149"`, `"mp-ft"`},
		{"another material in the alias", `"mp-aaaaaaft"`, `"mp-aaaaaafu"`},
		{"a number in another form", `[3.867,`, `[3.8670,`},
		{"not a number", `[3.867,`, `[null,`},
		{"eight numbers", `[3.867,`, `[`},
		{"an unknown element", `["Si",0,0,0]`, `["Xx",0,0,0]`},
		{"a coordinate outside", `["Si",0,0,0]`, `["Si",0,0,1]`},
		{"minus zero", `["Si",0,0,0]`, `["Si",0,0,-0]`},
		{"an occupancy of one", `["Si",0,0,0]`, `["Si",0,0,0,1]`},
		{"no occupancy", `0.25,0.75]`, `0.25,0]`},
		{"no sites", `[["Si",0,0,0],["Si",0.25,0.25,0.25,0.75],["Ge",0.25,0.25,0.25,0.25]]`, `[]`},
		{"a site without an element", `["Si",0,0,0]`, `[14,0,0,0]`},
		{"deprecated written out", `,"sha256"`, `,"deprecated":false,"sha256"`},
		{"no licence", `"BY-C"`, `""`},
		{"an escaped letter", `"BY-C"`, `"BY\u002dC"`},
		{"markup", `"Fd-3m"`, `"<b>"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			changed := strings.Replace(string(text), tt.old, tt.new, 1)
			if changed == string(text) {
				t.Fatal("the test changes nothing")
			}
			if _, err := source.DecodeDoc(source.Seal(changed)); err == nil {
				t.Error("not refused")
			}
		})
	}
	if _, err := source.DecodeDoc(source.Seal(string(text))); err != nil {
		t.Errorf("the document itself: %v", err)
	}
}

func TestDocRefused(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(d *source.Doc)
	}{
		{"negative id", func(d *source.Doc) { d.ID = -1 }},
		{"NaN", func(d *source.Doc) { d.Lattice[0] = math.NaN() }},
		{"infinity", func(d *source.Doc) { d.Lattice[8] = math.Inf(1) }},
		{"coordinate NaN", func(d *source.Doc) { d.Sites[0].Frac[1] = math.NaN() }},
		{"coordinate 1", func(d *source.Doc) { d.Sites[0].Frac[1] = 1 }},
		{"no element", func(d *source.Doc) { d.Sites[0].Z = 0 }},
		{"occupancy", func(d *source.Doc) { d.Sites[0].Occ = 1.5 }},
		{"occupancy NaN", func(d *source.Doc) { d.Sites[0].Occ = math.NaN() }},
		{"no sites", func(d *source.Doc) { d.Sites = nil }},
		{"501 sites", func(d *source.Doc) { d.Sites = slices.Repeat(d.Sites[:1], 501) }},
		{"no database", func(d *source.Doc) { d.Database = "" }},
		{"quote", func(d *source.Doc) { d.Formula = `"` }},
		{"control character", func(d *source.Doc) { d.Symbol = "a\nb" }},
		{"letters beyond ASCII", func(d *source.Doc) { d.Symbol = "α" }},
		{"long text", func(d *source.Doc) { d.Formula = strings.Repeat("Si", 101) }},
		{"space group", func(d *source.Doc) { d.Number = 231 }},
	} {
		d := exampleDoc()
		tt.change(d)
		if text, err := source.EncodeDoc(d); err == nil {
			t.Errorf("%s: not refused: %s", tt.name, text)
		}
	}
	d := exampleDoc()
	d.Sites = slices.Repeat(d.Sites[:1], 500)
	if _, err := source.EncodeDoc(d); err != nil {
		t.Errorf("500 sites: %v", err)
	}
}

func BenchmarkDecode(b *testing.B) {
	read := func(name string) []byte {
		data, err := os.ReadFile("testdata/cif/" + name)
		if err != nil {
			b.Fatal(err)
		}
		return data
	}
	doc, err := source.EncodeDoc(exampleDoc())
	if err != nil {
		b.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		data []byte
	}{
		{"corundum.cif", read("cod_style.cif")},
		{"spinel.cif", read("icsd_style.cif")},
		{"silicon.json", []byte(silicon)},
		{"silicon.poscar", []byte("Si\n1\n0 2.7 2.7\n2.7 0 2.7\n2.7 2.7 0\nSi\n2\nDirect\n0 0 0\n.25 .25 .25\n")},
		{"silicon.document", doc},
	} {
		b.Run(tt.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := source.Decode(tt.name, tt.data); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
