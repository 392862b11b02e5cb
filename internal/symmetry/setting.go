package symmetry

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed data/settings.txt
var settingsText string

// Setting is one row of the table of space-group settings: a space group with
// a choice of axes and origin.
type Setting struct {
	Number     int    // 1 … 230
	HM         string // "F d -3 m", spaces between the directions
	Choice     string // "1", "2" (origin), "H", "R" (axes) or ""
	Extended   string // "F d -3 m:2": HM with the choice
	Hall       string // "-F 4vw 2vw 3"
	System     string // "cubic"; trigonal for rhombohedral groups
	PointGroup string // "m-3m"
	Laue       string // Laue class, "m-3m"
	Reference  bool   // the standard setting of its number

	once  sync.Once
	group *Group
}

// classes gives the geometric crystal class of each range of numbers: the
// first number, the point group, its Laue class and the crystal system.
var classes = []struct {
	first               int
	point, laue, system string
}{
	{1, "1", "-1", "triclinic"}, {2, "-1", "-1", "triclinic"},
	{3, "2", "2/m", "monoclinic"}, {6, "m", "2/m", "monoclinic"}, {10, "2/m", "2/m", "monoclinic"},
	{16, "222", "mmm", "orthorhombic"}, {25, "mm2", "mmm", "orthorhombic"}, {47, "mmm", "mmm", "orthorhombic"},
	{75, "4", "4/m", "tetragonal"}, {81, "-4", "4/m", "tetragonal"}, {83, "4/m", "4/m", "tetragonal"},
	{89, "422", "4/mmm", "tetragonal"}, {99, "4mm", "4/mmm", "tetragonal"}, {111, "-42m", "4/mmm", "tetragonal"}, {123, "4/mmm", "4/mmm", "tetragonal"},
	{143, "3", "-3", "trigonal"}, {147, "-3", "-3", "trigonal"}, {149, "32", "-3m", "trigonal"}, {156, "3m", "-3m", "trigonal"}, {162, "-3m", "-3m", "trigonal"},
	{168, "6", "6/m", "hexagonal"}, {174, "-6", "6/m", "hexagonal"}, {175, "6/m", "6/m", "hexagonal"},
	{177, "622", "6/mmm", "hexagonal"}, {183, "6mm", "6/mmm", "hexagonal"}, {187, "-62m", "6/mmm", "hexagonal"}, {191, "6/mmm", "6/mmm", "hexagonal"},
	{195, "23", "m-3", "cubic"}, {200, "m-3", "m-3", "cubic"}, {207, "432", "m-3m", "cubic"}, {215, "-43m", "m-3m", "cubic"}, {221, "m-3m", "m-3m", "cubic"},
}

// table reads the embedded settings once.
var table = sync.OnceValue(func() []*Setting {
	var list []*Setting
	for line := range strings.Lines(settingsText) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(strings.TrimSpace(line), "|")
		n, err := strconv.Atoi(f[0])
		if err != nil || len(f) != 5 {
			panic("symmetry: damaged table: " + line)
		}
		s := &Setting{Number: n, HM: f[1], Choice: f[2], Extended: f[1], Hall: f[3], Reference: f[4] == "R"}
		if s.Choice != "" {
			s.Extended += ":" + s.Choice
		}
		for _, c := range classes {
			if c.first <= n {
				s.PointGroup, s.Laue, s.System = c.point, c.laue, c.system
			}
		}
		list = append(list, s)
	}
	return list
})

// Settings returns all settings in the order of their numbers. The caller must
// not change the slice.
func Settings() []*Setting { return table() }

// ReferenceSetting returns the standard setting of a number: origin choice 2,
// hexagonal axes, unique axis b, cell choice 1; nil outside 1 … 230.
func ReferenceSetting(number int) *Setting {
	for _, s := range table() {
		if s.Number == number && s.Reference {
			return s
		}
	}
	return nil
}

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

// newNames are the symbols with e for a double glide plane, which the table has
// under their older names.
var newNames = map[string]string{
	"aem2": "A b m 2", "aea2": "A b a 2", "cmce": "C m c a", "cmme": "C m m a", "ccce": "C c c a",
}

// key reduces a symbol to what matters: no spaces, underscores or brackets,
// small letters, "-" for every bar.
func key(name string) string {
	return strings.NewReplacer(" ", "", "_", "", "\t", "", "−", "-", "–", "-", "~", "", "{", "", "}", "", "(", "", ")", "", "$", "", "\\bar", "-", "'", "", `"`, "").
		Replace(strings.ToLower(strings.TrimSpace(name)))
}

