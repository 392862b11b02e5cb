package source

import "strings"

// cifAccents holds, for each accent code of CIF 1.1, letters and what they
// become. A letter that is not listed stays bare.
var cifAccents = map[byte]string{
	'\'': "aáeéiíoóuúyýcćnńsśzźlĺrŕAÁEÉIÍOÓUÚYÝCĆNŃSŚZŹ",
	'`':  "aàeèiìoòuùAÀEÈIÌOÒUÙ",
	'"':  "aäeëiïoöuüyÿAÄEËIÏOÖUÜ",
	'^':  "aâeêiîoôuûAÂEÊIÎOÔUÛ",
	'~':  "aãnñoõAÃNÑOÕ",
	',':  "cçsşCÇSŞtţ",
	'/':  "oødđlłOØDĐLŁ",
	'%':  "aåuůAÅUŮ",
	';':  "aąeęAĄEĘ",
	'<':  "cčsšzžrřeěnňCČSŠZŽRŘdďtť",
	'>':  "oőuűOŐUŰ",
	'=':  "aāeēiīoōuū",
	'(':  "aăgğAĂ",
	'.':  "zżeėZŻ",
}

// cifGreek are the letters that \a, \b, … stand for, by the alphabet; a dot
// where there is none.
const cifGreek = "α β χ δ ε φ γ η ι . κ λ μ ν ο π θ ρ σ τ υ . ω ξ ψ ζ"

// cifText returns the text of a CIF string with its codes for accents, ø and
// ß written out.
func cifText(b []byte) string {
	s := text(b)
	if !strings.Contains(s, `\`) {
		return s
	}
	greek := strings.Fields(cifGreek)
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			out.WriteByte(s[i])
			continue
		}
		c := s[i+1]
		pairs, accent := cifAccents[c]
		switch {
		case accent && i+2 < len(s):
			letter := s[i+2]
			i += 2
			out.WriteString(accented(pairs, letter))
		case c == '&' && i+2 < len(s) && s[i+2] == 's':
			i += 2
			out.WriteString("ß")
		case c >= 'a' && c <= 'z' && greek[c-'a'] != "." && (i+2 == len(s) || letters(s[i+2:]) == ""):
			i++
			out.WriteString(greek[c-'a'])
		default:
			out.WriteByte(s[i])
		}
	}
	return out.String()
}

// accented finds a letter in pairs of a letter and its accented form.
func accented(pairs string, letter byte) string {
	r := []rune(pairs)
	for k := 0; k+1 < len(r); k += 2 {
		if r[k] == rune(letter) {
			return string(r[k+1])
		}
	}
	return string(rune(letter))
}
