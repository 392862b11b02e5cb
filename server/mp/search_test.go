package mp

import (
	"strings"
	"testing"
)

func TestSearch(t *testing.T) {
	r := newRig(t, nil)
	c := r.cache(t, nil)
	for range 5 {
		hits, err := c.Search(t.Context(), "SrTiO3")
		if err != nil || len(hits) != 1 || hits[0].ID != "mp-5229" || hits[0].Number != 221 || hits[0].Sites != 5 {
			t.Fatalf("got %+v, %v", hits, err)
		}
	}
	if n := len(r.fake.Requests()); n != 1 {
		t.Errorf("%d requests, want 1", n)
	}
	if hits, err := c.Search(t.Context(), "CsCl"); err != nil || len(hits) != 0 {
		t.Errorf("licence: got %+v, %v", hits, err)
	}
	if hits, err := c.Search(t.Context(), "UO2"); err != nil || hits == nil || len(hits) != 0 {
		t.Errorf("none: got %#v, %v", hits, err)
	}
	for text, want := range map[string]bool{
		"Si": true, "SrTiO3": true, "LiFePO4": true, "C": true, "Ac2Br2O": true, "": false, "si": false, "Xx": false,
		"SrTiO0": false, "Si&_limit=1000": false, "Si*": false, "Sr-Ti-O": false, "Si1234": false,
		strings.Repeat("H", 9): false, strings.Repeat("Si2", 20): false, "H2O ": false, "Ω": false,
	} {
		if got := ValidFormula(text); got != want {
			t.Errorf("ValidFormula(%q): got %v", text, got)
		}
	}
}

func TestVersionText(t *testing.T) {
	for text, want := range map[string]bool{
		"2026.04.13": true, "2023.11.1": true, "2025.02.12.post": true, "2025.02.12.2": true, noVersion: true,
		"": false, "2026": false, "2026.04": false, "26.04.13": false, "2026.04.13.": false, "2026.04.13./x": false,
		"../../etc": false, "2026.04.13/..": false, "2026..13": false, "2026.04.13.POST": false,
	} {
		if got := validVersion(text); got != want {
			t.Errorf("validVersion(%q): got %v", text, got)
		}
	}
	order := []string{noVersion, "2023.11.1", "2023.11.10", "2025.02.12", "2025.02.12.2", "2026.04.13"}
	for i := range order {
		for j := range order {
			if got := compareVersions(order[i], order[j]); (got < 0) != (i < j) || (got > 0) != (i > j) {
				t.Errorf("compareVersions(%s, %s): got %d", order[i], order[j], got)
			}
		}
	}
}
