package scene

import (
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"zoneaxis/internal/wire"
)

// Seeing with and without each kind of cones, severity 1.0, linear RGB:
// G. M. Machado, M. M. Oliveira, L. A. F. Fernandes, IEEE Trans. Vis. Comput.
// Graph. 15 (2009) 1291.
var visions = map[string][3][3]float64{
	"normal": {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
	"protan": {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
	"deutan": {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
	"tritan": {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}},
}

func linear(t *testing.T, hex string) (c [3]float64) {
	t.Helper()
	n, err := strconv.ParseUint(hex[1:], 16, 32)
	if err != nil || len(hex) != 7 {
		t.Fatalf("colour %q", hex)
	}
	for i := range 3 {
		v := float64(n>>(16-8*i)&255) / 255
		if v <= 0.04045 {
			c[i] = v / 12.92
		} else {
			c[i] = math.Pow((v+0.055)/1.055, 2.4)
		}
	}
	return c
}

func luminance(c [3]float64) float64 { return 0.2126*c[0] + 0.7152*c[1] + 0.0722*c[2] }

func contrast(a, b [3]float64) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// lab returns CIE 1976 L*a*b* of linear sRGB, white D65.
func lab(c [3]float64) [3]float64 {
	f := func(v float64) float64 {
		if v > 216.0/24389 {
			return math.Cbrt(v)
		}
		return (24389.0/27*v + 16) / 116
	}
	x := f((0.4124564*c[0] + 0.3575761*c[1] + 0.1804375*c[2]) / 0.95047)
	y := f(0.2126729*c[0] + 0.7151522*c[1] + 0.0721750*c[2])
	z := f((0.0193339*c[0] + 0.1191920*c[1] + 0.9503041*c[2]) / 1.08883)
	return [3]float64{116*y - 16, 500 * (x - y), 200 * (y - z)}
}

// The marks of a pattern must stand out from the ground, and any two kinds of
// overlays must differ for people with any kind of colour vision.
func TestPalettes(t *testing.T) {
	const minContrast, minDistance = 3.5, 10
	overlays := []wire.Class{wire.Kikuchi, wire.HOLZ, wire.Double, wire.Forbidden, wire.MeasureA, wire.MeasureB, wire.SecondPhase}
	for _, style := range Styles {
		p := PaletteOf(style)
		ground := linear(t, p.Class[wire.Background])
		for c := wire.Spot; c < wire.NumClasses; c++ {
			if got := contrast(linear(t, p.Class[c]), ground); got < minContrast {
				t.Errorf("%s: class %d has a contrast of %.2f", style, c, got)
			}
		}
		if got := contrast(linear(t, p.Label), ground); got < 4.5 {
			t.Errorf("%s: labels have a contrast of %.2f", style, got)
		}
		for vision, m := range visions {
			seen := func(hex string) [3]float64 {
				c := linear(t, hex)
				var out [3]float64
				for i := range 3 {
					out[i] = min(max(m[i][0]*c[0]+m[i][1]*c[1]+m[i][2]*c[2], 0), 1)
				}
				return lab(out)
			}
			for i, a := range overlays {
				for _, b := range overlays[:i] {
					x, y := seen(p.Class[a]), seen(p.Class[b])
					if d := math.Sqrt((x[0]-y[0])*(x[0]-y[0]) + (x[1]-y[1])*(x[1]-y[1]) + (x[2]-y[2])*(x[2]-y[2])); d < minDistance {
						t.Errorf("%s, %s: classes %d and %d are only %.1f apart", style, vision, a, b, d)
					}
				}
			}
		}
	}
}

// classTokens are the names of the colours in the style sheet, by class.
var classTokens = map[wire.Class]string{
	wire.Background: "bg", wire.Spot: "spot", wire.Kikuchi: "kikuchi", wire.HOLZ: "holz", wire.Double: "double",
	wire.Forbidden: "forbidden", wire.MeasureA: "a", wire.MeasureB: "b", wire.SecondPhase: "second",
}

// One list of colours stands in four places: in the style sheet by name, in this
// package and in the bytes of a frame by number, and in the script that hands
// the style sheet's to the viewer in the order of the numbers. A class must be
// of the same colour in all of them.
func TestColoursEverywhere(t *testing.T) {
	read := func(name ...string) string {
		text, err := os.ReadFile(filepath.Join(append([]string{"..", "..", "assets"}, name...)...))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	sheet := read("css", "shared", "tokens.css") + read("css", "shared", "lab.css")
	token := regexp.MustCompile(`--p-([a-z]+): (#[0-9A-F]{6});`)
	for _, style := range Styles {
		_, block, ok := strings.Cut(sheet, `[data-pattern="`+style+`"]:not([data-negative])`)
		block, _, _ = strings.Cut(block, "}")
		colours := map[string]string{}
		for _, m := range token.FindAllStringSubmatch(block, -1) {
			colours[m[1]] = m[2]
		}
		if !ok || len(colours) != len(classTokens)+2 {
			t.Fatalf("%s: the style sheet has %d colours, want %d", style, len(colours), len(classTokens)+2)
		}
		p := PaletteOf(style)
		for c := range wire.NumClasses {
			if name := classTokens[c]; p.Class[c] != colours[name] {
				t.Errorf("%s: class %d is %s, --p-%s is %s", style, c, p.Class[c], name, colours[name])
			}
		}
		if p.Label != colours["label"] || p.Angle != colours["angle"] {
			t.Errorf("%s: letters %s and the angle %s, want %s and %s", style, p.Label, p.Angle, colours["label"], colours["angle"])
		}
	}
	m := regexp.MustCompile(`(?s)export function palette\(\).*?\[(.*?)\]\.map`).FindStringSubmatch(read("js", "simulator", "pattern.js"))
	if m == nil {
		t.Fatal("the script has no list of colours")
	}
	var want []string
	for c := range wire.NumClasses {
		want = append(want, `"`+classTokens[c]+`"`)
	}
	if got := strings.Join(strings.Fields(m[1]), " "); got != strings.Join(want, ", ") {
		t.Errorf("the script sends %s, want %s", got, strings.Join(want, ", "))
	}
}
