package bloch

import (
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/geom"
)

// FromMatrix solves for given couplings of strong beams: u(i, j) = U_{i−j} and
// loss(i, j) = U'_{i−j} for i > j, loss nil without absorption.
func FromMatrix(diagonal []float64, u, loss func(i, j int) complex128, loss0, kn float64) (*System, error) {
	n := len(diagonal)
	p := &problem{beams: make([]diffraction.Spot, n), strong: n, g: make([]geom.Vec, n), rows: make([]int, n+1), loss0: loss0}
	p.opt.Yield = func() bool { return true }
	if loss != nil {
		p.loss = []complex128{}
	}
	weight := make([]float64, n)
	for i := range n {
		p.beams[i].Ref = int32(i)
		weight[i] = 1
		p.rows[i+1] = p.rows[i] + i
		for j := range i {
			p.u = append(p.u, u(i, j))
			if loss != nil {
				p.loss = append(p.loss, loss(i, j))
			}
		}
	}
	p.link()
	s := &System{Beams: p.beams, Strong: p.strong, Kn: kn, p: p, diagonal: diagonal, weight: weight}
	return s, s.prepare()
}

// Real reports whether the couplings were made real.
func (s *System) Real() bool { return s.p.gauge != nil }

// Chain returns the number of states that symmetry leaves.
func (s *System) Chain() int { return len(s.chain.d) }

// Bessel is bessel.
func Bessel(x float64) []float64 { return bessel(x) }
