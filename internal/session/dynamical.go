package session

import (
	"errors"
	"math"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/diffraction/bloch"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/link"
	"zoneaxis/internal/protocol"
	"zoneaxis/internal/scene"
	"zoneaxis/internal/wire"
)

// Sizes of calculations.
const (
	// draftBeams is the number of beams of a frame of a gesture, which has a few
	// milliseconds, until it is known how long frames take; then it is from
	// fewestBeams to mostFrameBeams.
	draftBeams, fewestBeams, mostFrameBeams = 100, 60, 160
	// draftStrong takes the place of the 2λ of bloch.Standard in such frames, which
	// have no weak beams.
	draftStrong = 1.2
	// promptBeams is the number of strong beams up to which a picture waits for
	// its calculation; larger ones are for Calculate, and the picture has a draft.
	promptBeams = 180
	// mostBeams bounds what Calculate takes on, as bloch.Options.MaxBeams.
	mostBeams = 1500
	// refinedStrong and refinedWeak bound the steps of a refinement, so that their
	// results stay small enough for a phone.
	refinedStrong, refinedWeak = 800, 2400
)

// A pattern whose convergence is below enough is not refined, and above trusted
// it is called not converged.
const enough, trusted = 0.02, 0.1

// fullIntensity is the fraction of the incident beam that a spot of full size
// carries.
const fullIntensity = 0.25

// dynamics is the solution for one crystal, orientation and voltage.
type dynamics struct {
	specimen   *specimen
	orient     geom.Rotation
	kv         float64
	absorption string // as in the settings
	ratio      float64

	refl    *diffraction.Reflections // that the beams are numbered by
	system  *bloch.System            // nil if there are too many beams
	beams   int                      // strong ones, counted or, without system, estimated
	refused bool                     // Calculate would not take it on either

	opt    bloch.Options // of system
	halves *bloch.Halves // to tell convergence from; nil until Calculate has solved them
	before *dynamics     // the step of a refinement before this one
	first  *dynamics     // the one that it began with
	ended  bool          // the refinement
	told   convergence   // the last one that was asked for

	thickness   float64 // nm, of intensities; 0 for none yet
	intensities []float64
}

// convergence is how far a solution may be from one with all beams, as a
// fraction, at a thickness in nm.
type convergence struct{ thickness, figure float64 }

// converged returns the convergence at a thickness in nm, false as long as it is
// not known: bloch.Convergence, and once refined what the last step has changed,
// with half of what half of the weak beams had changed before the first, since
// no step has many more of them.
func (d *dynamics) converged(thickness float64) (float64, bool) {
	switch {
	case d.halves == nil && d.before == nil:
		return 0, false
	case d.told.thickness == thickness:
	case d.before != nil:
		d.told = convergence{thickness, d.step(thickness) + d.first.halves.Weak(d.first.system, 10*thickness)/2}
	default:
		d.told = convergence{thickness, d.halves.Of(d.system, 10*thickness)}
	}
	return d.told.figure, true
}

// step is what the last step of a refinement has changed at a thickness in nm.
func (d *dynamics) step(thickness float64) float64 {
	return bloch.Distance(d.refl, d.system, d.refl, d.before.system, 10*thickness)
}

// unrefined reports whether Calculate can tell more of the convergence, or refine.
func (d *dynamics) unrefined(thickness float64) bool {
	if d.ended || d.system == nil {
		return false
	}
	figure, known := d.converged(thickness)
	if d.before != nil {
		figure = d.step(thickness)
	}
	return !known || figure >= enough && 2*d.system.Strong <= refinedStrong
}

// is reports whether d belongs to the state.
func (d *dynamics) is(s *moment) bool {
	return d != nil && d.specimen == s.specimen && d.orient == s.orient && d.kv == s.KV && d.absorption == s.Absorption && d.ratio == s.Ratio
}

// absorbing sets how the state loses electrons.
func (s *moment) absorbing(opt *bloch.Options) {
	switch opt.Ratio = s.Ratio; s.Absorption {
	case "t":
		opt.Absorption = bloch.Thermal
	case "p":
		opt.Absorption = bloch.Proportional
	}
}

