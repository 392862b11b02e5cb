package session

import (
	"errors"
	"math"
	"slices"
	"strings"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/diffraction/bloch"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/link"
	"zoneaxis/internal/source"
	"zoneaxis/internal/symmetry"
	"zoneaxis/internal/zones"
)

// ErrNeed is returned by the lookup of Open for a crystal that has to be
// fetched first.
var ErrNeed = errors.New("session: the crystal must be fetched first")

// specimen is a crystal with all that is derived from it alone.
type specimen struct {
	id        string // as links write it
	structure *crystal.Structure
	group     *symmetry.Group // of the shown cell
	setting   *symmetry.Setting
	four      bool // hexagonal axes: indices in fours
	badge     string
	source    string
	notes     []string
	empty     bool // a cell without atoms: positions only
	zones     *zones.Set
	common    []crystal.UVW
	sheets    []crystal.UVW // zone axes of the tables; made when asked for

	wide   *diffraction.Reflections // for dynamical diffraction; made when asked for
	kept   bloch.Couplings          // of wide
	levels map[float64]*level       // by GMax
	reached
}

// reached is how far the reflections of a specimen go in the present picture.
type reached struct {
	*level
	capped bool // they end before the corners of the picture
}

// level is the reflections of a specimen up to some |g|.
type level struct {
	refl    *diffraction.Reflections // all points up to its GMax
	visible *diffraction.Reflections // those of refl that can be seen at all
	faint   *diffraction.Reflections // those that may be marked as higher Laue zones; made when asked for
	powder  *powder                  // made when asked for
	absent  *diffraction.Reflections // points without structure factor, 000 first; made when asked for
}

// Cells that a specimen may be shown in.
const (
	cellAuto         = ""
	cellConventional = "c"
	cellAsGiven      = "g"
)

// newSpecimen prepares a structure. With cellAuto the given cell is kept if its
// source names the setting or if it holds as much as the conventional cell;
// a primitive cell or a supercell is replaced by the conventional one, with a
// note.
func newSpecimen(id string, s *crystal.Structure, cell string) (*specimen, error) {
	p := &specimen{id: id, structure: s, notes: slices.Clone(s.Notes)}
	switch {
	case id == "cif":
		p.badge, p.source = "File", "from a file"
	case strings.HasPrefix(id, "lib-"):
		// Its numbers are from measurements: a number of the Materials Project, where
		// it is known to be that of the same material, is for comparing.
		p.badge, p.source = "Library", "Library"
		if e, ok := source.Lookup(id); ok && e.MPStatus == "confirmed" {
			p.source = "Library (cf. " + e.MP + ")"
		}
	default:
		p.badge, p.source = "Online", id
		if _, ok := source.Lookup(id); ok {
			p.badge, p.source = "Library", "Library, in place of "+id
		}
	}
	if len(s.Sites) == 0 {
		p.empty = true
		one := *s
		one.Sites = []crystal.Site{{Z: 6, Occ: 1, B: 0}}
		if p.setting = s.Given; p.setting != nil {
			// What the centring forbids is no position.
			one.Sites = nil
			for _, t := range p.setting.Group().Centrings() {
				one.Sites = append(one.Sites, crystal.Site{Z: 6, Occ: 1, Frac: crystal.Frac{float64(t[0]) / symmetry.Den, float64(t[1]) / symmetry.Den, float64(t[2]) / symmetry.Den}})
			}
		}
		p.structure = &one
	} else if err := p.choose(cell); err != nil {
		return nil, err
	}
	if p.setting != nil && p.group == nil {
		p.group = p.setting.Group()
	}
	p.four = p.hexagonalAxes()
	p.structure.Notes = nil
	return p, nil
}

// choose sets the shown cell and its symmetry.
func (p *specimen) choose(cell string) error {
	s := p.structure
	// Programs write P 1 when they list a whole cell, of whatever symmetry.
	if s.Given != nil && s.Given.Number > 1 && cell != cellConventional {
		p.setting = s.Given
		return nil
	}
	a, err := s.Analyze(0)
	if err != nil {
		if s.Given == nil {
			return err
		}
		p.setting = s.Given
		return nil
	}
	p.notes = append(p.notes, a.Notes...)
	p.setting = a.Setting
	det := geom.Mat3(a.P).Det()
	same := isIdentity(a.P)
	switch {
	case cell == cellConventional, cell == cellAuto && math.Abs(det-1) > 0.01:
		if !same {
			p.structure = a.Conventional
			p.notes = append(p.notes, "Shown in the conventional cell, "+cellWords(det)+": indices refer to it.")
		}
	case !same:
		g, err := symmetry.FromOps(a.Ops)
		if err != nil {
			return err
		}
		p.group = g
	}
	return nil
}

// cellWords says how the given cell compares with the conventional one, det
// times as large.
func cellWords(det float64) string {
	switch {
	case det > 1.01:
		return "which is " + link.Trimmed(det, 2) + " times the given one"
	case det < 0.99:
		return "of which the given one holds " + link.Trimmed(1/det, 2)
	}
	return "which is as large as the given one"
}

func isIdentity(p [3][3]float64) bool {
	for i := range 3 {
		for j := range 3 {
			want := 0.0
			if i == j {
				want = 1
			}
			if math.Abs(p[i][j]-want) > 1e-6 {
				return false
			}
		}
	}
	return true
}

