package diffraction_test

import (
	"testing"

	"zoneaxis/internal/diffraction"
)

func BenchmarkReflections(b *testing.B) {
	for _, c := range []struct {
		name, id string
		gmax     float64
	}{{"au", "au", 1.5}, {"srtio3", "srtio3", 1.5}, {"albite", "albite", 1.5}, {"garnet-160-atoms-3", "yag", 3}} {
		s := textbookCell(b, c.id)
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
