package web

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"slices"
	"strings"

	"zoneaxis/assets"
	"zoneaxis/internal/link"
	"zoneaxis/internal/protocol"
	pages "zoneaxis/internal/site"
)

// served is one build in use: its files and its page templates.
type served struct {
	*site
	tmpl     *template.Template
	critical template.CSS // styles that stand in the page itself
}

// templates are those that the server fills; others are filled at build.
var templates = []string{"base.tmpl", "error.tmpl", simTemplate, embedTemplate, viewsTemplate}

func newServed(set *assets.Set) (*served, error) {
	site, err := newSite(set)
	if err != nil {
		return nil, err
	}
	t := template.New("").Option("missingkey=error").Funcs(template.FuncMap{
		"url":     set.URL,
		"imports": func(script string) []string { return set.Manifest.Files[script].Imports },
		"text":    pages.Text,
		"has":     func(letters, letter string) bool { return strings.Contains(letters, letter) },
		"list":    func(items ...any) []any { return items },
		"setting": link.Of,
		"form":    formRows,
		"off":     without,
		"unseen":  unseen,
	})
	for _, name := range templates {
		f, ok := set.Manifest.Files["html/"+name]
		if !ok {
			return nil, fmt.Errorf("web: the build has no template %s", name)
		}
		data, err := fs.ReadFile(set.FS, f.Path)
		if err != nil {
			return nil, fmt.Errorf("web: %w", err)
		}
		if _, err := t.New(name).Parse(string(data)); err != nil {
			return nil, fmt.Errorf("web: %w", err)
		}
	}
	next := &served{site: site, tmpl: t}
	next.critical, err = readCritical(next)
	return next, err
}

// formRows are the settings of a panel of the form that have the same kind of
// field, each with the values of all: at is the panel and the values.
func formRows(at []any, kind string) []map[string]any {
	var rows []map[string]any
	for i := range link.Table {
		if r := &link.Table[i]; r.Panel == at[0] && fieldKind(r) == kind {
			rows = append(rows, map[string]any{"row": r, "values": at[1], "off": at[2]})
		}
	}
	return rows
}

// without reports whether an option, or with code "" a number, has no effect on
// the picture.
func without(off []protocol.Off, key, code string) bool {
	return slices.ContainsFunc(off, func(o protocol.Off) bool {
		return o.Key == key && (o.Codes == "" || strings.Contains(o.Codes, code))
	})
}

func fieldKind(r *link.Setting) string {
	switch {
	case r.Usual != nil:
		return "usual"
	case r.Unit != "":
		return "number"
	case r.Many:
		return "letters"
	}
	return "word"
}

// unseen reports whether the form has to carry a key of a link along, since none
// of its fields shows it. Powder rings are a model there.
func unseen(key string) bool {
	r := link.Of(key)
	return key != "v" && key != "w" && (r == nil || r.Panel == "")
}

// site returns the build in use. While developing, a newer one is taken into
// use first.
func (s *server) site() *site { return s.served().site }

func (s *server) served() *served {
	if s.cfg.Reload == nil {
		return s.current.Load()
	}
	set, err := s.cfg.Reload()
	if err == nil && set != nil {
		err = s.use(set)
	}
	if err != nil {
		s.log.Error("build not reloaded", "error", err.Error())
	}
	return s.current.Load()
}

// execute fills a template. Nothing is sent if it fails halfway.
func (s *served) execute(name string, data any) ([]byte, error) {
	var b bytes.Buffer
	if err := s.tmpl.ExecuteTemplate(&b, name, data); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
