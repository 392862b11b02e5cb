package source

import (
	"bytes"
	"errors"
	"math"
	"strconv"

	"zoneaxis/internal/atom"
	"zoneaxis/internal/crystal"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/lean/jsontext"
	"zoneaxis/internal/lean/say"
	"zoneaxis/internal/lean/sha256"
)

// DocVersion is the version of the canonical document written here.
const DocVersion = 1

// Limits of a canonical document.
const (
	MaxDocSites = 500
	MaxDocBytes = 1 << 20
)

// Doc is a material as the site stores and serves it: one cell, no more than
// is needed, with its origin and licence. EncodeDoc writes it.
type Doc struct {
	ID         int    // number of the Materials Project id
	Formula    string // "SiO2"
	Number     int    // space group of the material, 0 if not known
	Symbol     string // "Fd-3m"; may be empty
	System     string // "cubic"; may be empty
	Lattice    [9]float64
	Sites      []DocSite
	Database   string // version of the database: "2026.04.13"
	License    string // "BY-C"
	Fetched    string // when it was fetched: "2026-11-23T12:00:00Z"
	Deprecated bool
}

// DocSite is an atom of a Doc: fractions of the cell in [0, 1), and how much of
// the site it fills.
type DocSite struct {
	Z    atom.Z
	Frac crystal.Frac
	Occ  float64
}

// Doc returns the material as a canonical document, fetched at a time that the
// caller writes. Lattice holds the vectors a, b, c in Å, one after another, in
// the frame of crystal.Lattice.
func (m Material) Doc(fetched string) *Doc {
	d := &Doc{ID: m.ID, Formula: m.Formula, Number: m.Number, Symbol: m.Symbol, System: m.System,
		Database: m.Database, License: m.License, Fetched: fetched, Deprecated: m.Deprecated}
	if d.Formula == "" {
		d.Formula = m.Structure.Formula()
	}
	direct := m.Structure.Lattice.Direct()
	for k := range 3 {
		for i := range 3 {
			d.Lattice[3*k+i] = direct[i][k]
		}
	}
	for _, s := range m.Structure.Sites {
		d.Sites = append(d.Sites, DocSite{s.Z, wrapFrac(s.Frac), s.Occ})
	}
	return d
}

// Structure returns the crystal of the document.
func (d *Doc) Structure() (*crystal.Structure, error) {
	v := func(i int) geom.Vec { return geom.Vec{X: d.Lattice[i], Y: d.Lattice[i+1], Z: d.Lattice[i+2]} }
	basis, err := newBasis(v(0), v(3), v(6))
	if err != nil {
		return nil, docError(err.Error())
	}
	s := &crystal.Structure{
		ID: FormatMP(d.ID), Name: d.Formula, Lattice: basis.lattice,
		Reference: "Materials Project, database " + d.Database + ", CC BY 4.0. A. Jain et al., APL Mater. 1 (2013) 011002",
	}
	for _, a := range d.Sites {
		s.Sites = append(s.Sites, crystal.Site{Z: a.Z, Frac: basis.turn(a.Frac), Occ: a.Occ, B: math.NaN()})
	}
	if d.License != "BY-C" { // a document that our library stands behind
		s.Reference = "Library, in place of " + s.ID
	}
	if basis.flipped {
		s.Notes = append(s.Notes, flippedNote)
	}
	if d.Deprecated {
		s.Notes = append(s.Notes, "The Materials Project has withdrawn this material.")
	}
	return s, nil
}

func docError(msg string) error { return &SyntaxError{Document, 0, msg} }

