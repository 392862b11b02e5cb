package mp

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"zoneaxis/internal/source"
	"zoneaxis/server/mp/mpfake"
)

// testStore holds any store to the contract of Store.
func testStore(t *testing.T, s Store) {
	ctx := t.Context()
	if _, err := s.Get(ctx, "v1/a/1.json"); !errors.Is(err, ErrAbsent) {
		t.Errorf("absent: got %v", err)
	}
	if err := s.Delete(ctx, "v1/a/1.json"); err != nil {
		t.Errorf("delete of nothing: %v", err)
	}
	want := map[string]string{"v1/a/1.json": "one", "v1/a/2.json": "two", "v1/b/1.json": "", "other/x": "y"}
	for key, text := range want {
		if err := s.Put(ctx, key, []byte("older "+text)); err != nil {
			t.Fatal(err)
		}
		if err := s.Put(ctx, key, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	for key, text := range want {
		if got, err := s.Get(ctx, key); err != nil || string(got) != text {
			t.Errorf("%s: got %q, %v", key, got, err)
		}
	}
	list := func(prefix string) []string {
		var keys []string
		for info, err := range s.List(ctx, prefix) {
			if err != nil {
				t.Fatal(err)
			}
			if info.Size != int64(len(want[info.Key])) || time.Since(info.Time) > time.Minute || time.Since(info.Time) < -time.Minute {
				t.Errorf("listed %+v", info)
			}
			keys = append(keys, info.Key)
		}
		slices.Sort(keys)
		return keys
	}
	for prefix, keys := range map[string][]string{
		"v1/": {"v1/a/1.json", "v1/a/2.json", "v1/b/1.json"}, "v1/a/": {"v1/a/1.json", "v1/a/2.json"}, "none/": nil,
		"": {"other/x", "v1/a/1.json", "v1/a/2.json", "v1/b/1.json"},
	} {
		if got := list(prefix); !slices.Equal(got, keys) {
			t.Errorf("list %q: got %v, want %v", prefix, got, keys)
		}
	}
	for range s.List(ctx, "v1/") {
		break // stopping early is allowed
	}
	if err := s.Delete(ctx, "v1/a/1.json"); err != nil {
		t.Fatal(err)
	}
	if got := list("v1/a/"); !slices.Equal(got, []string{"v1/a/2.json"}) {
		t.Errorf("after delete: %v", got)
	}
	for _, key := range []string{"", "/", "a/", "/a", "a//b", "../a", "a/../b", ".a", "a/.b", "A", "a b", "a\\b", "a\x00", "ä", strings.Repeat("a", 201)} {
		if err := s.Put(ctx, key, nil); err == nil {
			t.Errorf("key %q was accepted", key)
		}
		if _, err := s.Get(ctx, key); err == nil {
			t.Errorf("key %q was read", key)
		}
	}
	if err := s.Check(ctx); err != nil {
		t.Errorf("check: %v", err)
	}
}

func TestFileStore(t *testing.T) {
	dir := t.TempDir()
	s, err := NewFileStore(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	testStore(t, s)

	// Unfinished files of a killed process are not listed, and go after a while.
	young, old := filepath.Join(dir, "v1", "a", ".1.json123"), filepath.Join(dir, "v1", "a", ".1.json456")
	for _, name := range []string{young, old} {
		if err := os.WriteFile(name, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chtimes(old, time.Time{}, time.Now().Add(-2*staleTemp)); err != nil {
		t.Fatal(err)
	}
	for info := range s.List(t.Context(), "") {
		if strings.Contains(info.Key, "/.") {
			t.Errorf("listed %s", info.Key)
		}
	}
	if _, err := os.Stat(young); err != nil {
		t.Error("a file that may still be written was removed")
	}
	if _, err := os.Stat(old); err == nil {
		t.Error("an old unfinished file was kept")
	}

	// A disk that is nearly full.
	s.free = func(string) (uint64, uint64, error) { return 50 << 20, 100 << 30, nil }
	s.checked = time.Time{}
	if err := s.Put(t.Context(), "v1/a/9.json", nil); !errors.Is(err, ErrFull) {
		t.Errorf("nearly full: got %v", err)
	}
	if err := s.Check(t.Context()); !errors.Is(err, ErrFull) {
		t.Errorf("check of a nearly full store: got %v", err)
	}
	s.free = func(string) (uint64, uint64, error) { return 20 << 30, 1 << 40, nil } // 2 % of a large disk is plenty
	s.checked = time.Time{}
	if err := s.Put(t.Context(), "v1/a/9.json", nil); err != nil {
		t.Errorf("large disk: got %v", err)
	}

	// A file that is no object of ours is as good as absent.
	if err := os.WriteFile(filepath.Join(dir, "v1", "a", "7.json"), make([]byte, 3*maxObject), 0o644); err != nil {
		t.Fatal(err)
	}
	if data, err := s.Get(t.Context(), "v1/a/7.json"); !errors.Is(err, ErrAbsent) {
		t.Errorf("a huge file gave %d bytes, %v", len(data), err)
	}

	if _, err := NewFileStore(filepath.Join(dir, "other", "x", "y"), nil); err == nil {
		t.Error("made a store below a file")
	}
}

// Environment variables by which the test binary becomes a helper process.
const (
	envWriter = "ZONEAXIS_TEST_WRITER"
	envLimit  = "ZONEAXIS_TEST_LIMIT"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(envWriter); dir != "" {
		writeForEver(dir)
	}
	if dir := os.Getenv(envLimit); dir != "" {
		writeBeyondLimit(dir)
	}
	os.Exit(m.Run())
}

// writeForEver stores objects of changing size as fast as it can.
func writeForEver(dir string) {
	s, err := NewFileStore(dir, nil)
	if err != nil {
		panic(err)
	}
	for i := 0; ; i++ {
		n := 1 + i%300
		m := mpfake.Material{ID: i % 20, Formula: "Po", System: "Cubic", Symbol: "Pm-3m", Number: 221,
			Matrix: [3][3]float64{{30, 0, 0}, {0, 30, 0}, {0, 0, 30}}}
		for k := range n {
			m.Sites = append(m.Sites, mpfake.Site{Element: "Po", Frac: [3]float64{float64(k%7) / 7, float64(k/7%7) / 7, float64(k/49) / 7}})
		}
		doc, err := document(m.Document(), version1, time.Unix(int64(i), 0))
		if err != nil {
			panic(err)
		}
		body, err := source.EncodeDoc(doc)
		if err != nil {
			panic(err)
		}
		if err := s.Put(context.Background(), objectKey(version1, i%20), body); err != nil {
			panic(err)
		}
		if i == 20 {
			fmt.Println("ready")
		}
	}
}

// TestKilled kills a writing process again and again. Whatever it leaves, each
// object is whole or absent.
func TestKilled(t *testing.T) {
	dir := t.TempDir()
	rounds := 25
	if testing.Short() {
		rounds = 5
	}
	for round := range rounds {
		cmd := exec.Command(os.Args[0], "-test.run=^$")
		cmd.Env = append(os.Environ(), envWriter+"="+dir)
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if line, err := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
			t.Fatalf("writer said %q, %v", line, err)
		}
		time.Sleep(time.Duration(round%7) * 3 * time.Millisecond)
		if err := cmd.Process.Kill(); err != nil { // SIGKILL
			t.Fatal(err)
		}
		if err := cmd.Wait(); err == nil {
			t.Fatal("the writer ended by itself")
		}
		s, err := NewFileStore(dir, nil)
		if err != nil {
			t.Fatal(err)
		}
		found := 0
		for info, err := range s.List(t.Context(), schema+"/") {
			if err != nil {
				t.Fatal(err)
			}
			body, err := s.Get(t.Context(), info.Key)
			if err != nil {
				t.Fatal(err)
			}
			_, id, ok := parseKey(info.Key)
			if !ok {
				t.Fatalf("key %s", info.Key)
			}
			if _, err := newObject(version1, id, body); err != nil {
				t.Errorf("round %d: %s: %v", round, info.Key, err)
			}
			found++
		}
		if found != 20 {
			t.Errorf("round %d: %d objects, want 20", round, found)
		}
	}
}

// writeBeyondLimit runs with a limit on the size of files, the nearest to a
// full disk that needs no rights: a write fails halfway.
func writeBeyondLimit(dir string) {
	const limit = 1000
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: limit, Max: limit}); err != nil {
		panic(err)
	}
	s, err := NewFileStore(dir, nil)
	if err != nil {
		panic(err)
	}
	ctx := context.Background()
	small, big := bytes.Repeat([]byte("s"), limit/2), bytes.Repeat([]byte("b"), limit*3)
	if err := s.Put(ctx, "v1/a/1.json", small); err != nil {
		panic(err)
	}
	if err := s.Put(ctx, "v1/a/1.json", big); !errors.Is(err, ErrFull) {
		panic(fmt.Sprintf("got %v, want ErrFull", err))
	}
	if got, err := s.Get(ctx, "v1/a/1.json"); err != nil || !bytes.Equal(got, small) {
		panic(fmt.Sprintf("the older object was hurt: %d bytes, %v", len(got), err))
	}
	entries, err := os.ReadDir(filepath.Join(dir, "v1", "a"))
	if err != nil || len(entries) != 1 {
		panic(fmt.Sprintf("left behind: %v, %v", entries, err))
	}
	os.Exit(0)
}

// TestWriteFailsHalfway: a write that breaks off leaves the older object as it
// was and nothing beside it.
func TestWriteFailsHalfway(t *testing.T) {
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), envLimit+"="+t.TempDir())
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestParseKey(t *testing.T) {
	for key, want := range map[string]string{
		"v1/2026.04.13/149.json": "2026.04.13 149", "v1/2026.04.13/149": "", "v1/x/149.json": "", "v0/2026.04.13/149.json": "",
		"quarantine/149.json": "", "v1/2026.04.13/a.json": "",
	} {
		got := ""
		if db, id, ok := parseKey(key); ok {
			got = db + " " + strconv.Itoa(id)
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", key, got, want)
		}
	}
}
