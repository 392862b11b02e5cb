package mp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/google/renameio/v2"
)

// staleTemp is the age after which an unfinished file is nobody's: the process
// that wrote it was killed.
const staleTemp = time.Hour

// FileStore is a Store in a directory: one file for each key, written beside
// its place, flushed and renamed.
type FileStore struct {
	dir string
	log *slog.Logger

	mu      sync.Mutex
	checked time.Time // when free space was last asked for
	full    bool
	told    map[string]bool // odd files that have been told of
	free    func(dir string) (free, total uint64, err error)
}

// NewFileStore opens a store, making the directory if it is absent. One that
// can only be read is a store too. Odd files in it are told to log.
func NewFileStore(dir string, log *slog.Logger) (*FileStore, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("mp: cache directory: %w", err)
	}
	d, err := os.Open(dir)
	if err != nil {
		return nil, fmt.Errorf("mp: cache directory: %w", err)
	}
	defer d.Close()
	if _, err := d.ReadDir(1); err != nil && err != io.EOF {
		return nil, fmt.Errorf("mp: cache directory: %w", err)
	}
	return &FileStore{dir: dir, log: orElse(log, slog.Default()), free: freeSpace, told: map[string]bool{}}, nil
}

const maxTold = 100

// odd tells, once, of a file that is no object of ours and is passed over.
func (s *FileStore) odd(path, why string) {
	s.mu.Lock()
	told := s.told[path] || len(s.told) >= maxTold
	s.told[path] = true
	s.mu.Unlock()
	if !told {
		s.log.Warn("a file in the cache is passed over", "file", path, "why", why)
	}
}

// oddity says why a file is no object of ours; "" if it may be one.
func oddity(info fs.FileInfo) string {
	switch {
	case !info.Mode().IsRegular():
		return "it is no regular file"
	case info.Size() > maxObject:
		return fmt.Sprintf("it has %d bytes, objects have at most %d", info.Size(), maxObject)
	}
	return ""
}

func (s *FileStore) path(key string) (string, error) {
	if !validKey(key) {
		return "", fmt.Errorf("mp: store key %q", key)
	}
	return filepath.Join(s.dir, filepath.FromSlash(key)), nil
}

// Get returns the object.
func (s *FileStore) Get(_ context.Context, key string) ([]byte, error) {
	path, err := s.path(key)
	if err != nil {
		return nil, err
	}
	// Not before a look: opening a pipe would wait for who writes to it.
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if why := oddity(info); why != "" {
		s.odd(path, why)
		return nil, ErrAbsent
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxObject+1))
	if err == nil && len(data) > maxObject {
		data = data[:maxObject] // it grew meanwhile: cut, so that its checksum fails
	}
	return data, err
}

// Put stores the object.
func (s *FileStore) Put(_ context.Context, key string, data []byte) error {
	path, err := s.path(key)
	if err != nil {
		return err
	}
	if s.short() {
		return ErrFull
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return noRoom(err)
	}
	f, err := renameio.NewPendingFile(path, renameio.WithTempDir(dir), renameio.WithStaticPermissions(0o644))
	if err != nil {
		return noRoom(err)
	}
	defer f.Cleanup()
	if _, err := f.Write(data); err != nil {
		return noRoom(err)
	}
	if err := f.CloseAtomicallyReplace(); err != nil {
		return noRoom(err)
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// noRoom marks errors that mean a full disk.
func noRoom(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG) {
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	return err
}

// Delete removes the object.
func (s *FileStore) Delete(_ context.Context, key string) error {
	path, err := s.path(key)
	if err != nil {
		return err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// List yields the objects, a directory at a time in small portions. It removes
// unfinished files that a killed process left behind.
func (s *FileStore) List(ctx context.Context, prefix string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		root := filepath.Join(s.dir, filepath.FromSlash(prefix))
		if err := s.walk(ctx, root, yield); err != nil && !errors.Is(err, errStop) {
			yield(Info{}, err)
		}
	}
}

var errStop = errors.New("stop")

func (s *FileStore) walk(ctx context.Context, dir string, yield func(Info, error) bool) error {
	d, err := os.Open(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer d.Close()
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		entries, err := d.ReadDir(256)
		for _, e := range entries {
			path := filepath.Join(dir, e.Name())
			if e.IsDir() {
				if err := s.walk(ctx, path, yield); err != nil {
					return err
				}
				continue
			}
			info, err := e.Info()
			if err != nil {
				continue // gone since
			}
			if strings.HasPrefix(e.Name(), ".") {
				if time.Since(info.ModTime()) > staleTemp {
					os.Remove(path)
				}
				continue
			}
			if why := oddity(info); why != "" {
				s.odd(path, why)
				continue
			}
			rel, err := filepath.Rel(s.dir, path)
			if err != nil {
				return err
			}
			if !yield(Info{filepath.ToSlash(rel), info.Size(), info.ModTime()}, nil) {
				return errStop
			}
		}
		if err == io.EOF || err == nil && len(entries) == 0 {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// Check writes and removes a small file.
func (s *FileStore) Check(context.Context) error {
	if s.short() {
		return ErrFull
	}
	f, err := os.CreateTemp(s.dir, ".check-")
	if err != nil {
		return fmt.Errorf("mp: cache directory cannot be written: %w", noRoom(err))
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString("ok")
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("mp: cache directory cannot be written: %w", noRoom(err))
	}
	return nil
}

// short reports whether the disk is nearly full: less than a tenth and less
// than 1 GiB free. It asks the system at most every ten seconds.
func (s *FileStore) short() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Since(s.checked) < 10*time.Second {
		return s.full
	}
	s.checked = time.Now()
	free, total, err := s.free(s.dir)
	s.full = err == nil && free < min(total/10, 1<<30)
	return s.full
}
