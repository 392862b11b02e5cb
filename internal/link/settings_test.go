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
			if o := &link.Table[j]; o.Older != "" && o.Model == text[len(text)-1:] && r.Key == "m" {
				continue // what such a link leaves out means something else
			}
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
		{"kv", "1e2", "100", ""},
		{"kv", "２００．５", "200.5", ""},
		{"kv", "197,5", "197.5", ""},
		{"kv", "300000 V", "300", ""},
		{"kv", "300 000 V", "300", ""},
		{"kv", "300,000 V", "300", ""},
		{"kv", "300 keV.", "300", ""},
		{"kv", "0.3 MV", "300", ""},
		{"kv", "200 mm", "200", "Between 20 and 1000 kV."},
		{"kv", "kV", "200", "Between 20 and 1000 kV."},
		{"kv", "1e2e2", "200", "Between 20 and 1000 kV."},
		{"kv", "0x50", "200", "Between 20 and 1000 kV."},
		{"kv", "inf", "200", "Between 20 and 1000 kV."},
		{"kv", "1e999", "200", "Between 20 and 1000 kV."},
		{"cl", "0.8 m", "800", ""},
		{"cl", "80cm", "800", ""},
		{"cl", "８００ｍｍ", "800", ""},
		{"cl", "0,52 M", "520", ""},
		{"cl", "1,000", "1000", ""},
		{"cl", "1,250.5 mm", "1250.5", ""},
		{"cl", "800 nm", "520", "Between 50 and 5000 mm."},
		{"t", "80 nm.", "80", ""},
		{"t", "500 Å", "50", ""},
		{"t", "800 \u212b", "80", ""},
		{"t", "800 A", "80", ""},
		{"t", "0.1 μm", "100", ""},
		{"t", "0.1 µm", "100", ""},
		{"t", "1,000", "50", "1 or 1000 nm? Leave out the comma or write a full stop."},
		{"t", "12 3", "50", "Between 0.1 and 1000 nm."},
		{"cl", "5001 mm", "520", "Between 50 and 5000 mm."},
		{"t", "", "50", "Between 0.1 and 1000 nm."},
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
	for _, text := range []string{"", "abc", "5 mm", "--5", "−"} {
		if _, fault := link.Rotation.Take(text); fault != "Between −360 and 360°." {
			t.Errorf("rotation %q: %q", text, fault)
		}
	}
	if v, fault := link.Rotation.Take("２０º"); v != 20 || fault != "" {
		t.Errorf("a rotation with the wrong sign of degrees: %v, %q", v, fault)
	}
	if v, fault := link.Rotation.Take("－１２．５ deg"); v != -12.5 || fault != "" {
		t.Errorf("a rotation in full width: %v, %q", v, fault)
	}
	if _, fault := link.Axis.Take("361"); fault != "Between −360 and 360°." {
		t.Errorf("the axis: %q", fault)
	}
}

// A comma before three digits is read as what the range allows, and refused if it
// allows both.
func TestThousands(t *testing.T) {
	for _, c := range []struct {
		text      string
		low, high float64
		want      float64
		ok        bool
	}{
		{"1,000", 50, 5000, 1000, true},
		{"1,500", 0.1, 10, 1.5, true},
		{"1,500", 0.1, 2000, 0, false},
		{"0,125", 0, 1000, 0.125, true},
		{"1,50", 0, 1000, 1.5, true},
		{"1,500.5", 0, 2000, 1500.5, true},
		{"1,000,000", 0, 1e7, 1e6, true},
		{"1,00,000", 0, 1e7, 0, false},
		{"1 500", 0, 2000, 1500, true},
		{"1500,5", 0, 2000, 1500.5, true},
		{"1.5,5", 0, 2000, 0, false},
	} {
		if v, ok := link.Quantity(c.text, "nm", c.low, c.high); ok != c.ok || ok && v != c.want {
			t.Errorf("%q between %v and %v: %v, %v", c.text, c.low, c.high, v, ok)
		}
	}
}

// Whatever is typed gives a number within the range or none, and what the page
// writes of it reads back.
func FuzzQuantity(f *testing.F) {
	for _, s := range []string{"", "200", "197,5", "1e2", "0.8 m", "80 cm", "300000 V", "500 Å", "－１２．５", "1,000", "1 000.5", "+.5", ",", "1e", "kV", "\u3000", "．", "1\u202f000 V."} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for i := range link.Table {
			r := &link.Table[i]
			if r.Unit == "" {
				continue
			}
			v, ok := link.Quantity(text, r.Unit, r.Min, r.Max)
			if !ok {
				continue
			}
			if !r.Allows(v) {
				t.Fatalf("%s %q: %v is no such %s", r.Key, text, v, r.Name)
			}
			written := link.Trimmed(v, 1)
			if back, ok := link.Quantity(written, r.Unit, r.Min-0.05, r.Max+0.05); !ok || link.Trimmed(back, 1) != written {
				t.Fatalf("%s %q: %q reads back as %v, %v", r.Key, text, written, back, ok)
			}
		}
		link.Number(text)
	})
}

// Links from before there was absorption show what they showed; new ones say
// what they mean.
func TestAbsorptionInLinks(t *testing.T) {
	for _, c := range []struct{ text, absorption, canonical string }{
		{"/sim?m=d", "n", "/sim?m=d"},
		{"/sim?v=1", "t", "/sim?v=1"},
		{"/sim?m=d&ab=t", "t", "/sim?m=d&ab=t"},
		{"/sim?m=d&ab=n", "n", "/sim?m=d"},
		{"/sim?ab=n", "n", "/sim?ab=n"},
		{"/sim?ab=t", "t", "/sim?v=1"},
		{"/sim?ab=p&ar=0.05&m=d", "p", "/sim?m=d&ab=p&ar=0.05"},
	} {
		l, problems := link.Parse(c.text)
		if len(problems) > 0 || l.Absorption != c.absorption || l.String() != c.canonical {
			t.Errorf("%s: absorption %q, link %s, %v; want %q and %s", c.text, l.Absorption, l.String(), problems, c.absorption, c.canonical)
		}
	}
	l := link.Default()
	l.Model = "d" // as somebody turns to the dynamical model on the page
	if text := l.String(); text != "/sim?m=d&ab=t" {
		t.Errorf("the dynamical model of a new page is %s", text)
	}
}
