package link

import (
	"slices"
	"strings"
)

// Settings are what a person sets in the form of the page. Table has a row for
// each of them.
type Settings struct {
	KV        float64 // accelerating voltage, kV
	CL        float64 // camera length, mm
	Thickness float64 // nm
	Model     string  // of the intensities
	// Absorption is how dynamical intensities lose electrons: t by thermal diffuse
	// scattering, n not at all, p in proportion, by U' = Ratio·U.
	Absorption string
	Ratio      float64
	Overlays   string // letters
	Style      string // of the pattern; "" goes with the theme
	Flags      string // letters: how the picture is turned over
	Rings      bool   // powder rings instead of spots
	Cell       string // which cell of the crystal is shown
}

// Setting is a row of Table: all that a link, a request, the form and their
// messages say of one setting. It is a number if it has a unit, else one of its
// options or, with Many, any of them.
type Setting struct {
	Key  string // in links, in a Patch and as the name of its field in the form
	Name string // inside a sentence: "voltage"
	Undo string // for "Undone: voltage."; "" if it is Name
	// Label stands at its field, Panel is the part of the form that has it: beam,
	// match or show. Without one it has no field of its own.
	Label, Panel string

	Unit     string
	Min, Max float64  // of a number, in its unit
	Usual    []string // values with a button of their own
	Slider   *Slider  // beside the field

	Options []Option
	Many    bool
	Order   string // of letters in a link, if it is not that of the options

	Decimals int    // of a number in links; 0 means 1
	Default  string // as links write it
	// Older is what a link with the row's Model means that leaves the setting out,
	// "" for Default: links from before there was the setting keep their picture.
	Older    string
	Fallback string // in words; "" if it is Default with the unit
	Model    string // the model whose pictures show it; "" for every one

	Help string // a sentence or two on what it does

	number func(*Settings) *float64
	word   func(*Settings) *string
	toggle func(*Settings) *bool // whose option is the first but ""
}

// Slider is a slider from Min to Max; Label is its name in words.
type Slider struct {
	Min, Max float64
	Label    string
}

// Option is what a setting may be: a code as links write it, and what the form
// calls it, "" if the form does not offer it.
type Option struct{ Code, Label string }

// Table is the one place where a setting is declared. A new one needs a field in
// Settings and a row here, and is then in links, requests, the form, messages and
// undo; what it does is up to those who use the field. The order is that of a link.
var Table = []Setting{
	{
		Key: "kv", Name: "voltage", Label: "kV", Panel: "beam", Unit: "kV", Min: 20, Max: 1000, Default: "200",
		Help:   "Accelerating voltage. It sets the wavelength, and with it the radius of the Ewald sphere.",
		Usual:  []string{"80", "120", "200", "300"},
		number: func(s *Settings) *float64 { return &s.KV },
	}, {
		Key: "cl", Name: "camera length", Label: "Camera length", Panel: "beam", Unit: "mm", Min: 50, Max: 5000, Default: "520",
		Help:   "Distance from the specimen to the screen. It only scales the pattern.",
		number: func(s *Settings) *float64 { return &s.CL },
	}, {
		Key: "t", Name: "thickness", Label: "Thickness", Panel: "beam", Unit: "nm", Min: 0.1, Max: 1000, Default: "50",
		Help:   "Thickness of the crystal along the beam. Dynamical intensities depend on it.",
		Slider: &Slider{1, 200, "Thickness in nanometres"}, Model: "d",
		number: func(s *Settings) *float64 { return &s.Thickness },
	}, {
		Key: "m", Name: "model", Label: "Model", Panel: "beam", Default: "k", Fallback: "the kinematic one",
		Help:    "Kinematic: every electron is scattered once at most. Dynamical: Bloch waves, for perfect crystals of the thickness given.",
		Options: []Option{{"k", "Kinematic"}, {"d", "Dynamical"}},
		word:    func(s *Settings) *string { return &s.Model },
	}, {
		Key: "ab", Name: "absorption", Label: "Absorption", Panel: "beam", Default: "t", Older: "n", Fallback: "thermal diffuse scattering", Model: "d",
		Help:    "How the crystal takes electrons out of the beams: by thermal diffuse scattering of its vibrating atoms, not at all, or in proportion to the potential.",
		Options: []Option{{"t", "Thermal"}, {"n", "None"}, {"p", "Ratio"}},
		word:    func(s *Settings) *string { return &s.Absorption },
	}, {
		Key: "ar", Name: "absorption ratio", Label: "Absorption ratio", Panel: "beam", Unit: "U′/U", Min: 0, Max: 0.3, Decimals: 3, Default: "0.1", Model: "d",
		Help:   "How strong the absorption in proportion is: the imaginary part of the potential over its real part.",
		number: func(s *Settings) *float64 { return &s.Ratio },
	}, {
		Key: "o", Name: "overlays", Panel: "show", Default: "is", Fallback: "indices and scale bar", Many: true, Order: "ikhdgs",
		Help:    "What is drawn over the spots.",
		Options: []Option{{"i", "Indices"}, {"k", "Kikuchi lines"}, {"d", "Double diffr."}, {"h", "HOLZ spots"}, {"g", "Forbidden"}, {"s", "Scale bar"}},
		word:    func(s *Settings) *string { return &s.Overlays },
	}, {
		Key: "p", Name: "pattern style", Label: "Pattern", Panel: "show", Fallback: "the one of the theme",
		Help:    "How the pattern looks: black on white as on film, or bright as on a screen.",
		Options: []Option{{"", ""}, {"film", "Film"}, {"screen", "Screen"}, {"phosphor", "Phosphor"}},
		word:    func(s *Settings) *string { return &s.Style },
	}, {
		Key: "f", Name: "mirror and rotation", Panel: "match", Fallback: "none", Many: true,
		Help:    "How the picture is turned over, so that it agrees with the screen of your microscope. The crystal stays as it is.",
		Options: []Option{{"h", "Mirror left-right"}, {"v", "Mirror up-down"}, {"r", "Rotate 180°"}, {"n", "Negative"}, {"d", "From the detector"}},
		word:    func(s *Settings) *string { return &s.Flags },
	}, {
		Key: "w", Name: "view", Undo: "rings", Fallback: "spots",
		Help:    "Rings of a powder instead of the spots of one crystal.",
		Options: []Option{{"", ""}, {"r", "Powder"}},
		toggle:  func(s *Settings) *bool { return &s.Rings },
	}, {
		Key: "u", Name: "cell", Fallback: "the one of the source",
		Help:    "Which cell the indices belong to: the conventional one, or the one that the file gives.",
		Options: []Option{{"", ""}, {"c", "Conventional"}, {"g", "As given"}},
		word:    func(s *Settings) *string { return &s.Cell },
	},
}

