package session

import (
	"errors"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"zoneaxis/internal/protocol"
)

// attempts has for every operation a request that does something, and those that
// fail: by one wrong field or a missing crystal.
var attempts = map[string]struct {
	good wish
	bad  []wish // none for operations that take anything
}{
	"open": {good: wish{Request: protocol.Request{Link: "/sim?c=lib-au&z=1,1,1&kv=80&cl=200&c2=twin"}}, bad: []wish{
		{Request: protocol.Request{Link: "/sim?c=mp-999999&kv=80"}},
		{Request: protocol.Request{Link: "/sim?kv=80&c2=mp-999999&or=(111)"}},
		{Request: protocol.Request{Link: "/sim?kv=80"}, payload: "no structure"},
	}},
	"crystal": {good: wish{Request: protocol.Request{ID: "lib-albite"}}, bad: []wish{
		{Request: protocol.Request{ID: "mp-999999"}},
		{Request: protocol.Request{ID: "unobtainium"}},
		{Request: protocol.Request{ID: "cif"}},
		{Request: protocol.Request{ID: "lib-au"}, payload: "no structure"},
	}},
	"read": {good: wish{Request: protocol.Request{Name: "two.cif"}, payload: twoSalts}, bad: []wish{
		{Request: protocol.Request{Name: "x.cif"}, payload: "data_x\n_cell_angle_alpha 90\n"},
		{Request: protocol.Request{Block: pointer(7)}},
		{Request: protocol.Request{Name: "two.cif", Block: pointer(2)}, payload: twoSalts},
		{Request: protocol.Request{}, payload: `{"format":"zoneaxis session","link":"/sim?kv=80&c=mp-999999","state":"{}"}`},
	}},
	"document": {good: wish{Request: protocol.Request{Text: "abc"}, payload: oneSalt}, bad: []wish{
		{payload: oneSalt},
		{Request: protocol.Request{Text: "abc", ID: "gone"}},
		{Request: protocol.Request{Text: strings.Repeat("x", 13<<10)}, payload: oneSalt},
	}},
	"restore": {good: wish{Request: protocol.Request{Snapshot: `{"l":"/sim?kv=80&z=1,1,1&c2=lib-au","q":[1,0,0,0],"z":[0,0,1],"m":[80,520,50,0,0,7],"f":"a","n":1}`}}, bad: []wish{
		{},
		{Request: protocol.Request{Snapshot: `{"l":"/sim?kv=80&c=mp-999999","q":[1,0,0,0],"z":[0,0,1],"m":[80,520,50,0,0,0]}`}},
		{Request: protocol.Request{Snapshot: `{"l":"/sim?kv=80&c2=mp-999999","q":[1,0,0,0],"z":[0,0,1],"m":[80,300,60,0.5,0,7],"f":"ab"}`}},
		{Request: protocol.Request{Snapshot: `{"l":"/sim?kv=80&c2=lib-au&or=nonsense","q":[1,0,0,0],"z":[0,0,1],"m":[80,300,60,0.5,0,7],"f":"ab"}`}},
		{Request: protocol.Request{Snapshot: `{"l":"/sim?c=cif","q":[1,0,0,0],"z":[0,0,1],"m":[80,520,50,0,0,0],"k":"gone"}`}},
		{Request: protocol.Request{Snapshot: `{"l":"/sim?c=lib-au","q":[1,0,0,0],"z":[0,0,1],"m":[8,520,50,0,0,7],"f":"b"}`}},
		{Request: protocol.Request{Snapshot: `{"l":"/sim?c=lib-au","q":[1,0,0,0],"z":[0,0,1],"m":[80,520,50,0,0,7],"p":[1],"f":"b"}`}},
		{Request: protocol.Request{Snapshot: `{"l":"/sim?c=lib-au","q":[1,0,0,0],"z":[0,0,1],"m":[80,520,50,1e6,0,7],"f":"b"}`}},
		{Request: protocol.Request{Snapshot: `{"l":"/sim?c=lib-au&ms=p1,1","q":[1,0,0,0],"z":[0,0,1],"m":[80,520,50,0,0,7],"p":[1,1e6],"f":"b"}`}},
	}},
	"parse":       {good: wish{Request: protocol.Request{Text: "123"}}},
	"zone":        {good: wish{Request: protocol.Request{Text: "123"}}},
	"go":          {good: wish{Request: protocol.Request{UVW: &[3]int{1, 2, 3}}}, bad: []wish{{}, {Request: protocol.Request{UVW: &[3]int{}}}, {Request: protocol.Request{UVW: &[3]int{1, 0, 100}}}}},
	"snap":        {good: wish{}},
	"common":      {good: wish{Request: protocol.Request{Step: 1}}},
	"tilt":        {good: wish{Request: protocol.Request{X: 3, Y: -40}}, bad: []wish{{Request: protocol.Request{X: 3, Y: math.NaN()}}, {Request: protocol.Request{X: 181}}}},
	"rotate":      {good: wish{Request: protocol.Request{Deg: 33}}, bad: []wish{{Request: protocol.Request{Deg: math.Inf(1)}}, {Request: protocol.Request{Text: "361"}}}},
	"drag":        {good: wish{Request: protocol.Request{Stage: "move", X: 90, Y: 50, Detent: true}}, bad: []wish{{Request: protocol.Request{Stage: "move", X: math.NaN()}}, {Request: protocol.Request{Stage: "hold"}}}},
	"zoom":        {good: wish{Request: protocol.Request{Factor: 0.2, X: 100}}, bad: []wish{{}, {Request: protocol.Request{Factor: 2, X: math.Inf(1)}}}},
	"centre":      {good: wish{Request: protocol.Request{HKL: &[3]int{2, 0, 0}}}, bad: []wish{{Request: protocol.Request{HKL: &[3]int{math.MinInt, 0, 0}}}}},
	"glide":       {good: wish{Request: protocol.Request{X: 0.3, Light: true, Draw: "svg"}}},
	"set":         {good: wish{Request: protocol.Request{Set: &protocol.Patch{Values: values{"kv": "1000", "cl": "60", "f": "+h"}, Second: &protocol.SecondPatch{ID: pointer("lib-au")}}}}, bad: badPatches()},
	"measure":     {good: wish{Request: protocol.Request{HKL: &[3]int{1, 1, 1}}}, bad: []wish{{Request: protocol.Request{HKL: &[3]int{}}}, {Request: protocol.Request{X: math.NaN()}}, {Request: protocol.Request{X: 1e5}}, {Request: protocol.Request{X: -1e308, Light: true}}, {Request: protocol.Request{HKL: &[3]int{0, 1000, 0}}}}},
	"pick":        {good: wish{Request: protocol.Request{X: 30}}, bad: []wish{{Request: protocol.Request{X: math.NaN()}}}},
	"inspect":     {good: wish{Request: protocol.Request{HKL: &[3]int{1, 1, 1}}}, bad: []wish{{}, {Request: protocol.Request{HKL: &[3]int{math.MinInt, 0, 0}}}}},
	"select":      {good: wish{Request: protocol.Request{HKL: &[3]int{2, 2, 0}}}, bad: []wish{{Request: protocol.Request{HKL: &[3]int{math.MinInt, 0, 0}}}}},
	"walk":        {good: wish{Request: protocol.Request{Dir: "right"}}},
	"view":        {good: wish{Request: protocol.Request{Draw: "canvas", Size: 1.5}}},
	"table":       {good: wish{Request: protocol.Request{Sort: "d", Filter: "{111}"}}},
	"sheet":       {good: wish{}, bad: []wish{{payload: "no table"}}},
	"tiltplan":    {good: wish{Request: protocol.Request{Text: "111"}}},
	"stereogram":  {good: wish{Request: protocol.Request{UVW: &[3]int{1, 1, 1}}}},
	"stereonet":   {good: wish{Request: protocol.Request{Net: &protocol.NetRequest{First: "111", Great: true}}}, bad: []wish{{Request: protocol.Request{Net: &protocol.NetRequest{Zoom: math.NaN()}}}}},
	"crystalview": {good: wish{}},
	"qr":          {good: wish{Request: protocol.Request{Text: "https://example.org/"}}, bad: []wish{{}, {Request: protocol.Request{Text: strings.Repeat("x", 5000)}}}},
	"export":      {good: wish{Request: protocol.Request{Kind: "svg"}}, bad: []wish{{Request: protocol.Request{Kind: "pdf"}}}},
}

