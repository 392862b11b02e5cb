package symmetry_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"zoneaxis/internal/symmetry"
)

func TestIdentifySettings(t *testing.T) {
	for _, s := range symmetry.Settings() {
		got, change, err := symmetry.Identify(s.Group().Ops())
		if err != nil {
			t.Errorf("%s: %v", s.Extended, err)
			continue
		}
		// A few rows of the table have the same operations.
		if got != s && !(got.Number == s.Number && got.Group().Equal(s.Group())) {
			t.Errorf("%s: found %s", s.Extended, got.Extended)
		}
		if change != symmetry.NoChange() {
			t.Errorf("%s: the change is %+v", s.Extended, change)
		}
		g, err := s.Group().Transform(s.ToReference())
		if err != nil || !g.Equal(symmetry.ReferenceSetting(s.Number).Group()) {
			t.Errorf("%s: ToReference %+v does not lead there (%v)", s.Extended, s.ToReference(), err)
		}
	}
}

// unimodular returns a random change of basis of determinant 1, the skewer the
// more steps it takes.
func unimodular(rng *rand.Rand, steps int) (p [3][3]int) {
	p = [3][3]int{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}
	for range steps {
		i, j := rng.IntN(3), rng.IntN(3)
		if i == j {
			continue
		}
		n := 1 - 2*rng.IntN(2)
		for r := range 3 {
			p[r][i] += n * p[r][j]
		}
	}
	return p
}

// disguised returns the group of a setting in a random basis with a random
// origin.
func disguised(t *testing.T, s *symmetry.Setting, steps int, rng *rand.Rand) *symmetry.Group {
	t.Helper()
	c := symmetry.Change{Num: unimodular(rng, steps), Div: 1}
	for i := range 3 {
		c.Shift[i] = float64(rng.IntN(symmetry.Den)) / symmetry.Den
	}
	g, err := s.Group().Transform(c)
	if err != nil {
		t.Fatalf("%s %+v: %v", s.Extended, c, err)
	}
	return g
}

func TestIdentifyDisguised(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 2))
	for _, s := range symmetry.Settings() {
		for steps := range 9 {
			g := disguised(t, s, steps, rng)
			got, change, err := g.Identify()
			if err != nil {
				t.Errorf("%s: %v", s.Extended, err)
				continue
			}
			if got.Number != s.Number {
				t.Errorf("%s: found %d %s", s.Extended, got.Number, got.Extended)
				continue
			}
			back, err := g.Transform(change)
			if err != nil || !back.Equal(got.Group()) {
				t.Errorf("%s: the change %+v does not lead to %s (%v)", s.Extended, change, got.Extended, err)
			}
			if change != symmetry.NoChange() && !got.Reference {
				t.Errorf("%s: found %s, want a reference setting", s.Extended, got.Extended)
			}
		}
	}
}

// TestIdentifyOtherCells takes cells of other sizes: primitive ones, doubled
// ones, and the rhombohedral cell.
func TestIdentifyOtherCells(t *testing.T) {
	for _, c := range []struct {
		group, change string // coordinates in the other cell
		number        int
	}{
		{"Fd-3m", "-x+y+z,x-y+z,x+y-z", 227},
		{"Im-3m", "y+z,x+z,x+y", 229},
		{"Fm-3m", "x/2,y/2,z/2", 225},
		{"P63/mmc", "x,y,z/3+1/4", 194},
		{"Pnma", "x/2,y,z", 62},
		{"C2/m", "x+y,-x+y,z+1/8", 12},
		{"R-3m", "x+z,-x+y+z,-y+z", 166},
		{"R3c", "x,y,z/4", 161},
		{"P1", "x/2,y/3,z", 1},
		{"I41/amd:1", "x/2,x/2+y/2,x-z", 141},
	} {
		s, err := symmetry.Lookup(c.group)
		if err != nil {
			t.Fatal(err)
		}
		change, err := symmetry.ParseChange(c.change)
		if err != nil {
			t.Fatal(err)
		}
		g, err := s.Group().Transform(change)
		if err != nil {
			t.Errorf("%s to %s: %v", c.group, c.change, err)
			continue
		}
		got, found, err := g.Identify()
		if err != nil || got.Number != c.number {
			t.Errorf("%s in %s: %v %v, want %d", c.group, c.change, got, err, c.number)
			continue
		}
		if back, err := g.Transform(found); err != nil || !back.Equal(got.Group()) {
			t.Errorf("%s in %s: %+v does not lead to %s (%v)", c.group, c.change, found, got.Extended, err)
		}
	}
}

