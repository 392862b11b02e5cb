package session_test

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"testing"

	"zoneaxis/internal/diffraction/bloch"
	"zoneaxis/internal/protocol"
	"zoneaxis/internal/scene"
	"zoneaxis/internal/session"
)

// intensities returns the intensities of the table, per cent.
func intensities(t *testing.T, s *session.Session) map[[3]int]float64 {
	t.Helper()
	rows := must(t, s, protocol.Request{Op: "table"}).Table.Rows
	m := map[[3]int]float64{}
	for _, r := range rows {
		v, err := strconv.ParseFloat(r.I, 64)
		if err != nil {
			t.Fatal(err)
		}
		m[r.HKL] = v
	}
	return m
}

func on() func() bool { return func() bool { return true } }

// TestDynamicalNumbers compares with the worked numbers of zone axes without
// higher Laue zones. The page counts those in, and weak beams: 0.01 of the
// incident beam is their share.
func TestDynamicalNumbers(t *testing.T) {
	for _, c := range []struct {
		link string
		want map[[3]int]float64 // per cent
	}{
		{"/sim?c=lib-si&z=0,0,1&t=50&m=d", map[[3]int]float64{{2, 2, 0}: 11.633, {4, 0, 0}: 2.147, {4, 4, 0}: 0.140}},
		{"/sim?c=lib-si&z=0,0,1&t=10&m=d", map[[3]int]float64{{2, 2, 0}: 8.954, {4, 0, 0}: 1.082, {4, 4, 0}: 0.229}},
		{"/sim?c=lib-si&z=0,1,1&t=50&m=d", map[[3]int]float64{{1, 1, -1}: 5.882, {2, 0, 0}: 12.346, {0, 2, -2}: 2.214, {4, 0, 0}: 0.267}},
	} {
		s := open(t, c.link)
		if s.View().Waiting != "" {
			if r := s.Calculate(on(), nil); !r.OK {
				t.Fatal(r.Error)
			}
			must(t, s, protocol.Request{Op: "view"})
		}
		got := intensities(t, s)
		for h, want := range c.want {
			if v, ok := got[h]; !ok || math.Abs(v-want) > 1 {
				t.Errorf("%s: %v is %.3f %%, expected %.3f ± 1", c.link, h, v, want)
			}
		}
	}
}

// TestDynamicalPicture looks at what the page shows of the model.
func TestDynamicalPicture(t *testing.T) {
	s := open(t, "/sim?z=1,1,0&t=50")
	kinematic := must(t, s, protocol.Request{Op: "view", Draw: "svg"})
	if v := kinematic.View; v.Values["m"] != "k" || v.Waiting != "" {
		t.Errorf("model %q, waiting %q", v.Values["m"], v.Waiting)
	}
	if _, ok := intensities(t, s)[[3]int{0, 0, 2}]; ok {
		t.Error("002 is forbidden, and the kinematic table lists it")
	}
	d := "d"
	dynamical := must(t, s, protocol.Request{Op: "set", Set: &protocol.Patch{Values: values{"m": d}}, Draw: "svg"})
	if dynamical.Change != "model" || dynamical.Link != "/sim?z=1,1,0&m=d&ab=t" || dynamical.View.Values["m"] != "d" || dynamical.View.Waiting != "" {
		t.Errorf("change %q, link %q, model %q, waiting %q", dynamical.Change, dynamical.Link, dynamical.View.Values["m"], dynamical.View.Waiting)
	}
	if dynamical.SVG == kinematic.SVG {
		t.Error("the picture is the same")
	}
	if hud := plain(dynamical.View.Frame.Hud[len(dynamical.View.Frame.Hud)-1]); !strings.HasPrefix(hud, "dynamical, ") || !strings.HasSuffix(hud, " weak") {
		t.Errorf("the picture says %q", hud)
	}
	detail := must(t, s, protocol.Request{Op: "inspect", HKL: &[3]int{0, 0, 2}}).Detail
	if i, _ := strconv.ParseFloat(detail.I, 64); !(i > 10) || len(detail.Forbidden) == 0 || len(detail.Path) == 0 {
		t.Errorf("002 by double diffraction: intensity %q, why %q, how %q", detail.I, plain(detail.Forbidden), plain(detail.Path))
	}
	if status := must(t, s, protocol.Request{Op: "select", HKL: &[3]int{0, 0, 2}}).Status; !strings.HasSuffix(status, ", forbidden, intensity "+detail.I+" percent "+detail.Of+".") {
		t.Errorf("002 is said as %q", status)
	}
	file := must(t, s, protocol.Request{Op: "export", Kind: "csv"}).File
	if !strings.HasPrefix(file.Text, "h,k,l,") || !strings.Contains(file.Text, ",I_of_incident_thermal_absorption\n") {
		t.Errorf("CSV begins %.90q", file.Text)
	}
	if text := must(t, s, protocol.Request{Op: "export", Kind: "json"}).File.Text; !strings.Contains(text, `"model": "dynamical"`) || !strings.Contains(text, `"thickness_nm": 50`) || !strings.Contains(text, `"absorption": "thermal absorption"`) {
		t.Error("the JSON file does not name the model")
	}
	if svg := must(t, s, protocol.Request{Op: "export", Kind: "svg"}).SVG; !strings.Contains(svg, "dynamical, ") || !strings.Contains(svg, "50 nm, thermal absorption") {
		t.Error("the caption does not name the model")
	}

	thin := "2"
	must(t, s, protocol.Request{Op: "set", Set: &protocol.Patch{Values: values{"t": thin}}})
	sum := 0.0
	for _, i := range intensities(t, s) {
		sum += i
	}
	if sum > 30 {
		t.Errorf("behind 2 nm %.1f %% are diffracted", sum)
	}
	// Rings and positions without atoms are not dynamical.
	if v := must(t, s, protocol.Request{Op: "set", Set: &protocol.Patch{Values: values{"w": "r"}}}).View; len(v.Frame.Hud) != 2 {
		t.Errorf("powder rings say %v", v.Frame.Hud)
	}
}

