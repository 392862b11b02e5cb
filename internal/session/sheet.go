package session

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/lean/sorts"
	"zoneaxis/internal/link"
	"zoneaxis/internal/protocol"
	"zoneaxis/internal/source"
	"zoneaxis/internal/zones"
)

// RatioFile is the address of the library's table of ratios and angles, which
// the build writes.
const RatioFile = "/library/ratio/table.json"

// maxFits is how many of the patterns that look the same are named.
const maxFits = 12

// sheetVoltages are those at which radii of Laue zones are given, kV.
var sheetVoltages = []float64{100, 200, 300}

func (s *Session) doSheet(_ *protocol.Request, payload []byte, out *protocol.Reply) error {
	if len(payload) > 0 {
		t, err := readRatios(payload)
		if err != nil {
			return err
		}
		s.ratios = t
	}
	var err error
	out.Sheet, err = sheets{&s.picture, s.ratios}.sheet()
	return err
}

// sheets words the tables of zone axes, ratios are those of the pattern library,
// nil if they are not there yet.
type sheets struct {
	*picture
	ratios *ratioTable
}

// sheet words what tables say of the nearest zone axis.
func (s sheets) sheet() (*protocol.Sheet, error) {
	p := s.specimen
	bases, err := zones.Bases(p.structure, diffraction.Options{}, []crystal.UVW{s.zone})
	if err != nil {
		return nil, err
	}
	b := bases[0]
	layers, err := p.refl.Layers(s.zone)
	if err != nil {
		return nil, err
	}
	if p.sheets == nil {
		p.sheets = zones.OfSheets(p.group, p.four)
	}
	out := &protocol.Sheet{Title: protocol.Says("Zone axis ").Plus(protocol.Zone(s.zone, p.four)), Tables: []protocol.SheetTable{s.basisTable(b), s.ringTable(layers), s.neighbourTable()}}
	same := b
	same.Zone = s.zone
	if p.group != nil {
		same.Zone = zones.Representative(p.group, s.zone)
	}
	// The sheet that stands for it is one of those with small indices.
	if i := slices.IndexFunc(p.sheets, func(u crystal.UVW) bool { return slices.Contains(zones.Equivalent(p.group, s.zone), u) }); i >= 0 {
		same.Zone = p.sheets[i]
	}
	own, known := source.Lookup(p.id)
	known = known && p.structure.Lattice.Cell() == own.Cell
	if known && slices.Contains(p.sheets, same.Zone) {
		out.Link = sheetLink(own.ID, same.Zone)
		out.LinkText = protocol.Says("Printable sheet of ").Plus(protocol.Zone(same.Zone, p.four))
	}
	if s.ratios == nil {
		out.Load = RatioFile
		out.Tables = append(out.Tables, protocol.SheetTable{Caption: alsoFits, Heads: []protocol.Text{}, Rows: []protocol.SheetRow{}, Note: protocol.Says("Waiting for the pattern library.")})
		return out, nil
	}
	id := ""
	if known {
		id = own.ID
	}
	out.Tables = append(out.Tables, s.ratios.table(id, same))
	return out, nil
}

// perNM is the unit of distances in a pattern.
var perNM = protocol.Text{{T: "nm"}, {T: "−1", Sup: true}}

func (s sheets) basisTable(b zones.Basis) protocol.SheetTable {
	four := s.specimen.four
	t := protocol.SheetTable{Caption: "Shortest reflections",
		Heads: []protocol.Text{protocol.Says("g"), protocol.Says("hkl"), protocol.Says("d (Å)"), perNM, protocol.Says("ratio"), protocol.Says("angle")}}
	d, angles := b.D(), [3]float64{0, b.Angle12, b.Angle13}
	for i, h := range []crystal.HKL{b.G1, b.G2, b.G3} {
		row := []protocol.Text{{{T: "g"}, {T: strconv.Itoa(i + 1), Sub: true}}, protocol.HKL(h, four), protocol.Says(link.Fixed(d[i], 3)), protocol.Says(link.Fixed(10*b.Len[i], 3)), protocol.Says("1"), protocol.Says("–")}
		if i > 0 {
			row[4], row[5] = protocol.Says(link.Fixed(b.Len[i]/b.Len[0], 3)), protocol.Says(link.Fixed(geom.Degrees(angles[i]), 2)+"°")
		}
		t.Rows = append(t.Rows, protocol.SheetRow{Cells: row})
	}
	if b.Clockwise {
		t.Note = t.Note.Plus(protocol.Text{{T: "g"}, {T: "2", Sub: true}, {T: " lies clockwise of g"}, {T: "1", Sub: true}, {T: "."}})
	}
	if b.Absent3 {
		if len(t.Note) > 0 {
			t.Note = t.Note.Plus(protocol.Says(" "))
		}
		t.Note = t.Note.Plus(protocol.Text{{T: "g"}, {T: "3", Sub: true}, {T: " is absent."}})
	}
	return t
}

