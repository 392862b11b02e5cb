package mp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"zoneaxis/internal/source"
	"zoneaxis/server/mp/mpfake"
)

const version1, version2 = "2026.04.13", "2026.10.01"

// countOf returns the value of a result of the cache metric.
func countOf(t testing.TB, r *rig, name, result string) float64 {
	t.Helper()
	families, err := r.metrics.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() != name {
			continue
		}
		for _, m := range f.Metric {
			if result == "" || m.Label[0].GetValue() == result {
				return m.GetCounter().GetValue() + m.GetGauge().GetValue()
			}
		}
	}
	return 0
}

// sameButTime compares two documents but for the time they were fetched, which
// is part of the checksum too.
func sameButTime(t *testing.T, a, b []byte) bool {
	t.Helper()
	p, errP := source.DecodeDoc(a)
	q, errQ := source.DecodeDoc(b)
	if errP != nil || errQ != nil {
		t.Errorf("documents: %v, %v", errP, errQ)
		return false
	}
	p.Fetched, q.Fetched = "x", "x"
	x, errX := source.EncodeDoc(p)
	y, errY := source.EncodeDoc(q)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

// TestOneCall has a thousand visitors ask for one cold material, the first of
// whom leaves at once.
func TestOneCall(t *testing.T) {
	r := newRig(t, nil)
	c := r.cache(t, nil)
	r.fake.Script(silicon, mpfake.Delay(100*time.Millisecond))
	leaver, leave := context.WithCancel(t.Context())
	left := make(chan error, 1)
	go func() {
		_, err := c.Structure(leaver, silicon)
		left <- err
	}()
	time.Sleep(10 * time.Millisecond)
	var wg sync.WaitGroup
	errs := make(chan error, 1000)
	bodies := make(chan *Object, 1000)
	for range 1000 {
		wg.Go(func() {
			o, err := c.Structure(context.Background(), silicon)
			if err != nil {
				errs <- err
				return
			}
			bodies <- o
		})
	}
	leave()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("who left got %v", err)
	}
	wg.Wait()
	close(errs)
	close(bodies)
	for err := range errs {
		t.Errorf("got %v", err)
	}
	first := <-bodies
	for o := range bodies {
		if !bytes.Equal(o.Body, first.Body) {
			t.Fatal("different bodies")
		}
	}
	if n := r.fake.Count(silicon); n != 1 {
		t.Errorf("1000 visitors made %d upstream requests, want 1", n)
	}
	if _, err := os.Stat(filepath.Join(r.dir, schema, version1, "149.json")); err != nil {
		t.Errorf("not stored: %v", err)
	}
}

// TestCuts damages a stored object a hundred times at random places. Each time
// it must be found out, put aside and fetched again.
func TestCuts(t *testing.T) {
	damage := map[string]func(body []byte, at int) []byte{
		"cut":     func(b []byte, at int) []byte { return b[:at] },
		"flipped": func(b []byte, at int) []byte { b[at] ^= 1 << (at % 8); return b },
		"longer":  func(b []byte, at int) []byte { return append(b, b[:at+1]...) },
		"zeroed":  func(b []byte, at int) []byte { clear(b[at:]); return b },
	}
	for name, spoil := range damage {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, nil)
			good, err := r.cache(t, nil).Structure(t.Context(), silicon)
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(r.dir, schema, version1, "149.json")
			rng := rand.New(rand.NewPCG(7, uint64(len(name))))
			for i := range 100 {
				at := rng.IntN(len(good.Body))
				if err := os.WriteFile(path, spoil(bytes.Clone(good.Body), at), 0o644); err != nil {
					t.Fatal(err)
				}
				c := r.cache(t, nil) // nothing in memory
				o, err := c.Structure(t.Context(), silicon)
				if err != nil {
					t.Fatalf("damage at %d: %v", at, err)
				}
				if !sameButTime(t, o.Body, good.Body) {
					t.Fatalf("damage at %d: wrong body served", at)
				}
				if n := countOf(t, r, "zoneaxis_structure_cache_total", "corrupt"); n != float64(i+1) {
					t.Fatalf("damage at %d: counted %v, want %d", at, n, i+1)
				}
			}
			if n := r.fake.Count(silicon); n != 101 {
				t.Errorf("fetched %d times, want 101", n)
			}
			aside, err := os.ReadDir(filepath.Join(r.dir, "quarantine"))
			if err != nil || len(aside) != maxQuarantined {
				t.Errorf("%d objects put aside (%v), want %d", len(aside), err, maxQuarantined)
			}
		})
	}
}

