package page

import (
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"time"

	"zoneaxis/server/tally/chart"
	"zoneaxis/server/tally/store"
)

const (
	shownRows = 10      // of a list in the page
	jsonRows  = 1000    // of a list in JSON
	csvRows   = 10_000  // of a list as CSV
	viewRows  = 100_000 // single views as CSV
)

// list is one of the lists of the page.
type list struct {
	Key, Title, Head string
	kind             store.Kind
	Rows             []row
	More             bool
}

type row struct {
	Name     string        `json:"name"`
	Title    string        `json:"title,omitempty"`
	Views    int64         `json:"views"`
	Visitors int64         `json:"visitors"`
	Share    template.HTML `json:"-"`
}

// lists are all of them, in the order of the page.
func lists() []list {
	return []list{
		{Key: "pages", Title: "Pages", Head: "Page", kind: store.Page},
		{Key: "referrers", Title: "Referrers", Head: "Site", kind: store.Referrer},
		{Key: "countries", Title: "Countries", Head: "Country", kind: store.Country},
		{Key: "crystals", Title: "Crystals", Head: "Crystal of a pattern", kind: store.Crystal},
		{Key: "zones", Title: "Zone axes", Head: "Crystal and zone axis", kind: store.Zone},
		{Key: "models", Title: "Models", Head: "Model", kind: store.Model},
		{Key: "exports", Title: "Exports", Head: "Format", kind: store.Export},
		{Key: "tools", Title: "Tools", Head: "Tool", kind: store.Tool},
		{Key: "events", Title: "Events", Head: "Event", kind: store.Event},
	}
}

// summary is what a period has.
type summary struct {
	Visitors, Pages, Patterns, Exports, Bots, Refused int64
	Points                                            []store.Point
	Hourly                                            bool
	Lists                                             []list
}

// sum reads a period, with so many rows of each list.
func (p *pages) sum(ctx context.Context, at period, most int) (s summary, err error) {
	s.Lists = lists()
	err = p.store.Read(ctx, func(r *store.Reading) error {
		for kind, into := range map[store.Kind]*int64{store.Model: &s.Patterns, store.Export: &s.Exports, store.Bot: &s.Bots, store.Refused: &s.Refused} {
			total, err := r.Total(kind, at.From, at.To)
			if err != nil {
				return err
			}
			*into = total.Views
		}
		all, err := r.Total(store.All, at.From, at.To)
		if err != nil {
			return err
		}
		s.Visitors, s.Pages = all.Visitors, all.Views
		if at.Unit == "day" {
			s.Points, s.Hourly, err = r.Hours(at.From, p.now())
		}
		if !s.Hourly && err == nil {
			s.Points, err = r.Days(at.From, at.To)
		}
		if err != nil {
			return err
		}
		if at.Unit == "year" {
			s.Points = months(s.Points)
		}
		for i := range s.Lists {
			l := &s.Lists[i]
			found, more, err := r.Top(l.kind, at.From, at.To, most)
			if err != nil {
				return err
			}
			l.More, l.Rows = more, make([]row, len(found))
			for j, f := range found {
				l.Rows[j] = row{Name: f.Name, Title: f.Title, Views: f.Views, Visitors: f.Visitors, Share: chart.Share(f.Views, found[0].Views)}
			}
		}
		return nil
	})
	return s, err
}

// months adds up days.
func months(days []store.Point) []store.Point {
	var list []store.Point
	for _, d := range days {
		if len(list) == 0 || list[len(list)-1].Begin.Month() != d.Begin.Month() {
			list = append(list, store.Point{Begin: d.Begin})
		}
		m := &list[len(list)-1]
		m.Views, m.Visitors = m.Views+d.Views, m.Visitors+d.Visitors
	}
	return list
}

// times names the points of a plot: shortly below it, and fully in the table.
func (s summary) times(unit string) (form, full string) {
	switch {
	case s.Hourly:
		return "15", "15:04"
	case unit == "week":
		return "Mon", "Monday, 2 January"
	case unit == "year":
		return "Jan", "January"
	}
	return "2", "2 January"
}

// plot draws the visits of a period for a width in pixels.
func (s summary) plot(id, label, unit string, width float64) template.HTML {
	form, _ := s.times(unit)
	b := chart.Bars{
		ID: id, Title: "Pages seen and visitors, " + label, Width: width,
		Desc: fmt.Sprintf("Bars over time: %d pages seen by %d visitors. The numbers are in the table below.", s.Pages, s.Visitors),
	}
	for _, pt := range s.Points {
		b.Labels = append(b.Labels, pt.Begin.Format(form))
		b.First, b.Second = append(b.First, pt.Views), append(b.Second, pt.Visitors)
	}
	return b.SVG()
}

type link struct {
	Text, Query string
	Current     bool
}

type timeRow struct {
	Time            string
	Views, Visitors int64
}

