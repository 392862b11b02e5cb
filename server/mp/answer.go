package mp

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"zoneaxis/internal/source"
	_ "zoneaxis/internal/source/records" // the library
)

// summaryFields are asked for by name: without a list the upstream sends the
// id and nothing else.
const summaryFields = "material_id,formula_pretty,symmetry,structure,deprecated,builder_meta"

// summary is the part of the upstream's document that we read.
type summary struct {
	ID       string `json:"material_id"`
	Formula  string `json:"formula_pretty"`
	Symmetry struct {
		System string `json:"crystal_system"`
		Symbol string `json:"symbol"`
		Number int    `json:"number"`
	} `json:"symmetry"`
	Structure  json.RawMessage `json:"structure"`
	Deprecated bool            `json:"deprecated"`
	Meta       struct {
		License string `json:"license"`
	} `json:"builder_meta"`

	raw json.RawMessage // the whole document
}

// licence is the one under which we may pass structures on, CC BY 4.0.
const licence = "BY-C"

// free reports whether we may pass the document on.
func (d *summary) free() bool { return d.Meta.License == licence }

// nonsense is an answer with status 200 that is none.
func nonsense(what string) *failure {
	return &failure{what: "answer not understood: " + what, ill: true}
}

const (
	// maxKeys bounds the members of an answer, and maxDepth how deep a document
	// nests: the upstream's have 4 and 8.
	maxKeys  = 64
	maxDepth = 32
	// maxTokens bounds a document with its structure, maxHitTokens one of a
	// search: a site of the upstream's has some 60 tokens.
	maxTokens    = 200 * source.MaxDocSites
	maxHitTokens = 5000
	// maxText bounds a text, key or number, bytes: a decoder makes up to 14 times
	// as much of one, and an error may repeat it.
	maxText = 64 << 10
)

// dataOf returns the first documents of an answer, up to a number, and whether
// there are more. Everything else in it is passed over. What is longer or deeper
// than any of the upstream's is refused before it is decoded: eight megabytes
// of "[1,1," would become 268.
func dataOf(body []byte, most, tokens int) (list []json.RawMessage, more bool, err error) {
	// A pass over the bytes that keeps nothing: what follows may stop early.
	if !json.Valid(body) {
		return nil, false, nonsense("no JSON")
	}
	if longest(body) > maxText {
		return nil, false, nonsense("a text or number " + errTooMuch.Error())
	}
	d := json.NewDecoder(bytes.NewReader(body))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, false, nonsense("no JSON of the expected shape")
	}
	for range maxKeys {
		if !d.More() {
			return nil, false, nonsense("no list of data")
		}
		key, err := d.Token()
		if err != nil {
			return nil, false, nonsense("no JSON of the expected shape")
		}
		if key != "data" {
			if err := skip(d, tokens); err != nil {
				return nil, false, nonsense("a member beside the data that cannot be read") // the error may hold all of it
			}
			continue
		}
		if t, err := d.Token(); err != nil || t != json.Delim('[') {
			return nil, false, nonsense("no list of data")
		}
		for d.More() && len(list) < most {
			var doc json.RawMessage
			if err := d.Decode(&doc); err != nil {
				return nil, false, nonsense("no list of documents")
			}
			err := errTooMuch
			if len(doc) <= maxObject {
				err = skip(json.NewDecoder(bytes.NewReader(doc)), tokens)
			}
			if err != nil {
				return nil, false, fmt.Errorf("%w: a document %w", ErrUnusable, err)
			}
			list = append(list, doc)
		}
		return list, d.More(), nil
	}
	return nil, false, nonsense("too many members")
}

// longest returns the length of the longest text or number of valid JSON.
func longest(body []byte) int {
	most := 0
	for i := 0; i < len(body); {
		from := i
		switch c := body[i]; {
		case c == '"':
			for i++; body[i] != '"'; i++ {
				if body[i] == '\\' {
					i++
				}
			}
			i++
		case c == '-' || c >= '0' && c <= '9':
			for i++; i < len(body) && bytes.IndexByte([]byte("+-.0123456789Ee"), body[i]) >= 0; i++ {
			}
		default:
			i++
			continue
		}
		most = max(most, i-from)
	}
	return most
}

var errTooMuch = errors.New("longer or deeper than any that is known")

// skip passes one value, unless it has more tokens than it may, or nests too
// deep.
func skip(d *json.Decoder, tokens int) error {
	depth := 0
	for range tokens {
		t, err := d.Token()
		if err != nil {
			return err
		}
		switch t {
		case json.Delim('['), json.Delim('{'):
			depth++
		case json.Delim(']'), json.Delim('}'):
			depth--
		}
		if depth == 0 {
			return nil
		}
		if depth > maxDepth {
			return errTooMuch
		}
	}
	return errTooMuch
}

