package orientation

import (
	"math"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/lean/say"
)

// Waypoint is a station on the way from one direction of the crystal to another.
type Waypoint struct {
	Tilt  Tilt
	Along crystal.HKL // the planes whose Kikuchi band leads here; at the start, the first of them
	Zone  crystal.UVW // the zone axis on the beam; zero between two of them
}

// Bounds of a route.
const (
	routeReach    = 1.0               // Å⁻¹: bands of planes below 1 Å are too faint to follow
	routeCorner   = 3 * math.Pi / 180 // what a change of bands costs
	routeStraight = 20                // the least part of a route's steps that is looked at
)

// Route returns the way from the zone axis from, which is on the beam at the readings
// at, to the zone axis to along Kikuchi bands that can be seen, from crossing to
// crossing, with a station every step (rad) at most. Crossings are those of list,
// their opposites too, that the holder reaches. Of all ways the one is taken that is
// shortest when each band counts longer the fainter it is (by |F|/|g|, up to three
// times) and each change of bands counts 3°.
//
// r must hold the reflections of the crystal up to 1 Å⁻¹ or more. Errors: readings
// beyond the limits, a target out of reach, or one to which no band of planes with d of 1 Å or more leads.
func (h Holder) Route(r *diffraction.Reflections, mount geom.Rotation, at Tilt, from, to crystal.UVW, list []crystal.UVW, step float64) ([]Waypoint, error) {
	l := r.Lattice
	if !(step > 0) {
		return nil, say.Errorf("orientation: a route needs a step above zero")
	}
	if !h.Reaches(at) {
		return nil, say.Errorf("orientation: the readings now, α %.1f° and β %.1f°, are beyond the holder's limits", geom.Degrees(at.Alpha), geom.Degrees(at.Beta))
	}
	goal := h.Zone(l, mount, at, to)
	if !goal.Reachable {
		return nil, say.Errorf("orientation: [%v] is out of the holder's reach", to)
	}
	nodes := []crystal.UVW{from, to}
	for _, u := range list {
		for _, v := range [2]crystal.UVW{u, u.Neg()} {
			if v != from && v != to && h.Zone(l, mount, at, v).Reachable {
				nodes = append(nodes, v)
			}
		}
	}
	up := make([]geom.Vec, len(nodes))
	for i, u := range nodes {
		up[i] = mount.Apply(l.R(u)).Unit()
	}
	bands := newBands(r)
	// Dijkstra over some hundred crossings.
	cost, before, done := make([]float64, len(nodes)), make([]int, len(nodes)), make([]bool, len(nodes))
	for i := range cost {
		cost[i], before[i] = math.Inf(1), -1
	}
	cost[0] = 0
	for {
		near := -1
		for i := range nodes {
			if !done[i] && !math.IsInf(cost[i], 1) && (near < 0 || cost[i] < cost[near]) {
				near = i
			}
		}
		if near < 0 {
			return nil, say.Errorf("orientation: no Kikuchi band of planes with d of %.3g Å or more leads from [%v] to [%v] within the limits", 1/routeReach, from, to)
		}
		if near == 1 {
			break
		}
		done[near] = true
		for i := range nodes {
			if done[i] {
				continue
			}
			plane, faint := bands.through(nodes[near], nodes[i])
			if plane == (crystal.HKL{}) {
				continue
			}
			c := cost[near] + faint*geom.Angle(up[near], up[i]) + routeCorner
			if c < cost[i] && h.clear(up[near], up[i], at) {
				cost[i], before[i] = c, near
			}
		}
	}
	var order []int
	for i := 1; i >= 0; i = before[i] {
		order = append([]int{i}, order...)
	}
	now := at
	var out []Waypoint
	for k, i := range order {
		if k == 0 {
			out = append(out, Waypoint{Tilt: at, Zone: from})
			continue
		}
		a, b := up[order[k-1]], up[i]
		plane, _ := bands.through(nodes[order[k-1]], nodes[i])
		if k == 1 {
			out[0].Along = plane
		}
		angle, axis := geom.Angle(a, b), a.Cross(b)
		n := int(math.Ceil(angle/step - 1e-9))
		for j := 1; j <= n; j++ {
			w := Waypoint{Along: plane}
			if now = h.Aim(geom.AxisAngle(axis, angle*float64(j)/float64(n)).Apply(a), now); j == n {
				w.Zone = nodes[i]
			}
			w.Tilt = now
			out = append(out, w)
		}
	}
	return out, nil
}

// clear reports whether the holder stays within its limits on the great circle from
// one direction to another.
func (h Holder) clear(a, b geom.Vec, at Tilt) bool {
	axis, angle := a.Cross(b), geom.Angle(a, b)
	for i := 1; i < routeStraight; i++ {
		if !h.Reaches(h.Aim(geom.AxisAngle(axis, angle*float64(i)/routeStraight).Apply(a), at)) {
			return false
		}
	}
	return true
}

// bands knows for each plane how faint its Kikuchi band is.
type bands struct {
	faint map[crystal.HKL]float64     // by the plane of smallest indices, one of ±
	first map[crystal.HKL]crystal.HKL // its first order that is not forbidden
}

func newBands(r *diffraction.Reflections) bands {
	b := bands{map[crystal.HKL]float64{}, map[crystal.HKL]crystal.HKL{}}
	strong := 0.0
	for i, hkl := range r.HKL {
		if hkl == (crystal.HKL{}) || r.Len[i] > routeReach || r.F[i] == 0 {
			continue
		}
		key := planeKey(hkl)
		w := math.Hypot(real(r.F[i]), imag(r.F[i])) / r.Len[i]
		if w > b.faint[key] {
			b.faint[key] = w
		}
		if old, ok := b.first[key]; !ok || r.Len[i] < r.Lattice.G(old).Norm() {
			b.first[key] = hkl
		}
		strong = max(strong, w)
	}
	for key, w := range b.faint {
		b.faint[key] = min(3, math.Sqrt(strong/w))
	}
	return b
}

// planeKey names the plane of a reflection, whatever its order and side.
func planeKey(h crystal.HKL) crystal.HKL {
	h = crystal.HKL(crystal.UVW(h).Reduced())
	for _, n := range h {
		if n > 0 {
			return h
		}
		if n < 0 {
			return h.Neg()
		}
	}
	return h
}

// through returns the reflection whose band holds both zone axes, and by how much its
// way counts longer; zero if there is none.
func (b bands) through(u, v crystal.UVW) (crystal.HKL, float64) {
	key := planeKey(u.Plane(v))
	first, ok := b.first[key]
	if !ok {
		return crystal.HKL{}, 0
	}
	return first, b.faint[key]
}