// wish is a request with its payload.
type wish struct {
	protocol.Request
	payload string
}

// values are settings of a patch.
type values = map[string]string

func pointer[T any](v T) *T { return &v }

// badPatches has each field of a patch with a wrong value, beside others that are
// right.
func badPatches() []wish {
	var list []wish
	for _, spoil := range []func(*protocol.Patch){
		func(p *protocol.Patch) { p.Values["kv"] = "5" },
		func(p *protocol.Patch) { p.Values["cl"] = "far" },
		func(p *protocol.Patch) { p.Scale = pointer("0") },
		func(p *protocol.Patch) { p.Scale, p.Unit = pointer("0.01"), math.NaN() },
		func(p *protocol.Patch) { p.Values["t"] = "" },
		func(p *protocol.Patch) { p.Values["m"] = "x" },
		func(p *protocol.Patch) { p.Values["w"] = "x" },
		func(p *protocol.Patch) { p.Values["speed"] = "1" },
		func(p *protocol.Patch) { p.Values["o"] = "+x" },
		func(p *protocol.Patch) { p.Values["p"] = "sepia" },
		func(p *protocol.Patch) { p.Values["f"] = "+" },
		func(p *protocol.Patch) {
			p.Holder = &protocol.HolderPatch{Alpha: pointer("91"), Beta: pointer("4"), FlipAlpha: pointer(true)}
		},
		func(p *protocol.Patch) { p.Holder = &protocol.HolderPatch{Beta: pointer("x"), FlipBeta: pointer(true)} },
		func(p *protocol.Patch) { p.Holder = &protocol.HolderPatch{LimitAlpha: pointer("-1"), Off: true} },
		func(p *protocol.Patch) {
			p.Holder = &protocol.HolderPatch{LimitBeta: pointer("100"), Axis: pointer("9")}
		},
		func(p *protocol.Patch) { p.Holder = &protocol.HolderPatch{Axis: pointer("361"), Alpha: pointer("9")} },
		func(p *protocol.Patch) { p.Second = &protocol.SecondPatch{ID: pointer("unobtainium")} },
		func(p *protocol.Patch) {
			p.Second = &protocol.SecondPatch{ID: pointer("lib-au"), Relation: pointer("nonsense")}
		},
		func(p *protocol.Patch) { p.Second = &protocol.SecondPatch{ID: pointer("mp-999999")} },
		func(p *protocol.Patch) { p.Values["u"] = "bogus" },
		func(p *protocol.Patch) {
			p.Values["u"], p.Second = "c", &protocol.SecondPatch{ID: pointer("mp-999999")}
		},
	} {
		p := &protocol.Patch{Values: values{"kv": "120", "cl": "70", "p": "screen", "w": "r", "o": "+k"}}
		spoil(p)
		list = append(list, wish{Request: protocol.Request{Set: p}})
	}
	return append(list, wish{Request: protocol.Request{Set: &protocol.Patch{Values: values{"kv": "120"}}}, payload: "no structure"})
}

