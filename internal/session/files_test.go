package session_test

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"testing"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/protocol"
	"zoneaxis/internal/session"
	"zoneaxis/internal/source"
	_ "zoneaxis/internal/source/records" // the library
)

func init() { source.SetReader(source.Decode) }

const rockSalt = `data_salt
_chemical_name_common 'Test salt'
_cell_length_a 5.64
_cell_length_b 5.64
_cell_length_c 5.64
_cell_angle_alpha 90
_cell_angle_beta 90
_cell_angle_gamma 90
_symmetry_space_group_name_H-M 'F m -3 m'
loop_
_atom_site_label
_atom_site_type_symbol
_atom_site_fract_x
_atom_site_fract_y
_atom_site_fract_z
Na1 Na 0 0 0
Cl1 Cl 0.5 0.5 0.5
`

// read sends a file, then what its link should hold, as the page does.
func read(t testing.TB, s *session.Session, name, text string) *protocol.Reply {
	t.Helper()
	r := s.Do(&protocol.Request{Op: "read", Name: name, Draw: "svg"}, []byte(text))
	attach(t, s, r, text)
	return r
}

// attach packs the document of a file and takes the link of it.
func attach(t testing.TB, s *session.Session, r *protocol.Reply, file string) {
	t.Helper()
	d := r.Document
	if d == nil {
		return
	}
	packed := ""
	if d.File {
		packed = pack(file)
	}
	if packed == "" {
		packed = pack(d.CIF)
	}
	must(t, s, protocol.Request{Op: "document", ID: d.Key, Text: packed})
	now := must(t, s, protocol.Request{Op: "view"})
	r.Link, r.Snapshot, r.View = now.Link, now.Snapshot, now.View
}

// pack returns a text as links have it in their fragment; "" if it is too long.
func pack(text string) string {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err != nil {
		panic(err)
	}
	w.Write([]byte(text))
	w.Close()
	if packed := base64.RawURLEncoding.EncodeToString(b.Bytes()); len(packed) <= 6<<10 {
		return packed
	}
	return ""
}

// unpack returns the text of a fragment; "" if it cannot be read.
func unpack(fragment string) string {
	packed, err := base64.RawURLEncoding.DecodeString(fragment)
	if err != nil {
		return ""
	}
	text, err := io.ReadAll(flate.NewReader(bytes.NewReader(packed)))
	if err != nil {
		return ""
	}
	return string(text)
}

// unpacked sends a request again after handing in what a fragment holds, if the
// reply asks for that, as the page does.
func unpacked(s *session.Session, r protocol.Request, payload []byte) *protocol.Reply {
	out := s.Do(&r, payload)
	if fragment, ok := strings.CutPrefix(out.Need, protocol.NeedFragment); ok {
		s.Do(&protocol.Request{Op: "document", Text: fragment}, []byte(unpack(fragment)))
		out = s.Do(&r, payload)
	}
	return out
}

