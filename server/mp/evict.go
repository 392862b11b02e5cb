package mp

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// grow corrects the totals of the store and starts the eviction if they are
// over the bounds.
func (c *Cache) grow(count, bytes int64) {
	n, b := c.count.Add(count), c.bytes.Add(bytes)
	c.m.objects.Set(float64(n))
	c.m.bytes.Set(float64(b))
	if (n > c.opt.StoreCount || b > c.opt.StoreBytes) && c.evicting.CompareAndSwap(false, true) {
		go func() {
			defer c.evicting.Store(false)
			ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
			defer cancel()
			if err := c.evict(ctx); err != nil {
				c.log.Error("store not made smaller", "error", err.Error())
			}
		}()
	}
}

// scan measures the store and learns which versions it holds.
func (c *Cache) scan(ctx context.Context) {
	began := time.Now()
	var count, bytes int64
	for info, err := range c.store.List(ctx, schema+"/") {
		if err != nil {
			c.log.Error("store not read", "error", err.Error())
			break
		}
		db, _, ok := parseKey(info.Key)
		if !ok {
			continue
		}
		count++
		bytes += info.Size
		c.mu.Lock()
		c.versions[db] = struct{}{}
		c.mu.Unlock()
	}
	c.log.Info("store measured", "objects", count, "bytes", bytes, "took", time.Since(began).Round(time.Millisecond).String())
	// What was written meanwhile may be counted twice; the next scan, at the
	// latest an eviction, puts that right.
	c.grow(count, bytes)
}

// evict removes objects until the store is a tenth below its bounds: whole
// database versions that are not in use first, the oldest before, and then
// what was fetched longest ago.
func (c *Cache) evict(ctx context.Context) error {
	current := orElse(c.Version(), noVersion)
	type entry struct {
		db   int // place among the versions, the one in use last
		time int64
		size int64
	}
	c.mu.Lock()
	versions := make([]string, 0, len(c.versions)+1)
	for v := range c.versions {
		if v != current {
			versions = append(versions, v)
		}
	}
	c.mu.Unlock()
	slices.SortFunc(versions, compareVersions)
	versions = append(versions, current)

	// First pass: sizes and times only, 24 bytes an object.
	var all []entry
	var count, bytes int64
	for info, err := range c.store.List(ctx, schema+"/") {
		if err != nil {
			return err
		}
		db, _, ok := parseKey(info.Key)
		if !ok {
			continue
		}
		place := slices.Index(versions, db)
		all = append(all, entry{place, info.Time.UnixNano(), info.Size})
		count++
		bytes += info.Size
	}
	order := func(a, b entry) int { return cmp.Or(cmp.Compare(a.db, b.db), cmp.Compare(a.time, b.time)) }
	slices.SortFunc(all, order)
	keepCount, keepBytes := c.opt.StoreCount*9/10, c.opt.StoreBytes*9/10
	n, left, leftBytes := 0, count, bytes
	for n < len(all) && (left > keepCount || leftBytes > keepBytes) {
		left--
		leftBytes -= all[n].size
		n++
	}
	if n == 0 {
		c.settle(count, bytes)
		return nil
	}
	last := all[n-1]

	// Second pass: remove everything up to the last one chosen.
	for info, err := range c.store.List(ctx, schema+"/") {
		if err != nil {
			return err
		}
		db, _, ok := parseKey(info.Key)
		if !ok || order(entry{slices.Index(versions, db), info.Time.UnixNano(), info.Size}, last) > 0 {
			continue
		}
		if err := c.store.Delete(ctx, info.Key); err != nil {
			return err
		}
		count--
		bytes -= info.Size
		c.m.cache.WithLabelValues("evicted").Inc()
	}
	c.settle(count, bytes)
	c.log.Info("store made smaller", "objects", count, "bytes", bytes)
	return nil
}

// settle replaces the totals by counted ones.
func (c *Cache) settle(count, bytes int64) {
	c.count.Store(count)
	c.bytes.Store(bytes)
	c.m.objects.Set(float64(count))
	c.m.bytes.Set(float64(bytes))
}
