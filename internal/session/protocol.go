// Package session is the state of the simulator page: which crystal, turned
// how, seen through which microscope, with which marks and measurements. It
// reads and writes the link that holds this state, turns the wishes of a
// person (requests) into a new state, and words everything that the page
// shows. It is plain Go: the worker of the page (wasm/engine), the server,
// which draws the same picture for the same link, and tests all use it.
//
// # The protocol
//
// The page sends a Request as JSON, with bytes beside it for files, and gets
// a Reply as JSON, with a drawing (SVG) and the bytes of a wire.Frame beside
// it. One call is one request; the engine keeps one session.
//
//	call(request string, payload Uint8Array|null) → {json, svg, marks}
//
// Operations, by Request.Op. "→" names the parts of the reply beyond OK,
// Error, Link, Snapshot and View. A request that fails leaves the state and
// the picture as they were: OK is false and Error is the text to show.
//
//	open       Link, payload (the server's document of the link's crystal, if it was asked for)
//	           → Problems (damaged parts, with their texts), Need (an id the page must fetch first)
//	crystal    ID, payload as for open. Keeps the microscope and the zone → Need
//	read       Name, payload: a CIF, POSCAR, XYZ, JSON or one of our own exported SVG files,
//	           by content → Choices if there are several; then read again with Block set and no payload
//	restore    Snapshot: back to exactly that state (undo, redo, context loss)
//
//	parse      Text of the zone field, no motion → Zone (message, action)
//	zone       Text; goes there if it can be read → Zone
//	go         UVW
//	snap       to the nearest zone axis (also the centre of the tilt pad)
//	common     Step +1 or −1: next or previous common zone
//	tilt   *   X, Y: degrees; X > 0 moves the pattern's marks to the right, Y > 0 up
//	rotate *   Deg, counter-clockwise as seen on the screen; or To, the new value of the field in degrees
//	drag   *   Phase start|move|end|cancel, X, Y in view-box units, Shift, Twist (see Request)
//	zoom   *   Factor about X, Y; or Fit
//	centre     HKL: moves the view so that this spot is in the middle
//	glide  *   X from 0 to 1: a step of the turn that the last zone, go, snap or common made (250 ms);
//	           Light only, the state stays at the end of it
//	set        Set: microscope, overlays, style, flags, holder, second phase, mode → Fields (errors by field)
//
//	measure    HKL, or X, Y and Radius; or Clear; or Between → Detail
//	pick       X, Y, Radius → Detail (spot or free point), no change of state
//	inspect    HKL → Detail
//	select     HKL or nothing: highlights a spot (table row, spot walk), not part of the link → Detail
//	walk       Dir left|right|up|down|next|previous: selects the neighbouring spot → Detail
//
//	view       nothing changes; draws again (Draw) → everything
//	table      Sort, Desc, Filter, Offset, Limit → Table
//	search     Text, Limit → Hits (library; the page adds what it keeps itself)
//	tiltplan   Text (target zone) or UVW → Plan
//	stereogram → SVG; → Poles (for clicks)
//	crystalview → SVG, text alternative in Alt
//	export     Kind svg|csv|json|line, Export → File
//
// Change, in a whole reply, names what is different from the last whole reply,
// so all steps of a gesture are one change.
//
// Operations with * are cheap enough for every frame of a gesture: with Light
// set they answer Frame instead of View, and no Link and Snapshot. The page
// sends a plain view request when the gesture has ended (a drag with Phase end
// does that by itself).
//
// Draw selects what is drawn beside the JSON: "svg" the whole picture,
// "canvas" marks for the canvas and an SVG of everything that the canvas
// doesn't draw (labels, rings, measurement), "" nothing.
//
// All coordinates of the picture are view-box units: −420 … 420, x right,
// y down, origin in the middle of the picture, "slice" fitted to its element.
package session

