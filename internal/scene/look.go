package scene

import "zoneaxis/internal/wire"

// A Palette holds the colours of one pattern style, "#rrggbb".
type Palette struct {
	Class [wire.NumClasses]string
	Label string
	Angle string // of the measured angle
}

// Styles are the names of the pattern styles.
var Styles = []string{"film", "screen", "phosphor"}

var palettes = map[string]Palette{
	"screen": {
		Class: [wire.NumClasses]string{"#05070A", "#F4F7FA", "#56B4E9", "#E69F00", "#F09ACB", "#737E8A", "#FFE45C", "#35D6A6", "#A54BF0"},
		Label: "#AEB9C6", Angle: "#FFFFFF",
	},
	"film": {
		Class: [wire.NumClasses]string{"#FFFFFF", "#0A0C0F", "#0072B2", "#C07200", "#8E1E60", "#7D8793", "#8F2A00", "#00694F", "#9600F0"},
		Label: "#3A424D", Angle: "#12161C",
	},
	"phosphor": {
		Class: [wire.NumClasses]string{"#020A04", "#8CFF9E", "#4FBF8A", "#D6B13A", "#F09ACB", "#5F8A69", "#FFE27A", "#7FE7FF", "#A55AFF"},
		Label: "#6FCB80", Angle: "#EFFFF2",
	},
}

// PaletteOf returns the colours of a style; film if the name is none.
func PaletteOf(style string) Palette {
	if p, ok := palettes[style]; ok {
		return p
	}
	return palettes["film"]
}

// Negative returns the style that shows a pattern the other way round: dark
// spots on a light ground for bright spots on a dark one, and back.
func Negative(style string) string {
	if style == "film" {
		return "screen"
	}
	return "film"
}

// look is what a stand-alone file needs beside the classes.
type look struct {
	Palette
	halo     string // colour behind letters; "" for none
	outlines bool   // letters as strokes
}

const fontFamily = `Inter, 'Helvetica Neue', Arial, sans-serif`

// attributes returns the presentation attributes for an element with these
// classes.
func (l *look) attributes(names string) string {
	c := l.Class
	switch names {
	case "mac":
		return ` fill-opacity=".004" stroke="none"`
	case "kik":
		return ` fill="none" stroke="` + c[wire.Kikuchi] + `"`
	case "rings":
		return ` fill="none" stroke="` + c[wire.Spot] + `"`
	case "spots":
		return ` fill="` + c[wire.Spot] + `"`
	case "second":
		return ` fill="` + c[wire.SecondPhase] + `"`
	case "holz":
		return ` fill="` + c[wire.HOLZ] + `"`
	case "ddr":
		return ` fill="none" stroke="` + c[wire.Double] + `" stroke-width="1.5" stroke-dasharray="3 2.2"`
	case "ddc":
		return ` fill="none" stroke="` + c[wire.Double] + `" stroke-width="3" stroke-linecap="round"`
	case "forb":
		return ` fill="none" stroke="` + c[wire.Forbidden] + `" stroke-width="1.4"`
	case "via":
		return ` fill="none" stroke="` + c[wire.Double] + `" stroke-width="2"`
	case "meas":
		return ` fill="none" stroke-width="2"`
	case "m1", "ring m1":
		return ` stroke="` + c[wire.MeasureA] + `"`
	case "m2":
		return ` stroke="` + c[wire.MeasureB] + `" stroke-dasharray="7 4"`
	case "ring m2":
		return ` stroke="` + c[wire.MeasureB] + `" stroke-dasharray="4 3"`
	case "ma":
		return ` stroke="` + l.Angle + `" stroke-width="1.5"`
	case "mt mt1":
		return l.letter(c[wire.MeasureA], "700")
	case "mt mt2":
		return l.letter(c[wire.MeasureB], "700")
	case "mt mang":
		return l.letter(l.Angle, "600")
	case "labels":
		return ` font-family="` + fontFamily + `" font-size="13" font-weight="500" text-anchor="middle"`
	case "lab":
		return l.ink(l.Label)
	case "lab lab-dd":
		return l.ink(c[wire.Double])
	case "lab lab-holz":
		return l.ink(c[wire.HOLZ])
	case "lab lab-forb":
		return l.ink(c[wire.Forbidden])
	case "lab lab-second":
		return l.ink(c[wire.SecondPhase])
	}
	return ""
}

// ink returns the attributes of letters in one colour. Stroked letters need
// the colour as stroke as well.
func (l *look) ink(colour string) string {
	if l.outlines {
		return ` fill="` + colour + `" color="` + colour + `"`
	}
	return ` fill="` + colour + `"`
}

// letter returns the attributes of the letters of a measurement.
func (l *look) letter(colour string, weight string) string {
	return l.ink(colour) + ` stroke="none" font-family="` + fontFamily + `" font-size="15" font-weight="` + weight + `" text-anchor="middle"`
}
