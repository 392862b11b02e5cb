//go:build !s3

package main

import (
	"context"
	"fmt"
	"log/slog"

	"zoneaxis/server/mp"
)

// openStore opens the place where structures are kept.
func openStore(_ context.Context, cfg *config, log *slog.Logger) (mp.Store, error) {
	store, err := mp.NewFileStore(cfg.CacheDir, log)
	if err != nil {
		return nil, fmt.Errorf("CACHE_DIR %q: %w", cfg.CacheDir, err)
	}
	return store, nil
}