const oneSalt = `data_salt
_cell_length_a 5.64
_cell_length_b 5.64
_cell_length_c 5.64
_cell_angle_alpha 90
_cell_angle_beta 90
_cell_angle_gamma 90
_symmetry_space_group_name_H-M 'F m -3 m'
loop_
_atom_site_label
_atom_site_type_symbol
_atom_site_fract_x
_atom_site_fract_y
_atom_site_fract_z
Na1 Na 0 0 0
Cl1 Cl 0.5 0.5 0.5
`

var twoSalts = oneSalt + strings.Replace(oneSalt, "data_salt", "data_other", 1)

// situations are states to fail in, each made anew.
var situations = map[string]func(*testing.T) *Session{
	"plain": func(t *testing.T) *Session {
		s, _ := Open("/sim?v=1", nil)
		return s
	},
	"much": func(t *testing.T) *Session {
		s, problems := Open("/sim?c=lib-ti&z=1,0,0&d=3,1,20&o=ikhdgs&f=h&ms=0,0,2;p0.4,0.2&h=5,-3,30,20&at=0.1,0.05&c2=lib-zr&or=Burgers", nil)
		if s.other == nil {
			t.Fatalf("no second phase: %v", problems)
		}
		done(t, s, wish{Request: protocol.Request{Op: "read", Name: "two.cif"}, payload: twoSalts})
		done(t, s, wish{Request: protocol.Request{Op: "snap"}})
		done(t, s, wish{Request: protocol.Request{Op: "select", HKL: &[3]int{0, 0, 2}}})
		return s
	},
	"drag": func(t *testing.T) *Session {
		s, _ := Open("/sim?z=1,1,0&o=ik", nil)
		done(t, s, wish{Request: protocol.Request{Op: "drag", Stage: "start", X: 33, Y: 21, Draw: "canvas", Size: 1.5}})
		done(t, s, wish{Request: protocol.Request{Op: "drag", Stage: "move", X: 60, Y: 10, Light: true, Draw: "canvas", Size: 1.5}})
		return s
	},
	"dynamical": func(t *testing.T) *Session {
		s, _ := Open("/sim?z=1,1,0&m=d", nil)
		// As if the picture had waited for Calculate: what it found must stay.
		s.View()
		if s.dynamics == nil || s.dynamics.system == nil {
			t.Fatal("no dynamical picture")
		}
		s.dynamics.intensities[1] *= 0.5
		s.drawn.stale = true
		return s
	},
	"powder": func(t *testing.T) *Session {
		s, _ := Open("/sim?c=lib-al&w=r&ms=1,1,1", nil)
		return s
	},
}

