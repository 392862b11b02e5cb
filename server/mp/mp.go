// Package mp gets crystal structures from the Materials Project and keeps
// them. The Client talks to the upstream with good manners; the Cache stands
// before it (memory, then a store, then one upstream call however many ask)
// and holds our own small documents, never the upstream's answers.
package mp

import (
	"errors"
	"fmt"
	"log/slog"
	"time"
)

var (
	// ErrUnknown says that the Materials Project has no such material.
	ErrUnknown = errors.New("mp: no such material")
	// ErrNoKey says that this server has no key for the upstream.
	ErrNoKey = errors.New("mp: no API key configured")
	// ErrRefused says that the upstream refuses our key or this machine.
	ErrRefused = errors.New("mp: the upstream refuses the key")
	// ErrLicence says that the material's licence does not let us pass it on.
	ErrLicence = errors.New("mp: licence is not BY-C")
	// ErrUpstream says that the upstream did not answer, or answered nonsense.
	ErrUpstream = errors.New("mp: upstream failed")
	// ErrUnusable says that the upstream's structure cannot be used: no sites,
	// a flat cell, an element nobody knows.
	ErrUnusable = errors.New("mp: structure cannot be used")
)

// BusyError says to come back later: the upstream asked for a pause, its
// breaker is open, or our own budget is used up.
type BusyError struct{ After time.Duration }

func (e *BusyError) Error() string {
	return fmt.Sprintf("mp: busy, try again in %s", e.After.Round(time.Second))
}

const redacted = "[redacted]"

// Secret holds the API key. Whatever prints, logs or encodes it writes
// "[redacted]"; only this package can read it. The zero Secret is no key.
type Secret struct{ text string }

// NewSecret wraps a key.
func NewSecret(text string) Secret { return Secret{text} }

// Set reports whether there is a key.
func (s Secret) Set() bool { return s.text != "" }

// String returns "[redacted]", or "" without a key.
func (s Secret) String() string {
	if s.text == "" {
		return ""
	}
	return redacted
}

// Format writes what String returns, for every verb: %v, %+v, %#v and %x too.
func (s Secret) Format(f fmt.State, _ rune) { fmt.Fprint(f, s.String()) }

// LogValue returns what String returns.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText returns what String returns; JSON uses it as well.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