func TestReadCIF(t *testing.T) {
	s := open(t, "/sim?z=1,1,0&o=i")
	must(t, s, protocol.Request{Op: "view"})
	r := read(t, s, "salt.cif", rockSalt)
	if !r.OK || r.Change != "crystal" || !r.Push || r.View.Crystal.Name != "Test salt" || r.View.Crystal.Badge != "File" {
		t.Fatalf("%+v", r)
	}
	if !strings.HasPrefix(r.Link, "/sim?c=cif&z=1,1,0&o=i#x=") || len(r.Link) > 6<<10 || !r.View.Crystal.Shareable {
		t.Errorf("link %s", r.Link)
	}
	if got := plain(r.View.Crystal.Line); got != "Fm-3m · a = 5.640 Å" {
		t.Errorf("line %q", got)
	}
	// The link holds the crystal.
	fresh := open(t, "/sim?v=1")
	if out := unpacked(fresh, protocol.Request{Op: "open", Link: "https://example.org" + r.Link}, nil); !out.OK || len(out.Problems) > 0 || fresh.SVG() != r.SVG || out.Link != r.Link {
		t.Errorf("the link shows another picture: %+v", out)
	}
	// Undo and redo.
	back := open(t, "/sim?z=1,1,0&o=i")
	if out := unpacked(back, protocol.Request{Op: "restore", Snapshot: r.Snapshot}, nil); !out.OK || back.SVG() != r.SVG {
		t.Errorf("the snapshot shows another picture: %+v", out)
	}
	// The state from before the link was complete is the same one.
	early := s.Do(&protocol.Request{Op: "restore", Snapshot: strings.Replace(r.Snapshot, r.Link[strings.Index(r.Link, "#"):], "", 1)}, nil)
	if !early.OK || early.Link != r.Link {
		t.Errorf("without the fragment: %+v", early)
	}
	// The same file again is known, and so is another packing of it.
	if again := s.Do(&protocol.Request{Op: "read", Name: "salt.cif"}, []byte(rockSalt)); !again.OK || again.Document != nil || again.Link != r.Link {
		t.Errorf("read again: %+v", again)
	}
	const ours = "bc49C8JADAbg_X5Ftk5KxQ9wFsRFJ_eQnrEtJL2jF8H6620pQkslZHnyEt4HGWEiMYe-Yq09CTakjD6ohgayOyeDIZD1CRZB4aa0Cgn268NubsUf81OjphRGklgRHPMZFmwLK0l1xNSpsrUdpki-P7ThFceel9UVsjMorLagmZMQIjokC4qpNkahgmUK1kUe_hVhxs-WvOF7Sd2SPu5GG7gR5MO4k2zgJJCv9791Xw"
	if out := unpacked(s, protocol.Request{Op: "open", Link: "/sim?c=cif&z=1,1,0&o=i#x=" + ours, Draw: "svg"}, nil); !out.OK || len(out.Problems) > 0 || out.SVG != r.SVG || !strings.HasSuffix(out.Link, ours) {
		t.Errorf("another packing: %+v", out)
	}
	// A damaged fragment.
	const sorry = "The crystal in this link could not be read. Ask for the file, or copy the link again."
	for _, x := range []string{"x=AAAA", "x=%%%", "x=" + strings.Repeat("A", 5000), "x=" + ours[:40], "x=" + pack("GIF89a")} {
		s := open(t, "/sim?v=1")
		out := unpacked(s, protocol.Request{Op: "open", Link: "/sim?c=cif&z=1,1,0#" + x}, nil)
		if len(out.Problems) != 1 || out.Problems[0].Text != sorry || s.Link().Crystal != "lib-si" || s.Link().Zone != (crystal.UVW{1, 1, 0}) {
			t.Errorf("%.20s: %+v, crystal %s", x, out, s.Link().Crystal)
		}
	}
	if _, problems := session.Open("/sim?c=cif&z=1,1,0#x="+ours, nil); len(problems) != 1 || problems[0].Text != sorry {
		t.Errorf("nobody to unpack it: %v", problems)
	}
}

