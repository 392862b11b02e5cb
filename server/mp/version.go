package mp

import (
	"cmp"
	"context"
	"encoding/json"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// validVersion reports whether text is a database version such as
// "2026.04.13": it becomes part of a path, so nothing else may pass.
func validVersion(text string) bool {
	parts := strings.SplitN(text, ".", 4)
	if len(parts) < 3 || len(text) > 24 {
		return false
	}
	for i, p := range parts[:3] {
		if len(p) < 1 || len(p) > 4 || i == 0 && len(p) != 4 || strings.Trim(p, "0123456789") != "" {
			return false
		}
	}
	return len(parts) == 3 || parts[3] != "" && strings.Trim(parts[3], "abcdefghijklmnopqrstuvwxyz0123456789") == ""
}

// compareVersions orders valid versions by date.
func compareVersions(a, b string) int {
	p, q := strings.SplitN(a, ".", 4), strings.SplitN(b, ".", 4)
	for i := range min(len(p), len(q)) {
		m, errM := strconv.Atoi(p[i])
		n, errN := strconv.Atoi(q[i])
		if errM != nil || errN != nil {
			return cmp.Compare(p[i], q[i])
		}
		if m != n {
			return cmp.Compare(m, n)
		}
	}
	return cmp.Compare(len(p), len(q))
}

// parseVersion reads the part of a heartbeat that we want.
func parseVersion(data []byte) (string, bool) {
	var beat struct {
		Version string `json:"db_version"`
	}
	if json.Unmarshal(data, &beat) != nil || !validVersion(beat.Version) {
		return "", false
	}
	return beat.Version, true
}

// Heartbeat asks the upstream for its database version. It needs no key and
// sends none.
func (c *Client) Heartbeat(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, c.opt.Connect)
	defer cancel()
	body, err := c.once(ctx, "/heartbeat", nil, false)
	if err != nil {
		return "", err
	}
	v, ok := parseVersion(body)
	if !ok {
		return "", &failure{what: "heartbeat without a database version"}
	}
	return v, nil
}

// versionNow returns the version in use. While none was ever heard it asks,
// but not more than every half minute.
func (c *Cache) versionNow(ctx context.Context) string {
	if v := c.Version(); v != "" {
		return v
	}
	v, err, _ := c.loads.Do("version", func() (any, error) {
		c.mu.Lock()
		recent := time.Since(c.asked) < 30*time.Second
		c.mu.Unlock()
		if recent {
			return "", nil
		}
		return c.ask(ctx), nil
	})
	if err != nil {
		return ""
	}
	return v.(string)
}

// ask asks for the version and takes it into use. It returns "" if the
// upstream did not tell.
func (c *Cache) ask(ctx context.Context) string {
	c.mu.Lock()
	c.asked = time.Now()
	c.mu.Unlock()
	v, err := c.client.Heartbeat(ctx)
	if err != nil {
		c.log.Warn("no database version", "error", err.Error())
		return ""
	}
	c.mu.Lock()
	before := c.db
	c.db = v
	c.versions[v] = struct{}{}
	c.mu.Unlock()
	if v == before {
		return v
	}
	c.log.Info("database version", "now", v, "before", before)
	c.m.version.Reset()
	c.m.version.WithLabelValues(v).Set(1)
	data, err := json.Marshal(map[string]string{"db_version": v})
	if err == nil {
		err = c.store.Put(ctx, versionKey, data)
	}
	if err != nil {
		c.log.Warn("database version not stored", "error", err.Error())
	}
	return v
}

// Run does the cache's work in the background until the context ends: it looks
// whether the store can be written, measures the store, asks for the database version every hour and, when that
// changes, fetches what visitors looked at lately anew, one a second.
func (c *Cache) Run(ctx context.Context) {
	go c.watch(ctx)
	c.scan(ctx)
	if !c.client.opt.Key.Set() {
		return // nothing is ever fetched
	}
	pause := time.Minute
	for {
		before := c.Version()
		now := c.ask(ctx)
		if now != "" {
			pause = c.opt.Heartbeat
			if before != "" && before != now {
				c.refresh(ctx)
			}
		} else {
			pause = min(2*pause, c.opt.Heartbeat)
		}
		// A tenth of chance keeps replicas apart.
		if !sleep(ctx, pause+time.Duration(rand.Int64N(int64(pause)/10+1))) {
			return
		}
	}
}

// checkEvery is the pause between looks at whether the store can be written.
const checkEvery = 30 * time.Second

// watch tells when the store can no longer be written and when it can again. The
// site goes on without: what is fetched is served, and fetched again later.
func (c *Cache) watch(ctx context.Context) {
	well := true
	for {
		err := c.store.Check(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil && well:
			c.log.Warn("the cache cannot be written: new structures are served and not kept", "error", err.Error())
		case err == nil && !well:
			c.log.Info("the cache can be written again")
		}
		if well = err == nil; well {
			c.m.writable.Set(1)
		} else {
			c.m.writable.Set(0)
		}
		if !sleep(ctx, checkEvery) {
			return
		}
	}
}

// refresh fetches the structures used last under the new version.
func (c *Cache) refresh(ctx context.Context) {
	for _, id := range c.mem.recent(200) {
		if _, err := c.Structure(ctx, id); err != nil {
			c.log.Debug("not refreshed", "id", id, "error", err.Error())
		}
		if !sleep(ctx, time.Second) {
			return
		}
	}
}

// sleep waits and reports whether the context still lives.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