// hexagonalAxes reports whether four indices make sense: a hexagonal or
// trigonal crystal on axes with a = b and γ = 120°.
func (p *specimen) hexagonalAxes() bool {
	if p.setting == nil || p.setting.System != "hexagonal" && p.setting.System != "trigonal" {
		return false
	}
	c := p.structure.Lattice.Cell()
	return math.Abs(c.Gamma-120) < 0.01 && math.Abs(c.A-c.B) < 1e-3*c.A &&
		math.Abs(c.Alpha-90) < 0.01 && math.Abs(c.Beta-90) < 0.01
}

func (p *specimen) system() string {
	if p.setting == nil {
		return "triclinic"
	}
	return p.setting.System
}

// gLevels are the radii in Å⁻¹ up to which reflections are computed, so that
// zooming does not compute them anew at every step. A picture must not depend on
// those before it: every picture takes the level that it needs itself.
var gLevels = []float64{1.5, 2, 2.5, 3, 4, 5, 6, 8}

const (
	// maxPoints bounds the reciprocal-lattice points of one crystal: a frame of a
	// drag has to look at all that can be seen of them.
	maxPoints = 120_000
	// maxLevels is how many levels are kept for zooming back.
	maxLevels = 3
)

// reach makes sure that reflections up to gmax (Å⁻¹) are there, within the
// bounds.
func (p *specimen) reach(gmax float64) error {
	want := gLevels[len(gLevels)-1]
	for _, g := range gLevels {
		if g >= gmax {
			want = g
			break
		}
	}
	want = min(want, p.furthest())
	p.capped = want < gmax
	if p.level != nil && p.refl.GMax == want {
		return nil
	}
	if l, ok := p.levels[want]; ok {
		p.level = l
		return nil
	}
	r, err := diffraction.NewReflections(p.structure, diffraction.Options{GMax: want})
	if err != nil {
		return err
	}
	if p.level == nil {
		p.notes = append(p.notes, r.Notes...)
		p.zones = zones.NewSet(p.structure.Lattice, r.Translations, 0)
		p.common = zones.Common(p.structure.Lattice, r.Translations, p.group, numCommon)
	}
	if len(p.levels) == maxLevels || p.levels == nil {
		p.levels = map[float64]*level{}
	}
	next := &level{refl: r, visible: r.Above(faintest)}
	p.level, p.levels[want] = next, next
	return nil
}

// faintest is the |F|² over the largest below which a spot is too small to be
// drawn even at the Bragg condition.
const faintest = 9e-5

// faintestHOLZ takes its place for the marks of higher Laue zones, whose rings
// are weak but tell much.
const faintestHOLZ = 1e-7

// numCommon is the number of common zone axes offered.
const numCommon = 6

// name returns what a person calls the crystal.
func (p *specimen) name() string {
	if p.structure.Name != "" {
		return p.structure.Name
	}
	return p.structure.Formula()
}

// resolveID returns the canonical id of a crystal named in a link or typed:
// "lib-si", "mp-149" in any of its forms, or the exact name or formula of a
// library entry.
func resolveID(text string) (string, bool) {
	text = strings.TrimSpace(text)
	if text == "cif" {
		return text, true
	}
	low := strings.ToLower(text)
	if strings.HasPrefix(low, "lib-") {
		e, ok := source.Lookup(low)
		return "lib-" + e.ID, ok
	}
	if strings.HasPrefix(low, "mp-") {
		n, err := source.ParseMP(low)
		return source.FormatMP(n), err == nil && source.FormatMP(n) != ""
	}
	if e, ok := source.Named(text); ok {
		return "lib-" + e.ID, true
	}
	return "", false
}

// structureOf finds the crystal of an id: the library first, then lookup.
func structureOf(id string, lookup func(string) (*crystal.Structure, error)) (*crystal.Structure, error) {
	if _, ok := source.Lookup(id); ok {
		return source.Open(id)
	}
	return lookup(id)
}

// CellText returns the cell parameters that the crystal system leaves free.
func CellText(c crystal.Cell, system string) string {
	a, b, cc := link.Fixed(c.A, 3), link.Fixed(c.B, 3), link.Fixed(c.C, 3)
	right := func(v float64) bool { return math.Abs(v-90) < 1e-3 }
	switch {
	case system == "cubic" && right(c.Alpha) && right(c.Beta) && right(c.Gamma):
		return "a = " + a + " Å"
	case a == b && a == cc && c.Alpha == c.Beta && c.Beta == c.Gamma:
		return "a = " + a + " Å, α = " + link.Fixed(c.Alpha, 2) + "°"
	case a == b && right(c.Alpha) && right(c.Beta) && (right(c.Gamma) || math.Abs(c.Gamma-120) < 1e-3):
		return "a = " + a + ", c = " + cc + " Å"
	}
	text := "a = " + a + ", b = " + b + ", c = " + cc + " Å"
	for _, v := range []struct {
		name  string
		value float64
	}{{"α", c.Alpha}, {"β", c.Beta}, {"γ", c.Gamma}} {
		if !right(v.value) {
			text += ", " + v.name + " = " + link.Fixed(v.value, 2) + "°"
		}
	}
	return text
}

// formula returns the formula as programs write it; empty if the atoms are not
// known.
func (p *specimen) formula() string {
	if p.empty {
		return ""
	}
	return p.structure.Formula()
}