// of returns the intensity of a reflection as a fraction of the incident beam,
// and false if it is not among the beams.
func (d *dynamics) of(h crystal.HKL) (float64, bool) {
	for i := range d.system.Beams {
		if d.refl.HKL[d.system.Beams[i].Ref] == h {
			return d.intensities[i], true
		}
	}
	return 0, false
}

// reflectionsWide returns the reflections of a specimen as far as dynamical
// diffraction takes account of them.
func (p *specimen) reflectionsWide() (*diffraction.Reflections, error) {
	if p.wide != nil {
		return p.wide, nil
	}
	reach := min(bloch.StandardGMax, p.furthest())
	if p.refl.GMax == reach {
		p.wide = p.refl
		return p.wide, nil
	}
	r, err := diffraction.NewReflections(p.structure, diffraction.Options{GMax: reach})
	if err == nil {
		p.wide = r
	}
	return r, err
}

// isDynamical reports whether the state asks for dynamical intensities and the
// picture can have them.
func (s *moment) isDynamical() bool { return s.Model == "d" && !s.Rings && !s.specimen.empty }

// solved returns the dynamical solution that the picture shows, nil if it is
// kinematic: because that is asked for, or because the calculation is too long
// for this request even with few beams.
func (s *moment) solved() *dynamics {
	if !s.isDynamical() {
		return nil
	}
	d := s.dynamics
	if !d.is(s) && !s.light {
		opt := bloch.Standard(s.beam)
		opt.MaxBeams = promptBeams
		d, _ = s.solve(opt)
		s.dynamics = d
	}
	if !d.is(s) || d.system == nil {
		d = s.solveDraft()
	}
	if d == nil || d.system == nil {
		return nil
	}
	if d.thickness != s.Thickness {
		d.intensities = d.system.Intensities(d.intensities, 10*s.Thickness)
		d.thickness = s.Thickness
	}
	return d
}

// solveDraft solves with few beams, for a frame of a gesture or until Calculate is
// done. Those of the draft before stay as long as they count nearly as much.
func (s *moment) solveDraft() *dynamics {
	d := s.draft
	if d.is(s) {
		return d
	}
	opt := bloch.Standard(s.beam)
	opt.Strong = draftStrong * s.beam.Wavelength()
	opt.SMax, opt.MinStrong, opt.Foremost = opt.Strong, 0, draftBeams+s.budget.more
	if s.light && d != nil && d.specimen == s.specimen && d.kv == s.KV {
		for _, beam := range d.system.Beams {
			opt.Before = append(opt.Before, d.refl.HKL[beam.Ref])
		}
	}
	s.draft, _ = s.solve(opt)
	return s.draft
}

// budget is how many beams the frames of a gesture have time for.
type budget struct {
	more         int // than draftBeams
	slow, prompt int // frames in a row
}

// took learns from a frame that took so many ms, 0 if that is not known: three in
// a row beyond 16 ms take a sixth of the beams away, thirty within 6 ms give a
// tenth more. In between nothing changes, so that beams do not come and go.
func (b *budget) took(ms float64) {
	const late, early = 16, 6
	n := draftBeams + b.more
	switch {
	case !(ms > 0):
		return
	case ms > late:
		b.slow, b.prompt = b.slow+1, 0
		if b.slow == 3 {
			n -= n / 6
		}
	case ms < early:
		b.slow, b.prompt = 0, b.prompt+1
		if b.prompt == 30 {
			n += n / 10
		}
	default:
		b.slow, b.prompt = 0, 0
	}
	if n != draftBeams+b.more {
		b.slow, b.prompt = 0, 0
	}
	b.more = max(fewestBeams, min(n, mostFrameBeams)) - draftBeams
}

