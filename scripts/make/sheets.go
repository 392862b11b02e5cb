package main

import "fmt"

// sheets are the style sheets of the pages around the simulator, each with the
// files of assets/css that it is joined from, in order: a page waits for one
// answer before its first paint, not for seven. The simulator's page holds
// those for its first paint itself.
var sheets = map[string][]string{
	"css/pages/blog.css":    {"fonts", "tokens", "base", "site", "article", "figure", "pattern"},
	"css/pages/library.css": {"fonts", "tokens", "base", "site", "library"},
	"css/pages/embed.css":   {"fonts", "tokens", "base", "pattern", "figure", "embed"},
	"css/pages/notice.css":  {"fonts", "tokens", "base", "notice"},
}

// onlyJoined are the parts that no page links by themselves.
var onlyJoined = []string{"css/fonts.css", "css/site.css", "css/article.css", "css/figure.css", "css/library.css", "css/embed.css", "css/notice.css"}

// join adds the sheets to styles and takes out the parts that are only there
// for them.
func join(styles map[string][]byte) error {
	for name, parts := range sheets {
		var all []byte
		for _, part := range parts {
			data, ok := styles["css/"+part+".css"]
			if !ok {
				return fmt.Errorf("%s: there is no assets/css/%s.css", name, part)
			}
			all = append(all, data...)
		}
		styles[name] = all
	}
	for _, name := range onlyJoined {
		if _, ok := styles[name]; !ok {
			return fmt.Errorf("there is no assets/%s", name)
		}
		delete(styles, name)
	}
	return nil
}
