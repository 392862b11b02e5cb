package main

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"zoneaxis/internal/site/library"
	"zoneaxis/internal/source"
	"zoneaxis/internal/source/records"
)

var more = flag.Int("more", 0, "build the pages of so many more crystals than the library has (TestMorePages)")

// moreRecords returns the records of the library with n more, each like one that
// is there: with a name, a reference and cell of its own, and, where the atoms
// need not stand where they do, coordinates and B of its own too.
func moreRecords(n int, free bool) string {
	random := rand.New(rand.NewPCG(17, 300))
	word := func() string {
		const consonants, vowels = "bcdfghklmnprstvz", "aeiou"
		var b []byte
		for range 2 + random.IntN(3) {
			b = append(b, consonants[random.IntN(len(consonants))], vowels[random.IntN(len(vowels))])
		}
		return string(b)
	}
	digits := func(s string) string { // other digits behind the second decimal
		whole, decimals, ok := strings.Cut(s, ".")
		if !ok || len(decimals) < 3 {
			return s
		}
		b := []byte(decimals)
		for i := 2; i < len(b); i++ {
			b[i] = byte('0' + random.IntN(10))
		}
		return whole + "." + string(b)
	}
	var list []string
	for record := range strings.SplitSeq(strings.TrimSpace(records.Text), "\n\n") {
		if !strings.HasPrefix(record, "#") && !strings.HasPrefix(record, "id si\n") {
			list = append(list, record)
		}
	}
	var out strings.Builder
	out.WriteString(strings.TrimSpace(records.Text))
	for i := range n {
		scale := 1 + (random.Float64()-0.5)/20
		out.WriteString("\n")
		for line := range strings.SplitSeq(list[i%len(list)], "\n") {
			key, value, _ := strings.Cut(line, " ")
			switch key {
			case "id":
				value = word() + "-" + strconv.Itoa(i)
			case "name":
				value = strings.ToUpper(word()[:1]) + word() + " " + word()
			case "also":
				value = word() + "; " + word() + " " + word()
			case "mp":
				value = "mp-" + strconv.Itoa(1e6+random.IntN(1e6)) + " formula"
			case "ref":
				value = fmt.Sprintf("%s & %s, Acta Cryst. B%d (%d) %d", word(), word(), 20+random.IntN(60), 1960+random.IntN(60), 1+random.IntN(2000))
			case "cell":
				f := strings.Fields(value)
				for k := range 3 {
					if v, err := strconv.ParseFloat(f[k], 64); err == nil {
						f[k] = strconv.FormatFloat(v*scale, 'f', 4, 64)
					}
				}
				value = strings.Join(f, " ")
			case "atom":
				f := strings.Fields(value)
				for k := 3; free && k < len(f); k++ {
					f[k] = digits(f[k])
				}
				value = strings.Join(f, " ")
			}
			out.WriteString("\n" + key + " " + value)
		}
	}
	return out.String() + "\n"
}

// enlarge makes the library one of more crystals until the test ends.
func enlarge(t *testing.T, n int, free bool) {
	t.Helper()
	text := records.Text
	t.Cleanup(func() {
		records.Text = text
		if err := source.LoadLibrary(text); err != nil {
			t.Error(err)
		}
	})
	larger := moreRecords(n, free)
	if err := source.LoadLibrary(larger); err != nil {
		t.Fatal(err)
	}
	records.Text = larger
}

// Every further crystal costs a page about as many bytes as one of the present
// library: the names that the engine knows it by, its structure, and its row of
// the search. The limits are for a crystal, so that they hold for any number of
// them.
func TestCrystalsCost(t *testing.T) {
	sizes := func() (list [3]int) {
		names, structures := records.Parts()
		index, err := library.SearchIndex()
		if err != nil {
			t.Fatal(err)
		}
		for i, data := range [][]byte{[]byte(names), []byte(structures), index} {
			list[i] = len(brotliBytes(data, false))
		}
		return list
	}
	before, had := sizes(), len(source.Library())
	const further = 300
	enlarge(t, further, true)
	after, have := sizes(), len(source.Library())
	if have != had+further {
		t.Fatalf("%d crystals and %d more are %d", had, further, have)
	}
	for i, part := range []struct {
		what  string
		limit float64 // bytes for a crystal
	}{{"names", 40}, {"structures", 60}, {"search", 70}} {
		each := float64(after[i]-before[i]) / further
		t.Logf("%-10s %6d bytes for %d crystals, %6d for %d: %.1f for each further one", part.what, before[i], had, after[i], have, each)
		if each > part.limit {
			t.Errorf("%s take %.1f bytes for each further crystal, the limit is %.0f", part.what, each, part.limit)
		}
	}
}

// TestMorePages builds the pages of a library with -more crystals more, and
// tells how long that takes and how large they become. It is run by hand, since
// it takes as long as all other tests of the build.
func TestMorePages(t *testing.T) {
	if *more == 0 {
		t.Skip("is measured with -more 300")
	}
	type result struct {
		pages, bytes, brotli, index int
		took                        time.Duration
	}
	build := func() (r result) {
		b := &builder{root: filepath.Join("..", ".."), out: t.TempDir(), origin: testOrigin, now: time.Now(), files: map[string]File{}}
		for _, name := range []string{"engine.wasm", "engine-simd.wasm", "reader.wasm", "viewer.wasm", "wasm_exec.js", "library.txt", "structures.txt", "crystals.json"} {
			if err := b.addHashed(name, []byte(name)); err != nil {
				t.Fatal(err)
			}
		}
		for _, step := range []func() error{b.pictures, b.webApp, b.code, b.templates} {
			if err := step(); err != nil {
				t.Fatal(err)
			}
		}
		begun := time.Now()
		if err := b.pages(); err != nil {
			t.Fatal(err)
		}
		r.took = time.Since(begun)
		for _, f := range b.files {
			if !strings.HasPrefix(f.Path, "pages/library/") || !strings.HasSuffix(f.Path, ".html") {
				continue
			}
			data, err := os.ReadFile(filepath.Join(b.out, filepath.FromSlash(f.Path)))
			if err != nil {
				t.Fatal(err)
			}
			r.pages++
			r.bytes += len(data)
			small := len(brotliBytes(data, true))
			r.brotli += small
			if f.Path == "pages/library/index.html" {
				r.index = small
			}
			if bytes.Contains(data, []byte("NaN")) {
				t.Errorf("%s has a NaN", f.Path)
			}
		}
		return r
	}
	had := build()
	enlarge(t, *more, false)
	have := build()
	for _, r := range []result{had, have} {
		t.Logf("%d pages of the library in %.1f s: %.1f MB, %.2f MB after fast brotli, the index %d bytes", r.pages, r.took.Seconds(), float64(r.bytes)/1e6, float64(r.brotli)/1e6, r.index)
	}
	if have.pages != had.pages+*more {
		t.Errorf("%d pages, want %d", have.pages, had.pages+*more)
	}
	if a, b := float64(had.bytes)/float64(had.pages), float64(have.bytes)/float64(have.pages); b > 1.1*a {
		t.Errorf("a page has %.0f bytes, %.0f with more crystals", a, b)
	}
}
