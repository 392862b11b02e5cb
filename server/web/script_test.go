package web

import (
	"compress/gzip"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
)

// TestScripts runs testdata/*.txt. A script is a list of cases with empty lines
// between them:
//
//	GET /path                      the request; other methods likewise
//	> Name: value                  a header of it; ${name} stands for a saved one
//	status 200                     the expected status
//	header Name = value            a header, exactly
//	header Name ~ regexp
//	header Name absent
//	body contains text             the body, after decompression
//	body lacks text
//	body matches regexp
//	body empty
//	save name Header               keeps a header for later cases
//
// All cases of a script run in order against one server.
func TestScripts(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(names) == 0 {
		t.Fatalf("scripts: %v, %v", names, err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txt"), func(t *testing.T) {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			r := newRig(t, rigOptions{})
			saved := map[string]string{}
			line := 1
			for block := range strings.SplitSeq(string(data), "\n\n") {
				runCase(t, r, name, line, block, saved)
				line += strings.Count(block, "\n") + 2
			}
			if strings.Contains(r.log.String(), testKey) {
				t.Error("the key is in the log")
			}
		})
	}
}

func runCase(t *testing.T, r *rig, name string, line int, block string, saved map[string]string) {
	t.Helper()
	expand := func(text string) string {
		return os.Expand(text, func(name string) string {
			v, ok := saved[name]
			if !ok {
				return "$" + name // the end of a regular expression
			}
			return v
		})
	}
	var request []string
	var checks []string
	first := line
	method, target := "", ""
	for l := range strings.SplitSeq(block, "\n") {
		l = strings.TrimSpace(l)
		switch {
		case l == "" || strings.HasPrefix(l, "#"):
		case method == "":
			var ok bool
			if method, target, ok = strings.Cut(l, " "); !ok {
				t.Fatalf("%s:%d: expected a request", name, first)
			}
		case strings.HasPrefix(l, "> "):
			k, v, _ := strings.Cut(l[2:], ": ")
			request = append(request, k, expand(v))
		default:
			checks = append(checks, l)
		}
	}
	if method == "" {
		return
	}
	if len(checks) == 0 {
		t.Fatalf("%s:%d: a case without a check", name, first)
	}
	w := r.do(method, expand(target), request...)
	body := decoded(t, w)
	if strings.Contains(body, testKey) {
		t.Errorf("%s:%d: the key is in the body", name, first)
	}
	for _, c := range checks {
		word, rest, _ := strings.Cut(c, " ")
		ok, got := false, ""
		switch word {
		case "status":
			got = strconv.Itoa(w.Code)
			ok = got == rest
		case "save":
			key, header, _ := strings.Cut(rest, " ")
			saved[key] = w.Header().Get(header)
			ok = saved[key] != ""
		case "header":
			header, how, _ := strings.Cut(rest, " ")
			values := w.Header().Values(header)
			got = strings.Join(values, " | ")
			switch {
			case how == "absent":
				ok = len(values) == 0
			case strings.HasPrefix(how, "= "):
				ok = got == expand(how[2:])
			case strings.HasPrefix(how, "~ "):
				ok = regexp.MustCompile(expand(how[2:])).MatchString(got)
			}
		case "body":
			how, text, _ := strings.Cut(rest, " ")
			got = body
			switch how {
			case "contains":
				ok = strings.Contains(body, text)
			case "lacks":
				ok = !strings.Contains(body, text)
			case "matches":
				ok = regexp.MustCompile(text).MatchString(body)
			case "empty":
				ok = body == ""
			}
		default:
			t.Fatalf("%s:%d: unknown check %q", name, first, c)
		}
		if !ok {
			t.Errorf("%s:%d: %s %s\n\twant %s\n\tgot  %.600s", name, first, method, target, c, got)
		}
	}
}

// decoded returns the body of an answer without its content encoding.
func decoded(t testing.TB, w *httptest.ResponseRecorder) string {
	t.Helper()
	var src io.Reader = w.Body
	if w.Body.Len() > 0 {
		switch w.Header().Get("Content-Encoding") {
		case "gzip":
			z, err := gzip.NewReader(w.Body)
			if err != nil {
				t.Fatal(err)
			}
			src = z
		case "br":
			src = brotli.NewReader(w.Body)
		}
	}
	data, err := io.ReadAll(src)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
