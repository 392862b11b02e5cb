package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"zoneaxis/internal/link"
	"zoneaxis/internal/protocol"
	"zoneaxis/internal/source"
)

// What stands in the place of a picture that the browser draws, and of one in a
// frame, which asks for itself again.
const (
	pictureComes = "Many patterns are being drawn just now. The picture comes with the simulator; without scripts, reload this page in a moment."
	frameComes   = "Many patterns are being drawn just now. This one comes in a moment."
)

// withoutPicture makes the page of a state without drawing it: with what the
// link itself says. It costs a hundredth of a page with its picture, so nobody
// waits for it.
func (s *server) withoutPicture(r *http.Request, name string, page simPage, what asked) (*content, error) {
	page.Waiting = true
	page.Problems = what.problems
	page.View = viewOf(what.of)
	if name != simTemplate {
		page.View.Empty = frameComes
	}
	if e, ok := source.Lookup(what.of.Crystal); ok && s.has("/library/"+e.ID+"/") {
		page.Library = "/library/" + e.ID + "/"
	}
	e := identity
	if accepted(header(r, "Accept-Encoding"), true, false) == gzipped {
		e = gzipped // brotli takes longer than the rest together
	}
	return s.served().fill(name, page, e)
}

// has reports whether the build has a page.
func (s *server) has(path string) bool {
	_, _, err := s.site().page(path)
	return err == nil
}

// viewOf words a link without knowing its crystal.
func viewOf(l link.Link) *protocol.View {
	number := func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
	says := func(text string) protocol.Text { return protocol.Text{{T: text}} }
	zone := l.ZoneText
	if zone == "" {
		zone = "[" + l.Zone.Text(false) + "]"
	}
	kv, t := number(l.KV), number(l.Thickness)
	beam := kv + "\u2009kV · " + t + "\u2009nm"
	v := &protocol.View{
		Input: zone, Hint: "Zone axis: 110, [1−10], 1,−1,0 or 2 −1 −1 0", Phone: says(beam),
		Values: l.Values(), Empty: pictureComes, Links: map[string]string{}, Keys: map[string]string{},
	}
	v.Crystal.ID, v.Crystal.Name = l.Crystal, l.Crystal
	if l.Crystal == "cif" {
		v.Crystal.Name = "A crystal of your own"
	}
	if e, ok := source.Lookup(l.Crystal); ok {
		v.Crystal.Name, v.Crystal.Formula, v.Crystal.Source, v.Crystal.Reference = e.Name, says(e.Formula), "Library", e.Reference
	}
	v.Frame.Zone, v.Frame.CL, v.Frame.On, v.Frame.NearText = says(zone), number(l.CL), true, says("On "+zone)
	v.Frame.Hud = []protocol.Text{says(beam)}
	v.Frame.Of = "of the strongest spot"
	v.Frame.Rotation = number(l.Rotation) + "°"
	if l.TiltX != 0 || l.TiltY != 0 {
		v.Frame.NearText = says("Tilted from " + zone)
	}
	v.Title = v.Crystal.Name + " " + zone + ", " + kv + " kV"
	v.Heading, v.Summary, v.Description = v.Title, "Electron diffraction pattern of "+v.Title+".", pictureComes
	v.Measure.Empty = "Pick two spots to get d, angle and ratio."
	link := l.String()
	for _, to := range []string{"up", "down", "left", "right", "centre", "cw", "ccw", "in", "out"} {
		v.Links[to] = link
	}
	_, query, _ := strings.Cut(link, "?")
	if values, err := url.ParseQuery(query); err == nil {
		for key := range values {
			v.Keys[key] = values.Get(key)
		}
	}
	return v
}