func done(t *testing.T, s *Session, w wish) {
	t.Helper()
	if r := s.Do(&w.Request, []byte(w.payload)); !r.OK {
		t.Fatalf("%s: %s %v %s", w.Op, r.Error, r.Fields, r.Need)
	}
}

// A request that fails leaves no trace, whatever it has done before it failed:
// not in the link, the snapshot and the picture, nor in anything else that the
// next request could see.
func TestFailedRequests(t *testing.T) {
	if have, want := slices.Sorted(maps.Keys(attempts)), slices.Sorted(maps.Keys(operations)); !slices.Equal(have, want) {
		t.Fatalf("tried are %v, there are %v", have, want)
	}
	for where, situation := range situations {
		s := situation(t)
		for op, a := range attempts {
			o := operations[op]
			for _, w := range a.bad {
				untouched(t, s, where, op, o, w)
			}
			late := func(end func() error) operation {
				return operation{push: o.push, plain: o.plain, do: func(s *Session, r *protocol.Request, payload []byte, out *protocol.Reply) error {
					if err := o.do(s, r, payload, out); err != nil || len(out.Fields) > 0 {
						t.Errorf("%s, %s: a good request fails: %v %v", where, op, err, out.Fields)
					}
					s.finish(r, o, out)
					s.SVG()
					return end()
				}}
			}
			untouched(t, s, where, op, late(func() error { return errors.New("late") }), a.good)
			untouched(t, s, where, op, late(func() error { panic("late") }), a.good)
		}
	}
}

