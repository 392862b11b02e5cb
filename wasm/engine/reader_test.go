package main_test

import (
	"strings"
	"testing"

	"zoneaxis/internal/protocol"
	"zoneaxis/internal/session"
	"zoneaxis/internal/source"
)

const salt = `data_salt
_cell_length_a 5.64
_cell_length_b 5.64
_cell_length_c 5.64
_cell_angle_alpha 90
_cell_angle_beta 90
_cell_angle_gamma 90
_symmetry_space_group_name_H-M 'F m -3 m'
loop_
_atom_site_label
_atom_site_fract_x
_atom_site_fract_y
_atom_site_fract_z
Na1 0 0 0
Cl1 0.5 0.5 0.5
`

// TestFilesAreReadElsewhere goes through what the engine's worker does with a
// file: the engine changes nothing and asks for the reader, whose parcel it
// takes. (Nothing here sets a reader, as in the engine.)
func TestFilesAreReadElsewhere(t *testing.T) {
	s, _ := session.Open("", nil)
	before := s.Do(&protocol.Request{Op: "view"}, nil).Snapshot
	read := protocol.Request{Op: "read", Name: "salt.cif"}
	document := protocol.Request{Op: "document", Text: "abc"}
	for _, r := range []protocol.Request{read, document} {
		if out := s.Do(&r, []byte(salt)); out.OK || out.Need != protocol.NeedReader || out.Error != "" {
			t.Errorf("%s: %+v", r.Op, out)
		}
	}
	if now := s.Do(&protocol.Request{Op: "view"}, nil).Snapshot; now != before {
		t.Errorf("the state went from %s to %s", before, now)
	}
	parcel := func(file string) []byte {
		list, err := source.Decode(read.Name, []byte(file))
		return source.Parcel(source.FileKey([]byte(file)), list, err)
	}
	if out := s.Do(&read, parcel(salt)); !out.OK || out.View == nil || len(out.View.Crystal.Formula) == 0 || out.Document == nil {
		t.Errorf("a parcel: %+v", out)
	}
	if out := s.Do(&document, parcel(salt)); !out.OK {
		t.Errorf("a packed document: %+v", out)
	}
	if out := s.Do(&protocol.Request{Op: "open", Link: "/sim?c=cif#x=abc"}, nil); !out.OK || len(out.Problems) > 0 {
		t.Errorf("its link: %+v", out)
	}
	if out := s.Do(&read, parcel("data_x\n_cell_length_a ?\n")); out.OK || !strings.Contains(out.Error, "expected the cell") {
		t.Errorf("a file that is refused: %+v", out)
	}
	// What the page could not unpack is no file.
	if out := s.Do(&protocol.Request{Op: "document", Text: "%"}, nil); !out.OK {
		t.Errorf("no document: %+v", out)
	}
}
