package hits

import (
	"strings"
	"unicode"
)

// The events of this site. A counter knows a name for each event and nothing
// else, so what happened is written in it:
//
//	pattern: Silicon [110] kinematic     a pattern was shown: crystal, zone axis, model
//	pattern: Silicon kinematic           one without a zone axis: rings, or off axis
//	crystal: Silicon                     a crystal was opened
//	turned: Silicon                      a pattern was turned by hand
//	export: svg                          a picture or table was saved
//	tool: tilt                           a tool was opened
//
// A crystal is named as the library names it, or by its number (mp-149); one
// that a visitor brought is [OwnCrystal] and nothing more. The model is one
// word. Names are bounded ([MaxName]) and made of printable characters.
const (
	KindPattern = "pattern"
	KindCrystal = "crystal"
	KindTurned  = "turned"
	KindExport  = "export"
	KindTool    = "tool"
)

// OwnCrystal is how a crystal is called that the visitor brought: its name and
// its atoms are his own affair.
const OwnCrystal = "own file"

// MaxName bounds each part of an event's name, in characters.
const MaxName = 80

// Event is what a name says.
type Event struct {
	Kind    string
	Crystal string // of pattern, crystal and turned
	Zone    string // of pattern, with its brackets; "" without one
	Model   string // of pattern
	Detail  string // of export and tool: which
}

// Pattern is a pattern that was shown. zone is text such as [1-10] or 1 -1 0, or
// "" where there is none.
func Pattern(crystal, zone, model string) Event {
	zone = strings.Trim(part(zone), "[] ")
	if zone != "" {
		zone = "[" + zone + "]"
	}
	return Event{Kind: KindPattern, Crystal: named(crystal), Zone: zone, Model: word(model)}
}

// Opened is a crystal that was opened.
func Opened(crystal string) Event { return Event{Kind: KindCrystal, Crystal: named(crystal)} }

// Turned is a pattern that was turned by hand.
func Turned(crystal string) Event { return Event{Kind: KindTurned, Crystal: named(crystal)} }

// Export is a file that was saved, by its format.
func Export(format string) Event { return Event{Kind: KindExport, Detail: part(format)} }

// Tool is a tool that was opened.
func Tool(name string) Event { return Event{Kind: KindTool, Detail: part(name)} }

// Name is the name that the event has in a hit (Path).
func (e Event) Name() string {
	var rest []string
	for _, text := range []string{e.Crystal, e.Zone, e.Model, e.Detail} {
		if text != "" {
			rest = append(rest, text)
		}
	}
	return e.Kind + ": " + strings.Join(rest, " ")
}

// Hit is the event as it is sent, without visitor and time.
func (e Event) Hit() Hit {
	name := e.Name()
	return Hit{Path: name, Title: name, Event: true}
}

// ReadEvent reads a name of an event. ok is false for those of other sites.
func ReadEvent(name string) (e Event, ok bool) {
	kind, rest, ok := strings.Cut(name, ": ")
	if rest = part(rest); !ok || rest == "" {
		return Event{}, false
	}
	switch kind {
	case KindExport:
		return Export(rest), true
	case KindTool:
		return Tool(rest), true
	case KindCrystal:
		return Opened(rest), true
	case KindTurned:
		return Turned(rest), true
	case KindPattern:
		end := strings.LastIndexByte(rest, ' ')
		if end < 0 {
			return Event{}, false
		}
		crystal, zone, model := rest[:end], "", rest[end+1:]
		if begin := strings.LastIndexByte(crystal, '['); begin >= 0 && strings.HasSuffix(crystal, "]") {
			crystal, zone = crystal[:begin], crystal[begin:]
		}
		e = Pattern(crystal, zone, model)
		return e, e.Crystal != "" && e.Model != ""
	}
	return Event{}, false
}

// part is a text fit to stand in a name: printable, on one line, bounded.
func part(text string) string {
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || !unicode.IsPrint(r) || r == unicode.ReplacementChar
	}), " ")
	if runes := []rune(text); len(runes) > MaxName {
		text = strings.TrimSpace(string(runes[:MaxName]))
	}
	return text
}

// named is a crystal's name; brackets are for zone axes.
func named(text string) string {
	return part(strings.NewReplacer("[", "(", "]", ")").Replace(text))
}

func word(text string) string { return strings.ReplaceAll(part(text), " ", "-") }
