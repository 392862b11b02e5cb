package store

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"zoneaxis/server/internal/hits"
)

func open(t testing.TB, dir string) *Store {
	t.Helper()
	s, err := Open(dir, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		select {
		case <-s.ended:
		default:
			s.Close()
		}
	})
	return s
}

func add(t testing.TB, s *Store, views ...View) {
	t.Helper()
	if err := s.Add(views, 0); err != nil {
		t.Fatal(err)
	}
}

// top reads a kind as text, "name views/visitors" for each name.
func top(t testing.TB, s *Store, kind Kind, from, to int) string {
	t.Helper()
	var out []string
	err := s.Read(context.Background(), func(r *Reading) error {
		list, more, err := r.Top(kind, from, to, 50)
		for _, row := range list {
			out = append(out, strings.TrimSpace(fmt.Sprintf("%s %d/%d", row.Name, row.Views, row.Visitors)))
		}
		if more {
			out = append(out, "…")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(out, ", ")
}

// TestSums: every kind is summed as it should be, and a visitor counts once a
// day for each.
func TestSums(t *testing.T) {
	s := open(t, t.TempDir())
	now := time.Now().UTC()
	day := DayOf(now)
	at := DayTime(day).Add(time.Minute)
	event := func(session int64, e hits.Event) View {
		return View{At: at, Session: session, Event: true, Name: e.Name()}
	}
	add(t, s,
		View{At: at, Session: 1, Name: "/sim", Title: "Old", Referrer: "example.org", Country: "NL"},
		View{At: at, Session: 1, Name: "/sim", Title: "Simulator", Country: "NL"},
		View{At: at, Session: 2, Name: "/sim"},
		View{At: at, Name: "/about", Country: "DE"},
		View{At: at, Session: 9, Name: "/sim", Bot: true},
		event(1, hits.Pattern("Silicon", "[110]", "kinematic")),
		event(1, hits.Pattern("Silicon", "[110]", "kinematic")),
		event(2, hits.Pattern("Gold", "", "dynamical")),
		event(2, hits.Export("svg")), event(2, hits.Tool("tilt")), event(1, hits.Turned("Silicon")),
		View{At: at, Session: 1, Event: true, Name: "signup"},
	)
	add(t, s, View{At: at, Session: 1, Name: "/sim", Country: "NL"})                   // again, in another transaction
	add(t, s, View{At: at.AddDate(0, 0, -1), Session: 1, Name: "/sim", Country: "NL"}) // another day
	if err := s.Add(nil, 3); err != nil {
		t.Fatal(err)
	}
	for kind, want := range map[Kind]string{
		All: "5/2", Page: "/sim 4/2, /about 1/0", Referrer: "example.org 1/1", Country: "NL 3/1, DE 1/0, unknown 1/1",
		Event: "pattern 3/2, export 1/1, signup 1/1, tool 1/1, turned 1/1", Crystal: "Silicon 2/1, Gold 1/1", Zone: "Silicon [110] 2/1",
		Model: "kinematic 2/1, dynamical 1/1", Export: "svg 1/1", Tool: "tilt 1/1", Bot: "1/0", Refused: "3/0",
	} {
		if got := top(t, s, kind, day, day+1); got != want {
			t.Errorf("kind %d: got %q, want %q", kind, got, want)
		}
	}
	if got := top(t, s, All, day-1, day+1); got != "6/3" {
		t.Errorf("two days: %s", got)
	}
	err := s.Read(context.Background(), func(r *Reading) error {
		list, _, err := r.Top(Page, day, day+1, 1)
		if err != nil || len(list) != 1 || list[0].Title != "Simulator" {
			t.Errorf("title: %+v, %v", list, err)
		}
		hours, kept, err := r.Hours(day, now)
		if err != nil || !kept || hours[0].Views != 5 || hours[0].Visitors != 2 || hours[1].Views != 0 {
			t.Errorf("hours: %+v, %v, %v", hours[:2], kept, err)
		}
		if _, kept, err := r.Hours(day-KeepDays-1, now); kept || err != nil {
			t.Errorf("hours of long ago: %v, %v", kept, err)
		}
		days, err := r.Days(day-2, day+1)
		if err != nil || len(days) != 3 || days[0].Views != 0 || days[1].Views != 1 || days[2].Visitors != 2 {
			t.Errorf("days: %+v, %v", days, err)
		}
		if first, ok, err := r.First(); err != nil || !ok || first != day-1 {
			t.Errorf("first: %d, %v, %v", first, ok, err)
		}
		n := 0
		if err := r.Views(day-1, day+1, 10, func(View) error { n++; return nil }); err != nil || n != 10 {
			t.Errorf("%d single views, %v", n, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestPrune: single views go after thirty days, sums stay, and what comes late
// still counts.
func TestPrune(t *testing.T) {
	s := open(t, t.TempDir())
	now := time.Now()
	today := DayOf(now)
	old := DayTime(today - 29)
	add(t, s, View{At: old, Session: 1, Name: "/old"}, View{At: now, Session: 1, Name: "/new"}, View{At: now.AddDate(0, 0, -60), Session: 4, Name: "/late"})
	s.Close()
	s.closeFiles()
	s = open(t, filepath.Dir(s.file))
	if more, err := s.prune(now.AddDate(0, 0, 5)); more || err != nil {
		t.Fatal(more, err)
	}
	var views, seen int
	for query, into := range map[string]*int{"SELECT count(*) FROM views": &views, "SELECT count(DISTINCT day) FROM seen": &seen} {
		if err := s.read.QueryRow(query).Scan(into); err != nil {
			t.Fatal(err)
		}
	}
	if views != 1 || seen != 1 {
		t.Errorf("%d single views and %d days of visitors are left, want 1 and 1", views, seen)
	}
	if got := top(t, s, Page, today-90, today+1); got != "/late 1/1, /new 1/1, /old 1/1" {
		t.Errorf("sums: %s", got)
	}
}

// TestManyNames: invented names do not fill the disk.
func TestManyNames(t *testing.T) {
	s := open(t, t.TempDir())
	now := time.Now()
	add(t, s, View{At: now.AddDate(0, 0, -1), Name: "/known"})
	views := make([]View, NamesADay+500)
	for i := range views {
		views[i] = View{At: now, Name: fmt.Sprintf("/%d", i)}
	}
	add(t, s, views...)
	add(t, s, View{At: now, Name: "/one-more"}, View{At: now, Name: "/known"})
	if got := top(t, s, Page, DayOf(now), DayOf(now)+1); !strings.HasPrefix(got, "(other) 501/0, /") || !strings.HasSuffix(got, "…") {
		t.Errorf("got %.60s", got)
	}
	var n int
	if err := s.read.QueryRow("SELECT views FROM sums JOIN names ON id = name WHERE text = '/known' AND day = ?", DayOf(now)).Scan(&n); err != nil || n != 1 {
		t.Errorf("a name that was there before: %d, %v", n, err)
	}
}

// TestTogether: many who count at once and one who reads, and nothing is lost.
func TestTogether(t *testing.T) {
	s := open(t, t.TempDir())
	now := time.Now()
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 10 {
				for {
					err := s.Add([]View{{At: now, Session: int64(i + 1), Name: "/sim"}}, 0)
					if err == nil {
						break
					}
					if err != ErrBusy {
						t.Error(err)
						return
					}
					time.Sleep(time.Duration(j+1) * time.Millisecond)
				}
			}
		})
	}
	wg.Go(func() {
		for range 10 {
			top(t, s, Page, 0, 1<<20)
		}
	})
	wg.Wait()
	if got := top(t, s, All, 0, 1<<20); got != "80/8" {
		t.Error(got)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := s.Add([]View{{At: now, Name: "/x"}}, 0); err != ErrClosed {
		t.Errorf("after the end: %v", err)
	}
}

// TestFiles: what cannot be used is told in one sentence, and not touched.
func TestFiles(t *testing.T) {
	good := t.TempDir()
	s := open(t, good)
	for i := range 400 {
		add(t, s, View{At: time.Now(), Session: int64(i), Name: fmt.Sprintf("/%d", i)})
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(good, File))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{File + "-wal", File + "-shm"} {
		if _, err := os.Stat(filepath.Join(good, name)); err == nil {
			t.Errorf("%s is left after the end", name)
		}
	}
	scrambled := append([]byte(nil), data...)
	for i := 8192; i < len(scrambled); i += 3 {
		scrambled[i] ^= 0x5a
	}
	// One page of the many views: nothing that a start touches.
	spot := append([]byte(nil), data...)
	copy(spot[len(spot)/2&^4095:], strings.Repeat("\x55", 4096))
	version := append([]byte(nil), data...)
	version[63] = 99 // user_version
	foreign := append([]byte(nil), data...)
	foreign[68] = 1 // application_id
	for _, tt := range []struct {
		name, want string
		data       []byte
	}{
		{"no data base", "is damaged", []byte(strings.Repeat("this is a letter. ", 300))},
		{"scrambled", "is damaged", scrambled},
		{"one page", "is damaged", spot},
		{"cut", "is damaged", data[:len(data)/2]},
		{"newer", "newer version", version},
		{"foreign", "another program", foreign},
	} {
		dir := t.TempDir()
		file := filepath.Join(dir, File)
		if err := os.WriteFile(file, tt.data, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := Open(dir, slog.New(slog.DiscardHandler))
		if err == nil {
			s.Close()
			t.Errorf("%s: was opened", tt.name)
			continue
		}
		if !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", tt.name, err)
		}
		if after, err := os.ReadFile(file); err != nil || string(after) != string(tt.data) {
			t.Errorf("%s: the file was changed", tt.name)
		}
		if err := Backup(dir, filepath.Join(t.TempDir(), "copy")); err == nil {
			t.Errorf("%s: was backed up", tt.name)
		}
	}
	blocked := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(filepath.Join(blocked, "x"), slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), "cannot be made") {
		t.Errorf("a file in the way: %v", err)
	}
}

// TestBackup: a backup that is taken while visits are counted can be put back.
func TestBackup(t *testing.T) {
	dir, copies := t.TempDir(), t.TempDir()
	s := open(t, dir)
	now := time.Now()
	add(t, s, View{At: now, Session: 1, Name: "/sim"})
	copied := filepath.Join(copies, "b.db")
	if err := Backup(dir, copied); err != nil {
		t.Fatal(err)
	}
	add(t, s, View{At: now, Session: 2, Name: "/sim"})
	if err := Backup(dir, copied); err == nil || !strings.Contains(err.Error(), "is there already") {
		t.Errorf("over a file: %v", err)
	}
	if err := Backup(copies, filepath.Join(copies, "c.db")); err == nil {
		t.Error("of nothing")
	}
	if err := Restore(copied, dir); err == nil || !strings.Contains(err.Error(), "move it away first") {
		t.Errorf("over a running counter: %v", err)
	}
	fresh := filepath.Join(t.TempDir(), "new")
	if err := Restore(copied, fresh); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(copies)
	if err != nil || len(left) != 1 {
		t.Errorf("beside the backup: %v, %v", left, err)
	}
	r := open(t, fresh)
	if got := top(t, r, All, 0, 1<<20); got != "1/1" {
		t.Errorf("restored: %s", got)
	}
	add(t, r, View{At: now, Session: 1, Name: "/sim"})
	if got := top(t, r, All, 0, 1<<20); got != "2/1" {
		t.Errorf("the visitor is not known any more: %s", got)
	}
	if err := os.WriteFile(copied, []byte("junk"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Restore(copied, t.TempDir()); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("of junk: %v", err)
	}
}

// visit makes up a view of a visitor.
func visit(r *rand.Rand, at time.Time) View {
	v := View{At: at, Session: r.Int64N(20_000) + 1, Name: fmt.Sprintf("/blog/article-%d", int(r.ExpFloat64()*8)), Title: "An article", Country: []string{"DE", "US", "NL", "JP", ""}[r.IntN(5)]}
	switch n := r.IntN(10); {
	case n < 4:
		v.Event, v.Name = true, hits.Pattern(fmt.Sprintf("crystal %d", int(r.ExpFloat64()*20)), fmt.Sprintf("[%d%d%d]", r.IntN(3), r.IntN(3), r.IntN(3)), "kinematic").Name()
	case n < 5:
		v.Event, v.Name = true, hits.Export("svg").Name()
	case n < 7:
		v.Referrer = fmt.Sprintf("site-%d.example", r.IntN(40))
	}
	return v
}

// fill counts so many made-up views, in requests as the site sends them.
func fill(t testing.TB, s *Store, n, days int) {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	now := time.Now()
	for done := 0; done < n; done += hits.MaxHits {
		views := make([]View, min(hits.MaxHits, n-done))
		for i := range views {
			views[i] = visit(r, now.Add(-time.Duration(r.Int64N(int64(days)*86400))*time.Second))
		}
		add(t, s, views...)
	}
}

// BenchmarkAdd counts 100,000 views and tells how many are counted in a second
// and how long the file is.
func BenchmarkAdd(b *testing.B) {
	for b.Loop() {
		dir := b.TempDir()
		s := open(b, dir)
		began := time.Now()
		fill(b, s, 100_000, 30)
		b.ReportMetric(100_000/time.Since(began).Seconds(), "views/s")
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
		info, err := os.Stat(filepath.Join(dir, File))
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(info.Size())/(1<<20), "MiB")
	}
}
