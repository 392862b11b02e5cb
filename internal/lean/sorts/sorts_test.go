package sorts_test

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"zoneaxis/internal/lean/sorts"
)

type item struct{ key, name int }

func byKey(a, b item) int { return cmp.Compare(a.key, b.key) }

// Whatever package slices makes of a slice, ties included, comes out here.
func TestSort(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	for n := range 600 {
		for _, keys := range []int{1, 3, 30, 1000} {
			items := make([]item, n)
			for i := range items {
				items[i] = item{random.IntN(keys), i}
			}
			switch random.IntN(4) { // the algorithm looks for these
			case 0:
				slices.SortFunc(items, byKey)
			case 1:
				slices.SortFunc(items, func(a, b item) int { return byKey(b, a) })
			}
			got, want := slices.Clone(items), slices.Clone(items)
			sorts.Func(got, byKey)
			if slices.SortFunc(want, byKey); !slices.Equal(got, want) {
				t.Fatalf("%d items, %d keys: Func\n%v, want\n%v", n, keys, got, want)
			}
			copy(got, items)
			copy(want, items)
			sorts.Stable(got, byKey)
			if slices.SortStableFunc(want, byKey); !slices.Equal(got, want) {
				t.Fatalf("%d items, %d keys: Stable\n%v, want\n%v", n, keys, got, want)
			}
		}
	}
	values := []float64{3, math.Inf(1), math.NaN(), -1, math.Copysign(0, -1), 0, math.Inf(-1), 2}
	want := slices.Clone(values)
	sorts.Values(values)
	slices.Sort(want)
	for i := range want {
		if math.Float64bits(values[i]) != math.Float64bits(want[i]) {
			t.Fatalf("Values: %v, want %v", values, want)
		}
	}
}

func BenchmarkSort(b *testing.B) {
	random := rand.New(rand.NewPCG(9, 10))
	items := make([]item, 300) // labels in a picture
	for i := range items {
		items[i].key = random.Int()
	}
	work := make([]item, len(items))
	for _, m := range []struct {
		name string
		sort func([]item, func(a, b item) int)
	}{{"sorts", sorts.Func[[]item]}, {"slices", slices.SortFunc[[]item]}} {
		b.Run(m.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				copy(work, items)
				m.sort(work, byKey)
			}
		})
	}
}
