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

func (s *Session) doSheet(_ *Request, payload []byte, out *Reply) error {
	if len(payload) > 0 {
		t, err := readRatios(payload)
		if err != nil {
			return err
		}
		s.ratios = t
	}
	var err error
	out.Sheet, err = s.sheet()
	return err
}

// sheet words what tables say of the nearest zone axis.
func (s *Session) sheet() (*Sheet, error) {
	p := s.phase
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
	out := &Sheet{Title: says("Zone axis ").plus(zoneText(s.zone, p.four)), Tables: []SheetTable{s.basisTable(b), s.ringTable(layers), s.neighbourTable()}}
	same := b
	same.Zone = s.zone
	if p.group != nil {
		same.Zone = zones.Representative(p.group, s.zone)
	}
	// The sheet that stands for it is one of those with small indices.
	if i := slices.IndexFunc(p.sheets, func(u crystal.UVW) bool { return slices.Contains(p.equivalentZones(s.zone), u) }); i >= 0 {
		same.Zone = p.sheets[i]
	}
	own, known := source.Lookup(p.id)
	known = known && p.structure.Lattice.Cell() == own.Cell
	if known && slices.Contains(p.sheets, same.Zone) {
		out.Link = sheetLink(own.ID, same.Zone)
		out.LinkText = says("Printable sheet of ").plus(zoneText(same.Zone, p.four))
	}
	if s.ratios == nil {
		out.Load = RatioFile
		out.Tables = append(out.Tables, SheetTable{Caption: alsoFits, Heads: []Text{}, Rows: []SheetRow{}, Note: says("Waiting for the pattern library.")})
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
var perNM = Text{{T: "nm"}, {T: "−1", Sup: true}}

func (s *Session) basisTable(b zones.Basis) SheetTable {
	four := s.phase.four
	t := SheetTable{Caption: "Shortest reflections",
		Heads: []Text{says("g"), says("hkl"), says("d (Å)"), perNM, says("ratio"), says("angle")}}
	d, angles := b.D(), [3]float64{0, b.Angle12, b.Angle13}
	for i, h := range []crystal.HKL{b.G1, b.G2, b.G3} {
		row := []Text{{{T: "g"}, {T: strconv.Itoa(i + 1), Sub: true}}, hklText(h, four), says(fixed(d[i], 3)), says(fixed(10*b.Len[i], 3)), says("1"), says("–")}
		if i > 0 {
			row[4], row[5] = says(fixed(b.Len[i]/b.Len[0], 3)), says(fixed(geom.Degrees(angles[i]), 2)+"°")
		}
		t.Rows = append(t.Rows, SheetRow{Cells: row})
	}
	if b.Absent3 {
		t.Note = Text{{T: "g"}, {T: "3", Sub: true}, {T: " is absent."}}
	}
	return t
}

func (s *Session) ringTable(layers diffraction.Layers) SheetTable {
	t := SheetTable{Caption: "First Laue zone", Heads: []Text{says("kV"), says("radius (").plus(perNM, says(")")), says("2θ (mrad)")}}
	voltages := append([]float64{s.kv}, sheetVoltages...)
	sorts.Values(voltages)
	for _, kv := range slices.Compact(voltages) {
		row := []Text{says(trimmed(kv, 1)), says("–"), says("–")}
		if kv == s.kv {
			row[0] = says(trimmed(kv, 1) + " (now)")
		}
		if beam, err := diffraction.NewBeam(1000 * kv); err == nil {
			if g, ok := layers.Radius(1, beam); ok {
				angle, _ := layers.Angle(1, beam)
				row[1], row[2] = says(fixed(10*g, 1)), says(fixed(1000*angle, 0))
			}
		}
		t.Rows = append(t.Rows, SheetRow{Cells: row})
	}
	t.Note = says("Its layers are "+fixed(10*layers.Spacing, 3)+thin).plus(perNM, says(" apart."))
	return t
}

func (s *Session) neighbourTable() SheetTable {
	p := s.phase
	t := SheetTable{Caption: "Nearest zone axes", Heads: []Text{says("zone"), says("angle"), says("along")}, Rows: []SheetRow{}}
	for _, n := range zones.Neighbours(p.structure.Lattice, p.group, s.zone, p.sheets) {
		uvw := [3]int(n.Zone)
		t.Rows = append(t.Rows, SheetRow{UVW: &uvw, Label: "Go to zone axis " + n.Zone.Spoken(p.four),
			Cells: []Text{zoneText(n.Zone, p.four), says(fixed(geom.Degrees(n.Angle), 2) + "°"), hklText(n.Band, p.four)}})
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
	return "z" + strings.ReplaceAll(strings.ReplaceAll(joinInts(u), "-", "m"), ",", "_")
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
func (r *ratioTable) table(id string, b zones.Basis) SheetTable {
	own := slices.Index(r.Names, id)
	t := SheetTable{Caption: alsoFits, Heads: []Text{says("crystal"), says("zone")}, Rows: []SheetRow{}}
	fits, same := r.Fits(own, b, r.kinds)
	if same > 0 {
		t.Rows = append(t.Rows, SheetRow{Link: "/library/#" + TypeAnchor(r.kinds[own]), Cells: []Text{says("All of type ").plus(TypeText(r.kinds[own])), zoneText(b.Zone, r.four[own])}})
	}
	for i, f := range fits {
		if i == maxFits && len(fits) > maxFits+1 {
			t.Rows = append(t.Rows, SheetRow{Cells: []Text{says(count(len(fits)-maxFits) + " more"), {}},
				Link: "/library/ratio/?ratio=" + fixed(b.Ratio21(), 3) + "&angle=" + fixed(geom.Degrees(b.Angle12), 2)})
			break
		}
		name := says(r.entries[f.Crystal].Name)
		if f.Count > 1 {
			name = TypeText(r.kinds[f.Crystal]).plus(says(" (" + strconv.Itoa(f.Count) + ")"))
		}
		t.Rows = append(t.Rows, SheetRow{Cells: []Text{name, zoneText(f.Zone, r.four[f.Crystal])}, Link: sheetLink(r.Names[f.Crystal], f.Zone)})
	}
	t.Note = says("In the library, with a ratio within 2 % and an angle within 1°.")
	if len(t.Rows) == 0 {
		t.Note = says("Nothing else in the library has this ratio and this angle.")
	}
	return t
}

// TypeText returns the name of a structure type, "D0_19, Ni3Sn", in print: the
// index of the symbol and the numbers of the formula are lowered.
func TypeText(name string) Text {
	symbol, formula, ok := strings.Cut(name, ", ")
	if !ok {
		symbol, formula = "", name
	}
	letter, index, lowered := strings.Cut(symbol, "_")
	t := says(letter)
	if lowered {
		t = append(t, Run{T: index, Sub: true})
	}
	if ok {
		t = t.plus(says(", "))
	}
	counts := false // a number here counts atoms
	for _, r := range formula {
		digit := r >= '0' && r <= '9'
		t = t.plus(Text{{T: string(r), Sub: digit && counts}})
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
//	{"crystals": [[id, name, 1 if indices are in fours, [[u, v, w, pair…] …]] …]}
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
