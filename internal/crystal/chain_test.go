package crystal_test

import (
	"testing"

	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/source"
)

const siliconPOSCAR = `silicon, primitive
1.0
0.000000 2.715510 2.715510
2.715510 0.000000 2.715510
2.715510 2.715510 0.000000
Si
2
Direct
0.00 0.00 0.00
0.25 0.25 0.25
`

// BenchmarkChain is all that happens between a dropped file and a pattern:
// decode, symmetry search, conventional cell, structure factors to 2 Å⁻¹.
func BenchmarkChain(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		all, err := source.Decode("POSCAR", []byte(siliconPOSCAR))
		if err != nil {
			b.Fatal(err)
		}
		a, err := all[0].Analyze(0)
		if err != nil {
			b.Fatal(err)
		}
		r, err := diffraction.NewReflections(a.Conventional, diffraction.Options{GMax: 2})
		if err != nil {
			b.Fatal(err)
		}
		if a.Setting.Number != 227 || len(r.HKL) < 5000 {
			b.Fatalf("group %d, %d reflections", a.Setting.Number, len(r.HKL))
		}
	}
}