// TestReadErrors holds the messages of the design; a file that cannot be read
// leaves the picture alone.
func TestReadErrors(t *testing.T) {
	noAtoms := rockSalt[:strings.Index(rockSalt, "loop_")]
	for _, test := range []struct{ name, text, want string }{
		{"nothing", "", "This file is empty."},
		{"no cell", "data_x\n_cell_angle_alpha 90\n", "This file is not a CIF we can read: line 1, expected the cell, _cell_length_a and so on, found none."},
		{"bad number", strings.Replace(rockSalt, "_cell_length_b 5.64", "_cell_length_b abc", 1), "This file is not a CIF we can read: line 4, expected a number, found “abc”."},
		{"too large", strings.Repeat("#", 18<<20), "This file is 18 MB. The limit is 5 MB."},
		{"something else", "GIF89a", "This file is not a crystal structure we can read: line 1, expected a CIF, POSCAR, extended XYZ, SHELX, PDB or JSON file, found “GIF89a”. Open a file of these kinds; most programs save a CIF."},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := open(t, "/sim?z=1,1,0")
			before := must(t, s, protocol.Request{Op: "view", Draw: "svg"})
			r := read(t, s, "x.txt", test.text)
			if r.OK || !strings.HasPrefix(r.Error, test.want) {
				t.Errorf("error %q, want %q", r.Error, test.want)
			}
			if after := must(t, s, protocol.Request{Op: "view", Draw: "svg"}); after.Link != before.Link || after.SVG != before.SVG {
				t.Error("the picture has changed")
			}
		})
	}
	s := open(t, "/sim?z=1,1,0")
	r := read(t, s, "cell.cif", noAtoms)
	const want = "The CIF has a cell but no atoms. Positions of the spots are right, intensities are not shown."
	if !r.OK || !contains(r.View.Notes, want) || r.View.Frame.InView < 10 {
		t.Errorf("no atoms: %+v", r.View.Notes)
	}
	if d := must(t, s, protocol.Request{Op: "inspect", HKL: &[3]int{2, -2, 0}}).Detail; d.F != "" || d.D != "1.994" {
		t.Errorf("no atoms: %+v", d)
	}
	// Nothing is made up, in no form.
	for _, row := range r.View.Rows {
		if row.F != "" || row.I != "" {
			t.Fatalf("no atoms, but %+v", row)
		}
	}
	file := must(t, s, protocol.Request{Op: "export", Kind: "csv"}).File
	if line := strings.Split(file.Text, "\n")[1]; !strings.HasSuffix(line, ",,,") {
		t.Errorf("CSV %q", line)
	}
	if svg := must(t, s, protocol.Request{Op: "export", Kind: "svg"}).SVG; strings.Contains(file.Name+svg, "(C") || strings.HasPrefix(file.Name, "c") && !strings.HasPrefix(file.Name, "cell") {
		t.Errorf("a formula in %s", file.Name)
	}
	// The centring is known: Fm-3m has no 100 and no 110.
	centred := read(t, open(t, "/sim?z=0,0,1"), "fcc.cif", strings.Replace(noAtoms, "data_", "data_fcc\n_symmetry_space_group_name_H-M 'F m -3 m'\n#", 1))
	if len(centred.View.Rows) < 4 {
		t.Fatalf("%d rows", len(centred.View.Rows))
	}
	for _, row := range centred.View.Rows {
		if h := row.HKL; (h[0]-h[1])%2 != 0 || (h[0]-h[2])%2 != 0 {
			t.Errorf("%v is no point of a face-centred lattice", h)
		}
	}
	if r = must(t, s, protocol.Request{Op: "crystalview"}); strings.Contains(r.SVG, "<circle") {
		t.Error("atoms where there are none")
	}
	partly := strings.Replace(rockSalt, "Cl1 Cl 0.5 0.5 0.5", "Cl1 Cl 0.5 0.5 0.5\nX1 Q 0.25 0.25 0.25", 1)
	r = read(t, s, "partly.cif", partly)
	if !r.OK || !contains(r.View.Notes, "Read 2 of 3 atoms. Not recognised: “Q”. Intensities leave them out.") || len(r.Notes) > 0 || !strings.Contains(r.Status, "Read 2 of 3 atoms.") {
		t.Errorf("partly: %v %q", r.Notes, r.Error)
	}
}

func contains(list []string, want string) bool {
	for _, s := range list {
		if s == want {
			return true
		}
	}
	return false
}

func TestSeveralStructures(t *testing.T) {
	two := rockSalt + strings.NewReplacer("data_salt", "data_other", "Test salt", "Other salt", "5.64", "6.29", "Na", "K").Replace(rockSalt)
	s := open(t, "/sim?z=1,1,0")
	r := read(t, s, "two.cif", two)
	if !r.OK || len(r.Choices) != 2 || r.Choices[1].Title != "Other salt" || plain(r.Choices[1].Formula) != "KCl" || !contains(r.Notes, "This file has 2 structures. Which one?") {
		t.Fatalf("%+v", r)
	}
	if r.View != nil && r.View.Crystal.ID != "lib-si" {
		t.Error("the crystal has changed before the choice")
	}
	block := 1
	r = must(t, s, protocol.Request{Op: "read", Block: &block})
	if r.Document == nil || r.Document.File {
		t.Errorf("the document of one of several: %+v", r.Document)
	}
	attach(t, s, r, two)
	if r.View.Crystal.Name != "Other salt" || !r.View.Crystal.Shareable {
		t.Errorf("chosen: %+v", r.View.Crystal)
	}
	fresh := open(t, "/sim?v=1")
	unpacked(fresh, protocol.Request{Op: "open", Link: r.Link}, nil)
	if again := fresh.View(); again.Crystal.Name != "Other salt" || plain(again.Crystal.Group) != "Fm-3m" {
		t.Errorf("from the link: %q, %q", again.Crystal.Name, plain(again.Crystal.Group))
	}
	block = 7
	if r = do(t, s, protocol.Request{Op: "read", Block: &block}); r.Error != "That structure is not in the file. Open the file again." {
		t.Errorf("error %q", r.Error)
	}
}