// TestDamageUnderDeadUpstream: a damaged object is not served even if there is
// nothing else.
func TestDamageUnderDeadUpstream(t *testing.T) {
	r := newRig(t, nil)
	const id = 30
	if _, err := r.cache(t, nil).Structure(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(r.dir, schema, version1, "30.json")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data[:len(data)/2], 0o644); err != nil {
		t.Fatal(err)
	}
	r.server.Close()
	o, err := r.cache(t, nil).Structure(t.Context(), id)
	// It is moved, not copied: the next visitor must not find it there again.
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the damaged object is still in its place: %v", err)
	}
	if aside, err := os.ReadDir(filepath.Join(r.dir, "quarantine")); err != nil || len(aside) != 1 {
		t.Errorf("%d objects put aside (%v), want 1", len(aside), err)
	}
	if _, inLibrary := source.Lookup("mp-30"); inLibrary {
		if err != nil || !o.Library {
			t.Errorf("got %+v, %v; want the library's copper", o, err)
		}
	} else if !errors.Is(err, ErrUpstream) {
		t.Errorf("got %v, want ErrUpstream", err)
	}
}

// TestMisplaced: a sound document in the wrong place is no answer either.
func TestMisplaced(t *testing.T) {
	r := newRig(t, nil)
	if _, err := r.cache(t, nil).Structure(t.Context(), silicon); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(r.dir, schema, version1, "149.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(r.dir, schema, version1, "30.json"), data, 0o644); err != nil {
		t.Fatal(err)
	}
	o, err := r.cache(t, nil).Structure(t.Context(), 30)
	if err != nil || fieldsOf(t, o.Body).ID != "mp-30" {
		t.Errorf("got %v, %v", o, err)
	}
}

// TestDeadUpstream: with the upstream gone, what is stored and what the library
// holds is still served, also after a restart.
func TestDeadUpstream(t *testing.T) {
	r := newRig(t, nil)
	r.fake.Move(777, silicon)
	c := r.cache(t, nil)
	stored := []int{silicon, 30, 22862, 777, 999}
	for _, id := range stored {
		if _, err := c.Structure(t.Context(), id); err != nil {
			t.Fatalf("%d: %v", id, err)
		}
	}
	r.server.Close()
	for name, c := range map[string]*Cache{"running": c, "restarted": r.cache(t, nil)} {
		for _, id := range stored {
			if o, err := c.Structure(t.Context(), id); err != nil || o.Stale || o.Library {
				t.Errorf("%s: %d: %+v, %v", name, id, o, err)
			}
		}
		served := 0
		for _, e := range source.Library() {
			id, err := source.ParseMP(e.MP)
			if err != nil || e.MPStatus == "related" {
				continue
			}
			o, err := c.Structure(t.Context(), id)
			if err != nil {
				t.Errorf("%s: library id %s: %v", name, e.MP, err)
				continue
			}
			if f := fieldsOf(t, o.Body); f.ID != source.FormatMP(id) {
				t.Errorf("%s: asked for %s, got %s", name, e.MP, f.ID)
			}
			served++
		}
		if served < 40 {
			t.Errorf("%s: only %d library ids", name, served)
		}
		if _, err := c.Structure(t.Context(), 2_000_000); err == nil {
			t.Errorf("%s: got a structure from nowhere", name)
		}
	}
}

// TestNoKey: without a key nothing is ever asked.
func TestNoKey(t *testing.T) {
	r := newRig(t, func(o *Options) { o.Key = Secret{} })
	c := r.cache(t, nil)
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	c.Run(ctx)
	if o, err := c.Structure(t.Context(), silicon); err != nil || !o.Library {
		t.Errorf("silicon: %v, %v", o, err)
	}
	if _, err := c.Structure(t.Context(), 2_000_000); !errors.Is(err, ErrNoKey) {
		t.Errorf("got %v, want ErrNoKey", err)
	}
	if _, err := c.Search(t.Context(), "Si"); !errors.Is(err, ErrNoKey) {
		t.Errorf("search: got %v, want ErrNoKey", err)
	}
	if n := len(r.fake.Requests()); n != 0 {
		t.Errorf("%d upstream requests, want none", n)
	}
}

