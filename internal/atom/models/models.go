// Package models holds the tables of the scattering factor models beside
// atom.Lobato. They are for comparing: the simulator always uses the default, so
// the engine does without them. Import this package for its effect:
//
//	import _ "zoneaxis/internal/atom/models"
package models

import (
	_ "embed"

	"zoneaxis/internal/atom"
)

var (
	//go:embed kirkland2010.txt
	kirkland string
	//go:embed peng1996.txt
	peng string
	//go:embed peng1996wide.txt
	pengWide string
)

func init() {
	atom.Kirkland.Load(kirkland)
	atom.Peng.Load(peng)
	atom.PengWide.Load(pengWide)
}
