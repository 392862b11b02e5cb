package web

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
	"golang.org/x/sync/singleflight"
)

const (
	keptBytes = 8 << 20          // of finished pages and pictures
	keptFor   = 10 * time.Minute // what depends on an upstream structure may change
	// maxWait is how long a request waits for its turn to be drawn.
	maxWait = 2 * time.Second
)

// errCrowded says that too many patterns are being drawn.
var errCrowded = errors.New("web: too many patterns to draw")

// drawings keeps finished pages and pictures, and bounds how many are made at
// one time: one less than there are processors, so that everything else goes
// on meanwhile, and each once.
type drawings struct {
	mu      sync.Mutex
	lru     *simplelru.LRU[string, kept]
	bytes   int
	flights singleflight.Group
	slots   chan struct{}
}

type kept struct {
	*content
	until time.Time
}

func (k kept) weight(key string) int { return len(key) + len(k.body) + len(k.gz) + len(k.br) + 300 }

func newDrawings() *drawings {
	d := &drawings{slots: make(chan struct{}, max(1, runtime.GOMAXPROCS(0)-1))}
	// The count is no real bound; the bytes are.
	lru, err := simplelru.NewLRU(1<<30, func(key string, k kept) { d.bytes -= k.weight(key) })
	if err != nil {
		panic(err) // only a size below one is refused
	}
	d.lru = lru
	return d
}

// get returns what is kept for a key, or nil.
func (d *drawings) get(key string) *content {
	d.mu.Lock()
	defer d.mu.Unlock()
	k, ok := d.lru.Get(key)
	if !ok {
		return nil
	}
	if time.Now().After(k.until) {
		d.lru.Remove(key)
		return nil
	}
	return k.content
}

func (d *drawings) put(key string, c *content) {
	d.mu.Lock()
	defer d.mu.Unlock()
	k := kept{c, time.Now().Add(keptFor)}
	d.lru.Remove(key)
	d.lru.Add(key, k)
	d.bytes += k.weight(key)
	for d.bytes > keptBytes {
		d.lru.RemoveOldest()
	}
}

// draw makes the content of a key, once for all who ask at one time. keep says
// whether it may be kept.
func (d *drawings) draw(ctx context.Context, key string, make func() (c *content, keep bool, err error)) (*content, error) {
	done := d.flights.DoChan(key, func() (v any, err error) {
		defer func() {
			if p := recover(); p != nil {
				v, err = nil, fmt.Errorf("web: panic while drawing: %v\n%s", p, debug.Stack())
			}
		}()
		wait := time.NewTimer(maxWait)
		defer wait.Stop()
		select {
		case d.slots <- struct{}{}:
			defer func() { <-d.slots }()
		case <-wait.C:
			return nil, errCrowded
		}
		c, keep, err := make()
		if err == nil && keep {
			d.put(key, c)
		}
		return c, err
	})
	select {
	case r := <-done:
		if r.Err != nil {
			return nil, r.Err
		}
		return r.Val.(*content), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