// TestNegative: what is unknown is remembered, until the database changes.
func TestNegative(t *testing.T) {
	r := newRig(t, nil)
	c := r.cache(t, nil)
	for range 20 {
		if _, err := c.Structure(t.Context(), 999999); !errors.Is(err, ErrUnknown) {
			t.Fatalf("got %v, want ErrUnknown", err)
		}
		if _, err := c.Structure(t.Context(), 3400000); !errors.Is(err, ErrLicence) {
			t.Fatalf("got %v, want ErrLicence", err)
		}
	}
	if n, m := r.fake.Count(999999), r.fake.Count(3400000); n != 3 || m != 1 {
		t.Errorf("%d and %d requests, want 3 and 1", n, m)
	}
	r.fake.SetDB(version2)
	c.ask(t.Context())
	if _, err := c.Structure(t.Context(), 999999); !errors.Is(err, ErrUnknown) {
		t.Error(err)
	}
	if n := r.fake.Count(999999); n != 6 {
		t.Errorf("%d requests after the change, want 6", n)
	}
	for i := range 3 * maxNegative {
		c.refuse(i, version2, ErrUnknown, time.Hour)
	}
	if n := c.negative.Len(); n != maxNegative {
		t.Errorf("%d refusals kept, want %d", n, maxNegative)
	}
	// Failures are not remembered as unknown.
	r.fake.Script(silicon, mpfake.Status(500, ""))
	r2 := r.cache(t, nil)
	o, err := r2.Structure(t.Context(), silicon)
	if err == nil && !o.Library {
		t.Errorf("got %v, %v", o, err)
	}
	if err := r2.refused(silicon, version2); err != nil {
		t.Errorf("a failure was remembered: %v", err)
	}
}

// TestVersions: a new database version means new objects; the old ones stay
// for when the upstream fails.
func TestVersions(t *testing.T) {
	r := newRig(t, nil)
	c := r.cache(t, func(o *CacheOptions) { o.StaleFor = 50 * time.Millisecond })
	const id = 22862
	old, err := c.Structure(t.Context(), id)
	if err != nil || old.DB != version1 {
		t.Fatalf("got %+v, %v", old, err)
	}
	r.fake.SetDB(version2)
	if v := c.ask(t.Context()); v != version2 {
		t.Fatalf("version %q", v)
	}

	// The upstream fails: the old object, marked.
	r.fake.Script(id, mpfake.Forever(mpfake.Status(500, "")))
	stale, err := c.Structure(t.Context(), id)
	if err != nil || !stale.Stale || stale.DB != version1 || !bytes.Equal(stale.Body, old.Body) {
		t.Fatalf("got %+v, %v; want the old object", stale, err)
	}
	// It is not asked again for every visitor …
	before := r.fake.Count(id)
	for range 10 {
		if o, err := c.Structure(t.Context(), id); err != nil || !o.Stale {
			t.Fatalf("got %+v, %v", o, err)
		}
	}
	if n := r.fake.Count(id) - before; n != 0 {
		t.Errorf("%d requests within the pause, want none", n)
	}
	// … but after a while.
	r.fake.Script(id)
	time.Sleep(100 * time.Millisecond)
	fresh, err := c.Structure(t.Context(), id)
	if err != nil || fresh.Stale || fresh.DB != version2 || fresh.ETag == old.ETag {
		t.Errorf("got %+v, %v; want an object of the new version", fresh, err)
	}
	if o, err := c.AtVersion(t.Context(), version1, id); err != nil || !bytes.Equal(o.Body, old.Body) {
		t.Errorf("the old version is gone: %v", err)
	}
	// A restart without an upstream remembers which version is in use.
	r.server.Close()
	if o, err := r.cache(t, nil).Structure(t.Context(), id); err != nil || o.Stale || o.DB != version2 {
		t.Errorf("restarted: %+v, %v", o, err)
	}
}

