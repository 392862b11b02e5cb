package bloch_test

import (
	"encoding/binary"
	"errors"
	"math"
	"math/cmplx"
	"reflect"
	"slices"
	"testing"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/diffraction/bloch"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/textbook"
)

// sample is a crystal, an orientation and a choice of beams.
type sample struct {
	name, id string
	zone     crystal.UVW
	tilt     float64 // rad
	opt      func(diffraction.Beam) bloch.Options
}

var samples = []sample{
	{"real", "si", crystal.UVW{1, 1, 0}, 0, bloch.Standard},
	{"real, no symmetry", "si", crystal.UVW{1, 1, 0}, 0.007, bloch.Standard},
	{"complex", "gaas", crystal.UVW{1, 1, 0}, 0.007, bloch.Standard},
	{"without weak beams", "gaas", crystal.UVW{1, 2, 3}, 0.002, func(diffraction.Beam) bloch.Options { return bloch.Options{GMax: 2, SMax: 0.05} }},
	{"garnet", "yag", crystal.UVW{0, 0, 1}, 0.003, func(b diffraction.Beam) bloch.Options {
		opt := bloch.Standard(b)
		opt.MaxStrong, opt.MaxWeak = 60, 200
		return opt
	}},
	{"absorbing", "si", crystal.UVW{1, 1, 0}, 0.007, fewAbsorbing(bloch.Thermal)},
	{"absorbing, complex", "gaas", crystal.UVW{1, 1, 0}, 0.007, fewAbsorbing(bloch.Proportional)},
	{"solved for a thickness", "gaas", crystal.UVW{1, 2, 3}, 0.002, func(diffraction.Beam) bloch.Options {
		return bloch.Options{GMax: 2, SMax: 0.05, Quick: true, Thickness: 400}
	}},
	{"hexagonal", "quartz", crystal.UVW{0, 0, 1}, 0, bloch.Standard},
	{"000 alone", "si", crystal.UVW{1, 1, 0}, 0, func(diffraction.Beam) bloch.Options { return bloch.Options{GMax: 0.01} }},
	{"higher zones", "rutile", crystal.UVW{1, 1, 1}, 0.01, func(diffraction.Beam) bloch.Options {
		return bloch.Options{SMax: 0.05, Strong: 0.02, Normal: geom.Vec{X: 0.1, Y: -0.2, Z: -1}, TiltX: 0.05}
	}},
}

func fewAbsorbing(a bloch.Absorption) func(diffraction.Beam) bloch.Options {
	return func(b diffraction.Beam) bloch.Options {
		opt := bloch.Standard(b)
		opt.MaxStrong, opt.MaxWeak, opt.Absorption, opt.Ratio, opt.Thickness = 60, 80, a, 0.1, 2000
		return opt
	}
}

// solve solves with an Elsewhere, nil for here.
func (c *sample) solve(t testing.TB, elsewhere func([]byte) ([]byte, error), change func(*bloch.Options)) (*bloch.System, error) {
	t.Helper()
	s := textbook.Open(t, c.id)
	beam := textbook.Beam(t, 200e3)
	r := textbook.Reflections(t, s, diffraction.Options{GMax: 4})
	o := geom.AxisAngle(geom.Vec{X: 1, Y: 0.4}, c.tilt).Mul(textbook.Frame(t, s.Lattice, c.zone))
	opt := c.opt(beam)
	opt.Elsewhere = elsewhere
	if change != nil {
		change(&opt)
	}
	return bloch.Solve(r, beam, o, opt)
}

func always() bool { return true }

func work(job []byte) ([]byte, error) { return bloch.Work(job, always) }

// same compares two solutions bit for bit.
func same(t *testing.T, name string, a, b *bloch.System) {
	t.Helper()
	if a.K != b.K || a.Kn != b.Kn || a.Strong != b.Strong || !slices.Equal(a.Beams, b.Beams) {
		t.Errorf("%s: %d strong of %d beams, elsewhere %d of %d", name, a.Strong, len(a.Beams), b.Strong, len(b.Beams))
		return
	}
	for _, thickness := range []float64{0, 100, 543.21, 3000} {
		x, y := a.Amplitudes(nil, thickness), b.Amplitudes(nil, thickness)
		for i := range x {
			if x[i] != y[i] || cmplx.IsNaN(x[i]) {
				t.Errorf("%s, %g Å: beam %d has %v, elsewhere %v", name, thickness, i, x[i], y[i])
				return
			}
		}
	}
	if !reflect.DeepEqual(a.Waves(), b.Waves()) {
		t.Errorf("%s: other waves elsewhere", name)
	}
}

