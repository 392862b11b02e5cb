package crystal_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"zoneaxis/internal/crystal"
)

func TestParseZone(t *testing.T) {
	type in struct {
		text      string
		hexagonal bool
		name      string
		system    string
	}
	cubic := func(text string) in { return in{text, false, "Silicon", "cubic"} }
	hex := func(text string) in { return in{text, true, "Magnesium", "hexagonal"} }
	const nothing = "That is not a zone axis. Try 110 or [1 −1 0]."
	tests := []struct {
		name string
		in   in
		want crystal.ZoneInput
	}{
		// The table of the design, row by row.
		{"empty", cubic(""), crystal.ZoneInput{Message: "Zone axis: 110, [1−10], 1,−1,0 or 2 −1 −1 0"}},
		{"multiple", cubic("220"), crystal.ZoneInput{OK: true, UVW: crystal.UVW{1, 1, 0}, Message: "[220] points the same way as [110]."}},
		{"family", cubic("<110>"), crystal.ZoneInput{OK: true, Family: true, UVW: crystal.UVW{1, 1, 0}, Message: "Family of directions; showing [110]."}},
		{"plane", cubic("(110)"), crystal.ZoneInput{Plane: crystal.HKL{1, 1, 0}, Action: crystal.UseNormal, Button: "Use the normal", Message: "(110) is a plane. Go to its normal?"}},
		{"planes", cubic("{110}"), crystal.ZoneInput{Plane: crystal.HKL{1, 1, 0}, Action: crystal.UseNormal, Button: "Use the normal", Message: "(110) is a plane. Go to its normal?"}},
		{"four", hex("2-1-10"), crystal.ZoneInput{OK: true, UVW: crystal.UVW{1, 0, 0}, Message: "[2 −1 −1 0] is [100] in three indices."}},
		{"four in cubic", cubic("2-1-10"), crystal.ZoneInput{Message: "Four indices only work for hexagonal and trigonal crystals. Silicon is cubic: type three, such as 110."}},
		{"sum", hex("1210"), crystal.ZoneInput{Message: "The first three must add up to zero, and 1 + 2 + 1 = 4."}},
		{"zero", cubic("000"), crystal.ZoneInput{Message: "[000] has no direction."}},
		{"decimals", cubic("1.5 0 1"), crystal.ZoneInput{Message: "Use whole numbers, such as 3 0 2."}},
		{"two", cubic("11"), crystal.ZoneInput{Message: "That is two numbers. A zone axis has three, or four if hexagonal."}},
		{"letters", cubic("abc"), crystal.ZoneInput{Message: nothing}},
		{"mp number", cubic("mp-149"), crystal.ZoneInput{Message: "That is a Materials Project number.", Action: crystal.OpenMP, Button: "Open mp-149", MP: "mp-149"}},
		{"too large", cubic("25 1 0"), crystal.ZoneInput{Message: "Indices up to 20, please: |25| is too large."}},

		{"plain", cubic("110"), crystal.ZoneInput{OK: true, UVW: crystal.UVW{1, 1, 0}}},
		{"spaces around", cubic("  110\t"), crystal.ZoneInput{OK: true, UVW: crystal.UVW{1, 1, 0}}},
		{"only spaces", cubic("  "), crystal.ZoneInput{Message: "Zone axis: 110, [1−10], 1,−1,0 or 2 −1 −1 0"}},
		{"minus", cubic("1-10"), crystal.ZoneInput{OK: true, UVW: crystal.UVW{1, -1, 0}}},
		{"minus first", cubic("-110"), crystal.ZoneInput{OK: true, UVW: crystal.UVW{-1, 1, 0}}},
		{"typographic minus", cubic("1−10"), crystal.ZoneInput{OK: true, UVW: crystal.UVW{1, -1, 0}}},
		{"en dash", cubic("1–10"), crystal.ZoneInput{OK: true, UVW: crystal.UVW{1, -1, 0}}},
		{"plus", cubic("+1 -1 +2"), crystal.ZoneInput{OK: true, UVW: crystal.UVW{1, -1, 2}}},
		{"brackets", cubic("[1 -1 0]"), crystal.ZoneInput{OK: true, UVW: crystal.UVW{1, -1, 0}}},
		{"compact in brackets", cubic("[1-12]"), crystal.ZoneInput{OK: true, UVW: crystal.UVW{1, -1, 2}}},
		{"bracket still open", cubic("[1 -1 0"), crystal.ZoneInput{OK: true, UVW: crystal.UVW{1, -1, 0}}},
		{"commas", cubic("1,-1,0"), crystal.ZoneInput{OK: true, UVW: crystal.UVW{1, -1, 0}}},
		{"semicolons", cubic("1; -1; 0"), crystal.ZoneInput{OK: true, UVW: crystal.UVW{1, -1, 0}}},
		{"no-break spaces", cubic("1\u00a0−1\u202f0"), crystal.ZoneInput{OK: true, UVW: crystal.UVW{1, -1, 0}}},
		{"overbar", cubic("1\u030510"), crystal.ZoneInput{OK: true, UVW: crystal.UVW{-1, 1, 0}}},
		{"overbar alone on three", cubic("1\u03051\u03051\u0305"), crystal.ZoneInput{OK: true, UVW: crystal.UVW{-1, -1, -1}}},
		{"overbar in the middle", cubic("[11\u03052]"), crystal.ZoneInput{OK: true, UVW: crystal.UVW{1, -1, 2}}},
		{"overbar on two digits", cubic("1\u03052\u0305 1 0"), crystal.ZoneInput{OK: true, UVW: crystal.UVW{-12, 1, 0}}},
		{"overbars of four", hex("21\u03051\u03050"), crystal.ZoneInput{OK: true, UVW: crystal.UVW{1, 0, 0}, Message: "[2 −1 −1 0] is [100] in three indices."}},
		{"two digits", cubic("12 -1 0"), crystal.ZoneInput{OK: true, UVW: crystal.UVW{12, -1, 0}}},
		{"limit itself", cubic("20 1 -20"), crystal.ZoneInput{OK: true, UVW: crystal.UVW{20, 1, -20}}},
		{"multiple with two digits", cubic("12 12 -2"), crystal.ZoneInput{OK: true, UVW: crystal.UVW{6, 6, -1}, Message: "[12 12 −2] points the same way as [66−1]."}},
		{"angle brackets", cubic("⟨1 1 -2⟩"), crystal.ZoneInput{OK: true, Family: true, UVW: crystal.UVW{1, 1, -2}, Message: "Family of directions; showing [11−2]."}},
		{"too large and negative", cubic("1 -25 0"), crystal.ZoneInput{Message: "Indices up to 20, please: |25| is too large."}},
		{"far too large", cubic("1 99999999999999999999 0"), crystal.ZoneInput{Message: "Indices up to 20, please: |99999999…| is too large."}},
		{"zeros in front", cubic("01 010 002"), crystal.ZoneInput{OK: true, UVW: crystal.UVW{1, 10, 2}}},
		{"one number", cubic("7"), crystal.ZoneInput{Message: "That is one number. A zone axis has three, or four if hexagonal."}},
		{"five numbers", hex("1 2 3 4 5"), crystal.ZoneInput{Message: "That is five numbers. A zone axis has three, or four if hexagonal."}},
		{"many numbers", cubic("123456789012"), crystal.ZoneInput{Message: "That is 12 numbers. A zone axis has three, or four if hexagonal."}},
		{"two with a minus", cubic("1 -10"), crystal.ZoneInput{Message: "That is two numbers. A zone axis has three, or four if hexagonal."}},
		{"piece with a minus inside", cubic("1-1 0"), crystal.ZoneInput{OK: true, UVW: crystal.UVW{1, -1, 0}}},
		{"fractions", cubic("1/2 -1/2 1"), crystal.ZoneInput{Message: "Use whole numbers, such as 1 −1 2."}},
		{"no small whole numbers", cubic("1.01 0 1"), crystal.ZoneInput{Message: "Use whole numbers, such as 3 0 2."}},
		{"division by zero", cubic("1/0 1 1"), crystal.ZoneInput{Message: "Use whole numbers, such as 3 0 2."}},
		{"wrong bracket", cubic("[110)"), crystal.ZoneInput{Message: nothing}},
		{"only brackets", cubic("[]"), crystal.ZoneInput{Message: nothing}},
		{"only a minus", cubic("-"), crystal.ZoneInput{Message: nothing}},
		{"double minus", cubic("1--10"), crystal.ZoneInput{Message: nothing}},
		{"trailing minus", cubic("110-"), crystal.ZoneInput{Message: nothing}},
		{"bar copied before its digit", cubic("[1¯10]"), crystal.ZoneInput{OK: true, UVW: crystal.UVW{1, -1, 0}}},
		{"bars copied before their digits", hex("2ˉ1‾10"), crystal.ZoneInput{OK: true, UVW: crystal.UVW{1, 0, 0}, Message: "[2 −1 −1 0] is [100] in three indices."}},
		{"bar before a zero", cubic("11¯0"), crystal.ZoneInput{Message: nothing}},
		{"bar before a sign", cubic("1¯-10"), crystal.ZoneInput{Message: nothing}},
		{"bar before a bracket", cubic("[11¯]"), crystal.ZoneInput{Message: nothing}},
		{"double overbar", cubic("1\u0305\u030510"), crystal.ZoneInput{Message: nothing}},
		{"overbar on nothing", cubic("\u0305110"), crystal.ZoneInput{Message: nothing}},
		{"points only", cubic(". . ."), crystal.ZoneInput{Message: nothing}},
		{"bytes", cubic("1\xff1"), crystal.ZoneInput{Message: nothing}},
		{"long", cubic(strings.Repeat("1 ", 200)), crystal.ZoneInput{Message: nothing}},
		{"mp number in letters", cubic("MP-aaaaaaft"), crystal.ZoneInput{Message: "That is a Materials Project number.", Action: crystal.OpenMP, Button: "Open mp-aaaaaaft", MP: "mp-aaaaaaft"}},

		{"full width", cubic("１１１"), crystal.ZoneInput{OK: true, UVW: crystal.UVW{1, 1, 1}}},
		{"full width in brackets", cubic("［１－１２］"), crystal.ZoneInput{OK: true, UVW: crystal.UVW{1, -1, 2}}},
		{"full-width separators", cubic("１，－１　０"), crystal.ZoneInput{OK: true, UVW: crystal.UVW{1, -1, 0}}},
		{"ideographic comma", cubic("1、1、2"), crystal.ZoneInput{OK: true, UVW: crystal.UVW{1, 1, 2}}},
		{"lenticular brackets", cubic("【112】"), crystal.ZoneInput{OK: true, UVW: crystal.UVW{1, 1, 2}}},
		{"full-width plane", cubic("（110）"), crystal.ZoneInput{Plane: crystal.HKL{1, 1, 0}, Action: crystal.UseNormal, Button: "Use the normal", Message: "(110) is a plane. Go to its normal?"}},
		{"full-width family", cubic("《110》"), crystal.ZoneInput{OK: true, Family: true, UVW: crystal.UVW{1, 1, 0}, Message: "Family of directions; showing [110]."}},
		{"full-width mp number", cubic("ｍｐ－１４９"), crystal.ZoneInput{Message: "That is a Materials Project number.", Action: crystal.OpenMP, Button: "Open mp-149", MP: "mp-149"}},
		{"only an ideographic space", cubic("\u3000"), crystal.ZoneInput{Message: "Zone axis: 110, [1−10], 1,−1,0 or 2 −1 −1 0"}},
		{"label", cubic("B=[013]"), crystal.ZoneInput{OK: true, UVW: crystal.UVW{0, 1, 3}}},
		{"label with spaces", cubic("b = 0 1 -3"), crystal.ZoneInput{OK: true, UVW: crystal.UVW{0, 1, -3}}},
		{"full-width label", cubic("Ｂ＝［０１３］"), crystal.ZoneInput{OK: true, UVW: crystal.UVW{0, 1, 3}}},
		{"label in words", cubic("Zone axis [1-10]."), crystal.ZoneInput{OK: true, UVW: crystal.UVW{1, -1, 0}}},
		{"label with a colon", cubic("ZA: 112"), crystal.ZoneInput{OK: true, UVW: crystal.UVW{1, 1, 2}}},
		{"parallel", cubic("B // [011]"), crystal.ZoneInput{OK: true, UVW: crystal.UVW{0, 1, 1}}},
		{"label behind", cubic("[013] zone axis"), crystal.ZoneInput{OK: true, UVW: crystal.UVW{0, 1, 3}}},
		{"label behind digits", cubic("1-12 Zone"), crystal.ZoneInput{OK: true, UVW: crystal.UVW{1, -1, 2}}},
		{"a word of a sentence", cubic("along [-110]."), crystal.ZoneInput{OK: true, UVW: crystal.UVW{-1, 1, 0}}},
		{"in quotation marks", cubic("“[112]”"), crystal.ZoneInput{OK: true, UVW: crystal.UVW{1, 1, 2}}},
		{"label and a space", cubic("ZA 1-12"), crystal.ZoneInput{OK: true, UVW: crystal.UVW{1, -1, 2}}},
		{"label in words and a space", cubic("zone axis −1 1 0"), crystal.ZoneInput{OK: true, UVW: crystal.UVW{-1, 1, 0}}},
		{"label of a plane", cubic("g=220"), crystal.ZoneInput{Message: nothing}},
		{"label alone", cubic("B="), crystal.ZoneInput{Message: nothing}},
		{"label twice", cubic("B=B=110"), crystal.ZoneInput{Message: nothing}},
		{"label without a sign", cubic("B110"), crystal.ZoneInput{Message: nothing}},
		{"bars", cubic("1/1/2"), crystal.ZoneInput{OK: true, UVW: crystal.UVW{1, 1, 2}}},
		{"bars and signs", cubic("[1/-1/12]"), crystal.ZoneInput{OK: true, UVW: crystal.UVW{1, -1, 12}}},
		{"four with bars", hex("2/-1/-1/0"), crystal.ZoneInput{OK: true, UVW: crystal.UVW{1, 0, 0}, Message: "[2 −1 −1 0] is [100] in three indices."}},
		{"one bar", cubic("1/2"), crystal.ZoneInput{Message: "Use whole numbers, such as 3 0 2."}},
		{"full stop", cubic("110."), crystal.ZoneInput{OK: true, UVW: crystal.UVW{1, 1, 0}}},
		{"full stop and spaces", cubic("1 -1 0. "), crystal.ZoneInput{OK: true, UVW: crystal.UVW{1, -1, 0}}},
		{"full stop behind a bracket", cubic("[110]."), crystal.ZoneInput{OK: true, UVW: crystal.UVW{1, 1, 0}}},
		{"ideographic full stop", cubic("１１０。"), crystal.ZoneInput{OK: true, UVW: crystal.UVW{1, 1, 0}}},
		{"comma at the end", cubic("1 1 0,"), crystal.ZoneInput{OK: true, UVW: crystal.UVW{1, 1, 0}}},
		{"only the closing bracket", cubic("110]"), crystal.ZoneInput{OK: true, UVW: crystal.UVW{1, 1, 0}}},
		{"only the closing bracket of a plane", cubic("110)"), crystal.ZoneInput{Plane: crystal.HKL{1, 1, 0}, Action: crystal.UseNormal, Button: "Use the normal", Message: "(110) is a plane. Go to its normal?"}},
		{"two closing brackets", cubic("110]]"), crystal.ZoneInput{Message: nothing}},
		{"an ellipsis", cubic("110.."), crystal.ZoneInput{Message: nothing}},
		{"only a full stop", cubic("."), crystal.ZoneInput{Message: nothing}},

		{"c of a hexagonal crystal", hex("0001"), crystal.ZoneInput{OK: true, UVW: crystal.UVW{0, 0, 1}, Message: "[0 0 0 1] is [001] in three indices."}},
		{"three in a hexagonal crystal", hex("210"), crystal.ZoneInput{OK: true, UVW: crystal.UVW{2, 1, 0}, Message: "Read in three indices, [210]; in four it is [1 0 −1 0]."}},
		{"three of a multiple in a hexagonal crystal", hex("220"), crystal.ZoneInput{OK: true, UVW: crystal.UVW{1, 1, 0}, Message: "[220] points the same way as [110]. Read in three indices, [110]; in four it is [1 1 −2 0]."}},
		{"four, reduced", hex("4 -2 -2 0"), crystal.ZoneInput{OK: true, UVW: crystal.UVW{1, 0, 0}, Message: "[4 −2 −2 0] is [100] in three indices."}},
		{"four, inclined", hex("2-1-13"), crystal.ZoneInput{OK: true, UVW: crystal.UVW{1, 0, 1}, Message: "[2 −1 −1 3] is [101] in three indices."}},
		{"four with negative sum", hex("-1 -2 1 0"), crystal.ZoneInput{Message: "The first three must add up to zero, and −1 − 2 + 1 = −2."}},
		{"four too large in three", hex("20 -19 -1 1"), crystal.ZoneInput{Message: "Indices up to 20, please: |21| is too large."}},
		{"four of a plane", hex("(10-10)"), crystal.ZoneInput{Plane: crystal.HKL{1, 0, 0}, Action: crystal.UseNormal, Button: "Use the normal", Message: "(1 0 −1 0) is a plane. Go to its normal?"}},
		{"family of four", hex("<2-1-10>"), crystal.ZoneInput{OK: true, Family: true, UVW: crystal.UVW{1, 0, 0}, Message: "Family of directions; showing [100]."}},
		{"zero in four", hex("0000"), crystal.ZoneInput{Message: "[0 0 0 0] has no direction."}},
		{"four, no name", in{"10-10", false, "", "tetragonal"}, crystal.ZoneInput{Message: "Four indices only work for hexagonal and trigonal crystals. This crystal is tetragonal: type three, such as 110."}},
		{"four, rhombohedral axes", in{"10-10", false, "Calcite", "trigonal"}, crystal.ZoneInput{Message: "Four indices need hexagonal axes, and Calcite is described on rhombohedral ones: type three, such as 110."}},
		{"four, rhombohedral axes, no name", in{"10-10", false, "", "trigonal"}, crystal.ZoneInput{Message: "Four indices need hexagonal axes, and this crystal is described on rhombohedral ones: type three, such as 110."}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := crystal.ParseZone(tt.in.text, tt.in.hexagonal, tt.in.name, tt.in.system)
			if got != tt.want {
				t.Errorf("ParseZone(%q):\n got %+v\nwant %+v", tt.in.text, got, tt.want)
			}
		})
	}
}