// TestHeartbeatDown: data without a heartbeat is served, and fetched anew once
// the version is known.
func TestHeartbeatDown(t *testing.T) {
	for _, fault := range []mpfake.Fault{mpfake.Status(500, ""), mpfake.Status(403, ""), mpfake.EchoKey(403), mpfake.Body("application/json", `{"db_version":"../../etc"}`)} {
		r := newRig(t, nil)
		r.fake.ScriptHeartbeat(mpfake.Forever(fault))
		c := r.cache(t, nil)
		o, err := c.Structure(t.Context(), silicon)
		if err != nil || o.DB != "" || o.Stale {
			t.Fatalf("got %+v, %v", o, err)
		}
		if _, err := c.Structure(t.Context(), silicon); err != nil || r.fake.Count(silicon) != 1 {
			t.Errorf("asked %d times, %v", r.fake.Count(silicon), err)
		}
		r.fake.ScriptHeartbeat()
		c.ask(t.Context())
		if o, err = c.Structure(t.Context(), silicon); err != nil || o.DB != version1 || r.fake.Count(silicon) != 2 {
			t.Errorf("with the version known: %+v, %v, %d requests", o, err, r.fake.Count(silicon))
		}
		for _, q := range r.fake.Requests() {
			if q.Path == "/heartbeat" && q.Header.Get("X-API-KEY") != "" {
				t.Error("the heartbeat carries the key")
			}
		}
	}
}

// TestRun: the version is asked for, and what was looked at lately is fetched
// anew when it changes.
func TestRun(t *testing.T) {
	r := newRig(t, nil)
	c := r.cache(t, func(o *CacheOptions) { o.Heartbeat = 20 * time.Millisecond })
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); c.Run(ctx) }()
	if _, err := c.Structure(t.Context(), silicon); err != nil {
		t.Fatal(err)
	}
	r.fake.SetDB(version2)
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		if o, err := c.AtVersion(t.Context(), version2, silicon); err == nil && o.DB == version2 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("not refreshed")
		}
	}
	cancel()
	select {
	case <-ended:
	case <-time.After(2 * time.Second):
		t.Error("Run does not end with its context")
	}
}

// fullStore is a store without room.
type fullStore struct{ Store }

func (fullStore) Put(context.Context, string, []byte) error { return ErrFull }

