package search

import (
	"encoding/json"
	"iter"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"zoneaxis/internal/atom"
	"zoneaxis/internal/source"
	_ "zoneaxis/internal/source/records"
)

// wanted is a line of testdata/queries.txt.
type wanted struct {
	query, nearest string
	first, among   []string // ids that come first, in order; ids that are found
	none           bool
}

func queries(t *testing.T) []wanted {
	t.Helper()
	data, err := os.ReadFile("testdata/queries.txt")
	if err != nil {
		t.Fatal(err)
	}
	var list []wanted
	for line := range strings.Lines(string(data)) {
		line = strings.TrimRight(line, "\n")
		if line == "" || strings.HasPrefix(line, "# ") {
			continue
		}
		query, want, ok := strings.Cut(line, " | ")
		if !ok {
			t.Fatalf("%q: expected a query, a bar, and ids", line)
		}
		w := wanted{query: query, none: want == "-"}
		if rest, ok := strings.CutPrefix(want, "~ "); ok {
			w.nearest, want, _ = strings.Cut(rest, ": ")
		}
		if !w.none {
			first, among, _ := strings.Cut(want, " … ")
			w.first, w.among = strings.Fields(first), strings.Fields(among)
		}
		list = append(list, w)
	}
	return list
}

func ids(f Found) []string {
	list := []string{}
	for _, e := range f.Entries {
		list = append(list, e.ID)
	}
	return list
}

func TestFind(t *testing.T) {
	for _, w := range queries(t) {
		t.Run(w.query, func(t *testing.T) {
			f := Find(w.query, 0)
			got := ids(f)
			if w.none && len(got) > 0 || !w.none && len(got) == 0 {
				t.Errorf("found %q", got)
			}
			if !slices.Equal(got[:min(len(got), len(w.first))], w.first) {
				t.Errorf("found %q, want first %q", got, w.first)
			}
			for _, id := range w.among {
				if !slices.Contains(got, id) {
					t.Errorf("found %q, want %s among them", got, id)
				}
			}
			if f.Nearest != w.nearest {
				t.Errorf("nearest %q, want %q", f.Nearest, w.nearest)
			}
		})
	}
	if got := Find("Fm-3m", 3).Entries; len(got) != 3 {
		t.Errorf("with n = 3 %d entries are found", len(got))
	}
	for _, q := range []string{"", "  ", "()[]{}", strings.Repeat("abcdefgh ", 10000)} {
		if f := Find(q, 10); len(f.Entries) != 0 || f.Nearest != "" {
			t.Errorf("%.20q finds %q, %q", q, ids(f), f.Nearest)
		}
	}
}

// Every entry is found by its own id, names, formula in any order, space group,
// elements, prototype and Materials Project id.
func TestFindSelf(t *testing.T) {
	same := map[string]int{} // crystals of a composition
	for _, r := range library().Rows {
		same[r.Content]++
	}
	for _, e := range source.Library() {
		var symbols, turned []string
		for _, z := range slices.Backward(slices.Sorted(keysOf(source.ParseFormula(e.Formula)))) {
			symbols = append(symbols, z.Symbol())
			turned = append(turned, z.Symbol()+number(source.ParseFormula(e.Formula)[z]))
		}
		queries := append([]string{"lib-" + e.ID, e.Name, e.SpaceGroup, e.Prototype, e.Strukturbericht, strings.Join(symbols, " "), strings.Join(symbols, ", ")}, e.Also...)
		if e.MP != "" {
			queries = append(queries, e.MP)
		}
		for _, q := range queries {
			if q != "" && !slices.Contains(ids(Find(q, 0)), e.ID) {
				t.Errorf("%q misses %s", q, e.ID)
			}
		}
		for _, q := range []string{e.Formula, strings.Join(turned, "")} {
			n := same[compositionKey(source.ParseFormula(e.Formula))]
			if got := ids(Find(q, n)); !slices.Contains(got, e.ID) {
				t.Errorf("%q does not put %s among the first %d: %q", q, e.ID, n, got)
			}
		}
	}
}

// TestPages runs the search of the pages on Node over the same index and
// compares what it finds, over the table, all names, formulas, groups and ids,
// and slips of the finger in each of them.
func TestPages(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("needs Node")
	}
	asked := []string{"", "  ", "()", "225", "No. 225", "#194", "mp-1", "mp-aaaaaaft", "mp-zzzzzzzzz", "Fe, C", "in as", "a b c d e f g h i j k l m n o p q r s t u v w x y z", "((((", "Fe2(O3", "1e5", "0.5", "Fe..3", "D2O", "constructor", "C60", "structure", "type-", "DO", "$", "C36 type", "é", "Fm\u0304"}
	for _, w := range queries(t) {
		asked = append(asked, w.query)
	}
	for _, e := range source.Library() {
		for _, q := range append([]string{e.ID, e.Name, e.Formula, e.SpaceGroup, e.MP, e.Prototype, e.Strukturbericht, e.Category}, e.Also...) {
			asked = append(asked, q)
			if r := []rune(q); len(r) > 3 {
				n := len(r) / 2
				slips := []string{string(r[:n]) + string(r[n+1:]), string(r[:n]) + "q" + string(r[n:]), string(r[:n-1]) + string(r[n]) + string(r[n-1]) + string(r[n+1:])}
				asked = append(asked, slips[len(asked)%3])
			}
		}
	}
	index, err := json.Marshal(library())
	if err != nil {
		t.Fatal(err)
	}
	list, err := json.Marshal(asked)
	if err != nil {
		t.Fatal(err)
	}
	code, err := os.ReadFile("../../../assets/js/shared/find.js")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"find.mjs": strings.Replace(string(code), `"./files.js"`, `"./files.mjs"`, 1), "files.mjs": `export const CRYSTALS = "";`,
		"index.json": string(index), "queries.json": string(list),
		"run.mjs": `import { readFileSync } from "node:fs";
import { Finder } from "./find.mjs";
const read = (name) => JSON.parse(readFileSync(new URL(name, import.meta.url)));
const finder = new Finder(read("index.json"));
console.log(JSON.stringify(read("queries.json").map((q) => { const f = finder.find(q); return [f.nearest, ...f.rows.map((r) => r.id)]; })));`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	out, err := exec.Command(node, filepath.Join(dir, "run.mjs")).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var answers [][]string
	if err := json.Unmarshal(out, &answers); err != nil {
		t.Fatal(err)
	}
	for i, q := range asked {
		f := Find(q, 0)
		if want := append([]string{f.Nearest}, ids(f)...); !slices.Equal(answers[i], want) {
			t.Errorf("%q: the pages find %q, Go %q", q, answers[i], want)
		}
	}
	t.Logf("%d queries", len(asked))
}

// FuzzFind asks for any text. It does 320 runs a second, since a text that nothing
// matches is compared with every name, synonym and formula letter by letter.
func FuzzFind(f *testing.F) {
	for _, s := range []string{"GaAs", "rock salt", "P6_3/mmc", "mp-149", "α-Fe", "225", "(((", "coconucocopocscsnoscofb"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, query string) {
		f := Find(query, 5)
		if len(f.Entries) > 5 || f.Nearest != "" && len(f.Entries) == 0 {
			t.Errorf("%d entries, nearest %q", len(f.Entries), f.Nearest)
		}
	})
}

func BenchmarkFind(b *testing.B) {
	Find("si", 1) // build the index first
	for _, q := range []string{"gallium arsenide", "galium arsenid"} {
		b.Run(q, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Find(q, 10)
			}
		})
	}
}

func keysOf(m map[atom.Z]float64) iter.Seq[atom.Z] { return maps.Keys(m) }

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
