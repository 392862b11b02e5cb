package diffraction_test

import (
	"math"
	"math/cmplx"
	"strconv"
	"sync"
	"testing"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/textbook"
)

// checks are numbers computed from the published formulas by an independent
// program.
type checks struct {
	Wavelength map[string]struct {
		Lambda float64 `json:"lambda_A"`
		K      float64
		Gamma  float64
		Beta   float64 `json:"v_over_c"`
		Sigma  float64 `json:"sigma_rad_per_V_A"`
	}
	Constants struct {
		VFromF float64 `json:"V_from_F_V_A2"`
		UFromV float64 `json:"U_from_V"`
	}
	Extinction []struct {
		Structure string
		HKL       crystal.HKL
		KV, G     float64
		FAtRest   float64 `json:"F_abs_noDW"`
		F         float64 `json:"F_abs"`
		V         float64 `json:"Vg_abs_V"`
		U         float64 `json:"Ug_abs"`
		XiAtRest  float64 `json:"xi_A_noDW"`
		Xi        float64 `json:"xi_A"`
	}
	HOLZ       map[string]struct{ H, G1 float64 } `json:"holz_200kV"`
	Excitation struct {
		Exact, Radial float64
		FirstOrder    float64 `json:"first_order"`
	} `json:"excitation_si400_001_200kV"`
	Kikuchi struct {
		At200 float64 `json:"two_theta_mrad_200kV"`
		At20  float64 `json:"two_theta_deg_20kV"`
	} `json:"kikuchi_si220"`
	Rings struct {
		HKL []string
		Rel []float64
	} `json:"al_rings_m_F2_d"`
}

var loadChecks = sync.OnceValues(func() (*checks, error) {
	c := new(checks)
	return c, readTestdata("checks.json.gz", c)
})

