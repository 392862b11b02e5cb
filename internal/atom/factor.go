package atom

import (
	"math"
	"sync"
)

// Model is a published table of electron scattering factors of neutral free
// atoms. Only Lobato is always there; the others come with package models, which
// a program imports for their sake:
//
//	import _ "zoneaxis/internal/atom/models"
type Model uint8

const (
	// Lobato is the fit of Lobato and Van Dyck (2014), Z 1 … 103: right at g = 0
	// and in its decay at large g. The default. doi:10.1107/S205327331401643X
	Lobato Model = iota
	// Kirkland is the fit of Kirkland, Advanced Computing in Electron Microscopy
	// (2010), eq. C.15, Z 1 … 103, which also decays as it must at large g.
	// doi:10.1007/978-1-4419-6533-2
	Kirkland
	// Peng is the five-Gaussian fit of Peng and others (1996) for |g| ≤ 4 Å⁻¹,
	// Z 1 … 98. doi:10.1107/S0108767395014371
	Peng
	// PengWide is their second fit, for |g| ≤ 12 Å⁻¹, Z 1 … 98.
	PengWide
	modelCount
)

// MottBethe is 1/(2π² a₀) in Å⁻¹: f_e(g) = MottBethe (Z − f_x(g))/g², and
// f_e → MottBethe Z/g² at large g.
const MottBethe = 1 / (2 * math.Pi * math.Pi * bohr)

const bohr = 0.529177210903 // a₀, Å, CODATA 2018

// row holds the coefficients of one element in the order of its data file.
type row [12]float64

var tables = [modelCount]func() []row{Lobato: loadOnce(lobatoText)}

// Load gives a model its table: rows of coefficients by element, as in the files
// of package models, which calls this when it is initialised.
func (m Model) Load(text string) { tables[m] = loadOnce(text) }

func loadOnce(text string) func() []row {
	return sync.OnceValue(func() []row {
		t := make([]row, 1, MaxZ+1) // no element scatters nothing
		for _, f := range rows(text) {
			var r row
			for i, s := range f[1:] {
				r[i] = number(s)
			}
			t = append(t, r)
		}
		return t
	})
}

// Models returns the models that this program has tables of, the default first.
func Models() []Model {
	var list []Model
	for m, table := range tables {
		if table != nil {
			list = append(list, Model(m))
		}
	}
	return list
}

// String returns the name that ParseModel reads: "lobato", "kirkland", "peng"
// or "peng-wide".
func (m Model) String() string {
	switch m {
	case Lobato:
		return "lobato"
	case Kirkland:
		return "kirkland"
	case Peng:
		return "peng"
	case PengWide:
		return "peng-wide"
	}
	return "unknown"
}

// ParseModel returns the model of a name as String writes it.
func ParseModel(name string) (Model, bool) {
	for _, m := range Models() {
		if m.String() == name {
			return m, true
		}
	}
	return 0, false
}

// GMax returns the largest |g| in Å⁻¹ that Factor may be asked for. Lobato and
// Kirkland decay like a nucleus and give +Inf; the Gaussians of Peng fall to
// zero too soon and end at 4 or 12 Å⁻¹.
func (m Model) GMax() float64 {
	switch m {
	case Lobato, Kirkland:
		return math.Inf(1)
	case Peng:
		return 4
	case PengWide:
		return 12
	}
	return 0
}

// Has reports whether there is a table of m and it holds the element z.
func (m Model) Has(z Z) bool {
	return z > 0 && m < modelCount && tables[m] != nil && int(z) < len(tables[m]())
}

// Factor returns the electron scattering factor f_e of element z at g.
//
//	Lobato:    f_e(g) = Σ a_i (2 + b_i g²)/(1 + b_i g²)²
//	Kirkland:  f_e(g) = Σ a_i/(g² + b_i) + Σ c_i exp(−d_i g²)
//	Peng:      f_e(g) = Σ a_i exp(−b_i g²/4)
//
// g is in Å⁻¹ (g = 1/d = 2 sinθ/λ); the result is in Å, for a resting electron:
// multiply by γ where a formula of fast electrons says so. Beyond GMax the
// value means nothing; an element that the table does not hold gives 0.
func (m Model) Factor(z Z, g float64) float64 {
	if !m.Has(z) {
		return 0
	}
	c := &tables[m]()[z]
	g2 := g * g
	f := 0.0
	switch m {
	case Lobato:
		// Lobato & Van Dyck, Acta Cryst. A70 (2014) 636, as lobatoText writes it.
		for i := range 5 {
			q := 1 + c[5+i]*g2
			f += c[i] * (1 + q) / (q * q)
		}
	case Kirkland:
		// Kirkland, Advanced Computing in Electron Microscopy (2010), eq. C.15.
		for i := range 3 {
			f += c[i]/(g2+c[3+i]) + c[6+i]*math.Exp(-c[9+i]*g2)
		}
	default:
		// Peng, Ren, Dudarev & Whelan, Acta Cryst. A52 (1996) 257.
		for i := range 5 {
			f += c[i] * math.Exp(-c[5+i]*g2/4)
		}
	}
	return f
}
