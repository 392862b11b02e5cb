// Package library makes the pattern library: for every crystal of the embedded
// library a page with the indexed patterns of its common zone axes and the
// numbers by which they are recognised, and indexes of all of them by structure
// type, by ratio and angle, and by spacing. It runs at build time.
package library

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/session"
	"zoneaxis/internal/source"
	"zoneaxis/internal/symmetry"
)

// Which zone axes a crystal gets: those of the Laue-distinct ones with indices
// up to maxIndex whose indices are the smallest, see choose.
const (
	maxIndex    = 3
	maxFour     = 4 // of the first three of four indices
	commonZones = 20
)

// Voltages are those at which ring radii are given, kV.
var Voltages = []int{100, 200, 300}

// Crystal is one crystal of the library with its patterns.
type Crystal struct {
	Entry source.Entry
	View  session.CrystalView // names and formula as the simulator words them
	Four  bool                // indices in fours
	Zones []Zone
	Type  string // structure type as a heading: "A1, Cu"; "" if it has none of its own
	Lines []Line // spacings, the largest first

	structure    *crystal.Structure
	group        *symmetry.Group
	reflections  *diffraction.Reflections
	wide         *diffraction.Reflections // farther out, where a picture needs them
	translations []crystal.Frac
	index        int // in the table of ratios
}

// Zone is one pattern.
type Zone struct {
	Basis      diffraction.ZoneBasis
	Spacing    float64   // of the Laue zones, Å⁻¹
	FOLZ       []float64 // radius of the first ring at each of Voltages, Å⁻¹
	Neighbours []Neighbour
	Forbidden  []ForbiddenClass
	Fits       []Fit
	FitsMore   int // how many more there are
	Same       int // crystals of the same type, which show the same pattern
	Link       string

	picture *picture
}

// Neighbour is a zone axis nearby.
type Neighbour struct {
	Zone  crystal.UVW // the member of its family that is nearest
	Of    crystal.UVW // the one that has a section on the page
	Angle float64     // rad
	Band  crystal.HKL // the plane that holds both: its Kikuchi band leads there
}

// ForbiddenClass is how many absent reflections of a pattern are of a class,
// and the shortest of them.
type ForbiddenClass struct {
	Class   diffraction.ForbiddenClass
	HKL     crystal.HKL
	Reason  string // why the shortest is absent
	A, B    crystal.HKL
	HasPath bool
	Count   int
}

// Line is a spacing of a crystal and the strongest family of planes with it.
type Line struct {
	D         float64 // Å
	HKL       crystal.HKL
	Intensity float64 // mean on the ring, strongest 1
}

// Fit is another pattern with the same ratio and angle.
type Fit struct {
	Crystal *Crystal // the first of them
	Zone    crystal.UVW
	Type    string // of all of them, if they are several
	Count   int
}

// Load prepares the crystals with the given ids, or all of the library.
func Load(ids ...string) ([]*Crystal, error) {
	entries := source.Library()
	if len(ids) > 0 {
		entries = slices.DeleteFunc(entries, func(e source.Entry) bool { return !slices.Contains(ids, e.ID) })
		if len(entries) != len(ids) {
			return nil, fmt.Errorf("library: %d of the crystals %v are known", len(entries), ids)
		}
	}
	crystals := make([]*Crystal, 0, len(entries))
	for _, e := range entries {
		c, err := load(e)
		if err != nil {
			return nil, fmt.Errorf("library: %s: %w", e.ID, err)
		}
		crystals = append(crystals, c)
	}
	return crystals, nil
}

