package zones

import (
	"cmp"
	"math"
	"slices"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/lean/sorts"
)

// RatioEntry is one pair of reflections that a person may measure in a
// zone-axis pattern: the spots nearest to 000 of two rows.
type RatioEntry struct {
	Ratio   float32 // |B|/|A|, at least 1
	Angle   float32 // rad between them, folded into 0 … π/2 as ±g look alike
	Length  float32 // |A|, Å⁻¹, the shorter one
	Crystal uint16  // index into RatioTable.Names
	Zone    [3]int8
	A, B    [3]int8
}

// RatioTable finds the zone axes of many crystals by the ratio and the angle of
// two spots. The zero value is an empty table. Entries are sorted by ratio.
type RatioTable struct {
	Names   []string // of the crystals, in the order they were added
	Entries []RatioEntry
}

// Add enters the zone axes of a crystal, one entry for every pair of rows among
// the reflections within Reach of the labelled basis, without repeating pairs
// that measure the same. bases come from Bases or Zones; r must be of the same
// crystal and reach as far. Indices beyond ±127 are left out.
func (t *RatioTable) Add(name string, r *diffraction.Reflections, bases []Basis) {
	id := uint16(len(t.Names))
	t.Names = append(t.Names, name)
	for _, b := range bases {
		t.addZone(id, r, b)
	}
	t.sort()
}

// RatioPair names a pair of reflections, a the shorter one, of a zone axis.
type RatioPair struct {
	Zone [3]int8
	A, B [3]int8
}

// AddPairs enters crystals of which only the lattices and the pairs are known:
// what Add has found before and somebody has kept. The three lists are as long
// as each other.
func (t *RatioTable) AddPairs(names []string, lattices []crystal.Lattice, pairs [][]RatioPair) {
	for i, name := range names {
		id := uint16(len(t.Names))
		t.Names = append(t.Names, name)
		for _, p := range pairs[i] {
			a, b := lattices[i].G(wide[crystal.HKL](p.A)), lattices[i].G(wide[crystal.HKL](p.B))
			t.Entries = append(t.Entries, ratioEntry(a, b, id, p))
		}
	}
	t.sort()
}

// ratioEntry measures a pair.
func ratioEntry(a, b geom.Vec, id uint16, p RatioPair) RatioEntry {
	return RatioEntry{Ratio: float32(b.Norm() / a.Norm()), Angle: float32(fold(geom.Angle(a, b))), Length: float32(a.Norm()),
		Crystal: id, Zone: p.Zone, A: p.A, B: p.B}
}

func (t *RatioTable) sort() {
	sorts.Stable(t.Entries, func(a, b RatioEntry) int {
		return cmp.Or(cmp.Compare(a.Ratio, b.Ratio), cmp.Compare(a.Crystal, b.Crystal))
	})
}

func (t *RatioTable) addZone(id uint16, r *diffraction.Reflections, b Basis) {
	reach := b.Reach() + tieLength
	var rows []int // the shortest reflection of every row, one of ±
	for i, h := range r.HKL {
		if r.Len[i] > reach {
			break
		}
		if h == (crystal.HKL{}) || h.Dot(b.Zone) != 0 || r.F[i] == 0 {
			continue
		}
		if !slices.ContainsFunc(rows, func(j int) bool { return h.Zone(r.HKL[j]) == crystal.UVW{} }) {
			rows = append(rows, i)
		}
	}
	first := len(t.Entries)
	zone, ok := small(b.Zone)
	for n, j := range rows {
		for _, i := range rows[:n] {
			g, ok1 := small(r.HKL[i])
			h, ok2 := small(r.HKL[j])
			if !(ok && ok1 && ok2) {
				continue
			}
			e := ratioEntry(r.G[i], r.G[j], id, RatioPair{zone, g, h})
			if !slices.ContainsFunc(t.Entries[first:], func(o RatioEntry) bool {
				return near32(o.Ratio, e.Ratio) && near32(o.Angle, e.Angle) && near32(o.Length, e.Length)
			}) {
				t.Entries = append(t.Entries, e)
			}
		}
	}
}

// near32 reports whether two numbers of order 1 are equal in single precision.
func near32(a, b float32) bool { return math.Abs(float64(a-b)) < 1e-5 }

func small[V ~[3]int](v V) (s [3]int8, ok bool) {
	for i, n := range v {
		if n < -127 || n > 127 {
			return s, false
		}
		s[i] = int8(n)
	}
	return s, true
}

// fold maps the angle between two vectors of free sign to 0 … π/2.
func fold(a float64) float64 { return min(a, math.Pi-a) }

