// Package library makes the pattern library: for every crystal of the embedded
// library a page with the indexed patterns of its common zone axes and the
// numbers by which they are recognised, and indexes of all of them by structure
// type, by ratio and angle, and by spacing. It runs at build time.
package library

import (
	"cmp"
	"fmt"
	"slices"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/link"
	"zoneaxis/internal/protocol"
	"zoneaxis/internal/session"
	"zoneaxis/internal/source"
	_ "zoneaxis/internal/source/records" // the library
	"zoneaxis/internal/symmetry"
	"zoneaxis/internal/zones"
)

// Voltages are those at which ring radii are given, kV.
var Voltages = []int{100, 200, 300}

// Crystal is one crystal of the library with its patterns.
type Crystal struct {
	Entry source.Entry
	View  protocol.CrystalView // names and formula as the simulator words them
	Four  bool                 // indices in fours
	Zones []Zone
	Type  string // structure type as a heading: "A1, Cu"; "" if it has none of its own
	Lines []Line // spacings, the largest first

	structure    *crystal.Structure
	group        *symmetry.Group
	reflections  *diffraction.Reflections
	wide         *diffraction.Reflections // farther out, where a picture needs them
	translations []crystal.Frac
}

// Zone is one pattern.
type Zone struct {
	Basis      zones.Basis
	Spacing    float64   // of the Laue zones, Å⁻¹
	FOLZ       []float64 // radius of the first ring at each of Voltages, Å⁻¹
	Neighbours []zones.Neighbour
	Forbidden  []ForbiddenClass
	Fits       []Fit
	FitsMore   int // how many more there are
	Same       int // crystals of the same type, which show the same pattern
	Link       string

	picture *picture
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
	first := link.Default()
	first.Crystal = "lib-" + e.ID
	s, problems := session.Open(first.String(), nil)
	if len(problems) > 0 {
		return nil, fmt.Errorf("%s", problems[0].Text)
	}
	c := &Crystal{Entry: e, View: s.View().Crystal, Type: e.Type()}
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
	axes := zones.OfSheets(c.group, c.Four)
	bases, err := zones.Bases(c.structure, diffraction.Options{}, axes)
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
		z.Neighbours = zones.Neighbours(c.structure.Lattice, c.group, b.Zone, axes)
		if z.picture, err = c.picture(b, finder.Zone(b.Zone)); err != nil {
			return nil, err
		}
		z.Forbidden = c.forbidden(finder.Zone(b.Zone), z.picture.reach)
		l := first
		l.Zone = b.Zone
		z.Link = l.String()
		c.Zones = append(c.Zones, z)
	}
	c.Lines = c.lines()
	c.wide = nil
	return c, nil
}

// mustBeam returns a beam of one of our voltages.
func mustBeam(kv int) diffraction.Beam {
	b, err := diffraction.NewBeam(1000 * float64(kv))
	if err != nil {
		panic(err) // the voltages are constants
	}
	return b
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

// maxFits is how many of the patterns that look the same are named.
const maxFits = 6

// Compare enters all patterns into a table of ratios and angles and finds for
// each of them where else in the library it could be taken for another.
func Compare(crystals []*Crystal) *zones.RatioTable {
	var table zones.RatioTable
	kinds := make([]string, len(crystals))
	for i, c := range crystals {
		kinds[i] = c.Type
		bases := make([]zones.Basis, len(c.Zones))
		for j := range c.Zones {
			bases[j] = c.Zones[j].Basis
		}
		table.Add(c.Entry.ID, c.reflections, bases)
	}
	for i, c := range crystals {
		for j := range c.Zones {
			z := &c.Zones[j]
			fits, same := table.Fits(i, z.Basis, kinds)
			z.Same, z.FitsMore = same, max(len(fits)-maxFits, 0)
			for _, f := range fits[:min(len(fits), maxFits)] {
				fit := Fit{Crystal: crystals[f.Crystal], Zone: f.Zone, Count: f.Count}
				if f.Count > 1 {
					fit.Type = kinds[f.Crystal]
				}
				z.Fits = append(z.Fits, fit)
			}
		}
	}
	return &table
}
