package web

import (
	"runtime"
	"syscall"
	"time"
)

// ofThread asks getrusage for the calling thread alone.
const ofThread = 1

// processorTime runs a function and returns the processor time that it took.
func processorTime(run func()) time.Duration {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before, began := threadTime(), time.Now()
	run()
	if after := threadTime(); before >= 0 && after >= before {
		return after - before
	}
	return time.Since(began)
}

// threadTime is the processor time of this thread; -1 if that is not known.
func threadTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(ofThread, &u) != nil {
		return -1
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
