package scene

import (
	"cmp"
	"math"

	"zoneaxis/internal/atom"
	"zoneaxis/internal/crystal"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/lean/sorts"
)

// The view of the crystal along the beam: its view box is cellWide × cellHigh
// about the origin.
const (
	cellWide = 150.0
	cellHigh = 150.0
	maxAtoms = 500 // drawn at most
)

// CellView is the linked view of the crystal along the beam: atoms, bonds and
// one cell, x and y those of the pattern's screen.
type CellView struct {
	Structure   *crystal.Structure
	Orientation geom.Rotation
	// Depth is the thickness of the slice that is drawn, Å: one period along the
	// nearest zone axis shows each column of atoms once. 0 takes the cell.
	Depth       float64
	Title, Desc string
}

type drawnAtom struct {
	pos  geom.Vec // Å, laboratory
	z    atom.Z
	occ  float64
	r    float64 // Å
	hide bool    // exactly under another one
}

// AppendSVG appends the view to dst:
//
//	svg.xtal
//	  title, desc
//	  path.bond         bonds
//	  path.cell         edges of one cell
//	  g > circle.atom   atoms from back to front, fill = colour of the element
func (c *CellView) AppendSVG(dst []byte) []byte {
	w := writer{b: dst}
	w.str(`<svg xmlns="http://www.w3.org/2000/svg" class="xtal" viewBox="-75 -75 150 150" role="img"><title>`)
	w.text(c.Title)
	w.str(`</title><desc>`)
	w.text(c.Desc)
	w.str(`</desc>`)
	scale := c.scale()
	atoms := c.atoms(scale)
	w.outline("bond", func() {
		for _, b := range bonds(atoms) {
			p, q := atoms[b[0]].pos, atoms[b[1]].pos
			if math.Hypot(p.X-q.X, p.Y-q.Y)*scale < 1 {
				continue // along the beam
			}
			w.str("M")
			w.b = pair(w.b, tenth(scale*p.X), tenth(-scale*p.Y))
			w.str("L")
			w.b = pair(w.b, tenth(scale*q.X), tenth(-scale*q.Y))
		}
	})
	w.outline("cell", func() { w.cellEdges(c, scale) })
	w.str(`<g>`)
	for i := range atoms {
		a := &atoms[i]
		if a.hide {
			continue
		}
		w.str(`<circle class="atom"`)
		w.attr("cx", tenth(scale*a.pos.X))
		w.attr("cy", tenth(-scale*a.pos.Y))
		w.attr("r", tenth(scale*a.r))
		if a.occ < 0.995 {
			w.attr("opacity", 0.35+0.65*a.occ)
		}
		w.str(` fill="` + a.z.ColorHex() + `"/>`)
	}
	w.str(`</g></svg>`)
	return w.b
}

// scale returns view-box units per Å: two cells of a small crystal, one of a
// large one.
func (c *CellView) scale() float64 {
	size := math.Cbrt(c.Structure.Lattice.Volume())
	return cellWide / max(9, 1.25*size)
}

// middle returns the centre of the cell, laboratory frame, Å.
func (c *CellView) middle() geom.Vec {
	return c.Orientation.Apply(c.Structure.Lattice.Cart(crystal.Frac{0.5, 0.5, 0.5}))
}

// atoms returns the atoms in the window and the slice, from back to front.
func (c *CellView) atoms(scale float64) []drawnAtom {
	l := c.Structure.Lattice
	m := c.Orientation.Mat().Mul(l.Direct())
	depth := c.Depth
	if !(depth > 0) {
		depth = math.Cbrt(l.Volume())
	}
	halfX, halfY, halfZ := cellWide/2/scale+0.8, cellHigh/2/scale+0.8, depth/2
	// The window in fractional coordinates: |f_i − ½| ≤ Σ |M⁻¹_ij| half_j.
	inverse := m.Inverse()
	var reach [3]int
	for i := range 3 {
		r := math.Abs(inverse[i][0])*halfX + math.Abs(inverse[i][1])*halfY + math.Abs(inverse[i][2])*halfZ
		reach[i] = int(math.Ceil(r + 0.5))
	}
	centre := c.middle()
	var out []drawnAtom
	for a := -reach[0]; a <= reach[0]; a++ {
		for b := -reach[1]; b <= reach[1]; b++ {
			for d := -reach[2]; d <= reach[2]; d++ {
				for _, site := range c.Structure.Sites {
					f := geom.Vec{X: wrap(site.Frac[0]) + float64(a), Y: wrap(site.Frac[1]) + float64(b), Z: wrap(site.Frac[2]) + float64(d)}
					p := m.Apply(f).Sub(centre)
					// Half open, so that one period holds each atom of a column once.
					if math.Abs(p.X) > halfX || math.Abs(p.Y) > halfY || p.Z < -halfZ-1e-6 || p.Z >= halfZ-1e-6 {
						continue
					}
					out = append(out, drawnAtom{pos: p, z: site.Z, occ: site.Occ, r: drawnRadius(site.Z)})
				}
			}
		}
	}
	sorts.Stable(out, func(p, q drawnAtom) int {
		return cmp.Or(cmp.Compare(quantum(p.pos.Z/100), quantum(q.pos.Z/100)),
			cmp.Compare(quantum(p.pos.X/100), quantum(q.pos.X/100)), cmp.Compare(quantum(p.pos.Y/100), quantum(q.pos.Y/100)),
			cmp.Compare(p.z, q.z))
	})
	if len(out) > maxAtoms {
		out = out[len(out)-maxAtoms:]
	}
	hideCovered(out)
	return out
}

