package bloch

import (
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/geom"
)

// FromMatrix solves for given couplings of strong beams: u(i, j) = U_{i−j} and
// loss(i, j) = U'_{i−j} for i > j, loss nil without absorption.
func FromMatrix(diagonal []float64, u, loss func(i, j int) complex128, loss0, kn float64) (*System, error) {
	s := fromMatrix(diagonal, u, loss, loss0, kn)
	return s, s.prepare()
}

// SeriesFromMatrix is FromMatrix by the series, however few beams there are.
func SeriesFromMatrix(diagonal []float64, u, loss func(i, j int) complex128, loss0, kn float64) (*System, error) {
	s := fromMatrix(diagonal, u, loss, loss0, kn)
	var err error
	s.series, err = newSeries(s.p, s.diagonal, s.weight)
	return s, err
}

func fromMatrix(diagonal []float64, u, loss func(i, j int) complex128, loss0, kn float64) *System {
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
	return &System{Beams: p.beams, Strong: p.strong, Kn: kn, p: p, diagonal: diagonal, weight: weight}
}

// ForceSeries replaces the solution by the series.
func (s *System) ForceSeries() (err error) {
	s.lossy, s.chain = nil, chain{}
	s.series, err = newSeries(s.p, s.diagonal, s.weight)
	return err
}

// IsSeries reports whether the solution is a series.
func (s *System) IsSeries() bool { return s.series != nil }

// Straight returns the amplitudes of strong beams, without their phases, by one
// run of the series in double precision.
func (s *System) Straight(tau float64) ([]complex128, error) {
	m, err := s.p.general(s.diagonal, s.weight)
	if err != nil {
		return nil, err
	}
	x := newLossy(m, s.p.strong).propagate(nil, tau)
	for i, phase := range s.p.gauge[:min(len(s.p.gauge), len(x))] {
		x[i] *= phase
	}
	return x, nil
}

// Stretches returns the number of checkpoints.
func (s *System) Stretches() int {
	if s.series != nil {
		return len(s.series.trail.marks)
	}
	return len(s.lossy.trail.marks)
}

// Real reports whether the couplings were made real.
func (s *System) Real() bool { return s.p.isReal() }

// Chain returns the number of states that symmetry leaves.
func (s *System) Chain() int { return len(s.chain.d) }

// Bessel is bessel.
func Bessel(x float64) []float64 { return bessel(x) }
