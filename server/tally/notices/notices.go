// Package notices holds the licences of what is in the counter, as the build of
// the site (scripts/make) writes them.
package notices

import (
	"compress/gzip"
	"embed"
	"fmt"
	"io"
)

//go:embed all:made
var made embed.FS

// Print writes them; without a build there are none.
func Print(out io.Writer) error {
	file, err := made.Open("made/licences.txt.gz")
	if err != nil {
		return fmt.Errorf("this build has no licences: run ./scripts/run with BUILD_ONLY=1 first (%w)", err)
	}
	defer file.Close()
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, unpacked)
	return err
}
