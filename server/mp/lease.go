package mp

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"time"

	"zoneaxis/internal/source"
)

// leaseOld is how far the date of a claim may be from the time here until its
// owner counts as gone without waiting; clocks of replicas differ.
const leaseOld = 30 * time.Second

// leaseWait is how long a replica waits for another one that is fetching a
// structure: three tenths of the budget of a call, 3 s. It waits for two at most,
// so that enough is left to fetch by itself.
func (c *Cache) leaseWait() time.Duration { return c.client.opt.Total * 3 / 10 }

// leaser is a Store that several replicas share and that can tell who came first.
type leaser interface {
	// Claim stores an object if there is none of that key, and reports whether it
	// did. An error means that the store cannot do so.
	Claim(ctx context.Context, key string, data []byte) (bool, error)
}

// lease makes one of several replicas fetch a structure. The others wait until it
// is in the store, and get it. Whoever has not stored it after leaseWait counts as
// gone, and one of those who wait takes its place. o is nil for who is to fetch it
// and calls release when that is done. Where the store is not shared, or cannot
// tell who came first, everyone fetches.
func (c *Cache) lease(ctx context.Context, db string, id int) (release func(), o *Object) {
	none := func() {}
	store, shared := c.store.(leaser)
	if !shared {
		return none, nil
	}
	key := "state/lease/" + source.FormatMP(id)
	own := time.Now().UTC().Format(time.RFC3339) + " " + rand.Text()
	owner, owners, until := "", 0, time.Time{} // of the claim that is waited for
	for {
		text, err := c.store.Get(ctx, key)
		seen := string(text)
		if errors.Is(err, ErrAbsent) {
			var mine bool
			if mine, err = store.Claim(ctx, key, []byte(own)); err == nil {
				if seen = ""; mine {
					seen = own
				}
			}
		}
		if err != nil {
			c.log.Debug("replicas do not wait for each other", "reason", err.Error())
			return none, nil
		}
		// Somebody may have stored it between a look and the claim.
		if o, err := c.load(ctx, db, id); err == nil {
			if seen == own {
				c.unclaim(ctx, key, own)
			}
			c.m.cache.WithLabelValues("shared").Inc()
			c.mem.put(id, o)
			return none, o
		}
		if seen == own {
			return func() { c.unclaim(ctx, key, own) }, nil
		}
		if seen != "" && seen != owner {
			if owners++; owners > 2 {
				return none, nil
			}
			owner, until = seen, time.Now().Add(c.leaseWait())
		}
		if seen != "" && (gone(seen) || time.Now().After(until)) {
			c.unclaim(ctx, key, seen)
			continue
		}
		if !sleep(ctx, 100*time.Millisecond) {
			return none, nil
		}
	}
}

// gone reports whether a claim is none, or so old by its date that nobody can be
// at work on it.
func gone(claim string) bool {
	date, _, _ := strings.Cut(claim, " ")
	at, err := time.Parse(time.RFC3339, date)
	return err != nil || time.Since(at).Abs() > leaseOld
}

// unclaim ends the claim with that text, also for a caller who has gone, and
// leaves another's alone. Between its look and its removal another one may take
// the place; then two fetch.
func (c *Cache) unclaim(ctx context.Context, key, claim string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	text, err := c.store.Get(ctx, key)
	if err == nil && string(text) == claim {
		err = c.store.Delete(ctx, key)
	}
	if err != nil && !errors.Is(err, ErrAbsent) {
		c.log.Debug("a claim stays until it is old", "reason", err.Error())
	}
}
