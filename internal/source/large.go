package source

import "bytes"

// slimmed returns what is of use in a file larger than maxText, with the same
// numbers of lines: a CIF without the values of loops that are of no use,
// reflections above all, and without the later lines of long text fields; an
// instruction file of SHELX up to its reflections. It looks at every byte once.
func slimmed(name string, data []byte) ([]byte, error) {
	head := data[:min(len(data), 1<<18)]
	tooLarge := &SizeError{int64(len(data)), maxText}
	if bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) {
		return nil, tooLarge
	}
	var out []byte
	s := cifSlimmer{}
	switch Sniff(name, head) {
	case CIF:
		for i := 0; i < len(data); {
			var line []byte
			line, i = cutLine(data, i)
			if s.keeps(line) {
				out = append(out, line...)
			}
			if out = append(out, '\n'); len(out) > maxText {
				return nil, tooLarge
			}
		}
		return out, nil
	case SHELX:
		for i := 0; i < len(data); {
			var line []byte
			line, i = cutLine(data, i)
			if out = append(append(out, line...), '\n'); len(out) > maxText {
				return nil, tooLarge
			}
			if hasFold(line, "hklf") || hasFold(line, "end") && len(bytes.TrimSpace(line)) == 3 {
				return out, nil
			}
		}
		return out, nil
	}
	return nil, tooLarge
}

// cifSlimmer tells which lines of a CIF are of use.
type cifSlimmer struct {
	field  int  // lines of the text field so far, 0 outside
	header bool // among the tags of a loop
	wanted bool // the loop has a column of use
	values bool // among the values of a loop without one
}

func (s *cifSlimmer) keeps(line []byte) bool {
	const longField = 200 // lines
	if s.field > 0 {
		if len(line) > 0 && line[0] == ';' {
			s.field = 0
			return true
		}
		s.field++
		return s.field <= longField
	}
	if len(line) > 0 && line[0] == ';' {
		s.field = 1
		s.begin()
		return true
	}
	text := bytes.TrimLeft(line, " \t")
	if len(text) == 0 || text[0] == '#' {
		return !s.values
	}
	switch {
	case hasFold(text, "loop_"):
		s.header, s.wanted, s.values = true, false, false
		for _, f := range bytes.Fields(text[5:min(len(text), 2000)]) {
			s.wanted = s.wanted || cifWanted(cifName(f)) || f[0] != '_' // values on this line too
		}
	case text[0] == '_':
		if s.values = false; s.header {
			tag, _, _ := bytes.Cut(text, []byte(" "))
			s.wanted = s.wanted || cifWanted(cifName(bytes.TrimSpace(tag)))
		}
	case hasFold(text, "data_"), hasFold(text, "save_"):
		s.header, s.values = false, false
	default:
		// The first line of values stays, so that the tags that follow the loop
		// are not taken for its own.
		if s.begin() {
			return true
		}
	}
	return !s.values
}

// begin passes from the tags of a loop to its values, and tells whether it was
// among the tags.
func (s *cifSlimmer) begin() bool {
	first := s.header
	if first {
		s.header, s.values = false, !s.wanted
	}
	return first
}
