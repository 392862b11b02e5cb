package session

import (
	"errors"
	"math/cmplx"
	"strconv"
	"strings"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/geom"
	"zoneaxis/internal/lean/say"
	"zoneaxis/internal/link"
	"zoneaxis/internal/protocol"
	"zoneaxis/internal/scene"
	"zoneaxis/internal/source"
)

// doRead opens a file: a crystal in any format of package source, or a picture
// or session that this program exported.
func (s *Session) doRead(r *protocol.Request, payload []byte, out *protocol.Reply) error {
	if address, state, ok := fileState(payload); ok {
		s.selected = nil
		if err := s.Restore(state); err == nil {
			return nil
		}
		return s.doOpen(&protocol.Request{Link: address}, nil, out)
	}
	structures, name, data := s.pending.structures, s.pending.name, s.pending.data
	if len(payload) > 0 || r.Block == nil {
		name, data = r.Name, payload
		var err error
		structures, err = source.Read(r.Name, payload)
		var noAtoms *source.NoAtomsError
		if errors.As(err, &noAtoms) {
			structures, err = []*crystal.Structure{noAtoms.Structure}, nil
			if noAtoms.Detail != "" {
				out.Notes = append(out.Notes, noAtoms.Detail)
			}
		}
		if err != nil {
			return err
		}
	}
	block := 0
	switch {
	case r.Block != nil:
		block = *r.Block
		if block < 0 || block >= len(structures) {
			return errors.New("That structure is not in the file. Open the file again.")
		}
	case len(structures) > 1:
		s.pending = pending{structures, name, data}
		for i, structure := range structures {
			out.Choices = append(out.Choices, protocol.Choice{Block: i, Title: choiceTitle(structure, i), Formula: protocol.Formula(structure.Formula())})
		}
		out.Notes = append(out.Notes, say.Sprintf("This file has %d structures. Which one?", len(structures)))
		return nil
	}
	return s.openFile(name, data, structures, block, out)
}

func choiceTitle(s *crystal.Structure, i int) string {
	if s.Name != "" {
		return s.Name
	}
	return say.Sprintf("Structure %d", i+1)
}

// openFile shows a structure of a file, with the zone axis that is on screen.
// The page packs what out says for the link.
func (s *Session) openFile(name string, data []byte, structures []*crystal.Structure, block int, out *protocol.Reply) error {
	structure := *structures[block]
	if structure.Name == "" {
		structure.Name = strings.TrimSuffix(name, suffix(name))
	}
	if structure.Name == "" {
		structure.Name = structure.Formula()
	}
	key := source.FileKey(data)
	if len(structures) > 1 {
		key += "-" + strconv.Itoa(block)
	}
	doc, large := "", false
	if before := s.files[key]; before != nil {
		doc, large = before.doc, before.large
	}
	s.files[key] = &file{structure: &structure, doc: doc, large: large}
	if doc == "" && !large {
		out.Document = &protocol.Document{Key: key, File: len(structures) == 1, CIF: string(source.EncodeCIF(&structure))}
	}
	l := s.Link()
	l.Crystal, l.Doc, l.Measured, l.Between, l.Cell, l.AtX, l.AtY = "cif", doc, nil, false, "", 0, 0
	if l.Second == "twin" {
		l.Second, l.Relation = "", ""
	}
	_, err := s.applyFile(l, key, true)
	return err
}

// maxPacked bounds the fragment of a link, bytes of text.
const maxPacked = 12 << 10

// doDocument learns what the page has packed or unpacked: the fragment for the
// document of a file that was read, or the document of a fragment.
func (s *Session) doDocument(r *protocol.Request, payload []byte, _ *protocol.Reply) error {
	if len(r.Text) > maxPacked || r.Text == "" && r.ID == "" {
		return errors.New("A document needs the key of a file or a text of up to 12 kB.")
	}
	if r.ID == "" {
		key, err := s.keep(payload, r.Text)
		if err == nil {
			s.packed[r.Text] = key
		}
		return err
	}
	f, ok := s.files[r.ID]
	if !ok {
		return errGone
	}
	if f.doc, f.large = r.Text, r.Text == ""; !f.large {
		s.packed[r.Text] = r.ID
	}
	if s.key == r.ID {
		s.doc, s.large = f.doc, f.large
	}
	return nil
}