func mustChecks(t testing.TB) *checks {
	t.Helper()
	c, err := loadChecks()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func within(t *testing.T, name string, got, want, relative float64) {
	t.Helper()
	if !(math.Abs(got-want) <= relative*math.Abs(want)) {
		t.Errorf("%s = %.10g, want %.10g", name, got, want)
	}
}

func TestBeam(t *testing.T) {
	const tol = 1e-10 // float64 and CODATA 2018 on both sides; they round m₀c² differently
	c := mustChecks(t)
	if len(c.Wavelength) != 8 {
		t.Fatalf("%d voltages, want 8", len(c.Wavelength))
	}
	for text, want := range c.Wavelength {
		kv, err := strconv.ParseFloat(text, 64)
		if err != nil {
			t.Fatal(err)
		}
		b := textbook.Beam(t, kv*1e3)
		within(t, text+" kV: λ", b.Wavelength(), want.Lambda, tol)
		within(t, text+" kV: k", b.K(), want.K, tol)
		within(t, text+" kV: γ", b.Gamma(), want.Gamma, tol)
		within(t, text+" kV: v/c", b.Beta(), want.Beta, tol)
		within(t, text+" kV: σ", b.Sigma(), want.Sigma, tol)
		if b.Voltage() != kv*1e3 {
			t.Errorf("voltage %g, want %g", b.Voltage(), kv*1e3)
		}
	}
	for _, volts := range []float64{1e3, 1e7} {
		textbook.Beam(t, volts)
	}
	for volts, want := range map[float64]string{
		200:         "diffraction: accelerating voltage 0.2 kV: expected 1 to 10000 kV",
		0:           "diffraction: accelerating voltage 0 kV: expected 1 to 10000 kV",
		-2e5:        "diffraction: accelerating voltage -200 kV: expected 1 to 10000 kV",
		2e7:         "diffraction: accelerating voltage 20000 kV: expected 1 to 10000 kV",
		math.Inf(1): "diffraction: accelerating voltage +Inf kV: expected 1 to 10000 kV",
	} {
		if _, err := diffraction.NewBeam(volts); err == nil || err.Error() != want {
			t.Errorf("NewBeam(%g): %v, want %s", volts, err, want)
		}
	}
	if _, err := diffraction.NewBeam(math.NaN()); err == nil {
		t.Error("NewBeam(NaN) gives a beam")
	}
}

func TestExtinctionDistances(t *testing.T) {
	const (
		tol   = 1e-9 // F, g: float64 on both sides
		tolXi = 2e-8 // the check's constants of V and U have 8 digits
	)
	c := mustChecks(t)
	within(t, "V per F", diffraction.VoltPerF, c.Constants.VFromF, tolXi)
	for _, row := range c.Extinction {
		s := textbook.Cell(t, row.Structure)
		volume := s.Lattice.Volume()
		b := textbook.Beam(t, row.KV*1e3)
		name := row.Structure + " " + row.HKL.String() + " "
		for _, mode := range []struct {
			thermal diffraction.Thermal
			f, xi   float64
		}{{diffraction.SiteB, row.F, row.Xi}, {diffraction.NoThermal, row.FAtRest, row.XiAtRest}} {
			r := textbook.Reflections(t, s, diffraction.Options{GMax: row.G * 1.01, Thermal: mode.thermal})
			i, ok := r.Index(row.HKL)
			if !ok {
				t.Fatalf("%s is missing", name)
			}
			within(t, name+"|g|", r.Len[i], row.G, tol)
			within(t, name+"|F|", cmplx.Abs(r.F[i]), mode.f, tol)
			within(t, name+"ξ", b.ExtinctionDistance(cmplx.Abs(r.F[i]), volume, r.Len[i]), mode.xi, tolXi)
			if mode.thermal == diffraction.SiteB {
				v := r.F[i] * complex(diffraction.VoltPerF/volume, 0)
				within(t, name+"V", cmplx.Abs(v), row.V, tolXi)
				within(t, name+"U", cmplx.Abs(b.U(r.F[i], volume)), row.U, tolXi)
				within(t, name+"U/γV", cmplx.Abs(b.U(r.F[i], volume))/cmplx.Abs(v)/b.Gamma(), c.Constants.UFromV, 1e-7)
			}
		}
	}
	if b := textbook.Beam(t, 200e3); !math.IsInf(b.ExtinctionDistance(0, 100, 0.5), 1) {
		t.Error("an absent reflection has a finite extinction distance")
	}
}

// Mean inner potentials of free atoms, V.
func TestMeanInnerPotential(t *testing.T) {
	for id, want := range map[string]float64{"si": 13.954, "au": 29.861, "al": 16.986, "mgo": 18.561, "gaas": 15.421} {
		s := textbook.Cell(t, id)
		r := textbook.Reflections(t, s, diffraction.Options{GMax: 0.1})
		within(t, id+" V_0", diffraction.VoltPerF*real(r.F[0])/s.Lattice.Volume(), want, 5e-5) // 5 digits
	}
}

func TestTwoBeam(t *testing.T) {
	const xi, tol = 300.0, 1e-12
	within(t, "Bragg condition, ξ/2", diffraction.TwoBeam(xi, 0, xi/2), 1, tol)
	if got := diffraction.TwoBeam(xi, 0, xi); got > 1e-20 {
		t.Errorf("Bragg condition, ξ: I = %g, want 0", got)
	}
	s, thickness := 0.004, 500.0
	e := math.Sqrt(s*s + 1/(xi*xi))
	within(t, "s = 0.004", diffraction.TwoBeam(xi, s, thickness), math.Pow(math.Sin(math.Pi*thickness*e)/(xi*e), 2), tol)
	// A thin crystal is kinematical: (πt/ξ)² times the slab's shape.
	thin := xi / 200
	k := diffraction.Kinematic{Shape: diffraction.Slab, Thickness: thin}
	within(t, "thin", diffraction.TwoBeam(xi, s, thin), math.Pow(math.Pi*thin/xi, 2)*k.At(s), 1e-4)
	if got := diffraction.TwoBeam(math.Inf(1), 0.001, 100); got != 0 {
		t.Errorf("absent reflection: I = %g", got)
	}
}

func TestLayers(t *testing.T) {
	const tol = 2e-6 // the checks have 6 digits
	beam := textbook.Beam(t, 200e3)
	for name, tt := range map[string]struct {
		id   string
		zone crystal.UVW
	}{"si_111": {"si", crystal.UVW{1, 1, 1}}, "si_001": {"si", crystal.UVW{0, 0, 1}}, "si_011": {"si", crystal.UVW{0, 1, 1}}, "au_001": {"au", crystal.UVW{0, 0, 2}}} {
		want := mustChecks(t).HOLZ[name]
		r := textbook.Reflections(t, textbook.Cell(t, tt.id), diffraction.Options{GMax: 1})
		layers, err := r.Layers(tt.zone)
		if err != nil {
			t.Fatal(err)
		}
		within(t, name+" H", layers.Spacing, want.H, 5*tol)
		g1, ok := layers.Radius(1, beam)
		if !ok {
			t.Fatalf("%s: no first ring", name)
		}
		within(t, name+" G₁", g1, want.G1, tol)
		angle, _ := layers.Angle(1, beam)
		within(t, name+" sin 2θ", math.Sin(angle), g1*beam.Wavelength(), 1e-12)
		if name == "si_111" {
			within(t, "Si [111] 2θ, mrad", angle*1e3, 73.04, 1e-4)
		}
	}

	// Every reflection lies on its layer, and every layer up to the limit holds
	// points of the lattice.
	for _, s := range append(textbook.Cells(t), scrambled(t)) {
		r := textbook.Reflections(t, s, diffraction.Options{GMax: 1})
		for _, u := range []crystal.UVW{{0, 0, 1}, {1, 0, 0}, {1, 1, 0}, {1, 1, 1}, {-1, 2, 1}, {3, 1, 0}, {2, 1, 1}} {
			layers, err := r.Layers(u)
			if err != nil {
				t.Fatal(err)
			}
			z := s.Lattice.R(u).Unit()
			first := math.Inf(1)
			for i, h := range r.HKL {
				if !r.Centred(h) {
					continue
				}
				height := r.G[i].Dot(z)
				if want := float64(layers.Order(h)) * layers.Spacing; math.Abs(height-want) > 1e-9 {
					t.Fatalf("%s %v: %v at height %.9f, order %d of %.9f", s.ID, u, h, height, layers.Order(h), layers.Spacing)
				}
				if height > 1e-9 {
					first = min(first, height)
				}
			}
			if layers.Spacing < 0.5 && math.Abs(first-layers.Spacing) > 1e-9 {
				t.Errorf("%s %v: first layer at %.9f, spacing %.9f", s.ID, u, first, layers.Spacing)
			}
		}
	}

	r := textbook.Reflections(t, textbook.Cell(t, "fe"), diffraction.Options{GMax: 1})
	if _, err := r.Layers(crystal.UVW{}); err == nil || err.Error() != "diffraction: zone axis [0 0 0] has no direction" {
		t.Errorf("zone 000: %v", err)
	}
	layers, _ := r.Layers(crystal.UVW{1, 1, 1})
	for h, want := range map[crystal.HKL]int{{1, 1, 0}: 1, {2, 0, 0}: 1, {-1, -1, 0}: -1, {2, 2, 2}: 3, {1, -1, 0}: 0, {1, 0, 0}: 0, {-1, 0, 0}: -1} {
		if got := layers.Order(h); got != want {
			t.Errorf("Fe [111]: order of %v = %d, want %d", h, got, want)
		}
	}
	for _, n := range []int{0, -1, 1000} {
		if g, ok := layers.Radius(n, beam); ok {
			t.Errorf("layer %d has a ring of %g", n, g)
		}
		if _, ok := layers.Angle(n, beam); ok {
			t.Errorf("layer %d has a ring", n)
		}
	}
}

// The ring of layer 1 is where reflections of layer 1 meet the sphere.
func TestLayerRadiusMeetsTheSphere(t *testing.T) {
	s := textbook.Cell(t, "si")
	beam := textbook.Beam(t, 200e3)
	r := textbook.Reflections(t, s, diffraction.Options{GMax: 3.4})
	u := crystal.UVW{1, 1, 1}
	layers, _ := r.Layers(u)
	g1, _ := layers.Radius(1, beam)
	o, err := diffraction.ZoneFrame(s.Lattice, u)
	if err != nil {
		t.Fatal(err)
	}
	k := diffraction.Kinematic{Shape: diffraction.Positions, Sigma: 0.01, Exact: true}
	n := 0
	for _, p := range k.AppendSpots(nil, r, beam, o) {
		if layers.Order(r.HKL[p.Ref]) != 1 {
			continue
		}
		n++
		// The sphere rises outwards: inside the ring a point of the layer is
		// inside the sphere.
		if g := math.Hypot(p.X, p.Y); (g < g1) != (p.S > 0) {
			t.Errorf("%v of layer 1 at %.5f Å⁻¹ has s = %.6f, ring at %.5f", r.HKL[p.Ref], g, p.S, g1)
		}
	}
	if n < 20 {
		t.Errorf("%d reflections near the first ring", n)
	}
}

func TestBraggAngle(t *testing.T) {
	g := textbook.Cell(t, "si").Lattice.G(crystal.HKL{2, 2, 0}).Norm()
	want := mustChecks(t).Kikuchi
	within(t, "Si 220, 200 kV, 2θ mrad", 2e3*textbook.Beam(t, 200e3).BraggAngle(g), want.At200, 1e-5)
	within(t, "Si 220, 20 kV, 2θ deg", geom.Degrees(2*textbook.Beam(t, 20e3).BraggAngle(g)), want.At20, 1e-6)
	if b := textbook.Beam(t, 200e3); !math.IsNaN(b.BraggAngle(2.1 * b.K())) {
		t.Error("a Bragg angle beyond 2/λ")
	}
}
