package protocol

// Frame holds what changes while the crystal is turned or zoomed.
type Frame struct {
	Zone     Text   `json:"zone"`    // "[110]": the nearest zone, shown large
	OffAxis  string `json:"offAxis"` // "0.42° off axis", "on axis"
	Distance string `json:"distance"`
	On       bool   `json:"on"`       // exactly on the axis: no Snap button
	NearText Text   `json:"nearText"` // "0.42° from [110]" or "On [110]"
	UVW      [3]int `json:"uvw"`
	Rotation string `json:"rotation"` // in-plane angle for the field, "0.0°"
	CL       string `json:"cl"`       // camera length for its field
	Zoom     string `json:"zoom"`     // "100 %"
	Bar      Bar    `json:"bar"`      // scale bar
	InView   int    `json:"inView"`
	Count    string `json:"count"`           // "58 in view", with the dynamical model "58 in view, dynamical, 129 beams"
	Of       string `json:"of"`              // what the intensities of the rows are of, as in Detail
	Empty    bool   `json:"empty,omitempty"` // no reflections in view
	// Hud are the lines that say what the picture shows, at every moment: "200 kV ·
	// 50 nm", "λ = 2.508 pm" and, with the dynamical model, "dynamical, 129 beams"
	// or, of a picture with fewer beams or none, "draft: kinematic".
	Hud     []Text `json:"hud"`
	Grabbed Text   `json:"grabbed,omitempty"`
	Detent  bool   `json:"detent,omitempty"` // the drag has just settled on a zone
}

// Bar is the scale bar: Units view-box units long.
type Bar struct {
	Units float64 `json:"units"`
	Label Text    `json:"label"` // "5 nm−1" with the exponent raised
}

// View is everything that the page shows in words and numbers.
type View struct {
	Frame Frame `json:"frame"`

	Heading     string `json:"heading"`     // h1: "Silicon, zone axis 1 1 0, 200 kV"
	Title       string `json:"title"`       // of the document: "Silicon [110], 200 kV"
	Summary     string `json:"summary"`     // one sentence, for link previews
	Description string `json:"description"` // state description for assistive technology
	Phone       Text   `json:"phone"`       // second line of the crystal button: "Fd3m · 200 kV", in the dynamical model with the thickness

	Crystal CrystalView `json:"crystal"`
	Input   string      `json:"input"` // zone in the zone field, "[110]"
	Hint    string      `json:"hint"`
	Chips   []Chip      `json:"chips"`

	// Values are all settings by their keys, as links write them: the values of the
	// form's fields.
	Values map[string]string `json:"values"`
	Scale  float64           `json:"scale"` // nm⁻¹ per view-box unit
	// Off are settings that the picture does not depend on now. Still tells that
	// it has no orientation either: nothing turns it.
	Off   []Off `json:"off,omitempty"`
	Still bool  `json:"still,omitempty"`
	// Holz tells where the ring of the first higher Laue zone is if none of it is
	// in the picture.
	Holz *Outside `json:"holz,omitempty"`
	// Waiting tells that the picture is a draft with few beams, or kinematic,
	// until Session.Calculate has done its work: "Calculating, 142 beams…".
	Waiting string `json:"waiting,omitempty"`
	// Refining tells that Session.Calculate can tell how far the intensities have
	// converged, or take more beams: "Refining, 286 beams…".
	Refining  string   `json:"refining,omitempty"`
	FlagsText string   `json:"flagsText,omitempty"` // "Mirrored left-right, negative", shown whenever set
	Legend    []Legend `json:"legend"`

	Counts  Counts      `json:"counts"`
	Empty   string      `json:"empty,omitempty"` // "No reflections in view. …"
	Notes   []string    `json:"notes,omitempty"`
	Measure MeasureView `json:"measure"`
	Holder  HolderView  `json:"holder"`
	Second  *SecondView `json:"second,omitempty"`
	Detail  *Detail     `json:"detail,omitempty"` // of the selected spot
	Rows    []Row       `json:"rows"`             // first 20 of the reflections table

	// Keys are the keys and values of the canonical link without defaults left
	// out, for the form of the page, which works without scripts: "d" → "0.30,-0.30,0.00".
	Keys map[string]string `json:"keys,omitempty"`
	// Links lead to the neighbouring states, for the page without scripts: up,
	// down, left, right (0.5°), centre (snap), ccw, cw (5°), in, out (zoom).
	// Only the server asks for them.
	Links map[string]string `json:"links,omitempty"`
}

// Off is a setting without effect on the picture: its key, the codes of those of
// its options that have none (empty for a number), and the reason.
type Off struct {
	Key   string `json:"key"`
	Codes string `json:"codes,omitempty"`
	Why   string `json:"why"`
}

// Outside tells of something outside the picture, with the way to it if there is
// one.
type Outside struct {
	Text   Text    `json:"text"`
	Action *Action `json:"action,omitempty"`
}

