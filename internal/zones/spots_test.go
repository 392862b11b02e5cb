package zones_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/source"
	_ "zoneaxis/internal/source/records"
	"zoneaxis/internal/zones"
)

// measured is a zone axis with the nets of its crystal.
type measured struct {
	id    string
	s     *crystal.Structure
	bases []zones.Basis
	nets  []zones.Net
	r     *diffraction.Reflections
}

// libraryNets returns the nets of library crystals up to an index, every nth one.
func libraryNets(t testing.TB, every, limit int) (all []measured) {
	t.Helper()
	for i, e := range source.Library() {
		if i%every != 0 {
			continue
		}
		s, err := e.Open()
		if err != nil {
			t.Fatal(err)
		}
		an, err := s.Analyze(0)
		if err != nil {
			t.Fatal(err)
		}
		s = an.Conventional
		m := measured{id: e.ID, s: s}
		if m.bases, err = zones.Bases(s, diffraction.Options{}, zones.Distinct(an.Setting.Group(), limit)); err != nil {
			t.Fatal(err)
		}
		far := 0.0
		for _, b := range m.bases {
			far = max(far, b.Reach())
		}
		r, err := diffraction.NewReflections(s, diffraction.Options{GMax: far * 1.001, Thermal: diffraction.NoThermal})
		if err != nil {
			t.Fatal(err)
		}
		m.r = r
		for _, b := range m.bases {
			net, err := zones.NewNet(i, r, b)
			if err != nil {
				t.Fatal(err)
			}
			m.nets = append(m.nets, net)
		}
		all = append(all, m)
	}
	return all
}

// seen returns where g1, g2 and, if the crystal has one, their sum or difference lie on a screen that is turned, scaled, and perhaps seen from below.
func seen(m measured, b zones.Basis, turn, scale float64, below bool, noise func() (float64, float64)) [][2]float64 {
	l := m.s.Lattice
	x := l.G(b.G1).Unit()
	y := l.R(b.Zone).Unit().Cross(x)
	list := []crystal.HKL{b.G1, b.G2}
	for _, h := range []crystal.HKL{b.G3, b.G1.Add(b.G2), b.G1.Sub(b.G2)} {
		if k, ok := m.r.Index(h); ok && m.r.F[k] != 0 {
			list = append(list, h)
			break
		}
	}
	var out [][2]float64
	for _, h := range list {
		g := l.G(h)
		u, v := g.Dot(x), g.Dot(y)
		if below {
			v = -v
		}
		dr, da := 0.0, 0.0
		if noise != nil {
			dr, da = noise()
		}
		r, a := math.Hypot(u, v)*(1+dr), math.Atan2(v, u)+turn+da
		out = append(out, [2]float64{r * math.Cos(a) / scale, r * math.Sin(a) / scale})
	}
	return out
}

// Every zone axis of the library finds itself from exact places: nothing fits
// better, and what fits as well is the same pattern. The scale, the turn and the
// indices come back.
func TestSpotsFindThemselves(t *testing.T) {
	every, limit := 1, 3
	if testing.Short() {
		every, limit = 16, 2
	}
	random := rand.New(rand.NewPCG(7, 19))
	count := 0
	for _, m := range libraryNets(t, every, limit) {
		for k, b := range m.bases {
			turn, scale, below := random.Float64()*6-3, math.Exp(random.Float64()*8-4), k%2 == 1
			list, err := zones.MatchSpots(m.nets, zones.SpotQuery{Spots: seen(m, b, turn, scale, below, nil)})
			if err != nil {
				t.Fatal(err)
			}
			count++
			own := -1
			for i, o := range list {
				if o.Misfit > 1e-5 {
					break
				}
				if o.Zone == b.Zone || o.Zone == b.Zone.Neg() {
					own = i
				}
			}
			if own < 0 {
				t.Errorf("%s [%v] is not among what fits exactly: %d matches", m.id, b.Zone, len(list))
				continue
			}
			o := list[own]
			if o.Misfit > 1e-5 || math.Abs(o.InvA/scale-1) > 1e-6 {
				t.Errorf("%s [%v]: misfit %g, scale %g of %g", m.id, b.Zone, o.Misfit, o.InvA, scale)
			}
			for i, h := range o.HKL {
				if h.Dot(b.Zone) != 0 || math.Abs(m.s.Lattice.G(h).Norm()-scale*math.Hypot(seen(m, b, turn, scale, below, nil)[i][0], seen(m, b, turn, scale, below, nil)[i][1])) > 1e-6 {
					t.Errorf("%s [%v]: spot %d is called %v", m.id, b.Zone, i, h)
				}
			}
			// The indices stand as they are seen: with the zone axis towards the
			// viewer from the first to the second is the way that is measured.
			spots := seen(m, b, turn, scale, below, nil)
			hand := spots[0][0]*spots[1][1] - spots[0][1]*spots[1][0]
			model := m.s.Lattice.G(o.HKL[0]).Cross(m.s.Lattice.G(o.HKL[1])).Dot(m.s.Lattice.R(o.Zone))
			if hand*model <= 0 {
				t.Errorf("%s [%v]: answered as [%v], in which %v to %v turns the other way", m.id, b.Zone, o.Zone, o.HKL[0], o.HKL[1])
			}
		}
	}
	t.Logf("%d zone axes", count)
}

// With the scale known and noise of 2 % and 1° each zone axis of a crystal is among
// the first three; most of those that are not have a neighbour of nearly the same
// net.
func TestSpotsWithNoise(t *testing.T) {
	every, limit := 1, 3
	if testing.Short() {
		every, limit = 16, 2
	}
	random := rand.New(rand.NewPCG(11, 3))
	noise := func() (float64, float64) {
		return (2*random.Float64() - 1) * 0.02, (2*random.Float64() - 1) * geom.Radians(1)
	}
	count, missed := 0, 0
	for _, m := range libraryNets(t, every, limit) {
		for _, b := range m.bases {
			count++
			list, err := zones.MatchSpots(m.nets, zones.SpotQuery{Spots: seen(m, b, random.Float64()*6, 0.01, false, noise), InvA: 0.01, LengthTol: 0.04, AngleTol: geom.Radians(2)})
			if err != nil {
				t.Fatal(err)
			}
			rank := -1
			for i, o := range list {
				if o.Zone == b.Zone || o.Zone == b.Zone.Neg() {
					rank = i
					break
				}
			}
			if rank < 0 || rank > 2 {
				missed++
			}
		}
	}
	t.Logf("%d of %d zone axes are not among the first three of their crystal", missed, count)
	if missed*100 > 2*count {
		t.Errorf("%d of %d zone axes are not among the first three", missed, count)
	}
}

func TestSpotsRefused(t *testing.T) {
	for _, c := range []struct {
		spots [][2]float64
		want  string
	}{
		{nil, "two or more"},
		{[][2]float64{{1, 0}}, "two or more"},
		{[][2]float64{{1, 0}, {0, 0}}, "lies on 000"},
		{[][2]float64{{1, 0}, {math.NaN(), 1}}, "lies on 000"},
		{[][2]float64{{1, 0}, {2, 0.01}, {-3, 0}}, "on one line"},
	} {
		if _, err := zones.MatchSpots(nil, zones.SpotQuery{Spots: c.spots}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v, want %q", c.spots, err, c.want)
		}
	}
}
