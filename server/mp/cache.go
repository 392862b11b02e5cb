package mp

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/singleflight"

	"zoneaxis/internal/source"
)

// Object is a structure as it is served: our own canonical document.
type Object struct {
	ID      int    // number of the material
	DB      string // database version the document was fetched under, or ""
	Body    []byte // canonical JSON with its own checksum
	Gzip    []byte // Body, compressed
	ETag    string // strong, quoted, of Body
	Stale   bool   // from an older database version, since the upstream failed
	Library bool   // from the library inside the program
	Moved   bool   // another number was asked for, which belongs to this material by now

	until time.Time // for Stale and Library: when to try the upstream again
}

// weight estimates the bytes an object takes in memory.
func (o *Object) weight() int { return len(o.Body) + len(o.Gzip) + 256 }

const (
	schema = "v1" // of the stored documents; a change makes every object be fetched anew
	// maxObject bounds a stored object.
	maxObject = 1 << 20
	// noVersion stands for the database version while it is unknown. Objects
	// stored under it are older than any other.
	noVersion      = "0000.00.00"
	versionKey     = "state/version.json"
	maxFlights     = 64    // different structures being fetched at one time
	maxNegative    = 10000 // remembered refusals
	maxQuarantined = 50
)

// CacheOptions configure a Cache. The zero value of a number means the default
// in brackets.
type CacheOptions struct {
	MemoryBytes int           // [16 MiB]
	StoreBytes  int64         // [2 GiB]
	StoreCount  int64         // [300,000]
	Negative    time.Duration // how long an unknown id is remembered [24 h]
	StaleFor    time.Duration // pause between tries while an old object is served [30 s]
	Heartbeat   time.Duration // pause between questions for the database version [1 h]
	Log         *slog.Logger
	Metrics     prometheus.Registerer
}

// Cache serves structures: from memory, from the store, from the upstream. One
// upstream call is made for a material however many ask at one time, and it
// goes on when they leave. Objects are checked whenever they are loaded; a
// damaged one is put aside and fetched again. When the upstream fails, an
// object of an older database version is served, or the library's.
type Cache struct {
	client *Client
	store  Store
	opt    CacheOptions
	log    *slog.Logger
	m      *metrics

	mem     *memory
	loads   singleflight.Group // store → memory
	flights singleflight.Group // upstream → store → memory
	active  atomic.Int32

	mu       sync.Mutex
	db       string              // version in use, "" if never heard
	versions map[string]struct{} // versions that the store holds objects of
	negative *simplelru.LRU[int, refusal]
	asked    time.Time // last question for the version

	bytes, count atomic.Int64
	evicting     atomic.Bool
	searches     searches
}

// refusal is a remembered answer without a structure.
type refusal struct {
	err   error
	db    string
	until time.Time
}

// NewCache returns a cache over a store, using the client for what the store
// lacks. It reads the last known database version from the store.
func NewCache(client *Client, store Store, opt CacheOptions) (*Cache, error) {
	opt.MemoryBytes = orElse(opt.MemoryBytes, 16<<20)
	opt.StoreBytes = orElse(opt.StoreBytes, 2<<30)
	opt.StoreCount = orElse(opt.StoreCount, 300_000)
	opt.Negative = orElse(opt.Negative, 24*time.Hour)
	opt.StaleFor = orElse(opt.StaleFor, 30*time.Second)
	opt.Heartbeat = orElse(opt.Heartbeat, time.Hour)
	negative, err := simplelru.NewLRU[int, refusal](maxNegative, nil)
	if err != nil {
		return nil, err
	}
	c := &Cache{
		client: client, store: store, opt: opt, log: orElse(opt.Log, slog.Default()), m: client.m,
		mem: newMemory(opt.MemoryBytes), versions: map[string]struct{}{}, negative: negative,
	}
	c.searches.init()
	if data, err := store.Get(context.Background(), versionKey); err == nil {
		if v, ok := parseVersion(data); ok {
			c.db = v
			c.versions[v] = struct{}{}
			c.m.version.WithLabelValues(v).Set(1)
		}
	}
	return c, nil
}

func objectKey(db string, id int) string {
	return schema + "/" + db + "/" + strconv.Itoa(id) + ".json"
}

// parseKey splits the key of an object.
func parseKey(key string) (db string, id int, ok bool) {
	parts := strings.Split(key, "/")
	if len(parts) != 3 || parts[0] != schema || !validVersion(parts[1]) {
		return "", 0, false
	}
	number, ok := strings.CutSuffix(parts[2], ".json")
	id, err := strconv.Atoi(number)
	return parts[1], id, ok && err == nil
}

// Version returns the database version in use, or "" if it was never heard.
func (c *Cache) Version() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.db
}