// A crystal that does not fit into a link stays with the session that read it,
// and the page says so.
func TestLargeFile(t *testing.T) {
	var b strings.Builder
	b.WriteString("data_big\n_cell_length_a 20\n_cell_length_b 21\n_cell_length_c 22\n_cell_angle_alpha 90\n_cell_angle_beta 90\n_cell_angle_gamma 90\n_symmetry_space_group_name_H-M 'P 1'\nloop_\n_atom_site_label\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\n")
	for i := range 600 {
		v := func(n int) float64 { x := float64(i)*math.Sqrt(float64(n)) + 0.1; return x - math.Floor(x) }
		fmt.Fprintf(&b, "C%d %.6f %.6f %.6f\n", i, v(2), v(3), v(5))
	}
	s := open(t, "/sim?z=0,1,1&cl=2000")
	before := must(t, s, protocol.Request{Op: "view"})
	r := read(t, s, "big.cif", b.String())
	if !r.OK || r.View.Crystal.Shareable || !strings.HasPrefix(r.Link, "/sim?c=cif") || strings.Contains(r.Link, "#") {
		t.Fatalf("%q %s", r.Error, r.Link)
	}
	if r.View.Frame.UVW != [3]int{0, 1, 1} || !r.View.Frame.On {
		t.Errorf("the zone axis has changed to %s", plain(r.View.Frame.NearText))
	}
	if !contains(r.View.Notes, "This crystal is too large for a link. Send the file, or an exported SVG, along with it.") {
		t.Errorf("notes %v", r.View.Notes)
	}
	must(t, s, protocol.Request{Op: "restore", Snapshot: before.Snapshot})
	if again := must(t, s, protocol.Request{Op: "restore", Snapshot: r.Snapshot, Draw: "svg"}); again.SVG != r.SVG {
		t.Error("redo shows another picture")
	}
	if other := do(t, open(t, "/sim?v=1"), protocol.Request{Op: "restore", Snapshot: r.Snapshot}); other.Error != "This crystal came from a file that is no longer open. Open the file again." {
		t.Errorf("another session: %q", other.Error)
	}
}

// An exported picture brings the session back, to the last bit.
func TestExportAndBack(t *testing.T) {
	s := open(t, "/sim?c=lib-ti&z=1,0,0&o=ikds&ms=0,0,2&f=h&p=screen")
	must(t, s, protocol.Request{Op: "tilt", X: 0.1234567, Y: 1.0 / 3})
	want := must(t, s, protocol.Request{Op: "view", Draw: "svg"})
	options := protocol.ExportOptions{Labels: true, Bar: true, Legend: true, Caption: true, Origin: "https://example.org", Version: "1.2.3"}
	for _, kind := range []string{"svg", "json"} {
		r := must(t, s, protocol.Request{Op: "export", Kind: kind, Export: &options})
		text := r.File.Text
		if kind == "svg" {
			text = r.SVG
			for _, part := range []string{"#56B4E9", "zoneaxis 1.2.3", "https://example.org/sim?", "Kikuchi line", `>5`} {
				if !strings.Contains(text, part) {
					t.Errorf("no %q in the picture", part)
				}
			}
		}
		if r.File.Toast != "Saved "+r.File.Name+"." || !strings.HasSuffix(r.File.Name, "kV."+kind) || !strings.HasPrefix(r.File.Name, "ti-lib-ti_") {
			t.Errorf("file %q, toast %q", r.File.Name, r.File.Toast)
		}
		back := read(t, open(t, "/sim?v=1"), r.File.Name, text)
		if !back.OK || back.SVG != want.SVG || back.Snapshot != want.Snapshot {
			t.Errorf("%s: %q, %s", kind, back.Error, back.Link)
		}
	}
	if name := must(t, open(t, "/sim?z=1,1,0"), protocol.Request{Op: "export", Kind: "svg"}).File.Name; name != "si-lib-si_110_200kV.svg" {
		t.Errorf("file name %q", name)
	}
}