// solve solves the state. Too many beams are no error: the solution then has no
// system.
func (s *moment) solve(opt bloch.Options) (*dynamics, error) {
	d := &dynamics{specimen: s.specimen, orient: s.orient, kv: s.KV, absorption: s.Absorption, ratio: s.Ratio}
	s.absorbing(&opt)
	opt.Thickness = 10 * s.Thickness
	opt.Couplings = &s.specimen.kept
	var err error
	if d.refl, err = s.specimen.reflectionsWide(); err != nil {
		return nil, err
	}
	d.opt = opt
	d.opt.Yield, d.opt.Elsewhere = nil, nil
	d.system, err = bloch.Solve(d.refl, s.beam, d.orient, opt)
	var limit *bloch.LimitError
	if errors.As(err, &limit) {
		d.beams = limit.Beams
		return d, nil
	}
	if err != nil {
		return nil, err
	}
	d.beams = d.system.Strong
	return d, nil
}

// Solver has bloch.Work do a job where it does not hold up the session, and
// returns the result. While it waits it asks every few milliseconds whether that
// is still wanted, and if not it gives up with bloch.ErrCancelled. Any other
// error means that the session has to do the work itself.
type Solver func(job []byte, wanted func() bool) (result []byte, err error)

// Calculate solves the dynamical pattern of the state, however long it takes; if
// the picture has one already, it finds out how far that has converged, or takes
// the next step of its refinement, as View.Waiting and View.Refining say.
// yield is called every few milliseconds meanwhile; other requests may be
// answered in it. The calculation ends without a result if yield returns false
// or if the state is no longer the one that it began with. OK of the reply says
// that the next picture is dynamical; Error is for the person, and empty if the
// calculation was given up. With a solver the long part of the work is done
// there, if it can.
func (s *Session) Calculate(yield func() bool, solver Solver) (out *protocol.Reply) {
	out = &protocol.Reply{}
	defer func() {
		if p := recover(); p != nil {
			*out = protocol.Reply{Error: sorry(p)}
		}
	}()
	if !s.isDynamical() {
		return out
	}
	wanted := dynamics{specimen: s.specimen, orient: s.orient, kv: s.KV, absorption: s.Absorption, ratio: s.Ratio}
	goes := func() bool {
		return yield() && s.isDynamical() && wanted.is(&s.moment)
	}
	elsewhere := func(opt *bloch.Options) {
		opt.Yield = goes
		if solver != nil {
			opt.Elsewhere = func(job []byte) ([]byte, error) { return solver(job, goes) }
		}
	}
	if s.dynamics.is(&s.moment) && s.dynamics.system != nil {
		return s.refine(elsewhere)
	}
	opt := bloch.Standard(s.beam)
	opt.MaxBeams = mostBeams
	elsewhere(&opt)
	d, err := s.solve(opt)
	switch {
	case errors.Is(err, bloch.ErrCancelled):
	case err != nil:
		out.Error = sentence(err)
	case d.system == nil:
		d.refused = true
		out.Error = "Too many beams for this device (" + link.Count(d.beams) + "). Lower the thickness limit or raise the cut-off."
		out.Action = &protocol.Action{Label: "Use kinematic", Request: &protocol.Request{Op: "set", Set: &protocol.Patch{Values: map[string]string{"m": "k"}}}}
	default:
		out.OK = true
	}
	if err == nil {
		s.dynamics, s.drawn.stale = d, true
	}
	if out.OK {
		out.Status = "Calculated: dynamical intensities, " + plural(d.beams, "beam") + "."
	}
	return out
}

// refine tells more of the solution of the state: its convergence, or that with
// twice as many beams. What fails, or is given up while the state stays, ends the
// refinement.
func (s *Session) refine(elsewhere func(*bloch.Options)) *protocol.Reply {
	out := &protocol.Reply{OK: true}
	d := s.dynamics
	if !d.unrefined(s.Thickness) {
		return out
	}
	opt := d.opt
	var err error
	if _, known := d.converged(s.Thickness); !known {
		elsewhere(&opt)
		d.halves, err = bloch.Halve(d.refl, s.beam, d.orient, opt, d.system)
		s.drawn.stale = true // for the words
	} else {
		opt = bloch.Standard(s.beam)
		opt.MinStrong, opt.MaxStrong, opt.MaxWeak = 2*d.system.Strong, 2*d.system.Strong, refinedWeak
		elsewhere(&opt)
		var next *dynamics
		if next, err = s.solve(opt); err == nil {
			if next.before, next.first = d, d.first; d.first == nil {
				next.first = d
			}
			d.before = nil // of which no more is needed
			s.dynamics, s.drawn.stale = next, true
			if !next.unrefined(s.Thickness) {
				out.Status = "Refined: dynamical intensities, " + plural(next.beams, "beam") + ", " + next.convergenceText(s.Thickness) + "."
			}
		}
	}
	if err != nil {
		out.OK = false
		if d.is(&s.moment) && s.dynamics == d {
			d.ended = true
		}
	}
	return out
}