// CrystalView describes the crystal.
type CrystalView struct {
	ID        string   `json:"id"` // "mp-149", "lib-si", "cif"
	Name      string   `json:"name"`
	Formula   Text     `json:"formula"`
	Group     Text     `json:"group"` // "Fd3m" with the bar
	Line      Text     `json:"line"`  // "Fd3m · a = 5.431 Å"
	Source    string   `json:"source"`
	Badge     string   `json:"badge"` // Library, Online, File
	System    string   `json:"system"`
	FourIndex bool     `json:"fourIndex"`
	Density   string   `json:"density"`
	Reference string   `json:"reference,omitempty"`
	Notes     []string `json:"notes,omitempty"`
	// Shareable is false for a file that is too large for a link.
	Shareable bool `json:"shareable"`
}

// Chip is a common zone axis.
type Chip struct {
	UVW     [3]int `json:"uvw"`
	Text    Text   `json:"text"`
	Label   string `json:"label"` // spoken: "zone axis 1 bar 1 0"
	Pressed bool   `json:"pressed"`
	Link    string `json:"link"` // works without scripts
}

// Legend is one entry of the legend; Class is a name of the drawing: kik, holz,
// dd, forb, second.
type Legend struct {
	Class string `json:"class"`
	Text  string `json:"text"`
}

// Counts are numbers in the description.
type Counts struct {
	InView  int `json:"inView"`
	Double  int `json:"double"`
	Kikuchi int `json:"kikuchi"` // pairs of lines
}

// MeasureView is the measurement.
type MeasureView struct {
	Count   string   `json:"count"`           // "2 spots picked"
	Empty   string   `json:"empty,omitempty"` // "Pick two spots to get d, angle and ratio."
	Points  []Detail `json:"points"`
	Angle   string   `json:"angle,omitempty"` // "35.26°"
	Ratio   string   `json:"ratio,omitempty"` // "1.633"
	Spacing string   `json:"spacing,omitempty"`
	Between bool     `json:"between,omitempty"`
	Copy    string   `json:"copy,omitempty"` // one tab-separated line
}

// Detail describes a spot or a free point.
type Detail struct {
	Letter string  `json:"letter,omitempty"` // A, B
	Free   bool    `json:"free,omitempty"`
	HKL    *[3]int `json:"hkl,omitempty"`
	Label  Text    `json:"label"` // indices with bars, or "free"
	Spoken string  `json:"spoken"`
	X      float64 `json:"x"` // view-box units
	Y      float64 `json:"y"`
	D      string  `json:"d"`     // "3.136", Å
	InvD   string  `json:"invD"`  // "3.19", nm⁻¹
	Angle  string  `json:"angle"` // two-theta, mrad
	F      string  `json:"f,omitempty"`
	Phase  string  `json:"phase,omitempty"`
	S      string  `json:"s,omitempty"`  // Å⁻¹
	I      string  `json:"i,omitempty"`  // per cent
	Of     string  `json:"of,omitempty"` // what I is of: "of the strongest spot", "of the incident beam"
	Xi     string  `json:"xi,omitempty"` // extinction distance, nm
	Family Text    `json:"family,omitempty"`
	// Forbidden says why F is zero; Path how double diffraction reaches it.
	Forbidden Text `json:"forbidden,omitempty"`
	Path      Text `json:"path,omitempty"`
	Laue      int  `json:"laue,omitempty"` // number of the Laue zone
	// Of a powder ring: how many planes the family has, and which others share it.
	Multiplicity string `json:"multiplicity,omitempty"`
	Also         Text   `json:"also,omitempty"`
}

// Row is a line of the reflections table: a spot, or a family of planes of a
// powder ring with its multiplicity in place of S.
type Row struct {
	HKL          [3]int `json:"hkl"`
	Label        Text   `json:"label"`
	D            string `json:"d"`
	InvD         string `json:"invD"`
	F            string `json:"f"`
	I            string `json:"i"`
	S            string `json:"s"`
	Multiplicity string `json:"multiplicity,omitempty"`
}

// Table is a part of the reflections table.
type Table struct {
	Rows    []Row  `json:"rows"`
	Total   int    `json:"total"`   // after the filter
	All     int    `json:"all"`     // before it
	Caption string `json:"caption"` // "58 reflections of silicon in view"
}

// ZoneReply is what the zone field learns about its text.
type ZoneReply struct {
	OK      bool    `json:"ok"`
	UVW     *[3]int `json:"uvw,omitempty"`
	Message Text    `json:"message"`
	Action  *Action `json:"action,omitempty"`
}

