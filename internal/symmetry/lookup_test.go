package symmetry_test

import (
	"strings"
	"testing"

	"zoneaxis/internal/symmetry"
)

func TestLookup(t *testing.T) {
	for _, c := range []struct{ name, want string }{
		// Numbers.
		{"1", "P 1"}, {"227", "F d -3 m:2"}, {" 225 ", "F m -3 m"}, {"No. 194", "P 63/m m c"}, {"#62", "P n m a"},
		{"227:1", "F d -3 m:1"}, {"227:2", "F d -3 m:2"}, {"166:R", "R -3 m:R"}, {"166:h", "R -3 m:H"}, {"14:b2", "P 1 21/n 1"}, {"14 : c1", "P 1 1 21/a"},
		{"62:cab", "P b n m"}, {"68:2ba-c", "C c c b:2"}, {"62:abc", "P n m a"},
		// Short and full symbols, with and without spaces.
		{"F d -3 m", "F d -3 m:2"}, {"Fd-3m", "F d -3 m:2"}, {"fd-3m", "F d -3 m:2"}, {"FD-3M", "F d -3 m:2"}, {"F 41/d -3 2/m", "F d -3 m:2"}, {"F41/d-32/m", "F d -3 m:2"},
		{"F 4/m -3 2/m", "F m -3 m"}, {"P 42/m -3 2/n", "P m -3 n"}, {"I 41/a -3 2/d", "I a -3 d"}, {"P 21/a -3", "P a -3"}, {"P 2/m -3", "P m -3"},
		{"P 2/m 2/m 2/m", "P m m m"}, {"P 21/n 21/m 21/a", "P n m a"}, {"C 2/m 2/c 21/m", "C m c m"}, {"P 42/m 21/n 2/m", "P 42/m n m"}, {"P 63/m 2/m 2/c", "P 63/m m c"},
		{"I 41/a 2/m 2/d", "I 41/a m d:2"}, {"R -3 2/m", "R -3 m:H"}, {"R-32/c", "R -3 c:H"}, {"P -3 2/m 1", "P -3 m 1"}, {"P-312/m", "P -3 1 m"}, {"P6/m2/m2/m", "P 6/m m m"},
		{"Pnma", "P n m a"}, {"P n m a", "P n m a"}, {"Pbnm", "P b n m"}, {"P6_3/mmc", "P 63/m m c"}, {"P63/mmc", "P 63/m m c"}, {"P 63/m m c", "P 63/m m c"}, {"P6_{3}/mmc", "P 63/m m c"}, {"P6<sub>3</sub>/mmc", "P 63/m m c"}, {"P6₃/mmc", "P 63/m m c"}, {"P6(3)/mmc", "P 63/m m c"}, {"$P6_3/mmc$", "P 63/m m c"}, {"'P 63/m m c'", "P 63/m m c"},
		{"P 3 1 2", "P 3 1 2"}, {"P312", "P 3 1 2"}, {"P 31 1 2", "P 31 1 2"}, {"P3112", "P 31 1 2"}, {"P3121", "P 31 2 1"}, {"P3_121", "P 31 2 1"}, {"P 32 2 1", "P 32 2 1"}, {"P321", "P 3 2 1"}, {"P31", "P 31"},
		{"P432", "P 4 3 2"}, {"P4132", "P 41 3 2"}, {"P4212", "P 4 21 2"}, {"P42212", "P 42 21 2"}, {"P222", "P 2 2 2"}, {"P2221", "P 2 2 21"}, {"P2122", "P 21 2 2"}, {"P212121", "P 21 21 21"}, {"P23", "P 2 3"}, {"P213", "P 21 3"},
		// Bars.
		{"Fd\\bar{3}m", "F d -3 m:2"}, {"F\\overline{4}3m", "F -4 3 m"}, {"Fm3\u0305m", "F m -3 m"}, {"R3\u0304c", "R -3 c:H"}, {"P−1", "P -1"}, {"P -1", "P -1"},
		{"Fd3m", "F d -3 m:2"}, {"Fm3m", "F m -3 m"}, {"F d 3 m S", "F d -3 m:1"}, {"Pa3", "P a -3"}, {"Ia3d", "I a -3 d"}, {"Im3", "I m -3"}, {"Pm3n", "P m -3 n"},
		// Monoclinic.
		{"P21/c", "P 1 21/c 1"}, {"P2_1/c", "P 1 21/c 1"}, {"P2(1)/c", "P 1 21/c 1"}, {"P 21/c", "P 1 21/c 1"}, {"P 1 21/c 1", "P 1 21/c 1"}, {"P121/c1", "P 1 21/c 1"}, {"P2_1/n", "P 1 21/n 1"}, {"P21/a", "P 1 21/a 1"}, {"P 1 1 21/b", "P 1 1 21/b"}, {"P21/b", "P 1 1 21/b"},
		{"C2/m", "C 1 2/m 1"}, {"C 1 2/m 1", "C 1 2/m 1"}, {"C2/c", "C 1 2/c 1"}, {"I2/m", "I 1 2/m 1"}, {"A2/m", "A 1 2/m 1"}, {"B2/m", "B 1 1 2/m"}, {"B 2/b", "B 1 1 2/b"}, {"I2/a", "I 1 2/a 1"}, {"C2", "C 1 2 1"}, {"P2", "P 1 2 1"}, {"P21", "P 1 21 1"}, {"Pc", "P 1 c 1"}, {"Cc", "C 1 c 1"}, {"Cm", "C 1 m 1"}, {"P 1 1 2", "P 1 1 2"}, {"P211", "P 2 1 1"}, {"I 1 21 1", "I 1 21 1"},
		// Choices.
		{"F d -3 m:1", "F d -3 m:1"}, {"Fd-3m:2", "F d -3 m:2"}, {"Fd-3m :1", "F d -3 m:1"}, {"Fd-3mS", "F d -3 m:1"}, {"Fd-3mZ", "F d -3 m:2"}, {"F d -3 m Z", "F d -3 m:2"}, {"I41/amdS", "I 41/a m d:1"}, {"P n n n:1", "P n n n:1"},
		{"R-3m", "R -3 m:H"}, {"R-3m:R", "R -3 m:R"}, {"R-3m:r", "R -3 m:R"}, {"R-3mH", "R -3 m:H"}, {"R -3 m R", "R -3 m:R"}, {"R3", "R 3:H"}, {"R32:R", "R 3 2:R"}, {"R 3 2", "R 3 2:H"}, {"H 3 2", "R 3 2:H"}, {"H3", "R 3:H"}, {"H-3m", "R -3 m:H"},
		{"P21/c:b1", "P 1 21/c 1"}, {"P21/a:c1", "P 1 1 21/a"}, {"Ccca", "C c c a:2"},
		// Old and new names of the e glides.
		{"Cmce", "C m c a"}, {"Cmca", "C m c a"}, {"C m c e", "C m c a"}, {"Aem2", "A b m 2"}, {"Abm2", "A b m 2"}, {"Aea2", "A b a 2"}, {"Aba2", "A b a 2"}, {"Cmme", "C m m a"}, {"Cmma", "C m m a"}, {"Ccce", "C c c a:2"}, {"Ccce:1", "C c c a:1"}, {"Bmem", "B m c m"}, {"Aema", "A b m a"}, {"C2ce", "C 2 c b"}, {"Bme2", "B m a 2"},
		// Hall symbols.
		{"-F 4vw 2vw 3", "F d -3 m:2"}, {"F 4d 2 3 -1d", "F d -3 m:1"}, {"-P 2ybc", "P 1 21/c 1"}, {"-p 2ybc", "P 1 21/c 1"}, {"-P_6c_2c", "P 63/m m c"}, {`-R 3 2"`, "R -3 m:H"}, {"-R 3 2=", "R -3 m:H"}, {"P 31 2 (0 0 4)", "P 31 1 2"}, {"-P 3* 2", "R -3 m:R"}, {"P 2ac 2ab", "P 21 21 21"}, {"-C 2yc", "C 1 2/c 1"},
		// Rows outside the International Tables.
		{"F 1 2/m 1", "F 1 2/m 1"}, {"I -1", "I -1"}, {"F-1", "F -1"}, {"C 4 2 2", "C 4 2 2"}, {"P 21212(a)", "P 21212(a)"},
	} {
		s, err := symmetry.Lookup(c.name)
		if err != nil {
			t.Errorf("%q: %v", c.name, err)
			continue
		}
		if s.Extended != c.want {
			t.Errorf("%q: %s, want %s", c.name, s.Extended, c.want)
		}
	}
}

