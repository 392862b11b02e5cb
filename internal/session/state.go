// Package session is the state of the simulator page: which crystal, turned
// how, seen through which microscope, with which marks and measurements. It
// begins from a link (package link) and can say its state as one, turns the
// wishes of a person (requests of package protocol) into a new state, and words
// everything that the page shows. It is plain Go: the worker of the page
// (wasm/engine), the server, which draws the same picture for the same link, and
// tests all use it.
package session

import (
	"errors"
	"math"
	"slices"
	"strings"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/link"
	"zoneaxis/internal/protocol"
	"zoneaxis/internal/scene"
	"zoneaxis/internal/wire"
)

// state is everything that a snapshot keeps. Copies are independent: slices and
// pointers in it are never changed in place.
type state struct {
	crystal   string // id
	doc       string // of the fragment; "" if the file is too large for a link, or not packed yet
	large     bool   // the file does not fit into a link
	key       string // names the file among those opened, for crystal "cif"
	orient    geom.Rotation
	reference crystal.UVW // zone last asked for; takes part as nearest zone whatever its indices

	link.Settings
	measured         []link.Point
	between          bool
	holder           *link.Holder
	axis             float64 // degrees, direction of the α axis on the screen
	flipA, flipB     bool
	atX, atY         float64 // Å⁻¹
	second, relation string
	variant          int
	unknown          []string
	newer            int
}

// moment is everything that a request may change and a later one can see. A
// request that fails gets back the copy that was made before it: like those of
// a state, slices and what pointers lead to are never changed in place, or can
// be made again from the rest.
type moment struct {
	state
	beam     diffraction.Beam
	specimen *specimen
	other    *companion

	zone     crystal.UVW // nearest
	offAxis  float64     // rad
	selected *crystal.HKL

	reported state // of the last whole reply

	dynamics *dynamics // the last solution, of whatever state
	draft    *dynamics // the last one of a frame of a gesture
	budget   budget    // of such frames
	light    bool      // the request being answered is a frame of a gesture

	drag    drag
	glide   *glide
	size    float64 // of letters and marks in the next drawings; see Request.Size
	pending pending
}

// Session is the state of one page. It is not safe for concurrent use.
type Session struct {
	picture

	// What follows is kept to be found again.
	lookup func(string) (*crystal.Structure, error)
	files  map[string]*file              // by key
	packed map[string]string             // keys of files by the fragments of links; "" if it cannot be read
	kept   map[string]*crystal.Structure // documents that came with requests, by id
	ratios *ratioTable                   // of the pattern library, once the page has handed it in
}

// picture is a moment as it is drawn. All but the moment is made anew from it.
type picture struct {
	moment
	scene  scene.Scene
	frame  wire.Frame
	drawn  pattern
	layers diffraction.Layers
	memory struct {
		spots []diffraction.Spot
		faint []diffraction.Spot
		bands []diffraction.Band
		line  []diffraction.Point
	}
}

// What is done with a picture, by subject.
type (
	words     struct{ *picture } // what the page says of it
	measuring struct{ *picture } // picking and measuring
	dragging  struct{ *picture } // turning the crystal by a drag
	planning  struct{ *picture } // the holder, stereogram and crystal beside it
	listing   struct{ *picture } // the table of reflections, and walking through them
	exporting struct{ *picture } // files
)

func (s *picture) words() words         { return words{s} }
func (s *picture) measuring() measuring { return measuring{s} }
func (s *picture) dragging() dragging   { return dragging{s} }
func (s *picture) planning() planning   { return planning{s} }
func (s *picture) listing() listing     { return listing{s} }
func (s *picture) exporting() exporting { return exporting{s} }

// saved is a moment with how far its crystals reach, which they keep themselves.
type saved struct {
	moment
	first, second reached
}

// save returns what rollback goes back to.
func (s *Session) save() saved {
	before := saved{moment: s.moment}
	if s.specimen != nil {
		before.first = s.specimen.reached
	}
	if s.other != nil {
		before.second = s.other.specimen.reached
	}
	return before
}

