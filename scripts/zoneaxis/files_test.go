package main

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Files as people have them, one or two of each kind that was once read wrong
// or refused, come out of the command line with the right space group and the
// right atoms in the conventional cell.
func TestFilesOfPeople(t *testing.T) {
	const folder = "../../internal/source/testdata/cases"
	text, err := os.ReadFile(filepath.Join(folder, "cases.json"))
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		File, Kind, Why, Without string
		Args                     []string
		Number                   int
		Atoms                    map[string]float64
	}
	if err := json.Unmarshal(text, &cases); err != nil || len(cases) < 30 {
		t.Fatalf("%d cases, %v", len(cases), err)
	}
	for _, c := range cases {
		t.Run(c.File, func(t *testing.T) {
			var out, log bytes.Buffer
			args := append([]string{"crystal", "-in", filepath.Join(folder, c.File)}, c.Args...)
			if err := run(args, &out, &log); err != nil {
				t.Fatalf("%v\n%s: %s", err, c.Kind, c.Why)
			}
			var got crystalJSON
			if err := json.Unmarshal(out.Bytes(), &got); err != nil {
				t.Fatal(err)
			}
			if c.Number != 0 && got.SpaceGroup.Number != c.Number {
				t.Errorf("space group %s (%d), want %d\n%s: %s\n%q", got.SpaceGroup.HM, got.SpaceGroup.Number, c.Number, c.Kind, c.Why, got.Notes)
			}
			atoms := map[string]float64{}
			for _, s := range got.Conventional.Sites {
				atoms[s.Element] += s.Occ
			}
			for z, n := range c.Atoms {
				if math.Abs(atoms[z]-n) > 1e-6 {
					t.Errorf("%g %s, want %g\n%s: %s\n%q", atoms[z], z, n, c.Kind, c.Why, got.Notes)
				}
			}
			if len(c.Atoms) > 0 && len(atoms) != len(c.Atoms) {
				t.Errorf("atoms %v, want %v", atoms, c.Atoms)
			}
			for _, note := range got.Notes {
				if c.Without != "" && strings.Contains(note, c.Without) || strings.Contains(note, "crystal:") {
					t.Errorf("note %q", note)
				}
			}
		})
	}
}
