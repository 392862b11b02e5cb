package symmetry_test

import (
	"fmt"

	"zoneaxis/internal/symmetry"
)

func ExampleLookup() {
	s, err := symmetry.Lookup("Fd-3m:1")
	fmt.Println(s.Number, s.Extended, s.Hall, s.Group().Order(), err)
	_, err = symmetry.Lookup("Fd-3x")
	fmt.Println(err)
	// Output:
	// 227 F d -3 m:1 F 4d 2 3 -1d 192 <nil>
	// symmetry: there is no space group "Fd-3x"; did you mean Fd-3m, Fd-3c or Fd-3?
}

func ExampleGroup_Absence() {
	silicon, _ := symmetry.Lookup("Fd-3m")
	for _, h := range [][3]int{{1, 0, 0}, {0, 0, 2}, {0, 2, 4}, {2, 2, 0}} {
		reason, absent := silicon.Group().Absence(h)
		if !absent {
			fmt.Println(h, "present")
			continue
		}
		fmt.Println(h, reason)
	}
	// Output:
	// [1 0 0] F centring
	// [0 0 2] 4₁ screw along [001]
	// [0 2 4] d glide in (100)
	// [2 2 0] present
}

func ExampleIdentify() {
	var ops []symmetry.Op
	for _, text := range []string{"x,y,z", "-x,-y,-z", "x,y+1/2,-z+1/2", "-x,-y+1/2,z+1/2"} {
		op, err := symmetry.ParseOp(text)
		if err != nil {
			panic(err)
		}
		ops = append(ops, op)
	}
	s, change, _ := symmetry.Identify(ops)
	fmt.Println(s.Number, s.Extended, change == symmetry.NoChange())
	// Output: 14 P 1 1 21/b true
}
