package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"

	"github.com/prometheus/client_golang/prometheus"

	"zoneaxis/assets"
	"zoneaxis/server/web"
)

// maxHTML limits the page with its styles and its picture, bytes as they are
// sent with brotli: what fits into the first packets of a connection.
const maxHTML = 14_000

// heavy are addresses of the simulator: the welcome, the default, and patterns
// of many spots with everything shown.
var heavy = []string{
	"/", "/sim", "/sim?v=1", "/sim?z=1,1,0&o=ikdhgs&m=d",
	"/sim?c=lib-yag&z=1,1,1&o=ikdhgs", "/sim?c=lib-albite&z=0,0,1&o=ikdhgs",
}

// firstHTML measures the simulator's page as the server makes it from what has
// been built. It returns an error if one is too large.
func (b *builder) firstHTML(w io.Writer) error {
	set, err := assets.Open(os.DirFS(b.out))
	if err != nil {
		return err
	}
	handler, stop, err := web.Handler(web.Config{Assets: set, Log: slog.New(slog.DiscardHandler), Metrics: prometheus.NewRegistry(), AccessLog: web.AccessNone})
	if err != nil {
		return err
	}
	defer stop()
	largest := 0
	var errs []error
	for _, address := range heavy {
		answer := httptest.NewRecorder()
		request := httptest.NewRequest(http.MethodGet, address, nil)
		request.Header.Set("Accept-Encoding", "br")
		handler.ServeHTTP(answer, request)
		if answer.Code != http.StatusOK {
			return fmt.Errorf("%s: status %d", address, answer.Code)
		}
		n := answer.Body.Len()
		largest = max(largest, n)
		if n > maxHTML {
			errs = append(errs, fmt.Errorf("size budget exceeded: %s has %d bytes after brotli, the limit is %d", address, n, maxHTML))
		}
	}
	fmt.Fprintf(w, "size: %-8s %9d of %9d bytes (brotli)\n", "html", largest, maxHTML)
	return errors.Join(errs...)
}