// keep keeps the crystal of a document and returns its key; "" if there is none
// in it. The error is source.ErrNoReader.
func (s *Session) keep(document []byte, doc string) (string, error) {
	if len(document) == 0 {
		return "", nil // the page could not unpack it
	}
	key := source.FileKey(document)
	if s.files[key] != nil {
		return key, nil
	}
	list, err := source.Read("", document)
	if errors.Is(err, source.ErrNoReader) {
		return "", err
	}
	var noAtoms *source.NoAtomsError
	if errors.As(err, &noAtoms) {
		list, err = []*crystal.Structure{noAtoms.Structure}, nil
	}
	if err != nil {
		return "", nil
	}
	s.files[key] = &file{structure: list[0], doc: doc}
	return key, nil
}

// suffix returns the ending of a file name with its dot.
func suffix(name string) string {
	if i := strings.LastIndexByte(name, '.'); i > 0 {
		return name[i:]
	}
	return ""
}

// fileState finds the session in a file that this program exported: a picture
// or a JSON file.
func fileState(data []byte) (address, state string, ok bool) {
	if address, state, ok = scene.FileState(data); ok {
		return address, state, ok
	}
	if len(data) < 5<<20 {
		if doc, ok := protocol.ReadExport(data); ok {
			return doc.Link, doc.State, true
		}
	}
	return "", "", false
}

func (s *Session) doExport(r *protocol.Request, _ []byte, out *protocol.Reply) error {
	o := protocol.ExportOptions{Labels: true, Bar: true, Legend: true, Caption: true}
	if r.Export != nil {
		o = *r.Export
	}
	address := o.Origin + s.Link().String()
	name := s.exporting().fileName()
	switch r.Kind {
	case "svg":
		out.SVG = string(s.exporting().file(o, address))
		out.File = &protocol.File{Name: name + ".svg", Type: "image/svg+xml"}
	case "csv":
		rows, dynamical := s.rowsOf(), ""
		if s.drawn.dynamics != nil {
			dynamical = s.absorptionText()
		}
		out.File = &protocol.File{Name: name + ".csv", Type: "text/csv", Text: string(scene.AppendCSV(nil, rows, s.specimen.four, dynamical))}
		out.Toast = "Copied " + plural(len(rows), "row") + "."
	case "json":
		text, err := s.exporting().exportJSON(o, address)
		if err != nil {
			return err
		}
		out.File = &protocol.File{Name: name + ".json", Type: "application/json", Text: text}
	case "line":
		out.File = &protocol.File{Name: name + ".txt", Type: "text/plain", Text: s.measuring().measureView().Copy}
		out.Toast = "Measurement copied."
	default:
		return errors.New("An export is svg, csv, json or line.")
	}
	out.File.Toast = "Saved " + out.File.Name + "."
	return nil
}

// fileName returns the name of exported files without ending:
// "si-lib-si_110_200kV".
func (s exporting) fileName() string {
	p := s.specimen
	plain := func(text string) string {
		text = strings.ToLower(text)
		return strings.Trim(strings.Map(func(r rune) rune {
			if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '.' {
				return r
			}
			return '-'
		}, text), "-.")
	}
	name := plain(p.formula())
	if s.crystal != "cif" {
		name += "-" + plain(s.crystal)
	} else if title := plain(p.name()); title != name && title != "" {
		name = strings.TrimPrefix(name+"-"+title, "-")
	}
	zone := "powder"
	if !s.Rings {
		zone = strings.ReplaceAll(s.zone.String(), " ", ",")
	}
	return name + "_" + zone + "_" + link.Trimmed(s.KV, 1) + "kV"
}

