//go:build !s3

package main

import (
	"context"
	"log/slog"

	"zoneaxis/server/mp"
)

// openStore opens the place where structures are kept.
func openStore(_ context.Context, cfg *config, log *slog.Logger) (mp.Store, error) {
	return mp.NewFileStore(cfg.CacheDir, log)
}
