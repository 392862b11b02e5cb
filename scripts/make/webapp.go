package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"path/filepath"

	"zoneaxis/internal/link"
	"zoneaxis/internal/protocol"
	"zoneaxis/internal/session"
	"zoneaxis/internal/wire"
)

// webApp makes what lets the simulator be installed: its icons, drawn by the
// engine, and the manifest that names them.
func (b *builder) webApp() error {
	type icon struct {
		Src     string `json:"src"`
		Sizes   string `json:"sizes"`
		Type    string `json:"type"`
		Purpose string `json:"purpose,omitempty"`
	}
	icons := []icon{{Src: b.files["img/icon.svg"].URL, Sizes: "any", Type: "image/svg+xml"}}
	for _, size := range []int{192, 512} {
		data, err := drawIcon(size)
		if err != nil {
			return err
		}
		name := fmt.Sprintf("img/icon-%d.png", size)
		if err := b.addHashed(name, data); err != nil {
			return err
		}
		for _, purpose := range []string{"any", "maskable"} {
			icons = append(icons, icon{b.files[name].URL, fmt.Sprintf("%dx%d", size, size), "image/png", purpose})
		}
	}
	// Chromium takes no chemical/x-cif: it ignores a handler with a kind it does not know.
	cif := map[string][]string{"application/x-cif": {".cif", ".mcif"}}
	data, err := json.Marshal(map[string]any{
		"id": "/sim", "name": "Zone axis simulator", "short_name": "Zone axis",
		"description": "Electron diffraction patterns that can be turned. Works offline.",
		"start_url":   link.Path, "scope": "/", "display": "standalone", "lang": "en",
		"background_color": "#05070A", "theme_color": "#12171E",
		"categories":    []string{"education", "productivity"},
		"icons":         icons,
		"file_handlers": []map[string]any{{"action": link.Path, "accept": cif}},
		"share_target": map[string]any{
			"action": link.Path, "method": "POST", "enctype": "multipart/form-data",
			"params": map[string]any{"files": []map[string]any{{"name": "file", "accept": []string{".cif", ".mcif", "text/plain", "application/octet-stream"}}}},
		},
	})
	if err != nil {
		return err
	}
	return b.page("manifest.webmanifest", data)
}

// drawIcon draws silicon along [110], bright on dark, as a PNG of the given
// size in pixels. The outer tenth is empty, so that a mask cuts nothing off.
func drawIcon(size int) ([]byte, error) {
	one, problems := session.Open("?z=1,1,0&kv=200&o=", nil)
	if len(problems) > 0 {
		return nil, fmt.Errorf("icon: %s", problems[0].Text)
	}
	var reply protocol.Reply
	one.Draw("canvas", 1, &reply)
	var frame wire.Frame
	if err := wire.Decode(&frame, reply.Marks); err != nil {
		return nil, fmt.Errorf("icon: %w", err)
	}
	const (
		reach  = 250.0 // view-box units from the middle to the edge
		margin = 0.8   // spots further out than this part of it are left away
		swell  = 1.9   // spots are larger than in a pattern, to be seen at 16 pixels
	)
	scale := float64(size) / (2 * reach)
	cover := make([]float64, size*size)
	for _, d := range frame.Discs {
		x, y, r := float64(d.X), float64(d.Y), float64(d.R)*swell
		if math.Max(math.Abs(x), math.Abs(y))+r > margin*reach || d.R < 4 {
			continue
		}
		cx, cy, cr := (x+reach)*scale, (y+reach)*scale, r*scale
		for py := max(int(cy-cr)-1, 0); py <= min(int(cy+cr)+1, size-1); py++ {
			for px := max(int(cx-cr)-1, 0); px <= min(int(cx+cr)+1, size-1); px++ {
				// The edge is one pixel wide.
				c := min(max(cr+0.5-math.Hypot(float64(px)+0.5-cx, float64(py)+0.5-cy), 0), 1)
				cover[py*size+px] = max(cover[py*size+px], c)
			}
		}
	}
	img := image.NewRGBA(image.Rect(0, 0, size, size))
	for i, c := range cover {
		mix := func(dark, bright float64) uint8 { return uint8(math.Round(dark + c*(bright-dark))) }
		img.SetRGBA(i%size, i/size, color.RGBA{mix(0x05, 0xF4), mix(0x07, 0xF7), mix(0x0A, 0xFA), 255})
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// publicList adds the list of files at an address of its own, for the service
// worker.
func (b *builder) publicList() error {
	data, err := json.Marshal(Manifest{Build: b.build, Files: b.files})
	if err != nil {
		return err
	}
	path := filepath.ToSlash(filepath.Join("static", b.build, "manifest.json"))
	return b.add("manifest.json", path, "/"+path, data)
}