func (s sheets) ringTable(layers diffraction.Layers) protocol.SheetTable {
	t := protocol.SheetTable{Caption: "First Laue zone", Heads: []protocol.Text{protocol.Says("kV"), protocol.Says("radius (").Plus(perNM, protocol.Says(")")), protocol.Says("2θ (mrad)")}}
	voltages := append([]float64{s.KV}, sheetVoltages...)
	sorts.Values(voltages)
	for _, kv := range slices.Compact(voltages) {
		row := []protocol.Text{protocol.Says(link.Trimmed(kv, 1)), protocol.Says("–"), protocol.Says("–")}
		if kv == s.KV {
			row[0] = protocol.Says(link.Trimmed(kv, 1) + " (now)")
		}
		if beam, err := diffraction.NewBeam(1000 * kv); err == nil {
			if g, ok := layers.Radius(1, beam); ok {
				angle, _ := layers.Angle(1, beam)
				row[1], row[2] = protocol.Says(link.Fixed(10*g, 1)), protocol.Says(link.Fixed(1000*angle, 0))
			}
		}
		t.Rows = append(t.Rows, protocol.SheetRow{Cells: row})
	}
	t.Note = protocol.Says("Its layers are "+link.Fixed(10*layers.Spacing, 3)+thin).Plus(perNM, protocol.Says(" apart."))
	return t
}

func (s sheets) neighbourTable() protocol.SheetTable {
	p := s.specimen
	t := protocol.SheetTable{Caption: "Nearest zone axes", Heads: []protocol.Text{protocol.Says("zone"), protocol.Says("angle"), protocol.Says("along")}, Rows: []protocol.SheetRow{}}
	for _, n := range zones.Neighbours(p.structure.Lattice, p.group, s.zone, p.sheets) {
		uvw := [3]int(n.Zone)
		t.Rows = append(t.Rows, protocol.SheetRow{UVW: &uvw, Label: "Go to zone axis " + n.Zone.Spoken(p.four),
			Cells: []protocol.Text{protocol.Zone(n.Zone, p.four), protocol.Says(link.Fixed(geom.Degrees(n.Angle), 2) + "°"), protocol.HKL(n.Band, p.four)}})
	}
	return t
}

const alsoFits = "Also fits"

// sheetLink returns the address of a sheet of the pattern library.
func sheetLink(id string, u crystal.UVW) string {
	return "/library/" + id + "/#" + SheetAnchor(u)
}

// SheetAnchor returns the fragment that names a zone axis on the library's page
// of a crystal: "z1_m1_0" for [1−10].
func SheetAnchor(u crystal.UVW) string {
	return "z" + strings.ReplaceAll(strings.ReplaceAll(link.JoinInts(u), "-", "m"), ",", "_")
}

// ratioTable is the library's table with what is known of its crystals.
type ratioTable struct {
	zones.RatioTable
	entries []*source.Entry
	kinds   []string
	four    []bool
}

// table words where else the pattern of b could be taken for another. id is
// that of the library's crystal, or empty.
func (r *ratioTable) table(id string, b zones.Basis) protocol.SheetTable {
	own := slices.Index(r.Names, id)
	t := protocol.SheetTable{Caption: alsoFits, Heads: []protocol.Text{protocol.Says("crystal"), protocol.Says("zone")}, Rows: []protocol.SheetRow{}}
	fits, same := r.Fits(own, b, r.kinds)
	if same > 0 {
		t.Rows = append(t.Rows, protocol.SheetRow{Link: "/library/#" + TypeAnchor(r.kinds[own]), Cells: []protocol.Text{protocol.Says("All of type ").Plus(TypeText(r.kinds[own])), protocol.Zone(b.Zone, r.four[own])}})
	}
	for i, f := range fits {
		if i == maxFits && len(fits) > maxFits+1 {
			t.Rows = append(t.Rows, protocol.SheetRow{Cells: []protocol.Text{protocol.Says(link.Count(len(fits)-maxFits) + " more"), {}},
				Link: "/library/ratio/?ratio=" + link.Fixed(b.Ratio21(), 3) + "&angle=" + link.Fixed(geom.Degrees(b.Angle12), 2)})
			break
		}
		name := protocol.Says(r.entries[f.Crystal].Name)
		if f.Count > 1 {
			name = TypeText(r.kinds[f.Crystal]).Plus(protocol.Says(" (" + strconv.Itoa(f.Count) + ")"))
		}
		t.Rows = append(t.Rows, protocol.SheetRow{Cells: []protocol.Text{name, protocol.Zone(f.Zone, r.four[f.Crystal])}, Link: sheetLink(r.Names[f.Crystal], f.Zone)})
	}
	t.Note = protocol.Says("In the library, with a ratio within 2 % and an angle within 1°.")
	if len(t.Rows) == 0 {
		t.Note = protocol.Says("Nothing else in the library has this ratio and this angle.")
	}
	return t
}

