package session

import (
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/lean/say"
	"zoneaxis/internal/link"
	"zoneaxis/internal/protocol"
	"zoneaxis/internal/scene"
	"zoneaxis/internal/source"
	"zoneaxis/internal/wire"
)

// Call answers one request of the page, JSON in and JSON out, with a drawing
// and the bytes of a wire frame beside it. Whatever goes wrong is told in the
// reply; a panic inside is told as an error too, and the session stays usable.
func (s *Session) Call(request []byte, payload []byte) (reply []byte, svg string, marks []byte) {
	var out *protocol.Reply
	if r, err := protocol.ReadRequest(request); err != nil {
		out = &protocol.Reply{Error: "The page sent something that is not a request: " + err.Error()}
	} else {
		out = s.Do(r, payload)
	}
	return out.JSON(), out.SVG, out.Marks
}

// CallCalculate is Calculate with the reply as JSON.
func (s *Session) CallCalculate(yield func() bool, solver Solver) []byte {
	return s.Calculate(yield, solver).JSON()
}

// Do answers one request. If it fails, by an error, a missing crystal or a panic,
// the session is as it was before.
func (s *Session) Do(r *protocol.Request, payload []byte) (out *protocol.Reply) {
	out = &protocol.Reply{Seq: r.Seq}
	before := s.save()
	defer func() {
		if p := recover(); p != nil {
			*out = protocol.Reply{Seq: r.Seq, Error: sorry(p)}
		}
		if !out.OK {
			s.rollback(&before)
		}
	}()
	s.light = r.Light
	if r.Light && s.drawn.light && s.drawn.dynamics != nil {
		s.budget.took(r.Took)
	}
	o, ok := operations[r.Op]
	if !ok {
		out.Error = "The page asked for “" + r.Op + "”, which this version does not know. Reload the page."
		return out
	}
	if o.turns && s.Rings {
		out.Error = "Powder rings hold all orientations at once, so nothing turns them."
		out.Action = &protocol.Action{Label: "Show spots", Request: &protocol.Request{Op: "set", Set: &protocol.Patch{Values: map[string]string{"w": ""}}}}
		return out
	}
	if r.Draw != "" {
		s.resize(r.Size)
	}
	source.Missed() // by what came before
	err := checkIndices(r)
	if err == nil {
		err = o.do(s, r, payload, out)
	}
	switch {
	case source.Missed():
		*out = protocol.Reply{Seq: r.Seq, Need: protocol.NeedLibrary}
	case err != nil:
		*out = failure(r, err)
	case len(out.Fields) > 0:
		*out = protocol.Reply{Seq: r.Seq, Fields: out.Fields}
	default:
		out.OK = true
		s.finish(r, o, out)
	}
	return out
}

// checkIndices refuses indices of a request that no spot of a picture has: sums of
// larger ones could overflow.
func checkIndices(r *protocol.Request) error {
	if r.HKL == nil {
		return nil
	}
	for _, i := range r.HKL {
		if i < -link.MaxIndex || i > link.MaxIndex {
			return errors.New("Indices of a spot go from −" + strconv.Itoa(link.MaxIndex) + " to " + strconv.Itoa(link.MaxIndex) + ".")
		}
	}
	return nil
}

// sorry words a panic.
func sorry(p any) string {
	return say.Sprintf("Something went wrong inside the simulator (%v). The picture above is still right.", p)
}

// resize sets the size of letters and marks, in steps so that a window a little
// too small looks like any other.
func (s *picture) resize(size float64) {
	if !(size > 1.02) {
		size = 1
	}
	if size = math.Floor(min(size, 2)*20+0.5) / 20; size != s.size {
		s.size, s.drawn.stale = size, true
	}
}

// operation is one entry of the table of requests.
type operation struct {
	do    func(*Session, *protocol.Request, []byte, *protocol.Reply) error
	push  bool // a new entry of the browser's history
	turns bool // turns the crystal, of which powder rings show nothing
	plain bool // changes nothing: no View unless something is drawn
}

var operations map[string]operation