// wrap returns f in [0, 1), with values that are 1 but for rounding as 0.
func wrap(f float64) float64 {
	f -= math.Floor(f)
	if f > 1-1e-6 {
		return 0
	}
	return f
}

// drawnRadius returns the radius of an atom's disc in Å, half its covalent one.
func drawnRadius(z atom.Z) float64 {
	if r := z.CovalentRadius(); r > 0 {
		return 0.28 + 0.22*r
	}
	return 0.6
}

// hideCovered marks atoms that lie exactly under one of the same element
// nearer to the viewer.
func hideCovered(atoms []drawnAtom) {
	type place struct {
		x, y int64
		z    atom.Z
	}
	seen := map[place]bool{}
	for i := len(atoms) - 1; i >= 0; i-- {
		a := &atoms[i]
		if a.occ < 0.995 {
			continue
		}
		p := place{int64(math.Floor(a.pos.X*20 + 0.500001)), int64(math.Floor(a.pos.Y*20 + 0.500001)), a.z}
		a.hide = seen[p]
		seen[p] = true
	}
}

// bonds returns the pairs of neighbours: closer than 1.15 times the sum of
// their covalent radii. In metals and salts of heavy ions that is every
// neighbour of the first shell; the picture then shows the coordination.
func bonds(atoms []drawnAtom) [][2]int {
	const most = 3.6 // Å
	type box struct{ x, y, z int }
	at := func(p geom.Vec) box {
		return box{int(math.Floor(p.X / most)), int(math.Floor(p.Y / most)), int(math.Floor(p.Z / most))}
	}
	boxes := map[box][]int{}
	for i := range atoms {
		b := at(atoms[i].pos)
		boxes[b] = append(boxes[b], i)
	}
	var out [][2]int
	for i := range atoms {
		b := at(atoms[i].pos)
		for dx := -1; dx <= 1; dx++ {
			for dy := -1; dy <= 1; dy++ {
				for dz := -1; dz <= 1; dz++ {
					for _, j := range boxes[box{b.x + dx, b.y + dy, b.z + dz}] {
						if j <= i {
							continue
						}
						reach := min(most, 1.15*(atoms[i].z.CovalentRadius()+atoms[j].z.CovalentRadius()))
						if d := atoms[i].pos.Sub(atoms[j].pos).Norm(); d > 0.4 && d < reach {
							out = append(out, [2]int{i, j})
						}
					}
				}
			}
		}
	}
	sorts.Func(out, func(a, b [2]int) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	return out
}

// cellEdges appends the twelve edges of one cell, centred.
func (w *writer) cellEdges(c *CellView, scale float64) {
	l := c.Structure.Lattice
	centre := c.middle()
	corner := func(i int) geom.Vec {
		f := crystal.Frac{float64(i & 1), float64(i >> 1 & 1), float64(i >> 2 & 1)}
		return c.Orientation.Apply(l.Cart(f)).Sub(centre)
	}
	for i := range 8 {
		for axis := range 3 {
			j := i | 1<<axis
			if j == i {
				continue
			}
			p, q := corner(i), corner(j)
			w.str("M")
			w.b = pair(w.b, tenth(scale*p.X), tenth(-scale*p.Y))
			w.str("L")
			w.b = pair(w.b, tenth(scale*q.X), tenth(-scale*q.Y))
		}
	}
}
