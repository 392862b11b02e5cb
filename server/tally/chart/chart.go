// Package chart draws the plots of the counter as SVG: bars over time, for a
// page without scripts. Colours and typefaces come from the page's style sheet,
// by class; numbers stand in a table beside the plot.
package chart

import (
	"fmt"
	"html"
	"html/template"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Bars is a plot of one or two numbers at each of a row of times. The second is
// drawn before the first, narrower: it is part of it.
type Bars struct {
	ID          string   // unique in the page
	Title, Desc string   // for those who hear the page
	Labels      []string // below the bars; left out where there is no room
	Names       [2]string
	First       []int64 // as many as labels, none below 0
	Second      []int64
	Width       float64 // px; the height is fixed
}

const (
	height       = 220.0
	top, bottom  = 12.0, 26.0 // above and below the bars
	characterPx  = 7.0        // width of a digit of a label
	betweenTicks = 4          // at most so many lines above the axis
)

// SVG draws the plot.
func (b Bars) SVG() template.HTML {
	most := int64(0)
	for _, v := range b.First {
		most = max(most, v)
	}
	for _, v := range b.Second {
		most = max(most, v)
	}
	step := Step(most)
	ceiling := max(1, (most+step-1)/step) * step
	left := 10 + characterPx*float64(len(Number(ceiling)))
	plot := b.Width - left - 4
	scale := (height - top - bottom) / float64(ceiling)

	var s strings.Builder
	fmt.Fprintf(&s, `<svg class="chart" viewBox="0 0 %s %s" role="img" aria-labelledby="%[3]s-t %[3]s-d"><title id="%[3]s-t">%[4]s</title><desc id="%[3]s-d">%[5]s</desc>`,
		px(b.Width), px(height), html.EscapeString(b.ID), html.EscapeString(b.Title), html.EscapeString(b.Desc))
	for v := int64(0); v <= ceiling; v += step {
		y := height - bottom - float64(v)*scale
		class := "grid"
		if v == 0 {
			class = "axis"
		}
		fmt.Fprintf(&s, `<path class="%s" d="M%s %sH%s"/><text class="tick" x="%s" y="%s" text-anchor="end">%s</text>`,
			class, px(left), px(y), px(b.Width-4), px(left-6), px(y+4), Number(v))
	}
	each := plot / float64(max(1, len(b.Labels)))
	longest := 0
	for _, label := range b.Labels {
		longest = max(longest, utf8.RuneCountInString(label))
	}
	skip := max(1, int(math.Ceil((float64(longest)*characterPx+10)/each)))
	for i, label := range b.Labels {
		middle := left + (float64(i)+.5)*each
		bar := func(class string, values []int64, share float64) {
			if i >= len(values) || values[i] <= 0 {
				return
			}
			w, h := min(each*share, 48*share), math.Round(float64(values[i])*scale*10)/10
			fmt.Fprintf(&s, `<rect class="%s" x="%s" y="%s" width="%s" height="%s"/>`, class, px(middle-w/2), px(height-bottom-h), px(w), px(h))
		}
		bar("bar-1", b.First, .8)
		bar("bar-2", b.Second, .5)
		if i%skip == 0 {
			fmt.Fprintf(&s, `<text class="tick" x="%s" y="%s" text-anchor="middle">%s</text>`, px(middle), px(height-8), html.EscapeString(label))
		}
	}
	s.WriteString("</svg>")
	return template.HTML(s.String())
}

// Share is a bar as long as a part of the whole, for a row of a table that has
// the number beside it.
func Share(part, whole int64) template.HTML {
	w := 0.0
	if whole > 0 {
		w = 100 * min(1, max(0, float64(part)/float64(whole)))
	}
	return template.HTML(`<svg class="share" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"><rect width="` + px(w) + `" height="6"/></svg>`)
}

// Step is the distance of the lines of a scale that reaches to a number: 1, 2 or
// 5 times a power of ten, and so that there are few of them.
func Step(most int64) int64 {
	for power := int64(1); ; power *= 10 {
		for _, n := range []int64{1, 2, 5} {
			if step := n * power; step >= math.MaxInt64/10 || most <= betweenTicks*step {
				return step
			}
		}
	}
}

// Number writes a whole number with thin spaces between groups of three digits.
func Number(v int64) string {
	digits := strconv.FormatInt(v, 10)
	sign := ""
	if v < 0 {
		sign, digits = "−", digits[1:]
	}
	var s strings.Builder
	for i, d := range digits {
		if i > 0 && len(digits) > 4 && (len(digits)-i)%3 == 0 {
			s.WriteRune('\u202f')
		}
		s.WriteRune(d)
	}
	return sign + s.String()
}

func px(v float64) string { return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64) }
