package bloch

import (
	"math"
	"slices"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/lean/sorts"
)

// problem is a set of beams and their couplings, which do not depend on small
// tilts of the incident beam.
type problem struct {
	opt    Options
	k      float64 // 1/λ, Å⁻¹
	u0     float64 // U_0, Å⁻²
	normal geom.Vec
	beams  []diffraction.Spot // strong ones first
	g      []geom.Vec         // of beams, laboratory frame, Å⁻¹
	strong int

	// u holds U_{g−h}: of strong beam i the couplings to 0 … i−1, of weak beam i
	// those to all strong beams. rows[i] is where the row of beam i begins.
	u     []complex128
	rows  []int
	gauge []complex128 // phases of the beams that have made u, and loss, real; nil if they are complex
	loss  []complex128 // U'_{g−h}, laid out as u; nil without absorption
	loss0 float64      // U'_0
}

// newProblem chooses the beams and finds their couplings.
func newProblem(r *diffraction.Reflections, b diffraction.Beam, o geom.Rotation, opt Options) (*problem, error) {
	p, err := newBeams(r, b, o, opt)
	if err != nil {
		return nil, err
	}
	return p, p.complete(r, b)
}

// newBeams chooses the beams.
func newBeams(r *diffraction.Reflections, b diffraction.Beam, o geom.Rotation, opt Options) (*problem, error) {
	if opt.Yield == nil {
		opt.Yield = func() bool { return true }
	}
	if opt.Couplings == nil {
		opt.Couplings = new(Couplings)
	}
	p := &problem{opt: opt, k: b.K(), u0: real(b.U(r.F[0], r.Lattice.Volume()))}
	kz := math.Sqrt(max(0, p.k*p.k-opt.TiltX*opt.TiltX-opt.TiltY*opt.TiltY))
	incident := geom.Vec{X: opt.TiltX, Y: opt.TiltY, Z: -kz}
	p.normal = opt.Normal.Unit()
	if p.normal == (geom.Vec{}) {
		p.normal = incident.Unit()
	}
	if p.normal.Dot(incident) < 0 {
		p.normal = p.normal.Neg()
	}
	choose := p.choose
	if opt.List != nil {
		choose = p.take
	}
	if err := choose(r, b, o); err != nil {
		return nil, err
	}
	m := o.Mat()
	p.g = make([]geom.Vec, len(p.beams))
	for i, s := range p.beams {
		p.g[i] = m.Apply(r.G[s.Ref])
	}
	return p, nil
}

// complete finds the couplings of the beams and drops those that have none.
func (p *problem) complete(r *diffraction.Reflections, b diffraction.Beam) error {
	if err := p.couple(p.opt.Couplings.of(r, b, &p.opt), p.indices(r)); err != nil {
		return err
	}
	p.link()
	return p.limit()
}

// isReal reports whether the matrix is.
func (p *problem) isReal() bool { return p.gauge != nil && p.loss == nil }

// limit is the error for more strong beams than wanted.
func (p *problem) limit() error {
	if p.opt.MaxBeams > 0 && p.strong > p.opt.MaxBeams {
		return &LimitError{p.strong, p.opt.MaxBeams}
	}
	return nil
}

// indices returns those of the beams.
func (p *problem) indices(r *diffraction.Reflections) []crystal.HKL {
	hkl := make([]crystal.HKL, len(p.beams))
	for i, s := range p.beams {
		hkl[i] = r.HKL[s.Ref]
	}
	return hkl
}

// slack widens bounds of |g| and |s|, so that equivalent reflections stay
// together.
const slack = 1 + 1e-9

