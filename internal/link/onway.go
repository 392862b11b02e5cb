package link

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// What happens to links on their way: programs that follow readers add
// parameters, and programs that find a link within text take with it what
// stands behind, or lose its end.

// trackers are parameters that sites and mail programs add to links to follow
// who opens them, and trackerKinds the beginnings of such. They say nothing of
// a pattern and are left out.
var (
	trackers = strings.Fields("fbclid gclid gclsrc dclid gbraid wbraid srsltid msclkid yclid ysclid twclid ttclid " +
		"igsh igshid li_fat_id epik sc_cid s_cid mc_cid mc_eid mkt_tok vero_id oly_enc_id oly_anon_id rb_clickid wickedid " +
		"ref_src ref_url _ga _gl _hsenc _hsmi __hstc __hssc __hsfp _openstat _branch_match_id")
	trackerKinds = []string{"utm_", "mtm_", "pk_", "piwik_", "matomo_", "hsa_", "trk_", "at_campaign", "at_medium"}
)

func tracking(key string) bool {
	key = strings.ToLower(key)
	return slices.Contains(trackers, key) || slices.ContainsFunc(trackerKinds, func(start string) bool { return strings.HasPrefix(key, start) })
}

// onlyOurs takes out what others added: parameters that track, and keys without
// a value that a cut has left of ours.
func (q *queryValues) onlyOurs() {
	*q = slices.DeleteFunc(*q, func(v queryValue) bool {
		return tracking(v.key) || !strings.Contains(v.raw, "=") && slices.ContainsFunc(parts, func(p part) bool { return strings.HasPrefix(p.key, v.key) })
	})
}

// behind are signs that end a sentence, a quotation or a line and no value of a
// link; brackets are looked at by themselves.
const behind = ".,;:!?…'\"`´‘’“”„‚‹›«»|\\。、，．；：！？ \t\r\n\u00a0\u2009\u200b\u202f\u2060\ufeff"

// closing are brackets after those that open them.
const closing = "()[]{}<>⟨⟩（）［］【】「」"

// Meant returns a path or value of a link without what the text around it has
// left at its end: signs of a sentence, a bracket that closes none of the value,
// and an escape that was cut.
func Meant(value string) string {
	for {
		last, size := utf8.DecodeLastRuneInString(value)
		switch {
		case size == 0:
			return ""
		case strings.ContainsRune(behind, last), last == '%', unopened(value, last):
			value = value[:len(value)-size]
		case len(value) > 1 && value[len(value)-2] == '%' && unhex(value[len(value)-1]) >= 0:
			value = value[:len(value)-2]
		default:
			return value
		}
	}
}

// unopened reports whether last, the end of a value, is a bracket that nothing
// in it opens.
func unopened(value string, last rune) bool {
	brackets := []rune(closing)
	i := slices.Index(brackets, last)
	return i%2 == 1 && strings.Count(value, string(last)) > strings.Count(value, string(brackets[i-1]))
}

// packed returns the beginning of a fragment's text that can be a packed
// document: base64url. What does not begin like one is left to be told.
func packed(text string) string {
	for i := range len(text) {
		c := text[i]
		if i > 0 && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return text[:i]
		}
	}
	return text
}