// TypeText returns the name of a structure type, "D0_19, Ni3Sn", in print: the
// index of the symbol and the numbers of the formula are lowered.
func TypeText(name string) protocol.Text {
	symbol, formula, ok := strings.Cut(name, ", ")
	if !ok {
		symbol, formula = "", name
	}
	letter, index, lowered := strings.Cut(symbol, "_")
	t := protocol.Says(letter)
	if lowered {
		t = append(t, protocol.Run{T: index, Sub: true})
	}
	if ok {
		t = t.Plus(protocol.Says(", "))
	}
	counts := false // a number here counts atoms
	for _, r := range formula {
		digit := r >= '0' && r <= '9'
		t = t.Plus(protocol.Text{{T: string(r), Sub: digit && counts}})
		counts = digit && counts || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r == ')'
	}
	return t
}

// TypeAnchor returns the fragment that names a structure type in the library's
// index: "t-d0-19-ni3sn".
func TypeAnchor(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	return "t-" + strings.Join(words, "-")
}

var errRatios = errors.New("The library's table of ratios cannot be read.")

// readRatios reads the table that the build writes, of which it needs the names
// and the indices:
//
//	{"crystals": [[id, name, 1 if indices are in fours, [[u, v, w, pair…] …], type] …]}
//
// each pair being three numbers and the indices of two reflections.
func readRatios(data []byte) (*ratioTable, error) {
	r := &ratioTable{}
	var names []string
	var lattices []crystal.Lattice
	var pairs [][]zones.RatioPair
	var row []int
	depth := 0
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case c == '[':
			depth++
			row = row[:0]
			if depth == 2 {
				pairs = append(pairs, nil)
			}
		case c == ']':
			if depth == 4 {
				if len(row) < 3 || len(row)%9 != 3 {
					return nil, errRatios
				}
				n := len(pairs) - 1
				for rest := row[3:]; len(rest) > 0; rest = rest[9:] {
					pairs[n] = append(pairs[n], zones.RatioPair{Zone: bytesOf(row), A: bytesOf(rest[3:]), B: bytesOf(rest[6:])})
				}
			}
			depth--
			if depth < 0 {
				return nil, errRatios
			}
			row = row[:0]
		case c == '"':
			start := i + 1
			for i++; i < len(data) && data[i] != '"'; i++ {
				if data[i] == '\\' {
					i++
				}
			}
			if depth == 2 && len(names) < len(pairs) {
				e, ok := source.Lookup("lib-" + string(data[start:min(i, len(data))]))
				if !ok {
					return nil, errRatios
				}
				l, err := crystal.NewLattice(e.Cell)
				if err != nil {
					return nil, errRatios
				}
				names, lattices = append(names, e.ID), append(lattices, l)
				r.entries, r.kinds = append(r.entries, &e), append(r.kinds, e.Type())
			}
		case c == '-' || c >= '0' && c <= '9':
			start := i
			for i+1 < len(data) && strings.IndexByte("0123456789.e+-", data[i+1]) >= 0 {
				i++
			}
			v, err := strconv.ParseFloat(string(data[start:i+1]), 64) // minified: 1e3
			if err != nil {
				return nil, errRatios
			}
			n := int(v)
			if depth == 2 {
				r.four = append(r.four, n != 0)
			}
			row = append(row, n)
		}
	}
	if depth != 0 || len(names) == 0 || len(names) != len(pairs) || len(r.four) != len(names) {
		return nil, errRatios
	}
	r.AddPairs(names, lattices, pairs)
	return r, nil
}

// bytesOf returns the first three of some indices, which the table has within
// ±127.
func bytesOf(n []int) [3]int8 { return [3]int8{int8(n[0]), int8(n[1]), int8(n[2])} }
