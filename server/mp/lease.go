package mp

import (
	"context"
	"errors"
	"time"

	"zoneaxis/internal/source"
)

// leaseFor is how long one replica may take to fetch a structure while the others
// that share its store wait: 10 s. Whoever has not stored it by then counts as
// gone, and another one fetches it.
const leaseFor = 10 * time.Second

// leaser is a Store that several replicas share and that can tell who came first.
type leaser interface {
	// Claim stores an object if there is none of that key, and reports whether it
	// did. An error means that the store cannot do so.
	Claim(ctx context.Context, key string, data []byte) (bool, error)
}

// lease makes one of several replicas fetch a structure. The others wait for at
// most leaseFor until it is in the store, and get it; o is nil for the one that is
// to fetch it, which calls release when that is done. Where the store is not
// shared, or cannot tell who came first, everyone fetches.
func (c *Cache) lease(ctx context.Context, db string, id int) (release func(), o *Object) {
	none := func() {}
	store, shared := c.store.(leaser)
	if !shared {
		return none, nil
	}
	key := "state/lease/" + source.FormatMP(id)
	for until := time.Now().Add(leaseFor); ; {
		mine, err := store.Claim(ctx, key, []byte(time.Now().UTC().Format(time.RFC3339)))
		if err != nil {
			c.log.Debug("replicas do not wait for each other", "reason", err.Error())
			return none, nil
		}
		// Somebody may have stored it between a look and the claim.
		if o, err := c.load(ctx, db, id); err == nil {
			if mine {
				c.unclaim(ctx, key)
			}
			c.m.cache.WithLabelValues("shared").Inc()
			c.mem.put(id, o)
			return none, o
		}
		if mine {
			return func() { c.unclaim(ctx, key) }, nil
		}
		if text, err := c.store.Get(ctx, key); err == nil {
			// Clocks differ: a lease is old when it would be by either.
			if at, err := time.Parse(time.RFC3339, string(text)); err != nil || time.Since(at).Abs() > 2*leaseFor {
				c.unclaim(ctx, key)
				continue
			}
		} else if !errors.Is(err, ErrAbsent) {
			return none, nil
		}
		if time.Now().After(until) {
			c.unclaim(ctx, key)
			return none, nil
		}
		if !sleep(ctx, 100*time.Millisecond) {
			return none, nil
		}
	}
}

// unclaim ends a lease, also for a caller who has gone.
func (c *Cache) unclaim(ctx context.Context, key string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := c.store.Delete(ctx, key); err != nil {
		c.log.Debug("a lease stays until it is old", "reason", err.Error())
	}
}
