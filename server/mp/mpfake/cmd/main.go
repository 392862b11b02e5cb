// Command cmd serves the stand-in for the Materials Project on loopback, for
// browser runs and trials without network:
//
//	go run ./server/mp/mpfake/cmd -addr localhost:8099 -key KEY [-data DIR]
//
// and beside it the server with MP_BASE_URL=http://localhost:8099 and
// MP_API_KEY=KEY. DIR may hold mp-*.json files, whole answers of the upstream.
package main

import (
	"flag"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"time"

	"zoneaxis/server/mp/mpfake"
)

func main() {
	addr := flag.String("addr", "localhost:8099", "loopback address to serve on")
	key := flag.String("key", "stand-in", "key to accept")
	data := flag.String("data", "", "directory with mp-*.json")
	slow := flag.Duration("delay", 0, "pause before every answer")
	flag.Parse()
	if err := run(*addr, *key, *data, *slow); err != nil {
		fmt.Fprintln(os.Stderr, "mpfake:", err)
		os.Exit(1)
	}
}

func run(addr, key, data string, slow time.Duration) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return err
	}
	if ip, err := netip.ParseAddr(host); host != "localhost" && (err != nil || !ip.IsLoopback()) {
		return fmt.Errorf("%s: the stand-in is for this machine only", addr)
	}
	fake, err := mpfake.New(key, mpfake.Made()...)
	if err != nil {
		return err
	}
	if data != "" {
		n, err := fake.AddDir(data)
		if err != nil {
			return err
		}
		fmt.Printf("mpfake: %d documents from %s\n", n, data)
	}
	fmt.Printf("mpfake: http://%s\n", addr)
	server := &http.Server{Addr: addr, ReadHeaderTimeout: 5 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(slow)
		fake.ServeHTTP(w, r)
	})}
	return server.ListenAndServe()
}
