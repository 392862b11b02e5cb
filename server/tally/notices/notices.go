// Package notices holds the licences of what is in the counter, as the build of
// the site (scripts/make) writes them.
package notices

import (
	"embed"
	"fmt"
	"io"

	"zoneaxis/server/internal/service"
)

//go:embed all:made
var made embed.FS

// Print writes them; without a build there are none.
func Print(out io.Writer) error {
	if err := service.Unpack(out, made, "made/licences.txt.gz"); err != nil {
		return fmt.Errorf("this build has no licences: run ./scripts/run with BUILD_ONLY=1 first (%w)", err)
	}
	return nil
}
