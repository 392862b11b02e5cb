package mp

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
	"golang.org/x/sync/singleflight"

	"zoneaxis/internal/atom"
	"zoneaxis/internal/source"
)

// Hit is a material found by its formula.
type Hit struct {
	ID         string   `json:"id"` // "mp-149"
	Formula    string   `json:"formula"`
	SpaceGroup string   `json:"spacegroup"` // Hermann–Mauguin symbol as the Materials Project writes it
	Number     int      `json:"number"`
	System     string   `json:"system"`
	Sites      int      `json:"sites"` // atoms in the upstream's cell
	AboveHull  *float64 `json:"above_hull_ev,omitempty"`
}

const (
	maxHits      = 20
	maxSearches  = 1000
	searchFields = "material_id,formula_pretty,symmetry,nsites,energy_above_hull,builder_meta"
	searchFor    = time.Hour // how long an answer is kept
)

// searches keeps answers to searches.
type searches struct {
	mu      sync.Mutex
	kept    *simplelru.LRU[string, foundHits]
	flights singleflight.Group
}

type foundHits struct {
	hits  []Hit
	db    string
	until time.Time
}

func (s *searches) init() {
	kept, err := simplelru.NewLRU[string, foundHits](maxSearches, nil)
	if err != nil {
		panic(err) // only a size below one is refused
	}
	s.kept = kept
}

// ValidFormula reports whether text is a chemical formula of up to eight
// element symbols with whole numbers, such as "SrTiO3". Nothing else is ever
// sent to the upstream.
func ValidFormula(text string) bool {
	if text == "" || len(text) > 40 {
		return false
	}
	elements := 0
	for i := 0; i < len(text); {
		j := i + 1
		if j < len(text) && text[j] >= 'a' && text[j] <= 'z' {
			j++
		}
		if _, ok := atom.Lookup(text[i:j]); !ok {
			return false
		}
		i = j
		for i < len(text) && text[i] >= '0' && text[i] <= '9' {
			i++
		}
		if i > j && (text[j] == '0' || i-j > 3) {
			return false
		}
		elements++
	}
	return elements <= 8
}

// Search finds materials by formula, those nearest to the hull first. Materials
// whose licence does not let us serve them are left out.
//
// Errors: ErrNoKey, ErrUpstream, *BusyError.
func (c *Cache) Search(ctx context.Context, formula string) ([]Hit, error) {
	if !ValidFormula(formula) {
		return nil, fmt.Errorf("mp: %q is no formula", formula)
	}
	db := c.Version()
	c.searches.mu.Lock()
	kept, ok := c.searches.kept.Get(formula)
	c.searches.mu.Unlock()
	if ok && kept.db == db && time.Now().Before(kept.until) {
		return kept.hits, nil
	}
	done := c.searches.flights.DoChan(formula, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.client.opt.Total)
		defer cancel()
		hits, err := c.client.Search(ctx, formula)
		if err != nil {
			if ok { // better an old list than none
				return kept.hits, nil
			}
			return nil, err
		}
		c.searches.mu.Lock()
		c.searches.kept.Add(formula, foundHits{hits, db, time.Now().Add(searchFor)})
		c.searches.mu.Unlock()
		return hits, nil
	})
	select {
	case r := <-done:
		if r.Err != nil {
			return nil, r.Err
		}
		return r.Val.([]Hit), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Search asks the upstream for the materials of a formula.
func (c *Client) Search(ctx context.Context, formula string) ([]Hit, error) {
	query := url.Values{
		"formula": {formula}, "_fields": {searchFields}, "_sort_fields": {"energy_above_hull"},
		"_limit": {strconv.Itoa(2 * maxHits)},
	}
	hits := []Hit{}
	err := c.call(ctx, "/materials/summary/", query, func(body []byte) error {
		list, _, err := dataOf(body, 2*maxHits, maxHitTokens)
		if err != nil {
			return err
		}
		hits = hits[:0]
		for _, raw := range list {
			var d struct {
				summary
				Sites     int      `json:"nsites"`
				AboveHull *float64 `json:"energy_above_hull"`
			}
			if err := json.Unmarshal(raw, &d); err != nil {
				return nonsense("search result")
			}
			id, err := source.ParseMP(d.ID)
			if err != nil || !d.free() || len(hits) == maxHits {
				continue
			}
			hits = append(hits, Hit{source.FormatMP(id), d.Formula, d.Symmetry.Symbol, d.Symmetry.Number, d.Symmetry.System, d.Sites, d.AboveHull})
		}
		return nil
	})
	return hits, err
}
