package diffraction_test

import (
	"testing"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/textbook"
)

func BenchmarkReflections(b *testing.B) {
	for _, c := range []struct {
		name, id string
		gmax     float64
	}{{"au", "au", 1.5}, {"srtio3", "srtio3", 1.5}, {"albite", "albite", 1.5}, {"garnet-160-atoms-3", "yag", 3}} {
		s := textbook.Cell(b, c.id)
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := diffraction.NewReflections(s, diffraction.Options{GMax: c.gmax}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkSpots(b *testing.B) {
	beam := textbook.Beam(b, 200e3)
	s := textbook.Cell(b, "albite")
	// 5,000 reflections of albite that are not absent, turning as under a drag.
	r := textbook.Reflections(b, s, diffraction.Options{GMax: 1.535})
	present := 0
	for _, f := range r.F {
		if f != 0 {
			present++
		}
	}
	zone := textbook.Frame(b, s.Lattice, crystal.UVW{0, 1, 0})
	for _, c := range []struct {
		name string
		k    diffraction.Kinematic
	}{
		{"5000", diffraction.Kinematic{Sigma: 0.01, Cut: 1e-4}},
		{"5000-exact", diffraction.Kinematic{Sigma: 0.01, Cut: 1e-4, Exact: true}},
		{"5000-slab", diffraction.Kinematic{Shape: diffraction.Slab, Thickness: 500, Cut: 1e-4, Exact: true}},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			spots := make([]diffraction.Spot, 0, len(r.HKL))
			angle := 0.0
			for b.Loop() {
				angle += 1e-3
				spots = c.k.AppendSpots(spots[:0], r, beam, geom.AxisAngle(geom.Vec{X: 1}, angle).Mul(zone))
			}
			b.ReportMetric(float64(present), "reflections")
		})
	}
}

func BenchmarkPrecession(b *testing.B) {
	beam := textbook.Beam(b, 200e3)
	s := textbook.Cell(b, "albite")
	r := textbook.Reflections(b, s, diffraction.Options{GMax: 1.535})
	zone := textbook.Frame(b, s.Lattice, crystal.UVW{0, 1, 0})
	p := diffraction.Precession{Kinematic: diffraction.Kinematic{Sigma: 0.01, Cut: 1e-4}, Angle: 0.02}
	b.ReportAllocs()
	spots := make([]diffraction.Spot, 0, len(r.HKL))
	for b.Loop() {
		spots = p.AppendSpots(spots[:0], r, beam, zone)
	}
}

func BenchmarkBands(b *testing.B) {
	beam := textbook.Beam(b, 200e3)
	s := textbook.Cell(b, "si")
	r := textbook.Reflections(b, s, diffraction.Options{GMax: 1.5})
	zone := textbook.Frame(b, s.Lattice, crystal.UVW{1, 1, 0})
	b.ReportAllocs()
	bands := make([]diffraction.Band, 0, len(r.HKL))
	points := make([]diffraction.Point, 0, 64)
	n := 0
	for b.Loop() {
		bands = diffraction.Kikuchi{MinWeight: 0.1}.AppendBands(bands[:0], r, beam, zone)
		n = 0
		for _, band := range bands {
			for _, line := range []diffraction.Line{diffraction.Deficiency, diffraction.Excess} {
				points = band.Polyline(points[:0], line, 1.4, 9)
				n += len(points) / 9
			}
		}
	}
	b.ReportMetric(float64(n), "lines")
}

// BenchmarkJob is the whole way from a structure in memory to one pattern.
func BenchmarkJob(b *testing.B) {
	for _, id := range []string{"au", "srtio3", "albite"} {
		s := textbook.Cell(b, id)
		b.Run(id, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				beam, err := diffraction.NewBeam(200e3)
				if err != nil {
					b.Fatal(err)
				}
				r, err := diffraction.NewReflections(s, diffraction.Options{GMax: 1.5, Thermal: diffraction.NoThermal})
				if err != nil {
					b.Fatal(err)
				}
				o, err := diffraction.ZoneFrame(s.Lattice, crystal.UVW{0, 0, 1})
				if err != nil {
					b.Fatal(err)
				}
				if spots := (diffraction.Kinematic{Sigma: 0.01, SMax: 0.03}).AppendSpots(nil, r, beam, o); len(spots) < 20 {
					b.Fatal("no pattern")
				}
			}
		})
	}
}