func TestExportTables(t *testing.T) {
	s := open(t, "/sim?c=lib-mg&z=1,0,0")
	rows := must(t, s, protocol.Request{Op: "table"}).Table
	r := must(t, s, protocol.Request{Op: "export", Kind: "csv"})
	records, err := csv.NewReader(strings.NewReader(r.File.Text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(records) != rows.All+1 || records[0][2] != "i" || r.Toast != fmt.Sprintf("Copied %d rows.", rows.All) {
		t.Errorf("%d records for %d rows, heading %v, toast %q", len(records), rows.All, records[0], r.Toast)
	}
	for _, rec := range records[1:] {
		var n [4]int
		for i := range n {
			n[i], _ = strconv.Atoi(rec[i])
		}
		d, _ := strconv.ParseFloat(rec[4], 64)
		g, _ := strconv.ParseFloat(rec[5], 64)
		if n[0]+n[1]+n[2] != 0 || math.Abs(d*g-1) > 1e-4 {
			t.Errorf("record %v", rec)
		}
	}
	var doc struct {
		Wavelength  float64 `json:"wavelength_A"`
		Volume      float64 `json:"volume_A3"`
		Zone        [3]int  `json:"zone"`
		Reflections []struct {
			HKL       [3]int
			F         [2]float64 `json:"F_A"`
			Intensity float64    `json:"intensity"`
			S         float64    `json:"s_invA"`
		} `json:"reflections"`
	}
	j := must(t, s, protocol.Request{Op: "export", Kind: "json"})
	if err := json.Unmarshal([]byte(j.File.Text), &doc); err != nil {
		t.Fatal(err)
	}
	if len(doc.Reflections) != rows.All || math.Abs(doc.Wavelength-0.0250793) > 1e-6 || doc.Zone != [3]int{1, 0, 0} || math.Abs(doc.Volume-46.5) > 0.5 {
		t.Errorf("%d reflections, λ %v, zone %v, volume %v", len(doc.Reflections), doc.Wavelength, doc.Zone, doc.Volume)
	}
	for _, r := range doc.Reflections {
		want := (r.F[0]*r.F[0] + r.F[1]*r.F[1]) * math.Exp(-r.S*r.S/2e-4)
		if math.Abs(r.Intensity-want) > 1e-9*want {
			t.Errorf("%v: intensity %v, |F|² × shape %v", r.HKL, r.Intensity, want)
		}
	}
	if line := must(t, s, protocol.Request{Op: "export", Kind: "line"}).File.Text; line != "" {
		t.Errorf("nothing measured, but %q", line)
	}
}

// stub is a crystal of the Materials Project that the library does not have.
func stub(t *testing.T, id int) []byte {
	t.Helper()
	doc, err := source.EncodeDoc(&source.Doc{
		ID: id, Formula: "PoCl", Number: 225, Symbol: "Fm-3m", System: "cubic",
		Lattice:  [9]float64{0, 2.9, 2.9, 2.9, 0, 2.9, 2.9, 2.9, 0}, // primitive
		Sites:    []source.DocSite{{Z: 84, Occ: 1}, {Z: 17, Frac: crystal.Frac{0.5, 0.5, 0.5}, Occ: 1}},
		Database: "2026.04.13", License: "BY-C", Fetched: "2026-11-23T12:00:00Z",
	})
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestFetchedCrystal(t *testing.T) {
	s := open(t, "/sim?z=1,1,0")
	before := must(t, s, protocol.Request{Op: "view"})
	r := do(t, s, protocol.Request{Op: "crystal", ID: "MP-999998"})
	if r.OK || r.Need != "mp-999998" || r.Error != "" {
		t.Fatalf("%+v", r)
	}
	r = s.Do(&protocol.Request{Op: "crystal", ID: "mp-999998"}, stub(t, 999998))
	if !r.OK || r.View.Crystal.ID != "mp-999998" || r.View.Crystal.Badge != "Online" || r.Link != "/sim?c=mp-999998&z=1,1,0" {
		t.Fatalf("%q %+v", r.Error, r.View)
	}
	// The primitive cell is shown as the conventional one, with a note.
	if got := plain(r.View.Crystal.Line); got != "Fm-3m · a = 5.800 Å" {
		t.Errorf("line %q", got)
	}
	if !contains(r.View.Crystal.Notes, "Shown in the conventional cell, which is 4 times the given one: indices refer to it.") {
		t.Errorf("notes %q", r.View.Crystal.Notes)
	}
	as := must(t, s, protocol.Request{Op: "set", Set: &protocol.Patch{Values: values{"u": "g"}}})
	if got := plain(as.View.Crystal.Line); got != "Fm-3m · a = 4.101 Å, α = 60.00°" || as.Change != "cell" {
		t.Errorf("as given: %q, change %q", got, as.Change)
	}
	must(t, s, protocol.Request{Op: "restore", Snapshot: before.Snapshot})
	// Known from now on.
	if r = must(t, s, protocol.Request{Op: "open", Link: "/sim?c=mp-999998&z=1,1,1"}); r.View.Crystal.ID != "mp-999998" {
		t.Errorf("opened again: %s", r.View.Crystal.ID)
	}
	// As second crystal.
	other := open(t, "/sim?z=1,1,0")
	patch := protocol.Request{Op: "set", Set: &protocol.Patch{Second: &protocol.SecondPatch{ID: ptr("mp-999997")}}}
	if r = do(t, other, patch); r.Need != "mp-999997" {
		t.Errorf("second phase: %+v", r)
	}
	if r = other.Do(&patch, stub(t, 999997)); !r.OK || r.View.Second == nil {
		t.Errorf("second phase with its document: %+v", r)
	}
	// A document that is none.
	if r = s.Do(&protocol.Request{Op: "crystal", ID: "mp-999996"}, []byte("<html>")); r.OK || r.Error == "" {
		t.Errorf("%+v", r)
	}
}

func TestOpenLookup(t *testing.T) {
	asked := ""
	lookup := func(id string) (*crystal.Structure, error) {
		asked = id
		if id != "mp-999998" {
			return nil, errors.New("The Materials Project has no " + id + ". Check the number.")
		}
		doc, err := source.DecodeDoc(stub(t, 999998))
		if err != nil {
			return nil, err
		}
		return doc.Structure()
	}
	s, problems := session.Open("/sim?c=mp-999998&z=1,1,0", lookup)
	if len(problems) > 0 || asked != "mp-999998" || s.View().Crystal.ID != "mp-999998" {
		t.Errorf("%v, asked for %q", problems, asked)
	}
	s, problems = session.Open("/sim?c=mp-999999&z=1,1,0", lookup)
	if len(problems) != 1 || problems[0].Text != "The Materials Project has no mp-999999. Check the number." || s.Link().String() != "/sim?z=1,1,0" {
		t.Errorf("%v, %s", problems, s.Link().String())
	}
	for _, test := range []struct{ link, canonical, problem string }{
		{"/sim?c=MP-149&z=110", "/sim?c=mp-149&z=1,1,0", ""},
		{"/sim?c=mp-aaaaaaft", "/sim?c=mp-149", ""},
		{"/sim?c=Silicon&z=[1-10]", "/sim?z=1,-1,0", ""},
		{"/sim?c=GaAs", "/sim?c=lib-gaas", ""},
		{"/sim?c=unobtainium", "/sim?v=1", "Part of this link could not be read (crystal). Using silicon."},
		{"/sim?c=lib-unobtainium&z=1,1,0", "/sim?z=1,1,0", "Part of this link could not be read (crystal). Using silicon."},
		{"/sim?z=abc&d=1,2,3", "/sim?v=1", "Part of this link could not be read (orientation). Using [001]."},
		{"/sim?c=lib-ti&z=2-1-10", "/sim?c=lib-ti&z=1,0,0", ""},
		{"/sim?c2=unobtainium", "/sim?v=1", "Part of this link could not be read (second phase). Using none."},
		{"/sim?z=0,0,1&d=-54.7356,0.00,45.00", "", ""}, // exactly on [111]-like axes
	} {
		s, problems := session.Open(test.link, nil)
		got := ""
		for _, p := range problems {
			got += p.Text
		}
		if got != test.problem || test.canonical != "" && s.Link().String() != test.canonical {
			t.Errorf("%s: %s, %q", test.link, s.Link().String(), got)
		}
	}
}
