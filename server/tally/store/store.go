// Package store keeps the counts of visits in one file: every view for thirty
// days, and sums of each day for ever.
//
// Views are written in groups by one goroutine, and [Store.Add] returns when
// they are on the disk: what was promised is kept, whatever ends the program.
// The file is SQLite's with a write-ahead log, so that it can be read, and
// copied by [Backup], while it is written.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

const (
	// File is the name of the data file in its directory.
	File = "tally.db"
	// KeepDays is how long single views are kept.
	KeepDays = 30
	// NamesADay bounds the names of one kind that a day has, so that nobody fills
	// the disk with invented ones; what comes beside them counts as Other.
	NamesADay = 2000
	// Other is the name of what had no room.
	Other = "(other)"

	applicationID = 0x7a6178_01 // "zax", 1
	schemaVersion = 1
	queued        = 8    // requests that wait to be written
	atOnce        = 5000 // views in one transaction
	knownNames    = 4096 // names kept in memory
)

const schema = `
CREATE TABLE names (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE, title TEXT NOT NULL DEFAULT '') STRICT;
CREATE TABLE views (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, session INTEGER NOT NULL, event INTEGER NOT NULL,
	name INTEGER NOT NULL, referrer INTEGER NOT NULL, country INTEGER NOT NULL) STRICT;
CREATE INDEX views_at ON views (at);
CREATE TABLE seen (kind INTEGER NOT NULL, day INTEGER NOT NULL, name INTEGER NOT NULL, session INTEGER NOT NULL,
	PRIMARY KEY (day, kind, name, session)) STRICT, WITHOUT ROWID;
CREATE TABLE sums (kind INTEGER NOT NULL, day INTEGER NOT NULL, name INTEGER NOT NULL, views INTEGER NOT NULL, visitors INTEGER NOT NULL,
	PRIMARY KEY (kind, day, name)) STRICT, WITHOUT ROWID;
CREATE TABLE notes (key TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;`

// Store is an open data file.
type Store struct {
	file        string
	write, read *sql.DB
	log         *slog.Logger

	jobs  chan job
	stop  chan struct{}
	ended chan struct{}
	fault atomic.Pointer[string] // why the last writing failed

	// Of the goroutine that writes.
	conn  *sql.Conn
	names *lru.Cache[string, int64]
	title *lru.Cache[int64, string]
	sizes map[dayKind]int // how many names a kind has on a day
	known map[string]*sql.Stmt
}

type dayKind struct {
	day  int
	kind Kind
}

// Open opens the data file in a directory, and makes both if they are missing.
// Every error is a sentence that says what is to be done.
func Open(dir string, log *slog.Logger) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("the directory %s cannot be made: %w", dir, cause(err))
	}
	file := filepath.Join(dir, File)
	// Made here, so that nobody else can read it.
	f, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be written: %w", file, cause(err))
	}
	f.Close()
	s := &Store{
		file: file, log: log, jobs: make(chan job, queued), stop: make(chan struct{}), ended: make(chan struct{}), sizes: map[dayKind]int{}, known: map[string]*sql.Stmt{},
	}
	if s.names, err = lru.New[string, int64](knownNames); err != nil {
		return nil, err
	}
	if s.title, err = lru.New[int64, string](knownNames); err != nil {
		return nil, err
	}
	if err := s.open(); err != nil {
		s.closeFiles()
		return nil, explain(file, err)
	}
	go s.run()
	return s, nil
}

func (s *Store) open() (err error) {
	ctx := context.Background()
	if s.write, err = connect(s.file, 1, "busy_timeout(10000)"); err != nil {
		return err
	}
	if s.conn, err = s.write.Conn(ctx); err != nil {
		return err
	}
	fresh, err := recognise(ctx, s.conn)
	if err != nil {
		return err
	}
	if fresh {
		if err := s.exec(ctx, "PRAGMA auto_vacuum = INCREMENTAL"); err != nil {
			return err
		}
	}
	for _, p := range []string{"journal_mode = WAL", "synchronous = FULL", "journal_size_limit = 4194304", "cache_size = -2000"} {
		if err := s.exec(ctx, "PRAGMA "+p); err != nil {
			return err
		}
	}
	if fresh {
		err = s.exec(ctx, fmt.Sprintf("BEGIN IMMEDIATE; %s PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT", schema, applicationID, schemaVersion))
	} else {
		err = check(ctx, s.conn)
	}
	if err != nil {
		return err
	}
	// Whether it can be written shows now and not with the first visitor.
	if err := s.exec(ctx, "INSERT INTO notes VALUES ('started', unixepoch()) ON CONFLICT DO UPDATE SET value = excluded.value"); err != nil {
		return err
	}
	s.read, err = connect(s.file, 2, "busy_timeout(10000)", "query_only(1)", "cache_size(-2000)")
	return err
}

