package atom

import (
	"sync"
)

// thermalFit holds the polynomials below and above 80 K; high is nil where the
// paper has none.
type thermalFit struct{ low, high []float64 }

var thermalFits = sync.OnceValue(func() map[Z]thermalFit {
	m := make(map[Z]thermalFit)
	for _, f := range rows(gaoPengText) {
		c := make([]float64, len(f)-1)
		for i, s := range f[1:] {
			c[i] = number(s)
		}
		t := thermalFit{low: c[:5]}
		if len(c) > 5 {
			t.high = c[5:]
		}
		m[bySymbol()[f[0]]] = t
	}
	return m
})

// BElement returns the isotropic Debye–Waller parameter B = 8π²⟨u²⟩ in Å² of
// the elemental crystal at a temperature in K, from fourth-order polynomials
// fitted below and above 80 K. In a compound the same atoms are bound
// differently: it is a first guess there. It reports false for an element or a
// temperature without a fit; temperatures from 0 to 1000 K are accepted,
// whether or not the element is still solid.
func BElement(z Z, kelvin float64) (float64, bool) {
	// Gao & Peng, Acta Cryst. A55 (1999) 926.
	t, ok := thermalFits()[z]
	if !ok || !(kelvin >= 0 && kelvin <= 1000) {
		return 0, false
	}
	c := t.low
	if kelvin >= 80 {
		c = t.high
	}
	if c == nil {
		return 0, false
	}
	b := 0.0
	for i := len(c) - 1; i >= 0; i-- {
		b = b*kelvin + c[i]
	}
	return b, true
}
