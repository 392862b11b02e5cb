package web

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/google/renameio/v2"

	"zoneaxis/assets"
)

// HeadersFile is what Export writes beside the files for a web server before
// this one.
const HeadersFile = "headers.conf"

// Export writes the files of a build to a folder, for a web server that sends
// them without asking this program. Below plain/ each lies at the path of its
// address, index.html for a folder, with its .gz beside it; below br/ the same
// paths hold the bytes packed with brotli, so that a type goes by the name's
// end. HeadersFile has the headers that the program sends with them, as maps for
// nginx. origin is the public address, or empty. What is there of another build
// stays: pages that are open somewhere still ask for it. Each file is replaced
// whole, and pages come after what they load.
func Export(set *assets.Set, origin, dir string) error {
	s, err := newSite(set)
	if err != nil {
		return err
	}
	if err := writeFile(filepath.Join(dir, HeadersFile), []byte(s.nginxHeaders(origin))); err != nil {
		return err
	}
	for url, f := range s.files {
		if strings.HasPrefix(url, "/static/") {
			if err := exportFile(set.FS, f.path, url, dir); err != nil {
				return err
			}
		}
	}
	seen := map[string]bool{}
	err = fs.WalkDir(set.FS, "pages", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name = strings.TrimSuffix(strings.TrimSuffix(name, ".br"), ".gz")
		if _, ok := kinds[path.Ext(name)]; !ok || seen[name] || strings.Contains(name, "/.") {
			return nil
		}
		seen[name] = true
		return exportFile(set.FS, name, strings.TrimPrefix(name, "pages"), dir)
	})
	if err != nil {
		return fmt.Errorf("web: %w", err)
	}
	for url, f := range s.files {
		if !strings.HasPrefix(url, "/static/") {
			if err := exportFile(set.FS, f.path, url, dir); err != nil {
				return err
			}
		}
	}
	return nil
}

// exportFile writes one file in what encodings there are, and plain.
func exportFile(fsys fs.FS, name, url, dir string) error {
	br, brErr := fs.ReadFile(fsys, name+".br")
	gz, gzErr := fs.ReadFile(fsys, name+".gz")
	plain, err := fs.ReadFile(fsys, name)
	switch {
	case err == nil:
	case gzErr == nil:
		var unpacked *gzip.Reader
		if unpacked, err = gzip.NewReader(bytes.NewReader(gz)); err == nil {
			plain, err = io.ReadAll(unpacked)
		}
	case brErr == nil:
		plain, err = io.ReadAll(brotli.NewReader(bytes.NewReader(br)))
	}
	if err != nil {
		return fmt.Errorf("web: %s: %w", name, err)
	}
	there := filepath.FromSlash(path.Clean("/" + url))
	if brErr == nil {
		if err := writeFile(filepath.Join(dir, "br", there), br); err != nil {
			return err
		}
	}
	if gzErr == nil {
		if err := writeFile(filepath.Join(dir, "plain", there)+".gz", gz); err != nil {
			return err
		}
	}
	return writeFile(filepath.Join(dir, "plain", there), plain)
}

// writeFile replaces a file as a whole. One that is the same stays as it is, and
// so does what a web server tells of its age.
func writeFile(name string, data []byte) error {
	if there, err := os.ReadFile(name); err == nil && bytes.Equal(there, data) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return renameio.WriteFile(name, data, 0o644, renameio.WithTempDir(filepath.Dir(name)), renameio.WithStaticPermissions(0o644))
}

// nginxHeaders says with maps by $uri, the path below the folder of Export, what
// secure, static and reply set.
func (s *site) nginxHeaders(origin string) string {
	const ours, inner = `"~^/(?:br|plain)/static/"`, `"~^/(?:br|plain)/static/.*\.html$"`
	var b strings.Builder
	b.WriteString("# Written by zoneaxis-server export: what the program sends with these files.\n")
	table := func(name, fallback string, rows ...string) {
		fmt.Fprintf(&b, "map $uri $zoneaxis_%s {\n", name)
		for i := 0; i < len(rows); i += 2 {
			fmt.Fprintf(&b, "    %s %s;\n", rows[i], nginxText(rows[i+1]))
		}
		fmt.Fprintf(&b, "    default %s;\n}\n", nginxText(fallback))
	}
	table("coding", "", `"~^/br/"`, "br")
	table("policy", policyPage, inner, policyInner, `"~\.svg$"`, policyPicture, `"~\.html$"`, s.policy[0])
	table("frame", deny[0], inner, sameFrame[0])
	table("cache", noCache[0], ours, immutable[0])
	table("shared", sameOrigin[0], ours, crossOrigin[0])
	table("anyone", "", ours, anyone[0])
	link := ""
	if origin != "" {
		link = "<" + origin + "$zoneaxis_path>; rel=\"canonical\""
	}
	table("link", "", `"~^/(?:br|plain)(?<zoneaxis_path>/(?!static/)(?:.*/)?)index\.html$"`, link)
	return b.String()
}

// nginxText quotes a text for nginx. What it would read as a variable is one.
func nginxText(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}