// convergenceText says how far the intensities may be off, "" if that is not
// known.
func (d *dynamics) convergenceText(thickness float64) string {
	figure, known := d.converged(thickness)
	percent := link.Fixed(100*figure, 1)
	switch {
	case !known:
		return ""
	case figure > 1:
		return "not converged (over 100" + thin + "%)"
	case figure > trusted:
		return "not converged (" + link.Fixed(100*figure, 0) + thin + "%)"
	case percent == "0.0":
		percent = "0.1"
	}
	return "convergence " + percent + thin + "%"
}

// convergenceText is that of the picture: "" too for frames of a gesture, of which
// each has its own.
func (s words) convergenceText() string {
	d := s.drawn.dynamics
	if d == nil || d != s.dynamics || s.light && d.told.thickness != s.Thickness {
		return ""
	}
	return d.convergenceText(s.Thickness)
}

// refining returns the text to show while Calculate refines the picture, and ""
// if it would not.
func (s *moment) refining() string {
	d := s.dynamics
	if !s.isDynamical() || !d.is(s) || !d.unrefined(s.Thickness) {
		return ""
	}
	if _, known := d.converged(s.Thickness); !known {
		return "Finding out how far the intensities have converged…"
	}
	return "Refining, " + link.Count(2*d.system.Strong) + " beams…"
}

// waiting returns the text to show while Calculate is at work on the state, and
// "" if there is nothing to calculate.
func (s *moment) waiting() string {
	d := s.dynamics
	if !s.isDynamical() || !d.is(s) || d.system != nil || d.refused {
		return ""
	}
	return "Calculating, " + link.Count(min(d.beams, bloch.Standard(s.beam).MaxStrong)) + " beams…"
}

// drawBeams draws the spots of a dynamical pattern; with marked set those of
// higher Laue zones have their marks already.
func (s *picture) drawBeams(d *dynamics, marked bool, size float64) {
	direct := 0.0
	for i, spot := range d.system.Beams {
		h := d.refl.HKL[spot.Ref]
		spot.I = d.intensities[i]
		if spot.Ref == 0 {
			direct = spot.I
			continue
		}
		relative := min(spot.I/fullIntensity, 1)
		r := scene.Radius(relative)
		if r == 0 || !s.inPicture(spot.X, spot.Y, r) {
			continue
		}
		if !marked || s.layers.Order(h) == 0 {
			s.scene.Spots = append(s.scene.Spots, scene.Spot{
				X: spot.X, Y: spot.Y, R: size * r, Class: wire.Spot, HKL: h, Four: s.specimen.four, Rank: relative,
			})
		}
		if s.inPicture(spot.X, spot.Y, 0) {
			s.drawn.beams = append(s.drawn.beams, i)
			s.drawn.inView++
		}
	}
	const least = 2 // view-box units: 000 is where all distances begin
	r := max(size*scene.DirectRadius*scene.Radius(direct)/scene.MaxRadius, least)
	s.scene.Spots = append(s.scene.Spots, scene.Spot{R: r, Class: wire.Spot, Four: s.specimen.four, Rank: 2})
}

// labelOnce gives the mark of a forbidden reflection the label of its spot, if
// the picture has one: it says more there.
func (s *picture) labelOnce(mark *scene.Spot) {
	if s.drawn.dynamics == nil {
		return
	}
	for i := range s.scene.Spots {
		if m := &s.scene.Spots[i]; m.Class == wire.Spot && m.HKL == mark.HKL {
			mark.Rank, m.Rank = max(mark.Rank, m.Rank), 0
		}
	}
}

