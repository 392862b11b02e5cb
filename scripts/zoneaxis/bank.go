package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"runtime"
	"strings"
	"sync"

	"github.com/google/renameio/v2"

	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/orientation"
)

const bankAbout = `patterns of all orientations of a crystal, for programs that match them

One pattern for each direction of the beam in the fundamental zone of the crystal's
Laue class, -step-deg apart: up to a rotation of the class and one about the beam, any
orientation is within that of one of them. Each is what "pattern" gives for it, with
the same options. -o FILE.npz writes NumPy arrays, -o FILE.json the same as JSON:

  orientation  N x 3 x 3  crystal's Cartesian frame (a along x, b in xy, c* along z)
                          to the laboratory's (x right, y up, z to the source);
                          the rows are laboratory axes in the crystal
  offset       N + 1      spots of pattern i are offset[i] to offset[i+1] - 1
  hkl          M x 3      in the conventional cell, unless -cell asgiven; 000 first
                          among equals, as the strongest
  q_invA       M x 2      places, 1/Å (1/d, without 2 pi)
  intensity    M          |F|^2 x shape, F in Å, 000 included
  s_invA       M          excitation error, positive inside the Ewald sphere

and in "meta" (JSON as text; in FILE.json an object) what they were made with.`

// Bounds of a bank.
const (
	maxTemplates = 200_000
	maxBankSpots = 20_000_000
)

// bankMeta says what a bank was made with.
type bankMeta struct {
	crystalNames
	Cell        map[string]any `json:"cell"`
	Laue        string         `json:"laue_class"`
	VoltageKV   float64        `json:"voltage_kV"`
	WavelengthA float64        `json:"wavelength_A"`
	StepDeg     float64        `json:"step_deg"`
	GMax        float64        `json:"gmax_invA"`
	Shape       string         `json:"shape"`
	Sigma       float64        `json:"sigma_invA"`
	ThicknessNM float64        `json:"thickness_nm"`
	Precession  float64        `json:"precession_mrad"`
	Least       float64        `json:"min"`
	Notes       []string       `json:"notes"`
}

// bank is what is written.
type bank struct {
	Orientation []float64 `json:"-"`
	Offset      []int64   `json:"offset"`
	HKL         []int32   `json:"-"`
	Q           []float32 `json:"-"`
	Intensity   []float32 `json:"intensity"`
	S           []float32 `json:"s_invA"`
	Meta        bankMeta  `json:"meta"`
}

func bankCommand(args []string, stdout, stderr io.Writer) error {
	f := newFlags("bank", bankAbout, stderr)
	var of crystalOptions
	of.add(f)
	step := f.Float64("step-deg", 1, "from one direction of the beam to the next, degrees")
	gmax := f.Float64("gmax", 1.5, "largest |g|, 1/Å")
	kv := f.Float64("kv", 200, "accelerating voltage, kV")
	precession := f.Float64("precession-mrad", 0, "precession angle, mrad")
	shape := f.String("shape", "gaussian", "relrod: gaussian, slab, linear, lorentzian or positions")
	sigma := f.Float64("sigma", 0.01, "width of the relrod, 1/Å")
	thickness := f.Float64("thickness-nm", 50, "foil thickness for -shape slab, nm")
	dw := f.Bool("dw", true, "apply Debye–Waller factors")
	least := f.Float64("min", 1e-4, "leave out what is weaker than this fraction of a pattern's strongest (0: nothing)")
	path := f.String("o", "", "the `file` to write, its name ends in .npz or .json")
	if err := parse(f, args); err != nil {
		return err
	}
	asJSON := strings.HasSuffix(*path, ".json")
	if !asJSON && !strings.HasSuffix(*path, ".npz") {
		return fmt.Errorf("-o %q: expected a file to write whose name ends in .npz or .json", *path)
	}
	if !(*step >= 0.1 && *step <= 30) {
		return fmt.Errorf("-step-deg %g: expected 0.1 to 30", *step)
	}
	if !(*precession >= 0 && *precession <= 175) {
		return fmt.Errorf("-precession-mrad %g: expected 0 to 175", *precession)
	}
	if err := above(numberOption{"gmax", *gmax}, numberOption{"sigma", *sigma}, numberOption{"thickness-nm", *thickness}, numberOption{"min", *least + 1}); err != nil {
		return err
	}
	rod := diffraction.Precession{Angle: *precession / 1e3}
	rod.Sigma, rod.Thickness = *sigma, *thickness*10
	var err error
	if rod.Shape, err = oneOf("shape", *shape, shapes); err != nil {
		return err
	}
	beam, err := diffraction.NewBeam(*kv * 1e3)
	if err != nil {
		return fmt.Errorf("-kv %g: %s", *kv, strings.TrimPrefix(err.Error(), "diffraction: "))
	}
	s, err := of.load()
	if err != nil {
		return err
	}
	opt := diffraction.Options{GMax: *gmax}
	if !*dw {
		opt.Thermal = diffraction.NoThermal
	}
	refs, err := diffraction.NewReflections(s.Structure, opt)
	if err != nil {
		return errors.New(strings.TrimPrefix(err.Error(), "diffraction: "))
	}
	directions := orientation.Directions(s.Lattice, s.Group, geom.Radians(*step))
	if len(directions) > maxTemplates {
		return fmt.Errorf("-step-deg %g makes %d patterns, more than %d: choose a larger one", *step, len(directions), maxTemplates)
	}
	b := bank{Meta: bankMeta{
		crystalNames: s.names(), Cell: cellJSON(s.Lattice.Cell()), Laue: s.Analysis.Setting.Group().Laue(),
		VoltageKV: *kv, WavelengthA: beam.Wavelength(), StepDeg: *step, GMax: *gmax, Shape: *shape, Sigma: *sigma, ThicknessNM: *thickness,
		Precession: *precession, Least: *least, Notes: notesOf(s.Notes, s.Analysis.Notes, refs.Notes),
	}}
	if err := b.fill(refs, rod, beam, directions, *least); err != nil {
		return err
	}
	var file bytes.Buffer
	if asJSON {
		err = b.writeJSON(&file)
	} else {
		err = b.writeNPZ(&file)
	}
	if err != nil {
		return err
	}
	if err := renameio.WriteFile(*path, file.Bytes(), 0o644); err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "%s: %d patterns with %d spots\n", *path, len(directions), len(b.Intensity))
	return err
}