// choose lists the beams, strong ones first.
func (p *problem) choose(r *diffraction.Reflections, b diffraction.Beam, o geom.Rotation) error {
	opt := &p.opt
	reach := opt.SMax
	if reach == 0 {
		reach = DefaultSMax
	}
	reach *= slack
	near := p.sphere()
	near.Sigma, near.SMax = reach, reach
	limit := opt.GMax
	if limit == 0 {
		limit = math.Inf(1)
	}
	var weak []diffraction.Spot
	for _, s := range near.AppendSpots(nil, r, b, o) {
		s.I = 0
		switch {
		case r.Len[s.Ref] > limit*slack, !r.Centred(r.HKL[s.Ref]):
		case opt.Strong > 0 && math.Abs(s.S) > opt.Strong*slack:
			weak = append(weak, s)
		default:
			p.beams = append(p.beams, s)
		}
	}
	// Up to half of them, and more, may not be linked to 000 at all.
	if opt.MaxBeams > 0 && len(p.beams) > 3*opt.MaxBeams {
		return &LimitError{len(p.beams), opt.MaxBeams}
	}
	if opt.Strong > 0 && opt.MaxStrong > 0 && len(p.beams) > opt.MaxStrong {
		var more []diffraction.Spot
		p.beams, more = nearest(p.beams, opt.MaxStrong)
		weak = append(more, weak...)
	}
	least := opt.MinStrong
	if opt.MaxStrong > 0 {
		least = min(least, opt.MaxStrong)
	}
	if lacking := least - len(p.beams); lacking > 0 && len(weak) > lacking {
		var more []diffraction.Spot
		more, weak = nearest(weak, lacking)
		p.beams = append(p.beams, more...)
	}
	p.strong = len(p.beams)
	if opt.Foremost > 0 && p.strong > opt.Foremost {
		var err error
		if p.beams, err = p.foremost(r, b); err != nil {
			return err
		}
		p.strong, weak = len(p.beams), nil
	}
	if n := p.linked(r, b); opt.MaxBeams > 0 && n > opt.MaxBeams {
		return &LimitError{n, opt.MaxBeams} // before more is done
	}
	if opt.MaxWeak > 0 && len(weak) > opt.MaxWeak {
		var err error
		if weak, err = p.weighty(r, b, weak); err != nil {
			return err
		}
	}
	p.beams = append(p.beams, weak...)
	return nil
}

// linked counts the strong beams that couplings of strong beams link to 000, if
// that may be more than Options.MaxBeams allows.
func (p *problem) linked(r *diffraction.Reflections, b diffraction.Beam) int {
	if p.opt.MaxBeams == 0 || p.strong <= p.opt.MaxBeams {
		return p.strong
	}
	table := p.opt.Couplings.of(r, b, &p.opt)
	hkl := p.indices(r)
	var rest []int
	for i := range hkl[1:] {
		rest = append(rest, i+1)
	}
	queue := []int{0}
	for at := 0; at < len(queue); at++ {
		rest = slices.DeleteFunc(rest, func(i int) bool {
			if table.at(hkl[i], hkl[queue[at]]).u == 0 {
				return false
			}
			queue = append(queue, i)
			return true
		})
	}
	return len(queue)
}

// nearest parts beams into at most n that are nearest to the sphere and the
// others, both in the order in which they were. Equivalent reflections stay
// together.
func nearest(beams []diffraction.Spot, n int) (near, far []diffraction.Spot) {
	cut := largest(beams, n)
	for _, s := range beams {
		if math.Abs(s.S) < cut {
			near = append(near, s)
		} else {
			far = append(far, s)
		}
	}
	return near, far
}

// weighty leaves those of too many weak beams that act most on the strong ones:
// by |U|²/|s| with the largest coupling U to a leading strong beam. By |s| alone
// inner reflections of one Laue zone would stay without those on the other side
// of the sphere, whose effect has the other sign.
func (p *problem) weighty(r *diffraction.Reflections, b diffraction.Beam, weak []diffraction.Spot) ([]diffraction.Spot, error) {
	// Of a large cell there are far too many to look at.
	const looked = 6
	if len(weak) > looked*p.opt.MaxWeak {
		weak, _ = nearest(weak, looked*p.opt.MaxWeak)
	}
	leading := p.leading(r, b)
	weights := make([]float64, len(weak))
	for i, s := range weak {
		u, err := p.pull(r, b, i, r.HKL[s.Ref], leading)
		if err != nil {
			return nil, err
		}
		weights[i] = u * u / math.Abs(s.S)
	}
	return heaviest(weak, weights, p.opt.MaxWeak), nil
}

