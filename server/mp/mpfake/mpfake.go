// Package mpfake is a stand-in for the public API of the Materials Project. It
// answers as the real one does, on purpose including what is awkward about it:
// ids stored as letters, an empty list instead of a 404, fields only if asked
// for, prefixes ignored, unknown parameters refused. A script of faults can be
// set for each material. Tests and the browser runs use it; it is no part of
// the server.
package mpfake

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Server is the stand-in: an http.Handler. Construct it with New.
type Server struct {
	key string

	mu        sync.Mutex
	docs      map[int]map[string]json.RawMessage
	moved     map[int]int // old number → the material it became
	scripts   map[int][]Fault
	heartbeat []Fault
	db        string
	log       []Request
}

// Request is what the stand-in remembers of one request.
type Request struct {
	At     time.Time
	Path   string
	Query  string
	ID     int // -1 if the request names no material
	Header http.Header
}

// New returns a stand-in that accepts the key and knows the given documents
// (each one element of an answer's data list).
func New(key string, docs ...json.RawMessage) (*Server, error) {
	s := &Server{
		key: key, db: "2026.04.13",
		docs: map[int]map[string]json.RawMessage{}, moved: map[int]int{}, scripts: map[int][]Fault{},
	}
	for _, d := range docs {
		if err := s.Add(d); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// Add makes a document known, in place of an older one of the same number.
func (s *Server) Add(doc json.RawMessage) error {
	var m map[string]json.RawMessage
	if err := json.Unmarshal(doc, &m); err != nil {
		return fmt.Errorf("mpfake: document: %w", err)
	}
	var text string
	if err := json.Unmarshal(m["material_id"], &text); err != nil {
		return fmt.Errorf("mpfake: material_id: %w", err)
	}
	id, err := parseID(text)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.docs[id] = m
	return nil
}

// AddDir adds the documents of every mp-*.json (whole answers) in a directory
// and returns how many there were.
func (s *Server) AddDir(dir string) (int, error) {
	names, err := filepath.Glob(filepath.Join(dir, "mp-*.json"))
	if err != nil {
		return 0, err
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			return 0, err
		}
		var answer struct{ Data []json.RawMessage }
		if err := json.Unmarshal(data, &answer); err != nil {
			return 0, fmt.Errorf("mpfake: %s: %w", name, err)
		}
		for _, d := range answer.Data {
			if err := s.Add(d); err != nil {
				return 0, fmt.Errorf("mpfake: %s: %w", name, err)
			}
		}
	}
	return len(names), nil
}

// Move lets an old number belong to another material, as happens when the
// Materials Project merges two.
func (s *Server) Move(old, to int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.moved[old] = to
}

// SetDB changes the database version of the heartbeat.
func (s *Server) SetDB(version string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.db = version
}

// Script sets what happens to the next requests for a material, one fault for
// each; nil is an honest answer. After the last everything is honest again,
// unless the last is made with Forever.
func (s *Server) Script(id int, faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scripts[id] = faults
}

// ScriptHeartbeat is Script for the heartbeat.
func (s *Server) ScriptHeartbeat(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heartbeat = faults
}

// Requests returns every request so far.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.log)
}

// Count returns how many requests named the material.
func (s *Server) Count(id int) int {
	n := 0
	for _, r := range s.Requests() {
		if r.ID == id {
			n++
		}
	}
	return n
}

// ServeHTTP answers as the Materials Project would.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id := -1
	text := r.URL.Query().Get("material_ids")
	if text == "" {
		text = r.URL.Query().Get("task_ids")
	}
	if text != "" {
		if n, err := parseID(text); err == nil {
			id = n
		}
	}
	s.mu.Lock()
	s.log = append(s.log, Request{time.Now(), r.URL.Path, r.URL.RawQuery, id, r.Header.Clone()})
	var fault Fault
	if r.URL.Path == "/heartbeat" {
		s.heartbeat, fault = next(s.heartbeat)
	} else if id >= 0 {
		s.scripts[id], fault = next(s.scripts[id])
	}
	s.mu.Unlock()
	honest := http.HandlerFunc(s.honest)
	if fault.do == nil {
		honest(w, r)
		return
	}
	fault.do(w, r, honest)
}