// Cached answers without asking the upstream: from memory, remembered
// refusals or the store. known is false if only the upstream can tell.
func (c *Cache) Cached(ctx context.Context, id int) (o *Object, err error, known bool) {
	db := c.Version()
	if o := c.mem.get(id); o.fresh(db) {
		c.m.cache.WithLabelValues("memory").Inc()
		return o, nil, true
	}
	if err := c.refused(id, db); err != nil {
		c.m.cache.WithLabelValues("negative").Inc()
		return nil, err, true
	}
	v, err, _ := c.loads.Do(strconv.Itoa(id), func() (any, error) {
		o, err := c.find(context.WithoutCancel(ctx), orElse(db, noVersion), id)
		if err == nil {
			c.m.cache.WithLabelValues("store").Inc()
			c.mem.put(id, o)
		}
		return o, err
	})
	if err != nil {
		return nil, nil, false
	}
	return v.(*Object), nil, true
}

// fresh reports whether an object in memory may be served without a look
// elsewhere: it belongs to the database version, or it stands in for one that
// the upstream refused a moment ago.
func (o *Object) fresh(db string) bool {
	switch {
	case o == nil:
		return false
	case o.Stale || o.Library:
		return time.Now().Before(o.until)
	}
	return o.DB == db
}

func (c *Cache) refused(id int, db string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	r, ok := c.negative.Get(id)
	if !ok {
		return nil
	}
	if r.db != db || time.Now().After(r.until) {
		c.negative.Remove(id)
		return nil
	}
	return r.err
}

func (c *Cache) refuse(id int, db string, err error, d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.negative.Add(id, refusal{err, db, time.Now().Add(d)})
}

// Structure returns the structure of a material. It waits for the upstream if
// it must, and returns the context's error if the caller has gone; the call to
// the upstream then goes on for the others and for the store.
//
// Errors: ErrUnknown, ErrNoKey, ErrLicence, ErrUnusable, ErrUpstream,
// *BusyError.
func (c *Cache) Structure(ctx context.Context, id int) (*Object, error) {
	if o, err, known := c.Cached(ctx, id); known {
		return o, err
	}
	done := c.flights.DoChan(strconv.Itoa(id), func() (v any, err error) {
		// A panic here would end the process: nobody above can recover it.
		defer func() {
			if p := recover(); p != nil {
				c.log.Error("panic while fetching", "id", id, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
				v, err = nil, fmt.Errorf("%w: internal error", ErrUnusable)
			}
		}()
		if c.active.Add(1) > maxFlights {
			c.active.Add(-1)
			return nil, &BusyError{c.client.opt.Total}
		}
		defer c.active.Add(-1)
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.client.opt.Total)
		defer cancel()
		return c.fetch(ctx, id)
	})
	select {
	case r := <-done:
		if r.Err != nil {
			return nil, r.Err
		}
		return r.Val.(*Object), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// fetch gets a structure from the upstream, stores it and puts it in memory.
func (c *Cache) fetch(ctx context.Context, id int) (*Object, error) {
	// Another flight may have landed between the caller's look and this one.
	db := c.Version()
	if o := c.mem.get(id); o.fresh(db) {
		return o, nil
	}
	if err := c.refused(id, db); err != nil {
		return nil, err
	}
	if c.client.opt.Key.Set() {
		db = c.versionNow(ctx)
	}
	release, landed := c.lease(ctx, orElse(db, noVersion), id)
	if landed != nil {
		return landed, nil
	}
	defer release()
	doc, err := c.client.Structure(ctx, id, db)
	if err == nil {
		var body []byte
		if body, err = source.EncodeDoc(doc); err == nil {
			return c.keep(ctx, orElse(db, noVersion), id, doc.ID, body)
		}
		err = fmt.Errorf("%w: %w", ErrUnusable, err)
	}
	switch {
	case errors.Is(err, ErrUnknown), errors.Is(err, ErrLicence):
		c.refuse(id, db, err, c.opt.Negative)
	case errors.Is(err, ErrUnusable):
		c.refuse(id, db, err, min(time.Hour, c.opt.Negative))
	}
	if o := c.older(ctx, id, db); o != nil && !errors.Is(err, ErrLicence) {
		c.log.Warn("serving an older structure", "id", id, "version", o.DB, "library", o.Library, "reason", err.Error())
		c.m.cache.WithLabelValues("stale").Inc()
		return o, nil
	}
	c.m.cache.WithLabelValues("error").Inc()
	return nil, err
}

// keep stores a new object that was asked for as number id. A store that fails
// costs nothing but the next fetch: the object is served all the same.
func (c *Cache) keep(ctx context.Context, db string, id, now int, body []byte) (*Object, error) {
	o, err := newObject(db, now, body)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnusable, err)
	}
	c.m.cache.WithLabelValues("fetched").Inc()
	c.mem.put(now, o)
	err = c.store.Put(ctx, objectKey(db, now), body)
	if now != id {
		o = o.movedFrom()
		c.mem.put(id, o)
		err = errors.Join(err, c.store.Put(ctx, moveKey(id), encodeMove(id, now)))
	}
	if err != nil {
		c.m.cache.WithLabelValues("write_error").Inc()
		c.log.Error("structure not stored", "id", id, "error", err.Error())
		return o, nil
	}
	c.mu.Lock()
	c.versions[db] = struct{}{}
	c.mu.Unlock()
	c.grow(1, int64(len(body)))
	return o, nil
}