// TestThicknessNote: the kinematic page says why nothing happens.
func TestThicknessNote(t *testing.T) {
	s := open(t, "/sim?z=1,1,0")
	thick := "80"
	if r := must(t, s, protocol.Request{Op: "set", Set: &protocol.Patch{Values: values{"t": thick}}}); !strings.Contains(r.Toast, "does not depend on the thickness") {
		t.Errorf("toast %q", r.Toast)
	}
}

// TestDynamicalGesture: frames of a gesture have fewer beams, the picture after
// it has all of them and does not depend on the way.
func TestDynamicalGesture(t *testing.T) {
	s := open(t, "/sim?z=1,1,0&m=d")
	before := must(t, s, protocol.Request{Op: "view", Draw: "svg"})
	for range 3 {
		frame := must(t, s, protocol.Request{Op: "tilt", X: 0.1, Y: 0.05, Light: true, Draw: "svg"})
		if frame.View != nil || frame.SVG == before.SVG {
			t.Error("a frame shows nothing new")
		}
	}
	after := must(t, s, protocol.Request{Op: "view", Draw: "svg"})
	fresh := open(t, "/sim?v=1")
	if r := must(t, fresh, protocol.Request{Op: "restore", Snapshot: after.Snapshot, Draw: "svg"}); r.SVG != after.SVG {
		t.Error("the picture after a gesture is not that of its state")
	}
	// A pick in a gesture does not make the next frame whole.
	must(t, s, protocol.Request{Op: "snap"})
	must(t, s, protocol.Request{Op: "glide", X: 0.5, Light: true, Draw: "svg"})
	end := must(t, s, protocol.Request{Op: "glide", X: 1, Light: true, Draw: "svg"})
	if r := must(t, s, protocol.Request{Op: "view", Draw: "svg"}); r.SVG != end.SVG {
		t.Error("the last frame of a turn is not the picture that it leads to")
	}
}

