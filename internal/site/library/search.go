package library

import (
	"encoding/json"

	"zoneaxis/internal/protocol"
	"zoneaxis/internal/session"
	"zoneaxis/internal/source"
	"zoneaxis/internal/source/search"
	"zoneaxis/internal/symmetry"
)

// found is a crystal of the search with what its row shows: formula, space
// group and the free parameters of its cell.
type found struct {
	search.Row
	Show [3]any `json:"show"`
}

// SearchIndex returns the index that simulator and library search
// (assets/js/shared/find.js).
func SearchIndex() ([]byte, error) {
	x := search.New()
	var rows []found
	for _, r := range x.Rows {
		e, _ := source.Lookup(r.ID)
		group := protocol.Says(e.SpaceGroup)
		if s, err := symmetry.Lookup(e.SpaceGroup); err == nil {
			group = protocol.Group(s.Short())
		}
		rows = append(rows, found{r, [3]any{protocol.Formula(e.Formula), group, session.CellText(e.Cell, e.System)}})
	}
	return json.Marshal(struct {
		*search.Index
		Rows []found `json:"rows"`
	}{x, rows})
}
