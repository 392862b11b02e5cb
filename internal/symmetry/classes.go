package symmetry

// class is one of the 32 geometric crystal classes.
type class struct {
	first               int // smallest number of its space groups
	point, laue, system string
	count               [13]int // how many operations of each type, index 6 + type
}

// classes lists the crystal classes in the order of the International Tables.
// The columns of count are the types -6 -5 -4 -3 -2 -1 0 1 2 3 4 5 6.
var classes = []class{
	{1, "1", "-1", "triclinic", [13]int{7: 1}},
	{2, "-1", "-1", "triclinic", [13]int{5: 1, 7: 1}},
	{3, "2", "2/m", "monoclinic", [13]int{7: 1, 8: 1}},
	{6, "m", "2/m", "monoclinic", [13]int{4: 1, 7: 1}},
	{10, "2/m", "2/m", "monoclinic", [13]int{4: 1, 5: 1, 7: 1, 8: 1}},
	{16, "222", "mmm", "orthorhombic", [13]int{7: 1, 8: 3}},
	{25, "mm2", "mmm", "orthorhombic", [13]int{4: 2, 7: 1, 8: 1}},
	{47, "mmm", "mmm", "orthorhombic", [13]int{4: 3, 5: 1, 7: 1, 8: 3}},
	{75, "4", "4/m", "tetragonal", [13]int{7: 1, 8: 1, 10: 2}},
	{81, "-4", "4/m", "tetragonal", [13]int{2: 2, 7: 1, 8: 1}},
	{83, "4/m", "4/m", "tetragonal", [13]int{2: 2, 4: 1, 5: 1, 7: 1, 8: 1, 10: 2}},
	{89, "422", "4/mmm", "tetragonal", [13]int{7: 1, 8: 5, 10: 2}},
	{99, "4mm", "4/mmm", "tetragonal", [13]int{4: 4, 7: 1, 8: 1, 10: 2}},
	{111, "-42m", "4/mmm", "tetragonal", [13]int{2: 2, 4: 2, 7: 1, 8: 3}},
	{123, "4/mmm", "4/mmm", "tetragonal", [13]int{2: 2, 4: 5, 5: 1, 7: 1, 8: 5, 10: 2}},
	{143, "3", "-3", "trigonal", [13]int{7: 1, 9: 2}},
	{147, "-3", "-3", "trigonal", [13]int{3: 2, 5: 1, 7: 1, 9: 2}},
	{149, "32", "-3m", "trigonal", [13]int{7: 1, 8: 3, 9: 2}},
	{156, "3m", "-3m", "trigonal", [13]int{4: 3, 7: 1, 9: 2}},
	{162, "-3m", "-3m", "trigonal", [13]int{3: 2, 4: 3, 5: 1, 7: 1, 8: 3, 9: 2}},
	{168, "6", "6/m", "hexagonal", [13]int{7: 1, 8: 1, 9: 2, 12: 2}},
	{174, "-6", "6/m", "hexagonal", [13]int{0: 2, 4: 1, 7: 1, 9: 2}},
	{175, "6/m", "6/m", "hexagonal", [13]int{0: 2, 3: 2, 4: 1, 5: 1, 7: 1, 8: 1, 9: 2, 12: 2}},
	{177, "622", "6/mmm", "hexagonal", [13]int{7: 1, 8: 7, 9: 2, 12: 2}},
	{183, "6mm", "6/mmm", "hexagonal", [13]int{4: 6, 7: 1, 8: 1, 9: 2, 12: 2}},
	{187, "-62m", "6/mmm", "hexagonal", [13]int{0: 2, 4: 4, 7: 1, 8: 3, 9: 2}},
	{191, "6/mmm", "6/mmm", "hexagonal", [13]int{0: 2, 3: 2, 4: 7, 5: 1, 7: 1, 8: 7, 9: 2, 12: 2}},
	{195, "23", "m-3", "cubic", [13]int{7: 1, 8: 3, 9: 8}},
	{200, "m-3", "m-3", "cubic", [13]int{3: 8, 4: 3, 5: 1, 7: 1, 8: 3, 9: 8}},
	{207, "432", "m-3m", "cubic", [13]int{7: 1, 8: 9, 9: 8, 10: 6}},
	{215, "-43m", "m-3m", "cubic", [13]int{2: 6, 4: 6, 7: 1, 8: 3, 9: 8}},
	{221, "m-3m", "m-3m", "cubic", [13]int{2: 6, 3: 8, 4: 9, 5: 1, 7: 1, 8: 9, 9: 8, 10: 6}},
}

// classOfNumber returns the crystal class of a space-group number.
func classOfNumber(n int) *class {
	for i := len(classes) - 1; i > 0; i-- {
		if classes[i].first <= n {
			return &classes[i]
		}
	}
	return &classes[0]
}
