// Package mp gets crystal structures from the Materials Project and keeps
// them. The Client talks to the upstream with good manners; the Cache stands
// before it (memory, then a store, then one upstream call however many ask)
// and holds our own small documents, never the upstream's answers.
package mp

import (
	"errors"
	"fmt"
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