// TestCalculate follows a calculation that is too long for a picture.
func TestCalculate(t *testing.T) {
	s := open(t, "/sim?c=lib-corundum&z=0,0,1&m=d&t=30")
	v := must(t, s, protocol.Request{Op: "view", Draw: "svg"})
	if !strings.HasPrefix(v.View.Waiting, "Calculating, ") || !strings.HasSuffix(v.View.Waiting, " beams…") {
		t.Fatalf("waiting %q", v.View.Waiting)
	}
	if r := s.Calculate(func() bool { return false }, nil); r.OK || r.Error != "" {
		t.Errorf("cancelled: OK %v, error %q", r.OK, r.Error)
	}
	// Whatever changes the state ends it.
	calls := 0
	r := s.Calculate(func() bool {
		if calls++; calls == 2 {
			must(t, s, protocol.Request{Op: "tilt", X: 1, Light: true})
		}
		return true
	}, nil)
	if r.OK || r.Error != "" || calls > 2 {
		t.Errorf("after a tilt: OK %v, error %q, %d more calls", r.OK, r.Error, calls-2)
	}
	must(t, s, protocol.Request{Op: "restore", Snapshot: v.Snapshot})
	// A change of thickness does not.
	thin := "20"
	calls = 0
	r = s.Calculate(func() bool {
		if calls++; calls == 2 {
			if waits := must(t, s, protocol.Request{Op: "set", Set: &protocol.Patch{Values: values{"t": thin}}}).View.Waiting; waits == "" {
				t.Error("nothing to wait for after a change of thickness")
			}
		}
		return true
	}, nil)
	if !r.OK {
		t.Fatalf("error %q", r.Error)
	}
	done := must(t, s, protocol.Request{Op: "view", Draw: "svg"})
	if done.View.Waiting != "" || done.SVG == v.SVG || len(done.View.Frame.Hud) != 4 {
		t.Errorf("after the calculation: waiting %q, %v", done.View.Waiting, done.View.Frame.Hud)
	}
	if again := refined(t, s); again > 4 {
		t.Errorf("refined in %d steps", again)
	}
	if again := s.Calculate(func() bool { t.Error("it calculates again"); return true }, nil); !again.OK {
		t.Errorf("again: %q", again.Error)
	}
	total := 0.0
	for _, i := range intensities(t, s) {
		total += i
	}
	if !(total > 5 && total <= 100) {
		t.Errorf("%.2f %% are diffracted", total)
	}
}

// refined has a picture refined to the end and returns the number of steps, the
// first of which finds out how far it has converged.
func refined(t *testing.T, s *session.Session) int {
	t.Helper()
	for steps := range 10 {
		if must(t, s, protocol.Request{Op: "view"}).View.Refining == "" {
			return steps
		}
		if r := s.Calculate(on(), nil); !r.OK {
			t.Fatalf("step %d: %q", steps+1, r.Error)
		}
	}
	t.Fatal("the refinement has no end")
	return 0
}

