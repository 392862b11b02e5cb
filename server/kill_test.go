package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"zoneaxis/server/mp/mpfake"
)

// TestKilledServer ends a server that is fetching by SIGKILL, again and again on
// one cache: what it leaves is whole, and what is not there is fetched again.
func TestKilledServer(t *testing.T) {
	t.Parallel()
	const materials = 200
	fake, base := fakeUpstream(t)
	for i := range materials {
		id := 2_000_000 + i
		m := mpfake.Material{ID: id, Formula: "Po", System: "Cubic", Symbol: "Pm-3m", Number: 221,
			Matrix: [3][3]float64{{3.35, 0, 0}, {0, 3.35, 0}, {0, 0, 3.35}}, Sites: []mpfake.Site{{Element: "Po"}}}
		if err := fake.Add(m.Document()); err != nil {
			t.Fatal(err)
		}
	}
	dir := filepath.Join(t.TempDir(), "cache")
	env := []string{"MP_BASE_URL=" + base, "MP_API_KEY=" + testKey, "CACHE_DIR=" + dir, "ACCESS_LOG=errors"}
	binary := released(t)
	client := &http.Client{Timeout: 15 * time.Second}
	defer client.CloseIdleConnections()
	next := 0
	for round := range 6 {
		p := startBinary(t, binary, env)
		var wg sync.WaitGroup
		for i := range 12 {
			id := 2_000_000 + (next+i)%materials
			wg.Go(func() {
				resp, err := client.Get(fmt.Sprintf("%s/api/structure/mp-%d", p.url, id))
				if err != nil {
					return // it was killed
				}
				defer resp.Body.Close()
				body, err := io.ReadAll(resp.Body)
				if err == nil && resp.StatusCode == 200 {
					checkObject(t, body)
				}
			})
		}
		next += 8 // some of them again
		time.Sleep(time.Duration(20+30*round) * time.Millisecond)
		p.cmd.Process.Kill()
		wg.Wait()
		p.ended <- <-p.ended
		names, err := filepath.Glob(filepath.Join(dir, "v1", "*", "*.json"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			checkObject(t, data)
		}
		if round == 5 && len(names) == 0 {
			t.Error("nothing was ever stored")
		}
	}
	p := startBinary(t, binary, env)
	for i := range 20 {
		code, _, body := get(t, fmt.Sprintf("%s/api/structure/mp-%d", p.url, 2_000_000+i))
		if code == 503 { // more than the upstream is asked for in a second
			time.Sleep(300 * time.Millisecond)
			continue
		}
		if code != 200 {
			t.Fatalf("mp-%d: %d %s", 2_000_000+i, code, body)
		}
		checkObject(t, []byte(body))
	}
	if damaged, err := filepath.Glob(filepath.Join(dir, "quarantine", "*")); err != nil || len(damaged) > 0 {
		t.Errorf("damaged objects: %v, %v", damaged, err)
	}
}

// checkObject holds an object to the checksum at its end.
func checkObject(t *testing.T, body []byte) {
	t.Helper()
	var doc struct{ SHA256 string }
	if err := json.Unmarshal(body, &doc); err != nil {
		t.Errorf("%v: %.200s", err, body)
		return
	}
	before, _, ok := bytes.Cut(body, []byte(`,"sha256":`))
	sum := sha256.Sum256(append(bytes.Clone(before), '}'))
	if !ok || hex.EncodeToString(sum[:]) != doc.SHA256 {
		t.Errorf("the checksum is another one: %.200s", body)
	}
}
