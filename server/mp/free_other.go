//go:build !linux && !darwin && !freebsd

package mp

import "errors"

// freeSpace is not known on this system; writing then fails only when the disk
// is really full.
func freeSpace(string) (free, total uint64, err error) {
	return 0, 0, errors.ErrUnsupported
}