// TestRefinement: the page finds out how far a picture has converged, then takes
// twice as many beams until that changes less than 2 %, each step shown. Whatever
// changes the state ends it, and who stops it is not asked again.
func TestRefinement(t *testing.T) {
	hud := func(s *session.Session) (convergence, model string) {
		t.Helper()
		lines := must(t, s, protocol.Request{Op: "view", Draw: "svg"}).View.Frame.Hud
		if len(lines) > 4 {
			convergence = plain(lines[3])
		}
		return convergence, plain(lines[len(lines)-1])
	}
	const where = "/sim?c=lib-srtio3&z=0,0,1&m=d&t=100"
	s := open(t, where)
	first := must(t, s, protocol.Request{Op: "view", Draw: "svg"})
	if first.View.Waiting != "" {
		if r := s.Calculate(on(), nil); !r.OK {
			t.Fatal(r.Error)
		}
		first = must(t, s, protocol.Request{Op: "view", Draw: "svg"})
	}
	if c, model := hud(s); c != "" || model != "dynamical, 185 beams + 1,200 weak" {
		t.Errorf("before: %q, %q", c, model)
	}
	if v := first.View.Refining; v != "Finding out how far the intensities have converged…" {
		t.Errorf("waiting for %q", v)
	}
	var got []string
	for range 4 {
		v := must(t, s, protocol.Request{Op: "view", Draw: "svg"})
		if v.View.Refining == "" {
			break
		}
		r := s.Calculate(on(), nil)
		if !r.OK {
			t.Fatal(r.Error)
		}
		c, model := hud(s)
		got = append(got, c+"; "+model)
		if more := len(got) == 1; more != (must(t, s, protocol.Request{Op: "view", Draw: "svg"}).SVG == v.SVG) {
			t.Errorf("step %d: the same picture: %v", len(got), more)
		}
	}
	t.Log(got)
	if len(got) != 3 || !strings.HasPrefix(got[0], "not converged (19\u2009%); dynamical, 185 beams") ||
		!strings.HasPrefix(got[1], "not converged (1") || !strings.Contains(got[1], "dynamical, 365 beams") ||
		!strings.HasPrefix(got[2], "convergence ") || !strings.Contains(got[2], "dynamical, 729 beams") {
		t.Errorf("steps %q", got)
	}
	caption := must(t, s, protocol.Request{Op: "table", Limit: 1}).Table.Caption
	if !strings.Contains(caption, "dynamical, 729 beams + 2,400 weak, 100 nm, no absorption, convergence ") {
		t.Errorf("the table says %q", caption)
	}
	if svg := must(t, s, protocol.Request{Op: "export", Kind: "svg"}).SVG; !strings.Contains(svg, "100 nm, no absorption, convergence ") {
		t.Error("the caption has no convergence")
	}
	if text := must(t, s, protocol.Request{Op: "export", Kind: "json"}).File.Text; !strings.Contains(text, `"convergence_percent": `) || !strings.Contains(text, `"strong": 729,`) {
		t.Error("the JSON file has no convergence or beams")
	}
	if d := must(t, s, protocol.Request{Op: "view"}).View.Description; !strings.Contains(d, "no absorption, convergence ") {
		t.Errorf("described as %q", d)
	}
	// Another thickness has another figure, without new waves.
	last, _ := hud(s)
	thin := must(t, s, protocol.Request{Op: "set", Set: &protocol.Patch{Values: values{"t": "10"}}, Draw: "svg"}).View
	if c := plain(thin.Frame.Hud[3]); !strings.HasPrefix(c, "convergence ") || c == last || thin.Refining != "" {
		t.Errorf("behind 10 nm: %q, %q", c, thin.Refining)
	}

	// Stopped, it stays as it is.
	s = open(t, where)
	if s.View().Waiting != "" {
		s.Calculate(on(), nil)
	}
	s.Calculate(on(), nil)
	before, _ := hud(s)
	if r := s.Calculate(func() bool { return false }, nil); r.OK || r.Error != "" {
		t.Errorf("stopped: OK %v, %q", r.OK, r.Error)
	}
	if c, model := hud(s); c != before || !strings.HasPrefix(model, "dynamical, 185 ") || s.View().Refining != "" {
		t.Errorf("stopped: %q, %q, %q", c, model, s.View().Refining)
	}
	// A turn ends it, and its result is that of no other state.
	s = open(t, where)
	if s.View().Waiting != "" {
		s.Calculate(on(), nil)
	}
	s.Calculate(on(), nil)
	calls := 0
	r := s.Calculate(func() bool {
		if calls++; calls == 2 {
			must(t, s, protocol.Request{Op: "tilt", X: 0.2, Light: true, Draw: "svg"})
		}
		return true
	}, nil)
	if r.OK || calls > 2 {
		t.Errorf("after a tilt: OK %v, %d calls", r.OK, calls)
	}
	if v := must(t, s, protocol.Request{Op: "view", Draw: "svg"}).View; v.Waiting+v.Refining == "" {
		t.Error("the new state is not refined")
	}

	// Where the limit comes first the page says so in words.
	s = open(t, "/sim?c=lib-w&z=1,1,0&m=d&t=100")
	refined(t, s)
	if c, model := hud(s); !strings.HasPrefix(c, "not converged (") || !strings.HasPrefix(model, "dynamical, 5") {
		t.Errorf("tungsten: %q, %q", c, model)
	}
}

// TestSolver has the long part of a calculation done elsewhere: the picture is
// the same, a turn of the crystal ends it, and a solver that cannot do it is no
// loss.
func TestSolver(t *testing.T) {
	const where = "/sim?c=lib-corundum&z=0,0,1&m=d&t=30"
	picture := func(s *session.Session) string { return must(t, s, protocol.Request{Op: "view", Draw: "svg"}).SVG }
	here := open(t, where)
	draft := picture(here)
	if r := here.Calculate(on(), nil); !r.OK {
		t.Fatal(r.Error)
	}
	want := picture(here)
	if want == draft {
		t.Fatal("the calculation changes nothing")
	}
	jobs := 0
	work := func(job []byte, wanted func() bool) ([]byte, error) { jobs++; return bloch.Work(job, wanted) }

	s := open(t, where)
	picture(s)
	if r := s.Calculate(on(), work); !r.OK || jobs != 1 {
		t.Fatalf("error %q after %d jobs", r.Error, jobs)
	}
	if picture(s) != want {
		t.Error("another picture from elsewhere")
	}

	s = open(t, where)
	picture(s)
	r := s.Calculate(on(), func([]byte, func() bool) ([]byte, error) { return nil, errors.New("no worker") })
	if !r.OK || picture(s) != want {
		t.Errorf("without a worker: OK %v, error %q", r.OK, r.Error)
	}

	s = open(t, where)
	picture(s)
	asked := 0
	r = s.Calculate(on(), func(job []byte, wanted func() bool) ([]byte, error) {
		must(t, s, protocol.Request{Op: "zoom", Factor: 1.1, Light: true})
		for ; wanted(); asked++ {
			must(t, s, protocol.Request{Op: "tilt", X: 1, Light: true})
		}
		return nil, bloch.ErrCancelled
	})
	if r.OK || r.Error != "" || asked != 1 {
		t.Errorf("after a tilt: OK %v, error %q, wanted %d times more", r.OK, r.Error, asked-1)
	}
}

