package source_test

import (
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/source"
)

// TestParcel: a file read elsewhere is the file read here, whatever it holds.
func TestParcel(t *testing.T) {
	n := 0
	try := func(name string, data []byte) {
		t.Helper()
		list, err := source.Decode(name, data)
		parcel := source.Parcel(source.FileKey(data), list, err)
		if source.FileKey(parcel) != source.FileKey(data) {
			t.Errorf("%s: the parcel is known as %q", name, source.FileKey(parcel))
		}
		again, err2 := source.Read(name, parcel)
		if (err == nil) != (err2 == nil) || err != nil && err.Error() != err2.Error() {
			t.Fatalf("%s: %v instead of %v", name, err2, err)
		}
		var none, none2 *source.NoAtomsError
		if errors.As(err, &none) {
			if !errors.As(err2, &none2) {
				t.Fatalf("%s: %v is of another kind", name, err2)
			}
			list, again = []*crystal.Structure{none.Structure}, []*crystal.Structure{none2.Structure}
		}
		if len(list) != len(again) {
			t.Fatalf("%s: %d structures instead of %d", name, len(again), len(list))
		}
		for i := range list {
			n++
			a, b := *list[i], *again[i]
			for _, s := range []*crystal.Structure{&a, &b} {
				if len(s.Sites) == 0 {
					s.Sites = nil
				}
				if len(s.Notes) == 0 {
					s.Notes = nil
				}
			}
			for _, sites := range [][]crystal.Site{a.Sites, b.Sites} {
				for k := range sites {
					if math.IsNaN(sites[k].B) {
						sites[k].B = -1e9
					}
					if !sites[k].Aniso {
						sites[k].U = [6]float64{}
					}
				}
			}
			if !reflect.DeepEqual(a, b) {
				t.Errorf("%s: %+v\ninstead of %+v", name, b, a)
			}
		}
	}
	err := filepath.WalkDir("testdata", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		try(filepath.Base(path), data)
		return err
	})
	if err != nil || n < 40 {
		t.Errorf("%d structures: %v", n, err)
	}
	if _, err := source.Read("x.cif", []byte(`{"zoneaxis":"parcel","key":"x","structures":[[]]}`)); err == nil {
		t.Error("a parcel of nothing is read")
	}
	if _, err := source.Read("x.cif", []byte("data_x")); !errors.Is(err, source.ErrNoReader) {
		t.Errorf("without a reader: %v", err)
	}
}

func FuzzParcel(f *testing.F) {
	list, err := source.Decode("salt.cif", []byte(cifOf("4 4 4 90 90 90", p1, filled, "Na1 Na 0 0 0 .5")))
	f.Add(source.Parcel("a", list, err))
	f.Add(source.Parcel("a", nil, errors.New("no")))
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := source.Read("", []byte(`{"zoneaxis":"parcel","key":`+strings.TrimPrefix(string(data), `{"zoneaxis":"parcel","key":`)))
		if (err == nil) != (len(list) > 0) {
			t.Fatal(list, err)
		}
	})
}
