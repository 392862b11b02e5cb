package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// watched are the folders whose changes call for a new build.
var watched = []string{"assets", "internal", "wasm"}

const (
	lookEvery = 500 * time.Millisecond
	settleFor = 200 * time.Millisecond // an editor may write several files
)

// watch calls build after every change of a source, for ever. An error is
// printed, and the next change tries again.
func watch(build func() error) {
	last := newestChange()
	fmt.Println("build: waiting for changes; stop with Ctrl+C")
	for {
		time.Sleep(lookEvery)
		if newestChange() == last {
			continue
		}
		time.Sleep(settleFor)
		last = newestChange()
		if err := build(); err != nil {
			fmt.Fprintln(os.Stderr, "build:", err)
		}
	}
}

// change sums up the state of the sources: a file that is written, added or
// removed makes another one.
type change struct {
	newest time.Time
	files  int
	bytes  int64
}

func newestChange() (c change) {
	for _, dir := range watched {
		filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return nil // it has just been removed
			}
			if d.IsDir() && (path == filepath.Join("assets", "dist") || strings.HasPrefix(d.Name(), ".")) {
				return filepath.SkipDir
			}
			if info, err := d.Info(); err == nil && !d.IsDir() {
				c.files++
				c.bytes += info.Size()
				if info.ModTime().After(c.newest) {
					c.newest = info.ModTime()
				}
			}
			return nil
		})
	}
	return c
}