// errIncomplete marks an answer that lacks what was asked for; it is asked for
// once more, as this is known to happen now and then.
var errIncomplete = errors.New("incomplete")

// summary asks for one material; nil if the upstream knows none.
func (c *Client) summary(ctx context.Context, id int, deprecated bool) (*summary, error) {
	query := url.Values{"material_ids": {source.FormatMP(id)}, "_fields": {summaryFields}, "_limit": {"2"}}
	if deprecated {
		query.Set("deprecated", "true")
	}
	var found *summary
	check := func(body []byte) error {
		found = nil
		list, more, err := dataOf(body, 1, maxTokens)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return nil
		}
		if more {
			return &failure{what: "several documents for one id"}
		}
		var d summary
		if err := json.Unmarshal(list[0], &d); err != nil {
			return nonsense("document")
		}
		if got, err := source.ParseMP(d.ID); err != nil || got != id {
			return &failure{what: "a document of another material"}
		}
		if len(d.Structure) == 0 || string(d.Structure) == "null" {
			return fmt.Errorf("%w: %w", errIncomplete, &failure{what: "a document without its structure"})
		}
		d.raw = list[0]
		found = &d
		return nil
	}
	var err error
	for range 2 {
		if err = c.call(ctx, "/materials/summary/", query, check); !errors.Is(err, errIncomplete) {
			break
		}
	}
	return found, err
}

// moved asks which material an old number belongs to now. It returns the
// number itself if the upstream knows no other.
func (c *Client) moved(ctx context.Context, id int) (int, error) {
	query := url.Values{"task_ids": {source.FormatMP(id)}, "_fields": {"material_id"}, "_limit": {"2"}}
	to := id
	err := c.call(ctx, "/materials/core/", query, func(body []byte) error {
		list, more, err := dataOf(body, 1, maxHitTokens)
		if err != nil {
			return err
		}
		if len(list) != 1 || more {
			return nil
		}
		var d summary
		if json.Unmarshal(list[0], &d) != nil {
			return nonsense("document")
		}
		if n, err := source.ParseMP(d.ID); err == nil {
			to = n
		}
		return nil
	})
	return to, err
}

// Structure asks for a material and returns our own document of it, with db as
// its database version. A deprecated material is marked. A number that belongs
// to another material by now gives the document of that one.
//
// Errors: ErrUnknown, ErrNoKey, ErrRefused, ErrLicence, ErrUnusable,
// ErrUpstream, *BusyError.
func (c *Client) Structure(ctx context.Context, id int, db string) (*source.Doc, error) {
	d, err := c.summary(ctx, id, false)
	if err == nil && d == nil {
		d, err = c.summary(ctx, id, true)
	}
	if err == nil && d == nil {
		var to int
		if to, err = c.moved(ctx, id); err == nil && to != id {
			d, err = c.summary(ctx, to, false)
		}
	}
	switch {
	case err != nil:
		return nil, err
	case d == nil:
		return nil, ErrUnknown
	case !d.free():
		return nil, ErrLicence
	}
	return document(d.raw, db, time.Now())
}

// document turns the upstream's document into ours. What cannot be read in
// full is refused: a pattern that lacks some of the atoms would be wrong.
func document(raw []byte, db string, now time.Time) (*source.Doc, error) {
	list, err := source.Materials(raw)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnusable, err)
	}
	m := list[0]
	for _, note := range m.Structure.Notes {
		for _, mended := range []string{"Not recognised", "Without coordinates", "left empty", "read as its heaviest"} {
			if strings.Contains(note, mended) {
				return nil, fmt.Errorf("%w: %s", ErrUnusable, note)
			}
		}
	}
	if n := len(m.Structure.Sites); n > source.MaxDocSites {
		return nil, fmt.Errorf("%w: %d sites", ErrUnusable, n)
	}
	doc := m.Doc(now.UTC().Format(time.RFC3339))
	switch {
	case db != "":
		doc.Database = db
	case !validVersion(doc.Database):
		doc.Database = noVersion
	}
	return doc, nil
}

// libraryDoc returns the document of the library's entry for a material.
func libraryDoc(id int) (*source.Doc, bool) {
	e, ok := source.Lookup(source.FormatMP(id))
	if !ok {
		return nil, false
	}
	s, err := e.Open()
	if err != nil {
		return nil, false
	}
	m := source.Material{ID: id, Formula: e.Formula, Number: e.Number, Symbol: e.SpaceGroup, System: e.System,
		Database: "library", License: "library", Structure: s}
	return m.Doc("library"), true
}