// foremost leaves those strong beams that Options.Foremost describes.
func (p *problem) foremost(r *diffraction.Reflections, b diffraction.Beam) ([]diffraction.Spot, error) {
	// An |s| in Å⁻¹ within which all candidates count alike: less, and far beams of
	// higher zones that happen to lie on the sphere would push out strong ones of
	// the zone.
	const alike = 0.01
	stays := make(map[crystal.HKL]bool, len(p.opt.Before))
	for _, h := range p.opt.Before {
		stays[h] = true
	}
	table := p.opt.Couplings.of(r, b, &p.opt)
	size := func(g, h crystal.HKL) float64 { return math.Sqrt(abs2(table.at(g, h).u)) }
	direct := make([]float64, p.strong) // |U_g|
	strongest := 0.0
	for i, s := range p.beams {
		if s.Ref != 0 {
			direct[i] = size(r.HKL[s.Ref], crystal.HKL{})
			strongest = max(strongest, direct[i])
		}
	}
	// A leading beam sends on as much as it is excited itself, which goes to nothing
	// where another one takes its place among the leading.
	const most = 16
	share := make([]float64, p.strong)
	for i, s := range p.beams {
		share[i] = direct[i] / strongest * extinction / (math.Abs(s.S) + extinction)
	}
	sorted := slices.Clone(share)
	sorts.Values(sorted)
	least := sorted[max(len(sorted)-most, 0)]
	var leading []int
	for i := range p.beams {
		if share[i] > least {
			leading = append(leading, i)
		}
	}
	weights := make([]float64, p.strong)
	for i, s := range p.beams {
		if i&63 == 63 && !p.opt.Yield() {
			return nil, ErrCancelled
		}
		g := r.HKL[s.Ref]
		u := direct[i]
		for _, j := range leading {
			if j != i {
				u = max(u, (share[j]-least)*size(g, r.HKL[p.beams[j].Ref]))
			}
		}
		weights[i] = u / (math.Abs(s.S) + alike)
		switch {
		case s.Ref == 0:
			weights[i] = math.Inf(1)
		case stays[g]:
			weights[i] *= 1.5
		}
	}
	return heaviest(p.beams, weights, p.opt.Foremost), nil
}

// leading returns the indices of about thirty strong beams that have most of
// the electrons as far as can be told beforehand, 000 among them.
func (p *problem) leading(r *diffraction.Reflections, b diffraction.Beam) []crystal.HKL {
	const most = 30
	excited := make([]float64, p.strong)
	table := p.opt.Couplings.of(r, b, &p.opt)
	for i, s := range p.beams[:p.strong] {
		if excited[i] = math.Inf(1); s.Ref != 0 {
			excited[i] = math.Sqrt(abs2(table.at(r.HKL[s.Ref], crystal.HKL{}).u)) / (math.Abs(s.S) + extinction)
		}
	}
	var leading []crystal.HKL
	for _, s := range heaviest(p.beams[:p.strong], excited, most) {
		leading = append(leading, r.HKL[s.Ref])
	}
	return leading
}

// extinction is an |s| in Å⁻¹ within which a reflection is excited as at 0: the
// inverse of a usual extinction length.
const extinction = 0.003

// pull returns the largest |U_{g−h}| of a candidate for the beams h. at counts the
// candidates.
func (p *problem) pull(r *diffraction.Reflections, b diffraction.Beam, at int, g crystal.HKL, beams []crystal.HKL) (float64, error) {
	if at&63 == 63 && !p.opt.Yield() {
		return 0, ErrCancelled
	}
	table := p.opt.Couplings.of(r, b, &p.opt)
	most := 0.0
	for _, h := range beams {
		if h != g {
			most = max(most, abs2(table.at(g, h).u))
		}
	}
	return math.Sqrt(most), nil
}

// heaviest returns at most n spots with the largest weights, in the order in
// which they were. Equivalent reflections, whose weights differ by rounding, stay
// together.
func heaviest(spots []diffraction.Spot, weights []float64, n int) []diffraction.Spot {
	if len(spots) <= n {
		return spots
	}
	sorted := slices.Clone(weights)
	sorts.Values(sorted)
	const rounding = 1 + 1e-6
	cut := sorted[len(sorted)-n-1] * rounding // the largest that is left out
	kept := make([]diffraction.Spot, 0, n)
	for i, s := range spots {
		if weights[i] > cut {
			kept = append(kept, s)
		}
	}
	return kept
}

// sphere finds excitation errors.
func (p *problem) sphere() diffraction.Kinematic {
	return diffraction.Kinematic{
		Shape: diffraction.Positions, Absent: true, Exact: !p.opt.Unrefracted,
		Normal: p.opt.Normal, TiltX: p.opt.TiltX, TiltY: p.opt.TiltY,
	}
}

// take makes beams of a list.
func (p *problem) take(r *diffraction.Reflections, b diffraction.Beam, o geom.Rotation) error {
	near := p.sphere()
	listed := make(map[crystal.HKL]bool, len(p.opt.List))
	p.beams = make([]diffraction.Spot, 1, len(p.opt.List)+1)
	for _, h := range p.opt.List {
		ref, ok := r.Index(h)
		switch {
		case listed[h]:
			return &ListError{h, "comes twice"}
		case !ok:
			return &ListError{h, "is further out than the reflections"}
		case !r.Centred(h):
			return &ListError{h, "is no reflection of this crystal: the centring of its cell forbids it"}
		}
		listed[h] = true
		spot := diffraction.Spot{Ref: int32(ref), S: near.ExcitationError(r.G[ref], b, o)}
		if math.IsNaN(spot.S) {
			return &ListError{h, "is too far from the sphere for any excitation error"}
		}
		g := o.Apply(r.G[ref])
		spot.X, spot.Y = g.X+spot.S*p.normal.X, g.Y+spot.S*p.normal.Y
		if ref == 0 {
			p.beams[0] = spot
		} else {
			p.beams = append(p.beams, spot)
		}
	}
	if !listed[crystal.HKL{}] {
		return &ListError{crystal.HKL{}, "is missing: 0,0,0 is the incident beam"}
	}
	p.strong = len(p.beams)
	return nil
}

