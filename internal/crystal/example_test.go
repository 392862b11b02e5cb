package crystal_test

import (
	"fmt"
	"math"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/source"
)

func ExampleParseZone() {
	for _, text := range []string{"2 -2 0", "(10-10)", "2-1-10"} {
		z := crystal.ParseZone(text, true, "Magnesium", "hexagonal")
		fmt.Printf("%v | %s\n", z.UVW, z.Message)
	}
	// Output:
	// 1-10 | [2−20] points the same way as [1−10]. Read in three indices, [1−10]; in four it is [1 −1 0 0].
	// 000 | (1 0 −1 0) is a plane. Go to its normal?
	// 100 | [2 −1 −1 0] is [100] in three indices.
}

func ExampleStructure_Analyze() {
	s, err := source.Open("si")
	if err != nil {
		fmt.Println(err)
		return
	}
	a, err := s.Analyze(0)
	if err != nil {
		fmt.Println(err)
		return
	}
	// Analyse the primitive cell: the conventional one comes back.
	b, err := a.Primitive.Analyze(0)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(b.Setting.Short(), len(a.Primitive.Sites), "atoms become", len(b.Conventional.Sites))
	fmt.Printf("a = %.3f Å, det P = %.0f\n", b.Conventional.Lattice.Cell().A, geom.Mat3(b.P).Det())
	// Output:
	// Fd-3m 2 atoms become 8
	// a = 5.431 Å, det P = 4
}

func ExampleLattice_NormalDirection() {
	// The normal of a plane is the direction of equal indices in cubic lattices only.
	mg, err := crystal.NewLattice(crystal.Cell{A: 3.2094, B: 3.2094, C: 5.2108, Alpha: 90, Beta: 90, Gamma: 120})
	if err != nil {
		fmt.Println(err)
		return
	}
	u, angle := mg.NormalDirection(crystal.HKL{1, 0, 0})
	fmt.Println("normal of (1 0 −1 0):", u.Text(true), math.Round(geom.Degrees(angle)*100)/100)
	// Output: normal of (1 0 −1 0): 1 0 −1 0 0
}