// TestTooManyBeams takes a cell of 100 Å.
func TestTooManyBeams(t *testing.T) {
	s := open(t, "/sim?v=1")
	poscar := "sheet\n1.0\n100 0 0\n0 100 0\n0 0 5\nSi\n1\ndirect\n0 0 0\n"
	if r := s.Do(&protocol.Request{Op: "read", Name: "POSCAR"}, []byte(poscar)); !r.OK {
		t.Fatal(r.Error)
	}
	d := "d"
	v := must(t, s, protocol.Request{Op: "set", Set: &protocol.Patch{Values: values{"m": d}}}).View
	if v.Waiting == "" {
		t.Fatal("nothing to calculate")
	}
	r := s.Calculate(on(), nil)
	if r.OK || !strings.HasPrefix(r.Error, "Too many beams for this device (") || r.Action == nil || r.Action.Label != "Use kinematic" {
		t.Fatalf("OK %v, error %q, action %+v", r.OK, r.Error, r.Action)
	}
	if v := must(t, s, protocol.Request{Op: "view"}).View; v.Waiting != "" {
		t.Errorf("it still waits: %q", v.Waiting)
	}
	if v := must(t, s, *r.Action.Request).View; v.Values["m"] != "k" {
		t.Errorf("model %q after the way out", v.Values["m"])
	}
}

// BenchmarkDynamicalFrame is a frame of a drag with dynamical intensities, and
// the picture after it. It fails if the frame is not dynamical.
func BenchmarkDynamicalFrame(b *testing.B) {
	for _, c := range []struct{ name, link string }{{"si-110", "/sim?z=1,1,0&m=d"}, {"gaas-001", "/sim?c=lib-gaas&m=d"}, {"au-001", "/sim?c=lib-au&m=d"}, {"yag-111", "/sim?c=lib-yag&z=1,1,1&m=d"}} {
		for _, light := range []bool{true, false} {
			name := c.name + "-settled"
			if light {
				name = c.name + "-frame"
			}
			b.Run(name, func(b *testing.B) {
				s := open(b, c.link)
				b.ReportAllocs()
				for i := 0; b.Loop(); i++ {
					x := 0.05
					if i%2 == 1 {
						x = -x
					}
					r := s.Do(&protocol.Request{Op: "tilt", X: x, Light: light, Draw: "svg"}, nil)
					if !r.OK {
						b.Fatal(r.Error)
					}
					if light && beamsOf(r.Frame) == 0 {
						b.Fatalf("the frame is %q", plain(r.Frame.Hud[len(r.Frame.Hud)-1]))
					}
				}
			})
		}
	}
}

// TestDynamicalLabels: a forbidden reflection that has a spot and a mark is
// named once.
func TestDynamicalLabels(t *testing.T) {
	svg := open(t, "/sim?z=1,1,0&m=d&o=id").SVG()
	for _, label := range []string{">002</text>", ">002" + scene.Macron + "</text>"} {
		if n := strings.Count(svg, label); n != 1 {
			t.Errorf("%d labels %s", n, label)
		}
	}
	if !strings.Contains(svg, `class="lab lab-dd"`) {
		t.Error("the marks have no labels")
	}
}

