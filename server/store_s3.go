//go:build s3

package main

import (
	"cmp"
	"context"
	"log/slog"
	"os"

	"zoneaxis/server/mp"
)

// openStore opens the place where structures are kept: a bucket if S3_BUCKET
// names one, else the cache directory. The other variables are S3_ENDPOINT,
// S3_PREFIX, AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
func openStore(ctx context.Context, cfg *config, log *slog.Logger) (mp.Store, error) {
	bucket := os.Getenv("S3_BUCKET")
	if bucket == "" {
		return mp.NewFileStore(cfg.CacheDir, log)
	}
	region := cmp.Or(os.Getenv("AWS_REGION"), "us-east-1")
	s, err := mp.NewS3Store(mp.S3Options{
		Endpoint: cmp.Or(os.Getenv("S3_ENDPOINT"), "https://s3."+region+".amazonaws.com"), Region: region,
		Bucket: bucket, Prefix: os.Getenv("S3_PREFIX"),
		AccessKey: os.Getenv("AWS_ACCESS_KEY_ID"), Secret: mp.NewSecret(os.Getenv("AWS_SECRET_ACCESS_KEY")),
	})
	if err != nil {
		return nil, err
	}
	return s, s.Check(ctx)
}