// rollback undoes all that has happened since save.
func (s *Session) rollback(before *saved) {
	s.moment = before.moment
	if s.specimen != nil {
		s.specimen.reached = before.first
	}
	if s.other != nil {
		s.other.specimen.reached = before.second
	}
	s.drawn.stale = true
}

// attempt does something that leaves no trace if it fails.
func (s *Session) attempt(try func() error) error {
	before := s.save()
	err := try()
	if err != nil {
		s.rollback(&before)
	}
	return err
}

// file is an opened file with the structure that was taken from it.
type file struct {
	structure *crystal.Structure
	doc       string // fragment text; "" until the page has packed it
	large     bool   // it does not fit into a link
}

// pending is a file with several structures, until one of them is chosen.
type pending struct {
	structures []*crystal.Structure
	name       string
	data       []byte
}

// Open returns the session of a link, and what could not be read of it. The
// session is never nil: what is missing has its default, in the last resort
// silicon along [001]. lookup finds crystals that are not in the library; it
// may be nil, and may return ErrNeed.
func Open(address string, lookup func(id string) (*crystal.Structure, error)) (*Session, []link.Problem) {
	s := &Session{lookup: lookup, files: map[string]*file{}, packed: map[string]string{}}
	l, problems := link.Parse(address)
	more, err := s.apply(l, false)
	if err != nil {
		more = append(more, crystalProblem(l.Crystal, err))
		l.Crystal, l.Doc = link.Default().Crystal, ""
		l.Second, l.Measured = "", nil
		last, err := s.apply(l, false)
		if err != nil {
			panic("session: the default crystal cannot be opened: " + err.Error())
		}
		more = append(more, last...)
	}
	return s, append(problems, more...)
}

// crystalProblem words a crystal that could not be opened.
func crystalProblem(id string, err error) link.Problem {
	if errors.Is(err, ErrNeed) && id == "cif" {
		err = errFragment
	}
	if errors.Is(err, ErrNeed) {
		return link.Problem{Key: "c", Text: id + " is not in the library and has to be fetched first. Showing silicon."}
	}
	if id == "" || errors.Is(err, errNoCrystal) {
		return link.Problem{Key: "c", Text: link.Damaged("crystal", "silicon")}
	}
	return link.Problem{Key: "c", Text: err.Error()}
}

var errNoCrystal = errors.New("session: no such crystal")

// needError asks for a crystal that has to be fetched.
type needError struct{ id string }

func (e needError) Error() string { return ErrNeed.Error() + ": " + e.id }
func (e needError) Unwrap() error { return ErrNeed }

// apply makes the session that of a link. With strict set a second crystal that
// must be fetched is an error too. After an error the state is to be set again,
// or rolled back.
func (s *Session) apply(l link.Link, strict bool) ([]link.Problem, error) {
	return s.applyFile(l, "", strict)
}

// applyFile is apply for the file of a key, which the link need not hold.
func (s *Session) applyFile(l link.Link, key string, strict bool) ([]link.Problem, error) {
	id, ok := resolveID(l.Crystal)
	if !ok {
		return nil, errNoCrystal
	}
	next := state{
		crystal: id, Settings: l.Settings,
		measured: l.Measured, between: l.Between, holder: l.Holder, axis: s.axis, flipA: s.flipA, flipB: s.flipB,
		atX: l.AtX, atY: l.AtY, relation: l.Relation, variant: 1, unknown: l.Unknown, newer: l.Newer,
	}
	if id == "cif" {
		next.key, next.doc = key, l.Doc
		if key == "" {
			var err error
			if next.key, err = s.openDoc(l.Doc); err != nil {
				return nil, err
			}
		}
		if f := s.files[next.key]; f != nil {
			next.large = f.large
		}
	}
	p, err := s.specimenOf(id, next.key, l.Cell)
	if err != nil {
		return nil, err
	}
	var problems []link.Problem
	if l.ZoneText != "" {
		in := crystal.ParseZone(l.ZoneText, p.four, p.name(), p.system())
		if in.OK {
			l.Zone = in.UVW
		} else {
			problems = append(problems, link.Problem{Key: "z", Text: link.Damaged("orientation", "[001]")})
			l.Zone, l.TiltX, l.TiltY, l.Rotation = link.Default().Zone, 0, 0, 0
		}
	}
	next.reference = l.Zone
	if next.orient, err = compose(p.structure.Lattice, l.Zone, l.TiltX, l.TiltY, l.Rotation); err != nil {
		return nil, err
	}
	s.state, s.specimen, s.other = next, p, nil
	if err := s.refresh(); err != nil {
		return nil, err
	}
	if l.Second != "" {
		if err := s.setSecond(l.Second, l.Relation, 1); err != nil {
			if strict && errors.Is(err, ErrNeed) {
				return nil, err
			}
			problems = append(problems, link.Problem{Key: "c2", Text: link.Damaged("second phase", "none")})
		}
	}
	s.selected, s.drag, s.glide = nil, drag{}, nil
	return problems, nil
}