// check reports what a document must not hold.
func (d *Doc) check() error {
	if FormatMP(d.ID) == "" {
		return docError(say.Sprintf("%d is not the number of a material", d.ID))
	}
	for _, f := range []struct {
		name, value string
		empty       bool
	}{
		{"formula", d.Formula, false}, {"symbol", d.Symbol, true}, {"system", d.System, true},
		{"db", d.Database, false}, {"license", d.License, false}, {"fetched", d.Fetched, false},
	} {
		if f.value == "" && !f.empty {
			return docError("it has no " + f.name)
		}
		if len(f.value) > 200 {
			return docError("its " + f.name + " is too long")
		}
		for i := range len(f.value) {
			// Nothing that JSON or HTML would have to escape.
			if c := f.value[i]; c < ' ' || c > '~' || bytes.IndexByte([]byte("\"\\<>&"), c) >= 0 {
				return docError("its " + f.name + " is not plain text")
			}
		}
	}
	if d.Number < 0 || d.Number > 230 {
		return docError("its space group is " + strconv.Itoa(d.Number))
	}
	for _, v := range d.Lattice {
		if !finite(v) {
			return docError("its lattice holds something that is not a number")
		}
	}
	if len(d.Sites) == 0 || len(d.Sites) > MaxDocSites {
		return docError("it holds " + plural(len(d.Sites), "site") + "; 1 to " + count(MaxDocSites) + " are allowed")
	}
	for i, s := range d.Sites {
		if s.Z < 1 || s.Z > atom.MaxZ {
			return docError("site " + count(i+1) + " has no element")
		}
		for _, x := range s.Frac {
			if !(x >= 0 && x < 1) {
				return docError("site " + count(i+1) + " lies outside the cell")
			}
		}
		if !(s.Occ > 0 && s.Occ <= 1) {
			return docError("site " + count(i+1) + " has an occupancy outside 0 to 1")
		}
	}
	return nil
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// EncodeDoc writes a document as canonical JSON: one line of ASCII, fields in a
// fixed order, numbers in their shortest form, and last the SHA-256 of the
// object without that field:
//
//	{"v":1,"id":"mp-149","alias":"mp-aaaaaaft","formula":"Si",
//	 "sg":{"number":227,"symbol":"Fd-3m","system":"cubic"},
//	 "lattice":[ax,ay,az,bx,by,bz,cx,cy,cz],"sites":[["Si",x,y,z],["Fe",x,y,z,0.5]],
//	 "db":"2026.04.13","license":"BY-C","fetched":"…","deprecated":true,"sha256":"…"}
//
// The occupancy of a site is left out if it is 1, and deprecated if it is
// false. Equal documents give equal bytes. A document that DecodeDoc would not
// accept is an error.
func EncodeDoc(d *Doc) ([]byte, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	b := make([]byte, 0, 512+48*len(d.Sites))
	str := func(key, value string) {
		b = append(b, ',', '"')
		b = append(b, key...)
		b = append(b, '"', ':', '"')
		b = append(b, value...)
		b = append(b, '"')
	}
	num := func(v float64) { b = strconv.AppendFloat(b, v+0, 'g', -1, 64) } // −0 becomes 0
	b = append(b, `{"v":`...)
	b = strconv.AppendInt(b, DocVersion, 10)
	str("id", FormatMP(d.ID))
	str("alias", alphaMP(d.ID))
	str("formula", d.Formula)
	b = append(b, `,"sg":{"number":`...)
	b = strconv.AppendInt(b, int64(d.Number), 10)
	str("symbol", d.Symbol)
	str("system", d.System)
	b = append(b, `},"lattice":[`...)
	for i, v := range d.Lattice {
		if i > 0 {
			b = append(b, ',')
		}
		num(v)
	}
	b = append(b, `],"sites":[`...)
	for i, s := range d.Sites {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '[', '"')
		b = append(b, s.Z.Symbol()...)
		b = append(b, '"')
		for _, x := range s.Frac {
			b = append(b, ',')
			num(x)
		}
		if s.Occ != 1 {
			b = append(b, ',')
			num(s.Occ)
		}
		b = append(b, ']')
	}
	b = append(b, ']')
	str("db", d.Database)
	str("license", d.License)
	str("fetched", d.Fetched)
	if d.Deprecated {
		b = append(b, `,"deprecated":true`...)
	}
	sum := sha256.Sum(append(b, '}'))
	b = append(b, docSeal...)
	b = appendHex(b, sum[:])
	b = append(b, '"', '}')
	if len(b) > MaxDocBytes {
		return nil, docError("it is larger than 1 MiB")
	}
	return b, nil
}