// RatioQuery is a measurement of two spots.
type RatioQuery struct {
	Ratio float64 // of their distances from 000, either way round; above zero
	Angle float64 // rad, between them, 0 … π
	D     float64 // Å, of the spot nearer to 000; 0 if the camera constant is not known
	// Tolerances: relative for the ratio and D, rad for the angle. Zero means
	// 3 %, 1.5° and 3 %.
	RatioTol, AngleTol, DTol float64
}

// RatioMatch is a zone axis that fits a measurement.
type RatioMatch struct {
	Crystal int // index into RatioTable.Names
	Zone    crystal.UVW
	A, B    crystal.HKL // the shorter and the longer of the two; equivalents and signs may be others
	// Misfit is the root mean square of the deviations in units of their
	// tolerances, 0 … 1; 0 is a perfect fit.
	Misfit float64
}

// Match returns the pairs within all tolerances of q, the best first and at
// most one for each crystal and zone axis. Equal misfits keep denser patterns
// first (shorter reflections in zones of lower indices).
func (t *RatioTable) Match(q RatioQuery) []RatioMatch {
	if !(q.Ratio > 0) || math.IsInf(q.Ratio, 0) {
		return nil
	}
	ratio, angle := max(q.Ratio, 1/q.Ratio), fold(q.Angle)
	rt, at, dt := orDefault(q.RatioTol, 0.03), orDefault(q.AngleTol, geom.Radians(1.5)), orDefault(q.DTol, 0.03)
	type scored struct {
		RatioMatch
		size int
	}
	type key struct {
		crystal uint16
		zone    [3]int8
	}
	best := map[key]scored{}
	from, _ := slices.BinarySearchFunc(t.Entries, ratio*(1-rt), func(e RatioEntry, v float64) int { return cmp.Compare(float64(e.Ratio), v-1e-6) })
	for _, e := range t.Entries[from:] {
		if float64(e.Ratio) > ratio*(1+rt)+1e-6 {
			break
		}
		x := (float64(e.Ratio)/ratio - 1) / rt
		y := (float64(e.Angle) - angle) / at
		z, n := 0.0, 2.0
		if q.D > 0 {
			z, n = (1/(float64(e.Length)*q.D)-1)/dt, 3
		}
		if math.Abs(y) > 1+1e-6 || math.Abs(z) > 1+1e-6 {
			continue
		}
		m := scored{RatioMatch{int(e.Crystal), wide[crystal.UVW](e.Zone), wide[crystal.HKL](e.A), wide[crystal.HKL](e.B),
			math.Sqrt((x*x + y*y + z*z) / n)}, 0}
		m.size = absSum(m.Zone) + absSum(crystal.UVW(m.A)) + absSum(crystal.UVW(m.B))
		k := key{e.Crystal, e.Zone}
		if o, ok := best[k]; !ok || m.Misfit < o.Misfit-1e-4 || m.Misfit < o.Misfit+1e-4 && m.size < o.size {
			best[k] = m
		}
	}
	list := make([]scored, 0, len(best))
	for _, m := range best {
		list = append(list, m)
	}
	sorts.Func(list, func(a, b scored) int {
		// Misfits are compared on a grid, so that single precision doesn't decide.
		return cmp.Or(cmp.Compare(math.Round(a.Misfit*1e3), math.Round(b.Misfit*1e3)), cmp.Compare(a.size, b.size),
			cmp.Compare(a.Crystal, b.Crystal), compareTextbook(a.Zone, b.Zone))
	})
	out := make([]RatioMatch, len(list))
	for i, m := range list {
		out[i] = m.RatioMatch
	}
	return out
}

func orDefault(v, d float64) float64 {
	if v > 0 {
		return v
	}
	return d
}

func wide[V ~[3]int](s [3]int8) V { return V{int(s[0]), int(s[1]), int(s[2])} }

// AlsoFits returns the other zone axes and crystals in which the spots g1 and
// g2 of b cannot be told from b itself by ratio and angle within the tolerances
// of Match (0 for the defaults); crystal is b's index in Names, negative if it
// is not in the table. b.Zone should be a representative, as in the table.
func (t *RatioTable) AlsoFits(crystal int, b Basis, ratioTol, angleTol float64) []RatioMatch {
	list := t.Match(RatioQuery{Ratio: b.Ratio21(), Angle: b.Angle12, RatioTol: ratioTol, AngleTol: angleTol})
	return slices.DeleteFunc(list, func(m RatioMatch) bool { return m.Crystal == crystal && m.Zone == b.Zone })
}