// specimenOf opens a crystal; the one that is shown is reused.
func (s *Session) specimenOf(id, key, cell string) (*specimen, error) {
	if s.specimen != nil && s.specimen.id == id && s.state.key == key && s.state.Cell == cell {
		return s.specimen, nil
	}
	var structure *crystal.Structure
	var err error
	if id == "cif" {
		f, ok := s.files[key]
		if !ok {
			return nil, errGone
		}
		one := *f.structure
		structure = &one
	} else if structure, err = structureOf(id, s.find); err != nil {
		if errors.Is(err, ErrNeed) {
			return nil, needError{id}
		}
		return nil, err
	}
	return newSpecimen(id, structure, cell)
}

// refresh computes what depends on the state: beam, reflections, nearest zone.
func (s *picture) refresh() error {
	beam, err := diffraction.NewBeam(s.KV * 1e3)
	if err != nil {
		return err
	}
	s.beam = beam
	if err := s.specimen.reach(s.gmax()); err != nil {
		return err
	}
	if s.other != nil {
		if err := s.other.specimen.reach(s.gmax()); err != nil {
			return err
		}
	}
	s.zone, s.offAxis = s.specimen.zones.Nearest(s.orient, s.reference)
	s.drawn.stale = true
	return nil
}

// detector is the width of the picture on the detector, mm.
const detector = 36.5

// side returns the width of the picture in Å⁻¹: detector/(λL), with L in mm
// and λ in Å.
func (s *moment) side() float64 { return detector / (s.beam.Wavelength() * s.CL) }

// gmax returns the radius of the picture about 000, corners included, Å⁻¹.
func (s *moment) gmax() float64 {
	return s.side()/2*math.Sqrt2 + math.Hypot(s.atX, s.atY)
}

// Link returns the content of the canonical link of the state: the tilt counts
// from the nearest zone axis.
func (s *moment) Link() link.Link {
	l := link.Link{
		Crystal: s.crystal, Doc: s.doc, Zone: s.zone, Settings: s.Settings,
		Measured: s.measured, Between: s.between, Holder: s.holder,
		AtX: s.atX, AtY: s.atY, Second: s.second, Relation: s.relation,
		Unknown: s.unknown, Newer: s.newer,
	}
	l.TiltX, l.TiltY, l.Rotation = decompose(s.specimen.structure.Lattice, s.zone, s.orient)
	return l
}

// numbersFirst is how many numbers stand first in the lens of a snapshot: the
// position and the tilt axis follow, and then the numbers that came later.
const numbersFirst = 3

// placeOf returns where a lens has the number i of the settings.
func placeOf(i int) int {
	if i < numbersFirst {
		return i
	}
	return i + 3
}

// numbers are the settings that are numbers.
func numbers() []*link.Setting {
	var rows []*link.Setting
	for i := range link.Table {
		if row := &link.Table[i]; row.Number(&link.Settings{}) != nil {
			rows = append(rows, row)
		}
	}
	return rows
}

// lens returns the numbers of the state bit for bit, which a link rounds.
func (s *moment) lens() []float64 {
	rows := numbers()
	m := make([]float64, 3+len(rows))
	m[numbersFirst], m[numbersFirst+1], m[numbersFirst+2] = s.atX, s.atY, s.axis
	for i, row := range rows {
		m[placeOf(i)] = *row.Number(&s.Settings)
	}
	return m
}

