package say

import (
	"errors"
	"fmt"
	"math"
	"testing"
)

type named int8

func (n named) String() string { return "named " + fmt.Sprint(int8(n)) }

func TestSprintfIsThatOfFmt(t *testing.T) {
	for _, c := range []struct {
		format string
		args   []any
	}{
		{"", nil},
		{"nothing", nil},
		{"100 %% of %s", []any{"it"}},
		{"%s, %v, %q", []any{"a", "b", "c\"\n·"}},
		{"%s %v %q", []any{errors.New("e"), errors.New("f"), errors.New("g")}},
		{"%s %v %q", []any{named(3), named(-4), named(5)}},
		{"%s", []any{[]byte("bytes")}},
		{"%d %v", []any{7, -8}},
		{"%d %d %d %d %d %d %d %d %d %d", []any{int8(-1), int16(-2), int32(-3), int64(math.MinInt64), uint8(255),
			uint16(65535), uint32(7), uint64(math.MaxUint64), uint(math.MaxUint), named(3)}[:9]},
		{"%02d %2d %4d %04d %04d %1d|", []any{5, 5, -12, -12, 12345, 123}},
		{"%g %g %g %g %g", []any{1.0, -0.1, 1e21, 1e-7, 123456789.0}},
		{"%g %g %g", []any{math.NaN(), math.Inf(1), math.Inf(-1)}},
		{"%.3g %.6g %.4g %.2g %.0f %.1f %.2f %.3f %f", []any{0.123456, 1234567.0, 0.5, 1e-10, 2.5, 0.25, -1.005, 1e9, 3.14}},
		{"%v %v", []any{2.5, float32(0.1)}},
		{"%v %v", []any{true, false}},
	} {
		if got, want := Sprintf(c.format, c.args...), fmt.Sprintf(c.format, c.args...); got != want {
			t.Errorf("%q: %q, fmt writes %q", c.format, got, want)
		}
	}
}

func TestSprintfShowsMistakes(t *testing.T) {
	for _, c := range []struct {
		format string
		args   []any
		want   string
	}{
		{"%d", nil, "%!d(MISSING)"},
		{"%d", []any{"text"}, "%!d(?)"},
		{"%s", []any{4}, "%!s(?)"},
		{"%g", []any{4}, "%!g(?)"},
		{"%v", []any{struct{}{}}, "%!v(?)"},
		{"%v", []any{nil}, "%!v(?)"},
		{"%x", []any{4}, "%!x(?)"},
		{"none", []any{4}, "none%!(EXTRA)"},
	} {
		if got := Sprintf(c.format, c.args...); got != c.want {
			t.Errorf("%q of %v: %q, expected %q", c.format, c.args, got, c.want)
		}
	}
}

type kind struct{ n int }

func (k *kind) Error() string { return fmt.Sprint("kind ", k.n) }

func TestErrorfWraps(t *testing.T) {
	base := errors.New("base")
	err := Errorf("outer %d: %w", 3, Errorf("inner: %w", base))
	if err.Error() != "outer 3: inner: base" || !errors.Is(err, base) {
		t.Errorf("%v, is base: %v", err, errors.Is(err, base))
	}
	var k *kind
	if err := Errorf("%w", &kind{4}); !errors.As(err, &k) || k.n != 4 {
		t.Errorf("%v is no kind", err)
	}
	if err := Errorf("%v", base); errors.Is(err, base) || err.Error() != "base" {
		t.Errorf("%%v wraps or says %q", err)
	}
}

func BenchmarkSprintf(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Sprintf("cell lengths %g, %.4g of %s, %d", 5.431, 3.84, "silicon", 8)
	}
}