// TestLookupEveryRow finds each row by each of its own names.
func TestLookupEveryRow(t *testing.T) {
	extended := map[string]*symmetry.Setting{}
	for _, s := range symmetry.Settings() {
		squeezed := strings.ReplaceAll(s.Extended, " ", "")
		if other := extended[squeezed]; other != nil {
			t.Errorf("%s and %s are alike without spaces", s.Extended, other.Extended)
		}
		extended[squeezed] = s
		for _, name := range []string{s.Extended, squeezed, strings.ToUpper(s.Extended), strings.ToLower(squeezed)} {
			if got, err := symmetry.Lookup(name); err != nil || got != s {
				t.Errorf("%q: %v %v, want %s", name, got, err, s.Extended)
			}
		}
		if got, err := symmetry.Lookup(s.HM); err != nil || got.HM != s.HM {
			t.Errorf("%q: %v %v, want %s", s.HM, got, err, s.HM)
		} else if got != s && s.Reference {
			t.Errorf("%q: %s, want the reference setting %s", s.HM, got.Extended, s.Extended)
		}
		// A Hall symbol may be a Hermann–Mauguin symbol, too, or that of an
		// earlier row.
		if got, err := symmetry.Lookup(s.Hall); err != nil {
			t.Errorf("%q: %v, want %s", s.Hall, err, s.Extended)
		} else if got.Hall != s.Hall && !hermannMauguin(s.Hall) {
			t.Errorf("%q: %s, want %s", s.Hall, got.Extended, s.Extended)
		}
		if s.Reference {
			if got, err := symmetry.Lookup(s.Short()); err != nil || got != s {
				t.Errorf("%q: %v %v, want %s", s.Short(), got, err, s.Extended)
			}
		}
	}
}