// Snapshot returns a text that Restore turns into exactly this state, bit for
// bit. It holds files only as far as a link does; larger ones are remembered by
// the session that opened them.
func (s *moment) Snapshot() string {
	q := s.orient
	snap := protocol.Snapshot{
		Link: s.Link().String(), Orient: [4]float64{q.W, q.X, q.Y, q.Z}, Reference: s.reference,
		Lens: s.lens(), Key: s.key, Variant: s.variant,
	}
	for _, p := range s.measured {
		snap.Free = append(snap.Free, p.X, p.Y)
	}
	if s.flipA {
		snap.Flip += "a"
	}
	if s.flipB {
		snap.Flip += "b"
	}
	return snap.Text()
}

var errGone = errors.New("This crystal came from a file that is no longer open. Open the file again.")

var errSnapshot = errors.New("This saved state could not be read.")

// Restore sets the state of a snapshot. On an error nothing changes.
func (s *Session) Restore(text string) error {
	return s.attempt(func() error { return s.restore(text) })
}

func (s *Session) restore(text string) error {
	snap, ok := protocol.ReadSnapshot(text)
	if !ok {
		return errSnapshot
	}
	l, problems := link.ParseSaved(snap.Link)
	if len(problems) > 0 && l.Newer == 0 {
		return errSnapshot
	}
	q := geom.Rotation{W: snap.Orient[0], X: snap.Orient[1], Y: snap.Orient[2], Z: snap.Orient[3]}
	if math.Abs(q.W*q.W+q.X*q.X+q.Y*q.Y+q.Z*q.Z-1) > 1e-9 {
		return errSnapshot
	}
	if l.Crystal == "cif" && l.Doc == "" {
		if _, ok := s.files[snap.Key]; !ok {
			return errGone
		}
	}
	return s.applySnapshot(l, snap, q)
}

func (s *Session) applySnapshot(l link.Link, snap *protocol.Snapshot, q geom.Rotation) error {
	if len(snap.Lens) < numbersFirst+3 {
		return errSnapshot
	}
	rest := snap.Lens[numbersFirst:]
	for i, row := range numbers() {
		at := placeOf(i)
		if at >= len(snap.Lens) {
			break // from before there was this setting: the link has the default
		}
		if !row.Allows(snap.Lens[at]) {
			return errSnapshot
		}
		*row.Number(&l.Settings) = snap.Lens[at]
	}
	if len(snap.Free) != 2*len(l.Measured) {
		return errSnapshot
	}
	key := ""
	if f := s.files[snap.Key]; f != nil && l.Crystal == "cif" {
		key, l.Doc = snap.Key, f.doc
	}
	l.AtX, l.AtY = rest[0], rest[1]
	if !within(link.MaxAt, l.AtX, l.AtY) || !within(link.MaxFree, snap.Free...) {
		return errSnapshot
	}
	l.Measured = slices.Clone(l.Measured)
	for i := range l.Measured {
		l.Measured[i].X, l.Measured[i].Y = snap.Free[2*i], snap.Free[2*i+1]
	}
	s.axis, s.flipA, s.flipB = rest[2], strings.Contains(snap.Flip, "a"), strings.Contains(snap.Flip, "b")
	second, relation := l.Second, l.Relation
	l.Second = ""
	if _, err := s.applyFile(l, key, true); err != nil {
		return err
	}
	s.orient, s.reference = q, snap.Reference
	if second != "" {
		if err := s.setSecond(second, relation, max(1, snap.Variant)); err != nil {
			return err
		}
	}
	return s.refresh()
}

// within reports whether all numbers lie between −limit and limit; NaN does not.
func within(limit float64, numbers ...float64) bool {
	for _, v := range numbers {
		if !(math.Abs(v) <= limit) {
			return false
		}
	}
	return true
}

// openDoc returns the key of the crystal of a fragment. The page unpacks it and
// hands the document in first.
func (s *Session) openDoc(doc string) (string, error) {
	key, ok := s.packed[doc]
	if !ok {
		return "", needError{protocol.NeedFragment + doc}
	}
	if key == "" {
		return "", errFragment
	}
	return key, nil
}

var errFragment = errors.New("The crystal in this link could not be read. Ask for the file, or copy the link again.")
