package library

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/zones"
)

// TestMatchInBrowser runs the page's search on Node and compares it with
// RatioTable.Match. The page's table is rounded, so what one finds within 0.95
// of the tolerances the other has to find within all of them.
func TestMatchInBrowser(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("needs Node")
	}
	list := loaded(t, few...)
	table := Compare(list)
	data, err := Table(list, table)
	if err != nil {
		t.Fatal(err)
	}
	type query struct {
		Ratio    float64 `json:"ratio"`
		Angle    float64 `json:"angle"`
		D        float64 `json:"d"`
		RatioTol float64 `json:"ratioTol"`
		AngleTol float64 `json:"angleTol"`
		DTol     float64 `json:"dTol"`
	}
	var queries []query
	for _, q := range [][3]float64{{1.633, 90, 0}, {1, 70.53, 0}, {0.6124, 90, 0}, {1.0668, 90, 2.78}, {1.2, 63, 0}, {1, 60, 0}, {1.6, 109, 0}, {3, 80, 0}, {1.4142, 45, 1.9}} {
		queries = append(queries, query{q[0], q[1], q[2], 0.02, 1, 0.02})
	}
	dir := t.TempDir()
	module, err := filepath.Abs("../../../assets/js/site/library-match.js")
	if err != nil {
		t.Fatal(err)
	}
	code, err := os.ReadFile(module)
	if err != nil {
		t.Fatal(err)
	}
	asked, err := json.Marshal(queries)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"match.mjs": string(code), "table.json": string(data), "queries.json": string(asked),
		"run.mjs": `import { readFileSync } from "node:fs";
import { match } from "./match.mjs";
const read = (name) => JSON.parse(readFileSync(new URL(name, import.meta.url)));
const table = read("table.json");
console.log(JSON.stringify(read("queries.json").map((q) => match(table, q))));`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	out, err := exec.Command(node, filepath.Join(dir, "run.mjs")).Output()
	if err != nil {
		t.Fatal(err)
	}
	var answers [][]struct {
		Crystal int
		Zone    crystal.UVW
		A, B    crystal.HKL
		Misfit  float64
	}
	if err := json.Unmarshal(out, &answers); err != nil {
		t.Fatal(err)
	}
	matches := func(q query, part float64) []zones.RatioMatch {
		return table.Match(zones.RatioQuery{Ratio: q.Ratio, Angle: geom.Radians(q.Angle), D: q.D,
			RatioTol: part * q.RatioTol, AngleTol: geom.Radians(part * q.AngleTol), DTol: part * q.DTol})
	}
	total := 0
	for i, q := range queries {
		have := map[string]bool{}
		for _, a := range answers[i] {
			have[fmt.Sprint(a.Crystal, a.Zone)] = true
		}
		for _, m := range matches(q, 0.95) {
			total++
			if !have[fmt.Sprint(m.Crystal, m.Zone)] {
				t.Errorf("%+v: the page does not find %s %v", q, list[m.Crystal].Entry.ID, m.Zone)
			}
		}
		wide := matches(q, 1.1)
		for _, a := range answers[i] {
			if !slices.ContainsFunc(wide, func(m zones.RatioMatch) bool { return m.Crystal == a.Crystal && m.Zone == a.Zone }) {
				t.Errorf("%+v: the page finds %s %v, which does not fit", q, list[a.Crystal].Entry.ID, a.Zone)
			}
		}
		if !slices.IsSortedFunc(answers[i], func(a, b struct {
			Crystal int
			Zone    crystal.UVW
			A, B    crystal.HKL
			Misfit  float64
		}) int {
			return int(100*a.Misfit+0.5) - int(100*b.Misfit+0.5) // two decimals are shown
		}) {
			t.Errorf("%+v: the best do not come first", q)
		}
	}
	if total < 20 {
		t.Errorf("only %d matches compared", total)
	}
	if strings.Contains(string(code), "document") {
		t.Error("the search touches the document")
	}
}
