package diffraction_test

import (
	"fmt"
	"maps"
	"math"
	"math/cmplx"
	"slices"
	"sync"
	"testing"

	"zoneaxis/internal/atom"
	_ "zoneaxis/internal/atom/models"
	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/textbook"
)

// testdata/kinematic.json.gz holds patterns that another program computed; see
// its "about". They have 7 significant digits, and that program works in
// float32 in places: its structure factors are good to the tolerances below and
// no better.
const (
	tolV         = 5e-7 // Å⁻², structure factor over volume …
	tolVRelative = 2e-6 // … or relative
	tolQ         = 1e-6 // Å⁻¹, positions and excitation errors
	tolI         = 1e-5 // relative, intensities
	tolThreshold = 0.02 // relative: nearer to a threshold a reflection may be listed or not
)

type referenceCrystal struct {
	Name    string
	Lattice struct{ A, B, C, Alpha, Beta, Gamma float64 }
	Sites   []struct {
		Element      string
		X, Y, Z, Occ float64
	}
	VoltageKV  float64      `json:"voltage_kV"`
	KMax       float64      `json:"k_max"`
	Wavelength float64      `json:"wavelength_A"`
	Points     int          `json:"n_g_in_sphere"`
	Factors    [][5]float64 `json:"structure_factors"`
	GemmiKMax  float64      `json:"gemmi_c4322_k_max"`
	Gemmi      [][5]float64 `json:"structure_factors_gemmi_c4322"`
	TolF       float64      `json:"tol_structure_factor"`
	Sigma      float64      `json:"sigma_excitation_error"`
	SigmaMult  float64      `json:"tol_excitation_error_mult"`
	TolI       float64      `json:"tol_intensity"`
	Patterns   []struct {
		Zone        crystal.UVW
		Orientation [3][3]float64 `json:"orientation_matrix"`
		Reflections [][7]float64  // h, k, l, qx, qy, s, I
	}
}

type referenceFile struct {
	Crystals []referenceCrystal
	Options  struct {
		Cases []struct {
			Structure   string
			VoltageKV   float64       `json:"voltage_kV"`
			KMax        float64       `json:"k_max_structure_factors"`
			Wavelength  float64       `json:"wavelength_A"`
			Orientation [3][3]float64 `json:"orientation_matrix"`
			Columns     []string
			Reflections [][]float64
			Args        struct {
				Sigma      float64 `json:"sigma_excitation_error"`
				TolI       float64 `json:"tol_intensity"`
				KMax       float64 `json:"k_max"`
				Precession float64 `json:"precession_angle_degrees"`
				FoilNormal []int   `json:"foil_normal_lattice"`
			}
		}
	}
	Pymatgen []struct {
		Name       string
		Zone       crystal.UVW
		Wavelength float64      `json:"wavelength_A"`
		CameraCM   float64      `json:"camera_length_cm"`
		Spots      [][7]float64 // h, k, l, x cm, y cm, d Å, I
	}
}

var loadReference = sync.OnceValues(func() (*referenceFile, error) {
	f := new(referenceFile)
	return f, readTestdata("kinematic.json.gz", f)
})

