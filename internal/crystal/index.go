package crystal

// HKL holds the Miller indices of a plane or reflection: the reciprocal-lattice
// vector h a* + k b* + l c*. It converts to and from [3]int without cost.
type HKL [3]int

// UVW holds the indices of a lattice direction: u a + v b + w c.
type UVW [3]int

// Frac holds fractional coordinates.
type Frac [3]float64

// Dot returns h·u = hu + kv + lw, the number of the Laue zone of h for the
// zone axis u.
func (h HKL) Dot(u UVW) int { return h[0]*u[0] + h[1]*u[1] + h[2]*u[2] }

// Neg returns −h.
func (h HKL) Neg() HKL { return HKL{-h[0], -h[1], -h[2]} }

// Add returns h + k.
func (h HKL) Add(k HKL) HKL { return HKL{h[0] + k[0], h[1] + k[1], h[2] + k[2]} }

// Sub returns h − k.
func (h HKL) Sub(k HKL) HKL { return HKL{h[0] - k[0], h[1] - k[1], h[2] - k[2]} }

// Zone returns the zone axis that contains both planes, h × k divided by its
// common factor; zero if they are parallel. It is right-handed:
// g_h × g_k points along +Zone.
func (h HKL) Zone(k HKL) UVW { return UVW(cross(h, k)).Reduced() }

// Plane returns the plane that contains both directions, u × v divided by its
// common factor; zero if they are parallel.
func (u UVW) Plane(v UVW) HKL {
	p := UVW(cross(u, v)).Reduced()
	return HKL(p)
}

// Neg returns −u.
func (u UVW) Neg() UVW { return UVW{-u[0], -u[1], -u[2]} }

// Reduced returns u divided by the greatest common factor of its indices. The
// zero direction stays zero.
func (u UVW) Reduced() UVW {
	g := gcd(gcd(u[0], u[1]), u[2])
	if g <= 1 {
		return u
	}
	return UVW{u[0] / g, u[1] / g, u[2] / g}
}

func cross[V ~[3]int](a, b V) V {
	return V{a[1]*b[2] - a[2]*b[1], a[2]*b[0] - a[0]*b[2], a[0]*b[1] - a[1]*b[0]}
}

func gcd(a, b int) int {
	a, b = max(a, -a), max(b, -b)
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