// largest returns a bound of |s| below which at most n of the beams lie.
// Equivalent reflections are on the same side of it.
func largest(beams []diffraction.Spot, n int) float64 {
	errors := make([]float64, len(beams))
	for i, s := range beams {
		errors[i] = math.Abs(s.S)
	}
	sorts.Values(errors)
	return errors[n] / slack
}

// width returns the number of couplings in the row of beam i.
func (p *problem) width(i int) int { return min(i, p.strong) }

// couple fills in U and U' for beams with the given indices.
func (p *problem) couple(table *couplings, hkl []crystal.HKL) error {
	p.rows = make([]int, len(hkl)+1)
	for i := range hkl {
		p.rows[i+1] = p.rows[i] + p.width(i)
	}
	p.u = make([]complex128, p.rows[len(hkl)])
	if p.opt.Absorption != None {
		p.loss = make([]complex128, len(p.u))
		p.loss0 = real(table.at(crystal.HKL{}, crystal.HKL{}).loss)
	}
	// The place of a difference in the box is the difference of places.
	inBox := table.within(hkl)
	places := make([]int, len(hkl))
	for i, h := range hkl {
		places[i] = table.offset(h)
	}
	for i := range hkl {
		row := p.u[p.rows[i]:p.rows[i+1]]
		here := table.zero + places[i]
		for j := range row {
			var c *pair
			if inBox {
				c = &table.pairs[table.box[here-places[j]]]
			}
			if c == nil || c == &table.pairs[0] {
				computed := table.at(hkl[i], hkl[j])
				c = &computed
			}
			row[j] = c.u
			if p.loss != nil {
				p.loss[p.rows[i]+j] = c.loss
			}
		}
		if i&15 == 15 && !p.opt.Yield() {
			return ErrCancelled
		}
	}
	return nil
}

// link drops the beams that no chain of couplings links to 000, and looks for
// phases of the beams that make all couplings real: U_gh → φ_g* U_gh φ_h. They
// exist if the atoms, seen along the beam if need be, have a centre of
// inversion anywhere.
func (p *problem) link() {
	n := len(p.beams)
	coupling := func(i, j int) complex128 { // U_{i−j}
		if i > j {
			if j >= p.strong {
				return 0
			}
			return p.u[p.rows[i]+j]
		}
		if i == j || i >= p.strong {
			return 0
		}
		v := p.u[p.rows[j]+i]
		return complex(real(v), -imag(v))
	}
	strongest := 0.0
	for _, c := range p.u {
		strongest = max(strongest, abs2(c))
	}
	strongest = math.Sqrt(strongest)
	// Chains of strong couplings first: the phases of weak ones are rounded.
	phase := make([]complex128, n)
	phase[0] = 1
	rest := make([]int, 0, n) // beams without a phase
	for i := 1; i < n; i++ {
		rest = append(rest, i)
	}
	for _, least := range [...]float64{1e-3 * strongest, 0} {
		queue := make([]int, 0, n)
		for j := range n {
			if phase[j] != 0 {
				queue = append(queue, j)
			}
		}
		for ; len(queue) > 0 && len(rest) > 0; queue = queue[1:] {
			j := queue[0]
			left := rest[:0]
			for _, i := range rest {
				c := coupling(i, j)
				if size := math.Sqrt(abs2(c)); size > least {
					phase[i] = c * complex(1/size, 0) * phase[j]
					queue = append(queue, i)
				} else {
					left = append(left, i)
				}
			}
			rest = left
		}
	}
	if p.opt.List != nil {
		for i, f := range phase {
			if f == 0 {
				phase[i] = 1
			}
		}
	}
	p.keep(phase)
	// The phases came along a tree; whether all other couplings agree is seen now.
	const rounding = 1e-7
	tables := [][]complex128{p.u}
	if p.loss != nil {
		tables = append(tables, p.loss)
	}
	for _, table := range tables {
		for i := range p.beams {
			back := conj(p.gauge[i])
			for j, c := range table[p.rows[i]:p.rows[i+1]] {
				if math.Abs(imag(c*p.gauge[j]*back)) > rounding*strongest {
					p.gauge = nil
					return
				}
			}
		}
	}
	for _, table := range tables {
		for i := range p.beams {
			row, back := table[p.rows[i]:p.rows[i+1]], conj(p.gauge[i])
			for j, c := range row {
				row[j] = complex(real(c*p.gauge[j]*back), 0)
			}
		}
	}
}