func load(e source.Entry) (*Crystal, error) {
	link := session.DefaultLink()
	link.Crystal = "lib-" + e.ID
	s, problems := session.Open(link.String(), nil)
	if len(problems) > 0 {
		return nil, fmt.Errorf("%s", problems[0].Text)
	}
	c := &Crystal{Entry: e, View: s.View().Crystal, Type: typeName(e)}
	c.Four = c.View.FourIndex
	var err error
	if c.structure, err = e.Open(); err != nil {
		return nil, err
	}
	if c.group, err = symmetry.FromHall(e.Hall); err != nil {
		return nil, err
	}
	if c.reflections, err = diffraction.NewReflections(c.structure, diffraction.Options{GMax: maxReach}); err != nil {
		return nil, err
	}
	c.translations = c.reflections.Translations
	zones := choose(diffraction.DistinctZones(c.group, maxIndex), c.Four)
	bases, err := diffraction.Bases(c.structure, diffraction.Options{}, zones)
	if err != nil {
		return nil, err
	}
	finder := diffraction.NewForbiddenFinder(c.reflections, c.group, mustBeam(200))
	for _, b := range bases {
		z := Zone{Basis: b}
		layers, err := diffraction.NewLayers(c.structure.Lattice, c.translations, b.Zone)
		if err != nil {
			return nil, err
		}
		z.Spacing = layers.Spacing
		for _, kv := range Voltages {
			r, ok := layers.Radius(1, mustBeam(kv))
			if !ok {
				return nil, fmt.Errorf("%v: no first Laue zone at %d kV", b.Zone, kv)
			}
			z.FOLZ = append(z.FOLZ, r)
		}
		z.Neighbours = c.neighbours(b.Zone, zones)
		if z.picture, err = c.picture(b, finder.Zone(b.Zone)); err != nil {
			return nil, err
		}
		z.Forbidden = c.forbidden(finder.Zone(b.Zone), z.picture.reach)
		l := link
		l.Zone = b.Zone
		z.Link = l.String()
		c.Zones = append(c.Zones, z)
	}
	c.Lines = c.lines()
	c.wide = nil
	return c, nil
}

// choose returns the zone axes with the smallest indices, in the order given:
// on hexagonal axes those whose first three of four indices are small; of the
// others all with u² + v² + w² up to a limit that commonZones sets.
func choose(zones []crystal.UVW, four bool) []crystal.UVW {
	size := func(u crystal.UVW) int { return u[0]*u[0] + u[1]*u[1] + u[2]*u[2] }
	limit := 3 * maxIndex * maxIndex
	if four {
		size = func(u crystal.UVW) int {
			f := u.Four()
			return max(f[0], -f[0], f[1], -f[1], f[2], -f[2])
		}
		limit = maxFour
	}
	for {
		var chosen []crystal.UVW
		for _, u := range zones {
			if size(u) <= limit {
				chosen = append(chosen, u)
			}
		}
		if len(chosen) <= commonZones || limit == 2 {
			return chosen
		}
		limit--
	}
}

// mustBeam returns a beam of one of our voltages.
func mustBeam(kv int) diffraction.Beam {
	b, err := diffraction.NewBeam(1000 * float64(kv))
	if err != nil {
		panic(err) // the voltages are constants
	}
	return b
}

// typeName returns the name of a structure type: "A1, Cu"; "" for a crystal
// that is its own type.
func typeName(e source.Entry) string {
	switch {
	case e.Strukturbericht != "" && e.Prototype != "":
		return e.Strukturbericht + ", " + e.Prototype
	case e.Prototype != "":
		return e.Prototype
	}
	return e.Strukturbericht
}

const (
	maxNeighbours = 6
	neighbourhood = math.Pi / 4 // how far away a neighbour may be
)

// neighbours returns the zone axes of the list that are closest to u, each by
// its closest member.
func (c *Crystal) neighbours(u crystal.UVW, zones []crystal.UVW) []Neighbour {
	var list []Neighbour
	for _, v := range zones {
		best := Neighbour{Of: v, Angle: math.Inf(1)}
		for _, w := range crystal.DirectionFamily(c.group, v) {
			if w == u || w == u.Neg() {
				continue
			}
			a := c.structure.Lattice.AngleDirections(u, w)
			// Of members at one angle the one with the fewest negative indices.
			if a < best.Angle-1e-9 || a < best.Angle+1e-9 && handier(w, best.Zone) {
				best.Zone, best.Angle = w, a
			}
		}
		if best.Angle <= neighbourhood+1e-9 {
			best.Band = positive(u.Plane(best.Zone))
			list = append(list, best)
		}
	}
	slices.SortStableFunc(list, func(a, b Neighbour) int {
		return cmp.Compare(math.Round(a.Angle*1e6), math.Round(b.Angle*1e6))
	})
	return list[:min(len(list), maxNeighbours)]
}

// handier orders equivalent indices: fewer negative ones first, then larger
// ones in front.
func handier(a, b crystal.UVW) bool {
	na, nb := 0, 0
	for i := range a {
		if a[i] < 0 {
			na++
		}
		if b[i] < 0 {
			nb++
		}
	}
	if na != nb {
		return na < nb
	}
	return slices.Compare(a[:], b[:]) > 0
}