// TestFullStore: a full disk costs the storing, not the serving.
func TestFullStore(t *testing.T) {
	r := newRig(t, nil)
	files, err := NewFileStore(r.dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	c := r.cacheOver(t, fullStore{files}, nil)
	for range 3 {
		if o, err := c.Structure(t.Context(), silicon); err != nil || o.Stale {
			t.Fatalf("got %v, %v", o, err)
		}
	}
	if n := r.fake.Count(silicon); n != 1 {
		t.Errorf("%d requests, want 1: memory still works", n)
	}
	if n := countOf(t, r, "zoneaxis_structure_cache_total", "write_error"); n != 1 {
		t.Errorf("write_error counted %v times, want 1", n)
	}
}

// TestEviction fills a small store: old versions go first, then what was
// fetched longest ago, and the newest stay.
func TestEviction(t *testing.T) {
	r := newRig(t, nil)
	c := r.cache(t, func(o *CacheOptions) { o.StoreCount = 40 })
	if v := c.ask(t.Context()); v != version1 {
		t.Fatal(v)
	}
	put := func(db string, id int, age time.Duration) {
		t.Helper()
		m := mpfake.Material{ID: id, Formula: "Po", System: "Cubic", Symbol: "Pm-3m", Number: 221,
			Matrix: [3][3]float64{{3.35, 0, 0}, {0, 3.35, 0}, {0, 0, 3.35}}, Sites: []mpfake.Site{{Element: "Po"}}}
		doc, err := document(m.Document(), db, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		body, err := source.EncodeDoc(doc)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.keep(t.Context(), db, id, id, body); err != nil {
			t.Fatal(err)
		}
		when := time.Now().Add(-age)
		if err := os.Chtimes(filepath.Join(r.dir, schema, db, fmt.Sprintf("%d.json", id)), when, when); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 10 {
		put("2025.01.01", 1000+i, 0)
	}
	for i := range 30 {
		put(version1, 2000+i, time.Duration(100-i)*time.Hour)
	}
	put(version1, 3000, 0) // one too many
	for deadline := time.Now().Add(5 * time.Second); c.count.Load() > 36 || c.evicting.Load(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("still %d objects", c.count.Load())
		}
	}
	left := map[string]int{}
	var bytesLeft int64
	for info, err := range c.store.List(t.Context(), schema+"/") {
		if err != nil {
			t.Fatal(err)
		}
		db, _, _ := parseKey(info.Key)
		left[db]++
		bytesLeft += info.Size
	}
	if left["2025.01.01"] != 5 || left[version1] != 31 {
		t.Errorf("left %v, want 5 of the old version and all of the new", left)
	}
	if n, b := c.count.Load(), c.bytes.Load(); n != 36 || b != bytesLeft {
		t.Errorf("totals %d, %d bytes; want 36, %d", n, b, bytesLeft)
	}
	// By size, within one version: the oldest go.
	c.opt.StoreBytes = bytesLeft / 2
	if err := c.evict(t.Context()); err != nil {
		t.Fatal(err)
	}
	if b := c.bytes.Load(); b > bytesLeft/2*9/10 {
		t.Errorf("%d bytes left", b)
	}
	if _, err := c.store.Get(t.Context(), objectKey(version1, 2000)); !errors.Is(err, ErrAbsent) {
		t.Errorf("the oldest is still there: %v", err)
	}
	if _, err := c.store.Get(t.Context(), objectKey(version1, 3000)); err != nil {
		t.Errorf("the newest is gone: %v", err)
	}
}

// TestSharedStore: two replicas over one store make one upstream call between
// them.
func TestSharedStore(t *testing.T) {
	r := newRig(t, nil)
	a, b := r.cache(t, nil), r.cache(t, nil)
	first, err := a.Structure(t.Context(), silicon)
	if err != nil {
		t.Fatal(err)
	}
	b.ask(t.Context())
	second, err := b.Structure(t.Context(), silicon)
	if err != nil || second.ETag != first.ETag {
		t.Errorf("got %v, %v", second, err)
	}
	if n := r.fake.Count(silicon); n != 1 {
		t.Errorf("%d requests, want 1", n)
	}
}

// TestMoved: a number that belongs to another material by now leads to that
// one, and the way there is stored too.
func TestMoved(t *testing.T) {
	r := newRig(t, nil)
	r.fake.Move(777, silicon)
	c := r.cache(t, nil)
	o, err := c.Structure(t.Context(), 777)
	if err != nil || !o.Moved || o.ID != silicon {
		t.Fatalf("got %+v, %v", o, err)
	}
	if o, err := c.Structure(t.Context(), silicon); err != nil || o.Moved {
		t.Errorf("the material itself: %+v, %v", o, err)
	}
	if err := os.WriteFile(filepath.Join(r.dir, "moved", "777"), []byte("777 30 deadbeef\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	c = r.cache(t, nil)
	if o, err := c.Structure(t.Context(), 777); err != nil || o.ID != silicon {
		t.Errorf("with a damaged move: %+v, %v", o, err)
	}
}

// TestMemory keeps to its bound of bytes.
func TestMemory(t *testing.T) {
	const limit = 100_000
	m := newMemory(limit)
	for i := range 1000 {
		m.put(i%700, &Object{ID: i, Body: make([]byte, 900+i%200)})
		sum := 0
		for _, id := range m.recent(1000) {
			o, _ := m.lru.Peek(id)
			sum += o.weight()
		}
		if m.bytes != sum || sum > limit {
			t.Fatalf("after %d: says %d bytes, holds %d, limit %d", i, m.bytes, sum, limit)
		}
	}
	m.put(5000, &Object{Body: make([]byte, limit)})
	if m.get(5000) != nil {
		t.Error("took an object larger than itself")
	}
	if ids := m.recent(2); len(ids) != 2 || ids[0] != 999%700 {
		t.Errorf("recent: %v", ids)
	}
}

// TestTooManyFlights: a crawler of cold ids can't pile up work.
func TestTooManyFlights(t *testing.T) {
	r := newRig(t, func(o *Options) { o.Total = 500 * time.Millisecond; o.Concurrency = 1 })
	c := r.cache(t, nil)
	c.ask(t.Context())
	var wg sync.WaitGroup
	var mu sync.Mutex
	busy := 0
	for i := range 200 {
		id := 700_000 + i
		r.fake.Script(id, mpfake.Forever(mpfake.Delay(time.Hour)))
		wg.Go(func() {
			_, err := c.Structure(t.Context(), id)
			var b *BusyError
			if errors.As(err, &b) {
				mu.Lock()
				busy++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if busy < 200-maxFlights {
		t.Errorf("%d of 200 were sent away, want at least %d", busy, 200-maxFlights)
	}
	if n := c.active.Load(); n != 0 {
		t.Errorf("%d flights left", n)
	}
}
