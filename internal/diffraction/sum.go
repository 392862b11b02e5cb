package diffraction

import (
	"cmp"
	"math"
	"slices"

	"zoneaxis/internal/lean/sorts"
)

// plane gathers the isotropic sites of one species at the heights +z and −z.
// For given h and k their share of F over a run of l is
//
//	Σ_up e(hx+ky) e(lz) + Σ_down e(hx+ky) e(−lz) = C cos 2πlz − i D sin 2πlz
//
// with e(t) = exp(−2πit), C = up + down and D = up − down. One pair of sums
// serves +l and −l, and crystals hold far fewer heights than atoms.
type plane struct {
	species  int
	z        float64 // 0 … 0.5
	up, down int     // numbers of sites
}

// sum adds the structure factors of all points but 000 to r.F. factors are
// those of shellFactors.
func (c *scatterers) sum(r *Reflections, factors []float64) {
	if planes, sites := c.planes(); len(sites) > 0 {
		newPlaneSum(c, r.sphere, planes, sites).add(r, factors)
	}
	for _, p := range c.sites {
		if p.aniso != nil {
			p.addAniso(r, factors, len(c.kinds))
		}
	}
}

// planeSum holds the tables for the sum over isotropic sites.
type planeSum struct {
	planes []plane
	first  []int        // by species: index of its first plane; one more at the end
	sites  int          // number of sites, in the order of the planes
	ex, ey []complex128 // occ·e(hx) and e(ky): element (h, site), h ≥ 0, and (k, site), k ≥ 0
	trig   []float64    // cos 2πlz, sin 2πlz by l ≥ 0, then plane
	cd     []float64    // C and D of every plane for the run at hand: re, im, re, im
	kinds  int
}

func newPlaneSum(c *scatterers, s *sphere, planes []plane, sites []int) *planeSum {
	p := &planeSum{planes: planes, sites: len(sites), kinds: len(c.kinds)}
	p.ex = make([]complex128, len(sites)*len(s.first))
	p.ey = make([]complex128, len(sites)*(s.krange+1))
	for j, i := range sites {
		site := c.sites[i]
		powers(p.ex[j:], len(sites), complex(site.occ, 0), phase(site.x))
		powers(p.ey[j:], len(sites), 1, phase(site.y))
	}
	p.trig = make([]float64, 2*len(planes)*(s.lrange+1))
	for i, plane := range planes {
		step, e := phase(plane.z), complex128(1)
		for n := 2 * i; n < len(p.trig); n += 2 * len(planes) {
			p.trig[n], p.trig[n+1] = real(e), -imag(e)
			e *= step
		}
	}
	p.cd = make([]float64, 4*len(planes))
	p.first = make([]int, len(c.kinds)+1)
	for k := range p.first {
		p.first[k], _ = slices.BinarySearchFunc(planes, k, func(p plane, k int) int { return cmp.Compare(p.species, k) })
	}
	return p
}

// powers writes start·stepⁿ to every stride-th element of dst.
func powers(dst []complex128, stride int, start, step complex128) {
	for n := 0; n < len(dst); n += stride {
		dst[n] = start
		start *= step
	}
}

func (p *planeSum) add(r *Reflections, factors []float64) {
	recip := r.Lattice.Recip()
	for _, run := range r.sphere.runs {
		if run.lmax < run.lmin {
			continue
		}
		// The sums are centred where the line passes 000 most closely.
		centre := -int(math.Round((float64(run.h)*recip[2][0] + float64(run.k)*recip[2][1]) / recip[2][2]))
		p.prepare(int(run.h), int(run.k), centre)
		p.addRun(r, run, centre, factors)
	}
}

// prepare computes C and D of all planes for a run, multiplied by e(±centre z)
// so that l counts from the centre.
func (p *planeSum) prepare(h, k, centre int) {
	ex, ey := p.ex[h*p.sites:(h+1)*p.sites], p.ey[max(k, -k)*p.sites:]
	ey = ey[:len(ex)]
	sign := 1.0
	if k < 0 {
		sign = -1
	}
	line := func(from, to int) (re, im float64) {
		for i := from; i < to; i++ {
			a, b := ex[i], ey[i]
			bi := sign * imag(b)
			re += real(a)*real(b) - imag(a)*bi
			im += real(a)*bi + imag(a)*real(b)
		}
		return re, im
	}
	at := 0
	np := len(p.planes)
	for i, plane := range p.planes {
		ur, ui := line(at, at+plane.up)
		at += plane.up
		dr, di := line(at, at+plane.down)
		at += plane.down
		if centre != 0 {
			n := 2 * (max(centre, -centre)*np + i)
			cos, sin := p.trig[n], p.trig[n+1]
			if centre < 0 {
				sin = -sin
			}
			ur, ui = ur*cos+ui*sin, ui*cos-ur*sin
			dr, di = dr*cos-di*sin, di*cos+dr*sin
		}
		cd := p.cd[4*i : 4*i+4]
		cd[0], cd[1], cd[2], cd[3] = ur+dr, ui+di, ur-dr, ui-di
	}
}

