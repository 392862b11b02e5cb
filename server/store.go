//go:build !s3

package main

import (
	"context"

	"zoneaxis/server/mp"
)

// openStore opens the place where structures are kept.
func openStore(_ context.Context, cfg *config) (mp.Store, error) {
	return mp.NewFileStore(cfg.CacheDir)
}