// Values returns all settings by their keys, as links write them.
func (s Settings) Values() map[string]string {
	values := make(map[string]string, len(Table))
	for i := range Table {
		values[Table[i].Key] = Table[i].Text(&s)
	}
	return values
}

// Of returns the row of a key, nil if there is none.
func Of(key string) *Setting {
	for i := range Table {
		if Table[i].Key == key {
			return &Table[i]
		}
	}
	return nil
}

// usual returns what a link means that leaves the setting out, as links write it.
func (r *Setting) usual(s *Settings) string {
	if r.Older != "" && s.Model == r.Model {
		return r.Older
	}
	return r.Default
}

// Text returns a setting as links write it: numbers with few decimals.
func (r *Setting) Text(s *Settings) string {
	switch {
	case r.number != nil:
		return Trimmed(*r.number(s), max(r.Decimals, 1))
	case r.word != nil:
		return *r.word(s)
	case *r.toggle(s):
		return r.on()
	}
	return ""
}

func (r *Setting) on() string { return r.Options[len(r.Options)-1].Code }

// Number returns where settings keep a number, nil if the setting is none.
func (r *Setting) Number(s *Settings) *float64 {
	if r.number == nil {
		return nil
	}
	return r.number(s)
}

// Same reports whether two settings agree, bit for bit.
func (r *Setting) Same(a, b *Settings) bool {
	if r.number != nil {
		return *r.number(a) == *r.number(b)
	}
	return r.Text(a) == r.Text(b)
}

// Read sets a setting to the text of a link, which may have been typed into the
// form of a page without scripts: a number as Quantity reads it. It reports false,
// and changes nothing, if it cannot use it. Commas in a set of letters come from
// the repeated keys of a form.
func (r *Setting) Read(s *Settings, text string) bool {
	switch {
	case r.number != nil:
		v, ok := Quantity(text, r.Unit, r.Min, r.Max)
		if ok {
			*r.number(s) = v
		}
		return ok
	case r.Many:
		set, ok := r.letters("", strings.ReplaceAll(text, ",", ""), true)
		if ok {
			*r.word(s) = set
		}
		return ok
	case !slices.ContainsFunc(r.Options, func(o Option) bool { return o.Code == text }):
		return false
	case r.toggle != nil:
		*r.toggle(s) = text == r.on()
	default:
		*r.word(s) = text
	}
	return true
}

