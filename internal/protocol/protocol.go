// Package protocol is what the page and the engine say to each other, and the
// forms in which a state is kept: requests, replies, the texts in them,
// snapshots and exports, with the code that writes and reads them as JSON.
// Package session answers.
//
// The page sends a Request as JSON, with bytes beside it for files, and gets
// a Reply as JSON, with a drawing (SVG) and the bytes of a wire.Frame beside
// it. One call is one request; the engine keeps one session.
//
//	call(request string, payload Uint8Array|null) → {json, svg, marks}
//
// The engine begins with silicon alone and is handed the library of crystals
// when it runs (source.LoadLibrary).
//
// Operations, by Request.Op. "→" names the parts of the reply beyond OK,
// Error, Link, Snapshot and View. A request that fails leaves the state and
// the picture as they were: OK is false, and Error is the text to show, Fields
// has one for each field that could not be read, or Need names the crystal that
// is missing.
//
//	open       Link, payload (the server's document of the link's crystal, if it was asked for)
//	           → Problems (damaged parts, with their texts), Need (an id the page must fetch first)
//	crystal    ID, payload as for open. Keeps the microscope and the zone → Need
//	read       Name, payload: a CIF, POSCAR, XYZ, JSON or one of our own exported SVG files,
//	           by content → Choices if there are several; then read again with Block set and no payload;
//	           Document, to be packed for the link
//	document   Text: a packed document, as links have it in their fragment. ID: the Document.Key of the
//	           file that it belongs to (no Text: it is too large for a link); without ID, payload: what
//	           it is unpacked (nothing if it could not be)
//	restore    Snapshot: back to exactly that state (undo, redo, context loss)
//
//	parse      Text of the zone field, no motion → Zone (message, action)
//	zone       Text; goes there if it can be read → Zone
//	go         UVW; or HKL: to the normal of that plane
//	snap       to the nearest zone axis (also the centre of the tilt pad)
//	common     Step +1 or −1: next or previous common zone
//	tilt   *   X, Y: degrees; X > 0 moves the pattern's marks to the right, Y > 0 up; HKL keeps the
//	           row of this spot: of the tilt, the part that turns about it is made
//	rotate *   Deg, counter-clockwise as seen on the screen; or Text, the new rotation as typed into its
//	           field, in degrees → Fields
//	drag   *   Stage start|move|end|cancel, X, Y in view-box units, Shift, Twist (see Request)
//	zoom   *   Factor about X, Y; or Fit
//	centre     HKL: moves the view so that this spot is in the middle
//	glide  *   X from 0 to 1: a step of the turn that the last zone, go, snap or common made (250 ms);
//	           Light only, the state stays at the end of it
//	set        Set: settings, holder, second crystal, all or, with
//	           an error in one of them, nothing → Fields (errors by field)
//
//	measure    HKL, or X, Y and Radius; or Clear; or Between → Detail
//	pick       X, Y, Radius → Detail (spot or free point), no change of state
//	inspect    HKL → Detail
//	select     HKL or nothing: highlights a spot (table row, spot walk), not part of the link → Detail
//	walk       Dir left|right|up|down|next|previous: selects the neighbouring spot → Detail
//
//	view       nothing changes; draws again (Draw) → everything. View.Waiting tells that the
//	           dynamical calculation is too long for a request: Session.Calculate does it, and
//	           the next view shows the result
//	table      Sort, Desc, Filter, Offset, Limit → Table
//	sheet      what tables of zone axes say of the nearest one; payload, once: the file that Sheet.Load
//	           names → Sheet
//	tiltplan   Text (target zone) or UVW → Plan
//	stereogram → SVG; → Poles (for clicks)
//	stereonet  Net: the large stereogram → SVG; → Poles, Net; with Kind svg → File;
//	           with Kind read → Net, of the point Net.At alone
//	crystalview → SVG, text alternative in Alt
//	export     Kind svg|csv|json|line, Export → File
//	qr         Text, an address → SVG
//
// Change, in a whole reply, names what is different from the last whole reply,
// so all steps of a gesture are one change.
//
// Operations with * are cheap enough for every frame of a gesture: with Light
// set they answer Frame instead of View, and no Link and Snapshot. The page
// sends a plain view request when the gesture has ended (a drag with Stage end
// does that by itself).
//
// Draw selects what is drawn beside the JSON: "svg" the whole picture,
// "canvas" marks for the canvas and an SVG of everything that the canvas
// doesn't draw (labels, rings, measurement), "" nothing.
//
// All coordinates of the picture are view-box units: −420 … 420, x right,
// y down, origin in the middle of the picture, "slice" fitted to its element.
package protocol

import "zoneaxis/internal/link"