// Request is one wish of the person at the page.
type Request struct {
	Op    string `json:"op"`
	Seq   uint32 `json:"seq,omitempty"`   // comes back in the reply and in the wire frame
	Draw  string `json:"draw,omitempty"`  // "svg", "canvas" or ""
	Light bool   `json:"light,omitempty"` // reply with Frame only

	Link     string `json:"link,omitempty"` // whole address, or from the "?" on, with the fragment
	ID       string `json:"id,omitempty"`   // "lib-si", "mp-149"
	Name     string `json:"name,omitempty"` // file name
	Block    *int   `json:"block,omitempty"`
	Snapshot string `json:"snapshot,omitempty"`

	Text string  `json:"text,omitempty"`
	UVW  *[3]int `json:"uvw,omitempty"`
	HKL  *[3]int `json:"hkl,omitempty"`
	Step int     `json:"step,omitempty"`
	// Short goes to a zone axis by the shortest way, keeping the direction of the
	// picture (a click in the stereogram), instead of to its standard orientation.
	Short bool `json:"short,omitempty"`

	X      float64  `json:"x,omitempty"`
	Y      float64  `json:"y,omitempty"`
	Radius float64  `json:"radius,omitempty"` // view-box units; how far a pick reaches
	Deg    float64  `json:"deg,omitempty"`
	To     *float64 `json:"to,omitempty"`
	Factor float64  `json:"factor,omitempty"` // above 1 magnifies
	Fit    bool     `json:"fit,omitempty"`
	Dir    string   `json:"dir,omitempty"`

	// A drag starts at a point; what lies there decides what it does: a spot or
	// a Kikuchi band is grabbed and stays under the pointer, elsewhere the
	// pattern follows like a trackball. Twist (held Shift with nothing grabbed,
	// or a start outside 80 % of the radius) turns in the plane. Shift with
	// something grabbed keeps its g-vector fixed (a systematic row).
	Phase string `json:"phase,omitempty"`
	Shift bool   `json:"shift,omitempty"`
	Twist bool   `json:"twist,omitempty"`
	// Detent lets a drag settle on low-index zones that it comes close to.
	Detent bool `json:"detent,omitempty"`

	Clear   bool  `json:"clear,omitempty"`
	Between *bool `json:"between,omitempty"` // measure: angle at A between … or from 000

	Set    *Patch         `json:"set,omitempty"`
	Sort   string         `json:"sort,omitempty"` // hkl, d, g, f, i, s
	Desc   bool           `json:"desc,omitempty"`
	Filter string         `json:"filter,omitempty"`
	Offset int            `json:"offset,omitempty"`
	Limit  int            `json:"limit,omitempty"`
	Kind   string         `json:"kind,omitempty"`
	Export *ExportOptions `json:"export,omitempty"`
}

// Patch changes settings: what is absent stays. Numbers come as the text that
// was typed, so that the engine words the error.
type Patch struct {
	KV        *string `json:"kv,omitempty"`
	CL        *string `json:"cl,omitempty"`        // camera length, mm
	Scale     *string `json:"scale,omitempty"`     // nm⁻¹ per screen pixel, instead of CL
	Unit      float64 `json:"unit,omitempty"`      // screen pixels per view-box unit, with Scale
	Thickness *string `json:"thickness,omitempty"` // nm
	Model     *string `json:"model,omitempty"`     // k, d

	// Overlays by letter: i indices, k Kikuchi, h HOLZ, d double diffraction,
	// g forbidden, s scale bar.
	Overlays map[string]bool `json:"overlays,omitempty"`
	Style    *string         `json:"style,omitempty"` // film, screen, phosphor; "" = by theme
	// Flags by letter: h mirror left-right, v mirror up-down, r rotate 180°,
	// n negative, d seen from the detector.
	Flags map[string]bool `json:"flags,omitempty"`

	Holder *HolderPatch `json:"holder,omitempty"`
	Second *SecondPatch `json:"second,omitempty"`
	Rings  *bool        `json:"rings,omitempty"` // powder rings instead of spots
	Cell   *string      `json:"cell,omitempty"`  // auto, conventional, asgiven
}

