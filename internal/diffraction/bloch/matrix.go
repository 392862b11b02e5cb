package bloch

// The matrices below are those of the strong beams. A weak beam w couples two
// of them in second order: M_gh − M_gw M_wh/M_ww.

// hermitian returns the lower triangle of M, row by row.
func (p *problem) hermitian(diagonal, weight []float64) ([]complex128, error) {
	n := p.strong
	m := make([]complex128, n*(n+1)/2)
	at := 0
	for i := range n {
		row := m[at : at+i+1]
		for j, u := range p.u[p.rows[i]:p.rows[i+1]] {
			row[j] = u * complex(weight[i]*weight[j], 0)
		}
		row[i] = complex(diagonal[i], 0)
		at += i + 1
	}
	// Several weak beams at once, so that an element of M is fetched once for all
	// of them.
	var v [2][]complex128
	for q := range v {
		v[q] = make([]complex128, n)
	}
	for first := n; first < len(p.beams); first += len(v) {
		var over [len(v)]float64
		for q := range v {
			over[q] = 0
			if w := first + q; w < len(p.beams) {
				over[q] = 1 / diagonal[w]
				for j, u := range p.u[p.rows[w]:p.rows[w+1]] {
					v[q][j] = u * complex(weight[w]*weight[j], 0)
				}
			}
		}
		at = 0
		for i := range n {
			f0, f1 := conj(v[0][i])*complex(over[0], 0), conj(v[1][i])*complex(over[1], 0)
			row := m[at : at+i+1]
			v0, v1 := v[0][:len(row)], v[1][:len(row)]
			for j := range row {
				row[j] -= f0*v0[j] + f1*v1[j]
			}
			at += i + 1
		}
		if !p.opt.Yield() {
			return nil, ErrCancelled
		}
	}
	return m, nil
}

// realMatrix is hermitian for real couplings.
func (p *problem) realMatrix(diagonal, weight []float64) ([]float64, error) {
	n := p.strong
	m := make([]float64, n*(n+1)/2)
	at := 0
	for i := range n {
		row := m[at : at+i+1]
		for j, u := range p.u[p.rows[i]:p.rows[i+1]] {
			row[j] = real(u) * weight[i] * weight[j]
		}
		row[i] = diagonal[i]
		at += i + 1
	}
	var v [4][]float64
	for q := range v {
		v[q] = make([]float64, n)
	}
	for first := n; first < len(p.beams); first += len(v) {
		var over [len(v)]float64
		for q := range v {
			over[q] = 0
			if w := first + q; w < len(p.beams) {
				over[q] = 1 / diagonal[w]
				for j, u := range p.u[p.rows[w]:p.rows[w+1]] {
					v[q][j] = real(u) * weight[w] * weight[j]
				}
			}
		}
		at = 0
		for i := range n {
			f0, f1, f2, f3 := v[0][i]*over[0], v[1][i]*over[1], v[2][i]*over[2], v[3][i]*over[3]
			row := m[at : at+i+1]
			v0, v1, v2, v3 := v[0][:len(row)], v[1][:len(row)], v[2][:len(row)], v[3][:len(row)]
			for j := range row {
				row[j] -= f0*v0[j] + f1*v1[j] + f2*v2[j] + f3*v3[j]
			}
			at += i + 1
		}
		if !p.opt.Yield() {
			return nil, ErrCancelled
		}
	}
	return m, nil
}

// general returns the whole of M with absorption, row by row. U' is Hermitian
// like U, but M has iU' in it and is not.
func (p *problem) general(diagonal, weight []float64) ([]complex128, error) {
	n := p.strong
	m := make([]complex128, n*n)
	for i := range n {
		from := p.rows[i]
		for j := range i {
			m[i*n+j], m[j*n+i] = p.both(from+j, weight[i]*weight[j])
		}
		m[i*n+i] = complex(diagonal[i], p.loss0*weight[i]*weight[i])
	}
	to, back := make([]complex128, n), make([]complex128, n)
	for w := n; w < len(p.beams); w++ {
		from := p.rows[w]
		for j := range n {
			to[j], back[j] = p.both(from+j, weight[w]*weight[j])
		}
		for i := range n {
			f := back[i] * complex(1/diagonal[w], 0)
			row := m[i*n : i*n+n]
			for j := range row {
				row[j] -= f * to[j]
			}
		}
		if !p.opt.Yield() {
			return nil, ErrCancelled
		}
	}
	return m, nil
}
