package link_test

import (
	"strings"
	"testing"

	"zoneaxis/internal/link"
)

// other returns a value of a setting that is not its default, as links write it.
func other(r *link.Setting) string {
	switch {
	case r.Unit != "":
		return link.Trimmed((r.Min+r.Max)/2, 1)
	case r.Many:
		return r.Options[len(r.Options)-1].Code
	}
	for _, o := range r.Options {
		if o.Code != r.Default {
			return o.Code
		}
	}
	return ""
}

// Each row of the table is all that a setting needs to be in links and their
// messages.
func TestTable(t *testing.T) {
	seen := map[string]bool{}
	usual := link.Default().Values()
	for i := range link.Table {
		r := &link.Table[i]
		if r.Key == "" || r.Name == "" || seen[r.Key] || link.Of(r.Key) != r {
			t.Errorf("row %d, %q: a key and a name of its own, please", i, r.Key)
		}
		seen[r.Key] = true
		if usual[r.Key] != r.Default {
			t.Errorf("%s: the default is %q, not %q", r.Key, usual[r.Key], r.Default)
		}
		if (r.Unit != "") != (r.Min < r.Max) || (r.Unit == "") != (len(r.Options) > 1) {
			t.Errorf("%s is neither a number nor one of some words", r.Key)
		}
		text := "/sim?" + r.Key + "=" + other(r)
		l, problems := link.Parse(text)
		if len(problems) > 0 || l.String() != text || l.Values()[r.Key] != other(r) || len(l.Unknown) > 0 {
			t.Errorf("%s reads back as %s, %v", text, l.String(), problems)
		}
		before := link.Default().Settings
		for j := range link.Table {
			if same := link.Table[j].Same(&before, &l.Settings); same == (i == j) {
				t.Errorf("%s: %s is the same: %v", text, link.Table[j].Key, same)
			}
		}
		// A wrong value keeps the default and says so.
		l, problems = link.Parse("/sim?v=1&" + r.Key + "=wrong!")
		if len(problems) != 1 || problems[0].Key != r.Key || !strings.Contains(problems[0].Text, "("+r.Name+")") || strings.HasSuffix(problems[0].Text, "Using .") || l.String() != "/sim?v=1" {
			t.Errorf("%s=wrong! gives %s, %v", r.Key, l.String(), problems)
		}
	}
}

// What is typed is read in any usual spelling, or refused with what there is.
func TestTake(t *testing.T) {
	for _, c := range []struct{ key, text, want, fault string }{
		{"kv", " 300 kV", "300", ""},
		{"kv", "80,5\u2009kV", "80.5", ""},
		{"kv", "19.9", "200", "Between 20 and 1000 kV."},
		{"kv", "1e2", "200", "Between 20 and 1000 kV."},
		{"cl", "5001 mm", "520", "Between 50 and 5000 mm."},
		{"t", "", "50", "Between 1 and 500 nm."},
		{"m", "d", "d", ""},
		{"m", "", "k", "The model can be k (Kinematic) or d (Dynamical)."},
		{"o", "gk", "kg", ""},
		{"o", "+k", "iks", ""},
		{"o", "+gk-i", "kgs", ""},
		{"o", "-is", "", ""},
		{"o", "", "", ""},
		{"o", "+", "is", "The overlays can be any of i (Indices), k (Kikuchi lines), d (Double diffr.), h (HOLZ spots), g (Forbidden) or s (Scale bar)."},
		{"o", "+k-x", "is", "The overlays can be any of i (Indices), k (Kikuchi lines), d (Double diffr.), h (HOLZ spots), g (Forbidden) or s (Scale bar)."},
		{"p", "phosphor", "phosphor", ""},
		{"p", "Film", "", "The pattern style can be left out, film (Film), screen (Screen) or phosphor (Phosphor)."},
		{"f", "+dh", "hd", ""},
		{"w", "r", "r", ""},
		{"w", "on", "", "The view can be left out or r (Powder)."},
		{"u", "g", "g", ""},
	} {
		s := link.Default().Settings
		r := link.Of(c.key)
		if fault := r.Take(&s, c.text); fault != c.fault || r.Text(&s) != c.want {
			t.Errorf("%s %q: %q, %q, want %q, %q", c.key, c.text, r.Text(&s), fault, c.want, c.fault)
		}
	}
	if link.Of("speed") != nil {
		t.Error("there is a setting called speed")
	}
}

func TestAngles(t *testing.T) {
	for i, c := range []struct {
		text, fault string
		want        float64
	}{{"−3,5°", "", -3.5}, {"91", "Between −90 and 90°.", 0}, {"-1", "Between 0 and 90°.", 0}, {" 20 °", "", 20}} {
		if v, fault := link.Angles[i].Take(c.text); v != c.want || fault != c.fault {
			t.Errorf("%s %q: %v, %q", link.Angles[i].Name, c.text, v, fault)
		}
	}
	if _, fault := link.Axis.Take("361"); fault != "Between −360 and 360°." {
		t.Errorf("the axis: %q", fault)
	}
}
