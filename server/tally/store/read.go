package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Row is what one name has.
type Row struct {
	Name, Title     string
	Views, Visitors int64
}

// Point is what one day or hour has.
type Point struct {
	Begin           time.Time
	Views, Visitors int64
}

// Reading is a look at the file at one moment.
type Reading struct {
	tx  *sql.Tx
	ctx context.Context
}

// Read calls f with a look at the file.
func (s *Store) Read(ctx context.Context, f func(*Reading) error) error {
	tx, err := s.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer tx.Rollback() // nothing was written
	return f(&Reading{tx, ctx})
}

// Total sums a kind over days, from the first to before the last. Visitors are
// those of each day, added up: nothing tells whether one comes back on another
// day.
func (r *Reading) Total(kind Kind, from, to int) (row Row, err error) {
	err = r.tx.QueryRowContext(r.ctx, "SELECT coalesce(sum(views), 0), coalesce(sum(visitors), 0) FROM sums WHERE kind = ? AND day >= ? AND day < ?",
		int(kind), from, to).Scan(&row.Views, &row.Visitors)
	return row, err
}

// Top lists the names of a kind that were seen most in the days from from to
// before to, at most so many; more tells that there are others.
func (r *Reading) Top(kind Kind, from, to, most int) (list []Row, more bool, err error) {
	rows, err := r.tx.QueryContext(r.ctx, `SELECT coalesce(n.text, ''), coalesce(n.title, ''), s.views, s.visitors
		FROM (SELECT name, sum(views) AS views, sum(visitors) AS visitors FROM sums WHERE kind = ? AND day >= ? AND day < ? GROUP BY name) AS s
		LEFT JOIN names AS n ON n.id = s.name ORDER BY s.views DESC, n.text LIMIT ?`, int(kind), from, to, most+1)
	if err != nil {
		return nil, false, err
	}
	defer rows.Close()
	for rows.Next() {
		var row Row
		if err := rows.Scan(&row.Name, &row.Title, &row.Views, &row.Visitors); err != nil {
			return nil, false, err
		}
		list = append(list, row)
	}
	if len(list) > most {
		return list[:most], true, rows.Err()
	}
	return list, false, rows.Err()
}

// Days lists the pages seen and visitors of days, also of those that had none.
func (r *Reading) Days(from, to int) ([]Point, error) {
	list := make([]Point, max(0, to-from))
	for i := range list {
		list[i].Begin = DayTime(from + i)
	}
	rows, err := r.tx.QueryContext(r.ctx, "SELECT day, views, visitors FROM sums WHERE kind = ? AND day >= ? AND day < ?", int(All), from, to)
	if err != nil {
		return nil, err
	}
	return list, points(rows, list, from)
}

// Hours lists the pages seen and visitors of the hours of one day. kept is false
// for a day whose single views are gone.
func (r *Reading) Hours(day int, now time.Time) (list []Point, kept bool, err error) {
	if day < DayOf(now)-KeepDays {
		return nil, false, nil
	}
	begin := DayTime(day).Unix()
	list = make([]Point, 24)
	for i := range list {
		list[i].Begin = DayTime(day).Add(time.Duration(i) * time.Hour)
	}
	rows, err := r.tx.QueryContext(r.ctx, `SELECT (at - ?) / 3600, count(*), count(DISTINCT nullif(session, 0))
		FROM views WHERE at >= ? AND at < ? AND event = 0 GROUP BY 1`, begin, begin, begin+86400)
	if err != nil {
		return nil, false, err
	}
	return list, true, points(rows, list, 0)
}

// points fills in rows of number, views and visitors.
func points(rows *sql.Rows, list []Point, from int) error {
	defer rows.Close()
	for rows.Next() {
		var at int
		var p Point
		if err := rows.Scan(&at, &p.Views, &p.Visitors); err != nil {
			return err
		}
		if i := at - from; i >= 0 && i < len(list) {
			list[i].Views, list[i].Visitors = p.Views, p.Visitors
		}
	}
	return rows.Err()
}

// First is the first day that has anything, or ok is false.
func (r *Reading) First() (day int, ok bool, err error) {
	err = r.tx.QueryRowContext(r.ctx, "SELECT day FROM sums WHERE kind = ? ORDER BY day LIMIT 1", int(All)).Scan(&day)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	return day, err == nil, err
}

// Views calls f for single views of the days from from to before to, the latest
// first, at most so many. Sessions are left out: they are for counting only.
func (r *Reading) Views(from, to, most int, f func(View) error) error {
	rows, err := r.tx.QueryContext(r.ctx, `SELECT v.at, v.event, coalesce(n.text, ''), coalesce(n.title, ''), coalesce(r.text, ''), coalesce(c.text, '')
		FROM views AS v LEFT JOIN names AS n ON n.id = v.name LEFT JOIN names AS r ON r.id = v.referrer LEFT JOIN names AS c ON c.id = v.country
		WHERE v.at >= ? AND v.at < ? ORDER BY v.at DESC, v.id DESC LIMIT ?`, DayTime(from).Unix(), DayTime(to).Unix(), most)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var v View
		var at int64
		if err := rows.Scan(&at, &v.Event, &v.Name, &v.Title, &v.Referrer, &v.Country); err != nil {
			return err
		}
		v.At = time.Unix(at, 0).UTC()
		if err := f(v); err != nil {
			return err
		}
	}
	return rows.Err()
}
