// Package atom knows the chemical elements and how they scatter electrons:
// symbols, masses, display colours, scattering factors and Debye–Waller
// parameters. It depends on nothing but the standard library.
package atom

import (
	"strconv"
	"strings"
	"sync"

	"zoneaxis/internal/lean/say"
)

// Z is an atomic number, 1 … 103. Zero means "no element".
type Z uint8

// MaxZ is the heaviest element the tables hold, lawrencium.
const MaxZ Z = 103

type element struct {
	symbol, name, color string
	mass, radius        float64
}

var elements = sync.OnceValue(func() *[MaxZ + 1]element {
	var e [MaxZ + 1]element
	for i, f := range rows(elementsText) {
		e[i+1] = element{symbol: f[0], name: f[1], mass: number(f[2]), radius: number(f[3]), color: "#" + f[4]}
	}
	return &e
})

var bySymbol = sync.OnceValue(func() map[string]Z {
	m := make(map[string]Z, MaxZ)
	for z := Z(1); z <= MaxZ; z++ {
		m[elements()[z].symbol] = z
	}
	return m
})

// rows splits a data file into the fields of its lines. Lines that begin with
// # are comments.
func rows(text string) [][]string {
	var r [][]string
	for line := range strings.Lines(text) {
		if f := strings.Fields(line); len(f) > 0 && f[0][0] != '#' {
			r = append(r, f)
		}
	}
	return r
}

// number reads a number of an embedded data file, which the tests read whole.
func number(s string) float64 {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		panic("atom: data file: " + err.Error())
	}
	return v
}

func (z Z) element() element {
	if z > MaxZ {
		return element{}
	}
	return elements()[z]
}

// Symbol returns the chemical symbol, "Fe"; empty for no element.
func (z Z) Symbol() string { return z.element().symbol }

// String returns the chemical symbol, or "Z=n" if n is not an element here.
func (z Z) String() string {
	if s := z.Symbol(); s != "" {
		return s
	}
	return say.Sprintf("Z=%d", uint8(z))
}

// Name returns the English name, "Iron"; empty for no element.
func (z Z) Name() string { return z.element().name }

// Mass returns the standard atomic mass in u; of elements without stable
// isotopes that of a long-lived one. It is 0 for no element.
func (z Z) Mass() float64 { return z.element().mass }

// CovalentRadius returns the covalent radius in Å; 0 where none is published
// (Z 97 and above) and for no element.
func (z Z) CovalentRadius() float64 { return z.element().radius }

// ColorHex returns the colour to draw the element with, "#D2622F"; empty for
// no element.
func (z Z) ColorHex() string { return z.element().color }
