package bloch

import (
	"errors"
	"math"

	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/geom"
)

// Discs is a convergent-beam pattern: a disc around each reflection, in which
// every pixel belongs to one direction of incidence.
type Discs struct {
	// Beams holds the centres of the discs, 000 first, for the direction in the
	// middle of the cone.
	Beams  []diffraction.Spot
	Radius float64 // of a disc, Å⁻¹
	Pixels int     // along the diameter
	// I holds the intensities, fractions of what one direction brings, by
	// thickness and beam: Pixels·Pixels values, row by row from the top left.
	// Pixels whose middle lies outside the disc are NaN.
	I [][][]float64
}

// Offset returns where pixel (column, row) lies from the middle of its disc, in
// Å⁻¹, x right and y up. It is also the transverse component that the incident
// wave vector has more than that of the middle.
func (d *Discs) Offset(column, row int) (x, y float64) {
	step := 2 * d.Radius / float64(d.Pixels)
	return (float64(column)+0.5)*step - d.Radius, d.Radius - (float64(row)+0.5)*step
}

// CBED computes a convergent-beam pattern for a cone of semiAngle (rad) and
// the thicknesses (Å), with discs of the given number of pixels along the
// diameter. The beams and couplings are those of opt for the middle of the
// cone; excitation errors are exact in each pixel. The foil normal is that of
// opt, or along the middle of the cone. No program calls it yet: it is what
// discs on the page will be computed with.
//
// Errors: those of Solve; a cone or a number of pixels that makes no discs.
func CBED(r *diffraction.Reflections, b diffraction.Beam, o geom.Rotation, semiAngle float64, pixels int, thicknesses []float64, opt Options) (*Discs, error) {
	if !(semiAngle > 0 && semiAngle < 0.5) {
		return nil, errors.New("bloch: a semi-angle between 0 and 0.5 rad is needed")
	}
	if pixels < 1 {
		return nil, errors.New("bloch: a disc needs a pixel")
	}
	p, err := newProblem(r, b, o, opt)
	if err != nil {
		return nil, err
	}
	d := &Discs{Beams: p.beams, Radius: math.Sin(semiAngle) / b.Wavelength(), Pixels: pixels}
	for range thicknesses {
		discs := make([][]float64, len(p.beams))
		for i := range discs {
			discs[i] = make([]float64, pixels*pixels)
			for j := range discs[i] {
				discs[i][j] = math.NaN()
			}
		}
		d.I = append(d.I, discs)
	}
	var intensities []float64
	for row := range pixels {
		for column := range pixels {
			x, y := d.Offset(column, row)
			if x*x+y*y > d.Radius*d.Radius {
				continue
			}
			s, err := p.solve(opt.TiltX+x, opt.TiltY+y)
			if err != nil {
				return nil, err
			}
			for n, thickness := range thicknesses {
				intensities = s.Intensities(intensities, thickness)
				for i, v := range intensities {
					d.I[n][i][row*pixels+column] = v
				}
			}
			if !p.opt.Yield() {
				return nil, ErrCancelled
			}
		}
	}
	return d, nil
}
