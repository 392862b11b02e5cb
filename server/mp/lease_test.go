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
// waits for it; neither waits for one that has gone, nor where the store cannot
// tell who came first.
func TestLease(t *testing.T) {
	const id = 149
	key := "state/lease/mp-149"
	for _, tt := range []struct {
		name   string
		broken error
		before string // of the lease that is there
		most   int
	}{
		{"one after the other", nil, "", 1},
		{"a store that cannot tell", errors.New("501"), "", 2},
		{"one that has gone", nil, "2026-01-01T00:00:00Z", 1},
		{"a lease of somebody else's", nil, "x", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t, nil)
			r.fake.Script(id, mpfake.Delay(300*time.Millisecond), mpfake.Delay(300*time.Millisecond))
			files, err := NewFileStore(r.dir, nil)
			if err != nil {
				t.Fatal(err)
			}
			store := &sharedStore{Store: files, broken: tt.broken}
			if tt.before != "" {
				if err := store.Put(t.Context(), key, []byte(tt.before)); err != nil {
					t.Fatal(err)
				}
			}
			var wg sync.WaitGroup
			for _, c := range []*Cache{r.cacheOver(t, store, nil), r.cacheOver(t, store, nil)} {
				wg.Go(func() {
					if o, err := c.Structure(t.Context(), id); err != nil || o == nil {
						t.Errorf("%v", err)
					}
				})
			}
			wg.Wait()
			if n := r.fake.Count(id); n != tt.most {
				t.Errorf("%d calls of the upstream, want %d", n, tt.most)
			}
			if _, err := store.Get(t.Context(), key); !errors.Is(err, ErrAbsent) {
				t.Errorf("the lease is still there: %v", err)
			}
		})
	}
}