// fill calculates the patterns, on all processors.
func (b *bank) fill(refs *diffraction.Reflections, rod diffraction.Precession, beam diffraction.Beam, directions []geom.Vec, least float64) error {
	patterns := make([][]diffraction.Spot, len(directions))
	turns := make([]geom.Rotation, len(directions))
	var wait sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		wait.Go(func() {
			for i := w; i < len(directions); i += workers {
				turns[i] = diffraction.Upright(directions[i])
				patterns[i] = strongestFirst(rod.AppendSpots(nil, refs, beam, turns[i]), least)
			}
		})
	}
	wait.Wait()
	total := 0
	for _, p := range patterns {
		total += len(p)
	}
	if total > maxBankSpots {
		return fmt.Errorf("the patterns have %d spots, more than %d: choose a larger -step-deg or -min, or a smaller -gmax", total, maxBankSpots)
	}
	b.Offset = append(b.Offset, 0)
	for i, p := range patterns {
		m := turns[i].Mat()
		for _, row := range m {
			b.Orientation = append(b.Orientation, row[:]...)
		}
		for _, spot := range p {
			h := refs.HKL[spot.Ref]
			b.HKL = append(b.HKL, int32(h[0]), int32(h[1]), int32(h[2]))
			b.Q = append(b.Q, float32(spot.X), float32(spot.Y))
			b.Intensity = append(b.Intensity, float32(spot.I))
			b.S = append(b.S, float32(spot.S))
		}
		b.Offset = append(b.Offset, int64(len(b.Intensity)))
	}
	return nil
}

// writeNPZ writes the bank as NumPy arrays.
func (b *bank) writeNPZ(w io.Writer) error {
	meta, err := json.Marshal(b.Meta)
	if err != nil {
		return err
	}
	n, m := len(b.Offset)-1, len(b.Intensity)
	z := newNPZ(w)
	return errors.Join(
		z.add("orientation", appendNPY(nil, "<f8", b.Orientation, n, 3, 3)),
		z.add("offset", appendNPY(nil, "<i8", b.Offset, n+1)),
		z.add("hkl", appendNPY(nil, "<i4", b.HKL, m, 3)),
		z.add("q_invA", appendNPY(nil, "<f4", b.Q, m, 2)),
		z.add("intensity", appendNPY(nil, "<f4", b.Intensity, m)),
		z.add("s_invA", appendNPY(nil, "<f4", b.S, m)),
		z.add("meta", appendNPY(nil, fmt.Sprintf("|S%d", len(meta)), meta)),
		z.Close())
}

// writeJSON writes the bank as one object with the same names.
func (b *bank) writeJSON(w io.Writer) error {
	type nested struct {
		Orientation [][3][3]float64 `json:"orientation"`
		HKL         [][3]int32      `json:"hkl"`
		Q           [][2]float32    `json:"q_invA"`
		*bank
	}
	out := nested{bank: b, Orientation: make([][3][3]float64, len(b.Offset)-1), HKL: make([][3]int32, len(b.Intensity)), Q: make([][2]float32, len(b.Intensity))}
	for i, v := range b.Orientation {
		out.Orientation[i/9][i/3%3][i%3] = v
	}
	for i, v := range b.HKL {
		out.HKL[i/3][i%3] = v
	}
	for i, v := range b.Q {
		out.Q[i/2][i%2] = v
	}
	for i := range b.S {
		if math.IsNaN(float64(b.S[i])) || math.IsInf(float64(b.S[i]), 0) {
			return fmt.Errorf("spot %d has no excitation error", i)
		}
	}
	return json.NewEncoder(w).Encode(out)
}
