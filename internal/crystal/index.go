package crystal

import (
	"cmp"
	"strconv"
	"strings"
)

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

// Compare compares indices of planes or of directions lexicographically, the
// first index first: −1 if a comes before b, 0 if they are equal, 1 otherwise.
func Compare[V ~[3]int](a, b V) int {
	for i := range 3 {
		if a[i] != b[i] {
			return cmp.Compare(a[i], b[i])
		}
	}
	return 0
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

// IndexDigit is one index as a label draws it: the absolute value, and whether
// a bar stands above it.
type IndexDigit struct {
	Value int // ≥ 0, may have several digits
	Bar   bool
}

// FormatHKL returns the indices of a plane ready for drawing, three or, with
// four set, the Miller–Bravais indices hkil.
func FormatHKL(h HKL, four bool) []IndexDigit { return digits(h.indices(four)) }

// FormatUVW returns the indices of a direction ready for drawing, three or,
// with four set, the Weber indices UVTW.
func FormatUVW(u UVW, four bool) []IndexDigit { return digits(u.indices(four)) }

func digits(n []int) []IndexDigit {
	d := make([]IndexDigit, len(n))
	for i, v := range n {
		d[i] = IndexDigit{max(v, -v), v < 0}
	}
	return d
}

// Four returns the Miller–Bravais indices (h k i l), i = −(h + k), of a plane
// given on hexagonal axes.
func (h HKL) Four() [4]int { return [4]int{h[0], h[1], -h[0] - h[1], h[2]} }

// Four returns the smallest whole Weber indices [U V T W] that are parallel to
// a direction given on hexagonal axes:
//
//	U = (2u − v)/3, V = (2v − u)/3, T = −(u + v)/3, W = w
//
// with the fraction cleared. [100] becomes [2 −1 −1 0]. The length of the
// vector is not kept, only its direction.
func (u UVW) Four() [4]int {
	f := [4]int{2*u[0] - u[1], 2*u[1] - u[0], -u[0] - u[1], 3 * u[2]}
	g := gcd(gcd(f[0], f[1]), gcd(f[2], f[3]))
	if g > 1 {
		for i := range f {
			f[i] /= g
		}
	}
	return f
}

// PlaneFromFour returns (hkl) of the Miller–Bravais indices (hkil). It reports
// false if h + k + i is not zero.
func PlaneFromFour(f [4]int) (HKL, bool) {
	return HKL{f[0], f[1], f[3]}, f[0]+f[1]+f[2] == 0
}

// DirectionFromFour returns the direction of the Weber indices [UVTW],
// u = U − T, v = V − T, w = W, divided by the common factor. It reports false
// if U + V + T is not zero.
func DirectionFromFour(f [4]int) (UVW, bool) {
	return UVW{f[0] - f[2], f[1] - f[2], f[3]}.Reduced(), f[0]+f[1]+f[2] == 0
}

func (h HKL) indices(four bool) []int {
	if four {
		f := h.Four()
		return f[:]
	}
	return h[:]
}

func (u UVW) indices(four bool) []int {
	if four {
		f := u.Four()
		return f[:]
	}
	return u[:]
}

// String returns the indices in plain ASCII: "1-10", or with spaces where an
// index has two digits, "12 -1 0".
func (h HKL) String() string { return joinIndices(h[:], "-", compact(h[:])) }

// String returns the indices in plain ASCII: "1-10", or with spaces where an
// index has two digits, "12 -1 0".
func (u UVW) String() string { return joinIndices(u[:], "-", compact(u[:])) }

// Text returns the indices for running text, with a typographic minus and no
// brackets: "1−10", in four indices with spaces, "1 0 −1 0".
func (h HKL) Text(four bool) string { return indexText(h.indices(four)) }

// Text returns the indices for running text, with a typographic minus and no
// brackets: "1−10", in four indices with spaces, "2 −1 −1 0".
func (u UVW) Text(four bool) string { return indexText(u.indices(four)) }

// Spoken returns the indices as a microscopist reads them out: "1 bar 1 0"
// for (1−10).
func (h HKL) Spoken(four bool) string { return spoken(h.indices(four)) }

// Spoken returns the indices as a microscopist reads them out: "1 bar 1 0"
// for [1−10].
func (u UVW) Spoken(four bool) string { return spoken(u.indices(four)) }

func compact(n []int) bool {
	for _, v := range n {
		if v < -9 || v > 9 {
			return false
		}
	}
	return len(n) == 3
}

func indexText(n []int) string { return joinIndices(n, "−", compact(n)) }

func joinIndices(n []int, minus string, compact bool) string {
	var b strings.Builder
	for i, v := range n {
		if i > 0 && !compact {
			b.WriteByte(' ')
		}
		if v < 0 {
			b.WriteString(minus)
		}
		b.WriteString(strconv.Itoa(max(v, -v)))
	}
	return b.String()
}

func spoken(n []int) string {
	var b strings.Builder
	for i, v := range n {
		if i > 0 {
			b.WriteByte(' ')
		}
		if v < 0 {
			b.WriteString("bar ")
		}
		b.WriteString(strconv.Itoa(max(v, -v)))
	}
	return b.String()
}
