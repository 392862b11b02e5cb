package scene

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"testing"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/geom"
)

// fields reads the numbers of every match of a pattern.
func fields(t *testing.T, pattern, text string) (all [][]float64) {
	t.Helper()
	for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
		var row []float64
		for _, number := range m[1:] {
			v, err := strconv.ParseFloat(number, 64)
			if err != nil {
				t.Fatal(err)
			}
			row = append(row, v)
		}
		all = append(all, row)
	}
	return all
}

// A drawn cell is upright and not mirrored, a bond joins the atoms that are
// drawn, and an atom that is there in part only is pale.
func TestCellView(t *testing.T) {
	l, err := crystal.NewLattice(crystal.Cell{A: 5, B: 5, C: 5, Alpha: 90, Beta: 90, Gamma: 90})
	if err != nil {
		t.Fatal(err)
	}
	s := &crystal.Structure{Lattice: l, Sites: []crystal.Site{
		{Z: 6, Frac: crystal.Frac{0.45, 0.4, 0.5}, Occ: 1},
		{Z: 8, Frac: crystal.Frac{0.6, 0.63, 0.5}, Occ: 0.5}, // 1.4 Å away, up and to the right
	}}
	c := CellView{Structure: s, Orientation: geom.NoRotation(), Depth: 5}
	svg := string(c.AppendSVG(nil))
	scale := c.scale()
	const number = `(-?[\d.]+)`
	carbon, oxygen := [2]float64{tenth(-0.25 * scale), tenth(0.5 * scale)}, [2]float64{tenth(0.5 * scale), tenth(-0.65 * scale)}
	var found [2]int
	atoms := fields(t, `cx="`+number+`" cy="`+number+`"`, svg)
	for _, a := range atoms {
		switch [2]float64{a[0], a[1]} {
		case carbon:
			found[0]++
		case oxygen:
			found[1]++
		}
	}
	if found != [2]int{1, 1} {
		t.Errorf("%d and %d atoms at %v and %v of %v", found[0], found[1], carbon, oxygen, atoms)
	}
	if pale := fields(t, `opacity="`+number+`" fill="`+s.Sites[1].Z.ColorHex(), svg); len(pale) == 0 || math.Abs(pale[0][0]-0.675) > 0.006 {
		t.Errorf("half an oxygen atom has the opacity %v", pale)
	}
	if full := fields(t, `opacity="`+number+`" fill="`+s.Sites[0].Z.ColorHex(), svg); len(full) > 0 {
		t.Errorf("a whole carbon atom has the opacity %v", full)
	}
	at := func(x, y float64) bool {
		return slices.ContainsFunc(atoms, func(a []float64) bool { return a[0] == x && a[1] == y })
	}
	path := regexp.MustCompile(`class="bond"[^>]* d="([^"]*)"`).FindStringSubmatch(svg)
	if path == nil {
		t.Fatal("no bonds")
	}
	ends := fields(t, `[ML]`+number+`[ ,]?`+number, path[1])
	if len(ends) < 4 {
		t.Errorf("%d ends of bonds in %s", len(ends), path[1])
	}
	for _, e := range ends {
		if !at(e[0], e[1]) {
			t.Errorf("a bond ends at %v, where no atom is", e)
		}
	}
}

// A slice of one period holds every column of atoms once, also those that lie
// on its faces.
func TestSliceOfOnePeriod(t *testing.T) {
	l, err := crystal.NewLattice(crystal.Cell{A: 3, B: 3, C: 4, Alpha: 90, Beta: 90, Gamma: 90})
	if err != nil {
		t.Fatal(err)
	}
	s := &crystal.Structure{Lattice: l, Sites: []crystal.Site{{Z: 29, Occ: 1}, {Z: 79, Frac: crystal.Frac{0.5, 0.5, 0.5}, Occ: 1}}}
	c := CellView{Structure: s, Orientation: geom.NoRotation(), Depth: 4}
	columns := map[[2]float64]int{}
	for _, a := range c.atoms(c.scale()) {
		columns[[2]float64{math.Round(100 * a.pos.X), math.Round(100 * a.pos.Y)}]++
		if want := map[bool]float64{true: -2, false: 0}[a.z == 29]; math.Abs(a.pos.Z-want) > 1e-9 {
			t.Errorf("%v at the height %g, want %g", a.z, a.pos.Z, want)
		}
	}
	for column, n := range columns {
		if n != 1 {
			t.Errorf("%d atoms in the column at %v", n, column)
		}
	}
	if len(columns) < 20 {
		t.Errorf("%d columns", len(columns))
	}
}
