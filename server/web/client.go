package web

import (
	"net/http"
	"net/netip"
	"strconv"
	"time"

	"github.com/go-chi/chi/v5/middleware"
	"github.com/go-chi/httprate"
)

// limitWindow is the time over which a client's requests are counted: a limit
// of n requests a second with a burst of 3n.
const limitWindow = 3 * time.Second

// clientKey tells clients apart: by address, IPv6 by /64, the part that one
// subscriber has to himself.
func clientKey(r *http.Request) (string, error) {
	return httprate.CanonicalizeIP(middleware.GetClientIP(r.Context())), nil
}

// siteKey is a client with all the addresses that one site may have: IPv6 by
// /48.
func siteKey(r *http.Request) string {
	ip := middleware.GetClientIPAddr(r.Context()).Unmap()
	if p, err := ip.Prefix(48); err == nil && ip.Is6() {
		return p.Addr().String()
	}
	return ip.String()
}

// newLimiter allows count requests per window and client. It writes no
// headers on success, to keep answers cacheable.
func newLimiter(count int, window time.Duration) *httprate.RateLimiter {
	return httprate.NewRateLimiter(count, window, httprate.WithKeyFuncs(clientKey),
		httprate.WithResponseHeaders(httprate.ResponseHeaders{RetryAfter: "Retry-After"}))
}

// limited reports whether a client is over a limit; if so it has been told.
func (s *server) limited(l *httprate.RateLimiter, w http.ResponseWriter, r *http.Request) bool {
	if l == nil {
		return false
	}
	key, err := clientKey(r)
	if err != nil || !l.OnLimit(w, r, key) {
		return false
	}
	s.m.limited.Inc()
	s.fail(w, r, tooMany(w.Header().Get("Retry-After")))
	return true
}

// tooMany tells a client to come back after a number of seconds.
func tooMany(seconds string) problem {
	n, err := strconv.Atoi(seconds)
	if err != nil || n < 1 {
		n = 1
	}
	return problem{Status: http.StatusTooManyRequests, Code: "busy", RetryAfter: n,
		Detail: "Too many requests just now. Try again in " + strconv.Itoa(n) + " s."}
}

// limit counts the requests of a client. The files of the build are free: they
// come from memory and cost no more than the refusal would, one visit takes a
// hundred of them at once (the page, then the service worker), and a whole
// class may sit behind one address.
func (s *server) limit(next http.Handler) http.Handler {
	if s.all == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.site().files[r.URL.Path] != nil || !s.limited(s.all, w, r) {
			next.ServeHTTP(w, r)
		}
	})
}

// client finds the client's address: the peer, or, if that is a trusted
// proxy, what the proxy says.
func (s *server) client() func(http.Handler) http.Handler {
	if len(s.cfg.TrustedProxies) == 0 {
		return middleware.ClientIPFromRemoteAddr
	}
	prefixes := make([]string, len(s.cfg.TrustedProxies))
	for i, p := range s.cfg.TrustedProxies {
		prefixes[i] = p.String()
	}
	return middleware.ClientIPFromXFF(prefixes...)
}

// trusts reports whether a peer is one of our proxies.
func (s *server) trusts(remote string) bool {
	if len(s.cfg.TrustedProxies) == 0 {
		return false
	}
	peer, err := netip.ParseAddrPort(remote)
	if err != nil {
		return false
	}
	ip := peer.Addr().Unmap().WithZone("")
	for _, p := range s.cfg.TrustedProxies {
		if p.Contains(ip) {
			return true
		}
	}
	return false
}