// HolderPatch changes the double-tilt holder. Angles are texts in degrees.
type HolderPatch struct {
	Alpha      *string `json:"alpha,omitempty"`
	Beta       *string `json:"beta,omitempty"`
	LimitAlpha *string `json:"limitAlpha,omitempty"`
	LimitBeta  *string `json:"limitBeta,omitempty"`
	Axis       *string `json:"axis,omitempty"` // direction of the α axis on the screen, counter-clockwise from right
	FlipAlpha  *bool   `json:"flipAlpha,omitempty"`
	FlipBeta   *bool   `json:"flipBeta,omitempty"`
	Off        bool    `json:"off,omitempty"` // forget the holder
}

// SecondPatch adds or changes a second phase or twin.
type SecondPatch struct {
	ID *string `json:"id,omitempty"` // "" removes it; "twin" means the same crystal
	// Relation: planes and directions that are parallel, "(111)||(110) [1-10]||[1-11]",
	// or for a twin a plane "(111)".
	Relation *string `json:"relation,omitempty"`
	Variant  int     `json:"variant,omitempty"` // 0 keeps; 1 … n
}

// Reply answers one Request.
type Reply struct {
	Seq   uint32 `json:"seq"`
	OK    bool   `json:"ok"`
	Error string `json:"error,omitempty"` // whole sentences for the person
	// Action offers a way out of Error: the page shows Label on a button that
	// sends Request (or does what Do names: fetch, reload, search).
	Action *Action `json:"action,omitempty"`

	Problems []Problem         `json:"problems,omitempty"` // parts of a link that could not be read
	Fields   map[string]string `json:"fields,omitempty"`   // errors of set, by field name
	// Need is the id of a crystal that the page must fetch (its own store, then
	// /api/structure/ID) and hand in as the payload of the same request.
	Need    string   `json:"need,omitempty"`
	Choices []Choice `json:"choices,omitempty"`
	Notes   []string `json:"notes,omitempty"` // about a file just read

	// Change says in words what the request changed, for "Undone: zone axis.";
	// empty if nothing did. Push asks for pushState instead of replaceState.
	Change string `json:"change,omitempty"`
	Push   bool   `json:"push,omitempty"`
	Toast  string `json:"toast,omitempty"`  // confirmation to show
	Status string `json:"status,omitempty"` // for role=status, when the page has settled

	// Link is the canonical link of the state: "/sim?v=1&…", with "#x=…" for a
	// crystal that lives in the fragment. Snapshot restores the state exactly.
	Link     string `json:"link,omitempty"`
	Snapshot string `json:"snapshot,omitempty"`

	View  *View  `json:"view,omitempty"`
	Frame *Frame `json:"frame,omitempty"` // instead of View when Light

	Zone   *ZoneReply `json:"zone,omitempty"`
	Detail *Detail    `json:"detail,omitempty"`
	Table  *Table     `json:"table,omitempty"`
	Hits   []Hit      `json:"hits,omitempty"`
	Plan   *Plan      `json:"plan,omitempty"`
	Poles  []Pole     `json:"poles,omitempty"`
	Alt    string     `json:"alt,omitempty"`
	File   *File      `json:"file,omitempty"`

	// SVG and Marks travel beside the JSON.
	SVG   string `json:"-"`
	Marks []byte `json:"-"`
}

// Run is a piece of text with one style.
type Run struct {
	T   string `json:"t"`
	Bar bool   `json:"bar,omitempty"` // overbar: class "ob"
	Sub bool   `json:"sub,omitempty"`
	Sup bool   `json:"sup,omitempty"`
}

// Text is text with overbars, subscripts and superscripts.
type Text []Run

// Action is a button that goes with a message.
type Action struct {
	Label   string   `json:"label"`
	Request *Request `json:"request,omitempty"`
	Do      string   `json:"do,omitempty"` // fetch, reload, search, retry
}

// Problem is one part of a link that could not be read.
type Problem struct {
	Key  string `json:"key"` // "z", "d", …; "v" for a newer version
	Text string `json:"text"`
	// Reload asks for the button of the newer-version message.
	Reload bool `json:"reload,omitempty"`
}

