// Package records holds the records of the library of crystals. Programs import
// it for its effect; the engine does without and is handed the text by its page
// once it runs:
//
//	import _ "zoneaxis/internal/source/records"
package records

import (
	_ "embed"

	"zoneaxis/internal/source"
)

// Text is the library as source.LoadLibrary reads it. Its head describes the
// form.
//
//go:embed library.txt
var Text string

func init() {
	if err := source.LoadLibrary(Text); err != nil {
		panic(err) // the tests read every record
	}
}
