package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"time"

	"zoneaxis/server/internal/hits"
)

// Kind is what is summed for each day.
type Kind int

// The kinds. They stand in files: never change a number.
const (
	All      Kind = iota + 1 // pages seen and visitors, without names
	Page                     // by path
	Referrer                 // by host
	Country                  // by two letters, or Unknown
	Event                    // by what happened; for those of other sites by name
	Crystal                  // of which patterns were shown
	Zone                     // crystal and zone axis of which patterns were shown
	Model                    // of patterns
	Export                   // by format
	Tool                     // by name
	Bot                      // hits of programs, without names
	Refused                  // hits that could not be read, without names
)

// Unknown is the country of who came from nowhere known.
const Unknown = "unknown"

// View is one page that was seen, or one event.
type View struct {
	At       time.Time
	Session  int64 // of a visitor on this day; 0 if nothing is known
	Event    bool
	Name     string // path of the page, or name of the event
	Title    string // of the page; "" if it has none
	Referrer string // host, or ""
	Country  string // two letters, or ""
	Bot      bool
}

type sum struct {
	kind Kind
	name string
}

// sums is what a view counts as.
func (v *View) sums() []sum {
	switch {
	case v.Bot:
		return []sum{{Bot, ""}}
	case !v.Event:
		list := []sum{{All, ""}, {Page, v.Name}, {Country, cmp.Or(v.Country, Unknown)}}
		if v.Referrer != "" {
			list = append(list, sum{Referrer, v.Referrer})
		}
		return list
	}
	e, ok := hits.ReadEvent(v.Name)
	if !ok {
		return []sum{{Event, v.Name}}
	}
	list := []sum{{Event, e.Kind}}
	switch e.Kind {
	case hits.KindPattern:
		list = append(list, sum{Crystal, e.Crystal}, sum{Model, e.Model})
		if e.Zone != "" {
			list = append(list, sum{Zone, e.Crystal + " " + e.Zone})
		}
	case hits.KindExport:
		list = append(list, sum{Export, e.Detail})
	case hits.KindTool:
		list = append(list, sum{Tool, e.Detail})
	}
	return list
}

// ErrBusy says that too much waits to be written: come back in a second.
var ErrBusy = errors.New("too much waits to be written")

// ErrClosed says that the store is being closed.
var ErrClosed = errors.New("the counter is being stopped")

type job struct {
	views   []View
	refused int
	done    chan error
}

// Add counts views, and hits that were refused, and returns when they are on
// the disk. After an error none of them is.
func (s *Store) Add(views []View, refused int) error {
	j := job{views, refused, make(chan error, 1)}
	select {
	case <-s.stop:
		return ErrClosed
	default:
	}
	select {
	case s.jobs <- j:
	default:
		return ErrBusy
	}
	select {
	case err := <-j.done:
		return err
	case <-s.ended:
		select {
		case err := <-j.done:
			return err
		default:
			return ErrClosed
		}
	}
}

// run writes until the store is closed: all that waits in one transaction.
func (s *Store) run() {
	defer close(s.ended)
	tidy := time.NewTimer(time.Minute)
	defer tidy.Stop()
	for {
		select {
		case j := <-s.jobs:
			s.group(j)
		case <-tidy.C:
			more, err := s.prune(time.Now())
			if err != nil {
				s.log.Warn("old views could not be removed", "error", explain(s.file, err).Error())
			}
			if more && err == nil {
				tidy.Reset(100 * time.Millisecond) // those who count come first
			} else {
				tidy.Reset(time.Hour)
			}
		case <-s.stop:
			for {
				select {
				case j := <-s.jobs:
					s.group(j)
				default:
					return
				}
			}
		}
	}
}

// group writes a job together with those that wait behind it.
func (s *Store) group(first job) {
	group, n := []job{first}, len(first.views)
	for more := true; more && n < atOnce; {
		select {
		case j := <-s.jobs:
			group, n = append(group, j), n+len(j.views)
		default:
			more = false
		}
	}
	err := s.commit(group)
	if err != nil {
		err = explain(s.file, err)
		text := err.Error()
		if s.fault.Swap(&text) == nil {
			s.log.Error("visits are not counted", "error", text)
		}
	} else if s.fault.Swap(nil) != nil {
		s.log.Info("visits are counted again")
	}
	for _, j := range group {
		j.done <- err
	}
}

// commit writes jobs in one transaction, wholly or not at all.
func (s *Store) commit(group []job) (err error) {
	ctx := context.Background()
	if err := s.exec(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			s.exec(ctx, "ROLLBACK") // it may have been rolled back already
			// What is known of names may not be so.
			s.names.Purge()
			s.title.Purge()
			clear(s.sizes)
		}
	}()
	w := &writing{s: s, ctx: ctx, deltas: map[delta][2]int64{}, seen: map[sighting]bool{}}
	oldest := DayOf(time.Now()) - KeepDays
	for _, j := range group {
		if j.refused > 0 {
			w.deltas[delta{Refused, DayOf(time.Now()), 0}] = [2]int64{w.deltas[delta{Refused, DayOf(time.Now()), 0}][0] + int64(j.refused), 0}
		}
		for i := range j.views {
			if err := w.add(&j.views[i], oldest); err != nil {
				return err
			}
		}
	}
	if err := w.flush(); err != nil {
		return err
	}
	return s.exec(ctx, "COMMIT")
}