func next(script []Fault) ([]Fault, Fault) {
	if len(script) == 0 {
		return nil, Fault{}
	}
	if script[0].stay {
		return script, script[0]
	}
	return script[1:], script[0]
}

func (s *Server) honest(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/heartbeat" {
		s.mu.Lock()
		db := s.db
		s.mu.Unlock()
		reply(w, r, http.StatusOK, map[string]any{
			"status": "OK", "time": stamp(), "version": "0.86.4", "pymatgen": "2026.5.4",
			"db_version": db, "suffix": "blue", "access_controlled_batch_ids": []string{"gnome_r2scan_statics"},
		})
		return
	}
	switch r.Header.Get("X-API-KEY") {
	case "":
		reply(w, r, http.StatusUnauthorized, map[string]any{"message": "No API key found in request"})
		return
	case s.key:
	default:
		reply(w, r, http.StatusUnauthorized, map[string]any{"message": "Unauthorized"})
		return
	}
	switch r.URL.Path {
	case "/":
		http.Redirect(w, r, "/docs", http.StatusMovedPermanently)
	case "/materials/summary", "/materials/core":
		http.Redirect(w, r, r.URL.Path+"/?"+r.URL.RawQuery, http.StatusTemporaryRedirect)
	case "/materials/summary/", "/materials/core/":
		s.search(w, r, r.URL.Path == "/materials/core/")
	default:
		reply(w, r, http.StatusNotFound, map[string]any{"detail": "Not Found"})
	}
}

var known = []string{
	"material_ids", "task_ids", "_fields", "_all_fields", "_limit", "_skip", "_page", "_per_page", "_sort_fields",
	"deprecated", "formula", "chemsys", "elements", "exclude_elements", "spacegroup_number", "spacegroup_symbol",
	"crystal_system", "has_props", "is_stable", "id_format",
}

func (s *Server) search(w http.ResponseWriter, r *http.Request, core bool) {
	q := r.URL.Query()
	if q.Has("limit") || q.Has("skip") {
		reply(w, r, http.StatusBadRequest, map[string]any{"detail": "'limit' and 'skip' have been renamed to '_limit' and '_skip'"})
		return
	}
	var unknown []string
	for name := range q {
		if !slices.Contains(known, name) || name == "task_ids" && !core {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) > 0 {
		slices.Sort(unknown)
		reply(w, r, http.StatusBadRequest, map[string]any{"detail": "Request contains query parameters which cannot be used: " + strings.Join(unknown, ", ")})
		return
	}
	limit := 100
	if text := q.Get("_limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			reply(w, r, http.StatusUnprocessableEntity, map[string]any{"detail": []any{map[string]any{
				"loc": []string{"query", "_limit"}, "msg": "value is not a valid integer", "type": "type_error.integer"}}})
			return
		}
		if n < 0 || n > 1000 {
			reply(w, r, http.StatusBadRequest, map[string]any{"detail": "_limit must be between 0 and 1000"})
			return
		}
		limit = n
	}
	ids, err := s.match(q.Get, core)
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		fmt.Fprint(w, "Internal Server Error")
		return
	}
	fields := strings.Split(q.Get("_fields"), ",")
	if q.Get("_fields") == "" {
		fields = []string{"material_id"}
	}
	data := []map[string]json.RawMessage{}
	s.mu.Lock()
	for _, id := range ids[:min(limit, len(ids))] {
		doc := maps.Clone(s.docs[id])
		if q.Get("_all_fields") != "true" {
			maps.DeleteFunc(doc, func(k string, _ json.RawMessage) bool { return !slices.Contains(fields, k) })
		}
		if q.Get("id_format") == "legacy" && doc["material_id"] != nil {
			doc["material_id"] = json.RawMessage(fmt.Sprintf(`"mp-%d"`, id))
		}
		data = append(data, doc)
	}
	s.mu.Unlock()
	reply(w, r, http.StatusOK, map[string]any{"data": data, "meta": map[string]any{
		"api_version": "0.86.4", "time_stamp": stamp(), "total_doc": len(ids), "facet": nil,
		"max_limit": 1000, "default_fields": []string{"material_id"},
	}})
}