// TestOneTruth: at every moment the corner of the picture, the heading of the
// table and what its percentages are of name the model that is drawn, and a
// picture with fewer beams than that is called a draft.
func TestOneTruth(t *testing.T) {
	last := func(f *protocol.Frame) string {
		text := plain(f.Hud[len(f.Hud)-1])
		if !strings.HasSuffix(f.Count, " in view, "+text) {
			t.Errorf("the picture is %q, the table has %q", text, f.Count)
		}
		return text
	}
	s := open(t, "/sim?z=1,1,0&m=d")
	view := must(t, s, protocol.Request{Op: "view", Draw: "svg"})
	if got := last(&view.View.Frame); got != "dynamical, 143 beams + 1,198 weak" || view.View.Frame.Of != "of the incident beam" {
		t.Errorf("at rest: %q, %q", got, view.View.Frame.Of)
	}
	if r := must(t, s, protocol.Request{Op: "set", Set: &protocol.Patch{Values: values{"t": "80"}}, Light: true, Draw: "svg"}); last(r.Frame) != "dynamical, 143 beams + 1,198 weak" || plain(r.Frame.Hud[0]) != "200\u2009kV · 80\u2009nm" {
		t.Errorf("another thickness, which is no draft: %v", r.Frame.Hud)
	}
	frame := must(t, s, protocol.Request{Op: "tilt", X: 0.3, Light: true, Draw: "svg"})
	if got := last(frame.Frame); !strings.HasPrefix(got, "draft, ") || !strings.HasSuffix(got, " beams") || frame.Frame.Of != "of the incident beam" {
		t.Errorf("a frame of a gesture: %q, %q", got, frame.Frame.Of)
	}
	rest := must(t, s, protocol.Request{Op: "view", Draw: "svg"})
	if got := last(&rest.View.Frame); !strings.HasPrefix(got, "dynamical, ") || rest.SVG == frame.SVG {
		t.Errorf("after the gesture: %q, the same picture: %v", got, rest.SVG == frame.SVG)
	}
	detail := must(t, s, protocol.Request{Op: "select", HKL: &[3]int{1, -1, 1}})
	if detail.Detail.Of != "of the incident beam" || !strings.Contains(detail.Status, " percent of the incident beam.") {
		t.Errorf("a spot: %q, %q", detail.Detail.Of, detail.Status)
	}

	// Until a long calculation is done there is a draft.
	s = open(t, "/sim?c=lib-yag&z=1,1,1&m=d")
	view = must(t, s, protocol.Request{Op: "view", Draw: "svg"})
	draft := last(&view.View.Frame)
	if view.View.Waiting == "" || !strings.HasPrefix(draft, "draft, ") || !strings.HasSuffix(draft, " beams") || view.View.Frame.Of != "of the incident beam" {
		t.Errorf("a draft: waiting %q, %q, %s %% %s", view.View.Waiting, draft, view.View.Rows[0].I, view.View.Frame.Of)
	}
	if !strings.Contains(view.View.Description, ", "+draft) {
		t.Errorf("described as %q", view.View.Description)
	}
	table := must(t, s, protocol.Request{Op: "table", Limit: 1}).Table
	if svg := must(t, s, protocol.Request{Op: "export", Kind: "svg"}).SVG; !strings.Contains(svg, "200 kV, "+draft) || !strings.Contains(table.Caption, " in view, "+draft+", 50 nm, no absorption") {
		t.Errorf("the file and the table %q do not tell", table.Caption)
	}
	// A light frame says so too, and says of what the intensities are.
	if f := must(t, s, protocol.Request{Op: "tilt", X: 0.01, Light: true, Draw: "svg"}).Frame; !strings.HasPrefix(last(f), "draft, ") || f.Of != "of the incident beam" {
		t.Errorf("a light frame of a draft: %q, %q", last(f), f.Of)
	}

	s = open(t, "/sim?z=1,1,0")
	if v := must(t, s, protocol.Request{Op: "view"}).View; len(v.Frame.Hud) != 2 || v.Frame.Of != "of the strongest spot" || strings.Contains(v.Frame.Count, ",") {
		t.Errorf("kinematic: %v, %q, %q", v.Frame.Hud, v.Frame.Of, v.Frame.Count)
	}
	if v := must(t, s, protocol.Request{Op: "set", Set: &protocol.Patch{Values: values{"w": "r", "m": "d"}}}).View; len(v.Frame.Hud) != 2 || v.Frame.Of != "of the strongest planes" {
		t.Errorf("powder: %v, %q", v.Frame.Hud, v.Frame.Of)
	}
}