// Choice is one structure of a file that has several.
type Choice struct {
	Block   int    `json:"block"`
	Title   string `json:"title"`
	Formula Text   `json:"formula,omitempty"`
}

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
	Empty    bool   `json:"empty,omitempty"` // no reflections in view
	Grabbed  Text   `json:"grabbed,omitempty"`
	Detent   bool   `json:"detent,omitempty"` // the drag has just settled on a zone
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
	Phone       Text   `json:"phone"`       // second line of the crystal button: "Fd3m · 200 kV · 50 nm"

	Crystal CrystalView `json:"crystal"`
	Input   string      `json:"input"` // zone in the zone field, "[110]"
	Hint    string      `json:"hint"`
	Chips   []Chip      `json:"chips"`
	Hud     []Text      `json:"hud"` // "200 kV · 50 nm", "λ = 2.508 pm"

	KV        string   `json:"kv"`
	Thickness string   `json:"thickness"`
	Scale     float64  `json:"scale"`  // nm⁻¹ per view-box unit
	Model     string   `json:"model"`  // "k" or "d"
	Models    []string `json:"models"` // what this program can calculate
	Overlays  string   `json:"overlays"`
	Style     string   `json:"style"` // "" = by theme
	Flags     string   `json:"flags"`
	FlagsText string   `json:"flagsText,omitempty"` // "Mirrored left-right, negative", shown whenever set
	Legend    []Legend `json:"legend"`
	Rings     bool     `json:"rings,omitempty"`
	Cell      string   `json:"cell"`

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
	InView  int    `json:"inView"`
	Double  int    `json:"double"`
	Kikuchi int    `json:"kikuchi"` // pairs of lines
	Text    string `json:"text"`    // "58 in view"
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
	Xi     string  `json:"xi,omitempty"` // extinction distance, nm
	Family Text    `json:"family,omitempty"`
	// Forbidden says why F is zero; Path how double diffraction reaches it.
	Forbidden Text `json:"forbidden,omitempty"`
	Path      Text `json:"path,omitempty"`
	Laue      int  `json:"laue,omitempty"` // number of the Laue zone
}

// Row is a line of the reflections table.
type Row struct {
	HKL   [3]int `json:"hkl"`
	Label Text   `json:"label"`
	D     string `json:"d"`
	InvD  string `json:"invD"`
	F     string `json:"f"`
	I     string `json:"i"`
	S     string `json:"s"`
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

// Hit is one row of the crystal search.
type Hit struct {
	ID      string `json:"id"` // "lib-si"
	Name    string `json:"name"`
	Formula Text   `json:"formula"`
	Group   Text   `json:"group"`
	Cell    string `json:"cell"` // "5.431" or "2.951, 4.684" Å
	Badge   string `json:"badge"`
	MP      string `json:"mp,omitempty"`
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

// SecondView describes the second phase.
type SecondView struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Relation string   `json:"relation"`
	Text     Text     `json:"text"`
	Variant  int      `json:"variant"`
	Variants int      `json:"variants"`
	Zone     Text     `json:"zone"`    // nearest zone of the second phase
	OffAxis  string   `json:"offAxis"` // its distance
	Common   []string `json:"common,omitempty"`
	Error    string   `json:"error,omitempty"`
}

// ExportOptions are the choices of the export dialog.
type ExportOptions struct {
	Labels     bool   `json:"labels"`
	Bar        bool   `json:"bar"`
	Legend     bool   `json:"legend"`
	Caption    bool   `json:"caption"`
	Clear      bool   `json:"clear"`    // no background
	Outlines   bool   `json:"outlines"` // indices as paths instead of text
	Style      string `json:"style"`    // film, screen, phosphor; "" = the view's
	Origin     string `json:"origin"`   // "https://example.org", put before links
	Version    string `json:"version"`  // of the program
	PixelWidth int    `json:"pixelWidth,omitempty"`
}

// File is an exported file. Text is its content; pictures come as SVG beside
// the JSON, and the page paints PNG from it.
type File struct {
	Name  string `json:"name"` // "si-mp-149_110_200kV.svg"
	Type  string `json:"type"`
	Text  string `json:"text,omitempty"`
	Toast string `json:"toast"` // "Saved si-mp-149_110_200kV.svg."
}
