package chart

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"
	"testing"
)

// element is one of a drawing, with its attributes.
type element struct {
	name  string
	attrs map[string]string
}

func read(t *testing.T, svg string) []element {
	t.Helper()
	var list []element
	for d := xml.NewDecoder(strings.NewReader(svg)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return list
		}
		if err != nil {
			t.Fatalf("%v in %s", err, svg)
		}
		if start, ok := token.(xml.StartElement); ok {
			e := element{start.Name.Local, map[string]string{}}
			for _, a := range start.Attr {
				e.attrs[a.Name.Local] = a.Value
			}
			list = append(list, e)
		}
	}
}

func number(t *testing.T, text string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestBars: bars are as high as their numbers, and nothing leaves the drawing.
func TestBars(t *testing.T) {
	b := Bars{ID: "c", Title: `Visits "now"`, Desc: "<script>", Labels: []string{"a&b", "b", "c", "d"}, First: []int64{10, 40, 0, 20}, Second: []int64{5, 40, 0, 0}, Width: 400}
	svg := string(b.SVG())
	heights := map[string][]float64{}
	for _, e := range read(t, svg) {
		if e.name != "rect" {
			continue
		}
		x, y, w, h := number(t, e.attrs["x"]), number(t, e.attrs["y"]), number(t, e.attrs["width"]), number(t, e.attrs["height"])
		if x < 0 || y < 0 || x+w > b.Width || y+h > height-bottom+.1 {
			t.Errorf("outside: %v", e.attrs)
		}
		heights[e.attrs["class"]] = append(heights[e.attrs["class"]], h)
	}
	first, second := heights["bar-1"], heights["bar-2"]
	if len(first) != 3 || len(second) != 2 || math.Abs(first[1]-4*first[0]) > .3 || math.Abs(first[2]-2*first[0]) > .3 || math.Abs(second[1]-first[1]) > .1 {
		t.Errorf("heights %v", heights)
	}
	if strings.Contains(svg, "<script>") || !strings.Contains(svg, "a&amp;b") || !strings.Contains(svg, `aria-labelledby="c-t c-d"`) {
		t.Error(svg)
	}
	// Many labels do not lie over each other.
	b.Labels, b.First, b.Second = make([]string, 31), make([]int64, 31), nil
	for i := range b.Labels {
		b.Labels[i] = "label"
	}
	if n := strings.Count(string(b.SVG()), ">label<"); n < 5 || n > 10 {
		t.Errorf("%d labels on %v px", n, b.Width)
	}
	read(t, string(Bars{Width: 340}.SVG())) // nothing to draw
	read(t, string(Bars{Width: 340, Labels: []string{"x"}, First: []int64{math.MaxInt64 / 20}}.SVG()))
}

func TestStep(t *testing.T) {
	for most, want := range map[int64]int64{0: 1, 1: 1, 4: 1, 5: 2, 8: 2, 9: 5, 21: 10, 100: 50, 1_000_000: 500_000} {
		if got := Step(most); got != want {
			t.Errorf("up to %d: steps of %d, want %d", most, got, want)
		}
	}
	Step(math.MaxInt64)
}

func TestNumber(t *testing.T) {
	for v, want := range map[int64]string{0: "0", 1234: "1234", 12345: "12\u202f345", 1234567: "1\u202f234\u202f567", -98765: "−98\u202f765"} {
		if got := Number(v); got != want {
			t.Errorf("%d is written %q", v, got)
		}
	}
	if got := string(Share(1, 4)); !strings.Contains(got, `width="25"`) {
		t.Error(got)
	}
	if got := string(Share(1, 0)); !strings.Contains(got, `width="0"`) {
		t.Error(got)
	}
}