// addRun writes the structure factors of one run and of its Friedel mates.
func (p *planeSum) addRun(r *Reflections, run run, centre int, factors []float64) {
	s, np := r.sphere, len(p.planes)
	lmin, lmax := int(run.lmin), int(run.lmax)
	top := int(run.first) + lmax // number of the point l is top − l
	last := 2 * s.half
	reach := max(lmax-centre, centre-lmin)
	for m := 0; m <= reach; m++ {
		upper, lower := top-(centre+m), top-(centre-m)
		hasUpper := centre+m <= lmax && centre+m >= lmin && upper != s.half
		hasLower := m > 0 && centre-m >= lmin && centre-m <= lmax && lower != s.half
		var ur, ui, lr, li float64
		for k := range p.kinds {
			from, to := p.first[k], p.first[k+1]
			t := p.trig[2*(m*np+from) : 2*(m*np+to)]
			q := p.cd[4*from : 4*to]
			var a, b, d, e float64
			for len(t) >= 2 && len(q) >= 4 {
				a += q[0] * t[0]
				b += q[1] * t[0]
				d += q[2] * t[1]
				e += q[3] * t[1]
				t, q = t[2:], q[4:]
			}
			if hasUpper {
				f := factors[upper*p.kinds+k]
				ur += f * (a + e)
				ui += f * (b - d)
			}
			if hasLower {
				f := factors[lower*p.kinds+k]
				lr += f * (a - e)
				li += f * (b + d)
			}
		}
		if hasUpper {
			r.F[r.rank[upper]] = complex(ur, ui)
			r.F[r.rank[last-upper]] = complex(ur, -ui)
		}
		if hasLower {
			r.F[r.rank[lower]] = complex(lr, li)
			r.F[r.rank[last-lower]] = complex(lr, -li)
		}
	}
}

// addAniso adds a site with anisotropic vibration. Along a run the exponent is
// quadratic in l, so T follows from its neighbour by two products; the runs are
// walked outwards from their middle, where T does not underflow.
func (p scatterer) addAniso(r *Reflections, factors []float64, nk int) {
	s, u := r.sphere, p.aniso
	last := 2 * s.half
	for _, run := range s.runs {
		if run.lmax < run.lmin {
			continue
		}
		h, k := float64(run.h), float64(run.k)
		middle := int(run.lmin+run.lmax) / 2
		for _, step := range []int{1, -1} {
			l := middle
			if step < 0 {
				l--
			}
			// −exponent at l and its first and second differences.
			x := float64(l)
			d := float64(step)
			linear := 2 * (u[3]*k + u[4]*h)
			value := u[0]*h*h + u[1]*k*k + 2*u[5]*h*k + linear*x + u[2]*x*x
			difference := linear*d + u[2]*(2*x*d+1)
			t, ratio, curve := math.Exp(-value), math.Exp(-difference), math.Exp(-2*u[2])
			e := phase(h*p.x + k*p.y + x*p.z)
			turn := phase(d * p.z)
			for ; l >= int(run.lmin) && l <= int(run.lmax); l += step {
				if n := int(run.first) + int(run.lmax) - l; n != s.half {
					f := complex(p.occ*t*factors[n*nk+p.species], 0) * e
					r.F[r.rank[n]] += f
					r.F[r.rank[last-n]] += complex(real(f), -imag(f))
				}
				t *= ratio
				ratio *= curve
				e *= turn
			}
		}
	}
}

// planes sorts the isotropic sites by species and height and returns the planes
// and the sites in the order in which the planes hold them.
func (c *scatterers) planes() (planes []plane, sites []int) {
	const sameHeight = 1e-9 // of the cell: rounding of symmetric coordinates
	height := func(i int) float64 { return min(c.sites[i].z, 1-c.sites[i].z) }
	below := func(i int) int {
		if c.sites[i].z > 0.5 {
			return 1
		}
		return 0
	}
	for i, p := range c.sites {
		if p.aniso == nil {
			sites = append(sites, i)
		}
	}
	sorts.Stable(sites, func(i, j int) int {
		return cmp.Or(cmp.Compare(c.sites[i].species, c.sites[j].species), cmp.Compare(height(i), height(j)))
	})
	start := 0
	for n, i := range sites {
		k, z := c.sites[i].species, height(i)
		if n == 0 || planes[len(planes)-1].species != k || z-planes[len(planes)-1].z > sameHeight {
			planes = append(planes, plane{species: k, z: z})
			start = n
		}
		p := &planes[len(planes)-1]
		if below(i) == 0 {
			p.up++
		} else {
			p.down++
		}
		if last := n+1 == len(sites); last || c.sites[sites[n+1]].species != k || height(sites[n+1])-p.z > sameHeight {
			sorts.Stable(sites[start:n+1], func(i, j int) int { return cmp.Compare(below(i), below(j)) })
		}
	}
	return planes, sites
}

// phase returns e(t) = exp(−2πi t).
func phase(t float64) complex128 {
	s, c := math.Sincos(2 * math.Pi * (t - math.Round(t)))
	return complex(c, -s)
}