// keep drops the beams without phase and makes the phases the gauge.
func (p *problem) keep(phase []complex128) {
	place := make([]int, 0, len(phase)) // old index of each kept beam
	strong := 0
	for i, f := range phase {
		if f != 0 {
			place = append(place, i)
			if i < p.strong {
				strong++
			}
		}
	}
	p.gauge = make([]complex128, len(place))
	for i, old := range place {
		p.gauge[i] = phase[old]
	}
	if len(place) == len(phase) {
		return
	}
	at := 0
	rows := make([]int, len(place)+1)
	for i, old := range place {
		from := p.rows[old]
		for j := range min(i, strong) {
			p.u[at] = p.u[from+place[j]]
			if p.loss != nil {
				p.loss[at] = p.loss[from+place[j]]
			}
			at++
		}
		rows[i+1] = at
		p.beams[i], p.g[i] = p.beams[old], p.g[old]
	}
	p.rows, p.strong = rows, strong
	p.beams, p.g = p.beams[:len(place)], p.g[:len(place)]
	p.u = p.u[:at]
	if p.loss != nil {
		p.loss = p.loss[:at]
	}
}

// solve prepares the amplitudes for an incident wave vector with the transverse
// components kx, ky (Å⁻¹).
func (p *problem) solve(kx, ky float64) (*System, error) {
	s := p.system(kx, ky)
	return s, s.prepare()
}

// system returns all of a solution but what the couplings decide.
func (p *problem) system(kx, ky float64) *System {
	if p.opt.Unrefracted {
		return p.unrefracted(kx, ky)
	}
	s := &System{Beams: p.beams, Strong: p.strong, p: p}
	incident := geom.Vec{X: kx, Y: ky, Z: -math.Sqrt(max(0, p.k*p.k-kx*kx-ky*ky))}
	// Refraction changes the component along the normal only.
	along := incident.Dot(p.normal)
	s.K = math.Sqrt(p.k*p.k + p.u0)
	s.Kn = math.Sqrt(along*along + p.u0)
	wave := incident.Add(p.normal.Scale(s.Kn - along)).Scale(2)

	n := len(p.beams)
	s.diagonal, s.weight = make([]float64, n), make([]float64, n)
	for i, g := range p.g {
		w := 1 / (1 + g.Dot(p.normal)/s.Kn)
		s.diagonal[i] = -g.Dot(wave.Add(g)) * w
		s.weight[i] = math.Sqrt(w)
	}
	return s
}

// unrefracted is system with Options.Unrefracted.
func (p *problem) unrefracted(kx, ky float64) *System {
	n := len(p.beams)
	s := &System{Beams: p.beams, Strong: p.strong, p: p, K: p.k, diagonal: make([]float64, n), weight: make([]float64, n)}
	incident := geom.Vec{X: kx, Y: ky, Z: -math.Sqrt(max(0, p.k*p.k-kx*kx-ky*ky))}
	s.Kn = incident.Dot(p.normal)
	for i, g := range p.g {
		// s = −g·(2k + g)/(2 (k + g)·n)
		s.diagonal[i] = -p.k * g.Dot(incident.Scale(2).Add(g)) / incident.Add(g).Dot(p.normal)
		s.weight[i] = 1
	}
	return s
}

// prepare reduces the matrix.
func (s *System) prepare() error {
	p := s.p
	switch {
	case s.chooseSeries():
		var err error
		if s.series, err = newSeries(p, s.diagonal, s.weight); err != nil {
			return err
		}
		if p.opt.Thickness > 0 {
			s.scratch, err = s.series.at(s.scratch, p.opt.Thickness*math.Pi/s.Kn, p.opt.Yield)
		}
		return err
	case p.loss != nil:
		m, err := p.general(s.diagonal, s.weight)
		if err != nil {
			return err
		}
		s.lossy = newLossy(m, p.strong)
		return nil
	case p.isReal():
		m, err := p.realMatrix(s.diagonal, s.weight)
		if err != nil {
			return err
		}
		s.chain, err = reduceReal(m, p.strong, p.opt.Yield)
		return err
	}
	m, err := p.hermitian(s.diagonal, s.weight)
	if err != nil {
		return err
	}
	s.chain, err = reduceComplex(m, p.strong, p.opt.Yield)
	return err
}