// Sheet is what the pattern library prints of a zone axis, for the one shown.
type Sheet struct {
	Title  Text         `json:"title"` // "Zone axis [110]"
	Tables []SheetTable `json:"tables"`
	// Load is the address of the file without which it is not known what else
	// looks the same: the page repeats the request with it as the payload.
	Load string `json:"load,omitempty"`
	// Link leads to the printable sheet of an equivalent zone axis.
	Link     string `json:"link,omitempty"`
	LinkText Text   `json:"linkText,omitempty"`
}

// SheetTable is one table. The first cell of a row names the row.
type SheetTable struct {
	Caption string     `json:"caption"`
	Heads   []Text     `json:"heads"`
	Rows    []SheetRow `json:"rows"`
	Note    Text       `json:"note,omitempty"`
}

// SheetRow is one row. If UVW or Link is set the first cell goes there.
type SheetRow struct {
	Cells []Text  `json:"cells"`
	UVW   *[3]int `json:"uvw,omitempty"`
	Label string  `json:"label,omitempty"` // of the first cell, in words
	Link  string  `json:"link,omitempty"`
}

// Pole is a zone axis in the stereogram, for clicks and keys. Coordinates are
// those of its SVG.
type Pole struct {
	UVW   [3]int  `json:"uvw"`
	Text  Text    `json:"text"`
	Label string  `json:"label"`
	X     float64 `json:"x"`
	Y     float64 `json:"y"`
}

// NetReply is what the large stereogram says of the two directions, and of the
// point that was read. Absent texts have nothing to say.
type NetReply struct {
	Angle   Text    `json:"angle,omitempty"`   // "[001] to [112]: 35.26°. Both lie in the plane (1−10)."
	Circle  Text    `json:"circle,omitempty"`  // of the small circle and of what looks the same
	Reading Text    `json:"reading,omitempty"` // "[112], 0.4° off; 35.1° from the beam"
	Spoken  string  `json:"spoken,omitempty"`  // the reading for assistive technology
	UVW     *[3]int `json:"uvw,omitempty"`     // of the reading
	Typed   string  `json:"typed,omitempty"`   // the reading as a person would type it
	// Faults are what is wrong with the texts first, second and radius; the rest
	// is drawn all the same.
	Faults map[string]string `json:"faults,omitempty"`
}

// HolderView is the holder's part of the tilt plan.
type HolderView struct {
	On         bool   `json:"on"`
	Alpha      string `json:"alpha"`
	Beta       string `json:"beta"`
	LimitAlpha string `json:"limitAlpha"`
	LimitBeta  string `json:"limitBeta"`
	Axis       string `json:"axis"`
	FlipAlpha  bool   `json:"flipAlpha"`
	FlipBeta   bool   `json:"flipBeta"`
	Note       string `json:"note"` // "holder ±30°"
}

// Plan answers a tilt plan.
type Plan struct {
	Target    Text       `json:"target"`
	Reachable bool       `json:"reachable"`
	Alpha     string     `json:"alpha,omitempty"`
	Beta      string     `json:"beta,omitempty"`
	Travel    string     `json:"travel,omitempty"`
	Message   Text       `json:"message"` // also when out of reach
	Check     string     `json:"check"`   // the test tilt: what should be seen if the signs are right
	Nearest   []PlanZone `json:"nearest"` // ten zones within the limits, nearest first
}

// PlanZone is a reachable zone.
type PlanZone struct {
	UVW    [3]int `json:"uvw"`
	Text   Text   `json:"text"`
	Label  string `json:"label"`
	Alpha  string `json:"alpha"`
	Beta   string `json:"beta"`
	Travel string `json:"travel"`
}

// SecondView describes the second crystal.
type SecondView struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Relation string   `json:"relation"`
	Text     Text     `json:"text"`
	Variant  int      `json:"variant"`
	Variants int      `json:"variants"`
	Zone     Text     `json:"zone"`    // nearest zone of the second crystal
	OffAxis  string   `json:"offAxis"` // its distance
	Common   []string `json:"common,omitempty"`
	Error    string   `json:"error,omitempty"`
}

// ExportOptions are the choices of the export dialog.
type ExportOptions struct {
	Labels   bool   `json:"labels"`
	Bar      bool   `json:"bar"`
	Legend   bool   `json:"legend"`
	Caption  bool   `json:"caption"`
	Clear    bool   `json:"clear"`    // no background
	Outlines bool   `json:"outlines"` // letters as strokes instead of text
	Style    string `json:"style"`    // film, screen, phosphor; "" = the view's
	Origin   string `json:"origin"`   // "https://example.org", put before links
	Version  string `json:"version"`  // of the program
}

// File is an exported file. Text is its content; pictures come as SVG beside
// the JSON, and the page paints PNG from it.
type File struct {
	Name  string `json:"name"` // "si-lib-si_110_200kV.svg"
	Type  string `json:"type"`
	Text  string `json:"text,omitempty"`
	Toast string `json:"toast"` // "Saved si-lib-si_110_200kV.svg."
}