// AtVersion returns the stored object of a certain database version, or an
// error that is ErrAbsent.
func (c *Cache) AtVersion(ctx context.Context, db string, id int) (*Object, error) {
	if !validVersion(db) || source.FormatMP(id) == "" {
		return nil, ErrAbsent
	}
	if o := c.mem.get(id); o != nil && o.DB == db && !o.Moved {
		return o, nil
	}
	return c.load(ctx, db, id)
}

// packers holds writers: one has 800 kB, and a document 1.
var packers = sync.Pool{New: func() any {
	w, err := gzip.NewWriterLevel(nil, gzip.BestCompression)
	if err != nil {
		panic(err) // only a level that there is not is refused
	}
	return w
}}

// newObject checks a document and makes the object that is served from it.
func newObject(db string, id int, body []byte) (*Object, error) {
	if len(body) > maxObject {
		return nil, fmt.Errorf("mp: document has %d bytes, the limit is %d", len(body), maxObject)
	}
	doc, err := source.DecodeDoc(body)
	if err != nil {
		return nil, err
	}
	if doc.ID != id || db != noVersion && doc.Database != db {
		return nil, fmt.Errorf("mp: document of %s, version %s, in the place of number %d, version %s", source.FormatMP(doc.ID), doc.Database, id, db)
	}
	var z bytes.Buffer
	w := packers.Get().(*gzip.Writer)
	defer packers.Put(w)
	w.Reset(&z)
	if _, err := w.Write(body); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	o := &Object{ID: id, DB: db, Body: body, Gzip: z.Bytes(), ETag: etag(body)}
	if db == noVersion {
		o.DB = ""
	}
	return o, nil
}

// load reads an object from the store and checks it. A damaged one is put
// aside, and the answer is as if it were absent.
func (c *Cache) load(ctx context.Context, db string, id int) (*Object, error) {
	key := objectKey(db, id)
	body, err := c.store.Get(ctx, key)
	if err != nil {
		return nil, err
	}
	o, err := newObject(db, id, body)
	if err == nil {
		return o, nil
	}
	c.m.cache.WithLabelValues("corrupt").Inc()
	c.log.Error("damaged structure put aside", "key", key, "bytes", len(body), "error", err.Error())
	c.quarantine(ctx, key, body)
	return nil, ErrAbsent
}

const quarantinePrefix = "quarantine/"

// quarantine moves a damaged object out of the way, for a person to look at.
func (c *Cache) quarantine(ctx context.Context, key string, body []byte) {
	aside := quarantinePrefix + strings.ReplaceAll(strings.TrimPrefix(key, schema+"/"), "/", "_") + "." + strconv.FormatInt(time.Now().UnixNano(), 36)
	if err := c.store.Put(ctx, aside, body); err != nil {
		c.log.Error("damaged structure not kept", "key", key, "error", err.Error())
	}
	if err := c.store.Delete(ctx, key); err != nil {
		c.log.Error("damaged structure not removed", "key", key, "error", err.Error())
	}
	c.grow(-1, -int64(len(body)))
	var all []Info
	for info, err := range c.store.List(ctx, quarantinePrefix) {
		if err != nil {
			return
		}
		all = append(all, info)
	}
	slices.SortFunc(all, func(a, b Info) int { return b.Time.Compare(a.Time) })
	for _, info := range all[min(maxQuarantined, len(all)):] {
		if err := c.store.Delete(ctx, info.Key); err != nil {
			return
		}
	}
}

// older returns the newest object of another database version, or the
// library's entry, or nil. It stays in memory for a short while, so that an
// upstream that is down is not asked for every visitor.
func (c *Cache) older(ctx context.Context, id int, db string) *Object {
	c.mu.Lock()
	versions := make([]string, 0, len(c.versions)+1)
	for v := range c.versions {
		versions = append(versions, v)
	}
	c.mu.Unlock()
	if !slices.Contains(versions, noVersion) {
		versions = append(versions, noVersion)
	}
	slices.SortFunc(versions, func(a, b string) int { return compareVersions(b, a) })
	for _, v := range versions {
		if o, err := c.find(ctx, v, id); err == nil {
			o.Stale = db != "" && o.DB != db
			o.until = time.Now().Add(c.opt.StaleFor)
			c.mem.put(id, o)
			return o
		}
	}
	doc, ok := libraryDoc(id)
	if !ok {
		return nil
	}
	body, err := source.EncodeDoc(doc)
	if err != nil {
		c.log.Error("library entry cannot be written", "id", id, "error", err.Error())
		return nil
	}
	o, err := newObject(noVersion, id, body)
	if err != nil {
		c.log.Error("library entry cannot be read back", "id", id, "error", err.Error())
		return nil
	}
	o.Library = true
	o.until = time.Now().Add(c.opt.StaleFor)
	c.mem.put(id, o)
	return o
}

// etag returns a strong ETag for bytes.
func etag(body []byte) string {
	sum := sha256.Sum256(body)
	return `"` + hex.EncodeToString(sum[:12]) + `"`
}