func TestParsePlane(t *testing.T) {
	tests := []struct {
		name, text string
		hexagonal  bool
		want       crystal.PlaneInput
	}{
		{"empty", "", true, crystal.PlaneInput{Message: "Plane: 110, (1−10), 1,−1,0 or 1 0 −1 0"}},
		{"plain", "111", false, crystal.PlaneInput{OK: true, HKL: crystal.HKL{1, 1, 1}}},
		{"multiple is kept", "2-20", false, crystal.PlaneInput{OK: true, HKL: crystal.HKL{2, -2, 0}}},
		{"round brackets", "(1 -1 0)", false, crystal.PlaneInput{OK: true, HKL: crystal.HKL{1, -1, 0}}},
		{"family", "{111}", false, crystal.PlaneInput{OK: true, Family: true, HKL: crystal.HKL{1, 1, 1}, Message: "Family of planes; showing (111)."}},
		{"direction", "[110]", false, crystal.PlaneInput{UVW: crystal.UVW{1, 1, 0}, Action: crystal.UsePlane, Button: "Use that plane", Message: "[110] is a direction. Take the plane normal to it?"}},
		{"four", "10-10", true, crystal.PlaneInput{OK: true, HKL: crystal.HKL{1, 0, 0}, Message: "(1 0 −1 0) is (100) in three indices."}},
		{"four, not hexagonal", "10-10", false, crystal.PlaneInput{Message: "Four indices only work for hexagonal and trigonal crystals. Silicon is cubic: type three, such as 110."}},
		{"sum", "1120", true, crystal.PlaneInput{Message: "The first three must add up to zero, and 1 + 1 + 2 = 4."}},
		{"zero", "000", false, crystal.PlaneInput{Message: "(000) is not a plane."}},
		{"two", "11", false, crystal.PlaneInput{Message: "That is two numbers. A plane has three, or four if hexagonal."}},
		{"letters", "hkl", false, crystal.PlaneInput{Message: "That is not a plane. Try 110 or (1 −1 0)."}},
		{"mp number", "mp-149", false, crystal.PlaneInput{Message: "That is a Materials Project number.", Action: crystal.OpenMP, Button: "Open mp-149", MP: "mp-149"}},
		{"full width", "｛１１１｝", false, crystal.PlaneInput{OK: true, Family: true, HKL: crystal.HKL{1, 1, 1}, Message: "Family of planes; showing (111)."}},
		{"label", "g = 2-20", false, crystal.PlaneInput{OK: true, HKL: crystal.HKL{2, -2, 0}}},
		{"bars", "1/1/2", false, crystal.PlaneInput{OK: true, HKL: crystal.HKL{1, 1, 2}}},
		{"large", "0 0 21", false, crystal.PlaneInput{Message: "Indices up to 20, please: |21| is too large."}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := crystal.ParsePlane(tt.text, tt.hexagonal, "Silicon", "cubic"); got != tt.want {
				t.Errorf("ParsePlane(%q):\n got %+v\nwant %+v", tt.text, got, tt.want)
			}
		})
	}
}