// match returns the numbers of the documents that the parameters select.
func (s *Server) match(get func(string) string, core bool) ([]int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var ids []int
	switch {
	case core && get("task_ids") != "":
		for text := range strings.SplitSeq(get("task_ids"), ",") {
			id, err := parseID(text)
			if err != nil {
				return nil, err
			}
			if to, ok := s.moved[id]; ok {
				id = to
			}
			ids = append(ids, id)
		}
	case get("material_ids") != "":
		for text := range strings.SplitSeq(get("material_ids"), ",") {
			id, err := parseID(text)
			if err != nil {
				return nil, err
			}
			ids = append(ids, id)
		}
	default:
		ids = slices.Sorted(maps.Keys(s.docs))
	}
	wanted := composition(get("formula"))
	deprecated := get("deprecated") == "true"
	return slices.DeleteFunc(ids, func(id int) bool {
		doc, ok := s.docs[id]
		if !ok || string(doc["deprecated"]) == "true" != deprecated {
			return true
		}
		var formula string
		if json.Unmarshal(doc["formula_pretty"], &formula) != nil {
			return true
		}
		if get("formula") != "" && !maps.Equal(wanted, composition(formula)) {
			return true
		}
		if c := get("chemsys"); c != "" {
			elements := strings.Split(c, "-")
			slices.Sort(elements)
			return !slices.Equal(elements, slices.Sorted(maps.Keys(composition(formula))))
		}
		return false
	}), nil
}

// composition counts the elements of a simple formula, divided by their
// common factor.
func composition(formula string) map[string]int {
	count := map[string]int{}
	for i := 0; i < len(formula); {
		j := i + 1
		for j < len(formula) && formula[j] >= 'a' && formula[j] <= 'z' {
			j++
		}
		k := j
		for k < len(formula) && formula[k] >= '0' && formula[k] <= '9' {
			k++
		}
		n, err := strconv.Atoi(formula[j:k])
		if err != nil {
			n = 1
		}
		count[formula[i:j]] += n
		i = k
	}
	g := 0
	for _, n := range count {
		for a := n; a != 0; {
			g, a = a, g%a
		}
	}
	for e := range count {
		if g > 0 {
			count[e] /= g
		}
	}
	return count
}

// parseID reads an id as the upstream does: whatever stands before the first
// hyphen is dropped, digits are a number, lower-case letters a number to the
// base 26.
func parseID(text string) (int, error) {
	if _, rest, ok := strings.Cut(text, "-"); ok {
		text = rest
	}
	if n, err := strconv.Atoi(text); err == nil && n >= 0 && text[0] != '+' {
		return n, nil
	}
	n := 0
	for _, c := range text {
		if c < 'a' || c > 'z' || len(text) > 12 {
			return 0, fmt.Errorf("mpfake: id %q", text)
		}
		n = n*26 + int(c-'a')
	}
	if text == "" {
		return 0, errors.New("mpfake: empty id")
	}
	return n, nil
}

// Alpha returns a number as the upstream stores it: eight letters after "mp-".
func Alpha(id int) string {
	b := []byte("aaaaaaaa")
	for i := len(b) - 1; i >= 0 && id > 0; i-- {
		b[i] = 'a' + byte(id%26)
		id /= 26
	}
	return "mp-" + string(b)
}

func stamp() string { return time.Now().UTC().Format("2006-01-02T15:04:05.000000") }

// reply writes an answer, gzipped if it is long and the client accepts that.
func reply(w http.ResponseWriter, r *http.Request, code int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Consumer-Id", "stand-in")
	if len(body) > 1000 && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		w.Header().Set("Content-Encoding", "gzip")
		w.WriteHeader(code)
		z := gzip.NewWriter(w)
		z.Write(body)
		z.Close()
		return
	}
	w.WriteHeader(code)
	w.Write(body)
}
