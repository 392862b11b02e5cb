package mp

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"zoneaxis/server/mp/mpfake"
)

// sharedStore is a store that replicas share and that can tell who came first.
type sharedStore struct {
	Store
	mu     sync.Mutex
	broken error
}

func (s *sharedStore) Claim(ctx context.Context, key string, data []byte) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != nil {
		return false, s.broken
	}
	if _, err := s.Get(ctx, key); err == nil {
		return false, nil
	}
	return true, s.Put(ctx, key, data)
}

// TestLease: of two replicas over one store one fetches a structure and the other
// waits for it; neither waits long for one that has gone, nor where the store
// cannot tell who came first. A claim of somebody else's is left alone.
func TestLease(t *testing.T) {
	const id = 149
	key := "state/lease/mp-149"
	now := func() string { return time.Now().UTC().Format(time.RFC3339) + " another" }
	for _, tt := range []struct {
		name   string
		broken error
		before func() string // the claim that is there
		least  time.Duration // that an answer takes
		most   int           // calls of the upstream
	}{
		{"one after the other", nil, nil, 0, 1},
		{"a store that cannot tell", errors.New("501"), nil, 0, 2},
		{"one that went long ago", nil, func() string { return "2026-01-01T00:00:00Z another" }, 0, 1},
		{"one that has just been killed", nil, now, 900 * time.Millisecond, 1},
		{"no claim", nil, func() string { return "x" }, 0, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, nil)
			r.fake.Script(id, mpfake.Delay(300*time.Millisecond), mpfake.Delay(300*time.Millisecond))
			files, err := NewFileStore(r.dir, nil)
			if err != nil {
				t.Fatal(err)
			}
			store := &sharedStore{Store: files, broken: tt.broken}
			if tt.before != nil {
				if err := store.Put(t.Context(), key, []byte(tt.before())); err != nil {
					t.Fatal(err)
				}
			}
			began := time.Now()
			var wg sync.WaitGroup
			for _, c := range []*Cache{r.cacheOver(t, store, nil), r.cacheOver(t, store, nil)} {
				wg.Go(func() {
					if o, err := c.Structure(t.Context(), id); err != nil || o == nil {
						t.Errorf("%v", err)
					}
				})
			}
			wg.Wait()
			if d := time.Since(began); d < tt.least {
				t.Errorf("nobody waited: %v", d)
			}
			if n := r.fake.Count(id); n != tt.most {
				t.Errorf("%d calls of the upstream, want %d", n, tt.most)
			}
			if text, err := store.Get(t.Context(), key); !errors.Is(err, ErrAbsent) {
				t.Errorf("a claim is still there: %q, %v", text, err)
			}
		})
	}
}

// TestLeaseOfAnother: who was so slow that another one took its place does not end
// that one's claim.
func TestLeaseOfAnother(t *testing.T) {
	const id = 149
	r := newRig(t, nil)
	files, err := NewFileStore(r.dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	store := &sharedStore{Store: files}
	c := r.cacheOver(t, store, nil)
	release, o := c.lease(t.Context(), version1, id)
	if o != nil {
		t.Fatal("there is a structure")
	}
	const another = "2026-01-01T00:00:00Z another"
	if err := store.Put(t.Context(), "state/lease/mp-149", []byte(another)); err != nil {
		t.Fatal(err)
	}
	release()
	if text, err := store.Get(t.Context(), "state/lease/mp-149"); err != nil || string(text) != another {
		t.Errorf("the claim of another is %q, %v", text, err)
	}
}
