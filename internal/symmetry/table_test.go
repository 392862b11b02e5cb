package symmetry_test

import (
	"compress/gzip"
	"io"
	"os"
	"strconv"
	"strings"
	"testing"

	"zoneaxis/internal/symmetry"
)

// TestSettingsAgainstTables compares the operations that every Hall symbol
// generates with those listed in the International Tables.
func TestSettingsAgainstTables(t *testing.T) {
	file, err := os.Open("testdata/operations.txt.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(unpacked)
	if err != nil {
		t.Fatal(err)
	}
	at := 0
	for line := range strings.Lines(string(data)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		s := symmetry.Settings()[at]
		at++
		f := strings.Split(strings.TrimSpace(line), "|")
		if f[0] != s.Hall {
			t.Fatalf("row %d: %s, want %s", at, s.Hall, f[0])
		}
		g := s.Group()
		if order, _ := strconv.Atoi(f[1]); g.Order() != order {
			t.Errorf("%s: order %d, want %d", s.Extended, g.Order(), order)
		}
		for _, c := range strings.Split(f[2], ";") {
			shift := strings.Fields(c)
			for _, text := range strings.Split(f[3], ";") {
				parts := strings.Split(text, ",")
				for i := range parts {
					parts[i] += "+" + shift[i]
				}
				op, err := symmetry.ParseOp(strings.Join(parts, ","))
				if err != nil {
					t.Fatal(err)
				}
				if !g.Contains(op) {
					t.Errorf("%s: %v is missing", s.Extended, op)
				}
			}
		}
	}
	if at != len(symmetry.Settings()) || at != 559 {
		t.Errorf("compared %d settings of %d, want 559", at, len(symmetry.Settings()))
	}
}