// Take sets a setting to what was typed or chosen: a number as Quantity reads it; a
// code; letters, all that shall be on or, with + or −
// before them, those to turn on or off. If the text cannot be used nothing changes
// and Take returns what to say.
func (r *Setting) Take(s *Settings, text string) (fault string) {
	switch {
	case r.Many && strings.IndexAny(text, "+-") == 0:
		set := *r.word(s)
		for text != "" {
			sign, rest := text[0], text[1:]
			n := strings.IndexAny(rest, "+-")
			if n < 0 {
				n = len(rest)
			}
			var ok bool
			if set, ok = r.letters(set, rest[:n], sign == '+'); !ok || n == 0 {
				return r.Fault()
			}
			text = rest[n:]
		}
		*r.word(s) = set
	default:
		if !r.Read(s, text) {
			if r.number != nil {
				return refusal(text, r.Unit, " "+r.Unit, r.Min, r.Max)
			}
			return r.Fault()
		}
	}
	return ""
}

// letters returns a set of letters after turning some on or off, in the order of
// the options; false if one of them is none.
func (r *Setting) letters(set, some string, on bool) (string, bool) {
	order := r.Order
	if order == "" {
		for _, o := range r.Options {
			order += o.Code
		}
	}
	var b strings.Builder
	for _, c := range order {
		here := strings.ContainsRune(set, c)
		if strings.ContainsRune(some, c) {
			here, some = on, strings.ReplaceAll(some, string(c), "")
		}
		if here {
			b.WriteRune(c)
		}
	}
	return b.String(), some == ""
}

// Fault says which values there are.
func (r *Setting) Fault() string {
	if r.number != nil {
		return between(r.Min, r.Max, " "+r.Unit)
	}
	text := "The " + r.Name + " can be "
	if r.Many {
		text += "any of "
	}
	for i, o := range r.Options {
		switch {
		case i == len(r.Options)-1:
			text += " or "
		case i > 0:
			text += ", "
		}
		if o.Code == "" {
			text += "left out"
		} else {
			text += o.Code + " (" + o.Label + ")"
		}
	}
	return text + "."
}

// between says a range.
func between(low, high float64, unit string) string {
	text := func(v float64) string { return strings.Replace(Trimmed(v, 1), "-", "−", 1) }
	return "Between " + text(low) + " and " + text(high) + unit + "."
}

// instead returns in words what takes the place of what cannot be read.
func (r *Setting) instead() string {
	if r.Fallback == "" {
		return r.Default + " " + r.Unit
	}
	return r.Fallback
}

// Range says in words which values there are: "20 to 1000 kV".
func (r *Setting) Range() string {
	if r.number != nil {
		return Trimmed(r.Min, 1) + " to " + Trimmed(r.Max, 1) + " " + r.Unit
	}
	var labels []string
	for _, o := range r.Options {
		if o.Label != "" {
			labels = append(labels, o.Label)
		}
	}
	return strings.Join(labels, ", ")
}

// Usually says in words what holds where a link says nothing.
func (r *Setting) Usually() string { return r.instead() }

// Change is what undoing a change of the setting is called.
func (r *Setting) Change() string {
	if r.Undo != "" {
		return r.Undo
	}
	return r.Name
}

// Clamped returns a number as near to v as the setting allows.
func (r *Setting) Clamped(v float64) float64 { return min(max(v, r.Min), r.Max) }

// Allows reports whether a number is within the range; NaN is not.
func (r *Setting) Allows(v float64) bool { return v >= r.Min && v <= r.Max }

// Angle is a field of the holder, degrees.
type Angle struct {
	Name     string // in a HolderPatch
	Min, Max float64
	Of       func(*Holder) *float64
}

// Angles are the fields of a Holder in the order of a link.
var Angles = []Angle{
	{"alpha", -90, 90, func(h *Holder) *float64 { return &h.Alpha }},
	{"beta", -90, 90, func(h *Holder) *float64 { return &h.Beta }},
	{"limitAlpha", 0, 90, func(h *Holder) *float64 { return &h.LimitAlpha }},
	{"limitBeta", 0, 90, func(h *Holder) *float64 { return &h.LimitBeta }},
}

// Axis is the direction of the α axis on the screen, which belongs to the
// instrument and is in no link.
var Axis = Angle{Name: "axis", Min: -360, Max: 360}

// Rotation is the rotation of the picture in its plane, as typed.
var Rotation = Angle{Name: "rotation", Min: -360, Max: 360}

// Take reads an angle as typed and, if it cannot be used, says which there are.
func (a *Angle) Take(text string) (v float64, fault string) {
	v, ok := Quantity(text, "°", a.Min, a.Max)
	if !ok {
		return 0, refusal(text, "°", "°", a.Min, a.Max)
	}
	return v, ""
}
