// Package sorts sorts slices. It does what SortFunc, SortStableFunc and Sort of
// package slices do, with the same results, ties included; but there the whole
// algorithm is compiled anew for every type of element, which made a tenth of
// the engine's code. Here only comparing and swapping are, and package sort,
// which is compiled once, calls them.
package sorts

import (
	"cmp"
	"sort"
)

// Func sorts a slice as slices.SortFunc does: in ascending order by compare,
// which returns a negative number if a comes first. Equal elements end up in any
// order, though always in the same one.
func Func[S ~[]E, E any](s S, compare func(a, b E) int) { sort.Sort(by(s, compare)) }

// Stable sorts a slice as slices.SortStableFunc does: equal elements
// keep their order.
func Stable[S ~[]E, E any](s S, compare func(a, b E) int) { sort.Stable(by(s, compare)) }

// Values sorts a slice in ascending order, as slices.Sort does.
func Values[S ~[]E, E cmp.Ordered](s S) { sort.Sort(by(s, cmp.Compare[E])) }

// sorter is a slice of any type as package sort sees it.
type sorter struct {
	n    int
	less func(i, j int) bool
	swap func(i, j int)
}

func (s *sorter) Len() int           { return s.n }
func (s *sorter) Less(i, j int) bool { return s.less(i, j) }
func (s *sorter) Swap(i, j int)      { s.swap(i, j) }

func by[E any](s []E, compare func(a, b E) int) *sorter {
	return &sorter{len(s), func(i, j int) bool { return compare(s[i], s[j]) < 0 }, func(i, j int) { s[i], s[j] = s[j], s[i] }}
}
