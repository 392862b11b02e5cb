package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/renameio/v2"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction/bloch"
)

const cbedAbout = `discs of a convergent beam, by Bloch waves

Prints for each thickness and beam a disc of intensities, fractions of what one
direction of incidence brings, row by row from the top left as on the screen;
what lies outside a disc is null. In row r and column c the incident wave has the
transverse component ((c + ½)·invA_per_pixel − radius_invA, radius_invA −
(r + ½)·invA_per_pixel) more than in the middle of the cone, and the pixel lies
there on the screen, measured from the middle of its disc. -format npy writes
float32 values (thickness, beam, row, column), NaN outside, and everything else
to a JSON file beside it.`

// Bounds of a convergent-beam pattern.
const (
	maxSemiAngleMrad = 100
	maxPixels        = 1024
	maxRays          = 20_000_000 // strong beams times directions
	maxValues        = 50_000_000 // of all discs
)

type cbedJSON struct {
	Formula     string       `json:"formula"`
	VoltageKV   float64      `json:"voltage_kV"`
	WavelengthA float64      `json:"wavelength_A"`
	Zone        crystal.UVW  `json:"zone"`
	Absorption  string       `json:"absorption"`
	Count       beamCount    `json:"n_beams"`
	SemiAngle   float64      `json:"semi_angle_mrad"`
	Radius      float64      `json:"radius_invA"`
	Pixels      int          `json:"pixels"`
	Step        float64      `json:"invA_per_pixel"`
	Directions  int          `json:"directions"`
	Beams       []blochBeam  `json:"beams"`
	Thicknesses []float64    `json:"thickness_nm"`
	Axes        []string     `json:"axes"`
	Series      []cbedSeries `json:"series,omitempty"`
	Notes       []string     `json:"notes"`
}

type cbedSeries struct {
	ThicknessNM float64 `json:"thickness_nm"`
	Discs       []disc  `json:"discs"`
}

// disc is rows of values; NaN is written as null.
type disc struct {
	values []float64
	pixels int
}

func (d disc) MarshalJSON() ([]byte, error) {
	out := []byte{'['}
	for row := range d.pixels {
		if row > 0 {
			out = append(out, ',')
		}
		out = append(out, '[')
		for column, v := range d.values[row*d.pixels : (row+1)*d.pixels] {
			if column > 0 {
				out = append(out, ',')
			}
			if math.IsNaN(v) {
				out = append(out, "null"...)
				continue
			}
			number, err := json.Marshal(v)
			if err != nil {
				return nil, err
			}
			out = append(out, number...)
		}
		out = append(out, ']')
	}
	return append(out, ']'), nil
}

func cbedCommand(args []string, stdout, stderr io.Writer) error {
	f := newFlags("cbed", cbedAbout, stderr)
	var o dynamicOptions
	o.add(f)
	angle := f.Float64("semi-angle-mrad", 5, "semi-angle of the cone, mrad")
	pixels := f.Int("pixels", 32, "pixels along the diameter of a disc")
	format := f.String("format", "", "json or npy (default: by the name of -o, else json)")
	path := f.String("o", "", "the `file` to write instead of standard output; for npy a JSON file of the same name goes beside it")
	if err := parse(f, args); err != nil {
		return err
	}
	if err := o.cbed(*angle, *pixels, *format, *path, stdout); err != nil {
		return fmt.Errorf("cbed: %w", o.explain(err))
	}
	return nil
}

func (o *dynamicOptions) cbed(angle float64, pixels int, format, path string, stdout io.Writer) error {
	if !(angle > 0 && angle <= maxSemiAngleMrad) {
		return fmt.Errorf("-semi-angle-mrad %g: expected a number above 0 and up to %d", angle, maxSemiAngleMrad)
	}
	if pixels < 1 || pixels > maxPixels {
		return fmt.Errorf("-pixels %d: expected 1 to %d", pixels, maxPixels)
	}
	if format == "" {
		format = "json"
		if strings.HasSuffix(path, ".npy") {
			format = "npy"
		}
	}
	if _, err := oneOf("format", format, map[string]bool{"json": true, "npy": true}); err != nil {
		return err
	}
	if format == "npy" && !strings.HasSuffix(path, ".npy") {
		return errors.New("-format npy needs a file to write: expected -o with a name that ends in .npy")
	}
	if path != "" { // told before the work, not after it
		if folder, err := os.Stat(filepath.Dir(path)); err != nil || !folder.IsDir() {
			return fmt.Errorf("-o %s: there is no folder %s", path, filepath.Dir(path))
		}
	}
	d, err := o.open()
	if err != nil {
		return err
	}
	thick := make([]float64, len(d.thicknesses)) // Å
	for i, nm := range d.thicknesses {
		thick[i] = 10 * nm
	}
	// The values of all discs are bounded like the work.
	d.opt.MaxRays = min(maxRays, maxValues/len(thick))
	discs, err := bloch.CBED(d.refs, d.beam, d.orientation, angle/1e3, pixels, thick, d.opt)
	if err != nil {
		return err
	}
	out := cbedJSON{
		Formula: d.Formula(), VoltageKV: o.kv, WavelengthA: d.beam.Wavelength(), Zone: d.zone, Absorption: d.absorption(),
		Count: beamCount{len(discs.Beams), discs.Weak}, SemiAngle: angle, Radius: discs.Radius, Pixels: pixels,
		Step: 2 * discs.Radius / float64(pixels), Directions: bloch.Rays(pixels), Thicknesses: d.thicknesses,
		Axes: []string{"thickness", "beam", "row", "column"}, Notes: d.notes,
	}
	place := d.places(discs.Beams)
	for _, at := range place {
		out.Beams = append(out.Beams, d.row(discs.Beams[at]))
	}
	if format == "npy" {
		if err := renameio.WriteFile(path, npy(discs, place), 0o644); err != nil {
			return err
		}
		var text strings.Builder
		if err := writeJSON(&text, out); err != nil {
			return err
		}
		return renameio.WriteFile(strings.TrimSuffix(path, ".npy")+".json", []byte(text.String()), 0o644)
	}
	for i, nm := range d.thicknesses {
		row := cbedSeries{ThicknessNM: nm}
		for _, at := range place {
			row.Discs = append(row.Discs, disc{discs.I[i][at], pixels})
		}
		out.Series = append(out.Series, row)
	}
	if path == "" {
		return writeJSON(stdout, out)
	}
	var text strings.Builder
	if err := writeJSON(&text, out); err != nil {
		return err
	}
	return renameio.WriteFile(path, []byte(text.String()), 0o644)
}

// npy returns discs as a NumPy array of float32.
func npy(d *bloch.Discs, place []int) []byte {
	var values []float32
	for _, thickness := range d.I {
		for _, at := range place {
			for _, v := range thickness[at] {
				values = append(values, float32(v))
			}
		}
	}
	return appendNPY(nil, "<f4", values, len(d.I), len(place), d.Pixels, d.Pixels)
}
