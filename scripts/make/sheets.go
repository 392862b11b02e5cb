package main

import (
	"fmt"
	"strings"
)

// Styles lie in folders as the scripts do (scripts.go): assets/css/simulator,
// site and shared. No page links one of site by itself: sheets are the style
// sheets of the pages around the simulator, each with the files of assets/css
// that it is joined from, in order: a page waits for one answer before its first
// paint, not for seven. The simulator's page holds those for its first paint
// itself.
var sheets = map[string][]string{
	"css/pages/blog.css":    {"site/fonts", "shared/tokens", "shared/base", "site/site", "site/article", "site/figure", "shared/pattern"},
	"css/pages/library.css": {"site/fonts", "shared/tokens", "shared/base", "site/site", "site/library"},
	"css/pages/embed.css":   {"site/fonts", "shared/tokens", "shared/base", "shared/pattern", "site/figure", "site/embed"},
	"css/pages/notice.css":  {"site/fonts", "shared/tokens", "shared/base", "site/notice"},
}

// join adds the sheets to styles and takes out the parts that are only there
// for them, those of the folder site.
func join(styles map[string][]byte) error {
	used := map[string]bool{}
	for name, parts := range sheets {
		var all []byte
		for _, part := range parts {
			data, ok := styles["css/"+part+".css"]
			if !ok {
				return fmt.Errorf("%s: there is no assets/css/%s.css", name, part)
			}
			all = append(all, data...)
			used["css/"+part+".css"] = true
		}
		styles[name] = all
	}
	for name := range styles {
		if !strings.HasPrefix(name, "css/site/") {
			continue
		}
		if !used[name] {
			return fmt.Errorf("no page has the styles of assets/%s: name it in sheets", name)
		}
		delete(styles, name)
	}
	return nil
}
