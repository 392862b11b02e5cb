package protocol

import "zoneaxis/internal/lean/jsontext"

// The messages are JSON, read and written by code made from their types: run go
// generate here after changing one. A test compares it with encoding/json.
//
//go:generate go run zoneaxis/scripts/generate codec -read Request,Snapshot,Exported -write Reply,Snapshot,Export -declare Request,Reply=../../assets/js/shared/protocol.d.ts codec.go

// ReadRequest reads a request of the page.
func ReadRequest(text []byte) (*Request, error) {
	var q Request
	r := jsontext.NewReader(text)
	decodeRequest(r, &q)
	return &q, r.Close()
}

// JSON returns the reply as the page gets it, without SVG and Marks.
func (r *Reply) JSON() []byte {
	var w jsontext.Writer
	if w.Grow(1 << 10); r.View != nil {
		w.Grow(7 << 10)
	}
	encodeReply(&w, r)
	text, ok := w.Text()
	if !ok { // a number that is none
		return []byte(`{"seq":0,"ok":false,"error":"The answer could not be written."}`)
	}
	return text
}

// Snapshot is the text form of a state: the link, and what is finer or more
// than it holds.
type Snapshot struct {
	Link      string     `json:"l"`
	Orient    [4]float64 `json:"q"`
	Reference [3]int     `json:"z"`
	Lens      []float64  `json:"m"` // kV, camera length, thickness, at x, at y, tilt axis, later numbers
	Free      []float64  `json:"p,omitempty"`
	Key       string     `json:"k,omitempty"`
	Flip      string     `json:"f,omitempty"`
	Variant   int        `json:"n,omitempty"`
}

// Text writes a snapshot.
func (s *Snapshot) Text() string {
	var w jsontext.Writer
	encodeSnapshot(&w, s)
	text, ok := w.Text()
	if !ok {
		panic("protocol: a number of the state is not finite")
	}
	return string(text)
}

// ReadSnapshot reads a snapshot; false if it is none. Whether its state can be
// had is not looked at.
func ReadSnapshot(text string) (*Snapshot, bool) {
	var s Snapshot
	r := jsontext.NewReader([]byte(text))
	decodeSnapshot(r, &s)
	return &s, r.Close() == nil
}

// Exported is what is read of a JSON export.
type Exported struct {
	Format string `json:"format"`
	Link   string `json:"link"`
	State  string `json:"state"`
}

// Format names our JSON export.
const Format = "zoneaxis session"

// Export is the JSON export. Field names carry their units.
type Export struct {
	Format       string             `json:"format"`
	Version      string             `json:"version,omitempty"`
	Link         string             `json:"link"`
	State        string             `json:"state"`
	Crystal      string             `json:"crystal"`
	Formula      string             `json:"formula"`
	SpaceGroup   string             `json:"space_group,omitempty"`
	Cell         [6]float64         `json:"cell_A_deg"`
	Volume       float64            `json:"volume_A3"`
	Zone         [3]int             `json:"zone"`
	Tilt         [3]float64         `json:"tilt_deg"`
	VoltageKV    float64            `json:"voltage_kv"`
	Wavelength   float64            `json:"wavelength_A"`
	CameraLength float64            `json:"camera_length_mm"`
	Scale        float64            `json:"picture_width_invA"`
	Model        string             `json:"model"` // kinematic, dynamical
	Thickness    float64            `json:"thickness_nm"`
	Absorption   string             `json:"absorption,omitempty"`          // in words, of a dynamical pattern
	Beams        *BeamCount         `json:"beams,omitempty"`               // likewise
	Convergence  float64            `json:"convergence_percent,omitempty"` // likewise, if known
	Reflections  []ExportReflection `json:"reflections"`
}

// BeamCount is the number of beams of a dynamical picture.
type BeamCount struct {
	Strong int `json:"strong"`
	Weak   int `json:"weak"`
}

// ExportReflection is a reflection in the picture, or a family of a powder ring.
type ExportReflection struct {
	HKL [3]int     `json:"hkl"`
	Q   [2]float64 `json:"q_invA"`
	G   float64    `json:"g_invA"`
	D   float64    `json:"d_A"`
	S   float64    `json:"s_invA"`
	F   [2]float64 `json:"F_A"`
	// |F|² × shape in Å² or, dynamical, the fraction of the incident beam.
	Intensity float64 `json:"intensity"`
	// Of a family of a powder ring; its intensity is relative to the strongest.
	Multiplicity int `json:"multiplicity,omitempty"`
}

// Text writes an export for people to read, on many lines; false if one of its
// numbers is not finite.
func (e *Export) Text() (string, bool) {
	var w jsontext.Writer
	encodeExport(&w, e)
	text, ok := w.Text()
	if !ok {
		return "", false
	}
	return string(jsontext.Indent(nil, text)), true
}

// ReadExport reads what leads back to the state of a JSON export; false if a
// file is none of ours.
func ReadExport(data []byte) (*Exported, bool) {
	var e Exported
	r := jsontext.NewReader(data)
	decodeExported(r, &e)
	return &e, r.Close() == nil && e.Format == Format
}