// TestEnantiomorphs mirrors every reference setting: the eleven pairs exchange
// their numbers, the others keep them.
func TestEnantiomorphs(t *testing.T) {
	pairs := map[int]int{76: 78, 91: 95, 92: 96, 144: 145, 151: 153, 152: 154, 169: 170, 171: 172, 178: 179, 180: 181, 212: 213}
	for a, b := range pairs {
		pairs[b] = a
	}
	for n := 1; n <= 230; n++ {
		want := n
		if p, ok := pairs[n]; ok {
			want = p
		}
		g, err := symmetry.ReferenceSetting(n).Group().Transform(symmetry.Change{Num: [3][3]int{{-1, 0, 0}, {0, -1, 0}, {0, 0, -1}}, Div: 1})
		if err != nil {
			t.Fatal(err)
		}
		s, _, err := g.Identify()
		if err != nil || s.Number != want {
			t.Errorf("%d mirrored: %v %v, want %d", n, s, err, want)
		}
	}
}

// TestNearestOrigin checks that a change moves the origin no farther than need
// be.
func TestNearestOrigin(t *testing.T) {
	for _, c := range []struct {
		group string
		want  [3]float64
	}{
		{"Fd-3m:1", [3]float64{0.125, 0.125, 0.125}},
		{"Pmmn:1", [3]float64{0.25, 0.25, 0}},
		{"I41/amd:1", [3]float64{0, 0.25, -0.125}},
	} {
		s, err := symmetry.Lookup(c.group)
		if err != nil {
			t.Fatal(err)
		}
		got := s.ToReference()
		var a, b float64
		for i := range 3 {
			a += got.Shift[i] * got.Shift[i]
			b += c.want[i] * c.want[i]
		}
		if math.Abs(a-b) > 1e-12 {
			t.Errorf("%s: %+v, want a shift as long as %v", c.group, got, c.want)
		}
	}
}

func TestIdentifyRejects(t *testing.T) {
	fine := symmetry.Identity()
	fine.T = [3]int8{5, 0, 0} // steps of 1/24 along a: a lattice of its own
	if s, _, err := symmetry.Identify([]symmetry.Op{fine}); err != nil || s.Number != 1 {
		t.Errorf("P1 in a 24-fold cell: %v %v", s, err)
	}
	if _, _, err := symmetry.Identify([]symmetry.Op{{}}); err == nil {
		t.Error("a zero matrix has a space group")
	}
	// Completed to a group it has shears without end.
	if s, _, err := symmetry.Identify([]symmetry.Op{{R: [3][3]int8{{1, 1, 0}, {0, 1, 0}, {0, 0, 1}}}}); err == nil {
		t.Errorf("a shear: found %s", s.Extended)
	}
}

func TestChanges(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	const tol = 1e-12 // a few products of numbers near 1
	for range 50 {
		c := symmetry.Change{Num: unimodular(rng, 4), Div: 2, Shift: [3]float64{rng.Float64(), rng.Float64(), rng.Float64()}}
		d := symmetry.Change{Num: unimodular(rng, 4), Div: 3, Shift: [3]float64{rng.Float64(), rng.Float64(), rng.Float64()}}
		x := [3]float64{rng.Float64(), rng.Float64(), rng.Float64()}
		there := c.Inverse().Point(c.Point(x))
		both, steps := c.Then(d).Point(x), d.Point(c.Point(x))
		for i := range 3 {
			if math.Abs(there[i]-x[i]) > tol*100 || math.Abs(both[i]-steps[i]) > tol*100 {
				t.Fatalf("%+v %+v: %v there and back %v; %v, %v in two steps", c, d, x, there, both, steps)
			}
		}
	}
	c, err := symmetry.ParseChange("x-y,x+y,z+1/4")
	if err != nil {
		t.Fatal(err)
	}
	if p := c.P(); p != [3][3]float64{{0.5, 0.5, 0}, {-0.5, 0.5, 0}, {0, 0, 1}} || c.Shift != [3]float64{0, 0, 0.25} {
		t.Errorf("x-y,x+y,z+1/4 is %+v", c)
	}
	for _, bad := range []string{"", "x,y", "x,y,y", "x,y,z,x", "0.5x,y,z", "x/0,y,z", "x/7+y/5,y,z", "101x,y,z"} {
		if c, err := symmetry.ParseChange(bad); err == nil {
			t.Errorf("%q is %+v, want an error", bad, c)
		}
	}
}

func BenchmarkIdentify(b *testing.B) {
	rng := rand.New(rand.NewPCG(7, 2))
	for _, name := range []string{"Fd-3m", "Ia-3d", "Pnma", "C2/m", "P63/mmc"} {
		s, err := symmetry.Lookup(name)
		if err != nil {
			b.Fatal(err)
		}
		c := symmetry.Change{Num: unimodular(rng, 4), Div: 1, Shift: [3]float64{0.125, 0.25, 0.5}}
		g, err := s.Group().Transform(c)
		if err != nil {
			b.Fatal(err)
		}
		ops := g.Ops()
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := symmetry.Identify(ops); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
