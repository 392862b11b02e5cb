// Package assets holds the built files that the server serves: assets/dist as
// scripts/make left it, embedded in the binary, or read from disk while
// developing.
package assets

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
)

// dist always holds at least .keep, so that a fresh clone compiles.
//
//go:embed all:dist
var dist embed.FS

// ErrNotBuilt says that assets/dist has not been made yet.
var ErrNotBuilt = errors.New("assets: assets/dist is empty: run ./scripts/run, which builds the pages and the programs first")

// File is one built file as manifest.json lists it.
type File struct {
	URL    string `json:"url"`     // where it is served; empty for templates
	Path   string `json:"file"`    // below assets/dist
	Type   string `json:"type"`    // MIME type
	Br     bool   `json:"br"`      // a .br stands beside it
	Gz     bool   `json:"gz"`      // a .gz stands beside it
	Size   int    `json:"size"`    // bytes, uncompressed
	BrSize int    `json:"br_size"` // bytes of the .br, or Size without one
	SHA256 string `json:"sha256"`
	Packed bool   `json:"packed"` // only the .br and the .gz are there
	// Imports are the scripts that a script needs at once, by logical name.
	Imports []string `json:"imports"`
}

// Manifest lists the built files by logical name ("js/simulator/main.js").
type Manifest struct {
	Build string          `json:"build"` // hash over all of them
	Files map[string]File `json:"files"`
}

// Set is one build: its list and its files.
type Set struct {
	Manifest Manifest
	FS       fs.FS // root is assets/dist
}

// Embedded returns the build inside this binary, or ErrNotBuilt.
func Embedded() (*Set, error) {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		return nil, err
	}
	return Open(sub)
}

// Open reads a build from a file system whose root is assets/dist. It returns
// ErrNotBuilt if there is no manifest, and an error naming the file if one
// that the manifest lists is absent.
func Open(fsys fs.FS) (*Set, error) {
	data, err := fs.ReadFile(fsys, "manifest.json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotBuilt
	}
	if err != nil {
		return nil, fmt.Errorf("assets: %w", err)
	}
	s := &Set{FS: fsys}
	if err := json.Unmarshal(data, &s.Manifest); err != nil {
		return nil, fmt.Errorf("assets: manifest.json: %w", err)
	}
	for name, f := range s.Manifest.Files {
		var paths []string
		if !f.Packed {
			paths = append(paths, f.Path)
		}
		if f.Br {
			paths = append(paths, f.Path+".br")
		}
		if f.Gz {
			paths = append(paths, f.Path+".gz")
		}
		for _, p := range paths {
			if _, err := fs.Stat(fsys, p); err != nil {
				return nil, fmt.Errorf("assets: manifest.json lists %s: %w", name, err)
			}
		}
	}
	return s, nil
}

// URL returns the address of a file by its logical name. A name that is not
// served is an error, so that a template with a wrong name fails loudly.
func (s *Set) URL(name string) (string, error) {
	f, ok := s.Manifest.Files[name]
	if !ok || f.URL == "" {
		return "", fmt.Errorf("assets: no built file %q", name)
	}
	return f.URL, nil
}