func reference(t testing.TB) *referenceFile {
	t.Helper()
	f, err := loadReference()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func (c *referenceCrystal) structure(t testing.TB) *crystal.Structure {
	t.Helper()
	l, err := crystal.NewLattice(crystal.Cell(c.Lattice))
	if err != nil {
		t.Fatal(err)
	}
	s := &crystal.Structure{Name: c.Name, Lattice: l}
	for _, p := range c.Sites {
		z, _, err := atom.Parse(p.Element)
		if err != nil {
			t.Fatal(err)
		}
		s.Sites = append(s.Sites, crystal.Site{Z: z, Frac: crystal.Frac{p.X, p.Y, p.Z}, Occ: p.Occ})
	}
	return s
}

func (f *referenceFile) crystal(t testing.TB, name string) *referenceCrystal {
	t.Helper()
	for i := range f.Crystals {
		if f.Crystals[i].Name == name {
			return &f.Crystals[i]
		}
	}
	t.Fatalf("no crystal %q in the reference", name)
	return nil
}

func TestReferenceStructureFactors(t *testing.T) {
	f := reference(t)
	if len(f.Crystals) != 16 {
		t.Fatalf("%d crystals, want 16", len(f.Crystals))
	}
	for _, c := range f.Crystals {
		t.Run(c.Name, func(t *testing.T) {
			r := textbook.Reflections(t, c.structure(t), diffraction.Options{GMax: c.KMax, Thermal: diffraction.NoThermal})
			if len(r.HKL) != c.Points {
				t.Errorf("%d points in the sphere, want %d", len(r.HKL), c.Points)
			}
			volume := r.Lattice.Volume()
			listed := map[crystal.HKL]bool{}
			for _, row := range c.Factors {
				h := crystal.HKL{int(row[0]), int(row[1]), int(row[2])}
				listed[h], listed[h.Neg()] = true, true
				i, ok := r.Index(h)
				if !ok {
					t.Errorf("%v is missing", h)
					continue
				}
				// The reference has the other phase sign.
				got, want := cmplx.Conj(r.F[i])/complex(volume, 0), complex(row[3], row[4])
				if d := cmplx.Abs(got - want); d > max(tolV, tolVRelative*cmplx.Abs(want)) {
					t.Errorf("V(%v) = %.8f, want %.8f", h, got, want)
				}
			}
			for i, h := range r.HKL {
				if v := cmplx.Abs(r.F[i]) / volume; !listed[h] && v > c.TolF*(1+tolThreshold) {
					t.Errorf("V(%v) = %.3g is not in the reference", h, v)
				}
			}
		})
	}
}

// Gemmi's list has the factors of the International Tables: an independent
// check of phases, with amplitudes off by the difference of the tables. The
// same table with the model Peng must give the same numbers to its digits.
func TestReferenceGemmi(t *testing.T) {
	n := 0
	for _, c := range reference(t).Crystals {
		if c.GemmiKMax == 0 {
			continue
		}
		r := textbook.Reflections(t, c.structure(t), diffraction.Options{GMax: c.GemmiKMax, Thermal: diffraction.NoThermal, Model: atom.Peng})
		for _, row := range c.Gemmi {
			h := crystal.HKL{int(row[0]), int(row[1]), int(row[2])}
			i, ok := r.Index(h)
			if !ok {
				t.Errorf("%s: %v is missing", c.Name, h)
				continue
			}
			n++
			got, want := cmplx.Conj(r.F[i])/complex(r.Lattice.Volume(), 0), complex(row[3], row[4])
			if r.F[i] == 0 && cmplx.Abs(want) < 1e-4*real(r.F[0])/r.Lattice.Volume() {
				continue
			}
			if d := cmplx.Abs(got - want); d > max(tolV, tolVRelative*cmplx.Abs(want)) {
				t.Errorf("%s: V(%v) = %.8f, want %.8f", c.Name, h, got, want)
			}
		}
	}
	if n == 0 {
		t.Error("nothing compared")
	}
}

// wanted is one line of a reference pattern.
type wanted struct{ qx, qy, s, i float64 }

// comparePattern checks spots against a reference pattern. Intensities of the
// reference are over the squared volume.
func comparePattern(t *testing.T, r *diffraction.Reflections, spots []diffraction.Spot, want map[crystal.HKL]wanted, tolIntensity, smax float64, shift func(diffraction.Spot) (x, y float64)) {
	t.Helper()
	volume := r.Lattice.Volume()
	got := map[crystal.HKL]bool{}
	for _, p := range spots {
		h := r.HKL[p.Ref]
		intensity := p.I / (volume * volume)
		w, ok := want[h]
		if !ok {
			if intensity > tolIntensity*(1+tolThreshold) && math.Abs(p.S) < smax-tolQ {
				t.Errorf("%v with I = %.4g, s = %.6f is not in the reference", h, intensity, p.S)
			}
			continue
		}
		got[h] = true
		x, y := shift(p)
		if math.Abs(x-w.qx) > tolQ || math.Abs(y-w.qy) > tolQ {
			t.Errorf("%v at (%.7f, %.7f), want (%.7f, %.7f)", h, x, y, w.qx, w.qy)
		}
		if math.Abs(p.S-w.s) > tolQ {
			t.Errorf("s(%v) = %.8f, want %.8f", h, p.S, w.s)
		}
		if math.Abs(intensity-w.i) > tolI*w.i {
			t.Errorf("I(%v) = %.8g, want %.8g", h, intensity, w.i)
		}
	}
	for _, h := range slices.SortedFunc(maps.Keys(want), func(a, b crystal.HKL) int { return slices.Compare(a[:], b[:]) }) {
		if w := want[h]; !got[h] && w.i > tolIntensity*(1+tolThreshold) {
			t.Errorf("%v with I = %.4g is missing", h, w.i)
		}
	}
}

func inPlace(p diffraction.Spot) (x, y float64) { return p.X, p.Y }

// columns returns the rotation of an orientation matrix whose columns are the
// axes of the pattern.
func columns(m [3][3]float64) geom.Rotation { return geom.FromMat(geom.Mat3(m).Transpose()) }

func TestReferencePatterns(t *testing.T) {
	n := 0
	for _, c := range reference(t).Crystals {
		r := textbook.Reflections(t, c.structure(t), diffraction.Options{GMax: c.KMax, Thermal: diffraction.NoThermal})
		beam := textbook.Beam(t, c.VoltageKV*1e3)
		if d := math.Abs(beam.Wavelength()/c.Wavelength - 1); d > 1.3e-7 { // the reference's constants are truncated
			t.Errorf("wavelength %.10f Å, want %.10f", beam.Wavelength(), c.Wavelength)
		}
		for _, pattern := range c.Patterns {
			n++
			t.Run(fmt.Sprintf("%s%v", c.Name, pattern.Zone), func(t *testing.T) {
				// The matrix has 7 digits, too few for s of spots far out: it says how
				// the pattern is turned, and the zone axis is exactly along z.
				o := columns(pattern.Orientation)
				zone := o.Apply(r.Lattice.R(pattern.Zone))
				if d := geom.Angle(zone, geom.Vec{Z: 1}); d > 1e-7 {
					t.Fatalf("the zone axis is %g rad off z", d)
				}
				o = geom.Between(zone, geom.Vec{Z: 1}).Mul(o)
				want := map[crystal.HKL]wanted{}
				for _, row := range pattern.Reflections {
					want[crystal.HKL{int(row[0]), int(row[1]), int(row[2])}] = wanted{row[3], row[4], row[5], row[6]}
				}
				k := diffraction.Kinematic{Sigma: c.Sigma, SMax: c.Sigma * c.SigmaMult}
				comparePattern(t, r, k.AppendSpots(nil, r, beam, o), want, c.TolI, k.SMax, inPlace)
			})
		}
	}
	if n < 48 {
		t.Errorf("%d patterns compared, want at least three for each crystal", n)
	}
}

func TestReferenceOptions(t *testing.T) {
	f := reference(t)
	if len(f.Options.Cases) != 9 {
		t.Fatalf("%d cases, want 9", len(f.Options.Cases))
	}
	for n, c := range f.Options.Cases {
		t.Run(fmt.Sprintf("%d-%s", n, c.Structure), func(t *testing.T) {
			crystalRow := f.crystal(t, c.Structure)
			r := textbook.Reflections(t, crystalRow.structure(t), diffraction.Options{GMax: c.KMax, Thermal: diffraction.NoThermal})
			beam := textbook.Beam(t, c.VoltageKV*1e3)
			o := columns(c.Orientation)
			sigma, least := crystalRow.Sigma, crystalRow.TolI
			if c.Args.Sigma != 0 {
				sigma = c.Args.Sigma
			}
			if c.Args.TolI != 0 {
				least = c.Args.TolI
			}
			k := diffraction.Kinematic{Sigma: sigma, SMax: 3 * sigma}
			var spots []diffraction.Spot
			shift := inPlace
			switch {
			case c.Args.Precession != 0:
				k.Exact = true
				p := diffraction.Precession{Kinematic: k, Angle: geom.Radians(c.Args.Precession), Azimuths: 72}
				spots = p.AppendSpots(nil, r, beam, o)
			case c.Args.FoilNormal != nil:
				k.Normal = o.Apply(r.Lattice.R(crystal.UVW(c.Args.FoilNormal)))
				spots = k.AppendSpots(nil, r, beam, o)
				// The reference draws the reciprocal-lattice point, we draw where the
				// diffracted wave goes: s n farther.
				n := k.Normal.Unit()
				if n.Z > 0 {
					n = n.Neg()
				}
				shift = func(p diffraction.Spot) (x, y float64) { return p.X - p.S*n.X, p.Y - p.S*n.Y }
			default:
				spots = k.AppendSpots(nil, r, beam, o)
			}
			if c.Args.KMax != 0 {
				spots = slices.DeleteFunc(spots, func(p diffraction.Spot) bool { return r.Len[p.Ref] > c.Args.KMax })
			}
			want := map[crystal.HKL]wanted{}
			errors := map[int32]float64{}
			for i, p := range spots {
				// The lists have no column s: take it out of the comparison.
				errors[p.Ref] = p.S
				spots[i] = p
			}
			for _, row := range c.Reflections {
				h := crystal.HKL{int(row[0]), int(row[1]), int(row[2])}
				i, _ := r.Index(h)
				want[h] = wanted{row[3], row[4], errors[int32(i)], row[5]}
			}
			comparePattern(t, r, spots, want, least, k.SMax, shift)
		})
	}
}

// Spot positions of another program on film, in its own frame: distances from
// the centre, distances between spots and hence angles, plane spacings, and
// roughly intensities (it has other scattering factors).
func TestReferencePymatgen(t *testing.T) {
	f := reference(t)
	if len(f.Pymatgen) != 3 {
		t.Fatalf("%d lists, want 3", len(f.Pymatgen))
	}
	for _, list := range f.Pymatgen {
		t.Run(list.Name, func(t *testing.T) {
			s := f.crystal(t, list.Name).structure(t)
			beam := textbook.Beam(t, 200e3)
			r := textbook.Reflections(t, s, diffraction.Options{GMax: 1.5, Thermal: diffraction.NoThermal})
			o, err := diffraction.ZoneFrame(s.Lattice, list.Zone)
			if err != nil {
				t.Fatal(err)
			}
			at := map[crystal.HKL]diffraction.Spot{}
			for _, p := range (diffraction.Kinematic{Shape: diffraction.Slab}).AppendSpots(nil, r, beam, o) {
				at[r.HKL[p.Ref]] = p
			}
			scale := beam.Wavelength() * list.CameraCM // cm Å
			var seen []crystal.HKL
			where := map[crystal.HKL][2]float64{}
			strongest := 0.0
			for _, row := range list.Spots {
				h := crystal.HKL{int(row[0]), int(row[1]), int(row[2])}
				p, ok := at[h]
				if !ok {
					if row[6] > 1e-6 {
						t.Errorf("%v is missing", h)
					}
					continue
				}
				strongest = max(strongest, p.I)
				seen = append(seen, h)
				where[h] = [2]float64{row[3], row[4]}
				if d := s.Lattice.D(h); math.Abs(d-row[5]) > 1e-6 {
					t.Errorf("d(%v) = %.7f Å, want %.7f", h, d, row[5])
				}
			}
			const tol = 2e-5 // cm: positions have 6 decimals and small-angle geometry of its own
			for _, h := range seen {
				for _, k := range seen {
					p, q := at[h], at[k]
					got := scale * math.Hypot(p.X-q.X, p.Y-q.Y)
					want := math.Hypot(where[h][0]-where[k][0], where[h][1]-where[k][1])
					if math.Abs(got-want) > tol {
						t.Errorf("%v to %v: %.6f cm, want %.6f", h, k, got, want)
					}
				}
			}
			const tolIntensity = 0.1 // X-ray based factors; of the strongest spot
			for _, row := range list.Spots {
				p, ok := at[crystal.HKL{int(row[0]), int(row[1]), int(row[2])}]
				if got := p.I / strongest; ok && math.Abs(got-row[6]) > tolIntensity {
					t.Errorf("I(%v) = %.4f of the strongest, want %.4f", row[:3], got, row[6])
				}
			}
		})
	}
}