// docSeal is the member that ends every document, up to the digits of the sum.
const docSeal = `,"sha256":"`

// DecodeDoc reads a document and accepts nothing but what EncodeDoc writes: any
// byte that is changed, missing or added is an error, always a *SyntaxError.
func DecodeDoc(data []byte) (*Doc, error) {
	const digits = 2 * 32 // of the checksum
	if len(data) > MaxDocBytes {
		return nil, docError("it is larger than 1 MiB")
	}
	cut := len(data) - digits - len(docSeal) - 2
	if cut < 0 || string(data[cut:cut+len(docSeal)]) != docSeal || string(data[len(data)-2:]) != `"}` {
		return nil, docError("it is cut off or damaged")
	}
	body := append(bytes.Clone(data[:cut]), '}')
	sum := sha256.Sum(body)
	if string(appendHex(nil, sum[:])) != string(data[cut+len(docSeal):len(data)-2]) {
		return nil, docError("it is damaged: its checksum does not match")
	}
	d, version, err := readDoc(body)
	if err != nil {
		return nil, docError("it is not in canonical form")
	}
	if version != DocVersion {
		return nil, docError("its version is " + strconv.Itoa(version) + "; only " + strconv.Itoa(DocVersion) + " is known")
	}
	again, err := EncodeDoc(d)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(again, data) {
		return nil, docError("it is not in canonical form")
	}
	return d, nil
}

// errNotDoc is a document of another shape.
var errNotDoc = errors.New("source: not a document")

// readDoc reads the members of a document, in any order and form. Whether it is
// in canonical form the caller finds out by writing it again.
func readDoc(body []byte) (d *Doc, version int, err error) {
	d = &Doc{}
	var id string
	lattice := 0
	r := jsontext.NewReader(body)
	for r.Begin('{'); r.Member(); {
		switch string(r.Name) {
		case "v":
			r.Int(&version)
		case "id":
			r.String(&id)
		case "formula":
			r.String(&d.Formula)
		case "sg":
			for r.Begin('{'); r.Member(); {
				switch string(r.Name) {
				case "number":
					r.Int(&d.Number)
				case "symbol":
					r.String(&d.Symbol)
				case "system":
					r.String(&d.System)
				default:
					r.Skip()
				}
			}
		case "lattice":
			lattice = readNumbers(r, d.Lattice[:])
		case "sites":
			for r.Begin('['); r.Element(); {
				s, ok := readDocSite(r)
				if !ok || len(d.Sites) >= MaxDocSites {
					return nil, 0, errNotDoc
				}
				d.Sites = append(d.Sites, s)
			}
		case "db":
			r.String(&d.Database)
		case "license":
			r.String(&d.License)
		case "fetched":
			r.String(&d.Fetched)
		case "deprecated":
			r.Bool(&d.Deprecated)
		default:
			r.Skip()
		}
	}
	if err := r.Close(); err != nil {
		return nil, 0, err
	}
	if d.ID, err = ParseMP(id); err == nil && lattice != len(d.Lattice) {
		err = errNotDoc
	}
	return d, version, err
}

// readDocSite reads ["Fe",x,y,z] or ["Fe",x,y,z,occupancy].
func readDocSite(r *jsontext.Reader) (s DocSite, ok bool) {
	s.Occ = 1
	n := 0
	for r.Begin('['); r.Element(); n++ {
		switch kind := r.Kind(); {
		case n == 0 && kind == "string":
			var symbol string
			r.String(&symbol)
			s.Z, _ = atom.Lookup(symbol)
		case n >= 1 && n <= 3 && kind == "number":
			r.Float(&s.Frac[n-1])
		case n == 4 && kind == "number":
			r.Float(&s.Occ)
		default:
			return s, false
		}
	}
	return s, r.Err() == nil && n >= 4
}

// appendHex appends bytes in lower-case hexadecimal digits. (encoding/hex would
// bring fmt into the engine.)
func appendHex(dst, data []byte) []byte {
	for _, b := range data {
		dst = append(dst, "0123456789abcdef"[b>>4], "0123456789abcdef"[b&15])
	}
	return dst
}
