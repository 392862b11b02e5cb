package mp

import (
	"runtime"
	"strings"
	"testing"

	"zoneaxis/server/mp/mpfake"
)

// hostile are answers that are small on the line and would be large in memory.
func hostile(size int) map[string]string {
	fill := func(before, unit, after string) string {
		return before + strings.TrimSuffix(strings.Repeat(unit, (size-len(before)-len(after))/len(unit)), ",") + after
	}
	doc := `{"data":[{"material_id":"mp-149","builder_meta":{"license":"BY-C"},"structure":`
	return map[string]string{
		"numbers":       fill(`{"data":[`, "1,", "]}"),
		"documents":     fill(`{"data":[`, "{},", "]}"),
		"lists":         fill(`{"data":[`, "[],", "]}"),
		"depth":         fill(`{"data":[`, "[", ""),
		"closed depth":  `{"data":[` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + "]}",
		"members":       fill(`{`, `"a":1,`, "}"),
		"meta":          fill(`{"meta":[`, "1,", `],"data":[]}`),
		"sites":         fill(doc+`{"sites":[`, "{},", "]}}]}"),
		"species":       fill(doc+`{"sites":[{"species":[`, "{},", "]}]}}]}"),
		"matrix":        fill(doc+`{"lattice":{"matrix":[`, "1,", "]}}}]}"),
		"unknown":       fill(doc+`{},"x":{`, `"a":{},`, "}}]}"),
		"long string":   fill(`{"data":[{"material_id":"mp-149","formula_pretty":"`, "x", `"}]}`),
		"long number":   fill(`{"data":[{"material_id":"mp-149","x":`, "1", `}]}`),
		"fields of one": fill(`{"data":[{`, `"material_id":"mp-149",`, `}]}`),
	}
}

// TestHostileAnswers: whatever an answer holds, what it takes to find out that
// it is none is bounded by its length.
func TestHostileAnswers(t *testing.T) {
	const size = 2 << 20 // the body limit
	for name, body := range hostile(size) {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, nil)
			r.fake.Script(silicon, mpfake.Forever(mpfake.Body("application/json", body)))
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			doc, err := r.client.Structure(t.Context(), silicon, version1)
			runtime.ReadMemStats(&after)
			if err == nil {
				t.Errorf("gave %+v", doc)
			}
			// The body as it is read, its copies, and what both sides of the
			// connection have: many times what an honest answer takes, and far
			// below what it would be decoded.
			if took := after.TotalAlloc - before.TotalAlloc; took > 24*size {
				t.Errorf("%d bytes became %d in memory", len(body), took)
			}
		})
	}
}
