package main

import (
	"io"
	"strings"

	"zoneaxis/internal/scene"
)

// stereoStyle gives a stereogram in a file of its own the colours that the page
// has in its style sheet.
const stereoStyle = `<style>` +
	`.stereo{background:#fff;font-family:Inter,'Helvetica Neue',Arial,sans-serif}` +
	`.pr,.band,.way{fill:none;stroke:#0A0C0F;stroke-width:.8}` +
	`.band{stroke:#0072B2;stroke-width:.5;opacity:.45}.b1{stroke-width:.7;opacity:.7}.b0{stroke-width:.9;opacity:1}` +
	`.pole{fill:none;stroke:#0A0C0F;stroke-linecap:round;stroke-width:6.8}.n1{stroke-width:4.8}.n2{stroke-width:2.8}` +
	`.pole2{fill:none;stroke:#9600F0;stroke-linecap:round;stroke-width:3.2}` +
	`.plab{font-size:10.5px;fill:#3A424D;text-anchor:middle;paint-order:stroke;stroke:#fff;stroke-width:2}` +
	`circle.beam{fill:none;stroke:#8F2A00}path.beam{stroke:#8F2A00}` +
	`</style>`

// writeStereogramSVG writes a stereogram as a file that needs nothing else.
func writeStereogramSVG(w io.Writer, g *scene.Stereogram) error {
	svg := string(g.AppendSVG(nil))
	svg = strings.Replace(svg, `<svg `, `<svg width="804" height="804" `, 1)
	svg = strings.Replace(svg, `</desc>`, `</desc>`+stereoStyle, 1)
	_, err := io.WriteString(w, svg)
	return err
}