// hermannMauguin tells whether a Hall symbol reads as a Hermann–Mauguin symbol:
// it has neither a sign before the lattice nor letters of translations that are
// no glides.
func hermannMauguin(hall string) bool {
	squeezed := strings.ToLower(strings.ReplaceAll(hall, " ", ""))
	for _, s := range symmetry.Settings() {
		if strings.ToLower(strings.ReplaceAll(s.HM, " ", "")) == squeezed || strings.ToLower(strings.ReplaceAll(s.Short(), "_", "")) == squeezed {
			return true
		}
	}
	return false
}

func TestLookupErrors(t *testing.T) {
	for _, c := range []struct{ name, want string }{
		{"", "expected a symbol"},
		{"0", "expected 1 to 230"},
		{"231", "expected 1 to 230"},
		{"-5", "there is no space group"},
		{"Fd-3x", "did you mean Fd-3m, Fd-3c or Fd-3?"},
		{"P21/d", "P2_1/c"},
		{"Pnmaa", "did you mean Pnma"},
		{"quartz", "there is no space group"},
		{"Pnma:1", "Pnma is known without \":1\""},
		{"62:1", "space group 62 has no choice \"1\"; expected :"},
		{"225:1", "it has one setting"},
		{"227:3", "expected :1, :2"},
		{strings.Repeat("P", 5000), "expected one such as Fm-3m"},
	} {
		s, err := symmetry.Lookup(c.name)
		if err == nil {
			t.Errorf("%q: %s, want an error", c.name, s.Extended)
			continue
		}
		if !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "symmetry: ") || len(err.Error()) > 400 {
			t.Errorf("%q: %v, want %q", c.name, err, c.want)
		}
	}
}

func FuzzLookup(f *testing.F) {
	for _, s := range []string{"227:1", "F d -3 m:2", "P2(1)/c", "Fd\\bar{3}m", "-F 4vw 2vw 3", "P6₃/mmc", "R-3mH", "I 41/a -3 2/d", "Cmce", "No. 5", ":", "h", "-3", "e", "3\u0305"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		s, err := symmetry.Lookup(name)
		if (s == nil) == (err == nil) {
			t.Fatalf("%q: %v %v", name, s, err)
		}
		if err == nil {
			if again, err := symmetry.Lookup(s.Extended); err != nil || again != s {
				t.Fatalf("%q is %s, which is %v %v", name, s.Extended, again, err)
			}
		}
	})
}

func BenchmarkLookup(b *testing.B) {
	for _, name := range []string{"227", "Fd-3m", "P21/c", "-F 4vw 2vw 3", "Fd-3x"} {
		b.Run(strings.ReplaceAll(name, "/", "_"), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = symmetry.Lookup(name)
			}
		})
	}
}