// Lookup finds a setting by number ("227", the reference setting), by
// Hermann–Mauguin symbol in any usual spelling, short or full, optionally with
// ":1", ":2", ":H" or ":R", or by Hall symbol. Without a choice a symbol means
// origin choice 2 and hexagonal axes. The error of an unknown name lists near
// ones.
func Lookup(name string) (*Setting, error) {
	text := strings.TrimSpace(name)
	if n, err := strconv.Atoi(text); err == nil {
		if s := ReferenceSetting(n); s != nil {
			return s, nil
		}
		return nil, fmt.Errorf("symmetry: space group %d: expected 1 to 230", n)
	}
	if len(text) > 80 {
		return nil, fmt.Errorf("symmetry: a space-group name of %d letters: expected one such as Fm-3m", len(text))
	}
	wanted, choice := key(text), ""
	if symbol, after, ok := strings.Cut(wanted, ":"); ok {
		wanted, choice = symbol, strings.ToUpper(after)
	} else if n := len(wanted); n > 2 {
		// "S" and "Z" after a cubic or tetragonal symbol: origins 1 and 2; "H" and "R" on R groups.
		switch last := wanted[n-1]; {
		case last == 's' || last == 'z':
			wanted, choice = wanted[:n-1], map[byte]string{'s': "1", 'z': "2"}[last]
		case last == 'h' && wanted[0] == 'r', last == 'r' && wanted[0] == 'r':
			wanted, choice = wanted[:n-1], strings.ToUpper(string(last))
		}
	}
	var found *Setting
	for _, s := range table() {
		if !s.named(wanted) {
			continue
		}
		if choice != "" && s.Choice != choice {
			continue
		}
		if found == nil || better(s, found) {
			found = s
		}
	}
	if found != nil {
		return found, nil
	}
	squeezed := strings.Join(strings.Fields(strings.ReplaceAll(strings.ToLower(text), "_", " ")), " ")
	for _, s := range table() {
		if strings.ToLower(s.Hall) == squeezed {
			return s, nil
		}
	}
	return nil, fmt.Errorf("symmetry: there is no space group %q%s", name, nearMatches(wanted))
}

// better prefers the reference setting of a number, then origin 2 or hexagonal
// axes, then the earlier row.
func better(s, than *Setting) bool {
	rank := func(s *Setting) int {
		switch {
		case s.Reference:
			return 0
		case s.Choice == "2" || s.Choice == "H":
			return 1
		case s.Choice == "":
			return 2
		}
		return 3
	}
	return rank(s) < rank(than)
}

// named reports whether a reduced symbol means this setting, whatever its
// choice.
func (s *Setting) named(wanted string) bool {
	full := key(s.HM)
	if wanted == full || wanted == key(s.Short()) || wanted == fullSymbol(s) {
		return true
	}
	if newNames[wanted] == s.HM {
		return true
	}
	// Cubic symbols without the bar: Fm3m for Fm-3m.
	if s.Number >= 200 && strings.Contains(full, "-3") && wanted == strings.Replace(full, "-3", "3", 1) {
		return s.Laue == "m-3" || s.Laue == "m-3m" && s.PointGroup == "m-3m"
	}
	return false
}

// fullSymbol returns the reduced full symbol where it differs from the short
// one in more than spaces: orthorhombic mmm groups carry 2/m or 21/m on every
// axis. The screw of an axis is read from the operations only when a full
// symbol is asked for, so it is compared without it.
func fullSymbol(s *Setting) string {
	if s.System == "monoclinic" {
		return key(s.HM)
	}
	return ""
}

// nearMatches lists up to three symbols that start alike.
func nearMatches(wanted string) string {
	var near []string
	for n := len(wanted) - 1; n >= 1 && len(near) == 0; n-- {
		for _, s := range table() {
			if strings.HasPrefix(key(s.HM), wanted[:n]) && !slices.Contains(near, s.Short()) && len(near) < 3 {
				near = append(near, s.Short())
			}
		}
	}
	if len(near) == 0 {
		return "; expected a symbol such as Fm-3m or a number from 1 to 230"
	}
	return "; did you mean " + strings.Join(near, ", ") + "?"
}
