package main

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"zoneaxis/internal/protocol"
	"zoneaxis/internal/session"
	"zoneaxis/internal/source"
)

// The page has a reader of files beside its engine.
func init() { source.SetReader(source.Decode) }

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

// TestPageReadsTheSame: page and command line read a file by one code, with the
// same atoms and the same notes.
func TestPageReadsTheSame(t *testing.T) {
	files, err := filepath.Glob("../../internal/source/testdata/cases/k*")
	if err != nil || len(files) < 30 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	noted := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var out, log bytes.Buffer
		if err := run([]string{"crystal", "-in", file, "-block", "1"}, &out, &log); err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		var line crystalJSON
		if err := json.Unmarshal(out.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
		s, problems := session.Open("/sim?v=1&c=lib-si", nil)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		r := s.Do(&protocol.Request{Op: "read", Name: filepath.Base(file)}, data)
		if len(r.Choices) > 0 {
			r = s.Do(&protocol.Request{Op: "read", Block: new(int)}, nil)
		}
		if !r.OK {
			t.Errorf("%s: the page says %q", file, r.Error)
			continue
		}
		list, err := source.Decode(filepath.Base(file), data)
		if err != nil {
			t.Fatal(err)
		}
		page := s.View().Crystal
		for _, note := range list[0].Notes {
			noted++
			if !slices.Contains(page.Notes, note) || !slices.Contains(line.Notes, note) {
				t.Errorf("%s: the note %q is on the page: %t, in the line: %t", file, note, slices.Contains(page.Notes, note), slices.Contains(line.Notes, note))
			}
		}
		for i, note := range page.Notes {
			if slices.Contains(page.Notes[:i], note) {
				t.Errorf("%s: the page has the note %q twice", file, note)
			}
		}
		if got := page.Formula.Plain(); got != line.Formula {
			t.Errorf("%s: the page reads %s, the command line %s", file, got, line.Formula)
		}
	}
	if noted < 10 {
		t.Errorf("only %d notes", noted)
	}
}
