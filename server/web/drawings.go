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
	// maxWait is how long a picture waits for its turn to be drawn, and pageWait
	// how long a page does before it is sent without.
	maxWait  = 2 * time.Second
	pageWait = time.Second
)

// drawings keeps finished pages and pictures, and bounds how many are made at
// one time: one less than there are processors, so that everything else goes
// on meanwhile, and each once.
type drawings struct {
	mu      sync.Mutex
	lru     *simplelru.LRU[string, kept]
	bytes   int
	flights singleflight.Group
	turns   *turns
}

type kept struct {
	*content
	until time.Time
}

func (k kept) weight(key string) int { return len(key) + len(k.body) + len(k.gz) + len(k.br) + 300 }

// newDrawings takes the processor time that a client may use in a minute; 0 for
// no limit.
func newDrawings(perMinute time.Duration) *drawings {
	d := &drawings{turns: newTurns(max(1, runtime.GOMAXPROCS(0)-1), perMinute)}
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

// drawing is one thing to draw.
type drawing struct {
	key      string
	client   string        // who pays for it
	patience time.Duration // how long it may wait for its turn
	// make draws it; keep says whether it may be kept.
	make func() (c *content, keep bool, err error)
}

// draw makes the content of a key, once for all who ask at one time.
func (d *drawings) draw(ctx context.Context, want drawing) (*content, error) {
	c, shared, err := d.fly(ctx, want.key, want)
	var spent *spentError
	if shared && (errors.Is(err, errCrowded) || errors.As(err, &spent)) {
		// Another client asked first and has no turn: this one may have.
		c, _, err = d.fly(ctx, want.key+" "+want.client, want)
	}
	return c, err
}

func (d *drawings) fly(ctx context.Context, flight string, want drawing) (c *content, shared bool, err error) {
	done := d.flights.DoChan(flight, func() (v any, err error) {
		if c := d.get(want.key); c != nil {
			return c, nil // made between the look at what is kept and this flight
		}
		end, err := d.turns.take(context.WithoutCancel(ctx), want.client, want.patience)
		if err != nil {
			return nil, err
		}
		took := processorTime(func() { v, err = d.make(want) })
		end(took)
		return v, err
	})
	select {
	case r := <-done:
		if r.Err != nil {
			return nil, r.Shared, r.Err
		}
		return r.Val.(*content), r.Shared, nil
	case <-ctx.Done():
		return nil, false, ctx.Err()
	}
}

func (d *drawings) make(want drawing) (c *content, err error) {
	defer func() {
		if p := recover(); p != nil {
			c, err = nil, fmt.Errorf("web: panic while drawing: %v\n%s", p, debug.Stack())
		}
	}()
	c, keep, err := want.make()
	if err == nil && keep {
		d.put(want.key, c)
	}
	return c, err
}