// overview is the page.
func (p *pages) overview(w http.ResponseWriter, r *http.Request) {
	now := p.now()
	at, err := readPeriod(r.URL.Query(), now)
	if err != nil {
		p.wrong(w, err)
		return
	}
	s, err := p.sum(r.Context(), at, shownRows)
	if err != nil {
		p.failed(w, err)
		return
	}
	data := struct {
		summary
		Label, Query      string
		Units             []link
		Before, After     string
		Today             string
		Wide, Narrow      template.HTML
		Table             []timeRow
		TimeHead          string
		Full, Rest        []list
		Private, SignedIn bool
		Kept              int
		Fault             bool
	}{
		summary: s, Label: at.Label(), Query: at.Query(), Today: "period=" + at.Unit, Private: !p.public, SignedIn: p.owner(r), Kept: store.KeepDays, Fault: p.store.Fault() != "",
		Wide: s.plot("wide", at.Label(), at.Unit, 720), Narrow: s.plot("narrow", at.Label(), at.Unit, 340),
		TimeHead: map[bool]string{true: "Hour", false: map[bool]string{true: "Month", false: "Day"}[at.Unit == "year"]}[s.Hourly],
	}
	for _, unit := range units {
		data.Units = append(data.Units, link{strings.ToUpper(unit[:1]) + unit[1:], at.In(unit, now).Query(), unit == at.Unit})
	}
	if b, ok := at.Before(); ok {
		data.Before = b.Query()
	}
	if a, ok := at.After(now); ok {
		data.After = a.Query()
	}
	_, full := s.times(at.Unit)
	for _, pt := range s.Points {
		data.Table = append(data.Table, timeRow{pt.Begin.Format(full), pt.Views, pt.Visitors})
	}
	for _, l := range s.Lists {
		if len(l.Rows) > 0 {
			data.Full = append(data.Full, l)
		} else {
			data.Rest = append(data.Rest, l)
		}
	}
	p.write(w, http.StatusOK, "overview", data)
}

// json is the period for programs.
func (p *pages) json(w http.ResponseWriter, r *http.Request) {
	at, err := readPeriod(r.URL.Query(), p.now())
	if err != nil {
		refuse(w, http.StatusBadRequest, "%s", err.Error())
		return
	}
	s, err := p.sum(r.Context(), at, jsonRows)
	if err != nil {
		p.log.Error("the counts cannot be read", "error", err)
		refuse(w, http.StatusInternalServerError, "the counts cannot be read now")
		return
	}
	type point struct {
		Begin    time.Time `json:"begin"`
		Pages    int64     `json:"pages"`
		Visitors int64     `json:"visitors"`
	}
	points := make([]point, len(s.Points))
	for i, pt := range s.Points {
		points[i] = point{pt.Begin, pt.Views, pt.Visitors}
	}
	body := map[string]any{
		"period": at.Unit, "from": store.DayTime(at.From).Format(dateForm), "to": store.DayTime(at.To - 1).Format(dateForm),
		"visitors": s.Visitors, "views": s.Pages, "patterns": s.Patterns, "bots": s.Bots, "refused": s.Refused, "points": points,
	}
	for _, l := range s.Lists {
		body[l.Key] = l.Rows
	}
	reply(w, http.StatusOK, body)
}

// csv is one list of the period for spreadsheets.
func (p *pages) csv(w http.ResponseWriter, r *http.Request) {
	at, err := readPeriod(r.URL.Query(), p.now())
	if err != nil {
		p.wrong(w, err)
		return
	}
	key := r.URL.Query().Get("list")
	for _, l := range lists() {
		if l.Key != key {
			continue
		}
		var found []store.Row
		err := p.store.Read(r.Context(), func(reading *store.Reading) (err error) {
			found, _, err = reading.Top(l.kind, at.From, at.To, csvRows)
			return err
		})
		if err != nil {
			p.failed(w, err)
			return
		}
		out := table(w, "tally-"+l.Key+"-"+at.File(), "name", "title", "views", "visitors")
		for _, f := range found {
			out.Write([]string{cell(f.Name), cell(f.Title), strconv.FormatInt(f.Views, 10), strconv.FormatInt(f.Visitors, 10)})
		}
		out.Flush() // a client that is gone hears nothing
		return
	}
	p.wrong(w, errors.New("list is one of pages, referrers, countries, crystals, zones, models, exports, tools and events"))
}

// views is the single views of a period, for the owner only: the public has the
// sums.
func (p *pages) views(w http.ResponseWriter, r *http.Request) {
	if !p.owner(r) {
		p.form(w, http.StatusUnauthorized, "")
		return
	}
	at, err := readPeriod(r.URL.Query(), p.now())
	if err != nil {
		p.wrong(w, err)
		return
	}
	var out *csv.Writer
	err = p.store.Read(r.Context(), func(reading *store.Reading) error {
		return reading.Views(at.From, at.To, viewRows, func(v store.View) error {
			if out == nil {
				out = viewTable(w, at)
			}
			return out.Write([]string{v.At.Format(time.RFC3339), map[bool]string{true: "event", false: "page"}[v.Event], cell(v.Name), cell(v.Title), cell(v.Referrer), cell(cmp.Or(v.Country, store.Unknown))})
		})
	})
	switch {
	case err != nil && out == nil:
		p.failed(w, err)
		return
	case err != nil:
		p.log.Warn("single views were not sent to the end", "error", err)
		panic(http.ErrAbortHandler) // what was cut off must not look whole
	case out == nil:
		out = viewTable(w, at)
	}
	out.Flush()
}

func viewTable(w http.ResponseWriter, at period) *csv.Writer {
	return table(w, "tally-views-"+at.File(), "time", "what", "name", "title", "referrer", "country")
}

// table begins a file of comma separated values.
func table(w http.ResponseWriter, name string, heads ...string) *csv.Writer {
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`.csv"`)
	out := csv.NewWriter(w)
	out.Write(heads)
	return out
}

// cell keeps a spreadsheet from taking a text for a formula.
func cell(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r\n|%", rune(text[0])) {
		return "'" + text
	}
	return text
}
