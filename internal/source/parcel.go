package source

import (
	"bytes"
	"errors"
	"hash/fnv"
	"math"
	"strconv"

	"zoneaxis/internal/atom"
	"zoneaxis/internal/crystal"
	"zoneaxis/internal/lean/jsontext"
	"zoneaxis/internal/symmetry"
)

// A parcel is what a file holds, read by one program for another of the same
// build: the simulator's engine does without the readers of files, which a
// program of their own runs when a file is opened. It is JSON:
//
//	{"zoneaxis":"parcel","key":"…","structures":[…]}
//	{"zoneaxis":"parcel","key":"…","error":"…"}
//	{"zoneaxis":"parcel","key":"…","structures":[one],"empty":"CIF","detail":"…"}
//
// The last is a *NoAtomsError. Numbers come back as they were, bit by bit.
const parcelHead = `{"zoneaxis":"parcel","key":`

// ErrNoReader is returned by Read for a file that this program cannot read
// itself: it wants a parcel.
var ErrNoReader = errors.New("source: this program reads no files")

var reader func(name string, data []byte) ([]*crystal.Structure, error)

// SetReader lets Read read files of any kind, with Decode or in its place. A
// program that does not call it does not link the readers. It is called before
// the first Read.
func SetReader(decode func(name string, data []byte) ([]*crystal.Structure, error)) { reader = decode }

// Read returns the structures of a parcel or a canonical document; and of a file
// in any format that the program's reader knows (SetReader). Without one the
// error is ErrNoReader, otherwise one of Decode's.
func Read(name string, data []byte) ([]*crystal.Structure, error) {
	switch {
	case bytes.HasPrefix(data, []byte(parcelHead)):
		return openParcel(data)
	case bytes.HasPrefix(bytes.TrimSpace(data), []byte(`{"v":`)):
		doc, err := DecodeDoc(bytes.TrimSpace(data))
		if err == nil {
			return one(doc.Structure())
		}
		if reader == nil {
			return nil, err
		}
	case reader == nil:
		return nil, ErrNoReader
	}
	return reader(name, data)
}

// Parcel packs what Decode has returned for a file; key is how the file is known.
func Parcel(key string, list []*crystal.Structure, err error) []byte {
	w := &jsontext.Writer{}
	w.Raw(parcelHead)
	w.String(key)
	var none *NoAtomsError
	switch {
	case errors.As(err, &none):
		list = []*crystal.Structure{none.Structure}
		w.Key("empty")
		w.Int(int(none.Format))
		w.Key("detail")
		w.String(none.Detail)
	case err != nil:
		w.Key("error")
		w.String(err.Error())
		list = nil
	}
	w.Key("structures")
	w.Byte('[')
	for i, s := range list {
		w.Comma(i)
		packStructure(w, s)
	}
	w.Raw("]}")
	text, _ := w.Text()
	return text
}

func packStructure(w *jsontext.Writer, s *crystal.Structure) {
	w.Byte('[')
	for i, text := range [...]string{s.ID, s.Name, s.Block, s.BSource, s.Reference} {
		w.Comma(i)
		w.String(text)
	}
	given := 0
	if s.Given != nil {
		for i, row := range symmetry.Settings() {
			if row == s.Given {
				given = i + 1
			}
		}
	}
	w.Byte(',')
	w.Int(given)
	c := s.Lattice.Cell()
	for _, v := range [...]float64{c.A, c.B, c.C, c.Alpha, c.Beta, c.Gamma} {
		w.Byte(',')
		w.Float(v)
	}
	w.Raw(",[")
	for i, note := range s.Notes {
		w.Comma(i)
		w.String(note)
	}
	w.Raw("],[")
	for i, a := range s.Sites {
		w.Comma(i)
		w.Byte('[')
		w.String(a.Label)
		w.Byte(',')
		w.Int(int(a.Z))
		for _, v := range [...]float64{a.Frac[0], a.Frac[1], a.Frac[2], a.Occ} {
			w.Byte(',')
			w.Float(v)
		}
		w.Byte(',')
		if math.IsNaN(a.B) {
			w.Raw("null")
		} else {
			w.Float(a.B)
		}
		if a.Aniso {
			for _, v := range a.U {
				w.Byte(',')
				w.Float(v)
			}
		}
		w.Byte(']')
	}
	w.Raw("]]")
}

