package symmetry

import (
	"strconv"
	"strings"
	"sync"
)

// Setting is one row of the table of space-group settings: a space group with
// a choice of axes and origin.
type Setting struct {
	Number     int    // 1 … 230
	HM         string // "F d -3 m", spaces between the directions
	Choice     string // "1", "2" (origin), "H", "R" (axes) or ""
	Axes       string // "b1", "cab": unique axis and cell choice, or permutation of the axes; "" for the usual ones
	Extended   string // "F d -3 m:2": HM with the choice
	Hall       string // "-F 4vw 2vw 3"
	System     string // "cubic"; trigonal for rhombohedral groups
	PointGroup string // crystal class, "m-3m"; -62m also stands for -6m2, -42m for -4m2
	Laue       string // Laue class, "m-3m"
	Reference  bool   // the standard setting of its number

	once  sync.Once
	group *Group
}

// table reads the embedded settings once.
var table = sync.OnceValue(func() []*Setting {
	list := make([]*Setting, 0, 560)
	for line := range strings.Lines(settingsText) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "|")
		n, err := strconv.Atoi(f[0])
		if err != nil || len(f) != 6 {
			panic("symmetry: damaged table: " + line)
		}
		c := classOfNumber(n)
		s := &Setting{
			Number: n, HM: f[1], Choice: f[2], Axes: f[5], Extended: f[1], Hall: f[3], Reference: f[4] == "R",
			PointGroup: c.point, Laue: c.laue, System: c.system,
		}
		if s.Choice != "" {
			s.Extended += ":" + s.Choice
		}
		list = append(list, s)
	}
	return list
})

// Settings returns all settings: those of the International Tables in the order
// of their numbers, then further ones that are met with. The caller must not
// change the slice.
func Settings() []*Setting { return table() }

// ReferenceSetting returns the standard setting of a number: origin choice 2,
// hexagonal axes, unique axis b, cell choice 1; nil outside 1 … 230.
func ReferenceSetting(number int) *Setting {
	if number < 1 || number > 230 {
		return nil
	}
	return references()[number-1]
}

// references lists the reference settings by number.
var references = sync.OnceValue(func() (list [230]*Setting) {
	for _, s := range table() {
		if s.Reference {
			list[s.Number-1] = s
		}
	}
	return list
})

// Group returns the operations of the setting. They are made from the Hall
// symbol when they are asked for first.
func (s *Setting) Group() *Group {
	s.once.Do(func() {
		g, err := FromHall(s.Hall)
		if err != nil {
			panic("symmetry: damaged table: " + err.Error()) // a test reads every row
		}
		s.group = g
	})
	return s.group
}

// Hexagonal reports whether the setting is described on hexagonal axes, where
// four-index symbols are usual: all hexagonal groups, and trigonal ones but
// for rhombohedral axes.
func (s *Setting) Hexagonal() bool {
	return s.System == "hexagonal" || s.System == "trigonal" && s.Choice != "R"
}

// Short returns the usual short symbol without spaces: "Fd-3m", "P2_1/c",
// "R-3m". Monoclinic symbols lose the ones of the axes without symmetry if the
// unique axis is b.
func (s *Setting) Short() string {
	words := strings.Fields(s.HM)
	if s.System == "monoclinic" && len(words) == 4 && words[1] == "1" && words[3] == "1" {
		words = []string{words[0], words[2]}
	}
	var b strings.Builder
	for _, w := range words {
		// A screw axis is a digit after a rotation, as in 21 or 63/m.
		if len(w) > 1 && w[0] >= '2' && w[0] <= '6' && w[1] >= '1' && w[1] <= '5' && w[1] < w[0] {
			w = w[:1] + "_" + w[1:]
		}
		b.WriteString(w)
	}
	return b.String()
}

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
