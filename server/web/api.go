package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/go-chi/chi/v5"

	"zoneaxis/internal/source"
	"zoneaxis/server/mp"
)

var (
	structureCache = []string{"public, max-age=300, stale-while-revalidate=86400, stale-if-error=604800"}
	jsonKind       = "application/json"
)

// structure serves the document of a material in the database version in use.
func (s *server) structure(w http.ResponseWriter, r *http.Request) {
	id, err := source.ParseMP(chi.URLParam(r, "id"))
	if err != nil {
		s.fail(w, r, problem{Status: http.StatusBadRequest, Code: "bad-id", Detail: err.Error()})
		return
	}
	o, err, known := s.cfg.Structures.Cached(r.Context(), id)
	if !known {
		// Only structures that nobody has asked for yet cost the upstream something.
		if s.limited(s.cold, w, r) {
			return
		}
		o, err = s.cfg.Structures.Structure(r.Context(), id)
	}
	if err != nil {
		s.failStructure(w, r, id, err)
		return
	}
	cache := structureCache
	if o.Stale || o.Library {
		cache = noCache
	}
	serveObject(w, r, o, cache)
}

// data serves the document of a material in one certain database version: it
// never changes, if the version is known.
func (s *server) data(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.Atoi(chi.URLParam(r, "id"))
	if err != nil || strconv.Itoa(id) != chi.URLParam(r, "id") {
		s.notFound(w, r)
		return
	}
	o, err := s.cfg.Structures.AtVersion(r.Context(), chi.URLParam(r, "db"), id)
	if err != nil {
		s.notFound(w, r)
		return
	}
	cache := immutable
	if o.DB == "" { // fetched while the version was unknown: there may be a later one
		cache = structureCache
	}
	serveObject(w, r, o, cache)
}

func serveObject(w http.ResponseWriter, r *http.Request, o *mp.Object, cache []string) {
	h := w.Header()
	if o.Moved {
		h.Set("X-Data-Moved", source.FormatMP(o.ID))
	}
	switch {
	case o.Library:
		h.Set("X-Data-Source", "library")
	case o.Stale:
		h.Set("X-Data-Stale", o.DB)
	}
	c := content{kind: jsonKind, etag: o.ETag, body: o.Body, gz: o.Gzip}
	c.serve(w, r, cache)
}

// failStructure words why there is no structure.
func (s *server) failStructure(w http.ResponseWriter, r *http.Request, id int, err error) {
	p := structureProblem(id, err)
	if p.Status == 0 {
		return // the visitor has gone
	}
	s.fail(w, r, p)
}

func structureProblem(id int, err error) problem {
	name := source.FormatMP(id)
	var busy *mp.BusyError
	switch {
	case errors.Is(err, mp.ErrUnknown):
		return problem{Status: http.StatusNotFound, Code: "unknown", Detail: "The Materials Project has no " + name + ". Check the number."}
	case errors.Is(err, mp.ErrLicence):
		return problem{Status: http.StatusForbidden, Code: "licence", Detail: "The licence of " + name + " does not allow this site to pass it on. Get it from the Materials Project and open it as a CIF file."}
	case errors.Is(err, mp.ErrUnusable):
		return problem{Status: http.StatusBadGateway, Code: "unusable", Detail: "The Materials Project's structure of " + name + " cannot be drawn. Try another entry, or open a CIF file."}
	case errors.Is(err, mp.ErrNoKey), errors.Is(err, mp.ErrRefused):
		return problem{Status: http.StatusServiceUnavailable, Code: "no-key", Detail: "This site cannot reach the Materials Project at the moment. The library and CIF files still work."}.after(time.Hour)
	case errors.As(err, &busy):
		p := problem{Status: http.StatusServiceUnavailable, Code: "busy"}.after(busy.After)
		p.Detail = "Too many requests just now. Trying again in " + strconv.Itoa(p.RetryAfter) + " s."
		return p
	case errors.Is(err, context.Canceled):
		return problem{}
	case errors.Is(err, context.DeadlineExceeded):
		return problem{Status: http.StatusGatewayTimeout, Code: "upstream", Detail: "The Materials Project did not answer in time. Try again, or open a CIF file."}.after(5 * time.Second)
	}
	return problem{Status: http.StatusBadGateway, Code: "upstream", Detail: "The Materials Project did not answer. Try again, or open a CIF file."}.after(10 * time.Second)
}

// search finds materials by formula for the search field.
func (s *server) search(w http.ResponseWriter, r *http.Request) {
	formula := r.URL.Query().Get("formula")
	if !mp.ValidFormula(formula) {
		s.fail(w, r, problem{Status: http.StatusBadRequest, Code: "bad-formula", Detail: "A formula looks like SrTiO3."})
		return
	}
	if s.limited(s.cold, w, r) {
		return
	}
	hits, err := s.cfg.Structures.Search(r.Context(), formula)
	if err != nil {
		p := structureProblem(0, err)
		if p.Status != 0 {
			s.fail(w, r, p)
		}
		return
	}
	body, err := json.Marshal(map[string]any{"formula": formula, "hits": hits})
	if err != nil {
		s.internal(w, r, err)
		return
	}
	c := content{kind: jsonKind, etag: hashTag(body), body: body}
	c.serve(w, r, structureCache)
}