// TestElsewhere: a solution from elsewhere is that from here, bit for bit.
func TestElsewhere(t *testing.T) {
	for _, c := range samples {
		here, err := c.solve(t, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		asked := 0
		there, err := c.solve(t, func(job []byte) ([]byte, error) { asked++; return work(job) }, nil)
		if err != nil || asked != 1 {
			t.Fatalf("%s: asked %d times, %v", c.name, asked, err)
		}
		same(t, c.name, here, there)
	}
}

// TestElsewhereFails: what is not done elsewhere is done here.
func TestElsewhereFails(t *testing.T) {
	c := samples[2]
	here, err := c.solve(t, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, fails := range map[string]func([]byte) ([]byte, error){
		"an error":       func([]byte) ([]byte, error) { return nil, errors.New("no worker") },
		"nothing":        func([]byte) ([]byte, error) { return nil, nil },
		"the job itself": func(job []byte) ([]byte, error) { return job, nil },
		"half a result":  func(job []byte) ([]byte, error) { r, err := work(job); return r[:len(r)/2], err },
		"too much":       func(job []byte) ([]byte, error) { r, err := work(job); return append(r, 0, 0, 0, 0), err },
		"not a number": func(job []byte) ([]byte, error) {
			r, err := work(job)
			binary.LittleEndian.PutUint64(r[len(r)-8:], math.Float64bits(math.NaN()))
			return r, err
		},
	} {
		there, err := c.solve(t, fails, nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		same(t, name, here, there)
	}
	if _, err := c.solve(t, func([]byte) ([]byte, error) { return nil, bloch.ErrCancelled }, nil); err != bloch.ErrCancelled {
		t.Errorf("cancelled elsewhere: %v", err)
	}
	calls := 0
	if _, err := c.solve(t, work, func(o *bloch.Options) { o.Yield = func() bool { calls++; return false } }); err != bloch.ErrCancelled || calls != 1 {
		t.Errorf("cancelled while the job is packed: %v after %d calls", err, calls)
	}
}

// TestElsewhereLimit: too many beams are the same error everywhere. The beams
// without a link to 000 do not count, which only Work sees.
func TestElsewhereLimit(t *testing.T) {
	c := samples[0]
	whole, err := c.solve(t, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, most := range []int{whole.Strong, whole.Strong - 1} {
		limited := func(o *bloch.Options) { o.MaxBeams = most }
		_, here := c.solve(t, nil, limited)
		_, there := c.solve(t, work, limited)
		if !reflect.DeepEqual(here, there) || (here == nil) != (most == whole.Strong) {
			t.Errorf("at most %d: %v here, %v elsewhere", most, here, there)
		}
	}
}

// TestAbsorptionStaysHere: with absorption only a series is for elsewhere.
func TestAbsorptionStaysHere(t *testing.T) {
	c := samples[0]
	_, err := c.solve(t, func([]byte) ([]byte, error) { t.Error("it asks elsewhere"); return nil, nil }, func(o *bloch.Options) {
		*o = bloch.Options{GMax: 1, SMax: 0.05, Absorption: bloch.Proportional, Ratio: 0.1, Elsewhere: o.Elsewhere}
	})
	if err != nil {
		t.Error(err)
	}
}

// job returns the job of a sample.
func (c *sample) job(t testing.TB) (job []byte) {
	t.Helper()
	_, err := c.solve(t, func(j []byte) ([]byte, error) { job = j; return nil, bloch.ErrCancelled }, nil)
	if err != bloch.ErrCancelled {
		t.Fatal(err)
	}
	return job
}

// TestWorkCancel: Work stops when it is told to.
func TestWorkCancel(t *testing.T) {
	job := samples[1].job(t)
	total := 0
	if _, err := bloch.Work(job, func() bool { total++; return true }); err != nil || total < 10 {
		t.Fatalf("%d calls of yield, %v", total, err)
	}
	for _, stop := range []int{1, total / 2, total} {
		calls := 0
		if _, err := bloch.Work(job, func() bool { calls++; return calls < stop }); err != bloch.ErrCancelled || calls != stop {
			t.Errorf("stopped at call %d of %d: %v after %d", stop, total, err, calls)
		}
	}
}

// TestWorkRefuses: bytes that are no job are an error.
func TestWorkRefuses(t *testing.T) {
	small := sample{id: "si", zone: crystal.UVW{1, 1, 0}, opt: func(diffraction.Beam) bloch.Options { return bloch.Options{GMax: 0.5, SMax: 0.05} }}
	job := small.job(t)
	if _, err := work(job); err != nil {
		t.Fatal(err)
	}
	for n := range job {
		if _, err := work(job[:n]); err == nil {
			t.Errorf("%d of %d bytes are a job", n, len(job))
		}
	}
	// One number changed: a count, an index of a beam, a difference.
	for _, at := range []int{0, 8, 12, 16, 20 + 12, len(job) - 28} {
		for _, value := range []uint32{0, 1 << 30, 0xffffffff} {
			if binary.LittleEndian.Uint32(job[at:]) == value {
				continue
			}
			changed := slices.Clone(job)
			binary.LittleEndian.PutUint32(changed[at:], value)
			if _, err := work(changed); err == nil && at < 20 {
				t.Errorf("with %d at byte %d it is a job", value, at)
			}
		}
	}
}

// FuzzWork: no bytes make Work panic, and what it returns can be installed.
func FuzzWork(f *testing.F) {
	small := sample{id: "gaas", zone: crystal.UVW{1, 1, 0}, tilt: 0.01, opt: func(diffraction.Beam) bloch.Options {
		return bloch.Options{GMax: 0.6, SMax: 0.05, Strong: 0.01}
	}}
	f.Add(small.job(f))
	small.opt = smallSeries
	f.Add(small.job(f))
	f.Add([]byte(nil))
	f.Fuzz(func(t *testing.T, job []byte) {
		calls := 0
		if _, err := bloch.Work(job, func() bool { calls++; return calls < 1000 }); err != nil && err != bloch.ErrCancelled && err.Error() == "" {
			t.Error("an error without words")
		}
	})
}

// FuzzInstall: no bytes from elsewhere make Solve panic or the thickness a
// calculation without end.
func FuzzInstall(f *testing.F) {
	small := sample{id: "gaas", zone: crystal.UVW{1, 1, 0}, tilt: 0.01, opt: func(diffraction.Beam) bloch.Options {
		return bloch.Options{GMax: 0.6, SMax: 0.05, Strong: 0.01}
	}}
	result, err := work(small.job(f))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(result)
	small.tilt = 0
	result, err = work(small.job(f))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(result)
	series := small
	series.tilt, series.opt = 0.01, smallSeries
	result, err = work(series.job(f))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(result)
	crystal := textbook.Open(f, small.id)
	beam := textbook.Beam(f, 200e3)
	r := textbook.Reflections(f, crystal, diffraction.Options{GMax: 1})
	o := geom.AxisAngle(geom.Vec{X: 1, Y: 0.4}, small.tilt).Mul(textbook.Frame(f, crystal.Lattice, small.zone))
	f.Fuzz(func(t *testing.T, result []byte) {
		for _, opt := range []bloch.Options{small.opt(beam), smallSeries(beam)} {
			opt.Elsewhere = func([]byte) ([]byte, error) { return result, nil }
			s, err := bloch.Solve(r, beam, o, opt)
			if err != nil {
				t.Fatal(err)
			}
			if n := len(s.Intensities(nil, 500)); n != len(s.Beams) {
				t.Errorf("%d intensities of %d beams", n, len(s.Beams))
			}
		}
	})
}

// smallSeries is a job whose solution is a series.
func smallSeries(diffraction.Beam) bloch.Options {
	return bloch.Options{GMax: 0.6, SMax: 0.05, Strong: 0.01, Absorption: bloch.Proportional, Ratio: 0.1, Quick: true, Thickness: 100}
}

// BenchmarkJob is what a calculation elsewhere costs here: packing the job and
// installing the result; and the work itself.
func BenchmarkJob(b *testing.B) {
	for _, c := range []sample{
		{"corundum", "corundum", crystal.UVW{0, 0, 1}, 0, bloch.Standard},
		{"yag", "yag", crystal.UVW{0, 0, 1}, 0, bloch.Standard},
	} {
		job := c.job(b)
		result, err := work(job)
		if err != nil {
			b.Fatal(err)
		}
		s := textbook.Open(b, c.id)
		beam := textbook.Beam(b, 200e3)
		r := textbook.Reflections(b, s, diffraction.Options{GMax: 4})
		o := textbook.Frame(b, s.Lattice, c.zone)
		opt := c.opt(beam)
		b.Run(c.name+"-here", func(b *testing.B) {
			opt.Elsewhere = func([]byte) ([]byte, error) { return result, nil }
			for b.Loop() {
				if _, err := bloch.Solve(r, beam, o, opt); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(job)), "job-B")
			b.ReportMetric(float64(len(result)), "result-B")
		})
		b.Run(c.name+"-work", func(b *testing.B) {
			for b.Loop() {
				if _, err := work(job); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
