package bloch

import (
	"cmp"
	"errors"
	"math"
	"strconv"

	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/lean/sorts"
)

// Discs is a convergent-beam pattern: a disc around each reflection, in which
// every pixel belongs to one direction of incidence.
type Discs struct {
	// Beams holds the centres of the discs, 000 first, for the direction in the
	// middle of the cone: the strong beams. Weak ones have no disc of their own.
	Beams  []diffraction.Spot
	Weak   int     // number of weak beams
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

// Rays returns how many directions of incidence a disc of so many pixels along
// the diameter has: pixels whose middle lies in the disc.
func Rays(pixels int) int {
	d := Discs{Radius: 1, Pixels: pixels}
	n := 0
	for row := range pixels {
		for column := range pixels {
			if d.inside(column, row) {
				n++
			}
		}
	}
	return n
}

func (d *Discs) inside(column, row int) bool {
	x, y := d.Offset(column, row)
	return x*x+y*y <= d.Radius*d.Radius
}

// SizeError tells that a convergent-beam pattern has more values, or takes more
// work, than Options.MaxRays allows: strong beams times directions.
type SizeError struct{ Beams, Rays, Limit int }

func (e *SizeError) Error() string {
	return "bloch: " + strconv.Itoa(e.Beams) + " beams times " + strconv.Itoa(e.Rays) + " directions are more than " + strconv.Itoa(e.Limit)
}

// CBED computes a convergent-beam pattern for a cone of semiAngle (rad) and
// the thicknesses (Å), with discs of the given number of pixels along the
// diameter. The beams and couplings are those of opt for the middle of the
// cone; excitation errors are exact in each pixel, or to first order with
// Options.Unrefracted. The foil normal is that of opt, or along the middle of
// the cone. With Options.Quick and without weak beams eight directions are
// computed at once.
//
// Errors: those of Solve, *SizeError; a cone or a number of pixels that makes
// no discs.
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
	if rays := Rays(pixels); opt.MaxRays > 0 && p.strong*rays > opt.MaxRays {
		return nil, &SizeError{p.strong, rays, opt.MaxRays}
	}
	d := &Discs{Beams: p.beams[:p.strong], Weak: len(p.beams) - p.strong, Radius: math.Sin(semiAngle) / b.Wavelength(), Pixels: pixels}
	for range thicknesses {
		discs := make([][]float64, p.strong)
		for i := range discs {
			discs[i] = make([]float64, pixels*pixels)
			for j := range discs[i] {
				discs[i][j] = math.NaN()
			}
		}
		d.I = append(d.I, discs)
	}
	// From one thickness to the next thicker one.
	order := make([]int, len(thicknesses))
	for i := range order {
		order[i] = i
	}
	sorts.Func(order, func(i, j int) int { return cmp.Compare(thicknesses[i], thicknesses[j]) })
	if opt.Quick && p.strong == len(p.beams) {
		return d, d.cones(p, thicknesses, order)
	}
	var wave []complex128
	for row := range pixels {
		for column := range pixels {
			if !d.inside(column, row) {
				continue
			}
			x, y := d.Offset(column, row)
			s, err := p.solve(opt.TiltX+x, opt.TiltY+y)
			if err != nil {
				return nil, err
			}
			at := 0.0
			for _, n := range order {
				wave = s.strong(wave, at, thicknesses[n])
				at = thicknesses[n]
				for i, x := range wave {
					d.I[n][i][row*pixels+column] = abs2(x)
				}
			}
			if !p.opt.Yield() {
				return nil, ErrCancelled
			}
		}
	}
	return d, nil
}

// cones computes the pixels with the directions of a cone, eight at a time. order
// sorts the thicknesses.
func (d *Discs) cones(p *problem, thicknesses []float64, order []int) error {
	sorted := make([]float64, len(order))
	for i, at := range order {
		sorted[i] = thicknesses[at]
	}
	c := newCone(p, sorted)
	var rays []*System
	var pixel [lanes]int
	flush := func() error {
		err := c.directions(rays, func(ray, thickness, beam int, intensity float64) {
			d.I[order[thickness]][beam][pixel[ray]] = intensity
		})
		rays = rays[:0]
		if err == nil && !p.opt.Yield() {
			err = ErrCancelled
		}
		return err
	}
	for row := range d.Pixels {
		for column := range d.Pixels {
			if !d.inside(column, row) {
				continue
			}
			x, y := d.Offset(column, row)
			pixel[len(rays)] = row*d.Pixels + column
			rays = append(rays, p.system(p.opt.TiltX+x, p.opt.TiltY+y))
			if len(rays) == lanes {
				if err := flush(); err != nil {
					return err
				}
			}
		}
	}
	if len(rays) > 0 {
		return flush()
	}
	return nil
}