// writing is one transaction under way.
type writing struct {
	s      *Store
	ctx    context.Context
	deltas map[delta][2]int64 // views and visitors
	seen   map[sighting]bool
}

type delta struct {
	kind Kind
	day  int
	name int64
}

type sighting struct {
	delta
	session int64
}

func (w *writing) add(v *View, oldest int) error {
	day := DayOf(v.At)
	for _, sum := range v.sums() {
		name, err := w.name(sum.kind, day, sum.name)
		if err != nil {
			return err
		}
		d := delta{sum.kind, day, name}
		n := w.deltas[d]
		n[0]++
		w.deltas[d] = n
		if at := (sighting{d, v.Session}); v.Session != 0 && !v.Bot && !w.seen[at] {
			w.seen[at] = true
			found, err := w.s.often(w.ctx, "INSERT OR IGNORE INTO seen (kind, day, name, session) VALUES (?, ?, ?, ?)", int(d.kind), d.day, d.name, v.Session)
			if err != nil {
				return err
			}
			if rows, err := found.RowsAffected(); err != nil {
				return err
			} else if rows == 1 {
				n[1]++
				w.deltas[d] = n
			}
		}
	}
	if v.Bot || day < oldest {
		return nil
	}
	kind := Page
	if v.Event {
		kind = Event
	}
	name, err := w.name(kind, day, v.Name)
	if err != nil {
		return err
	}
	if err := w.remember(name, v.Title); err != nil {
		return err
	}
	referrer, err := w.name(Referrer, day, v.Referrer)
	if err != nil {
		return err
	}
	country, err := w.name(Country, day, cmp.Or(v.Country, Unknown))
	if err != nil {
		return err
	}
	_, err = w.s.often(w.ctx, "INSERT INTO views (at, session, event, name, referrer, country) VALUES (?, ?, ?, ?, ?, ?)",
		v.At.Unix(), v.Session, v.Event, name, referrer, country)
	return err
}

// name is the number of a name, 0 for none. A kind has a bounded number of them
// on a day.
func (w *writing) name(kind Kind, day int, text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	s := w.s
	id, ok := s.names.Get(text)
	if !ok {
		find, err := s.prepared(w.ctx, "SELECT id FROM names WHERE text = ?")
		if err != nil {
			return 0, err
		}
		if err := find.QueryRowContext(w.ctx, text).Scan(&id); errors.Is(err, sql.ErrNoRows) {
			full, err := w.full(kind, day)
			if err != nil {
				return 0, err
			}
			if full && text != Other {
				return w.name(kind, day, Other)
			}
			made, err := s.conn.ExecContext(w.ctx, "INSERT INTO names (text) VALUES (?)", text)
			if err != nil {
				return 0, err
			}
			if id, err = made.LastInsertId(); err != nil {
				return 0, err
			}
			s.sizes[dayKind{day, kind}]++
		} else if err != nil {
			return 0, err
		}
		s.names.Add(text, id)
	}
	return id, nil
}

// full reports whether a kind has as many new names on a day as it may have.
// Names that were there before cost nothing.
func (w *writing) full(kind Kind, day int) (bool, error) {
	key := dayKind{day, kind}
	if _, ok := w.s.sizes[key]; !ok {
		if len(w.s.sizes) > 1000 {
			clear(w.s.sizes)
		}
		n := 0
		if err := w.s.conn.QueryRowContext(w.ctx, "SELECT count(*) FROM sums WHERE kind = ? AND day = ?", int(kind), day).Scan(&n); err != nil {
			return false, err
		}
		w.s.sizes[key] = n
	}
	return w.s.sizes[key] >= NamesADay, nil
}

// remember keeps the last title of a page.
func (w *writing) remember(name int64, title string) error {
	if known, ok := w.s.title.Get(name); title == "" || ok && known == title {
		return nil
	}
	w.s.title.Add(name, title)
	return w.s.exec(w.ctx, "UPDATE names SET title = ? WHERE id = ? AND title <> ?", title, name, title)
}

func (w *writing) flush() error {
	for d, n := range w.deltas {
		_, err := w.s.often(w.ctx, `INSERT INTO sums (kind, day, name, views, visitors) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET views = views + excluded.views, visitors = visitors + excluded.visitors`, int(d.kind), d.day, d.name, n[0], n[1])
		if err != nil {
			return err
		}
	}
	return nil
}

// prune removes some of what is older than KeepDays, and reports whether there
// may be more.
func (s *Store) prune(now time.Time) (more bool, err error) {
	oldest := DayOf(now) - KeepDays
	ctx := context.Background()
	const some = 5000
	for query, bound := range map[string]int64{
		"DELETE FROM views WHERE id IN (SELECT id FROM views WHERE at < ? ORDER BY at LIMIT ?)":                                               DayTime(oldest).Unix(),
		"DELETE FROM seen WHERE (day, kind, name, session) IN (SELECT day, kind, name, session FROM seen WHERE day < ? ORDER BY day LIMIT ?)": int64(oldest),
	} {
		gone, err := s.conn.ExecContext(ctx, query, bound, some)
		if err != nil {
			return false, err
		}
		n, err := gone.RowsAffected()
		if err != nil {
			return false, err
		}
		more = more || n == some
	}
	return more, s.exec(ctx, "PRAGMA incremental_vacuum(2000)")
}
