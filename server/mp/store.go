package mp

import (
	"context"
	"errors"
	"io/fs"
	"iter"
	"time"
)

// Store keeps objects by key. Keys are slash paths whose parts hold only
// lower-case letters, digits, dot, hyphen and underscore and do not begin with
// a dot. Several replicas may share a store. Implementations are safe for
// concurrent use.
type Store interface {
	// Get returns the object, or an error that is ErrAbsent.
	Get(ctx context.Context, key string) ([]byte, error)
	// Put stores the object whole or not at all, in place of an older one.
	// The error is ErrFull if there is no room.
	Put(ctx context.Context, key string, data []byte) error
	// Delete removes the object. One that is absent is no error.
	Delete(ctx context.Context, key string) error
	// List yields every object whose key begins with prefix (a whole number of
	// path parts with a slash at the end, or empty), in no order.
	List(ctx context.Context, prefix string) iter.Seq2[Info, error]
	// Check returns an error if objects cannot be written.
	Check(ctx context.Context) error
}

// Info describes a stored object.
type Info struct {
	Key  string
	Size int64
	Time time.Time // when it was stored
}

var (
	// ErrAbsent is what Get returns for a key that is not there.
	ErrAbsent = fs.ErrNotExist
	// ErrFull is what Put returns when there is no room.
	ErrFull = errors.New("mp: store is full")
)

// validKey reports whether a key keeps to the rules of Store.
func validKey(key string) bool {
	start := true
	for i := range len(key) {
		switch c := key[i]; {
		case c == '/':
			if start {
				return false
			}
			start = true
			continue
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', !start && (c == '.' || c == '-' || c == '_'):
		default:
			return false
		}
		start = false
	}
	return !start && len(key) <= 200
}