func (s *Store) exec(ctx context.Context, query string, args ...any) error {
	_, err := s.conn.ExecContext(ctx, query, args...)
	return err
}

// prepared is a statement that is used again and again.
func (s *Store) prepared(ctx context.Context, query string) (*sql.Stmt, error) {
	if stmt, ok := s.known[query]; ok {
		return stmt, nil
	}
	stmt, err := s.conn.PrepareContext(ctx, query)
	if err == nil {
		s.known[query] = stmt
	}
	return stmt, err
}

// often executes such a statement.
func (s *Store) often(ctx context.Context, query string, args ...any) (sql.Result, error) {
	stmt, err := s.prepared(ctx, query)
	if err != nil {
		return nil, err
	}
	return stmt.ExecContext(ctx, args...)
}

// connect opens a file with at most so many connections.
func connect(file string, most int, pragmas ...string) (*sql.DB, error) {
	return connectAs(file, most, url.Values{"_pragma": pragmas})
}

func connectAs(file string, most int, how url.Values) (*sql.DB, error) {
	full, err := filepath.Abs(file)
	if err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: filepath.ToSlash(full)}).EscapedPath()+"?"+how.Encode())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(most)
	return db, db.Ping()
}

var (
	errForeign = errors.New("it belongs to another program")
	errNewer   = errors.New("it was written by a newer version of this program")
	errDamaged = errors.New("it is damaged")
)

// recognise reports whether a file is empty, and refuses those of others.
func recognise(ctx context.Context, conn *sql.Conn) (fresh bool, err error) {
	var id, version, tables int
	for query, into := range map[string]*int{"PRAGMA application_id": &id, "PRAGMA user_version": &version, "SELECT count(*) FROM sqlite_schema": &tables} {
		if err := conn.QueryRowContext(ctx, query).Scan(into); err != nil {
			return false, err
		}
	}
	switch {
	case tables == 0 && id == 0:
		return true, nil
	case id != applicationID:
		return false, errForeign
	case version > schemaVersion:
		return false, errNewer
	}
	return false, nil
}

// check reads the whole file and tells whether it is damaged.
func check(ctx context.Context, conn *sql.Conn) error {
	var said string
	if err := conn.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&said); err != nil {
		return err
	}
	if said != "ok" {
		return errDamaged
	}
	return nil
}

// explain is a sentence about a file that cannot be used.
func explain(file string, err error) error {
	var e *sqlite.Error
	code := 0
	if errors.As(err, &e) {
		code = e.Code() & 0xff
	}
	switch {
	case errors.Is(err, errForeign):
		return fmt.Errorf("%s is a data file of another program: choose another directory", file)
	case errors.Is(err, errNewer):
		return fmt.Errorf("%s was written by a newer version of this program: use that one, or restore an older backup", file)
	case errors.Is(err, errDamaged), code == lib.SQLITE_CORRUPT, code == lib.SQLITE_NOTADB:
		return fmt.Errorf("%s is damaged, and is left as it is: move it away together with %s-wal and %s-shm, and restore a backup", file, File, File)
	case code == lib.SQLITE_FULL, code == lib.SQLITE_IOERR:
		return fmt.Errorf("%s cannot be written: the disk is full or fails (%v)", file, err)
	case code == lib.SQLITE_READONLY, code == lib.SQLITE_CANTOPEN, code == lib.SQLITE_PERM:
		return fmt.Errorf("%s cannot be written: this user may not write there (%v)", file, err)
	case code == lib.SQLITE_BUSY, code == lib.SQLITE_LOCKED:
		return fmt.Errorf("%s is in use by another program (%v)", file, err)
	}
	return fmt.Errorf("%s: %w", file, err)
}

// cause is what is wrong with a file, without its name.
func cause(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// Fault is why the last writing failed, or "".
func (s *Store) Fault() string {
	if f := s.fault.Load(); f != nil {
		return *f
	}
	return ""
}

// Close writes what waits and closes the file.
func (s *Store) Close() error {
	close(s.stop)
	<-s.ended
	// The log is put into the file, so that it can be copied by itself.
	err := s.exec(context.Background(), "PRAGMA wal_checkpoint(TRUNCATE)")
	return errors.Join(err, s.closeFiles())
}

func (s *Store) closeFiles() error {
	var errs []error
	for _, stmt := range s.known {
		errs = append(errs, stmt.Close())
	}
	if s.conn != nil {
		errs = append(errs, s.conn.Close())
	}
	for _, db := range []*sql.DB{s.read, s.write} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}

// DayOf is the number of a day, counted from 1 January 1970; days are those of
// UTC.
func DayOf(t time.Time) int {
	seconds := t.Unix()
	day := seconds / 86400
	if seconds%86400 < 0 {
		day--
	}
	return int(day)
}

// DayTime is when a day begins.
func DayTime(day int) time.Time { return time.Unix(int64(day)*86400, 0).UTC() }