// Whatever is typed, the reader answers with a direction within the limit or
// with words, and reads its own labels back.
func FuzzParseZone(f *testing.F) {
	for _, s := range []string{"", "110", "[1 -1 0]", "1\u030510", "2-1-10", "<110>", "(110)", "1.5 0 1", "mp-149", "25 1 0", "1/2 1 1", "0001", "−", "{1,2;3}", "１１１", "［１－１０］", "【112】", "B=[013]", "zone axis: 1 1 0.", "1/1/2", "110]", "1/2/", "B//", "İ=110", "《1。1》"} {
		f.Add(s, true)
		f.Add(s, false)
	}
	f.Fuzz(func(t *testing.T, text string, hexagonal bool) {
		in := crystal.ParseZone(text, hexagonal, "Quartz", "trigonal")
		if !utf8.ValidString(in.Message) || !utf8.ValidString(in.Button) {
			t.Fatalf("%q: message is not text: %q", text, in.Message)
		}
		if !in.OK {
			if in.Message == "" || in.UVW != (crystal.UVW{}) {
				t.Fatalf("%q: refused without a reason: %+v", text, in)
			}
			if in.Action == crystal.UseNormal && in.Plane == (crystal.HKL{}) {
				t.Fatalf("%q: normal of no plane", text)
			}
			return
		}
		if in.UVW == (crystal.UVW{}) || in.UVW != in.UVW.Reduced() {
			t.Fatalf("%q: read as %v", text, in.UVW)
		}
		for _, again := range []string{in.UVW.String(), "[" + in.UVW.Text(false) + "]"} {
			if back := crystal.ParseZone(again, hexagonal, "", ""); !back.OK || back.UVW != in.UVW || back.Message != "" && !(hexagonal && strings.HasPrefix(back.Message, "Read in three indices, ")) {
				t.Fatalf("%q gives %v, %q gives %+v", text, in.UVW, again, back)
			}
		}
		if h := crystal.ParsePlane(text, hexagonal, "", ""); h.OK && h.HKL == (crystal.HKL{}) {
			t.Fatalf("%q: plane 000", text)
		}
	})
}
