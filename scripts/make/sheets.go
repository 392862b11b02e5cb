package main

import (
	"fmt"
	"maps"
	"strings"
)

// Styles lie in folders as the scripts do (scripts.go). sheets are the style
// sheets of the pages, each with the files of assets/css that it is joined from,
// in order: a page waits for one answer before its first paint, not for seven.
// Those of tools stand alone, since they come one by one.
var sheets = map[string][]string{
	firstSheet:                 {"shared/tokens", "shared/base", "simulator/sim", "shared/pattern"}, // stands in the simulator's page
	"css/pages/simulator.css":  {"shared/lab", "shared/more", "simulator/panels"},                   // after its first paint
	"css/pages/unscripted.css": {"simulator/unscripted"},
	"css/pages/lab.css":        {"shared/lab"}, // before it, for those who chose it
	"css/pages/viewer.css":     {"simulator/viewer"},
	"css/pages/blog.css":       {"site/fonts", "shared/tokens", "shared/lab", "shared/base", "shared/more", "site/site", "site/article", "site/figure", "shared/pattern"},
	"css/pages/library.css":    {"site/fonts", "shared/tokens", "shared/lab", "shared/base", "shared/more", "site/site", "site/library"},
	"css/pages/embed.css":      {"site/fonts", "shared/tokens", "shared/lab", "shared/base", "shared/more", "shared/pattern", "site/figure", "site/embed"},
	"css/pages/views.css":      {"site/fonts", "shared/tokens", "shared/lab", "shared/base", "tools/views", "site/views"},
	"css/pages/notice.css":     {"site/fonts", "shared/tokens", "shared/lab", "shared/base", "shared/more", "site/notice"},
}

// firstSheet is the one for the first paint of the simulator. The server puts it
// into the page itself.
const firstSheet = "css/pages/first.css"

// join adds the sheets to styles and takes out the parts, which no page links by
// themselves.
func join(styles map[string][]byte) error {
	used := map[string]bool{}
	joined := map[string][]byte{}
	for name, parts := range sheets {
		for _, part := range parts {
			part = "css/" + part + ".css"
			data, ok := styles[part]
			if !ok {
				return fmt.Errorf("%s: there is no assets/%s", name, part)
			}
			joined[name] = append(joined[name], data...)
			used[part] = true
		}
	}
	for name := range styles {
		if !strings.HasPrefix(name, "css/") || strings.HasPrefix(name, toolStyles) {
			continue
		}
		if !used[name] {
			return fmt.Errorf("no page has the styles of assets/%s: name it in sheets", name)
		}
		delete(styles, name)
	}
	maps.Copy(styles, joined)
	return nil
}
