// Package service is what the site's server and the counter of visits have in
// common as programs that run for long: settings by flag and environment,
// secrets in files, a log that nobody waits for, listeners, the check for
// containers, and an end that comes in time.
package service

import (
	"runtime"
	"runtime/debug"

	"github.com/KimMachineGun/automemlimit/memlimit"
)

// ContainerMemory returns nine tenths of the memory that the container may take;
// 0 if it has no limit.
func ContainerMemory() int64 {
	limit, err := memlimit.FromCgroup()
	if err != nil || limit > 1<<50 {
		return 0
	}
	return int64(limit / 10 * 9)
}

// Version tells what a program was built from: revision is the commit as the
// build knows it, or "" for what the go command has noted.
func Version(program, revision string) string {
	return program + " " + commit(revision) + " " + runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH
}

func commit(revision string) string {
	if revision != "" {
		return revision
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				return s.Value[:min(12, len(s.Value))]
			}
		}
	}
	return "of an unknown revision"
}
