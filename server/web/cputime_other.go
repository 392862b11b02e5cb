//go:build !linux

package web

import "time"

// processorTime runs a function and returns the time that it took, which stands
// here for processor time.
func processorTime(run func()) time.Duration {
	began := time.Now()
	run()
	return time.Since(began)
}