func init() {
	operations = map[string]operation{
		"open":        {do: (*Session).doOpen, push: true},
		"crystal":     {do: (*Session).doCrystal, push: true},
		"read":        {do: (*Session).doRead, push: true},
		"document":    {do: (*Session).doDocument, plain: true},
		"restore":     {do: (*Session).doRestore},
		"parse":       {do: (*Session).doParse, plain: true},
		"zone":        {do: (*Session).doZone, push: true, turns: true},
		"go":          {do: (*Session).doGo, push: true, turns: true},
		"snap":        {do: (*Session).doSnap, turns: true},
		"common":      {do: (*Session).doCommon, push: true, turns: true},
		"tilt":        {do: (*Session).doTilt, turns: true},
		"rotate":      {do: (*Session).doRotate, turns: true},
		"drag":        {do: (*Session).doDrag},
		"zoom":        {do: (*Session).doZoom},
		"centre":      {do: (*Session).doCentre},
		"glide":       {do: (*Session).doGlide},
		"set":         {do: (*Session).doSet},
		"measure":     {do: (*Session).doMeasure},
		"pick":        {do: (*Session).doPick, plain: true},
		"inspect":     {do: (*Session).doInspect, plain: true},
		"select":      {do: (*Session).doSelect},
		"walk":        {do: (*Session).doWalk},
		"view":        {do: func(*Session, *protocol.Request, []byte, *protocol.Reply) error { return nil }},
		"table":       {do: (*Session).doTable, plain: true},
		"sheet":       {do: (*Session).doSheet, plain: true},
		"tiltplan":    {do: (*Session).doPlan, plain: true},
		"stereogram":  {do: (*Session).doStereogram, plain: true},
		"stereonet":   {do: (*Session).doStereonet, plain: true},
		"crystalview": {do: (*Session).doCrystalView, plain: true},
		"qr":          {do: (*Session).doQR, plain: true},
		"export":      {do: (*Session).doExport, plain: true},
	}
}

// failure is the reply for an error. A crystal that has to be fetched is no error
// to show.
func failure(r *protocol.Request, err error) protocol.Reply {
	var need needError
	if errors.As(err, &need) {
		return protocol.Reply{Seq: r.Seq, Need: need.id}
	}
	if errors.Is(err, source.ErrNoReader) {
		return protocol.Reply{Seq: r.Seq, Need: protocol.NeedReader}
	}
	return protocol.Reply{Seq: r.Seq, Error: sentence(err)}
}

// sentence returns the text of an error for a person: errors of the packages
// below begin with their name.
func sentence(err error) string {
	text := err.Error()
	for _, p := range []string{"crystal: ", "diffraction: ", "orientation: ", "symmetry: ", "source: ", "session: ", "zones: "} {
		text = strings.TrimPrefix(text, p)
	}
	if text == "" {
		return "That did not work."
	}
	text = strings.ToUpper(text[:1]) + text[1:]
	if !strings.HasSuffix(text, ".") && !strings.HasSuffix(text, "?") {
		text += "."
	}
	return text
}

// finish adds the state, the words and the drawing to a reply.
func (s *Session) finish(r *protocol.Request, o operation, out *protocol.Reply) {
	if s.drawn.light && !r.Light && !o.plain && s.isDynamical() {
		s.drawn.stale, s.draft = true, nil // a gesture has ended: all beams count
	}
	if r.Draw != "" && out.SVG == "" {
		s.Draw(r.Draw, r.Seq, out)
	}
	if r.Light {
		if out.Frame == nil {
			out.Frame = s.words().frameView()
		}
		return
	}
	if o.plain && r.Draw == "" {
		return
	}
	// What changed counts from the last whole reply: a gesture is one change.
	before := s.reported
	s.reported = s.state
	if r.Op != "restore" && before.crystal != "" {
		out.Change = s.words().changed(&before, o.push)
	}
	out.Push = o.push && out.Change != ""
	out.Link, out.Snapshot = s.Link().String(), s.Snapshot()
	out.View = s.View()
	if out.Status == "" && out.Change != "" {
		out.Status = s.words().status(&before)
		if r.Op == "read" {
			// The view has the notes on the file; here they are only said.
			out.Status = strings.Join(append([]string{out.Status}, s.specimen.notes...), " ")
		}
	}
}