// FileKey returns how a file is known: a hash, which a parcel carries.
func FileKey(data []byte) string {
	if key, ok := parcelKey(data); ok {
		return key
	}
	h := fnv.New64a()
	h.Write(data)
	return strconv.FormatUint(h.Sum64(), 36)
}

func parcelKey(data []byte) (key string, ok bool) {
	if !bytes.HasPrefix(data, []byte(parcelHead)) {
		return "", false
	}
	r := jsontext.NewReader(data)
	for r.Begin('{'); r.Member(); {
		if string(r.Name) == "key" {
			r.String(&key)
			return key, r.Err() == nil
		}
		r.Skip()
	}
	return "", false
}

var errParcel = errors.New("source: a parcel that is none")

func openParcel(data []byte) ([]*crystal.Structure, error) {
	var list []*crystal.Structure
	var fault string
	var none *NoAtomsError
	ok := true
	r := jsontext.NewReader(data)
	for r.Begin('{'); r.Member(); {
		switch string(r.Name) {
		case "error":
			r.String(&fault)
		case "empty":
			none = &NoAtomsError{}
			format := 0
			r.Int(&format)
			none.Format = Format(format)
		case "detail":
			text := ""
			if r.String(&text); none != nil {
				none.Detail = text
			}
		case "structures":
			for r.Begin('['); r.Element(); {
				s, good := unpackStructure(r)
				ok = ok && good
				list = append(list, s)
			}
		default:
			r.Skip()
		}
	}
	switch err := r.Close(); {
	case err != nil:
		return nil, err
	case fault != "":
		return nil, errors.New(fault)
	case !ok || len(list) == 0:
		return nil, errParcel
	case none != nil:
		none.Structure = list[0]
		return nil, none
	}
	return list, nil
}

func unpackStructure(r *jsontext.Reader) (*crystal.Structure, bool) {
	s := &crystal.Structure{}
	texts := [...]*string{&s.ID, &s.Name, &s.Block, &s.BSource, &s.Reference}
	var c crystal.Cell
	numbers := [...]*float64{&c.A, &c.B, &c.C, &c.Alpha, &c.Beta, &c.Gamma}
	n, ok := 0, true
	for r.Begin('['); r.Element(); n++ {
		switch {
		case n < len(texts):
			r.String(texts[n])
		case n == len(texts):
			given := 0
			r.Int(&given)
			if rows := symmetry.Settings(); given > 0 && given <= len(rows) {
				s.Given = rows[given-1]
			}
		case n < len(texts)+1+len(numbers):
			r.Float(numbers[n-len(texts)-1])
		case n == len(texts)+1+len(numbers):
			for r.Begin('['); r.Element(); {
				note := ""
				r.String(&note)
				s.Notes = append(s.Notes, note)
			}
		default:
			for r.Begin('['); r.Element(); {
				a, good := unpackSite(r)
				ok = ok && good
				s.Sites = append(s.Sites, a)
			}
		}
	}
	var err error
	s.Lattice, err = crystal.NewLattice(c)
	return s, ok && err == nil && n == len(texts)+len(numbers)+3
}

func unpackSite(r *jsontext.Reader) (a crystal.Site, ok bool) {
	numbers := [...]*float64{&a.Frac[0], &a.Frac[1], &a.Frac[2], &a.Occ, &a.B, &a.U[0], &a.U[1], &a.U[2], &a.U[3], &a.U[4], &a.U[5]}
	n := 0
	for r.Begin('['); r.Element(); n++ {
		switch {
		case n == 0:
			r.String(&a.Label)
		case n == 1:
			z := 0
			r.Int(&z)
			a.Z = atom.Z(z)
		case n == 6 && r.Null():
			a.B = math.NaN()
		case n < 2+len(numbers):
			r.Float(numbers[n-2])
		default:
			r.Skip()
		}
	}
	a.Aniso = n == 13
	return a, (n == 7 || n == 13) && a.Z >= 1 && a.Z <= atom.MaxZ
}
