package session_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"zoneaxis/internal/protocol"
)

// TestAbsorption compares patterns without and with thermal absorption: of the
// eight strongest spots of the absorbing one, Σ|ΔI|/ΣI is what another
// calculation found.
func TestAbsorption(t *testing.T) {
	for _, c := range []struct {
		crystal string
		t       string
		want    float64 // %
	}{
		{"lib-si", "30", 15}, {"lib-si", "100", 43}, {"lib-gaas", "30", 64}, {"lib-gaas", "100", 108},
	} {
		address := "/sim?c=" + c.crystal + "&z=1,1,0&m=d&t=" + c.t
		none, thermal := intensities(t, open(t, address)), intensities(t, open(t, address+"&ab=t"))
		var strong [][3]int
		for h := range thermal {
			strong = append(strong, h)
		}
		slices.SortFunc(strong, func(a, b [3]int) int {
			if thermal[a] > thermal[b] {
				return -1
			}
			return 1
		})
		change, all := 0.0, 0.0
		for _, h := range strong[:8] {
			change, all = change+math.Abs(none[h]-thermal[h]), all+thermal[h]
		}
		if got := 100 * change / all; math.Abs(got-c.want) > 1 {
			t.Errorf("%s at %s nm: absorption changes the strongest spots by %.1f %%, want %g", c.crystal, c.t, got, c.want)
		}
	}
}

// TestAbsorptionSet: it is one setting like the others, and a picture with
// another one is another picture.
func TestAbsorptionSet(t *testing.T) {
	s := open(t, "/sim?z=1,1,0&m=d&ab=t&t=80")
	thermal := must(t, s, protocol.Request{Op: "view", Draw: "svg"})
	set := func(v values) *protocol.Reply {
		return must(t, s, protocol.Request{Op: "set", Set: &protocol.Patch{Values: v}, Draw: "svg"})
	}
	ratio := set(values{"ab": "p", "ar": "0.05"})
	if ratio.Link != "/sim?z=1,1,0&t=80&m=d&ab=p&ar=0.05" || ratio.SVG == thermal.SVG || plain(ratio.View.Frame.Hud[2]) != "absorption 0.05 of the potential" {
		t.Errorf("in proportion: %s, %v", ratio.Link, ratio.View.Frame.Hud)
	}
	if stronger := set(values{"ar": "0.2"}); stronger.SVG == ratio.SVG {
		t.Error("four times the absorption gives the same picture")
	}
	none := set(values{"ab": "n"})
	if none.Link != "/sim?z=1,1,0&t=80&m=d&ar=0.2" || none.SVG == thermal.SVG || !strings.Contains(none.View.Description, "no absorption") {
		t.Errorf("none: %s, %q", none.Link, none.View.Description)
	}
	if back := must(t, s, protocol.Request{Op: "restore", Snapshot: thermal.Snapshot, Draw: "svg"}); back.SVG != thermal.SVG {
		t.Error("the state before has another picture")
	}
}

// TestAtomsAtRest: they absorb nothing, and the page says so.
func TestAtomsAtRest(t *testing.T) {
	still := strings.Replace(rockSalt, "_atom_site_fract_z\nNa1 Na 0 0 0\nCl1 Cl 0.5 0.5 0.5", "_atom_site_fract_z\n_atom_site_B_iso_or_equiv\nNa1 Na 0 0 0 0\nCl1 Cl 0.5 0.5 0.5 0", 1)
	s := open(t, "/sim?v=1")
	read(t, s, "still.cif", still)
	notes := func(v values) string {
		r := must(t, s, protocol.Request{Op: "set", Set: &protocol.Patch{Values: v}, Draw: "svg"})
		return strings.Join(r.View.Notes, " ")
	}
	const said = "Atoms at rest absorb nothing thermally"
	if text := notes(values{"m": "d"}); !strings.Contains(text, said) {
		t.Errorf("notes %q", text)
	}
	if text := notes(values{"ab": "n"}); strings.Contains(text, said) {
		t.Errorf("without absorption: %q", text)
	}
}

// TestThicknessNamed: the words beside the picture name the thickness where it
// has a part in it, and nowhere else.
func TestThicknessNamed(t *testing.T) {
	for query, want := range map[string]string{
		"z=1,1,0&t=80":          "200 kV",
		"z=1,1,0&t=80&m=d":      "200 kV · 80 nm",
		"z=1,1,0&t=80&m=d&w=r":  "200 kV",
		"z=1,1,0&t=80&m=d&ab=t": "200 kV · 80 nm",
	} {
		v := open(t, "/sim?"+query).View()
		hud, phone := plain(v.Frame.Hud[0]), plain(v.Phone)
		if hud = strings.ReplaceAll(hud, "\u2009", " "); hud != want {
			t.Errorf("%s: the picture's corner has %q, want %q", query, hud, want)
		}
		if phone = strings.ReplaceAll(phone, "\u2009", " "); !strings.HasSuffix(phone, " · "+want) {
			t.Errorf("%s: the crystal's button has %q, want it to end with %q", query, phone, want)
		}
	}
}