// positive returns that of ±h whose first index other than zero is positive.
func positive(h crystal.HKL) crystal.HKL {
	for _, n := range h {
		if n != 0 {
			if n < 0 {
				return h.Neg()
			}
			break
		}
	}
	return h
}

// forbidden counts the absent reflections of a pattern by class, within the
// picture.
func (c *Crystal) forbidden(f *diffraction.Forbidden, reach float64) []ForbiddenClass {
	var list []ForbiddenClass
	for i := range f.Spots {
		s := &f.Spots[i]
		h := c.reflections.HKL[s.Ref]
		if c.reflections.Len[s.Ref] > reach || !c.reflections.Centred(h) {
			continue
		}
		at := slices.IndexFunc(list, func(k ForbiddenClass) bool { return k.Class == s.Class })
		if at < 0 {
			k := ForbiddenClass{Class: s.Class, HKL: positive(h), Reason: "its atoms cancel"}
			if reason, ok := c.group.Absence(h); ok {
				k.Reason = reason.String()
			}
			if len(s.Paths) > 0 {
				k.HasPath = true
				k.A, k.B = s.Paths[0].A, s.Paths[0].B
				if positive(h) != h {
					k.A, k.B = k.A.Neg(), k.B.Neg()
				}
			}
			at = len(list)
			list = append(list, k)
		}
		list[at].Count++
	}
	return list
}

const (
	maxLines      = 10
	faintestLine  = 0.01 // of the strongest mean intensity
	indexedToGMax = 1.5  // Å⁻¹, how far rings are looked for
)

// lines returns the largest spacings of the crystal that a ring pattern shows.
func (c *Crystal) lines() []Line {
	rings := diffraction.Powder{R: c.reflections, Group: c.group}.Rings(mustBeam(200))
	strongest := 0.0
	for _, r := range rings {
		strongest = max(strongest, r.Mean())
	}
	var list []Line
	for _, r := range rings {
		if r.G > indexedToGMax || len(list) == maxLines {
			break
		}
		if i := r.Mean() / strongest; i >= faintestLine {
			best := slices.MaxFunc(r.Families, func(a, b diffraction.Family) int {
				return cmp.Compare(a.F2*float64(a.Multiplicity), b.F2*float64(b.Multiplicity))
			})
			list = append(list, Line{r.D(), best.HKL, i})
		}
	}
	return list
}

// Tolerances within which two patterns look the same.
const (
	sameRatio = 0.02 // relative
	sameAngle = 1.0  // degrees
	maxFits   = 6
)

// Compare enters all patterns into a table of ratios and angles and finds for
// each of them where else in the library it could be taken for another.
func Compare(crystals []*Crystal) *diffraction.RatioTable {
	var table diffraction.RatioTable
	for i, c := range crystals {
		c.index = i
		bases := make([]diffraction.ZoneBasis, len(c.Zones))
		for j := range c.Zones {
			bases[j] = c.Zones[j].Basis
		}
		table.Add(c.Entry.ID, c.reflections, bases)
	}
	for _, c := range crystals {
		for i := range c.Zones {
			c.Zones[i].compare(c, crystals, &table)
		}
	}
	return &table
}

// compare fills Fits: crystals of the same type are counted, other types are
// named once for each zone axis.
func (z *Zone) compare(c *Crystal, crystals []*Crystal, table *diffraction.RatioTable) {
	for _, m := range table.AlsoFits(c.index, z.Basis, sameRatio, geom.Radians(sameAngle)) {
		o := crystals[m.Crystal]
		if o != c && o.Type == c.Type && c.Type != "" && m.Zone == z.Basis.Zone {
			z.Same++
			continue
		}
		at := slices.IndexFunc(z.Fits, func(f Fit) bool {
			return f.Zone == m.Zone && (f.Crystal == o || f.Crystal.Type == o.Type && o.Type != "")
		})
		switch {
		case at < 0:
			z.Fits = append(z.Fits, Fit{Crystal: o, Zone: m.Zone, Count: 1})
		case z.Fits[at].Crystal != o:
			z.Fits[at].Count++
			z.Fits[at].Type = o.Type
		}
	}
	if n := len(z.Fits); n > maxFits {
		z.FitsMore = n - maxFits
		z.Fits = z.Fits[:maxFits]
	}
}
