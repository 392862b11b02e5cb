package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
)

// Backup copies the data file of a directory, as it is at one moment, to a new
// file, which is checked. The counter may be running.
func Backup(dir, to string) (err error) {
	from := filepath.Join(dir, File)
	if _, err := os.Stat(from); err != nil {
		return fmt.Errorf("there is no %s to copy: %w", from, cause(err))
	}
	if _, err := os.Lstat(to); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is there already: name a new file", to)
	}
	db, err := connect(from, 1, "busy_timeout(10000)")
	if err != nil {
		return explain(from, err)
	}
	defer db.Close()
	ctx := context.Background()
	if err := ours(ctx, db); err != nil {
		return explain(from, err)
	}
	part := to + ".part"
	defer os.Remove(part)
	f, err := os.OpenFile(part, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("%s cannot be written: %w", part, cause(err))
	}
	f.Close()
	if _, err := db.ExecContext(ctx, "VACUUM INTO ?", part); err != nil {
		return explain(part, err)
	}
	return put(part, to)
}

// Restore puts a backup into a directory that has no data file.
func Restore(from, dir string) error {
	to := filepath.Join(dir, File)
	for _, name := range []string{to, to + "-wal", to + "-shm"} {
		if _, err := os.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s is there: stop the counter and move it away first", name)
		}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("the directory %s cannot be made: %w", dir, cause(err))
	}
	source, err := os.Open(from)
	if err != nil {
		return fmt.Errorf("%s cannot be read: %w", from, cause(err))
	}
	defer source.Close()
	part := to + ".part"
	defer os.Remove(part)
	f, err := os.OpenFile(part, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("%s cannot be written: %w", part, cause(err))
	}
	_, err = io.Copy(f, source)
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("%s cannot be copied to %s: %w", from, part, cause(err))
	}
	return put(part, to)
}

// put checks a copy and gives it its name when it lies on the disk.
func put(part, to string) error {
	db, err := connectAs(part, 1, url.Values{"mode": {"ro"}, "immutable": {"1"}})
	if err != nil {
		return explain(part, err)
	}
	err = ours(context.Background(), db)
	if err = errors.Join(err, db.Close()); err != nil {
		return explain(part, err)
	}
	f, err := os.OpenFile(part, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(part, to)
}

// ours checks that a file is one of this program, and whole.
func ours(ctx context.Context, db *sql.DB) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if fresh, err := recognise(ctx, conn); err != nil {
		return err
	} else if fresh {
		return errForeign
	}
	return check(ctx, conn)
}