// file writes the stand-alone picture.
func (s exporting) file(o protocol.ExportOptions, address string) []byte {
	before := s.size
	s.resize(1)
	defer s.resize(before)
	s.draw()
	if o.Labels && !s.has('i') {
		s.scene.PlaceLabels()
		s.drawn.stale = true // the page itself shows none
	}
	sheet := scene.Sheet{
		Style: s.sheetStyle(o.Style), Labels: o.Labels, Clear: o.Clear, Outlines: o.Outlines,
		Link: address, State: s.Snapshot(),
	}
	if o.Bar {
		bar := s.words().bar()
		sheet.Bar = &scene.SheetBar{Units: bar.Units, Label: bar.Label[0].T, Power: bar.Label[1].T}
	}
	if o.Legend {
		for _, l := range s.words().legend() {
			sheet.Legend = append(sheet.Legend, scene.LegendEntry(l))
		}
	}
	if o.Caption {
		sheet.Caption = s.words().caption(o, address)
	}
	return s.scene.AppendFile(nil, sheet)
}

// caption returns the lines under an exported picture.
func (s words) caption(o protocol.ExportOptions, address string) []string {
	p := s.specimen
	known := p.formula()
	if p.source != "" && s.crystal != "cif" {
		known += ", " + p.source
	}
	first := s.capitalName()
	if known != "" {
		first += " (" + known + ")"
	}
	first += ", "
	switch {
	case s.Rings:
		first += "powder"
	case s.offAxis < onAxis:
		first += protocol.PlainZone(s.zone, p.four)
	default:
		first += link.Fixed(geom.Degrees(s.offAxis), 2) + "° from " + protocol.PlainZone(s.zone, p.four)
	}
	first += ", " + link.Trimmed(s.KV, 1) + " kV, " + s.modelText()
	if s.drawn.dynamics != nil {
		first += ", " + s.dynamicalText()
	}
	if text := flagsText(s.Flags); text != "" {
		first += ". " + text
	}
	program := "zoneaxis"
	if o.Version != "" {
		program += " " + o.Version
	}
	second := program
	if o.Origin != "" && len(address) <= 110 {
		second += ", " + address
	}
	return []string{first, second}
}

func (s exporting) exportJSON(o protocol.ExportOptions, address string) (string, error) {
	p := s.specimen
	c := p.structure.Lattice.Cell()
	l := s.Link()
	doc := protocol.Export{
		Format: protocol.Format, Version: o.Version, Link: address, State: s.Snapshot(), Crystal: p.name(), Formula: p.formula(),
		Cell: [6]float64{c.A, c.B, c.C, c.Alpha, c.Beta, c.Gamma}, Volume: p.structure.Lattice.Volume(),
		Zone: s.zone, Tilt: [3]float64{l.TiltX, l.TiltY, l.Rotation}, VoltageKV: s.KV, Wavelength: s.beam.Wavelength(),
		CameraLength: s.CL, Scale: s.side(), Model: "kinematic", Thickness: s.Thickness, Reflections: []protocol.ExportReflection{},
	}
	s.draw()
	if s.drawn.dynamics != nil {
		d := s.drawn.dynamics
		doc.Model, doc.Absorption = "dynamical", s.absorptionText()
		doc.Beams = &protocol.BeamCount{Strong: d.system.Strong, Weak: len(d.system.Beams) - d.system.Strong}
		if figure, known := d.converged(s.Thickness); known {
			doc.Convergence = 100 * figure
		}
	}
	if p.setting != nil {
		doc.SpaceGroup = p.setting.Extended
	}
	for i, r := range s.rowsOf() {
		if s.Rings {
			doc.Reflections = append(doc.Reflections, protocol.ExportReflection{HKL: r.HKL, G: r.G, D: r.D, F: [2]float64{real(r.F)}, Intensity: r.Intensity, Multiplicity: r.Multiplicity})
			continue
		}
		doc.Reflections = append(doc.Reflections, protocol.ExportReflection{
			HKL: r.HKL, Q: [2]float64{r.X, r.Y}, G: r.G, D: r.D, S: r.S, F: [2]float64{real(r.F), imag(r.F)},
			Intensity: r.Intensity,
		})
		if s.drawn.dynamics == nil {
			doc.Reflections[i].Intensity = cmplx.Abs(r.F) * cmplx.Abs(r.F) * s.kinematic(p).At(r.S)
		}
	}
	text, ok := doc.Text()
	if !ok {
		return "", errors.New("session: a number of the export is not finite")
	}
	return text, nil
}