// untouched fails unless a request fails and leaves a session as it was.
func untouched(t *testing.T, s *Session, where, op string, o operation, w wish) {
	t.Helper()
	s.SVG()
	link, snapshot, svg, words, before := s.Link().String(), s.Snapshot(), s.SVG(), (&protocol.Reply{View: s.View()}).JSON(), s.save()
	held := operations[op]
	operations[op] = o
	defer func() { operations[op] = held }()
	w.Op = op
	r := s.Do(&w.Request, []byte(w.payload))
	switch {
	case r.OK || r.Error == "" && len(r.Fields) == 0 && r.Need == "":
		t.Errorf("%s, %s %+v: ok %v, nothing is said", where, op, w.Request, r.OK)
	case r.Link != "" || r.View != nil || r.SVG != "":
		t.Errorf("%s, %s %+v: the reply has a new state", where, op, w.Request)
	}
	if s.Link().String() != link || s.Snapshot() != snapshot {
		t.Errorf("%s, %s %+v (%s): snapshot %s, was %s", where, op, w.Request, r.Error, s.Snapshot(), snapshot)
	}
	if !reflect.DeepEqual(s.save(), before) {
		t.Errorf("%s, %s %+v: the moment is\n%+v, was\n%+v", where, op, w.Request, s.moment, before.moment)
	}
	if s.SVG() != svg {
		t.Errorf("%s, %s %+v: another picture", where, op, w.Request)
	}
	if got := (&protocol.Reply{View: s.View()}).JSON(); string(got) != string(words) {
		t.Errorf("%s, %s %+v: the page says\n%s, before\n%s", where, op, w.Request, got, words)
	}
}

// The two requests that gave issue 13 its first item.
func TestSetIsWhole(t *testing.T) {
	s, _ := Open("/sim?v=1", nil)
	if r := s.Do(&protocol.Request{Op: "set", Set: &protocol.Patch{Values: values{"kv": "300", "u": "bogus"}}}, nil); r.OK || r.Fields["u"] == "" || s.Link().String() != "/sim?v=1" {
		t.Errorf("a wrong cell: %+v, %s", r, s.Link())
	}
	if r := s.Do(&protocol.Request{Op: "set", Set: &protocol.Patch{Values: values{"kv": "120"}, Second: &protocol.SecondPatch{ID: pointer("mp-999999")}}}, nil); r.OK || r.Need != "mp-999999" || s.Link().String() != "/sim?v=1" {
		t.Errorf("a missing crystal: %+v, %s", r, s.Link())
	}
}

// A calculation that breaks says so and changes nothing.
func TestFailedCalculation(t *testing.T) {
	s, _ := Open("/sim?c=lib-corundum&z=0,0,1&m=d&t=30", nil)
	if s.View().Waiting == "" {
		t.Fatal("this picture needs no calculation")
	}
	before, svg := s.save(), s.SVG()
	if r := s.Calculate(func() bool { panic("broken") }, nil); r.OK || !strings.HasPrefix(r.Error, "Something went wrong") {
		t.Errorf("%+v", r)
	}
	if !reflect.DeepEqual(s.save(), before) || s.SVG() != svg {
		t.Error("something has changed")
	}
}

// TestCommonSteps walks any number of steps through the common zones, both ways.
func TestCommonSteps(t *testing.T) {
	s, _ := Open("/sim?z=0,0,1", nil)
	n := len(s.specimen.common)
	at := slices.Index(s.specimen.common, s.zone)
	for _, step := range []int{1, -1, 2 - 7*n, 5*n + 3, math.MinInt, math.MaxInt} {
		if out := s.Do(&protocol.Request{Op: "common", Step: step}, nil); !out.OK {
			t.Fatalf("%d steps: %s", step, out.Error)
		}
		at = ((at+step%n)%n + n) % n
		if s.zone != s.specimen.common[at] {
			t.Errorf("after %d steps at %v, want %v", step, s.zone, s.specimen.common[at])
		}
	}
}

// TestNewCrystal: what was measured on one crystal says nothing of the next.
func TestNewCrystal(t *testing.T) {
	s, _ := Open("/sim?ms=1,1,1;2,-2,0;b&at=0.1,0", nil)
	if out := s.Do(&protocol.Request{Op: "crystal", ID: "lib-au"}, nil); !out.OK || out.Link != "/sim?c=lib-au" {
		t.Errorf("the link is %s (%s)", out.Link, out.Error)
	}
	for range 2 {
		if out := s.Do(&protocol.Request{Op: "measure", HKL: &[3]int{2, 0, 0}}, nil); !out.OK {
			t.Fatal(out.Error)
		}
	}
	if out := s.Do(&protocol.Request{Op: "measure", HKL: &[3]int{2, 2, 0}}, nil); strings.HasSuffix(out.Link, ";b") {
		t.Errorf("the new measurement is one between the spots: %s", out.Link)
	}
}
