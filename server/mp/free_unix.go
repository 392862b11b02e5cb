//go:build linux || darwin || freebsd

package mp

import "syscall"

// freeSpace returns the bytes that may still be written where dir is, and the
// size of that file system.
func freeSpace(dir string) (free, total uint64, err error) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return 0, 0, err
	}
	size := uint64(st.Bsize)
	return uint64(st.Bavail) * size, uint64(st.Blocks) * size, nil
}