// Request is one wish of the person at the page.
type Request struct {
	Op    string `json:"op"`
	Seq   uint32 `json:"seq,omitempty"`   // comes back in the reply and in the wire frame
	Draw  string `json:"draw,omitempty"`  // "svg", "canvas" or ""
	Light bool   `json:"light,omitempty"` // reply with Frame only
	// Took is how many ms the frame of a gesture before this one took, 0 if that is
	// not known: dynamical frames have as many beams as there is time for.
	Took float64 `json:"took,omitempty"`
	// Size, with Draw, is the factor that the style sheet enlarges letters by:
	// they get room for it, and marks grow with them. At most 2; below 1 it is 1.
	Size float64 `json:"size,omitempty"`

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

	X      float64 `json:"x,omitempty"`
	Y      float64 `json:"y,omitempty"`
	Radius float64 `json:"radius,omitempty"` // view-box units; how far a pick reaches
	Deg    float64 `json:"deg,omitempty"`
	Factor float64 `json:"factor,omitempty"` // above 1 magnifies
	Fit    bool    `json:"fit,omitempty"`
	Dir    string  `json:"dir,omitempty"`

	// A drag starts at a point; what lies there decides what it does: a spot or
	// a Kikuchi band is grabbed and stays under the pointer, elsewhere the
	// pattern follows like a trackball. Twist (held Shift with nothing grabbed,
	// or a start outside 80 % of the radius) turns in the plane. Shift with
	// something grabbed keeps its g-vector fixed (a systematic row); so does HKL,
	// wherever the drag starts, at the pace of the trackball.
	Stage string `json:"stage,omitempty"`
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
	Net    *NetRequest    `json:"net,omitempty"`
}

// NetRequest says what the large stereogram shows. Directions are texts as they
// are typed: a zone axis, or a plane in round brackets for its normal.
type NetRequest struct {
	Zoom    float64 `json:"zoom,omitempty"` // 1 (also 0) to 12, about the point CX, CY of the unit disc, y up
	CX      float64 `json:"cx,omitempty"`
	CY      float64 `json:"cy,omitempty"`
	Letters float64 `json:"letters,omitempty"` // their size in view-box units, 4 to 12
	Lines   bool    `json:"lines,omitempty"`   // a Wulff net
	First   string  `json:"first,omitempty"`
	Second  string  `json:"second,omitempty"`
	Great   bool    `json:"great,omitempty"`  // the great circle through both
	Radius  string  `json:"radius,omitempty"` // of a small circle about the first, degrees as typed
	Family  bool    `json:"family,omitempty"` // poles that look the same as the first
	// At, with Kind read, is a point of the view box whose direction is read, with
	// |u|+|v|+|w| up to Sum (1 to 20; 0 is 6).
	At  *[2]float64 `json:"at,omitempty"`
	Sum int         `json:"sum,omitempty"`
}

// Patch changes settings: what is absent stays. Values come as the text that was
// typed, so that the engine words the error.
type Patch struct {
	// Values are settings by their keys in link.Table, as link.Setting.Take reads
	// them: {"kv": "300", "m": "d", "o": "+k-i", "w": "r"}.
	Values map[string]string `json:"values,omitempty"`
	Scale  *string           `json:"scale,omitempty"` // nm⁻¹ per screen pixel, instead of a camera length
	Unit   float64           `json:"unit,omitempty"`  // screen pixels per view-box unit, with Scale

	Holder *HolderPatch `json:"holder,omitempty"`
	Second *SecondPatch `json:"second,omitempty"`
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

// SecondPatch adds or changes a second crystal or twin.
type SecondPatch struct {
	ID *string `json:"id,omitempty"` // "" removes it; "twin" means the same crystal
	// Relation: planes and directions that are parallel, "(111)||(110) [1-10]||[1-11]",
	// or for a twin a plane "(111)".
	Relation *string `json:"relation,omitempty"`
	Variant  int     `json:"variant,omitempty"` // 0 keeps; 1 … n
}

// Document is an opened file as a link may hold it: the file itself, if it is one
// crystal and small enough, else a CIF of it.
type Document struct {
	Key  string `json:"key"`
	File bool   `json:"file,omitempty"` // the file itself will do
	CIF  string `json:"cif"`
}

// NeedLibrary is in Reply.Need for a request that has to wait for the library.
const NeedLibrary = "library"

// NeedReader is in Reply.Need for a request with a file that the program cannot
// read itself: it is sent again with a parcel of package source in its place.
const NeedReader = "reader"

// NeedFragment begins Reply.Need for a request that has to wait for what the
// fragment of a link says.
const NeedFragment = "#x="

// Reply answers one Request.
type Reply struct {
	Seq   uint32 `json:"seq"`
	OK    bool   `json:"ok"`
	Error string `json:"error,omitempty"` // whole sentences for the person
	// Action offers a way out of Error: the page shows Label on a button that
	// sends Request (or does what Do names: fetch, reload, search).
	Action *Action `json:"action,omitempty"`

	Problems []link.Problem    `json:"problems,omitempty"` // parts of a link that could not be read
	Fields   map[string]string `json:"fields,omitempty"`   // errors of set, by field name
	// Need is the id of a crystal that the page must fetch (its own store, then
	// /api/structure/ID) and hand in as the payload of the same request, or
	// "library": the request has to wait until the engine has the library; or
	// "#x=" and the packed document of a link, which has to be handed in with the
	// operation document before this request is sent again.
	Need    string   `json:"need,omitempty"`
	Choices []Choice `json:"choices,omitempty"`
	Notes   []string `json:"notes,omitempty"` // about a file just read
	// Document is what the link should hold of a file just read. The page packs
	// it, raw DEFLATE and base64url, up to 6 kB of text.
	Document *Document `json:"document,omitempty"`

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
	Sheet  *Sheet     `json:"sheet,omitempty"`
	Plan   *Plan      `json:"plan,omitempty"`
	Poles  []Pole     `json:"poles,omitempty"`
	Net    *NetReply  `json:"net,omitempty"`
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

// Choice is one structure of a file that has several.
type Choice struct {
	Block   int    `json:"block"`
	Title   string `json:"title"`
	Formula Text   `json:"formula,omitempty"`
}