// beamRows returns the beams in the picture but 000 as rows of the reflections
// table. Their Intensity is the fraction of the incident beam.
func (s *picture) beamRows(d *dynamics) []scene.Reflection {
	rows := make([]scene.Reflection, 0, len(s.drawn.beams))
	for _, i := range s.drawn.beams {
		spot := d.system.Beams[i]
		g := d.refl.Len[spot.Ref]
		rows = append(rows, scene.Reflection{
			HKL: d.refl.HKL[spot.Ref], D: 1 / g, G: g, X: spot.X, Y: spot.Y, S: spot.S, F: d.refl.F[spot.Ref], Intensity: d.intensities[i],
		})
	}
	return rows
}

// intensityText returns an intensity for the page, per cent: of the incident
// beam in a dynamical pattern, of the strongest spot in a kinematic one.
func (s words) intensityText(i float64) string {
	if s.drawn.dynamics != nil {
		return link.Fixed(100*i, 2)
	}
	return link.Fixed(100*i, 1)
}

// share says what the intensities of the picture are of.
func (s words) share() string {
	switch {
	case s.Rings:
		return "of the strongest planes"
	case s.drawn.dynamics != nil:
		return "of the incident beam"
	}
	return "of the strongest spot"
}

// isDraft reports whether the picture has fewer beams than the dynamical model
// asks for, or none: in a gesture, until Calculate is done, or for good if there
// are too many.
func (s words) isDraft() bool {
	return s.isDynamical() && (s.drawn.dynamics == nil || s.drawn.dynamics != s.dynamics)
}

// modelText names the model of the picture, with the number of its beams.
func (s words) modelText() string {
	d := s.drawn.dynamics
	switch {
	case d == nil && s.isDraft():
		return "draft: kinematic"
	case d == nil:
		return "kinematic"
	case s.isDraft():
		return "draft, " + plural(d.beams, "beam")
	}
	text := "dynamical, " + plural(d.beams, "beam")
	if weak := len(d.system.Beams) - d.system.Strong; weak > 0 {
		text += " + " + link.Count(weak) + " weak"
	}
	return text
}

// dynamicalText says all that makes the intensities of a dynamical picture but its
// model: thickness, absorption and convergence.
func (s words) dynamicalText() string {
	text := link.Trimmed(s.Thickness, 1) + " nm, " + s.absorptionText()
	if convergence := s.convergenceText(); convergence != "" {
		text += ", " + convergence
	}
	return text
}

// absorptionText says how electrons are lost in a dynamical picture.
func (s *moment) absorptionText() string {
	switch s.Absorption {
	case "t":
		return "thermal absorption"
	case "p":
		return "absorption " + link.Trimmed(s.Ratio, 3) + " of the potential"
	}
	return "no absorption"
}

// atRest is a note for a crystal that absorbs nothing, "" for the others.
func (s words) atRest() string {
	if !s.isDynamical() || s.Absorption != "t" {
		return ""
	}
	still, all := 0, 0
	for _, a := range s.specimen.refl.Atoms() {
		if all++; a.B == 0 {
			still++
		}
	}
	switch still {
	case 0:
		return ""
	case all:
		return "The atoms of this crystal are given at rest (B = 0). Atoms at rest absorb nothing thermally, so there is no absorption."
	}
	return "Some atoms of this crystal are given at rest (B = 0). Atoms at rest absorb nothing thermally."
}

// modelSuffix is modelText behind something else, where the model is told.
func (s words) modelSuffix() string {
	if !s.isDynamical() {
		return ""
	}
	return ", " + s.modelText()
}

// furthest is the radius in Å⁻¹ within which there are as many reflections as a
// specimen may have.
func (p *specimen) furthest() float64 {
	return math.Cbrt(maxPoints * 3 / (4 * math.Pi * p.structure.Lattice.Volume()))
}
