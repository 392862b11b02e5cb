// Package records holds the records of the library of crystals. Programs import
// it for its effect; the engine does without and is handed the text by its page
// once it runs:
//
//	import _ "zoneaxis/internal/source/records"
package records

import (
	_ "embed"
	"strings"

	"zoneaxis/internal/source"
)

// Text is the library as source.LoadLibrary reads it. Its head describes the
// form.
//
//go:embed library.txt
var Text string

// Parts divides the library into two texts for source.LoadLibrary: what crystals
// are known by, and what they are opened with. Silicon, with which a visit
// begins, is whole in the first. Comments and what only the search needs, other
// names and categories, are in neither: the index of the search has them.
func Parts() (names, structures string) {
	var first, second strings.Builder
	for record := range strings.SplitSeq(strings.TrimSpace(Text), "\n\n") {
		whole := strings.HasPrefix(record, "id si\n")
		for line := range strings.SplitSeq(record, "\n") {
			key, _, _ := strings.Cut(line, " ")
			switch {
			case strings.HasPrefix(key, "#"), key == "also", key == "class":
				continue
			case whole || key != "ref" && key != "B" && key != "note" && key != "atom":
				first.WriteString(line + "\n")
				if key != "id" || whole {
					continue
				}
			}
			second.WriteString(line + "\n")
		}
		first.WriteString("\n")
		if !whole {
			second.WriteString("\n")
		}
	}
	return strings.TrimSpace(first.String()) + "\n", strings.TrimSpace(second.String()) + "\n"
}

func init() {
	if err := source.LoadLibrary(Text); err != nil {
		panic(err) // the tests read every record
	}
}
