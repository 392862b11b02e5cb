package web

import (
	"strings"
	"testing"

	"golang.org/x/net/html"

	"zoneaxis/internal/link"
)

// Each row of link.Table with a label is all that a setting needs to be in the
// form: its field shows the value of the link, and what has no field is carried
// along.
func TestForm(t *testing.T) {
	r := newRig(t, rigOptions{})
	for i := range link.Table {
		row := &link.Table[i]
		value := ""
		for _, o := range row.Options {
			if o.Code != row.Default {
				value = o.Code
			}
		}
		if row.Unit != "" {
			value = link.Trimmed((row.Min+row.Max)/2, 1)
		}
		fields := formOf(t, r.get("/sim?"+row.Key+"="+value).Body.String())
		key, want := row.Key, value
		if key == "w" { // one of the models there
			key, want = "m", "rings"
		}
		if got := strings.Join(fields[key], ""); got != want {
			t.Errorf("%s=%s: the form has %q", row.Key, value, got)
		}
	}
	// Nothing of a link is lost by Apply.
	const all = "/sim?c=lib-al&z=1,1,0&d=1.00,0.00,5.00&ms=1,-1,1&h=5,-3,30,20&at=0.1,0.05&c2=lib-au&or=(111)%7C%7C(111)+[1-10]%7C%7C[1-10]&u=g"
	fields := formOf(t, r.get(all).Body.String())
	for _, key := range []string{"c", "z", "d", "ms", "h", "at", "c2", "or", "u"} {
		if len(fields[key]) != 1 || fields[key][0] == "" {
			t.Errorf("the form has %q for %s", fields[key], key)
		}
	}
}

// formOf returns what the form of a page would send, by name.
func formOf(t *testing.T, page string) map[string][]string {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	fields := map[string][]string{}
	var walk func(n *html.Node, inside bool)
	walk = func(n *html.Node, inside bool) {
		at := map[string]string{}
		for _, a := range n.Attr {
			at[a.Key] = a.Val
		}
		inside = inside || n.Data == "form" && at["id"] == "state"
		_, checked := at["checked"]
		if _, off := at["disabled"]; inside && !off && n.Data == "input" && at["name"] != "" && (checked || at["type"] != "checkbox" && at["type"] != "radio") {
			fields[at["name"]] = append(fields[at["name"]], at["value"])
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c, inside)
		}
	}
	walk(doc, false)
	if len(fields) == 0 {
		t.Fatal("the page has no form")
	}
	return fields
}

// The search fields of simulator and library lead to a crystal without scripts,
// and say what was meant where nothing is spelt as it was typed.
func TestFindCrystal(t *testing.T) {
	r := newRig(t, rigOptions{})
	for _, c := range []struct {
		query    string
		status   int
		to, says string
	}{
		{"?q=rutile", 303, "/sim?c=lib-rutile", ""},
		{"?q=O3Al2", 303, "/sim?c=lib-corundum", ""},
		{"?q=mp-999999", 303, "/sim?c=mp-999999", ""},
		{"?in=library&q=Fe,+C", 303, "/library/cementite/", ""},
		{"?q=rutlie", 404, "", "No match for “rutlie” in the library. Did you mean Rutile?"},
		{"?in=library&q=rutlie", 404, "", `href="/library/rutile/"`},
		{"?q=xyzzy", 404, "", "No match for “xyzzy” in the library."},
		{"?in=library&q=mp-999999", 404, "", "No match"},
	} {
		w := r.get("/sim"+c.query, "Accept", "text/html")
		if w.Code != c.status || w.Header().Get("Location") != c.to || !strings.Contains(w.Body.String(), c.says) {
			t.Errorf("%s: %d, %q, want %+v", c.query, w.Code, w.Header().Get("Location"), c)
		}
	}
}