// changed names the most important difference to an earlier state; empty if
// there is none. zone tells that the person asked for a zone axis.
func (s words) changed(a *state, zone bool) string {
	b := &s.state
	turned := a.orient != b.orient
	along := geom.Angle(beamDirection(a.orient), beamDirection(b.orient)) < 1e-9
	for _, d := range []difference{
		{a.crystal != b.crystal || a.key != b.key, "crystal"},
		{a.Cell != b.Cell, "cell"},
		{turned && zone, "zone axis"},
		{turned && along, "rotation"},
		{turned, "tilt"},
	} {
		if d.differs {
			return d.name
		}
	}
	for i := range link.Table {
		if row := &link.Table[i]; !row.Same(&a.Settings, &b.Settings) {
			return row.Change()
		}
	}
	for _, d := range []difference{
		{a.atX != b.atX || a.atY != b.atY, "position"},
		{!slices.Equal(a.measured, b.measured) || a.between != b.between, "measurement"},
		{!sameHolder(a.holder, b.holder) || a.axis != b.axis || a.flipA != b.flipA || a.flipB != b.flipB, "holder"},
		{a.second != b.second || a.relation != b.relation || a.variant != b.variant, "second phase"},
	} {
		if d.differs {
			return d.name
		}
	}
	return ""
}

// difference is something that two states may differ in.
type difference struct {
	differs bool
	name    string
}

func sameHolder(a, b *link.Holder) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

// status says what has changed, for assistive technology.
func (s words) status(before *state) string {
	four := s.specimen.four
	zone := "zone axis " + s.zone.Spoken(four)
	switch {
	case before.crystal != s.crystal || before.key != s.key:
		return s.heading() + "."
	case before.orient != s.orient:
		if geom.Angle(beamDirection(before.orient), beamDirection(s.orient)) < 1e-9 {
			_, _, r := decompose(s.specimen.structure.Lattice, s.zone, s.orient)
			text := "Rotated to "
			if r < -0.05 {
				text += "minus "
			}
			return text + link.Fixed(math.Abs(r), 1) + " degrees."
		}
		if s.offAxis < onAxis {
			return "On " + zone + "."
		}
		away := link.Fixed(geom.Degrees(s.offAxis), 1) + " degrees"
		was, _ := s.specimen.zones.Nearest(before.orient, before.reference)
		if was != s.zone {
			return "Nearest zone is now " + s.zone.Spoken(four) + ", " + away + " away."
		}
		return "Tilted to " + away + " from " + s.zone.Spoken(four) + "; nearest is still " + s.zone.Spoken(four) + "."
	case before.CL != s.CL:
		return "Zoom " + link.Trimmed(100*s.CL/link.Default().CL, 0) + " percent."
	case !slices.Equal(before.measured, s.measured) || before.between != s.between:
		return s.measuring().measureStatus()
	case before.KV != s.KV:
		return link.Trimmed(s.KV, 1) + " kilovolts."
	}
	return ""
}

// Draw adds the picture to a reply: "svg" all of it, "canvas" a wire frame and
// the SVG of what the canvas leaves out.
func (s *picture) Draw(how string, seq uint32, out *protocol.Reply) {
	s.draw()
	switch how {
	case "svg":
		out.SVG = string(s.scene.AppendSVG(nil, scene.Full))
	case "canvas":
		out.SVG = string(s.scene.AppendSVG(nil, scene.Overlay))
		s.scene.Frame(&s.frame)
		s.frame.Seq = seq
		out.Marks = wire.Append(nil, &s.frame)
	}
}

// SVG returns the picture of the state for a page.
func (s *picture) SVG() string {
	s.draw()
	return string(s.scene.AppendSVG(nil, scene.Full))
}

// take keeps the structure documents that come with a request, so that lookups
// find them from then on.
func (s *Session) take(payload []byte) error {
	if len(payload) == 0 {
		return nil
	}
	structures, err := source.Read("", payload)
	if err != nil {
		return err
	}
	if s.kept == nil {
		s.kept = map[string]*crystal.Structure{}
	}
	for _, structure := range structures {
		if id, ok := resolveID(structure.ID); ok {
			s.kept[id] = structure
		}
	}
	return nil
}

// find looks a crystal up among the kept ones, then where Open was told to.
func (s *Session) find(id string) (*crystal.Structure, error) {
	if kept, ok := s.kept[id]; ok {
		one := *kept
		return &one, nil
	}
	if s.lookup == nil {
		return nil, ErrNeed
	}
	return s.lookup(id)
}

func finite(values ...float64) bool {
	for _, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	return true
}
