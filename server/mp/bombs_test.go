package mp

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"zoneaxis/internal/source"
)

// TestBombs: two megabytes of any shape, at any place of an answer, are
// refused for few times their own size in memory, and the reason repeats none of
// it.
func TestBombs(t *testing.T) {
	const size, most = 2 << 20, 12 << 20
	fill := func(unit string) string { return strings.Repeat(unit, size/len(unit)) }
	bombs := map[string]string{
		"list":                 "[" + fill("1,") + "1]",
		"lists":                "[" + fill("[],") + "1]",
		"objects":              "[" + fill("{},") + "1]",
		"nested":               fill("[") + fill("]"),
		"nested objects":       strings.Repeat(`{"a":`, size/6) + "1" + strings.Repeat("}", size/6),
		"nested within limits": "[" + fill(strings.Repeat("[", 30)+strings.Repeat("]", 30)+",") + "1]",
		"string":               `"` + fill("x") + `"`,
		"escapes":              `"` + fill(`\u00e9`) + `"`,
		"half pairs":           `"` + fill(`\ud800`) + `"`,
		"number":               fill("9"),
		"small number":         "0." + fill("0") + "1",
		"many numbers":         "[" + fill("1e308,") + "1]",
		"keys":                 "{" + fill(`"a":1,`) + `"a":1}`,
		"long key":             `{"` + fill("k") + `":1}`,
		"key of half pairs":    `{"` + fill(`\ud800`) + `":1}`,
		"space":                fill(" ") + "1",
	}
	places := map[string][2]string{
		"before the data": {`{"meta":`, `,"data":[]}`},
		"data":            {`{"data":`, `}`},
		"document":        {`{"data":[`, `]}`},
		"structure":       {`{"data":[{"material_id":"mp-149","builder_meta":{"license":"BY-C"},"structure":`, `}]}`},
		"formula":         {`{"data":[{"material_id":"mp-149","builder_meta":{"license":"BY-C"},"formula_pretty":`, `}]}`},
	}
	for name, bomb := range bombs {
		for place, around := range places {
			body := []byte(around[0] + bomb + around[1])
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			began := time.Now()
			list, _, err := dataOf(body, 1, maxTokens)
			if err == nil && len(list) == 1 {
				doc, failed := document(list[0], version1, time.Unix(0, 0))
				if err = failed; err == nil {
					_, err = source.EncodeDoc(doc)
				}
			}
			took := time.Since(began)
			runtime.ReadMemStats(&after)
			used := after.TotalAlloc - before.TotalAlloc
			t.Logf("%s, %s: %.1f MB, %v, %v", name, place, float64(used)/1e6, took.Round(time.Millisecond), err)
			if used > most {
				t.Errorf("%s as %s: %d MB allocated", name, place, used/1e6)
			}
			if err != nil && len(err.Error()) > 300 {
				t.Errorf("%s as %s: the error has %d bytes", name, place, len(err.Error()))
			}
			if err == nil && place != "before the data" {
				t.Errorf("%s as %s was taken", name, place)
			}
		}
	}
}

// TestLongest: texts end at their own quotation mark, numbers at what is none.
func TestLongest(t *testing.T) {
	for body, want := range map[string]int{``: 0, `[]`: 0, `[1,-2.5e+10,33]`: 8, `{"a\\":"\"\\\"x"}`: 9, `"é"`: 4, `true`: 0} {
		if got := longest([]byte(body)); got != want {
			t.Errorf("%s: %d, want %d", body, got, want)
		}
	}
}
