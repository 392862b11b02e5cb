package page

import (
	"errors"
	"fmt"
	"net/url"
	"time"

	"zoneaxis/server/tally/store"
)

// period is what a page is about: one day, week, month or year of UTC.
type period struct {
	Unit     string // day, week, month, year
	From, To int    // days, To is the first one after it
}

var units = []string{"day", "week", "month", "year"}

const dateForm = "2006-01-02"

// readPeriod reads period and at of a query; today's week without them.
func readPeriod(q url.Values, now time.Time) (period, error) {
	unit, at := q.Get("period"), now.UTC()
	if text := q.Get("at"); text != "" {
		day, err := time.Parse(dateForm, text)
		if err != nil || day.Year() < 1970 || day.After(now.AddDate(1, 0, 0)) {
			return period{}, errors.New("at is no day that anything can be told of: write it as in at=2026-03-01")
		}
		at = day
	}
	if unit == "" {
		unit = "week"
	}
	return of(unit, at)
}

// of is the period of a kind that holds a day.
func of(unit string, at time.Time) (period, error) {
	y, m, d := at.Date()
	date := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }
	var from, to time.Time
	switch unit {
	case "day":
		from, to = date(y, m, d), date(y, m, d+1)
	case "week": // from Monday
		back := (int(at.Weekday()) + 6) % 7
		from, to = date(y, m, d-back), date(y, m, d-back+7)
	case "month":
		from, to = date(y, m, 1), date(y, m+1, 1)
	case "year":
		from, to = date(y, 1, 1), date(y+1, 1, 1)
	default:
		return period{}, errors.New("period is day, week, month or year")
	}
	return period{unit, store.DayOf(from), store.DayOf(to)}, nil
}

// Label names the period for people.
func (p period) Label() string {
	from, last := store.DayTime(p.From), store.DayTime(p.To-1)
	switch p.Unit {
	case "day":
		return from.Format("Monday, 2 January 2006")
	case "month":
		return from.Format("January 2006")
	case "year":
		return from.Format("2006")
	}
	_, week := from.ISOWeek()
	form := "2 January 2006"
	if from.Year() == last.Year() {
		form = "2 January"
	}
	return fmt.Sprintf("Week %d, %s to %s", week, from.Format(form), last.Format("2 January 2006"))
}

// Query is the period as it stands in an address.
func (p period) Query() string {
	return "period=" + p.Unit + "&at=" + store.DayTime(p.From).Format(dateForm)
}

// File is the period as it stands in the name of a file.
func (p period) File() string { return p.Unit + "-" + store.DayTime(p.From).Format(dateForm) }

// Before is the period before it, ok is false for the first that can be asked
// for.
func (p period) Before() (q period, ok bool) {
	if p.From <= 0 {
		return p, false
	}
	q, _ = of(p.Unit, store.DayTime(p.From-1))
	return q, q.From >= 0
}

// After is the period after it; ok is false if that has not begun.
func (p period) After(now time.Time) (q period, ok bool) {
	q, _ = of(p.Unit, store.DayTime(p.To))
	return q, q.From <= store.DayOf(now)
}

// In is the period of another kind that holds this one, or of its last day that
// has been if it is longer.
func (p period) In(unit string, now time.Time) period {
	q, _ := of(unit, store.DayTime(max(p.From, min(p.To-1, store.DayOf(now)))))
	return q
}
