package mpfake_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"zoneaxis/server/mp/mpfake"
)

// TestStandIn holds the stand-in to the behaviour of the real upstream that the
// client must live with.
func TestStandIn(t *testing.T) {
	fake, err := mpfake.New("k", mpfake.Made()...)
	if err != nil {
		t.Fatal(err)
	}
	fake.Move(777, 149)
	tests := []struct {
		name, path, key string
		status          int
		want            string // part of the body
	}{
		{"heartbeat without key", "/heartbeat", "", 200, `"db_version":"2026.04.13"`},
		{"no key", "/materials/summary/?material_ids=mp-149", "", 401, "No API key"},
		{"wrong key", "/materials/summary/?material_ids=mp-149", "x", 401, "Unauthorized"},
		{"fields are mandatory", "/materials/summary/?material_ids=mp-149", "k", 200, `"data":[{"material_id":"mp-aaaaaaft"}]`},
		{"letters", "/materials/summary/?material_ids=mp-ft", "k", 200, `mp-aaaaaaft`},
		{"prefix ignored", "/materials/summary/?material_ids=mvc-149", "k", 200, `mp-aaaaaaft`},
		{"legacy id", "/materials/summary/?material_ids=149&id_format=legacy", "k", 200, `"mp-149"`},
		{"mixed id", "/materials/summary/?material_ids=mp-1a", "k", 500, "Internal Server Error"},
		{"upper case", "/materials/summary/?material_ids=mp-FT", "k", 500, "Internal Server Error"},
		{"unknown is empty", "/materials/summary/?material_ids=mp-999999", "k", 200, `"data":[]`},
		{"deprecated is empty", "/materials/summary/?material_ids=mp-999", "k", 200, `"data":[]`},
		{"deprecated on request", "/materials/summary/?material_ids=mp-999&deprecated=true", "k", 200, `"data":[{`},
		{"moved", "/materials/core/?task_ids=mp-777", "k", 200, `mp-aaaaaaft`},
		{"formula in another order", "/materials/summary/?formula=O3TiSr&_fields=formula_pretty", "k", 200, `"SrTiO3"`},
		{"unknown parameter", "/materials/summary/?material_id=mp-149", "k", 400, "cannot be used: material_id"},
		{"old parameter", "/materials/summary/?limit=3", "k", 400, "renamed"},
		{"type error", "/materials/summary/?_limit=x", "k", 422, `"loc":["query","_limit"]`},
		{"over the limit", "/materials/summary/?_limit=1001", "k", 400, "_limit"},
		{"no slash", "/materials/summary?material_ids=mp-149", "k", 307, ""},
		{"unknown route", "/materials/mp-149", "k", 404, "Not Found"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", tt.path, nil)
			if tt.key != "" {
				r.Header.Set("X-API-KEY", tt.key)
			}
			w := httptest.NewRecorder()
			fake.ServeHTTP(w, r)
			if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.want) {
				t.Errorf("got %d %.300s\nwant %d with %q", w.Code, w.Body, tt.status, tt.want)
			}
		})
	}
	if n := fake.Count(149); n < 5 {
		t.Errorf("counted %d requests for 149", n)
	}
}

func TestScript(t *testing.T) {
	fake, err := mpfake.New("k", mpfake.Made()...)
	if err != nil {
		t.Fatal(err)
	}
	get := func() *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", "/materials/summary/?material_ids=mp-30&_fields=structure", nil)
		r.Header.Set("X-API-KEY", "k")
		w := httptest.NewRecorder()
		fake.ServeHTTP(w, r)
		return w
	}
	fake.Script(30, mpfake.Status(http.StatusBadGateway, "{}"), mpfake.Fault{}, mpfake.Forever(mpfake.Limited("7")))
	for i, want := range []int{502, 200, 429, 429} {
		w := get()
		if w.Code != want {
			t.Errorf("request %d: got %d, want %d", i, w.Code, want)
		}
		if w.Code == 200 && !json.Valid(w.Body.Bytes()) {
			t.Errorf("request %d: body is no JSON", i)
		}
	}
}
